//! Coverage of the workflows that scenarios ran on: gathered from all files, told, held to a least, and what is missing
//! written.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use tresteg::coverage::{Coverage, CoverageRatio};
use tresteg::lab::{ClaimTrial, Suggestions, suggest, try_claims};
use tresteg::scenario::{Failure, Scenario, Suite};
use tresteg::{Language, Workflow};

use super::console::Console;
use super::save::{self, Place};
use super::words::say;
use super::{Stop, disk, files, workers};

#[derive(Debug, clap::Args)]
#[group(skip)]
pub(super) struct Arguments {
    /// Report what the scenarios cover of their workflows, and what not; of a folder every workflow counts
    #[arg(long)]
    coverage: bool,
    /// Fail unless so many percent of all that there is to cover are covered
    #[arg(long, value_name = "PERCENT", value_parser = clap::value_parser!(u32).range(0..=100))]
    min_coverage: Option<u32>,
    /// Write the scenarios that are missing into a new file beside each workflow
    #[arg(long)]
    suggest: bool,
    /// Let --suggest, --mutate and --claims search for as long as it takes, not for some seconds a file
    #[arg(long)]
    pub thorough: bool,
}

impl Arguments {
    /// Whether coverage is taken down.
    pub(super) fn is_asked(&self) -> bool {
        self.coverage || self.min_coverage.is_some() || self.suggest
    }
}

/// Coverage of several workflows, by where they really are.
#[derive(Debug, Default)]
pub(super) struct Covered {
    workflows: BTreeMap<PathBuf, Found>,
}

#[derive(Debug)]
struct Found {
    path: String,
    /// What scenarios have shown that somebody has read.
    read: Coverage,
    /// What those have shown that were suggested, and that nobody has read yet.
    unread: Option<Coverage>,
    /// Those that ran on it.
    scenarios: Vec<Scenario>,
}

impl Found {
    fn new(path: &str, workflow: &Workflow) -> Self {
        let (path, read) = (path.to_owned(), Coverage::new(workflow));
        Self { path, read, unread: None, scenarios: Vec::new() }
    }

    /// What all have shown together.
    fn whole(&self) -> Cow<'_, Coverage> {
        let Some(unread) = &self.unread else { return Cow::Borrowed(&self.read) };
        let mut whole = self.read.clone();
        // Both are of one workflow.
        let _ = whole.merge(unread);
        Cow::Owned(whole)
    }

    /// How much of that only those have shown that nobody has read yet.
    fn resting(&self) -> usize {
        let covered = |coverage: &Coverage| coverage.totals().all.covered;
        match self.unread {
            Some(_) => covered(&self.whole()).saturating_sub(covered(&self.read)),
            None => 0,
        }
    }
}

impl Covered {
    /// Nothing yet, for the workflows of a scenario file.
    pub(super) fn of(suite: &Suite) -> Self {
        let workflows = suite
            .workflows()
            .map(|(_, path, workflow)| (disk::real(Path::new(path)), Found::new(path, workflow)));
        Self { workflows: workflows.collect() }
    }

    /// Runs a scenario on its workflow.
    pub(super) fn run(&mut self, scenario: &Scenario) -> Option<Failure> {
        let Some(found) = self.workflows.get_mut(&disk::real(Path::new(scenario.path()))) else {
            return scenario.run();
        };
        found.scenarios.push(scenario.clone());
        if scenario.is_suggested() {
            let unread = &mut found.unread;
            let unread = unread.get_or_insert_with(|| Coverage::new(found.read.workflow()));
            return scenario.run_covering(unread);
        }
        scenario.run_covering(&mut found.read)
    }

    /// What was shown of one of them, by where it really is.
    pub(super) fn of_workflow(&self, place: &Path) -> Option<Cow<'_, Coverage>> {
        self.workflows.get(place).map(Found::whole)
    }

    /// How much of that rests on scenarios that were suggested and nobody has read yet.
    pub(super) fn resting(&self, place: &Path) -> usize {
        self.workflows.get(place).map_or(0, Found::resting)
    }

    /// What cases have shown of their children counts for the workflows of these.
    fn children(&mut self) {
        let found = self.workflows.values();
        let shown: Vec<(bool, Coverage)> = found
            .flat_map(|found| {
                let unread = found.unread.iter().flat_map(Coverage::children);
                let read = found.read.children().map(|coverage| (true, coverage));
                read.chain(unread.map(|coverage| (false, coverage))).collect::<Vec<_>>()
            })
            .collect();
        let invoked = |found: &Found| -> Vec<(String, Workflow)> {
            let all = found.read.workflow().bundle().into_iter();
            let all = all.flat_map(|workflow| workflow.invokes());
            all.map(|invoke| (invoke.path().to_owned(), invoke.workflow().clone())).collect()
        };
        let paths: Vec<(String, Workflow)> = self.workflows.values().flat_map(invoked).collect();
        for (is_read, coverage) in shown {
            let is_its =
                |workflow: &Workflow| std::ptr::eq(workflow.id(), coverage.workflow().id());
            let path = paths.iter().find(|(_, workflow)| is_its(workflow));
            let Some((path, workflow)) = path else { continue };
            let place = disk::real(Path::new(path));
            let known = self.workflows.entry(place).or_insert_with(|| Found::new(path, workflow));
            let into = match is_read {
                true => &mut known.read,
                false => known.unread.get_or_insert_with(|| Coverage::new(workflow)),
            };
            // A file that has changed in between has other rules, and shows nothing of these.
            let _ = into.merge(&coverage);
        }
    }

    /// Takes in what another file's scenarios have shown.
    pub(super) fn merge(&mut self, mut other: Self) -> Result<(), Stop> {
        other.children();
        for (place, found) in other.workflows {
            match self.workflows.get_mut(&place) {
                Some(known) => {
                    let wrong = |error: tresteg::Error| Stop::Misuse(error.to_string());
                    known.read.merge(&found.read).map_err(wrong)?;
                    match (&mut known.unread, found.unread) {
                        (Some(unread), Some(other)) => unread.merge(&other).map_err(wrong)?,
                        (unread @ None, other) => *unread = other,
                        (Some(_), None) => {}
                    }
                    known.scenarios.extend(found.scenarios);
                }
                None => {
                    self.workflows.insert(place, found);
                }
            }
        }
        Ok(())
    }

    /// Takes in workflows that no scenario may have run on; how many of them are wrong, which is said.
    pub(super) fn besides(
        &mut self,
        paths: &[PathBuf],
        thorough: bool,
        console: &mut Console<'_>,
    ) -> Result<usize, Stop> {
        let mut wrong = 0;
        for path in paths {
            let name = path.to_string_lossy().into_owned();
            let place = disk::real(Path::new(&name));
            if self.workflows.contains_key(&place) {
                continue;
            }
            match files::load_within(path, &files::limits_of_tests(thorough))? {
                Ok(workflow) => {
                    self.workflows.insert(place, Found::new(&name, &workflow));
                }
                Err(report) => {
                    console.report(&report)?;
                    wrong += 1;
                }
            }
        }
        Ok(wrong)
    }

    /// Tells what was asked for, or gives it as JSON; whether enough is covered.
    pub(super) fn report(
        &self,
        arguments: &Arguments,
        as_json: bool,
        language: Language,
        console: &mut Console<'_>,
    ) -> Result<(bool, Value), Stop> {
        if !as_json && arguments.coverage {
            for found in self.workflows.values() {
                console.text(&found.whole().describe(language))?;
                match found.resting() {
                    0 => {}
                    resting => console.line(&format!("  {}", say!(resting, resting)))?,
                }
            }
        }
        let suggested = if arguments.suggest {
            self.write_missing(as_json, language, console)?
        } else {
            Vec::new()
        };
        let shares = self.workflows.values().map(|found| found.whole().totals().all);
        let resting: usize = self.workflows.values().map(Found::resting).sum();
        let all = shares.fold(CoverageRatio::default(), CoverageRatio::and);
        let percent = all.percent();
        let least = arguments.min_coverage;
        let enough = least.is_none_or(|least| percent >= least);
        if as_json {
            let mut whole = json!({
                "percent": percent, "covered": all.covered, "total": all.total, "enough": enough,
                "unread": resting,
                "workflows": self.listed().map_err(std::io::Error::from)?,
            });
            if let (true, Some(entries)) = (arguments.suggest, whole.as_object_mut()) {
                entries.insert("suggested".to_owned(), suggested.into());
            }
            return Ok((enough, whole));
        }
        if self.workflows.len() > 1 || (!arguments.coverage && !arguments.suggest) {
            console.line(&say!(all_covered, percent, all.covered, all.total))?;
            if resting > 0 {
                console.line(&format!("  {}", say!(resting, resting)))?;
            }
        }
        if let (false, Some(least)) = (enough, least) {
            console.line(&say!(too_little, percent, least))?;
        }
        Ok((enough, Value::Null))
    }

    /// Every workflow with all that there is to cover.
    fn listed(&self) -> serde_json::Result<Vec<Value>> {
        let listed = self.workflows.values().map(|found| {
            let mut coverage = serde_json::to_value(found.whole())?;
            if let Some(entries) = coverage.as_object_mut() {
                entries.insert("unread".to_owned(), found.resting().into());
                entries.insert("file".to_owned(), found.path.as_str().into());
            }
            Ok(coverage)
        });
        listed.collect()
    }

    /// Writes what is missing of each workflow into a file of its own.
    fn write_missing(
        &self,
        as_json: bool,
        language: Language,
        console: &mut Console<'_>,
    ) -> Result<Vec<Value>, Stop> {
        let mut listed = Vec::new();
        for (path, found) in self.missing(language) {
            let file = if found.text.is_empty() {
                None
            } else {
                Some(write_new(&path, "suggested", &found.text)?)
            };
            if as_json {
                listed.push(json!({
                    "workflow": path, "file": file, "scenarios": found.found,
                    "unreached": found.unreached, "percent": found.coverage.totals().all.percent(),
                }));
                continue;
            }
            let id = found.coverage.workflow().id();
            let percent = found.coverage.totals().all.percent();
            let number = found.found.len();
            match &file {
                Some(file) => console.line(&say!(brings, file, number, id, percent))?,
                None => console.line(&say!(nothing_missing, id))?,
            }
            for goal in &found.unreached {
                let mark = if goal.is_impossible { "✗" } else { "?" };
                console.line(&format!("  {mark} {}: {}", goal.title, goal.reason))?;
            }
        }
        Ok(listed)
    }

    /// Random cases of every workflow, played for its claims, several workflows at a time: each with its path.
    pub(super) fn try_claims<E>(
        &self,
        (cases, seed): (u64, u64),
        language: Language,
        take: impl FnMut((String, Workflow, ClaimTrial)) -> Result<(), E>,
    ) -> Result<(), E> {
        let all: Vec<&Found> = self.workflows.values().collect();
        let play = |of: &&Found| {
            // A scenario stands beside its workflow.
            let name = Path::new(&of.path).file_name().unwrap_or_default();
            let (name, workflow) = (name.to_string_lossy(), of.read.workflow());
            let trial = try_claims(workflow, &of.scenarios, &name, cases, seed, language);
            (of.path.clone(), workflow.clone(), trial)
        };
        workers::each(&all, play, take)
    }

    /// How many workflows there are.
    pub(super) fn len(&self) -> usize {
        self.workflows.len()
    }

    /// The suggestions for every workflow, worked out several at a time.
    fn missing(&self, language: Language) -> Vec<(String, Suggestions)> {
        let all: Vec<&Found> = self.workflows.values().collect();
        workers::all(&all, |of| {
            // A scenario stands beside its workflow.
            let name = Path::new(&of.path).file_name().unwrap_or_default();
            let name = name.to_string_lossy();
            (of.path.clone(), suggest(&of.whole(), &of.scenarios, &name, language))
        })
    }
}

/// Writes into a file beside a workflow that was not there before, whose name says what for; its path.
pub(super) fn write_new(workflow: &str, what: &str, text: &str) -> Result<String, Stop> {
    let workflow = Path::new(workflow);
    let stem = workflow.file_stem().map(|stem| stem.to_string_lossy()).unwrap_or_default();
    let folder = disk::as_on_disk(disk::parent(workflow));
    for number in 1.. {
        let ending = if number == 1 { String::new() } else { format!("-{number}") };
        let path = folder.join(format!("{stem}.{what}{ending}.scenario.json"));
        match save::try_save(&path, Place::New, text) {
            Ok(()) => return Ok(path.to_string_lossy().into_owned()),
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(save::wrong(&path, &error)),
        }
    }
    Err(Stop::file(&folder, say!(too_many_files)))
}
