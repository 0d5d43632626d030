//! Whom `not_by` shuts out: nobody, where the event is one that nothing else in the file speaks of.

use crate::definition::model::{Definition, EventDecl, Trigger, prefixes};
use crate::diagnostic::{Diagnostic, Report, quoted};
use crate::rule::{Rules, own_names};

/// Cost: about linear in the file.
pub(super) fn check(definition: &Definition, rules: &Rules, report: &mut Report) {
    let transitions = definition.transitions.rows();
    if transitions.iter().all(|transition| transition.not_by.is_empty()) {
        return;
    }
    let own = own_names(rules);
    let events = definition.events.iter().flat_map(|events| events.values());
    let mut spoken: Vec<&str> = own.into_iter().collect();
    for transition in transitions {
        if let Trigger::Events(patterns) = &transition.trigger {
            spoken.extend(patterns.iter().map(|pattern| pattern.as_str()));
        }
        spoken.extend(transition.revoke.iter().map(|event| event.as_str()));
    }
    spoken.extend(events.clone().map(|event| event.name.as_str()));
    let spoken = Names::new(spoken);
    let declared = Names::new(events.clone().map(|event| event.name.as_str()).collect());
    let open = events.filter(|event| !is_closed(event)).map(|event| event.name.as_str());
    let open = Names::new(open.collect());
    // Whoever answers everything may hear of names that the file does not have.
    let any = definition.events.is_none() && spoken.has("*");
    let events = transitions.iter().flat_map(|transition| &transition.not_by);
    // Those of children were looked for in their own file.
    for event in events.filter(|event| !event.contains('/')) {
        if report.is_full() {
            return;
        }
        let found = if !(any || spoken.has(event) || spoken.has_within(event)) {
            let message = format!(
                "nothing else in the file speaks of {}: where nobody sends an event of this very name, nobody is shut out",
                quoted(event)
            );
            let found = Diagnostic::warning("never-sent", event.span, message);
            match prefixes(event).find(|name| spoken.has(name)) {
                Some(name) => found.hint(format!(
                    "did you mean {}, which every longer name is one of? Else declare it under `events`",
                    quoted(name)
                )),
                None => found.hint("correct the name, or declare it under `events`"),
            }
        } else {
            let is_within = declared.has(event) || declared.has_within(event);
            let governing = prefixes(event).find(|name| declared.has(name));
            let nobody = match governing {
                _ if is_within => !(open.has(event) || open.has_within(event)),
                Some(name) => !open.has(name),
                None => false,
            };
            if !nobody {
                continue;
            }
            let message = format!(
                "only the case itself sends {}: whom that is to shut out is never known, and behind it nobody passes",
                quoted(event)
            );
            Diagnostic::warning("never-sent", event.span, message)
                .hint("name an event that somebody sends")
        };
        report.push(found);
    }
}

/// Whether no role may send an event.
fn is_closed(event: &EventDecl) -> bool {
    event.by.as_ref().is_some_and(Vec::is_empty)
}

/// Names of events in the order of the alphabet.
struct Names<'d>(Vec<&'d str>);

impl<'d> Names<'d> {
    fn new(mut names: Vec<&'d str>) -> Self {
        names.sort_unstable();
        Self(names)
    }

    fn has(&self, name: &str) -> bool {
        self.0.binary_search(&name).is_ok()
    }

    /// Whether there is a longer name that a pattern gathers: `a.b` for `a`.
    fn has_within(&self, pattern: &str) -> bool {
        let inner = format!("{pattern}.");
        let next = self.0.partition_point(|name| *name < inner.as_str());
        self.0.get(next).is_some_and(|name| name.starts_with(&inner))
    }
}
