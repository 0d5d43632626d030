//! Whatever comes in, nothing panics: texts, workflow files and snapshots at random, and real ones that somebody altered.

use super::*;

/// Pieces that JSON and the format are made of, to be put together at random.
const PIECES: [&str; 40] = [
    "{",
    "}",
    "[",
    "]",
    ":",
    ",",
    "\"",
    "\\",
    "\\u",
    "d83d",
    "null",
    "true",
    "1e999",
    "-0.0",
    "99999999999999999999",
    "\"event\"",
    "\"at\"",
    "\"facts\"",
    "\"data\"",
    "\"actor\"",
    "\"id\"",
    "\"roles\"",
    "\"states\"",
    "\"on\"",
    "\"guard\"",
    "\"advance\"",
    "\"P1D\"",
    "\"start\"",
    "\"2026-01-05T09:00:00+01:00\"",
    "\"note\"",
    "\"extends\"",
    "\"initial\"",
    "é",
    "\u{0}",
    "\u{feff}",
    " ",
    "\n",
    "1",
    "\"meet\"",
    "\"-999999999-01-01T00:00:00Z\"",
];

#[test]
fn no_text_panics() {
    let subjects = shipped();
    check(3_000, 200, |dice| {
        let subject = dice.pick(&subjects);
        let text = match dice.below(4) {
            0 => (0..dice.below(40)).map(|_| *dice.pick(&PIECES)).collect(),
            1 => {
                let bytes: Vec<u8> =
                    (0..dice.below(80)).map(|_| u8::try_from(dice.below(256)).unwrap()).collect();
                String::from_utf8_lossy(&bytes).into_owned()
            }
            2 => {
                let (case, _) = Case::start(&subject.workflow, None, BTreeMap::new()).unwrap();
                let line = line(dice, subject, &case);
                mutated(dice, &line)
            }
            _ => match subject.journeys.first() {
                Some(journey) => {
                    let line = dice.pick(journey.as_slice()).clone();
                    mutated(dice, &line)
                }
                None => String::new(),
            },
        };
        let _ = tresteg::case::facts_from_json(&text).map_err(|report| report.to_string());
        let _ = Workflow::from_json(&text).map_err(|report| report.to_string());
        match InputLine::from_json(&text) {
            Ok(InputLine::Start { at, facts }) => {
                let _ = Case::start(&subject.workflow, at, facts);
            }
            Ok(input) => {
                let (mut case, _) = Case::start(&subject.workflow, None, BTreeMap::new()).unwrap();
                told(&apply(&mut case, &input));
            }
            Err(report) => prop_assert!(report.has_errors() && !report.to_string().is_empty()),
        }
        Ok(())
    });
}

/// The same text with pieces left out, doubled, changed or put in.
fn mutated(dice: &mut Dice, text: &str) -> String {
    let mut letters: Vec<char> = text.chars().collect();
    for _ in 0..1 + dice.below(4) {
        let at = (dice.below(60_000) * 3) % letters.len().max(1);
        match dice.below(5) {
            0 if !letters.is_empty() => {
                letters.remove(at);
            }
            1 if !letters.is_empty() => letters.insert(at, letters[at]),
            2 if !letters.is_empty() => {
                letters[at] = *dice.pick(&['"', '{', '0', 'é', '\\', '-', ' '])
            }
            3 => letters.truncate(at),
            _ => {
                let piece: Vec<char> = dice.pick(&PIECES).chars().collect();
                let at = at.min(letters.len());
                letters.splice(at..at, piece);
            }
        }
    }
    letters.into_iter().collect()
}

/// Mutated workflow files: what loads can be started and run.
#[test]
fn no_workflow_panics() {
    let subjects = shipped();
    let small: Vec<&Subject> =
        subjects.iter().filter(|subject| subject.text.len() < 20_000).collect();
    check(1_500, 900, |dice| {
        let text = if dice.once_in(2) {
            dice.pick(&small).text.clone()
        } else {
            generate::chart(dice).to_json()
        };
        let text = mutated(dice, &text);
        match Workflow::from_json(&text) {
            Err(report) => prop_assert!(report.has_errors() && !report.to_string().is_empty()),
            Ok(workflow) => {
                let _ = workflow.warnings().to_string();
                if let Ok((mut case, _)) = Case::start(&workflow, None, BTreeMap::new()) {
                    for name in generate::EVENTS.into_iter().chain(["ask", "lend"]) {
                        told(&case.fire(&Event::new(name).fact("f0", true)));
                        let _ = case.options(None);
                        let _ = case.factors();
                    }
                }
            }
        }
        Ok(())
    });
}

/// A snapshot that somebody tampered with is refused or restored, and then runs; it never panics.
#[test]
fn no_snapshot_panics() {
    let subjects = shipped();
    let subject = &subjects[subjects.len() - 1];
    let (mut case, _) = Case::start(&subject.workflow, None, BTreeMap::new()).unwrap();
    case.fire(&Event::from_json(r#"{"event": "ask", "id": "1", "actor": {"id": "eva", "roles": ["member"]}, "facts": {"tool": "saw", "loan_days": 3}}"#).unwrap());
    let text = stored(&case);
    check(2_000, 40, |dice| {
        let text = mutated(dice, &text);
        let Ok(snapshot) = serde_json::from_str::<Snapshot>(&text) else { return Ok(()) };
        match Case::restore(&subject.workflow, snapshot) {
            Err(error) => prop_assert!(!error.problems().is_empty()),
            Ok(mut case) => {
                told(&case.advance("P30D".parse::<tresteg::Duration>().unwrap()));
                told(&case.fire(&Event::new("withdraw").by(Actor::new("eva").role("member"))));
                let _ = case.snapshot();
            }
        }
        Ok(())
    });
}
