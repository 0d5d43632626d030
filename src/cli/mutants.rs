//! `tresteg test --mutate`: which small wrong versions of the workflows no scenario notices.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;
use tresteg::Workflow;
use tresteg::lab::{Mutant, MutantStatus, Work};
use tresteg::scenario::Scenario;

use super::console::Console;
use super::suites::Played;
use super::words::{say, spoken};
use super::{Stop, disk, workers};

/// A workflow with the scenarios that run on it, and what became of its mutants.
struct Trial<'s> {
    file: String,
    workflow: &'s Workflow,
    /// Those with fewer steps first: most mutants fall to any of them.
    scenarios: Vec<&'s Scenario>,
    /// Workflows that extend it, with theirs: what is wrong in a base shows in its variants.
    variants: Vec<(&'s Workflow, Vec<&'s Scenario>)>,
    /// Workflows that invoke it for child cases, with theirs: what is wrong in a part shows in the whole.
    wholes: Vec<(&'s Workflow, Vec<&'s Scenario>)>,
    mutants: Vec<Mutant>,
    fates: Vec<Option<Fate>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Killed,
    Survived,
    /// The checks of a file refuse it.
    Refused,
    Equivalent,
    /// Nothing was found that tells it apart, and nothing proves that there is nothing.
    Undecided,
    /// There was no room for it in what a search may do.
    Untried,
}

/// One mutant has no more than one of so many parts of what a search over its file may do.
const PARTS: u64 = 8;

/// How many mutants of each fate.
#[derive(Debug, Default, Clone, Copy)]
struct Tally {
    killed: usize,
    survived: usize,
    refused: usize,
    equivalent: usize,
    undecided: usize,
    untried: usize,
}

/// How many mutants of one workflow these scenarios notice, and those that they do not, the worst first.
pub(super) fn noticed(workflow: &Workflow, mut scenarios: Vec<&Scenario>) -> (usize, Vec<Mutant>) {
    scenarios.sort_by_key(|scenario| scenario.steps());
    let (file, mutants) = (String::new(), workflow.mutants());
    let (variants, wholes, fates) = (Vec::new(), Vec::new(), Vec::new());
    let mut trial = Trial { file, workflow, scenarios, variants, wholes, mutants, fates };
    trial.judge(|trial, some| some.map(|mutant| trial.fate(mutant)).collect());
    (trial.tally().killed, trial.with(Fate::Survived).into_iter().cloned().collect())
}

/// Makes every mutant of every workflow that scenarios were run on, and runs these on it until one notices. Whether the
/// score is reached, and everything as JSON.
pub(super) fn mutate(
    played: &[Played],
    least: Option<u32>,
    as_json: bool,
    console: &mut Console<'_>,
) -> Result<(bool, serde_json::Value), Stop> {
    let mut trials = trials(played);
    run(&mut trials);
    let mut whole = Tally::default();
    let mut listed = Vec::new();
    for trial in &trials {
        let tally = trial.tally();
        whole.add(tally);
        if as_json {
            listed.push(json!({
                "file": trial.file,
                "workflow": trial.workflow.id(),
                "scenarios": trial.scenarios.len(),
                "counts": tally.listed(),
                "survived": trial.with(Fate::Survived),
                "undecided": trial.with(Fate::Undecided),
            }));
        } else {
            tell(trial, tally, console)?;
        }
    }
    let reached = whole.reaches(least.unwrap_or(0));
    if !as_json {
        let mark = if reached { "✓" } else { "✗" };
        let asked = least.map(|least| say!(asked_for, least)).unwrap_or_default();
        console.line(&format!("{mark} {whole}{asked}"))?;
    }
    Ok((reached, json!({ "counts": whole.listed(), "workflows": listed })))
}

fn trials(played: &[Played]) -> Vec<Trial<'_>> {
    let mut by_file: BTreeMap<String, Trial<'_>> = BTreeMap::new();
    for one in played {
        let chosen = one.results.iter();
        for scenario in chosen.filter_map(|(number, _)| one.suite.scenarios().get(*number)) {
            let workflow = scenario.workflow();
            let file = own_file(workflow);
            let trial = by_file.entry(file.clone()).or_insert_with(|| Trial::of(file, workflow));
            trial.scenarios.push(scenario);
        }
    }
    // Those that are invoked and that no scenario is about have those of the whole.
    let mut known: BTreeSet<PathBuf> =
        by_file.keys().map(|file| disk::real(Path::new(file))).collect();
    let wholes: Vec<&Workflow> = by_file.values().map(|trial| trial.workflow).collect();
    for child in wholes.iter().flat_map(|whole| whole.bundle().into_iter().skip(1)) {
        let file = own_file(child);
        if known.insert(disk::real(Path::new(&file))) {
            by_file.insert(file.clone(), Trial::of(file, child));
        }
    }
    let mut trials: Vec<Trial<'_>> = by_file.into_values().collect();
    for trial in &mut trials {
        trial.scenarios.sort_by_key(|scenario| scenario.steps());
    }
    let with = trials.iter().filter(|trial| !trial.scenarios.is_empty());
    let all: Vec<_> = with.map(|trial| (trial.workflow, trial.scenarios.clone())).collect();
    for trial in &mut trials {
        let own = disk::real(Path::new(&trial.file));
        let extends = |(variant, _): &&(&Workflow, _)| bases(variant).any(|base| base == own);
        trial.variants = all.iter().filter(extends).cloned().collect();
        let invokes = |(whole, _): &&(&Workflow, _)| {
            let mut children = whole.bundle().into_iter().skip(1);
            children.any(|child| disk::real(Path::new(&own_file(child))) == own)
        };
        trial.wholes = all.iter().filter(invokes).cloned().collect();
    }
    trials
}

/// The name of the file that a workflow was read from.
fn own_file(workflow: &Workflow) -> String {
    let file = workflow.warnings().sources().file(0);
    file.map_or_else(String::new, |(name, _)| name.to_owned())
}

/// The files that a workflow extends, where they really are.
fn bases(workflow: &Workflow) -> impl Iterator<Item = PathBuf> {
    let sources = workflow.warnings().sources();
    let names = (1..).map_while(|file| sources.file(file));
    names.map(|(name, _)| disk::real(Path::new(name)))
}

/// Runs all mutants, as many at a time as there are processors.
fn run(trials: &mut [Trial<'_>]) {
    let all: usize = trials.iter().map(|trial| trial.mutants.len()).sum();
    // Shows itself on a terminal only.
    let bar = ProgressBar::new(u64::try_from(all).unwrap_or(u64::MAX));
    if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos}/{len} mutants {eta}") {
        bar.set_style(style);
    }
    for trial in trials {
        trial.judge(|trial, some| {
            let some: Vec<usize> = some.collect();
            workers::all(&some, |mutant| {
                let fate = trial.fate(*mutant);
                bar.inc(1);
                fate
            })
        });
    }
    bar.finish_and_clear();
}

impl<'s> Trial<'s> {
    /// Of a workflow, before any scenario.
    fn of(file: String, workflow: &'s Workflow) -> Self {
        let mutants = workflow.mutants();
        let fates = vec![None; mutants.len()];
        let (scenarios, variants, wholes) = (Vec::new(), Vec::new(), Vec::new());
        Self { file, workflow, scenarios, variants, wholes, mutants, fates }
    }

    /// Tries one mutant after the other, some at a time, until they have cost what a search may do. Which of them have is
    /// the same however many are tried at a time.
    fn judge(&mut self, some: impl Fn(&Self, std::ops::Range<usize>) -> Vec<(Fate, u64)>) {
        /// No more than these at a time.
        const MOST: u64 = 256;
        let (all, most) = (self.mutants.len(), self.workflow.limits().search_operations);
        let mut fates: Vec<Option<Fate>> = Vec::with_capacity(all);
        // As if each could cost what one may.
        let (mut used, mut dearest) = (0_u64, most / PARTS);
        while fates.len() < all && used < most {
            let room = (most - used).checked_div(dearest.max(1)).unwrap_or(MOST);
            let many = usize::try_from(room.clamp(1, MOST)).unwrap_or(1);
            let end = fates.len().saturating_add(many).min(all);
            for (fate, cost) in some(self, fates.len()..end) {
                dearest = if fates.is_empty() { cost } else { dearest.max(cost) };
                let fate = if used < most { fate } else { Fate::Untried };
                used = used.saturating_add(cost);
                fates.push(Some(fate));
            }
        }
        fates.resize(all, Some(Fate::Untried));
        self.fates = fates;
    }

    /// What becomes of a mutant, and what it cost.
    fn fate(&self, mutant: usize) -> (Fate, u64) {
        let work = Work::of(self.workflow.limits(), PARTS);
        let fate = self.mutants.get(mutant).map(|mutant| self.fate_within(mutant, &work));
        let fate = fate.filter(|_| !work.is_exhausted()).unwrap_or(Fate::Untried);
        (fate, work.used())
    }

    fn fate_within(&self, mutant: &Mutant, work: &Work) -> Fate {
        let (mutated, unnoticed) = match mutant.workflow_within(self.workflow, work) {
            MutantStatus::Workflow(mutated) => (mutated, Fate::Survived),
            MutantStatus::Equivalent(mutated) => (mutated, Fate::Equivalent),
            MutantStatus::Undecided(mutated) => (mutated, Fate::Undecided),
            _ => return Fate::Refused,
        };
        // Who notices has the last word, whatever was found out of the rules: an answer has its reasons too.
        let fails = |mutated: &Workflow, scenarios: &[&Scenario]| {
            scenarios.iter().any(|scenario| !scenario.passes_on_within(mutated, work))
        };
        let in_other = |mutated, scenarios: &[&Scenario]| match mutated {
            Ok(Some(mutated)) => fails(&mutated, scenarios),
            Ok(None) => false,
            // Its scenarios cannot even be run.
            Err(_) => true,
        };
        let is_noticed = fails(&mutated, &self.scenarios)
            || self.variants.iter().any(|(variant, scenarios)| {
                in_other(mutant.variant(self.workflow, variant, work), scenarios)
            })
            || self.wholes.iter().any(|(whole, scenarios)| {
                in_other(mutant.whole(self.workflow, whole, work), scenarios)
            });
        if is_noticed { Fate::Killed } else { unnoticed }
    }

    fn tally(&self) -> Tally {
        let count = |wanted| self.fates.iter().filter(|fate| **fate == Some(wanted)).count();
        Tally {
            killed: count(Fate::Killed),
            survived: count(Fate::Survived),
            refused: count(Fate::Refused),
            equivalent: count(Fate::Equivalent),
            undecided: count(Fate::Undecided),
            untried: count(Fate::Untried),
        }
    }

    /// Mutants of this fate, the worst first.
    fn with(&self, wanted: Fate) -> Vec<&Mutant> {
        let fates = self.mutants.iter().zip(&self.fates);
        let found = fates.filter(|(_, fate)| **fate == Some(wanted));
        let mut found: Vec<&Mutant> = found.map(|(mutant, _)| mutant).collect();
        found.sort_by_key(|mutant| mutant.kind);
        found
    }
}

fn tell(trial: &Trial<'_>, tally: Tally, console: &mut Console<'_>) -> Result<(), Stop> {
    console.line(&format!("{}: {tally}", trial.file))?;
    let survived = trial.with(Fate::Survived).into_iter().map(|mutant| (mutant, ""));
    let undecided =
        trial.with(Fate::Undecided).into_iter().map(|mutant| (mutant, spoken().undecided_mutant));
    for (mutant, mark) in survived.chain(undecided) {
        console.line(&format!("  {mark}{mutant} ({})", mutant.kind.name().replace('_', " ")))?;
        let shown: String = mutant.context.split_whitespace().collect::<Vec<_>>().join(" ");
        let shown = match shown.char_indices().nth(100) {
            Some((end, _)) => format!("{}…", shown.get(..end).unwrap_or("")),
            None => shown,
        };
        if shown == mutant.before {
            console.line(&format!("    {}", mutant.path))?;
        } else {
            console.line(&format!("    {}: {shown}", mutant.path))?;
        }
    }
    Ok(())
}

impl Tally {
    fn add(&mut self, other: Self) {
        self.killed += other.killed;
        self.survived += other.survived;
        self.refused += other.refused;
        self.equivalent += other.equivalent;
        self.undecided += other.undecided;
        self.untried += other.untried;
    }

    /// What was not tried was not noticed.
    fn reaches(self, percent: u32) -> bool {
        let all = self.killed + self.survived + self.untried;
        self.killed.saturating_mul(100) >= all.saturating_mul(percent as usize)
    }

    fn listed(self) -> serde_json::Value {
        let Self { killed, survived, refused, equivalent, undecided, untried } = self;
        let mut listed = json!({
            "killed": killed, "survived": survived, "refused": refused, "equivalent": equivalent,
            "undecided": undecided,
        });
        if let (1.., Some(members)) = (untried, listed.as_object_mut()) {
            members.insert("not_tried".to_owned(), untried.into());
        }
        listed
    }
}

impl std::fmt::Display for Tally {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let all = self.killed + self.survived;
        // Rounded down: 100 % is all of them.
        let percent = (self.killed * 100).checked_div(all).unwrap_or(100);
        let killed = self.killed;
        f.write_str(&match all {
            1 => say!(killed_one, killed, all, percent),
            _ => say!(killed, killed, all, percent),
        })?;
        if self.equivalent > 0 {
            f.write_str(&say!(mean_the_same, self.equivalent))?;
        }
        if self.undecided > 0 {
            f.write_str(&say!(not_decided, self.undecided))?;
        }
        if self.refused > 0 {
            f.write_str(&say!(refused, self.refused))?;
        }
        if self.untried > 0 {
            f.write_str(&say!(not_tried, self.untried))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
