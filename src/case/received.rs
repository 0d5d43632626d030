//! What another case of the whole has sent: its payload, and the facts that it reports.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::case::contract;
use crate::case::signing;
use crate::case::situation::Situation;
use crate::case::trace::SignatureNote;
use crate::diagnostic::Span;
use crate::rule::{Current, Fault};
use crate::table::FactId;
use crate::value::Value;
use crate::workflow::Compiled;

/// Takes the facts out of what an event carries, each by its declaration; what stays is its payload.
pub(super) fn unpack(
    workflow: &Compiled,
    event: &mut Current,
) -> Result<Vec<(FactId, Value)>, Fault> {
    let Some(declared) = contract::governing(workflow, &event.name) else { return Ok(Vec::new()) };
    let fault =
        |message: String| Fault { code: "sent-data", message, span: Span::default(), hint: None };
    let mut facts: BTreeMap<String, Value> = BTreeMap::new();
    for name in declared.sets.iter().chain(&declared.required) {
        let value = event.data.remove(name.as_str());
        facts.extend(value.map(|value| (name.value.clone(), value)));
    }
    let required = declared.required.iter().filter(|name| !facts.contains_key(name.as_str()));
    let missing =
        declared.data_required.iter().filter(|name| !event.data.contains_key(name.as_str()));
    if let Some(name) = required.chain(missing).next() {
        let message = format!(
            "the event `{}` needs `{}`, which was not sent with it",
            event.name, name.value
        );
        return Err(fault(message));
    }
    let zone = &workflow.definition.zone;
    for (name, value) in std::mem::take(&mut event.data) {
        let Some(shape) = declared.data.get(&*name) else {
            return Err(fault(format!("the event `{}` has no `data` named `{name}`", event.name)));
        };
        match shape.admit(value, zone) {
            Ok(value) => _ = event.data.insert(name, value),
            Err(violations) => {
                let first = violations.into_iter().next();
                let message = first.map(|first| format!("{} {}", first.path, first.message));
                let message = message.unwrap_or_default();
                // Of the value itself the path is empty.
                let message = message.trim_start();
                return Err(fault(format!("`event.data.{name}` of `{}`: {message}", event.name)));
            }
        }
    }
    let mut problems = Vec::new();
    let admitted = contract::admit_facts(workflow, &facts, &mut problems);
    match problems.into_iter().next() {
        None => Ok(admitted),
        Some(problem) => Err(Fault { hint: problem.hint, ..fault(problem.message) }),
    }
}

/// Takes in the facts, with what that does to signatures.
pub(super) fn take_in(
    workflow: &Compiled,
    situation: &mut Situation,
    event: &Current,
    facts: &[(FactId, Value)],
    notes: &mut Vec<SignatureNote>,
) {
    let before = (!situation.signatures.is_empty()).then(|| Arc::clone(&situation.facts));
    for (id, value) in facts {
        situation.set_fact(*id, Some(value.clone()));
    }
    if let Some(before) = before {
        signing::drop_changed(workflow, &before, situation, Some(&event.name), notes);
    }
}
