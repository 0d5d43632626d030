//! Words that are worked out in steps, or chosen: what comes first of that, and the rest.

use super::super::ir::{Bind, Let, Operator, Path, Test, Unary, Word};
use super::super::syntax::Binary;

/// The first variable that is worked out inside a word, but for choices: what it holds, and the word without it.
pub(super) fn lifted(word: &Word) -> Option<(u8, Word, Word)> {
    Some(match word {
        Word::Let(inner) => match &**inner {
            Let { bind: Bind::Word(register, held), body } => {
                (*register, held.clone(), body.clone())
            }
            _ => return None,
        },
        Word::Binary { op, sides } => {
            let [left, right] = &**sides;
            let made = |left, right| Word::Binary { op: *op, sides: Box::new([left, right]) };
            match lifted(left) {
                Some((register, held, left)) => (register, held, made(left, right.clone())),
                None => {
                    let (register, held, right) = lifted(right)?;
                    (register, held, made(left.clone(), right))
                }
            }
        }
        Word::Unary { op, word } => {
            let (register, held, word) = lifted(word)?;
            (register, held, Word::Unary { op: *op, word: Box::new(word) })
        }
        Word::Sum(sum) => {
            let mut terms = sum.terms.iter().enumerate();
            let (place, (register, held, word)) =
                terms.find_map(|(place, (_, word))| Some((place, lifted(word)?)))?;
            let mut sum = sum.clone();
            if let Some((_, term)) = sum.terms.get_mut(place) {
                *term = word;
            }
            (register, held, Word::Sum(sum))
        }
        _ => return None,
    })
}

/// The first choice inside a word: what is asked, and the word if that holds and if it does not.
pub(super) fn choice(word: &Word) -> Option<(Test, Word, Word)> {
    let within = |found: (Test, Word, Word), put: &dyn Fn(Word) -> Word| {
        let (test, then, otherwise) = found;
        (test, put(then), put(otherwise))
    };
    Some(match word {
        Word::If(parts) => (**parts).clone(),
        Word::Truth(test) => ((**test).clone(), Word::Constant(1), Word::Constant(0)),
        Word::Or(options) => match options.as_slice() {
            [Word::Cell(_), Word::Constant(0)] => return None,
            [first @ Word::Cell(cell), second] => {
                (Test::Known(Box::new(Path::Cell(*cell))), first.clone(), second.clone())
            }
            _ => return None,
        },
        Word::Binary { op: op @ (Operator::Least | Operator::Greatest), sides } => {
            let [left, right] = &**sides;
            let op =
                if *op == Operator::Least { Binary::LessOrEqual } else { Binary::GreaterOrEqual };
            (Test::Compare { op, sides: sides.clone() }, left.clone(), right.clone())
        }
        Word::Binary { op, sides } => {
            let [left, right] = &**sides;
            let made =
                |left: Word, right: Word| Word::Binary { op: *op, sides: Box::new([left, right]) };
            match (choice(left), choice(right)) {
                (Some(found), _) => within(found, &|left| made(left, right.clone())),
                (None, Some(found)) => within(found, &|right| made(left.clone(), right)),
                (None, None) => return None,
            }
        }
        Word::Unary { op: Unary::Absolute, word } => {
            let word = &**word;
            let test = Test::Range { word: word.clone(), low: 0, high: i64::MAX, negated: false };
            let sides = Box::new([Word::Constant(0), word.clone()]);
            (test, word.clone(), Word::Binary { op: Operator::Subtract, sides })
        }
        Word::Unary { op, word } => {
            within(choice(word)?, &|word| Word::Unary { op: *op, word: Box::new(word) })
        }
        Word::Sum(sum) => {
            let mut choices = sum.terms.iter().enumerate();
            let (place, found) =
                choices.find_map(|(place, (_, word))| Some((place, choice(word)?)))?;
            within(found, &|word| {
                let mut sum = sum.clone();
                if let Some((_, term)) = sum.terms.get_mut(place) {
                    *term = word;
                }
                Word::Sum(sum)
            })
        }
        _ => return None,
    })
}
