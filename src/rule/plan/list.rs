//! Loops: what they go through, and the functions that ask a closure for each item.

use super::super::facts::{Aspect, RowTest};
use super::super::program::{Each, Node, Op};
use super::arithmetic::calculated;
use super::lower::{Local, Low, Lowerer};
use super::{Arithmetic, Expr, Flow, Kind, Over, Statement, Test, Thing, Turns, Word};
use crate::table::FactId;

impl<'r> Lowerer<'r, '_> {
    /// What a loop goes through, and what its variable is in the body.
    pub fn turns(&mut self, list: &'r Node) -> Low<(Turns, Local)> {
        let counter = self.word();
        if let Op::Range { from, to, inclusive } = &list.op {
            let (from, below) = self.ends(from, to, *inclusive)?;
            let item = self.word();
            let turns = Turns { over: Over::Numbers { from, below, item }, counter, cost: 1 };
            return Ok((
                turns,
                Local::Word { kind: Kind::Whole, register: item, declared: u32::MAX },
            ));
        }
        let found = self.expr(list)?;
        if let Expr::Thing(Thing::Fact(id)) = &found
            && self.is_list(*id)
        {
            let turns = Turns { over: Over::Rows(*id), counter, cost: 1 };
            return Ok((turns, Local::Row { fact: *id, row: counter }));
        }
        let found = self.thing(found)?;
        let item = self.value();
        let turns = Turns { over: Over::Items(found, item), counter, cost: 1 };
        Ok((turns, Local::Thing(item)))
    }

    /// The first number, and the one behind the last.
    pub fn ends(&mut self, from: &'r Node, to: &'r Node, inclusive: bool) -> Low<(Word, Word)> {
        let (a, b) = (self.expr(from)?, self.expr(to)?);
        match (a, b) {
            (Expr::Word(Kind::Whole, from), Expr::Word(Kind::Whole, to)) => {
                let one = Word::Constant(1);
                let below = if inclusive { calculated(Arithmetic::Add, to, one) } else { to };
                Ok((from, below))
            }
            _ => Err(self.no(from, "the type of the ends of a range is not known")),
        }
    }

    pub fn each(&mut self, each: Each, list: &'r Node, slot: u32, body: &'r Node) -> Low<Expr> {
        let before = self.nodes;
        let (mut turns, local) = self.turns(list)?;
        self.locals.push((slot, local.clone()));
        let found = self.body(body);
        self.locals.pop();
        let found = found?;
        turns.cost = self.nodes - before;
        let turns = Box::new(turns);
        if each == Each::Map {
            let item = Box::new(self.thing(found)?);
            return Ok(Expr::Thing(Thing::Map { turns, item }));
        }
        let test = Box::new(self.test(body, found)?);
        let item = Box::new(match &local {
            Local::Row { fact, row } => Thing::Item { fact: *fact, row: *row },
            Local::Thing(register) => Thing::Local(*register),
            _ => match &turns.over {
                Over::Numbers { item, .. } => {
                    Thing::Word(Kind::Whole, Box::new(Word::Local(*item)))
                }
                Over::Rows(_) | Over::Items(..) => {
                    return Err(self.no(body, "an item has no value"));
                }
            },
        });
        Ok(match each {
            Each::Filter => Expr::Thing(Thing::Filter { turns, item, test }),
            Each::Find => Expr::Thing(Thing::Find { turns, item, test }),
            Each::All | Each::Some => {
                let every = each == Each::All;
                let cell = self.passing(&turns, &test, every);
                Expr::Test(Test::Each { turns, every, body: test, cell })
            }
            Each::Map => return Err(self.no(body, "a list has no value")),
        })
    }

    /// The cell that counts the rows of a fact's list for which a test is true, or false (`failing`), where it reads nothing
    /// but the row.
    pub fn passing(&mut self, turns: &Turns, test: &Test, failing: bool) -> Option<u32> {
        let Over::Rows(fact) = turns.over else { return None };
        let found = row_test(test, fact, turns.counter)?;
        let found = if failing { RowTest::Not(Box::new(found)) } else { found };
        self.draft.layout.aspect(fact, Aspect::Passing(found))
    }

    /// A loop that does no more than add to a variable, as one sum: `for p in list { if p.signed { n += 1 } }`.
    pub fn counting(&mut self, turns: &Turns, body: &[Statement]) -> Option<Statement> {
        let [Statement::If(test, then, otherwise)] = body else { return None };
        let [Statement::Word(register, Word::Arithmetic { op: Arithmetic::Add, left, right })] =
            then.as_slice()
        else {
            return None;
        };
        let (Word::Local(same), Word::Constant(each)) = (&**left, &**right) else { return None };
        if same != register || !otherwise.is_empty() {
            return None;
        }
        let cell = self.passing(turns, test, false);
        // A test that reads a variable may see the one that counts.
        if cell.is_none() && !(matches!(turns.over, Over::Rows(_)) && of_cells(test)) {
            return None;
        }
        let (turns, test) = (Box::new(turns.clone()), Box::new(test.clone()));
        let count = Word::Turns { turns, test, cell };
        let all = match each {
            1 => count,
            each => calculated(Arithmetic::Multiply, count, Word::Constant(*each)),
        };
        let sum = calculated(Arithmetic::Add, Word::Local(*register), all);
        Some(Statement::Word(*register, sum))
    }
}

/// Whether a test reads nothing but cells and columns.
pub(super) fn of_cells(test: &Test) -> bool {
    match test {
        Test::Constant(_) | Test::Cell(_) | Test::Holds { .. } => true,
        Test::Word(word) | Test::Range { word, .. } | Test::Mask { word, .. } => is_of_cells(word),
        Test::Not(inner) => of_cells(inner),
        Test::All { tests, .. } | Test::Any { tests, .. } => tests.iter().all(of_cells),
        Test::Linear { sum, .. } => sum.terms.iter().all(|(_, word)| is_of_cells(word)),
        Test::Compare { left, right, .. } => is_of_cells(left) && is_of_cells(right),
        _ => false,
    }
}

fn is_of_cells(word: &Word) -> bool {
    match word {
        Word::Constant(_) | Word::Cell(_) | Word::Column { .. } => true,
        Word::Arithmetic { left, right, .. } => is_of_cells(left) && is_of_cells(right),
        Word::Sum(sum) => sum.terms.iter().all(|(_, word)| is_of_cells(word)),
        Word::Truth(test) => of_cells(test),
        _ => false,
    }
}

/// A test of a row by itself, if it reads nothing but the row and constants.
fn row_test(test: &Test, fact: FactId, counter: u32) -> Option<RowTest> {
    let column = |word: &Word| match word {
        Word::Column { fact: of, column, row } if *of == fact.0 && *row == counter => Some(*column),
        _ => None,
    };
    let all = |tests: &[Test]| -> Option<Vec<RowTest>> {
        tests.iter().map(|test| row_test(test, fact, counter)).collect()
    };
    let negated = |test: RowTest, negated: bool| match negated {
        true => RowTest::Not(Box::new(test)),
        false => test,
    };
    Some(match test {
        Test::Constant(truth) => RowTest::Constant(*truth),
        Test::Word(word) => match &**word {
            Word::Truth(test) => row_test(test, fact, counter)?,
            word => negated(RowTest::Range { column: column(word)?, low: 0, high: 0 }, true),
        },
        Test::Not(inner) => negated(row_test(inner, fact, counter)?, true),
        Test::All { tests, .. } => RowTest::All(all(tests)?),
        Test::Any { tests, .. } => RowTest::Any(all(tests)?),
        Test::Range { word, low, high, negated: outside } if low <= high => {
            let column = column(word)?;
            negated(RowTest::Range { column, low: *low, high: *high }, *outside)
        }
        Test::Mask { word, mask } => RowTest::Mask { column: column(word)?, mask: *mask },
        Test::Known(inner) => match &**inner {
            Expr::Word(_, word) => RowTest::Known(column(word)?),
            Expr::Test(Test::Word(word)) => RowTest::Known(column(word)?),
            _ => return None,
        },
        Test::Flow(flow) => match &**flow {
            Flow::If(condition, then, otherwise) => RowTest::If(Box::new([
                row_test(condition, fact, counter)?,
                row_test(then, fact, counter)?,
                row_test(otherwise, fact, counter)?,
            ])),
            _ => return None,
        },
        _ => return None,
    })
}
