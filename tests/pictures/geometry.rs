//! What an SVG of ours shows, read back from its text alone: boxes, texts, ways, and whatever lies wrong.

use std::collections::BTreeSet;

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rect {
    pub x: f64,
    pub y: f64,
    pub w: f64,
    pub h: f64,
}

impl Rect {
    fn overlaps(self, other: Self, slack: f64) -> bool {
        self.x + slack < other.x + other.w
            && other.x + slack < self.x + self.w
            && self.y + slack < other.y + other.h
            && other.y + slack < self.y + self.h
    }

    fn holds(self, other: Self, slack: f64) -> bool {
        self.x <= other.x + slack
            && self.y <= other.y + slack
            && self.x + self.w + slack >= other.x + other.w
            && self.y + self.h + slack >= other.y + other.h
    }
}

#[derive(Debug, Clone)]
pub struct Text {
    pub said: String,
    pub at: Rect,
    /// The box that it stands in; none on a line or in the margin.
    pub within: Option<usize>,
}

#[derive(Debug, Clone)]
pub struct Shape {
    pub id: String,
    pub class: String,
    pub at: Rect,
}

impl Shape {
    fn is_frame(&self) -> bool {
        self.class == "f" || self.class == "r"
    }
}

#[derive(Debug, Clone)]
pub struct Way {
    pub id: String,
    pub corners: Vec<(f64, f64)>,
}

#[derive(Debug, Default)]
pub struct Picture {
    pub size: (f64, f64),
    pub texts: Vec<Text>,
    pub shapes: Vec<Shape>,
    pub ways: Vec<Way>,
    pub ids: Vec<String>,
    /// The outermost dot where a case begins.
    pub begin: Option<(f64, f64)>,
}

pub fn read(svg: &str) -> Picture {
    let document = roxmltree::Document::parse(svg).unwrap_or_else(|error| panic!("{error}\n{svg}"));
    let root = document.root_element();
    let number = |node: roxmltree::Node<'_, '_>, name: &str| -> f64 {
        node.attribute(name).unwrap_or("0").parse().unwrap()
    };
    let mut picture =
        Picture { size: (number(root, "width"), number(root, "height")), ..Picture::default() };
    picture.ids =
        document.descendants().filter_map(|node| node.attribute("id").map(str::to_owned)).collect();
    for node in document.descendants().filter(roxmltree::Node::is_element) {
        let (mut dx, mut dy) = (0.0, 0.0);
        for up in node.ancestors() {
            let moved = up.attribute("transform").and_then(|text| text.strip_prefix("translate("));
            if let Some((x, y)) = moved.and_then(|text| text.trim_end_matches(')').split_once(' '))
            {
                dx += x.parse::<f64>().unwrap();
                dy += y.parse::<f64>().unwrap();
            }
        }
        let class = node.attribute("class").unwrap_or("");
        let parent = node.parent();
        let owner = parent.and_then(|up| up.attribute("id")).unwrap_or("");
        let owner_class = parent.and_then(|up| up.attribute("class")).unwrap_or("");
        match node.tag_name().name() {
            // Of a double border the outer one.
            "rect"
                if owner_class.starts_with('n')
                    && picture.shapes.last().is_none_or(|last| last.id != owner) =>
            {
                let (x, y) = (number(node, "x") + dx, number(node, "y") + dy);
                let at = Rect { x, y, w: number(node, "width"), h: number(node, "height") };
                picture.shapes.push(Shape { id: owner.into(), class: class.into(), at });
            }
            "text" => {
                let size = match class.split(' ').next().unwrap() {
                    "th" => 22.0,
                    "tl" | "ts" | "tt" => 13.0,
                    "te" | "tn" => 12.0,
                    "tp" | "tr" | "tb" => 11.0,
                    other => panic!("{other}"),
                };
                let at = Rect {
                    x: number(node, "x") + dx,
                    y: number(node, "y") + dy - 0.76 * size,
                    w: number(node, "textLength"),
                    // Letters such as g reach below the base line.
                    h: 0.97 * size,
                };
                let within = owner_class
                    .starts_with('n')
                    .then(|| picture.shapes.iter().position(|shape| shape.id == owner))
                    .flatten();
                let said = node.text().unwrap_or("").to_owned();
                picture.texts.push(Text { said, at, within });
            }
            "circle"
                if class == "o"
                    && picture.begin.is_none_or(|(_, y)| number(node, "cy") + dy < y) =>
            {
                picture.begin = Some((number(node, "cx") + dx, number(node, "cy") + dy));
            }
            "path" if class.split(' ').any(|class| class == "l") => {
                let mut corners = Vec::new();
                let mut numbers: Vec<f64> = Vec::new();
                let text = node.attribute("d").unwrap();
                for part in text.split_inclusive(|letter: char| letter.is_ascii_alphabetic()) {
                    let part = part.trim_end_matches(|letter: char| letter.is_ascii_alphabetic());
                    numbers.extend(
                        part.split_whitespace().map(|number| number.parse::<f64>().unwrap()),
                    );
                }
                for pair in numbers.chunks(2) {
                    corners.push((pair[0] + dx, pair[1] + dy));
                }
                picture.ways.push(Way { id: owner.into(), corners });
            }
            _ => {}
        }
    }
    picture
}

impl Picture {
    /// Lines that do not begin and end at the border of a box, and those between two states that do so elsewhere.
    pub fn loose_ends(&self) -> Vec<String> {
        let at = |point: (f64, f64), shape: &Shape| {
            let Rect { x, y, w, h } = shape.at;
            let within = |by: f64| {
                let (px, py) = point;
                px > x - by && px < x + w + by && py > y - by && py < y + h + by
            };
            within(1.5) && !within(-1.5)
        };
        let mut found = Vec::new();
        for way in &self.ways {
            let (first, last) = (way.corners[0], *way.corners.last().unwrap());
            // The line ends within its arrowhead, 7 pixels before the box.
            let before = way.corners.iter().rev().find(|point| **point != last).unwrap_or(&first);
            let (dx, dy) = ((last.0 - before.0).signum(), (last.1 - before.1).signum());
            let (dx, dy) = if (last.0 - before.0).abs() > (last.1 - before.1).abs() {
                (dx, 0.0)
            } else {
                (0.0, dy)
            };
            let end = (last.0 + 7.0 * dx, last.1 + 7.0 * dy);
            let from: Vec<&str> = self
                .shapes
                .iter()
                .filter(|shape| at(first, shape))
                .map(|shape| shape.id.as_str())
                .collect();
            let to: Vec<&str> = self
                .shapes
                .iter()
                .filter(|shape| at(end, shape))
                .map(|shape| shape.id.as_str())
                .collect();
            let is_dot = way.id.starts_with("begin-");
            let ends: Vec<&str> = way.id.split('-').collect();
            let says = |shape: &str, word: &str, name: &str| {
                shape == format!("state-{name}") || shape.starts_with(&format!("{word}-"))
            };
            let good = match ends.as_slice() {
                ["line", source, target, ..] => {
                    from.iter().any(|shape| says(shape, "in", source))
                        && to.iter().any(|shape| says(shape, "out", target))
                }
                _ => (is_dot || !from.is_empty()) && !to.is_empty(),
            };
            if !good {
                found.push(format!("a loose end: {way:?} from {from:?} to {to:?}"));
            }
        }
        found
    }

    /// Everything that lies on what it should not lie on, or out of its place.
    pub fn problems(&self) -> Vec<String> {
        let mut found = Vec::new();
        let page = Rect { x: 0.0, y: 0.0, w: self.size.0, h: self.size.1 };
        for text in &self.texts {
            if !page.holds(text.at, 0.0) {
                found.push(format!("text outside the picture: {text:?}"));
            }
            if let Some(shape) = text.within.map(|index| &self.shapes[index])
                && !shape.at.holds(text.at, 0.0)
            {
                found.push(format!("text outside its box: {text:?} {shape:?}"));
            }
            for (index, shape) in self.shapes.iter().enumerate() {
                let apart = if text.within == Some(index) {
                    true
                } else if shape.is_frame() {
                    shape.at.holds(text.at, 0.0) || !shape.at.overlaps(text.at, 0.0)
                } else {
                    !shape.at.overlaps(text.at, 0.0)
                };
                if !apart {
                    found.push(format!("text on a box: {text:?} {shape:?}"));
                }
            }
        }
        for (index, text) in self.texts.iter().enumerate() {
            for other in &self.texts[..index] {
                if text.at.overlaps(other.at, 0.3) {
                    found.push(format!("texts on each other: {text:?} {other:?}"));
                }
            }
        }
        for (index, shape) in self.shapes.iter().enumerate() {
            if !page.holds(shape.at, 0.0) {
                found.push(format!("box outside the picture: {shape:?}"));
            }
            for other in &self.shapes[..index] {
                let nested = shape.is_frame() && shape.at.holds(other.at, 0.0)
                    || other.is_frame() && other.at.holds(shape.at, 0.0);
                if shape.at.overlaps(other.at, 0.0) && !nested {
                    found.push(format!("boxes on each other: {shape:?} {other:?}"));
                }
            }
        }
        let pieces: Vec<(usize, Rect)> = self
            .ways
            .iter()
            .enumerate()
            .flat_map(|(way, drawn)| {
                drawn.corners.windows(2).map(move |pair| {
                    let ((ax, ay), (bx, by)) = (pair[0], pair[1]);
                    let (w, h) = ((ax - bx).abs(), (ay - by).abs());
                    (way, Rect { x: ax.min(bx), y: ay.min(by), w, h })
                })
            })
            .collect();
        for (way, piece) in &pieces {
            let id = &self.ways[*way].id;
            let thick =
                Rect { x: piece.x - 0.8, y: piece.y - 0.8, w: piece.w + 1.6, h: piece.h + 1.6 };
            if !page.holds(*piece, 0.0) {
                found.push(format!("way outside the picture: {id} {piece:?}"));
            }
            for text in &self.texts {
                if thick.overlaps(text.at, 0.0) {
                    found.push(format!("way {id} through a text: {piece:?} {text:?}"));
                }
            }
            for shape in self.shapes.iter().filter(|shape| !shape.is_frame()) {
                if piece.overlaps_inside(shape.at) {
                    found.push(format!("way {id} through a box: {piece:?} {shape:?}"));
                }
            }
        }
        // Ways may cross, but not run along each other.
        for (index, (way, piece)) in pieces.iter().enumerate() {
            for (other_way, other) in &pieces[..index] {
                let long = |a: Rect| a.w.max(a.h) > 12.0;
                let level = piece.w > piece.h && other.w > other.h;
                let upright = piece.h > piece.w && other.h > other.w;
                if way == other_way || !long(*piece) || !long(*other) || !(level || upright) {
                    continue;
                }
                let (near, along) = if level {
                    ((piece.y - other.y).abs(), common(piece.x, piece.w, other.x, other.w))
                } else {
                    ((piece.x - other.x).abs(), common(piece.y, piece.h, other.y, other.h))
                };
                if near < 2.5 && along > 6.0 {
                    let (a, b) = (&self.ways[*way].id, &self.ways[*other_way].id);
                    found.push(format!("ways along each other: {a} {b} {piece:?} {other:?}"));
                }
            }
        }
        let ids: BTreeSet<&String> = self.ids.iter().collect();
        if ids.len() != self.ids.len() {
            let mut twice = self.ids.clone();
            for id in ids {
                let at = twice.iter().position(|other| other == id).unwrap();
                twice.remove(at);
            }
            found.push(format!("ids that are there twice: {twice:?}"));
        }
        found
    }
}

impl Rect {
    /// Whether a piece of a way goes on inside a box, beyond touching its border.
    fn overlaps_inside(self, other: Self) -> bool {
        let other = Self { x: other.x + 1.0, y: other.y + 1.0, w: other.w - 2.0, h: other.h - 2.0 };
        self.x <= other.x + other.w
            && other.x <= self.x + self.w
            && self.y <= other.y + other.h
            && other.y <= self.y + self.h
    }
}

fn common(a: f64, a_long: f64, b: f64, b_long: f64) -> f64 {
    (a + a_long).min(b + b_long) - a.max(b)
}
