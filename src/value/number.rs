//! Exact decimals.

use std::fmt;

/// An exact decimal number: at most 28 significant digits and 28 decimals, never a binary float.
///
/// Always kept normalized: no trailing zeros behind the point, no negative zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Number(rust_decimal::Decimal);

/// Why a calculation has no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Arithmetic {
    Overflow,
    DivisionByZero,
}

impl Number {
    /// Reads the text of a JSON number (exponents too); `None` beyond 28 significant digits or 28 decimals.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let _ = text;
        None
    }
    pub(crate) fn checked_add(self, other: Self) -> Result<Self, Arithmetic> {
        let _ = other;
        Err(Arithmetic::Overflow)
    }
    pub(crate) fn checked_sub(self, other: Self) -> Result<Self, Arithmetic> {
        let _ = other;
        Err(Arithmetic::Overflow)
    }
    pub(crate) fn checked_mul(self, other: Self) -> Result<Self, Arithmetic> {
        let _ = other;
        Err(Arithmetic::Overflow)
    }
    pub(crate) fn checked_div(self, other: Self) -> Result<Self, Arithmetic> {
        let _ = other;
        Err(Arithmetic::Overflow)
    }
    /// Remainder with the sign of the left.
    pub(crate) fn checked_rem(self, other: Self) -> Result<Self, Arithmetic> {
        let _ = other;
        Err(Arithmetic::Overflow)
    }
    /// Half away from zero, to so many digits behind the point (0 to 28).
    pub(crate) fn round(self, digits: u32) -> Self {
        let _ = digits;
        self
    }
    pub(crate) fn floor(self) -> Self {
        self
    }
    pub(crate) fn ceil(self) -> Self {
        self
    }
    pub(crate) fn abs(self) -> Self {
        self
    }
    pub(crate) fn neg(self) -> Self {
        self
    }
    /// The integer that this is exactly, if it is one and fits.
    pub(crate) fn to_i64(self) -> Option<i64> {
        None
    }
}

impl From<i64> for Number {
    fn from(value: i64) -> Self {
        Self(value.into())
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
