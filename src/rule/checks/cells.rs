//! Words as sums of cells.

use super::super::ir::{Cell, Operator, Sum, Unary, Word};

/// Words of dates are this large at least, and sums that would leave the calendar are left to the tree: days for two thousand
/// years.
const SPARED: i64 = 500_000;

/// A word of a sum: its cell, by what it is multiplied, and whether it must be known. One that need not be is 0 where it is not.
#[derive(Clone, Copy)]
pub(super) struct Term {
    pub cell: Cell,
    pub factor: i64,
    pub needed: bool,
}

/// A word as a sum of cells.
#[derive(Clone)]
pub(super) struct Cells {
    pub terms: Vec<Term>,
    pub constant: i64,
    /// The most that factors, and constants, come to in any step.
    pub heaviest: i64,
    pub largest: i64,
    /// The largest word with which it is as sure as the tree.
    pub most: i64,
    /// Whether the tree is sure of any: it works the sum out in 128 bits.
    pub exact: bool,
}

impl Cells {
    fn of_terms(terms: Vec<Term>, constant: i64) -> Option<Self> {
        Self { terms, constant, heaviest: 0, largest: 0, most: i64::MAX, exact: true }.noted()
    }

    fn of_cell(cell: Cell, needed: bool) -> Option<Self> {
        Self::of_terms(vec![Term { cell, factor: 1, needed }], 0)
    }

    pub fn of(word: &Word) -> Option<Self> {
        match word {
            Word::Cell(cell) => Self::of_cell(*cell, true),
            Word::Constant(constant) => Self::of_terms(Vec::new(), *constant),
            // A word is 0 where it is unknown.
            Word::Or(options) => match options.as_slice() {
                [Word::Cell(cell), Word::Constant(0)] => Self::of_cell(*cell, false),
                _ => None,
            },
            Word::Binary { op, sides } => {
                let [left, right] = &**sides;
                let found = match (op, left, right) {
                    (Operator::Add, ..) => Self::of(left)?.plus(Self::of(right)?),
                    (Operator::Subtract, ..) => Self::of(left)?.plus(Self::of(right)?.times(-1)?),
                    (Operator::Multiply, Word::Constant(factor), word)
                    | (Operator::Multiply, word, Word::Constant(factor)) => {
                        Self::of(word)?.times(*factor)
                    }
                    _ => None,
                };
                found.map(|found| Self { exact: false, ..found })
            }
            Word::Sum(sum) => Self::of_sum(sum),
            Word::Unary { op: Unary::Within { low, high, unit: 1 }, word } => {
                let mut found = Self::of(word)?;
                let room = high.saturating_sub(found.constant);
                let room = room.min(found.constant.saturating_sub(*low));
                let weight = found.terms.iter().map(|term| term.factor.abs()).sum::<i64>();
                // One less: the size of a word below zero is one less than its distance.
                found.exact = false;
                found.most = found.most.min((room / weight.max(1)).saturating_sub(1));
                (found.most >= SPARED).then_some(found)
            }
            _ => None,
        }
    }

    fn of_sum(sum: &Sum) -> Option<Self> {
        let mut all = Self::of_terms(Vec::new(), sum.constant)?;
        for (factor, word) in &sum.terms {
            all = all.plus(Self::of(word)?.times(*factor)?)?;
        }
        Some(all)
    }

    fn times(mut self, factor: i64) -> Option<Self> {
        for term in &mut self.terms {
            term.factor = term.factor.checked_mul(factor)?;
        }
        self.constant = self.constant.checked_mul(factor)?;
        self.noted()
    }

    fn plus(mut self, other: Self) -> Option<Self> {
        for term in other.terms {
            match self.terms.iter_mut().find(|known| known.cell == term.cell) {
                Some(known) => {
                    known.factor = known.factor.checked_add(term.factor)?;
                    known.needed |= term.needed;
                }
                None => self.terms.push(term),
            }
        }
        self.constant = self.constant.checked_add(other.constant)?;
        self.heaviest = self.heaviest.checked_add(other.heaviest)?;
        self.largest = self.largest.checked_add(other.largest)?;
        self.most = self.most.min(other.most);
        self.exact &= other.exact;
        self.noted()
    }

    fn noted(mut self) -> Option<Self> {
        let mut all = 0_i64;
        for term in &self.terms {
            all = all.checked_add(term.factor.checked_abs()?)?;
        }
        self.heaviest = self.heaviest.max(all);
        self.largest = self.largest.max(self.constant.checked_abs()?);
        Some(self)
    }
}
