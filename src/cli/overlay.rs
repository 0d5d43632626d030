//! What a case and its journal say about a picture of their workflow.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use tresteg::case::{Availability, Choice, Condition, Effects, FactorVerdict, Reason};
use tresteg::coverage::Coverage;
use tresteg::export::{FactorStatus, Overlay, PathStep, TransitionKey, TransitionStatus};
use tresteg::journal::Verifier;
use tresteg::workflow::{Label, TransitionRef};
use tresteg::{Case, Decision, Event, Language, Truth, Value, Workflow};

use super::children::counted as children_counted;
use super::console::Console;
use super::coverage::Covered;
use super::explain::asked_by_anybody;
use super::rules::Journal;
use super::suites::{self, Played};
use super::words::words;
use super::{Spoken, Stop, disk, files, walk};

/// Where the case of a snapshot stands and what it could take.
pub(super) fn standing(
    workflow: &Workflow,
    path: &Path,
    spoken: &Spoken,
    overlay: &mut Overlay,
) -> Result<(), Stop> {
    let case = files::restored(workflow, path, spoken)?;
    stands(&case, overlay);
    overlay.about.extend(children_counted(&case, spoken.language()));
    statuses(&case, spoken.language(), overlay);
    Ok(())
}

/// The way that a journal tells, and where it led; whether the journal is whole to its end, which is said where it is not.
pub(super) fn path(
    workflow: &Workflow,
    path: &Path,
    overlay: &mut Overlay,
    console: &mut Console<'_>,
) -> Result<bool, Stop> {
    let mut verifier = Verifier::new(workflow);
    let mut journal = Journal::open(path)?;
    let mut stood: BTreeMap<String, FactorStatus> = BTreeMap::new();
    while let Some(line) = journal.next()? {
        verifier
            .line(&line)
            .map_err(|found| Stop::file(path, found.tell(super::words::language())))?;
        let Some(decision) = verifier.decision() else { continue };
        strides(decision, workflow, overlay);
        // What a line changes that moves nothing is told with the step before it.
        let (Some(case), Some(last)) = (verifier.case(), overlay.path.last_mut()) else { continue };
        for factor in case.factors() {
            let holding = holding(factor.verdict);
            if stood.insert(factor.name.clone(), holding) != Some(holding) {
                last.factors.insert(factor.name, holding);
            }
        }
    }
    if let Some(case) = verifier.case() {
        stands(&case, overlay);
        overlay.about.extend(children_counted(&case, super::words::language()));
    }
    journal.is_whole(console)
}

/// What scenarios show of the workflow: those that are about this very file.
pub(super) fn coverage(
    file: &Path,
    workflow: &Workflow,
    paths: &[PathBuf],
    language: Language,
    console: &mut Console<'_>,
) -> Result<Overlay, Stop> {
    let scenarios = walk::find(paths, walk::Kind::Scenario, console)?;
    let mut covered = Covered::default();
    suites::run_all(&scenarios, &|_, _| true, true, false, |ran| match ran.result {
        Ok(Played { covered: Some(found), .. }) => covered.merge(found),
        Ok(_) => Ok(()),
        Err(_) => Err(Stop::file(&ran.path, "is wrong: `tresteg test` says how")),
    })?;
    Ok(match covered.of_workflow(&disk::real(file)) {
        Some(found) => found.overlay(language),
        // Nothing runs on it: nothing is seen.
        None => Coverage::new(workflow).overlay(language),
    })
}

fn strides(decision: &Decision, workflow: &Workflow, overlay: &mut Overlay) {
    // What its children do is not on the picture.
    let steps = decision.steps.iter().filter(|step| step.case.is_none());
    let steps = steps.map(|step| (step.at, &step.effects));
    let (before, after): (Vec<_>, Vec<_>) = steps.partition(|(at, _)| *at < decision.at);
    let own = decision.case.is_none().then_some((decision.at, &decision.effects));
    for (at, effects) in before.into_iter().chain(own).chain(after) {
        let Effects { taken, entered, .. } = effects;
        if taken.is_empty() && entered.is_empty() {
            continue;
        }
        // The day where the workflow is at home, as it is said there.
        let at = at.to_string();
        let day = at.get(..10).unwrap_or(&at);
        let day = day.parse().map_or(day.to_owned(), |date| {
            workflow.describe_value("", &Value::Date(date), super::words::language())
        });
        overlay.path.push(PathStep {
            taken: keys(taken),
            entered: entered.clone(),
            at: day,
            factors: BTreeMap::new(),
        });
    }
}

fn stands(case: &Case, overlay: &mut Overlay) {
    overlay.current = case.states().into_iter().map(str::to_owned).collect();
}

/// The keys of transitions; of those that look alike, each the next.
fn keys(ways: &[TransitionRef]) -> Vec<TransitionKey> {
    ways.iter().map(key).collect()
}

fn key(way: &TransitionRef) -> TransitionKey {
    TransitionKey {
        from: way.from.clone(),
        on: way.on.clone(),
        to: way.to.clone(),
        id: way.id.clone(),
        nth: 0,
    }
}

/// What anybody with the right role could send now, and why not.
fn statuses(case: &Case, language: Language, overlay: &mut Overlay) {
    let workflow = case.workflow();
    for choice in case.options(None) {
        let (prospect, reasons) = match &choice.standing {
            Availability::Open => (TransitionStatus::Open, [].as_slice()),
            Availability::OpenIf { reasons, .. } => (TransitionStatus::OpenIf, reasons.as_slice()),
            Availability::Blocked { reasons } => (TransitionStatus::Blocked, reasons.as_slice()),
            _ => (TransitionStatus::Blocked, [].as_slice()),
        };
        for way in taken(case, &choice) {
            overlay.statuses.push((key(&way), TransitionStatus::Open, String::new()));
        }
        let mut whole = Vec::new();
        let mut met = BTreeMap::new();
        for reason in reasons {
            let why = why(workflow, reason, language);
            let Some(way) = &reason.transition else {
                whole.push(why);
                continue;
            };
            let key = key(way).numbered(&mut met);
            let undecided = !reason.unknown.is_empty() && prospect == TransitionStatus::OpenIf;
            let prospect =
                if undecided { TransitionStatus::OpenIf } else { TransitionStatus::Blocked };
            overlay.statuses.push((key, prospect, why));
        }
        // Where another transition of the same event is open, the rest are not what it leads to.
        let rest = if prospect == TransitionStatus::Open {
            TransitionStatus::NotExpected
        } else {
            prospect
        };
        overlay.events.push((choice.event.clone(), rest, whole.join("\n")));
    }
    for factor in case.factors() {
        let stands = (holding(factor.verdict), counted(&factor, language));
        overlay.factors.insert(factor.name.clone(), stands);
    }
}

fn holding(verdict: Truth) -> FactorStatus {
    match verdict {
        Truth::True => FactorStatus::Yes,
        Truth::False => FactorStatus::No,
        _ => FactorStatus::Unknown,
    }
}

/// What an open event would take at once.
fn taken(case: &Case, choice: &Choice) -> Vec<TransitionRef> {
    if choice.standing != Availability::Open {
        return Vec::new();
    }
    let decision = asked_by_anybody(case, case, &Event::new(choice.event.as_str()));
    let taken = decision.into_answer().effects.taken.into_iter();
    taken.filter(|way| way.on == choice.event).collect()
}

fn counted(factor: &FactorVerdict, language: Language) -> String {
    match (factor.reached, factor.at_least) {
        (Some(reached), Some(least)) => format!("{reached} / {least}"),
        _ => match &factor.score {
            Some(score) => format!("{}: {score}", words(language).scorecard),
            None => String::new(),
        },
    }
}

/// Why not, by titles alone: a picture is shown around, and values may be about persons.
fn why(workflow: &Workflow, reason: &Reason, language: Language) -> String {
    let tag = language.tag();
    let text = |label: &Label, name: &str| label.get(tag).unwrap_or(name).to_owned();
    let fact = |label: &Label, name: &str| {
        let personal = workflow.fact(name).is_some_and(|fact| fact.is_personal());
        (!personal).then(|| text(label, name))
    };
    let mut lines = Vec::new();
    for ground in &reason.grounds {
        let line = match ground {
            Condition::Role { needed, titles, .. } => {
                let named = titles.iter().zip(needed).map(|(title, name)| text(title, name));
                Some(named.collect::<Vec<_>>().join(" / "))
            }
            Condition::Unit { role, title, .. } => Some(text(title, role)),
            Condition::Missing { fact: name, title } => fact(title, name),
            Condition::Fact { fact: name, title, .. } => fact(title, name),
            Condition::Factor { factor } => Some(text(&factor.title, &factor.name)),
            _ => None,
        };
        lines.extend(line.map(|line| format!("✗ {line}")));
    }
    lines.extend(reason.hint.get(tag).map(str::to_owned));
    lines.join("\n")
}
