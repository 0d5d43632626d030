//! Arithmetic on words, exact: where the evaluator would round, overflow or fail there is no answer.

use super::super::ir::{Operator, Ratio, Round};
use super::super::syntax::Binary;

impl Operator {
    /// `None` where it overflows or divides by zero.
    #[inline(always)]
    pub fn of(self, a: i64, b: i64) -> Option<i64> {
        match self {
            Self::Add => a.checked_add(b),
            Self::Subtract => a.checked_sub(b),
            Self::Multiply => a.checked_mul(b),
            Self::Least => Some(a.min(b)),
            Self::Greatest => Some(a.max(b)),
            Self::Divide | Self::Remainder => {
                // Half as many bits are divided much faster.
                if let (Ok(a), Ok(b @ 1..)) = (u32::try_from(a), u32::try_from(b)) {
                    return Some(i64::from(if self == Self::Divide { a / b } else { a % b }));
                }
                match self {
                    Self::Divide => a.checked_div(b),
                    _ if b == 0 => None,
                    _ => Some(a.checked_rem(b).unwrap_or(0)),
                }
            }
            Self::AddMonths | Self::AddWorkdays | Self::TimeAddDays | Self::TimeAddMonths => None,
        }
    }
}

impl Round {
    /// How many units a number has, rounded. Units are above 0.
    #[inline(always)]
    pub fn rounded(self, word: i128, unit: i128) -> Option<i64> {
        let (floor, rest) = match (i64::try_from(word), i64::try_from(unit)) {
            (Ok(word), Ok(unit)) => {
                (word.checked_div_euclid(unit)?.into(), word.checked_rem_euclid(unit)?.into())
            }
            _ => (word.checked_div_euclid(unit)?, word.checked_rem_euclid(unit)?),
        };
        let up = match self {
            Self::Floor => false,
            Self::Ceil => rest > 0,
            // Half away from zero: below zero, half stays down.
            Self::Half if word < 0 => rest > unit - rest,
            Self::Half => rest >= unit - rest,
        };
        i64::try_from(floor + i128::from(up)).ok()
    }
}

fn power(decimals: u8) -> i128 {
    10_i128.pow(u32::from(decimals.min(28)))
}

/// What distances between quotients and what they are compared with are larger than, if the denominators are smaller than
/// this: the evaluator keeps 28 digits.
const FINE: i128 = 10_i128.pow(27);

/// The same where something was done to the quotient.
const COARSE: i128 = 10_i128.pow(17);

impl Ratio {
    /// The denominator, above 0, with the sign in the numerator.
    #[inline(always)]
    fn turned(&self, over: i64, under: i64) -> Option<(i128, i128)> {
        let (over, under) =
            (i128::from(over), i128::from(under).checked_mul(power(self.decimals))?);
        match under {
            0 => None,
            1.. => Some((over, under)),
            _ => Some((-over, -under)),
        }
    }

    fn room(&self) -> i128 {
        if self.first.is_some() { COARSE } else { FINE }
    }

    /// How many times what is rounded away of a quotient, 28 decimals behind the point, has grown since.
    fn grown(&self, over: i64, first: i64) -> i128 {
        match (self.scaled, i128::from(first)) {
            (false, _) | (_, 0) => 1,
            (true, first) => (i128::from(over) / first).abs() + 1,
        }
    }

    /// Whether distances of one part in so many are larger than what is rounded away.
    fn is_fine(&self, parts: i128, over: i64, first: i64) -> bool {
        parts < self.room()
            && parts.checked_mul(self.grown(over, first)).is_some_and(|parts| parts < FINE)
    }

    /// Whether what was divided first has come out with so few digits that nothing was rounded on the way.
    fn is_even(&self, first: i64, under: i64) -> bool {
        self.first.is_none()
            || (!self.scaled
                && first.unsigned_abs() < 1 << 40
                && (i128::from(first) * power(10)).checked_rem(under.into()) == Some(0))
    }

    /// Compares numerator ÷ denominator with a word of so many decimals. Last stands what was divided first.
    #[inline]
    pub fn compare(
        &self,
        [over, under, with, first]: [i64; 4],
        op: Binary,
        decimals: u8,
    ) -> Option<bool> {
        let (a, b) = self.turned(over, under)?;
        let (c, unit) = (i128::from(with), power(decimals));
        if !self.is_fine(b.checked_mul(unit.max(c.abs()))?, over, first) {
            return None;
        }
        let order = a.checked_mul(unit)?.cmp(&c.checked_mul(b)?);
        if order.is_eq() && !self.is_even(first, under) {
            return None;
        }
        Some(match op {
            Binary::Less => order.is_lt(),
            Binary::LessOrEqual => order.is_le(),
            Binary::Greater => order.is_gt(),
            Binary::GreaterOrEqual => order.is_ge(),
            Binary::NotEqual => order.is_ne(),
            _ => order.is_eq(),
        })
    }

    /// Rounded to so many decimals. Last stands what was divided first.
    pub fn rounded(&self, [over, under, first]: [i64; 3], how: Round, digits: u8) -> Option<i64> {
        let (a, b) = self.turned(over, under)?;
        let unit = power(digits);
        if !self.is_fine(b.checked_mul(unit)?.checked_mul(2)?, over, first)
            || a.abs().checked_mul(unit)?.checked_mul(2)? >= self.room()
        {
            return None;
        }
        let a = a * unit;
        if (a * 2) % b == 0 && !self.is_even(first, under) {
            return None;
        }
        how.rounded(a, b)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule::ir::Word;

    #[test]
    fn quotients_compare_as_their_numbers_do() {
        let plain = Ratio {
            over: Word::Unsure,
            under: Word::Unsure,
            decimals: 0,
            first: None,
            scaled: false,
        };
        for (a, b) in (-9..9).flat_map(|a| (-9..9).map(move |b| (a, b))) {
            for c in -25..25 {
                let found = plain.compare([a, b, c, a], Binary::GreaterOrEqual, 1);
                let wanted = (b != 0).then(|| {
                    let (a, b) = if b < 0 { (-a, -b) } else { (a, b) };
                    a * 10 >= c * b
                });
                assert_eq!(found, wanted, "{a} / {b} >= {c} / 10");
            }
        }
        assert_eq!(plain.rounded([2, 3, 2], Round::Half, 2), Some(67));
        assert_eq!(plain.rounded([-1, 2, -1], Round::Half, 0), Some(-1));
        assert_eq!(plain.rounded([7, -2, 7], Round::Floor, 0), Some(-4));
        assert_eq!(plain.rounded([7, 0, 7], Round::Floor, 0), None);
        // A small quotient has few digits, and times a large number this shows.
        let scaled = Ratio { first: Some(Word::Unsure), scaled: true, ..plain.clone() };
        let (large, more) = (59_999_999_999_999_999, 60_000_000_000_000_000);
        assert_eq!(scaled.compare([large, more, 1, 1], Binary::Less, 0), None);
        assert_eq!(scaled.rounded([large, more, 1], Round::Floor, 0), None);
        assert_eq!(scaled.compare([large, 3, 1, 1], Binary::Less, 0), Some(false));
        // A third times three has been rounded before.
        let worked = Ratio { first: Some(Word::Unsure), ..plain };
        assert_eq!(worked.compare([3, 3, 1, 1], Binary::Equal, 0), None);
        assert_eq!(worked.compare([300, 5, 60, 3], Binary::Equal, 0), Some(true));
    }
}
