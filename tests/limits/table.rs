//! Every bound of [`Limits`], one row each: an input of size N passes, one of size N + 1 is refused with its code.
//!
//! The rows take [`Limits`] apart, so that a new bound does not compile until it has its row.

use std::collections::BTreeMap;

use tresteg::case::Condition;
use tresteg::lab::Work;
use tresteg::scenario::Suite;
use tresteg::{Actor, Case, Decision, Event, Limits, Outcome, Workflow};

/// What became of an input: the codes of what is wrong with it.
type Found = Result<(), Vec<String>>;

struct Row {
    bound: &'static str,
    code: &'static str,
    /// The size that still passes.
    most: usize,
    /// Bounds of which this one is so low that an input of the size still passes.
    limits: fn(usize) -> Limits,
    run: fn(usize, &Limits) -> Found,
}

/// What is counted besides the size, in operations and bytes, by the inputs below.
const ACTION: u64 = 2;
const CALL: u64 = 11;
const MESSAGE: usize = 51;
const REASON: usize = 203;
/// The guard, the way into the function, and what stands in the brackets.
const DEPTH: usize = 8;
const SCENARIO: usize = 146;

macro_rules! rows {
    ($($bound:ident at $most:literal + $more:expr, $code:literal => $run:expr;)+) => {
        fn rows() -> Vec<Row> {
            let Limits { $($bound: _),+ } = Limits::default();
            vec![$(Row {
                bound: stringify!($bound),
                code: $code,
                most: $most,
                limits: |size| Limits { $bound: size as _, ..Limits::default() }.more($more as usize, stringify!($bound)),
                run: $run,
            }),+]
        }
    };
}

/// Adds to a bound what is counted besides the size.
trait More {
    fn more(self, count: usize, bound: &str) -> Self;
}

impl More for Limits {
    fn more(mut self, count: usize, bound: &str) -> Self {
        match bound {
            "json_values" => self.json_values += count,
            "operations" => self.operations += count as u64,
            "call_operations" => self.call_operations += count as u64,
            "search_operations" => self.search_operations += count as u64,
            "call_bytes" => self.call_bytes += count,
            "script_depth" => self.script_depth += count,
            "answer_bytes" => self.answer_bytes += count,
            "scenario_bytes" => self.scenario_bytes += count,
            _ => {}
        }
        self
    }
}

rows! {
    definition_bytes at 60 + 0, "limit-size" => |size, limits| {
        let text = r#"{ "id": "w", "states": { "a": {} } }"#;
        load(&format!("{text}{}", " ".repeat(size - text.len())), limits).map(drop)
    };
    json_depth at 9 + 0, "limit-depth" => |size, limits| {
        let list = load(r#"{ "id": "w", "facts": { "l": {} }, "states": { "a": {} } }"#, limits)?;
        let lists = size - 1;
        let text = format!(r#"{{ "l": {}{} }}"#, "[".repeat(lists), "]".repeat(lists));
        list.facts_from_json(&text).map(drop).map_err(codes)
    };
    json_values at 20 + 6, "limit-values" => |size, limits| {
        // Besides the items: the file, its keys, and what is inside `states`.
        let items = vec!["1"; size].join(", ");
        let text = format!(r#"{{ "x-many": [{items}], "id": "w", "states": {{ "a": {{}} }} }}"#);
        load(&text, limits).map(drop)
    };
    definition_depth at 9 + 0, "limit-depth" => |size, limits| {
        let lists = size - 1;
        let text = format!(
            r#"{{ "id": "w", "x-deep": {}{}, "states": {{ "a": {{}} }} }}"#,
            "[".repeat(lists),
            "]".repeat(lists)
        );
        load(&text, limits).map(drop)
    };
    extends_depth at 5 + 0, "limit-extends" => |size, limits| {
        let text = |number: usize| match number + 1 == size {
            true => format!(r#"{{ "id": "w{number}", "states": {{ "a": {{}} }} }}"#),
            false => format!(
                r#"{{ "id": "w{number}", "extends": "{}.json", "title": "{number}" }}"#,
                number + 1
            ),
        };
        let mut resolve = |name: &str| Ok(text(name.trim_end_matches(".json").parse().unwrap()));
        Workflow::load("0.json", &text(0), &mut resolve, limits).map(drop).map_err(codes)
    };
    invoke_depth at 3 + 0, "limit-invoke" => |size, limits| {
        let text = |number: usize| match number == size {
            true => format!(r#"{{ "id": "w{number}", "states": {{ "a": {{}} }} }}"#),
            false => format!(
                r#"{{ "id": "w{number}", "invoke": {{ "id": "c", "workflow": "{}.json" }}, "states": {{ "a": {{}} }} }}"#,
                number + 1
            ),
        };
        let mut resolve = |name: &str| Ok(text(name.trim_end_matches(".json").parse().unwrap()));
        Workflow::load("0.json", &text(0), &mut resolve, limits).map(drop).map_err(codes)
    };
    invoke_files at 5 + 0, "limit-invoke" => |size, limits| {
        let invokes = all(0..size, |n| format!(r#"{{ "id": "c{n}", "workflow": "{n}.json" }}"#));
        let text = format!(r#"{{ "id": "w", "invoke": [{invokes}], "states": {{ "a": {{}} }} }}"#);
        let mut resolve = |_: &str| Ok(r#"{ "id": "c", "states": { "a": {} } }"#.to_owned());
        Workflow::load("w.json", &text, &mut resolve, limits).map(drop).map_err(codes)
    };
    states at 10 + 0, "limit-states" => |size, limits| {
        // The file itself is one.
        let states = all(1..size, |n| format!(r#""s{n}": {{}}"#));
        load(&format!(r#"{{ "id": "w", "initial": "s1", "states": {{ {states} }} }}"#), limits).map(drop)
    };
    transitions at 10 + 0, "limit-transitions" => |size, limits| {
        let on = all(0..size, |n| format!(r#""e{n}": {{}}"#));
        load(&format!(r#"{{ "id": "w", "states": {{ "a": {{ "on": {{ {on} }} }} }} }}"#), limits).map(drop)
    };
    names at 10 + 0, "limit-names" => |size, limits| {
        let facts = all(2..size, |n| format!(r#""f{n}": {{ "type": "boolean" }}"#));
        let text = format!(
            r#"{{ "id": "w", "parameters": {{ "p": 1 }}, "facts": {{ {facts} }},
                "factors": {{ "g": {{ "guard": "f2" }} }}, "states": {{ "a": {{}} }} }}"#
        );
        load(&text, limits).map(drop)
    };
    name_bytes at 20 + 0, "limit-name" => |size, limits| {
        let name = "x".repeat(size);
        let text = format!(r#"{{ "id": "w", "initial": "a", "states": {{ "a": {{ "always": "b" }}, "b": {{ "type": "parallel", "states": {{ "c": {{}}, "{name}": {{}} }} }} }} }}"#);
        let read = load(&text, limits).map(drop);
        let mut case = begin(r#"{ "id": "w", "states": { "a": { "on": { "*": {} } } } }"#, limits)?;
        assert_eq!(answered(&case.fire(&Event::new(name))).is_ok(), read.is_ok());
        read
    };
    diagnostics at 10 + 0, "left out" => |size, limits| {
        let on = all(0..size, |n| format!(r#""e{n}": "nowhere""#));
        let text = format!(r#"{{ "id": "w", "states": {{ "a": {{ "on": {{ {on} }} }} }} }}"#);
        let found = Workflow::load("w.json", &text, &mut none, limits).unwrap_err();
        let listed = found.diagnostics().len();
        if listed == size { Ok(()) } else { Err(vec!["left out".to_owned()]) }
    };
    script_bytes at 20 + 0, "limit-script" => |size, limits| {
        let script = format!("n >{}1", " ".repeat(size - 4));
        assert_eq!(script.len(), size);
        load(&guarded(&script), limits).map(drop)
    };
    script_depth at 12 + DEPTH, "too-deep" => |size, limits| {
        let text = format!(
            r#"{{ "id": "w", "facts": {{ "n": {{ "type": "integer" }} }},
                "functions": {{ "f": {{ "params": ["x"], "body": "{}(x > 1)" }} }},
                "states": {{ "a": {{ "on": {{ "go": {{ "guard": "f(n)" }} }} }} }} }}"#,
            "!".repeat(size)
        );
        load(&text, limits).map(drop)
    };
    pattern_size at 20 + 0, "limit-pattern" => |size, limits| {
        // One alternative, one repetition, and the letters.
        let pattern = format!("a{{{}}}", size - 2);
        let text = format!(
            r#"{{ "id": "w", "facts": {{ "t": {{ "type": "string", "pattern": "{pattern}" }} }}, "states": {{ "a": {{}} }} }}"#
        );
        let declared = load(&text, limits).map(drop);
        let asked = load(&guarded(&format!("`a`.matches(`{pattern}`)")), limits).map(drop);
        assert_eq!(declared, asked);
        declared
    };
    operations at 20 + ACTION, "limit-operations" => |size, limits| {
        fire(&acting(&items(size)), limits)
    };
    call_operations at 20 + CALL, "limit-call-operations" => |size, limits| {
        fire(&acting(&items(size)), limits)
    };
    call_bytes at 50 + MESSAGE, "limit-call-bytes" => |size, limits| {
        fire(&acting(&format!("emit(`m`, #{{ x: `{}` }})", "x".repeat(size))), limits)
    };
    answer_bytes at 50 + REASON, "left out" => |size, limits| {
        let text = format!(
            r#"{{ "id": "w", "facts": {{ "t": {{ "type": "string", "default": "{}" }} }},
                "states": {{ "a": {{ "on": {{ "go": {{ "guard": "t == `y`" }} }} }} }} }}"#,
            "x".repeat(size)
        );
        let decision = begin(&text, limits)?.fire(&Event::new("go"));
        let Condition::Guard { clauses, .. } = &decision.reasons[0].grounds[0] else { panic!() };
        if clauses[0].cut == 0 { Ok(()) } else { Err(vec!["left out".to_owned()]) }
    };
    list_items at 10 + 0, "limit-list-items" => |size, limits| {
        fire(&acting(&format!("let l = []; for i in 0..{size} {{ l.push(i) }}")), limits)
    };
    text_bytes at 10 + 0, "limit-text-bytes" => |size, limits| {
        fire(&acting(&format!("let t = ``; for i in 0..{size} {{ t += `x` }}")), limits)
    };
    event_bytes at 60 + 0, "limit-size" => |size, limits| {
        let workflow = load(&guarded("n > 1"), limits)?;
        let line = |kept: &str| format!(r#"{kept}{}}}"#, " ".repeat(size - kept.len() - 1));
        let event = workflow.event_from_json(&line(r#"{"event": "go""#)).map(drop);
        let input = workflow.input_from_json(&line(r#"{"advance": "P1D""#)).map(drop);
        let facts = workflow.facts_from_json(&line(r#"{"n": 1"#)).map(drop);
        let list = load(r#"{ "id": "w", "facts": { "l": {} }, "states": { "a": {} } }"#, limits)?;
        let field = list.fact("l").unwrap().parse(&format!("[{}]", " ".repeat(size - 2)));
        // The same for all of them; a value that is no JSON by then is a text.
        let is_list = field.is_ok_and(|value| matches!(value, tresteg::Value::List(_)));
        assert!(event.is_ok() == input.is_ok() && input.is_ok() == facts.is_ok());
        assert_eq!(event.is_ok(), is_list);
        event.map_err(codes)
    };
    microsteps at 10 + 0, "limit-microsteps" => |size, limits| {
        // One for the event and one for each turn.
        let turns = size - 1;
        let text = format!(
            r#"{{ "id": "w", "facts": {{ "n": {{ "type": "integer", "default": 0 }} }}, "initial": "a",
            "states": {{ "a": {{ "on": {{ "go": "one" }} }},
                "one": {{ "always": {{ "guard": "n < {turns}", "target": "one", "actions": "n += 1" }} }} }} }}"#
        );
        fire(&text, limits)
    };
    steps_per_instant at 10 + 0, "limit-steps-per-instant" => |size, limits| {
        fire(&echoing(size, "send(`next`)"), limits)
    };
    steps at 10 + 0, "limit-steps" => |size, limits| {
        let text = r#"{ "id": "w", "states": { "a": { "after": { "P1D": "a" } } } }"#;
        answered(&begin(text, limits)?.advance(format!("P{size}D").parse::<tresteg::Duration>().unwrap()))
    };
    messages at 10 + 0, "limit-messages" => |size, limits| {
        fire(&echoing(size, "emit(`one`); send(`next`)"), limits)
    };
    children at 10 + 0, "limit-children" => |size, limits| {
        let text = r#"{ "id": "w", "facts": { "l": { "type": "array", "items": { "type": "integer" } } },
            "invoke": { "id": "c", "workflow": "c.json", "each": "l" }, "states": { "a": {} } }"#;
        let mut resolve = |_: &str| Ok(r#"{ "id": "c", "states": { "a": {} } }"#.to_owned());
        let workflow = Workflow::load("w.json", text, &mut resolve, limits).map_err(codes)?;
        let list = (0..size).map(|n| tresteg::Value::Integer(n as i64)).collect();
        let begun = Case::start(&workflow, None, BTreeMap::from([("l".to_owned(), list)]));
        begun.map(drop).map_err(|error| error.problems().iter().map(|found| found.code.clone()).collect())
    };
    queued_events at 10 + 0, "limit-queued-events" => |size, limits| {
        let mut found = Vec::new();
        for what in ["raise(`e`)", "send(`e`, days(1))", "emit(`e`)"] {
            found.push(fire(&acting(&format!("for i in 0..{size} {{ {what} }}")), limits));
        }
        assert!(found.windows(2).all(|pair| pair[0] == pair[1]), "{found:?}");
        found.remove(0)
    };
    search_operations at 100 + 300, "limit-search-operations" => |size, limits| {
        // Reading a byte counts for four.
        let text = r#"{ "id": "w", "parameters": { "n": 3 }, "states": { "a": {} } }"#;
        let workflow = load(&format!("{text}{}", " ".repeat(size - text.len())), limits)?;
        let work = Work::of(workflow.limits(), 1);
        let mutants = workflow.mutants();
        let same_long = mutants.iter().find(|mutant| mutant.before.len() == mutant.after.len());
        let _ = same_long.unwrap().workflow_within(&workflow, &work);
        if work.is_exhausted() { Err(vec!["limit-search-operations".to_owned()]) } else { Ok(()) }
    };
    remembered_ids at 10 + 0, "forgotten" => |size, limits| {
        let mut case = begin(&acting("n += 1"), limits)?;
        for n in 0..size {
            answered(&case.fire(&Event::new("go").id(n.to_string())))?;
        }
        // The first one: a repeat as long as it is remembered.
        let again = case.fire(&Event::new("go").id("0"));
        if again.repeat { Ok(()) } else { Err(vec!["forgotten".to_owned()]) }
    };
    remembered_persons at 10 + 0, "limit-remembered-persons" => |size, limits| {
        let text = r#"{ "id": "w", "states": { "a": { "on": { "e": {}, "f": { "not_by": ["e"] } } } } }"#;
        let mut case = begin(text, limits)?;
        (0..size).try_for_each(|n| answered(&case.fire(&Event::new("e").by(Actor::new(format!("p{n}"))))))
    };
    waiting_signatures at 10 + 0, "limit-waiting-signatures" => |size, limits| {
        let roles = vec![r#""a""#; 20].join(", ");
        let text = format!(
            r#"{{ "id": "w", "roles": {{ "a": {{}} }}, "states": {{ "s": {{ "on": {{ "e": {{ "signed_by": [{roles}] }} }} }} }} }}"#
        );
        let mut case = begin(&text, limits)?;
        let who = |n: usize| Actor::new(format!("p{n}")).role("a");
        (0..size).try_for_each(|n| answered(&case.fire(&Event::new("e").by(who(n)))))
    };
    signatures at 10 + 0, "limit-signatures" => |size, limits| {
        let roles = vec![r#""a""#; size].join(", ");
        let text = format!(
            r#"{{ "id": "w", "roles": {{ "a": {{}} }}, "states": {{ "s": {{ "on": {{ "e": {{ "signed_by": [{roles}] }} }} }} }} }}"#
        );
        load(&text, limits).map(drop)
    };
    untaken_entries at 10 + 0, "limit-untaken-entries" => |size, limits| {
        // The start is one.
        let mut case = begin(&acting("n += 1"), limits)?;
        (1..size).try_for_each(|_| answered(&case.fire(&Event::new("go"))))
    };
    untaken_bytes at 50 + 0, "limit-untaken-bytes" => |size, limits| {
        // One call may go beyond it: what matters is what waits before the next.
        let text = r#"{ "id": "w", "events": { "go": { "note": true } }, "states": { "a": { "on": { "go": {} } } } }"#;
        let mut case = begin(text, limits)?;
        let note = |bytes: usize| Event::new("go").note("x".repeat(bytes));
        answered(&case.fire(&note(size - 1)))?;
        answered(&case.fire(&note(1)))
    };
    scenarios at 5 + 0, "limit-scenarios" => |size, limits| suite(size, 1, "", limits);
    scenario_steps at 5 + 0, "limit-scenario-steps" => |size, limits| suite(1, size, "", limits);
    scenario_bytes at 50 + SCENARIO, "limit-scenario-bytes" => |size, limits| {
        suite(1, 1, &"x".repeat(size), limits)
    };
}

#[test]
fn each_limit_passes_at_n_and_is_refused_at_n_and_one() {
    let mut wrong = Vec::new();
    for Row { bound, code, most, limits, run } in rows() {
        let plain = limits;
        let limits = limits(most);
        let (at, above) = (run(most, &limits), run(most + 1, &limits));
        if at != Ok(()) {
            let enough =
                (0..2_000).find(|more| run(most, &plain(most).more(*more, bound)) == Ok(()));
            wrong
                .push(format!("{bound}: {most} should pass: {at:?}; with {enough:?} more it does"));
        }
        if !above.as_ref().is_err_and(|found| found.iter().all(|found| found == code)) {
            wrong.push(format!("{bound}: {} should be refused by `{code}`: {above:?}", most + 1));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn none(name: &str) -> Result<String, String> {
    Err(format!("no file {name}"))
}

fn codes(report: tresteg::diagnostic::Report) -> Vec<String> {
    let errors = report.diagnostics().iter();
    let errors = errors.filter(|one| one.severity == tresteg::diagnostic::Severity::Error);
    errors.map(|one| one.code.to_owned()).collect()
}

fn load(text: &str, limits: &Limits) -> Result<Workflow, Vec<String>> {
    Workflow::load("w.json", text, &mut none, limits).map_err(codes)
}

fn begin(text: &str, limits: &Limits) -> Result<Case, Vec<String>> {
    match Case::start(&load(text, limits)?, None, BTreeMap::new()) {
        Ok((case, _)) => Ok(case),
        Err(error) => Err(error.problems().iter().map(|one| one.code.clone()).collect()),
    }
}

fn answered(decision: &Decision) -> Found {
    match decision.outcome {
        Outcome::Error => Err(decision.problems.iter().map(|one| one.code.clone()).collect()),
        _ => Ok(()),
    }
}

/// `go`, sent to a new case.
fn fire(text: &str, limits: &Limits) -> Found {
    answered(&begin(text, limits)?.fire(&Event::new("go").by(Actor::new("eva"))))
}

/// So many members of an object.
fn all(numbers: std::ops::Range<usize>, one: impl Fn(usize) -> String) -> String {
    numbers.map(one).collect::<Vec<_>>().join(", ")
}

fn guarded(script: &str) -> String {
    let script = serde_json::to_string(script).unwrap();
    format!(
        r#"{{ "id": "w", "facts": {{ "n": {{ "type": "integer" }} }}, "states": {{ "a": {{ "on": {{ "go": {{ "guard": {script} }} }} }} }} }}"#
    )
}

/// A script as the action of `go`.
fn acting(script: &str) -> String {
    let script = serde_json::to_string(script).unwrap();
    format!(
        r#"{{ "id": "w", "facts": {{ "n": {{ "type": "integer", "default": 0 }} }},
        "events": {{ "go": {{}}, "e": {{}} }},
        "states": {{ "a": {{ "on": {{ "go": {{ "actions": {script} }}, "e": {{}} }} }} }} }}"#
    )
}

/// So many operations, besides what an action and an event cost anyway.
fn items(count: usize) -> String {
    format!("let l = [{}];", vec!["n"; count].join(", "))
}

/// An event that sends itself so many times, and does something each time.
fn echoing(turns: usize, what: &str) -> String {
    format!(
        r#"{{ "id": "w", "facts": {{ "n": {{ "type": "integer", "default": 0 }} }}, "events": {{ "go": {{}}, "next": {{ "by": [] }} }},
        "states": {{ "a": {{ "on": {{ "go": {{ "actions": "send(`next`)" }}, "next": [
            {{ "guard": "n < {turns} - 1", "actions": "n += 1; {what};" }},
            {{ "actions": "{}" }} ] }} }} }} }}"#,
        what.replace("send(`next`)", "n = 0")
    )
}

fn suite(rows: usize, steps: usize, note: &str, limits: &Limits) -> Found {
    let rows = vec![r#"{ "a": 1 }"#; rows].join(",");
    let step = format!(r#"{{ "event": "go", "note": "{note}" }}"#);
    let steps = vec![step; steps].join(",");
    let text = format!(r#"{{ "workflow": "w.json", "rows": [{rows}], "steps": [{steps}] }}"#);
    let workflow = r#"{ "id": "w", "events": { "go": { "note": true } }, "states": { "a": { "on": { "go": {} } } } }"#;
    let mut file = |_: &str| Ok(workflow.to_owned());
    Suite::load("w.scenario.json", &text, &mut file, limits).map(drop).map_err(codes)
}
