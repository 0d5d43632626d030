//! Laws that hold for every workflow, case and event, checked on the shipped workflows and on small random ones.
//!
//! * Asking changes nothing, and `explain` answers as `fire` would.
//! * What `decide` says of an event without facts is how `fire` answers it, unless what follows fails.
//! * An answer says the same whether it is read at once or when the case has long moved on.
//! * An event that `options` lists as open moves the case when sent without facts, and no other event does.
//! * A refusal changes nothing but the time (and takes what is due by then); an error changes nothing.
//! * The same inputs give the same answers and the same case.
//! * A case that was put away and taken out again is the same case, and goes on alike: it works out anew what the other
//!   keeps, the dates of its terms.
//! * Whatever comes in, nothing panics.

mod dates;
mod hostile;

use std::collections::BTreeMap;
use std::path::Path;

use proptest::prelude::*;
use proptest::test_runner::TestCaseError;
use serde_json::{Map, Value as Json, json};
use tresteg::case::{Availability, InputLine, Snapshot};
use tresteg::{Actor, Case, Decision, Event, Limits, Outcome, Value, Workflow};

use crate::dice::{Dice, check};
use crate::oracle::generate;

/// A workflow with what random events are made from.
struct Subject {
    text: String,
    workflow: Workflow,
    json: Json,
    /// Lines that lead somewhere.
    journeys: Vec<Vec<String>>,
}

impl Subject {
    fn new(text: &str, journeys: Vec<Vec<String>>) -> Self {
        // Charts that run in circles cost little so.
        let limits = Limits { microsteps: 40, ..Limits::default() };
        let workflow = Workflow::load("w.json", text, &mut |_| Err(String::new()), &limits);
        let workflow = workflow.unwrap_or_else(|report| panic!("{text}\n{report}"));
        let json = serde_json::from_str(text).unwrap();
        Self { text: text.to_owned(), workflow, json, journeys }
    }
}

/// Everything under `workflows/`, and the starter file.
fn shipped() -> Vec<Subject> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let files = |folder: &Path, ending: &str| {
        let entries =
            std::fs::read_dir(folder).into_iter().flatten().map(|entry| entry.unwrap().path());
        let mut found: Vec<_> =
            entries.filter(|path| path.extension().is_some_and(|e| e == ending)).collect();
        found.sort();
        found
    };
    let mut paths = files(&root.join("workflows"), "json");
    paths.retain(|path| !path.to_string_lossy().ends_with(".scenario.json"));
    paths.push(root.join("src/cli/starter.json"));
    let mut subjects = Vec::new();
    for path in paths {
        let text = std::fs::read_to_string(&path).unwrap();
        // A variant needs its base, a whole its parts: read by others, and by the laws of wholes.
        if text.contains("\"extends\"") || text.contains("\"invoke\"") {
            continue;
        }
        let stem = path.file_stem().unwrap();
        let lines = |path| -> Vec<String> {
            std::fs::read_to_string(path).unwrap().lines().map(str::to_owned).collect()
        };
        let journeys =
            files(&root.join("workflows/journeys").join(stem), "jsonl").into_iter().map(lines);
        subjects.push(Subject::new(&text, journeys.collect()));
    }
    assert!(subjects.len() >= 2);
    subjects
}

/// A JSON value for a declaration, sometimes one that does not fit.
fn value(dice: &mut Dice, declared: &Json, types: &Json, depth: usize) -> Json {
    if dice.once_in(25) {
        return dice
            .pick(&[
                json!(null),
                json!(true),
                json!(-7),
                json!("x"),
                json!([1]),
                json!({"a": 1}),
                json!(0.001),
            ])
            .clone();
    }
    let declared = match declared["type"].as_str().and_then(|name| types.get(name)) {
        Some(named) => named,
        None => declared,
    };
    match &declared["enum"] {
        Json::Array(values) => return dice.pick(values).clone(),
        Json::Object(values) => {
            let names: Vec<&String> = values.keys().collect();
            return json!(dice.pick(&names));
        }
        _ => {}
    }
    let number = |dice: &mut Dice| {
        let low = declared["minimum"].as_i64().unwrap_or(-3);
        let high =
            declared["maximum"].as_i64().unwrap_or(low + [1, 5, 40, 500, 400_000][dice.below(5)]);
        let span = usize::try_from(high - low + 1).unwrap_or(1);
        low + i64::try_from((dice.below(60_000) * 7) % span).unwrap()
    };
    match (declared["format"].as_str(), declared["type"].as_str()) {
        (Some("date"), _) => json!(format!(
            "20{:02}-{:02}-{:02}",
            14 + dice.below(7),
            1 + dice.below(12),
            1 + dice.below(28)
        )),
        (Some("date-time"), _) => {
            json!(format!("20{:02}-{:02}-01T12:00:00Z", 14 + dice.below(7), 1 + dice.below(12)))
        }
        (Some("duration"), _) => json!(format!("P{}D", dice.below(400))),
        (_, Some("boolean")) => json!(!dice.once_in(4)),
        (_, Some("integer")) => json!(number(dice)),
        (_, Some("number")) => match declared["maximum"].as_i64() {
            Some(1) => json!((dice.below(11) as f64) / 10.0),
            _ => json!(number(dice)),
        },
        (_, Some("string")) => json!(*dice.pick(&["en idé", "x", "två ord", ""])),
        (_, Some("array")) if depth < 3 => {
            let items =
                (0..dice.below(6)).map(|_| value(dice, &declared["items"], types, depth + 1));
            let mut items: Vec<Json> = items.collect();
            if declared["uniqueItems"] == json!(true) {
                let mut seen = Vec::new();
                items.retain(|item| {
                    !seen.contains(item) && {
                        seen.push(item.clone());
                        true
                    }
                });
            }
            json!(items)
        }
        (_, Some("object")) if depth < 3 => {
            let properties = declared["properties"].as_object().cloned().unwrap_or_default();
            Json::Object(
                properties
                    .iter()
                    .map(|(name, one)| (name.clone(), value(dice, one, types, depth + 1)))
                    .collect(),
            )
        }
        _ => json!(dice.below(3)),
    }
}

/// A random line: mostly an event that the workflow knows, with facts that it may carry.
fn line(dice: &mut Dice, subject: &Subject, case: &Case) -> String {
    if dice.once_in(8) {
        let length = *dice.pick(&["P1D", "PT1H", "P30D", "P200D", "P2Y", "PT0S", "-P1D"]);
        return json!({ "advance": length }).to_string();
    }
    let file = &subject.json;
    let empty = Map::new();
    let events = file["events"].as_object().unwrap_or(&empty);
    let mut names: Vec<String> = events.keys().cloned().collect();
    names.extend(
        generate::EVENTS.iter().filter(|_| events.is_empty()).map(|name| (*name).to_owned()),
    );
    let wanted: Vec<String> = case.options(None).into_iter().map(|choice| choice.event).collect();
    let name = match dice.below(10) {
        0 => dice.pick(&["nonsense", "done.state.x", "meet.twice", "", "*"]).to_string(),
        1..=3 => dice.pick(&names).clone(),
        _ if wanted.is_empty() => dice.pick(&names).clone(),
        _ => dice.pick(&wanted).clone(),
    };
    let declared = events.get(&name).cloned().unwrap_or_default();
    let mut all = Map::new();
    all.insert("event".to_owned(), json!(name));
    let list = |key: &str| -> Vec<String> {
        let names = declared[key].as_array().into_iter().flatten();
        names.filter_map(|name| name.as_str().map(str::to_owned)).collect()
    };
    let mut facts = Map::new();
    let mut carried: Vec<String> =
        list("required").into_iter().filter(|_| !dice.once_in(12)).collect();
    carried.extend(dice.some(&list("sets")));
    if dice.once_in(20) {
        let known: Vec<String> =
            file["facts"].as_object().into_iter().flatten().map(|(name, _)| name.clone()).collect();
        carried.extend(known.first().map(|_| dice.pick(&known).clone()));
        carried.push("no_such_fact".to_owned());
    }
    for fact in carried {
        let found = value(dice, &file["facts"][&fact], &file["types"], 0);
        facts.insert(fact, found);
    }
    if !facts.is_empty() {
        all.insert("facts".to_owned(), Json::Object(facts));
    }
    if !dice.once_in(6) {
        let roles: Vec<String> =
            file["roles"].as_object().into_iter().flatten().map(|(name, _)| name.clone()).collect();
        let some = if dice.once_in(3) { dice.some(&roles) } else { roles };
        all.insert(
            "actor".to_owned(),
            json!({ "id": dice.pick(&["eva", "bo", "kim"]), "roles": some }),
        );
    }
    if dice.once_in(3) {
        let later =
            case.time().microseconds() + i64::try_from(dice.below(60_000)).unwrap() * 60_000_000;
        let at = tresteg::DateTime::from_microseconds(later).map(|at| at.to_string());
        all.insert("at".to_owned(), json!(at.unwrap_or_default()));
    } else if dice.once_in(20) {
        all.insert("at".to_owned(), json!("1960-01-01T00:00:00Z"));
    }
    if dice.once_in(6) {
        all.insert("id".to_owned(), json!(format!("e{}", dice.below(4))));
    }
    Json::Object(all).to_string()
}

fn apply(case: &mut Case, input: &InputLine) -> Decision {
    match input {
        InputLine::Event(event) => case.fire(event),
        InputLine::Advance(until) => case.advance(until.clone()),
        _ => panic!("a start in the middle"),
    }
}

fn stored(case: &Case) -> String {
    serde_json::to_string(&case.snapshot()).unwrap()
}

fn told(decision: &Decision) -> String {
    serde_json::to_string(decision).unwrap()
}

/// Runs a random story on a subject and checks every law at every step.
fn story(
    dice: &mut Dice,
    subject: &Subject,
    length: usize,
    seen: &mut BTreeMap<String, usize>,
) -> Result<(), TestCaseError> {
    let workflow = &subject.workflow;
    let mut waiting: Vec<String> = Vec::new();
    if !subject.journeys.is_empty() {
        let journey = dice.pick(&subject.journeys);
        waiting = journey[..dice.below(journey.len() + 1)].to_vec();
        waiting.reverse();
    }
    let (mut at, mut facts) = (None, BTreeMap::new());
    if let Some(first) = waiting.last()
        && let Ok(InputLine::Start { at: time, facts: known }) = InputLine::from_json(first)
    {
        (at, facts) = (time, known);
        waiting.pop();
    }
    let Ok((mut case, first)) = Case::start(workflow, at, facts.clone()) else {
        // Some random charts run in circles from the start.
        prop_assert!(Case::start(workflow, at, facts.clone()).is_err());
        return Ok(());
    };
    let mut lines: Vec<(String, String)> = Vec::new();
    let mut unread: Vec<(Decision, String)> = Vec::new();
    let mut twin = case.clone();
    let roles: Vec<String> = subject.json["roles"]
        .as_object()
        .into_iter()
        .flatten()
        .map(|(name, _)| name.clone())
        .collect();
    let somebody = dice.some(&roles).into_iter().fold(Actor::new("m"), Actor::role);
    let mut options = [case.options(None), case.options(Some(&somebody))];
    let mut left = length;
    while left > 0 {
        // What leads somewhere comes first, sometimes with a line left out or another one in between.
        let text = match waiting.pop() {
            Some(_) if dice.once_in(40) => continue,
            Some(next) if !dice.once_in(40) => next,
            _ => {
                left -= 1;
                line(dice, subject, &case)
            }
        };
        let Ok(input) = InputLine::from_json(&text) else {
            lines.push((text, "unread".to_owned()));
            continue;
        };
        let before = case.clone();
        let put_away = stored(&case);
        let context =
            |decision: &Decision| format!("{}\n{lines:#?}\n{text}\n{decision:#?}", subject.text);

        // Asking changes nothing.
        let foretold =
            if let InputLine::Event(event) = &input { Some(case.explain(event)) } else { None };
        let actor = match &input {
            InputLine::Event(event) => event.actor.clone(),
            _ => None,
        };
        options_tell_the_truth(&case, actor.as_ref(), subject)?;
        // Brought up to date they are what they would be from the beginning.
        for (options, actor) in options.iter_mut().zip([None, Some(&somebody)]) {
            if dice.once_in(4) {
                continue;
            }
            let fresh = case.options(actor);
            let anew = options.update(&case);
            prop_assert_eq!(
                format!("{:#?}", &**options),
                format!("{:#?}", &*fresh),
                "options brought up to date: {}\n{:#?}",
                subject.text,
                lines
            );
            prop_assert_eq!(options.update(&case), 0, "nothing has changed: {:#?}", lines);
            *seen.entry("options kept".to_owned()).or_insert(0) += fresh.len() - anew;
        }
        decide_foresees(&case, actor.as_ref(), subject, seen)?;
        let late =
            if let InputLine::Event(event) = &input { Some(case.explain(event)) } else { None };
        prop_assert_eq!(&case, &before, "asking changed the case: {}\n{:#?}", subject.text, lines);

        let decision = apply(&mut case, &input);
        *seen.entry(format!("{:?}", decision.outcome)).or_insert(0) += 1;
        if let Some(foretold) = foretold {
            prop_assert_eq!(told(&foretold), told(&decision), "explain: {}", context(&decision));
        }
        unread.extend(late.map(|late| (late, told(&decision))));
        prop_assert!(case.time() >= before.time(), "{}", context(&decision));

        let repeat = decision.repeat;
        if repeat {
            prop_assert_eq!(
                &stored(&case),
                &put_away,
                "a repeat changed something: {}",
                context(&decision)
            );
            prop_assert_eq!(&case, &before, "{}", context(&decision));
            *seen.entry("repeats".to_owned()).or_insert(0) += 1;
        }
        match (&input, decision.outcome) {
            (InputLine::Event(event), Outcome::Blocked | Outcome::NotExpected) if !repeat => {
                // As if only time had passed.
                let mut waited = before.clone();
                let passed = waited.advance(event.at.unwrap_or(before.time()));
                prop_assert!(passed.outcome == Outcome::Advanced, "{}", context(&decision));
                let without = forget_answers(case.snapshot());
                prop_assert_eq!(
                    serde_json::to_string(&without).unwrap(),
                    serde_json::to_string(&forget_answers(waited.snapshot())).unwrap(),
                    "a refusal changed something: {}",
                    context(&decision)
                );
                prop_assert!(
                    decision.effects == tresteg::case::Effects::default(),
                    "{}",
                    context(&decision)
                );
            }
            (_, Outcome::Error) => {
                prop_assert!(!decision.problems.is_empty(), "{}", context(&decision));
                if decision.steps.is_empty() {
                    prop_assert_eq!(
                        &stored(&case),
                        &put_away,
                        "an error changed something: {}",
                        context(&decision)
                    );
                    prop_assert_eq!(&case, &before, "{}", context(&decision));
                }
            }
            _ => {}
        }
        match decision.outcome {
            Outcome::Blocked if !repeat => {
                prop_assert!(!decision.reasons.is_empty(), "{}", context(&decision))
            }
            Outcome::Moved if !repeat => {
                // A signature that is not the last takes nothing yet.
                let effects = &decision.effects;
                let something = !(effects.taken.is_empty() && effects.signatures.is_empty());
                prop_assert!(something, "{}", context(&decision));
            }
            _ => {}
        }

        // Put away and taken out again.
        let text_of_case = stored(&case);
        let snapshot: Snapshot = serde_json::from_str(&text_of_case).unwrap();
        let restored = match Case::restore(workflow, snapshot) {
            Ok(restored) => restored,
            Err(error) => {
                return Err(TestCaseError::fail(format!(
                    "{error}\n{text_of_case}\n{}",
                    context(&decision)
                )));
            }
        };
        prop_assert_eq!(&restored, &case, "{}", context(&decision));
        prop_assert_eq!(stored(&restored), text_of_case, "{}", context(&decision));

        // The one that was taken out at every step goes on alike.
        let alike = apply(&mut twin, &input);
        prop_assert_eq!(told(&alike), told(&decision), "restored: {}", context(&decision));
        prop_assert_eq!(&twin, &case, "restored: {}", context(&decision));
        twin = restored;
        lines.push((text, told(&decision)));
    }
    // Read only now.
    for (late, text) in &unread {
        prop_assert_eq!(&told(late), text);
    }
    // The same inputs once more.
    let (mut again, second) = Case::start(workflow, at, facts).unwrap();
    prop_assert_eq!(told(&first), told(&second));
    for (text, answer) in &lines {
        if let Ok(input) = InputLine::from_json(text) {
            prop_assert_eq!(&told(&apply(&mut again, &input)), answer, "{}", text);
        }
    }
    prop_assert_eq!(stored(&again), stored(&case));
    *seen.entry(format!("in {:?}", case.states())).or_insert(0) += 1;
    Ok(())
}

/// Without the ids of events that were answered, which a refusal does add.
fn forget_answers(snapshot: Snapshot) -> Json {
    let mut json = serde_json::to_value(snapshot).unwrap();
    // A refusal is remembered: by its answer, where the event has an id, and by its entry of the journal.
    for remembered in ["ids", "untaken", "check"] {
        json.as_object_mut().unwrap().remove(remembered);
    }
    json
}

/// What is listed as open moves, and nothing else does.
fn options_tell_the_truth(
    case: &Case,
    actor: Option<&Actor>,
    subject: &Subject,
) -> Result<(), TestCaseError> {
    let Some(actor) = actor else { return Ok(()) };
    let choices = case.options(Some(actor));
    let context = |name: &str| format!("{}\n{}\n{name}\n{choices:#?}", subject.text, stored(case));
    for choice in &choices {
        let decision = case.explain(&Event::new(&choice.event).by(actor.clone()));
        let open = choice.standing == Availability::Open;
        prop_assert_eq!(open, decision.outcome == Outcome::Moved, "{}", context(&choice.event));
        match &choice.standing {
            Availability::OpenIf { given, .. } => {
                prop_assert!(!given.is_empty(), "{}", context(&choice.event))
            }
            Availability::Blocked { reasons } => {
                prop_assert!(!reasons.is_empty(), "{}", context(&choice.event))
            }
            Availability::Fails { problems } => {
                prop_assert!(!problems.is_empty(), "{}", context(&choice.event))
            }
            _ => {}
        }
    }
    let names: Vec<String> = match subject.json["events"].as_object() {
        Some(events) => events.keys().cloned().collect(),
        None => Vec::new(),
    };
    for name in names.iter().filter(|name| choices.iter().all(|choice| choice.event != **name)) {
        let decision = case.explain(&Event::new(name).by(actor.clone()));
        prop_assert!(
            matches!(decision.outcome, Outcome::NotExpected | Outcome::Error),
            "{}\n{:#?}",
            context(name),
            decision
        );
    }
    Ok(())
}

/// What would be answered without looking at what follows is what is answered, where nothing that follows fails.
fn decide_foresees(
    case: &Case,
    actor: Option<&Actor>,
    subject: &Subject,
    seen: &mut BTreeMap<String, usize>,
) -> Result<(), TestCaseError> {
    // What is due comes first, and is not looked at.
    let mut settled = case.clone();
    if settled.advance(case.time()).outcome == Outcome::Error {
        return Ok(());
    }
    let mut names: Vec<String> =
        settled.options(None).into_iter().map(|choice| choice.event).collect();
    names.extend(
        subject.json["events"].as_object().into_iter().flat_map(|events| events.keys().cloned()),
    );
    names.extend(["nonsense", "done.state.a", "meet.twice", "e.f", ""].map(str::to_owned));
    // Some are asked by nobody too.
    let nobody = names.iter().filter(|_| actor.is_some()).step_by(3).map(|name| (name, None));
    for (name, actor) in names.iter().map(|name| (name, actor)).chain(nobody) {
        let mut event = Event::new(name);
        event.actor = actor.cloned();
        let answer = settled.explain(&event);
        let context = || format!("{}\n{}\n{name}\n{answer:#?}", subject.text, stored(&settled));
        let Some(handle) = subject.workflow.event_handle(name) else {
            let codes: Vec<&str> = answer.problems.iter().map(|problem| &*problem.code).collect();
            let wrong = ["unknown-event", "event-reserved", "event-internal"];
            prop_assert!(codes.iter().any(|code| wrong.contains(code)), "{}", context());
            continue;
        };
        match settled.decide(&handle, actor) {
            Ok(outcome) if answer.outcome != Outcome::Error => {
                prop_assert_eq!(outcome, answer.outcome, "{}", context());
                *seen.entry(format!("decided {outcome:?}")).or_insert(0) += 1;
            }
            Ok(_) => {}
            Err(_) => prop_assert_eq!(answer.outcome, Outcome::Error, "{}", context()),
        }
    }
    Ok(())
}

#[test]
fn laws_on_shipped_workflows() {
    let subjects = shipped();
    let seen = std::cell::RefCell::new(BTreeMap::new());
    // Enough for each of them, however many there are.
    let cases = u32::try_from(subjects.len() * 3).unwrap().max(80);
    check(cases, 1_500, |dice| {
        let subject = dice.pick(&subjects);
        story(dice, subject, 10, &mut seen.borrow_mut())
    });
    let seen = seen.into_inner();
    println!("{seen:#?}");
    for outcome in [
        "Moved",
        "Blocked",
        "NotExpected",
        "Error",
        "Advanced",
        "decided Moved",
        "decided Blocked",
        "decided NotExpected",
        "options kept",
    ] {
        assert!(seen.get(outcome).is_some_and(|count| *count > 20), "{outcome}: {seen:#?}");
    }
}

#[test]
fn laws_on_random_charts() {
    let seen = std::cell::RefCell::new(BTreeMap::new());
    check(400, 700, |dice| {
        let chart = generate::chart(dice);
        let subject = Subject::new(&chart.to_json(), Vec::new());
        story(dice, &subject, 10, &mut seen.borrow_mut())
    });
    let seen = seen.into_inner();
    for outcome in ["Moved", "Blocked", "NotExpected", "Error", "Advanced"] {
        assert!(seen.get(outcome).is_some_and(|count| *count > 20), "{outcome}: {seen:#?}");
    }
}

/// A workflow with everything that time does, for the same laws.
#[test]
fn laws_on_terms_and_sent_events() {
    let text = r#"{ "id": "w",
        "parameters": { "patience": { "type": "string", "format": "duration", "value": "P20D" } },
        "facts": { "n": { "type": "integer", "default": 0, "maximum": 30 }, "f": { "type": "boolean" }, "due": { "type": "string", "format": "date" },
            "wait": { "type": "string", "format": "duration" }, "quiet": { "type": "string", "format": "date-time", "value": "last(`*`) + patience" } },
        "roles": { "r": {} },
        "events": { "go": { "sets": ["n", "f"] }, "plan": { "required": ["due"] }, "slow": { "sets": ["wait"] }, "ping": { "by": [] }, "stop": {}, "fail": { "sets": ["f"] } },
        "on": { "slow": { "actions": "send(`ping`, days(3))" }, "plan": {}, "stop": { "actions": "cancel(`ping`)" } },
        "at": { "quiet": { "actions": "emit(`reminder`)" } },
        "initial": "both",
        "states": {
            "both": { "type": "parallel", "states": {
                "a": { "initial": "a1", "states": {
                    "a1": { "on": { "go": { "target": "a2", "actions": "send(`ping`); n += 1" } }, "after": { "P5D": { "guard": "f", "target": "a2" } } },
                    "a2": { "entry": "emit(`in`)", "on": { "ping": { "actions": "n += 1" }, "go": { "target": "a1", "guard": "f" } }, "after": { "wait": "a1", "PT1H": { "actions": "emit(`hour`)" } } } } },
                "b": { "initial": "b1", "states": {
                    "b1": { "at": { "due": "b2" }, "on": { "fail": { "target": "b2", "actions": "if f { n = 5 }" } } },
                    "b2": { "on": { "go": "b1" }, "after": { "P90D": "end" } } } } } },
            "end": { "type": "final" } } }"#;
    let subject = Subject::new(text, Vec::new());
    let seen = std::cell::RefCell::new(BTreeMap::new());
    check(150, 700, |dice| story(dice, &subject, 15, &mut seen.borrow_mut()));
    let seen = seen.into_inner();
    println!("{seen:#?}");
    for outcome in ["Moved", "Blocked", "NotExpected", "Error", "Advanced"] {
        assert!(seen.get(outcome).is_some_and(|count| *count > 20), "{outcome}: {seen:#?}");
    }
}

/// A repeat of an event with an id is answered with the first outcome and changes nothing.
#[test]
fn a_repeat_gets_the_first_outcome() {
    let text = r#"{ "id": "w", "facts": { "n": { "type": "integer", "default": 0 } }, "events": { "go": {}, "no": {} },
        "states": { "a": { "on": { "go": { "actions": "n += 1" }, "no": { "guard": "n > 5" } } } } }"#;
    let workflow = Workflow::from_json(text).unwrap_or_else(|report| panic!("{report}"));
    let (mut case, _) = Case::start(&workflow, None, BTreeMap::new()).unwrap();
    for name in ["go", "no"] {
        let event = Event::new(name).id(format!("id of {name}"));
        let first = case.fire(&event);
        let before = (stored(&case), case.clone());
        let again = case.fire(&event);
        assert!(again.repeat && !first.repeat);
        assert_eq!(
            (again.outcome, &again.event, again.at),
            (first.outcome, &first.event, case.time())
        );
        assert_eq!(case.explain(&event), again);
        assert_eq!((stored(&case), case.clone()), before);
    }
    assert_eq!(case.fact("n"), Some(Value::from(1)));
}
