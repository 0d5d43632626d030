//! Claims: what must hold of every case, judged at each step.

use serde_json::{Value as Json, json};
use tresteg::case::{ClaimCause, ClaimVerdict};
use tresteg::{Case, Event, Outcome, Workflow};

/// A flat workflow that lets everything happen, with these claims.
fn workflow(claims: &Json) -> Workflow {
    let text = json!({
        "id": "w", "timezone": "Europe/Stockholm",
        "facts": {
            "power": { "type": "boolean" }, "day": { "format": "date" }, "n": { "type": "integer", "default": 0 }
        },
        "events": {
            "go": { "sets": ["power", "n", "day"] }, "back": { "sets": ["power", "n", "day"] },
            "write": {}, "adjust": {}, "end": {}
        },
        "claims": claims, "initial": "a",
        "states": {
            "a": { "on": { "go": "b", "back": {}, "write": {}, "adjust": {}, "end": "done" } },
            "b": {
                "on": { "back": "a", "go": {}, "write": {}, "adjust": {}, "end": "done" },
                "after": { "P10D": { "target": "a", "actions": "n += 1" } }
            },
            "done": { "type": "final" }
        }
    });
    Workflow::from_json(&text.to_string()).unwrap_or_else(|report| panic!("{report}"))
}

/// Plays events, each a line as `run` takes them, and gives how the claims stand: `kept`, `open`, `broken 3 step`.
fn standings(claims: &Json, lines: &[Json]) -> Vec<String> {
    let workflow = workflow(claims);
    let start = workflow.time("2026-03-02T09:00").unwrap();
    let (mut case, _) = Case::start(&workflow, Some(start), Default::default()).unwrap();
    for line in lines {
        match line.get("advance") {
            Some(until) => {
                let until = workflow.time(until.as_str().unwrap()).unwrap();
                case.advance(until);
            }
            None => {
                let mut line = line.clone();
                if let Some(at) = line.get_mut("at") {
                    *at = json!(workflow.time(at.as_str().unwrap()).unwrap().to_string());
                }
                let event = workflow.event_from_json(&line.to_string()).unwrap();
                case.fire(&event);
            }
        }
        // What is stored and taken out again stands as before.
        let text = serde_json::to_string(&case.snapshot()).unwrap();
        let again = Case::restore(&workflow, serde_json::from_str(&text).unwrap()).unwrap();
        assert_eq!(again.claims(), case.claims());
    }
    let told = case.claims().into_iter().map(|status| match status.verdict {
        ClaimVerdict::Kept => "kept".to_owned(),
        ClaimVerdict::Open => "open".to_owned(),
        _ => {
            let cause = match status.cause.unwrap() {
                ClaimCause::Step => "step",
                ClaimCause::Due => "due",
                ClaimCause::DueUnknown => "due unknown",
                ClaimCause::End => "end",
                _ => "failed",
            };
            format!("broken {} {cause}", status.step.unwrap())
        }
    });
    told.collect()
}

fn standing(claim: Json, lines: &[Json]) -> String {
    standings(&json!({ "c": claim }), lines).remove(0)
}

fn go(facts: Json) -> Json {
    json!({ "event": "go", "facts": facts })
}

#[test]
fn unknown_breaks_an_always_and_a_without_and_never_a_never() {
    for (claim, facts, found) in [
        (json!({ "always": "power" }), json!({}), "broken 1 step"),
        (json!({ "always": "n >= 0" }), json!({}), "kept"),
        (json!({ "never": "active(`b`)", "without": "power" }), json!({ "power": true }), "kept"),
        (
            json!({ "never": "active(`b`)", "without": "power" }),
            json!({ "power": false }),
            "broken 2 step",
        ),
        (json!({ "never": "active(`b`)", "without": "power" }), json!({}), "broken 2 step"),
        (json!({ "never": "!power" }), json!({}), "kept"),
        (json!({ "never": "!power" }), json!({ "power": false }), "broken 2 step"),
        // What stands in a script decides as it does in a guard.
        (json!({ "always": "n > 0 || n == 0" }), json!({ "n": 3 }), "kept"),
        (json!({ "always": "1 / n < 5" }), json!({}), "broken 1 failed"),
    ] {
        assert_eq!(standing(claim.clone(), &[go(facts)]), found, "{claim}");
    }
}

#[test]
fn a_step_knows_what_happens_in_it_and_what_was() {
    for (claim, lines, found) in [
        (json!({ "never": "happens(`go`)" }), vec![go(json!({}))], "broken 2 step"),
        (json!({ "never": "happens(`go`)" }), vec![json!({ "event": "write" })], "kept"),
        // Refused and not expected events are no steps, and terms count none.
        (
            json!({ "never": "happens(`*`)" }),
            vec![json!({ "advance": "2026-04-01T00:00" })],
            "kept",
        ),
        (json!({ "never": "n != was(n)" }), vec![go(json!({ "n": 2 }))], "broken 2 step"),
        (json!({ "never": "n != was(n)" }), vec![go(json!({ "n": 0 }))], "kept"),
        (
            json!({ "never": "n != was(n)" }),
            vec![go(json!({})), json!({ "advance": "2026-04-01T00:00" })],
            "broken 3 step",
        ),
        (
            json!({ "never": "happens(`write`) && was(active(`b`))" }),
            vec![go(json!({})), json!({ "event": "write" })],
            "broken 3 step",
        ),
        (
            json!({ "always": "count(`go`) <= 1" }),
            vec![go(json!({})), go(json!({}))],
            "broken 3 step",
        ),
        (
            json!({ "never": "happens(`adjust`)", "without": "count(`write`) > 0" }),
            vec![json!({ "event": "adjust" })],
            "broken 2 step",
        ),
        (
            json!({ "never": "happens(`adjust`)", "without": "count(`write`) > 0" }),
            vec![json!({ "event": "write" }), json!({ "event": "adjust" })],
            "kept",
        ),
    ] {
        assert_eq!(standing(claim.clone(), &lines), found, "{claim} {lines:?}");
    }
}

#[test]
fn what_must_follow_does_so_in_time() {
    let claim =
        |due: &str| json!({ "whenever": "happens(`go`)", "then": "happens(`write`)", "due": due });
    let at = |event: &str, at: &str| json!({ "event": event, "at": at });
    let open = json!({ "whenever": "happens(`go`)", "then": "happens(`write`)" });
    for (claim, lines, found) in [
        (open.clone(), vec![at("write", "2026-03-03T09:00")], "kept"),
        (open.clone(), vec![at("go", "2026-03-03T09:00")], "open"),
        (open.clone(), vec![at("go", "2026-03-03T09:00"), at("write", "2026-08-03T09:00")], "kept"),
        (
            open.clone(),
            vec![at("go", "2026-03-03T09:00"), at("end", "2026-03-04T09:00")],
            "broken 2 end",
        ),
        // A date lasts until its day has ended.
        (
            claim("today + days(1)"),
            vec![at("go", "2026-03-03T09:00"), at("write", "2026-03-04T23:59")],
            "kept",
        ),
        (
            claim("today + days(1)"),
            vec![at("go", "2026-03-03T09:00"), at("write", "2026-03-05T00:01")],
            "broken 2 due",
        ),
        (
            claim("today + days(1)"),
            vec![at("go", "2026-03-03T09:00"), json!({ "advance": "2026-03-04T12:00" })],
            "open",
        ),
        (
            claim("today + days(1)"),
            vec![at("go", "2026-03-03T09:00"), json!({ "advance": "2026-03-06T00:00" })],
            "broken 2 due",
        ),
        (
            claim("now + hours(1)"),
            vec![at("go", "2026-03-03T09:00"), at("write", "2026-03-03T10:00")],
            "kept",
        ),
        (claim("day"), vec![at("go", "2026-03-03T09:00")], "broken 2 due unknown"),
        // Worked out once: what the date is later is no matter.
        (
            claim("day"),
            vec![
                json!({ "event": "go", "at": "2026-03-03T09:00", "facts": { "day": "2026-03-10" } }),
                json!({ "event": "back", "at": "2026-03-04T09:00", "facts": { "day": "2027-03-10" } }),
                at("write", "2026-04-10T09:00"),
            ],
            "broken 2 due",
        ),
        // One answers all that wait; the first that is due counts.
        (
            claim("today + days(5)"),
            vec![
                at("go", "2026-03-03T09:00"),
                at("go", "2026-03-07T09:00"),
                at("write", "2026-03-08T09:00"),
            ],
            "kept",
        ),
        (
            claim("today + days(5)"),
            vec![
                at("go", "2026-03-03T09:00"),
                at("go", "2026-03-07T09:00"),
                at("write", "2026-03-09T09:00"),
            ],
            "broken 2 due",
        ),
        // At rest counts where nothing need happen.
        (
            json!({ "whenever": "happens(`go`)", "then": "active(`b`)" }),
            vec![at("go", "2026-03-03T09:00")],
            "kept",
        ),
        (
            json!({ "whenever": "happens(`go`)", "then": "happens(`go`)" }),
            vec![at("go", "2026-03-03T09:00")],
            "open",
        ),
        (
            json!({ "whenever": "happens(`go`)", "then": "happens(`go`)" }),
            vec![at("go", "2026-03-03T09:00"), at("go", "2026-03-04T09:00")],
            "open",
        ),
    ] {
        assert_eq!(standing(claim.clone(), &lines), found, "{claim} {lines:?}");
    }
}

#[test]
fn persons_are_others_and_known() {
    let claim = json!({ "different_persons": ["write", "adjust"] });
    let by = |event: &str, id: &str| match id {
        "" => json!({ "event": event }),
        id => json!({ "event": event, "actor": { "id": id } }),
    };
    for (lines, found) in [
        (
            vec![by("write", "eva"), by("adjust", "bo"), by("adjust", "bo"), by("write", "eva")],
            "kept",
        ),
        (vec![by("write", "eva"), by("write", "bo"), by("adjust", "BO")], "broken 4 step"),
        (vec![by("write", "eva"), by("adjust", "bo"), by("write", "bo")], "broken 4 step"),
        (vec![by("write", "")], "broken 2 step"),
        (vec![by("go", ""), by("write", "eva")], "kept"),
    ] {
        assert_eq!(standing(claim.clone(), &lines), found, "{lines:?}");
    }
}

#[test]
fn an_enforced_claim_blocks_and_says_so() {
    let claims = json!({
        "shared": { "never": "active(`b`)", "without": "power", "enforce": true,
            "title": { "en": "No test without shared power", "sv": "Inget test utan delad makt" } },
        "few": { "always": "n < 1", "enforce": true }
    });
    let workflow = workflow(&claims);
    let (mut case, _) = Case::start(&workflow, None, Default::default()).unwrap();
    let before = case.clone();
    let decision = case.fire(&Event::new("go"));
    assert_eq!(decision.outcome, Outcome::Blocked);
    let told = workflow.describe(&decision, tresteg::Language::English);
    assert!(told.contains("it would break the claim: No test without shared power"), "{told}");
    assert_eq!((case.states(), case.claims()), (before.states(), before.claims()));
    assert_eq!(case.fire(&Event::new("go").fact("power", true)).outcome, Outcome::Moved);
    // A term is put aside.
    let (steps, from) = (case.claims(), case.states().len());
    let until = case.time().to_string();
    let decision = case.advance(workflow.time("1970-02-01T00:00").unwrap());
    assert!(workflow.describe(&decision, tresteg::Language::English).contains("few"), "{until}");
    assert_eq!((case.claims(), case.states().len(), case.states()), (steps, from, vec!["b"]));
    // A case that would begin with it does not begin.
    let facts = std::collections::BTreeMap::from([("n".to_owned(), 2.into())]);
    assert!(Case::start(&workflow, None, facts).is_err());
}

/// Those of child cases are among them, wherever the step was that broke them, and time passes for them too.
#[test]
fn claims_of_child_cases_are_told_with_their_address() {
    let parent = r#"{ "id": "board", "facts": { "schools": { "type": "array", "items": { "type": "string" }, "default": ["oak", "elm"] } },
        "invoke": { "id": "schools", "workflow": "school.json", "each": "schools" },
        "events": { "nag": { "by": [] }, "go": {} },
        "states": { "s": { "on": { "go": { "actions": "send_all(`schools`, `remind`)" } } } } }"#;
    let school = r#"{ "id": "school", "facts": { "reminders": { "type": "integer", "default": 0 } },
        "claims": { "once": { "always": "reminders <= 1" },
            "answers": { "whenever": "happens(`remind`)", "then": "happens(`answer`)", "due": "today + days(14)" } },
        "events": { "remind": {}, "answer": {} },
        "states": { "s": { "on": { "remind": { "actions": "reminders += 1" }, "answer": {} } } } }"#;
    let mut files = |path: &str| match path {
        "school.json" => Ok(school.to_owned()),
        other => Err(other.to_owned()),
    };
    let limits = tresteg::Limits::default();
    let workflow = Workflow::load("board.json", parent, &mut files, &limits)
        .unwrap_or_else(|report| panic!("{report}"));
    let (mut case, _) = Case::start(&workflow, None, Default::default()).unwrap();
    let standing = |case: &Case| -> Vec<(String, ClaimVerdict)> {
        let claims = case.claims().into_iter();
        claims
            .map(|one| (format!("{}:{}", one.case.unwrap_or_default(), one.name), one.verdict))
            .collect()
    };
    case.fire(&Event::new("go"));
    let found = standing(&case);
    assert_eq!(found[0], ("schools/oak:once".to_owned(), ClaimVerdict::Kept));
    assert_eq!(found[1], ("schools/oak:answers".to_owned(), ClaimVerdict::Open));
    assert_eq!(found.len(), 4);
    case.fire(&Event::new("go"));
    assert!(
        standing(&case)
            .iter()
            .filter(|(name, _)| name.ends_with("once"))
            .all(|(_, verdict)| *verdict == ClaimVerdict::Broken)
    );
    case.advance(workflow.time("1970-03-01T00:00").unwrap());
    assert!(standing(&case).iter().all(|(_, verdict)| *verdict == ClaimVerdict::Broken));
}

#[test]
fn an_event_that_a_claim_holds_up_as_it_is_may_be_open_with_what_it_carries() {
    use tresteg::case::Availability;
    let workflow = |carries: &str| {
        Workflow::from_json(&format!(
            r#"{{ "id": "w", "facts": {{ "x": {{ "type": "integer", "default": 0 }}, "z": {{ "type": "integer", "default": 0 }} }},
            "events": {{ "go": {{ {carries} }}, "set": {{ "sets": ["x"] }} }},
            "claims": {{ "enough": {{ "never": "active(`b`) && x + z < 5", "enforce": true }} }}, "initial": "a",
            "states": {{ "a": {{ "on": {{ "go": "b", "set": {{}} }} }}, "b": {{}} }} }}"#
        ))
        .unwrap_or_else(|report| panic!("{report}"))
    };
    let begun = |workflow: &Workflow| Case::start(workflow, None, Default::default()).unwrap().0;
    let mut case = begun(&workflow(r#""sets": ["z"]"#));
    let standing = case.options(None)[0].standing.clone();
    assert!(
        matches!(&standing, Availability::OpenIf { given, .. } if given == &["z"]),
        "{standing:?}"
    );
    assert_eq!(case.fire(&Event::new("go").fact("z", 7)).outcome, Outcome::Moved);
    // One that carries nothing is blocked, until what the claim reads is another.
    let mut case = begun(&workflow(""));
    let mut options = case.options(None);
    assert!(matches!(options[0].standing, Availability::Blocked { .. }), "{:?}", options[0]);
    case.fire(&Event::new("set").fact("x", 7));
    options.update(&case);
    assert_eq!(options[0].standing, Availability::Open);
}
