//! A long level in two columns: what stands below some height goes beside what stands above it, as in a newspaper.
//!
//! Wires that pass the cut go round: down, across below the first column, up between the two, and over the second. The cut
//! is where few wires pass, near the middle.

use super::{Block, Pin, Placed, Wire};

/// Between two wires that go round.
const TRACK: f64 = 11.0;
/// Between a column and the wires beside it.
const CLEAR: f64 = 18.0;
/// Wires that may go round: each crosses all others.
const MOST: usize = 3;
/// What a wire that goes round costs, in heights of the columns.
const ROUND: f64 = 160.0;
/// How far two columns may reach across.
const WIDEST: f64 = 1500.0;

/// A level in two columns, where it is taller than `tall` and there is a place to cut it.
pub(super) fn fold(placed: &Placed, blocks: &[Block], wires: &[Wire], tall: f64) -> Option<Placed> {
    if placed.size.1 <= tall {
        return None;
    }
    let cut = cut(placed, wires)?;
    let mut passing: Vec<(f64, usize)> = Vec::new();
    for (index, way) in placed.wires.iter().enumerate() {
        passing.extend(crossing(way, cut).map(|(u, _)| (u, index)));
    }
    // The rightmost goes round innermost.
    passing.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    let mut first = 0.0_f64;
    for ((u, ..), block) in placed.blocks.iter().zip(blocks).filter(|((_, v, _), _)| *v < cut) {
        first = first.max(u + block.u);
    }
    for (label, wire) in placed.labels.iter().zip(wires) {
        if let (Some((u, v)), Some(tag)) = (label, wire.label)
            && *v < cut
        {
            first = first.max(u + tag.after);
        }
    }
    for point in placed.wires.iter().flatten().filter(|(_, v)| *v < cut) {
        first = first.max(point.0 + 7.0);
    }
    let round = f64::from(u32::try_from(passing.len()).unwrap_or(u32::MAX)) * TRACK;
    let (du, dv) = (first + 2.0 * CLEAR + round, round + CLEAR - cut);
    if placed.size.0.max(first) + du > WIDEST {
        return None;
    }
    let below = |v: f64| v > cut;
    let moved = |(u, v): (f64, f64)| if below(v) { (u + du, v + dv) } else { (u, v) };
    let height = (cut + CLEAR + round).max(placed.size.1 + dv);
    let mut folded = Placed {
        size: (placed.size.0.max(first) + du, height),
        blocks: placed
            .blocks
            .iter()
            .map(|(u, v, thick)| {
                let (u, v) = moved((*u, *v));
                (u, v, *thick)
            })
            .collect(),
        wires: placed.wires.iter().map(|way| way.iter().copied().map(moved).collect()).collect(),
        labels: placed.labels.iter().map(|label| label.map(moved)).collect(),
    };
    // What goes on beyond the border does so from where the border is now.
    let mut ends = Vec::new();
    for (index, (place, block)) in folded.blocks.iter_mut().zip(blocks).enumerate() {
        if block.pin == Pin::Last {
            place.1 = height - place.2;
            ends.push(index);
        }
    }
    for (way, wire) in folded.wires.iter_mut().zip(wires) {
        if ends.contains(&wire.from)
            && let Some(point) = way.first_mut()
        {
            point.1 = height;
        }
        if ends.contains(&wire.to)
            && let Some(point) = way.last_mut()
        {
            point.1 = height;
        }
    }
    for (place, (u, index)) in passing.iter().enumerate() {
        let inner = f64::from(u32::try_from(place).unwrap_or(u32::MAX)) * TRACK;
        let Some(way) = placed.wires.get(*index) else { continue };
        let Some((_, at)) = crossing(way, cut) else { continue };
        let down = way.get(at).is_some_and(|(_, v)| !below(*v));
        let (low, right, high) = (cut + 6.0 + inner, first + CLEAR + inner, round - inner);
        let mut corners = vec![(*u, low), (right, low), (right, high), (u + du, high)];
        if !down {
            corners.reverse();
        }
        if let Some(way) = folded.wires.get_mut(*index) {
            way.splice(at + 1..at + 1, corners);
        }
    }
    Some(folded)
}

/// Where a way passes a height: its `u` there, and the number of the point before.
fn crossing(way: &[(f64, f64)], cut: f64) -> Option<(f64, usize)> {
    let pieces = way.windows(2).enumerate();
    let mut found = pieces.filter_map(|(index, pair)| match pair {
        [a, b] if (a.1 < cut) != (b.1 < cut) => Some((a.0, index)),
        _ => None,
    });
    found.next()
}

/// Where to cut: between two ranks, not far from the middle, where few wires pass.
fn cut(placed: &Placed, wires: &[Wire]) -> Option<f64> {
    let mut solid: Vec<(f64, f64)> =
        placed.blocks.iter().map(|(_, v, thick)| (*v, v + thick)).collect();
    for (label, wire) in placed.labels.iter().zip(wires) {
        if let (Some((_, v)), Some(tag)) = (label, wire.label) {
            solid.push((*v, v + tag.v));
        }
    }
    for way in &placed.wires {
        for pair in way.windows(2) {
            if let [a, b] = pair
                && (a.1 - b.1).abs() < 0.1
                && (a.0 - b.0).abs() > 0.1
            {
                solid.push((a.1, a.1));
            }
        }
    }
    solid.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut best: Option<(f64, f64)> = None;
    let mut end = f64::INFINITY;
    for (from, to) in solid {
        if from > end + 4.0 {
            let at = f64::midpoint(from, end);
            let passing = placed.wires.iter().filter(|way| crossing(way, at).is_some()).count();
            let far = (at - placed.size.1 / 2.0).abs();
            let cost = far + ROUND * f64::from(u32::try_from(passing).unwrap_or(u32::MAX));
            let good = (1..=MOST).contains(&passing) && far < placed.size.1 / 4.0;
            if good && best.is_none_or(|(least, _)| cost < least) {
                best = Some((cost, at));
            }
        }
        end = if end.is_finite() { end.max(to) } else { to };
    }
    best.map(|(_, at)| at)
}
