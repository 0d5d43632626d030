//! Expressions: what each kind of node gives, where an unknown read leaves all of it undecided.

use std::sync::Arc;

use super::formula::F;
use super::linear::{Lin, Number as Var, Variable};
use super::places::{DAYS, Root, TIMES};
use super::script::returns;
use super::symbol::{Outcomes, Symbol, Verdicts, constant};
use super::unfold::{CASES, DEPTH, NODES, Past, Unfolder, whole};
use crate::definition::shape::Shape;
use crate::rule::Context;
use crate::rule::eval::Evaluator;
use crate::rule::program::{Arm, EventPart, Node, Op};
use crate::rule::syntax::Binary;
use crate::table::StateId;
use crate::value::DateTime;

impl<'w> Unfolder<'w> {
    /// The value of a node, where an unknown read leaves all of it undecided.
    pub fn eval(&mut self, node: &'w Node) -> Outcomes {
        self.nodes += 1;
        if self.nodes > NODES || self.depth > DEPTH {
            return Outcomes::vague("bound:depth");
        }
        self.depth += 1;
        let found = self.value(node);
        self.depth -= 1;
        if found.cases.len() > CASES { Outcomes::vague("bound:cases") } else { found }
    }

    pub fn value(&mut self, node: &'w Node) -> Outcomes {
        if matches!(
            node.op,
            Op::Call(..) | Op::Parameter(_) | Op::List(_) | Op::Minus(_) | Op::Binary { .. }
        ) && self.is_fixed(node)
            && let Some(found) = self.constant(node)
        {
            return found;
        }
        if self.world.is_some()
            && !matches!(
                node.op,
                Op::Constant(_) | Op::Local(_) | Op::Fact(_) | Op::Factor(_) | Op::Data(_)
            )
            && let Some(found) = self.settled_node(node)
        {
            return found;
        }
        match &node.op {
            Op::Constant(value) => match constant(&mut self.formula, value) {
                Some(symbol) => Outcomes::just(symbol),
                None => Outcomes::vague("any"),
            },
            Op::Local(slot) => match self.locals.get(*slot as usize) {
                Some(Some(value)) => value.clone(),
                _ => Outcomes { fault: F::TRUE, ..Outcomes::NEVER },
            },
            Op::Fact(id) => self.fact(*id),
            Op::Parameter(id) => {
                let shape: &'w Shape = &self.definition.parameters.at(*id).shape;
                let place = self.places.place(&mut self.formula, Root::Parameter(*id), shape, true);
                self.places.outcomes(&mut self.formula, place)
            }
            Op::Factor(id) if self.rules.is_score(*id) => self.score(*id),
            Op::Factor(id) => Outcomes::of(self.factor(*id)),
            Op::Binary { op, left, right, .. } => self.binary(node, *op, left, right),
            Op::And(clauses) => self.sequence(clauses, false),
            Op::Or(clauses) => self.sequence(clauses, true),
            Op::Not(inner) => {
                let found = self.eval(inner);
                Outcomes::of(self.verdicts(found, Some(inner)).negated())
            }
            Op::Minus(inner) => self.minus(node, inner),
            Op::Coalesce(options) => self.coalesce(options),
            Op::Known(path) => {
                let found = self.eval(path);
                let holds = found.known(&mut self.formula);
                Outcomes::of(Verdicts {
                    holds,
                    fails: found.unknown,
                    unknown: F::FALSE,
                    fault: found.fault,
                })
            }
            Op::In { item, list, negated } => self.contains(node, item, list, *negated),
            Op::Property(base, name) => self.property(node, base, name),
            Op::Item(base, item) => self.item(base, item),
            Op::List(items) => {
                let items: Vec<Outcomes> = items.iter().map(|item| self.eval(item)).collect();
                self.written(items)
            }
            Op::Call(builtin, args) => self.call(node, builtin, args),
            Op::Each { each, list, item, body } => self.asked(node, *each, list, *item, body),
            Op::Function(number, args) => self.function(*number, args),
            Op::If { .. } => self.branch(node),
            Op::Switch { subject, arms } => self.switch(subject, arms),
            Op::Block(_) if !returns(node) => {
                let locals = self.locals.clone();
                let found = self.tail(node, vec![(F::TRUE, locals.clone())], false);
                self.locals = locals;
                found
            }
            Op::Now => {
                let variable = self.clock("now", TIMES);
                Outcomes::just(Symbol::Time(Lin::of(variable)))
            }
            Op::Today => {
                let variable = self.clock("today", DAYS);
                Outcomes::just(Symbol::Date(Lin::of(variable)))
            }
            Op::Event(part) => self.event(node, *part),
            Op::Data(name) => self.data(name),
            Op::Last(pattern) => self.happened(Past::Last(Arc::clone(pattern))),
            Op::Since(state) => self.happened(Past::Since(*state)),
            Op::Count(pattern) => {
                let read = self.past(Past::Count(Arc::clone(pattern)));
                let lin = Lin::of(read.1);
                Outcomes::just(Symbol::Number { lin, places: Some(0), whole: true })
            }
            Op::Active(state) => Outcomes::of(self.active(*state)),
            Op::Record(entries) => {
                let values: Vec<Outcomes> =
                    entries.iter().map(|(_, value)| self.eval(value)).collect();
                let mut found = self.all_known(&values);
                found.cases.iter_mut().for_each(|(_, symbol)| *symbol = Symbol::Vague("list"));
                found
            }
            Op::Who(_) | Op::Children(_) => Outcomes::vague("past"),
            Op::Range { .. } => Outcomes::vague("list"),
            Op::While { .. } | Op::Do { .. } | Op::For { .. } => Outcomes::vague("loop"),
            _ => Outcomes::vague("any"),
        }
    }

    /// Whether an expression is the same in every case.
    pub fn is_fixed(&self, node: &Node) -> bool {
        let mut waiting = vec![node];
        while let Some(node) = waiting.pop() {
            match &node.op {
                Op::Parameter(_) if !self.fixed => return false,
                Op::Constant(_) | Op::Parameter(_) => {}
                Op::Call(..) | Op::Minus(_) | Op::Binary { .. } | Op::List(_) => {
                    waiting.extend(node.children());
                }
                _ => return false,
            }
        }
        true
    }

    /// The value of an expression that is the same in every case.
    pub fn constant(&mut self, node: &'w Node) -> Option<Outcomes> {
        let context = Context {
            facts: &self.nothing,
            past: &self.history,
            active: &[],
            now: DateTime::epoch(&self.rules.zone),
            event: None,
            family: None,
            supposed: false,
            observer: None,
            meter: None,
        };
        let value = Evaluator::new(self.rules, context).eval(node).ok()?;
        constant(&mut self.formula, &value).map(Outcomes::just)
    }

    pub fn event(&mut self, node: &'w Node, part: EventPart) -> Outcomes {
        let known = match self.scope.event {
            Some(_) if part != EventPart::Actor => F::TRUE,
            _ => self.vague_flag("event", Some(node)),
        };
        let symbol = match part {
            EventPart::Name | EventPart::Actor => self.vague_text(node),
            EventPart::At => {
                let at = self.clock("at", TIMES);
                Symbol::Time(Lin::of(at))
            }
            EventPart::Date => {
                let at = self.clock("date", DAYS);
                Symbol::Date(Lin::of(at))
            }
        };
        let unknown = self.formula.opposite(known);
        Outcomes { cases: vec![(known, symbol)], unknown, fault: F::FALSE }
    }

    pub fn data(&mut self, name: &Arc<str>) -> Outcomes {
        let mut always = false;
        if let Some(world) = &self.world {
            let given = world.context.event.and_then(|event| event.data.get(name)).cloned();
            if !world.free.data.contains(name) {
                return self.valued(given);
            }
            always = given.is_some();
        }
        let Some((event, declared)) = self.scope.event else { return Outcomes::vague("event") };
        let Some(shape) = declared.data.get(&**name) else { return Outcomes::vague("event") };
        let root = Root::Data(event, Arc::clone(name));
        let place = self.places.place(&mut self.formula, root, shape, always);
        self.places.outcomes(&mut self.formula, place)
    }

    pub fn active(&mut self, state: StateId) -> Verdicts {
        let holds = self.past(Past::Active(state)).0;
        let fails = self.formula.opposite(holds);
        Verdicts { holds, fails, ..Verdicts::NEVER }
    }

    /// A time that is known if something has happened.
    pub fn happened(&mut self, read: Past) -> Outcomes {
        let (known, variable) = self.past(read);
        let unknown = self.formula.opposite(known);
        let cases = vec![(known, Symbol::Time(Lin::of(variable)))];
        Outcomes { cases, unknown, fault: F::FALSE }
    }

    /// What stands for something of the past: a condition and a number.
    pub fn past(&mut self, read: Past) -> (F, Var) {
        if let Some(known) = self.pasts.get(&read) {
            return *known;
        }
        let info = match read {
            Past::Count(_) => Variable::whole(Some(0), Some(i64::MAX.into())),
            Past::Last(_) | Past::Since(_) | Past::Active(_) => whole(TIMES),
        };
        let found = (self.formula.vague_flag("past"), self.formula.vague(info, "past"));
        self.pasts.insert(read, found);
        found
    }

    pub fn sequence(&mut self, clauses: &'w [Node], deciding: bool) -> Outcomes {
        let mut found = Outcomes::NEVER;
        let mut before = F::TRUE;
        for clause in clauses {
            let value = self.eval(clause);
            let value = self.verdicts(value, Some(clause)).when(&mut self.formula, before);
            let (decides, goes_on) =
                if deciding { (value.holds, value.fails) } else { (value.fails, value.holds) };
            found.case(&mut self.formula, decides, Symbol::Boolean(deciding));
            found.unknown = self.formula.or(found.unknown, value.unknown);
            found.fault = self.formula.or(found.fault, value.fault);
            before = goes_on;
        }
        found.case(&mut self.formula, before, Symbol::Boolean(!deciding));
        found
    }

    pub fn coalesce(&mut self, options: &'w [Node]) -> Outcomes {
        let mut found = Outcomes::NEVER;
        let mut before = F::TRUE;
        for option in options {
            let value = self.eval(option).when(&mut self.formula, before);
            before = value.unknown;
            found.or(&mut self.formula, Outcomes { unknown: F::FALSE, ..value });
        }
        found.unknown = before;
        found
    }

    pub fn branch(&mut self, node: &'w Node) -> Outcomes {
        let mut found = Outcomes::NEVER;
        let mut before = F::TRUE;
        let mut next = Some(node);
        while let Some(node) = next {
            let Op::If { condition, then, otherwise } = &node.op else {
                let rest = self.eval(node).when(&mut self.formula, before);
                found.or(&mut self.formula, rest);
                return found;
            };
            let test = self.eval(condition);
            let test = self.verdicts(test, Some(condition)).when(&mut self.formula, before);
            found.unknown = self.formula.or(found.unknown, test.unknown);
            found.fault = self.formula.or(found.fault, test.fault);
            let then = self.eval(then).when(&mut self.formula, test.holds);
            found.or(&mut self.formula, then);
            before = test.fails;
            next = otherwise.as_deref();
        }
        found.fault = self.formula.or(found.fault, before);
        found
    }

    pub fn switch(&mut self, subject: &'w Node, arms: &'w [Arm]) -> Outcomes {
        let subject_node = subject;
        let subject = self.eval(subject);
        let mut found =
            Outcomes { cases: Vec::new(), unknown: subject.unknown, fault: subject.fault };
        for (when, symbol) in subject.cases {
            let mut before = when;
            for arm in arms {
                let (mut fits, mut not) = (F::FALSE, before);
                for case in &arm.cases {
                    let test = self.case(&symbol, case, subject_node);
                    let test = test.when(&mut self.formula, not);
                    fits = self.formula.or(fits, test.holds);
                    found.unknown = self.formula.or(found.unknown, test.unknown);
                    found.fault = self.formula.or(found.fault, test.fault);
                    not = test.fails;
                }
                if arm.cases.is_empty() {
                    (fits, not) = (before, F::FALSE);
                }
                if let Some(condition) = &arm.condition {
                    let test = self.eval(condition);
                    let test = self.verdicts(test, Some(condition)).when(&mut self.formula, fits);
                    found.unknown = self.formula.or(found.unknown, test.unknown);
                    found.fault = self.formula.or(found.fault, test.fault);
                    fits = test.holds;
                    not = self.formula.or(not, test.fails);
                }
                let body = self.eval(&arm.body).when(&mut self.formula, fits);
                found.or(&mut self.formula, body);
                before = not;
            }
            found.fault = self.formula.or(found.fault, before);
        }
        found
    }

    /// Whether a subject is one of a case's values: what has no order or equality with it is not.
    pub fn case(&mut self, subject: &Symbol, case: &'w Node, node: &'w Node) -> Verdicts {
        if let Op::Range { from, to, inclusive } = &case.op {
            let (from, to) = (self.eval(from), self.eval(to));
            let last = if *inclusive { Binary::LessOrEqual } else { Binary::Less };
            let subject = Outcomes::just(subject.clone());
            let low = self.pair(case, Binary::GreaterOrEqual, &subject, &from);
            let high = self.pair(case, last, &subject, &to);
            let (low, high) = (self.verdicts(low, None), self.verdicts(high, None));
            let mut both = self.conjunction(&[low, high]);
            both.fails = self.formula.or(both.fails, both.fault);
            return both;
        }
        let value = self.eval(case);
        let vague = |symbol: &Symbol| matches!(symbol, Symbol::Vague(_));
        if vague(subject) || value.cases.iter().any(|(_, symbol)| vague(symbol)) {
            let why = self.formula.vague_flag("any");
            let other = self.formula.opposite(why);
            return Verdicts {
                holds: why,
                fails: other,
                unknown: value.unknown,
                fault: value.fault,
            };
        }
        let found = self.pair(node, Binary::Equal, &Outcomes::just(subject.clone()), &value);
        // What cannot be compared is another value; what fails before that fails.
        let fails = found.fault;
        let mut verdicts = self.verdicts(found, None);
        verdicts.fails = self.formula.or(verdicts.fails, fails);
        verdicts
    }

    pub fn function(&mut self, number: u32, args: &'w [Node]) -> Outcomes {
        let args: Vec<Outcomes> = args.iter().map(|arg| self.eval(arg)).collect();
        let all = self.all_known(&args);
        let rules = self.rules;
        let Some(Some(program)) = rules.functions.get(number as usize) else {
            return Outcomes { fault: F::TRUE, ..Outcomes::NEVER };
        };
        let known = all.known(&mut self.formula);
        let args = args
            .into_iter()
            .map(|arg| Some(Outcomes { unknown: F::FALSE, fault: F::FALSE, ..arg }));
        let found = self.framed(program, args.collect(), false).when(&mut self.formula, known);
        let mut whole = Outcomes { cases: Vec::new(), ..all };
        whole.or(&mut self.formula, found);
        whole
    }

    /// All of these one after the other: a case without a value where all are known.
    pub fn all_known(&mut self, values: &[Outcomes]) -> Outcomes {
        let mut found = Outcomes::NEVER;
        let mut before = F::TRUE;
        for value in values {
            let unknown = self.formula.and(before, value.unknown);
            let fault = self.formula.and(before, value.fault);
            found.unknown = self.formula.or(found.unknown, unknown);
            found.fault = self.formula.or(found.fault, fault);
            let known = value.known(&mut self.formula);
            before = self.formula.and(before, known);
        }
        found.case(&mut self.formula, before, Symbol::Boolean(true));
        found
    }
}
