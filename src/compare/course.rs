//! One case under one workflow: every answer, and what became of it in the end.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::given::{GivenCase, Step};
use crate::case::Case;
use crate::case::answer::{Effects, Outcome, StepCause, StepOutcome};
use crate::case::contract;
use crate::case::decision::Decision;
use crate::case::event::{Actor, Event, Until};
use crate::error::Problem;
use crate::rule::Meter;
use crate::value::{DateTime, Value, brief};
use crate::workflow::Workflow;

/// What was answered at one place of a case.
#[derive(Debug)]
pub(super) struct Moment {
    pub outcome: Outcome,
    /// The leaf states behind it; none where the case could not begin.
    pub states: Vec<String>,
    /// What the answer moved: states entered, messages, terms, in order.
    pub acts: Vec<String>,
    /// The event, where one came.
    pub event: Option<String>,
    pub at: Option<DateTime>,
    pub decision: Option<Decision>,
    pub problems: Vec<Problem>,
}

impl Moment {
    /// Whether two answers come to the same.
    pub fn is_like(&self, other: &Self) -> bool {
        (self.outcome, &self.states, &self.acts) == (other.outcome, &other.states, &other.acts)
    }
}

/// What became of a term that ran in a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    Kept,
    Lapsed,
    Open,
}

/// What a workflow did not take, by name.
#[derive(Debug, Default)]
pub(super) struct Strange {
    pub unknown: BTreeMap<String, usize>,
    pub unexpected: BTreeMap<String, usize>,
    pub errors: BTreeMap<String, usize>,
    /// Facts and payload that it does not take of the events that it takes.
    pub left_out: BTreeMap<String, usize>,
}

/// A case under one workflow.
#[derive(Debug, Default)]
pub(super) struct Course {
    /// The start, each step, and the end of what was seen.
    pub moments: Vec<Moment>,
    pub has_begun: bool,
    pub states: Vec<String>,
    /// When it ended.
    pub ended: Option<DateTime>,
    /// Every state that it was in.
    pub reached: BTreeSet<String>,
    pub facts: BTreeMap<String, Value>,
    pub terms: BTreeMap<String, Fate>,
    pub strange: Strange,
}

/// Events that are in no log, put in where they are needed: so many in a row, and so many situations looked at.
const ROW: usize = 4;
const SITUATIONS: usize = 64;

/// A workflow that cases are played under.
pub(super) struct Player<'w> {
    pub workflow: &'w Workflow,
    /// The silent events of the workflow, where they are to be put in.
    silent: Vec<Event>,
}

impl<'w> Player<'w> {
    pub fn new(workflow: &'w Workflow, puts_silent_in: bool) -> Self {
        let definition = &workflow.compiled().definition;
        let names = contract::known_events(workflow.compiled());
        let names = names.into_iter().filter(|name| puts_silent_in && workflow.is_silent(name));
        let roles = definition.roles.keys().cloned().collect();
        let actor = Actor { roles, ..Actor::default() };
        let silent = names.map(|name| Event::new(name).by(actor.clone())).collect();
        Self { workflow, silent }
    }

    /// Plays a case, and lets time pass up to `seen` behind its last step: the same for every workflow.
    pub fn play(&self, given: &GivenCase, seen: Option<DateTime>) -> Course {
        let mut course = Course::default();
        let Some(mut case) = self.begin(given, &mut course) else { return course };
        course.has_begun = true;
        for step in &given.steps {
            let mut silent = Vec::new();
            let decision = self.step(&mut case, step, &mut silent, &mut course.strange);
            course.note(&mut case, step.event(), &silent, decision);
        }
        let mut decision = match seen.filter(|seen| *seen > case.time()) {
            Some(seen) => case.advance(seen),
            None => Decision::new(Outcome::Advanced, None, case.time()),
        };
        let (mut silent, time) = (Vec::new(), case.time());
        let ends = |case: &mut Case| case.is_ended().then_some(());
        if !case.is_ended()
            && let Some((row, after, ())) = self.by_silent(&case, time, ends)
        {
            case = after;
            for next in row {
                silent.push(std::mem::replace(&mut decision, next));
            }
        }
        course.note(&mut case, None, &silent, decision);
        course.end(&case);
        course
    }

    fn begin(&self, given: &GivenCase, course: &mut Course) -> Option<Case> {
        let compiled = self.workflow.compiled();
        let mut facts = given.facts.clone();
        facts.retain(|name, _| {
            let known = compiled.rules.fact_named(name);
            let takes = known.is_some_and(|id| compiled.definition.facts.at(id).value.is_none());
            if !takes {
                count(&mut course.strange.left_out, name);
            }
            takes
        });
        let at = given.at.or_else(|| given.steps.iter().find_map(Step::at));
        let begun = match &given.place {
            Some(place) => Case::placed(self.workflow, at, &facts, place).map(|case| {
                let decision = Decision::new(Outcome::Started, None, case.time());
                (case, decision)
            }),
            None => Case::start(self.workflow, at, facts),
        };
        match begun {
            Ok((mut case, decision)) => {
                course.reached.extend(case.states().into_iter().map(str::to_owned));
                course.note(&mut case, None, &[], decision);
                Some(case)
            }
            Err(error) => {
                let problems = error.problems().to_vec();
                for problem in &problems {
                    count(&mut course.strange.errors, &format!("start: {}", problem.code));
                }
                course.moments.push(Moment {
                    outcome: Outcome::Error,
                    states: Vec::new(),
                    acts: Vec::new(),
                    event: None,
                    at,
                    decision: None,
                    problems,
                });
                None
            }
        }
    }

    fn step(
        &self,
        case: &mut Case,
        step: &Step,
        silent: &mut Vec<Decision>,
        strange: &mut Strange,
    ) -> Decision {
        match step {
            Step::Event(event) => self.event(case, event, silent, strange),
            Step::Later(length, event) => {
                let at = case.later(*length).ok();
                let event = Event { at, ..Event::clone(event) };
                self.event(case, &event, silent, strange)
            }
            Step::Received(length, event) => {
                let later = length.and_then(|length| case.later(length).ok());
                let event = Event { at: later.or(event.at), ..Event::clone(event) };
                let meter = Meter::call(self.workflow.limits());
                tallied(case.receive_within(&event, None, &meter), &event.name, strange)
            }
            // Where a term was taken later than it is here, time does not go back.
            Step::Advance(Until::Time(at)) => case.advance((*at).max(case.time())),
            Step::Advance(until) => {
                let decision = case.advance(until.clone());
                tallied(decision, "advance", strange)
            }
        }
    }

    fn event(
        &self,
        case: &mut Case,
        event: &Event,
        silent: &mut Vec<Decision>,
        strange: &mut Strange,
    ) -> Decision {
        let compiled = self.workflow.compiled();
        if event.to.is_some() {
            return tallied(case.fire(event), &event.name, strange);
        }
        let governs = contract::governing(compiled, &event.name);
        if !contract::wrong_name(compiled, governs, &event.name).is_empty() {
            count(&mut strange.unknown, &event.name);
            let at = event.at.unwrap_or_else(|| case.time()).max(case.time());
            // Time passes all the same.
            let passed = case.advance(at);
            return match passed.outcome {
                Outcome::Advanced => passed,
                _ => Decision::new(Outcome::NotExpected, None, case.time()),
            };
        }
        let mut event = event.clone();
        let (mut facts, mut data) =
            (std::mem::take(&mut event.facts), std::mem::take(&mut event.data));
        let mut leave = |name: &str, takes: bool| {
            if !takes {
                count(&mut strange.left_out, name);
            }
            takes
        };
        facts.retain(|name, _| {
            let carried = governs.is_some_and(|found| {
                found.sets.iter().chain(&found.required).any(|known| known.as_str() == name)
            });
            leave(name, carried)
        });
        if let Some(found) = governs {
            data.retain(|name, _| {
                leave(&format!("event.data.{name}"), found.data.contains_key(name))
            });
            event.note = event.note.filter(|_| found.note);
        }
        (event.facts, event.data) = (facts, data);
        let decision = case.fire(&event);
        if decision.outcome == Outcome::Moved || decision.repeat || self.silent.is_empty() {
            return tallied(decision, &event.name, strange);
        }
        let at = event.at.unwrap_or_else(|| case.time()).max(case.time());
        let found = self.by_silent(case, at, |case| {
            let decision = case.fire(&event);
            decision.is_moved().then_some(decision)
        });
        match found {
            Some((row, after, decision)) => {
                *case = after;
                *silent = row;
                decision
            }
            None => tallied(decision, &event.name, strange),
        }
    }

    /// The shortest row of silent events behind which a case does what is wanted, and the case behind that: the first in the
    /// order of the file.
    fn by_silent<T>(
        &self,
        case: &Case,
        at: DateTime,
        is_wanted: impl Fn(&mut Case) -> Option<T>,
    ) -> Option<(Vec<Decision>, Case, T)> {
        let mut looked = 0;
        let mut waiting = VecDeque::from([(Vec::new(), case.clone())]);
        while let Some((row, case)) = waiting.pop_front() {
            for event in &self.silent {
                let mut after = case.clone();
                let decision = after.fire(&Event { at: Some(at), ..event.clone() });
                after.records.clear();
                if !decision.is_moved() {
                    continue;
                }
                looked += 1;
                let row: Vec<Decision> = row.iter().cloned().chain([decision]).collect();
                let mut wanted = after.clone();
                if let Some(found) = is_wanted(&mut wanted) {
                    return Some((row, wanted, found));
                }
                if looked >= SITUATIONS {
                    return None;
                }
                if row.len() < ROW {
                    waiting.push_back((row, after));
                }
            }
        }
        None
    }
}

/// Counts an answer that took nothing.
fn tallied(decision: Decision, event: &str, strange: &mut Strange) -> Decision {
    match decision.outcome {
        Outcome::NotExpected => count(&mut strange.unexpected, event),
        Outcome::Error => {
            for problem in &decision.problems {
                count(&mut strange.errors, &format!("{}: {}", brief(event), problem.code));
            }
        }
        _ => {}
    }
    decision
}

pub(super) fn count(counts: &mut BTreeMap<String, usize>, name: &str) {
    *counts.entry(brief(name)).or_default() += 1;
}

impl Course {
    /// Takes down an answer, with silent events in front of it, and where the case then stands.
    fn note(
        &mut self,
        case: &mut Case,
        event: Option<&str>,
        silent: &[Decision],
        decision: Decision,
    ) {
        // Nobody takes the entries of the journal.
        case.records.clear();
        let (mut acts, mut last) = (Vec::new(), None);
        for decision in silent.iter().chain([&decision]) {
            self.moved(decision, &mut acts, &mut last);
        }
        if case.is_ended() && self.ended.is_none() {
            self.ended = Some(last.unwrap_or(decision.at));
        }
        let outcome = match (decision.outcome, event) {
            // Time passed in the place of an event that is not known.
            (Outcome::Advanced, Some(_)) => Outcome::NotExpected,
            (outcome, _) => outcome,
        };
        self.moments.push(Moment {
            outcome,
            states: case.states().into_iter().map(str::to_owned).collect(),
            acts,
            event: event.map(brief),
            at: Some(decision.at),
            problems: Vec::new(),
            decision: Some(decision),
        });
    }

    /// What an answer moved, and when last.
    fn moved(&mut self, decision: &Decision, acts: &mut Vec<String>, last: &mut Option<DateTime>) {
        let mut times: Vec<DateTime> = decision.steps.iter().map(|step| step.at).collect();
        times.insert(decision.before.min(times.len()), decision.at);
        for (effects, at) in decision.movements().zip(times) {
            if !effects.taken.is_empty() || !effects.entered.is_empty() {
                *last = Some(at);
                self.effects(effects, acts);
            }
        }
        for step in decision.steps.iter().filter(|step| step.case.is_none()) {
            if let (StepCause::Term { state, term, .. }, StepOutcome::Moved) =
                (&step.cause, step.outcome)
            {
                let name = format!("{state}: {term}");
                acts.push(format!("term {name}"));
                self.terms.insert(name, Fate::Lapsed);
            }
        }
        for (name, _) in decision.movements_in("").flat_map(|effects| &effects.proof.due) {
            if !self.terms.contains_key(name) {
                self.terms.insert(name.clone(), Fate::Kept);
            }
        }
    }

    fn effects(&mut self, effects: &Effects, acts: &mut Vec<String>) {
        self.reached.extend(effects.entered.iter().cloned());
        acts.extend(effects.entered.iter().cloned());
        acts.extend(effects.emitted.iter().map(|message| format!("emit {}", message.name)));
    }

    fn end(&mut self, case: &Case) {
        self.states = case.states().into_iter().map(str::to_owned).collect();
        let facts = case.facts().into_iter();
        self.facts = facts.map(|(name, value)| (name.to_owned(), value)).collect();
        for term in case.situation().terms.iter().filter(|term| term.is_open()) {
            let compiled = case.workflow().compiled();
            let (state, key) = crate::workflow::naming::term(compiled, term.state, term.index);
            let fate = self.terms.entry(format!("{state}: {key}")).or_insert(Fate::Open);
            if *fate == Fate::Kept {
                *fate = Fate::Open;
            }
        }
    }
}
