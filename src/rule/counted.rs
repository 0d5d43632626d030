//! From which day or time a derived date counts, as its rule is written: `announced_on` in
//! `next_workday(announced_on + weeks(3))`.

use super::eval::{Eval, Evaluator, Stop};
use super::program::Rule;
use super::program::{Builtin, Node, Op};
use super::syntax::Binary;
use super::{Context, Rules};
use crate::table::FactId;
use crate::value::Value;

impl Rules {
    /// The date or date-time that the rule of a fact adds to; `None` for a fact that is reported, and where the rule adds
    /// to nothing.
    pub fn counts_from(&self, id: FactId, context: &Context) -> Option<Value> {
        let mut evaluator = Evaluator::new(self, *context);
        let begin = evaluator.beginning_of_fact(id).ok()?;
        let end = self.fact(id, context).ok()??;
        (begin != end).then_some(begin)
    }
}

impl<'r> Evaluator<'r, '_> {
    fn beginning_of_fact(&mut self, id: FactId) -> Eval<Value> {
        let rules = self.rules;
        // The beginning of a chain that is worked out ahead is not looked for: its own date is as good a place to count from.
        match rules.facts.get(id).and_then(|fact| fact.value.as_ref()) {
            Some(program) if !rules.is_long(Rule::Fact(id)) => {
                self.framed(program, Vec::new(), |this| this.beginning(&program.root))
            }
            _ => self.fact(id, Default::default()),
        }
    }

    /// Follows what is added to, through what moves a day; as deep as rules nest that are asked where they are read, which
    /// is bounded.
    fn beginning(&mut self, node: &'r Node) -> Eval<Value> {
        self.spend(node.at, 1)?;
        match &node.op {
            Op::Fact(id) => self.beginning_of_fact(*id),
            Op::Binary { op: Binary::Add | Binary::Subtract, left, right, .. } => {
                match self.beginning(left)? {
                    begin @ (Value::Date(_) | Value::DateTime(_)) => Ok(begin),
                    _ => self.beginning(right),
                }
            }
            Op::Call(
                Builtin::AddWorkdays | Builtin::SubtractWorkdays | Builtin::NextWorkday,
                args,
            ) => match args.first() {
                Some(day) => self.beginning(day),
                None => Err(Stop::Unknown),
            },
            Op::If { condition, then, otherwise } => {
                match (self.condition(condition)?, otherwise) {
                    (true, _) => self.beginning(then),
                    (false, Some(otherwise)) => self.beginning(otherwise),
                    (false, None) => Err(Stop::Unknown),
                }
            }
            Op::Coalesce(options) => {
                for option in options {
                    match self.beginning(option) {
                        Err(Stop::Unknown) => {}
                        found => return found,
                    }
                }
                Err(Stop::Unknown)
            }
            Op::Block(statements) => {
                let last = self.up_to_last(node, statements)?;
                self.beginning(last)
            }
            _ => self.eval(node),
        }
    }
}
