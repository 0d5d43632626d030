//! The library, and the closures that a programmer would write.

use std::hint::black_box;

use tresteg::batch::Row;
use tresteg::Truth;

use super::Question;
use crate::guards::{self, RULES, measure};
use crate::{Made, Nanoseconds};

pub fn by_hand(question: &Question, tell: &mut dyn FnMut(usize, bool)) -> Made<Nanoseconds> {
    let rule = RULES.iter().find(|rule| rule.0 == question.rule).ok_or("no closure")?;
    let closure = black_box((rule.3)());
    for (place, native) in question.rows.iter().enumerate() {
        tell(place, closure(native));
    }
    Ok(measure(|| {
        question.rows.iter().filter(|native| black_box(&closure)(black_box(native))).count();
        question.rows.len()
    }))
}

pub fn compiled(question: &Question, tell: &mut dyn FnMut(usize, bool)) -> Made<Nanoseconds> {
    let handle = question.workflow.rule_handle(question.rule).ok_or("no rule")?;
    let rows = rows(question);
    for (place, row) in rows.iter().enumerate() {
        tell(place, row.holds(&handle) == Ok(Truth::True));
    }
    Ok(measure(|| {
        rows.iter()
            .filter(|row| matches!(black_box(row).holds(black_box(&handle)), Ok(Truth::True)))
            .count();
        rows.len()
    }))
}

pub fn evaluator(question: &Question, tell: &mut dyn FnMut(usize, bool)) -> Made<Nanoseconds> {
    let handle = question.workflow.rule_handle(question.rule).ok_or("no rule")?;
    let rows = rows(question);
    for (place, row) in rows.iter().enumerate() {
        tell(place, row.holds_by_evaluator(&handle) == Ok(Truth::True));
    }
    Ok(measure(|| {
        rows.iter()
            .filter(|row| black_box(row).holds_by_evaluator(&handle) == Ok(Truth::True))
            .count();
        rows.len()
    }))
}

fn rows(question: &Question) -> Vec<Row> {
    question.rows.iter().map(|native| guards::ours(question.workflow, native)).collect()
}
