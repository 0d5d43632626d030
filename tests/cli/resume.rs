//! `run --resume`: a journal that was cut off, killed, filled up or taken by somebody else is gone on with, or left alone.

use std::fs::{self, OpenOptions};
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::time::Duration;

use serde_json::Value as Json;

use super::{folder, run, run_with, tresteg, write};

const COUNTER: &str = r#"{
    "id": "counter",
    "facts": { "n": { "type": "integer", "default": 0 } },
    "events": { "more": {}, "twice": {}, "echo": {} },
    "initial": "on",
    "states": { "on": { "on": {
        "more": { "actions": "n += 1" },
        "twice": { "actions": "n += 1; send(`echo`)" },
        "echo": { "actions": "n += 100" }
    } } }
}"#;
const MORE: &str = "{\"event\": \"more\"}\n";

struct Desk {
    folder: PathBuf,
    workflow: String,
    journal: String,
}

impl Desk {
    /// A folder with a workflow, and a journal of the start and three events.
    fn new(name: &str) -> Self {
        let folder = folder(name);
        let workflow = write(&folder, "counter.json", COUNTER);
        let journal = folder.join("case.jsonl").to_str().unwrap().to_owned();
        let desk = Self { folder, workflow, journal };
        let ran = desk.run("--journal", &MORE.repeat(3));
        assert_eq!(ran.code, 0, "{}", ran.err);
        desk
    }

    fn run(&self, how: &str, lines: &str) -> super::Ran {
        run_with(&["run", &self.workflow, "--json", how, &self.journal], lines)
    }

    fn verify(&self) -> super::Ran {
        run(&["verify", &self.journal, "--workflow", &self.workflow])
    }

    fn bytes(&self) -> Vec<u8> {
        fs::read(&self.journal).unwrap()
    }

    fn beside(&self, ending: &str) -> Option<Vec<u8>> {
        fs::read(format!("{}{ending}", self.journal)).ok()
    }
}

fn n(answer: &Json) -> i64 {
    answer["facts"]["n"].as_i64().unwrap()
}

#[test]
fn a_torn_line_is_told_cut_off_kept_beside_and_gone_on_from() {
    let desk = Desk::new("torn");
    let whole = desk.bytes();
    let third = whole.iter().enumerate().filter(|(_, byte)| **byte == b'\n').nth(2).unwrap().0 + 1;
    let last = whole.len() - third;
    for cut in [1, 2, 17, last / 2, last - 2] {
        for name in [".torn", ".torn-2"] {
            let _ = fs::remove_file(format!("{}{name}", desk.journal));
        }
        fs::write(&desk.journal, &whole[..third + cut]).unwrap();

        let found = desk.verify();
        assert_eq!(found.code, 1);
        assert!(found.out.contains("the last line is torn"), "{}", found.out);
        assert!(found.out.contains("run --resume"), "{}", found.out);
        let json = run(&["verify", &desk.journal, "--workflow", &desk.workflow, "--json"]);
        assert_eq!((json.code, &json.json_lines()[0]["torn"]), (1, &Json::Bool(true)));
        assert_eq!(json.json_lines()[0]["entries"], 3);

        // What is whole is told, and scripts see that it is not all.
        let told = run(&["replay", &desk.journal, "--workflow", &desk.workflow]);
        assert_eq!(told.code, 1);
        assert!(told.out.contains("── 3 ") && !told.out.contains("── 4 "), "{}", told.out);
        assert!(told.err.contains("the last line is torn"), "{}", told.err);
        let log = desk.folder.join("log.xes").to_str().unwrap().to_owned();
        let exported = run(&["export", &desk.journal, "--workflow", &desk.workflow, "-o", &log]);
        assert_eq!(exported.code, 1);
        assert!(exported.err.contains("the last line is torn"), "{}", exported.err);
        assert!(fs::read_to_string(&log).unwrap().ends_with("</log>\n"));
        assert_eq!(desk.bytes(), &whole[..third + cut], "to look changes nothing");

        let ran = desk.run("--resume", &MORE.repeat(2));
        assert_eq!(ran.code, 0, "{}", ran.err);
        assert!(ran.err.contains("cut off and kept in"), "{}", ran.err);
        assert_eq!(desk.beside(".torn").unwrap(), &whole[third..third + cut]);
        let answers = ran.json_lines();
        assert_eq!((answers[0]["outcome"].as_str(), n(&answers[0])), (Some("resumed"), 2));
        assert_eq!(answers.iter().map(n).collect::<Vec<_>>(), [2, 3, 4]);
        let held = desk.verify();
        assert!(held.out.contains("chain of 5 entries holds, 5 of them"), "{}", held.out);

        // Torn again: what was kept beside is not written over.
        let longer = desk.bytes();
        fs::write(&desk.journal, [longer.as_slice(), b"{\"entry\":"].concat()).unwrap();
        assert_eq!(desk.run("--resume", "").code, 0);
        assert_eq!(desk.beside(".torn").unwrap(), &whole[third..third + cut]);
        assert_eq!(desk.beside(".torn-2").unwrap(), b"{\"entry\":");
        assert_eq!(desk.bytes(), longer);
    }
}

#[test]
fn a_journal_may_look_as_editors_leave_it() {
    let desk = Desk::new("resume-line-ends");
    let text = String::from_utf8(desk.bytes()).unwrap();
    for (name, text) in [
        ("crlf", text.replace('\n', "\r\n")),
        ("no last line feed", text.trim_end().to_owned()),
        ("no last line feed after a return", text.replace('\n', "\r\n").trim_end().to_owned()),
        ("a return alone at the end", text.trim_end().to_owned() + "\r"),
        ("blank lines", format!("{text}\n \r\n")),
        ("white space at the end", format!("{text}   ")),
        ("a mark in front", format!("\u{feff}{text}")),
    ] {
        fs::write(&desk.journal, &text).unwrap();
        assert_eq!(desk.verify().code, 0, "{name}: {}", desk.verify().out);
        let told = run(&["replay", &desk.journal, "--workflow", &desk.workflow]);
        assert_eq!((told.code, told.err.as_str()), (0, ""), "{name}");
        let exported = run(&["export", &desk.journal, "--workflow", &desk.workflow]);
        assert_eq!(exported.code, 0, "{name}: {}", exported.err);
        let ran = desk.run("--resume", MORE);
        assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{name}");
        assert_eq!(ran.json_lines().iter().map(n).collect::<Vec<_>>(), [3, 4], "{name}");
        assert_eq!(desk.verify().code, 0, "{name}: {}", desk.verify().out);
        assert!(desk.bytes().starts_with(text.trim_end().as_bytes()), "{name}: only added to");
        assert_eq!(desk.beside(".torn"), None, "{name}");
    }
}

#[test]
fn what_does_not_hold_is_left_as_it_is() {
    let desk = Desk::new("resume-refused");
    let text = String::from_utf8(desk.bytes()).unwrap();
    let event = "{\"event\": \"more\", \"actor\": {\"id\": \"eva\"}}\n";
    assert_eq!(desk.run("--resume", event).code, 0);
    let acted = String::from_utf8(desk.bytes()).unwrap();
    let erase = |what: &tresteg::journal::Erasure| -> String {
        acted.lines().map(|line| tresteg::journal::erase(line, what).unwrap().0 + "\n").collect()
    };
    for (name, text, code, part) in [
        ("altered", text.replacen("\"after\":2", "\"after\":7", 1), 1, "entry"),
        ("altered and torn", text.replacen("\"after\":1", "\"after\":7", 1) + "{\"en", 1, "entry"),
        ("not an entry", format!("{text}[]"), 1, "entry 5"),
        ("no entry torn", format!("{text}A note"), 1, "entry 5"),
        ("no journal", "A note".to_owned(), 1, "entry 1"),
        ("returns alone", text.replace('\n', "\r"), 2, "carriage returns"),
        ("utf-16", "\u{feff}not".to_owned(), 2, ""),
    ] {
        if name == "utf-16" {
            let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
            fs::write(&desk.journal, wide).unwrap();
        } else {
            fs::write(&desk.journal, &text).unwrap();
        }
        let before = desk.bytes();
        let ran = desk.run("--resume", MORE);
        assert_eq!(ran.code, code, "{name}: {}", ran.err);
        assert!(ran.err.contains(part), "{name}: {}", ran.err);
        assert_eq!((ran.out.as_str(), desk.bytes()), ("", before), "{name}");
        assert_eq!(desk.beside(".torn"), None, "{name}");
    }
    // Who sent something is not needed to go on.
    fs::write(&desk.journal, erase(&tresteg::journal::Erasure::Person("eva".into()))).unwrap();
    let ran = desk.run("--resume", MORE);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{}", ran.out);
    assert_eq!(ran.json_lines().iter().map(n).collect::<Vec<_>>(), [4, 5]);
    assert_eq!(desk.verify().code, 0, "{}", desk.verify().out);
    fs::write(&desk.journal, &text).unwrap();
    let other = write(&desk.folder, "other.json", COUNTER.replace("n += 1\"", "n += 2\""));
    let ran = run_with(&["run", &other, "--json", "--resume", &desk.journal], MORE);
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains("under other rules"), "{}", ran.err);
    let facts = write(&desk.folder, "facts.json", "{\"n\": 4}");
    let ran = run(&[
        "run",
        &desk.workflow,
        "--json",
        "--resume",
        &desk.journal,
        "--facts",
        &facts,
        "--events",
        "-",
    ]);
    assert_eq!(ran.code, 2, "{}", ran.err);
    let ran = desk.run("--resume", "{\"start\": \"2026-01-01T00:00:00Z\"}\n");
    assert_eq!(ran.json_lines()[1]["problems"][0]["code"], "start-not-first");
    let missing = run(&["run", &desk.workflow, "--json", "--resume", "no-such.jsonl"]);
    assert_eq!(missing.code, 2, "{}", missing.err);
    let both = ["run", &desk.workflow, "--journal", "x", "--resume", "y"];
    assert_eq!(run(&both).code, 2);
}

#[test]
fn a_journal_without_a_whole_entry_begins_anew() {
    let desk = Desk::new("resume-anew");
    let first = desk.bytes();
    let marked = [b"\xef\xbb\xbf".as_slice(), &first[..40]].concat();
    let emptied = [&first[..5], &[0; 40]].concat();
    for start in [b"".as_slice(), &first[..40], b"\n\n", &marked, &emptied, b"\xef\xbb\xbf"] {
        let _ = fs::remove_file(format!("{}.torn", desk.journal));
        fs::write(&desk.journal, start).unwrap();
        let ran = desk.run(
            "--resume",
            "{\"start\": \"2026-01-01T00:00:00Z\", \"facts\": {\"n\": 5}}\n{\"event\": \"more\"}\n",
        );
        assert_eq!(ran.code, 0, "{}", ran.err);
        assert!(ran.err.contains("begins anew"), "{}", ran.err);
        assert_eq!(ran.json_lines().iter().map(n).collect::<Vec<_>>(), [5, 6]);
        assert_eq!(desk.verify().code, 0, "{}", desk.verify().out);
    }
}

#[test]
fn a_repeat_is_one_behind_a_resumption_too() {
    let desk = Desk::new("resume-ids");
    let event = "{\"event\": \"more\", \"id\": \"a\"}\n";
    assert_eq!(desk.run("--resume", event).code, 0);
    let before = desk.bytes();
    let ran = desk.run("--resume", event);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert_eq!(ran.json_lines()[1]["outcome"], "moved");
    assert_eq!(desk.bytes(), before, "nothing has happened");
    assert_eq!(desk.verify().code, 0, "{}", desk.verify().out);
}

/// What several entries of one answer would be, cut off between them: what was due comes with the next answer.
#[test]
fn an_answer_that_was_written_in_part_is_gone_on_from() {
    let desk = Desk::new("resume-in-part");
    assert_eq!(desk.run("--resume", "{\"event\": \"twice\"}\n").code, 0);
    let text = String::from_utf8(desk.bytes()).unwrap();
    assert_eq!(text.lines().count(), 6, "the sent event has an entry of its own");
    let part: String = text.split_inclusive('\n').take(5).collect();
    fs::write(&desk.journal, part + "{\"entry\":{\"at\"").unwrap();
    let ran = desk.run("--resume", MORE);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert_eq!(ran.json_lines().iter().map(n).collect::<Vec<_>>(), [4, 105]);
    assert_eq!(desk.verify().code, 0, "{}", desk.verify().out);
}

fn feed(desk: &Desk, how: &str, sync: &str) -> Child {
    tresteg()
        .args(["run", &desk.workflow, "--json", how, &desk.journal, "--sync", sync])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

#[test]
fn two_processes_do_not_write_one_journal() {
    let desk = Desk::new("resume-two");
    let mut child = feed(&desk, "--resume", "line");
    let mut answers = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut stdin = child.stdin.take().unwrap();
    assert!(answers.next().unwrap().unwrap().contains("resumed"));
    let second = desk.run("--resume", MORE);
    assert_eq!(second.code, 2);
    assert!(second.err.contains("is being written by another process"), "{}", second.err);
    stdin.write_all(MORE.as_bytes()).unwrap();
    assert!(answers.next().unwrap().unwrap().contains("\"n\":4"));
    assert_eq!(desk.verify().code, 0, "looking is free: {}", desk.verify().out);

    // Somebody who asks for no lock.
    let before = desk.bytes();
    OpenOptions::new().append(true).open(&desk.journal).unwrap().write_all(b"x").unwrap();
    stdin.write_all(MORE.as_bytes()).unwrap();
    drop(stdin);
    assert!(answers.next().is_none(), "what is not kept is not answered");
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains("somebody else") && said.contains("1 line was answered"), "{said}");
    assert_eq!(desk.bytes(), [before.as_slice(), b"x"].concat());

    // Another file in its place.
    fs::write(&desk.journal, &before).unwrap();
    let mut child = feed(&desk, "--resume", "none");
    let mut answers = BufReader::new(child.stdout.take().unwrap()).lines();
    assert!(answers.next().unwrap().unwrap().contains("resumed"));
    fs::rename(&desk.journal, desk.folder.join("moved.jsonl")).unwrap();
    fs::write(&desk.journal, &before).unwrap();
    child.stdin.take().unwrap().write_all(MORE.as_bytes()).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(if cfg!(unix) { 2 } else { 0 }));
}

/// Killed at any moment, in several rounds: what was answered is there, the rest is gone on from.
#[test]
fn no_answered_event_is_lost_by_a_kill() {
    let folder = folder("resume-kill");
    let workflow = write(&folder, "counter.json", COUNTER);
    let journal = folder.join("case.jsonl").to_str().unwrap().to_owned();
    let desk = Desk { folder, workflow, journal };
    let mut answered = 0;
    for round in 0_u64..8 {
        let how = if Path::new(&desk.journal).exists() { "--resume" } else { "--journal" };
        let mut child = feed(&desk, how, if round % 2 == 0 { "line" } else { "none" });
        let mut stdin = child.stdin.take().unwrap();
        let writer =
            std::thread::spawn(
                move || {
                    while stdin.write_all(MORE.repeat(20).as_bytes()).is_ok() {}
                },
            );
        let stdout = BufReader::new(child.stdout.take().unwrap());
        let reader = std::thread::spawn(move || {
            let whole = stdout.split(b'\n').map_while(Result::ok);
            // The last may be cut off, and then was not answered.
            whole.filter_map(|line| serde_json::from_slice::<Json>(&line).ok()).last()
        });
        std::thread::sleep(Duration::from_millis(round * 37 % 190));
        child.kill().unwrap();
        child.wait().unwrap();
        writer.join().unwrap();
        if let Some(last) = reader.join().unwrap() {
            assert!(n(&last) >= answered, "round {round}");
            answered = n(&last);
        }
        if !Path::new(&desk.journal).exists() {
            assert_eq!(answered, 0);
            continue;
        }
        let resumed = desk.run("--resume", "");
        assert_eq!(resumed.code, 0, "round {round}: {}", resumed.err);
        let kept = n(&resumed.json_lines()[0]);
        assert!(kept >= answered, "round {round}: {answered} were answered, {kept} are kept");
        assert_eq!(desk.verify().code, 0, "round {round}: {}", desk.verify().out);
    }
    assert!(answered > 0, "nothing was ever answered");
}

#[cfg(unix)]
#[test]
fn a_disk_that_is_full_leaves_a_journal_that_holds() {
    let desk = Desk::new("resume-full");
    let before = desk.bytes().len();
    // Blocks of 512 or 1024 bytes: some entries fit behind those that are there.
    let blocks = before / 512 + 4;
    let lines = desk.folder.join("lines.jsonl");
    fs::write(&lines, MORE.repeat(100)).unwrap();
    let script = format!(
        "trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" run \"$1\" --json --resume \"$2\" --events \"$3\""
    );
    let output = std::process::Command::new("sh")
        .args(["-c", &script, env!("CARGO_BIN_EXE_tresteg")])
        .args([&desk.workflow, &desk.journal])
        .arg(&lines)
        .output()
        .unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains("case.jsonl: cannot be written"), "{said}");
    let answers = String::from_utf8(output.stdout).unwrap();
    let answered = answers.lines().count() as i64 - 1;
    assert!(answered > 0 && said.contains(&format!("{answered} line")), "{said}");
    assert_eq!(desk.verify().code, 0, "{}", desk.verify().out);
    let ran = desk.run("--resume", MORE);
    assert_eq!(ran.json_lines().iter().map(n).collect::<Vec<_>>(), [3 + answered, 4 + answered]);
}

/// A whole journal was put aside as one torn line, and another case begun in its place.
#[test]
fn what_was_altered_is_not_taken_for_torn() {
    let desk = Desk::new("resume-altered");
    let text = String::from_utf8(desk.bytes()).unwrap();
    let last = text.trim_end().rfind('\n').unwrap() + 1;
    for (name, text) in [
        ("next lines", text.replace('\n', "\u{85}")),
        ("line separators", text.replace('\n', "\u{2028}")),
        ("spaces", text.replace('\n', " ")),
        ("nothing between", text.replace('\n', "")),
        ("the last lines joined", text[..last].trim_end().to_owned() + text[last..].trim_end()),
        ("a sign too many at the end", text.trim_end().to_owned() + "}"),
        ("no text", text[..last].to_owned() + "{\"entry\":{]"),
    ] {
        fs::write(&desk.journal, &text).unwrap();
        let found = desk.verify();
        assert_eq!(found.code, 1, "{name}");
        assert!(!found.out.contains("torn"), "{name}: {}", found.out);
        let ran = desk.run("--resume", MORE);
        assert_eq!(ran.code, 1, "{name}: {} {}", ran.out, ran.err);
        assert!(ran.err.contains("it is left as it is"), "{name}: {}", ran.err);
        assert_eq!(desk.bytes(), text.as_bytes(), "{name}");
        assert!(desk.beside(".torn").is_none(), "{name}");
    }
}

#[cfg(unix)]
#[test]
fn what_is_recommended_is_not_refused_next() {
    let desk = Desk::new("resume-hints");
    let link = desk.folder.join("nowhere").to_str().unwrap().to_owned();
    std::os::unix::fs::symlink("not-there", &link).unwrap();
    for path in [link.as_str(), desk.folder.to_str().unwrap(), "/dev/null"] {
        let ran = run(&["run", &desk.workflow, "--journal", path]);
        assert_eq!(ran.code, 2, "{path}");
        assert!(!ran.err.contains("--resume"), "{path}: {}", ran.err);
        assert!(ran.err.contains("write to another"), "{path}: {}", ran.err);
    }
    let ran = run(&["run", &desk.workflow, "--journal", &desk.journal]);
    assert!(ran.err.contains("--resume"), "{}", ran.err);
}

/// It was said that something had been erased.
#[test]
fn an_empty_journal_is_called_that() {
    let desk = Desk::new("resume-empty");
    let whole = desk.bytes();
    for (command, until) in
        [("verify", None), ("replay", None), ("export", None), ("replay", Some("0"))]
    {
        fs::write(&desk.journal, if until.is_some() { whole.as_slice() } else { b"" }).unwrap();
        let mut arguments = vec![command, &desk.journal, "--workflow", &desk.workflow];
        arguments.extend(until.into_iter().flat_map(|until| ["--until", until]));
        let ran = run(&arguments);
        let said = ran.out.clone() + ran.err.as_str();
        assert!(!said.contains("erased"), "{command}: {said}");
        assert_eq!(said.contains("the journal is empty"), until.is_none(), "{command}: {said}");
        assert_eq!(ran.code, i32::from(until.is_none()), "{command}: {said}");
    }
    // A sign too many behind the last entry is no end that is missing.
    fs::write(&desk.journal, [whole.as_slice(), b"\x1a"].concat()).unwrap();
    let found = desk.verify();
    assert_eq!(found.code, 1);
    assert!(!found.out.contains("cut off"), "{}", found.out);
}
