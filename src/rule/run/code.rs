//! A rule as it runs.

use super::super::ir::{Body, Kind, Test};
use super::super::{Checks, Context, Rules, Truth};
use super::row::Row;
use super::source::{Frame, Source};
use crate::value::Value;

/// A rule as it runs.
#[derive(Debug)]
pub(crate) struct Code {
    body: Body,
    /// What it takes besides loops, in operations of the evaluator, at most.
    cost: u32,
    /// How many variables it has, and how deep its loops nest.
    frame: (u8, u8),
}

/// Variables and loops of a frame that is cleared in a few instructions: more have few rules.
const FEW: (u8, u8) = (4, 1);

impl Code {
    pub fn new(body: Body, cost: u32, frame: (u8, u8)) -> Self {
        Self { body, cost, frame }
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
    #[inline]
    pub fn decide_for(&self, rules: &Rules, source: Source) -> Option<Truth> {
        let Body::Test(test) = &self.body else { return None };
        match self.frame {
            (0, 0) => Row::over(rules, source, self.room(rules), None).decide(test),
            (variables, loops) if variables <= FEW.0 && loops <= FEW.1 => {
                self.framed::<{ FEW.0 as usize }, { FEW.1 as usize }>(test, rules, source)
            }
            _ => self.framed::<VARIABLES, LOOPS>(test, rules, source),
        }
    }

    /// Whether a rule holds that needs a frame. Apart, so that others have no room for one.
    #[inline(never)]
    fn framed<const V: usize, const L: usize>(
        &self,
        test: &Test,
        rules: &Rules,
        source: Source,
    ) -> Option<Truth> {
        let mut frame = Frame::<V, L>::EMPTY;
        let mut parts = frame.parts();
        Row::over(rules, source, self.room(rules), Some(&mut parts)).decide(test)
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
                let mut parts = frame.parts();
                let source = Source::Case(context);
                let mut row = Row::over(rules, source, self.room(rules), Some(&mut parts));
                match row.value(word)? {
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
