//! Texts of one row: read where they lie, and made only for letters in another case.

use std::borrow::Cow;

use super::super::ir::{Text, TextOperator, TextTest};
use super::Rows;
use super::row::Row;
use super::width::{Kleene, Lane, One};
use crate::value::{Value, composed};

impl<'a> Row<'a> {
    #[inline(never)]
    pub(super) fn text_holds(&mut self, test: &TextTest) -> Kleene<bool> {
        // Most texts are read where they lie, against a constant.
        if let Text::Constant(part) = &test.part {
            if let Some(text) = self.lying(&test.text) {
                return self.texts_hold(test.op, text, part);
            }
            if test.op != TextOperator::Contains
                && let Some((text, case)) = self.plain(&test.text)
            {
                let part = part.as_bytes();
                let (less, fits) = (text.len().checked_sub(part.len()), text.len() == part.len());
                let from = if test.op == TextOperator::EndsWith { less } else { Some(0) };
                let found = from.and_then(|from| text.get(from..)?.get(..part.len()));
                let same = found.is_some_and(|found| {
                    found.iter().zip(part).all(|(one, two)| case.of(*one) == *two)
                });
                let truth = same & (fits | (test.op != TextOperator::Equal));
                return Kleene { truth, known: true };
            }
        }
        self.made_text_holds(test)
    }

    #[inline(never)]
    fn made_text_holds(&mut self, test: &TextTest) -> Kleene<bool> {
        let (text, part) = (self.said(&test.text), self.said(&test.part));
        match (text, part, self.unsure) {
            (Some(text), Some(part), false) => self.texts_hold(test.op, &text, &part),
            _ => Kleene::UNKNOWN,
        }
    }

    #[inline(always)]
    fn texts_hold(&mut self, op: TextOperator, text: &str, part: &str) -> Kleene<bool> {
        let (text, part) = (text.as_bytes(), part.as_bytes());
        let truth = match op {
            TextOperator::Equal => text == part,
            TextOperator::StartsWith => text.starts_with(part),
            TextOperator::EndsWith => text.ends_with(part),
            TextOperator::Contains => {
                if text.len() >= 16 {
                    self.spend(text.len() as u64 / 16);
                }
                found(text, part)
            }
        };
        Kleene { truth, known: true }
    }

    /// A text without special letters, of which another is made by case or by leaving white space away: what is left of it,
    /// and the case that it must be read in. Paid for as if it were made.
    fn plain(&mut self, text: &Text) -> Option<(&'a [u8], Case)> {
        let (Text::Lower(inner) | Text::Upper(inner) | Text::Trim(inner)) = text else {
            let text = self.lying(text)?;
            let fits = text.len() <= LONG && text.is_ascii();
            return fits.then_some((text.as_bytes(), Case::Written));
        };
        let (bytes, case) = self.plain(inner)?;
        self.spend(bytes.len() as u64 / 64 * 2);
        self.grown += bytes.len() as u64 * 2;
        Some(match text {
            Text::Lower(_) => (bytes, Case::Lower),
            Text::Upper(_) => (bytes, Case::Upper),
            _ => {
                let space = |byte: &u8| matches!(byte, b'\t'..=b'\r' | b' ');
                let from = bytes.iter().position(|byte| !space(byte)).unwrap_or(bytes.len());
                let to = bytes.iter().rposition(|byte| !space(byte)).map_or(from, |last| last + 1);
                (bytes.get(from..to)?, case)
            }
        })
    }

    /// A text that is a fact or of an item, and there.
    #[inline(always)]
    fn lying(&mut self, text: &Text) -> Option<&'a str> {
        match text {
            Text::Fact(fact, path) if path.is_empty() => match self.facts()?.kept(*fact)? {
                Value::Text(text) => Some(text),
                _ => None,
            },
            Text::Item(cell) => {
                let place = self.cell(*cell, One);
                if !place.known {
                    return None;
                }
                self.item_list(cell.scope)?.text(place.words).map(|text| &**text)
            }
            _ => None,
        }
    }

    #[inline(never)]
    pub(super) fn text_length(&mut self, text: &Text) -> Lane<i64, bool> {
        if let Some(text) = self.lying(text) {
            return self.letters(text);
        }
        match self.said(text) {
            Some(text) => self.letters(&text),
            None => Lane::unknown(),
        }
    }

    #[inline(always)]
    fn letters(&mut self, text: &str) -> Lane<i64, bool> {
        if text.len() >= 64 {
            self.spend(text.len() as u64 / 64);
        }
        // Every byte but those within a letter.
        let letters = text.bytes().filter(|byte| byte.cast_signed() >= -0x40).count();
        Lane { words: i64::try_from(letters).unwrap_or(i64::MAX), known: true }
    }

    pub(super) fn is_text_known(&mut self, text: &Text) -> bool {
        self.said(text).is_some()
    }

    /// A text of which another is made, paid for as the evaluator counts it; not sure where it is a long one.
    fn remade<'t>(&mut self, text: &'t Text) -> Option<Cow<'t, str>>
    where
        'a: 't,
    {
        let whole = self.said(text)?;
        self.spend(whole.len() as u64 / 64 * 2);
        self.grown += whole.len() as u64 * 2;
        if whole.len() > LONG {
            self.doubt(true);
            return None;
        }
        Some(whole)
    }

    /// A text; `None` where it is unknown or not sure.
    fn said<'t>(&mut self, text: &'t Text) -> Option<Cow<'t, str>>
    where
        'a: 't,
    {
        match text {
            Text::Constant(text) => Some(Cow::Borrowed(text)),
            Text::Fact(fact, path) => {
                let Some(facts) = self.facts() else {
                    self.doubt(true);
                    return None;
                };
                let mut value = match facts.kept(*fact) {
                    Some(value) => value,
                    None => {
                        self.doubt(facts.is_known(*fact));
                        return None;
                    }
                };
                for name in path {
                    let Value::Record(entries) = value else {
                        self.doubt(true);
                        return None;
                    };
                    value = entries.get(name)?;
                }
                match value {
                    Value::Text(text) => Some(Cow::Borrowed(text)),
                    _ => {
                        self.doubt(true);
                        None
                    }
                }
            }
            Text::Item(cell) => {
                let place = self.cell(*cell, One);
                if !place.known {
                    return None;
                }
                let found = self.item_list(cell.scope).and_then(|list| list.text(place.words));
                self.doubt(found.is_none());
                found.map(|text| Cow::Borrowed(&**text))
            }
            Text::Lower(inner) | Text::Upper(inner) => {
                let lower = matches!(text, Text::Lower(_));
                let whole = self.remade(inner)?;
                let same = |byte: u8| match lower {
                    true => byte.is_ascii() && !byte.is_ascii_uppercase(),
                    false => byte.is_ascii() && !byte.is_ascii_lowercase(),
                };
                if whole.bytes().all(same) {
                    return Some(whole);
                }
                let changed = if lower { whole.to_lowercase() } else { whole.to_uppercase() };
                Some(Cow::Owned(match composed(&changed) {
                    Cow::Borrowed(_) => changed,
                    Cow::Owned(composed) => composed,
                }))
            }
            Text::Trim(inner) => {
                let whole = self.remade(inner)?;
                let trimmed = match whole {
                    Cow::Borrowed(whole) => Cow::Borrowed(whole.trim()),
                    Cow::Owned(whole) => Cow::Owned(whole.trim().to_owned()),
                };
                Some(match composed(&trimmed) {
                    Cow::Borrowed(_) => trimmed,
                    Cow::Owned(composed) => Cow::Owned(composed),
                })
            }
            Text::EventName => match self.source.context() {
                Some(context) => context.event.map(|event| Cow::Borrowed(&*event.name)),
                None => {
                    self.doubt(true);
                    None
                }
            },
            Text::EventData(name) => {
                let Some(context) = self.source.context() else {
                    self.doubt(true);
                    return None;
                };
                match context.event?.data.get(name)? {
                    Value::Text(text) => Some(Cow::Borrowed(text)),
                    _ => {
                        self.doubt(true);
                        None
                    }
                }
            }
            Text::Choice(choices, word) => {
                let place = self.word(word, One);
                if !place.known {
                    return None;
                }
                let place = usize::try_from(place.words).ok();
                let found = place.and_then(|place| choices.0.get(place)?.as_str());
                self.doubt(found.is_none());
                found.map(Cow::Borrowed)
            }
        }
    }
}

/// How letters are read.
#[derive(Clone, Copy)]
enum Case {
    Written,
    Lower,
    Upper,
}

impl Case {
    #[inline(always)]
    fn of(self, byte: u8) -> u8 {
        match self {
            Self::Written => byte,
            Self::Lower => byte.to_ascii_lowercase(),
            Self::Upper => byte.to_ascii_uppercase(),
        }
    }
}

/// Texts that are made anew are no longer than this: the evaluator keeps to its bounds.
const LONG: usize = 1_024;

/// Whether a text holds another. First bytes are looked for by themselves: parts are short, and mostly not there.
fn found(text: &[u8], part: &[u8]) -> bool {
    let Some((first, rest)) = part.split_first() else { return true };
    let mut left = text;
    while let Some(place) = left.iter().position(|byte| byte == first) {
        let behind = left.get(place + 1..).unwrap_or_default();
        if behind.len() < rest.len() {
            return false;
        }
        if behind.starts_with(rest) {
            return true;
        }
        left = behind;
    }
    false
}
