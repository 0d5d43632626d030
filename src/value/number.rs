//! Exact decimals.

use std::fmt;
use std::str::FromStr;

use rust_decimal::Decimal;
use serde::Serialize;

use super::InvalidValue;
use super::wide::Wide;

/// Significant digits and decimals that a number keeps.
const DIGITS: u32 = 28;

/// The first whole number that has too many digits.
const LIMIT: u128 = 10_u128.pow(DIGITS);

/// Powers of ten that 64 bits hold.
#[allow(clippy::indexing_slicing, reason = "worked out when it is compiled")]
const POWERS: [i64; 19] = {
    let mut powers = [1; 19];
    let mut place = 1;
    while place < powers.len() {
        powers[place] = powers[place - 1] * 10;
        place += 1;
    }
    powers
};

/// An exact decimal number: at most 28 significant digits and 28 decimals, never a binary float.
///
/// Always kept normalized: no trailing zeros behind the point, no negative zero. Its text is plain, without an
/// exponent.
///
/// ```
/// let fee: tresteg::Number = "1250.50".parse()?;
/// assert_eq!(fee.to_string(), "1250.5");
/// assert!("1e28".parse::<tresteg::Number>().is_err());
/// # Ok::<(), tresteg::InvalidValue>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Number(Decimal);

/// Why a calculation has no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Arithmetic {
    Overflow,
    DivisionByZero,
}

// The decimal crate stores, prints and compares. It does not calculate: it rounds to 96 bits, which is somewhere
// between 28 and 29 digits, and rounding that to 28 would round twice.
impl Number {
    pub(crate) const ZERO: Self = Self(Decimal::ZERO);

    /// Reads the text of a JSON number (exponents too); `None` beyond 28 significant digits or 28 decimals.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        Self::parse_short(text).or_else(|| Self::parse_any(text))
    }

    fn parse_short(text: &str) -> Option<Self> {
        let (word, decimals) = short(text)?;
        Some(Self::from_scaled(word, decimals.unwrap_or(0)))
    }

    fn parse_any(text: &str) -> Option<Self> {
        let (negative, rest) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (coefficient, exponent) = match rest.split_once(['e', 'E']) {
            Some((coefficient, exponent)) => (coefficient, parse_exponent(exponent)?),
            None => (rest, 0),
        };
        let (whole, fraction) = match coefficient.split_once('.') {
            Some((_, "")) => return None,
            Some(parts) => parts,
            None => (coefficient, ""),
        };
        if whole.is_empty() || (whole.len() > 1 && whole.starts_with('0')) {
            return None;
        }
        // Zeros wait until a digit behind them shows that they count.
        let mut mantissa: u128 = 0;
        let mut digits: u64 = 0;
        let mut zeros: u64 = 0;
        for byte in whole.bytes().chain(fraction.bytes()) {
            match byte {
                b'0' if mantissa == 0 => {}
                b'0' => zeros += 1,
                b'1'..=b'9' => {
                    digits = digits.saturating_add(zeros + 1);
                    if digits <= u64::from(DIGITS) {
                        let shift = u32::try_from(zeros + 1).ok()?;
                        mantissa = mantissa * 10_u128.pow(shift) + u128::from(byte - b'0');
                    }
                    zeros = 0;
                }
                _ => return None,
            }
        }
        if digits > u64::from(DIGITS) {
            return None;
        }
        if mantissa == 0 {
            return Some(Self::ZERO);
        }
        let exponent = exponent
            .checked_add(i64::try_from(zeros).ok()?)?
            .checked_sub(i64::try_from(fraction.len()).ok()?)?;
        if exponent > i64::from(DIGITS) || exponent < -i64::from(DIGITS) {
            return None;
        }
        let shift = u32::try_from(exponent.unsigned_abs()).ok()?;
        if exponent < 0 {
            return Some(Self::build(negative, mantissa, shift));
        }
        (digits + u64::from(shift) <= u64::from(DIGITS))
            .then(|| Self::build(negative, mantissa * 10_u128.pow(shift), 0))
    }

    /// The exact sum, rounded once.
    pub(crate) fn checked_add(self, other: Self) -> Result<Self, Arithmetic> {
        if self.0.scale() == other.0.scale() {
            let sum = self.0.mantissa() + other.0.mantissa();
            return Self::fit(sum < 0, Wide::from(sum.unsigned_abs()), self.0.scale(), false);
        }
        let (left, right) = (self.parts(), other.parts());
        let scale = left.scale.max(right.scale);
        let left_shift = 10_u128.pow(scale - left.scale);
        let right_shift = 10_u128.pow(scale - right.scale);
        let wide_left = Wide::product(left.mantissa, left_shift);
        let wide_right = Wide::product(right.mantissa, right_shift);
        let (negative, sum) = if left.negative == right.negative {
            (left.negative, wide_left.plus(wide_right))
        } else if wide_left >= wide_right {
            (left.negative, wide_left.minus(wide_right))
        } else {
            (right.negative, wide_right.minus(wide_left))
        };
        Self::fit(negative, sum, scale, false)
    }

    /// The exact difference, rounded once.
    pub(crate) fn checked_sub(self, other: Self) -> Result<Self, Arithmetic> {
        self.checked_add(other.neg())
    }

    /// The exact product, rounded once.
    pub(crate) fn checked_mul(self, other: Self) -> Result<Self, Arithmetic> {
        let (left, right) = (self.parts(), other.parts());
        Self::fit(
            left.negative != right.negative,
            Wide::product(left.mantissa, right.mantissa),
            left.scale + right.scale,
            false,
        )
    }

    /// The exact quotient, rounded once.
    pub(crate) fn checked_div(self, other: Self) -> Result<Self, Arithmetic> {
        let (left, right) = (self.parts(), other.parts());
        if right.mantissa == 0 {
            return Err(Arithmetic::DivisionByZero);
        }
        // Long division, nine digits at a time, until more digits are known than are kept; whether anything
        // is left then decides a tie. The remainder is below 10^28, so that its product fits.
        const STEP: u128 = 1_000_000_000;
        let mut quotient = left.mantissa / right.mantissa;
        let mut remainder = left.mantissa % right.mantissa;
        let mut steps = 0;
        while remainder != 0 && quotient < LIMIT * 10 {
            remainder *= STEP;
            quotient = quotient * STEP + remainder / right.mantissa;
            remainder %= right.mantissa;
            steps += 9;
        }
        let negative = left.negative != right.negative;
        let scale = left.scale + steps;
        let quotient = Wide::from(quotient);
        match scale.checked_sub(right.scale) {
            Some(scale) => Self::fit(negative, quotient, scale, remainder != 0),
            // Only a quotient that came out even, or is far too large, has fewer decimals than the divisor.
            None if remainder != 0 => Err(Arithmetic::Overflow),
            None => {
                let shift = 10_u128.pow(right.scale - scale);
                let quotient = quotient.times(shift).ok_or(Arithmetic::Overflow)?;
                Self::fit(negative, quotient, 0, false)
            }
        }
    }

    /// Remainder with the sign of the left; always exact.
    pub(crate) fn checked_rem(self, other: Self) -> Result<Self, Arithmetic> {
        let (left, right) = (self.parts(), other.parts());
        if right.mantissa == 0 {
            return Err(Arithmetic::DivisionByZero);
        }
        let remainder = if left.scale >= right.scale {
            match right.mantissa.checked_mul(10_u128.pow(left.scale - right.scale)) {
                Some(divisor) => left.mantissa % divisor,
                None => left.mantissa,
            }
        } else {
            let mut remainder = left.mantissa % right.mantissa;
            let mut shift = right.scale - left.scale;
            while shift > 0 {
                let step = shift.min(9);
                remainder = remainder * 10_u128.pow(step) % right.mantissa;
                shift -= step;
            }
            remainder
        };
        Ok(Self::build(left.negative, remainder, left.scale.max(right.scale)))
    }

    /// Half away from zero, to so many digits behind the point (0 to 28).
    pub(crate) fn round(self, digits: u32) -> Self {
        self.cut(digits, |_, remainder, unit| remainder >= unit - remainder)
    }

    /// The largest whole number that is not above.
    pub(crate) fn floor(self) -> Self {
        self.cut(0, |negative, remainder, _| negative && remainder > 0)
    }

    /// The smallest whole number that is not below.
    pub(crate) fn ceil(self) -> Self {
        self.cut(0, |negative, remainder, _| !negative && remainder > 0)
    }

    /// Decimals behind the point.
    pub(crate) fn scale(self) -> u32 {
        self.0.scale()
    }

    /// One unit of a decimal place: 1, 0.1, 0.01 and so on to the 28th.
    pub(crate) fn decimal_place(scale: u32) -> Self {
        Self::build(false, 1, scale.min(DIGITS))
    }

    pub(crate) fn abs(self) -> Self {
        Self(self.0.abs())
    }

    pub(crate) fn neg(self) -> Self {
        let parts = self.parts();
        Self::build(!parts.negative, parts.mantissa, parts.scale)
    }

    pub(crate) fn is_zero(self) -> bool {
        self.0.is_zero()
    }

    /// Whether there is nothing behind the point.
    pub(crate) fn is_whole(self) -> bool {
        self.0.scale() == 0
    }

    /// How many digits stand behind the point.
    pub(crate) fn decimals(self) -> u32 {
        self.0.scale()
    }

    /// This times ten to the power of `decimals`, if that is whole and fits.
    #[inline]
    pub(crate) fn scaled(self, decimals: u32) -> Option<i64> {
        let more = decimals.checked_sub(self.0.scale())?;
        let power = POWERS.get(more as usize)?;
        i64::try_from(self.0.mantissa()).ok()?.checked_mul(*power)
    }

    /// A whole number divided by ten to the power of `decimals` (0 to 28).
    pub(crate) fn from_scaled(word: i64, decimals: u32) -> Self {
        Self::build(word < 0, u128::from(word.unsigned_abs()), decimals.min(DIGITS))
    }

    /// The integer that this is exactly, if it is one and fits.
    pub(crate) fn to_i64(self) -> Option<i64> {
        if !self.is_whole() {
            return None;
        }
        i64::try_from(self.0.mantissa()).ok()
    }

    /// The binary float nearest to it. Digits get lost: for drawing and statistics, not for money.
    #[must_use]
    pub fn to_f64(self) -> f64 {
        self.0.to_string().parse().unwrap_or(f64::NAN)
    }

    /// Cuts behind so many decimals and goes one unit away from zero where `up` says so, which is asked with the
    /// sign, what was cut and what a unit is worth in the same measure.
    fn cut(self, digits: u32, up: fn(bool, u128, u128) -> bool) -> Self {
        let parts = self.parts();
        if digits >= parts.scale {
            return self;
        }
        let unit = 10_u128.pow(parts.scale - digits);
        let (quotient, remainder) = (parts.mantissa / unit, parts.mantissa % unit);
        let up = up(parts.negative, remainder, unit);
        Self::build(parts.negative, quotient + u128::from(up), digits)
    }

    /// Rounds an exact result (`sticky`: and a bit more) to what fits.
    fn fit(negative: bool, exact: Wide, scale: u32, sticky: bool) -> Result<Self, Arithmetic> {
        if let Some(mantissa) = exact.to_u128()
            && mantissa < LIMIT
            && scale <= DIGITS
            && !sticky
        {
            return Ok(Self::build(negative, mantissa, scale));
        }
        let surplus_digits = exact.digits().saturating_sub(DIGITS);
        if surplus_digits > scale {
            return Err(Arithmetic::Overflow);
        }
        let drop = surplus_digits.max(scale.saturating_sub(DIGITS));
        let mantissa = exact.round(drop, sticky).ok_or(Arithmetic::Overflow)?;
        // Rounding up can carry into one digit more, which is a one and zeros.
        match (mantissa == LIMIT, scale - drop) {
            (false, scale) => Ok(Self::build(negative, mantissa, scale)),
            (true, 0) => Err(Arithmetic::Overflow),
            (true, scale) => Ok(Self::build(negative, mantissa / 10, scale - 1)),
        }
    }

    /// Mantissa below 10^28 and scale up to 28; drops the trailing zeros.
    fn build(negative: bool, mut mantissa: u128, mut scale: u32) -> Self {
        debug_assert!(mantissa < LIMIT && scale <= DIGITS, "{mantissa} at {scale} does not fit");
        if mantissa == 0 {
            return Self::ZERO;
        }
        while scale > 0 {
            // Division of 128 bits is a slow call.
            let shorter = match u64::try_from(mantissa) {
                Ok(small) if small.is_multiple_of(10) => u128::from(small / 10),
                Err(_) if mantissa.is_multiple_of(10) => mantissa / 10,
                _ => break,
            };
            mantissa = shorter;
            scale -= 1;
        }
        let word = |shift: u32| ((mantissa >> shift) & u128::from(u32::MAX)) as u32;
        Self(Decimal::from_parts(word(0), word(32), word(64), negative, scale.min(DIGITS)))
    }

    fn parts(self) -> Parts {
        Parts {
            negative: self.0.is_sign_negative(),
            mantissa: self.0.mantissa().unsigned_abs(),
            scale: self.0.scale(),
        }
    }
}

struct Parts {
    negative: bool,
    mantissa: u128,
    scale: u32,
}

/// Few digits, with a point or without, as nearly all JSON numbers are written: them without the point, and how many stand
/// behind it, if there is one. `None` for anything else.
pub(crate) fn short(text: &str) -> Option<(i64, Option<u32>)> {
    let (negative, digits) = match text.as_bytes() {
        [b'-', rest @ ..] => (true, rest),
        all => (false, all),
    };
    // So many digits fit any word.
    if digits.len() > 18 || matches!(digits, [] | [b'0', b'0'..=b'9', ..] | [b'.', ..] | [.., b'.'])
    {
        return None;
    }
    let (mut word, mut point) = (0_i64, None);
    for (place, byte) in digits.iter().enumerate() {
        match byte {
            b'0'..=b'9' => word = word * 10 + i64::from(byte - b'0'),
            b'.' if point.is_none() => point = Some(place),
            _ => return None,
        }
    }
    let word = if negative { -word } else { word };
    Some((word, point.map(|point| (digits.len() - point - 1) as u32)))
}

/// The exponent of a JSON number; beyond some billions it is all the same.
fn parse_exponent(text: &str) -> Option<i64> {
    let (negative, digits) = match text.as_bytes().first()? {
        b'-' => (true, text.get(1..)?),
        b'+' => (false, text.get(1..)?),
        _ => (false, text),
    };
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    // Far larger than any text is long, so that no run of zeros makes up for it.
    const FAR: i64 = 1 << 60;
    let exponent = digits.bytes().fold(0_i64, |sum, byte| {
        sum.saturating_mul(10).saturating_add(i64::from(byte - b'0')).min(FAR)
    });
    Some(if negative { -exponent } else { exponent })
}

impl From<i64> for Number {
    fn from(value: i64) -> Self {
        Self(value.into())
    }
}

impl From<i32> for Number {
    fn from(value: i32) -> Self {
        Self(value.into())
    }
}

impl From<u32> for Number {
    fn from(value: u32) -> Self {
        Self(value.into())
    }
}

/// Takes the shortest text that stands for the float: 0.1 is 0.1. Fails for what is not finite or does not fit.
impl TryFrom<f64> for Number {
    type Error = InvalidValue;
    fn try_from(value: f64) -> Result<Self, InvalidValue> {
        value.to_string().parse()
    }
}

/// Reads a number as JSON writes it, such as `-12.50` or `1e3`.
impl FromStr for Number {
    type Err = InvalidValue;
    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        Self::parse(text).ok_or_else(|| {
            InvalidValue::new(text, "a number such as `12.5`, of at most 28 digits and 28 decimals")
        })
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A JSON number with every digit.
impl Serialize for Number {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serde_json::value::RawValue::from_string(self.to_string())
            .map_err(serde::ser::Error::custom)?
            .serialize(serializer)
    }
}

#[cfg(test)]
mod tests;
