//! Suggestions: each was run and reaches what it promises; what brute force can reach is reached, and what is called
//! impossible is.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::time::Instant;

use proptest::prelude::*;
use tresteg::{Coverage, Goal, Language, Limits, Suggestions, Suite, Workflow, suggest};

use crate::coverage::{asking, fired, formulas};
use crate::library;

fn workflow(text: &str) -> Workflow {
    Workflow::from_json(text).unwrap_or_else(|report| panic!("{report}"))
}

fn missing(workflow: &Workflow) -> Suggestions {
    suggest(&Coverage::new(workflow), &[], "it.json", Language::English)
}

/// Reads a suggested file anew and runs it: everything goes as it says, and what is promised is reached.
fn held(workflow: &Workflow, found: &Suggestions) {
    if found.text.is_empty() {
        assert!(found.found.is_empty());
        return;
    }
    let mut find = |_: &str| Ok(workflow.clone());
    let suite = Suite::load_on("it.scenario.json", &found.text, &mut find, &Limits::default())
        .unwrap_or_else(|report| panic!("{report}\n{}", found.text));
    assert!(suite.warnings().diagnostics().is_empty(), "{}", suite.warnings());
    assert_eq!(suite.scenarios().len(), found.found.len());
    let mut all = Coverage::new(workflow);
    for (scenario, suggestion) in suite.scenarios().iter().zip(&found.found) {
        assert_eq!(scenario.name(), suggestion.name);
        let mut coverage = Coverage::new(workflow);
        let failure = scenario.run_covering(&mut coverage);
        assert!(failure.is_none(), "{failure:?}\n{}", found.text);
        assert!(!suggestion.goals.is_empty(), "{}", suggestion.title);
        for goal in &suggestion.goals {
            assert!(coverage.has(*goal), "{}: {goal:?}", suggestion.title);
            assert!(!all.has(*goal), "{} is not the first to reach {goal:?}", suggestion.title);
        }
        all.merge(&coverage).unwrap();
    }
    // Every goal is either reached or named.
    let open: BTreeSet<Goal> = all.missing().collect();
    let named: BTreeSet<Goal> = found.unreached.iter().map(|goal| goal.goal).collect();
    assert_eq!(open, named);
}

#[test]
fn suggestions_do_what_they_promise() {
    let three = workflow(include_str!("definitions/three-steps.json"));
    let found = missing(&three);
    held(&three, &found);
    assert_eq!(found.coverage.totals().all.percent(), 100, "{:?}", found.unreached);
    for (name, workflow) in library::all() {
        if ["kaa", "kf-uppdrag", "creative-councils", "mucf-samverkansmodell"].contains(&&*name) {
            let found = missing(&workflow);
            held(&workflow, &found);
            assert_eq!(found.text, missing(&workflow).text, "{name}: twice the same");
            assert!(found.coverage.totals().all.percent() >= 90, "{name}: {:?}", found.unreached);
        }
    }
}

#[test]
fn what_is_covered_is_not_suggested() {
    let three = workflow(include_str!("definitions/three-steps.json"));
    let found = missing(&three);
    let again = suggest(&found.coverage, &[], "it.json", Language::English);
    assert!(again.text.is_empty() && again.found.is_empty(), "{}", again.text);
    // From the scenarios that there are, with what a half of them leaves open.
    let mut find = |_: &str| Ok(three.clone());
    let suite =
        Suite::load_on("it.scenario.json", &found.text, &mut find, &Limits::default()).unwrap();
    let half = &suite.scenarios()[..suite.scenarios().len() / 2];
    let mut coverage = Coverage::new(&three);
    for scenario in half {
        assert!(scenario.run_covering(&mut coverage).is_none());
    }
    let rest = suggest(&coverage, half, "it.json", Language::Swedish);
    assert_eq!(rest.coverage.totals().all.percent(), 100, "{:?}", rest.unreached);
    assert!(rest.found.len() <= found.found.len() - half.len());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn what_brute_force_can_reach_is_reached(formula in formulas()) {
        let workflow = asking(&formula);
        // Every way in which five facts can be true, false and unknown.
        let mut all = Coverage::new(&workflow);
        for number in 0..243_u32 {
            let facts: Vec<Option<bool>> = (0..5)
                .map(|place| match number / 3_u32.pow(place) % 3 {
                    0 => None,
                    1 => Some(false),
                    _ => Some(true),
                })
                .collect();
            all.merge(&fired(&workflow, &facts)).unwrap();
        }
        let found = missing(&workflow);
        held(&workflow, &found);
        for goal in all.goals() {
            let title = all.title(goal, Language::English);
            prop_assert_eq!(found.coverage.has(goal), all.has(goal), "{} in {}", title, formula.script());
        }
        for goal in &found.unreached {
            prop_assert!(goal.is_impossible, "{}: {}", goal.title, goal.reason);
        }
    }
}

#[test]
fn limits_are_met_exactly_whatever_they_are_computed_from() {
    let workflow = workflow(
        r#"{ "id": "w", "timezone": "Europe/Stockholm",
             "parameters": { "rate": 0.25, "wait": { "type": "string", "format": "duration", "value": "P30D" } },
             "facts": {
               "cost": { "type": "number", "minimum": 0, "multipleOf": 0.5 }, "own": { "type": "number", "minimum": 0 },
               "asked_on": { "type": "string", "format": "date" }, "names": { "type": "array", "items": { "type": "string" } },
               "left": { "type": "number", "value": "cost - own * 2" },
               "answer_by": { "type": "string", "format": "date", "value": "asked_on + wait" } },
             "events": { "ask": { "required": ["cost", "own", "asked_on"], "sets": ["names"], "data": { "haste": { "type": "integer" } } } },
             "initial": "a",
             "states": {
               "a": { "on": { "ask": { "target": "b",
                 "guard": "left >= cost * rate + 7 && today < answer_by && names.len() > 2 && event.data.haste <= 3" } } },
               "b": { "type": "final" } } }"#,
    );
    let found = missing(&workflow);
    held(&workflow, &found);
    let titles: Vec<&str> = found.unreached.iter().map(|goal| goal.title.as_str()).collect();
    assert!(titles.is_empty(), "{titles:?}");
}

#[test]
fn what_cannot_be_is_named_with_the_reason() {
    let workflow = workflow(
        r#"{ "id": "w",
             "parameters": { "limit": 10 },
             "facts": { "n": { "type": "integer", "minimum": 0, "maximum": 20, "default": 0 }, "kind": { "enum": ["x", "y"] } },
             "events": { "go": { "sets": ["n", "kind"] }, "back": { "sets": ["n"] } },
             "initial": "a",
             "states": {
               "a": { "on": { "go": [ { "target": "b", "guard": "n > 5" }, { "target": "c", "guard": "n <= 7 && limit > 3" } ] } },
               "b": { "on": { "back": { "target": "a", "guard": "n > 9 && n < 8" } } },
               "c": { "type": "final" } } }"#,
    );
    let found = missing(&workflow);
    held(&workflow, &found);
    let mut said = String::new();
    for goal in &found.unreached {
        assert!(goal.is_impossible, "{}: {}", goal.title, goal.reason);
        writeln!(said, "{}: {}", goal.title, goal.reason).unwrap();
    }
    crate::coverage::golden("impossible.txt", &said);
}

#[test]
fn signatures_others_and_ends_of_terms_are_sent_for() {
    let workflow = workflow(
        r#"{ "id": "w", "roles": { "clerk": {}, "chair": {} },
             "facts": { "ready": { "type": "boolean" } },
             "events": { "propose": { "by": ["clerk"], "sets": ["ready"] }, "decide": { "by": ["clerk", "chair"] }, "seal": { "by": ["clerk", "chair"] } },
             "initial": "a",
             "states": {
               "a": { "on": { "propose": { "target": "b", "guard": "ready" } } },
               "b": { "on": { "decide": { "target": "c", "not_by": ["propose"] } }, "after": { "P30D": "late" } },
               "c": { "on": { "seal": { "target": "d", "signed_by": ["clerk", "chair"] } } },
               "d": { "type": "final" }, "late": { "type": "final" } } }"#,
    );
    let found = missing(&workflow);
    held(&workflow, &found);
    assert!(found.unreached.is_empty(), "{:?}", found.unreached);
}

#[test]
fn many_clauses_are_no_more_than_so_many_searches() {
    let factors: Vec<String> = (0..40)
        .map(|n| format!(r#""f{n}": {{ "guard": "x != {n} && (x <= {n} || y > {n})" }}"#))
        .collect();
    let names: Vec<String> = (0..40).map(|n| format!(r#""f{n}""#)).collect();
    let text = format!(
        r#"{{ "id": "w", "facts": {{ "x": {{ "type": "integer" }}, "y": {{ "type": "integer" }} }}, "events": {{ "go": {{ "required": ["x", "y"] }} }},
              "factors": {{ {} }}, "states": {{ "s": {{ "on": {{ "go": {{ "requires": [{}] }} }} }} }} }}"#,
        factors.join(", "),
        names.join(", ")
    );
    let workflow = workflow(&text);
    let found = missing(&workflow);
    assert!(found.coverage.totals().all.percent() >= 90, "{:?}", found.coverage.totals());
}

/// A table of what is found for every shipped workflow without any scenario: `--ignored --nocapture`, and `ONLY=NAME` for the
/// text of one.
#[test]
#[ignore = "for people: takes minutes"]
fn survey() {
    let only = std::env::var("ONLY").ok();
    for (name, workflow) in library::all() {
        if only.as_ref().is_some_and(|only| *only != name) {
            continue;
        }
        let began = Instant::now();
        let found = missing(&workflow);
        let all = found.coverage.totals().all;
        let impossible = found.unreached.iter().filter(|goal| goal.is_impossible).count();
        println!(
            "{name}: {all} ({} %) by {} scenarios, {} unreached, {impossible} of them impossible, {:?}",
            all.percent(),
            found.found.len(),
            found.unreached.len(),
            began.elapsed()
        );
        if only.is_some() {
            println!("{}", found.text);
            for goal in &found.unreached {
                println!("{}: {}", goal.title, goal.reason);
            }
        }
    }
}
