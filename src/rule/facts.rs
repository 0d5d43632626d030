//! The facts of one case: their values, and beside them the cells that compiled rules read.
//!
//! A cell is one machine word with what is known of it. [`Facts::set`] and [`Facts::set_directly`] are the only ways to change a
//! fact, and keep both alike. What has no word (a text, a number with more decimals than its cell keeps) is *wide*: a
//! compiled rule that meets it does not know, and the evaluator reads the value instead.
//!
//! Words lie in blocks of 64: first a bit for each cell of the block that has a word, then a bit for each that has a value,
//! then the words themselves. So a rule asks once whether all that it reads is there.

mod layout;
mod sheet;

use std::sync::Arc;

use fixedbitset::FixedBitSet;

use crate::table::{FactId, Id};
use crate::value::Value;

pub(crate) use layout::{Aspect, Choices, Direct, Form, Layout, Part, Setter, bounds};
pub(crate) use sheet::{Column, RowTest, Sheet, within};

/// What is known about a cell's word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Presence {
    Unknown,
    /// The word is the value.
    Exact,
    /// There is a value, and no word for it.
    Wide,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Cell {
    pub presence: Presence,
    pub word: i64,
}

impl Cell {
    pub const UNKNOWN: Self = Self { presence: Presence::Unknown, word: 0 };
    const WIDE: Self = Self { presence: Presence::Wide, word: 0 };

    #[inline(always)]
    fn exact(word: i64) -> Self {
        Self { presence: Presence::Exact, word }
    }
}

/// What a value holds, apart from it. As a whole it would be moved in two halves, right after it was written in other parts:
/// for that a processor waits longer than all the rest takes.
#[inline(always)]
fn apart<T>(held: T) -> T {
    std::hint::black_box(held)
}

/// Stores a value, without asking of one that holds nothing how it is freed: that costs as much as all the rest.
#[inline(always)]
fn store(place: &mut Option<Value>, value: Option<Value>) {
    if matches!(place, Some(Value::Text(_) | Value::List(_) | Value::Record(_))) {
        *place = None;
    }
    std::mem::forget(std::mem::replace(place, value));
}

fn property(record: &Value, name: &str, form: &Form) -> Cell {
    match record {
        Value::Record(entries) => entries.get(name).map_or(Cell::UNKNOWN, |value| form.cell(value)),
        _ => Cell::WIDE,
    }
}

/// Where the word of a cell lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place(u32);

/// Words of a block, and those of them that say what is there.
pub(crate) const BLOCK: usize = 64;
const HEAD: u32 = 2;

/// Words of facts that are few: they lie beside one another where cases or rows do, and nothing is allocated for them.
pub(crate) const FEW: usize = 32;

impl Place {
    /// More cells than these have no place.
    const MOST: u32 = u32::MAX / 2;

    #[inline]
    pub fn of(cell: u32) -> Self {
        let block = BLOCK as u32;
        let (before, within) = (cell / (block - HEAD), cell % (block - HEAD));
        Self(before.saturating_mul(block).saturating_add(HEAD).saturating_add(within))
    }

    #[inline(always)]
    fn index(self) -> usize {
        self.0 as usize
    }

    /// Where the bits lie that say which cells of its block have a word; behind them lie those of the cells with a value.
    #[inline(always)]
    fn head(self) -> usize {
        self.block() * BLOCK
    }

    /// The number of its block.
    #[inline(always)]
    pub fn block(self) -> usize {
        self.index() / BLOCK
    }

    /// Where it lies in its block, in 0..64.
    pub fn within(self) -> u8 {
        u8::try_from(self.index() % BLOCK).unwrap_or(0)
    }

    #[inline(always)]
    pub fn bit(self) -> i64 {
        1_i64.wrapping_shl(self.0)
    }

    /// What is known of the cell.
    #[inline(always)]
    pub fn cell(self, words: &[i64]) -> Cell {
        let exact = words.get(self.head()).copied().unwrap_or(0);
        if exact & self.bit() != 0 {
            return Cell::exact(words.get(self.index()).copied().unwrap_or(0));
        }
        let there = words.get(self.head() + 1).copied().unwrap_or(0);
        if there & self.bit() != 0 { Cell::WIDE } else { Cell::UNKNOWN }
    }

    #[inline(always)]
    fn put(self, words: &mut [i64], cell: Cell) {
        let bit = self.bit();
        if let Some([exact, there]) = words.get_mut(self.head()..).and_then(|b| b.first_chunk_mut())
        {
            *exact = if cell.presence == Presence::Exact { *exact | bit } else { *exact & !bit };
            *there = if cell.presence == Presence::Unknown { *there & !bit } else { *there | bit };
        }
        if let Some(word) = words.get_mut(self.index()) {
            *word = cell.word;
        }
    }
}

/// The words of all cells in blocks of 64: see the top of this file. Half a block where that is enough.
#[derive(Debug, Clone)]
#[allow(clippy::large_enum_variant, reason = "what lies beside is what makes rules quick")]
pub(crate) enum Words {
    Few([i64; FEW]),
    Many(Vec<[i64; BLOCK]>),
}

impl Words {
    fn new(cells: u32) -> Self {
        match cells.checked_sub(1).map(Place::of) {
            Some(last) if last.index() >= FEW => Self::Many(vec![[0; BLOCK]; last.block() + 1]),
            _ => Self::Few([0; FEW]),
        }
    }

    #[inline]
    pub fn as_slice(&self) -> &[i64] {
        match self {
            Self::Few(words) => words,
            Self::Many(blocks) => blocks.as_flattened(),
        }
    }

    #[inline]
    fn as_mut_slice(&mut self) -> &mut [i64] {
        match self {
            Self::Few(words) => words,
            Self::Many(blocks) => blocks.as_flattened_mut(),
        }
    }
}

/// The facts of one case.
#[derive(Debug)]
pub(crate) struct Facts {
    layout: Arc<Layout>,
    values: Vec<Option<Value>>,
    words: Words,
    /// By fact; empty where no rule reads a sheet.
    sheets: Vec<Option<Arc<Sheet>>>,
}

impl Clone for Facts {
    fn clone(&self) -> Self {
        let Self { layout, values: known, words, sheets } = self;
        let mut values = Vec::with_capacity(known.len());
        values.resize_with(known.len(), || None);
        // Of most cases most is unknown; to copy that one by one, as a derived clone does, costs three times as much.
        for (place, value) in values.iter_mut().zip(known) {
            if let Some(value) = value {
                *place = Some(value.clone());
            }
        }
        Self { layout: Arc::clone(layout), values, words: words.clone(), sheets: sheets.clone() }
    }
}

/// Cells follow from values.
impl PartialEq for Facts {
    fn eq(&self, other: &Self) -> bool {
        self.values == other.values
    }
}

impl Facts {
    /// All unknown.
    pub fn unknown(layout: &Arc<Layout>) -> Self {
        Self {
            layout: Arc::clone(layout),
            values: vec![None; layout.facts()],
            words: Words::new(layout.cells()),
            sheets: if layout.has_sheets() { vec![None; layout.facts()] } else { Vec::new() },
        }
    }

    pub fn get(&self, id: FactId) -> Option<&Value> {
        self.values.get(id.index())?.as_ref()
    }

    pub fn iter(&self) -> std::slice::Iter<'_, Option<Value>> {
        self.values.iter()
    }

    pub fn set(&mut self, id: FactId, value: Option<Value>) {
        let index = id.index();
        let Self { layout, values, words, sheets } = self;
        let (Some(place), Some(held)) = (values.get_mut(index), layout.held(id)) else { return };
        let words = words.as_mut_slice();
        let cell = value.as_ref().map_or(Cell::UNKNOWN, |value| held.form.cell(value));
        Place::of(id.0).put(words, cell);
        if let Some(sheet) = sheets.get_mut(index)
            && !held.columns.is_empty()
        {
            *sheet = value.as_ref().and_then(|value| Sheet::new(&held.columns, value));
        }
        for (aspect, number) in &held.aspects {
            let found = match (&value, aspect) {
                (None, _) => Cell::UNKNOWN,
                (Some(_), Aspect::Passing(test)) => {
                    let sheet = sheets.get(index).and_then(Option::as_deref);
                    sheet.map_or(Cell::WIDE, |sheet| sheet.passing(test))
                }
                (Some(value), aspect) => aspect.cell(value),
            };
            Place::of(*number).put(words, found);
        }
        store(place, value);
    }

    /// The same of a fact that has no other cell than its own, to a value that is as its declaration says at a look; whether
    /// that is so.
    #[inline(always)]
    pub fn set_directly(&mut self, setter: &Setter, value: &Value) -> bool {
        let Some(word) = setter.direct.word(value).filter(|_| setter.plain) else { return false };
        match value {
            Value::Boolean(truth) => self.keep(setter, word, Value::Boolean(apart(*truth))),
            Value::Integer(number) => self.keep(setter, word, Value::Integer(apart(*number))),
            Value::Number(number) => self.keep(setter, word, Value::Number(apart(*number))),
            Value::Date(date) => self.keep(setter, word, Value::Date(apart(*date))),
            Value::Duration(length) => self.keep(setter, word, Value::Duration(apart(*length))),
            _ => false,
        }
    }

    #[inline(always)]
    fn keep(&mut self, setter: &Setter, word: Option<i64>, value: Value) -> bool {
        setter.place.put(self.words.as_mut_slice(), word.map_or(Cell::WIDE, Cell::exact));
        if let Some(kept) = self.values.get_mut(setter.id.index()) {
            store(kept, Some(value));
        }
        true
    }

    /// The same, with some facts unknown.
    pub fn without(&self, forgotten: &FixedBitSet) -> Self {
        let mut facts = self.clone();
        for index in forgotten.ones() {
            facts.set(FactId::from_index(index), None);
        }
        facts
    }

    /// The words of all cells, with what is there.
    #[inline]
    pub fn words(&self) -> &Words {
        &self.words
    }

    /// The cells by number.
    pub fn cells(&self) -> impl Iterator<Item = Cell> {
        let words = self.words.as_slice();
        (0..self.layout.cells()).map(|number| Place::of(number).cell(words))
    }

    /// The cell of a fact itself.
    pub fn cell(&self, id: FactId) -> Cell {
        Place::of(id.0).cell(self.words.as_slice())
    }

    pub fn sheet(&self, fact: u32) -> Option<&Sheet> {
        self.sheets.get(fact as usize)?.as_deref()
    }
}
