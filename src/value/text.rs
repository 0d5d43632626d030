//! Texts: equal where they look equal, and harmless where a person reads them.

use std::borrow::Cow;

use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

/// Whether a text is in Unicode's composed form (NFC). Cost: a look at each byte where no letter is at or behind U+0300, the
/// first combining mark; tables else.
pub(crate) fn is_composed(text: &str) -> bool {
    // All in front of U+0300 stands for itself, and begins with a lower byte.
    text.bytes().all(|byte| byte < 0xCC)
        || match is_nfc_quick(text.chars()) {
            IsNormalized::Yes => true,
            IsNormalized::No => false,
            IsNormalized::Maybe => text.nfc().eq(text.chars()),
        }
}

/// A text in its composed form: at most three times as long.
pub(crate) fn composed(text: &str) -> Cow<'_, str> {
    if is_composed(text) { Cow::Borrowed(text) } else { Cow::Owned(text.nfc().collect()) }
}

/// Whether nothing in front of this character composes with it or moves behind it: a text can be composed in pieces that begin
/// with such.
pub(crate) fn begins_anew(letter: char) -> bool {
    letter < '\u{300}'
        || (unicode_normalization::char::canonical_combining_class(letter) == 0
            && is_nfc_quick(std::iter::once(letter)) == IsNormalized::Yes)
}

/// A text as a person may be shown it, on one line: control characters, breaks of lines and paragraphs, and characters that
/// turn the direction of writing or that nobody sees are written out, such as `\n` and `\u{202e}`. Everything else stays.
///
/// Texts of events, facts and files come from strangers: shown as they are, one could pass for several lines, or read as
/// another. Joiners and variation selectors stay where scripts and emoji need them, which is behind characters from U+0590
/// on. What the engine itself puts into words has been through this; JSON is for machines and has not.
///
/// ```
/// assert_eq!(tresteg::diagnostic::visible("bob\n✓ approved"), r"bob\n✓ approved");
/// assert_eq!(tresteg::diagnostic::visible("\u{202e}gpj.exe"), r"\u{202e}gpj.exe");
/// assert_eq!(tresteg::diagnostic::visible("Åsa 👩\u{200d}🔬"), "Åsa 👩\u{200d}🔬");
/// ```
#[must_use]
pub fn visible(text: &str) -> Cow<'_, str> {
    shown(text, false)
}

/// A text of several lines as a person may see it: as [`visible`] shows each, with the breaks
/// between them kept.
#[must_use]
pub fn visible_lines(text: &str) -> Cow<'_, str> {
    shown(text, true)
}

/// Whether a person sees all of a text, as it is, on one line.
pub(crate) fn is_visible(text: &str) -> bool {
    matches!(visible(text), Cow::Borrowed(_))
}

fn shown(text: &str, lines: bool) -> Cow<'_, str> {
    // The printable ones of ASCII, as nearly always.
    if text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        return Cow::Borrowed(text);
    }
    let mut out = String::new();
    let (mut copied, mut before) = (0, None);
    for (at, letter) in text.char_indices() {
        let hidden = !(lines && letter == '\n') && is_hidden(letter, before);
        before = Some(letter);
        if hidden {
            out.push_str(text.get(copied..at).unwrap_or(""));
            out.extend(escape(letter));
            copied = at + letter.len_utf8();
        }
    }
    if copied == 0 {
        return Cow::Borrowed(text);
    }
    out.push_str(text.get(copied..).unwrap_or(""));
    Cow::Owned(out)
}

/// A text as [`visible`] shows it, on one line: blanks of all kinds and controls are spaces. For
/// pictures, whose lines are broken anew.
pub(crate) fn on_one_line(text: &str) -> String {
    let blank = |letter: char| letter.is_control() || letter.is_whitespace();
    let flat: String =
        text.chars().map(|letter| if blank(letter) { ' ' } else { letter }).collect();
    visible(&flat).into_owned()
}

/// Written out, as in Rust.
pub(crate) fn escape(letter: char) -> impl Iterator<Item = char> {
    let short = matches!(letter, '\n' | '\r' | '\t');
    let (short, long) = match short {
        true => (Some(letter.escape_default()), None),
        false => (None, Some(letter.escape_unicode())),
    };
    short.into_iter().flatten().chain(long.into_iter().flatten())
}

/// Whether a character, behind another one, does something to a text that nobody sees.
pub(crate) fn is_hidden(letter: char, before: Option<char>) -> bool {
    if letter < '\u{ad}' {
        return letter.is_control();
    }
    if joins(letter) {
        // Behind a Latin letter it would make two names of one.
        let script = |before: char| before >= '\u{590}' || matches!(before, '©' | '®');
        return !before.is_some_and(|before| script(before) && !joins(before));
    }
    matches!(u32::from(letter),
        0xad | 0x34f | 0x61c | 0x115f | 0x1160 | 0x17b4 | 0x17b5 | 0x180e | 0x200b | 0x200e | 0x200f | 0x2028..=0x202e
        | 0x2060..=0x206f | 0x3164 | 0xfeff | 0xffa0 | 0xfff0..=0xfffb | 0x1bca0..=0x1bca3 | 0x1d173..=0x1d17a
        | 0xe0000..=0xe00ff | 0xe01f0..=0xe0fff)
        || u32::from(letter) & 0xfffe == 0xfffe
}

/// Joiners and selectors of variants: what scripts and emoji are written with.
fn joins(letter: char) -> bool {
    matches!(u32::from(letter),
        0x180b..=0x180d | 0x180f | 0x200c | 0x200d | 0xfe00..=0xfe0f | 0xe0100..=0xe01ef)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_hides_is_written_out() {
        for (text, seen) in [
            ("", ""),
            ("Åsa Öberg: 3 000 kr – ja", "Åsa Öberg: 3 000 kr – ja"),
            ("a\nb\r\n\tc", r"a\nb\r\n\tc"),
            ("\u{85}\u{2028}\u{2029}\u{b}\u{c}", r"\u{85}\u{2028}\u{2029}\u{b}\u{c}"),
            ("\u{1b}[31m\u{9b}1m\u{7f}", r"\u{1b}[31m\u{9b}1m\u{7f}"),
            ("a\u{200b}b\u{feff}c\u{ad}d", r"a\u{200b}b\u{feff}c\u{ad}d"),
            ("e\u{200d}va \u{200c}e\u{fe0f}", r"e\u{200d}va \u{200c}e\u{fe0f}"),
            ("👩\u{200d}🔬 ❤\u{fe0f} می\u{200c}خواهم", "👩\u{200d}🔬 ❤\u{fe0f} می\u{200c}خواهم"),
            ("👩\u{200d}\u{200d}x", "👩\u{200d}\\u{200d}x"),
            ("\u{e0041}", r"\u{e0041}"),
            ("\u{ffff}", r"\u{ffff}"),
        ] {
            assert_eq!(visible(text), seen, "{text:?}");
        }
        assert_eq!(visible_lines("a\n\u{202e}b\r\n"), "a\n\\u{202e}b\\r\n");
    }

    #[test]
    fn composed_is_what_unicode_says() {
        for (text, wanted) in [
            ("", ""),
            ("eva", "eva"),
            ("Åsa", "Åsa"),
            ("A\u{30a}sa", "Åsa"),
            ("\u{212b}sa \u{2126}", "Åsa Ω"),
            ("e\u{323}\u{302}", "ệ"),
            ("e\u{302}\u{323}", "ệ"),
            ("\u{1100}\u{1161}\u{11a8}", "각"),
            ("\u{958}", "\u{915}\u{93c}"),
            ("\u{301}", "\u{301}"),
        ] {
            assert_eq!(composed(text), wanted, "{text:?}");
            assert_eq!(is_composed(text), text == wanted, "{text:?}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

        #[test]
        fn pieces_compose_as_the_whole(letters in prop::collection::vec(prop_oneof![
            any::<char>(),
            prop::sample::select(vec!['A', 'a', 'e', '\u{30a}', '\u{302}', '\u{323}', '\u{301}', '\u{1100}', '\u{1161}', '\u{11a8}', '\u{212b}', '\u{93c}', '\u{915}', '\u{958}', 'ö', '中']),
        ], 0..24)) {
            let text: String = letters.iter().collect();
            let whole: String = text.nfc().collect();
            let mut pieces: Vec<String> = Vec::new();
            for letter in &letters {
                match pieces.last_mut() {
                    Some(piece) if !begins_anew(*letter) => piece.push(*letter),
                    _ => pieces.push(letter.to_string()),
                }
            }
            let joined: String = pieces.iter().map(|piece| composed(piece).into_owned()).collect();
            prop_assert_eq!(&joined, &whole);
            prop_assert_eq!(composed(&text), whole.as_str());
            prop_assert!(is_composed(&whole));
        }
    }
}
