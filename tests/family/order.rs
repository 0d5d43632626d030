//! Whose turn it is.

use super::{Files, begin, event, states, texts, told};
use tresteg::{Outcome, Value};

const PAIR: Files<'_> = Files(&[
    (
        "whole.json",
        r#"{ "id": "whole", "facts": { "list": { "type": "array", "items": { "type": "string" }, "default": [] } },
        "events": { "tell": {}, "poke": { "sets": [] }, "answer": { "data": { "from": { "type": "string" } } } },
        "invoke": { "id": "c", "workflow": "part.json", "each": "list", "facts": { "name": "item" }, "returns": ["told"] },
        "initial": "run",
        "states": {
          "run": { "on": { "tell": { "actions": "send_all(`c`, `hear`, #{ told: 1 }); send(`poke`)" },
                           "poke": { "actions": "emit(`poked`)" },
                           "answer": { "actions": "emit(`answered`, #{ by: event.data.from })" },
                           "done.invoke.c": { "actions": "emit(`done`, #{ key: event.data.key, told: event.data.told ?? 0 })" } },
                   "always": { "target": "full", "guard": "children(`c`).len() > 0 && children(`c`).all(|c| (c.told ?? 0) > 0)" } },
          "full": { "on": { "poke": { "actions": "emit(`late`)" }, "answer": { "actions": "emit(`late_answer`)" } } } } }"#,
    ),
    (
        "part.json",
        r#"{ "id": "part", "facts": { "name": { "type": "string" }, "told": { "type": "integer" } },
        "events": { "hear": { "by": [], "sets": ["told"] }, "end": {} },
        "initial": "wait",
        "states": { "wait": { "on": { "hear": { "target": "heard", "actions": "send_parent(`answer`, #{ from: name })" }, "end": "over" } },
                    "heard": { "on": { "end": { "target": "over" } } }, "over": { "type": "final" } } }"#,
    ),
]);

#[test]
fn a_list_starts_children_in_its_order_and_an_event_to_one_moves_it_alone() {
    let workflow = PAIR.load().unwrap_or_else(|report| panic!("{report}"));
    let (mut case, begun) = begin(&workflow, &[("list", texts(&["b", "a"]))]);
    assert_eq!(told(&begun), ["c/b starts wait", "c/a starts wait"]);
    assert_eq!(case.addresses(), ["c/b", "c/a"]);
    assert_eq!(case.at("c/a").unwrap().fact("name"), Some(Value::from("a")));
    let answer = case.fire(&event("end").to("c/a"));
    assert_eq!(answer.outcome, Outcome::Moved);
    assert_eq!(answer.effects.entered, ["over"]);
    assert_eq!(told(&answer), ["· done.invoke.c !done"]);
    assert_eq!(
        (states(&case, "c/a"), states(&case, "c/b")),
        (vec!["over".into()], vec!["wait".into()])
    );
    assert_eq!(case.fire(&event("end").to("c/a")).outcome, Outcome::NotExpected);
    for (address, near) in [("c/x", "no child"), ("d/a", "no child cases"), ("c", "which of")] {
        let answer = case.fire(&event("end").to(address));
        assert_eq!(answer.outcome, Outcome::Error, "{address}");
        assert!(answer.problems[0].message.contains(near), "{}", answer.problems[0].message);
    }
}

#[test]
fn the_queue_is_one_and_what_children_say_comes_behind_what_was_sent_before() {
    let workflow = PAIR.load().unwrap_or_else(|report| panic!("{report}"));
    let (mut case, _) = begin(&workflow, &[("list", texts(&["a", "b"]))]);
    let answer = case.fire(&event("tell"));
    // To all is one place in the queue; what the first of them answers stands behind what was sent with it. The parent looks
    // at each child that moves, and is full before the queue goes on.
    assert_eq!(
        told(&answer),
        [
            "c/a hear heard",
            "c/b hear heard",
            "· looks full",
            "· poke !late",
            "· answer !late_answer",
            "· answer !late_answer",
        ]
    );
    assert_eq!(case.states(), ["full"]);
    assert_eq!(case.at("c/a").unwrap().fact("told"), Some(Value::Integer(1)));
}

const TERMS: Files<'_> = Files(&[
    (
        "whole.json",
        r#"{ "id": "whole", "initial": "run",
        "invoke": { "id": "c", "workflow": "part.json", "each": "list" },
        "facts": { "list": { "type": "array", "items": { "type": "string" }, "default": ["a", "b"] } },
        "states": { "run": { "after": { "P1D": { "actions": "emit(`whole`)" },
            "P2D": { "target": "end", "guard": "children(`c`).some(|c| `late` in c.states)" } } }, "end": {} } }"#,
    ),
    (
        "part.json",
        r#"{ "id": "part", "initial": "wait", "events": { "tick": { "by": [] } },
        "states": { "wait": { "on": { "tick": { "actions": "emit(`tick`)" } }, "after": { "P1D": { "actions": "send(`tick`)" }, "P3D": "late" } }, "late": {} } }"#,
    ),
]);

#[test]
fn at_one_instant_children_come_before_their_parent_and_a_term_waits_for_what_children_do() {
    let workflow = TERMS.load().unwrap_or_else(|report| panic!("{report}"));
    let (mut case, _) = begin(&workflow, &[]);
    let at = |days: i64| -> tresteg::Duration { format!("P{days}D").parse().unwrap() };
    let answer = case.advance(at(2));
    assert_eq!(
        told(&answer),
        ["c/a term P1D", "c/b term P1D", "· term P1D !whole", "c/a tick !tick", "c/b tick !tick"]
            .map(str::to_owned)
            .to_vec()
    );
    let answer = case.advance(at(1));
    assert_eq!(told(&answer), ["c/a term P3D late", "· term P2D end", "c/b term P3D late"]);
}

#[test]
fn a_term_that_has_come_is_tried_behind_one_that_came_before_it_in_vain() {
    // As a case alone, and as one with a child: an event brings the dates of two terms, which lie before it.
    let text = |invoke: &str| {
        format!(
            r#"{{ "id": "whole", "facts": {{ "early": {{ "format": "date-time" }}, "late": {{ "format": "date-time" }},
                "n": {{ "type": "integer", "default": 0 }} }}, "events": {{ "go": {{ "sets": ["early", "late"] }} }}, {invoke}
            "states": {{ "s": {{ "on": {{ "go": {{}} }},
                "at": {{ "early": {{ "guard": "n > 5" }}, "late": {{ "actions": "n += 1" }} }} }} }} }}"#
        )
    };
    let part = ("part.json", r#"{ "id": "part", "states": { "wait": {} } }"#);
    for invoke in ["", r#""invoke": { "id": "c", "workflow": "part.json" },"#] {
        let text = text(invoke);
        let files = [("whole.json", text.as_str()), part];
        let workflow = Files(&files).load().unwrap_or_else(|report| panic!("{report}"));
        let at =
            |day: &str| format!("2026-01-{day}T08:00:00Z").parse::<tresteg::DateTime>().unwrap();
        let (mut case, _) =
            tresteg::Case::start(&workflow, Some(at("01")), Default::default()).unwrap();
        let go = event("go").at(at("10")).fact("early", at("02")).fact("late", at("03"));
        let answer = case.fire(&go);
        assert_eq!(answer.outcome, Outcome::Moved, "{answer:?}");
        assert_eq!(case.fact("n"), Some(Value::from(1)), "{invoke}");
        let mut journal = String::new();
        for entry in case.take_entries(&[7; 32]) {
            journal += &(entry.line.clone() + "\n");
        }
        tresteg::journal::verify(&workflow, &journal, None)
            .unwrap_or_else(|found| panic!("{found:?}"));
    }
}

#[test]
fn payload_that_a_child_does_not_take_is_told_by_its_name() {
    let workflow = Files(&[
        (
            "whole.json",
            r#"{ "id": "whole", "events": { "go": {} }, "invoke": { "id": "c", "workflow": "part.json" },
            "states": { "s": { "on": { "go": { "actions": "send_all(`c`, `hear`, #{ q: 1 })" } } } } }"#,
        ),
        (
            "part.json",
            r#"{ "id": "part", "events": { "hear": { "by": [], "data": { "q": { "type": "integer", "minimum": 3 } } } },
            "states": { "s": { "on": { "hear": {} } } } }"#,
        ),
    ])
    .load()
    .unwrap_or_else(|report| panic!("{report}"));
    let (mut case, _) = begin(&workflow, &[]);
    let answer = case.fire(&event("go"));
    let problem = &answer.steps[0].problems[0];
    assert_eq!(problem.message, "`event.data.q` of `hear`: must be at least 3, is 1");
}
