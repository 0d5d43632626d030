//! Comparisons that always or never hold, by the bounds that are declared.

use super::super::program::{Builtin, Node, Op};
use super::super::syntax::{Binary, Extent};
use super::Checker;
use crate::definition::shape::{Kind, Shape};
use crate::value::{Number, Value};

/// Where a number can lie. An end is `(value, excluded)`.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Range {
    low: Option<(Number, bool)>,
    high: Option<(Number, bool)>,
    whole: bool,
    /// It is a parameter, which a variant may set otherwise.
    tunable: bool,
}

impl Range {
    fn exactly(value: Number) -> Self {
        Self { low: Some((value, false)), high: Some((value, false)), whole: false, tunable: false }
    }

    pub(super) fn within_unit(&self) -> bool {
        let (zero, one) = (Number::from(0), Number::from(1));
        self.low.is_some_and(|(low, _)| low >= zero)
            && self.high.is_some_and(|(high, _)| high <= one)
    }

    /// Always `self < other`.
    fn below(&self, other: &Self) -> bool {
        match (self.high, other.low) {
            (Some((high, a)), Some((low, b))) => high < low || (high == low && (a || b)),
            _ => false,
        }
    }

    /// Always `self <= other`.
    fn not_above(&self, other: &Self) -> bool {
        matches!((self.high, other.low), (Some((high, _)), Some((low, _))) if high <= low)
    }

    fn single(&self) -> Option<Number> {
        match (self.low, self.high) {
            (Some((low, false)), Some((high, false))) if low == high => Some(low),
            _ => None,
        }
    }
}

impl Checker<'_, '_> {
    /// Reports a comparison that can never be true (an error: a slip must never mean "false") or never be false.
    pub(super) fn bounds(&mut self, at: Extent, op: Binary, left: &Node, right: &Node) {
        let (Some(a), Some(b)) = (self.range(left), self.range(right)) else { return };
        let apart = a.below(&b) || b.below(&a) || part_of_whole(&a, &b) || part_of_whole(&b, &a);
        let same = a.single().is_some() && a.single() == b.single();
        let (always, never) = match op {
            Binary::Less => (a.below(&b), b.not_above(&a)),
            Binary::LessOrEqual => (a.not_above(&b), b.below(&a)),
            Binary::Greater => (b.below(&a), a.not_above(&b)),
            Binary::GreaterOrEqual => (b.not_above(&a), a.below(&b)),
            Binary::Equal => (same, apart),
            Binary::NotEqual => (apart, same),
            _ => return,
        };
        let text = self.text(at);
        if never && !a.tunable && !b.tunable {
            let problem = self
                .error("impossible", at, format!("`{text}` can never be true"))
                .hint("look at the bounds that are declared");
            self.report.push(problem);
        } else if never {
            let problem = self
                .warning(
                    "impossible",
                    at,
                    format!("`{text}` can never be true with the parameters as they are"),
                )
                .hint("look at the bounds and the parameter");
            self.report.push(problem);
        } else if always && !a.tunable && !b.tunable {
            let problem = self
                .warning("always-true", at, format!("`{text}` is always true"))
                .hint("look at the bounds that are declared");
            self.report.push(problem);
        }
    }

    /// Where the number that a node gives can lie, as far as is declared.
    pub(super) fn range(&self, node: &Node) -> Option<Range> {
        let def = self.names.def;
        match &node.op {
            Op::Constant(value) => of_value(value),
            Op::Parameter(id) => {
                let range = of_value(&def.parameters.at(*id).value)?;
                Some(Range { tunable: true, ..range })
            }
            Op::Fact(id) => of_shape(&def.facts.at(*id).shape),
            Op::Factor(_) => Some(Range {
                low: Some((Number::from(0), false)),
                high: Some((Number::from(1), false)),
                ..Range::default()
            }),
            Op::Count(_) => {
                Some(Range { low: Some((Number::from(0), false)), whole: true, ..Range::default() })
            }
            Op::Call(Builtin::Len, args) => {
                let (least, most) = match args.first().map(|list| &list.op) {
                    Some(Op::Fact(id)) => length(&def.facts.at(*id).shape),
                    _ => (0, None),
                };
                let number = |count: u64| {
                    i64::try_from(count).ok().map(|count| (Number::from(count), false))
                };
                Some(Range {
                    low: number(least),
                    high: most.and_then(number),
                    whole: true,
                    tunable: false,
                })
            }
            _ => None,
        }
    }
}

/// Whether one is a single number with decimals and the other always whole.
fn part_of_whole(a: &Range, b: &Range) -> bool {
    b.whole
        && a.single().is_some_and(|number| number.to_i64().is_none() && number.floor() != number)
}

fn of_value(value: &Value) -> Option<Range> {
    match value {
        Value::Integer(number) => Some(Range::exactly(Number::from(*number))),
        Value::Number(number) => Some(Range::exactly(*number)),
        _ => None,
    }
}

fn of_shape(shape: &Shape) -> Option<Range> {
    let whole = match shape.kind {
        Kind::Integer => true,
        Kind::Number => false,
        _ => return None,
    };
    let low = match (shape.minimum, shape.exclusive_minimum) {
        (Some(minimum), Some(exclusive)) if exclusive < minimum => Some((minimum, false)),
        (_, Some(exclusive)) => Some((exclusive, true)),
        (Some(minimum), None) => Some((minimum, false)),
        (None, None) => None,
    };
    let high = match (shape.maximum, shape.exclusive_maximum) {
        (Some(maximum), Some(exclusive)) if exclusive > maximum => Some((maximum, false)),
        (_, Some(exclusive)) => Some((exclusive, true)),
        (Some(maximum), None) => Some((maximum, false)),
        (None, None) => None,
    };
    Some(Range { low, high, whole, tunable: false })
}

fn length(shape: &Shape) -> (u64, Option<u64>) {
    match &shape.kind {
        Kind::Array(items) => {
            let distinct = match (&items.kind, shape.unique_items) {
                (Kind::Enum(values), true) => u64::try_from(values.len()).ok(),
                (Kind::Boolean, true) => Some(2),
                _ => None,
            };
            let most = match (shape.max_items, distinct) {
                (Some(a), Some(b)) => Some(a.min(b)),
                (a, b) => a.or(b),
            };
            (shape.min_items.unwrap_or(0), most)
        }
        _ => (shape.min_length.unwrap_or(0), shape.max_length),
    }
}
