//! What the pieces of a rule are declared to be.

use super::{Piece, find};
use crate::definition::shape::Shape;
use crate::rule::program::{Node, Op};
use crate::rule::syntax::Binary as Operator;
use crate::vocabulary::{Builtin, Each};

impl<'w> Piece<'_, 'w> {
    /// What an expression is declared to be, as far as it is one thing with a declaration.
    pub(super) fn shape(&self, node: &Node) -> Option<&'w Shape> {
        let definition = self.speaker.definition;
        match &node.op {
            Op::Fact(id) => Some(&definition.facts.at(*id).shape),
            Op::Parameter(id) => Some(&definition.parameters.at(*id).shape),
            Op::Data(name) => self.speaker.payload(name),
            Op::Property(base, name) => self.shape(base)?.property(name),
            Op::Item(base, _) => {
                let shape = self.shape(base)?;
                shape.items().or_else(|| is_mapped(base).then_some(shape))
            }
            Op::Local(slot) => {
                let (_, list) = self.items.iter().rev().find(|(known, _)| known == slot)?;
                self.shape(list)?.items()
            }
            Op::Each { each: Each::Filter | Each::SortBy, list, .. } => self.shape(list),
            Op::Call(Builtin::Sort | Builtin::Reverse, args) => self.shape(args.first()?),
            Op::Each { each: Each::Find | Each::MinBy | Each::MaxBy, list, .. } => {
                self.shape(list)?.items()
            }
            Op::Each { each: Each::Map, list, item, body } => {
                let inner = Piece {
                    speaker: self.speaker,
                    program: self.program,
                    items: vec![(*item, self.known(list)?)],
                };
                inner.shape(body)
            }
            Op::Call(Builtin::Sum, args) => {
                let list = args.first()?;
                self.shape(list).and_then(Shape::items).or_else(|| self.shape(list))
            }
            Op::Call(Builtin::Min | Builtin::Max, args) | Op::Coalesce(args) => {
                args.iter().find_map(|arg| self.shape(arg))
            }
            Op::Call(Builtin::Abs | Builtin::Floor | Builtin::Ceil | Builtin::Round, args) => {
                self.shape(args.first()?)
            }
            Op::Minus(inner) => self.shape(inner),
            Op::Binary { op: Operator::Add | Operator::Subtract, left, right, .. } => {
                self.shape(left).or_else(|| self.shape(right))
            }
            Op::Binary { op: Operator::Multiply, left, right, .. } => {
                // What is counted in a unit stays so when it is multiplied by a number.
                let unit = |node| self.shape(node).filter(|shape| shape.unit.is_some());
                match (unit(left), unit(right)) {
                    (Some(shape), None) | (None, Some(shape)) => Some(shape),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    /// A node of this rule that lives as long as the rule does.
    fn known(&self, node: &Node) -> Option<&'w Node> {
        find(&self.program.root, node.at).map(|(node, _)| node)
    }
}

/// Whether a list is of what was made of the items of another, whose shape is then that of an item.
fn is_mapped(node: &Node) -> bool {
    match &node.op {
        Op::Each { each: Each::Map, .. } => true,
        Op::Each { each: Each::Filter | Each::SortBy, list, .. } => is_mapped(list),
        Op::Call(Builtin::Sort | Builtin::Reverse, args) => args.first().is_some_and(is_mapped),
        _ => false,
    }
}
