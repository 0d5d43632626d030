//! A table answers as its rows would one by one: random rules over random facts, unknown ones, values without a word, overflow
//! and division by zero among them; and random charts against what a case says of itself.
#![allow(clippy::explicit_auto_deref, reason = "without it the type is inferred as unsized")]

use std::cell::Cell;

use proptest::prelude::*;
use proptest::test_runner::TestCaseError;
use tresteg::batch::{Table, Verdicts};
use tresteg::case::Availability;
use tresteg::{Case, Event, Outcome, Truth, Value, Workflow};

use crate::dice::{self, Dice};

const FACTS: &str = r#"
    "i": { "type": "integer" }, "j": { "type": "integer" }, "x": { "type": "number", "minimum": 0, "maximum": 1 },
    "y": { "type": "number", "minimum": 0, "maximum": 1 }, "z": { "type": "number" }, "b": { "type": "boolean" },
    "c": { "type": "boolean", "default": true }, "e": { "enum": ["low", "medium", "high"] },
    "d": { "type": "string", "format": "date" }, "g": { "type": "string", "format": "date" }, "s": { "type": "string" },
    "l": { "type": "array", "items": { "enum": ["low", "medium", "high"] } },
    "p": { "type": "array", "items": { "type": "object", "properties": { "n": { "type": "integer" }, "ok": { "type": "boolean" } } } },
    "double": { "type": "integer", "value": "i + i" }, "both": { "type": "boolean", "value": "b && c" }"#;

fn whole(dice: &mut Dice, depth: usize) -> String {
    if depth == 0 {
        return (*dice.pick(&[
            "i",
            "j",
            "2",
            "double",
            "l.len()",
            "9223372036854775807",
            "d.year",
            "0",
        ]))
        .to_owned();
    }
    let (a, b) = (whole(dice, depth - 1), whole(dice, depth - 1));
    match dice.below(9) {
        0 => a,
        1 => format!("({a} + {b})"),
        2 => format!("({a} - {b})"),
        3 => format!("({a} * {b})"),
        4 => format!("({a} % {b})"),
        5 => format!("min({a}, {b})"),
        6 => format!("(i ?? {a})"),
        7 => format!("(if {} {{ {a} }} else {{ {b} }})", test(dice, depth - 1)),
        _ => format!("abs({a})"),
    }
}

fn number(dice: &mut Dice, depth: usize) -> String {
    if depth == 0 {
        return (*dice.pick(&["x", "y", "z", "0.5", "0.6", "1.25"])).to_owned();
    }
    let (a, b) = (number(dice, depth - 1), number(dice, depth - 1));
    match dice.below(8) {
        0 => a,
        1 => format!("({a} + {b})"),
        2 => format!("({a} - {b})"),
        3 => format!("0.3 * {a} + 0.2 * x + 0.5 * y"),
        4 => format!("max({a}, {b})"),
        5 => format!("round({a})"),
        6 => format!("({a} * {b})"),
        _ => format!("({a} / {b})"),
    }
}

const SUMS: [&str; 7] =
    ["-16777217", "-10000003", "0", "10000003", "16777215", "16777216", "16777217"];

fn test(dice: &mut Dice, depth: usize) -> String {
    let op = *dice.pick(&["<", "<=", ">", ">=", "==", "!="]);
    if depth == 0 || dice.once_in(3) {
        let near = depth.min(1);
        return match dice.below(21) {
            0 => "b".to_owned(),
            1 => "c".to_owned(),
            2 => "both".to_owned(),
            3 => format!("{} {op} {}", whole(dice, near), whole(dice, near)),
            4 => format!("{} {op} {}", number(dice, near), number(dice, near)),
            5 => format!("e == `{}`", dice.pick(&["low", "medium", "high"])),
            6 => "e in [`low`, `high`]".to_owned(),
            7 => format!("d {op} g"),
            8 => format!("d + days(30) {op} g"),
            9 => "s == `one`".to_owned(),
            10 => "s in [`one`, `two`]".to_owned(),
            11 => "`low` in l".to_owned(),
            12 => format!("known(`{}`)", dice.pick(&["i", "z", "s", "l", "b"])),
            13 => "p.some(|q| q.ok && q.n > i)".to_owned(),
            14 => format!("i {op} {}", dice.pick(&["0", "2", "5", "-3"])),
            15 => format!("x {op} {}", dice.pick(&["0.5", "0.6", "0"])),
            16 => format!("0.3*x + 0.3*y + 0.4*x {op} 0.6"),
            17 => format!("today {op} d"),
            // On both sides of what floats of 32 bits hold exactly.
            18 => format!("i * 5000000 + j * 3 {op} {}", dice.pick(&SUMS)),
            19 => format!("i * 1000 + j {op} {}", dice.pick(&SUMS)),
            _ => "p.len() > 1".to_owned(),
        };
    }
    let (a, b) = (test(dice, depth - 1), test(dice, depth - 1));
    match dice.below(8) {
        0 | 1 => format!("({a} && {b})"),
        2 | 3 => format!("({a} || {b})"),
        4 => format!("!({a})"),
        5 => format!("(if {a} {{ {b} }} else {{ {} }})", test(dice, depth - 1)),
        6 => format!("(switch e {{ `low` => {a}, `medium` => {b}, _ => false }})"),
        _ => format!("({a} ?? {b})"),
    }
}

/// A rule, with statements before its value at times.
fn rule(dice: &mut Dice) -> String {
    let depth = dice.below(4);
    if dice.once_in(5) {
        let (set, rest) = (whole(dice, 1), test(dice, depth));
        return format!("let n = {set}; n >= 2 && {rest}");
    }
    test(dice, depth)
}

/// How much is known of the rows of a table.
#[derive(Clone, Copy, PartialEq, PartialOrd)]
enum Known {
    /// Some facts are unknown, some have no word, some are very large.
    Some,
    /// Every fact.
    All,
    /// Every fact, and no value is out of the way: columns are narrow.
    Narrow,
}

/// A row: JSON for the table.
fn row(dice: &mut Dice, known: Known) -> serde_json::Map<String, serde_json::Value> {
    use serde_json::json;
    // Arms 0 make a fact unknown, arms 1 of numbers are out of the way.
    let (there, plain) = (usize::from(known > Known::Some), known as usize);
    let mut row = serde_json::Map::new();
    let mut put = |name: &str, value: serde_json::Value| row.insert(name.to_owned(), value);
    let raw = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
    for name in ["i", "j"] {
        match dice.below(6).max(plain) {
            0 => None,
            1 => put(name, json!(*dice.pick(&[i64::MAX, i64::MIN, i64::MAX - 1, 1 << 32]))),
            _ => put(name, json!(dice.below(7) as i64 - 2)),
        };
    }
    for name in ["x", "y"] {
        match dice.below(6).max(plain) {
            0 => None,
            1 => put(name, raw(*dice.pick(&["0.60000001", "0.123456789012"]))),
            _ => put(
                name,
                raw(*dice.pick(&["0", "0.25", "0.5", "0.6", "0.599999", "1", "0.600001"])),
            ),
        };
    }
    match dice.below(5).max(if plain == 2 { 3 } else { there }) {
        0 => None,
        1 => put("z", raw(*dice.pick(&["0.00000001", "-12345678.87654321"]))),
        2 => put("z", raw(*dice.pick(&["900000000000000", "-900000000000000"]))),
        _ => put("z", raw(*dice.pick(&["0", "0.5", "1.5", "-1.5", "2.25"]))),
    };
    for name in ["b", "c"] {
        match dice.below(3).max(there) {
            0 => None,
            other => put(name, json!(other == 1)),
        };
    }
    match dice.below(4).max(there) {
        0 => None,
        other => put("e", json!(["low", "medium", "high"][other - 1])),
    };
    for name in ["d", "g"] {
        match dice.below(3).max(there) {
            0 => None,
            _ => put(
                name,
                json!(format!(
                    "20{:02}-0{}-1{}",
                    20 + dice.below(9),
                    1 + dice.below(9),
                    dice.below(9)
                )),
            ),
        };
    }
    match dice.below(4).max(there) {
        0 => None,
        other => put("s", json!(["one", "two", "åäö"][other - 1])),
    };
    match dice.below(4).max(there) {
        0 => None,
        1 => put("l", json!([])),
        2 => put("l", json!(["low"])),
        _ => put("l", json!(["high", "medium", "low"])),
    };
    match dice.below(4).max(there) {
        0 => None,
        1 => put("p", json!([])),
        2 => put("p", json!([{ "n": 3, "ok": true }])),
        _ => put("p", json!([{ "n": 1 }, { "n": 9, "ok": false }, { "ok": true }])),
    };
    row
}

fn loaded(text: &str) -> Option<Workflow> {
    Workflow::from_json(text).ok()
}

fn as_one(verdicts: &Verdicts, row: usize) -> Option<Truth> {
    let bits = [
        (verdicts.truth().get(row), Some(Truth::True)),
        (verdicts.falsehood().get(row), Some(Truth::False)),
        (verdicts.unknown().get(row), Some(Truth::Unknown)),
        (verdicts.faults().get(row), None),
    ];
    let set: Vec<_> = bits.iter().filter(|(set, _)| *set).collect();
    assert_eq!(set.len(), 1, "row {row} has one answer: {set:?}");
    assert_eq!(verdicts.get(row), set[0].1);
    set[0].1
}

#[test]
fn a_table_answers_as_its_rows_do() {
    let (checked, by_columns) = (Cell::new(0_usize), Cell::new(0_usize));
    let every = Cell::new([0_usize; 4]);
    dice::check(150, 4_000, |dice| {
        let mut factors: Vec<String> = Vec::new();
        for name in ["f0", "f1", "f2", "f3", "f4"] {
            let text = serde_json::to_string(&rule(dice)).unwrap();
            let factor = format!(r#""{name}": {{ "guard": {text} }}"#);
            // A rule that does not go together is left out.
            let alone = format!(
                r#"{{ "id": "w", "states": {{ "s": {{}} }}, "facts": {{ {FACTS} }}, "factors": {{ {factor} }} }}"#
            );
            if loaded(&alone).is_some() {
                factors.push(factor);
            }
        }
        let names: Vec<String> =
            factors.iter().map(|factor| format!("\"{}\"", &factor[1..3])).collect();
        if names.len() > 1 {
            let at_least = 1 + dice.below(names.len());
            factors.push(format!(
                r#""some": {{ "of": [{}], "at_least": {at_least} }}"#,
                names.join(", ")
            ));
        }
        factors.push(r#""share": { "score": "0.5 * x + 0.5 * y" }"#.to_owned());
        let text = format!(
            r#"{{ "id": "w", "states": {{ "s": {{}} }}, "facts": {{ {FACTS} }}, "factors": {{ {} }} }}"#,
            factors.join(", ")
        );
        let workflow = loaded(&text).unwrap();
        let mut table = Table::new(&workflow);
        let at: tresteg::DateTime = "2024-05-06T12:00:00Z".parse().unwrap();
        table.at(at);
        table.threads(1 + dice.below(3));
        let mut rows = Vec::new();
        // Few random rows, repeated over block borders at times.
        let known = *dice.pick(&[Known::Some, Known::All, Known::Narrow]);
        let distinct: Vec<_> = (0..1 + dice.below(40)).map(|_| row(dice, known)).collect();
        let count = if dice.once_in(20) { 1_100 } else { distinct.len() };
        for place in 0..count {
            let given = &distinct[place % distinct.len()];
            table.push_json(&serde_json::Value::Object(given.clone()).to_string()).unwrap();
            let mut one = workflow.row();
            one.at(at);
            let text = serde_json::to_string(given).unwrap();
            for (name, value) in tresteg::case::facts_from_json(&text).unwrap() {
                one.set(workflow.fact_handle(&name).unwrap(), value).unwrap();
            }
            rows.push(one);
        }
        for (name, verdicts) in table.factors() {
            let rule = workflow.rule_handle(name).unwrap();
            prop_assert_eq!(verdicts.rows(), count);
            if name != "share" {
                prop_assert_eq!(&table.holds(&rule).unwrap().truth(), &verdicts.truth());
            }
            for (place, one) in rows.iter().enumerate().take(80.max(count.saturating_sub(1_020))) {
                let found = as_one(&verdicts, place);
                let wanted = match name {
                    "share" => {
                        let score = table.scores(&rule).unwrap().unwrap().values[place];
                        prop_assert_eq!(
                            score,
                            scored(&workflow, &distinct[place % distinct.len()])
                        );
                        Some(score.map_or(Truth::Unknown, |_| Truth::True))
                    }
                    _ => one.holds(&rule).ok(),
                };
                let mut counts = every.get();
                counts[found.map_or(3, |truth| truth as usize)] += 1;
                every.set(counts);
                prop_assert_eq!(
                    found,
                    wanted,
                    "{} of row {}: {}\n{:?}",
                    name,
                    place,
                    text,
                    distinct[place % distinct.len()]
                );
            }
            checked.set(checked.get() + 1);
            if table.holds(&rule).unwrap().asked() == 0 {
                by_columns.set(by_columns.get() + 1);
            }
        }
        Ok(())
    });
    // All four answers came up, and columns decided something by themselves.
    assert!(every.get().iter().all(|count| *count > 20), "{:?}", every.get());
    assert!(by_columns.get() > 50, "{} of {}", by_columns.get(), checked.get());
}

/// The score of `share`, as a case says.
fn scored(
    workflow: &Workflow,
    facts: &serde_json::Map<String, serde_json::Value>,
) -> Option<tresteg::Number> {
    let facts = tresteg::case::facts_from_json(&serde_json::to_string(facts).unwrap()).unwrap();
    let (case, _) = Case::start(workflow, None, facts).unwrap();
    let found = case.factors().into_iter().find(|factor| factor.name == "share");
    found.unwrap().score
}

/// Transitions of a state, one of which alone answers the event `alone`, but for those that answer any.
fn listened(dice: &mut Dice, [alone, rest]: [&str; 2], targets: &[&str]) -> String {
    let mut on = Vec::new();
    for event in ["go", "go.on", "stop", alone, rest] {
        if event != alone && dice.once_in(3) {
            continue;
        }
        let all: Vec<String> = (0..if event == alone { 1 } else { 1 + dice.below(2) })
            .map(|_| {
                let guard = *dice.pick(&[
                    "b",
                    "!b",
                    "i > 2",
                    "i > j",
                    "x >= 0.5",
                    "known(`i`)",
                    "active(`left_two`)",
                    "i / j > 1",
                    "c",
                    "count(`go`) > 0",
                ]);
                format!(
                    r#"{{ "target": "{}", "guard": "{guard}", "requires": [{}] }}"#,
                    dice.pick(targets),
                    dice.pick(&["", "\"ready\""])
                )
            })
            .collect();
        on.push(format!(r#""{event}": [{}]"#, all.join(", ")));
    }
    format!(r#""on": {{ {} }}"#, on.join(", "))
}

/// What a case answers to an event, without taking it: open, undecided, shut, or a script that fails.
fn answered(case: &Case, event: &str) -> Option<Truth> {
    let decision = case.explain(&Event::new(event));
    match decision.outcome {
        Outcome::Moved => Some(Truth::True),
        Outcome::Error => None,
        _ if decision.reasons.iter().any(|reason| !reason.unknown.is_empty()) => {
            Some(Truth::Unknown)
        }
        _ => Some(Truth::False),
    }
}

#[test]
fn open_transitions_are_those_of_the_cases() {
    let (opened, single) = (Cell::new([0_usize; 4]), Cell::new([0_usize; 4]));
    dice::check(120, 3_000, |dice| {
        let inner = ["a", "b1"];
        let rest = *dice.pick(&["*", "rest"]);
        let x = listened(dice, ["only_a", rest], &inner);
        let y = listened(dice, ["only_left_one", rest], &["left_one", "left_two", "end"]);
        let v = listened(dice, ["only_right_one", rest], &["right_one", "right_two"]);
        let u = listened(dice, ["only_right_two", rest], &["right_one", "right_two"]);
        let w = listened(dice, ["only_b1", rest], &["a", "end"]);
        let text = format!(
            r#"{{ "id": "w", "initial": "a",
            "facts": {{ "i": {{ "type": "integer" }}, "j": {{ "type": "integer" }}, "x": {{ "type": "number", "minimum": 0, "maximum": 1 }}, "b": {{ "type": "boolean" }}, "c": {{ "type": "boolean" }} }},
            "factors": {{ "ready": {{ "guard": "c || i > 0" }} }},
            "states": {{
                "a": {{ {x} }}, "b1": {{ "type": "parallel", {w}, "states": {{
                    "left": {{ "initial": "left_one", "states": {{ "left_one": {{ {y} }}, "left_two": {{ }} }} }},
                    "right": {{ "initial": "right_one", "states": {{ "right_one": {{ {v} }}, "right_two": {{ {u} }} }} }} }} }},
                "end": {{ "type": "final" }} }} }}"#
        );
        let workflow =
            Workflow::from_json(&text).unwrap_or_else(|report| panic!("{report}\n{text}"));
        let mut cases = Vec::new();
        for _ in 0..1 + dice.below(20) {
            let mut facts = std::collections::BTreeMap::new();
            for name in ["i", "j"] {
                if !dice.once_in(4) {
                    facts.insert(name.to_owned(), Value::from(dice.below(5) as i64));
                }
            }
            for name in ["b", "c"] {
                if !dice.once_in(3) {
                    facts.insert(name.to_owned(), Value::from(dice.below(2) == 1));
                }
            }
            let (mut case, _) = Case::start(&workflow, None, facts).unwrap();
            for _ in 0..dice.below(4) {
                case.fire(&Event::new(*dice.pick(&["go", "go.on", "stop", "other"])));
            }
            cases.push(case);
        }
        let table = Table::from_cases(&workflow, &cases).unwrap();
        for name in ["go", "go.on", "stop"] {
            let verdicts = table.open(name);
            for (row, case) in cases.iter().enumerate() {
                prop_assert_eq!(table.states(row), case.states());
                let choice = case.options(None).into_iter().find(|choice| choice.event == name);
                let wanted = match choice.map(|choice| choice.standing) {
                    Some(Availability::Open) => Some(Truth::True),
                    Some(Availability::Fails { .. }) => None,
                    Some(
                        Availability::Blocked { reasons } | Availability::OpenIf { reasons, .. },
                    ) => {
                        let open = reasons.iter().any(|reason| !reason.unknown.is_empty());
                        Some(if open { Truth::Unknown } else { Truth::False })
                    }
                    // Not on the list by this name: a wildcard answers it, or nothing does.
                    _ => answered(case, name),
                };
                let found = as_one(&verdicts, row);
                let mut counts = opened.get();
                counts[found.map_or(3, |truth| truth as usize)] += 1;
                opened.set(counts);
                prop_assert_eq!(found, wanted, "{} in {:?}: {}", name, case.states(), text);
            }
        }
        for found in table.transitions() {
            let alone = found.events.iter().find(|event| event.starts_with("only_"));
            for (row, case) in cases.iter().enumerate() {
                let truth = as_one(&found.verdicts, row);
                if !case.is_in(&found.source) || case.is_ended() {
                    prop_assert_eq!(truth, Some(Truth::False));
                } else if let Some(event) = alone.filter(|_| rest != "*") {
                    let mut counts = single.get();
                    counts[truth.map_or(3, |truth| truth as usize)] += 1;
                    single.set(counts);
                    prop_assert_eq!(truth, answered(case, event), "{}: {}", event, text);
                }
            }
        }
        Ok(())
    });
    assert!(opened.get().iter().all(|count| *count > 5), "{:?}", opened.get());
    assert!(single.get().iter().all(|count| *count > 0), "{:?}", single.get());
}

#[test]
fn wrong_rows_are_told_by_column_and_leave_the_table_as_it_was() -> Result<(), TestCaseError> {
    let workflow = loaded(&format!(
        r#"{{ "id": "w", "initial": "s", "states": {{ "s": {{}}, "t": {{}} }}, "facts": {{ {FACTS} }} }}"#
    ))
    .unwrap();
    let mut table = Table::new(&workflow);
    let places = |wrong: tresteg::batch::RowError| -> Vec<(usize, String)> {
        wrong.misfits().iter().map(|found| (found.column, found.problem.code.clone())).collect()
    };
    let wrong =
        table.push_json(r#"{"i": 1.5, "x": 2, "nothing": 1, "double": 2, "states": ["s", "t"]}"#);
    let found = places(wrong.unwrap_err());
    prop_assert_eq!(
        found,
        [
            (7, "fact-value"),
            (17, "fact-value"),
            (20, "unknown-fact"),
            (34, "fact-derived"),
            (57, "states-together")
        ]
        .map(|(column, code)| (column, code.to_owned()))
    );
    for line in ["[1]", "{", r#"{"states": ["u"]}"#, r#"{"states": [1]}"#] {
        prop_assert!(table.push_json(line).is_err());
    }
    prop_assert_eq!(table.rows(), 0);
    prop_assert_eq!(
        places(table.heading(["i", "i", "no"]).unwrap_err()),
        [(2, "column-twice".to_owned()), (3, "unknown-fact".to_owned())]
    );
    let foreign = table.push_json(r#"{"i": 1, "no": 2}"#);
    prop_assert_eq!(places(foreign.unwrap_err()), [(10, "unknown-fact".to_owned())]);
    table.lenient(true);
    let heading = table.heading(["i", "b", "d", "states", "no", "", "no"]).unwrap();
    table
        .push_json(r#"{"no": 2, "i": 1, "states": "t", "": [{}], "so": null, "x-no": 3}"#)
        .unwrap();
    prop_assert_eq!(table.value(0, workflow.fact_handle("i").unwrap()), Some(Value::from(1)));
    prop_assert_eq!(table.states(0), ["t"]);
    for (line, column) in [
        (r#"{"no": 2, "no": 3}"#, 11),
        (r#"{"no": 2, "double": 3}"#, 11),
        (r#"{"i": 1, "so": 1e999}"#, 16),
    ] {
        prop_assert_eq!(table.push_json(line).unwrap_err().misfits()[0].column, column, "{}", line);
    }
    // So many that they are not read in one pass.
    let many: String = (0..100).map(|key| format!(r#""no{key}": 1, "#)).collect();
    table.push_json(&format!(r#"{{{many}"i": 7}}"#)).unwrap();
    prop_assert_eq!(table.value(1, workflow.fact_handle("i").unwrap()), Some(Value::from(7)));
    table.clear();
    prop_assert_eq!(
        places(
            table.push_texts(&heading, ["x", "maybe", "2024-13-01", "q", "", "", ""]).unwrap_err()
        ),
        [(1, "fact-value"), (2, "fact-value"), (3, "fact-value"), (4, "unknown-state")]
            .map(|(column, code)| (column, code.to_owned()))
    );
    prop_assert!(table.push_texts(&heading, ["1"]).is_err());
    table.push_texts(&heading, ["3", "ja", "2024-02-29", "t", "?", "?", ""]).unwrap();
    prop_assert_eq!(table.value(0, workflow.fact_handle("i").unwrap()), Some(Value::from(3)));
    prop_assert_eq!(table.value(0, workflow.fact_handle("c").unwrap()), Some(Value::from(true)));
    prop_assert_eq!(table.states(0), ["t"]);
    // As if it were not there, as everywhere.
    table.push_json(r#"{"c": null, "i": null, "states": "s"}"#).unwrap();
    prop_assert_eq!(table.value(1, workflow.fact_handle("c").unwrap()), Some(Value::from(true)));
    prop_assert_eq!(table.value(1, workflow.fact_handle("i").unwrap()), None);
    let rule = workflow.rule_handle("both").unwrap();
    prop_assert_eq!(table.holds(&rule).unwrap().truth().iter().collect::<Vec<_>>(), [0]);
    table.clear();
    prop_assert_eq!((table.rows(), table.holds(&rule).unwrap().rows()), (0, 0));
    Ok(())
}

#[test]
fn a_rule_of_another_workflow_is_refused() {
    let workflow = |guard: &str| {
        let text = format!(
            r#"{{ "id": "w", "states": {{ "s": {{}} }}, "facts": {{ {FACTS} }}, "factors": {{ "f": {{ "guard": "{guard}" }}, "n": {{ "score": "x" }} }} }}"#
        );
        loaded(&text).unwrap()
    };
    let (one, other) = (workflow("b"), workflow("!b"));
    let mut table = Table::new(&one);
    table.push_json(r#"{"b": true, "x": 1}"#).unwrap();
    for name in ["f", "n"] {
        let rule = other.rule_handle(name).unwrap();
        let wrong = [
            table.holds(&rule).unwrap_err(),
            table.scores(&rule).unwrap_err(),
            table.row_holds(0, &rule).unwrap_err(),
        ];
        for error in wrong {
            assert_eq!(error.problems()[0].code, "unknown-rule", "{error}");
        }
    }
    assert_eq!(table.holds(&one.rule_handle("f").unwrap()).unwrap().truth().count(), 1);
}

/// So many rows that several threads are at work, none of which has as many as the others.
#[test]
fn answers_do_not_depend_on_how_many_threads_ask() {
    let text = format!(
        r#"{{ "id": "w", "initial": "s", "states": {{ "s": {{ "on": {{ "go": {{ "target": "t", "guard": "i > 2 && b" }} }} }}, "t": {{ "type": "final" }} }}, "facts": {{ {FACTS} }},
        "factors": {{ "f": {{ "guard": "i >= 2 && b" }}, "h": {{ "guard": "s + s == `oneone`" }}, "n": {{ "score": "0.5 * x + 0.5 * y" }} }} }}"#
    );
    let workflow = Workflow::from_json(&text).unwrap_or_else(|report| panic!("{report}"));
    let mut table = Table::new(&workflow);
    let heading = table.heading(["i", "b", "s", "x", "y", "states"]).unwrap();
    let numbers = ["", "1", "2", "3", "4"];
    for row in 0..70_001 {
        let texts = [
            numbers[row % 5],
            ["", "yes", "no"][row % 3],
            ["", "one", "two", "three"][row / 3 % 4],
            ["", "0.5", "0.123456789", "1"][row / 7 % 4],
            ["1", "0"][row % 2],
            ["s", "t", "s"][row / 5 % 3],
        ];
        table.push_texts(&heading, texts).unwrap();
    }
    let rules = ["f", "h", "n"].map(|name| workflow.rule_handle(name).unwrap());
    let asked = |threads: usize| {
        let mut table = table.clone();
        table.threads(threads);
        let holds: Vec<Verdicts> = rules.iter().map(|rule| table.holds(rule).unwrap()).collect();
        let all: Vec<Verdicts> = table.transitions().into_iter().map(|one| one.verdicts).collect();
        (holds, table.scores(&rules[2]).unwrap().unwrap(), table.open("go"), all)
    };
    let alone = asked(1);
    assert_eq!(
        alone.0[0].truth().count(),
        (0..70_001).filter(|row| row % 5 >= 2 && row % 3 == 1).count()
    );
    assert_eq!(alone.1.values.len(), 70_001);
    for threads in [2, 3, 64] {
        assert!(asked(threads) == alone, "{threads} threads");
    }
}
