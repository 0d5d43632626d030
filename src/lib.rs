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
//! * Only `rule/` names rhai (and the check of names, for its reserved words); no public signature names rhai, jiff or
//!   rust_decimal, and only [`Workflow::graph`] petgraph.
//! * A step is decided by a pure function and committed in one place; [`Case::fire`], [`Case::explain`] and
//!   [`Case::options`] share it.
//! * There is no clock, no randomness and no I/O here; no hash map's order reaches any output.
//! * What is unknown is never taken for false, and never opens a gate.
//! * Every bound is one of [`Limits`], and whoever hits it is told which.
//!
//! # Features
//!
//! None is on by default: workflows, cases, journals and diagnostics are always there. Each of these adds to that, and
//! costs the time to compile it:
//!
//! | Feature | What it adds |
//! |---|---|
//! | `batch` | rules over very many rows: in columns ([`batch`]), or one by one through handles ([`Row`], [`Case::decide`]) |
//! | `scenario` | files of scenarios, and what they cover: [`Suite`], [`Scenario`], [`Recorder`], [`Coverage`] |
//! | `lab` | scenarios that are missing, and wrong versions that no scenario notices: [`suggest()`], [`Mutant`]; with `scenario` |
//! | `diff` | what changed between two workflows: [`diff`] |
//! | `draw` | pictures and outlines: [`export`] |
//! | `log` | event logs: [`log`] |
//! | `petgraph` | the chart as a graph for algorithms of your own: [`Workflow::graph`], [`graph`], [`petgraph`] |
//! | `cli` | the command `tresteg`; with all of the above |

#![forbid(unsafe_code)]
#![cfg_attr(docsrs, feature(doc_cfg))]
// With all features every item is used, and the checks hold that; without some, what only they use is left over.
#![cfg_attr(not(feature = "cli"), allow(dead_code, unused_imports))]

#[cfg(feature = "batch")]
pub mod batch;
pub(crate) mod case;
pub(crate) mod copy_on_write;
#[cfg(feature = "scenario")]
pub(crate) mod coverage;
pub(crate) mod definition;
pub(crate) mod diagnostic;
#[cfg(feature = "diff")]
pub mod diff;
pub(crate) mod digest;
pub(crate) mod digests;
pub(crate) mod error;
#[cfg(feature = "draw")]
pub mod export;
#[cfg(any(doc, doctest, feature = "cli"))]
pub mod guide;
pub(crate) mod inline_vec;
pub(crate) mod journal;
pub(crate) mod json;
pub(crate) mod label;
pub(crate) mod limits;
#[cfg(feature = "log")]
pub mod log;
#[cfg(feature = "lab")]
pub(crate) mod mutation;
#[cfg(feature = "lab")]
pub(crate) mod partition;
pub(crate) mod person;
pub(crate) mod rule;
#[cfg(feature = "scenario")]
pub(crate) mod scenario;
#[cfg(feature = "lab")]
pub(crate) mod suggest;
pub(crate) mod table;
pub(crate) mod value;
pub(crate) mod vocabulary;
pub(crate) mod work;
pub(crate) mod workflow;

pub use case::answer::{
    Answer, Condition, DropCause, DroppedSignature, Effects, FactChange, Message, Outcome, Reason,
    Signature, SignatureStatus, SigningRefusal, Step, StepCause, StepOutcome,
};
pub use case::decision::Decision;
pub use case::entries::Head;
pub use case::event::{Actor, Attachment, Event, InputLine, Note, Until, facts_from_json};
#[cfg(feature = "batch")]
pub use case::row::{FactHandle, Row, RuleHandle};
pub use case::{
    Availability, Case, Choice, EventHandle, Language, Options, Snapshot, Source, Term, TermAction,
    TermKind, TermStatus,
};
#[cfg(feature = "scenario")]
pub use coverage::goal::Goal;
#[cfg(feature = "scenario")]
pub use coverage::parts::{
    ClauseCoverage, RuleCoverage, RuleKind, StateCoverage, ThresholdCoverage, TransitionCoverage,
};
#[cfg(feature = "scenario")]
pub use coverage::{Coverage, CoverageRatio, CoverageTotals};
pub use definition::codes::CODES;
pub use definition::schema::schema;
pub use diagnostic::{AllowedWarning, Diagnostic, Location, Report, Severity, SourceFiles, Span};
pub use error::{Error, ErrorKind, Problem};
pub use journal::{
    CheckedLine, Comparer, Discrepancy, DiscrepancyKind, Entry as JournalEntry, Erasure,
    Provenance, ReplayedLine, Verified, Verifier, erase, verify,
};
pub use label::Label;
pub use limits::Limits;
#[cfg(feature = "lab")]
pub use mutation::{Mutant, MutantStatus, MutationKind};
pub use rule::{Clause, FactorVerdict, Truth, ValueRead};
#[cfg(feature = "scenario")]
pub use scenario::schema::schema;
#[cfg(feature = "scenario")]
pub use scenario::{Failure, Mismatch, Recorder, Scenario, Suite};
#[cfg(feature = "lab")]
pub use suggest::{Suggestion, Suggestions, UnreachedGoal, suggest};
pub use value::{Date, DateTime, Duration, InvalidValue, Number, Value, visible, visible_lines};
pub use workflow::TransitionRef;
pub use workflow::{Counts, Entry, EnumValues, Field, FieldKind, RuleInfo, Workflow};

/// Nodes and edges of [`Workflow::graph`].
#[cfg(feature = "petgraph")]
pub mod graph {
    pub use crate::workflow::graph::{Edge, Node, NodeKind, State, Transition, TriggerKind};
}
/// The crate that [`Workflow::graph`] is a graph of.
#[cfg(feature = "petgraph")]
pub use petgraph;

/// The README's example is compiled and run with the tests.
#[cfg(all(doctest, feature = "cli"))]
#[doc = include_str!("../README.md")]
struct Readme;
