//! One step in words, as plain data: what a journal writes down.

use std::collections::BTreeMap;

use crate::case::answer::{Effects, Outcome, Reason, StepCause};
use crate::case::event::Event;
use crate::error::Problem;
use crate::value::{DateTime, Value};

/// One step that was taken, refused or has failed.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Record {
    pub at: DateTime,
    /// The address of the case; `None` for the outermost.
    pub case: Option<String>,
    pub origin: Origin,
    /// Of the start and of an event; of a step the like, where `Error` stands for a failed one.
    pub outcome: Outcome,
    pub effects: Effects,
    pub reasons: Vec<Reason>,
    pub problems: Vec<Problem>,
}

impl Record {
    /// What stands in for a record that cannot be read.
    pub fn nothing(at: DateTime) -> Self {
        Self {
            at,
            case: None,
            origin: Origin::Start { facts: BTreeMap::new() },
            outcome: Outcome::Error,
            effects: Effects::default(),
            reasons: Vec::new(),
            problems: Vec::new(),
        }
    }
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
        cause: StepCause,
    },
}
