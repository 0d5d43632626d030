//! A map by digest that copies share: a copy costs nothing, and a change copies what lies on the way to it.
//!
//! A trie by four bits of the key, with small sorted leaves. Keys must be spread evenly, as digests are; then its depth is
//! logarithmic, whoever chooses what is hashed.

use std::sync::Arc;

/// The most entries of a leaf.
const LEAF: usize = 32;

/// Bits of the key that a branch looks at, and how many there are in all.
const STEP: u32 = 4;
const BITS: u32 = 128;

#[derive(Debug, Clone)]
pub(crate) struct Digests<T> {
    root: Link<T>,
    len: usize,
}

type Link<T> = Option<Arc<Node<T>>>;

#[derive(Debug)]
enum Node<T> {
    /// In the order of the keys.
    Leaf(Vec<(u128, T)>),
    Branch([Link<T>; 1 << STEP]),
}

/// A leaf with room for one more: it is copied to be added to.
impl<T: Clone> Clone for Node<T> {
    fn clone(&self) -> Self {
        match self {
            Self::Leaf(entries) => {
                let mut copy = Vec::with_capacity(entries.len() + 1);
                copy.extend_from_slice(entries);
                Self::Leaf(copy)
            }
            Self::Branch(links) => Self::Branch(links.clone()),
        }
    }
}

impl<T> Default for Digests<T> {
    fn default() -> Self {
        Self { root: None, len: 0 }
    }
}

impl<T: Clone> Digests<T> {
    pub fn len(&self) -> usize {
        self.len
    }

    /// Cost: logarithmic.
    pub fn get(&self, key: u128) -> Option<&T> {
        let mut node = self.root.as_deref()?;
        let mut depth = 0;
        loop {
            match node {
                Node::Leaf(entries) => {
                    let place = entries.binary_search_by_key(&key, |(key, _)| *key).ok()?;
                    return entries.get(place).map(|(_, value)| value);
                }
                Node::Branch(links) => node = links.get(digit(key, depth))?.as_deref()?,
            }
            depth += 1;
        }
    }

    /// Whether the key is new. Cost: logarithmic.
    pub fn insert(&mut self, key: u128, value: T) -> bool {
        let (mut link, mut depth) = (&mut self.root, 0);
        loop {
            let node = Arc::make_mut(link.get_or_insert_with(|| Arc::new(Node::Leaf(Vec::new()))));
            if let Node::Leaf(entries) = node {
                let place = match entries.binary_search_by_key(&key, |(key, _)| *key) {
                    Ok(place) => {
                        if let Some(entry) = entries.get_mut(place) {
                            entry.1 = value;
                        }
                        return false;
                    }
                    Err(place) => place,
                };
                if entries.len() < LEAF || depth >= BITS / STEP {
                    entries.insert(place, (key, value));
                    self.len += 1;
                    return true;
                }
                *node = split(std::mem::take(entries), depth);
            }
            let Node::Branch(links) = node else { return false };
            let Some(next) = links.get_mut(digit(key, depth)) else { return false };
            (link, depth) = (next, depth + 1);
        }
    }

    /// What was there. Cost: logarithmic.
    pub fn remove(&mut self, key: u128) -> Option<T> {
        // What is not there is no reason to copy anything.
        self.get(key)?;
        let (mut link, mut depth) = (&mut self.root, 0);
        loop {
            match Arc::make_mut(link.as_mut()?) {
                Node::Leaf(entries) => {
                    let place = entries.binary_search_by_key(&key, |(key, _)| *key).ok()?;
                    self.len -= 1;
                    return Some(entries.remove(place).1);
                }
                Node::Branch(links) => {
                    (link, depth) = (links.get_mut(digit(key, depth))?, depth + 1);
                }
            }
        }
    }
}

fn split<T>(entries: Vec<(u128, T)>, depth: u32) -> Node<T> {
    let mut parts: [Vec<(u128, T)>; 1 << STEP] = Default::default();
    for entry in entries {
        if let Some(part) = parts.get_mut(digit(entry.0, depth)) {
            part.push(entry);
        }
    }
    Node::Branch(parts.map(|part| (!part.is_empty()).then(|| Arc::new(Node::Leaf(part)))))
}

fn digit(key: u128, depth: u32) -> usize {
    let shift = BITS.saturating_sub(STEP.saturating_mul(depth.saturating_add(1)));
    usize::try_from(key >> shift & ((1 << STEP) - 1)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// As a `BTreeMap` would, whatever the keys have in common; and a copy stays as it was.
        #[test]
        fn it_is_a_map(
            changes in prop::collection::vec((any::<bool>(), 0..400_u128, prop::sample::select(vec![0, 3, 60, 120]), any::<u8>()), 0..600)
        ) {
            let (mut map, mut known) = (Digests::default(), BTreeMap::new());
            let mut copies = Vec::new();
            for (number, (adds, key, shift, value)) in changes.into_iter().enumerate() {
                let key = key << shift;
                if adds {
                    prop_assert_eq!(map.insert(key, value), known.insert(key, value).is_none());
                } else {
                    prop_assert_eq!(map.remove(key), known.remove(&key));
                }
                if number % 100 == 0 {
                    copies.push((map.clone(), known.clone()));
                }
            }
            copies.push((map, known));
            for (map, known) in copies {
                prop_assert_eq!(map.len(), known.len());
                for key in (0..400_u128).flat_map(|key| [0, 3, 60, 120].map(|shift| key << shift)) {
                    prop_assert_eq!(map.get(key), known.get(&key));
                }
            }
        }
    }

    #[test]
    fn a_change_of_a_copy_copies_little() {
        let mut map = Digests::default();
        for number in 0..20_000_u32 {
            map.insert(crate::digest::short(&[&number.to_le_bytes()]), ());
        }
        let grown = allocation_counter::measure(|| {
            for number in 20_000..20_100_u32 {
                let mut copy = map.clone();
                assert!(copy.insert(crate::digest::short(&[&number.to_le_bytes()]), ()));
                map = copy;
            }
        });
        assert!(grown.bytes_total / 100 < 4_000, "{grown:?}");
    }
}
