//! Who is who: ids of actors, and which of them are of one person. The one place that compares ids.
//!
//! A host writes an id as it likes, and not always alike: `Eva` and `eva`, an `å` of one character or of two, a personal
//! identity number with its hyphen or without. Two ids are of two persons only if they differ after full case folding and
//! canonical composition (Unicode's canonical caseless match, D145); ids of digits, spaces, `+` and `-` only if their digits
//! differ. What only looks alike (`ａ` in full width, a Cyrillic `а`, a Turkish `ı`) is somebody else: compatibility forms
//! (NFKC) would make one person of two where a system of ids tells them apart.

use std::borrow::Cow;
use std::sync::Arc;

use caseless::Caseless as _;
use unicode_normalization::UnicodeNormalization as _;

use crate::digest;
use crate::error::Problem;
use crate::value::brief;

/// Among the parts of a record that hold ids, what stands for the names of its entries.
pub(crate) const NAMES: &str = "#";

/// A person: equal for all ids that are the same person's.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Person(Arc<str>);

impl Person {
    /// Whose id it is. Cost: linear in its length.
    pub fn of(id: &str) -> Self {
        Self(Arc::from(&*key(id)))
    }

    /// The id in the form in which all of the person's are equal; itself such an id.
    pub fn key(&self) -> &str {
        &self.0
    }
}

/// A person in 16 bytes, to be looked for among many.
pub(crate) fn digest_of(id: &str) -> u128 {
    digest::short(&[b"person", key(id).as_bytes()])
}

/// Whether an id of a person stands in a text, as a whole or as a word of it, however it is written there.
pub(crate) fn is_named(text: &str, id: &str) -> bool {
    if id.is_empty() {
        return false;
    }
    if is_number(id) {
        let digits = key(id);
        // A number may be written in groups, or be one of several.
        let mut runs = text.split(|letter: char| !letter.is_ascii() || !is_of_number(letter as u8));
        return runs.any(|run| {
            run.split(' ').chain([run]).any(|part| is_number(part) && key(part) == digits)
        });
    }
    let (text, id) = (folded(text), folded(id));
    let apart = |letter: Option<char>| !letter.is_some_and(char::is_alphanumeric);
    text.match_indices(&*id).any(|(at, _)| {
        let before = text.get(..at).and_then(|before| before.chars().next_back());
        let behind = text.get(at + id.len()..).and_then(|behind| behind.chars().next());
        apart(before) && apart(behind)
    })
}

/// What is wrong with the id of an actor, if anything is.
pub(crate) fn wrong(id: &str) -> Option<Problem> {
    let problem = |message: String, hint: &str| {
        let hint = format!("{hint}; an actor whom nobody knows has no `id` at all");
        Some(Problem::new("actor-id", message).hint(hint))
    };
    if id.is_empty() {
        return problem("the id of the actor is empty".to_owned(), "say who it is");
    }
    if let Some(unseen) = id.chars().find(|letter| is_unseen(*letter)) {
        let code = u32::from(unseen);
        let message =
            format!("the id of the actor has a character that cannot be seen, U+{code:04X}");
        return problem(message, "leave it out: ids that look the same must be the same");
    }
    let (first, last) = (id.chars().next(), id.chars().next_back());
    if first.into_iter().chain(last).any(char::is_whitespace) {
        let message =
            format!("the id `{}` of the actor begins or ends with white space", brief(id));
        return problem(message, "trim it: ids that look the same must be the same");
    }
    if let Some(space) = id.chars().find(|letter| letter.is_whitespace() && *letter != ' ') {
        let code = u32::from(space);
        let message = format!(
            "the id `{}` of the actor has white space that is no plain space, U+{code:04X}",
            brief(id)
        );
        return problem(message, "write a plain space: ids that look the same must be the same");
    }
    if !is_number(id) {
        if id.contains("  ") {
            let message =
                format!("the id `{}` of the actor has two spaces next to each other", brief(id));
            return problem(message, "write one: ids that look the same must be the same");
        }
        let plain: String =
            id.chars().map(|letter| if is_dash(letter) { '-' } else { letter }).collect();
        if is_number(&plain) {
            let message =
                format!("the id `{}` of the actor is a number with a dash in it", brief(id));
            return problem(message, "write `-`: ids that look the same must be the same");
        }
    }
    None
}

fn key(id: &str) -> Cow<'_, str> {
    if !is_number(id) {
        return folded(id);
    }
    if id.bytes().all(|byte| byte.is_ascii_digit()) {
        return Cow::Borrowed(id);
    }
    Cow::Owned(id.chars().filter(char::is_ascii_digit).collect())
}

/// Whether a text is a number as people write those of persons and of telephones.
fn is_number(text: &str) -> bool {
    text.bytes().all(is_of_number) && text.bytes().any(|byte| byte.is_ascii_digit())
}

fn is_of_number(byte: u8) -> bool {
    byte.is_ascii_digit() || matches!(byte, b' ' | b'+' | b'-')
}

fn folded(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        if text.bytes().any(|byte| byte.is_ascii_uppercase()) {
            return Cow::Owned(text.to_ascii_lowercase());
        }
        return Cow::Borrowed(text);
    }
    // Taken apart first: one letter, U+0345, stands elsewhere in what is folded before.
    Cow::Owned(text.nfd().default_case_fold().nfc().collect())
}

/// Hyphens and dashes that programs of text put where `-` was typed, and the sign for minus.
fn is_dash(letter: char) -> bool {
    matches!(letter, '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{FE58}' | '\u{FE63}' | '\u{FF0D}')
}

/// Controls, format characters, separators of lines and paragraphs, and what else is shown as nothing (Unicode's
/// `Default_Ignorable_Code_Point`, and the blank of Braille).
fn is_unseen(letter: char) -> bool {
    letter.is_control()
        || matches!(
            letter,
            '\u{AD}'
                | '\u{34F}'
                | '\u{600}'..='\u{605}'
                | '\u{61C}'
                | '\u{6DD}'
                | '\u{70F}'
                | '\u{890}'..='\u{891}'
                | '\u{8E2}'
                | '\u{115F}'..='\u{1160}'
                | '\u{17B4}'..='\u{17B5}'
                | '\u{180B}'..='\u{180F}'
                | '\u{200B}'..='\u{200F}'
                | '\u{2028}'..='\u{202E}'
                | '\u{2060}'..='\u{206F}'
                | '\u{2800}'
                | '\u{3164}'
                | '\u{FE00}'..='\u{FE0F}'
                | '\u{FEFF}'
                | '\u{FFA0}'
                | '\u{FFF0}'..='\u{FFFB}'
                | '\u{110BD}'
                | '\u{110CD}'
                | '\u{13430}'..='\u{1345F}'
                | '\u{1BCA0}'..='\u{1BCA3}'
                | '\u{1D173}'..='\u{1D17A}'
                | '\u{E0000}'..='\u{E0FFF}'
        )
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn is_same(one: &str, two: &str) -> bool {
        Person::of(one) == Person::of(two)
    }

    #[test]
    fn ids_of_one_person() {
        for (one, two) in [
            ("eva", "Eva"),
            ("EVA", "eVa"),
            ("åke", "a\u{30A}ke"),
            ("ÅKE", "a\u{30A}ke"),
            ("\u{212B}ke", "åke"),
            ("Strauß", "STRAUSS"),
            ("Strau\u{1E9E}", "strauss"),
            ("ΣΊΣΥΦΟΣ", "σίσυφος"),
            ("\u{1F80}", "\u{1F00}\u{345}"),
            ("\u{1FB3}", "α\u{399}"),
            ("\u{130}", "i\u{307}"),
            ("\u{FB01}n", "FIN"),
            ("\u{FF21}", "\u{FF41}"),
            ("K", "\u{212A}"),
            ("\u{10400}", "\u{10428}"),
            ("19121212-1212", "191212121212"),
            ("19121212+1212", "19 12 12 12 12 12"),
            ("+46 70-123 45 67", "46701234567"),
            ("e\u{327}\u{301}", "\u{E9}\u{327}"),
        ] {
            assert_eq!(Person::of(one), Person::of(two), "{one} {two}");
            assert_eq!(digest_of(one), digest_of(two));
            assert!(is_named(one, two) && is_named(&format!("({one})"), two));
        }
    }

    #[test]
    fn ids_of_two_persons() {
        for (one, two) in [
            ("eva", "eve"),
            ("ake", "åke"),
            ("\u{131}da", "ida"),
            ("\u{131}da", "Ida"),
            ("\u{130}da", "ida"),
            ("\u{FF41}", "a"),
            ("\u{FF11}", "1"),
            ("\u{430}", "a"),
            ("ﬁn\u{2460}", "fin1"),
            ("eva b", "evab"),
            ("eva-b", "evab"),
            ("eva 1-2", "eva 12"),
            ("19121212\u{2013}1212", "191212121212"),
            ("1", "01"),
            ("-", "+"),
            ("- -", "--"),
        ] {
            assert_ne!(Person::of(one), Person::of(two), "{one} {two}");
            assert_ne!(digest_of(one), digest_of(two));
        }
    }

    #[test]
    fn ids_that_are_none() {
        for id in [
            "",
            " ",
            "eva ",
            " eva",
            "\teva",
            "eva\n",
            "e\nva",
            "eva\u{A0}",
            "\u{2003}eva",
            "e\u{0}va",
            "e\u{200B}va",
            "eva\u{200D}",
            "\u{FEFF}eva",
            "e\u{AD}va",
            "e\u{2028}va",
            "\u{202E}ave",
            "\u{2066}eva\u{2069}",
            "e\u{2060}va",
            "e\u{E0061}va",
            "eva\u{FE0F}",
            "e\u{34F}va",
            "\u{3164}",
            "e\u{85}va",
            "e\u{7F}va",
            "eva\u{2800}",
            "eva\u{A0}ek",
            "eva\u{202F}ek",
            "eva\u{3000}ek",
            "eva  ek",
            "19121212\u{2011}1212",
            "19121212\u{2013}1212",
            "19121212\u{2212}1212",
            "46\u{A0}70",
        ] {
            assert!(wrong(id).is_some(), "{id:?}");
        }
        for id in [
            "eva",
            "Åke Öst",
            "a b",
            "19121212-1212",
            "19  12",
            "eva\u{2013}ek",
            "a@b.se",
            "김",
            "-",
            "e\u{301}va",
            "👩",
        ] {
            assert!(wrong(id).is_none(), "{id:?}");
        }
        // Every mark of white space at an end, and every control anywhere.
        for letter in (0..=0x10FFFF_u32).filter_map(char::from_u32) {
            if letter.is_whitespace() {
                assert!(wrong(&format!("a{letter}")).is_some(), "{letter:?}");
                assert_eq!(wrong(&format!("a{letter}b")).is_some(), letter != ' ', "{letter:?}");
            }
            if letter.is_control() {
                assert!(wrong(&format!("a{letter}b")).is_some(), "{letter:?}");
            }
        }
    }

    /// The key of every character is a key, and upper, lower and title case and both normal forms have the same one.
    #[test]
    fn every_character() {
        // Without those of East Asian scripts that have no case, a million.
        let some =
            (0..0x3100_u32).chain(0xA000..0xAC10).chain(0xF900..0x20000).chain(0xE0000..0xE0100);
        for letter in some.filter_map(char::from_u32) {
            let id = format!("x{letter}");
            let own = key(&id).into_owned();
            assert_eq!(key(&own), own, "{letter:?}");
            assert_eq!(key(&id.nfc().collect::<String>()), own, "{letter:?}");
            assert_eq!(key(&id.nfd().collect::<String>()), own, "{letter:?}");
        }
    }

    #[test]
    fn a_person_is_named_by_whole_words() {
        for (text, id) in [
            ("decided by Eva.", "eva"),
            ("EVA", "eva"),
            ("tel. +46 70-123 45 67, at home", "46701234567"),
            ("1 2 19121212-1212 3", "191212121212"),
            ("a\u{30A}ke and bo", "ÅKE"),
        ] {
            assert!(is_named(text, id), "{text} {id}");
        }
        for (text, id) in [
            ("evangelist", "eva"),
            ("x191212121213", "191212121212"),
            ("eva", ""),
            ("- +", "-+"),
            ("12", "1"),
        ] {
            assert!(!is_named(text, id), "{text} {id}");
        }
    }

    fn letters() -> impl Strategy<Value = String> {
        let letter = prop::sample::select(vec![
            'a', 'A', 'å', 'Å', '\u{30A}', '\u{345}', '\u{301}', '\u{327}', 'ß', 'ẞ', 's', 'S',
            'ı', 'İ', 'i', 'I', 'Σ', 'ς', 'σ', '\u{1FB3}', 'ΐ', 'ﬁ', 'Ａ', 'ａ', '1', '2', '-',
            '+', ' ', '\u{212B}', 'K', 'k', 'ǅ', 'ǆ', '\u{1E9B}',
        ]);
        prop::collection::vec(letter, 0..6).prop_map(|letters| letters.into_iter().collect())
    }

    proptest! {
        #[test]
        fn keys_are_equal_where_unicode_says_so(one in letters(), two in letters()) {
            let numbers = |id: &str| id.chars().all(|c| c.is_ascii_digit() || " +-".contains(c));
            let is_same_here = is_same(&one, &two);
            prop_assert_eq!(is_same_here, digest_of(&one) == digest_of(&two));
            if numbers(&one) && numbers(&two) {
                let digits = |id: &str| id.chars().filter(char::is_ascii_digit).collect::<String>();
                let (a, b) = (digits(&one), digits(&two));
                prop_assert_eq!(is_same_here, if a.is_empty() || b.is_empty() { one == two } else { a == b });
            } else {
                let same = caseless::canonical_caseless_match_str(&one, &two);
                prop_assert_eq!(is_same_here, same);
            }
            let own = Person::of(&one);
            prop_assert_eq!(&Person::of(own.key()), &own);
            prop_assert!(is_same(&one, own.key()));
        }
    }
}
