//! Compiled rules against the evaluator, by scripts that the other tests of this kind do not write: functions with variables
//! of their own in every place, several variables changed at once, closures behind closures, quotients that are kept.
//!
//! `TRESTEG_SCRIPTS=n` writes so many workflows instead of the ordinary number; `TRESTEG_SEED=n` others.

#![allow(clippy::print_stdout)]

mod scripts;

use std::fmt::Write as _;

use super::*;
use scripts::Scripts;

/// Small, quick and the same everywhere (Marsaglia: xorshift).
pub(super) struct Draw(u64);

impl Draw {
    fn roll(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 >> 16
    }

    pub fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.roll() % bound as u64).unwrap()
    }

    pub fn of<'t>(&mut self, all: &[&'t str]) -> &'t str {
        all[self.below(all.len())]
    }
}

const INTS: &[&str] = &[
    "0",
    "1",
    "2",
    "3",
    "4",
    "5",
    "7",
    "-1",
    "-3",
    "12",
    "60000000000000000",
    "59999999999999999",
    "9223372036854775807",
    "-9223372036854775808",
];
const NUMS: &[&str] = &[
    "0",
    "0.5",
    "1",
    "-0.5",
    "2.25",
    "0.333",
    "-7.75",
    "1e18",
    "12345.678901",
    "0.000000000001",
    "99999999999999.9999",
];
const DATES: &[&str] = &[
    "\"2024-02-29\"",
    "\"2026-12-31\"",
    "\"0001-01-01\"",
    "\"9999-12-31\"",
    "\"2027-01-06\"",
    "\"1980-01-01\"",
    "\"2079-12-31\"",
    "\"1900-03-01\"",
];
const TIMES: &[&str] = &[
    "\"2026-03-29T01:30:00+01:00\"",
    "\"2026-10-25T00:30:00Z\"",
    "\"0001-01-01T00:00:00Z\"",
    "\"9999-12-31T23:59:59Z\"",
    "\"2026-08-31T23:30:00-05:00\"",
];
const TEXTS: &[&str] =
    &["\"\"", "\"a\"", "\"low\"", "\"Å\"", "\"å\"", "\"ﬁn\"", "\"İ\"", "\" a \""];
const LISTS: &[&str] =
    &["[]", "[0]", "[1, 2, 3]", "[3, 0, 5]", "[9223372036854775807, 1]", "[7, -1, 2, 0, 4]"];
const GROUPS: &[&str] = &[
    "[]",
    "[{}]",
    r#"[{"n": 1}, {"n": 0, "k": 2}]"#,
    r#"[{"n": 3, "k": 1, "ok": true}, {"n": 0, "k": 0, "ok": false}]"#,
    r#"[{"n": 2, "k": 3, "ok": true, "r": "low", "s": "a", "x": 0.5, "sub": [{"v": 1}, {"v": 4}]}, {"n": 5, "k": 4, "ok": true, "r": "high", "s": "Å", "x": 1.25, "sub": []}]"#,
    r#"[{"k": 1, "ok": true, "sub": [{}]}, {"n": 9223372036854775807, "k": 9223372036854775807, "ok": true}]"#,
    r#"[{"n": 4, "k": 2, "x": 1e20, "ok": false, "sub": [{"v": 0}, {"v": 2}]}, {"n": 0, "k": 1, "x": 0, "ok": true, "sub": [{"v": 3}]}]"#,
];

const GROUP: &str = r#""type": "array", "items": { "type": "object", "properties": { "n": { "type": "integer" }, "k": { "type": "integer" }, "x": { "type": "number" }, "ok": { "type": "boolean" }, "s": { "type": "string" }, "r": { "enum": ["low", "high"] }, "sub": { "type": "array", "items": { "type": "object", "properties": { "v": { "type": "integer" } } } } } }"#;

/// Name, declaration, values.
const FACTS: &[(&str, &str, &[&str])] = &[
    ("a", r#""type": "integer""#, INTS),
    ("b", r#""type": "integer""#, INTS),
    ("c", r#""type": "integer""#, INTS),
    ("x", r#""type": "number""#, NUMS),
    ("y", r#""type": "number""#, NUMS),
    ("p", r#""type": "boolean""#, &["true", "false"]),
    ("q", r#""type": "boolean""#, &["true", "false"]),
    ("r", r#""enum": ["low", "high"]"#, &["\"low\"", "\"high\""]),
    ("d", r#""type": "string", "format": "date""#, DATES),
    ("e", r#""type": "string", "format": "date""#, DATES),
    ("z", r#""type": "string", "format": "date-time""#, TIMES),
    ("t", r#""type": "string""#, TEXTS),
    ("l", r#""type": "array", "items": { "type": "integer" }"#, LISTS),
    ("g", GROUP, GROUPS),
];

/// Derived facts and functions.
const DERIVED: &str = r#"
    "dr": { "enum": ["low", "high"], "value": "if a % b == 1 { `low` } else { `high` }" },
    "di": { "type": "integer", "value": "a + b" },
    "dn": { "type": "number", "value": "x * y" },
    "db": { "type": "boolean", "value": "a % b > 0 || p" },
    "dd": { "type": "string", "format": "date", "value": "d + days(a)" }"#;
const FUNCTIONS: &str = r#"
    "sq": { "params": ["v"], "body": ["let w = v % 7;", "w * w + w"] },
    "pick": { "params": ["v"], "body": "if v % 4 > 1 { v % 4 * 2 } else { 1 - v % 4 }" },
    "sum_to": { "params": ["n"], "body": ["let s = 0;", "for i in 0..n { if i % 3 == 1 { continue; } if i > 6 { break; } s += i; }", "s"] },
    "two": { "params": ["v"], "body": ["let lo = 0;", "let hi = 1;", "if pick(v) > 2 { lo = v; hi = v % 10 + 1; } else { hi = 3; }", "lo % 100 * 10 + hi"] },
    "near": { "params": ["v", "w"], "body": ["let f = sq(v) + w;", "if f > 9 { return f % 9 }", "f"] },
    "some_of": { "params": ["all", "n"], "body": "all.some(|i| i.n % n == 1)" }"#;

fn text(guards: &[String], values: &[(&str, String)]) -> String {
    let quoted = |script: &str| serde_json::to_string(script).unwrap();
    let mut facts = String::from(DERIVED);
    for (name, shape, _) in FACTS {
        write!(facts, ", \"{name}\": {{ {shape} }}").unwrap();
    }
    for (number, (shape, script)) in values.iter().enumerate() {
        write!(facts, ", \"v{number}\": {{ {shape} \"value\": {} }}", quoted(script)).unwrap();
    }
    let go =
        guards.iter().map(|guard| format!(r#"{{ "target": "two", "guard": {} }}"#, quoted(guard)));
    let go = go.collect::<Vec<_>>().join(", ");
    let comma = if guards.is_empty() { "" } else { ", " };
    format!(
        r#"{{ "id": "against", "timezone": "Europe/Stockholm", "facts": {{ {facts} }},
        "calendar": {{ "holidays": "SE", "eves": true }}, "functions": {{ {FUNCTIONS} }},
        "events": {{ "go": {{ "data": {{ "n": {{ "type": "integer" }}, "s": {{ "type": "string" }} }} }}, "tick": {{}} }},
        "initial": "one", "states": {{ "one": {{ "on": {{ "go": [{go}{comma}{{ "target": "two" }}], "tick": "two" }} }}, "two": {{ "type": "final" }} }} }}"#
    )
}

/// A workflow with drawn guards, for the laws of others.
pub(crate) fn drawn(seed: u64, written: bool) -> Drawn {
    let mut draw = Draw(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
    for _ in 0..8 {
        draw.roll();
    }
    let guards: Vec<String> = if written {
        let first = usize::try_from(seed).unwrap() * 4 % scripts::WRITTEN.len();
        let all = scripts::WRITTEN.iter().cycle().skip(first).take(4);
        all.map(|script| (*script).to_owned()).collect()
    } else {
        let mut scripts =
            Scripts { draw: &mut draw, named: 0, variables: Vec::new(), items: Vec::new() };
        (0..4).map(|_| scripts.guard()).collect()
    };
    let good = |guard: &String| {
        !load(&text(std::slice::from_ref(guard), &[]), &Limits::default()).2.has_errors()
    };
    let guards: Vec<String> = guards.into_iter().filter(good).collect();
    let facts = FACTS.iter().map(|(name, _, values)| (*name, *values)).collect();
    Drawn { text: text(&guards, &[]), guards, facts }
}

#[derive(Debug, Default)]
struct Found {
    unloadable: usize,
    rules: usize,
    uncompiled: usize,
    evaluations: usize,
    sure: usize,
    columns: usize,
    wrong: Vec<String>,
}

/// Asks every rule of a workflow about random rows, by the evaluator, by its code and in columns.
fn ask(
    limits: &Limits,
    guards: &[String],
    values: &[(&str, String)],
    rows: usize,
    draw: &mut Draw,
    seen: &mut Found,
) {
    let (Some(def), rules, report) = load(&text(guards, values), limits) else { panic!() };
    if report.has_errors() {
        seen.unloadable += 1;
        println!("{guards:?}: {report}");
        return;
    }
    seen.rules += guards.len() + values.len();
    seen.uncompiled += rules.uncompiled.values().count();
    let ids: Vec<(FactId, &str, Vec<Value>)> = FACTS
        .iter()
        .map(|(name, _, all)| {
            let id = rules.fact_named(name).unwrap();
            let shape = &def.facts.at(id).shape;
            let all = all.iter().filter_map(|json| shape.admit(value(json), &def.zone).ok());
            (id, *name, all.collect())
        })
        .collect();
    let derived: Vec<FactId> =
        (0..values.len()).map(|number| rules.fact_named(&format!("v{number}")).unwrap()).collect();
    let now = DateTime::parse("2026-10-25T00:30:00Z", &def.zone).unwrap();
    let occurrence =
        Occurrence { count: 2, last: now, who: [Arc::from("eva")].into_iter().collect() };
    let past = CaseHistory {
        events: [("go".into(), occurrence)].into_iter().collect(),
        entered: [(StateId(1), now)].into_iter().collect(),
    };
    let data = [(Arc::from("n"), Value::Integer(2)), (Arc::from("s"), Value::Text("Å".into()))];
    let event =
        Current { name: "go".into(), actor: Some("eva".into()), at: now, data: data.into() };
    let mut facts = rules.facts_at_first();
    let mut columns = Columns::new(&rules, 3);
    let mut answers = Vec::new();
    let mut told = vec![String::new(); rows];
    for told in &mut told {
        for (id, _, values) in &ids {
            match draw.below(9) {
                0 => facts.set(*id, None),
                // Mostly small: the first ones.
                1..3 => facts.set(*id, Some(values[draw.below(values.len().min(7))].clone())),
                3 | 4 => facts.set(*id, Some(values[draw.below(values.len())].clone())),
                _ => {}
            }
        }
        for (id, name, _) in &ids {
            let value = facts.get(*id).map(|value| value.to_json());
            write!(told, " {name}={}", value.as_deref().unwrap_or("?")).unwrap();
        }
        let context = Context {
            facts: &facts,
            past: &past,
            active: &[StateId(0)],
            now,
            event: (draw.below(3) > 0).then_some(&event),
            family: None,
            supposed: false,
            observer: None,
            meter: None,
        };
        columns.push(&rules, &facts, context.active, now);
        let mut row = (Vec::new(), Vec::new());
        for (program, script) in rules.guards.values().zip(guards) {
            let reference = Evaluator::new(&rules, context).decide(program);
            seen.evaluations += 1;
            if let Some(found) =
                program.code.as_ref().and_then(|code| code.decide(&rules, &context))
            {
                seen.sure += 1;
                if Ok(&found) != reference.as_ref() {
                    seen.wrong.push(format!("{script}\n  {found:?}, not {reference:?}:{told}"));
                }
            }
            row.0.push(reference);
        }
        for (id, (_, script)) in derived.iter().zip(values) {
            let reference = settle(Evaluator::new(&rules, context).fact(*id, Extent::default()));
            seen.evaluations += 1;
            let code = rules.facts.at(*id).code.as_ref();
            if let Some(found) = code.and_then(|code| code.value(&rules, &context)) {
                seen.sure += 1;
                let written = |value: &Option<Value>| value.as_ref().map(Value::to_json);
                if Ok(&found) != reference.as_ref()
                    || Ok(written(&found)) != reference.as_ref().map(written)
                {
                    seen.wrong.push(format!("{script}\n  {found:?}, not {reference:?}:{told}"));
                }
            }
            row.1.push(reference);
        }
        answers.push(row);
    }
    for block in 0..columns.blocks() {
        let there = columns.there(block);
        for (number, (program, script)) in rules.guards.values().zip(guards).enumerate() {
            let Some(code) = &program.code else { continue };
            let mut spent = vec![0; BLOCK];
            let found = Block::new(&rules, &columns, block, &mut spent).decide(code);
            for row in bits::ones(&bits::minus(there, &found.unsure)) {
                let truth = match (bits::get(&found.known, row), bits::get(&found.truth, row)) {
                    (true, truth) => Truth::of(truth),
                    (false, _) => Truth::Unknown,
                };
                let reference = &answers[block * BLOCK + row].0[number];
                seen.columns += 1;
                if Ok(&truth) != reference.as_ref() {
                    let told = &told[block * BLOCK + row];
                    seen.wrong
                        .push(format!("{script}\n  columns {truth:?}, not {reference:?}:{told}"));
                }
            }
        }
        for (number, (id, (_, script))) in derived.iter().zip(values).enumerate() {
            let Some(code) = rules.code(RuleId::Fact(*id)) else { continue };
            let Some(kind) = code.kind() else { continue };
            let mut spent = vec![0; BLOCK];
            let (found, unsure) =
                Block::new(&rules, &columns, block, &mut spent).words(code).unwrap();
            for row in bits::ones(&bits::minus(there, &unsure)) {
                let known = bits::get(&found.known, row);
                let value = known.then(|| kind.value(found.words.0[row], &rules.zone).unwrap());
                let reference = &answers[block * BLOCK + row].1[number];
                seen.columns += 1;
                if Ok(&value) != reference.as_ref() {
                    let told = &told[block * BLOCK + row];
                    seen.wrong
                        .push(format!("{script}\n  columns {value:?}, not {reference:?}:{told}"));
                }
            }
        }
    }
}

fn report(seen: &Found) {
    let mut known: Vec<&str> = Vec::new();
    for wrong in &seen.wrong {
        let script = wrong.split("\n  ").next().unwrap_or_default();
        if !known.contains(&script) {
            known.push(script);
            println!("{wrong}\n");
        }
    }
    println!(
        "{} unloadable, {} rules, {} uncompiled, {} evaluations, {} sure, {} in columns, {} wrong",
        seen.unloadable,
        seen.rules,
        seen.uncompiled,
        seen.evaluations,
        seen.sure,
        seen.columns,
        seen.wrong.len(),
    );
}

/// Whatever a rule may take, it gives no answer where the evaluator gives none.
#[test]
fn scripts_that_take_too_much_agree() {
    let mut seen = Found::default();
    for operations in [40, 150, 400] {
        let limits = Limits { operations, ..Limits::default() };
        for (number, script) in (1..).zip(scripts::LONG) {
            let draw = &mut Draw(number * 0x9e37_79b9);
            ask(&limits, &[(*script).to_owned()], &[], 40, draw, &mut seen);
        }
    }
    report(&seen);
    assert!(seen.wrong.is_empty() && seen.unloadable == 0 && seen.sure > 300);
}

/// Cases lie inside one another in a compiled rule: of too many there is none.
#[test]
fn a_switch_of_many_cases_takes_no_stack() {
    let cases: String = (0..3_000).map(|case| format!("{case} => p, ")).collect();
    let mut seen = Found::default();
    let guards = [format!("switch a {{ {cases} _ => q }}")];
    ask(&Limits::default(), &guards, &[], 20, &mut Draw(3), &mut seen);
    report(&seen);
    assert!(seen.wrong.is_empty() && seen.unloadable == 0);
}

#[test]
fn scripts_that_are_written_out_agree() {
    let mut seen = Found::default();
    for (number, script) in (1..).zip(scripts::WRITTEN) {
        ask(
            &Limits::default(),
            &[(*script).to_owned()],
            &[],
            140,
            &mut Draw(number * 0x9e37_79b9),
            &mut seen,
        );
    }
    for (number, (shape, script)) in (1..).zip(scripts::VALUES) {
        ask(
            &Limits::default(),
            &[],
            &[(shape, (*script).to_owned())],
            140,
            &mut Draw(number * 0x9e37_79b9),
            &mut seen,
        );
    }
    report(&seen);
    assert!(seen.wrong.is_empty() && seen.unloadable == 0);
}

#[test]
fn scripts_that_are_drawn_agree() {
    let number = |name: &str| std::env::var(name).ok().and_then(|n| n.parse::<u64>().ok());
    let wanted = number("TRESTEG_SCRIPTS").unwrap_or(20);
    let seed = number("TRESTEG_SEED").unwrap_or(7);
    let mut seen = Found::default();
    for turn in 0..wanted {
        let mut draw = Draw((seed * 1_000_003 + turn + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
        for _ in 0..8 {
            draw.roll();
        }
        let mut scripts =
            Scripts { draw: &mut draw, named: 0, variables: Vec::new(), items: Vec::new() };
        let guards: Vec<String> = (0..4).map(|_| scripts.guard()).collect();
        let values: Vec<(&str, String)> = (0..2).map(|_| scripts.value()).collect();
        let good = |guards: &[String], values: &[(&str, String)]| {
            !load(&text(guards, values), &Limits::default()).2.has_errors()
        };
        let guards: Vec<String> =
            guards.into_iter().filter(|guard| good(std::slice::from_ref(guard), &[])).collect();
        let values: Vec<_> =
            values.into_iter().filter(|value| good(&[], std::slice::from_ref(value))).collect();
        seen.unloadable += 6 - guards.len() - values.len();
        ask(&Limits::default(), &guards, &values, 120, &mut draw, &mut seen);
    }
    report(&seen);
    assert!(seen.wrong.is_empty());
    assert!(seen.sure * 3 > seen.evaluations, "few are compiled");
}
