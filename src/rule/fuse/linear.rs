//! Sums of cells times factors, worked out in 64 bits: while no word is larger than a bound that the factors allow, no step of
//! them overflows.

use super::super::facts::{Cell, Place};
use super::super::plan::{Arithmetic, Sum, Word};
use super::super::syntax::Binary;
use super::pure::Inside;

/// What a sum is made of.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Source {
    Cell(Place),
    /// Of the row that a loop is at.
    Column(u32),
}

/// A sum of cells times factors between two bounds.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Linear {
    pub terms: Vec<(Source, i64)>,
    pub low: i64,
    pub width: u64,
    /// The largest word, without its sign, with which nothing overflows.
    pub most: u64,
}

/// What a comparison of sums comes to.
pub(super) enum Bounded {
    /// Whatever the words are, while the cells are there.
    Constant(bool),
    Linear(Linear),
}

/// A word as a sum of cells.
#[derive(Debug, Clone)]
pub(super) struct Cells {
    pub terms: Vec<(Source, i64)>,
    constant: i64,
    /// The most that factors, and constants, come to in any step.
    heaviest: i64,
    largest: i64,
    /// What must hold on the way: sums between two bounds.
    pub guards: Vec<(Cells, i64, i64)>,
}

/// Half of what a word has room for: for words times factors, and for constants.
const ROOM: i64 = 1 << 61;

/// Words are at least this large before a sum is left to the longer ways.
const LEAST: i64 = 1 << 31;

/// Words at least this large are let through where a guard is left out for smaller ones: days for two thousand years.
const SPARED: i64 = 500_000;

/// The cell that a word is.
pub(super) fn cell_of(word: &Word) -> Option<u32> {
    match word {
        Word::Cell(cell) | Word::Turns { cell: Some(cell), .. } => Some(*cell),
        _ => None,
    }
}

/// How large a word is, about: never too small for what it is compared with.
#[inline(always)]
pub(super) fn size(word: i64) -> u64 {
    (word ^ (word >> 63)).cast_unsigned()
}

impl Cells {
    fn constant(constant: i64) -> Option<Self> {
        let largest = constant.checked_abs()?;
        Some(Self { terms: Vec::new(), constant, heaviest: 0, largest, guards: Vec::new() })
    }

    /// `None` for a word that is more than a sum of cells, and of columns of the row that a loop is at.
    pub fn of(word: &Word, inside: Option<Inside>) -> Option<Self> {
        let source = match (cell_of(word), inside) {
            (Some(cell), _) => Some(Source::Cell(Place::of(cell))),
            (None, Some(inside)) => inside.column(word).map(Source::Column),
            (None, None) => None,
        };
        if let Some(source) = source {
            let terms = vec![(source, 1)];
            return Some(Self { terms, constant: 0, heaviest: 1, largest: 0, guards: Vec::new() });
        }
        match word {
            Word::Constant(constant) => Self::constant(*constant),
            Word::Arithmetic { op: Arithmetic::Add, left, right } => {
                Self::of(left, inside)?.plus(Self::of(right, inside)?)
            }
            Word::Arithmetic { op: Arithmetic::Subtract, left, right } => {
                Self::difference(left, right, inside)
            }
            Word::Arithmetic { op: Arithmetic::Multiply, left, right } => {
                match (&**left, &**right) {
                    (Word::Constant(factor), word) | (word, Word::Constant(factor)) => {
                        Self::of(word, inside)?.times(*factor)
                    }
                    _ => None,
                }
            }
            Word::Sum(sum) => Self::of_sum(sum, inside),
            Word::Within { word, low, high, unit: 1 } => {
                let inner = Self::of(word, inside)?;
                let mut found = inner.clone();
                found.guards.push((Self { guards: Vec::new(), ..inner }, *low, *high));
                Some(found)
            }
            _ => None,
        }
    }

    pub fn of_sum(sum: &Sum, inside: Option<Inside>) -> Option<Self> {
        sum.terms.iter().try_fold(Self::constant(sum.constant)?, |all, (factor, word)| {
            all.plus(Self::of(word, inside)?.times(*factor)?)
        })
    }

    /// What the first is more than the second.
    pub fn difference(left: &Word, right: &Word, inside: Option<Inside>) -> Option<Self> {
        Self::of(left, inside)?.plus(Self::of(right, inside)?.times(-1)?)
    }

    pub fn times(mut self, factor: i64) -> Option<Self> {
        for (_, own) in &mut self.terms {
            *own = own.checked_mul(factor)?;
        }
        self.constant = self.constant.checked_mul(factor)?;
        self.noted()
    }

    pub fn plus(mut self, other: Self) -> Option<Self> {
        for (source, factor) in other.terms {
            match self.terms.iter_mut().find(|(known, _)| *known == source) {
                Some((_, own)) => *own = own.checked_add(factor)?,
                None => self.terms.push((source, factor)),
            }
        }
        self.constant = self.constant.checked_add(other.constant)?;
        self.heaviest = self.heaviest.checked_add(other.heaviest)?;
        self.largest = self.largest.checked_add(other.largest)?;
        self.guards.extend(other.guards);
        self.noted()
    }

    fn noted(mut self) -> Option<Self> {
        let mut all = 0_i64;
        for (_, factor) in &self.terms {
            all = all.checked_add(factor.checked_abs()?)?;
        }
        self.heaviest = self.heaviest.max(all);
        self.largest = self.largest.max(self.constant.checked_abs()?);
        Some(self)
    }

    /// The guards that words of ordinary size do not need, left out: what words may then be.
    pub fn spared(&mut self) -> i64 {
        let mut most = i64::MAX;
        self.guards.retain(|(guard, low, high)| {
            let room = high.saturating_sub(guard.constant).min(guard.constant.saturating_sub(*low));
            // One less: the size of a word below zero is one less than its distance.
            let own = (room / guard.heaviest.max(1)).saturating_sub(1);
            if own >= SPARED {
                most = most.min(own);
            }
            own < SPARED
        });
        most
    }

    /// Whether it lies between two bounds.
    pub fn bounded(&self, low: i128, high: i128) -> Option<Bounded> {
        let most = ROOM / self.heaviest.max(1);
        if self.largest > ROOM || most < LEAST {
            return None;
        }
        let constant = i128::from(self.constant);
        // A sum lies between twice the room on either side.
        let clamp = |bound: i128| {
            let room = i128::from(ROOM) * 2;
            i64::try_from(bound.saturating_sub(constant).clamp(-room, room)).ok()
        };
        let (low, high) = (clamp(low)?, clamp(high)?);
        if low > high && !self.terms.is_empty() {
            // Nothing lies there, but a step of the sum may be too large for an integer all the same.
            return None;
        }
        if self.terms.is_empty() {
            return Some(Bounded::Constant(low <= 0 && 0 <= high));
        }
        Some(Bounded::Linear(Linear {
            terms: self.terms.clone(),
            low,
            width: high.wrapping_sub(low).cast_unsigned(),
            most: most.unsigned_abs(),
        }))
    }
}

/// Between which bounds a difference lies where a comparison holds, or outside of which.
pub(super) fn difference(op: Binary) -> (i128, i128, bool) {
    match op {
        Binary::Less => (i128::MIN, -1, false),
        Binary::LessOrEqual => (i128::MIN, 0, false),
        Binary::Greater => (1, i128::MAX, false),
        Binary::GreaterOrEqual => (0, i128::MAX, false),
        Binary::NotEqual => (0, 0, true),
        _ => (0, 0, false),
    }
}

impl Linear {
    /// `None` where a cell is unknown or wide, or too large a word.
    #[inline]
    pub fn holds(&self, words: &[i64], row: &[Cell]) -> Option<bool> {
        let (mut sum, mut sizes) = (0_i64, 0);
        for (source, factor) in &self.terms {
            let cell = match source {
                Source::Cell(place) => place.cell(words),
                Source::Column(number) => *row.get(*number as usize)?,
            };
            if cell.presence != super::Presence::Exact {
                return None;
            }
            sizes |= size(cell.word);
            sum = sum.wrapping_add(cell.word.wrapping_mul(*factor));
        }
        (sizes <= self.most).then(|| sum.wrapping_sub(self.low).cast_unsigned() <= self.width)
    }
}
