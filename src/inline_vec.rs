//! Lists that are short nearly always: kept in place up to a number of items, on the heap beyond it.

/// A list of which there is hardly ever more than one item: that one without the heap.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) enum OneOrMany<T> {
    #[default]
    None,
    One(T),
    Many(Vec<T>),
}

impl<T> OneOrMany<T> {
    /// Puts one at the end.
    pub fn push(&mut self, item: T) {
        *self = match std::mem::take(self) {
            Self::None => Self::One(item),
            Self::One(first) => Self::Many(vec![first, item]),
            Self::Many(mut items) => {
                items.push(item);
                Self::Many(items)
            }
        };
    }
}

impl<T> std::ops::Deref for OneOrMany<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        match self {
            Self::None => &[],
            Self::One(item) => std::slice::from_ref(item),
            Self::Many(items) => items,
        }
    }
}

impl<T> From<Vec<T>> for OneOrMany<T> {
    fn from(items: Vec<T>) -> Self {
        if items.is_empty() { Self::None } else { Self::Many(items) }
    }
}

/// A list of small items, the first `N` without the heap.
#[derive(Clone)]
pub(crate) enum InlineVec<T, const N: usize> {
    Near { length: u8, items: [T; N] },
    Far(Vec<T>),
}

impl<T: Copy + Default, const N: usize> InlineVec<T, N> {
    pub fn new() -> Self {
        Self::Near { length: 0, items: [T::default(); N] }
    }

    pub fn as_slice(&self) -> &[T] {
        match self {
            Self::Near { length, items } => items.get(..usize::from(*length)).unwrap_or_default(),
            Self::Far(items) => items,
        }
    }

    pub fn as_mut_slice(&mut self) -> &mut [T] {
        match self {
            Self::Near { length, items } => {
                items.get_mut(..usize::from(*length)).unwrap_or_default()
            }
            Self::Far(items) => items,
        }
    }

    pub fn push(&mut self, item: T) {
        if let Self::Near { length, items } = self {
            if let Some(place) = items.get_mut(usize::from(*length))
                && *length < u8::MAX
            {
                *place = item;
                *length += 1;
                return;
            }
            *self = Self::Far(self.to_vec());
        }
        if let Self::Far(items) = self {
            items.push(item);
        }
    }

    /// Puts an item before the one of this place, which must be one or the end.
    pub fn insert(&mut self, at: usize, item: T) {
        self.push(item);
        if let Some(behind) = self.as_mut_slice().get_mut(at..)
            && behind.len() > 1
        {
            behind.rotate_right(1);
        }
    }

    /// Takes the item of a place out, if there is one.
    pub fn remove(&mut self, at: usize) {
        match self {
            Self::Near { length, items } => {
                let known = items.get_mut(..usize::from(*length)).unwrap_or_default();
                if let Some(behind) = known.get_mut(at..)
                    && !behind.is_empty()
                {
                    if behind.len() > 1 {
                        behind.rotate_left(1);
                    }
                    *length -= 1;
                }
            }
            Self::Far(items) => {
                if at < items.len() {
                    items.remove(at);
                }
            }
        }
    }
}

impl<T: Copy + Default, const N: usize> Default for InlineVec<T, N> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T: Copy + Default, const N: usize> std::ops::Deref for InlineVec<T, N> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        self.as_slice()
    }
}

impl<T: Copy + Default + PartialEq, const N: usize> PartialEq for InlineVec<T, N> {
    fn eq(&self, other: &Self) -> bool {
        self.as_slice() == other.as_slice()
    }
}

impl<T: Copy + Default + std::fmt::Debug, const N: usize> std::fmt::Debug for InlineVec<T, N> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.as_slice().fmt(f)
    }
}

impl<T: Copy + Default, const N: usize> Extend<T> for InlineVec<T, N> {
    fn extend<I: IntoIterator<Item = T>>(&mut self, items: I) {
        items.into_iter().for_each(|item| self.push(item));
    }
}

impl<T: Copy + Default, const N: usize> FromIterator<T> for InlineVec<T, N> {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        let mut short = Self::new();
        short.extend(items);
        short
    }
}

impl<'s, T: Copy + Default, const N: usize> IntoIterator for &'s InlineVec<T, N> {
    type Item = &'s T;
    type IntoIter = std::slice::Iter<'s, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.as_slice().iter()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::InlineVec;

    proptest! {
        #[test]
        fn it_is_a_vector(acts in prop::collection::vec((0..3_u8, 0..9_usize, any::<u32>()), 0..40)) {
            let (mut short, mut plain) = (InlineVec::<u32, 3>::new(), Vec::new());
            for (act, at, item) in acts {
                match act {
                    0 => {
                        short.push(item);
                        plain.push(item);
                    }
                    1 => {
                        let at = at.min(plain.len());
                        short.insert(at, item);
                        plain.insert(at, item);
                    }
                    _ => {
                        short.remove(at);
                        if at < plain.len() {
                            plain.remove(at);
                        }
                    }
                }
                prop_assert_eq!(short.as_slice(), plain.as_slice());
            }
        }
    }
}
