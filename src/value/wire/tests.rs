#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use serde_json::json;

use super::super::Zone;
use super::super::tests::{nested, samples};
use super::*;

#[test]
fn every_type_comes_back() {
    for value in samples() {
        let text = serde_json::to_string(&value.to_wire()).unwrap();
        let back = Value::from_wire(&serde_json::from_str(&text).unwrap());
        assert_eq!(back, Ok(value), "{text}");
    }
    let all: Value = samples().into_iter().collect();
    assert_eq!(Value::from_wire(&all.to_wire()), Ok(all));
}

#[test]
fn the_form_is_readable() {
    let value: Value = [
        ("n", Value::Number("1.50".parse().unwrap())),
        ("i", 1.into()),
        ("$x", Value::Date("2026-01-05".parse().unwrap())),
    ]
    .into_iter()
    .collect();
    assert_eq!(
        value.to_wire(),
        json!({ "$$x": { "$date": "2026-01-05" }, "i": 1, "n": { "$number": "1.5" } })
    );
}

#[test]
fn offsets_come_back() {
    for (text, zone) in
        [("1850-01-01T00:00:00Z", "Europe/Stockholm"), ("2026-07-01T00:00:00Z", "Asia/Kathmandu")]
    {
        let time = DateTime::parse(text, &Zone::named(zone).unwrap()).unwrap();
        let Ok(Value::DateTime(back)) = Value::from_wire(&Value::from(time).to_wire()) else {
            panic!("{text} does not come back");
        };
        assert_eq!((back, back.written_exactly()), (time, time.written_exactly()));
    }
}

#[test]
fn refuses_everything_else() {
    for (json, problem) in [
        (json!(null), "`null` is no value"),
        (json!([null]), "`null` is no value"),
        (json!(1.5), "`1.5` is not an integer of 64 bits"),
        (json!(1.0), "`1.0` is not an integer of 64 bits"),
        (json!(u64::MAX), "`18446744073709551615` is not an integer of 64 bits"),
        (json!({ "$number": 1 }), "`$number` holds no text"),
        (json!({ "$number": "1.50" }), "`1.50` is not a `$number`"),
        (json!({ "$number": "1e400" }), "`1e400` is not a `$number`"),
        (json!({ "$date": "2026-02-30" }), "`2026-02-30` is not a `$date`"),
        (
            json!({ "$date-time": "2026-01-05T09:00:00" }),
            "`2026-01-05T09:00:00` is not a `$date-time`",
        ),
        (
            json!({ "$date-time": "2026-01-05T09:00:00+00:00" }),
            "`2026-01-05T09:00:00+00:00` is not a `$date-time`",
        ),
        (json!({ "$duration": "P12M" }), "`P12M` is not a `$duration`"),
        (json!({ "$money": "1" }), "`$money` is not a type of values"),
        (json!({ "$number": "1", "x": 1 }), "`$number` is not a type of values"),
        (json!({ "$": 1 }), "`$` is not a type of values"),
    ] {
        assert_eq!(Value::from_wire(&json), Err(problem.to_owned()), "{json}");
    }
}

#[test]
fn depth_is_bounded() {
    let most = nested(MAX_NESTING);
    assert_eq!(Value::from_wire(&most.to_wire()), Ok(most));
    let text = format!("{}1{}", "[".repeat(MAX_NESTING + 1), "]".repeat(MAX_NESTING + 1));
    let json: Json = serde_json::from_str(&text).unwrap();
    assert_eq!(
        Value::from_wire(&json),
        Err("a value is nested more than 64 levels deep".to_owned())
    );
}
