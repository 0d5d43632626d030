//! What the command line says by itself, in Swedish.

use super::{folder, run, run_with, tresteg, write};

#[test]
fn arguments_that_are_wrong_are_told_in_the_language_that_is_spoken() {
    let said = |arguments: &[&str]| {
        let ran = super::Ran::from(
            tresteg().env("LC_ALL", "sv_SE.UTF-8").args(arguments).output().unwrap(),
        );
        assert_eq!(ran.code, 2, "{arguments:?}: {}{}", ran.out, ran.err);
        ran.err
    };
    for (arguments, expected) in [
        (&["chek", "x"][..], "fel: okänt kommando 'chek'"),
        (&["check", "x", "--fast"], "fel: okänt argument '--fast'"),
        (&["run", "x", "--lang", "de"], "fel: ogiltigt värde 'de' för '--lang <LANGUAGE>'"),
        (&["diff", "x"], "fel: de här argumenten saknas:"),
        (&["run", "x", "--journal", "a", "--resume", "b"], "kan inte användas tillsammans med"),
    ] {
        let err = said(arguments);
        assert!(err.contains(expected) && err.contains("Mer står i"), "{err}");
        assert!(!err.contains("error:") && !err.contains("Usage:"), "{err}");
    }
    let ran = run(&["run", "x", "--lang", "de"]);
    assert!(ran.err.starts_with("error: invalid value 'de'"), "{}", ran.err);
}

const WORKFLOW: &str = r#"{
    "id": "w", "timezone": "Europe/Stockholm",
    "facts": { "n": { "type": "integer", "title": { "sv": "Antal", "en": "Number" } }, "share": { "type": "number" } },
    "events": {
        "go": { "title": { "sv": "Gå", "en": "Go" } },
        "set": { "sets": ["n"], "title": { "sv": "Sätt", "en": "Set" } }
    },
    "initial": "a",
    "states": {
        "a": { "on": { "go": { "target": "b", "actions": "share = 10 / n" }, "set": {} } },
        "b": { "type": "final" }
    }
}"#;

#[test]
fn faults_of_scripts_and_problems_of_events_are_told_by_title() {
    let workflow = write(&folder("spoken-faults"), "w.json", WORKFLOW);
    let lines = r#"{"start":"2026-01-31T09:00:00+01:00"}
{"event":"set","facts":{"n":0}}
{"event":"go"}
{"event":"go","facts":{"n":3}}
{"event":"set","at":"2026-01-01T09:00:00+01:00"}"#;
    let ran = run_with(&["run", &workflow, "--lang", "sv"], lines);
    for said in [
        "division med noll",
        "händelsen ”Gå” får inte ta med uppgiften ”Antal”",
        "händelsen ”Sätt” är för gammal: den är från 1 januari 2026 kl. 09.00, det senaste steget togs 31 januari 2026 kl. 09.00",
    ] {
        assert!(ran.out.contains(said), "{said}: {}", ran.out);
    }
    // What programs read has names.
    let ran = run_with(&["run", &workflow, "--lang", "sv", "--json"], lines);
    assert!(ran.out.contains("event `go` may not carry the fact `n`"), "{}", ran.out);
}

#[test]
fn journals_are_told_about_in_swedish() {
    let place = folder("spoken-journal");
    let workflow = write(&place, "w.json", WORKFLOW);
    let journal = place.join("j.jsonl");
    let journal = journal.to_str().unwrap();
    let lines =
        "{\"start\":\"2026-01-31T09:00:00+01:00\"}\n{\"event\":\"set\",\"facts\":{\"n\":2}}\n";
    assert_eq!(run_with(&["run", &workflow, "--journal", journal], lines).code, 0);
    let text = std::fs::read_to_string(journal).unwrap();
    let second = text.lines().nth(1).unwrap();
    write(&place, "j.jsonl", format!("{second}\n"));
    let told = |command: &str, workflow: &str| {
        let ran = run(&[command, journal, "--workflow", workflow, "--lang", "sv"]);
        assert_eq!(ran.code, 1, "{}{}", ran.out, ran.err);
        ran.out
    };
    for command in ["verify", "replay"] {
        let said = told(command, &workflow);
        assert!(said.contains("✗ post 1 fortsätter inte den före: en post saknas"), "{said}");
    }
    write(&place, "j.jsonl", "{\n");
    let said = told("verify", &workflow);
    assert!(said.contains("✗ post 1 är ingen post: texten tar slut för tidigt"), "{said}");
}

#[test]
fn two_columns_that_change_nothing_are_said_to() {
    let workflow = write(&folder("spoken-columns"), "w.json", WORKFLOW);
    let ran = run(&["draw", &workflow, "--format", "svg", "--columns", "2", "--lang", "sv"]);
    assert!(ran.code == 0 && ran.out.starts_with("<svg"), "{}", ran.err);
    assert!(ran.err.starts_with("varning: `--columns 2` ändrar inget"), "{}", ran.err);
    let ran = run(&["draw", &workflow, "--format", "svg", "--columns", "1"]);
    assert_eq!(ran.err, "");
}

#[test]
fn days_of_a_journey_are_told_in_its_picture() {
    let place = folder("spoken-journey");
    let workflow = write(&place, "w.json", WORKFLOW);
    let journal = place.join("j.jsonl");
    let journal = journal.to_str().unwrap();
    let lines = "{\"start\":\"2026-01-31T09:00:00+01:00\"}\n{\"event\":\"set\",\"facts\":{\"n\":2}}\n{\"event\":\"go\"}\n";
    assert_eq!(run_with(&["run", &workflow, "--journal", journal], lines).code, 0);
    let picture = |language: &str| {
        run(&["draw", &workflow, "--format", "svg", "--journal", journal, "--lang", language]).out
    };
    assert!(picture("sv").contains("31 januari 2026"));
    assert!(picture("en").contains("31 January 2026"));
}
