//! The facts of one case: their values, and beside them the cells that compiled rules read.
//!
//! A [`Cell`] is one machine word with what is known of it. [`Facts::set`] is the only way to change a fact, and keeps
//! both alike. What has no word (a text, a number with more decimals than its cell keeps) is *wide*: a compiled rule that
//! meets it does not know, and the evaluator reads the value instead.

use std::sync::Arc;

use fixedbitset::FixedBitSet;

use crate::definition::shape::{Kind, Shape};
use crate::table::{FactId, Id};
use crate::value::{Number, Value};

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

    fn exact(word: i64) -> Self {
        Self { presence: Presence::Exact, word }
    }
}

/// How values of one declaration become words.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Form {
    /// No word: texts, durations, records, anything.
    None,
    Boolean,
    Whole,
    /// An exact decimal times ten to this power.
    Fixed(u8),
    /// The place of a text among the values of an `enum`.
    Ordinal(Choices),
    /// Days since 1970-01-01.
    Date,
    /// Microseconds since 1970.
    Time,
    /// How many items a list has.
    Length,
}

/// The texts of an `enum`, in the order of the file.
#[derive(Debug, Clone)]
pub(crate) struct Choices(pub Arc<[Value]>);

impl PartialEq for Choices {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || self.0 == other.0
    }
}

impl Choices {
    pub fn ordinal(&self, text: &str) -> Option<i64> {
        let place = self.0.iter().position(|value| value.as_str() == Some(text))?;
        i64::try_from(place).ok()
    }
}

/// More values of an `enum` than this are compared as texts.
const CHOICES: usize = 256;

/// Decimals of a number whose declaration says nothing else: amounts of money with room for their products.
const DECIMALS: u8 = 4;

/// Decimals of a number that stays small, such as a share.
const SHARE_DECIMALS: u8 = 6;

impl Form {
    pub fn of(shape: &Shape) -> Self {
        match &shape.kind {
            Kind::Boolean => Self::Boolean,
            Kind::Integer => Self::Whole,
            Kind::Number => Self::Fixed(decimals(shape)),
            Kind::Enum(values) if values.len() <= CHOICES => Self::Ordinal(Choices(
                values.keys().map(|value| Value::from(value.as_str())).collect(),
            )),
            Kind::Date => Self::Date,
            Kind::DateTime => Self::Time,
            Kind::Array(_) => Self::Length,
            Kind::Any | Kind::String | Kind::Enum(_) | Kind::Duration | Kind::Object(_) => {
                Self::None
            }
        }
    }

    /// The cell of a value.
    pub fn cell(&self, value: &Value) -> Cell {
        match self.word(value) {
            Some(word) => Cell::exact(word),
            None => Cell::WIDE,
        }
    }

    fn word(&self, value: &Value) -> Option<i64> {
        match (self, value) {
            (Self::Boolean, Value::Boolean(truth)) => Some(i64::from(*truth)),
            (Self::Whole, Value::Integer(number)) => Some(*number),
            (Self::Fixed(decimals), Value::Number(number)) => number.scaled(u32::from(*decimals)),
            (Self::Ordinal(choices), Value::Text(text)) => choices.ordinal(text),
            (Self::Date, Value::Date(date)) => Some(date.days()),
            (Self::Time, Value::DateTime(time)) => Some(time.microseconds()),
            (Self::Length, Value::List(items)) => i64::try_from(items.len()).ok(),
            _ => None,
        }
    }
}

fn decimals(shape: &Shape) -> u8 {
    if let Some(unit) = shape.multiple_of
        && let Ok(decimals) = u8::try_from(unit.decimals())
        && decimals <= SHARE_DECIMALS
    {
        return decimals;
    }
    let million = Number::from(1_000_000);
    let least = shape.minimum.or(shape.exclusive_minimum);
    let most = shape.maximum.or(shape.exclusive_maximum);
    match (least, most) {
        (Some(least), Some(most)) if least >= million.neg() && most <= million => SHARE_DECIMALS,
        _ => DECIMALS,
    }
}

/// What else of a fact has cells, because a rule reads it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Aspect {
    /// A property of a record.
    Property { name: Arc<str>, form: Form },
    /// The place of a text among those that it is compared with; -1 for any other.
    Among(Vec<Arc<str>>),
    /// Which values of an `enum` a list holds, a bit for each.
    Mask(Choices),
}

/// A list as a table of cells: a row for each item.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Column {
    /// Of a record; `None` is the item itself.
    pub property: Option<Arc<str>>,
    pub form: Form,
}

/// Which cells there are. Those of the facts themselves come first, by number.
#[derive(Debug, Clone, Default)]
pub(crate) struct Layout {
    forms: Vec<Form>,
    /// By fact: what else has a cell.
    aspects: Vec<Vec<(Aspect, u32)>>,
    /// By fact: its sheet's columns.
    sheets: Vec<Vec<Column>>,
    cells: usize,
}

impl Layout {
    pub fn new<'s>(shapes: impl Iterator<Item = &'s Shape>) -> Self {
        let forms: Vec<Form> = shapes.map(Form::of).collect();
        let facts = forms.len();
        Self {
            forms,
            aspects: vec![Vec::new(); facts],
            sheets: vec![Vec::new(); facts],
            cells: facts,
        }
    }

    pub fn form(&self, id: FactId) -> &Form {
        self.forms.get(id.index()).unwrap_or(&Form::None)
    }

    /// How many cells there are.
    pub fn cells(&self) -> usize {
        self.cells
    }

    /// The cell of an aspect, which is made if there is none yet.
    pub fn aspect(&mut self, id: FactId, aspect: Aspect) -> Option<u32> {
        let aspects = self.aspects.get_mut(id.index())?;
        if let Some((_, cell)) = aspects.iter().find(|(known, _)| *known == aspect) {
            return Some(*cell);
        }
        let cell = u32::try_from(self.cells).ok()?;
        self.cells += 1;
        aspects.push((aspect, cell));
        Some(cell)
    }

    /// The cell and place of a text among those that a fact is compared with.
    pub fn among(&mut self, id: FactId, text: &Arc<str>) -> Option<(u32, i64)> {
        let aspects = self.aspects.get_mut(id.index())?;
        for (aspect, cell) in aspects.iter_mut() {
            if let Aspect::Among(texts) = aspect {
                let place = texts.iter().position(|known| known == text).unwrap_or(texts.len());
                if place == texts.len() {
                    texts.push(Arc::clone(text));
                }
                return Some((*cell, i64::try_from(place).ok()?));
            }
        }
        let cell = self.aspect(id, Aspect::Among(vec![Arc::clone(text)]))?;
        Some((cell, 0))
    }

    /// The number of a column of a list's sheet.
    pub fn column(&mut self, id: FactId, column: Column) -> Option<u32> {
        let columns = self.sheets.get_mut(id.index())?;
        let place = columns.iter().position(|known| *known == column).unwrap_or(columns.len());
        if place == columns.len() {
            columns.push(column);
        }
        u32::try_from(place).ok()
    }
}

/// Cells of a sheet: a list that needs more is read as a value.
const SHEET_CELLS: usize = 65_536;

/// A list as cells, row by row.
#[derive(Debug)]
pub(crate) struct Sheet {
    pub columns: usize,
    pub cells: Vec<Cell>,
}

impl Sheet {
    fn new(columns: &[Column], value: &Value) -> Option<Arc<Self>> {
        let Value::List(items) = value else { return None };
        if columns.is_empty() || items.len().saturating_mul(columns.len()) > SHEET_CELLS {
            return None;
        }
        let mut cells = Vec::with_capacity(items.len() * columns.len());
        for item in items.iter() {
            cells.extend(columns.iter().map(|column| match &column.property {
                None => column.form.cell(item),
                Some(name) => property(item, name, &column.form),
            }));
        }
        Some(Arc::new(Self { columns: columns.len(), cells }))
    }
}

fn property(record: &Value, name: &str, form: &Form) -> Cell {
    match record {
        Value::Record(entries) => entries.get(name).map_or(Cell::UNKNOWN, |value| form.cell(value)),
        _ => Cell::WIDE,
    }
}

/// The facts of one case.
#[derive(Debug, Clone)]
pub(crate) struct Facts {
    layout: Arc<Layout>,
    values: Vec<Option<Value>>,
    cells: Vec<Cell>,
    /// By fact; empty where no rule reads a sheet.
    sheets: Vec<Option<Arc<Sheet>>>,
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
        let sheets = if layout.sheets.iter().any(|columns| !columns.is_empty()) {
            vec![None; layout.sheets.len()]
        } else {
            Vec::new()
        };
        Self {
            layout: Arc::clone(layout),
            values: vec![None; layout.forms.len()],
            cells: vec![Cell::UNKNOWN; layout.cells],
            sheets,
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
        let Self { layout, values, cells, sheets } = self;
        let Some(place) = values.get_mut(index) else { return };
        let form = layout.forms.get(index).unwrap_or(&Form::None);
        if let Some(cell) = cells.get_mut(index) {
            *cell = value.as_ref().map_or(Cell::UNKNOWN, |value| form.cell(value));
        }
        for (aspect, number) in layout.aspects.get(index).into_iter().flatten() {
            if let Some(cell) = cells.get_mut(*number as usize) {
                *cell = value.as_ref().map_or(Cell::UNKNOWN, |value| aspect.cell(value));
            }
        }
        if let (Some(sheet), Some(columns)) = (sheets.get_mut(index), layout.sheets.get(index))
            && !columns.is_empty()
        {
            *sheet = value.as_ref().and_then(|value| Sheet::new(columns, value));
        }
        *place = value;
    }

    /// The same, with some facts unknown.
    pub fn without(&self, forgotten: &FixedBitSet) -> Self {
        let mut facts = self.clone();
        for index in forgotten.ones() {
            facts.set(FactId::from_index(index), None);
        }
        facts
    }

    pub fn cells(&self) -> &[Cell] {
        &self.cells
    }

    pub fn sheet(&self, fact: u32) -> Option<&Sheet> {
        self.sheets.get(fact as usize)?.as_deref()
    }
}

impl Aspect {
    fn cell(&self, value: &Value) -> Cell {
        match (self, value) {
            (Self::Property { name, form }, value) => property(value, name, form),
            (Self::Among(texts), Value::Text(text)) => {
                let place = texts.iter().position(|known| known == text);
                Cell::exact(place.and_then(|place| i64::try_from(place).ok()).unwrap_or(-1))
            }
            (Self::Mask(choices), Value::List(items)) => {
                let bits = items.iter().map(|item| choices.ordinal(item.as_str()?));
                let mask = bits.map(|bit| bit.filter(|bit| *bit < 63).map(|bit| 1_i64 << bit));
                match mask.reduce(|a, b| Some(a? | b?)) {
                    Some(Some(mask)) => Cell::exact(mask),
                    None => Cell::exact(0),
                    Some(None) => Cell::WIDE,
                }
            }
            _ => Cell::WIDE,
        }
    }
}
