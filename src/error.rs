//! Misuse and exceeded bounds: what is neither a wrong file nor a "no".

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::value::visible;

/// One thing that is wrong with an event, a set of facts, a script's run or a stored case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Problem {
    /// Stable name of the kind of problem, such as `fact-value`.
    pub code: String,
    /// What is wrong, naming the fact, event or script.
    pub message: String,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
    /// File, line and column of the script, where a script is to blame.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
}

impl Problem {
    pub(crate) fn new(code: &str, message: impl Into<String>) -> Self {
        Self { code: code.to_owned(), message: message.into(), hint: None, place: None }
    }

    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    pub(crate) fn suggest<'a>(
        mut self,
        written: &str,
        candidates: impl IntoIterator<Item = &'a str>,
    ) -> Self {
        if let Some(near) = crate::diagnostic::nearest(written, candidates) {
            self.hint = Some(format!("did you mean `{near}`?"));
        }
        self
    }
}

/// On one line, with what nobody would see written out.
impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(place) = &self.place {
            write!(f, "{}: ", visible(place))?;
        }
        write!(f, "{} [{}]", visible(&self.message), self.code)?;
        if let Some(hint) = &self.hint {
            write!(f, "; {}", visible(hint))?;
        }
        Ok(())
    }
}

/// What kind of misuse or bound an [`Error`] is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// What was sent is undeclared, ill-typed, out of bounds or too old.
    Contract,
    /// A script failed, or one of the [`Limits`](crate::Limits) was reached while it ran.
    Script,
    /// A stored case does not fit the workflow, or is damaged.
    Snapshot,
    /// A line of a journal is not as it was written.
    Journal,
    /// Coverages of two workflows that do not have the same rules.
    Coverage,
}

/// Why a case could not be started or restored. Nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error {
    kind: ErrorKind,
    problems: Vec<Problem>,
}

impl Error {
    pub(crate) fn new(kind: ErrorKind, problems: Vec<Problem>) -> Self {
        Self { kind, problems }
    }

    /// What kind of misuse or bound.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// All problems at once.
    #[must_use]
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }
}

/// A line for each problem.
impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.problems.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            problem.fmt(f)?;
        }
        Ok(())
    }
}

impl std::error::Error for Error {}
