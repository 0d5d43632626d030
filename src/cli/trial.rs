//! Random cases that are played for the claims of workflows: `tresteg test --claims`.

use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;
use tresteg::diagnostic::visible;
use tresteg::lab::{BrokenClaim, ClaimTrial};
use tresteg::{Language, Workflow};

use super::console::Console;
use super::coverage::{Covered, write_new};
use super::words::say;
use super::{Stop, junit};

#[derive(Debug, clap::Args)]
#[group(skip)]
pub(super) struct Arguments {
    /// Play so many random cases of each workflow that makes claims, and report those that are broken, each with the
    /// shortest story; of a folder every workflow counts
    #[arg(long, value_name = "N")]
    pub claims: Option<u64>,
    /// What the random cases of --claims come from: the same number gives the same cases
    #[arg(long, value_name = "NUMBER", requires = "claims", default_value_t = 0)]
    seed: u64,
    /// Write the stories that break claims into a new scenario file beside each workflow
    #[arg(long, requires = "claims")]
    write: bool,
}

/// What came of it.
#[derive(Default)]
pub(super) struct Trials {
    /// For `--json`.
    pub listed: Vec<serde_json::Value>,
    groups: Vec<junit::Group>,
    broken: usize,
}

impl Trials {
    pub(super) fn are_kept(&self) -> bool {
        self.broken == 0
    }

    /// For `--junit`.
    pub(super) fn tests(&self) -> impl Iterator<Item = junit::Group> + '_ {
        self.groups.iter().cloned()
    }
}

/// Plays so many cases of each workflow, and tells of it.
pub(super) fn try_claims(
    (cases, arguments): (u64, &Arguments),
    covered: &Covered,
    as_json: bool,
    language: Language,
    console: &mut Console<'_>,
) -> Result<Trials, Stop> {
    let mut trials = Trials::default();
    // Shows itself on a terminal only.
    let bar = ProgressBar::new(u64::try_from(covered.len()).unwrap_or(u64::MAX));
    if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos}/{len} {msg}") {
        bar.set_style(style);
    }
    bar.tick();
    let done = covered.try_claims((cases, arguments.seed), language, |(path, workflow, trial)| {
        let told = bar.suspend(|| {
            let told = trials.tell(&path, &workflow, &trial, arguments, as_json, language, console);
            console.out.flush()?;
            told
        });
        bar.set_message(visible(&path).into_owned());
        bar.inc(1);
        told
    });
    bar.finish_and_clear();
    done.map(|()| trials)
}

impl Trials {
    #[expect(clippy::too_many_arguments, reason = "what is told, of what, and to whom")]
    fn tell(
        &mut self,
        path: &str,
        workflow: &Workflow,
        trial: &ClaimTrial,
        arguments: &Arguments,
        as_json: bool,
        language: Language,
        console: &mut Console<'_>,
    ) -> Result<(), Stop> {
        // Where nothing is claimed nothing is played.
        if trial.cases == 0 && trial.broken.is_empty() && !trial.is_cut {
            return Ok(());
        }
        self.broken += trial.broken.len();
        let file = match arguments.write && !trial.text.is_empty() {
            true => Some(write_new(path, "claims", &trial.text)?),
            false => None,
        };
        let mut tests = Vec::new();
        for claim in &trial.broken {
            let (headline, story) = (name(claim, language), story(claim));
            tests.push(junit::Test {
                name: claim.claim.clone(),
                result: junit::Outcome::Failed(headline, story),
            });
        }
        if tests.is_empty() {
            tests.push(junit::Test { name: "claims".to_owned(), result: junit::Outcome::Passed });
        }
        self.groups.push(junit::Group { name: path.to_owned(), tests });
        if as_json {
            let mut listed = serde_json::to_value(trial).map_err(std::io::Error::from)?;
            if let Some(entries) = listed.as_object_mut() {
                entries.insert("workflow".to_owned(), path.into());
                entries.insert("seed".to_owned(), arguments.seed.into());
                entries.insert("file".to_owned(), json!(file));
            }
            self.listed.push(listed);
            return Ok(());
        }
        let (id, cases, steps) = (workflow.id(), trial.cases, trial.steps);
        console.line(&match trial.broken.is_empty() {
            true => say!(trial_kept, id, cases, steps),
            false => say!(trial_broken, id, cases, steps),
        })?;
        if trial.is_cut {
            console.line(&format!("  {}", say!(trial_cut)))?;
        }
        for claim in &trial.broken {
            console.line(&format!("  ✗ {}", name(claim, language)))?;
            console.line(&format!("    {}", say!(trial_shortest, story(claim))))?;
            if claim.scenario.is_none() {
                console.line(&format!("    {}", say!(trial_unwritable)))?;
            }
        }
        if let Some(file) = &file {
            console.line(&format!("  {}", say!(trial_written, file)))?;
        }
        Ok(())
    }
}

/// A claim as people call it, with its name in the file.
fn name(claim: &BrokenClaim, language: Language) -> String {
    let name = match &claim.case {
        Some(case) => format!("{case}: {}", claim.claim),
        None => claim.claim.clone(),
    };
    match claim.title.get(language.tag()) {
        Some(title) => format!("{title} ({name})"),
        None => name,
    }
}

fn story(claim: &BrokenClaim) -> String {
    match claim.story.is_empty() {
        true => say!(trial_start),
        false => claim.story.join(" → "),
    }
}
