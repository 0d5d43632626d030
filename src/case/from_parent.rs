//! What a parent would send, to a case that is looked at alone: for scenarios of child cases.

use std::sync::Arc;

use crate::case::Case;
use crate::case::answer::Outcome;
use crate::case::decision::{Decision, StepLogs};
use crate::case::event::Event;
use crate::case::situation::{Route, Sent};
use crate::case::step_log::PendingEntry;
use crate::case::turns::Turns;
use crate::error::Problem;
use crate::rule::Meter;
use crate::rule::observer::Observer;

impl Case {
    /// Answers an event as if a parent had sent it: nobody is asked for a role, and what `sets` and `required` name comes in
    /// its payload. Only its name, time and payload count.
    pub(crate) fn receive_within(
        &mut self,
        event: &Event,
        observer: Option<&dyn Observer>,
        meter: &Meter,
    ) -> Decision {
        let now = self.situation.time;
        let name: Arc<str> = Arc::from(event.name.as_str());
        let wrong = |problem: Problem| {
            let acts = StepLogs { problems: vec![problem], ..StepLogs::default() };
            Decision::of(Outcome::Error, Some(Arc::clone(&name)), now, acts)
        };
        let at = event.at.map_or(now, |at| at.max(now));
        let at = at.in_zone(&self.workflow.compiled().definition.zone);
        let workflow = self.workflow.clone();
        let mut run = Turns::new(&workflow, Arc::clone(&self.situation), meter, observer);
        if let Err(problem) = run.settle(at) {
            return wrong(problem);
        }
        let before = run.steps();
        let data = event.data.iter().chain(&event.facts);
        let data = data.map(|(key, value)| (Arc::from(key.as_str()), value.clone())).collect();
        let order = meter.next_sent();
        let sent = Sent { event: Arc::clone(&name), due: at, data, to: Route::Received, order };
        run.receive(sent);
        if let Err(problem) = run.settle(at) {
            return wrong(problem);
        }
        let (situation, mut steps) = run.end();
        // The first step behind what was due before is the answer.
        let own = match steps.get(before) {
            Some(PendingEntry::Act(act)) => Some(Arc::clone(act)),
            _ => None,
        };
        let mut outcome = Outcome::NotExpected;
        if let Some(own) = &own {
            outcome = own.outcome;
            steps.remove(before);
        }
        let problems = own.iter().flat_map(|own| own.problems.clone()).collect();
        let acts = StepLogs { own, steps, before, problems };
        let decision = Decision::of(outcome, Some(name), situation.time, acts);
        self.situation = situation;
        decision
    }
}
