//! Where everything stands along its rank, and where wires hold on.

use super::{Level, NodeId, Pin, RankId, SegmentId};

/// Sweeps over a level of ordinary size; fewer where it is large.
const SWEEPS: usize = 30;
/// Between two wires on one side of a block.
const HOLD_GAP: f64 = 16.0;
/// Between the corner of a block and the first wire.
const CORNER: f64 = 12.0;

/// Gives every node its `u`, and every segment the places at which it holds on.
pub(super) fn place(level: &mut Level) {
    let sweeps = (300_000 / level.nodes.len().max(1)).clamp(4, SWEEPS);
    for sweep in 0..sweeps {
        let both = sweep + 4 >= sweeps;
        let mut ranks: Vec<RankId> = level.ranks.ids().collect();
        if sweep % 2 == 1 {
            ranks.reverse();
        }
        for rank in ranks {
            level.settle(rank, both || sweep % 2 == 0, both || sweep % 2 == 1);
        }
    }
    for _ in 0..3 {
        level.hold();
        level.straighten();
        level.straighten_chains();
    }
    level.hold();
    let left = |level: &Level| {
        let all = level.nodes.rows().iter();
        all.map(|node| node.u - node.before).fold(f64::INFINITY, f64::min)
    };
    let shift = left(level);
    for node in level.nodes.ids().collect::<Vec<_>>() {
        level.nodes.at_mut(node).u -= shift;
    }
    level.gather_heads();
    for segment in level.segments.ids().collect::<Vec<_>>() {
        let segment = level.segments.at_mut(segment);
        segment.upper_u -= shift;
        segment.lower_u -= shift;
    }
}

impl Level {
    /// Moves the head of a frame to its beginning: no wire holds it anywhere.
    fn gather_heads(&mut self) {
        for id in self.ranks.rows().first().cloned().unwrap_or_default() {
            let found = self.nodes.at(id);
            let u = match found.pin {
                Pin::Title => found.before,
                Pin::Head => self.room(id).0.max(found.before).min(found.u),
                _ => continue,
            };
            self.nodes.at_mut(id).u = u;
        }
    }

    /// Moves the nodes of a rank as near as possible to where their wires are straight.
    fn settle(&mut self, rank: RankId, from_above: bool, from_below: bool) {
        let nodes = self.ranks.at(rank).clone();
        let mut wanted = Vec::with_capacity(nodes.len());
        let mut previous: Option<NodeId> = None;
        for node in nodes.iter().copied() {
            let apart = previous.map_or(0.0, |previous| self.apart(previous, node));
            let (mut sum, mut weights) = (0.0, 0.0);
            let found = self.nodes.at(node);
            let ups = found.ups.iter().filter(|_| from_above).map(|segment| (*segment, true));
            let downs = found.downs.iter().filter(|_| from_below).map(|segment| (*segment, false));
            for (segment, up) in ups.chain(downs) {
                let (at, weight) = self.pull(node, segment, up);
                sum += at * weight;
                weights += weight;
            }
            if weights == 0.0 {
                (sum, weights) = (found.u * 0.1, 0.1);
            }
            wanted.push(Wanted { at: sum / weights, weight: weights, apart });
            previous = Some(node);
        }
        for (node, u) in nodes.into_iter().zip(spread(&wanted)) {
            self.nodes.at_mut(node).u = u;
        }
    }

    /// Where a segment would have a node stand, and how strongly: long wires should be straight above all.
    fn pull(&self, node: NodeId, segment: SegmentId, up: bool) -> (f64, f64) {
        let found = self.segments.at(segment);
        let other = if up { found.upper } else { found.lower };
        let (here, there) = (self.nodes.at(node), self.nodes.at(other));
        let weight = match (here.is_block(), there.is_block()) {
            (false, false) => 8.0,
            (true, true) => 1.0,
            _ => 2.0,
        };
        // Each end may slide along its side of a block.
        let (low, high) = self.reach(other, segment, !up);
        let (mine_low, mine_high) = self.reach(node, segment, up);
        let (low, high) = (there.u + low, there.u + high);
        let (mine_low, mine_high) = (here.u + mine_low, here.u + mine_high);
        let step = if mine_low > high {
            high - mine_low
        } else if mine_high < low {
            low - mine_high
        } else {
            0.0
        };
        let middle = f64::midpoint(low, high) - f64::midpoint(mine_low, mine_high);
        (here.u + 0.8 * step + 0.2 * middle, weight)
    }

    /// The stretch of a side that belongs to a wire, from the node's `u`.
    fn reach(&self, node: NodeId, segment: SegmentId, upper_side: bool) -> (f64, f64) {
        let (found, part) = (self.nodes.at(node), self.segments.at(segment));
        let fixed = if upper_side { part.lower_fixed } else { part.upper_fixed };
        if let Some(fixed) = fixed {
            return (fixed, fixed);
        }
        if !found.is_block() {
            return (0.0, 0.0);
        }
        let side = if upper_side { &found.ups } else { &found.downs };
        let count = f64::from(u32::try_from(side.len()).unwrap_or(u32::MAX)).max(1.0);
        let index = side.iter().position(|other| *other == segment).unwrap_or(0);
        let index = f64::from(u32::try_from(index).unwrap_or(u32::MAX));
        let (low, high) = inner(found.hold);
        let step = (high - low) / count;
        (low + step * index, low + step * (index + 1.0))
    }

    /// Gives every wire its place on the sides of its blocks.
    fn hold(&mut self) {
        for node in self.nodes.ids().collect::<Vec<_>>() {
            for upper_side in [true, false] {
                self.hold_side(node, upper_side);
            }
        }
    }

    fn hold_side(&mut self, node: NodeId, upper_side: bool) {
        let found = self.nodes.at(node);
        let side = if upper_side { &found.ups } else { &found.downs };
        let (low, high) = inner(found.hold);
        let (u, is_block) = (found.u, found.is_block());
        let mut fixed = Vec::new();
        let mut free: Vec<(f64, SegmentId)> = Vec::new();
        for id in side.iter().copied() {
            let segment = self.segments.at(id);
            let (at, other) = if upper_side {
                (segment.lower_fixed, segment.upper)
            } else {
                (segment.upper_fixed, segment.lower)
            };
            let other_at = if upper_side { segment.upper_fixed } else { segment.lower_fixed };
            match at {
                Some(at) => fixed.push((id, u + at)),
                None if !is_block => fixed.push((id, u)),
                None => free.push((self.nodes.at(other).u + other_at.unwrap_or(0.0), id)),
            }
        }
        free.sort_by(|a, b| a.0.total_cmp(&b.0));
        let count = f64::from(u32::try_from(free.len()).unwrap_or(u32::MAX));
        let gap = HOLD_GAP.min((high - low) / count.max(1.0));
        let wanted: Vec<Wanted> = free
            .iter()
            .enumerate()
            .map(|(index, (at, _))| {
                let apart = if index == 0 { 0.0 } else { gap };
                Wanted { at: *at, weight: 1.0, apart }
            })
            .collect();
        let spread = spread(&wanted);
        let mut places = Vec::with_capacity(free.len());
        for (index, at) in spread.into_iter().enumerate() {
            let before = f64::from(u32::try_from(index).unwrap_or(u32::MAX));
            let behind = count - 1.0 - before;
            let first = u + low + gap * before;
            let last = u + high - gap * behind;
            places.push(at.clamp(first.min(last), last.max(first)));
        }
        for (at, (_, id)) in places.into_iter().zip(free) {
            // Beside what cannot move.
            let mut best = at;
            for step in 0..60 {
                let away = f64::from(step / 2 + 1) * 6.0 * if step % 2 == 0 { 1.0 } else { -1.0 };
                let near = fixed.iter().any(|(_, taken)| (taken - best).abs() < 10.0);
                if !near {
                    break;
                }
                let next = at + away;
                if next >= u + low && next <= u + high {
                    best = next;
                }
            }
            fixed.push((id, best));
        }
        for (id, at) in fixed {
            let segment = self.segments.at_mut(id);
            if upper_side {
                segment.lower_u = at;
            } else {
                segment.upper_u = at;
            }
        }
    }

    /// How far a node may move without coming too near to its neighbours.
    fn room(&self, id: NodeId) -> (f64, f64) {
        let found = self.nodes.at(id);
        let rank = self.ranks.at(found.rank);
        let left = found.order.checked_sub(1).and_then(|left| rank.get(left));
        let least =
            left.map_or(f64::NEG_INFINITY, |left| self.nodes.at(*left).u + self.apart(*left, id));
        let most = rank
            .get(found.order + 1)
            .map_or(f64::INFINITY, |right| self.nodes.at(*right).u - self.apart(id, *right));
        (least, most)
    }

    /// Moves labels and bends a little, and blocks with a single wire, where that makes a wire straight.
    fn straighten(&mut self) {
        for down in [true, false] {
            let mut ranks: Vec<RankId> = self.ranks.ids().collect();
            if !down {
                ranks.reverse();
            }
            for rank in ranks {
                for id in self.ranks.at(rank).clone() {
                    let found = self.nodes.at(id);
                    let alone = found.ups.len() + found.downs.len() == 1;
                    if found.is_block() && !alone {
                        continue;
                    }
                    let near = if down { found.ups.first() } else { found.downs.first() };
                    let Some(segment) = near.map(|segment| self.segments.at(*segment)) else {
                        continue;
                    };
                    let (other, hold, fixed) = if down {
                        (segment.upper, segment.upper_u, segment.lower_fixed)
                    } else {
                        (segment.lower, segment.lower_u, segment.upper_fixed)
                    };
                    let there = self.nodes.at(other);
                    let target =
                        if there.is_block() { hold } else { there.u } - fixed.unwrap_or(0.0);
                    // A block may hold its wire beside its middle: no need to go further than that.
                    let (low, high) = if found.is_block() && fixed.is_none() {
                        inner(found.hold)
                    } else {
                        (0.0, 0.0)
                    };
                    let target = if found.is_block() && high - low > 30.0 {
                        found.u.clamp(target - high * 0.3, target - low * 0.3)
                    } else {
                        target
                    };
                    let (least, most) = self.room(id);
                    let near = (target - found.u).abs() < 40.0 || found.is_block();
                    if target >= least && target <= most && near {
                        self.nodes.at_mut(id).u = target;
                    }
                }
            }
        }
    }

    /// Gives all labels and bends of a wire the same place where there is one that suits them all.
    fn straighten_chains(&mut self) {
        for index in 0..self.chains.len() {
            let Some(chain) = self.chains.get(index) else { continue };
            let nodes: Vec<NodeId> =
                chain.iter().skip(1).map(|segment| self.segments.at(*segment).upper).collect();
            let (Some(first), Some(last)) = (chain.first(), chain.last()) else { continue };
            let (top, bottom) = (self.segments.at(*first).upper, self.segments.at(*last).lower);
            let side = |node: NodeId, segment: SegmentId, upper_side: bool| {
                let (low, high) = self.reach(node, segment, upper_side);
                (self.nodes.at(node).u + low, self.nodes.at(node).u + high)
            };
            let (above, below) = (side(top, *first, false), side(bottom, *last, true));
            let (mut least, mut most) = (f64::NEG_INFINITY, f64::INFINITY);
            let mut sum = 0.0;
            for node in &nodes {
                let (low, high) = self.room(*node);
                (least, most) = (least.max(low), most.min(high));
                sum += self.nodes.at(*node).u;
            }
            if nodes.is_empty() || least > most {
                continue;
            }
            let mean = sum / f64::from(u32::try_from(nodes.len()).unwrap_or(u32::MAX));
            // Straight to both ends if possible, else to one.
            let meet = |a: (f64, f64), b: (f64, f64)| (a.0.max(b.0), a.1.min(b.1));
            let room = (least, most);
            let wishes = [meet(above, below), above, below];
            let found =
                wishes.into_iter().map(|wish| meet(room, wish)).find(|(low, high)| low <= high);
            let (low, high) = found.unwrap_or(room);
            let u = mean.clamp(low, high);
            for node in nodes {
                self.nodes.at_mut(node).u = u;
            }
        }
    }
}

/// A side without its corners.
fn inner((low, high): (f64, f64)) -> (f64, f64) {
    if high - low > 3.0 * CORNER {
        (low + CORNER, high - CORNER)
    } else {
        let middle = f64::midpoint(low, high);
        let half = ((high - low) / 2.0 - 4.0).max(0.0);
        (middle - half, middle + half)
    }
}

/// Where something would stand, how strongly, and how far it stays from the one before it.
struct Wanted {
    at: f64,
    weight: f64,
    apart: f64,
}

/// The places nearest to the wanted ones, by weighted squares, that keep every distance: isotonic regression by pooling
/// adjacent violators, after Best and Chakravarti (1990). Linear time.
fn spread(wanted: &[Wanted]) -> Vec<f64> {
    let mut shift = 0.0;
    // Weighted sum, weight, members.
    let mut pools: Vec<(f64, f64, usize)> = Vec::new();
    let mut shifts = Vec::with_capacity(wanted.len());
    for item in wanted {
        shift += item.apart;
        shifts.push(shift);
        let mut pool = ((item.at - shift) * item.weight, item.weight, 1);
        while let Some((sum, weight, members)) =
            pools.last().copied().filter(|(sum, weight, _)| sum / weight > pool.0 / pool.1)
        {
            pools.pop();
            pool = (pool.0 + sum, pool.1 + weight, pool.2 + members);
        }
        pools.push(pool);
    }
    let pooled = pools.into_iter();
    let levels = pooled.flat_map(|(sum, weight, count)| std::iter::repeat_n(sum / weight, count));
    levels.zip(shifts).map(|(level, shift)| level + shift).collect()
}
