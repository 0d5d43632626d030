//! A list whose copies share what none has changed: a change copies the way to one item.

use std::sync::Arc;

/// So many items or nodes lie in a node.
const WIDTH: usize = 32;

/// What is known of many items without looking at each.
pub(crate) trait Summary: std::fmt::Debug + Clone + Default {
    /// Takes in another.
    fn add(&mut self, other: &Self);
}

/// An item that can be told of in short.
pub(crate) trait Item: Clone {
    type Summary: Summary;
    fn summary(&self) -> Self::Summary;
}

/// Items by number, from 0; with a summary of them all.
#[derive(Debug, Clone)]
pub(crate) struct Trie<T: Item> {
    root: Option<Arc<Node<T>>>,
    len: usize,
    /// Levels of nodes above those that hold items.
    height: u32,
}

#[derive(Debug, Clone)]
struct Node<T: Item> {
    summary: T::Summary,
    kind: Kind<T>,
}

#[derive(Debug, Clone)]
enum Kind<T: Item> {
    Leaf(Vec<T>),
    Branch(Vec<Arc<Node<T>>>),
}

impl<T: Item> Default for Trie<T> {
    fn default() -> Self {
        Self { root: None, len: 0, height: 0 }
    }
}

impl<T: Item> Node<T> {
    fn leaf(items: Vec<T>) -> Self {
        let mut node = Self { summary: T::Summary::default(), kind: Kind::Leaf(items) };
        node.sum();
        node
    }

    fn branch(nodes: Vec<Arc<Self>>) -> Self {
        let mut node = Self { summary: T::Summary::default(), kind: Kind::Branch(nodes) };
        node.sum();
        node
    }

    fn sum(&mut self) {
        let mut summary = T::Summary::default();
        match &self.kind {
            Kind::Leaf(items) => items.iter().for_each(|item| summary.add(&item.summary())),
            Kind::Branch(nodes) => nodes.iter().for_each(|node| summary.add(&node.summary)),
        }
        self.summary = summary;
    }

    /// Which of the nodes below holds an item; `height` is that of this node.
    fn place(number: usize, height: u32) -> usize {
        number.checked_shr(height * WIDTH.trailing_zeros()).unwrap_or(0) % WIDTH
    }

    fn get(&self, number: usize, height: u32) -> Option<&T> {
        let place = Self::place(number, height);
        match &self.kind {
            Kind::Leaf(items) => items.get(place),
            Kind::Branch(nodes) => nodes.get(place)?.get(number, height.checked_sub(1)?),
        }
    }

    fn set(&mut self, number: usize, height: u32, item: T) {
        let place = Self::place(number, height);
        match &mut self.kind {
            Kind::Leaf(items) => {
                if let Some(known) = items.get_mut(place) {
                    *known = item;
                }
            }
            Kind::Branch(nodes) => {
                if let (Some(node), Some(below)) = (nodes.get_mut(place), height.checked_sub(1)) {
                    Arc::make_mut(node).set(number, below, item);
                }
            }
        }
        self.sum();
    }

    /// Puts an item behind all others, of which there are `number`.
    fn push(&mut self, number: usize, height: u32, item: T) {
        self.summary.add(&item.summary());
        match &mut self.kind {
            Kind::Leaf(items) => items.push(item),
            Kind::Branch(nodes) => {
                let below = height.saturating_sub(1);
                match nodes.get_mut(Self::place(number, height)) {
                    Some(node) => Arc::make_mut(node).push(number, below, item),
                    None => nodes.push(Arc::new(Self::tall(below, item))),
                }
            }
        }
    }

    /// One item below so many levels.
    fn tall(height: u32, item: T) -> Self {
        (0..height).fold(Self::leaf(vec![item]), |node, _| Self::branch(vec![Arc::new(node)]))
    }

    /// The first item from a number on whose summary is wanted.
    fn first(
        &self,
        from: usize,
        height: u32,
        wanted: &dyn Fn(&T::Summary) -> bool,
    ) -> Option<usize> {
        if !wanted(&self.summary) {
            return None;
        }
        let place = Self::place(from, height);
        let size = WIDTH.checked_pow(height)?;
        match &self.kind {
            Kind::Leaf(items) => {
                let mut later = items.iter().enumerate().skip(place);
                later.find(|(_, item)| wanted(&item.summary())).map(|(place, _)| place)
            }
            Kind::Branch(nodes) => nodes.iter().enumerate().skip(place).find_map(|(at, node)| {
                let from = if at == place { from % size } else { 0 };
                let found = node.first(from, height.checked_sub(1)?, wanted)?;
                Some(at * size + found)
            }),
        }
    }

    /// The last item in front of a number whose summary is wanted.
    fn last(
        &self,
        before: usize,
        height: u32,
        wanted: &dyn Fn(&T::Summary) -> bool,
    ) -> Option<usize> {
        if before == 0 || !wanted(&self.summary) {
            return None;
        }
        let size = WIDTH.checked_pow(height)?;
        match &self.kind {
            Kind::Leaf(items) => {
                let mut earlier = items.iter().enumerate().take(before);
                let found = earlier.rfind(|(_, item)| wanted(&item.summary()));
                found.map(|(place, _)| place)
            }
            Kind::Branch(nodes) => nodes.iter().enumerate().rev().find_map(|(at, node)| {
                let inside = before.checked_sub(at * size).filter(|inside| *inside > 0)?;
                let found = node.last(inside.min(size), height.checked_sub(1)?, wanted)?;
                Some(at * size + found)
            }),
        }
    }
}

impl<T: Item> Trie<T> {
    pub fn len(&self) -> usize {
        self.len
    }

    pub fn get(&self, number: usize) -> Option<&T> {
        if number >= self.len {
            return None;
        }
        self.root.as_ref()?.get(number, self.height)
    }

    /// Puts another item in the place of one. Cost: logarithmic.
    pub fn set(&mut self, number: usize, item: T) {
        if let Some(root) = self.root.as_mut().filter(|_| number < self.len) {
            Arc::make_mut(root).set(number, self.height, item);
        }
    }

    /// Puts an item behind all others. Cost: logarithmic.
    pub fn push(&mut self, item: T) {
        let room = WIDTH.saturating_pow(self.height + 1);
        match self.root.take() {
            None => self.root = Some(Arc::new(Node::leaf(vec![item]))),
            Some(root) if self.len >= room => {
                let beside = Arc::new(Node::tall(self.height, item));
                self.height += 1;
                self.root = Some(Arc::new(Node::branch(vec![root, beside])));
            }
            Some(mut root) => {
                Arc::make_mut(&mut root).push(self.len, self.height, item);
                self.root = Some(root);
            }
        }
        self.len += 1;
    }

    /// What there is to be known of all together.
    pub fn summary(&self) -> T::Summary {
        self.root.as_ref().map(|root| root.summary.clone()).unwrap_or_default()
    }

    /// The first item from a number on whose summary is wanted. What is wanted of an item must be wanted of every summary
    /// that it is in. Cost: logarithmic, if it is wanted of no other summary.
    pub fn first(&self, from: usize, wanted: impl Fn(&T::Summary) -> bool) -> Option<usize> {
        if from >= self.len {
            return None;
        }
        self.root.as_ref()?.first(from, self.height, &wanted)
    }

    /// As [`Trie::first`], the last in front of a number.
    pub fn last(&self, before: usize, wanted: impl Fn(&T::Summary) -> bool) -> Option<usize> {
        self.root.as_ref()?.last(before.min(self.len), self.height, &wanted)
    }

    pub fn iter(&self) -> impl Iterator<Item = &T> {
        (0..self.len).filter_map(|number| self.get(number))
    }

    /// Whether both are one and the same in memory.
    pub fn is_shared(&self, other: &Self) -> bool {
        match (&self.root, &other.root) {
            (Some(one), Some(two)) => self.len == other.len && Arc::ptr_eq(one, two),
            (None, None) => true,
            _ => false,
        }
    }
}

impl<T: Item> FromIterator<T> for Trie<T> {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        let mut found = Self::default();
        items.into_iter().for_each(|item| found.push(item));
        found
    }
}

impl<T: Item + PartialEq> PartialEq for Trie<T> {
    fn eq(&self, other: &Self) -> bool {
        self.is_shared(other) || self.len == other.len && self.iter().eq(other.iter())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[derive(Debug, Clone, PartialEq)]
    struct Mark(u32);

    #[derive(Debug, Clone, Default, PartialEq)]
    struct Marks {
        count: usize,
        least: Option<u32>,
    }

    impl Summary for Marks {
        fn add(&mut self, other: &Self) {
            self.count += other.count;
            self.least = [self.least, other.least].into_iter().flatten().min();
        }
    }

    impl Item for Mark {
        type Summary = Marks;
        fn summary(&self) -> Marks {
            Marks { count: 1, least: Some(self.0) }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]
        #[test]
        fn it_is_a_list(
            first in prop::collection::vec(0..50_u32, 0..2_100),
            changes in prop::collection::vec((any::<prop::sample::Index>(), 0..50_u32), 0..40),
            from in 0..2_200_usize,
        ) {
            let mut plain = first.clone();
            let mut trie: Trie<Mark> = first.iter().copied().map(Mark).collect();
            let before = trie.clone();
            for (at, mark) in &changes {
                if !plain.is_empty() {
                    let at = at.index(plain.len());
                    plain[at] = *mark;
                    trie.set(at, Mark(*mark));
                }
                plain.push(mark + 1);
                trie.push(Mark(mark + 1));
            }
            prop_assert!(trie.iter().map(|mark| mark.0).eq(plain.iter().copied()));
            prop_assert!(before.iter().map(|mark| mark.0).eq(first.iter().copied()));
            let least = plain.iter().copied().min();
            prop_assert_eq!(trie.summary(), Marks { count: plain.len(), least });
            for bound in [0, 7, 60] {
                let wanted = |marks: &Marks| marks.least.is_some_and(|least| least <= bound);
                let at = plain.iter().enumerate().skip(from).find(|(_, mark)| **mark <= bound);
                prop_assert_eq!(trie.first(from, wanted), at.map(|(at, _)| at));
                let at = plain.iter().take(from).rposition(|mark| *mark <= bound);
                prop_assert_eq!(trie.last(from, wanted), at);
            }
            prop_assert_eq!(&trie, &plain.iter().copied().map(Mark).collect());
        }
    }

    #[test]
    fn a_change_copies_the_way_to_one_item() {
        let whole: Trie<Mark> = (0..10_000).map(Mark).collect();
        let mut changed = whole.clone();
        changed.set(5_000, Mark(1));
        let mut shared = 0;
        let mut pairs = vec![(whole.root.unwrap(), changed.root.unwrap())];
        let mut apart = 0;
        while let Some((one, two)) = pairs.pop() {
            if Arc::ptr_eq(&one, &two) {
                shared += 1;
            } else if let (Kind::Branch(one), Kind::Branch(two)) = (&one.kind, &two.kind) {
                apart += 1;
                pairs.extend(one.iter().cloned().zip(two.iter().cloned()));
            } else {
                apart += 1;
            }
        }
        assert_eq!(apart, 3);
        assert!(shared > 30, "{shared}");
    }
}
