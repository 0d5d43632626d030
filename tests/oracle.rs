//! The engine against a naive reading of SCXML's appendix D, on random small charts.
//!
//! Compared after every event: the answer, the states left, entered and active, the messages in their order, every fact.

pub mod chart;
pub mod generate;
pub mod json;
pub mod naive;

use proptest::prelude::*;
use proptest::test_runner::TestCaseError;
use tresteg::{Case, Decision, Event, Limits, Outcome, Workflow};

use crate::dice::{Dice, check};
use chart::{Chart, FACTS};
use generate::EVENTS;
use naive::{Answer, Naive};

/// Small, so that charts that run in circles cost little; both sides count alike.
const MICROSTEPS: usize = 40;

#[test]
fn the_engine_steps_as_the_algorithm_says() {
    let seen = std::cell::RefCell::new(Seen::default());
    check(2_500, 500, |dice| run(dice, &mut seen.borrow_mut()));
    let seen = seen.into_inner();
    println!("{seen:?}");
    // The charts must reach what they are there to test.
    let enough = [
        seen.moved,
        seen.blocked,
        seen.undecided,
        seen.not_expected,
        seen.undone,
        seen.ended,
        seen.beside_undecided,
        seen.wide,
    ];
    assert!(enough.iter().all(|count| *count >= 20), "{seen:?}");
}

/// How often the interesting things happened.
#[derive(Debug, Default)]
struct Seen {
    moved: usize,
    blocked: usize,
    /// Blocked for want of knowledge.
    undecided: usize,
    not_expected: usize,
    /// A script failed, or the step ran in circles.
    undone: usize,
    ended: usize,
    /// Moved while another region was undecided.
    beside_undecided: usize,
    /// Several leaves at once.
    wide: usize,
    no_start: usize,
}

fn run(dice: &mut Dice, seen: &mut Seen) -> Result<(), TestCaseError> {
    let chart = generate::chart(dice);
    let text = chart.to_json();
    let limits = Limits { microsteps: MICROSTEPS, ..Limits::default() };
    let mut none = |name: &str| Err(format!("no file {name}"));
    let workflow = match Workflow::load("chart.json", &text, &mut none, &limits) {
        Ok(workflow) => workflow,
        Err(report) => {
            return Err(TestCaseError::fail(format!("{text}\ndoes not load:\n{report}")));
        }
    };
    let naive = Naive::start(&chart, MICROSTEPS);
    let started = Case::start(&workflow, None, Default::default());
    let (mut naive, (mut case, start)) = match (naive, started) {
        (Some(naive), Ok(started)) => (naive, started),
        (None, Err(_)) => {
            seen.no_start += 1;
            return Ok(());
        }
        (naive, started) => {
            let message = format!("{text}\nstart: the oracle {naive:?}\nthe engine {started:?}");
            return Err(TestCaseError::fail(message));
        }
    };
    let mut story = vec!["start".to_owned()];
    compare(&text, &story, &naive, &case, &start, &chart)?;
    for _ in 0..12 {
        let name = *dice.pick(&EVENTS);
        let mut event = Event::new(name);
        let mut facts = Vec::new();
        if chart.declared {
            for fact in 0..FACTS.len() {
                if dice.once_in(3) {
                    facts.push((fact, dice.once_in(2)));
                }
            }
        }
        for (fact, value) in &facts {
            event = event.fact(FACTS[*fact], *value);
        }
        story.push(format!("{name} {facts:?}"));
        let answer = naive.fire(name, &facts);
        let decision = case.fire(&event);
        match &answer {
            Answer::Moved(undecided) => {
                seen.moved += 1;
                seen.beside_undecided += usize::from(*undecided);
            }
            Answer::Blocked(undecided) => {
                seen.blocked += 1;
                seen.undecided += usize::from(*undecided);
            }
            Answer::NotExpected => seen.not_expected += 1,
            Answer::Error => seen.undone += 1,
        }
        let context = || {
            format!(
                "{text}\n{story:#?}\nthe oracle {answer:?} {:?}\nthe engine {decision:#?}",
                naive.trace
            )
        };
        let (outcome, undecided) = match answer {
            Answer::Moved(undecided) => (Outcome::Moved, undecided),
            Answer::Blocked(undecided) => (Outcome::Blocked, undecided),
            Answer::NotExpected => (Outcome::NotExpected, false),
            Answer::Error => (Outcome::Error, false),
        };
        prop_assert_eq!(decision.outcome, outcome, "{}", context());
        let waits = decision.reasons.iter().any(|reason| !reason.unknown.is_empty());
        prop_assert_eq!(waits, undecided, "what is unknown is named exactly then: {}", context());
        if decision.outcome == Outcome::Blocked {
            prop_assert!(!decision.reasons.is_empty(), "{}", context());
        }
        if decision.outcome != Outcome::Error {
            compare(&text, &story, &naive, &case, &decision, &chart)?;
        }
        seen.wide += usize::from(case.states().len() > 1);
    }
    seen.ended += usize::from(naive.ended);
    Ok(())
}

fn compare(
    text: &str,
    story: &[String],
    naive: &Naive,
    case: &Case,
    decision: &Decision,
    chart: &Chart,
) -> Result<(), TestCaseError> {
    let context =
        || format!("{text}\n{story:#?}\nthe oracle {:#?}\nthe engine {decision:#?}", naive.trace);
    let effects = &decision.effects;
    prop_assert_eq!(case.states(), naive.leaves(), "active: {}", context());
    prop_assert_eq!(&effects.left, &naive.trace.left, "left: {}", context());
    prop_assert_eq!(&effects.entered, &naive.trace.entered, "entered: {}", context());
    let taken: Vec<&String> = effects.taken.iter().map(|way| &way.from).collect();
    prop_assert_eq!(taken, naive.trace.taken.iter().collect::<Vec<_>>(), "taken: {}", context());
    let emitted: Vec<&str> = decision.emitted().map(|message| message.name.as_str()).collect();
    prop_assert_eq!(
        emitted,
        naive.trace.emitted.iter().map(String::as_str).collect::<Vec<_>>(),
        "emitted: {}",
        context()
    );
    prop_assert_eq!(case.is_ended(), naive.ended, "ended: {}", context());
    prop_assert_eq!(case.fact("n"), Some(naive.n.into()), "n: {}", context());
    for (fact, value) in FACTS.iter().zip(&naive.facts) {
        prop_assert_eq!(
            case.fact(fact).and_then(|value| value.as_bool()),
            *value,
            "{}: {}",
            fact,
            context()
        );
    }
    for state in chart.states.iter().skip(1) {
        let name = state.name.as_str();
        prop_assert_eq!(
            case.is_in(name),
            naive.configuration.iter().any(|one| one == name),
            "{}: {}",
            name,
            context()
        );
    }
    Ok(())
}
