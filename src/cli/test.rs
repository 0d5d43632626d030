//! `tresteg test`: the scenarios of files and folders, run on their workflows.

use std::path::{Path, PathBuf};

use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;
use tresteg::Language;
use tresteg::diagnostic::{Report, visible};
use tresteg::scenario::Scenario;

use super::console::Console;
use super::coverage::{self, Covered};
use super::failure::{details, full_name, headline, own_name};
use super::save::{self, Place};
use super::suites::{self, Broken, Played, Ran};
use super::words::say;
use super::{Done, Spoken, Stop, Verdict, disk, junit, mutants, trial, walk, watch};

#[derive(Debug, clap::Args)]
#[command(after_help = "\
A scenario file says what is given, what happens and what is then expected; `tresteg schema
--scenarios` prints its JSON Schema. A step that says nothing expects that its event is accepted.

Exit codes: 0 everything went as expected; 1 something did not, or a file is wrong; 2 misuse:
no scenario was found, a file cannot be read or written.")]
pub(super) struct Arguments {
    /// Scenario files, or folders: every *.scenario.json below
    #[arg(required = true)]
    pub paths: Vec<PathBuf>,
    /// Only scenarios whose file, name, workflow or row contains this text
    #[arg(long, value_name = "TEXT")]
    filter: Option<String>,
    /// Print the results as one JSON object to standard output
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    cover: coverage::Arguments,
    /// Write the results as JUnit XML to a file
    #[arg(long, value_name = "FILE")]
    junit: Option<PathBuf>,
    /// Stay, and run again what rests on a file that changes
    #[arg(long, conflicts_with_all = ["json", "junit", "coverage", "min_coverage", "suggest", "claims"])]
    watch: bool,
    /// Make small wrong versions of the workflows, and report those that no scenario notices
    #[arg(long, conflicts_with = "watch")]
    mutate: bool,
    /// Fail unless so many percent of the mutants are killed, leaving out those that mean the same and those of which that
    /// is not decided
    #[arg(long, value_name = "PERCENT", requires = "mutate", value_parser = clap::value_parser!(u32).range(0..=100))]
    min_mutation_score: Option<u32>,
    #[command(flatten)]
    trial: trial::Arguments,
    /// Name every scenario, not only those that fail
    #[arg(short, long)]
    verbose: bool,
    #[command(flatten)]
    pub(super) spoken: Spoken,
}

impl Arguments {
    /// Whether what scenarios show of their workflows is needed afterwards.
    fn gathers(&self) -> bool {
        self.cover.is_asked() || self.trial.claims.is_some()
    }
}

/// What came of all files so far.
#[derive(Default)]
struct Results {
    files: usize,
    passed: usize,
    failed: usize,
    broken: usize,
    /// Scenarios that were suggested and nobody has read yet.
    suggested: usize,
    /// For `--json`.
    listed: Vec<serde_json::Value>,
    /// For `--junit`.
    groups: Vec<junit::Group>,
    covered: Covered,
}

pub(super) fn test(arguments: &Arguments, console: &mut Console<'_>) -> Done {
    let asked = arguments.cover.is_asked();
    let gathers = arguments.gathers();
    let kind = if gathers { walk::Kind::Any } else { walk::Kind::Scenario };
    let paths = walk::find(&arguments.paths, kind, console)?;
    let is_workflow = |path: &PathBuf| gathers && !walk::is_scenario(&path.to_string_lossy());
    let (workflows, paths): (Vec<PathBuf>, Vec<PathBuf>) = paths.into_iter().partition(is_workflow);
    if arguments.watch {
        return watch::watch(&arguments.paths, paths, console, |paths, console, note| {
            run_again(arguments, paths, console, note)
        });
    }
    let mut played = Vec::new();
    let mut results = run(arguments, &paths, console, |ran| {
        if arguments.mutate {
            played.extend(ran.result.ok());
        }
    })?;
    // A workflow that no scenario runs on has everything still to cover.
    results.broken += results.covered.besides(&workflows, arguments.cover.thorough, console)?;
    if workflows.is_empty() && results.passed + results.failed + results.broken == 0 {
        return Err(Stop::Misuse(say!(no_such_scenario)));
    }
    let trials = match &arguments.trial.claims {
        Some(cases) => {
            let language = arguments.spoken.language();
            let how = (*cases, &arguments.trial);
            Some(trial::try_claims(how, &results.covered, arguments.json, language, console)?)
        }
        None => None,
    };
    if let Some(trials) = &trials {
        results.groups.extend(trials.tests());
    }
    if let Some(path) = &arguments.junit {
        save::save(path, Place::Any, &junit::write(&results.groups))?;
    }
    let passed = results.failed + results.broken == 0;
    let kept = trials.as_ref().is_none_or(trial::Trials::are_kept);
    let language = arguments.spoken.language();
    // Of workflows alone there is nothing to sum up.
    let is_told = !arguments.json && results.files + results.broken > 0;
    let said = is_told.then(|| results.summary());
    if let Some(said) = &said {
        console.text(said)?;
    }
    let (mut enough, covered) = if asked {
        results.covered.report(&arguments.cover, arguments.json, language, console)?
    } else {
        (true, serde_json::Value::Null)
    };
    // What fails already says nothing about slips.
    let mutants = if arguments.mutate && passed {
        let least = arguments.min_mutation_score;
        let (reached, found) = mutants::mutate(&played, least, arguments.json, console)?;
        enough &= reached;
        Some(found)
    } else {
        None
    };
    if arguments.json {
        let mut whole = json!({
            "passed": results.passed, "failed": results.failed, "suggested": results.suggested,
            "files": results.listed,
        });
        if let (true, Some(entries)) = (asked, whole.as_object_mut()) {
            entries.insert("coverage".to_owned(), covered);
        }
        if let (Some(trials), Some(entries)) = (trials, whole.as_object_mut()) {
            entries.insert("claims".to_owned(), trials.listed.into());
        }
        if let (Some(mutants), Some(entries)) = (mutants, whole.as_object_mut()) {
            entries.insert("mutants".to_owned(), mutants);
        }
        serde_json::to_writer_pretty(&mut *console.out, &whole).map_err(std::io::Error::from)?;
        console.out.write_all(b"\n")?;
    }
    Ok(Verdict::yes_if(enough && passed && kept))
}

/// Runs the scenarios of these files and shows how they went; `note` gets each file then.
fn run(
    arguments: &Arguments,
    paths: &[PathBuf],
    console: &mut Console<'_>,
    mut note: impl FnMut(Ran),
) -> Result<Results, Stop> {
    let filter = arguments.filter.as_deref().map(|text| disk::composed(&text.to_lowercase()));
    let wanted = |path: &Path, scenario: &Scenario| {
        filter.as_ref().is_none_or(|text| {
            disk::composed(&full_name(path, scenario).to_lowercase()).contains(text)
        })
    };
    let mut results = Results::default();
    // Shows itself on a terminal only.
    let bar = ProgressBar::new(u64::try_from(paths.len()).unwrap_or(u64::MAX));
    if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos}/{len} {msg}") {
        bar.set_style(style);
    }
    let thorough = arguments.cover.thorough;
    let done = suites::run_all(paths, &wanted, arguments.gathers(), thorough, |mut ran| {
        if let Ok(Played { covered: Some(found), .. }) = &mut ran.result {
            results.covered.merge(std::mem::take(found))?;
        }
        let told = bar.suspend(|| {
            let told = results.describe(&ran, arguments, console);
            console.out.flush()?;
            told
        });
        bar.set_message(visible(&ran.path.display().to_string()).into_owned());
        bar.inc(1);
        note(ran);
        told
    });
    bar.finish_and_clear();
    done.map(|()| results)
}

/// Runs scenarios for whoever stays: the summary is shown.
fn run_again(
    arguments: &Arguments,
    paths: &[PathBuf],
    console: &mut Console<'_>,
    note: impl FnMut(Ran),
) -> Result<(), Stop> {
    let results = run(arguments, paths, console, note)?;
    console.text(&results.summary())?;
    Ok(console.out.flush()?)
}

impl Results {
    fn describe(
        &mut self,
        ran: &Ran,
        arguments: &Arguments,
        console: &mut Console<'_>,
    ) -> Result<(), Stop> {
        self.files += 1;
        let name = ran.path.display().to_string();
        match &ran.result {
            Err(Broken::Unreadable(message)) if arguments.watch => {
                self.broken += 1;
                console.complain(message)?;
            }
            Err(Broken::Unreadable(message)) => return Err(Stop::Misuse(message.clone())),
            Err(Broken::Wrong(reports)) => {
                self.broken += 1;
                self.wrong(name, reports, arguments, console)?;
            }
            Ok(played) => self.played(&ran.path, played, arguments, console)?,
        }
        Ok(())
    }

    fn wrong(
        &mut self,
        name: String,
        reports: &[Report],
        arguments: &Arguments,
        console: &mut Console<'_>,
    ) -> Result<(), Stop> {
        let told: String = reports.iter().map(|report| report.render(false)).collect();
        let first = reports.iter().flat_map(Report::diagnostics).next();
        let first = first.map(|found| found.message.clone()).unwrap_or_default();
        if arguments.json {
            let problems: Vec<_> = reports.iter().map(listed).collect();
            let problems = problems.concat();
            self.listed.push(json!({ "file": name, "problems": problems, "scenarios": [] }));
        } else {
            for report in reports {
                console.report(report)?;
            }
        }
        let result = junit::Outcome::Broken(first, told);
        let tests = vec![junit::Test { name: name.clone(), result }];
        self.groups.push(junit::Group { name, tests });
        Ok(())
    }

    fn played(
        &mut self,
        path: &Path,
        played: &Played,
        arguments: &Arguments,
        console: &mut Console<'_>,
    ) -> Result<(), Stop> {
        let language = arguments.spoken.language();
        let Played { suite, results, bare, .. } = played;
        let name = path.display().to_string();
        let (mut tests, mut rows) = (Vec::new(), Vec::new());
        if !arguments.json {
            console.report(suite.warnings())?;
        }
        for (number, failure) in results {
            let Some(scenario) = suite.scenarios().get(*number) else { continue };
            self.suggested += usize::from(scenario.is_suggested());
            let mark = if failure.is_none() { "✓" } else { "✗" };
            let quiet = arguments.json || (failure.is_none() && !arguments.verbose);
            if !quiet {
                console.line(&format!("{mark} {}", full_name(path, scenario)))?;
            }
            let mut result = junit::Outcome::Passed;
            if let Some(failure) = failure {
                self.failed += 1;
                let headline = headline(failure, language);
                let details = details(scenario, failure, language);
                if !quiet {
                    console.line(&format!("  {headline}"))?;
                    for line in &details {
                        console.line(&format!("    {line}"))?;
                    }
                }
                result = junit::Outcome::Failed(headline, details.join("\n"));
            } else {
                self.passed += 1;
            }
            if arguments.json {
                rows.push(row(scenario, failure.as_ref(), language));
            }
            if arguments.junit.is_some() {
                tests.push(junit::Test { name: own_name(scenario), result });
            }
        }
        if *bare > 0 && !arguments.json {
            console.line(&say!(left_out, bare))?;
        }
        if arguments.json {
            let problems = listed(suite.warnings());
            let mut file = json!({ "file": name, "problems": problems, "scenarios": rows });
            if let (1.., Some(entries)) = (*bare, file.as_object_mut()) {
                entries.insert("answers_left_out".to_owned(), (*bare).into());
            }
            self.listed.push(file);
        }
        self.groups.push(junit::Group { name, tests });
        Ok(())
    }

    fn summary(&self) -> String {
        let Self { files, passed, failed, broken, suggested, .. } = self;
        let mark = if failed + broken == 0 { "✓" } else { "✗" };
        let file = |number: usize| if number == 1 { say!(one_file) } else { say!(files, number) };
        let all = passed + failed;
        let all = if all == 1 { say!(one_scenario) } else { say!(scenarios, all) };
        let but = |number: usize, said: String| match number {
            0 => String::new(),
            _ => format!(", {said}"),
        };
        format!(
            "{mark} {}{}{}{}",
            say!(in_files, all, file(*files), passed),
            but(*failed, say!(not_as_expected, failed)),
            but(*broken, say!(wrong, file(*broken))),
            // What was written from what the workflow does says nothing of whether that is right.
            but(*suggested, say!(suggested, suggested))
        )
    }
}

fn listed(report: &Report) -> Vec<serde_json::Value> {
    match serde_json::to_value(report) {
        Ok(serde_json::Value::Array(problems)) => problems,
        _ => Vec::new(),
    }
}

fn row(
    scenario: &Scenario,
    failure: Option<&tresteg::scenario::Failure>,
    language: Language,
) -> serde_json::Value {
    let told = failure.and_then(|failure| failure.decision.as_ref());
    let told = told.map(|decision| scenario.workflow().describe(decision, language));
    json!({
        "name": scenario.name(),
        "title": scenario.title().get(language.tag()),
        "workflow": scenario.workflow().id(),
        "variant": scenario.variant(),
        "row": scenario.row().map(|(number, said)| json!({ "number": number, "values": said })),
        "place": scenario.place(),
        "suggested": scenario.is_suggested(),
        "passed": failure.is_none(),
        "failure": failure,
        "told": told,
    })
}
