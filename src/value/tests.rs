#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use super::*;

fn number(text: &str) -> Value {
    Value::Number(Number::parse(text).unwrap())
}

/// A value of each kind, alike where they can be confused.
pub(super) fn samples() -> Vec<Value> {
    vec![
        true.into(),
        1.into(),
        i64::MIN.into(),
        number("1"),
        number("0.1"),
        number("1234567890123456789.012345678"),
        "1".into(),
        "true".into(),
        "".into(),
        "2026-01-05".into(),
        Date::parse("2026-01-05").unwrap().into(),
        DateTime::read("2026-01-05T09:00:00.5+01:00").unwrap().into(),
        "2026-01-05T09:00:00.5+01:00".into(),
        Duration::parse("P1M").unwrap().into(),
        Duration::parse("PT36H").unwrap().into(),
        "P1M".into(),
        Value::from(Vec::new()),
        Value::from(BTreeMap::new()),
        [("$number", "1".into())].into_iter().collect(),
        [("$$number", number("1"))].into_iter().collect(),
        [("$", 1.into()), ("a", 1.into())].into_iter().collect(),
        [("\"quoted\"\n\u{1}å", Value::from(vec![1.into(), "x".into()]))].into_iter().collect(),
    ]
}

/// Lists in lists.
pub(super) fn nested(levels: usize) -> Value {
    (0..levels).fold(Value::from(1), |inner, _| Value::from(vec![inner]))
}

#[test]
fn shows_values_to_people() {
    let record: Value =
        [("b", number("1.50")), ("a", Value::from(vec!["x y".into(), true.into()]))]
            .into_iter()
            .collect();
    assert_eq!(record.to_string(), "{a: [x y, true], b: 1.5}");
    assert_eq!(Value::from("text").to_string(), "text");
    assert_eq!(Value::from(Duration::parse("P12M").unwrap()).to_string(), "P1Y");
    let names: Vec<&str> = samples().iter().map(Value::type_name).collect();
    for name in
        ["boolean", "integer", "number", "text", "date", "date-time", "duration", "list", "record"]
    {
        assert!(names.contains(&name), "{name}");
    }
}

#[test]
fn gives_itself_only_as_what_it_is() {
    for value in samples() {
        let given = [
            value.as_bool().is_some(),
            value.as_i64().is_some(),
            value.as_str().is_some(),
            value.as_date().is_some(),
            value.as_date_time().is_some(),
            value.as_duration().is_some(),
            value.as_list().is_some(),
            value.as_record().is_some(),
            matches!(value, Value::Number(_)),
        ];
        assert_eq!(given.iter().filter(|given| **given).count(), 1, "{value:?}");
    }
    assert_eq!(Value::from(3).as_number(), Some(Number::from(3)));
}

#[test]
fn integers_equal_numbers_anywhere() {
    assert!(Value::from(1).loose_eq(&number("1.0")));
    assert!(!Value::from(1).loose_eq(&number("1.5")));
    assert!(!Value::from(1).loose_eq(&"1".into()));
    let list = |item: Value| -> Value { [("k", Value::from(vec![item]))].into_iter().collect() };
    assert!(list(1.into()).loose_eq(&list(number("1"))));
    assert!(!list(1.into()).loose_eq(&list(2.into())));
    assert_ne!(Value::from(1), number("1"));
    for (at, a) in samples().iter().enumerate() {
        for (other, b) in samples().iter().enumerate() {
            let same = at == other || (at, other) == (1, 3) || (at, other) == (3, 1);
            assert_eq!(a.loose_eq(b), same, "{a:?} {b:?}");
            assert_eq!(a.total_cmp(b), b.total_cmp(a).reverse());
        }
    }
}

#[test]
fn measures_without_recursion() {
    let deep = nested(200_000);
    assert!(deep.nests_deeper_than(64));
    assert!(!deep.nests_deeper_than(200_000));
    assert!(deep.nests_deeper_than(199_999));
    deep.clone().dismantle();
    deep.dismantle();
    let records =
        (0..200_000).fold(Value::from(1), |inner, _| [("k", inner)].into_iter().collect());
    assert!(records.nests_deeper_than(64));
    records.dismantle();
    assert!(!nested(64).nests_deeper_than(64));
    assert!(nested(65).nests_deeper_than(64));
    assert!(!Value::from(1).nests_deeper_than(0));
    assert!(nested(1).nests_deeper_than(0));
    let wide: Value = std::iter::repeat_n(nested(2), 1_000).collect();
    assert!(!wide.nests_deeper_than(3));
    assert!(wide.nests_deeper_than(2));
}

#[test]
fn messages_show_the_beginning_of_a_text() {
    assert_eq!(brief("short\nlines"), r"short\nlines");
    assert_eq!(brief(&"å".repeat(61)), format!("{}…", "å".repeat(60)));
}
