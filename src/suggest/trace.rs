//! A way for a case: where it begins and what happens to it, as data that can be changed and run again.

use std::collections::BTreeMap;

use crate::case::Case;
use crate::case::answer::Outcome;
use crate::case::decision::Decision;
use crate::case::event::{Event, Until};
use crate::case::starting_point::{PastEvent, StartingPoint};
use crate::coverage::Coverage;
use crate::rule::Meter;
use crate::scenario::{Scenario, plan};
use crate::value::{DateTime, Value};
use crate::workflow::Workflow;

/// Operations that an act takes besides its scripts.
const ACT: u64 = 64;

#[derive(Debug, Clone)]
pub(super) struct Trace {
    pub at: DateTime,
    pub facts: BTreeMap<String, Value>,
    /// Where it begins, if not where the file says.
    pub place: Option<StartingPoint>,
    pub acts: Vec<Action>,
}

#[derive(Debug, Clone)]
pub(super) enum Action {
    Fire(Box<Event>),
    Advance(DateTime),
}

/// A trace that was run.
pub(super) struct Played {
    pub case: Case,
    pub coverage: Coverage,
    /// What was answered to each act.
    pub decisions: Vec<Decision>,
    /// The leaf states behind the start and behind each act.
    pub states: Vec<Vec<String>>,
}

impl Trace {
    pub fn new(at: DateTime) -> Self {
        Self { at, facts: BTreeMap::new(), place: None, acts: Vec::new() }
    }

    /// A case that stands where this one does, with the same facts and past, without the way there.
    pub fn placed(case: &Case) -> Self {
        let situation = case.situation();
        let states = case.states().into_iter().map(str::to_owned).collect();
        let definition = &case.workflow().compiled().definition;
        let entered = situation.active.iter().skip(1).filter_map(|id| {
            let at = situation.past.entered.get(id).filter(|at| **at != situation.time)?;
            Some((definition.states.at(*id).name.value.clone(), *at))
        });
        let happened = situation.past.events.iter().map(|(name, found)| {
            let who = found.who.ids().into_iter().map(|id| id.id.to_string()).collect();
            let happened = PastEvent { count: found.count, last: Some(found.last), who };
            (name.to_string(), happened)
        });
        let place =
            StartingPoint { states, entered: entered.collect(), happened: happened.collect() };
        let facts = case.facts().into_iter();
        Self {
            at: case.time(),
            facts: facts.map(|(name, value)| (name.to_owned(), value.clone())).collect(),
            place: Some(place),
            acts: Vec::new(),
        }
    }

    /// What happens in a scenario of this workflow, with its times; what was refused as an error or not expected left out.
    pub fn of(scenario: &Scenario, workflow: &Workflow) -> Option<Self> {
        if !scenario.workflow().same(workflow) {
            return None;
        }
        let plan = scenario.plan();
        let zone = &workflow.compiled().definition.zone;
        let mut trace = Self {
            at: plan.time.unwrap_or_else(|| DateTime::epoch(zone)),
            facts: plan.facts.clone(),
            place: plan.place.clone(),
            acts: Vec::new(),
        };
        let meter = Meter::call(workflow.limits());
        let (at, facts) = (Some(trace.at), trace.facts.clone());
        let mut case = match &plan.place {
            Some(place) => Case::placed(workflow, at, &facts, place).ok()?,
            None => Case::start_within(workflow, at, facts, None, &meter).ok()?.0,
        };
        for step in &plan.steps {
            let after = |length| case.time().add(length, zone);
            let (act, decision) = match &step.act {
                plan::Action::Event(event, when) => {
                    let mut event = Event::clone(event);
                    event.id = None;
                    match when {
                        plan::When::Now => {}
                        plan::When::At(at) => event.at = Some(*at),
                        plan::When::After(length) => event.at = Some(after(*length)?),
                    }
                    let decision = case.fire_within(&event, None, &meter);
                    (Action::Fire(Box::new(event)), decision)
                }
                plan::Action::Advance(when) => {
                    let until = match when {
                        plan::When::Now => case.time(),
                        plan::When::At(at) => *at,
                        plan::When::After(length) => after(*length)?,
                    };
                    let until_then = Until::Time(until);
                    (Action::Advance(until), case.advance_within(until_then, None, &meter))
                }
                plan::Action::Look(_) => continue,
                // What comes from a parent is no way that a case alone could go.
                plan::Action::Received(..) => return None,
            };
            case.records.clear();
            if !matches!(decision.outcome, Outcome::Error | Outcome::NotExpected) {
                trace.acts.push(act);
            }
        }
        Some(trace)
    }

    pub fn with(&self, act: Action) -> Self {
        let mut longer = self.clone();
        longer.acts.push(act);
        longer
    }

    /// Gives a fact another value where it last comes in: with an event that carries it already, else at the start. `None`
    /// leaves it out everywhere.
    pub fn set(&mut self, fact: &str, value: Option<&Value>) {
        let carrying = self.acts.iter_mut().rev().filter_map(|act| match act {
            Action::Fire(event) if event.facts.contains_key(fact) => Some(event),
            _ => None,
        });
        match value {
            Some(value) => {
                let facts = carrying.map(|event| &mut event.facts).next();
                facts.unwrap_or(&mut self.facts).insert(fact.to_owned(), value.clone());
            }
            None => {
                for event in carrying {
                    event.facts.remove(fact);
                }
                self.facts.remove(fact);
            }
        }
    }

    /// Runs it. `None` where it cannot begin, or where something in it is an error or not expected.
    pub fn play(&self, workflow: &Workflow, meter: &Meter) -> Option<Played> {
        let mut coverage = Coverage::new(workflow);
        let mut case = match &self.place {
            Some(place) => Case::placed(workflow, Some(self.at), &self.facts, place).ok()?,
            None => coverage.start_within(Some(self.at), self.facts.clone(), meter).ok()?.0,
        };
        let mut decisions = Vec::with_capacity(self.acts.len());
        let leaves =
            |case: &Case| -> Vec<String> { case.states().into_iter().map(str::to_owned).collect() };
        let mut states = vec![leaves(&case)];
        for act in &self.acts {
            // What is taken down of it, and its answer.
            meter.spend(ACT);
            let decision = match act {
                Action::Fire(event) => coverage.fire_within(&mut case, event, meter),
                Action::Advance(time) => {
                    coverage.advance_within(&mut case, Until::Time(*time), meter)
                }
            };
            case.records.clear();
            let fails = matches!(decision.outcome, Outcome::Error | Outcome::NotExpected)
                || decision.steps.iter().any(|step| !step.problems.is_empty());
            if fails {
                return None;
            }
            decisions.push(decision);
            states.push(leaves(&case));
        }
        Some(Played { case, coverage, decisions, states })
    }
}
