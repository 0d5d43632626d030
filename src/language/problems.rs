//! Problems of events, facts and scripts in words.

use super::Language;
use crate::error::Problem;

/// A problem on one line.
pub(crate) fn problem(found: &Problem, _language: Language) -> String {
    found.to_string()
}
