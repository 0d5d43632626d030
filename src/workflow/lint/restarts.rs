//! Transitions that stop all children of a state and start new ones.

use crate::definition::model::{Definition, StateKind, Transition};
use crate::diagnostic::{Diagnostic, Report, quoted};
use crate::table::{StateId, TransitionId};
use crate::workflow::chart::{Chart, ROOT};

/// So many states beside a transition are looked at, and so many `invoke` are named.
const MOST: usize = 100;
const MOST_NAMED: usize = 5;

pub(super) fn check(definition: &Definition, chart: &Chart, report: &mut Report) {
    let mut invoking: Vec<StateId> = definition.invokes.iter().map(|one| one.state).collect();
    // The file itself is never left.
    invoking.retain(|state| *state != ROOT);
    invoking.sort_unstable();
    invoking.dedup();
    if invoking.is_empty() {
        return;
    }
    for (id, transition) in definition.transitions.iter() {
        restarts(definition, chart, &invoking, (id, transition), report);
    }
}

/// What lies around the source of a transition and leads to the state from elsewhere, too, is meant for that.
fn restarts(
    definition: &Definition,
    chart: &Chart,
    invoking: &[StateId],
    (id, transition): (TransitionId, &Transition),
    report: &mut Report,
) {
    let row = chart.transitions.at(id);
    let Some(domain) = chart.domain(row.source, row.internal, &row.targets) else { return };
    let mut left: Vec<StateId> = Vec::new();
    let mut inner = None;
    let path = std::iter::once(row.source).chain(chart.ancestors(row.source));
    for outer in path.take_while(|state| *state != domain) {
        if invoking.binary_search(&outer).is_ok() {
            left.push(outer);
        }
        // Those in the other parts of a parallel state are left with it.
        if chart.states.at(outer).kind == StateKind::Parallel
            && let Some(own) = inner
        {
            let from = invoking.partition_point(|state| *state <= outer);
            let beside = invoking.iter().skip(from).take(MOST).copied();
            let beside = beside.take_while(|state| chart.inside(*state, outer));
            left.extend(beside.filter(|state| *state != own && !chart.inside(*state, own)));
        }
        inner = Some(outer);
    }
    left.retain(|state| is_entered(chart, &row.targets, domain, *state));
    let Some(first) = left.first() else { return };
    let ids = definition.invokes.iter().filter(|invoke| left.contains(&invoke.state));
    let ids: Vec<String> = ids.take(MOST_NAMED).map(|invoke| quoted(&invoke.id)).collect();
    let state = definition.states.at(*first);
    let message = format!(
        "this transition leaves {} and enters it again: the children of {} are stopped, and new ones start",
        quoted(&state.name),
        ids.join(", ")
    );
    let found = Diagnostic::warning("invoke-restart", transition.span, message)
        .related(state.name.span, "the state that invokes them is here");
    report.push(found.hint(
        "to keep them, leave `target` out, or write the transition on that state with `\"type\": \"internal\"` and a state inside as `target`",
    ));
}

/// Whether a state is entered by a transition that leaves it.
fn is_entered(chart: &Chart, targets: &[StateId], domain: StateId, state: StateId) -> bool {
    let leads_into = |outer: StateId| targets.iter().any(|one| chart.inside(*one, outer));
    let mut state = state;
    loop {
        if targets.contains(&state) || leads_into(state) {
            return true;
        }
        let Some(parent) = chart.states.at(state).parent.filter(|parent| *parent != domain) else {
            return false;
        };
        let outer = chart.states.at(parent);
        let is_first = || {
            let begins = outer.initial.iter();
            let mut begins = begins.filter(|one| **one == state || chart.inside(**one, state));
            !leads_into(parent) && begins.next().is_some()
        };
        if outer.kind != StateKind::Parallel && !is_first() {
            return false;
        }
        state = parent;
    }
}
