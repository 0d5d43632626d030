//! What a rule reads in the end: facts that are reported, payload, time, the past, and the values that it tells apart.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::rule::outline::{Origin, Outline, Threshold};
use crate::rule::program::{EventPart, Node, Op};
use crate::rule::syntax::Extent;
use crate::rule::{FactorProgram, Requirement, Rules};
use crate::table::{FactId, ParameterId, TransitionId};
use crate::value::Value;

/// What a rule reads in the end.
#[derive(Debug, Clone, Default)]
pub(crate) struct Inputs {
    /// Facts that are no derived ones.
    pub facts: BTreeSet<FactId>,
    /// Payload of the event.
    pub data: BTreeSet<Arc<str>>,
    pub time: bool,
    pub past: bool,
    /// Patterns of events that it asks the past about.
    pub happened: BTreeSet<Arc<str>>,
    /// Values that something is compared with.
    pub constants: Vec<Value>,
    pub parameters: BTreeSet<ParameterId>,
    /// What was gone through on the way.
    rules: BTreeSet<Origin>,
    /// Of these, what is still to be gone through: chains of rules may be long.
    waiting: Vec<Origin>,
}

impl Inputs {
    pub fn extend(&mut self, other: Self) {
        self.facts.extend(other.facts);
        self.data.extend(other.data);
        self.time |= other.time;
        self.past |= other.past;
        self.happened.extend(other.happened);
        self.constants.extend(other.constants);
        self.parameters.extend(other.parameters);
        self.rules.extend(other.rules);
    }
}

impl Rules {
    /// What a comparison reads, through derived facts and factors too.
    pub fn read_at(&self, outline: &Outline, found: &Threshold) -> Inputs {
        let mut inputs = Inputs::default();
        if let Some(rule) = outline.rules.get(found.rule)
            && let Some(program) = self.program(rule.origin)
        {
            match found.find(&program.root) {
                Some(node) => self.gather(node, &mut inputs),
                None => self.gather(&program.root, &mut inputs),
            }
        }
        inputs
    }

    /// What the rule of a transition reads in the end: facts that are reported, payload, time.
    pub fn inputs(&self, id: TransitionId) -> Inputs {
        let mut inputs = Inputs::default();
        for requirement in self.requirements(id) {
            self.gather(&Node::new(Extent::default(), requirement_op(*requirement)), &mut inputs);
        }
        if let Some(guard) = self.guard(id) {
            self.gather(&guard.root, &mut inputs);
        }
        inputs
    }

    /// What the actions of a transition may need to know.
    pub fn action_inputs(&self, id: TransitionId) -> Inputs {
        let mut inputs = Inputs::default();
        if let Some(program) = self.actions(id) {
            self.gather(&program.root, &mut inputs);
        }
        inputs
    }

    /// What a fact follows from; of one that is reported itself.
    pub fn fact_inputs(&self, id: FactId) -> Inputs {
        let mut inputs = Inputs::default();
        self.gather(&Node::new(Extent::default(), Op::Fact(id)), &mut inputs);
        inputs
    }

    /// What claims ask for.
    pub fn claim_inputs(&self) -> Inputs {
        let mut inputs = Inputs::default();
        for program in self.claiming() {
            self.gather(&program.root, &mut inputs);
        }
        inputs
    }

    pub fn gather(&self, node: &Node, inputs: &mut Inputs) {
        self.gather_here(node, inputs);
        while let Some(origin) = inputs.waiting.pop() {
            if let Some(program) = self.program(origin) {
                self.gather_here(&program.root, inputs);
            } else if let Origin::Factor(id) = origin
                && let Some(FactorProgram::Of { of, .. }) =
                    self.factors.get(id).map(|factor| &factor.program)
            {
                for part in of {
                    let node = Node::new(Extent::default(), requirement_op(*part));
                    self.gather_here(&node, inputs);
                }
            }
        }
    }

    fn gather_here(&self, node: &Node, inputs: &mut Inputs) {
        match &node.op {
            Op::Fact(id) => match self.facts.get(*id).and_then(|fact| fact.value.as_ref()) {
                Some(_) => {
                    if inputs.rules.insert(Origin::Fact(*id)) {
                        inputs.waiting.push(Origin::Fact(*id));
                    }
                }
                None => {
                    inputs.facts.insert(*id);
                }
            },
            Op::Factor(id) => {
                if inputs.rules.insert(Origin::Factor(*id)) {
                    inputs.waiting.push(Origin::Factor(*id));
                }
            }
            Op::Function(number, args) => {
                for arg in args {
                    self.gather_here(arg, inputs);
                }
                if inputs.rules.insert(Origin::Function(*number)) {
                    inputs.waiting.push(Origin::Function(*number));
                }
            }
            Op::Data(name) => {
                inputs.data.insert(Arc::clone(name));
            }
            Op::Now | Op::Today | Op::Event(EventPart::At | EventPart::Date) => {
                inputs.time = true;
            }
            Op::Last(pattern) | Op::Count(pattern) | Op::Who(pattern) => {
                inputs.past = true;
                inputs.happened.insert(Arc::clone(pattern));
                inputs.time |= matches!(node.op, Op::Last(_));
            }
            Op::Since(_) | Op::Active(_) => {
                inputs.past = true;
                inputs.time |= matches!(node.op, Op::Since(_));
            }
            _ => {
                for child in node.children() {
                    self.gather_here(child, inputs);
                }
            }
        }
        self.literals(node, inputs);
    }

    /// The value that stands here in every case.
    pub(super) fn fixed_value<'n>(&'n self, node: &'n Node) -> Option<&'n Value> {
        match &node.op {
            Op::Constant(value) => Some(value),
            Op::Parameter(id) => self.parameters.get(*id).map(|found| &found.value),
            _ => None,
        }
    }

    /// Constants next to what is read: values that make a difference.
    fn literals(&self, node: &Node, inputs: &mut Inputs) {
        let mut constant = |node: &Node| match &node.op {
            Op::Constant(value) => inputs.constants.push(value.clone()),
            Op::Parameter(id) => {
                inputs.parameters.insert(*id);
            }
            _ => {}
        };
        match &node.op {
            Op::Binary { left, right, .. } => {
                constant(left);
                constant(right);
            }
            Op::In { item, list, .. } => {
                constant(item);
                constant(list);
                if let Op::List(items) = &list.op {
                    items.iter().for_each(constant);
                }
            }
            Op::Call(_, args) => args.iter().for_each(constant),
            Op::Switch { arms, .. } => {
                for case in arms.iter().flat_map(|arm| &arm.cases) {
                    match &case.op {
                        Op::Range { from, to, .. } => {
                            constant(from);
                            constant(to);
                        }
                        _ => constant(case),
                    }
                }
            }
            _ => {}
        }
    }
}

fn requirement_op(requirement: Requirement) -> Op {
    match requirement {
        Requirement::Factor(id) => Op::Factor(id),
        Requirement::Fact(id) => Op::Fact(id),
    }
}
