//! `explain --unlock`: what would open an event that is shut, in words and as JSON.

use serde_json::{Value, json};

use super::{FLAGSHIP, folder, run, write};

const WORKFLOW: &str = r#"{ "id": "w", "roles": { "clerk": { "title": { "en": "Clerk", "sv": "Handläggare" } } },
    "facts": { "a": { "type": "integer", "title": { "en": "Age", "sv": "Ålder" } }, "consent": { "type": "boolean", "title": { "en": "Consent", "sv": "Samtycke" } },
        "fee": { "type": "number", "unit": "SEK", "title": { "en": "Fee", "sv": "Avgift" } } },
    "events": { "pay": { "sets": ["fee"], "by": ["clerk"], "title": { "en": "Payment", "sv": "Betalning" } }, "enter": { "sets": ["consent"] } },
    "initial": "s", "states": { "s": { "on": { "pay": {}, "enter": { "target": "in", "guard": "(a >= 18 || consent) && fee == 100" } } }, "in": {} } }"#;

#[test]
fn ways_end_a_refusal_in_both_languages() {
    let folder = folder("unlock-told");
    let path = write(&folder, "w.json", WORKFLOW);
    let facts = write(&folder, "f.json", r#"{ "a": 16, "fee": 90 }"#);
    let ran = run(&["explain", &path, "--facts", &facts, "--unlock", "enter"]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{}", ran.out);
    let end = "to open it, one of these is enough:\n  \
        1. Age: at least 18; now 16; nobody can set it any more\n     \
        Fee: 100 SEK; now 90 SEK; by Payment (Clerk)\n  \
        2. Consent: yes; not known yet; by the event itself\n     \
        Fee: 100 SEK; now 90 SEK; by Payment (Clerk)\n";
    assert!(ran.out.ends_with(end), "{}", ran.out);
    let ran = run(&["explain", &path, "--facts", &facts, "--unlock", "enter", "--lang", "sv"]);
    let end = "för att det ska bli möjligt räcker ett av dessa:\n  \
        1. Ålder: minst 18; nu 16; ingen kan längre ange det\n     \
        Avgift: 100 kr; nu 90 kr; genom Betalning (Handläggare)\n  \
        2. Samtycke: ja; inte känt än; genom händelsen själv\n     \
        Avgift: 100 kr; nu 90 kr; genom Betalning (Handläggare)\n";
    assert!(ran.out.ends_with(end), "{}", ran.out);
}

#[test]
fn json_has_ways_with_changes_and_whether_these_are_all() {
    let folder = folder("unlock-json");
    let path = write(&folder, "w.json", WORKFLOW);
    let facts = write(&folder, "f.json", r#"{ "a": 16, "fee": 90 }"#);
    let ran = run(&["explain", &path, "--facts", &facts, "--unlock", "enter", "--json"]);
    let found: Value = serde_json::from_str(&ran.out).unwrap();
    let pay = json!([{ "event": "pay", "roles": ["clerk"], "is_itself": false, "is_now": true }]);
    let itself = json!([{ "event": "enter", "roles": [], "is_itself": true, "is_now": true }]);
    let fee = json!({ "fact": "fee", "value": 100, "nearest": true, "by": pay });
    let expected = json!({ "open": false, "complete": true, "ways": [
        { "event": "enter", "minimal": true, "changes": [
            { "fact": "a", "value": 18, "from": 18, "nearest": true, "by": "nobody" }, fee] },
        { "event": "enter", "minimal": true, "changes": [
            { "fact": "consent", "value": true, "nearest": true, "by": itself }, fee] },
    ] });
    assert_eq!((ran.code, found), (0, expected));
    // What it would carry counts.
    let given = [
        "explain",
        &path,
        "--facts",
        &facts,
        "--unlock",
        "enter",
        "--json",
        "--fact",
        "consent=true",
    ];
    let found: Value = serde_json::from_str(&run(&given).out).unwrap();
    assert_eq!(found["ways"].as_array().unwrap().len(), 1);
    // Nothing opens what nobody listens to.
    let none = run(&["explain", &path, "--unlock", "unheard", "--json"]);
    assert_eq!(none.code, 1, "{}", none.out);
    let both = run(&["explain", &path, "--unlock", "enter", "--event", "enter"]);
    assert_eq!(both.code, 2);
}

#[test]
fn a_snapshot_is_gone_on_from() {
    use tresteg::{Case, Event, Workflow};
    let folder = folder("unlock-snapshot");
    let text = std::fs::read_to_string(FLAGSHIP).unwrap();
    let workflow = Workflow::from_json(&text).unwrap();
    let (case, _) = Case::start(&workflow, None, Default::default()).unwrap();
    let event = case.options(None).iter().map(|choice| choice.event.clone()).next().unwrap();
    let _ = case.explain(&Event::new(&event));
    let snapshot = serde_json::to_string(&case.snapshot()).unwrap();
    let path = write(&folder, "s.json", snapshot);
    let ran = run(&["explain", FLAGSHIP, "--snapshot", &path, "--unlock", &event, "--json"]);
    let found: Value =
        serde_json::from_str(&ran.out).unwrap_or_else(|_| panic!("{} {}", ran.out, ran.err));
    assert!(found["ways"].is_array() && found["complete"].is_boolean(), "{found}");
}
