//! Signatures: what format, journal and snapshot say of them, by example and against a model of the rules.

use std::collections::BTreeMap;

use serde_json::json;
use tresteg::case::{
    Availability, Condition, DropCause, SignatureStatus, SigningRefusal, Snapshot, Until,
};
use tresteg::journal::{Erasure, erase, verify};
use tresteg::{Actor, Case, Decision, Event, Language, Outcome, Workflow};

const AGREEMENT: &str = r#"{
  "id": "agreement",
  "timezone": "Europe/Stockholm",
  "roles": { "municipality": { "title": { "sv": "Kommun", "en": "Municipality" } }, "civil": { "title": { "sv": "Civilsamhälle", "en": "Civil society" } }, "clerk": {} },
  "parameters": { "most": 100 },
  "facts": {
    "cost": { "type": "integer", "title": { "sv": "Kostnad", "en": "Cost" } },
    "share": { "type": "integer", "default": 1 },
    "half": { "value": "div(share, 2)" },
    "noise": { "type": "integer", "default": 0 },
    "paid": { "type": "integer" }
  },
  "factors": { "cheap": { "guard": "cost <= most && half < 10" } },
  "events": {
    "sign": { "sets": ["cost"], "data": { "place": { "type": "string" } } },
    "withdraw": {},
    "report": { "sets": ["share", "noise"] },
    "robot": {},
    "stop": {}
  },
  "on": { "report": {}, "robot": { "actions": "raise(`sign`); send(`sign`);" } },
  "initial": "draft",
  "states": {
    "draft": {
      "on": {
        "sign": { "target": "agreed", "signed_by": ["municipality", "civil"], "revoke": "withdraw", "requires": ["cheap"], "actions": "paid = cost" },
        "stop": "stopped"
      },
      "after": { "P30D": "stopped" }
    },
    "stopped": { "on": { "stop": "draft" } },
    "agreed": { "type": "final" }
  }
}"#;

fn workflow(text: &str) -> Workflow {
    Workflow::from_json(text).unwrap_or_else(|report| panic!("{report}"))
}

fn start(workflow: &Workflow) -> Case {
    let facts = tresteg::case::facts_from_json(r#"{ "cost": 50 }"#).unwrap();
    let declared = workflow.fact("cost").is_some();
    Case::start(workflow, None, if declared { facts } else { BTreeMap::new() }).unwrap().0
}

fn who(id: &str, roles: &[&str]) -> Actor {
    roles.iter().fold(Actor::new(id), |actor, role| actor.role(*role))
}

fn anna() -> Actor {
    who("anna", &["municipality"]).unit("district board")
}

fn bo() -> Actor {
    who("bo", &["civil"])
}

fn refusal(decision: &Decision) -> SigningRefusal {
    assert_eq!(decision.outcome, Outcome::Blocked, "{decision:#?}");
    let grounds = decision.reasons.iter().flat_map(|reason| &reason.grounds);
    let found: Vec<SigningRefusal> = grounds
        .filter_map(|ground| match ground {
            Condition::Signature { refusal, .. } => Some(*refusal),
            _ => None,
        })
        .collect();
    let [one] = found.as_slice() else { panic!("{decision:#?}") };
    *one
}

fn signers(signing: &[SignatureStatus]) -> Vec<(&str, &str)> {
    let all = signing.iter().flat_map(|one| &one.signed);
    all.map(|signature| (signature.actor.as_str(), signature.role.as_str())).collect()
}

fn moved(case: &mut Case, event: &Event) -> Decision {
    let foretold = case.explain(event);
    let decision = case.fire(event);
    assert_eq!(decision.outcome, Outcome::Moved, "{decision:#?}");
    assert_eq!(foretold, decision);
    decision
}

fn refused(case: &mut Case, event: &Event) -> Decision {
    let (before, foretold) = (case.clone(), case.explain(event));
    let decision = case.fire(event);
    assert_eq!(foretold, decision);
    assert_eq!((before.signatures(), before.facts()), (case.signatures(), case.facts()));
    decision
}

fn sign() -> Event {
    Event::new("sign")
}

#[test]
fn the_last_signature_takes_the_transition_and_until_then_the_answer_says_who_is_missing() {
    let workflow = workflow(AGREEMENT);
    let mut case = start(&workflow);
    let first = moved(&mut case, &sign().by(anna()));
    assert_eq!((case.states(), first.effects.taken.len()), (vec!["draft"], 0));
    assert_eq!(case.fact("paid"), None);
    assert_eq!(signers(&first.effects.signatures), [("anna", "municipality")]);
    assert_eq!(first.effects.signatures[0].missing, [["civil"]]);
    assert_eq!(first.effects.signatures[0].signed[0].unit.as_deref(), Some("district board"));
    assert_eq!(
        workflow.describe(&first, Language::English),
        "✓ sign: yes\n  draft → agreed (sign)\n    has signed: Municipality (anna, district board); missing: Civil society\n"
    );
    assert_eq!(
        workflow.describe(&first, Language::Swedish),
        "✓ sign: ja\n  draft → agreed (sign)\n    har undertecknat: Kommun (anna, district board); saknas: Civilsamhälle\n"
    );

    let twice = refused(&mut case, &sign().by(anna()));
    assert_eq!(refusal(&twice), SigningRefusal::Twice);
    assert_eq!(
        workflow.describe(&twice, Language::English),
        "✗ sign: no, not yet\n  draft → agreed (sign)\n    ✗ nobody signs twice; this was already signed by anna\n      has signed: Municipality (anna, district board); missing: Civil society\n"
    );
    assert_eq!(
        refusal(&refused(&mut case, &sign().by(who("kim", &["municipality", "clerk"])))),
        SigningRefusal::Role
    );
    assert_eq!(
        refusal(&refused(&mut case, &sign().by(Actor::default().role("civil")))),
        SigningRefusal::Nobody
    );
    assert_eq!(refusal(&refused(&mut case, &sign())), SigningRefusal::Nobody);

    let last = moved(&mut case, &sign().by(bo()));
    assert_eq!(case.states(), ["agreed"]);
    assert_eq!(case.fact("paid"), Some(50.into()));
    assert_eq!(signers(&last.effects.signatures), [("anna", "municipality"), ("bo", "civil")]);
    assert!(last.effects.signatures[0].missing.is_empty() && case.signatures().is_empty());
    assert!(
        workflow
            .describe(&last, Language::English)
            .contains("  draft → agreed (sign)\n    signed by: Municipality (anna, district board), Civil society (bo)")
    );
}

#[test]
fn conditions_hold_at_each_signature_and_its_facts_are_kept() {
    let mut case = start(&workflow(AGREEMENT));
    assert_eq!(refused(&mut case, &sign().by(anna()).fact("cost", 200)).outcome, Outcome::Blocked);
    moved(&mut case, &sign().by(anna()).fact("cost", 90));
    assert_eq!(case.fact("cost"), Some(90.into()));
    // What does not change drops nothing.
    moved(&mut case.clone(), &sign().by(bo()).fact("cost", 90));
    // A guard that has become false holds the next one up; what has been signed is gone with what it was signed for.
    moved(&mut case, &Event::new("report").fact("share", 30));
    assert!(case.signatures().is_empty());
    let blocked = refused(&mut case, &sign().by(bo()));
    assert!(matches!(blocked.reasons[0].grounds[..], [Condition::Factor { .. }]), "{blocked:#?}");
}

#[test]
fn a_change_of_what_was_signed_drops_the_earlier_signatures() {
    let workflow = workflow(AGREEMENT);
    let mut case = start(&workflow);
    moved(&mut case, &sign().by(anna()));
    // Nothing that it reads, and a fact that stays as it is.
    moved(&mut case, &Event::new("report").fact("noise", 7).fact("share", 1));
    assert_eq!(case.signatures().len(), 1);
    // Read through a factor and a derived fact.
    let changed = moved(&mut case, &Event::new("report").fact("share", 2));
    let [signing] = changed.effects.signatures.as_slice() else { panic!("{changed:#?}") };
    assert!(signing.signed.is_empty());
    assert_eq!(signing.dropped[0].cause, DropCause::Changed { facts: vec!["share".into()] });
    assert!(workflow.describe(&changed, Language::English).contains(
        "draft → agreed (sign)\n    missing: Civil society, Municipality\n    does not count any more: Municipality (anna, district board) (changed since: share)"
    ), "{}", workflow.describe(&changed, Language::English));

    // A later signature with another value: it stands, the earlier one does not. Who signed before may sign anew.
    moved(&mut case, &sign().by(anna()));
    let other = moved(&mut case, &sign().by(bo()).fact("cost", 60));
    assert_eq!(signers(&case.signatures()), [("bo", "civil")]);
    assert_eq!(other.effects.signatures[0].dropped[0].signature.actor, "anna");
    moved(&mut case, &sign().by(bo()).fact("cost", 61));
    assert_eq!(
        refusal(&refused(&mut case, &sign().by(bo()).fact("cost", 61))),
        SigningRefusal::Twice
    );
    // Another payload too: all sign the same.
    let other = moved(&mut case, &sign().by(anna()).data("place", "Lerum"));
    assert_eq!(other.effects.signatures[0].dropped[0].cause, DropCause::Payload);
    assert_eq!(signers(&case.signatures()), [("anna", "municipality")]);
    moved(&mut case, &sign().by(bo()).data("place", "Lerum"));
    assert!(case.is_ended());
}

#[test]
fn one_withdraws_the_own_signature_and_leaving_drops_all() {
    let workflow = workflow(AGREEMENT);
    let mut case = start(&workflow);
    let withdraw = Event::new("withdraw");
    assert_eq!(
        refusal(&refused(&mut case, &withdraw.clone().by(anna()))),
        SigningRefusal::NotSigned
    );
    moved(&mut case, &sign().by(anna()));
    assert_eq!(refusal(&refused(&mut case, &withdraw.clone().by(bo()))), SigningRefusal::NotSigned);
    assert_eq!(refusal(&refused(&mut case, &withdraw)), SigningRefusal::NotSigned);
    let back = moved(&mut case, &withdraw.clone().by(anna()));
    assert_eq!(back.effects.signatures[0].dropped[0].cause, DropCause::Revoked);
    assert!(case.signatures().is_empty() && case.states() == ["draft"]);
    moved(&mut case, &sign().by(anna()));

    let stopped = moved(&mut case, &Event::new("stop"));
    assert_eq!(stopped.effects.signatures[0].dropped[0].cause, DropCause::Left);
    assert!(case.signatures().is_empty());
    moved(&mut case, &Event::new("stop"));
    // A term leaves as an event does.
    moved(&mut case, &sign().by(anna()));
    let passed = case.advance(Until::For("P31D".parse().unwrap()));
    assert_eq!(passed.steps[0].effects.signatures[0].dropped[0].cause, DropCause::Left);
    assert!(case.signatures().is_empty());
    assert_eq!(case.fire(&withdraw.by(anna())).outcome, Outcome::NotExpected);
}

#[test]
fn what_the_case_raises_or_sends_signs_nothing() {
    let mut case = start(&workflow(AGREEMENT));
    moved(&mut case, &sign().by(anna()));
    let robot = case.fire(&Event::new("robot").by(bo()));
    assert_eq!(robot.outcome, Outcome::Moved);
    assert_eq!(signers(&case.signatures()), [("anna", "municipality")]);
    let [sent] = robot.steps.as_slice() else { panic!("{robot:#?}") };
    assert!(matches!(
        sent.reasons[0].grounds[..],
        [Condition::Signature { refusal: SigningRefusal::Nobody, .. }]
    ));
}

#[test]
fn an_actor_with_several_roles_fills_the_one_that_leaves_the_rest_possible() {
    let workflow = workflow(
        r#"{ "id": "w", "roles": { "a": {}, "b": {}, "c": {} },
        "states": { "s": { "on": { "sign": { "signed_by": ["a", "b", "b", "c"], "target": "t" } } }, "t": {} }, "initial": "s" }"#,
    );
    let mut case = start(&workflow);
    let first = moved(&mut case, &sign().by(who("x", &["c", "b", "a"])));
    // It sits for `a` now, and could sit for any of the others if an `a` comes.
    let missing = &first.effects.signatures[0].missing;
    assert_eq!(*missing, [["a", "b"], ["a", "b"], ["a", "c"]]);
    moved(&mut case, &sign().by(who("y", &["a"])));
    assert_eq!(signers(&case.signatures()), [("x", "b"), ("y", "a")]);
    // The only one who is left for `b` twice: the first moves on to `c`.
    moved(&mut case, &sign().by(who("z", &["b"])));
    let third = moved(&mut case.clone(), &sign().by(who("v", &["b"])));
    assert_eq!(
        signers(&third.effects.signatures),
        [("x", "c"), ("y", "a"), ("z", "b"), ("v", "b")]
    );
    assert_eq!(refusal(&refused(&mut case, &sign().by(who("u", &["a"])))), SigningRefusal::Role);
}

#[test]
fn options_tell_for_whom_a_signature_is_open() {
    let workflow = workflow(AGREEMENT);
    let mut case = start(&workflow);
    moved(&mut case, &sign().by(anna()));
    let choice = |actor: Option<&Actor>| {
        case.options(actor).into_iter().find(|choice| choice.event == "sign").unwrap()
    };
    assert_eq!(choice(Some(&bo())).standing, Availability::Open);
    assert_eq!(choice(None).standing, Availability::Open);
    assert_eq!(choice(None).signatures[0].missing, [["civil"]]);
    let Availability::Blocked { reasons } = choice(Some(&anna())).standing else {
        panic!("{:#?}", choice(Some(&anna())))
    };
    assert!(matches!(
        reasons[0].grounds[0],
        Condition::Signature { refusal: SigningRefusal::Twice, .. }
    ));
    let withdraw = case.options(Some(&anna())).into_iter().find(|one| one.event == "withdraw");
    assert_eq!(withdraw.unwrap().standing, Availability::Open);
}

#[test]
fn regions_sign_apart_and_an_outer_way_out_drops_both() {
    let workflow = workflow(
        r#"{ "id": "w", "roles": { "a": {}, "b": {} }, "initial": "both", "states": {
        "both": { "type": "parallel", "on": { "off": "over" }, "states": {
            "one": { "initial": "p", "states": { "p": { "on": { "sign": { "signed_by": ["a", "b"], "target": "q", "revoke": "undo" } } }, "q": {} } },
            "two": { "initial": "r", "states": { "r": { "on": { "sign": { "signed_by": ["a", "a", "b"], "target": "s", "revoke": "undo" } } }, "s": {} } } } },
        "over": {} } }"#,
    );
    let mut case = start(&workflow);
    let first = moved(&mut case, &sign().by(who("x", &["a"])));
    assert_eq!(first.effects.signatures.len(), 2);
    moved(&mut case, &sign().by(who("y", &["b"])));
    assert_eq!(case.states(), ["q", "r"]);
    // In the one region it was taken, in the other it still can be withdrawn.
    moved(&mut case.clone(), &Event::new("undo").by(who("y", &["b"])));
    let off = moved(&mut case, &Event::new("off"));
    assert_eq!(off.effects.signatures[0].dropped.len(), 2);
}

#[test]
fn an_action_of_the_same_step_drops_too() {
    let workflow = workflow(
        r#"{ "id": "w", "roles": { "a": {}, "b": {} },
        "facts": { "n": { "type": "integer", "default": 0 } }, "initial": "both", "states": {
        "both": { "type": "parallel", "states": {
            "one": { "initial": "p", "states": { "p": { "on": { "sign": { "signed_by": ["a", "b"], "target": "q", "guard": "n >= 0" } } }, "q": {} } },
            "two": { "on": { "sign": { "actions": "n += 1" } } } } } } }"#,
    );
    let mut case = start(&workflow);
    let decision = moved(&mut case, &sign().by(who("x", &["a"])));
    assert!(case.signatures().is_empty());
    assert_eq!(
        decision.effects.signatures[0].dropped[0].cause,
        DropCause::Changed { facts: vec!["n".into()] }
    );
}

#[test]
fn hostile_snapshots_are_refused() {
    let workflow = workflow(AGREEMENT);
    let mut case = start(&workflow);
    moved(&mut case, &sign().by(anna()));
    let good = serde_json::to_value(case.snapshot()).unwrap();
    assert_eq!(
        Case::restore(&workflow, serde_json::from_value(good.clone()).unwrap()).unwrap(),
        case
    );
    let one = good["signatures"][0]["given"][0].clone();
    let with = |key: &str, value: serde_json::Value| {
        let mut other = one.clone();
        other[key] = value;
        other
    };
    let ways: Vec<(&str, serde_json::Value)> = vec![
        ("/signatures/0/state", json!("nowhere")),
        ("/signatures/0/state", json!("agreed")),
        ("/signatures/0/state", json!("stopped")),
        ("/signatures/0/index", json!(1)),
        ("/signatures/0/index", json!(99)),
        ("/signatures/0/given", json!([])),
        ("/signatures/0/given", json!([one, one])),
        ("/signatures/0/given", json!([one, with("actor", json!("eva"))])),
        ("/signatures/0/given/0/roles", json!([])),
        ("/signatures/0/given/0/roles", json!(["clerk"])),
        ("/signatures/0/given/0/roles", json!(["municipality", "municipality"])),
        ("/signatures/0/given/0/event", json!("stop")),
        ("/signatures/0/given/0/at", json!(1)),
        ("/signatures/0/given/0/at", json!(i64::MAX)),
        ("/signatures", json!([good["signatures"][0], good["signatures"][0]])),
    ];
    for (path, value) in ways {
        let mut bad = good.clone();
        *bad.pointer_mut(path).unwrap() = value.clone();
        let snapshot: Snapshot = serde_json::from_value(with_sum(bad)).unwrap();
        let error = Case::restore(&workflow, snapshot).expect_err(path);
        assert!(
            error.problems().iter().all(|problem| !problem.message.contains("check sum")),
            "{path} {value}: {error}"
        );
    }
}

/// The snapshot with the check sum that belongs to it.
fn with_sum(mut snapshot: serde_json::Value) -> serde_json::Value {
    use sha2::{Digest, Sha256};
    snapshot["check"] = json!("");
    let text = serde_json::to_string(&snapshot).unwrap();
    let digest = Sha256::digest(text.as_bytes());
    snapshot["check"] = json!(digest.iter().map(|byte| format!("{byte:02x}")).collect::<String>());
    snapshot
}

#[test]
fn an_erased_signatory_leaves_the_journal_whole() {
    let workflow = workflow(AGREEMENT);
    let mut case = start(&workflow);
    moved(&mut case, &sign().by(anna()));
    refused(&mut case, &sign().by(anna()));
    moved(&mut case, &sign().by(bo()));
    let entries = case.take_entries(&[3; 32]);
    let text: String = entries.iter().map(|entry| format!("{}\n", entry.line)).collect();
    let verified = verify(&workflow, &text, Some(&case.head())).unwrap();
    assert_eq!(verified.recomputed, 4);

    let mut erased = String::new();
    for entry in &entries {
        let (line, _) = erase(&entry.line, &Erasure::Person("bo".into())).unwrap();
        erased += &format!("{line}\n");
    }
    assert!(!erased.contains("\"bo\""));
    let verified = verify(&workflow, &erased, Some(&case.head())).unwrap();
    assert_eq!(verified.recomputed, 4, "who signed last is as good as anybody with that role");
    assert_eq!(verified.erased, [(4, "actor".to_owned()), (4, "signed.0.1".to_owned())]);

    let mut erased = String::new();
    for entry in &entries {
        let (line, _) = erase(&entry.line, &Erasure::Person("anna".into())).unwrap();
        erased += &format!("{line}\n");
    }
    assert!(!erased.contains("anna") && !erased.contains("district board"));
    let verified = verify(&workflow, &erased, Some(&case.head())).unwrap();
    // That she was the same both times cannot be known any more.
    assert_eq!(verified.recomputed, 3);
    assert_eq!(verified.erased.len(), 4);
}

mod model;

/// Asked for nobody in particular, taking back is open as soon as somebody has signed: nobody says that they have not.
#[test]
fn anybody_may_be_who_has_signed() {
    let workflow = workflow(AGREEMENT);
    let mut case = start(&workflow);
    let standing = |case: &Case| {
        let options = case.options(None);
        options.iter().find(|choice| choice.event == "withdraw").unwrap().standing.clone()
    };
    assert!(matches!(standing(&case), Availability::Blocked { .. }), "nobody has signed");
    assert_eq!(case.somebody().len(), 1);
    assert_eq!(case.fire(&Event::new("sign").by(anna())).outcome, Outcome::Moved);
    assert_eq!(standing(&case), Availability::Open);
    let ids: Vec<_> = case.somebody().into_iter().filter_map(|actor| actor.id).collect();
    assert_eq!(ids[1..], [anna().id.unwrap()]);
    // Whoever is named is asked alone.
    let other = case.options(Some(&who("other", &["civil"])));
    let other = other.iter().find(|choice| choice.event == "withdraw").unwrap();
    assert!(matches!(other.standing, Availability::Blocked { .. }));
    // A list that is brought up to date says the same.
    let mut options = start(&workflow).options(None);
    options.update(&case);
    assert_eq!(options, case.options(None));
}
