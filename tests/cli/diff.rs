//! `diff`: what it prints, in each form, and its exit codes.

use std::path::Path;

use super::{folder, run, write};

/// Pairs of shipped workflows in the forms that are held. `TRESTEG_BLESS=1` renews them.
const GOLDEN: [(&str, &str, &[&str]); 11] = [
    ("medborgarforslag", "medborgarforslag-goteborg", &["--lang", "en"]),
    ("medborgarforslag", "medborgarforslag-goteborg", &["--lang", "sv", "--markdown"]),
    ("medborgarforslag", "medborgarforslag-norrkoping", &["--lang", "sv"]),
    ("medborgarforslag", "medborgarforslag-lycksele", &["--lang", "en", "--labels"]),
    ("medborgarforslag", "medborgarforslag-lerum", &["--json"]),
    ("iop", "iop-uddevalla", &["--lang", "en"]),
    ("iop", "iop-malmo", &["--json"]),
    ("foreningsbidrag", "foreningsbidrag-goteborg", &["--lang", "en"]),
    ("vastra-goteborg", "naringsliv", &["--lang", "en", "--markdown"]),
    ("namndarende", "namndarende-utskott", &["--lang", "sv"]),
    ("utvecklingspott", "utvecklingspott-tva-steg", &["--lang", "en"]),
];

#[test]
fn variants_read_as_what_a_municipality_does_otherwise() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for (before, after, options) in GOLDEN {
        let files = [before, after].map(|name| format!("workflows/{name}.json"));
        let mut arguments = vec!["diff", &files[0], &files[1]];
        arguments.extend(options);
        let ran = run(&arguments);
        assert_eq!((ran.code, ran.err.as_str()), (1, ""), "{after}");
        let language = if options.contains(&"sv") { "sv" } else { "en" };
        let ending = match options {
            _ if options.contains(&"--json") => "json".to_owned(),
            _ if options.contains(&"--markdown") => format!("{language}.md"),
            _ => format!("{language}.txt"),
        };
        let path = root.join("tests/diff").join(format!("{after}.{ending}"));
        // Fingerprints change with the engine, and are held elsewhere.
        let kept =
            ran.out.lines().filter(|line| !line.trim_start().starts_with("\"fingerprint\":"));
        let out: String = kept.flat_map(|line| [line, "\n"]).collect();
        if std::env::var_os("TRESTEG_BLESS").is_some() {
            std::fs::write(&path, &out).unwrap();
        }
        let held = std::fs::read_to_string(&path).unwrap_or_default();
        assert_eq!(
            held,
            out,
            "{} is not what is printed; TRESTEG_BLESS=1 renews it",
            path.display()
        );
    }
}

/// Every shipped variant against its base: told without a word of JSON, and in about as many lines as it differs.
#[test]
fn every_variant_can_be_told() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut told = 0;
    for entry in std::fs::read_dir(root.join("workflows")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|ending| ending != "json") {
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        let json: serde_json::Value = serde_json::from_str(&text).unwrap();
        let Some(base) = json["extends"].as_str() else { continue };
        let (base, path) = (format!("workflows/{base}"), path.to_str().unwrap().to_owned());
        for language in ["sv", "en"] {
            let ran = run(&["diff", &base, &path, "--lang", language]);
            assert_eq!(ran.code, 1, "{path}: {}", ran.err);
            for word in ["null", "$duration", "meaning:", "minLength", "at_least", "{\""] {
                let said = ran.out.lines().find(|line| line.contains(word));
                assert_eq!(said, None, "{path}");
            }
            assert!(ran.out.lines().count() < 70, "{path}\n{}", ran.out);
        }
        told += 1;
    }
    assert!(told >= 15, "{told}");
}

const WORKFLOW: &str = r#"{ "id": "w", "parameters": { "votes": 50, "wait": { "type": "string", "format": "duration", "value": "P30D" } },
  "facts": { "n": { "type": "integer" }, "cost": { "type": "number", "unit": "SEK", "maximum": 50000 } },
  "initial": "a", "states": { "a": { "on": { "go": { "target": "b", "guard": "n >= votes && cost < 10000" } }, "after": { "wait": "b" } }, "b": { "type": "final" } } }"#;

#[test]
fn exit_codes_tell_the_same_from_another_meaning() {
    let folder = folder("diff-codes");
    let one = write(&folder, "one.json", WORKFLOW);
    let same = WORKFLOW
        .replace("n >= votes &&", "n>=votes  && /* enough */")
        .replace("\"id\": \"w\"", "\"id\": \"v\"");
    let same = write(&folder, "same.json", same);
    let other = write(&folder, "other.json", WORKFLOW.replace("50,", "200,"));
    let wrong = write(&folder, "wrong.json", "{ \"id\": \"w\" }");
    let ran = run(&["diff", &one, &one]);
    assert_eq!((ran.code, ran.out.as_str()), (0, "  w\n→ w\nno difference in meaning\n"));
    // Labels alone, the id among them, are no other meaning.
    let ran = run(&["diff", &one, &same]);
    assert_eq!(ran.code, 0);
    assert!(ran.out.contains("no difference in meaning"), "{}", ran.out);
    let ran = run(&["diff", &one, &same, "--json"]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    let json: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(json["same_meaning"], true);
    assert_eq!(json["changes"], serde_json::json!([]));
    assert_eq!(json["labels"][0]["aspects"][0]["key"], "id");
    assert_eq!(run(&["diff", &one, &other]).code, 1);
    assert_eq!(run(&["diff", &one, &other, "--markdown"]).code, 1);
    // A file that is wrong is no answer; what is wrong is said as by `check`.
    let ran = run(&["diff", &wrong, &one]);
    assert_eq!((ran.code, ran.out.as_str()), (2, ""));
    assert!(ran.err.contains("error[") && ran.err.contains("nothing was compared"), "{}", ran.err);
    assert_eq!(run(&["diff", &one, "no/such.json"]).code, 2);
    assert_eq!(run(&["diff", &one]).code, 2);
    assert_eq!(run(&["diff", &one, &other, "--json", "--markdown"]).code, 2);
}

#[test]
fn numbers_durations_and_clauses_are_told_in_words() {
    let folder = folder("diff-words");
    let one = write(&folder, "one.json", WORKFLOW);
    let other = WORKFLOW
        .replace("P30D", "P1M")
        .replace("50000", "1250000.5")
        .replace("cost < 10000", "cost <= 10000");
    let other = write(&folder, "other.json", other.replace("\"wait\": \"b\"", "\"PT36H\": \"b\""));
    let ran = run(&["diff", &one, &other]);
    assert_eq!(
        ran.out,
        "  w
→ w
4 differences in meaning

parameters
  ~ wait: 30 days → 1 month

facts
  ~ cost: at most: 50 000 SEK → 1 250 000.5 SEK

states and transitions
  ~ a
      ~ go → b
          condition:
              n >= votes
            - && cost < 10000
                      ^
            + && cost <= 10000
                      ^^
      ~ after 36 hours → b: happens: after wait → after 36 hours
"
    );
    let swedish = run(&["diff", &one, &other, "--lang", "sv"]).out;
    assert!(swedish.contains("30 dagar → 1 månad"), "{swedish}");
    assert!(swedish.contains("högst: 50 000 SEK → 1 250 000,5 SEK"), "{swedish}");
    // Where there is colour, words are marked by it.
    let painted = run(&["diff", &one, &other, "--color", "always"]).out;
    assert!(painted.contains("\u{1b}[1m\u{1b}[32m<=\u{1b}[0m"), "{painted:?}");
    assert!(!painted.contains('^'), "{painted}");
}

#[test]
fn strangers_cannot_write_lines_or_markup() {
    let folder = folder("diff-hostile");
    let one = write(&folder, "one.json", WORKFLOW);
    let other = WORKFLOW.replace(
        "\"votes\": 50",
        "\"votes\": { \"value\": 1, \"title\": \"\\u001b[31m*x*\\n  + new\\u202e<b>\" }",
    );
    let other = write(&folder, "other.json", other);
    let text = run(&["diff", &one, &other]).out;
    assert!(!text.contains('\u{1b}') && !text.contains('\u{202e}'), "{text:?}");
    assert!(text.contains("*x* + new"), "{text}");
    let page = run(&["diff", &one, &other, "--markdown"]).out;
    assert!(page.contains("\\*x\\* + new") && !page.contains("<b>"), "{page}");
}

/// An event that nobody may send any more is not one that one role fewer may send.
#[test]
fn nobody_is_told_as_nobody() {
    let folder = folder("diff-nobody");
    let file = |by: &str, kind: &str, id: &str| {
        format!(
            r#"{{ "id": "{id}", "roles": {{ "r": {{}}, "q": {{}} }}, "facts": {{ "n": {{ "type": "{kind}", "default": 0 }} }},
                "events": {{ "e": {{ "by": {by} }} }}, "on": {{ "e": {{ "guard": "n < 1" }} }}, "states": {{ "s": {{}} }} }}"#
        )
    };
    let one = write(&folder, "one.json", file(r#"["r", "q"]"#, "integer", "one"));
    let none = write(&folder, "none.json", file("[]", "integer", "none"));
    let ran = run(&["diff", &one, &none, "--lang", "en"]);
    assert!(ran.out.contains("~ e: by: r, q → nobody but the case itself"), "{}", ran.out);
    // The ids stand in the heading: nothing more differs.
    assert!(!ran.out.contains("--labels"), "{}", ran.out);
    let ran = run(&["diff", &none, &one, "--lang", "sv"]);
    assert!(ran.out.contains("av: ingen utom ärendet självt → r, q"), "{}", ran.out);
    // The same default of another type is told by the type.
    let number = write(&folder, "number.json", file(r#"["r", "q"]"#, "number", "one"));
    let ran = run(&["diff", &one, &number, "--lang", "en"]);
    assert!(ran.out.contains("type: whole number → number"), "{}", ran.out);
    assert!(!ran.out.contains("0 → 0"), "{}", ran.out);
}

/// Two workflows that are as large as may be are not held both with all that they mean.
#[test]
fn two_very_large_workflows_are_not_compared() {
    let folder = folder("diff-large");
    let facts: Vec<String> = (0..30_001).map(|number| format!(r#""f{number}": {{}}"#)).collect();
    let text = format!(
        r#"{{ "id": "w", "facts": {{ {} }}, "states": {{ "a": {{}} }} }}"#,
        facts.join(", ")
    );
    let path = write(&folder, "large.json", &text);
    let ran = run(&["diff", &path, &path]);
    assert_eq!(ran.code, 2, "{}", ran.err);
    assert!(ran.err.contains("more than the 60000 that are compared"), "{}", ran.err);
    // What they invoke counts too.
    let parent = r#"{ "id": "p", "states": { "a": { "invoke": { "id": "c", "workflow": "large.json" } } } }"#;
    let path = write(&folder, "parent.json", parent);
    let ran = run(&["diff", &path, &path]);
    assert_eq!(ran.code, 2, "{}", ran.err);
    assert!(ran.err.contains("more than the 60000 that are compared"), "{}", ran.err);
}
