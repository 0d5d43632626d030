//! What a [`Case`] says and is told: answers with reasons, signatures, open terms, choices, snapshots.
//!
//! Look here for the parts of a [`Decision`](crate::Decision) (an [`Answer`] with its [`Effects`], and a [`Reason`] for each
//! transition that stays shut), for what a case could take ([`Options`]), for its running terms ([`Term`]), for what may go
//! with an event ([`Note`], [`facts_from_json`]) and for storing a case as a whole ([`Snapshot`]).
//!
//! ```
//! use tresteg::case::Condition;
//! use tresteg::{Case, Event, Outcome, Workflow};
//!
//! let workflow = Workflow::from_json(r#"{
//!     "id": "door",
//!     "facts": { "key": { "type": "boolean" } },
//!     "initial": "shut",
//!     "states": { "shut": { "on": { "open": { "target": "ajar", "guard": "key" } } }, "ajar": {} }
//! }"#)?;
//! let (mut case, _) = Case::start(&workflow, None, Default::default())?;
//! let decision = case.fire(&Event::new("open"));
//! assert_eq!(decision.outcome, Outcome::Blocked);
//! assert!(matches!(decision.reasons[0].grounds[0], Condition::Guard { .. }));
//! assert_eq!(decision.reasons[0].unknown, ["key"]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub(crate) mod active;
pub(crate) mod address;
pub(crate) mod answer;
mod birth;
mod child;
mod children;
mod claim_log;
pub(crate) mod claims;
mod codec;
pub(crate) mod contract;
mod cycle;
mod decide;
pub(crate) mod decision;
pub(crate) mod describe;
pub(crate) mod entries;
pub(crate) mod event;
pub(crate) mod family;
mod from_parent;
pub(crate) mod ids;
pub(crate) mod instance;
mod invariants;
pub(crate) mod kin;
mod machine;
mod open_terms;
pub(crate) mod options;
pub(crate) mod problem;
mod received;
pub(crate) mod record;
pub(crate) mod replay;
pub(crate) mod requester;
#[cfg(feature = "batch")]
pub(crate) mod row;
pub(crate) mod select;
pub(crate) mod signing;
pub(crate) mod situation;
mod snapshot;
pub(crate) mod starting_point;
pub(crate) mod step;
pub(crate) mod step_log;
pub(crate) mod terms;
#[cfg(test)]
mod tests;
mod trace;
mod turns;
mod whole;
pub(crate) mod words;

pub use crate::error::Problem;
pub use crate::rule::{Clause, FactorVerdict, Item, Joined, ValueRead};
pub use answer::{
    Answer, Condition, DropCause, DroppedSignature, Effects, FactChange, Message, Reason,
    Signature, SignatureStatus, SigningRefusal, Step, StepCause, StepOutcome,
};
pub use children::{ChildCase, ChildStatus, InboxEntry};
pub use claim_log::Cause as ClaimCause;
pub use claims::{ClaimStatus, ClaimVerdict};
pub use decide::EventHandle;
pub use event::{Attachment, InputLine, Note, Until, facts_from_json};
pub(crate) use instance::Case;
pub use open_terms::{Source, Term, TermAction, TermKind, TermStatus, Told};
pub use options::{Availability, Choice, Options};
pub use snapshot::Snapshot;
pub use words::Wording;
