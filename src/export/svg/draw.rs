//! Boxes, lines and texts as SVG.

use std::fmt::Write as _;

use super::compound::{Layout, Rect};
use super::scene::{Arrow, BETWEEN, Form, Label, Scene, Shape};
use super::text::{clean, escape};
use super::text_block::{Sign, TextBlock, Tone};

/// The picture's text as it grows.
#[derive(Default)]
pub(super) struct Canvas {
    pub out: String,
}

/// A number with at most one decimal.
pub(super) fn number(value: f64) -> String {
    let tenths = (value * 10.0).round();
    // Not minus zero.
    let tenths = if tenths == 0.0 { 0.0 } else { tenths };
    let whole = tenths / 10.0;
    if tenths % 10.0 == 0.0 { format!("{whole:.0}") } else { format!("{whole:.1}") }
}

impl Canvas {
    pub fn raw(&mut self, text: &str) {
        self.out.push_str(text);
    }

    /// Elements and attributes that hold no text of a stranger.
    fn element(&mut self, arguments: std::fmt::Arguments<'_>) {
        // A String takes every write.
        let _ = self.out.write_fmt(arguments);
    }

    fn attribute(&mut self, name: &str, value: &str) {
        self.element(format_args!(" {name}=\""));
        escape(value, &mut self.out);
        self.raw("\"");
    }

    /// What a pointer that rests on it, or a reader of the screen, is told.
    fn tip(&mut self, text: &str) {
        let lines: Vec<String> =
            text.lines().take(60).map(clean).filter(|line| !line.is_empty()).collect();
        if !lines.is_empty() {
            self.raw("<title>");
            for (index, line) in lines.iter().enumerate() {
                self.raw(if index > 0 { "\n" } else { "" });
                escape(line, &mut self.out);
            }
            self.raw("</title>");
        }
    }

    fn open(&mut self, id: &str, class: &str, tone: Tone) {
        self.raw("<g");
        if !id.is_empty() {
            self.attribute("id", id);
        }
        self.element(format_args!(" class=\"{class}{}\">", tone.class()));
    }

    pub fn paper(&mut self, paper: &TextBlock, x: f64, y: f64) {
        for piece in &paper.pieces {
            let (left, base) = (x + piece.x, y + piece.y);
            if let Some(sign) = piece.sign {
                self.sign(sign, left - super::text_block::SIGN, base - 8.7, piece.tone);
            }
            self.element(format_args!(
                "<text class=\"{}{}\" x=\"{}\" y=\"{}\" textLength=\"{}\" lengthAdjust=\"spacingAndGlyphs\">",
                piece.style.class(),
                piece.tone.class(),
                number(left),
                number(base),
                number(piece.width),
            ));
            escape(&piece.text, &mut self.out);
            self.raw("</text>");
        }
    }

    fn sign(&mut self, sign: Sign, x: f64, y: f64, tone: Tone) {
        let drawn = match sign {
            Sign::Blank => return,
            Sign::Clock => {
                "<circle class=\"s\" cx=\"5\" cy=\"5\" r=\"4.2\"/><path class=\"s\" d=\"M5 2.6V5l1.8 1.2\"/>"
            }
            Sign::Person => {
                "<circle class=\"z\" cx=\"5\" cy=\"2.8\" r=\"2.1\"/><path class=\"z\" d=\"M1.2 9.4c0-2.5 1.6-3.9 3.8-3.9s3.8 1.4 3.8 3.9z\"/>"
            }
            Sign::Diamond => "<path class=\"s\" d=\"M5 .9 9.1 5 5 9.1.9 5z\"/>",
            Sign::Gear => "<path class=\"z\" d=\"M6 .4 1.9 5.7h2.6L4 9.6l4.1-5.3H5.5z\"/>",
            Sign::Yes => "<path class=\"s\" stroke-width=\"2\" d=\"M1.2 5.4 4 8.2 9 1.8\"/>",
            Sign::No => {
                "<path class=\"s\" stroke-width=\"2\" d=\"M1.8 1.8 8.2 8.2M8.2 1.8 1.8 8.2\"/>"
            }
            Sign::Maybe => {
                "<path class=\"s\" stroke-width=\"1.8\" d=\"M2.6 3.2C2.6 1.9 3.7 1 5 1s2.4.9 2.4 2.1C7.4 4.7 5 4.7 5 6.4M5 9v.1\"/>"
            }
            Sign::Dot => "<circle class=\"z\" cx=\"5\" cy=\"5\" r=\"4\"/>",
            Sign::Plus => "<path class=\"s\" stroke-width=\"2\" d=\"M5 1.2V8.8M1.2 5H8.8\"/>",
            Sign::Minus => "<path class=\"s\" stroke-width=\"2\" d=\"M1.2 5H8.8\"/>",
            Sign::Tilde => {
                "<path class=\"s\" stroke-width=\"2\" d=\"M1 6C2.4 3.2 3.8 3.2 5 5s2.6 1.8 4-1\"/>"
            }
            Sign::Loop => "<path class=\"s\" d=\"M8.6 5.6A3.7 3.7 0 1 1 7.4 2.2M7.6.4v2.1H5.5\"/>",
            Sign::Arrow => "<path class=\"s\" d=\"M.8 5H9M6 2l3 3-3 3\"/>",
            Sign::Post => "<path class=\"s\" d=\"M.6 2H9.4V8.4H.6zM.8 2.3 5 5.8 9.2 2.3\"/>",
            Sign::Begin => "<circle class=\"z\" cx=\"5\" cy=\"5\" r=\"4.4\"/>",
            Sign::State => {
                "<rect class=\"s\" x=\".4\" y=\"1.4\" width=\"9.2\" height=\"7.2\" rx=\"2\"/>"
            }
            Sign::End => {
                "<rect class=\"s\" x=\".2\" y=\"1.2\" width=\"9.6\" height=\"7.6\" rx=\"2.2\"/><rect class=\"s\" x=\"2.2\" y=\"3.2\" width=\"5.6\" height=\"3.6\" rx=\".8\"/>"
            }
            Sign::Parallel => {
                "<path class=\"s\" stroke-dasharray=\"2 2\" d=\"M.6 1.4H4.2V8.6H.6zM5.8 1.4H9.4V8.6H5.8z\"/>"
            }
            Sign::History => {
                "<circle class=\"s\" cx=\"5\" cy=\"5\" r=\"4.6\"/><path class=\"s\" d=\"M3.5 3V7M6.5 3V7M3.5 5H6.5\"/>"
            }
        };
        self.element(format_args!(
            "<g class=\"g{}\" transform=\"translate({} {})\">{drawn}</g>",
            tone.class(),
            number(x),
            number(y)
        ));
    }

    /// The whole scene with its beginning at a point.
    pub fn scene(&mut self, scene: &Scene, layout: &Layout, dx: f64, dy: f64) {
        self.element(format_args!("<g transform=\"translate({} {})\">", number(dx), number(dy)));
        let frames = |shape: &Shape| matches!(shape.form, Form::Frame | Form::Region);
        let boxes = || scene.shapes.iter().enumerate();
        for (index, shape) in boxes().filter(|(_, shape)| frames(shape)) {
            let rect = layout.boxes.get(index).copied().unwrap_or_default();
            let title = layout.titles.get(index).copied().unwrap_or_default();
            self.frame(shape, rect, title);
        }
        // What stands back is drawn first, what matters last.
        let mut order: Vec<usize> = (0..scene.arrows.len()).collect();
        order.sort_by_key(|index| scene.arrows.get(*index).map(|arrow| weight(arrow.tone)));
        for index in order {
            if let (Some(arrow), Some(way)) = (scene.arrows.get(index), layout.lines.get(index)) {
                let label = layout.labels.get(index).copied().flatten();
                self.arrow(arrow, way, label);
            }
        }
        for (index, shape) in boxes().filter(|(_, shape)| !frames(shape)) {
            let rect = layout.boxes.get(index).copied().unwrap_or_default();
            self.shape(shape, rect);
            let ways = layout.loops.get(index).into_iter().flatten();
            for (arrow, (way, label)) in shape.loops.iter().zip(ways) {
                self.arrow(arrow, way, Some(*label));
            }
        }
        self.raw("</g>\n");
    }

    fn rect(&mut self, class: &str, rect: Rect, radius: f64) {
        let Rect { x, y, w, h } = rect;
        self.element(format_args!(
            "<rect class=\"{class}\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"{}\"/>",
            number(x),
            number(y),
            number(w),
            number(h),
            number(radius)
        ));
    }

    fn frame(&mut self, shape: &Shape, rect: Rect, title: Rect) {
        self.link(shape);
        self.open(&shape.id, "n", shape.tone);
        self.tip(&shape.tip);
        self.rect(if shape.form == Form::Region { "r" } else { "f" }, rect, 10.0);
        self.paper(&shape.paper, title.x, title.y);
        self.close(shape);
        self.children(shape, rect);
    }

    fn link(&mut self, shape: &Shape) {
        if let Some(link) = &shape.link {
            self.raw("<a");
            self.attribute("href", link);
            self.raw(">");
        }
    }

    fn close(&mut self, shape: &Shape) {
        self.raw(if shape.link.is_some() { "</g></a>\n" } else { "</g>\n" });
    }

    fn shape(&mut self, shape: &Shape, rect: Rect) {
        if shape.form == Form::Root {
            return;
        }
        self.link(shape);
        self.open(&shape.id, "n", shape.tone);
        self.tip(&shape.tip);
        let (dx, dy) = shape.form.padding();
        match shape.form {
            Form::Dot => {
                let (x, y) = (rect.x + rect.w / 2.0, rect.y + rect.h / 2.0);
                let (x, y) = (number(x), number(y));
                self.element(format_args!("<circle class=\"o\" cx=\"{x}\" cy=\"{y}\" r=\"7\"/>"));
            }
            Form::Final => {
                let Rect { x, y, w, h } = rect;
                self.rect("e", rect, 10.0);
                let inner = Rect { x: x + 4.0, y: y + 4.0, w: w - 8.0, h: h - 8.0 };
                self.rect("e", inner, 7.0);
            }
            Form::Closed => {
                let Rect { x, y, w, h } = rect;
                self.rect("f", Rect { x: x + 4.0, y: y + 4.0, w, h }, 8.0);
                self.rect("b", rect, 8.0);
            }
            Form::Anytime => self.rect("y", rect, 4.0),
            Form::Pill => self.rect("p", rect, rect.h / 2.0),
            Form::History => {
                self.rect("p", rect, 16.0);
                let (x, y) = (rect.x + dx + 9.0, rect.y + rect.h / 2.0);
                let (x, y) = (number(x), number(y));
                self.element(format_args!("<circle class=\"b\" cx=\"{x}\" cy=\"{y}\" r=\"12\"/>"));
            }
            _ => self.rect("b", rect, 8.0),
        }
        if let Some(at) = shape.divider {
            let y = number(rect.y + dy + at);
            let (left, right) = (number(rect.x + 8.0), number(rect.x + rect.w - 8.0));
            self.element(format_args!(
                "<line class=\"v\" x1=\"{left}\" y1=\"{y}\" x2=\"{right}\" y2=\"{y}\"/>"
            ));
        }
        // A name alone stands in the middle; a list at the left.
        let size = shape.paper.size;
        let (mut x, mut y) = (rect.x + dx, rect.y + dy);
        if shape.divider.is_none() {
            y = rect.y + (rect.h - size.h) / 2.0;
            if shape.form != Form::History {
                x = rect.x + (rect.w - size.w) / 2.0;
            }
        }
        self.paper(&shape.paper, x, y);
        self.close(shape);
        self.children(shape, rect);
    }

    /// In its upper corner, for each kind of child cases, a way to where these are drawn: no link lies in another.
    fn children(&mut self, shape: &Shape, rect: Rect) {
        const WIDE: f64 = 16.0;
        let mut x = rect.x + rect.w;
        for (link, title) in shape.children.iter().rev() {
            x -= WIDE;
            self.raw("<a");
            self.attribute("href", link);
            self.raw(">");
            self.tip(title);
            let (left, top) = (number(x), number(rect.y));
            self.element(format_args!(
                "<rect x=\"{left}\" y=\"{top}\" width=\"{WIDE}\" height=\"{WIDE}\" fill=\"none\" pointer-events=\"all\"/>"
            ));
            self.sign(Sign::Arrow, x + 3.0, rect.y + 3.0, Tone::Plain);
            self.raw("</a>\n");
        }
    }

    fn arrow(&mut self, arrow: &Arrow, way: &[(f64, f64)], label: Option<Rect>) {
        self.open(&arrow.id, "w", arrow.tone);
        if let Some(label) = arrow.labels.first().filter(|_| arrow.labels.len() == 1) {
            self.tip(&label.tip);
        }
        let class = if arrow.dashed { "l d" } else { "l" };
        self.element(format_args!("<path class=\"{class}\" d=\"{}\"/>", rounded(way)));
        if let Some(head) = head(way) {
            self.element(format_args!("<path class=\"a\" d=\"{head}\"/>"));
        }
        if let Some(at) = label {
            let mut y = at.y;
            let several = arrow.labels.len() > 1;
            for label in &arrow.labels {
                self.label(label, at.x, y, several);
                y += label.paper.size.h + BETWEEN;
            }
        }
        self.raw("</g>\n");
    }

    fn label(&mut self, label: &Label, x: f64, y: f64, own: bool) {
        if own {
            self.open("", "m", label.tone);
            self.tip(&label.tip);
        }
        self.paper(&label.paper, x, y);
        if own {
            self.raw("</g>");
        }
    }

    /// A text of the margin with what it tells besides.
    pub fn note(&mut self, label: &Label, x: f64, y: f64) {
        self.open("", "m", label.tone);
        self.tip(&label.tip);
        self.paper(&label.paper, x, y);
        self.raw("</g>\n");
    }
}

fn weight(tone: Tone) -> u8 {
    match tone {
        Tone::Faint => 0,
        Tone::Plain => 1,
        Tone::Blocked => 2,
        Tone::OpenIf => 3,
        Tone::Open => 4,
        Tone::Path | Tone::Here => 5,
    }
}

const RADIUS: f64 = 7.0;
const HEAD: f64 = 9.0;

/// A way with round corners, which ends within its arrowhead.
fn rounded(way: &[(f64, f64)]) -> String {
    let mut path = String::new();
    let Some(((x, y), rest)) = way.split_first() else { return path };
    let _ = write!(path, "M{} {}", number(*x), number(*y));
    let mut before = (*x, *y);
    for (index, point) in rest.iter().copied().enumerate() {
        let length = distance(before, point);
        match rest.get(index + 1) {
            Some(next) => {
                let radius = RADIUS.min(length / 2.0).min(distance(point, *next) / 2.0);
                let enter = toward(point, before, radius);
                let leave = toward(point, *next, radius);
                let _ = write!(
                    path,
                    "L{} {}Q{} {} {} {}",
                    number(enter.0),
                    number(enter.1),
                    number(point.0),
                    number(point.1),
                    number(leave.0),
                    number(leave.1)
                );
            }
            None => {
                let end = toward(point, before, (HEAD - 2.0).min(length));
                let _ = write!(path, "L{} {}", number(end.0), number(end.1));
            }
        }
        before = point;
    }
    path
}

/// The arrowhead at the end of a way.
fn head(way: &[(f64, f64)]) -> Option<String> {
    let [.., before, end] = way else { return None };
    let length = distance(*before, *end);
    if length < 0.1 {
        return None;
    }
    let (dx, dy) = ((end.0 - before.0) / length, (end.1 - before.1) / length);
    let (bx, by) = (end.0 - dx * HEAD, end.1 - dy * HEAD);
    let half = 4.3;
    Some(format!(
        "M{} {}L{} {}L{} {}z",
        number(end.0),
        number(end.1),
        number(bx - dy * half),
        number(by + dx * half),
        number(bx + dy * half),
        number(by - dx * half)
    ))
}

fn distance(a: (f64, f64), b: (f64, f64)) -> f64 {
    // Ways run along the axes.
    (a.0 - b.0).abs() + (a.1 - b.1).abs()
}

fn toward(from: (f64, f64), to: (f64, f64), length: f64) -> (f64, f64) {
    let whole = distance(from, to).max(0.001);
    (from.0 + (to.0 - from.0) * length / whole, from.1 + (to.1 - from.1) * length / whole)
}
