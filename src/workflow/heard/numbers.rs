//! The number of an event's name.

use super::Name;
use crate::table::{EventId, Id, Table};

/// Names in the order of the alphabet, found by what they begin and end with; those that have that in common with too many
/// others by a search, so that no file makes it slow.
#[derive(Debug, Default)]
pub(super) struct Numbers {
    /// By what [`mixed`] makes of a name, or in one of the places behind it. Twice as many as there are names, and more.
    places: Vec<Option<EventId>>,
    /// How many bits of that say the place.
    bits: u32,
    /// Whether names were left out.
    is_partial: bool,
}

/// How many places are looked at.
const TRIES: usize = 4;

impl Numbers {
    pub fn of(names: &Table<EventId, Name>) -> Self {
        let bits = (names.len() * 2).max(1).next_power_of_two().trailing_zeros();
        let places = vec![None; (1 << bits) + TRIES];
        let mut numbers = Self { places, bits, is_partial: false };
        for (id, row) in names.iter() {
            let free = numbers.tried(&row.name).and_then(|tried| {
                let place = numbers.places.get(tried.clone())?.iter().position(Option::is_none)?;
                Some(tried.start + place)
            });
            match free.and_then(|place| numbers.places.get_mut(place)) {
                Some(place) => *place = Some(id),
                None => numbers.is_partial = true,
            }
        }
        numbers
    }

    #[inline]
    pub fn find(&self, name: &str, names: &Table<EventId, Name>) -> Option<EventId> {
        let tried = self.places.get(self.tried(name)?)?;
        let found = tried.iter().map_while(|id| *id).find(|id| &*names.at(*id).name == name);
        if found.is_some() || !self.is_partial {
            return found;
        }
        let place = names.rows().binary_search_by(|row| (*row.name).cmp(name)).ok()?;
        Some(EventId::from_index(place))
    }

    fn tried(&self, name: &str) -> Option<std::ops::Range<usize>> {
        let place = mixed(name.as_bytes()).checked_shr(u64::BITS - self.bits).unwrap_or(0);
        let place = usize::try_from(place).ok()?;
        Some(place..place + TRIES)
    }
}

/// Bits that follow from the length of a name, its first eight bytes and its last eight, the most mixed ones in front.
#[inline]
fn mixed(name: &[u8]) -> u64 {
    let (first, last) = match (name.first_chunk(), name.last_chunk()) {
        (Some(first), Some(last)) => (u64::from_le_bytes(*first), u64::from_le_bytes(*last)),
        _ => (name.iter().fold(0, |all, byte| all << 8 | u64::from(*byte)), 0),
    };
    let all = first ^ last.rotate_left(29) ^ name.len() as u64;
    // Fibonacci hashing (Knuth, The Art of Computer Programming, volume 3, 6.4).
    (all ^ all >> 32).wrapping_mul(0x9E37_79B9_7F4A_7C15)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use proptest::prelude::*;

    use super::*;

    fn table(names: impl IntoIterator<Item = String>) -> Table<EventId, Name> {
        let names: std::collections::BTreeSet<String> = names.into_iter().collect();
        let row = |name: String| Name { name: Arc::from(name), governs: None, outside: true };
        names.into_iter().map(row).collect()
    }

    fn agrees(names: &Table<EventId, Name>, asked: &str) {
        let found = Numbers::of(names).find(asked, names);
        let wanted = names.iter().find(|(_, row)| &*row.name == asked).map(|(id, _)| id);
        assert_eq!(found, wanted, "{asked}");
    }

    proptest! {
        #[test]
        fn every_name_has_its_number(
            names in prop::collection::vec("[a-c]{0,3}(step|long_beginning)?[a-c.]{0,9}", 0..40),
            others in prop::collection::vec("[a-c]{0,3}(step|long_beginning)?[a-c.]{0,9}", 0..10),
        ) {
            let known = table(names.clone());
            names.iter().chain(&others).for_each(|name| agrees(&known, name));
        }
    }

    #[test]
    fn names_that_look_alike_are_found() {
        let alike = |n: usize| format!("beginning{n:04}at_the_end");
        let known = table((0..1_000).map(alike));
        let numbers = Numbers::of(&known);
        assert!(numbers.is_partial);
        for (id, row) in known.iter() {
            assert_eq!(numbers.find(&row.name, &known), Some(id));
        }
        assert_eq!(numbers.find(&alike(1_000), &known), None);
    }
}
