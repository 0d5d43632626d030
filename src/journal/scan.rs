//! Text in the one form that entries have, gone through once and nowhere twice: what is not in that form is found on
//! the way, and nothing is built.
//!
//! The form is that of [`digest::canonical`](crate::digest::canonical): no white space, keys in the order of their code
//! points and each once, only the escapes that JSON demands, integers without a sign or zeros too many.

use std::borrow::Cow;
use std::cmp::Ordering;

use crate::value::first_special;

/// Levels of lists and objects inside each other: as many as readers of JSON commonly allow. The scanner calls itself
/// once for each.
const DEPTH: usize = 127;

/// A part of a text, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Span {
    pub start: u32,
    pub end: u32,
}

impl Span {
    pub fn of(self, text: &str) -> &str {
        text.get(self.start as usize..self.end as usize).unwrap_or_default()
    }

    pub fn is_empty(self) -> bool {
        self.start >= self.end
    }
}

/// What stands between the quotes of a JSON string.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Quoted {
    pub inside: Span,
    /// Whether anything in it is escaped.
    pub escaped: bool,
}

impl Quoted {
    /// What it says.
    pub fn text(self, text: &str) -> Cow<'_, str> {
        let inside = self.inside.of(text);
        if self.escaped { unescaped(inside) } else { Cow::Borrowed(inside) }
    }
}

pub(crate) struct Scanner<'a> {
    text: &'a str,
    at: usize,
    /// Levels that may still be entered.
    levels: usize,
}

impl<'a> Scanner<'a> {
    /// `None` for a text whose places do not fit into [`Span`].
    pub fn new(text: &'a str) -> Option<Self> {
        u32::try_from(text.len()).is_ok().then_some(Self { text, at: 0, levels: DEPTH })
    }

    pub fn at(&self) -> usize {
        self.at
    }

    pub fn span_from(&self, start: usize) -> Span {
        // Both fit: the text does.
        let place = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        Span { start: place(start), end: place(self.at) }
    }

    pub fn is_at(&self, byte: u8) -> bool {
        self.peek() == Some(byte)
    }

    /// Where what follows already stands inside so many levels.
    pub fn inside(&mut self, levels: usize) -> &mut Self {
        self.levels = DEPTH.saturating_sub(levels);
        self
    }

    pub fn is_at_end(&self) -> bool {
        self.at == self.text.len()
    }

    fn rest(&self) -> &'a [u8] {
        self.text.as_bytes().get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    pub fn eat(&mut self, byte: u8) -> Option<()> {
        (self.peek()? == byte).then(|| self.at += 1)
    }

    pub fn literal(&mut self, literal: &str) -> Option<()> {
        self.rest().starts_with(literal.as_bytes()).then(|| self.at += literal.len())
    }

    pub fn string(&mut self) -> Option<Quoted> {
        self.eat(b'"')?;
        let start = self.at;
        let mut escaped = false;
        loop {
            let rest = self.rest();
            let plain = first_special(rest)?;
            self.at += plain;
            match rest.get(plain)? {
                b'"' => {
                    let inside = self.span_from(start);
                    self.at += 1;
                    return Some(Quoted { inside, escaped });
                }
                b'\\' => {
                    escaped = true;
                    self.at += escape(rest.get(plain..)?)?;
                }
                _ => return None,
            }
        }
    }

    /// An object, and of each member the key; `value` reads what stands behind it.
    pub fn object(&mut self, mut value: impl FnMut(&mut Self, Quoted) -> Option<()>) -> Option<()> {
        self.eat(b'{')?;
        self.levels = self.levels.checked_sub(1)?;
        if self.eat(b'}').is_none() {
            let mut last: Option<Quoted> = None;
            loop {
                let key = self.string()?;
                if last.is_some_and(|last| self.compare(last, key) != Ordering::Less) {
                    return None;
                }
                last = Some(key);
                self.eat(b':')?;
                value(self, key)?;
                match self.peek()? {
                    b',' => self.at += 1,
                    b'}' => break,
                    _ => return None,
                }
            }
            self.at += 1;
        }
        self.levels += 1;
        Some(())
    }

    /// Any value.
    pub fn value(&mut self) -> Option<()> {
        match self.peek()? {
            b'"' => self.string().map(drop),
            b'{' => self.object(|scanner, _| scanner.value()),
            b'[' => {
                self.at += 1;
                self.levels = self.levels.checked_sub(1)?;
                if self.eat(b']').is_none() {
                    loop {
                        self.value()?;
                        match self.peek()? {
                            b',' => self.at += 1,
                            b']' => break,
                            _ => return None,
                        }
                    }
                    self.at += 1;
                }
                self.levels += 1;
                Some(())
            }
            b't' => self.literal("true"),
            b'f' => self.literal("false"),
            b'n' => self.literal("null"),
            _ => self.integer(),
        }
    }

    fn integer(&mut self) -> Option<()> {
        let rest = self.rest();
        let digits = rest.strip_prefix(b"-").unwrap_or(rest);
        let count = digits.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(digits.len());
        let length = rest.len() - digits.len() + count;
        let (first, is_negative) = (*digits.first()?, digits.len() < rest.len());
        let fits = || {
            let text = self.text.get(self.at..self.at + length)?;
            if is_negative { text.parse::<i64>().is_ok() } else { text.parse::<u64>().is_ok() }
                .then_some(())
        };
        match count {
            0 => return None,
            1 if first == b'0' && is_negative => return None,
            2.. if first == b'0' => return None,
            19.. => fits()?,
            _ => {}
        }
        self.at += length;
        // A fraction or an exponent behind it is found as what does not belong there.
        Some(())
    }

    fn compare(&self, one: Quoted, two: Quoted) -> Ordering {
        let (first, second) = (one.inside.of(self.text), two.inside.of(self.text));
        if one.escaped || two.escaped {
            unescaped(first).cmp(&unescaped(second))
        } else {
            first.cmp(second)
        }
    }
}

/// The length of an escape that stands in canonical text.
fn escape(text: &[u8]) -> Option<usize> {
    match text.get(1)? {
        b'"' | b'\\' | b'n' | b'r' | b't' | b'b' | b'f' => Some(2),
        b'u' => {
            let digits: &[u8; 4] = text.get(2..)?.first_chunk()?;
            let [b'0', b'0', sixteens @ (b'0' | b'1'), ones] = digits else { return None };
            let has_short = *sixteens == b'0' && matches!(ones, b'8' | b'9' | b'a' | b'c' | b'd');
            (matches!(ones, b'0'..=b'9' | b'a'..=b'f') && !has_short).then_some(6)
        }
        _ => None,
    }
}

/// What a canonical string says, from what stands between its quotes.
pub(crate) fn unescaped(inside: &str) -> Cow<'_, str> {
    // Of the bytes that are looked for only this one can stand there.
    if first_special(inside.as_bytes()).is_none() {
        return Cow::Borrowed(inside);
    }
    let mut text = String::with_capacity(inside.len());
    let mut rest = inside;
    while let Some((plain, behind)) = rest.split_once('\\') {
        text.push_str(plain);
        let mut letters = behind.chars();
        match letters.next() {
            Some('n') => text.push('\n'),
            Some('r') => text.push('\r'),
            Some('t') => text.push('\t'),
            Some('b') => text.push('\u{8}'),
            Some('f') => text.push('\u{c}'),
            Some('u') => {
                let (digits, behind) = letters.as_str().split_at_checked(4).unwrap_or_default();
                text.extend(u8::from_str_radix(digits, 16).ok().map(char::from));
                letters = behind.chars();
            }
            Some(itself) => text.push(itself),
            None => {}
        }
        rest = letters.as_str();
    }
    text.push_str(rest);
    Cow::Owned(text)
}

/// The text of a string that is JSON, in the one form; `None` for anything else.
pub(crate) fn said(json: &str) -> Option<Cow<'_, str>> {
    Some(unescaped(json.strip_prefix('"')?.strip_suffix('"')?))
}

/// The members of a canonical object, keys as they are written.
pub(crate) fn members(object: &str) -> Vec<(&str, &str)> {
    let mut found = Vec::new();
    if let Some(mut scanner) = Scanner::new(object) {
        let _: Option<()> = scanner.object(|scanner, key| {
            let start = scanner.at();
            scanner.value()?;
            found.push((key.inside.of(object), scanner.span_from(start).of(object)));
            Some(())
        });
    }
    found
}

/// A member of a canonical object.
pub(crate) fn member<'a>(object: &'a str, key: &str) -> Option<&'a str> {
    members(object)
        .into_iter()
        .find_map(|(found, value)| (unescaped(found) == key).then_some(value))
}

/// The items of a canonical list.
pub(crate) fn items(list: &str) -> Option<Vec<&str>> {
    let mut scanner = Scanner::new(list)?;
    scanner.eat(b'[')?;
    let mut found = Vec::new();
    if scanner.eat(b']').is_some() {
        return Some(found);
    }
    loop {
        let start = scanner.at();
        scanner.value()?;
        found.push(scanner.span_from(start).of(list));
        match scanner.peek()? {
            b',' => scanner.at += 1,
            b']' => return Some(found),
            _ => return None,
        }
    }
}

#[cfg(test)]
mod tests;
