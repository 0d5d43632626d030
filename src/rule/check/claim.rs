//! What only claims ask: whether something happens in a step, and what was before it.

use super::super::program::{Node, Op, Program, Reads};
use super::super::syntax::{Binary, Extent, Name, Tree};
use super::super::types::Type;
use super::{Checker, Mode};
use crate::value::Value;

impl Checker<'_, '_> {
    /// `happens` and `was`.
    pub(super) fn claimed(&mut self, at: Extent, name: &Name, args: &[Tree]) -> (Node, Type) {
        let happens = &*name.text == "happens";
        match self.mode {
            Mode::Claim(_) => {}
            Mode::Was => {
                let message = format!("`{}` cannot stand in `was`", name.text);
                let problem = self.error("not-allowed", at, message);
                self.report.push(
                    problem.hint("`was` gives what was before this step, and no further back"),
                );
                return Self::broken(at);
            }
            _ => {
                let message = format!("only claims ask `{}`", name.text);
                let problem = self.error("not-allowed", at, message);
                let hint = match happens {
                    true => {
                        "ask count(`event`) or last(`event`), or event.name while it is answered"
                    }
                    false => "keep the value in another fact, in an action",
                };
                self.report.push(problem.hint(hint));
                return Self::broken(at);
            }
        }
        match self.counted(name, at, args, false) {
            true if happens => self.happens(at, args),
            true => self.was(at, args),
            false => Self::broken(at),
        }
    }

    /// An event is counted in a step: more have been counted than before it.
    fn happens(&mut self, at: Extent, args: &[Tree]) -> (Node, Type) {
        let Some(pattern) = self.event_pattern("happens", at, args) else {
            return Self::broken(at);
        };
        let count = Node::new(at, Op::Count(pattern));
        let before =
            self.asked_before(count.clone(), Reads { past: true, ..Reads::default() }, 0, false);
        // Before the first step there was nothing.
        let before = Op::Coalesce(vec![before, Node::new(at, Op::Constant(Value::Integer(0)))]);
        let (left, right) = (Box::new(count), Box::new(Node::new(at, before)));
        (Node::new(at, Op::Binary { op: Binary::Greater, op_at: at, left, right }), Type::Boolean)
    }

    fn was(&mut self, at: Extent, args: &[Tree]) -> (Node, Type) {
        let [tree] = args else { return Self::broken(at) };
        let mut inner = Checker {
            names: self.names,
            script: self.script,
            report: &mut *self.report,
            mode: Mode::Was,
            locals: Vec::new(),
            next: 0,
            most: 0,
            reads: Reads::default(),
            writes: std::collections::BTreeSet::new(),
            claims: Vec::new(),
            assured: std::collections::BTreeSet::new(),
            lenient: self.lenient,
            loops: 0,
            returns: Type::Never,
            last_call: at,
        };
        let (node, kind) = inner.value(tree);
        let (reads, slots) = (std::mem::take(&mut inner.reads), inner.most);
        (self.asked_before(node, reads, slots, kind == Type::Boolean), kind)
    }

    /// Takes down what is asked of the time before the step, and gives what stands for its value.
    fn asked_before(&mut self, root: Node, reads: Reads, slots: u32, is_condition: bool) -> Node {
        let at = root.at;
        self.reads.extend(&reads);
        let (script, depth) = (self.script.clone(), root.depth());
        let program =
            Program { script, root, slots, depth, reads, writes: Default::default(), code: None };
        let mut was = self.names.was.borrow_mut();
        let number = u32::try_from(was.len()).unwrap_or(u32::MAX);
        was.push((program, is_condition));
        Node::new(at, Op::Was(number))
    }

    /// What is due: a date or a date-time.
    pub(super) fn wants_instant(&mut self, node: &Node, found: &Type) {
        if found.is_open() || matches!(found, Type::Date | Type::DateTime) {
            return;
        }
        let message = format!("`due` is a date or a date-time, this is {}", found.name());
        let problem = self.error("wrong-type", node.at, message);
        self.report.push(problem.hint("such as `reported_on + days(14)`"));
    }
}
