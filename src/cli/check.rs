//! `tresteg check`: every problem of every file.

use std::path::{Path, PathBuf};

use tresteg::{Report, RuleInfo};

use super::console::Console;
use super::suites::{Broken, Shelf};
use super::{Done, Stop, Verdict, files, walk};

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
    /// Say of each file that it was checked, and which of its rules are not compiled
    #[arg(short, long)]
    verbose: bool,
}

pub(super) fn check(arguments: &Arguments, console: &mut Console<'_>) -> Done {
    let mut good = true;
    let mut listed = Vec::new();
    let mut unreadable = Vec::new();
    let shelf = Shelf::default();
    for path in walk::find(&arguments.paths, walk::Kind::Any, console)? {
        let (report, rules) = match look(&path, &shelf) {
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
        if arguments.json {
            listed.push(report);
        } else if !clean {
            console.report(&report)?;
        }
        if arguments.verbose && !arguments.json {
            let word = match (&rules, clean) {
                (None, _) => "wrong",
                (_, true) => "ok",
                (_, false) => "warnings",
            };
            console.text(&format!("{}: {word}{}", path.display(), compiled(rules.as_deref())))?;
            for rule in rules.iter().flatten() {
                if let Some(left) = uncompiled(rule) {
                    console.text(&format!("  {left}"))?;
                }
            }
        }
    }
    if arguments.json {
        write_all(&listed, console)?;
    }
    match unreadable.is_empty() {
        true => Ok(Verdict::yes_if(good)),
        false => Err(Stop::Misuse(unreadable.join("\n"))),
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

/// Which rule is not compiled, why, and where; `None` for one that is.
pub(super) fn uncompiled(rule: &RuleInfo) -> Option<String> {
    let reason = rule.reason?;
    let place = rule.place.as_ref().map(|place| format!(" ({place})")).unwrap_or_default();
    Some(format!("{} `{}` is not compiled: {reason}{place}", rule.kind, rule.name))
}

/// The problems of one file, and its rules if it loads. Those of a scenario's workflow are that file's own.
fn look(path: &Path, shelf: &Shelf) -> Result<(Report, Option<Vec<RuleInfo>>), Stop> {
    if walk::is_scenario(&path.to_string_lossy()) {
        return match shelf.suite(path).0 {
            Ok(suite) => Ok((suite.warnings().clone(), Some(Vec::new()))),
            Err(Broken::Wrong(mut reports)) => Ok((reports.pop().unwrap_or_default(), None)),
            Err(Broken::Unreadable(message)) => Err(Stop::Misuse(message)),
        };
    }
    Ok(match files::load(path)? {
        Ok(workflow) => (workflow.warnings().clone(), Some(workflow.rules())),
        Err(report) => (report, None),
    })
}

/// The problems of all files in one list.
fn write_all(reports: &[tresteg::Report], console: &mut Console<'_>) -> Result<(), Stop> {
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
