//! Compiled rules against the evaluator: random typed expressions and scripts over facts of every kind, on rows with values
//! at every edge. Where the compiled rule is sure, the evaluator must agree; where it is not, the evaluator is asked anyway.
//!
//! `TRESTEG_EVALUATIONS=n` runs about so many evaluations instead of the ordinary number; `TRESTEG_SEED=n` others.

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

fn workflow(guard: &str, value: &str, declared: &str) -> String {
    let facts: Vec<String> =
        FACTS.iter().map(|(name, shape, ..)| format!("\"{name}\": {{ {shape} }}")).collect();
    format!(
        r#"{{ "id": "differential", "timezone": "Europe/Stockholm",
        "parameters": {{ "pi": 3, "px": 0.4, "pt": "a", "pd": {{ "type": "string", "format": "duration", "value": "P14D" }} }},
        "facts": {{ {}, "di": {{ "type": "integer", "value": "i0 + i2" }}, "dx": {{ "type": "number", "minimum": -5, "value": "x0 * px" }},
                   "db": {{ "type": "boolean", "value": "b0 || i2 > 3" }}, "dd": {{ "type": "string", "format": "date", "value": "d0 + pd" }},
                   "dr": {{ "enum": ["low", "medium", "high"], "value": "if b0 {{ `low` }} else {{ r0 }}" }},
                   "found": {{ {declared} "value": {} }} }},
        "factors": {{ "f0": {{ "guard": "b0 && i2 >= 2" }}, "f1": {{ "guard": "x2 >= 0.6 || b1" }}, "sc": {{ "score": "x2 * 0.5" }},
                     "fc": {{ "of": ["f0", "f1", "b2"], "at_least": 2 }} }},
        "functions": {{ "twice": {{ "params": ["v"], "body": "v * 2" }}, "fee": {{ "params": ["base"], "body": ["let f = base * px;", "if f > 100 {{ return 100 }}", "f"] }},
                       "both": {{ "params": ["p", "q"], "body": "p && q" }} }},
        "events": {{ "go": {{ "data": {{ "n": {{ "type": "integer" }} }} }}, "tick": {{}} }},
        "initial": "one", "states": {{ "one": {{ "on": {{ "go": {{ "target": "two", "guard": {} }}, "tick": "two" }} }}, "two": {{ "type": "final" }} }} }}"#,
        facts.join(", "),
        serde_json::to_string(value).unwrap(),
        serde_json::to_string(guard).unwrap(),
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
    let mut dice = Dice(number("TRESTEG_SEED").unwrap_or(4));
    let rows = if wanted > 5_000_000 { 4_000 } else { 1_500 };
    let mut seen = Seen::default();
    while seen.evaluations < wanted {
        rule(&mut dice, rows, &mut seen);
    }
    let share = |part: usize| 100.0 * part as f64 / seen.evaluations as f64;
    println!("{seen:#?}");
    println!(
        "{} evaluations, no difference; fell back {:.2} %, faults {:.2} %",
        seen.evaluations,
        share(seen.fell_back),
        share(seen.faults)
    );
    assert!(seen.uncompiled * 20 < seen.rules, "{seen:#?}");
    assert!(seen.yes * 50 > seen.evaluations && seen.unknown * 50 > seen.evaluations, "{seen:#?}");
}

/// One random guard and one random derived fact, on many rows.
fn rule(dice: &mut Dice, rows: usize, seen: &mut Seen) {
    let depth = 1 + dice.below(4);
    let (declared, kind) = *dice.pick(DECLARED);
    let mut writer = Writer { dice: &mut *dice, locals: Vec::new(), named: 0 };
    let guard = writer.expression(Type::Bool, depth);
    let value = writer.expression(kind, depth.min(3));
    let text = workflow(&guard, &value, declared);
    let (Some(def), rules, report) = load(&text, &Limits::default()) else { panic!() };
    if report.has_errors() {
        seen.unloadable += 1;
        return;
    }
    seen.rules += 2;
    for no in rules.uncompiled.values() {
        seen.uncompiled += 1;
        *seen.reasons.entry(no.reason).or_default() += 1;
    }
    let program = rules.guards.values().next().unwrap();
    let found = rules.fact_named("found").unwrap();
    let ids: Vec<(FactId, Vec<Option<Value>>)> = FACTS
        .iter()
        .map(|(name, .., values)| {
            let id = rules.fact_named(name).unwrap();
            let shape = &def.facts.at(id).shape;
            let admitted =
                values.iter().filter_map(|json| shape.admit(self::value(json), &def.zone).ok());
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
    let one = rules.guards.keys().next().map(|_| StateId(1)).unwrap();
    past.entered.insert(one, now);
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
        let place = || {
            let known: Vec<String> = FACTS
                .iter()
                .map(|(name, ..)| {
                    format!(
                        "{name} = {:?}",
                        facts.get(rules.fact_named(name).unwrap()).map(Value::to_json)
                    )
                })
                .collect();
            format!("guard {guard}\nvalue {declared} {value}\n{}", known.join(", "))
        };
        if let Some(fused) = &program.fused {
            let compiled = fused.decide(&rules, &context);
            let reference = Evaluator::new(&rules, context).decide(program);
            seen.evaluations += 1;
            seen.faults += usize::from(reference.is_err());
            seen.unknown += usize::from(reference == Ok(Truth::Unknown));
            seen.yes += usize::from(reference == Ok(Truth::True));
            match (compiled, &reference) {
                (None, Ok(_)) => seen.fell_back += 1,
                (None, Err(_)) => {}
                (Some(truth), reference) => {
                    assert_eq!(Ok(truth), *reference, "{}", place());
                }
            }
        }
        if let Some(fused) = &rules.facts.at(found).fused
            && turn % 2 == 0
        {
            let compiled = fused.value(&rules, &context);
            let reference = settle(Evaluator::new(&rules, context).fact(found, Extent::default()));
            seen.evaluations += 1;
            seen.faults += usize::from(reference.is_err());
            seen.unknown += usize::from(reference == Ok(None));
            match (compiled, &reference) {
                (None, Ok(_)) => seen.fell_back += 1,
                (None, Err(_)) => {}
                (Some(value), reference) => {
                    assert_eq!(Ok(&value), reference.as_ref(), "{}", place());
                }
            }
        }
    }
}
