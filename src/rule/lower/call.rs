//! Functions of the language on words, and functions of the file put in where they are called.

use super::super::facts::{Form, What};
use super::super::ir::{Kind, Operator, Round, Test, Text, TextOperator, TextTest, Unary, Word};
use super::super::program::{Builtin, Node};
use super::arithmetic::{binary, narrow, power, quotient, rescaled, unary};
use super::list::Source;
use super::{Expr, Low, Lowerer, Said};
use crate::definition::shape::Kind as Declared;
use crate::value::Date;

/// Microseconds of an hour.
const HOUR: i64 = 3_600_000_000;

/// What the evaluator takes for a calculation with working days, at most, in the years that are counted.
const WALK: u32 = 1_700;

impl<'r> Lowerer<'r, '_> {
    pub fn builtin(
        &mut self,
        node: &'r Node,
        builtin: &Builtin,
        args: &'r [Node],
    ) -> Low<Expr<'r>> {
        // Its frame is a big one: it counts twice.
        self.depth += 1;
        let args = self.exprs(args);
        self.depth -= 1;
        let args = args?;
        let whole = |word| Ok(Expr::Word(Kind::Whole, word));
        let mut args = args.into_iter();
        let (first, second, third) = (args.next(), args.next(), args.next());
        match (builtin, first, second) {
            (Builtin::Len, Some(Expr::List(list)), _) => self.length(node, list),
            (Builtin::Len, Some(Expr::Text(said)), _) => {
                let text = self.text(node, said)?;
                whole(Word::Length(Box::new(text)))
            }
            (Builtin::Sum, Some(Expr::List(list)), _) => self.total(node, list),
            (Builtin::Covers(values), Some(Expr::List(list)), _) => {
                if let (Source::Place(place), true) = (&list.source, list.steps.is_empty())
                    && let Declared::Array(items) = &place.shape.kind
                    && let Form::Ordinal(choices) = Form::of(items)
                    && choices.0.len() <= 63
                    && (self.scope == 0 || place.shape.unique_items)
                {
                    self.extra = self.extra.saturating_add(1_000);
                    let places = values.iter().map(|value| choices.ordinal(value.as_str()?));
                    let bits = places.map(|place| place.map(|place| 1_i64 << place));
                    if let (Some(bits), Word::Cell(cell)) =
                        (bits.sum::<Option<i64>>(), self.cell(node, place, What::Mask(choices))?)
                    {
                        return Ok(Expr::Test(Test::Holds { cell, bits }));
                    }
                }
                Err(self.no(node, "the list that is covered has no compiled form"))
            }
            (
                Builtin::StartsWith | Builtin::EndsWith,
                Some(Expr::Text(text)),
                Some(Expr::Text(part)),
            ) => {
                let (text, part) = (self.text(node, text)?, self.text(node, part)?);
                let op = match builtin {
                    Builtin::StartsWith => TextOperator::StartsWith,
                    _ => TextOperator::EndsWith,
                };
                Ok(Expr::Test(Test::Text(Box::new(TextTest { op, text, part }))))
            }
            (Builtin::Lower | Builtin::Upper | Builtin::Trim, Some(Expr::Text(said)), _) => {
                let inner = Box::new(self.text(node, said)?);
                Ok(Expr::Text(Said::Text(match builtin {
                    Builtin::Lower => Text::Lower(inner),
                    Builtin::Upper => Text::Upper(inner),
                    _ => Text::Trim(inner),
                })))
            }
            (
                Builtin::Days | Builtin::Weeks | Builtin::Months | Builtin::Years | Builtin::Hours,
                Some(Expr::Word(Kind::Whole, word)),
                _,
            ) => {
                let times = |factor| match factor {
                    1 => word.clone(),
                    factor => binary(Operator::Multiply, word.clone(), Word::Constant(factor)),
                };
                let (kind, word) = match builtin {
                    Builtin::Days => (Kind::Days, narrow(times(1))),
                    Builtin::Weeks => (Kind::Days, narrow(times(7))),
                    Builtin::Months => (Kind::Months, narrow(times(1))),
                    Builtin::Years => (Kind::Months, narrow(times(12))),
                    _ => (Kind::Exact, times(HOUR)),
                };
                Ok(Expr::Word(kind, word))
            }
            (
                Builtin::AddWorkdays | Builtin::SubtractWorkdays,
                Some(Expr::Word(Kind::Date, day)),
                Some(Expr::Word(Kind::Whole, count)),
            ) => {
                self.extra = self.extra.saturating_add(WALK);
                let count = match builtin {
                    Builtin::AddWorkdays => count,
                    _ => binary(Operator::Subtract, Word::Constant(0), count),
                };
                Ok(Expr::Word(Kind::Date, binary(Operator::AddWorkdays, day, count)))
            }
            (Builtin::NextWorkday, Some(Expr::Word(Kind::Date, day)), _) => {
                self.extra = self.extra.saturating_add(64);
                Ok(Expr::Word(Kind::Date, unary(Unary::NextWorkday, day)))
            }
            (Builtin::Date, Some(Expr::Text(Said::Text(Text::Constant(text)))), None) => {
                match Date::parse(&text) {
                    Some(date) => Ok(Expr::Word(Kind::Date, Word::Constant(date.days()))),
                    None => Err(self.no(node, "there is no such date")),
                }
            }
            (
                Builtin::Date,
                Some(Expr::Word(Kind::Whole, year)),
                Some(Expr::Word(Kind::Whole, month)),
            ) if matches!(third, Some(Expr::Word(Kind::Whole, _))) => {
                let Some(Expr::Word(_, day)) = third else {
                    return Err(self.no(node, "this is no day"));
                };
                let written = match (&year, &month, &day) {
                    (Word::Constant(year), Word::Constant(month), Word::Constant(day)) => {
                        Date::new(*year, *month, *day)
                    }
                    _ => None,
                };
                let word = match written {
                    Some(date) => Word::Constant(date.days()),
                    None => Word::Ymd(Box::new([year, month, day])),
                };
                Ok(Expr::Word(Kind::Date, word))
            }
            (Builtin::Min | Builtin::Max, Some(Expr::Word(x, a)), Some(Expr::Word(y, b))) => {
                let op = match builtin {
                    Builtin::Min => Operator::Least,
                    _ => Operator::Greatest,
                };
                least(op, (x, a), (y, b))
                    .ok_or_else(|| self.no(node, "values of two kinds are compared"))
            }
            (Builtin::Abs, Some(Expr::Word(kind, word)), _) if kind.decimals().is_some() => {
                Ok(Expr::Word(kind, unary(Unary::Absolute, word)))
            }
            (Builtin::Floor | Builtin::Ceil | Builtin::Round, Some(found), None) => {
                let how = match builtin {
                    Builtin::Floor => Round::Floor,
                    Builtin::Ceil => Round::Ceil,
                    _ => Round::Half,
                };
                match (found.decimals(), found) {
                    (Some(decimals), Expr::Word(_, word)) => whole(rounded(how, word, decimals)),
                    (_, Expr::Ratio(ratio)) => Ok(quotient(ratio, how, 0)),
                    _ => Err(self.no(node, "what is rounded has no compiled form")),
                }
            }
            (
                Builtin::Round,
                Some(found),
                Some(Expr::Word(Kind::Whole, Word::Constant(digits))),
            ) if (0..=28).contains(&digits) => {
                let digits = u8::try_from(digits).unwrap_or_default();
                match (found.decimals(), found) {
                    (Some(decimals), Expr::Word(_, word)) => {
                        Ok(match decimals.checked_sub(digits) {
                            None | Some(0) => Expr::Word(Kind::Fixed(decimals), word),
                            Some(less) => {
                                Expr::Word(Kind::Fixed(digits), rounded(Round::Half, word, less))
                            }
                        })
                    }
                    (_, Expr::Ratio(ratio)) if digits <= 9 => {
                        match quotient(ratio, Round::Half, digits) {
                            // A decimal, also without decimals.
                            Expr::Word(_, word) => Ok(Expr::Word(Kind::Fixed(digits), word)),
                            other => Ok(other),
                        }
                    }
                    _ => Err(self.no(node, "what is rounded has no compiled form")),
                }
            }
            (Builtin::Div, Some(Expr::Word(Kind::Whole, a)), Some(Expr::Word(Kind::Whole, b))) => {
                whole(binary(Operator::Divide, a, b))
            }
            (Builtin::Person, ..) => Err(self.no(node, "it asks who sent an event")),
            _ => Err(self.no(node, "this function has no compiled form here")),
        }
    }

    /// A function of the file, put in.
    pub fn function(&mut self, node: &'r Node, number: u32, args: &'r [Node]) -> Low<Expr<'r>> {
        let (mut binds, mut locals) = (Vec::new(), Vec::new());
        for (slot, arg) in (0_u32..).zip(args) {
            let found = self.expr(arg)?;
            let (more, local) = self.bind(node, found)?;
            binds.extend(more);
            locals.push((slot, local));
        }
        let rules = self.rules;
        let Some(Some(program)) = rules.functions.get(number as usize) else {
            return Err(self.no(node, "a function has problems"));
        };
        let found = self.within(program, locals, |this| this.body(&program.root))?;
        self.wrap(node, binds, found)
    }
}

/// The lesser, or greater, of two.
fn least<'r>(op: Operator, (x, a): (Kind, Word), (y, b): (Kind, Word)) -> Option<Expr<'r>> {
    let kind = super::arithmetic::join(&x, &y)?;
    let (a, b) = match kind.decimals() {
        Some(decimals) => {
            (rescaled(a, x.decimals()?, decimals)?, rescaled(b, y.decimals()?, decimals)?)
        }
        None if matches!(kind, Kind::Ordinal(_) | Kind::Boolean) => return None,
        None => (a, b),
    };
    Some(Expr::Word(kind, binary(op, a, b)))
}

fn rounded(how: Round, word: Word, decimals: u8) -> Word {
    match decimals {
        // An integer has 64 bits: what would be joined into a larger sum is worked out here.
        0 if matches!(word, Word::Sum(_)) => {
            unary(Unary::Within { low: i64::MIN, high: i64::MAX, unit: 1 }, word)
        }
        0 => word,
        decimals => unary(Unary::Round(how, power(decimals)), word),
    }
}
