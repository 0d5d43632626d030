//! In which order rules can be worked out; circles of rules are reported.

use std::collections::{BTreeMap, BTreeSet};

use petgraph::algo::kosaraju_scc;
use petgraph::graph::{DiGraph, NodeIndex};

use super::program::{Reads, Rule};
use super::{FactorProgram, Rules};
use crate::definition::model::Definition;
use crate::diagnostic::{Diagnostic, Report, Spanned};
use crate::table::Id;

/// Rules in the order in which they can be worked out, those read first. `None` where there is a circle, which is reported.
pub(super) fn in_order(def: &Definition, rules: &Rules, report: &mut Report) -> Option<Vec<Rule>> {
    let mut graph: DiGraph<Rule, ()> = DiGraph::new();
    let facts: Vec<NodeIndex> =
        rules.facts.ids().map(|id| graph.add_node(Rule::Fact(id))).collect();
    let factors: Vec<NodeIndex> =
        rules.factors.ids().map(|id| graph.add_node(Rule::Factor(id))).collect();
    let functions: Vec<NodeIndex> = (0_u32..)
        .zip(&rules.functions)
        .map(|(number, _)| graph.add_node(Rule::Function(number)))
        .collect();
    let mut connect = |from: NodeIndex, reads: &Reads| {
        let read = reads
            .facts
            .iter()
            .filter_map(|id| facts.get(id.index()))
            .chain(reads.factors.iter().filter_map(|id| factors.get(id.index())))
            .chain(reads.functions.iter().filter_map(|number| functions.get(*number as usize)));
        for to in read {
            graph.add_edge(from, *to, ());
        }
    };
    for (from, (_, fact)) in facts.iter().zip(rules.facts.iter()) {
        if let Some(program) = &fact.value {
            connect(*from, &program.reads);
        }
    }
    for (from, (_, factor)) in factors.iter().zip(rules.factors.iter()) {
        connect(*from, &factor.program.reads());
    }
    for (from, program) in functions.iter().zip(&rules.functions) {
        if let Some(program) = program {
            connect(*from, &program.reads);
        }
    }
    let mut order = Vec::new();
    let mut sound = true;
    for component in kosaraju_scc(&graph) {
        let first = component.iter().min().copied();
        let Some(first) = first else { continue };
        if component.len() > 1 || graph.contains_edge(first, first) {
            sound = false;
            // Circles of factors that count each other are reported where factors are read.
            let counting = |node: &NodeIndex| match graph.node_weight(*node) {
                Some(Rule::Factor(id)) => {
                    matches!(rules.factors.at(*id).program, FactorProgram::Of { .. })
                }
                _ => false,
            };
            if component.iter().all(counting) {
                continue;
            }
            report_circle(def, &graph, &component, first, report);
        }
        order.extend(component.iter().filter_map(|node| graph.node_weight(*node)).copied());
    }
    sound.then_some(order)
}

fn report_circle(
    def: &Definition,
    graph: &DiGraph<Rule, ()>,
    component: &[NodeIndex],
    first: NodeIndex,
    report: &mut Report,
) {
    // The shortest way from the first back to itself, breadth first.
    let inside: BTreeSet<NodeIndex> = component.iter().copied().collect();
    let mut came: BTreeMap<NodeIndex, NodeIndex> = BTreeMap::new();
    let mut waiting = std::collections::VecDeque::from([first]);
    let mut last = first;
    'search: while let Some(node) = waiting.pop_front() {
        let mut next: Vec<NodeIndex> =
            graph.neighbors(node).filter(|next| inside.contains(next)).collect();
        next.sort();
        for next in next {
            if next == first {
                last = node;
                break 'search;
            }
            if let std::collections::btree_map::Entry::Vacant(entry) = came.entry(next) {
                entry.insert(node);
                waiting.push_back(next);
            }
        }
    }
    let mut way = vec![first];
    let mut node = last;
    while node != first {
        way.push(node);
        match came.get(&node) {
            Some(before) => node = *before,
            None => break,
        }
    }
    way.push(first);
    way.reverse();
    let name = |node: &NodeIndex| graph.node_weight(*node).and_then(|rule| name_of(def, *rule));
    let path: Vec<&str> = way.iter().filter_map(name).map(|name| name.value.as_str()).collect();
    let shown = if path.len() > 12 {
        format!(
            "{} → … → {}",
            path.get(..8).unwrap_or(&[]).join(" → "),
            path.last().copied().unwrap_or("")
        )
    } else {
        path.join(" → ")
    };
    let Some(start) = name(&first) else { return };
    let function = matches!(graph.node_weight(first), Some(Rule::Function(_)));
    let (code, message) = if function {
        ("recursion", format!("the function calls itself: `{shown}`"))
    } else {
        ("circular-rule", format!("`{}` is worked out from itself: `{shown}`", start.value))
    };
    report.push(Diagnostic::error(code, start.span, message).hint("break the circle"));
}

pub(super) fn name_of(def: &Definition, rule: Rule) -> Option<&Spanned<String>> {
    match rule {
        Rule::Fact(id) => def.facts.get(id).map(|fact| &fact.name),
        Rule::Factor(id) => def.factors.get(id).map(|factor| &factor.name),
        Rule::Function(number) => def.functions.get(number as usize).map(|function| &function.name),
    }
}
