//! Functions of the language on words, and functions of the file put in where they are called.

use super::super::facts::Form;
use super::super::program::{Builtin, Node};
use super::arithmetic::{calculated, narrow, power, rescaled};
use super::lower::{Local, Low, Lowerer, block, of};
use super::tidy::tidied;
use super::{Arithmetic, Expr, Kind, Over, Round, Statement, Test, Thing, Turns, Word};
use crate::definition::shape::Kind as Declared;
use crate::value::{Date, Value};

/// Microseconds of an hour.
const HOUR: i64 = 3_600_000_000;

impl<'r> Lowerer<'r, '_> {
    pub fn call(&mut self, builtin: &Builtin, args: Vec<Expr>) -> Low<Expr> {
        if let Some(found) = self.on_words(builtin, &args) {
            return Ok(found);
        }
        let things = args.into_iter().map(|arg| self.thing(arg)).collect::<Low<Vec<_>>>()?;
        let call = Thing::Call(builtin.clone(), things);
        Ok(match builtin {
            Builtin::Len | Builtin::Floor | Builtin::Ceil | Builtin::Div => of(Form::Whole, call),
            Builtin::Date => of(Form::Date, call),
            Builtin::Covers(_) | Builtin::StartsWith | Builtin::EndsWith => {
                Expr::Test(Test::Thing(Box::new(call)))
            }
            _ => Expr::Thing(call),
        })
    }

    fn on_words(&mut self, builtin: &Builtin, args: &[Expr]) -> Option<Expr> {
        let whole = |word| Some(Expr::Word(Kind::Whole, word));
        match (builtin, args) {
            (Builtin::Len, [Expr::Thing(Thing::Fact(id))]) if self.items_of(*id).is_some() => {
                whole(Word::Cell(id.0))
            }
            (Builtin::Len, [Expr::Thing(Thing::Filter { turns, test, .. })]) => {
                let cell = self.passing(turns, test, false);
                whole(Word::Turns { turns: turns.clone(), test: test.clone(), cell })
            }
            (Builtin::Sum, [Expr::Thing(list)]) => self.total(list),
            (Builtin::Covers(values), [Expr::Thing(Thing::Fact(id))]) => {
                let (cell, choices) = self.mask(*id)?;
                let mut bits = 0;
                for value in values.iter() {
                    bits |= 1_i64 << choices.ordinal(value.as_str()?)?;
                }
                Some(Expr::Test(Test::Holds { cell, bits }))
            }
            (
                Builtin::Days | Builtin::Weeks | Builtin::Months | Builtin::Years | Builtin::Hours,
                [Expr::Word(Kind::Whole, word)],
            ) => {
                let times = |factor| match factor {
                    1 => word.clone(),
                    factor => {
                        calculated(Arithmetic::Multiply, word.clone(), Word::Constant(factor))
                    }
                };
                let (kind, word) = match builtin {
                    Builtin::Days => (Kind::Days, narrow(times(1))),
                    Builtin::Weeks => (Kind::Days, narrow(times(7))),
                    Builtin::Months => (Kind::Months, narrow(times(1))),
                    Builtin::Years => (Kind::Months, narrow(times(12))),
                    _ => (Kind::Exact, times(HOUR)),
                };
                Some(Expr::Word(kind, word))
            }
            (Builtin::Date, [Expr::Thing(Thing::Constant(Value::Text(text)))]) => {
                Some(Expr::Word(Kind::Date, Word::Constant(Date::parse(text)?.days())))
            }
            (Builtin::Min | Builtin::Max, [Expr::Word(x, a), Expr::Word(y, b)]) => {
                let kind = self.alike(x, y)?;
                let (a, b) = match kind.decimals() {
                    Some(decimals) => (
                        rescaled(a.clone(), x.decimals()?, decimals)?,
                        rescaled(b.clone(), y.decimals()?, decimals)?,
                    ),
                    None if matches!(kind, Kind::Ordinal(_)) => return None,
                    None => (a.clone(), b.clone()),
                };
                let op =
                    if *builtin == Builtin::Min { Arithmetic::Least } else { Arithmetic::Greatest };
                Some(Expr::Word(kind, calculated(op, a, b)))
            }
            (Builtin::Abs, [Expr::Word(kind, word)]) if kind.decimals().is_some() => {
                Some(Expr::Word(kind.clone(), Word::Absolute(Box::new(word.clone()))))
            }
            (Builtin::Floor | Builtin::Ceil | Builtin::Round, [Expr::Word(kind, word)]) => {
                let how = match builtin {
                    Builtin::Floor => Round::Floor,
                    Builtin::Ceil => Round::Ceil,
                    _ => Round::Half,
                };
                whole(rounded(how, word, kind.decimals()?))
            }
            (
                Builtin::Round,
                [Expr::Word(kind, word), Expr::Word(Kind::Whole, Word::Constant(digits))],
            ) => {
                let decimals = kind.decimals()?;
                let digits = u8::try_from(*digits).ok().filter(|digits| *digits <= 28)?;
                match decimals.checked_sub(digits) {
                    None | Some(0) => Some(Expr::Word(Kind::Fixed(decimals), word.clone())),
                    Some(less) => {
                        Some(Expr::Word(Kind::Fixed(digits), rounded(Round::Half, word, less)))
                    }
                }
            }
            (Builtin::Div, [Expr::Word(Kind::Whole, a), Expr::Word(Kind::Whole, b)]) => {
                whole(calculated(Arithmetic::Divide, a.clone(), b.clone()))
            }
            _ => None,
        }
    }

    /// The sum of a list that need not be made.
    fn total(&mut self, list: &Thing) -> Option<Expr> {
        let (turns, kind, word) = match list {
            Thing::Map { turns, item } => match &**item {
                Thing::Word(kind, word) => (turns.clone(), kind.clone(), (**word).clone()),
                _ => return None,
            },
            Thing::Fact(id) => {
                let form = Form::of(self.items_of(*id)?);
                let kind = Kind::of(&form)?;
                let counter = self.word();
                let column = super::super::facts::Column { property: None, form };
                let column = self.draft.layout.column(*id, column)?;
                let word = Word::Column { fact: id.0, column, row: counter };
                let turns = Turns { over: Over::Rows(*id), counter, cost: 1 };
                (Box::new(turns), kind, word)
            }
            _ => return None,
        };
        let kind = match kind {
            Kind::Whole => Kind::Whole,
            // Of nothing the sum is the integer 0.
            Kind::Fixed(decimals) if !*self.mixed => Kind::Either(decimals),
            _ => return None,
        };
        Some(Expr::Word(kind, Word::Total { turns, word: Box::new(word) }))
    }

    /// A function of the file, put in.
    pub fn function(&mut self, node: &Node, number: u32, args: &'r [Node]) -> Low<Expr> {
        let mut before = Vec::new();
        let mut locals = Vec::new();
        for (slot, arg) in (0_u32..).zip(args) {
            let found = self.expr(arg)?;
            let local = self.argument(found, &mut before);
            locals.push((slot, local));
        }
        let rules = self.rules;
        let Some(Some(program)) = rules.functions.get(number as usize) else {
            return Err(self.no(node, "a function has problems"));
        };
        let found = self.within(program, locals, |this| this.body(&program.root))?;
        // Arguments are read by the body alone.
        let (before, found) = tidied(before, found, |_| true);
        Ok(block(before, found))
    }

    /// Arguments are evaluated before the function is.
    fn argument(&mut self, expr: Expr, before: &mut Vec<Statement>) -> Local {
        match expr {
            Expr::Word(_, Word::Constant(_)) | Expr::Thing(Thing::Constant(_)) => Local::Same(expr),
            Expr::Word(kind, word) => {
                let register = self.word();
                before.push(Statement::Word(register, word));
                Local::Word { kind, register, declared: u32::MAX }
            }
            Expr::Test(test) => {
                let register = self.word();
                before.push(Statement::Word(register, Word::Truth(Box::new(test))));
                Local::Word { kind: Kind::Boolean, register, declared: u32::MAX }
            }
            Expr::Thing(Thing::Fact(_) | Thing::Item { .. } | Thing::Local(_)) => {
                before.push(Statement::Run(expr.clone()));
                Local::Same(expr)
            }
            Expr::Thing(thing) => {
                let register = self.value();
                before.push(Statement::Thing(register, thing));
                Local::Thing(register)
            }
            Expr::Never(statements) => {
                before.extend(statements);
                Local::Thing(self.value())
            }
        }
    }

    /// A new variable for a word.
    pub fn word(&mut self) -> u32 {
        self.words += 1;
        self.words - 1
    }

    /// A new variable for a value.
    pub fn value(&mut self) -> u32 {
        self.things += 1;
        self.things - 1
    }

    /// Whether a fact is a list that cases hold themselves.
    pub fn is_list(&self, id: crate::table::FactId) -> bool {
        self.rules.facts.get(id).is_some_and(|fact| {
            fact.value.is_none() && matches!(fact.shape.kind, Declared::Array(_))
        })
    }
}

fn rounded(how: Round, word: &Word, decimals: u8) -> Word {
    match decimals {
        // An integer has 64 bits: what would be joined into a larger sum is worked out here.
        0 if matches!(word, Word::Sum(_)) => {
            let (low, high) = (i64::MIN, i64::MAX);
            Word::Within { word: Box::new(word.clone()), low, high, unit: 1 }
        }
        0 => word.clone(),
        decimals => Word::Round { how, unit: power(decimals), word: Box::new(word.clone()) },
    }
}
