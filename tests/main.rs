//! All integration tests in one binary: it links once.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::unreachable,
    clippy::print_stdout,
    clippy::print_stderr
)]

mod answers;
mod batch;
mod budget;
mod claims;
#[cfg(feature = "cli")]
mod cli;
mod compiled;
mod coverage;
mod deadlines;
mod decide;
mod diagnostics;
mod dice;
mod diff;
mod erasures;
mod family;
mod forged;
mod fresh;
mod gates;
mod graph;
mod guide;
mod hints;
mod journal;
mod laws;
mod library;
mod limits;
mod log;
mod logs;
mod mutation;
mod oracle;
mod people;
mod pictures;
mod proofs;
mod quiet;
mod respelling;
mod rhai_oracle;
mod scenarios;
mod signatures;
mod store;
mod structure;
mod suggest;
mod terms;
mod texts;
mod trials;
mod unknowns;
