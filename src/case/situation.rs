//! Where a case stands: plain data, copied for each step, replaced when the step holds. Copies share what none has changed.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::case::active::Active;
use crate::case::signing;
use crate::rule::{Context, Current, Facts, Past};
use crate::shared::Shared;
use crate::table::{FactId, StateId, TransitionId};
use crate::value::{DateTime, Value};
use crate::workflow::Compiled;

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Situation {
    /// The time of the last step.
    pub time: DateTime,
    /// Active states, compound ones included, ascending: document order.
    pub active: Active,
    /// By number of fact; derived ones are always `None`.
    pub facts: Arc<Facts>,
    /// What was active when the parent of a history state was last left, by history state.
    pub history: Shared<BTreeMap<StateId, Vec<StateId>>>,
    pub past: Past,
    /// The terms of the active states, running or taken, in the order of state and place in the file.
    pub terms: Shared<Vec<Term>>,
    pub dated: Dates,
    /// Events sent and not yet due or not yet taken, in the order in which they were sent.
    pub sent: Shared<Vec<Sent>>,
    /// Terms and sent events that failed; shown, and tried again, once the case has changed.
    pub aside: Shared<Vec<Aside>>,
    /// Signatures of active states' transitions that wait for more.
    pub signatures: Shared<BTreeMap<TransitionId, signing::Waiting>>,
    /// A final child of the file has been entered.
    pub ended: bool,
}

/// Whether the dates of the terms were worked out here from what the case holds. Those out of a snapshot were not: the
/// database of time zones may be another by now. Equal to any other: it says nothing about the case.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Dates(pub bool);

impl PartialEq for Dates {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

/// One term of an active state.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Term {
    pub state: StateId,
    /// Which of the state's terms.
    pub index: u32,
    /// When it is due; `None` while what it counts from or to is unknown.
    pub due: Option<DateTime>,
    /// The dates at which it was taken since the state was entered: each date once.
    pub taken: Vec<DateTime>,
}

impl Term {
    /// Whether it still waits for its date.
    pub fn is_open(&self) -> bool {
        self.due.is_some_and(|due| !self.taken.contains(&due))
    }
}

/// An event that an action sent.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Sent {
    pub event: Arc<str>,
    pub due: DateTime,
    pub data: BTreeMap<Arc<str>, Value>,
}

/// A term or sent event that failed, until the case changes.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Aside {
    pub what: Waiting,
    pub problem: String,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Waiting {
    Term { state: StateId, index: u32 },
    Sent(Sent),
}

impl Situation {
    /// Before the file is entered: defaults, and the facts that are known from the outset.
    pub fn beginning(workflow: &Compiled, time: DateTime, facts: &[(FactId, Value)]) -> Self {
        let mut situation = Self {
            time,
            active: Active::default(),
            facts: Arc::new(workflow.rules.facts_at_first()),
            history: Shared::default(),
            past: Past::default(),
            terms: Shared::default(),
            dated: Dates::default(),
            sent: Shared::default(),
            aside: Shared::default(),
            signatures: Shared::default(),
            ended: false,
        };
        for (id, value) in facts {
            situation.set_fact(*id, Some(value.clone()));
        }
        situation
    }

    pub fn is_active(&self, state: StateId) -> bool {
        self.active.binary_search(&state).is_ok()
    }

    pub fn activate(&mut self, state: StateId) {
        self.active.insert(state);
    }

    pub fn deactivate(&mut self, state: StateId) {
        self.active.remove(state);
    }

    pub fn fact(&self, id: FactId) -> Option<Value> {
        self.facts.get(id)
    }

    pub fn set_fact(&mut self, id: FactId, value: Option<Value>) {
        // Most of what is reported again is as before.
        if self.facts.get(id) != value {
            Arc::make_mut(&mut self.facts).set(id, value);
        }
    }

    /// How many values a copy of it may keep alive, about.
    pub fn weight(&self) -> usize {
        let lists = [self.terms.len(), self.sent.len(), self.signatures.len(), self.active.len()];
        let past = self.past.entered.len() + self.past.events.len();
        self.facts.len() + past + lists.into_iter().sum::<usize>()
    }

    /// What rules may read now.
    pub fn context<'a>(&'a self, event: Option<&'a Current>) -> Context<'a> {
        Context {
            facts: &self.facts,
            past: &self.past,
            active: &self.active,
            now: self.time,
            event,
            supposed: false,
            watch: None,
        }
    }
}
