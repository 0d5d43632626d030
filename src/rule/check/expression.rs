//! Expressions: names, operators, conditions and literals.

use std::sync::Arc;

use super::super::program::{Arm, Node, Op};
use super::super::syntax::{self, Extent, Form, Tree};
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
        let record = Record { properties, additional: None, named_by_ids: false };
        self.names.note_record(&record);
        (Node::new(at, Op::Record(nodes)), Type::Record(Arc::new(record)))
    }

    fn not(&mut self, at: Extent, inner: &Tree) -> (Node, Type) {
        let (node, kind) = self.boxed(inner);
        self.wants_boolean(&node, &kind, "what follows `!`");
        (Node::new(at, Op::Not(node)), Type::Boolean)
    }

    fn logic(&mut self, tree: &Tree, clauses: &[Tree]) -> (Node, Type) {
        let op = if let Form::And(_) = tree.form {
            // Only actions ask what is known: elsewhere there is nothing to keep.
            let before = self.in_actions().then(|| self.assured.clone());
            let nodes = self.clauses(clauses, "&&", true);
            if let Some(before) = before {
                self.assured = before;
            }
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
            if !kind.is_open() && !found.alike(&kind) {
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
            let before = self.in_actions().then(|| self.assured.clone());
            let (node, kind) = self.value(clause);
            self.wants_boolean(&node, &kind, &format!("both sides of `{operator}`"));
            if let Some(before) = before {
                self.assured = before;
                if chain {
                    self.assured.extend(super::assured(&node, self.names));
                }
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
                if matches!(self.mode, super::Mode::Claim(_) | super::Mode::Was) {
                    let problem = self
                        .error("not-allowed", at, "a claim cannot read `event`: it holds for terms, too")
                        .hint("ask happens(`event`), last(`event`), who(`event`), or a fact that is set");
                    self.report.push(problem);
                    return Self::broken(at);
                }
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
                let parameter = self.names.def.parameters.at(id);
                let kind = match Type::of(&parameter.shape) {
                    Type::Duration(Flavour::Either) => Type::of_value(&parameter.value),
                    kind => kind,
                };
                (Node::new(at, Op::Parameter(id)), kind)
            }
            Some(Named::Fact(id)) => {
                if !self.outside_function(name, at) {
                    return Self::broken(at);
                }
                self.reads_fact(id, at);
                (Node::new(at, Op::Fact(id)), self.names.kind_of(id))
            }
            Some(Named::Factor(id)) => {
                if !self.outside_function(name, at) {
                    return Self::broken(at);
                }
                self.reads.factors.insert(id);
                let kind = match self.names.def.factors.at(id).rule {
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
        let fact = self.names.def.facts.at(id);
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
                    "give it a default, write `{name} ?? …`, or ask known(`{name}`) first"
                ));
            self.report.push(problem);
        }
    }

    /// Takes down that a name is read, as in an expression.
    pub(super) fn name_read(&mut self, name: &Arc<str>, at: Extent) {
        self.name(name, at);
    }

    fn item(&mut self, at: Extent, base: &Tree, item: &Tree) -> (Node, Type) {
        let (list, kind) = self.boxed(base);
        let (mut item, index) = self.boxed(item);
        if !matches!(kind, Type::List(_)) {
            *item = self.entry_of_person(Node::clone(&list), *item, &index);
        }
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
            kind if kind.is_open() => kind.item(),
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
            None if crate::rule::family::is_record(record) => problem.hint(format!(
                "a parent sees the `key`, `status` and `states` of a child and what `returns` names: name `{name}` there"
            )),
            None => problem,
        };
        self.report.push(problem);
        Type::Any
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
