//! One case of a whole gone through by itself, and put back where it lies.

use std::sync::Arc;

use super::{Place, Replay, keep};
use crate::case::address::{Address, Part};
use crate::case::birth::key_of;
use crate::case::entries::Head;
use crate::case::family::{Child, Status};
use crate::case::ids::AnsweredIds;
use crate::case::situation::{Route, Sent, Situation};
use crate::case::step_log::{PendingEntry, StepLog};
use crate::case::trace::ToParent;
use crate::case::whole::{self, Pause, Whole};
use crate::error::Problem;
use crate::rule::Meter;
use crate::rule::doubt::Persons;
use crate::value::{DateTime, Value};

impl<'w> Replay<'w> {
    /// One of the cases by itself, with what it has sent to itself or received; `None` where there is none.
    pub fn apart(&self, address: &str) -> Option<Self> {
        let here = match address {
            "" => Address::OUTERMOST,
            address => Address::find(self.workflow, &self.situation, address).ok()?,
        };
        let (workflow, situation) = whole::case(self.workflow, &self.situation, &here);
        let mut situation = whole::at(workflow, situation, self.time());
        if situation.sent.iter().any(goes_to_children) {
            let own = Arc::make_mut(&mut situation);
            own.sent.change().retain(|sent| !goes_to_children(sent));
        }
        let place = Place { here, sends: self.situation.sends };
        Some(Self {
            workflow,
            situation,
            observer: None,
            described: self.described.clone(),
            ids: self.ids.clone(),
            pause: Default::default(),
            inside: Default::default(),
            place: Some(place),
        })
    }

    /// Where in a whole it is.
    pub fn place(&self) -> Option<&Place> {
        self.place.as_ref()
    }

    /// The next step that is due up to a time, or without a name a look at its children.
    pub fn step(&mut self, until: DateTime, name: &str) -> Result<Option<Arc<StepLog>>, Problem> {
        // Of what has ended nothing falls due; but it is told what was sent to it.
        let is_told = |sent: &Sent| *sent.event == *name && sent.due <= until;
        let told = self.situation.sent.iter().position(is_told);
        let told = told.filter(|_| self.situation.ended);
        if self.place.is_none() || !(name.is_empty() || told.is_some()) {
            return self.due(until);
        }
        if self.situation.time < until {
            Arc::make_mut(&mut self.situation).time = until;
        }
        let told = told.map(|place| self.change().sent.change().remove(place));
        let meter = Meter::call(&self.workflow.compiled().limits);
        let mut run = self.run(&meter);
        let found = match told {
            Some(sent) => run.take_sent(sent).map(|()| true),
            None => run.look(),
        };
        let entry = run.steps.pop_first();
        self.situation = run.situation;
        self.counts(&meter);
        found?;
        let step = entry.and_then(|entry| match entry {
            PendingEntry::Act(act) => Some(act),
            PendingEntry::Told(_) | PendingEntry::Packed(..) => None,
        });
        step.iter().for_each(|step| self.tells(step));
        Ok(step)
    }

    /// Puts a case back, as it stands behind a step of its own: with what it has sent to children before, and to its
    /// parent; `own` is an event from outside that it accepted.
    pub fn put(
        &mut self,
        here: &Address,
        situation: Situation,
        sends: u64,
        to_parent: &[ToParent],
        own: Option<&StepLog>,
    ) -> Result<(), Problem> {
        let (_, before) = whole::case(self.workflow, &self.situation, here);
        let mut situation = situation;
        let waiting = before.sent.iter().filter(|sent| goes_to_children(sent));
        let waiting: Vec<Sent> = waiting.filter(|_| !situation.ended).cloned().collect();
        if !waiting.is_empty() {
            let sent = situation.sent.change();
            sent.extend(waiting);
            sent.sort_by_key(|sent| sent.order);
        }
        self.change().sends = sends.max(self.situation.sends);
        let meter = Meter::call(&self.workflow.compiled().limits);
        let mut whole = self.whole(&meter);
        whole.put(here, Arc::new(situation), to_parent)?;
        if let Some(own) = own {
            whole.remember(here, own)?;
        }
        let (situation, pause, _) = whole.paused();
        (self.situation, self.pause) = (situation, pause);
        Ok(())
    }

    /// Takes out of what waits in a parent an event for one of its children, if it is there: as the child receives it.
    pub fn fetch(&mut self, child: &Address, event: &str, due: DateTime) -> Option<Sent> {
        let parent = child.parent()?;
        let Part { invoke, number } = *child.parts().last()?;
        let key = child.text()?.rsplit('/').next()?;
        let (_, situation) = whole::case(self.workflow, &self.situation, &parent);
        let brood = situation.family.brood(invoke);
        let is_meant = |sent: &Sent| {
            *sent.event == *event
                && sent.due == due
                && match &sent.to {
                    Route::Own | Route::Received => false,
                    Route::Child { invoke: to, key: other } => *to == invoke && **other == *key,
                    Route::Children { invoke: to, next, end, round } => {
                        *to == invoke
                            && brood.is_some_and(|brood| brood.round == *round)
                            && *next <= number
                            && end.is_none_or(|end| number < end)
                    }
                }
        };
        let place = situation.sent.iter().position(is_meant)?;
        let sent = situation.sent.get(place)?.clone();
        let mut after = Situation::clone(&situation);
        let waiting = after.sent.change();
        match sent.to.clone() {
            Route::Children { invoke, end, round, .. } => {
                let children = brood.and_then(|brood| brood.children.as_ref());
                let end = end.or_else(|| children.map(|all| all.len() as u32));
                let to = Route::Children { invoke, next: number.saturating_add(1), end, round };
                if let Some(known) = waiting.get_mut(place) {
                    known.to = to;
                }
            }
            _ => drop(waiting.remove(place)),
        }
        let meter = Meter::call(&self.workflow.compiled().limits);
        let mut whole = Whole::new(self.workflow, Arc::clone(&self.situation), &meter, keep);
        whole.put(&parent, Arc::new(after), &[]).ok()?;
        self.situation = whole.paused().0;
        Some(Sent { to: Route::Received, ..sent })
    }

    /// Takes out of what waits in a parent an event for a child that is not there. Whether it waited.
    pub fn drops(&mut self, parent: &str, id: &str, key: &str, event: &str, due: DateTime) -> bool {
        let here = match parent {
            "" => Ok(Address::OUTERMOST),
            parent => Address::find(self.workflow, &self.situation, parent),
        };
        let Ok(here) = here else { return false };
        let (workflow, situation) = whole::case(self.workflow, &self.situation, &here);
        let invoked = &workflow.compiled().invoked;
        let is_meant = |sent: &Sent| {
            let Route::Child { invoke, key: other } = &sent.to else { return false };
            let to = invoked.get(*invoke as usize);
            *sent.event == *event
                && sent.due == due
                && **other == *key
                && to.is_some_and(|to| *to.id == *id)
        };
        let Some(place) = situation.sent.iter().position(is_meant) else { return false };
        let mut after = Situation::clone(&situation);
        drop(after.sent.change().remove(place));
        let meter = Meter::call(&self.workflow.compiled().limits);
        let mut whole = Whole::new(self.workflow, Arc::clone(&self.situation), &meter, keep);
        let put = whole.put(&here, Arc::new(after), &[]);
        self.situation = whole.paused().0;
        put.is_ok()
    }

    /// A copy of a whole whose cases were gone through each by itself, to be gone on with: behind a step of `last`, with what
    /// that did and has no entry yet. Persons who are not known any more are nobody known in it.
    pub fn together<'p>(
        &self,
        last: &str,
        inside: &std::collections::VecDeque<Arc<StepLog>>,
        persons: impl Iterator<Item = (&'p str, &'p Persons)>,
    ) -> Option<Self> {
        let mut again = self.copied();
        for (case, persons) in persons.filter(|(_, persons)| persons.is_any()) {
            // One that is gone has nothing left to forget.
            let Some(part) = again.apart(case) else { continue };
            let mut situation = Situation::clone(part.situation());
            situation.past.events.forget_who(|id| persons.is_stand_in(id));
            let here = part.place.map(|place| place.here).unwrap_or_default();
            let sends = again.situation.sends;
            again.put(&here, situation, sends, &[], None).ok()?;
        }
        again.inside.extend(inside.iter().cloned());
        let here = match last {
            "" => Address::OUTERMOST,
            last => Address::find(self.workflow, &again.situation, last).unwrap_or_default(),
        };
        again.pause = Pause::behind(&here);
        Some(again)
    }

    /// The addresses of the child cases.
    pub fn addresses(&self) -> Vec<String> {
        let case = self.case(&Head::before_all(), &Persons::default());
        case.addresses()
    }

    /// Whether a child ought to begin now that has not: its list says so, now that it is known what was put into it.
    pub fn ought(&self, place: &Place) -> bool {
        let Some(Part { invoke, .. }) = place.here.parts().last().copied() else { return false };
        let Some(key) = place.here.text().and_then(|text| text.rsplit('/').next()) else {
            return false;
        };
        let parent = place.here.parent().unwrap_or_default();
        let (workflow, situation) = whole::case(self.workflow, &self.situation, &parent);
        let Some(invoked) = workflow.compiled().invoked.get(invoke as usize) else { return false };
        let brood = situation.family.brood(invoke);
        let is_there = brood.is_some_and(|brood| brood.keys.contains_key(key));
        let is_listed = match invoked.each.map(|each| situation.fact(each)) {
            Some(Some(Value::List(items))) => {
                items.iter().any(|item| key_of(item).is_some_and(|known| *known == *key))
            }
            _ => false,
        };
        situation.is_active(invoked.state) && !is_there && is_listed
    }

    /// Where a child would be that begins now; `None` where its parent is not there.
    pub fn place_for(&self, address: &str) -> Option<Place> {
        let sends = self.situation.sends;
        if let Ok(here) = Address::find(self.workflow, &self.situation, address) {
            return Some(Place { here, sends });
        }
        let mut parts = address.rsplitn(3, '/');
        let (key, id) = (parts.next()?, parts.next()?);
        let parent = match parts.next() {
            None => Address::OUTERMOST,
            Some(parent) => Address::find(self.workflow, &self.situation, parent).ok()?,
        };
        let (workflow, situation) = whole::case(self.workflow, &self.situation, &parent);
        let invoke = workflow.compiled().invoked.iter().position(|one| *one.id == *id)?;
        let invoke = u32::try_from(invoke).ok()?;
        let children = situation.family.brood(invoke)?.children.as_ref();
        let number = u32::try_from(children.map_or(0, |all| all.len())).ok()?;
        Some(Place { here: parent.join(invoke, number, id, key), sends })
    }

    /// Puts a child where it begins, or in the place of one that was thought to have begun there.
    pub fn begin(
        &mut self,
        Place { here, sends }: &Place,
        situation: Situation,
        to_parent: &[ToParent],
    ) -> Result<(), Problem> {
        let there = |problem: Option<()>| problem.ok_or_else(crate::case::address::no_case);
        let parent = there(here.parent().map(|_| ())).map(|()| here.parent())?.unwrap_or_default();
        let Some(Part { invoke, number }) = here.parts().last().copied() else {
            return Err(crate::case::address::no_case());
        };
        let (workflow, around) = whole::case(self.workflow, &self.situation, &parent);
        if around.family.child(invoke, number).is_none() {
            let invoked = workflow.compiled().invoked.get(invoke as usize);
            let Some(invoked) = invoked else { return Err(crate::case::address::no_case()) };
            let key: Arc<str> =
                here.text().and_then(|text| text.rsplit('/').next()).unwrap_or("").into();
            let meter = Meter::call(&self.workflow.compiled().limits);
            // The item is looked for by its key where the list is known, and else is as good as that.
            let item = invoked.each.map(|each| match around.fact(each) {
                Some(Value::List(items)) => {
                    items.iter().find(|item| key_of(item).as_ref() == Some(&key)).cloned()
                }
                _ => None,
            });
            let item = item.map(|item| item.unwrap_or_else(|| Value::Text(Arc::clone(&key))));
            let begun = Arc::new(situation.clone());
            let child = Child::restored(invoked, key, item, Status::Active, begun, &meter);
            let child =
                child.map_err(|fault| crate::case::problem::fault(workflow.compiled(), &fault))?;
            let mut after = Situation::clone(&around);
            if let Some(brood) = after.family.change(invoke) {
                brood.push(child);
            }
            let mut whole = Whole::new(self.workflow, Arc::clone(&self.situation), &meter, keep);
            whole.put(&parent, Arc::new(after), &[])?;
            self.situation = whole.paused().0;
        }
        self.put(here, situation, *sends, to_parent, None)
    }

    /// What was answered by now.
    pub fn answered(&mut self, ids: AnsweredIds) {
        self.ids = ids;
    }

    /// What the steps of a whole did besides that have no entry yet.
    pub fn take_inside(&mut self) -> std::collections::VecDeque<Arc<StepLog>> {
        std::mem::take(&mut self.inside)
    }
}

fn goes_to_children(sent: &Sent) -> bool {
    matches!(sent.to, Route::Child { .. } | Route::Children { .. })
}
