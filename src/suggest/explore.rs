//! Where cases can stand and how they get there: a search over the engine itself, a transition at a time, by events with
//! facts that open it. What is then to be shown is tried from there.

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::prove::{Prover, Stopped, Verdict};
use super::solve::{Point, Solved, Solver, Target};
use super::trace::{Played, Trace};
use super::{Asked, Goal};
use crate::case::Case;
use crate::case::contract;
use crate::case::describe;
use crate::case::event::Actor;
use crate::coverage::Coverage;
use crate::definition::model::{EventDecl, Trigger, When};
use crate::person;
use crate::rule::outline::Origin;
use crate::rule::{CaseHistory, Truth};
use crate::suggest::distance::SearchGoal;
use crate::table::{FactId, Id, StateId, TransitionId};
use crate::value::{DateTime, Duration, Value};
use crate::workflow::Workflow;

/// Places that are kept, attempts at one transition, places that a goal is tried from.
const ENTRIES: usize = 400;
const ATTEMPTS: u32 = 4;
/// Attempts at one that was taken already, for the sake of where else it leads.
const AGAIN: u32 = 16;
const TRIED_FROM: usize = 3;
/// Traces that are run in all.
const RUNS: u32 = 200_000;

/// Where a case can stand, and how it got there.
struct Entry {
    trace: Trace,
    case: Case,
    coverage: Coverage,
    /// Events that it expects, once somebody has asked.
    expected: OnceCell<Vec<String>>,
}

/// Why a goal was not reached.
#[derive(Debug)]
pub(super) enum Failed {
    /// No values of what it reads can do it; `true` where others are tried before and must stay shut. By these facts.
    Contradiction(Vec<FactId>, bool),
    /// No values can do it: that is proven, without trying any.
    Excluded(Vec<FactId>, bool),
    /// States of which it would have to stand in one.
    NoWay(BTreeSet<StateId>),
    /// Nothing was found within bounds, nor proven: with what stood in the way of a proof.
    NotFound(Reads, Option<Stopped>),
    /// Values would do, but cases did not get there.
    NotBrought(Vec<(String, Option<Value>)>),
    NeverAsked,
    Bound,
    Unwritable,
}

/// What a rule reads in the end, for people.
#[derive(Debug, Default)]
pub(super) struct Reads {
    /// Facts, and payload as `event.data.NAME`.
    pub names: Vec<String>,
    pub time: bool,
    pub past: bool,
}

impl Failed {
    pub fn is_proof(&self) -> bool {
        matches!(self, Self::Contradiction(..) | Self::Excluded(..))
    }

    /// What says more comes before what says less, and a proof is none as long as anything else is open.
    fn weight(&self) -> u8 {
        match self {
            Self::NotBrought(_) => 5,
            Self::NotFound(..) => 4,
            Self::NoWay(_) => 3,
            Self::Unwritable | Self::Bound => 2,
            Self::Contradiction(..) | Self::Excluded(..) => 1,
            Self::NeverAsked => 0,
        }
    }
}

/// How a transition comes to be judged.
#[derive(Debug, Clone)]
pub(super) enum Cue {
    /// By an event from outside.
    Event(String),
    /// When a term of its state is due, by its number.
    Term(u32),
    /// By what another step brings about: `always`, raised and sent events.
    Inside,
}

/// What is to be brought about.
pub(super) struct Realizing<'a> {
    pub target: &'a Target,
    pub cue: &'a Cue,
    pub point: &'a Point,
    pub goal: Goal,
    /// Whether a case may be placed, too.
    pub anyhow: bool,
}

pub(super) struct Explorer<'w> {
    pub workflow: &'w Workflow,
    solver: Solver<'w>,
    prover: Prover<'w>,
    entries: Vec<Entry>,
    keys: BTreeSet<Key>,
    /// Patterns of events that some rule asks the past about.
    asked: BTreeSet<Arc<str>>,
    runs: u32,
}

type Key = (Vec<String>, Vec<u64>);

pub(super) type Reached = (Trace, Played);

impl<'w> Explorer<'w> {
    pub fn new(workflow: &'w Workflow) -> Self {
        let compiled = workflow.compiled();
        let (solver, prover) = (Solver::new(compiled), Prover::new(compiled));
        let (keys, asked) = (BTreeSet::new(), BTreeSet::new());
        Self { workflow, solver, prover, entries: Vec::new(), keys, asked, runs: 0 }
    }

    /// Finds places where cases can stand, nearest first, until every transition was taken or tried. Those where the scenarios
    /// that there are come along are known from the outset.
    pub fn explore(&mut self, known: &[Trace]) {
        let compiled = self.workflow.compiled();
        for id in compiled.definition.transitions.ids() {
            self.asked.extend(compiled.rules.inputs(id).happened);
        }
        for at in starts(self.workflow) {
            let start = Trace::new(at);
            if let Some(played) = self.run(&start) {
                self.keep(start, played);
            }
        }
        for trace in known {
            for length in 0..=trace.acts.len() {
                if self.solver.is_exhausted() {
                    break;
                }
                let mut beginning = trace.clone();
                beginning.acts.truncate(length);
                if self.entries.len() < ENTRIES / 2
                    && let Some(played) = self.run(&beginning)
                {
                    self.keep(beginning, played);
                }
            }
        }
        let mut taken: BTreeSet<TransitionId> = BTreeSet::new();
        let mut attempts: BTreeMap<TransitionId, u32> = BTreeMap::new();
        let mut number = 0;
        while number < self.entries.len() {
            for (transition, cue) in self.listening(number) {
                let most = if taken.contains(&transition) { AGAIN } else { ATTEMPTS };
                let tried = attempts.entry(transition).or_insert(0);
                if *tried >= most || self.entries.len() >= ENTRIES || self.solver.is_exhausted() {
                    continue;
                }
                *tried += 1;
                let goal = Goal::Transition { transition: transition.index() };
                let aim = SearchGoal::Judged(transition, Truth::True);
                let Ok((trace, played)) = self.attempt(number, transition, &cue, aim, goal, false)
                else {
                    continue;
                };
                taken.extend(played.coverage.taken());
                self.keep(trace, played);
            }
            number += 1;
        }
    }

    /// What tells places apart: where the case stands and what rules can ask of its past.
    fn key(&self, played: &Played) -> Key {
        let past = &played.case.situation().past;
        let counts = self.asked.iter().map(|pattern| past.count(pattern).min(2)).collect();
        (played.states.last().cloned().unwrap_or_default(), counts)
    }

    /// Keeps a place that is new, or where a transition was taken that no other has.
    fn keep(&mut self, trace: Trace, played: Played) {
        let fresh = |found: TransitionId| {
            let goal = Goal::Transition { transition: found.index() };
            !self.entries.iter().any(|entry| entry.coverage.has(goal))
        };
        let is_new = self.keys.insert(self.key(&played));
        if !is_new && !played.coverage.taken().any(fresh) {
            return;
        }
        let Played { case, coverage, .. } = played;
        self.entries.push(Entry { trace, case, coverage, expected: OnceCell::new() });
    }

    pub(super) fn run(&mut self, trace: &Trace) -> Option<Played> {
        self.runs += 1;
        if self.runs > RUNS || self.is_spent(self.size()) {
            return None;
        }
        trace.play(self.workflow, &self.solver.meter)
    }

    /// What a run takes down of everything that the file has.
    pub(super) fn size(&self) -> usize {
        let definition = &self.workflow.compiled().definition;
        let clauses = self.solver.outline.clauses.len();
        (definition.states.len() + definition.transitions.len() + clauses) / 8 + 1
    }

    /// Counts work besides scripts. Whether there is no room for more.
    pub(super) fn is_spent(&self, operations: usize) -> bool {
        self.solver.meter.spend(u64::try_from(operations).unwrap_or(u64::MAX));
        self.solver.meter.left() == 0
    }

    /// A trace that reaches a goal.
    pub fn reach(&mut self, goal: Goal) -> Result<Reached, Failed> {
        // Each goal is looked for in all that is known.
        if self.is_spent(self.size() + self.entries.len()) {
            return Err(Failed::Bound);
        }
        // Whoever was on the way somewhere else.
        let known = self.entries.iter().find(|entry| entry.coverage.has(goal));
        if let Some(trace) = known.map(|entry| entry.trace.clone()) {
            return self.run(&trace).map(|played| (trace, played)).ok_or(Failed::Bound);
        }
        let compiled = self.workflow.compiled();
        let asked = Asked::by(goal);
        let mut failed = Failed::NeverAsked;
        let mut note = |found: Failed| match (&mut failed, found) {
            (Failed::NoWay(all), Failed::NoWay(more)) => all.extend(more),
            (failed, found) if found.weight() > failed.weight() => *failed = found,
            _ => {}
        };
        let (transitions, aim): (Vec<TransitionId>, Option<SearchGoal>) = match asked {
            Asked::State(state) => {
                return Err(Failed::NoWay(BTreeSet::from([StateId::from_index(state)])));
            }
            Asked::Transition(id) => (vec![id], Some(SearchGoal::Judged(id, Truth::True))),
            Asked::Clause(..) | Asked::Threshold(..) => {
                let Some((aim, rule)) = asked.aim(self.workflow) else {
                    return Err(Failed::NeverAsked);
                };
                (self.asking(rule), Some(aim))
            }
        };
        for transition in transitions {
            let source = compiled.chart.transitions.at(transition).source;
            let stopped = match self.prover.judge(goal, transition) {
                Verdict::Never(facts, others) => {
                    note(Failed::Contradiction(facts, others));
                    continue;
                }
                Verdict::Excluded(facts, others) => {
                    note(Failed::Excluded(facts, others));
                    continue;
                }
                Verdict::Possible => None,
                Verdict::Open(stopped) => Some(stopped),
            };
            // Where rules ask about the past, one place is not as good as another.
            let most =
                if compiled.rules.inputs(transition).past { 4 * TRIED_FROM } else { TRIED_FROM };
            let places = self.places(transition, source, most);
            if places.is_empty() {
                note(Failed::NoWay(BTreeSet::from([source])));
            }
            for (number, cue) in places {
                let Some(aim) = aim else { continue };
                match self.attempt(number, transition, &cue, aim, goal, true) {
                    Ok((trace, played)) => {
                        if self.entries.len() < ENTRIES
                            && let Some(again) = self.run(&trace)
                        {
                            self.keep(trace.clone(), again);
                        }
                        return Ok((trace, played));
                    }
                    Err(Failed::NotFound(reads, _)) => {
                        let is_elsewhere_too = !reads.time
                            && !reads.past
                            && stopped.as_ref().is_none_or(|stopped| !stopped.event)
                            && self.is_tried_alike(number, transition, &cue);
                        note(Failed::NotFound(reads, stopped.clone()));
                        // The same values would be tried from every other place.
                        if is_elsewhere_too {
                            break;
                        }
                    }
                    Err(found) => note(found),
                }
            }
        }
        // Not everything was looked at: what was found says little, but for a proof.
        Err(if self.solver.is_exhausted() && !failed.is_proof() { Failed::Bound } else { failed })
    }

    /// The transitions whose answer depends on a rule.
    fn asking(&self, rule: usize) -> Vec<TransitionId> {
        let outline = self.solver.outline;
        let Some(origin) = outline.rules.get(rule).map(|rule| rule.origin) else {
            return Vec::new();
        };
        if let Origin::Transition(id) = origin {
            return vec![id];
        }
        let compiled = self.workflow.compiled();
        let all = compiled.definition.transitions.ids();
        if self.is_spent(8 * compiled.definition.transitions.len()) {
            return Vec::new();
        }
        let asks = |id: &TransitionId| {
            outline.reach(std::iter::once(Origin::Transition(*id))).rules.contains(&rule)
        };
        all.filter(asks).collect()
    }

    /// Places from which a transition can be judged, and how.
    fn places(&self, transition: TransitionId, source: StateId, most: usize) -> Vec<(usize, Cue)> {
        let mut found: Vec<(usize, Cue)> = Vec::new();
        for (number, entry) in self.entries.iter().enumerate() {
            if found.len() >= most || self.is_spent(1) {
                break;
            }
            let is_judged = entry.coverage.is_judged(transition);
            if !entry.case.is_ended() && entry.case.situation().is_active(source) {
                found.extend(self.cue(entry, transition).map(|cue| (number, cue)));
            } else if is_judged && self.cue(entry, transition).is_none() {
                found.push((number, Cue::Inside));
            }
        }
        found
    }

    /// What is listened to where an entry stands, innermost states first, each transition with what would have it judged.
    fn listening(&self, number: usize) -> Vec<(TransitionId, Cue)> {
        let Some(entry) = self.entries.get(number) else { return Vec::new() };
        if entry.case.is_ended() {
            return Vec::new();
        }
        let compiled = self.workflow.compiled();
        let mut found = Vec::new();
        for state in entry.case.situation().active.iter().rev() {
            for id in &compiled.definition.states.at(*state).transitions {
                found.extend(self.cue(entry, *id).map(|cue| (*id, cue)));
            }
        }
        found
    }

    fn cue(&self, entry: &Entry, transition: TransitionId) -> Option<Cue> {
        let compiled = self.workflow.compiled();
        if self.is_spent(1) {
            return None;
        }
        match &compiled.definition.transitions.at(transition).trigger {
            Trigger::Always => Some(Cue::Inside),
            Trigger::Term(index) => Some(Cue::Term(*index)),
            Trigger::Events(_) => {
                let situation = entry.case.situation();
                let names = entry.expected.get_or_init(|| describe::expected(compiled, situation));
                let listens =
                    |name: &&String| self.is_spent(1) || compiled.chart.listens(transition, name);
                let name = names.iter().find(listens).filter(|_| !self.solver.is_exhausted());
                Some(name.cloned().map_or(Cue::Inside, Cue::Event))
            }
        }
    }

    /// Transitions that are tried before another where a case stands, for the same cue.
    fn ahead(&self, case: &Case, transition: TransitionId, cue: &Cue) -> Vec<TransitionId> {
        let compiled = self.workflow.compiled();
        let chart = &compiled.chart;
        let source = chart.transitions.at(transition).source;
        let listens = |id: &TransitionId| match cue {
            Cue::Event(name) => chart.listens(*id, name),
            Cue::Inside | Cue::Term(_) => true,
        };
        let of = |state: StateId| -> &[TransitionId] {
            let row = chart.states.at(state);
            match cue {
                Cue::Event(_) => &row.on,
                _ => &row.always,
            }
        };
        match cue {
            Cue::Term(index) => {
                let state = compiled.definition.states.at(source);
                let term = state.terms.get(*index as usize);
                let own = term.into_iter().flat_map(|term| term.transitions.iter().copied());
                own.take_while(|id| *id != transition).collect()
            }
            _ => {
                let inner = case.situation().active.iter().copied();
                let inner = inner.filter(|state| chart.inside(*state, source));
                let inside = inner.flat_map(|state| of(state).iter().copied());
                let own = of(source).iter().copied().take_while(|id| *id != transition);
                inside.chain(own).filter(listens).collect()
            }
        }
    }

    /// Tries to show a goal from a place, by having a transition judged. `anyhow` takes `from` where nothing else does.
    fn attempt(
        &mut self,
        number: usize,
        transition: TransitionId,
        cue: &Cue,
        aim: SearchGoal,
        goal: Goal,
        anyhow: bool,
    ) -> Result<Reached, Failed> {
        let compiled = self.workflow.compiled();
        let Some(entry) = self.entries.get(number) else { return Err(Failed::NeverAsked) };
        let written = compiled.definition.transitions.at(transition);
        let event = match cue {
            Cue::Event(name) => Some(name.clone()),
            Cue::Term(_) | Cue::Inside => None,
        };
        let governs = event.as_deref().and_then(|name| contract::governing(compiled, name));
        let actor = event
            .as_deref()
            .and_then(|name| self.actor(&entry.case, Some(name), governs, transition));
        let mut ahead = self.ahead(&entry.case, transition, cue);
        // Who does not have the role is refused without being asked anything.
        ahead.retain(|id| {
            let by = &compiled.definition.transitions.at(*id).by;
            by.as_ref().is_none_or(|roles| {
                event.is_none()
                    || roles.iter().any(|role| {
                        actor.as_ref().is_some_and(|actor| actor.roles.contains(&role.value))
                    })
            })
        });
        let due = match cue {
            Cue::Term(index) => {
                let state = compiled.definition.states.at(written.source);
                let term = state.terms.get(*index as usize);
                term.filter(|term| !matches!(term.when, When::After(_)))
                    .and_then(|term| compiled.rules.fact_named(&term.key))
            }
            _ => None,
        };
        let target = Target { transition, event, actor, ahead, due };
        let reads = self.reads(transition);
        let (case, trace) = (entry.case.clone(), entry.trace.clone());
        // First with what comes with the event, and by waiting; then with whatever was known before.
        if !matches!(cue, Cue::Inside)
            && let Solved::Found(point) = self.solver.solve(&case, &target, Some(aim), true)
        {
            let point = &point;
            let realizing = Realizing { target: &target, cue, point, goal, anyhow: false };
            if let Some(reached) = self.realize(&case, &trace, &realizing) {
                return Ok(reached);
            }
        }
        match self.solver.solve(&case, &target, Some(aim), false) {
            _ if self.solver.is_exhausted() => Err(Failed::Bound),
            Solved::Nothing => Err(Failed::NotFound(reads, None)),
            Solved::Found(point) => {
                let point = &point;
                let realizing = Realizing { target: &target, cue, point, goal, anyhow };
                match self.realize(&case, &trace, &realizing) {
                    Some(reached) => Ok(reached),
                    None => Err(Failed::NotBrought(self.changes(&case, point))),
                }
            }
        }
    }

    /// Whether no other states have a say in what is tried before a transition.
    fn is_tried_alike(&self, number: usize, transition: TransitionId, cue: &Cue) -> bool {
        let chart = &self.workflow.compiled().chart;
        let source = chart.transitions.at(transition).source;
        let entry = self.entries.get(number);
        entry.is_some_and(|entry| {
            let ahead = self.ahead(&entry.case, transition, cue);
            ahead.iter().all(|id| chart.transitions.at(*id).source == source)
        })
    }

    fn reads(&self, transition: TransitionId) -> Reads {
        let compiled = self.workflow.compiled();
        let inputs = compiled.rules.inputs(transition);
        let facts =
            inputs.facts.iter().map(|id| compiled.definition.facts.at(*id).name.value.clone());
        let data = inputs.data.iter().map(|name| format!("event.data.{name}"));
        Reads { names: facts.chain(data).collect(), time: inputs.time, past: inputs.past }
    }

    pub(super) fn changes(&self, case: &Case, point: &Point) -> Vec<(String, Option<Value>)> {
        let facts = &self.workflow.compiled().definition.facts;
        let changed = case.situation().facts.differing(&point.facts);
        changed.map(|id| (facts.at(id).name.value.clone(), point.facts.get(id))).collect()
    }

    /// Somebody who may send an event and take a transition.
    fn actor(
        &self,
        case: &Case,
        event: Option<&str>,
        governs: Option<&EventDecl>,
        transition: TransitionId,
    ) -> Option<Actor> {
        let compiled = self.workflow.compiled();
        let written = compiled.definition.transitions.at(transition);
        let own = written.by.as_deref();
        let of_event = governs.and_then(|found| found.by.as_deref());
        let mut roles: Vec<&str> = Vec::new();
        match (of_event, own) {
            (Some(a), Some(b)) => {
                let both = a.iter().find(|role| b.iter().any(|other| other.value == role.value));
                match both {
                    Some(role) => roles.push(role),
                    None => roles
                        .extend(a.first().into_iter().chain(b.first()).map(|role| role.as_str())),
                }
            }
            (Some(one), None) | (None, Some(one)) => {
                roles.extend(one.first().map(|role| role.as_str()));
            }
            (None, None) => {}
        }
        let asks_person = event.is_some_and(|event| compiled.remembered.asks_person(event));
        let anybody = (asks_person || !written.not_by.is_empty()).then_some("somebody");
        let first = roles.first().copied().or(anybody)?;
        let mut id = first.to_owned();
        let mut number = 2;
        let past = &case.situation().past;
        while written.not_by.iter().any(|event| has_sent(past, event, &id)) && number < 100 {
            id = format!("{first}-{number}");
            number += 1;
        }
        Some(roles.iter().fold(Actor::new(id), |actor, role| actor.role(*role)))
    }
}

/// Whether a person has sent an event that the pattern matches.
fn has_sent(past: &CaseHistory, pattern: &str, id: &str) -> bool {
    let person = person::digest_of(id);
    past.senders(pattern).any(|who| who.contains(person))
}

/// When cases begin: on a Monday morning, and a month before each day that the file names.
pub(super) fn starts(workflow: &Workflow) -> Vec<DateTime> {
    let compiled = workflow.compiled();
    let definition = &compiled.definition;
    let zone = &definition.zone;
    let mut days: Vec<Value> =
        definition.parameters.rows().iter().map(|found| found.value.clone()).collect();
    days.extend(definition.facts.rows().iter().filter_map(|fact| fact.default.clone()));
    for id in definition.facts.ids() {
        days.extend(compiled.rules.fact_inputs(id).constants);
    }
    for id in definition.transitions.ids() {
        days.extend(compiled.rules.inputs(id).constants);
    }
    let month = |at: DateTime| Duration::days(-30).and_then(|month| at.add(month, zone));
    let named = days.iter().filter_map(|day| match day {
        Value::Date(day) => DateTime::parse_civil(&format!("{day}T09:00"), zone),
        Value::DateTime(at) => Some(*at),
        _ => None,
    });
    let named: BTreeSet<DateTime> = named.filter_map(month).collect();
    let plain = DateTime::parse_civil("2026-01-05T09:00", zone);
    plain.into_iter().chain(named.into_iter().take(4)).collect()
}
