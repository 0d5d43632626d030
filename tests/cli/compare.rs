//! `compare`: the same cases under several workflows.

use std::fmt::Write as _;

use serde_json::json;

use super::{folder, run, run_with, write};

const BASE: &str = "workflows/medborgarforslag.json";
/// The variants with the votes that each needs, the base first; 0: no voting.
const VARIANTS: [(&str, u32); 7] = [
    ("medborgarforslag", 50),
    ("medborgarforslag-goteborg", 200),
    ("medborgarforslag-lerum", 60),
    ("medborgarforslag-lycksele", 25),
    ("medborgarforslag-norrkoping", 0),
    ("medborgarforslag-ornskoldsvik", 50),
    ("medborgarforslag-upplands-vasby", 0),
];
const VOTES: [u32; 8] = [24, 25, 49, 50, 59, 60, 199, 200];

/// An e-proposal that gets so many votes within two weeks, and is looked at the same day.
fn proposal(votes: u32) -> String {
    let facts = json!({ "subject": "a bench", "natural_person": true, "registered_resident": true, "one_subject": true,
        "municipal_matter": true, "tried_before": false, "parallel_process": false, "grant_to_named": false });
    let by = |role: &str| json!({ "id": role, "roles": [role] });
    json!({ "case": votes.to_string(), "start": { "at": "2026-01-05T09:00:00+01:00" }, "events": [
        { "event": "examine", "at": "2026-01-06T09:00:00+01:00", "actor": by("registrar"), "facts": facts },
        { "event": "accept", "at": "2026-01-07T09:00:00+01:00", "actor": by("registrar") },
        { "event": "count_votes", "at": "2026-01-21T09:00:00+01:00", "actor": by("e_service"), "facts": { "votes": votes } }
    ] })
    .to_string()
}

fn proposals(name: &str) -> String {
    let mut lines = String::new();
    for votes in VOTES {
        let _: std::fmt::Result = writeln!(lines, "{}", proposal(votes));
    }
    let folder = folder(name);
    write(&folder, "cases.jsonl", &lines);
    folder.join("cases.jsonl").to_string_lossy().into_owned()
}

#[test]
fn votes_split_exactly_at_the_limit_of_each_variant() {
    let cases = proposals("compare-votes");
    let paths: Vec<String> =
        VARIANTS.iter().map(|(name, _)| format!("workflows/{name}.json")).collect();
    let mut arguments = vec!["compare", BASE];
    arguments.extend(paths.iter().map(String::as_str));
    arguments.extend(["--cases", &cases, "--json"]);
    let ran = run(&arguments);
    assert_eq!((ran.code, ran.err.as_str()), (1, ""), "{}", ran.out);
    let said = &ran.json_lines()[0];
    assert_eq!(said["cases"], VOTES.len());
    for (variant, (name, least)) in said["variants"].as_array().unwrap().iter().zip(VARIANTS) {
        assert_eq!(variant["name"], name);
        // Whoever needs none is in preparation at once; all others from their own limit on.
        let wanted: Vec<String> = VOTES
            .iter()
            .filter(|votes| (**votes >= 50) != (**votes >= least))
            .map(u32::to_string)
            .collect();
        let first = variant["first_differences"].as_array().unwrap();
        let found: Vec<&str> = first.iter().map(|one| one["case"].as_str().unwrap()).collect();
        assert_eq!(found, wanted, "{name}");
        assert_eq!(variant["ends_otherwise"], wanted.len(), "{name}");
        for one in first {
            let states = (&one["base_ends"][0], &one["variant_ends"][0]);
            let (stays, goes) = (json!("published"), json!("preparation"));
            let expected = if least > 50 { (&goes, &stays) } else { (&stays, &goes) };
            assert_eq!(states, expected, "{name}");
            if least > 0 {
                let by = if least > 50 { &one["variant"]["by"][0] } else { &one["base"]["by"][0] };
                assert_eq!(by["name"], "votes < min_votes", "{name}: {one}");
                assert_eq!(one["event"], "count_votes");
            } else {
                assert_eq!(one["event"], "accept", "{name}: {one}");
            }
        }
    }
}

#[test]
fn a_workflow_beside_itself_is_no_different_and_parameters_make_variants() {
    let cases = proposals("compare-set");
    let same = run(&["compare", BASE, BASE, "--cases", &cases, "--json"]);
    assert_eq!((same.code, same.err.as_str()), (0, ""), "{}", same.out);
    let variant = &same.json_lines()[0]["variants"][0];
    assert_eq!((&variant["ends_otherwise"], &variant["decided_otherwise"]), (&json!(0), &json!(0)));
    assert!(run(&["compare", BASE, BASE, "--cases", &cases]).out.contains("no case comes out"));

    let sweep =
        ["compare", BASE, BASE, "--cases", &cases, "--set", "min_votes=40..60/10", "--json"];
    let ran = run(&sweep);
    let said = &ran.json_lines()[0];
    let variants = said["variants"].as_array().unwrap();
    let ends: Vec<_> = variants.iter().map(|one| one["ends_otherwise"].as_u64().unwrap()).collect();
    // 49 is enough for 40; 50 and 59 are not for 60.
    assert_eq!(ends, [1, 0, 2], "{}", ran.err);
    assert_eq!(variants[2]["name"], "medborgarforslag min_votes=60");
    let alone = run(&["compare", BASE, "--cases", &cases, "--set", "min_votes=60"]);
    assert_eq!(alone.code, 1, "{}", alone.err);
    for part in [
        "2  end otherwise (25.00 %",
        "votes < min_votes: min_votes = 60, votes = 50",
        "count_votes",
    ] {
        assert!(alone.out.contains(part), "{part}: {}", alone.out);
    }
    let swedish =
        run(&["compare", BASE, "--cases", &cases, "--set", "min_votes=60", "--lang", "sv"]);
    for part in ["slutar annorlunda (25,00 %", "Tillräckligt många röster", "slutar i published"]
    {
        assert!(swedish.out.contains(part), "{part}: {}", swedish.out);
    }
}

#[test]
fn misuse_and_what_is_wrong_end_with_two() {
    let cases = proposals("compare-misuse");
    for (arguments, part) in [
        (vec!["compare", BASE, "--cases", &cases], "nothing to compare"),
        (vec!["compare", BASE, BASE], "required"),
        (
            vec!["compare", BASE, BASE, "--cases", &cases, "--set", "min_vote=60"],
            "did you mean `min_votes`",
        ),
        (vec!["compare", BASE, BASE, "--cases", &cases, "--set", "min_votes=many"], "integer"),
        (vec!["compare", BASE, BASE, "--cases", &cases, "--set", "min_votes"], "must be such as"),
        (vec!["compare", BASE, BASE, "--cases", "no/such.jsonl"], "no/such.jsonl"),
        (vec!["compare", BASE, "no/such.json", "--cases", &cases], "no/such.json"),
        (vec!["compare", BASE, BASE, "--log", "x.csv"], "--map"),
    ] {
        let ran = run(&arguments);
        assert_eq!(ran.code, 2, "{arguments:?}: {}", ran.out);
        assert!(ran.err.contains(part), "{part}: {}", ran.err);
    }
    for (line, part) in [
        ("{\"case\": 1}", "1: missing key `events`"),
        ("{\"case\": 1, \"events\": [], \"evens\": 2}", "unknown key `evens`"),
        ("{\"case\": 1, \"events\": [{\"event\": 5}]}", "event 1 cannot be read"),
        ("{\"case\": 1, \"events\": [{\"start\": null}]}", "`start`"),
        ("{\"case\": 1, \"start\": {\"at\": \"soon\"}, \"events\": []}", "`start`"),
        ("[[[[", "cannot be read"),
    ] {
        let ran = run_with(&["compare", BASE, BASE, "--cases", "-"], line);
        assert_eq!(ran.code, 2, "{line}: {}", ran.out);
        assert!(ran.err.contains(part), "{part}: {}", ran.err);
    }
}

/// What a variant does not know, does not expect and does not take is counted, and the case goes on.
#[test]
fn what_is_strange_to_a_variant_is_counted_and_the_case_goes_on() {
    let folder = folder("compare-strange");
    let rules = |id: &str, events: &str, on: &str| {
        format!(
            "{{ \"id\": \"{id}\", \"facts\": {{ \"n\": {{ \"type\": \"integer\" }} }}, \"events\": {{ {events} }}, \"initial\": \"a\", \"states\": {{
                \"a\": {{ \"on\": {{ {on} }} }}, \"b\": {{ \"on\": {{ \"end\": {{ \"target\": \"c\" }} }}, \"after\": {{ \"P10D\": \"late\" }} }},
                \"c\": {{ \"type\": \"final\" }}, \"late\": {{ \"type\": \"final\" }} }} }}"
        )
    };
    let base = rules(
        "base",
        "\"ask\": { \"sets\": [\"n\"] }, \"go\": {}, \"end\": {}",
        "\"ask\": {}, \"go\": \"b\"",
    );
    let other = rules(
        "other",
        "\"go\": { \"by\": [] , \"title\": \"x\" }, \"begin\": {}, \"end\": {}",
        "\"begin\": \"b\"",
    );
    let slow = base.replace("\"base\"", "\"slow\"").replace("P10D", "P2D");
    for (name, text) in [("base.json", &base), ("other.json", &other), ("slow.json", &slow)] {
        write(&folder, name, text);
    }
    let line = r#"{ "case": "x", "events": [ { "event": "ask", "facts": { "n": 1, "m": 2 }, "at": "2026-01-01T00:00:00Z" },
        { "event": "go", "at": "2026-01-02T00:00:00Z" }, { "event": "end", "at": "2026-01-06T00:00:00Z" }, { "event": "begin" } ] }"#
        .replace('\n', " ");
    write(&folder, "cases.jsonl", &line);
    let path = |name: &str| folder.join(name).to_string_lossy().into_owned();
    let page = path("page.html");
    let (base, other, slow, cases) =
        (path("base.json"), path("other.json"), path("slow.json"), path("cases.jsonl"));
    let arguments = ["compare", &base, &other, &slow, "--cases", &cases, "--json", "--html", &page];
    let ran = run(&arguments);
    assert_eq!(ran.code, 1, "{}", ran.err);
    let said = &ran.json_lines()[0];
    assert_eq!(said["base"]["unknown"], json!({ "begin": 1 }));
    assert_eq!(said["base"]["left_out"], json!({ "m": 1 }));
    let [other, slow] = [&said["variants"][0], &said["variants"][1]];
    assert_eq!(other["unknown"], json!({ "ask": 1, "go": 1 }), "{other}");
    assert_eq!(other["unexpected"], json!({ "end": 1 }), "{other}");
    assert_eq!(other["median_days"], json!(null));
    // It ends by its term, two days earlier than the event would end it.
    assert_eq!(slow["median_days"], json!(-2.0), "{slow}");
    assert_eq!(slow["days"]["earlier"], 1);
    assert_eq!(slow["terms"]["b: P2D"]["variant"]["lapsed"], 1, "{slow}");
    assert_eq!(slow["terms"]["b: P10D"]["base"]["kept"], 1, "{slow}");
    assert_eq!(slow["states"]["late"]["only_variant"], 1);
    assert_eq!(slow["first_differences"][0]["variant"]["by"][0]["kind"], "term");
    let page = std::fs::read_to_string(page).unwrap();
    assert!(page.starts_with("<!doctype html>") && page.contains("<svg") && !page.contains("http"));
}

#[test]
fn cases_come_from_scenarios_journals_and_logs() {
    let ran =
        run(&["compare", BASE, "workflows/medborgarforslag-lerum.json", "--scenarios", "--json"]);
    assert_eq!(ran.code, 1, "{}", ran.err);
    assert!(ran.json_lines()[0]["cases"].as_u64() > Some(3), "{}", ran.out);

    let folder = folder("compare-journals");
    // The base takes no fact that only a variant knows.
    let cases = proposal(55).replace("\"grant_to_named\":false,", "");
    let events: serde_json::Value = serde_json::from_str(&cases).unwrap();
    let mut lines = "{\"start\": \"2026-01-05T09:00:00+01:00\"}\n".to_owned();
    for event in events["events"].as_array().unwrap() {
        let _: std::fmt::Result = writeln!(lines, "{event}");
    }
    let journals = folder.join("journals");
    std::fs::create_dir_all(&journals).unwrap();
    let journal = journals.join("case-55.jsonl").to_string_lossy().into_owned();
    let _ = std::fs::remove_file(&journal);
    let made = run_with(&["run", BASE, "--journal", &journal, "--events", "-"], &lines);
    assert!(std::path::Path::new(&journal).exists(), "{}{}", made.out, made.err);
    let journals = journals.to_string_lossy();
    let arguments =
        ["compare", BASE, BASE, "--journals", &journals, "--set", "min_votes=50,60", "--json"];
    let ran = run(&arguments);
    assert_eq!(ran.code, 1, "{}", ran.err);
    let variants = &ran.json_lines()[0]["variants"];
    assert_eq!(
        (&variants[0]["ends_otherwise"], &variants[1]["ends_otherwise"]),
        (&json!(0), &json!(1))
    );
    assert_eq!(variants[1]["first_differences"][0]["case"], "case-55");

    let rules = |id: &str, least: u32| {
        format!(
            "{{ \"id\": \"{id}\", \"facts\": {{ \"sum\": {{ \"type\": \"number\" }} }}, \"events\": {{ \"apply\": {{ \"sets\": [\"sum\"] }}, \"close\": {{ \"silent\": true }} }},
                \"initial\": \"new\", \"states\": {{ \"new\": {{ \"on\": {{ \"apply\": \"open\" }} }},
                \"open\": {{ \"on\": {{ \"close\": {{ \"target\": \"end\", \"guard\": \"sum >= {least}\" }} }} }}, \"end\": {{ \"type\": \"final\" }} }} }}"
        )
    };
    write(&folder, "one.json", rules("one", 10));
    write(&folder, "two.json", rules("two", 20));
    write(
        &folder,
        "map.json",
        r#"{ "workflow": "one.json", "facts": { "sum": "sum" }, "events": { "Apply": "apply" } }"#,
    );
    write(
        &folder,
        "log.csv",
        "case:concept:name,concept:name,sum,time:timestamp\na,Apply,5,2020-01-01\nb,Apply,15,2020-01-01\nc,Apply,25,2020-01-01\n",
    );
    let path = |name: &str| folder.join(name).to_string_lossy().into_owned();
    let (one, two, map, log) =
        (path("one.json"), path("two.json"), path("map.json"), path("log.csv"));
    let ran = run(&["compare", &one, &two, "--log", &log, "--map", &map, "--json"]);
    assert_eq!(ran.code, 1, "{}", ran.err);
    let said = &ran.json_lines()[0];
    assert_eq!((&said["cases"], &said["base"]["ended"]), (&json!(3), &json!(2)));
    let variant = &said["variants"][0];
    assert_eq!((&variant["ended"], &variant["ends_otherwise"]), (&json!(1), &json!(1)));
    assert_eq!(variant["first_differences"][0]["case"], "b");
}
