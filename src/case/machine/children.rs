//! Children of states that are entered and left. They start where a step has come to rest: see `birth`.

use std::sync::Arc;

use super::Machine;
use crate::case::answer::Outcome;
use crate::case::family::Child;
use crate::case::situation::Situation;
use crate::case::step_log::{StepLog, StepTrigger};
use crate::case::trace::Trace;
use crate::rule::Fault;
use crate::table::StateId;
use crate::workflow::compiled::Invoked;

/// What it costs to stop a child besides its scripts, in their operations.
const STOP: u64 = 50;

impl<'w> Machine<'w> {
    /// The numbers of what a state invokes.
    fn invoked_by(&self, state: StateId) -> std::ops::Range<usize> {
        let invoked = &self.workflow.invoked;
        let from = invoked.partition_point(|one| one.state < state);
        let to = invoked.partition_point(|one| one.state <= state);
        from..to
    }

    /// A state is entered: its children are not those of the last time.
    pub(super) fn begin_children(&mut self, state: StateId) {
        for invoke in self.invoked_by(state) {
            self.situation.family.begin(invoke as u32);
        }
    }

    /// A state has been left: its children are stopped, the last that started first.
    pub(super) fn stop_children(&mut self, state: StateId) -> Result<(), Fault> {
        let workflow = self.workflow;
        for invoke in self.invoked_by(state).rev() {
            let Some(invoked) = workflow.invoked.get(invoke) else { continue };
            self.stop_brood(invoke as u32, invoked)?;
        }
        Ok(())
    }

    fn stop_brood(&mut self, invoke: u32, invoked: &'w Invoked) -> Result<(), Fault> {
        let mut before = usize::MAX;
        loop {
            let children =
                self.situation.family.brood(invoke).and_then(|brood| brood.children.as_ref());
            let Some(children) = children else { return Ok(()) };
            let Some(number) = children.last(before, |wake| wake.active > 0) else { return Ok(()) };
            let Some(child) = children.get(number).cloned() else { return Ok(()) };
            before = number;
            let child = self.stop(invoke, number as u32, &child, invoked)?;
            if let Some(brood) = self.situation.family.change(invoke) {
                brood.set(number, child);
            }
        }
    }

    /// Stops a child: its own children, then its states, innermost first. What it would send goes nowhere.
    fn stop(
        &mut self,
        invoke: u32,
        number: u32,
        child: &Child<Situation>,
        invoked: &'w Invoked,
    ) -> Result<Child<Situation>, Fault> {
        self.meter.spend(STOP);
        if let Some(fault) = self.meter.fault() {
            return Err(fault);
        }
        let here = self.here.join(invoke, number, &invoked.id, &child.key);
        let compiled = invoked.workflow.compiled();
        let time = self.situation.time.in_zone(&compiled.definition.zone);
        let mut after = Situation { time, ..Situation::clone(&child.situation) };
        let mut trace = Trace::default();
        let mut machine =
            Machine::new(compiled, &mut after, &mut trace, None, None, self.meter).at(&here);
        let halted = machine.halt();
        let inner = std::mem::take(&mut machine.inner);
        match halted {
            Ok(()) => self.inner.extend(inner),
            // What was erased in it may be what its scripts ask for: what they did is left to its own entry.
            Err(fault) if !fault.ends_call() && self.is_doubtful() => {
                after = silenced(Situation { time, ..Situation::clone(&child.situation) });
                trace = Trace::default();
            }
            Err(fault) => return Err(super::within(&here, fault)),
        }
        trace.to_parent.clear();
        let after = Arc::new(after);
        let sides = [Arc::clone(&child.situation), Arc::clone(&after)];
        let act = StepLog::new(&invoked.workflow, StepTrigger::Stop, Outcome::Moved, time, sides);
        self.inner.push(Arc::new(StepLog { case: here, trace, ..act }));
        child.stopped(invoked, after, self.meter)
    }

    /// Whether the step is one of which not everything is known.
    fn is_doubtful(&self) -> bool {
        self.observer.and_then(|observer| observer.doubt()).is_some()
    }

    /// The case is stopped where it stands.
    fn halt(&mut self) -> Result<(), Fault> {
        for state in self.situation.active.clone().iter().rev() {
            self.stop_children(*state)?;
        }
        (self.situation.ended, self.situation.stopped) = (true, true);
        self.close()
    }
}

/// A case that is stopped, and nothing of it runs.
fn silenced(mut situation: Situation) -> Situation {
    (situation.ended, situation.stopped) = (true, true);
    situation.terms = Default::default();
    situation.sent = Default::default();
    situation.aside = Default::default();
    situation.signatures = Default::default();
    situation
}
