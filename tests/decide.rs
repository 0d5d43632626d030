//! Steps that nobody reads: events that are only asked about, and answers and entries that wait to be told.

use std::thread;

use tresteg::case::Snapshot;
use tresteg::journal::verify;
use tresteg::{Actor, Case, Event, Limits, Outcome, Workflow};

const FLAGSHIP: &str = include_str!("../workflows/vastra-goteborg.json");

const FLAT: &str = r#"{ "id": "flat", "roles": { "clerk": {} },
    "facts": { "ready": { "type": "boolean", "default": true }, "level": { "type": "integer", "default": 2 }, "open": { "type": "boolean" } },
    "events": { "go": { "sets": ["level"] }, "stop": { "by": ["clerk"] }, "name": { "required": ["ready"] }, "divide": {}, "wait": {}, "own": { "by": [] } },
    "initial": "a", "states": {
        "a": { "on": { "go": [{ "target": "b", "guard": "ready && level >= 5" }, { "target": "c", "guard": "level >= 2" }],
            "stop": { "target": "end", "by": ["clerk"] }, "name": "b", "divide": { "target": "b", "guard": "10 / (level - 2) > 1" },
            "wait": [{ "target": "b", "guard": "open" }, "c"] } },
        "b": {}, "c": { "on": { "go": { "target": "a", "guard": "level > 9" } } }, "end": { "type": "final" } } }"#;

fn start(workflow: &Workflow) -> Case {
    Case::start(workflow, None, Default::default()).unwrap().0
}

#[test]
fn an_event_is_decided_as_it_would_be_answered() {
    let workflow = Workflow::from_json(FLAT).unwrap();
    let mut case = start(&workflow);
    let clerk = Actor::new("eva").role("clerk");
    let ask = |case: &Case, name: &str, actor: Option<&Actor>| {
        case.decide(&workflow.event_handle(name).unwrap(), actor).map_err(|error| error.to_string())
    };
    assert_eq!(ask(&case, "go", None), Ok(Outcome::Moved));
    assert_eq!(ask(&case, "stop", None), Ok(Outcome::Blocked));
    assert_eq!(ask(&case, "stop", Some(&clerk)), Ok(Outcome::Moved));
    // It must carry a fact.
    assert_eq!(ask(&case, "name", None), Ok(Outcome::Blocked));
    // Nothing behind an undecided transition is tried.
    assert_eq!(ask(&case, "wait", None), Ok(Outcome::Blocked));
    assert!(ask(&case, "divide", None).unwrap_err().contains("zero"));
    assert!(case.fire(&Event::new("go")).is_moved());
    assert_eq!(case.states(), ["c"]);
    assert_eq!(ask(&case, "go", None), Ok(Outcome::Blocked));
    assert_eq!(ask(&case, "stop", Some(&clerk)), Ok(Outcome::NotExpected));
    // Names that nobody from outside may send.
    for name in ["own", "nonsense", "done.state.a", ""] {
        assert!(workflow.event_handle(name).is_none(), "{name}");
    }
    // A handle belongs to the workflow that it was made by.
    let other = Workflow::from_json(FLAT).unwrap();
    let error = case.decide(&other.event_handle("go").unwrap(), None).unwrap_err();
    assert!(error.to_string().contains("another workflow"), "{error}");
}

#[test]
fn deciding_allocates_nothing() {
    let flat = Workflow::from_json(FLAT).unwrap();
    // Where signatures are waited for, who asks is kept.
    let flagship = FLAGSHIP.replace("\"signed_by\"", "\"x-signed\"");
    let flagship = flagship.replace(", \"revoke\": \"take_back_signature\"", "");
    let flagship = Workflow::from_json(&flagship).unwrap();
    let clerk = Actor::new("eva").role("clerk").role("manager");
    let parallel = Workflow::from_json(
        r#"{ "id": "w", "initial": "p", "facts": { "f": { "type": "boolean", "default": true } }, "states": { "p": { "type": "parallel", "states": {
            "a": { "initial": "a1", "states": { "a1": { "on": { "go": { "target": "a2", "guard": "f" } } }, "a2": {} } },
            "b": { "initial": "b1", "states": { "b1": { "on": { "go": { "target": "b2", "guard": "!f" } } }, "b2": {} } } } } } }"#,
    )
    .unwrap();
    for (workflow, names) in [
        (&flat, &["go", "stop", "name", "wait"][..]),
        (&flagship, &["appoint", "contact_made", "record_lesson", "review_support"]),
        (&parallel, &["go"]),
    ] {
        let case = start(workflow);
        for name in names {
            let handle = workflow.event_handle(name).unwrap();
            let allocated = allocation_counter::measure(|| {
                for actor in [None, Some(&clerk)] {
                    std::hint::black_box(case.decide(&handle, actor).unwrap());
                }
            });
            assert_eq!(allocated.count_total, 0, "{name}");
        }
    }
}

/// Steps of a story on the flagship that change facts.
fn meet(number: usize) -> Event {
    let actor = Actor::new("m").role("manager");
    if number.is_multiple_of(2) {
        return Event::new("appoint")
            .by(actor)
            .fact("responsible_appointed", number.is_multiple_of(4));
    }
    Event::new("record_lesson").by(actor).fact("lesson", format!("lesson {number}"))
}

#[test]
fn entries_that_wait_stay_small_however_many_there_are() {
    let workflow = Workflow::from_json(FLAGSHIP).unwrap();
    let mut case = start(&workflow);
    let held = |case: &mut Case, from: usize, to: usize| {
        let grown = allocation_counter::measure(|| {
            for number in from..to {
                assert!(case.fire(&meet(number)).is_moved());
            }
        });
        grown.bytes_current / i64::try_from(to - from).unwrap()
    };
    // The newest hold the case's data on both sides, older ones what they say.
    let first = held(&mut case, 0, 64);
    let later = held(&mut case, 64, 2_000);
    println!("bytes an entry: {first} of the first 64, {later} of the next");
    assert!(first < 12_000, "{first}");
    assert!(later < 4_000, "{later}");

    // Where a case is large, fewer are held: a thousand copies of these facts would be 100 MB.
    let facts: Vec<String> = (0..2_000)
        .map(|fact| format!(r#""f{fact}": {{ "type": "integer", "default": {fact} }}"#))
        .collect();
    let text = format!(
        r#"{{ "id": "large", "facts": {{ {} }}, "events": {{ "set": {{ "sets": ["f7"] }} }}, "states": {{ "s": {{ "on": {{ "set": {{}} }} }} }} }}"#,
        facts.join(", ")
    );
    let workflow = Workflow::from_json(&text).unwrap();
    let mut case = start(&workflow);
    let grown = allocation_counter::measure(|| {
        for number in 0..1_000 {
            case.fire(&Event::new("set").fact("f7", number));
        }
    });
    println!("bytes of 1 000 entries of a large case: {}", grown.bytes_current);
    assert!(grown.bytes_current < 6_000_000, "{}", grown.bytes_current);
}

#[test]
fn ids_that_are_remembered_stay_small_too() {
    let workflow = Workflow::load(
        "w.json",
        FLAGSHIP,
        &mut |_| Err(String::new()),
        &Limits { untaken_entries: 0, ..Limits::default() },
    )
    .unwrap();
    let mut case = start(&workflow);
    let events: Vec<Event> =
        (0..1_000).map(|number| meet(number).id(format!("id {number}"))).collect();
    let grown = allocation_counter::measure(|| {
        for event in &events {
            assert!(case.fire(event).is_moved());
        }
    });
    println!("bytes an id: {}", grown.bytes_current / 1_000);
    assert!(grown.bytes_current < 300_000, "{}", grown.bytes_current);
    // A repeat gets the first outcome, and nothing else.
    for event in [&events[0], &events[500], &events[999]] {
        let again = case.fire(event);
        assert_eq!(again.outcome, Outcome::Moved);
        assert_eq!(again.event.as_deref(), Some(event.name.as_str()));
        assert!(again.repeat && again.effects.taken.is_empty());
    }
}

#[test]
fn what_happened_is_told_alike_whenever_and_wherever() {
    let workflow = Workflow::from_json(FLAGSHIP).unwrap();
    let (mut case, mut twin) = (start(&workflow), start(&workflow));
    let mut waiting = Vec::new();
    let mut journal = String::new();
    for number in 0..200 {
        waiting.push((case.fire(&meet(number)), {
            let decision = twin.fire(&meet(number));
            serde_json::to_string(&decision).unwrap()
        }));
        // The one takes its entries at once, the other in the end, when most have been told for want of room.
        journal.extend(twin.take_entries(&[7; 32]).into_iter().map(|entry| entry.line + "\n"));
        let stored = serde_json::to_string(&twin.snapshot()).unwrap();
        let snapshot: Snapshot = serde_json::from_str(&stored).unwrap();
        twin = Case::restore(&workflow, snapshot).unwrap();
    }
    let told = thread::spawn(move || {
        for (late, at_once) in waiting {
            assert_eq!(serde_json::to_string(&late).unwrap(), at_once);
        }
    });
    told.join().unwrap();
    let late: String =
        case.take_entries(&[7; 32]).into_iter().map(|entry| entry.line + "\n").collect();
    assert_eq!(late, journal);
    assert_eq!(case.head(), twin.head());
    verify(&workflow, &journal, Some(&case.head())).unwrap();
}
