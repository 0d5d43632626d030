//! Values in the form that their use asks for.

use std::sync::Arc;

use super::super::facts::Choices;
use super::super::ir::{Kind, MOST_DECIMALS, Test, Text, Word};
use super::arithmetic::{join, rescaled};
use super::list::List;
use super::{Expr, Said};
use crate::value::{Length, Value};

/// Values in one form.
pub(super) enum Joined<'r> {
    Tests(Vec<Test>),
    Words(Kind, Vec<Word>),
    Texts(Vec<Said<'r>>),
}

/// A value as a word of a kind, if it has one.
pub(super) fn as_kind(expr: &Expr, wanted: &Kind) -> Option<Word> {
    match (expr, wanted) {
        (Expr::Word(kind, word), wanted) if kind == wanted => Some(word.clone()),
        (Expr::Word(kind, word), wanted) if join(kind, wanted).as_ref() == Some(wanted) => {
            rescaled(word.clone(), kind.decimals()?, wanted.decimals()?)
        }
        (Expr::Test(test), Kind::Boolean) => Some(Word::Truth(Box::new(test.clone()))),
        (Expr::Text(said), Kind::Ordinal(choices)) => chosen(said, choices),
        _ => None,
    }
}

/// A text among choices, if all that it can be is written there.
pub(super) fn chosen(said: &Said, choices: &Choices) -> Option<Word> {
    match said {
        Said::Text(Text::Constant(text)) => choices.ordinal(text).map(Word::Constant),
        Said::If(parts) => {
            let (condition, then, otherwise) = &**parts;
            let (then, otherwise) = (chosen(then, choices)?, chosen(otherwise, choices)?);
            Some(Word::If(Box::new((condition.clone(), then, otherwise))))
        }
        _ => None,
    }
}

/// A word that is 0 or 1, as a test.
pub(super) fn is_true(word: Word) -> Test {
    match word {
        Word::Truth(test) => *test,
        word => Test::Range { word, low: 1, high: 1, negated: false },
    }
}

/// A constant as the script has it.
pub(super) fn constant<'r>(value: &Value) -> Expr<'r> {
    let word = |kind, word| Expr::Word(kind, Word::Constant(word));
    match value {
        Value::Boolean(truth) => Expr::Test(Test::Constant(*truth)),
        Value::Integer(number) => word(Kind::Whole, *number),
        Value::Number(number) => {
            let decimals = number.decimals();
            match (u8::try_from(decimals), number.scaled(decimals)) {
                (Ok(decimals), Some(found)) if decimals <= MOST_DECIMALS => {
                    word(Kind::Fixed(decimals), found)
                }
                _ => Expr::Constant,
            }
        }
        Value::Text(text) => Expr::Text(Said::Text(Text::Constant(Arc::clone(text)))),
        Value::Date(date) => word(Kind::Date, date.days()),
        Value::DateTime(time) => word(Kind::Time, time.microseconds()),
        Value::Duration(duration) => match duration.length() {
            Length::Civil { months: 0, days } => word(Kind::Days, days.into()),
            Length::Civil { months, days: 0 } => word(Kind::Months, months.into()),
            Length::Exact { microseconds } => word(Kind::Exact, microseconds),
            Length::Civil { .. } => Expr::Constant,
        },
        Value::List(items) => Expr::List(List::literal(items.iter().map(constant).collect())),
        Value::Record(_) => Expr::Constant,
    }
}
