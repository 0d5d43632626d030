//! Whole numbers of 256 bits: room for an exact product of two decimals before it is rounded.

/// An unsigned number, high half first (so that the derived order is that of the numbers).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Wide {
    high: u128,
    low: u128,
}

const HALF: u128 = u64::MAX as u128;

impl Wide {
    pub(super) fn product(a: u128, b: u128) -> Self {
        if let Some(low) = a.checked_mul(b) {
            return Self { high: 0, low };
        }
        let (a_high, a_low) = (a >> 64, a & HALF);
        let (b_high, b_low) = (b >> 64, b & HALF);
        let low = a_low * b_low;
        let (cross, other_cross) = (a_high * b_low, a_low * b_high);
        let middle = (low >> 64) + (cross & HALF) + (other_cross & HALF);
        Self {
            high: a_high * b_high + (cross >> 64) + (other_cross >> 64) + (middle >> 64),
            low: (low & HALF) | (middle << 64),
        }
    }

    /// Both below 2^255.
    pub(super) fn plus(self, other: Self) -> Self {
        let (low, carry) = self.low.overflowing_add(other.low);
        Self { high: self.high + other.high + u128::from(carry), low }
    }

    /// The other is not larger.
    pub(super) fn minus(self, other: Self) -> Self {
        let (low, borrow) = self.low.overflowing_sub(other.low);
        Self { high: self.high - other.high - u128::from(borrow), low }
    }

    /// `None` where this is beyond 128 bits itself.
    pub(super) fn times(self, factor: u128) -> Option<Self> {
        Some(Self::product(self.to_u128()?, factor))
    }

    pub(super) fn to_u128(self) -> Option<u128> {
        (self.high == 0).then_some(self.low)
    }

    /// How many decimal digits it has; none for zero.
    pub(super) fn digits(mut self) -> u32 {
        let mut digits = 0;
        while self.high != 0 {
            self = self.divide(CHUNK).0;
            digits += CHUNK_DIGITS;
        }
        digits + self.low.checked_ilog10().map_or(0, |log| log + 1)
    }

    /// Drops so many digits and rounds half to even; `sticky` says that the number is a bit larger than this one.
    /// `None` where the result is beyond 128 bits.
    pub(super) fn round(mut self, mut drop: u32, mut sticky: bool) -> Option<u128> {
        if drop == 0 {
            // What is less than half of the last digit does not count.
            return self.to_u128();
        }
        while drop > 1 {
            let step = (drop - 1).min(CHUNK_DIGITS);
            let (quotient, remainder) = self.divide(10_u64.pow(step));
            self = quotient;
            sticky |= remainder != 0;
            drop -= step;
        }
        let (quotient, digit) = self.divide(10);
        let kept = quotient.to_u128()?;
        let up = digit > 5 || (digit == 5 && (sticky || kept % 2 == 1));
        kept.checked_add(u128::from(up))
    }

    /// Quotient and remainder; the divisor is not zero.
    fn divide(self, divisor: u64) -> (Self, u64) {
        let divisor = u128::from(divisor);
        if self.high == 0 {
            return (Self::from(self.low / divisor), (self.low % divisor) as u64);
        }
        let mut remainder = 0;
        let mut limb = |limb: u128| {
            let part = (remainder << 64) | limb;
            remainder = part % divisor;
            part / divisor
        };
        let high = (limb(self.high >> 64) << 64) | limb(self.high & HALF);
        let low = (limb(self.low >> 64) << 64) | limb(self.low & HALF);
        (Self { high, low }, remainder as u64)
    }
}

const CHUNK_DIGITS: u32 = 18;
const CHUNK: u64 = 10_u64.pow(CHUNK_DIGITS);

impl From<u128> for Wide {
    fn from(low: u128) -> Self {
        Self { high: 0, low }
    }
}
