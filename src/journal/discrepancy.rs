//! What is not as it must be in a journal, and the words for it.

use std::fmt;

use crate::case::answer::StepCause;
use crate::case::entries::Head;
use crate::case::record::{Origin, Record};
use crate::error::Problem;
use crate::journal::line::{CheckedLine, Line, Member};
use crate::value::brief;

/// The first thing in a journal that is not as it must be.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Discrepancy {
    /// The line, which is the number of the entry; one more than there are where the end is missing.
    pub line: u64,
    /// What kind of difference.
    pub kind: DiscrepancyKind,
    /// What differs, and from what.
    pub message: String,
}

/// The kinds of differences.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum DiscrepancyKind {
    /// The line is cut off, damaged or altered.
    Damaged,
    /// An entry is missing, is there twice or has moved.
    Order,
    /// The journal is of another workflow, or of another meaning of it.
    Workflow,
    /// The entry is whole, and does not follow from those before.
    Decision,
    /// The entry does not follow, and was made with another database of time zones.
    Zones,
    /// The journal does not lead to the head.
    Head,
}

impl fmt::Display for Discrepancy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "entry {} {}", self.line, crate::value::visible(&self.message))
    }
}

impl std::error::Error for Discrepancy {}

impl Discrepancy {
    /// There is no entry at all.
    pub(super) fn empty() -> Self {
        let message = "is missing: the journal is empty".to_owned();
        Self { line: 1, kind: DiscrepancyKind::Order, message }
    }
}

/// Reads the line that follows a head: whole, unaltered and in its place.
pub(crate) fn next(text: &str, head: &Head) -> Result<Line, Discrepancy> {
    follow(CheckedLine::read(text), head)
}

pub(super) fn follow(line: CheckedLine, head: &Head) -> Result<Line, Discrepancy> {
    let number = head.sequence.saturating_add(1);
    let differs = |kind, message: String| Discrepancy { line: number, kind, message };
    let line = line.0.map_err(|message| differs(DiscrepancyKind::Damaged, message))?;
    if line.number(Member::Sequence) != Some(number)
        || line.said(Member::Previous).as_deref() != Some(head.hash.as_str())
    {
        let message =
            "does not continue the one before: an entry is missing, is there twice or has moved";
        return Err(differs(DiscrepancyKind::Order, message.to_owned()));
    }
    Ok(line)
}

pub(super) fn cause(record: &Record) -> String {
    let cause = cause_of(record);
    match &record.case {
        Some(case) => format!("{cause} of the case `{}`", brief(case)),
        None => cause,
    }
}

fn cause_of(record: &Record) -> String {
    match &record.origin {
        Origin::Step { cause: StepCause::Term { state, term, due } } => {
            format!("the term `{term}` of `{state}`, of {due},")
        }
        Origin::Step { cause: StepCause::Sent { event, due } } => {
            format!("the sent event `{event}`, of {due},")
        }
        Origin::Step { cause: StepCause::Children } => "a look at its children".to_owned(),
        Origin::Step { cause: StepCause::Invoked } => "the start".to_owned(),
        Origin::Step { cause: StepCause::Stopped } => "its end".to_owned(),
        Origin::Event { event } => format!("the event `{}`", event.name),
        Origin::Start { .. } => "the start".to_owned(),
    }
}

pub(crate) fn too_early(record: &Record) -> String {
    format!("comes too early: {} was due before it and has no entry", cause(record))
}

pub(crate) fn failed(problems: &[Problem]) -> String {
    const TOLD: usize = 10;
    const LETTERS: usize = 1000;
    let described = problems.iter().take(TOLD).map(|problem| problem.to_string());
    let mut described: Vec<String> =
        described.map(|text| text.chars().take(LETTERS).collect()).collect();
    if problems.len() > TOLD {
        described.push(format!("{} more", problems.len() - TOLD));
    }
    format!("is answered with an error: {}", described.join("; "))
}
