//! Values tried one after the other, where the judge of rules has no answer: all of them where they are few, and then what
//! is found is certain; else those that rules compare with.

use std::collections::BTreeSet;

use super::question::Question;
use crate::definition::shape::{Kind, Shape};
use crate::judge::{Answer, Input, Situation};
use crate::partition::samples::Palette;
use crate::rule::FactorProgram;
use crate::rule::program::{Op, Program};
use crate::value::{Number, Value};

/// Situations that are tried for one question.
const TRIED: usize = 2_000;
/// Values of one thing that are all of them.
const VALUES: i64 = 400;

/// All values that a declaration admits, ascending, where they are few.
pub(super) fn all(shape: &Shape) -> Option<Vec<Value>> {
    match &shape.kind {
        Kind::Boolean => Some(vec![true.into(), false.into()]),
        Kind::Enum(values) => Some(values.keys().map(|value| value.as_str().into()).collect()),
        Kind::Integer | Kind::Number => {
            let grid = shape.grid()?;
            let (first, last) = (grid.first?, grid.last?);
            let mut found = Vec::new();
            let mut at = first;
            while at <= last {
                if found.len() as i64 >= VALUES {
                    return None;
                }
                found.push(match (&shape.kind, at.to_i64()) {
                    (Kind::Integer, Some(whole)) => Value::Integer(whole),
                    _ => Value::Number(at),
                });
                at = at.checked_add(grid.step).ok()?;
            }
            Some(found)
        }
        _ => None,
    }
}

/// The declaration of a thing; none of the time.
pub(super) fn shape<'q>(question: &'q Question, input: &Input) -> Option<&'q Shape> {
    match input {
        Input::Fact(id) => Some(&question.compiled.definition.facts.at(*id).shape),
        Input::Data(name) => question.governs?.data.get(&**name),
        Input::Time => None,
    }
}

/// Tries values together, the earlier things slowest.
pub(super) fn tried(question: &Question, from: &Situation, free: &[&Input]) -> Option<Found> {
    let mut decides = true;
    let mut choices: Vec<Vec<Value>> = Vec::with_capacity(free.len());
    let mut count = 1_usize;
    let constants = constants(question);
    for input in free {
        let shape = shape(question, input)?;
        let own = all(shape).unwrap_or_else(|| {
            decides = false;
            let zone = &question.compiled.definition.zone;
            Palette { constants: &constants, now: from.now, zone }.values(shape)
        });
        count = count.saturating_mul(own.len() + 1);
        choices.push(own);
    }
    if count > TRIED {
        return None;
    }
    let mut waiting = vec![(0, from.clone())];
    while let Some((place, situation)) = waiting.pop() {
        let (Some(input), Some(values)) = (free.get(place), choices.get(place)) else {
            if question.plays(&situation) {
                return Some((Answer::Possible, Some(situation)));
            }
            continue;
        };
        for value in values.iter().rev() {
            waiting.push((place + 1, question.with(&situation, input, Some(value.clone()))));
        }
        waiting.push((place + 1, situation));
    }
    decides.then_some((Answer::Impossible, None))
}

pub(super) type Found = (Answer, Option<Situation>);

/// What the rules compare with, each once.
fn constants(question: &Question) -> Vec<Value> {
    let rules = question.rules();
    let guards = question.opening.ways.iter().filter_map(|(id, _)| rules.guard(*id));
    let facts = question.reads.facts.iter().filter_map(|id| rules.facts.get(*id)?.value.as_ref());
    let factors =
        question.reads.factors.iter().filter_map(|id| match &rules.factors.get(*id)?.program {
            FactorProgram::Guard(program) | FactorProgram::Score(program) => Some(program),
            FactorProgram::Of { .. } | FactorProgram::Broken => None,
        });
    let functions = question.reads.functions.iter();
    let functions = functions.filter_map(|number| rules.functions.get(*number as usize)?.as_ref());
    let programs: Vec<&Program> = guards.chain(facts).chain(factors).chain(functions).collect();
    let mut found: Vec<Value> = Vec::new();
    let mut told: BTreeSet<String> = BTreeSet::new();
    for program in programs {
        let mut waiting = vec![&program.root];
        while let Some(node) = waiting.pop() {
            let value = match &node.op {
                Op::Constant(value) => Some(value),
                Op::Parameter(id) => rules.parameters.get(*id).map(|found| &found.value),
                _ => None,
            };
            found.extend(value.filter(|value| told.insert(value.to_json())).cloned());
            waiting.extend(node.children());
        }
    }
    // What is multiplied with itself is soon beyond what it is compared with.
    found.extend([0, 1, 10, 100].map(|plain| Value::Number(Number::from(plain))));
    found
}
