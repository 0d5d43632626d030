//! Whom `not_by` shuts out: nobody, where the event is one that nothing else in the file speaks of.

use std::collections::BTreeSet;

use crate::definition::model::{Definition, Trigger, matches, prefixes};
use crate::diagnostic::{Diagnostic, Report, quoted};
use crate::rule::{Rules, own_names};

pub(super) fn check(definition: &Definition, rules: &Rules, report: &mut Report) {
    let transitions = definition.transitions.rows();
    if transitions.iter().all(|transition| transition.not_by.is_empty()) {
        return;
    }
    let own = own_names(rules);
    // Every name that the file speaks of, with its beginnings: `a` is spoken of where `a.b` is.
    let mut spoken: BTreeSet<&str> = BTreeSet::new();
    let mut speak = |name| spoken.extend(prefixes(name));
    let mut any = false;
    for transition in transitions {
        if let Trigger::Events(patterns) = &transition.trigger {
            any |= patterns.iter().any(|pattern| pattern.value == "*");
            patterns.iter().for_each(|pattern| speak(pattern.as_str()));
        }
        transition.revoke.iter().for_each(|event| speak(event.as_str()));
    }
    definition.events.iter().flat_map(|events| events.keys()).for_each(|name| speak(name));
    own.iter().for_each(|name| speak(name));
    // Whoever answers everything may hear of names that the file does not have.
    let any = any && definition.events.is_none();
    for event in transitions.iter().flat_map(|transition| &transition.not_by) {
        let found = if !(any || spoken.contains(event.as_str())) {
            let message = format!(
                "nothing else in the file speaks of {}: where nobody sends an event of this very name, nobody is shut out",
                quoted(event)
            );
            let found = Diagnostic::warning("never-sent", event.span, message);
            let shorter = prefixes(event).filter(|name| *name != event.as_str());
            match shorter.filter(|name| spoken.contains(name)).max_by_key(|name| name.len()) {
                Some(name) => found.hint(format!(
                    "did you mean `{name}`, which every longer name is one of? Else declare it under `events`"
                )),
                None => found.hint("correct the name, or declare it under `events`"),
            }
        } else if is_closed(definition, event) {
            let message = format!(
                "only the case itself sends {}: whom that is to shut out is never known, and behind it nobody passes",
                quoted(event)
            );
            Diagnostic::warning("never-sent", event.span, message)
                .hint("name an event that somebody sends")
        } else {
            continue;
        };
        report.push(found);
    }
}

/// Whether no role may send any event of a pattern.
fn is_closed(definition: &Definition, pattern: &str) -> bool {
    let Some(events) = &definition.events else { return false };
    let within: Vec<_> = events.values().filter(|event| matches(pattern, &event.name)).collect();
    let closed = |found: &[_]| {
        let by = |event: &&crate::definition::model::EventDecl| {
            event.by.as_ref().is_some_and(Vec::is_empty)
        };
        !found.is_empty() && found.iter().all(by)
    };
    if !within.is_empty() {
        return closed(&within);
    }
    let governing = prefixes(pattern).filter_map(|name| events.get(name));
    closed(&governing.max_by_key(|event| event.name.len()).into_iter().collect::<Vec<_>>())
}
