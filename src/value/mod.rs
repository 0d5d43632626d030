//! Values: what a fact can hold. Unknown is not a value; where one may be missing there is an `Option`.

mod calendar;
mod duration;
mod hint;
mod json;
mod number;
mod order;
mod pattern;
mod text;
mod time;
mod wide;
mod wire;
mod written;
mod zone;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

pub(crate) use calendar::{Calendar, Holidays, RULES as CALENDAR_RULES};
pub use duration::Duration;
pub(crate) use duration::{Flavour, Length};
pub(crate) use json::{first_special, write_json_string};
pub use number::Number;
pub(crate) use number::{Arithmetic, short as short_number};
pub(crate) use pattern::{NoPattern, Pattern, too_large as too_large_a_pattern};
pub(crate) use text::{begins_anew, composed, is_composed, is_hidden, is_visible, on_one_line};
pub use text::{visible, visible_lines};
pub(crate) use time::{DATES, TIMES};
pub use time::{Date, DateTime};
pub use written::Decimals;
pub(crate) use written::{is_cut, is_space, number_hint, number_in_table, number_with_comma};
pub(crate) use zone::Zone;

/// How deep lists and records may nest: what walks over values calls itself once for each level.
pub(crate) const MAX_NESTING: usize = 64;

/// What a fact, a parameter or a payload can hold.
///
/// ```
/// use tresteg::Value;
/// assert_eq!(Value::from(3), Value::Integer(3));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Value {
    /// True or false.
    Boolean(bool),
    /// A whole number.
    Integer(i64),
    /// An exact decimal.
    Number(Number),
    /// A text; a value of an `enum` too. In Unicode's composed form (NFC), as [`Value::from`] makes it; others are put into
    /// it where a case takes them.
    Text(Arc<str>),
    /// A civil day.
    Date(Date),
    /// An instant, with the offset that it is written with.
    DateTime(DateTime),
    /// A length of time, civil or exact.
    Duration(Duration),
    /// A list.
    List(Arc<Vec<Value>>),
    /// A record; keys in the order of their code points.
    Record(Arc<BTreeMap<Arc<str>, Value>>),
}

impl Value {
    /// What the type is called in messages: `boolean`, `integer`, `number`, `text`, `date`, `date-time`,
    /// `duration`, `list`, `record`.
    #[must_use]
    pub fn type_name(&self) -> &'static str {
        match self {
            Self::Boolean(_) => "boolean",
            Self::Integer(_) => "integer",
            Self::Number(_) => "number",
            Self::Text(_) => "text",
            Self::Date(_) => "date",
            Self::DateTime(_) => "date-time",
            Self::Duration(_) => "duration",
            Self::List(_) => "list",
            Self::Record(_) => "record",
        }
    }

    /// The boolean that this is.
    #[must_use]
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Self::Boolean(value) => Some(*value),
            _ => None,
        }
    }

    /// The integer that this is.
    #[must_use]
    pub fn as_i64(&self) -> Option<i64> {
        match self {
            Self::Integer(value) => Some(*value),
            _ => None,
        }
    }

    /// The number that this is; an integer is one too.
    #[must_use]
    pub fn as_number(&self) -> Option<Number> {
        match self {
            Self::Integer(value) => Some((*value).into()),
            Self::Number(value) => Some(*value),
            _ => None,
        }
    }

    /// The text that this is.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::Text(value) => Some(value),
            _ => None,
        }
    }

    /// The day that this is.
    #[must_use]
    pub fn as_date(&self) -> Option<Date> {
        match self {
            Self::Date(value) => Some(*value),
            _ => None,
        }
    }

    /// The instant that this is.
    #[must_use]
    pub fn as_date_time(&self) -> Option<DateTime> {
        match self {
            Self::DateTime(value) => Some(*value),
            _ => None,
        }
    }

    /// The length of time that this is.
    #[must_use]
    pub fn as_duration(&self) -> Option<Duration> {
        match self {
            Self::Duration(value) => Some(*value),
            _ => None,
        }
    }

    /// The items of the list that this is.
    #[must_use]
    pub fn as_list(&self) -> Option<&[Value]> {
        match self {
            Self::List(items) => Some(items),
            _ => None,
        }
    }

    /// The entries of the record that this is.
    #[must_use]
    pub fn as_record(&self) -> Option<&BTreeMap<Arc<str>, Value>> {
        match self {
            Self::Record(entries) => Some(entries),
            _ => None,
        }
    }

    /// Whether every text in it, keys of records too, is in Unicode's composed form. Does not recurse.
    pub(crate) fn is_composed(&self) -> bool {
        let mut waiting = vec![self];
        while let Some(value) = waiting.pop() {
            match value {
                Self::Text(text) if !is_composed(text) => return false,
                Self::List(items) => waiting.extend(items.iter()),
                Self::Record(entries) if !entries.keys().all(|key| is_composed(key)) => {
                    return false;
                }
                Self::Record(entries) => waiting.extend(entries.values()),
                _ => {}
            }
        }
        true
    }

    /// With every text in Unicode's composed form. Of two keys that become one, the later in the order of their code points
    /// counts. Calls itself once for each level, which whoever asks has bounded.
    pub(crate) fn composed(self) -> Self {
        if self.is_composed() {
            return self;
        }
        match self {
            Self::Text(text) => Self::from(text),
            Self::List(items) => {
                Arc::unwrap_or_clone(items).into_iter().map(Self::composed).collect()
            }
            Self::Record(entries) => {
                let entries = Arc::unwrap_or_clone(entries).into_iter();
                entries
                    .map(|(key, value)| (composed(&key).into_owned(), value.composed()))
                    .collect()
            }
            other => other,
        }
    }

    /// Whether lists and records nest more than so many levels; a list of texts is one level. Does not recurse, so
    /// that it can be asked of any value.
    pub(crate) fn nests_deeper_than(&self, levels: usize) -> bool {
        if !self.is_nest() {
            return false;
        }
        let mut waiting = vec![(self, 0)];
        while let Some((value, above)) = waiting.pop() {
            let inner: &mut dyn Iterator<Item = &Value> = match value {
                Self::List(items) => &mut items.iter(),
                Self::Record(entries) => &mut entries.values(),
                _ => continue,
            };
            if above >= levels {
                return true;
            }
            waiting.extend(inner.filter(|item| item.is_nest()).map(|item| (item, above + 1)));
        }
        false
    }

    /// Frees a value level by level: dropping a very deep one calls itself for each level and would end the stack.
    pub(crate) fn dismantle(self) {
        let mut waiting = vec![self];
        while let Some(value) = waiting.pop() {
            // What others hold too is not freed by letting go of it.
            match value {
                Self::List(items) => waiting.extend(Arc::into_inner(items).into_iter().flatten()),
                Self::Record(entries) => {
                    waiting.extend(
                        Arc::into_inner(entries).into_iter().flat_map(BTreeMap::into_values),
                    );
                }
                _ => {}
            }
        }
    }

    fn is_nest(&self) -> bool {
        matches!(self, Self::List(_) | Self::Record(_))
    }
}

/// For people: texts without quotes and with what nobody would see written out (see [`visible`]), numbers with every digit,
/// dates as ISO 8601 writes them, lists as `[a, b]`, records as `{key: value}`. [`Value::to_json`] is for machines.
impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Boolean(value) => value.fmt(f),
            Self::Integer(value) => value.fmt(f),
            Self::Number(value) => value.fmt(f),
            Self::Text(value) => f.pad(&visible(value)),
            Self::Date(value) => value.fmt(f),
            Self::DateTime(value) => value.fmt(f),
            Self::Duration(value) => value.fmt(f),
            Self::List(items) => {
                f.write_str("[")?;
                for (index, item) in items.iter().enumerate() {
                    write!(f, "{}{item}", if index == 0 { "" } else { ", " })?;
                }
                f.write_str("]")
            }
            Self::Record(entries) => {
                f.write_str("{")?;
                for (index, (key, value)) in entries.iter().enumerate() {
                    let comma = if index == 0 { "" } else { ", " };
                    write!(f, "{comma}{}: {value}", visible(key))?;
                }
                f.write_str("}")
            }
        }
    }
}

macro_rules! from {
    ($($type:ty => $variant:ident),+ $(,)?) => {$(
        impl From<$type> for Value {
            // Where the type is known, the value need not be made before it is stored.
            #[inline]
            fn from(value: $type) -> Self {
                Self::$variant(value.into())
            }
        }
    )+};
}

from! {
    bool => Boolean,
    i32 => Integer,
    i64 => Integer,
    u32 => Integer,
    Number => Number,
    Date => Date,
    DateTime => DateTime,
    Duration => Duration,
    Vec<Value> => List,
    BTreeMap<Arc<str>, Value> => Record,
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(Arc::from(composed(text)))
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::from(text.as_str())
    }
}

impl From<Arc<str>> for Value {
    fn from(text: Arc<str>) -> Self {
        if is_composed(&text) { Self::Text(text) } else { Self::from(&*text) }
    }
}

/// A list.
impl FromIterator<Value> for Value {
    fn from_iter<I: IntoIterator<Item = Value>>(items: I) -> Self {
        Self::List(Arc::new(items.into_iter().collect()))
    }
}

/// A record; of two equal keys the last counts.
impl<K: Into<Arc<str>>> FromIterator<(K, Value)> for Value {
    fn from_iter<I: IntoIterator<Item = (K, Value)>>(entries: I) -> Self {
        Self::Record(Arc::new(
            entries.into_iter().map(|(key, value)| (key.into(), value)).collect(),
        ))
    }
}

/// A text that does not stand for a value of the type it was read as.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidValue {
    message: String,
}

impl InvalidValue {
    pub(crate) fn new(text: &str, expected: &str) -> Self {
        Self { message: format!("`{}` is not {expected}", brief(text)) }
    }

    /// With what to write instead, where that is known.
    pub(crate) fn hint(mut self, hint: Option<String>) -> Self {
        if let Some(hint) = hint {
            self.message.push_str("; ");
            self.message.push_str(&hint);
        }
        self
    }
}

impl fmt::Display for InvalidValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for InvalidValue {}

/// What of a text a message shows: the beginning, and only what can be seen.
pub(crate) fn brief(text: &str) -> String {
    const SHOWN: usize = 60;
    let end = text.char_indices().nth(SHOWN).map(|(end, _)| end);
    let mut shown = visible(text.get(..end.unwrap_or(text.len())).unwrap_or(text)).into_owned();
    if end.is_some() {
        shown.push('…');
    }
    shown
}

#[cfg(test)]
mod tests;
