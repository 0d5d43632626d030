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

#[cfg(feature = "cli")]
mod cli;
mod compiled;
mod diagnostics;
mod dice;
mod journal;
mod laws;
mod library;
mod limits;
mod oracle;
mod rhai_oracle;
mod structure;
mod unknowns;
