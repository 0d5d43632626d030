//! Text in, proof of validity out: what a workflow file says.
//!
//! ```text
//! text ──json──► Node ──variant──► Node (merged) ──parse──► Definition ──validate──► Definition, proven
//! ```
//!
//! Every stage adds to one report and goes on as far as it can, so that all problems show at once.

pub(crate) mod allow;
pub(crate) mod codes;
pub(crate) mod keys;
pub(crate) mod model;
pub(crate) mod parse;
pub(crate) mod schema;
pub(crate) mod shape;
mod validate;
mod variant;
pub(crate) use variant::{normalize, relative};

#[cfg(test)]
mod tests;

use allow::Allowed;
use keys::Holds;

use crate::diagnostic::Report;
use crate::json;
use crate::limits::Limits;
use model::Definition;

/// Reads a workflow file. `name` is how the file is called in the report; `resolver` gives the text of a file that is
/// extended, by its path relative to the same place that `name` is relative to.
///
/// The definition is given in spite of errors when there is one at all, so that a later stage can add what it finds. Of a
/// file that is too large nothing else is told.
pub(crate) fn load(
    name: &str,
    text: &str,
    resolver: &mut dyn FnMut(&str) -> Result<String, String>,
    limits: &Limits,
) -> (Option<Definition>, Report) {
    let mut report = Report::limited(limits.diagnostics);
    let file = report.sources.add(name, text);
    let root = json::read(text, file, &limits.of_definitions(), &mut report)
        .and_then(|root| variant::resolve(root, name, resolver, limits, &mut report));
    let mut definition = root.as_ref().and_then(|root| parse::workflow(root, limits, &mut report));
    if let (Some(root), Some(definition)) = (&root, &mut definition) {
        definition.allowed = Allowed::read(root, Holds::One(&keys::WORKFLOW), &mut report);
    }
    // What is too large was not read to its end: what is missing there is not wrong besides.
    if report.diagnostics.iter().any(|found| LARGE.contains(&found.code)) {
        report.diagnostics.retain(|found| found.code.starts_with("limit-"));
        report.sort();
        return (None, report);
    }
    if let Some(definition) = &definition {
        validate::check(definition, &mut report);
    }
    report.sort();
    (definition, report)
}

/// More of something than is read.
const LARGE: [&str; 3] = ["limit-states", "limit-transitions", "limit-names"];
