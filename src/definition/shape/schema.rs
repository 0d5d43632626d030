//! A declaration as plain JSON Schema 2020-12, for whoever draws forms or checks data outside.

use std::fmt::{Display, Write as _};

use indexmap::IndexMap;

use super::{Kind, Object, Shape};
use crate::label::Label;
use crate::value::write_json_string;

impl Shape {
    /// The declaration as a JSON Schema of its own, with labels in a language. Numbers keep every digit.
    pub fn to_json_schema(&self, language: &str) -> String {
        let mut text = String::new();
        let mut members = Members::open(&mut text);
        members.text("$schema", "https://json-schema.org/draft/2020-12/schema");
        self.write_members(&mut members, language);
        members.close();
        text
    }

    /// Appends the schema as part of another.
    pub fn write_json_schema(&self, language: &str, out: &mut String) {
        let mut members = Members::open(out);
        self.write_members(&mut members, language);
        members.close();
    }

    fn write_members(&self, members: &mut Members<'_>, language: &str) {
        for (key, label) in [("title", &self.title), ("description", &self.description)] {
            if let Some(text) = label.get(language) {
                members.text(key, text);
            }
        }
        match &self.kind {
            Kind::Any => {}
            Kind::Boolean => members.text("type", "boolean"),
            Kind::Integer => members.text("type", "integer"),
            Kind::Number => members.text("type", "number"),
            Kind::String => members.text("type", "string"),
            Kind::Date => members.format("date"),
            Kind::DateTime => members.format("date-time"),
            Kind::Duration => members.format("duration"),
            Kind::Enum(values) => write_enum(values, members, language),
            Kind::Array(items) => {
                members.text("type", "array");
                items.write_json_schema(language, members.key("items"));
            }
            Kind::Object(object) => write_object(object, members, language),
        }
        let numbers = [
            ("minimum", self.minimum),
            ("maximum", self.maximum),
            ("exclusiveMinimum", self.exclusive_minimum),
            ("exclusiveMaximum", self.exclusive_maximum),
            ("multipleOf", self.multiple_of),
        ];
        for (key, bound) in numbers {
            members.shown(key, bound);
        }
        // JSON Schema has no bounds of times.
        for (key, bound) in [
            ("x-minimum", &self.span.minimum),
            ("x-maximum", &self.span.maximum),
            ("x-exclusiveMinimum", &self.span.exclusive_minimum),
            ("x-exclusiveMaximum", &self.span.exclusive_maximum),
        ] {
            if let Some(bound) = bound {
                members.text(key, &bound.to_string());
            }
        }
        let counts = [
            ("minLength", self.min_length),
            ("maxLength", self.max_length),
            ("minItems", self.min_items),
            ("maxItems", self.max_items),
        ];
        for (key, bound) in counts {
            members.shown(key, bound);
        }
        if let Some(pattern) = &self.pattern {
            members.text("pattern", pattern.as_str());
        }
        members.shown("uniqueItems", self.unique_items.then_some(true));
        if let Some(unit) = &self.unit {
            members.text("x-unit", unit);
        }
        members.shown("x-personal", self.personal.then_some(true));
    }
}

fn write_enum(values: &IndexMap<String, Label>, members: &mut Members<'_>, language: &str) {
    members.text("type", "string");
    let has_labels = values.values().any(|label| label.get(language).is_some());
    let key = if has_labels { "oneOf" } else { "enum" };
    list(members.key(key), values, |(value, label), out| {
        if !has_labels {
            return write_json_string(value, out);
        }
        let mut choice = Members::open(out);
        choice.text("const", value);
        if let Some(title) = label.get(language) {
            choice.text("title", title);
        }
        choice.close();
    });
}

fn write_object(object: &Object, members: &mut Members<'_>, language: &str) {
    members.text("type", "object");
    let mut properties = Members::open(members.key("properties"));
    for (name, shape) in &object.properties {
        shape.write_json_schema(language, properties.key(name));
    }
    properties.close();
    if !object.required.is_empty() {
        list(members.key("required"), &object.required, |name, out| write_json_string(name, out));
    }
    match &object.additional {
        Some(shape) => shape.write_json_schema(language, members.key("additionalProperties")),
        None => members.shown("additionalProperties", Some(false)),
    }
}

/// Writes the members of one JSON object.
struct Members<'a> {
    out: &'a mut String,
    first: bool,
}

impl<'a> Members<'a> {
    fn open(out: &'a mut String) -> Self {
        out.push('{');
        Self { out, first: true }
    }

    /// Writes a key; the value is to be appended to what this returns.
    fn key(&mut self, key: &str) -> &mut String {
        if !self.first {
            self.out.push(',');
        }
        self.first = false;
        write_json_string(key, self.out);
        self.out.push(':');
        self.out
    }

    fn text(&mut self, key: &str, value: &str) {
        write_json_string(value, self.key(key));
    }

    /// A number or boolean, if there is one.
    fn shown(&mut self, key: &str, value: Option<impl Display>) {
        if let Some(value) = value {
            let _: std::fmt::Result = write!(self.key(key), "{value}");
        }
    }

    fn format(&mut self, format: &str) {
        self.text("type", "string");
        self.text("format", format);
    }

    fn close(self) {
        self.out.push('}');
    }
}

/// Writes a JSON array.
fn list<T>(out: &mut String, items: impl IntoIterator<Item = T>, write: impl Fn(T, &mut String)) {
    out.push('[');
    for (index, item) in items.into_iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        write(item, out);
    }
    out.push(']');
}

#[cfg(test)]
mod tests;
