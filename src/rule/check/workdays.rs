//! `date + workdays(n)`: working days are no duration, they count from a day of the calendar.
//!
//! So there is no value of them that could be stored, compared or mixed with days: what stands on the other side of the
//! `+` or `-` is counted from, and the whole is one node.

use super::super::program::{Builtin, Node, Op};
use super::super::syntax::{Binary, Extent, Form, Name, Tree};
use super::super::types::Type;
use super::Checker;

/// A call of `workdays`.
#[derive(Clone, Copy)]
pub(super) struct Workdays<'t> {
    at: Extent,
    name: &'t Name,
    args: &'t [Tree],
    method: bool,
}

impl<'t> Workdays<'t> {
    pub fn of(tree: &'t Tree) -> Option<Self> {
        match &tree.form {
            Form::Call { name, args, method } if &*name.text == "workdays" => {
                Some(Self { at: tree.at, name, args, method: *method })
            }
            _ => None,
        }
    }
}

impl Checker<'_, '_> {
    /// `from + workdays(n)`, `workdays(n) + from`, `from - workdays(n)`; `None` for any other operation.
    pub(super) fn counted_in_workdays(
        &mut self,
        at: Extent,
        op: Binary,
        left: &Tree,
        right: &Tree,
    ) -> Option<(Node, Type)> {
        let (from, workdays) = match (op, Workdays::of(left), Workdays::of(right)) {
            (Binary::Add | Binary::Subtract, None, Some(workdays)) => (left, workdays),
            (Binary::Add, Some(workdays), None) => (right, workdays),
            _ => return None,
        };
        let (node, kind) = self.value(from);
        Some(
            self.counting_from(at, op, (node, &kind), workdays).unwrap_or_else(|| Self::broken(at)),
        )
    }

    /// Counts from a node of this type.
    pub(super) fn counting_from(
        &mut self,
        at: Extent,
        op: Binary,
        (from, kind): (Node, &Type),
        workdays: Workdays,
    ) -> Option<(Node, Type)> {
        let Workdays { at: call, name, args, method } = workdays;
        if !self.counted(name, call, args, method) {
            return None;
        }
        let (count, found) = self.value(args.first()?);
        self.wants(&count, &found, &Type::Integer, "the argument of `workdays`");
        if !self.has_calendar(call, &name.text) {
            return None;
        }
        if !kind.is_open() && !matches!(kind, Type::Date | Type::DateTime) {
            let message = format!("working days count from a date, this is {}", kind.name());
            let problem = self.error("mixed-types", from.at, message);
            let written = self.text(call);
            let problem = match kind {
                Type::Duration(_) => problem
                    .hint(format!("add one after the other to a date: `date + … + {written}`")),
                _ => problem.hint(format!("write `date + {written}`")),
            };
            self.report.push(problem);
            return None;
        }
        let builtin =
            if op == Binary::Add { Builtin::AddWorkdays } else { Builtin::SubtractWorkdays };
        let kind = if kind.is_open() { Type::Any } else { kind.clone() };
        Some((Node::new(at, Op::Call(builtin, vec![from, count])), kind))
    }

    /// `workdays(n)` where it counts from nothing.
    pub(super) fn lonely_workdays(&mut self, at: Extent, args: &[Tree]) -> (Node, Type) {
        for arg in args {
            self.expression(arg);
        }
        let written = self.text(at);
        let problem = self
            .error("no-value", at, "working days are no duration: they count from a date")
            .hint(format!(
                "write `date + {written}` or `date - {written}`, such as `today + {written}`"
            ));
        self.report.push(problem);
        Self::broken(at)
    }

    /// Without a calendar nobody knows which days are off.
    pub(super) fn has_calendar(&mut self, at: Extent, function: &str) -> bool {
        if self.names.def.calendar.is_some() {
            return true;
        }
        let message = format!("`{function}` needs a calendar, and this file has none");
        let problem = self.error("no-calendar", at, message).hint(
            "add `\"calendar\": { \"holidays\": \"SE\", \"eves\": true }` to the file, or list the dates",
        );
        self.report.push(problem);
        false
    }
}
