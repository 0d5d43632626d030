//! What is about persons: facts and payload declared so, and what follows from them.

use std::collections::BTreeSet;

use super::Compiled;
use crate::table::FactId;

/// Facts and entries of payload that are personal, or follow from such facts, by the name that verdicts call them.
pub(super) fn personal(compiled: &Compiled) -> BTreeSet<String> {
    let definition = &compiled.definition;
    // Of children only what their files say is personal is so in what the parent sees.
    let told: BTreeSet<u32> = (0_u32..)
        .zip(&compiled.invoked)
        .filter(|(_, one)| {
            let theirs = one.workflow.compiled().personal();
            one.returns.iter().any(|name| theirs.contains(&**name))
        })
        .map(|(invoke, _)| invoke)
        .collect();
    let of_children = compiled.rules.reading_children(&told);
    let own: BTreeSet<FactId> = definition
        .facts
        .iter()
        .filter(|(id, fact)| fact.shape.is_personal() || of_children.facts.contains(id))
        .map(|(id, _)| id)
        .collect();
    let following = compiled.rules.following(&own);
    let mut personal = BTreeSet::new();
    for (id, fact) in definition.facts.iter() {
        if own.contains(&id) || following.facts.contains(&id) {
            personal.insert(fact.name.value.clone());
        }
    }
    for (id, factor) in definition.factors.iter() {
        let follows = following.factors.contains(&id) || of_children.factors.contains(&id);
        if follows && compiled.rules.is_score(id) {
            personal.insert(factor.name.value.clone());
        }
    }
    for declared in definition.events.iter().flat_map(|events| events.values()) {
        let data = declared.data.iter().filter(|(_, shape)| shape.is_personal());
        personal.extend(data.map(|(key, _)| format!("event.data.{key}")));
    }
    // As verdicts call what they read of children, and what `done.invoke` brings of them.
    for invoked in told.iter().filter_map(|invoke| compiled.invoked.get(*invoke as usize)) {
        for quote in ["`", "\""] {
            personal.insert(format!("children({quote}{}{quote})", invoked.id));
        }
        let theirs = invoked.workflow.compiled().personal();
        let names = invoked.returns.iter().filter(|name| theirs.contains(&***name));
        personal.extend(names.map(|name| format!("event.data.{name}")));
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
