//! Suggestions: each was run and reaches what it promises; what is impossible is said to be.

use std::fmt::Write as _;
use std::time::Instant;

use tresteg::{Coverage, Language, suggest};

use crate::library;

#[test]
#[ignore]
fn survey() {
    let only = std::env::var("ONLY").ok();
    let mut table = String::new();
    for (name, workflow) in library::all() {
        if only.as_ref().is_some_and(|only| *only != name) {
            continue;
        }
        let began = Instant::now();
        let found = suggest(&Coverage::new(&workflow), &[], &format!("{name}.json"), Language::English);
        let totals = found.coverage.totals();
        let impossible = found.unreached.iter().filter(|goal| goal.is_impossible).count();
        let _ = writeln!(
            table,
            "{name}: {} ({} %) by {} scenarios, {} unreached, {impossible} impossible; states {} transitions {}; {:?}",
            totals.all,
            totals.all.percent(),
            found.found.len(),
            found.unreached.len(),
            totals.states,
            totals.transitions,
            began.elapsed()
        );
        if only.is_some() {
            println!("{}", found.text);
            for goal in &found.unreached {
                println!("{}: {}", goal.title, goal.reason);
            }
        }
    }
    println!("{table}");
}
