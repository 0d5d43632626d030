//! A decision: the answer to a call, put into words when it is read.

use std::sync::{Arc, OnceLock};

use serde::{Serialize, Serializer};

use crate::case::answer::{
    Answer, Effects, Message, Outcome, Reason, Step, StepCause, StepOutcome,
};
use crate::case::describe;
use crate::case::record::{Origin, Record};
use crate::case::step_log::{PendingEntry, StepLog};
use crate::error::Problem;
use crate::value::DateTime;

/// The answer to an event, to the start of a case or to the passing of time.
///
/// How it was answered is known at once. Everything else, the fields of [`Answer`], reads as if it stood here too, and is
/// put into words when it is first read: `decision.reasons`, `decision.effects.changed`. That costs some microseconds,
/// once, and gives the same whenever it is done: a decision does not change when its case moves on. Until then it holds
/// what it needs of the case's data, as it was before and after.
///
/// ```
/// # use tresteg::{Case, Event, Outcome, Workflow};
/// # let workflow = Workflow::from_json(r#"{ "id": "w", "initial": "a", "states": { "a": { "on": { "go": "b" } }, "b": {} } }"#)?;
/// # let (mut case, _) = Case::start(&workflow, None, Default::default())?;
/// let decision = case.fire(&Event::new("go"));
/// assert_eq!(decision.outcome, Outcome::Moved);
/// assert_eq!(decision.effects.entered, ["b"]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
#[non_exhaustive]
pub struct Decision {
    /// Which kind of answer.
    pub outcome: Outcome,
    /// The event that was answered.
    pub event: Option<Arc<str>>,
    /// The child case that it was sent to, by its address; `None` for the outermost. What the answer itself says is of that
    /// case, what moved elsewhere stands in its steps.
    pub case: Option<Arc<str>>,
    /// The time of the case after the answer.
    pub at: DateTime,
    /// Whether the event is a repeat of one with the same `id`: the outcome is that of the first, nothing happened now, and
    /// the answer says nothing else.
    pub repeat: bool,
    described: OnceLock<Box<Answer>>,
    acts: StepLogs,
}

/// What a decision is told from.
#[derive(Debug, Clone, Default)]
pub(crate) struct StepLogs {
    /// What the call itself asked for: the start or the event. `None` where that failed, or where time passed.
    pub own: Option<Arc<StepLog>>,
    /// Everything else, in order.
    pub steps: Vec<PendingEntry>,
    /// How many of these came before.
    pub before: usize,
    pub problems: Vec<Problem>,
}

impl Decision {
    /// One that says nothing more.
    pub(crate) fn new(outcome: Outcome, event: Option<Arc<str>>, at: DateTime) -> Self {
        Self::of(outcome, event, at, StepLogs::default())
    }

    pub(crate) fn of(
        outcome: Outcome,
        event: Option<Arc<str>>,
        at: DateTime,
        acts: StepLogs,
    ) -> Self {
        let case = acts.own.as_ref().and_then(|own| own.case.text()).map(Arc::from);
        Self { outcome, event, case, at, repeat: false, described: OnceLock::new(), acts }
    }

    /// The answer of a child case, by its address.
    pub(crate) fn of_case(mut self, address: Option<&str>) -> Self {
        self.case = address.filter(|address| !address.is_empty()).map(Arc::from);
        self
    }

    /// The answer to a repeat, by the first outcome.
    pub(crate) fn again(outcome: Outcome, event: Option<Arc<str>>, at: DateTime) -> Self {
        Self { repeat: true, ..Self::new(outcome, event, at) }
    }

    /// The steps that it tells of, in the order in which things happened.
    pub(crate) fn acts(&self) -> impl Iterator<Item = PendingEntry> {
        let StepLogs { own, steps, before, .. } = &self.acts;
        let (before, after) = steps.split_at((*before).min(steps.len()));
        let own = own.iter().map(|act| PendingEntry::Act(Arc::clone(act)));
        before.iter().cloned().chain(own).chain(after.iter().cloned())
    }

    /// Why the event was refused, with every clause, as it is written down: what scenarios are held to.
    pub(crate) fn recorded_reasons(&self) -> Vec<Reason> {
        let own = self.acts.own.as_ref();
        own.map(|act| describe::described(act).record.reasons.clone()).unwrap_or_default()
    }

    /// What it says, to be taken apart.
    #[must_use]
    pub fn into_answer(self) -> Answer {
        let Self { described, acts, .. } = self;
        described.into_inner().map_or_else(|| acts.describe(), |described| *described)
    }

    /// Whether the event was accepted.
    #[must_use]
    pub fn is_moved(&self) -> bool {
        self.outcome == Outcome::Moved
    }

    /// The messages of all steps, in the order in which they were emitted.
    pub fn emitted(&self) -> impl Iterator<Item = &Message> {
        self.movements().flat_map(|effects| &effects.emitted)
    }

    /// The child cases that were stopped, by their addresses, in that order. Asked of [`Case::explain`](crate::Case::explain):
    /// those that would be.
    #[must_use]
    pub fn stopped(&self) -> Vec<String> {
        let stopped = self.steps.iter().filter(|step| step.cause == StepCause::Stopped);
        stopped.filter_map(|step| step.case.clone()).collect()
    }

    /// What all steps changed, in the order in which they were taken.
    pub(crate) fn movements(&self) -> impl Iterator<Item = &Effects> {
        let (before, after) = self.steps.split_at(self.before.min(self.steps.len()));
        before
            .iter()
            .map(|step| &step.effects)
            .chain(std::iter::once(&self.effects))
            .chain(after.iter().map(|step| &step.effects))
    }
}

impl StepLogs {
    fn describe(&self) -> Answer {
        let Self { own, steps, before, problems } = self;
        let mut used = (0, 0);
        let mut answer = Answer {
            problems: problems.clone(),
            steps: steps.iter().filter_map(|entry| step(entry, &mut used)).collect(),
            before: *before,
            ..Answer::default()
        };
        if let Some(act) = own {
            // What was refused moved nothing.
            if act.outcome != Outcome::Blocked {
                answer.effects = describe::described(act).record.effects.clone();
            }
            answer.reasons = why(act, &mut used);
            if act.outcome == Outcome::NotExpected {
                answer.expected = describe::expected(act.workflow.compiled(), &act.before);
            }
        }
        Answer { used, ..answer }
    }
}

fn why(act: &StepLog, used: &mut (u64, u64)) -> Vec<Reason> {
    let (reasons, more) = describe::why(act);
    *used = (used.0.saturating_add(more.0), used.1.saturating_add(more.1));
    reasons
}

/// A step that nothing from outside caused; `None` for what came from outside.
fn step(entry: &PendingEntry, used: &mut (u64, u64)) -> Option<Step> {
    let Record { at, case, origin, outcome, effects, mut reasons, problems } =
        Arc::unwrap_or_clone(describe::record(entry));
    if let PendingEntry::Act(act) = entry {
        reasons = why(act, used);
    }
    let cause = match origin {
        Origin::Step { cause } => cause,
        Origin::Start { .. } if case.is_some() => StepCause::Invoked,
        Origin::Start { .. } | Origin::Event { .. } => return None,
    };
    let outcome = match outcome {
        Outcome::Blocked => StepOutcome::Blocked,
        Outcome::NotExpected => StepOutcome::NotExpected,
        Outcome::Error => StepOutcome::Failed,
        Outcome::Started | Outcome::Moved | Outcome::Advanced => StepOutcome::Moved,
    };
    Some(Step { case, cause, outcome, at, effects, reasons, problems })
}

impl std::ops::Deref for Decision {
    type Target = Answer;

    fn deref(&self) -> &Answer {
        self.described.get_or_init(|| Box::new(self.acts.describe()))
    }
}

impl PartialEq for Decision {
    fn eq(&self, other: &Self) -> bool {
        self.outcome == other.outcome
            && self.event == other.event
            && self.case == other.case
            && self.at == other.at
            && self.repeat == other.repeat
            && **self == **other
    }
}

impl std::fmt::Debug for Decision {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Answer { effects, reasons, expected, problems, steps, before, used: _ } = &**self;
        f.debug_struct("Decision")
            .field("outcome", &self.outcome)
            .field("event", &self.event)
            .field("case", &self.case)
            .field("at", &self.at)
            .field("repeat", &self.repeat)
            .field("effects", effects)
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
            #[serde(skip_serializing_if = "Option::is_none")]
            case: Option<&'d str>,
            at: DateTime,
            #[serde(skip_serializing_if = "std::ops::Not::not")]
            repeat: bool,
            #[serde(flatten)]
            answer: Option<&'d Answer>,
        }
        let Self { outcome, event, case, at, repeat, .. } = self;
        let answer = (!repeat).then_some(&**self);
        let (event, case) = (event.as_deref(), case.as_deref());
        Whole { outcome: *outcome, event, case, at: *at, repeat: *repeat, answer }
            .serialize(serializer)
    }
}
