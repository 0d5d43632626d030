//! `tresteg compare`: the same cases under several workflows.

mod cases;
mod page;
mod sets;
mod show;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use clap::ValueEnum;
use tresteg::compare::{Comparer, Comparison, tuned};
use tresteg::language::comparisons::Comparisons;
use tresteg::log::Order;
use tresteg::{Limits, Workflow};

use super::console::Console;
use super::walk::Folder;
use super::words::filled;
use super::{Done, Spoken, Stop, Verdict, files, log, workers};

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Each case is played under the base and under every variant: what came in from outside is the same, what
comes of it is each workflow's own. Events that one does not know or does not expect are counted, and the
case goes on. --set tunes the variants, not the base; without a variant it tunes the base into one.

Exit codes: 0 no case comes out otherwise; 1 some do; 2 misuse, or a file is wrong.")]
#[command(group(clap::ArgGroup::new("source").required(true).args(["log", "journals", "scenarios", "cases"])))]
pub(super) struct Arguments {
    /// The workflow that the others are compared with
    #[arg(value_name = "BASE")]
    base: PathBuf,
    /// The workflows to compare with it
    #[arg(value_name = "VARIANT")]
    variants: Vec<PathBuf>,
    /// Cases of an event log, with --map; several are taken as one
    #[arg(long, value_name = "LOG", requires = "map")]
    log: Vec<PathBuf>,
    /// What the log says in the words of a workflow
    #[arg(long, value_name = "FILE", requires = "log")]
    map: Option<PathBuf>,
    /// What becomes of times of the log that run backwards
    #[arg(long, value_enum, default_value_t = Clock::Time, value_name = "ORDER")]
    order: Clock,
    /// Cases of the journals in a folder
    #[arg(long, value_name = "FOLDER")]
    journals: Option<PathBuf>,
    /// Cases of scenarios: of a file or folder, or of the base's own where none is named
    #[arg(long, value_name = "FILE|FOLDER", num_args = 0..=1, require_equals = true)]
    scenarios: Option<Option<PathBuf>>,
    /// Cases as lines of JSON: {"case": …, "start": {"at": …, "facts": {…}}, "events": […]}; `-` for standard input
    #[arg(long, value_name = "FILE|-")]
    cases: Option<PathBuf>,
    /// Another value of a parameter: `60`, a list `50,60,200` or a sweep `40..80/10`; repeatable
    #[arg(long, value_name = "PARAMETER=VALUE")]
    set: Vec<String>,
    /// Answer in JSON
    #[arg(long)]
    json: bool,
    /// Write a page that stands by itself, with plots
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    #[command(flatten)]
    pub(super) spoken: Spoken,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Clock {
    /// They are counted, and their cases not compared
    Time,
    /// The clock stands still there
    Document,
}

/// So many variants are compared at once.
const VARIANTS: usize = 1_000;

fn said() -> &'static Comparisons {
    Comparisons::of(super::words::language())
}

pub(super) fn compare(arguments: &Arguments, console: &mut Console<'_>) -> Done {
    let workflows = workflows(arguments, console)?;
    let found = match &arguments.map {
        Some(map) => {
            let map = log::load_map(map, console)?;
            let log = log::input::logs(&arguments.log, &map.columns(), console)?;
            let order = match arguments.order {
                Clock::Time => Order::Time,
                Clock::Document => Order::Document,
            };
            all(&Comparer::of_log(&workflows, &log, &map, order))
        }
        None => {
            let base = workflows.first().map(|(_, workflow)| workflow);
            let cases = cases::read(arguments, base, console)?;
            all(&Comparer::of_cases(&workflows, &cases))
        }
    };
    if let Some(path) = &arguments.html {
        log::write(path, &page::page(&found), console)?;
    }
    match arguments.json {
        true => log::show::json(&found, console)?,
        false if arguments.html.is_none() => show::comparison(&found, console)?,
        false => {}
    }
    Ok(Verdict::yes_if(!found.is_different()))
}

fn all(comparer: &Comparer<'_>) -> Comparison {
    let pieces = workers::all(&log::pieces(comparer.len()), |piece| comparer.piece(piece.clone()));
    comparer.whole(pieces)
}

/// The base and the variants, with how each is called.
fn workflows(
    arguments: &Arguments,
    console: &mut Console<'_>,
) -> Result<Vec<(String, Workflow)>, Stop> {
    let settings = sets::all(&arguments.set).map_err(Stop::Misuse)?;
    let own = std::slice::from_ref(&arguments.base);
    let paths = match arguments.variants.as_slice() {
        [] if settings.len() > 1 || settings.iter().any(|values| !values.is_empty()) => own,
        [] => {
            let parts = [arguments.base.display().to_string()];
            return Err(Stop::Misuse(filled(said().no_variant, &parts)));
        }
        paths => paths,
    };
    if paths.len().saturating_mul(settings.len()) > VARIANTS {
        return Err(Stop::Misuse(filled(said().too_many, &[VARIANTS.to_string()])));
    }
    let mut known: BTreeMap<&Path, Workflow> = BTreeMap::new();
    for path in own.iter().chain(paths) {
        if !known.contains_key(path.as_path()) {
            known.insert(path, files::workflow(path, console)?);
        }
    }
    // Where two files have one name, the paths tell them apart.
    let stem = |path: &Path| path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let name = |path: &Path| {
        let alike = known.keys().filter(|other| stem(other) == stem(path)).count();
        if alike > 1 { path.display().to_string() } else { stem(path) }
    };
    let loaded = |path: &Path| known.get(path).cloned();
    let mut all: Vec<(String, Workflow)> = Vec::new();
    all.extend(loaded(&arguments.base).map(|workflow| (name(&arguments.base), workflow)));
    for path in paths {
        let Some(workflow) = loaded(path) else { continue };
        for values in &settings {
            let mut called = name(path);
            for (parameter, value) in values {
                called += &format!(" {parameter}={value}");
            }
            let workflow = match values.is_empty() {
                true => workflow.clone(),
                false => tune(&workflow, path, values, console)?,
            };
            all.push((called, workflow));
        }
    }
    Ok(all)
}

fn tune(
    workflow: &Workflow,
    path: &Path,
    values: &[(String, String)],
    console: &mut Console<'_>,
) -> Result<Workflow, Stop> {
    let limits = Limits::default();
    let folder = Folder::of(path);
    let mut resolve = |name: &str| match &folder {
        Ok(folder) => folder.read(Path::new(name), limits.definition_bytes),
        Err(message) => Err(message.clone()),
    };
    let found = tuned(workflow, &path.to_string_lossy(), values, &mut resolve, &limits);
    found.map_err(|wrong| match wrong {
        tresteg::compare::Untunable::Wrong(report) => match console.report(&report) {
            Ok(()) => Stop::Wrong,
            Err(error) => error.into(),
        },
        wrong => Stop::file(path, wrong),
    })
}
