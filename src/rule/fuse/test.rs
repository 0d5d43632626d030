//! Closures that give true, false or unknown.

use super::super::facts::{Place, within};
use super::super::operate;
use super::super::plan::{Expr, Test, Turns, Word};
use super::super::syntax::Binary;
use super::flow::{flow, turns};
use super::graph::graph;
use super::pure::{Inside, Pure};
use super::thing::{operated, thing};
use super::word::{Operand, Terms, both, word};
use super::{Frame, Row, Stop, Tri};
use crate::value::Value;

pub(super) type TestFn = Box<dyn for<'a, 'f> Fn(&Row<'a>, &mut Frame<'f, 'a>) -> Tri + Send + Sync>;

pub(super) fn made(
    closure: impl for<'a, 'f> Fn(&Row<'a>, &mut Frame<'f, 'a>) -> Tri + Send + Sync + 'static,
) -> TestFn {
    Box::new(closure)
}

/// Where `&&`, `||`, `!` join tests, a graph of decisions goes through them while all is known.
pub(super) fn test(test: &Test) -> TestFn {
    if test.is_joined()
        && let Some(pure) = Pure::new(test, None)
    {
        let careful = whole(test);
        return made(move |row, frame| match pure.decide(row.words, &[]) {
            Some(truth) => Tri::of(truth),
            None => careful(row, frame),
        });
    }
    match graph(test) {
        Some(graph) => {
            let careful = whole(test);
            made(move |row, frame| match graph.decide(row, frame) {
                Tri::Unknown => careful(row, frame),
                other => other,
            })
        }
        None => whole(test),
    }
}

/// Three-valued, in the order of the text.
fn whole(test: &Test) -> TestFn {
    match test {
        Test::Constant(truth) => {
            let answer = Tri::of(*truth);
            made(move |_, _| answer)
        }
        Test::Not(inner) => {
            let inner = whole(inner);
            made(move |row, frame| match inner(row, frame) {
                Tri::True => Tri::False,
                Tri::False => Tri::True,
                other => other,
            })
        }
        Test::All { tests, strict } => walk(tests, *strict, Tri::False),
        Test::Any { tests, strict } => walk(tests, *strict, Tri::True),
        Test::Count { tests, at_least } => counted(tests, *at_least),
        other => leaf(other),
    }
}

fn walk(tests: &[Test], strict: bool, deciding: Tri) -> TestFn {
    let tests: Box<[TestFn]> = tests.iter().map(whole).collect();
    let otherwise = if deciding == Tri::False { Tri::True } else { Tri::False };
    made(move |row, frame| {
        let mut open = false;
        for test in &tests {
            match test(row, frame) {
                found if found == deciding => return deciding,
                Tri::True | Tri::False => {}
                Tri::Unknown if !strict => open = true,
                other => return other,
            }
        }
        if open { Tri::Unknown } else { otherwise }
    })
}

fn counted(tests: &[Test], at_least: usize) -> TestFn {
    let tests: Box<[TestFn]> = tests.iter().map(self::test).collect();
    made(move |row, frame| {
        let (mut reached, mut open, mut left) = (0, 0, tests.len());
        for test in &tests {
            left -= 1;
            match test(row, frame) {
                Tri::True => reached += 1,
                Tri::False => {}
                Tri::Unknown => open += 1,
                other => return other,
            }
            if reached >= at_least {
                return Tri::True;
            }
            if reached + open + left < at_least {
                return Tri::False;
            }
        }
        match (reached >= at_least, open) {
            (true, _) => Tri::True,
            (false, 0) => Tri::False,
            (false, _) => Tri::Unknown,
        }
    })
}

/// A test that no other is a part of.
pub(super) fn leaf(test: &Test) -> TestFn {
    match test {
        Test::Cell(cell) => {
            let cell = Place::of(*cell);
            made(move |row, _| answer(row.cell(cell), |word| word != 0))
        }
        Test::Word(inner) => match &**inner {
            Word::Truth(inner) => self::test(inner),
            inner => {
                let operand = Operand::new(inner);
                made(move |row, frame| answer(operand.read(row, frame), |word| word != 0))
            }
        },
        Test::Range { word, low, high, negated } => {
            let (low, negated) = (*low, *negated);
            if low > *high {
                let operand = Operand::new(word);
                return made(move |row, frame| answer(operand.read(row, frame), |_| negated));
            }
            let width = high.wrapping_sub(low).cast_unsigned();
            let within =
                move |word: i64| (word.wrapping_sub(low).cast_unsigned() <= width) != negated;
            if let Word::Cell(cell) = **word {
                let cell = Place::of(cell);
                return made(move |row, _| answer(row.cell(cell), within));
            }
            let operand = Operand::new(word);
            made(move |row, frame| answer(operand.read(row, frame), within))
        }
        Test::Mask { word, mask } => {
            let (operand, mask) = (Operand::new(word), *mask);
            made(move |row, frame| answer(operand.read(row, frame), |word| within(mask, word)))
        }
        Test::Holds { cell, bits } => {
            let (cell, bits) = (Place::of(*cell), *bits);
            made(move |row, _| answer(row.cell(cell), |word| word & bits == bits))
        }
        Test::Linear { sum, low, high, negated } => {
            let (sum, low, high, negated) = (Terms::new(sum), *low, *high, *negated);
            made(move |row, frame| match sum.add_up(row, frame) {
                Ok(sum) => Tri::of((low..=high).contains(&sum) != negated),
                Err(stop) => stop.into(),
            })
        }
        Test::Compare { op, left, right } => compare(*op, left, right),
        Test::Thing(inner) => {
            let inner = thing(inner);
            made(move |row, frame| match inner(row, frame) {
                Ok(item) => match item.value() {
                    Value::Boolean(truth) => Tri::of(*truth),
                    _ => Tri::Unsure,
                },
                Err(stop) => stop.into(),
            })
        }
        Test::Operate { op, left, right } => {
            let operated = operated(*op, left, right);
            made(move |row, frame| match operated(row, frame) {
                Ok(item) => match item.value() {
                    Value::Boolean(truth) => Tri::of(*truth),
                    _ => Tri::Unsure,
                },
                Err(stop) => stop.into(),
            })
        }
        Test::Alike(left, right) => {
            let (left, right) = (thing(left), thing(right));
            made(move |row, frame| {
                let left = match left(row, frame) {
                    Ok(left) => left,
                    Err(stop) => return stop.into(),
                };
                match right(row, frame) {
                    Ok(right) => {
                        Tri::of(operate::equal(left.value(), right.value()).unwrap_or(false))
                    }
                    Err(stop) => stop.into(),
                }
            })
        }
        Test::In { item, list, negated } => {
            let (item, list, negated) = (thing(item), thing(list), *negated);
            made(move |row, frame| {
                let found = item(row, frame).and_then(|item| {
                    let list = list(row, frame)?;
                    holds(frame, list.value(), item.value())
                });
                match found {
                    Ok(found) => Tri::of(found != negated),
                    Err(stop) => stop.into(),
                }
            })
        }
        Test::Known(inner) => known(inner),
        Test::Active(state) => {
            let state = *state;
            made(move |row, _| Tri::of(row.context.active.binary_search(&state).is_ok()))
        }
        Test::Each { turns: over, every, body, cell } => {
            let rows = Rows::new(over, body);
            let (over, every, body) = (turns(over), *every, self::test(body));
            let deciding = Tri::of(!every);
            let counted = cell.map(Place::of);
            made(move |row, frame| {
                if let Some(count) = counted.and_then(|counted| row.cell(counted).ok()) {
                    return Tri::of((count > 0) != every);
                }
                if let Some(found) = rows.as_ref().and_then(|rows| rows.any(!every, row, frame)) {
                    return Tri::of(found != every);
                }
                let mut decided = false;
                let done = over.run(row, frame, |row, frame| match body(row, frame) {
                    found if found == deciding => {
                        decided = true;
                        Ok(false)
                    }
                    Tri::True | Tri::False => Ok(true),
                    other => Err(other.stop()),
                });
                match done {
                    Ok(()) => Tri::of(decided != every),
                    Err(stop) => stop.into(),
                }
            })
        }
        Test::Flow(inner) => flow(inner),
        Test::Constant(_)
        | Test::Not(_)
        | Test::All { .. }
        | Test::Any { .. }
        | Test::Count { .. } => whole(test),
    }
}

/// A test of each row of a fact's list that reads nothing but cells.
pub(super) struct Rows {
    pure: Pure,
    fact: u32,
    cost: u64,
}

impl Rows {
    pub fn new(over: &Turns, test: &Test) -> Option<Self> {
        let inside = Inside::new(over)?;
        let pure = Pure::new(test, Some(inside))?;
        Some(Self { pure, fact: inside.fact(), cost: u64::from(over.cost.max(1)) })
    }

    /// Whether the test gives this truth for any row; `None` where a cell on the way there is unknown or wide.
    pub fn any(&self, truth: bool, row: &Row, frame: &mut Frame) -> Option<bool> {
        let sheet = row.context.facts.sheet(self.fact)?;
        for cells in sheet.rows() {
            frame.spend(self.cost).ok()?;
            if self.pure.decide(row.words, cells)? == truth {
                return Some(true);
            }
        }
        Some(false)
    }

    /// How many rows pass; `None` where a cell is unknown or wide.
    pub fn count(&self, row: &Row, frame: &mut Frame) -> Option<i64> {
        let sheet = row.context.facts.sheet(self.fact)?;
        frame.spend(self.cost.saturating_mul(sheet.cells.len() as u64)).ok()?;
        let mut count = 0;
        for cells in sheet.rows() {
            count += i64::from(self.pure.decide(row.words, cells)?);
        }
        Some(count)
    }
}

#[inline(always)]
fn answer(word: Result<i64, Stop>, holds: impl Fn(i64) -> bool) -> Tri {
    match word {
        Ok(word) => Tri::of(holds(word)),
        Err(stop) => stop.into(),
    }
}

fn compare(op: Binary, left: &Word, right: &Word) -> TestFn {
    let (left, right) = (Operand::new(left), Operand::new(right));
    let with = |holds: fn(&i64, &i64) -> bool| {
        made(move |row, frame| match both(&left, &right, row, frame) {
            Ok((left, right)) => Tri::of(holds(&left, &right)),
            Err(stop) => stop.into(),
        })
    };
    with(match op {
        Binary::Less => i64::lt,
        Binary::LessOrEqual => i64::le,
        Binary::Greater => i64::gt,
        Binary::GreaterOrEqual => i64::ge,
        Binary::NotEqual => i64::ne,
        _ => i64::eq,
    })
}

/// Whether a list, text or record holds an item.
fn holds(frame: &mut Frame, list: &Value, item: &Value) -> Result<bool, Stop> {
    match (list, item) {
        (Value::List(items), item) => {
            frame.spend(items.len() as u64)?;
            if matches!(item, Value::List(_) | Value::Record(_)) {
                return Err(Stop::Unsure);
            }
            for other in items.iter() {
                if operate::equal(item, other).map_err(|_| Stop::Unsure)? {
                    return Ok(true);
                }
            }
            Ok(false)
        }
        (Value::Text(whole), Value::Text(part)) => {
            frame.spend(whole.len() as u64 / 16)?;
            Ok(whole.contains(&**part))
        }
        (Value::Record(entries), Value::Text(name)) => Ok(entries.contains_key(name)),
        _ => Err(Stop::Unsure),
    }
}

fn known(inner: &Expr) -> TestFn {
    let known = |stop: Option<Stop>| match stop {
        None => Tri::True,
        Some(Stop::Unknown) => Tri::False,
        Some(other) => other.into(),
    };
    match inner {
        Expr::Test(inner) => {
            let inner = test(inner);
            made(move |row, frame| match inner(row, frame) {
                Tri::True | Tri::False => Tri::True,
                other => known(Some(other.stop())),
            })
        }
        Expr::Word(_, inner) => {
            let inner = word(inner);
            made(move |row, frame| known(inner(row, frame).err()))
        }
        Expr::Thing(inner) => {
            let inner = thing(inner);
            made(move |row, frame| known(inner(row, frame).err()))
        }
        Expr::Never(_) => made(|_, _| Tri::Unsure),
    }
}
