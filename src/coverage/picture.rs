//! Coverage laid over a picture.

use std::collections::BTreeMap;

use crate::Language;
use crate::coverage::{Coverage, Goal};
use crate::export::{HitCount, Overlay, TransitionKey};

impl Coverage {
    /// What was seen, for the picture of the workflow: how often each state was entered and each transition taken, and what
    /// is missing of a transition's own rule, a line each. Cost: as asking for every goal.
    #[must_use]
    pub fn overlay(&self, language: Language) -> Overlay {
        let mut overlay = Overlay::default();
        for state in self.states() {
            let seen = HitCount { times: state.entered, missing: Vec::new() };
            overlay.state_hits.insert(state.name, seen);
        }
        let rules: Vec<Option<usize>> = self.rules().map(|rule| rule.transition).collect();
        let of_rule = |rule: usize| rules.get(rule).copied().flatten();
        let clauses: Vec<Option<usize>> =
            self.clauses().map(|clause| of_rule(clause.rule)).collect();
        let limits: Vec<Option<usize>> =
            self.thresholds().map(|limit| of_rule(limit.rule)).collect();
        let mut missing: BTreeMap<usize, Vec<String>> = BTreeMap::new();
        for goal in self.missing() {
            let transition = match goal {
                Goal::State { .. } | Goal::Transition { .. } => None,
                Goal::Holds { clause }
                | Goal::Fails { clause }
                | Goal::Unknown { clause }
                | Goal::DecidesByHolding { clause }
                | Goal::DecidesByFailing { clause } => clauses.get(clause).copied().flatten(),
                Goal::JustBelow { threshold }
                | Goal::At { threshold }
                | Goal::JustAbove { threshold } => limits.get(threshold).copied().flatten(),
            };
            if let Some(transition) = transition {
                missing.entry(transition).or_default().push(self.title(goal, language));
            }
        }
        let mut met = BTreeMap::new();
        for transition in self.transitions() {
            let way = transition.way;
            let key = TransitionKey { from: way.from, on: way.on, to: way.to, id: way.id, nth: 0 };
            let missing = missing.remove(&transition.number).unwrap_or_default();
            let seen = HitCount { times: transition.taken, missing };
            overlay.transition_hits.push((key.numbered(&mut met), seen));
        }
        overlay
    }
}
