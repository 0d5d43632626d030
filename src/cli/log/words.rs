//! Phrases about logs, in the language that is spoken.

use tresteg::language::logs::Logs;

pub(super) fn logs() -> &'static Logs {
    Logs::of(crate::cli::words::language())
}
