//! What is said in every language at once: a phrase with its languages beside each other, and what fills its places.

use std::fmt;

use crate::Language;
use crate::label::Label;
use crate::value::DateTime;

/// A phrase in every language. `{0}`, `{1}`, … are places, filled by what it is about.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Phrase {
    pub english: &'static str,
    pub swedish: &'static str,
}

/// A phrase with its places filled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Said {
    /// In words that are the same in every language: names, values.
    Plain(String),
    /// Something that the file declares, or a part of it such as `.partners[2]`: to people by its title, in what is written
    /// down by its name.
    Named {
        name: String,
        title: Label,
        path: String,
    },
    /// What arose in English, such as what is wrong with a piece of JSON: to people in their language, as far as it is known.
    Message(String),
    /// An event or a fact within a sentence: to people by its title in quotation marks, in what is written down by its name.
    Entitled {
        name: String,
        title: Label,
    },
    /// A time: to people as they write it, in what is written down with its offset.
    Time(DateTime),
    /// A number, perhaps with its unit: to people as they write it, in what is written down plainly and alone.
    Number {
        plain: String,
        unit: Option<Box<str>>,
    },
    /// Several, with commas.
    List(Vec<Said>),
    Phrase(&'static Phrase, Vec<Said>),
}

impl Said {
    pub fn of<const N: usize>(phrase: &'static Phrase, parts: [Self; N]) -> Self {
        Self::Phrase(phrase, parts.into())
    }

    /// In one language. A place that nothing fills stays as it is written.
    pub fn tell(&self, language: Language) -> String {
        self.filled(language, true)
    }

    fn filled(&self, language: Language, titles: bool) -> String {
        match self {
            Self::Plain(text) => text.clone(),
            Self::Message(text) => {
                crate::language::messages::translated(text, language).into_owned()
            }
            Self::Named { name, title, path } => {
                match title.get(language.tag()).filter(|_| titles) {
                    Some(title) if path.is_empty() => title.to_owned(),
                    Some(title) => format!("{title} `{path}`"),
                    None => format!("`{name}{path}`"),
                }
            }
            Self::Entitled { name, title } => match title.get(language.tag()) {
                Some(title) if titles => {
                    format!("{}{title}”", language.say("“", "”"))
                }
                _ => format!("`{name}`"),
            },
            Self::Time(at) if titles => crate::language::date_time(*at, language),
            Self::Time(at) => at.to_string(),
            Self::Number { plain, unit } if titles => {
                let number = crate::language::number(plain, language);
                match unit {
                    Some(unit) => format!("{number} {}", crate::language::unit(unit, language)),
                    None => number,
                }
            }
            Self::Number { plain, .. } => plain.clone(),
            Self::List(parts) => {
                let parts: Vec<String> =
                    parts.iter().map(|part| part.filled(language, titles)).collect();
                parts.join(", ")
            }
            Self::Phrase(phrase, parts) => {
                let text = language.say(phrase.english, phrase.swedish);
                let mut told = String::with_capacity(text.len());
                let mut rest = text;
                while let Some((before, place, after)) = next_place(rest) {
                    told.push_str(before);
                    if let Some(part) = parts.get(place) {
                        told.push_str(&part.filled(language, titles));
                    }
                    rest = after;
                }
                told.push_str(rest);
                told
            }
        }
    }
}

/// The first place of a text, with what stands before and behind it.
fn next_place(text: &str) -> Option<(&str, usize, &str)> {
    let (before, rest) = text.split_once('{')?;
    let (number, after) = rest.split_once('}')?;
    Some((before, number.parse().ok()?, after))
}

impl From<String> for Said {
    fn from(text: String) -> Self {
        Self::Plain(text)
    }
}

impl From<&str> for Said {
    fn from(text: &str) -> Self {
        Self::Plain(text.to_owned())
    }
}

/// In English, with the names of the file.
impl fmt::Display for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.filled(Language::English, false))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::{Label, Phrase, Said};
    use crate::Language::{English, Swedish};

    #[test]
    fn what_is_declared_has_its_title_for_people_only() {
        static OF: Phrase = Phrase { english: "{0} is", swedish: "{0} är" };
        let title = Label(vec![("sv".to_owned(), "Kostnad".to_owned())]);
        let named = |path: &str| {
            let (name, title) = ("cost".to_owned(), title.clone());
            Said::of(&OF, [Said::Named { name, title, path: path.to_owned() }])
        };
        assert_eq!(named("").tell(Swedish), "Kostnad är");
        assert_eq!(named("[2]").tell(Swedish), "Kostnad `[2]` är");
        assert_eq!(named("[2]").to_string(), "`cost[2]` is");
    }

    #[test]
    fn within_a_sentence_titles_are_quoted_and_times_are_written_out() {
        static OF: Phrase = Phrase { english: "event {0} at {1}", swedish: "händelsen {0}, {1}" };
        let title = Label(vec![("sv".to_owned(), "Ansök".to_owned())]);
        let at = "2026-01-31T09:00:00+01:00".parse().unwrap();
        let said = |title| {
            let entitled = Said::Entitled { name: "apply".to_owned(), title };
            Said::of(&OF, [entitled, Said::Time(at)])
        };
        assert_eq!(
            said(title.clone()).tell(Swedish),
            "händelsen ”Ansök”, 31 januari 2026 kl. 09.00"
        );
        assert_eq!(
            said(Label::default()).tell(Swedish),
            "händelsen `apply`, 31 januari 2026 kl. 09.00"
        );
        assert_eq!(said(title).to_string(), "event `apply` at 2026-01-31T09:00:00+01:00");
    }

    #[test]
    fn numbers_are_written_as_people_do_and_kept_plainly() {
        let number = |unit: Option<&str>| Said::Number {
            plain: "12500.5".to_owned(),
            unit: unit.map(Into::into),
        };
        assert_eq!(number(Some("SEK")).tell(Swedish), "12 500,5 kr");
        assert_eq!(number(Some("SEK")).tell(English), "12 500.5 SEK");
        assert_eq!(number(None).tell(Swedish), "12 500,5");
        assert_eq!(number(Some("SEK")).to_string(), "12500.5");
        assert_eq!(Said::List(vec!["a".into(), number(None)]).tell(Swedish), "a, 12 500,5");
    }

    #[test]
    fn places_are_filled_in_the_order_of_each_language() {
        static OF: Phrase = Phrase { english: "{0} of {1}", swedish: "av {1} {0}" };
        static TWO: Phrase = Phrase { english: "two", swedish: "två" };
        let said = Said::of(&OF, [Said::of(&TWO, []), "{0}".into()]);
        assert_eq!(said.tell(English), "two of {0}");
        assert_eq!(said.tell(Swedish), "av {0} två");
        assert_eq!(said.to_string(), "two of {0}");
    }
}
