//! What keeping a journal costs, putting cases away, and verifying, for entries of the flagship: `cargo bench --bench journal`.
//!
//! Verifying is told beside a floor, in the same run: the least that any verification of the same text must do, one
//! SHA-256 over it and one parse.
#![allow(missing_docs, clippy::unwrap_used, clippy::print_stdout, clippy::indexing_slicing)]

use std::hint::black_box;
use std::time::{Duration, Instant};

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use serde::de::IgnoredAny;
use sha2::{Digest, Sha256};
use tresteg::case::Snapshot;
use tresteg::journal::{CheckedLine, Verifier};
use tresteg::log::{Contents, Format, Writer};
use tresteg::{Actor, Case, Event, Limits, Workflow};

const FLAGSHIP: &str = include_str!("../workflows/vastra-goteborg.json");
const ENTRIES: u64 = 2_000;

fn manager() -> Actor {
    Actor::new("m").role("manager")
}

/// Every other one is accepted, the others are refused or not expected.
fn event(number: u64) -> Event {
    if number.is_multiple_of(2) {
        Event::new("appoint").by(manager()).fact("responsible_appointed", true)
    } else {
        Event::new("contact_made").by(manager()).fact("idea_summary", "x")
    }
}

fn case(workflow: &Workflow) -> Case {
    Case::start(workflow, None, Default::default()).unwrap().0
}

/// The shortest of entries: a text is kept and a counter goes up.
fn lesson(number: u64) -> Event {
    Event::new("record_lesson").fact("lesson", format!("x{number}"))
}

/// A journal of so many entries.
fn journal(workflow: &Workflow, event: fn(u64) -> Event) -> String {
    let mut case = case(workflow);
    let mut text = String::new();
    for number in 0..ENTRIES - 1 {
        case.fire(&event(number));
        for entry in case.take_entries(&[7; 32]) {
            text += &(entry.line + "\n");
        }
    }
    text
}

fn keeping(c: &mut Criterion) {
    let workflow = Workflow::from_json(FLAGSHIP).unwrap();
    let limits = Limits { untaken_entries: 0, ..Limits::default() };
    let mut nothing = |_: &str| Err(String::new());
    let bare = Workflow::load("flagship", FLAGSHIP, &mut nothing, &limits).unwrap();
    let mut group = c.benchmark_group("one event");
    group.bench_function("no journal", |b| {
        b.iter_batched_ref(
            || case(&bare),
            |case| case.fire(black_box(&event(0))),
            BatchSize::SmallInput,
        );
    });
    group.bench_function("entry left in the case", |b| {
        let start = || case(&workflow);
        b.iter_batched_ref(start, |case| case.fire(black_box(&event(0))), BatchSize::SmallInput);
    });
    group.bench_function("entry taken", |b| {
        let start = || {
            let mut case = case(&workflow);
            case.take_entries(&[7; 32]);
            case
        };
        let taken = |case: &mut Case| {
            case.fire(black_box(&event(0)));
            case.take_entries(&[7; 32])
        };
        b.iter_batched_ref(start, taken, BatchSize::SmallInput);
    });
    group.finish();
    let mut stored = case(&workflow);
    for number in 0..10 {
        stored.fire(&event(number).id(number.to_string()));
    }
    stored.take_entries(&[7; 32]);
    let text = serde_json::to_string(&stored.snapshot()).unwrap();
    println!("snapshot after ten events with ids: {} bytes", text.len());
    let mut group = c.benchmark_group("a case put away");
    group.bench_function("snapshot", |b| b.iter(|| stored.snapshot()));
    group.bench_function("snapshot as JSON", |b| {
        b.iter(|| serde_json::to_string(&stored.snapshot()).unwrap());
    });
    group.bench_function("restore from JSON", |b| {
        b.iter(|| {
            let snapshot: Snapshot = serde_json::from_str(black_box(&text)).unwrap();
            Case::restore(&workflow, snapshot).unwrap()
        });
    });
    group.finish();
}

/// The least time for one line, over chunks of lines and several rounds: what others do on the machine only ever adds, and
/// a chunk is short enough to be left alone now and then. `begin` makes what the lines of a round are handed to.
fn least<'l, S>(
    lines: &[&'l str],
    mut begin: impl FnMut() -> S,
    mut take: impl FnMut(&mut S, &'l str),
) -> Duration {
    const CHUNK: usize = 100;
    let mut least = Duration::MAX;
    for _ in 0..30 {
        let mut state = begin();
        for chunk in lines.chunks_exact(CHUNK) {
            let begun = Instant::now();
            for line in chunk {
                take(&mut state, line);
            }
            least = least.min(begun.elapsed());
        }
        black_box(state);
    }
    least / CHUNK as u32
}

fn verified(workflow: &Workflow, lines: &[&str]) -> u64 {
    let mut verifier = Verifier::new(workflow);
    for line in lines {
        verifier.line(line).unwrap();
    }
    verifier.finish(None).unwrap().recomputed
}

/// What verifying costs, in parts, beside the floor.
fn ratios(name: &str, workflow: &Workflow, text: &str, lines: &[&str]) {
    assert_eq!(verified(workflow, lines), ENTRIES);
    let hashed = least(lines, || 0, |sum, line| *sum += u64::from(Sha256::digest(line)[0]));
    let parse = |line: &str| serde_json::from_str::<IgnoredAny>(line).is_ok();
    let parsed = least(lines, || 0, |sum, line| *sum += u64::from(parse(line)));
    let read = least(lines, || (), |(), line| drop(black_box(CheckedLine::read(line))));
    let begin = || Verifier::new(workflow);
    let all = least(lines, begin, |verifier, line| verifier.line(line).unwrap());
    let floor = hashed + parsed;
    let micros = |time: Duration| time.as_secs_f64() * 1e6;
    let ratio = |time: Duration| time.as_secs_f64() / floor.as_secs_f64();
    println!(
        "{name}: {} bytes an entry; SHA-256 {:.2} µs + parse {:.2} µs; read {:.2} µs ({:.2}×), verified {:.2} µs ({:.2}×): {:.0} entries a second on one core",
        text.len() / lines.len(),
        micros(hashed),
        micros(parsed),
        micros(read),
        ratio(read),
        micros(all),
        ratio(all),
        1.0 / all.as_secs_f64(),
    );
}

fn reading(c: &mut Criterion) {
    let workflows = [Workflow::from_json(FLAGSHIP).unwrap()];
    let [workflow] = &workflows;
    let text = journal(workflow, lesson);
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    ratios("lessons", workflow, &text, &lines);
    let text = journal(workflow, event);
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    ratios("appointments and refusals", workflow, &text, &lines);
    let mut group = c.benchmark_group("entries");
    group.throughput(Throughput::Elements(ENTRIES));
    group.bench_function("read", |b| {
        b.iter(|| lines.iter().map(|line| CheckedLine::read(*line)).collect::<Vec<_>>());
    });
    group.bench_function("verified", |b| b.iter(|| verified(workflow, &lines)));
    for (name, format) in [("as XES", Format::Xes), ("as OCEL, one of two rounds", Format::Ocel)] {
        group.bench_function(name, |b| {
            b.iter(|| {
                let mut log = Writer::new(format, Contents::default(), &workflows);
                let mut out = String::new();
                log.begin(&mut out);
                let mut case = log.case("case").unwrap();
                for line in &lines {
                    case.line(line, &mut out).unwrap();
                }
                case.end(&mut out).unwrap();
                log.end(&mut out);
                out.len()
            });
        });
    }
    group.finish();
}

criterion_group! {
    name = costs;
    config = Criterion::default().sample_size(15).warm_up_time(Duration::from_millis(300)).measurement_time(Duration::from_secs(1));
    targets = keeping, reading
}
criterion_main!(costs);
