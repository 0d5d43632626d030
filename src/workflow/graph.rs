//! The chart as a graph of public nodes and edges, for algorithms of one's own.

use std::fmt;

use petgraph::graph::DiGraph;

use crate::definition::model::{State as Declared, StateKind, Trigger};
use crate::diagnostic::Spanned;
use crate::label::Label;
use crate::workflow::chart::{self, ROOT};
use crate::workflow::{Compiled, Workflow};

/// A node: a state, or a transition between states.
///
/// It displays as a state's name, or as what a transition listens to.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Node {
    /// A state.
    State(State),
    /// A transition.
    Transition(Transition),
}

/// A state of the chart.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct State {
    /// Its name; the workflow's id for the file itself, which is the outermost state.
    pub name: String,
    /// Its `title`.
    pub title: Label,
    /// Its type.
    pub kind: NodeKind,
    /// The terms that run while it is active, such as `after P5D` or `at due`.
    pub terms: Vec<String>,
}

/// The type of a state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum NodeKind {
    /// It has no states inside.
    Atomic,
    /// One of the states inside is active.
    Compound,
    /// All states inside are active.
    Parallel,
    /// Where a case, or what is around it, ends.
    Final,
    /// It stands for the states that were active last.
    History {
        /// Whether for all states inside, not only for the next ones.
        deep: bool,
    },
}

/// A transition of the chart.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Transition {
    /// Its `id`.
    pub id: Option<String>,
    /// Its `title`.
    pub title: Label,
    /// What it listens to.
    pub trigger: TriggerKind,
    /// The text of its guard.
    pub guard: Option<String>,
    /// The factors and boolean facts that it requires.
    pub requires: Vec<String>,
    /// The roles that may take it, any of them; `None` where the file does not say.
    pub by: Option<Vec<String>>,
    /// The roles that must sign.
    pub signed_by: Vec<String>,
    /// Whether it stays within its state.
    pub internal: bool,
}

/// What a transition listens to.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum TriggerKind {
    /// Names of events, or what they begin with; `*` for every one.
    Events(Vec<String>),
    /// Nothing: it is taken as soon as it can be.
    Always,
    /// A term of its state, such as `after P5D`.
    Term(String),
}

/// An edge. Its number is its place among the edges of the same kind from the same node, in the order of the file.
///
/// It displays as its kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Edge {
    /// From a state to a state inside it.
    Child(u32),
    /// From a state to a transition that leaves it; the number is the order in which they are tried.
    Source(u32),
    /// From a transition to a state that it leads to; there is none where it leads nowhere.
    Target(u32),
    /// From a compound state to where it begins, and from a history state to its default.
    Initial(u32),
}

impl Workflow {
    /// The chart as a graph, to run algorithms of [`petgraph`](crate::petgraph) on. The first node is the file itself; the
    /// states follow in the order of the file, and behind them the transitions in theirs. Made when it is asked for: linear
    /// in states and transitions.
    ///
    /// A case that stands in a state also listens for the states around it, and where a parallel state is active, so are all
    /// states inside it: [`Edge::Child`] leads from one to the other. What a guard asks is not looked at: a way through the
    /// graph is one that a case could take if every guard held.
    ///
    /// The shortest way to an end, in events:
    ///
    /// ```
    /// use tresteg::graph::{Edge, Node, NodeKind};
    /// use tresteg::petgraph::algo::astar;
    /// use tresteg::petgraph::graph::NodeIndex;
    /// use tresteg::petgraph::visit::EdgeFiltered;
    /// use tresteg::Workflow;
    ///
    /// let workflow = Workflow::from_json(r#"{
    ///     "id": "grant",
    ///     "facts": { "cost": { "type": "number" } },
    ///     "events": { "apply": { "required": ["cost"] }, "ask": {}, "decide": {}, "withdraw": {} },
    ///     "initial": "open",
    ///     "states": {
    ///         "open": { "on": { "apply": "applied", "withdraw": "closed" } },
    ///         "applied": { "on": { "ask": "open", "decide": { "target": "granted", "guard": "cost <= 300" } } },
    ///         "granted": { "type": "final" },
    ///         "closed": { "type": "final" }
    ///     }
    /// }"#)?;
    /// let graph = workflow.graph();
    /// let named = |name: &str| graph.node_indices().find(|node| graph[*node].to_string() == name).unwrap();
    /// let steps = EdgeFiltered::from_fn(&graph, |edge| !matches!(edge.weight(), Edge::Child(_)));
    /// let is_end = |node: NodeIndex| matches!(&graph[node], Node::State(state) if state.kind == NodeKind::Final);
    /// let cost = |edge: tresteg::petgraph::graph::EdgeReference<'_, Edge>| match edge.weight() {
    ///     Edge::Source(_) => 1,
    ///     _ => 0,
    /// };
    /// let (events, way) = astar(&steps, named("grant"), is_end, cost, |_| 0).unwrap();
    /// let way: Vec<String> = way.into_iter().map(|node| graph[node].to_string()).collect();
    /// assert_eq!((events, way.join(" → ")), (1, "grant → open → withdraw → closed".to_owned()));
    /// # Ok::<(), tresteg::diagnostic::Report>(())
    /// ```
    ///
    /// What every case must go through before it is granted (dominators), and the graph as DOT:
    ///
    /// ```
    /// # use tresteg::Workflow;
    /// # use tresteg::graph::Edge;
    /// use tresteg::petgraph::algo::dominators::simple_fast;
    /// use tresteg::petgraph::dot::Dot;
    /// use tresteg::petgraph::visit::EdgeFiltered;
    ///
    /// # let workflow = Workflow::from_json(r#"{
    /// #     "id": "grant", "initial": "open",
    /// #     "states": {
    /// #         "open": { "on": { "apply": "applied", "appeal": "applied" } },
    /// #         "applied": { "on": { "decide": "granted" } },
    /// #         "granted": { "type": "final" }
    /// #     }
    /// # }"#)?;
    /// let graph = workflow.graph();
    /// let named = |name: &str| graph.node_indices().find(|node| graph[*node].to_string() == name).unwrap();
    /// let steps = EdgeFiltered::from_fn(&graph, |edge| !matches!(edge.weight(), Edge::Child(_)));
    /// let before = simple_fast(&steps, named("grant"));
    /// let before = before.strict_dominators(named("granted")).unwrap();
    /// let before: Vec<String> = before.map(|node| graph[node].to_string()).collect();
    /// assert_eq!(before, ["decide", "applied", "open", "grant"]);
    ///
    /// assert!(Dot::new(&graph).to_string().contains(r#"[ label = "applied" ]"#));
    /// # Ok::<(), tresteg::diagnostic::Report>(())
    /// ```
    #[must_use]
    pub fn graph(&self) -> DiGraph<Node, Edge> {
        let compiled = self.compiled();
        compiled.chart.graph.map(
            |_, node| match node {
                chart::Node::State(id) => Node::State(compiled.graph_state(*id)),
                chart::Node::Transition(id) => Node::Transition(compiled.graph_transition(*id)),
            },
            |_, edge| match edge {
                chart::Edge::Child(order) => Edge::Child(*order),
                chart::Edge::Source(order) => Edge::Source(*order),
                chart::Edge::Target(order) => Edge::Target(*order),
                chart::Edge::Initial(order) => Edge::Initial(*order),
            },
        )
    }
}

impl Compiled {
    fn graph_state(&self, id: crate::table::StateId) -> State {
        let Declared { name, kind, terms, notes, .. } = self.definition.states.at(id);
        State {
            name: if id == ROOT { self.definition.id.value.clone() } else { name.value.clone() },
            title: notes.title.clone(),
            kind: match kind {
                StateKind::Atomic => NodeKind::Atomic,
                StateKind::Compound => NodeKind::Compound,
                StateKind::Parallel => NodeKind::Parallel,
                StateKind::Final => NodeKind::Final,
                StateKind::History { deep } => NodeKind::History { deep: *deep },
            },
            terms: terms.iter().map(|term| term.called()).collect(),
        }
    }

    fn graph_transition(&self, id: crate::table::TransitionId) -> Transition {
        let found = self.definition.transitions.at(id);
        let texts =
            |names: &[Spanned<String>]| names.iter().map(|name| name.value.clone()).collect();
        let trigger = match &found.trigger {
            Trigger::Events(patterns) => TriggerKind::Events(texts(patterns)),
            Trigger::Always => TriggerKind::Always,
            Trigger::Term(index) => {
                let terms = &self.definition.states.at(found.source).terms;
                TriggerKind::Term(
                    terms.get(*index as usize).map(|term| term.called()).unwrap_or_default(),
                )
            }
        };
        Transition {
            id: found.id.as_ref().map(|id| id.value.clone()),
            title: found.notes.title.clone(),
            trigger,
            guard: found.guard.as_ref().map(|guard| guard.text.clone()),
            requires: texts(&found.requires),
            by: self.definition.roles_of(found).map(texts),
            signed_by: texts(&found.signed_by),
            internal: found.internal,
        }
    }
}

impl fmt::Display for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::State(state) => f.write_str(&state.name),
            Self::Transition(transition) => match &transition.trigger {
                TriggerKind::Events(names) => f.write_str(&names.join(" ")),
                TriggerKind::Always => f.write_str("always"),
                TriggerKind::Term(term) => f.write_str(term),
            },
        }
    }
}

impl fmt::Display for Edge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Child(_) => "child",
            Self::Source(_) => "source",
            Self::Target(_) => "target",
            Self::Initial(_) => "initial",
        })
    }
}
