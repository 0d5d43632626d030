//! Arithmetic on words, exact: where the evaluator would round, overflow or fail there is no answer.

use std::cmp::Ordering;

use super::super::ir::{Operator, Quotient, Ratio, RatioTest, Round, Unary, Word};
use super::super::syntax::Binary;
use super::width::{Bits, Kleene, Lane, Live, Words};
use super::{Found, Rows};
use crate::value::{Date, DateTime, Duration};

#[inline(never)]
pub(super) fn binary<R: Rows>(
    rows: &mut R,
    op: Operator,
    sides: &[Word; 2],
    live: R::Live,
) -> Found<R> {
    let [left, right] = sides;
    let (a, b) = (rows.word(left, live), rows.word(right, live));
    let (words, known) = ([&a.words, &b.words], a.known.and(b.known));
    match op {
        Operator::Add => rows.made(words, known, live, |[a, b]| a.checked_add(b)),
        Operator::Subtract => rows.made(words, known, live, |[a, b]| a.checked_sub(b)),
        Operator::Multiply => rows.made(words, known, live, |[a, b]| a.checked_mul(b)),
        Operator::Least => rows.made(words, known, live, |[a, b]| Some(a.min(b))),
        Operator::Greatest => rows.made(words, known, live, |[a, b]| Some(a.max(b))),
        Operator::Divide => rows.made(words, known, live, |[a, b]| op.of(a, b)),
        Operator::Remainder => rows.made(words, known, live, |[a, b]| op.of(a, b)),
        other => binary_rare(rows, other, a.words, b.words, known, live),
    }
}

#[inline(never)]
fn binary_rare<R: Rows>(
    rows: &mut R,
    op: Operator,
    a: R::Words,
    b: R::Words,
    known: R::Bits,
    live: R::Live,
) -> Found<R> {
    let words = [&a, &b];
    let (words, wrong) = match op {
        Operator::AddMonths => R::Words::make(words, |[a, b]| Date::days_after_months(a, b)),
        Operator::AddWorkdays => {
            let days = rows.rules().workdays();
            R::Words::make(words, |[a, b]| days?.add(a, b))
        }
        other => {
            let length = |count| match other {
                Operator::TimeAddDays => Duration::days(count),
                _ => Duration::months(count),
            };
            let zone = &rows.rules().zone;
            let time = |time| Some(DateTime::from_microseconds(time)?.in_zone(zone));
            R::Words::make(words, |[a, b]| Some(time(a)?.add(length(b)?, zone)?.microseconds()))
        }
    };
    rows.doubt(wrong.and(known).and(live.bits()));
    Lane { words, known: known.minus(wrong) }
}

#[inline(never)]
pub(super) fn unary<R: Rows>(rows: &mut R, op: &Unary, word: &Word, live: R::Live) -> Found<R> {
    let Lane { words, known } = rows.word(word, live);
    let words = [&words];
    match op {
        Unary::Round(how, unit) => rows.made(words, known, live, |[word]| how.rounded(word, *unit)),
        Unary::Absolute => rows.made(words, known, live, |[word]| word.checked_abs()),
        Unary::Within { low, high, unit } => rows.made(words, known, live, |[word]| {
            let fits = *low <= word && word <= *high;
            (fits && (*unit == 1 || word.checked_rem(*unit) == Some(0))).then_some(word)
        }),
        Unary::Exactly(unit) => rows.made(words, known, live, |[word]| {
            (word.checked_rem(*unit)? == 0).then(|| word.checked_div(*unit)).flatten()
        }),
        Unary::Part(part) => rows.made(words, known, live, |[word]| part.of(word)),
        Unary::PartOfTime(part) => {
            let (words, wrong) = {
                let zone = &rows.rules().zone;
                R::Words::make(words, |[word]| {
                    let time = DateTime::from_microseconds(word)?.in_zone(zone);
                    Some(part.of_date(time.date()))
                })
            };
            rows.doubt(wrong.and(known).and(live.bits()));
            Lane { words, known: known.minus(wrong) }
        }
        Unary::NextWorkday => {
            let (words, wrong) = {
                let days = rows.rules().workdays();
                R::Words::make(words, |[word]| days?.next(word))
            };
            rows.doubt(wrong.and(known).and(live.bits()));
            Lane { words, known: known.minus(wrong) }
        }
    }
}

/// A date of year, month and day.
#[inline(never)]
pub(super) fn day<R: Rows>(rows: &mut R, parts: &[Word; 3], live: R::Live) -> Found<R> {
    let [year, month, day] = parts.each_ref().map(|part| rows.word(part, live));
    let known = year.known.and(month.known).and(day.known);
    let words = [&year.words, &month.words, &day.words];
    let made = |[year, month, day]: [i64; 3]| Some(Date::new(year, month, day)?.days());
    rows.made(words, known, live, made)
}

#[inline(never)]
pub(super) fn ratio<R: Rows>(rows: &mut R, test: &RatioTest, live: R::Live) -> Kleene<R::Bits> {
    let RatioTest { ratio, op, with, decimals } = test;
    let (over, under) = (rows.word(&ratio.over, live), rows.word(&ratio.under, live));
    let with = rows.word(with, live);
    let first = match &ratio.first {
        Some(first) => rows.word(first, live),
        None => over.clone(),
    };
    divided(rows, &under, live);
    let known = over.known.and(under.known).and(with.known);
    let words = [&over.words, &under.words, &with.words, &first.words];
    let made = |words: [i64; 4]| ratio.compare(words, *op, *decimals);
    let (truth, wrong) = R::Words::make(words, |words| made(words).map(i64::from));
    rows.doubt(wrong.and(known).and(live.bits()));
    Kleene { truth: R::Words::holds([&truth], |[word]| word != 0).and(known), known }
}

#[inline(never)]
pub(super) fn quotient<R: Rows>(rows: &mut R, quotient: &Quotient, live: R::Live) -> Found<R> {
    let Quotient { ratio, how, digits } = quotient;
    let (over, under) = (rows.word(&ratio.over, live), rows.word(&ratio.under, live));
    divided(rows, &under, live);
    let known = over.known.and(under.known);
    let first = match &ratio.first {
        Some(first) => rows.word(first, live),
        None => over.clone(),
    };
    let made = |words: [i64; 3]| ratio.rounded(words, *how, *digits);
    rows.made([&over.words, &under.words, &first.words], known, live, made)
}

/// What is divided by zero fails before anything that is done with the quotient, and may be unknown.
#[inline(always)]
fn divided<R: Rows>(rows: &mut R, under: &Found<R>, live: R::Live) {
    let zero = R::Words::holds([&under.words], |[under]| under == 0);
    rows.doubt(zero.and(under.known).and(live.bits()));
}

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
    pub fn rounded(self, word: i64, unit: i64) -> Option<i64> {
        let (towards, rest) = (word.checked_div(unit)?, word.checked_rem(unit)?);
        let (floor, rest) = if rest < 0 { (towards - 1, rest + unit) } else { (towards, rest) };
        let up = match self {
            Self::Floor => false,
            Self::Ceil => rest > 0,
            // Half away from zero: below zero, half stays down.
            Self::Half if word < 0 => rest > unit - rest,
            Self::Half => rest >= unit - rest,
        };
        floor.checked_add(i64::from(up))
    }

    #[cold]
    fn rounded_at_length(self, word: i128, unit: i128) -> Option<i64> {
        let (floor, rest) = (word.checked_div_euclid(unit)?, word.checked_rem_euclid(unit)?);
        let up = match self {
            Self::Floor => false,
            Self::Ceil => rest > 0,
            Self::Half if word < 0 => rest > unit - rest,
            Self::Half => rest >= unit - rest,
        };
        i64::try_from(floor + i128::from(up)).ok()
    }
}

/// Powers of ten that fit.
const POWERS: [i64; 19] = {
    let mut powers = [1_i64; 19];
    let mut place = 1;
    while place < powers.len() {
        #[allow(clippy::indexing_slicing, reason = "worked out when it is compiled")]
        {
            powers[place] = powers[place - 1] * 10;
        }
        place += 1;
    }
    powers
};

/// Where nothing is farther from zero, products of two have 64 bits.
const HALF: u64 = 1 << 31;

fn power(decimals: u8) -> i128 {
    10_i128.pow(u32::from(decimals.min(28)))
}

/// What distances between quotients and what they are compared with are larger than, if the denominators are smaller than
/// this: the evaluator keeps 28 digits.
const FINE: i128 = 10_i128.pow(27);

/// What denominators are smaller than where something was done to the quotient.
const NEAR: i64 = 10_i64.pow(17);
const COARSE: i128 = NEAR as i128;

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
        let order = match self.order(over, under, with, decimals) {
            Some(order) if order.is_ne() || self.first.is_none() => order,
            _ => self.order_at_length([over, under, with, first], decimals)?,
        };
        Some(match op {
            Binary::Less => order.is_lt(),
            Binary::LessOrEqual => order.is_le(),
            Binary::Greater => order.is_gt(),
            Binary::GreaterOrEqual => order.is_ge(),
            Binary::NotEqual => order.is_ne(),
            _ => order.is_eq(),
        })
    }

    /// How numbers that are not large compare: their products have 64 bits, and are far from what is rounded away.
    #[inline(always)]
    fn order(&self, over: i64, under: i64, with: i64, decimals: u8) -> Option<Ordering> {
        let (more, unit) =
            (POWERS.get(usize::from(self.decimals))?, POWERS.get(usize::from(decimals))?);
        let under = under.checked_mul(*more)?;
        let sizes = under.unsigned_abs() | with.unsigned_abs() | unit.unsigned_abs();
        if self.scaled || under <= 0 || sizes >= HALF {
            return None;
        }
        let (a, b) = (over.checked_mul(*unit)?, with * under);
        // Parts of so many are smaller than 2^62, and 10^17 where something was done to the quotient.
        let near = self.first.is_some() && under.checked_mul(with.abs().max(*unit))? >= NEAR;
        (!near).then(|| a.cmp(&b))
    }

    #[inline(never)]
    fn order_at_length(
        &self,
        [over, under, with, first]: [i64; 4],
        decimals: u8,
    ) -> Option<Ordering> {
        let (a, b) = self.turned(over, under)?;
        let (c, unit) = (i128::from(with), power(decimals));
        if !self.is_fine(b.checked_mul(unit.max(c.abs()))?, over, first) {
            return None;
        }
        let order = a.checked_mul(unit)?.cmp(&c.checked_mul(b)?);
        if order.is_eq() && !self.is_even(first, under) {
            return None;
        }
        Some(order)
    }

    /// Rounded to so many decimals. Last stands what was divided first.
    pub fn rounded(&self, [over, under, first]: [i64; 3], how: Round, digits: u8) -> Option<i64> {
        if let Some((a, b)) = self.small(over, under, digits)
            && (self.first.is_none() || a.checked_mul(2)?.checked_rem(b) != Some(0))
        {
            return how.rounded(a, b);
        }
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
        how.rounded_at_length(a, b)
    }

    /// What is divided, in units of the last digit, by what, where both are so small that what is rounded away is far off.
    #[inline(always)]
    fn small(&self, over: i64, under: i64, digits: u8) -> Option<(i64, i64)> {
        let (more, unit) =
            (POWERS.get(usize::from(self.decimals))?, POWERS.get(usize::from(digits))?);
        let (a, b) = (over.checked_mul(*unit)?, under.checked_mul(*more)?);
        let least = b.checked_mul(*unit)?;
        let fits = !self.scaled && b > 0 && least < NEAR / 2 && a.unsigned_abs() < HALF_NEAR;
        fits.then_some((a, b))
    }
}

/// Half of [`NEAR`].
const HALF_NEAR: u64 = NEAR.unsigned_abs() / 2;

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
