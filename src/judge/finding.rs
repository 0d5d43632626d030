//! What an analysis of rules has found.

use std::collections::BTreeSet;

use serde::Serialize;

use crate::Language;
use crate::diagnostic::{Location, Span};
use crate::language::Analyses;

/// How sure a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum FindingVerdict {
    /// It is so: proven for all situations, or seen in one that the engine has been run on.
    Proven,
    /// Something stood in the way of an answer.
    Unknown,
}

/// How much a finding matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum FindingSeverity {
    /// It is rarely meant.
    Warning,
    /// It is worth knowing.
    Note,
}

/// Something that is so for all situations, or in one that is told, as [`analyze`](crate::lab::analyze) finds it.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Finding {
    /// Stable name of what was found, such as `never-holds`.
    pub code: &'static str,
    /// How sure it is.
    pub verdict: FindingVerdict,
    /// How much it matters.
    pub severity: FindingSeverity,
    /// Where it stands in the file; `None` for a text that stands nowhere.
    pub place: Option<Location>,
    /// Why the file allows it, where it does.
    pub allowed: Option<String>,
    /// Facts of a situation in which it is so, as a JSON object.
    pub witness: Option<String>,
    /// What stood in the way of an answer: `nonlinear`, `text`, `list`, `loop`, `calendar`, `past`, `bound:integers` and such.
    pub why: Vec<&'static str>,
    pub(super) span: Option<Span>,
    pub(super) says: Says,
    pub(super) parts: Vec<String>,
    /// Whether it is so only for the values that parameters have.
    pub(super) at_parameters: bool,
}

/// Which of its phrases a finding says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Says {
    NeverHolds,
    AlwaysHolds,
    ImpliedClause,
    UselessClause,
    NeverWithin,
    AlwaysWithin,
    Shadowed,
    Overlap,
    Gap,
}

impl Says {
    fn phrase(self, words: &'static Analyses) -> &'static str {
        match self {
            Self::NeverHolds => words.never_holds,
            Self::AlwaysHolds => words.always_holds,
            Self::ImpliedClause => words.implied_clause,
            Self::UselessClause => words.useless_clause,
            Self::NeverWithin => words.never_within,
            Self::AlwaysWithin => words.always_within,
            Self::Shadowed => words.shadowed,
            Self::Overlap => words.overlap,
            Self::Gap => words.gap,
        }
    }

    pub fn code(self) -> &'static str {
        match self {
            Self::NeverHolds => "never-holds",
            Self::AlwaysHolds => "always-holds",
            Self::ImpliedClause => "implied-clause",
            Self::UselessClause => "useless-clause",
            Self::NeverWithin | Self::AlwaysWithin => "outside-bounds",
            Self::Shadowed => "shadowed",
            Self::Overlap => "overlap",
            Self::Gap => "gap",
        }
    }

    pub fn severity(self) -> FindingSeverity {
        match self {
            Self::NeverHolds
            | Self::AlwaysHolds
            | Self::NeverWithin
            | Self::Shadowed
            | Self::Gap => FindingSeverity::Warning,
            Self::ImpliedClause | Self::UselessClause | Self::AlwaysWithin | Self::Overlap => {
                FindingSeverity::Note
            }
        }
    }
}

impl Finding {
    /// What was found, in words.
    #[must_use]
    pub fn message(&self, language: Language) -> String {
        let words = Analyses::of(language);
        let mut said = String::new();
        if self.verdict == FindingVerdict::Unknown {
            said.push_str(words.not_decided);
        }
        let mut phrase = self.says.phrase(words).to_owned();
        for (number, part) in self.parts.iter().enumerate() {
            phrase = phrase.replace(&format!("{{{number}}}"), part);
        }
        said.push_str(&phrase);
        if self.at_parameters {
            said.push_str(words.at_parameters);
        }
        if !self.why.is_empty() {
            let why: Vec<String> = self.why.iter().map(|why| words.reason(why)).collect();
            said.push_str(&words.because.replace("{0}", &why.join(", ")));
        }
        said
    }

    /// Whether it is something to be mended: proven, more than a note, and not allowed.
    #[must_use]
    pub fn is_problem(&self) -> bool {
        self.verdict == FindingVerdict::Proven
            && self.severity == FindingSeverity::Warning
            && self.allowed.is_none()
    }
}

/// The names of what stood in the way, in order.
pub(super) fn named(why: BTreeSet<&'static str>) -> Vec<&'static str> {
    why.into_iter().collect()
}
