//! What a rule costs: compiled, with a fact set anew each time, by the evaluator, in plain Rhai, and written by hand as a closure
//! over a struct, for both lists of guards; and what it costs to set facts.
//!
//! `cargo bench --bench rules` prints it; `setting` behind `--` only what setting costs. LuaJIT in the same rounds: see `peers/`.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::indexing_slicing
)]

#[path = "calendar.rs"]
mod calendar;
// `peers/` uses the rest.
#[allow(dead_code)]
#[path = "guards.rs"]
mod guards;
#[path = "speed.rs"]
mod speed;
#[path = "written.rs"]
mod written;

use std::hint::black_box;

use tresteg::Workflow;

use guards::{measure, workflow};
use speed::{Peer, Run};

/// No other engine.
struct Nobody;

impl<N> Peer<N> for Nobody {
    const NAME: &str = "";

    fn prepare<'r>(
        &'r self,
        _: &str,
        _: &'r [N],
        _: &mut dyn FnMut(usize, bool),
    ) -> Option<Vec<Run<'r>>> {
        None
    }
}

/// Twenty facts of a row, set through handles.
fn setting(workflow: &Workflow) {
    let handle = |name: &str| workflow.fact_handle(name).unwrap();
    let booleans = ["risk_assessed", "in_kind", "conflict_open"].map(handle);
    let integers = ["partner_sectors", "dialogue_meetings", "weeks_late"].map(handle);
    let numbers = ["trust", "diversity", "shared_power", "small_scale", "courage"].map(handle);
    let amounts = ["funding_sek", "fee"].map(handle);
    let days = ["decided_on", "reported_on", "asked"].map(handle);
    let (share, amount): (tresteg::Number, tresteg::Number) =
        ("0.25".parse().unwrap(), "60000".parse().unwrap());
    let date: tresteg::Date = "2026-03-01".parse().unwrap();
    let mut row = workflow.row();
    let [min, median, max] = measure(|| {
        let row = black_box(&mut row);
        // Sixteen facts; the integers and a boolean twice.
        for fact in booleans.iter().chain(&booleans[..1]) {
            row.set(*fact, black_box(true)).unwrap();
        }
        for fact in integers.iter().chain(&integers) {
            row.set(*fact, black_box(3)).unwrap();
        }
        for fact in &numbers {
            row.set(*fact, black_box(share)).unwrap();
        }
        for fact in &amounts {
            row.set(*fact, black_box(amount)).unwrap();
        }
        for fact in &days {
            row.set(*fact, black_box(date)).unwrap();
        }
        1
    });
    println!("\nsetting 20 facts through handles: {min:.0}/{median:.0}/{max:.0} ns");
    let text = r#"{ "risk_assessed": true, "partner_sectors": 3, "trust": 0.25, "dialogue_meetings": 4, "funding_sek": 60000,
        "in_kind": true, "conflict_open": false, "lead": "civil", "diversity": 0.75, "shared_power": 0.8, "small_scale": 0.6,
        "courage": 0.5, "risk": "low", "decided_on": "2026-03-01", "reported_on": "2026-03-15", "asked": "2026-02-01",
        "fee": 20000.50, "weeks_late": 1, "share_a": 0.125, "share_b": 0.25 }"#;
    assert_eq!(text.matches("\":").count(), 20);
    let mut members: Vec<&str> =
        text.trim_matches(['{', '}', ' ']).split(',').map(str::trim).collect();
    members.sort_unstable();
    let sorted = format!("{{{}}}", members.join(","));
    for (order, text) in [("of the file", text), ("of their names, without spaces", &*sorted)] {
        let [min, median, max] = measure(|| {
            black_box(&mut row).set_json(black_box(text)).unwrap();
            1
        });
        println!(
            "setting 20 facts from JSON text, in the order {order}: {min:.0}/{median:.0}/{max:.0} ns"
        );
    }
}

fn main() {
    let workflow = workflow();
    setting(&workflow);
    if std::env::args().any(|argument| argument == "setting") {
        return;
    }
    speed::print(&Nobody);
}
