//! Whether an event would be let through, and nothing else: no record, no words, no copy.

use std::sync::Arc;

use super::Case;
use crate::case::decision::Outcome;
use crate::case::event::Actor;
use crate::case::handle::{EventHandle, Next, Step};
use crate::case::problem;
use crate::case::select::{Asker, Wanted, plays, select_briefly};
use crate::error::{Error, ErrorKind, Problem};
use crate::rule::{Code, Context, Current, Meter, Truth};

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
        // Nearly all that is asked is one guard: what more would need is not in its way.
        if let Some(step) = event.step(next) {
            match self.at_once(step) {
                Some(holds) => next = step.behind(holds),
                None => return self.decide_from(event, step, actor),
            }
        }
        match next.outcome() {
            Some(outcome) => Ok(outcome),
            None => self.decide_on(event, next, actor),
        }
    }

    /// The same from a step that asks for more than a few cells that are known.
    #[inline(never)]
    fn decide_from(
        &self,
        event: &EventHandle,
        step: &Step,
        actor: Option<&Actor>,
    ) -> Result<Outcome, Error> {
        let meter = self.meter();
        let next = self.take(event, step, actor, &meter);
        match next.outcome() {
            Some(outcome) => Ok(outcome),
            None => self.decide_within(event, next, actor, &meter),
        }
    }

    /// The same from any step or answer.
    #[inline(never)]
    fn decide_on(
        &self,
        event: &EventHandle,
        next: Next,
        actor: Option<&Actor>,
    ) -> Result<Outcome, Error> {
        self.decide_within(event, next, actor, &self.meter())
    }

    fn decide_within(
        &self,
        event: &EventHandle,
        next: Next,
        actor: Option<&Actor>,
        meter: &Meter,
    ) -> Result<Outcome, Error> {
        let next = self.follow(event, next, actor, meter);
        let outcome = match (next.outcome(), next) {
            (Some(outcome), _) => return Ok(outcome),
            (None, Next::ADMITTED) => Outcome::Moved,
            (None, _) => self.decide_at_length(event, actor, meter)?,
        };
        if outcome == Outcome::Moved && event.is_barred(actor) {
            return Ok(Outcome::Blocked);
        }
        Ok(outcome)
    }

    /// The answer to which the steps lead.
    fn follow(
        &self,
        event: &EventHandle,
        mut next: Next,
        actor: Option<&Actor>,
        meter: &Meter,
    ) -> Next {
        if let Some(region) = next.region() {
            let active = &*self.situation.active;
            let last = self.workflow.compiled().chart.states.at(region).last;
            let inside = active.get(..active.partition_point(|state| *state <= last));
            next = event.first_within(inside.and_then(<[_]>::last));
        }
        while let Some(step) = event.step(next) {
            next = match self.at_once(step) {
                Some(holds) => step.behind(holds),
                None => self.take(event, step, actor, meter),
            };
        }
        next
    }

    /// Whether what a step asks holds, where a few checks of cells that are known say so.
    #[inline(always)]
    fn at_once(&self, step: &Step) -> Option<bool> {
        step.guard.as_ref()?.at_once(self.situation.facts.words())
    }

    /// What comes behind a step, however long it takes to say.
    fn take(&self, event: &EventHandle, step: &Step, actor: Option<&Actor>, meter: &Meter) -> Next {
        let Some(guard) = &step.guard else {
            let definition = &self.workflow.compiled().definition;
            let roles = definition.transitions.at(step.transition).by.iter().flatten();
            return step.behind(plays(actor, roles.map(|role| role.as_str())));
        };
        match self.ask(guard, meter) {
            Some(Truth::True) => step.behind(true),
            Some(Truth::False) => step.behind(false),
            None => Next::AT_LENGTH,
            Some(Truth::Unknown) => {
                // What is false decides over what is unknown: the rest that the same transition asks.
                let mut next = step.behind(true);
                while let Some(step) = event.step(next) {
                    next = match step.guard.as_ref().and_then(|guard| self.ask(guard, meter)) {
                        Some(Truth::False) => return step.behind(false),
                        Some(Truth::True | Truth::Unknown) => step.behind(true),
                        None => return Next::AT_LENGTH,
                    };
                }
                // Nothing behind what is undecided is tried.
                Next::BLOCKED
            }
        }
    }

    /// A compiled rule that has not said anything at once; `None` where it is not sure, or where it may ask for the event.
    fn ask(&self, rule: &Code, meter: &Meter) -> Option<Truth> {
        let compiled = self.workflow.compiled();
        if compiled.heard.asks_event {
            return rule.quick(&self.situation.facts);
        }
        let context = Context { meter: Some(meter), ..self.situation.context(None) };
        rule.decide(&compiled.rules, &context)
    }

    #[inline(never)]
    fn decide_at_length(
        &self,
        event: &EventHandle,
        actor: Option<&Actor>,
        meter: &Meter,
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
        let context = Context { meter: Some(meter), ..context };
        let wanted = Wanted::Known(event.number, &event.name);
        let asker = Asker::Outside(actor);
        let found = select_briefly(compiled, &self.situation, &context, wanted, asker);
        let found = meter.fault().map_or(found, Err);
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

#[cold]
fn foreign() -> Error {
    let message = "the event is of another workflow than the case";
    let problem = Problem::new("unknown-event", message)
        .hint("load the workflow once, for its cases and its handles");
    Error::new(ErrorKind::Contract, vec![problem])
}

#[cfg(test)]
mod tests;
