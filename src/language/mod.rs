//! What people read, in every language that there is: phrases, values, names and rules in words.
//!
//! Each phrase stands once, its languages beside each other in a table of which none can be left out. Nothing outside this
//! room asks which language it is.

mod amounts;
#[cfg(feature = "lab")]
mod analyses;
mod answers;
mod arrows;
#[cfg(feature = "cli")]
pub mod commands;
#[cfg(feature = "cli")]
pub mod comparisons;
#[cfg(feature = "scenario")]
mod coverages;
#[cfg(feature = "diff")]
mod differences;
#[cfg(feature = "scenario")]
mod expectations;
#[cfg(feature = "cli")]
pub mod logs;
pub(crate) mod messages;
mod names;
#[cfg(feature = "cli")]
pub mod pages;
pub(crate) mod pictures;
pub(crate) mod problems;
#[cfg(feature = "draw")]
mod requests;
mod rules;
#[cfg(feature = "lab")]
mod searches;
mod sentences;
pub(crate) mod shapes;

pub(crate) use amounts::{date, date_time, duration, number, unit};
#[cfg(feature = "lab")]
pub(crate) use analyses::Analyses;
pub(crate) use answers::{Answers, Terms};
pub(crate) use arrows::Arrows;
#[cfg(feature = "scenario")]
pub(crate) use coverages::{Coverages, Goals};
#[cfg(feature = "diff")]
pub(crate) use differences::{Differences, aspect, kind, label_key};
#[cfg(feature = "scenario")]
pub(crate) use expectations::Expectations;
pub(crate) use names::Speaker;
#[cfg(feature = "draw")]
pub(crate) use requests::Requests;
#[cfg(feature = "lab")]
pub(crate) use searches::Searches;

/// The language of what people read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Language {
    /// Swedish.
    Swedish,
    /// English.
    #[default]
    English,
}

impl Language {
    /// Its tag in labels: `sv`, `en`.
    ///
    /// ```
    /// assert_eq!(tresteg::Language::Swedish.tag(), "sv");
    /// ```
    #[must_use]
    pub fn tag(self) -> &'static str {
        self.say("en", "sv")
    }

    /// One of two phrases that say the same.
    pub(crate) fn say<'a>(self, english: &'a str, swedish: &'a str) -> &'a str {
        match self {
            Self::English => english,
            Self::Swedish => swedish,
        }
    }
}

/// A table of phrases: each name with what it says in English and in Swedish.
macro_rules! phrases {
    ($(#[$meta:meta])* $table:ident { $($name:ident: $english:expr, $swedish:expr;)+ }) => {
        $(#[$meta])*
        #[allow(missing_docs, reason = "a phrase says what it says")]
        pub struct $table {
            $(pub $name: &'static str,)+
        }

        impl $table {
            /// The phrases of a language.
            pub fn of(language: Language) -> &'static Self {
                const ENGLISH: $table = $table { $($name: $english,)+ };
                const SWEDISH: $table = $table { $($name: $swedish,)+ };
                match language {
                    Language::English => &ENGLISH,
                    Language::Swedish => &SWEDISH,
                }
            }
        }
    };
}
use phrases;
