//! `tresteg check`: every problem of every file.

use std::path::{Path, PathBuf};

use tresteg::RuleInfo;

use super::console::Console;
use super::{Done, Stop, Verdict, files};

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Workflow files, or folders: every *.json below that is no *.scenario.json
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
    for path in workflows(&arguments.paths)? {
        let (report, rules) = match files::load(&path) {
            Ok(Ok(workflow)) => (workflow.warnings().clone(), Some(workflow.rules())),
            Ok(Err(report)) => (report, None),
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

/// The files meant: those named, and of folders what looks like a workflow, in the order of their names.
pub(super) fn workflows(paths: &[PathBuf]) -> Result<Vec<PathBuf>, Stop> {
    let mut files = Vec::new();
    for path in paths {
        if path.is_dir() {
            let before = files.len();
            below(path, &mut files)?;
            if files.len() == before {
                return Err(Stop::file(path, "holds no workflow: no *.json in it or below"));
            }
        } else {
            files.push(path.clone());
        }
    }
    Ok(files)
}

/// Files below a folder. Links to folders are not followed, so that no circle is walked; hidden entries are passed over.
fn below(folder: &Path, files: &mut Vec<PathBuf>) -> Result<(), Stop> {
    let mut found = Vec::new();
    let mut waiting = vec![folder.to_path_buf()];
    while let Some(folder) = waiting.pop() {
        let wrong = |error: std::io::Error| Stop::file(&folder, files::said(&error));
        for entry in std::fs::read_dir(&folder).map_err(wrong)? {
            let entry = entry.map_err(wrong)?;
            let name = entry.file_name();
            let name = name.to_string_lossy();
            if name.starts_with('.') {
                continue;
            }
            if entry.file_type().map_err(wrong)?.is_dir() {
                waiting.push(entry.path());
            } else if name.ends_with(".json")
                && !name.ends_with(".scenario.json")
                && entry.path().is_file()
            {
                found.push(entry.path());
            }
        }
    }
    found.sort();
    files.append(&mut found);
    Ok(())
}
