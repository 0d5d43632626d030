//! Any bytes as a workflow file: a report or a workflow, never a panic; what loads can be started, asked and drawn.
//! Seeds: `cargo fuzz run definition fuzz/corpus/definition workflows tests/definitions tests/diagnostics`.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tresteg::{Case, Language, Limits, Workflow, export};

fuzz_target!(|text: &str| {
    let mut base = |_: &str| Ok(include_str!("../../workflows/vastra-goteborg.json").to_owned());
    let limits = Limits { operations: 5_000, steps: 200, ..Limits::default() };
    match Workflow::load("fuzz.json", text, &mut base, &limits) {
        Err(report) => assert!(report.has_errors() && !report.to_string().is_empty()),
        Ok(workflow) => {
            if let Ok((case, _)) = Case::start(&workflow, None, Default::default()) {
                let _ = (case.options(None), case.factors());
            }
            let _ = (
                export::mermaid(&workflow, Language::English),
                export::dot(&workflow, Language::Swedish),
            );
        }
    }
});
