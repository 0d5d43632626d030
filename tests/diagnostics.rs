//! Files that are wrong, each with the report that it must give beside it.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use tresteg::diagnostic::{CODES, Report};
use tresteg::scenario::Suite;
use tresteg::{Limits, Workflow};

const SUITE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/diagnostics");

fn cases() -> Vec<PathBuf> {
    let entries = std::fs::read_dir(SUITE).unwrap().map(|entry| entry.unwrap().path());
    let mut cases: Vec<_> =
        entries.filter(|path| path.extension().is_some_and(|ending| ending == "json")).collect();
    cases.sort();
    cases
}

/// Limits for cases that are called after one, so small that a short file exceeds them.
fn limits(name: &str) -> Limits {
    if !name.starts_with("limit-") {
        return Limits::default();
    }
    Limits {
        definition_bytes: 600,
        json_depth: 8,
        json_values: 60,
        definition_depth: 8,
        name_bytes: 60,
        extends_depth: 3,
        invoke_depth: 1,
        invoke_files: 1,
        states: 5,
        transitions: 5,
        names: 5,
        script_bytes: 200,
        pattern_size: 20,
        signatures: 3,
        scenarios: 3,
        scenario_steps: 5,
        scenario_bytes: 1_000,
        ..Limits::default()
    }
}

fn report(path: &Path) -> Report {
    let name = path.file_name().unwrap().to_str().unwrap();
    let text = std::fs::read_to_string(path).unwrap();
    let mut resolve = |path: &str| {
        std::fs::read_to_string(Path::new(SUITE).join(path))
            .map_err(|_| "there is no such file".to_owned())
    };
    if name.ends_with(".scenario.json") {
        return match Suite::load(name, &text, &mut resolve, &limits(name)) {
            Ok(suite) => suite.warnings().clone(),
            Err(report) => report,
        };
    }
    match Workflow::load(name, &text, &mut resolve, &limits(name)) {
        Ok(workflow) => workflow.warnings().clone(),
        Err(report) => report,
    }
}

/// Every case gives the report that stands beside it. `TRESTEG_BLESS=1` writes the reports anew, for review.
#[test]
fn reports_are_as_written_beside_the_cases() {
    let bless = std::env::var_os("TRESTEG_BLESS").is_some();
    let mut wrong = Vec::new();
    for path in cases() {
        let beside = path.with_extension("txt");
        let found = report(&path).to_string();
        if bless {
            std::fs::write(&beside, &found).unwrap();
        }
        let wanted = std::fs::read_to_string(&beside).unwrap_or_default();
        if found != wanted {
            wrong.push(format!("--- {}\nwanted:\n{wanted}\nfound:\n{found}", path.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Every code has a case that is called after it and gives it.
#[test]
fn every_code_has_a_case() {
    let cases = cases();
    let lacking: Vec<_> = CODES
        .iter()
        .map(|(code, _)| *code)
        .filter(|code| {
            let path = |ending: &str| Path::new(SUITE).join(format!("{code}.{ending}"));
            let gives = |path: &PathBuf| {
                cases.contains(path)
                    && report(path).diagnostics().iter().any(|found| found.code == *code)
            };
            !gives(&path("json")) && !gives(&path("scenario.json"))
        })
        .collect();
    assert!(
        lacking.is_empty(),
        "no case in tests/diagnostics is called after these and gives them: {lacking:?}"
    );
}

/// A case whose report is empty would test nothing, and a code that is not listed explains nothing.
#[test]
fn every_case_gives_codes_that_are_listed() {
    let codes: BTreeSet<_> = CODES.iter().map(|(code, _)| *code).collect();
    for path in cases() {
        let report = report(&path);
        assert!(!report.diagnostics().is_empty(), "{}", path.display());
        for found in report.diagnostics() {
            assert!(codes.contains(found.code), "{}: {}", path.display(), found.code);
        }
    }
}

/// A hint is copied into a file of JSON: texts in scripts stand in backticks, since quotes would end the script.
#[test]
fn hints_can_be_copied_into_a_file() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/diagnostics");
    let mut hints = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|ending| ending != "txt") {
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        for line in text.lines().filter(|line| line.starts_with("hint: ")) {
            assert!(!line.contains("(\""), "{}: {line}", path.display());
            hints += 1;
        }
    }
    assert!(hints > 100, "{hints}");
}
