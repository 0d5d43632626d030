//! XES by the schema of IEEE 1849, which has no name space.

use std::fmt::Write as _;

use crate::journal::Provenance;
use crate::log::entry::{Attribute, Happening, Kind};

pub(super) fn begin(out: &mut String) {
    out.push_str(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<log xes.version="1849.2016" xes.features="">
<extension name="Concept" prefix="concept" uri="http://www.xes-standard.org/concept.xesext"/>
<extension name="Lifecycle" prefix="lifecycle" uri="http://www.xes-standard.org/lifecycle.xesext"/>
<extension name="Organizational" prefix="org" uri="http://www.xes-standard.org/org.xesext"/>
<extension name="Time" prefix="time" uri="http://www.xes-standard.org/time.xesext"/>
<global scope="trace">
<string key="concept:name" value=""/>
</global>
<global scope="event">
<string key="concept:name" value=""/>
<string key="lifecycle:transition" value="complete"/>
<date key="time:timestamp" value="1970-01-01T00:00:00Z"/>
</global>
<classifier name="Activity" scope="event" keys="concept:name"/>
<classifier name="Activity_and_lifecycle" scope="event" keys="concept:name lifecycle:transition"/>
<string key="lifecycle:model" value="standard"/>
"#,
    );
    text("creator", concat!("tresteg ", env!("CARGO_PKG_VERSION")), out);
}

pub(super) fn end(out: &mut String) {
    out.push_str("</log>\n");
}

pub(super) fn begin_trace(name: &str, provenance: &Provenance, out: &mut String) {
    out.push_str("<trace>\n");
    text("concept:name", name, out);
    text("workflow.id", &provenance.workflow, out);
    if let Some(version) = &provenance.version {
        text("workflow.version", version, out);
    }
    text("workflow.fingerprint", &provenance.fingerprint, out);
}

/// The trace around that of a child case.
pub(super) fn parent(name: &str, out: &mut String) {
    text("parent", name, out);
}

pub(super) fn end_trace(out: &mut String) {
    out.push_str("</trace>\n");
}

pub(super) fn event(happening: &Happening, out: &mut String) {
    out.push_str("<event>\n");
    text("concept:name", &happening.activity, out);
    text("lifecycle:transition", if happening.accepted { "complete" } else { "ate_abort" }, out);
    let at = Attribute { kind: Kind::Time, text: happening.at.to_string() };
    attribute("time:timestamp", &at, out);
    for (key, value) in [
        ("org:resource", happening.actor.as_deref()),
        ("org:role", Some(happening.roles.as_str()).filter(|roles| !roles.is_empty())),
        ("org:group", happening.unit.as_deref()),
    ] {
        if let Some(value) = value {
            text(key, value, out);
        }
    }
    for (key, value) in &happening.attributes {
        attribute(key, value, out);
    }
    for (fact, value) in &happening.facts {
        // What is unknown has no attribute.
        if let Some(value) = value {
            attribute(&format!("fact.{fact}"), value, out);
        }
    }
    out.push_str("</event>\n");
}

fn text(key: &str, value: &str, out: &mut String) {
    attribute(key, &Attribute::text(value), out);
}

fn attribute(key: &str, Attribute { kind, text }: &Attribute, out: &mut String) {
    let tag = match kind {
        Kind::Text => "string",
        Kind::Time => "date",
        Kind::Integer => "int",
        Kind::Number => "float",
        Kind::Boolean => "boolean",
    };
    out.push('<');
    out.push_str(tag);
    out.push_str(" key=\"");
    write_key(key, out);
    out.push_str("\" value=\"");
    escape(text, out);
    out.push_str("\"/>\n");
}

/// A key must be a name of XML; payload may be called anything. What does not fit is written by its number.
fn write_key(key: &str, out: &mut String) {
    for letter in key.chars() {
        if letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-' | '.' | ':') {
            out.push(letter);
        } else {
            // A `String` takes everything.
            let _: std::fmt::Result = write!(out, "_x{:X}_", u32::from(letter));
        }
    }
}

/// The one place where a text becomes XML. What XML cannot say at all is shown as a sign.
fn escape(text: &str, out: &mut String) {
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            // Readers turn them into spaces in the value of an attribute, unless they are written so.
            '\t' => out.push_str("&#9;"),
            '\n' => out.push_str("&#10;"),
            '\r' => out.push_str("&#13;"),
            '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            other => out.push(other),
        }
    }
}
