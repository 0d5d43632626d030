//! Texts set in lines: what stands in a box, on a line or in the margin, with its extent.

use super::compound::Size;
use super::text::{Face, clean, width, wrap};

/// How a text looks; its class in the style sheet is [`Style::class`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    /// The picture's own title.
    Heading,
    /// A line under it.
    Lead,
    /// Over a part of the margin.
    Section,
    /// The name of a state.
    Title,
    /// What happens.
    Event,
    /// Everything else.
    Plain,
    /// What must hold.
    Rule,
    /// Said by an overlay; the tone is that of what it stands in.
    Badge,
    /// The letters of history.
    Letter,
}

impl Style {
    pub fn size(self) -> f64 {
        match self {
            Self::Heading => 22.0,
            Self::Lead => 13.0,
            Self::Section => 13.0,
            Self::Title => 13.0,
            Self::Event | Self::Letter => 12.0,
            Self::Plain | Self::Rule | Self::Badge => 11.0,
        }
    }

    pub fn face(self) -> Face {
        match self {
            Self::Heading
            | Self::Section
            | Self::Title
            | Self::Event
            | Self::Badge
            | Self::Letter => Face::Bold,
            Self::Lead | Self::Plain | Self::Rule => Face::Regular,
        }
    }

    fn leading(self) -> f64 {
        match self {
            Self::Heading => 28.0,
            Self::Lead => 18.0,
            Self::Section => 20.0,
            Self::Title => 16.5,
            Self::Event | Self::Letter => 15.0,
            Self::Plain | Self::Rule | Self::Badge => 13.5,
        }
    }

    pub fn class(self) -> &'static str {
        match self {
            Self::Heading => "th",
            Self::Lead => "tl",
            Self::Section => "ts",
            Self::Title => "tt",
            Self::Event => "te",
            Self::Plain => "tp",
            Self::Rule => "tr",
            Self::Badge => "tb",
            Self::Letter => "tn",
        }
    }
}

/// A small sign before a text, drawn and not written: no font needs to have it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sign {
    /// Nothing: as far to the right as with one.
    Blank,
    Clock,
    Person,
    Diamond,
    Gear,
    Yes,
    No,
    Maybe,
    Dot,
    Plus,
    Minus,
    Tilde,
    Loop,
    Arrow,
    /// An envelope.
    Post,
    // For the legend.
    Begin,
    State,
    End,
    Parallel,
    History,
}

/// The colour of something by what it means; always together with a sign, a word or a kind of line.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Tone {
    #[default]
    Plain,
    /// Steps back.
    Faint,
    Blocked,
    OpenIf,
    Open,
    Path,
    Here,
}

impl Tone {
    pub fn class(self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::Faint => " kf",
            Self::Blocked => " kb",
            Self::OpenIf => " kq",
            Self::Open => " ko",
            Self::Path => " kp",
            Self::Here => " kh",
        }
    }
}

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Piece {
    pub text: String,
    pub style: Style,
    pub tone: Tone,
    pub sign: Option<Sign>,
    /// From the beginning of the block: where the text begins, and its base line.
    pub x: f64,
    pub y: f64,
    pub width: f64,
}

/// Lines below one another.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct TextBlock {
    pub pieces: Vec<Piece>,
    pub size: Size,
}

/// What a sign takes before a text.
pub(super) const SIGN: f64 = 14.0;

impl TextBlock {
    /// Adds a text in at most so many lines, no wider than `room`.
    pub fn add(&mut self, text: &str, style: Style, sign: Option<Sign>, room: f64, most: usize) {
        self.toned(text, style, Tone::Plain, sign, room, most);
    }

    pub fn toned(
        &mut self,
        text: &str,
        style: Style,
        tone: Tone,
        sign: Option<Sign>,
        room: f64,
        most: usize,
    ) {
        let text = clean(text);
        if text.is_empty() {
            return;
        }
        let x = if sign.is_some() { SIGN } else { 0.0 };
        let lines = wrap(&text, style.face(), style.size(), room - x, most);
        for (index, line) in lines.into_iter().enumerate() {
            let wide = width(&line, style.face(), style.size());
            let y = self.size.h + (style.leading() + style.size() * 0.72) / 2.0;
            self.pieces.push(Piece {
                text: line,
                style,
                tone,
                sign: sign.filter(|_| index == 0),
                x,
                y,
                width: wide,
            });
            self.size.h += style.leading();
            self.size.w = self.size.w.max(x + wide);
        }
    }

    pub fn gap(&mut self, gap: f64) {
        if self.size.h > 0.0 {
            self.size.h += gap;
        }
    }

    /// Puts another below.
    pub fn append(&mut self, other: Self) {
        for mut piece in other.pieces {
            piece.y += self.size.h;
            self.pieces.push(piece);
        }
        self.size.h += other.size.h;
        self.size.w = self.size.w.max(other.size.w);
    }

    pub fn is_empty(&self) -> bool {
        self.pieces.is_empty()
    }
}
