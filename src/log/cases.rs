//! A log's cases as events from outside: what a case that runs could be told.

use std::collections::BTreeMap;

use super::check::Order;
use super::event_log::{EventLog, LoggedEvent, Trace};
use super::map::LogMap;
use super::rows::{Binding, Known};
use crate::case::event::Event;
use crate::value::{DateTime, Value};

/// A log under a map, to be told case by case.
#[derive(Debug)]
pub(crate) struct LoggedCases<'a> {
    binding: Binding<'a>,
    lets_stand: bool,
}

/// What one worker keeps of what it has read.
#[derive(Debug, Default)]
pub(crate) struct Reading(Known);

/// One case, in the words of the map's workflow.
#[derive(Debug)]
pub(crate) struct LoggedCase {
    pub name: String,
    pub start: DateTime,
    pub facts: BTreeMap<String, Value>,
    pub events: Vec<Event>,
    /// Whether a time runs backwards where that is not let stand.
    pub is_unordered: bool,
    /// Whether the map leaves the case out.
    pub is_left_out: bool,
}

impl<'a> LoggedCases<'a> {
    /// Whoever acts has all of these roles: none stands in a log.
    pub fn new(log: &'a EventLog, map: &'a LogMap, order: Order, roles: Vec<String>) -> Self {
        let mut binding = Binding::new(log, map);
        binding.roles = roles;
        Self { binding, lets_stand: order == Order::Document }
    }

    pub fn len(&self) -> usize {
        self.binding.log.len()
    }

    /// The case of a place, from 0.
    pub fn case(&self, place: usize, reading: &mut Reading) -> Option<LoggedCase> {
        let known = &mut reading.0;
        let trace = self.binding.log.trace(place)?;
        let binding = &self.binding;
        let definition = &binding.workflow().compiled().definition;
        let rows = binding.rows(&trace, self.lets_stand, false, known);
        let is_left_out = match (binding.map.cases, &rows.start) {
            (Some(cases), Ok(start)) => {
                let rules = &binding.workflow().compiled().rules;
                let holds = rules.fact(cases, &start.context(None));
                !matches!(holds, Ok(Some(Value::Boolean(true))))
            }
            _ => false,
        };
        let mut facts = BTreeMap::new();
        for (key, id) in &binding.start_facts {
            let read = trace.value(*key);
            let read = read.and_then(|value| binding.read_fact(*id, *key, value, known));
            facts.extend(read.map(|value| (definition.facts.at(*id).name.value.clone(), value)));
        }
        let events = rows.rows.iter().map(|row| {
            let current = &row.accepted.current;
            let reported = row.accepted.facts.iter();
            let reported = reported
                .map(|(id, value)| (definition.facts.at(*id).name.value.clone(), value.clone()));
            let data = current.data.iter();
            Event {
                at: Some(current.at),
                actor: known.actor(row.actor).cloned(),
                facts: reported.collect(),
                data: data.map(|(name, value)| (name.to_string(), value.clone())).collect(),
                ..Event::new(current.name.to_string())
            }
        });
        let events = events.collect();
        Some(LoggedCase {
            name: binding.case_name(&trace),
            start: self.start(&trace, known),
            facts,
            events,
            is_unordered: rows.unordered.is_some(),
            is_left_out,
        })
    }

    /// When a case begins: as the map says, or with its first event.
    fn start(&self, trace: &Trace, known: &mut Known) -> DateTime {
        let binding = &self.binding;
        let begun = binding.start_at.and_then(|key| trace.value(key));
        let begun = begun.and_then(|value| binding.read_time(value, known));
        let time = |event: LoggedEvent, known: &mut Known| {
            let value = event.value(binding.time?)?;
            binding.read_time(value, known)
        };
        let mut events = trace.events().filter(|event| binding.counts(event));
        begun
            .or_else(|| events.find_map(|event| time(event, known)))
            .unwrap_or_else(|| DateTime::epoch(&binding.workflow().compiled().definition.zone))
    }
}
