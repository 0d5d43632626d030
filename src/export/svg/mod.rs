//! SVG: a picture that needs no other tool, for people who are no programmers.
//!
//! ```text
//! workflow ─► phrase (what it waits for, in words) ─► scene (boxes, arrows, labels) ─► compound, layered (places)
//!      overlay ─► highlights (what is said of each) ──┘     margin (scorecard, legend) ─► draw ─► SVG
//! ```
//!
//! All texts are measured by a table of widths, so that what is drawn fits wherever it is shown.

mod build;
mod compound;
mod draw;
mod highlights;
mod label;
mod layered;
mod margin;
mod overlay;
pub(super) mod phrase;
mod scene;
mod style;
mod text;
mod text_block;
mod visible;
mod widths;
use crate::language::pictures as words;

pub use overlay::{
    ChangeMark, FactorStatus, HitCount, Overlay, PathStep, TransitionKey, TransitionStatus,
};

use crate::Language;
use crate::workflow::Workflow;
use compound::{Direction, Layout};
use draw::{Canvas, number};
use highlights::Highlights;
use layered::Room;
use margin::COLUMN;
use phrase::Speaker;
use scene::{Label, Scene};
use text_block::{Style, TextBlock};

/// Light or dark.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Theme {
    /// As the reader's screen is set; white on paper.
    #[default]
    Auto,
    /// Dark on white.
    Light,
    /// Light on black.
    Dark,
}

/// Which way a picture reads.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Orientation {
    /// Whichever fits a page better.
    #[default]
    Auto,
    /// From top to bottom.
    Down,
    /// From left to right.
    Right,
}

/// How a workflow is drawn.
#[derive(Debug, Clone, PartialEq)]
#[allow(clippy::exhaustive_structs)]
pub struct SvgOptions {
    /// The language of labels and phrases.
    pub language: Language,
    /// Light or dark.
    pub theme: Theme,
    /// Which way it reads.
    pub orientation: Orientation,
    /// How many levels of states are drawn, 1 for the outermost alone; what is inside deeper ones is only counted. `None`:
    /// as deep as [`states`](Self::states) allows.
    pub depth: Option<usize>,
    /// In how many columns a long chain is laid, one or two; `None`: whichever fits a page better.
    pub columns: Option<usize>,
    /// States that are drawn closed, by name: what is inside is only counted. Names of no state, and of states with
    /// nothing inside, change nothing.
    pub fold: Vec<String>,
    /// Whether only states and events are shown: no conditions, no roles, nothing that is sent.
    pub compact: bool,
    /// The most states to draw (150). Of larger workflows the deepest levels are closed first; then those nearest to the
    /// beginning are drawn, and the picture says how many are not.
    pub states: usize,
    /// The most transitions to draw (600).
    pub transitions: usize,
    /// Before every `id` in the picture, so that several fit into one page: letters, digits, `-`, `_`; others are left out.
    pub prefix: String,
    /// What states link to: this and then the state's name, such as `#state-` in a page that says more of each. `None`: nothing.
    pub links: Option<String>,
    /// What boxes of states that start child cases link to besides, by the `id` of the `invoke`: the picture or the page of
    /// their workflow.
    pub children: std::collections::BTreeMap<String, String>,
    /// Whether title, scorecard, legend and small print stand around the drawing.
    pub margin: bool,
    /// What is laid over it.
    pub overlay: Overlay,
}

impl Default for SvgOptions {
    fn default() -> Self {
        Self {
            language: Language::English,
            theme: Theme::Auto,
            orientation: Orientation::Auto,
            depth: None,
            columns: None,
            fold: Vec::new(),
            compact: false,
            states: 150,
            transitions: 600,
            prefix: String::new(),
            links: None,
            children: std::collections::BTreeMap::new(),
            margin: true,
            overlay: Overlay::default(),
        }
    }
}

/// Between the edge of the picture and what is in it.
const EDGE: f64 = 24.0;

/// The workflow as a picture: states as boxes in their nesting, transitions as arrows with what they wait for and send,
/// what may happen at any time, the scorecard and a legend below it. It begins at the top left.
///
/// It stands by itself: no scripts, no fonts, nothing from elsewhere; its texts are texts. Labels
/// are cleaned and escaped. One workflow with one set of options always gives the same bytes. Facts
/// that are declared personal are not named. There is always a picture: what is too much for one is
/// counted instead (see [`SvgOptions`]).
///
/// ```
/// use tresteg::{Workflow, export::{SvgOptions, svg}};
/// let workflow = Workflow::from_json(r#"{
///     "id": "door", "initial": "shut",
///     "states": { "shut": { "on": { "open": "ajar" } }, "ajar": { "type": "final" } }
/// }"#)?;
/// let picture = svg(&workflow, &SvgOptions::default());
/// assert!(picture.starts_with("<svg") && picture.contains(">ajar</text>"));
/// # Ok::<(), tresteg::diagnostic::Report>(())
/// ```
#[must_use]
pub fn svg(workflow: &Workflow, options: &SvgOptions) -> String {
    drawing(workflow, options).svg
}

/// A picture and what is needed to put it on pages.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Drawing {
    /// The picture: see [`svg`].
    pub svg: String,
    /// Its width, in pixels.
    pub width: f64,
    /// Its height, in pixels.
    pub height: f64,
    /// Heights at which it can be cut in two, ascending: no text and no box stands across, frames and arrows may.
    pub cuts: Vec<f64>,
}

/// The picture that [`svg`] gives, with its size and where it can be cut into pages.
///
/// ```
/// use tresteg::{Workflow, export::{SvgOptions, drawing}};
/// let workflow = Workflow::from_json(r#"{
///     "id": "door", "initial": "shut",
///     "states": { "shut": { "on": { "open": "ajar" } }, "ajar": { "type": "final" } }
/// }"#)?;
/// let drawn = drawing(&workflow, &SvgOptions::default());
/// assert!(drawn.cuts.iter().all(|cut| *cut > 0.0 && *cut < drawn.height));
/// # Ok::<(), tresteg::diagnostic::Report>(())
/// ```
///
/// Cost: bounded by what [`SvgOptions`] lets be drawn.
#[must_use]
pub fn drawing(workflow: &Workflow, options: &SvgOptions) -> Drawing {
    let mut options = options.clone();
    options.prefix.retain(|letter| letter.is_ascii_alphanumeric() || "-_".contains(letter));
    let compiled = workflow.compiled();
    let definition = &compiled.definition;
    let speaker = Speaker::new(compiled, options.language);
    let marks = Highlights::new(definition, &options.overlay, speaker.words);
    let mut scene = build::scene(workflow, &speaker, &marks, &options);
    let layout = arranged(&scene, &options);
    let (mut notes, mut legend) = (Vec::new(), Vec::new());
    if options.margin {
        let (overlay, compact) = (&options.overlay, options.compact);
        notes = margin::notes(definition, &mut scene, &speaker, overlay, compact);
        let sends = crate::language::Requests::of(options.language).legend;
        legend = margin::legend(scene.has, &speaker, &marks, overlay, sends);
    }
    let (options, scene) = (&options, &scene);
    Page { workflow, options, speaker: &speaker, scene, layout, notes, legend }.write()
}

/// How far a picture goes beyond a page of paper, upright or across, when it is shown at its own size.
fn excess(width: f64, height: f64) -> f64 {
    let (long, short) = (1500.0, 1060.0);
    (width / long).max(height / short).min((width / short).max(height / long))
}

/// The height of a level that goes into two columns.
const TALL: f64 = 1000.0;
/// Boxes of which several arrangements are tried.
const TRIED: usize = 160;

/// The arrangement that fits a page best.
fn arranged(scene: &Scene, options: &SvgOptions) -> Layout {
    let ways: &[(Direction, f64)] = match options.orientation {
        Orientation::Down => &[(Direction::Down, 1.0)],
        Orientation::Right => &[(Direction::Right, 1.0)],
        // People are used to reading such pictures downwards.
        Orientation::Auto => &[(Direction::Down, 1.0), (Direction::Right, 1.15)],
    };
    let pages: &[f64] =
        if scene.shapes.len() > TRIED { &[1400.0] } else { &[700.0, 1050.0, 1400.0, 2000.0] };
    // What is cut in two is harder to follow.
    let columns: &[(f64, f64)] = match options.columns {
        None => &[(f64::INFINITY, 1.0), (TALL, 1.2)],
        Some(0 | 1) => &[(f64::INFINITY, 1.0)],
        Some(_) => &[(TALL, 1.0)],
    };
    let mut best: Option<(f64, (Direction, Room))> = None;
    for (way, turned) in ways {
        let (items, lines) = scene.items(*way);
        for (tall, folded) in columns.iter().copied() {
            for page in pages.iter().copied() {
                let room = Room { page, tall, thorough: false };
                let layout = compound::lay(&items, &lines, *way, room, &[]);
                let cost = excess(layout.size.w, layout.size.h).max(0.6) * turned * folded;
                if best.as_ref().is_none_or(|(least, ..)| cost < *least * 0.97) {
                    best = Some((cost, (*way, room)));
                }
            }
        }
    }
    let Some((_, (way, room))) = best else { return Layout::default() };
    let (items, lines) = scene.items(way);
    let size = |layout: &Layout| excess(layout.size.w, layout.size.h).max(0.6);
    // With fewer crossings, as long as it keeps about its size.
    let laid = |beside: &[usize]| {
        let plain = compound::lay(&items, &lines, way, room, beside);
        let other = compound::lay(&items, &lines, way, Room { thorough: true, ..room }, beside);
        if size(&other) <= size(&plain) * 1.05 { other } else { plain }
    };
    let (mut layout, mut beside) = (laid(&[]), Vec::new());
    // What may happen at any time stands beside what is in a frame where the picture becomes smaller by that.
    for frame in frames_with_heads(&items) {
        beside.push(frame);
        let other = laid(&beside);
        let fits = size(&other) / size(&layout);
        let area = |layout: &Layout| layout.size.w * layout.size.h;
        let less = area(&other) / area(&layout);
        let is_smaller = fits <= 1.01 && less < 0.98 || fits < 0.97 && less <= 1.01;
        if is_smaller && other.crossings() <= layout.crossings() {
            layout = other;
        } else {
            beside.pop();
        }
    }
    layout
}

/// Frames that can be tried: the outermost first, and not too many.
fn frames_with_heads(items: &[compound::Item]) -> Vec<usize> {
    let mut frames: Vec<usize> =
        items.iter().filter(|item| item.is_head).filter_map(|item| item.parent).collect();
    frames.sort_unstable();
    frames.dedup();
    frames.truncate(if items.len() > TRIED { 0 } else { 12 });
    frames
}

/// The middles between stretches.
fn cuts(mut solid: Vec<(f64, f64)>) -> Vec<f64> {
    solid.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut found = Vec::new();
    let mut end = f64::INFINITY;
    for (from, to) in solid {
        if from > end + 2.0 {
            found.push(f64::midpoint(from, end));
        }
        end = if end.is_finite() { end.max(to) } else { to };
    }
    found
}

struct Page<'a> {
    workflow: &'a Workflow,
    options: &'a SvgOptions,
    speaker: &'a Speaker<'a>,
    scene: &'a Scene,
    layout: Layout,
    notes: Vec<margin::Note>,
    legend: Vec<Label>,
}

/// Between two columns of the margin.
const GUTTER: f64 = 30.0;
/// How wide a picture with a margin is at least.
const NARROWEST: f64 = 560.0;

impl Page<'_> {
    fn write(&self) -> Drawing {
        // What no page should end in: from where to where, downwards.
        let mut solid: Vec<(f64, f64)> = Vec::new();
        let drawing = self.layout.size;
        let margin = self.options.margin;
        let mut width = drawing.w.max(if margin { NARROWEST } else { 0.0 });
        let head = if margin { self.head(width.min(1000.0)) } else { TextBlock::default() };
        width = width.max(head.size.w);
        let mut canvas = Canvas::default();
        let top = EDGE + if head.is_empty() { 0.0 } else { head.size.h + 18.0 };
        // Whoever sees only a part of it sees where it begins.
        canvas.scene(self.scene, &self.layout, EDGE, top);
        solid.push((0.0, top - 9.0));
        self.layout.solid(|shape| self.scene.is_frame(shape), top, &mut solid);
        let mut bottom = top + drawing.h;
        if !self.notes.is_empty() {
            let mut columns = 1;
            let wide = |count: u32| f64::from(count) * (COLUMN + GUTTER) - GUTTER;
            while columns < 8 && wide(columns + 1) <= width {
                columns += 1;
            }
            let (places, height) = margin::flow(&self.notes, columns as usize);
            // A heading stays with what it is the heading of.
            let first = bottom + GUTTER;
            solid.extend(self.notes.iter().zip(&places).map(|(note, (_, y))| {
                let more = if note.is_head { 16.0 } else { 0.0 };
                (first + y, first + y + note.label.paper.size.h + more)
            }));
            for (note, (column, y)) in self.notes.iter().zip(places) {
                let x = f64::from(u32::try_from(column).unwrap_or(0)) * (COLUMN + GUTTER);
                canvas.note(&note.label, EDGE + x, bottom + GUTTER + y);
            }
            bottom += GUTTER + height;
        }
        if margin {
            let (places, height) = margin::line(&self.legend, width);
            for (label, (x, y)) in self.legend.iter().zip(places) {
                canvas.note(label, EDGE + x, bottom + GUTTER + y);
            }
            solid.push((bottom + GUTTER, f64::INFINITY));
            bottom += GUTTER + height + 18.0;
        }
        let foot = if margin { self.foot(width) } else { TextBlock::default() };
        canvas.paper(&head, EDGE, EDGE);
        canvas.paper(&foot, EDGE, bottom);
        let height = bottom + foot.size.h + EDGE;
        let (width, height) = ((width + 2.0 * EDGE).ceil(), height.ceil());
        let svg = self.whole(&canvas.out, width, height);
        Drawing { svg, width, height, cuts: cuts(solid) }
    }

    /// The element around it all.
    fn whole(&self, inside: &str, width: f64, height: f64) -> String {
        let (options, speaker) = (self.options, self.speaker);
        let definition = &self.workflow.compiled().definition;
        let prefix = &options.prefix;
        let (width, height) = (number(width), number(height));
        let title = text::clean(&speaker.label(&definition.notes.title, &definition.id));
        let told = speaker.text(&definition.notes.description).map(text::clean);
        let told = match told {
            Some(told) => format!("{} {told}", speaker.words.description),
            None => speaker.words.description.to_owned(),
        };
        // What is inside an `img` is not reached by those who hear it; links must be.
        let is_linked = options.links.is_some() || !options.children.is_empty();
        let role = if is_linked { "group" } else { "img" };
        let mut svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"{}\" id=\"{prefix}picture\" role=\"{role}\" aria-labelledby=\"{prefix}title {prefix}desc\" lang=\"{}\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\">\n<title id=\"{prefix}title\">",
            style::class(options.theme),
            options.language.tag(),
        );
        text::escape(&title, &mut svg);
        svg.push_str(&format!("</title>\n<desc id=\"{prefix}desc\">"));
        text::escape(&told, &mut svg);
        svg.push_str("</desc>\n<style>");
        svg.push_str(&style::sheet(options.theme));
        svg.push_str("</style>\n");
        svg.push_str(&format!("<rect class=\"bg\" width=\"{width}\" height=\"{height}\"/>\n"));
        svg.push_str(inside);
        svg.push_str("\n</svg>\n");
        svg
    }

    fn head(&self, room: f64) -> TextBlock {
        let definition = &self.workflow.compiled().definition;
        let mut head = TextBlock::default();
        let title = self.speaker.label(&definition.notes.title, &definition.id);
        head.add(&title, Style::Heading, None, room, 2);
        for line in self.options.overlay.about.iter().take(6) {
            head.add(line, Style::Section, None, room, 2);
        }
        if let Some(text) = self.speaker.text(&definition.notes.description) {
            head.gap(2.0);
            head.add(text, Style::Lead, None, room, 4);
        }
        head
    }

    fn foot(&self, room: f64) -> TextBlock {
        let words = self.speaker.words;
        let mut foot = TextBlock::default();
        let Scene { hidden_states, hidden_transitions, .. } = self.scene;
        let mut left_out = Vec::new();
        if *hidden_states > 0 {
            left_out.push(format!("{hidden_states} {}", words.not_drawn_states));
        }
        if *hidden_transitions > 0 {
            left_out.push(format!("{hidden_transitions} {}", words.not_drawn_transitions));
        }
        foot.add(&left_out.join(", "), Style::Event, None, room, 2);
        let mut line = self.workflow.id().to_owned();
        if let Some(version) = self.workflow.version() {
            line = format!("{line} · {} {version}", words.version);
        }
        let print: String = self.workflow.fingerprint().chars().take(12).collect();
        line = format!("{line} · {} {print}", words.small_print);
        foot.add(&line, Style::Plain, None, room, 2);
        foot
    }
}
