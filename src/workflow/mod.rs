//! Compiled once, immutable, shared: a workflow that cases run on.

pub(crate) mod chart;
pub(crate) mod compiled;
pub(crate) mod due;
pub(crate) mod fingerprint;
#[cfg(feature = "petgraph")]
pub(crate) mod graph;
mod info;
mod lint;
pub(crate) mod listeners;
pub(crate) mod naming;
mod personal;
pub(crate) mod remembered;
mod rules;

pub(crate) use compiled::{Compiled, Workflow};
pub use info::{Counts, Declaration, EnumValues, Field, FieldKind};
pub use naming::TransitionRef;
pub(crate) use personal::is_withheld;
pub use rules::RuleInfo;
