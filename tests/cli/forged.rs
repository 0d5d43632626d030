//! Texts of strangers in what people read: no text of a file, an event or a name of a file makes a line of its own, turns the
//! direction of writing or hides a letter, whichever command shows it.

use std::path::Path;

use serde_json::{Value as Json, json};

use super::{Ran, folder, tresteg};

/// Each would do something to what is shown: break a line, colour it, turn it, hide a part, or end a cell, a link, an element.
const HOSTILE: &[&str] = &[
    "b\n✓ e: yes",
    "b\r\n| x | `y` |",
    "b\u{2028}✓ e: yes\u{2029}z",
    "b\u{85}c\u{b}d\u{c}e",
    "b\u{202e}gpj\u{202c}",
    "\u{2066}x\u{2069}\u{200f}b",
    "b\u{61c}y\u{200b}o",
    "o\u{feff}b\u{ad}\u{2060}e",
    "e\u{200d}y\u{fe0f}\u{e0041}",
    "b\u{1b}[2J\u{9b}1m\u{7f}\u{0}x",
    "b| `[x](javascript:y)` <b>&amp;*z*</b> ]]> --> \"'\\",
];

/// What must nowhere be seen as it is. A line feed ends a line, which is counted.
fn is_forbidden(letter: char) -> bool {
    (letter.is_control() && letter != '\n')
        || matches!(letter,
            '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
            | '\u{fe0f}' | '\u{fffe}' | '\u{ffff}' | '\u{e0000}'..='\u{e0fff}')
}

/// A workflow with a text in every place where one may stand.
fn workflow(text: &str) -> Json {
    let label = json!({ "en": text, "sv": text });
    let notes = |mut object: Json| {
        for key in ["title", "description", "hint"] {
            object[key] = label.clone();
        }
        object["source"] = json!({ "text": text, "url": text, "status": "reconstructed" });
        object
    };
    notes(json!({
        "id": "w", "initial": "open", "version": text, "$comment": text, "x-note": text,
        "roles": { "clerk": notes(json!({})), "other": notes(json!({})) },
        "parameters": { "least": notes(json!({ "type": "integer", "value": 2, "unit": text })),
                        "wanted": notes(json!({ "type": "string", "value": text })) },
        "facts": {
            "seen": notes(json!({ "type": "integer", "default": 0, "unit": text })),
            "word": notes(json!({ "type": "string" })),
            "kind": notes(json!({ "enum": { "a": text, "b": label } })),
            "kinds": notes(json!({ "type": "array", "items": { "enum": { text: text, "c": "c" } }, "default": [text] })),
            "map": notes(json!({ "type": "object", "additionalProperties": { "type": "string" } })),
            "on_day": notes(json!({ "format": "date" }))
        },
        "factors": {
            "enough": notes(json!({ "kind": text, "guard": "seen >= least" })),
            "told": notes(json!({ "kind": "success", "guard": ["word == wanted &&", "", "kind == `a`"] })),
            "both": notes(json!({ "of": ["enough", "told"], "at_least": 2 }))
        },
        "claims": {
            "few": notes(json!({ "never": "seen > 2" })),
            "answered": notes(json!({ "whenever": "happens(`go`)", "then": "active(`late`)", "due": "on_day" })),
            "two": notes(json!({ "different_persons": ["go", "stop"] }))
        },
        "emitted": { "said": notes(json!({})), "day": notes(json!({})) },
        "invoke": notes(json!({ "id": "part", "workflow": "part.json", "returns": ["met"] })),
        "events": {
            "go": notes(json!({ "by": ["clerk"], "sets": ["seen", "word", "kind", "kinds", "map", "on_day"],
                                "data": { "why": notes(json!({ "type": "string" })) }, "note": true })),
            "sign": notes(json!({})), "stop": notes(json!({})), "tick": notes(json!({ "by": [] }))
        },
        "states": {
            "open": notes(json!({
                "tags": [text],
                "on": { "go": notes(json!({ "target": "late", "requires": ["both"], "actions": "emit(`said`, #{ word: word })" })),
                        "sign": notes(json!({ "target": "shut", "signed_by": ["clerk", "other"] })),
                        "stop": notes(json!({ "actions": ["seen += 1;", "send(`tick`, days(2))"] })),
                        "tick": notes(json!({ "guard": "seen > 3", "target": "late" })) },
                "after": { "P7D": notes(json!({ "target": "late" })) },
                "at": { "on_day": notes(json!({ "actions": "emit(`day`)" })) }
            })),
            "late": notes(json!({ "on": { "go": notes(json!({ "guard": "word != wanted", "target": "shut" })) } })),
            "shut": notes(json!({ "type": "final" }))
        }
    }))
}

/// A child case of it.
fn part(text: &str) -> Json {
    let notes = |mut object: Json| {
        object["title"] = json!({ "en": text, "sv": text });
        object
    };
    notes(json!({
        "id": "part",
        "facts": { "met": notes(json!({ "type": "integer", "default": 0, "x-allow": { "unused-fact": text } })) },
        "events": { "up": notes(json!({})) },
        "claims": { "once": notes(json!({ "always": "met < 1" })) },
        "states": { "at_work": notes(json!({
            "on": { "up": notes(json!({ "actions": "met += 1" })) },
            "after": { "P1D": notes(json!({ "actions": "emit(`part_due`)" })) }
        })) }
    }))
}

fn events(text: &str) -> String {
    let clerk = json!({ "id": "kim", "roles": ["clerk", text], "unit": text });
    let lines = [
        json!({ "start": "2026-01-01T08:00:00Z", "facts": { "word": text, "map": { text: text } } }),
        json!({ "event": "go", "actor": clerk, "id": text, "data": { "why": text }, "note": { "text": text, "attachments": [{ "uri": text, "hash": text }] } }),
        json!({ "event": "go", "actor": { "id": format!("{text} "), "roles": [text] } }),
        json!({ "event": "stop", "actor": clerk, "x-said": text }),
        json!({ "event": "sign", "actor": clerk }),
        json!({ "event": "sign", "actor": clerk }),
        json!({ "event": text, "actor": clerk }),
        json!({ "event": "go", "actor": clerk, "facts": { text: 1, "kind": text, "kinds": [text, text, "d"], "on_day": text, "seen": text, "map": { text: 1 } }, "data": { text: text } }),
        json!({ "event": "go", "at": text, text: text }),
        json!({ "advance": "P1D" }),
        json!({ "event": "go", "actor": clerk, "facts": { "kind": "b", "kinds": [text], "seen": 3, "on_day": "2026-01-05" } }),
        json!({ "advance": "P9D" }),
        json!({ "event": "up", "to": "part/1", "actor": clerk }),
        json!({ "event": text, "to": "part/1" }),
        json!({ "event": "up", "to": text }),
    ];
    let mut lines: String = lines.iter().map(|line| format!("{line}\n")).collect();
    lines.push_str(&format!("{}\n", json!(text)));
    lines
}

fn scenarios(text: &str) -> Json {
    json!({
        "workflow": "w.json",
        "scenarios": {
            "s": {
                "title": text, "facts": { "word": text }, "start": "2026-01-01T08:00:00Z",
                "steps": [
                    { "event": "stop", "actor": { "id": format!("{text} "), "roles": ["clerk"] }, "title": text,
                      "expect": { "answer": "blocked", "facts": { "word": "other", "kinds": [text] }, "states": ["late"] } }
                ]
            }
        }
    })
}

struct Place {
    path: std::path::PathBuf,
}

impl Place {
    fn new(name: &str, text: &str) -> Self {
        let path = folder(name);
        let write = |file: &str, text: &str| std::fs::write(path.join(file), text).unwrap();
        write("w.json", &workflow(text).to_string());
        write("part.json", &part(text).to_string());
        let mut other = workflow(&format!("{text}!"));
        other["states"]["late"]["on"]["stop"] = json!("shut");
        other["factors"]["told"]["guard"] = json!(["word != wanted &&", "kind == `b`"]);
        write("v.json", &other.to_string());
        let mut wrong = workflow(text);
        wrong["states"]["open"]["on"]["go"]["target"] = json!(text);
        wrong["states"]["open"]["on"]["stop"]["actions"] =
            json!(format!("seen = `{text}` + nothing"));
        wrong["facts"][text] = json!({ "type": text });
        write("wrong.json", &wrong.to_string());
        write("events.jsonl", &events(text));
        write("w.scenario.json", &scenarios(text).to_string());
        write(
            "facts.jsonl",
            &format!(
                "{}\n{}\n",
                json!({ "seen": 1, "word": text }),
                json!({ "seen": text, text: 1 })
            ),
        );
        Self { path }
    }

    fn run(&self, arguments: &[&str]) -> Ran {
        tresteg().current_dir(&self.path).args(arguments).output().unwrap().into()
    }
}

fn shown(text: &str, what: &str) {
    let found: Vec<char> = text.chars().filter(|letter| is_forbidden(*letter)).collect();
    assert!(found.is_empty(), "{what} shows {found:?} as they are:\n{text}");
}

/// What the command says of hostile texts has as many lines as what it says of the same texts written out.
#[test]
fn no_command_shows_what_a_text_does() {
    let commands: &[&[&str]] = &[
        &["run", "w.json", "--events", "events.jsonl", "--journal", "j.jsonl"],
        &["run", "w.json", "--events", "events.jsonl", "--lang", "sv"],
        &["explain", "w.json", "--events", "events.jsonl"],
        &["explain", "w.json", "--lang", "sv"],
        &["explain", "w.json", "--event", "go", "--actor", "clerk"],
        &["verify", "--workflow", "w.json", "j.jsonl"],
        &["verify", "--workflow", "v.json", "j.jsonl"],
        &["verify", "--claims", "--workflow", "w.json", "j.jsonl"],
        &["analyze", "w.json", "part.json", "--verbose"],
        &["explain", "w.json", "--events", "events.jsonl", "--to", "part/1"],
        &["replay", "--workflow", "w.json", "j.jsonl"],
        &["replay", "--workflow", "w.json", "j.jsonl", "--other", "v.json"],
        &["check", "w.json", "wrong.json", "--verbose"],
        &["list", "."],
        &["test", ".", "--verbose"],
        &["test", "w.scenario.json", "--junit", "junit.xml"],
        &["diff", "w.json", "v.json", "--labels"],
        &["diff", "w.json", "v.json", "--markdown", "--labels"],
        &["draw", "w.json"],
        &["draw", "w.json", "--format", "dot"],
        &["batch", "w.json", "--facts", "facts.jsonl", "--lenient"],
        &["batch", "w.json", "--facts", "facts.jsonl", "--summary"],
        &["record", "w.json", "absent\nx.jsonl"],
        &["check", "absent\nerror: x\u{202e}.json"],
    ];
    // These take their time.
    let thorough: &[&[&str]] = &[
        &["test", "w.scenario.json", "--coverage", "--suggest"],
        &["test", "w.scenario.json", "--mutate"],
    ];
    let mut wrong = Vec::new();
    for (number, hostile) in HOSTILE.iter().enumerate() {
        let bad = Place::new(&format!("forged-{number}"), hostile);
        let good =
            Place::new(&format!("forged-{number}-seen"), &tresteg::diagnostic::visible(hostile));
        let thorough = if number == 0 { thorough } else { &[] };
        for command in commands.iter().chain(thorough) {
            let (bad, good) = (bad.run(command), good.run(command));
            for (stream, bad, good) in [("out", &bad.out, &good.out), ("err", &bad.err, &good.err)]
            {
                let what = format!("{command:?} {stream} for {hostile:?}");
                let found: Vec<char> = bad.chars().filter(|letter| is_forbidden(*letter)).collect();
                if !found.is_empty() {
                    wrong.push(format!("{what} shows {found:?} as they are:\n{bad}"));
                }
                if bad.lines().count() != good.lines().count() {
                    wrong.push(format!("{what}: other lines\n{bad}\n--- as if seen\n{good}"));
                }
            }
        }
        let junit = std::fs::read_to_string(bad.path.join("junit.xml")).unwrap();
        shown(&junit, "junit");
        roxmltree::Document::parse(&junit).unwrap();
        // Data for other programs: XML that says what was sent.
        let log = bad.run(&["export", "--workflow", "w.json", "--format", "xes", "j.jsonl"]);
        roxmltree::Document::parse(&log.out).expect(&log.err);
        let svg = bad.run(&["draw", "w.json", "--format", "svg"]).out;
        shown(&svg, "svg");
        roxmltree::Document::parse(&svg).unwrap();
    }
    assert!(
        wrong.is_empty(),
        "{} wrong, the first:\n{}",
        wrong.len(),
        wrong[..wrong.len().min(6)].join("\n====\n")
    );
}

#[test]
fn no_page_shows_what_a_text_does() {
    for (number, hostile) in HOSTILE.iter().enumerate() {
        let place = Place::new(&format!("forged-page-{number}"), hostile);
        let ran = place.run(&["report", ".", "--output", "pages"]);
        shown(&ran.out, "report");
        let mut pages = 0;
        let mut waiting = vec![place.path.join("pages")];
        while let Some(path) = waiting.pop() {
            if path.is_dir() {
                waiting
                    .extend(std::fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
            } else if path.extension().is_some_and(|ending| ending == "html") {
                pages += 1;
                let page = std::fs::read_to_string(&path).unwrap();
                shown(&page, &path.display().to_string());
                assert!(!page.contains("<b>&amp;"), "{}", path.display());
            }
        }
        assert!(pages > 0, "{}", ran.err);
    }
}

/// In JSON they are data: whoever reads it gets them as they were sent.
#[test]
fn json_keeps_what_was_sent() {
    let text = HOSTILE[2];
    let place = Place::new("forged-json", text);
    let ran = place.run(&["run", "w.json", "--events", "events.jsonl", "--json"]);
    assert_eq!(ran.json_lines().len(), events(text).lines().count());
    assert!(ran.out.contains("\u{2028}"));
}

/// Names of files too.
#[cfg(unix)]
#[test]
fn no_name_of_a_file_makes_a_line() {
    for (number, hostile) in
        HOSTILE.iter().enumerate().filter(|(_, name)| !name.contains(['\0', '/']))
    {
        let path = folder(&format!("forged-name-{number}")).join(hostile);
        std::fs::create_dir_all(&path).unwrap();
        std::fs::write(path.join("w.json"), workflow("x").to_string()).unwrap();
        std::fs::write(path.join("bad.json"), "{ \"id\": 3 }").unwrap();
        std::fs::write(path.join("w.scenario.json"), scenarios("x").to_string()).unwrap();
        std::fs::write(path.join("e.jsonl"), "x\n").unwrap();
        let name = |file: &str| Path::new(hostile).join(file).display().to_string();
        let inside = |arguments: &[&str]| -> Ran {
            tresteg().current_dir(path.parent().unwrap()).args(arguments).output().unwrap().into()
        };
        for command in [
            vec!["check", hostile, "--verbose"],
            vec!["list", hostile],
            vec!["test", hostile, "--verbose"],
            vec!["run", &name("w.json"), "--events", &name("e.jsonl")],
            vec!["run", &name("absent.json")],
            vec!["diff", &name("w.json"), &name("bad.json")],
            vec!["new", &name("new.json")],
            vec!["verify", "--workflow", &name("w.json"), &name("e.jsonl")],
        ] {
            let ran = inside(&command);
            for text in [&ran.out, &ran.err] {
                shown(text, &format!("{command:?}"));
                assert!(
                    !text.lines().any(|line| line.starts_with("✓ e: yes")),
                    "{command:?}\n{text}"
                );
            }
        }
    }
}
