//! Exact fractions. What does not fit into 128 bits is said to be too large; it is never rounded.

use std::cmp::Ordering;

use crate::value::Number;

/// A fraction in lowest terms, its denominator above 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Ratio {
    over: i128,
    under: i128,
}

/// A number came up that 128 bits do not hold: nothing follows from that.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TooLarge;

pub(super) type Exact<T> = Result<T, TooLarge>;

fn common(a: i128, b: i128) -> Exact<i128> {
    let (mut a, mut b) = (a.unsigned_abs(), b.unsigned_abs());
    while b != 0 {
        (a, b) = (b, a.checked_rem(b).ok_or(TooLarge)?);
    }
    i128::try_from(a).map_err(|_| TooLarge)
}

impl Ratio {
    pub const ZERO: Self = Self { over: 0, under: 1 };
    pub const ONE: Self = Self { over: 1, under: 1 };

    pub fn new(over: i128, under: i128) -> Exact<Self> {
        if under == 1 {
            return Ok(Self { over, under });
        }
        let by = common(over, under)?;
        let whole = |number: i128| number.checked_div(by).ok_or(TooLarge);
        let (over, under) = (whole(over)?, whole(under)?);
        if under < 0 {
            let turned = |number: i128| number.checked_neg().ok_or(TooLarge);
            return Ok(Self { over: turned(over)?, under: turned(under)? });
        }
        if under == 0 { Err(TooLarge) } else { Ok(Self { over, under }) }
    }

    pub fn whole(number: i128) -> Self {
        Self { over: number, under: 1 }
    }

    pub fn of(number: Number) -> Exact<Self> {
        let text = number.to_string();
        let (negative, digits) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text.as_str()),
        };
        let (before, behind) = digits.split_once('.').unwrap_or((digits, ""));
        let all: i128 = [before, behind].concat().parse().map_err(|_| TooLarge)?;
        let places = u32::try_from(behind.len()).map_err(|_| TooLarge)?;
        Self::new(if negative { -all } else { all }, power(places)?)
    }

    /// The decimal that this is exactly, if it is one and has few enough digits.
    pub fn number(self) -> Option<Number> {
        let (mut over, mut under, mut places) = (self.over, self.under, 0_u32);
        // What is left of the denominator consists of twos and fives where this is a decimal.
        while under != 1 {
            let by = common(under, 10).ok().filter(|by| *by > 1)?;
            over = over.checked_mul(10 / by)?;
            under /= by;
            places += 1;
            if places > 28 {
                return None;
            }
        }
        let digits = over.unsigned_abs().to_string();
        let width = places as usize;
        let digits = format!("{digits:0>width$}", width = width + 1);
        let (before, behind) = digits.split_at(digits.len() - width);
        let sign = if over < 0 { "-" } else { "" };
        let point = if behind.is_empty() { "" } else { "." };
        Number::parse(&format!("{sign}{before}{point}{behind}"))
    }

    pub fn is_zero(self) -> bool {
        self.over == 0
    }

    pub fn is_whole(self) -> bool {
        self.under == 1
    }

    pub fn is_negative(self) -> bool {
        self.over < 0
    }

    pub fn under(self) -> i128 {
        self.under
    }

    /// The whole number that this is.
    pub fn to_whole(self) -> Option<i128> {
        (self.under == 1).then_some(self.over)
    }

    pub fn floor(self) -> i128 {
        self.over.div_euclid(self.under)
    }

    pub fn ceil(self) -> Exact<i128> {
        if self.under == 1 { Ok(self.over) } else { self.floor().checked_add(1).ok_or(TooLarge) }
    }

    pub fn neg(self) -> Self {
        // The least number of 128 bits has no opposite; it comes from no calculation that ends in lowest terms below.
        Self { over: self.over.checked_neg().unwrap_or(i128::MAX), under: self.under }
    }

    pub fn abs(self) -> Self {
        if self.over < 0 { self.neg() } else { self }
    }

    pub fn add(self, other: Self) -> Exact<Self> {
        if self.under == 1 && other.under == 1 {
            return Ok(Self::whole(fits(self.over.checked_add(other.over))?));
        }
        let by = common(self.under, other.under)?;
        let (left, right) = (other.under / by, self.under / by);
        let over = fits(self.over.checked_mul(left))?;
        let over = fits(over.checked_add(fits(other.over.checked_mul(right))?))?;
        Self::new(over, fits(self.under.checked_mul(left))?)
    }

    pub fn sub(self, other: Self) -> Exact<Self> {
        self.add(other.neg())
    }

    pub fn mul(self, other: Self) -> Exact<Self> {
        if self.under == 1 && other.under == 1 {
            return Ok(Self::whole(fits(self.over.checked_mul(other.over))?));
        }
        let (a, b) = (common(self.over, other.under)?, common(other.over, self.under)?);
        let (a, b) = (a.max(1), b.max(1));
        let over = fits((self.over / a).checked_mul(other.over / b))?;
        let under = fits((self.under / b).checked_mul(other.under / a))?;
        Self::new(over, under)
    }

    /// One divided by this; too large for 0.
    pub fn inverse(self) -> Exact<Self> {
        match self.over {
            0 => Err(TooLarge),
            over if over < 0 => Ok(Self { over: -self.under, under: fits(over.checked_neg())? }),
            over => Ok(Self { over: self.under, under: over }),
        }
    }
}

/// The least number has no opposite: it counts as too large already.
fn fits(found: Option<i128>) -> Exact<i128> {
    found.filter(|number| *number != i128::MIN).ok_or(TooLarge)
}

/// Ten to a power.
pub(super) fn power(places: u32) -> Exact<i128> {
    10_i128.checked_pow(places).ok_or(TooLarge)
}

impl Ord for Ratio {
    /// By whole parts and, where they are equal, by the rests upside down: nothing is multiplied, so nothing is too large.
    fn cmp(&self, other: &Self) -> Ordering {
        let (mut a, mut b) = (*self, *other);
        let mut turned = false;
        loop {
            let (first, second) = (a.floor(), b.floor());
            let order = first.cmp(&second);
            let (rest_a, rest_b) = (a.over.rem_euclid(a.under), b.over.rem_euclid(b.under));
            let order = match (order, rest_a, rest_b) {
                (Ordering::Equal, 0, 0) => Ordering::Equal,
                (Ordering::Equal, 0, _) => Ordering::Less,
                (Ordering::Equal, _, 0) => Ordering::Greater,
                (Ordering::Equal, ..) => {
                    a = Self { over: a.under, under: rest_a };
                    b = Self { over: b.under, under: rest_b };
                    turned = !turned;
                    continue;
                }
                (order, ..) => order,
            };
            return if turned { order.reverse() } else { order };
        }
    }
}

impl PartialOrd for Ratio {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn ratio(over: i128, under: i128) -> Ratio {
        Ratio::new(over, under).unwrap()
    }

    #[test]
    fn fractions_are_exact() {
        assert_eq!(ratio(1, 3).add(ratio(1, 6)), Ok(ratio(1, 2)));
        assert_eq!(ratio(2, 3).mul(ratio(-9, 4)), Ok(ratio(-3, 2)));
        assert_eq!(ratio(2, -4), ratio(-1, 2));
        assert_eq!(ratio(-3, 2).inverse(), Ok(ratio(-2, 3)));
        assert_eq!((ratio(-3, 2).floor(), ratio(-3, 2).ceil()), (-2, Ok(-1)));
        assert_eq!(Ratio::whole(i128::MAX).add(Ratio::ONE), Err(TooLarge));
        for text in ["0", "12.5", "-0.0001", "-7", "0.1", "1234567890123456789012345678"] {
            let number = Number::parse(text).unwrap();
            assert_eq!(Ratio::of(number).unwrap().number(), Some(number), "{text}");
        }
        assert_eq!(ratio(1, 3).number(), None);
        assert_eq!(ratio(1, 40).number(), Number::parse("0.025"));
    }

    #[test]
    fn fractions_are_ordered_without_multiplying() {
        let all = [ratio(-5, 3), ratio(-3, 2), ratio(-1, 7), Ratio::ZERO, ratio(1, 3), ratio(1, 2)];
        for (place, a) in all.iter().enumerate() {
            for (other, b) in all.iter().enumerate() {
                assert_eq!(a.cmp(b), place.cmp(&other), "{a:?} {b:?}");
            }
        }
        let big = i128::MAX - 1;
        assert!(ratio(big, 3) > ratio(big - 1, 3));
        assert!(ratio(1, big) < ratio(1, big - 1));
    }
}
