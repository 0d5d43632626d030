//! Which transitions answer: SCXML's selection (appendix D) with three-valued conditions.
//!
//! Each active leaf state sends a walker up through its ancestors; a walker stops at the first state with an
//! open transition. Where a transition is undecided, its walker ends there, and so does every walker that comes
//! to a state around it: nothing behind missing information is tried.

use crate::case::event::Actor;
use crate::case::signing;
use crate::case::situation::Situation;
use crate::definition::model::StateKind;
use crate::rule::{Context, Fault, Truth};
use crate::short::Short;
use crate::table::{EventId, StateId, TransitionId};
use crate::workflow::Compiled;
use crate::workflow::chart::Chart;
use crate::workflow::heard::{Candidate, asks};

/// What selection found.
#[derive(Debug, Clone, Default)]
pub(crate) struct Selection {
    /// Open transitions without conflicts, in the order in which they are taken.
    pub open: Short<TransitionId, 2>,
    /// Transitions that listen, were tried and are not open.
    pub refused: Short<(TransitionId, Truth), 3>,
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

/// Who asks for transitions.
#[derive(Clone, Copy)]
pub(crate) enum Asker<'a> {
    /// An actor from outside: `by`, `not_by` and `signed_by` hold.
    Outside(Option<&'a Actor>),
    /// A term, a raised or a sent event: nobody is asked; a transition with `not_by` has nobody to exclude, one
    /// with `signed_by` nobody to sign, and so both stay shut.
    Inside,
}

impl<'a> Asker<'a> {
    pub fn actor(self) -> Option<&'a Actor> {
        match self {
            Self::Outside(actor) => actor,
            Self::Inside => None,
        }
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

/// Selects transitions for an event, or eventless ones.
pub(crate) fn select(
    workflow: &Compiled,
    situation: &Situation,
    context: &Context,
    wanted: Wanted,
    asker: Asker,
) -> Result<Selection, Fault> {
    let wanted = match wanted {
        Wanted::Event(name) => Wanted::Known(workflow.heard.number(name), name),
        known => known,
    };
    Round { workflow, situation, context, wanted, asker, brief: false }.run()
}

/// The same for whoever only asks whether anything listens, and whether it is open: what is not open is not all named.
pub(crate) fn select_briefly(
    workflow: &Compiled,
    situation: &Situation,
    context: &Context,
    wanted: Wanted,
    asker: Asker,
) -> Result<Selection, Fault> {
    Round { workflow, situation, context, wanted, asker, brief: true }.run()
}

/// One selection.
struct Round<'s> {
    workflow: &'s Compiled,
    situation: &'s Situation,
    context: &'s Context<'s>,
    wanted: Wanted<'s>,
    asker: Asker<'s>,
    brief: bool,
}

impl Round<'_> {
    fn run(&self) -> Result<Selection, Fault> {
        let mut found = Selection::default();
        if self.is_chain() {
            self.climb(&mut found)?;
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
        let mut walking: Short<bool, 24> = active.iter().map(|_| false).collect();
        let mut answers: Short<Option<Answer>, 24> = active.iter().map(|_| None).collect();
        let mut undecided: Short<Option<TransitionId>, 24> = active.iter().map(|_| None).collect();
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
        let mut open: Short<TransitionId, 8> = Short::new();
        for answer in answers.iter().flatten() {
            let Answer::Transition(id) = answer else { continue };
            // A signature that is not the last leaves nothing, and so is in nobody's way.
            if self.is_last(*id) {
                if !open.contains(id) {
                    open.push(*id);
                }
            } else if !found.signed().contains(id) {
                found.rest().signed.push(*id);
            }
        }
        found.open = without_conflicts(chart, self.situation, &open);
        Ok(())
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
        let mut fate = Fate { answer: None, undecided: blocked };
        match self.wanted {
            Wanted::Always => {
                for id in &row.always {
                    let candidate = workflow.heard.candidate(*id);
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
                    Wanted::Known(Some(number), _) => workflow.heard.candidates(state, number),
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
                    if self.judge(workflow.heard.candidate(*id), &mut fate, found)? {
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
        if self.workflow.heard.candidate(id).asks & asks::SIGNED == 0 {
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
    asker: Asker,
) -> Result<Truth, Fault> {
    weigh(workflow, situation, context, workflow.heard.candidate(id), asker)
}

#[inline]
fn weigh(
    workflow: &Compiled,
    situation: &Situation,
    context: &Context,
    candidate: Candidate,
    asker: Asker,
) -> Result<Truth, Fault> {
    let Candidate { id, asks } = candidate;
    if let Some(meter) = context.meter {
        meter.spend(1);
    }
    if asks & (asks::ROLE | asks::NOT_BY | asks::SIGNED) != 0
        && !is_welcome(workflow, situation, context, candidate, asker)
    {
        return Ok(Truth::False);
    }
    if let Some(watch) = context.watch {
        watch.judges(&workflow.rules, id, context);
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

/// Whether who asks may take or sign a transition.
fn is_welcome(
    workflow: &Compiled,
    situation: &Situation,
    context: &Context,
    candidate: Candidate,
    asker: Asker,
) -> bool {
    let Candidate { id, asks } = candidate;
    let transition = workflow.definition.transitions.at(id);
    if let (Asker::Outside(actor), Some(roles)) = (asker, &transition.by)
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

/// Whether an actor has one of some roles.
pub(crate) fn plays<'r>(actor: Option<&Actor>, roles: impl IntoIterator<Item = &'r str>) -> bool {
    let Some(actor) = actor else { return false };
    roles.into_iter().any(|role| actor.roles.iter().any(|played| played == role))
}

/// Whether the actor is known and is none of those who sent the events of `not_by` in this case.
pub(crate) fn is_another(
    context: &Context,
    transition: &crate::definition::model::Transition,
    asker: Asker,
) -> bool {
    let Some(id) = asker.actor().and_then(|actor| actor.id.as_deref()) else { return false };
    !transition.not_by.iter().any(|pattern| context.past.has_sent(pattern, id))
}

/// SCXML appendix D, `removeConflictingTransitions`: of two transitions that leave a common state the inner one
/// wins, else the one whose leaf comes first in the document.
fn without_conflicts(
    chart: &Chart,
    situation: &Situation,
    open: &[TransitionId],
) -> Short<TransitionId, 2> {
    if open.len() < 2 {
        return open.iter().copied().collect();
    }
    let leaves = |id: TransitionId| domain(chart, situation, id);
    let mut kept: Vec<(TransitionId, Option<StateId>)> = Vec::new();
    for id in open.iter().copied() {
        let around = leaves(id);
        let source = chart.transitions.at(id).source;
        let mut preempted = false;
        let mut beaten = Vec::new();
        for (place, (other, other_around)) in kept.iter().enumerate() {
            let (Some(one), Some(two)) = (around, *other_around) else { continue };
            // What two transitions leave is what is active inside their domains: these lie one in the other or apart.
            if !(one == two || chart.inside(one, two) || chart.inside(two, one)) {
                continue;
            }
            if chart.inside(source, chart.transitions.at(*other).source) {
                beaten.push(place);
            } else {
                preempted = true;
                break;
            }
        }
        if !preempted {
            let mut place = 0;
            kept.retain(|_| {
                place += 1;
                !beaten.contains(&(place - 1))
            });
            kept.push((id, around));
        }
    }
    kept.into_iter().map(|(id, _)| id).collect()
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
    let mut open: Vec<StateId> = targets.iter().rev().copied().collect();
    // A default may lead to another history state; as many steps as there are states is a circle.
    let mut steps = chart.states.len();
    while let Some(state) = open.pop() {
        if !matches!(chart.states.at(state).kind, StateKind::History { .. }) || steps == 0 {
            if !found.contains(&state) {
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
        match stance(workflow, situation, context, *id, Asker::Inside)? {
            Truth::True => return Ok(Some(*id)),
            Truth::Unknown => return Ok(None),
            Truth::False => {}
        }
    }
    Ok(None)
}
