//! Rules that must be decided as told.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

#[cfg(feature = "batch")]
mod laws;
mod oracle;

use super::*;
use crate::Workflow;

fn workflow(facts: &str, guard: &str) -> Workflow {
    let guard = serde_json::to_string(guard).unwrap();
    let text = format!(
        r#"{{ "id": "w", "facts": {{ {facts} }}, "initial": "a", "states": {{
            "a": {{ "on": {{ "go": {{ "target": "b", "guard": {guard} }} }} }}, "b": {{}} }} }}"#
    );
    Workflow::from_json(&text).unwrap_or_else(|report| panic!("{report}\n{text}"))
}

fn asked(workflow: &Workflow, want: Want) -> Answer {
    let compiled = workflow.compiled();
    let mut judge = Judge::new(&compiled.rules, &compiled.definition, true);
    judge.possible(&[(Asked::Transition(TransitionId(0)), want)]).0
}

fn holds(facts: &str, guard: &str) -> Answer {
    asked(&workflow(facts, guard), Want::Holds)
}

fn numbered(prefix: &str, count: usize, declared: &str) -> String {
    (0..count).map(|n| format!("\"{prefix}{n}\": {declared}")).collect::<Vec<_>>().join(", ")
}

const POSSIBLE: Answer = Answer::Possible;
const IMPOSSIBLE: Answer = Answer::Impossible;

#[test]
fn sixty_booleans_and_not_all_of_them_are_impossible() {
    for count in [1, 6, 7, 60] {
        let all = (0..count).map(|n| format!("b{n}")).collect::<Vec<_>>().join(" && ");
        let facts = numbered("b", count, r#"{ "type": "boolean" }"#);
        assert_eq!(holds(&facts, &format!("{all} && !({all})")), IMPOSSIBLE, "{count}");
        assert_eq!(holds(&facts, &all), POSSIBLE, "{count}");
    }
}

#[test]
fn what_excludes_itself_is_impossible() {
    let facts = r#"
        "x": { "type": "number" }, "y": { "type": "number" }, "n": { "type": "integer" },
        "s": { "type": "string" }, "l": { "type": "array", "items": { "type": "string" } },
        "r": { "type": "object", "properties": { "a": { "type": "integer" } } }"#;
    for guard in [
        "x > y && y > x",
        "x + 1 < x",
        "n + 1 < n",
        "s == `a` && s == `b`",
        "l.len() > 3 && l.len() < 2",
        "r.a > 5 && r.a < 3",
        "known(`s`) && !known(`s`)",
        "n % 2 == 0 && n % 2 == 1",
        "(x ?? 0) > 5 && !known(`x`)",
    ] {
        assert_eq!(holds(facts, guard), IMPOSSIBLE, "{guard}");
    }
    for guard in [
        "x > y && y > 3",
        "n + 1 > n",
        "s != `a` && s != `b`",
        "l.len() > 3 && l.len() < 5",
        "r.a > 5",
        "!known(`s`)",
        "n % 7 == 3 && n > 100",
        "(x ?? 0) < 5 && !known(`x`)",
    ] {
        assert_eq!(holds(facts, guard), POSSIBLE, "{guard}");
    }
}

#[test]
fn what_is_unknown_is_found_too() {
    let facts = r#""b": { "type": "boolean" }, "n": { "type": "integer" },
        "l": { "type": "array", "items": { "type": "object", "required": ["n"], "properties": { "n": { "type": "integer" } } } }"#;
    for guard in
        ["!(!known(`l`) && !b)", "!known(`l`) && b", "b || !known(`n`)", "(n ?? 1) > 0 && b"]
    {
        assert_eq!(asked(&workflow(facts, guard), Want::Undecided), POSSIBLE, "{guard}");
    }
    for guard in ["known(`b`) && b", "!known(`l`) || l.len() >= 0"] {
        assert_eq!(asked(&workflow(facts, guard), Want::Undecided), IMPOSSIBLE, "{guard}");
    }
}

#[test]
fn sums_of_ten_numbers_are_decided() {
    let facts = numbered("x", 10, r#"{ "type": "number", "minimum": 0, "maximum": 100 }"#);
    let sum = (0..10).map(|n| format!("x{n}")).collect::<Vec<_>>().join(" + ");
    assert_eq!(holds(&facts, &format!("{sum} >= 950 && x0 + x1 <= 160")), POSSIBLE);
    assert_eq!(
        holds(&facts, "x0 + x1 > 120 && x2 + x3 > 120 && x0 + x2 < 90 && x1 + x3 < 90"),
        IMPOSSIBLE
    );
    let system = "3*x0-2*x1+x2 == 17 && x1+4*x3-x4 == 33 && x0+x4+x5 == 51 && 2*x2-x5+x6 == 9 \
        && x6+x7-x8 == 12 && 2*x9+x8 == 40 && x0 > x1 && x1 > x2";
    assert_eq!(holds(&facts, system), POSSIBLE);
}

#[test]
fn dates_are_decided() {
    let date = r#"{ "type": "string", "format": "date" }"#;
    let facts = ["complete", "filed", "decided", "appeal"]
        .map(|name| format!("\"{name}\": {date}"))
        .join(", ");
    assert_eq!(
        holds(&facts, "complete >= filed && decided <= filed && (decided - complete).days > 0"),
        IMPOSSIBLE
    );
    assert_eq!(
        holds(
            &facts,
            "(decided - filed).days == 100 && (appeal - decided).days == 21 \
             && complete == filed + days(30) && decided.month == 3"
        ),
        POSSIBLE
    );
}

#[test]
fn lists_of_records_are_decided() {
    let facts = r#"
        "need": { "type": "integer" },
        "parts": { "type": "array", "items": { "type": "object", "required": ["share"], "properties": {
            "share": { "type": "number", "minimum": 0, "maximum": 1 },
            "sector": { "enum": ["a", "b", "c"] } } } }"#;
    assert_eq!(
        holds(
            facts,
            "parts.len() >= 3 && parts.all(|p| p.share >= 0.1) && parts.some(|p| p.sector == `c`)"
        ),
        POSSIBLE
    );
    assert_eq!(holds(facts, "parts.some(|p| p.share > 1)"), IMPOSSIBLE);
    assert_eq!(holds(facts, "parts.len() < need && need < 1"), IMPOSSIBLE);
    assert_eq!(
        holds(facts, "parts.all(|p| p.share > 0.5) && parts.some(|p| p.share < 0.2)"),
        IMPOSSIBLE
    );
    assert_eq!(holds(facts, "parts.filter(|p| p.share > 0.5).len() > parts.len()"), IMPOSSIBLE);
}

#[test]
fn a_product_is_not_decided_and_named() {
    let facts = r#""income": { "type": "number" }, "rate": { "type": "number" }"#;
    let found = holds(facts, "income * rate >= 1000");
    assert!(
        found == POSSIBLE || matches!(&found, Answer::Unknown(why) if why.contains("nonlinear")),
        "{found:?}"
    );
    assert_eq!(holds(facts, "income * rate >= 1000 && income * rate < 500"), IMPOSSIBLE);
}

#[test]
fn numbers_that_are_rounded_are_not_taken_for_exact() {
    let facts = r#""a": { "type": "number" }, "b": { "type": "number" }"#;
    // 1e-28 is lost in 100000.
    assert_ne!(holds(facts, "a + b == b && a > 0"), IMPOSSIBLE);
    let cents = r#"{ "type": "number", "minimum": 0, "maximum": 1000000, "multipleOf": 0.01 }"#;
    let facts = format!("\"a\": {cents}, \"b\": {cents}");
    assert_eq!(holds(&facts, "a + b == b && a > 0"), IMPOSSIBLE);
}

/// A day that there is not has no year: that excludes nothing of what does not come to it.
#[test]
fn days_out_of_range_exclude_nothing() {
    let facts =
        r#""d": { "format": "date" }, "e": { "format": "date" }, "b": { "type": "boolean" }"#;
    for guard in [
        "b || d + months(1) > e",
        "b || (d + days(90000)).year > 1",
        "b || years_between(d + days(90000), e) > 1",
    ] {
        let guard = format!("d == date(9999, 12, 31) && ({guard})");
        assert_eq!(holds(facts, &guard), POSSIBLE, "{guard}");
    }
}

/// Numbers that look drawn, the same for the same seed (SplitMix64).
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % bound as u64).unwrap()
    }
}

#[test]
fn what_holds_of_one_value_of_an_expression_is_not_held_against_another() {
    let facts = r#"
        "q": { "type": "number", "exclusiveMinimum": 0, "maximum": 1 }, "i": { "type": "integer" },
        "k": { "type": "integer", "minimum": 0, "maximum": 1 }, "j": { "type": "integer", "minimum": 0, "maximum": 100 },
        "n": { "type": "integer", "minimum": 0, "maximum": 10 }, "b": { "type": "boolean" }, "p": { "type": "boolean" },
        "t": { "format": "date-time" }, "s": { "type": "string" }, "d": { "format": "date" },
        "x": { "format": "duration", "minimum": "P0D", "maximum": "P1D" },
        "y": { "format": "duration", "minimum": "P0D", "maximum": "P900D" }"#;
    // A product of whole numbers is whole, one of others is not; each has bounds of its own.
    for guard in [
        "t.month * (if b { i } else { q }) == 1.5",
        "t.month * (if b { q } else { i }) == 7",
        "(if b { k } else { j }) * n > 50",
        "(if b { k } else { j }) * n < 0 || (if b { j } else { k }) * n > 50",
        "n * (switch j { 1 => k, 2 => q, _ => j }) == 2.5",
        "(if b { i } else { q }) % n == 0.5",
        "(if b { i } else { q }) / n == 0.5",
        "j * (if b { x } else { y }) > days(500)",
        "d + (if b { x } else { y }) > d + days(500)",
    ] {
        assert_ne!(holds(facts, guard), IMPOSSIBLE, "{guard}");
    }
    for guard in ["(if b { k } else { n }) * n > 100", "n * k == 3 && n * k == 4"] {
        assert_eq!(holds(facts, guard), IMPOSSIBLE, "{guard}");
    }
}
