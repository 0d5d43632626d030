//! The active states of a case, with the last of them where one load reaches it.

use crate::short::Short;
use crate::table::StateId;

/// Active states, compound ones included, ascending: document order, inner ones behind outer ones.
#[derive(Clone)]
pub(crate) struct Active {
    states: Short<StateId, 6>,
    /// The last one: where one leaf only is active, that.
    innermost: StateId,
}

impl Active {
    /// The last one, the one leaf where there is only one; a number that no state has where none is active.
    #[inline(always)]
    pub fn innermost(&self) -> StateId {
        self.innermost
    }

    /// Adds a state, if it is not there.
    pub fn insert(&mut self, state: StateId) {
        if let Err(at) = self.states.binary_search(&state) {
            self.states.insert(at, state);
            self.reach();
        }
    }

    pub fn remove(&mut self, state: StateId) {
        if let Ok(at) = self.states.binary_search(&state) {
            self.states.remove(at);
            self.reach();
        }
    }

    fn reach(&mut self) {
        self.innermost = self.states.last().copied().unwrap_or(NOWHERE);
    }
}

const NOWHERE: StateId = StateId(u32::MAX);

impl Default for Active {
    fn default() -> Self {
        Self { states: Short::new(), innermost: NOWHERE }
    }
}

impl std::ops::Deref for Active {
    type Target = [StateId];

    fn deref(&self) -> &[StateId] {
        &self.states
    }
}

impl PartialEq for Active {
    fn eq(&self, other: &Self) -> bool {
        self.states == other.states
    }
}

impl std::fmt::Debug for Active {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.states.fmt(f)
    }
}

impl FromIterator<StateId> for Active {
    fn from_iter<I: IntoIterator<Item = StateId>>(states: I) -> Self {
        let mut active = Self::default();
        states.into_iter().for_each(|state| active.insert(state));
        active
    }
}

impl<'a> IntoIterator for &'a Active {
    type Item = &'a StateId;
    type IntoIter = std::slice::Iter<'a, StateId>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn it_is_a_set_that_knows_its_last(acts in prop::collection::vec((any::<bool>(), 0..20_u32), 0..40)) {
            let (mut active, mut plain) = (Active::default(), BTreeSet::new());
            for (comes, number) in acts {
                let state = StateId(number);
                if comes {
                    active.insert(state);
                    plain.insert(state);
                } else {
                    active.remove(state);
                    plain.remove(&state);
                }
                prop_assert!(active.iter().eq(&plain));
                prop_assert_eq!(active.innermost(), plain.last().copied().unwrap_or(NOWHERE));
                prop_assert_eq!(&active, &plain.iter().copied().collect());
            }
        }
    }
}
