//! One level of a picture: blocks in ranks, wires between them, and their labels in ranks of their own.
//!
//! The layered method of Sugiyama, Tagawa and Toda (1981) in its five steps: [`rank`] turns wires that lead back and gives
//! every block a rank, [`order`] puts what stands in a rank in an order with few crossings, [`place`] finds room (isotonic
//! regression by pooling adjacent violators), [`route`] gives each wire a track of its own between two ranks. A label is a
//! node of a chain that its wire runs through, so that neither labels, blocks nor wires can lie on each other.
//!
//! Directions are abstract: `u` runs along a rank, `v` from rank to rank. Nothing here knows what a block stands for.

mod fold;
mod order;
mod place;
mod rank;
mod route;

use crate::table::{Id, Table};

pub(super) use place::CORNER;
pub(super) use rank::turned;

/// Between two labels in a rank.
pub(super) const BETWEEN_LABELS: f64 = 12.0;

/// Something with an extent that wires hold on to.
#[derive(Debug, Clone, Copy)]
pub(super) struct Block {
    pub u: f64,
    pub v: f64,
    /// Where wires may hold on, along `u`, from the block's beginning.
    pub hold: (f64, f64),
    pub pin: Pin,
    /// Whether it grows to the thickness of its rank.
    pub stretch: bool,
    /// Whether one begins to read here.
    pub begins: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pin {
    Free,
    /// In the first rank, where it comes before all others.
    Title,
    /// In the first rank.
    Head,
    /// A point on the border behind which a wire goes on: before all ranks, or behind them.
    First,
    Last,
}

/// The room of a label: before and behind its wire along `u`, and along the wire.
#[derive(Debug, Clone, Copy)]
pub(super) struct Tag {
    pub before: f64,
    pub after: f64,
    pub v: f64,
}

/// A line between two blocks, which are named by their number.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wire {
    pub from: usize,
    pub to: usize,
    pub label: Option<Tag>,
    /// Where it must hold on, from the beginning of the block; anywhere if not said.
    pub start: Option<f64>,
    pub end: Option<f64>,
    /// Whether it leads against the ranks.
    pub turned: bool,
}

/// Where everything came to lie. The level begins at 0, 0.
#[derive(Debug, Clone, Default)]
pub(super) struct Placed {
    pub size: (f64, f64),
    /// The beginning of each block, and its thickness.
    pub blocks: Vec<(f64, f64, f64)>,
    /// Corners from the beginning of each wire to its end.
    pub wires: Vec<Vec<(f64, f64)>>,
    /// Where the wire passes the beginning of its label.
    pub labels: Vec<Option<(f64, f64)>>,
}

impl Placed {
    /// Moves everything along the ranks.
    pub fn shift(&mut self, by: f64) {
        self.size.0 += by;
        self.blocks.iter_mut().for_each(|(u, ..)| *u += by);
        self.wires.iter_mut().flatten().for_each(|(u, _)| *u += by);
        self.labels.iter_mut().flatten().for_each(|(u, _)| *u += by);
    }
}

/// How large a level may become.
#[derive(Debug, Clone, Copy)]
pub(super) struct Room {
    /// How far it may reach across before parts of it that hang together with no other move below each other.
    pub page: f64,
    /// Taller than this, it is laid in two columns.
    pub tall: f64,
    /// Whether more is done for fewer crossings: many times the work.
    pub thorough: bool,
}

/// Lays out one level. Deterministic; time grows with the number of wires times the ranks that they pass.
pub(super) fn lay(blocks: &[Block], wires: &[Wire], room: Room) -> Placed {
    if blocks.is_empty() {
        return Placed::default();
    }
    let ranking = rank::rank(blocks, wires, room.page);
    let laid = |thoroughly: bool| {
        let mut level = Level::new(blocks, wires, &ranking);
        order::order(&mut level, thoroughly);
        place::place(&mut level);
        if level.begins_late() {
            // The other way round it is as good, and begins where a reader does.
            order::mirror(&mut level);
            place::place(&mut level);
        }
        // A part at a time: what moved may leave room for what is above it.
        for _ in 0..3 {
            level.lean();
        }
        level
    };
    let mut level = laid(false);
    let crossings = level.crossings();
    if crossings > 0 && room.thorough {
        // Fewer crossings are worth some width, and not any.
        let other = laid(true);
        let saved = crossings.saturating_sub(other.crossings());
        let worth = WORTH * f64::from(u32::try_from(saved).unwrap_or(u32::MAX));
        if saved > 0 && other.width() <= level.width() + worth {
            level = other;
        }
    }
    let placed = route::route(&mut level, blocks.len(), wires);
    fold::fold(&placed, blocks, wires, room.tall).unwrap_or(placed)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct NodeId(u32);

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct SegmentId(u32);

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct RankId(u32);

macro_rules! numbered {
    ($($name:ident),+) => {$(
        impl Id for $name {
            fn from_index(index: usize) -> Self {
                Self(u32::try_from(index).unwrap_or(u32::MAX))
            }
            fn index(self) -> usize {
                self.0 as usize
            }
        }
    )+};
}
numbered!(NodeId, SegmentId, RankId);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Block(usize),
    Label(usize),
    Bend,
}

#[derive(Debug, Clone)]
struct Node {
    kind: Kind,
    /// What it takes up along its rank, on both sides of `u`.
    before: f64,
    after: f64,
    v: f64,
    /// Where wires may hold on, from `u`.
    hold: (f64, f64),
    pin: Pin,
    stretch: bool,
    begins: bool,
    rank: RankId,
    /// Its number within the rank.
    order: usize,
    u: f64,
    ups: Vec<SegmentId>,
    downs: Vec<SegmentId>,
}

impl Node {
    fn is_block(&self) -> bool {
        matches!(self.kind, Kind::Block(_))
    }

    fn is_door(&self) -> bool {
        matches!(self.pin, Pin::First | Pin::Last)
    }
}

/// A piece of a wire between one rank and the next.
#[derive(Debug, Clone)]
struct Segment {
    upper: NodeId,
    lower: NodeId,
    /// Where it must hold on, from `u` of the node.
    upper_fixed: Option<f64>,
    lower_fixed: Option<f64>,
    /// Where it holds on.
    upper_u: f64,
    lower_u: f64,
}

struct Level {
    nodes: Table<NodeId, Node>,
    segments: Table<SegmentId, Segment>,
    ranks: Table<RankId, Vec<NodeId>>,
    /// The segments of each wire, downwards.
    chains: Vec<Vec<SegmentId>>,
}

/// What a level may be wider for each crossing that is saved.
const WORTH: f64 = 50.0;
/// What a wire takes up where it passes a rank, on each side.
const BEND: f64 = 7.0;

impl Level {
    fn new(blocks: &[Block], wires: &[Wire], ranking: &rank::Ranking) -> Self {
        let mut level = Self {
            nodes: Table::new(),
            segments: Table::new(),
            ranks: Table::new(),
            chains: Vec::with_capacity(wires.len()),
        };
        let last = ranking.blocks.iter().copied().max().unwrap_or(0);
        for _ in 0..=last {
            level.ranks.push(Vec::new());
        }
        for (index, (block, rank)) in blocks.iter().zip(&ranking.blocks).enumerate() {
            let half = block.u / 2.0;
            level.nodes.push(Node {
                kind: Kind::Block(index),
                before: half,
                after: half,
                v: block.v,
                hold: (block.hold.0 - half, block.hold.1 - half),
                pin: block.pin,
                stretch: block.stretch,
                begins: block.begins,
                rank: RankId::from_index(*rank),
                order: 0,
                u: 0.0,
                ups: Vec::new(),
                downs: Vec::new(),
            });
        }
        for (index, wire) in wires.iter().enumerate() {
            let label_at = ranking.labels.get(index).copied().flatten();
            level.chain(index, wire, label_at);
        }
        level
    }

    /// The way of a wire, downwards, with a node in each rank that it passes.
    fn chain(&mut self, index: usize, wire: &Wire, label_at: Option<usize>) {
        let (from, to) = (NodeId::from_index(wire.from), NodeId::from_index(wire.to));
        let ((top, fixed_top), (bottom, fixed_bottom)) = if wire.turned {
            ((to, wire.end), (from, wire.start))
        } else {
            ((from, wire.start), (to, wire.end))
        };
        let (first, last) = (self.nodes.at(top).rank.index(), self.nodes.at(bottom).rank.index());
        let mut chain = Vec::new();
        let mut upper = top;
        let fixed_top = fixed_top.map(|at| at - self.nodes.at(top).before);
        let fixed_bottom = fixed_bottom.map(|at| at - self.nodes.at(bottom).before);
        for rank in first + 1..=last {
            let lower = if rank == last {
                bottom
            } else {
                let label = wire.label.filter(|_| label_at == Some(rank));
                let kind = if label.is_some() { Kind::Label(index) } else { Kind::Bend };
                let room = label.unwrap_or(Tag { before: BEND, after: BEND, v: 0.0 });
                self.nodes.push(Node {
                    kind,
                    before: room.before,
                    after: room.after,
                    v: room.v,
                    hold: (0.0, 0.0),
                    pin: Pin::Free,
                    stretch: false,
                    begins: false,
                    rank: RankId::from_index(rank),
                    order: 0,
                    u: 0.0,
                    ups: Vec::new(),
                    downs: Vec::new(),
                })
            };
            let segment = self.segments.push(Segment {
                upper,
                lower,
                upper_fixed: fixed_top.filter(|_| upper == top),
                lower_fixed: fixed_bottom.filter(|_| lower == bottom),
                upper_u: 0.0,
                lower_u: 0.0,
            });
            self.nodes.at_mut(upper).downs.push(segment);
            self.nodes.at_mut(lower).ups.push(segment);
            chain.push(segment);
            upper = lower;
        }
        self.chains.push(chain);
    }

    fn width(&self) -> f64 {
        let nodes = self.nodes.rows();
        let first = nodes.iter().map(|node| node.u - node.before).fold(f64::INFINITY, f64::min);
        let last = nodes.iter().map(|node| node.u + node.after).fold(f64::NEG_INFINITY, f64::max);
        last - first
    }

    /// Whether the beginning stands in the second half.
    fn begins_late(&self) -> bool {
        let nodes = self.nodes.rows();
        let Some(begin) = nodes.iter().find(|node| node.begins) else { return false };
        let end = nodes.iter().map(|node| node.u + node.after).fold(0.0, f64::max);
        begin.u > end / 2.0
    }

    /// How far apart two neighbours in a rank stand at least, from `u` to `u`.
    fn apart(&self, left: NodeId, right: NodeId) -> f64 {
        let (left, right) = (self.nodes.at(left), self.nodes.at(right));
        let gap = match (left.kind, right.kind) {
            // Points on a border stand as close as wires on a side.
            (Kind::Block(_), Kind::Block(_)) if left.is_door() && right.is_door() => 4.0,
            (Kind::Block(_), Kind::Block(_)) => 34.0,
            (Kind::Bend, Kind::Bend) => 0.0,
            (Kind::Label(_), Kind::Label(_)) => BETWEEN_LABELS,
            _ => 8.0,
        };
        left.after + gap + right.before
    }
}
