//! Facts of rarer kinds, and values that are worked out from them.

use std::sync::LazyLock;

use super::world::{Declared, Type};

/// Facts of rarer kinds.
pub(super) static RARE: LazyLock<Vec<Declared>> = LazyLock::new(|| {
    let texts = |values: Vec<String>| -> &'static [&'static str] {
        values.into_iter().map(|value| &*value.leak()).collect::<Vec<_>>().leak()
    };
    let choices = |count: usize| {
        let all: Vec<String> = (0..count).map(|n| format!("\"v{n}\"")).collect();
        format!("\"enum\": [{}]", all.join(", "))
    };
    let one = |count: usize| {
        let places = [0, 1, 61, 62, 63, 64, 65, 255, 256];
        texts(places.iter().filter(|n| **n < count).map(|n| format!("\"v{n}\"")).collect())
    };
    let some = |count: usize| {
        let all: Vec<&str> = one(count).to_vec();
        let mut lists: Vec<String> = all.iter().map(|one| format!("[{one}]")).collect();
        lists.push(format!("[{}]", all.join(", ")));
        lists.push("[]".to_owned());
        texts(lists)
    };
    let list = |items: String| &*format!("\"type\": \"array\", \"items\": {{ {items} }}").leak();
    let mut rare: Vec<Declared> = Vec::new();
    for (name, several, count) in
        [("e3", "l3", 63), ("e4", "l4", 64), ("e5", "l5", 65), ("e9", "l9", 257)]
    {
        rare.push((name, choices(count).leak(), Type::Rare, one(count)));
        rare.push((several, list(choices(count)), Type::Rare, some(count)));
    }
    rare.extend([
        ("lb", list("\"type\": \"boolean\"".into()), Type::Rare, &["[]", "[true]", "[false, true]"][..]),
        ("ld", list("\"format\": \"date\"".into()), Type::Rare, &["[]", "[\"2026-09-01\"]", "[\"0001-01-01\", \"2024-02-29\", \"9999-12-31\"]"]),
        ("lz", list("\"format\": \"date-time\"".into()), Type::Rare, &["[]", "[\"2026-08-31T22:30:00Z\"]", "[\"2026-03-29T01:30:00+01:00\", \"2026-12-31T23:30:00Z\"]"]),
        ("lt", list("\"type\": \"string\"".into()), Type::Rare, &["[]", "[\"a\"]", "[\"Åäö\", \"\", \"b\"]"]),
        ("ls2", list("\"format\": \"duration\", \"maximum\": \"P90D\"".into()), Type::Rare, &["[]", "[\"P1D\"]", "[\"P1D\", \"P2W\"]", "[\"-P3D\", \"P90D\"]"]),
        ("vo", "\"type\": \"object\", \"additionalProperties\": { \"type\": \"integer\" }", Type::Rare, &["{}", "{\"a\": 1}", "{\"Åäö\": 9223372036854775807, \"b\": 2}", "{\"a\": -1, \"b\": 3, \"len\": 7}"]),
        ("an", "", Type::Rare, &["1", "1.5", "true", "\"a\"", "[1, 2]", "{\"x\": 1, \"name\": \"a\"}", "[]", "\"2026-09-01\""]),
        ("i5", "\"type\": \"integer\", \"multipleOf\": 5, \"exclusiveMinimum\": -10, \"exclusiveMaximum\": 100", Type::Int, &["-5", "0", "5", "95"]),
        ("x5", "\"type\": \"number\", \"multipleOf\": 0.000005, \"exclusiveMinimum\": -1000000, \"exclusiveMaximum\": 1000000", Type::Num, &["0", "-0.000005", "999999.999995", "0.6", "0.5", "-999999.999995"]),
        ("x6", "\"type\": \"number\", \"multipleOf\": 0.0000000001", Type::Num, &["0", "0.0000000001", "922337203685477.5807", "922337203685477.5808", "0.6"]),
        ("gg", GROUPS, Type::Rare, &[
            "[]",
            "[{}]",
            r#"[{"name":"Å","at":"2026-08-31T22:30:00Z","wait":"P1M","lead":{"age":61,"risk":"high"},"members":[{"age":17,"joined":"2024-02-29","tags":["low","high"]},{"age":18}],"ward":"v64","cost":999999.99}]"#,
            r#"[{"name":"b","at":"2026-12-31T23:30:00Z","wait":"P1Y","lead":{"age":3},"members":[],"ward":"v0","cost":0.01},{"name":"a","lead":{},"members":[{"age":40,"joined":"9999-12-31","tags":[]}],"ward":"v63","cost":100}]"#,
            r#"[{"name":"a","members":[{"age":1},{"age":2,"tags":["medium"]}],"cost":0.6,"ward":"v1"},{"name":"b","cost":0.6,"ward":"v1","members":[]}]"#,
        ]),
    ]);
    rare
});

/// Records with lists of records, records and everything else in them.
const GROUPS: &str = concat!(
    r#""type": "array", "items": { "type": "object", "properties": { "name": { "type": "string" }, "at": { "format": "date-time" }, "wait": { "format": "duration", "minimum": "P0M" }, "#,
    r#""lead": { "type": "object", "properties": { "age": { "type": "integer" }, "risk": { "enum": ["low", "medium", "high"] } } }, "#,
    r#""members": { "type": "array", "items": { "type": "object", "properties": { "age": { "type": "integer" }, "joined": { "format": "date" }, "tags": { "type": "array", "items": { "enum": ["low", "medium", "high"] } } } } }, "#,
    r#""ward": { "enum": ["v0", "v1", "v63", "v64"] }, "cost": { "type": "number", "minimum": 0, "maximum": 1000000, "multipleOf": 0.01 } } }"#,
);

/// Values that random expressions have among their leaves.
pub(super) const LEAVES: &[(Type, &[&str])] = &[
    (
        Type::Int,
        &[
            "i5",
            "l4.len()",
            "vo.values().sum()",
            "vo.a",
            "gg.len()",
            "gg.map(|g| g.members.len()).sum()",
            "gg[0].lead.age",
            "count(`go`)",
            "event.data.n",
            "t0.len()",
            "li[0]",
            "round(x0 * 1000000)",
            "floor(x2 * 1000)",
            "twice(i0)",
            "add(i0, i1)",
            "z0.day",
            "(d0 - d1).days",
            "gg.find(|g| g.cost > 1).members.len()",
        ],
    ),
    (
        Type::Num,
        &[
            "x5",
            "x6",
            "pv.a",
            "pv[t0]",
            "gg.map(|g| g.cost).sum()",
            "gg[0].cost",
            "worth(gg[0])",
            "ln.sum()",
            "max(x2, i2)",
            "min(i0, 2.5)",
            "(x0 ?? i0)",
            "x2 * x2 * x2",
            "(now - z0).hours",
            "pp.find(|p| p.signed).share",
            "round(x0 / 3, 3)",
        ],
    ),
    (
        Type::Bool,
        &[
            "pb",
            "active(`two`)",
            "lb[0]",
            "known(`vo.a`)",
            "`low` in gg[0].members[0].tags",
            "e5 in [`v64`, `v0`]",
            "`v63` in l4",
        ],
    ),
    (Type::Text, &["event.actor", "event.name", "gg[0].name", "pl[1]", "lt[0]", "pt + t0", "e9"]),
    (Type::Risk, &["pr", "band(i0)", "gg[0].lead.risk"]),
    (
        Type::Date,
        &[
            "pz",
            "event.date",
            "ld[0]",
            "gg[0].members[0].joined",
            "d0 + workdays(2)",
            "next_workday(d0)",
            "z0.date",
        ],
    ),
    (
        Type::Time,
        &["event.at", "last(`go`)", "since(`one`)", "lz[0]", "gg[0].at", "(last(`tick`) ?? z0)"],
    ),
    (Type::Days, &["pd", "ls2[0]", "-days(i2)", "(d1 - d0)"]),
];
