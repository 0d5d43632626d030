#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::sync::Arc;

use super::*;
use crate::value::{Number, Value, Zone};

fn label(texts: &[(&str, &str)]) -> Label {
    Label(
        texts.iter().map(|(language, text)| ((*language).to_owned(), (*text).to_owned())).collect(),
    )
}

fn choice(values: &[(&str, Label)]) -> Shape {
    let values = values.iter().map(|(value, label)| ((*value).to_owned(), label.clone())).collect();
    Shape::new(Kind::Enum(Arc::new(values)))
}

fn fragment(shape: &Shape) -> String {
    let mut text = String::new();
    shape.write_json_schema("sv", &mut text);
    text
}

/// A record with everything.
fn everything() -> Shape {
    let mut budget = Shape::new(Kind::Number);
    budget.minimum = Some(Number::parse("0.1").unwrap());
    budget.maximum = Some(Number::parse("1234567890123456789.012345678").unwrap());
    budget.multiple_of = Some(Number::parse("0.1").unwrap());
    budget.unit = Some("SEK".to_owned());
    budget.personal = true;
    budget.title = label(&[("en", "Budget"), ("sv", "Budget för \"provet\"")]);
    let mut sectors = Shape::new(Kind::Array(Box::new(choice(&[
        ("municipality", label(&[("", "Kommun")])),
        ("users", Label::default()),
    ]))));
    sectors.unique_items = true;
    sectors.min_items = Some(1);
    sectors.max_items = Some(4);
    let mut name = Shape::new(Kind::String);
    name.min_length = Some(1);
    name.max_length = Some(20);
    name.description = label(&[("", "En rad")]);
    let mut seats = Shape::new(Kind::Integer);
    seats.exclusive_minimum = Some(Number::from(0));
    seats.exclusive_maximum = Some(Number::from(10));
    let properties = [
        ("budget", budget),
        ("sectors", sectors),
        ("risk", choice(&[("low", Label::default()), ("high", Label::default())])),
        ("name", name),
        ("seats", seats),
        ("ok", Shape::new(Kind::Boolean)),
        ("day", Shape::new(Kind::Date)),
        ("time", Shape::new(Kind::DateTime)),
        ("wait", Shape::new(Kind::Duration)),
        ("any", Shape::new(Kind::Any)),
    ];
    Shape::new(Kind::Object(Box::new(Object {
        properties: properties.into_iter().map(|(name, shape)| (name.to_owned(), shape)).collect(),
        required: vec!["name".to_owned()],
        additional: None,
    })))
}

#[test]
fn writes_plain_json_schema() {
    let text = everything().to_json_schema("sv");
    let expected = [
        r#"{"$schema":"https://json-schema.org/draft/2020-12/schema","type":"object","properties":{"#,
        r#""budget":{"title":"Budget för \"provet\"","type":"number","minimum":0.1,"#,
        r#""maximum":1234567890123456789.012345678,"multipleOf":0.1,"x-unit":"SEK","x-personal":true},"#,
        r#""sectors":{"type":"array","items":{"type":"string","oneOf":[{"const":"municipality","title":"Kommun"},"#,
        r#"{"const":"users"}]},"minItems":1,"maxItems":4,"uniqueItems":true},"#,
        r#""risk":{"type":"string","enum":["low","high"]},"#,
        r#""name":{"description":"En rad","type":"string","minLength":1,"maxLength":20},"#,
        r#""seats":{"type":"integer","exclusiveMinimum":0,"exclusiveMaximum":10},"#,
        r#""ok":{"type":"boolean"},"#,
        r#""day":{"type":"string","format":"date"},"#,
        r#""time":{"type":"string","format":"date-time"},"#,
        r#""wait":{"type":"string","format":"duration"},"#,
        r#""any":{}},"required":["name"],"additionalProperties":false}"#,
    ];
    assert_eq!(text, expected.concat());
    assert!(everything().to_json_schema("en").contains(r#""title":"Budget","#));
}

#[test]
fn further_properties_have_their_schema() {
    let shape = Shape::new(Kind::Object(Box::new(Object {
        properties: IndexMap::new(),
        required: Vec::new(),
        additional: Some(Shape::new(Kind::Integer)),
    })));
    assert_eq!(
        fragment(&shape),
        r#"{"type":"object","properties":{},"additionalProperties":{"type":"integer"}}"#
    );
}

#[test]
fn an_independent_validator_agrees() {
    let shape = everything();
    let schema: serde_json::Value = serde_json::from_str(&shape.to_json_schema("sv")).unwrap();
    assert!(jsonschema::meta::is_valid(&schema));
    let validator =
        jsonschema::options().should_validate_formats(true).build(&schema).expect("a schema");
    let text = |text: &str| Value::from(text);
    for (key, value) in [
        ("name", text("")),
        ("name", text("abc")),
        ("name", text("abcdefghijklmnopqrstuvwxyz")),
        ("name", Value::from(3)),
        ("risk", text("low")),
        ("risk", text("medium")),
        ("sectors", Value::from(vec![text("users")])),
        ("sectors", Value::from(vec![])),
        ("sectors", Value::from(vec![text("users"), text("users")])),
        ("sectors", Value::from(vec![text("nobody")])),
        ("seats", Value::from(0)),
        ("seats", Value::from(9)),
        ("seats", Value::from(10)),
        ("seats", Value::Number(Number::parse("1.5").unwrap())),
        ("budget", Value::from(0)),
        ("budget", Value::from(1)),
        ("ok", Value::from(false)),
        ("ok", text("false")),
        ("day", text("2026-02-29")),
        ("day", text("2024-02-29")),
        ("time", text("2026-01-05T09:00:00+01:00")),
        ("time", text("2026-01-05T25:00:00")),
        ("wait", text("P90D")),
        ("wait", text("90 days")),
        ("any", Value::from(vec![])),
        ("other", Value::from(1)),
    ] {
        let value: Value = [("name", text("x")), (key, value)].into_iter().collect();
        let json: serde_json::Value = serde_json::from_str(&value.to_json()).unwrap();
        let admitted = shape.admit(value.clone(), &Zone::utc()).is_ok();
        assert_eq!(admitted, validator.is_valid(&json), "{value}");
    }
}
