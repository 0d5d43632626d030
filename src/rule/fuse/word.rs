//! Closures that give a word.

use super::super::facts::{Form, Place};
use super::super::plan::{Arithmetic, Round, Sum, Test, Thing, Word};
use super::flow::{Loop, flow, turns};
use super::test::{Rows, TestFn, test};
use super::thing::thing;
use super::{Frame, Row, Stop, Tri, read};
use crate::value::Date;

pub(super) type WordFn =
    Box<dyn for<'a, 'f> Fn(&Row<'a>, &mut Frame<'f, 'a>) -> Result<i64, Stop> + Send + Sync>;

pub(super) fn made(
    closure: impl for<'a, 'f> Fn(&Row<'a>, &mut Frame<'f, 'a>) -> Result<i64, Stop>
    + Send
    + Sync
    + 'static,
) -> WordFn {
    Box::new(closure)
}

/// What a word is read from: most need no call.
pub(super) enum Operand {
    Constant(i64),
    Cell(Place),
    Local(u32),
    Column { fact: u32, column: u32, row: u32 },
    Other(WordFn),
}

impl Operand {
    pub fn new(word: &Word) -> Self {
        match word {
            Word::Constant(constant) => Self::Constant(*constant),
            Word::Cell(cell) => Self::Cell(Place::of(*cell)),
            Word::Local(register) => Self::Local(*register),
            Word::Column { fact, column, row } => {
                Self::Column { fact: *fact, column: *column, row: *row }
            }
            word => Self::Other(self::word(word)),
        }
    }

    #[inline(always)]
    pub fn read<'a>(&self, row: &Row<'a>, frame: &mut Frame<'_, 'a>) -> Result<i64, Stop> {
        match self {
            Self::Constant(constant) => Ok(*constant),
            Self::Cell(cell) => row.cell(*cell),
            Self::Local(register) => frame.word(*register),
            Self::Column { fact, column, row: number } => {
                let sheet = row.context.facts.sheet(*fact).ok_or(Stop::Unsure)?;
                let number = usize::try_from(frame.word(*number)?).unwrap_or(usize::MAX);
                let place = number.wrapping_mul(sheet.columns).wrapping_add(*column as usize);
                read(*sheet.cells.get(place).ok_or(Stop::Unsure)?)
            }
            Self::Other(closure) => closure(row, frame),
        }
    }
}

/// Two words that are both needed. What is not sure outweighs what is unknown: they may stand in another order than in the
/// script, where what fails is met first.
#[inline(always)]
pub(super) fn both<'a>(
    left: &Operand,
    right: &Operand,
    row: &Row<'a>,
    frame: &mut Frame<'_, 'a>,
) -> Result<(i64, i64), Stop> {
    match left.read(row, frame) {
        Ok(left) => Ok((left, right.read(row, frame)?)),
        Err(Stop::Unknown) => Err(beside(right, row, frame)),
        Err(other) => Err(other),
    }
}

/// What is unknown together with another word.
#[cold]
fn beside<'a>(other: &Operand, row: &Row<'a>, frame: &mut Frame<'_, 'a>) -> Stop {
    match other.read(row, frame) {
        Err(Stop::Unsure) => Stop::Unsure,
        _ => Stop::Unknown,
    }
}

pub(super) fn word(word: &Word) -> WordFn {
    match word {
        Word::Constant(_) | Word::Cell(_) | Word::Local(_) | Word::Column { .. } => {
            let operand = Operand::new(word);
            made(move |row, frame| operand.read(row, frame))
        }
        Word::Truth(inner) => truth(inner),
        Word::Arithmetic { op, left, right } => arithmetic(*op, left, right),
        Word::Sum(sum) => {
            let sum = Terms::new(sum);
            made(move |row, frame| i64::try_from(sum.add_up(row, frame)?).map_err(|_| Stop::Unsure))
        }
        Word::Round { how, unit, word } => rounded(*how, *unit, word),
        Word::Absolute(word) => {
            let operand = Operand::new(word);
            made(move |row, frame| operand.read(row, frame)?.checked_abs().ok_or(Stop::Unsure))
        }
        Word::Within { word, low, high, unit } => {
            let (operand, low, high, unit) = (Operand::new(word), *low, *high, *unit);
            made(move |row, frame| {
                let found = operand.read(row, frame)?;
                let fits = (low..=high).contains(&found)
                    && (unit == 1 || found.checked_rem(unit) == Some(0));
                if fits { Ok(found) } else { Err(Stop::Unsure) }
            })
        }
        Word::Exactly { word, unit } => {
            let (operand, unit) = (Operand::new(word), *unit);
            made(move |row, frame| {
                let found = operand.read(row, frame)?;
                match found.checked_rem(unit) {
                    Some(0) => found.checked_div(unit).ok_or(Stop::Unsure),
                    _ => Err(Stop::Unsure),
                }
            })
        }
        Word::AddMonths { date, months } => {
            let (date, months) = (Operand::new(date), Operand::new(months));
            made(move |row, frame| {
                let (date, months) = both(&date, &months, row, frame)?;
                Date::days_after_months(date, months).ok_or(Stop::Unsure)
            })
        }
        Word::Part { part, date } => {
            let (date, part) = (Operand::new(date), *part);
            made(move |row, frame| part.of(date.read(row, frame)?).ok_or(Stop::Unsure))
        }
        Word::Now => made(|row, _| Ok(row.context.now.microseconds())),
        Word::Today => made(|row, _| Ok(row.context.now.date().days())),
        Word::EventAt => made(|row, _| {
            row.context.event.map(|event| event.at.microseconds()).ok_or(Stop::Unknown)
        }),
        Word::Last(pattern) => {
            let pattern = pattern.clone();
            made(move |row, frame| {
                frame.spend(row.context.past.events.len() as u64 / 16)?;
                let last = row.context.past.last(&pattern);
                last.map(|time| time.microseconds()).ok_or(Stop::Unknown)
            })
        }
        Word::Count(pattern) => {
            let pattern = pattern.clone();
            made(move |row, frame| {
                frame.spend(row.context.past.events.len() as u64 / 16)?;
                Ok(i64::try_from(row.context.past.count(&pattern)).unwrap_or(i64::MAX))
            })
        }
        Word::Since(state) => {
            let state = *state;
            made(move |row, _| {
                let entered = row.context.past.entered.get(&state);
                entered.map(|time| time.microseconds()).ok_or(Stop::Unknown)
            })
        }
        Word::Of { form, thing } => of(form, thing),
        Word::Turns { turns: over, test: inner, cell } => {
            counted(turns(over), test(inner), Rows::new(over, inner), cell.map(Place::of))
        }
        Word::Total { turns: over, word } => total(turns(over), Operand::new(word)),
        Word::Flow(inner) => flow(inner),
    }
}

fn truth(inner: &Test) -> WordFn {
    let inner = test(inner);
    made(move |row, frame| match inner(row, frame) {
        Tri::True => Ok(1),
        Tri::False => Ok(0),
        other => Err(other.stop()),
    })
}

fn arithmetic(op: Arithmetic, left: &Word, right: &Word) -> WordFn {
    let (left, right) = (Operand::new(left), Operand::new(right));
    // An operation that is known where the closure is made is no branch where it runs.
    macro_rules! each {
        ($($op:ident)+) => {
            match op {
                $(Arithmetic::$op => made(move |row, frame| {
                    let (a, b) = both(&left, &right, row, frame)?;
                    Arithmetic::$op.of(a, b).ok_or(Stop::Unsure)
                }),)+
            }
        };
    }
    each!(Add Subtract Multiply Divide Remainder Least Greatest)
}

fn rounded(how: Round, unit: i64, word: &Word) -> WordFn {
    let operand = Operand::new(word);
    made(move |row, frame| {
        let found = operand.read(row, frame)?;
        let (floor, rest) = (found.div_euclid(unit), found.rem_euclid(unit));
        let up = match how {
            Round::Floor => false,
            Round::Ceil => rest > 0,
            // Half away from zero: below zero, half stays down.
            Round::Half if found < 0 => rest > unit - rest,
            Round::Half => rest >= unit - rest,
        };
        Ok(floor + i64::from(up))
    })
}

fn of(form: &Form, inner: &Thing) -> WordFn {
    let (form, inner) = (form.clone(), thing(inner));
    made(move |row, frame| {
        let item = inner(row, frame)?;
        read(form.cell(item.value()))
    })
}

fn counted(over: Loop, test: TestFn, rows: Option<Rows>, cell: Option<Place>) -> WordFn {
    made(move |row, frame| {
        if let Some(count) = cell.and_then(|cell| row.cell(cell).ok()) {
            return Ok(count);
        }
        if let Some(count) = rows.as_ref().and_then(|rows| rows.count(row, frame)) {
            return Ok(count);
        }
        let mut count = 0;
        let done = over.run(row, frame, |row, frame| {
            match test(row, frame) {
                Tri::True => count += 1,
                Tri::False => {}
                other => return Err(other.stop()),
            }
            Ok(true)
        });
        match done {
            Ok(()) => Ok(count),
            // What was counted before may have been added to something, and have been too much for it.
            Err(Stop::Unknown) if count > 0 => Err(Stop::Unsure),
            Err(stop) => Err(stop),
        }
    })
}

fn total(over: Loop, operand: Operand) -> WordFn {
    made(move |row, frame| {
        let most = row.rules.limits.list_items;
        let (mut sum, mut count) = (0_i64, 0_usize);
        over.run(row, frame, |row, frame| {
            count += 1;
            let found = operand.read(row, frame)?;
            sum = sum.checked_add(found).filter(|_| count <= most).ok_or(Stop::Unsure)?;
            Ok(true)
        })?;
        Ok(sum)
    })
}

/// A sum of words times factors.
pub(super) struct Terms {
    cells: Box<[(Place, i64)]>,
    others: Box<[(Operand, i64)]>,
    constant: i128,
}

impl Terms {
    pub fn new(sum: &Sum) -> Self {
        let mut cells = Vec::new();
        let mut others = Vec::new();
        for (factor, word) in &sum.terms {
            match word {
                Word::Cell(cell) => cells.push((Place::of(*cell), *factor)),
                word => others.push((Operand::new(word), *factor)),
            }
        }
        let constant = i128::from(sum.constant);
        Self { cells: cells.into(), others: others.into(), constant }
    }

    /// Factors are far below 2^63 together, so that nothing overflows.
    #[inline(always)]
    pub fn add_up<'a>(&self, row: &Row<'a>, frame: &mut Frame<'_, 'a>) -> Result<i128, Stop> {
        let mut sum = self.constant;
        // What is not sure outweighs what is unknown: in which order the evaluator meets them is not kept here.
        let mut stop = None;
        for (cell, factor) in &self.cells {
            match row.cell(*cell) {
                Ok(word) => {
                    sum = sum.wrapping_add(i128::from(word).wrapping_mul(i128::from(*factor)));
                }
                Err(Stop::Unknown) => stop = Some(Stop::Unknown),
                Err(other) => return Err(other),
            }
        }
        for (operand, factor) in &self.others {
            match operand.read(row, frame) {
                Ok(word) => {
                    sum = sum.wrapping_add(i128::from(word).wrapping_mul(i128::from(*factor)));
                }
                Err(Stop::Unknown) => stop = Some(Stop::Unknown),
                Err(other) => return Err(other),
            }
        }
        match stop {
            None => Ok(sum),
            Some(stop) => Err(stop),
        }
    }
}
