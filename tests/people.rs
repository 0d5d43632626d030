//! Who is who, and who did what: four eyes, persons behind ids, repeats of events, and what a case remembers.

mod kept;
mod repeats;

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use serde_json::json;
use tresteg::case::{Condition, SigningRefusal, Snapshot};
use tresteg::scenario::Scenario;
use tresteg::{Actor, Case, Decision, Event, Language, Limits, Outcome, Workflow};
use unicode_normalization::UnicodeNormalization as _;

const SALT: [u8; 32] = [7; 32];

fn workflow(text: &str) -> Workflow {
    Workflow::from_json(text).unwrap_or_else(|report| panic!("{report}"))
}

fn start(workflow: &Workflow) -> Case {
    Case::start(workflow, None, BTreeMap::new()).unwrap().0
}

fn by(event: &str, id: &str) -> Event {
    Event::new(event).by(Actor::new(id))
}

/// Fires an event that must move.
fn moves(case: &mut Case, event: &Event) -> Decision {
    let decision = case.fire(event);
    assert_eq!(decision.outcome, Outcome::Moved, "{event:?}: {decision:?}");
    decision
}

fn code(decision: &Decision) -> &str {
    decision.problems.first().map_or("", |problem| &problem.code)
}

fn stored(case: &Case) -> String {
    serde_json::to_string(&case.snapshot()).unwrap()
}

fn restored(case: &Case) -> Case {
    let snapshot: Snapshot = serde_json::from_str(&stored(case)).unwrap();
    Case::restore(case.workflow(), snapshot).unwrap()
}

/// Prepared by one, approved by another.
const FOUR_EYES: &str = r#"{ "id": "w", "initial": "p", "states": {
    "p": { "on": { "prepare": "q" } },
    "q": { "on": { "approve": { "target": "r", "not_by": ["prepare"] }, "look": {} } },
    "r": {} } }"#;

// Four eyes.

/// A guard with four eyes of its own: nobody can be said to be another than somebody of whom nothing is known.
#[test]
fn nobody_is_another_than_somebody_unknown() {
    for guard in [
        "!(event.actor in who(`prepare`))",
        "let them = who(`prepare`); !(event.actor in them)",
        "who(`prepare`).all(|one| one != event.actor)",
        "!who(`prepare`).some(|one| one == event.actor)",
        "let them = who(`prepare`); them.all(|one| one != event.actor)",
        "!who(`prepare`).contains(event.actor)",
        "event.actor in who(`prepare`) == false",
        "if who(`prepare`).contains(event.actor) { false } else { true }",
    ] {
        let workflow = workflow(&format!(
            r#"{{ "id": "w", "initial": "q", "states": {{
                "q": {{ "on": {{ "prepare": {{}}, "again": {{ "actions": "raise(`prepare`)" }}, "approve": {{ "target": "r", "guard": "{guard}" }} }} }},
                "r": {{}} }} }}"#
        ));
        let mut known = start(&workflow);
        moves(&mut known, &by("prepare", "kim"));
        assert_eq!(known.fire(&by("approve", "Kim")).outcome, Outcome::Blocked, "{guard}");
        let by_itself = by("again", "kim");
        for unknown in [Event::new("prepare"), by_itself] {
            let mut case = restored(&known);
            moves(&mut case, &unknown);
            let mut case = restored(&case);
            for id in ["eva", "kim"] {
                let decision = case.fire(&by("approve", id));
                assert_eq!(decision.outcome, Outcome::Blocked, "{guard}: {id}");
            }
            let decision = case.explain(&by("approve", "eva"));
            assert_eq!(decision.reasons[0].unknown, ["who(`prepare`)"], "{guard}");
        }
        moves(&mut known, &by("approve", "eva"));
    }
}

#[test]
fn who_prepares_must_be_known() {
    let workflow = workflow(FOUR_EYES);
    let mut case = start(&workflow);
    for event in [
        Event::new("prepare"),
        Event::new("prepare").by(Actor::default()),
        Event::new("prepare").by(Actor::default().role("x")),
    ] {
        let decision = case.fire(&event);
        assert_eq!(decision.outcome, Outcome::Blocked);
        assert_eq!(decision.reasons[0].grounds, [Condition::Person { event: "prepare".into() }]);
        let told = workflow.describe(&decision, Language::English);
        assert!(told.contains("must be sent by somebody with an id"), "{told}");
        let told = workflow.describe(&decision, Language::Swedish);
        assert!(told.contains("måste skickas av någon med id"), "{told}");
        let handle = workflow.event_handle("prepare").unwrap();
        assert_eq!(case.decide(&handle, event.actor.as_ref()).unwrap(), Outcome::Blocked);
        assert!(matches!(
            case.options(Some(&event.actor.clone().unwrap_or_default()))[0].standing,
            tresteg::case::Availability::Blocked { .. }
        ));
    }
    assert_eq!(case.states(), ["p"]);
    moves(&mut case, &by("prepare", "bo"));
    // Where nothing of it is asked, nobody need be known.
    moves(&mut case, &Event::new("look"));
    for nobody in [Event::new("approve"), Event::new("approve").by(Actor::default())] {
        assert_eq!(case.fire(&nobody).outcome, Outcome::Blocked);
    }
    moves(&mut case, &by("approve", "eva"));
}

#[test]
fn a_longer_name_and_a_pattern_must_be_known_too() {
    for (pattern, event) in [("prepare", "prepare.late.again"), ("prepare.late", "prepare.late")] {
        let text = FOUR_EYES
            .replace(r#"["prepare"]"#, &format!("[\"{pattern}\"]"))
            .replace(r#""look""#, r#""prepare.late": {}, "look""#);
        let workflow = workflow(&text);
        let mut case = start(&workflow);
        let decision = case.fire(&Event::new(event));
        assert_eq!(decision.outcome, Outcome::Blocked, "{pattern} {event}");
        moves(&mut case, &by(event, "eva"));
        assert_eq!(case.fire(&by("approve", "Eva")).outcome, Outcome::Blocked);
        moves(&mut case, &by("approve", "bo"));
    }
    // What no `not_by` names may come from nobody.
    let workflow = workflow(&FOUR_EYES.replace(r#"["prepare"]"#, r#"["prepare.late"]"#));
    moves(&mut start(&workflow), &Event::new("prepare"));
}

/// Pairs of ids of one person.
const SAME: [(&str, &str); 9] = [
    ("eva", "Eva"),
    ("åke", "a\u{30A}ke"),
    ("ÅKE", "a\u{30A}ke"),
    ("Strauß", "strauss"),
    ("STRAU\u{1E9E}", "strauss"),
    ("19121212-1212", "191212121212"),
    ("+46 70-123 45 67", "46701234567"),
    ("ΟΔΥΣΣΕΥΣ", "οδυσσευς"),
    ("\u{FF25}va", "\u{FF45}va"),
];

/// And of two.
const OTHERS: [(&str, &str); 6] = [
    ("eva", "eve"),
    ("ılgaz", "ilgaz"),
    ("İda", "ida"),
    ("\u{FF45}va", "eva"),
    ("\u{430}nna", "anna"),
    ("eva 1-2", "eva 12"),
];

#[test]
fn ids_of_one_person_are_no_four_eyes() {
    let workflow = workflow(FOUR_EYES);
    for (one, two) in SAME.into_iter().chain(SAME.map(|(one, two)| (two, one))) {
        let mut case = start(&workflow);
        moves(&mut case, &by("prepare", one));
        for mut case in [restored(&case), case] {
            let decision = case.fire(&by("approve", two));
            assert_eq!(decision.outcome, Outcome::Blocked, "{one} {two}");
            let Condition::NotBy { events, actor, anonymous } = &decision.reasons[0].grounds[0]
            else {
                panic!()
            };
            assert_eq!(
                (events.as_slice(), actor.as_deref(), anonymous.is_empty()),
                (&["prepare".to_owned()][..], Some(&*two.nfc().collect::<String>()), true)
            );
        }
    }
    for (one, two) in OTHERS {
        let mut case = start(&workflow);
        moves(&mut case, &by("prepare", one));
        moves(&mut case, &by("approve", two));
    }
}

#[test]
fn roles_and_unit_make_nobody_another() {
    let workflow = workflow(FOUR_EYES);
    let mut case = start(&workflow);
    moves(&mut case, &Event::new("prepare").by(Actor::new("eva").role("clerk").unit("north")));
    let other = Event::new("approve").by(Actor::new("EVA").role("manager").unit("south"));
    assert_eq!(case.fire(&other).outcome, Outcome::Blocked);
}

#[test]
fn an_id_that_cannot_be_one_breaks_the_contract() {
    let workflow = workflow(FOUR_EYES);
    for id in [
        "",
        " ",
        "eva ",
        "\u{A0}eva",
        "eva\n",
        "bob\n✓ e: yes",
        "e\u{0}va",
        "e\u{200B}va",
        "\u{202E}ave",
        "eva\u{FEFF}",
        "e\u{AD}va",
        "e\u{2028}va",
        "\u{85}",
    ] {
        let mut case = start(&workflow);
        let before = case.clone();
        for name in ["prepare", "look"] {
            let decision = case.fire(&by(name, id));
            assert_eq!((decision.outcome, code(&decision)), (Outcome::Error, "actor-id"), "{id:?}");
            assert!(
                !decision.problems[0]
                    .to_string()
                    .contains(|c: char| c.is_control() || c == '\u{202E}' || c == '\u{2028}'),
                "{id:?}"
            );
            assert_eq!(case.explain(&by(name, id)), decision);
        }
        assert_eq!(case, before);
        // All at once.
        let decision = case.fire(&by("nothing", id).fact("no", 1));
        let codes: BTreeSet<&str> =
            decision.problems.iter().map(|problem| &*problem.code).collect();
        assert_eq!(codes, BTreeSet::from(["actor-id", "unknown-event", "unknown-fact"]));
    }
}

#[test]
fn what_the_case_does_itself_is_nobodys() {
    // Raised and sent events are blocked at `not_by` and `signed_by`; and where they are what `not_by` names, nobody is another.
    for inner in [r#""not_by": ["go"]"#, r#""signed_by": ["r"]"#] {
        for call in ["raise(`next`)", "send(`next`)"] {
            let text = format!(
                r#"{{ "id": "w", "roles": {{ "r": {{}} }}, "initial": "a", "states": {{
                    "a": {{ "on": {{ "go": {{ "actions": "{call}" }}, "next": {{ "target": "b", {inner} }} }} }}, "b": {{}} }} }}"#
            );
            let workflow = workflow(&text);
            let mut case = start(&workflow);
            moves(&mut case, &by("go", "eva"));
            assert_eq!(case.states(), ["a"], "{text}");
            moves(&mut case, &Event::new("next").by(Actor::new("bo").role("r")));
        }
    }
    for call in ["raise(`prepare`)", "send(`prepare`)"] {
        let text = format!(
            r#"{{ "id": "w", "initial": "a", "states": {{
                "a": {{ "on": {{ "go": {{ "actions": "{call}" }}, "prepare": {{}}, "approve": {{ "target": "b", "not_by": ["prepare"] }} }} }}, "b": {{}} }} }}"#
        );
        let workflow = workflow(&text);
        let mut case = start(&workflow);
        moves(&mut case, &by("prepare", "bo"));
        moves(&mut case, &Event::new("go"));
        for mut case in [restored(&case), case] {
            let decision = case.fire(&by("approve", "eva"));
            assert_eq!(decision.outcome, Outcome::Blocked);
            let Condition::NotBy { anonymous, .. } = &decision.reasons[0].grounds[0] else {
                panic!()
            };
            assert_eq!(anonymous, &["prepare"]);
            assert!(
                workflow
                    .describe(&decision, Language::English)
                    .contains("it is not known who sent prepare")
            );
            assert!(
                workflow
                    .describe(&decision, Language::Swedish)
                    .contains("det är inte känt vem som skickade prepare")
            );
        }
    }
}

#[test]
fn a_case_that_is_placed_behind_somebody_unknown_is_shut() {
    for (who, answer) in
        [("", "blocked"), (r#", "who": ["bo"]"#, "moved"), (r#", "who": ["EVA"]"#, "blocked")]
    {
        let text = format!(
            r#"{{ "workflow": "w.json", "scenarios": {{ "one": {{
                "from": {{ "states": ["q"], "happened": {{ "prepare": {{ "count": 1{who} }} }} }},
                "steps": [{{ "event": "approve", "actor": {{ "id": "eva" }}, "expect": {{ "answer": "{answer}" }} }}] }} }} }}"#
        );
        let mut load = |_: &str| Ok(FOUR_EYES.to_owned());
        let suite =
            tresteg::scenario::Suite::load("x.scenario.json", &text, &mut load, &Limits::default())
                .unwrap_or_else(|report| panic!("{report}"));
        let failed: Vec<_> = suite.scenarios().iter().filter_map(Scenario::run).collect();
        assert!(failed.is_empty(), "{who}: {failed:#?}");
    }
}

/// Where a guard itself asks for somebody else, it asks for persons.
#[test]
fn guards_compare_persons() {
    let text = |guard: &str| {
        format!(
            r#"{{ "id": "w", "functions": {{
                    "same": {{ "params": ["a", "b"], "body": "a == b" }},
                    "handed": {{ "params": ["a", "b"], "body": "let c = a; same(c, b)" }},
                    "among": {{ "params": ["a", "b"], "body": "b.some(|one| one == a)" }} }},
                "facts": {{ "owner": {{ "type": "string" }}, "all": {{ "type": "array", "items": {{ "type": "string" }}, "default": [] }} }},
                "states": {{ "s": {{ "on": {{ "own": {{ "actions": "owner = event.actor; all.push(event.actor)" }}, "ask": {{ "guard": "{guard}" }} }} }} }} }}"#
        )
    };
    for (guard, is_same) in [
        ("event.actor == owner", true),
        ("owner != event.actor", false),
        ("event.actor in all", true),
        ("!all.contains(event.actor)", false),
        ("event.actor in who(`own`)", true),
        ("who(`own`).contains(event.actor)", true),
        ("all.all(|one| one != event.actor)", false),
        ("all.some(|one| event.actor == one)", true),
        ("(event.actor ?? `nobody`) == owner", true),
        ("who(`own`)[0] == event.actor", true),
        ("event.actor !in who(`own`)", false),
        ("who(`own`) == [event.actor]", true),
        ("let me = event.actor; me == owner", true),
        ("const me = event.actor; owner != me", false),
        ("let me = ``; if count(`own`) > 0 { me = event.actor } me == owner", true),
        ("let them = who(`own`); event.actor in them", true),
        ("let first = who(`own`)[0]; first == event.actor", true),
        (
            "let them = []; for one in who(`own`) { them.push(one) } them.contains(event.actor)",
            true,
        ),
        ("who(`own`).find(|one| one != `zoe`) == event.actor", true),
        ("all.filter(|one| { let me = event.actor; one == me }).len() == 1", true),
        ("let by = #{ who: event.actor }; by.who == owner", true),
        ("(if count(`own`) > 0 { event.actor } else { `nobody` }) == owner", true),
        ("same(owner, event.actor)", true),
        ("handed(event.actor, owner)", true),
        ("let me = event.actor; !handed(me, owner)", false),
        ("among(event.actor, all)", true),
        ("among(owner, who(`own`).filter(|one| one == event.actor))", true),
    ] {
        let text = text(guard);
        let Ok(workflow) = Workflow::from_json(&text) else {
            assert!(guard.contains("!in"), "{}", Workflow::from_json(&text).unwrap_err());
            continue;
        };
        for (one, two, same) in SAME
            .map(|(one, two)| (one, two, true))
            .into_iter()
            .chain(OTHERS.map(|(one, two)| (one, two, false)))
        {
            let mut case = start(&workflow);
            moves(&mut case, &by("own", one));
            let answer = case.fire(&by("ask", two)).outcome;
            let wanted = if is_same == same { Outcome::Moved } else { Outcome::Blocked };
            assert_eq!(answer, wanted, "{guard}: {one} {two}");
            let handle = workflow.event_handle("ask").unwrap();
            assert_eq!(case.decide(&handle, Some(&Actor::new(two))).unwrap(), wanted, "{guard}");
        }
    }
    for (guard, id) in [
        ("switch event.actor { `Eva` => true, _ => false }", "eVA"),
        ("let me = event.actor; switch me { `ida` | `EVA` => true, _ => false }", "eva"),
        ("switch event.actor { `19121212-1212` => true, _ => false }", "191212121212"),
    ] {
        let workflow = workflow(&text(guard));
        moves(&mut start(&workflow), &by("ask", id));
        assert_eq!(start(&workflow).fire(&by("ask", "bo")).outcome, Outcome::Blocked, "{guard}");
    }
    // Texts that nobody goes by stay texts, and so do those that are made of an id.
    for guard in ["same(`Eva`, `eva`)", "event.actor + `` == `Eva`"] {
        let answer = start(&workflow(&text(guard))).fire(&by("ask", "eva")).outcome;
        assert_eq!(answer, Outcome::Blocked, "{guard}");
    }
    // Two cases for one person, and a case for nobody, are told.
    for (guard, code) in [
        ("switch event.actor { `Eva` => true, `eva` => false, _ => false }", "unreachable-arm"),
        ("let me = event.actor; me == `Eva `", "impossible"),
    ] {
        let report = match Workflow::from_json(&text(guard)) {
            Ok(workflow) => workflow.warnings().clone(),
            Err(report) => report,
        };
        let codes: Vec<_> = report.diagnostics().iter().map(|found| found.code).collect();
        assert!(codes.contains(&code), "{guard}: {codes:?}");
    }
    // What is kept and handed on is the id as it was sent.
    let workflow = workflow(&text("event.actor == `EVA` && `Eva` in who(`own`)"));
    let mut case = start(&workflow);
    moves(&mut case, &by("own", "eVa"));
    assert_eq!(case.fact("owner"), Some("eVa".into()));
    moves(&mut case, &by("ask", "Eva"));
}

/// Names of entries are ids where an actor is looked for among them.
#[test]
fn who_has_an_entry_has_it_however_the_id_is_written() {
    let text = r#"{ "id": "w", "facts": { "votes": { "type": "object", "additionalProperties": { "type": "integer" }, "default": {} } },
        "events": { "vote": {} }, "initial": "a", "states": { "a": { "on": {
            "vote": { "guard": "!(event.actor in votes)", "actions": "votes[event.actor] = 1" } } } } }"#;
    let workflow = workflow(text);
    for (one, two) in SAME {
        let mut case = start(&workflow);
        moves(&mut case, &by("vote", one));
        assert_eq!(case.fire(&by("vote", two)).outcome, Outcome::Blocked, "{one} {two}");
        moves(&mut case, &by("vote", "somebody else"));
    }
}

// Signatures.

const SIGNED: &str = r#"{ "id": "w", "roles": { "a": {}, "b": {} }, "initial": "s", "states": {
    "s": { "on": { "sign": { "target": "t", "signed_by": ["a", "b", "b"], "revoke": "withdraw" } } }, "t": {} } }"#;

fn signs(id: &str) -> Event {
    Event::new("sign").by(Actor::new(id).role("a").role("b"))
}

#[test]
fn nobody_signs_twice_under_another_spelling() {
    let workflow = workflow(SIGNED);
    for (one, two) in SAME {
        let mut case = start(&workflow);
        moves(&mut case, &signs(one));
        for case in [&mut restored(&case), &mut case] {
            let decision = case.fire(&signs(two));
            assert_eq!(decision.outcome, Outcome::Blocked, "{one} {two}");
            let ground = &decision.reasons[0].grounds[0];
            assert!(
                matches!(ground, Condition::Signature { refusal: SigningRefusal::Twice, .. }),
                "{ground:?}"
            );
            let withdrawn = moves(case, &by("withdraw", two));
            assert_eq!(withdrawn.effects.signatures[0].dropped[0].signature.actor, one);
            moves(case, &signs(two));
        }
        moves(&mut case, &signs("third"));
        moves(&mut case, &signs("fourth"));
        assert_eq!(case.states(), ["t"]);
    }
    for (one, two) in OTHERS {
        let mut case = start(&workflow);
        moves(&mut case, &signs(one));
        assert_eq!(case.fire(&by("withdraw", two)).outcome, Outcome::Blocked);
        moves(&mut case, &signs(two));
    }
    let mut case = start(&workflow);
    let nobody = case.fire(&Event::new("sign").by(Actor::default().role("a")));
    assert!(matches!(
        nobody.reasons[0].grounds[0],
        Condition::Signature { refusal: SigningRefusal::Nobody, .. }
    ));
}

#[test]
fn a_snapshot_with_one_person_twice_is_refused() {
    let workflow = workflow(SIGNED);
    let mut case = start(&workflow);
    moves(&mut case, &signs("eva"));
    moves(&mut case, &signs("bo"));
    let mut json = serde_json::to_value(case.snapshot()).unwrap();
    json["signatures"][0]["given"][1]["actor"] = json!("EVA");
    assert!(refused(&workflow, json).contains("has signed twice"));
}

/// Why a snapshot is refused whose check sum was made anew.
fn refused(workflow: &Workflow, mut json: serde_json::Value) -> String {
    let restore = |json: &serde_json::Value| {
        let snapshot: Snapshot = serde_json::from_value(json.clone()).ok()?;
        Some(Case::restore(workflow, snapshot).map(|_| ()))
    };
    json["check"] = json!(check_sum(&json));
    match restore(&json) {
        Some(Err(error)) => error.to_string(),
        Some(Ok(())) => panic!("restored: {json:#}"),
        None => panic!("no snapshot: {json:#}"),
    }
}

/// As the snapshot has it: SHA-256 of the rest with keys in order, which `serde_json` gives.
fn check_sum(json: &serde_json::Value) -> String {
    use sha2::{Digest as _, Sha256};
    let mut bare = json.clone();
    bare["check"] = json!("");
    let hash = Sha256::digest(bare.to_string().as_bytes());
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}

// Who did what.

#[test]
fn who_gives_each_person_once() {
    let workflow = workflow(
        r#"{ "id": "w", "facts": { "ids": { "type": "array", "items": { "type": "string" }, "default": [] } },
            "events": { "say": {}, "tell": {} }, "states": { "s": { "on": { "say": {}, "tell": { "actions": "ids = who(`say`)" } } } } }"#,
    );
    let mut case = start(&workflow);
    for id in ["Åke", "19121212-1212", "a\u{30A}ke", "bo", "ÅKE", "191212121212", "BO"] {
        moves(&mut case, &by("say", id));
    }
    moves(&mut case, &Event::new("say"));
    let mut case = restored(&case);
    moves(&mut case, &by("say", "Bo"));
    moves(&mut case, &Event::new("tell"));
    assert_eq!(
        case.fact("ids"),
        Some(["Åke", "19121212-1212", "bo"].map(tresteg::Value::from).to_vec().into())
    );
}

#[test]
fn only_what_rules_ask_for_is_remembered() {
    let text = |guard: &str, not_by: &str| {
        format!(
            r#"{{ "id": "w", "states": {{ "s": {{ "on": {{ "*": {{}}, "end": {{ "guard": "{guard}", "not_by": [{not_by}] }} }} }} }} }}"#
        )
    };
    for (guard, not_by, events, who) in [
        ("true || now < now", "", json!({}), json!([])),
        ("last(`*`) < now", "", json!({ "*": 4 }), json!([])),
        ("count(`a`) > 1", "", json!({ "a": 3 }), json!([])),
        ("count(`a`) > 1 && count(`a.b`) > 1", "", json!({ "a": 1, "a.b": 2 }), json!([])),
        ("count(`a.b`) > 1", r#""a""#, json!({ "a": 1, "a.b": 2 }), json!(["eva"])),
        ("who(`c`).len() > 1", "", json!({ "c": 1 }), json!([])),
    ] {
        let workflow = workflow(&text(guard, not_by));
        let mut case = start(&workflow);
        for (name, id) in [("a", "bo"), ("a.b", "eva"), ("a.b.c", "EVA"), ("c", "kim")] {
            moves(&mut case, &by(name, id));
        }
        let json = serde_json::to_value(case.snapshot()).unwrap();
        let counts = json["events"]
            .as_object()
            .unwrap()
            .iter()
            .map(|(name, found)| (name.clone(), found["count"].clone()));
        assert_eq!(serde_json::Value::Object(counts.collect()), events, "{guard} {not_by}");
        assert_eq!(
            json["events"]
                .get("a.b")
                .and_then(|found| found.get("who"))
                .cloned()
                .unwrap_or(json!([])),
            who,
            "{guard} {not_by}"
        );
        assert_eq!(restored(&case), case);
    }
}

#[test]
fn what_is_remembered_must_fit_the_workflow() {
    let workflow = workflow(FOUR_EYES);
    let mut case = start(&workflow);
    moves(&mut case, &by("prepare", "eva"));
    let json = serde_json::to_value(case.snapshot()).unwrap();
    assert_eq!(json["events"]["prepare"], json!({ "count": 1, "last": 0, "who": ["eva"] }));
    for prepare in [
        json!({ "count": 1, "last": 0, "who": [] }),
        json!({ "count": 1, "last": 0, "who": ["eva", "bo"] }),
        json!({ "count": 1, "last": 0, "who": ["eva"], "anonymous": true }),
        json!({ "count": 3, "last": 0, "who": ["eva", "EVA"] }),
        json!({ "count": 1, "last": 0, "who": ["eva "] }),
    ] {
        let mut json = json.clone();
        json["events"]["prepare"] = prepare.clone();
        assert!(
            refused(&workflow, json).contains("those who sent the event `prepare`"),
            "{prepare}"
        );
    }
    let mut other = json.clone();
    other["events"]["approve"] = json!({ "count": 1, "last": 0, "who": [] });
    assert!(
        refused(&workflow, other)
            .contains("no rule asks for what is remembered of the event `approve`")
    );
    for id in [
        "",
        "x",
        "00",
        &"0".repeat(64),
        &format!("{}moved", "g".repeat(64)),
        &format!("{}moved", "A".repeat(64)),
        &format!("{}error", "0".repeat(64)),
        &format!("{}åmoved", "0".repeat(31)),
    ] {
        let mut json = json.clone();
        json["ids"] = json!([id]);
        assert!(refused(&workflow, json).contains("is no event that was answered"), "{id}");
    }
    let mut twice = json;
    let id = format!("{}moved", "0".repeat(64));
    twice["ids"] = json!([id, id]);
    assert!(refused(&workflow, twice).contains("is there twice"));
}

/// Many thousands of supporters: no error, and no event costs more than those before it.
#[test]
fn many_people_in_one_case() {
    let plain = r#"{ "id": "w", "states": { "s": { "on": { "support": {} } } } }"#;
    let read = r#"{ "id": "w", "initial": "s", "states": { "s": { "on": { "support": {}, "decide": { "target": "t", "not_by": ["support"] }, "thank": { "guard": "who(`support`).len() > 0" } } }, "t": {} } }"#;
    for (text, people, most) in [(plain, 20_000, 2_000), (read, 12_000, 6_000)] {
        let limits = Limits { untaken_entries: 0, ..Limits::default() };
        let workflow =
            Workflow::load("w.json", text, &mut |_| Err(String::new()), &limits).unwrap();
        let mut case = start(&workflow);
        let support = |from: u32, to: u32, case: &mut Case| {
            let events: Vec<Event> =
                (from..to).map(|number| by("support", &format!("person-{number}"))).collect();
            let grown = allocation_counter::measure(|| {
                for event in &events {
                    assert_eq!(case.fire(event).outcome, Outcome::Moved);
                }
            });
            grown.bytes_total / u64::from(to - from)
        };
        let first = support(0, 1_000, &mut case);
        support(1_000, people - 1_000, &mut case);
        let last = support(people - 1_000, people, &mut case);
        println!("bytes of an event: {first} at first, {last} in the end");
        assert!(last < most, "{last}");
        // Who was there is found in a copy too, and a copy costs nothing.
        let copied = allocation_counter::measure(|| assert_eq!(case.clone().states(), ["s"]));
        assert!(copied.bytes_total < 10_000, "{copied:?}");
        if text == read {
            for id in ["person-0", "PERSON-1234", "person-11999"] {
                assert_eq!(case.fire(&by("decide", id)).outcome, Outcome::Blocked);
            }
            let decision = case.fire(&Event::new("thank"));
            assert_eq!(code(&decision), "limit-list-items");
            assert!(decision.problems[0].place.is_some(), "{decision:?}");
            let mut case = restored(&case);
            assert_eq!(case.fire(&by("decide", "Person-777")).outcome, Outcome::Blocked);
            moves(&mut case, &by("decide", "eva"));
        } else {
            assert!(stored(&case).len() < 1_000);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    /// Two ids are one person to `not_by` exactly if they are to `signed_by`.
    #[test]
    fn one_rule_for_all(one in "[aAåÅßs1-]{1,3}", two in "[aAåÅßs1-]{1,3}") {
        let mut eyes = start(&workflow(FOUR_EYES));
        eyes.fire(&by("prepare", &one));
        let mut signed = start(&workflow(SIGNED));
        signed.fire(&signs(&one));
        prop_assert_eq!(eyes.fire(&by("approve", &two)).outcome, signed.fire(&signs(&two)).outcome);
    }
}

/// Missing information opens no gate: who was erased from a journal may be whoever comes now.
#[test]
fn an_erased_person_is_nobody_else() {
    let text = r#"{ "id": "w", "roles": { "a": {} }, "events": { "prepare": {}, "decide": {}, "sign": {} }, "initial": "s",
        "states": { "s": { "on": { "prepare": {}, "decide": { "target": "t", "not_by": ["prepare"] },
                                   "sign": { "target": "t", "signed_by": ["a", "a"] } } }, "t": { "type": "final" } } }"#;
    let workflow = workflow(text);
    let resumed = |event: &str, erased: &str| {
        let mut case = start(&workflow);
        case.fire(&Event::new(event).by(Actor::new("eva").role("a")));
        let lines = case.take_entries(b"a salt for tests, and only those");
        let mut verifier = tresteg::journal::Verifier::new(&workflow);
        for line in lines {
            let erased = tresteg::journal::Erasure::Person(erased.into());
            verifier.line(&tresteg::journal::erase(&line.line, &erased).unwrap().0).unwrap();
        }
        verifier.case()
    };
    let decided = |case: Option<Case>, who: &str| {
        case.unwrap().fire(&Event::new("decide").by(Actor::new(who))).outcome
    };
    assert_eq!(decided(resumed("prepare", "kim"), "eva"), Outcome::Blocked);
    assert_eq!(decided(resumed("prepare", "kim"), "bo"), Outcome::Moved);
    for who in ["eva", "bo"] {
        assert_eq!(decided(resumed("prepare", "eva"), who), Outcome::Blocked, "{who}");
    }
    assert!(resumed("sign", "kim").is_some() && resumed("sign", "eva").is_none());
}

/// What a program puts together itself is composed as what it reads from JSON: the case can be stored, its journal verified,
/// and nobody is somebody else by that.
#[test]
fn events_made_in_code_are_composed_as_those_that_are_read() {
    let workflow = Workflow::from_json(
        r#"{ "id": "w", "roles": { "clerk": {}, "chair": {} }, "facts": { "n": { "type": "integer" } },
            "events": { "go": { "sets": ["n"], "note": true }, "sign": {} },
            "initial": "a", "states": {
                "a": { "on": { "go": { "target": "b", "guard": "event.actor == `åsa` && event.name == `go` && n > 3", "by": ["clerk"] },
                               "sign": { "target": "b", "signed_by": ["clerk", "chair"] } } },
                "b": {} } }"#,
    )
    .unwrap_or_else(|report| panic!("{report}"));
    let a = "a\u{30a}";
    let asa = || Actor::new(format!("{a}sa")).role("clerk").unit(format!("n{a}got"));
    let go = |n: i64| {
        Event::new("go").by(asa()).id(format!("id {a}")).fact("n", n).note(format!("d{a}"))
    };
    let mut case = Case::start(&workflow, None, BTreeMap::new()).unwrap().0;
    let actor = asa();
    assert_eq!(
        case.options(Some(&actor))
            .iter()
            .filter(|one| one.standing == tresteg::case::Availability::Open)
            .count(),
        1
    );
    assert_eq!(case.fire(&go(2)).outcome, Outcome::Blocked);
    assert!(case.fire(&go(2)).repeat);
    assert_eq!(case.fire(&Event::new("sign").by(asa())).outcome, Outcome::Moved);
    let put_away = serde_json::to_string(&case.snapshot()).unwrap();
    let mut again = Case::restore(&workflow, serde_json::from_str(&put_away).unwrap()).unwrap();
    assert_eq!(serde_json::to_string(&again.snapshot()).unwrap(), put_away);
    let mut more = go(5);
    more.id = None;
    assert_eq!(case.explain(&more).outcome, Outcome::Moved);
    assert_eq!(case.fire(&more).outcome, Outcome::Moved);
    assert_eq!(again.fire(&more).outcome, Outcome::Moved);
    let journal: String =
        case.take_entries(&[7; 32]).iter().map(|entry| format!("{}\n", entry.line)).collect();
    let other: String =
        again.take_entries(&[7; 32]).iter().map(|entry| format!("{}\n", entry.line)).collect();
    assert_eq!(journal, other);
    tresteg::journal::verify(&workflow, &journal, Some(&case.head()))
        .unwrap_or_else(|found| panic!("{found}"));
}
