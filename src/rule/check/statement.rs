//! Statements: blocks, branches, loops, variables and assignments.

use std::sync::Arc;

use super::super::program::{Node, Op, Place, Root, Step};
use super::super::syntax::{Binary, Extent, Form, Tree};
use super::super::types::Type;
use super::names::Named;
use super::persons::{as_person, is_person};
use super::workdays::Workdays;
use super::{Checker, Local, Mode};
use crate::value::Value;

impl Checker<'_, '_> {
    /// A block, `if` or `switch` that ends in a value, or any expression.
    pub(super) fn result(&mut self, tree: &Tree) -> (Node, Type) {
        match &tree.form {
            Form::Block(statements) => self.scoped(|checker| {
                let Some((last, before)) = statements.split_last() else {
                    return (Node::new(tree.at, Op::Block(Vec::new())), Type::Nothing);
                };
                let mut nodes: Vec<Node> =
                    before.iter().map(|statement| checker.statement(statement, true).0).collect();
                let (node, kind) = checker.result(last);
                nodes.push(node);
                (Node::new(tree.at, Op::Block(nodes)), kind)
            }),
            Form::If { .. } | Form::Switch { .. } => self.branches(tree, false),
            _ => self.expression(tree),
        }
    }

    /// A script or block of statements, of which none gives a value.
    pub(super) fn effects(&mut self, tree: &Tree) -> Node {
        match &tree.form {
            Form::Block(statements) => self.scoped(|checker| {
                let nodes = statements
                    .iter()
                    .map(|statement| checker.statement(statement, true).0)
                    .collect();
                Node::new(tree.at, Op::Block(nodes))
            }),
            _ => self.statement(tree, true).0,
        }
    }

    /// A statement; `discard` says that a value would be thrown away.
    pub(super) fn statement(&mut self, tree: &Tree, discard: bool) -> (Node, Type) {
        let at = tree.at;
        let made = |op, kind| (Node::new(at, op), kind);
        match &tree.form {
            Form::Let { name, value, constant } => {
                let (value, kind) = match value {
                    Some(value) => {
                        let (node, kind) = self.boxed(value);
                        (Some(node), kind)
                    }
                    None => (None, Type::Any),
                };
                let senders = value.as_ref().and_then(|value| value.asked_senders().cloned());
                let slot = self.declare(name.text.clone(), name.at, kind, *constant);
                if let Some(local) = self.locals.last_mut() {
                    local.senders = senders;
                }
                made(Op::Let { slot, value }, Type::Nothing)
            }
            Form::Assign { target, op, op_at, value } => {
                self.assign(at, target, *op, *op_at, value)
            }
            Form::If { .. } | Form::Switch { .. } if discard => self.branches(tree, true),
            Form::Block(_) if discard => (self.effects(tree), Type::Nothing),
            Form::While { condition, body } => {
                self.only_in_actions("an endless loop", at);
                let condition = condition
                    .as_ref()
                    .map(|condition| self.condition(condition, "the condition of a loop"));
                let body = self.looped(body);
                made(
                    Op::While { condition: condition.map(Box::new), body: Box::new(body) },
                    Type::Nothing,
                )
            }
            Form::Do { body, condition, until } => {
                self.only_in_actions("`do`", at);
                let body = Box::new(self.looped(body));
                let condition = Box::new(self.condition(condition, "the condition of a loop"));
                made(Op::Do { body, condition, until: *until }, Type::Nothing)
            }
            Form::For { item, counter, list, body } => {
                let (list, kind) = self.boxed(list);
                let kind = match kind {
                    Type::List(items) => *items,
                    kind => {
                        if !kind.is_open() {
                            let problem = self
                                .error("wrong-type", list.at, format!("`for` goes through a list, this is {}", kind.name()))
                                .hint("`record.keys()` and `record.values()` are lists, and so is `1..=n`");
                            self.report.push(problem);
                        }
                        kind.item()
                    }
                };
                self.scoped(|checker| {
                    let item = checker.declare(item.text.clone(), item.at, kind, false);
                    let counter = counter.as_ref().map(|counter| {
                        checker.declare(counter.text.clone(), counter.at, Type::Integer, false)
                    });
                    let body = Box::new(checker.looped(body));
                    made(Op::For { item, counter, list, body }, Type::Nothing)
                })
            }
            Form::Return(value) => {
                let value = value.as_ref().map(|value| self.boxed(value));
                let kind = value.as_ref().map_or(Type::Nothing, |(_, kind)| kind.clone());
                if self.in_actions() {
                    if let Some((node, _)) = &value {
                        let problem = self
                            .error("unused-value", node.at, "actions give no value")
                            .hint("write `return;`");
                        self.report.push(problem);
                    }
                } else if value.is_none() {
                    let problem = self.error("no-value", at, "`return` needs a value here");
                    self.report.push(problem);
                } else {
                    self.returns = std::mem::replace(&mut self.returns, Type::Never).join(kind);
                }
                made(Op::Return(value.map(|(node, _)| node)), Type::Never)
            }
            Form::Break(value) => {
                if let Some(value) = value {
                    let problem = self
                        .error("not-allowed", value.at, "a loop gives no value")
                        .hint("assign it to a variable first");
                    self.report.push(problem);
                }
                made(Op::Break, Type::Never)
            }
            Form::Continue => made(Op::Continue, Type::Never),
            _ => {
                let (node, kind) = self.expression(tree);
                if discard
                    && !matches!(kind, Type::Nothing | Type::Never)
                    && !matches!(node.op, Op::Nothing)
                {
                    self.thrown_away(tree, &node, &kind);
                }
                (node, kind)
            }
        }
    }

    fn thrown_away(&mut self, tree: &Tree, node: &Node, kind: &Type) {
        if let Op::Mutate { .. } = node.op {
            return;
        }
        let problem = self.error(
            "unused-value",
            tree.at,
            format!("the value of `{}` is thrown away", self.text(tree.at)),
        );
        let problem = match (&self.mode, kind) {
            (Mode::Actions(_), Type::Boolean)
                if matches!(tree.form, Form::Binary { op: Binary::Equal, .. }) =>
            {
                problem.hint("to assign, write `=`")
            }
            (Mode::Actions(_), _) => problem.hint("assign it to a fact or a variable"),
            (_, Type::Boolean) => problem.hint("join conditions with `&&` or `||`"),
            _ => problem.hint("assign it to a variable with `let`, or leave it out"),
        };
        self.report.push(problem);
    }

    fn condition(&mut self, tree: &Tree, what: &str) -> Node {
        if let Form::Assign { op_at, .. } = &tree.form {
            let problem = self
                .error("assignment-in-condition", *op_at, "`=` assigns, it does not compare")
                .hint("write `==`");
            self.report.push(problem);
            return Self::broken(tree.at).0;
        }
        let (node, kind) = self.value(tree);
        self.wants_boolean(&node, &kind, what);
        node
    }

    fn looped(&mut self, body: &Tree) -> Node {
        let before = self.assured.clone();
        self.loops += 1;
        let node = self.effects(body);
        self.loops -= 1;
        self.assured = before;
        node
    }

    fn only_in_actions(&mut self, what: &str, at: Extent) {
        if !self.in_actions() {
            let problem = self
                .error(
                    "not-allowed",
                    Extent { end: at.start + 5, ..at },
                    format!("{what} is only allowed in actions"),
                )
                .hint("go through a list with `for`, or ask it with `all`, `some`, `filter`");
            self.report.push(problem);
        }
    }

    /// `if` and `switch`.
    fn branches(&mut self, tree: &Tree, discard: bool) -> (Node, Type) {
        let at = tree.at;
        match &tree.form {
            Form::If { .. } => self.chain_of_ifs(tree, discard),
            Form::Switch { subject, arms } => {
                let (subject, kind) = self.boxed(subject);
                let mut made = Vec::new();
                let mut result = Type::Never;
                let before = self.assured.clone();
                for arm in arms {
                    self.assured.clone_from(&before);
                    let (cases, condition) = self.switch_arm(arm, &kind);
                    let (body, found) = self.branch(&arm.body, discard);
                    result = result.join(found);
                    made.push(Self::arm(cases, condition, body));
                }
                self.assured = before;
                self.arms(&subject, &kind, &made);
                let subject = match is_person(&subject, &kind) {
                    true => {
                        for arm in &mut made {
                            let cases = std::mem::take(&mut arm.cases);
                            arm.cases = cases.into_iter().map(as_person).collect();
                        }
                        Box::new(as_person(*subject))
                    }
                    false => subject,
                };
                if !made.iter().any(|arm| arm.cases.is_empty()) && !exhaustive(&kind, &made) {
                    result = result.join(Type::Nothing);
                    if !discard {
                        let problem = self
                            .error(
                                "no-value",
                                at,
                                "this `switch` gives no value when none of its cases fits",
                            )
                            .hint("add `_ => …` as the last case");
                        self.report.push(problem);
                        result = Type::Any;
                    }
                }
                (Node::new(at, Op::Switch { subject, arms: made }), result)
            }
            _ => self.expression(tree),
        }
    }

    /// An `if` with all of its `else if`, which are gone down and up again without recursion.
    fn chain_of_ifs(&mut self, tree: &Tree, discard: bool) -> (Node, Type) {
        let mut links = Vec::new();
        let mut link = tree;
        let (mut otherwise, mut kind) = (None, Type::Nothing);
        while let Form::If { condition, then, otherwise: next } = &link.form {
            let condition = Box::new(self.condition(condition, "the condition of an `if`"));
            let before = self.assured.clone();
            self.assured.extend(super::assured(&condition, self.names));
            let then = self.branch(then, discard);
            let after_then = std::mem::replace(&mut self.assured, before);
            links.push((link.at, condition, then, after_then));
            match next.as_deref() {
                Some(next @ Tree { form: Form::If { .. }, .. }) => link = next,
                Some(last) => {
                    let (node, found) = self.branch(last, discard);
                    (otherwise, kind) = (Some(node), found);
                    break;
                }
                None => break,
            }
        }
        while let Some((at, condition, (then, found), after_then)) = links.pop() {
            // What both ways leave known stays known; a way that never comes back does not count.
            if kind == Type::Never {
                self.assured = after_then;
            } else if found != Type::Never {
                self.assured = self.assured.intersection(&after_then).copied().collect();
            }
            kind = found.join(kind);
            let (then, last) = (Box::new(then), otherwise.map(Box::new));
            otherwise = Some(Node::new(at, Op::If { condition, then, otherwise: last }));
        }
        (otherwise.unwrap_or_else(|| Node::new(tree.at, Op::Nothing)), kind)
    }

    fn branch(&mut self, tree: &Tree, discard: bool) -> (Node, Type) {
        if !discard {
            return self.result(tree);
        }
        match &tree.form {
            Form::Block(statements) => self.scoped(|checker| {
                let mut kind = Type::Nothing;
                let mut nodes = Vec::new();
                for statement in statements {
                    let (node, found) = checker.statement(statement, true);
                    nodes.push(node);
                    if found == Type::Never {
                        kind = Type::Never;
                    }
                }
                (Node::new(tree.at, Op::Block(nodes)), kind)
            }),
            _ => self.statement(tree, true),
        }
    }

    fn assign(
        &mut self,
        at: Extent,
        target: &Tree,
        op: Option<Binary>,
        op_at: Extent,
        value: &Tree,
    ) -> (Node, Type) {
        let workdays = op.and_then(|op| Some((op, Workdays::of(value)?)));
        if let Some((op @ (Binary::Add | Binary::Subtract), workdays)) = workdays {
            return self.move_by_workdays(at, target, (op, op_at), workdays);
        }
        let (value, found) = self.boxed(value);
        let Some((place, declared)) = self.place(target, op_at, op.is_some()) else {
            return (Node::new(at, Op::Nothing), Type::Nothing);
        };
        self.put(at, (place, declared), (op, op_at), (value, found))
    }

    /// `place += workdays(n)` is `place = place + workdays(n)`.
    fn move_by_workdays(
        &mut self,
        at: Extent,
        target: &Tree,
        (op, op_at): (Binary, Extent),
        workdays: Workdays,
    ) -> (Node, Type) {
        let nothing = (Node::new(at, Op::Nothing), Type::Nothing);
        let Some((place, declared)) = self.place(target, op_at, true) else { return nothing };
        let before = (place.read(), &declared);
        match self.counting_from(at, op, before, workdays) {
            Some((value, found)) => {
                self.put(at, (place, declared), (None, op_at), (Box::new(value), found))
            }
            None => nothing,
        }
    }

    fn put(
        &mut self,
        at: Extent,
        (place, declared): (Place, Type),
        (op, op_at): (Option<Binary>, Extent),
        (value, found): (Box<Node>, Type),
    ) -> (Node, Type) {
        let result = match op {
            Some(op) => {
                let before = Node::new(place.at, Op::Nothing);
                let (node, kind) = ((&before, &declared), (&*value, &found));
                self.arithmetic_of(op, op_at, node, kind)
            }
            None => Some(found),
        };
        if let Some(result) = result {
            match place.root {
                Root::Local(slot) => self.widen(slot, &place, &value, &declared, result),
                Root::Fact(id) => {
                    self.keeps(&place, &result);
                    if op.is_none() {
                        self.fit(&value, &result, &declared);
                        if place.steps.is_empty() {
                            self.constant_fits(id, &value, &declared);
                            self.assured.insert(id);
                        }
                    } else if !result.fits(&declared) {
                        self.wants(&value, &result, &declared, "what is assigned");
                    }
                }
            }
        }
        (Node::new(at, Op::Assign { place, op, op_at, value }), Type::Nothing)
    }

    /// A constant must be within the bounds of the fact that it is put into.
    fn constant_fits(&mut self, id: crate::table::FactId, node: &Node, declared: &Type) {
        let Op::Constant(value) = &node.op else { return };
        if matches!(declared, Type::Enum(_)) || !Type::of_value(value).fits(declared) {
            return;
        }
        let fact = self.names.def.facts.at(id);
        if let Err(violations) = fact.shape.admit(value.clone(), &self.names.def.zone) {
            for violation in violations {
                let message = format!("`{}` {}", fact.name.value, violation.message);
                let problem = self
                    .error("out-of-bounds", node.at, message)
                    .related(fact.name.span, "declared here");
                self.report.push(problem);
            }
        }
    }

    fn widen(&mut self, slot: u32, place: &Place, value: &Node, declared: &Type, found: Type) {
        if let Some(first) = place.steps.first() {
            if !found.fits(declared) {
                self.wants(value, &found, declared, "what is assigned");
            }
            let local = self.locals.iter_mut().rev().find(|local| local.slot == slot);
            if let (Some(Local { kind: Type::Record(record), .. }), Step::Property(name)) =
                (local, first)
                && !record.properties.contains_key(name)
            {
                let kind = if place.steps.len() == 1 { found } else { Type::Any };
                Arc::make_mut(record).properties.insert(name.clone(), kind);
            }
            return;
        }
        if !declared.is_open() && !found.alike(declared) {
            let problem = self.error(
                "mixed-types",
                value.at,
                format!("the variable holds {}, this is {}", declared.name(), found.name()),
            );
            self.report.push(problem);
            return;
        }
        if let Some(local) = self.locals.iter_mut().rev().find(|local| local.slot == slot) {
            local.kind = local.kind.clone().join(found);
        }
    }

    /// What is assigned to, with its declared type. `reads` where what is there is read as well.
    pub(super) fn place(
        &mut self,
        target: &Tree,
        at: Extent,
        reads: bool,
    ) -> Option<(Place, Type)> {
        match &target.form {
            Form::Name(name) => {
                if let Some(local) = self.local(name) {
                    if local.constant {
                        let problem = self.error(
                            "not-assignable",
                            target.at,
                            format!("`{name}` is constant"),
                        );
                        self.report.push(problem);
                        return None;
                    }
                    self.forget_senders(name);
                    let local = self.local(name)?;
                    let root = Root::Local(local.slot);
                    return Some((
                        Place { at: target.at, root, steps: Vec::new() },
                        local.kind.clone(),
                    ));
                }
                self.fact_place(name, target, at, reads)
            }
            Form::Property(base, name) => {
                let (mut place, kind) = self.place(base, at, true)?;
                let own = matches!(place.root, Root::Local(_));
                let kind = match &kind {
                    // A record that the script made itself may grow.
                    Type::Record(record) if own && !record.properties.contains_key(&name.text) => {
                        Type::Any
                    }
                    Type::Record(record) => self.entry(record, &name.text, name.at),
                    kind if kind.is_open() => Type::Any,
                    kind => {
                        let problem = self.error(
                            "not-assignable",
                            target.at,
                            format!("{} has no properties to assign to", kind.name()),
                        );
                        self.report.push(problem);
                        return None;
                    }
                };
                place.steps.push(Step::Property(name.text.clone()));
                place.at = target.at;
                Some((place, kind))
            }
            Form::Item(base, item) => {
                let (mut place, kind) = self.place(base, at, true)?;
                let (mut item, index) = self.value(item);
                if !matches!(kind, Type::List(_)) {
                    item = self.entry_of_person(place.read(), item, &index);
                }
                let kind = match &kind {
                    Type::List(items) => {
                        self.wants(&item, &index, &Type::Integer, "the number of an item");
                        (**items).clone()
                    }
                    Type::Record(record) => {
                        self.wants(&item, &index, &Type::Text, "the name of an entry");
                        match &item.op {
                            Op::Constant(Value::Text(name)) => self.entry(record, name, item.at),
                            _ => record.additional.clone().unwrap_or(Type::Any),
                        }
                    }
                    kind if kind.is_open() => Type::Any,
                    kind => {
                        let problem = self.error(
                            "not-assignable",
                            target.at,
                            format!("{} has no items to assign to", kind.name()),
                        );
                        self.report.push(problem);
                        return None;
                    }
                };
                place.steps.push(Step::Item(item));
                place.at = target.at;
                Some((place, kind))
            }
            _ => {
                let problem = self
                    .error(
                        "not-assignable",
                        target.at,
                        format!("`{}` cannot be assigned to", self.text(target.at)),
                    )
                    .hint("to compare, write `==`");
                self.report.push(problem);
                None
            }
        }
    }

    fn fact_place(
        &mut self,
        name: &Arc<str>,
        target: &Tree,
        at: Extent,
        reads: bool,
    ) -> Option<(Place, Type)> {
        match self.names.named(name) {
            Some(Named::Fact(id)) => {
                let fact = self.names.def.facts.at(id);
                if !self.in_actions() {
                    let problem = self
                        .error("assignment-in-condition", at, "only actions change facts")
                        .hint("to compare, write `==`");
                    self.report.push(problem);
                    return None;
                }
                if fact.value.is_some() {
                    let problem = self
                        .error(
                            "not-assignable",
                            target.at,
                            format!("`{name}` is computed from its `value`"),
                        )
                        .related(fact.name.span, "declared here")
                        .hint("change the facts that it is computed from");
                    self.report.push(problem);
                    return None;
                }
                if reads {
                    self.name_read(name, target.at);
                }
                self.writes.insert(id);
                let root = Root::Fact(id);
                Some((Place { at: target.at, root, steps: Vec::new() }, self.names.kind_of(id)))
            }
            Some(found) => {
                let what =
                    if matches!(found, Named::Parameter(_)) { "parameter" } else { "factor" };
                let problem = self
                    .error(
                        "not-assignable",
                        target.at,
                        format!("`{name}` is a {what}: scripts cannot change it"),
                    )
                    .hint("assign to a fact");
                self.report.push(problem);
                None
            }
            None => {
                self.unknown_name(name, target.at);
                None
            }
        }
    }
}

/// Whether the cases name every value that there is.
fn exhaustive(subject: &Type, arms: &[super::super::program::Arm]) -> bool {
    let has = |value: &Value| {
        arms.iter().filter(|arm| arm.condition.is_none()).any(|arm| {
            arm.cases.iter().any(|case| matches!(&case.op, Op::Constant(found) if found == value))
        })
    };
    match subject {
        Type::Enum(values) => values.keys().all(|value| has(&Value::Text(value.as_str().into()))),
        Type::Boolean => has(&Value::Boolean(true)) && has(&Value::Boolean(false)),
        Type::Any => false,
        _ => false,
    }
}
