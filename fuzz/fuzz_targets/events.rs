//! Any lines as a stream of events for the flagship: every answer leaves a case that can be put away and restored.
#![no_main]

use std::sync::OnceLock;

use libfuzzer_sys::fuzz_target;
use tresteg::case::InputLine;
use tresteg::{Case, Language, Outcome, Workflow};

fuzz_target!(|text: &str| {
    static FLAGSHIP: OnceLock<Workflow> = OnceLock::new();
    let workflow = FLAGSHIP.get_or_init(|| {
        Workflow::from_json(include_str!("../../workflows/vastra-goteborg.json")).unwrap()
    });
    let (mut case, _) = Case::start(workflow, None, Default::default()).unwrap();
    for line in text.lines().take(50) {
        let decision = match InputLine::from_json(line) {
            Ok(InputLine::Event(event)) => {
                let before = case.snapshot();
                let decision = case.fire(&event);
                if decision.outcome == Outcome::Error && decision.steps.is_empty() {
                    assert_eq!(case.snapshot(), before, "an error changes nothing");
                }
                decision
            }
            Ok(InputLine::Advance(until)) => case.advance(until),
            Ok(InputLine::Start { at, facts }) => match Case::start(workflow, at, facts) {
                Ok((started, decision)) => {
                    case = started;
                    decision
                }
                Err(_) => continue,
            },
            _ => continue,
        };
        let _ = workflow.describe(&decision, Language::Swedish);
    }
    assert_eq!(Case::restore(workflow, case.snapshot()).unwrap(), case);
});
