//! Any text as a guard, an action and a derived fact, over facts of every type, some of them unknown.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tresteg::{Case, Event, Limits, Value, Workflow};

const FRAME: &str = r#"{
  "id": "fuzz", "timezone": "Europe/Stockholm",
  "parameters": { "most": 5, "share": 0.4, "wait": { "type": "string", "format": "duration", "value": "P14D" } },
  "types": { "sector": { "enum": ["municipality", "civil", "business"] } },
  "functions": { "twice": { "params": ["x"], "body": "x * 2" } },
  "facts": {
    "b": { "type": "boolean" }, "i": { "type": "integer", "default": 3 }, "n": { "type": "number", "default": 0.1 },
    "t": { "type": "string", "default": "åäö" }, "e": { "type": "sector" }, "d": { "type": "string", "format": "date" },
    "z": { "type": "string", "format": "date-time" }, "l": { "type": "array", "items": { "type": "integer" }, "default": [1, 2, 3] },
    "s": { "type": "array", "uniqueItems": true, "items": { "type": "sector" }, "default": [] },
    "r": { "type": "object", "properties": { "name": { "type": "string" }, "sum": { "type": "number" } } }, "any": {}
    DERIVED
  },
  "factors": { "f": { "guard": "i > 2 && b" } },
  "events": { "go": { "sets": ["b", "i", "e", "d", "r", "any"], "data": { "x": { "type": "integer" } } } },
  "initial": "one",
  "states": { "one": { "on": { "go": [ { "target": "two", GUARD }, { ACTION } ] } }, "two": {} }
}"#;

fuzz_target!(|text: &str| {
    let quoted = Value::from(text).to_json();
    let limits = Limits { operations: 5_000, ..Limits::default() };
    let fill = |derived: &str, guard: &str, action: &str| {
        FRAME.replace("DERIVED", derived).replace("GUARD", guard).replace("ACTION", action)
    };
    let script = |key: &str| format!("\"{key}\": {quoted}");
    let derived = format!(", \"derived\": {{ \"value\": {quoted} }}");
    for frame in [
        fill("", &script("guard"), "\"$comment\": \"\""),
        fill("", "\"guard\": \"b\"", &script("actions")),
        fill(&derived, "\"guard\": \"b\"", "\"$comment\": \"\""),
    ] {
        let mut none = |_: &str| Err(String::new());
        let Ok(workflow) = Workflow::load("fuzz.json", &frame, &mut none, &limits) else {
            continue;
        };
        let Ok((mut case, _)) = Case::start(&workflow, None, Default::default()) else { continue };
        let _ = case.fact("derived");
        let before = case.snapshot();
        let asked = case.explain(&Event::new("go"));
        assert_eq!(case.snapshot(), before, "explaining changes nothing");
        assert_eq!(case.fire(&Event::new("go")), asked, "explain agrees with fire");
        let _ = case.fire(
            &Event::new("go")
                .fact("b", false)
                .fact("e", "civil")
                .fact("d", "2026-02-28")
                .data("x", i64::MAX),
        );
        let _ = case.options(None);
    }
});
