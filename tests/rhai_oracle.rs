//! The engine's own evaluator against Rhai's interpreter, on random typed expressions and scripts over known facts.
//!
//! Both get the same text but for what the format means otherwise on purpose, where the generator writes for each what it
//! means: a literal with a decimal point is an exact decimal (Rhai would read a binary float), `/` of two integers is a
//! decimal, and the functions of the format (`sum`, `div`, `round` …) are registered under names of their own.
//! Left out, because they differ on purpose: comparisons of unlike kinds (an error here, false in Rhai), negative
//! indices (an error here, from the end in Rhai), quotients that do not come out (28 digits here, 29 in places there),
//! `insert` and `remove` outside of a list, and whatever is unknown.
//!
//! `RHAI_CASES=n` runs more than the ordinary number of scripts.

use std::collections::BTreeMap;

use proptest::prelude::*;
use proptest::test_runner::TestCaseError;
use rhai::{Array, Dynamic, Engine, OptimizationLevel, Scope};
use rust_decimal::{Decimal, RoundingStrategy};
use tresteg::{Case, Event, Limits, Outcome, Value, Workflow};

use crate::dice::{Dice, check};

/// A script as the engine reads it and as Rhai does.
#[derive(Debug, Clone)]
struct Pair {
    ours: String,
    rhai: String,
}

fn same(text: impl Into<String>) -> Pair {
    let text = text.into();
    Pair { ours: text.clone(), rhai: text }
}

fn fill(template: &str, parts: &[&str]) -> String {
    let mut pieces = template.split("{}");
    let mut text = pieces.next().unwrap().to_owned();
    for (piece, part) in pieces.zip(parts) {
        text.push_str(part);
        text.push_str(piece);
    }
    text
}

/// A template with the same parts for both.
fn both(template: &str, parts: &[&Pair]) -> Pair {
    differing(template, template, parts)
}

fn differing(ours: &str, rhai: &str, parts: &[&Pair]) -> Pair {
    assert_eq!(ours.matches("{}").count(), parts.len(), "{ours}");
    let texts: Vec<&str> = parts.iter().map(|part| part.ours.as_str()).collect();
    let rhais: Vec<&str> = parts.iter().map(|part| part.rhai.as_str()).collect();
    Pair { ours: fill(ours, &texts), rhai: fill(rhai, &rhais) }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Type {
    Bool,
    Int,
    Num,
    Text,
    /// Of integers.
    List,
    /// Of texts.
    Texts,
}

const TYPES: [Type; 6] = [Type::Bool, Type::Int, Type::Num, Type::Text, Type::List, Type::Texts];

const FACTS: [(&str, Type); 14] = [
    ("b0", Type::Bool),
    ("b1", Type::Bool),
    ("b2", Type::Bool),
    ("i0", Type::Int),
    ("i1", Type::Int),
    ("i2", Type::Int),
    ("x0", Type::Num),
    ("x1", Type::Num),
    ("x2", Type::Num),
    ("t0", Type::Text),
    ("t1", Type::Text),
    ("l0", Type::List),
    ("l1", Type::List),
    ("s0", Type::Texts),
];

fn declared(kind: Type) -> &'static str {
    match kind {
        Type::Bool => r#""type": "boolean""#,
        Type::Int => r#""type": "integer""#,
        Type::Num => r#""type": "number""#,
        Type::Text => r#""type": "string""#,
        Type::List => r#""type": "array", "items": { "type": "integer" }"#,
        Type::Texts => r#""type": "array", "items": { "type": "string" }"#,
    }
}

/// Writes scripts; knows the local variables in sight.
struct Writer<'d, 't> {
    dice: &'d mut Dice<'t>,
    locals: Vec<(String, Type)>,
    /// Names given so far.
    named: usize,
}

impl Writer<'_, '_> {
    fn name(&mut self) -> String {
        self.named += 1;
        format!("v{}", self.named)
    }

    fn leaf(&mut self, kind: Type) -> Pair {
        let mut names: Vec<String> = FACTS
            .iter()
            .filter(|(_, of)| *of == kind)
            .map(|(name, _)| (*name).to_owned())
            .collect();
        names
            .extend(self.locals.iter().filter(|(_, of)| *of == kind).map(|(name, _)| name.clone()));
        if self.dice.once_in(4) {
            return self.literal(kind);
        }
        same(self.dice.pick(&names).clone())
    }

    fn literal(&mut self, kind: Type) -> Pair {
        match kind {
            Type::Bool => same(["true", "false"][self.dice.below(2)]),
            Type::Int => same(
                ["1", "0", "2", "3", "7", "10", "-1", "9223372036854775807"][self.dice.below(8)],
            ),
            Type::Num => {
                let text = ["0.5", "1.0", "2.25", "0.1", "99.99", "1000000.001", "-0.75"]
                    [self.dice.below(7)];
                Pair { ours: text.to_owned(), rhai: format!("parse_decimal(\"{text}\")") }
            }
            Type::Text => same(["`a`", "`b`", "``", "`Åäö`", "` x `"][self.dice.below(5)]),
            Type::List => same(["[]", "[1]", "[1, 2, 3]", "[0, -1, 7]"][self.dice.below(4)]),
            Type::Texts => same(["[`a`]", "[`a`, `b`]", "[``]"][self.dice.below(3)]),
        }
    }

    /// A fact or a variable: for where two literals would be found out by the checker.
    fn variable(&mut self, kind: Type) -> Pair {
        let facts: Vec<&str> =
            FACTS.iter().filter(|(_, of)| *of == kind).map(|(name, _)| *name).collect();
        same(*self.dice.pick(&facts))
    }

    fn expression(&mut self, kind: Type, depth: usize) -> Pair {
        if depth == 0 || self.dice.once_in(5) {
            return self.leaf(kind);
        }
        let less = depth - 1;
        match self.dice.below(14) {
            0 => {
                let (condition, one, two) = (
                    self.expression(Type::Bool, less),
                    self.expression(kind, less),
                    self.expression(kind, less),
                );
                both("(if {} { {} } else { {} })", &[&condition, &one, &two])
            }
            1 => self.switch(kind, less),
            2 => self.block(kind, less),
            3 if kind != Type::Num => {
                let (one, two) = (self.expression(kind, less), self.expression(kind, less));
                both("#{ p: {}, q: {} }.q", &[&one, &two])
            }
            4 if matches!(kind, Type::Int | Type::Text) => {
                let list = if kind == Type::Int { Type::List } else { Type::Texts };
                let list = self.expression(list, less);
                let index = same(["0", "1", "2"][self.dice.below(3)]);
                both("({})[{}]", &[&list, &index])
            }
            5 if matches!(kind, Type::Int | Type::Text) => {
                let of = if kind == Type::Int { Type::List } else { Type::Texts };
                let list = self.expression(of, less);
                let (name, body) = self.closure(kind, Type::Bool, less);
                let other = self.literal(kind);
                differing(
                    "(({}).find(|{}| {}) ?? {})",
                    "(fn_own({}).find(|{}| {}) ?? {})",
                    &[&list, &name, &body, &other],
                )
            }
            _ => match kind {
                Type::Bool => self.boolean(less),
                Type::Int => self.integer(less),
                Type::Num => self.number(less),
                Type::Text => self.text(less),
                Type::List | Type::Texts => self.list(kind, less),
            },
        }
    }

    /// A parameter and a body that may use it.
    fn closure(&mut self, item: Type, result: Type, depth: usize) -> (Pair, Pair) {
        let name = self.name();
        self.locals.push((name.clone(), item));
        let body = self.expression(result, depth);
        self.locals.pop();
        (same(name), body)
    }

    fn boolean(&mut self, depth: usize) -> Pair {
        match self.dice.below(12) {
            0 => {
                let one = self.expression(Type::Bool, depth);
                both("!({})", &[&one])
            }
            1 | 2 => {
                let (one, two, three) = (
                    self.expression(Type::Bool, depth),
                    self.expression(Type::Bool, depth),
                    self.expression(Type::Bool, depth),
                );
                both(
                    [
                        "({} && {} && {})",
                        "({} || {} || {})",
                        "({} || {} && {})",
                        "({} && {} || {})",
                    ][self.dice.below(4)],
                    &[&one, &two, &three],
                )
            }
            3..=5 => {
                // An integer against a decimal too.
                let kinds = [
                    (Type::Int, Type::Int),
                    (Type::Num, Type::Num),
                    (Type::Int, Type::Num),
                    (Type::Num, Type::Int),
                ];
                let (left, right) = kinds[self.dice.below(4)];
                let one = self.variable(left);
                let two = self.expression(right, depth);
                let one = if depth > 0 && self.dice.once_in(2) {
                    let more = self.expression(left, depth);
                    both("({} + {})", &[&one, &more])
                } else {
                    one
                };
                let operator = ["==", "!=", "<", "<=", ">", ">="][self.dice.below(6)];
                both(&format!("({{}} {operator} {{}})"), &[&one, &two])
            }
            6 => {
                let kind = *self.dice.pick(&[Type::Text, Type::Bool, Type::List, Type::Texts]);
                let (one, two) = (self.expression(kind, depth), self.expression(kind, depth));
                both(["({} == {})", "({} != {})"][self.dice.below(2)], &[&one, &two])
            }
            7 => {
                let (item, list) = *self.dice.pick(&[
                    (Type::Int, Type::List),
                    (Type::Text, Type::Texts),
                    (Type::Text, Type::Text),
                ]);
                let (one, two) = (self.expression(item, depth), self.expression(list, depth));
                match self.dice.below(3) {
                    0 => both("({} in {})", &[&one, &two]),
                    1 => both("({} !in {})", &[&one, &two]),
                    _ => both("({}).contains({})", &[&two, &one]),
                }
            }
            8 | 9 => {
                let (item, list) =
                    *self.dice.pick(&[(Type::Int, Type::List), (Type::Text, Type::Texts)]);
                let list = self.expression(list, depth);
                let (name, body) = self.closure(item, Type::Bool, depth);
                let all = self.dice.once_in(2);
                let (ours, rhai) = if all {
                    ("({}).all(|{}| {})", "fn_own({}).all(|{}| {})")
                } else {
                    ("({}).some(|{}| {})", "fn_own({}).some(|{}| {})")
                };
                differing(ours, rhai, &[&list, &name, &body])
            }
            10 => {
                let (one, two) =
                    (self.expression(Type::Text, depth), self.expression(Type::Text, depth));
                both(
                    ["({}).starts_with({})", "({}).ends_with({})"][self.dice.below(2)],
                    &[&one, &two],
                )
            }
            _ => {
                let one = self.expression(Type::Int, depth);
                both("({} in 0..5)", &[&one])
            }
        }
    }

    fn integer(&mut self, depth: usize) -> Pair {
        let two = |this: &mut Self| {
            (this.expression(Type::Int, depth), this.expression(Type::Int, depth))
        };
        match self.dice.below(12) {
            0..=3 => {
                let (one, two) = two(self);
                both(["({} + {})", "({} - {})", "({} * {})"][self.dice.below(3)], &[&one, &two])
            }
            4 => {
                let (one, two) = two(self);
                let three = self.variable(Type::Int);
                both("({} + {} * {})", &[&one, &two, &three])
            }
            5 => {
                let (one, two) = (self.expression(Type::Int, depth), self.variable(Type::Int));
                both("({} % {})", &[&one, &two])
            }
            6 => {
                let (one, two) = (self.expression(Type::Int, depth), self.variable(Type::Int));
                differing("div({}, {})", "fn_div({}, {})", &[&one, &two])
            }
            7 => {
                let kind = *self.dice.pick(&[Type::List, Type::Texts, Type::Text]);
                let one = self.expression(kind, depth);
                both("({}).len()", &[&one])
            }
            8 => {
                let one = self.expression(Type::List, depth);
                differing("({}).sum()", "fn_sum({})", &[&one])
            }
            9 => {
                let (one, two) = two(self);
                let (ours, rhai) = *self
                    .dice
                    .pick(&[("min({}, {})", "fn_min({}, {})"), ("max({}, {})", "fn_max({}, {})")]);
                differing(ours, rhai, &[&one, &two])
            }
            10 => {
                let one = self.expression(Type::Num, depth);
                let named = [
                    ("floor({})", "fn_floor({})"),
                    ("ceil({})", "fn_ceil({})"),
                    ("round({})", "fn_round({})"),
                ];
                let (ours, rhai) = *self.dice.pick(&named);
                differing(ours, rhai, &[&one])
            }
            _ => {
                let one = self.expression(Type::Int, depth);
                if self.dice.once_in(2) {
                    both("(-({}))", &[&one])
                } else {
                    differing("abs({})", "fn_abs({})", &[&one])
                }
            }
        }
    }

    fn number(&mut self, depth: usize) -> Pair {
        match self.dice.below(10) {
            0..=3 => {
                let (left, right) = *self.dice.pick(&[
                    (Type::Num, Type::Num),
                    (Type::Int, Type::Num),
                    (Type::Num, Type::Int),
                ]);
                let (one, two) = (self.expression(left, depth), self.expression(right, depth));
                both(["({} + {})", "({} - {})", "({} * {})"][self.dice.below(3)], &[&one, &two])
            }
            4 | 5 => {
                // Divisors by which every quotient comes out.
                let kind = *self.dice.pick(&[Type::Num, Type::Int]);
                let one = self.expression(kind, depth);
                let by = ["2", "4", "5", "8", "10", "100", "-2"][self.dice.below(7)];
                differing(&format!("({{}} / {by})"), &format!("fn_over({{}}, {by})"), &[&one])
            }
            6 => {
                let one = self.expression(Type::Num, depth);
                let digits = self.dice.below(4);
                differing(
                    &format!("round({{}}, {digits})"),
                    &format!("fn_round({{}}, {digits})"),
                    &[&one],
                )
            }
            7 => {
                let (one, two) =
                    (self.expression(Type::Num, depth), self.expression(Type::Num, depth));
                let (ours, rhai) = *self
                    .dice
                    .pick(&[("min({}, {})", "fn_min({}, {})"), ("max({}, {})", "fn_max({}, {})")]);
                differing(ours, rhai, &[&one, &two])
            }
            8 => {
                let one = self.expression(Type::List, depth);
                let (name, body) = self.closure(Type::Int, Type::Num, depth);
                differing(
                    "({}).map(|{}| {}).sum()",
                    "fn_sum(fn_own({}).map(|{}| {}))",
                    &[&one, &name, &body],
                )
            }
            _ => {
                let one = self.expression(Type::Num, depth);
                if self.dice.once_in(2) {
                    both("(-({}))", &[&one])
                } else {
                    differing("abs({})", "fn_abs({})", &[&one])
                }
            }
        }
    }

    fn text(&mut self, depth: usize) -> Pair {
        let one = self.expression(Type::Text, depth);
        match self.dice.below(4) {
            0 => differing("({}).trim()", "fn_trim({})", &[&one]),
            1 => differing("({}).lower()", "fn_lower({})", &[&one]),
            2 => differing("({}).upper()", "fn_upper({})", &[&one]),
            _ => {
                let two = self.expression(Type::Text, depth);
                both("({} + {})", &[&one, &two])
            }
        }
    }

    fn list(&mut self, kind: Type, depth: usize) -> Pair {
        let item = if kind == Type::List { Type::Int } else { Type::Text };
        let one = self.expression(kind, depth);
        match self.dice.below(4) {
            0 => {
                let two = self.expression(kind, depth);
                both("({} + {})", &[&one, &two])
            }
            1 => {
                let (name, body) = self.closure(item, Type::Bool, depth);
                differing(
                    "({}).filter(|{}| {})",
                    "fn_own({}).filter(|{}| {})",
                    &[&one, &name, &body],
                )
            }
            2 => {
                let (name, body) = self.closure(item, item, depth);
                differing("({}).map(|{}| {})", "fn_own({}).map(|{}| {})", &[&one, &name, &body])
            }
            _ => {
                let (one, two) = (self.expression(item, depth), self.expression(item, depth));
                both("[{}, {}]", &[&one, &two])
            }
        }
    }

    fn switch(&mut self, kind: Type, depth: usize) -> Pair {
        let text = self.dice.once_in(2);
        let subject = self.expression(if text { Type::Text } else { Type::Int }, depth);
        let cases: [&str; 3] =
            if text { ["`a`", "`b` | ``", "`Åäö`"] } else { ["0", "1 | 2", "3..8"] };
        let mut parts = vec![subject];
        let mut template = "(switch {} {".to_owned();
        for case in cases {
            if self.dice.once_in(3) {
                continue;
            }
            if !case.contains("..") && !case.contains('|') && self.dice.once_in(3) {
                parts.push(self.expression(Type::Bool, depth));
                template.push_str(&format!(" {case} if {{}} => {{}},"));
            } else {
                template.push_str(&format!(" {case} => {{}},"));
            }
            parts.push(self.expression(kind, depth));
        }
        parts.push(self.expression(kind, depth));
        template.push_str(" _ => {} })");
        let parts: Vec<&Pair> = parts.iter().collect();
        both(&template, &parts)
    }

    /// Statements that end in a value.
    fn block(&mut self, kind: Type, depth: usize) -> Pair {
        let outer = self.locals.len();
        let count = 1 + self.dice.below(3);
        let statements = self.statements(count, depth);
        let value = self.expression(kind, depth);
        self.locals.truncate(outer);
        both("({ {} {} })", &[&statements, &value])
    }

    fn statements(&mut self, count: usize, depth: usize) -> Pair {
        let mut text = same("");
        for _ in 0..count {
            let next = self.statement(depth);
            text = both("{}{} ", &[&text, &next]);
        }
        text
    }

    fn statement(&mut self, depth: usize) -> Pair {
        let mine: Vec<(String, Type)> =
            self.locals.iter().filter(|(name, _)| name.starts_with('m')).cloned().collect();
        match self.dice.below(5) {
            0 | 1 if !mine.is_empty() => {
                let (name, kind) = self.dice.pick(&mine).clone();
                self.assignment(&same(name), kind, depth)
            }
            2 if !mine.is_empty() && depth > 0 => {
                let condition = self.expression(Type::Bool, depth - 1);
                let one = self.inner(depth - 1);
                let two = self.inner(depth - 1);
                both("if {} { {} } else { {} }", &[&condition, &one, &two])
            }
            3 if !mine.is_empty() && depth > 0 => {
                let (item, list) =
                    *self.dice.pick(&[(Type::Int, Type::List), (Type::Text, Type::Texts)]);
                let over = if self.dice.once_in(4) {
                    same("0..4")
                } else {
                    self.expression(list, depth - 1)
                };
                let item = if over.ours == "0..4" { Type::Int } else { item };
                let name = self.name();
                self.locals.push((name.clone(), item));
                let body = self.inner(depth - 1);
                let skip = match self.dice.below(4) {
                    0 => {
                        let condition = self.expression(Type::Bool, depth - 1);
                        both("if {} { continue; } ", &[&condition])
                    }
                    1 => {
                        let condition = self.expression(Type::Bool, depth - 1);
                        both("if {} { break; } ", &[&condition])
                    }
                    _ => same(""),
                };
                self.locals.pop();
                both("for {} in {} { {}{} }", &[&same(name), &over, &skip, &body])
            }
            _ => {
                let kind = *self.dice.pick(&TYPES);
                self.named += 1;
                let name = format!("m{}", self.named);
                let value = self.expression(kind, depth);
                // A list without items has no type yet, a decimal must not begin as an integer.
                let value = match kind {
                    Type::Num => {
                        differing("({} + 0.0)", "({} + parse_decimal(\"0.0\"))", &[&value])
                    }
                    Type::List | Type::Texts => {
                        let fact = self.variable(kind);
                        both("({} + {})", &[&fact, &value])
                    }
                    _ => value,
                };
                self.locals.push((name.clone(), kind));
                both("let {} = {};", &[&same(name), &value])
            }
        }
    }

    /// A statement with a scope of its own.
    fn inner(&mut self, depth: usize) -> Pair {
        let outer = self.locals.len();
        let statement = self.statement(depth);
        self.locals.truncate(outer);
        statement
    }

    fn assignment(&mut self, place: &Pair, kind: Type, depth: usize) -> Pair {
        let value = self.expression(kind, depth);
        let operator = match kind {
            Type::Int => ["=", "+=", "-=", "*="][self.dice.below(4)],
            Type::Num => ["+=", "-=", "*="][self.dice.below(3)],
            Type::Text | Type::List | Type::Texts => ["=", "+="][self.dice.below(2)],
            Type::Bool => "=",
        };
        both(&format!("{{}} {operator} {{}};"), &[place, &value])
    }

    /// What only actions may do: facts are assigned to and lists changed in place.
    fn action(&mut self, depth: usize) -> Pair {
        let (fact, kind) = *self.dice.pick(&FACTS);
        let place = same(fact);
        match self.dice.below(8) {
            0 if matches!(kind, Type::List | Type::Texts) => {
                let value =
                    self.expression(if kind == Type::List { Type::Int } else { Type::Text }, depth);
                both("{}.push({});", &[&place, &value])
            }
            1 if matches!(kind, Type::List | Type::Texts) => {
                let value =
                    self.expression(if kind == Type::List { Type::Int } else { Type::Text }, depth);
                both("if {}.len() > 1 { {}.insert(1, {}); }", &[&place, &place, &value])
            }
            2 if matches!(kind, Type::List | Type::Texts) => {
                both("if {}.len() > 0 { {}.remove(0); }", &[&place, &place])
            }
            3 if matches!(kind, Type::List | Type::Texts) => {
                let value =
                    self.expression(if kind == Type::List { Type::Int } else { Type::Text }, depth);
                both("{}[1] = {};", &[&place, &value])
            }
            4 if kind == Type::Int => {
                let condition = self.expression(Type::Bool, depth);
                self.named += 1;
                let counter = same(format!("w{}", self.named));
                both(
                    "let {} = 0; while {} < 5 && {} { {} += 1; {} += {}; }",
                    &[&counter, &counter, &condition, &counter, &place, &counter],
                )
            }
            5 => {
                let condition = self.expression(Type::Bool, depth);
                let body = self.assignment(&place, kind, depth);
                let other = self.inner(0);
                both("if {} { {} } else { {} }", &[&condition, &body, &other])
            }
            6 => self.statement(depth),
            _ => self.assignment(&place, kind, depth),
        }
    }
}

type Answer<T> = Result<T, Box<rhai::EvalAltResult>>;

/// Rhai with the functions of the format, which are written here once more from its text.
fn engine() -> Engine {
    fn whole(value: Decimal) -> Answer<i64> {
        i64::try_from(value).map_err(|_| "too large".into())
    }
    fn rounded(value: Decimal, digits: u32) -> Decimal {
        value.round_dp_with_strategy(digits, RoundingStrategy::MidpointAwayFromZero)
    }
    let mut engine = Engine::new();
    engine
        .set_optimization_level(OptimizationLevel::None)
        .set_max_expr_depths(0, 0)
        .set_max_operations(3_000);
    engine.set_max_array_size(1_000).set_max_string_size(10_000);
    // So that the decimals below are asked instead of Rhai's own.
    engine.set_fast_operators(false);
    for (name, operation) in
        [("+", plus as fn(Decimal, Decimal) -> Option<Decimal>), ("-", minus), ("*", times)]
    {
        engine
            .register_fn(name, move |a: Decimal, b: Decimal| exact(operation(a, b)))
            .register_fn(name, move |a: i64, b: Decimal| exact(operation(a.into(), b)))
            .register_fn(name, move |a: Decimal, b: i64| exact(operation(a, b.into())));
    }
    engine
        // The one remainder that overflows in Rhai is 0 here.
        .register_fn("%", |a: i64, b: i64| -> Answer<i64> {
            if b == -1 { Ok(0) } else { a.checked_rem(b).ok_or_else(|| "division".into()) }
        })
        // Rhai does not let a closure read the variable that its method is called on; here a list is a value.
        .register_fn("fn_own", |list: Array| list)
        .register_fn("fn_over", |a: i64, b: i64| exact(over(a.into(), b)))
        .register_fn("fn_over", |a: Decimal, b: i64| exact(over(a, b)))
        .register_fn("fn_div", |a: i64, b: i64| -> Answer<i64> {
            a.checked_div(b).ok_or_else(|| "division".into())
        })
        .register_fn("fn_min", |a: i64, b: i64| a.min(b))
        .register_fn("fn_max", |a: i64, b: i64| a.max(b))
        .register_fn("fn_min", |a: Decimal, b: Decimal| a.min(b))
        .register_fn("fn_max", |a: Decimal, b: Decimal| a.max(b))
        // The one that is chosen stays what it is, an integer or a decimal.
        .register_fn(
            "fn_min",
            |a: i64, b: Decimal| if b < a.into() { Dynamic::from(b) } else { a.into() },
        )
        .register_fn(
            "fn_max",
            |a: i64, b: Decimal| if b > a.into() { Dynamic::from(b) } else { a.into() },
        )
        .register_fn(
            "fn_min",
            |a: Decimal, b: i64| if a > b.into() { b.into() } else { Dynamic::from(a) },
        )
        .register_fn(
            "fn_max",
            |a: Decimal, b: i64| if a < b.into() { b.into() } else { Dynamic::from(a) },
        )
        .register_fn("fn_abs", |a: i64| -> Answer<i64> {
            a.checked_abs().ok_or_else(|| "overflow".into())
        })
        .register_fn("fn_abs", |a: Decimal| a.abs())
        .register_fn("fn_floor", |a: Decimal| whole(a.floor()))
        .register_fn("fn_ceil", |a: Decimal| whole(a.ceil()))
        .register_fn("fn_round", |a: Decimal| whole(rounded(a, 0)))
        .register_fn("fn_round", |a: Decimal, digits: i64| {
            rounded(a, u32::try_from(digits).unwrap())
        })
        // The sum of an empty list is the integer 0.
        .register_fn("fn_floor", |a: i64| a)
        .register_fn("fn_ceil", |a: i64| a)
        .register_fn("fn_round", |a: i64| a)
        .register_fn("fn_round", |a: i64, _digits: i64| Decimal::from(a))
        .register_fn("fn_trim", |text: &str| text.trim().to_owned())
        .register_fn("fn_lower", |text: &str| text.to_lowercase())
        .register_fn("fn_upper", |text: &str| text.to_uppercase())
        .register_fn("fn_sum", |list: Array| -> Answer<Dynamic> {
            let mut sum = Dynamic::from(0_i64);
            for item in list {
                sum = match (sum.as_int(), item.as_int()) {
                    (Ok(a), Ok(b)) => Dynamic::from(a.checked_add(b).ok_or("overflow")?),
                    _ => {
                        Dynamic::from(exact(plus(decimal(&sum).unwrap(), decimal(&item).unwrap()))?)
                    }
                };
            }
            Ok(sum)
        });
    engine
}

/// What is not said because the digits do not suffice: there the two round differently on purpose.
const INEXACT: &str = "inexact";

fn exact(value: Option<Decimal>) -> Answer<Decimal> {
    value.ok_or_else(|| INEXACT.into())
}

/// A decimal of at most 28 digits and 28 decimals, from its digits and their scale.
fn of_digits(digits: i128, scale: u32) -> Option<Decimal> {
    let fits = scale <= 28 && digits.unsigned_abs() < 10_u128.pow(28);
    fits.then(|| Decimal::try_from_i128_with_scale(digits, scale).ok()).flatten()
}

fn aligned(a: Decimal, b: Decimal) -> Option<(i128, i128, u32)> {
    let scale = a.scale().max(b.scale());
    let digits =
        |value: Decimal| value.mantissa().checked_mul(10_i128.checked_pow(scale - value.scale())?);
    Some((digits(a)?, digits(b)?, scale))
}

fn plus(a: Decimal, b: Decimal) -> Option<Decimal> {
    let (a, b, scale) = aligned(a, b)?;
    of_digits(a.checked_add(b)?, scale)
}

fn minus(a: Decimal, b: Decimal) -> Option<Decimal> {
    plus(a, -b)
}

fn times(a: Decimal, b: Decimal) -> Option<Decimal> {
    let (a, b) = (a.normalize(), b.normalize());
    of_digits(a.mantissa().checked_mul(b.mantissa())?, a.scale() + b.scale())
}

/// By a divisor with which the quotient comes out.
fn over(a: Decimal, b: i64) -> Option<Decimal> {
    let a = a.normalize();
    let digits = a.mantissa().checked_mul(10_i128.pow(3))?;
    let quotient = (digits % i128::from(b) == 0).then(|| digits / i128::from(b))?;
    of_digits(quotient, a.scale() + 3).map(|found| found.normalize())
}

fn decimal(value: &Dynamic) -> Option<Decimal> {
    value.as_decimal().ok().or_else(|| value.as_int().ok().map(Decimal::from))
}

/// Whether Rhai stopped where a comparison would say nothing.
fn is_void(error: Option<&rhai::EvalAltResult>) -> bool {
    use rhai::EvalAltResult::{ErrorDataTooLarge, ErrorRuntime, ErrorTooManyOperations};
    match error.map(rhai::EvalAltResult::unwrap_inner) {
        Some(ErrorTooManyOperations(..) | ErrorDataTooLarge(..)) => true,
        Some(ErrorRuntime(message, _)) => message.to_string() == INEXACT,
        _ => false,
    }
}

/// Whether Rhai failed for a reason that is this test's own fault.
fn is_slip(error: Option<&rhai::EvalAltResult>) -> bool {
    use rhai::EvalAltResult::{ErrorDataRace, ErrorFunctionNotFound, ErrorVariableNotFound};
    let inner = error.map(rhai::EvalAltResult::unwrap_inner);
    matches!(inner, Some(ErrorFunctionNotFound(..) | ErrorVariableNotFound(..) | ErrorDataRace(..)))
}

/// What Rhai found, in the engine's own terms.
fn translated(value: &Dynamic, kind: Type) -> Option<Value> {
    let value = &value.flatten_clone();
    Some(match kind {
        Type::Bool => value.as_bool().ok()?.into(),
        Type::Int => value.as_int().ok()?.into(),
        Type::Num => Value::Number(decimal(value)?.normalize().to_string().parse().ok()?),
        Type::Text => value.clone().into_string().ok()?.into(),
        Type::List => value
            .read_lock::<Array>()?
            .iter()
            .map(|item| translated(item, Type::Int))
            .collect::<Option<Vec<Value>>>()?
            .into(),
        Type::Texts => value
            .read_lock::<Array>()?
            .iter()
            .map(|item| translated(item, Type::Text))
            .collect::<Option<Vec<Value>>>()?
            .into(),
    })
}

/// A number is written in one way whether it came out whole or not.
fn plain(value: Option<Value>, kind: Type) -> Option<Value> {
    match (kind, value?) {
        (Type::Num, Value::Integer(value)) => Some(Value::Number(value.into())),
        (_, value) => Some(value),
    }
}

fn environment(dice: &mut Dice) -> BTreeMap<String, Value> {
    let mut facts = BTreeMap::new();
    for (name, kind) in FACTS {
        let integer = |dice: &mut Dice| -> Value {
            let most = if dice.once_in(4) { 8 } else { 7 };
            [0, 1, 2, 3, -1, 5, 40, i64::MAX][dice.below(most)].into()
        };
        let text =
            |dice: &mut Dice| -> Value { ["", "a", "b", "Åäö", " x "][dice.below(5)].into() };
        let value = match kind {
            Type::Bool => dice.once_in(2).into(),
            Type::Int => integer(dice),
            Type::Num => {
                let texts = ["0", "0.5", "1", "2.5", "-1.25", "100.01", "0.001"];
                Value::Number(dice.pick(&texts).parse().unwrap())
            }
            Type::Text => text(dice),
            Type::List => (0..dice.below(4)).map(|_| integer(dice)).collect(),
            Type::Texts => (0..dice.below(4)).map(|_| text(dice)).collect(),
        };
        facts.insert(name.to_owned(), value);
    }
    facts
}

fn to_rhai(value: &Value) -> Dynamic {
    match value {
        Value::Boolean(value) => (*value).into(),
        Value::Integer(value) => (*value).into(),
        Value::Number(value) => value.to_string().parse::<Decimal>().unwrap().into(),
        Value::Text(value) => value.to_string().into(),
        Value::List(items) => items.iter().map(to_rhai).collect::<Array>().into(),
        _ => panic!("{value:?}"),
    }
}

fn scope(facts: &BTreeMap<String, Value>) -> Scope<'static> {
    let mut scope = Scope::new();
    for (name, value) in facts {
        scope.push_dynamic(name.clone(), to_rhai(value));
    }
    scope
}

fn facts_json() -> String {
    let facts = FACTS.iter().map(|(name, kind)| format!(r#""{name}": {{ {} }}"#, declared(*kind)));
    facts.collect::<Vec<_>>().join(", ")
}

/// Whether the checker refuses a script for a good reason that random scripts run into: what can never be.
fn is_found_out(text: &str) -> Result<bool, TestCaseError> {
    match Workflow::from_json(text) {
        Ok(_) => Ok(false),
        Err(report) => {
            let errors = report
                .diagnostics()
                .iter()
                .filter(|one| one.severity == tresteg::diagnostic::Severity::Error);
            let mut codes = errors.map(|one| one.code);
            if codes.all(|code| matches!(code, "impossible" | "division-by-zero" | "too-complex")) {
                Ok(true)
            } else {
                Err(TestCaseError::fail(format!("{text}\n{report}")))
            }
        }
    }
}

/// With bounds far behind those that Rhai has here.
fn workflow(text: &str) -> Workflow {
    let limits = Limits {
        operations: 100_000_000,
        list_items: 1_000_000,
        text_bytes: 100_000_000,
        ..Limits::default()
    };
    Workflow::load("w.json", text, &mut |_| Err(String::new()), &limits)
        .unwrap_or_else(|report| panic!("{report}"))
}

fn cases(ordinary: u32) -> u32 {
    std::env::var("RHAI_CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(ordinary)
}

#[test]
fn expressions_mean_what_they_mean_in_rhai() {
    let engine = engine();
    let counts = std::cell::RefCell::new((0_usize, 0_usize, 0_usize));
    check(cases(200), 4_000, |dice| {
        let mut derived: Vec<(Type, Pair, String)> = Vec::new();
        for number in 0..12 {
            let kind = *dice.pick(&TYPES);
            let depth = 1 + dice.below(5);
            let mut writer = Writer { dice, locals: Vec::new(), named: 0 };
            let script = writer.expression(kind, depth);
            let text = serde_json::to_string(&script.ours).unwrap();
            derived.push((
                kind,
                script,
                format!(r#""r{number}": {{ {}, "value": {text} }}"#, declared(kind)),
            ));
        }
        let file = |derived: &[(Type, Pair, String)]| {
            let all: Vec<&str> = derived.iter().map(|(_, _, text)| text.as_str()).collect();
            format!(
                r#"{{ "id": "w", "facts": {{ {}, {} }}, "states": {{ "a": {{}} }} }}"#,
                facts_json(),
                all.join(", ")
            )
        };
        if is_found_out(&file(&derived))? {
            let mut kept = Vec::new();
            for one in derived {
                if !is_found_out(&file(std::slice::from_ref(&one)))? {
                    kept.push(one);
                }
            }
            derived = kept;
        }
        let workflow = workflow(&file(&derived));
        let mut compiled = Vec::new();
        for (_, script, _) in &derived {
            let found = engine.compile(&script.rhai);
            compiled
                .push(found.map_err(|error| TestCaseError::fail(format!("{script:?}: {error}")))?);
        }
        for _ in 0..16 {
            let facts = environment(dice);
            let (case, _) = Case::start(&workflow, None, facts.clone()).unwrap();
            for ((kind, script, text), compiled) in derived.iter().zip(&compiled) {
                let name = &text[1..text.find("\":").unwrap()];
                let ours = plain(case.fact(name), *kind);
                let found = engine.eval_ast_with_scope::<Dynamic>(&mut scope(&facts), compiled);
                if is_void(found.as_ref().err().map(AsRef::as_ref)) {
                    continue;
                }
                let theirs = found.as_ref().ok().and_then(|value| translated(value, *kind));
                prop_assert!(found.is_err() || theirs.is_some(), "{:?}: {:?}", script, found);
                prop_assert!(
                    !is_slip(found.as_ref().err().map(AsRef::as_ref)),
                    "{:?}: {:?}",
                    script,
                    found
                );
                let mut counts = counts.borrow_mut();
                counts.0 += 1;
                counts.1 += usize::from(ours.is_none());
                counts.2 += script.ours.len();
                prop_assert_eq!(ours, theirs, "{:#?}\nwith {:?}\nRhai: {:?}", script, facts, found);
            }
        }
        Ok(())
    });
    let (all, failed, bytes) = counts.into_inner();
    println!("{all} evaluations, {failed} failed in both, {} bytes on average", bytes / all.max(1));
    assert!(
        all >= 20_000 && failed * 2 < all && failed > 50,
        "{all} evaluations, {failed} failed in both"
    );
}

#[test]
fn actions_do_what_they_do_in_rhai() {
    let engine = engine();
    let counts = std::cell::RefCell::new((0_usize, 0_usize));
    check(cases(250), 1_500, |dice| {
        let mut script = same("");
        let mut writer = Writer { dice, locals: Vec::new(), named: 0 };
        for _ in 0..1 + writer.dice.below(5) {
            let depth = writer.dice.below(3);
            let next = writer.action(depth);
            script = both("{}{}\n", &[&script, &next]);
        }
        let text = serde_json::to_string(&script.ours).unwrap();
        let file = format!(
            r#"{{ "id": "w", "facts": {{ {} }}, "states": {{ "a": {{ "on": {{ "go": {{ "actions": {text} }} }} }} }} }}"#,
            facts_json()
        );
        if is_found_out(&file)? {
            return Ok(());
        }
        let workflow = workflow(&file);
        let compiled = engine
            .compile(&script.rhai)
            .map_err(|error| TestCaseError::fail(format!("{script:?}: {error}")))?;
        for _ in 0..8 {
            let facts = environment(dice);
            let (mut case, _) = Case::start(&workflow, None, facts.clone()).unwrap();
            let decision = case.fire(&Event::new("go"));
            let mut scope = scope(&facts);
            let found = engine.run_ast_with_scope(&mut scope, &compiled);
            if is_void(found.as_ref().err().map(AsRef::as_ref)) {
                continue;
            }
            let context = || format!("{script:#?}\nwith {facts:?}\nRhai: {found:?}\n{decision:#?}");
            prop_assert!(!is_slip(found.as_ref().err().map(AsRef::as_ref)), "{}", context());
            prop_assert_eq!(decision.outcome == Outcome::Moved, found.is_ok(), "{}", context());
            let mut counts = counts.borrow_mut();
            counts.0 += 1;
            counts.1 += usize::from(found.is_err());
            for (name, kind) in FACTS {
                let theirs = match &found {
                    Ok(()) => translated(scope.get(name).unwrap(), kind),
                    // The step is undone.
                    Err(_) => facts.get(name).cloned(),
                };
                prop_assert_eq!(
                    plain(case.fact(name), kind),
                    plain(theirs, kind),
                    "{}: {}",
                    name,
                    context()
                );
            }
        }
        Ok(())
    });
    let (all, failed) = counts.into_inner();
    println!("{all} runs, {failed} failed in both");
    assert!(all >= 1_000 && failed * 2 < all && failed > 20, "{all} runs, {failed} failed in both");
}
