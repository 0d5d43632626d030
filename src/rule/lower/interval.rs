//! Bounds: a comparison with a constant is one of what a word is worked out from.

use super::super::ir::{Let, Linear, Operator, Path, Round, Sum, Test, Unary, Word};
use super::super::syntax::Binary;
use super::arithmetic::power;

/// Which words a comparison with a constant lets pass.
#[derive(Clone, Copy)]
pub(super) struct Interval {
    pub low: i128,
    pub high: i128,
    pub negated: bool,
}

pub(super) const ALL: (i128, i128) = (i128::MIN, i128::MAX);

impl Interval {
    /// Words with `decimals` against a constant with others.
    pub fn new(op: Binary, constant: i64, of: u8, decimals: u8) -> Self {
        let (floor, exact) = if decimals >= of {
            (i128::from(constant) * i128::from(power(decimals - of)), true)
        } else {
            let unit = i128::from(power(of - decimals));
            let constant = i128::from(constant);
            (constant.div_euclid(unit), constant.rem_euclid(unit) == 0)
        };
        let ceil = floor + i128::from(!exact);
        let (low, high, negated) = match op {
            Binary::Less => (i128::MIN, ceil - 1, false),
            Binary::LessOrEqual => (i128::MIN, floor, false),
            Binary::Greater => (floor + 1, i128::MAX, false),
            Binary::GreaterOrEqual => (ceil, i128::MAX, false),
            _ if !exact => (1, 0, op == Binary::NotEqual),
            _ => (floor, floor, op == Binary::NotEqual),
        };
        Self { low, high, negated }
    }

    /// Pushed down as far as it goes: what bounds a word bounds what it is made of.
    pub fn test(self, word: Word) -> Test {
        let Self { low, high, negated } = self;
        let proper = low <= high;
        match word {
            // A number is rounded into an interval just where it lies in a wider one itself.
            Word::Unary { op: Unary::Round(how, unit), word } if proper && fits(&word, unit) => {
                let (low, high) = (rounded_from(how, unit, low), rounded_to(how, unit, high));
                Self { low, high, negated }.test(*word)
            }
            Word::Binary { op: op @ (Operator::Least | Operator::Greatest), sides } if proper => {
                let [left, right] = *sides;
                match (left, right) {
                    (Word::Constant(limit), word) | (word, Word::Constant(limit)) => {
                        let limit = i128::from(limit);
                        let (low, high) = match op {
                            Operator::Least if limit < low => (1, 0),
                            Operator::Least if limit <= high => (low, i128::MAX),
                            Operator::Greatest if limit > high => (1, 0),
                            Operator::Greatest if limit >= low => (i128::MIN, high),
                            _ => (low, high),
                        };
                        Self { low, high, negated }.test(word)
                    }
                    (left, right) => {
                        let sides = Box::new([left, right]);
                        self.range(Word::Binary { op, sides })
                    }
                }
            }
            Word::If(parts) if is_constant(&parts.1) || is_constant(&parts.2) => {
                let (condition, then, otherwise) = *parts;
                Test::If(Box::new([condition, self.test(then), self.test(otherwise)]))
            }
            Word::Let(inner) => {
                let Let { bind, body } = *inner;
                Test::Let(Box::new(Let { bind, body: self.test(body) }))
            }
            // A stand-in is known.
            Word::Or(options) => {
                first_known(options.into_iter().map(|option| self.test(option)).collect())
            }
            // Sums of one word, by a factor that goes into the bounds.
            Word::Sum(sum) if sum.terms.len() == 1 && proper && single(&sum).is_some() => {
                let factor = sum.terms.first().map_or(1, |(factor, _)| i128::from(*factor));
                let constant = i128::from(sum.constant);
                let (mut low, mut high) = (
                    if low == i128::MIN { low } else { low.saturating_sub(constant) },
                    if high == i128::MAX { high } else { high.saturating_sub(constant) },
                );
                if factor < 0 {
                    (low, high) = (
                        if high == i128::MAX { i128::MIN } else { -high },
                        if low == i128::MIN { i128::MAX } else { -low },
                    );
                }
                let factor = factor.abs();
                let floor = |bound: i128| match bound {
                    i128::MIN | i128::MAX => bound,
                    bound => bound.div_euclid(factor),
                };
                let ceil = |bound: i128| match bound {
                    i128::MIN | i128::MAX => bound,
                    bound => -(-bound).div_euclid(factor),
                };
                let word = sum.terms.into_iter().next().map_or(Word::Unsure, |(_, word)| word);
                Self { low: ceil(low), high: floor(high), negated }.test(word)
            }
            Word::Sum(sum) => Test::Linear(Box::new(Linear { sum: *sum, low, high, negated })),
            word => self.range(word),
        }
    }

    /// As it is.
    pub fn range(self, word: Word) -> Test {
        let Self { low, high, negated } = self;
        let (least, most) = (i128::from(i64::MIN), i128::from(i64::MAX));
        let clamp = |bound: i128| i64::try_from(bound.clamp(least, most)).unwrap_or(0);
        if low > most || high < least || low > high {
            return range(word, 1, 0, negated);
        }
        // A bound of its own, not what is clamped: what is larger lies beyond it.
        if (low == least || high == most) && !matches!(word, Word::Cell(_) | Word::Constant(_)) {
            let sum = Sum { terms: vec![(1, word)], constant: 0 };
            return Test::Linear(Box::new(Linear { sum, low, high, negated }));
        }
        range(word, clamp(low), clamp(high), negated)
    }
}

fn is_constant(word: &Word) -> bool {
    matches!(word, Word::Constant(_))
}

/// A sum of one word that is none itself and always fits: so it never needs more than 64 bits to be compared.
fn single(sum: &Sum) -> Option<()> {
    let [(factor, word)] = sum.terms.as_slice() else { return None };
    (*factor != 0 && !matches!(word, Word::Sum(_))).then_some(())
}

/// What says whether a test of one thing is known.
fn path_of(test: &Test) -> Option<Path> {
    match test {
        Test::Range { word: Word::Cell(cell), .. }
        | Test::Mask { word: Word::Cell(cell), .. }
        | Test::OneOf { word: Word::Cell(cell), .. } => Some(Path::Cell(*cell)),
        _ => None,
    }
}

/// The first test that is known; one of a cell and a constant that stands for it are two checks.
pub(super) fn first_known(tests: Vec<Test>) -> Test {
    let ([test, Test::Constant(truth)], Some(path)) =
        (tests.as_slice(), tests.first().and_then(path_of))
    else {
        return Test::Or(tests);
    };
    let known = Test::Known(Box::new(path));
    match truth {
        true => Test::Any { tests: vec![known.negated(), test.clone()], strict: false },
        false => Test::All { tests: vec![known, test.clone()], strict: false },
    }
}

/// Whether a number always has 64 bits when it has been rounded: a sum is worked out in more, and may be too large.
fn fits(word: &Word, unit: i64) -> bool {
    match word {
        Word::Unary { op: Unary::Round(_, inner), word } => {
            unit.checked_mul(*inner).is_none_or(|unit| fits(word, unit))
        }
        Word::Sum(sum) => {
            let factors = sum.terms.iter().map(|(factor, _)| i128::from(*factor).abs());
            // One more for the constant, and one so that what is rounded up fits, too.
            factors.sum::<i128>() + 2 <= i128::from(unit)
        }
        _ => true,
    }
}

/// The least word that is rounded to no less.
fn rounded_from(how: Round, unit: i64, low: i128) -> i128 {
    let unit = i128::from(unit);
    let exact = low.saturating_mul(unit);
    match how {
        _ if low == i128::MIN => low,
        Round::Floor => exact,
        Round::Ceil => exact.saturating_sub(unit - 1),
        // Half away from zero.
        Round::Half if low > 0 => exact.saturating_sub(unit / 2),
        Round::Half => exact.saturating_sub(unit / 2 - 1),
    }
}

/// The largest word that is rounded to no more.
fn rounded_to(how: Round, unit: i64, high: i128) -> i128 {
    let unit = i128::from(unit);
    let exact = high.saturating_mul(unit);
    match how {
        _ if high == i128::MAX => high,
        Round::Floor => exact.saturating_add(unit - 1),
        Round::Ceil => exact,
        Round::Half if high < 0 => exact.saturating_add(unit / 2),
        Round::Half => exact.saturating_add(unit / 2 - 1),
    }
}

/// Whether a number with decimals is a case of a range of integers, which ends below a number or, if that is inclusive, at the
/// one before.
pub(super) fn between(word: Word, decimals: u8, from: i64, below: i64, inclusive: bool) -> Test {
    let unit = i128::from(power(decimals));
    let low = i128::from(from) * unit;
    let below = i128::from(below);
    let high = if inclusive { (below - 1) * unit } else { below * unit - 1 };
    Interval { low, high, negated: false }.test(word)
}

pub(super) fn range(word: Word, low: i64, high: i64, negated: bool) -> Test {
    match word {
        Word::Constant(constant) => Test::Constant((low..=high).contains(&constant) != negated),
        word => Test::Range { word, low, high, negated },
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn an_interval_of_a_rounded_number_is_one_of_the_number_itself() {
        for how in [Round::Floor, Round::Ceil, Round::Half] {
            for unit in [10, 100] {
                for (bound, word) in (-4..=4).flat_map(|b| (-550..=550).map(move |w| (b, w))) {
                    let found = i128::from(how.rounded(word, unit).unwrap());
                    let word = i128::from(word);
                    assert_eq!(found >= bound, word >= rounded_from(how, unit, bound));
                    assert_eq!(found <= bound, word <= rounded_to(how, unit, bound));
                }
            }
        }
    }
}
