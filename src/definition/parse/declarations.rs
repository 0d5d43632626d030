//! Parameters, facts, factors, functions and events.

use std::sync::Arc;

use indexmap::IndexMap;

use super::Reader;
use super::names;
use super::read::Fields;
use crate::definition::keys;
use crate::definition::keys::is_remark;
use crate::definition::model::{
    AtLeast, EventDecl, Fact, Factor, FactorRule, Function, Notes, Parameter, reserved,
};
use crate::definition::shape::{Kind, Shape};
use crate::diagnostic::{Diagnostic, Spanned, quoted};
use crate::json::{Member, Node, NodeKind};
use crate::value::Value;
use crate::vocabulary;

impl<'n> Reader<'_, 'n> {
    /// Enters a name into the space that facts, parameters and factors share; `false` if it is taken.
    fn declare(&mut self, name: &Spanned<String>, what: &str) -> bool {
        self.script_name(name, what);
        if let Some(first) = self.names.get(&name.value).copied() {
            let message = format!("the name {} is taken", quoted(name));
            let found = Diagnostic::error("name-clash", name.span, message)
                .related(first, "it stands for this already")
                .hint("facts, parameters and factors share their names: rename one of the two");
            self.report.push(found);
            return false;
        }
        self.names.insert(name.value.clone(), name.span);
        true
    }

    /// Reads the declarations behind a key. One whose name is taken is read for its problems only.
    fn declared<T>(
        &mut self,
        fields: Fields<'n>,
        key: &str,
        what: &str,
        mut read: impl FnMut(&mut Self, &'n Member) -> T,
    ) -> Vec<T> {
        let mut found = Vec::new();
        for member in self.map(fields, key).iter().filter(|member| !is_remark(&member.key)) {
            let fresh = self.declare(&member.key, what);
            let declared = read(self, member);
            if fresh {
                found.push(declared);
            }
        }
        found
    }

    pub fn parameters(&mut self, fields: Fields<'n>) -> Vec<Parameter> {
        self.declared(fields, "parameters", "parameter", Self::parameter)
    }

    fn parameter(&mut self, member: &'n Member) -> Parameter {
        let name = member.key.clone();
        let (shape, value, notes) = if let NodeKind::Object(_) = member.value.kind {
            let Some(fields) = self.open(&name, &member.value, &keys::PARAMETER) else {
                return Parameter {
                    name,
                    shape: Shape::new(Kind::Any),
                    value: Value::Boolean(false),
                    notes: Notes::default(),
                };
            };
            let node = fields.node("value");
            let raw = node.and_then(|node| self.known_value("value", node));
            let inferred = raw.as_ref().map_or(Kind::Any, infer);
            let shape = self.declaration(fields, Some(inferred));
            let value = match (node, raw) {
                (Some(node), Some(raw)) => self.admit(&shape, raw, node),
                _ => None,
            };
            (shape, value, self.notes(fields))
        } else {
            let value = self.known_value(&name, &member.value);
            let kind = value.as_ref().map_or(Kind::Any, infer);
            (Shape::new(kind), value, Notes::default())
        };
        // A parameter without a value keeps its name, so that scripts that read it are not reported too.
        Parameter { name, shape, value: value.unwrap_or(Value::Boolean(false)), notes }
    }

    /// A value that must be there.
    fn known_value(&mut self, what: &str, node: &'n Node) -> Option<Value> {
        if node.kind == NodeKind::Null {
            self.wrong(what, "a value", node);
        }
        let value = node.to_value(self.report)?;
        let most = self.limits.json_depth;
        if value.nests_deeper_than(most) {
            let message =
                format!("{} nests deeper than the {most} levels that are allowed", quoted(what));
            self.report.push(Diagnostic::error("limit-depth", super::opening(node.span), message));
            return None;
        }
        Some(value)
    }

    /// Gives a value its declared type, or reports in which ways it does not fit.
    pub(super) fn admit(&mut self, shape: &Shape, value: Value, node: &'n Node) -> Option<Value> {
        match shape.admit(value, &self.zone) {
            Ok(value) => Some(value),
            Err(violations) => {
                for violation in violations {
                    let at = if violation.path.is_empty() {
                        String::new()
                    } else {
                        format!("{}: ", quoted(&violation.path))
                    };
                    let place = inside(node, &violation.path);
                    let mut found = Diagnostic::error(
                        "bad-value",
                        place.span,
                        format!("{at}{}", violation.message),
                    );
                    found.hint = violation.hint.map(|hint| hint.to_string());
                    self.report.push(found);
                }
                None
            }
        }
    }

    pub fn facts(&mut self, fields: Fields<'n>) -> Vec<Fact> {
        self.declared(fields, "facts", "fact", Self::fact)
    }

    fn fact(&mut self, member: &'n Member) -> Fact {
        let name = member.key.clone();
        let Some(fields) = self.open(&name, &member.value, &keys::FACT) else {
            return Fact {
                name,
                shape: Shape::new(Kind::Any),
                default: None,
                value: None,
                notes: Notes::default(),
            };
        };
        let shape = self.declaration(fields, None);
        let default = fields.node("default").and_then(|node| {
            let raw = self.known_value("default", node)?;
            self.admit(&shape, raw, node)
        });
        let value = self.script(fields, "value");
        if let (Some(default), Some(_)) = (fields.get("default"), fields.get("value")) {
            let message = format!("the derived fact {} cannot have a default", quoted(&name));
            let hint = "its `value` says what it is; write `?? …` there for what may be unknown";
            self.error("bad-combination", default.key.span, message, hint);
        }
        Fact { name, shape, default, value, notes: self.notes(fields) }
    }

    pub fn factors(&mut self, fields: Fields<'n>) -> Vec<Factor> {
        self.declared(fields, "factors", "factor", Self::factor)
    }

    fn factor(&mut self, member: &'n Member) -> Factor {
        let name = member.key.clone();
        let nothing = FactorRule::Of { of: Vec::new(), at_least: None };
        let Some(fields) = self.open(&name, &member.value, &keys::FACTOR) else {
            return Factor { name, kind: None, rule: nothing, notes: Notes::default() };
        };
        let kind = self.text(fields, "kind").map(|text| text.value);
        let rules: Vec<_> =
            ["guard", "score", "of"].iter().filter_map(|key| fields.get(key)).collect();
        match rules.as_slice() {
            [] => {
                let message = format!("the factor {} has no rule", quoted(&name));
                let hint = "write a `guard` (true or false), a `score` (0 to 1), or `of` (a list of factors)";
                self.error("missing-key", name.span, message, hint);
            }
            [first, second, ..] => {
                let message = format!(
                    "a factor has `{}` or `{}`, not both",
                    first.key.value, second.key.value
                );
                let found = Diagnostic::error("bad-combination", second.key.span, message);
                self.report.push(found.related(first.key.span, "the other is here"));
            }
            [_] => {}
        }
        let rule = if let Some(guard) = self.script(fields, "guard") {
            FactorRule::Guard(guard)
        } else if let Some(score) = self.script(fields, "score") {
            FactorRule::Score(score)
        } else {
            self.counted(fields).unwrap_or(nothing)
        };
        if let (Some(at_least), None) = (fields.get("at_least"), fields.get("of")) {
            let message = "`at_least` counts the factors of `of`, which is not here";
            self.error(
                "bad-combination",
                at_least.key.span,
                message,
                "remove it, or list the factors in `of`",
            );
        }
        Factor { name, kind, rule, notes: self.notes(fields) }
    }

    fn counted(&mut self, fields: Fields<'n>) -> Option<FactorRule> {
        let of = self.names(fields, "of")?;
        if of.is_empty() {
            let span = fields.node("of").map_or(fields.span, |node| node.span);
            self.error("empty", span, "`of` is an empty list", "name the factors that count");
        }
        self.once("of", &of);
        let at_least = fields.node("at_least").and_then(|node| match &node.kind {
            NodeKind::String(text) => {
                Some(AtLeast::Parameter(Spanned::new(text.value.clone(), node.span)))
            }
            NodeKind::Number(_) => {
                let number = self.whole(fields, "at_least")?;
                let most = of.len() as u64;
                if number.value == 0 || number.value > most {
                    let message =
                        format!("`at_least` is {}, of {most} that are listed", number.value);
                    let hint = match most {
                        0 | 1 => "leave it out: then all must hold".to_owned(),
                        _ => format!("write a number from 1 to {most}"),
                    };
                    self.error("bad-bounds", number.span, message, hint);
                }
                let value = i64::try_from(number.value).unwrap_or(i64::MAX);
                Some(AtLeast::Number(Spanned::new(value, number.span)))
            }
            _ => {
                self.wrong("at_least", "a number, or the name of a parameter", node);
                None
            }
        });
        Some(FactorRule::Of { of, at_least })
    }

    /// Reports what stands twice in a list of names.
    pub fn once(&mut self, key: &str, names: &[Spanned<String>]) {
        let mut seen = std::collections::HashMap::with_capacity(names.len());
        for name in names {
            if let Some(first) = seen.insert(name.as_str(), name.span) {
                let message = format!("{} stands twice in `{key}`", quoted(name));
                let found = Diagnostic::error("duplicate-name", name.span, message);
                self.report
                    .push(found.related(first, "the first is here").hint("remove one of the two"));
            }
        }
    }

    pub fn functions(&mut self, fields: Fields<'n>) -> Vec<Function> {
        let mut functions = Vec::new();
        for member in self.map(fields, "functions").iter().filter(|member| !is_remark(&member.key))
        {
            let name = &member.key;
            if self.script_name(name, "function") && vocabulary::function(name).is_some() {
                let message = format!("`{}` is a function that every script has", name.value);
                self.error("reserved-name", name.span, message, "choose another name");
            }
            let Some(fields) = self.open(name, &member.value, &keys::FUNCTION) else { continue };
            let params = self.names(fields, "params").unwrap_or_default();
            for param in &params {
                self.script_name(param, "parameter of a function");
            }
            self.once("params", &params);
            if let Some(body) = self.script(fields, "body") {
                functions.push(Function {
                    name: name.clone(),
                    params,
                    body,
                    notes: self.notes(fields),
                });
            }
        }
        functions
    }

    pub fn event(&mut self, name: &Spanned<String>, fields: Fields<'n>) -> EventDecl {
        let by = self.names(fields, "by");
        let mut data = IndexMap::new();
        for member in self.map(fields, "data").iter().filter(|member| !is_remark(&member.key)) {
            self.script_name(&member.key, "part of `data`");
            if let Some(fields) = self.open(&member.key, &member.value, &keys::DECLARATION) {
                data.insert(member.key.value.clone(), self.declaration(fields, None));
            }
        }
        let sets = self.names(fields, "sets").unwrap_or_default();
        let listed = self.names(fields, "required").unwrap_or_default();
        self.once("by", by.as_deref().unwrap_or(&[]));
        self.once("sets", &sets);
        self.once("required", &listed);
        let (data_required, required) =
            listed.into_iter().partition(|name| data.contains_key(&name.value));
        EventDecl {
            name: name.clone(),
            by,
            sets,
            required,
            data,
            data_required,
            note: self.boolean(fields, "note").unwrap_or(false),
            silent: self.boolean(fields, "silent").unwrap_or(false),
            notes: self.notes(fields),
        }
    }

    /// Checks the name of an event in `events`.
    pub fn event_name(&mut self, name: &Spanned<String>) {
        if !names::is_event(name) {
            let message = format!("{} cannot be the name of an event", quoted(name));
            self.error("bad-name", name.span, message, names::event_hint(name));
        } else if let Some(word) = reserved(name) {
            let message = format!(
                "{} cannot be declared: `{word}` and what begins with `{word}.` are the engine's own",
                quoted(name)
            );
            let hint = match word {
                "done" => {
                    "a state that is done raises `done.state.NAME` by itself: name that under `on`, or choose another name"
                }
                _ => "nobody could ever send it: choose another name",
            };
            self.error("reserved-name", name.span, message, hint);
        }
    }
}

/// The part of a value that a path such as `.partners[2].name` leads to, as far as it can be followed.
fn inside<'n>(mut node: &'n Node, mut path: &str) -> &'n Node {
    loop {
        let next = match &node.kind {
            NodeKind::Object(members) => {
                let rest = path.strip_prefix('.').unwrap_or("");
                // Keys may hold points themselves: the longest that fits is meant.
                let fits = |member: &&Member| {
                    rest.strip_prefix(member.key.as_str())
                        .is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
                };
                let found = members.iter().filter(fits).max_by_key(|member| member.key.len());
                found.and_then(|member| Some((&member.value, rest.get(member.key.len()..)?)))
            }
            NodeKind::Array(items) => path.strip_prefix('[').and_then(|rest| {
                let (index, rest) = rest.split_once(']')?;
                Some((items.get(index.parse::<usize>().ok()?)?, rest))
            }),
            _ => None,
        };
        match next {
            Some((inner, rest)) => (node, path) = (inner, rest),
            None => return node,
        }
    }
}

/// The kind that a plain value shows.
fn infer(value: &Value) -> Kind {
    match value {
        Value::Boolean(_) => Kind::Boolean,
        Value::Integer(_) => Kind::Integer,
        Value::Number(_) => Kind::Number,
        Value::Text(_) => Kind::String,
        Value::Date(_) => Kind::Date,
        Value::DateTime(_) => Kind::DateTime,
        Value::Duration(_) => Kind::Duration,
        Value::List(items) => Kind::Array(Box::new(Shape::new(infer_items(items)))),
        Value::Record(_) => Kind::Any,
    }
}

/// What all items of a list are: integers among decimals are numbers, and a mixture is anything.
fn infer_items(items: &Arc<Vec<Value>>) -> Kind {
    let mut kinds = items.iter().map(infer);
    let Some(first) = kinds.next() else { return Kind::Any };
    kinds.fold(first, |all, kind| match (&all, &kind) {
        _ if all == kind => all,
        (Kind::Integer, Kind::Number) | (Kind::Number, Kind::Integer) => Kind::Number,
        _ => Kind::Any,
    })
}
