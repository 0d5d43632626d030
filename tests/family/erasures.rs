//! Wholes from whose journals something was erased: in children, in what they were given and gave back, and in the parent.
//!
//! `TRESTEG_FAMILY=seeds` runs more: `TRESTEG_FAMILY=0..300 cargo test --test main -- --ignored family::erasures::at_length`.

use serde_json::Value as Json;
use tresteg::journal::{Erasure, erase, verify};
use tresteg::{Actor, Case, DateTime, Event, Limits, Value, Workflow};

use super::Files;
use crate::forged::journals::{altered, parts, without};
use crate::gates::{Dice, SALT, actor, event, made, value};

fn written(dice: &mut Dice, seed: u64) -> Option<Workflow> {
    let (child, _) = made(seed);
    let child = child
        .replace("emit(`many`)", "send_parent(`heard`, #{ n: k })")
        .replace("k = k % 5", "send_parent(`heard`)")
        .replace("emit(`told`, #{n: n ?? 0})", "send_parent(`heard`, #{ n: n ?? 0 })");
    let guard = |dice: &mut Dice| {
        dice.of(&[
            "children(`c`).len() > 0 && children(`c`).all(|x| x.b ?? false)",
            "children(`c`).some(|x| (x.n ?? 0) > 4)",
            "total > 1",
            "(n ?? 0) > 5",
            "children(`c`).some(|x| `s1` in x.states)",
            "children(`c`).some(|x| x.f1 ?? false)",
        ])
    };
    let actions = |dice: &mut Dice| {
        dice.of(&[
            "n = (n ?? 0) + 1",
            "n = total",
            "send_all(`c`, `r1`)",
            "send_one(`c`, `b`, `r2`)",
            "for x in children(`c`) { if (x.n ?? 0) > 3 { send_one(`c`, x.key, `r2`) } }",
            "if (n ?? 0) > 3 { send_all(`c`, `r1`) }",
            "emit(`said`, #{ n: n ?? 0 })",
            "list.push(#{ key: `d` })",
        ])
    };
    let whole = format!(
        r#"{{ "id": "whole", "roles": {{ "clerk": {{}}, "chair": {{}}, "boss": {{}} }},
        "facts": {{ "list": {{ "type": "array", "items": {{ "type": "object", "properties": {{ "key": {{ "type": "string" }}, "n": {{ "type": "integer", "minimum": -20, "maximum": 400 }} }}, "required": ["key"] }} }},
            "n": {{ "type": "integer" }}, "total": {{ "type": "integer", "value": "children(`c`).filter(|x| (x.n ?? 0) > 2).len()" }} }},
        "events": {{ "set": {{ "sets": ["n"] }}, "tell": {{}}, "off": {{}}, "on": {{}}, "put": {{ "sets": ["list"] }},
            "heard": {{ "by": [], "data": {{ "n": {{ "type": "integer" }} }} }} }},
        "initial": "run",
        "states": {{ "run": {{
            "invoke": {{ "id": "c", "workflow": "w.json", "each": "list", "facts": {{ "n": "{}" }}, "returns": ["n", "b", "f1"] }},
            "on": {{ "set": {{ "guard": "{}", "actions": "{}" }}, "put": {{}}, "tell": {{ "actions": "{}" }}, "off": "idle",
                "heard": [{{ "guard": "(event.data.n ?? 0) > 2", "actions": "n = event.data.n" }}, {{ "actions": "{}" }}],
                "done.invoke.c": {{ "guard": "(event.data.n ?? 0) > 1", "actions": "{}" }} }},
            "after": {{ "P3D": {{ "guard": "{}", "actions": "{}" }} }},
            "always": {{ "target": "full", "guard": "{}" }} }},
          "full": {{ "on": {{ "off": "idle", "heard": {{}}, "set": {{ "actions": "{}" }} }} }},
          "idle": {{ "on": {{ "on": "run", "set": {{}} }} }} }} }}"#,
        dice.of(&["item.n", "item.n ?? 2", "n"]),
        guard(dice),
        actions(dice),
        actions(dice),
        actions(dice),
        actions(dice),
        guard(dice),
        actions(dice),
        guard(dice),
        actions(dice),
    );
    let limits =
        Limits { microsteps: 30, call_operations: 40_000, steps: 200, ..Limits::default() };
    let files = [("whole.json", whole.as_str()), ("w.json", child.as_str())];
    Files(&files).load_within(&limits).ok()
}

fn told(dice: &mut Dice, workflow: &Workflow) -> Option<String> {
    let day = |count: i64| DateTime::from_microseconds((20_454 + count) * 86_400_000_000).unwrap();
    let item = |key: &str, n: Option<i64>| -> Value {
        let n = n.map(|n| ("n", Value::from(n)));
        [("key", Value::from(key))].into_iter().chain(n).collect()
    };
    let list: Value = ["a", "b", "e"]
        .into_iter()
        .take(1 + usize::try_from(dice.below(3)).unwrap())
        .map(|key| item(key, (!dice.one_in(3)).then(|| i64::try_from(dice.below(9)).unwrap())))
        .collect();
    let mut facts = std::collections::BTreeMap::from([("list".to_owned(), list)]);
    if dice.one_in(2) {
        facts.insert("n".to_owned(), value(dice, "n"));
    }
    let (mut case, _) = Case::start(workflow, Some(day(0)), facts).ok()?;
    let mut now = 0;
    for _ in 0..9 {
        if dice.one_in(3) {
            now += 1 + i64::try_from(dice.below(4)).unwrap();
            case.advance(day(now));
        }
        let mut addresses = case.addresses();
        if dice.one_in(3) || addresses.is_empty() {
            let name = dice.of(&["set", "tell", "off", "on", "set", "tell"]);
            let mut sent = Event::new(name);
            if name == "set" && dice.one_in(2) {
                sent = sent.fact("n", value(dice, "n"));
            }
            sent.actor = actor(dice);
            case.fire(&sent);
        } else {
            let place = usize::try_from(dice.below(addresses.len() as u64)).unwrap();
            let mut sent = event(dice);
            sent.id = None;
            case.fire(&sent.to(addresses.swap_remove(place)));
        }
    }
    Some(case.take_entries(&SALT).iter().map(|entry| format!("{}\n", entry.line)).collect())
}

fn is_input(path: &str) -> bool {
    path == "actor" || path.starts_with("facts.") || path.starts_with("data.")
}

#[derive(Debug, Default)]
struct Figures {
    journals: usize,
    children: usize,
    erasures: usize,
    entries: u64,
    recomputed: u64,
    partly: usize,
    forged: usize,
    refused: usize,
    taken: usize,
    gone_on: usize,
}

fn laws_hold(seed: u64, stories: u64, turns: u64, figures: &mut Figures) {
    let mut dice = Dice(seed ^ 0x51);
    let Some(workflow) = written(&mut dice, seed) else { return };
    for _ in 0..stories {
        let Some(journal) = told(&mut dice, &workflow) else { continue };
        let whole =
            verify(&workflow, &journal, None).unwrap_or_else(|found| panic!("{found}\n{journal}"));
        assert_eq!(whole.recomputed, whole.head.sequence);
        figures.journals += 1;
        figures.children += journal.lines().filter(|line| line.contains("\"case\":")).count();
        let inputs: Vec<(usize, String)> =
            parts(&journal).into_iter().filter(|(_, path)| is_input(path)).collect();
        for turn in 0..turns {
            let Some(many) =
                (!inputs.is_empty()).then(|| if turn < 3 { 1 } else { 1 + dice.below(5) })
            else {
                continue;
            };
            let mut rest = journal.clone();
            for _ in 0..many {
                let (number, path) =
                    &inputs[usize::try_from(dice.below(inputs.len() as u64)).unwrap()];
                for (other, part) in parts(&rest) {
                    let name = path.split_once('.').map_or("", |(_, name)| name);
                    let is_wide = turn % 2 == 1 && !name.is_empty() && part.ends_with(name);
                    if other == *number && part == *path || is_wide {
                        rest = without(&rest, other, &part);
                    }
                }
            }
            let found = verify(&workflow, &rest, None)
                .unwrap_or_else(|found| panic!("seed {seed}: refused: {found}\n{rest}"));
            assert_eq!(found.head, whole.head);
            figures.erasures += 1;
            figures.entries += found.head.sequence;
            figures.recomputed += found.recomputed;
            figures.partly += found.partly.len();
            figures.gone_on += usize::from(gone_on(&workflow, &rest, seed));
            forge(&mut dice, &workflow, &rest, figures);
        }
    }
}

/// Where a case is given behind the last entry, what it does from there on follows from the journal, too. Whether it is.
fn gone_on(workflow: &Workflow, journal: &str, seed: u64) -> bool {
    let mut verifier = tresteg::journal::Verifier::new(workflow);
    for line in journal.split_inclusive('\n') {
        verifier.line(line).unwrap();
    }
    let Some(mut case) = verifier.case() else {
        assert!(!verifier.unknown().is_empty(), "seed {seed}: {journal}");
        return false;
    };
    assert_eq!(verifier.unknown(), [], "seed {seed}");
    let _ = case.snapshot();
    case.advance("P40D".parse::<tresteg::Duration>().unwrap());
    let more = case.take_entries(&SALT);
    let more: String = more.iter().map(|entry| format!("{}\n", entry.line)).collect();
    verify(workflow, &format!("{journal}{more}"), None).unwrap_or_else(|found| {
        panic!("seed {seed}: gone on, and refused: {found}\n{journal}{more}")
    });
    true
}

/// What needs no erased value is noticed behind one, whatever was erased: states, times, kinds.
fn forge(dice: &mut Dice, workflow: &Workflow, journal: &str, figures: &mut Figures) {
    let count = journal.lines().count();
    let at = 1 + usize::try_from(dice.below(count as u64)).unwrap();
    let what = dice.below(4);
    let mut forged = true;
    let text = altered(journal, |number, line| {
        if number != at {
            return;
        }
        let entry = line["entry"].as_object_mut().unwrap();
        match what {
            0 if entry.contains_key("states") => {
                _ = entry.insert("states".into(), Json::from(vec!["no_such"]))
            }
            // An earlier start alone is what the journal of another case says.
            1 if number > 1 => _ = entry.insert("at".into(), "0500-01-01T00:00:00Z".into()),
            2 if entry.contains_key("taken") => {
                entry["taken"][0]["to"] = Json::from(vec!["no_such"])
            }
            3 => _ = entry.insert("case".into(), "c/nobody".into()),
            _ => forged = false,
        }
    });
    if !forged {
        return;
    }
    figures.forged += 1;
    match verify(workflow, &text, None) {
        Err(_) => figures.refused += 1,
        Ok(found) => {
            figures.taken += 1;
            panic!("taken: {what} at {at}: {found:?}\n{text}");
        }
    }
}

const KEPT: Files<'_> = Files(&[
    (
        "whole.json",
        r#"{ "id": "whole", "initial": "run",
        "facts": { "list": { "type": "array", "items": { "type": "object", "properties": { "key": { "type": "string" }, "name": { "type": "string", "personal": true } }, "required": ["key"] } },
                   "evas": { "type": "integer", "value": "children(`c`).filter(|x| (x.name ?? ``) == `Eva Ek`).len()" } },
        "events": { "look": {} },
        "states": { "run": {
            "invoke": { "id": "c", "workflow": "part.json", "each": "list", "facts": { "name": "item.name" }, "returns": ["name", "seen"] },
            "on": { "look": { "guard": "children(`c`).some(|x| x.name ?? `` == `Eva Ek`) && evas > 0" },
                    "done.invoke.c": { "guard": "event.data.name == `Bo Bok`" } } } } }"#,
    ),
    (
        "part.json",
        r#"{ "id": "part", "initial": "wait",
        "facts": { "name": { "type": "string", "personal": true }, "seen": { "type": "integer", "default": 0 } },
        "events": { "rename": { "sets": ["name"] }, "see": {}, "over": {} },
        "states": { "wait": { "on": { "rename": { "guard": "name != ``" }, "see": { "actions": "seen += 1", "not_by": ["rename"] }, "over": "over" } },
                    "over": { "type": "final" } } }"#,
    ),
]);

fn kept() -> (Workflow, String) {
    let workflow = KEPT.load().unwrap_or_else(|report| panic!("{report}"));
    let item = |key: &str, name: &str| -> Value {
        [("key", Value::from(key)), ("name", Value::from(name))].into_iter().collect()
    };
    let list: Value = [item("a", "Eva Ek"), item("b", "Bo Bok")].into_iter().collect();
    let (mut case, _) = super::begin(&workflow, &[("list", list)]);
    let eva = || Actor::new("eva");
    for event in [
        Event::new("look").by(eva()),
        Event::new("see").to("c/a").by(eva()),
        Event::new("rename").fact("name", "Eva Lund").to("c/a").by(Actor::new("bo")),
        Event::new("see").to("c/a").by(Actor::new("bo")),
        Event::new("see").to("c/b").by(Actor::new("bo")),
        Event::new("look").by(eva()),
        Event::new("over").to("c/b").by(eva()),
    ] {
        let answer = case.fire(&event);
        assert!(answer.problems.is_empty(), "{answer:?}");
    }
    let entries = case.take_entries(&SALT);
    (workflow, entries.iter().map(|entry| format!("{}\n", entry.line)).collect())
}

fn erased(journal: &str, what: &Erasure) -> (String, usize) {
    let mut count = 0;
    let lines = journal.lines().map(|line| {
        let (line, erased) = erase(line, what).unwrap();
        count += erased;
        format!("{line}\n")
    });
    (lines.collect(), count)
}

/// What is personal in a child is not kept among what its parent reads of it, in verdicts of neither.
#[test]
fn what_is_personal_in_a_child_is_withheld_from_verdicts_of_its_parent() {
    let (workflow, journal) = kept();
    assert!(verify(&workflow, &journal, None).is_ok());
    for line in journal.lines() {
        let line: Json = serde_json::from_str(line).unwrap();
        for (path, part) in line["private"].as_object().unwrap() {
            let is_name = ["Eva", "Bo "].iter().any(|name| part.to_string().contains(name));
            assert!(
                !is_name || ["facts.list", "facts.name", "changed.name"].contains(&path.as_str()),
                "{path} {part}"
            );
            assert!(!path.starts_with("read.children"), "{path}");
        }
    }
}

#[test]
fn a_field_or_a_person_is_erased_in_a_child_at_its_address_and_everywhere() {
    let (workflow, journal) = kept();
    let field = |name: &str| Erasure::Field(name.to_owned());
    let at = |case: &str, what: Erasure| Erasure::At(case.to_owned(), Box::new(what));
    let person = |id: &str| Erasure::Person(id.to_owned());
    let all = [
        (field("name"), 4),
        (at("c/a", field("name")), 3),
        (at("c/b", field("name")), 1),
        (at("c", field("name")), 4),
        (at("", field("name")), 4),
        (at("c/x", field("name")), 0),
        (field("list"), 1),
        (person("eva"), 4),
        (at("c/a", person("bo")), 2),
        (at("c/a", person("eva")), 1),
        (at("c/a", at("c/b", person("bo"))), 0),
    ];
    for (what, count) in &all {
        let (rest, erased) = erased(&journal, what);
        assert_eq!(erased > 0, *count > 0, "{what:?} {erased}");
        let found = verify(&workflow, &rest, None)
            .unwrap_or_else(|found| panic!("{what:?}: {found}\n{rest}"));
        assert_eq!(found.erased.len(), erased, "{what:?}");
    }
    // All of it together.
    let mut rest = journal.clone();
    for what in [field("name"), field("list"), person("eva"), person("bo")] {
        rest = erased(&rest, &what).0;
    }
    assert!(
        !rest.contains("Eva Lund") && !rest.contains("\"eva\"") && !rest.contains("\"bo\""),
        "{rest}"
    );
    verify(&workflow, &rest, None).unwrap_or_else(|found| panic!("{found}\n{rest}"));
    // What stands beside a child from which something was erased is decided anew as ever.
    let (rest, _) = erased(&journal, &at("c/a", field("name")));
    let found = verify(&workflow, &rest, None).unwrap();
    assert!(found.recomputed >= found.head.sequence - 4, "{found:?}");
}

#[test]
fn a_whole_verifies_whatever_was_erased_of_it() {
    let mut figures = Figures::default();
    for seed in 1..2 {
        laws_hold(seed, 1, 2, &mut figures);
    }
    assert!(figures.erasures > 0, "{figures:?}");
}

#[test]
#[ignore = "takes as long as it is told"]
fn at_length() {
    let seeds = std::env::var("TRESTEG_FAMILY").unwrap_or_else(|_| "0..60".to_owned());
    let (from, to) = seeds.split_once("..").unwrap();
    let mut figures = Figures::default();
    let mut wrong = Vec::new();
    for seed in from.parse::<u64>().unwrap()..to.parse().unwrap() {
        let found = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            laws_hold(seed, 2, 6, &mut figures);
        }));
        if found.is_err() {
            wrong.push(seed);
        }
    }
    println!("{figures:?}");
    assert!(wrong.is_empty(), "{wrong:?}");
}
