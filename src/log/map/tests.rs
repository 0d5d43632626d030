#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

use std::collections::BTreeSet;

use serde_json::{Value as Json, json};

use super::*;
use crate::definition::keys::Object;

const WORKFLOW: &str = r#"{ "id": "w", "facts": { "amount": { "type": "number" }, "status": { "type": "string" },
    "twice": { "type": "number", "value": "amount * 2" } },
    "events": { "pay": { "sets": ["amount"], "data": { "how": { "type": "string" } } }, "close": { "silent": true } },
    "initial": "a", "states": { "a": { "on": { "pay": {}, "close": "b" } }, "b": { "type": "final" } } }"#;

const EVERY_KEY: &str = r#"{ "$schema": "s", "format": 1, "title": "T", "workflow": "w.json",
    "log": { "case": "c", "activity": "a", "time": "t", "actor": "p", "unit": "u", "lifecycle": ["complete"], "delimiter": ";" },
    "unit": "v", "start": { "at": "begun", "facts": { "status": "caseStatus" } },
    "facts": { "amount": "Amount" },
    "events": { "Pay*": "pay", "Payment": { "event": "pay", "facts": { "amount": "sum" }, "data": { "how": "way" } } },
    "cases": "status == `G`", "other": "ignore", "ignore": { "activities": "x", "attributes": ["y", "z*"] },
    "costs": { "log": 2, "model": 3, "silent": 0, "guard": 4 },
    "claims": { "never_much": { "always": "amount < 100" } } }"#;

fn load(text: &str) -> Result<LogMap, String> {
    let mut files = |path: &str| match path {
        "w.json" => Ok(WORKFLOW.to_owned()),
        _ => Err("there is no such file".to_owned()),
    };
    LogMap::load("m.json", text, &mut files, &Limits::default())
        .map_err(|report| report.to_string())
}

#[test]
fn every_key_is_read() {
    let map = load(EVERY_KEY).unwrap();
    assert_eq!(map.keys.case, "c");
    assert_eq!((map.keys.unit.as_deref(), map.keys.delimiter), (Some("u"), Some(b';')));
    assert_eq!(map.events[0].pattern, Pattern::Prefix("Pay".into()));
    assert_eq!(map.events[1].data, [("how".to_owned(), "way".to_owned())]);
    assert!(map.ignores_others && map.cases.is_some());
    assert!(
        map.ignored.attribute("zeta")
            && map.ignored.attribute("y/inner")
            && !map.ignored.attribute("x")
    );
    assert_eq!(map.costs, Costs { log: 2, model: 3, silent: 0, guard: 4 });
    assert_eq!(map.workflow.compiled().definition.claims.len(), 1);
    assert_eq!(map.columns().case, "c");
}

#[test]
fn the_schema_takes_what_the_reader_takes_and_has_its_keys() {
    let schema: Json = serde_json::from_str(map_schema()).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    assert!(validator.is_valid(&serde_json::from_str(EVERY_KEY).unwrap()));
    assert!(!validator.is_valid(&json!({ "workflow": "w", "fact": {} })));
    let places: [(&str, &Object); 5] = [
        ("", &keys::FILE),
        ("/properties/log", &keys::LOG),
        ("/properties/start", &keys::START),
        ("/properties/ignore", &keys::IGNORE),
        ("/properties/costs", &keys::COSTS),
    ];
    for (place, object) in places {
        let properties =
            schema.pointer(&format!("{place}/properties")).unwrap().as_object().unwrap();
        let known: BTreeSet<&str> =
            properties.keys().map(String::as_str).filter(|key| *key != "$comment").collect();
        let read: BTreeSet<&str> = object.keys().map(|key| key.name).collect();
        assert_eq!(known, read, "{place}");
    }
}

#[test]
fn what_is_wrong_is_told_with_its_place_and_a_hint() {
    let told = |text: &str| load(text).unwrap_err();
    for (text, wanted) in [
        (r#"[]"#, "a map is an object"),
        (r#"{}"#, "lacks `workflow`"),
        (r#"{ "workflow": "x.json" }"#, "there is no such file"),
        (r#"{ "workflow": "/w.json" }"#, "not a path relative"),
        (r#"{ "workflow": "w.json", "fact": {} }"#, "did you mean `facts`"),
        (r#"{ "workflow": "w.json", "format": 2 }"#, "format 2 is not known"),
        (r#"{ "workflow": "w.json", "facts": { "amout": "a" } }"#, "did you mean `amount`"),
        (r#"{ "workflow": "w.json", "facts": { "twice": "a" } }"#, "is derived"),
        (r#"{ "workflow": "w.json", "facts": { "amount": 3 } }"#, "the name of an attribute"),
        (r#"{ "workflow": "w.json", "events": { "A": "pax" } }"#, "did you mean `pay`"),
        (r#"{ "workflow": "w.json", "events": { "A": "close" } }"#, "is silent"),
        (
            r#"{ "workflow": "w.json", "events": { "A": { "event": "pay", "facts": { "status": "x" } } } }"#,
            "does not carry",
        ),
        (
            r#"{ "workflow": "w.json", "events": { "A": { "event": "pay", "data": { "hov": "x" } } } }"#,
            "did you mean `how`",
        ),
        (r#"{ "workflow": "w.json", "costs": { "log": 9999999 } }"#, "1000000 at most"),
        (r#"{ "workflow": "w.json", "other": "drop" }"#, "ignore"),
        (r#"{ "workflow": "w.json", "cases": "stat == `G`" }"#, "stat"),
        (r#"{ "workflow": "w.json", "claims": { "c": { "always": "amont > 1" } } }"#, "amount"),
        (r#"{ "workflow": "w.json", "log": { "delimiter": "ab" } }"#, "parts no columns"),
    ] {
        let report = told(text);
        assert!(report.contains(wanted), "{text}\n{report}");
    }
}
