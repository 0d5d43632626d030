//! Tables indexed by typed numbers, so that a state's number never indexes a table of facts.

use std::marker::PhantomData;

/// A number that one kind of table is indexed by.
pub(crate) trait Id: Copy {
    fn from_index(index: usize) -> Self;
    fn index(self) -> usize;
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub(crate) struct $name(pub u32);
        impl Id for $name {
            #[inline]
            fn from_index(index: usize) -> Self {
                Self(u32::try_from(index).unwrap_or(u32::MAX))
            }
            #[inline]
            fn index(self) -> usize {
                self.0 as usize
            }
        }
    )+};
}

ids! {
    /// A state, numbered in document order; the file itself is 0.
    StateId,
    /// A transition, numbered in document order.
    TransitionId,
    /// A fact, numbered in document order.
    FactId,
    /// A parameter, numbered in document order.
    ParameterId,
    /// A factor, numbered in document order.
    FactorId,
    /// The name of an event that the file declares or listens to, numbered in the order of the alphabet.
    EventId,
}

/// A vector indexed by one kind of number.
#[derive(Debug, Clone)]
pub(crate) struct Table<I, T> {
    rows: Vec<T>,
    kind: PhantomData<fn(I) -> I>,
}

impl<I: Id, T> Table<I, T> {
    pub fn new() -> Self {
        Self { rows: Vec::new(), kind: PhantomData }
    }

    pub fn push(&mut self, row: T) -> I {
        self.rows.push(row);
        I::from_index(self.rows.len() - 1)
    }

    /// The row of a number. Numbers are handed out by `push`, `ids` or `iter` of a table of the same workflow and are
    /// never read from outside (a snapshot names states), so this is the one place where indexing may fail by its form.
    #[allow(clippy::indexing_slicing)]
    pub fn at(&self, id: I) -> &T {
        &self.rows[id.index()]
    }

    /// The row of a number, to change it; see [`at`](Self::at).
    #[allow(clippy::indexing_slicing)]
    pub fn at_mut(&mut self, id: I) -> &mut T {
        &mut self.rows[id.index()]
    }

    pub fn len(&self) -> usize {
        self.rows.len()
    }

    pub fn get(&self, id: I) -> Option<&T> {
        self.rows.get(id.index())
    }

    pub fn get_mut(&mut self, id: I) -> Option<&mut T> {
        self.rows.get_mut(id.index())
    }

    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (I, &T)> + ExactSizeIterator {
        self.rows.iter().enumerate().map(|(index, row)| (I::from_index(index), row))
    }

    pub fn ids(&self) -> impl DoubleEndedIterator<Item = I> + ExactSizeIterator + use<I, T> {
        (0..self.rows.len()).map(I::from_index)
    }

    /// Gives back the room that was kept for more rows.
    pub fn shrink(&mut self) {
        self.rows.shrink_to_fit();
    }

    pub fn rows(&self) -> &[T] {
        &self.rows
    }
}

/// Rows for some of the numbers of a kind, in their order: found without a search.
#[derive(Debug, Clone)]
pub(crate) struct Sparse<I, T> {
    /// By number: one more than the place of its row, 0 where there is none.
    places: Vec<u32>,
    rows: Vec<(I, T)>,
}

impl<I: Id, T> Sparse<I, T> {
    pub fn new() -> Self {
        Self { places: Vec::new(), rows: Vec::new() }
    }

    /// Adds the row of a number that is greater than all that have one.
    pub fn push(&mut self, id: I, row: T) {
        self.places.resize(id.index(), 0);
        self.rows.push((id, row));
        self.places.push(u32::try_from(self.rows.len()).unwrap_or(0));
    }

    #[inline]
    pub fn get(&self, id: I) -> Option<&T> {
        let place = *self.places.get(id.index())? as usize;
        self.rows.get(place.wrapping_sub(1)).map(|(_, row)| row)
    }

    pub fn get_mut(&mut self, id: I) -> Option<&mut T> {
        let place = *self.places.get(id.index())? as usize;
        self.rows.get_mut(place.wrapping_sub(1)).map(|(_, row)| row)
    }

    /// Gives back the room that was kept for more rows.
    pub fn shrink(&mut self) {
        self.places.shrink_to_fit();
        self.rows.shrink_to_fit();
    }

    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    pub fn iter(&self) -> impl Iterator<Item = (I, &T)> {
        self.rows.iter().map(|(id, row)| (*id, row))
    }

    pub fn ids(&self) -> impl Iterator<Item = I> {
        self.rows.iter().map(|(id, _)| *id)
    }

    pub fn values(&self) -> impl Iterator<Item = &T> {
        self.rows.iter().map(|(_, row)| row)
    }
}

impl<I: Id, T> Default for Table<I, T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<I: Id, T> FromIterator<T> for Table<I, T> {
    fn from_iter<It: IntoIterator<Item = T>>(rows: It) -> Self {
        Self { rows: rows.into_iter().collect(), kind: PhantomData }
    }
}
