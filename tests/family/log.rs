//! Event logs of cases with children: traces and objects by address.

use serde_json::Value as Json;
use tresteg::log::{Contents, Format, Traces, Writer};
use tresteg::{Event, Workflow};

use super::{begin, texts};

fn journal() -> (Workflow, String) {
    let workflow = super::stories::round_workflow();
    let (mut case, _) = begin(&workflow, &[("list", texts(&["a", "b"]))]);
    case.fire(&Event::new("go"));
    case.fire(&Event::new("over").to("c/a"));
    case.fire(&Event::new("stop"));
    case.fire(&Event::new("go"));
    case.fire(&Event::new("over").to("c/a"));
    let entries = case.take_entries(&[7; 32]);
    (workflow, entries.iter().map(|entry| format!("{}\n", entry.line)).collect())
}

fn written(format: Format, traces: Traces) -> String {
    let (workflow, journal) = journal();
    let workflows = [workflow];
    let contents = Contents { facts: true, ..Contents::default() };
    let mut log = Writer::new(format, contents, &workflows).with_traces(traces);
    let mut text = String::new();
    loop {
        log.begin(&mut text);
        let mut case = log.case("one").unwrap();
        for line in journal.split_inclusive('\n') {
            case.line(line, &mut text).unwrap();
        }
        case.end(&mut text).unwrap();
        if !log.end(&mut text) {
            return text;
        }
    }
}

/// The traces of a log, each with its attributes and its events as `case: name`.
fn traces(text: &str) -> Vec<(Vec<String>, Vec<String>)> {
    let value = |part: &str, key: &str| -> Option<String> {
        let found = part.split_once(&format!("key=\"{key}\" value=\""))?.1;
        Some(found.split_once('"')?.0.to_owned())
    };
    let traces = text.split("<trace>").skip(1);
    traces
        .map(|trace| {
            let mut events = trace.split("<event>");
            let head = events.next().unwrap();
            let keys = ["concept:name", "workflow.id", "parent"];
            let own = keys.iter().filter_map(|key| value(head, key)).collect();
            let events = events.map(|event| {
                let case = value(event, "case").unwrap_or_default();
                format!("{case}: {}", value(event, "concept:name").unwrap())
            });
            (own, events.collect())
        })
        .collect()
}

#[test]
fn a_trace_is_of_a_whole_or_of_each_case() {
    let whole = traces(&written(Format::Xes, Traces::Whole));
    assert_eq!(whole.len(), 1);
    assert_eq!(whole[0].0, ["one", "whole"]);
    assert_eq!(
        whole[0].1[..6],
        [
            ": case start",
            ": go",
            "c/a: case start",
            "c/a/d/1: case start",
            "c/b: case start",
            "c/b/d/1: case start"
        ]
    );
    let each = traces(&written(Format::Xes, Traces::Case));
    let named: Vec<String> = each.iter().map(|(own, _)| own.join(" ")).collect();
    assert_eq!(
        named,
        [
            "one whole",
            "one/c/a part one",
            "one/c/a/d/1 deep one/c/a",
            "one/c/b part one",
            "one/c/b/d/1 deep one/c/b",
            "one/c/a/2 part one",
            "one/c/a/2/d/1 deep one/c/a/2",
            "one/c/b/2 part one",
            "one/c/b/2/d/1 deep one/c/b/2",
        ]
    );
    assert_eq!(each[0].1, [": case start", ": go", ": heard", ": stop", ": go", ": heard"]);
    assert_eq!(each[1].1, ["c/a: case start", "c/a: over"]);
    assert_eq!(each[3].1, ["c/b: case start", "c/b: case stopped"]);
    // Each event stands in one trace.
    let count: usize = each.iter().map(|(_, events)| events.len()).sum();
    assert_eq!(count, whole[0].1.len());
}

#[test]
fn an_object_is_a_case_related_to_its_parent() {
    let text = written(Format::Ocel, Traces::Whole);
    let log: Json = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    let objects: Vec<String> = log["objects"]
        .as_array()
        .unwrap()
        .iter()
        .map(|object| {
            let related = object.get("relationships").and_then(|all| all[0]["objectId"].as_str());
            let said = |key: &str| object[key].as_str().unwrap();
            format!("{} {} {}", said("id"), said("type"), related.unwrap_or("·"))
        })
        .collect();
    assert_eq!(
        objects[..5],
        [
            "case:one whole ·",
            "case:one/c/a part case:one",
            "case:one/c/a/d/1 deep case:one/c/a",
            "case:one/c/b part case:one",
            "case:one/c/b/d/1 deep case:one/c/b",
        ]
    );
    assert_eq!(objects.len(), 9);
    let ids: Vec<&str> =
        log["objects"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap()).collect();
    for event in log["events"].as_array().unwrap() {
        let of = event["relationships"][0]["objectId"].as_str().unwrap();
        assert!(ids.contains(&of), "{of}");
    }
    let last = &log["events"].as_array().unwrap().iter().rev().nth(2).unwrap();
    assert_eq!(last["relationships"][0]["objectId"], "case:one/c/a/2", "{last}");
}
