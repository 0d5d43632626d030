//! What the bounds of [`Limits`] mean, beyond that each is kept ([`table`]); and everything that goes wrong while a case runs
//! leaves the case as it was.

mod table;

use std::collections::BTreeMap;

use tresteg::{Case, Decision, Event, Limits, Outcome, Value, Workflow};

fn load(text: &str, limits: &Limits) -> Result<Workflow, Vec<String>> {
    let mut none = |name: &str| Err(format!("no file {name}"));
    let codes = |report: tresteg::diagnostic::Report| {
        let errors = report
            .diagnostics()
            .iter()
            .filter(|one| one.severity == tresteg::diagnostic::Severity::Error);
        errors.map(|one| one.code.to_owned()).collect()
    };
    Workflow::load("w.json", text, &mut none, limits).map_err(codes)
}

fn workflow(text: &str, limits: &Limits) -> Workflow {
    load(text, limits).unwrap_or_else(|codes| panic!("{codes:?}\n{text}"))
}

fn start(workflow: &Workflow) -> Case {
    Case::start(workflow, None, BTreeMap::new()).unwrap_or_else(|error| panic!("{error}")).0
}

/// Everything that a case is, as text.
fn stored(case: &Case) -> String {
    serde_json::to_string(&case.snapshot()).unwrap()
}

/// An event that fails leaves the case as it was; gives the code and the message.
fn refused(case: &mut Case, event: &Event) -> (String, String) {
    let before = (stored(case), case.clone());
    let decision = case.fire(event);
    assert_eq!(decision.outcome, Outcome::Error, "{decision:#?}");
    assert_eq!((stored(case), case.clone()), before);
    problem(&decision)
}

fn problem(decision: &Decision) -> (String, String) {
    let [problem] = decision.problems.as_slice() else { panic!("{decision:#?}") };
    (problem.code.clone(), problem.message.clone())
}

fn moves(case: &mut Case, event: &Event) {
    let decision = case.fire(event);
    assert_eq!(decision.outcome, Outcome::Moved, "{decision:#?}");
}

/// A script as the action of `go`, with an integer fact `n`, a list `l` and a text `t` to work on.
fn acting(script: &str, limits: &Limits) -> Case {
    let script = serde_json::to_string(script).unwrap();
    let text = format!(
        r#"{{ "id": "w",
        "facts": {{ "n": {{ "type": "integer", "default": 0 }}, "t": {{ "type": "string", "default": "x" }},
            "l": {{ "type": "array", "items": {{ "type": "integer" }}, "default": [] }} }},
        "events": {{ "go": {{ "sets": ["n"] }}, "e": {{}} }},
        "states": {{ "a": {{ "on": {{ "go": {{ "actions": {script} }} }} }} }} }}"#
    );
    start(&workflow(&text, limits))
}

// Reading.

#[test]
fn bytes_of_a_definition_with_its_bases() {
    let base = r#"{ "id": "b", "states": { "a": {} } }"#;
    let text = r#"{ "id": "w", "extends": "b.json", "title": "x" }"#;
    let read = |bytes| {
        let limits = Limits { definition_bytes: bytes, ..Limits::default() };
        Workflow::load("w.json", text, &mut |_| Ok(base.to_owned()), &limits)
    };
    assert!(read(base.len() + text.len()).is_ok());
    let report = read(base.len() + text.len() - 1).unwrap_err();
    assert_eq!(report.diagnostics().iter().map(|one| one.code).collect::<Vec<_>>(), ["limit-size"]);
}

#[test]
fn nesting_of_json() {
    // Six levels: file, states, a, states, b, tags.
    let text = r#"{ "id": "w", "states": { "a": { "states": { "b": { "tags": ["x"] } } } } }"#;
    let limits = |depth| Limits { definition_depth: depth, ..Limits::default() };
    assert!(load(text, &limits(6)).is_ok());
    assert_eq!(load(text, &limits(5)).unwrap_err(), ["limit-depth"]);
    // Whatever the limits allow, a hostile text does not reach the stack's end.
    let deep = "[".repeat(1_000_000);
    assert_eq!(load(&deep, &limits(usize::MAX)).unwrap_err(), ["limit-depth"]);
}

#[test]
fn problems_in_a_report() {
    let text = |count: usize| {
        let all: Vec<String> = (0..count).map(|n| format!(r#""e{n}": "nowhere""#)).collect();
        format!(r#"{{ "id": "w", "states": {{ "a": {{ "on": {{ {} }} }} }} }}"#, all.join(", "))
    };
    let report = |count| {
        let limits = Limits { diagnostics: 10, ..Limits::default() };
        Workflow::load("w.json", &text(count), &mut |_| Err(String::new()), &limits).unwrap_err()
    };
    assert_eq!(report(10).diagnostics().len(), 10);
    assert_eq!(report(11).diagnostics().len(), 10);
    assert!(report(11).has_errors());
    // That something is left out is said.
    let shown = |count| report(count).to_string().lines().last().unwrap().to_owned();
    assert_ne!(shown(10), shown(11));
}

#[test]
fn nesting_of_an_expression_through_the_functions_that_it_calls() {
    let text = |functions: usize| {
        let mut all = vec![r#""h0": { "params": ["x"], "body": "x" }"#.to_owned()];
        let calls = |n| format!(r#""h{n}": {{ "params": ["x"], "body": "h{}(x)" }}"#, n - 1);
        all.extend((1..functions).map(calls));
        format!(
            r#"{{ "id": "w", "facts": {{ "n": {{ "type": "integer", "default": 1 }} }}, "functions": {{ {} }},
            "states": {{ "a": {{ "on": {{ "go": {{ "guard": "h{}(n) == 1" }} }} }} }} }}"#,
            all.join(", "),
            functions - 1
        )
    };
    for functions in [1, 20, 40] {
        // The last body is one level, each other call two, the guard three; the way into each function is four.
        let depth = 3 + 4 * functions + 2 * (functions - 1) + 1;
        let limits = |script_depth| Limits { script_depth, ..Limits::default() };
        assert!(load(&text(functions), &limits(depth)).is_ok(), "{functions}");
        let codes = load(&text(functions), &limits(depth - 1)).unwrap_err();
        assert!(codes.iter().all(|code| code == "too-deep"), "{codes:?}");
    }
    // The deepest that the default allows does not reach the stack's end either.
    let text = text((Limits::default().script_depth - 2) / 6);
    on_a_small_stack(move || {
        moves(&mut start(&workflow(&text, &Limits::default())), &Event::new("go"));
    });
}

fn on_a_small_stack(run: impl FnOnce() + Send + 'static) {
    let small = std::thread::Builder::new().stack_size(1024 * 1024);
    small.spawn(run).unwrap().join().unwrap();
}

#[test]
fn lengths_of_chains_are_no_nesting() {
    let chains: [(&str, &dyn Fn(usize) -> String); 4] = [
        ("factors", &|n| format!(r#""guard": "g{} && f""#, n - 1)),
        ("factors", &|n| format!(r#""of": ["g{}", "f"]"#, n - 1)),
        ("facts", &|n| format!(r#""type": "boolean", "value": "g{} && f""#, n - 1)),
        ("facts", &|n| {
            format!(r#""type": "boolean", "value": "if f {{ g{} }} else {{ f }}""#, n - 1)
        }),
    ];
    for (kind, rule) in chains {
        for length in [37, 44, 400] {
            let mut all = vec![match kind {
                "facts" => r#""g0": { "type": "boolean", "value": "f" }"#.to_owned(),
                _ => r#""g0": { "guard": "f" }"#.to_owned(),
            }];
            all.extend((1..length).map(|n| format!(r#""g{n}": {{ {} }}"#, rule(n))));
            let (facts, factors) = match kind {
                "facts" => (format!(", {}", all.join(", ")), String::new()),
                _ => (String::new(), all.join(", ")),
            };
            let text = format!(
                r#"{{ "id": "w", "facts": {{ "f": {{ "type": "boolean" }}{facts} }}, "factors": {{ {factors} }},
                "events": {{ "go": {{ "sets": ["f"] }} }}, "states": {{ "a": {{ "on": {{ "go": {{ "guard": "g{}" }} }} }} }} }}"#,
                length - 1
            );
            on_a_small_stack(move || {
                let mut case = start(&workflow(&text, &Limits::default()));
                let blocked = case.fire(&Event::new("go"));
                assert_eq!(blocked.reasons[0].unknown, ["f"]);
                // What is told can be read by readers that take 128 levels.
                let told = serde_json::to_string(&*blocked).unwrap();
                serde_json::from_str::<serde_json::Value>(&told).unwrap();
                let told = serde_json::to_string(&case.factors()).unwrap();
                serde_json::from_str::<serde_json::Value>(&told).unwrap();
                let _ = case.options(None);
                assert!(!case.fire(&Event::new("go").fact("f", false)).is_moved());
                moves(&mut case, &Event::new("go").fact("f", true));
                for entry in case.take_entries(&[7; 32]) {
                    serde_json::from_str::<serde_json::Value>(&entry.line).unwrap();
                }
            });
        }
    }
}

#[test]
fn states_inside_one_another() {
    let nested = |levels: usize| {
        let mut inner = r#"{ "on": { "go": [{ "guard": "true", "target": "s0" }] } }"#.to_owned();
        for level in (0..levels).rev() {
            inner = format!(r#"{{ "states": {{ "s{level}": {inner} }} }}"#);
        }
        format!(r#"{{ "id": "w", {}"#, inner.trim_start_matches('{'))
    };
    let most = Limits::default().definition_depth;
    for levels in [50, (most - 4) / 2] {
        let text = nested(levels);
        on_a_small_stack(move || {
            let workflow = workflow(&text, &Limits::default());
            let mut case = start(&workflow);
            moves(&mut case, &Event::new("go"));
            let _ = (workflow.fingerprint(), case.options(None));
            let stored = stored(&case);
            serde_json::from_str::<serde_json::Value>(&stored).unwrap();
        });
    }
    assert_eq!(load(&nested((most - 4) / 2 + 1), &Limits::default()).unwrap_err(), ["limit-depth"]);
}

#[test]
fn messages_of_one_call() {
    let text = r#"{ "id": "w", "events": { "e": {}, "next": { "by": [] } }, "facts": { "n": { "type": "integer", "default": 0 } },
        "states": { "a": { "on": { "e": { "actions": "n = 0; send(`next`);" }, "next": [
            { "guard": "n < 4", "actions": "n += 1; emit(`one`); emit(`two`); send(`next`);" }, {} ] } } } }"#;
    for (messages, fits) in [(8, true), (7, false)] {
        let limits = Limits { messages, ..Limits::default() };
        let mut case = start(&workflow(text, &limits));
        let before = serde_json::to_string(&case.snapshot()).unwrap();
        let decision = case.fire(&Event::new("e"));
        assert_eq!(decision.is_moved(), fits, "{decision:?}");
        if !fits {
            assert_eq!(decision.problems[0].code, "limit-messages");
            assert_eq!(serde_json::to_string(&case.snapshot()).unwrap(), before);
        }
    }
}

// Scripts.

#[test]
fn operations() {
    let loops = |turns: usize, operations| {
        let limits = Limits { operations, ..Limits::default() };
        acting(&format!("for i in 0..{turns} {{ n += 1; }}"), &limits)
    };
    // The fewest with which ten turns run, found by trying.
    let enough =
        (1..1_000).find(|most| loops(10, *most).fire(&Event::new("go")).is_moved()).unwrap();
    let mut case = loops(10, enough);
    moves(&mut case, &Event::new("go"));
    assert_eq!(case.fact("n"), Some(10.into()));
    assert_eq!(refused(&mut loops(10, enough - 1), &Event::new("go")).0, "limit-operations");
    assert_eq!(refused(&mut loops(11, enough), &Event::new("go")).0, "limit-operations");
    for endless in
        ["loop { n += 1; }", "while true { }", "while n >= 0 { n = 0; }", "do { } while true"]
    {
        let mut case = acting(endless, &Limits::default());
        assert_eq!(refused(&mut case, &Event::new("go")).0, "limit-operations", "{endless}");
    }
}

#[test]
fn items_of_a_list() {
    let limits = Limits { list_items: 10, ..Limits::default() };
    for script in [
        "for i in 0..COUNT { l.push(i); }",
        "let half = []; for i in 0..5 { half.push(i); } for i in 5..COUNT { l.push(i); } l = half + l;",
        "for i in 0..COUNT { l += [i]; }",
        "for i in 0..COUNT { l.insert(0, i); }",
        "let m = [[]]; for i in 0..COUNT { m[0].push(i); }",
        "let m = []; for i in 0..COUNT { m.push(#{ x: i }); } l = m.map(|x| x.x);",
    ] {
        moves(&mut acting(&script.replace("COUNT", "10"), &limits), &Event::new("go"));
        let mut case = acting(&script.replace("COUNT", "11"), &limits);
        assert_eq!(refused(&mut case, &Event::new("go")).0, "limit-list-items", "{script}");
    }
}

#[test]
fn bytes_of_a_text() {
    let limits = Limits { text_bytes: 16, ..Limits::default() };
    moves(&mut acting("for i in 0..4 { t = t + t; }", &limits), &Event::new("go"));
    let mut case = acting("for i in 0..4 { t = t + t; } t += t;", &limits);
    assert_eq!(refused(&mut case, &Event::new("go")).0, "limit-text-bytes");
    let mut case = acting("for i in 0..4 { t = t + t; } t = t + `y`;", &limits);
    assert_eq!(refused(&mut case, &Event::new("go")).0, "limit-text-bytes");
    // Doubling under the default, which ends long before memory does.
    let mut case = acting("for i in 0..1000 { t += t; }", &Limits::default());
    assert_eq!(refused(&mut case, &Event::new("go")).0, "limit-text-bytes");
    // Letters that grow with their case.
    let limits = Limits { text_bytes: 4, ..Limits::default() };
    moves(&mut acting("t = `ßß`; t = t.upper();", &limits), &Event::new("go"));
    let mut case = acting("t = `ŉŉ`; t = t.upper();", &limits);
    assert_eq!(refused(&mut case, &Event::new("go")).0, "limit-text-bytes");
}

// Steps.

#[test]
fn microsteps_of_eventless_transitions() {
    let limits = Limits { microsteps: 10, ..Limits::default() };
    // One for the event and one for each turn.
    let text = |turns: usize| {
        format!(
            r#"{{ "id": "w", "facts": {{ "n": {{ "type": "integer", "default": 0 }} }}, "initial": "a",
            "states": {{ "a": {{ "on": {{ "go": "one" }} }},
                "one": {{ "always": {{ "guard": "n < {turns}", "target": "two", "actions": "n += 1" }} }},
                "two": {{ "always": {{ "guard": "n < {turns}", "target": "one", "actions": "n += 1" }} }} }} }}"#
        )
    };
    moves(&mut start(&workflow(&text(9), &limits)), &Event::new("go"));
    let (code, message) = refused(&mut start(&workflow(&text(10), &limits)), &Event::new("go"));
    assert_eq!(code, "limit-microsteps");
    assert!(
        message.contains("`one` → `two` → `one`") || message.contains("`two` → `one` → `two`"),
        "{message}"
    );
}

#[test]
fn an_endless_eventless_loop_at_the_start_gives_no_case() {
    let text = r#"{ "id": "w", "initial": "one", "states": { "one": { "always": "two" }, "two": { "always": "one" } } }"#;
    let error =
        Case::start(&workflow(text, &Limits::default()), None, BTreeMap::new()).unwrap_err();
    let [problem] = error.problems() else { panic!("{error}") };
    assert_eq!(problem.code, "limit-microsteps");
    assert!(problem.message.contains("`one`") && problem.message.contains("`two`"), "{problem}");
}

#[test]
fn microsteps_of_raised_events() {
    let text = r#"{ "id": "w", "events": { "go": {}, "ping": {}, "pong": {} }, "initial": "a", "states": {
        "a": { "on": { "go": { "target": "left", "actions": "raise(`ping`)" } } },
        "left": { "on": { "ping": { "target": "right", "actions": "raise(`pong`)" } } },
        "right": { "on": { "pong": { "target": "left", "actions": "raise(`ping`)" } } } } }"#;
    let (code, message) =
        refused(&mut start(&workflow(text, &Limits::default())), &Event::new("go"));
    assert_eq!(code, "limit-microsteps");
    assert!(
        message.contains("`left` → `right` → `left`")
            || message.contains("`right` → `left` → `right`"),
        "{message}"
    );
}

#[test]
fn steps_at_one_instant() {
    let limits = Limits { steps_per_instant: 10, ..Limits::default() };
    let text = |turns: usize| {
        format!(
            r#"{{ "id": "w", "facts": {{ "n": {{ "type": "integer", "default": 0 }} }}, "events": {{ "go": {{}}, "ping": {{ "by": [] }} }},
            "states": {{ "a": {{ "on": {{ "go": {{ "actions": "send(`ping`)" }},
                "ping": {{ "actions": "n += 1; if n < {turns} {{ send(`ping`); }}" }} }} }} }} }}"#
        )
    };
    moves(&mut start(&workflow(&text(10), &limits)), &Event::new("go"));
    let (code, message) = refused(&mut start(&workflow(&text(11), &limits)), &Event::new("go"));
    assert_eq!(code, "limit-steps-per-instant");
    assert!(message.contains("`ping` → `ping`"), "{message}");
}

#[test]
fn an_endless_loop_of_sent_events() {
    let text = r#"{ "id": "w", "events": { "go": {}, "ping": {}, "pong": {} }, "states": { "a": { "on": {
        "go": { "actions": "send(`ping`)" }, "ping": { "actions": "send(`pong`)" }, "pong": { "actions": "send(`ping`)" } } } } }"#;
    let (code, message) =
        refused(&mut start(&workflow(text, &Limits::default())), &Event::new("go"));
    assert_eq!(code, "limit-steps-per-instant");
    assert!(message.contains("`ping` → `pong`"), "{message}");
}

#[test]
fn an_endless_loop_of_terms_of_no_length() {
    let text = r#"{ "id": "w", "initial": "rest", "states": { "rest": { "on": { "go": "one" } },
        "one": { "after": { "PT0S": "two" } }, "two": { "after": { "PT0S": "one" } } } }"#;
    let (code, message) =
        refused(&mut start(&workflow(text, &Limits::default())), &Event::new("go"));
    assert_eq!(code, "limit-steps-per-instant");
    assert!(message.contains("one: PT0S") && message.contains("two: PT0S"), "{message}");
    // At once at the start: then there is no case.
    let text = text.replace(r#""initial": "rest""#, r#""initial": "one""#);
    let error =
        Case::start(&workflow(&text, &Limits::default()), None, BTreeMap::new()).unwrap_err();
    assert_eq!(
        error.problems().iter().map(|one| one.code.as_str()).collect::<Vec<_>>(),
        ["limit-steps-per-instant"]
    );
}

#[test]
fn steps_of_one_call() {
    let text = r#"{ "id": "w", "events": { "go": {} }, "states": { "a": { "after": { "P1D": "a" }, "on": { "go": {} } } } }"#;
    let limits = Limits { steps: 10, ..Limits::default() };
    let days = |days: u32| -> tresteg::Duration { format!("P{days}D").parse().unwrap() };
    let mut case = start(&workflow(text, &limits));
    let decision = case.advance(days(10));
    assert_eq!((decision.outcome, decision.steps.len()), (Outcome::Advanced, 10));
    let before = (stored(&case), case.clone());
    let decision = case.advance(days(11));
    assert_eq!(decision.outcome, Outcome::Error);
    let (code, message) = problem(&decision);
    assert_eq!(code, "limit-steps");
    assert!(message.contains("`a: P1D`"), "{message}");
    assert_eq!((stored(&case), case.clone()), before);
    // The same by an event that comes late.
    let late = Event::new("go").at("1970-02-01T00:00:00Z".parse().unwrap());
    assert_eq!(refused(&mut case, &late).0, "limit-steps");
    // Smaller jumps get there.
    for _ in 0..5 {
        assert_eq!(case.advance(days(10)).outcome, Outcome::Advanced);
    }
}

#[test]
fn raised_sent_and_emitted_at_once() {
    let limits = Limits { queued_events: 10, ..Limits::default() };
    for what in ["raise(`e`);", "send(`e`, days(1));", "emit(`e`);"] {
        let script = |count: usize| format!("for i in 0..{count} {{ {what} }}");
        moves(&mut acting(&script(10), &limits), &Event::new("go"));
        let (code, _) = refused(&mut acting(&script(11), &limits), &Event::new("go"));
        assert_eq!(code, "limit-queued-events", "{what}");
    }
    // Sent events add up over several steps.
    let mut case = acting("send(`e`, days(1))", &limits);
    for _ in 0..10 {
        moves(&mut case, &Event::new("go"));
    }
    assert_eq!(refused(&mut case, &Event::new("go")).0, "limit-queued-events");
}

#[test]
fn ids_of_events() {
    let limits = Limits { remembered_ids: 3, ..Limits::default() };
    let mut case =
        start(&workflow(r#"{ "id": "w", "states": { "a": { "on": { "go": {} } } } }"#, &limits));
    for id in ["a", "b", "c"] {
        moves(&mut case, &Event::new("go").id(id));
    }
    // The newest are remembered, and the oldest is forgotten first.
    let repeated = |case: &mut Case, id: &str| case.fire(&Event::new("go").id(id)).repeat;
    assert!(["c", "b", "a"].iter().all(|id| repeated(&mut case, id)));
    assert!(!repeated(&mut case, "d"));
    assert!(["d", "c", "b"].iter().all(|id| repeated(&mut case, id)));
    assert!(!repeated(&mut case, "a"), "it was forgotten, and pushes the next one out");
    assert!(!repeated(&mut case, "b") && repeated(&mut case, "d"));
    let limits = Limits { remembered_ids: 0, ..Limits::default() };
    let mut case =
        start(&workflow(r#"{ "id": "w", "states": { "a": { "on": { "go": {} } } } }"#, &limits));
    assert!(!repeated(&mut case, "a") && !repeated(&mut case, "a"));
}

#[test]
fn persons_who_sent_events() {
    let limits = Limits { remembered_persons: 3, ..Limits::default() };
    let text = |guard: &str| {
        format!(
            r#"{{ "id": "w", "initial": "a", "states": {{ "a": {{ "on": {{ "go": {{}}, "a": {{}}, "other": {{}}, "end": {{ "target": "b", "guard": "{guard}" }} }} }}, "b": {{}} }} }}"#
        )
    };
    let by = |name: &str, id: &str| Event::new(name).by(tresteg::Actor::new(id));
    let mut case = start(&workflow(&text("who(`go`).len() + who(`a`).len() > 9"), &limits));
    for (name, id) in [("go", "eva"), ("go", "bo"), ("a.b", "eva")] {
        moves(&mut case, &by(name, id));
    }
    for (name, id) in [("go", "ulla"), ("a.c", "bo")] {
        assert_eq!(refused(&mut case, &by(name, id)).0, "limit-remembered-persons");
    }
    moves(&mut case, &by("go", "EVA"));
    moves(&mut case, &by("a.x", "eva"));
    moves(&mut case, &by("other", "kim"));
    // Where no rule asks who it was, nobody is remembered.
    let mut case = start(&workflow(&text("count(`go`) > 9"), &limits));
    for id in ["eva", "bo", "kim", "ulla"] {
        moves(&mut case, &by("go", id));
    }
    // A list has its own bound.
    let limits = Limits { list_items: 3, ..Limits::default() };
    let mut case = start(&workflow(&text("who(`go`).len() > 9"), &limits));
    for id in ["eva", "bo", "kim"] {
        moves(&mut case, &by("go", id));
    }
    assert_eq!(case.fire(&Event::new("end")).outcome, Outcome::Blocked);
    moves(&mut case, &by("go", "ulla"));
    let (code, message) = refused(&mut case, &Event::new("end"));
    assert_eq!(code, "limit-list-items");
    assert!(
        message.contains("who(`go`)") && message.contains('4') && message.contains('3'),
        "{message}"
    );
    moves(&mut case, &by("go", "bodil"));
}

// What goes wrong otherwise.

#[test]
fn signatures_that_wait() {
    let region = |name: &str| {
        format!(r#""{name}": {{ "on": {{ "sign": {{ "signed_by": ["a", "a", "a", "a"] }} }} }}"#)
    };
    let text = format!(
        r#"{{ "id": "w", "roles": {{ "a": {{}} }}, "states": {{ "s": {{ "type": "parallel", "states": {{ {}, {} }} }} }} }}"#,
        region("one"),
        region("two")
    );
    let sign = |id: &str| Event::new("sign").by(tresteg::Actor::new(id).role("a"));
    let limited = |limit| Limits { waiting_signatures: limit, ..Limits::default() };
    let mut case = start(&workflow(&text, &limited(4)));
    moves(&mut case, &sign("x"));
    moves(&mut case, &sign("y"));
    let mut case = start(&workflow(&text, &limited(3)));
    moves(&mut case, &sign("x"));
    let (code, message) = refused(&mut case, &sign("y"));
    assert_eq!(code, "limit-waiting-signatures");
    assert!(message.contains("signatures"), "{message}");
}

#[test]
fn a_script_that_fails_leaves_the_case_as_it_was() {
    let text = r#"{ "id": "w", "facts": {
            "n": { "type": "integer", "default": 0, "minimum": -5, "maximum": 5 }, "big": { "type": "integer", "default": 9223372036854775807 },
            "u": { "type": "integer" }, "e": { "enum": ["x", "y"], "default": "x" }, "any": { "default": "text" },
            "l": { "type": "array", "items": { "type": "integer" }, "maxItems": 2, "default": [1] },
            "x": { "type": "number", "default": 0.5 },
            "o": { "type": "object", "properties": { "p": { "type": "integer" } }, "default": { "p": 1 } } },
        "events": { "go": { "sets": ["n", "u"], "data": { "d": { "type": "integer" } } }, "ready": {}, "sent": {} },
        "initial": "a",
        "states": {
            "a": { "exit": "emit(`left`)", "on": { "ready": { "actions": "n = 1" }, "go": { "target": "b", "actions": ["n += 1; raise(`ready`); send(`sent`); emit(`x`);", "SCRIPT"] } } },
            "b": { "entry": "ENTRY", "on": { "sent": {} } } } }"#;
    let cases = [
        ("n += 5;", "fact-value"),
        ("n = -n - 5;", "fact-value"),
        ("big += 1;", "overflow"),
        ("n = div(1, n - n);", "division-by-zero"),
        ("x = 1 / (x - x);", "division-by-zero"),
        ("n = big % (n - n);", "division-by-zero"),
        ("n = u;", "unknown-in-action"),
        ("if u > 1 { n = 2; }", "unknown-in-action"),
        ("n = event.data.d;", "unknown-in-action"),
        ("n = l[1];", "index"),
        ("n = l[n - 5];", "index"),
        ("l[3] = 1;", "index"),
        ("l.remove(1);", "index"),
        ("l.push(2); l.push(3);", "fact-value"),
        ("n = any;", "fact-value"),
        ("n = any + 1;", "mixed-types"),
        ("e = any;", "fact-value"),
        ("if any { n = 2; }", "not-boolean"),
        ("for i in any { n = 2; }", "wrong-type"),
    ];
    for (script, code) in cases {
        for place in ["SCRIPT", "ENTRY"] {
            let other = if place == "SCRIPT" { "ENTRY" } else { "SCRIPT" };
            let text = text.replace(place, script).replace(other, "emit(`nothing`);");
            let mut case = start(&workflow(&text, &Limits::default()));
            moves(&mut case, &Event::new("ready"));
            let before = (stored(&case), case.clone());
            let event = Event::new("go").at("1970-01-02T00:00:00Z".parse().unwrap());
            let decision = case.fire(&event);
            assert_eq!(decision.outcome, Outcome::Error, "{script} in {place}: {decision:#?}");
            let [problem] = decision.problems.as_slice() else { panic!("{decision:#?}") };
            assert_eq!(problem.code, code, "{script}: {problem}");
            assert!(problem.place.is_some(), "{script}: {problem}");
            assert!(decision.emitted().next().is_none() && decision.effects.taken.is_empty());
            assert_eq!((stored(&case), case), before, "{script} in {place}");
        }
    }
}

#[test]
fn a_guard_that_fails_leaves_the_case_as_it_was() {
    let text = r#"{ "id": "w", "facts": { "n": { "type": "integer", "default": 0 }, "any": { "default": "x" } },
        "events": { "go": { "sets": ["n"] } }, "initial": "a",
        "states": { "a": { "on": { "go": [{ "guard": "GUARD", "target": "b" }, "b"] } }, "b": {} } }"#;
    for (guard, code) in [
        ("div(1, n) > 0", "division-by-zero"),
        ("1 / n > 0.5", "division-by-zero"),
        ("any > 1", "mixed-types"),
        ("any", "not-boolean"),
        ("any + 1 == 2", "mixed-types"),
        ("n + 9223372036854775807 + n > 0 && (n - 1) * 9223372036854775807 - 2 < 0", "overflow"),
    ] {
        let text = text.replace("GUARD", guard);
        let mut case = start(&workflow(&text, &Limits::default()));
        let (found, message) = refused(&mut case, &Event::new("go").fact("n", 0));
        assert_eq!(found, code, "{guard}: {message}");
    }
}

#[test]
fn what_is_undeclared_ill_typed_or_out_of_bounds_leaves_the_case_as_it_was() {
    let text = r#"{ "id": "w", "roles": { "boss": {} },
        "facts": { "n": { "type": "integer", "minimum": 0, "maximum": 5, "multipleOf": 2 }, "d": { "type": "integer", "value": "n + 1" },
            "s": { "type": "string", "minLength": 2, "maxLength": 3 }, "e": { "enum": ["x", "y"] }, "other": { "type": "boolean" },
            "day": { "type": "string", "format": "date" }, "at": { "type": "string", "format": "date-time" }, "long": { "type": "string", "format": "duration" },
            "m": { "type": "number", "exclusiveMaximum": 1 },
            "l": { "type": "array", "items": { "type": "integer" }, "uniqueItems": true, "minItems": 1, "maxItems": 3 },
            "o": { "type": "object", "properties": { "p": { "type": "integer" } }, "required": ["p"], "additionalProperties": false } },
        "events": { "go": { "sets": ["n", "s", "e", "day", "at", "long", "m", "l", "o", "d"], "data": { "x": { "type": "boolean" } } }, "inner": { "by": [] } },
        "states": { "a": { "on": { "go": {}, "inner": {} } } } }"#
        .replace(r#", "o", "d"]"#, r#", "o"]"#);
    let mut case = start(&workflow(&text, &Limits::default()));
    moves(&mut case, &Event::new("go").at("2026-01-01T00:00:00Z".parse().unwrap()));
    let go =
        |facts: &str| Event::from_json(&format!(r#"{{"event": "go", "facts": {facts}}}"#)).unwrap();
    let lines = [
        (go(r#"{"n": 6}"#), "fact-value"),
        (go(r#"{"n": -2}"#), "fact-value"),
        (go(r#"{"n": 3}"#), "fact-value"),
        (go(r#"{"n": 0.5}"#), "fact-value"),
        (go(r#"{"n": "2"}"#), "fact-value"),
        (go(r#"{"n": true}"#), "fact-value"),
        (go(r#"{"n": [2]}"#), "fact-value"),
        (go(r#"{"s": "x"}"#), "fact-value"),
        (go(r#"{"s": "åäöå"}"#), "fact-value"),
        (go(r#"{"e": "z"}"#), "fact-value"),
        (go(r#"{"e": 1}"#), "fact-value"),
        (go(r#"{"day": "2026-02-30"}"#), "fact-value"),
        (go(r#"{"at": "2026-02-01"}"#), "fact-value"),
        (go(r#"{"long": "14 days"}"#), "fact-value"),
        (go(r#"{"m": 1}"#), "fact-value"),
        (go(r#"{"m": 1.0}"#), "fact-value"),
        (go(r#"{"l": []}"#), "fact-value"),
        (go(r#"{"l": [1, 1]}"#), "fact-value"),
        (go(r#"{"l": [1, 1.0]}"#), "fact-value"),
        (go(r#"{"l": [1, 2, 3, 4]}"#), "fact-value"),
        (go(r#"{"l": ["x"]}"#), "fact-value"),
        (go(r#"{"o": {}}"#), "fact-value"),
        (go(r#"{"o": {"p": 1, "q": 2}}"#), "fact-value"),
        (go(r#"{"o": {"p": "1"}}"#), "fact-value"),
        (go(r#"{"nn": 2}"#), "unknown-fact"),
        (go(r#"{"d": 2}"#), "fact-not-carried"),
        (go(r#"{"other": true}"#), "fact-not-carried"),
        (Event::new("go").data("x", 1), "data-value"),
        (Event::new("go").data("y", true), "unknown-data"),
        (Event::new("goo"), "unknown-event"),
        (Event::new(""), "unknown-event"),
        (Event::new("done.state.a"), "event-reserved"),
        (Event::new("inner"), "event-internal"),
        (Event::new("go").at("2025-12-31T23:59:59Z".parse().unwrap()), "time-backwards"),
    ];
    for (event, code) in lines {
        let before = (stored(&case), case.clone());
        let decision = case.fire(&event);
        assert_eq!(decision.outcome, Outcome::Error, "{event:?}: {decision:#?}");
        assert!(decision.problems.iter().any(|one| one.code == code), "{event:?}: {decision:#?}");
        assert_eq!((stored(&case), case.clone()), before, "{event:?}");
    }
    // All problems at once.
    let many = Event::from_json(
        r#"{"event": "goo", "at": "2025-01-01T00:00:00Z", "facts": {"n": 7, "nn": 1}, "data": {"x": 1}}"#,
    );
    let decision = case.fire(&many.unwrap());
    assert!(decision.problems.len() >= 3, "{decision:#?}");
    // And at the start there is no case at all.
    let facts = BTreeMap::from([
        ("n".to_owned(), Value::from(7)),
        ("nn".to_owned(), 1.into()),
        ("d".to_owned(), 1.into()),
    ]);
    let error = Case::start(case.workflow(), None, facts).unwrap_err();
    let codes: Vec<&str> = error.problems().iter().map(|one| one.code.as_str()).collect();
    // Too large, and not a multiple of 2.
    assert_eq!(codes, ["fact-derived", "fact-value", "fact-value", "unknown-fact"]);
}

/// Many starts of one hostile workflow: the work is bounded too, not only the answer.
#[test]
fn a_loop_that_is_bounded_ends_soon() {
    let begun = std::time::Instant::now();
    for text in [
        r#"{ "id": "w", "initial": "a", "states": { "a": { "always": "b" }, "b": { "always": "a" } } }"#,
        r#"{ "id": "w", "events": { "e": {} }, "states": { "a": { "entry": "send(`e`)", "on": { "e": "a" } } } }"#,
        r#"{ "id": "w", "events": { "e": {} }, "states": { "a": { "entry": "for i in 0..10000 { raise(`e`); }", "on": { "e": "a" } } } }"#,
        r#"{ "id": "w", "facts": { "l": { "type": "array", "default": [] } }, "states": { "a": { "entry": "loop { l.push(l); }" } } }"#,
    ] {
        let workflow = workflow(text, &Limits::default());
        assert!(Case::start(&workflow, None, BTreeMap::new()).is_err(), "{text}");
    }
    let took = begun.elapsed();
    assert!(took.as_secs() < 20, "{took:?}");
}
