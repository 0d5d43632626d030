//! What somebody found who had built nothing of it.

use tresteg::case::Availability;
use tresteg::journal::{Erasure, erase, verify};
use tresteg::{Actor, Case, Event, Limits, Outcome, Workflow};

fn loaded(text: &str) -> Workflow {
    Workflow::from_json(text).unwrap_or_else(|report| panic!("{report}"))
}

fn begun(workflow: &Workflow) -> Case {
    Case::start(workflow, None, Default::default()).unwrap().0
}

/// What `options` calls blocked nobody can send, whatever it carries: what an event may bring is not known to be unknown.
#[test]
fn what_may_come_with_an_event_is_not_held_to_be_missing() {
    let workflow = |guard: &str| {
        loaded(
            &r#"{ "id": "w", "initial": "a", "facts": { "f": { "type": "boolean" }, "n": { "type": "integer" }, "m": { "type": "integer", "default": 2 },
                    "board": { "type": "array", "items": { "type": "object", "properties": { "name": { "type": "string" } } } },
                    "d": { "type": "boolean", "value": "known(`f`)" }, "e": { "type": "integer", "value": "n ?? 0" } },
                "factors": { "k": { "guard": "known(`f`)" }, "two": { "of": ["k", "d"], "at_least": 1 }, "past": { "guard": "last(`other`) < now" },
                    "many": { "of": ["past", "f"], "at_least": 1 } },
                "events": { "go": { "sets": ["f", "n", "board"], "data": { "x": { "type": "integer" } } }, "other": {} },
                "states": { "a": { "on": { "go": { "target": "b", "guard": "GUARD" }, "other": { "guard": "GUARD" } } }, "b": {} } }"#
                .replace("GUARD", guard),
        )
    };
    let standing = |guard: &str, event: &str| {
        let workflow = workflow(guard);
        let case = begun(&workflow);
        let options = case.options(None);
        options.iter().find(|choice| choice.event == event).unwrap().standing.clone()
    };
    for (guard, needs) in [
        ("known(`f`)", "f"),
        ("d", "f"),
        ("k", "f"),
        ("two", "f"),
        ("(n ?? 0) > 3", "n"),
        ("e > 3", "n"),
        ("(f ?? false) && m == 2", "f"),
        ("if known(`f`) { m == 2 } else { m == 3 }", "f"),
        ("(board ?? []).len() > 0", "board"),
        ("!(f ?? true)", "f"),
        ("f || last(`other`) < now", "f"),
        ("(f && m == 2) || (last(`other`) < now && n > 3)", "f"),
        ("m == 2 && (last(`other`) < now || k || n > 1 && last(`other`) < now)", "f"),
        ("many", "f"),
    ] {
        match standing(guard, "go") {
            Availability::OpenIf { given, .. } => assert_eq!(given, [needs], "{guard}"),
            other => panic!("{guard}: {other:?}"),
        }
        assert!(matches!(standing(guard, "other"), Availability::Blocked { .. }), "{guard}");
    }
    match standing("(event.data.x ?? 0) > 3", "go") {
        Availability::OpenIf { given, .. } => assert_eq!(given, ["event.data.x"]),
        other => panic!("{other:?}"),
    }
    // What stays shut whatever comes is blocked as before.
    for guard in [
        "f && last(`other`) < now",
        "last(`other`) < now || m == 3 && f",
        "known(`f`) && m == 3",
        "(n ?? 0) > 3 && m > 5",
        "known(`m`) && m == 7",
    ] {
        assert!(matches!(standing(guard, "go"), Availability::Blocked { .. }), "{guard}");
    }
}

/// The journal without a fact.
fn without(case: &mut Case, fact: &str) -> String {
    let erased = Erasure::Field(fact.to_owned());
    let lines = case.take_entries(&[7; 32]);
    lines.iter().map(|entry| erase(&entry.line, &erased).unwrap().0 + "\n").collect()
}

/// Whatever is erased, what was sent by scripts that cannot be run again comes in the order that the journal tells of, beside
/// what others sent for the same instant.
#[test]
fn what_was_sent_by_what_was_erased_keeps_its_turn() {
    for (before, behind) in [
        ("f = !f; send(`x`);", "send(`y`);"),
        ("send(`y`);", "f = !(f ?? true); send(`x`);"),
        ("f = !f; send(`x`, days(1));", "send(`y`, days(1));"),
        ("f = !f; send(`x`); send(`y`);", "send(`y`); send(`x`);"),
    ] {
        let workflow = loaded(
            &r#"{ "id": "w", "initial": "a", "facts": { "f": { "type": "boolean" } },
                "events": { "go": { "required": ["f"] }, "x": {}, "y": {} },
                "states": { "a": { "on": { "go": { "target": "b", "actions": "BEFORE" } } },
                            "b": { "entry": "BEHIND", "on": { "x": {}, "y": {} } } } }"#
                .replace("BEFORE", before)
                .replace("BEHIND", behind),
        );
        let mut case = begun(&workflow);
        assert!(case.fire(&Event::new("go").fact("f", false)).is_moved());
        case.advance(workflow.time("1980-01-01").unwrap());
        let journal = without(&mut case, "f");
        let head = case.head();
        assert!(!journal.contains("facts.f\":{\"salt"));
        let verified = verify(&workflow, &journal, Some(&head));
        assert!(verified.is_ok(), "{before} {behind}: {verified:?}");
    }
}

/// Ids that look the same are not two persons.
#[test]
fn no_second_person_by_another_space_or_dash() {
    let workflow = loaded(
        r#"{ "id": "w", "events": { "prepare": {}, "approve": {} }, "initial": "p",
            "states": { "p": { "on": { "prepare": "q" } }, "q": { "on": { "approve": { "target": "r", "not_by": ["prepare"] } } }, "r": {} } }"#,
    );
    for (one, two) in [
        ("Eva Ek", "Eva\u{A0}Ek"),
        ("Eva Ek", "Eva  Ek"),
        ("Eva Ek", "Eva\u{2003}Ek"),
        ("eva", "eva\u{2800}"),
        ("19121212-1212", "19121212\u{2011}1212"),
        ("19121212-1212", "19121212\u{2013}1212"),
    ] {
        let mut case = begun(&workflow);
        assert!(case.fire(&Event::new("prepare").by(Actor::new(one))).is_moved());
        let second = case.fire(&Event::new("approve").by(Actor::new(two)));
        assert_eq!(second.outcome, Outcome::Error, "{one} {two}");
        assert_eq!(second.problems.first().map(|problem| problem.code.as_str()), Some("actor-id"));
    }
}

/// A journal that is longer than its head says is told by the first entry that is too many.
#[test]
fn an_entry_beyond_the_head_is_one_that_is_there() {
    let workflow = loaded(
        r#"{ "id": "w", "events": { "go": {} }, "states": { "a": { "on": { "go": {} } } } }"#,
    );
    let mut case = begun(&workflow);
    for _ in 0..3 {
        case.fire(&Event::new("go"));
    }
    let mut heads = vec![case.head()];
    let mut journal = String::new();
    for entry in case.take_entries(&[7; 32]) {
        journal += &format!("{}\n", entry.line);
        heads.push(verify(&workflow, &journal, None).unwrap().head);
    }
    let last = heads.pop().unwrap();
    assert!(verify(&workflow, &journal, Some(&last)).is_ok());
    for head in heads {
        let found = verify(&workflow, &journal, Some(&head)).unwrap_err();
        assert_eq!(found.line, head.sequence + 1, "{found}");
    }
}

/// A state with as many terms, each of its own date or all of one, of which none leads anywhere.
fn waiting(terms: usize, apart: bool, regions: bool) -> String {
    let term = |number: usize| {
        let minutes = if apart { number } else { 1 };
        format!(r#""PT{minutes}M": {{ "actions": "emit(`m`)" }}"#)
    };
    if regions {
        let states = (1..=terms)
            .map(|number| format!(r#""r{number}": {{ "after": {{ {} }} }}"#, term(number)));
        let states: Vec<String> = states.collect();
        format!(
            r#"{{ "id": "w", "states": {{ "a": {{ "type": "parallel", "states": {{ {} }} }} }} }}"#,
            states.join(",")
        )
    } else {
        let terms: Vec<String> = (1..=terms).map(term).collect();
        format!(r#"{{ "id": "w", "states": {{ "a": {{ "after": {{ {} }} }} }} }}"#, terms.join(","))
    }
}

fn refused_to_advance(text: &str, limits: &Limits) -> String {
    let workflow = Workflow::load("w.json", text, &mut |_| Err(String::new()), limits).unwrap();
    let mut case = begun(&workflow);
    let before = serde_json::to_string(&case.snapshot()).unwrap();
    let decision = case.advance(workflow.time("1970-02-01").unwrap());
    assert_eq!(decision.outcome, Outcome::Error);
    assert_eq!(serde_json::to_string(&case.snapshot()).unwrap(), before);
    decision.problems.iter().map(|problem| problem.code.to_string()).collect()
}

/// Every step goes through all that waits, and what is due is put in order: both are work of the call.
#[test]
fn many_terms_are_work_of_the_call() {
    let limits = Limits { call_operations: 300_000, ..Limits::default() };
    let text = waiting(1_000, true, false);
    assert_eq!(refused_to_advance(&text, &limits), "limit-call-operations");
    let text = waiting(500, false, true);
    assert_eq!(refused_to_advance(&text, &limits), "limit-call-operations");
}

/// Every step tells of all that is active: where that is much it is bytes of the call.
#[test]
fn what_many_steps_tell_of_many_states_is_made_by_the_call() {
    let limits = Limits { call_bytes: 256 << 10, ..Limits::default() };
    assert_eq!(refused_to_advance(&waiting(400, true, true), &limits), "limit-call-bytes");
}
