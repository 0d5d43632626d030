//! Whether an event would be let through, and nothing else: no record, no words, no copy.

use std::sync::Arc;

use super::Case;
use crate::case::answer::Outcome;
use crate::case::contract;
use crate::case::event::Actor;
use crate::case::problem;
use crate::case::requester::{Requester, in_unit, plays};
use crate::case::select::{Wanted, select_briefly};
use crate::error::{Error, ErrorKind, Problem};
use crate::rule::{Context, Current};
use crate::table::EventId;
use crate::workflow::Workflow;

/// An event of one workflow, found once by its name and asked about many times: see [`Case::decide`].
#[derive(Debug, Clone)]
pub struct EventHandle {
    workflow: Workflow,
    name: Arc<str>,
    number: Option<EventId>,
    /// The place of the declaration that governs it.
    governs: Option<u32>,
}

impl Workflow {
    /// The event of this name, to be asked about; `None` for one that nobody from outside may send.
    #[must_use]
    pub fn event_handle(&self, name: &str) -> Option<EventHandle> {
        let compiled = self.compiled();
        if name.len() > compiled.limits.name_bytes {
            return None;
        }
        let governs = compiled.definition.governing_place(name);
        let declared = governs.and_then(|place| compiled.definition.event_at(place));
        if !contract::wrong_name(compiled, declared, name).is_empty() {
            return None;
        }
        let number = compiled.listeners.number(name);
        Some(EventHandle { workflow: self.clone(), name: Arc::from(name), number, governs })
    }
}

impl EventHandle {
    /// Whether the event as a whole is refused: it must carry something, or is not for this actor, or for one without an id.
    fn is_barred(&self, actor: Option<&Actor>) -> bool {
        let compiled = self.workflow.compiled();
        if actor.is_none_or(|actor| actor.id.is_none())
            && compiled.remembered.asks_person(&self.name)
        {
            return true;
        }
        let declared = self.governs.and_then(|place| compiled.definition.event_at(place));
        declared.is_some_and(|declared| {
            let by = declared.by.as_ref();
            !(declared.required.is_empty() && declared.data_required.is_empty())
                || by.is_some_and(|roles| !plays(actor, roles.iter().map(|role| role.as_str())))
        })
    }
}

impl Case {
    /// Whether an event would be let through as the case stands, if it came now without facts and payload: *moved*, *blocked*
    /// or *not expected*.
    ///
    /// It asks what [`fire`](Self::fire) asks first, of the case as it is: which transitions listen, whom they want, what they
    /// require, what their guards say. Nothing that would follow is looked at, which is where `fire` may still answer with
    /// an error or differently: what is due by now is not taken first; no script of an action, an entry or an exit is run,
    /// no `always` taken, no raised event answered, no claim judged; limits of what a case remembers, and of entries that wait, count for
    /// nothing. Cost: the selection of transitions and their guards. It allocates nothing, unless a rule reads `event` or is
    /// not compiled, a signature is waited for, or very many states are active.
    ///
    /// ```
    /// # use tresteg::{Case, Event, Outcome, Workflow};
    /// # let workflow = Workflow::from_json(r#"{ "id": "w", "initial": "a", "states": { "a": { "on": { "go": "b" } }, "b": {} } }"#)?;
    /// let go = workflow.event_handle("go").unwrap();
    /// let (mut case, _) = Case::start(&workflow, None, Default::default())?;
    /// assert_eq!(case.decide(&go, None)?, Outcome::Moved);
    /// case.fire(&Event::new("go"));
    /// assert_eq!(case.decide(&go, None)?, Outcome::NotExpected);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// A script that fails for the facts as they are. An event of another workflow.
    pub fn decide(&self, event: &EventHandle, actor: Option<&Actor>) -> Result<Outcome, Error> {
        if !self.workflow.same(&event.workflow) {
            return Err(foreign());
        }
        let actor = actor.map(Actor::composed);
        let actor = actor.as_deref();
        let actor = actor.map(|actor| in_unit(self.workflow.compiled(), &self.situation, actor));
        let actor = actor.as_deref();
        if self.situation.ended {
            return Ok(Outcome::NotExpected);
        }
        let compiled = self.workflow.compiled();
        let current = compiled.listeners.asks_event.then(|| Current {
            name: Arc::clone(&event.name),
            actor: actor.and_then(|actor| actor.id.as_deref()).map(Arc::from),
            at: self.situation.time,
            data: Default::default(),
        });
        let meter = self.meter();
        let context = self.situation.context(current.as_ref());
        let context = Context { meter: Some(&meter), ..context };
        let wanted = Wanted::Known(event.number, &event.name);
        let asker = Requester::Outside(actor);
        let found = select_briefly(compiled, &self.situation, &context, wanted, asker);
        let found = meter.fault().map_or(found, Err);
        let found = found.map_err(|fault| {
            Error::new(ErrorKind::Script, vec![problem::fault(compiled, &fault)])
        })?;
        Ok(match (found.is_open(), found.is_expected()) {
            (true, _) if !event.is_barred(actor) => Outcome::Moved,
            (true, _) | (false, true) => Outcome::Blocked,
            (false, false) => Outcome::NotExpected,
        })
    }
}

#[cold]
fn foreign() -> Error {
    let message = "the event is of another workflow than the case";
    let problem = Problem::new("unknown-event", message)
        .hint("load the workflow once, for its cases and its handles");
    Error::new(ErrorKind::Contract, vec![problem])
}

#[cfg(test)]
mod tests;
