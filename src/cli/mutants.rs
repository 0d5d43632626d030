//! `tresteg test --mutate`: which small wrong versions of the workflows no scenario notices.

use std::collections::BTreeMap;

use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;
use tresteg::{Mutant, Mutated, Scenario, Workflow};

use super::console::Console;
use super::suites::Played;
use super::{Stop, workers};

/// A workflow with the scenarios that run on it, and what became of its mutants.
struct Trial<'s> {
    file: String,
    workflow: &'s Workflow,
    /// Those with fewer steps first: most mutants fall to any of them.
    scenarios: Vec<&'s Scenario>,
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
}

/// How many mutants of each fate.
#[derive(Debug, Default, Clone, Copy)]
struct Tally {
    killed: usize,
    survived: usize,
    refused: usize,
    equivalent: usize,
}

/// How many mutants of one workflow these scenarios notice, and those that they do not, the worst first.
pub(super) fn noticed(workflow: &Workflow, mut scenarios: Vec<&Scenario>) -> (usize, Vec<Mutant>) {
    scenarios.sort_by_key(|scenario| scenario.steps());
    let (file, mutants) = (String::new(), workflow.mutants());
    let mut trial = Trial { file, workflow, scenarios, mutants, fates: Vec::new() };
    trial.fates = (0..trial.mutants.len()).map(|mutant| trial.fate(mutant)).collect();
    (trial.tally().killed, trial.survivors().into_iter().cloned().collect())
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
                "survived": trial.survivors(),
            }));
        } else {
            tell(trial, tally, console)?;
        }
    }
    let reached = whole.reaches(least.unwrap_or(0));
    if !as_json {
        let mark = if reached { "✓" } else { "✗" };
        let asked = least.map(|least| format!(", asked for are {least} %")).unwrap_or_default();
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
            let file = workflow.warnings().sources().file(0);
            let file = file.map_or_else(String::new, |(name, _)| name.to_owned());
            let trial = by_file.entry(file.clone()).or_insert_with(|| {
                let mutants = workflow.mutants();
                let fates = vec![None; mutants.len()];
                Trial { file, workflow, scenarios: Vec::new(), mutants, fates }
            });
            trial.scenarios.push(scenario);
        }
    }
    let mut trials: Vec<Trial<'_>> = by_file.into_values().collect();
    for trial in &mut trials {
        trial.scenarios.sort_by_key(|scenario| scenario.steps());
    }
    trials
}

/// Runs all mutants, as many at a time as there are processors.
fn run(trials: &mut [Trial<'_>]) {
    let work: Vec<(usize, usize)> = trials
        .iter()
        .enumerate()
        .flat_map(|(trial, of)| (0..of.mutants.len()).map(move |mutant| (trial, mutant)))
        .collect();
    // Shows itself on a terminal only.
    let bar = ProgressBar::new(u64::try_from(work.len()).unwrap_or(u64::MAX));
    if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos}/{len} mutants {eta}") {
        bar.set_style(style);
    }
    let shared: &[Trial<'_>] = trials;
    let found = workers::all(&work, |(trial, mutant)| {
        let fate = shared.get(*trial).and_then(|trial| trial.fate(*mutant));
        bar.inc(1);
        fate
    });
    bar.finish_and_clear();
    for ((trial, mutant), fate) in work.into_iter().zip(found) {
        if let Some(place) = trials.get_mut(trial).and_then(|trial| trial.fates.get_mut(mutant)) {
            *place = fate;
        }
    }
}

impl Trial<'_> {
    fn fate(&self, mutant: usize) -> Option<Fate> {
        Some(match self.mutants.get(mutant)?.workflow(self.workflow) {
            Mutated::Workflow(mutated) => {
                match self.scenarios.iter().any(|scenario| !scenario.passes_on(&mutated)) {
                    true => Fate::Killed,
                    false => Fate::Survived,
                }
            }
            Mutated::Equivalent(_) => Fate::Equivalent,
            _ => Fate::Refused,
        })
    }

    fn tally(&self) -> Tally {
        let count = |wanted| self.fates.iter().filter(|fate| **fate == Some(wanted)).count();
        Tally {
            killed: count(Fate::Killed),
            survived: count(Fate::Survived),
            refused: count(Fate::Refused),
            equivalent: count(Fate::Equivalent),
        }
    }

    /// Mutants that no scenario noticed, the worst first.
    fn survivors(&self) -> Vec<&Mutant> {
        let fates = self.mutants.iter().zip(&self.fates);
        let survivors = fates.filter(|(_, fate)| **fate == Some(Fate::Survived));
        let mut survivors: Vec<&Mutant> = survivors.map(|(mutant, _)| mutant).collect();
        survivors.sort_by_key(|mutant| mutant.kind);
        survivors
    }
}

fn tell(trial: &Trial<'_>, tally: Tally, console: &mut Console<'_>) -> Result<(), Stop> {
    console.line(&format!("{}: {tally}", trial.file))?;
    for mutant in trial.survivors() {
        console.line(&format!("  {mutant} ({})", mutant.kind.name().replace('_', " ")))?;
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
    }

    fn reaches(self, percent: u32) -> bool {
        let all = self.killed + self.survived;
        self.killed.saturating_mul(100) >= all.saturating_mul(percent as usize)
    }

    fn listed(self) -> serde_json::Value {
        let Self { killed, survived, refused, equivalent } = self;
        json!({
            "killed": killed, "survived": survived, "refused": refused, "equivalent": equivalent,
        })
    }
}

impl std::fmt::Display for Tally {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let all = self.killed + self.survived;
        // Rounded down: 100 % is all of them.
        let percent = (self.killed * 100).checked_div(all).unwrap_or(100);
        let of = if all == 1 { "mutant" } else { "mutants" };
        write!(f, "{} of {all} {of} killed ({percent} %)", self.killed)?;
        if self.equivalent > 0 {
            write!(f, ", {} mean the same", self.equivalent)?;
        }
        if self.refused > 0 {
            write!(f, ", {} refused by the checks", self.refused)?;
        }
        Ok(())
    }
}
