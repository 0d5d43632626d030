//! Any bytes as a workflow file: a report or a workflow, never a panic; what loads can be started, asked, played, put away,
//! restored and drawn.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tresteg::{Case, Event, Language, Limits, Workflow, export};

fuzz_target!(|text: &str| {
    let mut base = |_: &str| Ok(include_str!("../../workflows/vastra-goteborg.json").to_owned());
    let limits = Limits { operations: 5_000, steps: 200, ..Limits::default() };
    match Workflow::load("fuzz.json", text, &mut base, &limits) {
        Err(report) => assert!(report.has_errors() && !report.to_string().is_empty()),
        Ok(workflow) => {
            if let Ok((mut case, _)) = Case::start(&workflow, None, Default::default()) {
                let _ = (case.factors(), case.terms());
                for choice in case.options(None).iter().take(20) {
                    let event = Event::new(&choice.event);
                    let asked = case.explain(&event);
                    assert_eq!(case.fire(&event), asked, "explain agrees with fire");
                }
                let decision = case.advance("P30D".parse::<tresteg::Duration>().unwrap());
                let _ = workflow.describe(&decision, Language::Swedish);
                assert_eq!(Case::restore(&workflow, case.snapshot()).unwrap(), case);
            }
            let _ = (
                export::mermaid(&workflow, Language::English),
                export::dot(&workflow, Language::Swedish),
            );
        }
    }
});
