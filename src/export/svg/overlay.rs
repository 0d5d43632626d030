//! What is laid over a picture: where a case stands, the way it went, what tests have seen, what another version changes.
//!
//! Plain data by names, so that a picture knows of workflows only; whoever has a case, a journal or a comparison fills it in.

use std::collections::BTreeMap;

/// A transition by what can be said about it from outside.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
#[allow(clippy::exhaustive_structs)]
pub struct TransitionKey {
    /// The state that it leaves from; the workflow's id for one of the file.
    pub from: String,
    /// What it listens to: an event's name or pattern, `always`, `after KEY`, `at KEY`.
    pub on: String,
    /// Where it leads; nothing for one without a target.
    pub to: Vec<String>,
    /// Its `id`, where it has one.
    pub id: Option<String>,
    /// Which of those that are alike in all this, from 0, in the order of the file.
    pub nth: usize,
}

impl TransitionKey {
    /// This key with its number among those before it that are alike; `met` counts them, and is
    /// empty before the first.
    #[must_use]
    pub fn numbered(self, met: &mut BTreeMap<Self, usize>) -> Self {
        let before = met.entry(Self { nth: 0, ..self.clone() }).or_default();
        let nth = *before;
        *before += 1;
        Self { nth, ..self }
    }
}

/// Whether something could be taken now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum TransitionStatus {
    /// As things stand.
    Open,
    /// If the event carries something that is missing.
    OpenIf,
    /// Not, whatever the event carries.
    Blocked,
    /// Nobody listens now.
    NotExpected,
}

/// Whether a factor holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum FactorStatus {
    /// It holds.
    Yes,
    /// It does not.
    No,
    /// Something that it depends on is not known.
    Unknown,
}

/// How something differs from another version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ChangeMark {
    /// Not in the other version.
    Added,
    /// Only in the other version.
    Removed,
    /// In both, and different.
    Altered,
}

/// One step on the way of a case.
#[derive(Debug, Clone, Default, PartialEq)]
#[allow(clippy::exhaustive_structs)]
pub struct PathStep {
    /// Transitions taken.
    pub taken: Vec<TransitionKey>,
    /// States entered, in order.
    pub entered: Vec<String>,
    /// When, as it is to be shown.
    pub at: String,
    /// Factors that stand otherwise since this step than before it; at the first step all of them.
    pub factors: BTreeMap<String, FactorStatus>,
}

/// What tests have seen of one thing.
#[derive(Debug, Clone, Default, PartialEq)]
#[allow(clippy::exhaustive_structs)]
pub struct HitCount {
    /// How often it was entered or taken.
    pub times: u64,
    /// What is missing, a line each: clauses that never decided, thresholds never met.
    pub missing: Vec<String>,
}

/// What is laid over a picture. By default nothing.
#[derive(Debug, Clone, Default, PartialEq)]
#[allow(clippy::exhaustive_structs)]
pub struct Overlay {
    /// States that are active, leaves or not.
    pub current: Vec<String>,
    /// Transitions and whether they could be taken, with the reason as a text. Once there is any here or in
    /// [`events`](Self::events), all others count as not expected.
    pub statuses: Vec<(TransitionKey, TransitionStatus, String)>,
    /// Events and whether they could be sent, with the reason: for transitions from active states that listen to them
    /// and are not in [`statuses`](Self::statuses).
    pub events: Vec<(String, TransitionStatus, String)>,
    /// Factors with their verdict and what it rests on.
    pub factors: BTreeMap<String, (FactorStatus, String)>,
    /// The way of a case, step by step.
    pub path: Vec<PathStep>,
    /// States and how often tests entered them; once there is any, the others count as never entered.
    pub state_hits: BTreeMap<String, HitCount>,
    /// Transitions and how often tests took them; once there is any, the others count as never taken.
    pub transition_hits: Vec<(TransitionKey, HitCount)>,
    /// States that another version does not have, or has otherwise, with how.
    pub changed_states: BTreeMap<String, (ChangeMark, String)>,
    /// Transitions that another version does not have, or has otherwise, with how.
    pub changed_transitions: Vec<(TransitionKey, ChangeMark, String)>,
    /// What only the other version has, a line each: it has no place in the picture.
    pub removed: Vec<String>,
    /// Lines to stand under the title, such as which case this is.
    pub about: Vec<String>,
}

impl Overlay {
    /// Whether there is nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}
