#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use proptest::prelude::*;

use super::super::tests::samples;
use super::*;

#[test]
fn writes_every_digit_and_sorts_keys() {
    let value: Value = [
        ("z", Value::Number("1234567890123456789.012345678".parse().unwrap())),
        (
            "a",
            Value::from(vec![
                i64::MAX.into(),
                false.into(),
                "\"\\/\u{1}\n\r\t\u{8}\u{c}\u{7f}å\u{2028}".into(),
            ]),
        ),
        ("d", Value::Duration("P90D".parse().unwrap())),
        ("t", Value::DateTime("2026-01-05T09:00:00+01:00".parse().unwrap())),
        ("day", Value::Date("2026-01-05".parse().unwrap())),
    ]
    .into_iter()
    .collect();
    assert_eq!(
        value.to_json(),
        "{\"a\":[9223372036854775807,false,\"\\\"\\\\/\\u0001\\n\\r\\t\\b\\f\u{7f}å\u{2028}\"],\"d\":\"P90D\",\
         \"day\":\"2026-01-05\",\"t\":\"2026-01-05T09:00:00+01:00\",\"z\":1234567890123456789.012345678}"
    );
}

#[test]
fn both_ways_of_writing_agree() {
    for value in samples() {
        assert_eq!(serde_json::to_string(&value).unwrap(), value.to_json());
        let _: serde_json::Value = serde_json::from_str(&value.to_json()).unwrap();
    }
}

proptest! {
    #[test]
    fn texts_are_escaped_as_serde_does(text in any::<String>()) {
        let mut out = String::new();
        write_json_string(&text, &mut out);
        prop_assert_eq!(&out, &serde_json::to_string(&text).unwrap());
        prop_assert_eq!(serde_json::from_str::<String>(&out).unwrap(), text);
    }
}
