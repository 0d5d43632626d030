//! Tests over nothing but cells, as a row of checks: each says which comes next, mostly the one behind it. No closure is called
//! and nothing is kept, so that such a rule costs about a nanosecond a check.

use super::super::facts::{Cell, Place, Presence, within};
use super::super::plan::{Expr, Flow, Over, Test, Thing, Turns, Word};
use super::graph::{NO, YES};
use super::linear::{Bounded, Cells, Linear, cell_of, difference};

pub(super) struct Pure {
    checks: Box<[Check]>,
    sums: Box<[Linear]>,
}

struct Check {
    low: i64,
    width: u64,
    place: Place,
    /// Of a column or sum.
    number: u32,
    /// Where to go from it: most stay on the next where the check comes out as `stay`.
    on: u16,
    leap: u16,
    stay: bool,
    kind: Kind,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Range,
    /// The same of a column of the row that a loop is at.
    Column,
    Mask,
    ColumnMask,
    Holds,
    /// Whether there is a value at all.
    Known,
    /// By number of sum.
    Linear,
    /// The same, without an answer where it is not so.
    Guard,
}

/// The check behind this one.
const NEXT: u16 = NO - 1;

/// Checks of one rule.
const MOST: usize = 200;

/// Parts of a count that is laid out.
const COUNTED: usize = 6;

/// What a loop goes through, whose columns are cells here.
#[derive(Clone, Copy)]
pub(super) struct Inside {
    fact: u32,
    row: u32,
}

impl Inside {
    /// A loop over the rows of a fact's list.
    pub fn new(turns: &Turns) -> Option<Self> {
        match turns.over {
            Over::Rows(fact) => Some(Self { fact: fact.0, row: turns.counter }),
            Over::Items(..) | Over::Numbers { .. } => None,
        }
    }

    pub fn fact(self) -> u32 {
        self.fact
    }

    /// The column of the row that the loop is at.
    pub fn column(self, word: &Word) -> Option<u32> {
        match word {
            Word::Column { fact, column, row } if *fact == self.fact && *row == self.row => {
                Some(*column)
            }
            _ => None,
        }
    }
}

/// A check with both ways on, laid from the back.
struct Laid {
    check: Check,
    yes: u16,
    no: u16,
}

struct Layer {
    inside: Option<Inside>,
    laid: Vec<Laid>,
    sums: Vec<Linear>,
}

impl Pure {
    /// `None` for a test that reads more than cells.
    pub fn new(test: &Test, inside: Option<Inside>) -> Option<Self> {
        let mut layer = Layer { inside, laid: Vec::new(), sums: Vec::new() };
        let entry = layer.lay(test, YES, NO)?;
        let last = u16::try_from(layer.laid.len().checked_sub(1)?).ok()?;
        let turned = |next: u16| if next >= NO { Some(next) } else { last.checked_sub(next) };
        if turned(entry)? != 0 {
            return None;
        }
        let mut checks = Vec::new();
        for (place, laid) in (0_u16..).zip(layer.laid.into_iter().rev()) {
            let (yes, no) = (turned(laid.yes)?, turned(laid.no)?);
            let stay = no != place + 1;
            let (on, leap) = if stay { (yes, no) } else { (no, yes) };
            checks.push(Check {
                stay,
                on: if on == place + 1 { NEXT } else { on },
                leap,
                ..laid.check
            });
        }
        Some(Self { checks: checks.into(), sums: layer.sums.into() })
    }

    /// `None` where a cell is unknown or wide.
    #[inline]
    pub fn decide(&self, words: &[i64], row: &[Cell]) -> Option<bool> {
        let mut checks = self.checks.iter();
        loop {
            let check = checks.next()?;
            let holds = if matches!(check.kind, Kind::Linear | Kind::Guard) {
                let holds = self.sums.get(check.number as usize)?.holds(words, row)?;
                if check.kind == Kind::Guard && !holds {
                    return None;
                }
                holds
            } else {
                let Cell { presence, word } = match check.kind {
                    Kind::Column | Kind::ColumnMask => *row.get(check.number as usize)?,
                    _ => check.place.cell(words),
                };
                if presence != Presence::Exact && check.kind != Kind::Known {
                    return None;
                }
                match check.kind {
                    Kind::Known => presence != Presence::Unknown,
                    Kind::Mask | Kind::ColumnMask => within(check.width, word),
                    Kind::Holds => word & check.low == check.low,
                    _ => word.wrapping_sub(check.low).cast_unsigned() <= check.width,
                }
            };
            if holds == check.stay && check.on == NEXT {
                continue;
            }
            match if holds == check.stay { check.on } else { check.leap } {
                YES => return Some(true),
                NO => return Some(false),
                leap => checks = self.checks.get(usize::from(leap)..)?.iter(),
            }
        }
    }
}

impl Layer {
    /// Lays a test in front of what comes after it; gives where it begins.
    fn lay(&mut self, test: &Test, yes: u16, no: u16) -> Option<u16> {
        match test {
            Test::Constant(true) => return Some(yes),
            Test::Constant(false) => return Some(no),
            Test::Not(inner) => return self.lay(inner, no, yes),
            Test::All { tests, .. } => {
                return tests.iter().rev().try_fold(yes, |next, test| self.lay(test, next, no));
            }
            Test::Any { tests, .. } => {
                return tests.iter().rev().try_fold(no, |next, test| self.lay(test, yes, next));
            }
            Test::Count { tests, at_least } if *at_least > 0 && tests.len() <= COUNTED => {
                return self.count(tests, *at_least, yes, no);
            }
            Test::Flow(flow) => return self.flow(flow, yes, no),
            _ => {}
        }
        if let Some(found) = self.sum(test, yes, no) {
            return found;
        }
        let (check, negated) = self.check(test)?;
        let (yes, no) = if negated { (no, yes) } else { (yes, no) };
        self.push(check, yes, no)
    }

    fn push(&mut self, check: Check, yes: u16, no: u16) -> Option<u16> {
        if self.laid.len() >= MOST {
            return None;
        }
        self.laid.push(Laid { check, yes, no });
        u16::try_from(self.laid.len() - 1).ok()
    }

    /// A test of sums; `None` for any other, `Some(None)` for one that cannot be laid.
    fn sum(&mut self, test: &Test, yes: u16, no: u16) -> Option<Option<u16>> {
        let (cells, low, high, negated) = match test {
            Test::Linear { sum, low, high, negated } => {
                (Cells::of_sum(sum, self.inside), *low, *high, *negated)
            }
            Test::Range { word, low, high, negated } if self.cell(word).is_none() => {
                if let Word::Flow(flow) = &**word {
                    let laid = self.range_of(flow, *low, *high, *negated, yes, no);
                    return Some(laid);
                }
                (Cells::of(word, self.inside), (*low).into(), (*high).into(), *negated)
            }
            Test::Compare { op, left, right } => {
                let (low, high, negated) = difference(*op);
                (Cells::difference(left, right, self.inside), low, high, negated)
            }
            _ => return None,
        };
        let (yes, no) = if negated { (no, yes) } else { (yes, no) };
        Some(cells.and_then(|cells| self.bounded(&cells, low, high, yes, no)))
    }

    fn bounded(&mut self, cells: &Cells, low: i128, high: i128, yes: u16, no: u16) -> Option<u16> {
        // What stands there for a constant must be known too.
        let Bounded::Linear(sum) = cells.bounded(low, high)? else { return None };
        let mut entry = self.linear(sum, Kind::Linear, yes, no)?;
        for (guard, low, high) in &cells.guards {
            match guard.bounded((*low).into(), (*high).into())? {
                Bounded::Constant(true) => {}
                Bounded::Constant(false) => return None,
                Bounded::Linear(sum) => entry = self.linear(sum, Kind::Guard, entry, entry)?,
            }
        }
        Some(entry)
    }

    fn linear(&mut self, sum: Linear, kind: Kind, yes: u16, no: u16) -> Option<u16> {
        let number = u32::try_from(self.sums.len()).ok()?;
        self.sums.push(sum);
        self.push(Check { number, ..made(kind, 0, 0, 0) }, yes, no)
    }

    /// A range of a word that has a stand-in: of the first part that is known.
    fn range_of(
        &mut self,
        flow: &Flow<Word>,
        low: i64,
        high: i64,
        negated: bool,
        yes: u16,
        no: u16,
    ) -> Option<u16> {
        let Flow::Coalesce(options) = flow else { return None };
        let (last, others) = options.split_last()?;
        let range = |word: &Word| match word {
            Word::Constant(word) => Test::Constant((low..=high).contains(word) != negated),
            word => Test::Range { word: Box::new(word.clone()), low, high, negated },
        };
        let mut entry = self.lay(&range(last), yes, no)?;
        for option in others.iter().rev() {
            let cell = cell_of(option)?;
            let found = self.lay(&range(option), yes, no)?;
            entry = self.push(made(Kind::Known, cell, 0, 0), found, entry)?;
        }
        Some(entry)
    }

    /// Branches: each lies before what comes after it.
    fn flow(&mut self, flow: &Flow<Test>, yes: u16, no: u16) -> Option<u16> {
        match flow {
            Flow::If(condition, then, otherwise) => {
                let otherwise = self.lay(otherwise, yes, no)?;
                let then = self.lay(then, yes, no)?;
                self.lay(condition, then, otherwise)
            }
            Flow::Match(arms, Some(otherwise)) => {
                let otherwise = self.lay(otherwise, yes, no)?;
                arms.iter().rev().try_fold(otherwise, |next, (when, then)| {
                    let then = self.lay(then, yes, no)?;
                    self.lay(when, then, next)
                })
            }
            _ => None,
        }
    }

    /// At least so many of these: for each part and number reached a check.
    fn count(&mut self, tests: &[Test], at_least: usize, yes: u16, no: u16) -> Option<u16> {
        // By number reached: where to go on behind the parts that are laid.
        let mut behind: Vec<u16> =
            (0..=tests.len()).map(|reached| if reached >= at_least { yes } else { no }).collect();
        for (place, test) in tests.iter().enumerate().rev() {
            let left = tests.len() - place;
            let mut before = Vec::with_capacity(place + 1);
            for reached in 0..=place {
                before.push(if reached >= at_least {
                    yes
                } else if reached + left < at_least {
                    no
                } else {
                    self.lay(test, *behind.get(reached + 1)?, *behind.get(reached)?)?
                });
            }
            behind = before;
        }
        behind.first().copied()
    }

    fn check(&mut self, test: &Test) -> Option<(Check, bool)> {
        Some(match test {
            Test::Cell(cell) => (made(Kind::Range, *cell, 1, 0), false),
            Test::Word(word) => {
                let (cell, column) = self.cell(word)?;
                (read(column, cell, 1, 0), false)
            }
            Test::Range { word, low, high, negated } if low <= high => {
                let (cell, column) = self.cell(word)?;
                let width = high.wrapping_sub(*low).cast_unsigned();
                (read(column, cell, *low, width), *negated)
            }
            Test::Mask { word, mask } => {
                let (cell, column) = self.cell(word)?;
                let kind = if column { Kind::ColumnMask } else { Kind::Mask };
                (Check { kind, ..read(column, cell, 0, *mask) }, false)
            }
            Test::Known(inner) => match **inner {
                Expr::Word(_, Word::Cell(cell)) | Expr::Test(Test::Cell(cell)) => {
                    (made(Kind::Known, cell, 0, 0), false)
                }
                Expr::Thing(Thing::Fact(id)) => (made(Kind::Known, id.0, 0, 0), false),
                _ => return None,
            },
            Test::Holds { cell, bits } => (made(Kind::Holds, *cell, *bits, 0), false),
            Test::Each { cell: Some(cell), every, .. } => {
                let width = (i64::MAX - 1).cast_unsigned();
                (made(Kind::Range, *cell, 1, width), *every)
            }
            _ => return None,
        })
    }

    /// The cell that a word is, and whether it is one of a row.
    fn cell(&self, word: &Word) -> Option<(u32, bool)> {
        if let Some(cell) = cell_of(word) {
            return Some((cell, false));
        }
        self.inside?.column(word).map(|column| (column, true))
    }
}

fn made(kind: Kind, cell: u32, low: i64, width: u64) -> Check {
    let (on, leap, stay) = (NEXT, NO, true);
    Check { low, width, place: Place::of(cell), number: 0, on, leap, stay, kind }
}

/// Of a cell, or a column of the row that a loop is at.
fn read(column: bool, number: u32, low: i64, width: u64) -> Check {
    if column {
        Check { number, ..made(Kind::Column, 0, low, width) }
    } else {
        made(Kind::Range, number, low, width)
    }
}
