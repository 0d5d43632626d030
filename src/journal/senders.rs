//! Who may have sent an event whose sender was erased.

use super::doubt::{Attempt, Doubtful, Found, Held};
use super::input::Input;
use super::line::Line;
use crate::case::event::Event;
use crate::case::replay::Replay;
use crate::case::requester::units;
use crate::rule::doubt::{Doubt, Erasures};
use crate::workflow::Workflow;

/// How a line holds if the event was sent by somebody of the unit of a role, or by somebody without an id.
pub(super) fn by_another(
    workflow: &Workflow,
    line: &Line,
    input: &Input,
    erasures: &Erasures,
    before: Option<&Replay<'_>>,
    mut differs: impl FnMut(&Attempt, &Doubt) -> Option<String>,
) -> Result<Option<Box<Held>>, String> {
    for input in senders(workflow, input, before) {
        let other = Doubtful::new(workflow, line, &input, erasures, before.map(Replay::situation))?;
        if let Ok(Found::Holds(held)) = other.judge(before, &mut differs) {
            return Ok(Some(held));
        }
    }
    Ok(None)
}

fn senders(workflow: &Workflow, input: &Input, before: Option<&Replay<'_>>) -> Vec<Input> {
    let Input::Event { at, event, nameless: true } = input else { return Vec::new() };
    let known = event.actor.as_ref().zip(before);
    let known = known.map(|(actor, before)| units(workflow.compiled(), before.situation(), actor));
    let of_unit = known.into_iter().flatten().map(|unit| {
        let mut event = event.clone();
        if let Some(actor) = &mut event.actor {
            actor.unit = Some(unit.to_string());
        }
        Input::Event { at: *at, event, nameless: true }
    });
    let event = Box::new(without_id(Event::clone(event)));
    of_unit.chain([Input::Event { at: *at, event, nameless: false }]).collect()
}

/// Whether it is not known any more of which unit a role of the sender is, who spoke for one or was erased, too.
pub(super) fn of_no_known_unit(workflow: &Workflow, input: &Input, erasures: &Erasures) -> bool {
    let Input::Event { event, nameless, .. } = input else { return false };
    let compiled = workflow.compiled();
    let actor = event.actor.iter().filter(|actor| *nameless || actor.unit.is_some());
    let mut units = actor
        .flat_map(|actor| &actor.roles)
        .filter_map(|role| compiled.definition.roles.get(role)?.unit.as_ref())
        .filter_map(|unit| compiled.rules.fact_named(unit));
    units.any(|unit| erasures.facts.contains(&unit))
}

/// An event whose sender has no id.
pub(super) fn without_id(mut event: Event) -> Event {
    if let Some(actor) = &mut event.actor {
        actor.id = None;
    }
    event
}
