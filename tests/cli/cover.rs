//! `tresteg test --coverage`, `--min-coverage` and `--suggest`: what is said, what is written, and when it is a "no".

use super::{folder, run, write};

const DOOR: &str = r#"{
  "id": "door",
  "facts": { "keys": { "type": "integer", "minimum": 0 } },
  "events": { "open": { "required": ["keys"] } },
  "initial": "shut",
  "states": {
    "shut": { "on": { "open": { "target": "ajar", "guard": "keys >= 2" } } },
    "ajar": { "type": "final" }
  }
}"#;
const ONE: &str = r#"{ "workflow": "door.json", "steps": [ { "event": "open", "facts": { "keys": 5 }, "expect": { "states": "ajar" } } ] }"#;

#[test]
fn coverage_is_told_and_held_to_a_least() {
    let place = folder("cover-told");
    write(&place, "door.json", DOOR);
    let one = write(&place, "door.scenario.json", ONE);
    let told = run(&["test", &one, "--coverage"]);
    assert_eq!(told.code, 0, "{}", told.err);
    assert!(
        told.out.contains("door: 45 % covered (states 2 of 2, transitions 1 of 1"),
        "{}",
        told.out
    );
    assert!(told.out.contains("door.json:7:"), "{}", told.out);
    assert!(told.out.contains("never false, decisive as false, unknown"), "{}", told.out);
    let enough = run(&["test", &one, "--min-coverage", "45"]);
    assert_eq!(enough.code, 0, "{}", enough.out);
    let less = run(&["test", &one, "--min-coverage", "46"]);
    assert_eq!(less.code, 1);
    assert!(less.out.contains("✗ 45 % is covered, at least 46 % is asked for"), "{}", less.out);
    let swedish = run(&["test", &one, "--coverage", "--lang", "sv"]);
    assert!(swedish.out.contains("door: 45 % täckt"), "{}", swedish.out);
    assert_eq!(run(&["test", &one, "--min-coverage", "101"]).code, 2);
}

#[test]
fn of_a_folder_every_workflow_counts() {
    let place = folder("cover-folder");
    write(&place, "door.json", DOOR);
    write(&place, "door.scenario.json", ONE);
    write(&place, "gate.json", DOOR.replace("\"door\"", "\"gate\""));
    let told = run(&["test", &place.to_string_lossy(), "--coverage"]);
    assert!(told.out.contains("gate: 0 % covered"), "{}", told.out);
    assert!(told.out.contains("all: 22 % covered (5 of 22)"), "{}", told.out);
}

#[test]
fn json_has_every_clause() {
    let place = folder("cover-json");
    write(&place, "door.json", DOOR);
    let one = write(&place, "door.scenario.json", ONE);
    let told = run(&["test", &one, "--coverage", "--json"]);
    let said: serde_json::Value = serde_json::from_str(&told.out).expect("JSON");
    let coverage = &said["coverage"];
    assert_eq!(coverage["percent"], 45);
    assert_eq!(coverage["enough"], true);
    let clause = &coverage["workflows"][0]["clauses"][0];
    assert_eq!(clause["text"], "keys >= 2");
    assert_eq!(clause["holds"], 1);
    assert_eq!(clause["decided_by_holding"], 1);
    assert_eq!(coverage["workflows"][0]["thresholds"][0]["above"], 1);
    assert_eq!(coverage["workflows"][0]["missing"][0]["goal"], "fails");
}

#[test]
fn what_is_missing_is_written_beside_the_workflow_and_never_over_anything() {
    let place = folder("cover-suggest");
    write(&place, "door.json", DOOR);
    write(&place, "door.scenario.json", ONE);
    let folder = place.to_string_lossy().into_owned();
    let told = run(&["test", &folder, "--suggest"]);
    assert_eq!(told.code, 0, "{}{}", told.out, told.err);
    let path = place.join("door.suggested.scenario.json");
    let text = std::fs::read_to_string(&path).expect("written");
    assert!(told.out.contains("scenarios bring door to 100 %"), "{}", told.out);
    let again = run(&["test", &folder, "--coverage", "--suggest"]);
    assert!(again.out.contains("door: 100 % covered"), "{}", again.out);
    assert!(again.out.contains("door: no scenario is missing that was found"), "{}", again.out);
    assert_eq!(std::fs::read_to_string(&path).expect("there"), text);
    // Without what was written before, there is another file.
    let only = place.join("door.scenario.json").to_string_lossy().into_owned();
    run(&["test", &only, "--suggest"]);
    let second = place.join("door.suggested-2.scenario.json");
    assert_eq!(std::fs::read_to_string(second).expect("written"), text);
    assert_eq!(std::fs::read_to_string(&path).expect("there"), text);
}
