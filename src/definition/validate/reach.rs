//! States that no path enters, and transitions that an earlier one always takes first.

use std::collections::HashSet;

use super::{Checker, beginnings};
use crate::definition::model::{StateKind, Transition, Trigger};
use crate::diagnostic::{Diagnostic, Spanned, quoted};
use crate::table::{Id, StateId};

pub(super) fn check(checker: &mut Checker<'_, '_>) {
    checker.unreachable();
    checker.shadowed();
    checker.endless();
}

/// What is known to be entered on some path, if every guard can hold.
struct Reached {
    entered: Vec<bool>,
    /// Entered without a target inside, so that its own `initial` decides.
    by_default: Vec<bool>,
    /// Entered by its own `initial` as soon as it is entered at all: a shallow history stands beside it.
    comes_back: Vec<bool>,
    /// States whose transitions and ways in are still to be followed.
    waiting: Vec<StateId>,
}

impl Checker<'_, '_> {
    fn unreachable(&mut self) {
        // Where a target is wrong or a beginning is missing, states are unreachable only because of that.
        if self.report.has_errors() {
            return;
        }
        let definition = self.definition;
        let number = definition.states.len();
        let mut reached = Reached {
            entered: vec![false; number],
            by_default: vec![false; number],
            comes_back: vec![false; number],
            waiting: Vec::new(),
        };
        self.enter(&mut reached, StateId(0), true);
        while let Some(id) = reached.waiting.pop() {
            let state = definition.states.at(id);
            if state.kind == StateKind::Parallel {
                for child in &state.children {
                    self.enter(&mut reached, *child, true);
                }
            }
            // A history brings back whatever was active around it: children, or for a deep one all that lies inside,
            // each child entered by its own beginning. What was never entered does not come back.
            if let (StateKind::History { deep: false }, Some(outer)) = (&state.kind, state.parent) {
                for child in &definition.states.at(outer).children {
                    if reached.entered.get(child.index()).copied().unwrap_or(false) {
                        self.enter(&mut reached, *child, true);
                    } else if let Some(later) = reached.comes_back.get_mut(child.index()) {
                        *later = true;
                    }
                }
            }
            let default = reached.by_default.get(id.index()).copied().unwrap_or(false);
            if default || matches!(state.kind, StateKind::History { .. }) {
                for target in state.initial.iter().flat_map(|entry| &entry.targets) {
                    self.enter_target(&mut reached, target);
                }
            }
            for transition in &state.transitions {
                for target in &definition.transitions.at(*transition).targets {
                    self.enter_target(&mut reached, target);
                }
            }
        }
        let entered = |id: StateId| reached.entered.get(id.index()).copied().unwrap_or(true);
        for (id, state) in definition.states.iter() {
            // What lies inside of a state that is never entered needs no warning of its own.
            if !entered(id) && state.parent.is_none_or(entered) {
                let message = format!("no path leads to the state {}", quoted(&state.name));
                let found = Diagnostic::warning("unreachable-state", state.name.span, message);
                self.report
                    .push(found.hint("add a transition that has it as its target, or remove it"));
            }
        }
    }

    fn enter_target(&self, reached: &mut Reached, target: &Spanned<String>) {
        let Some(id) = self.states.get(target.as_str()).copied() else { return };
        self.enter(reached, id, true);
        for outer in self.upwards(id).skip(1) {
            self.enter(reached, outer, false);
        }
    }

    fn enter(&self, reached: &mut Reached, id: StateId, default: bool) {
        let mut news = false;
        let default = default || reached.comes_back.get(id.index()).copied().unwrap_or(false);
        if let Some(entered) = reached.entered.get_mut(id.index()) {
            news |= !std::mem::replace(entered, true);
        }
        if let Some(by_default) = reached.by_default.get_mut(id.index()) {
            news |= default && !std::mem::replace(by_default, true);
        }
        if news {
            reached.waiting.push(id);
        }
    }

    /// Transitions behind one that is always taken.
    fn shadowed(&mut self) {
        let definition = self.definition;
        for state in definition.states.rows() {
            // Those of `always` and of each term are lists of their own.
            let mut taken: HashSet<(u64, &str)> = HashSet::new();
            for id in &state.transitions {
                let transition = definition.transitions.at(*id);
                let (list, patterns): (u64, Vec<&str>) = match &transition.trigger {
                    Trigger::Events(patterns) => {
                        (0, patterns.iter().map(|pattern| pattern.as_str()).collect())
                    }
                    Trigger::Always => (1, vec!["*"]),
                    Trigger::Term(term) => (u64::from(*term) + 2, vec!["*"]),
                };
                let hidden = |pattern: &&str| {
                    taken.contains(&(list, "*"))
                        || beginnings(pattern).any(|name| taken.contains(&(list, name)))
                };
                if !patterns.is_empty() && patterns.iter().all(hidden) {
                    let message = "this transition is never taken: one in front of it always is";
                    let found =
                        Diagnostic::warning("shadowed-transition", transition.span, message);
                    self.report
                        .push(found.hint("move it in front, or give the other one a `guard`"));
                }
                if is_unconditional(transition) {
                    taken.extend(patterns.into_iter().map(|pattern| (list, pattern)));
                }
            }
        }
    }

    /// An `always` that leads nowhere and asks nothing is taken again and again, unless one in front of it ends that.
    fn endless(&mut self) {
        let definition = self.definition;
        for (id, state) in definition.states.iter() {
            let always = state.transitions.iter().map(|id| definition.transitions.at(*id));
            let Some(first) = always.into_iter().find(|one| one.trigger == Trigger::Always) else {
                continue;
            };
            let itself = |target: &Spanned<String>| id.0 != 0 && target.value == state.name.value;
            let stays = first.targets.iter().all(itself);
            if stays && is_unconditional(first) {
                let message = "this `always` is taken again and again, unless one inside or beside it leads away";
                let found = Diagnostic::warning("endless-always", first.span, message);
                self.report.push(
                    found.hint("give it a `guard`, or put the one that leads away in front of it"),
                );
            }
        }
    }
}

fn is_unconditional(transition: &Transition) -> bool {
    transition.guard.is_none()
        && transition.requires.is_empty()
        && transition.by.is_none()
        && transition.not_by.is_empty()
        && transition.signed_by.is_empty()
}
