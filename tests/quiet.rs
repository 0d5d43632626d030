//! Files that are right, each of another kind: nothing is said of them.

use std::path::Path;

use tresteg::{Limits, Workflow};

#[test]
fn nothing_is_said_of_what_is_right() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/quiet");
    let mut paths: Vec<_> =
        std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    assert!(paths.len() > 15);
    let mut said = Vec::new();
    for path in paths {
        let (name, text) = (path.display().to_string(), std::fs::read_to_string(&path).unwrap());
        let mut resolve = |other: &str| {
            std::fs::read_to_string(other).map_err(|_| "there is no such file".to_owned())
        };
        match Workflow::load(&name, &text, &mut resolve, &Limits::default()) {
            Ok(workflow) if workflow.warnings().diagnostics().is_empty() => {}
            Ok(workflow) => said.push(workflow.warnings().to_string()),
            Err(report) => said.push(report.to_string()),
        }
    }
    assert!(said.is_empty(), "{}", said.join("\n"));
}
