//! Transitions of parallel states that cannot both be taken.

use std::collections::HashMap;

use super::{Checker, beginnings, patterns};
use crate::definition::model::{StateKind, Trigger};
use crate::diagnostic::{Diagnostic, Span, quoted};
use crate::table::{StateId, TransitionId};

/// What eventless transitions are noted under: no event has this name.
const ALWAYS: &str = " always";

/// Up to two regions of a parallel state that answer an event, each with one of its transitions.
#[derive(Clone, Copy)]
struct Answers {
    first: (StateId, Span),
    second: Option<(StateId, Span)>,
}

impl Answers {
    /// A transition in another region than this one.
    fn besides(&self, region: StateId) -> Option<Span> {
        if self.first.0 != region { Some(self.first.1) } else { self.second.map(|(_, span)| span) }
    }
}

/// What answers in one parallel state, by pattern and by every beginning of a pattern.
#[derive(Default)]
struct Regions<'d> {
    exact: HashMap<&'d str, Answers>,
    beginning: HashMap<&'d str, Answers>,
}

pub(super) fn check(checker: &mut Checker<'_, '_>) {
    let definition = checker.definition;
    if definition.states.rows().iter().all(|state| state.kind != StateKind::Parallel) {
        return;
    }
    let mut all: HashMap<StateId, Regions<'_>> = HashMap::new();
    let mut leaving: Vec<(TransitionId, StateId, StateId)> = Vec::new();
    for (id, transition) in definition.transitions.iter() {
        let mut region = transition.source;
        for outer in checker.upwards(transition.source).skip(1) {
            if definition.states.at(outer).kind == StateKind::Parallel {
                let regions = all.entry(outer).or_default();
                if transition.trigger == Trigger::Always {
                    note(&mut regions.exact, ALWAYS, region, transition.span);
                }
                for pattern in patterns(transition) {
                    note(&mut regions.exact, pattern, region, transition.span);
                    // Every name begins with nothing: that is what `*` asks for.
                    for name in beginnings(pattern).chain([""]) {
                        note(&mut regions.beginning, name, region, transition.span);
                    }
                }
                // A transition that leads from a region to that region itself leaves the whole parallel state, too:
                // the innermost compound state around source and target is outside of it (SCXML's LCCA), unless
                // the transition is internal to the region.
                let leaves = |target: &String| {
                    checker.states.get(target.as_str()).is_some_and(|target| {
                        let stays = transition.internal && transition.source == region;
                        !checker.is_inside(*target, region) || (*target == region && !stays)
                    })
                };
                if transition.targets.iter().any(|target| leaves(&target.value)) {
                    leaving.push((id, outer, region));
                }
            }
            region = outer;
        }
    }
    for (id, parallel, region) in leaving {
        let transition = definition.transitions.at(id);
        let Some(regions) = all.get(&parallel) else { continue };
        let always = if transition.trigger == Trigger::Always { Some(ALWAYS) } else { None };
        let always = always.and_then(|name| regions.exact.get(name)?.besides(region));
        let other = always.or_else(|| {
            patterns(transition).iter().find_map(|pattern| {
                let shorter =
                    beginnings(pattern).chain(["*"]).filter_map(|name| regions.exact.get(name));
                let longer =
                    regions.beginning.get(if pattern.value == "*" { "" } else { pattern.as_str() });
                shorter.chain(longer).find_map(|answers| answers.besides(region))
            })
        });
        if let Some(other) = other {
            let name = quoted(&definition.states.at(parallel).name);
            let message = format!(
                "this transition leaves {name} while another part of it answers the same event"
            );
            let found = Diagnostic::warning("parallel-conflict", transition.span, message)
                .related(other, "the other is here");
            checker.report.push(found.hint("of the two, the one whose part stands first in `states` is taken; use different events where that is not meant"));
        }
    }
}

fn note<'d>(answers: &mut HashMap<&'d str, Answers>, name: &'d str, region: StateId, span: Span) {
    let found = answers.entry(name).or_insert(Answers { first: (region, span), second: None });
    if found.first.0 != region && found.second.is_none() {
        found.second = Some((region, span));
    }
}
