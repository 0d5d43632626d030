//! The rows that steps read against a walk of the graph that they are made from, on random charts.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::collections::BTreeSet;
use std::fmt::Write as _;

use petgraph::visit::{Dfs, EdgeFiltered, Reversed};
use proptest::prelude::*;

use super::*;
use crate::workflow::Workflow;

/// Picks by numbers drawn before; 0 where they have run out.
struct Draw<'d>(std::slice::Iter<'d, u16>);

impl Draw<'_> {
    fn below(&mut self, bound: usize) -> usize {
        usize::from(*self.0.next().unwrap_or(&0)) % bound.max(1)
    }
}

/// A tree of states with transitions between them; not every one is a valid file.
fn chart(draw: &mut Draw) -> String {
    let mut names = 0;
    let mut text = r#"{ "id": "file", "#.to_owned();
    states(draw, &mut names, 0, &mut text);
    // How many there are is known at the end.
    for number in 0.. {
        let place = format!("@{number}@");
        if !text.contains(&place) {
            break;
        }
        let target = draw.below(names);
        text = text.replace(&place, &format!("s{target}"));
    }
    text + "}"
}

fn states(draw: &mut Draw, names: &mut usize, depth: usize, text: &mut String) {
    let many = 1 + draw.below(4);
    let is_parallel = depth > 0 && draw.below(4) == 0;
    if is_parallel {
        text.push_str(r#""type": "parallel", "#);
    } else {
        let _ = write!(text, r#""initial": "s{names}", "#);
    }
    text.push_str(r#""states": {"#);
    for number in 0..many {
        let separator = if number == 0 { "" } else { ", " };
        let _ = write!(text, r#"{separator}"s{names}": {{"#);
        *names += 1;
        if depth < 3 && draw.below(3) == 0 {
            states(draw, names, depth + 1, text);
            text.push_str(", ");
        } else if number > 0 && draw.below(6) == 0 && !is_parallel {
            text.push_str(r#""type": "final" }"#);
            continue;
        } else if number > 0 && depth > 0 && draw.below(6) == 0 {
            let history = if draw.below(2) == 0 { "deep" } else { "shallow" };
            let _ = write!(text, r#""type": "history", "history": "{history}" }}"#);
            continue;
        }
        let first = format!("@{}@", text.matches('@').count() / 2);
        let internal = if draw.below(3) == 0 { r#", "type": "internal""# } else { "" };
        let _ = write!(text, r#""on": {{ "a": {{ "target": "{first}"{internal} }}"#);
        if draw.below(2) == 0 {
            let number = text.matches('@').count() / 2;
            let _ = write!(text, r#", "b": [{{ "target": "@{number}@" }}, {{}}]"#);
        }
        text.push_str("} }");
    }
    text.push('}');
}

/// Every row of a chart, as the graph has it.
fn holds(chart: &Chart) {
    let graph = &chart.graph;
    let inside = EdgeFiltered::from_fn(graph, |edge| matches!(edge.weight(), Edge::Child(_)));
    let walked = |from: StateId| -> BTreeSet<StateId> {
        let mut walk = Dfs::new(&inside, NodeIndex::new(from.index()));
        let nodes = std::iter::from_fn(|| walk.next(&inside));
        nodes.map(|node| StateId::from_index(node.index())).collect()
    };
    let around = |from: StateId| -> Vec<StateId> {
        let mut walk = Dfs::new(Reversed(&inside), NodeIndex::new(from.index()));
        let nodes = std::iter::from_fn(|| walk.next(Reversed(&inside)));
        nodes.skip(1).map(|node| StateId::from_index(node.index())).collect()
    };
    for (id, row) in chart.states.iter() {
        let within = walked(id);
        let numbers: BTreeSet<StateId> = (id.0..=row.last.0).map(StateId).collect();
        assert_eq!(within, numbers, "what lies inside of {id:?}");
        assert_eq!(around(id), chart.ancestors(id).collect::<Vec<_>>(), "what is around {id:?}");
        assert_eq!(row.depth as usize, around(id).len());
        let children: BTreeSet<StateId> =
            row.children.iter().chain(&row.histories).copied().collect();
        let next = inside_of(graph, id);
        assert_eq!(children, next, "children of {id:?}");
        for other in chart.states.ids() {
            assert_eq!(chart.inside(other, id), other != id && within.contains(&other));
        }
        let leaving = chart.leaving(id);
        let of_row: BTreeSet<TransitionId> = row.on.iter().chain(&row.always).copied().collect();
        assert_eq!(of_row, leaving.iter().copied().collect::<BTreeSet<_>>());
        let place = |id: &TransitionId| leaving.iter().position(|other| other == id);
        assert!(row.on.is_sorted_by_key(place) && row.always.is_sorted_by_key(place));
    }
    for (id, row) in chart.transitions.iter() {
        let node = NodeIndex::new(chart.states.len() + id.index());
        let source = graph.edges_directed(node, Direction::Incoming).next().unwrap().source();
        assert_eq!(StateId::from_index(source.index()), row.source);
        if row.to_history || row.targets.is_empty() {
            assert_eq!(row.domain, None);
            continue;
        }
        // What stays active is the innermost compound state around all of them, by the ways up.
        let ways: Vec<Vec<StateId>> =
            std::iter::once(row.source).chain(row.targets.iter().copied()).map(around).collect();
        let is_compound =
            |state: &StateId| *state == ROOT || chart.states.at(*state).kind == StateKind::Compound;
        let shared = |state: &StateId| ways.iter().skip(1).all(|way| way.contains(state));
        let stays =
            (row.internal || row.source == ROOT) && is_compound(&row.source) && shared(&row.source);
        let found = ways[0].iter().find(|state| is_compound(state) && shared(state)).copied();
        let wanted = if stays { Some(row.source) } else { found.or(Some(ROOT)) };
        assert_eq!(row.domain, wanted, "the domain of {id:?}");
    }
}

fn inside_of(graph: &DiGraph<Node, Edge>, id: StateId) -> BTreeSet<StateId> {
    let edges = graph.edges(NodeIndex::new(id.index()));
    let inside = edges.filter(|edge| matches!(edge.weight(), Edge::Child(_)));
    inside.map(|edge| StateId::from_index(edge.target().index())).collect()
}

#[test]
fn rows_of_random_charts_are_a_walk_of_their_graph() {
    let valid = std::cell::Cell::new(0);
    let mut runner = proptest::test_runner::TestRunner::new_with_rng(
        ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() },
        proptest::test_runner::TestRng::deterministic_rng(
            proptest::test_runner::RngAlgorithm::ChaCha,
        ),
    );
    runner
        .run(&prop::collection::vec(any::<u16>(), 0..160), |drawn| {
            if let Ok(workflow) = Workflow::from_json(&chart(&mut Draw(drawn.iter()))) {
                holds(&workflow.compiled().chart);
                valid.set(valid.get() + usize::from(workflow.compiled().chart.states.len() > 3));
            }
            Ok(())
        })
        .unwrap();
    assert!(valid.get() > 100, "{}", valid.get());
}
