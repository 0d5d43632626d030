//! `test --mutate`: what no scenario notices.

use super::{folder, run, write};

const DOOR: &str = r#"{ "id": "door", "facts": { "coins": { "type": "integer", "minimum": 0 } },
  "events": { "open": { "sets": ["coins"] } }, "initial": "shut",
  "states": { "shut": { "on": { "open": { "target": "ajar", "guard": "coins >= 2" } } }, "ajar": { "type": "final" } } }"#;

/// Scenarios that begin with so many coins each, and where that leads.
fn scenarios(rows: &str) -> String {
    format!(
        r#"{{ "workflow": "door.json", "rows": [{rows}],
          "steps": [{{ "event": "open", "facts": {{ "coins": "<coins>" }}, "expect": {{ "answer": "<answer>", "states": "<state>" }} }}] }}"#
    )
}

#[test]
fn slips_that_nobody_notices_are_named_and_count() {
    let folder = folder("mutants");
    write(&folder, "door.json", DOOR);
    let many = scenarios(
        r#"{ "coins": 0, "answer": "blocked", "state": "shut" }, { "coins": 9, "answer": "moved", "state": "ajar" }"#,
    );
    let file = write(&folder, "door.scenario.json", &many);
    let ran = run(&["test", &file, "--mutate", "--min-mutation-score", "90"]);
    assert_eq!(ran.code, 1, "{}", ran.out);
    assert!(ran.out.contains("`>=` → `>` (boundary)"), "{}", ran.out);
    assert!(ran.out.contains("asked for are 90 %"), "{}", ran.out);
    let exact = scenarios(
        r#"{ "coins": 1, "answer": "blocked", "state": "shut" }, { "coins": 2, "answer": "moved", "state": "ajar" }"#,
    );
    write(&folder, "door.scenario.json", &exact);
    let ran = run(&["test", &file, "--mutate", "--min-mutation-score", "100", "--json"]);
    let found: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(found["mutants"]["counts"]["survived"], 0, "{}", ran.out);
    assert_eq!(ran.code, 0);
}

#[test]
fn the_shipped_scenarios_of_a_partnership_notice_nine_of_ten_slips() {
    let ran =
        run(&["test", "workflows/iop.scenario.json", "--mutate", "--min-mutation-score", "90"]);
    assert_eq!(ran.code, 0, "{}", ran.out);
}

#[test]
fn what_a_variant_notices_in_its_base_is_noticed() {
    let folder = folder("mutants-variant");
    write(&folder, "door.json", DOOR);
    write(&folder, "gate.json", r#"{ "extends": "door.json", "id": "gate" }"#);
    let coarse = scenarios(
        r#"{ "coins": 0, "answer": "blocked", "state": "shut" }, { "coins": 9, "answer": "moved", "state": "ajar" }"#,
    );
    let own = write(&folder, "door.scenario.json", &coarse);
    let exact = scenarios(
        r#"{ "coins": 1, "answer": "blocked", "state": "shut" }, { "coins": 2, "answer": "moved", "state": "ajar" }"#,
    );
    write(&folder, "gate.scenario.json", exact.replace("door.json", "gate.json"));
    let alone = run(&["test", &own, "--mutate"]);
    assert!(alone.out.contains("`>=` → `>` (boundary)"), "{}", alone.out);
    let both = run(&["test", &folder.to_string_lossy(), "--mutate", "--json"]);
    let found: serde_json::Value = serde_json::from_str(&both.out).unwrap();
    assert_eq!(found["mutants"]["counts"]["survived"], 0, "{}", both.out);
}

#[test]
fn what_is_neither_told_apart_nor_proven_the_same_is_not_decided() {
    let folder = folder("mutants-undecided");
    let hard = DOOR.replace("coins >= 2", "coins >= 2 && coins * coins != 1522757");
    write(&folder, "door.json", &hard);
    let exact = scenarios(
        r#"{ "coins": 1, "answer": "blocked", "state": "shut" }, { "coins": 2, "answer": "moved", "state": "ajar" }"#,
    );
    let file = write(&folder, "door.scenario.json", &exact);
    let ran = run(&["test", &file, "--mutate"]);
    assert!(ran.out.contains(" not decided"), "{}", ran.out);
    assert!(ran.out.contains("not decided: "), "{}", ran.out);
    // A mutant that differs nowhere that was tried, and one that does: `known` and a bound of 1.
    let known = DOOR
        .replace(r#""minimum": 0 } }"#, r#""minimum": 1 }, "y": { "type": "boolean" } }"#)
        .replace(r#"["coins"]"#, r#"["coins", "y"]"#)
        .replace("coins >= 2", "known(`coins`) && y");
    write(&folder, "door.json", &known);
    let none = r#"{ "workflow": "door.json", "steps": [{ "event": "open", "expect": { "answer": "blocked" } }] }"#;
    write(&folder, "door.scenario.json", none);
    let ran = run(&["test", &file, "--mutate"]);
    assert!(ran.out.contains("`y` → `!(y)` (negation)"), "{}", ran.out);
}

/// A clause that a scenario quotes is a clause, not a text: how a mutant spells it is nothing to notice, what it comes to is.
#[test]
fn quoting_a_clause_notices_no_slip_in_it() {
    let folder = folder("mutants-quoted");
    let counts = |guard: &str, scenario: &str| {
        let door = DOOR
            .replace(r#""minimum": 0 } }"#, r#""minimum": 0 }, "night": { "type": "boolean" } }"#)
            .replace(r#"["coins"]"#, r#"["coins", "night"]"#);
        write(&folder, "door.json", door.replace("coins >= 2", guard));
        let file = write(&folder, "door.scenario.json", scenario);
        let ran = run(&["test", &file, "--mutate", "--json"]);
        let found: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
        assert_eq!(found["failed"], 0, "{}", ran.out);
        let survived = found["mutants"]["workflows"][0]["survived"].as_array().unwrap();
        let told = survived.iter().map(|mutant| {
            format!(
                "{} → {}",
                mutant["before"].as_str().unwrap(),
                mutant["after"].as_str().unwrap()
            )
        });
        told.collect::<Vec<_>>()
    };
    let step = |facts: &str, clauses: &str| {
        format!(
            r#"{{ "workflow": "door.json", "steps": [{{ "event": "open", "facts": {{ {facts} }},
                "expect": {{ "blocked_by": {{ "clauses": [{clauses}] }} }} }}] }}"#
        )
    };
    // Far from the bound: the slips at the bound are not noticed, the reverse is.
    let far = counts("coins >= 2", &step(r#""coins": 0"#, r#""coins >= 2""#));
    assert!(far.contains(&">= → >".to_owned()), "{far:?}");
    assert!(far.contains(&"2 → 3".to_owned()) && far.contains(&"2 → 1".to_owned()), "{far:?}");
    assert!(!far.contains(&">= → <".to_owned()), "{far:?}");
    // At the bound what the clause comes to differs.
    let near = counts("coins >= 2", &step(r#""coins": 1"#, r#""coins >= 2""#));
    assert!(near.contains(&">= → >".to_owned()) && !near.contains(&"2 → 1".to_owned()), "{near:?}");
    // Which of two clauses stand in the way is noticed, also where the answer is the same.
    let both = step(r#""coins": 0, "night": true"#, r#""coins >= 2", "!night""#);
    let both = counts("coins >= 2 && !night", &both);
    assert!(
        both.contains(&">= → >".to_owned()) && both.contains(&"&& → ||".to_owned()),
        "{both:?}"
    );
    for noticed in ["coins >= 2 → true", "!night → true", "!night → (night)"] {
        assert!(!both.contains(&noticed.to_owned()), "{noticed}: {both:?}");
    }
    // One clause of two that are joined otherwise, with a third.
    let three = step(r#""coins": 0, "night": true"#, r#""coins >= 2", "!night", "coins != 7""#);
    let three = three.replace(r#", "coins != 7""#, "");
    let three = counts("coins >= 2 && !night && coins != 7", &three);
    assert!(three.contains(&"&& → ||".to_owned()), "{three:?}");
}

#[test]
fn a_variant_that_quotes_a_clause_of_its_base_notices_no_slip_in_it() {
    let folder = folder("mutants-quoted-variant");
    write(&folder, "door.json", DOOR);
    write(&folder, "gate.json", r#"{ "extends": "door.json", "id": "gate" }"#);
    let plain =
        r#"{ "workflow": "door.json", "steps": [{ "event": "open", "facts": { "coins": 9 } }] }"#;
    write(&folder, "door.scenario.json", plain);
    let quoted = r#"{ "workflow": "gate.json", "steps": [{ "event": "open", "facts": { "coins": 0 },
        "expect": { "blocked_by": { "clauses": ["coins  >= 2"] } } }] }"#;
    write(&folder, "gate.scenario.json", quoted);
    let ran = run(&["test", &folder.to_string_lossy(), "--mutate"]);
    assert!(ran.out.contains("`>=` → `>` (boundary)"), "{}", ran.out);
    assert!(!ran.out.contains("`>=` → `<` (comparison)"), "{}", ran.out);
}
