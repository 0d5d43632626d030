//! The command line's own phrases, in the language that it was asked to speak.

use std::sync::OnceLock;

use tresteg::Language;
use tresteg::case::Wording;
pub(super) use tresteg::language::commands::{Commands as Words, translated, unit_of};

/// Set once, before anything is said.
static SPOKEN: OnceLock<Wording> = OnceLock::new();

/// What is said from now on is said so.
pub(super) fn speak(wording: Wording) {
    let _ = SPOKEN.set(wording);
}

pub(super) fn language() -> Language {
    wording().language
}

/// How answers are told: in which language, and whether with the code of rules.
pub(super) fn wording() -> Wording {
    SPOKEN.get().copied().unwrap_or_default()
}

/// How answers are told in a language of their own, with the code of rules where that is asked for.
pub(super) fn wording_in(language: Language) -> Wording {
    let plain = Wording::of(language);
    if wording().code { plain.with_code() } else { plain }
}

/// The phrases of the language that is spoken.
pub(super) fn spoken() -> &'static Words {
    words(language())
}

pub(super) fn words(language: Language) -> &'static Words {
    Words::of(language)
}

/// A phrase with its places filled: `{0}` by the first part.
pub(super) fn filled(phrase: &str, parts: &[String]) -> String {
    let mut said = String::with_capacity(phrase.len());
    let mut rest = phrase;
    while let Some((before, place)) = rest.split_once('{') {
        said.push_str(before);
        let Some((number, after)) = place.split_once('}') else { break };
        let part = number.parse().ok().and_then(|number: usize| parts.get(number));
        said.push_str(part.map_or("", String::as_str));
        rest = after;
    }
    said.push_str(rest);
    said
}

/// A phrase of the language that is spoken, by its name, with what fills its places.
macro_rules! say {
    ($phrase:ident $(, $part:expr)* $(,)?) => {
        $crate::cli::words::filled(
            $crate::cli::words::spoken().$phrase,
            &[$(($part).to_string()),*],
        )
    };
}
pub(super) use say;

/// Lines that were written in English, in a language; what stands before a line stays.
pub(super) fn translated_lines(text: &str, language: Language) -> String {
    let line = |line: &str| {
        let (before, rest) = line.split_at(line.len() - line.trim_start().len());
        format!("{before}{}\n", translated(rest, language))
    };
    text.lines().map(line).collect()
}

/// Why a command stops, in the language that is spoken: a file, a place in it and more may stand before it.
pub(super) fn told(message: &str) -> String {
    let whole = translated(message, language());
    match message.split_once(": ") {
        Some((before, rest)) if whole == message => format!("{before}: {}", told(rest)),
        _ => whole,
    }
}
