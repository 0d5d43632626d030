//! Growth: of twice as much of anything, twice the work and twice the memory. Work is what is looked at, not time.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::case::Case;
use crate::case::Until;
use crate::{Event, Limits, Workflow};

/// Items of a JSON object or list.
fn each(count: usize, item: impl Fn(usize) -> String) -> String {
    (0..count).map(item).collect::<Vec<_>>().join(", ")
}

fn load(text: &str) -> Workflow {
    Workflow::from_json(text).unwrap_or_else(|report| panic!("{report}"))
}

fn start(workflow: &Workflow) -> Case {
    let at = "2026-01-01T00:00:00Z".parse().unwrap();
    Case::start(workflow, Some(at), BTreeMap::new()).unwrap().0
}

/// Work and bytes of something, done for a number and for twice as many.
fn holds(what: &str, text: impl Fn(usize) -> String, count: usize, act: impl Fn(&Workflow, Case)) {
    let cost = |count: usize| {
        let workflow = load(&text(count));
        let case = start(&workflow);
        let work = crate::work::counted(|| act(&workflow, case.clone()));
        let bytes = allocation_counter::measure(|| act(&workflow, case.clone())).bytes_total;
        (work.max(1), bytes.max(1))
    };
    let (one, two) = (cost(count), cost(2 * count));
    let grown = |one: u64, two: u64| two as f64 / one as f64;
    let (work, bytes) = (grown(one.0, two.0), grown(one.1, two.1));
    assert!(work < 2.5, "{what}: {} and {} things looked at", one.0, two.0);
    assert!(bytes < 2.5, "{what}: {} and {} bytes", one.1, two.1);
}

fn go(_: &Workflow, mut case: Case) {
    let decision = case.fire(&Event::new("go"));
    assert!(decision.is_moved(), "{decision:?}");
}

/// A parallel state of so many regions; `%` in what stands in each is its number.
fn regions(count: usize, first: &str, second: &str) -> String {
    let region = |n: usize| {
        let (a, b) = (first.replace('%', &n.to_string()), second.replace('%', &n.to_string()));
        format!(r#""r{n}": {{ "initial": "a{n}", "states": {{ "a{n}": {a}, "b{n}": {b} }} }}"#)
    };
    format!(
        r#"{{ "id": "w", "initial": "p", "states": {{ "p": {{ "type": "parallel", "done": "q", "states": {{ {} }} }}, "q": {{}} }} }}"#,
        each(count, region)
    )
}

#[test]
fn regions_of_a_parallel_state() {
    let to_b = r#"{ "on": { "go": "b%" } }"#;
    holds("regions that listen to one event", |n| regions(n, to_b, "{}"), 400, go);
    let last = r#"{ "type": "final" }"#;
    holds("regions that are done at once", |n| regions(n, to_b, last), 400, go);
    let timed = r#"{ "on": { "go": "b%" }, "after": { "P1D": "b%" } }"#;
    holds("regions with terms", |n| regions(n, timed, "{}"), 400, go);
    let own = r#"{ "on": { "go%": "b%" } }"#;
    holds(
        "an event that one of the regions hears",
        |n| regions(n, own, "{}"),
        400,
        |_, mut case| {
            assert!(case.fire(&Event::new("go7")).is_moved());
        },
    );
    let into = |n: usize| {
        let all = regions(n, "{}", "{}");
        let targets = each(n, |n| format!(r#""b{n}""#));
        all.replace(
            r#""q": {}"#,
            &format!(r#""q": {{ "on": {{ "go": [{{ "target": [{targets}] }}] }} }}"#),
        )
        .replace(r#""initial": "p""#, r#""initial": "q""#)
    };
    holds("targets in all of the regions", into, 400, go);
}

#[test]
fn what_could_be_sent() {
    let many = |n: usize| {
        let on = each(n, |n| format!(r#""e{n}": {{ "guard": "k > {n}", "target": "s" }}"#));
        let events = each(n, |n| format!(r#""e{n}": {{ "sets": ["k"] }}"#));
        format!(
            r#"{{ "id": "w", "facts": {{ "k": {{ "type": "integer", "default": 5 }} }}, "events": {{ "none": {{}}, {events} }},
            "states": {{ "s": {{ "on": {{ {on} }} }} }} }}"#
        )
    };
    holds("options over many choices", many, 200, |_, case| {
        assert!(case.options(None).len() >= 200);
    });
    holds("an unexpected event", many, 200, |_, mut case| {
        assert!(!case.fire(&Event::new("none")).expected.is_empty());
    });
}

#[test]
fn an_unknown_event_is_bounded_work() {
    let states = |n: usize| {
        let all = each(n, |n| format!(r#""s{n}": {{ "on": {{ "event{n}": "s{n}" }} }}"#));
        format!(r#"{{ "id": "w", "initial": "s0", "states": {{ {all} }} }}"#)
    };
    let work = |n: usize| {
        let mut case = start(&load(&states(n)));
        crate::work::counted(|| {
            let decision = case.fire(&Event::new("evnt17"));
            assert_eq!(decision.problems[0].hint.as_deref(), Some("did you mean `event17`?"));
        })
    };
    // Only names with the same letters but for a few are compared letter by letter.
    assert!(work(4_000) < 4_000 && work(8_000) < 4_000, "{} {}", work(4_000), work(8_000));
}

#[test]
fn terms_that_are_due() {
    let terms = |n: usize| {
        let at = each(n, |n| format!(r#""d{n}": {{ "guard": "k > 5" }}"#));
        let facts =
            each(n, |n| format!(r#""d{n}": {{ "format": "date", "default": "2026-01-02" }}"#));
        format!(
            r#"{{ "id": "w", "facts": {{ "k": {{ "type": "integer", "default": 0 }}, {facts} }}, "states": {{ "s": {{ "at": {{ {at} }} }} }} }}"#
        )
    };
    let passes = |_: &Workflow, mut case: Case| {
        let decision = case.advance(Until::Time("2026-02-01T00:00:00Z".parse().unwrap()));
        assert!(decision.problems.is_empty(), "{decision:?}");
    };
    holds("terms that are due and not open", terms, 400, passes);
    let sent = |n: usize| {
        let sends =
            each(n, |n| format!("send(`e{n}`, days({}))", n + 1)).replace(", send", "; send");
        let on = each(n, |n| format!(r#""e{n}": {{}}"#));
        format!(
            r#"{{ "id": "w", "states": {{ "s": {{ "entry": "{sends}", "on": {{ {on} }} }} }} }}"#
        )
    };
    holds("sent events that wait", sent, 200, |_, case| assert!(case.terms().len() >= 200));
}

#[test]
fn chains_of_rules() {
    let factors = |n: usize| {
        let rules = each(n, |n| match n {
            0 => r#""g0": { "guard": "f" }"#.to_owned(),
            n => format!(r#""g{n}": {{ "guard": "g{} && f" }}"#, n - 1),
        });
        format!(
            r#"{{ "id": "w", "facts": {{ "f": {{ "type": "boolean", "default": true }} }}, "factors": {{ {rules} }},
            "states": {{ "s": {{ "on": {{ "go": {{ "guard": "g{}" }} }} }} }} }}"#,
            n - 1
        )
    };
    holds("a chain of factors", factors, 300, go);
    holds("a chain of factors, explained", factors, 300, |_, case| {
        assert!(case.factors().len() >= 300);
    });
    let facts = |n: usize| {
        let rules = each(n, |n| match n {
            0 => r#""f0": { "type": "integer", "default": 1 }"#.to_owned(),
            n => format!(
                r#""f{n}": {{ "type": "integer", "value": "f{} + f{}" }}"#,
                n - 1,
                n.saturating_sub(2)
            ),
        });
        // Each reads two others: what is known is not asked again.
        let rules = rules.replace("f1 + f0", "f1 - f0 + 1").replace(" + f", " - f");
        format!(
            r#"{{ "id": "w", "facts": {{ {rules} }}, "states": {{ "s": {{ "on": {{ "go": {{ "guard": "f{} > -1000" }} }} }} }} }}"#,
            n - 1
        )
    };
    holds("a chain of derived facts", facts, 300, go);
}

#[test]
fn long_scripts() {
    for (what, first, next, last) in [
        ("&&", "k > 0", " && k > 0", ""),
        ("||", "k < 0", " || k == 1", ""),
        ("??", "any", " ?? any", " == 1 || true"),
        ("switch", "switch k { ", "7 => false, ", "_ => true }"),
    ] {
        let text = |n: usize| {
            format!(
                r#"{{ "id": "w", "facts": {{ "k": {{ "type": "integer", "default": 1 }}, "any": {{}} }},
                "states": {{ "s": {{ "on": {{ "go": {{ "guard": "{first}{}{last}" }} }} }} }} }}"#,
                next.repeat(n)
            )
        };
        holds(what, text, 1_500, go);
        let read = |n: usize| allocation_counter::measure(|| drop(load(&text(n)))).bytes_total;
        let (one, two) = (read(1_500), read(3_000));
        assert!(two < one * 5 / 2, "{what}: read with {one} and {two} bytes");
    }
}

#[test]
fn names_are_bounded() {
    let long = |bytes: usize| {
        let mut name = "a".repeat(bytes % 2);
        write!(name, "{}a", "a.".repeat((bytes - 1) / 2)).unwrap();
        name.truncate(bytes);
        name
    };
    let most = Limits::default().name_bytes;
    let file = |name: &str| {
        format!(
            r#"{{ "id": "w", "states": {{ "s": {{ "on": {{ "{name}": "s", "e": "s" }} }} }} }}"#
        )
    };
    let fits = "a.".repeat(most / 2 - 1) + "ab";
    let workflow = load(&file(&fits));
    assert!(start(&workflow).fire(&Event::new(&fits)).is_moved());
    let mut case = start(&workflow);
    for bytes in [most + 1, 200_000] {
        let name = long(bytes);
        let report = Workflow::from_json(&file(&name)).unwrap_err();
        let codes: Vec<_> = report.diagnostics().iter().map(|one| one.code).collect();
        assert_eq!(codes, ["limit-name"]);
        #[cfg(feature = "batch")]
        assert!(workflow.event_handle(&name).is_none());
        let mut wrong = vec![Event::new(&name), Event::new("e").fact(&name, 1)];
        wrong.push(Event::new("e").by(crate::Actor::new(&name)));
        wrong.push(Event::new("e").by(crate::Actor::new("a").role(&name)));
        for event in wrong {
            let work = crate::work::counted(|| {
                let decision = case.fire(&event);
                assert_eq!(decision.problems[0].code, "limit-name", "{decision:?}");
            });
            assert!(work < 10, "{work}");
        }
    }
}
