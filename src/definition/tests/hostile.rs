//! Files made to hurt: deep, wide, cut off, wrong in a thousand places.

use std::fmt::Write;

use super::{every_key, read, read_within};
use crate::diagnostic::{Report, Severity};
use crate::limits::Limits;

/// Every place of a report lies in its file, on whole characters, and the report can be written.
fn is_sound(report: &Report) {
    for found in report.diagnostics() {
        for span in found.span.iter().chain(found.related.iter().map(|(span, _)| span)) {
            let (_, text) = report.sources().file(span.file).unwrap();
            let (start, end) = (span.start as usize, span.end as usize);
            assert!(text.get(start..end).is_some(), "{found:?} in {text}");
        }
    }
    assert!(!report.to_string().contains('\u{1b}'));
    serde_json::to_string(report).unwrap();
}

/// Numbers that look random and are the same each time.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % sides
    }
}

#[test]
fn files_that_end_early_are_reported() {
    let text = every_key();
    let text = text.trim_end();
    for (end, _) in text.char_indices().step_by(37) {
        let (_, report) = read(&text[..end]);
        assert!(report.has_errors());
        is_sound(&report);
    }
}

#[test]
fn mutilated_files_are_reported_or_read() {
    let text = every_key();
    let tokens = [
        "\"", "{", "}", "[", "]", ",", ":", "null", "true", "1e99", "\"x\"", "\\", "\u{1b}", "å",
        "\"type\"", "-1", " ", "\n",
    ];
    let mut dice = Dice(1);
    for _ in 0..600 {
        let mut changed = text.clone();
        for _ in 0..=dice.roll(3) {
            let mut at = dice.roll(changed.len());
            while !changed.is_char_boundary(at) {
                at -= 1;
            }
            let mut end = (at + dice.roll(6)).min(changed.len());
            while !changed.is_char_boundary(end) {
                end -= 1;
            }
            changed.replace_range(at..end.max(at), tokens[dice.roll(tokens.len())]);
        }
        is_sound(&read(&changed).1);
    }
}

/// Values of the file swapped for others from elsewhere in it: right JSON, wrong meaning.
#[test]
fn swapped_values_are_reported_or_read() {
    fn ways(json: &serde_json::Value, way: &str, found: &mut Vec<String>) {
        found.push(way.to_owned());
        match json {
            serde_json::Value::Object(members) => {
                members.iter().for_each(|(key, value)| {
                    ways(
                        value,
                        &format!("{way}/{}", key.replace('~', "~0").replace('/', "~1")),
                        found,
                    )
                });
            }
            serde_json::Value::Array(items) => {
                items
                    .iter()
                    .enumerate()
                    .for_each(|(index, item)| ways(item, &format!("{way}/{index}"), found));
            }
            _ => {}
        }
    }
    let file: serde_json::Value = serde_json::from_str(&every_key()).unwrap();
    let mut found = Vec::new();
    ways(&file, "", &mut found);
    let mut dice = Dice(2);
    for _ in 0..600 {
        let mut changed = file.clone();
        let other = file.pointer(&found[dice.roll(found.len())]).unwrap().clone();
        *changed.pointer_mut(&found[dice.roll(found.len())]).unwrap() = other;
        is_sound(&read(&changed.to_string()).1);
    }
}

#[test]
fn a_report_stops_at_its_limit_and_says_so() {
    let mut text = r#"{ "id": "a", "roles": { "unused": {} }, "#.to_owned();
    for index in 0..5_000 {
        write!(text, r#""nonsense{index}": 1, "#).unwrap();
    }
    text.push_str(r#""states": { "s": {} } }"#);
    let limits = Limits { diagnostics: 10, ..Limits::default() };
    let (_, report) = read_within(&text, &limits);
    assert_eq!(report.diagnostics().len(), 10);
    assert!(report.has_errors());
    assert!(report.to_string().ends_with("5000 errors; 4990 of them not listed\n"), "{report}");
}

#[test]
fn errors_are_listed_before_warnings_are() {
    let roles: Vec<_> = (0..50).map(|index| format!(r#""r{index}": {{}}"#)).collect();
    let text = format!(
        r#"{{ "id": "a", "roles": {{ {} }}, "initial": "nowhere", "states": {{ "s": {{ "on": {{ "go": "there" }} }} }} }}"#,
        roles.join(", ")
    );
    let limits = Limits { diagnostics: 10, ..Limits::default() };
    let (_, report) = read_within(&text, &limits);
    let errors = report.diagnostics().iter().filter(|found| found.severity == Severity::Error);
    assert_eq!((errors.count(), report.diagnostics().len()), (2, 10));
}

/// Many names that are wrong, each with as many that it might be meant for.
#[test]
fn suggestions_cost_no_more_than_they_may() {
    let mut states = String::new();
    for index in 0..4_000 {
        write!(states, r#"{}"state_with_a_long_name_{index}": {{ "on": {{ "go": "stat_with_a_long_name_{index}x" }} }}"#, if index > 0 { "," } else { "" }).unwrap();
    }
    let text = format!(
        r#"{{ "id": "a", "initial": "state_with_a_long_name_0", "states": {{ {states} }} }}"#
    );
    let started = std::time::Instant::now();
    let (_, report) = read(&text);
    assert_eq!(report.diagnostics().len(), 1_000);
    // Without the bound this takes minutes.
    assert!(started.elapsed().as_secs() < 60);
}

/// Types that contain two of the next would write out to billions.
#[test]
fn types_that_explode_are_refused() {
    let types: Vec<_> = (0..40)
        .map(|index| {
            let next = format!(r#"{{ "type": "t{}" }}"#, index + 1);
            format!(r#""t{index}": {{ "type": "object", "properties": {{ "a": {next}, "b": {next} }} }}"#)
        })
        .collect();
    let text = format!(
        r#"{{ "id": "a", "types": {{ {}, "t40": {{}} }}, "states": {{ "s": {{}} }} }}"#,
        types.join(", ")
    );
    let (_, report) = read(&text);
    assert!(report.diagnostics().iter().any(|found| found.code == "limit-names"), "{report}");
}

/// A chain of types is as deep as it is long.
#[test]
fn chains_of_types_are_bounded() {
    for reversed in [false, true] {
        let mut types: Vec<_> = (0..5_000)
            .map(|index| {
                format!(
                    r#""t{index}": {{ "type": "array", "items": {{ "type": "t{}" }} }}"#,
                    index + 1
                )
            })
            .collect();
        types.push(r#""t5000": {}"#.to_owned());
        if reversed {
            types.reverse();
        }
        let text = format!(
            r#"{{ "id": "a", "types": {{ {} }}, "states": {{ "s": {{}} }} }}"#,
            types.join(", ")
        );
        let run = move || {
            let (_, report) = read(&text);
            assert!(report.diagnostics().iter().any(|found| found.code == "limit-depth"));
        };
        std::thread::Builder::new().stack_size(1024 * 1024).spawn(run).unwrap().join().unwrap();
    }
}

#[test]
fn deep_files_fit_a_small_stack() {
    // Each level of states takes two of JSON.
    let mut states = r#"{ "leaf": {} }"#.to_owned();
    for level in 0..120 {
        states = format!(r#"{{ "s{level}": {{ "states": {states} }} }}"#);
    }
    let mut items = r#"{ "type": "string" }"#.to_owned();
    for _ in 0..120 {
        items = format!(r#"{{ "type": "array", "items": {items} }}"#);
    }
    let text = format!(r#"{{ "id": "a", "facts": {{ "f": {items} }}, "states": {states} }}"#);
    let limits = Limits { json_depth: 1_000_000, definition_depth: 1_000_000, ..Limits::default() };
    let run = move || {
        let (definition, report) = read_within(&text, &limits);
        assert!(report.diagnostics().is_empty(), "{report}");
        assert_eq!(definition.unwrap().states.len(), 122);
    };
    std::thread::Builder::new().stack_size(1024 * 1024).spawn(run).unwrap().join().unwrap();
}

/// `a` counts `b` counts `c` and so on, a hundred thousand times.
#[test]
fn long_chains_of_factors_need_no_stack() {
    let mut factors = String::new();
    for index in 0..20_000 {
        write!(factors, r#""f{index}": {{ "of": ["f{}"] }}, "#, index + 1).unwrap();
    }
    let text = format!(
        r#"{{ "id": "a", "factors": {{ {factors} "f20000": {{ "guard": "true" }} }}, "states": {{ "s": {{}} }} }}"#
    );
    let run = move || assert!(read(&text).1.diagnostics().is_empty());
    std::thread::Builder::new().stack_size(256 * 1024).spawn(run).unwrap().join().unwrap();
}

/// A calendar is as long as the limits say, and no longer.
#[test]
fn listed_holidays_are_bounded() {
    let of = |number: usize| {
        let days = (0..number).map(|n| {
            let (year, month, day) = (1000 + n / 336, n / 28 % 12 + 1, n % 28 + 1);
            format!("\"{year}-{month:02}-{day:02}\"")
        });
        let days: Vec<String> = days.collect();
        let text = format!(
            r#"{{ "id": "w", "calendar": {{ "holidays": [{}] }}, "states": {{ "s": {{}} }} }}"#,
            days.join(",")
        );
        read_within(&text, &Limits { list_items: 5_000, ..Limits::default() }).1
    };
    assert!(!of(5_000).has_errors());
    let report = of(5_001);
    assert_eq!(report.diagnostics().len(), 1);
    assert_eq!(report.diagnostics()[0].code, "limit-names");
    assert!(report.diagnostics()[0].message.contains("5001 holidays"));
    is_sound(&report);
}

/// One type with many values, used by many facts, is written out for each in fingerprints and schemas.
#[test]
fn types_with_many_values_are_bounded_where_they_are_used() {
    let values: Vec<_> = (0..1_000).map(|index| format!(r#""value{index}""#)).collect();
    let text = |facts: usize| {
        let facts: Vec<_> =
            (0..facts).map(|index| format!(r#""f{index}": {{ "type": "t" }}"#)).collect();
        format!(
            r#"{{ "id": "a", "types": {{ "t": {{ "enum": [{}] }} }}, "facts": {{ {} }}, "states": {{ "s": {{}} }} }}"#,
            values.join(", "),
            facts.join(", ")
        )
    };
    let codes = |facts| {
        let (_, report) = read(&text(facts));
        report.diagnostics().iter().map(|found| found.code).collect::<Vec<_>>()
    };
    assert!(!codes(500).contains(&"limit-size"));
    assert!(codes(2_000).contains(&"limit-size"));
}

/// The work for a file of twice the size, in hundredths of that for the file.
fn growth(text: impl Fn(usize) -> String) -> u64 {
    let work = |size| {
        let text = text(size);
        crate::work::counted(|| {
            if let Ok(workflow) = crate::Workflow::from_json(&text) {
                assert!(!workflow.compiled().personal().is_empty());
            }
        })
    };
    work(1_000) * 100 / work(500).max(1)
}

/// What follows from personal facts, through a chain of derived facts.
#[test]
fn what_is_personal_is_found_in_one_walk() {
    let ratio = growth(|size| {
        let links: Vec<_> = (1..size)
            .map(|index| {
                format!(r#""f{index}": {{ "type": "integer", "value": "f{} + 1" }}"#, index - 1)
            })
            .collect();
        format!(
            r#"{{ "id": "a", "facts": {{ "f0": {{ "type": "integer", "personal": true }}, {} }}, "states": {{ "s": {{}} }} }}"#,
            links.join(", ")
        )
    });
    assert!((150..250).contains(&ratio), "{ratio}");
}

/// A `switch` of many cases, and of many ranges that are covered by many others.
#[test]
fn arms_of_a_switch_are_looked_at_once() {
    for ranges in [false, true] {
        let ratio = growth(|size| {
            let case = |index: usize| match ranges {
                true if index > size / 2 => format!("0..{} => true", size / 2),
                true => format!("{index}..{} => true", index + 1),
                false => format!("{index} => true"),
            };
            let cases: Vec<_> = (0..size).map(case).collect();
            format!(
                r#"{{ "id": "a", "facts": {{ "n": {{ "type": "integer", "personal": true }} }},
                    "factors": {{ "f": {{ "guard": "switch n {{ {}, _ => false }}" }} }}, "states": {{ "s": {{}} }} }}"#,
                cases.join(", ")
            )
        });
        assert!((150..250).contains(&ratio), "{ratio}");
    }
}

/// Names that are all nearly right, each compared with some of the others only.
#[test]
fn suggestions_compare_a_bounded_number_of_letters() {
    let known: Vec<String> =
        (1_000..3_000).map(|index| format!("{}{index}", "a".repeat(90))).collect();
    let work = crate::work::counted(|| {
        crate::diagnostic::nearest(&"a".repeat(94), known.iter().map(String::as_str));
    });
    assert!(work < 5_000, "{work}");
}
