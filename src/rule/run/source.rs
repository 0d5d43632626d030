//! What a rule runs over, and where it keeps variables and items.

use super::super::facts::{Facts, List};
use super::super::{CaseHistory, Context};
use super::columns::Columns;
use crate::value::DateTime;

/// The cells of an item, and the list of which it is one.
pub(super) type Item<'a> = (&'a [i64], Option<&'a List>);

/// What variables and items of loops are kept in: so many of each. Clearing it costs more than most rules do.
pub(super) struct Frame<'a, const V: usize, const L: usize> {
    pub variables: [i64; V],
    items: [Item<'a>; L],
}

impl<'a, const V: usize, const L: usize> Frame<'a, V, L> {
    pub const EMPTY: Self = Self { variables: [0; V], items: [(&[], None); L] };

    pub fn places(&'a mut self) -> Places<'a> {
        (&mut self.variables, &mut self.items)
    }
}

/// Variables, and items by scope, from 1 on.
pub(super) type Places<'a> = (&'a mut [i64], &'a mut [Item<'a>]);

/// Facts without a case, and what else a rule may read.
// Facts first, as they lie in memory.
#[derive(Debug, Clone)]
#[repr(C)]
pub(crate) struct Alone {
    pub facts: Facts,
    pub past: CaseHistory,
    pub now: DateTime,
}

impl Alone {
    pub fn context(&self) -> Context<'_> {
        let Self { facts, past, now } = self;
        Context {
            facts,
            past,
            active: &[],
            now: *now,
            event: None,
            family: None,
            supposed: false,
            observer: None,
            meter: None,
        }
    }
}

/// Where it lies.
#[derive(Clone, Copy)]
pub(crate) enum Source<'a> {
    Case(&'a Context<'a>),
    Alone(&'a Alone),
    /// A row of a table: cells and lists alone.
    Table(&'a (&'a Columns, usize)),
}

impl<'a> Source<'a> {
    /// Those of facts; a table's are put together for each row.
    #[inline(always)]
    pub fn cells(&self) -> &'a [i64] {
        match *self {
            Self::Case(context) => context.facts.words().as_slice(),
            Self::Alone(alone) => alone.facts.words().as_slice(),
            Self::Table(_) => &[],
        }
    }

    /// What can be read besides cells.
    #[inline(always)]
    pub fn context(&self) -> Option<Context<'a>> {
        match *self {
            Self::Case(context) => Some(*context),
            Self::Alone(alone) => Some(alone.context()),
            Self::Table(_) => None,
        }
    }
}
