//! Whether a value fits a declaration.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

use indexmap::IndexMap;

use super::{Kind, Object, Shape, Span, Violation};
use crate::diagnostic::nearest;
use crate::label::Label;
use crate::language::problems as say;
use crate::said::{Phrase, Said};
use crate::value::{
    Date, DateTime, Duration, MAX_NESTING, Number, Value, Zone, brief, composed, is_composed,
    number_hint,
};
use crate::work::looked_at;

/// How many violations are listed before the rest is only counted.
const LISTED: usize = 20;

/// How many values of an `enum` or names of properties a message names or compares with.
const NAMED: usize = 12;
const COMPARED: usize = 1_000;

impl Shape {
    /// Takes a value as it came from outside (JSON read without knowing the type, a host's or a script's) and
    /// gives it the declared type: a text becomes a date where a date is declared, `1.0` becomes the integer 1, an integer a
    /// number. Texts are put into their composed form. Every way in which it does not fit is reported, not only the first; beyond 20 they are counted.
    pub fn admit(&self, value: Value, zone: &Zone) -> Result<Value, Vec<Violation>> {
        if self.is_plainly(&value) {
            return Ok(value);
        }
        if let (Kind::DateTime, Value::DateTime(at), true) =
            (&self.kind, &value, self.is_any_time())
        {
            return Ok(at.in_zone(zone).into());
        }
        let mut check = Check { zone, path: Vec::new(), found: Vec::new(), unlisted: 0 };
        if value.nests_deeper_than(MAX_NESTING) {
            value.dismantle();
            check.report(|| (said(&say::NESTED, [MAX_NESTING.to_string()]), None));
            return Err(check.finish());
        }
        let admitted = check.value(self, value);
        match (admitted, check.found.is_empty()) {
            (Some(value), true) => Ok(value),
            _ => Err(check.finish()),
        }
    }

    /// Whether a value is as declared at a look, as most are.
    fn is_plainly(&self, value: &Value) -> bool {
        match (&self.kind, value) {
            (Kind::Boolean, Value::Boolean(_)) => true,
            (Kind::Date, Value::Date(_)) | (Kind::Duration, Value::Duration(_)) => {
                self.is_any_time()
            }
            (Kind::String, Value::Text(text)) => {
                self.min_length.is_none()
                    && self.max_length.is_none()
                    && self.pattern.is_none()
                    && is_composed(text)
            }
            _ => false,
        }
    }
}

/// Letters of a day as it is written.
const DAY: usize = 10;

struct Check<'a> {
    zone: &'a Zone,
    path: Vec<Step>,
    found: Vec<Violation>,
    /// Found beyond those listed.
    unlisted: usize,
}

enum Step {
    Item(usize),
    Entry(Arc<str>),
}

impl Check<'_> {
    /// The value with its declared type; `None` where it has another, which is then reported.
    fn value(&mut self, shape: &Shape, value: Value) -> Option<Value> {
        match (&shape.kind, value) {
            (Kind::Any, value @ Value::Duration(_)) => Some(self.within(shape, value)),
            (Kind::Any, value) => Some(value.composed()),
            (Kind::Boolean, value @ Value::Boolean(_)) => Some(value),
            (Kind::Integer, Value::Integer(value)) => {
                self.bounds(shape, || value.into());
                Some(Value::Integer(value))
            }
            (Kind::Integer, Value::Number(value)) => {
                let Some(integer) = value.to_i64() else {
                    self.report(|| match value.is_whole() {
                        true => (Said::of(&say::TOO_LARGE, [amount(shape, &value)]), None),
                        false => (Said::of(&say::NOT_WHOLE, [amount(shape, &value)]), None),
                    });
                    return None;
                };
                self.bounds(shape, || value);
                Some(Value::Integer(integer))
            }
            (Kind::Number, Value::Integer(value)) => {
                self.bounds(shape, || value.into());
                Some(Value::Number(value.into()))
            }
            (Kind::Number, Value::Number(value)) => {
                self.bounds(shape, || value);
                Some(Value::Number(value))
            }
            (Kind::String, Value::Text(text)) => {
                let text = whole(text);
                self.length(shape, &text);
                self.pattern(shape, &text);
                Some(Value::Text(text))
            }
            (Kind::Enum(allowed), Value::Text(text)) => {
                let text = whole(text);
                self.member(allowed, &text);
                Some(Value::Text(text))
            }
            (Kind::Date, value @ Value::Date(_)) => Some(self.within(shape, value)),
            (Kind::Date, Value::Text(text)) => {
                let value = self.date(&text)?;
                Some(self.within(shape, value))
            }
            (Kind::DateTime, Value::DateTime(value)) => {
                Some(self.within(shape, value.in_zone(self.zone).into()))
            }
            (Kind::DateTime, Value::Text(text)) => {
                let value = self.date_time(&text)?;
                Some(self.within(shape, value))
            }
            (Kind::Duration, value @ Value::Duration(_)) => Some(self.within(shape, value)),
            (Kind::Duration, Value::Text(text)) => {
                let value = self.duration(&text)?;
                Some(self.within(shape, value))
            }
            (Kind::Array(items), Value::List(list)) => self.list(shape, items, list),
            (Kind::Object(object), Value::Record(record)) => self.record(object, record),
            (kind, value) => {
                self.report(|| {
                    let message = Said::of(&say::WRONG_TYPE, [named(kind), shown(&value)]);
                    (message, unquoted(kind, &value))
                });
                None
            }
        }
    }

    fn bounds(&mut self, shape: &Shape, value: impl Fn() -> Number) {
        let bounds = [
            (&shape.minimum, &say::AT_LEAST, Number::lt as fn(&Number, &Number) -> bool),
            (&shape.maximum, &say::AT_MOST, Number::gt),
            (&shape.exclusive_minimum, &say::MORE_THAN, Number::le),
            (&shape.exclusive_maximum, &say::LESS_THAN, Number::ge),
        ];
        for (bound, words, is_beyond) in bounds {
            if let Some(bound) = bound
                && is_beyond(&value(), bound)
            {
                self.report(|| {
                    (Said::of(words, [amount(shape, bound), amount(shape, &value())]), None)
                });
            }
        }
        if let Some(unit) = shape.multiple_of
            && !value().checked_rem(unit).is_ok_and(Number::is_zero)
        {
            self.report(|| {
                (Said::of(&say::MULTIPLE, [amount(shape, &unit), amount(shape, &value())]), None)
            });
        }
    }

    /// The date, date-time or duration, looked at for its bounds.
    fn within(&mut self, shape: &Shape, value: Value) -> Value {
        if shape.is_any_time() {
            return value;
        }
        if let Value::Duration(length) = value {
            if let Some(flavour) = shape.flavour.filter(|flavour| !length.is_of(*flavour)) {
                self.report(|| {
                    let (units, example) = (flavour.units(), flavour.example());
                    let parts = [units.to_owned(), example.to_owned(), length.to_string()];
                    (said(&say::UNITS, parts), None)
                });
                return value;
            }
            if shape.counted_from && length.is_negative() {
                self.report(|| (said(&say::NEGATIVE, [length.to_string()]), None));
                return value;
            }
        }
        let Span { minimum, maximum, exclusive_minimum, exclusive_maximum } = &shape.span;
        for (bound, words, is_beyond) in [
            (minimum, &say::AT_LEAST, Ordering::is_lt as fn(Ordering) -> bool),
            (maximum, &say::AT_MOST, Ordering::is_gt),
            (exclusive_minimum, &say::MORE_THAN, Ordering::is_le),
            (exclusive_maximum, &say::LESS_THAN, Ordering::is_ge),
        ] {
            // What has no order with the bound is not within it.
            if let Some(bound) = bound
                && value.in_time(bound).is_none_or(is_beyond)
            {
                self.report(|| (said(words, [bound.to_string(), value.to_string()]), None));
            }
        }
        value
    }

    fn length(&mut self, shape: &Shape, text: &str) {
        if shape.min_length.is_none() && shape.max_length.is_none() {
            return;
        }
        let length = text.chars().count() as u64;
        if let Some(least) = shape.min_length
            && length < least
        {
            self.report(|| {
                (
                    Said::of(
                        &say::FEWEST_CHARACTERS,
                        [
                            counted(least, &say::CHARACTER, &say::CHARACTERS),
                            length.to_string().into(),
                        ],
                    ),
                    None,
                )
            });
        }
        if let Some(most) = shape.max_length
            && length > most
        {
            self.report(|| {
                (
                    Said::of(
                        &say::MOST_CHARACTERS,
                        [
                            counted(most, &say::CHARACTER, &say::CHARACTERS),
                            length.to_string().into(),
                        ],
                    ),
                    None,
                )
            });
        }
    }

    fn pattern(&mut self, shape: &Shape, text: &str) {
        let Some(pattern) = &shape.pattern else { return };
        looked_at(pattern.steps(text));
        if pattern.is_in(text) {
            return;
        }
        self.report(|| {
            let message = said(&say::MATCH, [brief(pattern.as_str()), brief(text)]);
            let trimmed = text.trim();
            let hint = if trimmed != text && pattern.is_in(trimmed) {
                Some(said::<0>(&say::TRIM, []))
            } else {
                pattern
                    .samples()
                    .iter()
                    .find(|sample| !sample.trim().is_empty())
                    .map(|sample| said(&say::SUCH_AS, [brief(sample)]))
            };
            (message, hint)
        });
    }

    fn member(&mut self, allowed: &IndexMap<String, Label>, text: &str) {
        if allowed.contains_key(text) {
            return;
        }
        self.report(|| {
            let names = || allowed.keys().map(String::as_str);
            let listed = allowed
                .iter()
                .take(NAMED)
                .map(|(name, title)| Said::Entitled { name: brief(name), title: title.clone() });
            let mut listed: Vec<Said> = listed.collect();
            let more = allowed.len().checked_sub(NAMED).filter(|more| *more > 0);
            let last = match more {
                Some(more) => Some(said(&say::MORE_VALUES, [more.to_string()])),
                None => listed.pop(),
            };
            let is = Said::from(brief(text));
            let message = match (last, listed.is_empty()) {
                (None, _) => Said::of(&say::NO_VALUE, []),
                (Some(only), true) => Said::of(&say::ONE_VALUE, [only, is]),
                (Some(last), false) => {
                    Said::of(&say::SEVERAL_VALUES, [Said::List(listed), last, is])
                }
            };
            (message, meant(text, names()))
        });
    }

    fn date(&mut self, text: &str) -> Option<Value> {
        let zone = self.zone;
        let date = Date::parse(text);
        if date.is_none() {
            self.report(|| {
                let hint = DateTime::parse_in_table(text, zone)
                    .map(|time| said(&say::LEAVE_OUT_TIME, [time.date().to_string()]))
                    .or_else(|| Date::slip(text).map(Said::Message));
                (said(&say::NO_DATE, [brief(text)]), hint)
            });
        }
        date.map(Value::Date)
    }

    fn date_time(&mut self, text: &str) -> Option<Value> {
        let zone = self.zone;
        // A day alone may be meant for a date; one without an offset is on the clock of the file.
        let time = DateTime::parse(text, zone)
            .or_else(|| DateTime::parse_civil(text, zone).filter(|_| text.len() > DAY));
        if time.is_none() {
            self.report(|| {
                let hint = DateTime::slip_on_clock(text, zone).map(Said::Message);
                (said(&say::NO_TIME, [brief(text)]), hint)
            });
        }
        time.map(Value::DateTime)
    }

    fn duration(&mut self, text: &str) -> Option<Value> {
        match Duration::parse_explained(text) {
            Ok(duration) => Some(Value::Duration(duration)),
            Err(problem) => {
                let parts = [brief(text).into(), Said::Message(problem)];
                self.report(|| (Said::of(&say::NO_DURATION, parts), None));
                None
            }
        }
    }

    fn list(&mut self, shape: &Shape, items: &Shape, list: Arc<Vec<Value>>) -> Option<Value> {
        let length = list.len() as u64;
        if let Some(least) = shape.min_items
            && length < least
        {
            self.report(|| {
                (
                    Said::of(
                        &say::FEWEST_CHARACTERS,
                        [counted(least, &say::ITEM, &say::ITEMS), length.to_string().into()],
                    ),
                    None,
                )
            });
        }
        if let Some(most) = shape.max_items
            && length > most
        {
            self.report(|| {
                (
                    Said::of(
                        &say::MOST_CHARACTERS,
                        [counted(most, &say::ITEM, &say::ITEMS), length.to_string().into()],
                    ),
                    None,
                )
            });
        }
        let mut admitted = Vec::with_capacity(list.len());
        for (index, item) in Arc::unwrap_or_clone(list).into_iter().enumerate() {
            self.path.push(Step::Item(index));
            admitted.push(self.value(items, item));
            self.path.pop();
        }
        if shape.unique_items {
            for (index, first) in repeated(&admitted) {
                self.path.push(Step::Item(index));
                self.report(|| (said(&say::REPEATED, [first.to_string()]), None));
                self.path.pop();
            }
        }
        Some(admitted.into_iter().flatten().collect())
    }

    fn record(&mut self, object: &Object, record: Arc<BTreeMap<Arc<str>, Value>>) -> Option<Value> {
        for name in object.required.iter().filter(|name| !record.contains_key(name.as_str())) {
            self.report(|| (said(&say::LACKS, [brief(name)]), None));
        }
        let mut admitted: BTreeMap<Arc<str>, Value> = BTreeMap::new();
        for (key, value) in Arc::unwrap_or_clone(record) {
            let key = whole(key);
            if admitted.contains_key(&key) {
                self.report(|| (said(&say::TWICE, [brief(&key)]), None));
                continue;
            }
            let Some(shape) = object.properties.get(&*key).or(object.additional.as_ref()) else {
                self.report(|| {
                    let declared = object.properties.keys().map(String::as_str);
                    let hint = meant(&key, declared);
                    (said(&say::UNDECLARED, [brief(&key)]), hint)
                });
                continue;
            };
            self.path.push(Step::Entry(Arc::clone(&key)));
            if let Some(value) = self.value(shape, value) {
                admitted.insert(key, value);
            }
            self.path.pop();
        }
        Some(Value::from(admitted))
    }

    /// Lists a problem at the present place, or counts it if enough are listed: a hostile value has millions.
    fn report(&mut self, describe: impl FnOnce() -> (Said, Option<Said>)) {
        if self.found.len() >= LISTED {
            self.unlisted += 1;
            return;
        }
        let (message, hint) = describe();
        self.found.push(Violation { path: shown_path(&self.path), message, hint });
    }

    fn finish(mut self) -> Vec<Violation> {
        if self.unlisted > 0 {
            let message = said(&say::AND_MORE, [self.unlisted.to_string()]);
            self.found.push(Violation { path: String::new(), message, hint: None });
        }
        self.found
    }
}

/// A number of a declaration, with its unit.
fn amount(shape: &Shape, number: &Number) -> Said {
    Said::Number { plain: number.to_string(), unit: shape.unit.as_deref().map(Into::into) }
}

/// Items that equal an earlier one: their index and that of the first, in order.
fn repeated(items: &[Option<Value>]) -> Vec<(usize, usize)> {
    let mut sorted: Vec<(usize, &Value)> = items
        .iter()
        .enumerate()
        .filter_map(|(index, item)| Some((index, item.as_ref()?)))
        .collect();
    // Stable, so that of equal items the first comes first.
    sorted.sort_by(|(_, a), (_, b)| a.total_cmp(b));
    let mut found: Vec<(usize, usize)> = sorted
        .chunk_by(|(_, a), (_, b)| a.loose_eq(b))
        .filter_map(<[_]>::split_first)
        .flat_map(|((first, _), others)| others.iter().map(|(index, _)| (*index, *first)))
        .collect();
    found.sort_unstable();
    found
}

fn meant<'a>(written: &str, names: impl Iterator<Item = &'a str>) -> Option<Said> {
    let near = nearest(written, names.take(COMPARED));
    near.map(|near| said(&say::DID_YOU_MEAN, [near.to_owned()]))
}

fn shown_path(path: &[Step]) -> String {
    let mut shown = String::new();
    for step in path {
        let _: std::fmt::Result = match step {
            Step::Item(index) => write!(shown, "[{index}]"),
            Step::Entry(key) if is_plain(key) => write!(shown, ".{key}"),
            Step::Entry(key) => write!(shown, "[`{}`]", brief(key)),
        };
    }
    shown
}

fn is_plain(key: &str) -> bool {
    !key.is_empty()
        && key.len() <= 60
        && key.bytes().all(|byte| byte == b'_' || byte.is_ascii_alphanumeric())
}

fn shown(value: &Value) -> Said {
    let phrase = match value {
        Value::Boolean(_) | Value::Integer(_) | Value::Number(_) => {
            return value.to_string().into();
        }
        Value::Text(text) => return said(&say::THE_TEXT, [brief(text)]),
        Value::List(_) => &say::A_LIST,
        Value::Record(_) => &say::A_RECORD,
        Value::Date(_) => &say::THE_DATE,
        Value::DateTime(_) => &say::THE_DATE_TIME,
        Value::Duration(_) => &say::THE_DURATION,
    };
    match value {
        Value::List(_) | Value::Record(_) => Said::of(phrase, []),
        _ => said(phrase, [value.to_string()]),
    }
}

/// A text in its composed form.
fn whole(text: Arc<str>) -> Arc<str> {
    if is_composed(&text) { text } else { Arc::from(composed(&text)) }
}

/// For what was put into quotes, or not, by habit.
fn unquoted(kind: &Kind, value: &Value) -> Option<Said> {
    match (kind, value) {
        (Kind::Integer | Kind::Number, Value::Text(text)) if Number::parse(text).is_some() => {
            Some(Said::of(&say::NO_QUOTES, []))
        }
        (Kind::Integer | Kind::Number, Value::Text(text)) => {
            number_hint(text).map(|hint| Said::of(&say::WITHOUT_QUOTES, [hint]))
        }
        (Kind::Boolean, Value::Text(text)) if matches!(&**text, "true" | "false") => {
            Some(said(&say::WRITE_WITHOUT, [text.to_string()]))
        }
        (
            Kind::String | Kind::Enum(_),
            Value::Boolean(_) | Value::Integer(_) | Value::Number(_),
        ) => Some(Said::of(&say::QUOTES, [])),
        _ => None,
    }
}

/// A type with its article.
fn named(kind: &Kind) -> Said {
    let phrase = match kind {
        Kind::Any => &say::ANY_VALUE,
        Kind::Boolean => &say::A_BOOLEAN,
        Kind::Integer => &say::AN_INTEGER,
        Kind::Number => &say::A_NUMBER,
        Kind::String | Kind::Enum(_) => &say::A_TEXT,
        Kind::Date => &say::A_DATE,
        Kind::DateTime => &say::A_DATE_TIME,
        Kind::Duration => &say::A_DURATION,
        Kind::Array(_) => &say::A_LIST,
        Kind::Object(_) => &say::A_RECORD,
    };
    Said::of(phrase, [])
}

fn counted(number: u64, one: &'static Phrase, several: &'static Phrase) -> Said {
    said(if number == 1 { one } else { several }, [number.to_string()])
}

/// A phrase about names and values, which are the same in every language.
fn said<const N: usize>(phrase: &'static Phrase, parts: [String; N]) -> Said {
    Said::of(phrase, parts.map(Said::from))
}

#[cfg(test)]
mod tests;
