//! A case with its children: one time, one queue, one step at a time, each in one case. The one place that says whose turn it
//! is.
//!
//! The next step is the first of these that there is:
//!
//! 1. From the case of the last step outward: its `always`, if a child of it has moved, then its terms that were tried in
//!    vain.
//! 2. Terms anywhere that are due by now.
//! 3. What was sent anywhere and is due by now, in the order of sending.
//! 4. What is due next.
//!
//! Of terms the earliest comes first; at one instant those of children before those of their parent, sisters in the order
//! of start, and terms before sent events, as in a case alone.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::case::address::{Address, Part, no_case};
use crate::case::answer::Outcome;
use crate::case::birth;
use crate::case::contract::said;
use crate::case::event::Actor;
use crate::case::family::{Status, Wake};
use crate::case::problem;
use crate::case::situation::{Looked, Route, Sent, Situation, Tried};
use crate::case::step::{Counts, Run};
use crate::case::step_log::{CallSteps, Incoming, PendingEntry, PutAway, StepLog, StepTrigger};
use crate::case::terms;
use crate::case::trace::ToParent;
use crate::error::Problem;
use crate::language::problems as say;
use crate::rule::observer::Observer;
use crate::rule::{Current, Meter};
use crate::value::DateTime;
use crate::workflow::Workflow;

/// Steps of one call in a case and its children: they hold together or, where a bound is hit, not at all.
pub(crate) struct Whole<'w> {
    workflow: &'w Workflow,
    /// Of the outermost case. Its time is that of the whole.
    pub situation: Arc<Situation>,
    pub steps: CallSteps,
    /// By case.
    counts: BTreeMap<Arc<str>, Counts>,
    /// Where to look next, the last of these first.
    climbing: Vec<Climb>,
    /// Of the outermost case.
    observer: Option<&'w dyn Observer>,
    /// With what a journal says, even where cases keep none.
    proves: bool,
    meter: &'w Meter,
}

/// A whole between two steps of a call.
#[derive(Debug, Clone, Default)]
pub(crate) struct Pause(Vec<Climb>);

impl Pause {
    /// Behind a step of a case that has come to rest: those around it look, the innermost first.
    pub fn behind(here: &Address) -> Self {
        let around = std::iter::successors(here.parent(), Address::parent);
        let around = around.map(|here| Climb { here, looks: true, outward: false });
        let own = Climb { here: here.clone(), looks: false, outward: false };
        let mut climbing: Vec<Climb> = std::iter::once(own).chain(around).collect();
        climbing.reverse();
        Self(climbing)
    }
}

/// A case that is to be looked at, on the way from the last step outward.
#[derive(Debug, Clone)]
struct Climb {
    here: Address,
    /// Whether a child of it has moved.
    looks: bool,
    /// Whether its parent comes behind it; that of others waits already.
    outward: bool,
}

/// What a case is asked for.
enum Ask<'a> {
    /// Its `always`.
    Look,
    /// A term that is due by then.
    Term(DateTime),
    Sent(Sent),
    Event(Incoming, Option<&'a Actor>),
}

/// What came of it.
struct Asked {
    after: Arc<Situation>,
    /// Whether that was a step.
    is_step: bool,
    inner: Vec<Arc<StepLog>>,
    to_parent: Vec<ToParent>,
    own: Option<Arc<StepLog>>,
}

impl<'w> Whole<'w> {
    pub fn new(
        workflow: &'w Workflow,
        situation: Arc<Situation>,
        meter: &'w Meter,
        put_away: PutAway,
    ) -> Self {
        meter.number_sent(situation.sends.max(meter.sent()));
        Self {
            workflow,
            situation,
            steps: CallSteps::new(put_away),
            counts: BTreeMap::new(),
            climbing: Vec::new(),
            observer: None,
            proves: false,
            meter,
        }
    }

    /// Goes on where it was paused, for whoever goes through a whole step by step.
    pub fn resumed(self, Pause(climbing): Pause) -> Self {
        Self { climbing, proves: true, ..self }
    }

    /// Where it stands between two steps, and those that were taken since it was resumed.
    pub fn paused(mut self) -> (Arc<Situation>, Pause, Vec<PendingEntry>) {
        let sends = self.meter.sent();
        if self.situation.sends != sends {
            Arc::make_mut(&mut self.situation).sends = sends;
        }
        (self.situation, Pause(self.climbing), self.steps.take())
    }

    /// Takes the next step that has an entry, if there is one up to a time.
    pub fn next_entry(&mut self, until: DateTime) -> Result<(), Problem> {
        while self.steps.len() == 0 && self.next_step(until)? {}
        Ok(())
    }

    /// Lets somebody take down how transitions of the outermost case are judged.
    pub fn observed_by(self, observer: Option<&'w dyn Observer>) -> Self {
        Self { observer, ..self }
    }

    /// Behind the start of the outermost case, which has started its children.
    pub fn started(&mut self, act: &StepLog) {
        self.climb_from(Address::default(), &act.inner);
        for inner in &act.inner {
            self.steps.push(PendingEntry::Act(Arc::clone(inner)), self.meter);
        }
    }

    /// The time of the whole.
    fn now(&self) -> DateTime {
        self.situation.time
    }

    /// Lets time pass, after all that is due by then.
    pub fn advance(&mut self, until: DateTime) -> Result<(), Problem> {
        self.settle(until)?;
        if self.situation.time != until {
            Arc::make_mut(&mut self.situation).time = until;
        }
        self.settle(until)
    }

    /// Takes all that is due up to a time, and all that follows.
    pub fn settle(&mut self, until: DateTime) -> Result<(), Problem> {
        while self.next_step(until)? {}
        Arc::make_mut(&mut self.situation).sends = self.meter.sent();
        Ok(())
    }

    /// Takes the next step, if there is one up to a time.
    fn next_step(&mut self, until: DateTime) -> Result<bool, Problem> {
        if self.climb()? {
            return Ok(true);
        }
        loop {
            self.pay()?;
            let wake = Wake::of(self.workflow.compiled(), &self.situation);
            let now = self.now();
            if wake.clock.is_some_and(|tried| tried < now) {
                let is_meant = |wake: &Wake| wake.clock.is_some_and(|tried| tried < now);
                let here = self.find(&is_meant);
                if self.ask(&here, Ask::Term(now))? {
                    return Ok(true);
                }
                self.looked(&here, Tried::all(now))?;
                continue;
            }
            let sent = wake.sent.filter(|(due, _)| *due <= until);
            let term = wake.term.filter(|due| *due <= until);
            match (term, sent) {
                (Some(term), Some((due, _))) if due < term && term > now => {
                    return self.take_sent(sent);
                }
                (None, Some(_)) => return self.take_sent(sent),
                (Some(term), _) => {
                    let here = self.find(&|wake: &Wake| wake.term == Some(term));
                    if self.ask(&here, Ask::Term(term))? {
                        return Ok(true);
                    }
                    self.looked(&here, Tried { until: term, at: term.max(now) })?;
                }
                (None, None) => return Ok(false),
            }
        }
    }

    /// From the case of the last step outward, whatever can be taken there now.
    fn climb(&mut self) -> Result<bool, Problem> {
        while let Some(Climb { here, looks, outward }) = self.climbing.pop() {
            self.pay()?;
            if let Some(outer) = here.parent().filter(|_| outward) {
                self.climbing.push(Climb { here: outer, looks: true, outward: true });
            }
            if looks {
                self.climbing.push(Climb { here: here.clone(), looks: false, outward: false });
                if self.ask(&here, Ask::Look)? {
                    return Ok(true);
                }
            } else if let Some(tried) = self.tried(&here)
                && self.ask(&here, Ask::Term(tried))?
            {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Behind a step: those that it has started and that have started others look first, the innermost first; then the case
    /// itself, and outward.
    fn climb_from(&mut self, here: Address, inner: &[Arc<StepLog>]) {
        let outward = self.climbing.is_empty();
        let born = inner.iter().filter(|act| matches!(act.origin, StepTrigger::Start(_)));
        let born: Vec<&Address> = born.map(|act| &act.case).collect();
        let parents: Vec<Address> = born.iter().filter_map(|born| born.parent()).collect();
        let parents: BTreeSet<&str> = parents.iter().filter_map(Address::text).collect();
        let looks = !born.is_empty();
        self.climbing.push(Climb { here, looks, outward });
        // The last is looked at first: what lies in another was started behind it.
        let (mut open, mut inside_out): (Vec<&Address>, Vec<&Address>) = (Vec::new(), Vec::new());
        for born in born.into_iter().filter(|born| parents.contains(born.text().unwrap_or(""))) {
            while let Some(outer) = open.pop_if(|outer| !born.is_inside(outer)) {
                inside_out.push(outer);
            }
            open.push(born);
        }
        inside_out.extend(open.into_iter().rev());
        for born in inside_out.into_iter().rev() {
            self.climbing.push(Climb { here: born.clone(), looks: true, outward: false });
        }
    }

    /// Up to when terms of a case were tried in vain, where any were.
    fn tried(&self, here: &Address) -> Option<DateTime> {
        let (_, situation) = self.case(here);
        let tried = situation.looked.0?.until;
        let mut terms = situation.terms.iter().filter(|term| term.is_open());
        terms.any(|term| term.due.is_some_and(|due| due <= tried)).then_some(tried)
    }

    /// The first case of those that something is wanted of: children before their parent, in the order of start.
    fn find(&self, wanted: &dyn Fn(&Wake) -> bool) -> Address {
        let mut here = Address::default();
        let (mut workflow, mut situation) = (self.workflow, &*self.situation);
        'down: loop {
            for (invoke, invoked) in (0_u32..).zip(&workflow.compiled().invoked) {
                let brood = situation.family.brood(invoke);
                let Some(children) = brood.and_then(|brood| brood.children.as_ref()) else {
                    continue;
                };
                let Some(number) = children.first(0, wanted) else { continue };
                let Some(child) = children.get(number) else { continue };
                let number = u32::try_from(number).unwrap_or(u32::MAX);
                here = here.join(invoke, number, &invoked.id, &child.key);
                (workflow, situation) = (&invoked.workflow, &child.situation);
                continue 'down;
            }
            return here;
        }
    }

    /// Workflow and situation of a case.
    fn case(&self, here: &Address) -> (&'w Workflow, Arc<Situation>) {
        case(self.workflow, &self.situation, here)
    }

    /// Takes the earliest sent event, wherever it lies.
    fn take_sent(&mut self, sent: Option<(DateTime, u64)>) -> Result<bool, Problem> {
        let here = self.find(&|wake: &Wake| wake.sent == sent);
        let (workflow, situation) = self.case(&here);
        let place = situation.sent.iter().position(|one| Some((one.due, one.order)) == sent);
        let Some(sent) = place.and_then(|place| situation.sent.get(place)).cloned() else {
            return Ok(false);
        };
        match sent.to.clone() {
            Route::Own | Route::Received => {
                self.put_sent(&here, sent.order, None)?;
                self.ask(&here, Ask::Sent(sent))
            }
            Route::Child { invoke, key } => {
                self.put_sent(&here, sent.order, None)?;
                let brood = situation.family.brood(invoke);
                let number = brood.and_then(|brood| brood.keys.get(&key).copied());
                let Some(number) = number else { return self.missed(&here, invoke, &key, &sent) };
                self.pass_on(workflow, &here, (invoke, number, &key), sent)
            }
            Route::Children { invoke, next, end, round } => {
                let brood = situation.family.brood(invoke).filter(|brood| brood.round == round);
                let children = brood.and_then(|brood| brood.children.as_ref());
                let end = end.or_else(|| children.map(|all| all.len() as u32)).unwrap_or(0);
                let number =
                    children.and_then(|all| all.first(next as usize, |wake| wake.active > 0));
                let number = number.and_then(|number| u32::try_from(number).ok());
                let number = number.filter(|number| *number < end);
                let found = number.and_then(|number| Some((number, brood?.get(number)?)));
                let Some((number, child)) = found else {
                    // All have received it: nothing else happens.
                    self.put_sent(&here, sent.order, None)?;
                    return Ok(true);
                };
                let next = number.saturating_add(1);
                let to = Route::Children { invoke, next, end: Some(end), round };
                self.put_sent(&here, sent.order, Some(Sent { to, ..sent.clone() }))?;
                self.pass_on(workflow, &here, (invoke, number, &child.key), sent)
            }
        }
    }

    /// Gives a child what its parent sent.
    fn pass_on(
        &mut self,
        workflow: &Workflow,
        parent: &Address,
        (invoke, number, key): (u32, u32, &str),
        sent: Sent,
    ) -> Result<bool, Problem> {
        let id = workflow.compiled().invoked.get(invoke as usize).map(|invoked| &*invoked.id);
        let there = parent.join(invoke, number, id.unwrap_or_default(), key);
        self.ask(&there, Ask::Sent(Sent { to: Route::Received, ..sent }))
    }

    /// An event for a child that there is not: told as one that nobody expects.
    fn missed(
        &mut self,
        here: &Address,
        invoke: u32,
        key: &str,
        sent: &Sent,
    ) -> Result<bool, Problem> {
        let (workflow, situation) = self.case(here);
        let id = workflow.compiled().invoked.get(invoke as usize).map(|invoked| &*invoked.id);
        let there = here.join(invoke, u32::MAX, id.unwrap_or_default(), key);
        let (due, data) = (sent.due, sent.data.clone());
        let at = situation.time;
        let event = Current { name: Arc::clone(&sent.event), actor: None, at, data };
        let sides = [Arc::clone(&situation), situation];
        let origin = StepTrigger::Sent { event, due };
        let act = StepLog::new(workflow, origin, Outcome::NotExpected, at, sides);
        self.steps.push(PendingEntry::Act(Arc::new(StepLog { case: there, ..act })), self.meter);
        Ok(true)
    }

    /// Takes a sent event out of those that wait in a case, or puts another in its place.
    fn put_sent(&mut self, here: &Address, order: u64, other: Option<Sent>) -> Result<(), Problem> {
        let (_, situation) = self.case(here);
        let mut after = Situation::clone(&situation);
        let waiting = after.sent.change();
        if let Some(place) = waiting.iter().position(|sent| sent.order == order) {
            match other {
                Some(other) => waiting.splice(place..=place, [other]).for_each(drop),
                None => _ = waiting.remove(place),
            }
        }
        self.put(here, Arc::new(after), &[])
    }

    /// Notes which terms of a case were tried in vain. Those that are due later than these, and have come too, are yet to be
    /// tried: between them may lie terms of other cases.
    fn looked(&mut self, here: &Address, tried: Tried) -> Result<(), Problem> {
        let (_, situation) = self.case(here);
        let looked = Looked(Some(tried));
        self.put(here, Arc::new(Situation { looked, ..Situation::clone(&situation) }), &[])
    }

    /// Answers an event from outside that keeps the contract, at a case.
    pub fn answer(
        &mut self,
        here: &Address,
        incoming: Incoming,
        actor: Option<&Actor>,
    ) -> Result<Arc<StepLog>, Problem> {
        let asked = self.asked(here, Ask::Event(incoming, actor))?;
        let own = asked.own.clone();
        self.take_in(here, asked)?;
        // An event has an act, whatever is answered.
        own.ok_or_else(no_case)
    }

    /// Asks a case for a step. Whether it took one.
    fn ask(&mut self, here: &Address, ask: Ask) -> Result<bool, Problem> {
        let asked = self.asked(here, ask)?;
        let is_step = asked.is_step;
        if is_step {
            self.take_in(here, asked)?;
        }
        Ok(is_step)
    }

    /// What a case answers; it is not changed yet.
    fn asked(&mut self, here: &Address, ask: Ask) -> Result<Asked, Problem> {
        let (workflow, situation) = self.case(here);
        let situation = at(workflow, situation, self.now());
        let name: Arc<str> = Arc::from(here.text().unwrap_or_default());
        let counts = self.counts.remove(&name).unwrap_or_default();
        let observer =
            self.observer.filter(|observer| here.parts().is_empty() || observer.sees_children());
        let run = Run::new(workflow, situation, self.meter, self.steps.put_away);
        let mut run = run.part(here.clone(), counts).observed_by(observer);
        if self.proves {
            run = run.proving();
        }
        let mut own = None;
        let is_step = match ask {
            Ask::Look => run.look()?,
            Ask::Term(until) => run.take_due_term(until)?,
            Ask::Sent(sent) => {
                run.take_sent(sent)?;
                true
            }
            Ask::Event(incoming, actor) => {
                own = Some(run.answer(incoming, actor)?);
                true
            }
        };
        let after = Arc::clone(&run.situation);
        let to_parent = std::mem::take(&mut run.to_parent);
        let inner = std::mem::take(&mut run.inner);
        run.steps.take().into_iter().for_each(|entry| self.steps.push(entry, self.meter));
        self.counts.insert(name, run.counted());
        Ok(Asked { after, is_step, inner, to_parent, own })
    }

    /// Puts what came of a step into the whole, and goes on from there.
    fn take_in(&mut self, here: &Address, asked: Asked) -> Result<(), Problem> {
        let Asked { after, inner, to_parent, own, is_step: _ } = asked;
        let is_refused = own.as_ref().is_some_and(|act| act.outcome != Outcome::Moved);
        self.put(here, after, &to_parent)?;
        if let Some(own) = own.as_ref().filter(|_| !is_refused) {
            self.remember(here, own)?;
        }
        if let Some(own) = &own {
            for inner in &own.inner {
                self.steps.push(PendingEntry::Act(Arc::clone(inner)), self.meter);
            }
        }
        if !is_refused {
            self.climb_from(here.clone(), &inner);
        }
        let most = self.workflow.compiled().limits.children;
        if self.situation.family.cases() > most {
            let message = said(&say::CHILDREN, [most.to_string()]);
            return Err(Problem::said("limit-children", message));
        }
        Ok(())
    }

    /// Lets a parent remember who sent an event to a child, where it asks for that (`not_by` of `boards/report`).
    pub fn remember(&mut self, here: &Address, own: &StepLog) -> Result<(), Problem> {
        let (Some(parent), Some(last)) = (here.parent(), here.parts().last()) else {
            return Ok(());
        };
        let (workflow, situation) = self.case(&parent);
        let compiled = workflow.compiled();
        let id = compiled.invoked.get(last.invoke as usize).map(|invoked| &invoked.id);
        let (Some(id), Some(event)) = (id, own.event()) else { return Ok(()) };
        let name = format!("{id}/{}", event.name);
        let Some(kept) = compiled.remembered.kept_of_child(&name) else { return Ok(()) };
        let mut after = Situation::clone(&situation);
        let most = compiled.limits.remembered_persons;
        let (time, actor) = (self.now(), event.actor.as_ref());
        if after.past.events.happen_in_child(kept, time, actor, most).is_err() {
            let problem = said(&say::PERSONS, [most.to_string()]);
            return Err(Problem::said("limit-remembered-persons", problem));
        }
        self.put(&parent, Arc::new(after), &[])
    }

    /// Puts a case in its place again, with what it has sent to its parent. Cost: logarithmic in the number of its sisters.
    pub fn put(
        &mut self,
        here: &Address,
        after: Arc<Situation>,
        to_parent: &[ToParent],
    ) -> Result<(), Problem> {
        let time = after.time.max(self.situation.time);
        self.situation =
            self.placed(self.workflow, &self.situation, here.parts(), after, to_parent)?;
        if self.situation.time != time {
            let zone = &self.workflow.compiled().definition.zone;
            Arc::make_mut(&mut self.situation).time = time.in_zone(zone);
        }
        Ok(())
    }

    /// Calls itself once for each level, of which there are few.
    fn placed(
        &self,
        workflow: &Workflow,
        situation: &Situation,
        way: &[Part],
        after: Arc<Situation>,
        to_parent: &[ToParent],
    ) -> Result<Arc<Situation>, Problem> {
        let Some((Part { invoke, number }, rest)) = way.split_first() else { return Ok(after) };
        let compiled = workflow.compiled();
        let invoked = compiled.invoked.get(*invoke as usize);
        let child = situation.family.child(*invoke, *number);
        let Some((invoked, child)) = invoked.zip(child) else {
            return Err(no_case());
        };
        let fault = |fault| problem::fault(compiled, &fault);
        let inner = self.placed(&invoked.workflow, &child.situation, rest, after, to_parent)?;
        let time = inner.time.max(situation.time).in_zone(&compiled.definition.zone);
        let moved = child.moved(invoked, inner, self.meter).map_err(fault)?;
        let mut changed = Situation { time, ..Situation::clone(situation) };
        // What was put aside here may be answered otherwise now.
        if moved.record != child.record && !changed.aside.is_empty() {
            terms::take_back(&mut changed);
        }
        if rest.is_empty() && child.status == Status::Active {
            birth::deliver(compiled, invoked, &mut changed, &moved, to_parent, self.meter)
                .map_err(fault)?;
        }
        let is_seen = moved.record != child.record;
        if let Some(brood) = changed.family.change(*invoke) {
            brood.set(*number as usize, moved);
        }
        // A date may follow from what is seen of children.
        if is_seen && !changed.ended && terms::follow_children(compiled, &changed) {
            terms::refresh(compiled, Some(situation), &mut changed, None, self.meter)
                .map_err(fault)?;
        }
        Ok(Arc::new(changed))
    }

    /// Every turn is work. An error where the call is at its end.
    fn pay(&self) -> Result<(), Problem> {
        const TURN: u64 = 4;
        self.meter.spend(TURN);
        let compiled = self.workflow.compiled();
        self.meter.fault().map_or(Ok(()), |fault| Err(problem::fault(compiled, &fault)))
    }
}

/// A case as it stands at the time of the whole, which may be later than its own last step.
pub(crate) fn at(workflow: &Workflow, situation: Arc<Situation>, now: DateTime) -> Arc<Situation> {
    if situation.time >= now {
        return situation;
    }
    let time = now.in_zone(&workflow.compiled().definition.zone);
    Arc::new(Situation { time, ..Situation::clone(&situation) })
}

/// Workflow and situation of a case; of the last one on the way that there is.
pub(crate) fn case<'w>(
    workflow: &'w Workflow,
    outermost: &Arc<Situation>,
    here: &Address,
) -> (&'w Workflow, Arc<Situation>) {
    let (mut workflow, mut situation) = (workflow, outermost);
    for Part { invoke, number } in here.parts() {
        let invoked = workflow.compiled().invoked.get(*invoke as usize);
        let child = situation.family.child(*invoke, *number);
        let Some((invoked, child)) = invoked.zip(child) else { break };
        (workflow, situation) = (&invoked.workflow, &child.situation);
    }
    (workflow, Arc::clone(situation))
}

/// When something will be due in any of the cases that is not due yet.
pub(crate) fn next_deadline(situation: &Situation) -> Option<DateTime> {
    let broods = situation.family.broods().iter().filter_map(|brood| brood.children.as_ref());
    let wakes = broods.map(|children| children.summary());
    let inner = wakes.flat_map(|wake| wake.term.into_iter().chain(wake.sent.map(|(due, _)| due)));
    let inner = inner.filter(|due| *due > situation.time);
    terms::next_deadline(situation).into_iter().chain(inner).min()
}
