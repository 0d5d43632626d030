//! What rules read of what cannot be otherwise in a situation is what the evaluator says of it, whatever it is, so that only the
//! rest has to be understood.

use std::rc::Rc;

use super::formula::F;
use super::script::{has_free_variables, returns};
use super::symbol::{Outcomes, Symbol, Verdicts, constant};
use super::unfold::Unfolder;
use super::world::Reading;
use crate::rule::eval::{Evaluator, Stop};
use crate::rule::program::{Node, Op, Reads};
use crate::rule::{Requirement, Rules, Truth};
use crate::table::Id;
use crate::value::Value;

impl Reading {
    fn node(&self, rules: &Rules, node: &Node) -> Option<Rc<Reads>> {
        let key = std::ptr::from_ref(node).addr();
        if let Some(known) = self.nodes.borrow().get(&key) {
            return known.clone();
        }
        let found = own(node).map(|own| Rc::new(rules.reads_through(own)));
        self.nodes.borrow_mut().insert(key, found.clone());
        found
    }

    fn rule(&self, rules: &Rules, requirement: Requirement) -> Rc<Reads> {
        if let Some(known) = self.rules.borrow().get(&requirement) {
            return Rc::clone(known);
        }
        let own = match requirement {
            Requirement::Fact(id) => Reads { facts: [id].into(), ..Reads::default() },
            Requirement::Factor(id) => Reads { factors: [id].into(), ..Reads::default() },
        };
        let found = Rc::new(rules.reads_through(own));
        self.rules.borrow_mut().insert(requirement, Rc::clone(&found));
        found
    }
}

/// What a part of a script reads itself. `None` where it hangs on variables of the script.
fn own(node: &Node) -> Option<Reads> {
    if has_free_variables(node) || returns(node) {
        return None;
    }
    let mut reads = Reads::default();
    let mut waiting = vec![node];
    while let Some(node) = waiting.pop() {
        match &node.op {
            Op::Fact(id) => _ = reads.facts.insert(*id),
            Op::Factor(id) => _ = reads.factors.insert(*id),
            Op::Function(number, _) => _ = reads.functions.insert(*number),
            Op::Now | Op::Today => reads.now = true,
            Op::Event(_) | Op::Data(_) => reads.event = true,
            Op::Was(_) | Op::While { .. } | Op::Do { .. } => return None,
            _ => {}
        }
        waiting.extend(node.children());
    }
    Some(reads)
}

impl<'w> Unfolder<'w> {
    /// What a rule comes to, where nothing that it reads may be otherwise.
    pub fn settled(&mut self, requirement: Requirement) -> Option<Outcomes> {
        let world = self.world.as_ref()?;
        let rules = self.rules;
        if let Requirement::Fact(id) = requirement
            && rules.is_given(id)
        {
            if world.free.facts.contains(id.index()) {
                return None;
            }
            let value = world.context.facts.get(id);
            return Some(self.valued(value));
        }
        if !world.free.leaves(&world.reading.rule(rules, requirement)) {
            return None;
        }
        let context = world.context;
        Some(match requirement {
            Requirement::Fact(id) => match rules.fact(id, &context) {
                Ok(value) => self.valued(value),
                Err(_) => Outcomes { fault: F::TRUE, ..Outcomes::NEVER },
            },
            Requirement::Factor(_) => match rules.holds_by_evaluator(requirement, &context) {
                Ok(Truth::Unknown) => Outcomes::unknown(),
                Ok(truth) => Outcomes::just(Symbol::Boolean(truth == Truth::True)),
                Err(_) => Outcomes { fault: F::TRUE, ..Outcomes::NEVER },
            },
        })
    }

    /// What an expression comes to, where nothing that it reads may be otherwise.
    pub fn settled_node(&mut self, node: &'w Node) -> Option<Outcomes> {
        let world = self.world.as_ref()?;
        let reads = world.reading.node(self.rules, node)?;
        if !world.free.leaves(&reads) {
            return None;
        }
        let mut evaluator = Evaluator::new(self.rules, world.context);
        let found = evaluator.framed(self.program?, Vec::new(), |evaluator| evaluator.eval(node));
        match found {
            Ok(value) => Some(self.valued(Some(value))),
            Err(Stop::Unknown) => Some(Outcomes::unknown()),
            Err(Stop::Fault(_)) => Some(Outcomes { fault: F::TRUE, ..Outcomes::NEVER }),
            Err(_) => None,
        }
    }

    pub fn valued(&mut self, value: Option<Value>) -> Outcomes {
        let Some(value) = value else { return Outcomes::unknown() };
        let symbol = constant(&mut self.formula, &value);
        Outcomes::just(symbol.unwrap_or(Symbol::Vague("any")))
    }
}

impl Outcomes {
    /// As what a condition comes to.
    pub(super) fn as_verdicts(&self) -> Verdicts {
        let is = |truth: bool| {
            let found = self.cases.iter().find(|(_, symbol)| *symbol == Symbol::Boolean(truth));
            found.map_or(F::FALSE, |(when, _)| *when)
        };
        Verdicts { holds: is(true), fails: is(false), unknown: self.unknown, fault: self.fault }
    }
}
