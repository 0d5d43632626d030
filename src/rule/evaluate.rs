//! Expressions: what each kind of node gives.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::sync::Arc;

use super::eval::{Eval, Evaluator, Stop};
use super::fits::{is_nest, nodes};
use super::operate::{self, Refusal};
use super::program::{Arm, Builtin, Each, EventPart, Node, Op};
use super::syntax::{Binary, Extent};
use super::types::kind_of;
use super::{FactorProgram, Senders, Truth};
use crate::table::{FactorId, ParameterId};
use crate::value::{Number, Value};

impl<'r> Evaluator<'r, '_> {
    /// Only sends on: this and what it calls recurse, and big frames would use up the stack.
    pub fn eval(&mut self, node: &'r Node) -> Eval<Value> {
        self.spend(node.at, 1)?;
        match &node.op {
            Op::Constant(value) => Ok(value.clone()),
            Op::Local(slot) => self.local(*slot, node),
            Op::Fact(id) => self.fact(*id, node.at),
            Op::Parameter(id) => self.parameter(*id),
            Op::Factor(id) => self.factor_value(*id, node),
            Op::Binary { op, op_at, left, right } => self.binary(*op, *op_at, left, right),
            Op::And(clauses) => self.sequence(clauses, false),
            Op::Or(clauses) => self.sequence(clauses, true),
            Op::Not(inner) => self.not(inner),
            Op::Minus(inner) => self.minus(node, inner),
            Op::Coalesce(options) => self.coalesce(options),
            Op::Known(path) => self.known(path),
            Op::In { item, list, negated } => self.contains(node, item, list, *negated),
            Op::Property(base, name) => self.property(node, base, name),
            Op::Item(base, item) => self.item(node, base, item),
            Op::List(items) => self.items(node, items),
            Op::Record(entries) => self.record(node, entries),
            Op::Call(builtin, args) => self.call(node, builtin, args),
            Op::Each { each, list, item, body } => self.each(node, *each, list, *item, body),
            Op::Function(number, args) => self.function(*number, args, node),
            Op::If { condition, then, otherwise } => {
                self.branch(node, condition, then, otherwise.as_deref())
            }
            Op::Switch { subject, arms } => self.switch(node, subject, arms),
            Op::Block(statements) => self.last_of(node, statements),
            Op::Range { from, to, inclusive } => self.range(node, from, to, *inclusive),
            Op::Mutate { .. } => self.removed(node),
            _ => self.outside(node),
        }
    }

    pub(super) fn parameter(&self, id: ParameterId) -> Eval<Value> {
        self.rules.parameters.get(id).map(|parameter| parameter.value.clone()).ok_or(Stop::Unknown)
    }

    pub(super) fn not(&mut self, inner: &'r Node) -> Eval<Value> {
        self.condition(inner).map(|truth| Value::Boolean(!truth))
    }

    pub(super) fn items(&mut self, node: &Node, items: &'r [Node]) -> Eval<Value> {
        let items = self.all(items)?;
        self.list(node.at, items)
    }

    pub(super) fn call(
        &mut self,
        node: &'r Node,
        builtin: &Builtin,
        args: &'r [Node],
    ) -> Eval<Value> {
        let before = self.before_rows();
        let args = match (self.all(args), builtin, args) {
            (Err(Stop::Unknown), Builtin::IsEmpty, [list]) => {
                return self.emptiness(node, list, before);
            }
            (Err(Stop::Unknown), Builtin::Covers(values), [list]) => {
                return self.asked_of_rows(node, list, before, |_, rows| {
                    Ok(values.iter().all(|value| rows.contains(value)))
                });
            }
            (args, ..) => args?,
        };
        self.builtin(node, builtin, args)
    }

    pub(super) fn branch(
        &mut self,
        node: &'r Node,
        condition: &'r Node,
        then: &'r Node,
        otherwise: Option<&'r Node>,
    ) -> Eval<Value> {
        let (mut node, mut condition, mut then, mut otherwise) = (node, condition, then, otherwise);
        loop {
            let chosen = if self.condition(condition)? { Some(then) } else { otherwise };
            let Some(chosen) = chosen else { return Err(self.no_value(node)) };
            // A chain of `else if` is gone down without recursion.
            let Op::If { condition: c, then: t, otherwise: o } = &chosen.op else {
                return self.eval(chosen);
            };
            self.spend(chosen.at, 1)?;
            (node, condition, then, otherwise) = (chosen, c, t, o.as_deref());
        }
    }

    pub(super) fn switch(
        &mut self,
        node: &Node,
        subject: &'r Node,
        arms: &'r [Arm],
    ) -> Eval<Value> {
        match self.choose(subject, arms)? {
            Some(body) => self.eval(body),
            None => Err(self.fault(node.at, "no-value", "none of the cases fits")),
        }
    }

    pub(super) fn last_of(&mut self, node: &Node, statements: &'r [Node]) -> Eval<Value> {
        let last = self.up_to_last(node, statements)?;
        self.eval(last)
    }

    /// Runs all statements but the last, which gives the value.
    pub(crate) fn up_to_last(&mut self, node: &Node, statements: &'r [Node]) -> Eval<&'r Node> {
        let Some((last, before)) = statements.split_last() else { return Err(self.no_value(node)) };
        before.iter().try_for_each(|statement| self.execute(statement))?;
        Ok(last)
    }

    pub(super) fn removed(&mut self, node: &'r Node) -> Eval<Value> {
        let Op::Mutate { mutation, place, args } = &node.op else {
            return Err(self.no_value(node));
        };
        match self.mutate(node, *mutation, place, args)? {
            Some(value) => Ok(value),
            None => Err(self.no_value(node)),
        }
    }

    pub(super) fn no_value(&self, node: &Node) -> Stop {
        self.fault(node.at, "no-value", "this gives no value")
    }

    /// What comes from outside of facts: the time, the event, the past, the state.
    pub(super) fn outside(&mut self, node: &'r Node) -> Eval<Value> {
        let (now, past) = (self.context.now, self.context.past);
        let text = |this: &Self| this.text(node.at).to_owned();
        let found = match &node.op {
            Op::Now => Some(Value::DateTime(now)),
            Op::Today => Some(Value::Date(now.date())),
            Op::Event(part) => self.context.event.and_then(|event| match part {
                EventPart::Name => Some(Value::Text(event.name.clone())),
                EventPart::Actor => event.actor.clone().map(Value::Text),
                EventPart::At => Some(Value::DateTime(event.at)),
                EventPart::Date => Some(Value::Date(event.at.date())),
            }),
            Op::Data(name) => match self.context.event.and_then(|event| event.data.get(name)) {
                Some(value) => Some(value.clone()),
                None => return Err(self.note(|_| format!("event.data.{name}"))),
            },
            Op::Last(pattern) => {
                self.spend(node.at, past.events.len() / 16)?;
                past.last(pattern).map(Value::DateTime)
            }
            Op::Count(pattern) => {
                self.spend(node.at, past.events.len() / 16)?;
                Some(Value::Integer(i64::try_from(past.count(pattern)).unwrap_or(i64::MAX)))
            }
            Op::Who(pattern) => {
                let most = self.rules.limits.list_items;
                let who = past.who(pattern, most).map_err(|count| {
                    let message = format!(
                        "`{}` has {count} ids, more than the {most} of a list; `count` counts them without one",
                        self.text(node.at)
                    );
                    self.fault(node.at, "limit-list-items", message)
                })?;
                self.spend(node.at, past.events.len() + who.len())?;
                Some(who.into_iter().map(Value::Text).collect())
            }
            Op::Since(state) => past.entered.get(state).copied().map(Value::DateTime),
            Op::Children(invoke) => {
                let found = self.context.family.and_then(|family| family.children(*invoke));
                // It is put together anew where something has changed.
                self.spend(node.at, found.as_ref().map_or(0, |found| found.len() / 16))?;
                found.map(Value::List)
            }
            Op::Was(number) => self.before.get(*number as usize).cloned().flatten(),
            Op::Active(state) => {
                Some(Value::Boolean(self.context.active.binary_search(state).is_ok()))
            }
            _ => {
                self.execute(node)?;
                return Err(self.fault(node.at, "no-value", "this gives no value"));
            }
        };
        match found {
            Some(value) => Ok(value),
            None => Err(self.note(text)),
        }
    }

    pub(super) fn factor_value(&mut self, id: FactorId, node: &Node) -> Eval<Value> {
        let rules = self.rules;
        if let Some(FactorProgram::Score(_)) = rules.factors.get(id).map(|factor| &factor.program) {
            return self.score(id, node.at).map(Value::Number);
        }
        match self.factor(id, node.at)? {
            Truth::True => Ok(Value::Boolean(true)),
            Truth::False => Ok(Value::Boolean(false)),
            Truth::Unknown => Err(Stop::Unknown),
        }
    }

    /// A condition that decides what is done next: unknown leaves everything undecided.
    pub fn condition(&mut self, node: &'r Node) -> Eval<bool> {
        match self.eval(node)? {
            Value::Boolean(truth) => Ok(truth),
            other => Err(self.fault(
                node.at,
                "not-boolean",
                format!("this must be true or false, it is {}", kind_of(&other)),
            )),
        }
    }

    pub(super) fn sequence(&mut self, clauses: &'r [Node], deciding: bool) -> Eval<Value> {
        for clause in clauses {
            if self.condition(clause)? == deciding {
                return Ok(Value::Boolean(deciding));
            }
        }
        Ok(Value::Boolean(!deciding))
    }

    pub(super) fn binary(
        &mut self,
        op: Binary,
        at: Extent,
        left: &'r Node,
        right: &'r Node,
    ) -> Eval<Value> {
        let before = self.before_rows();
        let found = match left.op {
            Op::Binary { .. } => self.chain(op, at, left, right),
            _ => self.pair(op, at, left, right),
        };
        match found {
            Err(Stop::Unknown) if self.is_undecided_row(before) => {
                self.compared(op, at, left, right, before)
            }
            found => found,
        }
    }

    fn pair(&mut self, op: Binary, at: Extent, left: &'r Node, right: &'r Node) -> Eval<Value> {
        let (a, b) = (self.eval(left)?, self.eval(right)?);
        self.operate(op, at, &a, &b)
    }

    /// A chain such as `a + b + c` leans to the left: it is gone down and up again without recursion.
    fn chain(&mut self, op: Binary, at: Extent, left: &'r Node, right: &'r Node) -> Eval<Value> {
        let mut waiting = vec![(op, at, right)];
        let mut first = left;
        while let Op::Binary { op, op_at, left, right } = &first.op {
            self.spend(first.at, 1)?;
            waiting.push((*op, *op_at, right));
            first = left;
        }
        let mut value = self.eval(first)?;
        while let Some((op, at, right)) = waiting.pop() {
            let right = self.eval(right)?;
            value = self.operate(op, at, &value, &right)?;
        }
        Ok(value)
    }

    pub fn operate(&mut self, op: Binary, at: Extent, left: &Value, right: &Value) -> Eval<Value> {
        match (left, right) {
            (Value::Text(a), Value::Text(b)) if op == Binary::Add => {
                self.text_fits(at, a.len().saturating_add(b.len()))?;
            }
            (Value::List(a), Value::List(b)) if op == Binary::Add => {
                self.list_fits(at, a.len().saturating_add(b.len()))?;
                self.grow_by(at, a.len().saturating_add(b.len()))?;
                self.spend(at, nodes(left, usize::MAX).saturating_add(nodes(right, usize::MAX)))?;
            }
            (Value::List(_) | Value::Record(_), _) => self.spend(at, nodes(left, usize::MAX))?,
            _ => {}
        }
        let zone = &self.rules.zone;
        operate::binary(op, left, right, zone).map_err(|refusal| self.refused(at, refusal))
    }

    pub(super) fn minus(&mut self, node: &Node, inner: &'r Node) -> Eval<Value> {
        let negated = match self.eval(inner)? {
            Value::Integer(value) => value.checked_neg().map(Value::Integer),
            Value::Number(value) => Some(Value::Number(value.neg())),
            Value::Duration(value) => value.checked_neg().map(Value::Duration),
            other => {
                return Err(self.fault(
                    inner.at,
                    "wrong-type",
                    format!("`-` needs a number, this is {}", kind_of(&other)),
                ));
            }
        };
        negated.ok_or_else(|| self.refused(node.at, Refusal::overflow()))
    }

    pub(super) fn coalesce(&mut self, options: &'r [Node]) -> Eval<Value> {
        let noted = self.noted();
        for option in options {
            match self.eval(option) {
                Err(Stop::Unknown) => {}
                Ok(value) => {
                    self.forgive(noted);
                    return Ok(value);
                }
                other => return other,
            }
            if self.is_hoped_for(noted) {
                break;
            }
        }
        Err(Stop::Unknown)
    }

    pub(super) fn known(&mut self, path: &'r Node) -> Eval<Value> {
        let noted = self.noted();
        let known = match self.eval(path) {
            Ok(_) => true,
            Err(Stop::Unknown) if self.is_hoped_for(noted) => return Err(Stop::Unknown),
            Err(Stop::Unknown) => false,
            Err(other) => return Err(other),
        };
        self.forgive(noted);
        Ok(Value::Boolean(known))
    }

    pub(super) fn contains(
        &mut self,
        node: &'r Node,
        item: &'r Node,
        list: &'r Node,
        negated: bool,
    ) -> Eval<Value> {
        let senders = list.asked_senders();
        let item = self.eval(item)?;
        let before = self.before_rows();
        let list = match self.eval(list) {
            Err(Stop::Unknown) => {
                let found = self.asked_of_rows(node, list, before, |this, rows| {
                    let mut same = rows.iter().map(|row| operate::equal(&item, row));
                    same.try_fold(false, |found, same| Ok(found || same?))
                        .map_err(|refusal| this.refused(node.at, refusal))
                })?;
                return Ok(Value::Boolean((found == Value::Boolean(true)) != negated));
            }
            found => found?,
        };
        let found = match (&list, &item) {
            (Value::List(items), item) => {
                let mut found = false;
                for other in items.iter() {
                    self.spend(
                        node.at,
                        1 + if is_nest(item) { nodes(item, usize::MAX) } else { 0 },
                    )?;
                    if operate::equal(item, other)
                        .map_err(|refusal| self.refused(node.at, refusal))?
                    {
                        found = true;
                        break;
                    }
                }
                found
            }
            (Value::Text(whole), Value::Text(part)) => {
                self.spend(node.at, whole.len() / 16)?;
                whole.contains(&**part)
            }
            (Value::Record(entries), Value::Text(name)) => entries.contains_key(name),
            (list, item) => {
                return Err(self.fault(
                    node.at,
                    "mixed-types",
                    format!("{} does not contain {}", kind_of(list), kind_of(item)),
                ));
            }
        };
        // Whoever sent it without an id may be anybody: nobody can be said not to be among them.
        if !found
            && let Some(pattern) = senders
            && self.context.past.senders(pattern).any(Senders::is_anonymous)
        {
            return Err(self.note(|_| format!("who(`{pattern}`)")));
        }
        Ok(Value::Boolean(found != negated))
    }

    pub(super) fn property(&mut self, node: &Node, base: &'r Node, name: &Arc<str>) -> Eval<Value> {
        let base = self.eval(base)?;
        let found = match (&base, &**name) {
            (Value::Record(entries), _) => match entries.get(name) {
                Some(value) => Some(value.clone()),
                None => return Err(self.note(|this| this.written(node))),
            },
            (Value::Date(date), "year") => Some(Value::Integer(date.year())),
            (Value::Date(date), "month") => Some(Value::Integer(date.month())),
            (Value::Date(date), "day") => Some(Value::Integer(date.day())),
            (Value::Date(date), "weekday") => Some(Value::Integer(date.weekday())),
            (Value::DateTime(time), "year") => Some(Value::Integer(time.date().year())),
            (Value::DateTime(time), "month") => Some(Value::Integer(time.date().month())),
            (Value::DateTime(time), "day") => Some(Value::Integer(time.date().day())),
            (Value::DateTime(time), "weekday") => Some(Value::Integer(time.date().weekday())),
            (Value::DateTime(time), "date") => Some(Value::Date(time.date())),
            (Value::Duration(duration), "days") => duration.as_days().map(Value::Integer),
            (Value::Duration(duration), "hours") => duration.as_hours().map(Value::Number),
            (Value::Duration(duration), "minutes") => duration.as_minutes().map(Value::Number),
            (Value::Duration(duration), "seconds") => {
                duration.as_exact_seconds().map(Value::Number)
            }
            (Value::List(items), "len") => i64::try_from(items.len()).ok().map(Value::Integer),
            (Value::Text(text), "len") => {
                i64::try_from(text.chars().count()).ok().map(Value::Integer)
            }
            _ => None,
        };
        found.ok_or_else(|| {
            self.fault(node.at, "wrong-type", format!("{} has no `{name}`", kind_of(&base)))
        })
    }

    pub(super) fn item(&mut self, node: &Node, base: &'r Node, item: &'r Node) -> Eval<Value> {
        let base = self.eval(base)?;
        let item = self.eval(item)?;
        match (&base, &item) {
            (Value::List(items), Value::Integer(_) | Value::Number(_)) => {
                let index = self.index(node.at, &item, items.len())?;
                items.get(index).cloned().ok_or(Stop::Unknown)
            }
            (Value::Record(entries), Value::Text(name)) => match entries.get(name) {
                Some(value) => Ok(value.clone()),
                None => Err(self.note(|this| this.written(node))),
            },
            _ => Err(self.fault(
                node.at,
                "wrong-type",
                format!("{} has no item {item}", kind_of(&base)),
            )),
        }
    }

    /// The number of an item that a list of this length has.
    pub fn index(&self, at: Extent, item: &Value, length: usize) -> Eval<usize> {
        let number = match item {
            Value::Integer(number) => Some(*number),
            Value::Number(number) => number.to_i64(),
            _ => None,
        };
        match number.and_then(|number| usize::try_from(number).ok()).filter(|index| *index < length)
        {
            Some(index) => Ok(index),
            None => Err(self.fault(
                at,
                "index",
                format!("there is no item {item} in a list of {length}, counted from 0"),
            )),
        }
    }

    pub fn all(&mut self, args: &'r [Node]) -> Eval<Vec<Value>> {
        args.iter().map(|arg| self.eval(arg)).collect()
    }

    /// A list that a script makes, within bounds.
    pub fn list(&mut self, at: Extent, items: Vec<Value>) -> Eval<Value> {
        self.list_fits(at, items.len())?;
        self.grow_by(at, items.len())?;
        for item in items.iter().filter(|item| is_nest(item)) {
            self.nest_fits(at, item, 1)?;
        }
        Ok(Value::List(Arc::new(items)))
    }

    pub(super) fn record(&mut self, node: &Node, entries: &'r [(Arc<str>, Node)]) -> Eval<Value> {
        let mut record = BTreeMap::new();
        for (name, value) in entries {
            let value = self.eval(value)?;
            if is_nest(&value) {
                self.nest_fits(node.at, &value, 1)?;
            }
            record.insert(name.clone(), value);
        }
        self.grow_by(node.at, record.len().saturating_mul(2))?;
        Ok(Value::Record(Arc::new(record)))
    }

    pub(super) fn range(
        &mut self,
        node: &Node,
        from: &'r Node,
        to: &'r Node,
        inclusive: bool,
    ) -> Eval<Value> {
        let (from, to) = self.ends(from, to, inclusive)?;
        let length = usize::try_from(i128::from(to).saturating_sub(i128::from(from)).max(0))
            .unwrap_or(usize::MAX);
        self.list_fits(node.at, length)?;
        self.grow_by(node.at, length)?;
        self.spend(node.at, length)?;
        Ok(Value::List(Arc::new((from..to).map(Value::Integer).collect())))
    }

    /// The first number, and the one behind the last.
    pub fn ends(&mut self, from: &'r Node, to: &'r Node, inclusive: bool) -> Eval<(i64, i64)> {
        let (a, b) = (self.eval(from)?, self.eval(to)?);
        match (&a, &b) {
            (Value::Integer(a), Value::Integer(b)) => {
                let end = if inclusive { b.checked_add(1) } else { Some(*b) };
                Ok((*a, end.ok_or_else(|| self.refused(to.at, Refusal::overflow()))?))
            }
            _ => Err(self.fault(from.at.to(to.at), "wrong-type", "a range needs whole numbers")),
        }
    }

    pub(super) fn each(
        &mut self,
        node: &Node,
        each: Each,
        list: &'r Node,
        slot: u32,
        body: &'r Node,
    ) -> Eval<Value> {
        if let Each::All | Each::Some = each {
            return self.quantified(each == Each::All, list, slot, body);
        }
        let name = self.list_name(list);
        let list = match self.eval(list)? {
            Value::List(items) => items,
            other => {
                return Err(self.fault(
                    node.at,
                    "wrong-type",
                    format!("this needs a list, it is {}", kind_of(&other)),
                ));
            }
        };
        let mut kept = Vec::new();
        let mut keyed: Vec<(Value, Value)> = Vec::new();
        for (number, item) in list.iter().enumerate() {
            self.set_item(slot, item.clone(), name.as_ref(), number);
            if let Each::Filter | Each::Find = each {
                match (self.closure_truth(body)?, each) {
                    (Truth::Unknown, _) => return Err(self.undecided_row()),
                    (Truth::False, _) => {}
                    (Truth::True, Each::Find) => return Ok(item.clone()),
                    (Truth::True, _) => kept.push(item.clone()),
                }
                continue;
            }
            let answer = match self.eval(body) {
                Err(Stop::Return(Some(value))) => value,
                Err(Stop::Unknown) => return Err(self.undecided_row()),
                other => other?,
            };
            match each {
                Each::Map => kept.push(answer),
                Each::SortBy => keyed.push((answer, item.clone())),
                // A list of one is looked at too: what has no order is no least.
                _ => {
                    let wanted =
                        if each == Each::MinBy { Ordering::Less } else { Ordering::Greater };
                    let best = keyed.first().map_or(&answer, |(key, _)| key);
                    let order = self.ordered(body.at, &answer, best)?;
                    if keyed.is_empty() || order == wanted {
                        keyed = vec![(answer, item.clone())];
                    }
                }
            }
        }
        match each {
            Each::Map => self.list(node.at, kept),
            Each::Filter => {
                self.grow_by(node.at, kept.len())?;
                Ok(Value::List(Arc::new(kept)))
            }
            Each::SortBy => self.sorted_by(node.at, keyed),
            _ => match keyed.pop() {
                Some((_, item)) => Ok(item),
                None => Err(self.note(|this| this.text(node.at).to_owned())),
            },
        }
    }

    pub(super) fn function(&mut self, number: u32, args: &'r [Node], node: &Node) -> Eval<Value> {
        let args = self.all(args)?;
        let rules = self.rules;
        let Some(Some(program)) = rules.functions.get(number as usize) else {
            return Err(self.fault(node.at, "wrong-type", "this function cannot be called"));
        };
        match self.framed(program, args, |this| this.eval(&program.root)) {
            Err(Stop::Return(Some(value))) => Ok(value),
            other => other,
        }
    }

    /// The body of the case that fits, in the order of the file.
    pub fn choose(&mut self, subject: &'r Node, arms: &'r [Arm]) -> Eval<Option<&'r Node>> {
        let subject = self.eval(subject)?;
        for arm in arms {
            let mut fits = arm.cases.is_empty();
            for case in &arm.cases {
                self.spend(case.at, 1)?;
                fits = match &case.op {
                    Op::Range { from, to, inclusive } => {
                        let (from, to) = self.ends(from, to, *inclusive)?;
                        operate::number(&subject).is_some_and(|number| {
                            let last = Number::from(if *inclusive { to - 1 } else { to });
                            number >= Number::from(from)
                                && if *inclusive { number <= last } else { number < last }
                        })
                    }
                    _ => {
                        let case = self.eval(case)?;
                        operate::equal(&subject, &case).unwrap_or(false)
                    }
                };
                if fits {
                    break;
                }
            }
            if fits {
                let holds = match &arm.condition {
                    Some(condition) => self.condition(condition)?,
                    None => true,
                };
                if holds {
                    return Ok(Some(&arm.body));
                }
            }
        }
        Ok(None)
    }
}
