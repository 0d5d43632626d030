//! Files as people have them, folders that are not left, and files that are written as a whole or not at all.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::Stdio;

use super::{Ran, folder, run, run_with, tresteg, write};

const DOOR: &str = r#"{
  "id": "door", "title": "Dörr",
  "roles": { "owner": {} },
  "facts": { "key": { "type": "boolean" } },
  "events": { "open": { "by": ["owner"], "sets": ["key"] } },
  "initial": "shut",
  "states": {
    "shut": { "on": { "open": { "target": "ajar", "guard": "key" } } },
    "ajar": { "type": "final" }
  }
}
"#;
const GOOD: &str = r#"{ "workflow": "door.json", "scenarios": { "opens": { "steps": [
  { "event": "open", "actor": { "id": "åsa", "roles": ["owner"] }, "facts": { "key": true }, "expect": { "states": ["ajar"] } }
] } } }
"#;
const OPEN: &str = "{\"event\": \"open\", \"actor\": {\"id\": \"åsa\", \"roles\": [\"owner\"]}, \"facts\": {\"key\": true}}\n";

fn wide(text: &str, mark: &[u8]) -> Vec<u8> {
    [mark.to_vec(), text.encode_utf16().flat_map(u16::to_le_bytes).collect()].concat()
}

fn latin(text: &str) -> Vec<u8> {
    text.chars().map(|letter| u8::try_from(u32::from(letter)).unwrap()).collect()
}

#[test]
fn a_mark_in_front_and_any_line_ends_make_no_difference() {
    let folder = folder("files-marks");
    for (name, end) in [("lf", "\n"), ("crlf", "\r\n"), ("cr", "\r")] {
        let marked = |name: &str, text: &str| {
            write(&folder, name, format!("\u{feff}{}", text.replace('\n', end)))
        };
        marked("door.json", DOOR);
        let variant = marked(
            "variant.json",
            "{ \"id\": \"v\", \"title\": \"V\",\n\"extends\": \"door.json\" }\n",
        );
        let scenario = marked("door.scenario.json", GOOD);
        let facts = marked("facts.json", "{\n\"key\": true\n}\n");
        let events = marked("events.jsonl", &(OPEN.to_owned() + OPEN));
        let rows = marked("rows.csv", "key\ntrue\nfalse\n");
        let lines = marked("rows.jsonl", "{\"key\": true}\n{\"key\": false}\n");
        let checked = run(&["check", &variant, &scenario]);
        assert_eq!((checked.code, checked.err.as_str()), (0, ""), "{name}");
        assert_eq!(run(&["test", &scenario]).code, 0, "{name}");
        let ran = run(&["run", &variant, "--json", "--facts", &facts, "--events", &events]);
        assert_eq!(ran.json_lines().len(), 3, "{name}: {} {}", ran.out, ran.err);
        assert_eq!(ran.json_lines()[1]["outcome"], "moved", "{name}");
        for rows in [&rows, &lines] {
            let asked = run(&["batch", &variant, "--facts", rows, "--event", "open"]);
            assert_eq!(asked.code, 0, "{name}: {rows}: {}", asked.err);
            assert!(asked.err.contains("2 rows"), "{name}: {rows}: {}", asked.err);
        }
    }
}

#[test]
fn a_snapshot_may_have_a_mark_in_front() {
    let folder = folder("files-snapshot");
    let door = write(&folder, "door.json", DOOR);
    let workflow = tresteg::Workflow::from_json(DOOR).unwrap();
    let (case, _) = tresteg::Case::start(&workflow, None, Default::default()).unwrap();
    let snapshot = serde_json::to_string(&case.snapshot()).unwrap();
    let path = write(&folder, "case.json", format!("\u{feff}{snapshot}\r\n"));
    let drawn = run(&["draw", &door, "--format", "svg", "--snapshot", &path]);
    assert_eq!(drawn.code, 0, "{}", drawn.err);
}

#[test]
fn what_is_not_utf8_is_told_with_a_place_and_what_to_do() {
    let folder = folder("files-encodings");
    let door = write(&folder, "door.json", DOOR);
    type Encode = fn(&str) -> Vec<u8>;
    let cases: [(&str, Encode, &str); 5] = [
        ("latin-1", latin, "Latin-1 and Windows-1252: save the file as UTF-8"),
        ("utf-16", |text| wide(text, b"\xff\xfe"), "is UTF-16 text, not UTF-8: save it as UTF-8"),
        ("utf-16, no mark", |text| wide(text, b""), "is UTF-16 text, not UTF-8"),
        ("gzip", |text| [b"\x1f\x8b\x08", text.as_bytes()].concat(), "is compressed (gzip)"),
        (
            "utf-32",
            |text| text.chars().flat_map(|letter| u32::from(letter).to_le_bytes()).collect(),
            "is UTF-32 text",
        ),
    ];
    for (name, encode, part) in cases {
        let wrong = |ran: Ran, what: &str| {
            assert_eq!(ran.code, 2, "{name}, {what}: {}", ran.err);
            assert!(ran.err.contains(part), "{name}, {what}: {}", ran.err);
            assert_eq!(ran.out, "", "{name}, {what}");
        };
        let bad = write(&folder, "bad/door.json", encode(DOOR));
        wrong(run(&["check", &bad]), "workflow");
        if name == "latin-1" {
            let ran = run(&["check", &bad]);
            assert!(ran.err.contains("byte 0xF6 in line 2, column 28; it is `ö`"), "{}", ran.err);
        }
        let scenario = write(&folder, "door.scenario.json", encode(GOOD));
        wrong(run(&["test", &scenario]), "scenario");
        let facts = write(&folder, "facts.json", encode("{\"key\": true, \"x-t\": \"ö\"}"));
        wrong(run(&["run", &door, "--facts", &facts]), "facts");
        let events = write(&folder, "events.jsonl", encode(OPEN));
        let csv = write(&folder, "rows.csv", encode("key,x-om\ntrue,ö\n"));
        if name == "latin-1" {
            let ran = run(&["run", &door, "--json", "--events", &events]);
            let answer = &ran.json_lines()[1];
            assert_eq!(answer["problems"][0]["code"], "not-utf8");
            let said = answer["problems"][0]["message"].as_str().unwrap();
            assert!(said.contains("in column 36; it is `å`"), "{said}");
            let ran = run(&["batch", &door, "--facts", &csv, "--event", "open"]);
            assert_eq!(ran.code, 1);
            assert!(ran.err.contains("rows.csv:2: the line is not UTF-8"), "{}", ran.err);
            assert!(ran.err.contains(part), "{}", ran.err);
        } else {
            // The case has begun by the time that the lines are read.
            for ran in [
                run(&["run", &door, "--events", &events]),
                run_with(&["run", &door], encode(OPEN)),
                run(&["batch", &door, "--facts", &csv, "--event", "open"]),
                run(&["record", &door, &events]),
                run(&["verify", &events, "--workflow", &door]),
            ] {
                wrong(ran, "lines");
            }
        }
    }
    // What is no file to read at all.
    let empty = write(&folder, "empty.json", "");
    assert_eq!(run(&["check", &empty]).code, 1);
    let inside = folder.join("bad");
    let inside = inside.to_str().unwrap();
    for args in [
        ["run", inside, "--json"].as_slice(),
        &["run", &door, "--facts", inside],
        &["run", &door, "--events", inside],
        &["verify", inside, "--workflow", &door],
        &["run", &door, "--json", "--resume", inside],
        &["draw", &door, "-o", inside],
    ] {
        let ran = run(args);
        assert_eq!(ran.code, 2, "{args:?}: {}", ran.err);
        assert!(
            ran.err.contains("is a folder") || ran.err.contains("Is a directory"),
            "{}",
            ran.err
        );
    }
}

#[cfg(unix)]
mod folders {
    use std::os::unix::fs::symlink;
    use std::os::unix::net::UnixListener;

    use super::*;

    const SECRET: &str = "root:$6$secret:19000:0:99999:7:::\n";

    /// A folder with one good workflow and scenario, and everything that should not be in it.
    fn hostile(name: &str) -> std::path::PathBuf {
        let outer = folder(name);
        write(&outer, "secret", SECRET);
        write(&outer, "elsewhere/gate.json", DOOR.replace("\"door\"", "\"gate\""));
        let inner = outer.join("inner");
        write(&inner, "door.json", DOOR);
        write(&inner, "door.scenario.json", GOOD);
        write(&inner, "below/cat.json", DOOR.replace("\"door\"", "\"cat\""));
        symlink("../secret", inner.join("leak.json")).unwrap();
        symlink(outer.join("secret"), inner.join("leak.scenario.json")).unwrap();
        symlink("../../secret", inner.join("below/deep.json")).unwrap();
        symlink("../elsewhere", inner.join("away")).unwrap();
        symlink("no-such", inner.join("broken.json")).unwrap();
        symlink("..", inner.join("below/up")).unwrap();
        symlink(".", inner.join("circle")).unwrap();
        symlink("self.json", inner.join("self.json")).unwrap();
        symlink("/dev/zero", inner.join("zero.json")).unwrap();
        symlink("below/cat.json", inner.join("again.json")).unwrap();
        UnixListener::bind(inner.join("s.json")).unwrap();
        let fifo = std::process::Command::new("mkfifo").arg(inner.join("fifo.json")).status();
        assert!(fifo.is_ok_and(|made| made.success()));
        inner
    }

    #[test]
    fn whatever_walks_a_folder_stays_in_it() {
        let inner = hostile("files-links");
        let path = inner.to_str().unwrap();
        let out = inner.join("../out").to_str().unwrap().to_owned();
        let door = inner.join("door.json").to_str().unwrap().to_owned();
        let journal = inner.join("../case.jsonl").to_str().unwrap().to_owned();
        assert_eq!(run_with(&["run", &door, "--journal", &journal], OPEN).code, 0);
        for (args, kinds) in [
            (["check", path].as_slice(), 3),
            (&["test", path], 1),
            (&["test", path, "--coverage"], 3),
            (&["list", path], 2),
            (&["report", path, "-o", &out], 3),
            (&["verify", &journal, "--workflow", path], 2),
            (&["replay", &journal, "--workflow", path], 2),
            (&["export", &journal, "--workflow", path], 2),
            (&["draw", &door, "--format", "svg", "--coverage", path], 1),
        ] {
            let ran = run(args);
            assert_eq!(ran.code, 0, "{args:?}: {}", ran.err);
            let all = format!("{}{}", ran.out, ran.err);
            assert!(!all.contains("root:") && !all.contains("secret:"), "{args:?}: {all}");
            assert!(!all.contains("gate"), "{args:?}: {all}");
            let told = |what: &str| ran.err.contains(what);
            let leads_out = "is a link that leads out of the folder; it is passed over";
            assert!(told("inner/away is a link that leads out of the folder"), "{args:?}: {all}");
            if kinds > 1 {
                assert!(told(&format!("inner/leak.json {leads_out}")), "{args:?}: {all}");
                assert!(told(&format!("inner/below/deep.json {leads_out}")), "{args:?}: {all}");
                assert!(told(&format!("inner/zero.json {leads_out}")), "{args:?}: {all}");
                assert!(told("inner/broken.json is a link that leads nowhere"), "{args:?}: {all}");
                assert!(told("inner/s.json is no file"), "{args:?}: {all}");
                assert!(told("inner/fifo.json is no file"), "{args:?}: {all}");
            }
            if kinds != 2 {
                assert!(told(&format!("inner/leak.scenario.json {leads_out}")), "{args:?}: {all}");
            }
        }
        assert!(!Path::new(&out).join("gate.html").exists());
        let listed = run(&["list", path]);
        assert_eq!(
            listed.out.matches("| cat |").count(),
            2,
            "a link inside is one: {}",
            listed.out
        );
        // Scenarios that lie beside a workflow that is named are found by walking, too.
        let ran = run(&["report", &door, "-o", &out]);
        assert_eq!(ran.code, 0, "{}", ran.err);
        assert!(!ran.err.contains("root:") && ran.err.contains("leak.scenario.json is a link"));
    }

    #[test]
    fn what_is_named_may_be_a_link_and_what_it_names_lies_in_its_folder() {
        let inner = hostile("files-named-links");
        let outer = inner.parent().unwrap();
        symlink("inner", outer.join("link")).unwrap();
        symlink("inner/door.json", outer.join("link.json")).unwrap();
        for path in ["link", "link.json"] {
            let ran = run(&["check", outer.join(path).to_str().unwrap()]);
            assert_eq!(ran.code, 0, "{}", ran.err);
        }
        for base in
            ["leak.json", "away/gate.json", "../elsewhere/gate.json", "zero.json", "fifo.json"]
        {
            let text = format!("{{ \"id\": \"v\", \"extends\": \"{base}\" }}");
            let variant = write(&inner, "variant.json", text);
            let ran = run(&["check", &variant]);
            assert_eq!(ran.code, 1, "{base}: {}", ran.err);
            assert!(!ran.err.contains("root:"), "{base}: {}", ran.err);
            assert!(
                ran.err.contains("put it into that folder or below")
                    || ran.err.contains("is no file"),
                "{base}: {}",
                ran.err
            );
            let text = GOOD.replace("door.json", base);
            let scenario = write(&inner, "variant.scenario.json", text);
            let ran = run(&["test", &scenario]);
            assert_eq!(ran.code, 1, "{base}: {}", ran.err);
            assert!(!ran.err.contains("root:"), "{base}: {}", ran.err);
        }
    }

    #[test]
    fn what_never_ends_is_read_within_bounds() {
        let folder = folder("files-endless");
        let door = write(&folder, "door.json", DOOR);
        for args in [
            ["check", "/dev/zero"].as_slice(),
            &["run", &door, "--facts", "/dev/zero"],
            &["run", &door, "--events", "/dev/zero"],
            &["batch", &door, "--facts", "/dev/zero", "--format", "csv", "--event", "open"],
            &["replay", "/dev/zero", "--workflow", &door],
            &["run", &door, "--json", "--resume", "/dev/zero"],
            &["draw", &door, "--format", "svg", "--snapshot", "/dev/zero"],
        ] {
            let ran = run(args);
            assert_eq!(ran.code, 2, "{args:?}: {}", ran.err);
        }
        // Deeper than paths may be long.
        let mut deep = folder.join("deep");
        for _ in 0..40 {
            deep = deep.join("d".repeat(60));
        }
        fs::create_dir_all(&deep).unwrap();
        write(&folder, "deep/door.json", DOOR);
        assert_eq!(run(&["check", folder.join("deep").to_str().unwrap()]).code, 0);
    }
}

#[test]
fn a_role_that_nobody_declares_is_told_once() {
    let folder = folder("files-roles");
    let door = write(&folder, "door.json", DOOR);
    let slip = OPEN.replace("\"owner\"", "\"owmer\"");
    let ran = run_with(&["run", &door, "--json"], slip.repeat(2) + OPEN);
    assert_eq!(ran.code, 0);
    assert_eq!(
        ran.err,
        "warning: standard input:1: the role `owmer` is not declared, so that no rule asks for it; did you mean `owner`?\n"
    );
    let events = write(&folder, "events.jsonl", &slip);
    let asked = run(&["explain", &door, "--events", &events]);
    assert!(asked.err.contains("events.jsonl:1: the role `owmer`"), "{}", asked.err);

    // What `test` would refuse is not written.
    let scenario = folder.join("case.scenario.json").to_str().unwrap().to_owned();
    for args in
        [["record", &door, &events].as_slice(), &["record", &door, &events, "-o", &scenario]]
    {
        let ran = run(args);
        assert_eq!((ran.code, ran.out.as_str()), (1, ""), "{}", ran.err);
        assert!(ran.err.contains("unknown role `owmer`"), "{}", ran.err);
        assert!(ran.err.contains("nothing is written"), "{}", ran.err);
    }
    assert!(!Path::new(&scenario).exists());
}

#[cfg(target_os = "linux")]
#[test]
fn a_scenario_is_not_written_where_test_would_not_find_its_workflow() {
    use std::os::unix::ffi::OsStrExt;
    let folder = folder("files-names");
    let odd = folder.join(std::ffi::OsStr::from_bytes(b"caf\xe9"));
    fs::create_dir(&odd).unwrap();
    fs::write(odd.join("door.json"), DOOR).unwrap();
    let events = write(&folder, "events.jsonl", OPEN);
    for output in [folder.join("a.scenario.json"), odd.join("b.scenario.json")] {
        let done = tresteg()
            .arg("record")
            .arg(odd.join("door.json"))
            .args([&events, "-o"])
            .arg(&output)
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&done.stderr).into_owned();
        assert_eq!(done.status.code(), Some(2), "{said}");
        assert!(said.contains("no name in UTF-8"), "{said}");
        assert!(!output.exists());
    }
}

/// Every command that writes, with what it needs.
fn writers(folder: &Path) -> Vec<Vec<String>> {
    let door = write(folder, "door.json", DOOR);
    let scenario = write(folder, "door.scenario.json", GOOD);
    let events = write(folder, "events.jsonl", OPEN);
    let rows = write(folder, "rows.jsonl", "{\"key\": true}\n".repeat(9));
    let journal = folder.join("case.jsonl").to_str().unwrap().to_owned();
    let _ = fs::remove_file(&journal);
    assert_eq!(run_with(&["run", &door, "--journal", &journal], OPEN).code, 0);
    let lines: [&[&str]; 16] = [
        &["run", &door, "--events", &events],
        &["run", &door, "--json", "--events", &events],
        &["explain", &door],
        &["explain", &door, "--json"],
        &["check", &door, "--verbose"],
        &["check", &door, "--json"],
        &["test", &scenario],
        &["test", &scenario, "--json"],
        &["record", &door, &events],
        &["verify", &journal, "--workflow", &door],
        &["replay", &journal, "--workflow", &door],
        &["export", &journal, "--workflow", &door],
        &["schema"],
        &["draw", &door],
        &["batch", &door, "--facts", &rows, "--event", "open"],
        &["list", &door],
    ];
    lines.iter().map(|line| line.iter().map(|word| (*word).to_owned()).collect()).collect()
}

/// A pipe that nobody reads, from the outset: a quick command would else be done before it is closed.
fn closed() -> std::io::PipeWriter {
    std::io::pipe().unwrap().1
}

#[cfg(target_os = "linux")]
#[test]
fn whatever_cannot_be_said_is_no_success() {
    let folder = folder("files-streams");
    for args in writers(&folder) {
        let full = fs::File::options().write(true).open("/dev/full").unwrap();
        let done = tresteg().args(&args).stdout(full).output().unwrap();
        let said = String::from_utf8(done.stderr).unwrap();
        assert_eq!(done.status.code(), Some(2), "{args:?}: {said}");
        assert!(
            said.contains("standard output cannot be written: no space is left"),
            "{args:?}: {said}"
        );

        let done = tresteg().args(&args).stdout(closed()).output().unwrap();
        let said = String::from_utf8(done.stderr).unwrap();
        assert_eq!(done.status.code(), Some(1), "{args:?}: {said}");
        assert!(said.contains("standard output was closed"), "{args:?}: {said}");

        // Closed from the outset, by a shell; and thrown away on purpose.
        let shell = |redirected: &str| {
            let script = format!("exec \"$0\" \"$@\" {redirected}");
            let mut command = std::process::Command::new("sh");
            command.args(["-c", &script, env!("CARGO_BIN_EXE_tresteg")]).args(&args);
            let done = command.stdin(Stdio::null()).output().unwrap();
            (done.status.code(), String::from_utf8(done.stderr).unwrap())
        };
        let (code, said) = shell(">&-");
        let answers = !matches!(args[0].as_str(), "check" | "test" | "verify");
        assert_eq!(said.contains("standard output is closed"), answers, "{args:?}: {said}");
        // Where nothing else comes of it, that nobody sees the answer is no success.
        let only = answers && !args.iter().any(|arg| arg == "--event" || arg == "diff");
        let only = only || args[0] == "batch";
        assert_eq!(code, Some(i32::from(only)), "{args:?}: {said}");
        let (code, said) = shell(">/dev/null");
        assert_eq!(code, Some(0), "{args:?}: {said}");
        assert!(!said.contains("standard output"), "{args:?}: {said}");
        // Remarks that cannot be made do not hinder the answers.
        assert_eq!(shell("2>&-").0, Some(0), "{args:?}");
        assert_eq!(shell("2>/dev/full").0, Some(0), "{args:?}");
    }
    let door = folder.join("door.json");
    let door = door.to_str().unwrap();
    let done = tresteg().args(["diff", door, door]).stdout(closed()).output().unwrap();
    assert_eq!(done.status.code(), Some(2), "1 says that they differ");
}

#[cfg(unix)]
#[test]
fn what_was_answered_is_kept_when_nobody_reads_on() {
    let folder = folder("files-head");
    let door = write(&folder, "door.json", DOOR);
    let journal = folder.join("case.jsonl").to_str().unwrap().to_owned();
    let mut child = tresteg()
        .args(["run", &door, "--json", "--journal", &journal, "--sync", "none"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let mut answers = std::io::BufReader::new(child.stdout.take().unwrap());
    let mut answer = String::new();
    stdin.write_all(OPEN.replace("true", "false").as_bytes()).unwrap();
    std::io::BufRead::read_line(&mut answers, &mut answer).unwrap();
    std::io::BufRead::read_line(&mut answers, &mut answer).unwrap();
    drop(answers);
    while stdin.write_all(OPEN.replace("true", "false").as_bytes()).is_ok() {}
    let done = child.wait_with_output().unwrap();
    let said = String::from_utf8(done.stderr).unwrap();
    assert_eq!(done.status.code(), Some(1), "{said}");
    assert!(said.contains("closed: 1 line was answered, and no more are read"), "{said}");
    let held = run(&["verify", &journal, "--workflow", &door]);
    assert_eq!(held.code, 0, "{}", held.out);
    let again = run_with(&["run", &door, "--json", "--resume", &journal], OPEN);
    assert_eq!(again.json_lines()[1]["outcome"], "moved");
}

/// A disk that is full, as far as a limit on the size of files is one.
#[cfg(target_os = "linux")]
#[test]
fn no_half_file_is_left_on_a_full_disk() {
    let folder = folder("files-full");
    let door = write(&folder, "door.json", DOOR);
    let scenario = write(&folder, "door.scenario.json", GOOD);
    let events = write(&folder, "events.jsonl", OPEN);
    let journal = folder.join("case.jsonl").to_str().unwrap().to_owned();
    assert_eq!(run_with(&["run", &door, "--journal", &journal], OPEN).code, 0);
    let out = folder.join("out");
    let at = |name: &str| out.join(name).to_str().unwrap().to_owned();
    fs::create_dir(&out).unwrap();
    let names = || {
        let found = fs::read_dir(&out).unwrap();
        let mut names: Vec<_> = found.map(|entry| entry.unwrap().file_name()).collect();
        names.sort();
        names
    };
    let kept = [at("kept.svg"), at("kept.xml")];
    for path in &kept {
        fs::write(path, "what was there").unwrap();
    }
    fs::copy(&door, at("suggest.json")).unwrap();
    let before = names();
    let (report, new) = (at("report"), at("new.json"));
    let (svg, recorded, log) = (at("a.svg"), at("a.scenario.json"), at("a.xes"));
    let suggest = at("suggest.json");
    let lines: [(&[&str], &str); 8] = [
        (&["report", &door, "-o", &report], "report/door.html"),
        (&["new", &new], "new.json"),
        (&["test", &scenario, "--junit", &kept[1]], "kept.xml"),
        (&["draw", &door, "--format", "svg", "-o", &kept[0]], "kept.svg"),
        (&["draw", &door, "--format", "svg", "-o", &svg], "a.svg"),
        (&["record", &suggest, &events, "-o", &recorded], "a.scenario.json"),
        (&["export", &journal, "--workflow", &door, "-o", &log], "a.xes"),
        (&["test", &suggest, "--suggest"], "suggest.suggested.scenario.json"),
    ];
    for (args, name) in lines {
        let script = "trap '' XFSZ; ulimit -f 0; exec \"$0\" \"$@\"";
        let limited = || {
            let mut command = std::process::Command::new("sh");
            command.args(["-c", script, env!("CARGO_BIN_EXE_tresteg")]).args(args);
            command.stdin(Stdio::null()).output().unwrap()
        };
        let done = limited();
        let said = String::from_utf8(done.stderr).unwrap();
        assert_eq!(done.status.code(), Some(2), "{args:?}: {said}");
        assert!(said.contains(&format!("{name}: cannot be written")), "{args:?}: {said}");
        let _ = fs::remove_dir(&report);
        assert_eq!(names(), before, "{args:?}: nothing is left behind");
    }
    for path in &kept {
        assert_eq!(fs::read_to_string(path).unwrap(), "what was there");
    }
    // A device that is full is named, too.
    for args in [
        ["draw", &door, "-o", "/dev/full"].as_slice(),
        &["test", &scenario, "--junit", "/dev/full"],
        &["export", &journal, "--workflow", &door, "-o", "/dev/full"],
    ] {
        let ran = run(args);
        assert_eq!(ran.code, 2, "{args:?}: {}", ran.err);
        assert!(ran.err.contains("/dev/full: cannot be written: no space is left"), "{}", ran.err);
    }
    // And a page that an earlier version left empty is no one's.
    fs::create_dir(&report).unwrap();
    fs::write(Path::new(&report).join("door.html"), "").unwrap();
    fs::write(Path::new(&report).join("index.html"), "").unwrap();
    let ran = run(&["report", &door, "-o", &report]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(fs::read_to_string(Path::new(&report).join("door.html")).unwrap().len() > 1000);
}

/// Without a journal none is composed.
#[test]
fn answers_are_the_same_with_a_journal_and_without() {
    let folder = folder("files-no-journal");
    let door = write(&folder, "door.json", DOOR);
    let journal = folder.join("case.jsonl").to_str().unwrap().to_owned();
    // A case without a time begins now, and the two would not begin at once.
    let lines = OPEN.replace("true", "false").repeat(50) + OPEN;
    let lines = lines.replacen('{', r#"{ "at": "2026-01-01T08:00:00Z", "#, 1);
    let without = run_with(&["run", &door, "--json"], &lines);
    assert_eq!(without.code, 0);
    assert!(!without.out.contains("untaken"), "nothing waits to be taken");
    let args = ["run", &door, "--json", "--journal", &journal, "--sync", "none"];
    let with = run_with(&args, lines);
    assert!(without.out == with.out);
    assert_eq!(fs::read_to_string(&journal).unwrap().lines().count(), 52);
}

/// The journal that a log was exported to, the workflow that a picture of it was drawn to, were gone.
#[test]
fn what_a_command_reads_it_does_not_write_over() {
    let folder = folder("files-own");
    let door = write(&folder, "door.json", DOOR);
    let variant =
        write(&folder, "variant.json", r#"{ "id": "v", "title": "V", "extends": "door.json" }"#);
    let scenario = write(&folder, "door.scenario.json", GOOD);
    let events = write(&folder, "events.jsonl", OPEN);
    let journal = folder.join("journal.jsonl").to_str().unwrap().to_owned();
    assert_eq!(run(&["run", &door, "--events", &events, "--journal", &journal]).code, 0);
    let all = || -> Vec<Vec<u8>> {
        [&door, &variant, &scenario, &events, &journal].map(|path| fs::read(path).unwrap()).into()
    };
    let before = all();
    let link = folder.join("link.json").to_str().unwrap().to_owned();
    #[cfg(unix)]
    std::os::unix::fs::symlink("door.json", &link).unwrap();
    for arguments in [
        vec!["draw", &door, "-o", &door],
        #[cfg(unix)]
        vec!["draw", &door, "-o", &link],
        vec!["draw", &variant, "-o", &door],
        vec!["draw", &door, "--format", "svg", "--journal", &journal, "-o", &journal],
        vec!["export", &journal, "--workflow", &door, "-o", &journal],
        vec!["export", &journal, "--workflow", &door, "-o", &door],
        vec!["export", &journal, "--workflow", folder.to_str().unwrap(), "-o", &door],
        vec!["test", &scenario, "--junit", &door],
        vec!["test", &scenario, "--junit", &scenario],
        vec!["record", &door, &events, "-o", &events],
    ] {
        let ran = run(&arguments);
        assert_eq!(ran.code, 2, "{arguments:?}: {}", ran.out);
        assert!(
            ran.err.contains("it is read by this command") || ran.err.contains("exists already"),
            "{arguments:?}: {}",
            ran.err
        );
        assert_eq!(all(), before, "{arguments:?}");
    }
    // What is not read is written over as before.
    for _ in 0..2 {
        let picture = folder.join("door.md").to_str().unwrap().to_owned();
        assert_eq!(run(&["draw", &door, "-o", &picture]).code, 0);
    }
}

/// Names of files from other systems are decomposed; texts are composed when they are read.
#[cfg(target_os = "linux")]
#[test]
fn a_file_is_found_however_the_letters_of_its_name_are_composed() {
    for (disk, text) in
        [("do\u{308}rr", "d\u{f6}rr"), ("d\u{f6}rr", "do\u{308}rr"), ("do\u{308}rr", "do\u{308}rr")]
    {
        let folder = folder("files-spelt");
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(folder.join(disk)).unwrap();
        let door = write(&folder, &format!("{disk}/{disk}.json"), DOOR);
        let variant = format!(r#"{{ "id": "v", "title": "V", "extends": "{text}/{text}.json" }}"#);
        let variant = write(&folder, "variant.json", variant);
        let scenario = GOOD.replace("door.json", &format!("{text}/{text}.json"));
        let scenario = write(&folder, "a.scenario.json", scenario);
        let ran = run(&["check", &variant, &scenario]);
        assert_eq!(ran.code, 0, "{disk:?} {text:?}: {}", ran.err);
        assert_eq!(run(&["test", &scenario]).code, 0, "{disk:?} {text:?}");
        let events = write(&folder, "events.jsonl", OPEN);
        let recorded = folder.join("recorded.scenario.json").to_str().unwrap().to_owned();
        let ran = run(&["record", &door, &events, "-o", &recorded]);
        assert_eq!(ran.code, 0, "{disk:?} {text:?}: {}", ran.err);
        let ran = run(&["test", folder.to_str().unwrap(), "--filter", "o\u{308}pp"]);
        assert_ne!(ran.code, 0, "{disk:?} {text:?}");
        let ran = run(&["test", folder.to_str().unwrap(), "--suggest"]);
        assert_eq!(ran.code, 0, "{disk:?} {text:?}: {}", ran.err);
        let ran = run(&["test", folder.to_str().unwrap()]);
        assert_eq!(ran.code, 0, "{disk:?} {text:?}: {} {}", ran.out, ran.err);
    }
}

/// Hints and names that lead a newcomer on, and not into the next refusal.
#[test]
fn what_a_newcomer_asks_for_by_mistake_is_told() {
    let folder = folder("files-newcomer");
    let door = write(&folder, "door.json", DOOR);
    let place = folder.to_str().unwrap().to_owned();
    for extra in [None, Some("--force")] {
        let args: Vec<&str> = ["new", &place].into_iter().chain(extra).collect();
        let ran = run(&args);
        assert_eq!(ran.code, 2);
        assert!(ran.err.contains("is a folder; name a file, such as"), "{}", ran.err);
    }
    let picture = folder.join("door.SVG").to_str().unwrap().to_owned();
    let ran = run(&["draw", &door, "-o", &picture]);
    assert_eq!(ran.code, 0);
    assert!(ran.err.contains("is written as mermaid; with `--format svg` it would"), "{}", ran.err);
    let ran = run(&["draw", &door, "--format", "svg", "-o", &picture]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    // Elsewhere `-` is standard output; a file of this name is what nobody looks for.
    for args in [
        ["draw", &door, "-o", "-"],
        ["run", &door, "--journal", "-"],
        ["run", &door, "--resume", "-"],
        ["report", &door, "-o", "-"],
    ] {
        let ran = run_with(&args, "");
        assert_eq!(ran.code, 2, "{args:?}");
        assert!(ran.err.contains("`-` names no file here"), "{}", ran.err);
    }
    assert!(!std::path::Path::new("-").exists());
    let ran = run(&["test", &door]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("is a workflow; name the file of its scenarios"), "{}", ran.err);
    let journal = folder.join("case.jsonl").to_str().unwrap().to_owned();
    assert_eq!(run_with(&["run", &door, "--json", "--journal", &journal], OPEN).code, 0);
    let ran = run(&["replay", &journal, "--workflow", &door, "--until", "9"]);
    assert_eq!(ran.code, 1, "{}", ran.out);
    assert!(ran.err.contains("there is no entry 9: the journal ends with 2"), "{}", ran.err);
    assert_eq!(run(&["replay", &journal, "--workflow", &door, "--until", "2"]).code, 0);
}

/// How deep rules may nest does not hang on what the shell gives.
#[cfg(unix)]
#[test]
fn a_shell_with_little_stack_is_enough() {
    let arms: String = (0..298).map(|n| format!("else if n == {n} {{ {n} }} ")).collect();
    let value = format!("if n < 0 {{ 0 }} {arms} else {{ 1 }}");
    let text = serde_json::json!({ "id": "w", "facts": { "n": { "type": "integer" }, "m": { "type": "integer", "value": value } },
        "states": { "a": { "on": { "go": { "guard": "m > 3" } } } } });
    let file = write(&folder("little-stack"), "w.json", text.to_string());
    let mut command = std::process::Command::new("sh");
    command.args(["-c", "ulimit -s 256; exec \"$0\" check \"$1\""]);
    let ran = command.arg(env!("CARGO_BIN_EXE_tresteg")).arg(&file).output().unwrap();
    assert_eq!(ran.status.code(), Some(0), "{}", String::from_utf8_lossy(&ran.stderr));
}
