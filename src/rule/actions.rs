//! Actions: statements that change variables and facts, and ask for events.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::eval::{Eval, Evaluator, Stop};
use super::family::Recipient;
use super::fits::{is_nest, nodes};
use super::meter::written_bytes;
use super::operate::violated;
use super::program::{Mutation, Node, Op, Place, Program, Root, Step, Told};
use super::syntax::{Binary, Extent};
use super::types::kind_of;
use super::{Effect, Facts, Fault};
use crate::definition::shape::{Kind, Shape};
use crate::table::FactId;
use crate::value::{TIMES, Value};

/// Names of data with their values.
type Data = BTreeMap<Arc<str>, Value>;

/// The code of an action that reads something unknown, and what its message says of that.
const UNKNOWN: &str = "unknown-in-action";
const LACKED: &str = "` is unknown, so this action cannot run";

/// What an action that failed was in want of, by the code and the message of the problem.
pub(crate) fn lacked<'m>(code: &str, message: &'m str) -> Option<&'m str> {
    message.strip_prefix('`')?.strip_suffix(LACKED).filter(|_| code == UNKNOWN)
}

/// A step into a list or record, with what it was evaluated to.
enum Path {
    Property(Arc<str>),
    Item(Value),
}

impl<'r> Evaluator<'r, '_> {
    /// Runs actions. What they assigned and asked for is left in `assigned` and `effects`, checked.
    pub(super) fn act(&mut self, program: &'r Program) -> Result<(), Fault> {
        let done = self.framed(program, Vec::new(), |this| {
            match this.execute(&program.root) {
                Ok(()) | Err(Stop::Return(_) | Stop::Break | Stop::Continue) => {}
                Err(Stop::Unknown) => return Err(this.unknown_in_action(program)),
                Err(fault) => return Err(fault),
            }
            this.admit()
        });
        match done {
            Err(Stop::Fault(fault)) => Err(*fault),
            _ => Ok(()),
        }
    }

    fn unknown_in_action(&self, program: &Program) -> Stop {
        let name =
            self.unknown.as_ref().and_then(|names| names.last()).cloned().unwrap_or_default();
        let at = self.stopped.unwrap_or(program.root.at);
        let mut fault = Fault {
            code: UNKNOWN,
            message: format!("`{name}{LACKED}"),
            span: program.span(at),
            hint: None,
        };
        if self.rules.fact_named(&name).is_some() {
            fault.hint = Some(format!("let the event require `{name}`, or write `{name} ?? …`"));
        }
        Stop::Fault(Box::new(fault))
    }

    /// Gives what was assigned its declared type, or says which fact it does not fit.
    fn admit(&mut self) -> Eval<()> {
        let rules = self.rules;
        for (id, (value, at)) in std::mem::take(&mut self.assigned) {
            let Some(fact) = rules.facts.get(id) else { continue };
            let admitted = match value {
                None => None,
                Some(value) => match fact.shape.admit(value, &rules.zone) {
                    Ok(value) => {
                        self.grow(at, written_bytes(&value))?;
                        Some(value)
                    }
                    Err(violations) => {
                        return Err(self.fault(
                            at,
                            "fact-value",
                            violated(&fact.name, &violations),
                        ));
                    }
                },
            };
            self.assigned.insert(id, (admitted, at));
        }
        Ok(())
    }

    /// A statement.
    pub(crate) fn execute(&mut self, node: &'r Node) -> Eval<()> {
        self.spend(node.at, 1)?;
        let done = self.statement(node);
        if matches!(done, Err(Stop::Unknown)) && self.stopped.is_none() {
            self.stopped = Some(node.at);
        }
        done
    }

    /// A chain of `else if` is gone down without recursion; what stops at a condition stops at its own branch.
    fn branches(
        &mut self,
        condition: &'r Node,
        then: &'r Node,
        otherwise: Option<&'r Node>,
    ) -> Eval<()> {
        let (mut condition, mut then, mut otherwise) = (condition, then, otherwise);
        let mut branch = None;
        loop {
            let holds = self.condition(condition);
            if let (Err(Stop::Unknown), None, Some(at)) = (&holds, self.stopped, branch) {
                self.stopped = Some(at);
            }
            let chosen = if holds? { Some(then) } else { otherwise };
            let Some(chosen) = chosen else { return Ok(()) };
            let Op::If { condition: c, then: t, otherwise: o } = &chosen.op else {
                return self.execute(chosen);
            };
            self.spend(chosen.at, 1)?;
            branch = Some(chosen.at);
            (condition, then, otherwise) = (c, t, o.as_deref());
        }
    }

    fn statement(&mut self, node: &'r Node) -> Eval<()> {
        match &node.op {
            Op::Block(statements) => {
                statements.iter().try_for_each(|statement| self.execute(statement))
            }
            Op::Let { slot, value } => {
                let value = match value {
                    Some(value) => Some(self.eval(value)?),
                    None => None,
                };
                self.set(*slot, value);
                Ok(())
            }
            Op::Assign { place, op, op_at, value } => self.assign(node, place, *op, *op_at, value),
            Op::If { condition, then, otherwise } => {
                self.branches(condition, then, otherwise.as_deref())
            }
            Op::Switch { subject, arms } => match self.choose(subject, arms)? {
                Some(body) => self.execute(body),
                None => Ok(()),
            },
            Op::While { condition, body } => loop {
                if let Some(condition) = condition
                    && !self.condition(condition)?
                {
                    return Ok(());
                }
                if self.turn(body)? {
                    return Ok(());
                }
            },
            Op::Do { body, condition, until } => loop {
                if self.turn(body)? || self.condition(condition)? == *until {
                    return Ok(());
                }
            },
            Op::For { item, counter, list, body } => self.go_through(*item, *counter, list, body),
            Op::Return(value) => {
                let value = match value {
                    Some(value) => Some(self.eval(value)?),
                    None => None,
                };
                Err(Stop::Return(value))
            }
            Op::Break => Err(Stop::Break),
            Op::Continue => Err(Stop::Continue),
            Op::Mutate { mutation, place, args } => {
                self.mutate(node, *mutation, place, args).map(|_| ())
            }
            Op::Forget(id) => {
                let default = self.rules.facts.get(*id).and_then(|fact| fact.default.clone());
                self.assigned.insert(*id, (default, node.at));
                self.stale();
                Ok(())
            }
            Op::Raise { event, data } => {
                let data = self.data(data.as_deref())?;
                self.effects.push(Effect::Raise { event: event.clone(), data });
                Ok(())
            }
            Op::Send { event, when, data } => {
                self.send(node, event, when.as_deref(), data.as_deref())
            }
            Op::Cancel(event) => {
                self.effects.push(Effect::Cancel { event: event.clone() });
                Ok(())
            }
            Op::Emit { name, data } => {
                let data = self.data(data.as_deref())?;
                self.effects.push(Effect::Emit { name: name.clone(), data });
                Ok(())
            }
            Op::Tell { to, event, data } => self.describe(to, event, data.as_deref()),
            Op::Nothing => Ok(()),
            _ => self.eval(node).map(|_| ()),
        }
    }

    fn describe(&mut self, to: &'r Told, event: &Arc<str>, data: Option<&'r Node>) -> Eval<()> {
        let to = match to {
            Told::All(invoke) => Recipient::Children(*invoke),
            Told::Parent => Recipient::Parent,
            Told::One(invoke, key) => Recipient::Child(*invoke, self.key(key)?),
        };
        let data = self.data(data)?;
        self.effects.push(Effect::Tell { to, event: event.clone(), data });
        Ok(())
    }

    /// What a child is called by.
    fn key(&mut self, node: &'r Node) -> Eval<Arc<str>> {
        match self.eval(node)? {
            Value::Text(text) => Ok(text),
            Value::Integer(number) => Ok(number.to_string().into()),
            other => {
                let message = format!("the key of a child is a text, this is {}", kind_of(&other));
                Err(self.fault(node.at, "wrong-type", message))
            }
        }
    }

    /// One turn of a loop: whether it was the last.
    fn turn(&mut self, body: &'r Node) -> Eval<bool> {
        match self.execute(body) {
            Ok(()) | Err(Stop::Continue) => Ok(false),
            Err(Stop::Break) => Ok(true),
            Err(other) => Err(other),
        }
    }

    fn go_through(
        &mut self,
        item: u32,
        counter: Option<u32>,
        list: &'r Node,
        body: &'r Node,
    ) -> Eval<()> {
        let mut count = 0_i64;
        let is_range = matches!(list.op, Op::Range { .. });
        let name = if is_range { None } else { self.list_name(list) };
        let mut turn = |this: &mut Self, value: Value| {
            let number = usize::try_from(count).unwrap_or(usize::MAX);
            this.set_item(item, value, name.as_ref(), number);
            if let Some(counter) = counter {
                this.set(counter, Some(Value::Integer(count)));
            }
            count += 1;
            this.turn(body)
        };
        if let Op::Range { from, to, inclusive } = &list.op {
            let (from, to) = self.ends(from, to, *inclusive)?;
            for number in from..to {
                self.spend(list.at, 1)?;
                if turn(self, Value::Integer(number))? {
                    break;
                }
            }
            return Ok(());
        }
        match self.eval(list)? {
            Value::List(items) => {
                for value in items.iter() {
                    if turn(self, value.clone())? {
                        break;
                    }
                }
                Ok(())
            }
            other => Err(self.fault(
                list.at,
                "wrong-type",
                format!("`for` goes through a list, this is {}", kind_of(&other)),
            )),
        }
    }

    fn data(&mut self, node: Option<&'r Node>) -> Eval<Data> {
        let Some(node) = node else { return Ok(Data::new()) };
        match self.eval(node)? {
            Value::Record(entries) => {
                // It leaves the script, and is written out wherever it goes.
                let bytes = entries
                    .iter()
                    .map(|(key, value)| (key.len() as u64).saturating_add(written_bytes(value)));
                let bytes = bytes.fold(0, u64::saturating_add);
                self.grow(node.at, bytes)?;
                Ok(Arc::unwrap_or_clone(entries))
            }
            other => Err(self.fault(
                node.at,
                "wrong-type",
                format!("the data of an event is a record, this is {}", kind_of(&other)),
            )),
        }
    }

    fn send(
        &mut self,
        node: &Node,
        event: &Arc<str>,
        when: Option<&'r Node>,
        data: Option<&'r Node>,
    ) -> Eval<()> {
        let zone = &self.rules.zone;
        let due = match when {
            None => Some(self.context.now),
            Some(when) => match self.eval(when)? {
                Value::Duration(duration) if duration.is_negative() => {
                    let message =
                        format!("`send` cannot go back in time: `{duration}` is negative");
                    return Err(self.fault(when.at, "bad-duration", message));
                }
                Value::Duration(duration) => self.context.now.add(duration, zone),
                Value::DateTime(time) => Some(time),
                Value::Date(date) => date.end(zone),
                other => {
                    let message = format!(
                        "`send` needs a duration, a date or a date-time, this is {}",
                        kind_of(&other)
                    );
                    return Err(self.fault(when.at, "wrong-type", message));
                }
            },
        };
        let Some(due) = due else {
            return Err(self.fault(
                node.at,
                "overflow",
                format!("the time is out of range: {TIMES}"),
            ));
        };
        let data = self.data(data)?;
        self.effects.push(Effect::Send { event: event.clone(), due, data });
        Ok(())
    }

    fn assign(
        &mut self,
        node: &'r Node,
        place: &'r Place,
        op: Option<Binary>,
        op_at: Extent,
        value: &'r Node,
    ) -> Eval<()> {
        let value = self.eval(value)?;
        let path = self.path(place)?;
        let value = match op {
            None => value,
            Some(op) => {
                let before = self.stored(place)?;
                let before = self.inside(place.at, before, &path)?;
                self.operate(op, op_at, &before, &value)?
            }
        };
        if path.is_empty() {
            self.store(place.root, Some(value), node.at);
            return Ok(());
        }
        if is_nest(&value) {
            self.nest_fits(node.at, &value, path.len())?;
        }
        self.change(place, &path, node.at, |this, found| {
            *found = Some(value);
            this.list_fits(node.at, 0)
        })
    }

    fn path(&mut self, place: &'r Place) -> Eval<Vec<Path>> {
        let mut path = Vec::new();
        for step in &place.steps {
            path.push(match step {
                Step::Property(name) => Path::Property(name.clone()),
                Step::Item(node) => Path::Item(self.eval(node)?),
            });
        }
        Ok(path)
    }

    /// What a fact or variable holds.
    fn stored(&mut self, place: &Place) -> Eval<Value> {
        match place.root {
            Root::Fact(id) => self.fact(id, place.at),
            Root::Local(slot) => self.local(slot, &Node::new(place.at, Op::Nothing)),
        }
    }

    fn store(&mut self, root: Root, value: Option<Value>, at: Extent) {
        match root {
            Root::Local(slot) => self.set(slot, value),
            Root::Fact(id) => {
                self.assigned.insert(id, (value, at));
                self.stale();
            }
        }
    }

    /// Takes what is stored out, so that it can be changed without a copy, changes what is at the path, and puts it back.
    fn change(
        &mut self,
        place: &Place,
        path: &[Path],
        at: Extent,
        with: impl FnOnce(&mut Self, &mut Option<Value>) -> Eval<()>,
    ) -> Eval<()> {
        let mut root = self.stored(place)?;
        // Let go of the stored one: a list that nobody else holds is changed where it is.
        match place.root {
            Root::Local(slot) => self.set(slot, None),
            Root::Fact(id) => {
                if let Some(entry) = self.assigned.get_mut(&id) {
                    entry.0 = None;
                }
            }
        }
        let mut found = Some(root.clone());
        let done = if path.is_empty() {
            drop(root);
            with(self, &mut found)
        } else {
            drop(found.take());
            let done = self.descend(place.at, &mut root, path, with);
            found = Some(root);
            done
        };
        self.store(place.root, found, at);
        done
    }

    fn descend(
        &mut self,
        at: Extent,
        value: &mut Value,
        path: &[Path],
        with: impl FnOnce(&mut Self, &mut Option<Value>) -> Eval<()>,
    ) -> Eval<()> {
        let mut value = value;
        let Some((last, before)) = path.split_last() else { return Ok(()) };
        for step in before {
            self.copied(at, value)?;
            value = match (step, value) {
                (Path::Property(name), Value::Record(entries)) => {
                    match Arc::make_mut(entries).get_mut(name) {
                        Some(value) => value,
                        None => return Err(self.missing(at)),
                    }
                }
                (Path::Item(Value::Text(name)), Value::Record(entries)) => {
                    match Arc::make_mut(entries).get_mut(name) {
                        Some(value) => value,
                        None => return Err(self.missing(at)),
                    }
                }
                (Path::Item(item), Value::List(items)) => {
                    let index = self.index(at, item, items.len())?;
                    match Arc::make_mut(items).get_mut(index) {
                        Some(value) => value,
                        None => return Err(self.missing(at)),
                    }
                }
                (_, other) => {
                    return Err(self.fault(
                        at,
                        "wrong-type",
                        format!("there is nothing to assign to inside {}", kind_of(other)),
                    ));
                }
            };
        }
        self.copied(at, value)?;
        match (last, value) {
            (Path::Property(name) | Path::Item(Value::Text(name)), Value::Record(entries)) => {
                let entries = Arc::make_mut(entries);
                let mut found = entries.remove(name);
                let done = with(self, &mut found);
                if let Some(found) = found {
                    entries.insert(name.clone(), found);
                }
                self.list_fits(at, entries.len())?;
                done
            }
            (Path::Item(item), Value::List(items)) => {
                let index = self.index(at, item, items.len())?;
                let Some(place) = Arc::make_mut(items).get_mut(index) else {
                    return Err(self.missing(at));
                };
                let mut found = Some(std::mem::replace(place, Value::Boolean(false)));
                let done = with(self, &mut found);
                if let Some(found) = found {
                    *place = found;
                }
                done
            }
            (_, other) => Err(self.fault(
                at,
                "wrong-type",
                format!("there is nothing to assign to inside {}", kind_of(other)),
            )),
        }
    }

    /// Counts the copy of a list or record that somebody else holds too.
    fn copied(&mut self, at: Extent, value: &Value) -> Eval<()> {
        let cost = match value {
            Value::List(items) if Arc::strong_count(items) > 1 => items.len(),
            Value::Record(entries) if Arc::strong_count(entries) > 1 => entries.len(),
            _ => 0,
        };
        self.grow_by(at, cost)?;
        self.spend(at, cost / 8)
    }

    fn missing(&mut self, at: Extent) -> Stop {
        let name = self.text(at).to_owned();
        if let Some(names) = &mut self.unknown {
            names.push(name);
        }
        Stop::Unknown
    }

    /// What is at a path, for reading.
    fn inside(&mut self, at: Extent, value: Value, path: &[Path]) -> Eval<Value> {
        let mut value = value;
        for step in path {
            let found = match (step, &value) {
                (Path::Property(name) | Path::Item(Value::Text(name)), Value::Record(entries)) => {
                    entries.get(name).cloned()
                }
                (Path::Item(item), Value::List(items)) => {
                    let index = self.index(at, item, items.len())?;
                    items.get(index).cloned()
                }
                (_, other) => {
                    return Err(self.fault(
                        at,
                        "wrong-type",
                        format!("there is nothing inside {}", kind_of(other)),
                    ));
                }
            };
            value = match found {
                Some(found) => found,
                None => return Err(self.missing(at)),
            };
        }
        Ok(value)
    }

    /// `push`, `insert`, `remove`; the item removed.
    pub(super) fn mutate(
        &mut self,
        node: &'r Node,
        mutation: Mutation,
        place: &'r Place,
        args: &'r [Node],
    ) -> Eval<Option<Value>> {
        let at = node.at;
        let args = self.all(args)?;
        let path = self.path(place)?;
        let unique = self.is_unique(place.root, &path);
        for arg in args.iter().filter(|arg| is_nest(arg)) {
            self.nest_fits(at, arg, path.len() + 1)?;
        }
        let mut args = args.into_iter();
        let (first, second) = (args.next(), args.next());
        let mut removed = None;
        let out = &mut removed;
        self.change(place, &path, at, |this, found| {
            let Some(value) = found else { return Err(this.missing(place.at)) };
            this.copied(at, value)?;
            match (mutation, value, first, second) {
                (Mutation::Push, Value::List(items), Some(item), _) => {
                    if unique && this.has(at, items, &item)? {
                        return Ok(());
                    }
                    this.list_fits(at, items.len() + 1)?;
                    this.grow_by(at, 1)?;
                    Arc::make_mut(items).push(item);
                    Ok(())
                }
                (Mutation::Insert, Value::List(items), Some(index), Some(item)) => {
                    let index = this.index(at, &index, items.len() + 1)?;
                    if unique && this.has(at, items, &item)? {
                        return Ok(());
                    }
                    this.list_fits(at, items.len() + 1)?;
                    this.grow_by(at, 1)?;
                    this.spend(at, items.len() / 64)?;
                    Arc::make_mut(items).insert(index, item);
                    Ok(())
                }
                (Mutation::Remove, Value::List(items), Some(index), _) => {
                    let index = this.index(at, &index, items.len())?;
                    this.spend(at, items.len() / 64)?;
                    *out = Some(Arc::make_mut(items).remove(index));
                    Ok(())
                }
                (Mutation::Remove, Value::Record(entries), Some(Value::Text(name)), _) => {
                    match Arc::make_mut(entries).remove(&name) {
                        Some(value) => {
                            *out = Some(value);
                            Ok(())
                        }
                        None => Err(this.missing(at)),
                    }
                }
                (_, other, _, _) => Err(this.fault(
                    at,
                    "wrong-type",
                    format!("this needs a list, it is {}", kind_of(other)),
                )),
            }
        })?;
        Ok(removed)
    }

    fn has(&mut self, at: Extent, items: &[Value], item: &Value) -> Eval<bool> {
        let each = if is_nest(item) { nodes(item, usize::MAX) } else { 1 };
        self.spend(at, items.len().saturating_mul(each) / 4)?;
        Ok(items.iter().any(|other| other.loose_eq(item)))
    }

    /// Whether the list at a place is declared with `uniqueItems`.
    fn is_unique(&self, root: Root, path: &[Path]) -> bool {
        let Root::Fact(id) = root else { return false };
        let mut shape: Option<&Shape> = self.rules.facts.get(id).map(|fact| &fact.shape);
        for step in path {
            shape = match (shape.map(|shape| &shape.kind), step) {
                (Some(Kind::Array(items)), Path::Item(_)) => Some(items),
                (
                    Some(Kind::Object(object)),
                    Path::Property(name) | Path::Item(Value::Text(name)),
                ) => object.properties.get(&**name).or(object.additional.as_ref()),
                _ => None,
            };
        }
        shape.is_some_and(|shape| shape.unique_items)
    }
}

/// Puts what actions assigned where the case keeps it.
pub(super) fn commit(facts: &mut Facts, assigned: BTreeMap<FactId, (Option<Value>, Extent)>) {
    for (id, (value, _)) in assigned {
        facts.set(id, value);
    }
}
