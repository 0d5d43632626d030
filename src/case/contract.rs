//! The contract of an event: what is wrong with it before anything is tried, all at once.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::case::event::Event;
use crate::case::problem::violation;
use crate::case::situation::Situation;
use crate::definition::model::{EventDecl, Trigger, matches};
use crate::error::Problem;
use crate::inline_vec::OneOrMany;
use crate::language::problems as say;
use crate::person;
use crate::rule::Current;
use crate::said::{Phrase, Said};
use crate::table::{EventId, FactId};
use crate::value::{DateTime, Value, brief, composed};
use crate::workflow::Compiled;
use crate::workflow::listeners::RESERVED;

/// An event that keeps the contract, in the workflow's own terms.
#[derive(Debug, Clone)]
pub(crate) struct Accepted {
    /// Where the file knows the name.
    pub number: Option<EventId>,
    /// The place of the declaration that governs it.
    pub governs: Option<u32>,
    pub current: Current,
    pub facts: OneOrMany<(FactId, Value)>,
    /// What it carried and is not known any more: only where a journal is gone through.
    pub erased: Option<Box<Erased>>,
}

/// Facts and payload of which only the names are known.
#[derive(Debug, Clone, Default)]
pub(crate) struct Erased {
    pub facts: BTreeSet<FactId>,
    pub data: BTreeSet<Arc<str>>,
}

impl Erased {
    const NOTHING: &'static Self = &Self { facts: BTreeSet::new(), data: BTreeSet::new() };

    pub fn is_empty(&self) -> bool {
        self.facts.is_empty() && self.data.is_empty()
    }
}

impl Accepted {
    pub fn erased(&self) -> &Erased {
        self.erased.as_deref().unwrap_or(Erased::NOTHING)
    }

    /// The declaration that governs it, where the file has `events`.
    pub fn declared<'w>(&self, workflow: &'w Compiled) -> Option<&'w EventDecl> {
        workflow.definition.event_at(self.governs?)
    }
}

/// The declaration that governs a name: the longest one that is a prefix of it.
pub(crate) fn governing<'w>(workflow: &'w Compiled, name: &str) -> Option<&'w EventDecl> {
    workflow.definition.governing(name)
}

/// Checks an event against the workflow and the case's time.
pub(crate) fn check(
    workflow: &Compiled,
    situation: &Situation,
    event: &Event,
) -> Result<Accepted, Vec<Problem>> {
    if let Some(problem) = check_names(event, workflow.limits.name_bytes) {
        return Err(vec![problem]);
    }
    if let Some(accepted) = check_plain(workflow, situation, event) {
        return Ok(accepted);
    }
    check_all(workflow, situation, event)
}

/// What is wrong with a name or id that has too many bytes: nothing is looked for by it.
fn check_names(event: &Event, most: usize) -> Option<Problem> {
    let Event { name, actor, id, facts, data, .. } = event;
    let actor = actor.as_ref();
    let found = [
        ("event", Some(name)),
        ("id of the event", id.as_ref()),
        ("id of the actor", actor.and_then(|actor| actor.id.as_ref())),
        ("unit of the actor", actor.and_then(|actor| actor.unit.as_ref())),
    ];
    let found = found.into_iter().filter_map(|(what, text)| Some((what, text?)));
    let roles = actor.into_iter().flat_map(|actor| &actor.roles).map(|role| ("role", role));
    let keys = facts.keys().chain(data.keys()).map(|key| ("name", key));
    let (what, text) = found.chain(roles).chain(keys).find(|(_, text)| text.len() > most)?;
    Some(too_long(what, text, most))
}

/// A phrase about names and values, which are the same in every language.
pub(crate) fn said<const N: usize>(phrase: &'static Phrase, parts: [String; N]) -> Said {
    Said::of(phrase, parts.map(Said::from))
}

/// An event from outside, to people by the title of the declaration that governs it.
fn event_said(workflow: &Compiled, name: &str) -> Said {
    let title = governing(workflow, name).map(|found| found.notes.title.clone());
    Said::Entitled { name: name.to_owned(), title: title.unwrap_or_default() }
}

/// A fact from outside, to people by its title.
fn fact_said(workflow: &Compiled, name: &str) -> Said {
    let id = workflow.rules.fact_named(name);
    let title = id.map(|id| workflow.definition.facts.at(id).title().clone());
    Said::Entitled { name: name.to_owned(), title: title.unwrap_or_default() }
}

/// A name or id from outside that has too many bytes.
#[cold]
pub(crate) fn too_long(what: &str, text: &str, most: usize) -> Problem {
    let shown = crate::diagnostic::quoted(text);
    let parts = [what.to_owned(), shown, text.len().to_string(), most.to_string()];
    Problem::said("limit-name", said(&say::TOO_LONG, parts))
}

/// Accepts an event that there is nothing to be said about, as nearly all are; `None` where that is
/// not sure.
fn check_plain(workflow: &Compiled, situation: &Situation, event: &Event) -> Option<Accepted> {
    let number = workflow.listeners.number(&event.name)?;
    let known = workflow.listeners.name(number);
    let at = match event.at {
        Some(at) if at < situation.time => return None,
        Some(at) => at.in_zone(&workflow.definition.zone),
        None => situation.time,
    };
    if !known.outside || !event.data.is_empty() || event.note.is_some() {
        return None;
    }
    if sender_id(event).is_some_and(|id| person::wrong(id).is_some()) {
        return None;
    }
    let mut facts = OneOrMany::None;
    if !event.facts.is_empty() {
        let carried = workflow.listeners.carried(known.governs?)?;
        for (name, value) in &event.facts {
            let id = carried.fact(name)?;
            let shape = &workflow.definition.facts.at(id).shape;
            facts.push((id, shape.admit(value.clone(), &workflow.definition.zone).ok()?));
        }
    }
    let current =
        Current { name: Arc::clone(&known.name), actor: sender(event), at, data: BTreeMap::new() };
    Some(Accepted { number: Some(number), governs: known.governs, current, facts, erased: None })
}

fn sender(event: &Event) -> Option<Arc<str>> {
    sender_id(event).map(Arc::from)
}

fn sender_id(event: &Event) -> Option<&str> {
    event.actor.as_ref().and_then(|actor| actor.id.as_deref())
}

/// Accepts an event, or tells everything that is wrong with it.
fn check_all(
    workflow: &Compiled,
    situation: &Situation,
    event: &Event,
) -> Result<Accepted, Vec<Problem>> {
    let definition = &workflow.definition;
    let zone = &definition.zone;
    let name = event.name.as_str();
    let mut problems = Vec::new();
    let place = definition.governing_place(name);
    let governs = place.and_then(|place| definition.event_at(place));
    problems.extend(wrong_name(workflow, governs, name));
    problems.extend(sender_id(event).and_then(person::wrong));
    let at = match event.at {
        Some(at) if at < situation.time => {
            let (is, last) = (Said::Time(at.in_zone(zone)), Said::Time(situation.time));
            let message = Said::of(&say::EVENT_OLD, [event_said(workflow, name), is, last]);
            problems.push(Problem::said("time-backwards", message));
            at
        }
        Some(at) => at.in_zone(zone),
        None => situation.time,
    };
    let facts = check_facts(workflow, governs, event, &mut problems);
    let data = check_data(workflow, governs, event, &mut problems);
    if event.note.is_some() && governs.is_some_and(|found| !found.note) {
        let message = Said::of(&say::EVENT_NOTE, [event_said(workflow, name)]);
        let hint = said(&say::EVENT_NOTE_HINT, [name.to_owned()]);
        problems.push(Problem::said("event-note", message).hint(hint));
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    let number = workflow.listeners.number(name);
    let known = number.map(|number| Arc::clone(&workflow.listeners.name(number).name));
    let name = known.unwrap_or_else(|| Arc::from(name));
    let current = Current { name, actor: sender(event), at, data };
    Ok(Accepted { number, governs: place, current, facts: facts.into(), erased: None })
}

/// Why nobody from outside may send an event of this name.
pub(crate) fn wrong_name(
    workflow: &Compiled,
    governs: Option<&EventDecl>,
    name: &str,
) -> Vec<Problem> {
    let mut problems = Vec::new();
    if let Some(reserved) = RESERVED.iter().find(|prefix| matches(prefix, name)) {
        let message = said(&say::EVENT_RESERVED, [name.to_owned(), (*reserved).to_owned()]);
        problems.push(Problem::said("event-reserved", message));
    } else {
        let known = match &workflow.definition.events {
            Some(_) => governs.is_some(),
            None => workflow.chart.is_heard(name),
        };
        if !known {
            problems.push(unknown_event(workflow, name));
        }
    }
    if governs.is_some_and(|found| found.by.as_ref().is_some_and(Vec::is_empty)) {
        let message = Said::of(&say::EVENT_INTERNAL, [event_said(workflow, name)]);
        problems.push(Problem::said("event-internal", message));
    }
    problems
}

fn unknown_event(workflow: &Compiled, name: &str) -> Problem {
    let problem = Problem::said("unknown-event", said(&say::UNKNOWN_EVENT, [name.to_owned()]));
    problem.suggest(name, workflow.listeners.outside())
}

/// Names of events that the file knows: the declared ones, or where there are none those that it listens to.
pub(crate) fn known_events(workflow: &Compiled) -> Vec<&str> {
    match &workflow.definition.events {
        Some(events) => events.keys().map(String::as_str).collect(),
        None => {
            let mut names: Vec<&str> = workflow
                .definition
                .transitions
                .rows()
                .iter()
                .flat_map(|transition| {
                    let patterns = match &transition.trigger {
                        Trigger::Events(patterns) => patterns.as_slice(),
                        Trigger::Always | Trigger::Term(_) => &[],
                    };
                    patterns.iter().chain(transition.revoke.as_deref())
                })
                .map(|pattern| pattern.as_str())
                .filter(|pattern| *pattern != "*" && !matches("done", pattern))
                .collect();
            names.sort_unstable();
            names.dedup();
            names
        }
    }
}

/// What an event carried whose values were erased, by the names of facts and of payload: as far as that can be, it kept the
/// contract too.
pub(crate) fn check_erased(
    workflow: &Compiled,
    event: &str,
    facts: &BTreeSet<String>,
    data: &BTreeSet<String>,
) -> Result<Erased, Vec<Problem>> {
    let definition = &workflow.definition;
    let governs = governing(workflow, event);
    let (mut erased, mut problems) = (Erased::default(), Vec::new());
    for name in facts {
        let carried = governs.is_some_and(|found| {
            found.sets.iter().chain(&found.required).any(|known| known.as_str() == name)
        });
        match workflow.rules.fact_named(name) {
            Some(id) if carried && definition.facts.at(id).value.is_none() => {
                erased.facts.insert(id);
            }
            _ => {
                let parts =
                    [event_said(workflow, &brief(event)), fact_said(workflow, &brief(name))];
                let message = Said::of(&say::NOT_CARRIED, parts);
                problems.push(Problem::said("fact-not-carried", message));
            }
        }
    }
    for name in data {
        if definition.events.is_some() && governs.is_none_or(|found| !found.data.contains_key(name))
        {
            let parts = [event_said(workflow, &brief(event)), brief(name).into()];
            let message = Said::of(&say::NO_DATA, parts);
            problems.push(Problem::said("unknown-data", message));
        } else {
            erased.data.insert(Arc::from(name.as_str()));
        }
    }
    if problems.is_empty() { Ok(erased) } else { Err(problems) }
}

/// Facts that an event carries, each by its declaration.
fn check_facts(
    workflow: &Compiled,
    governs: Option<&EventDecl>,
    event: &Event,
    problems: &mut Vec<Problem>,
) -> Vec<(FactId, Value)> {
    let carried = |fact: &str| {
        governs.is_some_and(|found| {
            found.sets.iter().chain(&found.required).any(|name| name.as_str() == fact)
        })
    };
    let mut allowed = BTreeMap::new();
    for (fact, value) in &event.facts {
        if workflow.rules.fact_named(fact).is_some() && !carried(fact) {
            let parts = [event_said(workflow, &event.name), fact_said(workflow, fact)];
            let hint = match governs {
                Some(_) => &say::NOT_CARRIED_HINT,
                None => &say::NO_EVENTS_HINT,
            };
            let message = Said::of(&say::NOT_CARRIED, parts);
            let hint = said(hint, [event.name.clone(), fact.clone()]);
            problems.push(Problem::said("fact-not-carried", message).hint(hint));
            continue;
        }
        allowed.insert(fact.clone(), value.clone());
    }
    admit_facts(workflow, &allowed, problems)
}

/// Facts from outside, each by its declaration.
pub(crate) fn admit_facts(
    workflow: &Compiled,
    facts: &BTreeMap<String, Value>,
    problems: &mut Vec<Problem>,
) -> Vec<(FactId, Value)> {
    let definition = &workflow.definition;
    let mut admitted = Vec::new();
    for (name, value) in facts {
        let Some(id) = workflow.rules.fact_named(name) else {
            let known = definition.facts.rows().iter().map(|fact| fact.name.as_str());
            let problem = Problem::said("unknown-fact", said(&say::UNKNOWN_FACT, [name.clone()]));
            problems.push(problem.suggest(name, known));
            continue;
        };
        let fact = definition.facts.at(id);
        if fact.value.is_some() {
            let (name, title) = (name.clone(), fact.title().clone());
            let named = Said::Named { name, title, path: String::new() };
            let message = Said::of(&say::FACT_DERIVED, [named]);
            problems.push(Problem::said("fact-derived", message));
            continue;
        }
        match fact.shape.admit(value.clone(), &definition.zone) {
            Ok(value) => admitted.push((id, value)),
            Err(violations) => problems.extend(
                violations
                    .into_iter()
                    .map(|found| violation("fact-value", name, fact.title(), found)),
            ),
        }
    }
    admitted
}

fn check_data(
    workflow: &Compiled,
    governs: Option<&EventDecl>,
    event: &Event,
    problems: &mut Vec<Problem>,
) -> BTreeMap<Arc<str>, Value> {
    let mut data = BTreeMap::new();
    for (key, value) in &event.data {
        let value = match governs {
            None if workflow.definition.events.is_some() => continue,
            None => value.clone().composed(),
            Some(found) => match found.data.get(key) {
                None => {
                    let parts = [event_said(workflow, &event.name), key.as_str().into()];
                    let message = Said::of(&say::NO_DATA, parts);
                    let known = found.data.keys().map(String::as_str);
                    problems.push(Problem::said("unknown-data", message).suggest(key, known));
                    continue;
                }
                Some(shape) => match shape.admit(value.clone(), &workflow.definition.zone) {
                    Ok(value) => value,
                    Err(violations) => {
                        let name = format!("event.data.{key}");
                        let found = violations.into_iter();
                        problems.extend(
                            found.map(|one| violation("data-value", &name, &shape.title, one)),
                        );
                        continue;
                    }
                },
            },
        };
        data.insert(Arc::from(composed(key)), value);
    }
    data
}

/// The time to go on from: not before the last step.
pub(crate) fn check_time(situation: &Situation, until: DateTime) -> Result<(), Vec<Problem>> {
    if until < situation.time {
        let parts = [Said::Time(until), Said::Time(situation.time)];
        let message = Said::of(&say::TIME_BACK, parts);
        return Err(vec![Problem::said("time-backwards", message)]);
    }
    Ok(())
}
