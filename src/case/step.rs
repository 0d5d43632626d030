//! Steps in their order: what is due, the event, what it sent. The one place that decides what an answer leaves behind.

#[cfg(feature = "log")]
pub(crate) mod ways;

use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;

use crate::case::address::Address;
use crate::case::answer::Outcome;
use crate::case::birth;
use crate::case::claims;
use crate::case::contract::Accepted;
use crate::case::contract::said;
use crate::case::cycle::{self, CAUSES, Cause};
use crate::case::event::Actor;
#[cfg(debug_assertions)]
use crate::case::invariants;
use crate::case::machine::Machine;
use crate::case::problem;
use crate::case::received;
use crate::case::requester::{Requester, in_unit, plays};
use crate::case::select::{Selection, Wanted, first_open, select};
use crate::case::signing;
use crate::case::situation::{FailedTimer, Looked, Route, Sent, Situation, TimerRef};
use crate::case::step_log::{CallSteps, Incoming, PendingEntry, PutAway, StepLog, StepTrigger};
use crate::case::terms;
use crate::case::trace::{ToParent, Trace};
use crate::error::Problem;
use crate::language::problems as say;
use crate::rule::observer::Observer;
use crate::rule::{Context, Current, Fault, Meter};
use crate::said::Said;
use crate::table::{FactId, StateId, TransitionId};
use crate::value::{DateTime, Value};
use crate::workflow::{Compiled, Workflow};

/// Begins a case: enters the file and its initial states, and starts its children.
pub(crate) fn start(
    workflow: &Workflow,
    time: DateTime,
    facts: Vec<(FactId, Value)>,
    observer: Option<&dyn Observer>,
    meter: &Meter,
) -> Result<StepLog, Problem> {
    birth::start(workflow, time, facts, Address::OUTERMOST, observer, meter)
        .map_err(|fault| problem::fault(workflow.compiled(), &fault))
}

/// Steps that belong to one call: they hold together or, where a bound is hit, not at all.
pub(crate) struct Run<'w> {
    workflow: &'w Workflow,
    pub situation: Arc<Situation>,
    pub steps: CallSteps,
    counts: Counts,
    /// Which case of a whole it is.
    here: Address,
    /// What the last step did in other cases: children that it stopped or started.
    pub inner: Vec<Arc<StepLog>>,
    /// What the last step sent to its parent.
    pub to_parent: Vec<ToParent>,
    /// Whether the verdicts of what was taken are noted, for the journal.
    proves: bool,
    observer: Option<&'w dyn Observer>,
    /// What the call may still use.
    meter: &'w Meter,
}

/// What is counted of one case, over the steps of a call.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    /// What caused the last steps, to name the loop that they run in.
    causes: VecDeque<Cause>,
    at_instant: usize,
    steps: usize,
    last: Option<DateTime>,
    messages: usize,
}

/// What a step costs besides its scripts, in their operations.
const STEP: usize = 50;

/// How a step ended that did not fail.
struct Taken {
    outcome: Outcome,
    /// Where it led, if it moved.
    after: Option<Situation>,
    found: Selection,
    trace: Trace,
    /// What it did in other cases of the whole.
    inner: Vec<Arc<StepLog>>,
}

impl Taken {
    /// Nothing listens.
    fn nothing() -> Self {
        let outcome = Outcome::NotExpected;
        let (found, trace) = (Selection::default(), Trace::default());
        Self { outcome, after: None, found, trace, inner: Vec::new() }
    }
}

impl<'w> Run<'w> {
    /// From a situation on. Steps know no words: `put_away` is what puts them into words where they become too many, and says
    /// how many operations and bytes that took.
    pub fn new(
        workflow: &'w Workflow,
        situation: Arc<Situation>,
        meter: &'w Meter,
        put_away: PutAway,
    ) -> Self {
        let proves = workflow.compiled().limits.untaken_entries > 0;
        Self {
            workflow,
            situation,
            steps: CallSteps::new(put_away),
            counts: Counts::default(),
            here: Address::default(),
            inner: Vec::new(),
            to_parent: Vec::new(),
            proves,
            observer: None,
            meter,
        }
    }

    fn compiled(&self) -> &'w Compiled {
        self.workflow.compiled()
    }

    /// With what a journal says, even where cases keep none: for whoever compares with one.
    pub fn proving(self) -> Self {
        Self { proves: true, ..self }
    }

    /// In a case of a whole of which so much was counted in this call.
    pub fn part(self, here: Address, counts: Counts) -> Self {
        Self { here, counts, ..self }
    }

    /// What has been counted by now.
    pub fn counted(self) -> Counts {
        self.counts
    }

    /// Lets somebody take down how transitions are judged.
    pub fn observed_by(self, observer: Option<&'w dyn Observer>) -> Self {
        Self { observer, ..self }
    }

    /// Takes all that is due up to a time, terms and sent events, each in a step of its own. A term that is not open is
    /// tried again after every later step.
    pub fn settle(&mut self, until: DateTime) -> Result<(), Problem> {
        if !terms::is_due(&self.situation, until) {
            return Ok(());
        }
        let mut tried = BTreeSet::new();
        while self.settle_one(until, &mut tried)? {}
        Ok(())
    }

    /// Takes the next that is due up to a time, in one step. `false` when nothing more can be taken; `tried` are the terms
    /// that were not open since the last step.
    fn settle_one(
        &mut self,
        until: DateTime,
        tried: &mut BTreeSet<(StateId, u32)>,
    ) -> Result<bool, Problem> {
        if self.situation.ended {
            return Ok(false);
        }
        self.work(1)?;
        // What is tried and is not open changes nothing: the same queue goes on.
        let mut queue = terms::queue(self.compiled(), &self.situation, until, tried);
        self.pay(queue.cost())?;
        loop {
            self.pay(1)?;
            match queue.next() {
                None => break,
                Some(terms::Due::Term { state, index, due }) => {
                    if self.take_term(state, index, due)? {
                        tried.clear();
                        return Ok(true);
                    }
                    tried.insert((state, index));
                }
                Some(terms::Due::Sent { place, .. }) => {
                    let sent = Arc::make_mut(&mut self.situation).sent.change().remove(place);
                    self.take_sent(sent)?;
                    tried.clear();
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }

    /// Takes the next term that is due by a time, in one step. `false` where none is open.
    pub fn take_due_term(&mut self, until: DateTime) -> Result<bool, Problem> {
        if self.situation.ended {
            return Ok(false);
        }
        self.work(1)?;
        let mut queue = terms::queue(self.compiled(), &self.situation, until, &BTreeSet::new());
        self.pay(queue.cost())?;
        while let Some((due, state, index)) = queue.next_term() {
            self.pay(1)?;
            if self.take_term(state, index, due)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Takes an `always` that is open now: a child has moved. Whether that was a step; one that fails is told, and tried again
    /// when a child moves again.
    pub fn look(&mut self) -> Result<bool, Problem> {
        if self.situation.ended || !self.compiled().listeners.has_always {
            return Ok(false);
        }
        self.work(1)?;
        let time = self.situation.time;
        match self.try_always(time) {
            Ok(Some(taken)) => self.note(StepTrigger::Look, time, taken).map(|()| true),
            Ok(None) => Ok(false),
            Err(fault) if fault.ends_call() => Err(self.ended(&fault)),
            Err(fault) => {
                self.count(&StepTrigger::Look, time)?;
                let problem = problem::fault(self.compiled(), &fault);
                let sides = [Arc::clone(&self.situation), Arc::clone(&self.situation)];
                let act =
                    StepLog::new(self.workflow, StepTrigger::Look, Outcome::Error, time, sides);
                self.push(StepLog { problems: vec![problem], ..act });
                Ok(false)
            }
        }
    }

    fn try_always(&self, time: DateTime) -> Result<Option<Taken>, Fault> {
        let context = self.situation.context(None);
        let context = Context { observer: self.observer, meter: Some(self.meter), ..context };
        let compiled = self.compiled();
        let found = select(compiled, &self.situation, &context, Wanted::Always, Requester::Inside)?;
        if found.open.is_empty() {
            return Ok(None);
        }
        let (mut after, mut trace) = (self.later(time), Trace::default());
        let inner = self.take(&mut after, None, &found, None, &mut trace)?;
        Ok(Some(Taken { outcome: Outcome::Moved, after: Some(after), found, trace, inner }))
    }

    /// The one next step that is due up to a time, for whoever goes through a case step by step.
    pub fn next_step(&mut self, until: DateTime) -> Result<Option<Arc<StepLog>>, Problem> {
        self.settle_one(until, &mut BTreeSet::new())?;
        Ok(self.steps.pop().and_then(|entry| match entry {
            PendingEntry::Act(act) => Some(act),
            PendingEntry::Told(_) | PendingEntry::Packed(..) => None,
        }))
    }

    /// Counts work besides scripts: what waits and what is active is gone through. An error where the call is at its end.
    fn work(&self, more: usize) -> Result<(), Problem> {
        let Situation { terms, sent, active, .. } = &*self.situation;
        // Terms and sent events are copied where one of them changes.
        let around = (terms.len() + sent.len()) / 2 + active.len() / 4;
        self.pay(around + more)
    }

    fn pay(&self, operations: usize) -> Result<(), Problem> {
        self.meter.spend(operations as u64);
        self.meter.fault().map_or(Ok(()), |fault| Err(self.ended(&fault)))
    }

    /// The call is at its end: how far it came, and what to do.
    fn ended(&self, fault: &Fault) -> Problem {
        let mut problem = self.so_far(problem::fault(self.compiled(), fault));
        // Smaller jumps help where time passed on the way; else what was counted says what to have less of.
        if self.counts.steps == 0 || self.meter.is_of_roles() {
            problem.hint.clone_from(&fault.hint);
        }
        problem
    }

    fn so_far(&self, mut problem: Problem) -> Problem {
        if let Some(last) = self.counts.last {
            let steps = self.counts.steps;
            let plural = if steps == 1 { "step" } else { "steps" };
            problem.message.push_str(&format!("; it came to {last}, by {steps} {plural}"));
        }
        problem.hint("let time pass in smaller jumps, or let scripts loop less")
    }

    /// Tries a term. `false` where none of its transitions is open.
    fn take_term(&mut self, state: StateId, index: u32, due: DateTime) -> Result<bool, Problem> {
        let time = due.max(self.situation.time);
        let written = self.compiled().definition.states.at(state);
        let Some(term) = written.terms.get(index as usize) else { return Ok(false) };
        let origin = StepTrigger::Term { state, index, due };
        let taken = self.try_term(state, index, due, &term.transitions);
        match taken {
            Ok(Some(taken)) => {
                self.note(origin, time, taken)?;
                Ok(true)
            }
            Ok(None) => Ok(false),
            Err(fault) if fault.ends_call() => Err(self.ended(&fault)),
            Err(fault) => {
                self.fail(TimerRef::Term { state, index }, origin, time, &fault)?;
                Ok(true)
            }
        }
    }

    pub fn take_sent(&mut self, sent: Sent) -> Result<(), Problem> {
        let time = sent.due.max(self.situation.time);
        let mut event = Current {
            name: Arc::clone(&sent.event),
            actor: None,
            at: time,
            data: sent.data.clone(),
        };
        let answer = match self.situation.ended {
            true => Ok(Taken::nothing()),
            false => self.answer_inside(time, &mut event, &sent.to),
        };
        let origin = StepTrigger::Sent { event, due: sent.due };
        match answer {
            Ok(taken) => self.note(origin, time, taken),
            Err(fault) if fault.ends_call() => Err(self.ended(&fault)),
            Err(fault) => self.fail(TimerRef::Sent(sent), origin, time, &fault),
        }
    }

    fn answer_inside(
        &self,
        time: DateTime,
        event: &mut Current,
        to: &Route,
    ) -> Result<Taken, Fault> {
        let compiled = self.compiled();
        let mut trace = Trace::default();
        // What another case sent may report facts.
        let mut copied = None;
        if *to == Route::Received {
            let facts = received::unpack(compiled, event)?;
            if !facts.is_empty() {
                let situation = copied.insert(self.later(time));
                received::take_in(compiled, situation, event, &facts, &mut trace.signatures);
            }
        }
        let event = &*event;
        let situation = copied.as_ref().unwrap_or(&self.situation);
        let now = Context { now: time, ..situation.context(Some(event)) };
        let context = Context { observer: self.observer, meter: Some(self.meter), ..now };
        let wanted = Wanted::Event(&event.name);
        let found = select(compiled, situation, &context, wanted, Requester::Inside)?;
        if !found.is_open() {
            let outcome = if found.is_expected() { Outcome::Blocked } else { Outcome::NotExpected };
            return Ok(Taken { outcome, found, ..Taken::nothing() });
        }
        let mut after = copied.unwrap_or_else(|| self.later(time));
        let inner = self.take(&mut after, Some(event), &found, None, &mut trace)?;
        Ok(Taken { outcome: Outcome::Moved, after: Some(after), found, trace, inner })
    }

    /// A copy of the situation at a time, to be changed.
    fn later(&self, time: DateTime) -> Situation {
        let looked = Looked::default();
        Situation { time, looked, ..Situation::clone(&self.situation) }
    }

    /// Takes, signs and withdraws what is open, for an event or a term, and concludes the step. The trace says what the
    /// event's facts have done to signatures already.
    fn take(
        &self,
        situation: &mut Situation,
        event: Option<&Current>,
        found: &Selection,
        actor: Option<&Actor>,
        trace: &mut Trace,
    ) -> Result<Vec<Arc<StepLog>>, Fault> {
        let compiled = self.compiled();
        let mut machine =
            Machine::new(compiled, situation, trace, event, self.observer, self.meter)
                .at(&self.here);
        if let Some(event) = event {
            machine.accept(&event.name, event.actor.as_ref())?;
        }
        machine.sign(found, actor)?;
        // Only where signatures wait is it of interest what changes from here on.
        let waits = !machine.situation.signatures.is_empty();
        let facts = waits.then(|| Arc::clone(&machine.situation.facts));
        machine.take(&found.open)?;
        let mut inner = std::mem::take(&mut machine.inner);
        let before = Some(&*self.situation);
        let looks = (self.observer, self.meter);
        inner.extend(birth::children(self.workflow, before, situation, &self.here, looks)?);
        if let Some(facts) = facts {
            signing::drop_changed(compiled, &facts, situation, None, &mut trace.signatures);
        }
        self.conclude(situation)?;
        if let Some(observer) = self.observer {
            observer.moved(&compiled.rules, &trace.entered, &trace.taken);
        }
        Ok(inner)
    }

    /// What every step that held does at its end.
    fn conclude(&self, situation: &mut Situation) -> Result<(), Fault> {
        terms::take_back(situation);
        if situation.ended {
            situation.sent.clear();
        } else {
            let doubt = self.observer.and_then(|observer| observer.doubt());
            terms::refresh(self.compiled(), Some(&self.situation), situation, doubt, self.meter)?;
        }
        let is_doubtful = self.observer.is_some_and(|observer| observer.doubt().is_some());
        let before = Some(&*self.situation);
        claims::judge(self.compiled(), before, situation, is_doubtful, self.meter)
    }

    /// `None` where none of the term's transitions is open.
    fn try_term(
        &self,
        state: StateId,
        index: u32,
        due: DateTime,
        transitions: &[TransitionId],
    ) -> Result<Option<Taken>, Fault> {
        let time = due.max(self.situation.time);
        let now = Context { now: time, ..self.situation.context(None) };
        let context = Context { observer: self.observer, meter: Some(self.meter), ..now };
        let open = first_open(self.compiled(), &self.situation, &context, transitions)?;
        let Some(open) = open else { return Ok(None) };
        let mut after = self.later(time);
        let mut found = Selection::default();
        found.open.push(open);
        // Taken, whatever comes of it: the state may be left and entered anew, with a term of its own.
        let running = after.terms.change().iter_mut();
        for term in running.filter(|term| term.state == state && term.index == index) {
            term.taken.insert(due);
        }
        let mut trace = Trace::default();
        let inner = self.take(&mut after, None, &found, None, &mut trace)?;
        Ok(Some(Taken { outcome: Outcome::Moved, after: Some(after), found, trace, inner }))
    }

    fn note(&mut self, origin: StepTrigger, at: DateTime, taken: Taken) -> Result<(), Problem> {
        self.count(&origin, at)?;
        let Taken { outcome, after, found, trace, inner } = taken;
        let limit = self.compiled().limits.messages;
        self.counts.messages = self.counts.messages.saturating_add(trace.emitted.len());
        if self.counts.messages > limit {
            let message = said(&say::MESSAGES, [limit.to_string()]);
            return Err(self.so_far(Problem::said("limit-messages", message)));
        }
        let after = after.map_or_else(|| self.at(at), Arc::new);
        let sides = [Arc::clone(&self.situation), after];
        let act = StepLog::new(self.workflow, origin, outcome, at, sides);
        self.push(StepLog { trace, found, inner, proves: self.proves, ..act });
        Ok(())
    }

    fn push(&mut self, act: StepLog) {
        self.keeps(&act);
        self.situation = Arc::clone(&act.after);
        self.inner.clone_from(&act.inner);
        self.to_parent.clone_from(&act.trace.to_parent);
        let act = StepLog { case: self.here.clone(), ..act };
        let inner = act.inner.clone();
        self.steps.push(PendingEntry::Act(Arc::new(act)), self.meter);
        inner.into_iter().for_each(|act| self.steps.push(PendingEntry::Act(act), self.meter));
    }

    /// In debug builds every step is held to what situations satisfy; where what was erased is supposed, not all is there.
    fn keeps(&self, act: &StepLog) {
        #[cfg(debug_assertions)]
        if self.observer.and_then(|observer| observer.doubt()).is_none() {
            invariants::assert_kept(self.compiled(), Some(&act.before), &act.after);
        }
        #[cfg(not(debug_assertions))]
        let _ = act;
    }

    /// The situation as it is, at a time.
    fn at(&self, time: DateTime) -> Arc<Situation> {
        if self.situation.time == time {
            return Arc::clone(&self.situation);
        }
        Arc::new(self.later(time))
    }

    fn fail(
        &mut self,
        what: TimerRef,
        origin: StepTrigger,
        at: DateTime,
        fault: &Fault,
    ) -> Result<(), Problem> {
        self.count(&origin, at)?;
        let problem = problem::fault(self.compiled(), fault);
        let mut after = self.later(at);
        after.aside.change().push(FailedTimer { what, problem: problem.to_string() });
        let sides = [Arc::clone(&self.situation), Arc::new(after)];
        let act = StepLog::new(self.workflow, origin, Outcome::Error, at, sides);
        self.push(StepLog { problems: vec![problem], ..act });
        Ok(())
    }

    /// Bounds the steps of one call, at one instant and in all, and names the loop.
    fn count(&mut self, origin: &StepTrigger, at: DateTime) -> Result<(), Problem> {
        self.work(STEP)?;
        let limits = &self.workflow.compiled().limits;
        let counts = &mut self.counts;
        if counts.causes.len() == CAUSES {
            counts.causes.pop_front();
        }
        counts.causes.extend(Cause::of(origin));
        let same = counts.last.is_none_or(|last| last == at);
        counts.at_instant = if same { counts.at_instant + 1 } else { 1 };
        let hit = if counts.at_instant > limits.steps_per_instant {
            Some((
                "limit-steps-per-instant",
                limits.steps_per_instant,
                Said::of(&say::AT, [Said::Time(at)]),
            ))
        } else if counts.steps >= limits.steps {
            Some(("limit-steps", limits.steps, said(&say::IN_ONE_CALL, [])))
        } else {
            None
        };
        counts.steps += 1;
        counts.last = Some(at);
        let Some((code, limit, wherein)) = hit else { return Ok(()) };
        let way = cycle::name_of(self.compiled(), &self.counts.causes);
        let parts = [limit.to_string().into(), wherein, way.into()];
        let hint = if code == "limit-steps" { &say::SMALLER_JUMPS } else { &say::GUARD_IT };
        let problem = Problem::said(code, Said::of(&say::NO_REST, parts));
        Err(problem.hint(Said::of(hint, [Said::Time(at)])))
    }

    /// Answers an event from outside that keeps the contract.
    pub fn answer(
        &mut self,
        incoming: Incoming,
        actor: Option<&Actor>,
    ) -> Result<Arc<StepLog>, Problem> {
        let (at, before) = (incoming.accepted.current.at, Arc::clone(&self.situation));
        let sides = [Arc::clone(&before), before];
        let origin = StepTrigger::Event(incoming);
        let mut act = StepLog::new(self.workflow, origin, Outcome::NotExpected, at, sides);
        let actor = actor.map(|actor| match self.is_of_any_unit(actor) {
            true => std::borrow::Cow::Borrowed(actor),
            false => in_unit(self.compiled(), &self.situation, actor),
        });
        self.answer_outside(&mut act, actor.as_deref()).map_err(|fault| {
            match fault.ends_call() {
                true => self.ended(&fault),
                false => problem::fault(self.compiled(), &fault),
            }
        })?;
        self.keeps(&act);
        self.work(0)?;
        self.situation = Arc::clone(&act.after);
        self.inner.clone_from(&act.inner);
        self.to_parent.clone_from(&act.trace.to_parent);
        act.case = self.here.clone();
        Ok(Arc::new(act))
    }

    /// Whether an actor of whom not everything is known is supposed to be of the unit that is asked for.
    fn is_of_any_unit(&self, actor: &Actor) -> bool {
        let doubt = self.observer.and_then(|observer| observer.doubt());
        doubt.filter(|_| self.compiled().has_units).is_some_and(|doubt| {
            let is_stand_in = actor.id.as_deref().is_some_and(|id| doubt.persons.is_stand_in(id));
            // The unit that a role belongs to may be what was erased.
            let (rules, definition) = (&self.compiled().rules, &self.compiled().definition);
            let is_erased = |role: &String| {
                let unit = definition.roles.get(role).and_then(|role| role.unit.as_ref());
                let fact = unit.and_then(|unit| rules.fact_named(unit));
                fact.is_some_and(|id| doubt.touches_fact(rules, id, &self.situation.facts))
            };
            (is_stand_in || actor.roles.iter().any(is_erased)) && {
                doubt.touches();
                doubt.choose(2) == 0
            }
        })
    }

    /// Fills in what became of the event that an act answers.
    fn answer_outside(&self, act: &mut StepLog, actor: Option<&Actor>) -> Result<(), Fault> {
        let compiled = self.compiled();
        let StepLog {
            origin: StepTrigger::Event(incoming),
            outcome,
            at,
            after,
            found,
            trace,
            proves,
            inner,
            barred_by,
            ..
        } = act
        else {
            return Ok(());
        };
        let (event, at) = (&incoming.accepted.current, *at);
        if self.situation.ended {
            *after = self.at(at);
            return Ok(());
        }
        // Where it reports nothing, a refusal needs no copy.
        let mut copied = None;
        if !incoming.accepted.facts.is_empty() || incoming.accepted.erased.is_some() {
            let situation = copied.insert(self.later(at));
            incoming.take_in(self.workflow, situation, &mut trace.signatures);
        }
        let situation = copied.as_ref().unwrap_or(&self.situation);
        let now = Context { now: at, ..situation.context(Some(event)) };
        let context = Context { observer: self.observer, meter: Some(self.meter), ..now };
        let asker = Requester::Outside(actor);
        let wanted = Wanted::Known(incoming.accepted.number, &event.name);
        *found = select(compiled, situation, &context, wanted, asker)?;
        let bars = self.observer.is_none_or(Observer::bars);
        if !found.is_open() || (bars && is_barred(compiled, &incoming.accepted, actor)) {
            if found.is_expected() {
                *outcome = Outcome::Blocked;
            }
            trace.signatures.clear();
            *after = self.at(at);
            return Ok(());
        }
        let mut moved = copied.unwrap_or_else(|| self.later(at));
        match self.take(&mut moved, Some(event), found, actor, trace) {
            Ok(acts) => *inner = acts,
            Err(fault) => match claims::barring(compiled, &fault) {
                Some(place) => {
                    (*outcome, *barred_by) = (Outcome::Blocked, Some(place));
                    *trace = Trace::default();
                    *after = self.at(at);
                    return Ok(());
                }
                None => return Err(fault),
            },
        }
        (*outcome, *proves, *after) = (Outcome::Moved, self.proves, Arc::new(moved));
        Ok(())
    }
}

/// Whether the event as a whole is refused: nobody of the actor's roles may send it, it must be known who does, or something
/// is missing in it.
pub(crate) fn is_barred(workflow: &Compiled, accepted: &Accepted, actor: Option<&Actor>) -> bool {
    let Current { name, actor: person, .. } = &accepted.current;
    if person.is_none() && workflow.remembered.asks_person(name) {
        return true;
    }
    let Some(declared) = accepted.declared(workflow) else { return false };
    let Some(carried) = accepted.governs.and_then(|place| workflow.listeners.carried(place)) else {
        return false;
    };
    let erased = accepted.erased();
    let by = declared.by.as_ref();
    by.is_some_and(|roles| !plays(actor, roles.iter().map(|role| role.as_str())))
        || carried.required.iter().any(|id| {
            accepted.facts.iter().all(|(fact, _)| fact != id) && !erased.facts.contains(id)
        })
        || declared.data_required.iter().any(|name| {
            let name = name.as_str();
            !accepted.current.data.contains_key(name) && !erased.data.contains(name)
        })
}
