//! Which transitions answer: SCXML's selection (appendix D) with three-valued conditions.
//!
//! Each active leaf state sends a walker up through its ancestors; a walker stops at the first state with an
//! open transition. Where a transition is undecided, its walker ends there, and so does every walker that comes
//! to a state around it: nothing behind missing information is tried.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound::{Excluded, Included};

use crate::case::requester::{Requester, count_roles, is_another, plays};
use crate::case::signing;
use crate::case::situation::Situation;
use crate::definition::model::StateKind;
use crate::inline_vec::InlineVec;
use crate::rule::doubt::Doubt;
use crate::rule::{Context, Fault, Meter, Senders, Truth};
use crate::table::{EventId, StateId, TransitionId};
use crate::work::looked_at;
use crate::workflow::Compiled;
use crate::workflow::chart::Chart;
use crate::workflow::listeners::{Candidate, asks};
use crate::workflow::naming;

/// What selection found.
#[derive(Debug, Clone, Default)]
pub(crate) struct Selection {
    /// Open transitions without conflicts, in the order in which they are taken.
    pub open: InlineVec<TransitionId, 2>,
    /// Transitions that listen, were tried and are not open.
    pub refused: InlineVec<(TransitionId, Truth), 3>,
    /// What is there only where signatures or undecided transitions are.
    pub rest: Option<Box<Rest>>,
}

/// What selection seldom finds.
#[derive(Debug, Clone, Default)]
pub(crate) struct Rest {
    /// Transitions that are signed now, and not yet taken.
    pub signed: Vec<TransitionId>,
    /// Transitions whose signature is withdrawn.
    pub revoked: Vec<TransitionId>,
    /// Transitions whose signature would be withdrawn, had the actor signed.
    pub unsigned: Vec<TransitionId>,
    /// Transitions that listen and were not tried, each with the undecided one that hides it.
    pub hidden: Vec<(TransitionId, TransitionId)>,
}

impl Selection {
    /// Whether any transition listens at all.
    pub fn is_expected(&self) -> bool {
        self.is_open()
            || !self.refused.is_empty()
            || self
                .rest
                .as_ref()
                .is_some_and(|rest| !(rest.unsigned.is_empty() && rest.hidden.is_empty()))
    }

    /// Whether any is taken, signed or has a signature withdrawn.
    pub fn is_open(&self) -> bool {
        !self.open.is_empty()
            || self
                .rest
                .as_ref()
                .is_some_and(|rest| !(rest.signed.is_empty() && rest.revoked.is_empty()))
    }

    pub fn has_undecided(&self) -> bool {
        self.refused.iter().any(|(_, truth)| *truth == Truth::Unknown)
    }

    pub fn signed(&self) -> &[TransitionId] {
        self.rest.as_ref().map_or(&[], |rest| &rest.signed)
    }

    pub fn revoked(&self) -> &[TransitionId] {
        self.rest.as_ref().map_or(&[], |rest| &rest.revoked)
    }

    pub fn rest(&mut self) -> &mut Rest {
        self.rest.get_or_insert_default()
    }
}

/// What transitions are looked for.
#[derive(Clone, Copy)]
pub(crate) enum Wanted<'a> {
    /// By its name alone.
    Event(&'a str),
    /// By its number too, if it has one.
    Known(Option<EventId>, &'a str),
    Always,
}

/// What a walker found.
#[derive(Clone, Copy)]
enum Answer {
    Transition(TransitionId),
    /// Signatures are withdrawn.
    Revoked,
}

/// What a state made of what is wanted.
#[derive(Clone, Copy, Default)]
struct Fate {
    answer: Option<Answer>,
    /// The undecided transition there or inside, if any.
    undecided: Option<TransitionId>,
}

/// Transitions that have been met.
enum Met {
    Few(InlineVec<TransitionId, 8>),
    /// Of a chart with very many regions.
    Many(BTreeSet<TransitionId>),
}

impl Met {
    fn is_new(&mut self, id: TransitionId) -> bool {
        if let Self::Few(few) = self {
            if few.contains(&id) {
                return false;
            }
            if few.len() < 64 {
                few.push(id);
                return true;
            }
            *self = Self::Many(few.iter().copied().collect());
        }
        match self {
            Self::Few(_) => true,
            Self::Many(many) => many.insert(id),
        }
    }
}

/// Selects transitions for an event, or eventless ones.
pub(crate) fn select(
    workflow: &Compiled,
    situation: &Situation,
    context: &Context,
    wanted: Wanted,
    asker: Requester,
) -> Result<Selection, Fault> {
    let wanted = match wanted {
        Wanted::Event(name) => Wanted::Known(workflow.listeners.number(name), name),
        known => known,
    };
    Round { workflow, situation, context, wanted, asker, brief: false }.run()
}

/// Which transitions answer, for whoever only asks whether anything listens and is open: what is
/// not open is not all named.
pub(crate) fn select_briefly(
    workflow: &Compiled,
    situation: &Situation,
    context: &Context,
    wanted: Wanted,
    asker: Requester,
) -> Result<Selection, Fault> {
    Round { workflow, situation, context, wanted, asker, brief: true }.run()
}

/// One selection.
struct Round<'s> {
    workflow: &'s Compiled,
    situation: &'s Situation,
    context: &'s Context<'s>,
    wanted: Wanted<'s>,
    asker: Requester<'s>,
    brief: bool,
}

impl Round<'_> {
    fn run(&self) -> Result<Selection, Fault> {
        let mut found = Selection::default();
        if self.is_chain() {
            self.climb(&mut found)?;
        } else if let Some(listeners) = self.listeners_apart() {
            self.ask_each(&listeners, &mut found)?;
        } else {
            self.walk(&mut found)?;
        }
        Ok(found)
    }

    /// Whether there is one leaf only, as always without parallel states.
    fn is_chain(&self) -> bool {
        let states = &self.workflow.chart.states;
        let inner = self.situation.active.iter().skip(1);
        inner
            .zip(self.situation.active.iter())
            .all(|(inner, outer)| states.at(*inner).parent == Some(*outer))
    }

    /// The active states that listen to the event, where they are few among all and none lies in another: then no walker
    /// meets two of them.
    fn listeners_apart(&self) -> Option<InlineVec<StateId, 8>> {
        let Wanted::Known(Some(event), _) = self.wanted else { return None };
        let listeners = self.workflow.listeners.listeners(event)?;
        if listeners.len().saturating_mul(4) > self.situation.active.len() {
            return None;
        }
        let active = listeners.iter().copied().filter(|state| self.situation.is_active(*state));
        let active: InlineVec<StateId, 8> = active.collect();
        let mut inner = active.iter().zip(active.iter().skip(1));
        let apart = inner.all(|(one, next)| !self.workflow.chart.inside(*next, *one));
        apart.then_some(active)
    }

    /// Asks states of which none lies in another, the last one first, as walkers come to them.
    fn ask_each(&self, states: &[StateId], found: &mut Selection) -> Result<(), Fault> {
        let mut answers: InlineVec<Option<Answer>, 24> = InlineVec::new();
        for state in states.iter().rev() {
            answers.push(self.try_state(*state, None, found)?.answer);
        }
        answers.as_mut_slice().reverse();
        self.conclude(&answers, found);
        Ok(())
    }

    /// One walker goes up from the one leaf.
    fn climb(&self, found: &mut Selection) -> Result<(), Fault> {
        let mut undecided = None;
        for state in self.situation.active.iter().rev() {
            let fate = self.try_state(*state, undecided, found)?;
            undecided = fate.undecided;
            match fate.answer {
                Some(Answer::Transition(id)) if self.is_last(id) => found.open.push(id),
                Some(Answer::Transition(id)) => found.rest().signed.push(id),
                Some(Answer::Revoked) => {}
                None => continue,
            }
            break;
        }
        Ok(())
    }

    /// A walker goes up from each leaf; those that come to one state share one fate from there.
    fn walk(&self, found: &mut Selection) -> Result<(), Fault> {
        let chart = &self.workflow.chart;
        let active = &*self.situation.active;
        // By place in `active`: whether a leaf's walker still goes up, and then its answer; what is undecided inside.
        let mut walking: InlineVec<bool, 24> = active.iter().map(|_| false).collect();
        let mut answers: InlineVec<Option<Answer>, 24> = active.iter().map(|_| None).collect();
        let mut undecided: InlineVec<Option<TransitionId>, 24> =
            active.iter().map(|_| None).collect();
        // Inner states have greater numbers than outer ones: from the back, inner ones come first.
        for (place, state) in active.iter().enumerate().rev() {
            let row = chart.states.at(*state);
            let inside = active.get(place + 1..).unwrap_or_default();
            let inside = inside.partition_point(|inner| *inner <= row.last);
            if inside == 0
                && let Some(leaf) = walking.as_mut_slice().get_mut(place)
            {
                *leaf = true;
            }
            let here = place..=place + inside;
            let blocked = undecided.get(place).copied().flatten();
            let mut fate = Fate { answer: None, undecided: blocked };
            if walking.get(here.clone()).unwrap_or_default().contains(&true) {
                fate = self.try_state(*state, blocked, found)?;
            }
            if fate.answer.is_some() {
                let walking = walking.as_mut_slice().get_mut(here.clone()).unwrap_or_default();
                let answers = answers.as_mut_slice().get_mut(here).unwrap_or_default();
                for (walks, answer) in walking.iter_mut().zip(answers) {
                    if std::mem::take(walks) {
                        *answer = fate.answer;
                    }
                }
            }
            let parent = row.parent.and_then(|parent| active.binary_search(&parent).ok());
            if let Some(slot) = parent.and_then(|parent| undecided.as_mut_slice().get_mut(parent)) {
                *slot = slot.or(fate.undecided);
            }
        }
        self.conclude(&answers, found);
        Ok(())
    }

    /// What the answers of the walkers come to, in the order of their leaves.
    fn conclude(&self, answers: &[Option<Answer>], found: &mut Selection) {
        let mut open: InlineVec<TransitionId, 8> = InlineVec::new();
        let mut met = Met::Few(InlineVec::new());
        for answer in answers.iter().flatten() {
            let Answer::Transition(id) = answer else { continue };
            if !met.is_new(*id) {
                continue;
            }
            // A signature that is not the last leaves nothing, and so is in nobody's way.
            if self.is_last(*id) {
                open.push(*id);
            } else {
                found.rest().signed.push(*id);
            }
        }
        found.open = without_conflicts(&self.workflow.chart, self.situation, &open);
    }

    /// What a state to which a walker has come makes of it; `blocked` is what is undecided inside.
    #[inline]
    fn try_state(
        &self,
        state: StateId,
        blocked: Option<TransitionId>,
        found: &mut Selection,
    ) -> Result<Fate, Fault> {
        let Self { workflow, .. } = self;
        let row = workflow.chart.states.at(state);
        looked_at(1);
        let mut fate = Fate { answer: None, undecided: blocked };
        match self.wanted {
            Wanted::Always => {
                for id in &row.always {
                    let candidate = workflow.listeners.candidate(*id);
                    if self.judge(candidate, &mut fate, found)? {
                        break;
                    }
                }
            }
            Wanted::Event(name) | Wanted::Known(_, name) => {
                if !row.revocable.is_empty() && blocked.is_none() && self.revoke(state, name, found)
                {
                    fate.answer = Some(Answer::Revoked);
                    return Ok(fate);
                }
                let known = match self.wanted {
                    Wanted::Known(Some(number), _) => workflow.listeners.candidates(state, number),
                    _ => None,
                };
                if let Some(candidates) = known {
                    for candidate in candidates {
                        if self.judge(*candidate, &mut fate, found)? {
                            break;
                        }
                    }
                    return Ok(fate);
                }
                let listens = |id: &&TransitionId| workflow.chart.listens(**id, name);
                for id in row.on.iter().filter(listens) {
                    if self.judge(workflow.listeners.candidate(*id), &mut fate, found)? {
                        break;
                    }
                }
            }
        }
        Ok(fate)
    }

    /// Whether the actor's signatures at a state are withdrawn. Before the state's own transitions: what somebody has signed
    /// is the nearest thing to withdraw.
    #[cold]
    fn revoke(&self, state: StateId, event: &str, found: &mut Selection) -> bool {
        let (own, others) =
            signing::revocable(self.workflow, self.situation, state, event, self.asker);
        let is_own = !own.is_empty();
        if is_own {
            found.rest().revoked.extend(own);
        } else if !others.is_empty() {
            found.rest().unsigned.extend(others);
        }
        is_own
    }

    /// Tries a transition that listens, unless something undecided hides it. Whether the search is at its end.
    #[inline]
    fn judge(
        &self,
        candidate: Candidate,
        fate: &mut Fate,
        found: &mut Selection,
    ) -> Result<bool, Fault> {
        let id = candidate.id;
        if let Some(by) = fate.undecided {
            if !self.brief {
                found.rest().hidden.push((id, by));
            }
            return Ok(false);
        }
        let truth = weigh(self.workflow, self.situation, self.context, candidate, self.asker)?;
        if truth == Truth::True {
            fate.answer = Some(Answer::Transition(id));
            return Ok(true);
        }
        if truth == Truth::Unknown {
            fate.undecided = Some(id);
        }
        if !self.brief || found.refused.is_empty() {
            found.refused.push((id, truth));
        }
        Ok(false)
    }

    /// Whether nothing more than this is needed to take an open transition.
    fn is_last(&self, id: TransitionId) -> bool {
        if self.workflow.listeners.candidate(id).asks & asks::SIGNED == 0 {
            return true;
        }
        let transition = self.workflow.definition.transitions.at(id);
        signing::is_last(transition, self.situation, self.context, id)
    }
}

/// Whether a transition is open, or could be signed: role, then requirements, then guard; what is false decides over what is unknown.
pub(crate) fn stance(
    workflow: &Compiled,
    situation: &Situation,
    context: &Context,
    id: TransitionId,
    asker: Requester,
) -> Result<Truth, Fault> {
    weigh(workflow, situation, context, workflow.listeners.candidate(id), asker)
}

/// What a candidate asks for comes to; the one place where a verdict may be taken for another.
#[inline]
fn weigh(
    workflow: &Compiled,
    situation: &Situation,
    context: &Context,
    candidate: Candidate,
    asker: Requester,
) -> Result<Truth, Fault> {
    let found = verdict(workflow, situation, context, candidate, asker)?;
    Ok(match context.observer {
        Some(observer) if candidate.asks != 0 => observer.verdict(candidate.id, found),
        _ => found,
    })
}

#[inline]
fn verdict(
    workflow: &Compiled,
    situation: &Situation,
    context: &Context,
    candidate: Candidate,
    asker: Requester,
) -> Result<Truth, Fault> {
    let Candidate { id, asks } = candidate;
    if let Some(meter) = context.meter {
        meter.spend(1);
    }
    if asks & (asks::ROLE | asks::NOT_BY | asks::SIGNED) != 0
        && !is_welcome(workflow, situation, context, candidate, asker)
    {
        if let Some(fault) = context.meter.and_then(Meter::fault) {
            return Err(fault);
        }
        return Ok(Truth::False);
    }
    if let Some(observer) = context.observer {
        if let Some(doubt) = observer.doubt()
            && let Some(supposed) = suppose(workflow, situation, context, doubt, id)
        {
            return supposed;
        }
        observer.judges(&workflow.rules, id, context);
    }
    let mut truth = Truth::True;
    if asks & asks::REQUIRES != 0 {
        for requirement in workflow.rules.requirements(id) {
            match workflow.rules.holds(*requirement, context)? {
                Truth::False => return Ok(Truth::False),
                Truth::Unknown => truth = Truth::Unknown,
                Truth::True => {}
            }
        }
    }
    if asks & asks::GUARD != 0
        && let Some(guard) = workflow.rules.guard(id)
    {
        match workflow.rules.decide(guard, context)? {
            Truth::False => return Ok(Truth::False),
            Truth::Unknown => truth = Truth::Unknown,
            Truth::True => {}
        }
    }
    Ok(truth)
}

/// How a transition is supposed to stand that asks for something erased; `None` where nothing of that matters to it. Roles,
/// and what of persons is known, were looked at before.
#[cold]
fn suppose(
    workflow: &Compiled,
    situation: &Situation,
    context: &Context,
    doubt: &Doubt,
    id: TransitionId,
) -> Option<Result<Truth, Fault>> {
    let transition = workflow.definition.transitions.at(id);
    let given = situation.signatures.get(&id).map_or(&[][..], |waiting| &waiting.given);
    // Who is not known may be anybody, and so one of those who came before.
    let mut signed = given.iter().map(|one| &*one.actor);
    let is_unknown = doubt.persons.has_stand_in(context.event);
    let mut senders = transition.not_by.iter().flat_map(|pattern| context.past.senders(pattern));
    // Nobody who is not known can be one of those who sent what nobody sent.
    let may_be_theirs =
        |who: &Senders| who.len() > 0 && (is_unknown || doubt.persons.is_among(who));
    let is_doubtful = is_unknown && !given.is_empty()
        || !transition.not_by.is_empty() && doubt.is_past_doubtful()
        || senders.any(may_be_theirs)
        || signed.any(|actor| doubt.persons.is_stand_in(actor));
    let event = context.event.map(|event| &*event.name);
    let way = || naming::spelt(&naming::transition_ref(workflow, id, event));
    doubt.weigh(&workflow.rules, id, context, is_doubtful, way).transpose()
}

/// Whether who asks may take or sign a transition, whatever rules say.
pub(crate) fn welcomes(
    workflow: &Compiled,
    situation: &Situation,
    context: &Context,
    id: TransitionId,
    asker: Requester,
) -> bool {
    is_welcome(workflow, situation, context, workflow.listeners.candidate(id), asker)
}

/// Whether who asks may take or sign a transition.
fn is_welcome(
    workflow: &Compiled,
    situation: &Situation,
    context: &Context,
    candidate: Candidate,
    asker: Requester,
) -> bool {
    let Candidate { id, asks } = candidate;
    let transition = workflow.definition.transitions.at(id);
    let asked = transition.by.as_ref().map_or(0, Vec::len) + transition.signed_by.len();
    if !count_roles(context, asker.actor(), asked) {
        return false;
    }
    if let (Requester::Outside(actor), Some(roles)) = (asker, &transition.by)
        && !plays(actor, roles.iter().map(|role| role.as_str()))
    {
        return false;
    }
    if asks & asks::NOT_BY != 0 && !is_another(context, transition, asker) {
        return false;
    }
    asks & asks::SIGNED == 0
        || signing::refusal(transition, situation, context, id, asker).is_none()
}

/// SCXML appendix D, `removeConflictingTransitions`: of two transitions that leave a common state the inner one
/// wins, else the one whose leaf comes first in the document.
fn without_conflicts(
    chart: &Chart,
    situation: &Situation,
    open: &[TransitionId],
) -> InlineVec<TransitionId, 2> {
    if open.len() < 2 {
        return open.iter().copied().collect();
    }
    let mut kept: Vec<Option<TransitionId>> = Vec::with_capacity(open.len());
    // What two transitions leave is what is active inside their domains: these lie one in the other or apart. Those that
    // are kept lie apart, and so one comes behind the other: by domain, each with its place among the kept.
    let mut domains: BTreeMap<StateId, usize> = BTreeMap::new();
    for id in open.iter().copied() {
        let Some(around) = domain(chart, situation, id) else {
            kept.push(Some(id));
            continue;
        };
        let source = chart.transitions.at(id).source;
        let before = domains.range(..=around).next_back();
        let outer = before.filter(|(one, _)| **one == around || chart.inside(around, **one));
        let inner = domains.range((Excluded(around), Included(chart.states.at(around).last)));
        let mut beaten: InlineVec<StateId, 4> = InlineVec::new();
        let mut preempted = false;
        for (one, place) in outer.into_iter().chain(inner) {
            looked_at(1);
            let other = kept.get(*place).copied().flatten();
            if other.is_some_and(|other| chart.inside(source, chart.transitions.at(other).source)) {
                beaten.push(*one);
            } else {
                preempted = true;
                break;
            }
        }
        if !preempted {
            for one in beaten.iter() {
                if let Some(place) = domains.remove(one).and_then(|place| kept.get_mut(place)) {
                    *place = None;
                }
            }
            domains.insert(around, kept.len());
            kept.push(Some(id));
        }
    }
    kept.into_iter().flatten().collect()
}

/// The domain of a transition here: where its target is a history state, what that recorded decides.
pub(crate) fn domain(chart: &Chart, situation: &Situation, id: TransitionId) -> Option<StateId> {
    let row = chart.transitions.at(id);
    if !row.to_history {
        return row.domain;
    }
    let targets = effective_targets(chart, situation, &row.targets);
    chart.domain(row.source, row.internal, &targets)
}

/// SCXML appendix D, `getEffectiveTargetStates`.
pub(crate) fn effective_targets(
    chart: &Chart,
    situation: &Situation,
    targets: &[StateId],
) -> Vec<StateId> {
    let mut found: Vec<StateId> = Vec::new();
    let mut met: BTreeSet<StateId> = BTreeSet::new();
    let mut open: Vec<StateId> = targets.iter().rev().copied().collect();
    // A default may lead to another history state; as many steps as there are states is a circle.
    let mut steps = chart.states.len();
    while let Some(state) = open.pop() {
        if !matches!(chart.states.at(state).kind, StateKind::History { .. }) || steps == 0 {
            if met.insert(state) {
                found.push(state);
            }
            continue;
        }
        steps -= 1;
        match situation.history.get(&state) {
            Some(recorded) => found.extend(recorded.iter().filter(|id| **id != state)),
            None => open.extend(chart.states.at(state).initial.iter().rev()),
        }
    }
    found
}

/// The first open transition of a list, for the transitions of a term: `None` where none is; undecided ones end the search.
pub(crate) fn first_open(
    workflow: &Compiled,
    situation: &Situation,
    context: &Context,
    transitions: &[TransitionId],
) -> Result<Option<TransitionId>, Fault> {
    for id in transitions {
        match stance(workflow, situation, context, *id, Requester::Inside)? {
            Truth::True => return Ok(Some(*id)),
            Truth::Unknown => return Ok(None),
            Truth::False => {}
        }
    }
    Ok(None)
}
