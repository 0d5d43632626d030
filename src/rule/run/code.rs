//! A rule as it runs.

use super::super::ir::{Body, Kind, Test};
use super::super::{Checks, Context, Rules, Truth};
use super::row::Row;
use super::source::{Frame, Source};
use crate::value::Value;

/// A rule as it runs.
#[derive(Debug)]
pub(crate) struct Code {
    /// Chosen when it is made, by what it needs besides cells.
    run: fn(&Self, &Rules, Source) -> Option<Truth>,
    body: Body,
    /// What it takes besides loops, in operations of the evaluator, at most.
    cost: u32,
}

/// Variables and loops of a frame that is cleared in a few instructions: more have few rules.
const FEW: (u8, u8) = (4, 1);

impl Code {
    /// A rule with so many variables, whose loops nest so deep.
    pub fn new(body: Body, cost: u32, (variables, loops): (u8, u8)) -> Self {
        let run: fn(&Self, &Rules, Source) -> Option<Truth> = match &body {
            Body::Word(..) => |_, _, _| None,
            Body::Test(Test::Checks(_)) => {
                |code, rules, source| match code.checks()?.decide(source.cells()) {
                    Some(truth) => Some(truth),
                    // The tree beneath may have variables.
                    None => code.run::<VARIABLES, LOOPS>(rules, source),
                }
            }
            Body::Test(_) if (variables, loops) == (0, 0) => Self::run::<0, 0>,
            Body::Test(_) if variables <= FEW.0 && loops <= FEW.1 => {
                Self::run::<{ FEW.0 as usize }, { FEW.1 as usize }>
            }
            Body::Test(_) => Self::run::<VARIABLES, LOOPS>,
        };
        Self { run, body, cost }
    }

    /// The checks that the whole rule is, to be kept by those who ask often.
    pub fn checks(&self) -> Option<&Checks> {
        match &self.body {
            Body::Test(Test::Checks(checks)) => Some(&checks.0),
            _ => None,
        }
    }

    /// Whether the rule holds; `None` where this is not sure.
    pub fn decide(&self, rules: &Rules, context: &Context) -> Option<Truth> {
        if context.hopes() {
            return None;
        }
        self.decide_for(rules, Source::Case(context))
    }

    /// Whether the rule holds of facts with or without a case; `None` where this is not sure.
    #[inline(always)]
    pub fn decide_for(&self, rules: &Rules, source: Source) -> Option<Truth> {
        (self.run)(self, rules, source)
    }

    /// With room for so many variables and items.
    fn run<const V: usize, const L: usize>(&self, rules: &Rules, source: Source) -> Option<Truth> {
        let Body::Test(test) = &self.body else { return None };
        let test = if let Test::Checks(checks) = test { &checks.1 } else { test };
        let mut frame = Frame::<V, L>::EMPTY;
        Row::over(rules, source, self.room(rules), frame.places()).decide(test)
    }

    /// The value of the rule, `Some(None)` while it is unknown; `None` where this is not sure.
    pub fn value(&self, rules: &Rules, context: &Context) -> Option<Option<Value>> {
        match &self.body {
            Body::Test(_) => Some(match self.decide(rules, context)? {
                Truth::True => Some(Value::Boolean(true)),
                Truth::False => Some(Value::Boolean(false)),
                Truth::Unknown => None,
            }),
            Body::Word(..) if context.hopes() => None,
            Body::Word(kind, word) => {
                let mut frame = Frame::<VARIABLES, LOOPS>::EMPTY;
                let (source, room) = (Source::Case(context), self.room(rules));
                match Row::over(rules, source, room, frame.places()).value(word)? {
                    Some(word) => Some(Some(kind.value(word, &rules.zone)?)),
                    None => Some(None),
                }
            }
        }
    }

    pub(super) fn body(&self) -> &Body {
        &self.body
    }

    /// What loops may take: of what a rule may, what is left besides everything else.
    #[inline(always)]
    pub(super) fn room(&self, rules: &Rules) -> u64 {
        rules.limits.operations.saturating_sub(self.cost.into())
    }

    /// Whether it is a test.
    pub fn kind(&self) -> Option<&Kind> {
        match &self.body {
            Body::Test(_) => None,
            Body::Word(kind, _) => Some(kind),
        }
    }
}

pub(super) use super::super::ir::REGISTERS as VARIABLES;
pub(super) const LOOPS: usize = super::super::ir::SCOPES - 1;
