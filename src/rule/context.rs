//! What rules and actions read, and what comes of them: truth, faults, effects.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::family::{Family, Recipient};
use super::observer::Observer;
use super::{CaseHistory, Facts, Meter};
use crate::diagnostic::Span;
use crate::table::{FactId, StateId};
use crate::value::{DateTime, Value};

/// Three-valued truth, as in SQL and FEEL.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Truth {
    /// It holds.
    True,
    /// It does not hold.
    False,
    /// Something it depends on is not known.
    #[default]
    Unknown,
}

impl Truth {
    pub(crate) fn of(truth: bool) -> Self {
        if truth { Self::True } else { Self::False }
    }

    pub(crate) fn negated(self) -> Self {
        match self {
            Self::True => Self::False,
            Self::False => Self::True,
            Self::Unknown => Self::Unknown,
        }
    }
}

/// What a rule may read.
#[derive(Clone, Copy)]
pub(crate) struct Context<'a> {
    /// By number of fact; `None` is unknown. Defaults are filled in; the places of derived facts are `None`.
    pub facts: &'a Facts,
    pub past: &'a CaseHistory,
    /// Active states, in document order (ascending numbers), compound ones included.
    pub active: &'a [StateId],
    /// The time of the step, in the workflow's zone.
    pub now: DateTime,
    /// The event that is being answered; none at the start and for a term.
    pub event: Option<&'a Current>,
    /// Its child cases, where it may have any.
    pub family: Option<&'a dyn Family>,
    /// It is only asked what could be: the payload of the event is not there yet.
    pub supposed: bool,
    /// Who looks on, if anybody does.
    pub observer: Option<&'a dyn Observer>,
    /// What the call may still use, where this is part of a greater one.
    pub meter: Option<&'a Meter>,
}

impl Context<'_> {
    /// Whether it is asked what could be if more came than is known, which only the evaluator tells.
    #[inline]
    pub fn hopes(&self) -> bool {
        self.supposed && self.observer.is_some()
    }
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

impl Fault {
    /// Whether a bound of the engine was hit.
    pub(super) fn is_limit(&self) -> bool {
        self.code.starts_with("limit-")
    }
}

/// What an action asks for, besides assigning facts.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Effect {
    Raise {
        event: Arc<str>,
        data: BTreeMap<Arc<str>, Value>,
    },
    /// `due` is computed: the step's own time when the script gives none; a date is due when its day has ended, as for terms.
    Send {
        event: Arc<str>,
        due: DateTime,
        data: BTreeMap<Arc<str>, Value>,
    },
    Cancel {
        event: Arc<str>,
    },
    /// For another case of the whole, at once.
    Tell {
        to: Recipient,
        event: Arc<str>,
        data: BTreeMap<Arc<str>, Value>,
    },
    Emit {
        name: Arc<str>,
        data: BTreeMap<Arc<str>, Value>,
    },
}

/// What actions read and change.
pub(crate) struct Scratch<'a> {
    /// Changed when the actions succeed and assign something, and only then.
    pub facts: &'a mut Arc<Facts>,
    pub past: &'a CaseHistory,
    /// Ascending, as in [`Context`].
    pub active: &'a [StateId],
    pub now: DateTime,
    pub event: Option<&'a Current>,
    pub family: Option<&'a dyn Family>,
    /// What the actions ask for is added at the end.
    pub effects: &'a mut Vec<Effect>,
    /// Where the facts are put that the actions left unknown, for whoever asks.
    pub forgotten: Option<&'a mut Vec<FactId>>,
    /// What the call may still use.
    pub meter: &'a Meter,
}
