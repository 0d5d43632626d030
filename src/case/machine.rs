//! One step: SCXML's macrostep (appendix D) on a copy of the case.
//!
//! Everything happens to the machine's own [`Situation`]; whoever runs it keeps the old one until it has succeeded.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

use crate::case::decision::{Message, Reason};
use crate::case::event::Actor;
use crate::case::select::{Asker, Selection, Wanted, domain, select};
use crate::case::signing;
use crate::case::situation::{Sent, Situation};
use crate::definition::model::StateKind;
use crate::diagnostic::Span;
use crate::rule::watch::Watch;
use crate::rule::{Context, Current, Effect, Fault, Occurrence, Program, Scratch};
use crate::table::{StateId, TransitionId};
use crate::workflow::Compiled;
use crate::workflow::chart::ROOT;

/// What a step did, by number; names are put to it when it is told.
#[derive(Debug, Default)]
pub(crate) struct Trace {
    pub left: Vec<StateId>,
    pub taken: Vec<TransitionId>,
    pub entered: Vec<StateId>,
    pub emitted: Vec<Message>,
    /// Why the first transitions were open.
    pub verdicts: Vec<Reason>,
    /// What became of signatures.
    pub signatures: Vec<signing::Note>,
}

pub(crate) struct Machine<'w> {
    workflow: &'w Compiled,
    pub situation: Situation,
    pub trace: Trace,
    /// The event that scripts see: the last one answered, as in SCXML.
    event: Option<Current>,
    raised: VecDeque<(Current, bool)>,
    microsteps: usize,
    watch: Option<&'w Watch<'w>>,
}

impl<'w> Machine<'w> {
    pub fn new(
        workflow: &'w Compiled,
        situation: Situation,
        event: Option<Current>,
        watch: Option<&'w Watch<'w>>,
    ) -> Self {
        Self {
            workflow,
            situation,
            trace: Trace::default(),
            event,
            raised: VecDeque::new(),
            microsteps: 0,
            watch,
        }
    }

    /// Enters the file and its initial states, then runs to completion.
    pub fn start(&mut self) -> Result<(), Fault> {
        let mut plan = Plan::default();
        self.enter_root()?;
        let initial = self.workflow.chart.states.at(ROOT).initial.clone();
        for target in &initial {
            self.plan_descendants(*target, &mut plan, 0);
        }
        for target in &initial {
            self.plan_ancestors(*target, ROOT, &mut plan, 0);
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
        let Self { workflow, situation, trace, event: Some(event), .. } = self else {
            return Ok(());
        };
        for id in &found.revoked {
            signing::revoke(workflow, situation, *id, actor, &mut trace.signatures);
        }
        for id in found.signed.iter().chain(&found.open) {
            signing::sign(workflow, situation, *id, event, actor, &mut trace.signatures)?;
        }
        Ok(())
    }

    /// Notes that an event was accepted, for `last`, `count` and `who`.
    pub fn accept(&mut self, event: &Arc<str>, actor: Option<&Arc<str>>) -> Result<(), Fault> {
        let limit = self.workflow.limits.remembered_names;
        let now = self.situation.time;
        let known = self.situation.past.events.len();
        let occurrence = match self.situation.past.events.entry(Arc::clone(event)) {
            std::collections::btree_map::Entry::Occupied(entry) => entry.into_mut(),
            std::collections::btree_map::Entry::Vacant(_) if known >= limit => {
                return Err(self.limit(
                    "limit-remembered-names",
                    format!("the case remembers {limit} names of events, the most it may"),
                ));
            }
            std::collections::btree_map::Entry::Vacant(entry) => {
                entry.insert(Occurrence { count: 0, last: now, who: Vec::new() })
            }
        };
        occurrence.count = occurrence.count.saturating_add(1);
        occurrence.last = now;
        if let Some(actor) = actor
            && !occurrence.who.contains(actor)
        {
            if occurrence.who.len() >= limit {
                return Err(self.limit(
                    "limit-remembered-names",
                    format!("the case remembers {limit} actors of `{event}`, the most it may"),
                ));
            }
            occurrence.who.push(Arc::clone(actor));
        }
        Ok(())
    }

    /// Eventless transitions and raised events until there are none, or the case has ended.
    fn complete(&mut self) -> Result<(), Fault> {
        while !self.situation.ended {
            let context =
                Context { watch: self.watch, ..self.situation.context(self.event.as_ref()) };
            let eventless =
                select(self.workflow, &self.situation, &context, Wanted::Always, Asker::Inside)?;
            if !eventless.open.is_empty() {
                self.microstep(&eventless.open)?;
                continue;
            }
            let Some((event, counts)) = self.raised.pop_front() else { break };
            let name = Arc::clone(&event.name);
            self.event = Some(event);
            let found = self.answers(&name)?;
            if !found.open.is_empty() {
                if counts {
                    self.accept(&name, None)?;
                }
                self.microstep(&found.open)?;
            }
        }
        if self.situation.ended { self.close() } else { Ok(()) }
    }

    fn answers(&self, event: &str) -> Result<Selection, Fault> {
        let context = Context { watch: self.watch, ..self.situation.context(self.event.as_ref()) };
        select(self.workflow, &self.situation, &context, Wanted::Event(event), Asker::Inside)
    }

    /// SCXML appendix D, `microstep`: leave, act, enter.
    fn microstep(&mut self, transitions: &[TransitionId]) -> Result<(), Fault> {
        self.microsteps += 1;
        if self.microsteps > self.workflow.limits.microsteps {
            return Err(self.endless());
        }
        self.trace.taken.extend(transitions);
        let chart = &self.workflow.chart;
        let domains: Vec<Option<StateId>> =
            transitions.iter().map(|id| domain(chart, &self.situation, *id)).collect();
        self.leave(&domains)?;
        let workflow = self.workflow;
        for id in transitions {
            self.run_optional(workflow.rules.actions(*id))?;
        }
        // What to enter is planned behind leaving, as in SCXML: a history state that has just been left counts.
        let mut plan = Plan::default();
        for (id, around) in transitions.iter().zip(&domains) {
            let targets = &workflow.chart.transitions.at(*id).targets;
            for target in targets {
                self.plan_descendants(*target, &mut plan, 0);
            }
            let around = around.unwrap_or(ROOT);
            for target in self.effective(targets) {
                self.plan_ancestors(target, around, &mut plan, 0);
            }
        }
        self.enter(plan)
    }

    /// Leaves everything active inside the domains, innermost and last first.
    fn leave(&mut self, domains: &[Option<StateId>]) -> Result<(), Fault> {
        let workflow = self.workflow;
        let chart = &workflow.chart;
        let mut leaving: BTreeSet<StateId> = BTreeSet::new();
        for around in domains.iter().flatten() {
            let inside = self.situation.active.iter().copied();
            leaving.extend(inside.filter(|state| chart.inside(*state, *around)));
        }
        for state in &leaving {
            for history in &chart.states.at(*state).histories {
                let deep = chart.states.at(*history).kind == StateKind::History { deep: true };
                let recorded = self.situation.active.iter().copied().filter(|active| {
                    if deep {
                        chart.inside(*active, *state)
                            && chart.states.at(*active).children.is_empty()
                    } else {
                        chart.states.at(*active).parent == Some(*state)
                    }
                });
                let recorded: Vec<StateId> = recorded.collect();
                self.situation.history.insert(*history, recorded);
            }
        }
        for state in leaving.into_iter().rev() {
            self.run_optional(workflow.rules.exit(state))?;
            self.situation.deactivate(state);
            self.situation.terms.retain(|term| term.state != state);
            signing::leave(workflow, &mut self.situation, state, &mut self.trace.signatures);
            self.trace.left.push(state);
        }
        Ok(())
    }

    fn enter_root(&mut self) -> Result<(), Fault> {
        self.situation.activate(ROOT);
        self.situation.past.entered.insert(ROOT, self.situation.time);
        self.run_optional(self.workflow.rules.entry(ROOT))
    }

    /// SCXML appendix D, `enterStates`, for a plan.
    fn enter(&mut self, plan: Plan) -> Result<(), Fault> {
        let workflow = self.workflow;
        for state in &plan.states {
            if self.situation.is_active(*state) {
                continue;
            }
            self.situation.activate(*state);
            self.situation.past.entered.insert(*state, self.situation.time);
            self.trace.entered.push(*state);
            self.run_optional(workflow.rules.entry(*state))?;
            if plan.by_default.contains(state) {
                self.run_optional(workflow.rules.initial_actions(*state))?;
            }
            if let Some(history) = plan.history_defaults.get(state) {
                self.run_optional(workflow.rules.initial_actions(*history))?;
            }
            if workflow.chart.states.at(*state).kind == StateKind::Final {
                self.finish(*state)?;
            }
        }
        Ok(())
    }

    /// A final state has been entered: the case ends, or its parent is done.
    fn finish(&mut self, state: StateId) -> Result<(), Fault> {
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
            && self.is_done(outer)
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
    fn is_done(&self, state: StateId) -> bool {
        let chart = &self.workflow.chart;
        let row = chart.states.at(state);
        match row.kind {
            StateKind::Compound => row.children.iter().any(|child| {
                chart.states.at(*child).kind == StateKind::Final && self.situation.is_active(*child)
            }),
            StateKind::Parallel => row.children.iter().all(|child| self.is_done(*child)),
            _ => false,
        }
    }

    /// The case has ended: exit scripts run, innermost first and the file's last; terms and sent events are
    /// dropped, the states stay readable.
    fn close(&mut self) -> Result<(), Fault> {
        for state in self.situation.active.clone().into_iter().rev() {
            self.run_optional(self.workflow.rules.exit(state))?;
            let notes = &mut self.trace.signatures;
            signing::leave(self.workflow, &mut self.situation, state, notes);
        }
        self.raised.clear();
        self.situation.terms.clear();
        self.situation.sent.clear();
        self.situation.aside.clear();
        Ok(())
    }

    fn raise(
        &mut self,
        name: Arc<str>,
        data: BTreeMap<Arc<str>, crate::value::Value>,
        counts: bool,
    ) -> Result<(), Fault> {
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
        let mut effects = Vec::new();
        let situation = &mut self.situation;
        let mut scratch = Scratch {
            facts: &mut situation.facts,
            past: &situation.past,
            active: &situation.active,
            now: situation.time,
            event: self.event.as_ref(),
            effects: &mut effects,
        };
        self.workflow.rules.run(program, &mut scratch)?;
        for effect in effects {
            match effect {
                Effect::Raise { event, data } => self.raise(event, data, true)?,
                Effect::Send { event, due, data } => self.send(Sent { event, due, data })?,
                Effect::Cancel { event } => {
                    // By its exact name, as SCXML cancels by the exact id of what was sent.
                    self.situation.sent.retain(|sent| sent.event != event);
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

    fn send(&mut self, sent: Sent) -> Result<(), Fault> {
        let limit = self.workflow.limits.queued_events;
        if self.situation.sent.len() >= limit {
            return Err(self.limit(
                "limit-queued-events",
                format!(
                    "{limit} sent events wait, the most that may; the last is `{}`",
                    sent.event
                ),
            ));
        }
        self.situation.sent.push(sent);
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

/// What will be entered.
#[derive(Debug, Default)]
struct Plan {
    states: BTreeSet<StateId>,
    /// Compound states entered without being asked for a child: their initial actions run.
    by_default: BTreeSet<StateId>,
    /// Parents of history states without a record → the history state, whose default actions run.
    history_defaults: BTreeMap<StateId, StateId>,
}

/// Chains of history defaults longer than this are circles; the nesting of states is bounded by that of JSON.
const DEEPEST: usize = 1_000;

impl Machine<'_> {
    /// SCXML appendix D, `addDescendantStatesToEnter`.
    fn plan_descendants(&self, state: StateId, plan: &mut Plan, depth: usize) {
        if depth > DEEPEST {
            return;
        }
        let row = self.workflow.chart.states.at(state);
        match row.kind {
            StateKind::History { .. } => {
                let around = row.parent.unwrap_or(ROOT);
                let targets = match self.situation.history.get(&state) {
                    Some(recorded) => recorded.as_slice(),
                    None => {
                        plan.history_defaults.insert(around, state);
                        row.initial.as_slice()
                    }
                };
                for target in targets {
                    self.plan_descendants(*target, plan, depth + 1);
                }
                for target in targets {
                    self.plan_ancestors(*target, around, plan, depth + 1);
                }
            }
            StateKind::Compound => {
                plan.states.insert(state);
                plan.by_default.insert(state);
                for target in &row.initial {
                    self.plan_descendants(*target, plan, depth + 1);
                }
                for target in &row.initial {
                    self.plan_ancestors(*target, state, plan, depth + 1);
                }
            }
            StateKind::Parallel => {
                plan.states.insert(state);
                self.plan_regions(row.children.as_slice(), plan, depth);
            }
            StateKind::Atomic | StateKind::Final => {
                plan.states.insert(state);
            }
        }
    }

    /// SCXML appendix D, `addAncestorStatesToEnter`.
    fn plan_ancestors(&self, state: StateId, around: StateId, plan: &mut Plan, depth: usize) {
        if depth > DEEPEST {
            return;
        }
        let chart = &self.workflow.chart;
        for outer in chart.ancestors(state).take_while(|outer| *outer != around && *outer != ROOT) {
            plan.states.insert(outer);
            if chart.states.at(outer).kind == StateKind::Parallel {
                self.plan_regions(chart.states.at(outer).children.as_slice(), plan, depth);
            }
        }
    }

    /// The regions of a parallel state in which nothing is planned yet.
    fn plan_regions(&self, regions: &[StateId], plan: &mut Plan, depth: usize) {
        let chart = &self.workflow.chart;
        for region in regions {
            let last = chart.states.at(*region).last;
            if plan.states.range(*region..=last).next().is_none() {
                self.plan_descendants(*region, plan, depth + 1);
            }
        }
    }

    fn effective(&self, targets: &[StateId]) -> Vec<StateId> {
        crate::case::select::effective_targets(&self.workflow.chart, &self.situation, targets)
    }
}
