//! What one call may use as a whole: steps, operations over all its scripts, bytes of what it makes and says. Whoever hits a
//! bound is told which, and the case stands as before. The work is counted, never timed.

use std::collections::BTreeMap;

use tresteg::case::{Availability, Condition, TermStatus};
use tresteg::coverage::Coverage;
use tresteg::lab::{MutantStatus, suggest};
use tresteg::scenario::Suite;
use tresteg::{Case, Decision, Event, Language, Limits, Outcome, Workflow};

fn workflow(text: &str, limits: &Limits) -> Workflow {
    let mut none = |name: &str| Err(format!("no file {name}"));
    Workflow::load("w.json", text, &mut none, limits).unwrap_or_else(|found| panic!("{found}"))
}

/// A twentieth of what is allowed, so that even a slow build comes to the bound soon.
fn few() -> Limits {
    let all = Limits::default();
    Limits { call_operations: all.call_operations / 20, ..all }
}

fn start(text: &str, limits: &Limits) -> Case {
    let at = Some("2026-01-01T00:00:00Z".parse().unwrap());
    Case::start(&workflow(text, limits), at, BTreeMap::new()).unwrap().0
}

fn length(text: &str) -> tresteg::Duration {
    text.parse().unwrap()
}

fn stored(case: &Case) -> String {
    serde_json::to_string(&case.snapshot()).unwrap()
}

/// The call is refused as a whole by this bound, and the case is as it was.
fn refused(case: &mut Case, code: &str, call: impl Fn(&mut Case) -> Decision) -> String {
    let before = (case.clone(), stored(case));
    let decision = call(case);
    assert_eq!(decision.outcome, Outcome::Error, "{code}");
    let [problem] = decision.problems.as_slice() else { panic!("{:#?}", decision.problems) };
    assert_eq!(problem.code, code, "{problem}");
    assert!(decision.steps.is_empty());
    assert_eq!((case.clone(), stored(case)), before);
    problem.to_string()
}

/// Events that wait for ever, each answered by the next.
const QUEUE: &str = r#"{ "id": "w", "events": { "e": {}, "f": { "by": [] } }, "states": { "a": { "on": {
    "e": { "actions": "for i in 1..9999 { send(`f`, hours(i)); }" }, "f": { "actions": "send(`f`, days(300))" } } } } }"#;

#[test]
fn a_long_queue_does_not_fill_the_memory() {
    let mut case = start(QUEUE, &few());
    assert!(case.fire(&Event::new("e")).is_moved());
    case.take_entries(&[7; 32]);
    let mut said = String::new();
    let used = allocation_counter::measure(|| {
        said = refused(&mut case, "limit-call-operations", |case| case.advance(length("P10Y")));
    });
    assert!(said.contains("it came to 2026-01-") && said.contains("smaller jumps"), "{said}");
    assert!(used.bytes_max < 64 << 20, "{used:?}");
    // The same by an event that comes late, and in smaller jumps it goes.
    let late = Event::new("e").at("2036-01-01T00:00:00Z".parse().unwrap());
    refused(&mut case, "limit-call-operations", |case| case.fire(&late));
    refused(&mut case, "limit-call-operations", |case| case.explain(&late));
    assert_eq!(case.advance(length("PT20H")).steps.len(), 20);
}

#[test]
fn a_daily_term_of_forty_years_needs_little_for_a_step() {
    let daily = r#"{ "id": "w", "facts": { "day": { "format": "date", "default": "2026-01-01" }, "n": { "type": "integer", "default": 0 },
            "due": { "format": "date", "value": "day + days(0)" } },
        "states": { "a": { "at": { "due": { "guard": "n >= 0", "actions": "day = today; n += 1" } } } } }"#;
    let again = r#"{ "id": "w", "states": { "a": { "after": { "P1D": "a" } } } }"#;
    for (text, untaken_entries) in [(daily, 10_000), (daily, 0), (again, 10_000)] {
        let mut case = start(text, &Limits { untaken_entries, ..Limits::default() });
        let mut steps = 0;
        let used = allocation_counter::measure(|| {
            let decision = case.advance(length("P40Y"));
            steps = decision.steps.len() as u64;
        });
        assert!(steps > 14_000, "{steps}");
        println!(
            "{} bytes a step at most, {} after reading the answer",
            used.bytes_max / steps,
            used.bytes_current / steps as i64
        );
        let mut case = start(text, &Limits { untaken_entries, ..Limits::default() });
        let held = allocation_counter::measure(|| {
            std::mem::forget(case.advance(length("P40Y")));
        });
        println!("{} bytes a step", held.bytes_max / steps);
        assert!(held.bytes_max < steps * 1_000, "{held:?} of {steps} steps");
    }
}

#[test]
fn messages_are_counted_as_they_are_written() {
    let text = r#"{ "id": "w", "states": { "a": { "on": { "e": { "actions":
        "let x = `a`; for i in 0..19 { x += x } for i in 0..9000 { emit(`m`, #{x: x}) }" },
        "f": { "actions": "let x = `a`; for i in 0..19 { x += x } for i in 0..20 { emit(`m`, #{x: x}) }" } } } } }"#;
    let mut case = start(text, &Limits::default());
    refused(&mut case, "limit-call-bytes", |case| case.fire(&Event::new("e")));
    assert!(case.fire(&Event::new("f")).is_moved());
}

#[test]
fn what_is_kept_in_facts_and_events_is_counted_as_it_is_written() {
    let text = |script: &str| {
        format!(
            r#"{{ "id": "w", "facts": {{ "l": {{ "type": "array", "default": [] }} }}, "events": {{ "go": {{}}, "f": {{ "data": {{ "x": {{ "type": "string" }} }} }} }},
            "states": {{ "a": {{ "on": {{ "go": {{ "actions": "let x = `a`; for i in 0..19 {{ x += x }} {script}" }}, "f": {{}} }} }} }} }}"#
        )
    };
    for script in [
        "for i in 0..40 { l.push(x) }",
        "for i in 0..40 { send(`f`, days(1), #{ x: x }) }",
        "for i in 0..40 { raise(`f`, #{ x: x }) }",
    ] {
        let mut case = start(&text(script), &Limits::default());
        refused(&mut case, "limit-call-bytes", |case| case.fire(&Event::new("go")));
    }
}

/// Due steps with long loops: (d). `LOOP` takes some 30 operations a turn.
#[test]
fn many_steps_of_long_loops_are_one_call() {
    let text = r#"{ "id": "w", "facts": { "n": { "type": "integer", "default": 0 } },
        "states": { "a": { "after": { "P1D": { "target": "a", "actions": "n = 0; for i in 0..8000 { n += 1 }" } } } } }"#;
    let mut case = start(text, &few());
    let said = refused(&mut case, "limit-call-operations", |case| case.advance(length("P10Y")));
    assert!(said.contains("it came to 2026-01-"), "{said}");
    assert_eq!(case.advance(length("P2D")).steps.len(), 2);
}

/// Microsteps chained by events: (e).
#[test]
fn many_microsteps_are_one_call() {
    let text = r#"{ "id": "w", "facts": { "n": { "type": "integer", "default": 0 }, "m": { "type": "integer", "default": 0 } },
        "events": { "go": {}, "next": { "by": [] } }, "initial": "a", "states": {
        "a": { "on": { "go": { "target": "b", "actions": "n = 0" }, "next": { "target": "b", "actions": "n = 0" } } },
        "b": { "always": [ { "guard": "n < 900", "target": "b", "actions": "n += 1; for i in 0..8000 { m += 1 }; m = 0" },
            { "target": "a", "actions": "send(`next`)" } ] } } }"#;
    let mut case = start(text, &few());
    refused(&mut case, "limit-call-operations", |case| case.fire(&Event::new("go")));
    refused(&mut case, "limit-call-operations", |case| case.explain(&Event::new("go")));
}

/// Guards that loop, with the evaluator and compiled: (f).
fn looping(guards: usize, guard: &str) -> String {
    let guards: Vec<String> = (0..guards).map(|_| format!(r#"{{ "guard": "{guard}" }}"#)).collect();
    format!(
        r#"{{ "id": "w", "facts": {{ "n": {{ "type": "integer", "default": 0 }}, "l": {{ "type": "array", "items": {{ "type": "integer" }}, "default": [{}] }} }},
            "events": {{ "go": {{}} }}, "states": {{ "a": {{ "on": {{ "go": [{}] }} }} }} }}"#,
        vec!["1"; 2000].join(","),
        guards.join(",")
    )
}

#[test]
fn guards_that_loop_are_one_call_however_they_are_asked() {
    for guard in [
        "let m = n; for i in 0..9000 { m += i }; m < 0",
        "let m = n; for i in 0..2000 { m += i }; m < 0",
        "l.filter(|i| i > n).len() < n",
        "l.map(|i| i * 2 + n).sum() < n",
    ] {
        let limits = Limits { call_operations: 200_000, ..Limits::default() };
        let text = looping(400, guard);
        let mut case = start(&text, &limits);
        refused(&mut case, "limit-call-operations", |case| case.fire(&Event::new("go")));
        refused(&mut case, "limit-call-operations", |case| case.explain(&Event::new("go")));
        let handle = case.workflow().event_handle("go").unwrap();
        let error = case.decide(&handle, None).unwrap_err();
        assert_eq!(error.problems()[0].code, "limit-call-operations", "{guard}");
        let options = case.options(None);
        let Availability::Fails { problems } = &options[0].standing else { panic!("{options:?}") };
        assert_eq!(problems[0].code, "limit-call-operations");
        // A few of them are no matter.
        let mut case = start(&looping(3, guard), &limits);
        assert_eq!(case.fire(&Event::new("go")).outcome, Outcome::Blocked, "{guard}");
    }
}

#[test]
fn overdue_terms_are_one_call() {
    let guards: Vec<String> = (0..100)
        .map(|n| format!(r#""PT{}S": {{ "guard": "let m = n; for i in 0..2000 {{ m += i }}; m < 0", "target": "a" }}"#, n + 1))
        .collect();
    let text = format!(
        r#"{{ "id": "w", "facts": {{ "n": {{ "type": "integer", "default": 0 }} }}, "states": {{ "a": {{ "after": {{ {} }} }} }} }}"#,
        guards.join(",")
    );
    let mut case = start(&text, &Limits::default());
    assert_eq!(case.advance(length("PT1H")).outcome, Outcome::Advanced);
    let few = Limits { call_operations: 200_000, ..Limits::default() };
    let case = Case::restore(&workflow(&text, &few), case.snapshot()).unwrap();
    let terms = case.terms();
    assert_eq!(terms.len(), 100);
    let told = terms.iter().filter(|term| matches!(term.standing, TermStatus::Overdue { .. }));
    let told = told.count();
    assert!((1..99).contains(&told), "{told}");
    let over = terms.iter().filter(|term| match &term.standing {
        TermStatus::Failed { problem } => problem.contains("limit-call-operations"),
        _ => false,
    });
    assert_eq!(told + over.count(), 100);
}

/// Factors of facts: (g).
fn factors(count: usize, facts: usize) -> String {
    let declared: Vec<String> = (0..facts)
        .map(|n| format!(r#""f{n}": {{ "type": "boolean", "default": false }}"#))
        .collect();
    let named: Vec<String> = (0..facts).map(|n| format!(r#""f{n}""#)).collect();
    let named = named.join(",");
    let all: Vec<String> =
        (0..count).map(|n| format!(r#""g{n}": {{ "of": [{named}], "at_least": 1 }}"#)).collect();
    let required: Vec<String> = (0..count).map(|n| format!(r#""g{n}""#)).collect();
    format!(
        r#"{{ "id": "w", "facts": {{ {} }}, "factors": {{ {} }},
            "states": {{ "a": {{ "on": {{ "go": {{ "requires": [{}] }} }} }} }} }}"#,
        declared.join(","),
        all.join(","),
        required.join(",")
    )
}

/// How many transitions, factors and parts an answer leaves out.
fn cut(decision: &Decision) -> usize {
    let grounds = decision.reasons.iter().flat_map(|reason| &reason.grounds);
    grounds
        .map(|ground| match ground {
            Condition::Cut { more } => *more,
            Condition::Factor { factor } => factor.cut,
            _ => 0,
        })
        .sum()
}

#[test]
fn an_answer_is_bounded_and_says_what_it_leaves_out() {
    let bytes = 30_000;
    let limits = Limits { answer_bytes: bytes, ..Limits::default() };
    let text = factors(60, 60);
    let mut case = start(&text, &limits);
    let decision = case.fire(&Event::new("go"));
    assert_eq!(decision.outcome, Outcome::Blocked);
    let written = serde_json::to_string(&decision).unwrap();
    assert!(written.len() < 2 * bytes, "{}", written.len());
    assert!(cut(&decision) > 30);
    let said = case.workflow().describe(&decision, tresteg::Language::English);
    assert!(said.contains("no room here"), "{said}");
    // Whole where there is room, and nothing is said to be left out.
    let mut whole = start(&factors(5, 5), &limits);
    assert_eq!(cut(&whole.fire(&Event::new("go"))), 0);
    // The entry says the same, and can be proven.
    let lines: Vec<String> =
        case.take_entries(&[7; 32]).into_iter().map(|entry| entry.line).collect();
    assert!(lines[1].contains("\"cut\":"), "{}", lines[1]);
    tresteg::journal::verify(case.workflow(), &(lines.join("\n") + "\n"), None).unwrap();
    // So is the list of all factors.
    let limits = Limits { call_bytes: bytes, ..Limits::default() };
    let case = start(&text, &limits);
    let found = case.factors();
    assert_eq!(found.len(), 60);
    assert!(found[59].cut > 30 && found[59].verdict == tresteg::Truth::False, "{:?}", found[59]);
}

#[test]
fn reasons_of_many_transitions_are_bounded() {
    let guards: Vec<String> = (0..500).map(|n| format!(r#"{{ "guard": "n > {n}" }}"#)).collect();
    let text = format!(
        r#"{{ "id": "w", "facts": {{ "n": {{ "type": "integer", "default": 0 }} }},
            "states": {{ "a": {{ "on": {{ "go": [{}] }} }} }} }}"#,
        guards.join(",")
    );
    let limits = Limits { answer_bytes: 20_000, ..Limits::default() };
    let mut case = start(&text, &limits);
    let decision = case.fire(&Event::new("go"));
    assert_eq!(decision.reasons.len() - 1 + cut(&decision), 500);
    assert!(decision.reasons.len() < 100, "{}", decision.reasons.len());
    let whole = start(&text, &Limits::default()).fire(&Event::new("go"));
    assert_eq!((whole.reasons.len(), cut(&whole)), (500, 0));
}

/// Scripts that take long to explain are not explained for ever: what is cut is said to be.
#[test]
fn words_have_a_budget_of_their_own() {
    let text = looping(40, "let m = n; for i in 0..2000 { m += i }; m < 0");
    let limits = Limits { operations: 20_000, call_operations: 1_000_000, ..Limits::default() };
    let decision = start(&text, &limits).fire(&Event::new("go"));
    assert_eq!(decision.outcome, Outcome::Blocked);
    assert!((1..40).contains(&cut(&decision)), "{}", cut(&decision));
    // What is said is true: nothing is called unknown for want of operations.
    assert!(decision.reasons.iter().all(|reason| reason.unknown.is_empty()));
}

/// A journal of calls within the budget is proven entry by entry, each within the same budget.
#[test]
fn what_a_call_could_do_can_be_proven() {
    let text = r#"{ "id": "w", "facts": { "n": { "type": "integer", "default": 0 } },
        "states": { "a": { "after": { "P1D": { "target": "a", "actions": "n = 0; for i in 0..800 { n += 1 }" } } } } }"#;
    let mut case = start(text, &few());
    let mut lines: Vec<String> = Vec::new();
    for _ in 0..6 {
        assert_eq!(case.advance(length("P20D")).steps.len(), 20);
        lines.extend(case.take_entries(&[7; 32]).into_iter().map(|entry| entry.line));
    }
    assert_eq!(lines.len(), 121);
    tresteg::journal::verify(case.workflow(), &(lines.join("\n") + "\n"), None).unwrap();
}

#[test]
fn entries_that_wait_are_bounded_in_bytes() {
    let text = r#"{ "id": "w", "states": { "a": { "on": { "e": { "actions":
        "let x = `a`; for i in 0..10 { x += x } for i in 0..10 { emit(`m`, #{x: x}) }" } } } } }"#;
    let limits = Limits { untaken_bytes: 100_000, ..Limits::default() };
    let mut case = start(text, &limits);
    let mut count = 0;
    while case.fire(&Event::new("e")).is_moved() {
        count += 1;
    }
    assert!((5..12).contains(&count), "{count}");
    refused(&mut case, "limit-untaken-bytes", |case| case.fire(&Event::new("e")));
    case.take_entries(&[7; 32]);
    assert!(case.fire(&Event::new("e")).is_moved());
}

/// An event may bring any number of roles: they are told in no more bytes than an answer has, and compared in no more
/// operations than a call has.
#[test]
fn roles_of_an_actor_are_counted() {
    let take = r#"{ "by": ["x"] }"#;
    let takes = vec![take; 500].join(", ");
    let text = format!(
        r#"{{ "id": "w", "roles": {{ "x": {{}} }}, "events": {{ "go": {{}} }}, "states": {{ "a": {{ "on": {{ "go": [{takes}] }} }} }} }}"#
    );
    let mut case = start(&text, &Limits::default());
    let roles = |count: usize| {
        let actor = tresteg::Actor::new("eva");
        let actor = (0..count).fold(actor, |actor, index| actor.role(format!("r{index}")));
        Event::new("go").by(actor)
    };
    let decision = case.fire(&roles(1_000));
    assert_eq!(decision.outcome, Outcome::Blocked);
    let told = serde_json::to_string(&decision).unwrap();
    assert!(told.len() < 2 * 1024 * 1024, "{}", told.len());
    assert!(told.contains(r#""cut""#));
    let limits = Limits { call_operations: 100_000, ..Default::default() };
    let mut case = start(&text, &limits);
    let decision = case.fire(&roles(10_000));
    assert_eq!(decision.outcome, Outcome::Error);
}

/// A flat workflow: each state answers five events, each with a guard over two facts.
fn many(states: usize) -> String {
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
        r#"{{ "id": "many", "facts": {{ "ready": {{ "type": "boolean", "default": true }},
        "level": {{ "type": "integer", "default": 2 }} }}, "initial": "s0", "states": {{ {} }} }}"#,
        all.join(", ")
    )
}

#[test]
fn a_transition_holds_so_much() {
    let held = |states: usize| {
        let text = many(states);
        let mut kept = Vec::new();
        let loaded = allocation_counter::measure(|| kept.push(workflow(&text, &Limits::default())));
        loaded.bytes_current
    };
    // What a workflow holds anyway does not count.
    let each = (held(1_200) - held(200)) / 5_000;
    println!("{each} bytes for each transition, with its share of a state");
    assert!(each <= 1_750, "{each}");
}

/// Each step alone has room; a hundred together have the budget of one call, and more steps more.
#[test]
fn the_steps_of_a_scenario_share_one_budget() {
    let limits = few();
    let text = r#"{ "id": "w", "facts": { "n": { "type": "integer", "default": 0 } }, "events": { "go": {} }, "states": { "a": {
        "on": { "go": { "actions": "n = 0; for i in 0..9000 { n += 1 }" } } } } }"#;
    let modest = text.replace("9000", "80");
    let run_of = |text: &str, steps: usize, step: &str| {
        let steps = vec![step; steps].join(", ");
        let text_of = format!(r#"{{ "workflow": "w.json", "steps": [{steps}] }}"#);
        let mut find = |_: &str| Ok(workflow(text, &limits));
        let suite = Suite::load_on("w.scenario.json", &text_of, &mut find, &limits);
        let suite = suite.unwrap_or_else(|found| panic!("{found}"));
        let scenario = &suite.scenarios()[0];
        let mut coverage = Coverage::new(scenario.workflow());
        let failure = scenario.run();
        assert_eq!(scenario.run_covering(&mut coverage).is_none(), failure.is_none());
        assert_eq!(scenario.passes_on(scenario.workflow()), failure.is_none());
        failure
    };
    let run = |steps: usize, step: &str| run_of(text, steps, step);
    // A long one whose steps are modest is no attack.
    assert_eq!(run_of(&modest, 500, r#"{ "event": "go", "expect": { "answer": "moved" } }"#), None);
    for step in [r#"{ "event": "go" }"#, r#"{ "event": "go", "expect": { "answer": "moved" } }"#] {
        assert_eq!(run(4, step), None);
        let failure = run(200, step).expect("a budget");
        assert!((5..40).contains(&failure.step), "{failure:#?}");
        assert_eq!(failure.problems[0].code, "limit-call-operations");
        assert!(failure.problems[0].to_string().contains("`from`"), "{failure:#?}");
    }
}

/// What to do fits what was counted.
#[test]
fn the_hint_is_of_what_was_too_much() {
    let hint = |decision: &Decision| decision.problems[0].hint.clone().unwrap_or_default();
    let mut looping = start(
        r#"{ "id": "w", "facts": { "n": { "type": "integer", "default": 0 } }, "states": { "a": { "on": { "go": [
            { "guard": "let m = n; for i in 0..9000 { m += i }; m < 0" }, { "guard": "let m = n; for i in 0..9001 { m += i }; m < 0" }
        ] } } } }"#,
        &Limits { call_operations: 20_000, ..Limits::default() },
    );
    let said = hint(&looping.fire(&Event::new("go")));
    assert!(said.contains("loop less") && !said.contains("jumps"), "{said}");
    let by = vec![r#"{ "target": "a", "by": ["x"] }"#; 200].join(", ");
    let text = format!(
        r#"{{ "id": "w", "roles": {{ "x": {{}} }}, "events": {{ "go": {{}} }}, "states": {{ "a": {{ "on": {{ "go": [{by}] }} }} }} }}"#
    );
    let mut asked = start(&text, &Limits { call_operations: 20_000, ..Limits::default() });
    let roles = (0..4_000).map(|number| format!("r{number}"));
    let actor = roles.fold(tresteg::Actor::new("eva"), |actor, role| actor.role(role));
    let mut event = Event::new("go");
    event.actor = Some(actor);
    let said = hint(&asked.fire(&event));
    assert!(said.contains("fewer roles"), "{said}");
}

/// Another rule worked out is a good deal more than another operation.
#[test]
fn chains_of_derived_facts_cost_what_they_take() {
    let links: String = (1..2_000)
        .map(|number| {
            format!(r#", "f{number}": {{ "type": "integer", "value": "f{} + 1" }}"#, number - 1)
        })
        .collect();
    let text = format!(
        r#"{{ "id": "w", "facts": {{ "f0": {{ "type": "integer", "default": 0 }}{links} }},
            "states": {{ "a": {{ "on": {{ "go": {{ "guard": "f1999 > 5" }} }} }} }} }}"#
    );
    let limits = |call_operations| Limits { call_operations, ..Limits::default() };
    assert!(start(&text, &limits(40_000)).fire(&Event::new("go")).is_moved());
    refused(&mut start(&text, &limits(17_000)), "limit-call-operations", |case| {
        case.fire(&Event::new("go"))
    });
}

/// A search for scenarios is bounded as a whole, whatever its rules loop.
#[test]
fn suggestions_are_searched_for_within_a_budget() {
    let text = r#"{ "id": "w", "facts": { "n": { "type": "integer", "default": 0 } }, "events": { "go": { "sets": ["n"] } },
        "states": { "a": { "on": { "go": { "guard": "let m = n; for i in 0..9000 { m += i }; m < 0" } } } } }"#;
    let limits = Limits { call_operations: 50_000, ..Limits::default() };
    let found = suggest(&Coverage::new(&workflow(text, &limits)), &[], "w.json", Language::English);
    assert!(found.unreached.iter().all(|goal| !goal.is_impossible), "{:#?}", found.unreached);
    let bounded = |goal: &tresteg::lab::UnreachedGoal| goal.reason.contains("bound");
    assert!(found.unreached.iter().any(bounded), "{:#?}", found.unreached);
}

/// A script may have a slip at every few bytes: none holds the whole script.
#[test]
fn mutants_share_the_script_that_they_are_in() {
    let text = format!(
        r#"{{ "id": "w", "facts": {{ "n": {{ "type": "integer", "default": 0 }} }},
            "states": {{ "a": {{ "on": {{ "go": {{ "actions": "{}" }} }} }} }} }}"#,
        "n += 1;".repeat(2_000)
    );
    let workflow = workflow(&text, &Limits::default());
    let mut mutants = Vec::new();
    let used = allocation_counter::measure(|| mutants = workflow.mutants());
    assert!(mutants.len() >= 2_000, "{}", mutants.len());
    assert!(used.bytes_max < 24 << 20, "{used:?}");
    let MutantStatus::Workflow(changed) = mutants[0].workflow(&workflow) else {
        panic!("{}", mutants[0])
    };
    assert_ne!(changed.fingerprint(), workflow.fingerprint());
}

/// The check sum of a snapshot is made without a copy of it.
#[test]
fn a_hostile_snapshot_takes_little_besides_itself() {
    let case = start(QUEUE, &Limits::default());
    let mut json = serde_json::to_value(case.snapshot()).unwrap();
    json["states"] = vec!["x"; 100_000].into();
    let snapshot: tresteg::case::Snapshot = serde_json::from_value(json).unwrap();
    let used = allocation_counter::measure(|| {
        assert!(Case::restore(case.workflow(), snapshot).is_err());
    });
    assert!(used.bytes_max < 2 << 20, "{used:?}");
}
