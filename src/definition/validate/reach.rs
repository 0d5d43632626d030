//! States that no path enters, and transitions that an earlier one always takes first.

use std::collections::HashSet;

use petgraph::algo::{astar, kosaraju_scc};
use petgraph::graph::{DiGraph, NodeIndex};
use petgraph::visit::{Dfs, NodeFiltered, VisitMap as _};

use super::{Checker, beginnings};
use crate::definition::model::{StateKind, Transition, Trigger};
use crate::diagnostic::{Diagnostic, Spanned, quoted};
use crate::table::{Id, StateId};

/// The file itself, the outermost state.
const ROOT: StateId = StateId(0);

/// Names that are told of a circle.
const MOST_NAMED: usize = 8;

pub(super) fn check(checker: &mut Checker<'_, '_>) {
    checker.unreachable();
    checker.shadowed();
    checker.endless();
    checker.circles();
}

/// That a state is entered, as a node.
fn entered(id: StateId) -> NodeIndex {
    NodeIndex::new(2 * id.index())
}

/// That a state is entered without a target inside.
fn begun(id: StateId) -> NodeIndex {
    NodeIndex::new(2 * id.index() + 1)
}

fn state_of(node: NodeIndex) -> (StateId, bool) {
    (StateId::from_index(node.index() / 2), node.index() % 2 == 1)
}

impl Checker<'_, '_> {
    fn unreachable(&mut self) {
        // Where a target is wrong or a beginning is missing, states are unreachable only because of that.
        if self.report.has_errors() {
            return;
        }
        let definition = self.definition;
        let mut graph = self.ways();
        let mut walk = Dfs::new(&graph, begun(ROOT));
        while let Some(node) = walk.next(&graph) {
            let (id, is_begun) = state_of(node);
            let state = definition.states.at(id);
            // A history brings back whatever was active around it: children, or for a deep one all that lies inside,
            // each child entered by its own beginning. What was never entered does not come back: from here on, it is.
            if let (StateKind::History { deep: false }, Some(outer), false) =
                (&state.kind, state.parent, is_begun)
            {
                for child in &definition.states.at(outer).children {
                    graph.add_edge(entered(*child), begun(*child), ());
                    if walk.discovered.is_visited(&entered(*child)) {
                        walk.stack.push(begun(*child));
                    }
                }
            }
        }
        let is_entered = |id: StateId| walk.discovered.is_visited(&entered(id));
        for (id, state) in definition.states.iter() {
            // What lies inside of a state that is never entered needs no warning of its own.
            if !is_entered(id) && state.parent.is_none_or(is_entered) {
                let message = format!("no path leads to the state {}", quoted(&state.name));
                let found = Diagnostic::warning("unreachable-state", state.name.span, message);
                self.report
                    .push(found.hint("add a transition that has it as its target, or remove it"));
            }
        }
    }

    /// What follows from what, if every guard can hold: for each state that it is entered, and that it begins, entered
    /// without a target inside, so that its own `initial` decides. Linear in the file.
    fn ways(&self) -> DiGraph<(), ()> {
        let definition = self.definition;
        let mut graph = DiGraph::with_capacity(2 * definition.states.len(), 0);
        for _ in 0..2 * definition.states.len() {
            graph.add_node(());
        }
        for (id, state) in definition.states.iter() {
            graph.add_edge(begun(id), entered(id), ());
            if let Some(outer) = state.parent {
                graph.add_edge(entered(id), entered(outer), ());
            }
            if state.kind == StateKind::Parallel {
                for child in &state.children {
                    graph.add_edge(entered(id), begun(*child), ());
                }
            }
            let from = match state.kind {
                StateKind::History { .. } => entered(id),
                _ => begun(id),
            };
            for target in state.initial.iter().flat_map(|entry| &entry.targets) {
                self.way(&mut graph, from, target);
            }
            for transition in &state.transitions {
                for target in &definition.transitions.at(*transition).targets {
                    self.way(&mut graph, entered(id), target);
                }
            }
        }
        graph
    }

    fn way(&self, graph: &mut DiGraph<(), ()>, from: NodeIndex, target: &Spanned<String>) {
        if let Some(id) = self.states.get(target.as_str()) {
            graph.add_edge(from, begun(*id), ());
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

    /// Several `always` that ask nothing and lead in a circle, with no event that would end it.
    fn circles(&mut self) {
        let definition = self.definition;
        let first = |id: StateId| {
            let own = definition.states.at(id).transitions.iter();
            own.map(|id| definition.transitions.at(*id)).find(|one| one.trigger == Trigger::Always)
        };
        // One inside goes before one around it, and may lead away.
        let mut has_inner = vec![false; definition.states.len()];
        for (id, state) in definition.states.iter().rev() {
            let inner = first(id).is_some() || has_inner.get(id.index()) == Some(&true);
            if let Some(outer) = state.parent.and_then(|outer| has_inner.get_mut(outer.index())) {
                *outer |= inner;
            }
        }
        let mut graph: DiGraph<StateId, ()> = DiGraph::new();
        for id in definition.states.ids() {
            graph.add_node(id);
        }
        let node = |id: StateId| NodeIndex::new(id.index());
        for id in definition.states.ids().skip(1) {
            let always = first(id).filter(|always| is_unconditional(always));
            let Some(always) = always.filter(|_| has_inner.get(id.index()) == Some(&false)) else {
                continue;
            };
            let around: HashSet<StateId> = self.upwards(id).collect();
            for target in
                always.targets.iter().filter_map(|target| self.states.get(target.as_str()))
            {
                let new = self.upwards(*target).take_while(|outer| !around.contains(outer));
                for outer in new {
                    graph.add_edge(node(id), node(outer), ());
                }
            }
        }
        let mut circles: Vec<HashSet<NodeIndex>> = kosaraju_scc(&graph)
            .into_iter()
            .filter(|circle| circle.len() > 1)
            .map(|circle| circle.into_iter().collect())
            .collect();
        circles.sort_by_key(|circle| circle.iter().min().copied());
        for circle in circles {
            let Some(begin) = circle.iter().min().copied() else { continue };
            let inside = NodeFiltered::from_fn(&graph, |node| circle.contains(&node));
            let mut next: Vec<NodeIndex> =
                graph.neighbors(begin).filter(|next| circle.contains(next)).collect();
            next.sort_unstable();
            let ways = next
                .into_iter()
                .filter_map(|next| astar(&inside, next, |node| node == begin, |_| 1_u32, |_| 0));
            let Some((_, way)) = ways.min_by_key(|(length, _)| *length) else { continue };
            let begin = StateId::from_index(begin.index());
            let Some(always) = first(begin) else { continue };
            let mut names: Vec<String> = std::iter::once(begin)
                .chain(way.into_iter().map(|node| StateId::from_index(node.index())))
                .map(|id| quoted(&definition.states.at(id).name))
                .collect();
            if names.len() > MOST_NAMED {
                let last = names.pop();
                names.truncate(MOST_NAMED - 2);
                names.push("…".to_owned());
                names.extend(last);
            }
            let message = format!(
                "these `always` lead in a circle that no event ends: {}",
                names.join(" → ")
            );
            let found = Diagnostic::warning("endless-always", always.span, message);
            self.report
                .push(found.hint("give one of them a `guard`, or let one listen to an event"));
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
