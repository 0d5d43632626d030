//! What opens what is shut: known answers, and all of them against trying everything.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod oracle;

use std::collections::BTreeMap;

use serde_json::json;

use super::*;
use crate::Workflow;

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

const ADULT: &str =
    r#""a": { "type": "integer" }, "consent": { "type": "boolean" }, "fee": { "type": "integer" }"#;

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
        "d": { "format": "date" }, "s": { "type": "string" }, "e": { "enum": ["u", "v", "w"] }"#;
    let table = [
        (json!({ "x": 3 }), "x >= 10.5", json!({ "value": 10.5, "from": 10.5 })),
        (json!({ "x": 3 }), "x > 10.5", json!({ "value": 10.6, "above": 10.5 })),
        (
            json!({ "x": 20 }),
            "x > 10 && x < 11",
            json!({ "value": 10.9, "above": 10, "below": 11 }),
        ),
        (json!({ "x": 3 }), "x == 4", json!({ "value": 4 })),
        (json!({ "x": 8 }), "x <= 4 || x >= 10", json!({ "value": 10, "from": 10 })),
        (json!({ "x": 6 }), "x <= 4 || x >= 10", json!({ "value": 4, "to": 4 })),
        (json!({ "n": 9 }), "n % 7 == 1", json!({ "value": 8 })),
        (json!({ "n": 13 }), "n % 7 == 1", json!({ "value": 15 })),
        (json!({}), "n > 40", json!({ "value": 41, "from": 41 })),
        (json!({}), "n < 40", json!({ "value": 39, "to": 39 })),
        (json!({ "n": 3 }), "n * n >= 50", json!({ "value": 8, "from": 8 })),
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
        if !guard.contains("years") && !guard.contains('%') {
            assert_eq!(json!(change), expected, "{known} {guard}");
        } else {
            assert_eq!(change["value"], expected["value"], "{known} {guard}");
        }
        assert_eq!(
            (found.ways.len(), found.is_complete),
            (1 + usize::from(guard.contains("today")), true),
            "{guard}: {ways}"
        );
    }
}

#[test]
fn a_range_is_told_for_the_values_that_the_others_end_with() {
    let facts = r#""p": { "type": "integer", "minimum": 0, "maximum": 3 }, "q": { "type": "integer", "minimum": 0, "maximum": 3 }"#;
    let workflow = guarded(facts, "", "(p == 0 || p * q < 1) && q % 2 <= 0");
    let found = unlock(&case(&workflow, json!({ "q": 1 })), &Event::new("go"));
    let change = &found.ways[0].changes[0];
    assert_eq!((&change.from, &change.to, change.is_range), (&None, &None, true), "{found:?}");
}

#[test]
fn only_time_or_those_who_may_send_it_can_bring_it() {
    let text = r#"{ "id": "w", "timezone": "Europe/Stockholm", "roles": { "clerk": {}, "boss": {} },
        "facts": { "born": { "format": "date" }, "consent": { "type": "boolean" }, "fee": { "type": "integer" }, "rank": { "type": "integer" },
            "checked": { "type": "boolean", "default": false }, "late": { "type": "boolean" },
            "adult": { "type": "boolean", "value": "born + years(18) <= today" } },
        "events": { "enter": { "sets": ["fee"], "by": ["boss"] }, "agree": { "sets": ["consent"], "by": ["clerk", "boss"] },
            "check": { "by": ["clerk"] }, "tell": { "sets": ["late"] } },
        "initial": "s", "states": {
        "s": { "on": { "agree": {}, "check": { "actions": "checked = true;" },
            "enter": { "target": "in", "guard": "(adult || consent) && fee == 100 && rank > 1 && checked && !late" } } },
        "in": { "on": { "tell": {} } } } }"#;
    let workflow = workflow(text);
    let known =
        json!({ "born": "2010-05-01", "consent": false, "fee": 90, "rank": 1, "late": true });
    let found = unlock(&case(&workflow, known), &Event::new("enter"));
    let shown = serde_json::to_value(&found).unwrap();
    assert_eq!((found.is_complete, found.ways.len()), (true, 3), "{shown}");
    let by = |way: usize, name: &str| {
        let changes = shown["ways"][way]["changes"].as_array().unwrap();
        let change =
            changes.iter().find(|change| change.get(name).is_some() || change["fact"] == *name);
        change.unwrap_or_else(|| panic!("{name} in {shown}")).clone()
    };
    let itself =
        json!([{ "event": "enter", "roles": ["boss"], "is_itself": true, "is_now": true }]);
    assert_eq!(by(0, "fee")["by"], itself);
    assert_eq!(by(0, "rank")["by"], json!("nobody"));
    assert_eq!(by(0, "born")["by"], json!("nobody"));
    assert_eq!(by(0, "born")["value"], json!("2008-03-10"));
    let check =
        json!([{ "event": "check", "roles": ["clerk"], "is_itself": false, "is_now": true }]);
    assert_eq!(by(0, "checked")["by"], check);
    let later = json!([{ "event": "tell", "roles": [], "is_itself": false, "is_now": false }]);
    assert_eq!(by(0, "late")["by"], later);
    let agree = json!([{ "event": "agree", "roles": ["clerk", "boss"], "is_itself": false, "is_now": true }]);
    assert_eq!(by(1, "consent")["by"], agree);
    assert_eq!(by(2, "time")["by"], json!("time"));
    assert_eq!(by(2, "time")["value"], json!("2028-05-01"));
    assert!(by(2, "time")["nearest"].as_bool().unwrap());
}

#[test]
fn what_values_cannot_open_is_said_to_be_so() {
    let text = r#"{ "id": "w", "roles": { "clerk": {}, "boss": {} }, "facts": { "x": { "type": "integer" } },
        "initial": "s", "states": {
        "s": { "on": { "look": {}, "pass": { "target": "t", "guard": "x > 3 && count(\"look\") > 0" },
            "sign": { "target": "t", "by": ["boss"], "guard": "x > 3" },
            "approve": { "target": "t", "not_by": ["look"], "guard": "x > 3" } } },
        "t": { "on": { "later": {} } } } }"#;
    let workflow = workflow(text);
    let mut case = case(&workflow, json!({ "x": 1 }));
    let asked = |case: &Case, event: &Event| told(&unlock(case, event));
    let nothing = |why: &str| json!({ "ways": [], "complete": true, "why": [why] });
    let opened = all(json!([{ "x": 4 }]));
    assert_eq!(asked(&case, &Event::new("pass")), nothing("past"));
    assert_eq!(asked(&case, &Event::new("later")), nothing("not-expected"));
    assert_eq!(asked(&case, &Event::new("unheard")), nothing("unknown-event"));
    let eva = crate::Actor::new("eva").role("clerk");
    assert_eq!(asked(&case, &Event::new("sign").by(eva.clone())), nothing("not-welcome"));
    assert_eq!(asked(&case, &Event::new("sign")), opened);
    case.fire(&Event::new("look").by(eva.clone()));
    assert_eq!(asked(&case, &Event::new("pass")), opened);
    assert_eq!(asked(&case, &Event::new("approve").by(eva)), nothing("not-welcome"));
    assert_eq!(asked(&case, &Event::new("approve")), opened);
}

#[test]
fn what_an_event_must_carry_is_part_of_every_way() {
    let text = r#"{ "id": "w", "facts": { "x": { "type": "integer" }, "name": { "type": "string" } },
        "events": { "go": { "required": ["name"], "sets": ["x"], "data": { "required": ["sum"], "properties": { "sum": { "type": "integer", "minimum": 0 } } } } },
        "initial": "s", "states": { "s": { "on": { "go": { "target": "t", "guard": "x > 3 && event.data.sum > 10" } } }, "t": {} } }"#;
    let text = text.replace(
        r#""data": { "required": ["sum"], "properties": { "sum": { "type": "integer", "minimum": 0 } } }"#,
        r#""data": { "sum": { "type": "integer", "minimum": 0 } }"#,
    );
    let workflow = workflow(&text);
    let found = unlock(&case(&workflow, json!({ "x": 1 })), &Event::new("go"));
    assert_eq!((found.is_complete, found.ways.len()), (true, 1), "{found:?}");
    let keys: Vec<String> = ways(&found)[0].keys().cloned().collect();
    assert_eq!(keys, ["name", "sum", "x"]);
    assert_eq!(ways(&found)[0]["sum"], json!(11));
    let given = Event::new("go").fact("name", "Eva").data("sum", 5).fact("x", 7);
    let found = unlock(&case(&workflow, json!({ "x": 1 })), &given);
    assert_eq!(ways(&found), [BTreeMap::from([("sum".to_owned(), json!(11))])]);
}

#[test]
fn lists_records_and_many_facts_are_decided() {
    let facts = r#""parts": { "type": "array", "items": { "type": "object", "required": ["share"], "properties": {
            "share": { "type": "number", "minimum": 0, "maximum": 1 }, "sector": { "enum": ["c", "p"] } } } },
        "who": { "type": "object", "required": ["age", "name"], "properties": { "age": { "type": "integer" }, "name": { "type": "string" } } },
        "ok": { "type": "boolean" }"#;
    let guard = r#"(parts.len() >= 3 && parts.all(|p| p.share >= 0.1) || ok) && who.age >= 18"#;
    let workflow = guarded(facts, "", guard);
    let known = json!({ "parts": [{ "share": 0.5 }, { "share": 0.5 }], "who": { "age": 16, "name": "Eva" } });
    let found = unlock(&case(&workflow, known), &Event::new("go"));
    assert_eq!((found.is_complete, found.ways.len()), (true, 2), "{found:?}");
    let all = ways(&found);
    assert_eq!(all[0]["who"], json!({ "age": 18, "name": "Eva" }));
    assert_eq!(all[0]["parts"].as_array().unwrap().len(), 3);
    assert!(all[1].contains_key("ok"));
    // Twenty facts, of which at least fifteen of the clauses must hold: one each.
    let many: Vec<String> =
        (0..20).map(|n| format!(r#""b{n}": {{ "type": "boolean" }}"#)).collect();
    let guard: Vec<String> = (0..20).map(|n| format!("b{n}")).collect();
    let workflow = guarded(&many.join(", "), "", &guard.join(" && "));
    let found = unlock(&case(&workflow, json!({ "b3": true })), &Event::new("go"));
    assert_eq!((found.ways.len(), found.ways[0].changes.len(), found.is_complete), (1, 19, true));
    let guard: Vec<String> = (0..10).map(|n| format!("(b{n} || b{})", n + 10)).collect();
    let workflow = guarded(&many.join(", "), "", &guard.join(" && "));
    let found = unlock(&case(&workflow, json!({})), &Event::new("go"));
    // 1 024 ways: as many as are told, each with ten changes.
    assert_eq!((found.ways.len(), found.is_complete), (sets::WAYS, false));
    assert!(found.ways.iter().all(|way| way.changes.len() == 10 && way.is_minimal));
    assert_eq!(found.why, ["bound:ways"]);
}

#[test]
fn what_is_not_decided_is_said() {
    let facts =
        r#""x": { "type": "number" }, "y": { "type": "number" }, "ok": { "type": "boolean" }"#;
    let workflow = guarded(facts, "", "ok || x / y > 3 && y * x == 7.5");
    let found = unlock(&case(&workflow, json!({ "x": 1, "y": 2 })), &Event::new("go"));
    assert!(ways(&found).contains(&BTreeMap::from([("ok".to_owned(), json!(true))])), "{found:?}");
    if !found.is_complete {
        assert!(!found.why.is_empty());
    }
}

#[test]
fn children_are_asked_about_by_themselves() {
    let child = r#"{ "id": "child", "facts": { "x": { "type": "integer" } }, "events": { "note": { "sets": ["x"] }, "go": {} }, "initial": "a",
        "states": { "a": { "on": { "note": {}, "go": { "target": "b", "guard": "x > 3" } } }, "b": { "type": "final" } } }"#;
    let parent = r#"{ "id": "parent", "initial": "s", "states": { "s": { "invoke": { "id": "kid", "workflow": "child.json" } } } }"#;
    let mut files = |_: &str| Ok(child.to_owned());
    let workflow =
        Workflow::load("parent.json", parent, &mut files, &crate::Limits::default()).unwrap();
    let (case, _) = Case::start(&workflow, None, BTreeMap::new()).unwrap();
    let found = unlock(&case, &Event::new("go").to("kid/1"));
    assert_eq!(told(&found), all(json!([{ "x": 4 }])));
    let found = unlock(&case, &Event::new("go").to("nobody"));
    assert!(found.ways.is_empty() && !found.why.is_empty());
}

#[test]
fn few_questions_are_asked_of_the_flagship() {
    let text = std::fs::read_to_string("workflows/vastra-goteborg.json").unwrap();
    let workflow = workflow(&text);
    let compiled = workflow.compiled();
    let at = workflow.time("2026-03-10T12:00").unwrap();
    for (_, state) in
        compiled.definition.states.iter().filter(|(_, state)| state.children.is_empty())
    {
        let place = crate::case::starting_point::StartingPoint {
            states: vec![state.name.value.clone()],
            ..Default::default()
        };
        let Ok(case) = Case::placed(&workflow, Some(at), &BTreeMap::new(), &place) else {
            continue;
        };
        for choice in &case.options(None) {
            let (_, asked) = unlocked(&case, &Event::new(&choice.event), None);
            assert!(asked <= 400, "{} {}: {asked}", state.name.value, choice.event);
        }
    }
}
