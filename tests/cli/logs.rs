//! `log`: what is in logs, and whether it could have happened.

use super::{folder, run, run_with, write};

const GRANT: &str = r#"{ "id": "grant", "title": { "sv": "Bidrag", "en": "Grant" }, "facts": { "amount": { "type": "number" } },
    "events": { "apply": { "sets": ["amount"] }, "grant": {} }, "initial": "new", "states": {
        "new": { "on": { "apply": "open" } },
        "open": { "on": { "grant": { "target": "end", "guard": "amount <= 100" } } },
        "end": { "type": "final" } } }"#;
const MAP: &str = r#"{ "workflow": "grant.json", "facts": { "amount": "sum" }, "events": { "Apply": "apply", "Grant": "grant" } }"#;
const LOG: &str = "case:concept:name,concept:name,sum,time:timestamp,org:resource\n1,Apply,50,2020-01-01,eva\n1,Grant,,2020-01-03,<bo>\n2,Apply,500,2020-01-01,eva\n2,Grant,,2020-01-02,eva\n";

fn files(name: &str, map: &str) -> (String, String) {
    let folder = folder(name);
    write(&folder, "grant.json", GRANT);
    write(&folder, "grant.map.json", map);
    write(&folder, "log.csv", LOG);
    let path = |file: &str| folder.join(file).to_string_lossy().into_owned();
    (path("log.csv"), path("grant.map.json"))
}

#[test]
fn a_check_has_its_figures_and_ends_with_what_was_not_mapped() {
    let ignored = MAP.replace("\"facts\"", "\"ignore\": { \"attributes\": \"*\" }, \"facts\"");
    let (log, map) = files("log-check", &ignored);
    let ran = run(&["log", "check", &log, "--map", &map, "--json"]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{}", ran.out);
    let said = &ran.json_lines()[0];
    for (key, wanted) in [
        ("cases", 2),
        ("events", 4),
        ("activities", 2),
        ("variants", 1),
        ("fitting", 1),
        ("fitting_unguarded", 2),
        ("undecided", 0),
    ] {
        assert_eq!(said[key], wanted, "{key}");
    }
    assert_eq!(said["violations"], serde_json::json!({ "0": 1, "1": 1 }));
    assert_eq!(said["guards"]["open: grant → end"]["violated"], 1);
    let told = run(&["log", "check", &log, "--map", &map]);
    assert!(
        told.out.contains("a guard refuses it") && told.out.contains("at most 100"),
        "{}",
        told.out
    );
    let swedish = run(&["log", "check", &log, "--map", &map, "--lang", "sv"]);
    assert!(swedish.out.contains("ett villkor hindrar det"), "{}", swedish.out);

    let (log, map) = files("log-check-listed", MAP);
    let ran = run(&["log", "check", &log, "--map", &map]);
    assert_eq!(ran.code, 1);
    assert!(
        ran.out.contains("neither mapped nor ignored") && ran.out.contains("org:resource"),
        "{}",
        ran.out
    );
}

#[test]
fn what_is_wrong_ends_with_one_and_misuse_with_two() {
    let (log, map) = files("log-wrong", MAP);
    let broken = run_with(&["log", "stats", "-"], "<log><trace>");
    assert_eq!(broken.code, 1);
    assert!(broken.err.contains("byte 12: the log breaks off"), "{}", broken.err);
    assert_eq!(run(&["log", "check", &log, "--map", "no/such.json"]).code, 2);
    assert_eq!(run(&["log", "check", "no/such.xes", "--map", &map]).code, 2);
    assert_eq!(run(&["log", "check", &log]).code, 2);
    let (log, map) =
        files("log-wrong-map", &MAP.replace("\"Apply\": \"apply\"", "\"Apply\": \"aply\""));
    let ran = run(&["log", "check", &log, "--map", &map]);
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains("did you mean `apply`"), "{}", ran.err);
}

#[test]
fn stats_variants_alignments_and_pages() {
    let (log, map) = files("log-stats", MAP);
    let ran = run(&["log", "stats", &log, "--json"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let said = &ran.json_lines()[0];
    assert_eq!(said["throughput"]["median_days"], 1.5);
    assert_eq!(said["handovers"][0]["to"], "<bo>");
    assert!(run(&["log", "stats", &log]).out.contains("throughput in days"));
    assert!(run(&["log", "variants", &log]).out.contains("100.00 %  Apply → Grant"));
    let aligned = run(&["log", "align", &log, "--map", &map, "--guards", "off", "--json"]);
    let said = &aligned.json_lines()[0];
    assert_eq!((&said["cost"]["0"], &said["log_fitness"]), (&2.into(), &1.0.into()), "{said}");
    let page = folder("log-page").join("page.html");
    let page = page.to_string_lossy();
    for (what, more) in
        [("check", vec!["--map", &map]), ("align", vec!["--map", &map]), ("stats", vec![])]
    {
        let mut arguments = vec!["log", what, log.as_str(), "--html", &page];
        arguments.extend(more);
        let ran = run(&arguments);
        assert!(ran.err.contains("written"), "{what}: {}", ran.err);
        let text = std::fs::read_to_string(&*page).unwrap();
        assert!(
            text.starts_with("<!doctype html>") && !text.contains("<bo>") && !text.contains("http"),
            "{text}"
        );
    }
}

#[test]
fn a_first_map_is_written_and_its_schema_printed() {
    let (log, map) = files("log-map", MAP);
    let workflow = map.replace("grant.map.json", "grant.json");
    let ran = run(&["log", "map", &log, "--workflow", &workflow]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.out.contains("\"Apply\": \"apply\""), "{}", ran.out);
    assert!(run(&["schema", "--map"]).out.contains("Map of an event log"));
}
