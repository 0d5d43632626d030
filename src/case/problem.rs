//! What becomes a [`Problem`]: a script's fault, a value that does not fit.

use crate::definition::shape::Violation;
use crate::error::Problem;
use crate::label::Label;
use crate::language::problems;
use crate::rule::Fault;
use crate::said::Said;
use crate::workflow::Compiled;

/// A script that failed, with its place in the file.
pub(crate) fn fault(workflow: &Compiled, fault: &Fault) -> Problem {
    // A bound that no script is to blame for has no place.
    let place =
        if fault.span.end == 0 { None } else { workflow.report.sources().place(fault.span) };
    Problem {
        hint: fault.hint.clone(),
        place: place.map(|at| format!("{}:{}:{}", at.file, at.line, at.column)),
        ..Problem::new(fault.code, fault.message.clone())
    }
}

/// A value that does not fit its declaration.
pub(crate) fn violation(code: &str, name: &str, title: &Label, found: Violation) -> Problem {
    let Violation { path, message, hint } = found;
    let named = Said::Named { name: name.to_owned(), title: title.clone(), path };
    let problem = Problem::said(code, Said::of(&problems::VALUE, [named, message]));
    match hint {
        Some(hint) => problem.hint(hint),
        None => problem,
    }
}
