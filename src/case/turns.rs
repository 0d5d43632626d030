//! The steps of one call, in a case alone or in a whole of several.

use std::sync::Arc;

use crate::case::address::Address;
use crate::case::describe;
use crate::case::event::Actor;
use crate::case::situation::{Sent, Situation};
use crate::case::step::Run;
use crate::case::step_log::{Incoming, PendingEntry, StepLog};
use crate::case::whole::Whole;
use crate::error::Problem;
use crate::rule::Meter;
use crate::rule::observer::Observer;
use crate::value::DateTime;
use crate::workflow::Workflow;

/// Who takes the steps.
#[allow(clippy::large_enum_variant, reason = "one for each call; most cases are alone")]
pub(super) enum Turns<'w> {
    Alone(Run<'w>),
    Whole(Box<Whole<'w>>),
}

impl<'w> Turns<'w> {
    pub fn new(
        workflow: &'w Workflow,
        situation: Arc<Situation>,
        meter: &'w Meter,
        observer: Option<&'w dyn Observer>,
    ) -> Self {
        if workflow.is_whole() {
            let whole = Whole::new(workflow, situation, meter, describe::put_away);
            return Self::Whole(Box::new(whole.observed_by(observer)));
        }
        let run = Run::new(workflow, situation, meter, describe::put_away);
        Self::Alone(run.observed_by(observer))
    }

    /// Behind the start of the outermost case.
    pub fn started(&mut self, act: &StepLog) {
        if let Self::Whole(whole) = self {
            whole.started(act);
        }
    }

    pub fn settle(&mut self, until: DateTime) -> Result<(), Problem> {
        match self {
            Self::Alone(run) => run.settle(until),
            Self::Whole(whole) => whole.settle(until),
        }
    }

    /// Lets time pass, after all that is due by then.
    pub fn advance(&mut self, until: DateTime) -> Result<(), Problem> {
        match self {
            Self::Whole(whole) => whole.advance(until),
            Self::Alone(run) => {
                run.settle(until)?;
                if run.situation.time != until {
                    Arc::make_mut(&mut run.situation).time = until;
                }
                run.settle(until)
            }
        }
    }

    pub fn answer(
        &mut self,
        here: &Address,
        incoming: Incoming,
        actor: Option<&Actor>,
    ) -> Result<Arc<StepLog>, Problem> {
        match self {
            Self::Alone(run) => run.answer(incoming, actor),
            Self::Whole(whole) => whole.answer(here, incoming, actor),
        }
    }

    /// Puts an event among those that wait, as one that came from a parent.
    pub fn receive(&mut self, sent: Sent) {
        let situation = match self {
            Self::Alone(run) => &mut run.situation,
            Self::Whole(whole) => &mut whole.situation,
        };
        Arc::make_mut(situation).sent.change().push(sent);
    }

    /// How many steps there were.
    pub fn steps(&self) -> usize {
        match self {
            Self::Alone(run) => run.steps.len(),
            Self::Whole(whole) => whole.steps.len(),
        }
    }

    pub fn situation(&self) -> &Situation {
        match self {
            Self::Alone(run) => &run.situation,
            Self::Whole(whole) => &whole.situation,
        }
    }

    /// Where it all has led, and by which steps.
    pub fn end(self) -> (Arc<Situation>, Vec<PendingEntry>) {
        match self {
            Self::Alone(mut run) => (run.situation, run.steps.take()),
            Self::Whole(mut whole) => (whole.situation, whole.steps.take()),
        }
    }
}
