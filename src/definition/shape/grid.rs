//! How many values a declaration leaves, and which numbers.

use super::{Kind, Shape};
use crate::value::Number;

/// The numbers that a declaration allows, where they lie apart: multiples of a step between two ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Grid {
    pub step: Number,
    /// The smallest, if there is one.
    pub first: Option<Number>,
    /// The largest, if there is one.
    pub last: Option<Number>,
}

impl Grid {
    /// Whether there is no number at all.
    pub fn is_empty(&self) -> bool {
        matches!((self.first, self.last), (Some(first), Some(last)) if first > last)
    }

    fn count(&self) -> Option<u64> {
        if self.is_empty() {
            return Some(0);
        }
        let steps = self.last?.checked_sub(self.first?).ok()?.checked_div(self.step).ok()?;
        u64::try_from(steps.to_i64()?).ok()?.checked_add(1)
    }
}

impl Shape {
    /// The numbers that it allows; `None` where they lie close, or where it allows others than numbers. What does not fit
    /// into exact numbers is `None`, too.
    pub fn grid(&self) -> Option<Grid> {
        let step = match (&self.kind, self.multiple_of) {
            (Kind::Integer, None) => Number::from(1),
            (Kind::Integer, Some(step)) => whole_step(step)?,
            (Kind::Number, Some(step)) => step,
            _ => return None,
        };
        if step <= Number::ZERO {
            return None;
        }
        let mut first = self.minimum.map(|bound| up(bound, step)).transpose_ok()?;
        if let Some(bound) = self.exclusive_minimum {
            let mut next = up(bound, step)?;
            if next == bound {
                next = next.checked_add(step).ok()?;
            }
            first = first.max(Some(next));
        }
        let mut last = self.maximum.map(|bound| down(bound, step)).transpose_ok()?;
        if let Some(bound) = self.exclusive_maximum {
            let mut before = down(bound, step)?;
            if before == bound {
                before = before.checked_sub(step).ok()?;
            }
            last = Some(last.map_or(before, |last| last.min(before)));
        }
        Some(Grid { step, first, last })
    }

    /// Whether a text is as long as it may be.
    pub fn allows_length(&self, text: &str) -> bool {
        let length = text.chars().count() as u64;
        self.min_length.is_none_or(|least| length >= least)
            && self.max_length.is_none_or(|most| length <= most)
    }

    /// How many values it allows, where they can be counted.
    pub fn count(&self) -> Option<u64> {
        match &self.kind {
            Kind::Boolean => Some(2),
            Kind::Enum(values) => u64::try_from(values.len()).ok(),
            Kind::Integer | Kind::Number => self.grid()?.count(),
            Kind::String if self.max_length == Some(0) => Some(1),
            _ => None,
        }
    }
}

/// What a bound that does not fit keeps from being said.
trait TransposeOk {
    fn transpose_ok(self) -> Option<Option<Number>>;
}

impl TransposeOk for Option<Option<Number>> {
    fn transpose_ok(self) -> Option<Option<Number>> {
        match self {
            None => Some(None),
            Some(found) => found.map(Some),
        }
    }
}

/// The smallest whole number that is a multiple of a step.
fn whole_step(step: Number) -> Option<Number> {
    let unit = 10_i64.checked_pow(step.scale())?;
    let (mut a, mut b) = (step.scaled(step.scale())?, unit);
    let whole = a;
    while b != 0 {
        (a, b) = (b, a.checked_rem(b)?);
    }
    Some(Number::from(whole.checked_div(a)?))
}

/// The smallest multiple of a step that is not below a bound.
fn up(bound: Number, step: Number) -> Option<Number> {
    down(bound.neg(), step).map(Number::neg)
}

/// The largest multiple of a step that is not above a bound.
fn down(bound: Number, step: Number) -> Option<Number> {
    let over = bound.checked_rem(step).ok()?;
    let under = bound.checked_sub(over).ok()?;
    // The remainder has the sign of the bound.
    if over < Number::ZERO { under.checked_sub(step).ok() } else { Some(under) }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn shape(kind: Kind, bounds: [Option<&str>; 5]) -> Shape {
        let [minimum, maximum, above, below, step] =
            bounds.map(|bound| bound.map(|bound| bound.parse().unwrap()));
        Shape {
            minimum,
            maximum,
            exclusive_minimum: above,
            exclusive_maximum: below,
            multiple_of: step,
            ..Shape::new(kind)
        }
    }

    #[test]
    fn numbers_between_bounds_are_counted() {
        let (whole, number) = (Kind::Integer, Kind::Number);
        for (kind, bounds, wanted) in [
            (&whole, [Some("5"), Some("6"), None, None, Some("7")], Some(0)),
            (&whole, [Some("5"), Some("7"), None, None, Some("7")], Some(1)),
            (&whole, [Some("-7"), Some("7"), None, None, Some("7")], Some(3)),
            (&whole, [Some("-6"), Some("-1"), None, None, Some("7")], Some(0)),
            (&whole, [None, None, Some("1"), Some("2"), None], Some(0)),
            (&whole, [None, None, Some("1"), Some("3"), None], Some(1)),
            (&whole, [Some("1.2"), Some("1.8"), None, None, None], Some(0)),
            (&whole, [Some("1"), Some("4"), None, None, Some("2.5")], Some(0)),
            (&whole, [Some("1"), Some("5"), None, None, Some("2.5")], Some(1)),
            (&number, [Some("1"), Some("4"), None, None, Some("2.5")], Some(1)),
            (&number, [Some("0.1"), Some("0.2"), None, None, Some("0.3")], Some(0)),
            (&number, [Some("0"), None, None, Some("0.1"), Some("0.1")], Some(1)),
            (&number, [Some("1"), Some("4"), None, None, None], None),
            (&whole, [Some("1"), None, None, None, Some("3")], None),
        ] {
            assert_eq!(shape(kind.clone(), bounds).count(), wanted, "{kind:?} {bounds:?}");
        }
    }
}
