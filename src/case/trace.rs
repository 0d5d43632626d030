//! What a step did, by number; names are put to it when it is told.

use crate::case::answer::{DroppedSignature, Message, Signature};
use crate::inline_vec::InlineVec;
use crate::table::{StateId, TransitionId};

/// The states and transitions of a step, in order, and what it emitted.
#[derive(Debug, Default)]
pub(crate) struct Trace {
    pub left: InlineVec<StateId, 4>,
    pub taken: InlineVec<TransitionId, 3>,
    pub entered: InlineVec<StateId, 4>,
    pub emitted: Vec<Message>,
    /// What it sent to its parent.
    pub to_parent: Vec<ToParent>,
    /// What became of signatures.
    pub signatures: Vec<SignatureNote>,
}

/// An event for the parent, with its number in the order of sending.
#[derive(Debug, Clone)]
pub(crate) struct ToParent {
    pub order: u64,
    pub event: Message,
}

/// What happened to signatures in a step, in order.
#[derive(Debug, Clone)]
pub(crate) enum SignatureNote {
    Given(TransitionId),
    /// The last was given: all of them.
    Complete(TransitionId, Vec<Signature>),
    Dropped(TransitionId, Vec<DroppedSignature>),
}
