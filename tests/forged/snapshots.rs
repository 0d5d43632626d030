//! Snapshots that no run can have led to, with the check sum made anew: each is refused, with the code of what is impossible.

use super::*;
use crate::dice::check;
use proptest::prelude::*;
use tresteg::case::Snapshot;

fn restored(workflow: &Workflow, snapshot: Json) -> Result<Case, Vec<(String, String)>> {
    let snapshot: Snapshot = serde_json::from_value(with_sum(snapshot))
        .map_err(|error| vec![("form".to_owned(), error.to_string())])?;
    Case::restore(workflow, snapshot).map_err(|error| {
        let problems = error.problems().iter();
        problems.map(|problem| (problem.code.clone(), problem.message.clone())).collect()
    })
}

/// The snapshot with a value at a path; without what stands there where there is none.
fn with(mut snapshot: Json, path: &str, value: Option<&Json>) -> Json {
    let (around, key) = path.rsplit_once('/').unwrap();
    match snapshot.pointer_mut(around).unwrap_or_else(|| panic!("{path}")) {
        Json::Object(members) => match value {
            Some(value) => drop(members.insert(key.to_owned(), value.clone())),
            None => drop(members.remove(key).unwrap_or_else(|| panic!("{path}"))),
        },
        Json::Array(items) if key == "-" => items.push(value.unwrap().clone()),
        Json::Array(items) => match value {
            Some(value) => items[key.parse::<usize>().unwrap()] = value.clone(),
            None => drop(items.remove(key.parse().unwrap())),
        },
        _ => panic!("{path}"),
    }
    snapshot
}

#[test]
fn forged_snapshots_are_refused_with_what_is_impossible() {
    let text = std::fs::read_to_string(root().join("tests/forged/snapshots.json")).unwrap();
    let suites: Vec<Json> = serde_json::from_str(&text).unwrap();
    let mut wrong = Vec::new();
    let mut codes = std::collections::BTreeSet::new();
    for suite in &suites {
        let workflow = Workflow::from_json(&suite["workflow"].to_string())
            .unwrap_or_else(|report| panic!("{report}"));
        let lines: Vec<String> =
            suite["lines"].as_array().unwrap().iter().map(Json::to_string).collect();
        let case = played(&workflow, &lines, |_| {});
        let real = serde_json::to_value(case.snapshot()).unwrap();
        assert_eq!(restored(&workflow, real.clone()).unwrap(), case);
        for forgery in suite["forgeries"].as_array().unwrap() {
            let (what, code) =
                (forgery["what"].as_str().unwrap(), forgery["code"].as_str().unwrap());
            let forged =
                with(real.clone(), forgery["path"].as_str().unwrap(), forgery.get("value"));
            match restored(&workflow, forged) {
                Ok(_) => wrong.push(format!("{what}: taken")),
                Err(problems) if problems.iter().all(|(found, _)| found != code) => {
                    wrong.push(format!("{what}: not `{code}` but {problems:?}"));
                }
                Err(problems) => {
                    codes.insert(code);
                    assert!(problems.iter().all(|(_, message)| !message.contains("check sum")));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let own = codes.iter().filter(|code| code.starts_with("situation-")).count();
    assert_eq!(own, 10, "{codes:?}");
}

/// Every snapshot on the way of every shipped journey is restored to the case that it is of.
#[test]
fn what_a_run_leads_to_is_no_forgery() {
    for (name, journey, lines) in journeys() {
        let workflow = shipped(&name);
        played(&workflow, &lines, |case| {
            let snapshot = serde_json::to_value(case.snapshot()).unwrap();
            let found = restored(&workflow, snapshot);
            let found = found.unwrap_or_else(|found| panic!("{name}/{journey}: {found:?}"));
            assert_eq!(found, *case);
        });
    }
}

/// Places in a value: everything that it holds, by its path.
fn places(json: &Json, at: &str, found: &mut Vec<String>) {
    match json {
        Json::Object(members) => {
            for (key, value) in members {
                let at = format!("{at}/{}", key.replace('~', "~0").replace('/', "~1"));
                found.push(at.clone());
                places(value, &at, found);
            }
        }
        Json::Array(items) => {
            for (index, value) in items.iter().enumerate() {
                let at = format!("{at}/{index}");
                found.push(at.clone());
                places(value, &at, found);
            }
        }
        _ => {}
    }
}

/// A snapshot altered at random, its check sum made anew, is refused, or is a case that runs on and is restored as what it
/// is.
#[test]
fn an_altered_snapshot_is_refused_or_runs_on() {
    let all: Vec<(Workflow, Vec<String>, Vec<Json>)> = journeys()
        .into_iter()
        .step_by(5)
        .map(|(name, _, lines)| {
            let workflow = shipped(&name);
            let mut snapshots = Vec::new();
            played(&workflow, &lines, |case| {
                let mut case = case.clone();
                // What happened is looked at elsewhere, and is most of it.
                case.take_entries(&SALT);
                snapshots.push(serde_json::to_value(case.snapshot()).unwrap());
            });
            (workflow, lines, snapshots)
        })
        .collect();
    let taken = std::cell::Cell::new(0);
    check(400, 40, |dice| {
        let (workflow, lines, snapshots) = dice.pick(&all);
        let mut snapshot = dice.pick(snapshots).clone();
        for _ in 0..1 + dice.below(3) {
            let mut found = Vec::new();
            places(&snapshot, "", &mut found);
            found.retain(|path| {
                let first = path.split('/').nth(1).unwrap();
                !["check", "fingerprint", "workflow", "snapshot", "answered"].contains(&first)
            });
            let path = dice.pick(&found).clone();
            let other = snapshot.pointer(dice.pick(&found).as_str()).unwrap().clone();
            let place = snapshot.pointer_mut(&path).unwrap();
            match (place, dice.below(4)) {
                (Json::Array(items), 0) if !items.is_empty() => drop(items.pop()),
                (Json::Array(items), 1) => items.push(items.first().cloned().unwrap_or(other)),
                (Json::Object(members), 0) => {
                    let key = members.keys().next().cloned();
                    key.and_then(|key| members.remove(&key));
                }
                (Json::Number(number), turn @ 0..3) => {
                    let was = number.as_i64().unwrap_or_default();
                    let by = [1, -1, 86_400_000_000][turn];
                    *snapshot.pointer_mut(&path).unwrap() = json!(was.saturating_add(by));
                }
                (place, _) => *place = other,
            }
        }
        if let Ok(mut case) = restored(workflow, snapshot) {
            taken.set(taken.get() + 1);
            for line in lines.iter().skip(1).take(6) {
                match InputLine::from_json(line).unwrap() {
                    InputLine::Event(event) => drop(case.fire(&event)),
                    InputLine::Advance(until) => drop(case.advance(until)),
                    _ => {}
                }
                let stored = serde_json::to_value(case.snapshot()).unwrap();
                let again = restored(workflow, stored);
                prop_assert!(again.as_ref().is_ok_and(|again| *again == case), "{again:?}");
            }
        }
        Ok(())
    });
    assert!(taken.get() > 10, "{}", taken.get());
}
