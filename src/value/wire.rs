//! The lossless form that cases are stored in: JSON that tells the types apart.
//!
//! Booleans, integers, texts and lists are themselves. A number, date, date-time or duration is an object with one key
//! that names the type, `{"$number": "1.5"}`. A record is itself, but a key that begins with `$` gets one more.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

use serde_json::Value as Json;

use super::{
    Date, DateTime, Duration, MAX_NESTING, Number, Value, brief, is_composed, write_json_string,
};

impl Value {
    /// The stored form.
    pub(crate) fn to_wire(&self) -> Json {
        let tagged = |tag: &str, text: String| {
            Json::Object(std::iter::once((tag.to_owned(), Json::String(text))).collect())
        };
        match self {
            Self::Boolean(value) => Json::Bool(*value),
            Self::Integer(value) => Json::from(*value),
            Self::Number(value) => tagged("$number", value.to_string()),
            Self::Text(value) => Json::String(value.to_string()),
            Self::Date(value) => tagged("$date", value.to_string()),
            Self::DateTime(value) => tagged("$date-time", value.written_exactly()),
            Self::Duration(value) => tagged("$duration", value.to_string()),
            Self::List(items) => Json::Array(items.iter().map(Self::to_wire).collect()),
            Self::Record(entries) => Json::Object(
                entries
                    .iter()
                    .map(|(key, value)| (escape(key).into_owned(), value.to_wire()))
                    .collect(),
            ),
        }
    }

    /// Appends the stored form in the one text that it has: that of [`Value::to_wire`], without building it.
    pub(crate) fn write_wire(&self, out: &mut String) {
        let tagged = |start: &str, text: &dyn std::fmt::Display, out: &mut String| {
            // What these show needs no escapes; a `String` takes everything.
            let _: std::fmt::Result = write!(out, "{start}{text}\"}}");
        };
        match self {
            Self::Boolean(value) => out.push_str(if *value { "true" } else { "false" }),
            Self::Integer(value) => {
                let _: std::fmt::Result = write!(out, "{value}");
            }
            Self::Number(value) => tagged("{\"$number\":\"", value, out),
            Self::Text(value) => write_json_string(value, out),
            Self::Date(value) => tagged("{\"$date\":\"", value, out),
            Self::DateTime(value) => {
                out.push_str("{\"$date-time\":");
                value.write_wire(out);
                out.push('}');
            }
            Self::Duration(value) => tagged("{\"$duration\":\"", value, out),
            Self::List(items) => {
                out.push('[');
                for (index, item) in items.iter().enumerate() {
                    if index > 0 {
                        out.push(',');
                    }
                    item.write_wire(out);
                }
                out.push(']');
            }
            Self::Record(entries) => {
                out.push('{');
                for (index, (key, value)) in entries.iter().enumerate() {
                    if index > 0 {
                        out.push(',');
                    }
                    // One `$` more at all that begin with one leaves their order as it is.
                    write_json_string(&escape(key), out);
                    out.push(':');
                    value.write_wire(out);
                }
                out.push('}');
            }
        }
    }

    /// Reads exactly what [`Value::to_wire`] gives; else says what is wrong.
    pub(crate) fn from_wire(json: &Json) -> Result<Self, String> {
        read(json, MAX_NESTING)
    }

    /// Reads what [`Value::write_wire`] writes, from text that is canonical JSON.
    pub(crate) fn from_wire_text(text: &str) -> Result<Self, String> {
        match text {
            "true" => return Ok(Self::Boolean(true)),
            "false" => return Ok(Self::Boolean(false)),
            _ => {}
        }
        let quoted = text.strip_prefix('"').and_then(|text| text.strip_suffix('"'));
        if let Some(plain) = quoted.filter(|inside| !inside.contains('\\')) {
            return text_of(plain);
        }
        if let Ok(number) = text.parse() {
            return Ok(Self::Integer(number));
        }
        let json: Json = serde_json::from_str(text).map_err(|error| error.to_string())?;
        Self::from_wire(&json)
    }
}

impl DateTime {
    /// Appends all there is of it, as a JSON string.
    pub(crate) fn write_wire(self, out: &mut String) {
        out.push('"');
        self.write_exactly(out);
        out.push('"');
    }

    /// Reads what stands between the quotes of [`DateTime::write_wire`].
    pub(crate) fn from_wire_text(inside: &str) -> Option<Self> {
        let time = Self::read_exactly(inside)?;
        // One time has one form, or equal cases would have unequal hashes.
        (time.written_exactly() == inside).then_some(time)
    }
}

/// What is stored was composed when it was taken: another spelling of the same would have another hash.
fn text_of(text: &str) -> Result<Value, String> {
    if is_composed(text) { Ok(Value::Text(Arc::from(text))) } else { Err(decomposed(text)) }
}

fn decomposed(text: &str) -> String {
    format!("`{}` is not in Unicode's composed form", brief(text))
}

fn escape(key: &str) -> Cow<'_, str> {
    if key.starts_with('$') { Cow::Owned(format!("${key}")) } else { Cow::Borrowed(key) }
}

fn read(json: &Json, levels: usize) -> Result<Value, String> {
    let inside = || {
        levels
            .checked_sub(1)
            .ok_or_else(|| format!("a value is nested more than {MAX_NESTING} levels deep"))
    };
    match json {
        Json::Null => Err("`null` is no value".to_owned()),
        Json::Bool(value) => Ok(Value::Boolean(*value)),
        Json::Number(number) => number.as_i64().map(Value::Integer).ok_or_else(|| {
            format!("`{}` is not an integer of 64 bits", brief(&number.to_string()))
        }),
        Json::String(text) => text_of(text),
        Json::Array(items) => {
            let levels = inside()?;
            items.iter().map(|item| read(item, levels)).collect()
        }
        Json::Object(members) => {
            if let Some(scalar) = read_tagged(members)? {
                return Ok(scalar);
            }
            let levels = inside()?;
            let mut entries: BTreeMap<Arc<str>, Value> = BTreeMap::new();
            for (key, value) in members {
                let name = match key.strip_prefix('$') {
                    None => key,
                    Some(name) if name.starts_with('$') => name,
                    Some(_) => return Err(format!("`{}` is not a type of values", brief(key))),
                };
                if !is_composed(name) {
                    return Err(decomposed(name));
                }
                entries.insert(Arc::from(name), read(value, levels)?);
            }
            Ok(Value::from(entries))
        }
    }
}

/// The value that an object stands for which names a type; `None` for a record.
fn read_tagged(members: &serde_json::Map<String, Json>) -> Result<Option<Value>, String> {
    let mut one = members.iter();
    let (Some((tag, json)), None) = (one.next(), one.next()) else {
        return Ok(None);
    };
    let parse: fn(&str) -> Option<Value> = match tag.as_str() {
        "$number" => |text| Number::parse(text).map(Value::Number),
        "$date" => |text| Date::parse(text).map(Value::Date),
        "$date-time" => |text| DateTime::read_exactly(text).map(Value::DateTime),
        "$duration" => |text| Duration::parse(text).map(Value::Duration),
        _ => return Ok(None),
    };
    let Json::String(text) = json else {
        return Err(format!("`{tag}` holds no text"));
    };
    // One value has one form, or equal cases would have unequal hashes.
    parse(text)
        .filter(|value| value.to_wire().get(tag) == Some(json))
        .map(Some)
        .ok_or_else(|| format!("`{}` is not a `{tag}`", brief(text)))
}

#[cfg(test)]
mod tests;
