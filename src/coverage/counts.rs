//! What was seen of the rules of a workflow: counts that add up.

use std::cmp::Ordering;

use crate::rule::Truth;
use crate::rule::domain::Domain;
use crate::rule::outline::Outline;
use crate::value::{Duration, Number, Value};

/// What was seen, by the numbers of an [`Outline`], of states and of transitions.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct CoverageCounts {
    /// How often each state was entered.
    pub states: Vec<u64>,
    pub transitions: Vec<TransitionCounts>,
    pub rules: Vec<Truths>,
    pub clauses: Vec<ClauseCounts>,
    pub thresholds: Vec<ThresholdCounts>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct TransitionCounts {
    /// What its condition came to.
    pub judged: Truths,
    pub taken: u64,
}

/// How often something held, did not hold and was undecided.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Truths {
    pub holds: u64,
    pub fails: u64,
    pub unknown: u64,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct ClauseCounts {
    pub was: Truths,
    /// How often it alone decided by holding, and by not holding.
    pub decided: [u64; 2],
}

/// How often a value lay where, seen from its threshold.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct ThresholdCounts {
    /// Further away than a step.
    pub below: u64,
    pub just_below: u64,
    pub at: u64,
    pub just_above: u64,
    pub above: u64,
}

pub(super) fn add(count: Option<&mut u64>) {
    if let Some(count) = count {
        *count = count.saturating_add(1);
    }
}

impl Truths {
    pub fn add(&mut self, truth: Truth) {
        add(Some(match truth {
            Truth::True => &mut self.holds,
            Truth::False => &mut self.fails,
            Truth::Unknown => &mut self.unknown,
        }));
    }
}

/// How far a value lies from a threshold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    Below,
    JustBelow,
    At,
    JustAbove,
    Above,
}

impl Side {
    /// One step is 1 for whole numbers (see [`Domain::unit`] for others), a day between dates, a second between
    /// date-times and exact durations, a day or a month between civil durations. `None` where the two have no order.
    pub fn of(subject: &Value, limit: &Value, domain: &Domain) -> Option<Self> {
        let (order, near) = match (subject, limit) {
            (Value::Date(a), Value::Date(b)) => (a.cmp(b), Self::is_a_day(a.since(*b))),
            (Value::DateTime(a), Value::DateTime(b)) => {
                let apart = a.microseconds().abs_diff(b.microseconds());
                (a.microseconds().cmp(&b.microseconds()), apart <= SECOND)
            }
            (Value::Duration(a), Value::Duration(b)) => {
                let apart = b.checked_neg().and_then(|less| a.checked_add(less))?;
                let near = Self::is_a_day(apart)
                    || [Duration::months(1), Duration::months(-1)].contains(&Some(apart))
                    || apart.as_seconds().is_some_and(|seconds| seconds.unsigned_abs() <= 1);
                (a.compare(*b)?, near)
            }
            _ => {
                let (a, b) = (subject.as_number()?, limit.as_number()?);
                let whole = matches!((subject, limit), (Value::Integer(_), Value::Integer(_)));
                let unit = if whole && domain.multiple_of.is_none() {
                    Number::from(1)
                } else {
                    domain.unit(b)
                };
                (a.cmp(&b), a.checked_sub(b).is_ok_and(|apart| apart.abs() <= unit))
            }
        };
        Some(match (order, near) {
            (Ordering::Equal, _) => Self::At,
            (Ordering::Less, true) => Self::JustBelow,
            (Ordering::Less, false) => Self::Below,
            (Ordering::Greater, true) => Self::JustAbove,
            (Ordering::Greater, false) => Self::Above,
        })
    }

    fn is_a_day(apart: Duration) -> bool {
        apart.as_days().is_some_and(|days| days.unsigned_abs() <= 1)
    }
}

const SECOND: u64 = 1_000_000;

impl ThresholdCounts {
    /// How often a value lay there.
    pub fn times(&self, side: Side) -> u64 {
        match side {
            Side::Below => self.below,
            Side::JustBelow => self.just_below,
            Side::At => self.at,
            Side::JustAbove => self.just_above,
            Side::Above => self.above,
        }
    }

    pub(super) fn add(&mut self, subject: &Value, limit: &Value, domain: &Domain) {
        add(Side::of(subject, limit, domain).map(|side| match side {
            Side::Below => &mut self.below,
            Side::JustBelow => &mut self.just_below,
            Side::At => &mut self.at,
            Side::JustAbove => &mut self.just_above,
            Side::Above => &mut self.above,
        }));
    }
}

impl CoverageCounts {
    /// Nothing yet, for so many states and transitions.
    pub fn nothing(outline: &Outline, states: usize, transitions: usize) -> Self {
        Self {
            states: vec![0; states],
            transitions: vec![TransitionCounts::default(); transitions],
            rules: vec![Truths::default(); outline.rules.len()],
            clauses: vec![ClauseCounts::default(); outline.clauses.len()],
            thresholds: vec![ThresholdCounts::default(); outline.thresholds.len()],
        }
    }

    /// Both together, whichever comes first.
    pub fn merge(&mut self, other: &Self) {
        fn sum(count: &mut u64, other: u64) {
            *count = count.saturating_add(other);
        }
        fn truths(mine: &mut Truths, other: &Truths) {
            sum(&mut mine.holds, other.holds);
            sum(&mut mine.fails, other.fails);
            sum(&mut mine.unknown, other.unknown);
        }
        for (mine, other) in self.states.iter_mut().zip(&other.states) {
            sum(mine, *other);
        }
        for (mine, other) in self.transitions.iter_mut().zip(&other.transitions) {
            truths(&mut mine.judged, &other.judged);
            sum(&mut mine.taken, other.taken);
        }
        for (mine, other) in self.rules.iter_mut().zip(&other.rules) {
            truths(mine, other);
        }
        for (mine, other) in self.clauses.iter_mut().zip(&other.clauses) {
            truths(&mut mine.was, &other.was);
            for (mine, other) in mine.decided.iter_mut().zip(other.decided) {
                sum(mine, other);
            }
        }
        for (mine, other) in self.thresholds.iter_mut().zip(&other.thresholds) {
            sum(&mut mine.below, other.below);
            sum(&mut mine.just_below, other.just_below);
            sum(&mut mine.at, other.at);
            sum(&mut mine.just_above, other.just_above);
            sum(&mut mine.above, other.above);
        }
    }
}
