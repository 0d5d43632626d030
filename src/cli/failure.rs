//! A failure in words: expected and actual side by side, where it stands, and why it went as it did.

use std::path::Path;

use tresteg::Language;
use tresteg::diagnostic::{Location, visible};
use tresteg::scenario::{Failure, Scenario};

use super::words::say;

/// A scenario by everything that tells it from others.
pub(super) fn full_name(path: &Path, scenario: &Scenario) -> String {
    format!("{} › {}", path.display(), own_name(scenario))
}

/// A scenario by what tells it from others of its file.
pub(super) fn own_name(scenario: &Scenario) -> String {
    let variant = scenario.variant().map(|name| format!(" [{name}]")).unwrap_or_default();
    let row = scenario.row().map(|(number, said)| format!(" ({})", say!(row, number, said)));
    format!("{}{variant}{}", scenario.name(), row.unwrap_or_default())
}

/// What happened in the step, and in its file where.
pub(super) fn headline(failure: &Failure, language: Language) -> String {
    let title = failure.title.get(language.tag()).map(|title| format!(": {title}"));
    let step = match failure.step {
        0 => say!(start),
        number => say!(step, number, failure.tell(language)),
    };
    format!("{step}{}{}", title.unwrap_or_default(), at(failure.place.as_ref()))
}

fn at(place: Option<&Location>) -> String {
    place.map(|at| format!("  ({}:{})", at.file, at.line)).unwrap_or_default()
}

/// Everything below the headline.
pub(super) fn details(scenario: &Scenario, failure: &Failure, language: Language) -> Vec<String> {
    let line = |place: Option<&Location>| place.map(|place| place.line);
    let own = line(failure.place.as_ref());
    let mut rows = vec![[String::new(), say!(expected), say!(is)]];
    for found in &failure.mismatches {
        let [key, expected, actual] = found.tell(language).clone();
        let key = match line(found.place.as_ref()) {
            Some(line) if own != Some(line) => say!(at_line, key, line),
            _ => key,
        };
        rows.push([key, expected, actual]);
    }
    let mut lines = columns(&rows);
    lines.extend(why(scenario, failure, language));
    lines
}

/// Why it went as it did: the answer of the step in words.
pub(super) fn why(scenario: &Scenario, failure: &Failure, language: Language) -> Vec<String> {
    let told = failure.decision.as_ref();
    let told = told.map(|decision| scenario.workflow().describe(decision, language));
    let mut lines: Vec<String> =
        told.iter().flat_map(|told| told.lines()).map(str::to_owned).collect();
    lines.extend(failure.problems.iter().map(|problem| format!("✗ {}", problem.tell(language))));
    lines.iter().map(|line| visible(line).into_owned()).collect()
}

/// Characters of a column of values.
const WIDEST: usize = 44;

/// Three columns, long values broken into lines.
fn columns(rows: &[[String; 3]]) -> Vec<String> {
    let cells: Vec<[Vec<String>; 3]> =
        rows.iter().map(|row| row.each_ref().map(|cell| wrap(cell))).collect();
    let width = |column: usize| {
        let lines = cells.iter().filter_map(|row| row.get(column)).flatten();
        lines.map(|line| line.chars().count()).max().unwrap_or(0)
    };
    let (first, second) = (width(0), width(1));
    let mut lines = Vec::new();
    for [key, expected, actual] in &cells {
        let height = key.len().max(expected.len()).max(actual.len());
        let of = |cell: &[String], line: usize| cell.get(line).cloned().unwrap_or_default();
        for line in 0..height {
            let (key, expected, actual) = (of(key, line), of(expected, line), of(actual, line));
            let text = format!("{key:first$}  {expected:second$} │ {actual}");
            lines.push(text.trim_end().to_owned());
        }
    }
    lines
}

/// A text in lines of at most so many characters, broken between words where there are any.
fn wrap(text: &str) -> Vec<String> {
    let mut lines = Vec::new();
    for written in text.lines() {
        let written = visible(written);
        let mut line = String::new();
        let mut length = 0;
        for word in written.split_inclusive(' ') {
            let mut word: Vec<char> = word.chars().collect();
            if length > 0 && length + word.len() > WIDEST {
                lines.push(line.trim_end().to_owned());
                (line, length) = (String::new(), 0);
            }
            while word.len() > WIDEST {
                lines.push(word.drain(..WIDEST).collect());
            }
            length += word.len();
            line.extend(word);
        }
        lines.push(line.trim_end().to_owned());
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::{columns, wrap};

    #[test]
    fn long_values_are_broken_into_lines() {
        assert_eq!(wrap("a b"), ["a b"]);
        assert_eq!(wrap(""), Vec::<String>::new());
        let long = "word ".repeat(20);
        let lines = wrap(&long);
        assert!(lines.len() > 1 && lines.iter().all(|line| line.chars().count() <= 44));
        assert_eq!(lines.join(" "), long.trim_end());
        assert_eq!(wrap(&"å".repeat(100)).concat(), "å".repeat(100));
    }

    #[test]
    fn values_stand_side_by_side() {
        let row = |cells: [&str; 3]| cells.map(str::to_owned);
        let rows = [row(["", "expected", "is"]), row(["answer", "moved", "blocked\nby"])];
        assert_eq!(
            columns(&rows),
            ["        expected │ is", "answer  moved    │ blocked", "                 │ by"]
        );
    }
}
