//! Scenario files: found, read with the workflows that they share, and run, several at a time.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use tresteg::diagnostic::Report;
use tresteg::scenario::{Failure, Scenario, Suite};
use tresteg::{Decision, Limits, Workflow};

use super::coverage::Covered;
use super::walk::{self, Folder};
use super::words::say;
use super::{Stop, disk, files, workers};

/// Workflows that were read, by where they really are: many scenarios share one.
#[derive(Default)]
pub(super) struct WorkflowCache {
    /// Whether searches over them have no bound.
    thorough: bool,
    loaded: Mutex<BTreeMap<PathBuf, Arc<OnceLock<Loaded>>>>,
}

type Loaded = Result<Workflow, Trouble>;

/// Why there is no workflow.
#[derive(Debug, Clone)]
enum Trouble {
    Wrong(Report),
    Unreadable(String),
}

/// What came of one file.
pub(super) struct Ran {
    pub path: PathBuf,
    pub result: Result<Played, Broken>,
    /// The files that it rests on, its own among them.
    pub rests_on: BTreeSet<PathBuf>,
}

/// A file that was run.
pub(super) struct Played {
    pub suite: Suite,
    /// For each of its scenarios that were chosen, by its number, how it went.
    pub results: Vec<(usize, Option<Failure>)>,
    /// How many of them lack the answer that says why: it had no room.
    pub bare: usize,
    /// What they showed of their workflows, where that is asked for.
    pub covered: Option<Covered>,
}

/// A file that could not be run.
#[derive(Debug)]
pub(super) enum Broken {
    /// It is wrong, or one of its workflows is.
    Wrong(Vec<Report>),
    Unreadable(String),
}

impl WorkflowCache {
    /// A workflow, read once.
    fn workflow(&self, path: &Path, place: &Path) -> Loaded {
        let slot = {
            let mut loaded = self.loaded.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(loaded.entry(place.to_owned()).or_default())
        };
        let load = || match files::load_within(path, &files::limits_of_tests(self.thorough)) {
            Ok(Ok(workflow)) => Ok(workflow),
            Ok(Err(report)) => Err(Trouble::Wrong(report)),
            Err(Stop::Misuse(message)) => Err(Trouble::Unreadable(message)),
            Err(_) => Err(Trouble::Unreadable(say!(cannot_be_read))),
        };
        slot.get_or_init(load).clone()
    }

    /// Reads a scenario file; its workflows must lie in its folder or below.
    pub(super) fn suite(&self, path: &Path) -> (Result<Suite, Broken>, BTreeSet<PathBuf>) {
        let mut rests_on: BTreeSet<PathBuf> = path.canonicalize().ok().into_iter().collect();
        let limits = Limits::default();
        let text = match disk::read(path, limits.definition_bytes) {
            Ok(text) => text,
            Err(error) => {
                let message = format!("{}: {}", path.display(), disk::said(&error));
                return (Err(Broken::Unreadable(message)), rests_on);
            }
        };
        if !walk::is_scenario(&path.to_string_lossy()) && is_workflow(&text) {
            let message = say!(is_workflow, path.display());
            return (Err(Broken::Unreadable(message)), rests_on);
        }
        let folder = Folder::of(path);
        let mut wrong = Vec::new();
        let mut find = |name: &str| {
            let place = match &folder {
                Ok(folder) => folder.locate(Path::new(name))?,
                Err(message) => return Err(message.clone()),
            };
            rests_on.insert(place.clone());
            let found = self.workflow(&disk::as_on_disk(Path::new(name)), &place);
            let report = match &found {
                Ok(workflow) => Some(workflow.warnings()),
                Err(Trouble::Wrong(report)) => Some(report),
                Err(Trouble::Unreadable(_)) => None,
            };
            rests_on.extend(report.into_iter().flat_map(sources));
            found.map_err(|trouble| match trouble {
                Trouble::Wrong(report) => {
                    wrong.push(report);
                    say!(has_errors)
                }
                Trouble::Unreadable(message) => message,
            })
        };
        let suite = Suite::load_on(&path.to_string_lossy(), &text, &mut find, &limits);
        let suite = suite.map_err(|report| {
            wrong.push(report);
            Broken::Wrong(wrong)
        });
        (suite, rests_on)
    }
}

/// Whether a text is a workflow and not a file of scenarios, by its keys.
fn is_workflow(text: &str) -> bool {
    let Ok(serde_json::Value::Object(keys)) = serde_json::from_str(text) else { return false };
    let has = |key: &str| keys.contains_key(key);
    (has("states") || has("extends")) && !has("workflow") && !has("workflows")
}

/// The files that a report is about, where they really are.
fn sources(report: &Report) -> impl Iterator<Item = PathBuf> {
    let files = (0..).map_while(|number| report.sources().file(number));
    files.filter_map(|(name, _)| disk::as_on_disk(Path::new(name)).canonicalize().ok())
}

/// Runs the scenarios of files, as many at a time as there are processors, and hands over what came of each in the order of
/// the files.
pub(super) fn run_all(
    paths: &[PathBuf],
    wanted: &(dyn Fn(&Path, &Scenario) -> bool + Sync),
    cover: bool,
    thorough: bool,
    tell: impl FnMut(Ran) -> Result<(), Stop>,
) -> Result<(), Stop> {
    let shelf = WorkflowCache { thorough, ..WorkflowCache::default() };
    workers::each(paths, |path| run_one(&shelf, path, wanted, cover), tell)
}

/// Bytes of the answers that the failures of one file are kept with: each may be a megabyte, and takes several times as much
/// memory.
const ANSWERS: usize = 8 * 1024 * 1024;

/// Bytes of an answer as JSON.
fn written(decision: &Decision) -> usize {
    serde_json::to_vec(decision).map_or(usize::MAX, |text| text.len())
}

fn run_one(
    shelf: &WorkflowCache,
    path: &Path,
    wanted: &(dyn Fn(&Path, &Scenario) -> bool + Sync),
    cover: bool,
) -> Ran {
    let (suite, rests_on) = shelf.suite(path);
    let result = suite.map(|suite| {
        let chosen = suite.scenarios().iter().enumerate();
        let chosen = chosen.filter(|(_, scenario)| wanted(path, scenario));
        let mut covered = cover.then(|| Covered::of(&suite));
        let (mut room, mut bare) = (ANSWERS, 0);
        let results = chosen.map(|(number, scenario)| {
            let mut failure = match &mut covered {
                Some(covered) => covered.run(scenario),
                None => scenario.run(),
            };
            if let Some(decision) = failure.as_mut().and_then(|failure| failure.decision.take()) {
                // Where there is none left nothing is put into words.
                let bytes = if room > 0 { written(&decision) } else { 1 };
                let fits = bytes <= room;
                room = room.saturating_sub(bytes);
                match failure.as_mut().filter(|_| fits) {
                    Some(failure) => failure.decision = Some(decision),
                    None => bare += 1,
                }
            }
            (number, failure)
        });
        let results = results.collect();
        Played { suite, results, bare, covered }
    });
    Ran { path: path.to_owned(), result, rests_on }
}
