//! `invoke`: child cases of a state.

use super::Reader;
use super::read::Fields;
use super::states::Chart;
use crate::definition::keys;
use crate::definition::keys::is_remark;
use crate::definition::model::Invoke;
use crate::diagnostic::Diagnostic;
use crate::json::{Node, NodeKind};
use crate::table::StateId;

impl<'n> Reader<'_, 'n> {
    /// Reads the child cases of a state: one, or a list of them.
    pub(super) fn invokes(&mut self, chart: &mut Chart, state: StateId, fields: Fields<'n>) {
        let Some(node) = fields.node("invoke") else { return };
        match &node.kind {
            NodeKind::Array(items) if items.is_empty() => {
                let hint = "leave the key out, or name a workflow";
                self.error("empty", node.span, "`invoke` is an empty list", hint);
            }
            NodeKind::Array(items) => {
                let found: Vec<Invoke> =
                    items.iter().filter_map(|item| self.invoke(state, item)).collect();
                chart.invokes.extend(found);
            }
            _ => chart.invokes.extend(self.invoke(state, node)),
        }
    }

    fn invoke(&mut self, state: StateId, node: &'n Node) -> Option<Invoke> {
        let fields = self.open("invoke", node, &keys::INVOKE)?;
        let notes = self.notes(fields);
        let id = self.text(fields, "id");
        if let Some(id) = &id {
            self.identifier(id, "group of child cases");
        }
        let workflow = self.text(fields, "workflow");
        let each = self.text(fields, "each");
        let mut facts = Vec::new();
        let given = fields.node("facts").and_then(|node| self.entries("facts", "an object", node));
        for member in given.iter().flat_map(|given| given.members) {
            if !is_remark(&member.key)
                && let Some(given) = given
                && let Some(script) = self.script(given, &member.key)
            {
                facts.push((member.key.clone(), script));
            }
        }
        let returns = self.names(fields, "returns").unwrap_or_default();
        let mut seen = std::collections::HashSet::new();
        for name in &returns {
            if !seen.insert(name.as_str()) {
                let message = format!("`{}` stands twice", name.value);
                let found = Diagnostic::error("duplicate-name", name.span, message);
                self.report.push(found.hint("leave one of them out"));
            }
        }
        Some(Invoke { id: id?, state, workflow: workflow?, each, facts, returns, notes })
    }
}
