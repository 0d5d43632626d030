//! What actions can send.

use std::collections::BTreeSet;

use super::Rules;
use super::program::{Node, Op};
use crate::table::FactId;

impl Rules {
    /// Whether any action sets a fact.
    pub fn is_set(&self, id: FactId) -> bool {
        let entries =
            self.entries.values().chain(self.exits.values()).chain(self.initials.values());
        self.actions.values().chain(entries).any(|program| program.writes.contains(&id))
    }
}

/// The names of all events that some action sends, whether it is ever run or not. Cost: linear in the scripts.
pub(crate) fn sent_names(rules: &Rules) -> BTreeSet<&str> {
    names(rules, false)
}

/// The same, with those that are raised.
pub(crate) fn own_names(rules: &Rules) -> BTreeSet<&str> {
    names(rules, true)
}

fn names(rules: &Rules, raised: bool) -> BTreeSet<&str> {
    let actions = rules.actions.iter().map(|(_, program)| program);
    let entries = rules.entries.iter().map(|(_, program)| program);
    let exits = rules.exits.iter().map(|(_, program)| program);
    let initials = rules.initials.iter().map(|(_, program)| program);
    let programs = actions.chain(entries).chain(exits).chain(initials);
    let mut waiting: Vec<&Node> = programs.map(|program| &program.root).collect();
    let mut names = BTreeSet::new();
    while let Some(node) = waiting.pop() {
        match &node.op {
            Op::Send { event, .. } => _ = names.insert(&**event),
            Op::Raise { event, .. } if raised => _ = names.insert(&**event),
            _ => {}
        }
        waiting.extend(node.children());
    }
    names
}
