//! `tresteg log`: what real event logs say, and whether it could have happened under a workflow's rules.

pub(super) mod input;
pub(super) mod page;
pub(super) mod show;
mod words;

use std::ops::Range;
use std::path::{Path, PathBuf};

use clap::{Subcommand, ValueEnum};
use tresteg::Limits;
use tresteg::log::{
    AlignGuards, Aligner, CheckOptions, Checker, CsvColumns, EventLog, LogMap, Order, StatKeys,
    Terms,
};

use super::console::Console;
use super::save::{self, Place};
use super::walk::Folder;
use super::{Done, Spoken, Stop, Verdict, disk, files, workers};

#[derive(Debug, clap::Args)]
#[command(after_help = "\
A log is XES or CSV, packed with gzip or not; `-` is standard input. Several are taken as one. What the
log says in the words of the workflow stands in a map: `tresteg help logs` tells how to write one,
`tresteg log map` writes a first one.")]
#[command(disable_help_subcommand = true)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Count what is in a log: activities, times, what follows what
    Stats(Looked),
    /// List the variants of a log, most cases first
    Variants(Looked),
    /// Replay a log under a workflow's rules: which cases fit, and where others fail
    Check(Checked),
    /// Find the cheapest way to make of each case one that the workflow allows
    Align(Aligned),
    /// Write a first map for a log and a workflow, from names that look alike
    Map(Mapped),
}

#[derive(Debug, clap::Args)]
#[command(after_help = "Exit codes: 0; 1 a log or the map is wrong; 2 misuse.")]
struct Looked {
    /// Logs; `-` for standard input
    #[arg(required = true, value_name = "LOG")]
    logs: Vec<PathBuf>,
    /// The map, for which attributes say what
    #[arg(long, value_name = "FILE")]
    map: Option<PathBuf>,
    /// The attribute with the activity [default: concept:name]
    #[arg(long, value_name = "NAME")]
    activity: Option<String>,
    /// The attribute with the time [default: time:timestamp]
    #[arg(long, value_name = "NAME")]
    time: Option<String>,
    /// The attribute with who did it [default: org:resource]
    #[arg(long, value_name = "NAME")]
    actor: Option<String>,
    /// The column of CSV with the case [default: case:concept:name]
    #[arg(long, value_name = "NAME")]
    case: Option<String>,
    #[command(flatten)]
    shown: Shown,
}

#[derive(Debug, clap::Args)]
struct Shown {
    /// Answer in JSON
    #[arg(long)]
    json: bool,
    /// Write a page that stands by itself, with plots
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    #[command(flatten)]
    spoken: Spoken,
}

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Of each case it is looked at whether its events can all be taken in order, from the start to the end of
the case. Events declared `silent` are put in where they are needed. What is not known where a guard
asks for it makes a case undecided, never fitting.

Exit codes: 0 all of the log was mapped and read; 1 something was not, or a log or the map is wrong;
2 misuse. How many cases fit does not matter to them.")]
struct Checked {
    #[command(flatten)]
    asked: Asked,
    #[command(flatten)]
    shown: Shown,
}

#[derive(Debug, clap::Args)]
struct Asked {
    /// Logs; `-` for standard input
    #[arg(required = true, value_name = "LOG")]
    logs: Vec<PathBuf>,
    /// The map
    #[arg(long, value_name = "FILE")]
    map: PathBuf,
    /// What becomes of terms that are due
    #[arg(long, value_enum, default_value_t = Term::Silent, value_name = "TERMS")]
    terms: Term,
    /// What becomes of times that run backwards
    #[arg(long, value_enum, default_value_t = Clock::Time, value_name = "ORDER")]
    order: Clock,
}

#[derive(Debug, clap::Args)]
#[command(after_help = "\
A move of the log alone and one of the model alone cost 1 each, a silent one 0, unless the map's `costs`
say otherwise. A move of the model alone writes no fact.

Exit codes: 0; 1 a log or the map is wrong; 2 misuse.")]
struct Aligned {
    #[command(flatten)]
    asked: Asked,
    /// What guards are to the model
    #[arg(long, value_enum, default_value_t = Guard::Hard, value_name = "GUARDS")]
    guards: Guard,
    #[command(flatten)]
    shown: Shown,
}

#[derive(Debug, clap::Args)]
#[command(after_help = "Exit codes: 0; 1 a log or the workflow is wrong; 2 misuse.")]
struct Mapped {
    /// The log; `-` for standard input
    log: PathBuf,
    /// The workflow
    #[arg(long, value_name = "FILE")]
    workflow: PathBuf,
    /// Write to a file instead of standard output
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    #[command(flatten)]
    spoken: Spoken,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Term {
    /// No term is ever taken
    Off,
    /// A term that is due may have been taken unseen
    Silent,
    /// A term that is due is taken
    Strict,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Clock {
    /// They are reported, and their cases do not fit
    Time,
    /// The clock stands still there
    Document,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Guard {
    /// What they refuse is no step
    Hard,
    /// What they refuse is a step at a cost
    Cost,
    /// They are not asked
    Off,
}

impl Asked {
    fn options(&self) -> CheckOptions {
        let terms = match self.terms {
            Term::Off => Terms::Off,
            Term::Silent => Terms::Silent,
            Term::Strict => Terms::Strict,
        };
        let order = match self.order {
            Clock::Time => Order::Time,
            Clock::Document => Order::Document,
        };
        CheckOptions { terms, order }
    }
}

impl Arguments {
    pub(super) fn spoken(&self) -> &Spoken {
        match &self.command {
            Command::Stats(looked) | Command::Variants(looked) => &looked.shown.spoken,
            Command::Check(checked) => &checked.shown.spoken,
            Command::Align(aligned) => &aligned.shown.spoken,
            Command::Map(mapped) => &mapped.spoken,
        }
    }

    /// Whether it writes no file and its exit code says nothing of the log.
    pub(super) fn only_answers(&self) -> bool {
        match &self.command {
            Command::Stats(looked) | Command::Variants(looked) => looked.shown.html.is_none(),
            Command::Align(aligned) => aligned.shown.html.is_none(),
            Command::Check(_) => false,
            Command::Map(mapped) => mapped.output.is_none(),
        }
    }
}

pub(super) fn log(arguments: &Arguments, console: &mut Console<'_>) -> Done {
    match &arguments.command {
        Command::Stats(looked) => stats(looked, console),
        Command::Variants(looked) => variants(looked, console),
        Command::Check(checked) => check(checked, console),
        Command::Align(aligned) => align(aligned, console),
        Command::Map(mapped) => map(mapped, console),
    }
}

/// A map, with the workflow that lies in its folder or below; what is wrong with it is said.
pub(super) fn load_map(path: &Path, console: &mut Console<'_>) -> Result<LogMap, Stop> {
    let limits = Limits { untaken_entries: 0, ..Limits::default() };
    let text = disk::read(path, limits.definition_bytes);
    let text = text.map_err(|error| Stop::file(path, disk::said(&error)))?;
    let folder = Folder::of(path);
    let mut resolve = |name: &str| match &folder {
        Ok(folder) => folder.read(Path::new(name), limits.definition_bytes),
        Err(message) => Err(message.clone()),
    };
    match LogMap::load(&path.to_string_lossy(), &text, &mut resolve, &limits) {
        Ok(map) => Ok(map),
        Err(report) => {
            console.report(&report)?;
            Err(Stop::Wrong)
        }
    }
}

/// Pieces of a whole, so many that each processor has several.
pub(super) fn pieces(count: usize) -> Vec<Range<usize>> {
    const PIECE: usize = 16_384;
    let size = (count / 16).clamp(1, PIECE);
    (0..count.div_ceil(size)).map(|piece| piece * size..((piece + 1) * size).min(count)).collect()
}

fn looked(looked: &Looked, console: &mut Console<'_>) -> Result<(EventLog, StatKeys), Stop> {
    let map = looked.map.as_deref().map(|path| load_map(path, console)).transpose()?;
    let mut keys = map.as_ref().map(LogMap::stat_keys).unwrap_or_default();
    let mut columns = map.as_ref().map(LogMap::columns).unwrap_or_default();
    for (own, key) in [
        (&looked.activity, &mut keys.activity),
        (&looked.time, &mut keys.time),
        (&looked.actor, &mut keys.actor),
        (&looked.case, &mut columns.case),
    ] {
        if let Some(own) = own {
            key.clone_from(own);
        }
    }
    let log = input::logs(&looked.logs, &columns, console)?;
    Ok((log, keys))
}

fn stats(arguments: &Looked, console: &mut Console<'_>) -> Done {
    let (log, keys) = looked(arguments, console)?;
    let stats = tresteg::log::stats(&log, &keys);
    if let Some(path) = &arguments.shown.html {
        let mut variants = tresteg::log::variants(&log, &keys);
        variants.truncate(20);
        let name = named(&arguments.logs);
        write(path, &page::stats(&name, &stats, &variants), console)?;
    }
    match arguments.shown.json {
        true => show::json(&stats, console)?,
        false if arguments.shown.html.is_none() => show::stats(&stats, console)?,
        false => {}
    }
    Ok(Verdict::Yes)
}

fn variants(arguments: &Looked, console: &mut Console<'_>) -> Done {
    let (log, keys) = looked(arguments, console)?;
    let variants = tresteg::log::variants(&log, &keys);
    if let Some(path) = &arguments.shown.html {
        let stats = tresteg::log::stats(&log, &keys);
        write(path, &page::stats(&named(&arguments.logs), &stats, &variants), console)?;
    }
    match arguments.shown.json {
        true => show::json(&variants, console)?,
        false if arguments.shown.html.is_none() => show::variants(&variants, log.len(), console)?,
        false => {}
    }
    Ok(Verdict::Yes)
}

fn asked(asked: &Asked, console: &mut Console<'_>) -> Result<(EventLog, LogMap), Stop> {
    let map = load_map(&asked.map, console)?;
    let log = input::logs(&asked.logs, &map.columns(), console)?;
    Ok((log, map))
}

fn check(arguments: &Checked, console: &mut Console<'_>) -> Done {
    let (log, map) = asked(&arguments.asked, console)?;
    let checker = Checker::new(&log, &map, arguments.asked.options());
    let found = workers::all(&pieces(log.len()), |piece| checker.piece(piece.clone()));
    let check = checker.whole(found);
    if let Some(path) = &arguments.shown.html {
        let stats = tresteg::log::stats(&log, &map.stat_keys());
        let name = named(&arguments.asked.logs);
        write(path, &page::check(&name, &map, &check, &stats), console)?;
    }
    match arguments.shown.json {
        true => show::json(&check, console)?,
        false => show::check(&check, &map, console)?,
    }
    Ok(Verdict::yes_if(check.is_whole()))
}

fn align(arguments: &Aligned, console: &mut Console<'_>) -> Done {
    let (log, map) = asked(&arguments.asked, console)?;
    let guards = match arguments.guards {
        Guard::Hard => AlignGuards::Hard,
        Guard::Cost => AlignGuards::Cost,
        Guard::Off => AlignGuards::Off,
    };
    let aligner = Aligner::new(&log, &map, arguments.asked.options(), guards);
    let found = workers::all(&pieces(aligner.classes()), |piece| aligner.piece(piece.clone()));
    let aligned = aligner.whole(found);
    if let Some(path) = &arguments.shown.html {
        write(path, &page::align(&named(&arguments.asked.logs), &map, &aligned), console)?;
    }
    match arguments.shown.json {
        true => show::json(&aligned, console)?,
        false => show::align(&aligned, console)?,
    }
    Ok(Verdict::Yes)
}

fn map(arguments: &Mapped, console: &mut Console<'_>) -> Done {
    let workflow = files::without_journal(&arguments.workflow, console)?;
    let logs = std::slice::from_ref(&arguments.log);
    let log = input::logs(logs, &CsvColumns::default(), console)?;
    // The map will lie beside the workflow.
    let path = arguments.workflow.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let text = LogMap::first(&log, &workflow, &path);
    match &arguments.output {
        Some(output) => save::save(output, Place::Any, &text)?,
        None => console.out.write_all(text.as_bytes())?,
    }
    Ok(Verdict::Yes)
}

/// How the logs are called together.
fn named(logs: &[PathBuf]) -> String {
    let names = logs
        .iter()
        .map(|path| path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned());
    names.collect::<Vec<_>>().join(", ")
}

pub(super) fn write(path: &Path, page: &str, console: &mut Console<'_>) -> Result<(), Stop> {
    save::save(path, Place::Any, page)?;
    let said = super::words::filled(words::logs().written, &[path.display().to_string()]);
    Ok(writeln!(console.err, "{said}")?)
}
