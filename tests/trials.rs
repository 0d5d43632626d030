//! Random cases for claims: what is broken is found, its story holds nothing that could be left out, and read again as a
//! scenario it breaks the same claim.

use std::collections::BTreeSet;

use serde_json::{Value as Json, json};
use tresteg::case::ClaimVerdict;
use tresteg::lab::{BrokenClaim, ClaimTrial, try_claims};
use tresteg::scenario::Suite;
use tresteg::{Case, Language, Limits, Workflow};

use crate::family::Files;

/// Four claims that do not hold and one that does.
const TOY: &str = r#"{ "id": "w", "timezone": "Europe/Stockholm", "roles": { "a": {}, "b": {} },
  "facts": { "n": { "type": "integer", "minimum": 0, "maximum": 100 }, "ok": { "type": "boolean" } },
  "events": { "go": { "sets": ["n"], "by": ["a"] }, "write": { "by": ["a", "b"] }, "adjust": { "by": ["b", "a"] }, "note": { "sets": ["ok"] } },
  "claims": {
    "limit": { "never": "active(`b`)", "without": "n >= 10" }, "once": { "always": "count(`note`) <= 2" },
    "eyes": { "different_persons": ["write", "adjust"] },
    "answer": { "whenever": "happens(`go`)", "then": "happens(`write`)", "due": "today + days(14)" },
    "fine": { "never": "active(`b`) && active(`s`)" }
  },
  "initial": "s", "states": {
    "s": { "on": { "go": { "target": "b", "guard": "n >= 9" }, "note": {}, "write": {} } },
    "b": { "on": { "write": {}, "adjust": {}, "note": {} } } } }"#;

fn read(files: &[(&str, &str)]) -> Workflow {
    Files(files).load().unwrap_or_else(|report| panic!("{report}"))
}

fn trial(workflow: &Workflow, cases: u64, seed: u64) -> ClaimTrial {
    try_claims(workflow, &[], "w.json", cases, seed, Language::English)
}

fn names(trial: &ClaimTrial) -> BTreeSet<&str> {
    trial.broken.iter().map(|broken| broken.claim.as_str()).collect()
}

/// Runs the stories as `test` does: each fails by the claim, and says nothing else that is not so.
fn held(workflow: &Workflow, trial: &ClaimTrial) {
    let mut find = |_: &str| Ok(workflow.clone());
    let suite = Suite::load_on("w.scenario.json", &trial.text, &mut find, &Limits::default())
        .unwrap_or_else(|report| panic!("{report}\n{}", trial.text));
    assert!(suite.warnings().diagnostics().is_empty(), "{}", suite.warnings());
    assert_eq!(suite.scenarios().len(), trial.broken.len());
    for (scenario, broken) in suite.scenarios().iter().zip(&trial.broken) {
        assert_eq!(Some(scenario.name()), broken.scenario.as_deref());
        let failure = scenario.run().unwrap_or_else(|| panic!("it passes: {broken:?}"));
        let keys: Vec<&str> = failure.mismatches.iter().map(|found| found.key.as_str()).collect();
        let of = broken.case.as_ref().map(|case| format!("others.{case}.")).unwrap_or_default();
        assert!(keys.contains(&format!("{of}claims.{}", broken.claim).as_str()), "{keys:?}");
        assert!(keys.iter().all(|key| key.contains("claims.")), "{keys:?}");
        for less in without_one(&trial.text, scenario.name()) {
            assert!(!breaks_first(workflow, &less, broken), "{less} breaks {broken:?}");
        }
    }
}

/// The scenarios of which one step or one thing that is said is left out.
fn without_one(text: &str, name: &str) -> Vec<Json> {
    let whole: Json = serde_json::from_str(text).unwrap();
    let whole = &whole["scenarios"][name];
    let mut all = Vec::new();
    for step in 0..whole["steps"].as_array().map_or(0, Vec::len) {
        let mut less = whole.clone();
        less["steps"].as_array_mut().unwrap().remove(step);
        all.push(less);
        let mut less = whole.clone();
        if less["steps"][step].as_object_mut().unwrap().remove("actor").is_some() {
            all.push(less);
        }
        for of in ["facts", "data"] {
            for key in whole["steps"][step][of].as_object().iter().flat_map(|said| said.keys()) {
                let mut less = whole.clone();
                less["steps"][step][of].as_object_mut().unwrap().remove(key);
                all.push(less);
            }
        }
    }
    for key in whole["facts"].as_object().iter().flat_map(|said| said.keys()) {
        let mut less = whole.clone();
        less["facts"].as_object_mut().unwrap().remove(key);
        all.push(less);
    }
    all
}

/// Whether a case goes there in which the claim is broken, and no other before. What is refused does not happen.
fn breaks_first(workflow: &Workflow, scenario: &Json, claim: &BrokenClaim) -> bool {
    let facts = scenario.get("facts").cloned().unwrap_or(json!({}));
    let facts = workflow.facts_from_json(&facts.to_string()).unwrap();
    let start = workflow.time(scenario["start"].as_str().unwrap()).unwrap();
    let Ok((mut case, _)) = Case::start(workflow, Some(start), facts) else { return false };
    let none = Vec::new();
    let mut steps = scenario["steps"].as_array().unwrap_or(&none).iter();
    loop {
        let broken: Vec<_> = case
            .claims()
            .into_iter()
            .filter(|found| found.verdict == ClaimVerdict::Broken)
            .map(|found| (found.name, found.case))
            .collect();
        if !broken.is_empty() {
            return broken.contains(&(claim.claim.clone(), claim.case.clone()));
        }
        let Some(step) = steps.next() else { return false };
        match step.get("advance") {
            Some(until) => {
                case.advance(workflow.time(until.as_str().unwrap()).unwrap());
            }
            None => {
                let mut line = step.clone();
                line.as_object_mut().unwrap().remove("expect");
                case.fire(&workflow.event_from_json(&line.to_string()).unwrap());
            }
        }
    }
}

#[test]
fn what_does_not_hold_is_found_from_every_seed() {
    let workflow = read(&[("w.json", TOY)]);
    for seed in 0..8 {
        let played = trial(&workflow, 300, seed);
        assert_eq!(names(&played), BTreeSet::from(["answer", "eyes", "limit", "once"]), "{seed}");
        assert_eq!((played.cases, played.is_cut), (300, false));
        held(&workflow, &played);
        let story = |claim: &str| {
            let broken = played.broken.iter().find(|broken| broken.claim == claim).unwrap();
            (broken.story.clone(), broken.step)
        };
        assert_eq!(story("once").0, ["note"; 3]);
        assert_eq!(story("limit"), (vec!["go".to_owned()], Some(2)));
        assert_eq!(story("answer").0[0], "go");
        assert_eq!(story("answer").0.len(), 2);
        assert_eq!(story("answer").1, Some(2), "since the event that waits");
        let mut eyes = story("eyes").0;
        eyes.sort_unstable();
        assert_eq!(eyes, ["adjust", "go", "write"]);
    }
}

#[test]
fn the_same_seed_gives_the_same_bytes() {
    let workflow = read(&[("w.json", TOY)]);
    let told = |seed| {
        let played = trial(&workflow, 40, seed);
        (serde_json::to_string(&played).unwrap(), played.text)
    };
    assert_eq!(told(5), told(5));
    assert_ne!(told(5), told(6));
}

#[test]
fn a_claim_that_cannot_break_first_has_a_story_too() {
    let workflow = read(&[(
        "w.json",
        r#"{ "id": "w", "initial": "a", "claims": { "no_b": { "never": "active(`b`)" }, "no_c": { "never": "active(`c`)" } },
          "states": { "a": { "on": { "go": "b" } }, "b": { "on": { "go": "c" } }, "c": {} } }"#,
    )]);
    let played = trial(&workflow, 30, 0);
    let later = played.broken.iter().find(|broken| broken.claim == "no_c").unwrap();
    assert_eq!(later.story, ["go", "go"]);
    assert!(later.scenario.is_some(), "{}", played.text);
    assert_eq!(names(&played), BTreeSet::from(["no_b", "no_c"]));
}

#[test]
fn what_breaks_at_the_start_needs_no_story_and_counters_are_not_given() {
    let workflow = read(&[(
        "w.json",
        r#"{ "id": "w", "initial": "a",
          "facts": { "given": { "type": "integer", "minimum": 0 }, "counted": { "type": "integer", "default": 0 } },
          "claims": { "said": { "never": "given > 5" }, "known": { "always": "known(`given`)" }, "few": { "always": "counted <= 3" } },
          "states": { "a": { "on": { "go": { "guard": "counted < 3", "actions": "counted += 1" } } } } }"#,
    )]);
    let played = trial(&workflow, 100, 1);
    assert_eq!(names(&played), BTreeSet::from(["known", "said"]));
    assert!(played.broken.iter().all(|broken| broken.story.is_empty() && broken.step == Some(1)));
    held(&workflow, &played);
}

#[test]
fn claims_of_children_are_told_by_their_address() {
    let workflow = read(&[
        (
            "whole.json",
            r#"{ "id": "whole", "initial": "wait", "states": { "wait": { "on": { "go": "open" } },
              "open": { "invoke": { "id": "c", "workflow": "part.json" } } } }"#,
        ),
        (
            "part.json",
            r#"{ "id": "part", "initial": "a", "claims": { "one": { "always": "count(`note`) <= 1" } },
              "states": { "a": { "on": { "note": {} } } } }"#,
        ),
    ]);
    let played = trial(&workflow, 60, 2);
    let [broken] = played.broken.as_slice() else { panic!("{:?}", played.broken) };
    assert_eq!(broken.case.as_deref(), Some("c/1"));
    assert_eq!(broken.story, ["go", "c/1: note", "c/1: note"]);
    held(&workflow, &played);
}

#[test]
fn a_story_may_go_on_where_a_child_moves_its_parent() {
    let workflow = read(&[
        (
            "whole.json",
            r#"{ "id": "whole", "initial": "open", "events": { "ready": { "by": [] }, "note": {} }, "claims": { "one": { "always": "count(`note`) <= 1" } }, "states": {
              "open": { "invoke": { "id": "c", "workflow": "part.json" }, "on": { "ready": "on" } },
              "on": { "on": { "note": {} } } } }"#,
        ),
        (
            "part.json",
            r#"{ "id": "part", "initial": "a", "states": { "a": { "on": { "finish": { "target": "b", "actions": "send_parent(`ready`)" } } }, "b": {} } }"#,
        ),
    ]);
    let played = trial(&workflow, 200, 2);
    assert_eq!(played.broken[0].story, ["c/1: finish", "note", "note"]);
    held(&workflow, &played);
}

#[test]
fn what_a_child_is_sent_may_break_a_claim_of_its_parent() {
    let workflow = read(&[
        (
            "whole.json",
            r#"{ "id": "whole", "initial": "open", "events": { "ready": { "by": [] } },
              "claims": { "never_ready": { "never": "happens(`ready`)" } },
              "states": { "open": { "invoke": { "id": "c", "workflow": "part.json" }, "on": { "ready": {} } } } }"#,
        ),
        (
            "part.json",
            r#"{ "id": "part", "initial": "a", "states": { "a": { "on": { "finish": { "actions": "send_parent(`ready`)" } } } } }"#,
        ),
    ]);
    let played = trial(&workflow, 60, 2);
    assert_eq!(played.broken[0].story, ["c/1: finish"]);
    held(&workflow, &played);
}

#[test]
fn a_variant_is_tried_with_what_it_changes() {
    let base = r#"{ "id": "base", "initial": "a", "parameters": { "most": { "value": 3 } },
      "facts": { "n": { "type": "integer", "default": 0 } },
      "claims": { "few": { "always": "n <= 3" } },
      "states": { "a": { "on": { "go": { "guard": "n < most", "actions": "n += 1" } } } } }"#;
    let variant =
        r#"{ "extends": "base.json", "id": "variant", "parameters": { "most": { "value": 4 } } }"#;
    assert!(trial(&read(&[("base.json", base)]), 60, 0).broken.is_empty());
    let workflow = read(&[("variant.json", variant), ("base.json", base)]);
    let played = trial(&workflow, 60, 0);
    assert_eq!(played.broken[0].story, ["go"; 4]);
    held(&workflow, &played);
}

#[test]
fn a_budget_that_is_met_is_named() {
    let load = |search| {
        let limits = Limits { search_operations: search, ..Limits::default() };
        Files(&[("w.json", TOY)]).load_within(&limits).unwrap()
    };
    let cut = trial(&load(2_000), 1_000, 0);
    assert!(cut.is_cut && cut.cases < 1_000, "{} cases", cut.cases);
    assert!(!trial(&load(1_000_000_000), 20, 0).is_cut);
}

#[test]
fn where_nothing_is_claimed_nothing_is_played() {
    let workflow =
        read(&[("w.json", r#"{ "id": "w", "states": { "a": { "on": { "go": {} } } } }"#)]);
    let played = trial(&workflow, 100, 0);
    assert_eq!((played.cases, played.steps, played.text.as_str()), (0, 0, ""));
}
