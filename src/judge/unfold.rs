//! From checked scripts to conditions: every node as the evaluator means it, for all situations at once.
//!
//! What is not understood makes conditions wider, never narrower: it may be any value, unknown, or fail.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::formula::{F, Formula};
use super::linear::{Lin, Number as Var, Variable};
use super::places::{Places, Root};
use super::rational::Ratio;
use super::symbol::{Outcomes, Symbol, Text, Verdicts, constant};
use crate::definition::model::{Definition, EventDecl};
use crate::definition::shape::{Kind, Shape};
use crate::rule::eval::Evaluator;
use crate::rule::program::{Arm, EventPart, Node, Op, Place as Target, Program, Root as Changed};
use crate::rule::syntax::Binary;
use crate::rule::{CaseHistory, Context, FactorProgram, Facts, Requirement, Rules};
use crate::table::{FactId, FactorId, StateId};
use crate::value::DateTime;

/// Nodes that are looked at for one workflow.
const NODES: usize = 2_000_000;
/// Values of one expression that are told apart.
pub(super) const CASES: usize = 40;
/// Ways through one script.
const PATHS: usize = 64;
/// Nesting of expressions.
const DEPTH: usize = 100;

/// The event that rules are asked about.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scope<'w> {
    /// Its declaration, where there is just one, with its number.
    pub event: Option<(u32, &'w EventDecl)>,
}

/// A term of the calendar: a variable that is a function of sums.
#[derive(Debug, Clone)]
pub(super) struct Term {
    pub variable: Var,
    pub function: Function,
    pub of: Vec<Lin>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Function {
    Year,
    Month,
    Day,
    /// The day so many months later.
    Later(i64),
    /// The day that an instant falls on in the zone.
    DateOf,
    /// Whole months between two days, and whole years.
    Months,
    Years,
}

/// What is read of what happened, and of where the case stands.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Past {
    Last(Arc<str>),
    Count(Arc<str>),
    Since(StateId),
    Active(StateId),
}

/// One predicate that is asked of the items of a list.
#[derive(Debug, Clone)]
pub(super) struct Predicate<'w> {
    pub list: usize,
    pub asks: Asks<'w>,
    /// The event that it is asked about.
    pub event: Option<(u32, &'w EventDecl)>,
}

#[derive(Debug, Clone)]
pub(super) enum Asks<'w> {
    Closure { program: &'w Program, slot: u32, body: &'w Node, locals: Vec<Option<Outcomes>> },
    Equals(Symbol),
}

pub(super) struct Unfolder<'w> {
    pub rules: &'w Rules,
    pub definition: &'w Definition,
    pub formula: Formula,
    pub places: Places<'w>,
    pub scope: Scope<'w>,
    facts: HashMap<(FactId, Option<u32>), Outcomes>,
    factors: HashMap<(FactorId, Option<u32>), Verdicts>,
    scores: HashMap<(FactorId, Option<u32>), Outcomes>,
    pub locals: Vec<Option<Outcomes>>,
    pub program: Option<&'w Program>,
    numbers: HashMap<(String, &'static str), Var>,
    flags: HashMap<String, F>,
    texts: HashMap<String, u32>,
    /// What always holds of a variable.
    pub axioms: HashMap<Var, Vec<F>>,
    pub errors: HashMap<Lin, Var>,
    /// Whole numbers that others are divided into, by what is divided, what by, and how.
    pub parts: HashMap<(Lin, Ratio, &'static str), Var>,
    pub terms: Vec<Term>,
    pub known_terms: HashMap<(Function, Vec<Lin>), Var>,
    pub predicates: Vec<Predicate<'w>>,
    pub counts: BTreeMap<Var, (usize, Vec<(usize, Outcome)>)>,
    pub known_counts: HashMap<(usize, Vec<(usize, Outcome)>), Var>,
    pub known_predicates: HashMap<String, usize>,
    pub known_items: HashMap<(usize, usize), Verdicts>,
    pub class_counts: HashMap<(usize, String), Var>,
    pub pasts: BTreeMap<Past, (F, Var)>,
    nothing: Facts,
    history: CaseHistory,
    /// Rules that read the event.
    reading: BTreeMap<Requirement, bool>,
    nodes: usize,
    depth: usize,
    /// Whether values of parameters are those of the file.
    fixed: bool,
}

/// What a predicate comes to for an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Outcome {
    Holds,
    Fails,
    Unknown,
    Fault,
}

/// A way through a script that goes on: under a condition, with these variables.
type Way = (F, Vec<Option<Outcomes>>);

impl<'w> Unfolder<'w> {
    pub fn new(rules: &'w Rules, definition: &'w Definition, fixed: bool) -> Self {
        Self {
            rules,
            definition,
            formula: Formula::new(),
            places: Places::default(),
            scope: Scope { event: None },
            facts: HashMap::new(),
            factors: HashMap::new(),
            scores: HashMap::new(),
            locals: Vec::new(),
            program: None,
            numbers: HashMap::new(),
            flags: HashMap::new(),
            texts: HashMap::new(),
            axioms: HashMap::new(),
            errors: HashMap::new(),
            parts: HashMap::new(),
            terms: Vec::new(),
            known_terms: HashMap::new(),
            predicates: Vec::new(),
            counts: BTreeMap::new(),
            known_counts: HashMap::new(),
            known_predicates: HashMap::new(),
            known_items: HashMap::new(),
            class_counts: HashMap::new(),
            pasts: BTreeMap::new(),
            nothing: rules.facts_unknown(),
            history: CaseHistory::default(),
            reading: BTreeMap::new(),
            nodes: 0,
            depth: 0,
            fixed,
        }
    }

    /// The condition of a guard, or of another script that is decided with three values.
    pub fn decided(&mut self, program: &'w Program) -> Verdicts {
        let found = self.framed(program, Vec::new(), true);
        self.verdicts(found, None)
    }

    /// The condition of a part of a script that is decided with three values, and reads no variables of the script.
    pub fn clause(&mut self, program: &'w Program, node: &'w Node) -> Verdicts {
        let outer_locals = std::mem::take(&mut self.locals);
        let outer = self.program.replace(program);
        let found = if !returns(node) && !has_free_variables(node) {
            self.truth(node)
        } else {
            let found = Outcomes::vague("loop");
            self.verdicts(found, None)
        };
        self.locals = outer_locals;
        self.program = outer;
        found
    }

    /// What a script comes to, with the arguments that it is called with.
    fn framed(
        &mut self,
        program: &'w Program,
        args: Vec<Option<Outcomes>>,
        decided: bool,
    ) -> Outcomes {
        self.depth += 1;
        let mut locals = args;
        locals.resize(locals.len().max(program.slots as usize), None);
        let outer_locals = std::mem::take(&mut self.locals);
        let outer = self.program.replace(program);
        let found = if self.depth > DEPTH {
            Outcomes::vague("bound:depth")
        } else if !is_tidy(&program.root, true) {
            Outcomes::vague("loop")
        } else {
            self.tail(&program.root, vec![(F::TRUE, locals)], decided)
        };
        self.locals = outer_locals;
        self.program = outer;
        self.depth -= 1;
        found
    }

    pub fn requirement(&mut self, requirement: Requirement) -> Verdicts {
        match requirement {
            Requirement::Factor(id) => self.factor(id),
            Requirement::Fact(id) => {
                let found = self.fact(id);
                self.verdicts(found, None)
            }
        }
    }

    /// Works out all rules, those that others read first, so that asking goes into one at a time.
    pub fn prepare(&mut self) {
        let rules = self.rules;
        for requirement in rules.in_order() {
            match requirement {
                Requirement::Fact(id) => drop(self.fact(id)),
                Requirement::Factor(id) if rules.is_score(id) => drop(self.score(id)),
                Requirement::Factor(id) => _ = self.factor(id),
            }
        }
    }

    /// Which event the memory of a rule hangs on.
    fn remembered(&mut self, requirement: Requirement) -> Option<u32> {
        let (event, _) = self.scope.event?;
        let rules = self.rules;
        let known = self.reading.entry(requirement);
        known.or_insert_with(|| rules.requirement_reads_event(requirement)).then_some(event)
    }

    pub fn factor(&mut self, id: FactorId) -> Verdicts {
        let key = (id, self.remembered(Requirement::Factor(id)));
        if let Some(known) = self.factors.get(&key) {
            return *known;
        }
        let rules = self.rules;
        let found = match rules.factors.get(id).map(|factor| &factor.program) {
            Some(FactorProgram::Guard(program)) => self.decided(program),
            Some(FactorProgram::Of { of, at_least }) => {
                let parts: Vec<Verdicts> = of.iter().map(|part| self.requirement(*part)).collect();
                self.counted(&parts, *at_least)
            }
            Some(FactorProgram::Score(_) | FactorProgram::Broken) | None => {
                Verdicts { fault: F::TRUE, ..Verdicts::NEVER }
            }
        };
        self.factors.insert(key, found);
        found
    }

    /// At least so many of some parts.
    fn counted(&mut self, parts: &[Verdicts], least: usize) -> Verdicts {
        let formula = &mut self.formula;
        let holds: Vec<F> = parts.iter().map(|part| part.holds).collect();
        let fails: Vec<F> = parts.iter().map(|part| part.fails).collect();
        let open: Vec<F> = parts.iter().map(|part| part.unknown).collect();
        let few = (parts.len() + 1).checked_sub(least);
        let not_fails: Vec<F> =
            parts.iter().map(|part| formula.or(part.holds, part.unknown)).collect();
        let not_holds: Vec<F> =
            parts.iter().map(|part| formula.or(part.fails, part.unknown)).collect();
        let enough = formula.at_least(least, &not_fails);
        let short = few.map_or(F::TRUE, |few| formula.at_least(few, &not_holds));
        let some = formula.any(open);
        Verdicts {
            holds: formula.at_least(least, &holds),
            fails: few.map_or(F::TRUE, |few| formula.at_least(few, &fails)),
            unknown: formula.all(vec![enough, short, some]),
            fault: formula.any(parts.iter().map(|part| part.fault).collect()),
        }
    }

    pub fn fact(&mut self, id: FactId) -> Outcomes {
        let key = (id, self.remembered(Requirement::Fact(id)));
        if let Some(known) = self.facts.get(&key) {
            return known.clone();
        }
        let (rules, definition) = (self.rules, self.definition);
        let Some(fact) = rules.facts.get(id) else { return Outcomes::vague("any") };
        let found = match &fact.value {
            Some(program) => {
                let found = self.framed(program, Vec::new(), fact.shape.kind == Kind::Boolean);
                self.admitted(found, &fact.shape)
            }
            None => {
                let shape: &'w Shape = &definition.facts.at(id).shape;
                let always = fact.default.is_some();
                let place = self.places.place(&mut self.formula, Root::Fact(id), shape, always);
                self.places.outcomes(&mut self.formula, place)
            }
        };
        self.facts.insert(key, found.clone());
        found
    }

    /// A derived fact has a value that fits its declaration, or fails.
    fn admitted(&mut self, found: Outcomes, shape: &Shape) -> Outcomes {
        let plain = match &shape.kind {
            Kind::Boolean => true,
            Kind::Date | Kind::DateTime => shape.is_any_time(),
            Kind::Integer | Kind::Number => {
                shape.minimum.is_none()
                    && shape.maximum.is_none()
                    && shape.exclusive_minimum.is_none()
                    && shape.exclusive_maximum.is_none()
                    && shape.multiple_of.is_none()
            }
            Kind::String => {
                shape.min_length.is_none() && shape.max_length.is_none() && shape.pattern.is_none()
            }
            _ => false,
        };
        let mut admitted = Outcomes { cases: Vec::new(), ..found };
        for (when, symbol) in found.cases {
            let fits = match (&shape.kind, symbol) {
                (Kind::Boolean, symbol @ (Symbol::Boolean(_) | Symbol::Vague(_))) => symbol,
                (Kind::Integer, symbol @ Symbol::Number { whole: true, .. }) => symbol,
                (Kind::Number, Symbol::Number { lin, places, .. }) => {
                    Symbol::Number { lin, places, whole: false }
                }
                (Kind::Date, symbol @ Symbol::Date(_))
                | (Kind::DateTime, symbol @ Symbol::Time(_))
                | (Kind::Duration, symbol @ Symbol::Length(..))
                | (Kind::String | Kind::Enum(_), symbol @ Symbol::Text(_))
                | (Kind::Array(_), symbol @ Symbol::List(_))
                | (Kind::Object(_), symbol @ Symbol::Record(_)) => symbol,
                // It may be given another type on the way.
                _ => Symbol::Vague("any"),
            };
            if !plain || matches!(fits, Symbol::Vague(_)) {
                admitted.fault = self.formula.or(admitted.fault, when);
            }
            let when = match &fits {
                Symbol::Number { lin, .. } => {
                    let within = self.within(lin, shape);
                    self.formula.and(when, within)
                }
                _ => when,
            };
            admitted.case(&mut self.formula, when, fits);
        }
        admitted
    }

    /// Whether a sum lies within the bounds of a declaration.
    fn within(&mut self, lin: &Lin, shape: &Shape) -> F {
        use super::rational::Exact;
        let mut all = Vec::new();
        let bounds = [
            (shape.minimum, true, false),
            (shape.exclusive_minimum, true, true),
            (shape.maximum, false, false),
            (shape.exclusive_maximum, false, true),
        ];
        for (bound, low, strict) in bounds {
            let Some(bound) = bound else { continue };
            let found: Exact<F> = Ratio::of(bound).and_then(|bound| {
                let over = lin.plus(bound.neg())?;
                let over = if low { over.neg() } else { over };
                self.formula.at_most_zero(&over, strict)
            });
            all.extend(found);
        }
        self.formula.all(all)
    }

    fn score(&mut self, id: FactorId) -> Outcomes {
        let key = (id, self.remembered(Requirement::Factor(id)));
        if let Some(known) = self.scores.get(&key) {
            return known.clone();
        }
        let rules = self.rules;
        let Some(FactorProgram::Score(program)) =
            rules.factors.get(id).map(|factor| &factor.program)
        else {
            return Outcomes { fault: F::TRUE, ..Outcomes::NEVER };
        };
        let mut found = self.framed(program, Vec::new(), false);
        let mut score = Outcomes { cases: Vec::new(), ..found };
        for (when, symbol) in std::mem::take(&mut found.cases) {
            score.fault = self.formula.or(score.fault, when);
            let symbol = match symbol {
                Symbol::Number { lin, places, .. } => Symbol::Number { lin, places, whole: false },
                _ => Symbol::Vague("any"),
            };
            score.case(&mut self.formula, when, symbol);
        }
        self.scores.insert(key, score.clone());
        score
    }

    /// The last expression of a script, in which it may return.
    fn tail(&mut self, node: &'w Node, ways: Vec<Way>, decided: bool) -> Outcomes {
        let mut found = Outcomes::NEVER;
        if ways.len() > PATHS {
            return Outcomes::vague("bound:paths");
        }
        match &node.op {
            Op::Block(statements) => {
                let Some((last, before)) = statements.split_last() else {
                    return Outcomes { fault: F::TRUE, ..Outcomes::NEVER };
                };
                let mut ways = ways;
                for statement in before {
                    match self.statement(statement, ways, &mut found) {
                        Some(next) => ways = next,
                        None => return Outcomes::vague("loop"),
                    }
                }
                let rest = self.tail(last, ways, decided);
                found.or(&mut self.formula, rest);
            }
            Op::If { condition, then, otherwise: Some(otherwise) } if returns(node) => {
                for (path, locals) in ways {
                    self.locals.clone_from(&locals);
                    let test = self.eval(condition);
                    let test = self.verdicts(test, Some(condition)).when(&mut self.formula, path);
                    found.unknown = self.formula.or(found.unknown, test.unknown);
                    found.fault = self.formula.or(found.fault, test.fault);
                    for (when, body) in [(test.holds, then), (test.fails, otherwise)] {
                        let rest = self.tail(body, vec![(when, locals.clone())], false);
                        found.or(&mut self.formula, rest);
                    }
                }
            }
            Op::Return(value) => {
                for (path, locals) in ways {
                    self.locals = locals;
                    let value = match value {
                        Some(value) => self.eval(value),
                        None => Outcomes { fault: F::TRUE, ..Outcomes::NEVER },
                    };
                    let value = value.when(&mut self.formula, path);
                    found.or(&mut self.formula, value);
                }
            }
            _ => {
                for (path, locals) in ways {
                    self.locals = locals;
                    let value = if decided {
                        let verdicts = self.truth(node);
                        Outcomes::of(verdicts)
                    } else {
                        self.eval(node)
                    };
                    let value = value.when(&mut self.formula, path);
                    found.or(&mut self.formula, value);
                }
            }
        }
        found
    }

    /// A statement in front of the last. `None` where it is not understood; then anything may come of the script.
    fn statement(
        &mut self,
        node: &'w Node,
        ways: Vec<Way>,
        returned: &mut Outcomes,
    ) -> Option<Vec<Way>> {
        let mut next = Vec::new();
        for (path, locals) in ways {
            self.locals.clone_from(&locals);
            match &node.op {
                Op::Let { slot, value } => {
                    let value = value.as_ref().map(|value| self.eval(value));
                    next.extend(self.assigned(path, locals, *slot, value, returned));
                }
                Op::Assign {
                    place: Target { root: Changed::Local(slot), steps, .. },
                    op: None,
                    value,
                    ..
                } if steps.is_empty() => {
                    let value = Some(self.eval(value));
                    next.extend(self.assigned(path, locals, *slot, value, returned));
                }
                Op::If { condition, then, otherwise } => {
                    let test = self.eval(condition);
                    let test = self.verdicts(test, Some(condition)).when(&mut self.formula, path);
                    returned.unknown = self.formula.or(returned.unknown, test.unknown);
                    returned.fault = self.formula.or(returned.fault, test.fault);
                    let (body, ways) = (&**then, vec![(test.holds, locals.clone())]);
                    next.extend(self.statement(body, ways, returned)?);
                    let rest = vec![(test.fails, locals)];
                    match otherwise {
                        Some(otherwise) => {
                            next.extend(self.statement(otherwise, rest, returned)?);
                        }
                        None => next.extend(rest),
                    }
                }
                Op::Block(statements) => {
                    let mut inside = vec![(path, locals)];
                    for statement in statements {
                        inside = self.statement(statement, inside, returned)?;
                    }
                    next.extend(inside);
                }
                Op::Return(_) => {
                    let found = self.tail(node, vec![(path, locals)], false);
                    returned.or(&mut self.formula, found);
                }
                Op::Nothing => next.push((path, locals)),
                _ => return None,
            }
            if next.len() > PATHS {
                return None;
            }
        }
        next.retain(|(path, _)| *path != F::FALSE);
        Some(next)
    }

    fn assigned(
        &mut self,
        path: F,
        mut locals: Vec<Option<Outcomes>>,
        slot: u32,
        value: Option<Outcomes>,
        returned: &mut Outcomes,
    ) -> Option<Way> {
        let mut path = path;
        let value = value.map(|value| {
            let value = value.when(&mut self.formula, path);
            returned.unknown = self.formula.or(returned.unknown, value.unknown);
            returned.fault = self.formula.or(returned.fault, value.fault);
            path = value.known(&mut self.formula);
            Outcomes { unknown: F::FALSE, fault: F::FALSE, ..value }
        });
        *locals.get_mut(slot as usize)? = value;
        Some((path, locals))
    }

    /// Three-valued, for the top of a rule.
    pub fn truth(&mut self, node: &'w Node) -> Verdicts {
        self.nodes += 1;
        if self.nodes > NODES || self.depth > DEPTH {
            return Verdicts { holds: F::TRUE, fails: F::TRUE, unknown: F::TRUE, fault: F::TRUE };
        }
        match &node.op {
            Op::And(clauses) => {
                let parts: Vec<Verdicts> = self.each(clauses);
                self.conjunction(&parts)
            }
            Op::Or(clauses) => {
                let parts = self.each(clauses).into_iter().map(Verdicts::negated);
                let parts: Vec<Verdicts> = parts.collect();
                self.conjunction(&parts).negated()
            }
            Op::Not(inner) => {
                self.depth += 1;
                let found = self.truth(inner).negated();
                self.depth -= 1;
                found
            }
            Op::Factor(id) => self.factor(*id),
            Op::Block(_) => {
                let locals = self.locals.clone();
                let found = self.tail(node, vec![(F::TRUE, locals.clone())], true);
                self.locals = locals;
                self.verdicts(found, None)
            }
            _ => {
                let found = self.eval(node);
                self.verdicts(found, Some(node))
            }
        }
    }

    fn each(&mut self, clauses: &'w [Node]) -> Vec<Verdicts> {
        self.depth += 1;
        let found = clauses.iter().map(|clause| self.truth(clause)).collect();
        self.depth -= 1;
        found
    }

    /// All of these, with three values: what fails behind an open one is open itself.
    pub fn conjunction(&mut self, parts: &[Verdicts]) -> Verdicts {
        let formula = &mut self.formula;
        let mut faults = Vec::new();
        let mut before = F::TRUE;
        for part in parts {
            if part.fault != F::FALSE {
                faults.push(formula.and(before, part.fault));
            }
            before = formula.and(before, part.holds);
        }
        let open = formula.any(parts.iter().map(|part| part.unknown).collect());
        let mut none_fails = vec![open];
        for part in parts {
            none_fails.push(formula.any(vec![part.holds, part.unknown, part.fault]));
        }
        Verdicts {
            holds: before,
            fails: formula.any(parts.iter().map(|part| part.fails).collect()),
            unknown: formula.all(none_fails),
            fault: formula.any(faults),
        }
    }

    /// What a value says where a truth is asked for.
    pub fn verdicts(&mut self, found: Outcomes, node: Option<&'w Node>) -> Verdicts {
        let mut verdicts =
            Verdicts { unknown: found.unknown, fault: found.fault, ..Verdicts::NEVER };
        for (when, symbol) in found.cases {
            match symbol {
                Symbol::Boolean(true) => {
                    verdicts.holds = self.formula.or(verdicts.holds, when);
                }
                Symbol::Boolean(false) => {
                    verdicts.fails = self.formula.or(verdicts.fails, when);
                }
                Symbol::Vague(why) => {
                    let flag = self.vague_flag(why, node);
                    let (holds, fails) = (flag, self.formula.opposite(flag));
                    let (holds, fails) =
                        (self.formula.and(when, holds), self.formula.and(when, fails));
                    verdicts.holds = self.formula.or(verdicts.holds, holds);
                    verdicts.fails = self.formula.or(verdicts.fails, fails);
                    verdicts.fault = self.formula.or(verdicts.fault, when);
                }
                _ => verdicts.fault = self.formula.or(verdicts.fault, when),
            }
        }
        verdicts
    }

    /// What a node is, wherever it is written so. `None` where it hangs on variables of the script.
    pub fn key(&self, node: &Node) -> Option<String> {
        let mut waiting = vec![node];
        while let Some(node) = waiting.pop() {
            match &node.op {
                Op::Local(_) | Op::Let { .. } | Op::Assign { .. } | Op::Mutate { .. } => {
                    return None;
                }
                _ => waiting.extend(node.children()),
            }
        }
        let text = self.program?.text(node.at);
        let event = self.scope.event.map(|(event, _)| event).filter(|_| text.contains("event"));
        (!text.is_empty()).then(|| format!("{event:?} {text}"))
    }

    pub fn vague_flag(&mut self, why: &'static str, node: Option<&Node>) -> F {
        let Some(key) = node.and_then(|node| self.key(node)) else {
            return self.formula.vague_flag(why);
        };
        if let Some(flag) = self.flags.get(&key) {
            return *flag;
        }
        let flag = self.formula.vague_flag(why);
        self.flags.insert(key, flag);
        flag
    }

    /// A number that stands for what a node comes to.
    pub fn vague_number(
        &mut self,
        why: &'static str,
        kind: &'static str,
        node: &Node,
        variable: Variable,
    ) -> Var {
        let key = self.key(node);
        if let Some(key) = &key
            && let Some(known) = self.numbers.get(&(key.clone(), kind))
        {
            return *known;
        }
        let found = self.formula.vague(variable, why);
        if let Some(key) = key {
            self.numbers.insert((key, kind), found);
        }
        found
    }

    /// A whole number that belongs to what is divided, and whether it is new.
    pub fn part(&mut self, of: &Lin, by: Ratio, how: &'static str) -> (Var, bool) {
        let key = (of.clone(), by, how);
        if let Some(known) = self.parts.get(&key) {
            return (*known, false);
        }
        let found = self.formula.variable(Variable { whole: true, ..Variable::default() });
        self.parts.insert(key, found);
        (found, true)
    }

    /// The time as a script reads it.
    pub fn clock(&mut self, kind: &'static str, bounds: (i128, i128)) -> Var {
        let key = (String::new(), kind);
        if let Some(known) = self.numbers.get(&key) {
            return *known;
        }
        let found = self.formula.variable(whole(bounds));
        self.numbers.insert(key, found);
        for (instant, day) in [("now", "today"), ("at", "date")] {
            if let (Some(instant), Some(day), true) =
                (self.clock_read(instant), self.clock_read(day), kind == instant || kind == day)
            {
                let of = vec![Lin::of(instant)];
                self.terms.push(Term { variable: day, function: Function::DateOf, of });
            }
        }
        found
    }

    /// The variable of the time, where a script has read it.
    pub fn clock_read(&self, kind: &'static str) -> Option<Var> {
        self.numbers.get(&(String::new(), kind)).copied()
    }

    /// A text that stands for what a node comes to.
    pub fn vague_text(&mut self, node: &Node) -> Symbol {
        let key = self.key(node);
        if let Some(text) = key.as_ref().and_then(|key| self.texts.get(key)) {
            return Symbol::Text(Text::Variable(*text));
        }
        let text = self.formula.text(super::formula::TextInfo::default());
        if let Some(key) = key {
            self.texts.insert(key, text);
        }
        Symbol::Text(Text::Variable(text))
    }

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

    fn value(&mut self, node: &'w Node) -> Outcomes {
        if matches!(
            node.op,
            Op::Call(..) | Op::Parameter(_) | Op::List(_) | Op::Minus(_) | Op::Binary { .. }
        ) && self.is_fixed(node)
            && let Some(found) = self.constant(node)
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
                let variable = self.clock("now", super::places::TIMES);
                Outcomes::just(Symbol::Time(Lin::of(variable)))
            }
            Op::Today => {
                let variable = self.clock("today", super::places::DAYS);
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
    fn is_fixed(&self, node: &Node) -> bool {
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
    fn constant(&mut self, node: &'w Node) -> Option<Outcomes> {
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

    fn event(&mut self, node: &'w Node, part: EventPart) -> Outcomes {
        let known = match self.scope.event {
            Some(_) if part != EventPart::Actor => F::TRUE,
            _ => self.vague_flag("event", Some(node)),
        };
        let symbol = match part {
            EventPart::Name | EventPart::Actor => self.vague_text(node),
            EventPart::At => {
                let at = self.clock("at", super::places::TIMES);
                Symbol::Time(Lin::of(at))
            }
            EventPart::Date => {
                let at = self.clock("date", super::places::DAYS);
                Symbol::Date(Lin::of(at))
            }
        };
        let unknown = self.formula.opposite(known);
        Outcomes { cases: vec![(known, symbol)], unknown, fault: F::FALSE }
    }

    fn data(&mut self, name: &Arc<str>) -> Outcomes {
        let Some((event, declared)) = self.scope.event else { return Outcomes::vague("event") };
        let Some(shape) = declared.data.get(&**name) else { return Outcomes::vague("event") };
        let root = Root::Data(event, Arc::clone(name));
        let place = self.places.place(&mut self.formula, root, shape, false);
        self.places.outcomes(&mut self.formula, place)
    }

    fn active(&mut self, state: StateId) -> Verdicts {
        let holds = self.past(Past::Active(state)).0;
        let fails = self.formula.opposite(holds);
        Verdicts { holds, fails, ..Verdicts::NEVER }
    }

    /// A time that is known if something has happened.
    fn happened(&mut self, read: Past) -> Outcomes {
        let (known, variable) = self.past(read);
        let unknown = self.formula.opposite(known);
        let cases = vec![(known, Symbol::Time(Lin::of(variable)))];
        Outcomes { cases, unknown, fault: F::FALSE }
    }

    /// What stands for something of the past: a condition and a number.
    fn past(&mut self, read: Past) -> (F, Var) {
        if let Some(known) = self.pasts.get(&read) {
            return *known;
        }
        let info = match read {
            Past::Count(_) => Variable::whole(Some(0), Some(i64::MAX.into())),
            Past::Last(_) | Past::Since(_) | Past::Active(_) => whole(super::places::TIMES),
        };
        let found = (self.formula.vague_flag("past"), self.formula.vague(info, "past"));
        self.pasts.insert(read, found);
        found
    }

    fn sequence(&mut self, clauses: &'w [Node], deciding: bool) -> Outcomes {
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

    fn coalesce(&mut self, options: &'w [Node]) -> Outcomes {
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

    fn branch(&mut self, node: &'w Node) -> Outcomes {
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

    fn switch(&mut self, subject: &'w Node, arms: &'w [Arm]) -> Outcomes {
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
    fn case(&mut self, subject: &Symbol, case: &'w Node, node: &'w Node) -> Verdicts {
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

    fn function(&mut self, number: u32, args: &'w [Node]) -> Outcomes {
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

impl Verdicts {
    /// Under a condition.
    pub fn when(self, formula: &mut Formula, condition: F) -> Self {
        Self {
            holds: formula.and(self.holds, condition),
            fails: formula.and(self.fails, condition),
            unknown: formula.and(self.unknown, condition),
            fault: formula.and(self.fault, condition),
        }
    }
}

pub(super) fn whole((low, high): (i128, i128)) -> Variable {
    Variable::whole(Some(low), Some(high))
}

/// Whether a part of a script reads variables that are set in front of it.
pub(super) fn has_free_variables(node: &Node) -> bool {
    let mut bound = std::collections::BTreeSet::new();
    let mut read = std::collections::BTreeSet::new();
    let mut waiting = vec![node];
    while let Some(node) = waiting.pop() {
        match &node.op {
            Op::Local(slot) => _ = read.insert(*slot),
            Op::Each { item, .. } => _ = bound.insert(*item),
            Op::Let { .. } | Op::Assign { .. } | Op::For { .. } | Op::Mutate { .. } => return true,
            _ => {}
        }
        waiting.extend(node.children());
    }
    !read.is_subset(&bound)
}

/// Whether a script may end only where one of its statements is a `return`, or the last of a branch.
fn is_tidy(node: &Node, last: bool) -> bool {
    match &node.op {
        Op::Block(statements) => {
            let ends = statements.len().saturating_sub(1);
            let mut all = statements.iter().enumerate();
            all.all(|(place, statement)| is_tidy(statement, last && place == ends))
        }
        Op::If { condition, then, otherwise } => {
            !returns(condition)
                && is_tidy(then, last)
                && otherwise.as_ref().is_none_or(|otherwise| is_tidy(otherwise, last))
        }
        Op::Return(value) => value.as_ref().is_none_or(|value| !returns(value)),
        _ => !returns(node),
    }
}

/// Whether a script may end inside a node.
pub(super) fn returns(node: &Node) -> bool {
    let mut waiting = vec![node];
    while let Some(node) = waiting.pop() {
        if matches!(node.op, Op::Return(_)) {
            return true;
        }
        waiting.extend(node.children());
    }
    false
}
