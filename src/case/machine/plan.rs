//! What a step will enter, worked out before anything is entered.

use std::collections::{BTreeMap, BTreeSet};

use crate::case::situation::Situation;
use crate::definition::model::StateKind;
use crate::inline_vec::InlineVec;
use crate::table::StateId;
use crate::work::looked_at;
use crate::workflow::chart::{Chart, ROOT};

/// What will be entered.
#[derive(Debug, Default)]
pub(super) struct Plan {
    pub states: States,
    /// Compound states entered without being asked for a child: their initial actions run.
    pub by_default: States,
    /// Parents of history states without a record → the history state, whose default actions run.
    pub history_defaults: BTreeMap<StateId, StateId>,
    /// Parallel states around a target whose regions all have something planned.
    complete: BTreeSet<StateId>,
}

/// Chains of history defaults longer than this are circles; the nesting of states is bounded by that of JSON.
const DEEPEST: usize = 1_000;

/// Where the step begins, and in which chart.
pub(super) struct Planner<'p> {
    pub chart: &'p Chart,
    pub situation: &'p Situation,
}

impl Planner<'_> {
    /// SCXML appendix D, `addDescendantStatesToEnter`.
    pub(super) fn descendants(&self, state: StateId, plan: &mut Plan, depth: usize) {
        if depth > DEEPEST {
            return;
        }
        let row = self.chart.states.at(state);
        match row.kind {
            StateKind::History { .. } => {
                let around = row.parent.unwrap_or(ROOT);
                let targets = match self.situation.history.get(&state) {
                    Some(recorded) => recorded.as_slice(),
                    None => {
                        plan.history_defaults.insert(around, state);
                        row.initial.as_slice()
                    }
                };
                for target in targets {
                    self.descendants(*target, plan, depth + 1);
                }
                for target in targets {
                    self.ancestors(*target, around, plan, depth + 1);
                }
            }
            StateKind::Compound => {
                plan.states.insert(state);
                plan.by_default.insert(state);
                for target in &row.initial {
                    self.descendants(*target, plan, depth + 1);
                }
                for target in &row.initial {
                    self.ancestors(*target, state, plan, depth + 1);
                }
            }
            StateKind::Parallel => {
                plan.states.insert(state);
                self.regions(row.children.as_slice(), plan, depth);
            }
            StateKind::Atomic | StateKind::Final => {
                plan.states.insert(state);
            }
        }
    }

    /// SCXML appendix D, `addAncestorStatesToEnter`.
    pub(super) fn ancestors(&self, state: StateId, around: StateId, plan: &mut Plan, depth: usize) {
        if depth > DEEPEST {
            return;
        }
        let chart = self.chart;
        for outer in chart.ancestors(state).take_while(|outer| *outer != around && *outer != ROOT) {
            plan.states.insert(outer);
            if chart.states.at(outer).kind == StateKind::Parallel && plan.complete.insert(outer) {
                self.regions(chart.states.at(outer).children.as_slice(), plan, depth);
            }
        }
    }

    /// The regions of a parallel state in which nothing is planned yet.
    fn regions(&self, regions: &[StateId], plan: &mut Plan, depth: usize) {
        let chart = self.chart;
        for region in regions {
            looked_at(1);
            let last = chart.states.at(*region).last;
            if !plan.states.has_within(*region, last) {
                self.descendants(*region, plan, depth + 1);
            }
        }
    }
}

/// States by number, each once, ascending.
#[derive(Debug)]
pub(super) enum States {
    Few(InlineVec<StateId, 12>),
    /// Of a chart with very many regions, whose order may be against ours.
    Many(BTreeSet<StateId>),
}

/// More states than this are kept as a tree.
const FEW: usize = 64;

impl Default for States {
    fn default() -> Self {
        Self::Few(InlineVec::new())
    }
}

impl States {
    pub fn insert(&mut self, state: StateId) {
        if let Self::Few(few) = self {
            // They mostly come in order.
            if few.last() < Some(&state) && few.len() < FEW {
                return few.push(state);
            }
            let Err(place) = few.binary_search(&state) else { return };
            if few.len() < FEW {
                few.insert(place, state);
                return;
            }
            *self = Self::Many(few.iter().copied().collect());
        }
        if let Self::Many(many) = self {
            many.insert(state);
        }
    }

    pub fn contains(&self, state: StateId) -> bool {
        match self {
            Self::Few(few) => few.contains(&state),
            Self::Many(many) => many.contains(&state),
        }
    }

    /// Whether there is one from the first to the last of these.
    pub fn has_within(&self, first: StateId, last: StateId) -> bool {
        match self {
            Self::Few(few) => few.iter().any(|state| (first..=last).contains(state)),
            Self::Many(many) => many.range(first..=last).next().is_some(),
        }
    }

    pub fn iter(&self) -> impl DoubleEndedIterator<Item = StateId> + '_ {
        let (few, many) = match self {
            Self::Few(few) => (Some(few.iter()), None),
            Self::Many(many) => (None, Some(many.iter())),
        };
        few.into_iter().flatten().chain(many.into_iter().flatten()).copied()
    }
}

impl Extend<StateId> for States {
    fn extend<I: IntoIterator<Item = StateId>>(&mut self, states: I) {
        states.into_iter().for_each(|state| self.insert(state));
    }
}
