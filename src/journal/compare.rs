//! A line and what the rules gave in its place: the one compared with the other, on any thread.

use std::fmt;
use std::sync::Arc;

use crate::case::describe;
use crate::case::entries::Head;
use crate::case::record::Record;
use crate::case::step_log::StepLog;
use crate::journal::compose::{Composer, Theirs};
use crate::journal::differ::{doubtful_difference, first_difference, is_same_outcome};
use crate::journal::discrepancy::{Discrepancy, DiscrepancyKind};
use crate::journal::doubt::{self, Excuses};
use crate::journal::line::{Line, Member};
use crate::rule::Meter;
use crate::rule::doubt::{Doubt, Persons};
use crate::value::{Zone, brief};
use crate::workflow::Workflow;

/// A line that was decided anew, of which it is still to be found whether it says what the rules gave:
/// [`Verifier::decide`](crate::journal::Verifier::decide) leaves that to a [`Comparer`].
#[must_use = "as long as it is not compared, the line is only said to follow"]
pub struct ReplayedLine {
    pub(crate) line: Line,
    pub(crate) act: Arc<StepLog>,
}

/// Compares lines with what the rules gave in their place, each by itself: so on any thread and in any order, every thread
/// with one of its own.
pub struct Comparer<'w> {
    composer: Composer<'w>,
    /// Whether the line must be of this very meaning.
    strict: bool,
}

impl<'w> Comparer<'w> {
    /// For lines of a [`Verifier`](crate::journal::Verifier) of this workflow.
    #[must_use]
    pub fn new(workflow: &'w Workflow) -> Self {
        Self { composer: Composer::new(workflow), strict: true }
    }

    /// For other rules than those of the journal: whether they come to the same.
    pub(crate) fn against(workflow: &'w Workflow) -> Self {
        Self { strict: false, ..Self::new(workflow) }
    }

    pub(crate) fn is_strict(&self) -> bool {
        self.strict
    }

    /// Whether a line says what the rules gave.
    ///
    /// # Errors
    ///
    /// What differs. Of several that do not hold the one with the lowest number is the first difference of the journal.
    pub fn compare(&mut self, one: &ReplayedLine) -> Result<(), Discrepancy> {
        let ReplayedLine { line, act } = one;
        // Told for this alone, and not to be kept with the act, which another thread made.
        let meter = Meter::words(act.workflow.limits());
        let record = describe::describe_step(act, &meter);
        self.difference(line, &record).map_or(Ok(()), |message| Err(differing(line, message)))
    }

    /// What a line says otherwise than the rules, whatever was erased.
    pub(crate) fn doubtful_difference(
        &mut self,
        line: &Line,
        act: &StepLog,
        doubt: &Doubt,
    ) -> Option<String> {
        self.expect(line, &describe::described(act).record);
        if self.composer.draft.agrees(line) {
            doubt::note_reads(act.workflow.compiled(), doubt, act);
            return None;
        }
        let excuses = Excuses::new(act.workflow.compiled(), doubt, act);
        doubt.touches();
        doubtful_difference(line, &self.composer.draft, &excuses)
    }

    /// Whether a line says what the rules gave, word for word. Persons who are not known may be those whom it tells of.
    pub(crate) fn agrees(&mut self, line: &Line, act: &StepLog, persons: &Persons) -> bool {
        self.expect(line, &describe::described(act).record);
        self.composer.draft.agrees_but(line, |path, theirs, ours| {
            let (kind, name) = path.split_once('.').unwrap_or((path, ""));
            match kind {
                "signed" | "dropped" => persons.may_sign(theirs, ours),
                "read" => name.starts_with("who") && persons.may_be(theirs, ours),
                _ => false,
            }
        })
    }

    /// What a line says otherwise than the rules.
    pub(crate) fn difference(&mut self, line: &Line, record: &Record) -> Option<String> {
        self.expect(line, record);
        let draft = &self.composer.draft;
        let holds = draft.agrees(line) || (!self.strict && is_same_outcome(line, draft));
        (!holds).then(|| first_difference(line, draft))
    }

    /// Writes down what the rules give in the place of a line.
    fn expect(&mut self, line: &Line, record: &Record) {
        // That it continues the one before was found when it was taken.
        let before = Head {
            sequence: line.number(Member::Sequence).unwrap_or_default().saturating_sub(1),
            hash: line.said(Member::Previous).unwrap_or_default().into_owned(),
        };
        // The version is a name, and so may change without the meaning; another workflow is asked on purpose.
        let names: &[&str] =
            if self.strict { &["version"] } else { &["version", "id", "fingerprint"] };
        self.composer.expect(record, &before, Theirs { line, names });
    }
}

/// The difference of a whole line that does not follow from those before.
pub(crate) fn differing(line: &Line, message: String) -> Discrepancy {
    let number = line.number(Member::Sequence).unwrap_or_default();
    let zones = brief(&line.said(Member::Zones).unwrap_or_default());
    let ours = Zone::database_version();
    if zones == ours {
        return Discrepancy { line: number, kind: DiscrepancyKind::Decision, message };
    }
    let message =
        format!("{message}; it was made with the time zones of {zones}, these are {ours}");
    Discrepancy { line: number, kind: DiscrepancyKind::Zones, message }
}

impl fmt::Debug for ReplayedLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Claim").field("line", &self.line).finish_non_exhaustive()
    }
}

impl fmt::Debug for Comparer<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Comparer").field("strict", &self.strict).finish_non_exhaustive()
    }
}
