//! Which values an expression can have, as far as declarations tell, and what is one step between them.

use super::Rules;
use super::program::{Builtin, Each, Node, Op};
use crate::definition::shape::{Kind, Shape};
use crate::value::{Number, Value};

/// What is known of the values that an expression can have, from declarations alone.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Domain {
    pub minimum: Option<Number>,
    pub maximum: Option<Number>,
    pub whole: bool,
    pub multiple_of: Option<Number>,
}

impl Domain {
    fn between(minimum: i64, maximum: i64) -> Self {
        let (minimum, maximum) = (Some(minimum.into()), Some(maximum.into()));
        Self { minimum, maximum, whole: true, multiple_of: None }
    }

    fn of(shape: &Shape) -> Self {
        let whole = shape.kind == Kind::Integer;
        let step = |bound: Number, by: i64| {
            if whole && bound.is_whole() {
                bound.checked_add(by.into()).unwrap_or(bound)
            } else {
                bound
            }
        };
        let minimum = shape.exclusive_minimum.map(|bound| step(bound, 1));
        let maximum = shape.exclusive_maximum.map(|bound| step(bound, -1));
        Self {
            minimum: shape.minimum.max(minimum),
            maximum: match (shape.maximum, maximum) {
                (Some(a), Some(b)) => Some(a.min(b)),
                (a, b) => a.or(b),
            },
            whole,
            multiple_of: shape.multiple_of,
        }
    }

    /// What counts as one step away from a threshold: 1 for whole numbers, else what the values are multiples of, else the
    /// last decimal place in which the threshold is written, and no more than a hundredth of the range of values.
    pub fn unit(&self, limit: Number) -> Number {
        if let Some(multiple) = self.multiple_of {
            return multiple;
        }
        if self.whole {
            return Number::from(1);
        }
        let written = Number::decimal_place(limit.scale());
        let (Some(minimum), Some(maximum)) = (self.minimum, self.maximum) else { return written };
        match maximum.checked_sub(minimum).and_then(|range| range.checked_div(100.into())) {
            Ok(hundredth) if hundredth < written && hundredth > Number::ZERO => {
                let mut unit = written;
                let mut place = limit.scale();
                while unit > hundredth && place < 28 {
                    place += 1;
                    unit = Number::decimal_place(place);
                }
                unit
            }
            _ => written,
        }
    }

    /// Whether there are values just below, at and just above a limit.
    pub(crate) fn around(&self, limit: Number) -> [bool; 3] {
        let unit = self.unit(limit);
        let at_least = |least: Number| self.maximum.is_none_or(|maximum| maximum >= least);
        let at_most = |most: Number| self.minimum.is_none_or(|minimum| minimum <= most);
        let below = self.minimum.is_none_or(|minimum| minimum < limit)
            && limit.checked_sub(unit).is_ok_and(at_least);
        let above = self.maximum.is_none_or(|maximum| maximum > limit)
            && limit.checked_add(unit).is_ok_and(at_most);
        let on_grid = self
            .multiple_of
            .is_none_or(|multiple| limit.checked_rem(multiple).is_ok_and(Number::is_zero));
        let at = at_least(limit) && at_most(limit) && on_grid && (!self.whole || limit.is_whole());
        [below, at, above]
    }
}

impl Rules {
    pub(crate) fn fixed_number(&self, node: &Node) -> Option<Number> {
        match &node.op {
            Op::Constant(value) => value.as_number(),
            Op::Parameter(id) => self.parameters.get(*id)?.value.as_number(),
            Op::Minus(inner) => self.fixed_number(inner).map(Number::neg),
            _ => None,
        }
    }

    /// Whether an expression is surely no record, so that a property of it is the one that the language gives.
    pub(crate) fn is_no_record(&self, node: &Node) -> bool {
        match &node.op {
            Op::Fact(id) => self
                .facts
                .get(*id)
                .is_some_and(|fact| !matches!(fact.shape.kind, Kind::Any | Kind::Object(_))),
            Op::Parameter(id) => self
                .parameters
                .get(*id)
                .is_some_and(|found| !matches!(found.value, Value::Record(_))),
            Op::Now | Op::Today | Op::Event(_) | Op::Last(_) | Op::Since(_) | Op::Who(_) => true,
            Op::Constant(value) => !matches!(value, Value::Record(_)),
            Op::Binary { .. } | Op::Minus(_) | Op::List(_) => true,
            Op::Each { each, .. } => !matches!(each, Each::Find | Each::MinBy | Each::MaxBy),
            Op::Call(builtin, _) => !matches!(builtin, Builtin::Min | Builtin::Max),
            Op::Property(base, _) => self.is_no_record(base),
            _ => false,
        }
    }

    /// What declarations say of the values of an expression.
    pub(crate) fn domain(&self, node: &Node) -> Domain {
        match &node.op {
            Op::Fact(id) => self.facts.get(*id).map(|fact| Domain::of(&fact.shape)),
            Op::Factor(_) => Some(Domain { whole: false, ..Domain::between(0, 1) }),
            Op::Count(_) => {
                Some(Domain { minimum: Some(0.into()), whole: true, ..Domain::default() })
            }
            Op::Call(Builtin::Len, args) => match args.as_slice() {
                [Node { op: Op::Fact(id), .. }] => {
                    self.facts.get(*id).map(|fact| length(&fact.shape))
                }
                _ => Some(Domain { minimum: Some(0.into()), whole: true, ..Domain::default() }),
            },
            Op::Property(base, name) if self.is_no_record(base) => match &**name {
                "month" => Some(Domain::between(1, 12)),
                "day" => Some(Domain::between(1, 31)),
                "weekday" => Some(Domain::between(1, 7)),
                "len" => Some(Domain { minimum: Some(0.into()), whole: true, ..Domain::default() }),
                _ => None,
            },
            _ => None,
        }
        .unwrap_or_default()
    }
}

/// How many items a list can have, or characters a text.
fn length(shape: &Shape) -> Domain {
    let number = |bound: Option<u64>| bound.and_then(|bound| i64::try_from(bound).ok());
    let (least, most) = match &shape.kind {
        Kind::Array(items) => {
            let values = match &items.kind {
                Kind::Enum(values) if shape.unique_items => i64::try_from(values.len()).ok(),
                _ => None,
            };
            let most = number(shape.max_items);
            (number(shape.min_items), most.into_iter().chain(values).min())
        }
        _ => (number(shape.min_length), number(shape.max_length)),
    };
    Domain {
        minimum: Some(least.unwrap_or(0).into()),
        maximum: most.map(Number::from),
        whole: true,
        multiple_of: None,
    }
}
