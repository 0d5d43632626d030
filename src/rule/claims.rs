//! Claims as they are judged: conditions over a step, with what was before it.

use std::sync::Arc;

use super::eval::Evaluator;
use super::program::Program;
use super::{Context, Fault, Rules};
use crate::value::{DateTime, Value};

/// What must hold of every case.
#[derive(Debug)]
pub(crate) struct ClaimProgram {
    pub name: Arc<str>,
    pub rule: Assertion,
    /// Whether a step that would break it is not taken.
    pub enforced: bool,
}

/// See [`ClaimRule`](crate::definition::model::ClaimRule), where each is explained.
#[derive(Debug)]
pub(crate) enum Assertion {
    Always(Condition),
    Never { never: Condition, without: Option<Box<Condition>> },
    Whenever { whenever: Condition, then: Box<Condition>, due: Option<Box<Condition>> },
    DifferentPersons(Vec<Arc<str>>),
}

/// A script of a claim.
#[derive(Debug)]
pub(crate) struct Condition {
    pub program: Program,
    /// What it asks of the time before the step, by the numbers of [`Op::Was`](super::program::Op::Was), each with whether it
    /// is a condition.
    pub was: Vec<(Program, bool)>,
    /// Whether it is true or false; else a date or date-time.
    pub is_condition: bool,
}

/// A step that claims are judged of.
#[derive(Clone, Copy)]
pub(crate) struct Step<'a> {
    /// Before it, and at its time; none at the start of a case.
    pub before: Option<Context<'a>>,
    /// At rest after it.
    pub after: Context<'a>,
}

impl Assertion {
    /// Its scripts.
    pub fn conditions(&self) -> Vec<&Condition> {
        match self {
            Self::Always(always) => vec![always],
            Self::Never { never, without } => {
                std::iter::once(never).chain(without.as_deref()).collect()
            }
            Self::Whenever { whenever, then, due } => {
                [whenever, &**then].into_iter().chain(due.as_deref()).collect()
            }
            Self::DifferentPersons(_) => Vec::new(),
        }
    }
}

impl Assertion {
    /// The events whose senders it compares.
    pub fn compared(&self) -> &[Arc<str>] {
        match self {
            Self::DifferentPersons(events) => events,
            _ => &[],
        }
    }
}

impl Condition {
    /// Its script, and those of its `was(…)`.
    pub fn programs(&self) -> impl Iterator<Item = &Program> {
        std::iter::once(&self.program).chain(self.was.iter().map(|(program, _)| program))
    }
}

impl Rules {
    /// Whether a condition is true of a step: what is unknown is not.
    pub fn is_true_of(&self, condition: &Condition, step: Step) -> Result<bool, Fault> {
        let value = self.value_of_step(condition, step)?;
        Ok(value == Some(Value::Boolean(true)))
    }

    /// The instant at whose end something is due, or at which; `None` while that is unknown. A date lasts until its day has
    /// ended.
    pub fn due_of(&self, condition: &Condition, step: Step) -> Result<Option<DateTime>, Fault> {
        Ok(match self.value_of_step(condition, step)? {
            Some(Value::DateTime(at)) => Some(at),
            Some(Value::Date(date)) => date.end(&self.zone),
            _ => None,
        })
    }

    fn value_of_step(&self, condition: &Condition, step: Step) -> Result<Option<Value>, Fault> {
        let was = condition.was.iter().map(|(program, is_condition)| match &step.before {
            Some(before) => Evaluator::new(self, *before).value_of(program, *is_condition),
            None => Ok(None),
        });
        let was = was.collect::<Result<Vec<_>, _>>()?;
        let mut evaluator = Evaluator::new(self, step.after);
        evaluator.before = was;
        evaluator.value_of(&condition.program, condition.is_condition)
    }
}
