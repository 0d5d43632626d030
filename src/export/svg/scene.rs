//! What is in a picture: boxes with their texts, arrows with their labels, before anything has a place.

use super::compound::{Direction, Item, Line, Size};
use super::text_block::{TextBlock, Tone};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    Root,
    Frame,
    /// A state that is active together with its neighbours.
    Region,
    Leaf,
    /// A state with others inside that are not drawn.
    Closed,
    Final,
    History,
    Dot,
    /// What is answered anywhere within a frame.
    Anytime,
    /// Where an arrow from all over a frame comes in, or one to a whole frame goes out.
    Pill,
}

#[derive(Debug, Clone)]
pub(super) struct Shape {
    pub form: Form,
    pub id: String,
    /// What it leads to.
    pub link: Option<String>,
    /// Where child cases of it are drawn, with what they are called.
    pub children: Vec<(String, String)>,
    pub paper: TextBlock,
    /// Where a line divides the name from what is listed below it.
    pub divider: Option<f64>,
    pub tip: String,
    pub tone: Tone,
    pub loops: Vec<Arrow>,
    pub parent: Option<usize>,
    pub ins: u32,
    pub outs: u32,
}

#[derive(Debug, Clone)]
pub(super) struct Arrow {
    pub id: String,
    pub labels: Vec<Label>,
    pub tone: Tone,
    pub dashed: bool,
}

#[derive(Debug, Clone)]
pub(super) struct Label {
    pub paper: TextBlock,
    pub tip: String,
    pub tone: Tone,
}

pub(super) struct Scene {
    /// Parents before children; the root first.
    pub shapes: Vec<Shape>,
    pub arrows: Vec<Arrow>,
    /// For each arrow, the shapes that it leads from and to.
    pub ends: Vec<(usize, usize)>,
    /// What is answered at any time, whatever the state.
    pub anytime: Vec<Label>,
    pub hidden_states: usize,
    pub hidden_transitions: usize,
    pub has: Has,
}

/// What a legend has to explain.
#[derive(Debug, Clone, Copy, Default)]
#[allow(clippy::struct_excessive_bools)]
pub(super) struct Has {
    pub finals: bool,
    pub regions: bool,
    pub history: bool,
    pub who: bool,
    pub guard: bool,
    pub term: bool,
    pub auto: bool,
    pub sends: bool,
}

impl Scene {
    /// Boxes and lines as the layout needs them.
    pub fn items(&self, way: Direction) -> (Vec<Item>, Vec<Line>) {
        let items = self.shapes.iter().map(|shape| {
            let inner = shape.paper.size;
            let is_frame = matches!(shape.form, Form::Root | Form::Frame | Form::Region);
            let (dx, dy) = shape.form.padding();
            let mut size = Size { w: inner.w + 2.0 * dx, h: inner.h + 2.0 * dy };
            if is_frame {
                size = if inner.h > 0.0 { Size { w: inner.w, h: inner.h + 2.0 } } else { inner };
            }
            // Lines that lead back hold on to the side that others leave from.
            let both = shape.ins + shape.outs;
            let degree = f64::from(if both > 10 { both } else { shape.ins.max(shape.outs) });
            match way {
                _ if is_frame || shape.form == Form::Dot => {}
                Direction::Down => size.w = size.w.max(degree * 16.0 + 28.0),
                Direction::Right => size.h = size.h.max(degree * 16.0 + 28.0),
            }
            Item {
                parent: shape.parent,
                is_frame,
                size,
                loops: shape.loops.iter().map(Arrow::size).collect(),
                stretch: shape.form == Form::Region,
                is_head: shape.form == Form::Anytime,
                is_point: shape.form == Form::Dot,
            }
        });
        let lines = self.ends.iter().zip(&self.arrows).map(|((from, to), arrow)| {
            let label = (!arrow.labels.is_empty()).then(|| arrow.size());
            Line { from: *from, to: *to, label }
        });
        (items.collect(), lines.collect())
    }
}

impl Scene {
    /// Whether others are drawn within a shape.
    pub fn is_frame(&self, shape: usize) -> bool {
        let form = self.shapes.get(shape).map(|shape| shape.form);
        matches!(form, Some(Form::Root | Form::Frame | Form::Region))
    }
}

impl Form {
    /// From the border of a box to its text.
    pub fn padding(self) -> (f64, f64) {
        match self {
            Self::Leaf | Self::Closed => (13.0, 9.0),
            Self::Final => (16.0, 12.0),
            Self::Anytime => (13.0, 10.0),
            Self::Pill => (11.0, 5.0),
            Self::History => (9.0, 6.0),
            Self::Root | Self::Frame | Self::Region | Self::Dot => (0.0, 0.0),
        }
    }
}

/// Between two labels on one arrow.
pub(super) const BETWEEN: f64 = 8.0;

impl Arrow {
    /// What its labels take together.
    pub fn size(&self) -> Size {
        let mut size = Size::default();
        for (index, label) in self.labels.iter().enumerate() {
            size.w = size.w.max(label.paper.size.w);
            size.h += label.paper.size.h + if index > 0 { BETWEEN } else { 0.0 };
        }
        size
    }
}
