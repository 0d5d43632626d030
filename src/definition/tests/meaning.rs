//! What is read means what the format says.

use super::{codes, every_key, right};
use crate::definition::model::{Definition, FactorRule, State, StateKind, Trigger, When};
use crate::definition::shape::Kind;
use crate::value::Value;

fn state<'d>(definition: &'d Definition, name: &str) -> &'d State {
    definition.states.rows().iter().find(|state| state.name.value == name).unwrap()
}

/// What answers, in the order in which it is tried: trigger and first target or script.
fn answers(definition: &Definition, name: &str) -> Vec<String> {
    let state = state(definition, name);
    let shown = state.transitions.iter().map(|id| {
        let transition = definition.transitions.at(*id);
        let trigger = match &transition.trigger {
            Trigger::Events(patterns) => {
                patterns.iter().map(|pattern| pattern.as_str()).collect::<Vec<_>>().join(" ")
            }
            Trigger::Always => "always".to_owned(),
            Trigger::Term(term) => format!("term {}", state.terms[*term as usize].key.value),
        };
        let targets = transition.targets.iter().map(|target| target.as_str()).collect::<Vec<_>>();
        format!("{trigger} > {}", targets.join(" "))
    });
    shown.collect()
}

#[test]
fn transitions_are_tried_done_first_then_by_length_of_the_name() {
    let definition = right(
        r#"{ "id": "a", "initial": "s", "states": { "s": {
            "on": { "*": "x", "a": ["x", { "target": "y", "guard": "g" }], "a.b.*": "y", "a.b.c": "x", "b": "y" },
            "always": { "guard": "g", "target": "x" },
            "at": { "due": "x" }, "after": { "P2D": "y", "P1D": "x" },
            "states": { "end": { "type": "final" } }, "done": "y" }, "x": {}, "y": {} },
            "facts": { "due": { "format": "date" }, "g": { "type": "boolean" } } }"#
            .replace(r#"["x", { "target": "y", "guard": "g" }]"#, r#"[{ "target": "y", "guard": "g" }, "x"]"#)
            .as_str(),
    );
    assert_eq!(
        answers(&definition, "s"),
        [
            "done.state.s > y",
            "a.b.c > x",
            "a.b > y",
            "a > y",
            "a > x",
            "b > y",
            "* > x",
            "always > x",
            "term P1D > x",
            "term P2D > y",
            "term due > x"
        ]
    );
}

#[test]
fn the_list_form_keeps_its_order() {
    let definition = right(
        r#"{ "id": "a", "states": { "s": { "on": [
            { "event": "a.* b" }, { "event": "*", "guard": "true" }, { "event": "a.b.c", "guard": "true" }, { "event": "c" } ] } } }"#
            .replace(r#"{ "event": "a.* b" }"#, r#"{ "event": "a.* b", "guard": "true" }"#)
            .as_str(),
    );
    assert_eq!(answers(&definition, "s"), ["a b > ", "* > ", "a.b.c > ", "c > "]);
}

/// Tools sort keys: that changes nothing but the order of states.
#[test]
fn the_order_of_keys_means_nothing() {
    let text = every_key();
    let sorted =
        serde_json::from_str::<std::collections::BTreeMap<String, serde_json::Value>>(&text)
            .unwrap();
    let (written, sorted) = (right(&text), right(&serde_json::to_string(&sorted).unwrap()));
    assert_eq!(written.states.len(), sorted.states.len());
    for state in written.states.rows() {
        assert_eq!(
            answers(&written, &state.name),
            answers(&sorted, &state.name),
            "{}",
            state.name.value
        );
    }
}

#[test]
fn every_key_is_read() {
    let definition = right(&every_key());
    let kind = |name: &str| {
        definition
            .facts
            .rows()
            .iter()
            .find(|fact| fact.name.value == name)
            .unwrap()
            .shape
            .kind
            .clone()
    };
    let parameter = |name: &str| {
        let found = definition.parameters.rows().iter().find(|one| one.name.value == name).unwrap();
        (found.shape.kind.clone(), found.value.clone())
    };
    assert_eq!(definition.id.value, "every-key");
    assert_eq!(definition.zone.name, "Europe/Stockholm");
    assert_eq!(definition.notes.title.get("en"), Some("Every key"));
    assert_eq!(definition.roles.keys().collect::<Vec<_>>(), ["clerk", "chief"]);
    assert_eq!(parameter("plain"), (Kind::Integer, Value::Integer(3)));
    assert!(matches!(parameter("share"), (Kind::Number, Value::Number(_))));
    assert!(matches!(parameter("patience"), (Kind::Duration, Value::Duration(_))));
    assert!(matches!(parameter("choice"), (Kind::Enum(_), Value::Text(_))));
    assert!(matches!(parameter("list").0, Kind::Array(items) if items.kind == Kind::String));
    assert_eq!(parameter("inferred").0, Kind::Boolean);
    assert!(
        matches!(kind("sector"), Kind::Enum(values) if values.keys().eq(["public", "private", "x-other"]))
    );
    let Kind::Array(rows) = kind("costs") else { panic!() };
    let Kind::Object(row) = &rows.kind else { panic!() };
    assert_eq!(row.properties["amount"].unit.as_deref(), Some("SEK"));
    assert_eq!(row.additional, None);
    assert_eq!(kind("quiet_until"), Kind::DateTime);
    assert!(
        matches!(&definition.factors.rows()[2].rule, FactorRule::Of { of, .. } if of.len() == 3)
    );
    assert_eq!(definition.functions.len(), 2);
    let report = &definition.events.as_ref().unwrap()["report"];
    assert_eq!((report.required.len(), report.data_required.len(), report.note), (1, 1, true));
    assert_eq!(definition.events.as_ref().unwrap()["permit.refused"].by.as_deref(), Some(&[][..]));
    let file = definition.states.rows().first().unwrap();
    assert!(file.transitions.iter().all(|id| definition.transitions.at(*id).internal));
    assert!(
        file.terms
            .iter()
            .any(|term| matches!(term.when, When::AfterNamed) && term.key.value == "patience")
    );
    assert_eq!(state(&definition, "back").kind, StateKind::History { deep: true });
    assert_eq!(state(&definition, "right").initial.as_ref().unwrap().targets[0].value, "right_one");
}

#[test]
fn scripts_lead_back_to_the_file_through_lines_and_escapes() {
    let text = r#"{ "id": "a", "facts": { "n": { "type": "integer" } },
        "states": { "s": { "entry": ["n = 1;", "n = \"å\\\" + first;", "\u0061bc = second"] } } }"#;
    let (definition, _) = super::read(text);
    let definition = definition.unwrap();
    let script = state(&definition, "s").entry.as_ref().unwrap();
    assert_eq!(script.text, "n = 1;\nn = \"å\\\" + first;\nabc = second");
    for word in ["n = 1", "first", "second", "bc"] {
        let at = script.text.find(word).unwrap();
        let span = script.span(at, at + word.len());
        assert_eq!(&text[span.start as usize..span.end as usize], word);
    }
    let at = script.text.find("abc").unwrap();
    let span = script.span(at, at + 3);
    assert_eq!(&text[span.start as usize..span.end as usize], r"\u0061bc");
}

/// Small files that must give exactly these codes.
#[test]
fn codes_of_small_files() {
    let facts = |facts: &str| {
        format!(r#"{{ "id": "a", "facts": {{ {facts} }}, "states": {{ "s": {{}} }} }}"#)
    };
    let states =
        |states: &str| format!(r#"{{ "id": "a", "initial": "s", "states": {{ {states} }} }}"#);
    let of = |text: String| codes(&text);
    for (text, wanted) in [
        (facts(r#""f": {}, "x-f": 1, "$comment": 2"#), vec![]),
        (facts(r#""new": { "type": "boolean" }"#), vec!["reserved-name"]),
        (facts(r#""f": { "type": "integer", "default": 1.0 }"#), vec![]),
        (facts(r#""f": { "type": "integer", "default": null }"#), vec!["wrong-type"]),
        (facts(r#""f": { "type": "integer", "default": 1.5 }"#), vec!["bad-value"]),
        (facts(r#""f": { "format": "date", "default": "2026-13-01" }"#), vec!["bad-value"]),
        (facts(r#""f": { "type": "object", "required": ["a"] }"#), vec![]),
        (
            facts(r#""f": { "type": "object", "properties": {}, "required": ["a"] }"#),
            vec!["unknown-name"],
        ),
        (
            facts(r#""f": { "type": "object", "properties": { "this": {} } }"#),
            vec!["reserved-name"],
        ),
        (facts(r#""f": { "enum": ["a"], "format": "date" }"#), vec!["bad-combination"]),
        (
            facts(r#""f": { "type": "number", "minimum": 1, "exclusiveMaximum": 1 }"#),
            vec!["bad-bounds"],
        ),
        // A state may be called what a fact may not.
        (states(r#""s": { "on": { "go": "new" } }, "new": {}"#), vec![]),
        (states(r#""s": { "on": { "done": {} } }"#), vec!["reserved-name"]),
        (states(r#""s": { "done": {} }"#), vec!["bad-combination"]),
        (states(r#""s": { "always": "s" }"#), vec!["endless-always"]),
        (states(r#""s": { "always": { "target": "s", "guard": "true" } }"#), vec![]),
        (states(r#""s": { "after": { "PT0S": {} } }"#), vec![]),
        (states(r#""s": { "after": { "P1DT1H": {} } }"#), vec!["bad-duration"]),
        (states(r#""s": { "on": { "go": null } }"#), vec!["wrong-type"]),
        (states(r#""s": { "on": { "go": { "signed_by": [] } } }"#), vec!["empty"]),
        (
            states(
                r#""s": { "states": { "a": {}, "h": { "type": "history", "default": "a" } }, "on": { "back": "h" } }"#,
            ),
            vec![],
        ),
        (
            states(
                r#""s": { "states": { "a": {}, "h": { "type": "history", "default": "s" } }, "on": { "back": "h" } }"#,
            ),
            vec!["bad-target"],
        ),
    ] {
        assert_eq!(of(text.clone()), wanted, "{text}");
    }
}

#[test]
fn declared_events_govern_what_begins_with_them() {
    let file = |events: &str, on: &str| {
        format!(
            r#"{{ "id": "a", "events": {{ {events} }}, "states": {{ "s": {{ "on": {{ {on} }} }} }} }}"#
        )
    };
    for (events, on, wanted) in [
        (r#""a": {}"#, r#""a.b": {}"#, vec![]),
        (r#""a.b": {}, "a.c": {}"#, r#""a": {}"#, vec![]),
        (r#""a.b": {}"#, r#""a.c": {}"#, vec!["unknown-event"]),
        (r#""a": {}, "b": {}"#, r#""*": {}"#, vec![]),
        (r#""ab": {}"#, r#""a": {}"#, vec!["unknown-event"]),
        (r#""a": { "by": [] }"#, r#""a": {}"#, vec![]),
        ("", r#""a": {}"#, vec!["unknown-event"]),
        ("", r#""done.state.s": {}"#, vec!["never-done"]),
    ] {
        assert_eq!(codes(&file(events, on)), wanted, "{events} {on}");
    }
}
