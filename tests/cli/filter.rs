//! `run --json` as a filter: its contract line by line.

use std::io::{BufRead, BufReader, Write};
use std::process::Stdio;

use serde_json::json;

use super::{FLAGSHIP, folder, run, run_with, tresteg, write};

const COUNTER: &str = r#"{
    "id": "counter", "timezone": "UTC",
    "facts": { "n": { "type": "integer", "default": 0 }, "sum": { "type": "number" }, "due": { "type": "string", "format": "date" },
               "twice": { "type": "integer", "value": "n * 2" } },
    "events": { "add": { "sets": ["n", "sum"] }, "more": {}, "stop": {}, "plan": { "required": ["due"] }, "fail": {} },
    "on": { "add": {}, "plan": {}, "fail": { "actions": "n = div(1, n - 1)" } },
    "at": { "due": { "actions": "emit(`due`, #{ n: n })" } },
    "initial": "open",
    "states": {
        "open": { "after": { "P10D": "late" }, "on": { "more": { "actions": "n += 1; emit(`more`)" }, "stop": { "target": "shut", "guard": "n > 1" } } },
        "late": { "on": { "stop": "shut" } },
        "shut": { "type": "final" }
    }
}"#;

fn counter(name: &str) -> String {
    write(&folder(name), "counter.json", COUNTER)
}

#[test]
fn a_line_has_the_keys_that_the_contract_names() {
    let workflow = counter("keys");
    let ran = run_with(
        &["run", &workflow, "--json"],
        "{\"start\": \"2026-01-01T08:00:00Z\", \"facts\": {\"n\": 1}}\n{\"event\": \"stop\"}\n{\"event\": \"more\"}\n{\"advance\": \"P14D\"}\n{\"event\": \"stop\"}\n{\"event\": \"more\"}\n",
    );
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    let lines = ran.json_lines();
    let outcomes: Vec<_> = lines.iter().map(|line| line["outcome"].as_str().unwrap()).collect();
    assert_eq!(outcomes, ["started", "blocked", "moved", "advanced", "moved", "not_expected"]);
    for line in &lines {
        for key in ["outcome", "states", "facts", "emitted", "reasons", "steps", "next_deadline"] {
            assert!(line.get(key).is_some(), "`{key}` is missing in {line}");
        }
    }
    assert!(
        ran.out.lines().all(|line| line.starts_with("{\"outcome\":\"")),
        "keys keep their order"
    );
    // Known facts with defaults, without what is derived or unknown.
    assert_eq!(lines[0]["facts"], json!({ "n": 1 }));
    assert_eq!(lines[1]["reasons"][0]["grounds"][0]["clauses"][0]["text"], "n > 1");
    assert_eq!(lines[2]["emitted"], json!([{ "name": "more" }]));
    assert_eq!(lines[2]["at"], "2026-01-01T08:00:00Z", "time is that of the line before");
    assert_eq!(lines[2]["next_deadline"], "2026-01-11T08:00:00Z");
    assert_eq!(lines[3]["states"], json!(["late"]));
    assert_eq!(lines[3]["steps"][0]["cause"]["term"], "P10D");
    assert_eq!(lines[3]["steps"][0]["outcome"], "moved");
    assert_eq!(lines[3]["steps"][0]["at"], "2026-01-11T08:00:00Z");
    assert_eq!(lines[4]["states"], json!(["shut"]));
    assert_eq!(lines[4]["next_deadline"], json!(null));
}

#[test]
fn without_a_start_line_time_begins_with_the_first_line_or_now() {
    let workflow = counter("begins");
    let ran = run_with(&["run", &workflow, "--json"], "{\"event\": \"more\"}\n");
    let lines = ran.json_lines();
    // Whatever day it is: not one of long ago.
    assert!(lines[0]["at"].as_str().unwrap() > "2026", "{}", lines[0]);
    assert_eq!(lines[0]["at"], lines[1]["at"]);
    let line = "{\"event\": \"more\", \"at\": \"2020-01-01T00:00:00Z\"}\n";
    let lines = run_with(&["run", &workflow, "--json"], line).json_lines();
    assert_eq!((&lines[0]["at"], &lines[1]["outcome"]), (&lines[1]["at"], &json!("moved")));
}

#[test]
fn emitted_messages_of_all_steps_stand_in_order() {
    let workflow = counter("emitted");
    let ran = run_with(
        &["run", &workflow, "--json"],
        "{\"event\": \"plan\", \"at\": \"1970-01-01T00:00:00Z\", \"facts\": {\"due\": \"1970-01-03\"}}\n{\"event\": \"more\", \"at\": \"1970-01-05T00:00:00Z\"}\n",
    );
    let last = &ran.json_lines()[2];
    assert_eq!(last["emitted"], json!([{ "name": "due", "data": { "n": 0 } }, { "name": "more" }]));
    assert_eq!(last["steps"][0]["emitted"], json!([{ "name": "due", "data": { "n": 0 } }]));
}

#[test]
fn a_wrong_line_is_answered_with_its_place_and_the_next_is_read() {
    let workflow = counter("wrong");
    let folder = folder("wrong-lines");
    let events = write(
        &folder,
        "events.jsonl",
        b"{\"event\": \"more\"}\n\n{\"event\": \n{\"evnt\": \"more\"}\n[1]\n\xff\n{\"event\": \"nothing\"}\n{\"event\": \"add\", \"facts\": {\"n\": \"x\", \"m\": 1}}\n{\"event\": \"fail\"}\n{\"start\": \"2026-01-01T00:00:00Z\"}\n{\"advance\": \"yesterday\"}\n{\"advance\": \"1969-01-01T00:00:00Z\"}\n{\"event\": \"more\"}\n",
    );
    let ran = run(&["run", &workflow, "--json", "--events", &events]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    let lines = ran.json_lines();
    let outcomes: Vec<_> = lines.iter().map(|line| line["outcome"].as_str().unwrap()).collect();
    let errors = vec!["error"; 10];
    assert_eq!(outcomes, [&["started", "moved"][..], &errors, &["moved"]].concat());
    for line in &lines[2..12] {
        assert_eq!(line["facts"]["n"], 1, "an error changes nothing");
        assert!(!line["problems"][0]["message"].as_str().unwrap().is_empty());
    }
    let place = |index: usize| lines[index]["problems"][0]["place"].as_str().unwrap().to_owned();
    assert!(place(2).contains("events.jsonl:3:"), "{}", place(2));
    assert!(place(3).contains("events.jsonl:4:"), "{}", place(3));
    assert_eq!(lines[5]["problems"][0]["code"], "not-utf8");
    assert_eq!(lines[7]["problems"].as_array().unwrap().len(), 2, "all problems at once");
    assert_eq!(lines[9]["problems"][0]["code"], "start-not-first");
    assert_eq!(lines[12]["facts"]["n"], 2);
}

#[test]
fn a_line_beyond_the_limit_is_an_error_and_one_at_the_limit_is_not() {
    let workflow = counter("long");
    let limit = tresteg::Limits::default().event_bytes;
    let line = |length: usize| {
        let text = "{\"event\": \"more\", \"x-filler\": \"\"}";
        let filler = "a".repeat(length - text.len());
        text.replace("\"\"", &format!("\"{filler}\""))
    };
    let ran = run_with(
        &["run", &workflow, "--json"],
        format!("{}\n{}\n{}\n", line(limit + 1), line(limit), line(100)),
    );
    let lines = ran.json_lines();
    let outcomes: Vec<_> = lines.iter().map(|line| line["outcome"].as_str().unwrap()).collect();
    assert_eq!(outcomes, ["started", "error", "moved", "moved"]);
    assert_eq!(lines[1]["problems"][0]["code"], "limit-event-bytes");
}

#[test]
fn numbers_keep_every_digit() {
    let workflow = counter("digits");
    let ran = run_with(
        &["run", &workflow, "--json"],
        "{\"event\": \"add\", \"facts\": {\"sum\": 1234567890123456789.123456789}}\n{\"event\": \"add\", \"facts\": {\"n\": 9223372036854775807, \"sum\": 0.10}}\n",
    );
    let lines: Vec<&str> = ran.out.lines().collect();
    assert!(lines[1].contains("\"sum\":1234567890123456789.123456789"), "{}", lines[1]);
    assert!(lines[2].contains("\"n\":9223372036854775807,\"sum\":0.1}"), "{}", lines[2]);
}

#[test]
fn the_start_line_wins_over_the_facts_of_the_file() {
    let workflow = counter("facts");
    let facts = write(&folder("facts-file"), "facts.json", "{\"n\": 5, \"sum\": 1.5}");
    let started = run_with(
        &["run", &workflow, "--json", "--facts", &facts],
        "{\"start\": \"2026-01-01T08:00:00Z\", \"facts\": {\"n\": 7}}\n",
    );
    assert_eq!(started.json_lines()[0]["facts"]["n"], 7);
    assert!(started.out.contains("\"sum\":1.5"));
}

#[test]
fn a_case_that_cannot_begin_is_an_error_line_and_exit_code_1() {
    let workflow = counter("no-start");
    for line in [
        "{\"start\": \"tomorrow\"}",
        "{\"start\": \"2026-01-01T08:00:00Z\", \"facts\": {\"n\": \"x\"}}",
        "{\"start\": \"2026-01-01T08:00:00Z\", \"facts\": {\"twice\": 2}}",
        "{\"start\": \"2026-01-01T08:00:00Z\", \"fakts\": {}}",
    ] {
        let ran =
            run_with(&["run", &workflow, "--json"], format!("{line}\n{{\"event\": \"more\"}}\n"));
        let lines = ran.json_lines();
        assert_eq!((ran.code, lines.len()), (1, 1), "{line}");
        assert_eq!(lines[0]["outcome"], "error", "{line}");
        assert!(!lines[0]["problems"].as_array().unwrap().is_empty(), "{line}");
        let ran = run_with(&["run", &workflow], format!("{line}\n"));
        assert_eq!(ran.code, 1, "{line}");
        assert!(ran.out.contains('✗'), "{}", ran.out);
    }
}

#[test]
fn strict_makes_a_no_count() {
    let workflow = counter("strict");
    let good = "{\"event\": \"more\"}\n{\"advance\": \"P1D\"}\n";
    assert_eq!(run_with(&["run", &workflow, "--json", "--strict"], good).code, 0);
    for bad in ["{\"event\": \"stop\"}\n", "{\"event\": \"nothing\"}\n", "nonsense\n"] {
        assert_eq!(run_with(&["run", &workflow, "--json", "--strict"], bad).code, 1, "{bad}");
        assert_eq!(run_with(&["run", &workflow, "--json"], bad).code, 0, "{bad}");
    }
}

#[test]
fn an_answer_comes_before_the_next_question() {
    let workflow = counter("streaming");
    let mut child = tresteg()
        .args(["run", &workflow, "--json"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let mut answers = BufReader::new(child.stdout.take().unwrap()).lines();
    // A wait for an answer that does not come would hang: the harness's own limit is the test.
    for number in 0..3 {
        writeln!(stdin, "{{\"event\": \"more\"}}").unwrap();
        if number == 0 {
            assert!(answers.next().unwrap().unwrap().contains("started"));
        }
        assert!(answers.next().unwrap().unwrap().contains("moved"));
    }
    drop(stdin);
    assert!(answers.next().is_none());
    assert!(child.wait().unwrap().success());
}

#[test]
fn whoever_stops_reading_is_told_how_many_lines_were_answered() {
    let mut child = tresteg()
        .args(["run", FLAGSHIP, "--json"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let mut stdin = child.stdin.take().unwrap();
    for _ in 0..1000 {
        if writeln!(stdin, "{{\"event\": \"record_lesson\", \"facts\": {{\"lesson\": \"x\"}}}}")
            .is_err()
        {
            break;
        }
    }
    drop(stdin);
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(
        said,
        "error: standard output was closed: 0 lines were answered, and no more are read\n"
    );
}

#[test]
fn control_characters_from_a_file_do_not_reach_the_terminal() {
    let folder = folder("controls");
    let workflow = write(
        &folder,
        "w.json",
        r#"{ "id": "w", "title": "a\u001b[31mred", "facts": { "t": { "type": "string" } }, "events": { "say": { "sets": ["t"], "title": "\u009bsay" } },
             "on": { "say": {} }, "states": { "s": { "title": "\u001b]0;owned\u0007" } } }"#,
    );
    let ran =
        run_with(&["run", &workflow], "{\"event\": \"say\", \"facts\": {\"t\": \"\\u001b[2J\"}}\n");
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.out.contains("red"));
    assert!(!ran.out.chars().any(|letter| letter.is_control() && letter != '\n'), "{:?}", ran.out);
    let colourful = run_with(&["run", &workflow, "--color", "always"], "");
    assert!(colourful.out.contains("\x1b[1m"));
}

/// Each of these was told to write what is refused next.
#[test]
fn what_a_hint_recommends_for_a_line_is_taken() {
    let folder = folder("filter-hints");
    let workflow = write(
        &folder,
        "w.json",
        r#"{ "id": "w", "facts": { "n": { "type": "integer" } }, "events": { "go": {} }, "states": { "s": { "on": { "go": {} } } } }"#,
    );
    let ran = run_with(
        &["run", &workflow, "--json"],
        concat!(
            "{\"event\": \"go\"}{\"event\": \"go\"}\n",
            "{\"event\": \"go\"}, {\"event\": \"go\"}\n",
            "{\"event\": \"go\"} // why\n",
            "{\"event\": \"go\", \"$comment\": \"why\"}\n",
        ),
    );
    let answers = ran.json_lines();
    let hint = |line: usize| answers[line]["problems"][0]["hint"].as_str().unwrap_or_default();
    for line in [1, 2] {
        assert!(hint(line).contains("each line"), "{}", answers[line]);
    }
    assert!(hint(3).contains("$comment"), "{}", answers[3]);
    assert_eq!(answers[4]["outcome"], "moved");
    let rows = write(&folder, "rows.jsonl", "{\"n\": 1, \"$comment\": \"why\"}\n");
    let asked = run(&["batch", &workflow, "--facts", &rows, "--event", "go"]);
    assert_eq!(asked.code, 0, "{}", asked.err);
}
