//! Spelling is no meaning: a file that says the same in other words has the same fingerprint, goes on with the same cases
//! and verifies the same journals. What means something else has another one, and does neither.

use proptest::prelude::*;
use serde_json::{Value as Json, json};
use tresteg::case::Until;
use tresteg::journal::verify;
use tresteg::lab::MutantStatus;
use tresteg::{Case, Event, Workflow};

use crate::dice::{Dice, check};

const SALT: [u8; 32] = *b"a salt for tests, and only those";

fn of(json: &Json) -> Workflow {
    let text = serde_json::to_string_pretty(json).unwrap();
    Workflow::from_json(&text).unwrap_or_else(|report| panic!("{report}\n{text}"))
}

/// Keys that hold a script, wherever they stand.
const SCRIPTS: [&str; 6] = ["guard", "score", "actions", "entry", "exit", "body"];

/// Pieces of a script: texts in quotes, comments, words, numbers, and what stands between them.
fn pieces(script: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let mut rest = script;
    let same = |c: char, first: char| {
        let word = |c: char| c.is_ascii_alphanumeric() || c == '_';
        word(c) && word(first)
    };
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '`' | '"' => 2 + rest[1..].find(first).unwrap(),
            '/' if rest.starts_with("//") => rest.find('\n').unwrap_or(rest.len()),
            '/' if rest.starts_with("/*") => 2 + rest.find("*/").unwrap(),
            c if c.is_ascii_digit() => {
                let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != '.');
                let number = &rest[..end.unwrap_or(rest.len())];
                // `0..3` and `3.len()` are no numbers with decimals.
                let point = number
                    .find('.')
                    .filter(|at| !number[at + 1..].starts_with(|c: char| c.is_ascii_digit()));
                point.unwrap_or(number.len())
            }
            c if c.is_ascii_alphabetic() || c == '_' => {
                rest.find(|c| !same(c, first)).unwrap_or(rest.len())
            }
            c => c.len_utf8(),
        };
        found.push(rest[..length].to_owned());
        rest = &rest[length..];
    }
    found
}

/// A script in other words: white space, comments, quotes, digits of numbers, brackets around the whole, semicolons.
fn respelt(dice: &mut Dice, script: &str, statements: bool) -> String {
    let mut out = String::new();
    for piece in pieces(script) {
        let first = piece.chars().next().unwrap();
        let plain = piece.len() > 1 && !piece.contains(['\\', '\n']);
        let inner = piece.get(1..piece.len().saturating_sub(1)).unwrap_or_default();
        match first {
            '`' if plain && !inner.contains('"') && dice.once_in(2) => {
                out.push_str(&format!("\"{inner}\""));
            }
            '"' if plain && !inner.contains('`') && dice.once_in(2) => {
                out.push_str(&format!("`{inner}`"));
            }
            ' ' | '\n' if dice.once_in(3) => {
                out.push_str([" /* so */ ", "\n", "  ", "\t"][dice.below(4)])
            }
            c if c.is_ascii_digit() && piece.chars().all(|c| c.is_ascii_digit()) => {
                match dice.below(4) {
                    1 if piece.len() > 1 => {
                        out.push_str(&format!("{}_{}", &piece[..1], &piece[1..]))
                    }
                    2 => out.push_str(&format!("{:#x}", piece.parse::<u64>().unwrap())),
                    3 => out.push_str(&format!("({piece})")),
                    _ => out.push_str(&piece),
                }
            }
            c if c.is_ascii_digit() && piece.contains('.') && dice.once_in(2) => {
                out.push_str(&format!("{piece}{}", ["0", "00", "_0"][dice.below(3)]));
            }
            _ => out.push_str(&piece),
        }
    }
    if statements {
        match dice.below(3) {
            1 if !out.trim_end().ends_with([';', '}']) => out.push(';'),
            2 => out = format!("; {out}\n;"),
            _ => {}
        }
    } else if dice.once_in(2) && !out.contains(';') && !out.contains("//") {
        out = format!("({out})");
    }
    out
}

fn duration(dice: &mut Dice, text: &str) -> String {
    let others: &[&str] = match text {
        "P7D" => &["P1W", "P0M7D"],
        "P14D" => &["P2W", "P1W7D"],
        "P1Y" => &["P12M"],
        "P6M" => &["P0Y6M", "P6M0D"],
        "PT1H" => &["PT60M", "PT3600S"],
        _ => return text.to_owned(),
    };
    (*dice.pick(others)).to_owned()
}

/// The same file in other words.
fn reworded(dice: &mut Dice, key: &str, json: &Json, path: &str) -> Json {
    let lines = |items: &[Json]| {
        let lines: Vec<&str> = items.iter().filter_map(Json::as_str).collect();
        (lines.len() == items.len()).then(|| lines.join("\n"))
    };
    let derived = key == "value" && path.contains("/facts/");
    if SCRIPTS.contains(&key) || derived {
        let script = match json {
            Json::String(text) => Some(text.clone()),
            Json::Array(items) => lines(items),
            _ => None,
        };
        if let Some(script) = script {
            let statements = ["actions", "entry", "exit"].contains(&key);
            let text = respelt(dice, &script, statements);
            return match dice.below(3) {
                1 => text.split('\n').map(Json::from).collect(),
                _ => text.into(),
            };
        }
    }
    match json {
        Json::Object(members) => {
            let mut members: Vec<(String, Json)> = members
                .iter()
                .map(|(name, value)| {
                    let inner = format!("{path}/{key}");
                    let value = reworded(dice, name, value, &inner);
                    match (key, &value) {
                        ("after", _) => (duration(dice, name), value),
                        // A shorthand is what it stands for.
                        ("on" | "at", Json::String(target)) if dice.once_in(2) => {
                            (name.clone(), json!({ "target": target }))
                        }
                        _ => (name.clone(), value),
                    }
                })
                .collect();
            // Among the parts of a parallel state alone order means something.
            if key != "states" && members.len() > 1 && dice.once_in(2) {
                members.reverse();
            }
            let mut members: serde_json::Map<String, Json> = members.into_iter().collect();
            let has = |key: &str| members.contains_key(key);
            if has("format") && !has("id") && !has("enum") && !has("type") && dice.once_in(2) {
                members.insert("type".into(), "string".into());
            }
            if key == "items" || path.ends_with("/facts") {
                if members.get("type") == Some(&json!("array"))
                    && !members.contains_key("uniqueItems")
                {
                    members.insert("uniqueItems".into(), false.into());
                }
                if dice.once_in(3) && !members.contains_key("personal") {
                    members.insert("personal".into(), false.into());
                }
            }
            if path.ends_with("/states") && dice.once_in(2) {
                members.insert("x-allow".into(), json!({ "dead-end": "it is meant" }));
            }
            Json::Object(members)
        }
        Json::Array(items) => items.iter().map(|item| reworded(dice, "", item, path)).collect(),
        Json::String(text) if key == "value" || key == "default" => duration(dice, text).into(),
        other => other.clone(),
    }
}

#[test]
fn other_words_keep_the_fingerprint_and_other_meanings_do_not() {
    let shipped = crate::diff::shipped();
    check(24, 3_000, |dice| {
        let json = dice.pick(&shipped).clone();
        let workflow = of(&json);
        let other = reworded(dice, "", &json, "");
        let reworded = of(&other);
        prop_assert_eq!(workflow.fingerprint(), reworded.fingerprint(), "{}", other);
        let found = tresteg::diff::compare(&workflow, &reworded);
        prop_assert!(found.same_meaning(), "{:?}", found.changes);
        let mutants = workflow.mutants();
        for _ in 0..2.min(mutants.len()) {
            let mutant = dice.pick(&mutants);
            let MutantStatus::Workflow(changed) = mutant.workflow(&workflow) else { continue };
            prop_assert!(changed.fingerprint() != workflow.fingerprint(), "{:?}", mutant);
        }
        Ok(())
    });
}

const BASE: &str = r#"{
  "id": "w",
  "parameters": { "wait": { "format": "duration", "value": "P14D" }, "most": { "type": "number", "value": 5.50 } },
  "facts": { "x": { "type": "number", "default": 0 }, "ok": { "type": "boolean" }, "n": { "type": "integer", "default": 0 } },
  "factors": { "good": { "guard": "ok && x > 1.5" }, "all": { "of": ["good", "ok"] } },
  "events": { "set": { "sets": ["x", "ok"] }, "go": {}, "late": {} },
  "initial": "a",
  "on": { "set": {} },
  "states": {
    "a": {
      "after": { "P7D": { "actions": "n += 1; send(`late`, days(7));" }, "wait": { "actions": "n += 10" } },
      "on": { "late": { "actions": "n += 100" }, "go": { "target": "b", "requires": ["all"], "guard": "x <= most && (ok || n > 1_000)" } }
    },
    "b": { "after": { "PT1H": "c" } },
    "c": { "type": "final" }
  }
}"#;

/// Each says the same as [`BASE`].
const SAME: [(&str, &str); 12] = [
    ("\"P7D\"", "\"P1W\""),
    ("\"PT1H\": \"c\"", "\"PT60M\": { \"target\": \"c\" }"),
    ("\"P14D\"", "\"P2W\""),
    ("5.50", "5.5"),
    ("ok && x > 1.5", "(ok && (x > 1.50))"),
    ("x <= most && (ok || n > 1_000)", "((x) <= most) && (ok || (n > 1000)) // all of it"),
    ("[\"good\", \"ok\"]", "[\"good\", \"ok\"], \"at_least\": 2"),
    ("n += 10\"", "n += 10;\""),
    ("\"n += 1; send(`late`, days(7));\"", "[\"n += 1\", \"; send(\\\"late\\\", days(7))\"]"),
    ("\"default\": 0 }, \"ok\"", "\"default\": 0.0 }, \"ok\""),
    ("\"a\": {\n", "\"a\": { \"x-allow\": { \"dead-end\": \"why\" },\n"),
    ("\"format\": \"duration\"", "\"type\": \"string\", \"format\": \"duration\""),
];

/// Each says something else, however near it looks.
const OTHER: [(&str, &str); 12] = [
    ("\"P7D\"", "\"P8D\""),
    ("\"PT1H\"", "\"P1D\""),
    ("\"P14D\"", "\"P1M\""),
    ("5.50", "5.05"),
    ("ok && x > 1.5", "x > 1.5 && ok"),
    ("ok && x > 1.5", "ok && 1.5 < x"),
    ("x <= most && (ok || n > 1_000)", "x <= most && ok || n > 1_000"),
    ("[\"good\", \"ok\"]", "[\"good\", \"ok\"], \"at_least\": 1"),
    ("n += 10\"", "n = n + 10\""),
    ("days(7)", "weeks(1)"),
    ("\"type\": \"number\", \"value\"", "\"type\": \"number\", \"minimum\": 0, \"value\""),
    ("\"initial\": \"a\"", "\"initial\": \"b\""),
];

fn changed((from, to): (&str, &str)) -> Workflow {
    assert!(BASE.contains(from), "{from}");
    let text = BASE.replacen(from, to, 1);
    Workflow::from_json(&text).unwrap_or_else(|report| panic!("{report}\n{text}"))
}

#[test]
fn running_cases_go_on_in_other_words_and_not_with_another_meaning() {
    let base = Workflow::from_json(BASE).unwrap();
    let start = "2026-01-05T09:00:00Z".parse().unwrap();
    let mut case = Case::start(&base, Some(start), Default::default()).unwrap().0;
    case.fire(&Event::new("go"));
    case.fire(&Event::new("set").fact("x", 2).fact("ok", false));
    case.fire(&Event::new("go"));
    case.advance(Until::For("P15D".parse().unwrap()));
    case.fire(&Event::new("set").fact("ok", true));
    let waiting = case.snapshot();
    case.fire(&Event::new("go"));
    let entries = case.take_entries(&SALT);
    let text: String = entries.iter().map(|entry| format!("{}\n", entry.line)).collect();
    let head = case.head();
    assert_eq!(verify(&base, &text, Some(&head)).unwrap().recomputed, head.sequence);
    let all = SAME.iter().fold(BASE.to_owned(), |text, (from, to)| text.replacen(from, to, 1));
    let all = Workflow::from_json(&all).unwrap_or_else(|report| panic!("{report}"));
    for (workflow, which) in
        SAME.iter().map(|same| (changed(*same), same.1)).chain([(all, "all of them")])
    {
        assert_eq!(workflow.fingerprint(), base.fingerprint(), "{which}");
        let mut restored = Case::restore(&workflow, waiting.clone())
            .unwrap_or_else(|error| panic!("{which}: {error}"));
        restored.fire(&Event::new("go"));
        assert_eq!(restored.states(), case.states(), "{which}");
        let verified = verify(&workflow, &text, Some(&head))
            .unwrap_or_else(|found| panic!("{which}: {found}"));
        assert_eq!(verified.recomputed, head.sequence, "{which}");
    }
    for other in OTHER {
        let workflow = changed(other);
        assert_ne!(workflow.fingerprint(), base.fingerprint(), "{}", other.1);
        assert!(Case::restore(&workflow, waiting.clone()).is_err(), "{}", other.1);
    }
}

/// The parts of a parallel state that a transition of one of them makes begin anew are all told, and what that means for
/// their terms is so.
#[test]
fn an_answer_tells_every_part_that_begins_anew() {
    let workflow = Workflow::from_json(
        r#"{ "id": "w", "initial": "p", "states": {
            "p": { "type": "parallel", "states": {
                "one": { "title": { "sv": "Ett", "en": "One" }, "initial": "a",
                         "states": { "a": { "on": { "go": "b", "over": "d" } }, "b": { "on": { "again": "one" } } } },
                "two": { "title": { "sv": "Två", "en": "Two" }, "initial": "c",
                         "states": { "c": { "after": { "P10D": "d" } }, "d": { "on": { "end": "z" } } } } } },
            "z": { "type": "final" } } }"#,
    )
    .unwrap();
    let codes: Vec<_> = workflow.warnings().diagnostics().iter().map(|found| found.code).collect();
    assert_eq!(codes, ["parallel-restart", "parallel-restart"]);
    let start = "2026-01-05T09:00:00Z".parse().unwrap();
    let mut case = Case::start(&workflow, Some(start), Default::default()).unwrap().0;
    case.fire(&Event::new("go"));
    case.advance(Until::For("P3D".parse().unwrap()));
    let decision = case.fire(&Event::new("again"));
    assert_eq!(decision.effects.left, ["c", "two", "b", "one", "p"]);
    assert_eq!(decision.effects.entered, ["p", "one", "a", "two", "c"]);
    let told = workflow.describe(&decision, tresteg::Language::English);
    assert!(told.contains("left and begun anew: One, Two"), "{told}");
    let told = workflow.describe(&decision, tresteg::Language::Swedish);
    assert!(told.contains("lämnas och börjar om: Ett, Två"), "{told}");
    // Its term counts from here.
    assert_eq!(case.terms()[0].due.to_string(), "2026-01-18T09:00:00Z");
    // What leaves the whole, or stays in one part, is told as before.
    let decision = case.fire(&Event::new("over"));
    assert!(workflow.describe(&decision, tresteg::Language::English).contains("anew"));
    let decision = case.fire(&Event::new("end"));
    assert!(!workflow.describe(&decision, tresteg::Language::English).contains("anew"));
}
