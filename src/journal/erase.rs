//! Private parts taken out of entries, without breaking the chain.

use serde_json::Value as Json;

use crate::error::{Error, ErrorKind, Problem};
use crate::journal::line::{Line, Member};
use crate::person;

/// What to erase.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Erasure {
    /// Everything private in which the id of a person stands, however it is written there (`Eva` for `eva`), and what that
    /// person noted.
    Person(String),
    /// A fact, or an entry of payload as `event.data.NAME`, wherever it was carried, changed or read. What rules or
    /// actions made of it has names of its own.
    Field(String),
    /// All notes with their attachments.
    Notes,
    /// What messages carried, and the words of problems.
    Messages,
    /// Any of these, of a child case by its address (`boards/angered`) and of those inside it. The empty address is that of
    /// the outermost case.
    At(String, Box<Self>),
}

/// An entry's line without some of its private parts, and how many were erased. The line is otherwise the same, its hash
/// too.
///
/// ```
/// # use tresteg::journal::{Erasure, erase, verify};
/// # use tresteg::{Actor, Case, Event, Workflow};
/// # let workflow = Workflow::from_json(r#"{ "id": "w", "initial": "a", "states": { "a": { "on": { "go": "b" } }, "b": {} } }"#)?;
/// # let (mut case, _) = Case::start(&workflow, None, Default::default())?;
/// case.fire(&Event::new("go").by(Actor::new("eva")));
/// let entries = case.take_entries(&[7; 32]);
/// let mut journal = String::new();
/// for entry in &entries {
///     let (line, _) = erase(&entry.line, &Erasure::Person("eva".into()))?;
///     journal += &(line + "\n");
/// }
/// assert!(!journal.contains("eva"));
/// assert_eq!(verify(&workflow, &journal, Some(&case.head()))?.erased, [(2, "actor".to_owned())]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// A line that is not an entry as it was written.
pub fn erase(line: &str, what: &Erasure) -> Result<(String, usize), Error> {
    let line = Line::read(line.to_owned()).map_err(|message| {
        Error::new(
            ErrorKind::Journal,
            vec![Problem::new("journal-entry", format!("the entry {message}"))],
        )
    })?;
    let mut what = what;
    let case = line.said(Member::Case).unwrap_or_default();
    while let Erasure::At(address, inner) = what {
        let inside = case.strip_prefix(address.as_str());
        let is_inside = inside.is_some_and(|inside| inside.is_empty() || inside.starts_with('/'));
        if !(is_inside || address.is_empty()) {
            return Ok((line.without(|_, _| false), 0));
        }
        what = inner;
    }
    let holds = |value: &str, id: &str| {
        // What was read as JSON is JSON.
        serde_json::from_str(value).is_ok_and(|value: Json| holds(&value, id))
    };
    let own = match what {
        Erasure::Person(id) => line.private("actor").is_some_and(|actor| holds(actor, id)),
        _ => false,
    };
    let mut erased = 0;
    let text = line.without(|path, value| {
        let gone = match what {
            Erasure::Person(id) => (own && path == "note") || holds(value, id),
            Erasure::Field(name) => is_of(path, name),
            Erasure::Notes => path == "note",
            Erasure::Messages => path == "problems" || path.starts_with("emitted."),
            Erasure::At(..) => false,
        };
        erased += usize::from(gone);
        gone
    });
    Ok((text, erased))
}

fn is_of(path: &str, name: &str) -> bool {
    let Some((kind, rest)) = path.split_once('.') else { return false };
    match kind {
        "facts" | "changed" => rest == name,
        "data" => name.strip_prefix("event.data.") == Some(rest),
        "read" => {
            let rest = rest.replace(' ', "");
            let behind = rest.strip_prefix(name);
            behind.is_some_and(|next| {
                !next.starts_with(|next: char| next.is_alphanumeric() || next == '_')
            })
        }
        _ => false,
    }
}

/// Whether an id of a person stands anywhere in a value, as a whole or as a word of it.
fn holds(value: &Json, text: &str) -> bool {
    let mut waiting = vec![value];
    while let Some(value) = waiting.pop() {
        match value {
            Json::String(found) if person::is_named(found, text) => return true,
            Json::Array(items) => waiting.extend(items),
            // A number, a date: what they are made of is nobody's name.
            Json::Object(members)
                if members.len() == 1 && members.keys().all(|key| key.starts_with('$')) => {}
            Json::Object(members) => {
                if members.keys().any(|key| person::is_named(key, text)) {
                    return true;
                }
                waiting.extend(members.values());
            }
            _ => {}
        }
    }
    false
}
