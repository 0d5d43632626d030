//! One clause with what it came to: what is so, and what must be.

use super::{Bond, Piece, is_title, within};
use crate::definition::shape::Shape;
use crate::language::{Language, amounts};
use crate::rule::program::{Node, Op};
use crate::rule::syntax::Binary as Operator;
use crate::rule::{Clause, Truth};
use crate::value::Value;
use crate::vocabulary::Each;

impl<'w> Piece<'_, 'w> {
    /// A clause with its verdict.
    pub(super) fn verdict(&mut self, node: &'w Node, clause: &Clause) -> String {
        let words = self.words();
        // `!x` that must hold is `x` that must not.
        let (mut node, mut wanted) = (node, !clause.negated);
        while let Op::Not(inner) = &node.op {
            (node, wanted) = (inner, !wanted);
        }
        let compared = match &node.op {
            Op::Binary { op, left, right, .. } => self.compared(*op, wanted, left, right, clause),
            Op::In { item, list, negated } => {
                Some(self.contained(item, list, wanted != *negated, clause))
            }
            Op::Known(inner) => Some({
                let what = self.say(inner, Bond::Loose);
                match (wanted, clause.verdict) {
                    (_, Truth::True) => self.say(node, Bond::Loose),
                    (true, _) => format!("{} {what}", words.unknown_is),
                    (false, _) => format!("{} {what}", words.must_be_unknown),
                }
            }),
            // The subject must be one of those that lead elsewhere.
            Op::Switch { subject, .. } if !clause.sides.is_empty() => {
                let others = clause.sides.get(1..).unwrap_or_default();
                let shape = self.shape(subject);
                let said = |value: &Option<Value>| self.value(shape, value.as_ref());
                let is = said(&clause.sides.first().cloned().flatten());
                let several = others.len() > 1;
                let others = self.speaker.listed(others.iter().map(said), others.len());
                let others = match several {
                    true => format!("{} {others}", words.one_of),
                    false => others,
                };
                let subject = self.say(subject, Bond::Loose);
                Some(match clause.verdict {
                    Truth::Unknown => format!("{} {subject}", words.unknown_is),
                    _ if others.is_empty() => format!("{subject} {} {is}", words.is),
                    _ => format!("{subject} {} {is}, {} {others}", words.is, words.must_be),
                })
            }
            _ => None,
        };
        if let Some(said) = compared {
            return said;
        }
        if let Op::Each { each, list, item, body } = &node.op
            && clause.items > 0
            && clause.verdict != Truth::True
        {
            return self.counted(*each, wanted, (list, *item, body), clause);
        }
        let what = self.say(node, Bond::Loose);
        let plain = matches!(
            node.op,
            Op::Fact(_)
                | Op::Parameter(_)
                | Op::Factor(_)
                | Op::Data(_)
                | Op::Active(_)
                | Op::Property(..)
        );
        let read = if plain { None } else { self.speaker.read(clause) };
        // What a function was asked stands in what it read.
        let what = match (&node.op, &read) {
            (Op::Function(number, _), Some(_)) => self.function(*number),
            _ => what,
        };
        let what = match read {
            Some(read) if clause.rows.is_empty() => format!("{what} ({read})"),
            _ => what,
        };
        match (clause.verdict, wanted) {
            (Truth::True, true) => what,
            (Truth::True, false) => self.not_so(node, &what),
            (Truth::Unknown, _) if plain => format!("{} {what}", words.unknown_is),
            (Truth::Unknown, _) => format!("{} {what}", words.undecided),
            (Truth::False, true) => format!("{} {what}", words.unmet),
            (Truth::False, false) => format!("{} {what}", words.forbidden),
        }
    }

    /// A line that begins with what is not so.
    fn not_so(&self, node: &Node, what: &str) -> String {
        let words = self.words();
        if is_title(node) && what.contains(' ') {
            return format!("{} {what}", words.not_so_alone);
        }
        format!("{} {what}", words.not)
    }

    /// A question about every item of a list: for how many it is not as it must be, and what that is.
    fn counted(
        &mut self,
        each: Each,
        wanted: bool,
        (list, item, body): (&'w Node, u32, &'w Node),
        clause: &Clause,
    ) -> String {
        let words = self.words();
        let of = within(&self.say(list, Bond::Sum));
        self.items.push((item, list));
        let body = self.say(body, Bond::Loose);
        self.items.pop();
        let number = |number: usize| amounts::number(&number.to_string(), self.speaker.language);
        let (failing, all) = (number(clause.failing), number(clause.items));
        let head = match (clause.verdict, each, wanted) {
            (Truth::Unknown, ..) => words.undecided_for,
            // One is enough, and there is none.
            (_, Each::Some, true) => {
                return format!("{} {all} {} {of}: {body}", words.none_of, words.among_all);
            }
            (_, Each::Some, false) => words.forbidden_for,
            _ => words.unmet_for,
        };
        format!("{head} {failing} {} {all} {} {of}: {body}", words.of, words.among_all)
    }

    /// A comparison: what the subject is, and what it must be.
    fn compared(
        &mut self,
        op: Operator,
        wanted: bool,
        left: &'w Node,
        right: &'w Node,
        clause: &Clause,
    ) -> Option<String> {
        let [a, b] = clause.sides.as_slice() else { return None };
        let (mut op, mut subject, mut limit) = (op, (left, a), (right, b));
        if !op.is_comparison() {
            return None;
        }
        if is_fixed(left) && !is_fixed(right) {
            op = turned(op);
            std::mem::swap(&mut subject, &mut limit);
        }
        if !wanted {
            op = opposite(op);
        }
        let words = self.words();
        let shape = self.shape(subject.0).or_else(|| self.shape(limit.0));
        // `flag == false` says the same as `!flag`.
        if let (Some(Value::Boolean(must)), Operator::Equal | Operator::NotEqual) = (limit.1, op)
            && is_fixed(limit.0)
        {
            let must = *must == (op == Operator::Equal);
            let what = self.say(subject.0, Bond::Loose);
            return Some(match (clause.verdict, must) {
                (Truth::True, true) => what,
                (Truth::True, false) => self.not_so(subject.0, &what),
                (Truth::Unknown, _) => format!("{} {what}", words.unknown_is),
                (Truth::False, true) => format!("{} {what}", words.unmet),
                (Truth::False, false) => format!("{} {what}", words.forbidden),
            });
        }
        let what = self.say(subject.0, Bond::Sum);
        let is_time = matches!(
            subject.1.as_ref().or(limit.1.as_ref()),
            Some(Value::Date(_) | Value::DateTime(_))
        );
        let Some(limit_value) = limit.1 else {
            // Nobody knows what it is held against.
            let against = self.say(limit.0, Bond::Loose);
            let is = match subject.1 {
                Some(value) => format!(" ({what} {} {})", words.is, self.value(shape, Some(value))),
                None => format!(", {what}"),
            };
            return Some(format!("{} {against}{is}", words.unknown_is));
        };
        let mut bound = self.value(shape, Some(limit_value));
        if !is_fixed(limit.0) {
            bound = format!("{} ({bound})", self.say(limit.0, Bond::Sum));
        }
        let must = match (op, is_time) {
            (Operator::GreaterOrEqual, false) => {
                format!("{} {bound} {}", words.at_least, words.required)
            }
            (Operator::Greater, false) => format!("{} {bound} {}", words.more_than, words.required),
            (Operator::LessOrEqual, false) => {
                format!("{} {bound} {}", words.at_most, words.allowed)
            }
            (Operator::Less, false) => format!("{} {bound} {}", words.less_than, words.required),
            (Operator::GreaterOrEqual, true) => match self.speaker.language {
                Language::Swedish => format!("{} {} {bound}", words.must_be, words.earliest),
                Language::English => format!("{} {bound} {}", words.must_be, words.earliest),
            },
            (Operator::LessOrEqual, true) => match self.speaker.language {
                Language::Swedish => format!("{} {} {bound}", words.must_be, words.latest),
                Language::English => format!("{} {bound} {}", words.must_be, words.latest),
            },
            (Operator::Greater, true) => format!("{} {} {bound}", words.must_be, words.after),
            (Operator::Less, true) => format!("{} {} {bound}", words.must_be, words.before),
            (Operator::NotEqual, _) => format!("{} {bound}", words.must_not_be),
            _ => format!("{} {bound}", words.must_be),
        };
        Some(match subject.1 {
            Some(value) => {
                let value = self.value(shape, Some(value));
                format!("{what} {} {value}, {must}", words.is)
            }
            None => format!("{} {what}, {must}", words.unknown_is),
        })
    }

    /// Whether something is one of a list's items.
    fn contained(
        &mut self,
        item: &'w Node,
        list: &'w Node,
        wanted: bool,
        clause: &Clause,
    ) -> String {
        let words = self.words();
        let [is, all] = clause.sides.as_slice() else {
            return format!("{} {}", words.unmet, self.say(item, Bond::Loose));
        };
        let what = self.say(item, Bond::Sum);
        let shape = self.shape(item).or_else(|| self.shape(list).and_then(Shape::items));
        let said = match is {
            Some(value) => self.value(shape, Some(value)),
            None => words.unknown.to_owned(),
        };
        // A list that is written out: what it must be one of.
        if is_fixed(list) {
            let items = match all {
                Some(Value::List(items)) => {
                    let items = items.iter().map(|item| self.value(shape, Some(item)));
                    self.speaker
                        .listed(items, all.as_ref().and_then(Value::as_list).map_or(0, <[_]>::len))
                }
                Some(other) => self.value(None, Some(other)),
                None => self.say(list, Bond::Loose),
            };
            let must = if wanted { words.must_be } else { words.must_not_be };
            let is_one = all.as_ref().and_then(Value::as_list).is_some_and(|all| all.len() == 1);
            let items = if is_one { items } else { format!("{} {items}", words.one_of) };
            return match is {
                Some(_) => format!("{what} {} {said}, {must} {items}", words.is),
                None => format!("{} {what}, {must} {items}", words.unknown_is),
            };
        }
        let among = within(&self.say(list, Bond::Sum));
        let what = if is_fixed(item) { said } else { format!("{what} ({said})") };
        match (clause.verdict, wanted) {
            (Truth::Unknown, _) if all.is_none() => format!("{} {among}", words.unknown_is),
            (Truth::Unknown, _) => format!("{} {what}", words.unknown_is),
            (Truth::False, true) => format!("{what} {} {among}", words.not_among),
            (Truth::False, false) => format!("{what} {} {among}", words.must_not_be_among),
            (Truth::True, true) => format!("{what} {} {among}", words.among),
            (Truth::True, false) => format!("{what} {} {among}", words.not_among),
        }
    }
}

/// Whether an expression is the same in every case.
fn is_fixed(node: &Node) -> bool {
    match &node.op {
        Op::Constant(_) | Op::Parameter(_) => true,
        Op::Call(..) | Op::Minus(_) | Op::Binary { .. } | Op::List(_) => {
            node.children().into_iter().all(is_fixed)
        }
        _ => false,
    }
}

/// With its sides exchanged.
fn turned(op: Operator) -> Operator {
    match op {
        Operator::Less => Operator::Greater,
        Operator::LessOrEqual => Operator::GreaterOrEqual,
        Operator::Greater => Operator::Less,
        Operator::GreaterOrEqual => Operator::LessOrEqual,
        other => other,
    }
}

/// What holds where this does not.
pub(super) fn opposite(op: Operator) -> Operator {
    match op {
        Operator::Equal => Operator::NotEqual,
        Operator::NotEqual => Operator::Equal,
        Operator::Less => Operator::GreaterOrEqual,
        Operator::LessOrEqual => Operator::Greater,
        Operator::Greater => Operator::LessOrEqual,
        Operator::GreaterOrEqual => Operator::Less,
        other => other,
    }
}
