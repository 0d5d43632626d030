#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use proptest::prelude::*;
use serde_json::Value as Json;

use super::*;
use crate::digest::canonical;

fn is_canonical(text: &str) -> bool {
    Scanner::new(text).is_some_and(|mut scanner| scanner.value().is_some() && scanner.is_at_end())
}

/// What the scanner does in one go, the long way; no fractions, which no entry has.
fn is_canonical_by_the_tree(text: &str) -> bool {
    fn is_whole(json: &Json) -> bool {
        match json {
            Json::Number(number) => number.is_i64() || number.is_u64(),
            Json::Array(items) => items.iter().all(is_whole),
            Json::Object(members) => members.values().all(is_whole),
            _ => true,
        }
    }
    serde_json::from_str::<Json>(text).is_ok_and(|json| canonical(&json) == text && is_whole(&json))
}

fn json() -> impl Strategy<Value = Json> {
    let text = prop_oneof![
        "[a-c]{0,2}",
        "[\u{0}-\u{22}\\\\/\u{7f}åé\u{2028}😀]{0,12}",
        prop::collection::vec(any::<char>(), 0..20)
            .prop_map(|letters| letters.into_iter().collect()),
    ];
    let leaf = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::from),
        any::<i64>().prop_map(Json::from),
        any::<u64>().prop_map(Json::from),
        (-2i64..3).prop_map(Json::from),
        text.clone().prop_map(Json::from),
    ];
    leaf.prop_recursive(4, 40, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Json::from),
            prop::collection::btree_map(text.clone(), inner, 0..5)
                .prop_map(|members| Json::Object(members.into_iter().collect())),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]

    #[test]
    fn what_is_canonical_is_taken(json in json()) {
        let text = canonical(&json);
        prop_assert!(is_canonical(&text), "{}", text);
        if let Json::String(inside) = &json {
            prop_assert_eq!(said(&text).unwrap(), inside.as_str());
        }
        if let Json::Object(members) = &json {
            for (key, value) in members {
                prop_assert_eq!(member(&text, key).unwrap(), canonical(value));
            }
        }
        if let Json::Array(list) = &json {
            let list: Vec<String> = list.iter().map(canonical).collect();
            prop_assert_eq!(items(&text).unwrap(), list);
        }
    }

    /// Whatever is changed in it: taken if and only if it is the one form of what it says.
    #[test]
    fn only_what_is_canonical_is_taken(
        json in json(),
        edits in prop::collection::vec((any::<prop::sample::Index>(), 0..3, "[\\x00-\\x7f]|\\\\u00[01][0-9a-fA-F]|é"), 1..4),
    ) {
        let mut text: Vec<char> = canonical(&json).chars().collect();
        for (place, kind, letters) in edits {
            let place = place.index(text.len() + 1);
            let end = if kind == 0 { place } else { (place + 1).min(text.len()) };
            let letters: Vec<char> = if kind == 2 { Vec::new() } else { letters.chars().collect() };
            text.splice(place..end, letters);
        }
        let text: String = text.into_iter().collect();
        prop_assert_eq!(is_canonical(&text), is_canonical_by_the_tree(&text), "{}", text);
    }
}

#[test]
fn each_value_has_one_form() {
    for text in [
        "0",
        "-1",
        "9223372036854775808",
        "18446744073709551615",
        "-9223372036854775808",
        "[]",
        "{}",
        "[[],{}]",
        r#"{"":0,"a":1,"aa":2,"b":3}"#,
        r#""\"\\\n\r\t\b\f\u0000\u001f/""#,
        "\"\u{7f}å\"",
        r#"{"\n":1,"\"":2,"#.strip_suffix(',').unwrap(),
    ] {
        let whole = if text.starts_with("{\"\\n") { format!("{text}}}") } else { text.to_owned() };
        assert!(is_canonical(&whole), "{whole}");
        assert!(is_canonical_by_the_tree(&whole), "{whole}");
    }
    for text in [
        "",
        " 0",
        "0 ",
        "-0",
        "00",
        "01",
        "1.0",
        "1e3",
        "+1",
        "-",
        "18446744073709551616",
        "-9223372036854775809",
        "[1,]",
        "[,1]",
        "[1 ]",
        "{\"a\":1,}",
        "{\"a\" :1}",
        "{a:1}",
        r#"{"b":1,"a":2}"#,
        r#"{"a":1,"a":2}"#,
        r#"{"a":1,"\u0061":2}"#,
        r#""\/""#,
        r#""\u0061""#,
        r#""\u001F""#,
        r#""\u000a""#,
        r#""\u00""#,
        r#""\x""#,
        r#""a"#,
        "\"\u{1}\"",
        "tru",
        "nul",
        "NaN",
        "\u{feff}0",
        "0\0",
    ] {
        assert!(!is_canonical(text), "{text}");
    }
}

#[test]
fn depth_is_that_of_readers_of_json() {
    for (depth, fits) in [(1, true), (DEPTH, true), (DEPTH + 1, false), (100_000, false)] {
        for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
            let text = format!("{}0{}", open.repeat(depth), close.repeat(depth));
            assert_eq!(is_canonical(&text), fits, "{depth}");
            if depth < 1000 {
                assert_eq!(serde_json::from_str::<Json>(&text).is_ok(), fits, "{depth}");
            }
        }
    }
}

#[test]
fn special_bytes_are_found_wherever_they_stand() {
    let first =
        |text: &[u8]| text.iter().position(|byte| *byte < b' ' || *byte == b'"' || *byte == b'\\');
    for special in 0..=255u8 {
        for length in 0..20 {
            for place in 0..length {
                for filler in [b'a', 0x80, 0xff, b' ', b'#', b'!', b'[', b']'] {
                    let mut text = vec![filler; length];
                    text[place] = special;
                    assert_eq!(first_special(&text), first(&text), "{text:?}");
                }
            }
        }
    }
}
