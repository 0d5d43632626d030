//! The functions of the language: how many arguments they take, of which types, and what they give.

use std::sync::Arc;

use super::super::hints::{self, as_code};
use super::super::program::{Builtin, Node, Op};
use super::super::syntax::{Extent, Form, Name, Tree};
use super::super::types::{Flavour, Type};
use super::Checker;
use crate::diagnostic::nearest;
use crate::value::{Date, NoPattern, Pattern, Value, too_large_a_pattern as too_large};
use crate::vocabulary::{self, Call, Function};

/// A name as names are written here: `isEmpty` and `IsEmpty` are `is_empty`, `IF` is `if`.
fn in_snake_case(name: &str) -> String {
    let is_loud = !name.chars().any(char::is_lowercase);
    let mut out = String::new();
    for letter in name.chars() {
        if letter.is_uppercase() && !is_loud && !out.is_empty() {
            out.push('_');
        }
        out.extend(letter.to_lowercase());
    }
    out
}

impl Checker<'_, '_> {
    pub(super) fn builtin(
        &mut self,
        at: Extent,
        name: &Name,
        args: &[Tree],
        method: bool,
    ) -> (Node, Type) {
        let Some(own) = vocabulary::function(&name.text) else {
            return self.no_function(at, name, args);
        };
        let builtin = match &own.call {
            Call::Matches => return self.matches(at, name, args, method),
            Call::Workdays => return self.lonely_workdays(at, args),
            Call::Plain(builtin) | Call::Typed(builtin) => builtin.clone(),
            Call::Covers => Builtin::Covers(Arc::from([])),
            _ => return self.no_function(at, name, args),
        };
        if !self.counted(name, at, args, method) {
            return Self::broken(at);
        }
        let (nodes, kinds): (Vec<Node>, Vec<Type>) = args.iter().map(|arg| self.value(arg)).unzip();
        let made = match &own.call {
            Call::Plain(_) => Some((builtin, self.plain(own, &nodes, &kinds))),
            _ => self.signature(at, builtin, own.name, &nodes, &kinds),
        };
        let Some((builtin, kind)) = made else { return Self::broken(at) };
        (Node::new(at, Op::Call(builtin, nodes)), kind)
    }

    /// Types as they stand in the table.
    fn plain(&mut self, own: &Function, nodes: &[Node], kinds: &[Type]) -> Type {
        let what = format!("the argument of `{}`", own.name);
        for ((node, kind), (_, wanted)) in nodes.iter().zip(kinds).zip(own.takes) {
            if let Some(wanted) = Type::of_kind(*wanted) {
                self.wants(node, kind, &wanted, &what);
            }
        }
        Type::of_kind(own.gives).unwrap_or(Type::Any)
    }

    /// A call of what is no function, or none that is called so.
    fn no_function(&mut self, at: Extent, name: &Name, args: &[Tree]) -> (Node, Type) {
        let other = &*name.text;
        let problem =
            self.error("unknown-name", name.at, format!("there is no function `{other}`"));
        let small = in_snake_case(other);
        let written: Vec<&str> = args.iter().map(|arg| self.text(arg.at)).collect();
        let hint = match (small.as_str(), written.as_slice()) {
            ("push" | "insert" | "remove", _) => format!("write `list.{small}(…)`"),
            ("any" | "exists_in", _) => "did you mean `some`?".to_owned(),
            ("every", _) => "did you mean `all`?".to_owned(),
            ("count", _) => "write `list.filter(…).len()`; count(`event`) counts events".to_owned(),
            ("average" | "avg" | "mean", _) => "write `list.sum() / list.len()`".to_owned(),
            ("first", _) => "write `list[0]`".to_owned(),
            ("last_item" | "at", _) => "write `list[list.len() - 1]`".to_owned(),
            ("today" | "now" | "idag", []) => {
                format!("write `{}`", if small == "now" { "now" } else { "today" })
            }
            ("not", _) => "write `!`".to_owned(),
            ("if" | "iif" | "om", [a, b, c]) => format!("write {}", as_code(&format!("if {a} {{ {b} }} else {{ {c} }}"))),
            ("if" | "iif" | "om", _) => "write `if a { b } else { c }`".to_owned(),
            ("and" | "och", [a, rest @ ..]) if !rest.is_empty() => {
                format!("write {}", as_code(&format!("({a} && {})", rest.join(" && "))))
            }
            ("or" | "eller", [a, rest @ ..]) if !rest.is_empty() => {
                format!("write {}", as_code(&format!("({a} || {})", rest.join(" || "))))
            }
            ("is_known" | "is_set" | "exists" | "is_null" | "is_blank", _) => {
                "ask known(`fact`)".to_owned()
            }
            ("maximum" | "largest", _) => "did you mean `max`?".to_owned(),
            ("minimum" | "least" | "smallest", _) => "did you mean `min`?".to_owned(),
            ("length" | "size", _) => "did you mean `len`?".to_owned(),
            ("includes" | "index_of", _) => "did you mean `contains`?".to_owned(),
            ("to_lower" | "to_lower_case" | "lower_case", _) => "did you mean `lower`?".to_owned(),
            ("to_upper" | "to_upper_case" | "upper_case", _) => "did you mean `upper`?".to_owned(),
            ("to_string" | "parse_int" | "to_int" | "to_float" | "number" | "str" | "int", _) => {
                "values keep their types: declare the fact as what it is".to_owned()
            }
            ("pop" | "clear", _) => {
                let [asked, changed] = vocabulary::of_lists();
                format!("lists have `{asked}` and, in actions, `{changed}`")
            }
            ("reduce" | "fold", _) => "ask `sum`, `min` or `max` of the list, or go through it: `let n = 0; for x in list { n += x } n`".to_owned(),
            ("substring" | "substr" | "slice" | "mid", _) => "did you mean `sub_string`?".to_owned(),
            ("between", [x, low, high]) => format!("write {}", as_code(&format!("({low} <= {x} && {x} <= {high})"))),
            ("between", _) => "write `low <= x && x <= high`".to_owned(),
            ("add_days" | "plus_days", [day, count]) => format!("write `({day} + days({count}))`"),
            ("add_months", [day, count]) => format!("write `({day} + months({count}))`"),
            ("add_years", [day, count]) => format!("write `({day} + years({count}))`"),
            ("age" | "years_since" | "datediff" | "date_diff" | "diff_years", _) => {
                "did you mean `years_between`? such as `years_between(born_on, today)`".to_owned()
            }
            ("networkdays" | "network_days", _) => "did you mean `workdays_between`?".to_owned(),
            ("regex" | "regexp" | "match" | "like" | "test", _) => "did you mean `matches`?".to_owned(),
            ("print" | "debug", _) => "use `emit` in actions".to_owned(),
            ("children" | "child" | "child_cases" | "subcases", _) => {
                "write children(`id`), with the `id` of an `invoke`".to_owned()
            }
            ("send_all" | "broadcast" | "notify_all" | "send_children" | "send_to_all", _) => {
                "write send_all(`id`, `event`), with the `id` of an `invoke`".to_owned()
            }
            ("send_one" | "send_child" | "send_to" | "notify" | "tell", _) => {
                "write send_one(`id`, key, `event`), with the `id` of an `invoke`".to_owned()
            }
            ("send_parent" | "send_up" | "report_to_parent" | "tell_parent" | "notify_parent", _) => {
                "write send_parent(`event`)".to_owned()
            }
            // In another spelling it is one.
            _ => match vocabulary::function(&small).map(|own| own.name) {
                Some(own) => format!("did you mean `{own}`?"),
                None => match nearest(&small, self.names.callable().chain(["length"])) {
                    Some("length") => "did you mean `len`?".to_owned(),
                    Some(near) => format!("did you mean `{near}`?"),
                    None => "there are only the functions of the guide, `tresteg help rules`, and those under `functions`".to_owned(),
                },
            },
        };
        // What is written anew stands for the whole call.
        let is_whole = hint.starts_with("write `(")
            || hint.starts_with("write (")
            || hint.starts_with("write `if ")
            || hint.starts_with("write if ")
            || matches!(hint.as_str(), "write `today`" | "write `now`");
        let problem = match is_whole && !hint.contains("a {") {
            true => self.error("unknown-name", at, format!("there is no function `{other}`")),
            false => problem,
        };
        let problem = problem.hint(hint);
        self.report.push(problem);
        for arg in args {
            if !matches!(arg.form, Form::Closure { .. }) {
                self.expression(arg);
            }
        }
        Self::broken(at)
    }

    /// The type of what a function gives whose types follow from one another; `None` where its
    /// arguments cannot be.
    pub(super) fn signature(
        &mut self,
        at: Extent,
        builtin: Builtin,
        name: &str,
        nodes: &[Node],
        kinds: &[Type],
    ) -> Option<(Builtin, Type)> {
        let what = format!("the argument of `{name}`");
        let all = |checker: &mut Self, wanted: &Type| {
            for (node, kind) in nodes.iter().zip(kinds) {
                checker.wants(node, kind, wanted, &what);
            }
        };
        let first = kinds.first().cloned().unwrap_or(Type::Any);
        let kind = match &builtin {
            Builtin::NextWorkday | Builtin::WorkdaysBetween => {
                if !self.has_calendar(at, name) {
                    return None;
                }
                all(self, &Type::Date);
                if builtin == Builtin::NextWorkday { Type::Date } else { Type::Integer }
            }
            Builtin::Date => {
                if nodes.len() == 1 {
                    let written = nodes.first().and_then(|node| hints::date(self.text(node.at)));
                    match written.filter(|_| !first.is_text()) {
                        Some(meant) => {
                            let message = "a date is written as a text";
                            let problem = self.error("wrong-type", at, message);
                            self.report.push(problem.hint(format!("write {meant}")));
                        }
                        None => all(self, &Type::Text),
                    }
                    self.date_literal(nodes);
                } else if nodes.len() == 3 {
                    all(self, &Type::Integer);
                    self.date_literal(nodes);
                } else {
                    let problem = self
                        .error("wrong-arguments", at, "`date` takes a text or year, month and day")
                        .hint("such as date(`2026-09-01`)");
                    self.report.push(problem);
                }
                Type::Date
            }
            Builtin::Len | Builtin::IsEmpty => {
                if !first.is_open()
                    && !first.is_text()
                    && !matches!(first, Type::List(_) | Type::Record(_))
                {
                    let problem = self.error(
                        "wrong-type",
                        at,
                        format!(
                            "only lists, records and texts have a length, this is {}",
                            first.name()
                        ),
                    );
                    self.report.push(problem);
                }
                if builtin == Builtin::Len { Type::Integer } else { Type::Boolean }
            }
            Builtin::Sort | Builtin::Reverse => {
                let items = self.items_of(at, name, first);
                if builtin == Builtin::Sort {
                    self.wants_order(at, name, &items);
                }
                Type::List(Box::new(items))
            }
            Builtin::Split => {
                all(self, &Type::Text);
                if let Some(Node { at, op: Op::Constant(Value::Text(text)) }) = nodes.get(1)
                    && text.is_empty()
                {
                    let problem = self
                        .error("out-of-bounds", *at, "a separator has at least one character")
                        .hint("such as `,`");
                    self.report.push(problem);
                }
                Type::List(Box::new(Type::Text))
            }
            Builtin::Min | Builtin::Max if kinds.len() == 1 => {
                let items = self.items_of(at, name, first);
                self.wants_order(at, name, &items);
                items
            }
            Builtin::Sum => match first {
                Type::List(items) if items.is_number() || items.is_open() => *items,
                Type::List(items) if matches!(*items, Type::Duration(_)) => {
                    if *items == Type::Duration(Flavour::Either)
                        && let Some(problem) = self.flavours(at, nodes, [&items, &items])
                    {
                        self.report.push(problem);
                    }
                    *items
                }
                kind if kind.is_open() => Type::Any,
                kind => {
                    let problem = self.error(
                        "wrong-type",
                        at,
                        format!("`sum` needs a list of numbers, this is {}", kind.name()),
                    );
                    self.report.push(problem);
                    Type::Any
                }
            },
            Builtin::Covers(_) => {
                let values = match first {
                    Type::List(items) => match *items {
                        Type::Enum(values) => Some(values),
                        _ => None,
                    },
                    _ => None,
                };
                let Some(values) = values else {
                    let problem = self
                        .error(
                            "wrong-type",
                            at,
                            "`covers` needs a list whose items are declared as an `enum`",
                        )
                        .hint("it asks whether every value of the `enum` is in the list");
                    self.report.push(problem);
                    return None;
                };
                let values: Vec<Value> =
                    values.keys().map(|value| Value::Text(value.as_str().into())).collect();
                return Some((Builtin::Covers(values.into()), Type::Boolean));
            }
            Builtin::Keys | Builtin::Values => {
                let items = match &first {
                    Type::Record(record) if builtin == Builtin::Values => record
                        .properties
                        .values()
                        .chain(&record.additional)
                        .cloned()
                        .reduce(Type::join)
                        .unwrap_or(Type::Any),
                    Type::Record(record) if record.named_by_ids => Type::Kept,
                    Type::Record(_) => Type::Text,
                    Type::Somebody if builtin == Builtin::Keys => Type::Kept,
                    kind if kind.is_open() => {
                        if builtin == Builtin::Keys {
                            Type::Text
                        } else {
                            Type::Any
                        }
                    }
                    kind => {
                        let problem = self.error(
                            "wrong-type",
                            at,
                            format!("`{name}` needs a record, this is {}", kind.name()),
                        );
                        self.report.push(problem);
                        Type::Any
                    }
                };
                Type::List(Box::new(items))
            }
            Builtin::Min | Builtin::Max => {
                let second = kinds.get(1).cloned().unwrap_or(Type::Any);
                if !first.comparable(&second) {
                    let message =
                        format!("{} and {} cannot be compared", first.name(), second.name());
                    let problem = self.flavours(at, nodes, [&first, &second]);
                    let problem = problem.unwrap_or_else(|| self.error("mixed-types", at, message));
                    self.report.push(problem);
                } else if !first.ordered() || !second.ordered() {
                    let problem = self.error(
                        "wrong-type",
                        at,
                        format!(
                            "`{name}` needs numbers, dates or durations, this is {}",
                            first.name()
                        ),
                    );
                    self.report.push(problem);
                }
                first.join(second)
            }
            Builtin::Abs => {
                all(self, &Type::Number);
                first
            }
            Builtin::Round => {
                if let (Some(node), Some(kind)) = (nodes.first(), kinds.first()) {
                    self.wants(node, kind, &Type::Number, &what);
                }
                match (nodes.get(1), kinds.get(1)) {
                    (Some(node), Some(kind)) => {
                        self.wants(node, kind, &Type::Integer, "the number of digits");
                        Type::Number
                    }
                    _ => Type::Integer,
                }
            }
            Builtin::Div => {
                all(self, &Type::Integer);
                if let Some(Node { at, op: Op::Constant(Value::Integer(0)) }) = nodes.get(1) {
                    let problem = self.error("division-by-zero", *at, "division by zero");
                    self.report.push(problem);
                }
                Type::Integer
            }
            // The others are plain, or nothing that can be called.
            _ => return None,
        };
        Some((builtin, kind))
    }

    /// What a list holds of which a function asks something.
    fn items_of(&mut self, at: Extent, name: &str, list: Type) -> Type {
        match list {
            Type::List(items) => *items,
            kind if kind.is_open() => Type::Any,
            kind => {
                let problem = self.error(
                    "wrong-type",
                    at,
                    format!("`{name}` needs a list, this is {}", kind.name()),
                );
                let problem = match name {
                    "min" | "max" => problem.hint(format!("or two values: `{name}(a, b)`")),
                    _ => problem,
                };
                self.report.push(problem);
                Type::Any
            }
        }
    }

    /// Whether any two of these can be told to be less or more.
    pub(super) fn wants_order(&mut self, at: Extent, name: &str, items: &Type) {
        let message = if !items.ordered() {
            format!("`{name}` needs numbers, dates or durations, these are {}", items.plural())
        } else if !items.comparable(items) {
            format!("{} cannot be compared", items.plural())
        } else {
            return;
        };
        let problem = self.error("wrong-type", at, message);
        let by = match name {
            "min" | "max" | "sort" => Some(format!("{name}_by")),
            _ => None,
        };
        let problem = match (items, by) {
            (Type::Record(_), Some(by)) => {
                problem.hint(format!("say by what: `list.{by}(|x| x.cost)`"))
            }
            (Type::Duration(_), _) => problem.hint(
                "declare whether they are in days, months or hours: a `minimum` such as `P0D` says it",
            ),
            _ => problem,
        };
        self.report.push(problem);
    }

    /// `text.matches(…)`: the pattern is written out, so that it is read once.
    fn matches(&mut self, at: Extent, name: &Name, args: &[Tree], method: bool) -> (Node, Type) {
        if !self.counted(name, at, args, method) {
            return Self::broken(at);
        }
        let [text, pattern] = args else { return Self::broken(at) };
        let (text, kind) = self.value(text);
        self.wants(&text, &kind, &Type::Text, "the argument of `matches`");
        let Form::Text(written) = &pattern.form else {
            let problem = self
                .error(
                    "not-literal",
                    pattern.at,
                    "`matches` takes a pattern, written out as a text",
                )
                .hint("such as text.matches(`^[0-9]+$`)");
            self.report.push(problem);
            return Self::broken(at);
        };
        let problem = match Pattern::read(written, self.names.pattern_size) {
            Ok(pattern) => {
                return (
                    Node::new(at, Op::Call(Builtin::Matches(pattern), vec![text])),
                    Type::Boolean,
                );
            }
            Err(NoPattern::Wrong { message, hint }) => {
                let problem = self.error("bad-pattern", pattern.at, message);
                match hint {
                    Some(hint) => problem.hint(hint),
                    None => problem,
                }
            }
            Err(NoPattern::Large(size)) => {
                let most = self.names.pattern_size;
                self.error("limit-pattern", pattern.at, too_large(size, most))
            }
        };
        self.report.push(problem);
        Self::broken(at)
    }

    pub(super) fn date_literal(&mut self, nodes: &[Node]) {
        let constants: Vec<&Value> = nodes
            .iter()
            .filter_map(|node| match &node.op {
                Op::Constant(value) => Some(value),
                _ => None,
            })
            .collect();
        let wrong = match constants.as_slice() {
            [Value::Text(text)] => Date::parse(text).is_none(),
            [Value::Integer(year), Value::Integer(month), Value::Integer(day)] => {
                Date::new(*year, *month, *day).is_none()
            }
            _ => false,
        };
        if wrong && let (Some(first), Some(last)) = (nodes.first(), nodes.last()) {
            let problem = self
                .error("bad-date", first.at.to(last.at), "there is no such date")
                .hint("such as date(`2026-09-01`)");
            self.report.push(problem);
        }
    }
}
