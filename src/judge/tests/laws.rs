//! Laws: whatever is called impossible is never so, for whatever rules and situations are drawn.
//!
//! Every *possible* has been run by the engine before it is said; what is *impossible* must not come up in any situation that is
//! drawn. `TRESTEG_RULES=n` draws so many workflows instead of the ordinary number; `TRESTEG_SEED=n` others.

#![allow(clippy::print_stdout)]

use std::collections::BTreeMap;
use std::sync::Arc;

use super::super::*;
use super::Dice;
use crate::Limits;
use crate::rule::tests::{Drawn, against, differential, load, value as read};
use crate::rule::{CaseHistory, Current, Occurrence};
use crate::table::{FactId, StateId};
use crate::value::{DateTime, Value};

#[derive(Debug, Default)]
struct Seen {
    rules: usize,
    possible: usize,
    impossible: usize,
    unknown: usize,
    why: BTreeMap<&'static str, usize>,
    /// Called unknown, and seen.
    missed: usize,
    wrong: Vec<String>,
}

const WANTS: [(Want, Truth); 3] =
    [(Want::Holds, Truth::True), (Want::Fails, Truth::False), (Want::Undecided, Truth::Unknown)];

/// What each guard comes to in many drawn situations, and whether the judge has excluded any of it, alone or two together.
fn hold(drawn: &Drawn, dice: &mut Dice, rows: usize, seen: &mut Seen) {
    let (Some(def), rules, report) = load(&drawn.text, &Limits::default()) else { panic!() };
    assert!(!report.has_errors(), "{report}");
    let guards = drawn.guards.len();
    let governs = def.governing("go").map(|event| (def.governing_place("go").unwrap(), event));
    let ids: Vec<(FactId, Vec<Value>)> = drawn
        .facts
        .iter()
        .map(|(name, all)| {
            let id = rules.fact_named(name).unwrap();
            let shape = &def.facts.at(id).shape;
            let read = |json: &&str| shape.admit(read(json), &def.zone).ok();
            (id, all.iter().filter_map(read).collect())
        })
        .collect();
    let now = DateTime::parse("2026-09-01T12:00:00+02:00", &def.zone).unwrap();
    let occurrence =
        Occurrence { count: 2, last: now, who: [Arc::from("eva")].into_iter().collect() };
    let happened = CaseHistory {
        events: [("go".into(), occurrence)].into_iter().collect(),
        entered: [(StateId(1), now)].into_iter().collect(),
    };
    let nothing = CaseHistory::default();
    for scope in [None, governs] {
        let mut judge = Judge::new(&rules, &def, true);
        judge.about(scope);
        let asked = |guard: usize| Asked::Transition(TransitionId(u32::try_from(guard).unwrap()));
        let mut questions: Vec<Vec<(usize, Want, Truth)>> = Vec::new();
        for guard in 0..guards {
            for (want, truth) in WANTS {
                questions.push(vec![(guard, want, truth)]);
            }
            for _ in 0..3 {
                let (first, second) = (WANTS[dice.below(3)], WANTS[dice.below(3)]);
                let other = dice.below(guards);
                questions.push(vec![(guard, first.0, first.1), (other, second.0, second.1)]);
            }
        }
        let answers: Vec<Answer> = questions
            .iter()
            .map(|question| {
                let wanted: Vec<_> =
                    question.iter().map(|(guard, want, _)| (asked(*guard), *want)).collect();
                judge.possible(&wanted).0
            })
            .collect();
        let mut facts = rules.facts_at_first();
        let mut came = vec![false; questions.len()];
        for row in 0..rows {
            for (id, values) in &ids {
                // To forget what has a default brings that back.
                let forgets = def.facts.at(*id).default.is_none();
                match dice.below(8) {
                    0 if forgets => facts.set(*id, None),
                    1..3 if !values.is_empty() => {
                        facts.set(*id, Some(values[dice.below(values.len())].clone()));
                    }
                    _ => {}
                }
            }
            let mut data: BTreeMap<Arc<str>, Value> = BTreeMap::new();
            if dice.below(2) == 0 {
                let numbers = [0, 1, 2, 3, 7, -1];
                data.insert("n".into(), Value::Integer(numbers[dice.below(6)]));
            }
            let actor = (dice.below(2) == 0).then(|| "eva".into());
            let event = Current { name: "go".into(), actor, at: now, data };
            let context = Context {
                facts: &facts,
                past: if dice.below(2) == 0 { &happened } else { &nothing },
                active: &[StateId(0)],
                now,
                event: (scope.is_some() || dice.below(2) == 0).then_some(&event),
                family: None,
                supposed: false,
                observer: None,
                meter: None,
            };
            let truths: Vec<_> = (0..guards)
                .map(|guard| rules.judged(TransitionId(u32::try_from(guard).unwrap()), &context))
                .collect();
            for (number, question) in questions.iter().enumerate() {
                let so = question.iter().all(|(guard, _, truth)| truths[*guard] == Ok(*truth));
                if so && !came[number] {
                    came[number] = true;
                    if answers[number] == Answer::Impossible {
                        let said: Vec<_> = question
                            .iter()
                            .map(|(guard, want, _)| (want, &drawn.guards[*guard]))
                            .collect();
                        let mut told = String::new();
                        for (name, _) in &drawn.facts {
                            let value = facts.get(rules.fact_named(name).unwrap());
                            if let Some(value) = value {
                                told.push_str(&format!(" {name}={}", value.to_json()));
                            }
                        }
                        seen.wrong.push(format!("{row} {scope:?} {said:#?}\n{told}"));
                    }
                }
            }
        }
        for (answer, came) in answers.iter().zip(came) {
            seen.rules += 1;
            match answer {
                Answer::Possible => seen.possible += 1,
                Answer::Impossible => seen.impossible += 1,
                Answer::Unknown(why) => {
                    seen.unknown += 1;
                    seen.missed += usize::from(came);
                    for why in why {
                        *seen.why.entry(why).or_default() += 1;
                    }
                }
            }
        }
    }
}

#[test]
fn what_is_called_impossible_is_never_so() {
    let number = |name: &str| std::env::var(name).ok().and_then(|n| n.parse::<u64>().ok());
    let wanted = number("TRESTEG_RULES").unwrap_or(1);
    let seed = number("TRESTEG_SEED").unwrap_or(1);
    let mut seen = Seen::default();
    for turn in 0..wanted {
        let number = seed * 1_000_003 + turn;
        let mut dice = Dice(number);
        for drawn in [
            differential::drawn(number),
            against::drawn(number, false),
            against::drawn(seed + turn, true),
        ] {
            hold(&drawn, &mut dice, 150, &mut seen);
        }
    }
    for wrong in seen.wrong.iter().take(5) {
        println!("{wrong}\n");
    }
    let wrong = seen.wrong.len();
    seen.wrong.clear();
    println!("{seen:?}, {wrong} wrong");
    assert_eq!(wrong, 0);
    assert!(seen.possible > 0 && seen.impossible > 0);
}
