//! `tresteg check`: every problem of every file.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use tresteg::diagnostic::{Report, Severity};
use tresteg::workflow::RuleInfo;

use super::console::Console;
use super::suites::{Broken, WorkflowCache};
use super::{Done, Spoken, Stop, Verdict, disk, files, walk};

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Workflow and scenario files, or folders: every *.json below
    #[arg(required = true)]
    paths: Vec<PathBuf>,
    /// Treat warnings as errors
    #[arg(long)]
    deny_warnings: bool,
    /// Print the problems as one JSON list to standard output
    #[arg(long)]
    json: bool,
    /// Say of each file that it was checked, which warnings it allows and why, and which of its rules are not compiled
    #[arg(short, long)]
    verbose: bool,
    #[command(flatten)]
    pub(super) spoken: Spoken,
}

pub(super) fn check(arguments: &Arguments, console: &mut Console<'_>) -> Done {
    let mut good = true;
    let mut listed = Vec::new();
    let mut unreadable = Vec::new();
    let shelf = WorkflowCache::default();
    let mut told = Told::default();
    for path in walk::find(&arguments.paths, walk::Kind::Any, console)? {
        let (mut report, rules) = match look(&path, &shelf) {
            Ok(found) => found,
            // One that cannot be read does not hide the problems of the others.
            Err(Stop::Misuse(message)) => {
                unreadable.push(message);
                continue;
            }
            Err(stop) => return Err(stop),
        };
        let clean = report.diagnostics().is_empty();
        good &= rules.is_some() && (clean || !arguments.deny_warnings);
        told.leave_out(&mut report);
        if !arguments.json && !report.diagnostics().is_empty() {
            console.report(&report)?;
        }
        if arguments.verbose && !arguments.json {
            let word = match (&rules, clean) {
                (None, _) => "wrong",
                (_, true) => "ok",
                (_, false) => "warnings",
            };
            console.line(&format!("{}: {word}{}", path.display(), compiled(rules.as_deref())))?;
            for allowed in report.allowed() {
                let found = &allowed.diagnostic;
                let place = found.span.and_then(|span| report.sources().place(span));
                let place = place
                    .map(|place| format!(" ({}:{}:{})", place.file, place.line, place.column))
                    .unwrap_or_default();
                let (code, reason) = (found.code, &allowed.reason);
                console.line(&format!("  allowed {code}: {}{place}: {reason}", found.message))?;
            }
            for rule in rules.iter().flatten() {
                if let Some(left) = uncompiled(rule) {
                    console.line(&format!("  {left}"))?;
                }
            }
        }
        if arguments.json {
            listed.push(report);
        }
    }
    if arguments.json {
        write_all(&listed, console)?;
    }
    let Some((last, others)) = unreadable.split_last() else { return Ok(Verdict::yes_if(good)) };
    for message in others {
        console.complain(message)?;
    }
    Err(Stop::Misuse(last.clone()))
}

/// The real file, the line and the column.
type Position = (PathBuf, u32, u32);

/// Warnings that have been told: of a base that several variants extend each would bring the same again.
#[derive(Default)]
struct Told {
    /// By code, message and the place of the text meant.
    warnings: BTreeSet<(&'static str, String, Option<Position>)>,
}

impl Told {
    fn leave_out(&mut self, report: &mut Report) {
        let sources = report.sources().clone();
        report.retain(|found| {
            if found.severity == Severity::Error {
                return true;
            }
            let place = found.span.and_then(|span| sources.place(span));
            let place =
                place.map(|place| (disk::real(Path::new(&place.file)), place.line, place.column));
            self.warnings.insert((found.code, found.message.clone(), place))
        });
    }
}

/// How many rules are compiled, of a file that has any.
fn compiled(rules: Option<&[RuleInfo]>) -> String {
    match rules {
        None | Some([]) => String::new(),
        Some(rules) => {
            let compiled = rules.iter().filter(|rule| rule.compiled).count();
            format!(", {compiled} of {} rules compiled", rules.len())
        }
    }
}

/// Which rule is not compiled, or not in all of its parts, why, and where; `None` for one that is.
pub(super) fn uncompiled(rule: &RuleInfo) -> Option<String> {
    let reason = rule.reason?;
    let place = rule.place.as_ref().map(|place| format!(" ({place})")).unwrap_or_default();
    let how = match rule.compiled {
        true => "is compiled, and left to the evaluator where it comes to a part that is not",
        false => "is not compiled",
    };
    Some(format!("{} `{}` {how}: {reason}{place}", rule.kind, rule.name))
}

/// The problems of one file, and its rules if it loads. Those of a scenario's workflow are that file's own.
fn look(path: &Path, shelf: &WorkflowCache) -> Result<(Report, Option<Vec<RuleInfo>>), Stop> {
    if walk::is_scenario(&path.to_string_lossy()) {
        return match shelf.suite(path).0 {
            Ok(suite) => Ok((suite.warnings().clone(), Some(Vec::new()))),
            Err(Broken::Wrong(mut reports)) => Ok((reports.pop().unwrap_or_default(), None)),
            Err(Broken::Unreadable(message)) => Err(Stop::Misuse(message)),
        };
    }
    Ok(match files::load(path)? {
        Ok(workflow) => (tresteg::lab::checked(&workflow), Some(workflow.rules())),
        Err(report) => (report, None),
    })
}

/// The problems of all files in one list.
fn write_all(
    reports: &[tresteg::diagnostic::Report],
    console: &mut Console<'_>,
) -> Result<(), Stop> {
    let mut all: Vec<serde_json::Value> = Vec::new();
    for report in reports {
        if let Ok(serde_json::Value::Array(problems)) = serde_json::to_value(report) {
            all.extend(problems);
        }
    }
    serde_json::to_writer_pretty(&mut *console.out, &all).map_err(std::io::Error::from)?;
    console.out.write_all(b"\n")?;
    Ok(())
}
