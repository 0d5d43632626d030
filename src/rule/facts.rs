//! The facts of one case: the cells that compiled rules read, and beside them the values that no cell gives back.
//!
//! A cell is one machine word with what is known of it. [`Facts::set`] and [`Facts::set_directly`] are the only ways to change a
//! fact. A value that follows from its word is not kept but made when somebody asks for it. What has no word (a text, a number
//! with more decimals than its cell keeps) is *wide*: a compiled rule that meets it does not know, and the evaluator reads the
//! value instead.
//!
//! Words lie in blocks of 64: first a bit for each cell of the block that has a word, then a bit for each that has a value,
//! then the words themselves. So a rule asks once whether all that it reads is there.

mod layout;
mod list;

use std::sync::Arc;

use fixedbitset::FixedBitSet;

use crate::table::{FactId, Id};
use crate::value::Value;

pub(crate) use layout::{
    Choices, Column, Direct, Form, Items, Layout, ListPath, Part, Setter, What, bounds,
};
pub(crate) use list::List;

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
    pub const WIDE: Self = Self { presence: Presence::Wide, word: 0 };

    #[inline(always)]
    pub fn exact(word: i64) -> Self {
        Self { presence: Presence::Exact, word }
    }
}

/// Whether a word is a bit of a mask.
#[inline(always)]
pub(crate) fn within(mask: u64, word: i64) -> bool {
    (0..64).contains(&word) & ((mask >> (word & 63)) & 1 == 1)
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
    pub fn index(self) -> usize {
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

    #[inline(always)]
    pub fn bit(self) -> i64 {
        1_i64.wrapping_shl(self.0)
    }

    /// The word of the cell, if it has one.
    #[inline(always)]
    pub fn word(self, words: &[i64]) -> Option<i64> {
        let exact = words.get(self.head())?;
        if exact & self.bit() == 0 {
            return None;
        }
        words.get(self.index()).copied()
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

    /// A word for a cell of its block; `None`, and nothing done, where there was a value without one.
    #[inline(always)]
    fn put_word<const W: usize>(self, words: &mut [i64; W], word: i64) -> Option<()> {
        let bit = self.bit();
        let [exact, there] = words.first_chunk_mut()?;
        if *there & !*exact & bit != 0 {
            return None;
        }
        *exact |= bit;
        *there |= bit;
        *words.get_mut(self.index() & (W - 1))? = word;
        Some(())
    }

    #[inline(always)]
    pub fn put(self, words: &mut [i64], cell: Cell) {
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
            // One more behind a few: checks look at four beside one another.
            Some(last) if last.index() >= FEW => {
                let blocks = last.block() + 1;
                Self::Many(vec![[0; BLOCK]; blocks + usize::from(blocks > 2)])
            }
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
// Words first, as they lie in memory: see `Row`.
#[derive(Debug)]
#[repr(C)]
pub(crate) struct Facts {
    words: Words,
    layout: Arc<Layout>,
    /// By slot: values that their word does not give back.
    kept: Vec<Option<Value>>,
    /// By number: lists that rules go through, as tables.
    lists: Vec<Option<Arc<List>>>,
}

impl Clone for Facts {
    fn clone(&self) -> Self {
        let Self { layout, words, kept: known, lists } = self;
        let mut kept = Vec::with_capacity(known.len());
        kept.resize_with(known.len(), || None);
        // Of most cases most is unknown; to copy that one by one, as a derived clone does, costs three times as much.
        for (place, value) in kept.iter_mut().zip(known) {
            if let Some(value) = value {
                *place = Some(value.clone());
            }
        }
        Self { layout: Arc::clone(layout), words: words.clone(), kept, lists: lists.clone() }
    }
}

/// Other cells and lists follow from these.
impl PartialEq for Facts {
    fn eq(&self, other: &Self) -> bool {
        self.layout.facts() == other.layout.facts() && self.differing(other).next().is_none()
    }
}

impl Facts {
    /// All unknown.
    pub fn unknown(layout: &Arc<Layout>) -> Self {
        Self {
            layout: Arc::clone(layout),
            words: Words::new(layout.cells()),
            kept: vec![None; layout.slots()],
            lists: vec![None; layout.lists()],
        }
    }

    /// The value of a fact, if it is known.
    pub fn get(&self, id: FactId) -> Option<Value> {
        let cell = self.cell(id);
        if cell.presence == Presence::Unknown {
            return None;
        }
        let held = self.layout.held(id)?;
        if cell.presence == Presence::Exact
            && let Some(value) = held.form.value(cell.word)
        {
            return Some(value);
        }
        self.kept_at(held.slot).cloned()
    }

    /// The value of a fact that no word gives back: every list, record and text without an `enum`.
    pub fn kept(&self, id: FactId) -> Option<&Value> {
        self.kept_at(self.layout.held(id)?.slot)
    }

    fn kept_at(&self, slot: Option<u32>) -> Option<&Value> {
        self.kept.get(slot? as usize)?.as_ref()
    }

    pub fn is_known(&self, id: FactId) -> bool {
        self.cell(id).presence != Presence::Unknown
    }

    /// How many facts there are, known or not.
    pub fn len(&self) -> usize {
        self.layout.facts()
    }

    /// All facts, in the order of the file.
    pub fn iter(&self) -> impl Iterator<Item = Option<Value>> {
        (0..self.len()).map(|index| self.get(FactId::from_index(index)))
    }

    /// The facts of the same workflow that are not as here, in the order of the file.
    pub fn differing<'f>(&'f self, other: &'f Self) -> impl Iterator<Item = FactId> + 'f {
        let all = if std::ptr::eq(self, other) { 0 } else { self.len() };
        (0..all).map(FactId::from_index).filter(|id| !self.agrees(*id, other))
    }

    /// Whether a fact has the same value there, or is as unknown.
    pub fn agrees(&self, id: FactId, other: &Self) -> bool {
        self.cell(id) == other.cell(id) && self.kept(id) == other.kept(id)
    }

    pub fn set(&mut self, id: FactId, value: Option<Value>) {
        let Self { layout, words, kept, lists } = self;
        let Some(held) = layout.held(id) else { return };
        let words = words.as_mut_slice();
        let cell = value.as_ref().map_or(Cell::UNKNOWN, |value| held.form.cell(value));
        Place::of(id.0).put(words, cell);
        for items in &held.lists {
            if let Some(place) = lists.get_mut(items.slot as usize) {
                let list = value.as_ref().and_then(|value| layout::follow(value, &items.path).ok());
                *place = list.and_then(|list| List::new(&items.columns, list)).map(Arc::new);
            }
        }
        for (column, number) in &held.aspects {
            let found = value.as_ref().map_or(Cell::UNKNOWN, |value| column.cell(value, None));
            Place::of(*number).put(words, found);
        }
        if let Some(place) = held.slot.and_then(|slot| kept.get_mut(slot as usize)) {
            let follows = cell.presence == Presence::Exact && held.form.gives_back();
            *place = value.filter(|_| !follows);
        }
    }

    /// Sets a value that is as its declaration says at a look, and that its word gives back, where no other cell follows
    /// from it; whether that is so.
    #[inline(always)]
    pub fn set_directly(&mut self, setter: &Setter, value: &Value) -> bool {
        let Some(Some(word)) = setter.direct.word(value) else { return false };
        if !setter.plain {
            return false;
        }
        if let Value::Date(date) = value {
            for (part, place) in setter.parts.iter().flatten() {
                self.put_word(*place, part.of_date(*date));
            }
        }
        self.put_word(setter.place, word).is_some()
    }

    #[inline(always)]
    fn put_word(&mut self, place: Place, word: i64) -> Option<()> {
        match &mut self.words {
            Words::Few(words) => place.put_word(words, word),
            Words::Many(blocks) => place.put_word(blocks.get_mut(place.block())?, word),
        }
    }

    /// These facts, with some of them unknown.
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

    /// A list as a table, by its number.
    #[inline]
    pub fn list(&self, slot: u32) -> Option<&Arc<List>> {
        self.lists.get(slot as usize)?.as_ref()
    }
}
