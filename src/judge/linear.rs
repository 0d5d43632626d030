//! Sums of variables with exact factors.

use super::rational::{Exact, Ratio, TooLarge};

/// A number that is not known beforehand, by its own number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Number(pub u32);

/// What is known of a variable, whatever the situation.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(super) struct Variable {
    /// A whole number.
    pub whole: bool,
    pub low: Option<Ratio>,
    pub high: Option<Ratio>,
    /// Whether the bound itself is excluded.
    pub above: bool,
    pub below: bool,
    /// How far a result may be off because it was rounded: 0 in a first search.
    pub error: bool,
}

impl Variable {
    pub fn whole(low: Option<i128>, high: Option<i128>) -> Self {
        let bound = |end: Option<i128>| end.map(Ratio::whole);
        Self { whole: true, low: bound(low), high: bound(high), ..Self::default() }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Lin {
    /// Ascending, none of them 0.
    pub terms: Vec<(Number, Ratio)>,
    pub constant: Ratio,
}

impl Lin {
    pub fn constant(constant: Ratio) -> Self {
        Self { terms: Vec::new(), constant }
    }

    pub fn of(variable: Number) -> Self {
        Self { terms: vec![(variable, Ratio::ONE)], constant: Ratio::ZERO }
    }

    pub fn is_constant(&self) -> bool {
        self.terms.is_empty()
    }

    pub fn times(&self, by: Ratio) -> Exact<Self> {
        if by.is_zero() {
            return Ok(Self::constant(Ratio::ZERO));
        }
        let terms = self.terms.iter().map(|(variable, times)| Ok((*variable, times.mul(by)?)));
        Ok(Self { terms: terms.collect::<Exact<_>>()?, constant: self.constant.mul(by)? })
    }

    pub fn neg(&self) -> Self {
        let terms = self.terms.iter().map(|(variable, times)| (*variable, times.neg())).collect();
        Self { terms, constant: self.constant.neg() }
    }

    pub fn add(&self, other: &Self) -> Exact<Self> {
        let mut terms = Vec::with_capacity(self.terms.len() + other.terms.len());
        let (mut left, mut right) =
            (self.terms.iter().copied().peekable(), other.terms.iter().copied().peekable());
        loop {
            let term = match (left.peek().copied(), right.peek().copied()) {
                (Some((a, times)), Some((b, more))) if a == b => {
                    left.next();
                    right.next();
                    (a, times.add(more)?)
                }
                (Some((a, times)), Some((b, _))) if a < b => {
                    left.next();
                    (a, times)
                }
                (Some((a, times)), None) => {
                    left.next();
                    (a, times)
                }
                (_, Some((b, times))) => {
                    right.next();
                    (b, times)
                }
                (None, None) => break,
            };
            if !term.1.is_zero() {
                terms.push(term);
            }
        }
        Ok(Self { terms, constant: self.constant.add(other.constant)? })
    }

    pub fn sub(&self, other: &Self) -> Exact<Self> {
        self.add(&other.neg())
    }

    pub fn plus(&self, constant: Ratio) -> Exact<Self> {
        Ok(Self { terms: self.terms.clone(), constant: self.constant.add(constant)? })
    }

    /// What makes all factors whole numbers without a common divisor.
    pub fn coprime(&self) -> Exact<Ratio> {
        let mut under = 1_i128;
        for (_, times) in &self.terms {
            let by = gcd(under, times.under());
            under = (under / by).checked_mul(times.under()).ok_or(TooLarge)?;
        }
        let mut over = 0_i128;
        for (_, times) in &self.terms {
            let whole = times.mul(Ratio::whole(under))?.to_whole().ok_or(TooLarge)?;
            over = gcd(over, whole);
        }
        Ratio::new(under, over.max(1))
    }
}

/// The greatest common divisor, at least 1 unless both are 0.
pub(super) fn gcd(a: i128, b: i128) -> i128 {
    let (mut a, mut b) = (a.unsigned_abs(), b.unsigned_abs());
    while b != 0 {
        (a, b) = (b, a % b);
    }
    i128::try_from(a).unwrap_or(1)
}
