//! Values in the place of those that were erased, with which the rules come to what an entry says, word for word. What an
//! entry says that rests on what was erased is believed only where there are such; where none are found it is only said.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::case::contract::{self, Erased};
use crate::case::event::Event;
use crate::case::replay::{Place, Replay};
use crate::case::requester::units;
use crate::case::situation::Situation;
use crate::case::step_log::StepLog;
use crate::definition::shape::{Kind, Shape};
use crate::journal::dated::Dated;
use crate::journal::input::Input;
use crate::journal::line::Line;
use crate::journal::scan;
use crate::rule::doubt::{Asked, Doubt, Erasures};
use crate::table::FactId;
use crate::value::{Date, DateTime, Number, Value};
use crate::workflow::{Compiled, Workflow};

/// How many combinations of values are tried for one entry.
const MOST: u64 = 256;
/// How many values are tried in one place.
const VALUES: usize = 64;
/// Ranges of whole numbers up to so many are tried as a whole.
const RANGE: i64 = 66;

/// An entry, and what is not known of what led to it.
pub(crate) struct Missing<'a> {
    pub workflow: &'a Workflow,
    pub line: &'a Line,
    pub input: &'a Input,
    /// How the case stood; `None` where the entry begins it.
    pub before: Option<&'a Replay<'a>>,
    /// What was erased before, as far as it is not known; of a start what came in, too.
    pub erasures: &'a Erasures,
    /// What the event brought, as far as it is known, and of what only the names are.
    pub event: Option<&'a Event>,
    pub erased: &'a Erased,
    /// Whether it is not known who sent the event.
    pub is_nameless: bool,
    /// What of this the rules asked for.
    pub asked: &'a Asked,
    /// Where in a whole a case begins that is gone through by itself.
    pub place: Option<Place>,
}

/// A place in which a value is missing.
enum Hole {
    /// What a fact was before the entry.
    Before(FactId),
    /// What the event, or the start, brought.
    Carried(FactId),
    Data(Arc<str>),
    /// The sender's id.
    Sender,
}

impl Missing<'_> {
    /// Whether values are found, tried until `says` finds that the rules come to what the entry says.
    ///
    /// That an event was sent by a script that is not known to have been run, and for when, is what no values are tried for:
    /// where the case does not wait for it none are found.
    pub fn are_found(&self, mut says: impl FnMut(&StepLog) -> bool) -> bool {
        let holes = self.holes();
        let tried = holes.iter().filter_map(|hole| match hole {
            Hole::Before(id) | Hole::Carried(id) => Some(*id),
            Hole::Data(_) | Hole::Sender => None,
        });
        let (compiled, before) = (self.workflow.compiled(), self.before.map(Replay::situation));
        let (tried, told) = (tried.collect(), self.dates());
        let dated = Dated::new(compiled, before, &tried, self.erasures, told, self.at());
        let base = self.base();
        let holes: Vec<(Hole, Vec<Option<Value>>)> = holes
            .into_iter()
            .map(|hole| {
                let mut values = self.values(&hole);
                if let (Hole::Before(id) | Hole::Carried(id), Some(base)) = (&hole, &base) {
                    let shape = &compiled.definition.facts.at(*id).shape;
                    let found = dated.values(base, *id, shape).into_iter().map(Some);
                    values.splice(0..0, found);
                }
                (hole, values)
            })
            .collect();
        let most = self.workflow.compiled().limits.call_operations;
        let all = holes.iter().fold(1_u64, |all, (_, values)| {
            all.saturating_mul(u64::try_from(values.len()).unwrap_or(u64::MAX))
        });
        // Costs are counted as for attempts of which not everything is known: here all is.
        let nothing = Doubt::default();
        let units = self.units();
        for number in 0..all.min(MOST) {
            let mut rest = number;
            let chosen = holes.iter().zip(0_u64..).map(|((hole, values), place)| {
                let many = u64::try_from(values.len()).unwrap_or(1).max(1);
                let at = if all > MOST && number > 0 {
                    mixed(number, place) % many
                } else {
                    let at = rest % many;
                    rest /= many;
                    at
                };
                let at = usize::try_from(at).unwrap_or(0);
                (hole, values.get(at).cloned().flatten())
            });
            let chosen: Vec<(&Hole, Option<Value>)> = chosen.collect();
            nothing.begin(false);
            for unit in &units {
                let act = self.tried(&chosen, unit.as_deref(), &dated, &nothing);
                if act.is_some_and(|act| says(&act)) {
                    return true;
                }
            }
            if nothing.spent() > most {
                return false;
            }
        }
        false
    }

    /// For whom a sender may have spoken who is not known: the unit of a role of theirs, or nobody.
    fn units(&self) -> Vec<Option<Arc<str>>> {
        let actor = self.event.and_then(|event| event.actor.as_ref()).filter(|_| self.is_nameless);
        let workflow = self.workflow.compiled();
        let known = actor.zip(self.before);
        let known = known.map(|(actor, before)| units(workflow, before.situation(), actor));
        known.into_iter().flatten().map(Some).chain([None]).collect()
    }

    fn name(&self, id: FactId) -> &str {
        self.workflow.compiled().definition.facts.at(id).name.as_str()
    }

    fn holes(&self) -> Vec<Hole> {
        let mut holes = Vec::new();
        if self.is_nameless {
            holes.push(Hole::Sender);
        }
        holes.extend(self.erased.facts.iter().map(|id| Hole::Carried(*id)));
        holes.extend(self.erased.data.iter().cloned().map(Hole::Data));
        let is_start = self.before.is_none();
        for id in &self.erasures.facts {
            let is_known = self.before.is_some_and(|again| again.situation().facts.is_known(*id));
            let name = self.name(*id);
            let is_there = |kind: &str| self.line.digest(&format!("{kind}.{name}")).is_some();
            if is_start {
                holes.push(Hole::Carried(*id));
            } else if !is_known
                && (self.asked.facts.contains(id) || is_there("changed") || is_there("read"))
            {
                holes.push(Hole::Before(*id));
            }
        }
        holes
    }

    /// What may have stood there, the likeliest first; `None` for nothing.
    fn values(&self, hole: &Hole) -> Vec<Option<Value>> {
        let compiled = self.workflow.compiled();
        match hole {
            Hole::Sender => self.senders(),
            Hole::Data(name) => {
                let event = self.event.map_or("", |event| event.name.as_str());
                let shape = contract::governing(compiled, event)
                    .and_then(|governs| governs.data.get(&**name));
                let read = self.part(&format!("read.event . data . {name}"));
                match (shape, read) {
                    (Some(shape), Some(value)) => vec![admitted(compiled, shape, value)],
                    (Some(shape), None) => self.of_shape(shape).into_iter().map(Some).collect(),
                    (None, value) => vec![value],
                }
            }
            Hole::Carried(id) | Hole::Before(id) => {
                let shape = &compiled.definition.facts.at(*id).shape;
                let name = self.name(*id);
                let is_carried = self.line.digest(&format!("facts.{name}")).is_some();
                let is_before = matches!(hole, Hole::Before(_));
                if let Some(change) = self.line.private(&format!("changed.{name}"))
                    && is_before
                {
                    let from = scan::member(change, "before").unwrap_or("null");
                    return match Value::from_wire_text(from) {
                        Ok(from) => admitted(compiled, shape, from).map(Some).into_iter().collect(),
                        Err(_) if self.erasures.unset.contains(id) => vec![None],
                        Err(_) => Vec::new(),
                    };
                }
                // What rules read is what came in, where anything did.
                if let Some(read) = self.part(&format!("read.{name}"))
                    && is_before != is_carried
                {
                    return admitted(compiled, shape, read).map(Some).into_iter().collect();
                }
                let mut found: Vec<Option<Value>> = Vec::new();
                let fact = compiled.definition.facts.at(*id);
                // What a script sets to what it was is no change.
                if let (Some(again), false) = (self.before, is_before) {
                    found.extend(again.situation().facts.get(*id).map(Some));
                }
                found.extend(fact.default.clone().map(Some));
                found.extend(self.of_shape(shape).into_iter().map(Some));
                if is_before && self.erasures.unset.contains(id) {
                    found.push(None);
                }
                found
            }
        }
    }

    fn part(&self, path: &str) -> Option<Value> {
        Value::from_wire_text(self.line.private(path)?).ok()
    }

    /// Ids that the entry tells of, and those that the case knows.
    fn senders(&self) -> Vec<Option<Value>> {
        if let Some(id) = self.part("read.event . actor") {
            return vec![Some(id)];
        }
        let mut found: Vec<Option<Value>> = Vec::new();
        // Somebody whom nothing else tells of: the stand-in.
        let own = self.event.and_then(|event| event.actor.as_ref()?.id.as_deref());
        found.push(own.map(Value::from));
        found.push(None);
        let mut texts = Vec::new();
        for part in self.line.parts() {
            let is_ids = part.path.starts_with("read.") || part.path.starts_with("signed.");
            if let (true, Some(Ok(value))) = (is_ids, part.value.map(Value::from_wire_text)) {
                texts_of(&value, &mut texts);
            }
        }
        if let Some(again) = self.before {
            let situation = again.situation();
            let few = situation.past.senders("*").filter(|who| who.len() <= VALUES);
            texts.extend(few.flat_map(|who| who.ids()).map(|id| id.id).take(VALUES));
            let given = situation.signatures.values().flat_map(|waiting| &waiting.given);
            texts.extend(given.map(|one| Arc::clone(&one.actor)));
        }
        texts.extend(self.asked.constants.iter().filter_map(|value| match value {
            Value::Text(text) => Some(Arc::clone(text)),
            _ => None,
        }));
        let mut seen = BTreeSet::new();
        texts.retain(|text| seen.insert(Arc::clone(text)));
        found.extend(texts.into_iter().take(VALUES).map(|id| Some(Value::Text(id))));
        found
    }

    /// Values of a shape: all where there are few, else those about which rules and the entry speak.
    fn of_shape(&self, shape: &Shape) -> Vec<Value> {
        let compiled = self.workflow.compiled();
        let mut found: Vec<Value> = Vec::new();
        let described = self.described();
        match &shape.kind {
            Kind::Boolean => found.extend([true, false].map(Value::Boolean)),
            Kind::Enum(values) => {
                found.extend(values.keys().take(VALUES).map(|text| Value::from(text.as_str())));
            }
            Kind::Integer | Kind::Number => {
                let bound = |number: Option<Number>| number.and_then(Number::to_i64);
                let (least, most) = (bound(shape.minimum), bound(shape.maximum));
                if let (Kind::Integer, Some(least), Some(most)) = (&shape.kind, least, most)
                    && most.checked_sub(least).is_some_and(|range| range < RANGE)
                {
                    found.extend((least..=most).map(Value::Integer));
                } else {
                    let numbers = described.iter().chain(&self.asked.constants);
                    for number in numbers.filter_map(Value::as_number) {
                        let one = Number::from(1);
                        let beside = [Ok(number), number.checked_sub(one), number.checked_add(one)];
                        found.extend(beside.into_iter().flatten().map(Value::Number));
                    }
                    found.extend((-1..=12).map(Value::Integer));
                    found.extend(least.into_iter().chain(most).map(Value::Integer));
                }
            }
            Kind::String => {
                let texts = described.iter().chain(&self.asked.constants);
                found.extend(texts.filter(|value| value.as_str().is_some()).cloned());
                found.extend(["", "x"].map(Value::from));
            }
            Kind::Date | Kind::DateTime => {
                let times = self.times();
                let days = described.iter().chain(&self.asked.constants);
                let days = days.filter_map(Value::as_date).chain(times.iter().map(|at| at.date()));
                for day in days {
                    let beside = [0, -1, 1].map(|more| Date::from_days(day.days() + more));
                    for day in beside.into_iter().flatten() {
                        if let Kind::Date = shape.kind {
                            found.push(Value::Date(day));
                        }
                    }
                }
                found.extend(times.into_iter().map(Value::DateTime));
            }
            Kind::Array(items) => {
                let one = |value: Value| Value::from_iter([value]);
                found.extend(described.iter().filter(|value| value.as_list().is_some()).cloned());
                found.push(std::iter::empty::<Value>().collect());
                found.extend(self.of_shape(items).into_iter().take(12).map(one));
            }
            Kind::Duration | Kind::Object(_) | Kind::Any => {
                found.extend(described.iter().chain(&self.asked.constants).cloned());
            }
        }
        let mut known: Vec<Value> = Vec::new();
        for value in found {
            if known.len() >= VALUES {
                break;
            }
            let value = admitted(compiled, shape, value);
            known.extend(value.filter(|value| !known.contains(value)));
        }
        known
    }

    /// Values that the entry tells of, what facts were changed to in front.
    fn described(&self) -> Vec<Value> {
        let mut found = Vec::new();
        for part in self.line.parts() {
            let Some(text) = part.value else { continue };
            if part.path.starts_with("changed.") {
                for key in ["after", "before"] {
                    let value = scan::member(text, key).map(Value::from_wire_text);
                    found.extend(value.and_then(Result::ok));
                }
            } else if !part.path.starts_with("facts.") {
                found.extend(Value::from_wire_text(text));
            }
            if found.len() >= VALUES {
                break;
            }
        }
        found
    }

    /// Terms with the dates that the entry tells of.
    fn dates(&self) -> Vec<(String, DateTime)> {
        let core = self.line.core();
        let said = |key: &str| scan::member(core, key).and_then(scan::said);
        let due = scan::member(core, "due").map(scan::members).unwrap_or_default().into_iter();
        let mut found: Vec<(String, DateTime)> = due
            .filter_map(|(term, at)| {
                Some((term.into(), DateTime::from_wire_text(&scan::said(at)?)?))
            })
            .collect();
        if let Input::Step { name, .. } = self.input {
            let of = said("of").and_then(|of| DateTime::from_wire_text(&of));
            let term = said("state").zip(of);
            found.extend(term.map(|(state, of)| (format!("{state}: {name}"), of)));
        }
        found
    }

    /// Times at which terms fall due, by the entry and before it, and its own.
    fn times(&self) -> Vec<DateTime> {
        let zone = &self.workflow.compiled().definition.zone;
        let mut found: Vec<DateTime> =
            self.dates().into_iter().map(|(_, at)| at.in_zone(zone)).collect();
        if let Some(again) = self.before {
            found.extend(again.situation().terms.iter().filter_map(|term| term.due));
        }
        found.push(self.at().in_zone(zone));
        found.truncate(VALUES);
        found
    }

    /// How the case stands with what came in that is known; `None` where it does not begin with that.
    fn base(&self) -> Option<Situation> {
        let compiled = self.workflow.compiled();
        let Some(before) = self.before else {
            let Input::Start { at, facts } = self.input else { return None };
            let (begun, _) = Replay::start(self.workflow, *at, facts, None).ok()?;
            return Some(begun.situation().clone());
        };
        let mut base = before.situation().clone();
        for (name, value) in self.event.iter().flat_map(|event| &event.facts) {
            let id = compiled.rules.fact_named(name)?;
            let shape = &compiled.definition.facts.at(id).shape;
            base.set_fact(id, admitted(compiled, shape, value.clone()));
        }
        Some(base)
    }

    fn at(&self) -> DateTime {
        self.input.at()
    }

    /// What the rules come to with these values; `None` where nothing that has an entry.
    fn tried(
        &self,
        chosen: &[(&Hole, Option<Value>)],
        unit: Option<&str>,
        dated: &Dated<'_>,
        nothing: &Doubt,
    ) -> Option<Arc<StepLog>> {
        if let Input::Start { at, facts } = self.input {
            let mut facts: BTreeMap<String, Value> = facts.clone();
            for (hole, value) in chosen {
                if let (Hole::Carried(id), Some(value)) = (hole, value) {
                    facts.insert(self.name(*id).to_owned(), value.clone());
                }
            }
            let begun =
                Replay::start_at(self.workflow, *at, &facts, self.place.clone(), Some(nothing));
            return begun.ok().map(|(_, act)| act);
        }
        let mut again = self.before?.under(nothing);
        let mut event = self.event.cloned();
        for (hole, value) in chosen {
            match (hole, &mut event) {
                (Hole::Before(id), _) => again.change().set_fact(*id, value.clone()),
                (Hole::Carried(id), Some(event)) => {
                    event.facts.insert(self.name(*id).to_owned(), value.clone()?);
                }
                (Hole::Data(name), Some(event)) => {
                    event.data.insert(name.to_string(), value.clone()?);
                }
                (Hole::Sender, Some(event)) => {
                    let id = value.as_ref().and_then(|value| value.as_str()).map(str::to_owned);
                    let actor = event.actor.as_mut()?;
                    (actor.id, actor.unit) = (id, unit.map(str::to_owned));
                }
                _ => {}
            }
        }
        if !dated.are_met(&mut again, nothing) {
            return None;
        }
        match (self.input, event) {
            (Input::Event { at, .. }, Some(event)) => {
                if again.before(*at).ok()?.is_some() {
                    return None;
                }
                again.event(&event, Erased::default()).ok()
            }
            (Input::Step { at, name }, _) => again.step(*at, name).ok()?,
            _ => None,
        }
    }
}

fn admitted(compiled: &Compiled, shape: &Shape, value: Value) -> Option<Value> {
    shape.admit(value, &compiled.definition.zone).ok()
}

fn texts_of(value: &Value, found: &mut Vec<Arc<str>>) {
    match value {
        Value::Text(text) => found.push(Arc::clone(text)),
        Value::List(items) => items.iter().take(VALUES).for_each(|item| texts_of(item, found)),
        _ => {}
    }
}

/// Which of very many combinations is tried: far apart from one another, and the same each time (SplitMix64).
fn mixed(number: u64, place: u64) -> u64 {
    let mut word = number.wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_add(place << 32);
    word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    word ^ (word >> 31)
}
