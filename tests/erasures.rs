//! Journals from which one value was erased, beside what every value that it may have had leads to.
//!
//! A journal is forged by joining the beginning of one case with the rest of another, in which one thing came in otherwise.
//! It is possible if some value in the place of the erased one leads to it, which is tried of all there are. What is
//! possible is never refused, and what is not is refused or said to be checked only in part, as far as one entry tells.
//!
//! `TRESTEG_ERASURES=seeds` runs more: `TRESTEG_ERASURES=0..2000 cargo test --test main -- --ignored erasures::at_length`.

mod tampered;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value as Json;
use tresteg::journal::verify;
use tresteg::{Case, DateTime, Event, Outcome, Value, Workflow};

use crate::forged::journals::{altered, parts, without};
use crate::gates::{Dice, FACTS, PERSONS, SALT, actor, event, made, value};

/// What comes in: what the case begins with, then events, each at its time.
#[derive(Clone)]
struct Story {
    facts: BTreeMap<String, Value>,
    /// Each at its time; where there is none only time passes.
    events: Vec<(DateTime, Option<Event>)>,
    until: DateTime,
}

/// The entries that each of them made, in front those of the start; and whether it was answered with an error.
type Groups = Vec<(Vec<String>, bool)>;

fn begin() -> DateTime {
    DateTime::from_microseconds(20_454 * 86_400_000_000).unwrap()
}

fn told(workflow: &Workflow, story: &Story) -> Option<Groups> {
    let (mut case, _) = Case::start(workflow, Some(begin()), story.facts.clone()).ok()?;
    let taken = |case: &mut Case| -> Vec<String> {
        case.take_entries(&SALT).iter().map(|entry| entry.line.to_string()).collect()
    };
    let mut groups = vec![(taken(&mut case), false)];
    for (at, event) in &story.events {
        case.advance(*at);
        let failed = event.as_ref().is_some_and(|event| case.fire(event).outcome == Outcome::Error);
        groups.push((taken(&mut case), failed));
    }
    case.advance(story.until);
    groups.push((taken(&mut case), false));
    Some(groups)
}

fn written(dice: &mut Dice) -> Story {
    let mut facts = BTreeMap::new();
    for fact in FACTS {
        if dice.one_in(2) {
            facts.insert(fact.to_owned(), value(dice, fact));
        }
    }
    let mut at = begin().microseconds();
    let events = (0..8).map(|_| {
        if dice.one_in(3) {
            at += i64::try_from(1 + dice.below(5)).unwrap() * 86_400_000_000;
        }
        let mut event = event(dice);
        event.id = None;
        (DateTime::from_microseconds(at).unwrap(), Some(event))
    });
    let events = events.collect();
    let until = DateTime::from_microseconds(at + 12 * 86_400_000_000).unwrap();
    Story { facts, events, until }
}

/// The same but for one thing.
fn otherwise(dice: &mut Dice, story: &Story) -> (Story, usize) {
    let mut other = story.clone();
    let place = usize::try_from(dice.below(story.events.len() as u64 + 1)).unwrap();
    if place == 0 {
        let fact = dice.of(&FACTS);
        if dice.one_in(3) {
            other.facts.remove(fact);
        } else {
            other.facts.insert(fact.to_owned(), value(dice, fact));
        }
        return (other, 0);
    }
    let sent = other.events[place - 1].1.as_mut().unwrap();
    let names: Vec<String> = sent.facts.keys().cloned().collect();
    if dice.one_in(3) || names.is_empty() {
        sent.actor = actor(dice);
    } else {
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let fact = dice.of(&names);
        sent.facts.insert(fact.to_owned(), value(dice, fact));
    }
    (other, place)
}

fn joined(groups: &Groups) -> String {
    let lines = groups.iter().flat_map(|(lines, _)| lines);
    let text: String = lines.map(|line| format!("{line}\n")).collect();
    altered(&text, |number, line| line["entry"]["sequence"] = number.into())
}

/// What was erased of a story.
#[derive(Debug, Clone)]
enum Which {
    Fact(usize, String),
    Actor(usize),
}

impl Which {
    fn group(&self) -> usize {
        match self {
            Self::Fact(group, _) | Self::Actor(group) => *group,
        }
    }

    /// Every story that it may have been.
    fn all(&self, story: &Story) -> Vec<Story> {
        let mut all = Vec::new();
        match self {
            Self::Fact(group, name) => {
                let values: Vec<Value> = match name.as_str() {
                    "b" => vec![true.into(), false.into()],
                    "e" => vec!["red".into(), "blue".into()],
                    "d" => days(),
                    _ => (-20..=400).map(|number: i64| Value::from(number)).collect(),
                };
                for value in values {
                    let mut other = story.clone();
                    let facts = match group {
                        0 => &mut other.facts,
                        place => &mut other.events[*place - 1].1.as_mut().unwrap().facts,
                    };
                    facts.insert(name.clone(), value);
                    all.push(other);
                }
            }
            Self::Actor(group) => {
                let ids = PERSONS.iter().flatten().map(|id| Some((*id).to_owned()));
                for id in ids.chain([Some("a stranger".to_owned()), None]) {
                    let mut other = story.clone();
                    other.events[*group - 1].1.as_mut().unwrap().actor.as_mut().unwrap().id = id;
                    all.push(other);
                }
            }
        }
        all
    }
}

/// An entry as far as it says something: digests by their names alone, private parts by what is in them.
fn content(line: &str, gone: &BTreeSet<String>) -> (Json, BTreeMap<String, Json>) {
    let mut line: Json = serde_json::from_str(line).unwrap();
    let entry = line["entry"].as_object_mut().unwrap();
    entry.remove("previous");
    entry.remove("sequence");
    let digests: Vec<String> = entry
        .get("digests")
        .and_then(Json::as_object)
        .into_iter()
        .flatten()
        .map(|(path, _)| path.clone())
        .collect();
    entry.insert("digests".to_owned(), digests.into());
    let private = line["private"].as_object().unwrap().iter();
    let private = private
        .filter(|(path, _)| !gone.contains(*path))
        .map(|(path, part)| (path.clone(), part["value"].clone()))
        .collect();
    (line["entry"].clone(), private)
}

/// Whether a candidate says what the journal says, up to a group.
fn says(journal: &[Vec<String>], candidate: &Groups, upto: usize, from: usize) -> bool {
    // A journal may end anywhere.
    let end = journal.iter().rposition(|group| !group.is_empty()).unwrap_or(0);
    (from..=upto.min(end)).all(|group| {
        let theirs = &candidate[group].0;
        let ours = &journal[group];
        let is_end = ours.len() < theirs.len() && journal[group + 1..].iter().all(Vec::is_empty);
        (theirs.len() == ours.len() || is_end)
            && ours.iter().zip(theirs).all(|(ours, theirs)| {
                let line: Json = serde_json::from_str(ours).unwrap();
                let private = line["private"].as_object().unwrap();
                let digests = line["entry"]["digests"].as_object();
                let gone = digests.into_iter().flatten().map(|(path, _)| path.clone());
                let gone = gone.filter(|path| !private.contains_key(path)).collect();
                content(ours, &gone) == content(theirs, &gone)
            })
    })
}

/// All that a date may have been: those before the case begins are alike, and those that no journal here tells of.
fn days() -> Vec<Value> {
    let day = |day: i64| {
        DateTime::from_microseconds(
            (begin().microseconds() / 86_400_000_000 + day) * 86_400_000_000,
        )
    };
    (-3..=400).map(|number| Value::from(&day(number).unwrap().to_string()[..10])).collect()
}

#[derive(Debug, Default)]
struct Figures {
    honest: u64,
    honest_partly: u64,
    forged: u64,
    possible: u64,
    refused: u64,
    partly: u64,
    taken: u64,
}

fn laws_hold(seed: u64, figures: &mut Figures) {
    let (text, workflow) = made(seed);
    let mut dice = Dice(seed ^ 0x7777);
    for _ in 0..2 {
        let story = written(&mut dice);
        let Some(honest) = told(&workflow, &story) else { continue };
        for _ in 0..3 {
            let Some(which) = chosen(&mut dice, &story, &honest) else { continue };
            for turn in 0..4 {
                let (other, place) = if turn == 0 {
                    (story.clone(), 0)
                } else {
                    let (mut other, mut place) = otherwise(&mut dice, &story);
                    for _ in 0..dice.below(3) {
                        let (more, at) = otherwise(&mut dice, &other);
                        (other, place) = (more, place.max(at));
                    }
                    (other, place)
                };
                let Some(rest) = told(&workflow, &other) else { continue };
                let last = honest.len();
                let cut = if turn == 0 {
                    last
                } else {
                    place + 1 + usize::try_from(dice.below((last - place) as u64)).unwrap()
                };
                let mut came = story.clone();
                came.events.truncate(cut.saturating_sub(1));
                came.events.extend(other.events.iter().skip(cut.saturating_sub(1)).cloned());
                let groups: Groups =
                    honest[..cut.min(last)].iter().chain(&rest[cut.min(last)..]).cloned().collect();
                // What was answered with an error stands in no journal, and need not have been.
                for (at, group) in groups.iter().enumerate() {
                    if group.1 {
                        came.events[at - 1].1 = None;
                    }
                }
                tried(&mut dice, &workflow, &text, &which, &came, &groups, cut, figures);
            }
        }
    }
}

fn chosen(dice: &mut Dice, story: &Story, honest: &Groups) -> Option<Which> {
    let mut all = Vec::new();
    for name in ["b", "e", "n"] {
        if story.facts.contains_key(name) && (name != "n" || dice.one_in(8)) {
            all.push(Which::Fact(0, name.to_owned()));
        }
    }
    for (place, (_, event)) in story.events.iter().enumerate() {
        let event = event.as_ref().unwrap();
        if honest[place + 1].1 {
            continue;
        }
        for name in ["b", "e", "n"] {
            if event.facts.contains_key(name) && (name != "n" || dice.one_in(20)) {
                all.push(Which::Fact(place + 1, name.to_owned()));
            }
        }
        if event.actor.as_ref().is_some_and(|actor| actor.id.is_some()) {
            all.push(Which::Actor(place + 1));
            all.push(Which::Actor(place + 1));
        }
    }
    (!all.is_empty()).then(|| all[usize::try_from(dice.below(all.len() as u64)).unwrap()].clone())
}

/// The journal of these without a value: `wide` is whether also what else tells of it goes, in its entry or everywhere.
fn erased_of(groups: &Groups, story: &Story, which: &Which, wide: u64) -> Option<String> {
    let whole = joined(groups);
    // The lines of each group, in the joined journal.
    let mut counts = groups.iter().map(|group| group.0.len());
    let first: usize = counts.by_ref().take(which.group()).sum();
    let many = groups[which.group()].0.len();
    if many == 0 || groups[which.group()].1 {
        return None;
    }
    let number = first + many;
    let path = match which {
        Which::Fact(_, name) => format!("facts.{name}"),
        Which::Actor(_) => "actor".to_owned(),
    };
    let mut rest = whole;
    let all = parts(&rest);
    if !all.contains(&(number, path.clone())) {
        return None;
    }
    for (other, part) in &all {
        let line: Json = serde_json::from_str(rest.lines().nth(other - 1).unwrap()).unwrap();
        let is_same = match which {
            Which::Fact(_, name) => {
                part == &format!("changed.{name}") || part == &format!("read.{name}")
            }
            Which::Actor(_) => {
                let id = story.events[which.group() - 1]
                    .1
                    .as_ref()
                    .unwrap()
                    .actor
                    .as_ref()
                    .and_then(|actor| actor.id.clone())
                    .unwrap();
                part != "actor" && line["private"][part]["value"].to_string().contains(&*id)
            }
        };
        if *other == number && *part == path
            || is_same && (wide == 2 || wide == 1 && *other == number)
        {
            rest = without(&rest, *other, part);
        }
    }
    Some(rest)
}

#[allow(clippy::too_many_arguments)]
fn tried(
    dice: &mut Dice,
    workflow: &Workflow,
    text: &str,
    which: &Which,
    story: &Story,
    groups: &Groups,
    cut: usize,
    figures: &mut Figures,
) {
    let Some(rest) = erased_of(groups, story, which, dice.below(3)) else { return };
    let mut lines = rest.lines().map(str::to_owned);
    let journal: Vec<Vec<String>> =
        groups.iter().map(|group| lines.by_ref().take(group.0.len()).collect()).collect();
    let stories = which.all(story);
    let candidates: Vec<Groups> =
        stories.iter().filter_map(|story| told(workflow, story)).collect();
    let last = groups.len() - 1;
    let is_possible = candidates.iter().any(|candidate| says(&journal, candidate, last, 0));
    let found = verify(workflow, &rest, None);
    let is_honest = cut >= groups.len();
    if is_honest {
        assert!(is_possible, "{which:?} {rest}");
        figures.honest += 1;
    } else {
        figures.forged += 1;
        figures.possible += u64::from(is_possible);
    }
    let story = || format!("erased {which:?}, joined at {cut}\n{rest}\n{text}\n");
    match found {
        Err(found) => {
            assert!(!is_possible, "refused: {found}\n{}", story());
            figures.refused += 1;
        }
        Ok(found) => {
            figures.honest_partly += u64::from(is_honest && !found.partly.is_empty());
            if !is_possible {
                if !found.partly.is_empty() {
                    figures.partly += 1;
                    return;
                }
                figures.taken += 1;
                // Each entry by itself: some value leads to it from where those before lead.
                let bad = (0..=last).find(|group| {
                    !candidates.iter().any(|candidate| says(&journal, candidate, *group, *group))
                });
                assert!(bad.is_none(), "taken: group {bad:?}: {}", story());
            }
        }
    }
}

#[test]
fn what_some_value_leads_to_is_accepted_and_nothing_else() {
    let mut figures = Figures::default();
    laws_hold(1, &mut figures);
    assert!(figures.honest > 0 && figures.forged > 0, "{figures:?}");
}

/// A journal of a workflow, in which the actors send events with facts.
fn journal_of(workflow: &Workflow, events: &[&str]) -> String {
    let mut case = Case::start(workflow, Some(begin()), BTreeMap::new()).unwrap().0;
    for event in events {
        let answer = case.fire(&Event::from_json(event).unwrap());
        assert_ne!(answer.outcome, Outcome::Error, "{answer:?}");
    }
    case.take_entries(&SALT).iter().map(|entry| format!("{}\n", entry.line)).collect()
}

fn held_otherwise(workflow: &Workflow, journal: &str, number: u64) {
    let found = verify(workflow, journal, None).expect_err("forged");
    assert_eq!(found.line, number, "{found}");
}

/// What a refused event brought is not kept: who erases it does not make the fact unknown from there on.
#[test]
fn what_a_refused_event_brought_is_known_not_to_be_kept() {
    let text = r#"{ "id": "w", "facts": { "e": { "enum": ["red", "blue"] } }, "events": { "no": { "sets": ["e"] }, "set": { "sets": ["e"] } },
        "initial": "a", "states": { "a": { "on": { "no": { "guard": "known(`e`) && e == `red`" }, "set": {} } } } }"#;
    let workflow = Workflow::from_json(text).unwrap();
    let text = journal_of(
        &workflow,
        &[
            r#"{ "event": "no", "facts": { "e": "blue" } }"#,
            r#"{ "event": "set", "facts": { "e": "red" } }"#,
        ],
    );
    let erased = [(2, "facts.e"), (2, "read.e")];
    let all = parts(&text);
    let rest = erased.iter().fold(text, |text, (number, path)| {
        match all.contains(&(*number, (*path).to_owned())) {
            true => without(&text, *number, path),
            false => text,
        }
    });
    assert!(verify(&workflow, &rest, None).unwrap().partly.is_empty());
    let forged = altered(&rest, |number, line| {
        if number == 3 {
            line["private"]["changed.e"]["value"]["before"] = "blue".into();
        }
    });
    held_otherwise(&workflow, &forged, 3);
}

/// Somebody who was erased elsewhere shuts nobody out of what nobody has done.
#[test]
fn an_erased_person_shuts_out_nobody_who_is_known() {
    let text = r#"{ "id": "w", "facts": { "b": { "type": "boolean" } }, "events": { "ask": {}, "go": {}, "other": {} }, "initial": "a",
        "states": { "a": { "on": { "ask": {}, "other": {}, "go": [{ "not_by": ["ask"], "requires": ["b"], "target": "end" }, {}] } },
            "end": { "type": "final" } } }"#;
    let workflow = Workflow::from_json(text).unwrap();
    let asked = r#"{ "event": "ask", "actor": { "id": "eva" } }"#;
    let other = r#"{ "event": "other", "actor": { "id": "eva" } }"#;
    let go = r#"{ "event": "go", "actor": { "id": "bo" } }"#;
    // Nobody asked: `b` is not known, and so the case is held up.
    let text = without(&journal_of(&workflow, &[other, go]), 2, "actor");
    assert_eq!(verify(&workflow, &text, None).unwrap().recomputed, 3);
    let moved = journal_of(&workflow, &[asked, r#"{ "event": "go", "actor": { "id": "Eva" } }"#]);
    let moved: Json = serde_json::from_str(moved.lines().nth(2).unwrap()).unwrap();
    assert_eq!(moved["entry"]["outcome"], "moved");
    let forged = altered(&text, |number, line| {
        if number == 3 {
            *line = moved.clone();
            line["private"]["actor"]["value"]["id"] = "bo".into();
        }
    });
    held_otherwise(&workflow, &forged, 3);
    // Whoever asked may have been that one.
    let text = without(&journal_of(&workflow, &[asked, go]), 2, "actor");
    let forged = altered(&text, |number, line| {
        if number == 3 {
            *line = moved.clone();
            line["private"]["actor"]["value"]["id"] = "bo".into();
        }
    });
    assert!(verify(&workflow, &forged, None).is_ok());
}

/// What was read of an erased person and was left is somebody's id.
#[test]
fn ids_that_were_read_of_an_erased_person_may_be_anybodys() {
    let text = r#"{ "id": "w", "events": { "ask": {}, "go": {} }, "initial": "a", "states": { "a": { "on": {
        "ask": {}, "go": { "guard": "event.actor in who(`ask`)" } } } } }"#;
    let workflow = Workflow::from_json(text).unwrap();
    let text = journal_of(&workflow, &[r#"{ "event": "go", "actor": { "id": "eva" } }"#]);
    let rest = without(&text, 2, "actor");
    assert!(rest.contains("read.event . actor"), "{rest}");
    assert!(verify(&workflow, &rest, None).is_ok());
}

#[test]
#[ignore = "takes minutes"]
fn at_length() {
    let seeds = crate::dice::seeds("TRESTEG_ERASURES", 0..100);
    let mut figures = Figures::default();
    for seed in seeds {
        laws_hold(seed, &mut figures);
        if seed % 20 == 19 {
            println!("{seed}: {figures:?}");
        }
    }
    println!("{figures:?}");
}

/// What came in and was erased was something: an event that changes it later changes it from that.
#[test]
fn what_came_in_was_something() {
    let text = r#"{ "id": "w", "facts": { "e": { "enum": ["red", "blue"] } }, "events": { "set": { "sets": ["e"] }, "clear": {} },
        "initial": "a", "states": { "a": { "on": { "set": {}, "clear": { "guard": "known(`e`)", "actions": "forget(`e`)" } } } } }"#;
    let workflow = Workflow::from_json(text).unwrap();
    let set = |to: &str| format!(r#"{{ "event": "set", "facts": {{ "e": "{to}" }} }}"#);
    let (red, blue) = (set("red"), set("blue"));
    let text = journal_of(&workflow, &[&red, &blue]);
    let rest =
        ["facts.e", "changed.e"].into_iter().fold(text, |text, path| without(&text, 2, path));
    assert!(verify(&workflow, &rest, None).unwrap().partly.is_empty());
    let forged = altered(&rest, |number, line| {
        if number == 3 {
            line["private"]["changed.e"]["value"]["before"] = Json::Null;
        }
    });
    held_otherwise(&workflow, &forged, 3);
    // What was forgotten was nothing.
    let text = journal_of(&workflow, &[&red, r#"{ "event": "clear" }"#, &blue]);
    let all = parts(&text);
    let all = all.iter().filter(|(number, path)| *number < 4 && path.ends_with(".e"));
    let rest = all.fold(text.clone(), |text, (number, path)| without(&text, *number, path));
    assert!(verify(&workflow, &rest, None).unwrap().partly.is_empty());
    let forged = altered(&rest, |number, line| {
        if number == 4 {
            line["private"]["changed.e"]["value"]["before"] = "red".into();
        }
    });
    held_otherwise(&workflow, &forged, 4);
    // Who forgets it changes it.
    let forged = altered(&rest, |number, line| {
        if number == 3 {
            line["entry"]["digests"].as_object_mut().unwrap().remove("changed.e");
        }
    });
    assert_eq!(verify(&workflow, &forged, None).unwrap().partly, [3]);
}

/// What a script forgets that is run is known to be nothing, and what it leaves alone is not.
#[test]
fn what_is_forgotten_is_known_and_what_is_left_is_not() {
    let text = r#"{ "id": "w", "facts": { "e": { "enum": ["red", "blue"] }, "b": { "type": "boolean" } }, "events": { "set": { "sets": ["e", "b"] }, "clear": {}, "hold": {} },
        "initial": "a", "states": { "a": { "on": { "set": {}, "clear": { "requires": ["b"], "actions": "if b { forget(`e`) }" },
            "hold": { "requires": ["b"], "actions": "if !b { forget(`e`) }" } } } } }"#;
    let workflow = Workflow::from_json(text).unwrap();
    let set = r#"{ "event": "set", "facts": { "e": "red", "b": true } }"#;
    let blue = r#"{ "event": "set", "facts": { "e": "blue" } }"#;
    for (event, is_gone) in [("clear", true), ("hold", false)] {
        let event = format!(r#"{{ "event": "{event}" }}"#);
        let text = journal_of(&workflow, &[set, &event, blue]);
        let all = parts(&text);
        let all = all.iter().filter(|(number, path)| *number < 4 && path.ends_with(".e"));
        let rest = all.fold(text.clone(), |text, (number, path)| without(&text, *number, path));
        assert!(verify(&workflow, &rest, None).unwrap().partly.is_empty(), "{event}");
        let forged = altered(&rest, |number, line| {
            if number == 4 {
                let before = if is_gone { "red".into() } else { Json::Null };
                line["private"]["changed.e"]["value"]["before"] = before;
            }
        });
        held_otherwise(&workflow, &forged, 4);
    }
}

/// What an event brings is something, known or not: nothing but a script forgets.
#[test]
fn what_comes_in_is_not_nothing() {
    let text = r#"{ "id": "w", "facts": { "e": { "enum": ["red", "blue"] } }, "events": { "set": { "sets": ["e"] }, "clear": {} },
        "initial": "a", "states": { "a": { "on": { "set": {}, "clear": { "actions": "forget(`e`)" } } } } }"#;
    let workflow = Workflow::from_json(text).unwrap();
    let set = |to: &str| format!(r#"{{ "event": "set", "facts": {{ "e": "{to}" }} }}"#);
    let text = journal_of(&workflow, &[&set("red"), &set("blue")]);
    let rest = without(&text, 3, "facts.e");
    assert!(verify(&workflow, &rest, None).unwrap().partly.is_empty());
    let forged = altered(&rest, |number, line| {
        if number == 3 {
            line["private"]["changed.e"]["value"]["after"] = Json::Null;
        }
    });
    held_otherwise(&workflow, &forged, 3);
}

/// What was erased was known to the rules: that they told of it as unknown is what no value leads to.
#[test]
fn what_was_erased_and_known_is_not_told_of_as_unknown() {
    let text = r#"{ "id": "w", "facts": { "key": { "type": "boolean" }, "n": { "type": "integer" } }, "events": { "open": { "sets": ["key", "n"] }, "look": {} },
        "initial": "shut", "states": { "shut": { "on": { "open": { "target": "ajar", "guard": "key && n > 2" }, "look": { "target": "ajar", "guard": "n > 2 && key" } } }, "ajar": {} } }"#;
    let workflow = Workflow::from_json(text).unwrap();
    let key = serde_json::json!({ "salt": "00", "value": true });
    // Nobody said whether there is a key; the forger says that somebody did, and that it was erased.
    let text = journal_of(&workflow, &[r#"{ "event": "open", "facts": { "n": 1 } }"#]);
    assert!(verify(&workflow, &text, None).unwrap().partly.is_empty());
    let forged = altered(&text, |number, line| {
        if number == 2 {
            line["private"]["facts.key"] = key.clone();
        }
    });
    let forged = without(&forged, 2, "facts.key");
    assert_eq!(verify(&workflow, &forged, None).unwrap().partly, [2]);
    // Nor where it is said to have come in before.
    let honest = journal_of(&workflow, &[r#"{ "event": "look" }"#]);
    let forged = altered(&honest, |number, line| {
        if number == 1 {
            line["private"]["facts.key"] = key.clone();
        }
    });
    let forged = without(&forged, 1, "facts.key");
    assert!(
        verify(&workflow, &forged, None).is_err_and(|found| found.line == 2)
            || verify(&workflow, &forged, None).is_ok_and(|found| found.partly == [2])
    );
    // Who was told the key had it told of as it was.
    let honest =
        journal_of(&workflow, &[r#"{ "event": "open", "facts": { "key": true, "n": 1 } }"#]);
    let rest = without(&honest, 2, "facts.key");
    assert!(verify(&workflow, &rest, None).unwrap().partly.is_empty());
}

/// Nor where the rule is only told of, since somebody may not take the transition anyway.
#[test]
fn what_was_erased_and_known_is_not_told_of_as_unknown_to_who_may_not() {
    let text = r#"{ "id": "w", "facts": { "b": { "type": "boolean" } }, "events": { "give": { "sets": ["b"] }, "prep": {}, "go": {} },
        "initial": "a", "states": { "a": { "on": { "give": {}, "prep": {}, "go": { "not_by": ["prep"], "guard": "b", "target": "end" } } }, "end": { "type": "final" } } }"#;
    let workflow = Workflow::from_json(text).unwrap();
    let prep = r#"{ "event": "prep", "actor": { "id": "eva" } }"#;
    let go = r#"{ "event": "go", "actor": { "id": "eva" } }"#;
    let erased = |text: String| {
        let text = without(&text, 2, "facts.b");
        without(&text, 2, "changed.b")
    };
    let honest =
        journal_of(&workflow, &[r#"{ "event": "give", "facts": { "b": true } }"#, prep, go]);
    assert!(verify(&workflow, &erased(honest), None).unwrap().partly.is_empty());
    let forged = journal_of(&workflow, &[r#"{ "event": "give" }"#, prep, go]);
    let forged = altered(&forged, |number, line| {
        if number == 2 {
            line["private"]["facts.b"] = serde_json::json!({ "salt": "00", "value": true });
            line["private"]["changed.b"] =
                serde_json::json!({ "salt": "00", "value": { "after": true, "before": null } });
        }
    });
    assert_eq!(verify(&workflow, &erased(forged), None).unwrap().partly, [4]);
}

/// Who signed and was erased may be anybody, and is told of as anybody.
#[test]
fn who_signed_and_was_erased_is_told_of_as_a_person() {
    let text = r#"{ "id": "w", "roles": { "boss": {}, "chair": {} }, "events": { "sign": {} },
        "initial": "a", "states": { "a": { "on": { "sign": { "signed_by": ["boss", "chair"], "target": "b" } } }, "b": {} } }"#;
    let workflow = Workflow::from_json(text).unwrap();
    let sign = r#"{ "event": "sign", "actor": { "id": "eva", "roles": ["boss"], "unit": "u" } }"#;
    let rest = without(&journal_of(&workflow, &[sign]), 2, "actor");
    assert!(rest.contains("signed.0.0"), "{rest}");
    assert!(verify(&workflow, &rest, None).is_ok());
    let tampers: [fn(&mut Json); 3] = [
        |said| said["nonsense"] = 1.into(),
        |said| said["unit"] = 1.into(),
        |said| drop(said.as_object_mut().unwrap().remove("unit")),
    ];
    for tamper in tampers {
        let forged = altered(&rest, |number, line| {
            if number == 2 {
                tamper(&mut line["private"]["signed.0.0"]["value"]);
            }
        });
        let found = verify(&workflow, &forged, None);
        assert!(found.is_err() || found.is_ok_and(|found| found.partly == [2]));
    }
}

/// A script that forgets what was erased drops what is signed in the same step.
#[test]
fn what_is_signed_drops_where_something_erased_is_forgotten() {
    let text = r#"{ "id": "w", "roles": { "boss": {}, "chair": {} }, "facts": { "b": { "type": "boolean" } }, "events": { "set": { "sets": ["b"] }, "sign": {} },
        "initial": "p", "states": { "p": { "type": "parallel", "on": { "set": {} }, "states": {
            "x": { "on": { "sign": { "signed_by": ["boss", "chair"], "actions": "b = !b" } } },
            "y": { "on": { "sign": { "actions": "forget(`b`)" } } } } } } }"#;
    let workflow = Workflow::from_json(text).unwrap();
    let sign = r#"{ "event": "sign", "actor": { "id": "eva", "roles": ["boss"] } }"#;
    let text = journal_of(&workflow, &[r#"{ "event": "set", "facts": { "b": false } }"#, sign]);
    assert!(text.contains("dropped.0.0"), "{text}");
    let rest =
        ["facts.b", "changed.b"].into_iter().fold(text, |text, path| without(&text, 2, path));
    assert!(verify(&workflow, &rest, None).is_ok());
}

/// What an entry tells of why something was refused or held, and which values were read, is what some value leads to.
#[test]
fn what_is_told_of_reasons_is_held_to_some_value() {
    let text = r#"{ "id": "w", "roles": { "boss": {} }, "facts": { "key": { "type": "boolean" }, "n": { "type": "integer" } }, "events": { "open": { "sets": ["key", "n"] } },
        "initial": "shut", "states": { "shut": { "on": { "open": { "target": "ajar", "guard": "key && n > 2" } } }, "ajar": {} } }"#;
    let workflow = Workflow::from_json(text).unwrap();
    let text =
        journal_of(&workflow, &[r#"{ "event": "open", "facts": { "key": false, "n": 5 } }"#]);
    let rest =
        ["facts.key", "read.key"].into_iter().fold(text, |text, path| without(&text, 2, path));
    assert!(verify(&workflow, &rest, None).unwrap().partly.is_empty());
    let tampers: [fn(&mut Json); 6] = [
        |line| line["entry"]["reasons"][0]["nonsense"] = 1.into(),
        |line| line["entry"]["reasons"][0]["unknown"] = serde_json::json!(["n"]),
        |line| line["entry"]["reasons"][0]["grounds"] = serde_json::json!([{ "role": ["boss"] }]),
        |line| line["private"]["read.n"] = serde_json::json!({ "salt": "00", "value": 6 }),
        |line| line["private"]["read.nonsense"] = serde_json::json!({ "salt": "00", "value": 5 }),
        |line| {
            line["private"]["read.event . actor"] =
                serde_json::json!({ "salt": "00", "value": "bob" })
        },
    ];
    for (turn, tamper) in tampers.into_iter().enumerate() {
        let forged = altered(&rest, |number, line| {
            if number == 2 {
                tamper(line)
            }
        });
        let found = verify(&workflow, &forged, None);
        assert!(found.is_err() || found.is_ok_and(|found| found.partly == [2]), "{turn}");
    }
}

/// Who signs for the same once more is told so: where it is not known what was signed for, that may be.
#[test]
fn what_was_signed_for_and_erased_may_be_the_same_again() {
    let text = r#"{ "id": "w", "roles": { "boss": {}, "chair": {} }, "events": { "sign": { "data": { "q": { "type": "integer" } } } },
        "initial": "a", "states": { "a": { "on": { "sign": { "signed_by": ["boss", "chair"], "target": "b" } } }, "b": {} } }"#;
    let workflow = Workflow::from_json(text).unwrap();
    let sign = |id: &str, q: u8| {
        format!(
            r#"{{ "event": "sign", "actor": {{ "id": "{id}", "roles": ["boss", "chair"] }}, "data": {{ "q": {q} }} }}"#
        )
    };
    let (eva, otherwise, bo) = (sign("eva", 1), sign("eva", 2), sign("bo", 2));
    for events in [
        vec![&eva, &eva],
        vec![&eva, &otherwise],
        vec![&eva, &otherwise, &bo],
        vec![&eva, &bo, &eva],
    ] {
        let events: Vec<&str> = events.into_iter().map(String::as_str).collect();
        let text = journal_of(&workflow, &events);
        for number in 2..=events.len() + 1 {
            let rest = without(&text, number, "data.q");
            assert!(verify(&workflow, &rest, None).is_ok(), "{number} of {text}");
        }
    }
}

/// A journal whose values of this fact are erased, and what tells of them.
fn without_fact(text: &str, fact: &str) -> String {
    let all = parts(text);
    let tells = |path: &&(usize, String)| {
        ["facts", "changed", "read"].iter().any(|kind| path.1 == format!("{kind}.{fact}"))
    };
    all.iter()
        .filter(tells)
        .fold(text.to_owned(), |text, (number, path)| without(&text, *number, path))
}

/// Refused, or said to be checked only in part.
fn is_not_taken(workflow: &Workflow, journal: &str) -> bool {
    verify(workflow, journal, None).map_or(true, |found| !found.partly.is_empty())
}

/// The date of a term that follows from what was erased is one that some value leads to, and that the one leads to of which
/// the journal tells elsewhere.
#[test]
fn dates_that_follow_from_what_was_erased_are_held_to_some_value() {
    let ways = [
        (r#""d": { "format": "date" }"#, "d", "d", r#""2026-01-09""#, "at"),
        (
            r#""d": { "format": "date" }, "by": { "format": "date", "value": "d + days(14)" }"#,
            "d",
            "by",
            r#""2026-01-09""#,
            "at",
        ),
        (
            r#""d": { "format": "date" }, "by": { "format": "date", "value": "next_workday(d + months(1))" }"#,
            "d",
            "by",
            r#""2026-01-09""#,
            "at",
        ),
        (
            r#""d": { "format": "date-time" }, "by": { "format": "date-time", "value": "d + hours(36)" }"#,
            "d",
            "by",
            r#""2026-01-09T07:30:00Z""#,
            "at",
        ),
        (
            r#""n": { "type": "integer", "minimum": 0, "maximum": 3000 }, "by": { "format": "date", "value": "date(`2026-01-04`) + weeks(n)" }"#,
            "n",
            "by",
            "73",
            "at",
        ),
        (r#""p": { "format": "duration" }"#, "p", "p", r#""P17D""#, "after"),
        (r#""p": { "format": "duration" }"#, "p", "p", r#""PT40H""#, "after"),
    ];
    for (facts, erased, term, value, kind) in ways {
        let text = format!(
            r#"{{ "id": "w", "calendar": {{ "holidays": "SE" }}, "facts": {{ {facts} }}, "events": {{ "set": {{ "sets": ["{erased}"] }}, "look": {{}} }},
            "initial": "a", "states": {{ "a": {{ "on": {{ "set": {{}} }}, "{kind}": {{ "{term}": "b" }} }}, "b": {{ "on": {{ "look": {{}} }} }} }} }}"#
        );
        let workflow = Workflow::from_json(&text).unwrap_or_else(|report| panic!("{report}"));
        let mut case = Case::start(&workflow, Some(begin()), BTreeMap::new()).unwrap().0;
        let set = format!(r#"{{ "event": "set", "facts": {{ "{erased}": {value} }} }}"#);
        assert_eq!(case.fire(&Event::from_json(&set).unwrap()).outcome, Outcome::Moved);
        case.advance(
            DateTime::from_microseconds(begin().microseconds() + 4000 * 86_400_000_000).unwrap(),
        );
        let journal: String =
            case.take_entries(&SALT).iter().map(|entry| format!("{}\n", entry.line)).collect();
        assert_eq!(journal.lines().count(), 3, "{journal}");
        let rest = without_fact(&journal, erased);
        let told = || format!("{text}\n{rest}");
        assert!(verify(&workflow, &rest, None).unwrap().partly.is_empty(), "{}", told());
        let name = format!("a: {term}");
        let due: Json = serde_json::from_str(rest.lines().nth(1).unwrap()).unwrap();
        let due = due["entry"]["due"][&name].as_str().unwrap().to_owned();
        // Another date, of which the term's own entry knows nothing.
        let week = due.parse::<DateTime>().unwrap().microseconds() + 7 * 86_400_000_000;
        let later = DateTime::from_microseconds(week).unwrap().to_string();
        assert_ne!(later, due);
        let forged = altered(&rest, |number, line| {
            if number == 2 {
                line["entry"]["due"][&name] = later.clone().into();
            }
        });
        assert!(is_not_taken(&workflow, &forged), "{}", told());
        // None at all, though what came in was something.
        let forged = altered(&rest, |number, line| {
            if number == 2 {
                line["entry"].as_object_mut().unwrap().remove("due");
            }
        });
        assert!(is_not_taken(&workflow, &forged), "{}", told());
        // A length may be one of hours.
        if kind == "at" && !value.contains('T') {
            // No day ends at noon.
            let noon = due.replace("T00:00:00Z", "T12:00:00Z");
            let forged = altered(&rest, |number, line| match number {
                2 => line["entry"]["due"][&name] = noon.clone().into(),
                3 => {
                    for key in ["at", "of"] {
                        line["entry"][key] = noon.clone().into();
                    }
                }
                _ => {}
            });
            assert!(is_not_taken(&workflow, &forged), "{}", told());
        }
    }
}

/// A date that none of few values leads to.
#[test]
fn a_date_that_no_value_leads_to_is_not_taken() {
    let text = r#"{ "id": "w", "facts": { "n": { "type": "integer", "minimum": 1, "maximum": 3 },
            "by": { "format": "date", "value": "date(`2026-01-01`) + days(n * 2)" } },
        "events": { "set": { "sets": ["n"] }, "go": {} }, "initial": "o",
        "states": { "o": { "on": { "set": {}, "go": "a" } }, "a": { "at": { "by": "b" } }, "b": {} } }"#;
    let workflow = Workflow::from_json(text).unwrap();
    let journal = journal_of(
        &workflow,
        &[r#"{ "event": "set", "facts": { "n": 2 } }"#, r#"{ "event": "go" }"#],
    );
    let rest = without_fact(&journal, "n");
    assert!(verify(&workflow, &rest, None).unwrap().partly.is_empty());
    for (date, is_possible) in
        [("2026-01-04", true), ("2026-01-08", true), ("2026-01-05", false), ("2026-01-10", false)]
    {
        let forged = altered(&rest, |number, line| {
            if number == 3 {
                line["entry"]["due"]["a: by"] = format!("{date}T00:00:00Z").into();
            }
        });
        if is_possible {
            assert!(verify(&workflow, &forged, None).unwrap().partly.is_empty(), "{date}");
        } else {
            assert!(is_not_taken(&workflow, &forged), "{date}");
        }
    }
    // Where it was something the term runs.
    let forged = altered(&rest, |number, line| {
        if number == 3 {
            line["entry"].as_object_mut().unwrap().remove("due");
        }
    });
    assert!(is_not_taken(&workflow, &forged));
}

/// When an event falls due that a script sent, or did not, by what was erased, is only said.
#[test]
fn what_may_have_been_sent_is_checked_in_part() {
    let text = r#"{ "id": "w", "facts": { "b": { "type": "boolean" } }, "events": { "set": { "sets": ["b"] }, "late": { "by": [] } },
        "initial": "a", "states": { "a": { "on": { "set": { "actions": "if b { send(`late`, days(2)) }" }, "late": "c" } }, "c": {} } }"#;
    let workflow = Workflow::from_json(text).unwrap();
    let mut case = Case::start(&workflow, Some(begin()), BTreeMap::new()).unwrap().0;
    case.fire(&Event::from_json(r#"{ "event": "set", "facts": { "b": true } }"#).unwrap());
    let day = |days: i64| {
        DateTime::from_microseconds(begin().microseconds() + days * 86_400_000_000).unwrap()
    };
    case.advance(day(9));
    let journal: String =
        case.take_entries(&SALT).iter().map(|entry| format!("{}\n", entry.line)).collect();
    let rest = without_fact(&journal, "b");
    assert_eq!(verify(&workflow, &rest, None).unwrap().partly, [3]);
}
