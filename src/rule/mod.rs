//! The evaluation core: scripts in, verdicts with their reasons out.
//!
//! ```text
//! Script ──parse (Rhai)──► AST ──check──► Program (typed, over numbers) ──eval──► value | unknown | Fault
//!                                                     └─explain──► the clauses that decided
//! ```
//!
//! Only `parse` and `lower` name rhai. Nothing here knows cases: a [`Context`] is what a rule may read.

pub(crate) mod check;
pub(crate) mod parse;
pub(crate) mod program;
mod read;
pub(crate) mod syntax;
mod types;
mod words;

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::diagnostic::Span;
use crate::table::StateId;
use crate::value::{DateTime, Value};

/// Three-valued truth, as in SQL and FEEL.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Truth {
    /// It holds.
    True,
    /// It does not hold.
    False,
    /// Something it depends on is not known.
    Unknown,
}

/// What a rule may read.
#[derive(Clone, Copy)]
pub(crate) struct Context<'a> {
    /// By number of fact; `None` is unknown. Defaults are filled in; the places of derived facts are `None`.
    pub facts: &'a [Option<Value>],
    pub past: &'a Past,
    /// Active states, in document order (ascending numbers), compound ones included.
    pub active: &'a [StateId],
    /// The time of the step, in the workflow's zone.
    pub now: DateTime,
    /// The event that is being answered; none at the start and for a term.
    pub event: Option<&'a Current>,
}

/// The event that is being answered, as scripts see it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Current {
    pub name: Arc<str>,
    /// The actor's id.
    pub actor: Option<Arc<str>>,
    pub at: DateTime,
    pub data: BTreeMap<Arc<str>, Value>,
}

/// What rules can ask about the past of a case.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Past {
    /// Accepted events (from outside, raised and sent; not terms, not `done.…`), by name.
    pub events: BTreeMap<Arc<str>, Occurrence>,
    /// When each state was last entered.
    pub entered: BTreeMap<StateId, DateTime>,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Occurrence {
    pub count: u64,
    pub last: DateTime,
    /// Ids of the actors, each once, in the order of their first.
    pub who: Vec<Arc<str>>,
}

/// An evaluation that failed: the script is wrong for these values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    /// Stable, such as `division-by-zero`, `overflow`, `limit-operations`, `unknown-in-action`.
    pub code: &'static str,
    pub message: String,
    /// Where in the file.
    pub span: Span,
    pub hint: Option<String>,
}

/// What an action asks for, besides assigning facts.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Effect {
    Raise { event: Arc<str>, data: BTreeMap<Arc<str>, Value> },
    /// `due` is computed: the step's own time when the script gives none; a date is due when its day has ended, as for terms.
    Send { event: Arc<str>, due: DateTime, data: BTreeMap<Arc<str>, Value> },
    Cancel { event: Arc<str> },
    Emit { name: Arc<str>, data: BTreeMap<Arc<str>, Value> },
}
