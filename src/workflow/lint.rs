//! What is allowed and rarely meant, found in the compiled workflow: warnings only.

mod ends;
mod regions;
mod restarts;
mod senders;
mod unread;

use std::collections::HashSet;

use crate::definition::model::Definition;
use crate::diagnostic::Report;
use crate::rule::Rules;
use crate::workflow::chart::Chart;

/// Adds what there is to warn of to the report of a workflow without errors; `told` are events that child cases send to it.
/// Cost: about linear in the file.
pub(super) fn check(
    definition: &Definition,
    rules: &Rules,
    chart: &Chart,
    told: &HashSet<&str>,
    report: &mut Report,
) {
    unread::check(definition, rules, told, report);
    ends::check(definition, chart, report);
    regions::check(definition, rules, chart, report);
    restarts::check(definition, chart, report);
    senders::check(definition, rules, report);
}
