//! `test --claims`: random cases for the claims of workflows.

use std::fs;

use serde_json::Value as Json;

use super::{folder, run, write};

const DOOR: &str = r#"{ "id": "door", "initial": "shut",
  "claims": { "once": { "title": { "en": "One bell", "sv": "En ringning" }, "always": "count(`ring`) <= 1" } },
  "states": { "shut": { "on": { "ring": {}, "open": "ajar" } }, "ajar": { "type": "final" } } }"#;

fn json(text: &str) -> Json {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

#[test]
fn what_breaks_a_claim_is_told_and_fails() {
    let folder = folder("claims-told");
    let file = write(&folder, "door.json", DOOR);
    let ran = run(&["test", &file, "--claims", "40"]);
    assert_eq!(ran.code, 1, "{}", ran.out);
    assert!(ran.out.contains("✗ One bell (once)"), "{}", ran.out);
    assert!(ran.out.contains("ring → ring"), "{}", ran.out);
    assert!(!ran.out.contains("0 scenarios"), "{}", ran.out);
    let spoken = run(&["test", &file, "--claims", "40", "--lang", "sv"]);
    assert!(spoken.out.contains("✗ En ringning (once)"), "{}", spoken.out);
    write(&folder, "door.json", DOOR.replace("<= 1", "<= 1000"));
    let ran = run(&["test", &file, "--claims", "40"]);
    assert_eq!(ran.code, 0, "{}", ran.out);
    assert!(ran.out.starts_with("✓ door: no claim is broken in 40 random cases"), "{}", ran.out);
}

#[test]
fn programs_read_it_as_json_and_as_junit() {
    let folder = folder("claims-json");
    let file = write(&folder, "door.json", DOOR);
    let report = folder.join("report.xml").to_str().unwrap().to_owned();
    let asked = ["test", &file, "--claims", "40", "--seed", "7", "--json", "--junit", &report];
    let ran = run(&asked);
    assert_eq!(ran.code, 1, "{}", ran.out);
    let found = json(&ran.out);
    let trial = &found["claims"][0];
    assert_eq!(
        (&trial["seed"], &trial["cases"], &trial["is_cut"]),
        (&7.into(), &40.into(), &false.into())
    );
    assert_eq!((&trial["workflow"], &trial["file"]), (&file.as_str().into(), &Json::Null));
    assert_eq!(trial["broken"][0]["claim"], "once");
    assert_eq!(trial["broken"][0]["story"], serde_json::json!(["ring", "ring"]));
    let junit = fs::read_to_string(&report).unwrap();
    assert!(junit.contains("<failure") && junit.contains("ring → ring"), "{junit}");
    assert_eq!(run(&asked).out, ran.out);
}

#[test]
fn stories_are_written_beside_and_never_over_a_file() {
    let folder = folder("claims-write");
    let file = write(&folder, "door.json", DOOR);
    let asked = ["test", &file, "--claims", "40", "--write"];
    assert_eq!(run(&asked).code, 1);
    let written = folder.join("door.claims.scenario.json");
    let text = fs::read_to_string(&written).unwrap();
    // Read again, it fails by the claim.
    let again = run(&["test", written.to_str().unwrap(), "--json"]);
    assert_eq!(again.code, 1, "{}", again.out);
    let found = json(&again.out);
    let failure = &found["files"][0]["scenarios"][0]["failure"];
    assert_eq!(failure["mismatches"][0]["key"], "claims.once", "{}", again.out);
    fs::write(&written, format!("{text} ")).unwrap();
    assert_eq!(run(&asked).code, 1);
    assert_eq!(fs::read_to_string(&written).unwrap(), format!("{text} "), "left as it was");
    assert_eq!(fs::read_to_string(folder.join("door.claims-2.scenario.json")).unwrap(), text);
}

/// A workflow, what stands in it once, what it is made to say instead, and the claim that then does not hold.
const FAULTS: [(&str, &str, &str, &str); 3] = [
    ("namndarende.json", r#""not_by": ["write_minutes"], "#, "", "another_approves_the_minutes"),
    (
        "namndarende.json",
        r#""requires": ["chair_may", "prepared", "unions_met"]"#,
        r#""requires": ["prepared", "unions_met"]"#,
        "chair_only_if_it_cannot_wait",
    ),
    (
        "bygglov.json",
        r#"["ready_to_decide", "lawful_yes", "reasons_given", "applicant_informed"]"#,
        r#"["ready_to_decide", "reasons_given", "applicant_informed"]"#,
        "grant_is_lawful",
    ),
];

#[test]
fn a_fault_in_a_shipped_workflow_breaks_its_claims() {
    let folder = folder("claims-seeded");
    for (name, right, wrong, claim) in FAULTS {
        let text = fs::read_to_string(format!("workflows/{name}")).unwrap();
        assert_eq!(text.matches(right).count(), 1, "{name}: {right}");
        let sound = write(&folder, name, &text);
        let scenarios = name.replace(".json", ".scenario.json");
        let beside =
            write(&folder, &scenarios, fs::read(format!("workflows/{scenarios}")).unwrap());
        let kept = run(&["test", &sound, "--claims", "30"]);
        assert_eq!(kept.code, 0, "{name}: {}", kept.out);
        let faulty = write(&folder, name, text.replace(right, wrong));
        let ran = run(&["test", &faulty, &beside, "--claims", "100", "--json"]);
        let found = json(&ran.out);
        let broken = found["claims"][0]["broken"].as_array().unwrap();
        let story = broken.iter().find(|broken| broken["claim"] == *claim);
        assert!(story.is_some(), "{name}: {claim}: {broken:?}");
        assert!(story.unwrap()["scenario"].is_string(), "{story:?}");
    }
}
