//! Any text as a file of scenarios for the flagship: refused with a report, or run.
#![no_main]

use std::sync::OnceLock;

use libfuzzer_sys::fuzz_target;
use tresteg::scenario::Suite;
use tresteg::{Limits, Workflow};

fuzz_target!(|text: &str| {
    static FLAGSHIP: OnceLock<Workflow> = OnceLock::new();
    let workflow = FLAGSHIP.get_or_init(|| {
        Workflow::from_json(include_str!("../../workflows/vastra-goteborg.json")).unwrap()
    });
    let mut find = |_: &str| Ok(workflow.clone());
    match Suite::load_on("fuzz.scenario.json", text, &mut find, &Limits::default()) {
        Ok(suite) => {
            for scenario in suite.scenarios().iter().take(20) {
                let _ = scenario.run();
            }
        }
        Err(report) => assert!(!report.to_string().is_empty()),
    }
});
