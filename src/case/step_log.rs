//! One step that was taken, refused or has failed, as it happened: numbers, and the situations on both sides.
//!
//! Nothing has names here. What a step says is worked out when somebody reads it, from the situation before and what was
//! found then, and is the same whenever that is and on whichever thread.

use std::sync::{Arc, OnceLock};

use crate::case::address::Address;
use crate::case::answer::{Outcome, StepCause};
use crate::case::contract::Accepted;
use crate::case::event::{Actor, Event, Note};
use crate::case::record::Record;
use crate::case::select::Selection;
use crate::case::signing;
use crate::case::situation::Situation;
use crate::case::trace::{SignatureNote, Trace};
use crate::definition::model::Definition;
use crate::error::Problem;
use crate::inline_vec::InlineVec;
use crate::rule::{Current, Meter};
use crate::table::{FactId, StateId};
use crate::value::{DateTime, Value};
use crate::workflow::{Workflow, naming};

pub(crate) struct StepLog {
    pub workflow: Workflow,
    pub origin: StepTrigger,
    /// `Error` stands for a step that failed.
    pub outcome: Outcome,
    pub at: DateTime,
    /// Before anything that the event reports was taken in.
    pub before: Arc<Situation>,
    pub after: Arc<Situation>,
    pub found: Selection,
    pub trace: Trace,
    pub problems: Vec<Problem>,
    /// The place of an enforced claim that the step would have broken: then it was not taken.
    pub barred_by: Option<usize>,
    /// Whether the verdicts of what was taken belong to it, for the journal.
    pub proves: bool,
    /// In which case of a whole.
    pub case: Address,
    /// What it did in other cases: children that it stopped or started, theirs too, in order.
    pub inner: Vec<Arc<Self>>,
    pub described: OnceLock<Narrated>,
}

/// A step in words, with what it took to find them, in operations and bytes.
pub(crate) struct Narrated {
    pub record: Arc<Record>,
    pub used: (u64, u64),
}

/// What an act answers.
#[derive(Debug)]
#[allow(
    clippy::large_enum_variant,
    reason = "nearly all are events, and lie on the heap with their act"
)]
pub(crate) enum StepTrigger {
    Start(Vec<(FactId, Value)>),
    Event(Incoming),
    Term {
        state: StateId,
        index: u32,
        due: DateTime,
    },
    Sent {
        event: Current,
        due: DateTime,
    },
    /// A child has moved: its parent looks at its `always`.
    Look,
    /// The state that invokes it is left.
    Stop,
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
        roles: InlineVec<u32, 6>,
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

impl StepLog {
    /// One that changed nothing; the rest is put in where there is more.
    pub fn new(
        workflow: &Workflow,
        origin: StepTrigger,
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
            barred_by: None,
            proves: false,
            case: Address::default(),
            inner: Vec::new(),
            described: OnceLock::new(),
        }
    }

    /// The event that scripts saw.
    pub fn event(&self) -> Option<&Current> {
        match &self.origin {
            StepTrigger::Event(incoming) => Some(&incoming.accepted.current),
            StepTrigger::Sent { event, .. } => Some(event),
            StepTrigger::Start(_)
            | StepTrigger::Term { .. }
            | StepTrigger::Look
            | StepTrigger::Stop => None,
        }
    }

    /// The situation in which it was asked what is open: the time is that of the step, and the event's facts are in.
    pub fn asked(&self) -> Situation {
        let mut situation = Situation::clone(&self.before);
        situation.time = self.at;
        if let StepTrigger::Event(incoming) = &self.origin {
            incoming.take_in(&self.workflow, &mut situation, &mut Vec::new());
        }
        situation
    }

    /// What caused it, where that was no event from outside.
    pub fn cause(&self) -> Option<StepCause> {
        match &self.origin {
            StepTrigger::Start(_) | StepTrigger::Event(_) => None,
            StepTrigger::Term { state, index, due } => {
                let (state, term) = naming::term(self.workflow.compiled(), *state, *index);
                Some(StepCause::Term { state, term, due: *due })
            }
            StepTrigger::Sent { event, due } => {
                Some(StepCause::Sent { event: event.name.to_string(), due: *due })
            }
            StepTrigger::Look => Some(StepCause::Children),
            StepTrigger::Stop => Some(StepCause::Stopped),
        }
    }
}

/// Its numbers say nothing to people: only how it ended, and when.
impl std::fmt::Debug for StepLog {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { outcome, at, trace, problems, .. } = self;
        f.debug_struct("Act")
            .field("outcome", outcome)
            .field("at", at)
            .field("trace", trace)
            .field("problems", problems)
            .finish_non_exhaustive()
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

    /// What nobody writes down.
    #[cfg(feature = "log")]
    pub fn unwritten(accepted: Accepted) -> Self {
        Self { accepted, sender: Sender::Nobody, id: None, note: None }
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
            to: None,
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
        notes: &mut Vec<SignatureNote>,
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
        let mut known = InlineVec::new();
        for role in roles {
            match number(role) {
                Some(number) => known.push(number),
                None => return Self::Other { roles: roles.as_slice().into(), unit },
            }
        }
        Self::Known { roles: known, unit }
    }
}

/// A step: as it was taken, with the situations on both sides of it, or in words, which hold what changed and no more.
#[derive(Debug, Clone)]
pub(crate) enum PendingEntry {
    Act(Arc<StepLog>),
    Told(Arc<Record>),
    /// In words, put away as a snapshot would: less than half of what they take when they can be read.
    Packed(DateTime, Arc<str>),
}

impl PendingEntry {
    /// How many values it keeps alive, about.
    pub fn weight(&self) -> usize {
        match self {
            Self::Told(_) | Self::Packed(..) => 0,
            Self::Act(act) => act.after.weight(),
        }
    }
}

/// The most acts that wait as they are, of a journal and of one call.
const ACTS: usize = 64;
const OF_A_CALL: usize = 16;

/// How many values the situations may keep alive that such acts hold, together.
const WEIGHT: usize = 32_768;

/// Whether so many acts are more than may be held, when their situations weigh this much.
pub(crate) fn is_over(acts: usize, weight: usize) -> bool {
    acts > ACTS || acts > 1 && acts.saturating_mul(weight) > WEIGHT
}

/// Puts a step into words and these away; what that took, in operations and bytes.
pub(crate) type PutAway = fn(&mut PendingEntry) -> (u64, u64);

/// The steps of one call. Only the newest hold the situations on both sides of them: a step keeps what changed.
pub(crate) struct CallSteps {
    entries: Vec<PendingEntry>,
    /// How many of them are in words.
    in_words: usize,
    pub put_away: PutAway,
}

impl CallSteps {
    pub fn new(put_away: PutAway) -> Self {
        Self { entries: Vec::new(), in_words: 0, put_away }
    }

    /// One more; what becomes too many is put into words, at the cost of the call.
    pub fn push(&mut self, entry: PendingEntry, meter: &Meter) {
        let weight = entry.weight();
        self.entries.push(entry);
        while self.is_over(weight) {
            if let Some(entry) = self.entries.get_mut(self.in_words) {
                let (operations, bytes) = (self.put_away)(entry);
                meter.spend(operations);
                meter.grow(bytes);
            }
            self.in_words += 1;
        }
    }

    fn is_over(&self, weight: usize) -> bool {
        let held = self.entries.len() - self.in_words;
        held > OF_A_CALL || is_over(held, weight)
    }

    pub fn len(&self) -> usize {
        self.entries.len()
    }

    pub fn pop(&mut self) -> Option<PendingEntry> {
        self.entries.pop()
    }

    /// The first of them.
    pub fn pop_first(&mut self) -> Option<PendingEntry> {
        self.take().into_iter().next()
    }

    /// All of them; none are left.
    pub fn take(&mut self) -> Vec<PendingEntry> {
        self.in_words = 0;
        std::mem::take(&mut self.entries)
    }
}
