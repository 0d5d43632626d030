//! Declarations that nothing reads.

use std::collections::HashSet;

use crate::definition::model::{AtLeast, Definition, FactorRule, Trigger, When, matches};
use crate::diagnostic::{Diagnostic, Report, Spanned, quoted};
use crate::rule::{Rules, own_names};

pub(super) fn check(
    definition: &Definition,
    rules: &Rules,
    told: &HashSet<&str>,
    report: &mut Report,
) {
    let uses = rules.uses();
    // Where nothing moves, what rules give is what the file is there for.
    let moves = definition.transitions.rows().iter().any(|found| !found.targets.is_empty());
    let named = named(definition);
    let is_named = |name: &Spanned<String>| named.contains(name.as_str());
    let mut unread = |code: &'static str, name: &Spanned<String>, what: &str, hint: &str| {
        let message = format!("nothing reads the {what} {}", quoted(name));
        let hint = format!("{hint}; to keep it, say why: `\"x-allow\": {{ \"{code}\": \"…\" }}`");
        report.push(Diagnostic::warning(code, name.span, message).hint(hint));
    };
    for (id, parameter) in definition.parameters.iter() {
        if !uses.parameters.contains(&id) && !is_named(&parameter.name) {
            let hint = "name it in a rule, or remove it";
            unread("unused-parameter", &parameter.name, "parameter", hint);
        }
    }
    for (id, fact) in definition.facts.iter() {
        let is_answer = !moves && fact.value.is_some();
        if !uses.facts.contains(&id) && !is_named(&fact.name) && !is_answer {
            let hint = "name it in a rule or under `required` of an event, or remove it";
            unread("unused-fact", &fact.name, "fact", hint);
        }
    }
    for (id, factor) in definition.factors.iter() {
        if moves && !uses.factors.contains(&id) {
            let hint = "name it under `requires` or `of`, or in a rule, or remove it";
            unread("unused-factor", &factor.name, "factor", hint);
        }
    }
    for (number, function) in (0_u32..).zip(&definition.functions) {
        if !uses.functions.contains(&number) {
            let message = format!("nothing calls the function {}", quoted(&function.name));
            let found = Diagnostic::warning("unused-function", function.name.span, message);
            report.push(found.hint("call it in a rule, or remove it"));
        }
    }
    unsent(definition, rules, told, report);
    unemitted(definition, rules, report);
}

/// Labels of messages that no action emits: a slip of the pen, after which the message has none.
fn unemitted(definition: &Definition, rules: &Rules, report: &mut Report) {
    if definition.emitted.is_empty() {
        return;
    }
    let emitted = rules.emitted();
    for message in definition.emitted.values() {
        let name = message.name.as_str();
        if !emitted.contains(name) {
            let text = format!("nothing emits the message {}", quoted(&message.name));
            let found = Diagnostic::warning("unused-message", message.name.span, text);
            let hint = "name it as `emit` does, or remove it";
            report.push_near(found.hint(hint), name, emitted.iter().map(String::as_str));
        }
    }
}

/// Events that are heard and that nobody may send: the case alone may, and does not.
fn unsent(definition: &Definition, rules: &Rules, told: &HashSet<&str>, report: &mut Report) {
    let events = definition.events.iter().flat_map(|events| events.values());
    let closed = events.filter(|event| event.by.as_ref().is_some_and(Vec::is_empty));
    let closed: Vec<_> = closed.collect();
    if closed.is_empty() {
        return;
    }
    let own = own_names(rules);
    let own: Vec<&str> = own.into_iter().chain(told.iter().copied()).collect();
    for event in closed {
        let name = event.name.as_str();
        // That nothing answers it has been told.
        let hears = |pattern: &str| matches(pattern, name) || matches(name, pattern);
        let listeners = definition.transitions.rows().iter().any(|found| match &found.trigger {
            Trigger::Events(patterns) => patterns.iter().any(|pattern| hears(pattern.as_str())),
            _ => false,
        });
        if listeners && !own.iter().any(|sent| matches(name, sent)) {
            let message = format!(
                "nobody can send the event {}: no role may, and the case itself does not",
                quoted(&event.name)
            );
            let found = Diagnostic::warning("unused-event", event.name.span, message);
            report.push(found.hint(
                "name roles under `by`, leave `by` out where anybody may, or `raise` or `send` it in an action; where a parent sends it, say so: `\"x-allow\": { \"unused-event\": \"…\" }`",
            ));
        }
    }
}

/// Names that the file asks for outside of scripts and lists of conditions: as the date or the length of a term, as a
/// number of factors, as what an event must carry, as what starts child cases, as the unit of a role.
fn named(definition: &Definition) -> HashSet<&str> {
    let terms = definition.states.rows().iter().flat_map(|state| &state.terms);
    let terms = terms.filter(|term| !matches!(term.when, When::After(_)));
    let counts = definition.factors.rows().iter().filter_map(|factor| match &factor.rule {
        FactorRule::Of { at_least: Some(AtLeast::Parameter(name)), .. } => Some(name),
        _ => None,
    });
    let events = definition.events.iter().flat_map(|events| events.values());
    let required = events.flat_map(|event| &event.required);
    let each = definition.invokes.iter().filter_map(|invoke| invoke.each.as_ref());
    let units = definition.roles.values().filter_map(|role| role.unit.as_ref());
    terms
        .map(|term| &term.key)
        .chain(counts)
        .chain(required)
        .chain(each)
        .chain(units)
        .map(|name| name.value.as_str())
        .collect()
}
