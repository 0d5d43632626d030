//! Where in a rule checks stand: in as few nodes as its clauses fit.

use super::super::ir::{Test, Word};
use super::Checks;

/// How many checks a test is, about.
fn weight(test: &Test) -> usize {
    match test {
        Test::All { tests, .. } | Test::Any { tests, .. } | Test::Count { tests, .. } => {
            tests.iter().map(weight).sum()
        }
        Test::Not(inner) => weight(inner),
        Test::If(parts) => parts.iter().map(weight).sum(),
        Test::Range { word: Word::Cell(_), .. } | Test::Known(_) => 1,
        _ => 2,
    }
}

/// With checks wherever a few of them decide something. At the top, and for the items of a list, one is enough.
pub(in super::super) fn grouped(test: Test, top: bool) -> Test {
    if (top || weight(&test) > 1)
        && let Some(checks) = Checks::of(&test)
    {
        return Test::Checks(Box::new((checks, test)));
    }
    match test {
        Test::All { tests, strict } => Test::All { tests: neighbours(tests, true, strict), strict },
        Test::Any { tests, strict } => {
            Test::Any { tests: neighbours(tests, false, strict), strict }
        }
        Test::Not(inner) => Test::Not(Box::new(grouped(*inner, false))),
        Test::Count { tests, at_least } => {
            let tests = tests.into_iter().map(|test| grouped(test, false)).collect();
            Test::Count { tests, at_least }
        }
        Test::If(parts) => Test::If(Box::new(parts.map(|part| grouped(part, false)))),
        Test::Each { mut each, every } => {
            each.group(true);
            Test::Each { each, every }
        }
        Test::Let(mut inner) => {
            inner.bind.group();
            inner.body = grouped(inner.body, false);
            Test::Let(inner)
        }
        Test::Range { mut word, low, high, negated } => {
            group_word(&mut word);
            Test::Range { word, low, high, negated }
        }
        Test::Compare { op, mut sides } => {
            sides.iter_mut().for_each(group_word);
            Test::Compare { op, sides }
        }
        Test::Linear(mut linear) => {
            linear.sum.terms.iter_mut().for_each(|(_, word)| group_word(word));
            Test::Linear(linear)
        }
        Test::Ratio(mut ratio) => {
            group_word(&mut ratio.ratio.over);
            group_word(&mut ratio.ratio.under);
            Test::Ratio(ratio)
        }
        other => other,
    }
}

/// Clauses that stand beside one another, in as few nodes as they fit: none is moved before another.
fn neighbours(tests: Vec<Test>, all: bool, strict: bool) -> Vec<Test> {
    let joined = |tests: Vec<Test>| match all {
        true => Test::All { tests, strict },
        false => Test::Any { tests, strict },
    };
    let mut left: std::collections::VecDeque<Test> = tests.into();
    let mut found = Vec::new();
    while let Some(first) = left.pop_front() {
        let mut run = vec![first];
        let mut fits = Checks::of(run.first().unwrap_or(&Test::Unsure)).is_some();
        while fits && let Some(next) = left.front() {
            let mut more = run.clone();
            more.push(next.clone());
            fits = Checks::of(&joined(more.clone())).is_some();
            if fits {
                run = more;
                left.pop_front();
            }
        }
        match (run.len(), run.pop()) {
            (1, Some(only)) => found.push(grouped(only, false)),
            (_, Some(last)) => {
                run.push(last);
                found.push(grouped(joined(run), false));
            }
            (_, None) => {}
        }
    }
    found
}

/// The tests inside a word.
pub(in super::super) fn group_word(word: &mut Word) {
    let take = |test: &mut Test| {
        *test = grouped(std::mem::replace(test, Test::Unsure), false);
    };
    match word {
        Word::Truth(test) => take(test),
        Word::Sum(sum) => sum.terms.iter_mut().for_each(|(_, word)| group_word(word)),
        Word::Binary { sides, .. } => sides.iter_mut().for_each(group_word),
        Word::Unary { word, .. } => group_word(word),
        Word::If(parts) => {
            take(&mut parts.0);
            group_word(&mut parts.1);
            group_word(&mut parts.2);
        }
        Word::Or(options) => options.iter_mut().for_each(group_word),
        Word::First(each) => each.group(true),
        Word::Count(each) => each.group(false),
        Word::Total(total) => {
            total.0.group(false);
            group_word(&mut total.1);
        }
        Word::Quotient(quotient) => {
            group_word(&mut quotient.ratio.over);
            group_word(&mut quotient.ratio.under);
        }
        Word::Let(inner) => {
            inner.bind.group();
            group_word(&mut inner.body);
        }
        _ => {}
    }
}
