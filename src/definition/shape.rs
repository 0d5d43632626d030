//! What a value must look like: the subset of JSON Schema that facts, parameters and payload are declared in.

mod admit;
mod grid;
mod schema;

pub(crate) use grid::Grid;
use std::sync::Arc;

use indexmap::IndexMap;

use crate::label::Label;
use crate::said::Said;
use crate::value::{Flavour, Number, Pattern, Value};

/// A declaration, resolved: `types` are written out.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Shape {
    pub kind: Kind,
    /// Bounds of an integer or number, in the words of JSON Schema.
    pub minimum: Option<Number>,
    pub maximum: Option<Number>,
    pub exclusive_minimum: Option<Number>,
    pub exclusive_maximum: Option<Number>,
    pub multiple_of: Option<Number>,
    /// Bounds of a date, date-time or duration.
    pub span: Span,
    /// What a duration is counted in; `None` where nothing tells.
    pub flavour: Option<Flavour>,
    /// Whether a term runs `after` it, so that it is never negative.
    pub counted_from: bool,
    /// Bounds in characters (Unicode code points in the composed form, as JSON Schema counts).
    pub min_length: Option<u64>,
    pub max_length: Option<u64>,
    /// What is found in the text.
    pub pattern: Option<Pattern>,
    pub min_items: Option<u64>,
    pub max_items: Option<u64>,
    pub unique_items: bool,
    pub unit: Option<String>,
    pub personal: bool,
    pub title: Label,
    pub description: Label,
}

/// Bounds of what is a time: each of the kind that is bounded.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Span {
    pub minimum: Option<Value>,
    pub maximum: Option<Value>,
    pub exclusive_minimum: Option<Value>,
    pub exclusive_maximum: Option<Value>,
}

impl Span {
    pub fn iter(&self) -> impl Iterator<Item = &Value> {
        let Self { minimum, maximum, exclusive_minimum, exclusive_maximum } = self;
        [minimum, maximum, exclusive_minimum, exclusive_maximum].into_iter().flatten()
    }
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Kind {
    /// `{}`: any value, unchecked.
    Any,
    Boolean,
    Integer,
    Number,
    String,
    /// The texts allowed, each with its label, in document order.
    Enum(Arc<IndexMap<String, Label>>),
    Date,
    DateTime,
    Duration,
    Array(Box<Shape>),
    Object(Box<Object>),
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Object {
    pub properties: IndexMap<String, Shape>,
    pub required: Vec<String>,
    /// What other keys hold; `None` where there may be no others.
    pub additional: Option<Shape>,
}

impl Shape {
    /// What the child cases are called by that items of this kind start: the item itself, or the `key` of a record.
    pub fn child_key(&self) -> Option<&Self> {
        let key = match &self.kind {
            Kind::Object(object) => {
                let is_required = object.required.iter().any(|name| name.as_str() == "key");
                object.properties.get("key").filter(|_| is_required)?
            }
            _ => self,
        };
        matches!(key.kind, Kind::String | Kind::Integer | Kind::Enum(_)).then_some(key)
    }
}

/// One way in which a value does not fit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Violation {
    /// Inside the value: empty, or such as `.partners[2].name`.
    pub path: String,
    /// Such as "must be at most 300000, is 300001".
    pub message: Said,
    pub hint: Option<Said>,
}

impl Shape {
    /// Whether it, or anything inside it, is personal.
    pub fn is_personal(&self) -> bool {
        let mut waiting = vec![self];
        while let Some(shape) = waiting.pop() {
            if shape.personal {
                return true;
            }
            match &shape.kind {
                Kind::Array(items) => waiting.push(items),
                Kind::Object(object) => {
                    waiting.extend(object.properties.values());
                    waiting.extend(&object.additional);
                }
                _ => {}
            }
        }
        false
    }

    /// What the items of a list are.
    pub fn items(&self) -> Option<&Self> {
        match &self.kind {
            Kind::Array(items) => Some(items),
            _ => None,
        }
    }

    /// What stands under a name of a record.
    pub fn property(&self, name: &str) -> Option<&Self> {
        match &self.kind {
            Kind::Object(object) => object.properties.get(name).or(object.additional.as_ref()),
            _ => None,
        }
    }

    pub fn is_enum(&self) -> bool {
        matches!(self.kind, Kind::Enum(_))
    }

    pub fn is_text(&self) -> bool {
        matches!(self.kind, Kind::Enum(_) | Kind::String)
    }

    pub fn new(kind: Kind) -> Self {
        Self {
            kind,
            minimum: None,
            maximum: None,
            exclusive_minimum: None,
            exclusive_maximum: None,
            multiple_of: None,
            span: Span::default(),
            flavour: None,
            counted_from: false,
            min_length: None,
            max_length: None,
            pattern: None,
            min_items: None,
            max_items: None,
            unique_items: false,
            unit: None,
            personal: false,
            title: Label::default(),
            description: Label::default(),
        }
    }

    /// Whether a date, date-time or duration may be any there is.
    pub fn is_any_time(&self) -> bool {
        self.span.iter().next().is_none() && self.flavour.is_none() && !self.counted_from
    }

    /// What the kind is called in messages: `integer`, `date`, `list of text`.
    #[cfg(test)]
    pub fn describe(&self) -> String {
        let mut said = String::new();
        let mut shape = self;
        while let Kind::Array(items) = &shape.kind {
            said.push_str("list of ");
            shape = items;
        }
        said.push_str(shape.kind.name());
        said
    }
}

impl Kind {
    /// The outermost type alone, in the words that [`Value::type_name`](crate::Value::type_name) uses.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Any => "any value",
            Self::Boolean => "boolean",
            Self::Integer => "integer",
            Self::Number => "number",
            Self::String => "text",
            Self::Enum(_) => "enum",
            Self::Date => "date",
            Self::DateTime => "date-time",
            Self::Duration => "duration",
            Self::Array(_) => "list",
            Self::Object(_) => "record",
        }
    }
}
