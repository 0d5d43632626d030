//! Whether two versions of a rule can ever differ, where their form proves it.
//!
//! A rule that reads facts only by comparing each with constants divides the values of a fact into a few classes: below,
//! at and above every constant. If the two versions agree on one value of every class, for all facts together, with
//! every fact known and unknown, they agree on everything.

use std::collections::{BTreeMap, BTreeSet};

use super::eval::Evaluator;
use super::program::{Node, Op, Program};
use super::syntax::Binary;
use super::{Context, FactorProgram, Past, Rules};
use crate::definition::shape::{Kind, Shape};
use crate::table::FactId;
use crate::value::{DateTime, Number, Value};

/// Combinations that are tried at most; beyond, nothing is proven.
const COMBINATIONS: usize = 20_000;

impl Rules {
    /// Whether the script that begins at a byte of the file itself is proven to answer alike in both, on all facts.
    pub fn same_answers(&self, other: &Self, start: u32) -> bool {
        let (Some(one), Some(two)) = (self.program_at(start), other.program_at(start)) else {
            return false;
        };
        let mut uses = Uses::default();
        if !(uses.gather(self, one) && uses.gather(other, two)) {
            return false;
        }
        let mut columns: Vec<(FactId, Vec<Option<Value>>)> = Vec::new();
        let mut combinations = 1_usize;
        for (id, constants) in &uses.constants {
            let Some(fact) = self.facts.get(*id) else { return false };
            let whole = !uses.elsewhere.contains(id);
            let Some(mut values) = classes(&fact.shape, constants, whole) else { return false };
            let zone = &self.zone;
            values.retain(|value| {
                value.as_ref().is_none_or(|value| fact.shape.admit(value.clone(), zone).is_ok())
            });
            combinations = combinations.saturating_mul(values.len());
            columns.push((*id, values));
        }
        if combinations > COMBINATIONS {
            return false;
        }
        let mut facts = self.facts_unknown();
        let past = Past::default();
        (0..combinations).all(|combination| {
            let mut rest = combination;
            for (id, values) in &columns {
                facts.set(*id, values.get(rest % values.len().max(1)).cloned().flatten());
                rest /= values.len().max(1);
            }
            let context = Context {
                facts: &facts,
                past: &past,
                active: &[],
                now: DateTime::epoch(&self.zone),
                event: None,
                supposed: false,
                watch: None,
                meter: None,
            };
            self.answer(one, &context) == other.answer(two, &context)
        })
    }

    /// The answer as it can be compared: faults by their code.
    fn answer(&self, program: &Program, context: &Context) -> Result<Option<Value>, &'static str> {
        let boolean = super::mutate::is_condition(&program.root.op);
        let mut evaluator = Evaluator::new(self, *context);
        evaluator.value_of(program, boolean).map_err(|fault| fault.code)
    }

    /// The guard, factor or value that begins at a byte of the file itself.
    fn program_at(&self, start: u32) -> Option<&Program> {
        let here = |program: &&Program| {
            program.script.span.file == 0 && program.script.span.start == start
        };
        self.answering().find(here)
    }
}

/// How a rule uses the facts that it reads.
#[derive(Default)]
struct Uses {
    constants: BTreeMap<FactId, Vec<Value>>,
    /// Facts that are read in other ways than in comparisons with constants.
    elsewhere: BTreeSet<FactId>,
}

impl Uses {
    /// `false` where it reads more than facts, constants and what is made of these.
    fn gather(&mut self, rules: &Rules, program: &Program) -> bool {
        let reads = rules.reads(program);
        if reads.now || reads.past || reads.active || reads.event {
            return false;
        }
        let derived = reads.facts.iter().filter_map(|id| rules.facts.get(*id)?.value.as_ref());
        let called = reads.functions.iter();
        let called = called.filter_map(|number| rules.functions.get(*number as usize)?.as_ref());
        let mut programs: Vec<&Program> =
            std::iter::once(program).chain(derived).chain(called).collect();
        for factor in reads.factors.iter().filter_map(|id| rules.factors.get(*id)) {
            match &factor.program {
                FactorProgram::Guard(program) | FactorProgram::Score(program) => {
                    programs.push(program);
                }
                FactorProgram::Of { of, .. } => {
                    for part in of {
                        if let super::Requirement::Fact(id) = part {
                            self.constants.entry(*id).or_default();
                        }
                    }
                }
                FactorProgram::Broken => return false,
            }
        }
        for id in &reads.facts {
            if rules.facts.get(*id).is_some_and(|fact| fact.value.is_none()) {
                self.constants.entry(*id).or_default();
            }
        }
        programs.into_iter().for_each(|program| self.walk(rules, &program.root));
        true
    }

    fn walk(&mut self, rules: &Rules, node: &Node) {
        if let Op::Binary { op, left, right, .. } = &node.op
            && is_comparison(*op)
        {
            for (side, other) in [(left, right), (right, left)] {
                if let (Op::Fact(id), Some(value)) = (&side.op, constant(rules, other))
                    && let Some(constants) = self.constants.get_mut(id)
                {
                    constants.push(value);
                    return;
                }
            }
        }
        match &node.op {
            Op::Known(inner) if matches!(inner.op, Op::Fact(_)) => {}
            Op::Fact(id) => {
                self.elsewhere.insert(*id);
            }
            _ => node.children().into_iter().for_each(|child| self.walk(rules, child)),
        }
    }
}

fn is_comparison(op: Binary) -> bool {
    use Binary::{Equal, Greater, GreaterOrEqual, Less, LessOrEqual, NotEqual};
    matches!(op, Equal | NotEqual | Less | LessOrEqual | Greater | GreaterOrEqual)
}

fn constant(rules: &Rules, node: &Node) -> Option<Value> {
    match &node.op {
        Op::Constant(value) => Some(value.clone()),
        Op::Parameter(id) => Some(rules.parameter(*id).clone()),
        _ => None,
    }
}

/// One value of every class, and unknown. `None` where there are too many classes, or no telling.
fn classes(shape: &Shape, constants: &[Value], compared_only: bool) -> Option<Vec<Option<Value>>> {
    let mut values: Vec<Value> = match &shape.kind {
        Kind::Boolean => vec![Value::Boolean(false), Value::Boolean(true)],
        Kind::Enum(values) => {
            values.keys().map(|value| Value::Text(value.as_str().into())).collect()
        }
        _ if !compared_only => return None,
        Kind::Integer => {
            let mut around = BTreeSet::from([0]);
            for value in constants {
                let at = match value {
                    Value::Integer(at) => *at,
                    // Between whole numbers: the whole ones on both sides.
                    Value::Number(number) => number.floor().to_i64()?,
                    _ => return None,
                };
                around.extend([at.checked_sub(1)?, at, at.checked_add(1)?, at.checked_add(2)?]);
            }
            around.into_iter().map(Value::Integer).collect()
        }
        Kind::Number => {
            let numbers: Option<Vec<Number>> = constants.iter().map(Value::as_number).collect();
            numbers_around(shape, numbers?)?
        }
        _ => return None,
    };
    values.dedup();
    Some(values.into_iter().map(Some).chain([None]).collect())
}

/// Every constant, something between each two neighbours, something below and above all; of steps, those around every
/// constant.
fn numbers_around(shape: &Shape, mut at: Vec<Number>) -> Option<Vec<Value>> {
    at.push(Number::ZERO);
    let mut all = Vec::new();
    if let Some(step) = shape.multiple_of {
        for constant in at {
            let mut number = constant.checked_sub(constant.checked_rem(step).ok()?).ok()?;
            number = number.checked_sub(step).ok()?;
            for _ in 0..4 {
                all.push(number);
                number = number.checked_add(step).ok()?;
            }
        }
    } else {
        let bounds = [shape.minimum, shape.maximum];
        at.extend(
            bounds.into_iter().chain([shape.exclusive_minimum, shape.exclusive_maximum]).flatten(),
        );
        at.sort_unstable();
        at.dedup();
        let one = Number::from(1);
        all.extend([at.first()?.checked_sub(one).ok()?, at.last()?.checked_add(one).ok()?]);
        for pair in at.windows(2) {
            let [low, high] = pair else { continue };
            let half = high.checked_sub(*low).ok()?.checked_div(Number::from(2)).ok()?;
            let inside = low.checked_add(half).ok()?;
            if !(inside > *low && inside < *high) {
                return None;
            }
            all.push(inside);
        }
        all.extend(at);
    }
    all.sort_unstable();
    all.dedup();
    Some(all.into_iter().map(Value::Number).collect())
}
