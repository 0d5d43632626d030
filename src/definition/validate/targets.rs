//! Targets exist, lead into the right state, and can be active together.

use super::Checker;
use crate::definition::model::{Entry, StateKind};
use crate::diagnostic::{Diagnostic, Spanned, quoted};
use crate::table::StateId;

pub(super) fn check(checker: &mut Checker<'_, '_>) {
    let definition = checker.definition;
    for transition in definition.transitions.rows() {
        let found = checker.find_all(&transition.targets);
        checker.together(&found);
    }
    for (id, state) in definition.states.iter() {
        let Some(entry) = &state.initial else { continue };
        match (&state.kind, state.parent) {
            (StateKind::History { .. }, Some(parent)) => {
                checker.entry(entry, parent, "default");
                checker.no_history(entry);
            }
            _ => checker.entry(entry, id, "initial"),
        }
    }
}

impl<'d> Checker<'_, 'd> {
    fn find_all(&mut self, targets: &'d [Spanned<String>]) -> Vec<(StateId, &'d Spanned<String>)> {
        let mut found = Vec::with_capacity(targets.len());
        for target in targets {
            match self.states.get(target.as_str()) {
                Some(id) => found.push((*id, target)),
                None => {
                    let known = self.state_names();
                    self.unknown("unknown-state", target, "state", known, "");
                }
            }
        }
        found
    }

    /// The way into a state leads to what is inside of it.
    fn entry(&mut self, entry: &'d Entry, inside: StateId, key: &str) {
        let found = self.find_all(&entry.targets);
        for (id, target) in &found {
            if *id != inside && self.is_inside(*id, inside) {
                continue;
            }
            // Of two states of one name, which has been reported, the other may be meant.
            let namesakes = self.definition.states.rows().iter();
            let namesakes = namesakes.filter(|state| state.name.value == target.value);
            if !self.report.is_full() && namesakes.take(2).count() > 1 {
                continue;
            }
            let whole = inside.0 == 0;
            let around = &self.definition.states.at(inside).name;
            let message = format!(
                "`{key}` leads to {}, which is not inside of {}",
                quoted(target),
                quoted(around)
            );
            let mut problem = Diagnostic::error("bad-target", target.span, message);
            if !whole {
                problem = problem.related(around.span, "this is the state around");
            }
            self.report.push(problem.hint("name a state inside of it"));
        }
        self.together(&found);
    }

    /// A history that begins with a history may begin nowhere.
    fn no_history(&mut self, entry: &'d Entry) {
        for target in &entry.targets {
            let named = self.states.get(target.as_str());
            let Some(state) = named.map(|id| self.definition.states.at(*id)) else { continue };
            if matches!(state.kind, StateKind::History { .. }) {
                let message = format!("`default` leads to {}, which is a history", quoted(target));
                let found = Diagnostic::error("bad-target", target.span, message);
                self.report.push(found.hint("name a state that is entered the first time"));
            }
        }
    }

    /// Several targets must lie in different states of one that is parallel.
    fn together(&mut self, targets: &[(StateId, &Spanned<String>)]) {
        let mut targets = targets.to_vec();
        targets.sort_by_key(|(id, _)| *id);
        // In document order the nearest common state of any two is that of two neighbours between them.
        for pair in targets.windows(2) {
            let [(first, first_name), (second, second_name)] = pair else { continue };
            // A name that stands twice has been reported.
            if first == second {
                continue;
            }
            let common = self.common(*first, *second);
            if common != *first && self.definition.states.at(common).kind == StateKind::Parallel {
                continue;
            }
            let message = format!(
                "{} and {} cannot both be entered",
                quoted(first_name),
                quoted(second_name)
            );
            let found = Diagnostic::error("bad-target", second_name.span, message);
            let hint = "several targets must lie in different states of one that is parallel";
            self.report.push(found.related(first_name.span, "the other is here").hint(hint));
        }
    }

    /// Whether a state is another one or lies inside of it.
    pub fn is_inside(&self, inner: StateId, outer: StateId) -> bool {
        self.upwards(inner).any(|id| id == outer)
    }

    /// A state and those around it, innermost first.
    pub fn upwards(&self, from: StateId) -> impl Iterator<Item = StateId> + use<'d> {
        let definition = self.definition;
        std::iter::successors(Some(from), move |id| definition.states.at(*id).parent)
    }

    /// The innermost state that two states lie in, one of them perhaps.
    pub fn common(&self, first: StateId, second: StateId) -> StateId {
        let found = self.upwards(first).find(|outer| self.is_inside(second, *outer));
        found.unwrap_or(StateId(0))
    }
}
