//! Journals as event logs: valid by the forms' own rules, and saying no more than was asked for.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value as Json, json};
use tresteg::case::Until;
use tresteg::journal::{DiscrepancyKind, Erasure, erase};
use tresteg::log::{Contents, Format, Writer};
use tresteg::{Actor, Case, DateTime, Duration, Event, Workflow};

const SALT: [u8; 32] = *b"a salt for tests, and only those";
const NASTY: &str = "a\"b<c>&amp;'d\u{1}\u{fffe}\n\tå]]> null";
const ALL: Contents = Contents {
    refused: true,
    silent: true,
    facts: true,
    notes: true,
    actors: true,
    personal: true,
};

fn workflow() -> Workflow {
    let text = r#"{
        "id": "grant", "version": "1.2", "timezone": "Europe/Stockholm",
        "roles": { "clerk": {}, "chief": {} },
        "facts": {
            "applicant": { "type": "string", "personal": true },
            "amount": { "type": "number" }, "count": { "type": "integer", "default": 7 },
            "urgent": { "type": "boolean" }, "kind": { "type": "string" },
            "answer_by": { "type": "string", "format": "date" },
            "met": { "type": "string", "format": "date-time" },
            "papers": { "type": "array", "items": { "type": "string" } }
        },
        "events": {
            "apply": { "by": ["clerk"], "required": ["amount"], "note": true,
                       "sets": ["applicant", "kind", "urgent", "papers", "met", "answer_by"],
                       "data": { "channel": { "type": "string" }, "phone": { "type": "string", "personal": true } } },
            "copied": { "silent": true },
            "drop": {}, "nag": { "by": [] },
            "grant": { "by": ["chief"] }
        },
        "initial": "open",
        "states": {
            "open": { "on": { "apply": { "target": "review", "guard": "amount > 0", "id": "in" } } },
            "review": {
                "entry": "send(`nag`, days(2));",
                "on": { "copied": {}, "drop": { "actions": "forget(`urgent`); emit(`letter`, #{ to: applicant });" },
                        "grant": "granted", "nag": {} },
                "after": { "P5D": {} }
            },
            "granted": { "type": "final" }
        }
    }"#;
    Workflow::from_json(text).unwrap_or_else(|report| panic!("{report:#}"))
}

fn at(day: i64) -> DateTime {
    DateTime::from_microseconds((20_454 + day) * 86_400_000_000 + 28_800_000_000).unwrap()
}

/// A case with something of every kind, and its journal.
fn journal(workflow: &Workflow) -> String {
    let (mut case, _) =
        Case::start(workflow, Some(at(0)), [("kind".into(), NASTY.into())].into()).unwrap();
    let eva = || Actor::new("eva-lind").role("clerk").unit("Kultur & fritid");
    case.fire(&Event::new("apply").by(eva()).at(at(1)).fact("amount", -1).data("channel", "desk"));
    let apply = Event::new("apply").by(eva()).at(at(1)).note(format!("came in person {NASTY}"));
    let apply = apply.fact("applicant", "Ture Testsson").fact("kind", NASTY).fact("urgent", true);
    let apply = apply.fact("papers", tresteg::Value::from_iter([tresteg::Value::from(NASTY)]));
    let apply = apply.fact("met", "2026-01-01T09:30:00.25+01:00").fact("answer_by", "2026-02-01");
    let apply = apply.fact(
        "amount",
        tresteg::case::facts_from_json(r#"{"x": 900.2500000000000000000001}"#).unwrap()["x"]
            .clone(),
    );
    let moved = case.fire(&apply.data("channel", NASTY).data("phone", "031-Hemligt"));
    assert!(moved.is_moved(), "{moved:?}");
    case.fire(&Event::new("copied"));
    case.fire(&Event::new("drop").by(Actor::default().role("clerk")));
    case.fire(&Event::new("grant").by(eva()).at(at(2)));
    case.advance(Until::For("P10D".parse::<Duration>().unwrap()));
    assert!(case.fire(&Event::new("grant").by(Actor::new("bo-ek").role("chief"))).is_moved());
    let entries = case.take_entries(&SALT);
    entries.iter().map(|entry| format!("{}\n", entry.line)).collect()
}

fn log(format: Format, parts: Contents, cases: &[(&str, &str)]) -> String {
    let workflows = [workflow()];
    let mut log = Writer::new(format, parts, &workflows);
    let mut text = String::new();
    loop {
        log.begin(&mut text);
        for (name, journal) in cases {
            let mut case = log.case(name).unwrap();
            for line in journal.split_inclusive('\n') {
                case.line(line, &mut text).unwrap();
            }
            case.end(&mut text).unwrap();
        }
        if !log.end(&mut text) {
            return text;
        }
    }
}

/// An export with everything in it, and the attributes of its trace and events as they stand there.
pub fn exported() -> (String, Vec<(String, String)>) {
    let workflow = workflow();
    let text = log(Format::Xes, ALL, &[("case-1", &journal(&workflow))]);
    let trace = tags(&text).into_iter().skip_while(|tag| tag.name != "trace");
    let pairs = trace
        .filter_map(|mut tag| {
            Some((tag.attributes.remove("key")?, tag.attributes.remove("value")?))
        })
        .collect();
    (text, pairs)
}

/// One tag of XML.
#[derive(Debug)]
struct Tag<'t> {
    name: &'t str,
    attributes: BTreeMap<&'t str, String>,
    ends: bool,
    begins: bool,
}

/// Reads XML that has tags alone, strictly: what is not well-formed fails.
fn tags(text: &str) -> Vec<Tag<'_>> {
    let text = text.strip_prefix("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n").unwrap();
    let legal = |letter: char| matches!(letter, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..);
    assert!(text.chars().all(legal), "a character that XML does not have");
    let mut found = Vec::new();
    for piece in text.split('<').skip(1) {
        let inner = piece.trim_end().strip_suffix('>').unwrap_or_else(|| panic!("{piece}"));
        let ends = inner.starts_with('/') || inner.ends_with('/');
        let begins = !inner.starts_with('/');
        let inner = inner.trim_matches('/');
        let (name, mut rest) = inner.split_once(' ').unwrap_or((inner, ""));
        let mut attributes = BTreeMap::new();
        while !rest.is_empty() {
            let (key, behind) = rest.split_once("=\"").unwrap();
            let (value, behind) = behind.split_once('"').unwrap();
            assert!(attributes.insert(key, unescape(value)).is_none(), "{key} twice");
            rest = behind.strip_prefix(' ').unwrap_or_else(|| {
                assert!(behind.is_empty(), "{behind}");
                behind
            });
        }
        found.push(Tag { name, attributes, ends, begins });
    }
    found
}

fn unescape(value: &str) -> String {
    let mut text = String::new();
    let mut pieces = value.split('&');
    text += pieces.next().unwrap();
    for piece in pieces {
        let (name, rest) = piece.split_once(';').unwrap();
        text.push(match name {
            "amp" => '&',
            "lt" => '<',
            "gt" => '>',
            "quot" => '"',
            other => char::from_u32(other.strip_prefix('#').unwrap().parse().unwrap()).unwrap(),
        });
        text += rest;
    }
    text
}

type Attributes = BTreeMap<String, (String, String)>;

/// The traces of a log, with its events, that keeps what the schema of IEEE 1849 demands.
fn read_xes(text: &str) -> Vec<(Attributes, Vec<Attributes>)> {
    const ORDER: [&str; 5] = ["extension", "global", "classifier", "attribute", "trace"];
    let typed = ["string", "date", "int", "float", "boolean"];
    let mut traces: Vec<(Attributes, Vec<Attributes>)> = Vec::new();
    let mut open: Vec<&str> = Vec::new();
    let mut reached = 0;
    let mut prefixes = BTreeSet::new();
    for tag in tags(text) {
        let inside = open.last().copied();
        if !tag.begins {
            assert_eq!(open.pop(), Some(tag.name));
            continue;
        }
        let is_attribute = typed.contains(&tag.name);
        if inside == Some("log") {
            let kind = if is_attribute { "attribute" } else { tag.name };
            let place = ORDER.iter().position(|known| *known == kind).unwrap();
            assert!(place >= reached, "{kind} is too late");
            reached = place;
        }
        match (inside, tag.name) {
            (None, "log") => assert!(tag.attributes["xes.version"].parse::<f64>().is_ok()),
            (Some("log"), "extension") => {
                prefixes.insert(tag.attributes["prefix"].clone());
            }
            (Some("log"), "global" | "classifier") => {}
            (Some("log"), "trace") => traces.push(Default::default()),
            (Some("trace"), "event") => traces.last_mut().unwrap().1.push(Attributes::new()),
            (Some(_), name) => {
                assert!(is_attribute && tag.ends, "{name}");
                let (key, value) = (tag.attributes["key"].clone(), tag.attributes["value"].clone());
                assert!(key.starts_with(|first: char| first.is_ascii_alphabetic()), "{key}");
                assert!(key.chars().all(|c| c.is_ascii_alphanumeric() || "._-:".contains(c)));
                if let Some((prefix, _)) = key.split_once(':') {
                    assert!(prefixes.contains(prefix), "{key}");
                }
                assert!(match name {
                    "date" => value.parse::<DateTime>().is_ok(),
                    "int" => value.parse::<i64>().is_ok(),
                    "float" => value.parse::<f64>().is_ok(),
                    "boolean" => value == "true" || value == "false",
                    _ => true,
                });
                let place = match inside {
                    Some("trace") => {
                        assert!(traces.last().unwrap().1.is_empty(), "behind an event");
                        &mut traces.last_mut().unwrap().0
                    }
                    Some("event") => traces.last_mut().unwrap().1.last_mut().unwrap(),
                    _ => continue,
                };
                assert!(place.insert(key, (name.to_owned(), value)).is_none());
            }
            other => panic!("{other:?}"),
        }
        if !tag.ends {
            open.push(tag.name);
        }
    }
    assert!(open.is_empty() && !text.ends_with(">\n\n"));
    for (trace, events) in &traces {
        assert!(trace.contains_key("concept:name"));
        for event in events {
            for global in ["concept:name", "lifecycle:transition", "time:timestamp"] {
                assert!(event.contains_key(global), "{global}");
            }
        }
    }
    traces
}

fn value<'a>(attributes: &'a Attributes, key: &str) -> &'a str {
    attributes.get(key).map_or("", |(_, value)| value.as_str())
}

#[test]
fn xes_has_what_was_accepted_and_nothing_about_persons() {
    let workflow = workflow();
    let text = log(Format::Xes, Contents::default(), &[("case <1>", &journal(&workflow))]);
    let traces = read_xes(&text);
    let [(trace, events)] = traces.as_slice() else { panic!("{text}") };
    assert_eq!(value(trace, "concept:name"), "case <1>");
    assert_eq!(value(trace, "workflow.fingerprint"), workflow.fingerprint());
    let activities: Vec<&str> = events.iter().map(|event| value(event, "concept:name")).collect();
    assert_eq!(activities, ["case start", "apply", "drop", "nag", "review: P5D", "grant"]);
    assert_eq!(value(&events[1], "time:timestamp"), "2026-01-02T09:00:00+01:00");
    assert_eq!(value(&events[1], "org:role"), "clerk");
    assert_eq!(value(&events[1], "taken"), "in");
    assert_eq!(
        (value(&events[5], "taken"), value(&events[5], "states")),
        ("review → granted", "granted")
    );
    assert_eq!(value(&events[2], "emitted"), "letter");
    for secret in
        ["eva", "bo-ek", "Ture", "Hemligt", "person", "fact.", "data.", "org:resource", "Kultur"]
    {
        assert!(!text.contains(secret), "{secret} in\n{text}");
    }
}

#[test]
fn parts_are_written_when_they_are_asked_for() {
    let workflow = workflow();
    let journal = journal(&workflow);
    let cases = [("1", journal.as_str()), ("2", journal.as_str())];
    let text =
        log(Format::Xes, Contents { facts: true, actors: true, ..Contents::default() }, &cases);
    for secret in ["eva", "Ture", "Hemligt", "Kultur", "person"] {
        assert!(!text.contains(secret), "{secret} in\n{text}");
    }
    let events = &read_xes(&text)[1].1;
    assert_eq!((value(&events[1], "org:resource"), value(&events[5], "org:resource")), ("1", "2"));
    assert_eq!(events[1]["fact.amount"], ("float".into(), "900.2500000000000000000001".into()));
    assert_eq!(events[1]["fact.met"], ("date".into(), "2026-01-01T09:30:00.25+01:00".into()));
    assert_eq!(events[1]["fact.answer_by"], ("string".into(), "2026-02-01".into()));
    assert_eq!(events[1]["fact.urgent"], ("boolean".into(), "true".into()));
    assert!(!events[2].contains_key("fact.urgent"), "unknown since then");
    // What XML cannot say is shown as a sign, all else comes back as it was.
    let shown = NASTY.replace(['\u{1}', '\u{fffe}'], "\u{fffd}");
    assert_eq!(value(&events[1], "fact.kind"), shown);
    assert_eq!(value(&events[1], "data.channel"), shown);

    let text = log(Format::Xes, ALL, &cases);
    let events = &read_xes(&text)[0].1;
    assert_eq!(value(&events[2], "org:resource"), "eva-lind");
    assert_eq!(value(&events[2], "org:group"), "Kultur & fritid");
    assert_eq!(value(&events[2], "fact.applicant"), "Ture Testsson");
    assert_eq!(value(&events[2], "data.phone"), "031-Hemligt");
    assert_eq!(value(&events[2], "note"), format!("came in person {shown}"));
    let refused = &events[1];
    assert_eq!(value(refused, "lifecycle:transition"), "ate_abort");
    assert_eq!(value(refused, "outcome"), "blocked");
    assert_eq!(value(refused, "reported.amount"), "-1");
    assert!(!refused.contains_key("fact.amount"), "not kept, so no fact");
    assert!(events.iter().any(|event| value(event, "concept:name") == "copied"));
}

#[test]
fn what_was_erased_is_absent() {
    let workflow = workflow();
    let journal = journal(&workflow);
    let all = [
        Erasure::Person("eva-lind".into()),
        Erasure::Field("applicant".into()),
        Erasure::Notes,
        Erasure::Messages,
    ];
    let lines = journal.lines().map(|line| {
        all.iter().fold(line.to_owned(), |line, what| erase(&line, what).unwrap().0) + "\n"
    });
    let journal: String = lines.collect();
    for format in [Format::Xes, Format::Ocel] {
        let text = log(format, ALL, &[("1", &journal)]);
        for gone in ["eva", "Ture", "person "] {
            assert!(!text.contains(gone), "{gone} in\n{text}");
        }
        assert!(text.contains("bo-ek") && text.contains("031-Hemligt"));
    }
}

/// What OCEL 2.0 demands of a document in JSON.
fn ocel_schema() -> Json {
    let text = json!({ "type": "string" });
    let object = |required: &[&str], more: &[&str], lists: &[(&str, &str)]| {
        let mut properties = serde_json::Map::new();
        for key in required.iter().chain(more) {
            let is_time = *key == "time";
            properties.insert(
                (*key).to_owned(),
                if is_time {
                    json!({ "type": "string", "format": "date-time" })
                } else {
                    text.clone()
                },
            );
        }
        for (key, of) in lists {
            properties.insert(
                (*key).to_owned(),
                json!({ "type": "array", "items": { "$ref": format!("#/$defs/{of}") } }),
            );
        }
        let all: Vec<&str> =
            required.iter().copied().chain(lists.iter().map(|(key, _)| *key)).collect();
        json!({ "type": "object", "properties": properties, "required": all, "additionalProperties": false })
    };
    let mut declared = object(&["name", "type"], &[], &[]);
    declared["properties"]["type"] =
        json!({ "enum": ["string", "time", "integer", "float", "boolean"] });
    let mut thing = object(&["id", "type"], &[], &[("attributes", "timed")]);
    thing["properties"]["relationships"] =
        json!({ "type": "array", "items": { "$ref": "#/$defs/relation" } });
    let mut whole = object(
        &[],
        &[],
        &[
            ("eventTypes", "kind"),
            ("objectTypes", "kind"),
            ("events", "event"),
            ("objects", "object"),
        ],
    );
    whole["$defs"] = json!({
        "declared": declared,
        "kind": object(&["name"], &[], &[("attributes", "declared")]),
        "plain": object(&["name", "value"], &[], &[]),
        "timed": object(&["name", "value", "time"], &[], &[]),
        "relation": object(&["objectId", "qualifier"], &[], &[]),
        "event": object(&["id", "type", "time"], &[], &[("attributes", "plain"), ("relationships", "relation")]),
        "object": thing,
    });
    whole
}

fn read_ocel(text: &str) -> Json {
    let log: Json = serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    let validator =
        jsonschema::options().should_validate_formats(true).build(&ocel_schema()).unwrap();
    let wrong: Vec<String> = validator.iter_errors(&log).map(|error| error.to_string()).collect();
    assert!(wrong.is_empty(), "{wrong:?}\n{text}");
    // What a schema cannot ask: ids are unique, what is referred to is there, what is used is declared and of its type.
    for (list, types) in [("events", "eventTypes"), ("objects", "objectTypes")] {
        let mut ids = BTreeSet::new();
        let mut declared: BTreeMap<&str, BTreeMap<&str, &str>> = BTreeMap::new();
        for kind in log[types].as_array().unwrap() {
            let attributes = kind["attributes"].as_array().unwrap().iter();
            let attributes = attributes
                .map(|one| (one["name"].as_str().unwrap(), one["type"].as_str().unwrap()));
            assert!(
                declared.insert(kind["name"].as_str().unwrap(), attributes.collect()).is_none()
            );
        }
        for item in log[list].as_array().unwrap() {
            assert!(ids.insert(item["id"].as_str().unwrap()), "{}", item["id"]);
            let known = &declared[item["type"].as_str().unwrap()];
            for one in item["attributes"].as_array().unwrap() {
                let value = one["value"].as_str().unwrap();
                let fits = match known[one["name"].as_str().unwrap()] {
                    _ if value == "null" => true,
                    "time" => value.parse::<DateTime>().is_ok(),
                    "integer" => value.parse::<i64>().is_ok(),
                    "float" => value.parse::<f64>().is_ok(),
                    "boolean" => value == "true" || value == "false",
                    _ => true,
                };
                assert!(fits, "{one}");
            }
        }
    }
    let objects: Vec<&Json> =
        log["objects"].as_array().unwrap().iter().map(|one| &one["id"]).collect();
    for event in log["events"].as_array().unwrap() {
        for relation in event["relationships"].as_array().unwrap() {
            assert!(objects.contains(&&relation["objectId"]), "{relation}");
        }
    }
    log
}

#[test]
fn ocel_is_valid_and_facts_have_their_times() {
    let workflow = workflow();
    let journal = journal(&workflow);
    let cases = [("a\"1", journal.as_str()), ("a#2", journal.as_str())];
    let bare = log(Format::Ocel, Contents::default(), &cases);
    let log_of_two = read_ocel(&bare);
    assert_eq!(log_of_two["events"].as_array().unwrap().len(), 12);
    assert_eq!(log_of_two["objects"].as_array().unwrap().len(), 2);
    for secret in ["eva", "Ture", "Hemligt", "person", "fact.", "data."] {
        assert!(!bare.contains(secret), "{secret} in\n{bare}");
    }
    let full = read_ocel(&log(Format::Ocel, ALL, &cases));
    let objects = full["objects"].as_array().unwrap();
    let ids: Vec<&str> = objects.iter().map(|one| one["id"].as_str().unwrap()).collect();
    assert_eq!(
        ids,
        ["case:a\"1", "case:a#2", "actor:bo-ek", "actor:eva-lind", "unit:Kultur & fritid"]
    );
    let of = |name: &str| -> Vec<(String, String)> {
        let all = objects[0]["attributes"].as_array().unwrap().iter();
        let all = all.filter(|one| one["name"] == name);
        all.map(|one| {
            (one["time"].as_str().unwrap().to_owned(), one["value"].as_str().unwrap().to_owned())
        })
        .collect()
    };
    assert_eq!(of("fact.kind").len(), 2, "at the start and with the application");
    assert_eq!(of("fact.kind")[0], ("2026-01-01T09:00:00+01:00".to_owned(), NASTY.to_owned()));
    let urgent: Vec<String> = of("fact.urgent").into_iter().map(|(_, value)| value).collect();
    assert_eq!(urgent, ["true", "null"]);
    assert_eq!(of("fact.amount")[0].1, "900.2500000000000000000001");
    // An item a line, for tools that read lines.
    let lines: Vec<&str> = bare.lines().filter(|line| line.starts_with("{\"id\":")).collect();
    assert_eq!(lines.len(), 14);
}

#[test]
fn a_damaged_journal_or_one_of_other_rules_is_no_log() {
    let workflow = workflow();
    let journal = journal(&workflow);
    let workflows = [workflow];
    let other = [Workflow::from_json(r#"{ "id": "grant", "states": { "a": {} } }"#).unwrap()];
    let mut text = String::new();
    let first = journal.split_inclusive('\n').next().unwrap();
    let mut log = Writer::new(Format::Xes, Contents::default(), &other);
    let found = log.case("1").unwrap().line(first, &mut text).unwrap_err();
    assert_eq!((found.line, found.kind), (1, DiscrepancyKind::Workflow));
    let mut log = Writer::new(Format::Xes, Contents::default(), &workflows);
    let mut case = log.case("1").unwrap();
    case.line(first, &mut text).unwrap();
    let third = journal.split_inclusive('\n').nth(2).unwrap();
    assert_eq!(case.line(third, &mut text).unwrap_err().kind, DiscrepancyKind::Order);
    let altered = third.replace("apply", "apple");
    assert_eq!(case.line(&altered, &mut text).unwrap_err().kind, DiscrepancyKind::Damaged);
    case.end(&mut text).unwrap();
    assert!(log.case("1").is_err(), "a name twice");
    assert_eq!(log.case("2").unwrap().end(&mut text).unwrap_err().kind, DiscrepancyKind::Order);

    // A journal that grew between the two rounds.
    let mut log = Writer::new(Format::Ocel, Contents::default(), &workflows);
    log.begin(&mut text);
    let mut case = log.case("1").unwrap();
    case.line(first, &mut text).unwrap();
    case.end(&mut text).unwrap();
    assert!(log.end(&mut text));
    log.begin(&mut text);
    let mut case = log.case("1").unwrap();
    for line in journal.split_inclusive('\n') {
        case.line(line, &mut text).unwrap();
    }
    assert_eq!(case.end(&mut text).unwrap_err().kind, DiscrepancyKind::Head);
}

/// Names of payload that no declaration bounds are names of XML all the same.
#[test]
fn undeclared_payload_may_be_called_anything() {
    let workflow =
        Workflow::from_json(r#"{ "id": "w", "states": { "a": { "on": { "e": {} } } } }"#).unwrap();
    let (mut case, _) = Case::start(&workflow, None, Default::default()).unwrap();
    assert!(case.fire(&Event::new("e").data("a b\"<å", 1).data("x", true)).is_moved());
    let entries = case.take_entries(&SALT);
    let workflows = [workflow];
    let mut log = Writer::new(Format::Xes, ALL, &workflows);
    let mut text = String::new();
    log.begin(&mut text);
    let mut case = log.case("1").unwrap();
    for entry in entries {
        case.line(&format!("{}\n", entry.line), &mut text).unwrap();
    }
    case.end(&mut text).unwrap();
    assert!(!log.end(&mut text));
    let events = &read_xes(&text)[0].1;
    assert_eq!(value(&events[1], "data.a_x20_b_x22__x3C__xE5_"), "1");
}
