//! An embeddable rules-and-workflow engine: typed facts, guards with reasons, state machines with terms.
//!
//! A workflow is a JSON file. It is read and proven well-formed once ([`Workflow`]), a matter that
//! runs through it is a [`Case`], what happens is an [`Event`], and every answer is a [`Decision`]
//! that says what moved or why not. How files and rules are written, and how all this is embedded,
//! the [`guide`] tells.
//!
//! ```text
//!  JSON text ──► definition ──► workflow ──► case ──► journal
//!               (what a file   (compiled     (one      (what happened,
//!                says, proven   once, shared) running    to be proven)
//!                well-formed)                 instance)
//!                     │             │
//!                   rule ───────────┘        diff and export look at a workflow without running it
//!          (script → parsed → checked → compiled / evaluated / explained)
//! ```
//!
//! What holds throughout:
//!
//! * Only `rule/` names rhai (and the check of names, for its reserved words); no public signature names rhai, petgraph, jiff or rust_decimal.
//! * A step is decided by a pure function and committed in one place; [`Case::fire`], [`Case::explain`] and
//!   [`Case::options`] share it.
//! * There is no clock, no randomness and no I/O here; no hash map's order reaches any output.
//! * What is unknown is never taken for false, and never opens a gate.
//! * Every bound is one of [`Limits`], and whoever hits it is told which.

#![forbid(unsafe_code)]

pub mod batch;
pub(crate) mod case;
pub(crate) mod coverage;
pub(crate) mod definition;
pub(crate) mod diagnostic;
pub mod diff;
pub(crate) mod digest;
pub(crate) mod digests;
pub(crate) mod error;
pub mod export;
pub mod guide;
pub(crate) mod journal;
pub(crate) mod json;
pub(crate) mod label;
pub(crate) mod limits;
pub mod log;
pub(crate) mod mutation;
pub(crate) mod person;
pub(crate) mod rule;
pub(crate) mod scenario;
pub(crate) mod shared;
pub(crate) mod short;
pub(crate) mod suggest;
pub(crate) mod table;
pub(crate) mod value;
pub(crate) mod vocabulary;
pub(crate) mod work;
pub(crate) mod workflow;

pub use case::answer::{
    Answer, Cause, Change, Dropped, Ground, Message, Movement, Outcome, Reason, Refusal, Signature,
    Signing, Step, StepOutcome, Withdrawal,
};
pub use case::decision::Decision;
pub use case::entries::Head;
pub use case::event::{Actor, Attachment, Event, Input, Note, Until, facts_from_json};
pub use case::row::{FactHandle, Row, RuleHandle};
pub use case::{
    Case, Choice, Consequence, EventHandle, Language, Options, Snapshot, Source, Standing, Term,
    TermKind, TermStanding,
};
pub use coverage::goal::Goal;
pub use coverage::parts::{
    ClauseCoverage, RuleCoverage, RuleKind, StateCoverage, ThresholdCoverage, TransitionCoverage,
};
pub use coverage::{Coverage, CoverageShare, CoverageTotals};
pub use definition::codes::CODES;
pub use definition::schema::schema;
pub use diagnostic::{Allowance, Diagnostic, Place, Report, Severity, Sources, Span};
pub use error::{Error, ErrorKind, Problem};
pub use journal::{
    Claim, Comparer, Difference, DifferenceKind, Entry as JournalEntry, Erase, JournalLine,
    Provenance, Verified, Verifier, erase, verify,
};
pub use label::Label;
pub use limits::Limits;
pub use mutation::{Mutant, Mutated, MutationKind};
pub use rule::{Clause, FactorVerdict, Read, Truth};
pub use scenario::schema::scenario_schema;
pub use scenario::{Failure, Mismatch, Recorder, Scenario, Suite};
pub use suggest::{Suggestion, Suggestions, Unreached, suggest};
pub use value::{Date, DateTime, Duration, InvalidValue, Number, Value, visible, visible_lines};
pub use workflow::Way;
pub use workflow::{Choices, Counts, Entry, Field, FieldKind, RuleInfo, Workflow};

/// The README's example is compiled and run with the tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
