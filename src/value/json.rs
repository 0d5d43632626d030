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
    while let Some(at) = first_special(rest.as_bytes()) {
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

/// Where the first byte stands that a JSON string cannot hold as it is: a quote, a backslash, a control character. Bytes of
/// longer characters are none of these.
pub(crate) fn first_special(bytes: &[u8]) -> Option<usize> {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = 0x8080_8080_8080_8080;
    let mut at = 0;
    let mut rest = bytes;
    // Eight at a time: a byte's high bit is set where it is wanted. Above the first such byte there may be wrong ones.
    while let Some((eight, behind)) = rest.split_first_chunk::<8>() {
        let word = u64::from_le_bytes(*eight);
        let below = |word: u64, limit: u8| word.wrapping_sub(ONES * u64::from(limit)) & !word;
        let all = |byte: u8| ONES * u64::from(byte);
        let (quotes, slashes) = (word ^ all(b'"'), word ^ all(b'\\'));
        let found = (below(word, b' ') | below(quotes, 1) | below(slashes, 1)) & HIGH;
        if found != 0 {
            return Some(at + found.trailing_zeros() as usize / 8);
        }
        at += 8;
        rest = behind;
    }
    let special = |byte: &u8| *byte < b' ' || *byte == b'"' || *byte == b'\\';
    rest.iter().position(special).map(|found| at + found)
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
