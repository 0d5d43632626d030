//! The answer to an event, as data: what happened, or why not.

use std::sync::{Arc, OnceLock};

use serde::{Serialize, Serializer};

use crate::case::act::Act;
use crate::case::record::{Entry, Origin, Record};
use crate::case::tell;
use crate::error::Problem;
use crate::label::Label;
use crate::rule::{Clause, FactorVerdict, Truth};
use crate::value::{DateTime, Value};

/// The answer to an event, to the start of a case or to the passing of time.
///
/// How it was answered is known at once. Everything else, the fields of [`Answer`], reads as if it stood here too, and is
/// put into words when it is first read: `decision.reasons`, `decision.movement.changed`. That costs some microseconds,
/// once, and gives the same whenever it is done: a decision does not change when its case moves on. Until then it holds
/// what it needs of the case's data, as it was before and after.
///
/// ```
/// # use tresteg::{Case, Event, Outcome, Workflow};
/// # let workflow = Workflow::from_json(r#"{ "id": "w", "initial": "a", "states": { "a": { "on": { "go": "b" } }, "b": {} } }"#)?;
/// # let (mut case, _) = Case::start(&workflow, None, Default::default())?;
/// let decision = case.fire(&Event::new("go"));
/// assert_eq!(decision.outcome, Outcome::Moved);
/// assert_eq!(decision.movement.entered, ["b"]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
#[non_exhaustive]
pub struct Decision {
    /// Which kind of answer.
    pub outcome: Outcome,
    /// The event that was answered.
    pub event: Option<Arc<str>>,
    /// The time of the case after the answer.
    pub at: DateTime,
    /// Whether the event is a repeat of one with the same `id`: the outcome is that of the first, nothing happened now, and
    /// the answer says nothing else.
    pub repeat: bool,
    told: OnceLock<Box<Answer>>,
    acts: Acts,
}

/// What a [`Decision`] says when it is read.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Answer {
    /// What the event itself brought about.
    #[serde(flatten)]
    pub movement: Movement,
    /// Why not, for each transition that could have answered; when moved, what another region was blocked by.
    pub reasons: Vec<Reason>,
    /// For *not expected*: the events that would be answered here.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub expected: Vec<String>,
    /// For *error*: everything that is wrong with the event.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub problems: Vec<Problem>,
    /// Terms that fell due and events that were sent, each a step of its own.
    pub steps: Vec<Step>,
    /// How many of the steps came before the event.
    #[serde(skip)]
    pub(crate) before: usize,
}

/// What a decision is told from.
#[derive(Debug, Clone, Default)]
pub(crate) struct Acts {
    /// What the call itself asked for: the start or the event. `None` where that failed, or where time passed.
    pub own: Option<Arc<Act>>,
    /// Everything else, in order.
    pub steps: Vec<Entry>,
    /// How many of these came before.
    pub before: usize,
    pub problems: Vec<Problem>,
}

/// The kinds of answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Outcome {
    /// The case has begun.
    Started,
    /// At least one transition was taken, or a signature was given or withdrawn.
    Moved,
    /// Time has passed.
    Advanced,
    /// A transition listens to the event, and none was open.
    Blocked,
    /// Nothing listens to the event here.
    NotExpected,
    /// The contract is broken or a script failed; the event changed nothing.
    Error,
}

/// What one step changed.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Movement {
    /// States left, in the order in which they were left.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub left: Vec<String>,
    /// Transitions taken, in order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub taken: Vec<Way>,
    /// States entered, in the order in which they were entered.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub entered: Vec<String>,
    /// Facts that have another value than before, in the order of the file.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub changed: Vec<Change>,
    /// Messages for the host, in order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub emitted: Vec<Message>,
    /// Transitions whose signatures are others now, with who has signed and who is missing.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub signatures: Vec<Signing>,
    /// What the journal says besides.
    #[serde(skip)]
    pub(crate) proof: Proof,
}

/// How the signatures of a transition stand.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Signing {
    /// The transition.
    pub transition: Way,
    /// Those that stand, in the order in which they were given; of a transition that was taken all that it asks for.
    pub signed: Vec<Signature>,
    /// For each that is missing the roles of which any would do; none where the transition was taken.
    pub missing: Vec<Vec<String>>,
    /// Those that do not stand any more.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub dropped: Vec<Dropped>,
}

/// A signature.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Signature {
    /// The id of who gave it.
    pub actor: String,
    /// The organisation or unit that the actor spoke for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// The role that it counts for. An actor with several of the roles fills the one that leaves the rest possible, so
    /// that it may be another one when others have signed.
    pub role: String,
    /// The event that gave it.
    pub event: String,
    /// When it was given.
    pub at: DateTime,
}

/// A signature that does not stand any more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Dropped {
    /// What was given.
    #[serde(flatten)]
    pub signature: Signature,
    /// Why it does not stand.
    pub cause: Withdrawal,
}

/// Why a signature does not stand any more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
#[non_exhaustive]
pub enum Withdrawal {
    /// Whoever gave it took it back.
    Revoked,
    /// Facts that it was given for have other values.
    Changed {
        /// Their names, in the order of the file.
        facts: Vec<String>,
    },
    /// Somebody signed with another payload.
    Payload,
    /// The state of the transition was left, or the case has ended.
    Left,
}

/// Why an actor may not sign, or not withdraw.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Refusal {
    /// There is no actor with an id: nobody whose signature it would be.
    Nobody,
    /// It has signed already.
    Twice,
    /// It has none of the roles that are missing.
    Role,
    /// It has not signed, and so has nothing to withdraw.
    NotSigned,
}

/// Why a step was taken and where it led, for the journal.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Proof {
    /// What held, with the values read, for each transition that the cause itself opened.
    pub verdicts: Vec<Reason>,
    /// The active leaf states behind the step, in the order of the file.
    pub states: Vec<String>,
    /// Terms that run since or have another date now: `STATE: KEY` and the date.
    pub due: Vec<(String, DateTime)>,
}

/// A transition, for people and programs.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Way {
    /// The state it leaves from; the workflow's id for one of the file.
    pub from: String,
    /// The states it leads to; none for a targetless one.
    pub to: Vec<String>,
    /// What it listens to: an event's name or pattern, `always`, `after …`, `at …`.
    pub on: String,
    /// Its `id`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Its `title`.
    #[serde(skip_serializing_if = "Label::is_empty")]
    pub title: Label,
}

/// A fact that changed.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Change {
    /// Its name.
    pub fact: String,
    /// What it was; `None` when it was unknown.
    pub before: Option<Value>,
    /// What it is; `None` when it is unknown now.
    pub after: Option<Value>,
}

/// A message that an action emitted for the host.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Message {
    /// Its name.
    pub name: String,
    /// What it carries, by name.
    #[serde(skip_serializing_if = "std::collections::BTreeMap::is_empty")]
    pub data: std::collections::BTreeMap<std::sync::Arc<str>, Value>,
}

/// A step that no event from outside caused.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Step {
    /// What caused it.
    pub cause: Cause,
    /// How it was answered.
    pub outcome: StepOutcome,
    /// When it was taken.
    pub at: DateTime,
    /// What it changed.
    #[serde(flatten)]
    pub movement: Movement,
    /// Why not, or what else was blocked.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub reasons: Vec<Reason>,
    /// Why it failed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub problems: Vec<Problem>,
}

/// What causes a step without an event from outside.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
#[non_exhaustive]
pub enum Cause {
    /// A term fell due.
    Term {
        /// The state whose term it is.
        state: String,
        /// Its key: a duration, or the name of what holds it.
        term: String,
        /// When it was due.
        due: DateTime,
    },
    /// An event that the case had sent.
    Sent {
        /// Its name.
        event: String,
        /// When it was due.
        due: DateTime,
    },
}

/// How a step without an event from outside was answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum StepOutcome {
    /// A transition was taken.
    Moved,
    /// A transition listens to the sent event, and none was open.
    Blocked,
    /// Nothing listens to the sent event.
    NotExpected,
    /// A script failed: the step was undone and is put aside until the case changes.
    Failed,
}

/// Why one transition, or the event as a whole, was not open.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Reason {
    /// The transition; `None` where the event itself is refused, whatever the transition.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transition: Option<Way>,
    /// Every ground, not only the first.
    pub grounds: Vec<Ground>,
    /// What is unknown and would have to be known for a decision.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unknown: Vec<String>,
    /// What to do, from the file.
    #[serde(skip_serializing_if = "Label::is_empty")]
    pub hint: Label,
}

/// One ground for a "no", or for "not yet decided".
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
#[non_exhaustive]
pub enum Ground {
    /// The actor has none of the roles.
    Role {
        /// Any of these would do.
        needed: Vec<String>,
        /// Their labels, in the same order.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        titles: Vec<Label>,
        /// What the actor has.
        has: Vec<String>,
    },
    /// The person sent one of these events earlier in the case, and may not take this too.
    NotBy {
        /// The events.
        events: Vec<String>,
        /// The actor's id; `None` when it sent none, which does not do here.
        actor: Option<String>,
        /// Those of the events that nobody known has sent, so that nobody can be somebody else.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        anonymous: Vec<String>,
    },
    /// The actor has no id, and some `not_by` names the event: who sends it must be known, or nobody could be somebody else
    /// later.
    Person {
        /// The event.
        event: String,
    },
    /// The event must carry this and did not.
    Missing {
        /// A fact, or an entry of the payload as `event.data.NAME`.
        fact: String,
        /// Its label.
        #[serde(skip_serializing_if = "Label::is_empty")]
        title: Label,
    },
    /// A factor that does not hold, or is undecided.
    Factor {
        /// The verdict with the values that it read.
        factor: FactorVerdict,
    },
    /// A boolean fact that is false, or unknown.
    Fact {
        /// Its name.
        fact: String,
        /// Its label.
        #[serde(skip_serializing_if = "Label::is_empty")]
        title: Label,
        /// False or unknown.
        verdict: Truth,
    },
    /// The guard does not hold, or is undecided.
    Guard {
        /// False or unknown.
        verdict: Truth,
        /// The clauses that decided, or that are undecided.
        clauses: Vec<Clause>,
    },
    /// The actor may not sign, or has nothing to withdraw.
    Signature {
        /// Why not.
        refusal: Refusal,
        /// The actor's id.
        #[serde(skip_serializing_if = "Option::is_none")]
        actor: Option<String>,
        /// Those that stand.
        signed: Vec<Signature>,
        /// For each that is missing the roles of which any would do.
        missing: Vec<Vec<String>>,
    },
    /// Not tried, because this one before it or inside its state is undecided.
    Behind {
        /// The undecided transition.
        undecided: Way,
    },
    /// There is no room for more: an answer is bounded ([`Limits::answer_bytes`](crate::Limits::answer_bytes)).
    Cut {
        /// Of how many transitions, or factors of one, nothing is said here.
        more: usize,
    },
}

impl Decision {
    /// One that says nothing more.
    pub(crate) fn new(outcome: Outcome, event: Option<Arc<str>>, at: DateTime) -> Self {
        Self::of(outcome, event, at, Acts::default())
    }

    pub(crate) fn of(outcome: Outcome, event: Option<Arc<str>>, at: DateTime, acts: Acts) -> Self {
        Self { outcome, event, at, repeat: false, told: OnceLock::new(), acts }
    }

    /// The answer to a repeat, by the first outcome.
    pub(crate) fn again(outcome: Outcome, event: Option<Arc<str>>, at: DateTime) -> Self {
        Self { repeat: true, ..Self::new(outcome, event, at) }
    }

    /// The steps that it tells of, in the order in which things happened.
    pub(crate) fn acts(&self) -> impl Iterator<Item = Entry> {
        let Acts { own, steps, before, .. } = &self.acts;
        let (before, after) = steps.split_at((*before).min(steps.len()));
        let own = own.iter().map(|act| Entry::Act(Arc::clone(act)));
        before.iter().cloned().chain(own).chain(after.iter().cloned())
    }

    /// What it takes to put it into words: operations and bytes.
    pub(crate) fn cost(&self) -> (u64, u64) {
        let acts = self.acts().filter_map(|entry| match entry {
            Entry::Act(act) => Some(act.told().used),
            Entry::Told(_) | Entry::Packed(..) => None,
        });
        acts.fold((0, 0), |sum, used| (sum.0 + used.0, sum.1 + used.1))
    }

    /// What it says, to be taken apart.
    #[must_use]
    pub fn into_answer(self) -> Answer {
        let Self { told, acts, .. } = self;
        told.into_inner().map_or_else(|| acts.tell(), |told| *told)
    }

    /// Whether the event was accepted.
    #[must_use]
    pub fn is_moved(&self) -> bool {
        self.outcome == Outcome::Moved
    }

    /// The messages of all steps, in the order in which they were emitted.
    pub fn emitted(&self) -> impl Iterator<Item = &Message> {
        self.movements().flat_map(|movement| &movement.emitted)
    }

    /// What all steps changed, in the order in which they were taken.
    pub(crate) fn movements(&self) -> impl Iterator<Item = &Movement> {
        let (before, after) = self.steps.split_at(self.before.min(self.steps.len()));
        before
            .iter()
            .map(|step| &step.movement)
            .chain(std::iter::once(&self.movement))
            .chain(after.iter().map(|step| &step.movement))
    }
}

impl Acts {
    fn tell(&self) -> Answer {
        let Self { own, steps, before, problems } = self;
        let mut answer = Answer {
            problems: problems.clone(),
            steps: steps.iter().filter_map(Step::of).collect(),
            before: *before,
            ..Answer::default()
        };
        if let Some(act) = own {
            let record = act.record();
            answer.movement = record.movement.clone();
            answer.reasons = record.reasons.clone();
            if act.outcome == Outcome::NotExpected {
                answer.expected = tell::expected(act.workflow.compiled(), &act.before);
            }
        }
        answer
    }
}

impl Step {
    /// `None` for what came from outside.
    fn of(entry: &Entry) -> Option<Self> {
        let Record { at, origin, outcome, movement, reasons, problems } =
            Arc::unwrap_or_clone(entry.record());
        let Origin::Step { cause } = origin else { return None };
        let outcome = match outcome {
            Outcome::Blocked => StepOutcome::Blocked,
            Outcome::NotExpected => StepOutcome::NotExpected,
            Outcome::Error => StepOutcome::Failed,
            Outcome::Started | Outcome::Moved | Outcome::Advanced => StepOutcome::Moved,
        };
        Some(Self { cause, outcome, at, movement, reasons, problems })
    }
}

impl std::ops::Deref for Decision {
    type Target = Answer;

    fn deref(&self) -> &Answer {
        self.told.get_or_init(|| Box::new(self.acts.tell()))
    }
}

impl PartialEq for Decision {
    fn eq(&self, other: &Self) -> bool {
        self.outcome == other.outcome
            && self.event == other.event
            && self.at == other.at
            && self.repeat == other.repeat
            && **self == **other
    }
}

impl std::fmt::Debug for Decision {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Answer { movement, reasons, expected, problems, steps, before } = &**self;
        f.debug_struct("Decision")
            .field("outcome", &self.outcome)
            .field("event", &self.event)
            .field("at", &self.at)
            .field("repeat", &self.repeat)
            .field("movement", movement)
            .field("reasons", reasons)
            .field("expected", expected)
            .field("problems", problems)
            .field("steps", steps)
            .field("before", before)
            .finish()
    }
}

impl Serialize for Decision {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Whole<'d> {
            outcome: Outcome,
            #[serde(skip_serializing_if = "Option::is_none")]
            event: Option<&'d str>,
            at: DateTime,
            #[serde(skip_serializing_if = "std::ops::Not::not")]
            repeat: bool,
            #[serde(flatten)]
            answer: Option<&'d Answer>,
        }
        let Self { outcome, event, at, repeat, .. } = self;
        let answer = (!repeat).then_some(&**self);
        Whole { outcome: *outcome, event: event.as_deref(), at: *at, repeat: *repeat, answer }
            .serialize(serializer)
    }
}
