//! An embeddable rules-and-workflow engine.

pub(crate) mod definition;
pub(crate) mod diagnostic;
pub(crate) mod json;
pub(crate) mod limits;
pub(crate) mod rule;
pub(crate) mod table;
pub(crate) mod value;

pub use diagnostic::{Diagnostic, Place, Report, Severity, Sources, Span};
pub use limits::Limits;
pub use rule::Truth;
pub use value::{Date, DateTime, Duration, InvalidValue, Number, Value};
