//! A case gone through once more, step by step, from what was written down about it.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use crate::case::Case;
use crate::case::address::Address;
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
use crate::case::whole::{self, Pause, Whole};
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
    /// Of a whole: where it goes on, and what the last step did in other cases, which has entries of its own.
    pause: Pause,
    inside: VecDeque<Arc<StepLog>>,
}

/// Steps stay as they are: one entry is told after the other.
fn keep(_: &mut PendingEntry) -> (u64, u64) {
    (0, 0)
}

fn logged(entries: Vec<PendingEntry>) -> impl Iterator<Item = Arc<StepLog>> {
    entries.into_iter().filter_map(|entry| match entry {
        PendingEntry::Act(act) => Some(act),
        PendingEntry::Told(_) | PendingEntry::Packed(..) => None,
    })
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
        meter.number_sent_of(workflow.is_whole());
        let act = step::start(workflow, time, admitted, observer, &meter);
        spent(observer, &meter);
        let act = Arc::new(act.map_err(|problem| vec![problem])?);
        let described = own(Outcome::Started, None, &act);
        let mut this = Self {
            workflow,
            situation: Arc::clone(&act.after),
            observer: None,
            described,
            ids: AnsweredIds::default(),
            pause: Pause::default(),
            inside: VecDeque::new(),
        };
        if workflow.is_whole() {
            let mut whole = Whole::new(workflow, Arc::clone(&act.after), &meter, keep);
            whole.started(&act);
            let (situation, pause, entries) = whole.paused();
            (this.situation, this.pause) = (situation, pause);
            this.inside.extend(logged(entries));
        }
        Ok((this, act))
    }

    /// What the last step did in another case: a child that has started, or was stopped.
    pub fn inside(&mut self) -> Option<Arc<StepLog>> {
        let act = self.inside.pop_front()?;
        self.tells(&act);
        Some(act)
    }

    fn tells(&mut self, step: &Arc<StepLog>) {
        let acts =
            StepLogs { steps: vec![PendingEntry::Act(Arc::clone(step))], ..StepLogs::default() };
        self.described = Decision::of(Outcome::Advanced, None, step.at, acts);
    }

    /// The next step that is due up to a time. A term may also have been tried at that very time, when the host let time
    /// pass.
    pub fn due(&mut self, until: DateTime) -> Result<Option<Arc<StepLog>>, Problem> {
        if let Some(step) = self.before(until)? {
            return Ok(Some(step));
        }
        if self.time() >= until {
            return Ok(None);
        }
        let before = (Arc::clone(&self.situation), self.pause.clone());
        Arc::make_mut(&mut self.situation).time = until;
        let step = self.before(until)?;
        if step.is_none() {
            (self.situation, self.pause) = before;
        }
        Ok(step)
    }

    /// The step that comes before an event of this time, if there is one.
    pub fn before(&mut self, at: DateTime) -> Result<Option<Arc<StepLog>>, Problem> {
        if let Some(step) = self.inside() {
            return Ok(Some(step));
        }
        let meter = Meter::call(&self.workflow.compiled().limits);
        if self.workflow.is_whole() {
            let mut whole = self.whole(&meter);
            let found = whole.next_entry(at);
            self.pauses(whole.paused());
            self.spent(&meter);
            return found.map(|()| self.inside());
        }
        let mut run = self.run(&meter);
        let step = run.next_step(at);
        self.situation = run.situation;
        self.spent(&meter);
        let step = step?;
        step.iter().for_each(|step| self.tells(step));
        Ok(step)
    }

    fn whole<'m>(&'m self, meter: &'m Meter) -> Whole<'m> {
        let whole = Whole::new(self.workflow, Arc::clone(&self.situation), meter, keep);
        whole.observed_by(self.observer).resumed(self.pause.clone())
    }

    fn pauses(&mut self, (situation, pause, entries): (Arc<Situation>, Pause, Vec<PendingEntry>)) {
        (self.situation, self.pause) = (situation, pause);
        self.inside.extend(logged(entries));
    }

    /// Answers an event, without what comes before or after it; an answer that leaves no record as it is.
    pub fn event(&mut self, event: &Event, erased: Erased) -> Result<Arc<StepLog>, Box<Decision>> {
        let wrong = |at, problems| {
            let acts = StepLogs { problems, ..StepLogs::default() };
            let name = Some(Arc::from(event.name.as_str()));
            Box::new(Decision::of(Outcome::Error, name, at, acts))
        };
        let here = match event.to.as_deref() {
            None | Some("") => Address::default(),
            Some(to) => Address::find(self.workflow, &self.situation, to)
                .map_err(|problem| wrong(self.time(), vec![problem]))?,
        };
        let (workflow, situation) = whole::case(self.workflow, &self.situation, &here);
        let situation = whole::at(workflow, situation, self.time());
        let compiled = workflow.compiled();
        let mut accepted = contract::check(compiled, &situation, event)
            .map_err(|problems| wrong(self.time(), problems))?;
        let content = event.id.as_ref().map(|_| ids::content(compiled, &accepted, event));
        if !erased.is_empty() {
            accepted.erased = Some(Box::new(erased));
        }
        let (at, name) = (accepted.current.at, Arc::clone(&accepted.current.name));
        let incoming = Incoming::new(workflow, accepted, event);
        let meter = Meter::call(&self.workflow.compiled().limits);
        let act = if self.workflow.is_whole() {
            let mut whole = self.whole(&meter);
            let act = whole.answer(&here, incoming, event.actor.as_ref());
            let after = whole.paused();
            self.spent(&meter);
            let act = act.map_err(|problem| wrong(at, vec![problem]))?;
            self.pauses(after);
            act
        } else {
            let mut run = self.run(&meter);
            let act = run.answer(incoming, event.actor.as_ref());
            let situation = run.situation;
            self.spent(&meter);
            let act = act.map_err(|problem| wrong(at, vec![problem]))?;
            self.situation = situation;
            act
        };
        if let (Some(id), Some(content)) = (&event.id, content) {
            let first = FirstAnswer { content, outcome: act.outcome };
            self.ids.insert(id, first, self.workflow.compiled().limits.remembered_ids);
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
            pause: self.pause.clone(),
            inside: self.inside.clone(),
        }
    }

    fn copied(&self) -> Self {
        Self {
            workflow: self.workflow,
            situation: Arc::clone(&self.situation),
            observer: None,
            described: self.described.clone(),
            ids: self.ids.clone(),
            pause: self.pause.clone(),
            inside: self.inside.clone(),
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
        Self {
            workflow,
            situation: Arc::new(situation),
            observer: None,
            described,
            ids,
            pause: Pause::default(),
            inside: VecDeque::new(),
        }
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

    /// Where it stands when all has been done that has no entry; `None` in the midst of the steps of a whole, of which the
    /// next follows at this very time.
    pub fn at_rest(&self) -> Option<Self> {
        let mut again = self.copied();
        let amidst = self.workflow.is_whole() && !matches!(again.before(self.time()), Ok(None));
        (!amidst).then_some(again)
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
