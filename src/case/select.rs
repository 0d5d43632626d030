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
use crate::table::{StateId, TransitionId};
use crate::workflow::Compiled;
use crate::workflow::chart::Chart;

/// What selection found.
#[derive(Debug, Default)]
pub(crate) struct Selection {
    /// Open transitions without conflicts, in the order in which they are taken.
    pub open: Vec<TransitionId>,
    /// Transitions that are signed now, and not yet taken.
    pub signed: Vec<TransitionId>,
    /// Transitions whose signature is withdrawn.
    pub revoked: Vec<TransitionId>,
    /// Transitions that listen, were tried and are not open.
    pub refused: Vec<(TransitionId, Truth)>,
    /// Transitions whose signature would be withdrawn, had the actor signed.
    pub unsigned: Vec<TransitionId>,
    /// Transitions that listen and were not tried, each with the undecided one that hides it.
    pub hidden: Vec<(TransitionId, TransitionId)>,
}

impl Selection {
    /// Whether any transition listens at all.
    pub fn is_expected(&self) -> bool {
        self.is_open()
            || !(self.refused.is_empty() && self.unsigned.is_empty() && self.hidden.is_empty())
    }

    /// Whether any is taken, signed or has a signature withdrawn.
    pub fn is_open(&self) -> bool {
        !(self.open.is_empty() && self.signed.is_empty() && self.revoked.is_empty())
    }

    pub fn has_undecided(&self) -> bool {
        self.refused.iter().any(|(_, truth)| *truth == Truth::Unknown)
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
    Event(&'a str),
    Always,
}

/// What a walker found.
#[derive(Clone, Copy)]
enum Answer {
    Transition(TransitionId),
    /// Signatures are withdrawn.
    Revoked,
}

/// Selects transitions for an event, or eventless ones.
pub(crate) fn select(
    workflow: &Compiled,
    situation: &Situation,
    context: &Context,
    wanted: Wanted,
    asker: Asker,
) -> Result<Selection, Fault> {
    let chart = &workflow.chart;
    let active = &situation.active;
    let mut selection = Selection::default();
    // By place in `active`: the walkers that have come there, each named by the place of its leaf; the undecided
    // transition inside, if any; and the answer of the walker from there. Walkers at one state share one fate.
    let mut walkers: Vec<Vec<usize>> = vec![Vec::new(); active.len()];
    let mut undecided: Vec<Option<TransitionId>> = vec![None; active.len()];
    let mut answers: Vec<Option<Answer>> = vec![None; active.len()];
    // Inner states have greater numbers than outer ones: from the back, inner ones come first.
    for (place, state) in active.iter().enumerate().rev() {
        let row = chart.states.at(*state);
        if !holds_active(chart, active, place)
            && let Some(here) = walkers.get_mut(place)
        {
            here.push(place);
        }
        let here = walkers.get_mut(place).map(std::mem::take).unwrap_or_default();
        let mut blocked = undecided.get(place).copied().flatten();
        let mut answer = None;
        if !here.is_empty()
            && !row.revocable.is_empty()
            && blocked.is_none()
            && let Wanted::Event(name) = wanted
        {
            // Before the state's own transitions: what somebody has signed is the nearest thing to withdraw.
            let (own, others) = signing::revocable(workflow, situation, *state, name, asker);
            if own.is_empty() {
                selection.unsigned.extend(others);
            } else {
                selection.revoked.extend(own);
                answer = Some(Answer::Revoked);
            }
        }
        if !here.is_empty() && answer.is_none() {
            let candidates = match wanted {
                Wanted::Event(_) => &row.on,
                Wanted::Always => &row.always,
            };
            for id in candidates {
                if let Wanted::Event(name) = wanted
                    && !chart.listens(*id, name)
                {
                    continue;
                }
                if let Some(by) = blocked {
                    selection.hidden.push((*id, by));
                    continue;
                }
                match stance(workflow, situation, context, *id, asker)? {
                    Truth::True => {
                        answer = Some(Answer::Transition(*id));
                        break;
                    }
                    Truth::Unknown => {
                        selection.refused.push((*id, Truth::Unknown));
                        blocked = Some(*id);
                    }
                    Truth::False => selection.refused.push((*id, Truth::False)),
                }
            }
        }
        let parent = row.parent.and_then(|parent| active.binary_search(&parent).ok());
        if let Some(open) = answer {
            for walker in &here {
                if let Some(slot) = answers.get_mut(*walker) {
                    *slot = Some(open);
                }
            }
        } else if let Some(up) = parent.and_then(|parent| walkers.get_mut(parent)) {
            // Where something is undecided they go on only to name what they would have tried.
            up.extend(here);
        }
        if let (Some(_), Some(slot)) =
            (blocked, parent.and_then(|parent| undecided.get_mut(parent)))
        {
            *slot = slot.or(blocked);
        }
    }
    let mut open: Vec<TransitionId> = Vec::new();
    for answer in answers.into_iter().flatten() {
        let Answer::Transition(id) = answer else { continue };
        let transition = workflow.definition.transitions.at(id);
        // A signature that is not the last leaves nothing, and so is in nobody's way.
        let last = signing::is_last(transition, situation, context, id);
        let found = if last { &mut open } else { &mut selection.signed };
        if !found.contains(&id) {
            found.push(id);
        }
    }
    selection.open = without_conflicts(chart, situation, open);
    Ok(selection)
}

/// Whether the state at a place has an active state inside: it is the next one, if any.
fn holds_active(chart: &Chart, active: &[StateId], place: usize) -> bool {
    match (active.get(place), active.get(place + 1)) {
        (Some(outer), Some(next)) => chart.inside(*next, *outer),
        _ => false,
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
    let transition = workflow.definition.transitions.at(id);
    if let (Asker::Outside(actor), Some(roles)) = (asker, &transition.by)
        && !plays(actor, roles.iter().map(|role| role.as_str()))
    {
        return Ok(Truth::False);
    }
    if !transition.not_by.is_empty() && !is_another(context, transition, asker) {
        return Ok(Truth::False);
    }
    if signing::refusal(transition, situation, context, id, asker).is_some() {
        return Ok(Truth::False);
    }
    if let Some(watch) = context.watch {
        watch.judges(&workflow.rules, id, context);
    }
    let mut truth = Truth::True;
    for requirement in workflow.rules.requirements(id) {
        match workflow.rules.holds(*requirement, context)? {
            Truth::False => return Ok(Truth::False),
            Truth::Unknown => truth = Truth::Unknown,
            Truth::True => {}
        }
    }
    if let Some(guard) = workflow.rules.guard(id) {
        match workflow.rules.decide(guard, context)? {
            Truth::False => return Ok(Truth::False),
            Truth::Unknown => truth = Truth::Unknown,
            Truth::True => {}
        }
    }
    Ok(truth)
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
    open: Vec<TransitionId>,
) -> Vec<TransitionId> {
    if open.len() < 2 {
        return open;
    }
    let leaves = |id: TransitionId| domain(chart, situation, id);
    let mut kept: Vec<(TransitionId, Option<StateId>)> = Vec::new();
    for id in open {
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
