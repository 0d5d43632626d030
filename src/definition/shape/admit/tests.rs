#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use proptest::prelude::*;

use super::*;

fn zone() -> Zone {
    Zone::named("Europe/Stockholm").unwrap()
}

fn number(text: &str) -> Number {
    Number::parse(text).unwrap()
}

fn list(items: Shape) -> Shape {
    Shape::new(Kind::Array(Box::new(items)))
}

fn choice(values: &[&str]) -> Shape {
    let values = values.iter().map(|value| ((*value).to_owned(), Label::default())).collect();
    Shape::new(Kind::Enum(Arc::new(values)))
}

fn object(properties: &[(&str, Shape)], required: &[&str], additional: Option<Shape>) -> Shape {
    Shape::new(Kind::Object(Box::new(Object {
        properties: properties
            .iter()
            .map(|(name, shape)| ((*name).to_owned(), shape.clone()))
            .collect(),
        required: required.iter().map(|name| (*name).to_owned()).collect(),
        additional,
    })))
}

/// What is wrong, a line each: path, message, hint.
fn problems(shape: &Shape, value: impl Into<Value>) -> Vec<String> {
    shape
        .admit(value.into(), &zone())
        .expect_err("was admitted")
        .into_iter()
        .map(|found| {
            let hint = found.hint.map_or(String::new(), |hint| format!(" ({hint})"));
            format!("{}: {}{hint}", found.path, found.message)
        })
        .collect()
}

#[test]
fn gives_values_their_declared_type() {
    let wait = Duration::parse("P90D").unwrap();
    let day = Date::parse("2026-01-05").unwrap();
    let time = DateTime::parse("2026-01-05T08:00:00Z", &zone()).unwrap();
    let civil = DateTime::parse("2026-01-05T09:00:00+01:00", &zone()).unwrap();
    for (kind, given, admitted) in [
        (Kind::DateTime, Value::from("2026-01-05T09:00"), civil.into()),
        (Kind::DateTime, Value::from("2026-01-05T09:00:00"), civil.into()),
        (Kind::Any, Value::from("2026-01-05"), Value::from("2026-01-05")),
        (Kind::Boolean, true.into(), true.into()),
        (Kind::Integer, 1.into(), 1.into()),
        (Kind::Integer, number("1.0").into(), 1.into()),
        (Kind::Number, 1.into(), number("1").into()),
        (Kind::Number, number("0.1").into(), number("0.1").into()),
        (Kind::String, "x".into(), "x".into()),
        (Kind::String, "2026-01-05".into(), "2026-01-05".into()),
        (Kind::Date, "2026-01-05".into(), day.into()),
        (Kind::Date, day.into(), day.into()),
        (Kind::DateTime, "2026-01-05T08:00:00Z".into(), time.into()),
        (Kind::Duration, "P90D".into(), wait.into()),
        (Kind::Duration, wait.into(), wait.into()),
    ] {
        let shape = Shape::new(kind);
        assert_eq!(shape.admit(given, &zone()), Ok(admitted), "{}", shape.describe());
    }
    // Times are put into the zone, a host's own too.
    let given = Value::DateTime("2026-01-05T08:00:00Z".parse().unwrap());
    let admitted = Shape::new(Kind::DateTime).admit(given, &zone()).unwrap();
    assert_eq!(admitted.to_string(), "2026-01-05T09:00:00+01:00");
    // Inside too.
    let shape =
        object(&[("due", Shape::new(Kind::Date))], &[], Some(list(Shape::new(Kind::Number))));
    let given: Value = [("due", "2026-01-05".into()), ("other", Value::from(vec![1.into()]))]
        .into_iter()
        .collect();
    let expected: Value = [("due", day.into()), ("other", Value::from(vec![number("1").into()]))]
        .into_iter()
        .collect();
    assert_eq!(shape.admit(given, &zone()), Ok(expected));
}

#[test]
fn says_which_type_is_meant() {
    for (kind, value, problem) in [
        (
            Kind::Boolean,
            Value::from("true"),
            ": must be a boolean, is the text `true` (write true without quotes)",
        ),
        (Kind::Boolean, 1.into(), ": must be a boolean, is 1"),
        (
            Kind::Integer,
            "3".into(),
            ": must be an integer, is the text `3` (numbers stand without quotes)",
        ),
        (Kind::Integer, number("1.5").into(), ": must be a whole number, is 1.5"),
        (
            Kind::Integer,
            number("1e20").into(),
            ": is too large for an integer, is 100000000000000000000",
        ),
        (Kind::Number, Value::from(vec![]), ": must be a number, is a list"),
        (Kind::String, 3.into(), ": must be a text, is 3 (texts stand in quotes)"),
        (
            Kind::String,
            Date::parse("2026-01-05").unwrap().into(),
            ": must be a text, is the date 2026-01-05",
        ),
        (
            Kind::Date,
            "2026-02-30".into(),
            ": must be a date such as `2026-01-31`, is `2026-02-30` (there is no such day)",
        ),
        (
            Kind::Date,
            "2026-01-05T23:30:00Z".into(),
            ": must be a date such as `2026-01-31`, is `2026-01-05T23:30:00Z` (leave out the time of day: `2026-01-06`)",
        ),
        (
            Kind::DateTime,
            "2026-01-05 09:00".into(),
            ": must be a date-time such as `2026-01-31T09:00:00+01:00`, is `2026-01-05 09:00` \
             (write `2026-01-05T09:00:00`)",
        ),
        (
            Kind::DateTime,
            "2026-01-05".into(),
            ": must be a date-time such as `2026-01-31T09:00:00+01:00`, is `2026-01-05` \
             (add the time of day, such as `2026-01-05T09:00`)",
        ),
        (
            Kind::DateTime,
            "9999-12-31T23:59:59Z".into(),
            ": must be a date-time such as `2026-01-31T09:00:00+01:00`, is `9999-12-31T23:59:59Z` \
             (date-times go from 2 January 0001 to 30 December 9999 22:00 UTC)",
        ),
        (
            Kind::Duration,
            "90 days".into(),
            ": must be a duration such as `P1Y6M`, `P90D` or `PT36H`: `90 days` does not begin with `P`: \
             write `P90D`",
        ),
        (Kind::Duration, 90.into(), ": must be a duration, is 90"),
        (
            Kind::Array(Box::new(Shape::new(Kind::Any))),
            "x".into(),
            ": must be a list, is the text `x`",
        ),
    ] {
        assert_eq!(problems(&Shape::new(kind), value), [problem]);
    }
    assert_eq!(problems(&object(&[], &[], None), true), [": must be a record, is true"]);
}

#[test]
fn checks_bounds_of_numbers() {
    let mut shape = Shape::new(Kind::Number);
    shape.minimum = Some(number("0.5"));
    shape.maximum = Some(number("300000"));
    shape.multiple_of = Some(number("0.1"));
    for fits in ["0.5", "300000", "0.6", "299999.9"] {
        assert!(shape.admit(number(fits).into(), &zone()).is_ok(), "{fits}");
    }
    assert_eq!(problems(&shape, 300_001), [": must be at most 300000, is 300001"]);
    assert_eq!(
        problems(&shape, number("0.25")),
        [": must be at least 0.5, is 0.25", ": must be a multiple of 0.1, is 0.25"]
    );
    let mut open = Shape::new(Kind::Integer);
    open.exclusive_minimum = Some(number("0"));
    open.exclusive_maximum = Some(number("2"));
    assert_eq!(open.admit(1.into(), &zone()), Ok(1.into()));
    assert_eq!(problems(&open, 0), [": must be more than 0, is 0"]);
    assert_eq!(problems(&open, number("2.0")), [": must be less than 2, is 2"]);
}

#[test]
fn counts_characters_and_items() {
    let mut shape = Shape::new(Kind::String);
    shape.min_length = Some(2);
    shape.max_length = Some(3);
    assert!(shape.admit("åäö".into(), &zone()).is_ok());
    assert_eq!(problems(&shape, "å"), [": must have at least 2 characters, has 1"]);
    assert_eq!(problems(&shape, "abcd"), [": must have at most 3 characters, has 4"]);
    let mut shape = list(Shape::new(Kind::Integer));
    shape.min_items = Some(1);
    shape.max_items = Some(2);
    assert_eq!(problems(&shape, vec![]), [": must have at least 1 item, has 0"]);
    assert_eq!(
        problems(&shape, vec![1.into(), 2.into(), 3.into()]),
        [": must have at most 2 items, has 3"]
    );
}

#[test]
fn suggests_the_value_that_was_meant() {
    let shape = choice(&["low", "medium", "high"]);
    assert_eq!(shape.admit("low".into(), &zone()), Ok("low".into()));
    assert_eq!(
        problems(&shape, "hihg"),
        [": must be `low`, `medium` or `high`, is `hihg` (did you mean `high`?)"]
    );
    assert_eq!(problems(&shape, "Zzzzz"), [": must be `low`, `medium` or `high`, is `Zzzzz`"]);
    assert_eq!(problems(&choice(&["one"]), "two"), [": must be `one`, is `two`"]);
    let many: Vec<String> = (0..100).map(|index| format!("value_{index}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    let said = problems(&choice(&many), "x").join("");
    assert!(said.contains("`value_11` or 88 more, is `x`"), "{said}");
}

#[test]
fn checks_records() {
    let partner = object(
        &[("name", Shape::new(Kind::String)), ("since", Shape::new(Kind::Date))],
        &["name"],
        None,
    );
    let shape = object(&[("partners", list(partner))], &["partners"], None);
    let given: Value = [(
        "partners",
        Value::from(vec![
            [("name", "A".into())].into_iter().collect(),
            [("nmae", "B".into())].into_iter().collect(),
            [("name", 3.into()), ("since", "soon".into())].into_iter().collect(),
        ]),
    )]
    .into_iter()
    .collect();
    assert_eq!(
        problems(&shape, given),
        [
            ".partners[1]: lacks `name`",
            ".partners[1]: has the property `nmae`, which is not declared (did you mean `name`?)",
            ".partners[2].name: must be a text, is 3 (texts stand in quotes)",
            ".partners[2].since: must be a date such as `2026-01-31`, is `soon`",
        ]
    );
    assert_eq!(problems(&shape, BTreeMap::new()), [": lacks `partners`"]);
    let open = object(&[], &[], Some(Shape::new(Kind::Integer)));
    let given: Value = [("any key", Value::from("x"))].into_iter().collect();
    assert_eq!(problems(&open, given), ["[`any key`]: must be an integer, is the text `x`"]);
}

#[test]
fn finds_repeated_items() {
    let mut shape = list(Shape::new(Kind::Any));
    shape.unique_items = true;
    let distinct = vec![1.into(), "1".into(), true.into(), Value::from(vec![1.into()])];
    assert!(shape.admit(distinct.into(), &zone()).is_ok());
    let given = vec!["a".into(), 1.into(), "a".into(), number("1.0").into(), "a".into()];
    assert_eq!(
        problems(&shape, given),
        [
            "[2]: is the same as item [0], and none may repeat",
            "[3]: is the same as item [1], and none may repeat",
            "[4]: is the same as item [0], and none may repeat",
        ]
    );
    // Compared after they got their type, and beside others that did not.
    let mut shape = list(Shape::new(Kind::DateTime));
    shape.unique_items = true;
    let given =
        vec!["soon".into(), "2026-01-05T09:00:00+01:00".into(), "2026-01-05T08:00:00Z".into()];
    let said = problems(&shape, given);
    assert_eq!(said.len(), 2);
    assert_eq!(said[1], "[2]: is the same as item [1], and none may repeat");
}

#[test]
fn many_items_cost_no_more_than_sorting() {
    let mut shape = list(Shape::new(Kind::Integer));
    shape.unique_items = true;
    let many: Value = (0..200_000).map(Value::Integer).collect();
    assert!(shape.admit(many, &zone()).is_ok());
    let same: Value = std::iter::repeat_n(Value::from(7), 200_000).collect();
    assert_eq!(shape.admit(same, &zone()).unwrap_err().len(), LISTED + 1);
}

#[test]
fn lists_twenty_problems_and_counts_the_rest() {
    let shape = list(Shape::new(Kind::Integer));
    let given =
        |length: usize| -> Value { std::iter::repeat_n(Value::from("x"), length).collect() };
    assert_eq!(problems(&shape, given(20)).len(), 20);
    let said = problems(&shape, given(21));
    assert_eq!((said.len(), said[20].as_str()), (21, ": and 1 more"));
    assert_eq!(problems(&shape, given(100_000))[20], ": and 99980 more");
}

#[test]
fn depth_is_bounded_for_any_value() {
    let nested =
        |levels: usize| (0..levels).fold(Value::from(1), |inner, _| Value::from(vec![inner]));
    let any = Shape::new(Kind::Any);
    assert!(any.admit(nested(MAX_NESTING), &zone()).is_ok());
    assert_eq!(problems(&any, nested(MAX_NESTING + 1)), [": is nested more than 64 levels deep"]);
    assert_eq!(problems(&any, nested(200_000)).len(), 1);
}

#[test]
fn long_texts_are_cut_in_messages() {
    let long = "x".repeat(1_000_000);
    for kind in [Kind::Integer, Kind::Date, Kind::DateTime, Kind::Duration, choice(&["a"]).kind] {
        for line in problems(&Shape::new(kind), long.as_str()) {
            assert!(line.len() < 400, "{line}");
        }
    }
    let keys: Value = [(long.as_str(), 1.into())].into_iter().collect();
    assert!(problems(&object(&[], &[], None), keys.clone())[0].len() < 200);
    assert!(problems(&object(&[], &[], Some(Shape::new(Kind::Date))), keys)[0].len() < 200);
}

#[test]
fn describes_kinds() {
    assert_eq!(list(list(Shape::new(Kind::String))).describe(), "list of list of text");
    assert_eq!(Shape::new(Kind::DateTime).describe(), "date-time");
    assert_eq!(choice(&["a"]).describe(), "enum");
}

fn any_shape() -> impl Strategy<Value = Shape> {
    let scalar = prop_oneof![
        Just(Kind::Any),
        Just(Kind::Boolean),
        Just(Kind::Integer),
        Just(Kind::Number),
        Just(Kind::String),
        Just(choice(&["a", "b"]).kind),
        Just(Kind::Date),
        Just(Kind::DateTime),
        Just(Kind::Duration),
    ]
    .prop_map(Shape::new);
    scalar.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            (inner.clone(), any::<bool>())
                .prop_map(|(items, unique_items)| Shape { unique_items, ..list(items) }),
            (inner.clone(), proptest::option::of(inner)).prop_map(|(known, others)| object(
                &[("a", known)],
                &[],
                others
            )),
        ]
    })
}

fn any_value() -> impl Strategy<Value = Value> {
    let texts = ["a", "b", "", "1", "2026-01-05", "2026-01-05T08:00:00Z", "P1M", "PT1H"];
    let scalar = prop_oneof![
        any::<bool>().prop_map(Value::from),
        (0..5_i64).prop_map(Value::from),
        Just(Value::from(number("1.0"))),
        Just(Value::from(number("1.5"))),
        proptest::sample::select(texts.to_vec()).prop_map(Value::from),
        Just(Value::from(DateTime::from_microseconds(0).unwrap())),
    ];
    scalar.prop_recursive(3, 12, 3, |inner| {
        let key = proptest::sample::select(vec!["a", "b"]);
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            proptest::collection::vec((key, inner), 0..3)
                .prop_map(|entries| entries.into_iter().collect()),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]

    /// A value has its declared type once and for all, and the stored form keeps it.
    #[test]
    fn admitting_twice_changes_nothing(shape in any_shape(), value in any_value()) {
        match shape.admit(value, &zone()) {
            Ok(admitted) => {
                prop_assert_eq!(shape.admit(admitted.clone(), &zone()), Ok(admitted.clone()));
                prop_assert_eq!(Value::from_wire(&admitted.to_wire()), Ok(admitted));
            }
            Err(found) => prop_assert!(!found.is_empty()),
        }
    }
}
