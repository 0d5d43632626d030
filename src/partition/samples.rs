//! Values that are worth trying for a fact: those that a rule tells apart, and its bounds.

use std::sync::Arc;

use super::classes::step;
use crate::definition::shape::{Kind, Object, Shape};
use crate::value::{Date, DateTime, Duration, Number, Value, Zone};

/// As many as are tried for one fact.
pub(crate) const MOST: usize = 48;
/// Items of a list that is made up.
const ITEMS: i64 = 64;

/// What there is to choose from.
pub(crate) struct Palette<'a> {
    /// What rules compare with.
    pub constants: &'a [Value],
    /// The time of the case, for dates.
    pub now: DateTime,
    pub zone: &'a Zone,
}

impl Palette<'_> {
    /// Values that fit a declaration, the plainest first, each once.
    pub fn values(&self, shape: &Shape) -> Vec<Value> {
        let mut found = Vec::new();
        for value in self.raw(shape, 0) {
            if let Ok(value) = shape.admit(value, self.zone)
                && !found.contains(&value)
            {
                found.push(value);
            }
            if found.len() >= MOST {
                break;
            }
        }
        found
    }

    fn raw(&self, shape: &Shape, depth: usize) -> Vec<Value> {
        let numbers = || self.constants.iter().filter_map(Value::as_number);
        match &shape.kind {
            Kind::Boolean => vec![true.into(), false.into()],
            Kind::Enum(values) => values.keys().map(|value| value.as_str().into()).collect(),
            Kind::Integer | Kind::Number => self.numbers(shape),
            Kind::String => {
                let texts = self.constants.iter().filter(|value| matches!(value, Value::Text(_)));
                let mut found: Vec<Value> = shape
                    .pattern
                    .iter()
                    .flat_map(|pattern| pattern.samples())
                    .map(|sample| sample.as_str().into())
                    .collect();
                found.push(sample(shape, "text"));
                found.extend(texts.cloned());
                found.push("".into());
                found
            }
            Kind::Date => {
                let dates = self.constants.iter().filter_map(Value::as_date);
                let today = self.now.date();
                let mut found = Vec::new();
                for date in std::iter::once(today).chain(dates) {
                    found.extend([0, 1, -1].into_iter().filter_map(|days| later(date, days)));
                }
                found
                    .extend([30, -30, 400, -400].into_iter().filter_map(|days| later(today, days)));
                found.into_iter().map(Value::Date).collect()
            }
            Kind::DateTime => {
                let times = self.constants.iter().filter_map(Value::as_date_time);
                let around = std::iter::once(self.now).chain(times);
                let steps = [0, SECOND, -SECOND, 30 * DAY, -30 * DAY];
                let found = around
                    .flat_map(|time| steps.into_iter().filter_map(move |step| moved(time, step)));
                found.map(Value::DateTime).collect()
            }
            Kind::Duration => {
                let known = self.constants.iter().filter_map(Value::as_duration);
                let plain = [Duration::days(1), Duration::days(30), Duration::hours(1)];
                plain.into_iter().flatten().chain(known).map(Value::Duration).collect()
            }
            Kind::Array(items) => {
                let one = if depth < 2 { self.raw(items, depth + 1) } else { Vec::new() };
                let mut found = vec![Value::List(Arc::default())];
                found.extend(
                    one.iter().take(12).map(|item| std::iter::once(item.clone()).collect()),
                );
                if matches!(items.kind, Kind::Enum(_)) {
                    found.push(one.iter().cloned().collect());
                }
                for number in numbers().filter_map(Number::to_i64) {
                    found.extend(
                        (number - 1..=number + 1).filter_map(|length| self.list(items, length)),
                    );
                }
                found
            }
            Kind::Object(object) => self.records(object, depth),
            Kind::Any => {
                let mut found: Vec<Value> = self.constants.to_vec();
                found.extend([true.into(), 1.into(), "text".into()]);
                found
            }
        }
    }

    fn numbers(&self, shape: &Shape) -> Vec<Value> {
        let unit_of =
            |number: Number| grid(shape).unwrap_or_else(|| Number::decimal_place(number.scale()));
        let mut found: Vec<Number> = Vec::new();
        // The values nearest to a number, on both sides: those that are admitted lie on steps.
        let around = |number: Number, found: &mut Vec<Number>| {
            let unit = unit_of(number);
            let odd = match grid(shape) {
                Some(step) => number.checked_rem(step).unwrap_or(Number::ZERO),
                None => Number::ZERO,
            };
            let Ok(on) = number.checked_sub(odd) else { return };
            found.push(on);
            found.extend(on.checked_sub(unit));
            found.extend(on.checked_add(unit));
        };
        for number in self.constants.iter().filter_map(Value::as_number) {
            around(number, &mut found);
        }
        let bounds = [shape.minimum, shape.maximum];
        let exclusive = [shape.exclusive_minimum, shape.exclusive_maximum];
        for bound in bounds.into_iter().chain(exclusive).flatten() {
            found.push(bound);
            around(bound, &mut found);
        }
        found.extend([0, 1, 2].map(Number::from));
        found.into_iter().map(|number| whole(shape, number)).collect()
    }

    /// The first numbers that a declaration admits, from its least or 0 on, and some below 0.
    pub fn first(&self, shape: &Shape, many: usize) -> Vec<Value> {
        let step = grid(shape).unwrap_or(Number::from(1));
        let least = shape.minimum.or(shape.exclusive_minimum);
        let start = match least {
            Some(least) if least > Number::ZERO => {
                let odd = least.checked_rem(step).unwrap_or(Number::ZERO);
                least.checked_sub(odd).unwrap_or(least)
            }
            _ => Number::ZERO,
        };
        let many = i64::try_from(many).unwrap_or(0);
        let numbers = (0..many).chain(-5..0).filter_map(|number| {
            let by = step.checked_mul(Number::from(number)).ok()?;
            start.checked_add(by).ok()
        });
        let values = numbers.map(|number| shape.admit(whole(shape, number), self.zone));
        values.filter_map(Result::ok).collect()
    }

    fn records(&self, object: &Object, depth: usize) -> Vec<Value> {
        let plain: Vec<(Arc<str>, Value)> = object
            .properties
            .iter()
            .filter_map(|(name, shape)| {
                let value = if depth < 3 { self.raw(shape, depth + 1) } else { Vec::new() };
                let fits =
                    value.into_iter().find(|value| shape.admit(value.clone(), self.zone).is_ok());
                Some((Arc::from(name.as_str()), fits?))
            })
            .collect();
        let mut found: Vec<Value> = vec![plain.iter().cloned().collect()];
        if depth < 2 {
            for (name, shape) in &object.properties {
                for value in self.raw(shape, depth + 1).into_iter().take(8) {
                    let changed = plain.iter().map(|(key, plain)| {
                        let value = if **key == **name { value.clone() } else { plain.clone() };
                        (key.clone(), value)
                    });
                    found.push(changed.collect());
                }
            }
        }
        found
    }

    /// A list of so many plain items, different ones where they can be.
    pub fn list(&self, items: &Shape, length: i64) -> Option<Value> {
        if !(0..=ITEMS).contains(&length) {
            return None;
        }
        let length = usize::try_from(length).ok()?;
        let some = self.raw(items, 1);
        let fits = |value: &Value| items.admit(value.clone(), self.zone).is_ok();
        let list: Option<Vec<Value>> = (0..length)
            .map(|place| match &items.kind {
                Kind::Enum(_) | Kind::Boolean => some.get(place).or(some.last()).cloned(),
                Kind::Integer | Kind::Number => {
                    let number = i64::try_from(place + 1).ok().map(Value::Integer);
                    number.filter(fits).or_else(|| some.iter().find(|value| fits(value)).cloned())
                }
                Kind::String if items.pattern.is_some() => {
                    some.get(place % some.len().max(1)).cloned()
                }
                Kind::String => Some(sample(items, &format!("text-{}", place + 1))),
                Kind::Object(_) => some.first().map(|record| told_apart(record, place)),
                _ => some.get(place % some.len().max(1)).cloned(),
            })
            .collect();
        list.map(|list| Value::List(Arc::new(list)))
    }

    /// A plain value that fits.
    pub fn plain(&self, shape: &Shape) -> Option<Value> {
        self.values(shape).into_iter().next()
    }
}

/// Texts of a record are numbered, so that two of them differ.
fn told_apart(record: &Value, place: usize) -> Value {
    let Value::Record(entries) = record else { return record.clone() };
    let entries = entries.iter().map(|(key, value)| {
        let value = match value {
            Value::Text(text) if &**text == "text" => format!("text-{}", place + 1).into(),
            other => other.clone(),
        };
        (Arc::clone(key), value)
    });
    entries.collect()
}

/// A text of a length that fits.
fn sample(shape: &Shape, text: &str) -> Value {
    let least = usize::try_from(shape.min_length.unwrap_or(0)).unwrap_or(0).min(1_000);
    let most = shape.max_length.and_then(|most| usize::try_from(most).ok()).unwrap_or(usize::MAX);
    let mut text: String = text.chars().take(most).collect();
    while text.chars().count() < least {
        text.push('x');
    }
    text.into()
}

/// What the values of a number are multiples of, if of anything.
pub(crate) fn grid(shape: &Shape) -> Option<Number> {
    step(shape).flatten()
}

fn whole(shape: &Shape, number: Number) -> Value {
    match (&shape.kind, number.to_i64()) {
        (Kind::Integer, Some(whole)) => Value::Integer(whole),
        _ => Value::Number(number),
    }
}

const SECOND: i64 = 1_000_000;
const DAY: i64 = 86_400 * SECOND;

fn later(date: Date, days: i64) -> Option<Date> {
    date.add(Duration::days(days)?)
}

fn moved(time: DateTime, microseconds: i64) -> Option<DateTime> {
    DateTime::from_microseconds(time.microseconds().checked_add(microseconds)?)
}

/// How far one side of a comparison is from the other.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Gap {
    Numbers(Number, Number),
    /// Between days and civil durations.
    Days(i64),
    /// Between instants and exact durations.
    Microseconds(i64),
}

impl Gap {
    /// What the subject would have to grow by to reach its limit, with the step of this comparison.
    pub fn between(
        subject: &Value,
        limit: &Value,
        unit: impl Fn(Number) -> Number,
    ) -> Option<Self> {
        match (subject, limit) {
            (Value::Date(a), Value::Date(b)) => b.since(*a).as_days().map(Self::Days),
            (Value::DateTime(a), Value::DateTime(b)) => {
                b.microseconds().checked_sub(a.microseconds()).map(Self::Microseconds)
            }
            (Value::Duration(a), Value::Duration(b)) => {
                let gap = a.checked_neg().and_then(|less| b.checked_add(less))?;
                gap.as_days()
                    .map(Self::Days)
                    .or_else(|| Some(Self::Microseconds(gap.as_seconds()?.checked_mul(SECOND)?)))
            }
            _ => {
                let (a, b) = (subject.as_number()?, limit.as_number()?);
                Some(Self::Numbers(b.checked_sub(a).ok()?, unit(b)))
            }
        }
    }

    /// Values of a fact that bring the two sides together, and a step to each side of that, if the fact counts for the
    /// subject or against it by its own amount.
    pub fn close(self, value: &Value, shape: &Shape, palette: &Palette) -> Vec<Value> {
        let mut found = Vec::new();
        for step in [0, -1, 1] {
            for sign in [1, -1] {
                found.extend(self.shift(value, shape, palette, step, sign));
            }
        }
        found
    }

    /// Whole microseconds that bring the two sides together, and a step to each side of that.
    pub fn instants(self) -> Vec<i64> {
        let one = match self {
            Self::Numbers(gap, _) => gap.to_i64().and_then(|gap| gap.checked_mul(DAY)),
            Self::Days(days) => days.checked_mul(DAY),
            Self::Microseconds(gap) => Some(gap),
        };
        let Some(gap) = one else { return Vec::new() };
        let day = if matches!(self, Self::Microseconds(_)) { SECOND } else { DAY };
        let steps = [0, day, -day];
        steps
            .into_iter()
            .flat_map(|step| {
                [gap.checked_add(step), gap.checked_neg().and_then(|gap| gap.checked_add(step))]
            })
            .flatten()
            .collect()
    }

    fn shift(
        self,
        value: &Value,
        shape: &Shape,
        palette: &Palette,
        step: i64,
        sign: i64,
    ) -> Option<Value> {
        let (number, days, microseconds) = match self {
            Self::Numbers(gap, unit) => {
                let gap = match step {
                    0 => gap,
                    1 => gap.checked_add(unit).ok()?,
                    _ => gap.checked_sub(unit).ok()?,
                };
                (gap, gap.to_i64(), gap.to_i64().and_then(|days| days.checked_mul(DAY)))
            }
            Self::Days(days) => {
                let days = days.checked_add(step)?;
                (days.into(), Some(days), days.checked_mul(DAY))
            }
            Self::Microseconds(gap) => {
                let gap = gap.checked_add(step * SECOND)?;
                ((gap / DAY).into(), Some(gap / DAY), Some(gap))
            }
        };
        let signed = |amount: i64| amount.checked_mul(sign);
        Some(match value {
            Value::Integer(_) | Value::Number(_) => {
                let number = if sign < 0 { number.neg() } else { number };
                whole(shape, value.as_number()?.checked_add(number).ok()?)
            }
            Value::Date(date) => Value::Date(later(*date, signed(days?)?)?),
            Value::DateTime(time) => Value::DateTime(moved(*time, signed(microseconds?)?)?),
            Value::Duration(length) if length.is_exact() => {
                let hours = signed(microseconds? / (3_600 * SECOND))?;
                Value::Duration(length.checked_add(Duration::hours(hours)?)?)
            }
            Value::Duration(length) => {
                Value::Duration(length.checked_add(Duration::days(signed(days?)?)?)?)
            }
            Value::List(items) => {
                let Kind::Array(item) = &shape.kind else { return None };
                let length = i64::try_from(items.len()).ok()?.checked_add(signed(days?)?)?;
                palette.list(item, length)?
            }
            _ => return None,
        })
    }
}
