//! `tresteg test`: the scenarios of files and folders, run on their workflows.

use std::path::{Path, PathBuf};

use tresteg::{Failure, Language, Scenario};

use super::console::Console;
use super::cover::Covered;
use super::suites::{self, Broken, Played, Ran};
use super::{Done, Spoken, Stop, Verdict, files};

#[derive(Debug, clap::Args)]
#[command(after_help = "\
A scenario file says what is given, what happens and what is then expected; `tresteg schema
--scenario` prints its JSON Schema. A step that says nothing expects that its event is accepted.

Exit codes: 0 everything went as expected; 1 something did not, or a file is wrong; 2 misuse:
no scenario was found, a file cannot be read or written.")]
pub(super) struct Arguments {
    /// Scenario files, or folders: every *.scenario.json below
    #[arg(required = true)]
    paths: Vec<PathBuf>,
    /// Only scenarios whose file, name, workflow or row contains this text
    #[arg(long, value_name = "TEXT")]
    filter: Option<String>,
    /// Print the results as one JSON object to standard output
    #[arg(long)]
    json: bool,
    /// Report what the scenarios cover of their workflows, and what not
    #[arg(long)]
    coverage: bool,
    /// Fail unless so many percent of all that there is to cover are covered
    #[arg(long, value_name = "PERCENT", value_parser = clap::value_parser!(u32).range(0..=100))]
    min_coverage: Option<u32>,
    /// Name every scenario, not only those that fail
    #[arg(short, long)]
    verbose: bool,
    #[command(flatten)]
    spoken: Spoken,
}

/// How many there were of each.
#[derive(Debug, Default, Clone, Copy)]
struct Counts {
    files: usize,
    passed: usize,
    failed: usize,
    broken: usize,
}

pub(super) fn test(arguments: &Arguments, console: &mut Console<'_>) -> Done {
    let language = arguments.spoken.language();
    let paths = files::find(&arguments.paths, files::Kind::Scenario)?;
    let filter = arguments.filter.as_deref().map(str::to_lowercase);
    let wanted = |path: &Path, scenario: &Scenario| {
        filter.as_ref().is_none_or(|text| full_name(path, scenario).to_lowercase().contains(text))
    };
    let mut counts = Counts::default();
    let cover = arguments.coverage || arguments.min_coverage.is_some();
    let mut covered = Covered::default();
    suites::run_all(&paths, &wanted, cover, |mut ran| {
        if let Ok(Played { covered: found, .. }) = &mut ran.result {
            covered.merge(found.take().unwrap_or_default())?;
        }
        tell(&ran, arguments.verbose, language, &mut counts, console)
    })?;
    if counts.passed + counts.failed + counts.broken == 0 {
        return Err(Stop::Misuse("no scenario was found that is asked for".to_owned()));
    }
    summary(&counts, console)?;
    let enough = !cover || covered.tell(arguments.min_coverage, language, console)?;
    Ok(Verdict::yes_if(enough && counts.failed + counts.broken == 0))
}

/// A scenario by everything that tells it from others.
fn full_name(path: &Path, scenario: &Scenario) -> String {
    format!("{} › {}", path.display(), own_name(scenario))
}

fn own_name(scenario: &Scenario) -> String {
    let variant = scenario.variant().map(|name| format!(" [{name}]")).unwrap_or_default();
    let row = scenario.row().map(|(number, said)| format!(" (row {number}: {said})"));
    format!("{}{variant}{}", scenario.name(), row.unwrap_or_default())
}

fn tell(
    ran: &Ran,
    verbose: bool,
    language: Language,
    counts: &mut Counts,
    console: &mut Console<'_>,
) -> Result<(), Stop> {
    counts.files += 1;
    match &ran.result {
        Err(Broken::Unreadable(message)) => return Err(Stop::Misuse(message.clone())),
        Err(Broken::Wrong(reports)) => {
            counts.broken += 1;
            for report in reports {
                console.report(report)?;
            }
        }
        Ok(played) => {
            let Played { suite, results, .. } = played;
            console.report(suite.warnings())?;
            for (number, failure) in results {
                let Some(scenario) = suite.scenarios().get(*number) else { continue };
                match failure {
                    None => {
                        counts.passed += 1;
                        if verbose {
                            console.text(&format!("✓ {}", full_name(&ran.path, scenario)))?;
                        }
                    }
                    Some(failure) => {
                        counts.failed += 1;
                        console.text(&format!("✗ {}", full_name(&ran.path, scenario)))?;
                        show(scenario, failure, language, console)?;
                    }
                }
            }
        }
    }
    Ok(())
}

/// Where it went otherwise, expected and actual side by side, and why.
fn show(
    scenario: &Scenario,
    failure: &Failure,
    language: Language,
    console: &mut Console<'_>,
) -> Result<(), Stop> {
    let at = |place: Option<&tresteg::Place>| {
        place.map(|at| format!("{}:{}", at.file, at.line)).unwrap_or_default()
    };
    let title = failure.title.get(language.tag()).map(|title| format!(": {title}"));
    let step = match failure.step {
        0 => "start".to_owned(),
        number => format!("step {number}, {}", failure.what),
    };
    console.text(&format!(
        "  {step}{}  ({})",
        title.unwrap_or_default(),
        at(failure.place.as_ref())
    ))?;
    let mut rows = vec![["".to_owned(), "expected".to_owned(), "is".to_owned()]];
    for found in &failure.mismatches {
        let key = match found.place.as_ref().map(|place| place.line) {
            Some(line) if Some(line) != failure.place.as_ref().map(|place| place.line) => {
                format!("{} (line {line})", found.key)
            }
            _ => found.key.clone(),
        };
        rows.push([key, found.expected.clone(), found.actual.clone()]);
    }
    for line in columns(&rows) {
        console.text(&format!("    {line}"))?;
    }
    if let Some(decision) = &failure.decision {
        for line in scenario.workflow().tell(decision, language).lines() {
            console.text(&format!("    {line}"))?;
        }
    }
    for problem in &failure.problems {
        console.text(&format!("    ✗ {problem}"))?;
    }
    Ok(())
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
        let of = |cell: &Vec<String>, line: usize| cell.get(line).cloned().unwrap_or_default();
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

fn summary(counts: &Counts, console: &mut Console<'_>) -> Result<(), Stop> {
    let Counts { files, passed, failed, broken } = *counts;
    let all = passed + failed;
    let mark = if failed + broken == 0 { "✓" } else { "✗" };
    let many = |number: usize, what: &str| {
        format!("{number} {what}{}", if number == 1 { "" } else { "s" })
    };
    let failed = if failed == 0 { String::new() } else { format!(", {failed} not as expected") };
    let broken =
        if broken == 0 { String::new() } else { format!(", {} wrong", many(broken, "file")) };
    console.text(&format!(
        "{mark} {} in {}: {passed} as expected{failed}{broken}",
        many(all, "scenario"),
        many(files, "file")
    ))?;
    Ok(())
}
