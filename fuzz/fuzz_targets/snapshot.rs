//! Any text as a snapshot of a case of the flagship: refused, or a case that is put away as the same and can go on.
#![no_main]

use std::sync::OnceLock;

use libfuzzer_sys::fuzz_target;
use tresteg::case::Snapshot;
use tresteg::{Case, Workflow};

fuzz_target!(|text: &str| {
    static FLAGSHIP: OnceLock<Workflow> = OnceLock::new();
    let workflow = FLAGSHIP.get_or_init(|| {
        Workflow::from_json(include_str!("../../workflows/vastra-goteborg.json")).unwrap()
    });
    let Ok(snapshot) = serde_json::from_str::<Snapshot>(text) else { return };
    let Ok(mut case) = Case::restore(workflow, snapshot) else { return };
    assert_eq!(Case::restore(workflow, case.snapshot()).unwrap(), case);
    let mut options = case.options(None);
    for choice in case.options(None) {
        case.fire(&tresteg::Event::new(&choice.event));
    }
    options.update(&case);
    assert_eq!(*options, *case.options(None));
});
