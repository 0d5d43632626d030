//! States that nothing leads on from, and that are no end.

use std::collections::{HashMap, HashSet};

use crate::definition::model::{Definition, StateKind, Transition, Trigger};
use crate::diagnostic::{Diagnostic, Report, Span, quoted};
use crate::table::{StateId, Table};
use crate::workflow::chart::{Chart, ROOT};

/// What the transitions of a state lead to.
#[derive(Debug, Clone, Default)]
struct Ways {
    /// A state that is the only target of some, and whether another one leads elsewhere.
    only: Option<StateId>,
    several: bool,
    /// Those that wait until a state is done: which, and where they lead.
    done: Vec<(StateId, Option<StateId>)>,
}

impl Ways {
    fn note(&mut self, only: Option<StateId>) {
        match (self.only, only) {
            (_, None) => self.several = true,
            (None, Some(_)) => self.only = only,
            (Some(known), Some(other)) => self.several |= known != other,
        }
    }
}

pub(super) fn check(definition: &Definition, chart: &Chart, report: &mut Report) {
    let mut ways: Table<StateId, Ways> =
        definition.states.rows().iter().map(|_| Ways::default()).collect();
    // Parts of a parallel state out of which that is left as a whole: one, and whether there is another.
    let mut leaving: HashMap<StateId, (StateId, bool)> = HashMap::new();
    let states: HashMap<&str, StateId> =
        definition.states.iter().map(|(id, state)| (state.name.as_str(), id)).collect();
    let mut moves = false;
    for (id, transition) in definition.transitions.iter() {
        let row = chart.transitions.at(id);
        if row.targets.is_empty() {
            continue;
        }
        moves = true;
        let only = match row.targets.as_slice() {
            [only] => Some(*only),
            _ => None,
        };
        let waits = done_of(transition, &states);
        match waits {
            Some(state) => ways.at_mut(transition.source).done.push((state, only)),
            None => ways.at_mut(transition.source).note(only),
        }
        let Some(around) = chart.domain(row.source, row.internal, &row.targets) else { continue };
        let mut region = row.source;
        for outer in chart.ancestors(row.source) {
            if outer == around {
                break;
            }
            let is_done = waits.is_some_and(|state| state == outer || chart.inside(outer, state));
            if definition.states.at(outer).kind == StateKind::Parallel && !is_done {
                let known = leaving.entry(outer).or_insert((region, false));
                known.1 |= known.0 != region;
            }
            region = outer;
        }
    }
    // A file in which nothing moves is a set of rules and no process.
    if !moves {
        return;
    }
    // What no path leads to has been told.
    let unreachable: HashSet<Option<Span>> = report
        .diagnostics()
        .iter()
        .filter(|found| found.code == "unreachable-state")
        .map(|found| found.span)
        .collect();
    let is_reached = |id: StateId| !unreachable.contains(&Some(definition.states.at(id).name.span));
    for (id, state) in definition.states.iter() {
        let is_leaf = state.kind == StateKind::Atomic && id != ROOT;
        if !is_leaf || !is_reached(id) || !chart.ancestors(id).all(is_reached) {
            continue;
        }
        let goes_on = |outer: StateId| {
            let Ways { only, several, done } = ways.at(outer);
            // Nothing around a state is done while that is active and no end.
            let later = done.iter().take(1_000).any(|(state, only)| {
                *state != id && !chart.inside(id, *state) && *only != Some(id)
            });
            *several || only.is_some_and(|only| only != id) || later
        };
        let mut region = id;
        let mut found = goes_on(id);
        for outer in chart.ancestors(id) {
            let beside = leaving.get(&outer).is_some_and(|(one, more)| *more || *one != region);
            found = found || beside || goes_on(outer);
            region = outer;
        }
        if !found {
            let message = format!(
                "nothing leads on from the state {}, and it is not final",
                quoted(&state.name)
            );
            let found = Diagnostic::warning("dead-end", state.name.span, message);
            report.push(found.hint(
                "add `\"type\": \"final\"` or a transition that leads on; where cases stay for good, say so: `\"x-allow\": { \"dead-end\": \"…\" }`",
            ));
        }
    }
}

/// The state that a transition waits for to be done, if it waits for nothing else.
fn done_of(transition: &Transition, states: &HashMap<&str, StateId>) -> Option<StateId> {
    match &transition.trigger {
        Trigger::Events(patterns) => match patterns.as_slice() {
            [only] => states.get(only.strip_prefix("done.state.")?).copied(),
            _ => None,
        },
        _ => None,
    }
}
