//! Data that copies of a case share until one of them changes it.

use std::collections::BTreeMap;
use std::sync::Arc;

/// A list or map that is copied when it is changed; where there is nothing in it, nothing is kept.
#[derive(Clone)]
pub(crate) struct CopyOnWrite<T>(Option<Arc<T>>);

/// What can be empty for everybody at once.
pub(crate) trait HasEmpty: Clone + Default + 'static {
    const NOTHING: &'static Self;
}

impl<T: Clone + 'static> HasEmpty for Vec<T> {
    const NOTHING: &'static Self = &Self::new();
}

impl<K: Clone + Ord + 'static, T: Clone + 'static> HasEmpty for BTreeMap<K, T> {
    const NOTHING: &'static Self = &Self::new();
}

impl<T: HasEmpty> CopyOnWrite<T> {
    /// To change it: a copy, if somebody else has it too.
    pub fn change(&mut self) -> &mut T {
        Arc::make_mut(self.0.get_or_insert_default())
    }

    /// Empties it, without a copy.
    pub fn clear(&mut self) {
        self.0 = None;
    }
}

impl<T> Default for CopyOnWrite<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<T: HasEmpty> std::ops::Deref for CopyOnWrite<T> {
    type Target = T;

    fn deref(&self) -> &T {
        self.0.as_deref().unwrap_or(T::NOTHING)
    }
}

impl<T> From<T> for CopyOnWrite<T> {
    fn from(value: T) -> Self {
        Self(Some(Arc::new(value)))
    }
}

impl<T: HasEmpty + PartialEq> PartialEq for CopyOnWrite<T> {
    fn eq(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (Some(one), Some(two)) if Arc::ptr_eq(one, two) => true,
            _ => **self == **other,
        }
    }
}

impl<T: HasEmpty + std::fmt::Debug> std::fmt::Debug for CopyOnWrite<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        (**self).fmt(f)
    }
}
