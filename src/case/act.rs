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
use crate::definition::model::Definition;
use crate::error::Problem;
use crate::rule::{Current, Meter};
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
    pub told: OnceLock<Told>,
}

/// A step in words, with what it took to find them, in operations and bytes.
pub(crate) struct Told {
    pub record: Arc<Record>,
    pub used: (u64, u64),
}

/// What an act answers.
#[derive(Debug)]
#[allow(
    clippy::large_enum_variant,
    reason = "nearly all are events, and lie on the heap with their act"
)]
pub(crate) enum Given {
    Start(Vec<(FactId, Value)>),
    Event(Incoming),
    Term { state: StateId, index: u32, due: DateTime },
    Sent { event: Current, due: DateTime },
}

/// An event from outside that keeps the contract, with what only the journal asks for.
#[derive(Debug)]
pub(crate) struct Incoming {
    pub accepted: Accepted,
    sender: Sender,
    id: Option<Box<str>>,
    note: Option<Box<Note>>,
}

/// An actor in little room; its id is that of the accepted event.
#[derive(Debug)]
enum Sender {
    Nobody,
    /// With roles of the workflow, by number.
    Known {
        roles: Short<u32, 6>,
        unit: Option<Box<str>>,
    },
    /// With roles that the workflow does not know, too.
    Other {
        roles: Box<[String]>,
        unit: Option<Box<str>>,
    },
}

/// More roles than these are looked for by their hash.
const FEW_ROLES: usize = 16;

impl Act {
    /// One that changed nothing; the rest is put in where there is more.
    pub fn new(
        workflow: &Workflow,
        origin: Given,
        outcome: Outcome,
        at: DateTime,
        [before, after]: [Arc<Situation>; 2],
    ) -> Self {
        Self {
            workflow: workflow.clone(),
            origin,
            outcome,
            at,
            before,
            after,
            found: Selection::default(),
            trace: Trace::default(),
            problems: Vec::new(),
            proves: false,
            told: OnceLock::new(),
        }
    }

    /// It in words. Made when it is first asked for: some microseconds.
    pub fn record(&self) -> &Arc<Record> {
        &self.told().record
    }

    pub fn told(&self) -> &Told {
        self.told.get_or_init(|| {
            let meter = Meter::words(&self.workflow.compiled().limits);
            let record = Arc::new(tell::record(self, &meter));
            Told { record, used: meter.used() }
        })
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
    pub fn new(workflow: &Workflow, accepted: Accepted, event: &Event) -> Self {
        let definition = &workflow.compiled().definition;
        Self {
            accepted,
            sender: event.actor.as_ref().map_or(Sender::Nobody, |one| Sender::new(definition, one)),
            id: event.id.as_deref().map(Box::from),
            note: event.note.clone().map(Box::new),
        }
    }

    /// The actor as it was.
    pub fn actor(&self, workflow: &Workflow) -> Option<Actor> {
        let (roles, unit) = match &self.sender {
            Sender::Nobody => return None,
            Sender::Known { roles, unit } => {
                let all = &workflow.compiled().definition.roles;
                let named = roles.iter().filter_map(|role| all.get_index(*role as usize));
                (named.map(|(name, _)| name.clone()).collect(), unit)
            }
            Sender::Other { roles, unit } => (roles.to_vec(), unit),
        };
        let id = self.accepted.current.actor.as_deref();
        Some(Actor { id: id.map(str::to_owned), roles, unit: unit.as_deref().map(str::to_owned) })
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
            actor: self.actor(workflow),
            at: Some(current.at),
            id: self.id.as_deref().map(str::to_owned),
            facts: facts.collect(),
            data: data.collect(),
            note: self.note.as_deref().cloned(),
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
        for (id, value) in facts.iter() {
            situation.set_fact(*id, Some(value.clone()));
        }
        for id in &self.accepted.erased().facts {
            situation.set_fact(*id, None);
        }
        if let Some(before) = before {
            let compiled = workflow.compiled();
            signing::drop_changed(compiled, &before, situation, Some(&current.name), notes);
        }
    }
}

impl Sender {
    fn new(definition: &Definition, actor: &Actor) -> Self {
        let Actor { id: _, roles, unit } = actor;
        let all = &definition.roles;
        let number = |role: &String| {
            let place = if all.len() > FEW_ROLES {
                all.get_index_of(role)
            } else {
                all.keys().position(|known| known == role)
            };
            u32::try_from(place?).ok()
        };
        let unit = unit.as_deref().map(Box::from);
        let mut known = Short::new();
        for role in roles {
            match number(role) {
                Some(number) => known.push(number),
                None => return Self::Other { roles: roles.as_slice().into(), unit },
            }
        }
        Self::Known { roles: known, unit }
    }
}
