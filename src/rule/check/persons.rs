//! Ids of actors, wherever they have gone: what is compared with one is compared as ids are. `Eva` is `eva`, or four eyes
//! that a guard asks for would be open to one person under two spellings.

use std::sync::Arc;

use super::super::program::{Builtin, EventPart, Node, Op, Place, Root, Step};
use super::super::types::{Record, Type};
use super::Checker;
use super::names::Names;
use crate::person::{NAMES, Person};
use crate::table::FactId;
use crate::value::Value;

impl Checker<'_, '_> {
    /// Takes down that an id is put into a fact, or into a part of it.
    pub(super) fn keeps(&self, place: &Place, found: &Type) {
        if let Root::Fact(id) = place.root
            && found.has_person()
        {
            let mut kind = self.names.kind_of(id);
            at_place(&mut kind, &place.steps, &|kind| {
                *kind = std::mem::replace(kind, Type::Any).keeping(found);
            });
            self.names.note_fact(id, kind);
        }
    }

    /// Takes down that a list in a fact is given an item.
    pub(super) fn keeps_item(&self, place: &Place, found: &Type) {
        if found.has_person() {
            self.keeps(place, &Type::list([found.clone()]));
        }
    }

    /// Takes down that the names of a record's entries are ids: one was looked for there, or is entered.
    pub(super) fn is_named_by_ids(&mut self, record: &Node) {
        let Some((root, steps)) = place_of(record) else { return };
        let named = |kind: &mut Type| match kind {
            Type::Record(record) if !record.named_by_ids => {
                Arc::make_mut(record).named_by_ids = true;
            }
            Type::Any => *kind = Type::Somebody,
            _ => {}
        };
        match root {
            Root::Fact(id) => {
                let mut kind = self.names.kind_of(id);
                at_place(&mut kind, &steps, &named);
                self.names.note_fact(id, kind);
            }
            Root::Local(slot) => {
                let local = self.locals.iter_mut().rev().find(|local| local.slot == slot);
                local.into_iter().for_each(|local| at_place(&mut local.kind, &steps, &named));
            }
        }
    }

    /// The name under which a record holds what belongs to a person: that of the person's own entry, however it is written,
    /// else the id.
    pub(super) fn entry_of_person(&mut self, record: Node, item: Node, kind: &Type) -> Node {
        if !is_person(&item, kind) {
            return item;
        }
        self.is_named_by_ids(&record);
        Node::new(item.at, Op::Call(Builtin::Entry, vec![record, item]))
    }
}

/// Where a value stands that can be assigned to: the fact or variable, and the way into it.
fn place_of(node: &Node) -> Option<(Root, Vec<Step>)> {
    let (inner, step) = match &node.op {
        Op::Fact(id) => return Some((Root::Fact(*id), Vec::new())),
        Op::Local(slot) => return Some((Root::Local(*slot), Vec::new())),
        Op::Item(inner, item) => (inner, Step::Item(Node::clone(item))),
        Op::Property(inner, name) => (inner, Step::Property(name.clone())),
        _ => return None,
    };
    let (root, mut steps) = place_of(inner)?;
    steps.push(step);
    Some((root, steps))
}

/// Changes a part of a type.
fn at_place(kind: &mut Type, steps: &[Step], change: &dyn Fn(&mut Type)) {
    let Some((step, rest)) = steps.split_first() else { return change(kind) };
    match (kind, step) {
        (Type::List(items), Step::Item(_)) => at_place(items, rest, change),
        (Type::Record(record), step) => {
            let Record { properties, additional, named_by_ids: _ } = Arc::make_mut(record);
            let name = match step {
                Step::Property(name) => Some(name),
                Step::Item(item) => match &item.op {
                    Op::Constant(Value::Text(name)) => Some(name),
                    _ => None,
                },
            };
            match name.filter(|name| properties.contains_key(*name)) {
                Some(name) => {
                    properties
                        .get_mut(name)
                        .into_iter()
                        .for_each(|kind| at_place(kind, rest, change));
                }
                None if name.is_some() => {
                    additional.iter_mut().for_each(|kind| at_place(kind, rest, change));
                }
                None => {
                    let all = properties.values_mut().chain(additional);
                    all.for_each(|kind| at_place(kind, rest, change));
                }
            }
        }
        _ => {}
    }
}

impl Names<'_> {
    /// What a fact holds: as it is declared, and ids of actors where they are put into it.
    pub fn kind_of(&self, id: FactId) -> Type {
        let known = self.persons.borrow().facts.get(&id).cloned();
        known.unwrap_or_else(|| Type::of(&self.def.facts.at(id).shape))
    }

    /// Takes down what a fact holds.
    pub fn note_fact(&self, id: FactId, kind: Type) {
        if kind == self.kind_of(id) {
            return;
        }
        let mut persons = self.persons.borrow_mut();
        persons.is_new = true;
        persons.facts.insert(id, kind);
    }

    /// Takes down that a function is called with the id of an actor, or with what holds such.
    pub fn hand_over(&self, function: u32, index: usize, kind: &Type) {
        if kind.has_person() {
            let mut persons = self.persons.borrow_mut();
            // Whatever else it is called with: only of ids it makes a difference.
            persons.is_new |= is_of_ids(kind) && persons.handed.insert((function, index));
        }
    }

    /// What a parameter of a function is: only of ids of persons it matters, for they are compared otherwise than texts.
    pub fn handed(&self, function: u32, index: usize) -> Type {
        let is_handed = self.persons.borrow().handed.contains(&(function, index));
        if is_handed { Type::Somebody } else { Type::Any }
    }

    /// Takes down what a function gives.
    pub fn gives(&self, function: u32, kind: &Type) {
        if is_of_ids(kind) {
            let mut persons = self.persons.borrow_mut();
            persons.is_new |= persons.given.insert(function);
        }
    }

    /// What a call of a function is.
    pub fn given(&self, function: u32) -> Type {
        if self.persons.borrow().given.contains(&function) { Type::Somebody } else { Type::Any }
    }

    /// Takes down under which names records hold ids of actors that scripts write out.
    pub fn note_record(&self, record: &Record) {
        for (name, kind) in &record.properties {
            if kind.is_person() {
                let mut persons = self.persons.borrow_mut();
                persons.is_new |= persons.properties.insert(Arc::clone(name));
            }
        }
    }

    /// What a property of this name is, of a record of which only that is known.
    pub fn property(&self, name: &str) -> Type {
        if self.persons.borrow().properties.contains(name) { Type::Somebody } else { Type::Any }
    }

    /// Whether anything was taken down since this was asked last: what was checked before may have to be checked again.
    pub fn has_new_persons(&self) -> bool {
        std::mem::take(&mut self.persons.borrow_mut().is_new)
    }
}

/// Both sides of a comparison, as ids where one of them is, or in those parts in which one of them holds such.
pub(super) fn as_persons(
    (left, a): (Box<Node>, &Type),
    (right, b): (Box<Node>, &Type),
) -> (Box<Node>, Box<Node>) {
    let (mut one, mut two) = (parts(a), parts(b));
    let is_record = |parts: &Option<Value>| matches!(parts, Some(Value::Record(_)));
    if is_record(&one) != is_record(&two) {
        // What is only known when it runs may be such a record, too.
        let other = if is_record(&one) { &mut two } else { &mut one };
        *other = None;
    } else if is_person(&left, a) || is_person(&right, b) {
        return (Box::new(as_person(*left)), Box::new(as_person(*right)));
    }
    let Some(parts) = joined(one, two) else { return (left, right) };
    let within = |node: Box<Node>| {
        let parts = Node::new(node.at, Op::Constant(parts.clone()));
        Box::new(Node::new(node.at, Op::Call(Builtin::Person, vec![*node, parts])))
    };
    (within(left), within(right))
}

/// Where in a value of this type ids stand: a text for one, a list of where in each item, a record of where in its parts;
/// those that are not declared go by `*`, and the names themselves, where they are ids, by [`NAMES`]. `None` where nowhere.
fn parts(kind: &Type) -> Option<Value> {
    match kind {
        Type::List(items) => Some(Value::from_iter([parts(items)?])),
        Type::Record(record) => {
            let own = record
                .properties
                .iter()
                .filter_map(|(name, kind)| Some((Arc::clone(name), parts(kind)?)));
            let rest = record.additional.as_ref().and_then(parts).map(|kind| ("*".into(), kind));
            let all: Vec<(Arc<str>, Value)> = own.chain(rest).collect();
            let names = record.named_by_ids.then(|| (NAMES.into(), Value::from("id")));
            let all: Vec<(Arc<str>, Value)> = all.into_iter().chain(names).collect();
            (!all.is_empty()).then(|| Value::from_iter(all))
        }
        kind => kind.is_person().then(|| Value::from("id")),
    }
}

fn joined(one: Option<Value>, two: Option<Value>) -> Option<Value> {
    match (one, two) {
        (Some(Value::List(one)), Some(Value::List(two))) => {
            let item = joined(one.first().cloned(), two.first().cloned())?;
            Some(Value::from_iter([item]))
        }
        (Some(Value::Record(one)), Some(Value::Record(two))) => {
            let mut all = Arc::unwrap_or_clone(one);
            for (name, part) in two.iter() {
                let part = joined(all.remove(name), Some(part.clone()))?;
                all.insert(Arc::clone(name), part);
            }
            Some(Value::Record(Arc::new(all)))
        }
        (one, two) => one.or(two),
    }
}

/// A value in the form in which all ids of one person are equal.
pub(super) fn as_person(node: Node) -> Node {
    match &node.op {
        Op::Constant(value) => Node::new(node.at, Op::Constant(key_of(value))),
        _ => Node::new(node.at, Op::Call(Builtin::Person, vec![node])),
    }
}

/// A text as the key of the person whose id it is; anything else as it is.
pub(super) fn key_of(value: &Value) -> Value {
    match value {
        Value::Text(id) => Value::from(Person::of(id).key()),
        other => other.clone(),
    }
}

/// Whether a value is an id, several, or a record that is named by such.
fn is_of_ids(kind: &Type) -> bool {
    match kind {
        Type::List(items) => items.is_person(),
        Type::Record(record) => record.named_by_ids,
        kind => kind.is_person(),
    }
}

/// Whether a value is the id of an actor, or those of several.
pub(super) fn is_person(node: &Node, kind: &Type) -> bool {
    let is_ids = kind.is_person() || matches!(kind, Type::List(items) if items.is_person());
    is_ids || names_person(node)
}

/// Whether it came as such, and so is one that somebody can have.
pub(super) fn is_sent_by(node: &Node, kind: &Type) -> bool {
    kind.is_sent_by() || names_person(node)
}

/// Whether what is written says that it came as an id, where the type is only known when it runs.
fn names_person(node: &Node) -> bool {
    match &node.op {
        Op::Event(EventPart::Actor) | Op::Who(_) => true,
        Op::Item(list, _) => names_person(list),
        Op::Coalesce(nodes) | Op::List(nodes) => nodes.iter().any(names_person),
        _ => false,
    }
}
