//! What an entry of a journal says to a log, by the parts that are asked for.

use crate::journal::line::{Line, Member};
use crate::journal::scan;
use crate::log::{Contents, Rules};
use crate::value::{DateTime, Value, brief};
use crate::workflow::is_withheld;

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
            // As it was sent: a log is for machines.
            Value::Text(text) => text.to_string(),
            _ => value.to_string(),
        };
        Self { kind, text }
    }
}

impl Happening {
    /// `None` for an entry that the log leaves out; an error for one that no journal has.
    pub fn of(line: &Line, rules: &Rules, parts: Contents) -> Result<Option<Self>, String> {
        let said = |member| line.said(member).unwrap_or_default();
        let kind = said(Member::Kind);
        let outcome = said(Member::Outcome);
        let accepted = matches!(&*outcome, "started" | "moved");
        let activity = match &*kind {
            "start" => "case start".to_owned(),
            "stopped" => "case stopped".to_owned(),
            "children" => "children".to_owned(),
            "term" => format!("{}: {}", said(Member::State), said(Member::Term)),
            _ => said(Member::Event).into_owned(),
        };
        let silent = matches!(&*kind, "event" | "sent") && rules.workflow.is_silent(&activity);
        if (!accepted && !parts.refused) || (silent && !parts.silent) {
            return Ok(None);
        }
        let at = DateTime::from_wire_text(&said(Member::At));
        let at = at.ok_or_else(|| "cannot be read: its `at` is no time".to_owned())?;
        let sequence = line.number(Member::Sequence).unwrap_or_default();
        let mut attributes = vec![
            ("entry".to_owned(), Attribute { kind: Kind::Integer, text: sequence.to_string() }),
            ("kind".to_owned(), Attribute::text(kind)),
            ("outcome".to_owned(), Attribute::text(outcome)),
        ];
        if let Some(case) = line.said(Member::Case) {
            attributes.push(("case".to_owned(), Attribute::text(case)));
        }
        for (key, text) in [
            ("taken", joined(line.member(Member::Taken), way)),
            ("states", joined(line.member(Member::States), plain)),
            ("emitted", joined(line.member(Member::Emitted), plain)),
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
            && let Some(note) = line.private("note")
        {
            let text = scan::member(note, "text").map(plain).unwrap_or_default();
            attributes.push(("note".to_owned(), Attribute::text(text)));
            let attachments = scan::member(note, "attachments").filter(|list| *list != "[]");
            if let Some(attachments) = attachments.filter(|list| list.starts_with('[')) {
                attributes.push(("attachments".to_owned(), Attribute::text(attachments)));
            }
        }
        let member = |key: &str| {
            let actor = line.private("actor").filter(|_| parts.actors)?;
            Some(scan::said(scan::member(actor, key)?)?.into_owned())
        };
        Ok(Some(Self {
            sequence,
            at,
            activity,
            accepted,
            roles: joined(line.member(Member::Roles), plain),
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
    parts: Contents,
    accepted: bool,
    attributes: &mut Vec<(String, Attribute)>,
    facts: &mut Vec<(String, Option<Attribute>)>,
) -> Result<(), String> {
    let open = |name: &str| parts.personal || !is_withheld(rules.personal, name);
    let read = |name: &str, json: &str| {
        Value::from_wire_text(json)
            .map(|value| Attribute::of(&value))
            .map_err(|problem| format!("cannot be read: `{}`: {problem}", brief(name)))
    };
    for part in line.parts() {
        let (Some(value), Some((kind, name))) = (part.value, part.path.split_once('.')) else {
            continue;
        };
        match kind {
            // What a script made of it in the same step counts.
            "facts" if accepted && line.private(&format!("changed.{name}")).is_some() => {}
            "facts" if accepted && open(name) => {
                facts.push((name.to_owned(), Some(read(name, value)?)));
            }
            "facts" if !accepted && open(name) => {
                attributes.push((format!("reported.{name}"), read(name, value)?));
            }
            "data" if open(&format!("event.data.{name}")) => {
                attributes.push((format!("data.{name}"), read(name, value)?));
            }
            "changed" if open(name) => {
                let after = scan::member(value, "after").filter(|after| *after != "null");
                let after = after.map(|after| read(name, after)).transpose()?;
                facts.push((name.to_owned(), after));
            }
            _ => {}
        }
    }
    facts.sort_by(|(one, _), (two, _)| one.cmp(two));
    Ok(())
}

/// The items of a list as one text.
fn joined(list: Option<&str>, show: fn(&str) -> String) -> String {
    listed(list, show, ", ")
}

fn listed(list: Option<&str>, show: fn(&str) -> String, between: &str) -> String {
    let items = list.and_then(scan::items).unwrap_or_default();
    items.into_iter().map(show).collect::<Vec<_>>().join(between)
}

fn plain(item: &str) -> String {
    scan::said(item).unwrap_or_default().into_owned()
}

/// A transition by its `id`, else by the states that it leads from and to.
fn way(way: &str) -> String {
    if let Some(id) = scan::member(way, "id").and_then(scan::said) {
        return id.into_owned();
    }
    let from = scan::member(way, "from").map(plain).unwrap_or_default();
    let to = listed(scan::member(way, "to"), plain, " + ");
    if to.is_empty() { from } else { format!("{from} → {to}") }
}
