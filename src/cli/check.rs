//! `tresteg check`: every problem of every file.

use std::path::{Path, PathBuf};

use tresteg::Report;

use super::console::Console;
use super::suites::{Broken, Shelf};
use super::{Done, Stop, Verdict, files};

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
    /// Say of each file that it was checked
    #[arg(short, long)]
    verbose: bool,
}

pub(super) fn check(arguments: &Arguments, console: &mut Console<'_>) -> Done {
    let mut good = true;
    let mut listed = Vec::new();
    let mut unreadable = Vec::new();
    let shelf = Shelf::default();
    for path in files::find(&arguments.paths, files::Kind::Any)? {
        let (report, loaded) = match look(&path, &shelf) {
            Ok(found) => found,
            // One that cannot be read does not hide the problems of the others.
            Err(Stop::Misuse(message)) => {
                unreadable.push(message);
                continue;
            }
            Err(stop) => return Err(stop),
        };
        let clean = report.diagnostics().is_empty();
        good &= loaded && (clean || !arguments.deny_warnings);
        if arguments.json {
            listed.push(report);
        } else if !clean {
            console.report(&report)?;
        }
        if arguments.verbose && !arguments.json {
            let word = if !loaded {
                "wrong"
            } else if clean {
                "ok"
            } else {
                "warnings"
            };
            console.text(&format!("{}: {word}", path.display()))?;
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

/// The problems of one file, and whether it loads. Those of a scenario's workflow are that file's own.
fn look(path: &Path, shelf: &Shelf) -> Result<(Report, bool), Stop> {
    if files::is_scenario(&path.to_string_lossy()) {
        return match shelf.suite(path).0 {
            Ok(suite) => Ok((suite.warnings().clone(), true)),
            Err(Broken::Wrong(mut reports)) => Ok((reports.pop().unwrap_or_default(), false)),
            Err(Broken::Unreadable(message)) => Err(Stop::Misuse(message)),
        };
    }
    Ok(match files::load(path)? {
        Ok(workflow) => (workflow.warnings().clone(), true),
        Err(report) => (report, false),
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
