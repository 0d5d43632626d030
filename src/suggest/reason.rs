//! Why a goal was not reached: in words, and whether that is a proof.

use std::collections::BTreeSet;

use super::Goal;
use super::explore::{Failed, Reads};
use super::prove::Stopped;
use crate::case::Language;
use crate::definition::model::StateKind;
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

pub(super) fn reason(workflow: &Workflow, failed: &Failed, language: Language) -> String {
    let definition = &workflow.compiled().definition;
    let swedish = language == Language::Swedish;
    let facts = |reads: &Reads| {
        let mut said: Vec<String> =
            reads.names.iter().take(8).map(|name| format!("`{name}`")).collect();
        if reads.names.len() > 8 {
            said.push("…".to_owned());
        }
        if reads.time {
            said.push(if swedish { "tiden" } else { "the time" }.to_owned());
        }
        if reads.past {
            said.push(if swedish { "det som hänt" } else { "what happened" }.to_owned());
        }
        said.join(", ")
    };
    let named = |ids: &[FactId]| {
        let names = ids.iter().map(|id| definition.facts.at(*id).name.value.clone());
        facts(&Reads { names: names.collect(), ..Reads::default() })
    };
    match failed {
        Failed::Contradiction(read, false) if read.is_empty() => if swedish {
            "det beror på inga uppgifter och är alltid likadant"
        } else {
            "it depends on no fact and is always the same"
        }
        .to_owned(),
        Failed::Contradiction(read, true) if read.is_empty() => if swedish {
            "en övergång före den är alltid öppen"
        } else {
            "a transition before it is always open"
        }
        .to_owned(),
        Failed::Contradiction(read, others) => {
            let others = match (others, swedish) {
                (false, _) => "",
                (true, true) => " medan övergångarna före den är stängda",
                (true, false) => " while the transitions before it stay shut",
            };
            let facts = named(read);
            if swedish {
                format!("inga värden på {facts} gör det så{others}: alla har prövats")
            } else {
                format!("no values of {facts} make it so{others}: all were tried")
            }
        }
        Failed::NoWay(states) => {
            let names =
                states.iter().map(|id| format!("`{}`", definition.states.at(*id).name.as_str()));
            let names = names.collect::<Vec<_>>().join(", ");
            if swedish {
                format!("ingen väg hittades till tillståndet {names}")
            } else {
                format!("no way was found to the state {names}")
            }
        }
        Failed::NotFound(read, stopped) => {
            let read = facts(read);
            let found = match (read.is_empty(), swedish) {
                (true, true) => "inget sätt hittades".to_owned(),
                (true, false) => "no way was found".to_owned(),
                (false, true) => format!("inga värden på {read} hittades"),
                (false, false) => format!("no values of {read} were found"),
            };
            let why = stopped.as_ref().map(|stopped| stood(stopped, &named, swedish));
            match why {
                Some(why) if swedish => format!("{found}, och alla kan inte prövas: {why}"),
                Some(why) => format!("{found}, and not all can be tried: {why}"),
                None if swedish => format!("{found} inom sökningens gränser"),
                None => format!("{found} within the bounds of the search"),
            }
        }
        Failed::NotBrought(values) if values.is_empty() => if swedish {
            "det vore så, men ingen väg dit hittades"
        } else {
            "it would be so, but no way was found to a case that is asked"
        }
        .to_owned(),
        Failed::NotBrought(values) => {
            let values: Vec<String> = values
                .iter()
                .take(8)
                .map(|(name, value)| match value {
                    Some(value) => format!("{name} = {value}"),
                    None if swedish => format!("{name} okänd"),
                    None => format!("{name} unknown"),
                })
                .collect();
            let values = values.join(", ");
            if swedish {
                format!("med {values} vore det så, men ingen väg hittades dit")
            } else {
                format!("it would be so with {values}, but no way was found to a case like that")
            }
        }
        Failed::NeverAsked => if swedish {
            "ingen övergång som prövades beror på det"
        } else {
            "no transition that was tried depends on it"
        }
        .to_owned(),
        Failed::Bound => {
            if swedish { "sökningens gräns nåddes" } else { "the search reached its bound" }
                .to_owned()
        }
        Failed::Unwritable => if swedish {
            "vägen dit kan inte skrivas som ett scenario"
        } else {
            "the way there cannot be written as a scenario"
        }
        .to_owned(),
    }
}

/// What stood in the way of a proof.
fn stood(stopped: &Stopped, named: &dyn Fn(&[FactId]) -> String, swedish: bool) -> String {
    let Stopped { facts, time, past, event, many } = stopped;
    let said = [
        (!facts.is_empty()).then(|| match swedish {
            true => format!("regeln gör mer med {} än att jämföra med fasta värden", named(facts)),
            false => {
                format!("the rule does more with {} than compare with constants", named(facts))
            }
        }),
        time.then(|| if swedish { "den läser tiden" } else { "it reads the time" }.to_owned()),
        past.then(|| {
            if swedish { "den läser det som hänt" } else { "it reads what happened" }.to_owned()
        }),
        event
            .then(|| if swedish { "den läser händelsen" } else { "it reads the event" }.to_owned()),
        many.then(|| {
            if swedish {
                "kombinationerna är för många"
            } else {
                "there are too many combinations"
            }
            .to_owned()
        }),
    ];
    said.into_iter().flatten().collect::<Vec<_>>().join(", ")
}
