//! Who looks on while a case is decided, without a say in the answer: coverage counts, and whoever goes through a journal
//! from which values were erased supposes them.

use super::doubt::Doubt;
use super::{Context, Rules, Truth};
use crate::table::{StateId, TransitionId};

/// Looks on for the length of one call.
pub(crate) trait Observer {
    /// What is not known, and supposed.
    #[inline]
    fn doubt(&self) -> Option<&Doubt> {
        None
    }

    /// Whether what stands at a path, of facts or payload, may yet come. Where it is unknown, `known` and `??` then decide
    /// nothing.
    fn hopes(&self, _path: &str) -> bool {
        false
    }

    /// A transition is judged in this context.
    fn judges(&self, _: &Rules, _: TransitionId, _: &Context) {}

    /// The verdict that a transition is taken to have whose own was found: another one is what conformance supposes, at a
    /// cost.
    #[inline]
    fn verdict(&self, _: TransitionId, found: Truth) -> Truth {
        found
    }

    /// Whether an event that lacks something is refused as a whole.
    fn bars(&self) -> bool {
        true
    }

    /// A step held, in a case of these rules: it entered these and took these.
    fn moved(&self, _: &Rules, _entered: &[StateId], _taken: &[TransitionId]) {}

    /// Whether it looks at child cases too.
    fn sees_children(&self) -> bool {
        false
    }
}

impl Observer for Doubt {
    #[inline]
    fn doubt(&self) -> Option<&Doubt> {
        Some(self)
    }
}
