//! Who asks for a transition, and whether it is somebody who may.

use std::borrow::Cow;
use std::sync::Arc;

use indexmap::IndexSet;

use crate::case::event::Actor;
use crate::case::situation::Situation;
use crate::definition::model::Transition;
use crate::person;
use crate::rule::Context;
use crate::value::Value;
use crate::workflow::Compiled;

/// Who asks for transitions.
#[derive(Clone, Copy)]
pub(crate) enum Requester<'a> {
    /// An actor from outside: `by`, `not_by` and `signed_by` hold.
    Outside(Option<&'a Actor>),
    /// A term, a raised or a sent event: nobody is asked for roles; but nobody is somebody else, as `not_by` asks for, or can
    /// sign, and so transitions with these stay shut.
    Inside,
}

impl<'a> Requester<'a> {
    pub fn actor(self) -> Option<&'a Actor> {
        match self {
            Self::Outside(actor) => actor,
            Self::Inside => None,
        }
    }
}

/// Counts what it takes to compare the roles that a transition asks for with those of the actor, of which an event may bring
/// any number. Whether the call may go on.
pub(crate) fn count_roles(context: &Context, actor: Option<&Actor>, asked: usize) -> bool {
    // So many are compared in the time of one operation.
    const COMPARED: usize = 8;
    let (Some(actor), Some(meter)) = (actor, context.meter) else { return true };
    let pairs = actor.roles.len().saturating_mul(asked);
    if pairs >= COMPARED {
        meter.compare_roles((pairs / COMPARED) as u64);
        return meter.left() > 0;
    }
    true
}

/// An actor with the roles that are theirs in this case: of roles that belong to a unit, only those of their own. Asked of
/// a case as it was before an event: what the event reports lets nobody in.
pub(crate) fn in_unit<'a>(
    workflow: &Compiled,
    situation: &Situation,
    actor: &'a Actor,
) -> Cow<'a, Actor> {
    let is_theirs = |role: &String| {
        let Some(held) = unit_of(workflow, situation, role) else { return true };
        let held = held.as_ref().and_then(Value::as_str);
        held.is_some() && held == actor.unit.as_deref()
    };
    if !workflow.has_units || actor.roles.iter().all(is_theirs) {
        return Cow::Borrowed(actor);
    }
    let roles = actor.roles.iter().filter(|role| is_theirs(role)).cloned().collect();
    Cow::Owned(Actor { roles, ..actor.clone() })
}

/// The units of the roles that an actor has, as far as the case knows them.
pub(crate) fn units(workflow: &Compiled, case: &Situation, actor: &Actor) -> IndexSet<Arc<str>> {
    let held = actor.roles.iter().filter_map(|role| unit_of(workflow, case, role)?);
    held.filter_map(|held| held.as_str().map(Arc::from)).collect()
}

/// The unit that a role is for, where the case knows it; `None` for a role that is for none.
fn unit_of(workflow: &Compiled, situation: &Situation, role: &str) -> Option<Option<Value>> {
    let unit = workflow.definition.roles.get(role)?.unit.as_ref()?;
    let fact = workflow.rules.fact_named(unit);
    Some(fact.and_then(|fact| workflow.rules.fact(fact, &situation.context(None)).ok().flatten()))
}

/// Whether an actor has one of some roles.
pub(crate) fn plays<'r>(actor: Option<&Actor>, roles: impl IntoIterator<Item = &'r str>) -> bool {
    let Some(actor) = actor else { return false };
    roles.into_iter().any(|role| actor.roles.iter().any(|played| played == role))
}

/// Whether the actor is a known person and none of those who sent the events of `not_by` in this case, all of whom are
/// known too.
pub(crate) fn is_another(context: &Context, transition: &Transition, asker: Requester) -> bool {
    let Some(id) = asker.actor().and_then(|actor| actor.id.as_deref()) else { return false };
    let mut person = None;
    let mut senders = transition.not_by.iter().flat_map(|pattern| context.past.senders(pattern));
    !senders.any(|who| {
        who.is_anonymous()
            || who.len() > 0 && who.contains(*person.get_or_insert_with(|| person::digest_of(id)))
    })
}
