//! What holds of an entry whatever was erased: it is of an event or term that is there, at a time that is none before, and
//! leads from the states that were active to others that can be, by transitions that exist.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value as Json;

use crate::case::contract;
use crate::case::situation::Situation;
use crate::definition::model::Trigger;
use crate::journal::input::{Input, NOT_INSIDE};
use crate::table::StateId;
use crate::value::{DateTime, brief};
use crate::workflow::Compiled;
use crate::workflow::chart::ROOT;
use crate::workflow::naming;

/// Where a case stands of which not more is known than its states and its time.
#[derive(Debug, Clone)]
pub(crate) struct Floor {
    time: DateTime,
    active: BTreeSet<StateId>,
}

impl Floor {
    pub fn of(situation: &Situation) -> Self {
        Self { time: situation.time, active: situation.active.iter().copied().collect() }
    }

    /// Before a case begins.
    pub fn beginning(at: DateTime) -> Self {
        Self { time: at, active: BTreeSet::new() }
    }

    /// The active states, compound ones included.
    pub fn active(&self) -> &BTreeSet<StateId> {
        &self.active
    }

    /// Takes an entry, by its members.
    pub fn take(&mut self, workflow: &Compiled, input: &Input, entry: &Json) -> Result<(), String> {
        let at = match input {
            Input::Start { at, .. } if self.active.is_empty() => {
                // The file is entered without being said to be.
                self.active.insert(ROOT);
                at
            }
            Input::Start { .. } => return Err("begins the case a second time".to_owned()),
            Input::Event { at, event, .. } => {
                let governs = contract::governing(workflow, &event.name);
                let problems = contract::wrong_name(workflow, governs, &event.name);
                if let Some(problem) = problems.first() {
                    return Err(format!("is answered with an error: {problem}"));
                }
                at
            }
            Input::Step { at, name } => {
                self.is_step(workflow, entry, name)?;
                at
            }
            Input::Inside { .. } => return Err(NOT_INSIDE.to_owned()),
        };
        if *at < self.time {
            return Err(format!("is of {at}, and the last step was at {}", self.time));
        }
        let outcome = entry.get("outcome").and_then(Json::as_str).unwrap_or_default();
        if outcome == "moved" || outcome == "started" {
            self.moves(workflow, entry)?;
        } else if ["left", "taken", "entered", "states"].iter().any(|key| entry.get(key).is_some())
        {
            return Err(format!(
                "says `{}` as `outcome`, and that something moved",
                brief(outcome)
            ));
        }
        self.time = *at;
        Ok(())
    }

    /// A term of an active state, or an event that something sends.
    fn is_step(&self, workflow: &Compiled, entry: &Json, name: &str) -> Result<(), String> {
        let shown = brief(name);
        if entry.get("kind").and_then(Json::as_str) == Some("sent") {
            let is_sent = crate::rule::sent_names(&workflow.rules).contains(name);
            let message = format!("says that `{shown}` was sent, and nothing sends it");
            return is_sent.then_some(()).ok_or(message);
        }
        let state = entry.get("state").and_then(Json::as_str).unwrap_or_default();
        let mut active = self.active.iter().map(|id| workflow.definition.states.at(*id));
        let is_there = active.any(|known| {
            known.name.as_str() == state && known.terms.iter().any(|term| term.key.as_str() == name)
        });
        let message =
            format!("says that `{shown}` of `{}` was due, which does not run", brief(state));
        is_there.then_some(()).ok_or(message)
    }

    /// Left, taken and entered, from the states before to those that are said to be active then.
    fn moves(&mut self, workflow: &Compiled, entry: &Json) -> Result<(), String> {
        let chart = &workflow.chart;
        let named = |key: &str| -> Result<Vec<StateId>, String> {
            let names = entry.get(key).and_then(Json::as_array);
            let names = names.into_iter().flatten().map(|name| name.as_str().unwrap_or_default());
            let found = names.map(|name| {
                let unknown =
                    || format!("says `{}` as `{key}`, and there is no such state", brief(name));
                workflow.state_named(name).ok_or_else(unknown)
            });
            found.collect()
        };
        let mut balance: BTreeMap<StateId, i64> = self.active.iter().map(|id| (*id, 1)).collect();
        let (left, entered) = (named("left")?, named("entered")?);
        for state in &left {
            *balance.entry(*state).or_insert(0) -= 1;
        }
        for state in &entered {
            *balance.entry(*state).or_insert(0) += 1;
        }
        let mut after = BTreeSet::from([ROOT]);
        let leaves = named("states")?;
        for leaf in &leaves {
            after.insert(*leaf);
            after.extend(chart.ancestors(*leaf));
        }
        // Leaves, each once, in the order of the file.
        let is_plain = leaves.iter().all(|leaf| chart.states.at(*leaf).children.is_empty())
            && leaves.windows(2).all(|pair| matches!(pair, [one, two] if one < two));
        let is_led = is_plain
            && balance.values().all(|count| (0..=1).contains(count))
            && balance.iter().all(|(state, count)| (*count == 1) == after.contains(state))
            && after.iter().all(|state| balance.contains_key(state));
        if !is_led || !chart.is_configuration(&after) {
            return Err(
                "says other states than those that what was left and entered leads to".to_owned()
            );
        }
        let taken = entry.get("taken").and_then(Json::as_array).map_or(&[][..], Vec::as_slice);
        let is_signed = entry.get("signatures").is_some();
        let is_start = entry.get("kind").and_then(Json::as_str) == Some("start");
        if taken.is_empty() && !is_start && (!left.is_empty() || !entered.is_empty() || !is_signed)
        {
            return Err("says that something moved, by no transition".to_owned());
        }
        let mut known: BTreeSet<StateId> = self.active.clone();
        known.extend(&entered);
        let event = entry.get("event").and_then(Json::as_str);
        let mut ways = BTreeSet::new();
        for id in workflow.definition.transitions.ids() {
            if !known.contains(&chart.transitions.at(id).source) {
                continue;
            }
            // A raised event may have any name that its pattern takes.
            let is_open =
                matches!(&workflow.definition.transitions.at(id).trigger, Trigger::Events(_));
            let way = naming::transition_ref(workflow, id, event);
            ways.insert((way.from, (!is_open).then_some(way.on), way.id, way.to));
        }
        for way in taken {
            let text = |key: &str| way.get(key).and_then(Json::as_str).map(str::to_owned);
            let to = way.get("to").and_then(Json::as_array).into_iter().flatten();
            let to: Vec<String> =
                to.map(|name| name.as_str().unwrap_or_default().to_owned()).collect();
            let from = text("from").unwrap_or_default();
            let way = (from, text("on"), text("id"), to);
            let by_event = (way.0.clone(), None, way.2.clone(), way.3.clone());
            if !ways.contains(&way) && !ways.contains(&by_event) {
                let from = brief(&way.0);
                return Err(format!(
                    "says that a transition of `{from}` was taken that is not there"
                ));
            }
        }
        self.active = after;
        Ok(())
    }
}
