//! An embeddable rules-and-workflow engine.

pub(crate) mod case;
pub(crate) mod definition;
pub(crate) mod diagnostic;
pub(crate) mod error;
pub mod export;
pub(crate) mod json;
pub(crate) mod label;
pub(crate) mod limits;
pub(crate) mod rule;
pub(crate) mod table;
pub(crate) mod value;
pub(crate) mod workflow;

pub use diagnostic::{Diagnostic, Place, Report, Severity, Sources, Span};
pub use label::Label;
pub use limits::Limits;
pub use rule::Truth;
pub use value::{Date, DateTime, Duration, InvalidValue, Number, Value};
pub use case::decision::{Cause, Change, Decision, Ground, Message, Movement, Outcome, Reason, Step, StepOutcome, Way};
pub use case::event::{Actor, Attachment, Event, Input, Note, Until, facts_from_json};
pub use case::{Case, Choice, Language, Snapshot, Standing};
pub use error::{Error, ErrorKind, Problem};
pub use workflow::{Choices, Entry, Field, FieldKind, Workflow};
