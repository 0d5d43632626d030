//! What there is to draw, out of a workflow: a box for each state, and for each pair of states the arrows between them.

use std::collections::BTreeMap;

use super::SvgOptions;
use super::compound::Size;
use super::highlights::Highlights;
use super::label::{Told, badges, beside_letter, columns, worded};
use super::phrase::{Cause, Speaker};
use super::scene::{Arrow, Form, Has, Label, Scene, Shape};
use super::text_block::{Sign, Style, TextBlock, Tone};
use super::visible::shown;
use crate::definition::model::{Definition, StateKind};
use crate::export::does::Doings;
use crate::table::{Id, StateId, TransitionId};
use crate::workflow::Workflow;
use crate::workflow::chart::{Chart, ROOT};

/// Widths of texts.
const LEAF: f64 = 176.0;
const FRAME: f64 = 420.0;
const LABEL: f64 = 172.0;
const ROW: f64 = 250.0;
const PILL: f64 = 150.0;
/// Rows of a list in a state, and of one for a whole frame.
const LEAF_ROWS: usize = 16;
const FRAME_ROWS: usize = 48;
/// Labels on one arrow.
const BUNDLE: usize = 3;

pub(super) fn scene(
    workflow: &Workflow,
    speaker: &Speaker<'_>,
    marks: &Highlights,
    options: &SvgOptions,
) -> Scene {
    let compiled = workflow.compiled();
    let shown = shown(&compiled.definition, &compiled.chart, marks, options);
    let mut builder = Builder {
        definition: &compiled.definition,
        chart: &compiled.chart,
        speaker,
        marks,
        prefix: &options.prefix,
        links: options.links.as_deref(),
        children: &options.children,
        shown,
        item_of: BTreeMap::new(),
        scene: Scene {
            shapes: Vec::new(),
            arrows: Vec::new(),
            ends: Vec::new(),
            anytime: Vec::new(),
            hidden_states: 0,
            hidden_transitions: 0,
            has: Has::default(),
        },
        most: options.transitions,
        doings: Doings::new(compiled, speaker, options.language),
        compact: options.compact,
    };
    builder.states();
    builder.transitions();
    builder.scene
}

/// Widths of texts, where only states and events are shown.
const CLOSE: (f64, f64, f64) = (140.0, 130.0, 160.0);

struct Builder<'a> {
    definition: &'a Definition,
    chart: &'a Chart,
    speaker: &'a Speaker<'a>,
    marks: &'a Highlights,
    prefix: &'a str,
    links: Option<&'a str>,
    children: &'a BTreeMap<String, String>,
    shown: Vec<Option<StateId>>,
    item_of: BTreeMap<StateId, usize>,
    scene: Scene,
    most: usize,
    doings: Doings<'a>,
    /// States and events alone.
    compact: bool,
}

impl Builder<'_> {
    fn leaf(&self) -> f64 {
        if self.compact { CLOSE.0 } else { LEAF }
    }

    fn room(&self) -> f64 {
        if self.compact { CLOSE.1 } else { LABEL }
    }

    fn row(&self) -> f64 {
        if self.compact { CLOSE.2 } else { ROW }
    }

    /// What a state sends by itself, below its name.
    fn sends(&mut self, id: StateId, paper: &mut TextBlock, room: f64) {
        for told in self.doings.state(id).iter().filter(|_| !self.compact).take(LEAF_ROWS) {
            paper.add(told, Style::Plain, Some(Sign::Post), room, 3);
            self.scene.has.sends = true;
        }
    }

    fn drawn(&self, id: StateId) -> Option<StateId> {
        self.shown.get(id.index()).copied().flatten()
    }

    fn push(&mut self, form: Form, id: String, paper: TextBlock, parent: Option<usize>) -> usize {
        self.scene.shapes.push(Shape {
            form,
            id: format!("{}{id}", self.prefix),
            link: None,
            children: Vec::new(),
            paper,
            divider: None,
            tip: String::new(),
            tone: Tone::Plain,
            loops: Vec::new(),
            parent,
            ins: 0,
            outs: 0,
        });
        self.scene.shapes.len() - 1
    }

    fn connect(&mut self, from: usize, to: usize, arrow: Arrow) {
        if let Some(shape) = self.scene.shapes.get_mut(from) {
            shape.outs += 1;
        }
        if let Some(shape) = self.scene.shapes.get_mut(to) {
            shape.ins += 1;
        }
        self.scene.ends.push((from, to));
        self.scene.arrows.push(arrow);
    }

    fn states(&mut self) {
        let definition = self.definition;
        for (id, state) in definition.states.iter() {
            if self.drawn(id) != Some(id) {
                self.scene.hidden_states += usize::from(self.drawn(id).is_none());
                continue;
            }
            let parent = state.parent.and_then(|parent| self.item_of.get(&parent)).copied();
            let name = state.name.as_str();
            let in_parallel = state
                .parent
                .is_some_and(|parent| definition.states.at(parent).kind == StateKind::Parallel);
            let is_open = state.children.iter().any(|child| self.drawn(*child) == Some(*child));
            let form = match &state.kind {
                _ if id == ROOT => Form::Root,
                StateKind::Compound | StateKind::Parallel if is_open && in_parallel => Form::Region,
                StateKind::Compound | StateKind::Parallel if is_open => Form::Frame,
                StateKind::Compound | StateKind::Parallel => Form::Closed,
                StateKind::Atomic => Form::Leaf,
                StateKind::Final => Form::Final,
                StateKind::History { .. } => Form::History,
            };
            let mark = self.marks.state(id);
            let mut paper = TextBlock::default();
            let title = self.speaker.label(&state.notes.title, name);
            match (&state.kind, form) {
                (_, Form::Root) => {
                    self.sends(id, &mut paper, ROW);
                    if !paper.is_empty() {
                        let paper = std::mem::take(&mut paper);
                        let label = Label { paper, tip: String::new(), tone: Tone::Plain };
                        self.scene.anytime.push(label);
                    }
                }
                (StateKind::History { deep }, _) => {
                    paper.add(if *deep { "H*" } else { "H" }, Style::Letter, None, 40.0, 1);
                    let own = self.speaker.text(&state.notes.title);
                    let mut beside = TextBlock::default();
                    beside.add(
                        own.unwrap_or(self.speaker.words.history),
                        Style::Plain,
                        None,
                        130.0,
                        2,
                    );
                    paper = beside_letter(paper, beside);
                    self.scene.has.history = true;
                }
                (_, Form::Frame | Form::Region) => {
                    badges(&mut paper, mark, FRAME);
                    paper.add(&title, Style::Title, None, FRAME, 2);
                    self.sends(id, &mut paper, FRAME);
                }
                _ => {
                    badges(&mut paper, mark, self.leaf());
                    paper.add(&title, Style::Title, None, self.leaf(), 3);
                    self.sends(id, &mut paper, LEAF);
                }
            }
            if form == Form::Closed {
                let within = chart_within(self.chart, id);
                let note = format!("+ {within} {}", self.speaker.words.more_states);
                paper.add(&note, Style::Plain, None, self.leaf(), 2);
            }
            self.scene.has.finals |= form == Form::Final;
            self.scene.has.regions |= form == Form::Region || in_parallel && form == Form::Leaf;
            let item = self.push(form, format!("state-{name}"), paper, parent);
            self.item_of.insert(id, item);
            let mut tip = title;
            for note in [&state.notes.description, &state.notes.hint] {
                if let Some(text) = self.speaker.text(note) {
                    tip = format!("{tip}\n{text}");
                }
            }
            if !mark.tip.is_empty() {
                tip = format!("{tip}\n{}", mark.tip);
            }
            if let Some(shape) = self.scene.shapes.get_mut(item) {
                (shape.tip, shape.tone) = (tip, mark.tone);
                shape.link = self.links.map(|before| format!("{before}{name}"));
                let invokes = definition.invokes.iter().filter(|invoke| invoke.state == id);
                let linked = invokes.filter_map(|invoke| {
                    let link = self.children.get(invoke.id.as_str())?;
                    Some((link.clone(), self.speaker.label(&invoke.notes.title, &invoke.id)))
                });
                shape.children = linked.collect();
            }
        }
        for (id, item) in self.item_of.clone() {
            self.beginning(id, item);
        }
    }

    /// The dot where a frame begins, or the way that a history state takes when there is no history.
    fn beginning(&mut self, id: StateId, item: usize) {
        let state = self.definition.states.at(id);
        let form = self.scene.shapes.get(item).map(|shape| shape.form);
        let from = match (&state.kind, form) {
            (StateKind::Parallel, _) => return,
            (_, Some(Form::Root | Form::Frame | Form::Region)) => None,
            (_, Some(Form::History)) => Some(item),
            _ => return,
        };
        let targets: Vec<usize> = self
            .chart
            .states
            .at(id)
            .initial
            .iter()
            .filter_map(|to| self.item_of.get(&self.drawn(*to)?).copied())
            .filter(|to| *to != item)
            .collect();
        if targets.is_empty() {
            return;
        }
        let name = state.name.as_str();
        let dashed = from.is_some();
        let from = match from {
            Some(from) => from,
            None => {
                let paper = TextBlock { size: Size { w: 14.0, h: 14.0 }, ..TextBlock::default() };
                self.push(Form::Dot, format!("begin-{name}"), paper, Some(item))
            }
        };
        for (number, to) in targets.into_iter().enumerate() {
            let mut id = format!("{}begin-{name}-line", self.prefix);
            if number > 0 {
                id = format!("{id}-{}", number + 1);
            }
            self.connect(from, to, Arrow { id, labels: Vec::new(), tone: Tone::Plain, dashed });
        }
    }

    fn transitions(&mut self) {
        let (mut between, mut within) = self.sorted();
        let total: usize = between.iter().map(|(_, ids)| ids.len()).sum();
        // Lists within boxes are cut like arrows are.
        let rows: usize = within.values().map(Vec::len).sum();
        if total + rows > self.most {
            let mut left = self.most;
            for (_, ids) in &mut between {
                let kept = ids.len().min(left);
                self.scene.hidden_transitions += ids.len() - kept;
                ids.truncate(kept);
                left -= kept;
            }
            for ids in within.values_mut() {
                let kept = ids.len().min(left);
                self.scene.hidden_transitions += ids.len() - kept;
                ids.truncate(kept);
                left -= kept;
            }
        }
        for (of, ids) in within {
            self.rows(of, &ids);
        }
        for ((from, to), ids) in between {
            for (number, part) in ids.chunks(BUNDLE).enumerate() {
                self.arrow(from, to, part, number);
            }
        }
    }

    /// Transitions between states, by pair in the order of the file, and those that are listed within one.
    #[allow(clippy::type_complexity)]
    fn sorted(
        &mut self,
    ) -> (Vec<((StateId, StateId), Vec<TransitionId>)>, BTreeMap<StateId, Vec<TransitionId>>) {
        let mut between: Vec<((StateId, StateId), Vec<TransitionId>)> = Vec::new();
        let mut places: BTreeMap<(StateId, StateId), usize> = BTreeMap::new();
        let mut within: BTreeMap<StateId, Vec<TransitionId>> = BTreeMap::new();
        for (id, transition) in self.definition.transitions.iter() {
            let source = transition.source;
            let Some(from) = self.drawn(source) else {
                self.scene.hidden_transitions += 1;
                continue;
            };
            let targets = &self.chart.transitions.at(id).targets;
            let is_frame = self.is_frame(from);
            if targets.is_empty() {
                // Those of states that are not drawn themselves would be told of the wrong one.
                if from == source {
                    within.entry(from).or_default().push(id);
                } else {
                    self.scene.hidden_transitions += 1;
                }
                continue;
            }
            let mut drawn: Vec<StateId> =
                targets.iter().filter_map(|target| self.drawn(*target)).collect();
            drawn.dedup();
            let stays = drawn.iter().all(|to| *to == from) && from != source;
            if drawn.is_empty() || stays {
                self.scene.hidden_transitions += 1;
                continue;
            }
            let inwards = |to: StateId| is_frame && (to == from || self.chart.inside(to, from));
            if drawn.iter().any(|to| inwards(*to)) {
                within.entry(from).or_default().push(id);
            }
            for to in drawn {
                let place = *places.entry((from, to)).or_insert_with(|| {
                    between.push(((from, to), Vec::new()));
                    between.len() - 1
                });
                if let Some((_, list)) = between.get_mut(place) {
                    list.push(id);
                }
            }
        }
        (between, within)
    }

    fn is_frame(&self, state: StateId) -> bool {
        let item = self.item_of.get(&state).and_then(|item| self.scene.shapes.get(*item));
        item.is_some_and(|shape| matches!(shape.form, Form::Root | Form::Frame | Form::Region))
    }

    fn label(&mut self, id: TransitionId, room: f64, to: Option<String>) -> Label {
        let phrase = self.speaker.transition(self.definition.transitions.at(id));
        let mark = self.marks.transition(id).clone();
        let has = &mut self.scene.has;
        has.term |= phrase.kind == Cause::Term;
        has.auto |= phrase.kind == Cause::Always;
        has.who |= phrase.who.is_some() && !self.compact;
        let otherwise = self.doings.is_otherwise(id).then_some(self.doings.words.otherwise);
        let does = self.doings.transition(id);
        has.guard |= otherwise.is_some() || !phrase.holds.is_empty() && !self.compact;
        has.sends |= !does.is_empty() && !self.compact;
        let told = Told { phrase: &phrase, otherwise, does: &does, compact: self.compact };
        let paper = worded(&told, &mark, room, to);
        let mut tip = phrase.full;
        for line in otherwise.into_iter().chain(does.iter().map(String::as_str)) {
            tip = format!("{tip}\n{line}");
        }
        if !mark.tip.is_empty() {
            tip = format!("{tip}\n{}", mark.tip);
        }
        Label { paper, tip, tone: mark.tone }
    }

    /// What is answered in a state without an arrow.
    fn rows(&mut self, of: StateId, ids: &[TransitionId]) {
        let Some(item) = self.item_of.get(&of).copied() else { return };
        let is_frame = self.is_frame(of);
        let room = if is_frame { self.row() } else { self.leaf() + 24.0 };
        let most = if is_frame { FRAME_ROWS } else { LEAF_ROWS };
        let mut labels = Vec::with_capacity(ids.len().min(most));
        self.scene.hidden_transitions += ids.len().saturating_sub(most);
        for id in ids.iter().take(most) {
            let targets = &self.chart.transitions.at(*id).targets;
            let to = (!targets.is_empty()).then(|| {
                if targets.contains(&of) {
                    return self.speaker.words.again.to_owned();
                }
                let names = targets.iter().map(|to| {
                    let state = self.definition.states.at(*to);
                    self.speaker.label(&state.notes.title, state.name.as_str())
                });
                names.collect::<Vec<_>>().join(" + ")
            });
            labels.push(self.label(*id, room, to));
        }
        if ids.len() > most {
            let mut paper = TextBlock::default();
            paper.add(&format!("… + {}", ids.len() - most), Style::Plain, None, room, 1);
            labels.push(Label { paper, tip: String::new(), tone: Tone::Plain });
        }
        for label in labels.iter_mut().filter(|label| label.tone == Tone::Faint) {
            for piece in &mut label.paper.pieces {
                piece.tone = Tone::Faint;
            }
        }
        if of == ROOT {
            self.scene.anytime.extend(labels);
            return;
        }
        let name = self.definition.states.at(of).name.as_str();
        if is_frame {
            let mut paper = TextBlock::default();
            let title = self.speaker.state(name);
            let head = format!("{} {title}", self.speaker.words.anytime_in);
            paper.add(&head, Style::Event, None, self.row(), 2);
            let divider = paper.size.h + 4.0;
            paper.gap(10.0);
            let columns = columns(labels.iter().map(|label| label.paper.clone()), 6, 22.0);
            let tone = labels.iter().map(|label| label.tone).max().unwrap_or_default();
            let tip = labels.into_iter().map(|label| label.tip).collect::<Vec<_>>().join("\n\n");
            paper.append(columns);
            let anytime = self.push(Form::Anytime, format!("anytime-{name}"), paper, Some(item));
            if let Some(shape) = self.scene.shapes.get_mut(anytime) {
                (shape.tip, shape.tone, shape.divider) = (tip, tone, Some(divider));
            }
            return;
        }
        let Some(shape) = self.scene.shapes.get_mut(item) else { return };
        let divider = shape.paper.size.h + 5.0;
        shape.paper.gap(11.0);
        for (index, label) in labels.into_iter().enumerate() {
            if index > 0 {
                shape.paper.gap(5.0);
            }
            shape.paper.append(label.paper);
            shape.tip = format!("{}\n\n{}", shape.tip, label.tip);
        }
        shape.divider = Some(divider);
    }

    fn arrow(&mut self, from: StateId, to: StateId, ids: &[TransitionId], number: usize) {
        let (Some(a), Some(b)) = (self.item_of.get(&from).copied(), self.item_of.get(&to).copied())
        else {
            return;
        };
        let states = &self.definition.states;
        let (from_name, to_name) = (states.at(from).name.as_str(), states.at(to).name.as_str());
        let mut id = format!("{}line-{from_name}-{to_name}", self.prefix);
        if number > 0 {
            id = format!("{id}-{}", number + 1);
        }
        if self.is_frame(from) && (from == to || self.chart.inside(to, from)) {
            if from != to {
                self.enter(from, to, b, ids, &id);
            }
            return;
        }
        let labels: Vec<Label> = ids.iter().map(|id| self.label(*id, self.room(), None)).collect();
        let tone = labels.iter().map(|label| label.tone).max().unwrap_or_default();
        let arrow = Arrow { id, labels, tone, dashed: false };
        if from == to {
            if let Some(shape) = self.scene.shapes.get_mut(a) {
                shape.loops.push(arrow);
            }
            return;
        }
        let mut b = b;
        if self.is_frame(to) && self.chart.inside(from, to) {
            // Out of a frame to its own beginning.
            let mut paper = TextBlock::default();
            let text = format!("{} {}", self.speaker.words.back_to, self.speaker.state(to_name));
            paper.add(&text, Style::Plain, Some(Sign::Loop), PILL, 3);
            let parent = self.scene.shapes.get(a).and_then(|shape| shape.parent);
            let id = format!("out-{from_name}-{to_name}-{number}");
            b = self.push(Form::Pill, id, paper, parent);
        }
        self.connect(a, b, arrow);
    }

    /// An arrow from all over a frame to one state in it begins at a sign beside that state: what it waits for stands in
    /// the box of the frame.
    fn enter(&mut self, from: StateId, to: StateId, target: usize, ids: &[TransitionId], id: &str) {
        let labels: Vec<(String, Label)> = ids
            .iter()
            .map(|id| {
                let head = self.speaker.transition(self.definition.transitions.at(*id)).head;
                (head, self.label(*id, self.room(), None))
            })
            .collect();
        let tone = labels.iter().map(|(_, label)| label.tone).max().unwrap_or_default();
        let mut paper = TextBlock::default();
        let heads: Vec<&str> = labels.iter().map(|(head, _)| head.as_str()).collect();
        let text = format!("{}: {}", self.speaker.words.anytime, heads.join(" / "));
        paper.add(&text, Style::Plain, Some(Sign::Arrow), PILL, 4);
        let parent = self.scene.shapes.get(target).and_then(|shape| shape.parent);
        let states = &self.definition.states;
        let name = format!("in-{}-{}", states.at(from).name.as_str(), states.at(to).name.as_str());
        let pill = self.push(Form::Pill, name, paper, parent);
        if let Some(shape) = self.scene.shapes.get_mut(pill) {
            let tips: Vec<String> = labels.into_iter().map(|(_, label)| label.tip).collect();
            (shape.tip, shape.tone) = (tips.join("\n\n"), tone);
        }
        let arrow = Arrow { id: id.to_owned(), labels: Vec::new(), tone, dashed: true };
        self.connect(pill, target, arrow);
    }
}

fn chart_within(chart: &Chart, id: StateId) -> usize {
    chart.states.at(id).last.index() - id.index()
}
