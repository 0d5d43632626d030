//! The tree of cases, gone through: where each child hangs, what it is called, who would be stopped.

use crate::case::address::Address;
use crate::case::family::{Child, Status};
use crate::case::select::domain;
use crate::case::situation::Situation;
use crate::label::Label;
use crate::table::TransitionId;
use crate::value::Value;
use crate::workflow::compiled::Invoked;
use crate::workflow::{Compiled, Workflow};

/// Where a child hangs.
pub(super) struct Place<'c> {
    parent: &'c Compiled,
    invoke: u32,
    /// Its own workflow.
    pub compiled: &'c Compiled,
}

impl<'c> Place<'c> {
    pub fn new(parent: &'c Compiled, invoke: u32, invoked: &'c Invoked) -> Self {
        Self { parent, invoke, compiled: invoked.workflow.compiled() }
    }
}

/// Goes through all child cases, theirs behind each of them, in the order of start.
pub(super) fn walk<'c>(
    workflow: &'c Workflow,
    outermost: &'c Situation,
    tell: &mut dyn FnMut(&Address, &Place<'c>, &'c Child<Situation>),
) {
    let mut waiting: Vec<(Address, Place<'c>, &Child<Situation>)> = Vec::new();
    let push = |waiting: &mut Vec<(Address, Place<'c>, &'c Child<Situation>)>,
                here: &Address,
                compiled: &'c Compiled,
                situation: &'c Situation| {
        let from = waiting.len();
        for (invoke, invoked) in (0_u32..).zip(&compiled.invoked) {
            let brood = situation.family.brood(invoke);
            let children = brood.and_then(|brood| brood.children.as_ref());
            for (number, child) in (0_u32..).zip(children.iter().flat_map(|all| all.iter())) {
                let there = here.join(invoke, number, &invoked.id, &child.key);
                waiting.push((there, Place::new(compiled, invoke, invoked), child));
            }
        }
        if let Some(new) = waiting.get_mut(from..) {
            new.reverse();
        }
    };
    push(&mut waiting, &Address::default(), workflow.compiled(), outermost);
    while let Some((here, place, child)) = waiting.pop() {
        tell(&here, &place, child);
        push(&mut waiting, &here, place.compiled, &child.situation);
    }
}

/// What a child is called.
pub(super) fn title(place: &Place<'_>, child: &Child<Situation>) -> Label {
    if let Some(Value::Record(record)) = &child.item {
        let title = record.get("title").and_then(Value::as_str);
        return title
            .map(|title| Label(vec![(String::new(), title.to_owned())]))
            .unwrap_or_default();
    }
    let label = place.parent.child_label(place.invoke as usize, &child.key);
    label.cloned().unwrap_or_default()
}

/// The addresses of the child cases that run and would be stopped if some transitions were taken, theirs behind each of them.
pub(crate) fn stopped_by(
    workflow: &Workflow,
    situation: &Situation,
    transitions: &[TransitionId],
) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    if !situation.family.is_any() {
        return found;
    }
    let chart = &workflow.compiled().chart;
    let domains: Vec<_> =
        transitions.iter().filter_map(|id| domain(chart, situation, *id)).collect();
    let invoked = &workflow.compiled().invoked;
    walk(workflow, situation, &mut |here, _, child| {
        let first = here.parts().first().and_then(|part| invoked.get(part.invoke as usize));
        let is_left =
            |state| domains.iter().any(|domain| state != *domain && chart.inside(state, *domain));
        if child.status == Status::Active
            && first.is_some_and(|first| situation.is_active(first.state) && is_left(first.state))
        {
            found.extend(here.text().map(str::to_owned));
        }
    });
    found
}
