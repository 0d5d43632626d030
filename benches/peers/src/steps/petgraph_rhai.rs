//! What one writes without an engine: a graph whose edges carry an event and a compiled Rhai guard, and a scope of facts.

use std::hint::black_box;

use petgraph::graph::{DiGraph, NodeIndex};
use petgraph::visit::EdgeRef;
use rhai::{AST, Engine, Scope};
use serde_json::Value;

use super::{MACHINE, Round};
use crate::Nanoseconds;

struct Edge {
    event: String,
    guard: AST,
}

struct Machine {
    graph: DiGraph<String, Edge>,
    engine: Engine,
    facts: Scope<'static>,
    at: NodeIndex,
}

impl Machine {
    fn new() -> Self {
        let engine = Engine::new();
        let text: Value = serde_json::from_str(MACHINE).unwrap_or_default();
        let mut graph = DiGraph::new();
        let states = text["states"].as_object().into_iter().flatten();
        let nodes: Vec<(&str, NodeIndex)> =
            states.clone().map(|(name, _)| (name.as_str(), graph.add_node(name.clone()))).collect();
        let node = |name: &str| {
            nodes.iter().find(|node| node.0 == name).map_or(NodeIndex::end(), |node| node.1)
        };
        for (name, state) in states {
            for (event, transition) in state["on"].as_object().into_iter().flatten() {
                let text = |key: &str| transition[key].as_str().unwrap_or_default();
                let guard = engine.compile(text("guard")).unwrap_or_default();
                let edge = Edge { event: event.clone(), guard };
                graph.add_edge(node(name), node(text("target")), edge);
            }
        }
        let at = node(text["initial"].as_str().unwrap_or_default());
        let mut facts = Scope::new();
        facts
            .push("meetings", 4_i64)
            .push("trust", 0.75)
            .push("risk", "low")
            .push("budget_sek", 60_000.0)
            .push("conflict_open", false);
        Self { graph, engine, facts, at }
    }

    /// Whether it moved.
    fn handle(&mut self, event: &str) -> bool {
        for edge in self.graph.edges(self.at) {
            if edge.weight().event != event {
                continue;
            }
            let size = self.facts.len();
            let guard = &edge.weight().guard;
            let holds = self.engine.eval_ast_with_scope::<bool>(&mut self.facts, guard);
            self.facts.rewind(size);
            if holds.is_ok_and(|holds| holds) {
                self.at = edge.target();
                return true;
            }
        }
        false
    }
}

pub fn handle(round: &Round) -> Nanoseconds {
    let mut machine = Machine::new();
    for (event, state) in round.events.iter().zip(round.states()) {
        machine.handle(event);
        assert_eq!(machine.graph[machine.at], state);
    }
    round.measure(|| {
        for event in &round.events {
            black_box(black_box(&mut machine).handle(black_box(event)));
        }
    })
}
