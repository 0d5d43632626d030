//! Small wrong versions of a script: what somebody could have meant to write, one slip each.

use crate::definition::model::Script;
use crate::rule::Rules;
use crate::rule::program::{Builtin, Each, Node, Op, Program};
use crate::rule::syntax::{Binary, Extent};
use crate::value::Value;

/// What kind of slip.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum EditKind {
    /// `<` for `<=` and the like: wrong only at the very value.
    Boundary,
    /// `<` for `>=`, `==` for `!=`.
    Comparison,
    /// `&&` for `||`.
    Connective,
    Negation,
    DroppedClause,
    DroppedItem,
    /// A number one unit larger or smaller.
    Threshold,
    /// `+` for `-`, `*` for `/`.
    Arithmetic,
    /// `min` for `max`, `all` for `some`.
    Function,
    DroppedAction,
    /// `true` for `false`.
    Boolean,
}

/// One slip in one script: a range of its text, and what stands there instead.
#[derive(Debug, Clone)]
pub(crate) struct Edit<'r> {
    pub script: &'r Script,
    pub slip: EditKind,
    /// What is replaced.
    pub at: Extent,
    pub with: String,
}

impl Rules {
    /// Every slip in every script, in no order that means anything.
    pub fn edits(&self) -> Vec<Edit<'_>> {
        let mut found = Vec::new();
        let functions = self.functions.iter().flatten();
        for program in self.answering().chain(functions) {
            Walk { program, found: &mut found }.rule(&program.root);
        }
        let actions = [&self.entries, &self.exits, &self.initials].into_iter();
        let actions = actions.flat_map(|programs| programs.values()).chain(self.actions.values());
        for program in actions {
            Walk { program, found: &mut found }.statement(&program.root);
        }
        found
    }
}

struct Walk<'r, 'f> {
    program: &'r Program,
    found: &'f mut Vec<Edit<'r>>,
}

impl Walk<'_, '_> {
    fn push(&mut self, slip: EditKind, at: Extent, with: impl Into<String>) {
        self.found.push(Edit { script: &self.program.script, slip, at, with: with.into() });
    }

    fn text(&self, at: Extent) -> &str {
        self.program.text(at)
    }

    /// A whole rule: a condition, or a value of any type.
    fn rule(&mut self, node: &Node) {
        match &node.op {
            Op::Block(nodes) => {
                let Some((last, first)) = nodes.split_last() else { return };
                for node in first {
                    self.statement(node);
                }
                self.rule(last);
            }
            op if is_condition(op) => self.condition(node),
            _ => self.expression(node),
        }
    }

    /// Something that is true or false where that decides.
    fn condition(&mut self, node: &Node) {
        match &node.op {
            Op::And(nodes) => self.connective(nodes, "&&", "||", "true"),
            Op::Or(nodes) => self.connective(nodes, "||", "&&", "false"),
            Op::Not(inner) => {
                let plain = format!("({})", self.text(inner.at));
                self.push(EditKind::Negation, node.at, plain);
                // What is inside is not negated again.
                match &inner.op {
                    Op::And(_) | Op::Or(_) => self.condition(inner),
                    _ => self.expression(inner),
                }
            }
            Op::Binary { op, op_at, .. } if opposite(*op).is_some() => {
                if let Some(other) = opposite(*op) {
                    self.push(EditKind::Comparison, *op_at, other);
                }
                self.expression(node);
            }
            Op::If { .. } | Op::Switch { .. } | Op::Block(_) => self.expression(node),
            Op::Constant(_) | Op::Nothing => {}
            _ => {
                let negated = format!("!({})", self.text(node.at));
                self.push(EditKind::Negation, node.at, negated);
                self.expression(node);
            }
        }
    }

    fn connective(&mut self, nodes: &[Node], own: &str, other: &str, neutral: &str) {
        for pair in nodes.windows(2) {
            let [left, right] = pair else { continue };
            if let Some(at) = self.between(left.at.end, right.at.start, own) {
                self.push(EditKind::Connective, at, other);
            }
        }
        for node in nodes {
            self.push(EditKind::DroppedClause, node.at, neutral);
            self.condition(node);
        }
    }

    /// Where a word stands between two places; not where there are comments.
    fn between(&self, from: u32, to: u32, word: &str) -> Option<Extent> {
        let gap = self.text(Extent { start: from, end: to });
        if gap.contains("//") || gap.contains("/*") {
            return None;
        }
        let start = from.checked_add(u32::try_from(gap.find(word)?).ok()?)?;
        Some(Extent { start, end: start.checked_add(u32::try_from(word.len()).ok()?)? })
    }

    /// A value.
    fn expression(&mut self, node: &Node) {
        match &node.op {
            Op::Constant(value) => self.constant(node, value),
            Op::And(_) | Op::Or(_) | Op::Not(_) => self.condition(node),
            Op::Binary { op, op_at, left, right } => {
                if let Some(other) = neighbour(*op) {
                    self.push(EditKind::Boundary, *op_at, other);
                }
                if let Some(other) = reverse(*op) {
                    self.push(EditKind::Arithmetic, *op_at, other);
                }
                self.expression(left);
                self.expression(right);
            }
            Op::In { item, list, .. } => {
                self.expression(item);
                if let Op::List(items) = &list.op {
                    self.items(items);
                } else {
                    self.expression(list);
                }
            }
            Op::Call(builtin, args) => {
                if let Some((own, other)) = twin(builtin) {
                    self.name(node, own, other);
                }
                for arg in args {
                    self.expression(arg);
                }
            }
            Op::Each { each, list, body, .. } => {
                match each {
                    Each::All => self.name(node, "all", "some"),
                    Each::Some => self.name(node, "some", "all"),
                    Each::MinBy => self.name(node, "min_by", "max_by"),
                    Each::MaxBy => self.name(node, "max_by", "min_by"),
                    Each::Filter | Each::Find | Each::Map | Each::SortBy => {}
                }
                self.expression(list);
                match each {
                    Each::Map | Each::MinBy | Each::MaxBy | Each::SortBy => self.expression(body),
                    _ => self.condition(body),
                }
            }
            Op::If { condition, then, otherwise } => {
                self.condition(condition);
                self.rule(then);
                if let Some(otherwise) = otherwise {
                    self.rule(otherwise);
                }
            }
            Op::Block(_) => self.rule(node),
            _ => {
                for child in node.children() {
                    self.expression(child);
                }
            }
        }
    }

    /// Items of a list that something is looked for in: each once replaced by the one before it.
    fn items(&mut self, items: &[Node]) {
        for (index, item) in items.iter().enumerate() {
            let other = if index == 0 { items.get(1) } else { items.get(index - 1) };
            if let Some(other) = other {
                let with = self.text(other.at).to_owned();
                self.push(EditKind::DroppedItem, item.at, with);
            }
        }
    }

    /// The name of a function within a call.
    fn name(&mut self, node: &Node, own: &str, other: &str) {
        let mut from = node.at.start;
        let mut children = node.children();
        children.sort_by_key(|child| child.at.start);
        for child in children {
            if let Some(at) = self.between(from, child.at.start, own) {
                self.push(EditKind::Function, at, other);
                return;
            }
            from = from.max(child.at.end);
        }
        if let Some(at) = self.between(from, node.at.end, own) {
            self.push(EditKind::Function, at, other);
        }
    }

    fn constant(&mut self, node: &Node, value: &Value) {
        let written = self.text(node.at);
        match value {
            Value::Boolean(value) if matches!(written, "true" | "false") => {
                self.push(EditKind::Boolean, node.at, if *value { "false" } else { "true" });
            }
            Value::Integer(value) if written.starts_with(|c: char| c.is_ascii_digit()) => {
                for other in [value.checked_add(1), value.checked_sub(1)].into_iter().flatten() {
                    if other >= 0 {
                        self.push(EditKind::Threshold, node.at, other.to_string());
                    }
                }
            }
            Value::Number(_) if written.starts_with(|c: char| c.is_ascii_digit()) => {
                for other in one_unit_off(written) {
                    self.push(EditKind::Threshold, node.at, other);
                }
            }
            _ => {}
        }
    }

    /// Something that is done.
    fn statement(&mut self, node: &Node) {
        match &node.op {
            Op::Block(nodes) => nodes.iter().for_each(|node| self.statement(node)),
            Op::If { condition, then, otherwise } => {
                self.condition(condition);
                self.statement(then);
                if let Some(otherwise) = otherwise {
                    self.statement(otherwise);
                }
            }
            Op::Switch { subject, arms } => {
                self.expression(subject);
                for arm in arms {
                    if let Some(condition) = &arm.condition {
                        self.condition(condition);
                    }
                    self.statement(&arm.body);
                }
            }
            Op::While { body, .. } | Op::Do { body, .. } => self.statement(body),
            Op::For { list, body, .. } => {
                self.expression(list);
                self.statement(body);
            }
            Op::Let { value, .. } => {
                if let Some(value) = value {
                    self.expression(value);
                }
            }
            Op::Assign { op, op_at, value, .. } => {
                self.drop_action(node);
                if let Some(other) = op.and_then(reverse) {
                    self.push(EditKind::Arithmetic, *op_at, format!("{other}="));
                }
                self.expression(value);
            }
            Op::Mutate { args, .. } => {
                self.drop_action(node);
                args.iter().for_each(|arg| self.expression(arg));
            }
            Op::Send { when, data, .. } => {
                self.drop_action(node);
                when.iter().chain(data).for_each(|part| self.expression(part));
            }
            Op::Raise { data, .. } | Op::Emit { data, .. } => {
                self.drop_action(node);
                data.iter().for_each(|data| self.expression(data));
            }
            Op::Forget(_) | Op::Cancel(_) => self.drop_action(node),
            _ => self.expression(node),
        }
    }

    fn drop_action(&mut self, node: &Node) {
        let text = self.text(node.at);
        let text = text.trim_end().trim_end_matches(';');
        // What it reads and declares stays known to the checker.
        self.push(EditKind::DroppedAction, node.at, format!("if false {{ {text} }}"));
    }
}

fn is_condition(op: &Op) -> bool {
    match op {
        Op::And(_) | Op::Or(_) | Op::Not(_) | Op::In { .. } | Op::Known(_) | Op::Active(_) => true,
        Op::Factor(_) => true,
        Op::Binary { op, .. } => opposite(*op).is_some(),
        Op::Each { each, .. } => matches!(each, Each::All | Each::Some),
        Op::Call(builtin, _) => {
            matches!(
                builtin,
                Builtin::Covers(_)
                    | Builtin::StartsWith
                    | Builtin::EndsWith
                    | Builtin::Matches(_)
                    | Builtin::IsEmpty
            )
        }
        _ => false,
    }
}

fn opposite(op: Binary) -> Option<&'static str> {
    Some(match op {
        Binary::Equal => "!=",
        Binary::NotEqual => "==",
        Binary::Less => ">=",
        Binary::LessOrEqual => ">",
        Binary::Greater => "<=",
        Binary::GreaterOrEqual => "<",
        _ => return None,
    })
}

fn neighbour(op: Binary) -> Option<&'static str> {
    Some(match op {
        Binary::Less => "<=",
        Binary::LessOrEqual => "<",
        Binary::Greater => ">=",
        Binary::GreaterOrEqual => ">",
        _ => return None,
    })
}

fn reverse(op: Binary) -> Option<&'static str> {
    Some(match op {
        Binary::Add => "-",
        Binary::Subtract => "+",
        Binary::Multiply => "/",
        Binary::Divide => "*",
        _ => return None,
    })
}

fn twin(builtin: &Builtin) -> Option<(&'static str, &'static str)> {
    Some(match builtin {
        Builtin::Min => ("min", "max"),
        Builtin::Max => ("max", "min"),
        Builtin::Floor => ("floor", "ceil"),
        Builtin::Ceil => ("ceil", "floor"),
        _ => return None,
    })
}

/// The two numbers beside a written one, a unit of its last digit away: 0.59 and 0.61 for 0.6 with two digits.
pub(crate) fn one_unit_off(written: &str) -> Vec<String> {
    let decimals = written.split_once('.').map_or(0, |(_, decimals)| decimals.len());
    let digits: String = written.chars().filter(char::is_ascii_digit).collect();
    if digits.len() + written.chars().filter(|c| *c == '.').count() != written.len() {
        return Vec::new();
    }
    let Ok(value) = digits.parse::<i128>() else { return Vec::new() };
    let place = |value: i128| {
        let text = format!("{value:0width$}", width = decimals + 1);
        let (whole, rest) = text.split_at(text.len() - decimals);
        if decimals == 0 { text.clone() } else { format!("{whole}.{rest}") }
    };
    [value.checked_add(1), value.checked_sub(1)]
        .into_iter()
        .flatten()
        .filter(|value| *value >= 0)
        .map(place)
        .collect()
}
