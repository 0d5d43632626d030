#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use super::*;
use tresteg::Limits;

/// What was tried is the same however much is tried at a time, and the rest is said not to have been.
#[test]
fn mutants_are_tried_until_their_bound() {
    let text =
        r#"{ "id": "w", "parameters": { "a": 1, "b": 2, "c": 3, "d": 4 }, "states": { "s": {} } }"#;
    let limits = Limits { search_operations: 100, ..Limits::default() };
    let workflow = Workflow::load("w.json", text, &mut |_| Err(String::new()), &limits).unwrap();
    let costs = [30, 30, 30, 30, 30, 30];
    for (costs, tried) in [(costs, 4), ([1; 6], 6), ([99, 1, 1, 1, 1, 1], 2)] {
        let mutants: Vec<Mutant> = workflow.mutants().into_iter().take(6).collect();
        assert_eq!(mutants.len(), 6);
        let mut trial = Trial { mutants, ..Trial::of(String::new(), &workflow) };
        trial.fates.clear();
        trial.judge(|_, some| some.map(|at| (Fate::Killed, costs[at])).collect());
        let tally = trial.tally();
        assert_eq!((tally.killed, tally.untried), (tried, 6 - tried));
        assert_eq!(tally.to_string().contains("search_operations"), tried < 6, "{tally}");
        // What was not tried may be what nobody would notice.
        assert_eq!(tally.reaches(100), tried == 6);
    }
}
