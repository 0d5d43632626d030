//! Coverage of the workflows that scenarios ran on: gathered from all files, told, held to a least, and what is missing
//! written.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use serde_json::{Value, json};
use tresteg::{Coverage, CoverageShare, Language, Limits, Suggestions, Suite, suggest};

use super::console::Console;
use super::{Stop, files};

#[derive(Debug, clap::Args)]
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
    workflows: BTreeMap<PathBuf, (String, Coverage)>,
}

fn real(path: &str) -> PathBuf {
    Path::new(path).canonicalize().unwrap_or_else(|_| PathBuf::from(path))
}

impl Covered {
    /// Nothing yet, for the workflows of a scenario file.
    pub(super) fn of(suite: &Suite) -> Self {
        let workflows = suite.workflows().map(|(_, path, workflow)| {
            (real(path), (path.to_owned(), Coverage::new(workflow)))
        });
        Self { workflows: workflows.collect() }
    }

    /// The coverage of a workflow by its path, to run a scenario with.
    pub(super) fn get_mut(&mut self, path: &str) -> Option<&mut Coverage> {
        self.workflows.get_mut(&real(path)).map(|(_, coverage)| coverage)
    }

    /// Takes in what another file's scenarios have shown.
    pub(super) fn merge(&mut self, other: Self) -> Result<(), Stop> {
        for (place, (path, coverage)) in other.workflows {
            match self.workflows.get_mut(&place) {
                Some((_, known)) => {
                    known.merge(&coverage).map_err(|error| Stop::Misuse(error.to_string()))?;
                }
                None => {
                    self.workflows.insert(place, (path, coverage));
                }
            }
        }
        Ok(())
    }

    /// Takes in workflows that no scenario may have run on; how many of them are wrong, which is said.
    pub(super) fn besides(
        &mut self,
        paths: &[PathBuf],
        console: &mut Console<'_>,
    ) -> Result<usize, Stop> {
        let mut wrong = 0;
        for path in paths {
            let name = path.to_string_lossy().into_owned();
            let place = real(&name);
            if self.workflows.contains_key(&place) {
                continue;
            }
            let limits = Limits { untaken_entries: 0, ..Limits::default() };
            match files::load_within(path, &limits)? {
                Ok(workflow) => {
                    self.workflows.insert(place, (name, Coverage::new(&workflow)));
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
            for (_, coverage) in self.workflows.values() {
                console.text(&coverage.tell(language))?;
            }
        }
        let suggested = if arguments.suggest {
            self.write_missing(as_json, language, console)?
        } else {
            Vec::new()
        };
        let shares = self.workflows.values().map(|(_, coverage)| coverage.totals().all);
        let all = shares.fold(CoverageShare::default(), CoverageShare::and);
        let percent = all.percent();
        let least = arguments.min_coverage;
        let enough = least.is_none_or(|least| percent >= least);
        if as_json {
            let mut whole = json!({
                "percent": percent, "covered": all.covered, "total": all.total, "enough": enough,
                "workflows": self.listed().map_err(std::io::Error::from)?,
            });
            if arguments.suggest {
                whole["suggested"] = suggested.into();
            }
            return Ok((enough, whole));
        }
        if self.workflows.len() > 1 || (!arguments.coverage && !arguments.suggest) {
            console.text(&format!("all: {percent} % covered ({all})"))?;
        }
        if let (false, Some(least)) = (enough, least) {
            console.text(&format!("✗ {percent} % is covered, at least {least} % is asked for"))?;
        }
        Ok((enough, Value::Null))
    }

    /// Every workflow with all that there is to cover.
    fn listed(&self) -> serde_json::Result<Vec<Value>> {
        let listed = self.workflows.values().map(|(path, coverage)| {
            let mut found = serde_json::to_value(coverage)?;
            if let Some(entries) = found.as_object_mut() {
                entries.insert("file".to_owned(), path.as_str().into());
            }
            Ok(found)
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
                Some(write_new(&path, &found.text)?)
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
                Some(file) => console.text(&format!(
                    "→ {file}: {number} scenarios bring {id} to {percent} %"
                ))?,
                None => console.text(&format!("{id}: no scenario is missing that was found"))?,
            }
            for goal in &found.unreached {
                let mark = if goal.is_impossible { "✗" } else { "?" };
                console.text(&format!("  {mark} {}: {}", goal.title, goal.reason))?;
            }
        }
        Ok(listed)
    }

    /// The suggestions for every workflow, worked out several at a time.
    fn missing(&self, language: Language) -> Vec<(String, Suggestions)> {
        let all: Vec<&(String, Coverage)> = self.workflows.values().collect();
        let next = AtomicUsize::new(0);
        let done: Mutex<BTreeMap<usize, Suggestions>> = Mutex::default();
        let workers = std::thread::available_parallelism().map_or(1, usize::from).min(all.len());
        std::thread::scope(|scope| {
            for _ in 0..workers {
                scope.spawn(|| {
                    while let Some((number, (path, coverage))) = {
                        let number = next.fetch_add(1, Ordering::Relaxed);
                        all.get(number).map(|found| (number, *found))
                    } {
                        // A scenario stands beside its workflow.
                        let name = Path::new(path).file_name().unwrap_or_default();
                        let found = suggest(coverage, &name.to_string_lossy(), language);
                        let mut done = done.lock().unwrap_or_else(PoisonError::into_inner);
                        done.insert(number, found);
                    }
                });
            }
        });
        let done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
        let named = done.into_iter().filter_map(|(number, found)| {
            let (path, _) = all.get(number)?;
            Some((path.clone(), found))
        });
        named.collect()
    }
}

/// Writes into a file beside a workflow that was not there before; its path.
fn write_new(workflow: &str, text: &str) -> Result<String, Stop> {
    use std::io::Write as _;
    let workflow = Path::new(workflow);
    let stem = workflow.file_stem().map(|stem| stem.to_string_lossy()).unwrap_or_default();
    let folder = workflow.parent().unwrap_or(Path::new(""));
    for number in 1.. {
        let ending = if number == 1 { String::new() } else { format!("-{number}") };
        let path = folder.join(format!("{stem}.suggested{ending}.scenario.json"));
        match std::fs::File::create_new(&path) {
            Ok(mut file) => {
                let written = file.write_all(text.as_bytes());
                written.map_err(|error| Stop::file(&path, files::said(&error)))?;
                return Ok(path.to_string_lossy().into_owned());
            }
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(Stop::file(&path, files::said(&error))),
        }
    }
    Err(Stop::file(folder, "holds too many files"))
}
