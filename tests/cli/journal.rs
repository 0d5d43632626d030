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
    assert!(told.out.contains("✗ post 4 säger"), "{}", told.out);
    let found = run(&["verify", &journal, "--workflow", &other]);
    assert!(found.out.contains("under other rules"), "{}", found.out);
}

#[test]
fn other_rules_are_asked_beside_a_case_s_own() {
    let folder = folder("other-rules");
    let workflow = write(&folder, "rules/door.json", WORKFLOW);
    let strict = WORKFLOW.replace("\"guard\": \"key\"", "\"guard\": \"!key\"");
    let strict = strict.replace("\"id\": \"door\"", "\"id\": \"strict\", \"version\": \"2\"");
    let other = write(&folder, "rules/strict.json", strict);
    write(&folder, "rules/broken.json", "{");
    let journal = folder.join("door.jsonl").to_str().unwrap().to_owned();
    let lines = LINES.replacen(
        "\"event\": \"open\"}",
        "\"event\": \"open\", \"actor\": {\"id\": \"eva\"}}",
        1,
    );
    assert_eq!(run_with(&["run", &workflow, "--json", "--journal", &journal], lines).code, 0);
    let rules = folder.join("rules").to_str().unwrap().to_owned();

    // The folder holds three files; the journal names one of them.
    assert_eq!(run(&["verify", &journal, "--workflow", &rules]).code, 0);
    let told = run(&["replay", &journal, "--workflow", &rules, "--other", &other]);
    assert_eq!(told.code, 1, "{}", told.err);
    let shown = "\
── 4  3 January 2026, 08:00 ──
✓ open: yes
  shut → ajar (open)
  key: yes
≠ would have been decided otherwise under `strict` 2:
    ✗ open: no, not yet
      shut → ajar (open)
        ✗ Must not be so: key

the case has ended";
    assert!(told.out.contains(shown), "{}", told.out);
    assert!(told.out.contains("  by eva ──"), "{}", told.out);
    let end = "\
the case has ended in: ajar

known facts
  key: yes

≠ `strict` 2: the first that would have been decided otherwise is entry 4
  there the case would be in: shut
";
    assert!(told.out.ends_with(end), "{}", told.out);
    let told = run(&[
        "replay",
        &journal,
        "--workflow",
        &rules,
        "--other",
        &other,
        "--until",
        "3",
        "--lang",
        "sv",
    ]);
    assert_eq!(told.code, 0);
    assert!(told.out.contains("nu i: shut\n"), "{}", told.out);
    assert!(
        told.out.ends_with("✓ detsamma skulle ha avgjorts hela vägen under `strict` 2\n"),
        "{}",
        told.out
    );
    let told = run(&["replay", &journal, "--workflow", &workflow, "--other", &workflow]);
    assert_eq!(told.code, 0, "{}", told.out);

    // Another step before: a term that comes earlier.
    let early = write(&folder, "early.json", WORKFLOW.replace("\"P1D\": {}", "\"PT1H\": \"ajar\""));
    let told = run(&["replay", &journal, "--workflow", &rules, "--other", &early]);
    assert!(
        told.out.contains("≠ would have been decided otherwise under `door`:\n    time has passed\n    ✓ 1 January 2026, 09:00: the term has run out: 1 hour"),
        "{}",
        told.out
    );

    std::fs::remove_file(&workflow).unwrap();
    let missing = run(&["verify", &journal, "--workflow", &rules]);
    assert_eq!(missing.code, 1);
    assert!(
        missing.err.contains("none of the workflows is `door` as the journal knows it"),
        "{}",
        missing.err
    );
    let found = run_with(&["replay", "-", "--workflow", &rules], "{}\n");
    assert_eq!(
        (found.code, found.out.starts_with("✗ entry 1 is not an entry")),
        (1, true),
        "{}",
        found.out
    );
}

#[test]
fn what_was_erased_is_told_from_the_chain() {
    let folder = folder("told-erased");
    let workflow = write(&folder, "door.json", WORKFLOW);
    let journal = folder.join("door.jsonl").to_str().unwrap().to_owned();
    assert_eq!(run_with(&["run", &workflow, "--json", "--journal", &journal], LINES).code, 0);
    let text = std::fs::read_to_string(&journal).unwrap();
    let field = tresteg::journal::Erasure::Field("key".into());
    let erased: String =
        text.lines().map(|line| tresteg::journal::erase(line, &field).unwrap().0 + "\n").collect();
    let told = run_with(&["replay", "-", "--workflow", &workflow], erased);
    assert_eq!(told.code, 0, "{}", told.err);
    assert!(
        told.out.contains("── 4  3 January 2026, 08:00 ──\nopen: yes\n  ? not known any more"),
        "{}",
        told.out
    );
}

#[test]
fn journals_become_logs() {
    let folder = folder("logs");
    let workflow = write(&folder, "rules/door.json", WORKFLOW);
    let rules = folder.join("rules").to_str().unwrap().to_owned();
    let journals: Vec<String> = ["a/one.jsonl", "b/two.jsonl"]
        .iter()
        .map(|name| {
            let journal = write(&folder, name, "");
            std::fs::remove_file(&journal).unwrap();
            assert_eq!(
                run_with(&["run", &workflow, "--json", "--journal", &journal], LINES).code,
                0
            );
            journal
        })
        .collect();
    let [one, two] = journals.as_slice() else { panic!() };
    let xes = run(&["export", one, two, "--workflow", &rules]);
    assert_eq!(xes.code, 0, "{}", xes.err);
    for name in ["one", "two"] {
        assert!(
            xes.out.contains(&format!("<trace>\n<string key=\"concept:name\" value=\"{name}\"/>")),
            "{}",
            xes.out
        );
    }
    assert!(!xes.out.contains("ate_abort") && !xes.out.contains("fact.key"));
    let xes = run(&["export", one, "--workflow", &workflow, "--with", "refused,facts"]);
    assert!(
        xes.out.contains("ate_abort")
            && xes.out.contains("<boolean key=\"fact.key\" value=\"true\"/>")
    );
    let text = std::fs::read_to_string(one).unwrap();
    let xes = run_with(&["export", "-", "--workflow", &rules], &text);
    assert!(xes.out.contains("value=\"stdin\"/>") && xes.out.ends_with("</log>\n"), "{}", xes.err);

    let file = folder.join("log.json").to_str().unwrap().to_owned();
    let ocel = run(&["export", one, two, "--workflow", &rules, "--format", "ocel", "-o", &file]);
    assert_eq!((ocel.code, ocel.out.as_str()), (0, ""), "{}", ocel.err);
    let log: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(&file).unwrap()).unwrap();
    assert_eq!(log["objects"][1]["id"], "case:two");
    assert_eq!(run_with(&["export", "-", "--workflow", &rules, "--format", "ocel"], &text).code, 2);

    // The same name in two folders, and a journal that breaks off.
    let namesake = write(&folder, "c/one.jsonl", &text);
    let xes = run(&["export", one, &namesake, "--workflow", &rules]);
    assert!(xes.out.contains("a/one\"/>") && xes.out.contains("c/one\"/>"), "{}", xes.out);
    let before = std::fs::read_to_string(&file).unwrap();
    let altered = write(&folder, "altered.jsonl", text.replacen("\"value\":", "\"value\": ", 1));
    let found = run(&["export", one, &altered, "--workflow", &rules, "-o", &file]);
    assert_eq!(found.code, 1);
    assert!(found.err.contains("altered.jsonl: entry 4 is not written"), "{}", found.err);
    assert_eq!(std::fs::read_to_string(&file).unwrap(), before, "half a log is none");
    let cut = write(&folder, "cut.jsonl", &text[..text.len() - 9]);
    let args = ["export", one, &cut, "--workflow", &rules, "-o", &file, "--format", "ocel"];
    let found = run(&args);
    assert_eq!(found.code, 1);
    assert_eq!(found.err.matches("cut.jsonl: the last line is torn").count(), 1, "{}", found.err);
    assert!(std::fs::read_to_string(&file).unwrap().contains("case:cut"));
}

/// What a journal may be that nobody wrote: each is answered with what is wrong, and where.
#[test]
fn hostile_journals_are_refused_with_a_reason() {
    let folder = folder("hostile-journals");
    let workflow = write(&folder, "door.json", WORKFLOW);
    let journal = folder.join("door.jsonl").to_str().unwrap().to_owned();
    assert_eq!(run_with(&["run", &workflow, "--journal", &journal], LINES).code, 0);
    let text = std::fs::read_to_string(&journal).unwrap();
    let second = text.split_inclusive('\n').take(2).collect::<String>();
    let other = folder.join("other.jsonl").to_str().unwrap().to_owned();
    assert_eq!(run_with(&["run", &workflow, "--journal", &other], LINES).code, 0);
    let other = std::fs::read_to_string(other).unwrap();
    let damaged = |name: &str, bytes: Vec<u8>, part: &str| {
        let path = folder.join(name);
        std::fs::write(&path, bytes).unwrap();
        for command in ["verify", "replay"] {
            let found = run(&[command, path.to_str().unwrap(), "--workflow", &workflow]);
            assert_eq!(found.code, 1, "{name}: {} {}", found.out, found.err);
            assert!(found.out.contains(part), "{name}: {}", found.out);
        }
    };
    let line = |what: &str| format!("{second}{what}\n").into_bytes();
    damaged("empty", Vec::new(), "entry 1 is missing");
    damaged("two-marks", format!("\u{feff}\u{feff}{text}").into_bytes(), "entry 1 is not an entry");
    damaged("spaces", text.replacen('{', " {", 1).into_bytes(), "entry 1 is not written as");
    damaged("nul", line("{\0}"), "entry 3 is not an entry");
    damaged("not-text", [second.as_bytes(), b"\"\xff\"\n"].concat(), "entry 3 is not an entry");
    damaged("deep", line(&"[".repeat(1 << 20)), "entry 3 is not an entry");
    damaged("two-cases", format!("{text}{other}").into_bytes(), "entry 5 does not continue");
    let mixed = text.split_inclusive('\n').zip(other.split_inclusive('\n'));
    let mixed: String = mixed.map(|(one, two)| [one, two].concat()).collect();
    damaged("mixed", mixed.into_bytes(), "entry 2 does not continue");
    // Blocks are of lines: many of them, and one that is longer than a block.
    let many = format!("{text}{}", second.repeat(2000));
    damaged("many", many.into_bytes(), "entry 5 does not continue");
    let long = format!("{{\"entry\":\"{}\"}}", "x".repeat(3 << 20));
    damaged("long", line(&long), "entry 3 is not an entry");
}

/// A journal whose chain was made anew from an entry on, by somebody who knows how.
fn forged(journal: &str, number: usize, from: &str, to: &str) -> String {
    use sha2::{Digest, Sha256};
    let mut previous = "0".repeat(64);
    let mut text = String::new();
    for (place, line) in journal.lines().enumerate() {
        let line = if place + 1 == number { line.replacen(from, to, 1) } else { line.to_owned() };
        let mut line: serde_json::Value = serde_json::from_str(&line).unwrap();
        line["entry"]["previous"] = previous.into();
        let (core, private) = (line["entry"].to_string(), line["private"].to_string());
        let hash = Sha256::digest(format!("tresteg entry 1\n{core}"));
        previous = hash.iter().map(|byte| format!("{byte:02x}")).collect();
        text += &format!("{{\"entry\":{core},\"hash\":\"{previous}\",\"private\":{private}}}\n");
    }
    text
}

#[test]
fn behind_an_erased_actor_a_forgery_is_neither_verified_nor_told() {
    let folder = folder("forged");
    let workflow = write(&folder, "door.json", WORKFLOW);
    let journal = folder.join("door.jsonl").to_str().unwrap().to_owned();
    let lines = "{\"start\": \"2026-01-01T08:00:00Z\"}\n{\"event\": \"open\"}\n{\"event\": \"open\", \"actor\": {\"id\": \"eva\"}}\n{\"event\": \"open\", \"facts\": {\"key\": true}}\n";
    assert_eq!(run_with(&["run", &workflow, "--json", "--journal", &journal], lines).code, 0);
    let text = std::fs::read_to_string(&journal).unwrap();
    let mut erased = String::new();
    for line in text.lines() {
        let what = tresteg::journal::Erasure::Person("eva".to_owned());
        erased += &(tresteg::journal::erase(line, &what).unwrap().0 + "\n");
    }
    assert!(!erased.contains("eva"));
    let verified = |text: &str| {
        let path = write(&folder, "erased.jsonl", text);
        (
            run(&["verify", &path, "--workflow", &workflow]),
            run(&["replay", &path, "--workflow", &workflow]),
        )
    };
    let (verify, replay) = verified(&erased);
    assert_eq!((verify.code, replay.code), (0, 0), "{}{}", verify.out, replay.out);
    for (from, to, part) in [
        ("\"event\":\"open\"", "\"event\":\"gone\"", "unknown event `gone`"),
        ("\"at\":\"2026-01-01T08:00:00Z\"", "\"at\":\"2025-01-01T08:00:00Z\"", "is too old"),
        ("\"states\":[\"ajar\"]", "\"states\":[\"ajar\",\"shut\"]", "as `states`"),
    ] {
        let (verify, replay) = verified(&forged(&erased, 4, from, to));
        for ran in [verify, replay] {
            assert_eq!(ran.code, 1, "{}", ran.out);
            assert!(ran.out.contains("✗ entry 4 ") && ran.out.contains(part), "{}", ran.out);
        }
    }
}

#[test]
fn a_forged_snapshot_is_not_drawn() {
    use sha2::{Digest, Sha256};
    let folder = folder("forged-snapshot");
    let workflow = write(&folder, "door.json", WORKFLOW);
    let built = tresteg::Workflow::from_json(WORKFLOW).unwrap();
    let (case, _) = tresteg::Case::start(&built, None, Default::default()).unwrap();
    let drawn = |change: &dyn Fn(&mut serde_json::Value)| {
        let mut snapshot = serde_json::to_value(case.snapshot()).unwrap();
        change(&mut snapshot);
        snapshot["check"] = "".into();
        let sum = Sha256::digest(snapshot.to_string());
        let sum: String = sum.iter().map(|byte| format!("{byte:02x}")).collect();
        snapshot["check"] = sum.into();
        let path = write(&folder, "case.json", snapshot.to_string());
        let picture = folder.join("case.svg").to_str().unwrap().to_owned();
        run(&["draw", &workflow, "--format", "svg", "--snapshot", &path, "-o", &picture])
    };
    let whole = drawn(&|_| {});
    assert_eq!(whole.code, 0, "{}", whole.err);
    let forged = drawn(&|snapshot| snapshot["terms"] = serde_json::json!([]));
    assert!(
        forged.code != 0 && forged.err.contains("the term `P1D` of `shut` is missing"),
        "{}",
        forged.err
    );
}

/// Where more could have been than is tried, it is said which entries were checked only in part.
#[test]
fn what_was_checked_only_in_part_is_said_to_be() {
    let folder = folder("partly");
    let workflow = write(
        &folder,
        "w.json",
        r#"{ "id": "w", "facts": { "sum": { "type": "integer" }, "limit": { "type": "integer" } },
            "events": { "ask": { "sets": ["sum"] }, "set": { "sets": ["limit"] }, "go": {}, "next": { "by": [] } },
            "initial": "a", "states": { "a": { "on": { "ask": {}, "set": {},
                "go": { "actions": "for i in 0..sum { raise(`next`) }" }, "next": "b" } },
                "b": { "on": { "set": {}, "next": "a" } } } }"#,
    );
    let journal = folder.join("w.jsonl").to_str().unwrap().to_owned();
    let lines = "{\"event\": \"ask\", \"facts\": {\"sum\": 3}}\n{\"event\": \"go\"}\n{\"event\": \"set\", \"facts\": {\"limit\": 4}}\n";
    let ran = run_with(&["run", &workflow, "--json", "--journal", &journal], lines);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let text = std::fs::read_to_string(&journal).unwrap();
    let sum = tresteg::journal::Erasure::Field("sum".to_owned());
    let text: String =
        text.lines().map(|line| tresteg::journal::erase(line, &sum).unwrap().0 + "\n").collect();
    let path = write(&folder, "erased.jsonl", text);
    let ask = |more: &[&str]| {
        let all = [&["verify", &path, "--workflow", &workflow], more].concat();
        let found = run(&all);
        (found.code, found.out)
    };
    let (code, out) = ask(&["--lang", "en"]);
    assert!(code == 0 && out.contains("checked only in part") && out.contains("entry 3;"), "{out}");
    let (code, out) = ask(&["--lang", "sv"]);
    assert!(code == 0 && out.contains("bara delvis prövade") && out.contains("post 3;"), "{out}");
    let (code, out) = ask(&["--strict", "--json"]);
    assert!(code == 1 && out.contains("\"partly\":[3]"), "{out}");
}

#[test]
fn verify_says_which_claims_a_case_has_kept() {
    let folder = folder("journal-claims");
    let claims = r#""claims": {
        "key_first": { "never": "active(`ajar`)", "without": "key", "title": { "sv": "Nyckel först", "en": "A key first" } },
        "soon": { "whenever": "happens(`open`) && key", "then": "was(count(`open`)) < 1" } }, "initial""#;
    let workflow = write(&folder, "door.json", WORKFLOW.replace("\"initial\"", claims));
    let journal = folder.join("door.jsonl").to_str().unwrap().to_owned();
    let ran = run_with(&["run", &workflow, "--json", "--journal", &journal], LINES);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let told = run_with(&["run", &workflow], LINES);
    assert!(
        told.out.contains("✗ soon: broken: the case ended before what had to follow step 3"),
        "{}",
        told.out
    );
    let kept = run(&["verify", &journal, "--workflow", &workflow, "--claims", "--lang", "sv"]);
    assert_eq!(kept.code, 1, "{}", kept.out);
    assert!(kept.out.contains("✓ Nyckel först: uppfyllt\n"), "{}", kept.out);
    assert!(
        kept.out.contains("✗ soon: brutet: ärendet slutade innan det som måste följa på steg 3"),
        "{}",
        kept.out
    );
    assert_eq!(run(&["verify", &journal, "--workflow", &workflow]).code, 0);
    let json = run(&["verify", &journal, "--workflow", &workflow, "--claims", "--json"]);
    assert_eq!(
        (json.json_lines()[0]["claims"][0]["verdict"].as_str(), json.code),
        (Some("kept"), 1)
    );
}
