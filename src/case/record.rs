//! What happened, as plain data: what a journal writes down once it is taken.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::case::decision::{Cause, Decision, Movement, Outcome, Reason, Step, StepOutcome};
use crate::case::event::Event;
use crate::error::{Error, ErrorKind, Problem};
use crate::value::{DateTime, Value};

/// One step that was taken, refused or has failed.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Record {
    pub at: DateTime,
    pub origin: Origin,
    /// Of the start and of an event; of a step the like, where `Error` stands for a failed one.
    pub outcome: Outcome,
    pub movement: Movement,
    pub reasons: Vec<Reason>,
    pub problems: Vec<Problem>,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Origin {
    Start {
        facts: BTreeMap<String, Value>,
    },
    /// With its time and with facts and payload as they were admitted.
    Event {
        event: Event,
    },
    Step {
        cause: Cause,
    },
}

/// Where the journal of a case stands.
///
/// Whoever keeps a head, or has it signed or published, can tell later whether a journal is still the one that led to it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Head {
    /// How many entries there are; the number of the last.
    pub sequence: u64,
    /// The hash of the last entry in hexadecimal; zeros before the first.
    pub hash: String,
}

impl Head {
    /// Before the first entry.
    pub(crate) fn before_all() -> Self {
        Self { sequence: 0, hash: "0".repeat(64) }
    }
}

/// As it is written after the number, `7:3f…`.
impl std::fmt::Display for Head {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.sequence, self.hash)
    }
}

impl std::str::FromStr for Head {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let read = || {
            let (sequence, hash) = text.split_once(':')?;
            let digits = !sequence.is_empty() && sequence.bytes().all(|byte| byte.is_ascii_digit());
            let sequence = if digits { sequence.parse().ok()? } else { return None };
            crate::digest::is_sha256(hash).then(|| Self { sequence, hash: hash.to_owned() })
        };
        read().ok_or_else(|| {
            let shown = crate::value::brief(text);
            let problem =
                Problem::new("journal-head", format!("`{shown}` is no head of a journal"));
            let hint = "write the number of the last entry, a colon and its hash";
            Error::new(ErrorKind::Journal, vec![problem.hint(hint)])
        })
    }
}

/// The records of one call, in the order in which things happened. `origin` is what came from outside; an error of it
/// leaves none, and there is none for the passing of time.
pub(crate) fn of_call(decision: &Decision, origin: Option<Origin>) -> Vec<Arc<Record>> {
    let (before, after) = decision.steps.split_at(decision.before.min(decision.steps.len()));
    let own = origin.filter(|_| decision.outcome != Outcome::Error).map(|origin| {
        let at = match &origin {
            Origin::Event { event } => event.at.unwrap_or(decision.at),
            _ => decision.at,
        };
        let Decision { outcome, movement, reasons, .. } = decision.clone();
        Record { at, origin, outcome, movement, reasons, problems: Vec::new() }
    });
    let before = before.iter().map(of_step);
    before.chain(own).chain(after.iter().map(of_step)).map(Arc::new).collect()
}

pub(crate) fn of_step(step: &Step) -> Record {
    let Step { cause, outcome, at, movement, reasons, problems } = step.clone();
    let outcome = match outcome {
        StepOutcome::Moved => Outcome::Moved,
        StepOutcome::Blocked => Outcome::Blocked,
        StepOutcome::NotExpected => Outcome::NotExpected,
        StepOutcome::Failed => Outcome::Error,
    };
    Record { at, origin: Origin::Step { cause }, outcome, movement, reasons, problems }
}
