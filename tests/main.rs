//! All integration tests in one binary.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod diagnostics;
#[cfg(feature = "cli")]
mod cli;
mod structure;
