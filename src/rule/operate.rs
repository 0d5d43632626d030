//! What operators mean, for two known values. Kinds that do not go together are an error, never false.

use std::cmp::Ordering;
use std::sync::Arc;

use super::syntax::Binary;
use super::types::kind_of;
use crate::definition::shape::Violation;
use crate::value::{
    Arithmetic, DATES, Duration, Number, TIMES, Value, Zone, begins_anew, composed,
};

/// Why an operation has no answer; the evaluator knows where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub code: &'static str,
    pub message: String,
}

impl Refusal {
    pub fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self { code, message: message.into() }
    }

    pub fn overflow() -> Self {
        Self::new("overflow", "the result is too large")
    }
}

impl From<Arithmetic> for Refusal {
    fn from(problem: Arithmetic) -> Self {
        match problem {
            Arithmetic::Overflow => Self::overflow(),
            Arithmetic::DivisionByZero => Self::new("division-by-zero", "division by zero"),
        }
    }
}

type Answer = Result<Value, Refusal>;

pub(super) fn binary(op: Binary, left: &Value, right: &Value, zone: &Zone) -> Answer {
    match op {
        Binary::Equal => equal(left, right).map(Value::Boolean),
        Binary::NotEqual => equal(left, right).map(|same| Value::Boolean(!same)),
        Binary::Less | Binary::LessOrEqual | Binary::Greater | Binary::GreaterOrEqual => {
            let order = compare(left, right)?;
            Ok(Value::Boolean(match op {
                Binary::Less => order.is_lt(),
                Binary::LessOrEqual => order.is_le(),
                Binary::Greater => order.is_gt(),
                _ => order.is_ge(),
            }))
        }
        _ => match (left, right) {
            (Value::Integer(a), Value::Integer(b)) => integers(op, *a, *b),
            (Value::Integer(_) | Value::Number(_), Value::Integer(_) | Value::Number(_)) => {
                match (number(left), number(right)) {
                    (Some(a), Some(b)) => numbers(op, a, b),
                    _ => Err(mixed(op, left, right)),
                }
            }
            _ => others(op, left, right, zone),
        },
    }
}

fn integers(op: Binary, a: i64, b: i64) -> Answer {
    let whole = |value: Option<i64>| value.map(Value::Integer).ok_or_else(Refusal::overflow);
    match op {
        Binary::Add => whole(a.checked_add(b)),
        Binary::Subtract => whole(a.checked_sub(b)),
        Binary::Multiply => whole(a.checked_mul(b)),
        Binary::Remainder if b == 0 => Err(Arithmetic::DivisionByZero.into()),
        // The one case that overflows has a remainder all the same.
        Binary::Remainder => Ok(Value::Integer(a.checked_rem(b).unwrap_or(0))),
        _ => numbers(op, Number::from(a), Number::from(b)),
    }
}

fn numbers(op: Binary, a: Number, b: Number) -> Answer {
    let result = match op {
        Binary::Add => a.checked_add(b),
        Binary::Subtract => a.checked_sub(b),
        Binary::Multiply => a.checked_mul(b),
        Binary::Divide => a.checked_div(b),
        _ => a.checked_rem(b),
    };
    Ok(Value::Number(result?))
}

fn others(op: Binary, left: &Value, right: &Value, zone: &Zone) -> Answer {
    let calendar = |value: Option<Value>, duration: &Duration| match value {
        Some(value) => Ok(value),
        None if duration.is_exact() => {
            Err(Refusal::new("mixed-types", "hours count from a date-time, not from a date"))
        }
        None => Err(Refusal::new("overflow", format!("the date is out of range: {DATES}"))),
    };
    let out = || Refusal::new("overflow", format!("the time is out of range: {TIMES}"));
    match (op, left, right) {
        (Binary::Add, Value::Text(a), Value::Text(b)) => {
            let both = [&**a, &**b].concat();
            // A mark that the second begins with belongs to the first's last letter.
            let apart = b.chars().next().is_none_or(begins_anew);
            Ok(Value::Text(if apart { Arc::from(both) } else { Arc::from(composed(&both)) }))
        }
        (Binary::Add, Value::List(a), Value::List(b)) => {
            Ok(Value::List(Arc::new(a.iter().chain(b.iter()).cloned().collect())))
        }
        (Binary::Add, Value::Date(date), Value::Duration(duration))
        | (Binary::Add, Value::Duration(duration), Value::Date(date)) => {
            calendar(date.add(*duration).map(Value::Date), duration)
        }
        (Binary::Subtract, Value::Date(date), Value::Duration(duration)) => {
            let back = duration.checked_neg().ok_or_else(Refusal::overflow)?;
            calendar(date.add(back).map(Value::Date), duration)
        }
        (Binary::Add, Value::DateTime(time), Value::Duration(duration))
        | (Binary::Add, Value::Duration(duration), Value::DateTime(time)) => {
            time.add(*duration, zone).map(Value::DateTime).ok_or_else(out)
        }
        (Binary::Subtract, Value::DateTime(time), Value::Duration(duration)) => {
            let back = duration.checked_neg().ok_or_else(Refusal::overflow)?;
            time.add(back, zone).map(Value::DateTime).ok_or_else(out)
        }
        (Binary::Subtract, Value::Date(a), Value::Date(b)) => Ok(Value::Duration(a.since(*b))),
        (Binary::Subtract, Value::DateTime(a), Value::DateTime(b)) => {
            Ok(Value::Duration(a.since(*b)))
        }
        (Binary::Add | Binary::Subtract, Value::Duration(a), Value::Duration(b)) => {
            if a.is_exact() != b.is_exact() {
                return Err(Refusal::new(
                    "mixed-types",
                    "calendar days and exact hours do not mix",
                ));
            }
            let b = if op == Binary::Add { Some(*b) } else { b.checked_neg() };
            b.and_then(|b| a.checked_add(b)).map(Value::Duration).ok_or_else(Refusal::overflow)
        }
        (Binary::Multiply, Value::Duration(duration), Value::Integer(times))
        | (Binary::Multiply, Value::Integer(times), Value::Duration(duration)) => {
            duration.checked_mul(*times).map(Value::Duration).ok_or_else(Refusal::overflow)
        }
        _ => Err(mixed(op, left, right)),
    }
}

/// Whether two values are equal; an error where their kinds say that they never can be.
pub(super) fn equal(left: &Value, right: &Value) -> Result<bool, Refusal> {
    match (left, right) {
        (Value::Duration(a), Value::Duration(b)) if a.is_exact() != b.is_exact() => {
            Err(Refusal::new("mixed-types", "calendar days and exact hours cannot be compared"))
        }
        _ if same_kind(left, right) => Ok(left.loose_eq(right)),
        _ => Err(Refusal::new(
            "mixed-types",
            format!("{} and {} cannot be compared", kind_of(left), kind_of(right)),
        )),
    }
}

pub(super) fn compare(left: &Value, right: &Value) -> Result<Ordering, Refusal> {
    match (left, right) {
        (Value::Date(a), Value::Date(b)) => Ok(a.cmp(b)),
        (Value::DateTime(a), Value::DateTime(b)) => Ok(a.cmp(b)),
        (Value::Duration(a), Value::Duration(b)) => a
            .compare(*b)
            .ok_or_else(|| Refusal::new("mixed-types", format!("`{a}` and `{b}` have no order"))),
        _ => match (number(left), number(right)) {
            (Some(a), Some(b)) => Ok(a.cmp(&b)),
            _ if same_kind(left, right) => {
                Err(Refusal::new("wrong-type", format!("{} has no order", kind_of(left))))
            }
            _ => Err(Refusal::new(
                "mixed-types",
                format!("{} and {} cannot be compared", kind_of(left), kind_of(right)),
            )),
        },
    }
}

fn same_kind(left: &Value, right: &Value) -> bool {
    kind_of(left) == kind_of(right)
}

/// An integer or number as a number.
pub(super) fn number(value: &Value) -> Option<Number> {
    match value {
        Value::Integer(integer) => Some(Number::from(*integer)),
        Value::Number(number) => Some(*number),
        _ => None,
    }
}

fn mixed(op: Binary, left: &Value, right: &Value) -> Refusal {
    let (left, right) = (kind_of(left), kind_of(right));
    Refusal::new(
        "mixed-types",
        format!("`{}` does not work between {left} and {right}", op.symbol()),
    )
}

/// Which of its declarations a fact does not keep.
pub(super) fn violated(name: &str, violations: &[Violation]) -> String {
    let each: Vec<String> = violations
        .iter()
        .map(|violation| format!("`{name}{}` {}", violation.path, violation.message))
        .collect();
    each.join("; ")
}
