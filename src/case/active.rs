//! The active states of a case.

use crate::inline_vec::InlineVec;
use crate::table::StateId;

/// Active states, compound ones included, ascending: document order, inner ones behind outer ones.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Active(InlineVec<StateId, 6>);

impl Active {
    /// Adds a state, if it is not there.
    pub fn insert(&mut self, state: StateId) {
        if let Err(at) = self.0.binary_search(&state) {
            self.0.insert(at, state);
        }
    }

    pub fn remove(&mut self, state: StateId) {
        if let Ok(at) = self.0.binary_search(&state) {
            self.0.remove(at);
        }
    }
}

impl std::ops::Deref for Active {
    type Target = [StateId];

    fn deref(&self) -> &[StateId] {
        &self.0
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
        fn it_is_a_set(acts in prop::collection::vec((any::<bool>(), 0..20_u32), 0..40)) {
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
                prop_assert_eq!(&active, &plain.iter().copied().collect());
            }
        }
    }
}
