//! What opens what is shut: known answers, and all of them against trying everything.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod oracle;

use std::collections::BTreeMap;

use serde_json::json;

use super::*;
use crate::{Actor, Workflow};

fn workflow(text: &str) -> Workflow {
    Workflow::from_json(text).unwrap_or_else(|report| panic!("{report}\n{text}"))
}

/// One state in which `go` is guarded; `note` may carry every fact, `go` those of `carried`.
fn guarded(facts: &str, carried: &str, guard: &str) -> Workflow {
    let guard = serde_json::to_string(guard).unwrap();
    let declared: serde_json::Value = serde_json::from_str(&format!("{{ {facts} }}")).unwrap();
    let given = declared.as_object().unwrap().iter();
    let given: Vec<&String> =
        given.filter(|(_, fact)| fact.get("value").is_none()).map(|(name, _)| name).collect();
    let given = serde_json::to_string(&given).unwrap();
    workflow(&format!(
        r#"{{ "id": "w", "facts": {{ {facts} }}, "initial": "a",
            "events": {{ "note": {{ "sets": {given} }}, "go": {{ "sets": [{carried}] }} }}, "states": {{
            "a": {{ "on": {{ "note": {{}}, "go": {{ "target": "b", "guard": {guard} }} }} }}, "b": {{}} }} }}"#
    ))
}

fn case(workflow: &Workflow, facts: serde_json::Value) -> Case {
    let facts = crate::case::facts_from_json(&facts.to_string()).unwrap();
    let at = workflow.time("2026-03-10T12:00").unwrap();
    Case::start(workflow, Some(at), facts).unwrap().0
}

/// The ways, each change as name and value.
fn ways(found: &Unlocking) -> Vec<BTreeMap<String, serde_json::Value>> {
    let name = |change: &Change| match &change.what {
        Changed::Fact(name) | Changed::Data(name) => name.clone(),
        Changed::Time => "time".to_owned(),
    };
    let value = |change: &Change| serde_json::to_value(&change.value).unwrap();
    let way = |way: &Way| way.changes.iter().map(|one| (name(one), value(one))).collect();
    found.ways.iter().map(way).collect()
}

fn told(found: &Unlocking) -> serde_json::Value {
    json!({ "ways": ways(found), "complete": found.is_complete, "why": found.why })
}

fn asked(facts: &str, known: serde_json::Value, guard: &str) -> serde_json::Value {
    let workflow = guarded(facts, "", guard);
    told(&unlock(&case(&workflow, known), &Event::new("go")))
}

fn all(ways: serde_json::Value) -> serde_json::Value {
    json!({ "ways": ways, "complete": true, "why": [] })
}

const ADULT: &str = r#""a": { "type": "integer" }, "consent": { "type": "boolean" }, "fee": { "type": "integer" }"#;

#[test]
fn the_known_answer() {
    let guard = "(a >= 18 || consent) && fee == 100";
    let expected = all(json!([{ "a": 18, "fee": 100 }, { "consent": true, "fee": 100 }]));
    for known in [json!({ "a": 16, "fee": 90 }), json!({ "a": 16, "fee": 90, "consent": false })] {
        assert_eq!(asked(ADULT, known, guard), expected);
    }
    // What is true already is no change.
    let known = json!({ "a": 16, "fee": 90, "consent": true });
    assert_eq!(asked(ADULT, known, guard), all(json!([{ "fee": 100 }])));
    let open = json!({ "a": 18, "fee": 100 });
    let workflow = guarded(ADULT, "", guard);
    let found = unlock(&case(&workflow, open), &Event::new("go"));
    assert!(found.is_open && found.ways.is_empty() && found.is_complete);
}

#[test]
fn the_nearest_value_and_those_around_it_are_told() {
    let facts = r#""x": { "type": "number" }, "n": { "type": "integer", "minimum": 0, "maximum": 50 },
        "d": { "type": "date" }, "s": { "type": "string" }, "e": { "enum": ["u", "v", "w"] }"#;
    let table = [
        (json!({ "x": 3 }), "x >= 10.5", json!({ "value": 10.5, "from": 10.5 })),
        (json!({ "x": 3 }), "x > 10.5", json!({ "value": 10.6, "above": 10.5 })),
        (json!({ "x": 20 }), "x > 10 && x < 11", json!({ "value": 10.9, "above": 10, "below": 11 })),
        (json!({ "x": 3 }), "x == 4", json!({ "value": 4 })),
        (json!({ "x": 8 }), "x <= 4 || x >= 10", json!({ "value": 10, "from": 10 })),
        (json!({ "x": 6 }), "x <= 4 || x >= 10", json!({ "value": 4, "to": 4 })),
        (json!({ "n": 9 }), "n % 7 == 1", json!({ "value": 8 })),
        (json!({ "n": 13 }), "n % 7 == 1", json!({ "value": 15 })),
        (json!({}), "n > 40", json!({ "value": 41, "from": 41 })),
        (json!({}), "n < 40", json!({ "value": 39, "to": 39 })),
        (json!({ "n": 3 }), "n * n >= 50", json!({ "value": 8 })),
        (
            json!({ "d": "2026-03-01" }),
            "d >= date(`2026-04-01`)",
            json!({ "value": "2026-04-01", "from": "2026-04-01" }),
        ),
        (json!({ "d": "2010-03-12" }), "d + years(18) <= today", json!({ "value": "2008-03-10" })),
        (json!({ "s": "x" }), "s == `yes`", json!({ "value": "yes" })),
        (json!({ "e": "u" }), "e != `u`", json!({ "value": "v", "one_of": ["v", "w"] })),
        (json!({ "e": "u" }), "e == `w`", json!({ "value": "w" })),
    ];
    for (known, guard, expected) in table {
        let workflow = guarded(facts, "", &guard.replace('`', "\""));
        let found = unlock(&case(&workflow, known.clone()), &Event::new("go"));
        let ways = serde_json::to_value(&found).unwrap();
        let change = ways["ways"][0]["changes"][0].as_object();
        let mut change = change.unwrap_or_else(|| panic!("{known} {guard}: {ways}")).clone();
        assert_eq!(change["nearest"], json!(true), "{known} {guard}: {ways}");
        for key in ["fact", "by", "nearest"] {
            change.remove(key);
        }
        if !guard.contains("years") && !guard.contains('*') && !guard.contains('%') {
            assert_eq!(json!(change), expected, "{known} {guard}");
        } else {
            assert_eq!(change["value"], expected["value"], "{known} {guard}");
        }
        assert_eq!((found.ways.len(), found.is_complete), (1, !guard.contains('*')), "{guard}: {ways}");
    }
}
