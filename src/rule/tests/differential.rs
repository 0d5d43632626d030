//! Compiled rules against the evaluator: random typed expressions and scripts over facts of every kind, on rows with values
//! at every edge. Where the compiled rule is sure, the evaluator must agree; where it is not, the evaluator is asked anyway.
//!
//! `TRESTEG_EVALUATIONS=n` runs about so many evaluations instead of the ordinary number; `TRESTEG_SEED=n` others.

#![allow(clippy::print_stdout)]

use std::io::{IsTerminal as _, Write as _};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use super::*;

/// Small, quick and the same everywhere (Steele, Lea, Flood: SplitMix64).
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.roll() % bound as u64).unwrap()
    }

    fn pick<'t, T>(&mut self, from: &'t [T]) -> &'t T {
        &from[self.below(from.len())]
    }

    fn once_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Type {
    Bool,
    Int,
    Num,
    Text,
    Risk,
    Date,
    Time,
    Days,
    Ints,
    Nums,
    Sectors,
    Partner,
    Partners,
}

/// Name, declaration, type, values.
const FACTS: &[(&str, &str, Type, &[&str])] = &[
    ("b0", r#""type": "boolean""#, Type::Bool, &["true", "false"]),
    ("b1", r#""type": "boolean""#, Type::Bool, &["true", "false"]),
    ("b2", r#""type": "boolean", "default": true"#, Type::Bool, &["true", "false"]),
    ("i0", r#""type": "integer""#, Type::Int, INTS),
    ("i1", r#""type": "integer""#, Type::Int, INTS),
    (
        "i2",
        r#""type": "integer", "minimum": 0, "maximum": 10"#,
        Type::Int,
        &["0", "1", "2", "9", "10"],
    ),
    ("x0", r#""type": "number""#, Type::Num, NUMS),
    ("x1", r#""type": "number""#, Type::Num, NUMS),
    (
        "x2",
        r#""type": "number", "minimum": 0, "maximum": 1"#,
        Type::Num,
        &["0", "1", "0.5", "0.6", "0.599999", "0.600001", "0.3333333333", "0.000001"],
    ),
    (
        "x3",
        r#""type": "number", "multipleOf": 0.01, "minimum": 0"#,
        Type::Num,
        &["0", "0.01", "99.99", "1000000", "92233720368547758.07", "92233720368547758.08"],
    ),
    ("t0", r#""type": "string""#, Type::Text, TEXTS),
    ("t1", r#""type": "string""#, Type::Text, TEXTS),
    (
        "r0",
        r#""enum": ["low", "medium", "high"]"#,
        Type::Risk,
        &["\"low\"", "\"medium\"", "\"high\""],
    ),
    (
        "r1",
        r#""enum": ["low", "medium", "high"]"#,
        Type::Risk,
        &["\"low\"", "\"medium\"", "\"high\""],
    ),
    ("d0", r#""type": "string", "format": "date""#, Type::Date, DATES),
    ("d1", r#""type": "string", "format": "date""#, Type::Date, DATES),
    ("z0", r#""type": "string", "format": "date-time""#, Type::Time, TIMES),
    ("z1", r#""type": "string", "format": "date-time""#, Type::Time, TIMES),
    (
        "s0",
        r#""type": "string", "format": "duration""#,
        Type::Days,
        &[
            "\"P0D\"",
            "\"P1D\"",
            "\"P1M\"",
            "\"-P3D\"",
            "\"PT36H\"",
            "\"P1M1D\"",
            "\"P2147483647D\"",
        ],
    ),
    (
        "li",
        r#""type": "array", "items": { "type": "integer" }"#,
        Type::Ints,
        &["[]", "[1]", "[1, 2, 3]", "[9223372036854775807, 1]", "[0, -1, 7]"],
    ),
    (
        "ln",
        r#""type": "array", "items": { "type": "number" }"#,
        Type::Nums,
        &["[]", "[0.5]", "[1, 2.25]", "[0.00001, 3]", "[99999999999999.9999]"],
    ),
    (
        "ls",
        r#""type": "array", "uniqueItems": true, "items": { "enum": ["low", "medium", "high"] }"#,
        Type::Sectors,
        &["[]", "[\"low\"]", "[\"high\", \"low\"]", "[\"low\", \"medium\", \"high\"]"],
    ),
    (
        "p0",
        PARTNER,
        Type::Partner,
        &[
            r#"{"name":"a"}"#,
            r#"{"name":"Åsa","share":0.5,"signed":true,"risk":"low","joined":"2026-01-31"}"#,
            r#"{"name":"","share":1e20,"signed":false,"count":3}"#,
        ],
    ),
    (
        "pp",
        r#""type": "array", "items": { "type": "object", "properties": { "name": { "type": "string" }, "share": { "type": "number" }, "signed": { "type": "boolean" }, "risk": { "enum": ["low", "medium", "high"] }, "count": { "type": "integer" }, "joined": { "type": "string", "format": "date" } } }"#,
        Type::Partners,
        &[
            "[]",
            r#"[{"name":"a","share":0.25,"signed":true,"risk":"low","count":1,"joined":"2026-01-31"}]"#,
            r#"[{"name":"a","share":0.25,"signed":true,"risk":"low","count":1,"joined":"2024-02-29"},{"name":"é","share":0.75,"signed":false,"risk":"high","count":9223372036854775807,"joined":"9999-12-31"}]"#,
            r#"[{"name":"a","signed":true},{"share":3.00001,"count":-2}]"#,
            "[{}]",
            r#"[{"signed":true,"share":0.5,"risk":"medium","count":2},{"signed":true,"share":0.6,"risk":"high","count":3},{"signed":false,"share":0.4999,"risk":"low","count":0}]"#,
            r#"[{"signed":false,"share":0.00001,"risk":"low"},{"signed":true,"share":0.5,"risk":"low"},{"signed":true,"risk":"low"}]"#,
        ],
    ),
];

const PARTNER: &str = r#""type": "object", "properties": { "name": { "type": "string" }, "share": { "type": "number" }, "signed": { "type": "boolean" }, "risk": { "enum": ["low", "medium", "high"] }, "count": { "type": "integer" }, "joined": { "type": "string", "format": "date" } }, "required": ["name"]"#;
const INTS: &[&str] = &[
    "0",
    "1",
    "2",
    "3",
    "-1",
    "7",
    "10",
    "100",
    "4611686018427387904",
    "9223372036854775807",
    "9223372036854775806",
    "-9223372036854775808",
    "-9223372036854775807",
    "3037000500",
];
const NUMS: &[&str] = &[
    "0",
    "1",
    "-1",
    "0.5",
    "0.6",
    "0.59999",
    "0.6001",
    "2.5",
    "-2.5",
    "0.0001",
    "0.00001",
    "-0.0001",
    "50000",
    "50000.0001",
    "922337203685477.5807",
    "922337203685477.5808",
    "-922337203685477.5808",
    "9999999999999999999999999999",
    "0.0000000000000000000000000001",
    "1e20",
    "3.3333",
];
const TEXTS: &[&str] =
    &["\"\"", "\"a\"", "\"b\"", "\"Åäö\"", "\"åÄÖ\"", "\"ab\"", "\"ﬀ İ\"", "\"low\"", "\" x \""];
const DATES: &[&str] = &[
    "\"0001-01-01\"",
    "\"9999-12-31\"",
    "\"1970-01-01\"",
    "\"2024-02-29\"",
    "\"2026-01-31\"",
    "\"2026-08-31\"",
    "\"2026-09-01\"",
    "\"2026-09-02\"",
    "\"2025-12-31\"",
];
const TIMES: &[&str] = &[
    "\"2026-09-01T12:00:00+02:00\"",
    "\"2026-09-01T10:00:00Z\"",
    "\"2026-09-01T10:00:00.000001Z\"",
    "\"2026-03-29T01:30:00+01:00\"",
    "\"0001-01-02T00:00:00Z\"",
    "\"9999-12-30T21:59:59Z\"",
    "\"2026-08-31T23:30:00+02:00\"",
];

const DERIVED: &[&str] = &[
    r#""di": { "type": "integer", "value": "i0 + i2" }"#,
    r#""dx": { "type": "number", "minimum": -5, "value": "x0 * px" }"#,
    r#""db": { "type": "boolean", "value": "b0 || i2 > 3" }"#,
    r#""dd": { "type": "string", "format": "date", "value": "d0 + pd" }"#,
    r#""dr": { "enum": ["low", "medium", "high"], "value": "if b0 { `low` } else { r0 }" }"#,
];

type Declared = (&'static str, &'static str, Type, &'static [&'static str]);

/// The facts of a workflow.
fn declared(small: bool) -> impl Iterator<Item = &'static Declared> {
    FACTS.iter().filter(move |(name, ..)| !small || SMALL.contains(name))
}

const SMALL: &[&str] =
    &["b0", "b1", "b2", "i0", "i2", "x0", "x2", "r0", "d0", "d1", "z0", "pp", "t0"];

/// Tests of one kind each that compiled rules make at once.
const CHECKS: &[&str] = &[
    "b0",
    "b1",
    "!b2",
    "b0 == b1",
    "b0 != b2",
    "i0 >= 2",
    "i0 != 7",
    "i2 < 9",
    "i0 == 9223372036854775807",
    "i0 in [0, 2, 3, 7, 10]",
    "i2 in 1..9",
    "i2 in [0, 1, 9]",
    "x0 > 0.5",
    "x0 <= 0.00001",
    "x2 >= 0.6",
    "x2 == 0.5",
    "x0 == 3",
    "x3 < 1000000.5",
    "x3 >= 0.005",
    "r0 == `low`",
    "r0 != `high`",
    "r0 in [`low`, `high`]",
    "r0 !in [`medium`]",
    "r0 == r1",
    "t0 == `a`",
    "t0 in [`b`, `Åäö`]",
    "t1 != ``",
    "`low` in ls",
    "`high` !in ls",
    "covers(ls)",
    "li.len() > 1",
    "pp.len() == 2",
    "known(`i0`)",
    "known(`x0`)",
    "known(`t0`)",
    "!known(`pp`)",
    "known(`p0.share`)",
    "i0 < i1",
    "i0 == i1",
    "i0 + i1 > 3",
    "i0 - i2 >= 1",
    "i0 - 2 * i2 + 5 < 3 * i1",
    "i2 * 3 - i2 * 2 > 4",
    "x0 <= x1",
    "x0 != x2",
    "x0 + 0.25 > x2",
    "x0 > i0",
    "2.5 * x0 - x2 < 1",
    "0.3 * x0 + 0.3 * x1 + 0.2 * x2 + 0.2 * x3 >= 0.6",
    "x0 + 2 * x2 - 0.5 * i2 > 0.75",
    "x0 + x1 + x2 + x3 + i0 + i2 + 0.5 < 7",
    "d0 <= d1 + weeks(3)",
    "d0 < d1",
    "d0 == date(`2026-09-01`)",
    "d0 - days(10) >= d1",
    "d1 - d0 > days(30)",
    "(d1 - d0).days >= 212",
    "d0 + days(i2) <= d1",
    "d0 + months(1) > d1",
    "d1 > date(`2026-08-31`) - days(1)",
    "d0.year > d1.year",
    "d0.year == 2026",
    "d0.month >= 8",
    "d0.day in [1, 29, 31]",
    "d1.weekday <= 5",
    "d0.year * 12 + d0.month - d1.month > 24000",
    "(d0 + days(1)).month == 9",
    "z0 < z1",
    "z0 - z1 > hours(2)",
    "z0 + hours(3) >= z1",
    "z0.date <= d0",
    "z0.year == 2026",
    "z0.day + z0.weekday < 9",
    "z0.date.month == 8",
    "today >= d0",
    "round(x0) <= 2",
    "round(x0) == -1",
    "round(x0, 1) > 0.5",
    "floor(x0) < -2",
    "ceil(x2) >= 1",
    "round(x0 * 2 - x2) != 5",
    "(i0 ?? 0) > 1",
    "(i0 ?? i2) < 7",
    "(x2 ?? 0.5) >= 0.6",
    "(d0 ?? d1) > date(`2026-01-01`)",
    "b0 ?? false",
    "(b0 ?? b1) == b2",
    "dd >= d1",
    "dr == `low`",
    "di > 2",
    "dx <= 0.2",
    "db",
    "f0",
    "f1",
    "fc",
    "p0.share > 0.25",
    "p0.joined.year == 2026",
    "(if b0 { i0 > 1 } else { x2 > 0.5 })",
    "(switch r0 { `low` => true, `medium` => x0 < 2.5, _ => i2 >= 2 && b1 })",
];

/// Tests of a partner `p`.
const OF_PARTNERS: &[&str] = &[
    "p.signed",
    "!p.signed",
    "p.share >= 0.5",
    "p.share < 0.5",
    "p.risk == `low`",
    "p.risk != `high`",
    "p.risk in [`low`, `high`]",
    "p.count > 1",
    "p.count in [0, 2, 3]",
    "p.joined >= date(`2026-01-01`)",
    "p.joined.year == 2024",
    "p.name == `a`",
    "p.share >= x2",
    "p.count < i2",
    "p.signed == b0",
    "(if p.signed { p.share > 0.25 } else { p.risk == `low` })",
    "(p.share ?? 0.0) > 0.1",
    "b1",
];

/// A workflow with these guards and derived facts.
///
/// A small one has so few facts that their words lie beside them.
fn workflow(guards: &[String], values: &[(&str, String)], small: bool) -> String {
    let quoted = |script: &str| serde_json::to_string(script).unwrap();
    let mut facts: Vec<String> =
        declared(small).map(|(name, shape, ..)| format!("\"{name}\": {{ {shape} }}")).collect();
    if !small {
        facts.extend(DERIVED.iter().map(|derived| (*derived).to_owned()));
    }
    facts.extend(values.iter().enumerate().map(|(number, (declared, value))| {
        format!("\"found{number}\": {{ {declared} \"value\": {} }}", quoted(value))
    }));
    let go: Vec<String> = guards
        .iter()
        .map(|guard| format!("{{ \"target\": \"two\", \"guard\": {} }}", quoted(guard)))
        .collect();
    format!(
        r#"{{ "id": "differential", "timezone": "Europe/Stockholm",
        "parameters": {{ "pi": 3, "px": 0.4, "pt": "a", "pd": {{ "type": "string", "format": "duration", "value": "P14D" }} }},
        "facts": {{ {} }},
        "factors": {{ "f0": {{ "guard": "b0 && i2 >= 2" }}, "f1": {{ "guard": "x2 >= 0.6 || b1" }}, "sc": {{ "score": "x2 * 0.5" }},
                     "fc": {{ "of": ["f0", "f1", "b2"], "at_least": 2 }} }},
        "functions": {{ "twice": {{ "params": ["v"], "body": "v * 2" }}, "fee": {{ "params": ["base"], "body": ["let f = base * px;", "if f > 100 {{ return 100 }}", "f"] }},
                       "both": {{ "params": ["p", "q"], "body": "p && q" }} }},
        "events": {{ "go": {{ "data": {{ "n": {{ "type": "integer" }} }} }}, "tick": {{}} }},
        "initial": "one", "states": {{ "one": {{ "on": {{ "go": [{}], "tick": "two" }} }}, "two": {{ "type": "final" }} }} }}"#,
        facts.join(", "),
        go.join(", "),
    )
}

/// Writes scripts; knows the variables in sight.
struct Writer<'d> {
    dice: &'d mut Dice,
    locals: Vec<(String, Type)>,
    named: usize,
}

impl Writer<'_> {
    fn name(&mut self) -> String {
        self.named += 1;
        format!("v{}", self.named)
    }

    fn leaf(&mut self, kind: Type) -> String {
        let mut names: Vec<String> = FACTS
            .iter()
            .filter(|(.., of, _)| *of == kind)
            .map(|(name, ..)| (*name).to_owned())
            .collect();
        names
            .extend(self.locals.iter().filter(|(_, of)| *of == kind).map(|(name, _)| name.clone()));
        let more: &[&str] = match kind {
            Type::Bool => &["db", "f0", "f1", "fc", "p0.signed"],
            Type::Int => &["di", "pi", "p0.count", "i2", "i2"],
            Type::Num => &["dx", "px", "sc", "p0.share", "x2"],
            Type::Text => &["pt", "p0.name"],
            Type::Risk => &["dr", "p0.risk"],
            Type::Date => &["dd", "today", "p0.joined"],
            Type::Time => &["now"],
            Type::Days => &["pd"],
            _ => &[],
        };
        names.extend(more.iter().map(|name| (*name).to_owned()));
        if self.dice.once_in(4) {
            return self.literal(kind);
        }
        self.dice.pick(&names).clone()
    }

    fn literal(&mut self, kind: Type) -> String {
        let from: &[&str] = match kind {
            Type::Bool => &["true", "false"],
            Type::Int => &["0", "1", "2", "3", "10", "-1", "9223372036854775807", "100"],
            Type::Num => &["0.5", "0.6", "1.0", "2.25", "0.00001", "-0.75", "50000.0", "0.3333333"],
            Type::Text => &["`a`", "`b`", "``", "`Åäö`"],
            Type::Risk => &["`low`", "`high`"],
            Type::Date => &["date(`2026-09-01`)", "date(`2024-02-29`)", "date(2026, 1, 31)"],
            Type::Time => &["now"],
            Type::Days => &["days(1)", "weeks(2)", "months(1)", "years(1)", "days(0)"],
            Type::Ints => &["[]", "[1]", "[1, 2, 3]"],
            Type::Nums => &["[0.5, 2.25]", "[1.0]"],
            Type::Sectors => &["ls"],
            Type::Partner => &["p0"],
            Type::Partners => &["pp"],
        };
        (*self.dice.pick(from)).to_owned()
    }

    fn expression(&mut self, kind: Type, depth: usize) -> String {
        if depth == 0 || self.dice.once_in(5) {
            return self.leaf(kind);
        }
        let less = depth - 1;
        match self.dice.below(16) {
            0 => {
                let condition = self.expression(Type::Bool, less);
                let (one, two) = (self.expression(kind, less), self.expression(kind, less));
                format!("(if {condition} {{ {one} }} else {{ {two} }})")
            }
            1 if !matches!(kind, Type::Partner | Type::Partners) => {
                let (one, two) = (self.leaf(kind), self.expression(kind, less));
                format!("({one} ?? {two})")
            }
            2 => self.switch(kind, less),
            3 if less > 0 => self.block(kind, less),
            _ => match kind {
                Type::Bool => self.boolean(less),
                Type::Int => self.integer(less),
                Type::Num => self.number(less),
                Type::Text => self.text(less),
                Type::Date => self.date(less),
                Type::Time => {
                    let one = self.leaf(Type::Time);
                    let length =
                        self.dice.pick(&["hours(1)", "hours(i0)", "days(1)", "months(i2)"]);
                    format!("({one} + {length})")
                }
                Type::Days => self.length(less),
                Type::Ints => {
                    let one = self.expression(Type::Ints, less);
                    match self.dice.below(3) {
                        0 => {
                            let (name, body) = self.closure(Type::Int, Type::Bool, less);
                            format!("{one}.filter(|{name}| {body})")
                        }
                        1 => {
                            let (name, body) = self.closure(Type::Int, Type::Int, less);
                            format!("{one}.map(|{name}| {body})")
                        }
                        _ => {
                            let two = self.expression(Type::Ints, less);
                            format!("({one} + {two})")
                        }
                    }
                }
                Type::Nums => {
                    let (name, body) = self.closure(Type::Partner, Type::Num, less);
                    format!("pp.map(|{name}| {body})")
                }
                Type::Partners => {
                    let (name, body) = self.closure(Type::Partner, Type::Bool, less);
                    format!("pp.filter(|{name}| {body})")
                }
                Type::Risk | Type::Sectors | Type::Partner => self.leaf(kind),
            },
        }
    }

    /// A few simple tests, joined: what compiled rules make at once, or nearly.
    fn simple(&mut self, small: bool) -> String {
        let most = if self.dice.once_in(4) { 9 } else { 4 };
        let parts = 1 + self.dice.below(most);
        if self.dice.once_in(12) {
            return self.counted(small);
        }
        let mut text = self.check(small);
        for _ in 1..parts {
            let check = self.check(small);
            text = match self.dice.below(7) {
                0..=2 => format!("{text} && {check}"),
                3 => format!("({text} || {check})"),
                4 => format!("({check} && {text})"),
                5 => format!("!({text} && {check})"),
                _ => format!("(if {check} {{ {text} }} else {{ {} }})", self.check(small)),
            };
        }
        text
    }

    fn check(&mut self, small: bool) -> String {
        match self.dice.below(8) {
            0 => format!("(if true {} else {{ false }})", self.counted(small)),
            1 => {
                let test = self.of_partner(small);
                match self.dice.below(4) {
                    0 => format!("pp.all(|p| {test})"),
                    1 => format!("pp.filter(|p| {test}).len() >= {}", self.dice.below(3)),
                    2 => format!("!pp.some(|p| {test})"),
                    _ => format!("pp.some(|p| {test})"),
                }
            }
            _ => self.drawn(CHECKS, small),
        }
    }

    fn drawn(&mut self, from: &'static [&'static str], small: bool) -> String {
        loop {
            let found = *self.dice.pick(from);
            let word = |c: char| !(c.is_ascii_alphanumeric() || c == '_');
            let missing = |name: &str| {
                FACTS.iter().any(|(known, ..)| *known == name) && !SMALL.contains(&name)
                    || ["di", "dx", "db", "dd", "dr"].contains(&name)
            };
            if !small || !found.split(word).any(missing) {
                return found.to_owned();
            }
        }
    }

    fn of_partner(&mut self, small: bool) -> String {
        let test = self.drawn(OF_PARTNERS, small);
        let other = self.drawn(OF_PARTNERS, small);
        match self.dice.below(5) {
            0 | 1 => test,
            2 => format!("({test} || {other})"),
            3 => format!("!({test} && {other})"),
            _ => format!("{test} && {other}"),
        }
    }

    /// A loop that counts or adds up.
    fn counted(&mut self, small: bool) -> String {
        let first = *self.dice.pick(&["0", "0", "0", "2", "i2"]);
        let test = self.of_partner(small);
        let more = *self.dice.pick(&[
            "n += 1;",
            "n += 1;",
            "n += 3;",
            "n += p.count;",
            "n += n;",
            "n += 1; break;",
            "n -= 1;",
        ]);
        let other = if self.dice.once_in(5) { " else { n += 1; }" } else { "" };
        let test = format!("if {test} {{ {more} }}{other}");
        let test = if self.dice.once_in(6) {
            format!("if {} {{ {test} }}", self.of_partner(small))
        } else {
            test
        };
        let end = *self.dice.pick(&[
            "n >= 2",
            "n == 1",
            "twice(n) > 3",
            "n < 2 && b1",
            "n + i2 > 3",
            "n > 0 || b0",
            "{ let m = n; m >= 1 }",
            "{ let m = n + 1; m * 2 >= 4 }",
            "n * n > n",
        ]);
        format!("{{ let n = {first}; for p in pp {{ {test} }} {end} }}")
    }

    fn closure(&mut self, item: Type, result: Type, depth: usize) -> (String, String) {
        let name = self.name();
        let known = self.locals.len();
        self.item(&name, item);
        let body = self.expression(result, depth);
        self.locals.truncate(known);
        (name, body)
    }

    fn item(&mut self, name: &str, item: Type) {
        if item == Type::Partner {
            for (property, kind) in [
                ("name", Type::Text),
                ("share", Type::Num),
                ("signed", Type::Bool),
                ("risk", Type::Risk),
                ("count", Type::Int),
                ("joined", Type::Date),
            ] {
                self.locals.push((format!("{name}.{property}"), kind));
                self.locals.push((format!("{name}.{property}"), kind));
            }
        } else {
            self.locals.push((name.to_owned(), item));
            self.locals.push((name.to_owned(), item));
        }
    }

    fn switch(&mut self, kind: Type, depth: usize) -> String {
        let subject = *self.dice.pick(&[Type::Int, Type::Text, Type::Risk, Type::Num, Type::Bool]);
        let on = self.expression(subject, depth);
        let (one, two, three) = (
            self.expression(kind, depth),
            self.expression(kind, depth),
            self.expression(kind, depth),
        );
        let (first, second) = match subject {
            Type::Int => ("0 | 1", "2..=7"),
            Type::Text => ("`a`", "`b` | `Åäö`"),
            Type::Risk => ("`low`", "`high`"),
            Type::Num => ("0.5", "1.0 | 2.25"),
            _ => ("true", "false"),
        };
        let when = if self.dice.once_in(2) {
            format!(" if {}", self.expression(Type::Bool, 0))
        } else {
            String::new()
        };
        format!("(switch {on} {{ {first}{when} => {one}, {second} => {two}, _ => {three} }})")
    }

    fn block(&mut self, kind: Type, depth: usize) -> String {
        let known = self.locals.len();
        let name = self.name();
        let of = *self.dice.pick(&[Type::Int, Type::Num, Type::Bool, Type::Date, Type::Ints]);
        let value = self.expression(of, depth);
        let mut text = format!("{{ let {name} = {value}; ");
        self.locals.push((name.clone(), of));
        match self.dice.below(4) {
            0 if matches!(of, Type::Int | Type::Num) => {
                let condition = self.expression(Type::Bool, depth.min(1));
                let more = self.expression(of, depth.min(1));
                text += &format!("if {condition} {{ {name} += {more}; }} ");
            }
            1 if matches!(of, Type::Int | Type::Num) => {
                let item = self.name();
                let before = self.locals.len();
                self.item(&item, Type::Partner);
                let condition = self.expression(Type::Bool, depth.min(1));
                let more = self.expression(of, 0);
                self.locals.truncate(before);
                let leave = *self.dice.pick(&["", "break;", "continue;"]);
                text += &format!(
                    "for {item} in pp {{ if {condition} {{ {name} += {more}; {leave} }} }} "
                );
            }
            2 if of == Type::Int => {
                let item = self.name();
                text += &format!("for {item} in 0..4 {{ {name} += {item}; }} ");
            }
            _ => {}
        }
        let last = self.expression(kind, depth);
        self.locals.truncate(known);
        format!("{text}{last} }}")
    }

    fn boolean(&mut self, depth: usize) -> String {
        match self.dice.below(17) {
            0 => format!("!({})", self.expression(Type::Bool, depth)),
            1..=3 => {
                let parts = [
                    self.expression(Type::Bool, depth),
                    self.expression(Type::Bool, depth),
                    self.expression(Type::Bool, depth),
                ];
                let [a, b, c] = parts;
                match self.dice.below(4) {
                    0 => format!("({a} && {b} && {c})"),
                    1 => format!("({a} || {b} || {c})"),
                    2 => format!("(({a} || {b}) && {c})"),
                    _ => format!("({a} && {b} || {c})"),
                }
            }
            4..=7 => {
                let (left, right) = *self.dice.pick(&[
                    (Type::Int, Type::Int),
                    (Type::Num, Type::Num),
                    (Type::Int, Type::Num),
                    (Type::Num, Type::Int),
                    (Type::Date, Type::Date),
                    (Type::Time, Type::Time),
                    (Type::Days, Type::Days),
                ]);
                let (one, two) = (self.expression(left, depth), self.expression(right, depth));
                let operator = self.dice.pick(&["==", "!=", "<", "<=", ">", ">="]);
                format!("({one} {operator} {two})")
            }
            8 => {
                let kind = *self.dice.pick(&[Type::Text, Type::Risk, Type::Bool, Type::Ints]);
                let (one, two) = (self.expression(kind, depth), self.expression(kind, depth));
                format!("({one} {} {two})", self.dice.pick(&["==", "!="]))
            }
            9 => {
                let kind =
                    *self.dice.pick(&[Type::Int, Type::Num, Type::Text, Type::Risk, Type::Date]);
                let one = self.expression(kind, depth);
                let list = match kind {
                    Type::Int => *self.dice.pick(&[
                        "[1, 2, 3]",
                        "li",
                        "[0, 100, -1]",
                        "0..5",
                        "[]",
                        "[1, 2.5]",
                    ]),
                    Type::Num => *self.dice.pick(&["[0.5, 2.25]", "ln", "[1, 2.5, 0.00001]"]),
                    Type::Text => *self.dice.pick(&["[`a`, `Åäö`]", "[``]", "t1", "`abc`"]),
                    Type::Risk => *self.dice.pick(&["[`low`, `high`]", "ls", "[`medium`]"]),
                    _ => "[date(`2026-09-01`), date(2024, 2, 29)]",
                };
                format!("({one} {} {list})", self.dice.pick(&["in", "!in"]))
            }
            10 => {
                let (name, body) = self.closure(Type::Partner, Type::Bool, depth);
                format!("pp.{}(|{name}| {body})", self.dice.pick(&["all", "some"]))
            }
            11 => {
                let list = self.expression(Type::Ints, depth);
                let (name, body) = self.closure(Type::Int, Type::Bool, depth);
                format!("{list}.{}(|{name}| {body})", self.dice.pick(&["all", "some"]))
            }
            12 => (*self.dice.pick(&[
                "known(`i0`)",
                "known(`x0`)",
                "known(`dx`)",
                "known(`p0.share`)",
                "active(`one`)",
                "`low` in ls",
                "covers(ls)",
                "known(`di`)",
            ]))
            .to_owned(),
            13 => {
                let one = self.expression(Type::Text, depth);
                format!("{one}.{}(`a`)", self.dice.pick(&["starts_with", "ends_with"]))
            }
            14 => {
                let (one, two) =
                    (self.expression(Type::Bool, depth), self.expression(Type::Bool, depth));
                format!("both({one}, {two})")
            }
            15 => {
                let one = self.expression(Type::Int, depth);
                format!("({one} in {}..{})", self.dice.below(3), self.dice.below(12))
            }
            _ => (*self.dice.pick(&[
                "event.data.n >= 2",
                "count(`go`) > 1",
                "last(`go`) < now",
                "since(`one`).date == today",
                "event.actor == `eva`",
            ]))
            .to_owned(),
        }
    }

    fn integer(&mut self, depth: usize) -> String {
        match self.dice.below(14) {
            0..=3 => {
                let (one, two) =
                    (self.expression(Type::Int, depth), self.expression(Type::Int, depth));
                format!("({one} {} {two})", self.dice.pick(&["+", "-", "*"]))
            }
            4 => {
                let (one, two) =
                    (self.expression(Type::Int, depth), self.expression(Type::Int, depth));
                let call = self.dice.pick(&["div", "min", "max"]);
                format!("{call}({one}, {two})")
            }
            5 => {
                let (one, two) = (self.expression(Type::Int, depth), self.leaf(Type::Int));
                format!("({one} % {two})")
            }
            6 => {
                let kind =
                    *self.dice.pick(&[Type::Ints, Type::Text, Type::Sectors, Type::Partners]);
                format!("{}.len()", self.expression(kind, depth))
            }
            7 => format!("{}.sum()", self.expression(Type::Ints, depth)),
            8 => {
                let one = self.expression(Type::Num, depth);
                format!("{}({one})", self.dice.pick(&["round", "floor", "ceil"]))
            }
            9 => {
                let one = self.expression(Type::Date, depth);
                format!("{one}.{}", self.dice.pick(&["year", "month", "day", "weekday"]))
            }
            10 => {
                let (one, two) =
                    (self.expression(Type::Date, depth), self.expression(Type::Date, depth));
                format!("({one} - {two}).days")
            }
            11 => format!("twice({})", self.expression(Type::Int, depth)),
            12 => format!("abs({})", self.expression(Type::Int, depth)),
            _ => format!("(-({}))", self.expression(Type::Int, depth)),
        }
    }

    fn number(&mut self, depth: usize) -> String {
        match self.dice.below(14) {
            0..=3 => {
                let kinds = *self.dice.pick(&[
                    (Type::Num, Type::Num),
                    (Type::Int, Type::Num),
                    (Type::Num, Type::Int),
                ]);
                let (one, two) = (self.expression(kinds.0, depth), self.expression(kinds.1, depth));
                format!("({one} {} {two})", self.dice.pick(&["+", "-", "*"]))
            }
            4 => {
                let (a, b, c) = (self.leaf(Type::Num), self.leaf(Type::Num), self.leaf(Type::Num));
                format!("(0.3 * {a} + 0.2 * {b} - {c} * 1.5)")
            }
            5 => {
                let (one, two) =
                    (self.expression(Type::Int, depth), self.expression(Type::Int, depth));
                format!("({one} / {two})")
            }
            6 => {
                let one = self.expression(Type::Num, depth);
                format!("round({one}, {})", self.dice.below(4))
            }
            7 => {
                let (one, two) =
                    (self.expression(Type::Num, depth), self.expression(Type::Int, depth));
                format!("{}({two}, {one})", self.dice.pick(&["min", "max"]))
            }
            8 => {
                let (name, body) = self.closure(Type::Partner, Type::Num, depth);
                format!("(pp.map(|{name}| {body}).sum() + 0.5)")
            }
            9 => format!("fee({})", self.expression(Type::Num, depth)),
            10 => format!("abs({})", self.expression(Type::Num, depth)),
            11 => format!("({} % {})", self.expression(Type::Num, depth), self.leaf(Type::Num)),
            12 => format!("(-{})", self.expression(Type::Num, depth)),
            _ => {
                let (one, two) = (self.leaf(Type::Time), self.leaf(Type::Time));
                format!("({one} - {two}).hours")
            }
        }
    }

    fn text(&mut self, depth: usize) -> String {
        let one = self.expression(Type::Text, depth);
        match self.dice.below(3) {
            0 => format!("({one} + {})", self.expression(Type::Text, depth)),
            1 => format!("{one}.{}()", self.dice.pick(&["lower", "upper", "trim"])),
            _ => one,
        }
    }

    fn date(&mut self, depth: usize) -> String {
        let one = self.expression(Type::Date, depth);
        match self.dice.below(4) {
            0 => format!("({one} + {})", self.expression(Type::Days, depth)),
            1 => format!("({one} - {})", self.expression(Type::Days, depth)),
            2 => format!("{}.date", self.leaf(Type::Time)),
            _ => {
                let two = self.expression(Type::Date, depth);
                format!("{}({one}, {two})", self.dice.pick(&["min", "max"]))
            }
        }
    }

    fn length(&mut self, depth: usize) -> String {
        let one = self.expression(Type::Int, depth);
        match self.dice.below(5) {
            0 => format!("{}({one})", self.dice.pick(&["days", "weeks", "months", "years"])),
            1 => format!("(days({one}) + days(1))"),
            2 => format!("(days(2) * {one})"),
            3 => format!("({} - {})", self.leaf(Type::Date), self.leaf(Type::Date)),
            _ => self.leaf(Type::Days),
        }
    }
}

/// What happened, in all.
#[derive(Debug, Default)]
struct Seen {
    rules: usize,
    unloadable: usize,
    uncompiled: usize,
    evaluations: usize,
    /// The compiled rule was not sure, and the evaluator gave an answer.
    fell_back: usize,
    faults: usize,
    unknown: usize,
    yes: usize,
    /// Decided by the quick form.
    at_once: usize,
    /// Rules of small workflows.
    small: usize,
    reasons: BTreeMap<&'static str, usize>,
}

const DECLARED: &[(&str, Type)] = &[
    ("\"type\": \"integer\",", Type::Int),
    ("\"type\": \"number\",", Type::Num),
    ("\"type\": \"number\", \"minimum\": 0, \"maximum\": 100,", Type::Num),
    ("\"type\": \"string\",", Type::Text),
    ("\"type\": \"string\", \"format\": \"date\",", Type::Date),
    ("\"type\": \"string\", \"format\": \"date-time\",", Type::Time),
    ("\"type\": \"string\", \"format\": \"duration\",", Type::Days),
    ("\"enum\": [\"low\", \"medium\", \"high\"],", Type::Risk),
    ("\"type\": \"boolean\",", Type::Bool),
    ("", Type::Num),
    ("", Type::Int),
    ("", Type::Ints),
    ("", Type::Date),
];

#[test]
fn compiled_rules_agree_with_the_evaluator() {
    let number = |name: &str| std::env::var(name).ok().and_then(|n| n.parse::<u64>().ok());
    let wanted = number("TRESTEG_EVALUATIONS").unwrap_or(1_000_000) as usize;
    let seed = number("TRESTEG_SEED").unwrap_or(4);
    // A workflow costs as much as a thousand evaluations: for many of them, each is asked more often.
    let rows = if wanted > 5_000_000 { 2_000 } else { 400 };
    let started = std::time::Instant::now();
    let (next, all) = (AtomicU64::new(0), Mutex::new(Seen::default()));
    let done = || all.lock().unwrap().evaluations;
    let work = || {
        while done() < wanted {
            // Workflows have dice of their own, so that it does not matter who comes to which.
            let number = next.fetch_add(1, Ordering::Relaxed);
            let mut dice = Dice(seed.wrapping_mul(0x2545_f491_4f6c_dd1d).wrapping_add(number));
            let mut seen = Seen::default();
            rules(&mut dice, rows, &mut seen);
            all.lock().unwrap().add(&seen);
        }
    };
    std::thread::scope(|scope| {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let workers: Vec<_> = (0..cores).map(|_| scope.spawn(work)).collect();
        let mut told = started;
        while !workers.iter().all(|worker| worker.is_finished()) {
            std::thread::sleep(std::time::Duration::from_millis(20));
            if told.elapsed().as_secs() >= 3 && std::io::stderr().is_terminal() {
                told = std::time::Instant::now();
                let rate = done() as f64 / started.elapsed().as_secs_f64();
                let line = format!("\r{} of {wanted} evaluations, {rate:.0} a second ", done());
                // Past the capture of the test harness.
                let _: std::io::Result<()> = std::io::stderr().write_all(line.as_bytes());
            }
        }
    });
    let seen = all.into_inner().unwrap();
    let share = |part: usize| 100.0 * part as f64 / seen.evaluations as f64;
    println!("{seen:#?}");
    println!(
        "{} evaluations, no difference; {:.0} a second; fell back {:.2} %, faults {:.2} %, at once {:.2} %",
        seen.evaluations,
        seen.evaluations as f64 / started.elapsed().as_secs_f64(),
        share(seen.fell_back),
        share(seen.faults),
        share(seen.at_once),
    );
    assert!(seen.uncompiled * 20 < seen.rules, "{seen:#?}");
    assert!(seen.yes * 50 > seen.evaluations && seen.unknown * 50 > seen.evaluations, "{seen:#?}");
    assert!(seen.at_once * 20 > seen.evaluations && seen.small * 10 > seen.rules, "{seen:#?}");
}

/// Random guards and derived facts, on many rows.
fn rules(dice: &mut Dice, rows: usize, seen: &mut Seen) {
    let mut guards = Vec::new();
    let mut values = Vec::new();
    let small = dice.once_in(4);
    for number in 0..9 {
        let depth = 1 + dice.below(4);
        let mut writer = Writer { dice: &mut *dice, locals: Vec::new(), named: 0 };
        if small || number < 3 {
            guards.push(writer.simple(small));
        } else if number < 6 {
            guards.push(writer.expression(Type::Bool, depth));
        } else {
            let (declared, kind) = *writer.dice.pick(DECLARED);
            values.push((declared, writer.expression(kind, depth.min(3))));
        }
    }
    let text = workflow(&guards, &values, small);
    let (Some(def), rules, report) = load(&text, &Limits::default()) else { panic!() };
    if report.has_errors() {
        seen.unloadable += 1;
        return;
    }
    seen.rules += 9;
    seen.small += if small { 9 } else { 0 };
    for no in rules.uncompiled.values() {
        seen.uncompiled += 1;
        *seen.reasons.entry(no.reason).or_default() += 1;
    }
    let derived: Vec<(FactId, &(&str, String))> = values
        .iter()
        .enumerate()
        .map(|(number, value)| (rules.fact_named(&format!("found{number}")).unwrap(), value))
        .collect();
    let ids: Vec<(FactId, Vec<Option<Value>>)> = declared(small)
        .map(|(name, .., values)| {
            let id = rules.fact_named(name).unwrap();
            let shape = &def.facts.at(id).shape;
            let admitted =
                values.iter().filter_map(|json| shape.admit(value(json), &def.zone).ok());
            let mut all: Vec<Option<Value>> = admitted.map(Some).collect();
            assert!(!all.is_empty());
            all.push(None);
            (id, all)
        })
        .collect();
    let mut facts = rules.facts_at_first();
    let now = DateTime::parse("2026-09-01T12:00:00+02:00", &def.zone).unwrap();
    let mut past = Past::default();
    let occurrence = Occurrence { count: 2, last: now, who: vec!["eva".into()] };
    past.events.insert("go".into(), occurrence);
    past.entered.insert(StateId(1), now);
    let data = [(Arc::from("n"), Value::Integer(2))].into_iter().collect();
    let event = Current { name: "go".into(), actor: Some("eva".into()), at: now, data };
    for (id, values) in &ids {
        facts.set(*id, dice.pick(values).clone());
    }
    for turn in 0..rows {
        // Most of a row stays: the differences are at the edges.
        for _ in 0..3 {
            let (id, values) = dice.pick(&ids);
            let unknown = values.len() - 1;
            let place = dice.below(values.len());
            let place =
                if place == unknown && !dice.once_in(3) { dice.below(unknown) } else { place };
            facts.set(*id, values[place].clone());
        }
        let event = (turn % 3 > 0).then_some(&event);
        let active: &[StateId] =
            if turn % 2 == 0 { &[StateId(0), StateId(1)] } else { &[StateId(0)] };
        let context = Context {
            facts: &facts,
            past: &past,
            active,
            now,
            event,
            supposed: false,
            watch: None,
        };
        let place = |rule: &str| {
            let known = declared(small).map(|(name, ..)| {
                let value = facts.get(rules.fact_named(name).unwrap()).map(Value::to_json);
                format!("{name} = {}", value.as_deref().unwrap_or("unknown"))
            });
            format!("{rule}\n{}", known.collect::<Vec<_>>().join("\n"))
        };
        for (program, text) in rules.guards.values().zip(&guards) {
            let Some(fused) = &program.fused else { continue };
            let compiled = fused.decide(&rules, &context);
            seen.at_once += usize::from(fused.form().decide(facts.words()).is_some());
            let reference = Evaluator::new(&rules, context).decide(program);
            seen.count(
                compiled.is_some(),
                reference.as_ref().ok().map(|truth| *truth != Truth::Unknown),
            );
            seen.yes += usize::from(reference == Ok(Truth::True));
            if let Some(truth) = compiled {
                assert_eq!(Ok(truth), reference, "{}", place(text));
            }
        }
        for (id, (declared, text)) in &derived {
            let Some(fused) = &rules.facts.at(*id).fused else { continue };
            let compiled = fused.value(&rules, &context);
            let reference = settle(Evaluator::new(&rules, context).fact(*id, Extent::default()));
            seen.count(compiled.is_some(), reference.as_ref().ok().map(Option::is_some));
            if let Some(value) = compiled {
                assert_eq!(Ok(value), reference, "{}", place(&format!("{declared} {text}")));
            }
        }
    }
}

impl Seen {
    fn add(&mut self, other: &Self) {
        self.rules += other.rules;
        self.unloadable += other.unloadable;
        self.uncompiled += other.uncompiled;
        self.evaluations += other.evaluations;
        self.fell_back += other.fell_back;
        self.faults += other.faults;
        self.unknown += other.unknown;
        self.yes += other.yes;
        self.at_once += other.at_once;
        self.small += other.small;
        for (reason, count) in &other.reasons {
            *self.reasons.entry(reason).or_default() += count;
        }
    }

    /// One evaluation: whether the compiled rule was sure; whether the evaluator has an answer, and knows it.
    fn count(&mut self, sure: bool, answer: Option<bool>) {
        self.evaluations += 1;
        self.faults += usize::from(answer.is_none());
        self.unknown += usize::from(answer == Some(false));
        self.fell_back += usize::from(!sure && answer.is_some());
    }
}
