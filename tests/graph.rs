//! The public graph of a workflow against cases that run through it.

use std::collections::BTreeSet;

use proptest::prelude::*;
use proptest::test_runner::TestCaseError;
use tresteg::graph::{Edge, Node, NodeKind, Transition, TriggerKind};
use tresteg::petgraph::Direction;
use tresteg::petgraph::algo::{astar, toposort};
use tresteg::petgraph::graph::{DiGraph, NodeIndex};
use tresteg::petgraph::visit::{Dfs, EdgeFiltered, EdgeRef, Reversed};
use tresteg::workflow::TransitionRef;
use tresteg::{Case, Decision, Event, Limits, Workflow};

use crate::dice::{Dice, check};
use crate::oracle::generate::{self, EVENTS};
use crate::oracle::naive::matches;

type Graph = DiGraph<Node, Edge>;

/// The nodes at the other end of a node's edges of one kind, in the order of the file.
fn along(graph: &Graph, node: NodeIndex, kind: fn(Edge) -> Option<u32>) -> Vec<NodeIndex> {
    let edges = graph.edges_directed(node, Direction::Outgoing);
    let mut found: Vec<(u32, NodeIndex)> =
        edges.filter_map(|edge| Some((kind(*edge.weight())?, edge.target()))).collect();
    found.sort_unstable();
    found.into_iter().map(|(_, node)| node).collect()
}

fn sources(edge: Edge) -> Option<u32> {
    if let Edge::Source(order) = edge { Some(order) } else { None }
}

fn targets(edge: Edge) -> Option<u32> {
    if let Edge::Target(order) = edge { Some(order) } else { None }
}

fn name(graph: &Graph, node: NodeIndex) -> String {
    graph[node].to_string()
}

fn named(graph: &Graph, wanted: &str) -> NodeIndex {
    let is_it =
        |node: &NodeIndex| matches!(&graph[*node], Node::State(state) if state.name == wanted);
    graph.node_indices().find(is_it).unwrap()
}

/// Whether a transition is one for what was listened to: an event that its patterns match, or `always`, or a term.
fn listens(node: &Node, on: &str) -> bool {
    match node {
        Node::Transition(Transition { trigger: TriggerKind::Events(patterns), .. }) => {
            patterns.iter().any(|pattern| matches(pattern, on))
        }
        other => other.to_string() == on,
    }
}

/// What was taken for an event itself, and in the steps that followed.
fn taken(decision: &Decision) -> impl Iterator<Item = &TransitionRef> {
    let steps = decision.steps.iter().flat_map(|step| &step.effects.taken);
    decision.effects.taken.iter().chain(steps)
}

/// What a decision took are transitions of the graph, and what is active is what it can reach.
fn holds(graph: &Graph, case: &Case, decision: &Decision) -> Result<(), TestCaseError> {
    for way in taken(decision) {
        let leaving = along(graph, named(graph, &way.from), sources);
        let is_it = |node: NodeIndex| {
            let to = along(graph, node, targets);
            let to: Vec<String> = to.into_iter().map(|node| name(graph, node)).collect();
            to == way.to && listens(&graph[node], &way.on)
        };
        prop_assert!(leaving.into_iter().any(is_it), "{way:?}");
    }
    let reached = reached(graph);
    for state in case.states() {
        prop_assert!(reached.contains(&named(graph, state)), "{state}");
    }
    Ok(())
}

/// What can be entered if every guard holds: states inside parallel ones with these, those around with those inside.
fn reached(graph: &Graph) -> BTreeSet<NodeIndex> {
    let mut both = graph.map(|_, _| (), |_, _| ());
    for edge in graph.edge_references() {
        if matches!(edge.weight(), Edge::Child(_)) {
            both.add_edge(edge.target(), edge.source(), ());
        }
    }
    let mut walk = Dfs::new(&both, NodeIndex::new(0));
    std::iter::from_fn(|| walk.next(&both)).collect()
}

#[test]
fn what_cases_take_is_in_the_graph() {
    let found = std::cell::Cell::new(0);
    check(300, 500, |dice: &mut Dice| {
        let text = generate::chart(dice).to_json();
        let limits = Limits { microsteps: 40, ..Limits::default() };
        let mut none = |name: &str| Err(format!("no file {name}"));
        let workflow = Workflow::load("chart.json", &text, &mut none, &limits).unwrap();
        let graph = workflow.graph();
        let Ok((mut case, start)) = Case::start(&workflow, None, Default::default()) else {
            return Ok(());
        };
        holds(&graph, &case, &start)?;
        for _ in 0..8 {
            let decision = case.fire(&Event::new(*dice.pick(&EVENTS)));
            found.set(found.get() + taken(&decision).count());
            holds(&graph, &case, &decision)?;
        }
        Ok(())
    });
    assert!(found.get() > 200, "{}", found.get());
}

/// A transition says what it listens to, asks for and is taken by; states say what they are and what runs in them.
#[test]
fn nodes_say_what_the_file_says() {
    let workflow = Workflow::from_json(
        r#"{
            "id": "grant",
            "roles": { "clerk": {}, "chief": {} },
            "facts": { "cost": { "type": "number" }, "whole": { "type": "boolean", "default": true } },
            "factors": { "small": { "guard": "cost <= 300" } },
            "events": { "apply": { "required": ["cost"], "sets": ["whole"] }, "decide": { "by": ["clerk"] } },
            "initial": "open",
            "states": {
                "open": {
                    "title": "Open for all",
                    "on": { "apply": "applied" },
                    "after": { "P5D": "closed" }
                },
                "applied": {
                    "on": {
                        "decide": {
                            "id": "granting", "target": "granted", "requires": ["small", "whole"],
                            "guard": "cost > 10", "signed_by": ["chief"]
                        }
                    }
                },
                "granted": { "type": "final" },
                "closed": { "type": "final" }
            }
        }"#,
    )
    .unwrap();
    let graph = workflow.graph();
    let Node::State(file) = &graph[NodeIndex::new(0)] else { panic!("a state") };
    assert_eq!((file.name.as_str(), file.kind), ("grant", NodeKind::Compound));
    let Node::State(open) = &graph[named(&graph, "open")] else { panic!("a state") };
    assert_eq!(
        (open.kind, open.terms.as_slice()),
        (NodeKind::Atomic, &["after P5D".to_owned()][..])
    );
    assert_eq!(open.title.get("en"), Some("Open for all"));
    let leaving = along(&graph, named(&graph, "open"), sources);
    let triggers: Vec<&TriggerKind> = leaving
        .iter()
        .map(|node| match &graph[*node] {
            Node::Transition(found) => &found.trigger,
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(
        triggers,
        [
            &TriggerKind::Events(vec!["apply".to_owned()]),
            &TriggerKind::Term("after P5D".to_owned())
        ]
    );
    let [granting] = along(&graph, named(&graph, "applied"), sources)[..] else { panic!("one") };
    let Node::Transition(granting) = &graph[granting] else { panic!("a transition") };
    assert_eq!(granting.id.as_deref(), Some("granting"));
    assert_eq!(granting.guard.as_deref(), Some("cost > 10"));
    assert_eq!(granting.requires, ["small", "whole"]);
    assert_eq!(granting.by.as_deref(), Some(&["clerk".to_owned()][..]));
    assert_eq!(granting.signed_by, ["chief"]);
    assert!(!granting.internal);
}

/// Algorithms that do not recurse take a chain of any length.
#[test]
fn a_long_chain_is_walked() {
    let states: Vec<String> = (0..3_000)
        .map(|number| format!(r#""s{number}": {{ "on": {{ "go": "s{}" }} }}"#, number + 1))
        .collect();
    let text = format!(
        r#"{{ "id": "w", "initial": "s0", "states": {{ {}, "s3000": {{ "type": "final" }} }} }}"#,
        states.join(", ")
    );
    let graph = Workflow::from_json(&text).unwrap().graph();
    let steps = EdgeFiltered::from_fn(&graph, |edge| !matches!(edge.weight(), Edge::Child(_)));
    let end = named(&graph, "s3000");
    let (length, way) = astar(&steps, NodeIndex::new(0), |node| node == end, |_| 1, |_| 0).unwrap();
    assert_eq!((length, way.len()), (6_001, 6_002));
    assert_eq!(toposort(Reversed(&graph), None).unwrap().len(), graph.node_count());
}
