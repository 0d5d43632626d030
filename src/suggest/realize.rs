//! From facts that would do to a case that has them: with the event itself, by what came before, at the start, by other
//! events, by waiting, or placed.

use super::explore::{Cue, Explorer, Reached, Realizing};
use super::solve::{Point, carries};
use super::trace::{Action, Trace};
use crate::case::Case;
use crate::case::contract;
use crate::case::describe;
use crate::case::event::{Actor, Event};
use crate::case::situation::Term;
use crate::definition::model::EventDecl;
use crate::partition::samples::Palette;
use crate::table::{StateId, TransitionId};
use crate::value::{DateTime, Duration, Value};

impl<'w> Explorer<'w> {
    /// Brings a case to where the values are as they should be: with the event itself, else with what came before, at the
    /// start, by another event, or as a last resort by placing it there.
    pub(super) fn realize(
        &mut self,
        case: &Case,
        trace: &Trace,
        wanted: &Realizing,
    ) -> Option<Reached> {
        let changes = self.changes(case, wanted.point);
        let mut carried: Vec<(String, Value)> = Vec::new();
        let mut others: Vec<(String, Option<Value>)> = Vec::new();
        let governs = self.governs(wanted.target.event.as_deref());
        for (name, value) in changes.clone() {
            match value {
                Some(value) if carries(governs, &name) => carried.push((name, value)),
                value => others.push((name, value)),
            }
        }
        if others.is_empty()
            && let Some(reached) = self.finish(trace, case, &carried, wanted)
        {
            return Some(reached);
        }
        if !others.is_empty() || matches!(wanted.cue, Cue::Inside) {
            let all = if matches!(wanted.cue, Cue::Inside) { &changes } else { &others };
            // By what came before, or at the start; what actions made of it is then corrected once.
            let mut earlier = trace.clone();
            for (name, value) in all {
                earlier.set(name, value.as_ref());
            }
            for _ in 0..2 {
                let Some(played) = self.run(&earlier) else { break };
                if matches!(wanted.cue, Cue::Inside) && played.coverage.has(wanted.goal) {
                    return Some((earlier, played));
                }
                if let Some(reached) = self.finish(&earlier, &played.case, &carried, wanted) {
                    return Some(reached);
                }
                if !correct(&mut earlier, &played.case, all) {
                    break;
                }
            }
            if let Some(reached) = self.report_first(case, trace, all, &carried, wanted) {
                return Some(reached);
            }
        }
        if !wanted.anyhow || matches!(wanted.cue, Cue::Inside) {
            return None;
        }
        let mut placed = Trace::placed(case);
        for (name, value) in &others {
            placed.set(name, value.as_ref());
        }
        let played = self.run(&placed)?;
        self.finish(&placed, &played.case, &carried, wanted)
    }

    fn governs(&self, event: Option<&str>) -> Option<&'w EventDecl> {
        event.and_then(|name| contract::governing(self.workflow.compiled(), name))
    }

    /// Lets other events report facts before.
    fn report_first(
        &mut self,
        case: &Case,
        trace: &Trace,
        facts: &[(String, Option<Value>)],
        carried: &[(String, Value)],
        wanted: &Realizing,
    ) -> Option<Reached> {
        let compiled = self.workflow.compiled();
        let mut longer = trace.clone();
        let mut left: Vec<(String, Value)> = Vec::new();
        for (name, value) in facts {
            left.push((name.clone(), value.clone()?));
        }
        let mut case = case.clone();
        while let Some((first, _)) = left.first().cloned() {
            let names = describe::expected(compiled, case.situation());
            let states: Vec<String> = case.states().into_iter().map(str::to_owned).collect();
            let mut done = None;
            for event in names {
                let governs = self.governs(Some(&event));
                if !carries(governs, &first) {
                    continue;
                }
                let own: Vec<(String, Value)> =
                    left.iter().filter(|(name, _)| carries(governs, name)).cloned().collect();
                let fired =
                    self.event(&case, &event, self.anybody(&event, governs), &own, None, None);
                let next = longer.with(Action::Fire(Box::new(fired)));
                if let Some(played) = self.run(&next) {
                    if played.coverage.has(wanted.goal) {
                        return Some((next, played));
                    }
                    let moved = played.decisions.last().is_some_and(crate::Decision::is_moved);
                    if moved && played.states.last() == Some(&states) {
                        done = Some((next, played, own));
                        break;
                    }
                }
            }
            let (next, played, own) = done?;
            left.retain(|(name, _)| !own.iter().any(|(done, _)| done == name));
            (longer, case) = (next, played.case);
        }
        self.finish(&longer, &case, carried, wanted)
    }

    /// The role that an event asks for, first of all; somebody where it must be known who sends it.
    fn anybody(&self, event: &str, governs: Option<&EventDecl>) -> Option<Actor> {
        let by = governs.and_then(|found| found.by.as_deref()).unwrap_or_default();
        match by.first() {
            Some(role) => Some(Actor::new(role.value.clone()).role(role.value.clone())),
            None => {
                let asked = self.workflow.compiled().remembered.asks_person(event);
                asked.then(|| Actor::new("somebody"))
            }
        }
    }

    /// The last act: the event, or the time at which the term is due.
    fn finish(
        &mut self,
        trace: &Trace,
        case: &Case,
        carried: &[(String, Value)],
        wanted: &Realizing,
    ) -> Option<Reached> {
        match wanted.cue {
            Cue::Inside => None,
            Cue::Term(index) => {
                let transition = wanted.target.transition;
                let source = self.workflow.compiled().chart.transitions.at(transition).source;
                let term = (source, *index);
                if let Some(reached) = self.wait(trace, case, term, wanted) {
                    return Some(reached);
                }
                let longer = self.without_haste(trace, case, term)?;
                let played = self.run(&longer)?;
                self.wait(&longer, &played.case, term, wanted)
            }
            Cue::Event(name) => {
                let actor = wanted.target.actor.clone();
                let point = Some(wanted.point);
                let at = Some(wanted.point.time).filter(|time| *time > case.time());
                let whole = self.event(case, name, actor, carried, point, at);
                // What it must carry may be the very thing that is to be unknown.
                let mut bare = whole.clone();
                bare.facts.retain(|fact, _| carried.iter().any(|(name, _)| name == fact));
                let events = if bare == whole { vec![whole] } else { vec![whole, bare] };
                events.into_iter().find_map(|event| {
                    let mut longer = trace.clone();
                    for event in self.signed(event, wanted.target.transition) {
                        longer.acts.push(Action::Fire(Box::new(event)));
                    }
                    let played = self.run(&longer)?;
                    played.coverage.has(wanted.goal).then_some((longer, played))
                })
            }
        }
    }

    /// An event as often as a transition wants to be signed, each time by somebody else.
    fn signed(&self, event: Event, transition: TransitionId) -> Vec<Event> {
        let written = self.workflow.compiled().definition.transitions.at(transition);
        if written.signed_by.is_empty() {
            return vec![event];
        }
        let signatures = written.signed_by.iter().enumerate().map(|(place, role)| {
            let signatory = Actor::new(format!("{}-{}", role.value, place + 1));
            let mut signatory = signatory.role(role.value.clone());
            for other in event.actor.iter().flat_map(|actor| &actor.roles) {
                if !signatory.roles.contains(other) {
                    signatory = signatory.role(other.clone());
                }
            }
            event.clone().by(signatory)
        });
        signatures.collect()
    }

    /// Lets time pass until a term is due.
    fn wait(
        &mut self,
        trace: &Trace,
        case: &Case,
        (state, index): (StateId, u32),
        wanted: &Realizing,
    ) -> Option<Reached> {
        let mut terms = case.situation().terms.iter().filter(|term| term.is_open());
        let due = terms.find(|term| term.state == state && term.index == index)?.due?;
        let longer = trace.with(Action::Advance(due.max(case.time())));
        let played = self.run(&longer)?;
        played.coverage.has(wanted.goal).then_some((longer, played))
    }

    /// A way with dates put off by which other terms would be due before. `None` where there are
    /// none.
    fn without_haste(
        &self,
        trace: &Trace,
        case: &Case,
        (state, index): (StateId, u32),
    ) -> Option<Trace> {
        let compiled = self.workflow.compiled();
        let situation = case.situation();
        let is_it = |term: &&Term| term.state == state && term.index == index;
        let due = situation.terms.iter().find(is_it)?.due?;
        let key = |term: &Term| {
            let written = compiled.definition.states.at(term.state).terms.get(term.index as usize);
            compiled.rules.fact_named(&written?.key)
        };
        let own = situation.terms.iter().find(is_it).and_then(key);
        let own = own.map(|id| compiled.rules.fact_inputs(id).facts).unwrap_or_default();
        let sooner = situation.terms.iter().filter(|term| {
            term.is_open() && !is_it(term) && term.due.is_some_and(|other| other <= due)
        });
        let mut later = trace.clone();
        let mut any = false;
        for id in sooner.filter_map(key).flat_map(|id| compiled.rules.fact_inputs(id).facts) {
            let put_off = match situation.fact(id) {
                Some(Value::Date(_)) => {
                    let years = Duration::years(10)?;
                    Value::Date(due.date().add(years)?)
                }
                Some(Value::DateTime(_)) => {
                    let years = Duration::years(10)?;
                    Value::DateTime(due.add(years, &compiled.definition.zone)?)
                }
                _ => continue,
            };
            if !own.contains(&id) {
                later.set(&compiled.definition.facts.at(id).name.value, Some(&put_off));
                any = true;
            }
        }
        any.then_some(later)
    }

    /// An event with facts, and whatever else it must carry.
    fn event(
        &self,
        case: &Case,
        name: &str,
        actor: Option<Actor>,
        facts: &[(String, Value)],
        point: Option<&Point>,
        at: Option<DateTime>,
    ) -> Event {
        let compiled = self.workflow.compiled();
        let definition = &compiled.definition;
        let palette = Palette { constants: &[], now: case.time(), zone: &definition.zone };
        let mut event = Event::new(name);
        event.actor = actor;
        event.at = at;
        event.facts.extend(facts.iter().cloned());
        let governs = self.governs(Some(name));
        for fact in governs.into_iter().flat_map(|found| &found.required) {
            if event.facts.contains_key(&fact.value) {
                continue;
            }
            let Some(id) = compiled.rules.fact_named(fact) else { continue };
            let meant = point.and_then(|point| point.facts.get(id));
            let known = meant.or_else(|| case.situation().fact(id));
            let value = known.or_else(|| palette.plain(&definition.facts.at(id).shape));
            event.facts.extend(value.map(|value| (fact.value.clone(), value)));
        }
        if let Some(point) = point {
            let data = point.data.iter();
            event.data.extend(data.map(|(name, value)| (name.to_string(), value.clone())));
        }
        for key in governs.into_iter().flat_map(|found| &found.data_required) {
            if let Some(shape) = governs.and_then(|found| found.data.get(&key.value))
                && !event.data.contains_key(&key.value)
            {
                event.data.extend(palette.plain(shape).map(|value| (key.value.clone(), value)));
            }
        }
        event
    }
}

/// Where actions count on from what was set, what is set is moved by as much as they miss. Whether anything was.
fn correct(trace: &mut Trace, case: &Case, wanted: &[(String, Option<Value>)]) -> bool {
    let rules = &case.workflow().compiled().rules;
    let mut any = false;
    for (name, value) in wanted {
        let is = rules.fact_named(name).and_then(|id| case.situation().fact(id));
        let (Some(wanted), Some(is)) =
            (value.as_ref().and_then(Value::as_number), is.as_ref().and_then(Value::as_number))
        else {
            continue;
        };
        let Ok(miss) = wanted.checked_sub(is) else { continue };
        if miss.is_zero() {
            continue;
        }
        let Ok(set) = wanted.checked_add(miss) else { continue };
        let set = match (value, set.to_i64()) {
            (Some(Value::Integer(_)), Some(whole)) => Value::Integer(whole),
            _ => Value::Number(set),
        };
        trace.set(name, Some(&set));
        any = true;
    }
    any
}
