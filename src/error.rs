//! Misuse and exceeded bounds: what is neither a wrong file nor a "no".

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::Language;
use crate::language::messages;
use crate::language::problems::DID_YOU_MEAN;
use crate::said::Said;
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
    /// Message and hint in every language, where they are known in more than English.
    #[serde(skip)]
    pub(crate) told: Told,
}

/// What a problem says in other languages. Problems that say the same are equal, whether it is known or not: it is stored
/// nowhere.
#[derive(Debug, Clone, Default)]
pub(crate) struct Told(Option<Box<(Said, Option<Said>)>>);

impl PartialEq for Told {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Told {}

impl Problem {
    pub(crate) fn new(code: &str, message: impl Into<String>) -> Self {
        let (code, message) = (code.to_owned(), message.into());
        Self { code, message, hint: None, place: None, told: Told::default() }
    }

    /// One that is known in every language.
    pub(crate) fn said(code: &str, message: Said) -> Self {
        let told = Told(Some(Box::new((message.clone(), None))));
        Self { told, ..Self::new(code, message.to_string()) }
    }

    pub(crate) fn hint(mut self, hint: impl Into<Said>) -> Self {
        let hint = hint.into();
        self.hint = Some(hint.to_string());
        if let Some(told) = &mut self.told.0 {
            told.1 = Some(hint);
        }
        self
    }

    /// In words of a language, as far as it is known there: what is wrong and what to do; without code and place.
    ///
    /// ```
    /// # use tresteg::{Case, Event, Language, Workflow};
    /// # let workflow = Workflow::from_json(r#"{ "id": "w", "states": { "a": { "on": { "approve": {} } } } }"#)?;
    /// # let (mut case, _) = Case::start(&workflow, None, Default::default())?;
    /// let decision = case.fire(&Event::new("aprove"));
    /// assert_eq!(decision.problems[0].tell(Language::Swedish), "händelsen `aprove` är inte känd; menade du `approve`?");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn tell(&self, language: Language) -> String {
        let (message, hint) = match &self.told.0 {
            Some(told) => {
                let hint = told.1.as_ref().map(|hint| hint.tell(language));
                (told.0.tell(language), hint)
            }
            None => {
                let said = |text: &String| messages::translated(text, language).into_owned();
                (said(&self.message), self.hint.as_ref().map(said))
            }
        };
        match hint {
            Some(hint) => format!("{}; {}", visible(&message), visible(&hint)),
            None => visible(&message).into_owned(),
        }
    }

    pub(crate) fn suggest<'a>(
        self,
        written: &str,
        candidates: impl IntoIterator<Item = &'a str>,
    ) -> Self {
        if let Some(near) = crate::diagnostic::nearest(written, candidates) {
            return self.hint(Said::of(&DID_YOU_MEAN, [near.into()]));
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
pub struct Error(Box<(ErrorKind, Vec<Problem>)>);

impl Error {
    pub(crate) fn new(kind: ErrorKind, problems: Vec<Problem>) -> Self {
        Self(Box::new((kind, problems)))
    }

    /// What kind of misuse or bound.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.0.0
    }

    /// All problems at once.
    #[must_use]
    pub fn problems(&self) -> &[Problem] {
        &self.0.1
    }

    /// In words of a language, as far as they are known there: a line for each problem, without codes.
    ///
    /// ```
    /// # use tresteg::{Case, Language, Workflow};
    /// # let workflow = Workflow::from_json(r#"{ "id": "w", "states": { "a": {} } }"#)?;
    /// let facts = [("fee".to_owned(), 3.into())].into();
    /// let error = Case::start(&workflow, None, facts).unwrap_err();
    /// assert_eq!(error.tell(Language::Swedish), "uppgiften `fee` är inte känd");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn tell(&self, language: Language) -> String {
        let told: Vec<String> = self.0.1.iter().map(|problem| problem.tell(language)).collect();
        told.join("\n")
    }
}

/// A line for each problem.
impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.0.1.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            problem.fmt(f)?;
        }
        Ok(())
    }
}

impl std::error::Error for Error {}
