//! Persons and repeats from the command line.

use serde_json::json;

use super::{folder, run, run_with, write};

const WORKFLOW: &str = r#"{
    "id": "w", "title": "W", "facts": { "sum": { "type": "number" } }, "roles": { "a": {}, "b": {} },
    "events": { "prepare": {}, "approve": {}, "pay": { "sets": ["sum"] }, "refund": {}, "sign": {}, "withdraw": {} }, "initial": "p",
    "on": { "pay": {}, "refund": {} },
    "states": {
        "p": { "on": { "prepare": "q" } },
        "q": { "on": { "approve": { "target": "r", "not_by": ["prepare"] } } },
        "r": { "on": { "sign": { "target": "s", "signed_by": ["a", "a"], "revoke": "withdraw" } } },
        "s": {}
    }
}"#;

#[test]
fn four_eyes_from_the_command_line() {
    let workflow = write(&folder("four-eyes"), "w.json", WORKFLOW);
    let by = |event: &str, id: &str| {
        json!({ "event": event, "actor": { "id": id, "roles": ["a"] } }).to_string()
    };
    let lines = [
        r#"{"event":"prepare"}"#.to_owned(),
        r#"{"event":"prepare","actor":{"roles":["a"]}}"#.to_owned(),
        by("prepare", "eva "),
        by("prepare", "e\u{200B}va"),
        by("prepare", "bob\n✓ e: yes"),
        by("prepare", ""),
        by("prepare", "åke"),
        by("approve", "A\u{30A}KE"),
        by("approve", "19121212-1212"),
        by("sign", "Strauß"),
        by("sign", "STRAUSS"),
        by("withdraw", "strauss"),
        by("sign", "191212121212"),
        by("sign", "1912 1212 1212"),
        by("sign", "eva"),
    ]
    .join("\n");
    let ran = run_with(&["run", &workflow, "--json"], &lines);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    let outcomes: Vec<String> =
        ran.json_lines().iter().map(|line| line["outcome"].as_str().unwrap().to_owned()).collect();
    assert_eq!(
        outcomes,
        [
            "started", "blocked", "blocked", "error", "error", "error", "error", "moved",
            "blocked", "moved", "moved", "blocked", "moved", "moved", "blocked", "moved"
        ]
    );
    let lines_out = ran.json_lines();
    assert_eq!(
        lines_out[1]["reasons"][0]["grounds"][0],
        json!({ "kind": "person", "event": "prepare" })
    );
    assert_eq!(lines_out[3]["problems"][0]["code"], "actor-id");
    assert_eq!(lines_out[15]["states"], json!(["s"]));
    for (language, said) in [
        (
            "en",
            [
                "must be sent by somebody with an id",
                "must be somebody else than who sent prepare",
                "nobody signs twice",
            ],
        ),
        (
            "sv",
            [
                "måste skickas av någon med id",
                "måste vara någon annan än den som skickade prepare",
                "ingen undertecknar två gånger",
            ],
        ),
    ] {
        let told = run_with(&["run", &workflow, "--lang", language], &lines);
        for said in said {
            assert!(told.out.contains(said), "{said}: {}", told.out);
        }
    }
    // The same through a journal.
    let journal = folder("four-eyes-journal").join("j.jsonl").to_str().unwrap().to_owned();
    assert_eq!(run_with(&["run", &workflow, "--json", "--journal", &journal], &lines).code, 0);
    let verified = run(&["verify", &journal, "--workflow", &workflow]);
    assert_eq!(verified.code, 0, "{}", verified.out);
}

#[test]
fn a_repeat_from_the_command_line() {
    let folder = folder("repeat");
    let workflow = write(&folder, "w.json", WORKFLOW);
    let lines = r#"{"event":"pay","id":"1","facts":{"sum":1},"at":"2026-01-01T08:00:00Z"}
{"event":"pay","id":"1","facts":{"sum":1.0},"at":"2026-01-01T07:00:00Z"}
{"event":"refund","id":"1"}
{"event":"pay","id":"1","facts":{"sum":2}}
{"event":"pay","id":"1","facts":{"sum":"x"}}
{"event":"nothing","id":"1"}
{"event":"approve","id":"2"}
{"event":"approve","id":"2"}
{"event":"refund","id":"3","facts":{"sum":3}}
{"event":"refund","id":"3"}
"#;
    let journal = folder.join("j.jsonl").to_str().unwrap().to_owned();
    let ran = run_with(&["run", &workflow, "--json", "--journal", &journal], lines);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    let out = ran.json_lines();
    assert_eq!(out[2], json!({ "outcome": "moved", "repeat": true, "states": ["p"] }));
    for line in &out[3..=6] {
        assert_eq!(line["outcome"], "error", "{line}");
        assert_eq!(line["problems"][0]["code"], "event-id-reused", "{line}");
    }
    assert_eq!(out[7]["outcome"], "not_expected");
    assert_eq!(out[8], json!({ "outcome": "not_expected", "repeat": true, "states": ["p"] }));
    assert_eq!(
        (&out[9]["outcome"], &out[10]["outcome"], &out[10]["repeat"]),
        (&json!("error"), &json!("moved"), &json!(null))
    );
    assert_eq!(
        std::fs::read_to_string(&journal).unwrap().lines().count(),
        4,
        "start and what was answered first"
    );
    assert_eq!(run(&["verify", &journal, "--workflow", &workflow]).code, 0);
    for (language, said) in [
        ("en", "✓ pay: yes (answered before; nothing has happened now)"),
        ("sv", "✓ pay: ja (besvarat tidigare; inget har hänt nu)"),
    ] {
        let told = run_with(&["run", &workflow, "--lang", language], lines);
        assert!(told.out.lines().any(|line| line == said), "{}", told.out);
    }
}

#[test]
fn scenarios_send_events_with_ids_and_by_persons() {
    let folder = folder("people-scenario");
    write(&folder, "w.json", WORKFLOW);
    let scenario = write(
        &folder,
        "w.scenario.json",
        r#"{ "workflow": "w.json", "actors": { "eva": { "id": "eva", "roles": ["a"] }, "Eva": { "id": "EVA", "roles": ["a"] } },
            "scenarios": { "one": { "steps": [
                { "event": "prepare", "expect": { "answer": "blocked", "blocked_by": { "not_by": ["prepare"] } } },
                { "event": "prepare", "actor": "eva", "id": "1" },
                { "event": "prepare", "actor": "Eva", "id": "1", "expect": { "answer": "moved", "states": ["q"] } },
                { "event": "pay", "id": "1", "expect": { "answer": "error", "problems": ["event-id-reused"] } },
                { "event": "approve", "actor": "Eva", "expect": { "answer": "blocked", "blocked_by": { "not_by": ["prepare"] } } },
                { "event": "approve", "actor": { "id": "bo" } },
                { "event": "sign", "actor": "eva" },
                { "event": "sign", "actor": "Eva", "expect": { "answer": "blocked" } } ] } } }"#,
    );
    let ran = run(&["test", &scenario]);
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
}
