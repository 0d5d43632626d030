//! One question: an event, where a case stands, what may be otherwise, and whether it then moves.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::case::Case;
use crate::case::answer::Outcome;
use crate::case::contract;
use crate::case::event::{Actor, Event};
use crate::case::options::Listening;
use crate::case::requester::{Requester, in_unit, plays};
use crate::case::select::{Wanted, select_briefly, welcomes};
use crate::definition::model::EventDecl;
use crate::error::Problem;
use crate::judge::{Answer, Free, Input, Judge, Opening, Reading, Situation as Found, World};
use crate::rule::program::Reads;
use crate::rule::{Context, Current, Facts, Requirement, Rules};
use crate::table::{FactId, StateId, TransitionId};
use crate::value::{DateTime, Value};
use crate::workflow::Compiled;

/// What is asked.
pub(super) struct Question<'c> {
    pub case: &'c Case,
    pub compiled: &'c Compiled,
    pub governs: Option<&'c EventDecl>,
    /// The number of that declaration.
    place: Option<u32>,
    event: Event,
    /// Any of whom may send it.
    actors: Vec<Actor>,
    /// Where it is to lead, if anywhere.
    target: Option<StateId>,
    /// As it stands, with what the event carries.
    pub facts: Facts,
    pub current: Current,
    pub opening: Opening,
    pub inputs: Vec<Input>,
    needed: Vec<Requirement>,
    reading: Reading,
    /// Everything that the rules read.
    pub reads: Reads,
}

/// Why there is nothing to ask.
pub(super) enum Hopeless {
    /// Nothing listens to it where the case stands.
    NotExpected,
    /// It can only take something back, and there is nothing.
    NothingGiven,
    /// None of what listens is for whoever asks.
    NotWelcome,
    /// The event itself is wrong.
    Wrong(Vec<Problem>),
}

impl<'c> Question<'c> {
    pub fn new(case: &'c Case, event: &Event, target: Option<StateId>) -> Result<Self, Hopeless> {
        let compiled = case.workflow().compiled();
        let situation = case.situation();
        let event = Event { id: None, to: None, ..event.composed().into_owned() };
        let accepted = contract::check(compiled, situation, &event).map_err(Hopeless::Wrong)?;
        let mut facts = Facts::clone(&situation.facts);
        for (id, value) in accepted.facts.iter() {
            facts.set(*id, Some(value.clone()));
        }
        let (place, current) = (accepted.governs, accepted.current);
        let governs = place.and_then(|place| compiled.definition.event_at(place));
        let actors = match &event.actor {
            Some(actor) => vec![actor.clone()],
            None => case.somebody(),
        };
        let reached = match situation.ended {
            true => Vec::new(),
            false => Listening::new(compiled, situation).to(&event.name),
        };
        let heard = |id: &TransitionId| compiled.chart.listens(*id, &event.name);
        let listening: Vec<TransitionId> = reached.iter().copied().filter(heard).collect();
        if listening.is_empty() {
            return Err(match reached.is_empty() {
                true => Hopeless::NotExpected,
                false => Hopeless::NothingGiven,
            });
        }
        let context = situation.context(Some(&current));
        let admitted = |actor: &&Actor| match governs.and_then(|found| found.by.as_ref()) {
            Some(by) => plays(Some(*actor), by.iter().map(|role| role.as_str())),
            None => true,
        };
        let actors: Vec<Actor> = actors.iter().filter(admitted).cloned().collect();
        let welcome = |id: &TransitionId| {
            let asks = |actor: &Actor| {
                welcomes(compiled, situation, &context, *id, Requester::Outside(Some(actor)))
            };
            actors.iter().any(asks)
        };
        let welcome: Vec<TransitionId> = listening.into_iter().filter(welcome).collect();
        let chart = &compiled.chart;
        let leads = |id: &TransitionId| match target {
            Some(target) => {
                let targets = &chart.transitions.at(*id).targets;
                let is_way = |to: &StateId| {
                    *to == target || chart.inside(*to, target) || chart.inside(target, *to)
                };
                targets.iter().any(is_way)
            }
            None => true,
        };
        let source = |id: TransitionId| chart.transitions.at(id).source;
        let mut ways = Vec::new();
        for (place, id) in welcome.iter().enumerate() {
            if !leads(id) {
                continue;
            }
            // What is undecided hides what is tried behind it: in the same state, and in those around it.
            let before = welcome.iter().enumerate().filter(|(other, one)| {
                let (inner, outer) = (source(**one), source(*id));
                inner == outer && *other < place || inner != outer && chart.inside(inner, outer)
            });
            ways.push((*id, before.map(|(_, one)| *one).collect::<Vec<_>>()));
        }
        if ways.is_empty() {
            return Err(Hopeless::NotWelcome);
        }
        let rules = &compiled.rules;
        let mut reads = Reads::default();
        for id in ways.iter().flat_map(|(id, before)| before.iter().chain([id])) {
            reads.extend(&rules.reads_through(rules.asked_by(*id)));
        }
        let mut required = Vec::new();
        for name in governs.into_iter().flat_map(|found| &found.required) {
            required.extend(rules.fact_named(name).map(Input::Fact));
        }
        for name in governs.into_iter().flat_map(|found| &found.data_required) {
            required.push(Input::Data(Arc::from(name.as_str())));
        }
        let mut inputs: BTreeSet<Input> = required.iter().cloned().collect();
        let given = reads.facts.iter().filter(|id| rules.is_given(**id));
        inputs.extend(given.map(|id| Input::Fact(*id)));
        if reads.event {
            let names = governs.into_iter().flat_map(|found| found.data.keys());
            inputs.extend(names.map(|name| Input::Data(Arc::from(name.as_str()))));
        }
        if (reads.now || reads.event) && event.at.is_none() {
            inputs.insert(Input::Time);
        }
        let needed = rules.in_order().filter(|requirement| match requirement {
            Requirement::Fact(id) => reads.facts.contains(id) && !rules.is_given(*id),
            Requirement::Factor(id) => reads.factors.contains(id),
        });
        let needed = needed.collect();
        let opening = Opening { ways, required, between: None };
        let reading = Reading::default();
        let inputs = inputs.into_iter().collect();
        Ok(Self {
            case,
            compiled,
            governs,
            place,
            event,
            actors,
            target,
            facts,
            current,
            opening,
            inputs,
            needed,
            reading,
            reads,
        })
    }

    pub fn rules(&self) -> &'c Rules {
        &self.compiled.rules
    }

    /// The situation as it is.
    pub fn base(&self) -> Found {
        let situation = self.case.situation();
        Found {
            facts: self.facts.clone(),
            now: self.current.at,
            event: Some(self.current.clone()),
            past: situation.past.clone(),
            active: situation.active.to_vec(),
        }
    }

    fn context<'a>(&'a self, found: &'a Found) -> Context<'a> {
        let real = self.case.situation().context(found.event.as_ref());
        Context { facts: &found.facts, now: found.now, ..real }
    }

    /// A judge of a situation of which these may be otherwise.
    pub fn judge<'a>(&'a self, from: &'a Found, free: &[&Input]) -> Judge<'a> {
        let free = Free::of(free.iter().copied(), self.facts.len());
        let world = World { context: self.context(from), free, reading: &self.reading };
        let event = self.place.zip(self.governs);
        Judge::within(self.rules(), &self.compiled.definition, event, world, &self.needed)
    }

    /// Whether these, changed together, open it.
    pub fn opens(
        &self,
        from: &Found,
        free: &[&Input],
        opening: &Opening,
    ) -> (Answer, Option<Found>) {
        self.judge(from, free).opens(opening, &mut |found| self.plays(found))
    }

    /// Whether the rules let it through in a situation.
    pub fn is_open(&self, found: &Found) -> bool {
        let situation = self.case.situation();
        let context = self.context(found);
        let wanted = Wanted::Event(&self.event.name);
        let known = |input: &Input| self.value(found, input).is_some();
        self.opening.required.iter().all(known)
            && self.actors.iter().any(|actor| {
                let actor = in_unit(self.compiled, situation, actor);
                let asker = Requester::Outside(Some(&actor));
                let selected = select_briefly(self.compiled, situation, &context, wanted, asker);
                selected.is_ok_and(|selected| match self.target {
                    Some(_) => selected
                        .open
                        .iter()
                        .any(|id| self.opening.ways.iter().any(|(way, _)| way == id)),
                    None => selected.is_open(),
                })
            })
    }

    /// Whether the engine lets the case move in a situation: what the event may carry comes with it, all else was there before.
    pub fn plays(&self, found: &Found) -> bool {
        self.is_open(found) && self.moves(found)
    }

    fn moves(&self, found: &Found) -> bool {
        let definition = &self.compiled.definition;
        let carried = |id: FactId| {
            let name = &definition.facts.at(id).name.value;
            self.governs.is_some_and(|governs| {
                governs.sets.iter().chain(&governs.required).any(|one| one.value == *name)
            })
        };
        let mut event = self.event.clone();
        event.at = (found.now > self.case.time()).then_some(found.now);
        let data = found.event.iter().flat_map(|event| &event.data);
        event.data = data.map(|(name, value)| (name.to_string(), value.clone())).collect();
        let mut before = Vec::new();
        let real = self.case.situation();
        for id in self.rules().facts.ids().filter(|id| self.rules().is_given(*id)) {
            let (is, was) = (found.facts.get(id), real.fact(id));
            let is_required = self.opening.required.contains(&Input::Fact(id));
            if is == was && !is_required {
                continue;
            }
            let Some(value) = is else { continue };
            let name = definition.facts.at(id).name.value.clone();
            if carried(id) {
                event.facts.insert(name, value);
            } else if Some(&value) != was.as_ref() {
                before.push((id, value));
            }
        }
        let Some(case) = self.case.supposing(&before) else { return false };
        self.actors.iter().any(|actor| {
            let mut case = case.clone();
            let event = Event { actor: Some(actor.clone()), ..event.clone() };
            let decision = case.fire(&event);
            let there = self.target.is_none_or(|target| case.situation().is_active(target));
            decision.outcome == Outcome::Moved && there
        })
    }

    /// What a thing is in a situation.
    pub fn value(&self, found: &Found, input: &Input) -> Option<Value> {
        match input {
            Input::Fact(id) => found.facts.get(*id),
            Input::Data(name) => found.event.as_ref()?.data.get(name).cloned(),
            Input::Time => Some(Value::DateTime(found.now)),
        }
    }

    /// A situation in which a thing is otherwise. A day stands for its beginning.
    pub fn with(&self, found: &Found, input: &Input, value: Option<Value>) -> Found {
        let mut found = found.clone();
        match (input, value) {
            (Input::Fact(id), value) => found.facts.set(*id, value),
            (Input::Data(name), value) => {
                if let Some(event) = &mut found.event {
                    match value {
                        Some(value) => _ = event.data.insert(Arc::clone(name), value),
                        None => _ = event.data.remove(name),
                    }
                }
            }
            (Input::Time, Some(value)) => {
                if let Some(at) = self.instant(&value) {
                    found.now = at;
                    found.event.iter_mut().for_each(|event| event.at = at);
                }
            }
            (Input::Time, None) => {}
        }
        found
    }

    /// The first instant of a day that is not past; an instant itself.
    pub fn instant(&self, value: &Value) -> Option<DateTime> {
        match value {
            Value::DateTime(at) => Some(*at),
            Value::Date(date) => {
                let now = self.current.at;
                if *date == now.date() {
                    return Some(now);
                }
                let zone = &self.compiled.definition.zone;
                crate::value::Date::from_days(date.days() - 1)?.end(zone)
            }
            _ => None,
        }
    }
}
