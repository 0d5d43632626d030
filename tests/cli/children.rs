//! Journals of cases with children on the command line.

use std::fs;

use super::{folder, run, run_with, write};

const WHOLE: &str = r#"{ "id": "whole", "facts": { "list": { "type": "array", "items": { "type": "string" }, "default": ["a", "b"] } },
    "events": { "tell": {}, "answer": { "by": [] } },
    "invoke": { "id": "c", "workflow": "part.json", "each": "list", "returns": ["n"] },
    "states": { "run": { "on": { "tell": { "actions": "send_all(`c`, `more`)" }, "answer": {} } } } }"#;
const PART: &str = r#"{ "id": "part", "facts": { "n": { "type": "integer", "default": 0 } }, "events": { "more": {} },
    "states": { "wait": { "on": { "more": { "actions": "n += 1; send_parent(`answer`)" } } } } }"#;
const LINES: &str = "{\"event\": \"more\", \"to\": \"c/b\"}\n{\"event\": \"tell\"}\n";

#[test]
fn a_journal_of_a_whole_is_written_resumed_verified_replayed_and_exported() {
    let folder = folder("children");
    let workflow = write(&folder, "whole.json", WHOLE);
    write(&folder, "part.json", PART);
    let journal = folder.join("case.jsonl").to_str().unwrap().to_owned();
    let ran = run_with(&["run", &workflow, "--json", "--journal", &journal], LINES);
    assert_eq!(ran.code, 0, "{} {}", ran.out, ran.err);
    let whole = fs::read_to_string(&journal).unwrap();
    // The start, two children, `more` and its answer, `tell`, `more` at both and their answers.
    assert_eq!(whole.lines().count(), 10, "{whole}");
    let verify = || run(&["verify", &journal, "--workflow", &workflow]);
    assert_eq!(verify().code, 0, "{}", verify().out);

    // Cut off behind any entry, it is gone on with, and says the same as before.
    for cut in [1, 2, 3, 7, 8] {
        let lines: Vec<&str> = whole.split_inclusive('\n').collect();
        fs::write(&journal, lines[..cut].concat()).unwrap();
        let ran = run_with(&["run", &workflow, "--json", "--resume", &journal], LINES);
        assert_eq!(ran.code, 0, "{cut}: {} {}", ran.out, ran.err);
        let found = verify();
        assert_eq!(found.code, 0, "{cut}: {}", found.out);
        let more = fs::read_to_string(&journal).unwrap();
        assert!(more.starts_with(&lines[..cut].concat()));
        assert!(more.lines().count() >= 10, "{cut}: {more}");
    }

    fs::write(&journal, &whole).unwrap();
    let told = run(&["replay", &journal, "--workflow", &workflow]);
    assert_eq!(told.code, 0, "{} {}", told.out, told.err);
    assert!(told.out.contains("more"), "{}", told.out);
    for number in 1..=10 {
        let number = number.to_string();
        let told = run(&["replay", &journal, "--workflow", &workflow, "--until", &number]);
        assert_eq!(told.code, 0, "{number}: {} {}", told.out, told.err);
    }
    let each = run(&["export", &journal, "--workflow", &workflow, "--trace", "case"]);
    assert_eq!(each.code, 0, "{}", each.err);
    assert_eq!(each.out.matches("<trace>").count(), 3, "{}", each.out);
    assert!(each.out.contains("value=\"case/c/b\""), "{}", each.out);
    let one = run(&["export", &journal, "--workflow", &workflow]);
    assert_eq!(one.out.matches("<trace>").count(), 1, "{}", one.out);
    let objects = run(&["export", &journal, "--workflow", &workflow, "--format", "ocel"]);
    assert!(objects.out.contains("case:case/c/a"), "{}", objects.out);
}
