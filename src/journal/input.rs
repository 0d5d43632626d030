//! What came in, by a line: enough to decide once more.

use std::collections::BTreeMap;

use crate::case::event::{Actor, Attachment, Event, Note};
use crate::journal::line::{Line, Member};
use crate::journal::scan;
use crate::value::{DateTime, Value, brief};

pub(crate) enum Input {
    Start {
        at: DateTime,
        facts: BTreeMap<String, Value>,
    },
    Event {
        at: DateTime,
        event: Box<Event>,
        /// Whether the actor's id is a stand-in for one that was erased.
        nameless: bool,
    },
    /// A term or sent event, with the name of the one or the other, or a look at children.
    Step {
        at: DateTime,
        name: String,
    },
    /// What the step before it did in another case: a child has started, or was stopped.
    Inside {
        at: DateTime,
    },
}

/// An entry of a child case that nothing has led to.
pub(crate) const NOT_INSIDE: &str = "says that a child case was started or stopped, by nothing";

/// What entries of these kinds say, and no others.
const OF_KINDS: [(Member, &str, &[&str]); 5] = [
    (Member::Event, "event", &["event", "sent"]),
    (Member::Id, "id", &["event"]),
    (Member::Roles, "roles", &["event"]),
    (Member::State, "state", &["term"]),
    (Member::Term, "term", &["term"]),
];

impl Input {
    pub fn of(line: &Line) -> Result<Self, String> {
        let kind = line.said(Member::Kind).unwrap_or_default();
        for (member, name, kinds) in OF_KINDS {
            if line.member(member).is_some() && !kinds.contains(&&*kind) {
                return Err(format!("says `{name}`, which no entry of its kind does"));
            }
        }
        let text = |member| line.said(member).map(|text| text.into_owned());
        let at = line.said(Member::At).and_then(|at| DateTime::from_wire_text(&at));
        let at = at.ok_or("cannot be read: its `at` is not one")?;
        let (facts, data) = (values(line, "facts.")?, values(line, "data.")?);
        // What starts or stops does so with the step before it, or not at all.
        let inside = |outcome: &str| match line.said(Member::Outcome).as_deref() {
            Some(said) if said == outcome => Ok(Self::Inside { at }),
            _ => Err("says that a child case was started or stopped, and did neither".to_owned()),
        };
        match line.said(Member::Kind).as_deref() {
            Some("start") if line.member(Member::Case).is_some() => inside("started"),
            Some("stopped") => inside("moved"),
            Some("start") => Ok(Self::Start { at, facts }),
            Some("event") => {
                let (actor, nameless) = actor(line);
                let event = Event {
                    at: Some(at),
                    to: text(Member::Case),
                    id: text(Member::Id),
                    facts,
                    data,
                    actor,
                    note: line.private("note").map(note),
                    ..Event::new(text(Member::Event).unwrap_or_default())
                };
                Ok(Self::Event { at, event: Box::new(event), nameless })
            }
            _ => {
                let name = text(Member::Term).or_else(|| text(Member::Event)).unwrap_or_default();
                Ok(Self::Step { at, name })
            }
        }
    }
}

impl Input {
    /// What a child case began with, by its line.
    pub fn beginning(line: &Line) -> Result<Self, String> {
        let at = Self::of(line)?.at();
        Ok(Self::Start { at, facts: values(line, "facts.")? })
    }

    /// When it happened.
    pub fn at(&self) -> DateTime {
        match self {
            Self::Start { at, .. }
            | Self::Event { at, .. }
            | Self::Step { at, .. }
            | Self::Inside { at } => *at,
        }
    }
}

/// Private parts of one kind, by what stands behind it in their paths.
fn values(line: &Line, kind: &str) -> Result<BTreeMap<String, Value>, String> {
    let mut found = BTreeMap::new();
    for part in line.parts() {
        if let (Some(name), Some(value)) = (part.path.strip_prefix(kind), part.value) {
            let value = Value::from_wire_text(value)
                .map_err(|problem| format!("cannot be read: `{}`: {problem}", brief(name)))?;
            found.insert(name.to_owned(), value);
        }
    }
    Ok(found)
}

/// Who came, and whether the id is a stand-in: somebody, where it is not known any more who, and the same in no two
/// entries.
fn actor(line: &Line) -> (Option<Actor>, bool) {
    let Some(roles) = line.member(Member::Roles).and_then(scan::items) else {
        return (None, false);
    };
    let roles = roles.into_iter().filter_map(|role| Some(scan::said(role)?.into_owned())).collect();
    let actor = line.private("actor");
    let erased = line.digest("actor").filter(|_| actor.is_none());
    let said = |key: &str| text(actor?, key);
    let id = erased.map(|erased| format!("erased {erased}")).or_else(|| said("id"));
    (Some(Actor { id, roles, unit: said("unit") }), erased.is_some())
}

fn note(note: &str) -> Note {
    let attachments = scan::member(note, "attachments").and_then(scan::items).unwrap_or_default();
    let attachments = attachments.into_iter().map(|found| Attachment {
        uri: text(found, "uri").unwrap_or_default(),
        hash: text(found, "hash").unwrap_or_default(),
    });
    Note { text: text(note, "text").unwrap_or_default(), attachments: attachments.collect() }
}

/// A member of an object that is a text.
fn text(object: &str, key: &str) -> Option<String> {
    Some(scan::said(scan::member(object, key)?)?.into_owned())
}
