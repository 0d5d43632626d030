//! Snapshots and journals of wholes, forged by somebody who makes check sums and chains anew.

use serde_json::{Value as Json, json};
use tresteg::case::Snapshot;
use tresteg::journal::{DiscrepancyKind, Verifier, verify};
use tresteg::{Case, Event, Limits, Workflow};

use super::record::{kept, random};
use super::{Files, begin, texts};
use crate::forged::journals::altered;
use crate::forged::with_sum;

const WHOLE: Files<'_> = Files(&[
    (
        "whole.json",
        r#"{ "id": "whole", "initial": "idle",
        "facts": { "list": { "type": "array", "items": { "type": "string", "maxLength": 9 }, "default": [] } },
        "events": { "go": {}, "stop": {}, "sums": { "by": [] }, "add": { "data": { "key": { "type": "string" } } } },
        "states": {
          "idle": { "on": { "go": "round" } },
          "round": { "invoke": [{ "id": "c", "workflow": "part.json", "each": "list", "returns": ["n"] }, { "id": "one", "workflow": "deep.json" }],
            "on": { "stop": "idle", "add": { "actions": "list.push(event.data.key)" },
                    "sums": { "actions": "if children(`c`).len() > 1 { list.push(`much_too_long`) }" } },
            "after": { "P9D": { "target": "idle", "guard": "children(`c`).all(|c| (c.n ?? 0) > 8) && children(`c`).len() > 0" } } } } }"#,
    ),
    (
        "part.json",
        r#"{ "id": "part", "initial": "wait", "facts": { "n": { "type": "integer", "default": 0 } },
        "events": { "more": {}, "over": {}, "tick": { "by": [] } },
        "states": {
          "wait": { "on": { "more": { "actions": "n += 1; send(`tick`, days(2)); send_parent(`sums`)" }, "tick": {}, "over": "over" },
                    "after": { "P1D": { "target": "over", "guard": "n > 5" } } },
          "over": { "type": "final" } } }"#,
    ),
    (
        "deep.json",
        r#"{ "id": "deep", "events": { "go": {} }, "states": { "a": { "on": { "go": {} } } } }"#,
    ),
]);

type Forge = Box<dyn Fn(&mut Json)>;

fn load(files: &Files<'_>) -> Workflow {
    files.load().unwrap_or_else(|report| panic!("{report}"))
}

fn days(count: i64) -> tresteg::Duration {
    format!("P{count}D").parse().unwrap()
}

/// Three children, one of which is done, with a sent event that failed in the parent, a term that was tried in vain in the
/// one, and a sent event that waits in another.
fn stood(workflow: &Workflow) -> Case {
    let (mut case, _) = begin(workflow, &[("list", texts(&["a", "b"]))]);
    case.fire(&Event::new("go"));
    case.fire(&Event::new("over").to("c/b"));
    case.advance(days(2));
    case.fire(&Event::new("add").data("key", "d"));
    case.fire(&Event::new("more").to("c/a"));
    case
}

fn restored(workflow: &Workflow, snapshot: Json) -> Result<Case, Vec<String>> {
    let snapshot: Snapshot = serde_json::from_value(with_sum(snapshot))
        .map_err(|error| vec![format!("form: {error}")])?;
    Case::restore(workflow, snapshot).map_err(|error| {
        let problems = error.problems().iter();
        problems.map(|problem| format!("{}: {}", problem.code, problem.message)).collect()
    })
}

#[test]
fn forged_snapshots_of_wholes_are_refused() {
    let workflow = load(&WHOLE);
    let case = stood(&workflow);
    let real = serde_json::to_value(case.snapshot()).unwrap();
    assert_eq!(restored(&workflow, real.clone()).unwrap(), case);
    let set = |path: &'static str, value: Json| -> Forge {
        Box::new(move |all| {
            *all.pointer_mut(path).unwrap_or_else(|| panic!("{path}")) = value.clone()
        })
    };
    let brood = "/children/0";
    let forgeries: Vec<(&str, &str, Forge)> = vec![
        (
            "a key that is there twice",
            "situation-children",
            set("/children/0/cases/1/key", json!("a")),
        ),
        (
            "a key that is no key",
            "situation-children",
            set("/children/0/cases/0/key", json!("a/b")),
        ),
        ("another item", "situation-children", set("/children/0/cases/0/item", json!("b"))),
        (
            "an item of another type",
            "situation-children",
            set("/children/0/cases/0/item", json!(4)),
        ),
        (
            "no item",
            "situation-children",
            Box::new(move |all| {
                _ = all
                    .pointer_mut("/children/0/cases/0")
                    .unwrap()
                    .as_object_mut()
                    .unwrap()
                    .remove("item")
            }),
        ),
        (
            "another order of start",
            "situation-children",
            Box::new(move |all| {
                all.pointer_mut("/children/0/cases").unwrap().as_array_mut().unwrap().reverse()
            }),
        ),
        (
            "a child too few",
            "situation-children",
            Box::new(move |all| {
                _ = all.pointer_mut("/children/0/cases").unwrap().as_array_mut().unwrap().pop()
            }),
        ),
        (
            "no children",
            "situation-children",
            Box::new(move |all| {
                _ = all.pointer_mut(brood).unwrap().as_object_mut().unwrap().remove("cases")
            }),
        ),
        (
            "two where there is one",
            "situation-children",
            Box::new(|all| {
                let cases = all.pointer_mut("/children/1/cases").unwrap().as_array_mut().unwrap();
                let mut other = cases[0].clone();
                other["key"] = json!("2");
                cases.push(other);
            }),
        ),
        (
            "an active one that is done",
            "situation-ended",
            set("/children/0/cases/1/status", json!("active")),
        ),
        (
            "a done one that is not",
            "situation-ended",
            set("/children/0/cases/0/status", json!("done")),
        ),
        ("one that was stopped", "situation-", set("/children/0/cases/0/status", json!("stopped"))),
        ("a status that there is not", "form", set("/children/0/cases/0/status", json!("gone"))),
        ("a round before the first", "situation-children", set("/children/0/round", json!(0))),
        ("an unknown invoke", "snapshot", set("/children/0/invoke", json!("x"))),
        ("an invoke twice", "snapshot", set("/children/1/invoke", json!("c"))),
        (
            "a later time than the whole's",
            "situation-children",
            set("/children/0/cases/0/case/time", json!(864_000_000_000_i64)),
        ),
        (
            "a start before the state",
            "situation-",
            set("/entered/round", json!(86_400_000_000_i64)),
        ),
        (
            "a state of another workflow",
            "snapshot",
            set("/children/0/cases/0/case/states", json!(["round"])),
        ),
        (
            "a fact that it does not have",
            "snapshot",
            set("/children/0/cases/0/case/facts", json!({ "list": [] })),
        ),
        (
            "a fact of another type",
            "fact-value",
            set("/children/0/cases/0/case/facts", json!({ "n": "x" })),
        ),
        (
            "a term that is open was tried",
            "situation-terms",
            set("/children/0/cases/0/case/facts", json!({ "n": 6 })),
        ),
        (
            "a term tried ahead",
            "situation-terms",
            set("/children/0/cases/0/case/looked", json!(864_000_000_000_i64)),
        ),
        ("sent numbers twice", "situation-sent", set("/aside/0/sent/order", json!(1))),
        ("sent ahead of its number", "situation-sent", set("/sends", json!(1))),
        ("sent by nobody", "situation-sent", set("/aside/0/sent/event", json!("add"))),
        (
            "its own that came from another",
            "situation-sent",
            Box::new(|all: &mut Json| {
                all.pointer_mut("/aside/0/sent")
                    .unwrap()
                    .as_object_mut()
                    .unwrap()
                    .remove("received");
            }),
        ),
        ("what was due", "situation-sent", set("/children/0/cases/0/case/sent/0/due", json!(0))),
        ("children of a state that was left", "situation-", set("/states", json!(["idle"]))),
        (
            "a list with one more",
            "situation-children",
            set("/facts/list", json!(["a", "b", "d", "e"])),
        ),
    ];
    let mut wrong = Vec::new();
    for (what, code, forge) in &forgeries {
        let mut forged = real.clone();
        forge(&mut forged);
        match restored(&workflow, forged) {
            Ok(_) => wrong.push(format!("{what}: taken")),
            Err(problems) if problems.iter().any(|problem| problem.starts_with(code)) => {}
            Err(problems) => wrong.push(format!("{what}: not `{code}` but {problems:?}")),
        }
    }
    assert!(wrong.is_empty(), "{}\n{real:#}", wrong.join("\n"));
}

#[test]
fn a_whole_is_restored_within_its_bounds() {
    let few = Limits { children: 4, ..Limits::default() };
    let workflow = WHOLE.load_within(&few).unwrap_or_else(|report| panic!("{report}"));
    let case = stood(&workflow);
    let snapshot = serde_json::to_string(&case.snapshot()).unwrap();
    assert_eq!(kept(&case), case);
    let fewer = Limits { children: 3, ..Limits::default() };
    let workflow = WHOLE.load_within(&fewer).unwrap_or_else(|report| panic!("{report}"));
    let error = Case::restore(&workflow, serde_json::from_str(&snapshot).unwrap()).unwrap_err();
    assert!(error.to_string().contains("more child cases than the 3"), "{error}");
}

/// One thing is said otherwise in a journal of a whole, and the chain made anew: it is refused.
#[test]
fn what_is_said_otherwise_of_a_whole_is_refused() {
    let tried = std::cell::Cell::new(0);
    random(25, 33, |workflow, _, journal, tape| {
        let lines: Vec<Json> =
            journal.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        for _ in 0..4 {
            let at = tape.below(lines.len());
            let line = &lines[at];
            let kind = line["entry"]["kind"].as_str().unwrap();
            let is_event = kind == "event";
            let case = line["entry"].get("case").and_then(Json::as_str);
            let (what, alter): (&str, Forge) = match tape.below(8) {
                0 if !is_event && at > 0 => ("left out", Box::new(|line| *line = Json::Null)),
                1 if !is_event && case.is_some() => (
                    "no address",
                    Box::new(|line| _ = line["entry"].as_object_mut().unwrap().remove("case")),
                ),
                2 if !is_event && at > 0 => {
                    let other = if case == Some("c0/k0") { "c0/k1" } else { "c0/k0" };
                    ("another address", Box::new(move |line| line["entry"]["case"] = json!(other)))
                }
                3 => {
                    ("an address of nobody", Box::new(|line| line["entry"]["case"] = json!("c9/x")))
                }
                4 if at > 0 => {
                    let other = if kind == "stopped" { "start" } else { "stopped" };
                    ("another kind", Box::new(move |line| line["entry"]["kind"] = json!(other)))
                }
                5 => ("other states", Box::new(|line| line["entry"]["states"] = json!(["f9s9"]))),
                6 => (
                    "another change",
                    Box::new(|line| {
                        line["private"]["changed.n"] =
                            json!({ "salt": "00", "value": { "after": 77, "before": null } })
                    }),
                ),
                _ => {
                    let other =
                        if line["entry"]["outcome"] == "moved" { "blocked" } else { "moved" };
                    (
                        "another outcome",
                        Box::new(move |line| line["entry"]["outcome"] = json!(other)),
                    )
                }
            };
            let mut number = 0_u64;
            let forged = altered(journal, |place, line| {
                if place == at + 1 {
                    alter(line);
                }
                if !line.is_null() {
                    number += 1;
                    line["entry"]["sequence"] = number.into();
                }
            });
            assert!(verify(workflow, &forged, None).is_err(), "{what} of {}\n{forged}", at + 1);
            tried.set(tried.get() + 1);
        }
    });
    assert!(tried.get() > 100, "{}", tried.get());
}

#[test]
fn no_byte_of_a_journal_of_a_whole_can_be_another() {
    let workflow = load(&WHOLE);
    let mut case = stood(&workflow);
    let journal: String =
        case.take_entries(&[7; 32]).iter().map(|entry| format!("{}\n", entry.line)).collect();
    assert!(verify(&workflow, &journal, Some(&case.head())).is_ok());
    for place in (0..journal.len()).step_by(7).filter(|place| journal.as_bytes()[*place] != b'\n') {
        let mut bytes = journal.clone().into_bytes();
        bytes[place] = if bytes[place] == b'x' { b'y' } else { b'x' };
        let forged = String::from_utf8(bytes).unwrap();
        assert!(verify(&workflow, &forged, None).is_err(), "{place}");
    }
}

/// Other rules of the parent or of a child: the first entry that they would have decided otherwise is found.
#[test]
fn a_journal_is_asked_of_another_version_of_the_parent_or_of_a_child() {
    let workflow = load(&WHOLE);
    let mut case = stood(&workflow);
    let journal: String =
        case.take_entries(&[7; 32]).iter().map(|entry| format!("{}\n", entry.line)).collect();
    let against = |from: &str, to: &str| {
        let texts: Vec<(&str, String)> =
            WHOLE.0.iter().map(|(name, text)| (*name, text.replace(from, to))).collect();
        assert!(texts.iter().zip(WHOLE.0).any(|(one, other)| one.1 != other.1), "{from}");
        let files: Vec<(&str, &str)> =
            texts.iter().map(|(name, text)| (*name, text.as_str())).collect();
        let other = load(&Files(&files));
        let found = verify(&other, &journal, None).unwrap_err();
        assert_eq!(found.kind, DiscrepancyKind::Workflow, "{found}");
        let mut verifier = Verifier::against(&other);
        let mut lines = journal.split_inclusive('\n');
        lines.find_map(|line| verifier.line(line).err()).map(|found| found.to_string())
    };
    assert_eq!(against("n > 5", "n > 7"), None);
    let found = against("n += 1;", "n += 2;").unwrap();
    assert!(found.contains("changed.n"), "{found}");
    let found = against(r#""n > 5""#, r#""n >= 0""#).unwrap();
    assert!(found.contains("the term `P1D` of `wait`") && found.contains("`c/a`"), "{found}");
    let found = against(r#""list.push(event.data.key)""#, r#""emit(`no`)""#);
    assert!(found.is_some());
    let found = against(r#""id": "one""#, r#""id": "two""#).unwrap();
    assert!(found.contains("one/1") && found.contains("two/1"), "{found}");
}
