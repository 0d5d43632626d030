//! The short ways to set a fact against the long ones.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use proptest::prelude::*;

use super::*;
use crate::rule::Facts;
use crate::value::{Date, Duration, Number};

/// Declarations of every kind, with bounds of every kind.
const SHAPES: &[&str] = &[
    r#""type": "boolean""#,
    r#""type": "integer""#,
    r#""type": "integer", "minimum": 0, "maximum": 10"#,
    r#""type": "integer", "exclusiveMinimum": -3, "exclusiveMaximum": 8"#,
    r#""type": "integer", "minimum": 0.5, "multipleOf": 1"#,
    r#""type": "integer", "multipleOf": 3"#,
    r#""type": "integer", "minimum": -9223372036854775808, "maximum": 9223372036854775807"#,
    r#""type": "number""#,
    r#""type": "number", "minimum": 0, "maximum": 1"#,
    r#""type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1"#,
    r#""type": "number", "minimum": 0.0000001, "maximum": 1"#,
    r#""type": "number", "minimum": 0, "multipleOf": 0.01"#,
    r#""type": "number", "multipleOf": 0.05"#,
    r#""type": "number", "maximum": 922337203685477.5807"#,
    r#""type": "number", "exclusiveMinimum": 922337203685477.5807"#,
    r#""type": "string""#,
    r#""type": "string", "minLength": 1, "maxLength": 3"#,
    r#""enum": ["low", "medium", "high"]"#,
    r#""enum": { "low": "Låg" }"#,
    r#""type": "string", "format": "date""#,
    r#""type": "string", "format": "date-time""#,
    r#""type": "string", "format": "duration""#,
    r#""format": "date", "minimum": "2026-01-01""#,
    r#""format": "date-time", "exclusiveMaximum": "2026-01-05T09:00:00Z""#,
    r#""format": "duration", "minimum": "P0D", "maximum": "P30D""#,
    r#""type": "array", "items": { "type": "number", "maximum": 3 }, "maxItems": 2"#,
    r#""type": "array", "uniqueItems": true, "items": { "enum": ["low", "high"] }"#,
    r#""type": "array", "items": { "type": "object", "properties": { "n": { "type": "integer" }, "on": { "type": "string", "format": "date" } } }"#,
    r#""type": "object", "properties": { "n": { "type": "integer", "maximum": 5 } }, "required": ["n"]"#,
    "",
];

/// Values as JSON has them; texts also stand for what is written in texts.
const VALUES: &[&str] = &[
    "true",
    "false",
    "0",
    "-0",
    "1",
    "3",
    "7",
    "8",
    "10",
    "11",
    "-1",
    "-3",
    "-2",
    "9223372036854775807",
    "-9223372036854775808",
    "9223372036854775808",
    "1.0",
    "1e2",
    "0.5",
    "0.05",
    "0.07",
    "0.01",
    "0.001",
    "0.0000001",
    "0.00000001",
    "1.00000000000000000000000001",
    "-0.5",
    "99.99",
    "922337203685477.5807",
    "922337203685477.5808",
    "-922337203685477.5808",
    "9999999999999999999999999999",
    "1e-28",
    "\"\"",
    "\"a\"",
    "\"åäö\"",
    "\"low\"",
    "\"high\"",
    "\"hihg\"",
    "\"abcd\"",
    "\"a\\u0062\"",
    "\"0001-01-01\"",
    "\"9999-12-31\"",
    "\"2024-02-29\"",
    "\"2023-02-29\"",
    "\"2026-01-31T09:00:00+01:00\"",
    "\"9999-12-31T23:00:00Z\"",
    "\"P1D\"",
    "\"PT36H\"",
    "\"P1M1D\"",
    "\"P\"",
    "[]",
    "[1]",
    "[1, 2.5]",
    "[4]",
    "[1, 2, 3]",
    "[\"low\"]",
    "[\"low\", \"low\"]",
    "[\"low\", null]",
    "{}",
    "{\"n\": 1}",
    "{\"n\": 6, \"m\": 2}",
    "{\"n\": null}",
    "[{\"n\": 1, \"on\": \"2026-01-31\"}]",
    "[{\"n\": 1}, {\"on\": \"2026-1-31\"}]",
    "{\"n\": {\"n\": [[]]}}",
];

fn world(shape: &str) -> Workflow {
    let comma = if shape.is_empty() { "" } else { ", " };
    // Rules that read it in every way, so that other cells follow from it where they can.
    let reads = [
        "known(`f`)",
        "f == 1",
        "f >= 0.5",
        "f == `low`",
        "`low` in f",
        "f.year > 2025",
        "f.date.month == 2",
        "f.some(|p| p.n > 1)",
        "f.len() > 1",
        "f.n >= 3",
        "f > 1 && g",
    ];
    let mut all = vec!["known(`f`)"];
    let text = |guards: &[&str]| {
        let guards: Vec<String> = guards
            .iter()
            .enumerate()
            .map(|(n, guard)| {
                format!("\"r{n}\": {{ \"guard\": {} }}", serde_json::to_string(guard).unwrap())
            })
            .collect();
        format!(
            r#"{{ "id": "w", "timezone": "Europe/Stockholm", "states": {{ "s": {{}} }}, "factors": {{ {} }}, "facts": {{
            "g": {{ "type": "boolean" }}, "f": {{ {shape}{comma}"title": "F" }}, "d": {{ "type": "boolean", "value": "g" }} }} }}"#,
            guards.join(", ")
        )
    };
    for guard in reads {
        all.push(guard);
        if Workflow::from_json(&text(&all)).is_err() {
            all.pop();
        }
    }
    Workflow::from_json(&text(&all)).unwrap_or_else(|report| panic!("{shape}: {report}"))
}

/// Values as hosts have them, typed where JSON has texts.
fn values() -> Vec<Value> {
    let mut report = crate::diagnostic::Report::default();
    let mut all = Vec::new();
    for text in VALUES {
        let file = report.sources.add("v", text);
        let node = crate::json::read(text, file, &crate::Limits::default(), &mut report);
        let Some(value) = node.and_then(|node| node.to_value(&mut report)) else { continue };
        if let Value::Text(text) = &value {
            all.extend(text.parse::<Date>().ok().map(Value::from));
            all.extend(text.parse::<crate::DateTime>().ok().map(Value::from));
            all.extend(text.parse::<Duration>().ok().map(Value::from));
        }
        if let Value::Integer(whole) = &value {
            all.push(Value::from(Number::from(*whole)));
        }
        all.push(value);
    }
    all
}

#[test]
fn a_handle_sets_what_the_declaration_admits_and_nothing_else() {
    for shape in SHAPES {
        let workflow = world(shape);
        let compiled = workflow.compiled();
        let handle = workflow.fact_handle("f").unwrap();
        let mut row = workflow.row();
        for value in values() {
            let before = row.clone();
            let wanted = json::admitted(compiled, handle.setter.id, value.clone());
            let found = row.set(handle, value.clone());
            match wanted {
                Ok(wanted) => {
                    assert_eq!(found, Ok(()), "{shape} {value}");
                    let mut facts = before.alone.facts.clone();
                    facts.set(handle.setter.id, Some(wanted.clone()));
                    assert_eq!(row.alone.facts, facts, "{shape} {value}");
                    assert_eq!(row.value(handle), Ok(Some(wanted)));
                    let cells = |facts: &Facts| facts.cells().collect::<Vec<_>>();
                    assert_eq!(cells(&row.alone.facts), cells(&facts), "{shape} {value}");
                }
                Err(problems) => {
                    assert_eq!(found.unwrap_err().problems(), problems, "{shape} {value}");
                    assert_eq!(row.alone.facts, before.alone.facts);
                }
            }
        }
        row.forget(handle);
        assert_eq!(row.value(handle), Ok(None));
    }
}

#[test]
fn a_handle_of_another_workflow_is_refused() {
    let (one, two) = (world(SHAPES[0]), world(SHAPES[0]));
    let (own, other) = (one.fact_handle("f").unwrap(), two.fact_handle("f").unwrap());
    assert_ne!(own, other);
    assert_eq!(Some(own), one.clone().fact_handle("f"));
    let mut row = one.row();
    row.set(own, true).unwrap();
    for found in [row.set(other, false), row.value(other).map(|_| ())] {
        let error = found.unwrap_err();
        assert_eq!(error.problems()[0].code, "unknown-fact");
    }
    row.forget(other);
    assert_eq!(row.value(own), Ok(Some(Value::from(true))));
    assert!(row.holds(&two.rule_handle("r0").unwrap()).is_err());
    let derived = one.fact_handle("d").unwrap();
    assert_eq!(row.set(derived, true).unwrap_err().problems()[0].code, "derived-fact");
}

#[test]
fn json_sets_all_facts_or_none() {
    let workflow = world(r#""type": "number", "minimum": 0"#);
    let (f, g) = (workflow.fact_handle("f").unwrap(), workflow.fact_handle("g").unwrap());
    let mut row = workflow.row();
    row.set_json(" { \"g\" : true , \"f\":12345678901234567890.12345678 }\n").unwrap();
    assert_eq!(row.value(f).unwrap().unwrap().to_string(), "12345678901234567890.12345678");
    row.set_json(r#"{"g": null, "f": 2}"#).unwrap();
    assert_eq!(row.value(g), Ok(Some(Value::from(true))));
    let before = row.clone();
    let error = row.set_json(r#"{"f": -1, "h": 2, "g": "true", "d": true, "f": 3}"#).unwrap_err();
    let codes: Vec<&str> = error.problems().iter().map(|problem| &*problem.code).collect();
    assert_eq!(
        codes,
        ["fact-value", "unknown-fact", "fact-value", "derived-fact", "duplicate-key"]
    );
    assert_eq!(error.problems()[0].place.as_deref(), Some("facts:1:7"));
    assert_eq!(row.alone.facts, before.alone.facts);
    for (text, code) in [
        ("", "json-syntax"),
        ("[]", "facts-shape"),
        ("{\"f\": 1,}", "json-syntax"),
        ("{\"f\": 01}", "json-syntax"),
        ("{\"f\": 1} 2", "json-syntax"),
        ("{\"f\": 1e99}", "number-range"),
        ("{\"f\": [null]}", "null-in-list"),
    ] {
        assert_eq!(row.set_json(text).unwrap_err().problems()[0].code, code, "{text}");
    }
    assert_eq!(row.set_json(&"[".repeat(1_000_000)).unwrap_err().problems()[0].code, "limit-depth");
    let nested = format!("{{\"f\": {}{}}}", "[".repeat(40), "]".repeat(40));
    assert_eq!(row.set_json(&nested).unwrap_err().problems()[0].code, "fact-value");
    assert_eq!(row.alone.facts, before.alone.facts);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    /// What is read in one pass is what is read with places; and that whatever the bytes are.
    #[test]
    fn json_is_read_in_one_pass_as_it_is_with_places(
        shape in proptest::sample::select(SHAPES),
        members in proptest::collection::vec(
            (
                proptest::sample::select(&["f", "g", "f", "h", "d", "\\u0066", "states"][..]),
                prop_oneof![3 => proptest::sample::select(VALUES), 1 => Just("null")],
                proptest::sample::select(&["", " ", "\n\t", "\u{a0}"][..]),
            ),
            0..4,
        ),
        flaw in proptest::option::of((0_usize..200, "[ -~å\n\t\u{1}]")),
    ) {
        thread_local! {
            static WORLDS: Vec<Workflow> = SHAPES.iter().map(|shape| world(shape)).collect();
        }
        let place = SHAPES.iter().position(|known| *known == shape).unwrap();
        let workflow = WORLDS.with(|worlds| worlds[place].clone());
        let members: Vec<String> = members
            .into_iter()
            .map(|(key, value, space)| format!("{space}\"{key}\":{space}{value}"))
            .collect();
        let mut text = format!("{{{}}}", members.join(","));
        if let Some((at, flaw)) = flaw
            && let Some((at, letter)) = text.char_indices().nth(at % text.chars().count().max(1))
        {
            text.replace_range(at..at + letter.len_utf8(), &flaw);
        }
        let compiled = workflow.compiled();
        let facts = |found: Vec<json::Found>| {
            let mut found: Vec<(FactId, Value)> = found.into_iter().map(|one| (one.setter.id, one.value)).collect();
            found.sort_by_key(|(id, _)| *id);
            found
        };
        let slow = json::read_again(compiled, &text).map(facts);
        if let Some(found) = json::read(compiled, &text, &mut |_, _| None) {
            prop_assert_eq!(Ok(facts(found)), slow.clone(), "{}", text);
        }
        let mut row = workflow.row();
        let mut wanted = row.alone.facts.clone();
        let done = row.set_json(&text);
        match slow {
            Ok(found) => {
                prop_assert_eq!(done, Ok(()));
                found.into_iter().for_each(|(id, value)| wanted.set(id, Some(value)));
            }
            Err(error) => prop_assert_eq!(done, Err(error)),
        }
        prop_assert_eq!(&row.alone.facts, &wanted);
        prop_assert!(row.alone.facts.cells().eq(wanted.cells()));
    }
}
