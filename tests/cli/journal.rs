//! `run --journal`, `verify` and `replay`, from one to the other.

use super::{folder, run, run_with, write};

const WORKFLOW: &str = r#"{
    "id": "door", "title": "Door",
    "facts": { "key": { "type": "boolean" } },
    "events": { "open": { "sets": ["key"] } },
    "initial": "shut",
    "states": {
        "shut": { "on": { "open": { "target": "ajar", "guard": "key" } }, "after": { "P1D": {} } },
        "ajar": { "type": "final" }
    }
}"#;
const LINES: &str = "{\"start\": \"2026-01-01T08:00:00Z\"}\n{\"event\": \"open\"}\n{\"advance\": \"P2D\"}\n{\"event\": \"open\", \"facts\": {\"key\": true}}\n";

#[test]
fn a_journal_is_written_verified_told_and_its_alteration_noticed() {
    let folder = folder("journal");
    let workflow = write(&folder, "door.json", WORKFLOW);
    let journal = folder.join("door.jsonl").to_str().unwrap().to_owned();
    let ran = run_with(&["run", &workflow, "--json", "--journal", &journal], LINES);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let text = std::fs::read_to_string(&journal).unwrap();
    assert_eq!(text.lines().count(), 4);
    let again = run_with(&["run", &workflow, "--json", "--journal", &journal], LINES);
    assert_eq!(again.code, 2, "a journal is not written over");

    let verified = run(&["verify", &journal, "--workflow", &workflow]);
    assert_eq!(verified.code, 0, "{}", verified.out);
    assert!(verified.out.contains("4 entries holds, 4 of them decided anew"), "{}", verified.out);
    let head = verified.out.lines().find_map(|line| line.strip_prefix("  head ")).unwrap();
    assert_eq!(run(&["verify", &journal, "--workflow", &workflow, "--head", head]).code, 0);
    let json = run_with(&["verify", "-", "--workflow", &workflow, "--json"], &text);
    assert_eq!(json.json_lines()[0]["head"], head);

    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let cut = write(&folder, "cut.jsonl", lines[..3].concat());
    assert_eq!(run(&["verify", &cut, "--workflow", &workflow]).code, 0, "whole by itself");
    let found = run(&["verify", &cut, "--workflow", &workflow, "--head", head]);
    assert_eq!(found.code, 1);
    assert!(found.out.contains("the head is of entry 4"), "{}", found.out);
    let altered =
        write(&folder, "altered.jsonl", text.replacen("\"value\":true", "\"value\":false", 1));
    let found = run(&["verify", &altered, "--workflow", &workflow]);
    assert_eq!(found.code, 1);
    assert!(
        found.out.contains("entry 4 holds another `changed.key`")
            || found.out.contains("entry 4 holds another `facts.key`"),
        "{}",
        found.out
    );
    assert_eq!(run(&["verify", &journal, "--workflow", &workflow, "--head", "x"]).code, 2);

    let told = run(&["replay", &journal, "--workflow", &workflow]);
    assert_eq!(told.code, 0);
    assert!(told.out.contains("── 4 ") && told.out.contains("ajar"), "{}", told.out);
    let told = run(&["replay", &journal, "--workflow", &workflow, "--until", "2"]);
    assert!(told.out.contains("── 2 ") && !told.out.contains("── 3 "), "{}", told.out);
    let other =
        write(&folder, "other.json", WORKFLOW.replace("\"guard\": \"key\"", "\"guard\": \"!key\""));
    let told = run(&["replay", &journal, "--workflow", &other, "--lang", "sv"]);
    assert_eq!(told.code, 1);
    assert!(told.out.contains("✗ entry 4 says"), "{}", told.out);
    let found = run(&["verify", &journal, "--workflow", &other]);
    assert!(found.out.contains("under other rules"), "{}", found.out);
}
