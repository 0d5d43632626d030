//! Behind an erased value of which more could have been than is tried: the entry itself is checked only in part, and said to
//! be; those behind it are decided anew again.

use super::journals::{after, altered, day, parts, refused, without};
use super::*;
use tresteg::journal::{Verifier, verify};
use tresteg::{Actor, Event};

fn loaded(text: &str) -> Workflow {
    Workflow::from_json(text).unwrap_or_else(|report| panic!("{report}"))
}

/// Without the values of these parts, of every entry.
fn erased(text: &str, gone: &[&str]) -> String {
    let mut text = text.to_owned();
    for (number, path) in parts(&text) {
        if gone.contains(&path.as_str()) {
            text = without(&text, number, &path);
        }
    }
    text
}

fn forged(text: &str, of: usize, forge: impl Fn(&mut Json)) -> String {
    altered(text, |number, line| {
        if number == of {
            forge(line);
        }
    })
}

fn integer(number: i64) -> Json {
    json!(number)
}

const RAISES: &str = r#"{ "id": "raise",
    "facts": { "sum": { "type": "integer" }, "limit": { "type": "integer" }, "seen": { "type": "integer", "default": 0 } },
    "events": { "ask": { "sets": ["sum", "limit"] }, "set": { "sets": ["limit"] }, "go": {}, "next": { "by": [] },
                "decide": {}, "sign": {} },
    "initial": "a", "states": {
        "a": { "on": { "ask": {}, "set": {}, "next": { "actions": "seen += 1" },
                       "go": { "actions": "for i in 0..sum { raise(`next`) }" },
                       "decide": [{ "target": "b", "guard": "limit > 5" }, { "target": "c" }],
                       "sign": { "target": "c", "not_by": ["next"] } } },
        "b": {}, "c": { "type": "final" } } }"#;

#[test]
fn behind_actions_that_may_have_raised_facts_are_checked_again() {
    let workflow = loaded(RAISES);
    let events = [
        Event::new("ask").at(day(1)).fact("sum", 3).fact("limit", 4),
        Event::new("go").at(day(2)),
        Event::new("set").at(day(3)).fact("limit", 6),
        Event::new("decide").at(day(4)),
    ];
    let text = erased(&after(&workflow, &events), &["facts.sum", "changed.sum"]);
    let found = verify(&workflow, &text, None).unwrap();
    assert_eq!(found.partly, [3], "{found:?}");
    assert!(found.recomputed >= 3, "{found:?}");
    // What the event behind it sets, what the guard then decides.
    let set =
        forged(&text, 4, |line| line["private"]["changed.limit"]["value"]["after"] = integer(7));
    refused(&workflow, &set, 4, "changed.limit");
    let way = forged(&text, 5, |line| {
        line["entry"]["states"] = json!(["c"]);
        line["entry"]["entered"] = json!(["c"]);
        line["entry"]["taken"][0]["to"] = json!(["c"]);
    });
    refused(&workflow, &way, 5, "");
    // In the entry itself: a fact that no script sets, what it was, a message that nothing emits.
    let limit = forged(&text, 3, |line| {
        let change = json!({ "after": integer(9), "before": integer(4) });
        line["private"]["changed.limit"] = json!({ "salt": "00", "value": change });
    });
    refused(&workflow, &limit, 3, "by nothing");
    let before =
        forged(&text, 3, |line| line["private"]["changed.seen"]["value"]["before"] = integer(2));
    refused(&workflow, &before, 3, "another than it was");
    let emitted = forged(&text, 3, |line| line["entry"]["emitted"] = json!(["pay"]));
    refused(&workflow, &emitted, 3, "emitted");
    let mut verifier = Verifier::new(&workflow);
    text.split_inclusive('\n').for_each(|line| verifier.line(line).unwrap());
    assert!(verifier.case().is_none(), "nobody goes on from what is only said");
}

/// Whether nobody known has raised it is not known: who signs may be let through or not.
#[test]
fn whether_somebody_unknown_raised_it_is_doubtful_then() {
    let workflow = loaded(RAISES);
    for sum in [0, 1, 3] {
        let events = [
            Event::new("ask").at(day(1)).fact("sum", sum),
            Event::new("go").at(day(2)),
            Event::new("sign").by(Actor::new("eva")).at(day(3)),
        ];
        let text = after(&workflow, &events);
        let text = erased(&text, &["facts.sum", "changed.sum", "changed.seen"]);
        let found = verify(&workflow, &text, None);
        assert!(found.is_ok(), "{sum}: {found:?}");
    }
}

/// More transitions that ask for what was erased than can be tried in all ways: nothing moves by that.
#[test]
fn many_doubtful_transitions_open_no_way_for_a_forged_fact() {
    let ways: Vec<String> = (0..7)
        .map(|turn| format!(r#"{{ "target": "b", "guard": "sum == {turn} || x == {turn}" }}"#))
        .collect();
    let text = format!(
        r#"{{ "id": "many", "facts": {{ "sum": {{ "type": "integer" }}, "x": {{ "type": "integer", "default": 90 }},
                "limit": {{ "type": "integer" }} }},
            "events": {{ "ask": {{ "sets": ["sum", "limit"] }}, "set": {{ "sets": ["limit"] }}, "go": {{ "sets": ["limit"] }} }},
            "initial": "a", "states": {{ "a": {{ "on": {{ "ask": {{}}, "set": {{}}, "go": [{}] }} }}, "b": {{}} }} }}"#,
        ways.join(", ")
    );
    let workflow = loaded(&text);
    for (sum, number) in [(50, 3), (6, 3)] {
        let events = [
            Event::new("ask").at(day(1)).fact("sum", sum).fact("limit", 4),
            Event::new("go").at(day(2)).fact("limit", 5),
        ];
        let text = erased(&after(&workflow, &events), &["facts.sum", "changed.sum"]);
        assert_eq!(verify(&workflow, &text, None).unwrap().partly, [0; 0], "{text}");
        let other = forged(&text, number, |line| {
            let before = integer(4);
            let change = json!({ "after": integer(9), "before": before });
            line["private"]["changed.limit"] = json!({ "salt": "00", "value": change });
        });
        assert!(verify(&workflow, &other, None).is_err(), "{sum}");
    }
    // And an event more behind it.
    let events = [
        Event::new("ask").at(day(1)).fact("sum", 50).fact("limit", 4),
        Event::new("go").at(day(2)),
        Event::new("set").at(day(3)).fact("limit", 8),
    ];
    let text = erased(&after(&workflow, &events), &["facts.sum", "changed.sum"]);
    let early = forged(&text, 3, |line| line["entry"]["outcome"] = json!("not_expected"));
    let _ = verify(&workflow, &early, None);
    let set =
        forged(&text, 4, |line| line["private"]["changed.limit"]["value"]["after"] = integer(7));
    refused(&workflow, &set, 4, "changed.limit");
}

const SIGNED: &str = r#"{ "id": "signed", "roles": { "a": {}, "b": {}, "c": {} },
    "facts": { "sum": { "type": "integer" }, "limit": { "type": "integer" } },
    "events": { "ask": { "sets": ["sum"] }, "set": { "sets": ["limit"] }, "sign": {}, "back": {}, "decide": {} },
    "initial": "open", "states": {
        "open": { "on": { "ask": {}, "set": {},
            "sign": { "target": "done", "guard": "sum != 3", "signed_by": ["a", "b", "c"], "revoke": "back" },
            "decide": { "target": "late", "guard": "limit > 5" } } },
        "done": {}, "late": {} } }"#;

#[test]
fn while_signatures_wait_what_depends_on_nothing_erased_is_decided_anew() {
    let workflow = loaded(SIGNED);
    let sign =
        |who: &str, role: &str, at| Event::new("sign").by(Actor::new(who).role(role)).at(day(at));
    let stories: [(&str, Vec<Event>); 4] = [
        ("all sign", vec![sign("eva", "a", 3), sign("bo", "b", 4), sign("kim", "c", 5)]),
        (
            "a fact drops them",
            vec![
                sign("eva", "a", 3),
                Event::new("ask").fact("sum", 7).at(day(4)),
                sign("bo", "b", 5),
            ],
        ),
        (
            "the same again drops none",
            vec![
                sign("eva", "a", 3),
                Event::new("ask").fact("sum", 5).at(day(4)),
                sign("bo", "b", 5),
            ],
        ),
        (
            "one takes the own back",
            vec![
                sign("eva", "a", 3),
                sign("bo", "b", 4),
                Event::new("back").by(Actor::new("eva")).at(day(5)),
                sign("kim", "c", 6),
            ],
        ),
    ];
    for (what, more) in stories {
        let mut events = vec![Event::new("ask").at(day(1)).fact("sum", 5)];
        events.extend(more);
        events.push(Event::new("set").at(day(8)).fact("limit", 6));
        events.push(Event::new("decide").at(day(9)));
        let text = after(&workflow, &events);
        let all = text.lines().count();
        // Whom of those who signed may be who takes back is not known.
        for gone in [
            &["facts.sum", "changed.sum"][..],
            &["facts.sum"],
            &["changed.sum"],
            &["actor"],
            &["facts.sum", "changed.sum", "actor", "read.sum"],
        ] {
            let text = erased(&text, gone);
            let found = verify(&workflow, &text, None);
            assert!(found.is_ok(), "{what}, {gone:?}: {found:?}\n{text}");
            if what == "all sign" {
                continue;
            }
            let set = forged(&text, all - 1, |line| {
                line["private"]["changed.limit"]["value"]["after"] = integer(7);
            });
            assert!(verify(&workflow, &set, None).is_err(), "{what}, {gone:?}");
            let way = forged(&text, all, |line| {
                let entry = &mut line["entry"];
                entry["outcome"] = json!("not_expected");
                for key in ["left", "entered", "taken", "states", "held", "signatures"] {
                    entry.as_object_mut().unwrap().remove(key);
                }
            });
            match verify(&workflow, &way, None) {
                Ok(found) => {
                    assert!(
                        gone.contains(&"actor") && found.partly.contains(&(all as u64)),
                        "{what}, {gone:?}: {found:?}"
                    );
                }
                Err(found) => assert_eq!(found.line, all as u64, "{what}, {gone:?}"),
            }
        }
    }
}

/// Also where it begins so.
#[test]
fn a_start_that_is_checked_in_part_opens_nothing_behind_it() {
    let workflow = loaded(
        r#"{ "id": "start", "facts": { "sum": { "type": "integer" }, "limit": { "type": "integer" } },
            "events": { "set": { "sets": ["limit"] }, "next": { "by": [] } },
            "entry": "for i in 0..sum { raise(`next`) }",
            "initial": "a", "states": { "a": { "on": { "set": {}, "next": "b" } },
                "b": { "on": { "set": {}, "next": "c" } }, "c": { "on": { "set": {} } } } }"#,
    );
    let facts = BTreeMap::from([("sum".to_owned(), 2.into())]);
    let mut case = Case::start(&workflow, Some(day(0)), facts).unwrap().0;
    case.fire(&Event::new("set").at(day(1)).fact("limit", 3));
    let text = erased(&super::journals::journal(&mut case), &["facts.sum"]);
    let found = verify(&workflow, &text, None).unwrap();
    assert_eq!((found.partly, found.recomputed), (vec![1], 1));
    for forge in [
        &|line: &mut Json| line["entry"]["event"] = json!("gone"),
        &|line: &mut Json| line["entry"]["at"] = json!("2020-01-01T00:00:00Z"),
        &|line: &mut Json| line["private"]["changed.limit"]["value"]["after"] = integer(7),
    ] as [&dyn Fn(&mut Json); 3]
    {
        assert!(verify(&workflow, &forged(&text, 2, forge), None).is_err());
    }
}

/// An actor that was erased may have had no id, and then is refused where it must be known who it is.
#[test]
fn who_was_erased_may_have_had_no_id() {
    let workflow = loaded(
        r#"{ "id": "nobody", "events": { "prepare": {}, "approve": {} }, "initial": "a", "states": {
            "a": { "on": { "prepare": "b" } }, "b": { "on": { "approve": { "target": "a", "not_by": ["prepare"] } } } } }"#,
    );
    let mut nobody = Actor::new("x").unit("u");
    nobody.id = None;
    let events = [
        Event::new("prepare").by(nobody).at(day(1)),
        Event::new("prepare").by(Actor::new("eva")).at(day(2)),
        Event::new("approve").by(Actor::new("bo")).at(day(3)),
    ];
    let text = without(&after(&workflow, &events), 2, "actor");
    let found = verify(&workflow, &text, None).unwrap_or_else(|found| panic!("{found}"));
    assert!(found.partly.is_empty() && found.recomputed >= 3, "{found:?}");
}

/// What was sent by actions that read what was erased falls due when an entry says so.
#[test]
fn what_may_have_been_sent_falls_due() {
    let workflow = loaded(
        r#"{ "id": "sends", "facts": { "sum": { "type": "integer" } },
            "events": { "ask": { "sets": ["sum"] }, "go": {}, "later": { "by": [] } }, "initial": "a", "states": {
            "a": { "on": { "ask": {}, "go": { "actions": "send(`later`, days(sum))" }, "later": "b" } }, "b": {} } }"#,
    );
    let mut case = Case::start(&workflow, Some(day(0)), BTreeMap::new()).unwrap().0;
    case.fire(&Event::new("ask").at(day(1)).fact("sum", 3));
    case.fire(&Event::new("go").at(day(2)));
    case.advance(tresteg::case::Until::Time(day(9)));
    let text = erased(&super::journals::journal(&mut case), &["facts.sum", "changed.sum"]);
    assert!(text.contains(r#""kind":"sent""#), "{text}");
    let found = verify(&workflow, &text, None);
    assert!(found.is_ok(), "{found:?}");
    let other = forged(&text, 4, |line| line["entry"]["event"] = json!("ask"));
    assert!(verify(&workflow, &other, None).is_err());
}
