//! What stands beside the drawing: what may happen at any time, the scorecard, what only the other version has, the legend.

use super::highlights::Highlights;
use super::overlay::{FactorStatus, Overlay};
use super::phrase::Speaker;
use super::scene::{Has, Label, Scene};
use super::text_block::{Sign, Style, TextBlock, Tone};
use super::words::Words;
use crate::definition::model::Definition;

/// A text in the flow of the margin.
pub(super) struct Note {
    pub label: Label,
    /// A heading: it stays with what follows.
    pub is_head: bool,
    pub above: f64,
}

/// The width of a column.
pub(super) const COLUMN: f64 = 262.0;

/// Rows of a scorecard, and of what only another version has, that are shown.
const ROWS: usize = 80;

pub(super) fn notes(
    definition: &Definition,
    scene: &mut Scene,
    speaker: &Speaker<'_>,
    overlay: &Overlay,
    compact: bool,
) -> Vec<Note> {
    let words = speaker.words;
    let mut notes = Vec::new();
    let anytime = std::mem::take(&mut scene.anytime);
    if !anytime.is_empty() {
        notes.push(heading(words.anytime));
        let rows = anytime.into_iter();
        notes.extend(rows.map(|label| Note { label, is_head: false, above: 7.0 }));
    }
    // Conditions are told where one asks how they stand, even if only states and events are drawn.
    let stood =
        !overlay.factors.is_empty() || overlay.path.iter().any(|step| !step.factors.is_empty());
    if !compact || stood {
        scorecard(definition, speaker, overlay, &mut notes);
    }
    if !overlay.removed.is_empty() {
        notes.push(heading(words.only_there));
        for line in overlay.removed.iter().take(ROWS) {
            notes.push(row(line, Some(Sign::Minus), Tone::Blocked, line.clone()));
        }
        more(overlay.removed.len(), &mut notes);
    }
    notes
}

fn heading(text: &str) -> Note {
    let mut paper = TextBlock::default();
    paper.add(text, Style::Section, None, COLUMN, 2);
    Note {
        label: Label { paper, tip: String::new(), tone: Tone::Plain },
        is_head: true,
        above: 20.0,
    }
}

fn row(text: &str, sign: Option<Sign>, tone: Tone, tip: String) -> Note {
    let mut paper = TextBlock::default();
    paper.toned(text, Style::Plain, tone, sign, COLUMN, 3);
    Note { label: Label { paper, tip, tone: Tone::Plain }, is_head: false, above: 4.0 }
}

fn more(all: usize, notes: &mut Vec<Note>) {
    if all > ROWS {
        notes.push(row(&format!("… + {}", all - ROWS), None, Tone::Plain, String::new()));
    }
}

fn scorecard(
    definition: &Definition,
    speaker: &Speaker<'_>,
    overlay: &Overlay,
    notes: &mut Vec<Note>,
) {
    let words = speaker.words;
    let mut kinds: Vec<Option<&str>> = Vec::new();
    for factor in definition.factors.rows() {
        let kind = factor.kind.as_deref();
        if !kinds.contains(&kind) && kinds.len() < 12 {
            kinds.push(kind);
        }
    }
    for (index, kind) in kinds.iter().copied().enumerate() {
        let title = match kind {
            Some("success") => words.success.to_owned(),
            Some("support") => words.support.to_owned(),
            Some("term") => words.term.to_owned(),
            Some("gate") => words.gate.to_owned(),
            Some(other) => {
                let known = crate::language::pictures::kinds(other, speaker.language);
                known.unwrap_or(other).to_owned()
            }
            None => words.other.to_owned(),
        };
        let title = if index == 0 { format!("{}: {title}", words.scorecard) } else { title };
        notes.push(heading(&title));
        let factors = definition.factors.rows().iter();
        let mut count = 0;
        for factor in factors.filter(|factor| factor.kind.as_deref() == kind) {
            count += 1;
            if count > ROWS {
                continue;
            }
            let name = factor.name.as_str();
            let title = speaker.label(&factor.notes.title, name);
            let mut tip = format!("{title}\n{}", speaker.factor(factor));
            if let Some(hint) = speaker.text(&factor.notes.hint) {
                tip = format!("{tip}\n{hint}");
            }
            let stood = stood(name, overlay);
            let now = overlay.factors.get(name);
            if let Some((_, why)) = now.filter(|(_, why)| !why.is_empty()) {
                tip = format!("{tip}\n{why}");
            }
            let now =
                now.map(|(holding, _)| *holding).or(stood.last().map(|(.., holding)| *holding));
            let (sign, tone, verdict) = match now {
                Some(holding) => told(holding, words),
                None => (Sign::Diamond, Tone::Plain, ""),
            };
            let text = if verdict.is_empty() { title } else { format!("{title}: {verdict}") };
            let mut note = row(&text, Some(sign), tone, String::new());
            for (step, at, holding) in &stood {
                let (.., verdict) = told(*holding, words);
                tip = format!("{tip}\n{} {step} {at}: {verdict}", words.step);
            }
            if let Some(line) = history(&stood, words) {
                note.label.paper.toned(
                    &line,
                    Style::Plain,
                    Tone::Plain,
                    Some(Sign::Blank),
                    COLUMN,
                    3,
                );
            }
            note.label.tip = tip;
            notes.push(note);
        }
        more(count, notes);
    }
}

fn told(holding: FactorStatus, words: &Words) -> (Sign, Tone, &'static str) {
    match holding {
        FactorStatus::Yes => (Sign::Yes, Tone::Open, words.holds),
        FactorStatus::No => (Sign::No, Tone::Blocked, words.fails),
        FactorStatus::Unknown => (Sign::Maybe, Tone::OpenIf, words.unknown),
    }
}

/// How a factor stood on the way of a case, each time that it changed: the number of the step, when, and how.
fn stood<'o>(name: &str, overlay: &'o Overlay) -> Vec<(usize, &'o str, FactorStatus)> {
    let steps = overlay.path.iter().enumerate();
    let stood = steps
        .filter_map(|(index, step)| Some((index + 1, step.at.as_str(), *step.factors.get(name)?)));
    stood.collect()
}

/// How a condition stood, in a line: the first and the last times, where there are many.
fn history(stood: &[(usize, &str, FactorStatus)], words: &Words) -> Option<String> {
    const SHOWN: usize = 4;
    let mut parts: Vec<String> = Vec::new();
    for (index, (step, _, holding)) in stood.iter().enumerate() {
        if index > 0 && index + SHOWN <= stood.len() && stood.len() > SHOWN {
            if parts.len() == 1 {
                parts.push("…".to_owned());
            }
            continue;
        }
        let (.., verdict) = told(*holding, words);
        parts.push(format!("{} {step}: {verdict}", words.step));
    }
    (!parts.is_empty()).then(|| parts.join(" · "))
}

/// What the signs mean, each by itself; first what they are.
pub(super) fn legend(
    has: Has,
    speaker: &Speaker<'_>,
    marks: &Highlights,
    overlay: &Overlay,
    sends: &str,
) -> Vec<Label> {
    let words = speaker.words;
    let mut notes = vec![heading(words.legend)];
    let mut entry = |shown: bool, sign: Sign, text: &str, tone: Tone| {
        if shown {
            notes.push(row(text, Some(sign), tone, String::new()));
        }
    };
    entry(true, Sign::Begin, words.legend_initial, Tone::Plain);
    entry(true, Sign::State, words.legend_state, Tone::Plain);
    entry(has.finals, Sign::End, words.legend_final, Tone::Plain);
    entry(has.regions, Sign::Parallel, words.legend_parallel, Tone::Plain);
    entry(has.history, Sign::History, words.legend_history, Tone::Plain);
    entry(has.who, Sign::Person, words.legend_who, Tone::Plain);
    entry(has.guard, Sign::Diamond, words.legend_guard, Tone::Plain);
    entry(has.term, Sign::Clock, words.legend_term, Tone::Plain);
    entry(has.auto, Sign::Gear, words.legend_auto, Tone::Plain);
    entry(has.sends, Sign::Post, sends, Tone::Plain);
    entry(!overlay.current.is_empty(), Sign::Dot, words.here, Tone::Here);
    if marks.statuses {
        entry(true, Sign::Yes, words.open, Tone::Open);
        entry(true, Sign::Maybe, words.open_if, Tone::OpenIf);
        entry(true, Sign::No, words.blocked, Tone::Blocked);
        entry(true, Sign::Minus, words.not_expected, Tone::Faint);
    }
    entry(marks.path, Sign::Arrow, words.way, Tone::Path);
    if marks.seen {
        entry(true, Sign::Yes, words.taken, Tone::Open);
        entry(true, Sign::Maybe, words.partly, Tone::OpenIf);
        entry(true, Sign::No, words.never, Tone::Blocked);
    }
    if marks.changed {
        entry(true, Sign::Plus, words.added, Tone::Open);
        entry(true, Sign::Tilde, words.altered, Tone::OpenIf);
        entry(true, Sign::Minus, words.removed, Tone::Blocked);
    }
    notes.into_iter().map(|note| note.label).collect()
}

/// Where texts stand that follow each other like words, in lines no wider than `room`, and how tall that is.
pub(super) fn line(labels: &[Label], room: f64) -> (Vec<(f64, f64)>, f64) {
    let (mut x, mut y, mut tall) = (0.0_f64, 0.0_f64, 0.0_f64);
    let mut places = Vec::with_capacity(labels.len());
    for label in labels {
        let size = label.paper.size;
        if x > 0.0 && x + size.w > room {
            (x, y, tall) = (0.0, y + tall + 4.0, 0.0);
        }
        places.push((x, y));
        x += size.w + 20.0;
        tall = tall.max(size.h);
    }
    (places, y + tall)
}

/// Height up to which a section is not divided between two columns.
const WHOLE: f64 = 320.0;

/// The first note of each section and how tall the section is.
fn sections(notes: &[Note]) -> Vec<(usize, f64)> {
    let mut found: Vec<(usize, f64)> = Vec::new();
    for (index, note) in notes.iter().enumerate() {
        let tall = note.above + note.label.paper.size.h;
        match found.last_mut().filter(|_| !note.is_head) {
            Some((_, sum)) => *sum += tall,
            None => found.push((index, tall)),
        }
    }
    found
}

/// Where each note stands, in so many columns of about the same height; and that height.
pub(super) fn flow(notes: &[Note], columns: usize) -> (Vec<(usize, f64)>, f64) {
    let tall = |note: &Note| note.above + note.label.paper.size.h;
    let total: f64 = notes.iter().map(tall).sum();
    let count = f64::from(u32::try_from(columns.max(1)).unwrap_or(u32::MAX));
    // Short sections stay whole.
    let longest = sections(notes).into_iter().map(|(_, tall)| tall).fold(0.0, f64::max);
    let mut goal = (total / count).max(longest.min(WHOLE));
    // A goal that lets the last column take no more than the others.
    for _ in 0..40 {
        let (places, height) = fill(notes, goal, columns);
        if height <= goal + 1.0 {
            return (places, height);
        }
        goal += 12.0;
    }
    fill(notes, goal, columns)
}

fn fill(notes: &[Note], goal: f64, columns: usize) -> (Vec<(usize, f64)>, f64) {
    let whole: std::collections::BTreeMap<usize, f64> = sections(notes).into_iter().collect();
    let mut places = Vec::with_capacity(notes.len());
    let (mut column, mut y, mut height) = (0, 0.0_f64, 0.0_f64);
    for (index, note) in notes.iter().enumerate() {
        let own = note.label.paper.size.h;
        let next = notes.get(index + 1).filter(|_| note.is_head);
        let with = next.map_or(0.0, |next| next.above + next.label.paper.size.h);
        let section = whole.get(&index).copied().filter(|tall| *tall <= WHOLE);
        let with = section.map_or(with, |tall| tall - own);
        let above = if y == 0.0 { 0.0 } else { note.above };
        if y > 0.0 && y + above + own + with > goal && column + 1 < columns {
            (column, y) = (column + 1, 0.0);
        }
        let above = if y == 0.0 { 0.0 } else { note.above };
        places.push((column, y + above));
        y += above + own;
        height = height.max(y);
    }
    (places, height)
}
