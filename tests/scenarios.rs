//! Scenarios: those shipped go as they say, what was played can be recorded, and every kind of expectation can fail.

use std::path::{Path, PathBuf};

use tresteg::case::InputLine;
use tresteg::scenario::{Recorder, Scenario, Suite};
use tresteg::{Case, Limits, Workflow};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

fn file(path: &str) -> Result<String, String> {
    std::fs::read_to_string(root().join(path)).map_err(|error| error.to_string())
}

fn entries(folder: &str, ending: &str) -> Vec<String> {
    let Ok(entries) = std::fs::read_dir(root().join(folder)) else { return Vec::new() };
    let names = entries.map(|entry| entry.unwrap().file_name().to_str().unwrap().to_owned());
    let mut names: Vec<String> = names.filter(|name| name.ends_with(ending)).collect();
    names.sort();
    names
}

fn shipped() -> Vec<Suite> {
    let names = entries("workflows", ".scenario.json");
    let load = |name: &String| {
        let path = format!("workflows/{name}");
        let text = file(&path).unwrap();
        Suite::load(&path, &text, &mut |path| file(path), &Limits::default())
            .unwrap_or_else(|report| panic!("{report}"))
    };
    names.iter().map(load).collect()
}

fn said(scenario: &Scenario) -> String {
    format!(
        "{} {:?} {:?}: {:#?}",
        scenario.name(),
        scenario.variant(),
        scenario.row(),
        scenario.run()
    )
}

#[test]
fn shipped_scenarios_go_as_they_say() {
    let suites = shipped();
    assert!(suites.len() >= 5);
    for suite in &suites {
        assert!(suite.warnings().diagnostics().is_empty(), "{}", suite.warnings());
        for scenario in suite.scenarios() {
            assert!(scenario.run().is_none(), "{}", said(scenario));
        }
    }
}

/// The quick answer is that of the one in words, also on workflows that the scenario was not written for.
#[test]
fn the_quick_way_agrees_with_the_one_in_words() {
    let suites = shipped();
    let mut differ = 0;
    for suite in &suites {
        for scenario in suite.scenarios() {
            for (_, _, workflow) in suite.workflows() {
                let failure = scenario.run_on(workflow);
                assert_eq!(scenario.passes_on(workflow), failure.is_none(), "{}", said(scenario));
                differ += usize::from(failure.is_some());
            }
        }
    }
    assert!(differ > 10, "no scenario tells one variant from another");
}

/// Every shipped journey, recorded, is a scenario that goes as it went.
#[test]
fn what_was_played_goes_again_as_it_went() {
    let mut journeys = 0;
    for name in entries("workflows", ".json") {
        if name.ends_with(".scenario.json") {
            continue;
        }
        let path = format!("workflows/{name}");
        let limits = Limits::default();
        let workflow =
            Workflow::load(&path, &file(&path).unwrap(), &mut |path| file(path), &limits).unwrap();
        let folder = format!("workflows/journeys/{}", name.trim_end_matches(".json"));
        let mut recorder = Recorder::new(&name);
        for journey in entries(&folder, ".jsonl") {
            journeys += 1;
            let lines = file(&format!("{folder}/{journey}")).unwrap();
            let mut case: Option<Case> = None;
            for line in lines.lines() {
                let input = InputLine::from_json(line).unwrap();
                if let InputLine::Start { at, facts } = &input {
                    let (begun, decision) = Case::start(&workflow, *at, facts.clone()).unwrap();
                    recorder.start(&journey, *at, facts, &begun, &decision);
                    case = Some(begun);
                    continue;
                }
                let case = case.as_mut().unwrap();
                let decision = match &input {
                    InputLine::Event(event) => case.fire(event),
                    InputLine::Advance(until) => case.advance(until.clone()),
                    _ => unreachable!(),
                };
                recorder.step(&input, None, case, &decision);
            }
        }
        let written = recorder.finish();
        let mut find = |_: &str| Ok(workflow.clone());
        let suite = Suite::load_on("workflows/x.scenario.json", &written, &mut find, &limits)
            .unwrap_or_else(|report| panic!("{report}\n{written}"));
        for scenario in suite.scenarios() {
            assert!(scenario.run().is_none(), "{name} {}", said(scenario));
        }
    }
    assert!(journeys > 100, "{journeys} journeys");
}

/// A scenario on the permit of the tests: what `expect` says of the last step.
fn expecting(steps: &str, expect: &str) -> Result<Vec<String>, String> {
    let text = format!(
        r#"{{ "workflow": "permit.json", "start": "2026-01-05T09:00",
             "actors": {{ "bo": {{ "roles": ["applicant"] }} }}, "steps": [{steps} "expect": {expect} }}] }}"#
    );
    let mut files = |path: &str| file(&format!("tests/scenarios/{path}"));
    let suite = Suite::load("x.scenario.json", &text, &mut files, &Limits::default())
        .map_err(|report| report.to_string())?;
    let failure = suite.scenarios()[0].run();
    let mismatches = failure.into_iter().flat_map(|failure| failure.mismatches);
    Ok(mismatches.map(|found| found.key).collect())
}

const APPLY: &str = r#"{ "event": "apply", "actor": "bo", "facts": { "cost": 400000, "people": [{ "name": "Bo", "age": 7 }] },"#;
const GRANT: &str = r#"{ "event": "apply", "actor": "bo", "facts": { "cost": 400000 } }, { "event": "grant", "actor": "bo","#;
const LATE: &str = r#"{ "event": "apply", "actor": "bo", "facts": { "cost": 400000 } },
    { "event": "complete_it", "actor": "bo", "facts": { "answer_by": "2026-01-31" } }, { "advance": "P30D","#;

/// What holds, and beside it what does not and must be noticed.
#[test]
fn every_kind_of_expectation_holds_and_fails() {
    let table = [
        (APPLY, r#"{ "answer": "moved" }"#, r#"{ "answer": "blocked" }"#, "answer"),
        (APPLY, r#"{ "states": "waiting" }"#, r#"{ "states": "granted" }"#, "states"),
        (APPLY, r#"{ "in": ["handling", "waiting"] }"#, r#"{ "in": "idea" }"#, "in"),
        (APPLY, r#"{ "not_in": "idea" }"#, r#"{ "not_in": "handling" }"#, "not_in"),
        (
            APPLY,
            r#"{ "facts": { "cost": 400000.00 } }"#,
            r#"{ "facts": { "cost": 400000.01 } }"#,
            "facts.cost",
        ),
        (
            APPLY,
            r#"{ "facts": { "complete": null } }"#,
            r#"{ "facts": { "complete": false } }"#,
            "facts.complete",
        ),
        (
            APPLY,
            r#"{ "facts": { "people": [{ "age": 7 }] } }"#,
            r#"{ "facts": { "people": [{ "age": 8 }] } }"#,
            "facts.people",
        ),
        (
            APPLY,
            r#"{ "facts": { "people": [{}] } }"#,
            r#"{ "facts": { "people": [{}, {}] } }"#,
            "facts.people",
        ),
        (
            APPLY,
            r#"{ "facts": { "people": [{ "name": "Bo" }] } }"#,
            r#"{ "facts": { "cost": null } }"#,
            "facts.cost",
        ),
        (
            APPLY,
            r#"{ "factors": { "small": false } }"#,
            r#"{ "factors": { "small": true } }"#,
            "factors.small",
        ),
        (
            APPLY,
            r#"{ "factors": { "size": 0 } }"#,
            r#"{ "factors": { "size": 0.5 } }"#,
            "factors.size",
        ),
        (APPLY, r#"{ "emitted": [] }"#, r#"{ "emitted": ["reminder"] }"#, "emitted"),
        (APPLY, r#"{ "blocked": "refuse" }"#, r#"{ "open": "refuse" }"#, "open"),
        (APPLY, r#"{ "open": "complete_it" }"#, r#"{ "blocked": "complete_it" }"#, "blocked"),
        (
            APPLY,
            r#"{ "not_expected": "apply" }"#,
            r#"{ "not_expected": "refuse" }"#,
            "not_expected",
        ),
        (APPLY, r#"{ "left": ["idea"] }"#, r#"{ "left": [] }"#, "left"),
        (
            APPLY,
            r#"{ "entered": ["handling", "waiting"] }"#,
            r#"{ "entered": ["waiting", "handling"] }"#,
            "entered",
        ),
        (APPLY, r#"{ "taken": ["idea -> handling"] }"#, r#"{ "taken": ["yes"] }"#, "taken"),
        (APPLY, r#"{ "taken": ["idea→handling"] }"#, r#"{ "taken": [] }"#, "taken"),
        (
            APPLY,
            r#"{ "terms": { "P14D": "2026-01-19T09:00" } }"#,
            r#"{ "terms": { "P14D": "2026-01-18" } }"#,
            "terms.P14D",
        ),
        (
            APPLY,
            r#"{ "terms": { "waiting: P14D": "2026-01-19" } }"#,
            r#"{ "terms": { "P14D": null } }"#,
            "terms.P14D",
        ),
        (
            APPLY,
            r#"{ "terms": { "answer_by": null } }"#,
            r#"{ "terms": { "answer_by": "2026-01-19" } }"#,
            "terms.answer_by",
        ),
        (
            APPLY,
            r#"{ "next_deadline": "2026-01-19" }"#,
            r#"{ "next_deadline": null }"#,
            "next_deadline",
        ),
        (APPLY, r#"{ "ended": false }"#, r#"{ "ended": true }"#, "ended"),
        (APPLY, r#"{ "tags": ["open"] }"#, r#"{ "tags": [] }"#, "tags"),
        (APPLY, "{}", r#"{ "problems": ["fact-value"] }"#, "answer"),
        (
            GRANT,
            r#"{ "blocked_by": { "factors": ["ready"] } }"#,
            r#"{ "blocked_by": { "factors": [] } }"#,
            "blocked_by.factors",
        ),
        (
            GRANT,
            r#"{ "blocked_by": { "factors": ["ready", "small"] } }"#,
            r#"{ "blocked_by": { "factors": ["small"] } }"#,
            "blocked_by.factors",
        ),
        (
            GRANT,
            r#"{ "blocked_by": { "facts": ["complete"] } }"#,
            r#"{ "blocked_by": { "facts": [] } }"#,
            "blocked_by.facts",
        ),
        (
            GRANT,
            r#"{ "blocked_by": { "roles": ["chief", "clerk"] } }"#,
            r#"{ "blocked_by": { "roles": ["clerk"] } }"#,
            "blocked_by.roles",
        ),
        (
            GRANT,
            r#"{ "blocked_by": { "not_by": [], "missing": [], "clauses": [] } }"#,
            r#"{ "blocked_by": { "missing": ["cost"] } }"#,
            "blocked_by.missing",
        ),
        (GRANT, r#"{ "answer": "blocked" }"#, "{}", "answer"),
        (
            LATE,
            r#"{ "answer": "advanced", "emitted": ["reminder", { "name": "too_late", "data": { "days": 1.0 } }] }"#,
            r#"{ "emitted": ["reminder", { "name": "too_late", "data": { "days": 2 } }] }"#,
            "emitted",
        ),
        (
            LATE,
            r#"{ "facts": { "answer_by": "2026-01-31", "reminders": 1 } }"#,
            r#"{ "facts": { "answer_by": "2026-02-01" } }"#,
            "facts.answer_by",
        ),
        (LATE, r#"{ "taken": ["remind", "late"] }"#, r#"{ "taken": ["late", "remind"] }"#, "taken"),
    ];
    let mut wrong = Vec::new();
    for (steps, holds, fails, key) in table {
        let held = expecting(steps, holds);
        if held != Ok(Vec::new()) {
            wrong.push(format!("{holds} does not hold: {held:?}"));
        }
        let failed = expecting(steps, fails);
        if !failed.as_ref().is_ok_and(|keys| keys.iter().any(|found| found == key)) {
            wrong.push(format!("{fails} should fail at {key}: {failed:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn codes(text: &str, limits: &Limits) -> Vec<&'static str> {
    let mut files = |path: &str| file(&format!("tests/scenarios/{path}"));
    match Suite::load("x.scenario.json", text, &mut files, limits) {
        Ok(_) => Vec::new(),
        Err(report) => report.diagnostics().iter().map(|found| found.code).collect(),
    }
}

/// A table repeats what it fills in: the bounds are on what comes of it, and are met before the memory is.
#[test]
fn tables_are_bounded_by_what_they_become() {
    let rows = |count: usize| vec![r#"{ "a": 1 }"#; count].join(",");
    let table = |rows: &str, steps: &str| {
        format!(r#"{{ "workflow": "permit.json", "rows": [{rows}], "steps": [{steps}] }}"#)
    };
    let step = r#"{ "event": "apply", "actor": "applicant", "facts": { "cost": "<a>" } }"#;
    let limits = |scenarios, scenario_steps, scenario_bytes| Limits {
        scenarios,
        scenario_steps,
        scenario_bytes,
        ..Limits::default()
    };
    let text = table(&rows(10), step);
    assert!(codes(&text, &limits(10, 10, 100_000)).is_empty());
    assert_eq!(codes(&text, &limits(9, 10, 100_000)), ["limit-scenarios"]);
    assert_eq!(codes(&text, &limits(10, 9, 100_000)), ["limit-scenario-steps"]);
    assert_eq!(codes(&text, &limits(10, 10, 500)), ["limit-scenario-bytes"]);
    // A large cell in many places of many rows.
    let cell = format!(r#"{{ "a": "{}" }}"#, "x".repeat(100_000));
    let note = r#"{ "event": "apply", "note": "<a><a><a><a>" }"#;
    let text = table(&vec![cell; 100].join(","), &vec![note; 100].join(","));
    let codes = codes(&text, &Limits::default());
    assert!(codes.contains(&"limit-scenario-bytes"), "{codes:?}");
}

#[test]
fn a_placed_case_stands_where_it_is_put() {
    let placed = |from: &str, step: &str| {
        let text = format!(
            r#"{{ "workflow": "permit.json", "start": "2026-01-20T09:00", "facts": {{ "cost": 400000 }}, "from": {from}, "steps": [{step}] }}"#
        );
        let mut files = |path: &str| file(&format!("tests/scenarios/{path}"));
        let suite = Suite::load("x.scenario.json", &text, &mut files, &Limits::default());
        let suite = suite.unwrap_or_else(|report| panic!("{report}"));
        suite.scenarios()[0].run()
    };
    // The term counts from when the state was entered, and what is due is taken before the next event.
    let from = r#"{ "states": "waiting", "entered": { "waiting": "2026-01-02T09:00" } }"#;
    let step = r#"{ "event": "refuse", "actor": "clerk", "expect": { "states": "refused", "emitted": ["reminder"] } }"#;
    assert_eq!(placed(from, step), None);
    assert_eq!(
        placed(
            r#""waiting""#,
            r#"{ "expect": { "facts": { "reminders": 0 }, "next_deadline": "2026-02-03T09:00" } }"#
        ),
        None
    );
    // What happened before counts for `not_by`.
    let from = r#"{ "states": "waiting", "happened": { "complete_it": { "who": ["clerk"] } } }"#;
    let step = r#"{ "event": "grant", "actor": "clerk", "expect": { "blocked_by": { "not_by": ["complete_it"] } } }"#;
    assert_eq!(placed(from, step), None);
    let step = r#"{ "event": "grant", "actor": "chief", "expect": { "blocked_by": { "not_by": ["complete_it"] } } }"#;
    assert!(placed(from, step).is_some());
    // A case that has ended takes nothing any more.
    let step = r#"{ "event": "grant", "actor": "chief", "expect": { "answer": "not_expected", "ended": true } }"#;
    assert_eq!(placed(r#""granted""#, step), None);
}
