//! One step that was taken, refused or has failed, as it happened: numbers, and the situations on both sides.
//!
//! Nothing has names here. What a step says is worked out when somebody reads it, from the situation before and what was
//! found then, and is the same whenever that is and on whichever thread.

use std::sync::{Arc, OnceLock};

use crate::case::contract::Accepted;
use crate::case::decision::{Cause, Outcome};
use crate::case::event::{Actor, Event, Note};
use crate::case::machine::Trace;
use crate::case::record::Record;
use crate::case::select::Selection;
use crate::case::situation::Situation;
use crate::case::{signing, tell};
use crate::error::Problem;
use crate::rule::Current;
use crate::short::Short;
use crate::table::{FactId, StateId};
use crate::value::{DateTime, Value};
use crate::workflow::Workflow;

pub(crate) struct Act {
    pub workflow: Workflow,
    pub origin: Given,
    /// `Error` stands for a step that failed.
    pub outcome: Outcome,
    pub at: DateTime,
    /// Before anything that the event reports was taken in.
    pub before: Arc<Situation>,
    pub after: Arc<Situation>,
    pub found: Selection,
    pub trace: Trace,
    pub problems: Vec<Problem>,
    /// Whether the verdicts of what was taken belong to it, for the journal.
    pub proves: bool,
    pub told: OnceLock<Box<Record>>,
}

/// What an act answers.
#[derive(Debug)]
pub(crate) enum Given {
    Start(Vec<(FactId, Value)>),
    Event(Box<Incoming>),
    Term { state: StateId, index: u32, due: DateTime },
    Sent { event: Current, due: DateTime },
}

/// An event from outside that keeps the contract, with what only the journal asks for.
#[derive(Debug)]
pub(crate) struct Incoming {
    pub accepted: Accepted,
    sender: Option<Sender>,
    id: Option<Box<str>>,
    note: Option<Note>,
}

/// An actor in little room; its id is that of the accepted event.
#[derive(Debug)]
struct Sender {
    /// The roles, and the unit if there is one, one behind the other.
    text: Box<str>,
    /// Where each of the roles ends.
    ends: Short<u32, 6>,
    has_unit: bool,
}

impl Act {
    pub fn new(
        workflow: &Workflow,
        origin: Given,
        outcome: Outcome,
        at: DateTime,
        before: Arc<Situation>,
    ) -> Self {
        Self {
            workflow: workflow.clone(),
            origin,
            outcome,
            at,
            after: Arc::clone(&before),
            before,
            found: Selection::default(),
            trace: Trace::default(),
            problems: Vec::new(),
            proves: false,
            told: OnceLock::new(),
        }
    }

    /// It in words. Made when it is first asked for: some microseconds.
    pub fn record(&self) -> &Record {
        self.told.get_or_init(|| Box::new(tell::record(self)))
    }

    /// The event that scripts saw.
    pub fn event(&self) -> Option<&Current> {
        match &self.origin {
            Given::Event(incoming) => Some(&incoming.accepted.current),
            Given::Sent { event, .. } => Some(event),
            Given::Start(_) | Given::Term { .. } => None,
        }
    }

    /// The situation in which it was asked what is open: the time is that of the step, and the event's facts are in.
    pub fn asked(&self) -> Situation {
        let mut situation = Situation::clone(&self.before);
        situation.time = self.at;
        if let Given::Event(incoming) = &self.origin {
            incoming.take_in(&self.workflow, &mut situation, &mut Vec::new());
        }
        situation
    }

    /// What caused it, where that was no event from outside.
    pub fn cause(&self) -> Option<Cause> {
        match &self.origin {
            Given::Start(_) | Given::Event(_) => None,
            Given::Term { state, index, due } => {
                let (state, term) = tell::term(self.workflow.compiled(), *state, *index);
                Some(Cause::Term { state, term, due: *due })
            }
            Given::Sent { event, due } => {
                Some(Cause::Sent { event: event.name.to_string(), due: *due })
            }
        }
    }
}

/// In words: its numbers say nothing to people.
impl std::fmt::Debug for Act {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.record().fmt(f)
    }
}

impl Incoming {
    pub fn new(accepted: Accepted, event: &Event) -> Self {
        Self {
            accepted,
            sender: event.actor.as_ref().map(Sender::new),
            id: event.id.as_deref().map(Box::from),
            note: event.note.clone(),
        }
    }

    /// The actor as it was.
    pub fn actor(&self) -> Option<Actor> {
        let sender = self.sender.as_ref()?;
        Some(sender.actor(self.accepted.current.actor.as_deref()))
    }

    /// The event as it was accepted: at its time, with facts and payload as they were admitted.
    pub fn event(&self, workflow: &Workflow) -> Event {
        let Accepted { current, facts, .. } = &self.accepted;
        let names = &workflow.compiled().definition.facts;
        let facts =
            facts.iter().map(|(id, value)| (names.at(*id).name.value.clone(), value.clone()));
        let data = current.data.iter().map(|(key, value)| (key.to_string(), value.clone()));
        Event {
            name: current.name.to_string(),
            actor: self.actor(),
            at: Some(current.at),
            id: self.id.as_deref().map(str::to_owned),
            facts: facts.collect(),
            data: data.collect(),
            note: self.note.clone(),
        }
    }

    /// Takes in the facts that it reports, with what that does to signatures.
    pub fn take_in(
        &self,
        workflow: &Workflow,
        situation: &mut Situation,
        notes: &mut Vec<signing::Note>,
    ) {
        let Accepted { current, facts, .. } = &self.accepted;
        let before = (!situation.signatures.is_empty()).then(|| Arc::clone(&situation.facts));
        for (id, value) in facts {
            situation.set_fact(*id, Some(value.clone()));
        }
        if let Some(before) = before {
            let compiled = workflow.compiled();
            signing::drop_changed(compiled, &before, situation, Some(&current.name), notes);
        }
    }
}

impl Sender {
    fn new(actor: &Actor) -> Self {
        let Actor { id: _, roles, unit } = actor;
        let mut text =
            String::with_capacity(roles.iter().chain(unit).map(String::len).sum::<usize>());
        let mut ends = Short::new();
        for role in roles {
            text.push_str(role);
            ends.push(u32::try_from(text.len()).unwrap_or(u32::MAX));
        }
        text.extend(unit.as_deref());
        Self { text: text.into_boxed_str(), ends, has_unit: unit.is_some() }
    }

    fn actor(&self, id: Option<&str>) -> Actor {
        let mut from = 0;
        let mut roles = Vec::with_capacity(self.ends.len());
        for end in &self.ends {
            let end = *end as usize;
            roles.push(self.text.get(from..end).unwrap_or_default().to_owned());
            from = end;
        }
        let unit = self.has_unit.then(|| self.text.get(from..).unwrap_or_default().to_owned());
        Actor { id: id.map(str::to_owned), roles, unit }
    }
}
