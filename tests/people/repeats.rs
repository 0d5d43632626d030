//! Repeats: events with an id of their own, told by digests of what they say.

use proptest::prelude::*;
use serde_json::json;
use tresteg::case::facts_from_json;
use tresteg::journal::{Verifier, verify};
use tresteg::{Actor, Case, Event, Language, Limits, Outcome, Workflow};

use super::{SALT, by, code, moves, restored, start, stored, workflow};

const PAYMENTS: &str = r#"{ "id": "w", "facts": { "sum": { "type": "number" }, "parts": { "type": "integer", "default": 0 }, "any": {}, "day": { "type": "string", "format": "date" } },
    "events": { "pay": { "sets": ["sum", "parts", "any", "day"], "data": { "text": { "type": "string" } }, "note": true }, "refund": {}, "close": {}, "fail": { "sets": ["parts"] } },
    "states": { "s": { "on": { "pay": { "actions": "emit(`paid`)" }, "refund": { "guard": "parts > 5" }, "fail": { "actions": "parts = div(1, parts - 1)" }, "close": "t" } }, "t": { "type": "final" } }, "initial": "s" }"#;

fn facts(event: &str, text: &str) -> Event {
    with(&Event::new(event), |event| event.facts = facts_from_json(text).unwrap())
}

fn with(event: &Event, change: impl FnOnce(&mut Event)) -> Event {
    let mut event = event.clone();
    change(&mut event);
    event
}

/// The same id with other content is an error, and only the same content is a repeat.
#[test]
fn a_reused_id_gets_no_answer_of_another_event() {
    let workflow = workflow(PAYMENTS);
    let mut case = start(&workflow);
    let first =
        facts("pay", r#"{ "sum": 1, "any": { "b": 2, "a": [1.0, "å"] }, "day": "2026-01-02" }"#)
            .by(Actor::new("eva").role("x").unit("u"))
            .data("text", "åter")
            .note("n")
            .id("1");
    moves(&mut case, &first);
    let (before, text) = (case.clone(), stored(&case));
    let same = [
        first.clone(),
        first.clone().by(Actor::new("EVA").role("y")),
        first.clone().by(Actor::new("Eva")),
        with(&first, |event| {
            event.facts = facts_from_json(
                r#"{ "any": { "a": [1, "a\u030A"], "b": 2.0 }, "sum": 1.00, "day": "2026-01-02" }"#,
            )
            .unwrap();
        }),
        first.clone().data("text", "a\u{30A}ter"),
        first.clone().at(case.time()),
    ];
    let none = facts("pay", "{}");
    let other = [
        with(&first, |event| event.name = "refund".into()),
        Event::new("refund").id("1"),
        Event::new("undeclared").id("1"),
        with(&first, |event| event.name = "pay.more".into()),
        first.clone().fact("sum", 2),
        first.clone().fact("sum", "not a number"),
        first.clone().fact("parts", 0),
        first.clone().fact("unknown", 1),
        with(&first, |event| event.facts = none.facts),
        first.clone().data("text", "ater"),
        first.clone().data("none", 1),
        first.clone().note("m"),
        with(&first, |event| event.note = None),
        with(&first, |event| event.actor = None),
        first.clone().by(Actor::new("bo")),
        first.clone().by(Actor::new("eva ")),
    ];
    for mut case in [restored(&case), case.clone()] {
        for event in &same {
            let decision = case.fire(event);
            assert!(decision.repeat, "{event:?} {decision:?}");
            assert_eq!(decision.outcome, Outcome::Moved);
            assert_eq!(case.explain(event), decision);
            assert_eq!(
                serde_json::to_value(&decision).unwrap(),
                json!({ "outcome": "moved", "event": "pay", "at": "1970-01-01T00:00:00Z", "repeat": true })
            );
            assert_eq!(decision.into_answer(), tresteg::case::Answer::default());
        }
        for event in &other {
            let decision = case.fire(event);
            assert_eq!(
                (decision.outcome, code(&decision), decision.repeat),
                (Outcome::Error, "event-id-reused", false),
                "{event:?}"
            );
            assert_eq!(decision.problems.len(), 1);
            assert_eq!(case.explain(event), decision);
        }
        assert_eq!((stored(&case), &case), (text.clone(), &before));
    }
}

#[test]
fn a_repeat_may_come_late_and_after_the_end() {
    let workflow = workflow(PAYMENTS);
    let mut case = start(&workflow);
    let early = tresteg::DateTime::from_microseconds(1_000_000).unwrap();
    let pay = facts("pay", r#"{ "sum": 1 }"#).at(early).id("1");
    let refund = Event::new("refund").id("2");
    moves(&mut case, &pay);
    assert_eq!(case.fire(&refund).outcome, Outcome::Blocked);
    case.advance(tresteg::DateTime::from_microseconds(9_000_000_000).unwrap());
    moves(&mut case, &Event::new("close").id("3"));
    assert_eq!(case.fire(&Event::new("pay").id("4")).outcome, Outcome::NotExpected);
    let before = stored(&case);
    for (event, outcome) in [
        (&pay, Outcome::Moved),
        (&refund, Outcome::Blocked),
        (&Event::new("close").id("3"), Outcome::Moved),
        (&Event::new("pay").id("4"), Outcome::NotExpected),
    ] {
        let decision = case.fire(event);
        assert_eq!((decision.outcome, decision.repeat, decision.at), (outcome, true, case.time()));
        assert!(
            decision.reasons.is_empty()
                && decision.expected.is_empty()
                && decision.steps.is_empty()
        );
    }
    assert_eq!(stored(&case), before);
    let told = workflow.describe(&case.explain(&pay), Language::English);
    assert_eq!(told.trim_end(), "✓ pay: yes (answered before; nothing has happened now)");
    let told = workflow.describe(&case.explain(&Event::new("pay").id("4")), Language::Swedish);
    assert_eq!(told.trim_end(), "· pay: väntas inte här (besvarat tidigare; inget har hänt nu)");
}

#[test]
fn what_ended_in_an_error_may_be_sent_again() {
    let workflow = workflow(PAYMENTS);
    let mut case = start(&workflow);
    // The contract is broken; a script fails.
    for wrong in [
        facts("pay", r#"{ "sum": "x" }"#).id("1"),
        facts("fail", r#"{ "parts": 1 }"#).id("1"),
        Event::new("no").id("1"),
    ] {
        let decision = case.fire(&wrong);
        assert_eq!(decision.outcome, Outcome::Error);
        assert_ne!(code(&decision), "event-id-reused");
    }
    moves(&mut case, &facts("fail", r#"{ "parts": 2 }"#).id("1"));
    assert_eq!(code(&case.fire(&facts("fail", r#"{ "parts": 1 }"#).id("1"))), "event-id-reused");
}

/// Ten thousand ids and more: some bytes each, no error, and the oldest is forgotten first.
#[test]
fn many_ids_in_one_case() {
    let limits = Limits { untaken_entries: 0, remembered_ids: 5_000, ..Limits::default() };
    let workflow =
        Workflow::load("w.json", PAYMENTS, &mut |_| Err(String::new()), &limits).unwrap();
    let mut case = start(&workflow);
    let empty = stored(&case).len();
    let event = |number: u32| {
        facts("pay", r#"{ "sum": 1 }"#)
            .note("n".repeat(500))
            .id(format!("some-rather-long-id-of-an-event-{number}"))
    };
    for number in 0..5_000 {
        moves(&mut case, &event(number));
    }
    let full = stored(&case).len();
    println!("bytes an id: {}", (full - empty) / 5_000);
    assert!((full - empty) / 5_000 < 100);
    let events: Vec<Event> = (5_000..6_000).map(event).collect();
    let grown = allocation_counter::measure(|| {
        for event in &events {
            assert!(case.fire(event).is_moved());
        }
    });
    println!("bytes an event: {}", grown.bytes_total / 1_000);
    assert!(grown.bytes_total / 1_000 < 20_000 && grown.bytes_current < 200_000, "{grown:?}");
    assert!(stored(&case).len() <= full + 10);
    assert!(
        case.fire(&event(5_999)).repeat
            && case.fire(&event(1_000)).repeat
            && !case.explain(&event(999)).repeat
    );
    assert_eq!(restored(&case), case);
}

/// A journal says nothing of repeats, and the case that is made from it knows them.
#[test]
fn a_journal_knows_the_ids() {
    let limits = Limits { remembered_ids: 2, ..Limits::default() };
    let workflow =
        Workflow::load("w.json", PAYMENTS, &mut |_| Err(String::new()), &limits).unwrap();
    let mut case = start(&workflow);
    let pay =
        facts("pay", r#"{ "sum": 1.5, "any": [1.0] }"#).by(Actor::new("eva")).note("n").id("1");
    let refund = Event::new("refund").id("2");
    for event in [&pay, &refund, &pay, &refund] {
        case.fire(event);
    }
    assert_eq!(case.fire(&Event::new("refund").id("1")).outcome, Outcome::Error);
    let lines = |case: &mut Case| -> String {
        case.take_entries(&SALT).into_iter().map(|entry| entry.line + "\n").collect()
    };
    let mut journal = lines(&mut case);
    assert_eq!(journal.lines().count(), 3, "no repeat and no error is an entry");
    let mut verifier = Verifier::new(&workflow);
    journal.split_inclusive('\n').for_each(|line| verifier.line(line).unwrap());
    let mut again = verifier.case().unwrap();
    assert_eq!(again, case);
    assert!(again.fire(&pay).repeat && again.fire(&refund).repeat);
    // What was forgotten may come again, and the journal is right.
    moves(&mut case, &Event::new("pay").id("3"));
    assert!(!moves(&mut case, &pay).repeat);
    journal += &lines(&mut case);
    assert_eq!(verify(&workflow, &journal, Some(&case.head())).unwrap().recomputed, 5);
    // Under rules that remember more, this is an id that came twice.
    let strict = super::workflow(PAYMENTS);
    let found = verify(&strict, &journal, None).unwrap_err();
    assert!(found.message.contains("repeats the event with the id `1`"), "{found}");
}

#[test]
fn erasing_a_person_finds_every_spelling() {
    let workflow = workflow(PAYMENTS);
    let mut case = start(&workflow);
    moves(&mut case, &by("pay", "Eva").id("1"));
    moves(&mut case, &by("pay", "bo").data("text", "for EVA, by phone").id("2"));
    moves(&mut case, &by("pay", "19121212-1212").id("3"));
    let lines: Vec<String> = case.take_entries(&SALT).into_iter().map(|entry| entry.line).collect();
    let mut journal = String::new();
    for line in lines {
        let (line, _) =
            tresteg::journal::erase(&line, &tresteg::journal::Erasure::Person("eva".into()))
                .unwrap();
        let (line, _) = tresteg::journal::erase(
            &line,
            &tresteg::journal::Erasure::Person("191212121212".into()),
        )
        .unwrap();
        journal += &(line + "\n");
    }
    assert!(!journal.to_lowercase().contains("eva") && !journal.contains("1912"), "{journal}");
    let mut verifier = Verifier::new(&workflow);
    journal.split_inclusive('\n').for_each(|line| verifier.line(line).unwrap());
    // It is not known any more what it said, and so nothing is taken for a repeat of it.
    if let Some(mut again) = verifier.case() {
        assert_eq!(code(&again.fire(&by("pay", "Eva").id("1"))), "event-id-reused");
    }
}

#[test]
fn names_of_the_cases_own_are_an_error_from_outside() {
    let workflow = workflow(
        r#"{ "id": "w", "events": { "go": {}, "inner": { "by": [] } }, "initial": "s",
            "states": { "s": { "on": { "*": {}, "go": { "actions": "raise(`inner`)" }, "inner": { "actions": "send(`inner`, days(1))" } } } } }"#,
    );
    let mut case = start(&workflow);
    for name in ["done", "error", "after", "done.state.s", "error.x", "after.y.z"] {
        let decision = case.fire(&Event::new(name));
        assert_eq!(
            (decision.outcome, code(&decision)),
            (Outcome::Error, "event-reserved"),
            "{name}"
        );
        assert!(workflow.event_handle(name).is_none());
    }
    for name in ["inner", "inner.more"] {
        let decision = case.fire(&Event::new(name).by(Actor::new("eva")));
        assert_eq!(
            (decision.outcome, code(&decision)),
            (Outcome::Error, "event-internal"),
            "{name}"
        );
    }
    moves(&mut case, &Event::new("go"));
    let later = case.advance("P2D".parse::<tresteg::Duration>().unwrap());
    assert_eq!(later.steps.len(), 2, "{later:?}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    /// Sent twice with an id, an event changes a case once, whichever event and whatever the answer.
    #[test]
    fn what_is_sent_twice_happens_once(
        deeds in prop::collection::vec((0..5_usize, 0..4_u8, 0..3_usize, 0..4_i64), 1..30)
    ) {
        let workflow = workflow(PAYMENTS);
        let (mut once, mut twice) = (start(&workflow), start(&workflow));
        for (name, id, person, parts) in deeds {
            let name = ["pay", "refund", "fail", "close", "none"][name];
            let mut event = by(name, ["eva", "Eva", "bo"][person]).id(id.to_string());
            if matches!(name, "pay" | "fail") {
                event = event.fact("parts", parts);
            }
            let first = once.fire(&event);
            prop_assert_eq!(&twice.fire(&event), &first);
            let before = twice.clone();
            let second = twice.fire(&event);
            prop_assert_eq!(&twice, &before);
            prop_assert_eq!(&twice, &once);
            prop_assert_eq!(second.outcome, first.outcome);
            prop_assert_eq!(second.repeat, first.outcome != Outcome::Error);
            prop_assert_eq!(code(&second), code(&first));
        }
    }
}
