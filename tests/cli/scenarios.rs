//! `test` and `record`: what is shown, what is written, and exit codes.

use std::io::{BufRead, BufReader};
use std::process::Stdio;

use super::{folder, run, tresteg, write};

const DOOR: &str = r#"{
  "id": "door", "title": "<b>Door</b>",
  "facts": { "key": { "type": "boolean" } },
  "factors": { "allowed": { "guard": "key", "hint": "Ask for the key." } },
  "events": { "open": { "sets": ["key"] } },
  "initial": "shut",
  "states": { "shut": { "on": { "open": { "target": "ajar", "requires": ["allowed"] } } }, "ajar": { "type": "final" } }
}"#;
const GOOD: &str = r#"{ "workflow": "door.json",
  "steps": [{ "event": "open", "facts": { "key": true }, "expect": { "states": "ajar" } }] }"#;
const FAILS: &str = r#"{
  "workflow": "door.json",
  "scenarios": {
    "opens & \"<closes>\"": {
      "steps": [
        { "event": "open", "facts": { "key": "<key>" },
          "expect": { "states": "ajar" } }
      ],
      "rows": [{ "key": true }, { "key": false }]
    }
  }
}"#;

#[test]
fn shipped_scenarios_are_tested_and_checked() {
    let ran = run(&["test", "workflows"]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{}", ran.out);
    assert!(ran.out.starts_with('✓') && ran.out.lines().count() == 1, "{}", ran.out);
    let ran = run(&["check", "workflows"]);
    assert_eq!((ran.code, ran.out.as_str(), ran.err.as_str()), (0, "", ""));
}

#[test]
fn a_failure_shows_both_sides_the_place_and_the_reason() {
    let folder = folder("test-fails");
    write(&folder, "door.json", DOOR);
    write(&folder, "a.scenario.json", GOOD);
    write(&folder, "b.scenario.json", FAILS);
    let path = folder.to_str().unwrap();
    let ran = run(&["test", path]);
    assert_eq!((ran.code, ran.err.as_str()), (1, ""));
    for said in [
        "b.scenario.json › opens & \"<closes>\" (row 2: key = false)",
        "b.scenario.json:6)",
        "expected │ is",
        "answer           moved    │ blocked",
        "states (line 7)  ajar     │ shut",
        "✗ Not met: allowed",
        "what to do: Ask for the key.",
        "✗ 3 scenarios in 2 files: 2 as expected, 1 not as expected",
    ] {
        assert!(ran.out.contains(said), "`{said}` is missing in\n{}", ran.out);
    }
    assert!(!ran.out.contains("a.scenario.json"), "{}", ran.out);
    let all = run(&["test", path, "-v"]);
    assert!(all.out.contains("✓ ") && all.out.contains("a.scenario.json"), "{}", all.out);
    let one = run(&["test", path, "--filter", "ROW 1"]);
    assert_eq!(one.code, 0, "{}", one.out);
    assert!(one.out.contains("✓ 1 scenario in 2 files"), "{}", one.out);
}

#[test]
fn results_go_to_programs_as_json_and_junit() {
    let folder = folder("test-json");
    write(&folder, "door.json", DOOR);
    write(&folder, "b.scenario.json", FAILS);
    write(
        &folder,
        "c.scenario.json",
        r#"{ "workflow": "door.json", "steps": [{ "event": "opne" }] }"#,
    );
    let junit = folder.join("junit.xml");
    let path = folder.to_str().unwrap();
    let ran = run(&["test", path, "--json", "--junit", junit.to_str().unwrap()]);
    assert_eq!(ran.code, 1, "{}", ran.err);
    let said: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!((&said["passed"], &said["failed"]), (&1.into(), &1.into()));
    let failed = &said["files"][0]["scenarios"][1];
    assert_eq!(failed["row"]["number"], 2);
    assert_eq!(failed["failure"]["mismatches"][1]["key"], "states");
    assert_eq!(failed["failure"]["mismatches"][1]["place"]["line"], 7);
    assert_eq!(failed["failure"]["decision"]["outcome"], "blocked");
    assert_eq!(said["files"][1]["problems"][0]["code"], "unknown-event");

    let xml = std::fs::read_to_string(junit).unwrap();
    let mut reader = quick_xml::Reader::from_str(&xml);
    let mut names = Vec::new();
    loop {
        match reader.read_event().unwrap() {
            quick_xml::events::Event::Eof => break,
            quick_xml::events::Event::Start(tag) | quick_xml::events::Event::Empty(tag) => {
                names.push(tag.name().as_ref().to_owned());
            }
            _ => {}
        }
    }
    let count = |name: &str| names.iter().filter(|found| *found == name).count();
    assert_eq!(
        (count("testsuite"), count("testcase"), count("failure"), count("error")),
        (2, 3, 1, 1)
    );
    assert!(xml.contains("opens &amp; &quot;&lt;closes&gt;&quot;"), "{xml}");
}

#[test]
fn what_cannot_be_run_is_said() {
    let folder = folder("test-wrong");
    let path = folder.to_str().unwrap();
    let none = run(&["test", path]);
    assert_eq!(none.code, 2);
    assert!(none.err.contains("no scenario"), "{}", none.err);
    write(&folder, "door.json", DOOR);
    let good = write(&folder, "a.scenario.json", GOOD);
    assert_eq!(run(&["test", &good]).code, 0);
    assert_eq!(run(&["test", &good, "--filter", "nothing of the kind"]).code, 2);
    assert_eq!(run(&["test", "no/such.scenario.json"]).code, 2);
    assert_eq!(run(&["test", &good, "--junit", "/no/such/folder/x.xml"]).code, 2);
    assert_eq!(run(&["test", &good, "--watch", "--json"]).code, 2);
    // A typo is a problem of the file, with its place, for `check` too.
    let typo = write(&folder, "b.scenario.json", GOOD.replace("\"ajar\"", "\"ajr\""));
    for command in ["test", "check"] {
        let ran = run(&[command, &typo]);
        assert_eq!(ran.code, 1, "{command}");
        assert!(ran.err.contains("did you mean `ajar`?") && ran.err.contains("^^^"), "{}", ran.err);
    }
    // So is a workflow that is wrong: it is shown itself.
    write(&folder, "door.json", DOOR.replace("\"ajar\": {", "\"open\": {"));
    let ran = run(&["test", &good]);
    assert_eq!(ran.code, 1);
    assert!(
        ran.err.contains("unknown-state") && ran.err.contains("missing-workflow"),
        "{}",
        ran.err
    );
    // And one elsewhere is not read.
    let outside =
        write(&folder, "inner/c.scenario.json", GOOD.replace("door.json", "../door.json"));
    let ran = run(&["test", &outside]);
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains("lies outside the folder"), "{}", ran.err);
}

#[test]
fn what_was_played_is_written_as_a_scenario() {
    let folder = folder("record");
    let door = write(&folder, "door.json", DOOR);
    let events = write(
        &folder,
        "first.jsonl",
        "{\"event\": \"open\", \"x-comment\": \"Nobody has the key\"}\n{\"advance\": \"P1D\"}\n{\"event\": \"open\", \"facts\": {\"key\": true}}\n",
    );
    let scenario = folder.join("door.scenario.json");
    let scenario = scenario.to_str().unwrap();
    let ran = run(&["record", &door, &events, "-o", scenario]);
    assert_eq!((ran.code, ran.out.as_str(), ran.err.as_str()), (0, "", ""));
    let written = std::fs::read_to_string(scenario).unwrap();
    assert!(written.contains("\"title\": \"Nobody has the key\""), "{written}");
    assert!(written.contains("\"blocked_by\""), "{written}");
    assert_eq!(run(&["test", scenario]).code, 0);
    // Somebody's file is not written over, and a scenario does not lie beside its workflow's folder.
    assert_eq!(run(&["record", &door, &events, "-o", scenario]).code, 2);
    let beside = folder.join("beside");
    std::fs::create_dir(&beside).unwrap();
    let ran =
        run(&["record", &door, &events, "-o", beside.join("x.scenario.json").to_str().unwrap()]);
    assert_eq!(ran.code, 2, "{}", ran.err);
    let second = write(&folder, "second.jsonl", "{\"event\": \"open\"}\n");
    let both = run(&["record", &door, &events, &second]);
    let said: serde_json::Value = serde_json::from_str(&both.out).unwrap();
    assert_eq!(said["workflow"], "door.json");
    assert!(
        said["scenarios"]["first"]["steps"].is_array() && said["scenarios"]["second"].is_object()
    );
    let wrong = write(&folder, "wrong.jsonl", "nonsense\n");
    let ran = run(&["record", &door, &wrong]);
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains("wrong.jsonl:1:"), "{}", ran.err);
}

#[test]
fn watching_runs_again_what_rests_on_a_change() {
    let folder = folder("test-watch");
    write(&folder, "door.json", DOOR);
    write(&folder, "gate.json", DOOR.replace("\"door\"", "\"gate\""));
    write(&folder, "a.scenario.json", GOOD);
    write(&folder, "b.scenario.json", GOOD.replace("door.json", "gate.json"));
    let mut child = tresteg()
        .args(["test", folder.to_str().unwrap(), "--watch", "-v"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut round = || -> Vec<String> {
        let said = lines.by_ref().map(Result::unwrap);
        said.take_while(|line| !line.contains("waiting for changes")).collect()
    };
    let first = round().join("\n");
    write(
        &folder,
        "gate.json",
        DOOR.replace("\"door\"", "\"gate\"").replace("\"key\",", "\"!key\","),
    );
    let second = round().join("\n");
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(first.contains("a.scenario.json") && first.contains("✓ 2 scenarios"), "{first}");
    assert!(!second.contains("a.scenario.json"), "{second}");
    assert!(second.contains("b.scenario.json") && second.contains("not as expected"), "{second}");
}

/// Behind an event that is accepted a term may fail: that is no error of the event, and is written so.
#[test]
fn what_fails_behind_an_accepted_event_is_recorded() {
    let folder = folder("record-failing");
    let late = r#"{ "id": "late", "facts": { "n": { "type": "integer" }, "e": { "type": "boolean" } },
      "events": { "set": { "sets": ["e"] } }, "initial": "s",
      "states": { "s": { "on": { "set": {} }, "after": { "P2D": { "target": "t", "guard": "e", "actions": "n = n * 10" } } }, "t": { "type": "final" } } }"#;
    let lines = "{\"start\": \"2026-01-05T09:00:00Z\"}\n{\"advance\": \"P5D\"}\n{\"event\": \"set\", \"facts\": {\"e\": true}}\n";
    let late = write(&folder, "late.json", late);
    let events = write(&folder, "late.jsonl", lines);
    let scenario = folder.join("late.scenario.json");
    let ran = run(&["record", &late, &events, "-o", scenario.to_str().unwrap()]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let ran = run(&["test", scenario.to_str().unwrap()]);
    assert_eq!(ran.code, 0, "{}", ran.out);
}

/// The answers of many that fail are a megabyte each: those that have no room are counted.
#[test]
fn answers_of_failures_have_room_only_for_some() {
    let folder = folder("test-many-fail");
    let guards = vec![r#"{ "guard": "t == `x`" }"#; 60].join(", ");
    let text = "y".repeat(20_000);
    let workflow = format!(
        r#"{{ "id": "w", "facts": {{ "t": {{ "type": "string", "default": "{text}" }} }}, "events": {{ "go": {{}} }},
            "states": {{ "a": {{ "on": {{ "go": [{guards}] }} }} }} }}"#
    );
    let scenarios: Vec<String> = (0..12)
        .map(|number| format!(r#""s{number}": {{ "steps": [{{ "event": "go" }}] }}"#))
        .collect();
    write(&folder, "w.json", &workflow);
    let file =
        format!(r#"{{ "workflow": "w.json", "scenarios": {{ {} }} }}"#, scenarios.join(", "));
    write(&folder, "w.scenario.json", &file);
    let ran = run(&["test", folder.to_str().unwrap()]);
    assert_eq!(ran.code, 1);
    let said = "scenarios that failed are left out: they are too long";
    assert!(ran.out.contains(said), "{}", ran.out.len());
    assert!(ran.out.contains("12 not as expected"));
}

/// What was written from what a workflow does is counted apart until somebody has read it.
#[test]
fn suggested_scenarios_are_counted_apart_until_they_are_read() {
    let folder = super::folder("suggested");
    let workflow = r#"{ "id": "w", "facts": { "n": { "type": "integer" } }, "initial": "a",
        "states": { "a": { "on": { "go": { "target": "b", "guard": "n > 2" } } }, "b": { "type": "final" } },
        "events": { "go": { "sets": ["n"] } } }"#;
    let path = super::write(&folder, "w.json", workflow);
    let ran = super::run(&["test", "--suggest", &path]);
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    let place = folder.to_str().unwrap();
    let ran = super::run(&["test", place]);
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    assert!(ran.out.contains(" suggested and not yet read by anybody"), "{}", ran.out);
    let json: serde_json::Value =
        serde_json::from_str(&super::run(&["test", "--json", place]).out).unwrap();
    assert_eq!(json["suggested"], json["passed"]);
    assert_eq!(json["files"][0]["scenarios"][0]["suggested"], true);
    let ran = super::run(&["test", place, "--coverage"]);
    let resting = "of that only by suggested scenarios that nobody has read yet";
    assert!(ran.out.contains(resting), "{}", ran.out);
    let json: serde_json::Value =
        serde_json::from_str(&super::run(&["test", "--json", "--coverage", place]).out).unwrap();
    let coverage = &json["coverage"];
    assert_eq!(coverage["unread"], coverage["covered"]);
    assert_eq!(coverage["workflows"][0]["unread"], coverage["covered"]);
    let report = folder.join("out");
    let ran = super::run(&["report", place, "-o", report.to_str().unwrap()]);
    let page = std::fs::read_to_string(report.join("w.html")).unwrap();
    assert!(page.contains("is shown only by suggested scenarios"));
    assert!(ran.out.contains("suggested and not yet read by anybody"), "{}{}", ran.out, ran.err);
    // Read, and the mark taken away.
    let file = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path());
    let file =
        file.into_iter().find(|path| path.to_string_lossy().ends_with(".scenario.json")).unwrap();
    let text = std::fs::read_to_string(&file).unwrap();
    assert!(text.contains("\"x-suggested\": true"), "{text}");
    std::fs::write(&file, text.replace("\"x-suggested\": true,", "")).unwrap();
    let ran = super::run(&["test", place, "--coverage"]);
    assert!(ran.code == 0 && !ran.out.contains("suggested"), "{}", ran.out);
}

#[test]
fn of_a_case_that_broke_a_claim_record_says_which() {
    let folder = folder("record-claim");
    let path = write(
        &folder,
        "w.json",
        r#"{ "id": "w", "facts": { "n": { "type": "integer", "default": 0 } }, "events": { "go": { "sets": ["n"] } },
            "claims": { "small": { "never": "n > 5" } }, "states": { "a": { "on": { "go": {} } } } }"#,
    );
    let events = write(&folder, "e.jsonl", "{\"event\": \"go\", \"facts\": {\"n\": 7}}\n");
    let ran = run(&["record", &path, &events]);
    assert_eq!((ran.code, ran.out.as_str()), (1, ""));
    assert!(ran.err.contains("`claims.small` would be broken after step 2"), "{}", ran.err);
}
