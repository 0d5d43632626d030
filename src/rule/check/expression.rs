//! Expressions: names, operators, conditions and literals.

use std::sync::Arc;

use super::super::program::{Arm, Node, Op};
use super::super::syntax::{self, Binary, Extent, Form, Tree};
use super::super::types::{Flavour, Record, Type};
use super::Checker;
use super::names::Named;
use crate::definition::model::FactorRule;
use crate::diagnostic::nearest;
use crate::table::FactId;
use crate::value::Value;

impl Checker<'_, '_> {
    /// An expression whose value is used.
    pub(super) fn value(&mut self, tree: &Tree) -> (Node, Type) {
        let found = self.expression(tree);
        if matches!(found.1, Type::Nothing | Type::Event | Type::EventData) {
            self.no_value(tree, &found.1)
        } else {
            found
        }
    }

    fn no_value(&mut self, tree: &Tree, kind: &Type) -> (Node, Type) {
        let problem = if *kind == Type::Nothing {
            let problem = self.error("no-value", tree.at, "this gives no value");
            match &tree.form {
                Form::If { .. } => {
                    problem.hint("give every `if` an `else`, and end each with a value")
                }
                Form::Block(_) => problem.hint("end with the value, without a `;`"),
                _ => problem,
            }
        } else {
            self.error("wrong-type", tree.at, format!("`{}` is not a value", self.text(tree.at)))
                .hint("use `event.name`, `event.actor`, `event.at`, `event.date` or `event.data.NAME`")
        };
        self.report.push(problem);
        Self::broken(tree.at)
    }

    pub(super) fn boxed(&mut self, tree: &Tree) -> (Box<Node>, Type) {
        let (node, kind) = self.value(tree);
        (Box::new(node), kind)
    }

    /// Only sends on: this and what it calls recurse, and big frames would use up the stack.
    pub(super) fn expression(&mut self, tree: &Tree) -> (Node, Type) {
        match &tree.form {
            Form::Boolean(_)
            | Form::Integer(_)
            | Form::Number(_)
            | Form::Text(_)
            | Form::Nothing => literal(tree),
            Form::Name(name) => self.name(name, tree.at),
            Form::List(items) => self.list(tree.at, items),
            Form::Record(entries) => self.record(tree.at, entries),
            Form::Property(base, name) => self.property(tree.at, base, name),
            Form::Item(base, item) => self.item(tree.at, base, item),
            Form::Call { name, args, method } => self.call(tree.at, name, args, *method),
            Form::Not(inner) => self.not(tree.at, inner),
            Form::Minus(inner) => self.minus(tree.at, inner),
            Form::Binary { op, op_at, left, right } => {
                self.binary(tree.at, *op, *op_at, left, right)
            }
            Form::And(clauses) | Form::Or(clauses) => self.logic(tree, clauses),
            Form::Coalesce(options) => self.coalesce(tree.at, options),
            Form::In { item, list, negated } => self.contains(tree.at, item, list, *negated),
            Form::Range { from, to, inclusive } => self.range_of(tree.at, from, to, *inclusive),
            Form::Closure { .. } => self.lonely_closure(tree.at),
            Form::Block(_) | Form::If { .. } | Form::Switch { .. } => self.result(tree),
            Form::Return(_) | Form::Break(_) | Form::Continue => self.statement(tree, false),
            Form::Let { .. }
            | Form::While { .. }
            | Form::Do { .. }
            | Form::For { .. }
            | Form::Assign { .. } => self.statement(tree, false),
        }
    }

    fn list(&mut self, at: Extent, items: &[Tree]) -> (Node, Type) {
        let (nodes, kinds): (Vec<Node>, Vec<Type>) =
            items.iter().map(|item| self.value(item)).unzip();
        (Node::new(at, Op::List(nodes)), Type::list(kinds))
    }

    fn record(&mut self, at: Extent, entries: &[(syntax::Name, Tree)]) -> (Node, Type) {
        let mut nodes = Vec::new();
        let mut properties = std::collections::BTreeMap::new();
        for (name, value) in entries {
            let (node, kind) = self.value(value);
            nodes.push((name.text.clone(), node));
            properties.insert(name.text.clone(), kind);
        }
        let kind = Type::Record(Arc::new(Record { properties, additional: None }));
        (Node::new(at, Op::Record(nodes)), kind)
    }

    fn not(&mut self, at: Extent, inner: &Tree) -> (Node, Type) {
        let (node, kind) = self.boxed(inner);
        self.wants_boolean(&node, &kind, "what follows `!`");
        (Node::new(at, Op::Not(node)), Type::Boolean)
    }

    fn logic(&mut self, tree: &Tree, clauses: &[Tree]) -> (Node, Type) {
        let op = if let Form::And(_) = tree.form {
            let before = self.assured.clone();
            let nodes = self.clauses(clauses, "&&", true);
            self.assured = before;
            Op::And(nodes)
        } else {
            Op::Or(self.clauses(clauses, "||", false))
        };
        (Node::new(tree.at, op), Type::Boolean)
    }

    fn coalesce(&mut self, at: Extent, options: &[Tree]) -> (Node, Type) {
        let mut nodes = Vec::new();
        let mut kind = Type::Never;
        for (index, option) in options.iter().enumerate() {
            let soft = u32::from(index + 1 < options.len());
            self.lenient += soft;
            let (node, found) = self.value(option);
            self.lenient -= soft;
            if !kind.is_open() && !found.comparable(&kind) {
                let message = format!("`??` stands in {} for {}", found.name(), kind.name());
                let problem = self.error("mixed-types", node.at, message);
                self.report.push(problem);
            }
            if let Type::Enum(_) = kind {
                self.literals(&node, &kind);
            }
            kind = kind.join(found);
            nodes.push(node);
        }
        (Node::new(at, Op::Coalesce(nodes)), kind)
    }

    fn range_of(&mut self, at: Extent, from: &Tree, to: &Tree, inclusive: bool) -> (Node, Type) {
        let (from, a) = self.boxed(from);
        let (to, b) = self.boxed(to);
        self.wants(&from, &a, &Type::Integer, "a range");
        self.wants(&to, &b, &Type::Integer, "a range");
        (Node::new(at, Op::Range { from, to, inclusive }), Type::List(Box::new(Type::Integer)))
    }

    fn lonely_closure(&mut self, at: Extent) -> (Node, Type) {
        let problem = self
            .error("not-allowed", at, "a closure is only allowed as an argument")
            .hint("of `filter`, `find`, `map`, `all` and `some`, such as `list.all(|x| x > 0)`");
        self.report.push(problem);
        Self::broken(at)
    }

    fn clauses(&mut self, clauses: &[Tree], operator: &str, chain: bool) -> Vec<Node> {
        let mut nodes = Vec::new();
        for clause in clauses {
            let before = self.assured.clone();
            let (node, kind) = self.value(clause);
            self.wants_boolean(&node, &kind, &format!("both sides of `{operator}`"));
            self.assured = before;
            if chain {
                self.assured.extend(super::assured(&node, self.names));
            }
            nodes.push(node);
        }
        nodes
    }

    fn name(&mut self, name: &Arc<str>, at: Extent) -> (Node, Type) {
        if let Some(local) = self.local(name) {
            return (Node::new(at, Op::Local(local.slot)), local.kind.clone());
        }
        match &**name {
            "now" | "today" => {
                if self.outside_function(name, at) {
                    self.reads.now = true;
                    return if &**name == "now" {
                        (Node::new(at, Op::Now), Type::DateTime)
                    } else {
                        (Node::new(at, Op::Today), Type::Date)
                    };
                }
                return Self::broken(at);
            }
            "event" => {
                return if self.outside_function(name, at) {
                    (Node::new(at, Op::Nothing), Type::Event)
                } else {
                    Self::broken(at)
                };
            }
            _ => {}
        }
        match self.names.named(name) {
            Some(Named::Parameter(id)) => {
                self.reads.parameters.insert(id);
                let kind = Type::of(&self.names.def.parameters[id].shape);
                (Node::new(at, Op::Parameter(id)), kind)
            }
            Some(Named::Fact(id)) => {
                if !self.outside_function(name, at) {
                    return Self::broken(at);
                }
                self.reads_fact(id, at);
                (Node::new(at, Op::Fact(id)), Type::of(&self.names.def.facts[id].shape))
            }
            Some(Named::Factor(id)) => {
                if !self.outside_function(name, at) {
                    return Self::broken(at);
                }
                self.reads.factors.insert(id);
                let kind = match self.names.def.factors[id].rule {
                    FactorRule::Score(_) => Type::Number,
                    FactorRule::Guard(_) | FactorRule::Of { .. } => Type::Boolean,
                };
                (Node::new(at, Op::Factor(id)), kind)
            }
            None => {
                if self.names.callable().any(|known| known == &**name) {
                    let problem = self
                        .error("unknown-name", at, format!("`{name}` is a function"))
                        .hint(format!("call it: `{name}(…)`"));
                    self.report.push(problem);
                } else {
                    self.unknown_name(name, at);
                }
                Self::broken(at)
            }
        }
    }

    /// Functions see their arguments and parameters, nothing else.
    pub(super) fn outside_function(&mut self, name: &str, at: Extent) -> bool {
        if self.in_function() {
            let problem = self
                .error("not-allowed", at, format!("a function cannot read `{name}`"))
                .hint("a function sees its arguments and the parameters: pass it as an argument");
            self.report.push(problem);
            return false;
        }
        true
    }

    fn reads_fact(&mut self, id: FactId, at: Extent) {
        self.reads.facts.insert(id);
        let fact = &self.names.def.facts[id];
        let open = fact.default.is_none() && fact.value.is_none();
        if self.in_actions() && self.lenient == 0 && open && self.assured.insert(id) {
            let name = &fact.name.value;
            let problem = self
                .warning(
                    "maybe-unknown",
                    at,
                    format!("`{name}` may be unknown here, and then the step fails"),
                )
                .hint(format!(
                    "give it a default, write `{name} ?? …`, or ask `known(\"{name}\")` first"
                ));
            self.report.push(problem);
        }
    }

    /// The same as reading the name in an expression.
    pub(super) fn name_read(&mut self, name: &Arc<str>, at: Extent) {
        self.name(name, at);
    }

    fn minus(&mut self, at: Extent, inner: &Tree) -> (Node, Type) {
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

    fn item(&mut self, at: Extent, base: &Tree, item: &Tree) -> (Node, Type) {
        let (list, kind) = self.boxed(base);
        let (item, index) = self.boxed(item);
        let found = match kind {
            Type::List(items) => {
                self.wants(&item, &index, &Type::Integer, "the number of an item");
                if let Op::Constant(Value::Integer(number)) = item.op
                    && number < 0
                {
                    let problem = self
                        .error("out-of-bounds", item.at, "items of a list are numbered from 0")
                        .hint("the last item is `list[list.len() - 1]`");
                    self.report.push(problem);
                }
                *items
            }
            Type::Record(record) => {
                self.wants(&item, &index, &Type::Text, "the name of an entry");
                match &item.op {
                    Op::Constant(Value::Text(name)) => self.entry(&record, name, item.at),
                    _ => record.additional.clone().unwrap_or(Type::Any),
                }
            }
            kind if kind.is_open() => Type::Any,
            kind => {
                let problem = self.error(
                    "wrong-type",
                    list.at,
                    format!("only lists and records have items, this is {}", kind.name()),
                );
                self.report.push(problem);
                return Self::broken(at);
            }
        };
        (Node::new(at, Op::Item(list, item)), found)
    }

    /// The type of a record's property, which must be declared.
    pub(super) fn entry(&mut self, record: &Record, name: &str, at: Extent) -> Type {
        if let Some(kind) = record.properties.get(name).or(record.additional.as_ref()) {
            return kind.clone();
        }
        let problem =
            self.error("unknown-name", at, format!("the record has no property `{name}`"));
        let problem = match nearest(name, record.properties.keys().map(|name| &**name)) {
            Some(near) => problem.hint(format!("did you mean `{near}`?")),
            None => problem,
        };
        self.report.push(problem);
        Type::Any
    }

    fn binary(
        &mut self,
        at: Extent,
        op: Binary,
        op_at: Extent,
        left: &Tree,
        right: &Tree,
    ) -> (Node, Type) {
        if self.is_no_operator(at, op, op_at, left) {
            return Self::broken(at);
        }
        let (left, right) = (self.boxed(left), self.boxed(right));
        self.operator(at, op, op_at, left, right)
    }

    fn is_no_operator(&mut self, at: Extent, op: Binary, op_at: Extent, left: &Tree) -> bool {
        if let Binary::Refused(symbol) = op {
            let problem =
                self.error("not-allowed", op_at, format!("there is no operator `{symbol}`"));
            let problem = match symbol {
                "&" => problem.hint("write `&&`"),
                "|" => problem.hint("write `||`"),
                "^" => problem.hint("write `a != b`"),
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

    fn operator(
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
        match kind {
            Some(kind) => (Node::new(at, Op::Binary { op, op_at, left, right }), kind),
            None => Self::broken(at),
        }
    }

    fn comparison(&mut self, at: Extent, op: Binary, left: (&Node, &Type), right: (&Node, &Type)) {
        let ((left, a), (right, b)) = (left, right);
        if !a.comparable(b) {
            let message = format!("{} and {} cannot be compared", a.name(), b.name());
            let problem = self.error("mixed-types", at, message);
            let problem = match (a, b) {
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
                (Type::Duration(_), Type::Duration(_)) => {
                    problem.hint("calendar days and exact hours have no order: use one kind")
                }
                (kind, Type::Text) | (Type::Text, kind) if kind.is_number() => {
                    problem.hint("write the number without quotes")
                }
                (Type::Date, Type::Text) | (Type::Text, Type::Date) => {
                    problem.hint("write `date(\"2026-09-01\")`")
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
        self.bounds(at, op, left, right);
    }

    /// Texts compared with an `enum` must be among its values, and two enums must share some.
    fn enums(&mut self, at: Extent, left: (&Node, &Type), right: (&Node, &Type)) {
        match (left.1, right.1) {
            (Type::Enum(a), Type::Enum(b)) => {
                if !a.keys().any(|value| b.contains_key(value)) {
                    let message =
                        "these two lists of texts have no text in common: this can never be equal";
                    let problem = self.error("impossible", at, message);
                    self.report.push(problem);
                }
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

    fn contains(&mut self, at: Extent, item: &Tree, list: &Tree, negated: bool) -> (Node, Type) {
        let (item, found) = self.boxed(item);
        let (list, kind) = self.boxed(list);
        match &kind {
            Type::List(items) => {
                if !found.comparable(items) {
                    let problem = self.error(
                        "mixed-types",
                        at,
                        format!("a list of {} never contains {}", items.plural(), found.name()),
                    );
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
    fn arithmetic(
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
            (Binary::Add | Binary::Subtract, Date, Duration(flavour))
                if flavour.mixes(Flavour::Calendar) =>
            {
                Some(Date)
            }
            (Binary::Add, Duration(flavour), Date) if flavour.mixes(Flavour::Calendar) => {
                Some(Date)
            }
            (Binary::Add | Binary::Subtract, DateTime, Duration(_))
            | (Binary::Add, Duration(_), DateTime) => Some(DateTime),
            (Binary::Subtract, Date, Date) => Some(Duration(Flavour::Calendar)),
            (Binary::Subtract, DateTime, DateTime) => Some(Duration(Flavour::Exact)),
            (Binary::Add | Binary::Subtract, Duration(a), Duration(b)) if a.mixes(*b) => {
                Some(Duration(if *a == Flavour::Either { *b } else { *a }))
            }
            (Binary::Multiply, Duration(flavour), Integer)
            | (Binary::Multiply, Integer, Duration(flavour)) => Some(Duration(*flavour)),
            _ => None,
        };
        if kind.is_none() {
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
            let problem = self.error(
                "wrong-type",
                node.at,
                format!("{what} must be {}, this is {}", wanted.name(), found.name()),
            );
            let problem = match (found, wanted) {
                (Type::Number, Type::Integer) => problem
                    .hint("`round(x)`, `floor(x)`, `ceil(x)` and `div(a, b)` give whole numbers"),
                _ => problem,
            };
            self.report.push(problem);
        }
    }

    /// A value that is put where a type is declared.
    pub(super) fn fit(&mut self, node: &Node, found: &Type, wanted: &Type) {
        if found.fits(wanted) {
            self.literals(node, wanted);
        } else {
            let problem = self.error(
                "wrong-type",
                node.at,
                format!("this must be {}, and is {}", wanted.name(), found.name()),
            );
            let problem = match (found, wanted) {
                (Type::Number, Type::Integer) => problem
                    .hint("`round(x)`, `floor(x)`, `ceil(x)` and `div(a, b)` give whole numbers"),
                _ => problem,
            };
            self.report.push(problem);
        }
    }

    /// Texts written in the script that meet an `enum` must be among its values.
    pub(super) fn literals(&mut self, node: &Node, wanted: &Type) {
        match (&node.op, wanted) {
            (Op::Constant(Value::Text(text)), Type::Enum(values)) => {
                if !values.contains_key(&**text) {
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

    pub(super) fn switch_arm(
        &mut self,
        arm: &syntax::Arm,
        subject: &Type,
    ) -> (Vec<Node>, Option<Node>) {
        let mut cases = Vec::new();
        for case in &arm.cases {
            let (node, kind) = self.value(case);
            let kind = match (&node.op, kind) {
                (Op::Range { .. }, Type::List(item)) => *item,
                (_, kind) => kind,
            };
            if !matches!(node.op, Op::Constant(_) | Op::Range { .. }) {
                let problem = self.error(
                    "not-literal",
                    node.at,
                    "a case of a `switch` must be written out as a text, number, boolean or range",
                );
                self.report.push(problem);
            } else if !kind.comparable(subject) {
                let problem = self.error(
                    "mixed-types",
                    node.at,
                    format!("{} is never {}", subject.name(), kind.name()),
                );
                self.report.push(problem);
            } else {
                self.literals(&node, subject);
            }
            cases.push(node);
        }
        let condition = arm.condition.as_ref().map(|condition| {
            let (node, kind) = self.value(condition);
            self.wants_boolean(&node, &kind, "the condition of a case");
            node
        });
        (cases, condition)
    }

    pub(super) fn arm(cases: Vec<Node>, condition: Option<Node>, body: Node) -> Arm {
        Arm { cases, condition, body }
    }
}

fn literal(tree: &Tree) -> (Node, Type) {
    let (value, kind) = match &tree.form {
        Form::Boolean(value) => (Value::Boolean(*value), Type::Boolean),
        Form::Integer(value) => (Value::Integer(*value), Type::Integer),
        Form::Number(value) => (Value::Number(*value), Type::Number),
        Form::Text(value) => (Value::Text(value.clone()), Type::Text),
        _ => return (Node::new(tree.at, Op::Nothing), Type::Nothing),
    };
    (Node::new(tree.at, Op::Constant(value)), kind)
}
