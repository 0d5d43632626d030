//! What is about persons: facts and payload declared so, and what follows from them.

use std::collections::BTreeSet;

use super::Compiled;
use crate::table::FactId;

/// Facts and entries of payload that are personal, or follow from such facts, by the name that verdicts call them.
pub(super) fn personal(compiled: &Compiled) -> BTreeSet<String> {
    let definition = &compiled.definition;
    let own: BTreeSet<FactId> = definition
        .facts
        .iter()
        .filter(|(_, fact)| fact.shape.is_personal())
        .map(|(id, _)| id)
        .collect();
    // What children give back and is personal in them is so here.
    let mut personal = BTreeSet::new();
    for invoked in &compiled.invoked {
        let inside = invoked.workflow.compiled().personal();
        let returned = invoked.returns.iter().filter(|name| inside.contains(&***name));
        for name in returned {
            personal.insert(format!("event.data.{name}"));
        }
    }
    let following = compiled.rules.following(&own, !personal.is_empty());
    for (id, fact) in definition.facts.iter() {
        if own.contains(&id) || following.facts.contains(&id) {
            personal.insert(fact.name.value.clone());
        }
    }
    for (id, factor) in definition.factors.iter() {
        if following.factors.contains(&id) && compiled.rules.is_score(id) {
            personal.insert(factor.name.value.clone());
        }
    }
    for declared in definition.events.iter().flat_map(|events| events.values()) {
        let data = declared.data.iter().filter(|(_, shape)| shape.is_personal());
        personal.extend(data.map(|(key, _)| format!("event.data.{key}")));
    }
    personal
}

/// Personal itself, or a part of what is: `person.name`, `event.data.person.name`.
pub(crate) fn is_withheld(personal: &BTreeSet<String>, name: &str) -> bool {
    personal.iter().any(|personal| {
        let rest = name.strip_prefix(personal.as_str());
        rest.is_some_and(|rest| {
            !rest.starts_with(|next: char| next.is_alphanumeric() || next == '_')
        })
    })
}
