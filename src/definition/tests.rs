//! Whole files in, reports out: the suite in `tests/diagnostics`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::codes::CODES;
use super::load;
use crate::diagnostic::Report;
use crate::limits::Limits;

const SUITE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/diagnostics");

fn cases() -> Vec<PathBuf> {
    let entries = std::fs::read_dir(SUITE).unwrap().map(|entry| entry.unwrap().path());
    let mut cases: Vec<_> = entries.filter(|path| path.extension().is_some_and(|ending| ending == "json")).collect();
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
        extends_depth: 3,
        states: 5,
        transitions: 5,
        names: 5,
        script_bytes: 200,
        ..Limits::default()
    }
}

fn report(path: &Path) -> Report {
    let name = path.file_name().unwrap().to_str().unwrap();
    let text = std::fs::read_to_string(path).unwrap();
    let mut resolver =
        |path: &str| std::fs::read_to_string(Path::new(SUITE).join(path)).map_err(|_| "there is no such file".to_owned());
    load(name, &text, &mut resolver, &limits(name)).1
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

/// Every code that reading a file can give has a case that is called after it.
#[test]
fn every_code_has_a_case() {
    let cases = cases();
    for (code, _) in CODES {
        let found = cases.iter().any(|path| {
            path.file_stem().is_some_and(|stem| stem == *code)
                && report(path).diagnostics().iter().any(|found| found.code == *code)
        });
        assert!(found, "no case in tests/diagnostics is called {code}.json and gives it");
    }
}

/// A case whose report is empty would test nothing.
#[test]
fn every_case_has_a_report() {
    let codes: BTreeSet<_> = CODES.iter().map(|(code, _)| *code).collect();
    for path in cases() {
        let report = report(&path);
        assert!(!report.diagnostics().is_empty(), "{}", path.display());
        assert!(report.diagnostics().iter().all(|found| codes.contains(found.code)), "{}", path.display());
    }
}
