//! Why a goal was not reached: in words, and whether that is a proof.

use std::collections::BTreeSet;

use super::Goal;
use super::explore::{Failed, Reads};
use super::prove::Stopped;
use crate::definition::model::StateKind;
use crate::language::Searches;
use crate::table::{FactId, Id, StateId, TransitionId};
use crate::workflow::Workflow;
use crate::workflow::chart::ROOT;

/// More than this is not looked through: then nothing is proven of states.
const MOST_WORK: usize = 20_000_000;

/// States that no case can come to: every transition that leads into them is impossible, or leaves from such a state.
pub(super) fn dead(workflow: &Workflow, open: &[(Goal, String, Failed)]) -> BTreeSet<StateId> {
    let compiled = workflow.compiled();
    let chart = &compiled.chart;
    // What a history state leads to hangs on what was.
    let has_history = chart.states.ids().any(|state| chart.is_history(state));
    let entered = compiled.definition.states.ids().skip(1).any(|id| {
        let goal = Goal::State { state: id.index() };
        !open.iter().any(|(other, ..)| *other == goal)
    });
    if has_history || !entered {
        return BTreeSet::new();
    }
    let shut: BTreeSet<TransitionId> = open
        .iter()
        .filter_map(|(goal, _, failed)| match goal {
            Goal::Transition { transition } if failed.is_proof() => {
                Some(TransitionId::from_index(*transition))
            }
            _ => None,
        })
        .collect();
    let mut dead: BTreeSet<StateId> = open
        .iter()
        .filter_map(|(goal, ..)| match goal {
            Goal::State { state } => Some(StateId::from_index(*state)),
            _ => None,
        })
        .collect();
    // Where a case begins is no way that was searched: a start may want facts that nobody thought of.
    let begins = &chart.states.at(ROOT).initial;
    let is_parallel = chart.states.at(ROOT).kind == StateKind::Parallel;
    dead.retain(|state| {
        let at_start = begins.iter().any(|first| {
            first == state || chart.inside(*first, *state) || chart.inside(*state, *first)
        });
        !(is_parallel || begins.is_empty() || at_start)
    });
    // Each round looks at all transitions for all states, and shuts out one state at least.
    let work = dead.len().saturating_mul(dead.len()).saturating_mul(chart.transitions.len());
    if work > MOST_WORK {
        return BTreeSet::new();
    }
    // Of the states that were not entered those stay out that something might lead into.
    loop {
        let before = dead.len();
        let leads = |state: StateId| {
            chart.transitions.iter().any(|(id, row)| {
                let regions = chart
                    .ancestors(state)
                    .filter(|outer| chart.states.at(*outer).kind == StateKind::Parallel);
                let regions: Vec<StateId> = regions.collect();
                let into = row.targets.iter().any(|target| {
                    *target == state
                        || chart.inside(*target, state)
                        || chart.inside(state, *target)
                        || regions.iter().any(|outer| chart.inside(*target, *outer))
                });
                into && !shut.contains(&id) && !dead.contains(&row.source)
            })
        };
        let kept: BTreeSet<StateId> = dead.iter().copied().filter(|state| !leads(*state)).collect();
        dead = kept;
        if dead.len() == before {
            return dead;
        }
    }
}

pub(super) fn reason(workflow: &Workflow, failed: &Failed, words: &Searches) -> String {
    let definition = &workflow.compiled().definition;
    let facts = |reads: &Reads| {
        let mut said: Vec<String> =
            reads.names.iter().take(8).map(|name| format!("`{name}`")).collect();
        if reads.names.len() > 8 {
            said.push("…".to_owned());
        }
        said.extend(reads.time.then(|| words.time.to_owned()));
        said.extend(reads.past.then(|| words.past.to_owned()));
        said.join(", ")
    };
    let named = |ids: &[FactId]| {
        let names = ids.iter().map(|id| definition.facts.at(*id).name.value.clone());
        facts(&Reads { names: names.collect(), ..Reads::default() })
    };
    match failed {
        Failed::Excluded(read, others) => {
            let others = if *others { words.while_shut } else { "" };
            let Searches { no_values_of, make_it_so, proven, nothing, .. } = words;
            match read.is_empty() {
                true => format!("{nothing} {make_it_so}{others}: {proven}"),
                false => format!("{no_values_of} {} {make_it_so}{others}: {proven}", named(read)),
            }
        }
        Failed::Contradiction(read, false) if read.is_empty() => words.always_so.to_owned(),
        Failed::Contradiction(read, true) if read.is_empty() => words.always_before.to_owned(),
        Failed::Contradiction(read, others) => {
            let others = if *others { words.while_shut } else { "" };
            let Searches { no_values_of, make_it_so, all_tried, .. } = words;
            format!("{no_values_of} {} {make_it_so}{others}: {all_tried}", named(read))
        }
        Failed::NoWay(states) => {
            let names =
                states.iter().map(|id| format!("`{}`", definition.states.at(*id).name.as_str()));
            format!("{} {}", words.no_way_to_state, names.collect::<Vec<_>>().join(", "))
        }
        Failed::NotFound(read, stopped) => {
            let read = facts(read);
            let found = match read.is_empty() {
                true => words.no_way.to_owned(),
                false => format!("{} {read} {}", words.no_values_of, words.were_found),
            };
            match stopped.as_ref().map(|stopped| stood(stopped, &named, words)) {
                Some(why) => format!("{found}, {} {why}", words.not_all_tried),
                None => format!("{found} {}", words.within_bounds),
            }
        }
        Failed::NotBrought(values) if values.is_empty() => words.not_brought_at_all.to_owned(),
        Failed::NotBrought(values) => {
            let values: Vec<String> = values
                .iter()
                .take(8)
                .map(|(name, value)| match value {
                    Some(value) => format!("{name} = {value}"),
                    None => format!("{name} {}", words.unknown),
                })
                .collect();
            format!("{} {}, {}", words.so_with, values.join(", "), words.not_brought)
        }
        Failed::NeverAsked => words.never_asked.to_owned(),
        Failed::Bound => words.bound.to_owned(),
        Failed::Unwritable => words.unwritable.to_owned(),
    }
}

/// What stood in the way of a proof.
fn stood(stopped: &Stopped, named: &dyn Fn(&[FactId]) -> String, words: &Searches) -> String {
    let Stopped { facts, time, past, event, many } = stopped;
    let more = || format!("{} {} {}", words.does_more, named(facts), words.than_compare);
    let said = [
        (!facts.is_empty()).then(more),
        time.then(|| words.reads_time.to_owned()),
        past.then(|| words.reads_past.to_owned()),
        event.then(|| words.reads_event.to_owned()),
        many.then(|| words.many.to_owned()),
    ];
    said.into_iter().flatten().collect::<Vec<_>>().join(", ")
}
