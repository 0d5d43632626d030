//! Variables that are read once: what they hold is put where they are read, so that a script of a few statements becomes the
//! expression that it stands for.

use super::list::of_cells;
use super::{Arithmetic, Expr, Over, Statement, Test, Word};

/// Statements and the value behind them, with as many of their variables put in as can be. `own` says which variables nobody
/// reads later.
///
/// A variable is put in only where it is read in any case: what is unknown or not sure then ends the whole as before.
pub(super) fn tidied(
    mut before: Vec<Statement>,
    mut last: Expr,
    own: impl Fn(u32) -> bool,
) -> (Vec<Statement>, Expr) {
    while let Some(Statement::Word(register, word)) = before.last() {
        let register = *register;
        if own(register)
            && let Some(found) = with(&last, register, word)
        {
            last = found;
            before.pop();
            continue;
        }
        // Two values of one variable in a row.
        let Some(merged) = merged(&before) else { break };
        before.truncate(before.len().saturating_sub(2));
        before.push(Statement::Word(register, merged));
    }
    (before, last)
}

fn merged(statements: &[Statement]) -> Option<Word> {
    let [.., Statement::Word(a, first), Statement::Word(b, second)] = statements else {
        return None;
    };
    if a != b {
        return None;
    }
    let (mut second, mut by) = (second.clone(), Some(first.clone()));
    (put(&mut second, *a, &mut by) && by.is_none()).then_some(second)
}

/// The value with a word put in for a variable that it reads once, and in any case.
fn with(last: &Expr, register: u32, word: &Word) -> Option<Expr> {
    let (mut found, mut by) = (last.clone(), Some(word.clone()));
    let whole = match &mut found {
        Expr::Word(_, word) => put(word, register, &mut by),
        Expr::Test(Test::Word(word) | Test::Range { word, .. } | Test::Mask { word, .. }) => {
            put(word, register, &mut by)
        }
        Expr::Test(Test::Linear { sum, .. }) => {
            sum.terms.iter_mut().all(|(_, word)| put(word, register, &mut by))
        }
        Expr::Test(Test::Compare { left, right, .. }) => {
            put(left, register, &mut by) && put(right, register, &mut by)
        }
        _ => false,
    };
    (whole && by.is_none()).then_some(found)
}

/// Whether the variable is read no more than once, and nothing stands there that may read it unseen.
fn put(word: &mut Word, register: u32, by: &mut Option<Word>) -> bool {
    match word {
        Word::Local(own) if *own == register => match by.take() {
            Some(found) => {
                *word = found;
                true
            }
            None => false,
        },
        Word::Column { row, .. } => *row != register,
        Word::Arithmetic { op, left, right } => {
            let whole = put(left, register, by) && put(right, register, by);
            if let (Arithmetic::Add, Word::Constant(0)) = (&*op, &**left) {
                *word = (**right).clone();
            }
            whole
        }
        Word::Sum(sum) => sum.terms.iter_mut().all(|(_, word)| put(word, register, by)),
        Word::Round { word, .. }
        | Word::Absolute(word)
        | Word::Within { word, .. }
        | Word::Exactly { word, .. }
        | Word::Part { date: word, .. } => put(word, register, by),
        Word::Turns { turns, test, cell } => {
            cell.is_some() || matches!(turns.over, Over::Rows(_)) && of_cells(test)
        }
        Word::AddMonths { date, months } => put(date, register, by) && put(months, register, by),
        Word::Constant(_)
        | Word::Cell(_)
        | Word::Local(_)
        | Word::Now
        | Word::Today
        | Word::EventAt
        | Word::Last(_)
        | Word::Count(_)
        | Word::Since(_) => true,
        Word::Truth(_) | Word::Of { .. } | Word::Total { .. } | Word::Flow(_) => false,
    }
}
