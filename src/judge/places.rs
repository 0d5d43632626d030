//! Where values come from: facts, parameters, the event's data, entries of records, items of lists. Each place has its
//! variables, with what its declaration says of them.

use std::collections::HashMap;
use std::sync::Arc;

use super::formula::{F, Formula, TextInfo};
use super::linear::{Lin, Number as Var, Variable};
use super::rational::{Exact, Ratio};
use super::symbol::{List, Outcomes, Symbol, Text, Unit};
use crate::definition::shape::{Kind, Shape};
use crate::table::{FactId, ParameterId};
use crate::value::{Flavour, Length, Number, Value};

/// Days since 1970 of the first and the last day that there are.
pub(super) const DAYS: (i128, i128) = (-719_162, 2_932_896);
/// Microseconds since 1970 of the first and the last instant.
pub(super) const TIMES: (i128, i128) = (-62_135_510_400_000_000, 253_402_207_200_000_000);
/// No number has as much as this.
const MOST: i128 = 10_i128.pow(28);

/// What a place hangs on.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Root {
    Fact(FactId),
    Parameter(ParameterId),
    /// Of an event, by the number of its declaration.
    Data(u32, Arc<str>),
    Entry(usize, Arc<str>),
    /// An item that stands for a class of a list's items.
    Item(usize, String),
}

/// How the value of a place is told.
#[derive(Debug, Clone)]
pub(super) enum Sort {
    Boolean(F),
    /// A sum of its variable, and what is made of it.
    Number(Lin, Option<u32>, bool),
    Date(Lin),
    Time(Lin),
    Length(Unit, Lin),
    Text(u32),
    List(usize),
    Record,
    Vague,
    /// No value fits.
    Nothing,
}

impl Sort {
    /// The sum behind a value that has an order.
    pub fn line(&self) -> Option<Lin> {
        match self {
            Self::Number(lin, ..) | Self::Date(lin) | Self::Time(lin) | Self::Length(_, lin) => {
                Some(lin.clone())
            }
            _ => None,
        }
    }
}

#[derive(Debug, Clone)]
pub(super) struct Place<'w> {
    pub root: Root,
    pub shape: &'w Shape,
    /// A condition of its own, or what always is.
    pub known: F,
    pub sort: Sort,
}

/// A declared list: what is asked of its items stands in `lists`.
#[derive(Debug, Clone)]
pub(super) struct Declared<'w> {
    pub item: &'w Shape,
    pub length: Var,
}

#[derive(Debug, Default)]
pub(super) struct Places<'w> {
    pub all: Vec<Place<'w>>,
    known: HashMap<Root, usize>,
    pub lists: Vec<Declared<'w>>,
}

impl<'w> Places<'w> {
    /// The place of this root, made when it is first asked for.
    pub fn place(
        &mut self,
        formula: &mut Formula,
        root: Root,
        shape: &'w Shape,
        always: bool,
    ) -> usize {
        if let Some(place) = self.known.get(&root) {
            return *place;
        }
        let number = self.all.len();
        let known = if always { F::TRUE } else { formula.flag() };
        let sort = match &shape.kind {
            Kind::Array(items) => {
                let most = i128::from(i64::MAX);
                let low = shape.min_items.map_or(0, i128::from).min(most);
                let high = shape.max_items.map_or(most, i128::from).min(most);
                if low > high {
                    Sort::Nothing
                } else {
                    let length = formula.variable(Variable::whole(Some(low), Some(high)));
                    self.lists.push(Declared { item: items, length });
                    Sort::List(self.lists.len() - 1)
                }
            }
            _ => sort(formula, shape).unwrap_or(Sort::Vague),
        };
        self.all.push(Place { root: root.clone(), shape, known, sort });
        self.known.insert(root, number);
        number
    }

    pub fn find(&self, root: &Root) -> Option<usize> {
        self.known.get(root).copied()
    }

    /// What stands at a place.
    pub fn outcomes(&self, formula: &mut Formula, number: usize) -> Outcomes {
        let Some(place) = self.all.get(number) else { return Outcomes::vague("list") };
        let known = place.known;
        let unknown = formula.opposite(known);
        let mut found = Outcomes { cases: Vec::new(), unknown, fault: F::FALSE };
        let symbol = match &place.sort {
            Sort::Boolean(flag) => {
                let (holds, fails) = (*flag, formula.opposite(*flag));
                for (when, truth) in [(holds, true), (fails, false)] {
                    let when = formula.and(known, when);
                    found.case(formula, when, Symbol::Boolean(truth));
                }
                return found;
            }
            Sort::Number(lin, places, whole) => {
                Symbol::Number { lin: lin.clone(), places: *places, whole: *whole }
            }
            Sort::Date(lin) => Symbol::Date(lin.clone()),
            Sort::Time(lin) => Symbol::Time(lin.clone()),
            Sort::Length(unit, lin) => Symbol::Length(*unit, lin.clone()),
            Sort::Text(text) => Symbol::Text(Text::Variable(*text)),
            Sort::List(list) => Symbol::List(List::Items { list: *list, filters: Vec::new() }),
            Sort::Record => Symbol::Record(number),
            Sort::Vague => Symbol::Vague("any"),
            Sort::Nothing => return Outcomes::unknown(),
        };
        found.case(formula, known, symbol);
        found
    }
}

/// The variables of a declaration that is no list.
fn sort(formula: &mut Formula, shape: &Shape) -> Exact<Sort> {
    Ok(match &shape.kind {
        Kind::Boolean => Sort::Boolean(formula.flag()),
        Kind::Integer | Kind::Number => return numbers(formula, shape),
        Kind::String => Sort::Text(formula.text(TextInfo::default())),
        Kind::Enum(values) => {
            let of = values.keys().map(|text| formula.word(text)).collect();
            Sort::Text(formula.text(TextInfo { of: Some(of) }))
        }
        Kind::Date => times(formula, shape, DAYS, Sort::Date),
        Kind::DateTime => times(formula, shape, TIMES, Sort::Time),
        Kind::Duration => {
            let (unit, most) = match shape.flavour {
                Some(Flavour::Days) => (Unit::Days, i128::from(i32::MAX)),
                Some(Flavour::Months) => (Unit::Months, i128::from(i32::MAX)),
                Some(Flavour::Exact) => (Unit::Microseconds, i128::from(i64::MAX)),
                None => return Ok(Sort::Vague),
            };
            let low = if shape.counted_from { 0 } else { -most - 1 };
            times(formula, shape, (low, most), |lin| Sort::Length(unit, lin))
        }
        Kind::Object(_) => Sort::Record,
        Kind::Array(_) | Kind::Any => Sort::Vague,
    })
}

fn numbers(formula: &mut Formula, shape: &Shape) -> Exact<Sort> {
    let whole = shape.kind == Kind::Integer;
    let bound = |number: Option<Number>| number.map(Ratio::of).transpose();
    if let Some(grid) = shape.grid() {
        let step = Ratio::of(grid.step)?;
        let end = |number: Option<Number>, most: i128| -> Exact<Ratio> {
            match number {
                Some(number) => Ratio::of(number)?.mul(step.inverse()?),
                None => Ok(Ratio::whole(most)),
            }
        };
        // Far more than there are: a whole number is one of 64 bits, any other has 28 digits before its point at most.
        let most = if whole { i128::from(i64::MAX) + 1 } else { MOST };
        let beyond = Ratio::whole(most).mul(step.inverse()?)?.ceil()?;
        let (low, high) = (end(grid.first, -beyond)?.ceil()?, end(grid.last, beyond)?.floor());
        if low > high {
            return Ok(Sort::Nothing);
        }
        let variable = formula.variable(Variable::whole(Some(low), Some(high)));
        let places = if whole { 0 } else { grid.step.decimals() };
        return Ok(Sort::Number(Lin::of(variable).times(step)?, Some(places), whole));
    }
    if whole {
        let variable = formula
            .variable(Variable::whole(Some(i128::from(i64::MIN)), Some(i128::from(i64::MAX))));
        return Ok(Sort::Number(Lin::of(variable), Some(0), true));
    }
    let closed = |bound: Option<Ratio>, other: Option<Ratio>, low: bool, most: i128| {
        let most = (Ratio::whole(if low { -most } else { most }), false);
        let all = [bound.map(|bound| (bound, false)), other.map(|bound| (bound, true))];
        let all = all.into_iter().flatten().chain([most]);
        // The tighter; of equal ones the one that excludes its end.
        match low {
            true => all.max_by(|a, b| a.0.cmp(&b.0).then(a.1.cmp(&b.1))),
            false => all.min_by(|a, b| a.0.cmp(&b.0).then(b.1.cmp(&a.1))),
        }
        .unwrap_or(most)
    };
    let (low, above) = closed(bound(shape.minimum)?, bound(shape.exclusive_minimum)?, true, MOST);
    let (high, below) = closed(bound(shape.maximum)?, bound(shape.exclusive_maximum)?, false, MOST);
    if low > high || (low == high && (above || below)) {
        return Ok(Sort::Nothing);
    }
    let (low, high) = (Some(low), Some(high));
    let variable = formula.variable(Variable { low, high, above, below, ..Variable::default() });
    Ok(Sort::Number(Lin::of(variable), None, false))
}

fn times(
    formula: &mut Formula,
    shape: &Shape,
    (mut low, mut high): (i128, i128),
    sort: impl Fn(Lin) -> Sort,
) -> Sort {
    // A length in months and days is no bound of one in days alone.
    let count = |value: &Option<Value>| -> Option<i128> {
        match (&shape.kind, value.as_ref()?) {
            (Kind::Date, Value::Date(date)) => Some(date.days().into()),
            (Kind::DateTime, Value::DateTime(time)) => Some(time.microseconds().into()),
            (Kind::Duration, Value::Duration(length)) => match (length.length(), shape.flavour) {
                (Length::Civil { months: 0, days }, Some(Flavour::Days)) => Some(days.into()),
                (Length::Civil { months, days: 0 }, Some(Flavour::Months)) => Some(months.into()),
                (Length::Exact { microseconds }, Some(Flavour::Exact)) => Some(microseconds.into()),
                _ => None,
            },
            _ => None,
        }
    };
    let span = &shape.span;
    for (bound, by) in [(&span.minimum, 0), (&span.exclusive_minimum, 1)] {
        low = count(bound).map_or(low, |bound| low.max(bound + by));
    }
    for (bound, by) in [(&span.maximum, 0), (&span.exclusive_maximum, 1)] {
        high = count(bound).map_or(high, |bound| high.min(bound - by));
    }
    if low > high {
        return Sort::Nothing;
    }
    sort(Lin::of(formula.variable(Variable::whole(Some(low), Some(high)))))
}
