//! A situation of what a candidate says, for the engine to be run on.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::formula::{F, Part};
use super::lists::Classes;
use super::places::{Place, Root, Sort};
use super::rational::Ratio;
use super::symbol::Unit;
use super::theory::{Model, Word};
use super::unfold::{Past, Unfolder};
use crate::definition::shape::{Kind, Shape};
use crate::partition::samples::Palette;
use crate::rule::{CaseHistory, Current, Facts, Occurrence};
use crate::table::StateId;
use crate::value::{Date, DateTime, Duration, Value, Zone};

/// Items of lists that are made.
const ITEMS: i128 = 400;
/// Noon, in microseconds.
const NOON: i64 = 43_200_000_000;
const DAY: i64 = 86_400_000_000;

/// What rules read at the moment of judging.
#[derive(Debug, Clone)]
pub(crate) struct Situation {
    pub facts: Facts,
    pub now: DateTime,
    pub event: Option<Current>,
    pub past: CaseHistory,
    /// Ascending.
    pub active: Vec<StateId>,
}

/// Puts together what a candidate says.
struct Maker<'u, 'w> {
    unfolder: &'u Unfolder<'w>,
    model: &'u Model,
    classes: &'u Classes,
    now: DateTime,
}

/// The situation of a candidate; `None` where it cannot be written down. `event` is the name of the one that is answered.
pub(super) fn situation(
    unfolder: &Unfolder,
    model: &Model,
    classes: &Classes,
    event: Option<&str>,
) -> Option<Situation> {
    let read = |kind: &'static str| -> Option<i64> {
        let value = model.numbers.get(&unfolder.clock_read(kind)?)?;
        i64::try_from(value.to_whole()?).ok()
    };
    let zone = &unfolder.rules.zone;
    let instant = |exact: Option<i64>, day: Option<i64>| -> Option<DateTime> {
        let at = exact.or_else(|| day?.checked_mul(DAY)?.checked_add(NOON));
        Some(DateTime::from_microseconds(at?)?.in_zone(zone))
    };
    let found = instant(read("now"), read("today"));
    let world = unfolder.world.as_ref();
    let now = match world.map(|world| world.context.now) {
        // What is read of the day alone is so from its beginning.
        Some(now) => found.filter(|at| *at > now && at.date() != now.date()).unwrap_or_else(|| {
            let exact = found.filter(|_| read("now").is_some());
            exact.unwrap_or(now).max(now)
        }),
        None => found.unwrap_or(DateTime::epoch(zone)),
    };
    let at = match world {
        Some(_) => now,
        None => instant(read("at"), read("date")).unwrap_or(now),
    };
    let maker = Maker { unfolder, model, classes, now };
    let mut facts = match world {
        Some(world) => world.context.facts.clone(),
        None => unfolder.rules.facts_at_first(),
    };
    let given = world.and_then(|world| world.context.event);
    let mut data = given.map(|event| event.data.clone()).unwrap_or_default();
    for (number, place) in unfolder.places.all.iter().enumerate() {
        match &place.root {
            Root::Fact(id) => {
                if maker.is_known(place.known) && maker.is_said(number) {
                    let value = place.shape.admit(maker.value(number, 0)?, zone).ok()?;
                    facts.set(*id, Some(value));
                }
            }
            Root::Data(scope, name) => {
                let same = unfolder.scope.event.is_some_and(|(event, _)| event == *scope);
                if same && maker.is_known(place.known) && maker.is_said(number) {
                    let value = place.shape.admit(maker.value(number, 0)?, zone).ok()?;
                    data.insert(Arc::clone(name), value);
                }
            }
            Root::Parameter(_) | Root::Entry(..) | Root::Item(..) => {}
        }
    }
    let event = match given {
        Some(given) => Some(Current { at, data, ..given.clone() }),
        None => event.map(|name| Current { name: name.into(), actor: None, at, data }),
    };
    let (past, active) = match world {
        Some(world) => (world.context.past.clone(), world.context.active.to_vec()),
        None => maker.past(),
    };
    Some(Situation { facts, now, event, past, active })
}

impl Maker<'_, '_> {
    /// What has happened, and where the case stands.
    fn past(&self) -> (CaseHistory, Vec<StateId>) {
        let mut events: BTreeMap<Arc<str>, Occurrence> = BTreeMap::new();
        let mut entered = Vec::new();
        let mut active = Vec::new();
        for (read, (flag, variable)) in &self.unfolder.pasts {
            let so = self.flag(*flag) == Some(true);
            let number = self.model.numbers.get(variable).and_then(|number| number.to_whole());
            let number = number.and_then(|number| i64::try_from(number).ok());
            let zone = &self.unfolder.rules.zone;
            let time = number.and_then(DateTime::from_microseconds).map(|at| at.in_zone(zone));
            let mut happened = |pattern: &Arc<str>| {
                let name =
                    if **pattern == *"*" { "anything" } else { pattern.trim_end_matches(".*") };
                let new = Occurrence { count: 1, last: self.now, who: [].into_iter().collect() };
                events.entry(name.into()).or_insert(new).clone()
            };
            let (name, found) = match read {
                Past::Last(pattern) if so => {
                    let found = happened(pattern);
                    (pattern, Occurrence { last: time.unwrap_or(self.now), ..found })
                }
                Past::Count(pattern) if number.is_some_and(|number| number > 0) => {
                    let found = happened(pattern);
                    let count = number.and_then(|number| u64::try_from(number).ok());
                    (pattern, Occurrence { count: count.unwrap_or(1), ..found })
                }
                Past::Since(state) if so => {
                    entered.push((*state, time.unwrap_or(self.now)));
                    continue;
                }
                Past::Active(state) if so => {
                    active.push(*state);
                    continue;
                }
                _ => continue,
            };
            let name = if **name == *"*" { "anything" } else { name.trim_end_matches(".*") };
            events.insert(name.into(), found);
        }
        entered.sort_unstable_by_key(|(state, _)| *state);
        active.sort_unstable();
        let events = events.into_iter().collect();
        (CaseHistory { events, entered: entered.into_iter().collect() }, active)
    }

    fn flag(&self, flag: F) -> Option<bool> {
        match self.unfolder.formula.part(flag) {
            Part::True => Some(true),
            Part::False => Some(false),
            Part::Literal(literal) => {
                self.model.flags.get(&literal.atom).map(|holds| *holds == literal.holds)
            }
            Part::And(_) | Part::Or(_) => None,
        }
    }

    fn is_known(&self, known: F) -> bool {
        self.flag(known) == Some(true)
    }

    /// Whether the candidate says anything of a place: what has a default keeps it else.
    fn is_said(&self, number: usize) -> bool {
        let Some(place) = self.unfolder.places.all.get(number) else { return false };
        if place.known != F::TRUE {
            return true;
        }
        match &place.sort {
            Sort::Boolean(flag) => self.flag(*flag).is_some(),
            Sort::Number(lin, ..) | Sort::Date(lin) | Sort::Time(lin) | Sort::Length(_, lin) => {
                lin.terms.iter().any(|(variable, _)| self.model.numbers.contains_key(variable))
            }
            Sort::Text(text) => self.model.texts.contains_key(text),
            Sort::List(list) => {
                let length = self.unfolder.places.lists.get(*list).map(|list| list.length);
                self.classes.contains_key(list)
                    || length.is_some_and(|length| self.model.numbers.contains_key(&length))
            }
            Sort::Record => self.unfolder.places.all.iter().enumerate().any(|(inner, place)| {
                matches!(&place.root, Root::Entry(outer, _) if *outer == number)
                    && (place.known != F::TRUE && self.flag(place.known).is_some()
                        || self.is_said(inner))
            }),
            Sort::Vague | Sort::Nothing => false,
        }
    }

    fn sample(&self, shape: &Shape) -> Option<Value> {
        let palette = Palette { constants: &[], now: self.now, zone: &self.unfolder.rules.zone };
        palette.plain(shape)
    }

    fn value(&self, number: usize, depth: usize) -> Option<Value> {
        let place = self.unfolder.places.all.get(number).filter(|_| depth < 16)?;
        let worth = |lin| self.unfolder.worth(lin, self.model).ok();
        Some(match &place.sort {
            Sort::Boolean(flag) => Value::Boolean(self.flag(*flag).unwrap_or(false)),
            Sort::Number(lin, ..) | Sort::Date(lin) | Sort::Time(lin) | Sort::Length(_, lin) => {
                valued(&place.sort, worth(lin)?, &self.unfolder.rules.zone)?
            }
            Sort::Text(text) => self.text(*text, place.shape)?,
            Sort::List(list) => self.list(*list, place.shape, depth)?,
            Sort::Record => self.record(number, place.shape, depth)?,
            Sort::Vague => self.sample(place.shape)?,
            Sort::Nothing => return None,
        })
    }

    fn text(&self, text: u32, shape: &Shape) -> Option<Value> {
        let words = &self.unfolder.formula.words;
        let word = |word: u32| words.get(word as usize).map(|word| Value::Text(Arc::clone(word)));
        let fits = |value: &Value| shape.admit(value.clone(), &self.unfolder.rules.zone).is_ok();
        let (not, class) = match self.model.texts.get(&text) {
            Some(Word::This(found)) => return word(*found),
            Some(Word::Other { not, class }) => (not.clone(), *class),
            None => return self.sample(shape),
        };
        let not: Vec<Value> = not.into_iter().filter_map(word).collect();
        let samples = shape.pattern.iter().flat_map(|pattern| pattern.samples()).cloned();
        let made = ["text", "t", ""].into_iter().map(|start| format!("{start}{class}"));
        let mut all = made.chain(samples).map(Value::from);
        all.find(|value| fits(value) && !not.contains(value)).or_else(|| {
            let sample = self.sample(shape)?;
            (!not.contains(&sample)).then_some(sample)
        })
    }

    fn list(&self, list: usize, shape: &Shape, depth: usize) -> Option<Value> {
        let declared = self.unfolder.places.lists.get(list)?;
        let count = |variable| self.model.numbers.get(variable).and_then(|value| value.to_whole());
        if let Some(classes) = self.classes.get(&list) {
            let mut items = Vec::new();
            let mut room = ITEMS;
            for class in classes {
                let many = count(&class.count).unwrap_or(0);
                room -= many;
                if room < 0 {
                    return None;
                }
                if many > 0 {
                    let item = self.value(class.place, depth + 1)?;
                    items.extend((0..many).map(|_| item.clone()));
                }
            }
            return Some(Value::List(Arc::new(items)));
        }
        let least = i128::from(shape.min_items.unwrap_or(0));
        let many = count(&declared.length).unwrap_or(least);
        if many > ITEMS {
            return None;
        }
        let palette = Palette { constants: &[], now: self.now, zone: &self.unfolder.rules.zone };
        match palette.list(declared.item, i64::try_from(many).ok()?) {
            Some(list) => Some(list),
            None => {
                let item = self.sample(declared.item)?;
                Some(Value::List(Arc::new((0..many).map(|_| item.clone()).collect())))
            }
        }
    }

    fn record(&self, number: usize, shape: &Shape, depth: usize) -> Option<Value> {
        let Kind::Object(object) = &shape.kind else { return None };
        // Of a record that there is, only what is said changes.
        let kept = match (&self.unfolder.world, self.unfolder.places.all.get(number)?) {
            (Some(world), Place { root: Root::Fact(id), .. }) => world.context.facts.get(*id),
            _ => None,
        };
        let mut entries: BTreeMap<Arc<str>, Value> = match kept {
            Some(Value::Record(kept)) => BTreeMap::clone(&kept),
            _ => BTreeMap::new(),
        };
        for name in &object.required {
            let kept = entries.contains_key(name.as_str());
            let shape = object.properties.get(name).or(object.additional.as_ref())?;
            let name: Arc<str> = Arc::from(name.as_str());
            let place = self.unfolder.places.find(&Root::Entry(number, Arc::clone(&name)));
            if kept && !place.is_some_and(|place| self.is_said(place)) {
                continue;
            }
            let value = match place {
                Some(place) => self.value(place, depth + 1)?,
                None => self.sample(shape)?,
            };
            entries.insert(name, value);
        }
        for (inner, place) in self.unfolder.places.all.iter().enumerate() {
            if let Root::Entry(outer, name) = &place.root
                && *outer == number
                && self.is_known(place.known)
                && !object.required.iter().any(|one| **one == **name)
            {
                entries.insert(Arc::clone(name), self.value(inner, depth + 1)?);
            }
        }
        Some(Value::Record(Arc::new(entries)))
    }
}

/// What a number is the value of.
pub(super) fn valued(sort: &Sort, at: Ratio, zone: &Zone) -> Option<Value> {
    let whole = || i64::try_from(at.to_whole()?).ok();
    Some(match sort {
        Sort::Number(_, _, true) => Value::Integer(whole()?),
        Sort::Number(..) => Value::Number(at.number()?),
        Sort::Date(_) => timed(&Kind::Date, at, zone)?,
        Sort::Time(_) => timed(&Kind::DateTime, at, zone)?,
        Sort::Length(Unit::Days, _) => Value::Duration(Duration::days(whole()?)?),
        Sort::Length(Unit::Months, _) => Value::Duration(Duration::months(whole()?)?),
        Sort::Length(Unit::Microseconds, _) => Value::Duration(Duration::exact(whole()?)),
        _ => return None,
    })
}

/// A day, or else an instant.
pub(super) fn timed(kind: &Kind, at: Ratio, zone: &Zone) -> Option<Value> {
    let whole = i64::try_from(at.to_whole()?).ok()?;
    Some(match kind {
        Kind::Date => Value::Date(Date::from_days(whole)?),
        _ => Value::DateTime(DateTime::from_microseconds(whole)?.in_zone(zone)),
    })
}
