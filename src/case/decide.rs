//! Whether an event would be let through, and nothing else: no record, no words, no copy.

use std::sync::Arc;

use super::Case;
use crate::case::decision::Outcome;
use crate::case::event::Actor;
use crate::case::select::{Asker, Wanted, plays, select_briefly};
use crate::case::situation::Situation;
use crate::case::{contract, problem};
use crate::error::{Error, ErrorKind, Problem};
use crate::rule::{Current, Fused, Requirement, Truth};
use crate::table::{EventId, StateId};
use crate::value::Value;
use crate::workflow::heard::{self, Candidate, asks};
use crate::workflow::{Compiled, Workflow};

/// An event of one workflow, found once by its name and asked about many times: see [`Case::decide`].
#[derive(Debug, Clone)]
pub struct EventHandle {
    workflow: Workflow,
    name: Arc<str>,
    number: Option<EventId>,
    /// The place of the declaration that governs it.
    governs: Option<u32>,
    /// Whether anybody may send it, without facts and payload.
    is_free: bool,
}

impl Workflow {
    /// The event of this name, to be asked about; `None` for one that nobody from outside may send.
    #[must_use]
    pub fn event_handle(&self, name: &str) -> Option<EventHandle> {
        let compiled = self.compiled();
        let governs = heard::governing(&compiled.definition, name);
        let declared = governs.and_then(|place| heard::declared(&compiled.definition, place));
        if !contract::wrong_name(compiled, declared, name).is_empty() {
            return None;
        }
        let number = compiled.heard.number(name);
        let carried = governs.and_then(|place| compiled.heard.carried(place));
        Some(EventHandle {
            workflow: self.clone(),
            name: Arc::from(name),
            number,
            governs,
            is_free: carried.is_none_or(|carried| carried.free),
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
    /// no `always` taken, no raised event answered; limits of what a case remembers, and of entries that wait, count for
    /// nothing. Cost: some nanoseconds and the guards. It allocates nothing, unless a rule reads `event` or is not compiled,
    /// a signature is waited for, or very many states are active.
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
    #[inline]
    pub fn decide(&self, event: &EventHandle, actor: Option<&Actor>) -> Result<Outcome, Error> {
        if !self.workflow.same(&event.workflow) {
            return Err(foreign());
        }
        if self.situation.ended {
            return Ok(Outcome::NotExpected);
        }
        let outcome = match self.decide_simply(event, actor) {
            Some(outcome) => outcome,
            None => self.decide_at_length(event, actor)?,
        };
        if outcome == Outcome::Moved && !event.is_free && event.is_barred(actor) {
            return Ok(Outcome::Blocked);
        }
        Ok(outcome)
    }

    /// Where one leaf is active, and all that is asked is who it is and compiled rules; `None` where it is not so.
    #[inline]
    fn decide_simply(&self, event: &EventHandle, actor: Option<&Actor>) -> Option<Outcome> {
        let compiled = self.workflow.compiled();
        let situation = &*self.situation;
        let active = situation.active.as_slice();
        if !compiled.heard.is_plain && !is_plain(compiled, active) {
            return None;
        }
        let number = event.number?;
        let mut outcome = Outcome::NotExpected;
        for state in active.iter().rev() {
            for candidate in compiled.heard.candidates(*state, number)? {
                let found = match quick(compiled, situation, *candidate) {
                    Some(found) => found,
                    None => truth(compiled, situation, *candidate, actor)?,
                };
                match found {
                    Truth::True => return Some(Outcome::Moved),
                    // Nothing behind it is tried.
                    Truth::Unknown => return Some(Outcome::Blocked),
                    Truth::False => outcome = Outcome::Blocked,
                }
            }
        }
        Some(outcome)
    }

    #[inline(never)]
    fn decide_at_length(
        &self,
        event: &EventHandle,
        actor: Option<&Actor>,
    ) -> Result<Outcome, Error> {
        let compiled = self.workflow.compiled();
        let current = compiled.heard.asks_event.then(|| Current {
            name: Arc::clone(&event.name),
            actor: actor.and_then(|actor| actor.id.as_deref()).map(Arc::from),
            at: self.situation.time,
            data: Default::default(),
        });
        let context = self.situation.context(current.as_ref());
        let wanted = Wanted::Known(event.number, &event.name);
        let asker = Asker::Outside(actor);
        let found = select_briefly(compiled, &self.situation, &context, wanted, asker);
        let found = found.map_err(|fault| {
            Error::new(ErrorKind::Script, vec![problem::fault(compiled, &fault)])
        })?;
        Ok(match (found.is_open(), found.is_expected()) {
            (true, _) => Outcome::Moved,
            (false, true) => Outcome::Blocked,
            (false, false) => Outcome::NotExpected,
        })
    }
}

impl EventHandle {
    /// Whether the event as a whole is refused: it must carry something, or is not for this actor.
    fn is_barred(&self, actor: Option<&Actor>) -> bool {
        let compiled = self.workflow.compiled();
        let declared = self.governs.and_then(|place| heard::declared(&compiled.definition, place));
        declared.is_some_and(|declared| {
            let by = declared.by.as_ref();
            !declared.required.is_empty()
                || !declared.data_required.is_empty()
                || by.is_some_and(|roles| !plays(actor, roles.iter().map(|role| role.as_str())))
        })
    }
}

/// Whether one leaf is active, and nothing that can be withdrawn waits.
fn is_plain(compiled: &Compiled, active: &[StateId]) -> bool {
    let mut outer = None;
    active.iter().all(|state| {
        let row = compiled.chart.states.at(*state);
        row.revocable.is_empty() && row.parent == outer.replace(*state)
    })
}

/// Whether a transition is open that asks for a guard at most, and that one for cells alone: as most do.
#[inline]
fn quick(compiled: &Compiled, situation: &Situation, candidate: Candidate) -> Option<Truth> {
    match candidate.asks {
        0 => Some(Truth::True),
        asks::GUARD => compiled.rules.guard(candidate.id)?.fused.as_ref()?.quick(&situation.facts),
        _ => None,
    }
}

/// Whether a transition is open; `None` where that takes more than its roles and compiled rules.
#[inline(never)]
fn truth(
    compiled: &Compiled,
    situation: &Situation,
    candidate: Candidate,
    actor: Option<&Actor>,
) -> Option<Truth> {
    let Candidate { id, asks } = candidate;
    let mut truth = Truth::True;
    if asks & !asks::GUARD != 0 {
        truth = welcome(compiled, situation, candidate, actor)?;
    }
    if asks & asks::GUARD != 0 && truth != Truth::False {
        let fused = compiled.rules.guard(id)?.fused.as_ref()?;
        match ask(compiled, situation, fused)? {
            Truth::True => {}
            other => truth = other,
        }
    }
    Some(truth)
}

/// Whether roles and requirements let it through; as above.
fn welcome(
    compiled: &Compiled,
    situation: &Situation,
    candidate: Candidate,
    actor: Option<&Actor>,
) -> Option<Truth> {
    let Candidate { id, asks } = candidate;
    if asks & (asks::NOT_BY | asks::SIGNED) != 0 {
        return None;
    }
    if asks & asks::ROLE != 0 {
        let roles = compiled.definition.transitions.at(id).by.iter().flatten();
        if !plays(actor, roles.map(|role| role.as_str())) {
            return Some(Truth::False);
        }
    }
    let mut truth = Truth::True;
    if asks & asks::REQUIRES != 0 {
        for requirement in compiled.rules.requirements(id) {
            let found = match (compiled.rules.fused(*requirement), requirement) {
                (Some(fused), _) => ask(compiled, situation, fused)?,
                (None, Requirement::Fact(id)) => match situation.fact(*id) {
                    Some(Value::Boolean(true)) => Truth::True,
                    Some(Value::Boolean(false)) => Truth::False,
                    None if compiled.definition.facts.at(*id).value.is_none() => Truth::Unknown,
                    // Worked out by a rule.
                    _ => return None,
                },
                (None, Requirement::Factor(_)) => return None,
            };
            match found {
                Truth::False => return Some(Truth::False),
                Truth::Unknown => truth = Truth::Unknown,
                Truth::True => {}
            }
        }
    }
    Some(truth)
}

/// A compiled rule; `None` where it is not sure, or where it may ask for the event.
fn ask(compiled: &Compiled, situation: &Situation, fused: &Fused) -> Option<Truth> {
    if let Some(truth) = fused.quick(&situation.facts) {
        return Some(truth);
    }
    if compiled.heard.asks_event {
        return None;
    }
    fused.decide(&compiled.rules, &situation.context(None))
}

#[cold]
fn foreign() -> Error {
    let message = "the event is of another workflow than the case";
    let problem = Problem::new("unknown-event", message)
        .hint("load the workflow once, for its cases and its handles");
    Error::new(ErrorKind::Contract, vec![problem])
}
