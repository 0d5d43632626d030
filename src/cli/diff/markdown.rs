//! Differences as Markdown, for a review.

use std::fmt::Write as _;

use tresteg::diagnostic::visible;
use tresteg::diff::{ChangeKind, Item, Line};

use super::script::{self, Side};
use super::{Shown, one_line};

pub(super) fn page(shown: &Shown) -> String {
    let mut page = String::new();
    let (before, after) = (shown.title(&shown.diff.before), shown.title(&shown.diff.after));
    // A `String` takes every write.
    let _ = writeln!(page, "# {} → {}\n", plain(&before), plain(&after));
    let _ = writeln!(page, "{}.", plain(&shown.count()));
    for section in &shown.sections {
        let _ = writeln!(page, "\n## {}\n", plain(&capital(&section.title)));
        for found in &section.items {
            item(found, 0, shown, &mut page);
        }
    }
    if !shown.labels.is_empty() {
        let _ = writeln!(page, "\n## {}\n", plain(&capital(shown.words.only_labels)));
        for found in &shown.labels {
            item(found, 0, shown, &mut page);
        }
    }
    if shown.more_labels > 0 {
        let _ = writeln!(page, "\n{}: `--labels`", shown.more_labels());
    }
    page
}

fn item(found: &Item, level: usize, shown: &Shown, page: &mut String) {
    let indent = "  ".repeat(level);
    let word = match found.kind {
        ChangeKind::Added => shown.words.added,
        ChangeKind::Removed => shown.words.removed,
        _ => shown.words.changed,
    };
    let _ = write!(page, "{indent}- **{word}** {}", plain(&found.head));
    if let [Line::Text(only)] = found.lines.as_slice() {
        let _ = writeln!(page, ": {}", plain(only));
    } else {
        page.push('\n');
        for line in &found.lines {
            self::line(line, level + 1, page);
        }
    }
    for inner in &found.items {
        item(inner, level + 1, shown, page);
    }
}

fn line(line: &Line, level: usize, page: &mut String) {
    let indent = "  ".repeat(level);
    match line {
        Line::Text(text) => {
            let _ = writeln!(page, "{indent}- {}", plain(text));
        }
        Line::Script { what, before, after } => {
            let _ = writeln!(page, "{indent}- {}:\n", plain(what));
            let rows = script::both(before.as_deref(), after.as_deref());
            let mut lines = String::new();
            for row in rows {
                let sign = match row.side {
                    Side::Both => ' ',
                    Side::Before => '-',
                    Side::After => '+',
                };
                let _ = writeln!(lines, "{indent}  {sign} {}", visible(&row.text));
            }
            let fence = fence(&lines);
            let _ = writeln!(page, "{indent}  {fence}diff\n{lines}{indent}  {fence}\n");
        }
        _ => {}
    }
}

/// More of them than any run within.
fn fence(text: &str) -> String {
    let longest = text.split(|letter| letter != '`').map(str::len).max().unwrap_or(0);
    "`".repeat(longest.max(2) + 1)
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|first| first.to_uppercase().collect::<String>());
    format!("{}{}", first.unwrap_or_default(), letters.as_str())
}

/// Text of a file that shall mean nothing to Markdown or HTML.
fn plain(text: &str) -> String {
    let mut out = String::new();
    for letter in visible(&one_line(text)).chars() {
        if matches!(letter, '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '|' | '#' | '&' | '~')
        {
            out.push('\\');
        }
        out.push(letter);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_of_a_file_is_no_markup() {
        assert_eq!(plain("a_b <i>*x*</i>\n# y"), "a\\_b \\<i\\>\\*x\\*\\</i\\> \\# y");
        assert_eq!(fence("x ```` y"), "`````");
    }
}
