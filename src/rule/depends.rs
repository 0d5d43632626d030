//! What the answers for a transition depend on, so that they are worked out anew only when that has changed.

use std::sync::OnceLock;

use fixedbitset::FixedBitSet;

use super::program::Reads;
use super::{Facts, Rules};
use crate::table::{FactId, Id, TransitionId};

/// What some rules read, through factors, derived facts and functions too.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Dependencies {
    pub facts: FixedBitSet,
    /// The time, or the event, which bears it.
    pub time: bool,
    /// What has happened.
    pub past: bool,
    /// Which states are active.
    pub active: bool,
    /// Child cases.
    pub family: bool,
}

impl Dependencies {
    fn of(reads: &Reads, facts: usize) -> Self {
        let mut found = FixedBitSet::with_capacity(facts);
        for id in &reads.facts {
            found.insert(id.index());
        }
        let Reads { now, event, past, active, family, .. } = *reads;
        Self { facts: found, time: now || event, past, active, family }
    }

    /// Takes in what other rules read.
    pub fn extend(&mut self, other: &Self) {
        self.facts.union_with(&other.facts);
        self.time |= other.time;
        self.past |= other.past;
        self.active |= other.active;
        self.family |= other.family;
    }

    /// Whether anything that was read is among what has changed.
    pub fn meets(&self, changed: &Self) -> bool {
        self.time && changed.time
            || self.past && changed.past
            || self.active && changed.active
            || self.family && changed.family
            || !self.facts.is_disjoint(&changed.facts)
    }
}

/// By transition, each worked out when it is first asked for.
#[derive(Debug, Default)]
pub(super) struct Known(Box<[OnceLock<Box<Dependencies>>]>);

impl Known {
    pub fn of(transitions: usize) -> Self {
        Self((0..transitions).map(|_| OnceLock::new()).collect())
    }
}

impl Rules {
    /// What the requirements and the guard of a transition read. Cost: worked out once for each transition, then a lookup.
    pub fn depends(&self, id: TransitionId) -> Option<&Dependencies> {
        let place = self.depends.0.get(id.index())?;
        let found =
            || Box::new(Dependencies::of(&self.reads_through(self.asked_by(id)), self.facts.len()));
        Some(place.get_or_init(found))
    }
}

impl Facts {
    /// The numbers of the facts with another value there. Cost: linear in the facts and in what changed lists hold.
    pub fn changed(&self, other: &Self) -> FixedBitSet {
        let mut changed = FixedBitSet::with_capacity(self.len());
        changed.extend(self.differing(other).map(FactId::index));
        changed
    }
}
