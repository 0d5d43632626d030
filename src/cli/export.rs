//! `tresteg export`: journals as an event log for process mining.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use clap::ValueEnum;
use tresteg::journal::{Discrepancy, Provenance};
use tresteg::log::{Contents, Format, Traces, Writer};

use super::console::Console;
use super::rules::{self, Journal};
use super::save::{Draft, Place};
use super::{Done, Spoken, Stop, Verdict};

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Form {
    /// XES (IEEE 1849), in XML
    Xes,
    /// OCEL 2.0, in JSON
    Ocel,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Trace {
    /// A case with all its child cases
    Whole,
    /// Each case, child cases for themselves
    Case,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Part {
    /// Events that were refused, and what failed
    Refused,
    /// Events declared silent
    Silent,
    /// Facts and payload, unless personal
    Facts,
    /// Free texts and attachments
    Notes,
    /// Who acted, as numbers
    Actors,
    /// Of actors ids and units, of facts the personal ones too
    Personal,
}

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Each journal is one case, called as its file without the ending. What was accepted is written, with
times, roles and states, and nothing else unless --with asks for it.

Every hash is checked on the way, the decisions are not: that is what `verify` does. Of a journal whose
last line is torn the rest is written, with a warning and exit code 1; of a damaged one nothing.

Exit codes: 0 written; 1 a journal is damaged or torn, or its workflow is not there; 2 misuse.")]
pub(super) struct Arguments {
    /// Journals; one may be `-` for standard input, with XES
    #[arg(required = true, value_name = "JOURNAL")]
    journals: Vec<PathBuf>,
    /// The workflow files that the cases ran on, or folders with them
    #[arg(long, required = true, value_name = "FILE|FOLDER")]
    workflow: Vec<PathBuf>,
    /// The form of the log
    #[arg(long, value_enum, default_value_t = Form::Xes)]
    format: Form,
    /// What a trace of XES is, of a case with child cases; in OCEL each is an object
    #[arg(long, value_enum, value_name = "TRACE", default_value_t = Trace::Whole)]
    trace: Trace,
    /// What to write besides; several as `a,b`
    #[arg(long = "with", value_enum, value_name = "PART", value_delimiter = ',')]
    parts: Vec<Part>,
    /// Write to a file instead of standard output
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    #[command(flatten)]
    pub(super) spoken: Spoken,
}

pub(super) fn export(arguments: &Arguments, console: &mut Console<'_>) -> Done {
    let format = match arguments.format {
        Form::Xes => Format::Xes,
        Form::Ocel => Format::Ocel,
    };
    let has = |part: Part| arguments.parts.contains(&part);
    let parts = Contents {
        refused: has(Part::Refused),
        silent: has(Part::Silent),
        facts: has(Part::Facts),
        notes: has(Part::Notes),
        actors: has(Part::Actors),
        personal: has(Part::Personal),
    };
    let mut cases = Cases::of(&arguments.journals, arguments.format)?;
    let mut wanted: Vec<Provenance> = Vec::new();
    for index in 0..cases.paths.len() {
        match cases.provenance(index)? {
            Ok(provenance) if wanted.contains(&provenance) => {}
            Ok(provenance) => wanted.push(provenance),
            Err(found) => return cases.damaged(index, &found, console),
        }
    }
    let workflows = rules::all(&wanted, &arguments.workflow, console)?;
    let traces = match arguments.trace {
        Trace::Whole => Traces::Whole,
        Trace::Case => Traces::Case,
    };
    let mut log = Writer::new(format, parts, &workflows).with_traces(traces);
    let Some(path) = &arguments.output else {
        return write(&mut log, &mut cases, &mut Target::Stream, console);
    };
    let mut target = Target::File(Draft::new(path, Place::Any)?);
    let verdict = write(&mut log, &mut cases, &mut target, console)?;
    if let Target::File(draft) = target {
        draft.finish()?;
    }
    Ok(verdict)
}

/// Where the log goes.
enum Target {
    Stream,
    File(Draft),
}

impl Target {
    /// Writes what there is once it is worth it, or at the end.
    fn pass(
        &mut self,
        text: &mut String,
        least: usize,
        console: &mut Console<'_>,
    ) -> Result<(), Stop> {
        if text.len() < least {
            return Ok(());
        }
        match self {
            Self::Stream => console.out.write_all(text.as_bytes())?,
            Self::File(draft) => draft.write(text)?,
        }
        text.clear();
        Ok(())
    }
}

fn write(
    log: &mut Writer<'_>,
    cases: &mut Cases,
    target: &mut Target,
    console: &mut Console<'_>,
) -> Done {
    const ENOUGH: usize = 64 * 1024;
    let mut text = String::new();
    // Each journal may be read twice, and a torn one is told of once.
    let mut torn = BTreeSet::new();
    loop {
        log.begin(&mut text);
        for index in 0..cases.paths.len() {
            let mut journal = cases.open(index)?;
            let name = cases.name(index);
            let mut case = log.case(&name).map_err(|error| Stop::Misuse(error.to_string()))?;
            while let Some(line) = journal.next()? {
                if let Err(found) = case.line(&line, &mut text) {
                    return cases.damaged(index, &found, console);
                }
                target.pass(&mut text, ENOUGH, console)?;
            }
            if let Err(found) = case.end(&mut text) {
                return cases.damaged(index, &found, console);
            }
            if journal.is_torn() && torn.insert(index) {
                journal.is_whole(console)?;
            }
        }
        let again = log.end(&mut text);
        target.pass(&mut text, 0, console)?;
        if !again {
            return Ok(Verdict::yes_if(torn.is_empty()));
        }
    }
}

/// The journals with the names of their cases.
struct Cases {
    paths: Vec<PathBuf>,
    /// Standard input can be opened once: it is kept here until it is read.
    input: Option<Journal>,
    /// Whether the names of the files alone tell the cases apart.
    by_stem: bool,
}

impl Cases {
    fn of(paths: &[PathBuf], form: Form) -> Result<Self, Stop> {
        let from_input = paths.iter().filter(|path| *path == Path::new("-")).count();
        if from_input > 1 {
            return Err(Stop::Misuse("standard input is one journal, not several".to_owned()));
        }
        if from_input == 1 && matches!(form, Form::Ocel) {
            let message = "ocel is written from journals that are read twice, which standard input cannot be; write it to a file first";
            return Err(Stop::Misuse(message.to_owned()));
        }
        let mut stems = BTreeSet::new();
        let by_stem = paths.iter().all(|path| stems.insert(path.file_stem()));
        Ok(Self { paths: paths.to_vec(), input: None, by_stem })
    }

    fn name(&self, index: usize) -> String {
        let Some(path) = self.paths.get(index) else { return String::new() };
        let stem = path.file_stem().filter(|_| self.by_stem);
        match stem {
            _ if path == Path::new("-") => "stdin".to_owned(),
            Some(stem) => stem.to_string_lossy().into_owned(),
            None => path.with_extension("").to_string_lossy().into_owned(),
        }
    }

    fn open(&mut self, index: usize) -> Result<Journal, Stop> {
        let path = self.paths.get(index).cloned().unwrap_or_default();
        match self.input.take_if(|_| path == Path::new("-")) {
            Some(journal) => Ok(journal),
            None => Journal::open(&path),
        }
    }

    /// Which workflow a journal was made under.
    fn provenance(&mut self, index: usize) -> Result<Result<Provenance, Discrepancy>, Stop> {
        let journal = self.open(index)?;
        let provenance = journal.provenance();
        if self.paths.get(index).is_some_and(|path| path == Path::new("-")) {
            self.input = Some(journal);
        }
        Ok(provenance)
    }

    fn damaged(&self, index: usize, found: &Discrepancy, console: &mut Console<'_>) -> Done {
        let path = self.paths.get(index).map(|path| path.display().to_string());
        let found = found.tell(super::words::language());
        console.complain(&format!("{}: {found}", path.unwrap_or_default()))?;
        Err(Stop::Wrong)
    }
}
