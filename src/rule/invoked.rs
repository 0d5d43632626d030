//! What a child is given when it starts, and what its parent sees of it.

use super::eval::{Evaluator, Stop};
use super::program::{Program, Reads};
use super::{Context, Fault, Requirement, Rules, Truth};
use crate::value::Value;

impl Rules {
    /// The value of what a child is given, of which `item` is the item that starts it; `None` while it is unknown.
    pub fn given(
        &self,
        program: &Program,
        item: Option<&Value>,
        context: &Context,
    ) -> Result<Option<Value>, Fault> {
        let mut evaluator = Evaluator::new(self, *context);
        let args = item.cloned().into_iter().collect();
        match evaluator.framed(program, args, |this| this.eval(&program.root)) {
            Ok(value) | Err(Stop::Return(Some(value))) => Ok(Some(value)),
            Err(Stop::Fault(fault)) => Err(*fault),
            Err(_) => Ok(None),
        }
    }

    /// What a parent sees of a fact or factor; what fails is as unknown as what nobody knows, unless the call is at its end.
    pub fn shown(&self, name: &str, context: &Context) -> Result<Option<Value>, Fault> {
        let soft = |fault: Fault| if fault.ends_call() { Err(fault) } else { Ok(None) };
        if let Some(id) = self.fact_named(name) {
            return self.fact(id, context).or_else(soft);
        }
        let Some(id) = self.factor_named(name) else { return Ok(None) };
        if self.is_score(id) {
            let score = self.score(id, context).map(|score| score.map(Value::Number));
            return score.or_else(soft);
        }
        let truth = self.holds(Requirement::Factor(id), context);
        let truth = truth.map(|truth| match truth {
            Truth::True => Some(Value::Boolean(true)),
            Truth::False => Some(Value::Boolean(false)),
            Truth::Unknown => None,
        });
        truth.or_else(soft)
    }

    /// Whether a fact or factor follows from the clock, or is worked out from who sent what.
    pub fn moves_with_the_clock(&self, name: &str) -> bool {
        let mut reads = Reads::default();
        match (self.fact_named(name), self.factor_named(name)) {
            (Some(id), _) => _ = reads.facts.insert(id),
            (None, Some(id)) => _ = reads.factors.insert(id),
            (None, None) => {}
        }
        self.reads_through(reads).now
    }

    /// Whether this is a fact that can be given to a case that starts.
    pub fn is_given_fact(&self, name: &str) -> bool {
        self.fact_named(name).is_some_and(|id| self.is_given(id))
    }
}
