//! One matter running through a workflow: plain data, a pure step, an explained answer.

mod active;
pub(crate) mod answer;
mod codec;
pub(crate) mod contract;
mod cycle;
mod decide;
pub(crate) mod decision;
pub(crate) mod describe;
pub(crate) mod entries;
pub(crate) mod event;
pub(crate) mod ids;
pub(crate) mod instance;
mod invariants;
mod machine;
mod open_terms;
mod options;
pub(crate) mod problem;
pub(crate) mod record;
pub(crate) mod replay;
mod requester;
#[cfg(feature = "batch")]
pub(crate) mod row;
mod select;
pub(crate) mod signing;
pub(crate) mod situation;
mod snapshot;
pub(crate) mod starting_point;
mod step;
pub(crate) mod step_log;
pub(crate) mod terms;
#[cfg(test)]
mod tests;
mod trace;
mod words;

pub use decide::EventHandle;
pub(crate) use instance::Case;
pub use open_terms::{Source, Term, TermAction, TermKind, TermStatus};
pub use options::{Availability, Choice, Options};
pub use snapshot::Snapshot;
pub use words::Language;
