//! What it costs to look at rules for all situations at once, and to find what opens an event that is shut.
//!
//! `cargo bench --all-features --bench lab`
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing, clippy::print_stdout)]

use std::hint::black_box;
use std::time::Instant;

use criterion::{Criterion, criterion_group, criterion_main};
use tresteg::lab::{analyze, unlock};
use tresteg::{Case, Event, Limits, Workflow};

const FLAGSHIP: &str = include_str!("../workflows/vastra-goteborg.json");

/// The flagship, begun in one of the states of its long middle.
fn begun(state: &str) -> Case {
    let mut file: serde_json::Value = serde_json::from_str(FLAGSHIP).unwrap();
    file["initial"] = "active".into();
    file["states"]["active"]["initial"] = state.into();
    let workflow = Workflow::from_json(&file.to_string()).unwrap();
    let at = workflow.time("2026-03-10T12:00").unwrap();
    Case::start(&workflow, Some(at), Default::default()).unwrap().0
}

/// States whose events are guarded by sums and comparisons of several facts, five each, some of which overlap.
fn guarded(states: usize) -> Workflow {
    let state = |state: usize| {
        let answers: Vec<String> = (0..5)
            .map(|event| {
                let (target, limit) = ((state * 7 + event * 13 + 1) % states, (state + event) % 90);
                let guard = match event {
                    0 => format!("x + y >= {limit} && ready"),
                    1 => format!("x > {limit} && x + y > {limit} || z < {limit}"),
                    2 => format!("2 * x - y == {limit} && z >= x"),
                    3 => format!("kind == `a` && x >= {limit} || kind == `b` && y >= {limit}"),
                    _ => format!("(x ?? 0) + (y ?? 0) + (z ?? 0) > {limit} && !ready"),
                };
                let guard = guard.replace('`', "\\\"");
                format!(r#""e{event}": {{ "target": "s{target}", "guard": "{guard}" }}"#)
            })
            .collect();
        format!(r#""s{state}": {{ "on": {{ {} }} }}"#, answers.join(", "))
    };
    let all: Vec<String> = (0..states).map(state).collect();
    let number = r#"{ "type": "integer", "minimum": 0, "maximum": 100 }"#;
    let text = format!(
        r#"{{ "id": "guarded", "facts": {{ "ready": {{ "type": "boolean" }}, "kind": {{ "enum": ["a", "b", "c"] }},
        "x": {number}, "y": {number}, "z": {number} }}, "initial": "s0", "states": {{ {} }} }}"#,
        all.join(", ")
    );
    Workflow::from_json(&text).unwrap()
}

/// All shipped workflows, whole ones once.
fn shipped() -> Vec<Workflow> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/workflows");
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut names: Vec<String> = files
        .filter_map(|path| Some(path.file_name()?.to_str()?.to_owned()))
        .filter(|name| name.ends_with(".json") && !name.ends_with(".scenario.json"))
        .collect();
    names.sort();
    let read = |name: &str| std::fs::read_to_string(format!("{folder}/{name}"));
    names
        .iter()
        .map(|name| {
            let mut resolve = |name: &str| read(name).map_err(|error| error.to_string());
            Workflow::load(name, &read(name).unwrap(), &mut resolve, &Limits::default()).unwrap()
        })
        .collect()
}

fn unlocking(criterion: &mut Criterion) {
    for (state, event) in [("evaluation", "propose_partnership"), ("evaluation", "refer")] {
        let case = begun(state);
        let event = Event::new(event);
        assert!(unlock(&case, &event).is_complete);
        criterion.bench_function(&format!("unlock {state} {}", event.name), |bench| {
            bench.iter(|| black_box(unlock(black_box(&case), &event)));
        });
    }
    let case = begun("evaluation");
    let mut slowest = ("".to_owned(), 0);
    for choice in &case.options(None) {
        let start = Instant::now();
        black_box(unlock(&case, &Event::new(&choice.event)));
        let spent = start.elapsed().as_micros();
        if spent > slowest.1 {
            slowest = (choice.event.clone(), spent);
        }
    }
    println!("slowest of the events of `evaluation`: {} {} us", slowest.0, slowest.1);
}

fn looking(_: &mut Criterion) {
    let once = |name: &str, workflows: &[Workflow]| {
        let start = Instant::now();
        let found: usize = workflows.iter().map(|one| analyze(one, false).len()).sum();
        println!("analyze {name}: {:.3} s, {found} findings", start.elapsed().as_secs_f64());
    };
    once("all shipped workflows", &shipped());
    for states in [250, 500, 1_000] {
        once(&format!("{states} states, {} guards", states * 5), &[guarded(states)]);
    }
}

criterion_group!(benches, unlocking, looking);
criterion_main!(benches);
