//! Operators and what they ask of the types on both sides.

use super::super::hints::{self, A_DATE};
use super::super::program::{Builtin, Node, Op};
use super::super::syntax::{Binary, Extent, Form, Tree};
use super::super::types::{Flavour, Type};
use super::Checker;
use super::persons::{as_persons, is_person};
use crate::diagnostic::{Diagnostic, nearest};
use crate::value::Value;

impl Checker<'_, '_> {
    pub(super) fn minus(&mut self, at: Extent, inner: &Tree) -> (Node, Type) {
        let (node, kind) = self.boxed(inner);
        if !kind.is_open() && !kind.is_number() && !matches!(kind, Type::Duration(_)) {
            let problem = self.error(
                "wrong-type",
                node.at,
                format!("`-` needs a number, this is {}", kind.name()),
            );
            self.report.push(problem);
            return Self::broken(at);
        }
        (Node::new(at, Op::Minus(node)), kind)
    }

    pub(super) fn binary(
        &mut self,
        at: Extent,
        op: Binary,
        op_at: Extent,
        left: &Tree,
        right: &Tree,
    ) -> (Node, Type) {
        // A chain such as `a + b + c` leans to the left: it is gone down and up again without recursion.
        let mut waiting = Vec::new();
        let mut link = (at, op, op_at, left, right);
        let mut found = loop {
            let (at, op, op_at, left, right) = link;
            if self.is_no_operator(at, op, op_at, left) {
                break Self::broken(at);
            }
            if let Some(counted) = self.counted_in_workdays(at, op, left, right) {
                break counted;
            }
            waiting.push((at, op, op_at, right));
            match &left.form {
                Form::Binary { op, op_at, left: inner, right } => {
                    link = (left.at, *op, *op_at, inner, right);
                }
                _ => break self.value(left),
            }
        };
        while let Some((at, op, op_at, right)) = waiting.pop() {
            let (node, kind) = found;
            let right = self.boxed(right);
            found = self.operator(at, op, op_at, (Box::new(node), kind), right);
        }
        found
    }

    pub(super) fn is_no_operator(
        &mut self,
        at: Extent,
        op: Binary,
        op_at: Extent,
        left: &Tree,
    ) -> bool {
        if let Binary::Refused(symbol) = op {
            let problem =
                self.error("not-allowed", op_at, format!("there is no operator `{symbol}`"));
            let problem = match symbol {
                "&" => problem.hint("write `&&`"),
                "|" => problem.hint("write `||`"),
                "^" => problem.hint("write `x * x` for a power, `a != b` for one of two"),
                _ => problem,
            };
            self.report.push(problem);
            return true;
        }
        if op.is_comparison()
            && let Form::Binary { op: inner, right: middle, .. } = &left.form
            && inner.is_comparison()
            && !self.text(left.at).starts_with('(')
        {
            let middle = self.text(middle.at);
            let problem = self.error("chained-comparison", at, "comparisons do not chain").hint(
                format!("write `… {} {middle} && {middle} {} …`", inner.symbol(), op.symbol()),
            );
            self.report.push(problem);
            return true;
        }
        false
    }

    pub(super) fn operator(
        &mut self,
        at: Extent,
        op: Binary,
        op_at: Extent,
        (left, a): (Box<Node>, Type),
        (right, b): (Box<Node>, Type),
    ) -> (Node, Type) {
        let kind = if op.is_comparison() {
            self.comparison(at, op, (&left, &a), (&right, &b));
            Some(Type::Boolean)
        } else {
            self.arithmetic(op, op_at, (&left, &a), (&right, &b))
        };
        let (left, right) = match op.is_comparison() {
            true => as_persons((left, &a), (right, &b)),
            false => (left, right),
        };
        match kind {
            Some(kind) => (Node::new(at, Op::Binary { op, op_at, left, right }), kind),
            None => Self::broken(at),
        }
    }

    pub(super) fn comparison(
        &mut self,
        at: Extent,
        op: Binary,
        left: (&Node, &Type),
        right: (&Node, &Type),
    ) {
        let ((left, a), (right, b)) = (left, right);
        if !a.comparable(b) {
            if let Some(problem) = self.flavours(at, [left, right], [a, b]) {
                self.report.push(problem);
                return;
            }
            let message = format!("{} and {} cannot be compared", a.name(), b.name());
            let date = |node| self.date_meant(node).unwrap_or_else(|| A_DATE.to_owned());
            // Where a date is meant, it is what is written anew.
            let place = match (a, b) {
                (Type::Date, _) if self.date_meant(right).is_some() => right.at,
                (_, Type::Date) if self.date_meant(left).is_some() => left.at,
                _ => at,
            };
            let problem = self.error("mixed-types", place, message);
            let problem = match (a, b) {
                (Type::Date, kind) if kind.is_number() || kind.is_text() => {
                    problem.hint(format!("write {}", date(right)))
                }
                (kind, Type::Date) if kind.is_number() || kind.is_text() => {
                    problem.hint(format!("write {}", date(left)))
                }
                (Type::DateTime, kind) if kind.is_number() || kind.is_text() => {
                    let (time, date) = (self.text(left.at), date(right));
                    problem.hint(format!("compare days: {time}.date {} {date}", op.symbol()))
                }
                (kind, Type::DateTime) if kind.is_number() || kind.is_text() => {
                    let (time, date) = (self.text(right.at), date(left));
                    problem.hint(format!("compare days: {date} {} {time}.date", op.symbol()))
                }
                (Type::DateTime, Type::Date) => {
                    problem.hint(format!("compare days: `{}.date`", self.text(left.at)))
                }
                (Type::Date, Type::DateTime) => {
                    problem.hint(format!("compare days: `{}.date`", self.text(right.at)))
                }
                (Type::Duration(_), kind) | (kind, Type::Duration(_)) if kind.is_number() => {
                    problem.hint(
                        "write the number with its unit, such as `days(14)`, or compare `….days`",
                    )
                }
                (kind, Type::Text) | (Type::Text, kind) if kind.is_number() => {
                    problem.hint("write the number without quotes")
                }
                _ => problem,
            };
            self.report.push(problem);
            return;
        }
        if op.is_order() && !(a.ordered() && b.ordered()) {
            let kind = if a.ordered() { b } else { a };
            let problem = self
                .error(
                    "wrong-type",
                    at,
                    format!("`{}` needs an order, and {} has none", op.symbol(), kind.name()),
                )
                .hint("numbers, dates, date-times and durations have an order");
            self.report.push(problem);
            return;
        }
        self.enums(at, (left, a), (right, b));
        self.never_sent((left, a), right);
        self.never_sent((right, b), left);
        self.bounds(at, op, left, right);
        self.lengths(at, op, left, right);
    }

    /// What is wrong with durations that meet: that they are not counted in the same, or that nobody has said what they are
    /// counted in. `None` where one of them is no duration, or they go together.
    pub(super) fn flavours<'a>(
        &self,
        at: Extent,
        nodes: impl IntoIterator<Item = &'a Node>,
        [a, b]: [&Type; 2],
    ) -> Option<Diagnostic> {
        let (Type::Duration(a), Type::Duration(b)) = (a, b) else { return None };
        if a.compares(*b) {
            return None;
        }
        if let Some((node, _)) =
            nodes.into_iter().zip([a, b]).find(|(_, flavour)| **flavour == Flavour::Either)
        {
            let message = format!("nobody has said what `{}` is counted in", self.text(node.at));
            let hint = "give its declaration a `default`, `minimum` or `maximum`, such as `\"minimum\": \"P0D\"` for days, \
                        `P0M` for months, `PT0S` for hours";
            return Some(self.error("unclear-duration", at, message).hint(hint));
        }
        let name = |flavour: &Flavour| Type::Duration(*flavour).name();
        let message = match (a, b) {
            (Flavour::Calendar, _) | (_, Flavour::Calendar) => {
                "durations of months and days cannot be compared".to_owned()
            }
            _ => format!("{} and {} cannot be compared", name(a), name(b)),
        };
        let hint = if a.is_civil() && b.is_civil() {
            "no number of days is a month: count both in days, or both in months"
        } else {
            "calendar days and exact hours have no order: use one kind"
        };
        Some(self.error("mixed-types", at, message).hint(hint))
    }

    /// What a date is written as that stands in a script without its function.
    fn date_meant(&self, node: &Node) -> Option<String> {
        match &node.op {
            Op::Constant(Value::Text(text)) => hints::date(text),
            _ => hints::date(self.text(node.at)),
        }
    }

    /// Texts compared with an `enum` must be among its values, and two enums must share some.
    pub(super) fn enums(&mut self, at: Extent, left: (&Node, &Type), right: (&Node, &Type)) {
        match (left.1, right.1) {
            (Type::Enum(a), Type::Enum(b)) if a.keys().any(|value| b.contains_key(value)) => {}
            (Type::Enum(_), Type::Enum(_)) => {
                let message =
                    "these two lists of texts have no text in common: this can never be equal";
                let problem = self.error("impossible", at, message);
                self.report.push(problem);
            }
            (Type::Enum(_), _) => self.literals(right.0, left.1),
            (_, Type::Enum(_)) => self.literals(left.0, right.1),
            (Type::List(a), Type::List(b)) => match (&**a, &**b) {
                (Type::Enum(_), _) => self.literals(right.0, left.1),
                (_, Type::Enum(_)) => self.literals(left.0, right.1),
                _ => {}
            },
            _ => {}
        }
    }

    pub(super) fn contains(
        &mut self,
        at: Extent,
        item: &Tree,
        list: &Tree,
        negated: bool,
    ) -> (Node, Type) {
        let (item, found) = self.boxed(item);
        let (list, kind) = self.boxed(list);
        let list = self.senders_of(list);
        match &kind {
            Type::List(items) => {
                if let Op::List(options) = &list.op {
                    options.iter().for_each(|option| self.excluded(&item, option));
                    options.iter().for_each(|option| self.never_sent((&item, &found), option));
                }
                self.never_sent((&list, &kind), &item);
                self.excluded_item(&list, &item);
                if !found.comparable(items) {
                    let message =
                        format!("a list of {} never contains {}", items.plural(), found.name());
                    let problem = self.flavours(at, [&*item, &*list], [&found, items]);
                    let problem = problem.unwrap_or_else(|| self.error("mixed-types", at, message));
                    self.report.push(problem);
                } else if let (Type::Enum(_), Op::List(options)) = (&found, &list.op) {
                    for option in options {
                        self.literals(option, &found);
                    }
                } else if let Type::Enum(_) = **items {
                    self.enums(at, (&item, &found), (&list, items));
                }
            }
            kind if kind.is_text() => self.wants(&item, &found, &Type::Text, "a part of a text"),
            Type::Record(record) => {
                self.wants(&item, &found, &Type::Text, "the name of an entry");
                if let Op::Constant(Value::Text(name)) = &item.op {
                    self.entry(record, name, item.at);
                }
            }
            kind if kind.is_open() => {}
            kind => {
                let problem =
                    self.error("wrong-type", list.at, format!("{} contains nothing", kind.name()));
                self.report.push(problem);
            }
        }
        let (item, list) = match &kind {
            kind if kind.is_text() => (item, list),
            // Ids may be the names of entries.
            Type::Record(_) if is_person(&item, &found) => {
                self.is_named_by_ids(&list);
                let names = Node::new(list.at, Op::Call(Builtin::Keys, vec![*list]));
                as_persons((item, &found), (Box::new(names), &Type::list([Type::Text])))
            }
            _ => as_persons((item, &found), (list, &kind)),
        };
        (Node::new(at, Op::In { item, list, negated }), Type::Boolean)
    }

    pub(super) fn call_contains(&mut self, at: Extent, list: &Tree, item: &Tree) -> (Node, Type) {
        self.contains(at, item, list, false)
    }

    pub(super) fn arithmetic_of(
        &mut self,
        op: Binary,
        at: Extent,
        left: (&Node, &Type),
        right: (&Node, &Type),
    ) -> Option<Type> {
        self.arithmetic(op, at, left, right)
    }

    /// The type of `left op right`, or a problem.
    pub(super) fn arithmetic(
        &mut self,
        op: Binary,
        at: Extent,
        left: (&Node, &Type),
        right: (&Node, &Type),
    ) -> Option<Type> {
        use Type::{Any, Date, DateTime, Duration, Integer, List, Number, Text};
        let ((_, a), (_, b)) = (left, right);
        if a.is_open() || b.is_open() {
            return Some(Any);
        }
        let both_integer = *a == Integer && *b == Integer;
        let kind = match (op, a, b) {
            (Binary::Divide, a, b) if a.is_number() && b.is_number() => {
                if let Op::Constant(Value::Integer(0)) = right.0.op {
                    let problem = self.error("division-by-zero", right.0.at, "division by zero");
                    self.report.push(problem);
                }
                Some(Number)
            }
            (_, a, b) if a.is_number() && b.is_number() => {
                Some(if both_integer { Integer } else { Number })
            }
            (Binary::Add, a, b) if a.is_text() && b.is_text() => Some(Text),
            (Binary::Add, List(a), List(b)) => {
                Some(List(Box::new((**a).clone().join((**b).clone()))))
            }
            (Binary::Add | Binary::Subtract, Date, Duration(flavour)) if flavour.is_civil() => {
                Some(Date)
            }
            (Binary::Add, Duration(flavour), Date) if flavour.is_civil() => Some(Date),
            (Binary::Add | Binary::Subtract, DateTime, Duration(_))
            | (Binary::Add, Duration(_), DateTime) => Some(DateTime),
            (Binary::Subtract, Date, Date) => Some(Duration(Flavour::Days)),
            (Binary::Subtract, DateTime, DateTime) => Some(Duration(Flavour::Exact)),
            (Binary::Add | Binary::Subtract, Duration(a), Duration(b))
                if a.is_civil() && b.is_civil() || a.compares(*b) =>
            {
                Some(Duration(a.join(*b)))
            }
            (Binary::Multiply, Duration(flavour), Integer)
            | (Binary::Multiply, Integer, Duration(flavour)) => Some(Duration(*flavour)),
            _ => None,
        };
        let length = |kind: &Type| match kind {
            Date => Some(Duration(Flavour::Days)),
            kind => matches!(kind, Duration(_)).then(|| kind.clone()),
        };
        // An hour more is no day more: what a duration is counted in must be known.
        if kind.is_none()
            && matches!(op, Binary::Add | Binary::Subtract)
            && [a, b].contains(&&Duration(Flavour::Either))
            && let (Some(a), Some(b)) = (length(a), length(b))
        {
            let problem = self.flavours(at, [left.0, right.0], [&a, &b]);
            problem.into_iter().for_each(|problem| self.report.push(problem));
        } else if kind.is_none() {
            let message = match op {
                Binary::Add => format!("{} and {} cannot be added", a.name(), b.name()),
                _ => {
                    format!("`{}` does not work between {} and {}", op.symbol(), a.name(), b.name())
                }
            };
            let problem = self.error("mixed-types", at, message);
            let problem = match (a, b) {
                (Date | DateTime, kind) if kind.is_number() => problem.hint("write the number with its unit, such as `days(14)`"),
                (Date, Duration(_)) => problem.hint("hours count from a date-time"),
                (Duration(_), Duration(_)) => problem.hint("calendar days and exact hours do not mix"),
                (Duration(_), kind) | (kind, Duration(_)) if kind.is_number() => {
                    problem.hint("write the number with its unit, such as `days(14)`; whole numbers multiply a duration")
                }
                (Date, DateTime) | (DateTime, Date) => problem.hint("take the day of the date-time with `.date`"),
                _ => problem,
            };
            self.report.push(problem);
        }
        kind
    }

    /// A value that must be of a kind.
    pub(super) fn wants(&mut self, node: &Node, found: &Type, wanted: &Type, what: &str) {
        if !found.fits(wanted) {
            let message = format!("{what} must be {}, this is {}", wanted.name(), found.name());
            self.misfit(node, found, wanted, message);
        }
    }

    fn misfit(&mut self, node: &Node, found: &Type, wanted: &Type, message: String) {
        let problem = self.error("wrong-type", node.at, message);
        let date = if *wanted == Type::Date { self.date_meant(node) } else { None };
        let problem = match (found, wanted, date) {
            (.., Some(date)) => problem.hint(format!("write {date}")),
            (Type::Number, Type::Integer, None) => {
                problem.hint("`round(x)`, `floor(x)`, `ceil(x)` and `div(a, b)` give whole numbers")
            }
            (Type::DateTime, Type::Date, None) => {
                problem.hint("take the day of the date-time with `.date`")
            }
            _ => problem,
        };
        self.report.push(problem);
    }

    /// A value that is put where a type is declared.
    pub(super) fn fit(&mut self, node: &Node, found: &Type, wanted: &Type) {
        if found.fits(wanted) {
            self.literals(node, wanted);
        } else {
            let message = format!("this must be {}, and is {}", wanted.name(), found.name());
            self.misfit(node, found, wanted, message);
        }
    }

    /// Texts written in the script that meet an `enum` must be among its values.
    pub(super) fn literals(&mut self, node: &Node, wanted: &Type) {
        match (&node.op, wanted) {
            (Op::Constant(Value::Text(text)), Type::Enum(values))
                if !values.contains_key(&**text) =>
            {
                let problem = self.error(
                    "unknown-value",
                    node.at,
                    format!("`{text}` is not one of the values declared"),
                );
                let problem = match nearest(text, values.keys().map(String::as_str)) {
                    Some(near) => problem.hint(format!("did you mean `{near}`?")),
                    None => {
                        let some: Vec<String> =
                            values.keys().take(8).map(|value| format!("`{value}`")).collect();
                        problem.hint(format!("declared are {}", some.join(", ")))
                    }
                };
                self.report.push(problem);
            }
            (Op::List(items), Type::List(item)) => {
                items.iter().for_each(|node| self.literals(node, item))
            }
            (Op::Record(entries), Type::Record(record)) => {
                for (name, node) in entries {
                    if let Some(kind) = record.properties.get(name).or(record.additional.as_ref()) {
                        self.literals(node, kind);
                    } else {
                        self.entry(record, name, node.at);
                    }
                }
            }
            (Op::Binary { op: Binary::Add, left, right, .. }, Type::List(_)) => {
                self.literals(left, wanted);
                self.literals(right, wanted);
            }
            (Op::Block(statements), _) => {
                if let Some(last) = statements.last() {
                    self.literals(last, wanted);
                }
            }
            (Op::If { then, otherwise, .. }, _) => {
                self.literals(then, wanted);
                if let Some(otherwise) = otherwise {
                    self.literals(otherwise, wanted);
                }
            }
            (Op::Switch { arms, .. }, _) => {
                arms.iter().for_each(|arm| self.literals(&arm.body, wanted))
            }
            (Op::Coalesce(options), _) => {
                options.iter().for_each(|node| self.literals(node, wanted))
            }
            _ => {}
        }
    }
}
