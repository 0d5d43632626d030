//! What loading, firing, explaining and listing options cost on the flagship and on generated workflows, and whether
//! that grows linearly: `cargo bench --bench engine`.
#![allow(missing_docs, clippy::unwrap_used, clippy::print_stdout, clippy::indexing_slicing)]

use std::hint::black_box;
use std::time::Duration;

use criterion::{BatchSize, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use tresteg::{Actor, Case, Event, Workflow};

const FLAGSHIP: &str = include_str!("../workflows/vastra-goteborg.json");

/// A flat workflow: each state answers five events, each with a guard over two facts.
fn generated(states: usize) -> String {
    let state = |state: usize| {
        let answers: Vec<String> = (0..5)
            .map(|event| {
                let target = (state * 7 + event * 13 + 1) % states;
                format!(r#""e{event}": {{ "target": "s{target}", "guard": "ready && level >= {event}" }}"#)
            })
            .collect();
        format!(r#""s{state}": {{ "on": {{ {} }} }}"#, answers.join(", "))
    };
    let all: Vec<String> = (0..states).map(state).collect();
    format!(
        r#"{{ "id": "generated", "facts": {{ "ready": {{ "type": "boolean", "default": true }},
        "level": {{ "type": "integer", "default": 2 }} }}, "initial": "s0", "states": {{ {} }} }}"#,
        all.join(", ")
    )
}

fn load(c: &mut Criterion) {
    let mut group = c.benchmark_group("load");
    group.bench_function("flagship", |b| {
        b.iter(|| Workflow::from_json(black_box(FLAGSHIP)).unwrap())
    });
    for states in [10, 100, 1_000, 10_000] {
        let text = generated(states);
        group.throughput(Throughput::Elements(states as u64));
        group.bench_with_input(BenchmarkId::new("generated", states), &text, |b, text| {
            b.iter(|| Workflow::from_json(black_box(text)).unwrap());
        });
    }
    group.finish();
}

fn answer(c: &mut Criterion) {
    let flagship = Workflow::from_json(FLAGSHIP).unwrap();
    let manager = Actor::new("m").role("manager");
    let moves = Event::new("appoint").by(manager.clone()).fact("responsible_appointed", true);
    let refused = Event::new("contact_made").by(manager.clone()).fact("idea_summary", "x");
    let mut group = c.benchmark_group("flagship");
    let start = || Case::start(&flagship, None, Default::default()).unwrap().0;
    group.bench_function("fire, moved", |b| {
        b.iter_batched_ref(start, |case| case.fire(black_box(&moves)), BatchSize::SmallInput);
    });
    group.bench_function("fire, blocked with reasons", |b| {
        b.iter_batched_ref(start, |case| case.fire(black_box(&refused)), BatchSize::SmallInput);
    });
    group.bench_function("fire, moved, entry taken", |b| {
        b.iter_batched_ref(
            start,
            |case| (case.fire(black_box(&moves)), case.take_entries(&[7; 32])),
            BatchSize::SmallInput,
        );
    });
    let case = start();
    group.bench_function("explain, blocked", |b| b.iter(|| case.explain(black_box(&refused))));
    group.bench_function("options", |b| b.iter(|| case.options(black_box(Some(&manager)))));
    group.bench_function("factors", |b| b.iter(|| case.factors()));
    group.bench_function("snapshot to JSON", |b| {
        b.iter(|| serde_json::to_string(&case.snapshot()).unwrap());
    });
    group.finish();
    let mut group = c.benchmark_group("generated, five events");
    for states in [10, 100, 1_000, 10_000] {
        let workflow = Workflow::from_json(&generated(states)).unwrap();
        let (case, _) = Case::start(&workflow, None, Default::default()).unwrap();
        let events: Vec<Event> = (0..5).map(|event| Event::new(format!("e{event}"))).collect();
        group.bench_function(BenchmarkId::from_parameter(states), |b| {
            // Entries wait in the case until they are taken; a fresh one has few.
            b.iter_batched_ref(
                || case.clone(),
                |case| events.iter().filter(|event| case.fire(black_box(event)).is_moved()).count(),
                BatchSize::SmallInput,
            );
        });
    }
    group.finish();
}

/// Not a time: how much a case holds.
fn size(_: &mut Criterion) {
    for (name, text) in [("flagship", FLAGSHIP.to_owned()), ("10 000 states", generated(10_000))] {
        let mut kept = Vec::new();
        let loaded = allocation_counter::measure(|| kept.push(Workflow::from_json(&text).unwrap()));
        let workflow = &kept[0];
        let mut cases: Vec<Case> = Vec::with_capacity(1_000);
        let started = allocation_counter::measure(|| {
            cases.extend(
                (0..1_000).map(|_| Case::start(workflow, None, Default::default()).unwrap().0),
            );
        });
        let each = started.bytes_current / 1_000 + size_of::<Case>() as i64;
        println!("{name}: workflow {} bytes, case {each} bytes", loaded.bytes_current);
    }
}

criterion_group! {
    name = engine;
    config = Criterion::default().sample_size(15).warm_up_time(Duration::from_millis(300)).measurement_time(Duration::from_secs(1));
    targets = size, load, answer
}
criterion_main!(engine);
