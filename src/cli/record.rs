//! An answer as a line of JSON: the contract of `run --json`, with its keys in a fixed order.

use std::io;

use serde::ser::{Serialize, SerializeMap, Serializer};
use tresteg::case::{FactChange, Message, Problem, Reason, SignatureStatus, Step};
use tresteg::workflow::TransitionRef;
use tresteg::{Case, DateTime, Decision, Outcome, Value};

use super::children::addressed;
use super::console::Console;
use super::journey::Wrong;

#[derive(serde::Serialize)]
struct Record<'a> {
    outcome: Outcome,
    #[serde(skip_serializing_if = "Option::is_none")]
    event: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    case: Option<&'a str>,
    at: Option<DateTime>,
    states: Vec<&'a str>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    left: &'a [String],
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    taken: &'a [TransitionRef],
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    entered: &'a [String],
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    changed: &'a [FactChange],
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    signatures: &'a [SignatureStatus],
    facts: Facts<'a>,
    emitted: Vec<&'a Message>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    to_parent: &'a [Message],
    reasons: &'a [Reason],
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    expected: &'a [String],
    #[serde(skip_serializing_if = "Problems::is_empty")]
    problems: Problems<'a>,
    steps: &'a [Step],
    next_deadline: Option<DateTime>,
}

/// Facts as one object, in the order of the file.
pub(super) struct Facts<'a>(pub Vec<(&'a str, Value)>);

impl Serialize for Facts<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, value) in &self.0 {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

#[derive(serde::Serialize)]
#[serde(untagged)]
enum Problems<'a> {
    OfEvent(&'a [Problem]),
    OfLine(&'a [Wrong]),
}

impl Problems<'_> {
    fn is_empty(&self) -> bool {
        match self {
            Self::OfEvent(problems) => problems.is_empty(),
            Self::OfLine(problems) => problems.is_empty(),
        }
    }
}

/// The answer to a repeat: how the event was answered first, and where the case stands now.
#[derive(serde::Serialize)]
struct Repeat<'a> {
    outcome: Outcome,
    repeat: bool,
    states: Vec<&'a str>,
}

/// Writes the answer and what the case is like after it.
pub(super) fn decision(
    case: &Case,
    decision: &Decision,
    console: &mut Console<'_>,
) -> io::Result<()> {
    // What the answer says is said of the case addressed; when something is due, of the whole.
    let here = &*addressed(case, decision.case.as_deref());
    if decision.repeat {
        let outcome = decision.outcome;
        return write(&Repeat { outcome, repeat: true, states: here.states() }, console);
    }
    let effects = &decision.effects;
    let record = Record {
        outcome: decision.outcome,
        event: decision.event.as_deref(),
        case: decision.case.as_deref(),
        at: Some(decision.at),
        states: here.states(),
        left: &effects.left,
        taken: &effects.taken,
        entered: &effects.entered,
        changed: &effects.changed,
        signatures: &effects.signatures,
        facts: Facts(here.facts()),
        emitted: decision.emitted().collect(),
        to_parent: &effects.to_parent,
        reasons: &decision.reasons,
        expected: &decision.expected,
        problems: Problems::OfEvent(&decision.problems),
        steps: &decision.steps,
        next_deadline: case.next_deadline(),
    };
    write(&record, console)
}

/// Writes where a case stands that is gone on with.
pub(super) fn resumed(case: &Case, console: &mut Console<'_>) -> io::Result<()> {
    #[derive(serde::Serialize)]
    struct Resumed<'a> {
        outcome: &'static str,
        at: DateTime,
        states: Vec<&'a str>,
        facts: Facts<'a>,
        emitted: [Message; 0],
        reasons: [Reason; 0],
        steps: [Step; 0],
        next_deadline: Option<DateTime>,
        entries: u64,
        head: String,
    }
    let head = case.head();
    let record = Resumed {
        outcome: "resumed",
        at: case.time(),
        states: case.states(),
        facts: Facts(case.facts()),
        emitted: [],
        reasons: [],
        steps: [],
        next_deadline: case.next_deadline(),
        entries: head.sequence,
        head: head.to_string(),
    };
    write(&record, console)
}

/// Writes what is wrong with a line that never became an event; without a case where none could be started.
pub(super) fn wrong(
    case: Option<&Case>,
    problems: &[Wrong],
    console: &mut Console<'_>,
) -> io::Result<()> {
    let record = Record {
        outcome: Outcome::Error,
        event: None,
        case: None,
        at: case.map(Case::time),
        states: case.map(Case::states).unwrap_or_default(),
        left: &[],
        taken: &[],
        entered: &[],
        changed: &[],
        signatures: &[],
        facts: Facts(case.map(Case::facts).unwrap_or_default()),
        emitted: Vec::new(),
        to_parent: &[],
        reasons: &[],
        expected: &[],
        problems: Problems::OfLine(problems),
        steps: &[],
        next_deadline: case.and_then(Case::next_deadline),
    };
    write(&record, console)
}

/// One line, and at once: whoever feeds the filter may wait for the answer.
pub(super) fn write(record: &impl Serialize, console: &mut Console<'_>) -> io::Result<()> {
    serde_json::to_writer(&mut *console.out, record)?;
    console.out.write_all(b"\n")?;
    console.out.flush()
}
