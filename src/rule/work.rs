//! What a search over a workflow may still do.

use super::Meter;
use crate::limits::Limits;

/// Work that is counted over many calls, and has a bound: the same on every machine.
///
/// ```
/// use tresteg::lab::Work;
/// use tresteg::{Limits, Workflow};
///
/// let workflow = Workflow::from_json(r#"{
///     "id": "w", "initial": "a", "facts": { "n": { "type": "integer" } },
///     "states": { "a": { "on": { "go": { "target": "b", "guard": "n > 3" } } }, "b": {} }
/// }"#)?;
/// let work = Work::of(workflow.limits(), 1);
/// for mutant in workflow.mutants() {
///     let _ = mutant.workflow_within(&workflow, &work);
/// }
/// assert!(work.used() > 1_000 && !work.is_exhausted());
/// # Ok::<(), tresteg::diagnostic::Report>(())
/// ```
#[derive(Debug)]
pub struct Work(Meter);

impl Work {
    /// One of so many equal parts of what a search may do by [`Limits::search_operations`].
    #[must_use]
    pub fn of(limits: &Limits, parts: u64) -> Self {
        let operations = limits.search_operations;
        Self(Meter::search(operations.checked_div(parts).unwrap_or(operations)))
    }

    /// Operations that were counted, no more than there are.
    #[must_use]
    pub fn used(&self) -> u64 {
        self.0.used().0
    }

    /// Whether more was wanted than there is: what came of it then is not the whole.
    #[must_use]
    pub fn is_exhausted(&self) -> bool {
        self.0.fault().is_some()
    }

    pub(crate) fn meter(&self) -> &Meter {
        &self.0
    }
}
