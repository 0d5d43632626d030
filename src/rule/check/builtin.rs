//! The functions of the language: how many arguments they take, of which types, and what they give.

use std::sync::Arc;

use super::super::program::{Builtin, Node, Op};
use super::super::syntax::{Extent, Form, Name, Tree};
use super::super::types::{Flavour, Type};
use super::Checker;
use crate::diagnostic::nearest;
use crate::value::{Date, Value};
use crate::vocabulary::{self, Call, Function};

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
        let problem = match other {
            "push" | "insert" | "remove" => problem.hint(format!("write `list.{other}(…)`")),
            "any" => problem.hint("did you mean `some`?"),
            "count" => problem.hint("write `list.filter(…).len()`; count(`event`) counts events"),
            "average" | "avg" | "mean" => problem.hint("write `list.sum() / list.len()`"),
            "first" => problem.hint("write `list[0]`"),
            "today" | "now" => problem.hint(format!("write `{other}` without parentheses")),
            "not" => problem.hint("write `!`"),
            "is_known" | "is_set" | "exists" | "is_null" => problem.hint("ask known(`fact`)"),
            "length" | "size" => problem.hint("did you mean `len`?"),
            "includes" => problem.hint("did you mean `contains`?"),
            "to_lower" | "to_upper" => problem.hint("did you mean `lower` or `upper`?"),
            "to_string" | "parse_int" | "to_int" | "to_float" => {
                problem.hint("values keep their types: declare the fact as what it is")
            }
            "sort" | "pop" | "clear" | "reduce" => {
                let [asked, changed] = vocabulary::of_lists();
                problem.hint(format!("lists have `{asked}` and, in actions, `{changed}`"))
            }
            "print" | "debug" => problem.hint("use `emit` in actions"),
            _ => match nearest(other, self.names.callable()) {
                Some(near) => problem.hint(format!("did you mean `{near}`?")),
                None => problem,
            },
        };
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
            Builtin::NextWorkday => {
                if !self.has_calendar(at, name) {
                    return None;
                }
                if first == Type::DateTime {
                    let problem = self
                        .error(
                            "wrong-type",
                            at,
                            format!("{what} must be a date, this is a date-time"),
                        )
                        .hint("take the day of the date-time with `.date`");
                    self.report.push(problem);
                } else {
                    all(self, &Type::Date);
                }
                Type::Date
            }
            Builtin::Date => {
                if nodes.len() == 1 {
                    all(self, &Type::Text);
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
            Builtin::Len => {
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
                Type::Integer
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
                    Type::Record(_) => Type::Text,
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
