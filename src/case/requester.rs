//! Who asks for a transition, and whether it is somebody who may.

use crate::case::event::Actor;
use crate::definition::model::Transition;
use crate::person;
use crate::rule::Context;

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
