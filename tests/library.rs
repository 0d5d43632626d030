//! The shipped workflows: they load without a warning, each journey's answers are what its comments say, and every final
//! state of the file is reached by some journey.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use tresteg::case::{ChildStatus, InputLine};
use tresteg::{Case, Limits, Outcome, Workflow};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("workflows")
}

fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut found: Vec<PathBuf> = entries
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|found| found == ending))
        .filter(|path| !path.to_string_lossy().ends_with(".scenario.json"))
        .collect();
    found.sort();
    found
}

fn load(path: &Path) -> Workflow {
    let text = std::fs::read_to_string(path).unwrap();
    let mut base =
        |name: &str| std::fs::read_to_string(root().join(name)).map_err(|error| error.to_string());
    let name = path.file_name().unwrap().to_string_lossy();
    Workflow::load(&name, &text, &mut base, &Limits::default())
        .unwrap_or_else(|report| panic!("{report}"))
}

/// The shipped workflows by name.
pub(crate) fn all() -> Vec<(String, Workflow)> {
    let named = files(&root(), "json")
        .into_iter()
        .filter(|path| !path.to_string_lossy().ends_with(".scenario.json"));
    named
        .map(|path| (path.file_stem().unwrap().to_string_lossy().into_owned(), load(&path)))
        .collect()
}

/// The journeys of a shipped workflow, in the order of their names.
pub(crate) fn journeys(name: &str) -> Vec<String> {
    let paths = files(&root().join("journeys").join(name), "jsonl");
    paths.iter().map(|path| std::fs::read_to_string(path).unwrap()).collect()
}

/// What the comment of a line says of its answer.
fn said_no(line: &str) -> Option<bool> {
    let line: serde_json::Value = serde_json::from_str(line).ok()?;
    let comment = line.get("x-comment")?.as_str()?;
    Some(comment.starts_with("Refused") || comment.starts_with("Not expected"))
}

/// Plays a journey; the final states of the file that the case ended in, and those of the files of its child cases in which
/// these did, by the ids of the workflows.
fn play(workflow: &Workflow, path: &Path) -> (Vec<String>, Vec<(String, String)>) {
    let text = std::fs::read_to_string(path).unwrap();
    let mut case: Option<Case> = None;
    for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let place = format!("{}:{}", path.display(), number + 1);
        let input = InputLine::from_json(line).unwrap_or_else(|report| panic!("{place}\n{report}"));
        let decision = match input {
            InputLine::Start { at, facts } => {
                let started = Case::start(workflow, at, facts);
                let (started, decision) =
                    started.unwrap_or_else(|error| panic!("{place}: {error}"));
                case = Some(started);
                decision
            }
            other => {
                let start = || Case::start(workflow, None, Default::default()).unwrap().0;
                let case = case.get_or_insert_with(start);
                match other {
                    InputLine::Event(event) => case.fire(&event),
                    InputLine::Advance(until) => case.advance(until),
                    _ => panic!("{place}: a line of a kind that is not known here"),
                }
            }
        };
        assert_ne!(decision.outcome, Outcome::Error, "{place}: {:?}", decision.problems);
        let no = matches!(decision.outcome, Outcome::Blocked | Outcome::NotExpected);
        if let Some(said) = said_no(line).or(no.then_some(false)) {
            assert_eq!(no, said, "{place} says so, but the answer is {:?}", decision.outcome);
        }
        for step in &decision.steps {
            assert!(step.problems.is_empty(), "{place}: {:?}", step.problems);
        }
    }
    let case = case.unwrap();
    let done = case.children().into_iter().filter(|child| child.status == ChildStatus::Done);
    let done = done.flat_map(|child| {
        let id = case.at(&child.address).unwrap().workflow().id().to_owned();
        child.states.into_iter().map(move |state| (id.clone(), state))
    });
    let done = done.collect();
    if case.is_ended() {
        (case.states().iter().map(ToString::to_string).collect(), done)
    } else {
        (Vec::new(), done)
    }
}

#[test]
fn every_workflow_loads_without_a_warning_and_is_played_to_every_end() {
    let mut problems = Vec::new();
    let mut reached: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for path in files(&root(), "json") {
        let workflow = load(&path);
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        for journey in &files(&root().join("journeys").join(&name), "jsonl") {
            let (ends, children) = play(&workflow, journey);
            reached.entry(name.clone()).or_default().extend(ends);
            // What ends by what a parent sends ends in the parent's journeys.
            for (child, state) in children {
                reached.entry(child).or_default().insert(state);
            }
        }
    }
    for path in files(&root(), "json") {
        let workflow = load(&path);
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        if !workflow.warnings().diagnostics().is_empty() {
            problems.push(format!("{name}: {}", workflow.warnings()));
        }
        if workflow.id() != name {
            problems.push(format!("{name}: the id is `{}`", workflow.id()));
        }
        let journeys = files(&root().join("journeys").join(&name), "jsonl");
        if journeys.is_empty() {
            problems.push(format!("{name} has no journey"));
        }
        let ends = reached.remove(&name).unwrap_or_default();
        let text = std::fs::read_to_string(&path).unwrap();
        let file: serde_json::Value = serde_json::from_str(&text).unwrap();
        // A variant's ends are those of its base, which has journeys of its own.
        let states = file["states"].as_object().filter(|_| file.get("extends").is_none());
        for (state, written) in states.into_iter().flatten() {
            if written["type"] == "final" && !ends.contains(state) {
                problems.push(format!("{name}: no journey ends in `{state}`"));
            }
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}
