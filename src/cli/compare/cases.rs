//! Where the cases come from: lines, journals, scenarios.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use tresteg::Workflow;
use tresteg::compare::GivenCase;

use super::{Arguments, said};
use crate::cli::console::Console;
use crate::cli::files::{Line, Lines};
use crate::cli::rules::Journal;
use crate::cli::suites::{Broken, WorkflowCache};
use crate::cli::words::{filled, language};
use crate::cli::{Stop, disk, walk};

/// So many cases are kept in memory.
const CASES: usize = 1_000_000;

pub(super) fn read(
    arguments: &Arguments,
    base: Option<&Workflow>,
    console: &mut Console<'_>,
) -> Result<Vec<GivenCase>, Stop> {
    let (found, place) = match (&arguments.cases, &arguments.journals, &arguments.scenarios) {
        (Some(path), ..) => (lines(path, console)?, path),
        (_, Some(folder), _) => (journals(folder, console)?, folder),
        (_, _, Some(Some(path))) => (scenarios(path, None, console)?, path),
        _ => (scenarios(&arguments.base, base, console)?, &arguments.base),
    };
    if found.is_empty() {
        return Err(Stop::Misuse(filled(said().no_cases, &[place.display().to_string()])));
    }
    Ok(found)
}

fn within(cases: &[GivenCase]) -> Result<(), Stop> {
    if cases.len() >= CASES {
        return Err(Stop::Misuse(filled(said().too_many_cases, &[CASES.to_string()])));
    }
    Ok(())
}

fn lines(path: &Path, console: &mut Console<'_>) -> Result<Vec<GivenCase>, Stop> {
    let mut lines = Lines::open(path)?;
    let mut cases = Vec::new();
    while let Some((number, line)) = lines.next()? {
        let read = match line {
            Line::Text(text) => GivenCase::from_json(&text).map_err(|wrong| wrong.to_string()),
            Line::TooLong => Err(said().line_too_long.to_owned()),
            Line::NotUtf8(wrong) => Err(wrong),
        };
        match read {
            Ok(case) => {
                within(&cases)?;
                cases.push(case);
            }
            Err(wrong) => {
                console.complain(&format!("{}:{number}: {wrong}", lines.name))?;
                return Err(Stop::Wrong);
            }
        }
    }
    Ok(cases)
}

/// The journals in a folder, not below, in the order of their names.
fn journals(folder: &Path, console: &mut Console<'_>) -> Result<Vec<GivenCase>, Stop> {
    let wrong = |error: std::io::Error| Stop::file(folder, disk::said(&error));
    let mut paths: Vec<PathBuf> = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(wrong)? {
        let entry = entry.map_err(wrong)?;
        let is_hidden = entry.file_name().to_string_lossy().starts_with('.');
        // Links may lead out of the folder.
        if entry.file_type().map_err(wrong)?.is_file() && !is_hidden {
            paths.push(entry.path());
        }
    }
    paths.sort();
    let mut cases = Vec::new();
    for path in paths {
        let mut journal = Journal::open(&path)?;
        if journal.provenance().is_err() {
            console.warn(&format!("{} {}", path.display(), said().no_journal))?;
            continue;
        }
        let mut lines = Vec::new();
        while let Some(line) = journal.next()? {
            lines.push(line);
        }
        journal.is_whole(console)?;
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        match GivenCase::from_journal(name, lines.iter().map(String::as_str)) {
            Ok(case) => {
                within(&cases)?;
                cases.push(case);
            }
            Err(found) => {
                console.complain(&format!("{}: {}", path.display(), found.tell(language())))?;
                return Err(Stop::Wrong);
            }
        }
    }
    Ok(cases)
}

/// What happens in scenarios: each once, for whichever of its workflows it comes first. Beside a workflow those that are
/// about it, and nothing of what is wrong with others.
fn scenarios(
    path: &Path,
    base: Option<&Workflow>,
    console: &mut Console<'_>,
) -> Result<Vec<GivenCase>, Stop> {
    let paths = match base {
        None => walk::find(&[path.to_owned()], walk::Kind::Scenario, console)?,
        Some(_) => {
            let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            let most = tresteg::Limits::default().definition_bytes;
            let mut found = walk::scenarios_in(disk::parent(path), console)?;
            found.retain(|file| disk::read(file, most).is_ok_and(|text| text.contains(&stem)));
            found
        }
    };
    let shelf = WorkflowCache::default();
    let (mut cases, mut known) = (Vec::new(), BTreeSet::new());
    for file in paths {
        let suite = match shelf.suite(&file).0 {
            Ok(suite) => suite,
            Err(_) if base.is_some() => continue,
            Err(Broken::Unreadable(message)) => return Err(Stop::Misuse(message)),
            Err(Broken::Wrong(reports)) => {
                for report in reports {
                    console.report(&report)?;
                }
                return Err(Stop::Wrong);
            }
        };
        for scenario in suite.scenarios() {
            let row = scenario.row().map(|(number, _)| number);
            let is_meant = base.is_none_or(|base| scenario.workflow().id() == base.id());
            if is_meant && known.insert((file.clone(), scenario.name().to_owned(), row)) {
                within(&cases)?;
                cases.push(GivenCase::from_scenario(scenario));
            }
        }
    }
    Ok(cases)
}
