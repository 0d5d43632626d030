//! Bounds on what a script makes: lengths of lists and texts, how deep values nest.

use super::eval::{Eval, Evaluator};
use super::syntax::Extent;
use crate::value::Value;

/// Levels of lists and records inside one another that a script may make.
const NESTING: usize = 64;

impl Evaluator<'_, '_> {
    /// A list or record that is put into another: counted whole, so that doubling ends.
    pub fn nest_fits(&mut self, at: Extent, value: &Value, above: usize) -> Eval<()> {
        self.spend(at, nodes(value, usize::MAX))?;
        if value.nests_deeper_than(NESTING.saturating_sub(above)) {
            return Err(self.fault(
                at,
                "limit-nesting",
                format!("lists and records nest more than {NESTING} levels"),
            ));
        }
        Ok(())
    }

    pub fn list_fits(&self, at: Extent, length: usize) -> Eval<()> {
        let limit = self.rules.limits.list_items;
        if length > limit {
            return Err(self.fault(
                at,
                "limit-list-items",
                format!("a list of {length} items is too long, {limit} are allowed"),
            ));
        }
        Ok(())
    }

    pub fn text_fits(&mut self, at: Extent, length: usize) -> Eval<()> {
        let limit = self.rules.limits.text_bytes;
        if length > limit {
            return Err(self.fault(
                at,
                "limit-text-bytes",
                format!("a text of {length} bytes is too long, {limit} are allowed"),
            ));
        }
        self.grow(at, length as u64)?;
        self.spend(at, length / 64)
    }
}

pub(super) fn is_nest(value: &Value) -> bool {
    matches!(value, Value::List(_) | Value::Record(_))
}

/// Values inside a value, itself included.
pub(super) fn nodes(value: &Value, most: usize) -> usize {
    let mut count = 0_usize;
    let mut waiting = vec![value];
    while let Some(value) = waiting.pop() {
        count += 1;
        if count >= most {
            break;
        }
        match value {
            Value::List(items) => waiting.extend(items.iter()),
            Value::Record(entries) => waiting.extend(entries.values()),
            _ => {}
        }
    }
    count
}
