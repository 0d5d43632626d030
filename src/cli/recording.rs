//! `tresteg record`: cases that were played become scenarios.

use std::path::{Path, PathBuf};

use tresteg::case::InputLine;
use tresteg::scenario::{Mismatch, Recorder, Suite};
use tresteg::{Case, Limits, Outcome, Workflow};

use super::console::Console;
use super::files::{self, Line, Lines};
use super::save::{self, Place};
use super::words::{say, spoken};
use super::{Done, Spoken, Stop, Verdict, disk};

#[derive(Debug, clap::Args)]
#[command(after_help = "\
The events are lines of JSON as `run` reads them. The scenario expects what happens now, answer by
answer: read it before you keep it. It is run once as `test` would before it is written. The `x-comment` of a line becomes the title of its step. Of
several files each becomes one scenario of the file that is written, by its name.

Exit codes: 0 written; 1 the workflow or a line is wrong, or `test` would not take the scenario;
2 misuse.")]
pub(super) struct Arguments {
    /// The workflow file
    workflow: PathBuf,
    /// Files with lines of JSON, one event each; `-` for standard input
    #[arg(required = true, value_name = "EVENTS")]
    events: Vec<PathBuf>,
    /// Write to a new file instead of standard output, in the folder of the workflow or above it
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    #[command(flatten)]
    pub(super) spoken: Spoken,
}

pub(super) fn record(arguments: &Arguments, console: &mut Console<'_>) -> Done {
    let workflow = files::without_journal(&arguments.workflow, console)?;
    let reference = reference(arguments)?;
    let mut recorder = Recorder::new(&reference);
    for path in &arguments.events {
        let stem = path.file_stem().map(|stem| stem.to_string_lossy().into_owned());
        let name = stem.filter(|stem| stem != "-").unwrap_or_else(|| "recorded".to_owned());
        let mut lines = Lines::open(path)?;
        let mut case: Option<Case> = None;
        while let Some((number, line)) = lines.next()? {
            let (input, comment) = read(&line, &lines.name, number, console)?;
            // The first line may begin the case; else it begins by itself.
            let case = match &mut case {
                Some(case) => case,
                none => {
                    let (at, facts) = match &input {
                        InputLine::Start { at, facts } => (*at, facts.clone()),
                        _ => (None, Default::default()),
                    };
                    let begun = Case::start(&workflow, at, facts.clone())
                        .map_err(|error| Stop::Misuse(say!(cannot_begin, path.display(), error)));
                    let (case, decision) = begun?;
                    recorder.start(&name, at, &facts, &case, &decision);
                    let case = none.insert(case);
                    if matches!(input, InputLine::Start { .. }) {
                        continue;
                    }
                    case
                }
            };
            let decision = match &input {
                InputLine::Event(event) => case.fire(event),
                InputLine::Advance(until) => case.advance(until.clone()),
                _ => {
                    let place = format!("{}:{number}", path.display());
                    return Err(Stop::Misuse(say!(only_first, place)));
                }
            };
            if decision.outcome == Outcome::Error {
                let problems: Vec<String> =
                    decision.problems.iter().map(ToString::to_string).collect();
                let place = format!("{}:{number}", path.display());
                console.complain(&say!(answered_with_error, place, problems.join("; ")))?;
            }
            recorder.step(&input, comment.as_deref(), case, &decision);
        }
        if case.is_none() {
            return Err(Stop::file(path, spoken().no_event));
        }
    }
    let written = recorder.finish();
    if !passes(&written, &reference, &workflow, arguments, console)? {
        return Ok(Verdict::No);
    }
    match &arguments.output {
        None => console.out.write_all(written.as_bytes())?,
        Some(path) => save::save(path, Place::New, &written)?,
    }
    Ok(Verdict::Yes)
}

/// Whether what would be written does as `test` runs it; what does not is said.
fn passes(
    written: &str,
    reference: &str,
    workflow: &Workflow,
    arguments: &Arguments,
    console: &mut Console<'_>,
) -> Result<bool, Stop> {
    let nothing = spoken().nothing_written;
    let name = arguments.output.as_deref().and_then(Path::file_name);
    let name = name.map_or_else(|| "recorded".into(), |name| name.to_string_lossy());
    // It names the one workflow that is at hand.
    let mut find = |asked: &str| match asked == disk::composed(reference) {
        true => Ok(workflow.clone()),
        false => Err(say!(not_that_workflow)),
    };
    match Suite::load_on(&name, written, &mut find, &Limits::default()) {
        Err(report) => {
            console.report(&report)?;
            console.complain(nothing)?;
            Ok(false)
        }
        Ok(suite) => {
            let failed =
                suite.scenarios().iter().find_map(|scenario| Some((scenario, scenario.run()?)));
            let Some((scenario, failure)) = failed else { return Ok(true) };
            let name = scenario.name();
            // A claim that the case broke is broken in every scenario of it.
            let said = match failure.mismatches.first() {
                Some(Mismatch { key, actual, expected, .. }) => {
                    say!(recorded_otherwise, nothing, name, failure.step, key, actual, expected)
                }
                None => say!(ends_otherwise, nothing, name),
            };
            console.complain(&said)?;
            Ok(false)
        }
    }
}

/// The path of the workflow as the scenario will name it.
fn reference(arguments: &Arguments) -> Result<String, Stop> {
    let workflow = &arguments.workflow;
    let named = |path: &Path| match path.to_str() {
        Some(name) => Ok(name.to_owned()),
        None => {
            let message = "is no name in UTF-8, and a scenario cannot name it: rename it";
            Err(Stop::file(path, message))
        }
    };
    let name = workflow.file_name().map(Path::new).unwrap_or(workflow);
    let Some(output) = &arguments.output else { return named(name) };
    let folder = disk::parent(output);
    let real =
        |path: &Path| path.canonicalize().map_err(|error| Stop::file(path, disk::said(&error)));
    let (folder, workflow) = (real(folder)?, real(workflow)?);
    match workflow.strip_prefix(&folder) {
        Ok(relative) => {
            // `test` finds the workflow by the whole name, as text.
            named(&folder)?;
            let parts = relative.components().map(|part| named(part.as_ref()));
            Ok(parts.collect::<Result<Vec<_>, _>>()?.join("/"))
        }
        Err(_) => {
            Err(Stop::file(output, "a scenario lies in the folder of its workflow, or above it"))
        }
    }
}

/// One line; what is wrong with it is said.
fn read(
    line: &Line,
    name: &str,
    number: usize,
    console: &mut Console<'_>,
) -> Result<(InputLine, Option<String>), Stop> {
    let text = match line {
        Line::Text(text) => text,
        Line::TooLong => {
            let limit = Limits::default().event_bytes;
            return Err(Stop::Misuse(format!("{name}:{number}: longer than {limit} bytes")));
        }
        Line::NotUtf8(wrong) => return Err(Stop::Misuse(format!("{name}:{number}: {wrong}"))),
    };
    match InputLine::from_json(text) {
        Ok(input) => Ok((input, super::journey::comment(text))),
        Err(report) => {
            for problem in super::journey::places(&report, name, number) {
                console.complain(&problem.to_string())?;
            }
            Err(Stop::Wrong)
        }
    }
}
