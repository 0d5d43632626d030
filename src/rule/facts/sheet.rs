//! Lists as tables of cells, and tests of their rows.

use std::sync::Arc;

use super::layout::Form;
use super::{Cell, Presence, property};
use crate::value::Value;

/// A list as a table of cells: a row for each item.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Column {
    /// Of a record; `None` is the item itself.
    pub property: Option<Arc<str>>,
    pub form: Form,
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
    pub(super) fn new(columns: &[Column], value: &Value) -> Option<Arc<Self>> {
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

    /// Cells of each row.
    pub fn rows(&self) -> std::slice::ChunksExact<'_, Cell> {
        self.cells.chunks_exact(self.columns.max(1))
    }

    /// How many rows pass; wide where a cell on the way there is unknown or wide.
    pub(super) fn passing(&self, test: &RowTest) -> Cell {
        let mut count = 0;
        for row in self.rows() {
            match test.holds(row) {
                Some(holds) => count += i64::from(holds),
                None => return Cell::WIDE,
            }
        }
        Cell::exact(count)
    }
}

/// A test of a row that reads nothing but the row and constants.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum RowTest {
    Constant(bool),
    /// The word of a column lies between two bounds.
    Range {
        column: u32,
        low: i64,
        high: i64,
    },
    /// It is a bit of the mask.
    Mask {
        column: u32,
        mask: u64,
    },
    Known(u32),
    Not(Box<RowTest>),
    All(Vec<RowTest>),
    Any(Vec<RowTest>),
    If(Box<[RowTest; 3]>),
}

impl RowTest {
    /// `None` where a cell that it comes to is unknown or wide.
    fn holds(&self, row: &[Cell]) -> Option<bool> {
        let word = |column: u32| {
            let cell = row.get(column as usize)?;
            (cell.presence == Presence::Exact).then_some(cell.word)
        };
        match self {
            Self::Constant(truth) => Some(*truth),
            Self::Range { column, low, high } => {
                word(*column).map(|word| (*low..=*high).contains(&word))
            }
            Self::Mask { column, mask } => word(*column).map(|word| within(*mask, word)),
            Self::Known(column) => {
                row.get(*column as usize).map(|cell| cell.presence != Presence::Unknown)
            }
            Self::Not(inner) => inner.holds(row).map(|holds| !holds),
            Self::All(tests) => {
                for test in tests {
                    if !test.holds(row)? {
                        return Some(false);
                    }
                }
                Some(true)
            }
            Self::Any(tests) => {
                for test in tests {
                    if test.holds(row)? {
                        return Some(true);
                    }
                }
                Some(false)
            }
            Self::If(parts) => {
                let [condition, then, otherwise] = &**parts;
                if condition.holds(row)? { then.holds(row) } else { otherwise.holds(row) }
            }
        }
    }
}

/// Whether a word is a bit of a mask.
#[inline(always)]
pub(crate) fn within(mask: u64, word: i64) -> bool {
    (0..64).contains(&word) && (mask >> word) & 1 == 1
}
