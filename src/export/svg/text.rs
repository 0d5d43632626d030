//! Texts as they stand in a picture: cleaned of what does not belong on paper, measured, broken into lines.

use super::widths::BLOCKS;
use crate::value::is_hidden;

/// A weight of the one family of fonts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Face {
    Regular,
    Bold,
}

/// Characters of one text that are looked at: a label is no book, and a stranger may send one.
const LONGEST: usize = 4_000;

/// The text on one line: blanks in a row are one, and nothing is left of controls, of characters that turn the direction of
/// what follows, of those that take no room but hide something, and of towers of accents.
pub(super) fn clean(text: &str) -> String {
    let mut cleaned = String::with_capacity(text.len().min(LONGEST));
    let (mut blank, mut marks, mut before) = (false, 0, None);
    for letter in text.chars().take(LONGEST) {
        let hidden = is_hidden(letter, before.replace(letter));
        if letter.is_whitespace() || letter.is_control() {
            blank = !cleaned.is_empty();
            continue;
        }
        if hidden {
            continue;
        }
        marks = if is_mark(letter) { marks + 1 } else { 0 };
        if marks > 2 {
            continue;
        }
        if std::mem::take(&mut blank) {
            cleaned.push(' ');
        }
        cleaned.push(letter);
    }
    cleaned
}

fn is_mark(letter: char) -> bool {
    matches!(u32::from(letter),
        0x300..=0x36f | 0x483..=0x489 | 0x591..=0x5bd | 0x610..=0x61a | 0x64b..=0x65f | 0x6d6..=0x6dc | 0xe31 | 0xe34..=0xe3a
        | 0xe47..=0xe4e | 0x1ab0..=0x1aff | 0x1dc0..=0x1dff | 0x20d0..=0x20ff | 0xfe20..=0xfe2f)
}

/// What belongs to the letter before it: no line ends in front of it.
fn continues(letter: char) -> bool {
    is_mark(letter)
        || matches!(u32::from(letter), 0x200c | 0x200d | 0xfe00..=0xfe0f | 0x1f3fb..=0x1f3ff)
}

/// How wide a text is, in the unit of `size`.
pub(super) fn width(text: &str, face: Face, size: f64) -> f64 {
    text.chars().map(|letter| advance(letter, face)).sum::<f64>() * size
}

fn advance(letter: char, face: Face) -> f64 {
    if continues(letter) {
        return 0.0;
    }
    let code = u32::from(letter);
    let after = BLOCKS.partition_point(|block| block.first <= code);
    let known = after.checked_sub(1).and_then(|index| BLOCKS.get(index)).and_then(|block| {
        let row = if face == Face::Bold { block.bold } else { block.regular };
        row.get(usize::try_from(code - block.first).ok()?).filter(|width| **width > 0)
    });
    match known {
        Some(width) => f64::from(*width) / 2048.0,
        // Another font stands in; what is drawn is made to fit the guess. Scripts of narrow letters, full-width ones, emoji.
        None if (0x590..0x1100).contains(&code) => 0.64,
        None if code < 0x1100 => 0.8,
        None if code < 0x1f000 => 1.05,
        None => 1.4,
    }
}

/// Breaks a cleaned text at blanks, and within words that are too long for a line. What does not fit into the lines is
/// left out, and the last one then ends with `…`.
pub(super) fn wrap(text: &str, face: Face, size: f64, room: f64, most: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut current = String::new();
    let mut taken = 0.0;
    let blank = width(" ", face, size);
    let mut cut = false;
    'words: for word in text.split(' ').filter(|word| !word.is_empty()) {
        for (index, piece) in pieces(word, face, size, room).into_iter().enumerate() {
            let wide = width(&piece, face, size);
            let gap = if current.is_empty() || index > 0 { 0.0 } else { blank };
            if !current.is_empty() && (index > 0 || taken + gap + wide > room) {
                if lines.len() + 1 >= most {
                    cut = true;
                    break 'words;
                }
                lines.push(std::mem::take(&mut current));
                taken = 0.0;
            } else if gap > 0.0 {
                current.push(' ');
                taken += gap;
            }
            current.push_str(&piece);
            taken += wide;
        }
    }
    if cut {
        current = shorten(current, face, size, room);
    }
    lines.push(current);
    lines
}

/// A line with `…` at its end, as much of it as then fits.
fn shorten(mut line: String, face: Face, size: f64, room: f64) -> String {
    while !line.is_empty() && width(&line, face, size) + width("…", face, size) > room {
        line.pop();
    }
    while line.chars().next_back().is_some_and(|last| last == ' ' || last == ',' || continues(last))
    {
        line.pop();
    }
    line.push('…');
    line
}

/// A word in parts that fit on a line; after a hyphen or slash where there is one, with a hyphen else.
fn pieces(word: &str, face: Face, size: f64, room: f64) -> Vec<String> {
    if width(word, face, size) <= room {
        return vec![word.to_owned()];
    }
    let hyphen = width("-", face, size);
    let mut found = Vec::new();
    let mut current = String::new();
    let mut taken = 0.0;
    for letter in word.chars() {
        let wide = advance(letter, face) * size;
        if !current.is_empty() && !continues(letter) && taken + wide + hyphen > room {
            let natural = current.rfind(['-', '/', '_', '.']).map(|at| at + 1);
            let rest = match natural {
                Some(at) if at < current.len() && at * 2 > current.len() => current.split_off(at),
                _ => {
                    let both = current.chars().next_back().is_some_and(char::is_alphabetic)
                        && letter.is_alphabetic();
                    if both {
                        current.push('-');
                    }
                    String::new()
                }
            };
            found.push(std::mem::replace(&mut current, rest));
            taken = width(&current, face, size);
        }
        current.push(letter);
        taken += wide;
    }
    found.push(current);
    found
}

/// Escapes a cleaned text for XML, for contents and for attributes in double quotes.
pub(super) fn escape(text: &str, out: &mut String) {
    let mut before = None;
    for letter in text.chars() {
        let hidden = is_hidden(letter, before.replace(letter));
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            _ if hidden => {}
            _ => out.push(letter),
        }
    }
}
