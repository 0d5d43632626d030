//! Mutants: small wrong versions of the shipped workflows.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use proptest::prelude::*;
use tresteg::lab::{Mutant, MutantStatus, MutationKind};
use tresteg::{Actor, Case, Event, Limits, Outcome, Value, Workflow};

fn shipped() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("workflows");
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let workflow = |path: &PathBuf| {
        let name = path.to_string_lossy().into_owned();
        name.ends_with(".json") && !name.ends_with(".scenario.json")
    };
    let mut files: Vec<PathBuf> = files.filter(workflow).collect();
    files.sort();
    files
}

fn load(path: &Path) -> Workflow {
    let folder = path.parent().unwrap();
    let name = path.file_name().unwrap().to_string_lossy().into_owned();
    let text = std::fs::read_to_string(path).unwrap();
    let mut resolve =
        |path: &str| std::fs::read_to_string(folder.join(path)).map_err(|error| error.to_string());
    Workflow::load(&name, &text, &mut resolve, &Limits::default()).unwrap()
}

/// A slip is one that a person makes: it leaves a file that can be read, and the checks refuse few.
#[test]
fn nearly_every_mutant_is_a_workflow_of_its_own() {
    let mut counts: BTreeMap<MutationKind, [usize; 3]> = BTreeMap::new();
    let mut refused = Vec::new();
    for path in shipped() {
        let workflow = load(&path);
        for mutant in workflow.mutants() {
            let place = match mutant.workflow(&workflow) {
                MutantStatus::Workflow(other) => {
                    assert_ne!(other.fingerprint(), workflow.fingerprint(), "{mutant}");
                    0
                }
                MutantStatus::Equivalent(_) | MutantStatus::Undecided(_) => 1,
                MutantStatus::Refused(report) => {
                    refused.push(format!("{mutant}\n{report}"));
                    2
                }
                _ => unreachable!(),
            };
            counts.entry(mutant.kind).or_default()[place] += 1;
        }
    }
    let json = refused.iter().find(|report| report.contains("json-"));
    assert!(json.is_none(), "{json:?}");
    let total: usize = counts.values().flatten().sum();
    let refused: usize = counts.values().map(|count| count[2]).sum();
    assert!(total > 2000 && refused * 5 < total, "{refused} of {total}");
}

/// A clause over four facts of small domains.
fn clause() -> impl Strategy<Value = String> {
    let order = prop::sample::select(vec!["<", "<=", ">", ">=", "==", "!="]);
    let same = prop::sample::select(vec!["==", "!="]);
    prop_oneof![
        (order.clone(), -1..5_i64).prop_map(|(op, n)| format!("a {op} {n}")),
        (order, 0..8_i64).prop_map(|(op, n)| format!("b {op} {}.{}", n / 2, n % 2 * 5)),
        (same, prop::sample::select(vec!["x", "y"])).prop_map(|(op, v)| format!("c {op} `{v}`")),
        Just("d".to_owned()),
        Just("known(`a`)".to_owned()),
    ]
}

fn guard() -> impl Strategy<Value = String> {
    clause().prop_recursive(3, 8, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 2..4)
                .prop_map(|all| format!("({})", all.join(" && "))),
            prop::collection::vec(inner.clone(), 2..4)
                .prop_map(|all| format!("({})", all.join(" || "))),
            inner.prop_map(|one| format!("!({one})")),
        ]
    })
}

fn over(guard: &str) -> String {
    format!(
        r#"{{ "id": "w", "facts": {{
            "a": {{ "type": "integer", "minimum": 0, "maximum": 4 }},
            "b": {{ "type": "number", "minimum": 0, "maximum": 3, "multipleOf": 0.5 }},
            "c": {{ "enum": ["x", "y"] }}, "d": {{ "type": "boolean" }} }},
          "events": {{ "go": {{ "sets": ["a", "b", "c", "d"] }} }},
          "initial": "s",
          "states": {{ "s": {{ "on": {{ "go": {{ "target": "t", "guard": "{guard}" }} }} }}, "t": {{}} }} }}"#
    )
}

/// The answers on every combination of facts.
fn answers(workflow: &Workflow) -> Vec<(Outcome, Vec<String>)> {
    let all = |values: Vec<Value>| values.into_iter().map(Some).chain([None]).collect::<Vec<_>>();
    let a = all((0..5).map(Value::Integer).collect());
    let b = all((0..7)
        .map(|n: i32| Value::Number(format!("{}.{}", n / 2, n % 2 * 5).parse().unwrap()))
        .collect());
    let c = all(vec![Value::Text("x".into()), Value::Text("y".into())]);
    let d = all(vec![Value::Boolean(true), Value::Boolean(false)]);
    let (case, _) = Case::start(workflow, None, Default::default()).unwrap();
    let mut found = Vec::new();
    for a in &a {
        for b in &b {
            for c in &c {
                for d in &d {
                    let mut event = Event::new("go");
                    for (name, value) in [("a", a), ("b", b), ("c", c), ("d", d)] {
                        if let Some(value) = value {
                            event.facts.insert(name.to_owned(), value.clone());
                        }
                    }
                    let answer = case.explain(&event);
                    let reasons = answer.reasons.iter();
                    let unknown = reasons.flat_map(|reason| reason.unknown.clone()).collect();
                    found.push((answer.outcome, unknown));
                }
            }
        }
    }
    found
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// What is called equivalent answers alike everywhere; and where facts have few values, nothing that answers alike is
    /// called a mutant.
    #[test]
    fn equivalent_means_the_same_answers_and_nothing_else(guard in guard()) {
        // A constant condition is refused or warned of, never proven.
        let Ok(workflow) = Workflow::from_json(&over(&guard)) else { return Ok(()) };
        let own = answers(&workflow);
        for mutant in workflow.mutants() {
            if mutant.path != "states.s.on.go.guard" {
                continue;
            }
            match mutant.workflow(&workflow) {
                MutantStatus::Workflow(other) => {
                    prop_assert!(answers(&other) != own, "nothing tells it apart: {guard}: {mutant}");
                }
                MutantStatus::Equivalent(other) => {
                    prop_assert!(answers(&other) == own, "it differs: {guard}: {mutant}");
                }
                MutantStatus::Undecided(_) => prop_assert!(false, "all can be tried: {guard}: {mutant}"),
                _ => {}
            }
        }
    }
}

/// Which facts a rule reads matters where signatures hang on them, also where its answers do not.
#[test]
fn a_clause_on_which_only_signatures_hang_is_not_called_the_same() {
    let text = |by: &str| {
        format!(
            r#"{{ "id": "w", "roles": {{ "a": {{}} }}, "events": {{ "sign": {{}}, "set": {{ "sets": ["b"] }} }}, "on": {{ "set": {{}} }},
                 "facts": {{ "b": {{ "type": "integer", "minimum": 0 }}, "x": {{ "type": "boolean", "default": true }} }}, "initial": "s",
                 "states": {{ "s": {{ "on": {{ "sign": {{ "target": "t", {by}, "guard": "x && (b ?? 0) >= 0" }} }} }}, "t": {{ "type": "final" }} }} }}"#
        )
    };
    let dropped = |by: &str| {
        let workflow = Workflow::from_json(&text(by)).unwrap();
        let mutants = workflow.mutants();
        let is_it = |mutant: &&Mutant| {
            mutant.kind == MutationKind::DroppedClause && mutant.before.contains(">=")
        };
        let mutant = mutants.iter().find(is_it).unwrap();
        let mutated = mutant.workflow(&workflow);
        let end = |workflow: &Workflow| {
            let (mut case, _) = Case::start(workflow, None, BTreeMap::new()).unwrap();
            let sign = |id: &str| Event::new("sign").by(Actor::new(id).role("a"));
            case.fire(&sign("eva"));
            case.fire(&Event::new("set").fact("b", 1));
            case.fire(&sign("bo"));
            case.states().join(" ")
        };
        match &mutated {
            MutantStatus::Equivalent(other) => (true, end(&workflow) == end(other)),
            MutantStatus::Undecided(other) | MutantStatus::Workflow(other) => {
                (false, end(&workflow) == end(other))
            }
            _ => unreachable!(),
        }
    };
    assert_eq!(dropped(r#""signed_by": ["a", "a"]"#), (false, false));
    assert_eq!(dropped(r#""by": ["a"]"#), (true, true));
}

/// Sums of whole numbers are proven alike where no value tells them apart, and no more than that.
#[test]
fn sums_that_come_to_the_same_are_equivalent() {
    let fate = |guard: &str| {
        let workflow = Workflow::from_json(&format!(
            r#"{{ "id": "w", "facts": {{ "x": {{ "type": "integer", "minimum": 0, "maximum": 1000000 }},
                "y": {{ "type": "integer", "minimum": 0, "maximum": 1000000 }}, "ok": {{ "type": "boolean" }} }},
                "initial": "a", "states": {{ "a": {{ "on": {{ "go": {{ "target": "b", "guard": "{guard}" }} }} }}, "b": {{}} }} }}"#
        ))
        .unwrap();
        let mutants = workflow.mutants();
        let changed = mutants.iter().find(|mutant| mutant.to_string().contains("`>=`")).unwrap();
        match changed.workflow(&workflow) {
            MutantStatus::Equivalent(_) => "equivalent",
            MutantStatus::Workflow(_) => "different",
            _ => "not decided",
        }
    };
    assert_eq!(fate("ok && 2 * x + 2 * y > 7777"), "equivalent");
    assert_ne!(fate("ok && 2 * x + 2 * y > 7778"), "equivalent");
    assert_ne!(fate("ok && 2 * x + 3 * y > 7777"), "equivalent");
}
