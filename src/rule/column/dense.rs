//! Blocks of rows of which everything is known that a test reads: two truth values are enough there, and bounds on several
//! columns are looked at in one loop.
//!
//! Most blocks of most tables are like this. Where one is not, `evaluate` keeps account of what is unknown.

use super::super::plan::{Sum, Test, Word};
use super::bits::{ALL, Bits, NONE, Side, and, any, linear, minus, or, sided, within};
use super::evaluate::{Vector, held, ranged, tally};
use super::{BLOCK, Column, Words};

/// Bounds that are looked at together.
const SIDES: usize = 4;

/// Terms of a sum whose words are added up in registers.
pub(super) const TERMS: usize = 8;

/// The terms of a sum whose words are all of 32 bits, and the constant: no step of adding them up overflows.
pub(super) struct Terms<'c> {
    terms: [(i32, &'c [i32]); TERMS],
    count: usize,
    constant: i32,
    /// No sum on the way is farther from zero.
    most: i128,
}

impl Vector<'_> {
    /// Where a test holds. `None` where something that it reads may be unknown or have no word in some row of this block, and for
    /// tests that have no form here.
    pub(super) fn dense(&self, test: &Test) -> Option<Bits> {
        match test {
            Test::Constant(truth) => Some(if *truth { ALL } else { NONE }),
            Test::Cell(cell) => self.dense_range(*cell, 0, 0, true),
            Test::Active(state) => Some(self.columns.active(*state, self.block)),
            Test::Not(inner) => Some(minus(ALL, &self.dense(inner)?)),
            Test::All { tests, .. } => self.dense_all(tests),
            Test::Any { tests, .. } => {
                let mut found = NONE;
                for test in tests {
                    found = or(found, &self.dense(test)?);
                }
                Some(found)
            }
            Test::Count { tests, at_least } if (1..=SIDES).contains(at_least) => {
                let mut met = [NONE; SIDES];
                let met = met.get_mut(..*at_least)?;
                for test in tests {
                    tally(met, &self.dense(test)?);
                }
                met.last().copied()
            }
            Test::Range { word, low, high, negated } => match **word {
                Word::Cell(cell) => self.dense_range(cell, *low, *high, *negated),
                _ => None,
            },
            Test::Mask { word, mask } => match **word {
                Word::Cell(cell) => {
                    let column = self.whole(cell)?;
                    Some(held(&column.words, self.block, |word| within(*mask, word)))
                }
                _ => None,
            },
            Test::Holds { cell, bits } => {
                let column = self.whole(*cell)?;
                Some(held(&column.words, self.block, |word| word & bits == *bits))
            }
            Test::Linear { sum, low, high, negated } if low <= high => {
                let all = sum.terms.iter().all(|(_, word)| match word {
                    Word::Cell(cell) => self.whole(*cell).is_some(),
                    _ => false,
                });
                let found = all.then(|| self.terms(sum)).flatten()?.within(*low, *high);
                Some(if *negated { minus(ALL, &found) } else { found })
            }
            _ => None,
        }
    }

    /// Where all hold: bounds on narrow columns are put off, to be looked at together.
    fn dense_all(&self, tests: &[Test]) -> Option<Bits> {
        let mut sides = [Side::default(); SIDES];
        let mut count = 0;
        let mut left = ALL;
        for test in tests {
            match self.sides(test) {
                Some(both) => {
                    for side in both.into_iter().flatten() {
                        if count == SIDES {
                            left = and(left, &sided(&sides));
                            count = 0;
                        }
                        *sides.get_mut(count)? = side;
                        count += 1;
                    }
                }
                None => left = and(left, &self.dense(test)?),
            }
        }
        if count == 0 || !any(&left) {
            return Some(left);
        }
        Some(and(left, &sided(sides.get(..count)?)))
    }

    /// A test of nothing but a narrow column's bounds.
    fn sides(&self, test: &Test) -> Option<[Option<Side<'_>>; 2]> {
        let Test::Range { word, low, high, negated: false } = test else { return None };
        let Word::Cell(cell) = **word else { return None };
        let Words::Narrow(words) = &self.whole(cell)?.words else { return None };
        let words = words.as_chunks::<BLOCK>().0.get(self.block)?;
        let (least, most) = (i64::from(i32::MIN), i64::from(i32::MAX));
        // Bounds that no word of 32 bits keeps are left to the general way.
        if low > high || *low > most || *high < least {
            return None;
        }
        let clamp = |bound: i64| i32::try_from(bound.clamp(least, most)).unwrap_or_default();
        Some([Side::from(words, clamp(*low)), Side::until(words, clamp(*high))])
    }

    fn dense_range(&self, cell: u32, low: i64, high: i64, negated: bool) -> Option<Bits> {
        Some(ranged(&self.whole(cell)?.words, self.block, low, high, negated))
    }

    /// A column that has a word in every row of this block.
    fn whole(&self, cell: u32) -> Option<&Column> {
        let column = self.columns.cells.get(cell as usize)?;
        column.is_whole(self.columns.rows, self.block).then_some(column)
    }

    /// The terms of a sum, if the columns' bounds prove that no step overflows 32 bits.
    pub(super) fn terms(&self, sum: &Sum) -> Option<Terms<'_>> {
        let constant = i32::try_from(sum.constant).ok()?;
        let mut found = Terms {
            terms: [(0, &[]); TERMS],
            count: sum.terms.len(),
            constant,
            most: i128::from(constant).abs(),
        };
        if sum.terms.len() > TERMS {
            return None;
        }
        for (place, (factor, word)) in found.terms.iter_mut().zip(&sum.terms) {
            let Word::Cell(cell) = word else { return None };
            let column = self.columns.cells.get(*cell as usize)?;
            let Words::Narrow(words) = &column.words else { return None };
            let bound = i128::from(column.most).max(-i128::from(column.least));
            found.most += i128::from(*factor).abs() * bound;
            *place = (i32::try_from(*factor).ok()?, words.as_chunks::<BLOCK>().0.get(self.block)?);
        }
        (found.most <= i32::MAX.into()).then_some(found)
    }
}

impl Terms<'_> {
    /// Where the sum lies between two bounds.
    pub(super) fn within(&self, low: i128, high: i128) -> Bits {
        let (least, most) = (i128::from(i32::MIN), i128::from(i32::MAX));
        if low > most || high < least {
            return NONE;
        }
        let clamp = |bound: i128| i32::try_from(bound.clamp(least, most)).unwrap_or_default();
        let terms = self.terms.get(..self.count).unwrap_or_default();
        linear(terms, self.constant, self.most, clamp(low), clamp(high))
    }
}
