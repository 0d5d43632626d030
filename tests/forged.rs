//! What somebody who knows how to make check sums and chains anew can forge: it is refused wherever it can be told.

pub(crate) mod journals;
mod partly;
mod snapshots;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::{Value as Json, json};
use sha2::{Digest, Sha256};
use tresteg::case::InputLine;
use tresteg::{Case, DateTime, Limits, Workflow};

const SALT: [u8; 32] = *b"a salt for tests, and only those";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

/// A shipped workflow, by its file without the ending.
fn shipped(name: &str) -> Workflow {
    let folder = root().join("workflows");
    let text = std::fs::read_to_string(folder.join(format!("{name}.json"))).unwrap();
    let mut base = |path: &str| {
        let name = Path::new(path).file_name().unwrap();
        std::fs::read_to_string(folder.join(name)).map_err(|error| error.to_string())
    };
    Workflow::load(&format!("{name}.json"), &text, &mut base, &Limits::default())
        .unwrap_or_else(|report| panic!("{name}: {report}"))
}

/// The shipped journeys: workflow, name and lines.
fn journeys() -> Vec<(String, String, Vec<String>)> {
    let files = |folder: &Path| {
        let mut found: Vec<PathBuf> =
            std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        found.sort();
        found
    };
    let stem = |path: &Path| path.file_stem().unwrap().to_str().unwrap().to_owned();
    let mut found = Vec::new();
    for folder in files(&root().join("workflows/journeys")) {
        for file in files(&folder) {
            let text = std::fs::read_to_string(&file).unwrap();
            let lines = text.lines().map(str::to_owned).collect();
            found.push((stem(&folder), stem(&file), lines));
        }
    }
    found
}

/// Runs lines as `run` does; the case behind each.
fn played(workflow: &Workflow, lines: &[String], mut behind: impl FnMut(&Case)) -> Case {
    let mut case: Option<Case> = None;
    for line in lines {
        match InputLine::from_json(line).unwrap() {
            InputLine::Start { at, facts } => {
                case = Some(Case::start(workflow, at, facts).unwrap().0);
            }
            input => {
                let case = case.get_or_insert_with(|| begun(workflow));
                match input {
                    InputLine::Event(event) => drop(case.fire(&event)),
                    InputLine::Advance(until) => drop(case.advance(until)),
                    _ => unreachable!(),
                }
            }
        }
        behind(case.as_ref().unwrap());
    }
    case.unwrap()
}

fn begun(workflow: &Workflow) -> Case {
    Case::start(workflow, DateTime::from_microseconds(0), BTreeMap::new()).unwrap().0
}

fn sha256(text: &str) -> String {
    Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A snapshot with the check sum that belongs to it.
pub(crate) fn with_sum(mut snapshot: Json) -> Json {
    snapshot["check"] = json!("");
    // Without features of its own, serde_json writes the one form.
    snapshot["check"] = json!(sha256(&snapshot.to_string()));
    snapshot
}
