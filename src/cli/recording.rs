//! `tresteg record`: cases that were played become scenarios.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use tresteg::{Case, Input, Limits, Outcome, Recorder};

use super::console::Console;
use super::files::{self, Line, Lines};
use super::{Done, Stop, Verdict};

#[derive(Debug, clap::Args)]
#[command(after_help = "\
The events are lines of JSON as `run` reads them. The scenario expects what happens now, answer by
answer: read it before you keep it. The `x-comment` of a line becomes the title of its step. Of
several files each becomes one scenario of the file that is written, by its name.

Exit codes: 0 written; 1 the workflow or a line is wrong; 2 misuse.")]
pub(super) struct Arguments {
    /// The workflow file
    workflow: PathBuf,
    /// Files with lines of JSON, one event each; `-` for standard input
    #[arg(required = true, value_name = "EVENTS")]
    events: Vec<PathBuf>,
    /// Write to a new file instead of standard output, in the folder of the workflow or above it
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

pub(super) fn record(arguments: &Arguments, console: &mut Console<'_>) -> Done {
    let workflow = files::workflow(&arguments.workflow, console)?;
    let mut recorder = Recorder::new(&reference(arguments)?);
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
                        Input::Start { at, facts } => (*at, facts.clone()),
                        _ => (None, Default::default()),
                    };
                    let begun = Case::start(&workflow, at, facts.clone()).map_err(|error| {
                        Stop::Misuse(format!("{}: the case cannot begin: {error}", path.display()))
                    });
                    let (case, decision) = begun?;
                    recorder.start(&name, at, &facts, &case, &decision);
                    let case = none.insert(case);
                    if matches!(input, Input::Start { .. }) {
                        continue;
                    }
                    case
                }
            };
            let decision = match &input {
                Input::Event(event) => case.fire(event),
                Input::Advance(until) => case.advance(until.clone()),
                _ => {
                    let place = format!("{}:{number}", path.display());
                    return Err(Stop::Misuse(format!(
                        "{place}: only the first line can start a case"
                    )));
                }
            };
            case.take_entries(&[0; 32]);
            if decision.outcome == Outcome::Error {
                let problems: Vec<String> =
                    decision.problems.iter().map(ToString::to_string).collect();
                let place = format!("{}:{number}", path.display());
                console.complain(&format!(
                    "{place} is answered with an error, which is recorded: {}",
                    problems.join("; ")
                ))?;
            }
            recorder.step(&input, comment.as_deref(), case, &decision);
        }
        if case.is_none() {
            return Err(Stop::file(path, "holds no event"));
        }
    }
    let written = recorder.finish();
    match &arguments.output {
        None => console.out.write_all(written.as_bytes())?,
        Some(path) => {
            let file = std::fs::File::create_new(path);
            let done = file.and_then(|mut file| file.write_all(written.as_bytes()));
            done.map_err(|error| Stop::file(path, files::said(&error)))?;
        }
    }
    Ok(Verdict::Yes)
}

/// The path of the workflow as the scenario will name it.
fn reference(arguments: &Arguments) -> Result<String, Stop> {
    let workflow = &arguments.workflow;
    let name = workflow.file_name().map(|name| name.to_string_lossy().into_owned());
    let Some(output) = &arguments.output else { return Ok(name.unwrap_or_default()) };
    let folder = match output.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let real =
        |path: &Path| path.canonicalize().map_err(|error| Stop::file(path, files::said(&error)));
    let (folder, workflow) = (real(folder)?, real(workflow)?);
    match workflow.strip_prefix(&folder) {
        Ok(relative) => {
            let parts = relative.components();
            let parts: Vec<_> = parts.map(|part| part.as_os_str().to_string_lossy()).collect();
            Ok(parts.join("/"))
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
) -> Result<(Input, Option<String>), Stop> {
    let text = match line {
        Line::Text(text) => text,
        Line::TooLong => {
            let limit = Limits::default().event_bytes;
            return Err(Stop::Misuse(format!("{name}:{number}: longer than {limit} bytes")));
        }
        Line::NotUtf8 => return Err(Stop::Misuse(format!("{name}:{number}: not UTF-8 text"))),
    };
    match Input::from_json(text) {
        Ok(input) => Ok((input, super::journey::comment(text))),
        Err(report) => {
            for problem in super::journey::places(&report, name, number) {
                console.complain(&problem.to_string())?;
            }
            Err(Stop::Wrong)
        }
    }
}
