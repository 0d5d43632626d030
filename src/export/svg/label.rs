//! The texts of transitions and states, set in lines.

use super::compound::Size;
use super::highlights::Highlight;
use super::phrase::{Cause, Phrase};
use super::text_block::{Sign, Style, TextBlock};

/// Conditions of one transition that are written out.
const HOLDS: usize = 7;

/// What is told of a transition.
pub(super) struct Told<'t> {
    pub phrase: &'t Phrase,
    /// The word for it, where it is tried only after another.
    pub otherwise: Option<&'t str>,
    /// What it sends.
    pub does: &'t [String],
    /// Only what it is called.
    pub compact: bool,
}

/// What a transition waits for, and what an overlay says of it; `to` is where it leads, when no arrow shows that.
pub(super) fn worded(
    told: &Told<'_>,
    mark: &Highlight,
    room: f64,
    to: Option<String>,
) -> TextBlock {
    let Told { phrase, otherwise, does, compact } = told;
    let mut paper = TextBlock::default();
    badges(&mut paper, mark, room);
    let sign = match phrase.kind {
        Cause::Event => None,
        Cause::Term => Some(Sign::Clock),
        Cause::Always => Some(Sign::Gear),
    };
    paper.add(&phrase.head, Style::Event, sign, room, 3);
    if let Some(to) = to {
        paper.add(&to, Style::Plain, Some(Sign::Arrow), room, 2);
    }
    let diamond = |paper: &mut TextBlock, text: &str, most| {
        paper.add(text, Style::Rule, Some(Sign::Diamond), room, most);
    };
    if *compact {
        // A way that is open only where another is shut is no free one, however little room there is.
        if let Some(otherwise) = otherwise.filter(|_| phrase.holds.is_empty()) {
            diamond(&mut paper, otherwise, 1);
        }
        return paper;
    }
    if let Some(when) = &phrase.when {
        paper.add(when, Style::Plain, Some(Sign::Blank), room, 2);
    }
    if let Some(who) = &phrase.who {
        paper.add(who, Style::Plain, Some(Sign::Person), room, 3);
    }
    for rule in otherwise.iter().copied().chain(phrase.holds.iter().take(HOLDS).map(String::as_str))
    {
        diamond(&mut paper, rule, 3);
    }
    if phrase.holds.len() > HOLDS {
        diamond(&mut paper, &format!("… + {}", phrase.holds.len() - HOLDS), 1);
    }
    for sent in does.iter().take(HOLDS) {
        paper.add(sent, Style::Plain, Some(Sign::Post), room, 3);
    }
    paper
}

/// The letter of history with its title to the right.
pub(super) fn beside_letter(mut letter: TextBlock, beside: TextBlock) -> TextBlock {
    let at = letter.size.w.max(18.0) + 14.0;
    let height = letter.size.h.max(beside.size.h);
    for piece in &mut letter.pieces {
        piece.x = (18.0 - piece.width) / 2.0;
        piece.y += (height - letter.size.h) / 2.0;
    }
    for mut piece in beside.pieces {
        piece.x += at;
        piece.y += (height - beside.size.h) / 2.0;
        letter.pieces.push(piece);
    }
    letter.size = Size { w: at + beside.size.w, h: height };
    letter
}

pub(super) fn badges(paper: &mut TextBlock, mark: &Highlight, room: f64) {
    for (text, tone, sign) in &mark.badges {
        paper.toned(text, Style::Badge, *tone, Some(*sign), room, 2);
    }
}

/// Puts papers below one another, in a further column after every so many.
pub(super) fn columns(
    papers: impl Iterator<Item = TextBlock>,
    most: usize,
    gutter: f64,
) -> TextBlock {
    let papers: Vec<TextBlock> = papers.collect();
    let count = papers.len().div_ceil(most.max(1)).max(1);
    let total: f64 = papers.iter().map(|paper| paper.size.h + 7.0).sum();
    let goal = total / f64::from(u32::try_from(count).unwrap_or(u32::MAX));
    let mut whole = TextBlock::default();
    let mut column = TextBlock::default();
    let mut left = 0.0;
    let mut place = |column: &mut TextBlock| {
        let done = std::mem::take(column);
        let wide = done.size.w;
        for mut piece in done.pieces {
            piece.x += left;
            whole.pieces.push(piece);
        }
        whole.size.h = whole.size.h.max(done.size.h);
        whole.size.w = whole.size.w.max(left + wide);
        left += wide + gutter;
    };
    for paper in papers {
        if !column.is_empty() && column.size.h + paper.size.h / 2.0 > goal {
            place(&mut column);
        }
        column.gap(7.0);
        column.append(paper);
    }
    place(&mut column);
    whole
}
