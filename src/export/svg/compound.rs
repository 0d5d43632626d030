//! Boxes within boxes: each box is laid out as a level of its own, from the innermost outwards.
//!
//! A line that leaves a box is laid in parts: within the box to a point on its border, and on from there. Whether it leaves
//! at the end or at the beginning is known before anything is laid out, since only the order of the file decides it.

use super::layered::{self, Block, Pin, Placed, Room, Tag, Wire};

/// Which way the picture reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Direction {
    Down,
    Right,
}

#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Size {
    pub w: f64,
    pub h: f64,
}

#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Rect {
    pub x: f64,
    pub y: f64,
    pub w: f64,
    pub h: f64,
}

/// Something in a box. A parent comes before its children; the first is the outermost box and holds all others.
#[derive(Debug, Clone, Default)]
pub(super) struct Item {
    pub parent: Option<usize>,
    pub is_frame: bool,
    /// The box itself; of a frame, its title.
    pub size: Size,
    /// Labels of lines from it to itself.
    pub loops: Vec<Size>,
    /// Whether it grows to the height of its neighbours.
    pub stretch: bool,
    /// Whether it belongs to the head of its frame.
    pub is_head: bool,
    /// Whether lines hold on to its middle only.
    pub is_point: bool,
}

/// A line between two boxes, neither of which is within the other.
#[derive(Debug, Clone, Copy)]
pub(super) struct Line {
    pub from: usize,
    pub to: usize,
    pub label: Option<Size>,
}

#[derive(Debug, Clone, Default)]
pub(super) struct Layout {
    pub size: Size,
    pub boxes: Vec<Rect>,
    /// Where the title of a frame stands.
    pub titles: Vec<Rect>,
    pub lines: Vec<Vec<(f64, f64)>>,
    pub labels: Vec<Option<Rect>>,
    /// For each item, the ways of its loops and where their labels stand.
    pub loops: Vec<Vec<Loop>>,
}

impl Layout {
    /// How many places there are where two lines cross. Cost: the square of the number of corners.
    pub fn crossings(&self) -> usize {
        let (mut level, mut upright) = (Vec::new(), Vec::new());
        for (line, way) in self.lines.iter().enumerate() {
            for pair in way.windows(2) {
                let [a, b] = pair else { continue };
                if (a.1 - b.1).abs() < 0.1 {
                    level.push((line, a.0.min(b.0), a.0.max(b.0), a.1));
                } else if (a.0 - b.0).abs() < 0.1 {
                    upright.push((line, a.1.min(b.1), a.1.max(b.1), a.0));
                }
            }
        }
        let crosses = |(line, left, right, v): (usize, f64, f64, f64)| {
            let others = upright.iter().filter(move |(other, top, bottom, u)| {
                *other != line && left < *u && *u < right && *top < v && v < *bottom
            });
            others.count()
        };
        level.into_iter().map(crosses).sum()
    }

    /// From where to where something stands that no page should end in, downwards: boxes, texts, level pieces of lines.
    pub fn solid(&self, is_frame: impl Fn(usize) -> bool, top: f64, found: &mut Vec<(f64, f64)>) {
        let mut add = |from: f64, to: f64| found.push((top + from - 4.0, top + to + 4.0));
        let boxes = self.boxes.iter().zip(&self.titles).enumerate();
        for (index, (rect, title)) in boxes {
            let rect = if is_frame(index) { title } else { rect };
            if rect.h > 0.0 {
                add(rect.y, rect.y + rect.h);
            }
        }
        let loops = self.loops.iter().flatten();
        let loops = loops.map(|(way, label)| (way.as_slice(), Some(label)));
        let lines = self.lines.iter().zip(&self.labels);
        let lines = lines.map(|(way, label)| (way.as_slice(), label.as_ref()));
        for (way, label) in loops.chain(lines) {
            if let Some(label) = label {
                add(label.y, label.y + label.h);
            }
            for pair in way.windows(2) {
                if let [a, b] = pair
                    && (a.1 - b.1).abs() < 0.1
                {
                    add(a.1, a.1);
                }
            }
            // An arrowhead.
            if let [.., before, end] = way {
                add(end.1.min(before.1.max(end.1 - 12.0)), end.1.max(before.1.min(end.1 + 12.0)));
            }
        }
    }
}

/// The way of a line from a box to itself, and where its label stands.
pub(super) type Loop = (Vec<(f64, f64)>, Rect);

/// Between a frame and what is in it.
const PAD: f64 = 16.0;
/// Between the head of a frame and what stands below or beside it.
const HEAD: f64 = 20.0;
/// Between a line and its label.
const BESIDE: f64 = 7.0;
/// How far a loop reaches out.
const LOOP: f64 = 22.0;

/// A part of a line within one level.
#[derive(Debug, Clone, Copy)]
enum Part {
    Across { from: usize, to: usize },
    Out { from: usize },
    In { to: usize },
}

#[derive(Default)]
struct Level {
    children: Vec<usize>,
    parts: Vec<(usize, Part)>,
    placed: Placed,
    /// Where lines pass the border, by line, from the beginning of what is within.
    doors: Vec<(usize, f64)>,
}

struct Nest<'a> {
    items: &'a [Item],
    lines: &'a [Line],
    way: Direction,
    /// Frames whose head stands beside what is in them, not above it.
    beside: &'a [usize],
    levels: Vec<Level>,
    turned: Vec<bool>,
    /// The extents of each item with its loops, and of its box alone.
    outer: Vec<Size>,
    boxes: Vec<Size>,
}

/// Lays out everything, each level in so much room. In the frames named by number the head stands beside what is in them.
pub(super) fn lay(
    items: &[Item],
    lines: &[Line],
    way: Direction,
    room: Room,
    beside: &[usize],
) -> Layout {
    let mut nest = Nest {
        items,
        lines,
        way,
        beside,
        levels: Vec::new(),
        turned: vec![false; lines.len()],
        outer: Vec::new(),
        boxes: Vec::new(),
    };
    nest.split();
    nest.widen();
    for item in (0..items.len()).rev() {
        nest.lay_level(item, room);
    }
    nest.compose()
}

impl Nest<'_> {
    fn ancestors(&self, item: usize) -> Vec<usize> {
        let up = |item: &usize| self.items.get(*item).and_then(|item| item.parent);
        let mut chain: Vec<usize> = std::iter::successors(Some(item), up).collect();
        chain.reverse();
        chain
    }

    /// Splits every line into parts and finds out which lines lead back.
    fn split(&mut self) {
        for (index, item) in self.items.iter().enumerate() {
            let (size, boxed) = extent(item, self.way);
            self.outer.push(size);
            self.boxes.push(boxed);
            self.levels.push(Level::default());
            if let Some(parent) = item.parent.and_then(|parent| self.levels.get_mut(parent)) {
                parent.children.push(index);
            }
        }
        for (index, line) in self.lines.iter().enumerate() {
            let (from, to) = (self.ancestors(line.from), self.ancestors(line.to));
            let common = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
            let mut parts = Vec::new();
            if let (Some(a), Some(b), Some(level)) = (
                from.get(common),
                to.get(common),
                common.checked_sub(1).and_then(|at| from.get(at)),
            ) {
                parts.push((*level, Part::Across { from: *a, to: *b }));
            }
            for pair in from.windows(2).skip(common) {
                if let [frame, child] = pair {
                    parts.push((*frame, Part::Out { from: *child }));
                }
            }
            for pair in to.windows(2).skip(common) {
                if let [frame, child] = pair {
                    parts.push((*frame, Part::In { to: *child }));
                }
            }
            for (level, part) in parts {
                if let Some(level) = self.levels.get_mut(level) {
                    level.parts.push((index, part));
                }
            }
        }
        for level in &self.levels {
            let across = level.parts.iter().filter_map(|(line, part)| match part {
                Part::Across { from, to } => {
                    let local = |item: &usize| level.children.iter().position(|it| it == item);
                    Some((*line, (local(from)?, local(to)?)))
                }
                _ => None,
            });
            let (ids, ends): (Vec<usize>, Vec<(usize, usize)>) = across.unzip();
            let turned = layered::turned(level.children.len(), &ends);
            for (line, turned) in ids.into_iter().zip(turned) {
                if let Some(place) = self.turned.get_mut(line) {
                    *place = turned;
                }
            }
        }
    }

    /// A box is as wide as the labels below it hang apart, where that is not much wider.
    fn widen(&mut self) {
        if self.way == Direction::Right {
            return;
        }
        // Of each item the room that labels below it take, and what the narrowest of them takes.
        let mut hang = vec![(0.0_f64, f64::INFINITY); self.items.len()];
        let parts = self.levels.iter().flat_map(|level| &level.parts);
        for (line, part) in parts {
            let Part::Across { from, to } = *part else { continue };
            let label = self.lines.get(*line).and_then(|line| line.label);
            let upper = if self.turned.get(*line) == Some(&true) { to } else { from };
            if let (Some(label), Some((sum, least))) = (label, hang.get_mut(upper)) {
                let Tag { before, after, .. } = tag(label, self.way);
                let room = before + after + layered::BETWEEN_LABELS;
                (*sum, *least) = (*sum + room, least.min(room));
            }
        }
        for ((index, item), (sum, least)) in self.items.iter().enumerate().zip(hang) {
            let needed = sum - least + 2.0 * layered::CORNER + 1.0;
            let sizes = (self.boxes.get_mut(index), self.outer.get_mut(index));
            let (Some(boxed), Some(outer)) = sizes else { continue };
            let more = needed - boxed.w;
            if !item.is_frame && !item.is_point && more > 0.0 && more < 90.0 {
                boxed.w += more;
                outer.w += more;
            }
        }
    }

    /// Of a size, what runs along a rank and what across.
    fn uv(&self, size: Size) -> (f64, f64) {
        match self.way {
            Direction::Down => (size.w, size.h),
            Direction::Right => (size.h, size.w),
        }
    }

    fn lay_level(&mut self, frame: usize, room: Room) {
        let aside = self.way == Direction::Down && self.beside.contains(&frame);
        // Where the head reaches further than what it would stand beside, it stands above it.
        if !(aside && self.lay_content(frame, room, true)) {
            self.lay_content(frame, room, false);
        }
    }

    /// How far the title and the head of a frame reach, across and down, below each other.
    fn column(&self, frame: usize, heads: &[usize]) -> Size {
        let mut size = self.items.get(frame).map(|item| item.size).unwrap_or_default();
        for head in heads.iter().filter_map(|head| self.outer.get(*head)) {
            size = Size { w: size.w.max(head.w), h: size.h + HEAD + head.h };
        }
        size
    }

    /// Lays out what is in a frame; without its title and head, which stand at its left, where `aside` says so. Returns
    /// whether that could be done.
    fn lay_content(&mut self, frame: usize, room: Room, aside: bool) -> bool {
        let Some(item) = self.items.get(frame).filter(|item| item.is_frame) else { return true };
        let Some(level) = self.levels.get(frame) else { return true };
        let is_aside =
            |child: &usize| aside && self.items.get(*child).is_some_and(|item| item.is_head);
        let (heads, inside): (Vec<usize>, Vec<usize>) =
            level.children.iter().copied().partition(is_aside);
        let mut blocks: Vec<Block> = Vec::new();
        for child in &inside {
            let size = self.outer.get(*child).copied().unwrap_or_default();
            let boxed = self.boxes.get(*child).copied().unwrap_or_default();
            let ((u, v), (hold, _)) = (self.uv(size), self.uv(boxed));
            let Some(item) = self.items.get(*child) else { continue };
            let head = item.is_head && self.way == Direction::Down;
            let pin = if head { Pin::Head } else { Pin::Free };
            let hold = if item.is_point { (hold / 2.0, hold / 2.0) } else { (0.0, hold) };
            blocks.push(Block { u, v, hold, pin, stretch: item.stretch, begins: item.is_point });
        }
        let has_title = self.way == Direction::Down && item.size.w > 0.0 && !aside;
        if has_title {
            let (u, v) = (item.size.w, item.size.h);
            blocks.push(Block {
                u,
                v,
                hold: (0.0, u),
                pin: Pin::Title,
                stretch: false,
                begins: false,
            });
        }
        let mut wires = Vec::with_capacity(level.parts.len());
        let mut doors = Vec::new();
        for (line, part) in &level.parts {
            let turned = self.turned.get(*line).copied().unwrap_or(false);
            let local = |item: &usize| inside.iter().position(|it| it == item);
            let mut door = |pin: Pin| {
                doors.push((*line, blocks.len()));
                blocks.push(Block {
                    u: 12.0,
                    v: 0.0,
                    hold: (6.0, 6.0),
                    pin,
                    stretch: false,
                    begins: false,
                });
                blocks.len() - 1
            };
            let Some(label) = self.lines.get(*line).map(|line| line.label) else { continue };
            let wire = match part {
                Part::Across { from, to } => {
                    let (Some(a), Some(b)) = (local(from), local(to)) else { continue };
                    let label = label.map(|size| tag(size, self.way));
                    let (start, end) = (self.door(*from, *line), self.door(*to, *line));
                    Wire { from: a, to: b, label, start, end, turned }
                }
                Part::Out { from } => {
                    let Some(a) = local(from) else { continue };
                    let port = door(if turned { Pin::First } else { Pin::Last });
                    let (start, end) = (self.door(*from, *line), Some(6.0));
                    Wire { from: a, to: port, label: None, start, end, turned }
                }
                Part::In { to } => {
                    let Some(b) = local(to) else { continue };
                    let port = door(if turned { Pin::Last } else { Pin::First });
                    let (start, end) = (Some(6.0), self.door(*to, *line));
                    Wire { from: port, to: b, label: None, start, end, turned }
                }
            };
            wires.push(wire);
        }
        let mut placed = layered::lay(&blocks, &wires, room);
        let column = if aside { self.column(frame, &heads) } else { Size::default() };
        if aside {
            if heads.is_empty() || column.h > placed.size.1 {
                return false;
            }
            placed.shift(column.w + HEAD);
        }
        let doors: Vec<(usize, f64)> = doors
            .into_iter()
            .filter_map(|(line, block)| Some((line, placed.blocks.get(block)?.0 + 6.0)))
            .collect();
        if aside {
            let mut below = item.size.h + HEAD;
            let mut found = placed.blocks.iter().copied();
            let mut all = Vec::with_capacity(level.children.len());
            for child in &level.children {
                if heads.contains(child) {
                    let height = self.outer.get(*child).map_or(0.0, |size| size.h);
                    all.push((0.0, below, height));
                    below += height + HEAD;
                } else {
                    all.extend(found.next());
                }
            }
            placed.blocks = all;
        }
        let (content_u, content_v) = placed.size;
        let size = if frame == 0 {
            size_of(content_u, content_v, self.way)
        } else {
            match self.way {
                Direction::Down => Size { w: content_u + 2.0 * PAD, h: content_v + 2.0 * PAD },
                Direction::Right => Size {
                    w: content_v.max(item.size.w) + 2.0 * PAD,
                    h: content_u + header(item.size) + PAD,
                },
            }
        };
        if let Some(level) = self.levels.get_mut(frame) {
            (level.placed, level.doors) = (placed, doors);
        }
        for sizes in [&mut self.outer, &mut self.boxes] {
            if let Some(place) = sizes.get_mut(frame) {
                *place = size;
            }
        }
        true
    }

    /// Where a line passes the border of an item that it does not end at, from the item's beginning.
    fn door(&self, item: usize, line: usize) -> Option<f64> {
        let (level, item) = (self.levels.get(item)?, self.items.get(item)?);
        let (_, at) = level.doors.iter().find(|(of, _)| *of == line)?;
        Some(at + self.inset(item))
    }

    /// From the beginning of a frame to what is in it, along the rank.
    fn inset(&self, frame: &Item) -> f64 {
        match self.way {
            Direction::Down => PAD,
            Direction::Right => header(frame.size),
        }
    }

    /// Puts the levels into one another.
    fn compose(self) -> Layout {
        let count = self.items.len();
        let mut layout = Layout {
            size: self.outer.first().copied().unwrap_or_default(),
            boxes: vec![Rect::default(); count],
            titles: vec![Rect::default(); count],
            lines: vec![Vec::new(); self.lines.len()],
            labels: vec![None; self.lines.len()],
            loops: vec![Vec::new(); count],
        };
        if let Some(root) = layout.boxes.first_mut() {
            *root = Rect { x: 0.0, y: 0.0, w: layout.size.w, h: layout.size.h };
        }
        // Parts of each line: those within the source from inside out, across, those within the target inwards. Frames
        // are met from the outside in.
        let mut outwards: Vec<Vec<Vec<(f64, f64)>>> = vec![Vec::new(); self.lines.len()];
        let mut across: Vec<Vec<(f64, f64)>> = vec![Vec::new(); self.lines.len()];
        let mut inwards: Vec<Vec<(f64, f64)>> = vec![Vec::new(); self.lines.len()];
        for (frame, item) in self.items.iter().enumerate().filter(|(_, item)| item.is_frame) {
            let Some(level) = self.levels.get(frame) else { continue };
            let bounds = layout.boxes.get(frame).copied().unwrap_or_default();
            let (dx, dy) = if frame == 0 {
                (0.0, 0.0)
            } else {
                match self.way {
                    Direction::Down => (bounds.x + PAD, bounds.y + PAD),
                    Direction::Right => (bounds.x + PAD, bounds.y + header(item.size)),
                }
            };
            let at = |(u, v): (f64, f64)| match self.way {
                Direction::Down => (dx + u, dy + v),
                Direction::Right => (dx + v, dy + u),
            };
            let title =
                (bounds.x + PAD, bounds.y + if self.way == Direction::Down { PAD } else { 10.0 });
            if let Some(place) = layout.titles.get_mut(frame) {
                *place = Rect { x: title.0, y: title.1, w: item.size.w, h: item.size.h };
            }
            for (child, (u, v, thick)) in level.children.iter().zip(&level.placed.blocks) {
                let (x, y) = at((*u, *v));
                let size = self.boxes.get(*child).copied().unwrap_or_default();
                let mut rect = Rect { x, y, w: size.w, h: size.h };
                if self.items.get(*child).is_some_and(|item| item.stretch) {
                    match self.way {
                        Direction::Down => rect.h = *thick,
                        Direction::Right => rect.w = *thick,
                    }
                }
                if let Some(place) = layout.boxes.get_mut(*child) {
                    *place = rect;
                }
                if let (Some(item), Some(place)) =
                    (self.items.get(*child), layout.loops.get_mut(*child))
                {
                    *place = loops(item, rect, self.way);
                }
            }
            let placed = level.placed.wires.iter().zip(&level.placed.labels);
            for ((line, part), (way, label)) in level.parts.iter().zip(placed) {
                let way: Vec<(f64, f64)> = way.iter().copied().map(at).collect();
                match part {
                    Part::Across { .. } => {
                        if let Some(place) = across.get_mut(*line) {
                            *place = way;
                        }
                        let size = self.lines.get(*line).and_then(|line| line.label);
                        if let (Some(place), Some(label), Some(size)) =
                            (layout.labels.get_mut(*line), label, size)
                        {
                            let (x, y) = at(*label);
                            *place = Some(match self.way {
                                Direction::Down => {
                                    Rect { x: x + BESIDE, y: y + 3.0, w: size.w, h: size.h }
                                }
                                Direction::Right => {
                                    Rect { x: x + 8.0, y: y - size.h - 3.0, w: size.w, h: size.h }
                                }
                            });
                        }
                    }
                    Part::Out { .. } => {
                        if let Some(place) = outwards.get_mut(*line) {
                            place.push(way);
                        }
                    }
                    Part::In { .. } => {
                        if let Some(place) = inwards.get_mut(*line) {
                            place.extend(way);
                        }
                    }
                }
            }
        }
        for (((outwards, across), inwards), line) in
            outwards.into_iter().zip(across).zip(inwards).zip(&mut layout.lines)
        {
            let out = outwards.into_iter().rev().flatten();
            *line = corners(out.chain(across).chain(inwards));
        }
        layout
    }
}

/// The corners of a way, without points that lie on a straight piece.
fn corners(points: impl Iterator<Item = (f64, f64)>) -> Vec<(f64, f64)> {
    let same = |a: f64, b: f64| (a - b).abs() < 0.05;
    let mut kept: Vec<(f64, f64)> = Vec::new();
    for point in points {
        if let Some(last) = kept.last()
            && same(last.0, point.0)
            && same(last.1, point.1)
        {
            continue;
        }
        if let [.., before, last] = kept.as_slice()
            && (same(before.0, last.0) && same(last.0, point.0)
                || same(before.1, last.1) && same(last.1, point.1))
        {
            kept.pop();
        }
        kept.push(point);
    }
    kept
}

fn size_of(u: f64, v: f64, way: Direction) -> Size {
    match way {
        Direction::Down => Size { w: u, h: v },
        Direction::Right => Size { w: v, h: u },
    }
}

/// The head of a frame in a picture that reads to the right.
fn header(title: Size) -> f64 {
    if title.h > 0.0 { title.h + 20.0 } else { PAD }
}

fn tag(size: Size, way: Direction) -> Tag {
    match way {
        Direction::Down => Tag { before: 5.0, after: BESIDE + size.w + 3.0, v: size.h + 6.0 },
        Direction::Right => Tag { before: size.h + 5.0, after: 6.0, v: size.w + 16.0 },
    }
}

/// An item with its loops, and its box alone, which grows where its loops need more side.
fn extent(item: &Item, way: Direction) -> (Size, Size) {
    let mut boxed = item.size;
    if item.loops.is_empty() || item.is_frame {
        return (boxed, boxed);
    }
    let mut outer = boxed;
    match way {
        Direction::Down => {
            let tall: f64 = item.loops.iter().map(|label| slot(*label, way)).sum();
            boxed.h = boxed.h.max(tall + 4.0);
            let wide = item.loops.iter().map(|label| label.w).fold(0.0, f64::max);
            outer = Size { w: boxed.w + LOOP + BESIDE + wide + 4.0, h: boxed.h };
        }
        Direction::Right => {
            let wide: f64 = item.loops.iter().map(|label| slot(*label, way)).sum();
            boxed.w = boxed.w.max(wide + 4.0);
            let tall = item.loops.iter().map(|label| label.h).fold(LOOP, f64::max);
            outer.w = boxed.w;
            outer.h = boxed.h + tall + 8.0;
        }
    }
    (outer, boxed)
}

/// What a loop takes of the side that it is on.
fn slot(label: Size, way: Direction) -> f64 {
    match way {
        Direction::Down => label.h.max(26.0) + 10.0,
        Direction::Right => label.w + 26.0 + BESIDE + 16.0,
    }
}

fn loops(item: &Item, rect: Rect, way: Direction) -> Vec<Loop> {
    let mut found = Vec::with_capacity(item.loops.len());
    let mut taken = 2.0;
    for label in item.loops.iter().copied().filter(|_| !item.is_frame) {
        let slot = slot(label, way);
        let Size { w, h } = label;
        match way {
            Direction::Down => {
                let (right, middle) = (rect.x + rect.w, rect.y + taken + slot / 2.0);
                let (high, low, out) = (middle - 11.0, middle + 11.0, right + LOOP);
                let way = vec![(right, high), (out, high), (out, low), (right, low)];
                found.push((way, Rect { x: out + BESIDE, y: middle - h / 2.0, w, h }));
            }
            Direction::Right => {
                let (left, low) = (rect.x + taken + 10.0, rect.y + rect.h);
                let (right, out) = (left + 22.0, low + LOOP - 4.0);
                let way = vec![(right, low), (right, out), (left, out), (left, low)];
                found.push((way, Rect { x: right + BESIDE, y: low + 5.0, w, h }));
            }
        }
        taken += slot;
    }
    found
}
