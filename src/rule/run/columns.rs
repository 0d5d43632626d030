//! The facts of many cases in columns: the cells of [`Facts`], turned by ninety degrees.
//!
//! A column holds one cell of every row, in the narrowest of three forms that all of its words fit: a bit, 32 bits, 64 bits.
//! Two bitmaps say where there is a word, and where there is a value without one. Lists are kept as tables, row by row.

use std::sync::Arc;

use super::super::Rules;
use super::super::facts::{Cell, Facts, Form, List, Presence};
use super::super::ir::Kind;
use super::bits::{self, BLOCK, Bits, LANES};
use crate::table::{FactId, Id, StateId};
use crate::value::{DateTime, Value};

/// The facts and states of many cases, and the time at which they are asked.
#[derive(Debug, Clone)]
pub(crate) struct Columns {
    rows: usize,
    pub(super) cells: Vec<Column>,
    /// By state: the rows in which it is active.
    active: Vec<Vec<u64>>,
    /// By fact: values that have no word, with their rows, ascending.
    others: Vec<Vec<(usize, Value)>>,
    /// By number of list: its table in each row, up to the last that has one.
    lists: Vec<Vec<Option<Arc<List>>>>,
    /// Microseconds and days of each row.
    pub(super) now: Column,
    pub(super) today: Column,
}

/// One cell of every row.
#[derive(Debug, Clone, Default)]
pub(super) struct Column {
    pub words: Words,
    /// Where there is a word.
    pub present: Vec<u64>,
    /// Where there is a value without a word.
    pub wide: Vec<u64>,
    /// Bounds of all words, 0 among them.
    pub least: i64,
    pub most: i64,
}

/// Words in the narrowest form that all of them fit; 0 where there is none. As many as fill whole blocks.
#[derive(Debug, Clone)]
pub(super) enum Words {
    Bits(Vec<u64>),
    Narrow(Vec<i32>),
    Full(Vec<i64>),
}

impl Default for Words {
    fn default() -> Self {
        Self::Bits(Vec::new())
    }
}

impl Column {
    /// Adds a block of rows of which nothing is known.
    fn grow(&mut self) {
        let lanes = self.present.len() + LANES;
        self.present.resize(lanes, 0);
        self.wide.resize(lanes, 0);
        match &mut self.words {
            Words::Bits(words) => words.resize(lanes, 0),
            Words::Narrow(words) => words.resize(lanes * 64, 0),
            Words::Full(words) => words.resize(lanes * 64, 0),
        }
    }

    fn set(&mut self, row: usize, word: i64) {
        bits::set(&mut self.present, row);
        self.least = self.least.min(word);
        self.most = self.most.max(word);
        if let Words::Bits(words) = &mut self.words {
            match word {
                0 => return,
                1 => return bits::set(words, row),
                _ => {
                    let narrow = (0..words.len() * 64).map(|row| i32::from(bits::get(words, row)));
                    self.words = Words::Narrow(narrow.collect());
                }
            }
        }
        if let Words::Narrow(words) = &mut self.words {
            match i32::try_from(word) {
                Ok(word) => {
                    if let Some(place) = words.get_mut(row) {
                        *place = word;
                    }
                    return;
                }
                Err(_) => {
                    self.words = Words::Full(words.iter().copied().map(i64::from).collect());
                }
            }
        }
        if let Words::Full(words) = &mut self.words
            && let Some(place) = words.get_mut(row)
        {
            *place = word;
        }
    }

    /// The cell of a row.
    pub(super) fn cell(&self, row: usize) -> Cell {
        match self.word(row) {
            Some(word) => Cell::exact(word),
            None if bits::get(&self.wide, row) => Cell::WIDE,
            None => Cell::UNKNOWN,
        }
    }

    pub(super) fn word(&self, row: usize) -> Option<i64> {
        if !bits::get(&self.present, row) {
            return None;
        }
        match &self.words {
            Words::Bits(words) => Some(i64::from(bits::get(words, row))),
            Words::Narrow(words) => words.get(row).copied().map(i64::from),
            Words::Full(words) => words.get(row).copied(),
        }
    }

    fn clear(&mut self) {
        self.present.clear();
        self.wide.clear();
        (self.least, self.most) = (0, 0);
        match &mut self.words {
            Words::Bits(words) => words.clear(),
            Words::Narrow(words) => words.clear(),
            Words::Full(words) => words.clear(),
        }
    }

    fn bytes(&self) -> usize {
        let words = match &self.words {
            Words::Bits(words) => words.len() * 8,
            Words::Narrow(words) => words.len() * 4,
            Words::Full(words) => words.len() * 8,
        };
        words + (self.present.len() + self.wide.len()) * 8
    }
}

impl Columns {
    /// Without rows.
    pub fn new(rules: &Rules, states: usize) -> Self {
        Self {
            rows: 0,
            cells: vec![Column::default(); rules.layout.cells() as usize],
            active: vec![Vec::new(); states],
            others: vec![Vec::new(); rules.facts.len()],
            lists: vec![Vec::new(); rules.layout.lists()],
            now: Column::default(),
            today: Column::default(),
        }
    }

    pub fn rows(&self) -> usize {
        self.rows
    }

    pub fn blocks(&self) -> usize {
        self.rows.div_ceil(BLOCK)
    }

    /// Memory of the columns themselves, without what values hold that have no word.
    pub fn bytes(&self) -> usize {
        let columns = self.cells.iter().chain([&self.now, &self.today]);
        columns.map(Column::bytes).sum::<usize>()
            + self.active.iter().map(|bits| bits.len() * 8).sum::<usize>()
    }

    /// Takes all rows away; what was allocated is kept.
    pub fn clear(&mut self) {
        self.rows = 0;
        for column in self.cells.iter_mut().chain([&mut self.now, &mut self.today]) {
            column.clear();
        }
        self.active.iter_mut().for_each(Vec::clear);
        self.others.iter_mut().for_each(Vec::clear);
        self.lists.iter_mut().for_each(Vec::clear);
    }

    /// Adds a row. The facts are of the same workflow.
    pub fn push(&mut self, rules: &Rules, facts: &Facts, active: &[StateId], now: DateTime) {
        let row = self.rows;
        if row.is_multiple_of(BLOCK) {
            for column in self.cells.iter_mut().chain([&mut self.now, &mut self.today]) {
                column.grow();
            }
            for bits in &mut self.active {
                bits.resize(bits.len() + LANES, 0);
            }
        }
        self.rows += 1;
        for (column, cell) in self.cells.iter_mut().zip(facts.cells()) {
            match cell.presence {
                Presence::Exact => column.set(row, cell.word),
                Presence::Wide => bits::set(&mut column.wide, row),
                Presence::Unknown => {}
            }
        }
        for (index, held) in self.others.iter_mut().enumerate() {
            let id = FactId::from_index(index);
            let Some(value) = facts.kept(id) else { continue };
            let form = rules.layout.form(id);
            let exact = facts.cell(id).presence == Presence::Exact;
            if !exact || matches!(form, Form::Length | Form::None) {
                held.push((row, value.clone()));
            }
        }
        for (slot, lists) in (0..).zip(&mut self.lists) {
            if let Some(list) = facts.list(slot) {
                lists.resize(row, None);
                lists.push(Some(Arc::clone(list)));
            }
        }
        for state in active {
            if let Some(bits) = self.active.get_mut(state.index()) {
                bits::set(bits, row);
            }
        }
        self.now.set(row, now.microseconds());
        self.today.set(row, now.date().days());
    }

    /// A list of a row, as a table.
    pub(super) fn list(&self, slot: u32, row: usize) -> Option<&List> {
        self.lists.get(slot as usize)?.get(row)?.as_deref()
    }

    /// The value of a fact in a row.
    pub fn value(&self, rules: &Rules, fact: FactId, row: usize) -> Option<Value> {
        if let Some(held) = self.others.get(fact.index())
            && let Ok(place) = held.binary_search_by_key(&row, |(row, _)| *row)
        {
            return held.get(place).map(|(_, value)| value.clone());
        }
        let word = self.cells.get(fact.index())?.word(row)?;
        Kind::of(rules.layout.form(fact))?.value(word, &rules.zone)
    }

    /// Puts some facts of a row where a rule can read them.
    pub fn load(&self, rules: &Rules, row: usize, wanted: &[FactId], into: &mut Facts) {
        for fact in wanted {
            into.set(*fact, self.value(rules, *fact, row));
        }
    }

    /// The active states of a row, ascending.
    pub fn active_in(&self, row: usize) -> Vec<StateId> {
        let states = self.active.iter().enumerate().filter(|(_, bits)| bits::get(bits, row));
        states.map(|(index, _)| StateId::from_index(index)).collect()
    }

    /// The rows of a block in which a state is active.
    pub fn active(&self, state: StateId, block: usize) -> Bits {
        self.active.get(state.index()).map_or([0; LANES], |bits| bits::block(bits, block))
    }

    /// The rows that a block has.
    pub fn there(&self, block: usize) -> Bits {
        bits::first(self.rows.saturating_sub(block * BLOCK))
    }

    pub fn time(&self, rules: &Rules, row: usize) -> DateTime {
        let time = self.now.word(row).and_then(DateTime::from_microseconds);
        time.map_or_else(|| DateTime::epoch(&rules.zone), |time| time.in_zone(&rules.zone))
    }
}
