//! Suggestions: each was run and reaches what it promises; what brute force can reach is reached, and what is called
//! impossible is.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::time::Instant;

use proptest::prelude::*;
use tresteg::coverage::{Coverage, Goal};
use tresteg::lab::{MutantStatus, Suggestions, Work, suggest};
use tresteg::scenario::Suite;
use tresteg::{Case, Event, Language, Limits, Workflow};

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

/// A workflow of one transition to `z` over these facts.
fn asks(facts: &str, names: &str, on: &str) -> Workflow {
    let y = if on.contains(r#""y""#) { r#""y": { "type": "final" }, "# } else { "" };
    workflow(&format!(
        r#"{{ "id": "w", "facts": {{ {facts} }}, "events": {{ "go": {{ "sets": [{names}] }} }}, "initial": "a",
              "functions": {{ "twice": {{ "params": ["v"], "body": "v * 2" }} }},
              "states": {{ "a": {{ "on": {{ "go": {on} }} }}, {y}"z": {{ "type": "final" }} }} }}"#
    ))
}

fn said(found: &Suggestions) -> String {
    let said = found.unreached.iter().map(|goal| format!("{}: {}\n", goal.title, goal.reason));
    said.collect()
}

#[test]
fn what_can_be_calculated_is_found() {
    let to_z = |guard: &str| format!(r#"{{ "target": "z", "guard": "{guard}" }}"#);
    let integer = r#""x": { "type": "integer" }"#;
    let cases = [
        (integer, r#""x""#, to_z("x * 3 == 21")),
        (integer, r#""x""#, to_z("x % 7 == 3 && x % 5 == 4 && x > 20")),
        (integer, r#""x""#, to_z("twice(x) + 1 == 15")),
        (
            r#""fee": { "type": "number" }, "parts": { "type": "integer" }"#,
            r#""fee", "parts""#,
            to_z("fee * 0.25 == 310 && parts * 12 == 60"),
        ),
        (
            r#""x": { "type": "integer", "minimum": 0, "multipleOf": 500 }"#,
            r#""x""#,
            to_z("x > 1200"),
        ),
        (
            r#""x": { "type": "number", "multipleOf": 2.5, "exclusiveMaximum": 5 }"#,
            r#""x""#,
            to_z("x > -101 && x < -98"),
        ),
        (
            r#""x": { "type": "integer", "multipleOf": 4 }"#,
            r#""x""#,
            r#"[{ "target": "y", "guard": "x >= 13" }, { "target": "z" }]"#.to_owned(),
        ),
    ];
    for (facts, names, on) in cases {
        let workflow = asks(facts, names, &on);
        let found = missing(&workflow);
        held(&workflow, &found);
        let taken = |goal: Goal| found.coverage.has(goal);
        let transitions = found.coverage.transitions().count();
        assert!(
            (0..transitions).all(|transition| taken(Goal::Transition { transition })),
            "{on}: {}",
            said(&found)
        );
        assert!(found.unreached.iter().all(|goal| !goal.is_impossible), "{on}: {}", said(&found));
    }
}

#[test]
fn what_is_not_found_is_not_called_impossible() {
    // Each can be, and is hard or not at all to be found by trying.
    let cases = [
        (r#""x": { "type": "integer" }"#, r#""x""#, "x * x == 1522756"),
        (r#""x": { "type": "integer" }"#, r#""x""#, "x % 997 == 3 && x % 991 == 5"),
        (
            r#""x": { "type": "integer" }, "y": { "type": "integer" }"#,
            r#""x", "y""#,
            "x * y == 2021 && x > y + 3",
        ),
        (r#""t": { "type": "string" }"#, r#""t""#, "ends_with(t, `xyz`) && t.len == 11"),
        (
            r#""d": { "type": "string", "format": "date" }"#,
            r#""d""#,
            "d.weekday == 5 && d.day == 13 && d.month == 2",
        ),
        (
            r#""l": { "type": "array", "items": { "type": "integer" } }"#,
            r#""l""#,
            "l.some(|i| i > 40 && i < 42) && sum(l) == 77",
        ),
        (r#""x": { "type": "integer" }"#, r#""x""#, "event.actor == `bo` && x > 3"),
        (
            r#""x": { "type": "integer" }"#,
            r#""x""#,
            "today > date(2030, 1, 1) + days(x) || count(`go`) > 77",
        ),
    ];
    for (facts, names, guard) in cases {
        let workflow = asks(facts, names, &format!(r#"{{ "target": "z", "guard": "{guard}" }}"#));
        let found = missing(&workflow);
        held(&workflow, &found);
        for goal in &found.unreached {
            assert!(!goal.is_impossible, "{guard}: {}: {}", goal.title, goal.reason);
        }
    }
}

#[test]
fn a_proof_needs_values_that_are_admitted() {
    let never = |facts: &str, guard: &str| {
        let on = format!(r#"{{ "target": "z", "guard": "{guard}" }}"#);
        let found = missing(&asks(facts, r#""x""#, &on));
        let mut taken = found.unreached.iter();
        let taken = taken.find(|goal| goal.goal == Goal::Transition { transition: 0 });
        taken.map(|goal| goal.is_impossible)
    };
    // Between two neighbours there is no multiple, and so nothing.
    let sevens = r#""x": { "type": "integer", "multipleOf": 7 }"#;
    assert_eq!(never(sevens, "x > 14 && x < 21"), Some(true));
    assert_eq!(never(sevens, "x > 14 && x < 22"), None);
    assert_eq!(
        never(r#""x": { "type": "integer", "multipleOf": 2.5 }"#, "x > 5 && x < 10"),
        Some(true)
    );
    assert_eq!(never(r#""x": { "type": "number", "multipleOf": 2.5 }"#, "x > 5 && x < 10"), None);
    // Few values are all tried, whatever is done with them.
    let few = r#""x": { "type": "integer", "minimum": 0, "maximum": 9 }"#;
    assert_eq!(never(few, "x * x == 50"), Some(true));
    assert_eq!(never(few, "x * x == 49"), None);
    // Only compared, as a whole or through others.
    let plain = r#""x": { "type": "integer" }"#;
    assert_eq!(never(plain, "(x ?? 3) > 7 && x < 7"), Some(true));
    assert_eq!(
        never(plain, "(switch x { 1 => true, 2..5 => true, _ => false }) && x > 5"),
        Some(true)
    );
    assert_eq!(never(plain, "x * x < 0 && x > 5"), Some(false));
}

#[test]
fn no_suggestion_is_lost_by_its_name() {
    let workflow =
        asks(r#""x": { "type": "integer" }"#, r#""x""#, r#"{ "target": "z", "guard": "x > 3" }"#);
    let found = missing(&workflow);
    held(&workflow, &found);
    assert!(found.unreached.is_empty(), "{}", said(&found));
    assert!(found.found.iter().any(|one| one.name.starts_with("scenario-x-3")), "{}", found.text);
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
    let factors: Vec<String> = (0..16)
        .map(|n| format!(r#""f{n}": {{ "guard": "x != {n} && (x <= {n} || y > {n})" }}"#))
        .collect();
    let names: Vec<String> = (0..16).map(|n| format!(r#""f{n}""#)).collect();
    let text = format!(
        r#"{{ "id": "w", "facts": {{ "x": {{ "type": "integer" }}, "y": {{ "type": "integer" }} }}, "events": {{ "go": {{ "required": ["x", "y"] }} }},
              "factors": {{ {} }}, "states": {{ "s": {{ "on": {{ "go": {{ "requires": [{}] }} }} }} }} }}"#,
        factors.join(", "),
        names.join(", ")
    );
    // With room enough all of them are made; what there is no room for is named.
    for (search_operations, is_enough) in [(80_000_000, true), (500_000, false)] {
        let limits = Limits { search_operations, ..Limits::default() };
        let mut none = |_: &str| Err(String::new());
        let workflow = Workflow::load("it.json", &text, &mut none, &limits).unwrap();
        let found = missing(&workflow);
        let is_named =
            found.unreached.iter().any(|goal| goal.reason.contains("`search_operations`"));
        assert_eq!(is_named, !is_enough, "{:?}", found.coverage.totals());
        assert_eq!(found.coverage.totals().all.percent() >= 90, is_enough);
    }
}

/// A guard that loops is searched for no longer than a search may be, and that is said.
#[test]
fn a_search_over_loops_has_a_bound_that_is_named() {
    let text = r#"{ "id": "w", "facts": { "x": { "type": "integer", "minimum": 0 } }, "events": { "go": { "sets": ["x"] } },
        "states": { "s": { "on": { "go": { "guard": "let t = 0; for i in 0..9000 { t += i } t + x * x == 449985007" } } } } }"#;
    let limits = Limits { search_operations: 3_000_000, ..Limits::default() };
    let workflow = Workflow::load("it.json", text, &mut |_| Err(String::new()), &limits).unwrap();
    let found = missing(&workflow);
    assert!(found.unreached.iter().any(|goal| goal.reason.contains("`search_operations`")));
    assert!(found.unreached.iter().all(|goal| !goal.is_impossible), "{:?}", found.unreached);
}

/// What a mutant costs is counted: reading it, the proof, and the scenarios that are run on it.
#[test]
fn mutants_are_counted_and_undecided_where_there_is_no_room() {
    let text = r#"{ "id": "w", "facts": { "x": { "type": "integer", "minimum": 0, "maximum": 9 } }, "events": { "go": { "sets": ["x"] } },
        "states": { "s": { "on": { "go": { "guard": "let t = 0; for i in 0..9000 { t += i } t >= 0 && x >= 0 && x < 12" } } } } }"#;
    let limits = |search_operations| Limits { search_operations, ..Limits::default() };
    let load = |limits: &Limits| {
        Workflow::load("it.json", text, &mut |_| Err(String::new()), limits).unwrap()
    };
    for (room, is_enough) in [(50_000_000, true), (200_000, false)] {
        let workflow = load(&limits(room));
        let mutants = workflow.mutants();
        let boundary = mutants.iter().find(|mutant| mutant.after == "<=").unwrap();
        let work = Work::of(workflow.limits(), 1);
        let status = boundary.workflow_within(&workflow, &work);
        assert_eq!(work.is_exhausted(), !is_enough, "{}", work.used());
        // Where not all could be tried nothing is called the same.
        assert_eq!(matches!(status, MutantStatus::Equivalent(_)), is_enough, "{status:?}");
        assert!(is_enough || matches!(status, MutantStatus::Undecided(_)), "{status:?}");
    }
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

/// What actions set is held to its declaration when they end. A factor that they ask on the way sees what is not declared.
#[test]
fn what_actions_pass_through_is_not_called_impossible() {
    let workflow = workflow(
        r#"{ "id": "w", "parameters": { "cap": 1234552 },
             "facts": { "n": { "type": "integer", "minimum": 0, "maximum": 10, "default": 0 }, "m": { "type": "integer", "minimum": 0, "maximum": 60000 } },
             "factors": { "big": { "guard": "n == cap" } }, "events": { "y": { "required": ["m"] }, "z": {} }, "initial": "a",
             "states": {
               "a": { "on": { "y": { "actions": "n = m * 37 + 10; if big { n = 7 } else { n = 8 }" }, "z": { "target": "c", "requires": ["big"] } } },
               "c": { "type": "final" } } }"#,
    );
    let (mut case, _) = Case::start(&workflow, None, BTreeMap::new()).unwrap();
    case.fire(&Event::new("y").fact("m", 33366));
    assert_eq!(case.fact("n"), Some(7.into()), "the factor held");
    let found = missing(&workflow);
    let never = found.unreached.iter().filter(|goal| goal.is_impossible);
    let never: Vec<_> = never.map(|goal| &goal.title).collect();
    assert!(!never.iter().any(|title| title.contains("in factor")), "{never:?}");
    for mutant in workflow.mutants().iter().filter(|mutant| mutant.path == "factors.big.guard") {
        assert!(!matches!(mutant.workflow(&workflow), MutantStatus::Equivalent(_)), "{mutant}");
    }
}

/// What no trying of values can tell is proven for all of them at once.
#[test]
fn what_excludes_itself_is_proven_impossible() {
    let number = r#"{ "type": "integer" }"#;
    let facts = format!(r#""x": {number}, "y": {number}, "ok": {{ "type": "boolean" }}"#);
    let names = r#""x", "y", "ok""#;
    let workflow =
        asks(&facts, names, r#"{ "target": "z", "guard": "ok && x - y > 3 && y - x > 3" }"#);
    let found = missing(&workflow);
    held(&workflow, &found);
    let taken = Goal::Transition { transition: 0 };
    let taken = found.unreached.iter().find(|goal| goal.goal == taken).unwrap();
    assert!(taken.is_impossible, "{}", taken.reason);
    assert_eq!(taken.reason, "no values of `x`, `y`, `ok` make it so: it is proven");
    let possible =
        asks(&facts, names, r#"{ "target": "z", "guard": "ok && x - y > 3 && y > x - 5" }"#);
    let found = missing(&possible);
    held(&possible, &found);
    assert!(found.unreached.iter().all(|goal| !goal.is_impossible), "{}", said(&found));
}
