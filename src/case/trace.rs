//! What a step did, by number; names are put to it when it is to_parent.

use crate::case::answer::{Dropped, Message, Signature};
use crate::short::Short;
use crate::table::{StateId, TransitionId};

/// The states and transitions of a step, in order, and what it emitted.
#[derive(Debug, Default)]
pub(crate) struct Trace {
    pub left: Short<StateId, 4>,
    pub taken: Short<TransitionId, 3>,
    pub entered: Short<StateId, 4>,
    pub emitted: Vec<Message>,
    /// What it sent to its parent.
    pub to_parent: Vec<Message>,
    /// What became of signatures.
    pub signatures: Vec<SignatureNote>,
}

/// What happened to signatures in a step, in order.
#[derive(Debug, Clone)]
pub(crate) enum SignatureNote {
    Given(TransitionId),
    /// The last was given: all of them.
    Complete(TransitionId, Vec<Signature>),
    Dropped(TransitionId, Vec<Dropped>),
}
