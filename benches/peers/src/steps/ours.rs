//! The library: what an event would do, and the event itself.

use std::collections::BTreeMap;
use std::hint::black_box;

use tresteg::case::EventHandle;
use tresteg::{Case, Event, Number, Outcome, Value, Workflow};

use super::{MACHINE, Round};
use crate::Nanoseconds;

fn start() -> Case {
    let workflow = Workflow::from_json(MACHINE).unwrap_or_else(|report| panic!("{report}"));
    let number = |text: &str| text.parse::<Number>().map(Value::from);
    let facts = BTreeMap::from([
        ("meetings".to_owned(), Value::from(4)),
        ("trust".to_owned(), number("0.75").expect("a number")),
        ("risk".to_owned(), Value::from("low")),
        ("budget_sek".to_owned(), number("60000").expect("a number")),
        ("conflict_open".to_owned(), Value::from(false)),
    ]);
    Case::start(&workflow, None, facts).expect("facts of the machine").0
}

fn events(round: &Round) -> Vec<Event> {
    round.events.iter().map(Event::new).collect()
}

/// A case in the state in which each event comes is asked whether it would move. A handle is found once for each name.
pub fn decide(round: &Round) -> Nanoseconds {
    let mut by_state: BTreeMap<String, Case> = BTreeMap::new();
    let mut case = start();
    for event in &events(round) {
        by_state.insert(case.states()[0].to_owned(), case.clone());
        case.fire(event);
    }
    let handle = |name: &String| case.workflow().event_handle(name).expect("an event");
    let handles: BTreeMap<&String, EventHandle> =
        round.events.iter().map(|name| (name, handle(name))).collect();
    let pairs = round.before().zip(&round.events);
    let asked: Vec<(&Case, &EventHandle)> =
        pairs.map(|(state, event)| (&by_state[state], &handles[event])).collect();
    for ((case, event), state) in asked.iter().zip(round.states()) {
        let moved = case.decide(event, None) == Ok(Outcome::Moved);
        assert_eq!(moved, case.states()[0] != state);
    }
    round.measure(|| {
        for &(case, event) in &asked {
            let decided = black_box(case).decide(black_box(event), None);
            black_box(matches!(decided, Ok(Outcome::Moved)));
        }
    })
}

/// Entries wait in the case until they are taken: each round begins with a copy of a fresh one.
pub fn fire(round: &Round) -> Nanoseconds {
    let events = events(round);
    let fresh = start();
    let mut case = fresh.clone();
    for (event, state) in events.iter().zip(round.states()) {
        case.fire(event);
        assert_eq!(case.states(), [state]);
    }
    round.measure(|| {
        let mut case = fresh.clone();
        for event in &events {
            black_box(black_box(&mut case).fire(black_box(event)));
        }
    })
}
