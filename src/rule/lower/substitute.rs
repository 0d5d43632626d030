//! What a variable holds, put in where it is read.

use super::super::ir::{Bind, Leaf, Let, Linear, Operator, Ratio, RatioTest, Test, Word};
use super::Expr;

/// A word behind what is worked out before it.
pub(super) fn behind(binds: &[Bind], word: Word) -> Word {
    binds.iter().rev().fold(word, |body, bind| {
        if let Bind::Word(register, by) = bind {
            let (mut found, mut left) = (body.clone(), if is_cheap(by) { 4 } else { 1 });
            if put_word(&mut found, *register, by, &mut left) == Put::Done {
                return found;
            }
        }
        Word::Let(Box::new(Let { bind: bind.clone(), body }))
    })
}

/// Whether a variable has been put in.
#[derive(Clone, Copy, PartialEq)]
enum Put {
    Absent,
    /// In any case, and before anything else can decide.
    Done,
    Impossible,
}

/// A value with a word put in for a variable that it reads in any case: what is unknown or not sure then ends the whole as
/// before. `None` where it may not be read, or is read too often for what it costs.
pub(super) fn substituted<'r>(expr: &Expr<'r>, register: u8, by: &Word) -> Option<Expr<'r>> {
    let mut found = expr.clone();
    let mut left = if is_cheap(by) { 4 } else { 1 };
    let put = match &mut found {
        Expr::Word(_, word) => put_word(word, register, by, &mut left),
        Expr::Test(test) => put_test(test, register, by, &mut left),
        Expr::Ratio(ratio) => put_ratio(ratio, register, by, &mut left),
        _ => return None,
    };
    (put == Put::Done).then_some(found)
}

/// Whether reading it again costs little.
pub(super) fn is_cheap(word: &Word) -> bool {
    match word {
        Word::Constant(_) | Word::Cell(_) | Word::Register(_) => true,
        Word::Binary { op: Operator::Add | Operator::Subtract, sides } => {
            sides.iter().all(|side| matches!(side, Word::Constant(_) | Word::Cell(_)))
        }
        Word::Sum(sum) => {
            sum.terms.len() <= 2 && sum.terms.iter().all(|(_, word)| matches!(word, Word::Cell(_)))
        }
        _ => false,
    }
}

fn all_of(parts: impl IntoIterator<Item = Put>) -> Put {
    let mut found = Put::Absent;
    for part in parts {
        match part {
            Put::Impossible => return Put::Impossible,
            Put::Done => found = Put::Done,
            Put::Absent => {}
        }
    }
    found
}

/// What cannot be looked into: fine where the variable does not stand there.
fn absent(mentions: bool) -> Put {
    if mentions { Put::Impossible } else { Put::Absent }
}

fn put_word(word: &mut Word, register: u8, by: &Word, left: &mut u32) -> Put {
    match word {
        Word::Register(own) if *own == register => match left.checked_sub(1) {
            Some(fewer) => {
                *left = fewer;
                *word = by.clone();
                Put::Done
            }
            None => Put::Impossible,
        },
        Word::Binary { sides, .. } => {
            all_of(sides.iter_mut().map(|side| put_word(side, register, by, left)))
        }
        Word::Sum(sum) => {
            all_of(sum.terms.iter_mut().map(|(_, word)| put_word(word, register, by, left)))
        }
        Word::Unary { word, .. } => put_word(word, register, by, left),
        Word::Quotient(quotient) => put_ratio(&mut quotient.ratio, register, by, left),
        Word::Ymd(parts) => all_of(parts.iter_mut().map(|part| put_word(part, register, by, left))),
        Word::Truth(test) => put_test(test, register, by, left),
        Word::If(parts) => {
            let (condition, then, otherwise) = &mut **parts;
            let first = put_test(condition, register, by, left);
            let rest = [then, otherwise].map(|part| put_word(part, register, by, left));
            behind_first(first, rest)
        }
        word => absent(word.mentions(register)),
    }
}

fn put_ratio(ratio: &mut Ratio, register: u8, by: &Word, left: &mut u32) -> Put {
    let Ratio { over, under, first, .. } = ratio;
    // What was divided first stands there once more.
    if first.as_ref().is_some_and(|first| first.mentions(register)) {
        return Put::Impossible;
    }
    all_of([over, under].map(|word| put_word(word, register, by, left)))
}

/// What comes first is met in any case; behind it the variable may stand, too.
fn behind_first(first: Put, rest: impl IntoIterator<Item = Put>) -> Put {
    match (first, all_of(rest)) {
        (Put::Impossible, _) | (_, Put::Impossible) => Put::Impossible,
        (Put::Done, _) => Put::Done,
        (Put::Absent, Put::Absent) => Put::Absent,
        (Put::Absent, Put::Done) => Put::Impossible,
    }
}

fn put_test(test: &mut Test, register: u8, by: &Word, left: &mut u32) -> Put {
    match test {
        Test::Range { word, .. } | Test::Mask { word, .. } | Test::OneOf { word, .. } => {
            put_word(word, register, by, left)
        }
        Test::Linear(linear) => {
            let Linear { sum, .. } = &mut **linear;
            all_of(sum.terms.iter_mut().map(|(_, word)| put_word(word, register, by, left)))
        }
        Test::Compare { sides, .. } => {
            all_of(sides.iter_mut().map(|side| put_word(side, register, by, left)))
        }
        Test::Ratio(test) => {
            let RatioTest { ratio, with, .. } = &mut **test;
            let ratio = put_ratio(ratio, register, by, left);
            all_of([ratio, put_word(with, register, by, left)])
        }
        Test::Not(inner) => put_test(inner, register, by, left),
        Test::All { tests, strict: true } | Test::Any { tests, strict: true } => {
            let mut parts = tests.iter_mut().map(|test| put_test(test, register, by, left));
            let first = parts.next().unwrap_or(Put::Absent);
            behind_first(first, parts)
        }
        Test::If(parts) => {
            let mut parts = parts.iter_mut().map(|test| put_test(test, register, by, left));
            let first = parts.next().unwrap_or(Put::Absent);
            behind_first(first, parts)
        }
        test => {
            let mut mentions = false;
            test.visit(&mut |leaf| {
                mentions |= matches!(leaf, Leaf::Register(own) if own == register);
            });
            absent(mentions)
        }
    }
}
