//! The store of the guide, with writers that really are there at the same time and crashes wherever one can strike.

#[path = "../src/guide/sqlite.rs"]
mod sqlite;

use std::sync::{Arc, Barrier};

use sqlite::{Kept, Store};
use tresteg::journal::verify;
use tresteg::{Actor, Case, Event, Outcome, Workflow};

const SALT: [u8; 32] = *b"a salt for tests, and only those";

fn workflow() -> Workflow {
    let text = r#"{
        "id": "counter",
        "facts": { "total": { "type": "integer", "default": 0 }, "by": { "type": "integer" } },
        "events": { "add": { "required": ["by"] } },
        "initial": "open",
        "states": { "open": { "on": { "add": { "guard": "by > 0", "actions": "total += by" } } } }
    }"#;
    Workflow::from_json(text).unwrap_or_else(|report| panic!("{report:#}"))
}

/// A path of its own, without what an earlier run left.
fn file(name: &str) -> std::path::PathBuf {
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("store").join(name);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    folder.join("cases.sqlite")
}

fn begin(store: &mut Store, workflow: &Workflow) {
    let (mut case, _) = Case::start(workflow, None, Default::default()).unwrap();
    assert_eq!(store.begin("one", &mut case).unwrap(), Kept::Yes);
}

fn add(by: i64) -> Event {
    Event::new("add").by(Actor::new("eva")).fact("by", by)
}

/// What is kept is one story: the journal verifies up to the head of the snapshot and leads to its facts.
fn agree(store: &Store, workflow: &Workflow) -> Case {
    let case = store.load(workflow, "one").unwrap().unwrap();
    let journal = store.journal("one").unwrap();
    let mut verifier = tresteg::journal::Verifier::new(workflow);
    for line in journal.split_inclusive('\n') {
        verifier.line(line).unwrap();
    }
    let again = verifier.case().unwrap();
    assert_eq!((again.states(), again.facts()), (case.states(), case.facts()));
    let verified = verify(workflow, &journal, Some(&case.head())).unwrap();
    assert_eq!(verified.recomputed, case.head().sequence);
    case
}

#[test]
fn of_two_who_loaded_the_same_case_the_second_is_told() {
    let workflow = workflow();
    let path = file("two");
    let (mut one, mut two) = (Store::open(&path, SALT).unwrap(), Store::open(&path, SALT).unwrap());
    begin(&mut one, &workflow);
    let (mut mine, mut theirs) = (
        one.load(&workflow, "one").unwrap().unwrap(),
        two.load(&workflow, "one").unwrap().unwrap(),
    );
    let loaded = mine.head();
    mine.fire(&add(1));
    theirs.fire(&add(10));
    assert_eq!(one.keep("one", &loaded, &mut mine).unwrap(), Kept::Yes);
    assert_eq!(two.keep("one", &loaded, &mut theirs).unwrap(), Kept::Conflict);
    assert_eq!(agree(&two, &workflow).fact("total"), Some(1.into()));
    two.fire(&workflow, "one", &add(10)).unwrap();
    assert_eq!(agree(&one, &workflow).fact("total"), Some(11.into()));
    let (mut other, _) = Case::start(&workflow, None, Default::default()).unwrap();
    assert_eq!(one.begin("one", &mut other).unwrap(), Kept::Conflict, "there is one already");
}

#[test]
fn nothing_is_lost_between_writers_on_threads() {
    const WRITERS: i64 = 4;
    const EVENTS: i64 = 25;
    let workflow = workflow();
    let path = file("threads");
    let mut store = Store::open(&path, SALT).unwrap();
    begin(&mut store, &workflow);
    let barrier = Arc::new(Barrier::new(usize::try_from(WRITERS).unwrap()));
    let writers: Vec<_> = (0..WRITERS)
        .map(|writer| {
            let (workflow, path, barrier) = (workflow.clone(), path.clone(), Arc::clone(&barrier));
            std::thread::spawn(move || {
                let mut store = Store::open(path, SALT).unwrap();
                barrier.wait();
                for number in 0..EVENTS {
                    // Every event is sent twice, as by a sender that heard no answer; refusals are kept as well.
                    let event = add(number % 5).id(format!("{writer}-{number}"));
                    let first = store.fire(&workflow, "one", &event).unwrap();
                    assert_eq!(first.outcome == Outcome::Moved, number % 5 > 0);
                    let again = store.fire(&workflow, "one", &event).unwrap();
                    assert_eq!((again.outcome, again.repeat), (first.outcome, true));
                }
            })
        })
        .collect();
    for writer in writers {
        writer.join().unwrap();
    }
    let case = agree(&store, &workflow);
    assert_eq!(case.fact("total"), Some((WRITERS * EVENTS / 5 * (1 + 2 + 3 + 4)).into()));
    assert_eq!(case.head().sequence, 1 + u64::try_from(WRITERS * EVENTS).unwrap());
}

/// The database stops at its n-th step, for n = 1, 2, … until an event goes through: as if the power went.
#[test]
fn a_crash_at_any_step_leaves_state_and_journal_agreed() {
    let workflow = workflow();
    let path = file("crash");
    begin(&mut Store::open(&path, SALT).unwrap(), &workflow);
    let mut crashes = 0;
    for steps in 1.. {
        let mut store = Store::open(&path, SALT).unwrap();
        let before = agree(&store, &workflow).head();
        store.stop_after(steps);
        let fired = store.fire(&workflow, "one", &add(1).id("only once"));
        // Without a word to the database: the connection is gone, what it had begun is for the next to undo.
        drop(store);
        let mut store = Store::open(&path, SALT).unwrap();
        let after = agree(&store, &workflow);
        match fired {
            Err(_) => {
                crashes += 1;
                assert!(after.head() == before || after.head().sequence == before.sequence + 1);
            }
            Ok(answer) => {
                assert_eq!(answer.outcome, Outcome::Moved);
                let again = store.fire(&workflow, "one", &add(1).id("only once")).unwrap();
                assert_eq!((again.outcome, again.repeat), (answer.outcome, true));
                assert_eq!(agree(&store, &workflow).fact("total"), Some(1.into()));
                break;
            }
        }
    }
    assert!(crashes > 20, "{crashes} crashes");
}

impl Store {
    /// Makes the database fail after so many of its own steps.
    fn stop_after(&mut self, steps: usize) {
        let mut left = steps;
        let stop = move || {
            left = left.saturating_sub(1);
            left == 0
        };
        self.connection.progress_handler(1, Some(stop)).unwrap();
    }
}
