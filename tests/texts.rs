//! Texts, times and lengths of time as they come from outside: equal where they look equal, within what is declared, and without
//! a hidden line where a person reads them.

use std::collections::BTreeMap;
use std::sync::Arc;

use proptest::prelude::*;
use tresteg::batch::Table;
use tresteg::case::{InputLine, Snapshot, Until, facts_from_json};
use tresteg::journal::verify;
use tresteg::{Actor, Case, DateTime, Event, Language, Outcome, Truth, Value, Workflow};

const COMPOSED: &str = "Åsa Öhrn";
const DECOMPOSED: &str = "A\u{30a}sa O\u{308}hrn";
/// The sign for ångström, which is an `Å` too.
const SIGN: &str = "\u{212b}sa \u{d6}hrn";

/// The spelling in the file is one, that of the events another.
fn named(spelling: &str) -> Workflow {
    let file = r#"{ "id": "w", "initial": "a",
        "facts": { "name": { "type": "string", "maxLength": 8 }, "one": { "enum": { "NAME": "NAME" } }, "any": {},
                   "all": { "type": "array", "items": { "type": "string" }, "uniqueItems": true, "default": [] },
                   "map": { "type": "object", "additionalProperties": { "type": "integer" } } },
        "factors": { "same": { "guard": "name == `NAME`" }, "one_of": { "guard": "name in [`NAME`, `x`]" },
                     "listed": { "guard": "all.contains(`NAME`)" }, "begins": { "guard": "name.starts_with(`NAM`) || name.len() == 8 && name.starts_with(`NAME`)" },
                     "joined": { "guard": "name == `A` + \"\\u030a\" + `sa O` + \"\\u0308hrn\"" },
                     "cased": { "guard": "upper(name) == upper(`NAME`) && lower(name) == lower(`NAME`)" },
                     "chosen": { "guard": "one == `NAME`" }, "keyed": { "guard": "(map[`NAME`] ?? 0) == 1" }, "anything": { "guard": "any == `NAME`" } },
        "events": { "go": { "sets": ["name", "one", "all", "map", "any"], "data": { "who": { "type": "string" } }, "note": true } },
        "states": { "a": { "on": { "go": { "guard": "event.data.who == `NAME`", "target": "b" } } }, "b": {} } }"#;
    Workflow::from_json(&file.replace("NAME", spelling)).unwrap()
}

fn facts(name: &str) -> BTreeMap<String, Value> {
    let raw = |text: &str| Value::Text(Arc::from(text));
    let record: BTreeMap<Arc<str>, Value> = [(Arc::from(name), Value::from(1))].into();
    [
        ("name", raw(name)),
        ("one", raw(name)),
        ("any", raw(name)),
        ("all", Value::from(vec![raw(name)])),
        ("map", Value::from(record)),
    ]
    .map(|(key, value)| (key.to_owned(), value))
    .into()
}

const FACTORS: [&str; 9] =
    ["same", "one_of", "listed", "begins", "joined", "cased", "chosen", "keyed", "anything"];

#[test]
fn what_looks_the_same_is_the_same_however_it_comes() {
    for written in [COMPOSED, DECOMPOSED, SIGN] {
        let workflow = named(written);
        assert_eq!(workflow.fingerprint(), named(COMPOSED).fingerprint());
        for spelling in [COMPOSED, DECOMPOSED, SIGN] {
            let shown = format!("{written:?} {spelling:?}");
            let json = format!(
                r#"{{ "name": "{spelling}", "one": "{spelling}", "any": "{spelling}", "all": ["{spelling}"], "map": {{ "{spelling}": 1 }} }}"#
            );
            let escaped: String =
                json.chars()
                    .map(|c| {
                        if c.is_ascii() {
                            c.to_string()
                        } else {
                            format!("\\u{:04x}", u32::from(c))
                        }
                    })
                    .collect();
            // In the library, from JSON, and by an event.
            let mut ways = vec![facts(spelling)];
            for text in [&json, &escaped] {
                ways.push(facts_from_json(text).unwrap());
            }
            for (way, facts) in ways.into_iter().enumerate() {
                let (case, _) = Case::start(&workflow, None, facts.clone()).unwrap();
                for factor in case.factors() {
                    assert_eq!(factor.verdict, Truth::True, "{shown} {way} {}", factor.name);
                }
                let mut other = Case::start(&workflow, None, BTreeMap::new()).unwrap().0;
                let mut event = Event::new("go").data("who", Value::Text(Arc::from(spelling)));
                event.facts = facts;
                assert!(other.fire(&event.by(Actor::new("eva"))).is_moved(), "{shown} {way}");
                // Nothing of it depends on the spelling: entries and snapshots are the same bytes.
                let entries = other.take_entries(&[0; 32]);
                let lines: String =
                    entries.iter().map(|entry| format!("{}\n", entry.line)).collect();
                verify(&workflow, &lines, Some(&other.head())).unwrap();
                assert!(!lines.contains('\u{30a}') && !lines.contains("\\u030a"), "{shown}");
                let snapshot = serde_json::to_string(&other.snapshot()).unwrap();
                let stored: Snapshot = serde_json::from_str(&snapshot).unwrap();
                let restored = Case::restore(&workflow, stored).unwrap();
                assert_eq!(serde_json::to_string(&restored.snapshot()).unwrap(), snapshot);
                assert!(!snapshot.contains('\u{30a}'));
            }
            // In rows and columns: by the compiled rule, the evaluator, and for a whole block.
            let mut table = Table::new(&workflow);
            table.push_json(&json).unwrap();
            table.push_json(&escaped).unwrap();
            let mut row = workflow.row();
            for (name, value) in facts(spelling) {
                row.set(workflow.fact_handle(&name).unwrap(), value).unwrap();
            }
            for factor in FACTORS {
                let rule = workflow.rule_handle(factor).unwrap();
                assert_eq!(row.holds(&rule).unwrap(), Truth::True, "{shown} {factor}");
                assert_eq!(row.holds_by_evaluator(&rule).unwrap(), Truth::True, "{shown} {factor}");
                let found = table.holds(&rule).unwrap();
                assert_eq!(
                    [found.get(0), found.get(1)],
                    [Some(Truth::True); 2],
                    "{shown} {factor}"
                );
            }
        }
    }
}

#[test]
fn one_thing_in_two_spellings_is_twice_the_same() {
    let workflow = named(COMPOSED);
    let twice = format!(r#"{{ "all": ["{COMPOSED}", "{DECOMPOSED}"] }}"#);
    let found = Case::start(&workflow, None, facts_from_json(&twice).unwrap()).unwrap_err();
    assert!(found.to_string().contains("none may repeat"), "{found}");
    let twice = format!(r#"{{ "map": {{ "{COMPOSED}": 1, "{DECOMPOSED}": 2 }} }}"#);
    let found = facts_from_json(&twice).unwrap_err();
    assert!(found.to_string().contains("duplicate-key"), "{found}");
    let record: BTreeMap<Arc<str>, Value> =
        [COMPOSED, DECOMPOSED].map(|key| (Arc::from(key), Value::from(1))).into();
    let facts = [("map".to_owned(), Value::from(record))].into();
    let found = Case::start(&workflow, None, facts).unwrap_err();
    assert!(found.to_string().contains("twice"), "{found}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    /// Texts that scripts make are composed, in every executor.
    #[test]
    fn scripts_make_composed_texts(parts in prop::collection::vec(prop::sample::select(vec![
        "A", "a", "e", "\u{30a}", "\u{308}", "\u{323}", "\u{345}", "\u{399}", "\u{1100}", "\u{1161}", "\u{11a8}", "\u{1f0}", "\u{390}", "\u{df}", "x", " ",
    ]), 2..6)) {
        let sum: Vec<String> = (0..parts.len()).map(|number| format!("p{number}")).collect();
        let declared: Vec<String> = sum.iter().map(|name| format!(r#""{name}": {{ "type": "string" }}"#)).collect();
        let sum = sum.join(" + ");
        let file = format!(
            r#"{{ "id": "w", "facts": {{ {}, "whole": {{ "type": "string" }}, "high": {{ "type": "string" }}, "low": {{ "type": "string" }} }},
                "factors": {{ "sum": {{ "guard": "{sum} == whole" }}, "up": {{ "guard": "upper({sum}) == high && lower({sum}) == low" }} }},
                "states": {{ "s": {{}} }} }}"#,
            declared.join(", ")
        );
        let workflow = Workflow::from_json(&file).unwrap();
        // Composed by whoever reads the whole.
        let whole = Value::from(parts.concat());
        let upper = Value::from(whole.as_str().unwrap().to_uppercase());
        let lower = Value::from(whole.as_str().unwrap().to_lowercase());
        let mut row = workflow.row();
        let mut set = |name: &str, value: Value| row.set(workflow.fact_handle(name).unwrap(), value).unwrap();
        for (number, part) in parts.iter().enumerate() {
            set(&format!("p{number}"), Value::from(*part));
        }
        set("whole", whole);
        set("high", upper);
        set("low", lower);
        for factor in ["sum", "up"] {
            let rule = workflow.rule_handle(factor).unwrap();
            prop_assert_eq!(row.holds(&rule).unwrap(), Truth::True, "{} {:?}", factor, parts);
            prop_assert_eq!(row.holds_by_evaluator(&rule).unwrap(), Truth::True);
        }
    }
}

fn timed() -> Workflow {
    Workflow::from_json(
        r#"{ "id": "w", "initial": "a", "parameters": { "patience": { "format": "duration", "value": "P180D" } },
            "facts": { "wait": { "format": "duration", "minimum": "P0D", "maximum": "P1Y" }, "day": { "format": "date", "minimum": "2000-01-01", "exclusiveMaximum": "2030-01-01" },
                       "at": { "format": "date-time", "exclusiveMinimum": "2000-01-01T00:00:00+01:00" }, "span": { "format": "duration", "maximum": "P90D" },
                       "days": { "type": "array", "items": { "format": "date", "minimum": "2000-01-01" } },
                       "term": { "format": "duration" }, "rest": { "format": "duration", "value": "span - days(10)" } },
            "events": { "go": { "sets": ["wait", "day", "at", "span", "days", "term"], "data": { "by": { "format": "date", "minimum": "2000-01-01" } } } },
            "states": { "a": { "on": { "go": {} }, "after": { "term": "b", "rest": "b" } }, "b": {} } }"#
            .replace(r#""maximum": "P1Y" }, "day""#, r#""maximum": "P365D" }, "day""#)
            .as_str(),
    )
    .unwrap()
}

#[test]
fn bounds_of_times_hold_wherever_a_value_comes_in() {
    let workflow = timed();
    let (case, _) = Case::start(&workflow, None, BTreeMap::new()).unwrap();
    for (fact, value, said) in [
        ("day", "0202-01-01", "must be at least 2000-01-01, is 0202-01-01"),
        ("day", "2030-01-01", "must be less than 2030-01-01"),
        ("at", "2000-01-01T00:00:00+01:00", "must be more than"),
        ("wait", "P366D", "must be at most P365D"),
        ("wait", "-P1D", "must be at least P0D"),
        ("wait", "P6M", "must be a duration in days or weeks such as `P14D`, is P6M"),
        ("wait", "PT24H", "must be a duration in days or weeks"),
        ("wait", "P1M2D", "must be a duration in days or weeks"),
        ("term", "-P1D", "must not be negative, for a term runs `after` it"),
        ("term", "-PT1S", "must not be negative"),
        ("term", "P1M-1D", "must not be negative"),
        ("span", "P9D", "`rest` must not be negative"),
    ] {
        let mut other = case.clone();
        let decision = other.fire(&Event::new("go").fact(fact, value));
        let told = workflow.describe(&decision, Language::English);
        assert_eq!(decision.outcome, Outcome::Error, "{fact} {value}: {told}");
        assert!(told.contains(said), "{fact} {value}: {told}");
        assert_eq!(other.states(), ["a"]);
        if fact == "span" {
            continue;
        }
        // Rows and tables too.
        let json = format!(r#"{{ "{fact}": "{value}" }}"#);
        let found = Table::new(&workflow).push_json(&json).unwrap_err();
        assert!(found.to_string().contains(said), "{found}");
        let set = workflow.row().set(workflow.fact_handle(fact).unwrap(), value);
        assert!(set.unwrap_err().to_string().contains(said));
        let value: Value = match fact {
            "day" => Value::Date(value.parse().unwrap()),
            "at" => Value::DateTime(value.parse().unwrap()),
            _ => Value::Duration(value.parse().unwrap()),
        };
        let set = workflow.row().set(workflow.fact_handle(fact).unwrap(), value);
        assert!(set.unwrap_err().to_string().contains(said));
        let field = workflow.fact(fact).unwrap();
        assert!(field.parse("2000-13-01").is_err());
    }
    for (fact, value) in [
        ("day", "2000-01-01"),
        ("day", "2029-12-31"),
        ("at", "2000-01-01T00:00:01+01:00"),
        ("wait", "P0D"),
        ("wait", "P52W"),
        ("term", "PT0S"),
        ("term", "P1Y2D"),
        ("span", "P90D"),
    ] {
        let mut other = case.clone();
        let decision = other.fire(&Event::new("go").fact(fact, value));
        assert!(
            decision.is_moved(),
            "{fact} {value}: {}",
            workflow.describe(&decision, Language::English)
        );
    }
    let mut other = case.clone();
    let list = Value::from(vec![Value::from("2001-01-01"), Value::from("1999-12-31")]);
    let decision = other.fire(&Event::new("go").fact("days", list).data("by", "1999-12-31"));
    let told = workflow.describe(&decision, Language::English);
    assert!(
        told.contains("`days[1]` must be at least")
            && told.contains("`event.data.by` must be at least"),
        "{told}"
    );
    let schema = workflow.facts_schema(Language::English);
    assert!(
        schema.contains(r#""x-minimum":"2000-01-01","x-exclusiveMaximum":"2030-01-01""#),
        "{schema}"
    );
}

#[test]
fn a_negative_send_is_a_fault() {
    let workflow = Workflow::from_json(
        r#"{ "id": "w", "initial": "a", "facts": { "n": { "type": "integer", "default": 1 } }, "events": { "go": { "sets": ["n"] }, "x": { "by": [] } },
            "states": { "a": { "on": { "go": { "actions": "send(`x`, days(n))" }, "x": "b" } }, "b": {} } }"#,
    )
    .unwrap();
    let (mut case, _) = Case::start(&workflow, None, BTreeMap::new()).unwrap();
    let decision = case.fire(&Event::new("go").fact("n", -1));
    let told = workflow.describe(&decision, Language::English);
    assert!(decision.outcome == Outcome::Error && told.contains("back in time"), "{told}");
    assert_eq!(case.states(), ["a"]);
    assert!(case.fire(&Event::new("go").fact("n", 0)).is_moved());
    assert_eq!(case.states(), ["b"]);
}

#[test]
fn times_of_other_systems_are_read_or_told_how_to_write() {
    let read =
        |text: &str| InputLine::from_json(&format!(r#"{{ "event": "go", "at": "{text}" }}"#));
    for (text, shown) in [
        ("2026-01-01T00:00:00.1234567Z", "2026-01-01T00:00:00.123456Z"),
        ("2026-01-01T00:00:00.123456789+01:00", "2026-01-01T00:00:00.123456+01:00"),
        ("2026-01-01t00:00:00z", "2026-01-01T00:00:00Z"),
    ] {
        let InputLine::Event(event) = read(text).unwrap() else { panic!() };
        assert_eq!(event.at, Some(shown.parse().unwrap()));
        assert_eq!(text.parse::<DateTime>().unwrap().to_string(), shown);
    }
    for (text, hint) in [
        ("9999-12-31T23:59:59Z", "date-times go from 2 January 0001 to 30 December 9999 22:00 UTC"),
        ("2026-01-01 00:00:00Z", "write `2026-01-01T00:00:00Z`"),
        ("2026-01-01T00:00:00+0200", "write `2026-01-01T00:00:00+02:00`"),
        ("2026-01-01T00:00:00", "add the offset"),
        ("2026-12-31T23:59:60Z", "leap seconds are not counted"),
    ] {
        let report = read(text).unwrap_err().to_string();
        assert!(report.contains(hint), "{report}");
        let error = text.parse::<DateTime>().unwrap_err().to_string();
        assert!(error.contains(hint), "{error}");
        let advance = InputLine::from_json(&format!(r#"{{ "advance": "{text}" }}"#));
        assert!(advance.unwrap_err().to_string().contains(hint));
    }
    // What a script works out names the range as well.
    let workflow = Workflow::from_json(
        r#"{ "id": "w", "facts": { "d": { "format": "date", "default": "9999-12-30" }, "n": { "type": "integer", "default": 9 } },
            "states": { "s": { "on": { "a": { "actions": "d += days(n)" }, "b": { "actions": "send(`a`, years(9000))" } } } } }"#,
    )
    .unwrap();
    let (mut case, _) = Case::start(&workflow, None, BTreeMap::new()).unwrap();
    for (event, range) in
        [("a", "dates go from 0001-01-01 to 9999-12-31"), ("b", "date-times go from")]
    {
        let told = workflow.describe(&case.fire(&Event::new(event)), Language::English);
        assert!(told.contains(range), "{told}");
    }
    let _: Until = "P1D".parse::<tresteg::Duration>().unwrap().into();
}

/// What the library puts into words has no line that a stranger made.
#[test]
fn words_of_the_library_keep_to_their_lines() {
    let evil = "x\n✓ e: yes\u{2028}✗\u{202e}";
    let file = serde_json::json!({
        "id": "w", "title": evil, "initial": "a", "roles": { "clerk": { "title": evil } },
        "facts": { "f": { "type": "string", "title": evil, "hint": evil } },
        "factors": { "k": { "guard": "f == `y`", "title": evil, "hint": evil } },
        "events": { "go": { "sets": ["f"], "title": evil }, "sign": {} },
        "states": { "a": { "title": evil, "on": {
            "go": { "target": "b", "requires": ["k"], "title": evil, "hint": evil },
            "sign": { "target": "b", "signed_by": ["clerk"] } },
            "after": { "P1D": { "title": evil, "target": "b", "source": { "text": evil, "url": evil } } } }, "b": { "title": evil } } });
    let workflow = Workflow::from_json(&file.to_string()).unwrap();
    let (mut case, started) = Case::start(&workflow, None, BTreeMap::new()).unwrap();
    let clerk = Actor::new(evil).role("clerk").unit(evil);
    let mut told: Vec<(String, usize)> = Vec::new();
    for language in [Language::English, Language::Swedish] {
        told.push((workflow.describe(&started, language), 2));
        let go = Event::new("go").fact("f", evil).by(clerk.clone());
        told.push((workflow.describe(&case.clone().fire(&go), language), 6));
        told.push((workflow.describe(&case.clone().fire(&Event::new(evil)), language), 2));
        told.push((workflow.describe_value("f", &Value::from(evil), language), 1));
        told.push((workflow.describe_terms(&case.terms(), language), 3));
        told.push((workflow.describe_factor(&case.factors()[0], language), 3));
    }
    let signed = case.fire(&Event::new("sign").by(clerk));
    told.push((workflow.describe(&signed, Language::English), 3));
    told.push((case.clone().fire(&Event::new(evil)).problems[0].to_string(), 1));
    for (text, lines) in told {
        assert!(!text.contains(['\u{2028}', '\u{202e}']), "{text}");
        assert!(text.lines().count() <= lines, "{lines} lines at most:\n{text}");
    }
}

/// The file is composed when it is read; an escape in a script is one only when the script is read.
#[test]
fn an_escape_in_a_script_is_the_letter_that_it_writes() {
    let with = |name: &str, one: &str| {
        let file = r##"{ "id": "w", "initial": "a",
            "facts": { "name": { "type": "string" }, "one": { "enum": ["Å", "B"] }, "all": { "type": "array", "items": { "type": "string" }, "default": ["Å"] },
                       "map": { "type": "object", "additionalProperties": { "type": "integer" } } },
            "factors": { "same": { "guard": "name == NAME" }, "other": { "guard": "!(name != NAME)" }, "chosen": { "guard": "one == NAME" },
                         "listed": { "guard": "NAME in all && name in [NAME, `x`]" }, "cased": { "guard": "switch name { NAME => true, _ => false }" },
                         "counted": { "guard": "NAME.len() == 1" }, "keyed": { "guard": "(map[NAME] ?? 0) == 1" } },
            "events": { "go": { "sets": ["name", "one", "map"] } },
            "states": { "a": { "on": { "go": { "actions": "emit(NAME_OF, #{MEMBER: NAME})" } } } } }"##;
        let file = file.replace("NAME_OF", "`told`").replace("MEMBER", one).replace("NAME", name);
        Workflow::from_json(&file).unwrap()
    };
    let plain = with("`Å`", r#"\"Å\""#);
    for spelling in [r"A\\u030a", r"\\u00c5", r"\\u212b"] {
        let spelling = format!(r#"\"{spelling}\""#);
        let workflow = with(&spelling, &spelling);
        assert_eq!(workflow.fingerprint(), plain.fingerprint(), "{spelling}");
        let map = Value::from(std::collections::BTreeMap::from([(Arc::from("Å"), Value::from(1))]));
        let known = [("name", Value::from("Å")), ("one", Value::from("Å")), ("map", map)];
        let known = known.map(|(name, value)| (name.to_owned(), value)).into();
        let (mut case, _) = Case::start(&workflow, None, known).unwrap();
        for factor in case.factors() {
            assert_eq!(factor.verdict, Truth::True, "{spelling}: {}", factor.name);
        }
        let decision = case.fire(&Event::new("go"));
        let emitted: Vec<_> = decision.emitted().collect();
        assert_eq!(serde_json::to_string(&emitted[0].data).unwrap(), "{\"Å\":\"Å\"}", "{spelling}");
    }
}
