//! A rule as it runs.

use super::super::facts::{BLOCK, Place};
use super::super::ir::{Body, Kind, Leaf, Test};
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
    /// The cells that it reads, by block of which each is one bit: where all of them are known, nothing else asks whether they
    /// are. A block that is none where something may be unknown all the same.
    needs: Vec<(u32, i64)>,
}

/// Variables and loops of a frame that is cleared in a few instructions: more have few rules.
const FEW: (u8, u8) = (4, 1);

impl Code {
    pub fn new(body: Body, cost: u32, frame: (u8, u8)) -> Self {
        let (mut needs, mut sure) = (Vec::<(u32, i64)>::new(), true);
        let mut need = |place: Place, behind: usize| {
            let (head, bit) = (place.block() * BLOCK + behind, place.bit());
            let head = u32::try_from(head).unwrap_or(u32::MAX);
            match needs.iter_mut().find(|known| known.0 == head) {
                Some(known) => known.1 |= bit,
                None => needs.push((head, bit)),
            }
        };
        let mut seen = |leaf| match leaf {
            Leaf::Cell(cell) if cell.scope == 0 => need(cell.place, 0),
            // A text has no word. Behind the bits of what has one lie those of what has a value.
            Leaf::Text(fact) => need(Place::of(fact.0), 1),
            Leaf::Missing => sure = false,
            Leaf::Cell(_) | Leaf::Register(_) | Leaf::Outside => {}
        };
        match &body {
            Body::Test(test) => test.visit(&mut seen),
            Body::Word(_, word) => word.visit(&mut seen),
        }
        if !sure {
            needs = vec![(u32::MAX, 0)];
        }
        Self { body, cost, frame, needs }
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
        if self.all_known(source.cells())
            && let Some(truth) = self.decided::<true>(rules, source)
        {
            return Some(truth);
        }
        self.decide_partly(rules, source)
    }

    /// Where something is unknown, or not sure.
    #[inline(never)]
    fn decide_partly(&self, rules: &Rules, source: Source) -> Option<Truth> {
        self.decided::<false>(rules, source)
    }

    /// Whether all cells have a word.
    #[inline(always)]
    fn all_known(&self, words: &[i64]) -> bool {
        self.needs
            .iter()
            .all(|(head, bits)| words.get(*head as usize).is_some_and(|exact| bits & !exact == 0))
    }

    #[inline(always)]
    fn decided<const SURE: bool>(&self, rules: &Rules, source: Source) -> Option<Truth> {
        let Body::Test(test) = &self.body else { return None };
        match self.frame {
            (0, 0) => {
                let none = (&mut [][..], &mut [][..]);
                Row::<SURE>::over(rules, source, self.room(rules), none).decide(test)
            }
            (variables, loops) if variables <= FEW.0 && loops <= FEW.1 => {
                self.framed::<SURE, { FEW.0 as usize }, { FEW.1 as usize }>(test, rules, source)
            }
            _ => self.framed::<SURE, VARIABLES, LOOPS>(test, rules, source),
        }
    }

    /// Whether a rule holds that needs a frame. Apart, so that others have no room for one.
    #[inline(never)]
    fn framed<const SURE: bool, const V: usize, const L: usize>(
        &self,
        test: &Test,
        rules: &Rules,
        source: Source,
    ) -> Option<Truth> {
        let mut frame = Frame::<V, L>::EMPTY;
        Row::<SURE>::over(rules, source, self.room(rules), frame.places()).decide(test)
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
                let mut row = Row::<false>::over(rules, source, room, frame.places());
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
