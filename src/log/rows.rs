//! A log in the words of a workflow: each event of a trace as a case would take it in.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use indexmap::IndexMap;

use super::event_log::{EventLog, KeyId, LoggedEvent, Trace, ValueId};
use super::map::{LogMap, MappedEvent};
use super::terms::Terms;
use crate::case::contract::Accepted;
use crate::case::event::Actor;
use crate::case::situation::Situation;
use crate::case::step::ways;
use crate::error::Problem;
use crate::inline_vec::OneOrMany;
use crate::rule::Current;
use crate::table::{EventId, FactId};
use crate::value::{DateTime, Value, composed};
use crate::workflow::{Compiled, Field, Workflow};

/// What an activity is, with what it carries.
#[derive(Debug)]
pub(super) struct Target {
    pub name: Arc<str>,
    pub number: Option<EventId>,
    governs: Option<u32>,
    facts: Vec<(KeyId, FactId)>,
    data: Vec<(KeyId, Arc<str>)>,
}

/// A map, bound to one log.
#[derive(Debug)]
pub(super) struct Binding<'a> {
    pub log: &'a EventLog,
    pub map: &'a LogMap,
    pub targets: Vec<Target>,
    /// By activity.
    of: HashMap<ValueId, Option<u32>>,
    pub activity: Option<KeyId>,
    case: Option<KeyId>,
    pub time: Option<KeyId>,
    actor: Option<KeyId>,
    unit: Option<KeyId>,
    lifecycle: Option<KeyId>,
    pub start_at: Option<KeyId>,
    pub start_facts: Vec<(KeyId, FactId)>,
    pub roles: Vec<String>,
}

/// One event, as a case takes it in.
#[derive(Debug)]
pub(super) struct Row {
    /// Its place in the trace, from 0.
    pub place: usize,
    pub target: u32,
    pub accepted: Accepted,
    pub actor: u32,
}

/// A trace in the words of the workflow.
#[derive(Debug)]
pub(super) struct Rows {
    pub start: Result<Arc<Situation>, Problem>,
    pub rows: Vec<Row>,
    /// The first event, from 0, that is before the one in front of it.
    pub unordered: Option<usize>,
    /// Events that count, mapped or not.
    pub events: usize,
}

/// What one worker keeps of what it has read.
#[derive(Debug, Default)]
pub(super) struct Known {
    values: HashMap<(FactId, ValueId), Option<Value>>,
    times: HashMap<ValueId, Option<DateTime>>,
    starts: HashMap<(DateTime, Vec<Option<ValueId>>), Arc<Situation>>,
    actors: IndexMap<(Option<ValueId>, Option<ValueId>), Actor>,
    /// By attribute and what it is read for: how often it could not be, and an example.
    pub unreadable: BTreeMap<(String, String), (usize, String)>,
}

impl Known {
    pub fn actor(&self, place: u32) -> Option<&Actor> {
        self.actors.get_index(place as usize).map(|(_, actor)| actor)
    }
}

/// So many beginnings are kept.
const STARTS: usize = 20_000;

impl<'a> Binding<'a> {
    pub fn new(log: &'a EventLog, map: &'a LogMap) -> Self {
        let compiled = map.workflow.compiled();
        let key = |key: &Option<String>| key.as_ref().and_then(|key| log.key(key));
        let of_case =
            |key: &str| log.key(key.strip_prefix("case:").unwrap_or(key)).or_else(|| log.key(key));
        let targets = map.events.iter().map(|mapped| target(log, map, mapped)).collect();
        let lifecycle = log.key("lifecycle:transition").filter(|_| !map.keys.lifecycle.is_empty());
        let start_facts = map.start_facts.iter();
        let mut binding = Self {
            log,
            map,
            targets,
            of: HashMap::new(),
            activity: log.key(&map.keys.activity),
            case: log.key("concept:name").or_else(|| of_case(&map.keys.case)),
            time: log.key(&map.keys.time),
            actor: key(&map.keys.actor),
            unit: key(&map.keys.unit),
            lifecycle,
            start_at: map.start_at.as_deref().and_then(of_case),
            start_facts: start_facts.filter_map(|(id, key)| Some((of_case(key)?, *id))).collect(),
            roles: compiled.definition.roles.keys().cloned().collect(),
        };
        if map.keys.case != "concept:name" && of_case(&map.keys.case).is_some() {
            binding.case = of_case(&map.keys.case);
        }
        let mut activities = std::collections::BTreeSet::new();
        for event in log.traces().flat_map(|trace| trace.events()) {
            activities.extend(binding.activity_of(&event));
        }
        let of = activities.into_iter().map(|one| (one, binding.best(log.text(one))));
        let of: HashMap<ValueId, Option<u32>> = of.collect();
        binding.of = of;
        binding
    }

    fn best(&self, activity: &str) -> Option<u32> {
        let fitting = self.map.events.iter().enumerate();
        let fitting = fitting.filter_map(|(place, one)| Some((one.pattern.fits(activity)?, place)));
        let (_, place) = fitting.max_by_key(|(fit, place)| (*fit, std::cmp::Reverse(*place)))?;
        u32::try_from(place).ok()
    }

    pub fn workflow(&self) -> &'a Workflow {
        &self.map.workflow
    }

    pub fn activity_of(&self, event: &LoggedEvent) -> Option<ValueId> {
        event.value(self.activity?)
    }

    /// The name of a case; its number where the log gives none.
    pub fn case_name(&self, trace: &Trace) -> String {
        let name = self.case.and_then(|key| trace.value(key)).map(|value| self.log.text(value));
        name.map_or_else(|| format!("#{}", trace.place() + 1), str::to_owned)
    }

    /// Whether the life cycle of an event counts.
    pub fn counts(&self, event: &LoggedEvent) -> bool {
        let Some(key) = self.lifecycle else { return true };
        let Some(said) = event.value(key) else { return true };
        let said = self.log.text(said);
        self.map.keys.lifecycle.iter().any(|one| one.eq_ignore_ascii_case(said))
    }

    /// The activities that are neither mapped nor ignored, and the attributes, each with how often it comes.
    pub fn unmapped(&self) -> (BTreeMap<String, usize>, BTreeMap<String, usize>) {
        let (mut activities, mut attributes) = (BTreeMap::new(), BTreeMap::new());
        if !self.map.ignores_others {
            for event in self.log.traces().flat_map(|trace| trace.events()) {
                let Some(activity) = self.activity_of(&event) else { continue };
                let is_open = self.of.get(&activity).copied().flatten().is_none();
                let text = self.log.text(activity);
                if is_open && self.counts(&event) && !self.map.ignored.activity(text) {
                    *activities.entry(text.to_owned()).or_default() += 1;
                }
            }
        }
        let keys = [self.activity, self.case, self.time, self.actor, self.unit, self.start_at];
        let mapped = self.map.events.iter();
        let of_events = mapped.flat_map(|one| {
            let facts = one.facts.iter().flatten().map(|(_, key)| key);
            facts.chain(one.data.iter().map(|(_, key)| key))
        });
        let of_facts = self.map.facts.iter().chain(&self.map.start_facts).map(|(_, key)| key);
        let named: Vec<&str> = of_events.chain(of_facts).map(String::as_str).collect();
        for (key, count) in self.log.key_counts() {
            let id = self.log.key(key);
            let is_named =
                named.iter().any(|one| *one == key || one.strip_prefix("case:") == Some(key));
            if !is_named
                && !keys.contains(&id)
                && key != "lifecycle:transition"
                && !self.map.ignored.attribute(key)
            {
                attributes.insert(key.to_owned(), count);
            }
        }
        (activities, attributes)
    }

    pub fn read_time(&self, value: ValueId, known: &mut Known) -> Option<DateTime> {
        let zone = &self.workflow().compiled().definition.zone;
        let found = *known.times.entry(value).or_insert_with(|| {
            let text = self.log.text(value).trim();
            // As databases write it.
            let joined = text.split_once(' ').map(|(day, clock)| format!("{day}T{clock}"));
            DateTime::parse_written(joined.as_deref().unwrap_or(text), zone)
        });
        if found.is_none() {
            self.cannot_read(&self.map.keys.time, "", value, known);
        }
        found
    }

    fn cannot_read(&self, key: &str, what: &str, value: ValueId, known: &mut Known) {
        let entry = known.unreadable.entry((key.to_owned(), what.to_owned()));
        let (count, _) = entry.or_insert_with(|| (0, crate::value::brief(self.log.text(value))));
        *count += 1;
    }

    pub fn read_fact(
        &self,
        id: FactId,
        key: KeyId,
        value: ValueId,
        known: &mut Known,
    ) -> Option<Value> {
        let compiled = self.workflow().compiled();
        let fact = compiled.definition.facts.at(id);
        let text = self.log.text(value);
        let found = known
            .values
            .entry((id, value))
            .or_insert_with(|| read_value(text, &Field::of(fact, compiled)));
        let found = found.clone();
        if found.is_none() && !text.is_empty() {
            self.cannot_read(self.log.key_text(key), fact.name.as_str(), value, known);
        }
        found
    }

    /// A trace as a case takes it in. `clock` lets the clock stand where a time runs backwards.
    pub fn rows(
        &self,
        trace: &Trace,
        lets_stand: bool,
        is_strict: bool,
        known: &mut Known,
    ) -> Rows {
        let compiled = self.workflow().compiled();
        let epoch = DateTime::epoch(&compiled.definition.zone);
        let events: Vec<(usize, LoggedEvent)> =
            trace.events().enumerate().filter(|(_, event)| self.counts(event)).collect();
        let time = |event: &LoggedEvent, known: &mut Known| {
            let value = event.value(self.time?)?;
            self.read_time(value, known)
        };
        let begun = self.start_at.and_then(|key| trace.value(key));
        let begun = begun.and_then(|value| self.read_time(value, known));
        let mut first = || events.iter().find_map(|(_, event)| time(event, &mut *known));
        let start_time = match begun {
            Some(begun) => begun,
            None => first().unwrap_or(epoch),
        };
        let start = self.start(trace, start_time, is_strict, known);
        let mut rows = Vec::with_capacity(events.len());
        let (mut last, mut unordered) = (start_time, None);
        for (place, event) in &events {
            let mut at = time(event, known).unwrap_or(last);
            if at < last {
                if !lets_stand {
                    unordered.get_or_insert(*place);
                }
                at = last;
            }
            last = at;
            let target = self.activity_of(event).and_then(|value| self.of.get(&value).copied()?);
            let Some(target) = target else { continue };
            let Some(found) = self.targets.get(target as usize) else { continue };
            let (accepted, actor) = self.accepted(event, found, at, known);
            rows.push(Row { place: *place, target, accepted, actor });
        }
        Rows { start, rows, unordered, events: events.len() }
    }

    fn start(
        &self,
        trace: &Trace,
        time: DateTime,
        is_strict: bool,
        known: &mut Known,
    ) -> Result<Arc<Situation>, Problem> {
        let values: Vec<Option<ValueId>> =
            self.start_facts.iter().map(|(key, _)| trace.value(*key)).collect();
        let kept = (time, values);
        if let Some(start) = known.starts.get(&kept) {
            return Ok(Arc::clone(start));
        }
        let mut facts = Vec::new();
        for ((key, id), value) in self.start_facts.iter().zip(&kept.1) {
            let read = value.and_then(|value| self.read_fact(*id, *key, value, known));
            facts.extend(read.map(|value| (*id, value)));
        }
        let start = ways::begun(self.workflow(), time, facts, is_strict)?;
        if known.starts.len() < STARTS {
            known.starts.insert(kept, Arc::clone(&start));
        }
        Ok(start)
    }

    fn accepted(
        &self,
        event: &LoggedEvent,
        target: &Target,
        at: DateTime,
        known: &mut Known,
    ) -> (Accepted, u32) {
        let mut facts = OneOrMany::None;
        for (key, id) in &target.facts {
            let read = event.value(*key).and_then(|value| self.read_fact(*id, *key, value, known));
            if let Some(value) = read {
                facts.push((*id, value));
            }
        }
        let mut data = BTreeMap::new();
        for (key, name) in &target.data {
            let Some(value) = event.value(*key) else { continue };
            match self.read_data(target, name, value) {
                Some(read) => {
                    data.insert(Arc::clone(name), read);
                }
                None => self.cannot_read(self.log.key_text(*key), name, value, known),
            }
        }
        let person = self.actor.and_then(|key| event.value(key));
        let unit = self.unit.and_then(|key| event.value(key));
        let actor = match known.actors.get_index_of(&(person, unit)) {
            Some(place) => place,
            None => {
                let text = |value: Option<ValueId>| {
                    value.map(|value| composed(self.log.text(value)).into_owned())
                };
                let actor = Actor { id: text(person), unit: text(unit), roles: self.roles.clone() };
                known.actors.insert_full((person, unit), actor).0
            }
        };
        let actor = u32::try_from(actor).unwrap_or(u32::MAX);
        let id = known.actor(actor).and_then(|actor| actor.id.as_deref()).map(Arc::from);
        let current = Current { name: Arc::clone(&target.name), actor: id, at, data };
        let (number, governs) = (target.number, target.governs);
        (Accepted { number, governs, current, facts, erased: None }, actor)
    }

    fn read_data(&self, target: &Target, name: &str, value: ValueId) -> Option<Value> {
        let mut declared = self.workflow().event_data(&target.name);
        let (field, _) = declared.find(|(field, _)| field.name() == name)?;
        read_value(self.log.text(value), &field)
    }

    /// The time of the last event of the log, where terms may be due by then.
    pub fn end(&self, terms: Terms) -> Option<DateTime> {
        let time = self.time?;
        if self.workflow().compiled().dues.is_empty() || terms == Terms::Off {
            return None;
        }
        let events = self.log.traces().flat_map(|trace| trace.events());
        let values: std::collections::BTreeSet<ValueId> =
            events.filter_map(|event| event.value(time)).collect();
        let mut aside = Known::default();
        values.into_iter().filter_map(|value| self.read_time(value, &mut aside)).max()
    }
}

/// What a text says for a declaration; `None` where that does not fit.
fn read_value(text: &str, field: &Field) -> Option<Value> {
    let read = field.read(text).ok()?;
    field.admit(read).ok()
}

/// What an event of the map is in the workflow, and what it carries of what the log has.
fn target(log: &EventLog, map: &LogMap, mapped: &MappedEvent) -> Target {
    let compiled: &Compiled = map.workflow.compiled();
    let number = compiled.listeners.number(&mapped.event);
    let name = number.map(|number| Arc::clone(&compiled.listeners.name(number).name));
    let governs = compiled.definition.governing_place(&mapped.event);
    let declared = governs.and_then(|place| compiled.definition.event_at(place));
    let carries = |id: &FactId| {
        let fact = compiled.definition.facts.at(*id).name.as_str();
        declared.is_some_and(|found| {
            found.sets.iter().chain(&found.required).any(|name| name.as_str() == fact)
        })
    };
    let facts = mapped.facts.as_ref().unwrap_or(&map.facts).iter();
    let facts = facts.filter(|(id, _)| carries(id));
    Target {
        name: name.unwrap_or_else(|| Arc::from(mapped.event.as_str())),
        number,
        governs,
        facts: facts.filter_map(|(id, key)| Some((log.key(key)?, *id))).collect(),
        data: mapped
            .data
            .iter()
            .filter_map(|(name, key)| Some((log.key(key)?, Arc::from(name.as_str()))))
            .collect(),
    }
}
