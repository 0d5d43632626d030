//! Which wires lead back, and the rank of every block.

use petgraph::Direction;
use petgraph::algo::kosaraju_scc;
use petgraph::graph::{DiGraph, NodeIndex};
use petgraph::unionfind::UnionFind;
use petgraph::visit::DfsPostOrder;

use super::{Block, Pin, Wire};

/// Ranks by number. Blocks stand in even ones, labels in odd ones.
pub(super) struct Ranking {
    pub blocks: Vec<usize>,
    pub labels: Vec<Option<usize>>,
}

/// For each wire, whether it leads against the direction of reading.
///
/// Two ways to break circles are tried: what leads to an earlier block of the same knot, in the order of the file; and what
/// leads back to a block that a walk from the first is still within. The one that turns fewer wires is taken, the first
/// where both turn as many.
pub(in crate::export::svg) fn turned(blocks: usize, wires: &[(usize, usize)]) -> Vec<bool> {
    let graph = graph(blocks, wires);
    let mut knots = vec![0_usize; blocks];
    for (number, knot) in kosaraju_scc(&graph).into_iter().enumerate() {
        knot.into_iter().for_each(|block| set(&mut knots, block.index(), number));
    }
    let same = |a: usize, b: usize| knots.get(a) == knots.get(b);
    let by_order: Vec<bool> =
        wires.iter().map(|(from, to)| same(*from, *to) && to < from).collect();
    // What a walk leaves no later than the block before leads back to one that it was still within.
    let mut left = vec![0_usize; blocks];
    for (number, block) in walk(&graph).into_iter().enumerate() {
        set(&mut left, block.index(), number);
    }
    let by_walk: Vec<bool> =
        wires.iter().map(|(from, to)| left.get(*to) >= left.get(*from)).collect();
    let count = |turned: &[bool]| turned.iter().filter(|turned| **turned).count();
    if count(&by_walk) < count(&by_order) { by_walk } else { by_order }
}

fn graph(blocks: usize, wires: &[(usize, usize)]) -> DiGraph<(), ()> {
    let mut graph = DiGraph::with_capacity(blocks, wires.len());
    for _ in 0..blocks {
        graph.add_node(());
    }
    for (from, to) in wires {
        if *from < blocks && *to < blocks {
            graph.add_edge(NodeIndex::new(*from), NodeIndex::new(*to), ());
        }
    }
    graph
}

/// Blocks in the order in which a depth-first walk leaves them: from where nothing leads to, first; such is the dot where a
/// case begins. Backwards it is a topological order, where there are no circles.
fn walk(graph: &DiGraph<(), ()>) -> Vec<NodeIndex> {
    let mut walk = DfsPostOrder::empty(graph);
    let mut left = Vec::with_capacity(graph.node_count());
    for root in graph.externals(Direction::Incoming).chain(graph.node_indices()) {
        walk.move_to(root);
        while let Some(block) = walk.next(graph) {
            left.push(block);
        }
    }
    left
}

fn set<T>(list: &mut [T], at: usize, value: T) {
    if let Some(place) = list.get_mut(at) {
        *place = value;
    }
}

/// Ranks for blocks and labels: each block as near to the beginning as its wires allow; parts that hang together with no
/// other stand beside each other as long as `page` has room, and below else.
pub(super) fn rank(blocks: &[Block], wires: &[Wire], page: f64) -> Ranking {
    let free = |index: usize| blocks.get(index).is_some_and(|block| block.pin == Pin::Free);
    let ends = |wire: &Wire| if wire.turned { (wire.to, wire.from) } else { (wire.from, wire.to) };
    let inner: Vec<(usize, usize)> =
        wires.iter().map(ends).filter(|(a, b)| free(*a) && free(*b)).collect();
    let mut ranks = longest(blocks.len(), &inner);
    narrow(blocks, wires, &inner, &mut ranks, page * 1.3);
    shelve(blocks, wires, &inner, &mut ranks, page);
    let first = blocks.iter().any(|block| matches!(block.pin, Pin::Title | Pin::Head | Pin::First));
    let mut last = 0;
    for (index, rank) in ranks.iter_mut().enumerate() {
        if free(index) {
            *rank += if first { 2 } else { 0 };
            last = last.max(*rank);
        }
    }
    for (rank, block) in ranks.iter_mut().zip(blocks) {
        match block.pin {
            Pin::Free => {}
            Pin::Title | Pin::Head | Pin::First => *rank = 0,
            Pin::Last => *rank = last + 2,
        }
    }
    let labels = labels(blocks, wires, &ranks);
    Ranking { blocks: ranks, labels }
}

/// The longest way to each block from one that nothing leads to; such a one stands just before the first that it leads to.
fn longest(blocks: usize, wires: &[(usize, usize)]) -> Vec<usize> {
    let graph = graph(blocks, wires);
    let mut ranks = vec![0_usize; blocks];
    for block in walk(&graph).into_iter().rev() {
        let rank = ranks.get(block.index()).copied().unwrap_or(0);
        for to in graph.neighbors(block) {
            if let Some(lower) = ranks.get_mut(to.index()) {
                *lower = (*lower).max(rank + 2);
            }
        }
    }
    for source in graph.externals(Direction::Incoming) {
        let below = graph.neighbors(source).filter_map(|to| ranks.get(to.index()));
        if let Some(nearest) = below.min().copied() {
            set(&mut ranks, source.index(), nearest.saturating_sub(2));
        }
    }
    ranks
}

/// Moves down what a rank has no room for: first what leads nowhere, and of that the last in the order of the file.
fn narrow(
    blocks: &[Block],
    wires: &[Wire],
    inner: &[(usize, usize)],
    ranks: &mut [usize],
    room: f64,
) {
    // A block needs room for itself or for the labels of what leads to it.
    let mut wide: Vec<f64> = blocks.iter().map(|block| block.u + 34.0).collect();
    let mut labels = vec![0.0_f64; blocks.len()];
    let mut out: Vec<Vec<usize>> = vec![Vec::new(); blocks.len()];
    for wire in wires {
        let lower = if wire.turned { wire.from } else { wire.to };
        if let (Some(tag), Some(sum)) = (wire.label, labels.get_mut(lower)) {
            *sum += tag.before + tag.after + 12.0;
        }
    }
    for (wide, labels) in wide.iter_mut().zip(labels) {
        *wide = wide.max(labels.min(room / 2.0));
    }
    for (from, to) in inner {
        if let Some(list) = out.get_mut(*from) {
            list.push(*to);
        }
    }
    let free = |index: usize| blocks.get(index).is_some_and(|block| block.pin == Pin::Free);
    let leads = |index: usize| out.get(index).is_some_and(|out| !out.is_empty());
    let mut by_rank: std::collections::BTreeMap<usize, Vec<usize>> =
        std::collections::BTreeMap::new();
    for (index, rank) in ranks.iter().enumerate().filter(|(index, _)| free(*index)) {
        by_rank.entry(*rank).or_default().push(index);
    }
    let mut led_to = vec![false; blocks.len()];
    for (_, to) in inner {
        set(&mut led_to, *to, true);
    }
    // Each block moves down rank by rank at most as far as there are blocks.
    let mut moves = 200_000_usize;
    while let Some((rank, mut here)) = by_rank.pop_first() {
        here.sort_by_key(|index| (!leads(*index), *index));
        let mut taken = 0.0;
        for (place, index) in here.into_iter().enumerate() {
            taken += wide.get(index).copied().unwrap_or(0.0);
            // What nothing leads to stands where it leads to: moving it would only make its wire longer.
            let stays = led_to.get(index) != Some(&true);
            if place < 2 || taken <= room || stays || moves == 0 {
                continue;
            }
            let mut waiting = vec![(index, rank + 2)];
            while let Some((block, least)) = waiting.pop() {
                let Some(at) = ranks.get_mut(block).filter(|at| **at < least) else { continue };
                if let Some(list) = by_rank.get_mut(at) {
                    list.retain(|other| *other != block);
                }
                *at = least;
                by_rank.entry(least).or_default().push(block);
                moves = moves.saturating_sub(1);
                waiting.extend(out.get(block).into_iter().flatten().map(|to| (*to, least + 2)));
            }
        }
    }
}

/// Puts parts that hang together with no other on shelves, so that no rank grows much wider than the page.
fn shelve(
    blocks: &[Block],
    wires: &[Wire],
    inner: &[(usize, usize)],
    ranks: &mut [usize],
    page: f64,
) {
    let mut joined: UnionFind<usize> = UnionFind::new(blocks.len());
    for (from, to) in inner {
        joined.union(*from, *to);
    }
    // Each part goes by its first block.
    let mut firsts: std::collections::BTreeMap<usize, usize> = std::collections::BTreeMap::new();
    let part: Vec<usize> = joined
        .into_labeling()
        .into_iter()
        .enumerate()
        .map(|(block, label)| *firsts.entry(label).or_insert(block))
        .collect();
    let root = |block: usize| part.get(block).copied().unwrap_or(block);
    // Widths of each rank of each part, labels included.
    let mut parts: std::collections::BTreeMap<usize, std::collections::BTreeMap<usize, f64>> =
        std::collections::BTreeMap::new();
    for (index, block) in blocks.iter().enumerate().filter(|(_, block)| block.pin == Pin::Free) {
        let rank = ranks.get(index).copied().unwrap_or(0);
        *parts.entry(root(index)).or_default().entry(rank).or_default() += block.u + 34.0;
    }
    for wire in wires {
        let of = root(wire.from);
        if let (Some(tag), Some(part)) = (wire.label, parts.get_mut(&of)) {
            let rank = ranks.get(wire.from).copied().unwrap_or(0) + 1;
            *part.entry(rank).or_default() += tag.before + tag.after + 12.0;
        }
    }
    if parts.len() < 2 {
        return;
    }
    let (mut taken, mut base, mut height) = (0.0_f64, 0, 0);
    let mut offsets: std::collections::BTreeMap<usize, usize> = std::collections::BTreeMap::new();
    for (of, widths) in &parts {
        let wide = widths.values().copied().fold(0.0, f64::max);
        let first = widths.keys().next().copied().unwrap_or(0);
        let tall = widths.keys().next_back().copied().unwrap_or(0) - first + 2;
        let tall = tall + tall % 2;
        if taken > 0.0 && taken + wide > page {
            (taken, base, height) = (0.0, base + height, 0);
        }
        taken += wide;
        height = height.max(tall);
        offsets.insert(*of, base);
    }
    for (index, rank) in ranks.iter_mut().enumerate() {
        *rank += offsets.get(&root(index)).copied().unwrap_or(0);
    }
}

/// The rank of each label: of those that its wire passes, the one with the most room left, nearest to where it begins.
fn labels(blocks: &[Block], wires: &[Wire], ranks: &[usize]) -> Vec<Option<usize>> {
    let last = ranks.iter().copied().max().unwrap_or(0);
    let mut taken = vec![0.0_f64; last + 1];
    for (block, rank) in blocks.iter().zip(ranks) {
        if let Some(taken) = taken.get_mut(*rank) {
            *taken += block.u;
        }
    }
    let span = |wire: &Wire| {
        let rank = |block: usize| ranks.get(block).copied().unwrap_or(0);
        let (a, b) = (rank(wire.from), rank(wire.to));
        (a.min(b), a.max(b))
    };
    let mut by_length: Vec<(usize, &Wire)> = wires.iter().enumerate().collect();
    by_length.sort_by_key(|(index, wire)| {
        let (first, last) = span(wire);
        (last - first, *index)
    });
    let mut found = vec![None; wires.len()];
    for (index, wire) in by_length {
        let Some(tag) = wire.label else { continue };
        let (first, last) = span(wire);
        let mut best: Option<(f64, usize)> = None;
        let near: Vec<usize> = if wire.turned {
            (first + 1..last).rev().filter(|rank| rank % 2 == 1).collect()
        } else {
            (first + 1..last).filter(|rank| rank % 2 == 1).collect()
        };
        for (steps, rank) in near.into_iter().enumerate() {
            // A label far from where its wire begins is harder to find than one in a wide row.
            let far = f64::from(u32::try_from(steps).unwrap_or(u32::MAX)) * 60.0;
            let cost = taken.get(rank).copied().unwrap_or(0.0) + far;
            if best.is_none_or(|(least, _)| cost < least) {
                best = Some((cost, rank));
            }
        }
        if let Some((_, rank)) = best {
            if let Some(taken) = taken.get_mut(rank) {
                *taken += tag.before + tag.after + 12.0;
            }
            set(&mut found, index, Some(rank));
        }
    }
    found
}
