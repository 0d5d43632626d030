//! What an answer says, as plain data: what happened, or why not.

use serde::Serialize;

use crate::error::Problem;
use crate::label::Label;
use crate::rule::{Clause, FactorVerdict, Truth};
use crate::value::{DateTime, Value};
use crate::workflow::TransitionRef;

/// What a [`Decision`](crate::Decision) says when it is read.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Answer {
    /// What the event itself brought about.
    #[serde(flatten)]
    pub effects: Effects,
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
    /// What it took to find out why not: operations and bytes.
    #[serde(skip)]
    pub(crate) used: (u64, u64),
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

impl Outcome {
    /// How it is written in JSON.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Started => "started",
            Self::Moved => "moved",
            Self::Advanced => "advanced",
            Self::Blocked => "blocked",
            Self::NotExpected => "not_expected",
            Self::Error => "error",
        }
    }
}

/// What one step changed.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Effects {
    /// States left, in the order in which they were left.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub left: Vec<String>,
    /// Transitions taken, in order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub taken: Vec<TransitionRef>,
    /// States entered, in the order in which they were entered.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub entered: Vec<String>,
    /// Facts that have another value than before, in the order of the file.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub changed: Vec<FactChange>,
    /// Messages for the host, in order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub emitted: Vec<Message>,
    /// Transitions whose signatures are others now, with who has signed and who is missing.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub signatures: Vec<SignatureStatus>,
    /// Events for a parent that there is not: what `send_parent` would send, were this case the child of another.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub to_parent: Vec<Message>,
    /// What the journal says besides.
    #[serde(skip)]
    pub(crate) proof: Proof,
}

/// How the signatures of a transition stand.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct SignatureStatus {
    /// The transition.
    pub transition: TransitionRef,
    /// Those that stand, in the order in which they were given; of a transition that was taken all that it asks for.
    pub signed: Vec<Signature>,
    /// For each that is missing the roles of which any would do; none where the transition was taken.
    pub missing: Vec<Vec<String>>,
    /// Those that do not stand any more.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub dropped: Vec<DroppedSignature>,
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
pub struct DroppedSignature {
    /// What was given.
    #[serde(flatten)]
    pub signature: Signature,
    /// Why it does not stand.
    pub cause: DropCause,
}

/// Why a signature does not stand any more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
#[non_exhaustive]
pub enum DropCause {
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
pub enum SigningRefusal {
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

/// A fact that changed.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct FactChange {
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
    /// In which of the child cases, by its address such as `boards/angered`; `None` for the outermost case.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub case: Option<String>,
    /// What caused it.
    pub cause: StepCause,
    /// How it was answered.
    pub outcome: StepOutcome,
    /// When it was taken.
    pub at: DateTime,
    /// What it changed.
    #[serde(flatten)]
    pub effects: Effects,
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
pub enum StepCause {
    /// A term fell due.
    Term {
        /// The state whose term it is.
        state: String,
        /// Its key: a duration, or the name of what holds it.
        term: String,
        /// When it was due.
        due: DateTime,
    },
    /// A child case moved, and the case looked at its `always`.
    Children,
    /// It was started as a child of another case.
    Invoked,
    /// It was stopped: the state that invokes it was left.
    Stopped,
    /// An event that the case had sent, or another case of the whole sent to it.
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
    pub transition: Option<TransitionRef>,
    /// Every ground, not only the first.
    pub grounds: Vec<Condition>,
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
pub enum Condition {
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
    /// The actor has the role, for another unit than the one that it is asked for here.
    Unit {
        /// The role.
        role: String,
        /// Its label.
        #[serde(skip_serializing_if = "Label::is_empty")]
        title: Label,
        /// The fact that holds the unit; as long as it is unknown, nobody has the role.
        fact: String,
        /// The unit that the actor speaks for.
        #[serde(skip_serializing_if = "Option::is_none")]
        has: Option<String>,
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
        /// Why, of a derived one.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        clauses: Vec<Clause>,
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
        refusal: SigningRefusal,
        /// The actor's id.
        #[serde(skip_serializing_if = "Option::is_none")]
        actor: Option<String>,
        /// Those that stand.
        signed: Vec<Signature>,
        /// For each that is missing the roles of which any would do.
        missing: Vec<Vec<String>>,
    },
    /// The step would break a claim that is enforced.
    Claim {
        /// Its name.
        claim: String,
        /// Its label.
        #[serde(skip_serializing_if = "Label::is_empty")]
        title: Label,
    },
    /// Not tried, because this one before it or inside its state is undecided.
    Behind {
        /// The undecided transition.
        undecided: TransitionRef,
    },
    /// There is no room for more: an answer is bounded ([`Limits::answer_bytes`](crate::Limits::answer_bytes)).
    Cut {
        /// Of how many transitions, or factors of one, nothing is said here.
        more: usize,
    },
}
