//! What an explanation consists of: clauses, the values they read, verdicts of factors and items.

use super::super::eval::{Eval, Stop};
use super::super::syntax::Extent;
use super::super::{Home, Truth};
use crate::diagnostic::Span;
use crate::label::Label;
use crate::value::{Number, Value};

/// One clause of a rule.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
#[non_exhaustive]
pub struct Clause {
    /// As it is written in the file.
    pub text: String,
    /// Whether it holds.
    pub verdict: Truth,
    /// What it read, in the order of the text.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<ValueRead>,
    /// Names of what leaves it undecided.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unknown: Vec<String>,
    /// The factors that it read.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub factors: Vec<FactorVerdict>,
    /// How many values, names and factors are left out, for they are too many or too long ([`Limits::answer_bytes`]).
    ///
    /// [`Limits::answer_bytes`]: crate::Limits::answer_bytes
    #[serde(skip_serializing_if = "is_none")]
    pub cut: usize,
    /// Where it stands.
    #[serde(skip)]
    pub span: Span,
    /// Whether it must not hold: there is a `!` around it, or an `else`. The verdict is then that of `!`.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub negated: bool,
    /// How its parts are joined, where it has any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub joined: Option<Joined>,
    /// What decided inside it: of `a || b`, while neither holds, both.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<Clause>,
    /// Whether it cannot become true in this case any more, whatever happens: it hangs on parameters and on facts that
    /// nothing changes from here.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub settled: bool,
    /// Of `all` and `some`: the first items that are not as they must be.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub rows: Vec<Item>,
    /// How many items are not as they must be, and how many there are.
    #[serde(skip_serializing_if = "is_none")]
    pub failing: usize,
    /// See `failing`.
    #[serde(skip_serializing_if = "is_none")]
    pub items: usize,
    /// Whose rule it is a piece of, and where in it.
    #[serde(skip)]
    pub(crate) home: Option<Home>,
    #[serde(skip)]
    pub(crate) at: Extent,
    /// What its two sides came to; of a `switch` its subject, and what it might be instead.
    #[serde(skip)]
    pub(crate) sides: Vec<Option<Value>>,
}

impl Clause {
    pub(crate) fn new(text: String, verdict: Truth, span: Span) -> Self {
        Self {
            text,
            verdict,
            values: Vec::new(),
            unknown: Vec::new(),
            factors: Vec::new(),
            cut: 0,
            span,
            negated: false,
            joined: None,
            parts: Vec::new(),
            settled: false,
            rows: Vec::new(),
            failing: 0,
            items: 0,
            home: None,
            at: Extent::default(),
            sides: Vec::new(),
        }
    }

    /// Names of what leaves it undecided, through its parts.
    pub(crate) fn undecided(&self) -> Vec<&String> {
        let parts = self.parts.iter().filter(|part| part.verdict == Truth::Unknown);
        self.unknown.iter().chain(parts.flat_map(Self::undecided)).collect()
    }
}

/// How the parts of a [`Clause`] make it up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Joined {
    /// It needs each of them.
    All,
    /// One of them is enough.
    Any,
}

/// An item of a list for which a clause does not hold.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
#[non_exhaustive]
pub struct Item {
    /// Its place in the list, counted from 0.
    pub number: usize,
    /// The item.
    pub value: Value,
    /// False, or unknown where that is why the clause is undecided.
    pub verdict: Truth,
    /// What decided for it.
    pub clauses: Vec<Clause>,
}

/// A value that a clause read.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
#[non_exhaustive]
pub struct ValueRead {
    /// Name of the fact, parameter or factor; such as `count("e")` for the past.
    pub name: String,
    /// `fact`, `parameter`, `score`, `event`, `past`, `time` or `children`.
    pub kind: &'static str,
    /// `None` while it is unknown.
    pub value: Option<Value>,
    /// The title in the file.
    #[serde(skip_serializing_if = "Label::is_empty")]
    pub title: Label,
}

/// What values are read of, by the word that is shown and stored. What is stored is read by this very table: a kind that
/// lacked there would be one that no record comes back with.
macro_rules! read_kinds {
    ($($kind:ident = $word:literal),+) => {
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(crate) enum ReadKind { $($kind),+ }

        impl ReadKind {
            pub const ALL: &[Self] = &[$(Self::$kind),+];

            pub fn word(self) -> &'static str {
                match self { $(Self::$kind => $word),+ }
            }
        }
    };
}

read_kinds! {
    Fact = "fact", Parameter = "parameter", Score = "score", Event = "event", Past = "past",
    Time = "time", Children = "children"
}

/// The verdict of a factor, or of a boolean fact that a factor counts.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
#[non_exhaustive]
pub struct FactorVerdict {
    /// Name in the file.
    pub name: String,
    /// As the file says, such as `success`; `fact` for a fact.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// Whether it holds. For a score: unknown, or true where the score is known.
    pub verdict: Truth,
    /// From 0 to 1, of a factor with a score.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub score: Option<Number>,
    /// How many of its parts must hold.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at_least: Option<i64>,
    /// How many of its parts hold.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reached: Option<i64>,
    /// The clauses of its rule.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub clauses: Vec<Clause>,
    /// The parts that it counts.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub of: Vec<FactorVerdict>,
    /// The title in the file.
    #[serde(skip_serializing_if = "Label::is_empty")]
    pub title: Label,
    /// What the file says to do about it.
    #[serde(skip_serializing_if = "Label::is_empty")]
    pub hint: Label,
    /// Names of what leaves it undecided.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unknown: Vec<String>,
    /// How many parts and names are left out, for they are too many or too long ([`Limits::answer_bytes`]).
    ///
    /// [`Limits::answer_bytes`]: crate::Limits::answer_bytes
    #[serde(skip_serializing_if = "is_none")]
    pub cut: usize,
    /// How its rule failed, where it did: then it is neither true nor false.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failed: Option<String>,
}

fn is_none(count: &usize) -> bool {
    *count == 0
}

impl FactorVerdict {
    /// Names of what leaves it undecided, through its parts.
    #[must_use]
    pub fn unknown(&self) -> Vec<String> {
        self.unknown.clone()
    }
}

impl FactorVerdict {
    pub(super) fn empty(name: String) -> Self {
        Self {
            name,
            kind: None,
            verdict: Truth::Unknown,
            score: None,
            at_least: None,
            reached: None,
            clauses: Vec::new(),
            of: Vec::new(),
            title: Label::default(),
            hint: Label::default(),
            unknown: Vec::new(),
            cut: 0,
            failed: None,
        }
    }

    /// Takes an answer for its verdict.
    pub(super) fn judge(&mut self, answer: Eval<Truth>) {
        match answer {
            Ok(truth) => self.verdict = truth,
            Err(Stop::Fault(fault)) => {
                self.failed = Some(format!("{} [{}]", fault.message, fault.code));
            }
            Err(_) => {}
        }
    }
}
