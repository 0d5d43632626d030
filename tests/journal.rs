//! The journal and the snapshot: what is put away comes back whole, what is altered is noticed.

use std::path::Path;

use proptest::prelude::*;
use serde_json::{Value as Json, json};
use sha2::{Digest, Sha256};
use tresteg::case::{Snapshot, Until};
use tresteg::journal::{
    CheckedLine, Comparer, Discrepancy, DiscrepancyKind, Entry, Erasure, Head, Verified, Verifier,
    erase, verify,
};
use tresteg::{Actor, Case, DateTime, Duration, Event, Language, Outcome, Value, Workflow};

const SALT: [u8; 32] = *b"a salt for tests, and only those";

fn folder() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/wire/v1")
}

fn source() -> String {
    std::fs::read_to_string(folder().join("workflow.json")).unwrap()
}

pub(crate) fn workflow() -> Workflow {
    Workflow::from_json(&source()).unwrap_or_else(|report| panic!("{report:#}"))
}

fn at(day: i64, hour: i64) -> DateTime {
    DateTime::from_microseconds((20_454 + day) * 86_400_000_000 + hour * 3_600_000_000).unwrap()
}

fn days(text: &str) -> Until {
    Until::For(text.parse::<Duration>().unwrap())
}

fn start(workflow: &Workflow) -> Case {
    let facts = [("kind".to_owned(), Value::from("sport"))].into();
    Case::start(workflow, Some(at(0, 8)), facts).unwrap().0
}

fn eva() -> Actor {
    Actor::new("eva-lind").role("clerk").unit("culture office")
}

fn bo() -> Actor {
    Actor::new("bo-ek").role("chief")
}

/// A story with everything in it: refusals, personal facts, notes, terms, sent events, a failure, signatures.
pub(crate) fn story(workflow: &Workflow) -> Case {
    let mut case = start(workflow);
    case.fire(&Event::new("grant").by(bo()));
    case.fire(&Event::new("apply").by(eva()).at(at(1, 9)).fact("amount", 12));
    let mut apply =
        Event::new("apply").by(eva()).at(at(1, 10)).id("e1").fact("amount", number("900.25"));
    apply = apply
        .fact("applicant", "Ture Testsson")
        .fact("papers", Value::from_iter([Value::from("a\"\\\u{1}å")]));
    apply.note = Some(serde_note("Came in person."));
    assert_eq!(case.fire(&apply).outcome, Outcome::Moved);
    case.fire(&Event::new("grant").by(eva()).at(at(2, 10)).id("e2"));
    case.fire(&Event::new("grant").by(bo()).at(at(2, 11)));
    case.fire(&Event::new("agree").by(eva()));
    case.fire(&Event::new("agree").by(eva()));
    case.fire(&Event::new("disagree").by(bo()));
    case.fire(&Event::new("disagree").by(eva()));
    case.fire(&Event::new("agree").by(bo()).data("to", "one"));
    case.fire(&Event::new("agree").by(eva()).data("to", "another"));
    assert_eq!(case.signatures()[0].signed[0].actor, "eva-lind");
    // The first reminder changes what the agreement reads.
    case.fire(&Event::new("set").fact("divisor", 0));
    case.fire(&Event::new("ask").by(eva()).fact("answer_by", "2026-01-30").data("what", "papers"));
    case.advance(days("P15D"));
    assert_eq!(case.put_aside().len(), 1);
    case.fire(&Event::new("set").fact("divisor", 3));
    case.fire(&Event::new("agree").by(eva()));
    case.fire(&Event::new("agree").by(bo()));
    case.fire(&Event::new("agree").by(bo()));
    assert_eq!(case.fire(&Event::new("grant").by(bo())).outcome, Outcome::Moved);
    case.fire(&Event::new("close"));
    case
}

fn number(text: &str) -> Value {
    tresteg::case::facts_from_json(&format!("{{\"x\": {text}}}")).unwrap().remove("x").unwrap()
}

fn serde_note(text: &str) -> tresteg::case::Note {
    let line = format!(
        "{{\"event\": \"e\", \"note\": {{\"text\": {text:?}, \"attachments\": [{{\"uri\": \"u\", \"hash\": \"h\"}}]}}}}"
    );
    match tresteg::case::InputLine::from_json(&line).unwrap() {
        tresteg::case::InputLine::Event(event) => event.note.unwrap(),
        _ => unreachable!(),
    }
}

fn text(entries: &[Entry]) -> String {
    entries.iter().map(|entry| format!("{}\n", entry.line)).collect()
}

fn journal(case: &mut Case) -> (String, Head) {
    let entries = case.take_entries(&SALT);
    (text(&entries), case.head())
}

#[test]
fn a_story_verifies_and_leads_to_the_same_case() {
    let workflow = workflow();
    let mut case = story(&workflow);
    let waiting = case.untaken();
    let (text, head) = journal(&mut case);
    assert_eq!(waiting, text.lines().count());
    assert_eq!(case.untaken(), 0);
    let mut verifier = Verifier::new(&workflow);
    for line in text.split_inclusive('\n') {
        verifier.line(line).unwrap();
    }
    let again = verifier.case().unwrap();
    assert_eq!(
        (again.states(), again.facts(), again.time()),
        (case.states(), case.facts(), case.time())
    );
    assert_eq!(again.put_aside(), case.put_aside());
    let verified = verifier.finish(Some(&head)).unwrap();
    assert_eq!(verified.recomputed, head.sequence);
    assert!(verified.erased.is_empty());
    let kinds =
        ["\"kind\":\"start\"", "\"kind\":\"event\"", "\"kind\":\"term\"", "\"kind\":\"sent\""];
    let outcomes = ["\"blocked\"", "\"failed\"", "\"moved\"", "\"not_expected\""];
    for part in kinds.iter().chain(&outcomes) {
        assert!(text.contains(part), "{part} in\n{text}");
    }
}

#[test]
fn personal_facts_stand_in_no_reasons() {
    let mut case = story(&workflow());
    let (text, _) = journal(&mut case);
    for line in text.lines() {
        let json: serde_json::Value = serde_json::from_str(line).unwrap();
        assert!(!json["entry"].to_string().contains("Ture"), "{line}");
        assert!(!json["entry"].to_string().contains("eva-lind"), "{line}");
        for path in json["private"].as_object().unwrap().keys() {
            assert!(path != "read.applicant" && path != "read.known_person", "{line}");
        }
    }
    assert!(text.contains("read.amount"));
    assert!(text.contains("Ture"), "carried, so that decisions can be made anew");
}

#[test]
fn every_flipped_bit_and_every_truncation_is_noticed() {
    let workflow = workflow();
    let mut case = start(&workflow);
    case.fire(&Event::new("apply").by(eva()).at(at(1, 9)).fact("amount", 12));
    case.fire(
        &Event::new("apply").by(eva()).at(at(1, 9)).fact("amount", 12).fact("applicant", "T"),
    );
    let (text, head) = journal(&mut case);
    assert!(verify(&workflow, &text, Some(&head)).is_ok());
    for index in 0..text.len() {
        for bit in 0..8 {
            let mut bytes = text.clone().into_bytes();
            bytes[index] ^= 1 << bit;
            // What is no text is no journal.
            let Ok(flipped) = String::from_utf8(bytes) else { continue };
            assert!(verify(&workflow, &flipped, None).is_err(), "bit {bit} of byte {index}");
        }
    }
    for length in (0..text.len()).filter(|length| text.is_char_boundary(*length)) {
        let cut = &text[..length];
        // The last line feed is no part of an entry.
        let is_whole = length == text.len() - 1;
        assert_eq!(verify(&workflow, cut, Some(&head)).is_ok(), is_whole, "cut to {length}");
        // Without a head, a journal that ends with a whole entry is a journal.
        if !cut.ends_with('\n') && !text[length..].starts_with('\n') {
            let found = verify(&workflow, cut, None).unwrap_err();
            if !cut.is_empty() {
                assert!(found.message.contains("is cut off"), "cut to {length}: {found}");
            }
        }
    }
}

/// The hash covers the entry, not how its line ends.
#[test]
fn a_journal_may_look_as_editors_leave_it() {
    let workflow = workflow();
    let (text, head) = journal(&mut story(&workflow));
    for text in [
        text.replace('\n', "\r\n"),
        text.trim_end().to_owned(),
        text.replace('\n', "\r\n").trim_end().to_owned(),
        format!("\u{feff}{text}"),
        format!("{text}\n"),
        format!("\n{}\r\n \n", text.replace('\n', "\n\n")),
    ] {
        let verified = verify(&workflow, &text, Some(&head));
        assert_eq!(verified.unwrap().recomputed, head.sequence);
        let lines = text.trim_start_matches('\u{feff}').lines();
        let mut verifier = Verifier::new(&workflow);
        for line in lines.filter(|line| !line.trim().is_empty()) {
            verifier.line(line).unwrap();
        }
        assert_eq!(verifier.finish(None).unwrap().head, head);
    }
}

/// A case that is gone on with from its journal answers as the one that was never put away, to repeats as well.
#[test]
fn a_journal_is_gone_on_from_as_if_nothing_had_been() {
    let workflow = workflow();
    let mut case = start(&workflow);
    case.fire(&Event::new("apply").by(eva()).at(at(1, 9)).id("e1").fact("amount", 900));
    let (text, _) = journal(&mut case);
    let mut verifier = Verifier::new(&workflow);
    text.lines().for_each(|line| verifier.line(line).unwrap());
    let mut resumed = verifier.case().unwrap();
    assert_eq!(resumed.head(), case.head());
    for event in [
        Event::new("apply").by(eva()).at(at(1, 9)).id("e1").fact("amount", 900),
        Event::new("grant").by(bo()).at(at(2, 9)).id("e2"),
    ] {
        let (one, two) = (case.fire(&event), resumed.fire(&event));
        assert_eq!(one.outcome, two.outcome);
        assert_eq!(
            workflow.describe(&one, Language::English),
            workflow.describe(&two, Language::English)
        );
        assert_eq!(journal(&mut case), journal(&mut resumed));
    }
    let mut plain = Verifier::new(&workflow);
    text.lines().for_each(|line| plain.line(line).unwrap());
    assert!(plain.case().is_some());
}

#[test]
fn lines_in_another_order_or_left_out_are_noticed() {
    let workflow = workflow();
    let mut case = story(&workflow);
    let (text, head) = journal(&mut case);
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    for index in 0..lines.len() - 1 {
        let mut swapped = lines.clone();
        swapped.swap(index, index + 1);
        let found = verify(&workflow, &swapped.concat(), Some(&head)).unwrap_err();
        assert_eq!((found.kind, found.line), (DiscrepancyKind::Order, index as u64 + 1));
        let mut fewer = lines.clone();
        fewer.remove(index);
        let found = verify(&workflow, &fewer.concat(), Some(&head)).unwrap_err();
        assert_eq!((found.kind, found.line), (DiscrepancyKind::Order, index as u64 + 1));
    }
    let other = Head::clone(
        &"1:0000000000000000000000000000000000000000000000000000000000000000".parse().unwrap(),
    );
    assert_eq!(verify(&workflow, &text, Some(&other)).unwrap_err().kind, DiscrepancyKind::Head);
    assert_eq!(head.to_string().parse::<Head>().unwrap(), head);
}

/// Verified in two rounds, the second from behind: as several threads may do it.
fn verify_apart(
    workflow: &Workflow,
    journal: &str,
    head: Option<&Head>,
) -> Result<Verified, Discrepancy> {
    let mut verifier = Verifier::new(workflow);
    let mut replayed = Vec::new();
    let mut lines = journal.split_inclusive('\n').map(CheckedLine::read);
    let decided = lines.try_for_each(|line| {
        replayed.extend(verifier.decide(line)?);
        Ok(())
    });
    let mut comparer = Comparer::new(workflow);
    let compared = replayed.iter().rev().filter_map(|one| comparer.compare(one).err());
    match compared.min_by_key(|differs| differs.line) {
        Some(differs) => Err(differs),
        None => decided.and_then(|()| verifier.finish(head)),
    }
}

/// The journal up to a few lines behind an entry with another in its place, and the chain made whole again by somebody who
/// knows how.
fn forged(journal: &str, number: usize, alter: impl Fn(&mut Json)) -> String {
    let sha256 = |text: String| -> String {
        Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect()
    };
    let mut previous = "0".repeat(64);
    let mut text = String::new();
    // Some more lines, for what comes out later.
    for (place, line) in journal.lines().enumerate().take(number + 4) {
        let mut line: Json = serde_json::from_str(line).unwrap();
        line["entry"]["previous"] = previous.into();
        if place == number {
            alter(&mut line);
        }
        for (path, part) in line["private"].as_object().unwrap().clone() {
            let (salt, value) = (part["salt"].as_str().unwrap(), &part["value"]);
            let digest = sha256(format!("tresteg private 1\n{salt}\n{path}\n{value}"));
            line["entry"]["digests"][path] = digest.into();
        }
        // Without features of its own, serde_json writes the one form.
        let (core, private) = (line["entry"].to_string(), line["private"].to_string());
        previous = sha256(format!("tresteg entry 1\n{core}"));
        text += &format!("{{\"entry\":{core},\"hash\":\"{previous}\",\"private\":{private}}}\n");
    }
    text
}

/// Whatever is put into any entry by somebody who knows how to make the chain whole: it is found at that entry, and the
/// same is found by whoever compares later.
#[test]
fn whatever_is_forged_is_named_however_it_is_looked_for() {
    let workflow = workflow();
    let (text, head) = journal(&mut story(&workflow));
    assert_eq!(forged(&text, text.lines().count(), |_| {}), text);
    assert_eq!(verify_apart(&workflow, &text, Some(&head)), verify(&workflow, &text, Some(&head)));
    let mut kinds = std::collections::BTreeSet::new();
    for (number, line) in text.lines().enumerate() {
        let line: Json = serde_json::from_str(line).unwrap();
        let keys = |part: &str| line[part].as_object().unwrap().keys().cloned().collect::<Vec<_>>();
        let altered = |value: &Json| match value {
            Json::String(text) => json!(format!("{text}x")),
            Json::Number(number) => json!(number.as_i64().unwrap() + 1),
            Json::Bool(value) => json!(!value),
            Json::Null => json!("x"),
            Json::Array(items) => items.iter().cloned().chain([json!("x")]).collect(),
            Json::Object(members) => {
                let more = members.clone().into_iter().chain([("x".to_owned(), json!("x"))]);
                Json::Object(more.collect())
            }
        };
        let mut forgeries: Vec<(String, String)> = Vec::new();
        let mut forge = |what: &str, alter: &dyn Fn(&mut Json)| {
            forgeries.push((what.to_owned(), forged(&text, number, alter)));
        };
        forge("more", &|line| line["entry"]["more"] = json!(1));
        forge("more", &|line| line["private"]["more"] = json!({ "salt": "", "value": 1 }));
        for key in keys("entry") {
            forge(&key, &|line| line["entry"][&key] = altered(&line["entry"][&key]));
            forge(&key, &|line| drop(line["entry"].as_object_mut().unwrap().remove(&key)));
        }
        for key in keys("private") {
            forge(&key, &|line| {
                line["private"][&key]["value"] = altered(&line["private"][&key]["value"]);
            });
            forge(&key, &|line| {
                line["private"].as_object_mut().unwrap().remove(&key);
                let entry = line["entry"].as_object_mut().unwrap();
                let digests = entry["digests"].as_object_mut().unwrap();
                digests.remove(&key);
                if digests.is_empty() {
                    entry.remove("digests");
                }
            });
        }
        for (what, forgery) in forgeries.iter().filter(|(_, forgery)| !text.starts_with(forgery)) {
            // What came in can be anything that leads to the same, or comes out later; so can the name of the time zones.
            let is_input = ["actor", "data", "facts", "id", "note", "roles", "zones"]
                .contains(&what.split('.').next().unwrap());
            let found = verify(&workflow, forgery, None);
            assert!(
                verify_apart(&workflow, forgery, None) == found,
                "{what} of {number}: {found:?}"
            );
            match found {
                Err(found) => {
                    let line = number as u64 + 1;
                    assert!(
                        found.line == line || (is_input && found.line > line),
                        "{what}: {found}"
                    );
                    kinds.insert(format!("{:?}", found.kind));
                }
                Ok(_) => assert!(is_input, "{what} of {number}"),
            }
        }
    }
    assert_eq!(
        kinds.into_iter().collect::<Vec<_>>(),
        ["Damaged", "Decision", "Order", "Workflow", "Zones"]
    );
}

/// A journal written under other rules by somebody who knows how to make the chain whole.
#[test]
fn a_forged_decision_is_named() {
    let source = source();
    let lenient = source.replace("\"most\": 1000.50", "\"most\": 100");
    let lenient = Workflow::from_json(&lenient).unwrap();
    let mut case = story_until_grant(&lenient);
    let (text, _) = journal(&mut case);
    let strict = workflow();
    let found = verify(&strict, &text, None).unwrap_err();
    assert_eq!((found.kind, found.line), (DiscrepancyKind::Workflow, 1));
    assert!(found.message.contains("other rules"), "{found}");
    // What this version would have decided on the same events.
    let mut verifier = Verifier::against(&strict);
    let found = text.split_inclusive('\n').find_map(|line| verifier.line(line).err()).unwrap();
    assert_eq!(found.kind, DiscrepancyKind::Decision);
    assert!(
        found.message.contains("`\"blocked\"` as `outcome`, the rules give `\"moved\"`"),
        "{found}"
    );
}

fn story_until_grant(workflow: &Workflow) -> Case {
    let mut case = start(workflow);
    let apply =
        Event::new("apply").by(eva()).at(at(1, 10)).fact("amount", 900).fact("kind", "culture");
    case.fire(&apply.fact("applicant", "Ture"));
    case.fire(&Event::new("grant").by(bo()));
    case
}

#[test]
fn a_file_that_means_the_same_restores_and_verifies() {
    let one = workflow();
    let json: serde_json::Value = serde_json::from_str(&source()).unwrap();
    let mut json = json;
    json["version"] = "1.0.1".into();
    json["title"] = "Stöd".into();
    json["states"]["review"]["on"]["grant"]["guard"] =
        "kind==`culture`\n || count( \"ask\" ) > 0 // asked".into();
    let two = Workflow::from_json(&serde_json::to_string_pretty(&json).unwrap()).unwrap();
    assert_eq!(one.fingerprint(), two.fingerprint());
    let mut case = story_until_grant(&one);
    let restored = Case::restore(&two, case.snapshot()).unwrap();
    assert_eq!(restored.snapshot().states_for_test(), case.snapshot().states_for_test());
    let (text, head) = journal(&mut case);
    assert_eq!(verify(&two, &text, Some(&head)).unwrap().recomputed, head.sequence);
}

trait StatesForTest {
    fn states_for_test(&self) -> serde_json::Value;
}

impl StatesForTest for Snapshot {
    fn states_for_test(&self) -> serde_json::Value {
        let mut json = serde_json::to_value(self).unwrap();
        for key in ["check", "version"] {
            json.as_object_mut().unwrap().remove(key);
        }
        json
    }
}

#[test]
fn what_is_erased_is_gone_and_the_chain_holds() {
    let workflow = workflow();
    let mut case = story(&workflow);
    let (text, head) = journal(&mut case);
    let all = [
        (Erasure::Person("eva-lind".into()), "eva-lind"),
        (Erasure::Field("applicant".into()), "Testsson"),
        (Erasure::Notes, "in person"),
        (Erasure::Messages, "\"what\":\"papers\"}"),
        (Erasure::Field("event.data.what".into()), "data.what\":{"),
    ];
    let run = |journal: &str, what: &Erasure| -> (String, usize) {
        let lines = journal.lines().map(|line| erase(line, what).unwrap());
        lines.fold((String::new(), 0), |(text, sum), (line, count)| {
            (format!("{text}{line}\n"), sum + count)
        })
    };
    // In any order, and twice.
    for first in 0..all.len() {
        let mut erased = text.clone();
        let mut sum = 0;
        for offset in 0..all.len() {
            let (what, _) = &all[(first + offset) % all.len()];
            let (next, count) = run(&erased, what);
            assert_eq!(run(&next, what).1, 0);
            let verified = verify(&workflow, &next, Some(&head)).unwrap();
            sum += count;
            assert_eq!(verified.erased.len(), sum);
            erased = next;
        }
        for (_, gone) in &all {
            // Messages carry the applicant's name too: with them it is gone everywhere.
            assert!(!erased.contains(gone), "{gone} in {erased}");
        }
    }
    // Without inputs lost, every decision can still be made anew.
    let (without_notes, count) = run(&text, &Erasure::Notes);
    assert_eq!(count, 1);
    assert_eq!(verify(&workflow, &without_notes, None).unwrap().recomputed, head.sequence);
    // That this one was the same person each time decides nothing; of the other it does: she wanted to sign twice.
    let (without_bo, _) = run(&text, &Erasure::Person("bo-ek".into()));
    assert_eq!(verify(&workflow, &without_bo, None).unwrap().recomputed, head.sequence);
    let (without_eva, _) = run(&text, &Erasure::Person("eva-lind".into()));
    assert!(verify(&workflow, &without_eva, None).unwrap().recomputed < head.sequence);
    let (without_amount, _) = run(&text, &Erasure::Field("amount".into()));
    let verified = verify(&workflow, &without_amount, Some(&head)).unwrap();
    assert!(verified.recomputed < head.sequence);
    assert!(erase("{}", &Erasure::Notes).is_err());
}

/// A sink that fails at the n-th entry, for n = 1, 2, … until success.
#[test]
fn state_and_journal_never_disagree_when_the_sink_fails() {
    let workflow = workflow();
    let mut whole = story(&workflow);
    let (text, head) = journal(&mut whole);
    let count = text.lines().count();
    for good in 0..=count {
        let mut case = story(&workflow);
        let mut kept = String::new();
        let mut left = good;
        let result = case.hand_entries(&SALT, |entry| {
            if left == 0 {
                return Err("full");
            }
            left -= 1;
            kept += &(entry.line + "\n");
            Ok(())
        });
        assert_eq!(result.is_err(), good < count);
        assert_eq!(case.untaken(), count - good);
        // A crash in between loses nothing either.
        let stored = serde_json::to_string(&case.snapshot()).unwrap();
        let mut case = Case::restore(&workflow, serde_json::from_str(&stored).unwrap()).unwrap();
        if good > 0 {
            // What is kept is a journal up to the head that the case has.
            let lines: Vec<&str> = kept.lines().collect();
            assert!(lines[good - 1].contains(&case.head().hash));
        }
        kept += &self::text(&case.take_entries(&SALT));
        assert_eq!(kept, text);
        assert_eq!(case.head(), head);
    }
}

#[test]
fn a_repeat_gets_the_first_outcome_after_a_restore_too() {
    let workflow = workflow();
    let mut case = start(&workflow);
    let event = Event::new("grant").by(eva()).id("once");
    let apply =
        Event::new("apply").by(eva()).at(at(1, 10)).id("a").fact("amount", number("2000.125"));
    let apply = apply.fact("applicant", "Ture");
    let first = case.fire(&apply);
    let refused = case.fire(&event);
    assert_eq!(refused.outcome, Outcome::Blocked);
    let text = serde_json::to_string(&case.snapshot()).unwrap();
    let mut restored = Case::restore(&workflow, serde_json::from_str(&text).unwrap()).unwrap();
    assert_eq!(restored, case);
    for (event, first) in [(&event, &refused), (&apply, &first)] {
        let event = event.clone().at(restored.time());
        let again = restored.fire(&event);
        assert_eq!((again.outcome, again.repeat), (first.outcome, true), "{event:?}");
        assert_eq!(again, case.explain(&event));
        assert_eq!(again.into_answer(), tresteg::case::Answer::default());
    }
    assert_eq!(restored.untaken(), case.untaken(), "a repeat is no entry");
}

#[test]
fn a_damaged_snapshot_is_refused_or_the_same_case() {
    let workflow = workflow();
    let mut case = start(&workflow);
    case.fire(
        &Event::new("apply")
            .by(eva())
            .id("i")
            .at(at(1, 10))
            .fact("amount", 5)
            .fact("applicant", "T"),
    );
    case.take_entries(&SALT);
    let text = serde_json::to_string(&case.snapshot()).unwrap();
    let mut same = 0;
    let mut tried = |bytes: Vec<u8>| {
        let Ok(snapshot) = serde_json::from_slice::<Snapshot>(&bytes) else { return };
        if let Ok(restored) = Case::restore(&workflow, snapshot) {
            assert_eq!(restored, case);
            same += 1;
        }
    };
    for index in 0..text.len() {
        tried(text.as_bytes()[..index].to_vec());
        for mask in [1, 2, 4, 8, 16, 32, 64, 128, 255] {
            let mut bytes = text.clone().into_bytes();
            bytes[index] ^= mask;
            tried(bytes);
        }
    }
    assert_eq!(same, 0, "this text has no byte that says nothing");
}

#[test]
fn a_snapshot_of_another_meaning_or_workflow_is_refused() {
    let case = story_until_grant(&workflow());
    for (from, to, part) in [
        ("\"id\": \"grant\"", "\"id\": \"other\"", "this is `other`"),
        ("1000.50", "1000.51", "another meaning"),
    ] {
        let other = Workflow::from_json(&source().replace(from, to)).unwrap();
        let error = Case::restore(&other, case.snapshot()).unwrap_err();
        assert!(error.to_string().contains(part), "{error}");
    }
}

#[test]
fn entries_that_nobody_takes_have_a_bound() {
    let limits = tresteg::Limits { untaken_entries: 3, ..tresteg::Limits::default() };
    let mut none = |_: &str| Err(String::new());
    let workflow = Workflow::load("w.json", &source(), &mut none, &limits).unwrap();
    let mut case = start(&workflow);
    for _ in 0..2 {
        assert_eq!(case.fire(&Event::new("set").fact("divisor", 2)).outcome, Outcome::Moved);
    }
    let refused = case.fire(&Event::new("set").fact("divisor", 4));
    assert_eq!(refused.problems[0].code, "limit-untaken-entries");
    assert_eq!(case.explain(&Event::new("set")), case.fire(&Event::new("set")));
    case.take_entries(&SALT);
    assert_eq!(case.fire(&Event::new("set").fact("divisor", 4)).outcome, Outcome::Moved);
}

#[test]
fn a_host_without_a_journal_keeps_none() {
    let limits = tresteg::Limits { untaken_entries: 0, ..tresteg::Limits::default() };
    let mut none = |_: &str| Err(String::new());
    let workflow = Workflow::load("w.json", &source(), &mut none, &limits).unwrap();
    let mut case = start(&workflow);
    let head = case.head();
    for _ in 0..10 {
        assert_eq!(case.fire(&Event::new("set").fact("divisor", 2)).outcome, Outcome::Moved);
    }
    assert!(case.take_entries(&SALT).is_empty());
    assert_eq!(case.head(), head);

    // It can still verify what another host wrote, with the verdicts of what was taken.
    let mut kept = start(&Workflow::from_json(&source()).unwrap());
    let apply = Event::new("apply").by(eva()).at(at(1, 9));
    assert!(kept.fire(&apply.fact("amount", 12).fact("applicant", "T")).is_moved());
    let (text, head) = journal(&mut kept);
    assert!(verify(&workflow, &text, Some(&head)).is_ok());
}

/// What this version wrote, restored and verified by every later one. To be extended, never rewritten.
#[test]
fn what_version_1_wrote_is_still_read() {
    let workflow = workflow();
    let (journal_file, snapshot_file) =
        (folder().join("journal.jsonl"), folder().join("snapshot.json"));
    if !journal_file.exists() {
        let mut case = story(&workflow);
        let (text, _) = journal(&mut case);
        std::fs::write(&journal_file, text).unwrap();
        // In the middle: a sent event, a term and a signature wait.
        let mut case = start(&workflow);
        let apply = Event::new("apply").by(eva()).at(at(1, 10)).fact("amount", 900).id("x");
        case.fire(&apply.fact("applicant", "Ture").fact("kind", "culture"));
        case.fire(&Event::new("agree").by(eva()).data("to", "all of it"));
        std::fs::write(
            &snapshot_file,
            serde_json::to_string_pretty(&case.snapshot()).unwrap() + "\n",
        )
        .unwrap();
        panic!("written anew");
    }
    let text = std::fs::read_to_string(journal_file).unwrap();
    let verified = verify(&workflow, &text, None).unwrap_or_else(|found| panic!("{found}"));
    assert_eq!(verified.recomputed, verified.head.sequence);
    let text = std::fs::read_to_string(snapshot_file).unwrap();
    let mut case = Case::restore(&workflow, serde_json::from_str(&text).unwrap()).unwrap();
    assert!(case.untaken() > 0);
    assert_eq!(case.signatures().len(), 1);
    let (text, head) = journal(&mut case);
    assert!(verify(&workflow, &text, Some(&head)).is_ok());
}

/// What may happen: an event, or time.
#[derive(Debug, Clone)]
enum Deed {
    Fire(Box<Event>),
    Pass(u8),
    Take,
    Store,
}

fn deed() -> impl Strategy<Value = Deed> {
    let actor =
        prop_oneof![Just(None), Just(Some(eva())), Just(Some(bo())), Just(Some(Actor::new("x")))];
    let name =
        prop::sample::select(vec!["apply", "ask", "grant", "set", "close", "nag", "set", "set"]);
    let id = prop_oneof![3 => Just(None), 1 => prop::sample::select(vec!["1", "2"]).prop_map(Some)];
    let event = (name, actor, id, 0..3i64, 0..2000i64, any::<bool>()).prop_map(
        |(name, actor, id, divisor, amount, full)| {
            let mut event = Event::new(name);
            event.actor = actor;
            event.id = id.map(str::to_owned);
            match name {
                "apply" => {
                    event = event.fact("amount", number(&format!("{amount}.5")));
                    if full {
                        event = event
                            .fact("applicant", if amount % 5 == 0 { "nobody" } else { "Åsa" })
                            .fact("kind", "culture");
                    }
                }
                "ask" => event = event.fact("answer_by", format!("2026-01-{:02}", 5 + amount % 25)),
                "set" => event = event.fact("divisor", divisor),
                _ => {}
            }
            event
        },
    );
    prop_oneof![
        6 => event.prop_map(|event| Deed::Fire(Box::new(event))),
        3 => (0..96u8).prop_map(Deed::Pass),
        1 => Just(Deed::Take),
        1 => Just(Deed::Store),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    /// Whatever happens: the journal verifies to the last entry, and a case that was put away and taken out again at any
    /// moment goes on like the one that was not, to the same bytes.
    #[test]
    fn a_journal_verifies_and_a_restored_case_goes_on_alike(deeds in prop::collection::vec(deed(), 1..40)) {
        let workflow = workflow();
        let mut case = start(&workflow);
        let mut other = start(&workflow);
        let (mut one, mut two) = (String::new(), String::new());
        for deed in deeds {
            match deed {
                Deed::Fire(event) => prop_assert_eq!(case.fire(&event), other.fire(&event)),
                Deed::Pass(hours) => {
                    let until = days(&format!("PT{hours}H"));
                    prop_assert_eq!(case.advance(until.clone()), other.advance(until));
                }
                Deed::Take => one += &text(&case.take_entries(&SALT)),
                Deed::Store => {
                    two += &text(&other.take_entries(&SALT));
                    let stored = serde_json::to_string(&case.snapshot()).unwrap();
                    let restored = Case::restore(&workflow, serde_json::from_str(&stored).unwrap()).unwrap();
                    prop_assert_eq!(&restored, &case);
                    case = restored;
                }
            }
        }
        one += &text(&case.take_entries(&SALT));
        two += &text(&other.take_entries(&SALT));
        prop_assert_eq!(&one, &two);
        prop_assert_eq!(&case, &other);
        let verified = verify(&workflow, &one, Some(&case.head())).map_err(|found| TestCaseError::fail(format!("{found}\n{one}")))?;
        prop_assert_eq!(verified.recomputed, case.head().sequence);
    }
}

/// Terms whose guards read the clock, so that when time is let pass decides what becomes of them.
fn clock() -> Workflow {
    let text = r#"{
        "id": "clock",
        "facts": {
            "met": { "type": "string", "format": "date-time" },
            "wait": { "type": "string", "format": "duration" },
            "rounds": { "type": "integer", "default": 0 }
        },
        "events": { "poke": {}, "set": { "sets": ["met", "wait"] }, "ring": { "by": [] } },
        "on": { "set": {} },
        "initial": "a",
        "states": {
            "a": {
                "on": { "poke": { "guard": "now < since(`a`) + hours(40)", "actions": "send(`ring`, hours(4))" },
                        "ring": { "guard": "rounds > 0 || now > since(`a`) + hours(30)", "target": "b" } },
                "after": { "PT5H": { "guard": "now > since(`a`) + hours(9) && now < since(`a`) + hours(50)", "actions": "rounds += 1" },
                           "PT20H": { "guard": "now >= since(`a`) + hours(33)", "target": "b", "actions": "rounds += 10" } },
                "at": { "met": { "guard": "now >= met + hours(3)", "actions": "rounds += 100; met = now + hours(7)" } }
            },
            "b": { "on": { "poke": "a" }, "after": { "wait": { "target": "a", "guard": "rounds != 1" } } }
        }
    }"#;
    Workflow::from_json(text).unwrap_or_else(|report| panic!("{report:#}"))
}

/// What a case is but for its time, which can pass without a trace.
fn without_time(case: &Case) -> serde_json::Value {
    let mut json = serde_json::to_value(case.snapshot()).unwrap();
    for key in ["time", "check"] {
        assert!(json.as_object_mut().unwrap().remove(key).is_some());
    }
    json
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    /// Time that passes without a trace decides nothing: the journal alone leads to the same case, however often and far
    /// time was let pass in between.
    #[test]
    fn time_without_entries_makes_no_difference(
        deeds in prop::collection::vec((0..6u8, 0..900i64), 1..40)
    ) {
        let workflow = clock();
        let mut case = Case::start(&workflow, Some(at(0, 8)), Default::default()).unwrap().0;
        let mut journal = String::new();
        for (deed, minutes) in deeds {
            let later = DateTime::from_microseconds(case.time().microseconds() + minutes * 60_000_000).unwrap();
            let outcome = match deed {
                0 => case.fire(&Event::new("poke").at(later)).outcome,
                1 => case.fire(&Event::new("set").at(later).fact("met", Value::DateTime(later))).outcome,
                2 => case.fire(&Event::new("set").fact("wait", format!("PT{minutes}M"))).outcome,
                _ => case.advance(later).outcome,
            };
            prop_assert!(outcome != Outcome::Error);
            journal += &text(&case.take_entries(&SALT));
            let mut verifier = Verifier::new(&workflow);
            for line in journal.split_inclusive('\n') {
                verifier.line(line).map_err(|found| TestCaseError::fail(format!("{found}\n{journal}")))?;
            }
            let again = verifier.case().unwrap();
            prop_assert_eq!(without_time(&again), without_time(&case));
            prop_assert!(again.time() <= case.time());
            verifier.finish(Some(&case.head())).map_err(|found| TestCaseError::fail(format!("{found}\n{journal}")))?;
        }
    }
}
