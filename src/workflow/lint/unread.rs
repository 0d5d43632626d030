//! Declarations that nothing reads.

use std::collections::HashSet;

use crate::definition::model::{AtLeast, Definition, FactorRule, When};
use crate::diagnostic::{Diagnostic, Report, Spanned, quoted};
use crate::rule::Rules;

pub(super) fn check(definition: &Definition, rules: &Rules, report: &mut Report) {
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
}

/// Names that the file asks for outside of scripts and lists of conditions: as the date or the length of a term, as a
/// number of factors, as what an event must carry.
fn named(definition: &Definition) -> HashSet<&str> {
    let terms = definition.states.rows().iter().flat_map(|state| &state.terms);
    let terms = terms.filter(|term| !matches!(term.when, When::After(_)));
    let counts = definition.factors.rows().iter().filter_map(|factor| match &factor.rule {
        FactorRule::Of { at_least: Some(AtLeast::Parameter(name)), .. } => Some(name),
        _ => None,
    });
    let events = definition.events.iter().flat_map(|events| events.values());
    let required = events.flat_map(|event| &event.required);
    terms
        .map(|term| &term.key)
        .chain(counts)
        .chain(required)
        .map(|name| name.value.as_str())
        .collect()
}
