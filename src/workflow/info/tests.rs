#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use crate::workflow::FieldKind;
use crate::{Language, Workflow};

fn workflow() -> Workflow {
    Workflow::from_json(
        r#"{
            "id": "w", "title": { "sv": "Flöde", "en": "Flow" },
            "types": { "sector": { "title": "Sector", "enum": { "city": { "sv": "Kommun" }, "firm": "Företag", "club": {} } } },
            "facts": {
                "yes": { "type": "boolean" },
                "count": { "type": "integer", "minimum": 0 },
                "cost": { "type": "number", "unit": "SEK", "title": { "sv": "Kostnad" }, "hint": { "en": "Without tax" } },
                "name": { "type": "string", "minLength": 2 },
                "one": { "type": "sector" },
                "many": { "type": "array", "items": { "type": "sector" }, "uniqueItems": true },
                "names": { "type": "array", "items": { "type": "string" } },
                "day": { "type": "string", "format": "date" },
                "length": { "type": "string", "format": "duration" },
                "who": { "type": "object", "properties": { "age": { "type": "integer" } } },
                "thing": {},
                "twice": { "type": "integer", "value": "count * 2" }
            },
            "events": { "a": { "sets": ["yes", "count", "cost", "name", "one", "many", "names", "day", "length", "who", "thing"],
                               "title": "Act", "hint": "Now", "data": { "note": { "type": "string" } } } },
            "on": { "a": {} }, "states": { "s": { "title": { "sv": "Läge" } } }
        }"#,
    )
    .unwrap_or_else(|report| panic!("{report}"))
}

/// The value that a person's text stands for, as JSON, or what is wrong with it.
fn typed(fact: &str, text: &str) -> String {
    match workflow().fact(fact).unwrap().parse(text) {
        Ok(value) => value.to_json(),
        Err(wrong) => format!("! {wrong}"),
    }
}

#[test]
fn people_type_values_as_they_write_them() {
    for (fact, text, value) in [
        ("yes", " Ja ", "true"),
        ("yes", "no", "false"),
        ("count", " 7", "7"),
        ("count", "7.0", "7"),
        ("cost", "0.10", "0.1"),
        ("cost", "12345678901234567890.12345678", "12345678901234567890.12345678"),
        ("name", " Eva ", "\" Eva \""),
        ("one", "club", "\"club\""),
        ("one", "kommun", "\"city\""),
        ("many", "firm, Kommun", "[\"firm\",\"city\"]"),
        ("many", "", "[]"),
        ("many", "[\"firm\"]", "[\"firm\"]"),
        ("names", "a b, c", "[\"a b\",\"c\"]"),
        ("day", "2026-03-01", "\"2026-03-01\""),
        ("length", "P14D", "\"P14D\""),
        ("who", "{\"age\": 3}", "{\"age\":3}"),
        ("thing", "[1, 2]", "[1,2]"),
        ("thing", "free text", "\"free text\""),
    ] {
        assert_eq!(typed(fact, text), value, "{fact} {text}");
    }
}

#[test]
fn what_does_not_fit_is_explained() {
    for (fact, text) in [
        ("yes", "maybe"),
        ("count", "many"),
        ("count", "-1"),
        ("count", "1.5"),
        ("count", "9223372036854775808"),
        ("cost", "1e999"),
        ("name", "E"),
        ("one", "martian"),
        ("many", "firm, firm"),
        ("many", "[1]"),
        ("many", "[\"firm\""),
        ("day", "2026-02-30"),
        ("length", "two weeks"),
        ("who", "{\"age\": \"old\"}"),
        ("who", "{\"age\": 1, \"age\": 2}"),
        ("who", "3"),
    ] {
        let said = typed(fact, text);
        assert!(said.starts_with("! ") && said.len() > 5, "{fact} {text}: {said}");
    }
}

#[test]
fn labels_come_in_the_language_asked_for_or_the_one_there_is() {
    let workflow = workflow();
    let cost = workflow.fact("cost").unwrap();
    assert_eq!(cost.title(Language::English), Some("Kostnad"));
    assert_eq!(cost.help(Language::Swedish), Some("Without tax"));
    assert_eq!(cost.unit(), Some("SEK"));
    assert_eq!(workflow.fact("one").unwrap().title(Language::English), Some("Sector"));
    assert_eq!(workflow.about().title(Language::Swedish), "Flöde");
    assert_eq!(workflow.state("s").unwrap().title(Language::English), "Läge");
    assert_eq!(workflow.event("a.b").unwrap().hint(Language::English), Some("Now"));
    assert!(
        workflow.event("b").is_none()
            && workflow.state("w").is_none()
            && workflow.fact("s").is_none()
    );
    let FieldKind::Enum(choices) = workflow.fact("one").unwrap().kind() else { panic!("an enum") };
    let choices: Vec<_> = choices.iter(Language::Swedish).collect();
    assert_eq!(choices, [("city", "Kommun"), ("firm", "Företag"), ("club", "club")]);
    let data: Vec<_> =
        workflow.event_data("a").map(|(field, required)| (field.name(), required)).collect();
    assert_eq!(data, [("note", false)]);
}

#[test]
fn the_schema_of_the_facts_has_those_that_can_be_reported() {
    let schema: serde_json::Value =
        serde_json::from_str(&workflow().facts_schema(Language::Swedish)).unwrap();
    assert_eq!(schema["title"], "Flöde");
    assert_eq!(schema["properties"].as_object().unwrap().len(), 11);
    assert!(schema["properties"].get("twice").is_none());
    assert_eq!(schema["properties"]["many"]["items"]["oneOf"][0]["title"], "Kommun");
}
