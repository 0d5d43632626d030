//! Answers as people read them, in both languages: one file for each kind of rule, with what happens to a case of it, and
//! what is said then. `TRESTEG_BLESS=1` writes what is said now; read it as a caseworker would.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use tresteg::case::{InputLine, Wording};
use tresteg::{Case, Language, Workflow};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/answers")
}

/// Everything that a case is answered, in one wording.
fn told(workflow: &Workflow, lines: &[String], wording: Wording) -> String {
    let mut case: Option<Case> = None;
    let mut said = String::new();
    for line in lines {
        let input =
            workflow.input_from_json(line).unwrap_or_else(|wrong| panic!("{line}: {wrong}"));
        let decision = match (&mut case, input) {
            (None, InputLine::Start { at, facts }) => {
                let (begun, decision) = Case::start(workflow, at, facts).unwrap();
                case = Some(begun);
                decision
            }
            (Some(case), InputLine::Event(event)) => case.fire(&event),
            (Some(case), InputLine::Advance(until)) => case.advance(until),
            _ => panic!("{line}: only the first line starts a case"),
        };
        said += &workflow.describe(&decision, wording);
    }
    let case = case.unwrap();
    said += &workflow.describe_terms(&case.terms(), wording);
    for factor in case.factors() {
        said += &workflow.describe_factor(&factor, wording);
    }
    said
}

#[test]
fn answers_are_told_as_people_would_tell_them() {
    let bless = std::env::var_os("TRESTEG_BLESS").is_some();
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "json"))
        .collect();
    files.sort();
    assert!(files.len() >= 8, "{} files", files.len());
    let mut wrong = Vec::new();
    for path in files {
        let text = std::fs::read_to_string(&path).unwrap();
        let file: serde_json::Value = serde_json::from_str(&text).unwrap();
        let workflow = file["workflow"].to_string();
        let workflow = Workflow::from_json(&workflow)
            .unwrap_or_else(|report| panic!("{}: {report}", path.display()));
        let lines: Vec<String> =
            file["lines"].as_array().unwrap().iter().map(ToString::to_string).collect();
        let mut said = String::new();
        for (name, wording) in [
            ("svenska", Wording::of(Language::Swedish)),
            ("English", Wording::of(Language::English)),
            ("with code", Wording::of(Language::English).with_code()),
        ] {
            writeln!(said, "── {name}\n{}", told(&workflow, &lines, wording)).unwrap();
        }
        let golden = path.with_extension("txt");
        if bless {
            std::fs::write(&golden, &said).unwrap();
        } else if std::fs::read_to_string(&golden).unwrap_or_default() != said {
            wrong.push(format!("{}:\n{said}", golden.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Of very many items the first are told, of a very long list the first, wherever it is told.
#[test]
fn a_long_list_is_told_by_its_beginning() {
    let workflow = Workflow::from_json(
        r#"{ "id": "w", "facts": { "l": { "type": "array", "items": { "type": "integer" } } },
            "events": { "go": {}, "say": { "sets": ["l"] } },
            "states": { "s": { "on": { "say": {}, "go": { "guard": "l.all(|x| x > 1)" } } } } }"#,
    )
    .unwrap();
    let items = vec!["0"; 5_000].join(", ");
    let lines = [
        r#"{ "start": "2026-01-01T00:00:00Z" }"#.to_owned(),
        format!(r#"{{ "event": "say", "facts": {{ "l": [{items}] }} }}"#),
        r#"{ "event": "go" }"#.to_owned(),
    ];
    for language in [Language::Swedish, Language::English] {
        let said = told(&workflow, &lines, Wording::of(language));
        assert!(said.len() < 1_000, "{} bytes: {said}", said.len());
        assert!(said.contains("5000"), "{said}");
        assert!(said.contains("4994") && said.contains("4997"), "{said}");
    }
}
