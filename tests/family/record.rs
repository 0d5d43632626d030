//! What is kept of a whole: snapshots, journals, and both again.

use proptest::prelude::*;
use tresteg::journal::{Verifier, verify};
use tresteg::{Case, Decision, Event, Workflow};

use super::begin;
use super::oracle::{EVENTS, Tape, days, files, load};

/// The case out of its snapshot, by way of text.
pub fn kept(case: &Case) -> Case {
    let text = serde_json::to_string(&case.snapshot()).unwrap();
    let snapshot = serde_json::from_str(&text).unwrap();
    let found = Case::restore(case.workflow(), snapshot);
    found.unwrap_or_else(|error| panic!("{error:?}\n{text}"))
}

/// A random event at a random case, or time that passes.
pub fn call(case: &mut Case, tape: &mut Tape) -> impl Fn(&mut Case) -> Decision + use<> {
    let passes = tape.once_in(3).then(|| 1 + tape.below(3) as i64);
    let name = format!("e{}", tape.below(EVENTS));
    let mut addresses = case.addresses();
    addresses.push(String::new());
    let to = addresses.swap_remove(tape.below(addresses.len()));
    move |case| match passes {
        Some(length) => case.advance(days(length)),
        None => case.fire(&Event::new(name.clone()).to(&to)),
    }
}

/// Runs random wholes: `each` is asked after some calls and the last, with what has been written down so far.
pub fn random(cases: u32, seed: u8, each: impl Fn(&Workflow, &Case, &str, &mut Tape)) {
    let config = ProptestConfig {
        cases,
        failure_persistence: None,
        max_shrink_iters: 60,
        ..Default::default()
    };
    let rng = proptest::test_runner::TestRng::from_seed(
        proptest::test_runner::RngAlgorithm::ChaCha,
        &[seed; 32],
    );
    let mut runner = proptest::test_runner::TestRunner::new_with_rng(config, rng);
    let tapes = prop::collection::vec(any::<u16>(), 100..700);
    let run = |tape: Vec<u16>| {
        let tape = &mut Tape(tape.iter());
        let workflow = load(&files(tape), 0);
        let Ok((mut case, _)) = Case::start(&workflow, None, Default::default()) else {
            return Ok(());
        };
        let mut journal = String::new();
        let calls = 6 + tape.below(10);
        for number in 0..=calls {
            for entry in case.take_entries(&[7; 32]) {
                journal.push_str(&entry.line);
                journal.push('\n');
            }
            if number == calls || tape.once_in(6) {
                each(&workflow, &case, &journal, tape);
            }
            let call = call(&mut case, tape);
            call(&mut case);
        }
        Ok(())
    };
    runner.run(&tapes, run).unwrap();
}

#[test]
fn a_snapshot_of_a_whole_gives_the_same_answers() {
    let seen = std::cell::Cell::new(0);
    random(40, 31, |_, case, _, tape| {
        let mut twin = kept(case);
        assert_eq!(twin.snapshot(), case.snapshot());
        let mut case = case.clone();
        for _ in 0..4 {
            assert_eq!(twin, case);
            let call = call(&mut case, tape);
            // Out of a snapshot it goes on as if it had never been put away.
            assert_eq!(call(&mut case), call(&mut twin));
        }
        seen.set(seen.get() + case.addresses().len());
    });
    assert!(seen.get() > 100, "{}", seen.get());
}

#[test]
fn replay_of_a_whole_equals_the_original() {
    let seen = std::cell::Cell::new(0);
    random(40, 32, |workflow, case, journal, _| {
        let verified = verify(workflow, journal, Some(&case.head()));
        let verified = verified.unwrap_or_else(|found| panic!("{found}\n{journal}"));
        assert_eq!(verified.recomputed, verified.head.sequence);
        let mut verifier = Verifier::new(workflow);
        for line in journal.split_inclusive('\n') {
            verifier.line(line).unwrap();
        }
        let again = verifier.case().unwrap_or_else(|| panic!("{journal}"));
        // That time passed has no entry.
        let mut again = again;
        if again.time() < case.time() {
            again.advance(case.time());
        }
        if again != *case {
            let text = |case: &Case| serde_json::to_string_pretty(&case.snapshot()).unwrap();
            let (ours, theirs) = (text(&again), text(case));
            let apart = ours.lines().zip(theirs.lines()).filter(|(one, two)| one != two);
            let apart: Vec<_> = apart.take(20).collect();
            panic!("{apart:#?}");
        }
        seen.set(seen.get() + journal.lines().filter(|line| line.contains("\"case\":")).count());
    });
    assert!(seen.get() > 300, "{}", seen.get());
}

#[test]
fn entries_say_which_case() {
    let workflow = super::stories::round_workflow();
    let (mut case, _) = begin(&workflow, &[("list", super::texts(&["a", "b"]))]);
    case.fire(&Event::new("go"));
    case.fire(&Event::new("over").to("c/a"));
    case.fire(&Event::new("stop"));
    let entries = case.take_entries(&[7; 32]);
    let told: Vec<String> = entries
        .iter()
        .map(|entry| {
            let line: serde_json::Value = serde_json::from_str(&entry.line).unwrap();
            let said = |key: &str| line["entry"][key].as_str().unwrap_or("·").to_owned();
            [said("case"), said("kind"), said("event"), said("outcome")].join(" ")
        })
        .collect();
    assert_eq!(
        told,
        [
            "· start · started",
            "· event go moved",
            "c/a start · started",
            "c/a/d/1 start · started",
            "c/b start · started",
            "c/b/d/1 start · started",
            "c/a event over moved",
            "c/a/d/1 stopped · moved",
            "· sent heard moved",
            "· event stop moved",
            "c/b/d/1 stopped · moved",
            "c/b stopped · moved",
        ]
    );
}
