//! Values as JSON: exact, for machines.

use std::fmt::Write as _;

use serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};

use super::Value;

impl Value {
    /// The value as JSON text: numbers with every digit, records with their keys in order, dates, times and durations
    /// as texts. Equal values give equal texts.
    #[must_use]
    pub fn to_json(&self) -> String {
        let mut text = String::new();
        self.write_json(&mut text);
        text
    }

    /// Appends the value as JSON text.
    pub(crate) fn write_json(&self, out: &mut String) {
        match self {
            Self::Boolean(value) => out.push_str(if *value { "true" } else { "false" }),
            Self::Integer(value) => write_shown(value, out),
            Self::Number(value) => write_shown(value, out),
            Self::Text(value) => write_json_string(value, out),
            Self::Date(value) => write_quoted(value, out),
            Self::DateTime(value) => write_quoted(value, out),
            Self::Duration(value) => write_quoted(value, out),
            Self::List(items) => {
                out.push('[');
                for (index, item) in items.iter().enumerate() {
                    if index > 0 {
                        out.push(',');
                    }
                    item.write_json(out);
                }
                out.push(']');
            }
            Self::Record(entries) => {
                out.push('{');
                for (index, (key, value)) in entries.iter().enumerate() {
                    if index > 0 {
                        out.push(',');
                    }
                    write_json_string(key, out);
                    out.push(':');
                    value.write_json(out);
                }
                out.push('}');
            }
        }
    }
}

/// Appends a text as a JSON string.
pub(crate) fn write_json_string(text: &str, out: &mut String) {
    out.push('"');
    let mut rest = text;
    // Bytes of longer characters are none of these.
    let special = |byte: u8| byte < b' ' || byte == b'"' || byte == b'\\';
    while let Some(at) = rest.bytes().position(special) {
        let (plain, escaped) = rest.split_at_checked(at).unwrap_or((rest, ""));
        out.push_str(plain);
        let mut letters = escaped.chars();
        match letters.next() {
            Some('"') => out.push_str("\\\""),
            Some('\\') => out.push_str("\\\\"),
            Some('\n') => out.push_str("\\n"),
            Some('\r') => out.push_str("\\r"),
            Some('\t') => out.push_str("\\t"),
            Some('\u{8}') => out.push_str("\\b"),
            Some('\u{c}') => out.push_str("\\f"),
            Some(control) => write_shown(&format_args!("\\u{:04x}", u32::from(control)), out),
            None => {}
        }
        rest = letters.as_str();
    }
    out.push_str(rest);
    out.push('"');
}

/// Appends what is shown; a `String` takes everything.
fn write_shown(value: &impl std::fmt::Display, out: &mut String) {
    let _: std::fmt::Result = write!(out, "{value}");
}

/// For what needs no escapes.
fn write_quoted(value: &impl std::fmt::Display, out: &mut String) {
    out.push('"');
    write_shown(value, out);
    out.push('"');
}

/// Plain JSON, as [`Value::to_json`] writes it. What is not JSON text, a `serde_json::Value` for one, may round
/// numbers.
impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Boolean(value) => serializer.serialize_bool(*value),
            Self::Integer(value) => serializer.serialize_i64(*value),
            Self::Number(value) => value.serialize(serializer),
            Self::Text(value) => serializer.serialize_str(value),
            Self::Date(value) => value.serialize(serializer),
            Self::DateTime(value) => value.serialize(serializer),
            Self::Duration(value) => value.serialize(serializer),
            Self::List(items) => {
                let mut list = serializer.serialize_seq(Some(items.len()))?;
                for item in items.iter() {
                    list.serialize_element(item)?;
                }
                list.end()
            }
            Self::Record(entries) => {
                let mut record = serializer.serialize_map(Some(entries.len()))?;
                for (key, value) in entries.iter() {
                    record.serialize_entry(&**key, value)?;
                }
                record.end()
            }
        }
    }
}

#[cfg(test)]
mod tests;
