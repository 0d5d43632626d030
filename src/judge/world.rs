//! One situation of a case, of which only some things may be otherwise.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::rc::Rc;
use std::sync::Arc;

use fixedbitset::FixedBitSet;

use crate::rule::program::Reads;
use crate::rule::{Context, Requirement};
use crate::table::{FactId, Id};

/// Something of a situation that may be otherwise.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Input {
    Fact(FactId),
    /// An entry of the event's payload.
    Data(Arc<str>),
    /// When the event is answered: never earlier.
    Time,
}

/// What may be otherwise.
#[derive(Debug, Clone, Default)]
pub(crate) struct Free {
    pub facts: FixedBitSet,
    pub data: BTreeSet<Arc<str>>,
    pub time: bool,
}

impl Free {
    pub fn of<'a>(inputs: impl IntoIterator<Item = &'a Input>, facts: usize) -> Self {
        let mut free = Self { facts: FixedBitSet::with_capacity(facts), ..Self::default() };
        for input in inputs {
            match input {
                Input::Fact(id) => free.facts.insert(id.index()),
                Input::Data(name) => _ = free.data.insert(Arc::clone(name)),
                Input::Time => free.time = true,
            }
        }
        free
    }

    /// Whether nothing of what is read may be otherwise.
    pub fn leaves(&self, reads: &Reads) -> bool {
        let moves = self.time || !self.data.is_empty();
        !(reads.now && self.time || reads.event && moves)
            && reads.facts.iter().all(|id| !self.facts.contains(id.index()))
    }
}

/// What parts of scripts read, once for all questions about one workflow.
#[derive(Debug, Default)]
pub(crate) struct Reading {
    /// By the address of the node; `None` of what hangs on variables of its script. Only asked, never walked.
    pub(super) nodes: RefCell<HashMap<usize, Option<Rc<Reads>>>>,
    pub(super) rules: RefCell<BTreeMap<Requirement, Rc<Reads>>>,
}

/// A situation, and what may be otherwise in it.
#[derive(Clone)]
pub(crate) struct World<'w> {
    /// With the event that is asked about.
    pub context: Context<'w>,
    pub free: Free,
    pub reading: &'w Reading,
}
