//! The ways of wires: straight through the ranks, and between two ranks each on a track of its own.

use super::{Kind, Level, NodeId, Pin, Placed, RankId, SegmentId, Wire};
use crate::table::{Id, Table};

/// Between two tracks.
const TRACK: f64 = 11.0;
/// Room for an arrowhead with a piece of its line.
const HEAD: f64 = 20.0;
/// Between a corner and the rank that the wire comes from.
const CLEAR: f64 = 11.0;

/// The room between a rank and the next.
#[derive(Debug, Clone, Copy, Default)]
struct Channel {
    first_track: f64,
}

/// Gives ranks their `v` and wires their corners.
pub(super) fn route(level: &mut Level, blocks: usize, wires: &[Wire]) -> Placed {
    let mut tracks: Table<SegmentId, Option<usize>> = level.segments.ids().map(|_| None).collect();
    // Beginning and thickness of each rank; the channel below it.
    let mut rows: Table<RankId, (f64, f64)> = Table::new();
    let mut channels: Table<RankId, Channel> = Table::new();
    let turned: Vec<bool> = wires.iter().map(|wire| wire.turned).collect();
    let mut lead_up: Table<SegmentId, bool> = level.segments.ids().map(|_| false).collect();
    for (chain, turned) in level.chains.iter().zip(&turned) {
        for segment in chain {
            *lead_up.at_mut(*segment) = *turned;
        }
    }
    let mut v = 0.0;
    let last = RankId::from_index(level.ranks.len().saturating_sub(1));
    for rank in level.ranks.ids() {
        let nodes = level.ranks.at(rank);
        let thick = nodes.iter().map(|node| level.nodes.at(*node).v).fold(0.0, f64::max);
        rows.push((v, thick));
        v += thick;
        let segments: Vec<SegmentId> =
            nodes.iter().flat_map(|node| level.nodes.at(*node).downs.iter().copied()).collect();
        let count = level.assign(&segments, &mut tracks);
        let mut head = 0.0_f64;
        let mut foot = 0.0_f64;
        for id in &segments {
            let segment = level.segments.at(*id);
            let up = *lead_up.at(*id);
            let block = |node: NodeId| {
                level.nodes.at(node).is_block() && level.nodes.at(node).pin == Pin::Free
            };
            head = head.max(if !block(segment.upper) {
                4.0
            } else if up {
                HEAD
            } else {
                CLEAR
            });
            foot = foot.max(if !block(segment.lower) {
                4.0
            } else if up {
                CLEAR
            } else {
                HEAD
            });
        }
        if segments.is_empty() && rank != last {
            (head, foot) = (6.0, 6.0);
        }
        let between = match count {
            0 => 0.0,
            count => f64::from(u32::try_from(count - 1).unwrap_or(u32::MAX)) * TRACK + 8.0,
        };
        channels.push(Channel { first_track: v + head + 4.0 });
        v += if rank == last { 0.0 } else { head + between + foot };
    }
    let mut placed = Placed {
        size: (0.0, v),
        blocks: vec![(0.0, 0.0, 0.0); blocks],
        wires: Vec::with_capacity(wires.len()),
        labels: vec![None; wires.len()],
    };
    for (_, node) in level.nodes.iter() {
        let (begin, thick) = *rows.at(node.rank);
        placed.size.0 = placed.size.0.max(node.u + node.after);
        match node.kind {
            Kind::Block(index) => {
                let v = if node.stretch { thick } else { node.v };
                let at = (node.u - node.before, begin + (thick - v) / 2.0, v);
                if let Some(place) = placed.blocks.get_mut(index) {
                    *place = match node.pin {
                        // A title stands at the very beginning: nothing in its rank comes before it.
                        Pin::Title => (0.0, begin, v),
                        Pin::First => (at.0, begin, 0.0),
                        Pin::Head => (at.0, begin, node.v),
                        Pin::Free | Pin::Last => at,
                    };
                }
            }
            Kind::Label(wire) => {
                if let Some(place) = placed.labels.get_mut(wire) {
                    let up = turned.get(wire) == Some(&true);
                    let v = if up { begin + thick - node.v } else { begin };
                    *place = Some((node.u, v));
                }
            }
            Kind::Bend => {}
        }
    }
    for (chain, wire) in level.chains.iter().zip(wires) {
        let mut points = Vec::new();
        let side = |block: usize, below: bool| {
            let (_, v, thick) = placed.blocks.get(block).copied().unwrap_or_default();
            if below { v + thick } else { v }
        };
        let (top, bottom) = if wire.turned { (wire.to, wire.from) } else { (wire.from, wire.to) };
        for (index, id) in chain.iter().enumerate() {
            let segment = level.segments.at(*id);
            if index == 0 {
                points.push((segment.upper_u, side(top, true)));
            }
            let channel = channels.at(level.nodes.at(segment.upper).rank);
            if let Some(track) = tracks.at(*id) {
                let v = channel.first_track + f64::from(u32::try_from(*track).unwrap_or(0)) * TRACK;
                points.push((segment.upper_u, v));
                points.push((segment.lower_u, v));
            }
            if index + 1 == chain.len() {
                points.push((segment.lower_u, side(bottom, false)));
            }
        }
        if wire.turned {
            points.reverse();
        }
        placed.wires.push(points);
    }
    placed
}

/// A wire that changes its place between two ranks.
struct Jog {
    id: SegmentId,
    upper: f64,
    lower: f64,
}

impl Jog {
    fn covers(&self, u: f64) -> bool {
        self.upper.min(self.lower) < u && u < self.upper.max(self.lower)
    }

    fn overlaps(&self, other: &Self) -> bool {
        let (a, b) = (self.upper.min(self.lower), self.upper.max(self.lower));
        let (c, d) = (other.upper.min(other.lower), other.upper.max(other.lower));
        a < d + 7.0 && c < b + 7.0
    }

    /// What it costs to run above another: crossings, and lines that would lie on each other.
    fn cost_above(&self, other: &Self) -> usize {
        let lies = (self.lower - other.upper).abs() < 5.0;
        usize::from(self.covers(other.upper))
            + usize::from(other.covers(self.lower))
            + if lies { 100 } else { 0 }
    }
}

/// Wires between two ranks whose order is worked out pair by pair.
const PAIRWISE: usize = 64;

impl Level {
    /// Gives every segment that is not straight a track; returns how many tracks there are.
    fn assign(
        &self,
        segments: &[SegmentId],
        tracks: &mut Table<SegmentId, Option<usize>>,
    ) -> usize {
        let mut jogs: Vec<Jog> = segments
            .iter()
            .map(|id| {
                let segment = self.segments.at(*id);
                Jog { id: *id, upper: segment.upper_u, lower: segment.lower_u }
            })
            .filter(|jog| (jog.upper - jog.lower).abs() > 0.05)
            .collect();
        // Those that lead to the right from right to left, then those that lead to the left from left to right: within
        // each of the two, none crosses another.
        jogs.sort_by(|a, b| {
            let key = |jog: &Jog| {
                let right = jog.lower > jog.upper;
                (!right, if right { -jog.upper } else { jog.upper })
            };
            let (a, b) = (key(a), key(b));
            a.0.cmp(&b.0).then(a.1.total_cmp(&b.1))
        });
        if jogs.len() <= PAIRWISE {
            jogs = best_first(jogs);
        }
        let mut given: Vec<(usize, Jog)> = Vec::with_capacity(jogs.len());
        for jog in jogs {
            let above = given.iter().rev().filter(|(_, other)| other.overlaps(&jog));
            let track = above.map(|(track, _)| track + 1).max().unwrap_or(0);
            *tracks.at_mut(jog.id) = Some(track);
            given.push((track, jog));
        }
        given.iter().map(|(track, _)| track + 1).max().unwrap_or(0)
    }
}

/// Takes again and again the wire that it costs least to have above all that remain; of several such the one that it
/// would cost most to have below.
fn best_first(mut jogs: Vec<Jog>) -> Vec<Jog> {
    let mut ordered = Vec::with_capacity(jogs.len());
    while !jogs.is_empty() {
        let mut best = (0, (usize::MAX, 0));
        for (index, jog) in jogs.iter().enumerate() {
            let others = jogs.iter().enumerate().filter(|(at, _)| *at != index);
            let (mut above, mut below) = (0, 0);
            for (_, other) in others {
                above += jog.cost_above(other);
                below += other.cost_above(jog);
            }
            let (least, most) = best.1;
            if above < least || above == least && below > most {
                best = (index, (above, below));
            }
        }
        ordered.push(jogs.remove(best.0));
    }
    ordered
}
