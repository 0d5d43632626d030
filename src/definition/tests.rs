//! Whole files in, reports out.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use super::load;
use crate::limits::Limits;

#[test]
fn smoke() {
    let text = std::fs::read_to_string("tests/diagnostics/example.json").unwrap();
    let (definition, report) = load("example.json", &text, &mut |_| Err("none".into()), &Limits::default());
    println!("{report}");
    println!("{:#?}", definition.map(|d| d.transitions.len()));
}
