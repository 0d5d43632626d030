//! What loading, firing, explaining and listing options cost on the flagship and on generated workflows, and whether
//! that grows linearly: `cargo bench --bench engine`.
//!
//! Counted in instructions, whatever else the machine does: `STEPS=moved valgrind --tool=callgrind
//! --toggle-collect='*one_fire*' target/release/deps/engine-…` (or `blocked`, `flat`; `decide` and `decide-flagship` with
//! `*one_decide*`), a thousand of each.
#![allow(missing_docs, clippy::unwrap_used, clippy::print_stdout, clippy::indexing_slicing)]

use std::hint::black_box;
use std::time::{Duration, Instant};

use criterion::{BatchSize, BenchmarkId, Criterion, Throughput, criterion_group};
use tresteg::case::EventHandle;
use tresteg::{Actor, Case, Decision, Event, Outcome, Workflow};

mod generated;
use generated::{FLAGSHIP, generated};

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
    group.bench_function("fire, blocked", |b| {
        b.iter_batched_ref(start, |case| case.fire(black_box(&refused)), BatchSize::SmallInput);
    });
    group.bench_function("fire, moved and read", |b| {
        let read = |case: &mut Case| case.fire(black_box(&moves)).into_answer();
        b.iter_batched_ref(start, read, BatchSize::SmallInput);
    });
    group.bench_function("fire, blocked with reasons", |b| {
        let read = |case: &mut Case| case.fire(black_box(&refused)).into_answer();
        b.iter_batched_ref(start, read, BatchSize::SmallInput);
    });
    group.bench_function("fire, moved, entry taken", |b| {
        b.iter_batched_ref(
            start,
            |case| (case.fire(black_box(&moves)), case.take_entries(&[7; 32])),
            BatchSize::SmallInput,
        );
    });
    let case = start();
    let handle = flagship.event_handle("contact_made").unwrap();
    group.bench_function("decide", |b| {
        b.iter(|| case.decide(black_box(&handle), black_box(Some(&manager))));
    });
    group.bench_function("explain, blocked", |b| {
        b.iter(|| case.explain(black_box(&refused)).into_answer());
    });
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
    let mut group = c.benchmark_group("event handle");
    for states in [10, 100, 1_000, 10_000] {
        let workflow = Workflow::from_json(&generated(states)).unwrap();
        group.throughput(Throughput::Elements(states as u64));
        group.bench_function(BenchmarkId::from_parameter(states), |b| {
            b.iter(|| workflow.event_handle(black_box("e1")).unwrap());
        });
    }
    group.finish();
}

/// Flat, with a guard or two at each transition.
const FLAT: &str = r#"{ "id": "flat",
    "facts": { "ready": { "type": "boolean", "default": true }, "level": { "type": "integer", "default": 2 } },
    "initial": "a", "states": {
        "a": { "on": { "go": [{ "target": "c", "guard": "level > 9" }, { "target": "b", "guard": "ready && level >= 2" }] } },
        "b": { "on": { "go": { "target": "a", "guard": "level >= 1" } } }, "c": {} } }"#;

#[inline(never)]
fn one_fire(case: &mut Case, event: &Event) -> Decision {
    case.fire(event)
}

#[inline(never)]
fn one_decide(case: &Case, event: &EventHandle, actor: Option<&Actor>) -> Outcome {
    case.decide(event, actor).unwrap()
}

/// A case with an event, by name.
fn scene(name: &str) -> (Case, Event) {
    let manager = Actor::new("m").role("manager");
    let (text, event) = match name {
        "moved" => {
            (FLAGSHIP, Event::new("appoint").by(manager).fact("responsible_appointed", true))
        }
        "blocked" | "decide-flagship" => {
            (FLAGSHIP, Event::new("contact_made").by(manager).fact("idea_summary", "x"))
        }
        _ => (FLAT, Event::new("go")),
    };
    let workflow = Workflow::from_json(text).unwrap();
    (Case::start(&workflow, None, Default::default()).unwrap().0, event)
}

/// The least time of one call, in nanoseconds, when many are made on many copies of a case that fit into the caches.
fn least<T>(case: &Case, calls: u32, mut call: impl FnMut(&mut Case) -> T) -> f64 {
    let mut least = f64::MAX;
    for _ in 0..400 {
        let start = |_| Case::start(case.workflow(), None, Default::default()).unwrap().0;
        let mut cases: Vec<Case> = (0..64).map(start).collect();
        let mut answers = Vec::with_capacity(64 * calls as usize);
        let begun = Instant::now();
        for case in &mut cases {
            answers.extend((0..calls).map(|_| call(case)));
        }
        least = least.min(begun.elapsed().as_nanos() as f64 / answers.len() as f64);
    }
    least
}

/// What the parts of a step cost beside each other, in one run.
fn ratios(_: &mut Criterion) {
    println!("one step, least times:");
    for (name, deciding) in
        [("moved", "decide-flagship"), ("blocked", "decide-flagship"), ("flat", "decide")]
    {
        let (case, event) = scene(name);
        let fire = least(&case, 1, |case| one_fire(case, black_box(&event)));
        let read = least(&case, 1, |case| one_fire(case, black_box(&event)).into_answer());
        let (decided, asked) = scene(deciding);
        let handle = decided.workflow().event_handle(&asked.name).unwrap();
        let actor = asked.actor.as_ref();
        let decide = least(&decided, 64, |case| one_decide(case, black_box(&handle), actor));
        let kept = least(&case, 1, |case| {
            (one_fire(case, black_box(&event)), case.take_entries(&[7; 32]))
        });
        println!(
            "  {name}: fire {fire:.0} ns, read {read:.0} ({:.1} x), entry taken {kept:.0} ({:.1} x), decide {decide:.1} (1/{:.0})",
            read / fire,
            kept / fire,
            fire / decide
        );
    }
}

/// A thousand calls for a counter of instructions.
fn count(name: &str) {
    let (case, event) = scene(name);
    let handle = case.workflow().event_handle(&event.name).unwrap();
    let start = |_| Case::start(case.workflow(), None, Default::default()).unwrap().0;
    let mut cases: Vec<Case> = (0..1_000).map(start).collect();
    let mut decisions = Vec::with_capacity(cases.len());
    for case in &mut cases {
        if name.starts_with("decide") {
            black_box(one_decide(case, black_box(&handle), event.actor.as_ref()));
        } else {
            decisions.push(one_fire(case, black_box(&event)));
        }
    }
}

criterion_group! {
    name = engine;
    config = Criterion::default().sample_size(15).warm_up_time(Duration::from_millis(300)).measurement_time(Duration::from_secs(1));
    targets = ratios, load, answer
}

fn main() {
    match std::env::var("STEPS") {
        Ok(name) => count(&name),
        Err(_) => {
            engine();
            Criterion::default().configure_from_args().final_summary();
        }
    }
}
