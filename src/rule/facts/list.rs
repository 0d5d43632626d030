//! Lists as small tables: each item is a row of cells, laid out as the cells of facts are.

use std::sync::Arc;

use super::layout::Column;
use super::{Cell, HEAD, Place};
use crate::value::Value;

/// Cells of a list, with those of lists inside it: one that needs more is read as a value.
const CELLS: usize = 65_536;

/// A list, row by row: which cells have a word, which have a value, the words.
#[derive(Debug, Default)]
pub(crate) struct List {
    words: Held,
    /// Words of a row.
    width: usize,
    texts: Vec<Arc<str>>,
    nested: Vec<List>,
}

/// Words of lists that are short lie where the list does: one place less from which memory must be fetched.
#[derive(Debug)]
#[allow(clippy::large_enum_variant, reason = "what lies beside is what makes rules quick")]
enum Held {
    Few([i64; SHORT], usize),
    Many(Vec<i64>),
}

const SHORT: usize = 64;

impl Default for Held {
    fn default() -> Self {
        Self::Many(Vec::new())
    }
}

impl Held {
    fn new(words: usize) -> Self {
        if words <= SHORT { Self::Few([0; SHORT], words) } else { Self::Many(vec![0; words]) }
    }

    #[inline(always)]
    fn as_slice(&self) -> &[i64] {
        match self {
            Self::Few(words, count) => words.get(..*count).unwrap_or_default(),
            Self::Many(words) => words,
        }
    }

    fn as_mut_slice(&mut self) -> &mut [i64] {
        match self {
            Self::Few(words, count) => words.get_mut(..*count).unwrap_or_default(),
            Self::Many(words) => words,
        }
    }
}

impl List {
    /// `None` for what is no list, or too large.
    pub fn new(columns: &[Column], value: &Value) -> Option<Self> {
        let Value::List(items) = value else { return None };
        // A power of two: rows are read without asking where they end.
        let width = (HEAD as usize + columns.len()).next_power_of_two();
        let width = if width == 32 { 64 } else { width.max(4) };
        if items.len().saturating_mul(width) > CELLS {
            return None;
        }
        let words = Held::new(items.len() * width);
        let mut list = Self { words, width, ..Self::default() };
        for (row, item) in items.iter().enumerate() {
            for (number, column) in (0..).zip(columns) {
                let cell = column.cell(item, Some(&mut list));
                if let Some(words) =
                    list.words.as_mut_slice().get_mut(row * width..(row + 1) * width)
                {
                    Place::of(number).put(words, cell);
                }
            }
        }
        Some(list)
    }

    /// The cells of all items.
    #[inline(always)]
    pub fn rows(&self) -> impl Iterator<Item = &[i64]> {
        // Not `chunks_exact`, which divides first.
        let (mut words, width) = (self.words.as_slice(), self.width.max(1));
        std::iter::from_fn(move || {
            let (row, rest) = words.split_at_checked(width)?;
            words = rest;
            Some(row)
        })
    }

    /// How many items there are, and their cells, each of so many words.
    #[inline(always)]
    pub fn cells(&self) -> (usize, &[i64], usize) {
        let width = self.width.max(1);
        let words = self.words.as_slice();
        // A power of two.
        (words.len() >> width.trailing_zeros(), words, width)
    }

    pub fn row(&self, number: usize) -> Option<&[i64]> {
        let from = number.checked_mul(self.width)?;
        self.words.as_slice().get(from..from.checked_add(self.width)?)
    }

    pub fn text(&self, number: i64) -> Option<&Arc<str>> {
        self.texts.get(usize::try_from(number).ok()?)
    }

    pub fn list(&self, number: i64) -> Option<&Self> {
        self.nested.get(usize::try_from(number).ok()?)
    }

    pub(super) fn keep(&mut self, text: &Arc<str>) -> Cell {
        self.texts.push(Arc::clone(text));
        Cell::exact(i64::try_from(self.texts.len() - 1).unwrap_or(i64::MAX))
    }

    pub(super) fn nest(&mut self, list: Self) -> Cell {
        self.nested.push(list);
        Cell::exact(i64::try_from(self.nested.len() - 1).unwrap_or(i64::MAX))
    }
}
