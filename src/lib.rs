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
//! # Where things are
//!
//! What a first program needs stands here at the root. Everything else lies in the module that it belongs to:
//!
//! | Module | What is in it |
//! |---|---|
//! | [`workflow`] | what a file declares: fields to ask for, titles, rules, transitions, the JSON Schema |
//! | [`case`] | what a case says: answers, reasons, signatures, open terms, choices, snapshots |
//! | [`journal`] | entries in a chain of hashes, their verification, erasure |
//! | [`diagnostic`] | problems of files, with place and hint |
//! | [`guide`] | how files and rules are written, and how all this is embedded |
//!
//! # Features
//!
//! None is on by default: workflows, cases, journals and diagnostics are always there. Each of these adds to that, and
//! costs the time to compile it:
//!
//! | Feature | What it adds |
//! |---|---|
//! | `batch` | rules over very many rows: in columns ([`batch`]), or one by one through handles ([`batch::Row`]) |
//! | `scenario` | files of scenarios, and what they cover: [`scenario`], [`coverage`] |
//! | `lab` | scenarios that are missing, and wrong versions that no scenario notices: [`lab`]; with `scenario` |
//! | `diff` | what changed between two workflows: [`diff`] |
//! | `draw` | pictures and outlines: [`export`] |
//! | `log` | event logs, written and read: [`log`]; workflows compared over the same cases: [`compare`] |
//! | `petgraph` | the chart as a graph for algorithms of your own: [`Workflow::graph`], [`graph`], [`petgraph`] |
//! | `cli` | the command `tresteg`; with all of the above |

#![forbid(unsafe_code)]
#![cfg_attr(docsrs, feature(doc_cfg))]
// With all features every item is used, and the checks hold that; without some, what only they use is left over.
#![cfg_attr(not(feature = "cli"), allow(dead_code, unused_imports))]

#[cfg(feature = "batch")]
pub mod batch;
pub mod case;
#[cfg(feature = "log")]
pub mod compare;
pub(crate) mod copy_on_write;
#[cfg(feature = "scenario")]
pub mod coverage;
pub(crate) mod definition;
pub mod diagnostic;
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
pub mod journal;
pub(crate) mod json;
#[cfg(feature = "lab")]
pub(crate) mod judge;
#[cfg(feature = "lab")]
pub mod lab;
pub(crate) mod label;
#[cfg(feature = "cli")]
#[doc(hidden)]
pub mod language;
#[cfg(not(feature = "cli"))]
pub(crate) mod language;
pub(crate) mod limits;
#[cfg(feature = "log")]
pub mod log;
#[cfg(feature = "lab")]
pub(crate) mod mutation;
#[cfg(feature = "lab")]
pub(crate) mod partition;
pub(crate) mod person;
pub(crate) mod rule;
pub(crate) mod said;
#[cfg(feature = "scenario")]
pub mod scenario;
#[cfg(feature = "lab")]
pub(crate) mod suggest;
pub(crate) mod table;
#[cfg(feature = "lab")]
pub(crate) mod unlock;
pub(crate) mod value;
pub(crate) mod vocabulary;
pub(crate) mod work;
pub mod workflow;

pub use case::answer::Outcome;
pub use case::decision::Decision;
pub use case::event::{Actor, Event};
pub use case::instance::Case;
pub use error::{Error, ErrorKind};
pub use language::Language;
pub use limits::Limits;
pub use rule::Truth;
pub use value::{Date, DateTime, Duration, InvalidValue, Number, Value};
pub use workflow::compiled::Workflow;

/// Nodes and edges of [`Workflow::graph`]: the chart for algorithms of your own.
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
