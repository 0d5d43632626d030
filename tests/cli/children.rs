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

/// The guide's order and board, in a folder.
fn guide(name: &str) -> (std::path::PathBuf, String) {
    let folder = folder(name);
    let text = fs::read_to_string("src/guide/children.md").unwrap();
    for block in text.split("```json ").skip(1) {
        let (file, rest) = block.split_once('\n').unwrap();
        write(&folder, file, rest.split("```").next().unwrap());
    }
    let order = folder.join("order.json").to_str().unwrap().to_owned();
    (folder, order)
}

const STORY: &str = r#"{ "start": "2018-01-05" }
{ "event": "give_order", "at": "2018-01-06", "actor": { "id": "eva", "roles": ["council"] }, "facts": { "boards": ["north", "south"] } }
{ "event": "report", "to": "boards/north", "at": "2018-02-06T09:00", "actor": { "id": "ali", "roles": ["member"], "unit": "north" }, "facts": { "lesson": "dare" } }
{ "advance": "2018-12-03" }
"#;
const MORE: &str = r#"{ "event": "report", "to": "boards/south", "actor": { "id": "bo", "roles": ["member"], "unit": "south" }, "facts": { "lesson": "wait" } }
{ "event": "sum_up", "actor": { "id": "bo", "roles": ["office"] } }
{ "event": "sum_up", "actor": { "id": "ida", "roles": ["office"] } }
"#;

/// Lines take a day as scenarios do, and a story is told from its journal as it was when it happened.
#[test]
fn a_story_is_replayed_as_it_was_told() {
    let (folder, order) = guide("children-replay");
    let journal = folder.join("case.jsonl").to_str().unwrap().to_owned();
    let lines = format!("{STORY}{MORE}");
    let ran = run_with(&["run", &order, "--events", "-", "--journal", &journal], &lines);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{}", ran.out);
    assert!(ran.out.contains("── 3 December 2018, 00:00 ──"), "{}", ran.out);
    let told = run(&["replay", &journal, "--workflow", &order]);
    assert_eq!(told.code, 0, "{}", told.err);
    for line in told.out.lines().filter(|line| line.starts_with(['✓', '✗', ' '])) {
        let is_fact = line.starts_with("  ") && line.contains(": ");
        assert!(ran.out.contains(line) || is_fact, "{line}\n{}", ran.out);
    }
    assert!(!told.out.contains("time has passed"), "{}", told.out);
    assert!(
        told.out.contains("child cases\n  The north board (boards/north): at_work"),
        "{}",
        told.out
    );
}

/// Where the state follows from what is left, a whole is gone on with after an erasure; else it is said what is missing.
#[test]
fn a_whole_is_gone_on_with_after_an_erasure() {
    use tresteg::journal::{Erasure, erase};
    let (folder, order) = guide("children-erased");
    let journal = folder.join("case.jsonl").to_str().unwrap().to_owned();
    let ran = run_with(&["run", &order, "--json", "--journal", &journal], STORY);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let whole = fs::read_to_string(&journal).unwrap();
    let without = |what: &Erasure| -> String {
        whole.lines().map(|line| erase(line, what).unwrap().0 + "\n").collect()
    };
    let person = |id: &str| Erasure::Person(id.to_owned());
    for (name, what) in [
        ("who reported", person("ali")),
        ("who ordered", person("eva")),
        ("there", Erasure::At("boards/north".to_owned(), Box::new(person("ali")))),
    ] {
        let rest = without(&what);
        assert_ne!(rest, whole, "{name}");
        // Cut off in the midst of one time, too.
        for less in 0..3 {
            let lines: Vec<&str> = rest.split_inclusive('\n').collect();
            fs::write(&journal, lines[..lines.len() - less].concat()).unwrap();
            let ran = run_with(&["run", &order, "--json", "--resume", &journal], MORE);
            assert_eq!(ran.code, 0, "{name} {less}: {} {}", ran.out, ran.err);
            let answers = ran.json_lines();
            assert_eq!(answers[1]["outcome"], "moved", "{name} {less}: {}", answers[1]);
            assert_eq!(answers[2]["outcome"], "blocked", "{name} {less}: {}", answers[2]);
            let found = run(&["verify", &journal, "--workflow", &order]);
            assert_eq!(found.code, 0, "{name} {less}: {}", found.out);
        }
    }
    for (what, told) in [
        (Erasure::Field("lesson".to_owned()), "boards/north): the value of `lesson` is not known"),
        (Erasure::Field("boards".to_owned()), "`boards` is not known"),
    ] {
        let rest = without(&what);
        fs::write(&journal, &rest).unwrap();
        let ran = run_with(&["run", &order, "--json", "--resume", &journal], MORE);
        if ran.code == 0 {
            // What was put into the list is known by what it was changed to, unless that was erased, too.
            assert!(told.contains("boards"), "{}", ran.out);
            continue;
        }
        assert!(ran.err.contains(told), "{}", ran.err);
        assert_eq!(fs::read_to_string(&journal).unwrap(), rest);
        let ran =
            run_with(&["run", &order, "--resume", &journal, "--events", "-", "--lang", "sv"], MORE);
        assert!(ran.err.contains("är inte känt"), "{}", ran.err);
    }
}

/// What was erased and has been said anew since is known again.
#[test]
fn a_whole_is_gone_on_with_once_all_is_known_again() {
    use tresteg::journal::{Erasure, erase};
    let folder = folder("children-anew");
    let whole = write(&folder, "whole.json", WHOLE);
    write(
        &folder,
        "part.json",
        r#"{ "id": "part", "facts": { "n": { "type": "integer", "default": 0 }, "said": { "type": "string" } }, "events": { "more": {}, "say": { "required": ["said"] } },
            "states": { "wait": { "on": { "more": { "actions": "n += 1; send_parent(`answer`)" }, "say": {} } } } }"#,
    );
    let journal = folder.join("case.jsonl").to_str().unwrap().to_owned();
    let say = |said: &str| {
        format!(
            "{{ \"event\": \"say\", \"to\": \"c/a\", \"facts\": {{ \"said\": \"{said}\" }} }}\n"
        )
    };
    let ran = run_with(&["run", &whole, "--json", "--journal", &journal], say("one"));
    assert_eq!(ran.code, 0, "{}", ran.err);
    let without = |text: &str, value: &str| -> String {
        let field = Erasure::Field("said".to_owned());
        let line = |line: &str| match line.contains(value) && !line.contains("\"two\"") {
            true => erase(line, &field).unwrap().0,
            false => line.to_owned(),
        };
        text.lines().map(|text| line(text) + "\n").collect()
    };
    let kept = fs::read_to_string(&journal).unwrap();
    fs::write(&journal, without(&kept, "\"one\"")).unwrap();
    let ran = run_with(&["run", &whole, "--json", "--resume", &journal], LINES);
    assert_eq!(ran.code, 1, "{}", ran.out);
    assert!(ran.err.contains("c/a: the value of `said` is not known"), "{}", ran.err);
    fs::write(&journal, &kept).unwrap();
    let ran = run_with(&["run", &whole, "--json", "--resume", &journal], say("two"));
    assert_eq!(ran.code, 0, "{}", ran.err);
    let kept = fs::read_to_string(&journal).unwrap();
    fs::write(&journal, without(&kept, "\"one\"")).unwrap();
    let ran = run_with(&["run", &whole, "--json", "--resume", &journal], LINES);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{}", ran.out);
    assert_eq!(run(&["verify", &journal, "--workflow", &whole]).code, 0);
}

#[test]
fn explain_gives_the_options_of_children() {
    let (folder, order) = guide("children-options");
    let lines = write(&folder, "lines.jsonl", STORY);
    let ran = run(&["explain", &order, "--events", &lines, "--at", "2018-12-04", "--json"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let found = &ran.json_lines()[0];
    let south = &found["children"][1];
    assert_eq!(south["address"], "boards/south");
    let report = south["options"].as_array().unwrap();
    let report = report.iter().find(|choice| choice["event"] == "report").unwrap();
    assert_eq!(report["standing"], "open_if", "{south}");
    let north = found["children"][0]["options"].as_array().unwrap();
    assert!(north.iter().any(|choice| choice["standing"] == "blocked"), "{north:?}");
}

#[test]
fn faults_around_children_are_told_in_swedish() {
    let (folder, _) = guide("children-swedish");
    let order = write(
        &folder,
        "twice.json",
        r#"{ "id": "twice", "facts": { "list": { "type": "array", "items": { "type": "string" }, "default": [] } },
            "events": { "add": { "sets": ["list"] }, "poke": { "by": [] } },
            "invoke": { "id": "c", "workflow": "wrong.json", "each": "list" },
            "states": { "s": { "on": { "add": {}, "poke": { "actions": "list.push(list[7])" } } } } }"#,
    );
    write(
        &folder,
        "wrong.json",
        r#"{ "id": "wrong", "facts": { "n": { "type": "integer", "default": 5 } }, "states": { "s": { "entry": "send_parent(`poke`)",
            "after": { "P1D": { "actions": "n = [1][n]" } } } } }"#,
    );
    let lines = r#"{ "start": "2018-01-05" }
{ "event": "add", "facts": { "list": ["a", "a"] } }
{ "event": "add", "facts": { "list": ["a"] } }
{ "advance": "2018-02-05" }
"#;
    let ran = run_with(&["run", &order, "--events", "-", "--lang", "sv"], lines);
    assert_eq!(ran.code, 0, "{}", ran.err);
    for english in ["stands twice", "leave one", "there is no item", "in a list of"] {
        assert!(!ran.out.contains(english), "{english}: {}", ran.out);
    }
    assert!(ran.out.contains("står två gånger"), "{}", ran.out);
    assert!(ran.out.matches("det finns ingen post").count() >= 3, "{}", ran.out);
}

/// The scenarios of the whole are tried on wrong versions of its part, whether or not that has any of its own.
#[test]
fn mutants_of_a_part_meet_the_scenarios_of_the_whole() {
    let (folder, _) = guide("children-mutants");
    let parts = folder.join("board.scenario.json");
    let both = run(&["test", folder.to_str().unwrap(), "--mutate", "--json"]);
    let alone = run(&["test", parts.to_str().unwrap(), "--mutate", "--json"]);
    fs::remove_file(&parts).unwrap();
    let whole = run(&["test", folder.to_str().unwrap(), "--mutate", "--json"]);
    let killed = |ran: &super::Ran| {
        let found: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
        let found = found["mutants"]["workflows"].as_array().unwrap().clone();
        let board = found.iter().find(|one| one["workflow"] == "board");
        board.unwrap_or_else(|| panic!("{}", ran.out))["counts"]["killed"].as_u64().unwrap()
    };
    assert!(killed(&alone) < killed(&both), "{} {}", alone.out, both.out);
    assert!(killed(&whole) > 0, "{}", whole.out);
}

#[test]
fn a_page_and_a_picture_lead_to_the_children() {
    let (folder, order) = guide("children-pages");
    let out = folder.join("pages");
    let ran = run(&["report", folder.to_str().unwrap(), "-o", out.to_str().unwrap()]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let pages = fs::read_dir(&out).unwrap().map(|entry| entry.unwrap().path());
    let page =
        pages.filter(|path| path.to_str().unwrap().contains("order")).find(|path| path.is_file());
    let text = fs::read_to_string(page.unwrap()).unwrap();
    let picture = text.split("<svg").nth(1).unwrap();
    assert!(picture.contains("<a href=\"board"), "{picture}");
    let drawn = folder.join("order.svg").to_str().unwrap().to_owned();
    assert_eq!(run(&["draw", &order, "--format", "svg", "-o", &drawn]).code, 0);
    assert!(!fs::read_to_string(&drawn).unwrap().contains("href=\"board.svg\""));
    let board = folder.join("board.svg").to_str().unwrap().to_owned();
    let part = folder.join("board.json").to_str().unwrap().to_owned();
    assert_eq!(run(&["draw", &part, "--format", "svg", "-o", &board]).code, 0);
    assert_eq!(run(&["draw", &order, "--format", "svg", "-o", &drawn]).code, 0);
    assert!(fs::read_to_string(&drawn).unwrap().contains("href=\"board.svg\""));
}
