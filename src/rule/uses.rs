//! Who reads and who writes: what nothing reads is told, and so are two who write the same.

use std::collections::{BTreeMap, BTreeSet};

use super::program::{Node, Op, Program, Root};
use super::syntax::Binary;
use super::{FactorProgram, Requirement, Rules};
use crate::definition::shape::Kind;
use crate::table::{FactId, FactorId, ParameterId};
use crate::value::Value;

/// What scripts, `requires` and `of` read themselves.
#[derive(Debug, Default)]
pub(crate) struct Uses {
    pub facts: BTreeSet<FactId>,
    pub parameters: BTreeSet<ParameterId>,
    pub factors: BTreeSet<FactorId>,
    /// By number in [`Definition::functions`](crate::definition::model::Definition::functions).
    pub functions: BTreeSet<u32>,
}

/// How a script changes a fact.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Write {
    /// To this, whatever it was.
    Constant(Value),
    /// To the day or the time of the step, which is one for all that it does.
    Today,
    Now,
    /// To what it is unless it is reported.
    Forgotten,
    /// By adding to a number or taking from it: the order of two such changes is no matter.
    Sum,
    /// In any other way.
    Other,
}

impl Rules {
    /// What is read somewhere. A fact that is only read to work out its own next value is not. Cost: linear in all scripts.
    pub fn uses(&self) -> Uses {
        let mut uses = Uses::default();
        let functions = self.functions.iter().flatten();
        let states = [&self.entries, &self.exits, &self.initials].into_iter();
        let actions = states.flat_map(|programs| programs.values()).chain(self.actions.values());
        let given = self.invoked.iter().flat_map(|invoke| &invoke.facts).map(|(_, given)| given);
        let answering = self.answering().chain(self.claiming());
        for program in answering.chain(functions).chain(actions).chain(given) {
            uses.program(program);
        }
        let of = self.factors.rows().iter().filter_map(|factor| match &factor.program {
            FactorProgram::Of { of, .. } => Some(of),
            _ => None,
        });
        for requirement in of.chain(self.requires.values()).flatten() {
            match requirement {
                Requirement::Factor(id) => uses.factors.insert(*id),
                Requirement::Fact(id) => uses.facts.insert(*id),
            };
        }
        uses
    }

    /// How a program changes facts, each once.
    pub fn writes(&self, program: &Program) -> BTreeMap<FactId, Write> {
        let mut found: BTreeMap<FactId, Write> = BTreeMap::new();
        let mut note = |id: FactId, write: Write| {
            found
                .entry(id)
                .and_modify(|known| {
                    if *known != write {
                        *known = Write::Other;
                    }
                })
                .or_insert(write);
        };
        if program.writes.is_empty() {
            return found;
        }
        let mut waiting = vec![&program.root];
        while let Some(node) = waiting.pop() {
            match &node.op {
                Op::Assign { place, op, value, .. } => {
                    if let Root::Fact(id) = place.root {
                        let number = self.facts.get(id).is_some_and(|fact| {
                            matches!(fact.shape.kind, Kind::Integer | Kind::Number)
                        });
                        note(
                            id,
                            match (op, &value.op) {
                                (None, Op::Constant(value)) if place.steps.is_empty() => {
                                    Write::Constant(value.clone())
                                }
                                (None, Op::Today) if place.steps.is_empty() => Write::Today,
                                (None, Op::Now) if place.steps.is_empty() => Write::Now,
                                (Some(Binary::Add | Binary::Subtract), _) if number => Write::Sum,
                                _ => Write::Other,
                            },
                        );
                    }
                }
                Op::Mutate { place, .. } => {
                    if let Root::Fact(id) = place.root {
                        note(id, Write::Other);
                    }
                }
                Op::Forget(id) => note(*id, Write::Forgotten),
                _ => {}
            }
            waiting.extend(node.children());
        }
        found
    }
}

impl Uses {
    fn program(&mut self, program: &Program) {
        // Each node with the fact whose next value it is worked out for.
        let mut waiting: Vec<(&Node, Option<FactId>)> = vec![(&program.root, None)];
        while let Some((node, own)) = waiting.pop() {
            let mut inner = own;
            match &node.op {
                Op::Fact(id) if Some(*id) != own => {
                    self.facts.insert(*id);
                }
                Op::Parameter(id) => {
                    self.parameters.insert(*id);
                }
                Op::Factor(id) => {
                    self.factors.insert(*id);
                }
                Op::Function(number, _) => {
                    self.functions.insert(*number);
                }
                Op::Assign { place, .. } | Op::Mutate { place, .. } => {
                    if let Root::Fact(id) = place.root {
                        inner = Some(id);
                    }
                }
                _ => {}
            }
            waiting.extend(node.children().into_iter().map(|child| (child, inner)));
        }
    }
}
