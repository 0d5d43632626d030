//! The first syntax error of a text that is not JSON, explained for people who do not know JSON by heart.

use serde::de::IgnoredAny;

use super::offset;
use crate::diagnostic::{Diagnostic, Span};

/// Whether the text is JSON as RFC 8259 has it.
pub(super) fn check(text: &str, file: u32) -> Result<(), Diagnostic> {
    if text.starts_with('\u{FEFF}') {
        let span = Span { file, start: 0, end: 3 };
        let found =
            Diagnostic::error("json-syntax", span, "the file begins with a byte order mark");
        return Err(found.hint("save the file as UTF-8 without a byte order mark (BOM)"));
    }
    match serde_json::from_str::<IgnoredAny>(text) {
        Ok(_) => Ok(()),
        Err(error) => {
            if let Some(found) = foreign(text, file) {
                return Err(found);
            }
            Err(explain(text, file, byte_of(text, error.line(), error.column()), error.is_eof()))
        }
    }
}

/// The byte that the parser stumbled over; it counts lines from 1 and the bytes that it has read of a line.
fn byte_of(text: &str, line: usize, column: usize) -> usize {
    let start = match line.checked_sub(2) {
        None => 0,
        Some(before) => text.match_indices('\n').nth(before).map_or(text.len(), |(at, _)| at + 1),
    };
    // The line feed itself counts as column 0 of the line behind it.
    let mut at =
        if column == 0 { start.saturating_sub(1) } else { start + column - 1 }.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    // Of a control character inside a text the parser has only read what stands in front of it.
    let mut next = text.get(at..).unwrap_or("").char_indices();
    match (next.next(), next.next()) {
        (Some((_, first)), Some((further, second)))
            if !first.is_control() && second.is_control() && in_string(text, at + further) =>
        {
            at + further
        }
        _ => at,
    }
}

/// A file of another language, by how it begins. Looks at its beginning alone.
fn foreign(text: &str, file: u32) -> Option<Diagnostic> {
    /// So many bytes tell which language it is.
    const LOOKED_AT: usize = 4_000;
    let mut end = LOOKED_AT.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let head = text.get(..end)?;
    let is_remark =
        |line: &str| line.is_empty() || line.starts_with('#') || line.starts_with("%YAML");
    let mut at = 0;
    let mut line = "";
    for whole in head.split_inclusive('\n') {
        line = whole.trim();
        if !is_remark(line) {
            break;
        }
        at += whole.len();
    }
    let start = at + head.get(at..)?.len() - head.get(at..)?.trim_start().len();
    let span = Span { file, start: offset(start), end: offset(start + line.len()) };
    let low = head.to_ascii_lowercase();
    let (what, hint) = if line.starts_with('<') {
        let known = [
            (
                "<scxml",
                "SCXML",
                "its words are kept: states under `states`, transitions under `on`, `always` and `after`, `cond` as `guard`, `onentry` as `entry`",
            ),
            (
                "bpmn",
                "BPMN",
                "write its activities as `states`, its flows as transitions under `on`, its conditions as `guard`, its timers under `after` and `at`",
            ),
            ("<!doctype html", "HTML", "give the JSON file itself"),
            ("<html", "HTML", "give the JSON file itself"),
            ("<svg", "a picture (SVG)", "give the JSON file that it was drawn from"),
        ];
        let found = known.iter().find(|(mark, ..)| low.contains(mark));
        found.map_or(("XML", "write it as JSON"), |(_, what, hint)| (*what, *hint))
    } else {
        let key = line.split([':', '=']).next().unwrap_or_default().trim_end();
        let is_key = !key.is_empty()
            && key.len() < line.len()
            && key.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '$'));
        let behind = line.get(key.len()..).unwrap_or_default().trim_start();
        let is_list = line.starts_with("- ") && line.contains(": ");
        let yaml = "write it as JSON: keys and texts between double quotes, objects between `{` and `}`, lists between `[` and `]`";
        if line == "---" || is_list || is_key && (behind == ":" || behind.starts_with(": ")) {
            ("YAML", yaml)
        } else if line.starts_with('[')
            && line.ends_with(']')
            && !line.contains([',', '"'])
            && line.len() > 2
            && line.get(1..2)?.starts_with(|c: char| c.is_alphabetic())
            || is_key && behind.starts_with("= ")
        {
            ("TOML", yaml)
        } else {
            return None;
        }
    };
    let message = format!("this is {what}, not JSON");
    Some(Diagnostic::error("json-syntax", span, message).hint(hint))
}

/// A quote inside a text that has ended the text too early.
fn stray_quote(text: &str, file: u32, at: usize) -> Option<Diagnostic> {
    let before = text.get(..at)?;
    let rest = text.get(at..)?;
    let found = rest.chars().next()?;
    // Right behind the quote, on its line: between two entries there is at least a blank.
    let is_inside = before.ends_with('"')
        && !in_string(text, at)
        && !matches!(
            found,
            ',' | ':' | '}' | ']' | ' ' | '\t' | '\n' | '\r' | '/' | '#' | '=' | ';'
        );
    if !is_inside {
        return None;
    }
    let quote = at - 1;
    let line = rest.lines().next().unwrap_or_default();
    let meant = line.split('"').next().filter(|meant| !meant.is_empty() && meant.len() <= 40);
    let hint = match meant.filter(|meant| line.len() > meant.len()) {
        Some(meant) => format!(
            "write `\\\"{meant}\\\"`; in a script, a text may stand between backticks instead"
        ),
        None => "write `\\\"` for a quote inside a text; in a script, a text may stand between backticks instead".to_owned(),
    };
    let span = Span {
        file,
        start: offset(quote),
        end: offset(at + meant.map_or(0, |meant| meant.len() + 1)),
    };
    let span = if meant.is_some_and(|meant| line.len() > meant.len()) {
        span
    } else {
        Span { end: offset(at), ..span }
    };
    Some(Diagnostic::error("json-syntax", span, "a `\"` inside a text ends the text").hint(hint))
}

/// What the character in front of and at the place of the error says about the slip.
fn explain(text: &str, file: u32, at: usize, at_end: bool) -> Diagnostic {
    let span = |start: usize, end: usize| Span { file, start: offset(start), end: offset(end) };
    let before = text.get(..at).unwrap_or("").trim_end_matches([' ', '\t', '\n', '\r']);
    let rest = text.get(at..).unwrap_or("");
    let found = rest.chars().next();
    let here = span(at, at + found.map_or(0, char::len_utf8));
    let error = |span, message: &str, hint: &str| {
        Diagnostic::error("json-syntax", span, message).hint(hint)
    };

    if text.trim_matches([' ', '\t', '\n', '\r']).is_empty() {
        return error(
            span(0, 0),
            "the file is empty",
            "write an object: it begins with `{` and ends with `}`",
        );
    }
    if at_end {
        return unfinished(text, file);
    }
    // A line or a file is one value; the comma that would be asked for between two is refused next.
    if !before.is_empty()
        && !matches!(found, Some('/' | '#'))
        && serde_json::from_str::<serde::de::IgnoredAny>(before).is_ok()
    {
        return error(
            here,
            "something stands behind the end of the JSON",
            "remove it; a file holds one value, and so does each line of a file of lines",
        );
    }
    if let Some(found) = stray_quote(text, file, at) {
        return found;
    }
    match found {
        Some('\'') => {
            return error(here, "texts stand between double quotes", "write `\"` instead of `'`");
        }
        Some('“' | '”' | '„' | '«' | '»' | '’' | '‘') => {
            return error(
                here,
                "a typographic quote instead of `\"`",
                "write the straight quote `\"`",
            );
        }
        Some('/') if rest.starts_with("//") || rest.starts_with("/*") => {
            return error(
                span(at, at + 2),
                "JSON has no comments",
                "write the remark as a text: `\"$comment\": \"…\"`",
            );
        }
        Some('#') => {
            return error(
                here,
                "JSON has no comments",
                "write the remark as a text: `\"$comment\": \"…\"`",
            );
        }
        Some('\u{A0}' | '\u{2000}'..='\u{200B}' | '\u{202F}' | '\u{3000}' | '\u{FEFF}') => {
            return error(
                here,
                "an unusual blank character between the values",
                "replace it by a plain space",
            );
        }
        Some('}' | ']') if before.ends_with(',') => {
            let comma = before.len() - 1;
            return error(
                span(comma, comma + 1),
                "a comma in front of a closing bracket",
                "remove the comma",
            );
        }
        Some(c) if c.is_control() && in_string(text, at) => {
            let (what, hint) = match c {
                '\n' | '\r' => (
                    "a text goes on over the end of its line",
                    "close the text with `\"`, or write `\\n` for a new line; a script may be a list of lines",
                ),
                '\t' => ("a tab inside a text", "write `\\t`, or spaces"),
                _ => (
                    "a control character inside a text",
                    "remove it, or write it as `\\u` with four digits",
                ),
            };
            return error(here, what, hint);
        }
        _ => {}
    }
    if let Some(word) =
        ["True", "False", "None", "NULL", "Null", "undefined", "NaN", "Infinity", "TRUE", "FALSE"]
            .iter()
            .find(|word| rest.starts_with(**word))
    {
        let hint = "write `true`, `false` or `null` in small letters, and a number with digits";
        return error(span(at, at + word.len()), &format!("`{word}` is not JSON"), hint);
    }
    let after_value = before.ends_with(['"', '}', ']', 'e', 'l'])
        || before.ends_with(|c: char| c.is_ascii_digit());
    let begins_value = found.is_some_and(|c| {
        matches!(c, '"' | '{' | '[' | '-' | 't' | 'f' | 'n') || c.is_ascii_digit()
    });
    match found {
        Some('=') if before.ends_with('"') => {
            error(here, "a key and its value are parted by a colon", "write `:` instead of `=`")
        }
        Some(';') => error(here, "entries are parted by commas", "write `,` instead of `;`"),
        Some(',') if before.ends_with([',', '[', '{']) => {
            error(here, "a comma without a value in front of it", "remove the comma")
        }
        Some(',') if before.ends_with(':') => {
            error(here, "a key without a value", "write a value behind the colon")
        }
        Some(c)
            if (c.is_alphabetic() || c == '_')
                && before.ends_with(['{', ','])
                && key_follows(rest) =>
        {
            let end =
                at + rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
            let key = text.get(at..end).unwrap_or("");
            error(span(at, end), "keys stand between double quotes", &format!("write `\"{key}\"`"))
        }
        Some('0'..='9') if before.ends_with('0') => error(
            here,
            "a number with a leading zero",
            "remove the zero, or write a text between quotes",
        ),
        Some('+') => error(here, "a number with a plus sign", "remove the `+`"),
        Some('.') => error(
            here,
            "a number begins or ends with a point",
            "write a digit on both sides of the point",
        ),
        Some('"') if before.ends_with('"') && in_key_position(before) => {
            error(here, "a colon is missing between a key and its value", "write `:` between them")
        }
        _ if begins_value && after_value => {
            let end = before.len();
            error(
                span(end.saturating_sub(1), end),
                "a comma is missing behind this",
                "write `,` between the two entries",
            )
        }
        Some('}' | ']') if open_bracket(before).is_some_and(|open| !pairs(open.1, found)) => {
            let (place, open) = open_bracket(before).unwrap_or((0, '{'));
            let close = if open == '{' { '}' } else { ']' };
            error(
                here,
                "a closing bracket of the wrong kind",
                &format!("write `{close}`, or close what is open before"),
            )
            .related(span(place, place + 1), "this is still open")
        }
        _ => {
            let shown =
                found.map_or_else(|| "the end".to_owned(), |c| format!("`{}`", c.escape_debug()));
            let what = match text.as_bytes().get(at.saturating_sub(1)) {
                Some(b'\\') if in_string(text, at) => {
                    return error(
                        span(at - 1, at + found.map_or(0, char::len_utf8)),
                        "an escape that JSON does not know",
                        "write `\\\\` for a backslash; known are `\\\"`, `\\n`, `\\t` and `\\u` with four digits",
                    );
                }
                _ if before.ends_with(':') => "a value",
                _ if before.ends_with('{') => "a key between double quotes",
                _ => "JSON",
            };
            Diagnostic::error("json-syntax", here, format!("{shown} where {what} is expected"))
        }
    }
}

/// The text ends too early: inside a text, or with a bracket open.
fn unfinished(text: &str, file: u32) -> Diagnostic {
    let span = |start: usize, end: usize| Span { file, start: offset(start), end: offset(end) };
    let end = text.trim_end().len();
    if let Some(quote) = open_quote(text, text.len()) {
        let found =
            Diagnostic::error("json-syntax", span(quote, quote + 1), "this text is never closed");
        return found.hint("write `\"` at its end");
    }
    match open_bracket(text) {
        Some((place, open)) => {
            let close = if open == '{' { '}' } else { ']' };
            Diagnostic::error(
                "json-syntax",
                span(end.saturating_sub(1), end),
                "the file ends too early",
            )
            .related(span(place, place + 1), "this bracket is never closed")
            .hint(format!("write `{close}` where it should end"))
        }
        None => Diagnostic::error(
            "json-syntax",
            span(end.saturating_sub(1), end),
            "the file ends too early",
        ),
    }
}

/// Whether a word is followed by a colon.
fn key_follows(rest: &str) -> bool {
    rest.trim_start_matches(|c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.'))
        .trim_start()
        .starts_with(':')
}

/// Whether the text that ends here is a key: in front of it stands `{` or `,` of an object.
fn in_key_position(before: &str) -> bool {
    let Some((place, '{')) = open_bracket(before) else { return false };
    let inside = before.get(place..).unwrap_or("");
    let mut last = ' ';
    let mut strings = Strings::default();
    for (_, c) in inside.char_indices() {
        if strings.outside(c) && matches!(c, '{' | ',' | ':' | '}' | '[' | ']') {
            last = c;
        }
    }
    matches!(last, '{' | ',')
}

fn in_string(text: &str, at: usize) -> bool {
    open_quote(text, at).is_some()
}

/// The quote that opens the string which a byte stands in.
fn open_quote(text: &str, at: usize) -> Option<usize> {
    let mut strings = Strings::default();
    let mut opened = 0;
    for (index, c) in text.get(..at)?.char_indices() {
        let was_open = strings.open;
        strings.outside(c);
        if strings.open && !was_open {
            opened = index;
        }
    }
    strings.open.then_some(opened)
}

/// The innermost bracket that is still open at the end of a text.
fn open_bracket(text: &str) -> Option<(usize, char)> {
    let mut strings = Strings::default();
    let mut open = Vec::new();
    for (index, c) in text.char_indices() {
        if strings.outside(c) {
            match c {
                '{' | '[' => open.push((index, c)),
                '}' | ']' => {
                    open.pop();
                }
                _ => {}
            }
        }
    }
    open.pop()
}

fn pairs(open: char, close: Option<char>) -> bool {
    matches!((open, close), ('{', Some('}')) | ('[', Some(']')))
}

/// Follows which characters stand inside of strings.
#[derive(Default)]
struct Strings {
    open: bool,
    escaped: bool,
}

impl Strings {
    /// Takes the next character; whether it stands outside of any string.
    fn outside(&mut self, c: char) -> bool {
        if !self.open {
            self.open = c == '"';
            return !self.open;
        }
        match c {
            _ if self.escaped => self.escaped = false,
            '\\' => self.escaped = true,
            '"' => self.open = false,
            _ => {}
        }
        false
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn message(text: &str) -> (String, String) {
        let found = check(text, 0).unwrap_err();
        let span = found.span.unwrap();
        (found.message, text.get(span.start as usize..span.end as usize).unwrap().to_owned())
    }

    #[test]
    fn common_slips_are_recognised() {
        for (text, part, place) in [
            ("{\"a\": 1,}", "comma in front of", ","),
            ("[1,\n]", "comma in front of", ","),
            ("{'a': 1}", "double quotes", "'"),
            ("{\"a\": 'x'}", "double quotes", "'"),
            ("{ // x\n}", "no comments", "//"),
            ("{ \"a\": 1 /* x */ }", "no comments", "/*"),
            ("{a: 1}", "keys stand between", "a"),
            ("\u{feff}{}", "byte order mark", "\u{feff}"),
            ("{\"a\": 1 \"b\": 2}", "comma is missing", "1"),
            ("{\"a\": \"x\"\n\"b\": 2}", "comma is missing", "\""),
            ("{\"a\" \"b\"}", "colon is missing", "\""),
            ("[1 2]", "comma is missing", "1"),
            ("{\"a\": [1}", "wrong kind", "}"),
            ("{\"a\": 1", "ends too early", "1"),
            ("{\"a\": \"x", "never closed", "\""),
            ("{\"a\": \"x\n\"}", "goes on over", "\n"),
            ("{\"a\": True}", "`True`", "True"),
            ("{\"a\": \"\\d\"}", "escape", "\\d"),
            ("{\"a\" = 1}", "colon", "="),
            ("{\"a\": 01}", "leading zero", "1"),
            ("{\"a\": “x”}", "typographic", "“"),
            ("{\"a\": ,}", "without a value", ","),
            ("", "empty", ""),
        ] {
            let (said, meant) = message(text);
            assert!(said.contains(part), "{text:?}: {said}");
            assert_eq!(meant, place, "{text:?}: {said}");
        }
    }
}
