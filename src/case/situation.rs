//! Where a case stands: plain data, copied for each step, replaced when the step holds. Copies share what none has changed.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::case::active::Active;
use crate::case::claim_log::ClaimLog;
use crate::case::family::Family;
use crate::copy_on_write::CopyOnWrite;
use crate::person::Person;
use crate::rule::{self, CaseHistory, Context, Current, Facts};
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
    pub history: CopyOnWrite<BTreeMap<StateId, Vec<StateId>>>,
    pub past: CaseHistory,
    /// The terms of the active states, running or taken, in the order of state and place in the file.
    pub terms: CopyOnWrite<Vec<Term>>,
    pub dated: Dates,
    /// Events sent and not yet due or not yet taken, in the order in which they were sent.
    pub sent: CopyOnWrite<Vec<Sent>>,
    /// Terms and sent events that failed; shown, and tried again, once the case has changed.
    pub aside: CopyOnWrite<Vec<FailedTimer>>,
    /// Signatures of active states' transitions that wait for more.
    pub signatures: CopyOnWrite<BTreeMap<TransitionId, Signatures>>,
    /// A final child of the file has been entered.
    pub ended: bool,
    /// It has ended because it was stopped, as a child.
    pub stopped: bool,
    /// It was put where it stands, by a scenario: no run led there.
    pub placed: bool,
    /// How the claims of the workflow stand; nothing where it makes none.
    pub claims: Option<Arc<ClaimLog>>,
    /// Its child cases.
    pub family: Family<Self>,
    /// Of a part of a whole: when its terms were last tried in vain.
    pub looked: Looked,
    /// Of the outermost case of a whole: how many events were sent in it so far.
    pub sends: u64,
}

/// Up to when the terms that are due were tried since the case last changed. It follows from what has been done, and says
/// nothing about where the case stands: equal to any other.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Looked(pub Option<Tried>);

/// Terms that were tried in vain.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Tried {
    /// Those that are due up to then.
    pub until: DateTime,
    /// At this time, which is later where they were due before the last step.
    pub at: DateTime,
}

impl Tried {
    /// All that is due by a time, at that time.
    pub fn all(at: DateTime) -> Self {
        Self { until: at, at }
    }
}

impl PartialEq for Looked {
    fn eq(&self, _: &Self) -> bool {
        true
    }
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
    pub taken: DateSet,
}

impl Term {
    /// Whether it still waits for its date.
    pub fn is_open(&self) -> bool {
        self.due.is_some_and(|due| !self.taken.contains(due))
    }
}

/// Dates, each once. A copy shares nearly all of them: a daily term of a hundred years has taken very many.
#[derive(Debug, Clone, Default)]
pub(crate) struct DateSet {
    /// Ascending.
    most: Arc<Vec<DateTime>>,
    /// Those that came last, not in order.
    last: Vec<DateTime>,
}

/// So many dates are kept apart at least.
const APART: usize = 32;

impl DateSet {
    pub fn contains(&self, date: DateTime) -> bool {
        self.last.contains(&date) || self.most.binary_search(&date).is_ok()
    }

    pub fn len(&self) -> usize {
        self.most.len() + self.last.len()
    }

    pub fn insert(&mut self, date: DateTime) {
        if self.contains(date) {
            return;
        }
        self.last.push(date);
        // About the square root: neither the copies nor the mergers are many.
        if self.last.len() >= APART.max(self.most.len().isqrt()) {
            self.most = Arc::new(self.sorted());
            self.last = Vec::new();
        }
    }

    /// All of them, ascending.
    pub fn sorted(&self) -> Vec<DateTime> {
        let mut all: Vec<DateTime> = self.most.iter().chain(&self.last).copied().collect();
        all.sort_unstable();
        all
    }
}

impl FromIterator<DateTime> for DateSet {
    fn from_iter<I: IntoIterator<Item = DateTime>>(dates: I) -> Self {
        let mut all: Vec<DateTime> = dates.into_iter().collect();
        all.sort_unstable();
        all.dedup();
        Self { most: Arc::new(all), last: Vec::new() }
    }
}

impl PartialEq for DateSet {
    fn eq(&self, other: &Self) -> bool {
        let is_shared = Arc::ptr_eq(&self.most, &other.most) && self.last == other.last;
        is_shared || self.len() == other.len() && self.sorted() == other.sorted()
    }
}

/// An event that an action sent.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Sent {
    pub event: Arc<str>,
    pub due: DateTime,
    pub data: BTreeMap<Arc<str>, Value>,
    /// To whom it goes.
    pub to: Route,
    /// Its number in the order in which events were sent in a whole; 0 in a case alone.
    pub order: u64,
}

impl Sent {
    /// One that a case alone sent to itself.
    pub fn own(event: Arc<str>, due: DateTime, data: BTreeMap<Arc<str>, Value>) -> Self {
        Self { event, due, data, to: Route::Own, order: 0 }
    }
}

/// To whom a sent event goes.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Route {
    /// To the case that sent it, which may cancel it.
    Own,
    /// It came from a child or from the parent.
    Received,
    /// To a child.
    Child { invoke: u32, key: Arc<str> },
    /// To each child from a number on, in front of another, of those that were there in a round.
    Children { invoke: u32, next: u32, end: Option<u32>, round: u32 },
}

/// A term or sent event that failed, until the case changes.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct FailedTimer {
    pub what: TimerRef,
    pub problem: String,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum TimerRef {
    Term { state: StateId, index: u32 },
    Sent(Sent),
}

/// The signatures that wait at one transition: at least one, and fewer than it asks for.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Signatures {
    /// The payload that each of them carried: all have signed the same.
    pub data: BTreeMap<Arc<str>, Value>,
    /// In the order in which they were given.
    pub given: Vec<GivenSignature>,
}

/// A signature that was given.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct GivenSignature {
    pub actor: Arc<str>,
    /// Whose id that is.
    pub person: Person,
    pub unit: Option<Arc<str>>,
    /// Those of the transition's roles that the actor had, in the order of the alphabet.
    pub roles: Vec<Arc<str>>,
    pub event: Arc<str>,
    pub at: DateTime,
}

impl Situation {
    /// Before the file is entered: defaults, and the facts that are known from the outset.
    pub fn beginning(workflow: &Compiled, time: DateTime, facts: &[(FactId, Value)]) -> Self {
        let mut situation = Self {
            time,
            active: Active::default(),
            facts: Arc::new(workflow.rules.facts_at_first()),
            history: CopyOnWrite::default(),
            past: CaseHistory::default(),
            terms: CopyOnWrite::default(),
            dated: Dates::default(),
            placed: false,
            claims: None,
            sent: CopyOnWrite::default(),
            aside: CopyOnWrite::default(),
            signatures: CopyOnWrite::default(),
            ended: false,
            stopped: false,
            family: Family::beginning(workflow.invoked.len()),
            looked: Looked::default(),
            sends: 0,
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
        let dates = self.terms.iter().map(|term| term.taken.last.len()).sum();
        let lists =
            [self.terms.len(), self.sent.len(), self.signatures.len(), self.active.len(), dates];
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
            family: self.family.is_any().then_some(&self.family as &dyn rule::Family),
            supposed: false,
            observer: None,
            meter: None,
        }
    }
}
