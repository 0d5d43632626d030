//! Steps in their order: what is due, the event, what it sent. The one place that decides what an answer leaves behind.

use std::sync::Arc;

use crate::case::contract::Accepted;
use crate::case::decision::{Cause, Decision, Movement, Outcome, Reason, Step, StepOutcome};
use crate::case::event::Actor;
use crate::case::machine::{Machine, Trace};
use crate::case::select::{Asker, Selection, Wanted, first_open, plays, select};
use crate::case::signing;
use crate::case::situation::{Aside, Sent, Situation, Waiting};
use crate::case::{problem, tell, terms};
use crate::error::Problem;
use crate::rule::watch::Watch;
use crate::rule::{Context, Current, Fault};
use crate::table::{StateId, TransitionId};
use crate::value::DateTime;
use crate::workflow::Compiled;

/// Begins a case: enters the file and its initial states.
pub(crate) fn start(
    workflow: &Compiled,
    situation: Situation,
    watch: Option<&Watch>,
) -> Result<(Situation, Movement), Problem> {
    let before = situation.clone();
    let fault = |fault: Fault| problem::fault(workflow, &fault);
    let mut machine = Machine::new(workflow, situation, None, watch);
    machine.start().map_err(fault)?;
    let Machine { mut situation, trace, .. } = machine;
    terms::refresh(workflow, &mut situation).map_err(fault)?;
    if let Some(watch) = watch {
        watch.moved(&trace.entered, &trace.taken);
    }
    let movement = tell::movement(workflow, trace, &before, &situation, None);
    Ok((situation, movement))
}

/// Steps that belong to one call: they hold together or, where a bound is hit, not at all.
pub(crate) struct Run<'w> {
    workflow: &'w Compiled,
    pub situation: Situation,
    pub steps: Vec<Step>,
    at_instant: usize,
    messages: usize,
    /// Whether the verdicts of what was taken are noted, for the journal.
    proves: bool,
    watch: Option<&'w Watch<'w>>,
}

/// How a step ended that did not fail.
enum Taken {
    Moved(Box<Situation>, Trace, Vec<Reason>),
    Not(StepOutcome, Vec<Reason>),
}

impl<'w> Run<'w> {
    pub fn new(workflow: &'w Compiled, situation: Situation) -> Self {
        let proves = workflow.limits.untaken_entries > 0;
        let (steps, at_instant, messages) = (Vec::new(), 0, 0);
        Self { workflow, situation, steps, at_instant, messages, proves, watch: None }
    }

    /// The same for whoever compares with a journal, even where cases keep none.
    pub fn proving(self) -> Self {
        Self { proves: true, ..self }
    }

    /// The same with somebody who takes down how transitions are judged.
    pub fn watched(self, watch: Option<&'w Watch<'w>>) -> Self {
        Self { watch, ..self }
    }

    /// Takes all that is due up to a time, terms and sent events, each in a step of its own. A term that is not open is
    /// tried again after every later step.
    pub fn settle(&mut self, until: DateTime) -> Result<(), Problem> {
        let mut tried: Vec<(StateId, u32)> = Vec::new();
        while self.settle_one(until, &mut tried)? {}
        Ok(())
    }

    /// Takes the next that is due up to a time, in one step. `false` when nothing more can be taken; `tried` are the terms
    /// that were not open since the last step.
    fn settle_one(
        &mut self,
        until: DateTime,
        tried: &mut Vec<(StateId, u32)>,
    ) -> Result<bool, Problem> {
        while !self.situation.ended {
            match terms::next_due(self.workflow, &self.situation, until, tried) {
                None => break,
                Some(terms::Due::Term { state, index, due }) => {
                    if self.take_term(state, index, due)? {
                        tried.clear();
                        return Ok(true);
                    }
                    tried.push((state, index));
                }
                Some(terms::Due::Sent { place, .. }) => {
                    let sent = self.situation.sent.remove(place);
                    self.take_sent(sent)?;
                    tried.clear();
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }

    /// The one next step that is due up to a time, for whoever goes through a case step by step.
    pub fn next_step(&mut self, until: DateTime) -> Result<Option<Step>, Problem> {
        self.steps.clear();
        (self.at_instant, self.messages) = (0, 0);
        self.settle_one(until, &mut Vec::new())?;
        Ok(self.steps.pop())
    }

    /// Tries a term. `false` where none of its transitions is open.
    fn take_term(&mut self, state: StateId, index: u32, due: DateTime) -> Result<bool, Problem> {
        let time = due.max(self.situation.time);
        let written = self.workflow.definition.states.at(state);
        let Some(term) = written.terms.get(index as usize) else { return Ok(false) };
        let cause =
            Cause::Term { state: written.name.value.clone(), term: term.key.value.clone(), due };
        let taken = self.try_term(state, index, due, &term.transitions);
        match taken {
            Ok(Some(taken)) => {
                self.note(cause, time, taken)?;
                Ok(true)
            }
            Ok(None) => Ok(false),
            Err(fault) => {
                self.fail(Waiting::Term { state, index }, cause, time, &fault)?;
                Ok(true)
            }
        }
    }

    fn take_sent(&mut self, sent: Sent) -> Result<(), Problem> {
        let time = sent.due.max(self.situation.time);
        let cause = Cause::Sent { event: sent.event.to_string(), due: sent.due };
        let event = Current {
            name: Arc::clone(&sent.event),
            actor: None,
            at: time,
            data: sent.data.clone(),
        };
        match self.answer_inside(time, event) {
            Ok(taken) => self.note(cause, time, taken),
            Err(fault) => self.fail(Waiting::Sent(sent), cause, time, &fault),
        }
    }

    fn answer_inside(&self, time: DateTime, event: Current) -> Result<Taken, Fault> {
        let workflow = self.workflow;
        let mut situation = self.situation.clone();
        situation.time = time;
        let context = Context { watch: self.watch, ..situation.context(Some(&event)) };
        let found =
            select(workflow, &situation, &context, Wanted::Event(&event.name), Asker::Inside)?;
        if !found.is_expected() {
            return Ok(Taken::Not(StepOutcome::NotExpected, Vec::new()));
        }
        if !found.is_open() {
            let reasons =
                tell::reasons(workflow, &situation, &context, &found, Asker::Inside, &event.name);
            return Ok(Taken::Not(StepOutcome::Blocked, reasons));
        }
        let reasons = if found.has_undecided() {
            tell::reasons(workflow, &situation, &context, &found, Asker::Inside, &event.name)
        } else {
            Vec::new()
        };
        let (situation, trace) = self.take(situation, Some(event), &found, None, Vec::new())?;
        Ok(Taken::Moved(situation, trace, reasons))
    }

    /// Takes, signs and withdraws what is open, for an event or a term, and concludes the step. `notes` says what the
    /// event's facts have done to signatures already.
    fn take(
        &self,
        situation: Situation,
        event: Option<Current>,
        found: &Selection,
        actor: Option<&Actor>,
        notes: Vec<signing::Note>,
    ) -> Result<(Box<Situation>, Trace), Fault> {
        let workflow = self.workflow;
        let open: Vec<TransitionId> = found.signed.iter().chain(&found.open).copied().collect();
        let accepted = event.as_ref().map(|event| (Arc::clone(&event.name), event.actor.clone()));
        let name = accepted.as_ref().map(|(name, _)| &**name);
        let verdicts = if self.proves {
            tell::verdicts(workflow, &situation.context(event.as_ref()), &open, name)
        } else {
            Vec::new()
        };
        let mut machine = Machine::new(workflow, situation, event, self.watch);
        machine.trace.verdicts = verdicts;
        machine.trace.signatures = notes;
        if let Some((name, actor)) = &accepted {
            machine.accept(name, actor.as_ref())?;
        }
        machine.sign(found, actor)?;
        // Only where signatures wait is it of interest what changes from here on.
        let waits = !machine.situation.signatures.is_empty();
        let facts = waits.then(|| machine.situation.facts.clone());
        machine.take(&found.open)?;
        let Machine { mut situation, mut trace, .. } = machine;
        if let Some(facts) = facts {
            signing::drop_changed(workflow, &facts, &mut situation, None, &mut trace.signatures);
        }
        self.conclude(&mut situation)?;
        if let Some(watch) = self.watch {
            watch.moved(&trace.entered, &trace.taken);
        }
        Ok((Box::new(situation), trace))
    }

    /// What every step that held does at its end.
    fn conclude(&self, situation: &mut Situation) -> Result<(), Fault> {
        terms::take_back(situation);
        if situation.ended {
            situation.sent.clear();
            return Ok(());
        }
        terms::refresh(self.workflow, situation)
    }

    /// `None` where none of the term's transitions is open.
    fn try_term(
        &self,
        state: StateId,
        index: u32,
        due: DateTime,
        transitions: &[TransitionId],
    ) -> Result<Option<Taken>, Fault> {
        let mut situation = self.situation.clone();
        situation.time = due.max(situation.time);
        let context = Context { watch: self.watch, ..situation.context(None) };
        let open = first_open(self.workflow, &situation, &context, transitions)?;
        let Some(open) = open else { return Ok(None) };
        let found = Selection { open: vec![open], ..Selection::default() };
        // Taken, whatever comes of it: the state may be left and entered anew, with a term of its own.
        let running = situation.terms.iter_mut();
        for term in running.filter(|term| term.state == state && term.index == index) {
            term.taken.push(due);
        }
        let (situation, trace) = self.take(situation, None, &found, None, Vec::new())?;
        Ok(Some(Taken::Moved(situation, trace, Vec::new())))
    }

    fn note(&mut self, cause: Cause, at: DateTime, taken: Taken) -> Result<(), Problem> {
        self.count(&cause, at)?;
        let step = match taken {
            Taken::Moved(situation, trace, reasons) => {
                let limit = self.workflow.limits.messages;
                self.messages = self.messages.saturating_add(trace.emitted.len());
                if self.messages > limit {
                    let message = format!("one call emitted more than {limit} messages");
                    return Err(Problem::new("limit-messages", message));
                }
                let name = match &cause {
                    Cause::Sent { event, .. } => Some(event.as_str()),
                    Cause::Term { .. } => None,
                };
                let before = &self.situation;
                let movement = tell::movement(self.workflow, trace, before, &situation, name);
                self.situation = *situation;
                let outcome = StepOutcome::Moved;
                Step { cause, outcome, at, movement, reasons, problems: Vec::new() }
            }
            Taken::Not(outcome, reasons) => {
                self.situation.time = at;
                let movement = Movement::default();
                Step { cause, outcome, at, movement, reasons, problems: Vec::new() }
            }
        };
        self.steps.push(step);
        Ok(())
    }

    fn fail(
        &mut self,
        what: Waiting,
        cause: Cause,
        at: DateTime,
        fault: &Fault,
    ) -> Result<(), Problem> {
        self.count(&cause, at)?;
        let problem = problem::fault(self.workflow, fault);
        self.situation.time = at;
        self.situation.aside.push(Aside { what, problem: problem.to_string() });
        let movement = Movement::default();
        let problems = vec![problem];
        let outcome = StepOutcome::Failed;
        self.steps.push(Step { cause, outcome, at, movement, reasons: Vec::new(), problems });
        Ok(())
    }

    /// Bounds the steps of one call, at one instant and in all, and names the loop.
    fn count(&mut self, cause: &Cause, at: DateTime) -> Result<(), Problem> {
        let limits = &self.workflow.limits;
        let same = self.steps.last().is_none_or(|step| step.at == at);
        self.at_instant = if same { self.at_instant + 1 } else { 1 };
        let hit = if self.at_instant > limits.steps_per_instant {
            Some(("limit-steps-per-instant", limits.steps_per_instant, format!("at {at}")))
        } else if self.steps.len() >= limits.steps {
            Some(("limit-steps", limits.steps, "in one call".to_owned()))
        } else {
            None
        };
        let Some((code, limit, wherein)) = hit else { return Ok(()) };
        let message = format!(
            "the case does not come to rest: after {limit} steps {wherein} it still goes `{}`",
            tell::cycle(&self.steps, cause)
        );
        let hint = "a sent event or a term leads back to where it began; guard it by something that changes, or give it time";
        Err(Problem::new(code, message).hint(hint))
    }

    /// Answers an event from outside that keeps the contract.
    pub fn answer(&mut self, accepted: &Accepted, actor: Option<&Actor>, decision: &mut Decision) {
        match self.answer_outside(accepted, actor, decision) {
            Ok(Some((situation, trace))) => {
                let name = Some(&*accepted.current.name);
                let before = &self.situation;
                decision.movement = tell::movement(self.workflow, trace, before, &situation, name);
                decision.outcome = Outcome::Moved;
                self.situation = *situation;
            }
            Ok(None) => self.situation.time = accepted.current.at,
            Err(fault) => {
                decision.outcome = Outcome::Error;
                decision.reasons.clear();
                decision.problems = vec![problem::fault(self.workflow, &fault)];
            }
        }
    }

    fn answer_outside(
        &self,
        accepted: &Accepted,
        actor: Option<&Actor>,
        decision: &mut Decision,
    ) -> Result<Option<(Box<Situation>, Trace)>, Fault> {
        let workflow = self.workflow;
        let event = &accepted.current;
        if self.situation.ended {
            decision.outcome = Outcome::NotExpected;
            return Ok(None);
        }
        let mut situation = self.situation.clone();
        situation.time = event.at;
        for (id, value) in &accepted.facts {
            situation.set_fact(*id, Some(value.clone()));
        }
        let mut notes = Vec::new();
        let before = &self.situation.facts;
        signing::drop_changed(workflow, before, &mut situation, Some(&event.name), &mut notes);
        let context = Context { watch: self.watch, ..situation.context(Some(event)) };
        let asker = Asker::Outside(actor);
        let found = select(workflow, &situation, &context, Wanted::Event(&event.name), asker)?;
        if !found.is_expected() {
            decision.outcome = Outcome::NotExpected;
            decision.expected = tell::expected(workflow, &self.situation);
            return Ok(None);
        }
        let mut grounds = Vec::new();
        if let Some(declared) = accepted.governs {
            let by = declared.by.as_ref();
            if by.is_some_and(|roles| !plays(actor, roles.iter().map(|role| role.as_str()))) {
                grounds.push(tell::role_ground(workflow, by.into_iter().flatten(), actor));
            }
            grounds.extend(tell::missing(workflow, declared, accepted));
        }
        if !grounds.is_empty() || !found.is_open() {
            decision.outcome = Outcome::Blocked;
            if !grounds.is_empty() {
                decision.reasons.push(tell::event_reason(accepted, grounds));
            }
            let reasons = tell::reasons(workflow, &situation, &context, &found, asker, &event.name);
            decision.reasons.extend(reasons);
            return Ok(None);
        }
        if found.has_undecided() {
            decision.reasons =
                tell::reasons(workflow, &situation, &context, &found, asker, &event.name);
        }
        self.take(situation, Some(event.clone()), &found, actor, notes).map(Some)
    }
}
