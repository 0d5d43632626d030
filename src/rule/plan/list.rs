//! Loops: what they go through, and the functions that ask a closure for each item.

use super::super::program::{Each, Node, Op};
use super::arithmetic::calculated;
use super::lower::{Local, Low, Lowerer};
use super::{Arithmetic, Expr, Kind, Over, Test, Thing, Turns, Word};

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
        let found = self.thing(list, found)?;
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
            let item = Box::new(self.thing(body, found)?);
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
            Each::All => Expr::Test(Test::Each { turns, every: true, body: test }),
            _ => Expr::Test(Test::Each { turns, every: false, body: test }),
        })
    }
}
