//! Mutants: small wrong versions of the shipped workflows.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use tresteg::{Limits, Mutated, MutationKind, Workflow};

fn shipped() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("workflows");
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let workflow = |path: &PathBuf| {
        let name = path.to_string_lossy().into_owned();
        name.ends_with(".json") && !name.ends_with(".scenario.json")
    };
    let mut files: Vec<PathBuf> = files.filter(workflow).collect();
    files.sort();
    files
}

fn load(path: &Path) -> Workflow {
    let folder = path.parent().unwrap();
    let name = path.file_name().unwrap().to_string_lossy().into_owned();
    let text = std::fs::read_to_string(path).unwrap();
    let mut resolve = |path: &str| {
        std::fs::read_to_string(folder.join(path)).map_err(|error| error.to_string())
    };
    Workflow::load(&name, &text, &mut resolve, &Limits::default()).unwrap()
}

/// A slip is one that a person makes: it leaves a file that can be read, and the checks refuse few.
#[test]
fn nearly_every_mutant_is_a_workflow_of_its_own() {
    let mut counts: BTreeMap<MutationKind, [usize; 3]> = BTreeMap::new();
    let mut refused = Vec::new();
    for path in shipped() {
        let workflow = load(&path);
        for mutant in workflow.mutants() {
            let place = match mutant.workflow(&workflow) {
                Mutated::Workflow(other) => {
                    assert_ne!(other.fingerprint(), workflow.fingerprint(), "{mutant}");
                    0
                }
                Mutated::Equivalent => 1,
                Mutated::Refused(report) => {
                    refused.push(format!("{mutant}\n{report}"));
                    2
                }
                _ => unreachable!(),
            };
            counts.entry(mutant.kind).or_default()[place] += 1;
        }
    }
    for (kind, count) in &counts {
        println!("{:20} {count:?}", kind.name());
    }
    let json = refused.iter().find(|report| report.contains("json-"));
    assert!(json.is_none(), "{json:?}");
    for one in refused.iter().step_by(refused.len() / 60 + 1) { println!("{one}"); }
    let total: usize = counts.values().flatten().sum();
    let refused: usize = counts.values().map(|count| count[2]).sum();
    assert!(total > 2000 && refused * 5 < total, "{refused} of {total}");
}
