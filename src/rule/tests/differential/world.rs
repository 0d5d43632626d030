//! The facts of random workflows with values at every edge, and tests that compiled rules make at once.

use super::rare::RARE;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Type {
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
    /// Read by tests that are written out alone.
    Rare,
}

/// Name, declaration, type, values.
pub(super) const FACTS: &[(&str, &str, Type, &[&str])] = &[
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
        r#""type": "string", "format": "duration", "minimum": "-P9D""#,
        Type::Days,
        &["\"P0D\"", "\"P1D\"", "\"-P3D\"", "\"P2147483647D\""],
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

pub(super) const PARTNER: &str = r#""type": "object", "properties": { "name": { "type": "string" }, "share": { "type": "number" }, "signed": { "type": "boolean" }, "risk": { "enum": ["low", "medium", "high"] }, "count": { "type": "integer" }, "joined": { "type": "string", "format": "date" } }, "required": ["name"]"#;
pub(super) const INTS: &[&str] = &[
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
pub(super) const NUMS: &[&str] = &[
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
pub(super) const TEXTS: &[&str] =
    &["\"\"", "\"a\"", "\"b\"", "\"Åäö\"", "\"åÄÖ\"", "\"ab\"", "\"ﬀ İ\"", "\"low\"", "\" x \""];
pub(super) const DATES: &[&str] = &[
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
pub(super) const TIMES: &[&str] = &[
    "\"2026-09-01T12:00:00+02:00\"",
    "\"2026-09-01T10:00:00Z\"",
    "\"2026-09-01T10:00:00.000001Z\"",
    "\"2026-03-29T01:30:00+01:00\"",
    "\"0001-01-02T00:00:00Z\"",
    "\"9999-12-30T21:59:59Z\"",
    "\"2026-08-31T23:30:00+02:00\"",
];

pub(super) const DERIVED: &[&str] = &[
    r#""di": { "type": "integer", "value": "i0 + i2" }"#,
    r#""dx": { "type": "number", "minimum": -5, "value": "x0 * px" }"#,
    r#""db": { "type": "boolean", "value": "b0 || i2 > 3" }"#,
    r#""dd": { "type": "string", "format": "date", "value": "d0 + pd" }"#,
    r#""dr": { "enum": ["low", "medium", "high"], "value": "if b0 { `low` } else { r0 }" }"#,
];

pub(super) type Declared = (&'static str, &'static str, Type, &'static [&'static str]);

/// How many facts a workflow has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Size {
    /// So few that their words lie beside them.
    Small,
    Plain,
    /// So many more that those that rules read lie in several blocks.
    Wide,
}

/// Facts that no rule reads, before each of a wide workflow.
const UNREAD: usize = 9;

/// The facts of a workflow.
pub(super) fn declared(size: Size) -> impl Iterator<Item = &'static Declared> {
    let small = size == Size::Small;
    let rare = if small { &[][..] } else { RARE.as_slice() };
    FACTS.iter().chain(rare).filter(move |(name, ..)| !small || SMALL.contains(name))
}

pub(super) const SMALL: &[&str] =
    &["b0", "b1", "b2", "i0", "i2", "x0", "x2", "r0", "d0", "d1", "z0", "pp", "t0"];

/// Tests of one kind each that compiled rules make at once.
pub(super) const CHECKS: &[&str] = &[
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
pub(super) const OF_PARTNERS: &[&str] = &[
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
pub(super) fn workflow(guards: &[String], values: &[(&str, String)], size: Size) -> String {
    let quoted = |script: &str| serde_json::to_string(script).unwrap();
    let mut facts = Vec::new();
    for (name, shape, ..) in declared(size) {
        if size == Size::Wide {
            let unread =
                (0..UNREAD).map(|n| format!("\"{name}_{n}\": {{ \"type\": \"boolean\" }}"));
            facts.extend(unread);
        }
        facts.push(format!("\"{name}\": {{ {shape} }}"));
    }
    if size != Size::Small {
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
        "parameters": {{ "pi": 3, "px": 0.4, "pt": "a", "pb": true, "pl": ["a", "b"], "pr": {{ "enum": ["low", "medium", "high"], "value": "medium" }}, "pz": {{ "format": "date", "value": "2026-09-01" }}, "pm": {{ "format": "duration", "value": "P1M1D" }}, "ph": {{ "format": "duration", "value": "PT36H" }}, "pv": {{ "type": "object", "additionalProperties": {{ "type": "number" }}, "value": {{ "a": 0.5, "b": 2 }} }}, "pd": {{ "type": "string", "format": "duration", "value": "P14D" }} }},
        "facts": {{ {} }},
        "factors": {{ "f0": {{ "guard": "b0 && i2 >= 2" }}, "f1": {{ "guard": "x2 >= 0.6 || b1" }}, "sc": {{ "score": "x2 * 0.5" }},
                     "fc": {{ "of": ["f0", "f1", "b2"], "at_least": 2 }} }},
        "calendar": {{ "holidays": "SE", "eves": true }},
        "functions": {{ "add": {{ "params": ["p", "q"], "body": "q + p" }}, "worth": {{ "params": ["g"], "body": "(g.cost ?? 0.0) * 2 + g.members.len()" }}, "band": {{ "params": ["v"], "body": "switch v {{ 0 => `low`, 1..10 => `medium`, _ => `high` }}" }},
                       "old": {{ "params": ["people", "age"], "body": "people.filter(|p| p.age >= age).len() >= 1" }}, "twice": {{ "params": ["v"], "body": "v * 2" }}, "fee": {{ "params": ["base"], "body": ["let f = base * px;", "if f > 100 {{ return 100 }}", "f"] }},
                       "both": {{ "params": ["p", "q"], "body": "p && q" }} }},
        "events": {{ "go": {{ "data": {{ "n": {{ "type": "integer" }} }} }}, "tick": {{}} }},
        "initial": "one", "states": {{ "one": {{ "on": {{ "go": [{}], "tick": "two" }} }}, "two": {{ "type": "final" }} }} }}"#,
        facts.join(", "),
        go.join(", "),
    )
}

/// Declarations of derived facts, and the type of what they are worked out from.
pub(super) const DECLARED: &[(&str, Type)] = &[
    ("\"type\": \"integer\",", Type::Int),
    ("\"type\": \"number\",", Type::Num),
    ("\"type\": \"number\", \"minimum\": 0, \"maximum\": 100,", Type::Num),
    ("\"type\": \"string\",", Type::Text),
    ("\"type\": \"string\", \"format\": \"date\",", Type::Date),
    ("\"type\": \"string\", \"format\": \"date-time\",", Type::Time),
    ("\"type\": \"string\", \"format\": \"duration\", \"minimum\": \"-P90000D\",", Type::Days),
    ("\"enum\": [\"low\", \"medium\", \"high\"],", Type::Risk),
    ("\"type\": \"boolean\",", Type::Bool),
    ("", Type::Num),
    ("", Type::Int),
    ("", Type::Ints),
    ("", Type::Date),
];
