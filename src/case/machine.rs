//! One step: SCXML's macrostep (appendix D) on a copy of the case.
//!
//! Everything happens to a copy of the [`Situation`]; whoever runs it keeps the old one until it has succeeded.

mod children;
mod plan;

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use crate::case::address::Address;
use crate::case::answer::Message;
use crate::case::event::Actor;
use crate::case::requester::Requester;
use crate::case::select::{Selection, Wanted, domain, effective_targets, select};
use crate::case::signing;
use crate::case::situation::{Route, Sent, Situation};
use crate::case::step_log::StepLog;
use crate::case::trace::{ToParent, Trace};
use crate::definition::model::StateKind;
use crate::diagnostic::Span;
use crate::inline_vec::InlineVec;
use crate::rule::doubt::Supposed;
use crate::rule::observer::Observer;
use crate::rule::{
    Context, Current, Effect, Family, Fault, Meter, Program, Recipient, Scratch, TooManyPersons,
};
use crate::table::{StateId, TransitionId};
use crate::value::{DateTime, Value};
use crate::work::looked_at;
use crate::workflow::Compiled;
use crate::workflow::chart::ROOT;
use plan::{Plan, Planner, States};

static OUTERMOST: Address = Address::OUTERMOST;

/// Names of data with their values.
type Data = BTreeMap<Arc<str>, Value>;

/// Of parallel states, how many regions are known to be done, from the first on: while states are only entered, they stay
/// so.
type Done = BTreeMap<StateId, usize>;

/// What a microstep costs besides its scripts, in their operations.
const MICROSTEP: u64 = 8;

pub(crate) struct Machine<'w> {
    workflow: &'w Compiled,
    pub situation: &'w mut Situation,
    trace: &'w mut Trace,
    /// The event that the step answers.
    given: Option<&'w Current>,
    /// The last raised event that was answered since.
    event: Option<Current>,
    raised: VecDeque<(Current, bool)>,
    microsteps: usize,
    observer: Option<&'w dyn Observer>,
    /// What the call may still use.
    meter: &'w Meter,
    /// Which case of a whole it is.
    here: &'w Address,
    /// The children that were stopped.
    pub inner: Vec<Arc<StepLog>>,
}

impl<'w> Machine<'w> {
    pub fn new(
        workflow: &'w Compiled,
        situation: &'w mut Situation,
        trace: &'w mut Trace,
        given: Option<&'w Current>,
        observer: Option<&'w dyn Observer>,
        meter: &'w Meter,
    ) -> Self {
        Self {
            workflow,
            situation,
            trace,
            given,
            event: None,
            raised: VecDeque::new(),
            microsteps: 0,
            observer,
            meter,
            here: &OUTERMOST,
            inner: Vec::new(),
        }
    }

    /// In another case of a whole than the outermost.
    pub fn at(self, here: &'w Address) -> Self {
        Self { here, ..self }
    }

    /// The event that scripts see: the last one answered, as in SCXML.
    fn event(&self) -> Option<&Current> {
        self.event.as_ref().or(self.given)
    }

    fn planner(&self) -> Planner<'_> {
        Planner { chart: &self.workflow.chart, situation: self.situation }
    }

    /// Enters the file and its initial states, then runs to completion.
    pub fn start(&mut self) -> Result<(), Fault> {
        let mut plan = Plan::default();
        self.enter_root()?;
        let initial = self.workflow.chart.states.at(ROOT).initial.clone();
        for target in &initial {
            self.planner().descendants(*target, &mut plan, 0);
        }
        for target in &initial {
            self.planner().ancestors(*target, ROOT, &mut plan, 0);
        }
        let actions = self.workflow.rules.initial_actions(ROOT);
        self.run_optional(actions)?;
        self.enter(plan)?;
        self.complete()
    }

    /// Takes selected transitions for the event given to [`Machine::new`], where there are any, then runs to completion.
    pub fn take(&mut self, transitions: &[TransitionId]) -> Result<(), Fault> {
        if !transitions.is_empty() {
            self.microstep(transitions)?;
        }
        self.complete()
    }

    /// Withdraws and gives signatures, that of a transition which is then taken too.
    pub fn sign(&mut self, found: &Selection, actor: Option<&Actor>) -> Result<(), Fault> {
        let Self { workflow, situation, trace, given: Some(event), .. } = self else {
            return Ok(());
        };
        for id in found.revoked() {
            signing::revoke(workflow, situation, *id, actor, &mut trace.signatures);
        }
        for id in found.signed().iter().chain(&found.open) {
            signing::sign(workflow, situation, *id, event, actor, &mut trace.signatures)?;
        }
        Ok(())
    }

    /// Notes that an event was accepted, for `last`, `count` and `who`.
    pub fn accept(&mut self, event: &Arc<str>, actor: Option<&Arc<str>>) -> Result<(), Fault> {
        let kept = self.workflow.remembered.kept(event);
        let limit = self.workflow.limits.remembered_persons;
        let now = self.situation.time;
        let happened = self.situation.past.events.happen(kept, now, actor, limit);
        happened.map_err(|TooManyPersons| {
            let message = format!(
                "the case remembers {limit} persons who sent events, the most it may; nobody new can send `{event}`"
            );
            self.limit("limit-remembered-persons", message)
        })
    }

    /// Eventless transitions and raised events until there are none, or the case has ended.
    fn complete(&mut self) -> Result<(), Fault> {
        let listeners = &self.workflow.listeners;
        // Whether eventless transitions must be asked: not again where nothing has changed that they could read.
        let mut asks = listeners.has_always;
        while !self.situation.ended {
            if asks {
                let eventless = self.select(Wanted::Always)?;
                if !eventless.open.is_empty() {
                    self.microstep(&eventless.open)?;
                    continue;
                }
                asks = listeners.asks_event || self.observer.is_some();
            }
            let Some((event, counts)) = self.raised.pop_front() else { break };
            let name = Arc::clone(&event.name);
            self.event = Some(event);
            // Such as the `done.…` of each region: most files listen to few of these.
            if !self.workflow.chart.is_heard(&name) {
                continue;
            }
            let found = self.select(Wanted::Event(&name))?;
            if !found.open.is_empty() {
                if counts {
                    self.accept(&name, None)?;
                }
                self.microstep(&found.open)?;
                asks = listeners.has_always;
            }
        }
        if self.situation.ended { self.close() } else { Ok(()) }
    }

    fn select(&self, wanted: Wanted) -> Result<Selection, Fault> {
        let context = self.situation.context(self.event());
        let context = Context { observer: self.observer, meter: Some(self.meter), ..context };
        select(self.workflow, self.situation, &context, wanted, Requester::Inside)
    }

    /// SCXML appendix D, `microstep`: leave, act, enter.
    fn microstep(&mut self, transitions: &[TransitionId]) -> Result<(), Fault> {
        self.microsteps += 1;
        if self.microsteps > self.workflow.limits.microsteps {
            return Err(self.endless());
        }
        // States that are left and entered are work, too.
        self.meter.spend(MICROSTEP + self.situation.active.len() as u64 / 8);
        if let Some(fault) = self.meter.fault() {
            return Err(fault);
        }
        self.trace.taken.extend(transitions.iter().copied());
        let workflow = self.workflow;
        let chart = &workflow.chart;
        if transitions.iter().all(|id| chart.transitions.at(*id).targets.is_empty()) {
            // Nothing is left or entered.
            let mut actions = transitions.iter().map(|id| workflow.rules.actions(*id));
            return actions.try_for_each(|actions| self.run_optional(actions));
        }
        let domains: InlineVec<Option<StateId>, 4> =
            transitions.iter().map(|id| domain(chart, self.situation, *id)).collect();
        self.leave(&domains)?;
        for id in transitions {
            self.run_optional(workflow.rules.actions(*id))?;
        }
        // What to enter is planned behind leaving, as in SCXML: a history state that has just been left counts.
        let mut plan = Plan::default();
        for (id, around) in transitions.iter().zip(&domains) {
            let targets = &workflow.chart.transitions.at(*id).targets;
            for target in targets {
                self.planner().descendants(*target, &mut plan, 0);
            }
            let around = around.unwrap_or(ROOT);
            if workflow.chart.transitions.at(*id).to_history {
                for target in effective_targets(&workflow.chart, self.situation, targets) {
                    self.planner().ancestors(target, around, &mut plan, 0);
                }
            } else {
                for target in targets {
                    self.planner().ancestors(*target, around, &mut plan, 0);
                }
            }
        }
        self.enter(plan)
    }

    /// Leaves everything active inside the domains, innermost and last first.
    fn leave(&mut self, domains: &[Option<StateId>]) -> Result<(), Fault> {
        let workflow = self.workflow;
        let chart = &workflow.chart;
        let mut leaving = States::default();
        for around in domains.iter().flatten() {
            // What lies in a state has the numbers behind its own.
            let (active, last) = (&*self.situation.active, chart.states.at(*around).last);
            let from = active.partition_point(|state| *state <= *around);
            let inside = active.get(from..).unwrap_or_default().iter().copied();
            leaving.extend(inside.take_while(|state| *state <= last));
        }
        for state in leaving.iter() {
            for history in &chart.states.at(state).histories {
                let deep = chart.states.at(*history).kind == StateKind::History { deep: true };
                let recorded = self.situation.active.iter().copied().filter(|active| {
                    if deep {
                        chart.inside(*active, state) && chart.states.at(*active).children.is_empty()
                    } else {
                        chart.states.at(*active).parent == Some(state)
                    }
                });
                let recorded: Vec<StateId> = recorded.collect();
                self.situation.history.change().insert(*history, recorded);
            }
        }
        for state in leaving.iter().rev() {
            self.run_optional(workflow.rules.exit(state))?;
            self.stop_children(state)?;
            self.situation.deactivate(state);
            signing::leave(workflow, self.situation, state, &mut self.trace.signatures);
            self.trace.left.push(state);
        }
        if self.situation.terms.iter().any(|term| leaving.contains(term.state)) {
            self.situation.terms.change().retain(|term| !leaving.contains(term.state));
        }
        Ok(())
    }

    fn enter_root(&mut self) -> Result<(), Fault> {
        self.situation.activate(ROOT);
        self.situation.past.entered.insert(ROOT, self.situation.time);
        self.begin_children(ROOT);
        self.run_optional(self.workflow.rules.entry(ROOT))
    }

    /// SCXML appendix D, `enterStates`, for a plan.
    fn enter(&mut self, plan: Plan) -> Result<(), Fault> {
        let workflow = self.workflow;
        let mut done = Done::default();
        for state in plan.states.iter() {
            if self.situation.is_active(state) {
                continue;
            }
            self.situation.activate(state);
            self.situation.past.entered.insert(state, self.situation.time);
            self.trace.entered.push(state);
            self.begin_children(state);
            self.run_optional(workflow.rules.entry(state))?;
            if plan.by_default.contains(state) {
                self.run_optional(workflow.rules.initial_actions(state))?;
            }
            if let Some(history) = plan.history_defaults.get(&state) {
                self.run_optional(workflow.rules.initial_actions(*history))?;
            }
            if workflow.chart.states.at(state).kind == StateKind::Final {
                self.finish(state, &mut done)?;
            }
        }
        Ok(())
    }

    /// A final state has been entered: the case ends, or its parent is done.
    fn finish(&mut self, state: StateId, done: &mut Done) -> Result<(), Fault> {
        let chart = &self.workflow.chart;
        let Some(parent) = chart.states.at(state).parent else { return Ok(()) };
        if parent == ROOT {
            self.situation.ended = true;
            return Ok(());
        }
        self.raise_done(parent)?;
        // SCXML looks at the grandparent alone; a parallel inside a parallel is done by its own regions.
        if let Some(outer) = chart.states.at(parent).parent
            && chart.states.at(outer).kind == StateKind::Parallel
            && self.is_done(outer, done)
        {
            self.raise_done(outer)?;
        }
        Ok(())
    }

    fn raise_done(&mut self, state: StateId) -> Result<(), Fault> {
        let name =
            format!("done.state.{}", self.workflow.definition.states.at(state).name.as_str());
        self.raise(Arc::from(name), BTreeMap::new(), false)
    }

    /// SCXML appendix D, `isInFinalState`.
    fn is_done(&self, state: StateId, done: &mut Done) -> bool {
        let chart = &self.workflow.chart;
        let row = chart.states.at(state);
        looked_at(1);
        match row.kind {
            StateKind::Compound => {
                // The next active state behind this one is its active child.
                let active = &*self.situation.active;
                let child = active.get(active.partition_point(|one| *one <= state));
                child.is_some_and(|child| {
                    chart.states.at(*child).kind == StateKind::Final
                        && chart.states.at(*child).parent == Some(state)
                })
            }
            StateKind::Parallel => {
                let known = done.get(&state).copied().unwrap_or(0);
                let more = row.children.get(known..).unwrap_or_default();
                let more = more.iter().take_while(|child| self.is_done(**child, done)).count();
                done.insert(state, known + more);
                known + more == row.children.len()
            }
            _ => false,
        }
    }

    /// The case has ended: exit scripts run, innermost first and the file's last; terms and sent events are
    /// dropped, the states stay readable.
    fn close(&mut self) -> Result<(), Fault> {
        for state in self.situation.active.clone().iter().rev() {
            self.run_optional(self.workflow.rules.exit(*state))?;
            self.stop_children(*state)?;
            let notes = &mut self.trace.signatures;
            signing::leave(self.workflow, self.situation, *state, notes);
        }
        self.raised.clear();
        self.situation.terms.clear();
        self.situation.sent.clear();
        self.situation.aside.clear();
        Ok(())
    }

    fn raise(&mut self, name: Arc<str>, data: Data, counts: bool) -> Result<(), Fault> {
        let limit = self.workflow.limits.queued_events;
        if self.raised.len() >= limit {
            return Err(self.limit(
                "limit-queued-events",
                format!("{limit} raised events wait, the most that may; the last is `{name}`"),
            ));
        }
        let at = self.situation.time;
        self.raised.push_back((Current { name, actor: None, at, data }, counts));
        Ok(())
    }

    fn run_optional(&mut self, program: Option<&Program>) -> Result<(), Fault> {
        let Some(program) = program else { return Ok(()) };
        let doubt = self.observer.and_then(|observer| observer.doubt());
        if let Some(doubt) = doubt
            && let Some(supposed) = doubt.skip(&self.workflow.rules, program, &self.situation.facts)
        {
            return self.suppose(supposed?);
        }
        let (mut effects, mut forgotten) = (Vec::new(), Vec::new());
        let situation = &mut self.situation;
        let mut scratch = Scratch {
            facts: &mut situation.facts,
            past: &situation.past,
            active: &situation.active,
            now: situation.time,
            event: self.event.as_ref().or(self.given),
            family: situation.family.is_any().then_some(&situation.family as &dyn Family),
            effects: &mut effects,
            forgotten: doubt.is_some().then_some(&mut forgotten),
            meter: self.meter,
        };
        self.workflow.rules.run(program, &mut scratch)?;
        if let Some(doubt) = doubt {
            doubt.forgets(&forgotten);
        }
        for effect in effects {
            match effect {
                Effect::Raise { event, data } => self.raise(event, data, true)?,
                Effect::Send { event, due, data } => {
                    self.send(event, due, data, Route::Own)?;
                }
                Effect::Tell { to, event, data } => self.describe(to, event, data)?,
                Effect::Cancel { event } => {
                    // By its exact name, as SCXML cancels by the exact id of what was sent.
                    let is_meant = |sent: &Sent| sent.event == event && sent.to == Route::Own;
                    if self.situation.sent.iter().any(is_meant) {
                        self.situation.sent.change().retain(|sent| !is_meant(sent));
                    }
                }
                Effect::Emit { name, data } => {
                    let limit = self.workflow.limits.queued_events;
                    if self.trace.emitted.len() >= limit {
                        return Err(self.limit(
                            "limit-queued-events",
                            format!("a step emitted {limit} messages, the most it may"),
                        ));
                    }
                    self.trace.emitted.push(Message { name: name.to_string(), data });
                }
            }
        }
        Ok(())
    }

    /// Actions that read what was erased are not run: what they set is not known any more, and what they raise is supposed.
    #[cold]
    fn suppose(&mut self, supposed: Supposed) -> Result<(), Fault> {
        for id in supposed.writes {
            self.situation.set_fact(id, None);
        }
        self.situation.sent.change().retain(|sent| !supposed.cancels.contains(&sent.event));
        supposed.raises.into_iter().try_for_each(|name| self.raise(name, BTreeMap::new(), true))
    }

    /// An event for another case.
    fn describe(&mut self, to: Recipient, event: Arc<str>, data: Data) -> Result<(), Fault> {
        let now = self.situation.time;
        let to = match to {
            Recipient::Child(invoke, key) => Route::Child { invoke, key },
            Recipient::Children(invoke) => {
                let round = self.situation.family.brood(invoke).map_or(0, |brood| brood.round);
                Route::Children { invoke, next: 0, end: None, round }
            }
            Recipient::Parent => {
                let limit = self.workflow.limits.queued_events;
                if self.trace.to_parent.len() >= limit {
                    let message =
                        format!("a step sent {limit} events to its parent, the most it may");
                    return Err(self.limit("limit-queued-events", message));
                }
                let (order, name) = (self.meter.next_sent(), event.to_string());
                self.trace.to_parent.push(ToParent { order, event: Message { name, data } });
                return Ok(());
            }
        };
        self.send(event, now, data, to)
    }

    fn send(&mut self, event: Arc<str>, due: DateTime, data: Data, to: Route) -> Result<(), Fault> {
        let limit = self.workflow.limits.queued_events;
        // What was put aside waits too, and is sent again behind the step.
        if self.situation.sent.len() + self.situation.aside.len() >= limit {
            return Err(self.limit(
                "limit-queued-events",
                format!("{limit} sent events wait, the most that may; the last is `{event}`",),
            ));
        }
        let order = self.meter.next_sent();
        self.situation.sent.change().push(Sent { event, due, data, to, order });
        Ok(())
    }

    fn limit(&self, code: &'static str, message: String) -> Fault {
        Fault { code, message, span: Span::default(), hint: None }
    }

    /// Names the loop: the shortest run of transitions that the last ones repeat.
    fn endless(&self) -> Fault {
        let limit = self.workflow.limits.microsteps;
        let taken: Vec<TransitionId> = self.trace.taken.iter().rev().take(64).copied().collect();
        let period = (1..=taken.len() / 2)
            .find(|period| {
                let mut pairs = taken.iter().zip(taken.iter().skip(*period));
                pairs.all(|(one, two)| one == two)
            })
            .unwrap_or(taken.len().min(8));
        let mut names: Vec<&str> = Vec::new();
        for id in taken.iter().take(period).rev() {
            let source = self.workflow.chart.transitions.at(*id).source;
            names.push(&self.workflow.definition.states.at(source).name);
        }
        let first = names.first().copied().unwrap_or("");
        names.push(first);
        let span = taken
            .first()
            .map(|id| self.workflow.definition.transitions.at(*id).span)
            .unwrap_or_default();
        Fault {
            code: "limit-microsteps",
            message: format!(
                "the step does not end: after {limit} microsteps it still goes `{}`",
                names.join("` → `")
            ),
            span,
            hint: Some(
                "an `always` transition or a raised event leads back to where it began; guard it by something that changes"
                    .to_owned(),
            ),
        }
    }
}

/// A fault in a child that happened within a step of its parent: which child it is.
pub(crate) fn within(child: &Address, fault: Fault) -> Fault {
    if fault.ends_call() || fault.code == "child" {
        return fault;
    }
    let message = format!("`{}`: {}", child.text().unwrap_or_default(), fault.message);
    Fault { code: "child", message, span: Span::default(), hint: fault.hint }
}
