//! Reports as text for people and as JSON for programs.

use std::fmt::{self, Write};

use serde::ser::{Serialize, SerializeSeq, Serializer};

use super::{Diagnostic, Report, Severity, Source, Span};
use crate::value::{is_hidden, visible};

/// A line longer than this is shown only around the text meant.
const LONGEST_LINE: usize = 120;
/// Characters shown in front of the text meant in a line that is cut.
const BEFORE: usize = 40;
/// Characters of the text meant that a program gets.
const LONGEST_TEXT: usize = 200;

impl Report {
    /// The report as text, with the colours of a terminal where they are wanted.
    #[must_use]
    pub fn render(&self, colour: bool) -> String {
        let mut out = String::new();
        let paint = Paint { colour };
        // Writing to a String never fails.
        let _ = self.write(&mut out, paint);
        out
    }

    fn write(&self, out: &mut dyn Write, paint: Paint) -> fmt::Result {
        let mut first = true;
        for diagnostic in &self.diagnostics {
            if !first {
                out.write_char('\n')?;
            }
            first = false;
            self.write_one(out, diagnostic, paint)?;
        }
        let (mut errors, mut warnings) = self.unlisted;
        let unlisted = errors + warnings;
        for diagnostic in &self.diagnostics {
            match diagnostic.severity {
                Severity::Error => errors += 1,
                Severity::Warning => warnings += 1,
            }
        }
        if errors + warnings < 2 {
            return Ok(());
        }
        let counted = match (errors, warnings) {
            (errors, 0) => count(errors, "error"),
            (0, warnings) => count(warnings, "warning"),
            _ => format!("{}, {}", count(errors, "error"), count(warnings, "warning")),
        };
        write!(out, "\n{counted}")?;
        if unlisted > 0 {
            write!(out, "; {unlisted} of them not listed")?;
        }
        out.write_char('\n')
    }

    fn write_one(&self, out: &mut dyn Write, found: &Diagnostic, paint: Paint) -> fmt::Result {
        let (word, colour) = match found.severity {
            Severity::Error => ("error", RED),
            Severity::Warning => ("warning", YELLOW),
        };
        let head = format!("{word}[{}]", found.code);
        writeln!(
            out,
            "{}: {}",
            paint.with(colour, &head),
            paint.with(BOLD, &visible(&found.message))
        )?;
        let places = found.span.iter().chain(found.related.iter().map(|(span, _)| span));
        let gutter = places
            .filter_map(|span| {
                Some(self.sources.source(span.file)?.position(span.start as usize).0)
            })
            .map(|line| line.to_string().len())
            .max()
            .unwrap_or(1);
        if let Some(span) = found.span {
            self.write_place(out, span, gutter, colour, '^', paint)?;
        }
        for (span, message) in &found.related {
            writeln!(out, "{}: {}", paint.with(BOLD, "note"), visible(message))?;
            self.write_place(out, *span, gutter, BLUE, '-', paint)?;
        }
        if let Some(hint) = &found.hint {
            writeln!(out, "{}: {}", paint.with(GREEN, "hint"), visible(hint))?;
        }
        Ok(())
    }

    /// File, line and column, then the line with marks under the text meant.
    fn write_place(
        &self,
        out: &mut dyn Write,
        span: Span,
        gutter: usize,
        colour: &'static str,
        mark: char,
        paint: Paint,
    ) -> fmt::Result {
        let Some(source) = self.sources.source(span.file) else { return Ok(()) };
        let (line, column) = source.position(span.start as usize);
        let blank = " ".repeat(gutter);
        writeln!(
            out,
            "{blank}{} {}:{line}:{column}",
            paint.with(BLUE, "-->"),
            visible(&source.name)
        )?;
        let Excerpt { text, indent, width, goes_on } = excerpt(source, span);
        let bar = paint.with(BLUE, "|");
        writeln!(out, "{blank} {bar}")?;
        let number = format!("{line:>gutter$}");
        writeln!(out, "{} {bar} {text}", paint.with(BLUE, &number))?;
        let marks: String = std::iter::repeat_n(mark, width).collect();
        writeln!(out, "{blank} {bar} {}{}", " ".repeat(indent), paint.with(colour, &marks))?;
        if goes_on {
            writeln!(out, "{}", paint.with(BLUE, "..."))?;
        }
        Ok(())
    }
}

/// The part of a line that is shown, with tabs and unprintable characters made visible.
struct Excerpt {
    text: String,
    /// Columns in front of the marks.
    indent: usize,
    /// Columns that are marked, at least one.
    width: usize,
    /// Whether the text meant goes on in further lines.
    goes_on: bool,
}

fn excerpt(source: &Source, span: Span) -> Excerpt {
    let start = (span.start as usize).min(source.text.len());
    let end = (span.end as usize).max(start);
    let (line_start, line_end) = source.line(source.line_of(start));
    let goes_on = end > line_end && source.line_of(end.saturating_sub(1)) > source.line_of(start);
    let meant_end = end.min(line_end).max(start);
    let long = line_end - line_start > LONGEST_LINE;
    let before = source.text.get(line_start..start.min(line_end)).unwrap_or("");
    let meant = source.text.get(start.min(line_end)..meant_end).unwrap_or("");
    let after = source.text.get(meant_end..line_end).unwrap_or("");

    let mut text = String::new();
    let mut indent = 0;
    let mut width = 0;
    if long {
        let shown: Vec<char> = before.chars().rev().take(BEFORE + 1).collect();
        if shown.len() > BEFORE {
            text.push('…');
            indent += 1;
        }
        shown.iter().take(BEFORE).rev().for_each(|c| indent += push_visible(&mut text, *c));
    } else {
        before.chars().for_each(|c| indent += push_visible(&mut text, c));
    }
    let mut room = if long { LONGEST_LINE - BEFORE } else { usize::MAX };
    let mut cut = false;
    for c in meant.chars() {
        if room == 0 {
            cut = true;
            break;
        }
        width += push_visible(&mut text, c);
        room -= 1;
    }
    if !cut {
        for c in after.chars() {
            if room == 0 {
                cut = true;
                break;
            }
            push_visible(&mut text, c);
            room -= 1;
        }
    }
    if cut {
        text.push('…');
    }
    Excerpt { text, indent, width: width.max(1), goes_on }
}

/// Writes a character so that it does nothing to the terminal, and returns the columns that it takes.
fn push_visible(out: &mut String, c: char) -> usize {
    if c == '\t' {
        out.push_str("    ");
        return 4;
    }
    if is_hidden(c, out.chars().next_back().filter(|before| *before != '\u{FFFD}')) {
        out.push('\u{FFFD}');
        return 1;
    }
    out.push(c);
    columns(c)
}

/// Columns of a terminal that a character takes: none for combining marks, two for East Asian scripts and pictures.
fn columns(c: char) -> usize {
    match u32::from(c) {
        0x0300..=0x036F | 0x200B..=0x200D | 0x20D0..=0x20FF | 0xFE00..=0xFE0F | 0xFE20..=0xFE2F => {
            0
        }
        0x1100..=0x115F
        | 0x2E80..=0x303E
        | 0x3041..=0xA4CF
        | 0xAC00..=0xD7A3
        | 0xF900..=0xFAFF
        | 0xFE30..=0xFE6F
        | 0xFF00..=0xFF60
        | 0xFFE0..=0xFFE6
        | 0x1F300..=0x1F64F
        | 0x1F680..=0x1F6FF
        | 0x1F900..=0x1F9FF
        | 0x20000..=0x3FFFD => 2,
        _ => 1,
    }
}

fn count(number: usize, what: &str) -> String {
    let s = if number == 1 { "" } else { "s" };
    format!("{number} {what}{s}")
}

const RED: &str = "1;31";
const YELLOW: &str = "1;33";
const GREEN: &str = "1;32";
const BLUE: &str = "1;34";
const BOLD: &str = "1";

#[derive(Clone, Copy)]
struct Paint {
    colour: bool,
}

impl Paint {
    fn with(self, code: &str, text: &str) -> String {
        if self.colour { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write(f, Paint { colour: false })
    }
}

impl std::error::Error for Report {}

/// A place as programs get it: lines and columns from 1, the end behind the last character.
#[derive(serde::Serialize)]
struct Spot<'a> {
    file: &'a str,
    line: u32,
    column: u32,
    end_line: u32,
    end_column: u32,
    text: String,
}

#[derive(serde::Serialize)]
struct Problem<'a> {
    code: &'a str,
    severity: Severity,
    message: &'a str,
    #[serde(flatten)]
    spot: Option<Spot<'a>>,
    hint: Option<&'a str>,
    related: Vec<Related<'a>>,
}

#[derive(serde::Serialize)]
struct Related<'a> {
    message: &'a str,
    #[serde(flatten)]
    spot: Option<Spot<'a>>,
}

impl Report {
    fn spot(&self, span: Span) -> Option<Spot<'_>> {
        let source = self.sources.source(span.file)?;
        let (line, column) = source.position(span.start as usize);
        let (end_line, end_column) = source.position(span.end as usize);
        let text = self.sources.text(span).chars().take(LONGEST_TEXT).collect();
        Some(Spot { file: &source.name, line, column, end_line, end_column, text })
    }
}

/// A list of problems: `{ code, severity, message, file, line, column, end_line, end_column, text, hint, related }`.
impl Serialize for Report {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(Some(self.diagnostics.len()))?;
        for found in &self.diagnostics {
            let related = found.related.iter();
            list.serialize_element(&Problem {
                code: found.code,
                severity: found.severity,
                message: &found.message,
                spot: found.span.and_then(|span| self.spot(span)),
                hint: found.hint.as_deref(),
                related: related
                    .map(|(span, message)| Related { message, spot: self.spot(*span) })
                    .collect(),
            })?;
        }
        list.end()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used)]
mod tests {
    use super::*;

    fn report(text: &str, spans: &[(u32, u32)]) -> Report {
        let mut report = Report::default();
        report.sources.add("a.json", text);
        for (start, end) in spans {
            let span = Span { file: 0, start: *start, end: *end };
            report.push(Diagnostic::error("wrong-type", span, "it is `wrong`").hint("do right"));
        }
        report
    }

    /// The two lines of the excerpt.
    fn excerpt_of(text: &str, start: usize, end: usize) -> (String, String) {
        let span = |at| u32::try_from(at).unwrap();
        let shown = report(text, &[(span(start), span(end))]).to_string();
        let mut lines = shown.lines().skip(3).map(|line| line.get(4..).unwrap_or("").to_owned());
        (lines.next().unwrap(), lines.next().unwrap())
    }

    #[test]
    fn marks_stand_under_what_is_meant() {
        for (text, meant, line, marks) in [
            ("abc def", "def", "abc def", "    ^^^"),
            ("\tdef", "def", "    def", "    ^^^"),
            ("åäö def", "def", "åäö def", "    ^^^"),
            ("审批 def", "def", "审批 def", "     ^^^"),
            ("x 审批", "审批", "x 审批", "  ^^^^"),
            ("e\u{301} def", "def", "e\u{301} def", "  ^^^"),
            ("\u{1b}[31m def", "def", "\u{fffd}[31m def", "      ^^^"),
        ] {
            let start = text.find(meant).unwrap();
            let found = excerpt_of(text, start, start + meant.len());
            assert_eq!(found, (line.to_owned(), marks.to_owned()), "{text:?}");
        }
    }

    #[test]
    fn what_goes_on_over_lines_shows_the_first() {
        let shown = report("a [1,\r\n2] b", &[(2, 9)]).to_string();
        assert_eq!(
            shown,
            "error[wrong-type]: it is `wrong`\n --> a.json:1:3\n  |\n1 | a [1,\n  |   ^^^\n...\nhint: do right\n"
        );
    }

    #[test]
    fn places_at_the_end_and_beyond_are_shown() {
        for (start, end) in [(2, 2), (3, 3), (3, 9), (90, 99)] {
            let shown = report("ab\n", &[(start, end)]).to_string();
            assert!(shown.contains('^'), "{shown}");
        }
    }

    #[test]
    fn messages_do_nothing_to_a_terminal() {
        let mut report = report("x", &[(0, 1)]);
        report.push(Diagnostic::error("bad-name", Span::default(), "\u{1b}[2J\u{202e}\n"));
        assert!(report.to_string().contains("\\u{1b}[2J\\u{202e}\\n"));
        assert!(!report.to_string().contains('\u{1b}'));
        assert!(report.render(true).contains("\u{1b}[1;31merror[wrong-type]\u{1b}[0m"));
    }

    #[test]
    fn several_problems_are_counted() {
        let mut report = report("ab", &[(0, 1), (1, 2)]);
        assert!(report.to_string().ends_with("\n2 errors\n"));
        report.push(Diagnostic::warning("unused-role", Span::default(), "unused"));
        assert!(report.to_string().ends_with("\n2 errors, 1 warning\n"));
    }

    #[test]
    fn columns_count_characters_in_files_of_one_long_line() {
        let text = format!("{}x", "å".repeat(10_000));
        let place = report(&text, &[]).sources.place(Span { file: 0, start: 20_000, end: 20_001 });
        let place = place.unwrap();
        assert_eq!((place.line, place.column), (1, 10_001));
    }

    #[test]
    fn programs_get_places_and_texts() {
        let json = serde_json::to_value(report("{\n  å: 1 }", &[(4, 6)])).unwrap();
        assert_eq!(
            json,
            serde_json::json!([{
                "code": "wrong-type", "severity": "error", "message": "it is `wrong`", "hint": "do right",
                "file": "a.json", "line": 2, "column": 3, "end_line": 2, "end_column": 4, "text": "å", "related": []
            }])
        );
    }
}
