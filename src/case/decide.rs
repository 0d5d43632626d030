//! Whether an event would be let through, and nothing else: no record, no words, no copy.

use std::sync::Arc;

use super::Case;
use crate::case::decision::Outcome;
use crate::case::event::Actor;
use crate::case::handle::{EventHandle, Next, Step};
use crate::case::problem;
use crate::case::select::{Asker, Wanted, plays, select_briefly};
use crate::case::situation::Situation;
use crate::error::{Error, ErrorKind, Problem};
use crate::rule::{Current, Fused, Requirement, Truth};
use crate::value::Value;
use crate::workflow::Compiled;
use crate::workflow::heard::{Candidate, asks};

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
        let mut next = event.first(self.situation.active.innermost());
        // Nearly all that is asked is one guard: what a second one needs would only be in its way.
        if let Some(step) = event.step(next)
            && let Some(holds) = self.at_once(step)
        {
            next = step.behind(holds);
        }
        match next.outcome() {
            Some(outcome) => Ok(outcome),
            None => self.decide_on(event, next, actor),
        }
    }

    /// The same from a step on.
    #[inline(never)]
    fn decide_on(
        &self,
        event: &EventHandle,
        mut next: Next,
        actor: Option<&Actor>,
    ) -> Result<Outcome, Error> {
        while let Some(step) = event.step(next) {
            next = match self.at_once(step) {
                Some(holds) => step.behind(holds),
                None => self.take(step, actor),
            };
        }
        let outcome = match (next.outcome(), next) {
            (Some(outcome), _) => outcome,
            (None, Next::ADMITTED) => Outcome::Moved,
            (None, _) => self.decide_at_length(event, actor)?,
        };
        if outcome == Outcome::Moved && !event.is_free && event.is_barred(actor) {
            return Ok(Outcome::Blocked);
        }
        Ok(outcome)
    }

    /// Whether the transition of a step is open, where its guard says so in a few checks of cells that are known.
    #[inline(always)]
    fn at_once(&self, step: &Step) -> Option<bool> {
        step.guard.as_ref()?.at_once(self.situation.facts.words())
    }

    /// What comes behind a step that asks for more than that.
    #[inline(never)]
    fn take(&self, step: &Step, actor: Option<&Actor>) -> Next {
        let (compiled, situation) = (self.workflow.compiled(), &*self.situation);
        let found = match &step.guard {
            Some(guard) => ask(compiled, situation, guard),
            None => truth(compiled, situation, step.candidate, actor),
        };
        match found {
            Some(Truth::True) => step.behind(true),
            Some(Truth::False) => step.behind(false),
            // Nothing behind it is tried.
            Some(Truth::Unknown) => Next::BLOCKED,
            None => Next::AT_LENGTH,
        }
    }

    #[inline(never)]
    fn decide_at_length(
        &self,
        event: &EventHandle,
        actor: Option<&Actor>,
    ) -> Result<Outcome, Error> {
        if self.situation.ended {
            return Ok(Outcome::NotExpected);
        }
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

#[cfg(test)]
mod tests;
