//! What a file declares, for whoever shows it, asks for it or stores it.
//!
//! A [`Workflow`] lists its facts and the payload of its events as [`Field`]s, its states, events and roles
//! as [`Declaration`]s with texts in several languages ([`Label`]), and its rules ([`RuleInfo`]). Answers and terms name
//! transitions by a [`TransitionRef`]. Editors take the format's JSON Schema from [`schema`].
//!
//! ```
//! use tresteg::Workflow;
//! use tresteg::workflow::FieldKind;
//!
//! let workflow = Workflow::from_json(r#"{
//!     "id": "w", "states": { "a": {} }, "initial": "a",
//!     "facts": { "income": { "type": "integer", "title": { "en": "Income" } } }
//! }"#)?;
//! let field = workflow.facts().next().unwrap();
//! assert_eq!(field.name(), "income");
//! assert!(matches!(field.kind(), FieldKind::Integer));
//! # Ok::<(), tresteg::diagnostic::Report>(())
//! ```

pub(crate) mod bundle;
pub(crate) mod chart;
mod children;
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
mod settled;

pub use crate::definition::schema::schema;
pub use crate::label::Label;
pub use children::InvokeInfo;
pub(crate) use compiled::{Compiled, Workflow};
pub use info::{Counts, Declaration, EnumValues, Field, FieldKind};
pub use naming::TransitionRef;
pub(crate) use personal::is_withheld;
pub use rules::RuleInfo;
