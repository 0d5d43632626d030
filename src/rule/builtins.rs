//! The functions of the language, for known arguments.

use std::cmp::Ordering;
use std::sync::Arc;

use super::eval::{Eval, Evaluator, Stop};
use super::operate::{self, Refusal};
use super::program::{Builtin, Node};
use super::syntax::{Binary, Extent};
use super::types::kind_of;
use crate::person::{NAMES, Person};
use crate::value::{Arithmetic, Calendar, DATES, Date, Duration, Number, Value, composed};

fn of_person(id: &Value) -> Value {
    match id {
        Value::Text(id) => Value::from(Person::of(id).key()),
        other => other.clone(),
    }
}

impl<'r> Evaluator<'r, '_> {
    /// A value with the ids in it, where they stand, in the form in which all of one person are equal.
    fn within(&mut self, at: Extent, value: &Value, parts: &Value) -> Eval<Value> {
        self.spend(at, 1)?;
        match (value, parts) {
            (id @ Value::Text(_), Value::Text(_)) => Ok(of_person(id)),
            (Value::List(items), Value::Text(_)) => {
                self.spend(at, items.len())?;
                Ok(items.iter().map(of_person).collect())
            }
            (Value::List(items), Value::List(parts)) => {
                let Some(parts) = parts.first() else { return Ok(value.clone()) };
                items.iter().map(|item| self.within(at, item, parts)).collect()
            }
            (Value::Record(record), Value::Record(parts)) => {
                let rest = parts.get("*");
                let are_ids = parts.contains_key(NAMES);
                let entries = record.iter().map(|(name, value)| {
                    let own = parts.get(name).filter(|_| &**name != NAMES);
                    let value = match own.or(rest) {
                        Some(parts) => self.within(at, value, parts)?,
                        None => value.clone(),
                    };
                    let name = match are_ids {
                        true => Arc::from(Person::of(name).key()),
                        false => Arc::clone(name),
                    };
                    Ok((name, value))
                });
                entries.collect::<Eval<Vec<_>>>().map(Value::from_iter)
            }
            (other, _) => Ok(other.clone()),
        }
    }

    pub(super) fn builtin(
        &mut self,
        node: &Node,
        builtin: &Builtin,
        args: Vec<Value>,
    ) -> Eval<Value> {
        let at = node.at;
        let mut args = args.into_iter();
        let first = args
            .next()
            .ok_or_else(|| self.fault(at, "wrong-arguments", "an argument is missing"))?;
        let (second, third) = (args.next(), args.next());
        match builtin {
            Builtin::Days => self.length(at, &first, Duration::days),
            Builtin::Weeks => self.length(at, &first, Duration::weeks),
            Builtin::Months => self.length(at, &first, Duration::months),
            Builtin::Years => self.length(at, &first, Duration::years),
            Builtin::Hours => self.length(at, &first, Duration::hours),
            Builtin::Minutes => self.length(at, &first, Duration::minutes),
            Builtin::Seconds => self.length(at, &first, Duration::seconds),
            Builtin::YearsBetween | Builtin::MonthsBetween => match (&first, &second) {
                (Value::Date(from), Some(Value::Date(to))) => {
                    let months = from.months_to(*to);
                    let years = *builtin == Builtin::YearsBetween;
                    Ok(Value::Integer(if years { months / 12 } else { months }))
                }
                (Value::Date(_), Some(other)) | (other, _) => Err(self.wrong(at, "a date", other)),
            },
            Builtin::WorkdaysBetween => match (&first, &second) {
                (Value::Date(from), Some(Value::Date(to))) => {
                    let calendar = self.calendar(at)?;
                    let count =
                        calendar.between(*from, *to, |operations| self.spend(at, operations))?;
                    Ok(Value::Integer(count))
                }
                (Value::Date(_), Some(other)) | (other, _) => Err(self.wrong(at, "a date", other)),
            },
            Builtin::AddWorkdays => self.workdays(at, &first, second.as_ref(), 1),
            Builtin::SubtractWorkdays => self.workdays(at, &first, second.as_ref(), -1),
            Builtin::NextWorkday => self.next_workday(at, &first),
            Builtin::Date => self.date(at, &first, second.as_ref(), third.as_ref()),
            Builtin::Len => {
                let length = match &first {
                    Value::List(items) => items.len(),
                    Value::Record(entries) => entries.len(),
                    Value::Text(text) => {
                        self.spend(at, text.len() / 64)?;
                        text.chars().count()
                    }
                    other => return Err(self.wrong(at, "a list, a record or a text", other)),
                };
                Ok(Value::Integer(i64::try_from(length).unwrap_or(i64::MAX)))
            }
            Builtin::IsEmpty => Ok(Value::Boolean(match &first {
                Value::List(items) => items.is_empty(),
                Value::Record(entries) => entries.is_empty(),
                Value::Text(text) => text.is_empty(),
                other => return Err(self.wrong(at, "a list, a record or a text", other)),
            })),
            Builtin::Sum => self.sum(at, &first),
            Builtin::Sort => self.sorted(at, &first),
            Builtin::Reverse => match &first {
                Value::List(items) => {
                    self.spend(at, items.len())?;
                    self.list(at, items.iter().rev().cloned().collect())
                }
                other => Err(self.wrong(at, "a list", other)),
            },
            Builtin::Covers(values) => match &first {
                Value::List(items) => {
                    self.spend(at, items.len().saturating_mul(values.len()) / 4)?;
                    Ok(Value::Boolean(values.iter().all(|value| items.contains(value))))
                }
                other => Err(self.wrong(at, "a list", other)),
            },
            Builtin::Keys | Builtin::Values => match &first {
                Value::Record(entries) => {
                    let items = if *builtin == Builtin::Keys {
                        entries.keys().cloned().map(Value::Text).collect()
                    } else {
                        entries.values().cloned().collect()
                    };
                    self.list(at, items)
                }
                other => Err(self.wrong(at, "a record", other)),
            },
            Builtin::StartsWith | Builtin::EndsWith => match (&first, &second) {
                (Value::Text(text), Some(Value::Text(part))) => {
                    Ok(Value::Boolean(if *builtin == Builtin::StartsWith {
                        text.starts_with(&**part)
                    } else {
                        text.ends_with(&**part)
                    }))
                }
                (Value::Text(_), Some(other)) | (other, _) => Err(self.wrong(at, "a text", other)),
            },
            Builtin::Lower | Builtin::Upper | Builtin::Trim => match &first {
                Value::Text(text) => {
                    self.text_fits(at, text.len())?;
                    let changed = match builtin {
                        Builtin::Lower => text.to_lowercase(),
                        Builtin::Upper => text.to_uppercase(),
                        _ => text.trim().to_owned(),
                    };
                    // Some letters grow with their case.
                    self.text_fits(at, changed.len())?;
                    Ok(Value::Text(Arc::from(composed(&changed))))
                }
                other => Err(self.wrong(at, "a text", other)),
            },
            Builtin::Matches(pattern) => match &first {
                Value::Text(text) => {
                    self.spend(at, pattern.steps(text) / 16)?;
                    Ok(Value::Boolean(pattern.is_in(text)))
                }
                other => Err(self.wrong(at, "a text", other)),
            },
            Builtin::SubString => self.sub_string(at, &first, second.as_ref(), third.as_ref()),
            Builtin::Split => self.split(at, &first, second.as_ref()),
            Builtin::Min | Builtin::Max => {
                let Some(second) = second else {
                    return self.outermost(node, *builtin == Builtin::Min, &first);
                };
                let order = operate::compare(&first, &second)
                    .map_err(|refusal| self.refused(at, refusal))?;
                let wanted =
                    if *builtin == Builtin::Min { Ordering::Greater } else { Ordering::Less };
                Ok(if order == wanted { second } else { first })
            }
            Builtin::Abs => match &first {
                Value::Integer(value) => match value.checked_abs() {
                    Some(value) => Ok(Value::Integer(value)),
                    None => Err(self.refused(at, Refusal::overflow())),
                },
                Value::Number(value) => Ok(Value::Number(value.abs())),
                other => Err(self.wrong(at, "a number", other)),
            },
            Builtin::Floor => self.whole(at, &first, Number::floor),
            Builtin::Ceil => self.whole(at, &first, Number::ceil),
            Builtin::Round => match second {
                None => self.whole(at, &first, |number| number.round(0)),
                Some(digits) => self.round(at, &first, &digits),
            },
            Builtin::Person if second.is_some() => {
                let parts = second.unwrap_or_else(|| Value::from(""));
                self.within(at, &first, &parts)
            }
            Builtin::Entry => {
                let (Value::Record(record), Some(Value::Text(id))) = (&first, &second) else {
                    return Ok(second.unwrap_or(first));
                };
                if record.contains_key(id) {
                    return Ok(Value::Text(Arc::clone(id)));
                }
                let person = Person::of(id);
                // Looking for one costs less than what a script does with each.
                self.spend(at, record.len() / 16)?;
                let own = record.keys().find(|key| Person::of(key) == person);
                Ok(Value::Text(Arc::clone(own.unwrap_or(id))))
            }
            Builtin::Person => match &first {
                Value::List(items) => {
                    self.spend(at, items.len())?;
                    Ok(items.iter().map(of_person).collect())
                }
                other => Ok(of_person(other)),
            },
            Builtin::Div => match (&first, &second) {
                (Value::Integer(_), Some(Value::Integer(0))) => {
                    Err(self.refused(at, Arithmetic::DivisionByZero.into()))
                }
                (Value::Integer(a), Some(Value::Integer(b))) => match a.checked_div(*b) {
                    Some(value) => Ok(Value::Integer(value)),
                    None => Err(self.refused(at, Refusal::overflow())),
                },
                (Value::Integer(_), Some(other)) | (other, _) => {
                    Err(self.wrong(at, "a whole number", other))
                }
            },
        }
    }

    fn wrong(&self, at: Extent, wanted: &str, found: &Value) -> Stop {
        self.fault(at, "wrong-type", format!("this needs {wanted}, it is {}", kind_of(found)))
    }

    fn length(&self, at: Extent, count: &Value, make: fn(i64) -> Option<Duration>) -> Eval<Value> {
        let count = self.whole_number(at, count)?;
        make(count).map(Value::Duration).ok_or_else(|| self.refused(at, Refusal::overflow()))
    }

    fn whole_number(&self, at: Extent, value: &Value) -> Eval<i64> {
        match value {
            Value::Integer(count) => Ok(*count),
            Value::Number(number) => number.to_i64().ok_or_else(|| {
                let message = format!("this needs a whole number, it is {number}");
                self.fault(at, "wrong-type", message)
            }),
            other => Err(self.wrong(at, "a whole number", other)),
        }
    }

    /// `from + workdays(n)`, and `from - workdays(n)` with a sign of -1. A date-time keeps its time of day in the zone.
    fn workdays(
        &mut self,
        at: Extent,
        from: &Value,
        count: Option<&Value>,
        sign: i64,
    ) -> Eval<Value> {
        let count =
            count.ok_or_else(|| self.fault(at, "wrong-arguments", "an argument is missing"))?;
        let count = self.whole_number(at, count)?.checked_mul(sign);
        let count = count.ok_or_else(|| self.refused(at, Refusal::overflow()))?;
        let zone = &self.rules.zone;
        let day = match from {
            Value::Date(date) => *date,
            Value::DateTime(time) => time.in_zone(zone).date(),
            other => return Err(self.wrong(at, "a date or a date-time", other)),
        };
        let calendar = self.calendar(at)?;
        let found = calendar.add(day, count, |operations| self.spend(at, operations))?;
        let Some(found) = found else { return Err(self.beyond(at)) };
        match from {
            Value::DateTime(time) => {
                let moved = time.add(found.since(day), zone);
                moved.map(Value::DateTime).ok_or_else(|| self.beyond(at))
            }
            _ => Ok(Value::Date(found)),
        }
    }

    fn next_workday(&mut self, at: Extent, day: &Value) -> Eval<Value> {
        let Value::Date(day) = day else { return Err(self.wrong(at, "a date", day)) };
        let calendar = self.calendar(at)?;
        let found = calendar.next(*day, |operations| self.spend(at, operations))?;
        found.map(Value::Date).ok_or_else(|| self.beyond(at))
    }

    fn calendar(&self, at: Extent) -> Eval<&'r Calendar> {
        let rules = self.rules;
        // The checker has asked for it.
        rules.calendar.as_ref().ok_or_else(|| self.fault(at, "no-calendar", "there is no calendar"))
    }

    fn beyond(&self, at: Extent) -> Stop {
        self.fault(at, "overflow", format!("the date is out of range: {DATES}"))
    }

    fn date(
        &self,
        at: Extent,
        first: &Value,
        month: Option<&Value>,
        day: Option<&Value>,
    ) -> Eval<Value> {
        let date = match (first, month, day) {
            (Value::Text(text), None, None) => Date::parse(text),
            (Value::Integer(year), Some(Value::Integer(month)), Some(Value::Integer(day))) => {
                Date::new(*year, *month, *day)
            }
            (other, None, None) => {
                return Err(self.wrong(at, "a text such as `2026-09-01`", other));
            }
            _ => {
                return Err(self.fault(
                    at,
                    "wrong-type",
                    "this needs year, month and day as whole numbers",
                ));
            }
        };
        date.map(Value::Date).ok_or_else(|| self.fault(at, "bad-date", "there is no such date"))
    }

    fn sum(&mut self, at: Extent, list: &Value) -> Eval<Value> {
        let Value::List(items) = list else { return Err(self.wrong(at, "a list", list)) };
        self.spend(at, items.len())?;
        let mut sum: Option<Value> = None;
        for item in items.iter() {
            if !matches!(item, Value::Integer(_) | Value::Number(_) | Value::Duration(_)) {
                return Err(self.wrong(at, "a list of numbers", item));
            }
            sum = Some(match sum {
                None => item.clone(),
                Some(sum) => self.operate(Binary::Add, at, &sum, item)?,
            });
        }
        Ok(sum.unwrap_or(Value::Integer(0)))
    }

    /// The least item of a list, or the greatest; of those that are equal the first.
    fn outermost(&mut self, node: &Node, least: bool, list: &Value) -> Eval<Value> {
        let Value::List(items) = list else { return Err(self.wrong(node.at, "a list", list)) };
        let wanted = if least { Ordering::Less } else { Ordering::Greater };
        let mut found: Option<&Value> = None;
        for item in items.iter() {
            self.spend(node.at, 1)?;
            // A list of one is looked at too: what has no order is no least.
            let order = self.ordered(node.at, item, found.unwrap_or(item))?;
            if found.is_none() || order == wanted {
                found = Some(item);
            }
        }
        match found {
            Some(item) => Ok(item.clone()),
            None => Err(self.note(|this| this.text(node.at).to_owned())),
        }
    }

    fn sorted(&mut self, at: Extent, list: &Value) -> Eval<Value> {
        let Value::List(items) = list else { return Err(self.wrong(at, "a list", list)) };
        let keyed = items.iter().map(|item| (item.clone(), item.clone())).collect();
        self.sorted_by(at, keyed)
    }

    /// Items in ascending order of the keys in front of them.
    pub(super) fn sorted_by(&mut self, at: Extent, mut keyed: Vec<(Value, Value)>) -> Eval<Value> {
        let compared = keyed.len().checked_ilog2().map_or(1, |levels| levels as usize + 1);
        self.spend(at, keyed.len().saturating_mul(compared))?;
        if let Some((first, _)) = keyed.first() {
            // All that have an order with one have one with each other.
            for (key, _) in &keyed {
                self.ordered(at, first, key)?;
            }
        }
        keyed.sort_by(|(a, _), (b, _)| operate::compare(a, b).unwrap_or(Ordering::Equal));
        self.list(at, keyed.into_iter().map(|(_, item)| item).collect())
    }

    pub(super) fn ordered(&self, at: Extent, a: &Value, b: &Value) -> Eval<Ordering> {
        operate::compare(a, b).map_err(|refusal| self.refused(at, refusal))
    }

    fn sub_string(
        &mut self,
        at: Extent,
        text: &Value,
        from: Option<&Value>,
        count: Option<&Value>,
    ) -> Eval<Value> {
        let Value::Text(text) = text else { return Err(self.wrong(at, "a text", text)) };
        let number = |number: Option<&Value>| match number {
            None => Ok(usize::MAX),
            Some(number) => usize::try_from(self.whole_number(at, number)?).map_err(|_| {
                let message = format!("characters are counted from 0, this is {number}");
                self.fault(at, "out-of-bounds", message)
            }),
        };
        let (from, count) = (number(from)?, number(count)?);
        self.spend(at, text.len() / 16)?;
        let part: String = text.chars().skip(from).take(count).collect();
        self.text_fits(at, part.len())?;
        Ok(Value::Text(Arc::from(composed(&part))))
    }

    fn split(&mut self, at: Extent, text: &Value, separator: Option<&Value>) -> Eval<Value> {
        let (Value::Text(text), Some(Value::Text(separator))) = (text, separator) else {
            let other = if matches!(text, Value::Text(_)) { separator } else { Some(text) };
            return Err(self.wrong(at, "a text", other.unwrap_or(text)));
        };
        if separator.is_empty() {
            let message = "a separator has at least one character";
            return Err(self.fault(at, "out-of-bounds", message));
        }
        self.spend(at, text.len() / 16)?;
        self.grow(at, text.len() as u64)?;
        let count = text.matches(&**separator).count() + 1;
        self.spend(at, count)?;
        self.list_fits(at, count)?;
        let parts = text.split(&**separator);
        self.list(at, parts.map(|part| Value::Text(Arc::from(composed(part)))).collect())
    }

    fn whole(&self, at: Extent, value: &Value, change: fn(Number) -> Number) -> Eval<Value> {
        match value {
            Value::Integer(value) => Ok(Value::Integer(*value)),
            Value::Number(number) => match change(*number).to_i64() {
                Some(value) => Ok(Value::Integer(value)),
                None => Err(self.refused(at, Refusal::overflow())),
            },
            other => Err(self.wrong(at, "a number", other)),
        }
    }

    fn round(&self, at: Extent, value: &Value, digits: &Value) -> Eval<Value> {
        let Some(number) = operate::number(value) else {
            return Err(self.wrong(at, "a number", value));
        };
        let digits = match digits {
            Value::Integer(digits) => u32::try_from(*digits).ok().filter(|digits| *digits <= 28),
            other => return Err(self.wrong(at, "a whole number of digits", other)),
        };
        match digits {
            Some(digits) => Ok(Value::Number(number.round(digits))),
            None => {
                Err(self.fault(at, "out-of-bounds", "the number of digits must be from 0 to 28"))
            }
        }
    }
}
