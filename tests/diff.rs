//! Laws of comparing: a difference of meaning is told exactly when the fingerprints differ, nothing differs from itself,
//! and the way back mirrors the way there. Checked on shipped and random workflows under random edits.

use std::path::Path;

use proptest::prelude::*;
use proptest::test_runner::TestCaseError;
use serde_json::{Value as Json, json};
use tresteg::diff::{self, ChangeKind, Content, Part};
use tresteg::{Language, Workflow};

use crate::dice::{Dice, check};
use crate::oracle::generate;

fn load(text: &str) -> Option<Workflow> {
    Workflow::from_json(text).ok()
}

fn of(text: &str) -> Workflow {
    Workflow::from_json(text).unwrap_or_else(|report| panic!("{text}\n{report}"))
}

/// Every shipped workflow that stands by itself.
pub(crate) fn shipped() -> Vec<Json> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("workflows");
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut paths: Vec<_> = entries
        .filter(|path| path.extension().is_some_and(|ending| ending == "json"))
        .filter(|path| !path.to_string_lossy().ends_with(".scenario.json"))
        .collect();
    paths.sort();
    let texts = paths.into_iter().map(|path| std::fs::read_to_string(path).unwrap());
    // A variant needs its base, a whole its parts.
    let alone = |text: &String| !text.contains("\"extends\"") && !text.contains("\"invoke\"");
    let texts = texts.filter(alone);
    let found: Vec<Json> = texts.map(|text| serde_json::from_str(&text).unwrap()).collect();
    assert!(found.len() > 20);
    found
}

/// JSON with keys in any order and white space anywhere.
fn written(dice: &mut Dice, json: &Json, out: &mut String) {
    match json {
        Json::Object(members) => {
            let mut members: Vec<_> = members.iter().collect();
            // Few, or the tape runs out.
            if members.len() > 1 && dice.once_in(4) {
                let by = dice.below(members.len());
                members.rotate_left(by);
            }
            out.push('{');
            for (index, (key, value)) in members.into_iter().enumerate() {
                out.push_str(if index > 0 { "," } else { "" });
                out.push_str(["", " ", "\n", "\t "][(key.len() + index) % 4]);
                out.push_str(&Json::from(key.as_str()).to_string());
                out.push(':');
                written(dice, value, out);
            }
            out.push('}');
        }
        Json::Array(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                out.push_str(if index > 0 { "," } else { "" });
                written(dice, item, out);
            }
            out.push(']');
        }
        other => out.push_str(&other.to_string()),
    }
}

/// Pointers to every node for which something holds.
fn nodes(json: &Json, holds: &dyn Fn(&str, &Json) -> bool) -> Vec<String> {
    let mut found = Vec::new();
    let mut waiting = vec![(String::new(), json)];
    while let Some((path, node)) = waiting.pop() {
        if holds(&path, node) {
            found.push(path.clone());
        }
        match node {
            Json::Object(members) => {
                waiting.extend(members.iter().map(|(key, inner)| (format!("{path}/{key}"), inner)));
            }
            Json::Array(items) => {
                waiting.extend(
                    items.iter().enumerate().map(|(at, inner)| (format!("{path}/{at}"), inner)),
                );
            }
            _ => {}
        }
    }
    found.sort();
    found
}

fn parent_of(path: &str) -> (&str, &str) {
    path.rsplit_once('/').unwrap_or(("", path))
}

/// One random edit: of what is meant, of what is not, or one that makes the file wrong.
fn edit(dice: &mut Dice, json: &mut Json) {
    match dice.below(10) {
        // Another scalar of the same kind.
        0 | 1 => {
            let scalars = nodes(json, &|_, node| !node.is_object() && !node.is_array());
            let texts = nodes(json, &|_, node| node.is_string());
            if scalars.is_empty() || texts.is_empty() {
                return;
            }
            let other = json.pointer(dice.pick::<String>(&texts)).cloned();
            let (by, tweak) = (dice.below(5) as i64 - 2, dice.below(3));
            let Some(node) = json.pointer_mut(dice.pick::<String>(&scalars)) else { return };
            *node = match &*node {
                Json::Bool(value) => json!(!value),
                Json::Number(number) => match number.as_i64() {
                    Some(number) => json!(number + by),
                    None => json!(0.5),
                },
                Json::String(text) => match tweak {
                    0 => json!(text.replace(['1', '2', '3'], "4")),
                    1 => json!(text.replace(" == ", " != ").replace(">=", ">").replace("&&", "||")),
                    _ => other.unwrap_or_default(),
                },
                other => other.clone(),
            };
        }
        // White space, comments and quotes of scripts.
        2 => {
            let scripts = nodes(json, &|path, node| {
                let key = parent_of(path).1;
                ["guard", "actions", "entry", "exit", "body", "score"].contains(&key)
                    && node.is_string()
            });
            if !scripts.is_empty() {
                let node = json.pointer_mut(dice.pick::<String>(&scripts)).unwrap();
                let text = node.as_str().unwrap().replace(' ', "  ");
                *node = json!(format!("{text} /* said otherwise */"));
            }
        }
        // Labels.
        3 => {
            let objects = nodes(json, &|path, node| node.is_object() && path.contains("/states/"));
            if let Some(path) = objects.get(dice.below(objects.len().max(1))) {
                let members = json.pointer_mut(path).unwrap().as_object_mut().unwrap();
                members.insert("title".into(), json!(dice.pick(&["A", "B", "C"])));
            }
        }
        // Something less.
        4 => {
            let paths = nodes(json, &|path, _| !path.is_empty());
            let path = dice.pick::<String>(&paths).clone();
            let (around, key) = parent_of(&path);
            match json.pointer_mut(around) {
                Some(Json::Object(members)) => drop(members.remove(key)),
                Some(Json::Array(items)) => drop(items.remove(key.parse().unwrap())),
                _ => {}
            }
        }
        // Another order of a list.
        5 => {
            let lists =
                nodes(json, &|_, node| node.as_array().is_some_and(|items| items.len() > 1));
            if !lists.is_empty() {
                let items =
                    json.pointer_mut(dice.pick::<String>(&lists)).unwrap().as_array_mut().unwrap();
                let count = items.len();
                items.swap(dice.below(count), dice.below(count));
            }
        }
        // A state elsewhere.
        6 => {
            let states = nodes(json, &|path, node| {
                node.is_object() && parent_of(parent_of(path).0).1 == "states"
            });
            let inner =
                nodes(json, &|path, node| node.is_object() && parent_of(path).1 == "states");
            if states.is_empty() || inner.is_empty() {
                return;
            }
            let (from, to) =
                (dice.pick::<String>(&states).clone(), dice.pick::<String>(&inner).clone());
            let (around, key) = parent_of(&from);
            if to.starts_with(&from) {
                return;
            }
            let state = json.pointer_mut(around).unwrap().as_object_mut().unwrap().remove(key);
            if let (Some(state), Some(Json::Object(members))) = (state, json.pointer_mut(&to)) {
                members.insert(key.to_owned(), state);
            }
        }
        // A transition elsewhere, or under another event.
        7 => {
            let answers = nodes(json, &|path, _| {
                ["on", "after", "at"].contains(&parent_of(parent_of(path).0).1)
            });
            if answers.is_empty() {
                return;
            }
            let (from, to) =
                (dice.pick::<String>(&answers).clone(), dice.pick::<String>(&answers).clone());
            let moved = json.pointer(&from).cloned().unwrap();
            let (around, key) = parent_of(&to);
            let key = if dice.once_in(2) { parent_of(&from).1 } else { key };
            if let Some(Json::Object(members)) = json.pointer_mut(around) {
                members.insert(key.to_owned(), moved);
            }
        }
        // Another name, wherever it stands.
        8 => {
            let named = nodes(json, &|path, _| {
                let around = parent_of(parent_of(path).0).1;
                ["states", "events", "facts", "factors", "parameters", "roles"].contains(&around)
            });
            if named.is_empty() {
                return;
            }
            let name = parent_of(dice.pick::<String>(&named)).1.to_owned();
            let text = json.to_string();
            let new = ["zz", "another"][dice.below(2)];
            let text = text.replace(&format!("\"{name}\""), &format!("\"{new}\""));
            let text = text.replace(&format!("`{name}`"), &format!("`{new}`"));
            let text =
                text.replace(&format!("done.state.{name}\""), &format!("done.state.{new}\""));
            *json = serde_json::from_str(&text).unwrap();
        }
        // Something more.
        _ => {
            let state =
                nodes(json, &|path, node| node.is_object() && parent_of(path).1 == "states");
            if let Some(Json::Object(states)) =
                state.get(dice.below(state.len().max(1))).and_then(|path| json.pointer_mut(path))
            {
                states.insert(
                    "brand_new".into(),
                    dice.pick(&[json!({}), json!({"type": "final"})]).clone(),
                );
            }
        }
    }
}

/// The changes of the way back, turned round, in any order.
fn mirrored(changes: &Json) -> Vec<String> {
    fn swap(node: &mut Json) {
        let Some(members) = node.as_object_mut() else { return };
        let (before, after) = (members.remove("before"), members.remove("after"));
        members.extend(before.map(|before| ("after".to_owned(), before)));
        members.extend(after.map(|after| ("before".to_owned(), after)));
        if let Some(kind) = members.get_mut("kind") {
            *kind = match kind.as_str().unwrap() {
                "added" => json!("removed"),
                "removed" => json!("added"),
                _ => json!("changed"),
            };
        }
        for aspect in members.get_mut("aspects").and_then(Json::as_array_mut).into_iter().flatten()
        {
            swap(aspect);
        }
    }
    let mut turned = changes.clone();
    turned.as_array_mut().unwrap().iter_mut().for_each(swap);
    told(&turned)
}

fn told(changes: &Json) -> Vec<String> {
    // A number is shown in the unit of the second.
    fn without_units(node: &Json) -> Json {
        match node {
            Json::Object(members) => {
                let kept = members.iter().filter(|(key, _)| *key != "unit");
                kept.map(|(key, inner)| (key.clone(), without_units(inner))).collect()
            }
            Json::Array(items) => items.iter().map(without_units).collect(),
            other => other.clone(),
        }
    }
    let mut told: Vec<String> = changes
        .as_array()
        .unwrap()
        .iter()
        .map(|change| without_units(change).to_string())
        .collect();
    told.sort();
    told
}

fn hold(a: &Workflow, b: &Workflow) -> Result<bool, TestCaseError> {
    let there = diff::compare(a, b);
    let same = a.fingerprint() == b.fingerprint();
    prop_assert_eq!(same, there.changes.is_empty(), "{:#?}", there.changes);
    for change in &there.changes {
        let both = change.before.is_some() && change.after.is_some();
        prop_assert_eq!(both, change.kind == ChangeKind::Changed);
        prop_assert!(!both || !change.aspects.is_empty());
        for aspect in &change.aspects {
            prop_assert!(aspect.before.is_some() || aspect.after.is_some());
            prop_assert!(aspect.before != aspect.after, "{aspect:?} of {:?}", change.place());
        }
    }
    let back = diff::compare(b, a);
    for (there, back) in [(&there.changes, &back.changes), (&there.labels, &back.labels)] {
        let (there, back) = (json!(there), json!(back));
        prop_assert_eq!(told(&there), mirrored(&back));
    }
    for workflow in [a, b] {
        let none = diff::compare(workflow, workflow);
        prop_assert!(none.changes.is_empty() && none.labels.is_empty());
    }
    Ok(same)
}

/// Edits some workflow twice and compares all three; counts what came of it.
fn edited(
    dice: &mut Dice,
    json: &Json,
    counts: &std::cell::RefCell<[u32; 3]>,
) -> Result<(), TestCaseError> {
    let edits = [0, 1, 3].map(|edits| {
        let mut json = json.clone();
        (0..edits).for_each(|_| edit(dice, &mut json));
        json
    });
    let texts = edits.map(|json| {
        let mut text = String::new();
        written(dice, &json, &mut text);
        text
    });
    let loaded: Vec<Workflow> = texts.iter().filter_map(|text| load(text)).collect();
    let mut counts = counts.borrow_mut();
    counts[0] += (texts.len() - loaded.len()) as u32;
    for pair in loaded.windows(2) {
        let same = hold(&pair[0], &pair[1])?;
        counts[1 + usize::from(same)] += 1;
    }
    Ok(())
}

#[test]
fn shipped_workflows_differ_exactly_when_their_fingerprints_do() {
    let shipped = shipped();
    let counts = std::cell::RefCell::new([0; 3]);
    check(100, 400, |dice| {
        let json = dice.pick(&shipped).clone();
        edited(dice, &json, &counts)
    });
    let [wrong, different, same] = counts.into_inner();
    assert!(different > 25 && same > 15, "{wrong} wrong, {different} different, {same} the same");
}

#[test]
fn random_workflows_differ_exactly_when_their_fingerprints_do() {
    let counts = std::cell::RefCell::new([0; 3]);
    check(150, 400, |dice| {
        let chart = generate::chart(dice);
        let json: Json = serde_json::from_str(&chart.to_json()).unwrap();
        edited(dice, &json, &counts)
    });
    let [wrong, different, same] = counts.into_inner();
    assert!(different > 40 && same > 20, "{wrong} wrong, {different} different, {same} the same");
}

#[test]
fn two_random_workflows_differ_exactly_when_their_fingerprints_do() {
    check(100, 600, |dice| {
        let (a, b) = (generate::chart(dice).to_json(), generate::chart(dice).to_json());
        hold(&of(&a), &of(&b)).map(drop)
    });
}

const BASE: &str = r#"{
  "id": "w", "roles": { "eva": {}, "bo": {} },
  "parameters": { "wait": { "type": "string", "format": "duration", "value": "P30D" } },
  "facts": { "ok": { "type": "boolean" }, "n": { "type": "integer", "minimum": 1 } },
  "factors": { "fine": { "guard": "ok && n > 2" } },
  "events": { "go": { "by": ["eva"], "sets": ["ok"] }, "stop": {} },
  "initial": "first",
  "states": {
    "first":  { "on": { "go": { "target": "second", "requires": ["fine"] }, "stop": "third" }, "after": { "P1D": "third" } },
    "second": { "entry": "n = 1", "initial": "x", "states": { "x": { "on": { "stop": "third" } }, "y": {} } },
    "third":  { "type": "final" }
  }
}"#;

fn changed(from: &str, to: &str) -> diff::Diff {
    assert!(BASE.contains(from), "{from}");
    diff::compare(&of(BASE), &of(&BASE.replace(from, to)))
}

/// Kind of part, name and aspects of each change.
fn brief(diff: &diff::Diff) -> Vec<String> {
    let changes = diff.changes.iter().map(|change| {
        let kind = match change.kind {
            ChangeKind::Added => "+",
            ChangeKind::Removed => "-",
            _ => "~",
        };
        let aspects: Vec<&str> = change.aspects.iter().map(|aspect| aspect.key.as_str()).collect();
        let aspects = if kind == "~" { aspects.join(" ") } else { String::new() };
        format!("{kind} {:?} {} {aspects}", change.part, change.place().name).trim_end().to_owned()
    });
    changes.collect()
}

#[test]
fn a_renamed_state_is_one_difference_however_often_it_is_named() {
    assert_eq!(brief(&changed("third", "over")), ["~ State over name"]);
    // With what is inside it renamed too.
    let text = BASE
        .replace("\"second\"", "\"two\"")
        .replace("\"x\"", "\"ex\"")
        .replace("\"first\"", "\"one\"");
    let found = diff::compare(&of(BASE), &of(&text));
    assert_eq!(brief(&found), ["~ State one name", "~ State two name", "~ State ex name"]);
    assert!(found.changes.iter().all(diff::Change::is_renamed));
    // One that does something else is another one, unless it is called the same by people.
    let other = changed(
        "\"third\":  { \"type\": \"final\" }",
        "\"third\":  { \"type\": \"final\" }, \"fourth\": {}",
    );
    assert_eq!(brief(&other), ["+ State fourth"]);
}

#[test]
fn states_move_and_transitions_find_each_other() {
    let moved = changed("\"y\": {} } },", "\"k\": {} } }, \"y\": {},");
    assert_eq!(brief(&moved), ["+ State k", "~ State y parent"]);
    assert_eq!(moved.changes[1].aspects[0].after, None);
    let target = changed("\"stop\": \"third\" }, \"after\"", "\"stop\": \"y\" }, \"after\"");
    assert_eq!(brief(&target), ["~ Transition stop target"]);
    let term = changed("\"P1D\": \"third\"", "\"wait\": \"third\"");
    assert_eq!(brief(&term), ["~ Transition after wait trigger"]);
    let gone = changed(", \"requires\": [\"fine\"]", "");
    assert_eq!(gone.transition(Some("first"), 0), Some(ChangeKind::Changed));
    assert_eq!(gone.transition(Some("first"), 1), None);
    let Some(Content::Names(names)) = &gone.changes[0].aspects[0].before else { panic!() };
    assert_eq!(names[0].name, "fine");
    assert_eq!(gone.state("first"), None);
    assert_eq!(moved.state("k"), Some(ChangeKind::Added));
}

#[test]
fn an_id_finds_a_transition_in_another_state() {
    let (plain, told) =
        ("\"stop\": \"third\"", "\"stop\": { \"target\": \"third\", \"id\": \"t\" }");
    let inner = "\"x\": { \"on\": { \"stop\": \"third\" } }, \"y\": {}";
    assert!(BASE.contains(inner));
    let base = BASE.replace(inner, &inner.replace(plain, told));
    let text = BASE.replace(inner, &format!("\"x\": {{}}, \"y\": {{ \"on\": {{ {told} }} }}"));
    assert_eq!(brief(&diff::compare(&of(&base), &of(&text))), ["~ Transition t source"]);
}

#[test]
fn the_order_of_a_list_is_a_difference_of_its_own() {
    let one = BASE.replace("\"stop\": \"third\" } }, \"y\"", "\"stop\": [{ \"target\": \"third\", \"guard\": \"ok\" }, { \"target\": \"y\" }, \"first\"] } }, \"y\"");
    let two = BASE.replace("\"stop\": \"third\" } }, \"y\"", "\"stop\": [{ \"target\": \"y\" }, { \"target\": \"third\", \"guard\": \"ok\" }, \"first\"] } }, \"y\"");
    let found = diff::compare(&of(&one), &of(&two));
    assert_eq!(brief(&found), ["~ State x order"]);
    let Some(Content::Names(names)) = &found.changes[0].aspects[0].after else { panic!() };
    let names: Vec<&str> = names.iter().map(|name| name.name.as_str()).collect();
    // What stayed behind both is not named.
    assert_eq!(names, ["stop → y", "stop → third"]);
}

#[test]
fn labels_stand_apart() {
    let found = changed(
        "\"eva\": {}",
        "\"eva\": { \"title\": { \"sv\": \"Eva\" }, \"source\": { \"url\": \"u\" } }",
    );
    assert!(found.same_meaning());
    assert_eq!(found.labels.len(), 1);
    assert_eq!(found.labels[0].part, Part::Role);
    let keys: Vec<&str> =
        found.labels[0].aspects.iter().map(|aspect| aspect.key.as_str()).collect();
    assert_eq!(keys, ["title.sv", "source.url"]);
}

/// Ten thousand states that all have another name and do something else: nothing is quadratic.
#[test]
fn large_workflows_are_compared() {
    let chart = |prefix: &str, number: &str| {
        let states = (0..10_000).map(|n| {
            let next = (n + 1) % 10_000;
            let go = format!(r#"{{ "target": "{prefix}{next}", "actions": "n = {number}" }}"#);
            format!(r#""{prefix}{n}": {{ "on": {{ "go": {go}, "e{n}": "{prefix}{n}" }} }}"#)
        });
        let states = states.collect::<Vec<_>>().join(",");
        let facts = r#"{ "n": { "type": "integer" } }"#;
        of(&format!(
            r#"{{ "id": "w", "facts": {facts}, "initial": "{prefix}0", "states": {{ {states} }} }}"#
        ))
    };
    let (base, other) = (chart("a", "1"), chart("b", "2"));
    // A quadratic way would not come to its end while anybody waits.
    let found = diff::compare(&base, &other);
    assert_eq!(found.changes.len(), 60_001);
}

/// Of a table the rows that differ are told, not all of both.
#[test]
fn tables_differ_by_their_rows() {
    let table = |rows: &str| {
        format!(
            r#"{{ "id": "w", "parameters": {{ "prices": {{
                "type": "array", "title": {{ "sv": "Priser", "en": "Prices" }},
                "items": {{ "type": "object", "properties": {{ "berth": {{ "type": "string" }}, "fee": {{ "type": "number" }}, "roofed": {{ "type": "boolean" }} }} }},
                "value": [{rows}] }} }}, "states": {{ "a": {{}} }} }}"#
        )
    };
    let kept = r#"{ "berth": "north", "fee": 1000, "roofed": false }"#;
    let (old, new) = (
        table(&format!(r#"{kept}, {{ "berth": "south", "fee": 1500, "roofed": false }}"#)),
        table(&format!(r#"{{ "berth": "south", "fee": 2500, "roofed": true }}, {kept}"#)),
    );
    let said = format!("{:?}", diff::compare(&of(&old), &of(&new)).describe(Language::Swedish));
    let row = "inte längre (berth south, fee 1500, roofed nej); dessutom (berth south, fee 2500, roofed ja)";
    assert!(said.contains(row), "{said}");
    assert!(!said.contains("north"), "{said}");
}
