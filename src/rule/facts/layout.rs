//! Which cells the facts of a workflow have, and how values become words.

use std::sync::Arc;

use super::list::List;
use super::{Cell, Place};
use crate::definition::shape::{Kind, Shape};
use crate::table::{FactId, Id};
use crate::value::{Date, Duration, Length, Number, Value};

/// Which cells there are. Those of the facts themselves come first, by number.
#[derive(Debug, Clone, Default)]
pub(crate) struct Layout {
    facts: Vec<Held>,
    cells: u32,
    /// How many facts may have values that no word gives back.
    slots: u32,
    /// How many lists are kept as tables.
    lists: u32,
}

/// What of one fact has cells.
#[derive(Debug, Clone)]
pub(super) struct Held {
    pub form: Form,
    /// What else has a cell, because a rule reads it.
    pub aspects: Vec<(Column, u32)>,
    /// Lists in it, itself among them, that rules go through.
    pub lists: Vec<Items>,
    direct: Direct,
    /// Where a value is kept that its word does not give back.
    pub slot: Option<u32>,
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
    /// The days of a duration that has nothing else.
    Days,
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
            Kind::Duration => Self::Days,
            Kind::Any | Kind::String | Kind::Enum(_) | Kind::Object(_) => Self::None,
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
            (Self::Days, Value::Duration(duration)) => match duration.length() {
                Length::Civil { months: 0, days } => Some(days.into()),
                _ => None,
            },
            _ => None,
        }
    }

    /// The value of a word, for the forms that give all of it back.
    pub fn value(&self, word: i64) -> Option<Value> {
        match self {
            Self::Boolean => Some(Value::Boolean(word != 0)),
            Self::Whole => Some(Value::Integer(word)),
            Self::Fixed(decimals) => {
                Some(Value::Number(Number::from_scaled(word, u32::from(*decimals))))
            }
            Self::Ordinal(choices) => choices.0.get(usize::try_from(word).ok()?).cloned(),
            Self::Date => Date::from_days(word).map(Value::Date),
            Self::Days => Duration::days(word).map(Value::Duration),
            Self::None | Self::Time | Self::Length => None,
        }
    }

    /// Whether a value follows from its word.
    pub fn gives_back(&self) -> bool {
        !matches!(self, Self::None | Self::Time | Self::Length)
    }

    /// Whether a value may be one that does not follow from a word.
    fn needs_slot(&self) -> bool {
        !self.gives_back() || matches!(self, Self::Fixed(_) | Self::Days)
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

/// What has a cell: something of a value, or of what lies inside it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Column {
    /// Properties on the way to it.
    pub path: Vec<Arc<str>>,
    pub what: What,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum What {
    Form(Form),
    /// The place of a text among those that it is compared with; -1 for any other.
    Among(Vec<Arc<str>>),
    /// Which values of an `enum` a list holds, a bit for each.
    Mask(Choices),
    /// Of a date or, on the calendar that it is written in, a date-time.
    Part(Part),
    /// Of an item of a list: the place of its text among those of the list.
    Text,
    /// Of an item of a list: the place of a list in it.
    Items(Items),
}

/// A list whose items have cells.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Items {
    /// Properties of the fact on the way to it.
    pub path: Vec<Arc<str>>,
    /// Where its table is kept.
    pub slot: u32,
    pub columns: Vec<Column>,
}

/// Which list: of a fact, by number, and inside the items of that the columns that hold lists.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ListPath {
    pub fact: FactId,
    pub list: usize,
    pub within: Vec<usize>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    Year,
    Month,
    Day,
    Weekday,
    /// Days since 1970-01-01.
    Date,
}

impl Part {
    /// A property of dates that is a whole number.
    pub fn named(name: &str) -> Option<Self> {
        Some(match name {
            "year" => Self::Year,
            "month" => Self::Month,
            "day" => Self::Day,
            "weekday" => Self::Weekday,
            _ => return None,
        })
    }

    /// Of a day since 1970-01-01; `None` outside of the years that there are.
    #[inline]
    pub fn of(self, days: i64) -> Option<i64> {
        let (year, month, day) = Date::parts_of_days(days)?;
        Some(match self {
            Self::Year => year,
            Self::Month => month,
            Self::Day => day,
            // 1970-01-01 was a Thursday.
            Self::Weekday => (days + 3).rem_euclid(7) + 1,
            Self::Date => days,
        })
    }

    pub fn of_date(self, date: Date) -> i64 {
        match self {
            Self::Year => date.year(),
            Self::Month => date.month(),
            Self::Day => date.day(),
            Self::Weekday => date.weekday(),
            Self::Date => date.days(),
        }
    }
}

/// What lies at the end of a path; `Err` with the cell of what is not there.
pub(super) fn follow<'v>(value: &'v Value, path: &[Arc<str>]) -> Result<&'v Value, Cell> {
    path.iter().try_fold(value, |value, name| match value {
        Value::Record(entries) => entries.get(name).ok_or(Cell::UNKNOWN),
        _ => Err(Cell::WIDE),
    })
}

impl Column {
    /// The cell of a value; the texts and lists of an item are put into its list.
    pub fn cell(&self, value: &Value, list: Option<&mut List>) -> Cell {
        match follow(value, &self.path) {
            Ok(value) => self.what.cell(value, list),
            Err(cell) => cell,
        }
    }
}

impl What {
    fn cell(&self, value: &Value, list: Option<&mut List>) -> Cell {
        match (self, value) {
            (Self::Form(form), value) => form.cell(value),
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
            (Self::Part(part), Value::Date(date)) => Cell::exact(part.of_date(*date)),
            (Self::Part(part), Value::DateTime(time)) => Cell::exact(part.of_date(time.date())),
            (Self::Text, Value::Text(text)) => list.map_or(Cell::WIDE, |list| list.keep(text)),
            (Self::Items(items), Value::List(_)) => {
                match (list, List::new(&items.columns, value)) {
                    (Some(list), Some(inner)) => list.nest(inner),
                    _ => Cell::WIDE,
                }
            }
            _ => Cell::WIDE,
        }
    }
}

/// What a value must be so that it is as its declaration says, where that takes no more than a look at its word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Direct {
    /// The declaration must be asked.
    No,
    Boolean,
    Whole {
        low: i64,
        high: i64,
    },
    Fixed {
        decimals: u8,
        low: i64,
        high: i64,
    },
    Date,
    /// Any length of time: what has no word.
    Duration,
}

impl Direct {
    fn of(shape: &Shape, form: &Form) -> Self {
        match (&shape.kind, form) {
            (Kind::Boolean, _) => Self::Boolean,
            (Kind::Integer, _) => match bounds(shape, 0) {
                Some((low, high, 1)) => Self::Whole { low, high },
                _ => Self::No,
            },
            (Kind::Number, Form::Fixed(decimals)) => match bounds(shape, *decimals) {
                Some((low, high, 1)) => Self::Fixed { decimals: *decimals, low, high },
                _ => Self::No,
            },
            (Kind::Date, _) if shape.is_any_time() => Self::Date,
            (Kind::Duration, _) if shape.is_any_time() => Self::Duration,
            _ => Self::No,
        }
    }

    /// The word of a value that is as its declaration says, `Some(None)` where it has none; `None` where the declaration must be
    /// asked.
    #[inline(always)]
    pub fn word(self, value: &Value) -> Option<Option<i64>> {
        match (self, value) {
            (Self::Boolean, Value::Boolean(truth)) => Some(Some(i64::from(*truth))),
            (Self::Whole { low, high }, Value::Integer(word)) => {
                (low <= *word && *word <= high).then_some(Some(*word))
            }
            (Self::Fixed { decimals, low, high }, Value::Number(number)) => {
                let word = number.scaled(u32::from(decimals))?;
                (low <= word && word <= high).then_some(Some(word))
            }
            (Self::Date, Value::Date(date)) => Some(Some(date.days())),
            (Self::Duration, Value::Duration(_)) => Some(None),
            _ => None,
        }
    }
}

/// A fact, and how it can be set without asking its declaration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Setter {
    pub id: FactId,
    pub direct: Direct,
    pub place: Place,
    /// Whether it has no other cells than its own and those of its parts.
    pub plain: bool,
    /// Parts of a date that have cells.
    pub parts: [Option<(Part, Place)>; 2],
}

/// The least and largest word that a number may have, and what every word is a multiple of; `None` where that cannot be said in
/// words.
pub(crate) fn bounds(shape: &Shape, decimals: u8) -> Option<(i64, i64, i64)> {
    let scaled = |bound: Number| bound.scaled(u32::from(decimals));
    let low = match (shape.minimum, shape.exclusive_minimum) {
        (None, None) => i64::MIN,
        (Some(bound), None) => scaled(bound)?,
        (None, Some(bound)) => scaled(bound)?.checked_add(1)?,
        (Some(one), Some(other)) => scaled(one)?.max(scaled(other)?.checked_add(1)?),
    };
    let high = match (shape.maximum, shape.exclusive_maximum) {
        (None, None) => i64::MAX,
        (Some(bound), None) => scaled(bound)?,
        (None, Some(bound)) => scaled(bound)?.checked_sub(1)?,
        (Some(one), Some(other)) => scaled(one)?.min(scaled(other)?.checked_sub(1)?),
    };
    let unit = match shape.multiple_of {
        None => 1,
        Some(unit) => scaled(unit).filter(|unit| *unit > 0)?,
    };
    Some((low, high, unit))
}

impl Layout {
    pub fn new<'s>(shapes: impl Iterator<Item = &'s Shape>) -> Self {
        let mut slots = 0_u32;
        let facts: Vec<Held> = shapes
            .map(|shape| {
                let form = Form::of(shape);
                let direct = Direct::of(shape, &form);
                let slot = form.needs_slot().then_some(slots);
                slots = slots.saturating_add(slot.is_some().into());
                Held { form, aspects: Vec::new(), lists: Vec::new(), direct, slot }
            })
            .collect();
        let cells = u32::try_from(facts.len()).unwrap_or(u32::MAX);
        Self { facts, cells, slots, lists: 0 }
    }

    pub fn form(&self, id: FactId) -> &Form {
        self.facts.get(id.index()).map_or(&Form::None, |held| &held.form)
    }

    /// How many cells there are.
    pub fn cells(&self) -> u32 {
        self.cells
    }

    /// How many values may have to be kept.
    pub(super) fn slots(&self) -> usize {
        self.slots as usize
    }

    /// How many facts there are.
    pub(super) fn facts(&self) -> usize {
        self.facts.len()
    }

    pub(super) fn held(&self, id: FactId) -> Option<&Held> {
        self.facts.get(id.index())
    }

    /// How many lists are kept as tables.
    pub fn lists(&self) -> usize {
        self.lists as usize
    }

    /// How a fact can be set without asking its declaration.
    pub fn setter(&self, id: FactId) -> Setter {
        let (mut direct, mut plain, mut parts) = (Direct::No, false, [None; 2]);
        if let Some(held) = self.held(id) {
            let mut rest = parts.iter_mut();
            direct = held.direct;
            plain = held.lists.is_empty()
                && held.aspects.iter().all(|(aspect, cell)| match (&aspect.what, rest.next()) {
                    (What::Part(part), Some(place)) if direct == Direct::Date => {
                        *place = Some((*part, Place::of(*cell)));
                        true
                    }
                    _ => false,
                });
        }
        Setter { id, direct, place: Place::of(id.0), plain, parts }
    }

    /// The cell of something of a fact, which is made if there is none yet.
    pub fn aspect(&mut self, id: FactId, column: Column) -> Option<u32> {
        let held = self.facts.get_mut(id.index())?;
        if let Some((_, cell)) = held.aspects.iter().find(|(known, _)| *known == column) {
            return Some(*cell);
        }
        let cell = self.cells;
        self.cells = cell.checked_add(1).filter(|cells| *cells < Place::MOST)?;
        held.aspects.push((column, cell));
        Some(cell)
    }

    /// The cell and place of a text among those that something of a fact is compared with.
    pub fn among(&mut self, id: FactId, path: &[Arc<str>], text: &Arc<str>) -> Option<(u32, i64)> {
        let held = self.facts.get_mut(id.index())?;
        for (column, cell) in &mut held.aspects {
            if column.path == path
                && let What::Among(texts) = &mut column.what
            {
                return Some((*cell, place_of(texts, text)?));
            }
        }
        let what = What::Among(vec![Arc::clone(text)]);
        Some((self.aspect(id, Column { path: path.to_vec(), what })?, 0))
    }

    /// The list at the end of a path in a fact, as one whose items have cells.
    pub fn list(&mut self, id: FactId, path: &[Arc<str>]) -> Option<ListPath> {
        let lists = &mut self.facts.get_mut(id.index())?.lists;
        let known = lists.iter().position(|items| items.path == path);
        let list = known.unwrap_or(lists.len());
        if known.is_none() {
            lists.push(Items { path: path.to_vec(), slot: self.lists, columns: Vec::new() });
            self.lists += 1;
        }
        Some(ListPath { fact: id, list, within: Vec::new() })
    }

    /// Where the table of a list that is not inside another is kept.
    pub fn list_slot(&self, path: &ListPath) -> Option<u32> {
        Some(self.held(path.fact)?.lists.get(path.list)?.slot)
    }

    fn items(&mut self, path: &ListPath) -> Option<&mut Items> {
        let mut items = self.facts.get_mut(path.fact.index())?.lists.get_mut(path.list)?;
        for column in &path.within {
            match &mut items.columns.get_mut(*column)?.what {
                What::Items(inner) => items = inner,
                _ => return None,
            }
        }
        Some(items)
    }

    /// The number of a column of a list; `None` where there are too many.
    pub fn column(&mut self, list: &ListPath, column: Column) -> Option<u32> {
        let columns = &mut self.items(list)?.columns;
        let same = |known: &Column| match (&known.what, &column.what) {
            (What::Items(_), What::Items(_)) => known.path == column.path,
            _ => *known == column,
        };
        let place = columns.iter().position(same).unwrap_or(columns.len());
        if place == columns.len() {
            if place >= COLUMNS {
                return None;
            }
            columns.push(column);
        }
        u32::try_from(place).ok()
    }

    /// The column and place of a text among those that something of a list's items is compared with.
    pub fn column_among(
        &mut self,
        list: &ListPath,
        path: &[Arc<str>],
        text: &Arc<str>,
    ) -> Option<(u32, i64)> {
        let columns = &mut self.items(list)?.columns;
        for (number, column) in columns.iter_mut().enumerate() {
            if column.path == path
                && let What::Among(texts) = &mut column.what
            {
                return Some((u32::try_from(number).ok()?, place_of(texts, text)?));
            }
        }
        let what = What::Among(vec![Arc::clone(text)]);
        Some((self.column(list, Column { path: path.to_vec(), what })?, 0))
    }
}

/// Cells of an item: one block.
const COLUMNS: usize = 62;

fn place_of(texts: &mut Vec<Arc<str>>, text: &Arc<str>) -> Option<i64> {
    let place = texts.iter().position(|known| known == text).unwrap_or(texts.len());
    if place == texts.len() {
        texts.push(Arc::clone(text));
    }
    i64::try_from(place).ok()
}
