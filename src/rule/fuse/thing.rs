//! Closures that give any value: borrowed from the facts where they hold it.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::super::eval::{Evaluator, is_nest};
use super::super::operate;
use super::super::people::Who;
use super::super::plan::{Thing, Turns};
use super::super::program::{Builtin, EventPart, Node, Op};
use super::super::syntax::{Binary, Extent};
use super::flow::{flow, turns};
use super::test::{TestFn, test};
use super::word::{Operand, word};
use super::{Frame, Item, Row, Stop, Tri};
use crate::value::{Number, Value};

pub(super) type ThingFn =
    Box<dyn for<'a, 'f> Fn(&Row<'a>, &mut Frame<'f, 'a>) -> Result<Item<'a>, Stop> + Send + Sync>;

fn made(
    closure: impl for<'a, 'f> Fn(&Row<'a>, &mut Frame<'f, 'a>) -> Result<Item<'a>, Stop>
    + Send
    + Sync
    + 'static,
) -> ThingFn {
    Box::new(closure)
}

pub(super) fn thing(inner: &Thing) -> ThingFn {
    match inner {
        Thing::Constant(value) => {
            let value = value.clone();
            made(move |_, _| Ok(Item::Made(value.clone())))
        }
        Thing::Fact(id) => {
            let id = *id;
            made(move |row, _| {
                let facts = row.context.facts;
                let held = facts.kept(id).map(Item::Held);
                held.or_else(|| facts.get(id).map(Item::Made)).ok_or(Stop::Unknown)
            })
        }
        Thing::Local(register) => {
            let register = *register;
            made(move |_, frame| frame.thing(register))
        }
        Thing::Item { fact, row: number } => {
            let (fact, number) = (*fact, *number);
            made(move |row, frame| {
                let number = usize::try_from(frame.word(number)?).map_err(|_| Stop::Unsure)?;
                match row.context.facts.kept(fact) {
                    Some(Value::List(items)) => {
                        items.get(number).map(Item::Held).ok_or(Stop::Unsure)
                    }
                    _ => Err(Stop::Unsure),
                }
            })
        }
        Thing::Word(kind, inner) => {
            let (kind, inner) = (kind.clone(), word(inner));
            made(move |row, frame| {
                let found = inner(row, frame)?;
                kind.value(found, &row.rules.zone).map(Item::Made).ok_or(Stop::Unsure)
            })
        }
        Thing::Test(inner) => {
            let inner = test(inner);
            made(move |row, frame| match inner(row, frame) {
                Tri::True => Ok(Item::Made(Value::Boolean(true))),
                Tri::False => Ok(Item::Made(Value::Boolean(false))),
                other => Err(other.stop()),
            })
        }
        Thing::Data(name) => {
            let name = name.clone();
            made(move |row, _| {
                let found = row.context.event.and_then(|event| event.data.get(&name));
                found.map(Item::Held).ok_or(Stop::Unknown)
            })
        }
        Thing::Event(part) => {
            let part = *part;
            made(move |row, _| {
                let event = row.context.event.ok_or(Stop::Unknown)?;
                let value = match part {
                    EventPart::Name => Value::Text(event.name.clone()),
                    EventPart::Actor => Value::Text(event.actor.clone().ok_or(Stop::Unknown)?),
                    EventPart::At => Value::DateTime(event.at),
                    EventPart::Date => Value::Date(event.at.date()),
                };
                Ok(Item::Made(value))
            })
        }
        Thing::Who(pattern) => {
            let pattern = pattern.clone();
            made(move |row, frame| {
                let past = row.context.past;
                // Whether somebody is among them cannot be said then: the evaluator tells what of it matters.
                if past.senders(&pattern).any(Who::is_anonymous) {
                    return Err(Stop::Unsure);
                }
                let most = row.rules.limits.list_items;
                let who = past.who(&pattern, most).map_err(|_| Stop::Unsure)?;
                frame.spend((past.events.len() + who.len()) as u64)?;
                Ok(Item::Made(who.into_iter().map(Value::Text).collect()))
            })
        }
        Thing::Property(base, name) => {
            let (base, name) = (thing(base), name.clone());
            made(move |row, frame| property(base(row, frame)?, &name))
        }
        Thing::At(base, item) => {
            let (base, item) = (thing(base), thing(item));
            made(move |row, frame| {
                let base = base(row, frame)?;
                let item = item(row, frame)?;
                at(base, item.value())
            })
        }
        Thing::List(items) => {
            let items: Vec<ThingFn> = items.iter().map(thing).collect();
            made(move |row, frame| {
                let mut list = Vec::with_capacity(items.len());
                for item in &items {
                    list.push(flat(item(row, frame)?)?);
                }
                listed(row, list)
            })
        }
        Thing::Record(entries) => {
            let entries: Vec<(Arc<str>, ThingFn)> =
                entries.iter().map(|(name, entry)| (name.clone(), thing(entry))).collect();
            made(move |row, frame| {
                let mut record = BTreeMap::new();
                for (name, entry) in &entries {
                    record.insert(name.clone(), flat(entry(row, frame)?)?);
                }
                Ok(Item::Made(Value::from(record)))
            })
        }
        Thing::Range { from, to } => {
            let (from, to) = (Operand::new(from), Operand::new(to));
            made(move |row, frame| {
                let (from, to) = (from.read(row, frame)?, to.read(row, frame)?);
                let length = usize::try_from(to.saturating_sub(from).max(0)).unwrap_or(usize::MAX);
                if length > row.rules.limits.list_items {
                    return Err(Stop::Unsure);
                }
                frame.spend(length as u64)?;
                Ok(Item::Made((from..to).map(Value::Integer).collect()))
            })
        }
        Thing::Operate { op, left, right } => operated(*op, left, right),
        Thing::Minus(inner) => {
            let inner = thing(inner);
            made(move |row, frame| {
                let negated = match inner(row, frame)?.value() {
                    Value::Integer(number) => number.checked_neg().map(Value::Integer),
                    Value::Number(number) => Some(Value::Number(number.neg())),
                    Value::Duration(length) => length.checked_neg().map(Value::Duration),
                    _ => None,
                };
                negated.map(Item::Made).ok_or(Stop::Unsure)
            })
        }
        Thing::Call(builtin, args) => called(builtin, args),
        Thing::Filter { turns: over, item, test: inner } => filtered(over, item, test(inner)),
        Thing::Find { turns: over, item, test: inner } => {
            let (over, item, inner) = (turns(over), thing(item), test(inner));
            made(move |row, frame| {
                let mut found = None;
                over.run(row, frame, |row, frame| match inner(row, frame) {
                    Tri::True => {
                        found = Some(item(row, frame)?);
                        Ok(false)
                    }
                    Tri::False => Ok(true),
                    other => Err(other.stop()),
                })?;
                found.ok_or(Stop::Unknown)
            })
        }
        Thing::Map { turns: over, item } => {
            let (over, item) = (turns(over), thing(item));
            made(move |row, frame| {
                let mut list = Vec::new();
                over.run(row, frame, |row, frame| {
                    list.push(flat(item(row, frame)?)?);
                    Ok(true)
                })?;
                listed(row, list)
            })
        }
        Thing::Score(inner) => {
            let inner = thing(inner);
            made(move |row, frame| {
                let found = inner(row, frame)?;
                let number = operate::number(found.value()).ok_or(Stop::Unsure)?;
                let fits = number >= Number::from(0) && number <= Number::from(1);
                if fits { Ok(Item::Made(Value::Number(number))) } else { Err(Stop::Unsure) }
            })
        }
        Thing::Admit(id, inner) => {
            let (id, inner) = (*id, thing(inner));
            made(move |row, frame| {
                let found = inner(row, frame)?;
                let fact = row.rules.facts.get(id).ok_or(Stop::Unsure)?;
                let admitted = fact.shape.admit(found.into_value(), &row.rules.zone);
                admitted.map(Item::Made).map_err(|_| Stop::Unsure)
            })
        }
        Thing::Flow(inner) => flow(inner),
    }
}

fn filtered(over: &Turns, item: &Thing, inner: TestFn) -> ThingFn {
    let (over, item) = (turns(over), thing(item));
    made(move |row, frame| {
        let mut list = Vec::new();
        over.run(row, frame, |row, frame| {
            match inner(row, frame) {
                Tri::True => list.push(item(row, frame)?.into_value()),
                Tri::False => {}
                other => return Err(other.stop()),
            }
            Ok(true)
        })?;
        Ok(Item::Made(Value::List(Arc::new(list))))
    })
}

/// What is put into a list or record: those inside others are counted and measured by the evaluator alone.
fn flat(item: Item) -> Result<Value, Stop> {
    let value = item.into_value();
    if is_nest(&value) { Err(Stop::Unsure) } else { Ok(value) }
}

fn listed<'a>(row: &Row<'a>, items: Vec<Value>) -> Result<Item<'a>, Stop> {
    if items.len() > row.rules.limits.list_items {
        return Err(Stop::Unsure);
    }
    Ok(Item::Made(Value::List(Arc::new(items))))
}

/// By the table of operators; what that refuses is left to the evaluator.
pub(super) fn operated(op: Binary, left: &Thing, right: &Thing) -> ThingFn {
    let (left, right) = (thing(left), thing(right));
    made(move |row, frame| {
        let left = left(row, frame)?;
        let right = right(row, frame)?;
        let (a, b) = (left.value(), right.value());
        match (a, b) {
            (Value::Text(a), Value::Text(b)) if op == Binary::Add => {
                if a.len().saturating_add(b.len()) > row.rules.limits.text_bytes {
                    return Err(Stop::Unsure);
                }
                frame.spend((a.len() + b.len()) as u64 / 64)?;
            }
            (Value::List(a), Value::List(b)) => {
                let length = a.len().saturating_add(b.len());
                if length > row.rules.limits.list_items || a.iter().chain(b.iter()).any(is_nest) {
                    return Err(Stop::Unsure);
                }
                frame.spend(length as u64)?;
            }
            (Value::List(_) | Value::Record(_), _) => return Err(Stop::Unsure),
            _ => {}
        }
        let found = operate::binary(op, a, b, &row.rules.zone);
        found.map(Item::Made).map_err(|_| Stop::Unsure)
    })
}

/// The functions have one meaning: the evaluator's.
fn called(builtin: &Builtin, args: &[Thing]) -> ThingFn {
    let args: Vec<ThingFn> = args.iter().map(thing).collect();
    let builtin = builtin.clone();
    let nowhere = Node::new(Extent::default(), Op::Nothing);
    made(move |row, frame| {
        let mut values = Vec::with_capacity(args.len());
        for arg in &args {
            values.push(arg(row, frame)?.into_value());
        }
        frame.spend(1)?;
        let mut evaluator = Evaluator::new(row.rules, *row.context);
        let found = evaluator.builtin(&nowhere, &builtin, values);
        found.map(Item::Made).map_err(|_| Stop::Unsure)
    })
}

fn property<'a>(base: Item<'a>, name: &Arc<str>) -> Result<Item<'a>, Stop> {
    let found = match &base {
        Item::Held(Value::Record(entries)) => {
            return entries.get(name).map(Item::Held).ok_or(Stop::Unknown);
        }
        Item::Made(Value::Record(entries)) => {
            return entries.get(name).cloned().map(Item::Made).ok_or(Stop::Unknown);
        }
        other => match (other.value(), &**name) {
            (Value::Date(date), "year") => Value::Integer(date.year()),
            (Value::Date(date), "month") => Value::Integer(date.month()),
            (Value::Date(date), "day") => Value::Integer(date.day()),
            (Value::Date(date), "weekday") => Value::Integer(date.weekday()),
            (Value::DateTime(time), "year") => Value::Integer(time.date().year()),
            (Value::DateTime(time), "month") => Value::Integer(time.date().month()),
            (Value::DateTime(time), "day") => Value::Integer(time.date().day()),
            (Value::DateTime(time), "weekday") => Value::Integer(time.date().weekday()),
            (Value::DateTime(time), "date") => Value::Date(time.date()),
            (Value::Duration(length), "days") => {
                Value::Integer(length.as_days().ok_or(Stop::Unsure)?)
            }
            (Value::Duration(length), "hours") => {
                Value::Number(length.as_hours().ok_or(Stop::Unsure)?)
            }
            (Value::List(items), "len") => {
                Value::Integer(i64::try_from(items.len()).map_err(|_| Stop::Unsure)?)
            }
            _ => return Err(Stop::Unsure),
        },
    };
    Ok(Item::Made(found))
}

fn at<'a>(base: Item<'a>, item: &Value) -> Result<Item<'a>, Stop> {
    let number = match item {
        Value::Integer(number) => usize::try_from(*number).ok(),
        Value::Number(number) => number.to_i64().and_then(|number| usize::try_from(number).ok()),
        _ => None,
    };
    match (&base, item) {
        (Item::Held(Value::List(items)), _) => {
            number.and_then(|number| items.get(number)).map(Item::Held).ok_or(Stop::Unsure)
        }
        (Item::Made(Value::List(items)), _) => {
            let found = number.and_then(|number| items.get(number)).cloned();
            found.map(Item::Made).ok_or(Stop::Unsure)
        }
        (Item::Held(Value::Record(entries)), Value::Text(name)) => {
            entries.get(name).map(Item::Held).ok_or(Stop::Unknown)
        }
        (Item::Made(Value::Record(entries)), Value::Text(name)) => {
            entries.get(name).cloned().map(Item::Made).ok_or(Stop::Unknown)
        }
        _ => Err(Stop::Unsure),
    }
}
