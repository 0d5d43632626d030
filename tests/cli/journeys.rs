//! The journeys of the flagship, answer by answer. `TRESTEG_BLESS=1` writes what the program says now; read the difference before it is kept.

use super::{FLAGSHIP, run, run_with};

const FOLDER: &str = "workflows/journeys/vastra-goteborg";

fn names() -> Vec<String> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(FOLDER);
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut names: Vec<String> =
        files.map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned()).collect();
    names.sort();
    names
}

fn events(name: &str) -> String {
    format!("{FOLDER}/{name}.jsonl")
}

/// The neighbourhood of the first difference: whole lines are long.
fn where_they_part(a: &str, b: &str) -> (String, String) {
    let same = a.chars().zip(b.chars()).take_while(|(a, b)| a == b).count();
    let around = |text: &str| text.chars().skip(same.saturating_sub(60)).take(160).collect();
    (around(a), around(b))
}

#[test]
fn journeys_go_as_they_went() {
    let bless = std::env::var_os("TRESTEG_BLESS").is_some();
    let mut different = Vec::new();
    for name in names() {
        let ran = run(&["run", FLAGSHIP, "--json", "--events", &events(&name)]);
        assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{name}");
        let golden = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
            .join(format!("tests/journeys/{name}.jsonl"));
        if bless {
            std::fs::write(&golden, &ran.out).unwrap();
        }
        let expected = std::fs::read_to_string(&golden).unwrap_or_default();
        for (number, (said, wanted)) in ran.out.lines().zip(expected.lines()).enumerate() {
            if said != wanted {
                let (is, should) = where_they_part(said, wanted);
                different.push(format!(
                    "{name} line {}:\n  is     …{is}…\n  should …{should}…",
                    number + 1
                ));
                break;
            }
        }
        if ran.out.lines().count() != expected.lines().count() {
            different.push(format!("{name}: another number of answers"));
        }
    }
    assert!(
        different.is_empty(),
        "{}\nTRESTEG_BLESS=1 accepts what is said now",
        different.join("\n")
    );
}

#[test]
fn every_line_is_answered_by_one_line() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    for name in names() {
        let given = std::fs::read_to_string(root.join(events(&name))).unwrap();
        let ran = run(&["run", FLAGSHIP, "--json", "--events", &events(&name)]);
        // Each journey begins with a start line, which is answered as the start.
        assert_eq!(ran.out.lines().count(), given.lines().count(), "{name}");
        assert_eq!(ran.json_lines()[0]["outcome"], "started", "{name}");
    }
}

#[test]
fn comments_in_the_journeys_tell_the_truth() {
    // Lines that say "Refused" or "Not expected" are, and no others.
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    for name in names() {
        let given = std::fs::read_to_string(root.join(events(&name))).unwrap();
        let ran = run(&["run", FLAGSHIP, "--json", "--events", &events(&name)]);
        for (line, answer) in given.lines().zip(ran.json_lines()) {
            let line: serde_json::Value = serde_json::from_str(line).unwrap();
            let comment = line["x-comment"].as_str().unwrap_or("");
            let expected = if comment.starts_with("Refused") {
                "blocked"
            } else if comment.starts_with("Not expected") {
                "not_expected"
            } else if line.get("start").is_some() {
                "started"
            } else if line.get("advance").is_some() {
                "advanced"
            } else {
                "moved"
            };
            assert_eq!(answer["outcome"], expected, "{name}: {line}");
        }
    }
}

#[test]
fn the_stream_and_the_file_give_the_same_answers() {
    let events = events("passalen");
    let given =
        std::fs::read(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(&events)).unwrap();
    let of_file = run(&["run", FLAGSHIP, "--json", "--events", &events]);
    for arguments in
        [&["run", FLAGSHIP, "--json"][..], &["run", FLAGSHIP, "--json", "--events", "-"]]
    {
        let of_stream = run_with(arguments, &given);
        assert_eq!(of_stream.out, of_file.out);
    }
}

#[test]
fn the_readable_form_names_every_ground_of_a_refusal() {
    let ran = run(&["run", FLAGSHIP, "--events", &events("refused"), "--lang", "sv"]);
    assert_eq!(ran.code, 0);
    for said in ["kräver rollen", "måste anges", "väntas inte här", "Inte uppfyllt", "gör så här"]
    {
        assert!(ran.out.contains(said), "`{said}` is missing in\n{}", ran.out);
    }
    assert!(!ran.out.contains('\x1b'), "no colour where nobody sees it");
}
