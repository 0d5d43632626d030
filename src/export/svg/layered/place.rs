//! Where everything stands along its rank, and where wires hold on.

use super::{Level, NodeId, Pin, RankId, SegmentId};
use crate::table::Id;

/// Sweeps over a level of ordinary size; fewer where it is large.
const SWEEPS: usize = 30;
/// Between two wires on one side of a block.
const HOLD_GAP: f64 = 16.0;
/// Between the corner of a block and the first wire.
pub(in crate::export::svg) const CORNER: f64 = 12.0;

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
    for _ in 0..4 {
        level.hold();
        level.settle_blocks();
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

    /// Gives a wire as few bends as its neighbours leave room for: labels and bends that can stand below each other do,
    /// and below where the wire holds on.
    fn straighten_chains(&mut self) {
        for index in 0..self.chains.len() {
            let Some(chain) = self.chains.get(index) else { continue };
            let (Some(first), Some(last)) = (chain.first(), chain.last()) else { continue };
            let nodes: Vec<NodeId> =
                chain.iter().skip(1).map(|segment| self.segments.at(*segment).upper).collect();
            let mut rooms = vec![self.slack(*first, false)];
            rooms.extend(nodes.iter().map(|node| self.room(*node)));
            rooms.push(self.slack(*last, true));
            // As far as all rooms met have a place in common, from the top and again from where they have none.
            let mut pieces: Vec<(usize, (f64, f64))> = Vec::new();
            for (at, (low, high)) in rooms.into_iter().enumerate() {
                match pieces.last_mut() {
                    Some((_, (least, most))) if low.max(*least) <= high.min(*most) => {
                        (*least, *most) = (low.max(*least), high.min(*most));
                    }
                    _ => pieces.push((at, (low, high))),
                }
            }
            let ends = pieces.iter().skip(1).map(|(at, _)| *at).chain([nodes.len() + 2]);
            for ((begin, (least, most)), end) in pieces.iter().zip(ends) {
                // The first room is that of the upper end; the nodes follow.
                let own = nodes.get(begin.saturating_sub(1)..(end - 1).min(nodes.len()));
                let own = own.unwrap_or_default();
                if own.is_empty() || least > most {
                    continue;
                }
                let sum: f64 = own.iter().map(|node| self.nodes.at(*node).u).sum();
                let mean = sum / f64::from(u32::try_from(own.len()).unwrap_or(u32::MAX));
                for node in own {
                    self.nodes.at_mut(*node).u = mean.clamp(*least, *most);
                }
            }
        }
    }

    /// Where a wire may hold on to a block as its neighbours on that side do now.
    fn slack(&self, id: SegmentId, upper_side: bool) -> (f64, f64) {
        let segment = self.segments.at(id);
        let (node, fixed) = if upper_side {
            (segment.lower, segment.lower_fixed)
        } else {
            (segment.upper, segment.upper_fixed)
        };
        let found = self.nodes.at(node);
        if let Some(fixed) = fixed {
            return (found.u + fixed, found.u + fixed);
        }
        if !found.is_block() {
            return (found.u, found.u);
        }
        let held = |other: &SegmentId| {
            let other = self.segments.at(*other);
            if upper_side { other.lower_u } else { other.upper_u }
        };
        let (low, high) = inner(found.hold);
        let (mut low, mut high) = (found.u + low, found.u + high);
        let own = held(&id);
        let side = if upper_side { &found.ups } else { &found.downs };
        for at in side.iter().filter(|other| **other != id).map(held) {
            if at <= own {
                low = low.max(at + HOLD_GAP.min((own - at).abs()));
            } else {
                high = high.min(at - HOLD_GAP.min((own - at).abs()));
            }
        }
        (low.min(own), high.max(own))
    }

    /// Moves what stands above some rank to the left as far as there is room, where the beginning is among it: who looks
    /// at a corner of a large picture sees where it begins. Wires that were straight there get a bend.
    pub(super) fn lean(&mut self) {
        let Some(begin) = self.nodes.rows().iter().find(|node| node.begins) else { return };
        let (first, start) = (begin.rank, begin.u - begin.before);
        let is_head = |node: NodeId| matches!(self.nodes.at(node).pin, Pin::Title | Pin::Head);
        let (mut free, mut tall) = (start, 0.0);
        // What is gained is an area: how far, and how much of the height.
        let mut best: Option<(f64, f64, RankId)> = None;
        for rank in self.ranks.ids() {
            let nodes = self.ranks.at(rank);
            let heads = nodes.iter().copied().filter(|node| is_head(*node));
            let heads = heads.map(|node| self.nodes.at(node).u + self.nodes.at(node).after + 34.0);
            let taken = heads.fold(0.0, f64::max);
            for node in nodes.iter().copied().filter(|node| !is_head(*node)) {
                let node = self.nodes.at(node);
                free = free.min(node.u - node.before - taken);
            }
            let downs = nodes.iter().flat_map(|node| &self.nodes.at(*node).downs);
            let straight = downs.map(|segment| self.segments.at(*segment));
            let straight = straight.filter(|part| (part.upper_u - part.lower_u).abs() < NEAR);
            let costs = BEND_COSTS * f64::from(u32::try_from(straight.count()).unwrap_or(u32::MAX));
            tall += 30.0 + nodes.iter().map(|node| self.nodes.at(*node).v).fold(0.0, f64::max);
            let gain = (free - costs) * tall - costs * 100.0;
            // With what the beginning leads to, two ranks below: a dot far from it would only be odd.
            if rank.index() >= first.index() + 2
                && gain > 0.0
                && best.is_none_or(|(most, ..)| gain > most)
            {
                best = Some((gain, free, rank));
            }
        }
        let Some((_, free, last)) = best.filter(|(_, free, _)| *free > FAR) else { return };
        for rank in self.ranks.ids().filter(|rank| *rank <= last).collect::<Vec<_>>() {
            for node in self.ranks.at(rank).clone() {
                let found = self.nodes.at_mut(node);
                if matches!(found.pin, Pin::Title | Pin::Head) {
                    continue;
                }
                found.u -= free;
                let (ups, downs) = (found.ups.clone(), found.downs.clone());
                ups.into_iter().for_each(|segment| self.segments.at_mut(segment).lower_u -= free);
                downs.into_iter().for_each(|segment| self.segments.at_mut(segment).upper_u -= free);
            }
        }
        // Where wires hold on below is another place now.
        self.hold();
    }

    /// Moves each block within its room to where most of its wires are straight, as little as that takes.
    fn settle_blocks(&mut self) {
        for id in self.nodes.ids().collect::<Vec<_>>() {
            let found = self.nodes.at(id);
            let wires = found.ups.len() + found.downs.len();
            if !found.is_block() || wires == 0 || wires > STRAIGHTENED {
                continue;
            }
            let (least, most) = self.room(id);
            let (least, most) = (least - found.u, most - found.u);
            if least > 0.0 || most < 0.0 {
                continue;
            }
            // For each wire how far the block must move, from and to, for it to be straight.
            let mut wanted: Vec<(f64, f64)> = Vec::with_capacity(wires);
            for (side, upper_side) in [(&found.ups, true), (&found.downs, false)] {
                let last = side.len().saturating_sub(1);
                for (index, segment) in side.iter().enumerate() {
                    let part = self.segments.at(*segment);
                    let (fixed, other) = if upper_side {
                        (part.lower_fixed, part.upper_u)
                    } else {
                        (part.upper_fixed, part.lower_u)
                    };
                    let (low, high) = inner(found.hold);
                    let behind = |count: usize| {
                        HOLD_GAP * f64::from(u32::try_from(count).unwrap_or(u32::MAX))
                    };
                    let low = fixed.unwrap_or(low + behind(index));
                    let high = fixed.unwrap_or(high - behind(last - index));
                    let there = other - found.u;
                    wanted.push((there - high.max(low), there - low.min(high)));
                }
            }
            // The best place is one where a stretch begins or ends, or where it is.
            let places = wanted.iter().flat_map(|(from, to)| [*from, *to]);
            let mut best = (0, 0.0_f64);
            for place in std::iter::once(0.0).chain(places).filter(|at| *at >= least && *at <= most)
            {
                let straight =
                    wanted.iter().filter(|(from, to)| *from <= place + 0.01 && place <= *to + 0.01);
                let count = straight.count();
                if count > best.0 || count == best.0 && place.abs() < best.1.abs() {
                    best = (count, place);
                }
            }
            self.nodes.at_mut(id).u += best.1;
        }
    }
}

/// Wires of a block that are worth counting.
const STRAIGHTENED: usize = 24;
/// How far to the left is worth a bend, and how far it must be at all.
const BEND_COSTS: f64 = 60.0;
const FAR: f64 = 120.0;
/// Up to where a wire that goes aside does so only a little.
const NEAR: f64 = 60.0;

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
