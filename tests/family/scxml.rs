//! What the tests of W3C's SCXML Implementation Report ask of `invoke` and of sending between sessions, by their numbers: told
//! in this format where it has the thing that is tested, else with the departure that leaves it out. The charts are written
//! anew; only what they ask is the suite's.

use tresteg::case::StepOutcome;
use tresteg::{Case, Event, Outcome};

use super::{Files, begin, event, texts, told};

/// What is left out, and by which departure (the guide's chapter on the format, "What differs from SCXML").
const LEFT_OUT: &[(&[u16], &str)] = &[
    (
        &[215, 216],
        "`typeexpr`, `srcexpr`: the workflow of a child is a file that is checked beforehand",
    ),
    (&[220], "`type`: there is one kind of child"),
    (&[223, 224], "`idlocation`: an `invoke` has an `id` that is written out"),
    (&[229, 230], "`autoforward`: what children are to know is sent"),
    (&[233, 234], "`finalize`: what a child brings is read where its event is answered"),
    (
        &[240, 241, 242, 243, 244, 276, 530],
        "`namelist`, `content`, `src` with expressions: `facts` are expressions of the parent, typed",
    ),
    (&[253], "I/O processors: sessions are not reached by addresses of their own"),
    (&[298, 343, 488], "`donedata`: the parent sees `returns`"),
    (
        &[338],
        "`invokeid` of an event: `done.invoke.ID` bears it, other events say in their data from whom they are",
    ),
    (&[354], "names of processors in `send`"),
    (&[187, 207], "delayed sends to another session: what is sent to another case is sent at once"),
    (&[554], "a failed `invoke` undoes the step, and is no event: told in `child-start`"),
];

fn play(parent: &str, child: &str) -> (Case, tresteg::Decision) {
    let files = [("parent.json", parent), ("child.json", child)];
    let workflow = Files(&files).load().unwrap_or_else(|report| panic!("{report}"));
    begin(&workflow, &[])
}

/// A parent that listens in `run`, while which it has one child `c`.
fn parent(on: &str) -> String {
    format!(
        r#"{{ "id": "parent", "initial": "run", "states": {{
            "run": {{ "invoke": {{ "id": "c", "workflow": "child.json" }}, "on": {{ {on} }} }},
            "pass": {{ "type": "final" }}, "fail": {{ "type": "final" }} }} }}"#
    )
}

fn passes(number: u16, parent: &str, child: &str) {
    let (case, decision) = play(parent, child);
    assert_eq!(case.states(), ["pass"], "{number}: {:#?}", told(&decision));
}

/// 191: a child sends to its parent. 226: it is started at all.
#[test]
fn a_child_reaches_its_parent() {
    let child =
        r#"{ "id": "child", "states": { "s": { "entry": "send_parent(`child_to_parent`)" } } }"#;
    for number in [191, 226] {
        passes(number, &parent(r#""child_to_parent": "pass", "*": "fail""#), child);
    }
}

/// 192, 347: the parent answers by the `id` of the invoke, and the child again.
#[test]
fn parent_and_child_talk_both_ways() {
    let child = r#"{ "id": "child", "initial": "s", "states": {
        "s": { "entry": "send_parent(`hello`)", "on": { "back": "over" } }, "over": { "type": "final" } } }"#;
    let on = r#""hello": { "actions": "send_one(`c`, `1`, `back`)" }, "done.invoke.c": "pass", "*": "fail""#;
    passes(192, &parent(on), child);
    passes(347, &parent(on), child);
}

/// 225: every child has an identity of its own. 228, 235: `done.invoke.ID` says whose end it is. 247: it comes when a child ends.
#[test]
fn the_end_of_a_child_is_an_event_with_its_id() {
    let child = r#"{ "id": "child", "initial": "s", "states": { "s": { "type": "final" } } }"#;
    for number in [228, 235, 247] {
        passes(number, &parent(r#""done.invoke.c": "pass", "*": "fail""#), child);
    }
    let two = r#"{ "id": "parent", "initial": "run", "facts": { "list": { "type": "array", "items": { "type": "string" }, "default": ["a", "b"] } },
        "states": { "run": { "invoke": { "id": "c", "workflow": "child.json", "each": "list" } } } }"#;
    let (case, _) = play(two, child);
    assert_eq!(case.addresses(), ["c/a", "c/b"], "225");
}

/// 232: all that a child sends before it ends is heard. 236: its end comes behind that, what its `exit` sends too.
#[test]
fn what_a_child_sends_comes_before_its_end() {
    let child = r#"{ "id": "child", "initial": "s", "states": {
        "s": { "entry": "send_parent(`first`); send_parent(`second`)", "exit": "send_parent(`third`)", "always": "over" },
        "over": { "type": "final" } } }"#;
    let chain = r#"{ "id": "parent", "initial": "run", "states": {
        "run": { "invoke": { "id": "c", "workflow": "child.json" }, "initial": "zero", "on": { "*": "fail" }, "states": {
            "zero": { "on": { "first": "one" } }, "one": { "on": { "second": "two" } },
            "two": { "on": { "third": "three" } }, "three": { "on": { "done.invoke.c": "pass" } } } },
        "pass": { "type": "final" }, "fail": { "type": "final" } } }"#;
    passes(232, chain, child);
    passes(236, chain, child);
}

/// 237: a child that is stopped has no end of its own. 252: nothing that it would send is heard after it was stopped.
#[test]
fn a_child_that_is_stopped_is_silent() {
    let child = r#"{ "id": "child", "states": { "s": { "exit": "send_parent(`last_words`)" } } }"#;
    let parent = r#"{ "id": "parent", "initial": "run", "states": {
        "run": { "invoke": { "id": "c", "workflow": "child.json" }, "on": { "leave": "after" } },
        "after": { "on": { "done.invoke.c": "fail", "last_words": "fail" } }, "fail": { "type": "final" } } }"#;
    let (mut case, _) = play(parent, child);
    assert_eq!(case.fire(&event("leave")).outcome, Outcome::Moved);
    case.advance("1971-01-01T00:00:00Z".parse::<tresteg::DateTime>().unwrap());
    assert_eq!(case.states(), ["after"], "237, 252");
}

/// 250: the `exit` of a child that is stopped runs.
#[test]
fn a_child_that_is_stopped_leaves_its_states() {
    let child = r#"{ "id": "child", "initial": "s", "states": { "s": { "exit": "emit(`outer`)", "initial": "t", "states": { "t": { "exit": "emit(`inner`)" } } } } }"#;
    let (mut case, _) = play(&parent(r#""leave": "pass""#), child);
    let decision = case.fire(&event("leave"));
    let emitted: Vec<_> = decision.emitted().map(|message| message.name.as_str()).collect();
    assert_eq!(emitted, ["inner", "outer"], "250");
}

/// 239: a child is a file. 245: what is not given is unknown there.
#[test]
fn what_a_child_is_not_given_it_does_not_know() {
    let child = r#"{ "id": "child", "initial": "s", "facts": { "given": { "type": "integer" }, "other": { "type": "integer" } },
        "states": { "s": { "always": [{ "target": "right", "guard": "given == 2 && !known(`other`)" }] }, "right": { "entry": "send_parent(`right`)" } } }"#;
    let parent = r#"{ "id": "parent", "initial": "run", "facts": { "two": { "type": "integer", "default": 2 }, "nothing": { "type": "integer" } }, "states": {
        "run": { "invoke": { "id": "c", "workflow": "child.json", "facts": { "given": "two", "other": "nothing" } }, "on": { "right": "pass" } },
        "pass": { "type": "final" } } }"#;
    for number in [239, 245] {
        passes(number, parent, child);
    }
}

/// 422: only states in which a step comes to rest start children, not those that it passes through.
#[test]
fn states_that_are_passed_through_start_nobody() {
    let child = r#"{ "id": "child", "states": { "s": { "entry": "send_parent(`begun`)" } } }"#;
    let parent = r#"{ "id": "parent", "initial": "through", "facts": { "n": { "type": "integer", "default": 0 } }, "states": {
        "through": { "invoke": { "id": "a", "workflow": "child.json" }, "always": "rest" },
        "rest": { "invoke": [{ "id": "b", "workflow": "child.json" }, { "id": "d", "workflow": "child.json" }], "on": { "begun": { "actions": "n += 1" } } } } }"#;
    let (case, _) = play(parent, child);
    assert_eq!(case.addresses(), ["b/1", "d/1"], "422");
    assert_eq!(case.fact("n"), Some(2.into()), "422");
}

/// 496, 521: an event for a session that there is not reaches nobody; here that is told.
#[test]
fn an_event_for_nobody_is_told() {
    let child = r#"{ "id": "child", "initial": "s", "states": { "s": { "on": { "go": {} } } } }"#;
    let (mut case, _) =
        play(&parent(r#""call": { "actions": "send_one(`c`, `2`, `go`)" }"#), child);
    let decision = case.fire(&Event::new("call"));
    let step = &decision.steps[0];
    assert_eq!((step.case.as_deref(), step.outcome), (Some("c/2"), StepOutcome::NotExpected));
    let _ = texts(&[]);
}

/// Every test of the suite that is about `invoke` is either here or left out with a reason, and none is both.
#[test]
fn every_test_has_a_place() {
    let here =
        [191, 192, 225, 226, 228, 232, 235, 236, 237, 239, 245, 247, 250, 252, 347, 422, 496, 521];
    let mut all: Vec<u16> = here.to_vec();
    all.extend(LEFT_OUT.iter().flat_map(|(numbers, _)| *numbers));
    let count = all.len();
    all.sort_unstable();
    all.dedup();
    assert_eq!(all.len(), count);
    assert!(LEFT_OUT.iter().all(|(_, why)| !why.is_empty()));
}
