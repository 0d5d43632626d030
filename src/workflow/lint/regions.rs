//! What one part of a parallel state does to the others.

use std::collections::BTreeMap;

use crate::definition::model::{Definition, StateKind, Transition, Trigger, matches};
use crate::diagnostic::{Diagnostic, Report, Span, quoted};
use crate::rule::{Rules, Write};
use crate::table::{FactId, StateId, TransitionId};
use crate::workflow::chart::Chart;

/// So many parts are named in one message.
const MOST_NAMED: usize = 5;

/// So many writers of one fact are compared with each other.
const MOST_WRITERS: usize = 100;

pub(super) fn check(definition: &Definition, rules: &Rules, chart: &Chart, report: &mut Report) {
    if definition.states.rows().iter().all(|state| state.kind != StateKind::Parallel) {
        return;
    }
    let mut writers: BTreeMap<(StateId, FactId), Vec<Writer>> = BTreeMap::new();
    for (id, transition) in definition.transitions.iter() {
        restarts(definition, chart, id, transition, report);
        if matches!(transition.trigger, Trigger::Events(_)) {
            note(definition, rules, chart, id, &mut writers);
        }
    }
    for ((_, fact), writers) in writers {
        both(definition, fact, &writers, report);
    }
}

/// A transition that leads from a part of a parallel state into it leaves all of it and enters all of it anew.
fn restarts(
    definition: &Definition,
    chart: &Chart,
    id: TransitionId,
    transition: &Transition,
    report: &mut Report,
) {
    let row = chart.transitions.at(id);
    let Some(around) = chart.domain(row.source, row.internal, &row.targets) else { return };
    let state = |id: StateId| definition.states.at(id);
    for outer in std::iter::once(row.source).chain(chart.ancestors(row.source)) {
        if outer == around {
            return;
        }
        let back = row.targets.iter().any(|target| chart.inside(*target, outer));
        if state(outer).kind == StateKind::Parallel && back {
            // Those that are named on purpose, and those in which nothing begins anew, need no word. One that leads into
            // another part does not name its own.
            let sisters = chart.states.at(outer).children.iter().copied().filter(|sister| {
                let named = row
                    .targets
                    .iter()
                    .any(|target| target == sister || chart.inside(*target, *sister));
                !named && begins(definition, chart, *sister)
            });
            let mut sisters: Vec<String> =
                sisters.take(MOST_NAMED + 1).map(|sister| quoted(&state(sister).name)).collect();
            if !sisters.is_empty() {
                let begin = if sisters.len() == 1 { "begins" } else { "begin" };
                let more = if sisters.len() > MOST_NAMED { " and others" } else { "" };
                sisters.truncate(MOST_NAMED);
                let message = format!(
                    "this transition leaves {} and enters it again: {}{more} {begin} anew, with all terms",
                    quoted(&state(outer).name),
                    sisters.join(", ")
                );
                let found = Diagnostic::warning("parallel-restart", transition.span, message)
                    .related(state(outer).name.span, "the parallel state is here");
                report.push(found.hint(
                    "to move within one part, put it on that part with `\"type\": \"internal\"` and a state inside as `target`; to begin again on purpose, name the parallel state itself",
                ));
            }
            return;
        }
    }
}

/// Whether anything is to be noticed of a part that begins anew.
fn begins(definition: &Definition, chart: &Chart, region: StateId) -> bool {
    let own = definition.states.at(region);
    !chart.states.at(region).children.is_empty()
        || !own.terms.is_empty()
        || own.entry.is_some()
        || own.exit.is_some()
        || own.transitions.iter().any(|id| !definition.transitions.at(*id).signed_by.is_empty())
}

/// A transition that changes a fact.
struct Writer {
    /// The part of the parallel state that it belongs to.
    region: StateId,
    transition: TransitionId,
    write: Write,
    span: Span,
}

fn note(
    definition: &Definition,
    rules: &Rules,
    chart: &Chart,
    id: TransitionId,
    writers: &mut BTreeMap<(StateId, FactId), Vec<Writer>>,
) {
    let row = chart.transitions.at(id);
    let around = chart.domain(row.source, row.internal, &row.targets);
    let mut writes: BTreeMap<FactId, (Write, Span)> = BTreeMap::new();
    // What is left and entered on the way runs scripts, too.
    let below = |from: StateId| {
        let path = std::iter::once(from).chain(chart.ancestors(from));
        path.take_while(move |state| Some(*state) != around)
    };
    let exits = around.iter().flat_map(|_| below(row.source)).filter_map(|state| rules.exit(state));
    let entries = row.targets.iter().flat_map(|target| below(*target));
    let entries = entries.filter_map(|state| rules.entry(state));
    for program in exits.chain(rules.actions(id)).chain(entries) {
        for (fact, write) in rules.writes(program) {
            let span = program.script.span;
            writes
                .entry(fact)
                .and_modify(|known| {
                    if known.0 != write {
                        known.0 = Write::Other;
                    }
                })
                .or_insert((write, span));
        }
    }
    if writes.is_empty() {
        return;
    }
    let mut region = row.source;
    for outer in chart.ancestors(row.source) {
        if definition.states.at(outer).kind == StateKind::Parallel {
            // Where it leaves all parts, only one of two is taken: that is told elsewhere.
            if around.is_some_and(|around| around != region && !chart.inside(around, region)) {
                return;
            }
            for (fact, (write, span)) in &writes {
                let (write, span) = (write.clone(), *span);
                let known = writers.entry((outer, *fact)).or_default();
                if known.len() < MOST_WRITERS {
                    known.push(Writer { region, transition: id, write, span });
                }
            }
        }
        region = outer;
    }
}

/// Two parts that write one fact on one event.
fn both(definition: &Definition, fact: FactId, writers: &[Writer], report: &mut Report) {
    let patterns = |writer: &Writer| match &definition.transitions.at(writer.transition).trigger {
        Trigger::Events(patterns) => patterns.as_slice(),
        _ => &[],
    };
    for (place, second) in writers.iter().enumerate() {
        let first = writers.iter().take(place).find(|first| {
            let apart = match (&first.write, &second.write) {
                (Write::Other, _) => false,
                (first, second) => first == second,
            };
            let meet = |a: &str, b: &str| b == "*" || matches(a, b) || matches(b, a);
            first.region != second.region
                && !apart
                && patterns(first).iter().any(|a| patterns(second).iter().any(|b| meet(a, b)))
        });
        let Some(first) = first else { continue };
        let name = |id: StateId| quoted(&definition.states.at(id).name);
        let message = format!(
            "{} is written by {} on the event that {} writes it on, too",
            quoted(&definition.facts.at(fact).name),
            name(second.region),
            name(first.region)
        );
        let found = Diagnostic::warning("parallel-writes", second.span, message)
            .related(first.span, "the other writes it here");
        report.push(found.hint(
            "both run, the part that stands first in `states` first, and what is assigned last counts; let one of them write it, or give each a fact of its own",
        ));
    }
}
