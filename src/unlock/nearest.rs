//! The value that is nearest to what there is, and those around it that would do as well, where all else stays as found.

use std::cmp::Ordering;
use std::sync::Arc;

use super::question::Question;
use super::tries;
use crate::definition::shape::Kind;
use crate::judge::{Answer, Bounds, Input, Opening, Region, Situation};
use crate::value::{Date, DateTime, Duration, Length, Number, Value};

/// Questions about one value where no other way is left.
const HALVINGS: u32 = 80;

/// Values of one thing that open it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Nearest {
    pub value: Value,
    pub range: Range,
    /// Others that do as well, where they are few.
    pub one_of: Vec<Value>,
    pub is_nearest: bool,
}

/// Both ends, each with whether it is excluded; `None` where the declaration ends it.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Range {
    pub low: Option<(Value, bool)>,
    pub high: Option<(Value, bool)>,
    /// Whether it is known: else only the value is.
    pub is_known: bool,
}

/// The nearest value of a thing; `found` opens it.
pub(super) fn nearest(question: &Question, found: &Situation, input: &Input) -> Option<Nearest> {
    let base = question.base();
    let (was, is) = (question.value(&base, input), question.value(found, input)?);
    let from = question.with(found, input, was.clone());
    let plain = |value: Value| Nearest {
        value,
        range: Range::default(),
        one_of: Vec::new(),
        is_nearest: false,
    };
    let opens = |value: &Value| question.is_open(&question.with(&from, input, Some(value.clone())));
    if let Some(all) = listed(question, &from, input) {
        let open: Vec<Value> =
            all.into_iter().filter(|value| was.as_ref() != Some(value) && opens(value)).collect();
        // Of any other text there is no nearest.
        let is_nearest = !open.is_empty();
        let value = match open.first() {
            Some(first) => first.clone(),
            None => is,
        };
        let one_of = if open.len() > 1 { open } else { Vec::new() };
        return Some(Nearest { value, range: Range::default(), one_of, is_nearest });
    }
    let opening = Opening { between: None, ..question.opening.clone() };
    let regions = question.judge(&from, &[input]).regions(&opening, input);
    let few = || {
        let all = tries::all(tries::shape(question, input)?)?;
        let last = all.len().checked_sub(1)?;
        let each = all.into_iter().enumerate().map(|(place, value)| {
            let end = |is_end: bool| (!is_end).then(|| (value.clone(), false));
            Region { low: end(place == 0), high: end(place == last), sample: value.clone() }
        });
        Some(each.collect::<Vec<_>>())
    };
    let Some(regions) = regions.or_else(few) else {
        let Some(was) = was else { return Some(plain(is)) };
        return Some(halved(question, &from, input, &was, is));
    };
    // Where only days matter, days are told.
    let is_day = regions.iter().any(|region| matches!(region.sample, Value::Date(_)));
    let was = match was {
        Some(Value::DateTime(at)) if is_day => Some(Value::Date(at.date())),
        was => was,
    };
    let ranges = joined(&regions, &opens);
    let at = measure(&is);
    let inside = |range: &&(Range, Value)| at.is_some_and(|at| range.0.holds(at));
    let mut best: Option<(Number, Nearest)> = None;
    for (range, sample) in &ranges {
        let (value, far) = match (&was, range.closest(was.as_ref())) {
            (Some(was), Some(value)) => {
                let far = measure(was).zip(measure(&value));
                let far = far.and_then(|(was, is)| is.checked_sub(was).ok()).map(Number::abs);
                (value, far.unwrap_or(Number::from(0)))
            }
            (None, Some(value)) => (value, Number::from(0)),
            (_, None) => (sample.clone(), Number::from(0)),
        };
        if best.as_ref().is_some_and(|(other, _)| *other <= far) {
            continue;
        }
        let value = match opens(&value) {
            true => value,
            false => sample.clone(),
        };
        let range = range.clone();
        best = Some((far, Nearest { value, range, one_of: Vec::new(), is_nearest: true }));
    }
    let known = best.map(|(_, best)| best).filter(|best| opens(&best.value));
    Some(known.unwrap_or_else(|| match ranges.iter().find(inside) {
        Some((range, _)) => Nearest { range: range.clone(), ..plain(is) },
        None => plain(is),
    }))
}

/// Values that are tried one by one.
fn listed(question: &Question, from: &Situation, input: &Input) -> Option<Vec<Value>> {
    let shape = tries::shape(question, input)?;
    match &shape.kind {
        Kind::Boolean | Kind::Enum(_) => tries::all(shape),
        Kind::String => {
            let mut judge = question.judge(from, &[input]);
            // What rules compare with is known once they have been asked.
            let _ = judge.regions(&question.opening, input);
            let zone = &question.compiled.definition.zone;
            let words = judge.words().into_iter().map(|word: Arc<str>| Value::Text(word));
            Some(words.filter(|word| shape.admit(word.clone(), zone).is_ok()).collect())
        }
        _ => None,
    }
}

/// Neighbours that open it, put together, each with one of its values.
fn joined(regions: &[Region], opens: &dyn Fn(&Value) -> bool) -> Vec<(Range, Value)> {
    let mut found: Vec<(Range, Value)> = Vec::new();
    let mut goes_on = false;
    for region in regions {
        let is_open = opens(&region.sample);
        if is_open {
            match found.last_mut().filter(|_| goes_on) {
                Some((range, _)) => range.high = region.high.clone(),
                None => {
                    let (low, high) = (region.low.clone(), region.high.clone());
                    found.push((Range { low, high, is_known: true }, region.sample.clone()));
                }
            }
        }
        goes_on = is_open;
    }
    found
}

impl Range {
    fn holds(&self, at: Number) -> bool {
        let end = |bound: &Option<(Value, bool)>, wrong: Ordering| match bound {
            Some((value, excluded)) => measure(value).is_some_and(|value| match at.cmp(&value) {
                Ordering::Equal => !excluded,
                order => order != wrong,
            }),
            None => true,
        };
        end(&self.low, Ordering::Less) && end(&self.high, Ordering::Greater)
    }

    /// Its value that is closest to one outside it; of an unknown one, the end that a rule sets.
    fn closest(&self, was: Option<&Value>) -> Option<Value> {
        let is_below = |value: &Value| match was.and_then(measure) {
            Some(was) => measure(value).is_some_and(|value| was <= value),
            None => true,
        };
        match (&self.low, &self.high) {
            (Some((low, excluded)), high) if is_below(low) => match excluded {
                false => Some(low.clone()),
                true => beside(low, true, was, high.as_ref().map(|(high, _)| high)),
            },
            (low, Some((high, excluded))) => match excluded {
                false => Some(high.clone()),
                true => beside(high, false, was, low.as_ref().map(|(low, _)| low)),
            },
            _ => None,
        }
    }
}

/// A value next to one that is excluded, with as many decimals as are written, short of another.
fn beside(end: &Value, above: bool, was: Option<&Value>, before: Option<&Value>) -> Option<Value> {
    let end = end.as_number()?;
    let written = |value: Option<&Value>| {
        value.and_then(Value::as_number).map_or(0, |number| number.decimals())
    };
    let places = end.decimals().max(written(was)).max(written(before));
    (places..places + 3).find_map(|places| {
        let step = Number::parse(&match places {
            0 => "1".to_owned(),
            places => format!("0.{}1", "0".repeat(places.saturating_sub(1) as usize)),
        });
        let at = if above { end.checked_add(step?) } else { end.checked_sub(step?) }.ok()?;
        let before = before.and_then(Value::as_number);
        before
            .is_none_or(|other| if above { at < other } else { at > other })
            .then_some(Value::Number(at))
    })
}

/// A value as a number on one scale for its kind.
pub(super) fn measure(value: &Value) -> Option<Number> {
    match value {
        Value::Date(date) => Some(Number::from(date.days())),
        Value::DateTime(at) => Some(Number::from(at.microseconds())),
        Value::Duration(length) => match length.length() {
            Length::Civil { months: 0, days } => Some(Number::from(i64::from(days))),
            Length::Civil { months, days: 0 } => Some(Number::from(i64::from(months))),
            Length::Civil { .. } => None,
            Length::Exact { microseconds } => Some(Number::from(microseconds)),
        },
        value => value.as_number(),
    }
}

/// The closest value by halving what lies between: each half is found to stay shut, or to hold one that opens it.
fn halved(question: &Question, from: &Situation, input: &Input, was: &Value, is: Value) -> Nearest {
    let mut best = is;
    let mut asked = 0;
    // Nothing nearer on the one side, then on the other.
    let mut proven = true;
    for round in 0..2 {
        let mut shut = was.clone();
        let mut open = match round {
            0 => Some(best.clone()),
            _ => mirrored(was, &best).filter(|_| *input != Input::Time),
        };
        while let Some(end) = open.clone() {
            asked += 1;
            let near = half(&shut, &end, input);
            let middle = near.clone().unwrap_or_else(|| end.clone());
            if asked > HALVINGS {
                proven = false;
                break;
            }
            let (low, high) = bounds(&shut, &middle);
            // What is known to open it, or lies as far off as that, is nothing nearer.
            let beside = |end: Option<(Value, bool)>| end.map(|(value, _)| (value, true));
            let ends = if near.is_none() { (beside(low), beside(high)) } else { (low, high) };
            let between = Some((input.clone(), ends));
            let opening = Opening { between, ..question.opening.clone() };
            match question.opens(from, &[input], &opening) {
                (Answer::Possible, Some(found)) => {
                    let Some(value) = question.value(&found, input) else { break };
                    best = value.clone();
                    if near.is_none() {
                        // Finer than anybody writes.
                        proven = false;
                        break;
                    }
                    open = Some(value);
                }
                (Answer::Impossible, _) if near.is_none() => break,
                (Answer::Impossible, _) => shut = middle,
                _ if near.is_none() || round == 1 => {
                    proven = false;
                    break;
                }
                // Not proven, but a nearer one all the same.
                _ => {
                    proven = false;
                    if question.is_open(&question.with(from, input, Some(middle.clone()))) {
                        best = middle.clone();
                        open = Some(middle);
                    } else {
                        shut = middle;
                    }
                }
            }
        }
    }
    Nearest { value: best, range: Range::default(), one_of: Vec::new(), is_nearest: proven }
}

/// From one that stays shut, excluded, to another.
fn bounds(shut: &Value, middle: &Value) -> Bounds {
    let (shut_at, middle_at) = (measure(shut), measure(middle));
    let (shut, middle) = (Some((shut.clone(), true)), Some((middle.clone(), false)));
    if shut_at < middle_at { (shut, middle) } else { (middle, shut) }
}

/// A value between two, where there is any: towards the first, on the grid of whole ones.
fn half(shut: &Value, open: &Value, input: &Input) -> Option<Value> {
    let middle = |a: i64, b: i64| -> Option<i64> {
        let middle = i128::midpoint(a.into(), b.into());
        let middle = i64::try_from(middle).ok()?;
        (middle != a && middle != b).then_some(middle)
    };
    match (shut, open) {
        (Value::Integer(a), Value::Integer(b)) => middle(*a, *b).map(Value::Integer),
        (Value::Date(a), Value::Date(b)) => {
            Some(Value::Date(Date::from_days(middle(a.days(), b.days())?)?))
        }
        (Value::DateTime(a), Value::DateTime(b)) => {
            // Of the time itself days are enough at first, and nobody asks for less than a second.
            let least = if *input == Input::Time { 1_000_000 } else { 1 };
            let (a, b) = (a.microseconds(), b.microseconds());
            let middle = middle(a, b)?;
            ((b - a).abs() > least)
                .then(|| DateTime::from_microseconds(middle))
                .flatten()
                .map(Value::DateTime)
        }
        (Value::Duration(a), Value::Duration(b)) => match (a.length(), b.length()) {
            (Length::Civil { months: 0, days: a }, Length::Civil { months: 0, days: b }) => {
                Some(Value::Duration(Duration::days(middle(a.into(), b.into())?)?))
            }
            (Length::Exact { microseconds: a }, Length::Exact { microseconds: b }) => {
                Some(Value::Duration(Duration::exact(middle(a, b)?)))
            }
            _ => None,
        },
        _ => {
            let (a, b) = (shut.as_number()?, open.as_number()?);
            let middle = a.checked_add(b).ok()?.checked_mul(Number::parse("0.5")?).ok()?;
            // Finer than anybody writes.
            (middle.decimals() <= 8 && middle != a && middle != b).then_some(Value::Number(middle))
        }
    }
}

/// As far on the other side.
fn mirrored(was: &Value, is: &Value) -> Option<Value> {
    let turned = |a: i64, b: i64| a.checked_mul(2)?.checked_sub(b);
    Some(match (was, is) {
        (Value::Integer(a), Value::Integer(b)) => Value::Integer(turned(*a, *b)?),
        (Value::Date(a), Value::Date(b)) => {
            Value::Date(Date::from_days(turned(a.days(), b.days())?)?)
        }
        (Value::DateTime(a), Value::DateTime(b)) => Value::DateTime(DateTime::from_microseconds(
            turned(a.microseconds(), b.microseconds())?,
        )?),
        (Value::Duration(_), _) => return None,
        _ => {
            let (a, b) = (was.as_number()?, is.as_number()?);
            Value::Number(a.checked_add(a).ok()?.checked_sub(b).ok()?)
        }
    })
}
