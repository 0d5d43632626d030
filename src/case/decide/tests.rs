//! What is decided against what is answered: in every state, with facts known and unknown, whoever asks.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::print_stdout)]

use std::collections::BTreeMap;
use std::path::Path;

use proptest::prelude::*;
use serde_json::{Value as Json, json};

use super::*;
use crate::case::event::Event;
use crate::case::starting_point::StartingPoint;
use crate::definition::model::StateKind;
use crate::definition::shape::{Kind, Shape};
use crate::table::StateId;
use crate::value::{Date, Number, Value};
use crate::workflow::Workflow;
use crate::workflow::chart::ROOT;

/// A tape of choices; 0 when it has run out.
struct Tape<'t>(std::slice::Iter<'t, u16>);

impl Tape<'_> {
    fn below(&mut self, bound: usize) -> usize {
        self.0.next().map_or(0, |roll| usize::from(*roll) % bound.max(1))
    }

    fn once_in(&mut self, times: usize) -> bool {
        self.below(times) == times - 1
    }

    fn pick<'p, T>(&mut self, from: &'p [T]) -> &'p T {
        &from[self.below(from.len())]
    }
}

/// By answer, how often it was given.
type Seen = BTreeMap<&'static str, usize>;

/// Every event, whoever asks: it is decided as it would be answered, where nothing but the event has a say.
fn compare(case: &Case, events: &[EventHandle], actors: &[Actor], seen: &mut Seen) {
    for event in events {
        for actor in actors.iter().map(Some).chain([None]) {
            let mut sent = Event::new(&*event.name);
            sent.actor = actor.cloned();
            let wanted = case.explain(&sent).outcome;
            let found = case.decide(event, actor).unwrap_or(Outcome::Error);
            // What follows may fail: an action, an `always`, what is raised.
            if wanted == Outcome::Error && found == Outcome::Moved {
                continue;
            }
            let states = case.states();
            assert_eq!(found, wanted, "{} in {states:?}, asked by {actor:?}", event.name);
            let answer = match found {
                Outcome::Moved => "moved",
                Outcome::Blocked => "blocked",
                Outcome::Error => "fails",
                _ => "not expected",
            };
            *seen.entry(answer).or_default() += 1;
        }
    }
}

/// A case placed where this state is active, with some of what else can be.
fn place(tape: &mut Tape, workflow: &Workflow, state: StateId) -> Option<Case> {
    let chart = &workflow.compiled().chart;
    let real = |id: &StateId| !chart.is_history(*id);
    let mut active = std::collections::BTreeSet::from([ROOT, state]);
    active.extend(chart.ancestors(state));
    let mut leaves = Vec::new();
    // Inner states have greater numbers.
    for id in chart.states.ids() {
        let row = chart.states.at(id);
        let children: Vec<StateId> = row.children.iter().copied().filter(real).collect();
        if !active.contains(&id) {
        } else if children.is_empty() {
            leaves.push(workflow.compiled().definition.states.at(id).name.value.clone());
        } else if row.kind == StateKind::Parallel {
            active.extend(children);
        } else if !children.iter().any(|child| active.contains(child)) {
            active.insert(*tape.pick(&children));
        }
    }
    let facts = know(tape, workflow);
    let place = StartingPoint { states: leaves, ..StartingPoint::default() };
    Case::placed(workflow, None, &facts, &place).ok()
}

fn value(tape: &mut Tape, shape: &Shape) -> Option<Value> {
    let number = i64::try_from(tape.below(14)).unwrap() - 1;
    Some(match &shape.kind {
        Kind::Boolean => Value::Boolean(number % 2 == 0),
        Kind::Integer => Value::Integer(number),
        Kind::Number if shape.maximum.is_some_and(|most| most <= Number::from(1)) => {
            Value::Number(format!("0.{}", number + 1).parse().unwrap())
        }
        Kind::Number => Value::Number(Number::from(number * 25_000)),
        Kind::Enum(texts) => Value::from(texts.get_index(tape.below(texts.len()))?.0.as_str()),
        Kind::Date => Value::Date(Date::new(2026, 1 + number.abs() % 12, 3)?),
        Kind::String | Kind::Any => Value::from("x"),
        _ => return None,
    })
}

/// Known and unknown facts, which nothing else needs to lead to.
fn know(tape: &mut Tape, workflow: &Workflow) -> BTreeMap<String, Value> {
    let facts = &workflow.compiled().definition.facts;
    let unknown = [0, 3, 12][tape.below(3)];
    let mut found = BTreeMap::new();
    for (_, fact) in facts.iter().filter(|(_, fact)| fact.value.is_none()) {
        let known = !(unknown > 0 && tape.below(12) < unknown);
        if let Some(value) = known.then(|| value(tape, &fact.shape)).flatten() {
            found.insert(fact.name.value.clone(), value);
        }
    }
    found
}

fn start(workflow: &Workflow) -> Option<Case> {
    Case::start(workflow, None, BTreeMap::new()).ok().map(|(case, _)| case)
}

/// Handles of all names that the file knows, and of some that only patterns hear.
fn handles(workflow: &Workflow) -> Vec<EventHandle> {
    let compiled = workflow.compiled();
    let declared = compiled.definition.events.iter().flat_map(|events| events.keys().cloned());
    let mut names: Vec<String> = declared.collect();
    let rows = compiled.chart.transitions.rows().iter();
    let listeners = rows.flat_map(|row| row.patterns.iter().chain(&row.revoke).cloned());
    names.extend(listeners.map(String::from));
    names.extend(["go.on.then", "stop.x", "any"].map(str::to_owned));
    names.sort();
    names.dedup();
    names.iter().filter_map(|name| workflow.event_handle(name)).collect()
}

/// Every state with some facts each, and what some events lead to.
fn walk(tape: &mut Tape, workflow: &Workflow, rounds: usize, seen: &mut Seen) {
    let Some(fresh) = start(workflow) else { return };
    let events = handles(workflow);
    let roles: Vec<String> = workflow.compiled().definition.roles.keys().cloned().collect();
    let mut actors = vec![Actor::new("nobody")];
    if !roles.is_empty() {
        actors.push(Actor::new("x").role(tape.pick(&roles)));
        actors.push(roles.iter().fold(Actor::new("y"), Actor::role));
    }
    let chart = &workflow.compiled().chart;
    for state in chart.states.ids().filter(|id| !chart.is_history(*id)) {
        for _ in 0..rounds {
            if let Some(case) = place(tape, workflow, state) {
                compare(&case, &events, &actors, seen);
            }
        }
    }
    let mut case = fresh;
    for _ in 0..rounds * 3 {
        if events.is_empty() {
            break;
        }
        let mut event = Event::new(&*tape.pick(&events).name);
        event.actor = Some(tape.pick(&actors).clone());
        case.fire(&event);
        compare(&case, &events, &actors, seen);
    }
}

#[test]
fn events_of_shipped_workflows_are_decided_as_they_are_answered() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("workflows");
    let mut seen = Seen::new();
    let mut paths: Vec<_> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    // Always the same rolls.
    let mut state = 7_u32;
    let mut roll = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        u16::try_from(state >> 16).unwrap()
    };
    for path in paths {
        let name = path.to_string_lossy().into_owned();
        if !name.ends_with(".json") || name.ends_with(".scenario.json") {
            continue;
        }
        // A variant needs its base: read by others.
        let Ok(workflow) = Workflow::from_json(&std::fs::read_to_string(&path).unwrap()) else {
            continue;
        };
        let rolls: Vec<u16> = (0..60_000).map(|_| roll()).collect();
        walk(&mut Tape(rolls.iter()), &workflow, 1, &mut seen);
    }
    for answer in ["moved", "blocked", "not expected"] {
        assert!(seen[answer] > 500, "{seen:?}");
    }
}

const GUARDS: &[&str] = &[
    "n >= 3",
    "n < 8",
    "f",
    "!f && g",
    "f || n == 2",
    "known(`g`) && g",
    "10 / n > 2",
    "active(`s1`)",
    "event.name == \"go\"",
    "count(`go`) > 0 || g",
    "n >= 1 && n <= 6 || f && g",
];

const PATTERNS: &[&str] = &["go", "go.on.*", "stop", "ask", "any", "*"];

fn transition(tape: &mut Tape, names: &[String]) -> Json {
    let mut made = json!({ "target": tape.pick(names) });
    if tape.below(4) > 0 {
        made["guard"] = json!(tape.pick(GUARDS));
    }
    let some = *tape.pick(&["a", "b"]);
    let needed = *tape.pick(&["f", "g", "enough"]);
    match tape.below(12) {
        0 => made["by"] = json!([some]),
        1 => made["not_by"] = json!(["go"]),
        2 => made["requires"] = json!([needed]),
        3 => {
            made["signed_by"] = json!(["a", "b"]);
            if tape.once_in(2) {
                made["revoke"] = json!("stop");
            }
        }
        _ => {}
    }
    made
}

/// States in one another, each with what listens there.
fn grow(
    tape: &mut Tape,
    depth: usize,
    may_end: bool,
    number: &mut usize,
    names: &[String],
) -> Json {
    let mut on = serde_json::Map::new();
    for _ in 0..tape.below(4) {
        let pattern = *tape.pick(PATTERNS);
        let first = transition(tape, names);
        let answer = if tape.once_in(3) {
            json!([first, transition(tape, names), transition(tape, names)])
        } else {
            first
        };
        on.insert(pattern.to_owned(), answer);
    }
    let mut made = json!({ "on": on });
    let children = if depth < 3 { tape.below(4) } else { 0 };
    if may_end && children == 0 && tape.once_in(5) {
        return json!({ "type": "final" });
    }
    let is_parallel = depth > 0 && tape.once_in(4);
    let mut states = serde_json::Map::new();
    for _ in 0..children.max(usize::from(depth == 0) * 3) {
        if *number >= names.len() {
            break;
        }
        let name = names[*number].clone();
        *number += 1;
        states.insert(name, grow(tape, depth + 1, !is_parallel, number, names));
    }
    if let Some(first) = states.keys().next().cloned() {
        if is_parallel {
            made["type"] = json!("parallel");
        } else {
            made["initial"] = json!(first);
        }
        made["states"] = states.into();
    }
    made
}

fn chart(tape: &mut Tape) -> String {
    let all: Vec<String> = (0..10).map(|number| format!("s{number}")).collect();
    let rest: Vec<u16> = tape.0.as_slice().to_vec();
    // Once to see how many states there are, then with targets among them.
    let mut count = 0;
    grow(&mut Tape(rest.iter()), 0, false, &mut count, &all);
    let mut made = grow(tape, 0, false, &mut 0, &all[..count.max(1)]);
    let facts = json!({ "n": { "type": "integer" }, "f": { "type": "boolean" }, "g": { "type": "boolean" } });
    let events = json!({ "go": {}, "stop": { "by": ["a"] }, "own": { "by": [] }, "ask": { "required": ["f"] }, "any": {} });
    made["id"] = json!("w");
    made["roles"] = json!({ "a": {}, "b": {} });
    made["facts"] = facts;
    made["factors"] = json!({ "enough": { "guard": "n > 4" } });
    made["events"] = events;
    made.to_string()
}

#[test]
fn events_of_random_charts_are_decided_as_they_are_answered() {
    let config = ProptestConfig { cases: 200, failure_persistence: None, ..Default::default() };
    let mut runner = proptest::test_runner::TestRunner::new_with_rng(
        config,
        proptest::test_runner::TestRng::from_seed(
            proptest::test_runner::RngAlgorithm::ChaCha,
            &[7; 32],
        ),
    );
    let seen = std::cell::RefCell::new((Seen::new(), 0));
    let tapes = prop::collection::vec(any::<u16>(), 100..600);
    runner
        .run(&tapes, |tape| {
            let tape = &mut Tape(tape.iter());
            let text = chart(tape);
            let (seen, read) = &mut *seen.borrow_mut();
            if let Ok(workflow) = Workflow::from_json(&text) {
                *read += 1;
                walk(tape, &workflow, 1, seen);
            }
            Ok(())
        })
        .unwrap();
    let (seen, read) = seen.into_inner();
    assert!(read > 100, "{read}");
    for answer in ["moved", "blocked", "not expected"] {
        assert!(seen[answer] > 1_000, "{seen:?}");
    }
    assert!(seen["fails"] > 0, "{seen:?}");
}
