//! Static types: what a checker knows about a value before it exists.

use std::collections::BTreeMap;
use std::sync::Arc;

use indexmap::IndexMap;

use crate::definition::shape::{Kind, Shape};
use crate::label::Label;
use crate::value::{Flavour as Counted, Value};
use crate::vocabulary;

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Type {
    /// Only known when it runs.
    Any,
    /// No value at all, such as what an assignment leaves.
    Nothing,
    /// Control never comes back: `return`, `break`, `continue`.
    Never,
    Boolean,
    Integer,
    Number,
    Text,
    /// The id of an actor: a text, which is compared as ids are, whatever it has gone through.
    Person,
    /// A text that the id of an actor is put into somewhere: compared as ids are, and any text as well.
    Kept,
    /// Only known when it runs; where it is a text, or a list of such, the id of an actor may be among them.
    Somebody,
    Enum(Arc<IndexMap<String, Label>>),
    Date,
    DateTime,
    Duration(Flavour),
    List(Box<Type>),
    Record(Arc<Record>),
    /// `event` and `event.data`, which are not values themselves.
    Event,
    EventData,
}

/// What a duration is counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Flavour {
    Days,
    Months,
    /// Months and days, or one of the two.
    Calendar,
    Exact,
    /// Only known when it runs.
    Either,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Record {
    pub properties: BTreeMap<Arc<str>, Type>,
    pub additional: Option<Type>,
    /// Whether the names of its entries are ids of actors, and so are compared as such.
    pub named_by_ids: bool,
}

impl Type {
    pub fn of(shape: &Shape) -> Self {
        match &shape.kind {
            Kind::Any => Self::Any,
            Kind::Boolean => Self::Boolean,
            Kind::Integer => Self::Integer,
            Kind::Number => Self::Number,
            Kind::String => Self::Text,
            Kind::Enum(values) => Self::Enum(values.clone()),
            Kind::Date => Self::Date,
            Kind::DateTime => Self::DateTime,
            Kind::Duration => Self::Duration(shape.flavour.map_or(Flavour::Either, Flavour::of)),
            Kind::Array(items) => Self::List(Box::new(Self::of(items))),
            Kind::Object(object) => Self::Record(Arc::new(Record {
                properties: object
                    .properties
                    .iter()
                    .map(|(name, shape)| (Arc::from(name.as_str()), Self::of(shape)))
                    .collect(),
                additional: object.additional.as_ref().map(Self::of),
                named_by_ids: false,
            })),
        }
    }

    /// The type of what the table of functions says; `None` where it follows from the arguments.
    pub fn of_kind(kind: vocabulary::Kind) -> Option<Self> {
        use vocabulary::Kind as Said;
        Some(match kind {
            Said::Boolean => Self::Boolean,
            Said::Integer => Self::Integer,
            Said::Number => Self::Number,
            Said::Text => Self::Text,
            Said::Date => Self::Date,
            Said::DateTime => Self::DateTime,
            Said::Days => Self::Duration(Flavour::Days),
            Said::Months => Self::Duration(Flavour::Months),
            Said::Hours => Self::Duration(Flavour::Exact),
            _ => return None,
        })
    }

    /// Whether values of this type, known to be no records, have a property that those of a kind
    /// have.
    pub fn has_property_of(&self, kind: vocabulary::Kind) -> bool {
        use vocabulary::Kind as Said;
        match self {
            Self::Date => kind == Said::Date,
            Self::DateTime => kind == Said::DateTime,
            Self::Duration(Flavour::Days | Flavour::Calendar) => kind == Said::Days,
            Self::Duration(Flavour::Exact) => kind == Said::Hours,
            Self::Duration(Flavour::Either) => matches!(kind, Said::Days | Said::Hours),
            Self::List(_) => kind == Said::List,
            Self::Text | Self::Person | Self::Kept | Self::Enum(_) => kind == Said::Text,
            _ => false,
        }
    }

    pub fn of_value(value: &Value) -> Self {
        match value {
            Value::Boolean(_) => Self::Boolean,
            Value::Integer(_) => Self::Integer,
            Value::Number(_) => Self::Number,
            Value::Text(_) => Self::Text,
            Value::Date(_) => Self::Date,
            Value::DateTime(_) => Self::DateTime,
            Value::Duration(duration) => {
                Self::Duration(duration.flavour().map_or(Flavour::Calendar, Flavour::of))
            }
            Value::List(items) => Self::list(items.iter().map(Self::of_value)),
            Value::Record(_) => Self::Any,
        }
    }

    pub fn list(items: impl IntoIterator<Item = Self>) -> Self {
        Self::List(Box::new(items.into_iter().reduce(Self::join).unwrap_or(Self::Any)))
    }

    /// What a value is that comes from one of two places.
    pub fn join(self, other: Self) -> Self {
        match (self, other) {
            (a, b) if a == b => a,
            (Self::Never, other) | (other, Self::Never) => other,
            (Self::Nothing, _) | (_, Self::Nothing) => Self::Nothing,
            (a, b) if a.is_number() && b.is_number() => Self::Number,
            (Self::Kept, other) | (other, Self::Kept) if other.is_text() => Self::Kept,
            (Self::Person, other) | (other, Self::Person) if other.is_text() => Self::Person,
            (a, b) if a.is_text() && b.is_text() => Self::Text,
            (Self::Duration(a), Self::Duration(b)) => Self::Duration(a.join(b)),
            (Self::List(a), Self::List(b)) => Self::List(Box::new(a.join(*b))),
            (Self::Record(a), Self::Record(b))
                if a.properties == b.properties && a.additional == b.additional =>
            {
                Self::Record(if a.named_by_ids { a } else { b })
            }
            (a, b) if a.is_person() || b.is_person() => Self::Somebody,
            _ => Self::Any,
        }
    }

    /// This type of a place into which such a value is put: an id of an actor stays one there.
    pub fn keeping(self, found: &Self) -> Self {
        match (self, found) {
            (Self::Text, found) if found.is_person() => Self::Kept,
            (Self::Any, found) if found.is_person() => Self::Somebody,
            (Self::List(items), Self::List(found)) => Self::List(Box::new(items.keeping(found))),
            (Self::List(items), Self::Somebody) => {
                Self::List(Box::new(items.keeping(&Self::Somebody)))
            }
            (Self::Record(record), Self::Record(found)) => {
                let mut record = Arc::unwrap_or_clone(record);
                record.named_by_ids |= found.named_by_ids;
                for (name, kind) in &mut record.properties {
                    if let Some(found) = found.properties.get(name).or(found.additional.as_ref()) {
                        *kind = std::mem::replace(kind, Self::Any).keeping(found);
                    }
                }
                if let Some(kind) = &mut record.additional {
                    let own = &record.properties;
                    let rest = found.properties.iter().filter(|(name, _)| !own.contains_key(*name));
                    for found in rest.map(|(_, kind)| kind).chain(&found.additional) {
                        *kind = std::mem::replace(kind, Self::Any).keeping(found);
                    }
                }
                Self::Record(Arc::new(record))
            }
            (own, _) => own,
        }
    }

    /// What an item of this is, of which nothing else is known.
    pub fn item(&self) -> Self {
        if *self == Self::Somebody { Self::Somebody } else { Self::Any }
    }

    pub fn is_number(&self) -> bool {
        matches!(self, Self::Integer | Self::Number)
    }

    pub fn is_text(&self) -> bool {
        matches!(self, Self::Text | Self::Person | Self::Kept | Self::Enum(_))
    }

    /// Whether a value of this type may be the id of an actor.
    pub fn is_person(&self) -> bool {
        matches!(self, Self::Person | Self::Kept | Self::Somebody)
    }

    /// Whether a value of this type is the id of an actor, or holds such.
    pub fn has_person(&self) -> bool {
        match self {
            Self::List(items) => items.has_person(),
            Self::Record(record) => {
                record.named_by_ids
                    || record.properties.values().chain(&record.additional).any(Self::has_person)
            }
            other => other.is_person(),
        }
    }

    /// Whether a value of this type is what came as the id of an actor, or a list of such.
    pub fn is_sent_by(&self) -> bool {
        match self {
            Self::Person => true,
            Self::List(items) => items.is_sent_by(),
            _ => false,
        }
    }

    /// Nothing is known that could be wrong.
    pub fn is_open(&self) -> bool {
        matches!(self, Self::Any | Self::Never | Self::Somebody)
    }

    /// Whether two values of these types can be compared, whatever they are: durations only where both are surely counted in
    /// the same.
    pub fn comparable(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Duration(a), Self::Duration(b)) => a.compares(*b),
            (Self::List(a), Self::List(b)) => a.comparable(b),
            _ => self.alike(other),
        }
    }

    /// Whether values of these types are of one kind, so that one may stand for the other.
    pub fn alike(&self, other: &Self) -> bool {
        match (self, other) {
            (a, b) if a.is_open() || b.is_open() => true,
            (a, b) if a.is_number() && b.is_number() => true,
            (a, b) if a.is_text() && b.is_text() => true,
            (Self::Boolean, Self::Boolean)
            | (Self::Date, Self::Date)
            | (Self::DateTime, Self::DateTime) => true,
            (Self::Duration(a), Self::Duration(b)) => a.mixes(*b),
            (Self::List(a), Self::List(b)) => a.alike(b),
            (Self::Record(_), Self::Record(_)) => true,
            _ => false,
        }
    }

    /// Whether values of these types have an order: numbers, dates, date-times, durations.
    pub fn ordered(&self) -> bool {
        self.is_open()
            || self.is_number()
            || matches!(self, Self::Date | Self::DateTime | Self::Duration(_))
    }

    /// Whether a value of this type may be put where the other is declared.
    pub fn fits(&self, wanted: &Self) -> bool {
        match (self, wanted) {
            (a, b) if a.is_open() || b.is_open() => true,
            (Self::Integer, Self::Number) => true,
            (Self::Number, Self::Integer) => false,
            (Self::List(a), Self::List(b)) => a.fits(b),
            (a, b) => a.alike(b),
        }
    }

    /// For messages: with an article.
    pub fn name(&self) -> String {
        let name = match self {
            Self::Any | Self::Somebody => "any value",
            Self::Nothing | Self::Never => "nothing",
            Self::Boolean => "a boolean",
            Self::Integer => "a whole number",
            Self::Number => "a number",
            Self::Text | Self::Person | Self::Kept => "a text",
            Self::Enum(_) => "one of a list of texts",
            Self::Date => "a date",
            Self::DateTime => "a date-time",
            Self::Duration(Flavour::Days) => "a duration in days",
            Self::Duration(Flavour::Months) => "a duration in months",
            Self::Duration(Flavour::Calendar) => "a duration in months and days",
            Self::Duration(Flavour::Exact) => "a duration in hours",
            Self::Duration(Flavour::Either) => "a duration",
            Self::List(items) if !items.is_open() => {
                return format!("a list of {}", items.plural());
            }
            Self::List(_) => "a list",
            Self::Record(_) => "a record",
            Self::Event => "the event",
            Self::EventData => "the event's data",
        };
        name.to_owned()
    }

    /// For messages: many of them.
    pub fn plural(&self) -> &'static str {
        match self {
            Self::Boolean => "booleans",
            Self::Integer => "whole numbers",
            Self::Number => "numbers",
            Self::Text | Self::Person | Self::Kept | Self::Enum(_) => "texts",
            Self::Date => "dates",
            Self::DateTime => "date-times",
            Self::Duration(_) => "durations",
            Self::List(_) => "lists",
            Self::Record(_) => "records",
            _ => "values",
        }
    }
}

impl Flavour {
    pub fn of(counted: Counted) -> Self {
        match counted {
            Counted::Days => Self::Days,
            Counted::Months => Self::Months,
            Counted::Exact => Self::Exact,
        }
    }

    /// Whether it is counted on the calendar, and not in hours.
    pub fn is_civil(self) -> bool {
        matches!(self, Self::Days | Self::Months | Self::Calendar)
    }

    /// Whether a value of one may be of the other.
    pub fn mixes(self, other: Self) -> bool {
        let both = |one: Self, other: Self| {
            one == other || one == Self::Either || (one == Self::Calendar && other.is_civil())
        };
        both(self, other) || both(other, self)
    }

    /// Whether any two values of these have an order.
    pub fn compares(self, other: Self) -> bool {
        self == other && matches!(self, Self::Days | Self::Months | Self::Exact)
    }

    /// What a duration from one of two places is counted in; a sum of two civil ones likewise.
    pub fn join(self, other: Self) -> Self {
        match (self, other) {
            (a, b) if a == b => a,
            (a, b) if a.is_civil() && b.is_civil() => Self::Calendar,
            _ => Self::Either,
        }
    }
}

/// The kind of a value, for messages of faults: with an article.
pub(crate) fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Boolean(_) => "a boolean",
        Value::Integer(_) | Value::Number(_) => "a number",
        Value::Text(_) => "a text",
        Value::Date(_) => "a date",
        Value::DateTime(_) => "a date-time",
        Value::Duration(_) => "a duration",
        Value::List(_) => "a list",
        Value::Record(_) => "a record",
    }
}
