//! The whole way from a text to a definition and a report.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod hostile;
mod meaning;

use super::load;
use super::model::Definition;
use crate::diagnostic::Report;
use crate::limits::Limits;

fn read(text: &str) -> (Option<Definition>, Report) {
    read_within(text, &Limits::default())
}

fn read_within(text: &str, limits: &Limits) -> (Option<Definition>, Report) {
    load("a.json", text, &mut |path| Err(format!("there is no {path}")), limits)
}

/// The definition of a text without problems.
fn right(text: &str) -> Definition {
    let (definition, mut report) = read(text);
    definition.as_ref().unwrap().allowed.apply(&mut report);
    assert!(report.diagnostics().is_empty(), "{report}");
    definition.unwrap()
}

fn codes(text: &str) -> Vec<&'static str> {
    read(text).1.diagnostics().iter().map(|found| found.code).collect()
}

fn every_key() -> String {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/definitions/every-key.json");
    std::fs::read_to_string(path).unwrap()
}
