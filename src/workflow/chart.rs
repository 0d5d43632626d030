//! The chart: states and transitions as a petgraph graph, and the dense tables for stepping derived from it.
//!
//! The graph is what checks, drawings and analysis read; a step reads the tables, since it walks them a
//! million times. [`Chart::new`] makes the tables by walking the graph, so they cannot disagree with it.

#[cfg(test)]
mod tests;

use petgraph::Direction;
use petgraph::graph::{DiGraph, NodeIndex};
use petgraph::visit::EdgeRef;

use crate::definition::model::{Definition, StateKind, Trigger, matches, prefixes};
use crate::table::{Id, StateId, Table, TransitionId};
use crate::work::looked_at;

/// A node of the graph.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Node {
    State(StateId),
    Transition(TransitionId),
}

/// An edge of the graph; its weight's number keeps the order of the file among edges of one kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Edge {
    /// From a state to a state inside it.
    Child(u32),
    /// From a state to a transition that leaves from it, in the order in which they are tried.
    Source(u32),
    /// From a transition to where it leads.
    Target(u32),
    /// From a compound state to where it begins; from a history state to its default.
    Initial(u32),
}

/// A state as stepping needs it.
#[derive(Debug, Clone)]
pub(crate) struct StateRow {
    pub kind: StateKind,
    pub parent: Option<StateId>,
    /// 0 for the file.
    pub depth: u32,
    /// The last state inside this one, itself where there is none: the states inside are the numbers behind this
    /// one's up to that, since states are numbered in document order.
    pub last: StateId,
    pub children: Vec<StateId>,
    pub histories: Vec<StateId>,
    /// Where a compound state begins; the default of a history state.
    pub initial: Vec<StateId>,
    /// Transitions with an event, in the order in which they are tried.
    pub on: Vec<TransitionId>,
    pub always: Vec<TransitionId>,
    /// Transitions whose signatures an event withdraws, in the order in which they are tried.
    pub revocable: Vec<TransitionId>,
}

/// A transition as stepping needs it.
#[derive(Debug, Clone)]
pub(crate) struct TransitionRow {
    pub source: StateId,
    pub targets: Vec<StateId>,
    pub internal: bool,
    /// The innermost compound state that stays active when this is taken; `None` without a target, or where a
    /// target is a history state, whose record decides.
    pub domain: Option<StateId>,
    pub to_history: bool,
    /// Without a trailing `.*`; empty for `always` and terms.
    pub patterns: Vec<Box<str>>,
    /// The event that withdraws a signature.
    pub revoke: Option<Box<str>>,
}

#[derive(Debug, Clone)]
pub(crate) struct Chart {
    pub graph: DiGraph<Node, Edge>,
    pub states: Table<StateId, StateRow>,
    pub transitions: Table<TransitionId, TransitionRow>,
    /// Every pattern that some transition listens to, what withdraws a signature too. Only asked, never walked: its order reaches no output.
    patterns: std::collections::HashSet<Box<str>>,
}

/// The file itself, the outermost state.
pub(crate) const ROOT: StateId = StateId(0);

impl Chart {
    /// Builds the graph of a valid definition and derives the tables from it. Linear in states and transitions.
    pub fn new(definition: &Definition) -> Self {
        let graph = graph(definition);
        let states = state_rows(definition, &graph);
        let patterns = std::collections::HashSet::new();
        let mut chart = Self { graph, states, transitions: Table::new(), patterns };
        chart.transitions = chart.transition_rows(definition);
        let rows = chart.transitions.rows().iter();
        let patterns = rows.flat_map(|row| row.patterns.iter().chain(&row.revoke).cloned());
        chart.patterns = patterns.collect();
        chart
    }

    /// Whether a state lies inside another.
    pub fn inside(&self, inner: StateId, outer: StateId) -> bool {
        inner > outer && inner <= self.states.at(outer).last
    }

    /// The ancestors of a state, innermost first, itself not among them.
    pub fn ancestors(&self, state: StateId) -> impl Iterator<Item = StateId> + '_ {
        std::iter::successors(self.states.at(state).parent, |id| self.states.at(*id).parent)
    }

    /// Whether these states, ancestors included, can be active together (SCXML 3.11).
    pub fn is_configuration(&self, active: &std::collections::BTreeSet<StateId>) -> bool {
        active.iter().all(|state| {
            let row = self.states.at(*state);
            let inside = row.children.iter().filter(|child| active.contains(child)).count();
            match row.kind {
                StateKind::History { .. } => false,
                StateKind::Parallel => inside == row.children.len(),
                _ if row.children.is_empty() => true,
                _ => inside == 1,
            }
        })
    }

    /// SCXML appendix D, `getTransitionDomain`, for targets that are no history states.
    pub fn domain(&self, source: StateId, internal: bool, targets: &[StateId]) -> Option<StateId> {
        if targets.is_empty() {
            return None;
        }
        let within = |state: StateId| targets.iter().all(|target| self.inside(*target, state));
        // No transition leaves the file: its own are internal.
        let stays =
            source == ROOT || (internal && self.states.at(source).kind == StateKind::Compound);
        if stays && within(source) {
            return Some(source);
        }
        // findLCCA: the innermost compound ancestor of the source that holds every target.
        self.ancestors(source)
            .find(|state| {
                (*state == ROOT || self.states.at(*state).kind == StateKind::Compound)
                    && within(*state)
            })
            .or(Some(ROOT))
    }

    pub fn is_history(&self, state: StateId) -> bool {
        matches!(self.states.at(state).kind, StateKind::History { .. })
    }

    /// Whether any transition of the file listens to an event of this name.
    pub fn is_heard(&self, event: &str) -> bool {
        if self.patterns.contains("*") {
            return true;
        }
        prefixes(event).inspect(|_| looked_at(1)).any(|prefix| self.patterns.contains(prefix))
    }

    /// Whether a transition listens to an event of this name.
    pub fn listens(&self, transition: TransitionId, event: &str) -> bool {
        looked_at(1);
        self.transitions.at(transition).patterns.iter().any(|pattern| matches(pattern, event))
    }

    /// Whether an event of this name withdraws a signature of a transition.
    pub fn revokes(&self, transition: TransitionId, event: &str) -> bool {
        let revoke = self.transitions.at(transition).revoke.as_deref();
        revoke.is_some_and(|pattern| matches(pattern, event))
    }

    /// What leads to a state: transitions, once for each target that it is, and states that begin with it.
    pub fn leading_to(&self, state: StateId) -> impl Iterator<Item = Node> + '_ {
        let into = self.graph.edges_directed(NodeIndex::new(state.index()), Direction::Incoming);
        let into = into.filter(|edge| matches!(edge.weight(), Edge::Target(_) | Edge::Initial(_)));
        into.filter_map(|edge| self.graph.node_weight(edge.source()).copied())
    }

    /// The transitions that leave a state, in the order in which they are tried, by the graph alone: what the tables for
    /// stepping are held to.
    #[cfg(test)]
    pub fn leaving(&self, state: StateId) -> Vec<TransitionId> {
        let is_it = |node: &NodeIndex| self.graph.node_weight(*node) == Some(&Node::State(state));
        let edges = self.graph.node_indices().find(is_it).map(|node| self.graph.edges(node));
        let leaving = edges.into_iter().flatten().filter_map(|edge| {
            match (edge.weight(), self.graph.node_weight(edge.target())) {
                (Edge::Source(order), Some(Node::Transition(id))) => Some((*order, *id)),
                _ => None,
            }
        });
        let mut leaving: Vec<(u32, TransitionId)> = leaving.collect();
        leaving.sort_unstable();
        leaving.into_iter().map(|(_, id)| id).collect()
    }

    fn transition_rows(&self, definition: &Definition) -> Table<TransitionId, TransitionRow> {
        definition
            .transitions
            .iter()
            .map(|(id, transition)| {
                let node = NodeIndex::new(self.states.len() + id.index());
                let targets: Vec<StateId> = ordered(&self.graph, node, |edge| match edge {
                    Edge::Target(order) => Some(order),
                    _ => None,
                });
                let to_history = targets.iter().any(|target| self.is_history(*target));
                let source = transition.source;
                let domain = if to_history {
                    None
                } else {
                    self.domain(source, transition.internal, &targets)
                };
                let patterns = match &transition.trigger {
                    Trigger::Events(patterns) => {
                        patterns.iter().map(|pattern| pattern.as_str().into()).collect()
                    }
                    Trigger::Always | Trigger::Term(_) => Vec::new(),
                };
                TransitionRow {
                    source,
                    targets,
                    internal: transition.internal,
                    domain,
                    to_history,
                    patterns,
                    revoke: transition.revoke.as_ref().map(|event| event.as_str().into()),
                }
            })
            .collect()
    }
}

/// States come first in the graph, so that a state's node has its number and a transition's node its number
/// behind all states.
fn graph(definition: &Definition) -> DiGraph<Node, Edge> {
    let (states, transitions) = (&definition.states, &definition.transitions);
    let mut graph = DiGraph::with_capacity(states.len() + transitions.len(), 2 * states.len());
    for id in states.ids() {
        graph.add_node(Node::State(id));
    }
    for id in transitions.ids() {
        graph.add_node(Node::Transition(id));
    }
    let names: std::collections::HashMap<&str, StateId> =
        states.iter().skip(1).map(|(id, state)| (state.name.as_str(), id)).collect();
    let state = |id: StateId| NodeIndex::new(id.index());
    let transition = |id: TransitionId| NodeIndex::new(states.len() + id.index());
    for (id, row) in states.iter() {
        for (order, child) in (0..).zip(&row.children) {
            graph.add_edge(state(id), state(*child), Edge::Child(order));
        }
        for (order, source) in (0..).zip(&row.transitions) {
            graph.add_edge(state(id), transition(*source), Edge::Source(order));
        }
        // A history state without a default, like a state with one child, begins where its parent does or with that child.
        let named = row.initial.iter().flat_map(|entry| &entry.targets);
        let mut begins: Vec<StateId> =
            named.filter_map(|target| names.get(target.as_str()).copied()).collect();
        if begins.is_empty() {
            begins.extend(implied_start(definition, &names, id));
        }
        for (order, target) in (0..).zip(begins) {
            graph.add_edge(state(id), state(target), Edge::Initial(order));
        }
    }
    for (id, row) in transitions.iter() {
        let targets = row.targets.iter().filter_map(|target| names.get(target.as_str()));
        for (order, target) in (0..).zip(targets) {
            graph.add_edge(transition(id), state(*target), Edge::Target(order));
        }
    }
    graph.shrink_to_fit();
    graph
}

/// Where a compound state without `initial`, or a history state without `default`, begins.
fn implied_start(
    definition: &Definition,
    names: &std::collections::HashMap<&str, StateId>,
    id: StateId,
) -> Vec<StateId> {
    let row = definition.states.at(id);
    let only_child =
        |state: StateId| {
            definition.states.at(state).children.iter().copied().find(|child| {
                !matches!(definition.states.at(*child).kind, StateKind::History { .. })
            })
        };
    match (&row.kind, row.parent) {
        (StateKind::Compound, _) => only_child(id).into_iter().collect(),
        (StateKind::History { .. }, Some(parent)) => {
            let outer = definition.states.at(parent);
            match &outer.initial {
                Some(entry) => {
                    let targets = entry.targets.iter();
                    targets.filter_map(|target| names.get(target.as_str()).copied()).collect()
                }
                None if outer.kind == StateKind::Parallel => outer
                    .children
                    .iter()
                    .copied()
                    .filter(|child| {
                        !matches!(definition.states.at(*child).kind, StateKind::History { .. })
                    })
                    .collect(),
                None => only_child(parent).into_iter().collect(),
            }
        }
        _ => Vec::new(),
    }
}

/// The states at the other end of a node's edges of one kind, in the order of the file.
fn ordered(
    graph: &DiGraph<Node, Edge>,
    node: NodeIndex,
    kind: impl Fn(Edge) -> Option<u32>,
) -> Vec<StateId> {
    let mut found: Vec<(u32, StateId)> = graph
        .edges_directed(node, Direction::Outgoing)
        .filter_map(|edge| match graph.node_weight(edge.target()) {
            Some(Node::State(id)) => Some((kind(*edge.weight())?, *id)),
            _ => None,
        })
        .collect();
    found.sort_unstable();
    let mut found: Vec<StateId> = found.into_iter().map(|(_, id)| id).collect();
    // It stands where there was room for more, and for their places.
    found.shrink_to_fit();
    found
}

fn state_rows(definition: &Definition, graph: &DiGraph<Node, Edge>) -> Table<StateId, StateRow> {
    let mut rows: Table<StateId, StateRow> = Table::new();
    for (id, state) in definition.states.iter() {
        let node = NodeIndex::new(id.index());
        let inside = ordered(graph, node, |edge| match edge {
            Edge::Child(order) => Some(order),
            _ => None,
        });
        let history = |child: &StateId| {
            matches!(definition.states.at(*child).kind, StateKind::History { .. })
        };
        let (histories, children) = inside.into_iter().partition(history);
        let mut leaving: Vec<(u32, TransitionId)> = graph
            .edges_directed(node, Direction::Outgoing)
            .filter_map(|edge| match (edge.weight(), graph.node_weight(edge.target())) {
                (Edge::Source(order), Some(Node::Transition(id))) => Some((*order, *id)),
                _ => None,
            })
            .collect();
        leaving.sort_unstable();
        let with = |wanted: fn(&Trigger) -> bool| {
            let all = leaving.iter().map(|(_, id)| *id);
            all.filter(|id| wanted(&definition.transitions.at(*id).trigger)).collect()
        };
        let depth = state.parent.and_then(|parent| rows.get(parent)).map_or(0, |row| row.depth + 1);
        let row = StateRow {
            kind: state.kind.clone(),
            parent: state.parent,
            depth,
            last: id,
            children,
            histories,
            initial: ordered(graph, node, |edge| match edge {
                Edge::Initial(order) => Some(order),
                _ => None,
            }),
            on: with(|trigger| matches!(trigger, Trigger::Events(_))),
            always: with(|trigger| matches!(trigger, Trigger::Always)),
            revocable: leaving
                .iter()
                .map(|(_, id)| *id)
                .filter(|id| definition.transitions.at(*id).revoke.is_some())
                .collect(),
        };
        rows.push(row);
    }
    // Inner states have greater numbers than outer ones: from the back, each hands its last to its parent.
    for id in rows.ids().rev() {
        let (parent, last) = (rows.at(id).parent, rows.at(id).last);
        if let Some(parent) = parent {
            let known = rows.at(parent).last;
            rows.at_mut(parent).last = known.max(last);
        }
    }
    rows
}
