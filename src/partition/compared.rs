//! How rules use the facts that they read: only by comparing them with something fixed, or in any other way.
//!
//! Of a fact that is only compared with constants, values that lie alike among these are alike to the rules (see
//! `partition::classes`). Whatever is not understood here counts as another way: to take one for a comparison would make proofs
//! of what is not so.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use crate::rule::eval::Evaluator;
use crate::rule::outline::{Origin, is_order};
use crate::rule::program::{EventPart, Node, Op, Place, Program, Root};
use crate::rule::syntax::Binary;
use crate::rule::{CaseHistory, Context, FactorProgram, Facts, Requirement, Rules};
use crate::table::FactId;
use crate::value::{DateTime, Duration, Number, Value};

/// What some rules do with what they read.
#[derive(Debug, Clone, Default)]
pub(crate) struct Compared {
    /// By fact that is no derived one: everything that it is compared with.
    pub constants: BTreeMap<FactId, Vec<Value>>,
    /// Those of them that are used in other ways too: calculated with, compared with one another, passed on.
    pub otherwise: BTreeSet<FactId>,
    /// Constants that stand anywhere: what is worth trying, and proves nothing.
    pub beside: Vec<Value>,
    pub time: bool,
    /// What happened before, and where the case stands.
    pub past: bool,
    /// The event: its name, who sent it, what it carries.
    pub event: bool,
}

impl Compared {
    /// What both do.
    pub fn and(mut self, other: Self) -> Self {
        for (id, constants) in other.constants {
            let known: &mut Vec<Value> = self.constants.entry(id).or_default();
            known.extend(constants);
        }
        self.otherwise.extend(other.otherwise);
        self.beside.extend(other.beside);
        self.time |= other.time;
        self.past |= other.past;
        self.event |= other.event;
        self
    }

    /// Whether answers hang on nothing but facts.
    pub fn only_facts(&self) -> bool {
        !(self.time || self.past || self.event)
    }
}

/// What becomes of the value of a node.
#[derive(Clone)]
enum Sink {
    /// It is compared with each of these, and nothing else.
    Compared(Rc<[Value]>),
    Otherwise,
}

/// Gathers the uses that some rules make of facts, through factors, derived facts and functions.
pub(crate) struct Gather<'r> {
    rules: &'r Rules,
    uses: Compared,
    known: BTreeSet<Origin>,
    /// Values one step from what is compared with matter too: what coverage calls just below and just above.
    near: bool,
    nothing: Facts,
    past: CaseHistory,
}

impl<'r> Gather<'r> {
    pub fn new(rules: &'r Rules, near: bool) -> Self {
        Self {
            rules,
            uses: Compared::default(),
            known: BTreeSet::new(),
            near,
            nothing: rules.facts_unknown(),
            past: CaseHistory::default(),
        }
    }

    pub fn finish(self) -> Compared {
        self.uses
    }

    /// A rule with all that it reads.
    pub fn origin(&mut self, origin: Origin) {
        if !self.known.insert(origin) {
            return;
        }
        let rules = self.rules;
        if let Some(program) = rules.program(origin) {
            self.program(program);
        }
        match origin {
            Origin::Transition(id) => {
                rules.requirements(id).iter().for_each(|part| self.requirement(*part));
            }
            Origin::Factor(id) => {
                if let Some(FactorProgram::Of { of, .. }) =
                    rules.factors.get(id).map(|factor| &factor.program)
                {
                    of.iter().for_each(|part| self.requirement(*part));
                }
            }
            Origin::Fact(_) | Origin::Function(_) => {}
        }
    }

    pub fn program(&mut self, program: &'r Program) {
        self.walk(&program.root, &Sink::Otherwise);
    }

    fn requirement(&mut self, requirement: Requirement) {
        match requirement {
            Requirement::Factor(id) => self.origin(Origin::Factor(id)),
            Requirement::Fact(id) => self.fact(id, &Sink::Otherwise),
        }
    }

    fn fact(&mut self, id: FactId, sink: &Sink) {
        if self.rules.facts.get(id).is_some_and(|fact| fact.value.is_some()) {
            // Its value is held to a declaration on the way: what goes into it is not followed any further.
            return self.origin(Origin::Fact(id));
        }
        let constants = self.uses.constants.entry(id).or_default();
        match sink {
            Sink::Compared(values) => {
                for value in values.iter() {
                    if !constants.contains(value) {
                        constants.push(value.clone());
                    }
                }
            }
            Sink::Otherwise => {
                self.uses.otherwise.insert(id);
            }
        }
    }

    fn each(&mut self, nodes: impl IntoIterator<Item = &'r Node>) {
        nodes.into_iter().for_each(|node| self.walk(node, &Sink::Otherwise));
    }

    /// Recursion is bounded by the nesting of scripts and of what they read.
    fn walk(&mut self, node: &'r Node, sink: &Sink) {
        match &node.op {
            Op::Fact(id) => self.fact(*id, sink),
            Op::Factor(id) => self.origin(Origin::Factor(*id)),
            Op::Binary { op, left, right, .. } if op.is_comparison() => {
                self.comparison(*op, left, right);
            }
            Op::In { item, list, .. } => match self.fixed(list) {
                Some(Value::List(items)) => {
                    self.uses.beside.extend(items.iter().cloned());
                    self.walk(item, &Sink::Compared(items.iter().cloned().collect()));
                }
                _ => self.each([&**item, list]),
            },
            // Only whether there is a value counts.
            Op::Known(inner) => self.walk(inner, &Sink::Compared([].into())),
            Op::Coalesce(options) => options.iter().for_each(|option| self.walk(option, sink)),
            Op::If { condition, then, otherwise } => {
                self.walk(condition, &Sink::Otherwise);
                self.walk(then, sink);
                if let Some(otherwise) = otherwise {
                    self.walk(otherwise, sink);
                }
            }
            Op::Block(statements) => {
                if let Some((last, before)) = statements.split_last() {
                    self.each(before);
                    self.walk(last, sink);
                }
            }
            Op::Switch { subject, arms } => {
                let mut values = Some(Vec::new());
                for case in arms.iter().flat_map(|arm| &arm.cases) {
                    let ends = match &case.op {
                        Op::Range { from, to, .. } => vec![&**from, to],
                        _ => vec![case],
                    };
                    for end in ends {
                        match (self.fixed(end), &mut values) {
                            (Some(value), Some(values)) => values.push(value),
                            _ => values = None,
                        }
                    }
                }
                match values {
                    Some(values) => {
                        self.uses.beside.extend(values.iter().cloned());
                        self.walk(subject, &Sink::Compared(values.into()));
                    }
                    None => {
                        self.each([&**subject]);
                        self.each(arms.iter().flat_map(|arm| &arm.cases));
                    }
                }
                for arm in arms {
                    self.each(&arm.condition);
                    self.walk(&arm.body, sink);
                }
            }
            Op::Function(number, args) => {
                self.each(args);
                self.origin(Origin::Function(*number));
            }
            Op::Now | Op::Today | Op::Event(EventPart::At | EventPart::Date) => {
                self.uses.time = true;
            }
            Op::Event(EventPart::Name | EventPart::Actor) | Op::Data(_) => self.uses.event = true,
            Op::Last(_) | Op::Count(_) | Op::Who(_) | Op::Since(_) | Op::Active(_) => {
                self.uses.past = true;
            }
            _ => {
                self.changes(node);
                self.each(node.children());
            }
        }
    }

    /// Facts that a statement changes: no rule does, and if one did, it would not only compare them.
    fn changes(&mut self, node: &Node) {
        match &node.op {
            Op::Constant(value) => self.uses.beside.push(value.clone()),
            Op::Parameter(id) => {
                let value = self.rules.parameters.get(*id).map(|found| found.value.clone());
                self.uses.beside.extend(value);
            }
            Op::Assign { place: Place { root: Root::Fact(id), .. }, .. }
            | Op::Mutate { place: Place { root: Root::Fact(id), .. }, .. }
            | Op::Forget(id) => self.fact(*id, &Sink::Otherwise),
            _ => {}
        }
    }

    fn comparison(&mut self, op: Binary, left: &'r Node, right: &'r Node) {
        let (node, value) = match (self.fixed(left), self.fixed(right)) {
            (Some(_), Some(_)) => return,
            (None, Some(value)) => (left, value),
            (Some(value), None) => (right, value),
            (None, None) => return self.each([left, right]),
        };
        self.uses.beside.push(value.clone());
        let mut values = vec![value];
        if self.near
            && is_order(op)
            && let Some(value) = values.first().cloned()
        {
            let unit = value.as_number().map(|limit| self.rules.domain(node).unit(limit));
            values.extend(beside(&value, unit));
        }
        self.walk(node, &Sink::Compared(values.into()));
    }

    /// The value of an expression that is the same in every case, where it has one.
    fn fixed(&self, node: &'r Node) -> Option<Value> {
        if !self.rules.is_fixed(node) {
            return None;
        }
        let context = Context {
            facts: &self.nothing,
            past: &self.past,
            active: &[],
            now: DateTime::epoch(&self.rules.zone),
            event: None,
            family: None,
            supposed: false,
            observer: None,
            meter: None,
        };
        Evaluator::new(self.rules, context).eval(node).ok()
    }
}

impl Rules {
    /// How some rules use the facts that they read in the end. `near` takes in what lies a step from what is compared.
    pub fn compared(&self, origins: impl IntoIterator<Item = Origin>, near: bool) -> Compared {
        let mut gather = Gather::new(self, near);
        origins.into_iter().for_each(|origin| gather.origin(origin));
        gather.finish()
    }
}

/// What lies one step from a value, in every way in which coverage counts steps.
fn beside(value: &Value, unit: Option<Number>) -> Vec<Value> {
    let steps = |by: i64| Duration::days(by);
    match value {
        Value::Date(date) => {
            let days = [-1, 1].into_iter().filter_map(|by| date.add(steps(by)?));
            days.map(Value::Date).collect()
        }
        Value::DateTime(at) => {
            let moved = |by: i64| DateTime::from_microseconds(at.microseconds().checked_add(by)?);
            [-1_000_000, 1_000_000].into_iter().filter_map(moved).map(Value::DateTime).collect()
        }
        _ => {
            let Some(limit) = value.as_number() else { return Vec::new() };
            let units = [Some(Number::from(1)), unit];
            let found = units.into_iter().flatten().flat_map(|unit| {
                [limit.checked_sub(unit), limit.checked_add(unit)].into_iter().flatten()
            });
            found.map(Value::Number).collect()
        }
    }
}
