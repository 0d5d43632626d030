//! The order within each rank: few crossings.

use super::{Level, NodeId, Pin, RankId, SegmentId};
use crate::table::Id;

/// Sweeps over a level of ordinary size; fewer where it is large.
const SWEEPS: usize = 24;

/// Every rank the other way round, but for what stands at its head; as it was where wires would cross more often.
pub(super) fn mirror(level: &mut Level) {
    let (before, orders) = (level.crossings(), level.orders());
    for rank in level.ranks.ids().collect::<Vec<_>>() {
        let nodes = level.ranks.at(rank).iter().copied();
        let is_head = |node: &NodeId| matches!(level.nodes.at(*node).pin, Pin::Title | Pin::Head);
        let (mut order, mut rest): (Vec<NodeId>, Vec<NodeId>) = nodes.partition(is_head);
        rest.reverse();
        order.append(&mut rest);
        *level.ranks.at_mut(rank) = order;
    }
    level.number();
    if level.crossings() > before {
        level.restore(&orders);
        level.number();
    }
    level.sort_holds();
}

/// Nodes of a level up to which several beginnings are tried, and single nodes are moved about.
const TRIED: usize = 200;

/// Orders every rank: by a walk at first, then by the mean place of neighbours, up and down, then by swapping neighbours.
/// Where wires still cross and it is done `thoroughly`, the walk begins otherwise, and single nodes are moved; of all the
/// first with the fewest crossings is taken.
pub(super) fn order(level: &mut Level, thoroughly: bool) {
    let empty = level.orders();
    let size = level.nodes.len().max(1);
    let thoroughly = thoroughly && size < TRIED;
    let walks = if thoroughly { WALKS.len() } else { 1 };
    let mut best: Option<(usize, Vec<Vec<NodeId>>)> = None;
    for walk in WALKS.into_iter().take(walks) {
        level.restore(&empty);
        begin(level, walk);
        let (crossings, orders) = settled(level, size, thoroughly);
        if best.as_ref().is_none_or(|(fewest, _)| crossings < *fewest) {
            best = Some((crossings, orders));
        }
        if best.as_ref().is_some_and(|(fewest, _)| *fewest == 0) {
            break;
        }
    }
    if let Some((_, orders)) = best {
        level.restore(&orders);
    }
    level.number();
    level.sort_holds();
}

/// Sweeps from a beginning: the fewest crossings that came of it, with the orders.
fn settled(level: &mut Level, size: usize, thoroughly: bool) -> (usize, Vec<Vec<NodeId>>) {
    let sweeps = (200_000 / size).clamp(2, SWEEPS);
    let mut best = level.orders();
    let mut fewest = level.crossings();
    for sweep in 0..sweeps {
        if fewest == 0 {
            break;
        }
        level.sweep(sweep % 2 == 0);
        if size < 3_000 {
            level.swap();
        }
        let crossings = level.crossings();
        if crossings < fewest {
            fewest = crossings;
            best = level.orders();
        }
    }
    if fewest > 0 && thoroughly {
        level.restore(&best);
        level.number();
        fewest = level.sift(fewest);
        best = level.orders();
    }
    (fewest, best)
}

/// How the first walk goes.
#[derive(Debug, Clone, Copy)]
struct Walk {
    /// Of what a node leads to the last first.
    last_first: bool,
    /// From the last source on.
    backwards: bool,
}

const WALKS: [Walk; 4] = [
    Walk { last_first: false, backwards: false },
    Walk { last_first: true, backwards: false },
    Walk { last_first: false, backwards: true },
    Walk { last_first: true, backwards: true },
];

/// Each rank in the order in which a depth-first walk over whole chains meets its nodes.
fn begin(level: &mut Level, walk: Walk) {
    let mut seen = vec![false; level.nodes.len()];
    let all: Vec<NodeId> = level.nodes.ids().collect();
    let (mut sources, rest): (Vec<NodeId>, Vec<NodeId>) =
        all.into_iter().partition(|node| level.nodes.at(*node).ups.is_empty());
    if walk.backwards {
        sources.reverse();
    }
    for root in sources.into_iter().chain(rest) {
        let mut stack = vec![root];
        while let Some(node) = stack.pop() {
            let Some(seen) = seen.get_mut(node.index()) else { continue };
            if std::mem::replace(seen, true) {
                continue;
            }
            let found = level.nodes.at(node);
            let (rank, mut downs) = (found.rank, found.downs.clone());
            if walk.last_first {
                downs.reverse();
            }
            if found.pin == Pin::Title {
                level.ranks.at_mut(rank).insert(0, node);
            } else {
                level.ranks.at_mut(rank).push(node);
            }
            stack.extend(downs.into_iter().rev().map(|segment| level.segments.at(segment).lower));
        }
    }
    level.number();
}

impl Level {
    fn orders(&self) -> Vec<Vec<NodeId>> {
        self.ranks.rows().to_vec()
    }

    fn restore(&mut self, orders: &[Vec<NodeId>]) {
        for (rank, order) in self.ranks.ids().collect::<Vec<_>>().into_iter().zip(orders) {
            self.ranks.at_mut(rank).clone_from(order);
        }
    }

    /// Moves each node to where the fewest wires cross, rank by rank, as long as that saves crossings; how many are left.
    fn sift(&mut self, mut fewest: usize) -> usize {
        // Each place that is tried counts all crossings anew.
        let most = 100_000 / self.nodes.len().max(1);
        let mut tried = 0;
        loop {
            let before = fewest;
            for rank in self.ranks.ids().collect::<Vec<_>>() {
                for node in self.ranks.at(rank).clone() {
                    if matches!(self.nodes.at(node).pin, Pin::Title | Pin::Head) {
                        continue;
                    }
                    let mut best = self.ranks.at(rank).clone();
                    let head = |other: &&NodeId| {
                        matches!(self.nodes.at(**other).pin, Pin::Title | Pin::Head)
                    };
                    let first = best.iter().take_while(head).count();
                    let rest: Vec<NodeId> =
                        best.iter().copied().filter(|other| *other != node).collect();
                    for place in first..=rest.len() {
                        tried += 1;
                        if fewest == 0 || tried > most {
                            break;
                        }
                        let mut order = rest.clone();
                        order.insert(place, node);
                        self.ranks.at_mut(rank).clone_from(&order);
                        self.number_rank(rank);
                        let crossings = self.crossings();
                        if crossings < fewest {
                            (fewest, best) = (crossings, order);
                        }
                    }
                    *self.ranks.at_mut(rank) = best;
                    self.number_rank(rank);
                }
            }
            if fewest == before || fewest == 0 || tried > most {
                return fewest;
            }
        }
    }

    /// Writes each node's number within its rank, and a first guess at where it stands.
    fn number(&mut self) {
        for rank in self.ranks.ids().collect::<Vec<_>>() {
            self.number_rank(rank);
        }
    }

    fn number_rank(&mut self, rank: RankId) {
        let nodes = self.ranks.at(rank).clone();
        let mut at = 0.0;
        let mut previous: Option<NodeId> = None;
        for (order, node) in nodes.iter().enumerate() {
            if let Some(previous) = previous {
                at += self.apart(previous, *node);
            }
            let found = self.nodes.at_mut(*node);
            (found.order, found.u) = (order, at);
            previous = Some(*node);
        }
        for node in nodes {
            self.nodes.at_mut(node).u -= at / 2.0;
        }
    }

    fn sweep(&mut self, down: bool) {
        let mut ranks: Vec<RankId> = self.ranks.ids().collect();
        if !down {
            ranks.reverse();
        }
        for rank in ranks.into_iter().skip(1) {
            let mut keyed: Vec<(f64, NodeId)> = Vec::new();
            for node in self.ranks.at(rank) {
                let found = self.nodes.at(*node);
                let near = if down { &found.ups } else { &found.downs };
                let key = if found.pin == Pin::Title {
                    f64::NEG_INFINITY
                } else if found.pin == Pin::Head {
                    f64::MIN
                } else if near.is_empty() {
                    found.u
                } else {
                    let count = f64::from(u32::try_from(near.len()).unwrap_or(u32::MAX));
                    near.iter().map(|segment| self.seen_from(*segment, down)).sum::<f64>() / count
                };
                keyed.push((key, *node));
            }
            // Stable, so that equal ones keep their order.
            keyed.sort_by(|(a, _), (b, _)| a.total_cmp(b));
            *self.ranks.at_mut(rank) = keyed.into_iter().map(|(_, node)| node).collect();
            self.number_rank(rank);
        }
    }

    /// Where the other end of a segment holds on.
    fn seen_from(&self, segment: SegmentId, up: bool) -> f64 {
        let segment = self.segments.at(segment);
        let (node, fixed) = if up {
            (segment.upper, segment.upper_fixed)
        } else {
            (segment.lower, segment.lower_fixed)
        };
        self.nodes.at(node).u + fixed.unwrap_or(0.0)
    }

    /// A segment's ends as places in the orders of its ranks.
    fn places(&self, segment: SegmentId) -> (f64, f64) {
        let segment = self.segments.at(segment);
        let place = |node: NodeId, fixed: Option<f64>| {
            let node = self.nodes.at(node);
            let order = f64::from(u32::try_from(node.order).unwrap_or(u32::MAX));
            let wide = (node.before + node.after).max(1.0);
            order + fixed.map_or(0.0, |at| (at / wide).clamp(-0.49, 0.49))
        };
        (place(segment.upper, segment.upper_fixed), place(segment.lower, segment.lower_fixed))
    }

    /// How often wires cross, over all ranks.
    pub(super) fn crossings(&self) -> usize {
        let mut count = 0;
        for rank in self.ranks.rows() {
            let mut ends: Vec<(f64, f64)> = Vec::new();
            for node in rank {
                ends.extend(self.nodes.at(*node).downs.iter().map(|segment| self.places(*segment)));
            }
            ends.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
            let mut lower: Vec<f64> = ends.into_iter().map(|(_, lower)| lower).collect();
            count += inversions(&mut lower);
        }
        count
    }

    /// Swaps neighbours as long as that saves crossings.
    fn swap(&mut self) {
        for _ in 0..4 {
            let mut better = false;
            for rank in self.ranks.ids().collect::<Vec<_>>() {
                let mut order = self.ranks.at(rank).clone();
                let mut changed = false;
                for at in 1..order.len() {
                    let (Some(left), Some(right)) = (order.get(at - 1), order.get(at)) else {
                        break;
                    };
                    let (left, right) = (*left, *right);
                    if matches!(self.nodes.at(left).pin, Pin::Title | Pin::Head) {
                        continue;
                    }
                    if self.between(left, right) > self.between(right, left) {
                        order.swap(at - 1, at);
                        changed = true;
                    }
                }
                if changed {
                    better = true;
                    *self.ranks.at_mut(rank) = order;
                    self.number_rank(rank);
                }
            }
            if !better {
                break;
            }
        }
    }

    /// Crossings between the wires of two nodes when one stands left of the other.
    fn between(&self, left: NodeId, right: NodeId) -> usize {
        let (left, right) = (self.nodes.at(left), self.nodes.at(right));
        let mut count = 0;
        for (mine, theirs, up) in
            [(&left.ups, &right.ups, true), (&left.downs, &right.downs, false)]
        {
            let place = |segment: &SegmentId| {
                let (upper, lower) = self.places(*segment);
                if up { upper } else { lower }
            };
            for a in mine.iter().map(place) {
                count += theirs.iter().map(place).filter(|b| a > *b).count();
            }
        }
        count
    }

    /// Sorts the wires of each node by where they come from or lead to.
    fn sort_holds(&mut self) {
        for node in self.nodes.ids().collect::<Vec<_>>() {
            let (mut ups, mut downs) = {
                let node = self.nodes.at_mut(node);
                (std::mem::take(&mut node.ups), std::mem::take(&mut node.downs))
            };
            ups.sort_by(|a, b| self.places(*a).0.total_cmp(&self.places(*b).0));
            downs.sort_by(|a, b| self.places(*a).1.total_cmp(&self.places(*b).1));
            let node = self.nodes.at_mut(node);
            (node.ups, node.downs) = (ups, downs);
        }
    }
}

/// Pairs in the wrong order, by merging; sorts the list on the way.
fn inversions(list: &mut Vec<f64>) -> usize {
    let mut count = 0;
    let mut width = 1;
    let mut merged = Vec::with_capacity(list.len());
    while width < list.len() {
        merged.clear();
        for pair in list.chunks(2 * width) {
            let (left, right) = pair.split_at(width.min(pair.len()));
            let (mut a, mut b) = (left.iter().peekable(), right.iter().peekable());
            loop {
                match (a.peek(), b.peek()) {
                    (Some(x), Some(y)) if *x <= *y => merged.extend(a.next()),
                    (Some(_), Some(_)) => {
                        count += a.len();
                        merged.extend(b.next());
                    }
                    (Some(_), None) => merged.extend(a.next()),
                    (None, Some(_)) => merged.extend(b.next()),
                    (None, None) => break,
                }
            }
        }
        std::mem::swap(list, &mut merged);
        width *= 2;
    }
    count
}
