//! Which rules a journal was made under.

use crate::case::entries::Head;
use crate::journal::discrepancy::{Discrepancy, DiscrepancyKind, next};
use crate::journal::line::{Line, Member};
use crate::journal::scan;
use crate::value::brief;
use crate::workflow::Workflow;

/// The workflow that a journal was made under, as its first entry names it: to find that file among many.
///
/// ```
/// # use tresteg::journal::Provenance;
/// # use tresteg::{Case, Workflow};
/// # let workflow = Workflow::from_json(r#"{ "id": "w", "initial": "a", "states": { "a": { "on": { "go": "b" } }, "b": {} } }"#)?;
/// let (mut case, _) = Case::start(&workflow, None, Default::default())?;
/// let entries = case.take_entries(&[7; 32]);
/// let provenance = Provenance::of(&format!("{}\n", entries[0].line))?;
/// assert_eq!(provenance.workflow, "w");
/// assert!(provenance.is(&workflow));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Provenance {
    /// The workflow's `id`.
    pub workflow: String,
    /// Its `version`: a name, which may have changed since.
    pub version: Option<String>,
    /// [`Workflow::fingerprint`]: what the file meant.
    pub fingerprint: String,
}

impl Provenance {
    /// Reads it from the first line of a journal, with its line feed.
    ///
    /// # Errors
    ///
    /// A line that is no first line of a journal.
    pub fn of(line: &str) -> Result<Self, Discrepancy> {
        if line.trim_ascii().is_empty() {
            return Err(Discrepancy::empty());
        }
        Self::of_entry(&next(line, &Head::before_all())?)
    }

    pub(crate) fn of_entry(line: &Line) -> Result<Self, Discrepancy> {
        let wrong = || {
            let message = "does not begin a journal of form 1, the only one that is known here";
            Discrepancy { line: 1, kind: DiscrepancyKind::Workflow, message: message.to_owned() }
        };
        if line.number(Member::Journal) != Some(1) {
            return Err(wrong());
        }
        let names = line.member(Member::Workflow).unwrap_or_default();
        let said = |key: &str| Some(scan::said(scan::member(names, key)?)?.into_owned());
        Ok(Self {
            workflow: said("id").ok_or_else(wrong)?,
            version: said("version"),
            fingerprint: said("fingerprint").ok_or_else(wrong)?,
        })
    }

    /// What a journal of this workflow would say.
    pub(crate) fn of_workflow(workflow: &Workflow) -> Self {
        Self {
            workflow: workflow.id().to_owned(),
            version: workflow.version().map(str::to_owned),
            fingerprint: workflow.fingerprint().to_owned(),
        }
    }

    /// Whether a file is that workflow: the same `id`, and the same meaning.
    #[must_use]
    pub fn is(&self, workflow: &Workflow) -> bool {
        self.workflow == workflow.id() && self.fingerprint == workflow.fingerprint()
    }
}

/// `id` and version, for messages.
impl std::fmt::Display for Provenance {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "`{}`", brief(&self.workflow))?;
        self.version.as_ref().map_or(Ok(()), |version| write!(f, " {}", brief(version)))
    }
}
