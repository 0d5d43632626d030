//! Two texts of a script beside each other, clause by clause, with the words that changed.

use std::ops::Range;

use similar::{Algorithm, DiffOp, capture_diff_slices};

/// Pieces of a script, or words of a piece, that are compared; beyond that all of it counts as changed. Comparing takes
/// their number times that of the changed ones.
const MOST: usize = 300;

/// Whose a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::cli) enum Side {
    Both,
    Before,
    After,
}

/// One clause.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::cli) struct Row {
    pub side: Side,
    pub text: String,
    /// Bytes of it that changed, where the other side has something like it.
    pub changed: Vec<Range<usize>>,
}

/// Both scripts in one, as lines; of a script that only one side has its clauses.
pub(in crate::cli) fn both(before: Option<&str>, after: Option<&str>) -> Vec<Row> {
    match (before, after) {
        (Some(before), Some(after)) => compare(before, after),
        (before, after) => {
            let only = after.or(before).unwrap_or_default();
            let row = |text| Row { side: Side::Both, text, changed: Vec::new() };
            clauses(only).into_iter().map(row).collect()
        }
    }
}

/// Both scripts in one, as lines.
fn compare(before: &str, after: &str) -> Vec<Row> {
    let (old, new) = (clauses(before), clauses(after));
    let row = |side, text: &String| Row { side, text: text.clone(), changed: Vec::new() };
    let alone = |side| move |text: &String| row(side, text);
    if old.len() > MOST || new.len() > MOST {
        let (old, new) = (old.iter().map(alone(Side::Before)), new.iter().map(alone(Side::After)));
        return old.chain(new).collect();
    }
    let mut rows = Vec::new();
    for op in capture_diff_slices(Algorithm::Myers, &old, &new) {
        let (_, before, after) = op.as_tag_tuple();
        let (before, after) = (old.get(before).unwrap_or(&[]), new.get(after).unwrap_or(&[]));
        if matches!(op, DiffOp::Equal { .. }) {
            rows.extend(after.iter().map(alone(Side::Both)));
            continue;
        }
        // Clauses that stand at one place are taken for each other.
        for index in 0..before.len().max(after.len()) {
            let (mut left, mut right) = match (before.get(index), after.get(index)) {
                (Some(left), Some(right)) => {
                    let (from, to) = words_changed(left, right);
                    let mut pair = (row(Side::Before, left), row(Side::After, right));
                    (pair.0.changed, pair.1.changed) = (from, to);
                    (Some(pair.0), Some(pair.1))
                }
                (left, right) => (
                    left.map(|text| row(Side::Before, text)),
                    right.map(|text| row(Side::After, text)),
                ),
            };
            rows.extend(left.take());
            rows.extend(right.take());
        }
    }
    rows
}

/// A script cut before `&&`, `||` and `else` that stand in no brackets, behind `;` and at line breaks.
pub(super) fn clauses(script: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut start = 0;
    let mut depth = 0_usize;
    let mut letters = script.char_indices().peekable();
    let mut cut = |start: &mut usize, end: usize| {
        let text = script.get(*start..end).unwrap_or_default();
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        if !text.is_empty() {
            found.push(text);
        }
        *start = end;
    };
    while let Some((at, letter)) = letters.next() {
        let next = letters.peek().map(|(_, next)| *next);
        match letter {
            '"' | '`' => {
                while let Some((_, inner)) = letters.next() {
                    if inner == '\\' && letter == '"' {
                        letters.next();
                    } else if inner == letter {
                        break;
                    }
                }
            }
            '/' if next == Some('/') => {
                while letters.next_if(|(_, inner)| *inner != '\n').is_some() {}
            }
            '(' | '[' => depth += 1,
            ')' | ']' => depth = depth.saturating_sub(1),
            '&' | '|' if depth == 0 && next == Some(letter) => {
                letters.next();
                cut(&mut start, at);
            }
            'e' if depth == 0 && begins(script, at, "else") => cut(&mut start, at),
            '\n' => cut(&mut start, at),
            ';' if depth == 0 => cut(&mut start, at + 1),
            _ => {}
        }
    }
    cut(&mut start, script.len());
    found
}

/// Whether a word of its own stands there.
fn begins(script: &str, at: usize, word: &str) -> bool {
    let (before, rest) = script.split_at_checked(at).unwrap_or_default();
    let part = |letter: char| letter.is_alphanumeric() || letter == '_';
    rest.strip_prefix(word).is_some_and(|rest| !rest.starts_with(part)) && !before.ends_with(part)
}

/// The bytes of either that the other does not have.
fn words_changed(before: &str, after: &str) -> (Vec<Range<usize>>, Vec<Range<usize>>) {
    let (old, new) = (words(before), words(after));
    if old.len() > MOST || new.len() > MOST {
        return (Vec::new(), Vec::new());
    }
    let texts = |text: &str, words: &[Range<usize>]| -> Vec<String> {
        words.iter().map(|word| text.get(word.clone()).unwrap_or_default().to_owned()).collect()
    };
    let (left, right) = (texts(before, &old), texts(after, &new));
    let (mut from, mut to) = (Vec::new(), Vec::new());
    for op in capture_diff_slices(Algorithm::Myers, &left, &right) {
        if !matches!(op, DiffOp::Equal { .. }) {
            let (_, before, after) = op.as_tag_tuple();
            from.extend(joined(old.get(before)));
            to.extend(joined(new.get(after)));
        }
    }
    // Where most of it is another text, marks would only confuse.
    let many = |text: &str, changed: &[Range<usize>]| {
        changed.iter().map(|range| range.len()).sum::<usize>() * 2 > text.len()
    };
    if many(before, &from) || many(after, &to) {
        return (Vec::new(), Vec::new());
    }
    (from, to)
}

fn joined(words: Option<&[Range<usize>]>) -> Option<Range<usize>> {
    let words = words?;
    Some(words.first()?.start..words.last()?.end)
}

/// Names, numbers, texts, operators; each blank by itself.
fn words(text: &str) -> Vec<Range<usize>> {
    let mut found: Vec<(Range<usize>, u8)> = Vec::new();
    for (at, letter) in text.char_indices() {
        let kind = match letter {
            _ if letter.is_alphanumeric() || letter == '_' => 1,
            '<' | '>' | '=' | '!' | '&' | '|' | '+' | '-' | '*' | '/' | '%' => 2,
            _ => 0,
        };
        let end = at + letter.len_utf8();
        match found.last_mut() {
            Some((range, last)) if *last == kind && kind != 0 => range.end = end,
            _ => found.push((at..end, kind)),
        }
    }
    found.into_iter().map(|(range, _)| range).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(before: &str, after: &str) -> Vec<String> {
        let rows = compare(before, after).into_iter();
        let rows = rows.map(|row| {
            let sign = match row.side {
                Side::Both => ' ',
                Side::Before => '-',
                Side::After => '+',
            };
            let changed: Vec<&str> =
                row.changed.iter().filter_map(|range| row.text.get(range.clone())).collect();
            format!("{sign}{} [{}]", row.text, changed.join("|"))
        });
        rows.collect()
    }

    #[test]
    fn only_the_clause_that_changed_is_marked() {
        assert_eq!(
            shown("a >= 2 && (b || c)\n  || d", "a >= 3 && (b || c) || d"),
            ["-a >= 2 [2]", "+a >= 3 [3]", " && (b || c) []", " || d []"]
        );
    }

    #[test]
    fn texts_brackets_and_comments_are_not_cut() {
        assert_eq!(clauses("x == `a && b` && f(a || b)"), ["x == `a && b`", "&& f(a || b)"]);
        assert_eq!(
            clauses("n = \"\\\"; b\"; m += 1; // a && b"),
            ["n = \"\\\"; b\";", "m += 1;", "// a && b"]
        );
    }

    #[test]
    fn branches_stand_below_each_other() {
        assert_eq!(
            clauses("if a { 1 } else if b { else_ } else { 0 }"),
            ["if a { 1 }", "else if b { else_ }", "else { 0 }"]
        );
    }

    #[test]
    fn another_text_is_not_marked() {
        assert_eq!(shown("a + b", "months(1) - 2"), ["-a + b []", "+months(1) - 2 []"]);
    }

    #[test]
    fn a_new_clause_stands_alone() {
        assert_eq!(shown("a", "a && b"), [" a []", "+&& b []"]);
    }

    #[test]
    fn very_long_scripts_are_shown_whole() {
        let long = vec!["a"; MOST + 1].join(" && ");
        assert_eq!(compare(&long, "a").len(), MOST + 2);
    }
}
