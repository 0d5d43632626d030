//! Journals from which something was erased, and that somebody went on with who knows how to make the chain anew.

use super::*;
use tresteg::journal::{Verifier, verify};
use tresteg::{Actor, Event};

/// A journal with lines altered, and the chain made anew.
pub(crate) fn altered(journal: &str, mut alter: impl FnMut(usize, &mut Json)) -> String {
    let mut previous = "0".repeat(64);
    let mut text = String::new();
    for (place, line) in journal.lines().enumerate() {
        let mut line: Json = serde_json::from_str(line).unwrap();
        alter(place + 1, &mut line);
        if line.is_null() {
            continue;
        }
        line["entry"]["previous"] = previous.into();
        for (path, part) in line["private"].as_object().unwrap().clone() {
            let (salt, value) = (part["salt"].as_str().unwrap(), &part["value"]);
            let digest = sha256(&format!("tresteg private 1\n{salt}\n{path}\n{value}"));
            line["entry"]["digests"][path] = digest.into();
        }
        let (core, private) = (line["entry"].to_string(), line["private"].to_string());
        previous = sha256(&format!("tresteg entry 1\n{core}"));
        text += &format!("{{\"entry\":{core},\"hash\":\"{previous}\",\"private\":{private}}}\n");
    }
    text
}

/// The journal without one private part, the chain as it was.
pub(crate) fn without(journal: &str, number: usize, path: &str) -> String {
    let lines = journal.lines().enumerate().map(|(place, line)| {
        if place + 1 != number {
            return format!("{line}\n");
        }
        let mut line: Json = serde_json::from_str(line).unwrap();
        line["private"].as_object_mut().unwrap().remove(path).unwrap();
        format!("{line}\n")
    });
    lines.collect()
}

/// Every private part, by the number of its entry.
pub(crate) fn parts(journal: &str) -> Vec<(usize, String)> {
    let mut parts = Vec::new();
    for (place, line) in journal.lines().enumerate() {
        let line: Json = serde_json::from_str(line).unwrap();
        let private = line["private"].as_object().unwrap();
        parts.extend(private.keys().map(|path| (place + 1, path.clone())));
    }
    parts
}

pub(crate) fn journal(case: &mut Case) -> String {
    case.take_entries(&SALT).iter().map(|entry| format!("{}\n", entry.line)).collect()
}

type Forge = Box<dyn Fn(&mut Json)>;

/// What of an entry needs no erased value, and is forged: each must be noticed at its entry, or behind it.
fn forgeries(line: &Json) -> Vec<(&'static str, Forge)> {
    let entry = &line["entry"];
    let mut all: Vec<(&str, Forge)> = vec![
        ("an earlier time", Box::new(|line| line["entry"]["at"] = json!("0500-01-01T00:00:00Z"))),
        ("another kind of entry", Box::new(|line| line["entry"]["kind"] = json!("start"))),
        (
            "another outcome",
            Box::new(|line| {
                let other = if line["entry"]["outcome"] == "moved" { "blocked" } else { "moved" };
                line["entry"]["outcome"] = json!(other);
            }),
        ),
    ];
    if entry["kind"] == "event" {
        all.push((
            "an undeclared event",
            Box::new(|line| line["entry"]["event"] = json!("no.such")),
        ));
        all.push((
            "a reserved event",
            Box::new(|line| line["entry"]["event"] = json!("done.state")),
        ));
    } else {
        all.push((
            "another term",
            Box::new(|line| {
                let key = if line["entry"]["kind"] == "term" { "term" } else { "event" };
                line["entry"][key] = json!("no_such");
            }),
        ));
    }
    if entry.get("states").is_some() {
        all.push((
            "impossible states",
            Box::new(|line| line["entry"]["states"] = json!(["no_such"])),
        ));
        all.push((
            "states twice",
            Box::new(|line| {
                let states = line["entry"]["states"].as_array_mut().unwrap();
                let first = states[0].clone();
                states.push(first);
            }),
        ));
    }
    if entry.get("taken").is_some() {
        all.push((
            "a transition that is not there",
            Box::new(|line| {
                line["entry"]["taken"][0]["to"] = json!(["no_such"]);
            }),
        ));
        all.push((
            "no transition",
            Box::new(|line| {
                line["entry"].as_object_mut().unwrap().remove("taken");
            }),
        ));
    }
    all
}

/// For every shipped journey: whatever field is erased, the rest verifies, and one thing forged behind it is refused. The
/// fields are taken in turn; `TRESTEG_ALL=1` takes all of them.
#[test]
fn shipped_journeys_verify_without_any_of_their_fields_and_not_with_a_forgery_behind() {
    let most = if std::env::var_os("TRESTEG_ALL").is_some() { usize::MAX } else { 3 };
    let (mut erased, mut forged, mut sure, mut all) = (0, 0, 0, 0);
    for (turn, (name, journey, lines)) in journeys().into_iter().enumerate() {
        let workflow = shipped(&name);
        let text = journal(&mut played(&workflow, &lines, |_| {}));
        let whole = verify(&workflow, &text, None)
            .unwrap_or_else(|found| panic!("{name} {journey}: {found}"));
        let count = usize::try_from(whole.head.sequence).unwrap();
        let parts = parts(&text);
        let step = (parts.len() / most).max(1);
        for (number, path) in parts.iter().skip(turn % step).step_by(step) {
            let what = format!("{name}/{journey}: `{path}` of {number}");
            let missing = without(&text, *number, path);
            let found = verify(&workflow, &missing, Some(&whole.head));
            let found = found.unwrap_or_else(|found| panic!("{what}: {found}"));
            assert_eq!(found.erased, [(*number as u64, path.clone())]);
            erased += 1;
            (sure, all) = (sure + found.recomputed, all + found.head.sequence);
            if *number == count {
                continue;
            }
            let behind = number + 1 + turn % (count - number);
            let line = missing.lines().nth(behind - 1).unwrap();
            let ways = forgeries(&serde_json::from_str(line).unwrap());
            let few = if most == usize::MAX { ways.len() } else { 2 };
            for (way, forge) in ways.iter().cycle().skip(turn + number).take(few.min(ways.len())) {
                let forgery = altered(&missing, |place, line| {
                    if place == behind {
                        forge(line);
                    }
                });
                let found = verify(&workflow, &forgery, None);
                let found =
                    found.err().unwrap_or_else(|| panic!("{what}, {way} in {behind}: taken"));
                assert!(found.line >= behind as u64, "{what}, {way} in {behind}: {found}");
                forged += 1;
            }
        }
    }
    println!("{erased} erased, {forged} forged; {sure} of {all} entries were decided for sure");
    assert!(erased > 300 && forged > 300 && sure * 10 > all * 9);
}

const PAPER: &str = r#"{
    "id": "paper",
    "roles": { "clerk": {}, "chief": {} },
    "facts": {
        "sum": { "type": "integer" },
        "limit": { "type": "integer", "default": 10 },
        "is_small": { "type": "boolean", "value": "sum < limit" },
        "kind": { "enum": ["a", "b"] },
        "double": { "type": "integer" },
        "seen": { "type": "integer", "default": 0 },
        "due": { "type": "string", "format": "date" }
    },
    "events": {
        "ask": { "sets": ["sum", "kind", "due"], "note": true, "data": { "why": { "type": "string" } } },
        "look": {}, "work": {}, "check": {}, "decide": {}, "back": {}, "set": { "sets": ["limit"] }, "sign": {}
    },
    "initial": "open",
    "states": {
        "open": { "on": {
            "ask": { "actions": "if (event.data.why ?? ``) == `urgent` { seen = 100; }" },
            "look": { "actions": "seen += 1" },
            "work": { "actions": "double = sum * 2" },
            "check": { "target": "checked", "guard": "is_small" },
            "set": {}
        }, "at": { "due": "late" } },
        "checked": { "on": {
            "decide": [
                { "target": "small", "guard": "sum < 3 && kind == `a`" },
                { "target": "large", "guard": "sum >= 3 && kind == `a`" }
            ],
            "back": "open",
            "sign": { "target": "small", "not_by": ["ask"] }
        }, "after": { "P7D": "late" } },
        "small": { "type": "final" },
        "large": { "type": "final" },
        "late": { "on": { "back": "open" } }
    }
}"#;

fn paper() -> Workflow {
    Workflow::from_json(PAPER).unwrap_or_else(|report| panic!("{report}"))
}

pub(crate) fn day(day: i64) -> DateTime {
    DateTime::from_microseconds((20_454 + day) * 86_400_000_000).unwrap()
}

fn ask() -> Event {
    Event::new("ask").by(Actor::new("eva")).at(day(1)).fact("sum", 5).fact("kind", "a")
}

/// A case that answers these events; its journal.
pub(crate) fn after(workflow: &Workflow, events: &[Event]) -> String {
    let mut case = Case::start(workflow, Some(day(0)), BTreeMap::new()).unwrap().0;
    for event in events {
        let decision = case.fire(event);
        assert_ne!(decision.outcome, tresteg::Outcome::Error, "{decision:?}");
    }
    journal(&mut case)
}

pub(crate) fn refused(workflow: &Workflow, journal: &str, line: u64, part: &str) {
    let found = verify(workflow, journal, None).expect_err(part);
    assert!(found.line == line && found.message.contains(part), "{found}");
}

/// The listed forgery: the actor of entry 3 is erased, whom no rule reads.
#[test]
fn behind_an_erased_actor_names_times_and_states_are_judged() {
    let workflow = paper();
    let events =
        [ask(), Event::new("look").by(Actor::new("bo")).at(day(2)), Event::new("look").at(day(3))];
    let text = without(&after(&workflow, &events), 3, "actor");
    assert_eq!(verify(&workflow, &text, None).unwrap().recomputed, 4);
    let forge = |forge: &dyn Fn(&mut Json)| {
        altered(&text, |number, line| {
            if number == 4 {
                forge(line);
            }
        })
    };
    refused(&workflow, &forge(&|line| line["entry"]["event"] = json!("gone")), 4, "unknown event");
    refused(
        &workflow,
        &forge(&|line| line["entry"]["at"] = json!("2025-01-01T00:00:00Z")),
        4,
        "is too old",
    );
    refused(
        &workflow,
        &forge(&|line| line["entry"]["states"] = json!(["open", "late"])),
        4,
        "`states`",
    );
    let all = forge(&|line| {
        line["entry"]["event"] = json!("gone");
        line["entry"]["at"] = json!("2025-01-01T00:00:00Z");
        line["entry"]["states"] = json!(["open", "late"]);
    });
    refused(&workflow, &all, 4, "unknown event");
}

/// Only what reads an erased value may be otherwise, and only as some value makes it.
#[test]
fn what_reads_an_erased_value_may_be_as_some_value_makes_it() {
    let workflow = paper();
    let erase = |text: &str| without(&without(text, 2, "facts.sum"), 2, "changed.sum");
    let to = |text: &str, number: usize, forge: &dyn Fn(&mut Json)| {
        altered(text, |place, line| {
            if place == number {
                forge(line);
            }
        })
    };
    // It was small: it may have been, and it may not.
    let checked =
        erase(&after(&workflow, &[ask(), Event::new("check").at(day(2)), Event::new("decide")]));
    let found = verify(&workflow, &checked, None).unwrap();
    assert_eq!((found.head.sequence, found.recomputed), (4, 1));
    let mut verifier = Verifier::new(&workflow);
    checked.split_inclusive('\n').for_each(|line| verifier.line(line).unwrap());
    assert!(verifier.case().is_none() && verifier.decision().is_none());
    let other_end = to(&checked, 4, &|line| {
        let entry = &mut line["entry"];
        entry["states"] = json!(["small"]);
        entry["entered"] = json!(["small"]);
        entry["taken"][0]["to"] = json!(["small"]);
        entry["held"][0]["transition"]["to"] = json!(["small"]);
    });
    assert!(verify(&workflow, &other_end, None).is_ok());
    // No value leads there.
    let nowhere = to(&checked, 4, &|line| line["entry"]["states"] = json!(["late"]));
    refused(&workflow, &nowhere, 4, "`states`");
    let other_kind = to(&checked, 2, &|line| {
        line["private"]["facts.kind"]["value"] = json!("b");
        line["private"]["changed.kind"]["value"]["after"] = json!("b");
    });
    // With the other kind neither is open, whatever the sum.
    refused(&workflow, &other_kind, 4, "");
    // Actions that read it set what nobody knows; others are run.
    let worked = erase(&after(
        &workflow,
        &[ask(), Event::new("work").at(day(2)), Event::new("look").at(day(3))],
    ));
    assert!(verify(&workflow, &worked, None).is_ok());
    let counted = to(&worked, 4, &|line| {
        line["private"]["changed.seen"]["value"]["after"] = json!({ "$integer": "7" })
    });
    assert!(verify(&workflow, &counted, None).is_err());
    // What it was written down as is what it is.
    let known =
        without(&after(&workflow, &[ask(), Event::new("check").at(day(2))]), 2, "facts.sum");
    assert_eq!(verify(&workflow, &known, None).unwrap().recomputed, 3);
}

/// Once it is known again, everything is judged as ever.
#[test]
fn what_is_overwritten_is_known_again() {
    let workflow = paper();
    let events = [
        ask(),
        ask().at(day(2)).fact("sum", 7),
        Event::new("check").at(day(3)),
        Event::new("decide"),
    ];
    let text = after(&workflow, &events);
    let text = without(&without(&text, 2, "facts.sum"), 2, "changed.sum");
    // The second entry says what it was before.
    let text = without(&text, 3, "changed.sum");
    let found = verify(&workflow, &text, None).unwrap();
    assert!(found.recomputed >= 4, "{found:?}");
    let other = altered(&text, |number, line| {
        if number == 5 {
            let entry = &mut line["entry"];
            entry["states"] = json!(["small"]);
            entry["entered"] = json!(["small"]);
            entry["taken"][0]["to"] = json!(["small"]);
            entry["held"][0]["transition"]["to"] = json!(["small"]);
        }
    });
    refused(&workflow, &other, 5, "");
}

/// Who asked is erased: whoever signs may be the same, or somebody else. Whoever is known to be another is not.
#[test]
fn an_erased_person_may_be_anybody() {
    let workflow = paper();
    let by = |name: &str, who: &str| Event::new(name).by(Actor::new(who)).at(day(3));
    for who in ["eva", "bo"] {
        let events = [ask(), Event::new("check").at(day(2)), by("sign", who)];
        let text = without(&after(&workflow, &events), 2, "actor");
        assert!(verify(&workflow, &text, None).is_ok(), "{who}");
        let other = altered(&text, |number, line| {
            if number == 4 {
                line["entry"]["states"] = json!(["late"]);
                line["entry"]["outcome"] = json!("moved");
            }
        });
        assert!(verify(&workflow, &other, None).is_err());
        // What nobody's name decides.
        let events = [ask(), Event::new("set").fact("limit", 2).at(day(2)), by("check", who)];
        let text = without(&after(&workflow, &events), 2, "actor");
        assert_eq!(verify(&workflow, &text, None).unwrap().recomputed, 4);
    }
}

/// Entries left out, dates, notes and payload behind what was erased.
#[test]
fn what_is_due_and_what_is_said_is_judged_behind_an_erased_value() {
    let workflow = paper();
    let mut case = Case::start(&workflow, Some(day(0)), BTreeMap::new()).unwrap().0;
    case.fire(&ask().data("why", "urgent").note("in person"));
    case.fire(&Event::new("check").at(day(2)));
    case.fire(&Event::new("set").at(day(2)).fact("limit", 20));
    case.fire(&Event::new("check").at(day(3)));
    case.advance(tresteg::case::Until::Time(day(20)));
    case.fire(&Event::new("back").at(day(21)));
    let text = journal(&mut case);
    assert!(text.contains("\"kind\":\"term\""), "{text}");
    let erasures = ["note", "data.why", "actor", "facts.kind"];
    for path in erasures {
        let text = without(&text, 2, path);
        let found = verify(&workflow, &text, None);
        assert!(found.is_ok(), "{path}: {found:?}");
        // The term that was due is left out.
        let mut shift = 0;
        let left_out = altered(&text, |_, line| {
            if line["entry"]["kind"] == "term" {
                *line = Json::Null;
                shift = 1;
                return;
            }
            let number = line["entry"]["sequence"].as_u64().unwrap() - shift;
            line["entry"]["sequence"] = json!(number);
        });
        refused(&workflow, &left_out, 6, "comes too early");
        let later = altered(&text, |_, line| {
            if line["entry"]["kind"] == "term" {
                line["entry"]["of"] = json!("2026-01-15T00:00:00Z");
            }
        });
        assert!(verify(&workflow, &later, None).is_err(), "{path}");
        let failed = altered(&text, |_, line| {
            if line["entry"]["kind"] == "term" {
                line["entry"]["outcome"] = json!("failed");
                line["entry"]["problems"] = json!(["overflow"]);
            }
        });
        assert!(verify(&workflow, &failed, None).is_err(), "{path}");
    }
}

/// The date of a term was erased: the entry says when it fell due, and what led elsewhere is refused.
#[test]
fn the_date_of_a_term_may_be_erased() {
    let workflow = paper();
    let mut case = Case::start(&workflow, Some(day(0)), BTreeMap::new()).unwrap().0;
    case.fire(&ask().fact("due", "2026-01-06"));
    case.fire(&Event::new("look").at(day(2)));
    case.advance(tresteg::case::Until::Time(day(20)));
    case.fire(&Event::new("back").at(day(21)));
    let text = journal(&mut case);
    let text = without(&without(&text, 2, "facts.due"), 2, "changed.due");
    let found = verify(&workflow, &text, None);
    assert!(found.is_ok(), "{found:?}\n{text}");
    for (what, forge) in [("late", json!(["checked"])), ("nowhere", json!(["no"]))] {
        let other = altered(&text, |_, line| {
            if line["entry"]["kind"] == "term" {
                line["entry"]["states"] = forge.clone();
            }
        });
        assert!(verify(&workflow, &other, None).is_err(), "{what}");
    }
}

/// The journal without every private part of which this holds, by entry and path.
fn without_all(journal: &str, gone: impl Fn(usize, &str) -> bool) -> String {
    let lines = journal.lines().enumerate().map(|(place, line)| {
        let mut line: Json = serde_json::from_str(line).unwrap();
        line["private"].as_object_mut().unwrap().retain(|path, _| !gone(place + 1, path));
        format!("{line}\n")
    });
    lines.collect()
}

/// Several at once: all that was carried, all of one name, all persons, everything.
#[test]
fn journals_verify_whatever_is_erased_of_them() {
    let mut all = Vec::new();
    for (turn, (name, journey, lines)) in journeys().into_iter().enumerate() {
        if turn % 4 == 0 {
            let workflow = shipped(&name);
            let text = journal(&mut played(&workflow, &lines, |_| {}));
            all.push((format!("{name}/{journey}"), workflow, text));
        }
    }
    let workflow = crate::journal::workflow();
    let text = journal(&mut crate::journal::story(&workflow));
    // Of this one, with everything in it, each part alone, too.
    for (number, path) in parts(&text) {
        let missing = without(&text, number, &path);
        let found = verify(&workflow, &missing, None);
        assert!(found.is_ok(), "`{path}` of {number}: {found:?}");
    }
    all.push(("story".to_owned(), workflow, text));
    for (what, workflow, text) in all {
        let is_erased = |way: &str, gone: &dyn Fn(usize, &str) -> bool| {
            let missing = without_all(&text, gone);
            let found = verify(&workflow, &missing, None);
            assert!(found.is_ok(), "{what} without {way}: {found:?}");
            let behind = altered(&missing, |number, line| {
                if number == missing.lines().count() {
                    line["entry"]["at"] = json!("0500-01-01T00:00:00Z");
                }
            });
            assert!(verify(&workflow, &behind, None).is_err(), "{what} without {way}");
        };
        is_erased("anything", &|_, _| true);
        is_erased("facts", &|_, path| path.starts_with("facts."));
        is_erased("facts and changes", &|_, path| {
            ["facts.", "changed.", "read."].iter().any(|kind| path.starts_with(kind))
        });
        is_erased("persons", &|_, path| path == "actor");
        is_erased("persons at all", &|_, path| {
            path == "actor" || path.starts_with("signed.") || path.starts_with("dropped.")
        });
        for name in parts(&text)
            .into_iter()
            .filter_map(|(_, path)| path.strip_prefix("facts.").map(str::to_owned))
            .collect::<std::collections::BTreeSet<_>>()
        {
            is_erased(&name, &|_, path| {
                ["facts.", "changed.", "read."]
                    .iter()
                    .any(|kind| path.strip_prefix(kind) == Some(&name))
            });
        }
        for number in 1..=text.lines().count() {
            is_erased(&format!("entry {number}"), &|of, _| of == number);
        }
    }
}

/// Where actions that read what was erased may have raised anything, what leads from states to states is still judged.
#[test]
fn where_anything_may_have_been_raised_states_and_names_are_judged() {
    let text = r#"{ "id": "raise", "facts": { "sum": { "type": "integer" } },
        "events": { "ask": { "sets": ["sum"] }, "go": {}, "next": { "by": [] }, "back": {} },
        "initial": "a", "states": {
            "a": { "on": { "ask": {}, "go": { "actions": "for i in 0..sum { raise(`next`) }" }, "next": "b" } },
            "b": { "on": { "next": "c", "back": "a" } },
            "c": { "on": { "next": "d", "back": "a" } },
            "d": { "on": { "back": "a" } } } }"#;
    let workflow = Workflow::from_json(text).unwrap();
    let go = Event::new("go").at(day(2));
    for (sum, end) in [(0, "a"), (1, "b"), (2, "c"), (3, "d"), (9, "d")] {
        let mut events = vec![Event::new("ask").at(day(1)).fact("sum", sum), go.clone()];
        if sum > 0 {
            events.push(Event::new("back").at(day(3)));
        }
        let text = after(&workflow, &events);
        assert!(text.contains(&format!("\"states\":[\"{end}\"]")), "{text}");
        let text = without(&without(&text, 2, "facts.sum"), 2, "changed.sum");
        let found = verify(&workflow, &text, None);
        assert!(found.is_ok(), "{sum}: {found:?}");
        let last = text.lines().count();
        let line: Json = serde_json::from_str(text.lines().last().unwrap()).unwrap();
        for (way, forge) in forgeries(&line) {
            if way == "another outcome" && sum == 0 {
                // It may have moved nothing; but then it says so.
                continue;
            }
            let forgery = altered(&text, |number, line| {
                if number == last {
                    forge(line);
                }
            });
            assert!(verify(&workflow, &forgery, None).is_err(), "{way}, {sum}");
        }
    }
}
