//! A case gone through once more, step by step, from what was written down about it.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::case::Case;
use crate::case::answer::Outcome;
use crate::case::contract::{self, Erased};
use crate::case::decision::{Decision, StepLogs};
use crate::case::describe;
use crate::case::entries::Head;
use crate::case::event::Event;
use crate::case::ids::{self, AnsweredIds, FirstAnswer};
use crate::case::situation::Situation;
use crate::case::step::{self, Run};
use crate::case::step_log::PendingEntry;
use crate::case::step_log::{Incoming, StepLog};
use crate::error::Problem;
use crate::rule::Meter;
use crate::rule::doubt::Persons;
use crate::rule::observer::Observer;
use crate::value::{DateTime, Value};
use crate::workflow::Workflow;

/// A case between two steps.
pub(crate) struct Replay<'w> {
    workflow: &'w Workflow,
    situation: Arc<Situation>,
    observer: Option<&'w dyn Observer>,
    /// The last step as the host was answered at the time, as far as it concerns this step.
    pub described: Decision,
    /// As a running case remembers them.
    ids: AnsweredIds,
}

impl<'w> Replay<'w> {
    /// Begins, without anything that may be due at once.
    pub fn start(
        workflow: &'w Workflow,
        at: DateTime,
        facts: &BTreeMap<String, Value>,
        observer: Option<&dyn Observer>,
    ) -> Result<(Self, Arc<StepLog>), Vec<Problem>> {
        let compiled = workflow.compiled();
        let mut problems = Vec::new();
        let admitted = contract::admit_facts(compiled, facts, &mut problems);
        if !problems.is_empty() {
            return Err(problems);
        }
        let time = at.in_zone(&compiled.definition.zone);
        let meter = Meter::call(&compiled.limits);
        let act = step::start(workflow, time, admitted, observer, &meter);
        spent(observer, &meter);
        let act = Arc::new(act.map_err(|problem| vec![problem])?);
        let described = own(Outcome::Started, None, &act);
        let situation = Arc::clone(&act.after);
        Ok((
            Self { workflow, situation, observer: None, described, ids: AnsweredIds::default() },
            act,
        ))
    }

    /// The next step that is due up to a time. A term may also have been tried at that very time, when the host let time
    /// pass.
    pub fn due(&mut self, until: DateTime) -> Result<Option<Arc<StepLog>>, Problem> {
        if let Some(step) = self.before(until)? {
            return Ok(Some(step));
        }
        let time = self.time();
        if time >= until {
            return Ok(None);
        }
        Arc::make_mut(&mut self.situation).time = until;
        let step = self.before(until)?;
        if step.is_none() {
            Arc::make_mut(&mut self.situation).time = time;
        }
        Ok(step)
    }

    /// The step that comes before an event of this time, if there is one.
    pub fn before(&mut self, at: DateTime) -> Result<Option<Arc<StepLog>>, Problem> {
        let meter = Meter::call(&self.workflow.compiled().limits);
        let mut run = self.run(&meter);
        let step = run.next_step(at);
        self.situation = run.situation;
        self.spent(&meter);
        let step = step?;
        let Some(step) = step else { return Ok(None) };
        let acts =
            StepLogs { steps: vec![PendingEntry::Act(Arc::clone(&step))], ..StepLogs::default() };
        self.described = Decision::of(Outcome::Advanced, None, step.at, acts);
        Ok(Some(step))
    }

    /// Answers an event, without what comes before or after it; an answer that leaves no record as it is.
    pub fn event(&mut self, event: &Event, erased: Erased) -> Result<Arc<StepLog>, Box<Decision>> {
        let wrong = |at, problems| {
            let acts = StepLogs { problems, ..StepLogs::default() };
            let name = Some(Arc::from(event.name.as_str()));
            Box::new(Decision::of(Outcome::Error, name, at, acts))
        };
        let compiled = self.workflow.compiled();
        let mut accepted = contract::check(compiled, &self.situation, event)
            .map_err(|problems| wrong(self.time(), problems))?;
        let content = event.id.as_ref().map(|_| ids::content(compiled, &accepted, event));
        if !erased.is_empty() {
            accepted.erased = Some(Box::new(erased));
        }
        let (at, name) = (accepted.current.at, Arc::clone(&accepted.current.name));
        let incoming = Incoming::new(self.workflow, accepted, event);
        let meter = Meter::call(&self.workflow.compiled().limits);
        let mut run = self.run(&meter);
        let act = run.answer(incoming, event.actor.as_ref());
        let situation = run.situation;
        self.spent(&meter);
        let act = act.map_err(|problem| wrong(at, vec![problem]))?;
        self.situation = situation;
        if let (Some(id), Some(content)) = (&event.id, content) {
            let first = FirstAnswer { content, outcome: act.outcome };
            self.ids.insert(id, first, compiled.limits.remembered_ids);
        }
        self.described = own(act.outcome, Some(name), &act);
        Ok(act)
    }

    fn spent(&self, meter: &Meter) {
        spent(self.observer, meter);
    }

    /// Each entry has the budget of a call: it was part of one.
    fn run<'m>(&'m self, meter: &'m Meter) -> Run<'m> {
        let run = Run::new(self.workflow, Arc::clone(&self.situation), meter, describe::put_away);
        run.proving().observed_by(self.observer)
    }

    /// A copy to be gone on with for a step of which not everything is known.
    pub fn under<'x>(&self, observer: &'x dyn Observer) -> Replay<'x>
    where
        'w: 'x,
    {
        Replay {
            workflow: self.workflow,
            situation: Arc::clone(&self.situation),
            observer: Some(observer),
            described: self.described.clone(),
            ids: self.ids.clone(),
        }
    }

    pub fn situation(&self) -> &Situation {
        &self.situation
    }

    pub fn shared(&self) -> &Arc<Situation> {
        &self.situation
    }

    /// To change how it stands.
    pub fn change(&mut self) -> &mut Situation {
        Arc::make_mut(&mut self.situation)
    }

    /// Goes on from a situation that was found otherwise.
    pub fn from(
        workflow: &'w Workflow,
        situation: Situation,
        described: Decision,
        ids: AnsweredIds,
    ) -> Self {
        Self { workflow, situation: Arc::new(situation), observer: None, described, ids }
    }

    /// The ids of events that were answered.
    pub fn ids(&self) -> &AnsweredIds {
        &self.ids
    }

    pub fn time(&self) -> DateTime {
        self.situation.time
    }

    /// Whether a running case would take an event with this id for a repeat.
    pub fn remembers(&self, id: &str) -> bool {
        self.ids.get(id).is_some()
    }

    /// A case that stands where this does. Persons who are not known any more are nobody known in it.
    pub fn case(&self, head: &Head, erased: &Persons) -> Case {
        let mut situation = Arc::clone(&self.situation);
        if erased.is_any() {
            let past = &mut Arc::make_mut(&mut situation).past;
            past.events.forget_who(|id| erased.is_stand_in(id));
        }
        Case {
            workflow: self.workflow.clone(),
            situation,
            ids: self.ids.clone(),
            records: Default::default(),
            head: head.clone(),
        }
    }
}

/// Takes down what an attempt has cost, where more may follow.
fn spent(observer: Option<&dyn Observer>, meter: &Meter) {
    if let Some(doubt) = observer.and_then(Observer::doubt) {
        doubt.spend(meter.used().0);
    }
}

fn own(outcome: Outcome, event: Option<Arc<str>>, act: &Arc<StepLog>) -> Decision {
    let acts = StepLogs { own: Some(Arc::clone(act)), ..StepLogs::default() };
    Decision::of(outcome, event, act.at, acts)
}
