//! Demands on signatures that contradict one another, or that leave out somebody who must sign.

use std::collections::{HashMap, HashSet};

use super::{Checker, patterns};
use crate::definition::model::{EventDecl, Transition, matches};
use crate::diagnostic::{Diagnostic, Spanned, quoted};

pub(super) fn check(checker: &mut Checker<'_, '_>) {
    let definition = checker.definition;
    let mut names: Vec<&str> =
        definition.events.iter().flat_map(|events| events.keys()).map(String::as_str).collect();
    names.sort_unstable();
    // By event, the roles that may send it: asked by many transitions, made once.
    let mut senders: HashMap<&str, HashSet<&str>> = HashMap::new();
    let signed = definition.transitions.rows().iter().filter(|one| !one.signed_by.is_empty());
    for transition in signed {
        let events: Option<Vec<&EventDecl>> =
            patterns(transition).iter().map(|pattern| checker.only(&names, pattern)).collect();
        checker.own_event(transition);
        if let Some(events) = &events {
            checker.nobody_signs(transition, events);
        }
        let own: Option<HashSet<&str>> =
            transition.by.as_ref().map(|by| by.iter().map(|role| role.as_str()).collect());
        let revoke = transition.revoke.as_ref();
        let revoke = revoke.and_then(|event| Some((event, checker.definition.governing(event)?)));
        for event in events.iter().flatten().copied().chain(revoke.map(|(_, event)| event)) {
            if let Some(by) = &event.by {
                senders
                    .entry(event.name.as_str())
                    .or_insert_with(|| by.iter().map(|role| role.as_str()).collect());
            }
        }
        // That nobody may is said once, and not of each role.
        let may_send = |event: &EventDecl, role: &str| match senders.get(event.name.as_str()) {
            Some(roles) => roles.is_empty() || roles.contains(role),
            None => true,
        };
        let mut seen = HashSet::new();
        for role in transition.signed_by.iter().filter(|role| seen.insert(role.as_str())) {
            let mut narrow = |message: String, hint: &str| {
                let found = Diagnostic::warning("narrow-signature", role.span, message);
                checker.report.push(found.hint(hint));
            };
            if own.as_ref().is_some_and(|by| !by.contains(role.as_str())) {
                narrow(
                    format!("{} must sign, and `by` does not let it", quoted(role)),
                    "add it to `by`, or leave `by` out: `signed_by` says who signs",
                );
            } else if let Some(events) = &events
                && !events.iter().any(|event| may_send(event, role))
            {
                let event = events.first().map(|event| quoted(&event.name)).unwrap_or_default();
                narrow(
                    format!("{} must sign, and may not send the event {event}", quoted(role)),
                    "add it to the `by` of the event",
                );
            }
            if let Some((written, event)) = revoke
                && !may_send(event, role)
            {
                narrow(
                    format!(
                        "{} must sign, and may not withdraw by the event {}",
                        quoted(role),
                        quoted(written)
                    ),
                    "add it to the `by` of that event",
                );
            }
        }
    }
}

impl<'d> Checker<'_, 'd> {
    /// The declaration that governs all events of a pattern; `None` where there are several, or none.
    fn only(&self, names: &[&str], pattern: &Spanned<String>) -> Option<&'d EventDecl> {
        let inner = format!("{}.", pattern.value);
        let next = names.partition_point(|name| *name < inner.as_str());
        if names.get(next).is_some_and(|name| name.starts_with(&inner)) {
            return None;
        }
        self.definition.governing(pattern)
    }

    /// What signs must not withdraw as well, nor shut out those who have signed before.
    fn own_event(&mut self, transition: &Transition) {
        let same = |event: &str| {
            patterns(transition)
                .iter()
                .any(|pattern| matches(pattern, event) || matches(event, pattern))
        };
        if let Some(revoke) = &transition.revoke
            && same(revoke)
        {
            let message = format!("the event {} both signs and withdraws", quoted(revoke));
            let found = Diagnostic::error("bad-combination", revoke.span, message);
            self.report.push(found.hint("name another event under `revoke`"));
        }
        if let Some(event) = transition.not_by.iter().find(|event| same(event)) {
            let message = format!(
                "nobody signs twice in any case; with {} under `not_by`, who has withdrawn or whose signature was dropped never signs again",
                quoted(event)
            );
            let found = Diagnostic::warning("narrow-signature", event.span, message);
            self.report.push(found.hint("remove it from `not_by`"));
        }
    }

    fn nobody_signs(&mut self, transition: &Transition, events: &[&EventDecl]) {
        let internal = |event: &EventDecl| event.by.as_ref().is_some_and(Vec::is_empty);
        if let (Some(event), Some(role)) = (events.first(), transition.signed_by.first())
            && events.iter().all(|event| internal(event))
        {
            let message = format!(
                "nobody can ever sign this: only the case itself raises or sends {}",
                quoted(&event.name)
            );
            let found = Diagnostic::error("never-signed", role.span, message)
                .related(event.name.span, "the event is here");
            self.report.push(found.hint("let the roles send the event, or remove `signed_by`"));
        }
        if let Some(revoke) = &transition.revoke
            && let Some(event) = self.definition.governing(revoke)
            && internal(event)
        {
            let message = format!(
                "nobody can ever withdraw: only the case itself raises or sends {}",
                quoted(revoke)
            );
            let found = Diagnostic::error("never-signed", revoke.span, message)
                .related(event.name.span, "the event is here");
            self.report.push(found.hint("let the roles send the event, or name another"));
        }
    }
}
