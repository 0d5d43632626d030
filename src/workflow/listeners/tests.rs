//! The tables against a walk of the graph that they are made from.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::path::Path;

use proptest::prelude::*;

use super::*;
use crate::definition::model::Trigger;
use crate::workflow::Workflow;

/// What the graph says: transitions that leave a state, in their order, and of these the ones that a pattern of the file
/// makes listen.
fn walked(workflow: &Workflow, state: StateId, event: &str) -> Vec<TransitionId> {
    let compiled = workflow.compiled();
    let listens = |id: &TransitionId| match &compiled.definition.transitions.at(*id).trigger {
        Trigger::Events(patterns) => patterns.iter().any(|pattern| matches(pattern, event)),
        _ => false,
    };
    compiled.chart.leaving(state).into_iter().filter(listens).collect()
}

/// Every state and every name that has a number. How many answers there were.
fn holds(workflow: &Workflow) -> usize {
    let compiled = workflow.compiled();
    let mut answers = 0;
    for state in compiled.definition.states.ids() {
        for (event, row) in compiled.listeners.names.iter() {
            let wanted = walked(workflow, state, &row.name);
            let Some(found) = compiled.listeners.candidates(state, event) else { continue };
            let ids: Vec<TransitionId> = found.iter().map(|candidate| candidate.id).collect();
            assert_eq!(ids, wanted, "{} in state {}", row.name, state.0);
            assert!(found.iter().all(|found| *found == compiled.listeners.candidate(found.id)));
            answers += ids.len();
        }
    }
    answers
}

#[test]
fn tables_of_shipped_workflows_are_a_walk_of_their_graph() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("workflows");
    let mut answers = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.to_string_lossy().into_owned();
        if !name.ends_with(".json") || name.ends_with(".scenario.json") {
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        // A variant needs its base: read by others.
        if let Ok(workflow) = Workflow::from_json(&text) {
            answers += holds(&workflow);
        }
    }
    assert!(answers > 100, "{answers}");
}

/// Names and patterns that lie in and beside each other.
fn name() -> impl Strategy<Value = String> {
    let word = prop::sample::select(vec!["a", "b", "a-a", "a0", "done"]);
    prop::collection::vec(word, 1..4).prop_map(|words| words.join("."))
}

fn pattern() -> impl Strategy<Value = String> {
    prop_oneof![1 => Just("*".to_owned()), 6 => name(), 2 => name().prop_map(|name| format!("{name}.*"))]
}

proptest! {
    #[test]
    fn tables_of_any_patterns_are_a_walk_of_their_graph(
        states in prop::collection::vec(prop::collection::vec(prop::collection::vec(pattern(), 1..3), 0..5), 1..5),
        declared in prop::option::of(prop::collection::btree_set(name(), 1..4)),
    ) {
        let states: serde_json::Map<String, serde_json::Value> = states
            .iter()
            .enumerate()
            .map(|(number, transitions)| {
                let on: Vec<serde_json::Value> = transitions
                    .iter()
                    .map(|patterns| serde_json::json!({ "event": patterns.join(" ") }))
                    .collect();
                (format!("s{number}"), serde_json::json!({ "on": on }))
            })
            .collect();
        let mut file = serde_json::json!({ "id": "w", "initial": "s0", "states": states });
        if let Some(declared) = declared {
            let events = declared.into_iter().map(|name| (name, serde_json::json!({})));
            file["events"] = serde_json::Value::Object(events.collect());
        }
        if let Ok(workflow) = Workflow::from_json(&file.to_string()) {
            holds(&workflow);
        }
    }
}

#[test]
fn what_would_fill_the_memory_is_not_written_out() {
    // Every state listens to everything: 400 states times 4 000 names.
    let states: Vec<String> = (0..400)
        .map(|state| {
            let names: Vec<String> =
                (0..10).map(|name| format!(r#""e{state}_{name}": {{}}"#)).collect();
            format!(r#""s{state}": {{ "on": {{ {}, "*": {{}} }} }}"#, names.join(", "))
        })
        .collect();
    let text =
        format!(r#"{{ "id": "w", "initial": "s0", "states": {{ {} }} }}"#, states.join(", "));
    let workflow = Workflow::from_json(&text).unwrap();
    let listeners = &workflow.compiled().listeners;
    assert!(
        listeners.candidates.len() <= 65_536 + 16 * (401 + 4_400),
        "{}",
        listeners.candidates.len()
    );
    let walked = listeners.rows.rows().iter().filter(|row| matches!(row, Row::Walked)).count();
    assert!(walked > 300, "{walked}");
    let (mut case, _) = crate::Case::start(&workflow, None, Default::default()).unwrap();
    assert!(case.fire(&crate::Event::new("e399_1")).is_moved());
}
