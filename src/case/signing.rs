//! Signatures that a transition waits for: who may give one, which of them stand, and who is missing.
//!
//! A signature is a firing of the transition's event that all conditions let through. It stands until the transition is
//! taken, its state is left, its giver withdraws it, or something changes that it was given for.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

use crate::case::answer::{DropCause, DroppedSignature, Signature, SigningRefusal};
use crate::case::contract::governing;
use crate::case::event::Actor;
use crate::case::requester::Requester;
use crate::case::situation::{GivenSignature, Signatures, Situation};
use crate::case::trace::SignatureNote;
use crate::definition::model::Transition;
use crate::diagnostic::Span;
use crate::person::Person;
use crate::rule::{Context, Current, Facts, Fault};
use crate::table::{FactId, StateId, TransitionId};
use crate::workflow::Compiled;

/// The persons that a transition asks for by role, and who sits where: a bipartite matching that grows by augmenting
/// paths (Berge 1957), so that whoever has several of the roles fills the one that leaves the rest possible.
///
/// Roles are in the order of the alphabet: a file that lists them otherwise means the same and gives the same answers.
#[derive(Debug)]
pub(crate) struct RoleAssignment<'t> {
    roles: Vec<&'t str>,
    /// How many persons each role stands for, and how many of these there are.
    wanted: Vec<usize>,
    taken: Vec<usize>,
    /// By person, the roles that it has and the one that it sits for.
    persons: Vec<(Vec<usize>, usize)>,
}

impl<'t> RoleAssignment<'t> {
    pub fn of(transition: &'t Transition) -> Self {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for role in &transition.signed_by {
            *counts.entry(role.as_str()).or_insert(0) += 1;
        }
        let (roles, wanted): (Vec<&str>, Vec<usize>) = counts.into_iter().unzip();
        let taken = vec![0; roles.len()];
        Self { roles, wanted, taken, persons: Vec::new() }
    }

    /// The roles of the transition that somebody has, in the order of the alphabet.
    pub fn roles_of(&self, has: &[impl AsRef<str>]) -> Vec<Arc<str>> {
        let own = self.roles.iter().filter(|role| has.iter().any(|one| one.as_ref() == **role));
        own.map(|role| Arc::from(*role)).collect()
    }

    /// Finds a seat for one person more, moving others to another of their roles where that helps. `false`, and nothing
    /// moves, where there is none. Cost: linear in the roles of all persons together.
    pub fn seat(&mut self, roles: &[Arc<str>]) -> bool {
        let place = |role: &Arc<str>| self.roles.binary_search(&role.as_ref()).ok();
        let own: Vec<usize> = roles.iter().filter_map(place).collect();
        // By role: whether it was reached, and by moving whom from where.
        let mut seen = vec![false; self.roles.len()];
        let mut through: Vec<Option<(usize, usize)>> = vec![None; self.roles.len()];
        let mut open: VecDeque<usize> = own.iter().copied().collect();
        for role in &own {
            mark(&mut seen, *role);
        }
        while let Some(role) = open.pop_front() {
            if self.taken.get(role) < self.wanted.get(role) {
                self.shift(role, &through, own);
                return true;
            }
            for (person, (others, at)) in self.persons.iter().enumerate() {
                if *at != role {
                    continue;
                }
                for other in others {
                    if mark(&mut seen, *other) {
                        if let Some(way) = through.get_mut(*other) {
                            *way = Some((person, role));
                        }
                        open.push_back(*other);
                    }
                }
            }
        }
        false
    }

    /// Moves everybody along a path to a free seat, and lets the new person have the one that becomes free.
    fn shift(&mut self, free: usize, through: &[Option<(usize, usize)>], own: Vec<usize>) {
        if let Some(taken) = self.taken.get_mut(free) {
            *taken += 1;
        }
        let mut role = free;
        while let Some((person, from)) = through.get(role).copied().flatten() {
            if let Some((_, at)) = self.persons.get_mut(person) {
                *at = role;
            }
            role = from;
        }
        self.persons.push((own, role));
    }

    /// The role that a person sits for.
    fn role(&self, person: usize) -> &'t str {
        let at = self.persons.get(person).map(|(_, at)| *at);
        at.and_then(|at| self.roles.get(at)).copied().unwrap_or_default()
    }

    /// For each person that is missing the roles of which any would do, since those who sit may move.
    pub fn missing(&self) -> Vec<Vec<String>> {
        let mut missing = Vec::new();
        for (role, (wanted, taken)) in self.wanted.iter().zip(&self.taken).enumerate() {
            if taken < wanted {
                let any = self.instead(role);
                missing.extend(std::iter::repeat_n(any, wanted - taken));
            }
        }
        missing
    }

    /// The roles that could be missing instead of one.
    fn instead(&self, role: usize) -> Vec<String> {
        let mut seen = vec![false; self.roles.len()];
        let mut open = vec![role];
        mark(&mut seen, role);
        while let Some(role) = open.pop() {
            for (others, at) in &self.persons {
                if others.contains(&role) && mark(&mut seen, *at) {
                    open.push(*at);
                }
            }
        }
        let any = self.roles.iter().zip(seen).filter(|(_, seen)| *seen);
        any.map(|(role, _)| (*role).to_owned()).collect()
    }
}

/// Whether it was not marked yet.
fn mark(seen: &mut [bool], index: usize) -> bool {
    seen.get_mut(index).is_some_and(|seen| !std::mem::replace(seen, true))
}

/// Those who have signed, each where it sits.
pub(crate) fn seated<'t>(
    transition: &'t Transition,
    given: &[GivenSignature],
) -> RoleAssignment<'t> {
    let mut seats = RoleAssignment::of(transition);
    for one in given {
        seats.seat(&one.roles);
    }
    seats
}

/// The earlier signatures that stand beside one that is given now.
fn standing<'s>(
    situation: &'s Situation,
    context: &Context,
    id: TransitionId,
) -> &'s [GivenSignature] {
    let Some(waiting) = situation.signatures.get(&id) else { return &[] };
    // Where it is only asked what could be, the payload is not there yet.
    let asked = context.supposed;
    match context.event {
        Some(event) if asked || event.data == waiting.data => &waiting.given,
        _ => &[],
    }
}

/// Why an actor may not sign a transition now; `None` where it may, or where no signature is asked for.
pub(crate) fn refusal(
    transition: &Transition,
    situation: &Situation,
    context: &Context,
    id: TransitionId,
    asker: Requester,
) -> Option<SigningRefusal> {
    if transition.signed_by.is_empty() {
        return None;
    }
    let Some((actor, name)) = asker.actor().and_then(|actor| Some((actor, actor.id.as_deref()?)))
    else {
        return Some(SigningRefusal::Nobody);
    };
    let given = standing(situation, context, id);
    let person = Person::of(name);
    if given.iter().any(|one| one.person == person) {
        return Some(SigningRefusal::Twice);
    }
    let mut seats = seated(transition, given);
    let roles = seats.roles_of(&actor.roles);
    (!seats.seat(&roles)).then_some(SigningRefusal::Role)
}

/// Whether a signature that may be given now is the last, which takes the transition.
pub(crate) fn is_last(
    transition: &Transition,
    situation: &Situation,
    context: &Context,
    id: TransitionId,
) -> bool {
    standing(situation, context, id).len() + 1 >= transition.signed_by.len()
}

/// Adds a signature that may be given. With the last one nothing waits any more.
pub(crate) fn sign(
    workflow: &Compiled,
    situation: &mut Situation,
    id: TransitionId,
    event: &Current,
    actor: Option<&Actor>,
    notes: &mut Vec<SignatureNote>,
) -> Result<(), Fault> {
    let transition = workflow.definition.transitions.at(id);
    let named = actor.and_then(|actor| Some((actor, actor.id.as_deref()?)));
    let Some((actor, name)) = named.filter(|_| !transition.signed_by.is_empty()) else {
        return Ok(());
    };
    if situation.signatures.get(&id).is_some_and(|waiting| waiting.data != event.data) {
        drop_all(workflow, situation, id, &DropCause::Payload, notes);
    }
    let limit = workflow.limits.waiting_signatures;
    let all: usize = situation.signatures.values().map(|waiting| waiting.given.len()).sum();
    if all >= limit {
        return Err(Fault {
            code: "limit-waiting-signatures",
            message: format!("{limit} signatures wait in the case, the most that may"),
            span: Span::default(),
            hint: None,
        });
    }
    let given = GivenSignature {
        actor: Arc::from(name),
        person: Person::of(name),
        unit: actor.unit.as_deref().map(Arc::from),
        roles: RoleAssignment::of(transition).roles_of(&actor.roles),
        event: Arc::clone(&event.name),
        at: situation.time,
    };
    let waiting = situation
        .signatures
        .change()
        .entry(id)
        .or_insert_with(|| Signatures { data: event.data.clone(), given: Vec::new() });
    waiting.given.push(given);
    if waiting.given.len() < transition.signed_by.len() {
        notes.push(SignatureNote::Given(id));
    } else if let Some(waiting) = situation.signatures.change().remove(&id) {
        notes.push(SignatureNote::Complete(id, signatures(transition, &waiting.given)));
    }
    Ok(())
}

/// Transitions at a state that an actor has signed and whose signature an event withdraws; and those that it would
/// withdraw, had the actor signed.
pub(crate) fn revocable(
    workflow: &Compiled,
    situation: &Situation,
    state: StateId,
    event: &str,
    asker: Requester,
) -> (Vec<TransitionId>, Vec<TransitionId>) {
    let person = asker.actor().and_then(|actor| actor.id.as_deref()).map(Person::of);
    let listens = |id: &TransitionId| workflow.chart.revokes(*id, event);
    let listeners = workflow.chart.states.at(state).revocable.iter().copied().filter(listens);
    listeners.partition(|id| {
        let given = situation.signatures.get(id).map_or(&[][..], |waiting| &waiting.given);
        given.iter().any(|one| Some(&one.person) == person.as_ref())
    })
}

/// Takes back what an actor has signed.
pub(crate) fn revoke(
    workflow: &Compiled,
    situation: &mut Situation,
    id: TransitionId,
    actor: Option<&Actor>,
    notes: &mut Vec<SignatureNote>,
) {
    let person = actor.and_then(|actor| actor.id.as_deref()).map(Person::of);
    drop_where(workflow, situation, id, &DropCause::Revoked, notes, |one| {
        Some(&one.person) == person.as_ref()
    });
}

/// Drops what waits at the transitions of a state that is left.
pub(crate) fn leave(
    workflow: &Compiled,
    situation: &mut Situation,
    state: StateId,
    notes: &mut Vec<SignatureNote>,
) {
    if situation.signatures.is_empty() {
        return;
    }
    let on = workflow.chart.states.at(state).on.iter().copied();
    let own = on.filter(|id| situation.signatures.contains_key(id));
    for id in own.collect::<std::collections::BTreeSet<_>>() {
        drop_all(workflow, situation, id, &DropCause::Left, notes);
    }
}

/// Drops the signatures for which something has changed: a fact that the transition reads in its guard, its requirements
/// or its actions, through factors and derived facts too, or that one of the events that sign it may carry. `event` is
/// the one that is being answered, if it is its facts that are new.
///
/// Only a fact's own value counts: that time passes or that something happens drops nothing, and is looked at when the
/// next one signs.
pub(crate) fn drop_changed(
    workflow: &Compiled,
    before: &Facts,
    situation: &mut Situation,
    event: Option<&str>,
    notes: &mut Vec<SignatureNote>,
) {
    if situation.signatures.is_empty() {
        return;
    }
    let changed: Vec<FactId> = before.differing(&situation.facts).collect();
    if changed.is_empty() {
        return;
    }
    let mut dropped = Vec::new();
    for (id, waiting) in situation.signatures.iter() {
        let mut watched = workflow.rules.facts_read(*id);
        let listeners = event.filter(|event| workflow.chart.listens(*id, event));
        let events: BTreeSet<&str> =
            waiting.given.iter().map(|one| &*one.event).chain(listeners).collect();
        for declared in events.into_iter().filter_map(|event| governing(workflow, event)) {
            let carried = declared.sets.iter().chain(&declared.required);
            watched.extend(carried.filter_map(|name| workflow.rules.fact_named(name)));
        }
        let facts = changed.iter().filter(|fact| watched.contains(fact));
        let facts = facts.map(|fact| workflow.definition.facts.at(*fact).name.value.clone());
        let facts: Vec<String> = facts.collect();
        if !facts.is_empty() {
            dropped.push((*id, DropCause::Changed { facts }));
        }
    }
    for (id, cause) in dropped {
        drop_all(workflow, situation, id, &cause, notes);
    }
}

fn drop_all(
    workflow: &Compiled,
    situation: &mut Situation,
    id: TransitionId,
    cause: &DropCause,
    notes: &mut Vec<SignatureNote>,
) {
    drop_where(workflow, situation, id, cause, notes, |_| true);
}

fn drop_where(
    workflow: &Compiled,
    situation: &mut Situation,
    id: TransitionId,
    cause: &DropCause,
    notes: &mut Vec<SignatureNote>,
    gone: impl Fn(&GivenSignature) -> bool,
) {
    if !situation.signatures.contains_key(&id) {
        return;
    }
    let Some(waiting) = situation.signatures.change().get_mut(&id) else { return };
    let all = signatures(workflow.definition.transitions.at(id), &waiting.given);
    let dropped = waiting.given.iter().zip(all).filter(|(one, _)| gone(one));
    let dropped: Vec<DroppedSignature> = dropped
        .map(|(_, signature)| DroppedSignature { signature, cause: cause.clone() })
        .collect();
    waiting.given.retain(|one| !gone(one));
    if waiting.given.is_empty() {
        situation.signatures.change().remove(&id);
    }
    if !dropped.is_empty() {
        notes.push(SignatureNote::Dropped(id, dropped));
    }
}

/// Signatures as they are told.
pub(crate) fn signatures(transition: &Transition, given: &[GivenSignature]) -> Vec<Signature> {
    let seats = seated(transition, given);
    let described = given.iter().enumerate().map(|(person, one)| Signature {
        actor: one.actor.to_string(),
        unit: one.unit.as_ref().map(ToString::to_string),
        role: seats.role(person).to_owned(),
        event: one.event.to_string(),
        at: one.at,
    });
    described.collect()
}

#[cfg(test)]
#[allow(clippy::indexing_slicing)]
mod tests;
