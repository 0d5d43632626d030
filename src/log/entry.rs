//! What an entry of a journal says to a log, by the parts that are asked for.

use serde_json::Value as Json;

use crate::journal::compose::is_withheld;
use crate::journal::line::Line;
use crate::log::{Parts, Rules};
use crate::value::{DateTime, Value, brief};

/// An event of a log.
#[derive(Debug)]
pub(super) struct Happening {
    pub sequence: u64,
    pub at: DateTime,
    pub activity: String,
    /// Accepted or taken; else refused or failed.
    pub accepted: bool,
    pub roles: String,
    pub actor: Option<String>,
    pub unit: Option<String>,
    /// What it says besides, in order.
    pub attributes: Vec<(String, Attribute)>,
    /// Facts that it reported or changed; `None` for one that is unknown since.
    pub facts: Vec<(String, Option<Attribute>)>,
}

/// A value in a log.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Attribute {
    pub kind: Kind,
    pub text: String,
}

/// The types that both forms know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    Time,
    Integer,
    Number,
    Boolean,
}

impl Attribute {
    pub fn text(text: impl Into<String>) -> Self {
        Self { kind: Kind::Text, text: text.into() }
    }

    fn of(value: &Value) -> Self {
        let kind = match value {
            Value::Boolean(_) => Kind::Boolean,
            Value::Integer(_) => Kind::Integer,
            Value::Number(_) => Kind::Number,
            Value::DateTime(_) => Kind::Time,
            _ => Kind::Text,
        };
        let text = match value {
            Value::List(_) | Value::Record(_) => value.to_json(),
            _ => value.to_string(),
        };
        Self { kind, text }
    }
}

impl Happening {
    /// `None` for an entry that the log leaves out; an error for one that no journal has.
    pub fn of(line: &Line, rules: &Rules, parts: Parts) -> Result<Option<Self>, String> {
        let said = |key: &str| line.core.get(key).and_then(Json::as_str).unwrap_or_default();
        let kind = said("kind");
        let outcome = said("outcome");
        let accepted = matches!(outcome, "started" | "moved");
        let activity = match kind {
            "start" => "case start".to_owned(),
            "term" => format!("{}: {}", said("state"), said("term")),
            _ => said("event").to_owned(),
        };
        let silent = matches!(kind, "event" | "sent") && rules.workflow.is_silent(&activity);
        if (!accepted && !parts.refused) || (silent && !parts.silent) {
            return Ok(None);
        }
        let at =
            time(said("at")).ok_or_else(|| "cannot be read: its `at` is no time".to_owned())?;
        let sequence = line.core.get("sequence").and_then(Json::as_u64).unwrap_or_default();
        let mut attributes = vec![
            ("entry".to_owned(), Attribute { kind: Kind::Integer, text: sequence.to_string() }),
            ("kind".to_owned(), Attribute::text(kind)),
            ("outcome".to_owned(), Attribute::text(outcome)),
        ];
        for (key, text) in [
            ("taken", joined(line, "taken", way)),
            ("states", joined(line, "states", plain)),
            ("emitted", joined(line, "emitted", plain)),
        ] {
            if !text.is_empty() {
                attributes.push((key.to_owned(), Attribute::text(text)));
            }
        }
        let mut facts = Vec::new();
        if parts.facts {
            values(line, rules, parts, accepted, &mut attributes, &mut facts)?;
        }
        if parts.notes
            && let Some(note) = line.private.get("note")
        {
            let text = note.value.get("text").and_then(Json::as_str).unwrap_or_default();
            attributes.push(("note".to_owned(), Attribute::text(text)));
            if let Some(Json::Array(attachments)) = note.value.get("attachments")
                && !attachments.is_empty()
            {
                let text = crate::digest::canonical(&Json::Array(attachments.clone()));
                attributes.push(("attachments".to_owned(), Attribute::text(text)));
            }
        }
        let member = |key: &str| {
            let actor = line.private.get("actor").filter(|_| parts.actors)?;
            actor.value.get(key)?.as_str().map(str::to_owned)
        };
        Ok(Some(Self {
            sequence,
            at,
            activity,
            accepted,
            roles: joined(line, "roles", plain),
            actor: member("id"),
            unit: member("unit").filter(|_| parts.personal),
            attributes,
            facts,
        }))
    }
}

/// Facts and payload that came with an entry, and what it changed.
fn values(
    line: &Line,
    rules: &Rules,
    parts: Parts,
    accepted: bool,
    attributes: &mut Vec<(String, Attribute)>,
    facts: &mut Vec<(String, Option<Attribute>)>,
) -> Result<(), String> {
    let open = |name: &str| parts.personal || !is_withheld(&rules.personal, name);
    let read = |name: &str, json: &Json| {
        Value::from_wire(json)
            .map(|value| Attribute::of(&value))
            .map_err(|problem| format!("cannot be read: `{}`: {problem}", brief(name)))
    };
    for (path, part) in &line.private {
        let Some((kind, name)) = path.split_once('.') else { continue };
        match kind {
            // What a script made of it in the same step counts.
            "facts" if accepted && line.private.contains_key(&format!("changed.{name}")) => {}
            "facts" if accepted && open(name) => {
                facts.push((name.to_owned(), Some(read(name, &part.value)?)));
            }
            "facts" if !accepted && open(name) => {
                attributes.push((format!("reported.{name}"), read(name, &part.value)?));
            }
            "data" if open(&format!("event.data.{name}")) => {
                attributes.push((format!("data.{name}"), read(name, &part.value)?));
            }
            "changed" if open(name) => {
                let after = part.value.get("after").filter(|after| !after.is_null());
                let after = after.map(|after| read(name, after)).transpose()?;
                facts.push((name.to_owned(), after));
            }
            _ => {}
        }
    }
    facts.sort_by(|(one, _), (two, _)| one.cmp(two));
    Ok(())
}

fn time(text: &str) -> Option<DateTime> {
    let tagged = std::iter::once(("$date-time".to_owned(), Json::from(text)));
    Value::from_wire(&Json::Object(tagged.collect())).ok()?.as_date_time()
}

/// The items of a list as one text.
fn joined(line: &Line, key: &str, show: fn(&Json) -> String) -> String {
    let items = line.core.get(key).and_then(Json::as_array).into_iter().flatten();
    items.map(show).collect::<Vec<_>>().join(", ")
}

fn plain(item: &Json) -> String {
    item.as_str().unwrap_or_default().to_owned()
}

/// A transition by its `id`, else by the states that it leads from and to.
fn way(way: &Json) -> String {
    if let Some(id) = way.get("id").and_then(Json::as_str) {
        return id.to_owned();
    }
    let from = way.get("from").and_then(Json::as_str).unwrap_or_default();
    let to = way.get("to").and_then(Json::as_array).into_iter().flatten();
    let to: Vec<String> = to.map(plain).collect();
    if to.is_empty() { from.to_owned() } else { format!("{from} → {}", to.join(" + ")) }
}
