//! What waits in a case: sent events, what was put aside, signatures.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::Check;
use crate::case::signing::RoleAssignment;
use crate::case::situation::{GivenSignature, Signatures};
use crate::case::situation::{Route, Sent, TimerRef};
use crate::person::{self, Person};
use crate::rule::sent_names;
use crate::table::TransitionId;
use crate::value::{DateTime, brief};

impl Check<'_> {
    /// Sent events, what was put aside, signatures; where the case has ended, nothing waits.
    pub(super) fn waiting(&mut self) {
        let situation = self.situation;
        if situation.ended {
            for (code, what, count) in [
                ("situation-sent", "sent events", situation.sent.len()),
                ("situation-aside", "things put aside", situation.aside.len()),
                ("situation-signatures", "signatures", situation.signatures.len()),
            ] {
                if count > 0 {
                    self.wrong(code, format!("the case has ended, and {what} wait"));
                }
            }
            return;
        }
        self.sent();
        self.aside();
        if !situation.signatures.is_empty() {
            let happened = situation.past.events.iter();
            let last = happened.map(|(name, found)| (&**name, found.last)).collect();
            for (id, waiting) in situation.signatures.iter() {
                self.signatures(*id, waiting, &last);
            }
        }
    }

    fn sent(&mut self) {
        let situation = self.situation;
        let aside = situation.aside.iter().filter_map(|aside| match &aside.what {
            TimerRef::Sent(sent) => Some(sent),
            TimerRef::Term { .. } => None,
        });
        let all: Vec<&Sent> = situation.sent.iter().chain(aside).collect();
        if all.is_empty() {
            return;
        }
        let limit = self.workflow.limits.queued_events;
        if all.len() > limit {
            let message = format!("{} sent events wait, and only {limit} may", all.len());
            self.wrong("situation-sent", message);
        }
        let names = sent_names(&self.workflow.rules);
        let unsent: BTreeSet<&str> =
            all.iter().filter(|sent| sent.to == Route::Own).map(|sent| &*sent.event).collect();
        let unsent: BTreeSet<&str> =
            unsent.into_iter().filter(|name| !names.contains(*name)).collect();
        if !unsent.is_empty() {
            let described = Self::list(unsent.into_iter().map(brief));
            self.wrong("situation-sent", format!("nothing in the workflow sends {described}"));
        }
    }

    fn aside(&mut self) {
        let situation = self.situation;
        let mut seen = BTreeSet::new();
        for aside in situation.aside.iter() {
            if aside.problem.is_empty() {
                self.wrong("situation-aside", "something was put aside for no reason");
            }
            let (what, due) = match &aside.what {
                TimerRef::Sent(sent) => {
                    (format!("the event `{}`", brief(&sent.event)), Some(sent.due))
                }
                TimerRef::Term { state, index } => {
                    let named = self.term(*state, *index);
                    let place = situation
                        .terms
                        .binary_search_by_key(&(*state, *index), |term| (term.state, term.index));
                    let term = place.ok().and_then(|place| situation.terms.get(place));
                    if !seen.insert((*state, *index)) {
                        self.wrong("situation-aside", format!("{named} was put aside twice"));
                    }
                    let Some(term) = term.filter(|term| term.is_open()) else {
                        let message = format!("{named} was put aside, and is not waiting");
                        self.wrong("situation-aside", message);
                        continue;
                    };
                    (named, term.due)
                }
            };
            if due.is_some_and(|due| due > situation.time) {
                let message = format!("{what} was put aside before it was due");
                self.wrong("situation-aside", message);
            }
        }
    }

    /// Signatures that can stand beside one another at a transition of an active state.
    fn signatures(
        &mut self,
        id: TransitionId,
        waiting: &Signatures,
        last: &BTreeMap<&str, DateTime>,
    ) {
        let code = "situation-signatures";
        let workflow = self.workflow;
        let transition = workflow.definition.transitions.at(id);
        let source = transition.source;
        let at = self.name(source);
        if !self.situation.is_active(source) || transition.signed_by.is_empty() {
            let message = format!("signatures are there that no transition of `{at}` waits for");
            return self.wrong(code, message);
        }
        if !(1..transition.signed_by.len()).contains(&waiting.given.len()) {
            let message = format!(
                "{} signatures wait at `{at}`, where {} are asked for",
                waiting.given.len(),
                transition.signed_by.len()
            );
            return self.wrong(code, message);
        }
        // Whoever could not have signed in this order cannot have signed.
        let mut seats = RoleAssignment::of(transition);
        let mut persons: BTreeSet<&Person> = BTreeSet::new();
        let mut before = self.entered_at(source).unwrap_or(self.situation.time);
        for one in &waiting.given {
            let actor = brief(&one.actor);
            if person::wrong(&one.actor).is_some() {
                self.wrong(code, format!("`{actor}`, which is nobody's id, has signed at `{at}`"));
            } else if !persons.insert(&one.person) {
                self.wrong(code, format!("`{actor}` has signed twice at `{at}`"));
            }
            let own: Vec<Arc<str>> = seats.roles_of(&one.roles);
            if own != one.roles || !seats.seat(&own) {
                let message =
                    format!("`{actor}` has signed at `{at}` without a role that is asked for");
                self.wrong(code, message);
            }
            if one.at < before || one.at > self.situation.time {
                let message = format!(
                    "`{actor}` has signed at {}, not between {before} and {}",
                    one.at, self.situation.time
                );
                self.wrong(code, message);
            }
            before = before.max(one.at);
            self.signed_by(id, one, waiting, last);
        }
    }

    /// The event that gave a signature.
    fn signed_by(
        &mut self,
        id: TransitionId,
        one: &GivenSignature,
        waiting: &Signatures,
        last: &BTreeMap<&str, DateTime>,
    ) {
        let code = "situation-signatures";
        let definition = &self.workflow.definition;
        let (actor, event) = (brief(&one.actor), brief(&one.event));
        if let Some(why) = self.unheard(&one.event) {
            return self.wrong(code, format!("`{actor}` has signed by `{event}`, and {why}"));
        }
        if !self.chart().listens(id, &one.event) {
            let message =
                format!("`{actor}` has signed by `{event}`, to which nothing listens there");
            return self.wrong(code, message);
        }
        // Only what some rule asks for is remembered.
        let kept = self.workflow.remembered.kept(&one.event);
        if kept.is_some_and(|kept| last.get(&*kept.name).is_none_or(|last| *last < one.at)) {
            let message =
                format!("`{actor}` has signed by `{event}`, which has not happened since");
            self.wrong(code, message);
        }
        if definition.events.is_none() {
            return;
        }
        let governs = definition.governing_place(&one.event);
        let declared = governs.and_then(|place| definition.event_at(place));
        let fits = declared.is_some_and(|declared| {
            waiting.data.iter().all(|(key, value)| {
                let shape = declared.data.get(&**key);
                shape.is_some_and(|shape| {
                    shape.admit(value.clone(), &definition.zone).as_ref() == Ok(value)
                })
            }) && declared.data_required.iter().all(|name| waiting.data.contains_key(name.as_str()))
        });
        if !fits {
            let message = format!("`{actor}` has signed with data that `{event}` cannot carry");
            self.wrong(code, message);
        }
    }
}
