//! `check`: files, folders, what is extended, and exit codes.

use super::{FLAGSHIP, folder, run, write};

const GOOD: &str = r#"{ "id": "good", "states": { "s": {} } }"#;
const BAD: &str =
    r#"{ "id": "bad", "initial": "a", "states": { "a": { "on": { "go": "bb" } }, "b": {} } }"#;

#[test]
fn a_good_file_is_passed_over_in_silence() {
    let ran = run(&["check", FLAGSHIP, "src/cli/starter.json", "--deny-warnings"]);
    assert_eq!((ran.code, ran.out.as_str(), ran.err.as_str()), (0, "", ""));
    let ran = run(&["check", "-v", FLAGSHIP]);
    let (first, allowed) = ran.out.split_once('\n').unwrap();
    assert_eq!(
        (ran.code, first),
        (0, "workflows/vastra-goteborg.json: ok, 37 of 37 rules compiled")
    );
    // What is allowed stands below it, each with its reason.
    assert!(!allowed.is_empty());
    for line in allowed.lines() {
        assert!(line.starts_with("  allowed unused-fac"), "{line}");
        assert!(line.contains("(workflows/vastra-goteborg.json:"), "{line}");
    }
    assert!(allowed.contains(": counted for the follow-up; no rule asks how many\n"), "{allowed}");
}

/// An allowed warning is no problem, with `--deny-warnings` neither; one that allows nothing is.
#[test]
fn a_warning_that_is_allowed_is_none() {
    let folder = folder("check-allow");
    let file = |allow: &str| {
        format!(
            r#"{{ "id": "a", "facts": {{ "f": {{ "type": "string"{allow} }} }}, "states": {{ "s": {{}} }} }}"#
        )
    };
    let plain = write(&folder, "plain.json", file(""));
    assert_eq!(run(&["check", "--deny-warnings", &plain]).code, 1);
    let path = write(&folder, "a.json", file(r#", "x-allow": { "unused-fact": "for people" }"#));
    let ran = run(&["check", "--deny-warnings", &path]);
    assert_eq!((ran.code, ran.out.as_str(), ran.err.as_str()), (0, "", ""));
    let ran = run(&["check", "--verbose", &path]);
    assert!(ran.out.contains("allowed unused-fact: nothing reads the fact `f`"), "{}", ran.out);
    assert!(ran.out.ends_with(": for people\n"), "{}", ran.out);
    let idle = write(&folder, "b.json", file(r#", "x-allow": { "dead-end": "it is none" }"#));
    let ran = run(&["check", "--deny-warnings", &idle]);
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains("warning[needless-allow]"), "{}", ran.err);
}

#[test]
fn a_wrong_file_is_shown_with_carets_and_a_hint() {
    let path = write(&folder("check-bad"), "bad.json", BAD);
    let ran = run(&["check", &path]);
    assert_eq!((ran.code, ran.out.as_str()), (1, ""));
    assert!(
        ran.err.contains("`bb`") && ran.err.contains("^^^") && ran.err.contains("bad.json:1:"),
        "{}",
        ran.err
    );
    assert!(ran.err.contains("did you mean `b`?"), "{}", ran.err);
    assert!(!ran.err.contains('\x1b'));
    assert!(run(&["check", &path, "--color", "always"]).err.contains('\x1b'));
    // The same problem stops every command that needs the workflow.
    for command in ["run", "explain", "draw"] {
        let ran = run(&[command, &path]);
        assert_eq!(ran.code, 1, "{command}");
        assert!(ran.err.contains("^^^"), "{command}: {}", ran.err);
    }
}

#[test]
fn problems_as_json_are_one_list_for_all_files() {
    let folder = folder("check-json");
    let (first, second) = (write(&folder, "a.json", BAD), write(&folder, "b.json", BAD));
    let good = write(&folder, "c.json", GOOD);
    let ran = run(&["check", "--json", &first, &good, &second]);
    assert_eq!((ran.code, ran.err.as_str()), (1, ""));
    let list: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    let errors: Vec<_> =
        list.as_array().unwrap().iter().filter(|found| found["severity"] == "error").collect();
    assert_eq!(errors.len(), 2, "{list:#}");
    assert_eq!((&errors[0]["line"], errors[0]["file"].as_str()), (&1.into(), Some(first.as_str())));
    assert_eq!(errors[1]["file"], second.as_str());
    let ran = run(&["check", "--json", &good]);
    assert_eq!((ran.code, ran.out.trim()), (0, "[]"));
}

#[test]
fn warnings_count_when_they_are_denied() {
    // A state that nothing leads to.
    let path = write(
        &folder("check-warning"),
        "w.json",
        r#"{ "id": "w", "initial": "a", "states": { "a": {}, "lonely": {} } }"#,
    );
    let ran = run(&["check", &path]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.err.contains("warning") && ran.err.contains("lonely"), "{}", ran.err);
    assert_eq!(run(&["check", &path, "--deny-warnings"]).code, 1);
}

#[test]
fn a_folder_means_every_workflow_below() {
    let folder = folder("check-folder");
    write(&folder, "good.json", GOOD);
    write(&folder, "deep/er/bad.json", BAD);
    write(&folder, "deep/x.scenario.json", "no scenario");
    write(&folder, ".hidden/bad.json", "no workflow");
    write(&folder, "readme.txt", "no workflow");
    let path = folder.to_str().unwrap();
    let ran = run(&["check", "-v", path]);
    assert_eq!(ran.code, 1);
    let said: Vec<&str> = ran.out.lines().collect();
    assert_eq!(said.len(), 3, "{}", ran.out);
    assert!(
        said[0].ends_with("deep/er/bad.json: wrong")
            && said[1].ends_with("deep/x.scenario.json: wrong")
            && said[2].ends_with("good.json: ok"),
        "{}",
        ran.out
    );
    let empty = super::folder("check-empty");
    let ran = run(&["check", empty.to_str().unwrap()]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("holds no workflow"), "{}", ran.err);
}

#[test]
fn what_cannot_be_read_is_misuse() {
    let folder = folder("check-unreadable");
    let latin = write(&folder, "latin.json", b"{ \"id\": \"\xe5\" }");
    for (path, said) in [("no/such.json", "no/such.json"), (latin.as_str(), "not UTF-8")] {
        for command in ["check", "run", "draw", "explain"] {
            let ran = run(&[command, path]);
            assert_eq!(ran.code, 2, "{command} {path}");
            assert!(ran.err.contains(said), "{command}: {}", ran.err);
        }
    }
}

#[test]
fn an_unreadable_file_does_not_hide_the_problems_of_others() {
    let bad = write(&folder("check-both"), "bad.json", BAD);
    let ran = run(&["check", "no/such.json", &bad]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("unknown-state") && ran.err.contains("no/such.json"), "{}", ran.err);
}

#[test]
fn a_base_is_found_in_the_folder_and_below_only() {
    let folder = folder("check-extends");
    write(&folder, "outside.json", GOOD);
    write(&folder, "in/base.json", GOOD);
    write(&folder, "in/sub/base.json", GOOD);
    let variant = |name: &str, base: &str| {
        write(
            &folder,
            name,
            format!(r#"{{ "extends": "{base}", "id": "variant", "title": "other" }}"#),
        )
    };
    for base in ["base.json", "sub/base.json", "sub/../base.json"] {
        let ran = run(&["check", &variant("in/variant.json", base)]);
        assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{base}");
    }
    let absolute = folder.join("outside.json");
    for base in
        ["../outside.json", absolute.to_str().unwrap(), "../in/../outside.json", "sub", "gone.json"]
    {
        let ran = run(&["check", &variant("in/variant.json", base)]);
        assert_eq!(ran.code, 1, "{base}");
        let code = if base.starts_with('/') { "bad-path" } else { "missing-base" };
        assert!(ran.err.contains(code), "{base}: {}", ran.err);
    }
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("../outside.json", folder.join("in/link.json")).unwrap();
        std::os::unix::fs::symlink("base.json", folder.join("in/inner.json")).unwrap();
        let ran = run(&["check", &variant("in/variant.json", "link.json")]);
        assert_eq!(ran.code, 1);
        assert!(ran.err.contains("outside the folder"), "{}", ran.err);
        assert_eq!(run(&["check", &variant("in/variant.json", "inner.json")]).code, 0);
    }
}

#[test]
fn a_variant_is_checked_from_within_its_folder_too() {
    let folder = folder("check-here");
    write(&folder, "base.json", GOOD);
    write(
        &folder,
        "variant.json",
        r#"{ "extends": "base.json", "id": "variant", "title": "other" }"#,
    );
    let output =
        super::tresteg().current_dir(&folder).args(["check", "variant.json"]).output().unwrap();
    let ran = super::Ran::from(output);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
}

#[test]
fn a_warning_of_a_base_is_told_once_for_all_variants() {
    let folder = folder("check-once");
    let base = r#"{ "id": "base", "facts": { "note": { "type": "string" } }, "initial": "a",
        "states": { "a": { "on": { "go": "b" } }, "b": { "type": "final" } } }"#;
    write(&folder, "base.json", base);
    for name in ["one", "two"] {
        let variant = format!(
            r#"{{ "id": "{name}", "extends": "base.json", "facts": {{ "own": {{ "type": "string" }} }} }}"#
        );
        write(&folder, &format!("{name}.json"), variant);
    }
    let folder = folder.to_string_lossy().into_owned();
    let told = run(&["check", &folder]);
    assert_eq!(told.code, 0, "{}", told.err);
    assert_eq!(told.err.matches("nothing reads the fact `note`").count(), 1, "{}", told.err);
    assert_eq!(told.err.matches("nothing reads the fact `own`").count(), 2, "{}", told.err);
    let listed: serde_json::Value =
        serde_json::from_str(&run(&["check", &folder, "--json"]).out).unwrap();
    assert_eq!(listed.as_array().unwrap().len(), 3, "{listed}");
    // Each file still has them.
    assert_eq!(run(&["check", &folder, "--verbose"]).out.matches(": warnings").count(), 3);
    let variant = format!("{folder}/two.json");
    assert_eq!(run(&["check", &variant, "--deny-warnings"]).code, 1);
    assert!(run(&["check", &variant]).err.contains("`note`"));
}

/// The schema that editors want beside the files is no workflow: it is passed over and named, and by name it is called what it is.
#[test]
fn a_schema_beside_workflows_is_passed_over() {
    let folder = folder("check-schema");
    write(&folder, "good.json", GOOD);
    write(&folder, "workflow.schema.json", run(&["schema"]).out);
    write(&folder, "scenario.schema.json", run(&["schema", "--scenarios"]).out);
    let own = r#"{ "$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object" }"#;
    let own = write(&folder, "ours.json", own);
    write(
        &folder,
        "named.json",
        r#"{ "$schema": "https://json-schema.org/x", "id": "named", "states": { "s": {} } }"#,
    );
    write(
        &folder,
        "good.scenario.json",
        r#"{ "workflow": "good.json", "scenarios": { "s": { "expect": { "states": "s" } } } }"#,
    );
    let place = folder.to_str().unwrap();
    for asked in [&["check", place][..], &["test", "--coverage", place]] {
        let ran = run(asked);
        assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
        assert_eq!(
            ran.err.matches("is a JSON Schema; it is passed over").count(),
            3,
            "{}",
            ran.err
        );
    }
    let ran = run(&["check", "-v", place]);
    assert_eq!(ran.out.matches(": ok").count(), 3, "{}", ran.out);
    let ran = run(&["check", &own]);
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains("this is a JSON Schema, not a workflow"), "{}", ran.err);
    assert_eq!(ran.err.matches("error[").count(), 1, "{}", ran.err);
}
