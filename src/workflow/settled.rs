//! Which facts stay what they are for the rest of a case: those that nothing changes that can still come.

use std::sync::{Arc, PoisonError, RwLock};

use fixedbitset::FixedBitSet;

use crate::definition::model::{StateKind, matches};
use crate::rule::Program;
use crate::table::{FactId, Id, StateId, TransitionId};
use crate::workflow::Compiled;

/// The facts that may still change, of the active states that were asked about last: all that is asked about one situation
/// finds them there.
#[derive(Debug, Default)]
pub(crate) struct OpenFacts(RwLock<Option<(Vec<StateId>, Arc<FixedBitSet>)>>);

impl Compiled {
    /// The facts that may still change while these states are active, by their numbers. Derived ones may follow time, and are
    /// not among them. Cost: linear in the states and transitions of the workflow, once for a situation.
    pub fn open_facts(&self, active: &[StateId]) -> Arc<FixedBitSet> {
        let known = self.open_facts.0.read().unwrap_or_else(PoisonError::into_inner);
        if let Some((of, open)) = &*known
            && of == active
        {
            return Arc::clone(open);
        }
        drop(known);
        let open = Arc::new(self.found_open(active));
        let mut known = self.open_facts.0.write().unwrap_or_else(PoisonError::into_inner);
        *known = Some((active.to_vec(), Arc::clone(&open)));
        open
    }

    /// Whether a fact that is reported stays what it is while these states are active, and after.
    pub fn is_settled(&self, open: &FixedBitSet, id: FactId) -> bool {
        self.rules.is_given(id) && !open.contains(id.index())
    }

    fn found_open(&self, active: &[StateId]) -> FixedBitSet {
        let (definition, rules, chart) = (&self.definition, &self.rules, &self.chart);
        let mut open = FixedBitSet::with_capacity(definition.facts.len());
        let writes = |open: &mut FixedBitSet, program: Option<&Program>| {
            let written = program.into_iter().flat_map(|program| &program.writes);
            written.for_each(|id| open.insert(id.index()));
        };
        let mut patterns: Vec<&str> = Vec::new();
        for transition in self.reached(active) {
            writes(&mut open, rules.actions(transition));
            let row = chart.transitions.at(transition);
            patterns.extend(row.patterns.iter().chain(&row.revoke).map(|pattern| &**pattern));
        }
        for state in definition.states.ids() {
            writes(&mut open, rules.entry(state));
            writes(&mut open, rules.exit(state));
            writes(&mut open, rules.initial_actions(state));
        }
        patterns.sort_unstable();
        patterns.dedup();
        match &definition.events {
            // Whatever comes may carry whatever it likes.
            None => open.insert_range(..),
            Some(events) => {
                let heard = |name: &str| {
                    // A declaration governs longer names, too.
                    let fits = |pattern: &&str| matches(pattern, name) || matches(name, pattern);
                    patterns.iter().any(fits)
                };
                for event in events.values().filter(|event| heard(&event.name)) {
                    let carried = event.sets.iter().chain(&event.required);
                    let ids = carried.filter_map(|name| rules.fact_named(name));
                    ids.for_each(|id| open.insert(id.index()));
                }
            }
        }
        open
    }

    /// The transitions of all states that can still be come to, whatever guards say.
    fn reached(&self, active: &[StateId]) -> Vec<TransitionId> {
        let chart = &self.chart;
        let mut leaving: Vec<Vec<TransitionId>> = vec![Vec::new(); chart.states.len()];
        for (id, row) in chart.transitions.iter() {
            if let Some(own) = leaving.get_mut(row.source.index()) {
                own.push(id);
            }
        }
        let mut met = FixedBitSet::with_capacity(chart.states.len());
        let mut waiting: Vec<StateId> = active.to_vec();
        let mut found = Vec::new();
        while let Some(state) = waiting.pop() {
            if met.put(state.index()) {
                continue;
            }
            let row = chart.states.at(state);
            // What is inside may be entered with it, or by what it remembers.
            if !active.contains(&state) {
                waiting.extend(row.children.iter().chain(&row.histories));
            }
            let outer = row.parent.filter(|outer| !active.contains(outer));
            waiting.extend(outer);
            if let StateKind::History { .. } = row.kind {
                let siblings = row.parent.map(|outer| chart.states.at(outer));
                waiting.extend(siblings.into_iter().flat_map(|outer| &outer.children));
            }
            for transition in leaving.get(state.index()).into_iter().flatten() {
                found.push(*transition);
                waiting.extend(&chart.transitions.at(*transition).targets);
            }
        }
        found
    }
}
