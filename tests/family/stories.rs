//! Leaving, ending, entering again, growing, nesting, failing.

use super::{Files, begin, event, states, texts, told};
use tresteg::{Case, Event, Outcome, Value};

const ROUNDS: Files<'_> = Files(&[
    (
        "whole.json",
        r#"{ "id": "whole", "initial": "idle",
        "facts": { "list": { "type": "array", "items": { "type": "string" }, "default": [] } },
        "events": { "go": {}, "stop": {}, "end": {}, "add": { "data": { "key": { "type": "string" } } }, "tell": {}, "heard": { "by": [] } },
        "states": {
          "idle": { "on": { "go": "round" } },
          "round": { "exit": "emit(`leaving`)",
            "invoke": { "id": "c", "workflow": "part.json", "each": "list" },
            "on": { "stop": "idle", "end": "over", "add": { "actions": "list.push(event.data.key)" },
                    "tell": { "actions": "send_one(`c`, `x`, `ping`); send_one(`c`, `a`, `ping`)" }, "heard": {} } },
          "over": { "type": "final" } } }"#,
    ),
    (
        "part.json",
        r#"{ "id": "part", "initial": "wait", "exit": "emit(`gone`); send_parent(`heard`)",
        "invoke": { "id": "d", "workflow": "deep.json" },
        "events": { "ping": { "by": [] }, "over": {} },
        "states": { "wait": { "on": { "over": "over", "ping": { "actions": "emit(`pong`)" } } }, "over": { "type": "final" } } }"#,
    ),
    (
        "deep.json",
        r#"{ "id": "deep", "exit": "emit(`deep`)", "states": { "a": { "on": { "go": {} } } } }"#,
    ),
]);

pub fn round_workflow() -> tresteg::Workflow {
    ROUNDS.load().unwrap_or_else(|report| panic!("{report}"))
}

fn round() -> Case {
    let workflow = round_workflow();
    let (mut case, begun) = begin(&workflow, &[("list", texts(&["a", "b"]))]);
    assert!(told(&begun).is_empty());
    let answer = case.fire(&event("go"));
    assert_eq!(
        told(&answer),
        ["c/a starts wait", "c/a/d/1 starts a", "c/b starts wait", "c/b/d/1 starts a"]
    );
    case
}

#[test]
fn leaving_stops_the_innermost_first_and_the_last_started_first() {
    let mut case = round();
    let answer = case.fire(&event("stop"));
    assert_eq!(answer.emitted().next().unwrap().name, "leaving");
    assert_eq!(
        told(&answer),
        ["c/b/d/1 stops !deep", "c/b stops !gone", "c/a/d/1 stops !deep", "c/a stops !gone"]
    );
    // They stay readable, and answer nothing.
    assert_eq!(states(&case, "c/a"), ["wait"]);
    assert_eq!(case.fire(&event("over").to("c/a")).outcome, Outcome::NotExpected);
    // Entered again, there are new ones.
    assert_eq!(told(&case.fire(&event("go"))).len(), 4);
    assert_eq!(case.fire(&event("over").to("c/a")).outcome, Outcome::Moved);
}

#[test]
fn the_end_of_a_case_stops_its_children() {
    let mut case = round();
    let ended = case.fire(&event("over").to("c/a"));
    assert_eq!(told(&ended), ["c/a/d/1 stops !deep", "· heard"]);
    let answer = case.fire(&event("end"));
    assert_eq!(told(&answer), ["c/b/d/1 stops !deep", "c/b stops !gone"]);
    assert!(case.is_ended());
    assert!(case.next_deadline().is_none());
}

#[test]
fn a_list_that_grows_starts_more_and_a_key_twice_undoes_the_step() {
    let mut case = round();
    let add = |key: &str| event("add").data("key", key);
    assert_eq!(told(&case.fire(&add("c"))), ["c/c starts wait", "c/c/d/1 starts a"]);
    let before = case.clone();
    for (key, why) in
        [("c", "stands twice"), ("", "is empty"), ("x/y", "has a `/`"), (" q", "white space")]
    {
        let answer = case.fire(&add(key));
        assert_eq!(answer.outcome, Outcome::Error, "{key}");
        assert!(answer.problems[0].message.contains(why), "{}", answer.problems[0].message);
        assert_eq!(case.addresses(), before.addresses());
        assert_eq!(case.fact("list"), before.fact("list"));
    }
}

#[test]
fn a_child_that_there_is_not_does_not_expect_anything() {
    let mut case = round();
    assert_eq!(told(&case.fire(&event("tell"))), ["c/x ping NotExpected", "c/a ping !pong"]);
}

#[test]
fn a_child_that_cannot_start_undoes_the_step_and_is_named() {
    let files = Files(&[
        (
            "whole.json",
            r#"{ "id": "whole", "facts": { "list": { "type": "array", "items": { "type": "integer" }, "default": [] } },
            "events": { "add": { "sets": ["list"] } }, "on": { "add": {} },
            "invoke": { "id": "c", "workflow": "part.json", "each": "list", "facts": { "half": "10 / item", "size": "item" } },
            "states": { "s": {} } }"#,
        ),
        (
            "part.json",
            r#"{ "id": "part", "facts": { "half": { "type": "number" }, "size": { "type": "integer", "maximum": 9 } },
            "factors": { "f": { "guard": "half > 1 && size > 0" } }, "entry": "if size == 7 { half = 1 / (size - 7) }", "states": { "s": {} } }"#,
        ),
    ]);
    let workflow = files.load().unwrap_or_else(|report| panic!("{report}"));
    let (mut case, _) = begin(&workflow, &[]);
    let list =
        |items: &[i64]| -> Value { items.iter().map(|item| Value::Integer(*item)).collect() };
    for (bad, named) in [(0, "`c/0`"), (10, "`c/10`"), (7, "`c/7`")] {
        let answer = case.fire(&Event::new("add").fact("list", list(&[1, 2, bad])));
        assert_eq!(answer.outcome, Outcome::Error);
        assert!(answer.problems[0].message.contains(named), "{:?}", answer.problems);
        assert!(case.addresses().is_empty());
    }
    case.fire(&Event::new("add").fact("list", list(&[4, 5])));
    assert_eq!(case.addresses(), ["c/4", "c/5"]);
    assert_eq!(case.at("c/4").unwrap().fact("half"), Some(Value::Number("2.5".parse().unwrap())));
}
