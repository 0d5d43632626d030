//! Everything that a report is about: workflows by where they are, what is wrong with the others, how scenarios went.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use tresteg::Workflow;
use tresteg::coverage::Coverage;
use tresteg::diagnostic::Report;
use tresteg::scenario::{Failure, Scenario};
use tresteg::workflow::InvokeInfo;

use super::super::console::Console;
use super::super::coverage::Covered;
use super::super::suites::{self, Broken, Ran};
use super::super::{Stop, disk, files, walk};

pub(super) struct Library {
    /// In the order in which the files were found.
    pub shelf: Vec<Found>,
    /// Files that have no page, workflows before scenarios.
    pub problems: Vec<Problem>,
    /// What the scenarios have shown of the workflows.
    covered: Covered,
}

/// A workflow with what its scenarios showed.
pub(super) struct Found {
    /// The file, as it was named or found.
    pub path: PathBuf,
    /// Where it really is.
    place: PathBuf,
    /// The file of its page.
    pub page: String,
    pub workflow: Workflow,
    /// Those that ran on it, in the order of their files, and how each went.
    pub tests: Vec<(Scenario, Option<Failure>)>,
    /// Where what it extends really is.
    pub base: Option<PathBuf>,
}

/// A file that cannot be read.
pub(super) struct Problem {
    pub file: String,
    pub report: Report,
}

impl Library {
    /// Reads the workflows and runs the scenarios that concern them: those in the folders, and those beside a file that is
    /// named.
    pub(super) fn read(paths: &[PathBuf], console: &mut Console<'_>) -> Result<Self, Stop> {
        let covered = Covered::default();
        let mut library = Self { shelf: Vec::new(), problems: Vec::new(), covered };
        let found = walk::find(paths, walk::Kind::Any, console)?;
        let is_scenario = |path: &PathBuf| walk::is_scenario(&path.to_string_lossy());
        let (mut scenarios, workflows): (Vec<PathBuf>, Vec<PathBuf>) =
            found.into_iter().partition(is_scenario);
        let mut places = BTreeSet::new();
        let mut pages = Pages::default();
        for path in workflows {
            let place = disk::real(&path);
            if !places.insert(place.clone()) {
                continue;
            }
            match files::load(&path)? {
                Ok(workflow) => {
                    let page = pages.name(&path);
                    let base = workflow.base().map(|base| beside(&path, base));
                    let tests = Vec::new();
                    library.shelf.push(Found { path, place, page, workflow, tests, base });
                }
                Err(report) => {
                    let file = path.display().to_string();
                    library.problems.push(Problem { file, report });
                }
            }
        }
        let asked: BTreeSet<PathBuf> = scenarios.iter().map(|path| disk::real(path)).collect();
        let beside = paths.iter().filter(|path| path.is_file() && !is_scenario(path));
        let folders: BTreeSet<PathBuf> = beside
            .filter_map(|path| path.parent())
            .map(|folder| if folder.as_os_str().is_empty() { Path::new(".") } else { folder })
            .map(Path::to_owned)
            .collect();
        for folder in folders {
            scenarios.extend(walk::scenarios_in(&folder, console)?);
        }
        let mut seen = BTreeSet::new();
        scenarios.retain(|path| seen.insert(disk::real(path)));
        suites::run_all(&scenarios, &|_, _| true, true, false, |ran| {
            library.take(ran, &asked, &places)
        })?;
        if library.shelf.is_empty() && library.problems.is_empty() {
            return Err(Stop::Misuse(super::super::words::say!(report_nothing)));
        }
        Ok(library)
    }

    fn take(
        &mut self,
        ran: Ran,
        asked: &BTreeSet<PathBuf>,
        places: &BTreeSet<PathBuf>,
    ) -> Result<(), Stop> {
        // A file that merely lies beside a workflow counts only where it is about it.
        if !asked.contains(&disk::real(&ran.path)) && ran.rests_on.is_disjoint(places) {
            return Ok(());
        }
        let file = ran.path.display().to_string();
        let played = match ran.result {
            Ok(played) => played,
            Err(Broken::Unreadable(message)) => return Err(Stop::Misuse(message)),
            Err(Broken::Wrong(reports)) => {
                // What is wrong with a workflow is told with it.
                let own = reports.into_iter().filter(|report| {
                    let first =
                        report.sources().file(0).map(|(name, _)| disk::real(Path::new(name)));
                    first.is_none_or(|first| !places.contains(&first))
                });
                let own = own.map(|report| Problem { file: file.clone(), report });
                self.problems.extend(own);
                return Ok(());
            }
        };
        let by_place: BTreeMap<PathBuf, usize> = self
            .shelf
            .iter()
            .enumerate()
            .map(|(number, found)| (found.place.clone(), number))
            .collect();
        if let Some(covered) = played.covered {
            self.covered.merge(covered)?;
        }
        for (number, failure) in played.results {
            let Some(scenario) = played.suite.scenarios().get(number) else { continue };
            let file = scenario.workflow().warnings().sources().file(0);
            let place = file.map(|(name, _)| disk::real(Path::new(name)));
            let number = place.and_then(|place| by_place.get(&place)).copied();
            if let Some(found) = number.and_then(|number| self.shelf.get_mut(number)) {
                found.tests.push((scenario.clone(), failure));
            }
        }
        Ok(())
    }

    /// What scenarios have shown of a workflow; `None` where none runs on it.
    pub(super) fn coverage(&self, of: &Found) -> Option<Cow<'_, Coverage>> {
        self.covered.of_workflow(&of.place)
    }

    /// How much of that only scenarios have shown that were suggested and nobody has read yet.
    pub(super) fn resting(&self, of: &Found) -> usize {
        self.covered.resting(&of.place)
    }

    /// What a workflow extends, where that is in the report too.
    pub(super) fn base(&self, of: &Found) -> Option<&Found> {
        let base = of.base.as_ref()?;
        self.shelf.iter().find(|found| found.place == *base)
    }

    pub(super) fn variants<'l>(&'l self, of: &'l Found) -> impl Iterator<Item = &'l Found> {
        self.shelf.iter().filter(|found| found.base.as_ref() == Some(&of.place))
    }

    /// The workflow of child cases, where that is in the report too.
    pub(super) fn invoked(&self, invoke: &InvokeInfo<'_>) -> Option<&Found> {
        let place = disk::real(Path::new(invoke.path()));
        self.shelf.iter().find(|found| found.place == place)
    }

    /// Those that invoke a workflow.
    pub(super) fn parents<'l>(&'l self, of: &'l Found) -> impl Iterator<Item = &'l Found> {
        let invokes = |found: &&Found| {
            let mut paths =
                found.workflow.invokes().map(|invoke| disk::real(Path::new(invoke.path())));
            paths.any(|place| place == of.place)
        };
        self.shelf.iter().filter(invokes)
    }

    pub(super) fn scenarios(&self) -> usize {
        self.shelf.iter().map(|found| found.tests.len()).sum()
    }

    pub(super) fn failed(&self) -> usize {
        self.shelf.iter().map(Found::failed).sum()
    }

    /// Scenarios that were suggested and nobody has read yet.
    pub(super) fn suggested(&self) -> usize {
        self.shelf.iter().map(Found::suggested).sum()
    }
}

impl Found {
    pub(super) fn failed(&self) -> usize {
        self.tests.iter().filter(|(_, failure)| failure.is_some()).count()
    }

    pub(super) fn suggested(&self) -> usize {
        self.tests.iter().filter(|(scenario, _)| scenario.is_suggested()).count()
    }
}

/// Where a file that another one names really is.
fn beside(path: &Path, named: &str) -> PathBuf {
    let named = Path::new(named);
    if named.exists() {
        return disk::real(named);
    }
    disk::real(&path.parent().unwrap_or(Path::new("")).join(named))
}

/// Names of pages: those of the files, each once, on every file system.
#[derive(Default)]
struct Pages {
    taken: BTreeSet<String>,
}

impl Pages {
    fn name(&mut self, path: &Path) -> String {
        let stem = path.file_stem().map(|stem| stem.to_string_lossy()).unwrap_or_default();
        let safe = |letter: char| letter.is_ascii_alphanumeric() || "-_.".contains(letter);
        let mut stem: String =
            stem.chars().map(|letter| if safe(letter) { letter } else { '-' }).collect();
        if stem.trim_matches(['-', '.']).is_empty() {
            stem = "workflow".to_owned();
        }
        let stem = stem.trim_start_matches('.');
        for number in 1_u32.. {
            let ending = if number == 1 { String::new() } else { format!("-{number}") };
            let name = format!("{stem}{ending}");
            let key = name.to_ascii_lowercase();
            if key != "index" && self.taken.insert(key) {
                return format!("{name}.html");
            }
        }
        format!("{stem}.html")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_have_names_of_their_own() {
        let mut pages = Pages::default();
        let mut name = |path: &str| pages.name(Path::new(path));
        assert_eq!(name("a/door.json"), "door.html");
        assert_eq!(name("b/Door.json"), "Door-2.html");
        assert_eq!(name("index.json"), "index-2.html");
        assert_eq!(name("a b\"<c>.json"), "a-b--c-.html");
        assert_eq!(name("åäö.json"), "workflow.html");
        assert_eq!(name("x/.json"), "json.html");
    }
}
