//! Who can bring a change: events that may carry it or whose transitions set it, where the case can still come to them.

use std::collections::BTreeSet;

use serde::Serialize;
use serde::ser::Serializer;

use super::question::Question;
use crate::case::describe;
use crate::judge::Input;
use crate::table::{FactId, Id, StateId, TransitionId};

/// Who can bring a change.
///
/// As JSON a list of events, or one of `"time"`, `"actions"` and `"nobody"`.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Bringer {
    /// Whoever sends one of these: those that can be sent now first.
    Events(Vec<BringingEvent>),
    /// Only time, as it passes.
    Time,
    /// Only the workflow itself, by its actions when it comes to a state or a term falls due.
    Actions,
    /// Nobody: no event that can still come may carry it, and no action sets it. It was given when the case began.
    Nobody,
}

/// An event that can bring a change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct BringingEvent {
    /// Its name.
    pub event: String,
    /// Roles that may send it; empty where nobody in particular is asked for.
    pub roles: Vec<String>,
    /// Whether it is the very event that is shut, and carries the change with it.
    pub is_itself: bool,
    /// Whether some active state listens to it; else the case has to come to one that does.
    pub is_now: bool,
}

impl Serialize for Bringer {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Events(events) => events.serialize(serializer),
            Self::Time => serializer.serialize_str("time"),
            Self::Actions => serializer.serialize_str("actions"),
            Self::Nobody => serializer.serialize_str("nobody"),
        }
    }
}

/// What can still happen in a case.
pub(super) struct Future {
    states: BTreeSet<StateId>,
    transitions: Vec<TransitionId>,
    now: Vec<String>,
}

impl Future {
    /// Where a case can come from where it stands, whatever guards say. Cost: linear in the chart.
    pub fn of(question: &Question) -> Self {
        let chart = &question.compiled.chart;
        let situation = question.case.situation();
        let mut states: BTreeSet<StateId> = situation.active.iter().copied().collect();
        let mut waiting: Vec<StateId> = states.iter().copied().collect();
        let mut transitions: BTreeSet<TransitionId> = BTreeSet::new();
        let mut by_source: std::collections::BTreeMap<StateId, Vec<TransitionId>> =
            std::collections::BTreeMap::new();
        for (id, row) in chart.transitions.iter() {
            by_source.entry(row.source).or_default().push(id);
        }
        while let Some(state) = waiting.pop() {
            for id in by_source.get(&state).into_iter().flatten() {
                transitions.insert(*id);
                for target in &chart.transitions.at(*id).targets {
                    // A history state leads into what lies around it.
                    let target = match chart.is_history(*target) {
                        true => chart.states.at(*target).parent.unwrap_or(*target),
                        false => *target,
                    };
                    let last = chart.states.at(target).last;
                    let inside = (target.index()..=last.index()).map(StateId::from_index);
                    for state in inside.chain(chart.ancestors(target)) {
                        if states.insert(state) {
                            waiting.push(state);
                        }
                    }
                }
            }
        }
        let now = describe::expected(question.compiled, situation);
        Self { states, transitions: transitions.into_iter().collect(), now }
    }

    /// Who can bring a change of this.
    pub fn bringer(&self, question: &Question, input: &Input) -> Bringer {
        let own = &*question.current.name;
        let roles = |event: &str| {
            let declared = question.compiled.definition.governing(event);
            let by = declared.and_then(|declared| declared.by.as_ref());
            by.into_iter().flatten().map(|role| role.value.clone()).collect::<Vec<_>>()
        };
        let event = |name: &str, roles: Vec<String>| BringingEvent {
            event: name.to_owned(),
            roles,
            is_itself: name == own,
            is_now: self.now.iter().any(|one| one == name),
        };
        match input {
            Input::Time => Bringer::Time,
            Input::Data(_) => Bringer::Events(vec![event(own, roles(own))]),
            Input::Fact(id) => self.of_fact(question, *id, &roles, &event),
        }
    }

    fn of_fact(
        &self,
        question: &Question,
        id: FactId,
        roles: &dyn Fn(&str) -> Vec<String>,
        event: &dyn Fn(&str, Vec<String>) -> BringingEvent,
    ) -> Bringer {
        let (compiled, rules) = (question.compiled, question.rules());
        let (chart, definition) = (&compiled.chart, &compiled.definition);
        let fact = &definition.facts.at(id).name.value;
        let mut found: Vec<BringingEvent> = Vec::new();
        for (name, declared) in definition.events.iter().flatten() {
            let carries =
                declared.sets.iter().chain(&declared.required).any(|one| one.value == *fact);
            let internal = declared.by.as_ref().is_some_and(Vec::is_empty);
            let is_heard = || self.transitions.iter().any(|id| chart.listens(*id, name));
            if carries && !internal && is_heard() {
                found.push(event(name, roles(name)));
            }
        }
        let mut by_itself = false;
        for transition in &self.transitions {
            if !rules.actions(*transition).is_some_and(|actions| actions.writes.contains(&id)) {
                continue;
            }
            let patterns = &chart.transitions.at(*transition).patterns;
            by_itself |= patterns.is_empty();
            for pattern in patterns {
                let own = definition.roles_of(definition.transitions.at(*transition));
                let own = own.into_iter().flatten().map(|role| role.value.clone()).collect();
                let internal = definition
                    .governing(pattern)
                    .is_some_and(|declared| declared.by.as_ref().is_some_and(Vec::is_empty));
                if internal {
                    by_itself = true;
                } else if !found.iter().any(|one| one.event == **pattern) {
                    found.push(event(pattern, own));
                }
            }
        }
        let states = self.states.iter().flat_map(|state| [rules.entry(*state), rules.exit(*state)]);
        by_itself |= states.flatten().any(|program| program.writes.contains(&id));
        found.sort_by_key(|one| (!one.is_itself, !one.is_now));
        match (found.is_empty(), by_itself) {
            (false, _) => Bringer::Events(found),
            (true, true) => Bringer::Actions,
            (true, false) => Bringer::Nobody,
        }
    }
}
