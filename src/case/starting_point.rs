//! A case placed in a state without running what led there: for tests, never for a real matter.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::case::contract::said;
use crate::case::entries::Head;
use crate::case::situation::Situation;
use crate::case::{Case, contract, problem, terms};
use crate::definition::model::StateKind;
use crate::error::{Error, ErrorKind, Problem};
use crate::language::problems as say;
use crate::rule::{CaseHistory, Events, Meter, Occurrence, Senders};
use crate::table::{FactId, StateId};
use crate::value::{DateTime, Value};
use crate::workflow::chart::ROOT;
use crate::workflow::{Compiled, Workflow};

/// Where a case stands, and what rules may ask of its past.
#[derive(Debug, Clone, Default)]
pub(crate) struct StartingPoint {
    /// Leaf states that can be active together.
    pub states: Vec<String>,
    /// When active states were entered; at the time of the case where nothing is said.
    pub entered: BTreeMap<String, DateTime>,
    /// Events that were accepted before.
    pub happened: BTreeMap<String, PastEvent>,
}

#[derive(Debug, Clone)]
pub(crate) struct PastEvent {
    pub count: u64,
    /// At the time of the case where nothing is said.
    pub last: Option<DateTime>,
    pub who: Vec<String>,
}

impl Case {
    /// A case that stands in these states, with these facts. No script is run and no `always` taken; terms count from when
    /// the states were entered, and what is due is taken before the next event.
    ///
    /// # Errors
    ///
    /// States that there are not or that cannot be active together; facts that do not fit; a term whose date fails.
    pub(crate) fn placed(
        workflow: &Workflow,
        at: Option<DateTime>,
        facts: &BTreeMap<String, Value>,
        place: &StartingPoint,
    ) -> Result<Self, Error> {
        let compiled = workflow.compiled();
        let zone = &compiled.definition.zone;
        let mut problems = Vec::new();
        let admitted = contract::admit_facts(compiled, facts, &mut problems);
        let active = configuration(compiled, &place.states, &mut problems);
        if !problems.is_empty() {
            return Err(Error::new(ErrorKind::Contract, problems));
        }
        let time = at.map_or_else(|| DateTime::epoch(zone), |at| at.in_zone(zone));
        let mut situation = Situation::beginning(compiled, time, &admitted);
        let events = happened(compiled, &place.happened, time);
        let entered = active.iter().map(|id| {
            let name = compiled.definition.states.at(*id).name.as_str();
            (*id, place.entered.get(name).copied().unwrap_or(time))
        });
        situation.past = CaseHistory { events, entered: entered.collect() };
        situation.ended = active.iter().any(|id| {
            let row = compiled.chart.states.at(*id);
            row.kind == StateKind::Final && row.parent == Some(ROOT)
        });
        situation.active = active.into_iter().collect();
        situation.placed = true;
        if !situation.ended {
            let meter = Meter::call(&compiled.limits);
            terms::refresh(compiled, None, &mut situation, None, &meter).map_err(|fault| {
                Error::new(ErrorKind::Script, vec![problem::fault(compiled, &fault)])
            })?;
        }
        Ok(Self {
            workflow: workflow.clone(),
            situation: Arc::new(situation),
            ids: Default::default(),
            records: Default::default(),
            head: Head::before_all(),
        })
    }
}

impl Case {
    /// The case as it would stand had these facts come before, with nothing that waits for a journal. `None` where a term's
    /// date then fails.
    pub(crate) fn supposing(&self, facts: &[(FactId, Value)]) -> Option<Self> {
        let compiled = self.workflow.compiled();
        let before = self.situation();
        let mut situation = before.clone();
        for (id, value) in facts {
            situation.set_fact(*id, Some(value.clone()));
        }
        let meter = Meter::call(&compiled.limits);
        terms::refresh(compiled, Some(before), &mut situation, None, &meter).ok()?;
        Some(Self {
            workflow: self.workflow.clone(),
            situation: Arc::new(situation),
            ids: Default::default(),
            records: Default::default(),
            head: Head::before_all(),
        })
    }
}

/// What a case remembers of events that it is told of.
fn happened(
    compiled: &Compiled,
    described: &BTreeMap<String, PastEvent>,
    time: DateTime,
) -> Events {
    let mut known: BTreeMap<Arc<str>, Occurrence> = BTreeMap::new();
    let last = |found: &PastEvent| found.last.unwrap_or(time);
    for (name, found) in described.iter().filter(|(_, found)| found.count > 0) {
        let Some(kept) = compiled.remembered.kept(name) else { continue };
        let none = Occurrence { count: 0, last: last(found), who: Senders::default() };
        let occurrence = known.entry(Arc::clone(&kept.name)).or_insert(none);
        occurrence.count = occurrence.count.saturating_add(found.count);
        occurrence.last = occurrence.last.max(last(found));
        if kept.persons {
            // Of whom nobody says anything, nobody knows anything.
            let anonymous = found.who.is_empty().then_some(None);
            let who = found.who.iter().map(|id| Some(Arc::from(id.as_str()))).chain(anonymous);
            who.for_each(|id: Option<Arc<str>>| {
                occurrence.who.note(id.as_ref());
            });
        }
    }
    known.into_iter().collect::<Events>().and_last(described.values().map(last).max())
}

/// Leaf states with their ancestors, if together they are a legal configuration.
fn configuration(
    compiled: &Compiled,
    names: &[String],
    problems: &mut Vec<Problem>,
) -> BTreeSet<StateId> {
    let mut active = BTreeSet::from([ROOT]);
    for name in names {
        let Some(leaf) = compiled.state_named(name) else {
            problems.push(Problem::said(
                "unknown-state",
                said(&say::UNKNOWN_STATE, [name.to_string()]),
            ));
            continue;
        };
        active.insert(leaf);
        active.extend(compiled.chart.ancestors(leaf));
    }
    if !problems.is_empty() {
        return active;
    }
    if !compiled.chart.is_configuration(&active) {
        let message = format!("the states `{}` cannot be active together", names.join("`, `"));
        let hint = "name one leaf state, or of a parallel one a leaf of every region";
        problems.push(Problem::new("bad-states", message).hint(hint));
    }
    active
}
