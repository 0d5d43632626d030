//! Compiled rules against the evaluator: random typed expressions and scripts over facts of every kind, on rows with values
//! at every edge. Where the compiled rule is sure, the evaluator must agree; where it is not, the evaluator is asked anyway.
//! The same rows are asked in columns.
//!
//! `TRESTEG_EVALUATIONS=n` runs about so many evaluations instead of the ordinary number; `TRESTEG_SEED=n` others.

#![allow(clippy::print_stdout)]

mod edges;
mod rare;
mod world;
mod writer;

use std::io::{IsTerminal as _, Write as _};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use super::*;
use world::{DECLARED, Size, Type, declared, workflow};
use writer::Writer;

/// Small, quick and the same everywhere (Steele, Lea, Flood: SplitMix64).
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.roll() % bound as u64).unwrap()
    }

    fn pick<'t, T>(&mut self, from: &'t [T]) -> &'t T {
        &from[self.below(from.len())]
    }

    fn once_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }
}

/// What happened, in all.
#[derive(Debug, Default)]
struct Seen {
    rules: usize,
    unloadable: usize,
    uncompiled: usize,
    evaluations: usize,
    /// The compiled rule was not sure, and the evaluator gave an answer.
    fell_back: usize,
    faults: usize,
    unknown: usize,
    yes: usize,
    /// Decided by the quick form.
    at_once: usize,
    /// Rules of small workflows.
    small: usize,
    /// Decided by columns.
    columns: usize,
    reasons: BTreeMap<&'static str, usize>,
}

#[test]
fn compiled_rules_agree_with_the_evaluator() {
    let number = |name: &str| std::env::var(name).ok().and_then(|n| n.parse::<u64>().ok());
    let wanted = number("TRESTEG_EVALUATIONS").unwrap_or(1_000_000) as usize;
    let seed = number("TRESTEG_SEED").unwrap_or(4);
    // A workflow costs as much as a thousand evaluations: for many of them, each is asked more often.
    let rows = if wanted > 5_000_000 { 2_000 } else { 400 };
    let started = std::time::Instant::now();
    let (next, all) = (AtomicU64::new(0), Mutex::new(Seen::default()));
    let done = || all.lock().unwrap().evaluations;
    let work = || {
        while done() < wanted {
            // Workflows have dice of their own, so that it does not matter who comes to which.
            let number = next.fetch_add(1, Ordering::Relaxed);
            let mut dice = Dice(seed.wrapping_mul(0x2545_f491_4f6c_dd1d).wrapping_add(number));
            let mut seen = Seen::default();
            rules(&mut dice, rows, &mut seen);
            all.lock().unwrap().add(&seen);
        }
    };
    std::thread::scope(|scope| {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let workers: Vec<_> = (0..cores).map(|_| scope.spawn(work)).collect();
        let mut told = started;
        while !workers.iter().all(|worker| worker.is_finished()) {
            std::thread::sleep(std::time::Duration::from_millis(20));
            if told.elapsed().as_secs() >= 3 && std::io::stderr().is_terminal() {
                told = std::time::Instant::now();
                let rate = done() as f64 / started.elapsed().as_secs_f64();
                let line = format!("\r{} of {wanted} evaluations, {rate:.0} a second ", done());
                // Past the capture of the test harness.
                let _: std::io::Result<()> = std::io::stderr().write_all(line.as_bytes());
            }
        }
    });
    let seen = all.into_inner().unwrap();
    let share = |part: usize| 100.0 * part as f64 / seen.evaluations as f64;
    println!("{seen:#?}");
    // Past the capture of the test harness, too.
    let _ = writeln!(
        std::io::stderr(),
        "{} evaluations, no difference; {:.0} a second; fell back {:.2} %, faults {:.2} %, at once {:.2} %",
        seen.evaluations,
        seen.evaluations as f64 / started.elapsed().as_secs_f64(),
        share(seen.fell_back),
        share(seen.faults),
        share(seen.at_once),
    );
    assert!(seen.uncompiled * 5 < seen.rules, "{seen:#?}");
    assert!(seen.yes * 50 > seen.evaluations && seen.unknown * 50 > seen.evaluations, "{seen:#?}");
    assert!(seen.at_once * 20 > seen.evaluations && seen.small * 10 > seen.rules, "{seen:#?}");
}

/// A workflow with drawn guards, for the laws of others.
pub(crate) fn drawn(seed: u64) -> Drawn {
    let mut dice = Dice(seed.wrapping_mul(0x2545_f491_4f6c_dd1d).wrapping_add(77));
    let size = if dice.once_in(3) { Size::Small } else { Size::Plain };
    let mut guards = Vec::new();
    for number in 0..6 {
        let depth = 1 + dice.below(4);
        let mut writer = Writer { dice: &mut dice, locals: Vec::new(), named: 0 };
        guards.push(match size == Size::Small || number < 2 {
            true => writer.simple(size),
            false => writer.expression(Type::Bool, depth),
        });
    }
    let good = |guard: &String| {
        let text = workflow(std::slice::from_ref(guard), &[], size);
        !load(&text, &Limits::default()).2.has_errors()
    };
    let guards: Vec<String> = guards.into_iter().filter(good).collect();
    let facts = declared(size).map(|(name, .., values)| (*name, *values)).collect();
    Drawn { text: workflow(&guards, &[], size), guards, facts }
}

/// Random guards and derived facts, on many rows.
fn rules(dice: &mut Dice, rows: usize, seen: &mut Seen) {
    let mut guards = Vec::new();
    let mut values = Vec::new();
    let size = *dice.pick(&[Size::Small, Size::Plain, Size::Plain, Size::Wide]);
    for number in 0..9 {
        let depth = 1 + dice.below(4);
        let mut writer = Writer { dice: &mut *dice, locals: Vec::new(), named: 0 };
        if size == Size::Small || number < 3 {
            guards.push(writer.simple(size));
        } else if number < 6 {
            guards.push(writer.expression(Type::Bool, depth));
        } else {
            let (declared, kind) = *writer.dice.pick(DECLARED);
            values.push((declared, writer.expression(kind, depth.min(3))));
        }
    }
    compare(&guards, &values, size, rows, dice, seen);
}

/// Guards and derived facts of one workflow, on many rows.
fn compare(
    guards: &[String],
    values: &[(&str, String)],
    size: Size,
    rows: usize,
    dice: &mut Dice,
    seen: &mut Seen,
) {
    let text = workflow(guards, values, size);
    let (Some(def), rules, report) = load(&text, &Limits::default()) else { panic!() };
    if report.has_errors() {
        seen.unloadable += 1;
        return;
    }
    seen.rules += guards.len() + values.len();
    for text in guards.iter().chain(values.iter().map(|(_, text)| text)) {
        assert!(crate::rule::canonical::tests::reads_back(text), "{text}");
    }
    seen.small += if size == Size::Small { guards.len() + values.len() } else { 0 };
    for no in rules.uncompiled.values() {
        seen.uncompiled += 1;
        *seen.reasons.entry(no.reason).or_default() += 1;
    }
    let derived: Vec<(FactId, &(&str, String))> = values
        .iter()
        .enumerate()
        .map(|(number, value)| (rules.fact_named(&format!("found{number}")).unwrap(), value))
        .collect();
    let ids: Vec<(FactId, Vec<Option<Value>>)> = declared(size)
        .map(|(name, .., values)| {
            let id = rules.fact_named(name).unwrap();
            let shape = &def.facts.at(id).shape;
            let admitted =
                values.iter().filter_map(|json| shape.admit(value(json), &def.zone).ok());
            let mut all: Vec<Option<Value>> = admitted.map(Some).collect();
            assert!(!all.is_empty());
            all.push(None);
            (id, all)
        })
        .collect();
    let mut facts = rules.facts_at_first();
    let now = DateTime::parse("2026-09-01T12:00:00+02:00", &def.zone).unwrap();
    let occurrence =
        Occurrence { count: 2, last: now, who: [Arc::from("eva")].into_iter().collect() };
    let past = CaseHistory {
        events: [("go".into(), occurrence)].into_iter().collect(),
        entered: [(StateId(1), now)].into_iter().collect(),
    };
    let data = [(Arc::from("n"), Value::Integer(2))].into_iter().collect();
    let event = Current { name: "go".into(), actor: Some("eva".into()), at: now, data };
    for (id, values) in &ids {
        facts.set(*id, dice.pick(values).clone());
    }
    let mut columns = Columns::new(&rules, 3);
    let mut answers: Vec<Answers> = Vec::new();
    for turn in 0..rows {
        // Most of a row stays: the differences are at the edges.
        for _ in 0..3 {
            let (id, values) = dice.pick(&ids);
            let unknown = values.len() - 1;
            let place = dice.below(values.len());
            let place =
                if place == unknown && !dice.once_in(3) { dice.below(unknown) } else { place };
            facts.set(*id, values[place].clone());
        }
        let event = (turn % 3 > 0).then_some(&event);
        let active: &[StateId] =
            if turn % 2 == 0 { &[StateId(0), StateId(1)] } else { &[StateId(0)] };
        let context = Context {
            facts: &facts,
            past: &past,
            active,
            now,
            event,
            family: None,
            supposed: false,
            observer: None,
            meter: None,
        };
        let place = |rule: &str| {
            let known = declared(size).map(|(name, ..)| {
                let value = facts.get(rules.fact_named(name).unwrap()).map(|value| value.to_json());
                format!("{name} = {}", value.as_deref().unwrap_or("unknown"))
            });
            format!("{rule}\n{}", known.collect::<Vec<_>>().join("\n"))
        };
        columns.push(&rules, &facts, active, now);
        let mut answer = Answers { guards: Vec::new(), values: Vec::new() };
        for (program, text) in rules.guards.values().zip(guards) {
            let Some(code) = &program.code else { continue };
            let compiled = code.decide(&rules, &context);
            let at_once = code.checks().and_then(|checks| checks.decide(facts.words().as_slice()));
            seen.at_once += usize::from(at_once.is_some());
            let reference = Evaluator::new(&rules, context).decide(program);
            seen.count(
                compiled.is_some(),
                reference.as_ref().ok().map(|truth| *truth != Truth::Unknown),
            );
            seen.yes += usize::from(reference == Ok(Truth::True));
            if let Some(truth) = &compiled {
                assert_eq!(Ok(truth), reference.as_ref(), "{}", place(text));
            }
            answer.guards.push(reference);
        }
        for (id, (declared, text)) in &derived {
            let Some(code) = &rules.facts.at(*id).code else { continue };
            let compiled = code.value(&rules, &context);
            let reference = settle(Evaluator::new(&rules, context).fact(*id, Extent::default()));
            seen.count(compiled.is_some(), reference.as_ref().ok().map(Option::is_some));
            if let Some(value) = compiled {
                // Times that are equal may be written with different offsets.
                let written = |value: &Option<Value>| value.as_ref().map(Value::to_json);
                let (one, two) = (Ok(written(&value)), reference.as_ref().map(written));
                assert_eq!(one, two, "{}", place(&format!("{declared} {text}")));
                assert_eq!(
                    Ok(value),
                    reference.clone(),
                    "{}",
                    place(&format!("{declared} {text}"))
                );
            }
            answer.values.push(reference);
        }
        answers.push(answer);
    }
    let codes = rules.guards.values().zip(guards);
    let codes = codes.filter_map(|(guard, text)| Some((guard.code.as_ref()?, text)));
    for (number, (code, text)) in codes.enumerate() {
        for block in 0..columns.blocks() {
            let mut spent = vec![0; BLOCK];
            let found = Block::new(&rules, &columns, block, &mut spent).decide(code);
            let there = columns.there(block);
            for row in bits::ones(&bits::minus(there, &found.unsure)) {
                let truth = match (bits::get(&found.known, row), bits::get(&found.truth, row)) {
                    (true, true) => Truth::True,
                    (true, false) => Truth::False,
                    (false, _) => Truth::Unknown,
                };
                let reference = &answers[block * BLOCK + row].guards[number];
                seen.columns += 1;
                assert_eq!(Ok(&truth), reference.as_ref(), "in columns, {text}");
            }
        }
    }
    let derived = derived.iter().filter(|(id, _)| rules.facts.at(*id).code.is_some());
    for (number, (id, (declared, text))) in derived.enumerate() {
        let code = rules.code(RuleId::Fact(*id)).unwrap();
        let Some(kind) = code.kind() else { continue };
        for block in 0..columns.blocks() {
            let mut spent = vec![0; BLOCK];
            let (found, unsure) =
                Block::new(&rules, &columns, block, &mut spent).words(code).unwrap();
            let there = columns.there(block);
            for row in bits::ones(&bits::minus(there, &unsure)) {
                let known = bits::get(&found.known, row);
                let value = known.then(|| kind.value(found.words.0[row], &rules.zone).unwrap());
                let reference = &answers[block * BLOCK + row].values[number];
                seen.columns += 1;
                assert_eq!(Ok(&value), reference.as_ref(), "in columns, {declared} {text}");
            }
        }
    }
}

/// What the evaluator says of a row: of guards, and of derived facts.
struct Answers {
    guards: Vec<Result<Truth, Fault>>,
    values: Vec<Result<Option<Value>, Fault>>,
}

impl Seen {
    fn add(&mut self, other: &Self) {
        self.rules += other.rules;
        self.unloadable += other.unloadable;
        self.uncompiled += other.uncompiled;
        self.evaluations += other.evaluations;
        self.fell_back += other.fell_back;
        self.faults += other.faults;
        self.unknown += other.unknown;
        self.yes += other.yes;
        self.at_once += other.at_once;
        self.small += other.small;
        self.columns += other.columns;
        for (reason, count) in &other.reasons {
            *self.reasons.entry(reason).or_default() += count;
        }
    }

    /// One evaluation: whether the compiled rule was sure; whether the evaluator has an answer, and knows it.
    fn count(&mut self, sure: bool, answer: Option<bool>) {
        self.evaluations += 1;
        self.faults += usize::from(answer.is_none());
        self.unknown += usize::from(answer == Some(false));
        self.fell_back += usize::from(!sure && answer.is_some());
    }
}

/// Each test that is written out by itself, so that none waits for chance.
#[test]
fn what_is_written_out_agrees_with_the_evaluator() {
    let written = world::CHECKS.iter().chain(edges::CHECKS).chain(edges::SCRIPTS);
    let all: Vec<String> = written.map(|script| (*script).to_owned()).collect();
    let mut seen = Seen::default();
    for (number, guards) in (0..).zip(all.chunks(9)) {
        compare(guards, &[], Size::Plain, 150, &mut Dice(number), &mut seen);
    }
    assert_eq!(seen.unloadable, 0, "{seen:#?}");
    assert!(seen.rules > 500 && seen.columns > 10_000, "{seen:#?}");
}
