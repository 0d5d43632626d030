//! Closures made from plans: a rule costs a few calls, and reads cells without looking anything up.
//!
//! A closure answers what its plan says, or [`Stop::Unsure`]: then the evaluator runs the rule, and its answer counts.

mod flow;
mod graph;
mod linear;
mod pure;
mod quick;
mod test;
mod thing;
mod word;

use super::facts::{Cell, Facts, Place, Presence, Words};
use super::plan::{Expr, Kind, Lowered};
use super::{Context, Rules, Truth};
use crate::value::Value;

pub(crate) use quick::Quick;

/// A rule as closures.
pub(crate) struct Fused {
    quick: Quick,
    /// A test over cells alone.
    pure: Option<pure::Pure>,
    body: Body,
    words: usize,
    things: usize,
}

enum Body {
    Test(test::TestFn),
    Word(Kind, word::WordFn),
    Thing(thing::ThingFn),
}

impl std::fmt::Debug for Fused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Fused").field("words", &self.words).field("things", &self.things).finish()
    }
}

/// Variables for which nothing is allocated.
const WORDS: usize = 64;
const THINGS: usize = 32;

/// Those of nearly all rules: less to clear.
const FEW_WORDS: usize = 8;
const FEW_THINGS: usize = 4;

impl Fused {
    /// `None` for a rule that never gives a value.
    pub fn new(lowered: &Lowered) -> Option<Self> {
        let (words, things) =
            (usize::try_from(lowered.words).ok()?, usize::try_from(lowered.things).ok()?);
        let (quick, pure) = match &lowered.expr {
            Expr::Test(test) => (Quick::new(test), pure::Pure::new(test, None)),
            Expr::Word(..) | Expr::Thing(_) | Expr::Never(_) => (Quick::default(), None),
        };
        let body = match &lowered.expr {
            Expr::Test(test) => Body::Test(test::test(test)),
            Expr::Word(kind, word) => Body::Word(kind.clone(), word::word(word)),
            Expr::Thing(thing) => Body::Thing(thing::thing(thing)),
            Expr::Never(_) => return None,
        };
        Some(Self { quick, pure, body, words, things })
    }

    /// The quick form, to be kept by those who ask often.
    pub fn form(&self) -> Quick {
        self.quick.clone()
    }

    /// Whether the rule holds, where a few checks of cells say it that are all known.
    #[inline(always)]
    pub fn at_once(&self, words: &Words) -> Option<bool> {
        self.quick.decide(words)
    }

    /// Whether the rule holds, where cells alone say it and are all known.
    pub fn quick(&self, facts: &Facts) -> Option<Truth> {
        let truth = match self.at_once(facts.words()) {
            Some(truth) => truth,
            None => return self.by_cells(facts),
        };
        Some(Truth::of(truth))
    }

    /// The same by the longer way, which looks only at the cells that are needed.
    fn by_cells(&self, facts: &Facts) -> Option<Truth> {
        self.pure.as_ref()?.decide(facts.words().as_slice(), &[]).map(Truth::of)
    }

    /// Whether the rule holds; `None` where this is not sure.
    pub fn decide(&self, rules: &Rules, context: &Context) -> Option<Truth> {
        if let Some(truth) = self.quick(context.facts) {
            return Some(truth);
        }
        self.decide_by_test(rules, context)
    }

    fn decide_by_test(&self, rules: &Rules, context: &Context) -> Option<Truth> {
        let Body::Test(test) = &self.body else { return None };
        let row = Row { words: context.facts.words().as_slice(), context, rules };
        let answer = if self.words == 0 && self.things == 0 {
            let budget = row.budget();
            let mut frame = Frame { words: &mut [], things: &mut [], budget };
            let answer = test(&row, &mut frame);
            row.charge(budget - frame.budget);
            answer
        } else {
            self.framed(&row, |row, frame| test(row, frame))
        };
        match answer {
            Tri::True => Some(Truth::True),
            Tri::False => Some(Truth::False),
            Tri::Unknown => Some(Truth::Unknown),
            _ => None,
        }
    }

    /// The value of the rule, `Some(None)` while it is unknown; `None` where this is not sure.
    pub fn value(&self, rules: &Rules, context: &Context) -> Option<Option<Value>> {
        let row = Row { words: context.facts.words().as_slice(), context, rules };
        let found = self.framed(&row, |row, frame| match &self.body {
            Body::Test(test) => match test(row, frame) {
                Tri::True => Ok(Value::Boolean(true)),
                Tri::False => Ok(Value::Boolean(false)),
                other => Err(other.stop()),
            },
            Body::Word(kind, word) => {
                let found = word(row, frame)?;
                kind.value(found, &rules.zone).ok_or(Stop::Unsure)
            }
            Body::Thing(thing) => thing(row, frame).map(Item::into_value),
        });
        match found {
            Ok(value) => Some(Some(value)),
            Err(Stop::Unknown) => Some(None),
            Err(_) => None,
        }
    }

    fn framed<'a, T>(
        &self,
        row: &Row<'a>,
        run: impl FnOnce(&Row<'a>, &mut Frame<'_, 'a>) -> T,
    ) -> T {
        let budget = row.budget();
        let run = |words: &mut [i64], things: &mut [Option<Item<'a>>]| {
            let mut frame = Frame { words, things, budget };
            let found = run(row, &mut frame);
            row.charge(budget - frame.budget);
            found
        };
        if self.words <= FEW_WORDS && self.things <= FEW_THINGS {
            return run(&mut [0; FEW_WORDS], &mut [const { None }; FEW_THINGS]);
        }
        if self.words > WORDS || self.things > THINGS {
            let mut things = Vec::new();
            things.resize_with(self.things, || None);
            return run(&mut vec![0; self.words], &mut things);
        }
        run(&mut [0; WORDS], &mut [const { None }; THINGS])
    }
}

/// What a closure reads.
pub(super) struct Row<'a> {
    pub words: &'a [i64],
    pub context: &'a Context<'a>,
    pub rules: &'a Rules,
}

/// The variables of one evaluation.
pub(super) struct Frame<'f, 'a> {
    pub words: &'f mut [i64],
    pub things: &'f mut [Option<Item<'a>>],
    /// What loops may still cost.
    pub budget: u64,
}

/// A value that a fact holds, or one that was made.
#[derive(Clone)]
pub(super) enum Item<'a> {
    Held(&'a Value),
    Made(Value),
}

/// Why there is no value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(i64)]
pub(super) enum Stop {
    Unknown = 1,
    /// The evaluator knows.
    Unsure,
    Return,
    Break,
    Continue,
}

/// What a test gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tri {
    False,
    True,
    Unknown,
    Unsure,
    Return,
    Break,
    Continue,
}

impl Tri {
    #[inline(always)]
    pub fn of(truth: bool) -> Self {
        if truth { Self::True } else { Self::False }
    }

    #[inline(always)]
    pub fn stop(self) -> Stop {
        match self {
            Self::Unknown => Stop::Unknown,
            Self::Return => Stop::Return,
            Self::Break => Stop::Break,
            Self::Continue => Stop::Continue,
            Self::True | Self::False | Self::Unsure => Stop::Unsure,
        }
    }
}

impl From<Stop> for Tri {
    #[inline(always)]
    fn from(stop: Stop) -> Self {
        match stop {
            Stop::Unknown => Self::Unknown,
            Stop::Unsure => Self::Unsure,
            Stop::Return => Self::Return,
            Stop::Break => Self::Break,
            Stop::Continue => Self::Continue,
        }
    }
}

impl Row<'_> {
    /// What loops may cost: as much as one script, if the call has as much left.
    #[inline(always)]
    fn budget(&self) -> u64 {
        let most = self.rules.limits.operations;
        self.context.meter.map_or(most, |meter| most.min(meter.left()))
    }

    /// What loops did cost counts for the call as a whole.
    #[inline(always)]
    fn charge(&self, cost: u64) {
        if let Some(meter) = self.context.meter
            && cost > 0
        {
            meter.spend(cost);
        }
    }

    #[inline(always)]
    pub fn cell(&self, place: Place) -> Result<i64, Stop> {
        read(place.cell(self.words))
    }
}

#[inline(always)]
pub(super) fn read(cell: Cell) -> Result<i64, Stop> {
    match cell.presence {
        Presence::Exact => Ok(cell.word),
        Presence::Unknown => Err(Stop::Unknown),
        Presence::Wide => Err(Stop::Unsure),
    }
}

impl<'a> Frame<'_, 'a> {
    #[inline(always)]
    pub fn word(&self, register: u32) -> Result<i64, Stop> {
        self.words.get(register as usize).copied().ok_or(Stop::Unsure)
    }

    #[inline(always)]
    pub fn set_word(&mut self, register: u32, word: i64) {
        if let Some(place) = self.words.get_mut(register as usize) {
            *place = word;
        }
    }

    pub fn thing(&self, register: u32) -> Result<Item<'a>, Stop> {
        match self.things.get(register as usize) {
            Some(Some(item)) => Ok(item.clone()),
            _ => Err(Stop::Unsure),
        }
    }

    pub fn set_thing(&mut self, register: u32, item: Option<Item<'a>>) {
        if let Some(place) = self.things.get_mut(register as usize) {
            *place = item;
        }
    }

    /// Loops end: what takes long is left to the evaluator and its bound.
    #[inline(always)]
    pub fn spend(&mut self, cost: u64) -> Result<(), Stop> {
        match self.budget.checked_sub(cost) {
            Some(left) => {
                self.budget = left;
                Ok(())
            }
            None => Err(Stop::Unsure),
        }
    }
}

impl Item<'_> {
    #[inline(always)]
    pub fn value(&self) -> &Value {
        match self {
            Self::Held(value) => value,
            Self::Made(value) => value,
        }
    }

    pub fn into_value(self) -> Value {
        match self {
            Self::Held(value) => value.clone(),
            Self::Made(value) => value,
        }
    }
}
