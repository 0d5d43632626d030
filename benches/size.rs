//! How much workflows, cases and entries that wait hold, in bytes: `cargo bench --bench size`. Apart from what is timed, since
//! counting makes each allocation slower.
#![allow(missing_docs, clippy::unwrap_used, clippy::print_stdout, clippy::indexing_slicing)]

use tresteg::{Actor, Case, Event, Workflow};

mod generated;
use generated::{FLAGSHIP, generated};

fn main() {
    for (name, text) in [("flagship", FLAGSHIP.to_owned()), ("10 000 states", generated(10_000))] {
        let mut kept = Vec::new();
        let loaded = allocation_counter::measure(|| kept.push(Workflow::from_json(&text).unwrap()));
        let workflow = &kept[0];
        let mut cases: Vec<Case> = Vec::with_capacity(1_000);
        let started = allocation_counter::measure(|| {
            cases.extend(
                (0..1_000).map(|_| Case::start(workflow, None, Default::default()).unwrap().0),
            );
        });
        let each = started.bytes_current / 1_000 + size_of::<Case>() as i64;
        println!("{name}: workflow {} bytes, case {each} bytes", loaded.bytes_current);
    }

    let workflow = Workflow::from_json(FLAGSHIP).unwrap();
    let mut case = Case::start(&workflow, None, Default::default()).unwrap().0;
    let manager = Actor::new("m").role("manager");
    let mut held = |from: u32, to: u32| {
        let grown = allocation_counter::measure(|| {
            for number in from..to {
                let event = Event::new("appoint").by(manager.clone());
                case.fire(&event.fact("responsible_appointed", number.is_multiple_of(2)));
            }
        });
        grown.bytes_current / i64::from(to - from)
    };
    println!(
        "an entry that waits: {} bytes of the newest, {} of older ones",
        held(0, 64),
        held(64, 4_000)
    );
}
