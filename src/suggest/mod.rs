//! The scenarios that are missing: for every goal of coverage that was not reached, a way for a case that reaches it, found by
//! search and run before it is written; what cannot be reached is named with the reason.
//!
//! ```text
//! start ──explore──► entries (where cases can stand, each with the shortest way found)
//!                       │
//! goal ──solve──► facts that make the clause decide ──realize──► trace ──run──► scenario
//! ```

mod distance;
mod explore;
mod inputs;
mod less;
mod player;
mod prove;
mod realize;
mod reason;
mod solve;
mod trace;
mod write;

use std::collections::BTreeSet;

use serde::Serialize;

use crate::Language;
use crate::coverage::Coverage;
use crate::coverage::counts::Side;
use crate::coverage::goal::Goal;
use crate::definition::parse::is_remark;
use crate::language::Searches;
use crate::rule::Truth;
use crate::rule::outline::Origin;
use crate::scenario::{Scenario, Suite};
use crate::suggest::distance::SearchGoal;
use crate::table::{Id, TransitionId};
use crate::workflow::Workflow;
use explore::{Explorer, Failed};
use reason::{dead, reason};
use trace::Trace;

pub use player::{BrokenClaim, ClaimTrial, try_claims};

/// How often a scenario that is written looks at an eighth of what the file has.
const WRITTEN: usize = 16;

/// What is missing, as far as it was found.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Suggestions {
    /// A scenario file, as text; empty where nothing was found.
    pub text: String,
    /// The scenarios in it.
    pub found: Vec<Suggestion>,
    /// Goals that no scenario was found for.
    pub unreached: Vec<UnreachedGoal>,
    /// What is covered together with the scenarios found.
    pub coverage: Coverage,
}

/// A scenario that was missing.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct Suggestion {
    /// Its name in the file.
    pub name: String,
    /// What it is for.
    pub title: String,
    /// The goals that it reaches and that were not reached before.
    pub goals: Vec<Goal>,
}

/// A goal that was not reached.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct UnreachedGoal {
    /// Which.
    pub goal: Goal,
    /// What it asks for.
    pub title: String,
    /// Whether it was proven that nothing can reach it.
    pub is_impossible: bool,
    /// Why, in words.
    pub reason: String,
}

/// Writes the scenarios that a coverage lacks, for a workflow that the file names by this path. Those that there are show where
/// cases can stand.
///
/// Every suggestion was run and reaches what it promises; its expectations are what the engine answered, so read them before
/// you keep them. The search begins at the start of a case, prefers ways that only send events, and takes `from` where it
/// finds none. It is bounded and deterministic: the same workflow and coverage give the same text.
///
/// ```
/// use tresteg::coverage::Coverage;
/// use tresteg::lab::suggest;
/// use tresteg::{Language, Workflow};
///
/// let workflow = Workflow::from_json(r#"{
///     "id": "door",
///     "facts": { "keys": { "type": "integer", "minimum": 0 } },
///     "events": { "open": { "required": ["keys"] } },
///     "initial": "shut",
///     "states": {
///         "shut": { "on": { "open": { "target": "ajar", "guard": "keys >= 2" } } },
///         "ajar": { "type": "final" }
///     }
/// }"#)?;
/// let suggestions = suggest(&Coverage::new(&workflow), &[], "door.json", Language::English);
/// assert!(suggestions.text.contains(r#""facts": { "keys": 1 }, "expect": { "answer": "blocked""#));
/// assert!(suggestions.unreached.iter().all(|found| found.title.contains("undecided")));
/// # Ok::<(), tresteg::diagnostic::Report>(())
/// ```
#[must_use]
pub fn suggest(
    coverage: &Coverage,
    scenarios: &[Scenario],
    path: &str,
    language: Language,
) -> Suggestions {
    let workflow = coverage.workflow().clone();
    let known: Vec<Trace> =
        scenarios.iter().filter_map(|scenario| Trace::of(scenario, &workflow)).collect();
    let mut explorer = Explorer::new(&workflow);
    explorer.explore(&known);
    let mut all = coverage.clone();
    let mut found: Vec<Suggestion> = Vec::new();
    let mut written: Vec<String> = Vec::new();
    let mut open: Vec<(Goal, String, Failed)> = Vec::new();
    let mut names: BTreeSet<String> = BTreeSet::new();
    let goals: Vec<Goal> = coverage.missing().collect();
    for goal in goals {
        if all.has(goal) {
            continue;
        }
        let title = coverage.title(goal, language);
        let (trace, played) = match explorer.reach(goal) {
            Ok(found) => found,
            Err(failed) => {
                open.push((goal, title, failed));
                continue;
            }
        };
        // It is written, read, run and taken down once more, each with all that the file has.
        if explorer.is_spent(explorer.size().saturating_mul(WRITTEN)) {
            open.push((goal, title, Failed::Bound));
            continue;
        }
        let name = unique(slug(&title), &mut names);
        let factor = factor_of(&workflow, goal);
        let text = write::scenario(&name, &title, &trace, &played, factor.as_deref());
        // What is written is what was run: it is read again, and must do what it promises.
        match proven(&workflow, &text, goal) {
            Some(shown) => {
                let goals: Vec<Goal> = all.missing().filter(|goal| shown.has(*goal)).collect();
                // Both are of one workflow.
                let _ = all.merge(&shown);
                written.push(text);
                found.push(Suggestion { name, title, goals });
            }
            None => {
                names.remove(&name);
                open.push((goal, title, Failed::Unwritable));
            }
        }
    }
    open.retain(|(goal, ..)| !all.has(*goal));
    let is_whole = workflow.is_whole();
    let (dead, words) = (dead(&workflow, &open), Searches::of(language));
    let unreached = open.into_iter().map(|(goal, title, failed)| {
        let leads_nowhere =
            matches!(&failed, Failed::NoWay(states) if states.iter().all(|state| dead.contains(state)));
        // What children may do is not gone into, and so nothing is proven of a whole.
        let is_impossible = (leads_nowhere || failed.is_proof()) && !is_whole;
        let mut reason = reason(&workflow, &failed, words);
        if leads_nowhere {
            reason = format!("{reason}; {}", words.leads_nowhere);
        } else if !is_impossible {
            reason = format!("{} {reason}", words.undecided);
        }
        if is_whole {
            reason = format!("{reason}; {}", words.whole);
        }
        UnreachedGoal { goal, title, is_impossible, reason }
    });
    let unreached = unreached.collect();
    let text = if written.is_empty() { String::new() } else { write::file(path, &written) };
    Suggestions { text, found, unreached, coverage: all }
}

/// What a scenario shows, if it goes as it says and reaches the goal.
fn proven(workflow: &Workflow, text: &str, goal: Goal) -> Option<Coverage> {
    let file = write::file("workflow.json", &[text.to_owned()]);
    let mut find = |_: &str| Ok(workflow.clone());
    let suite = Suite::load_on("suggested", &file, &mut find, workflow.limits()).ok()?;
    let mut coverage = Coverage::new(workflow);
    let passes =
        suite.scenarios().iter().all(|scenario| scenario.run_covering(&mut coverage).is_none());
    (passes && coverage.has(goal)).then_some(coverage)
}

/// The factor whose rule a goal is about.
fn factor_of(workflow: &Workflow, goal: Goal) -> Option<String> {
    let compiled = workflow.compiled();
    let outline = compiled.outline();
    let rule = match Asked::by(goal) {
        Asked::Clause(clause, ..) => outline.clauses.get(clause)?.rule,
        Asked::Threshold(threshold, _) => outline.thresholds.get(threshold)?.rule,
        Asked::State(_) | Asked::Transition(_) => return None,
    };
    match outline.rules.get(rule)?.origin {
        Origin::Factor(id) => {
            let is_truth = outline.rules.get(rule)?.form.is_some();
            let is_score =
                outline.clauses.iter().any(|clause| clause.rule == rule && clause.is_score);
            let name = compiled.definition.factors.at(id).name.value.clone();
            (is_truth && !is_score).then_some(name)
        }
        _ => None,
    }
}

/// A goal as the search takes it.
#[derive(Debug, Clone, Copy)]
enum Asked {
    State(usize),
    Transition(TransitionId),
    Clause(usize, Truth, bool),
    Threshold(usize, Side),
}

impl Asked {
    fn by(goal: Goal) -> Self {
        match goal {
            Goal::State { state } => Self::State(state),
            Goal::Transition { transition } => {
                Self::Transition(TransitionId::from_index(transition))
            }
            Goal::Holds { clause } => Self::Clause(clause, Truth::True, false),
            Goal::Fails { clause } => Self::Clause(clause, Truth::False, false),
            Goal::Unknown { clause } => Self::Clause(clause, Truth::Unknown, false),
            Goal::DecidesByHolding { clause } => Self::Clause(clause, Truth::True, true),
            Goal::DecidesByFailing { clause } => Self::Clause(clause, Truth::False, true),
            Goal::JustBelow { threshold } => Self::Threshold(threshold, Side::JustBelow),
            Goal::At { threshold } => Self::Threshold(threshold, Side::At),
            Goal::JustAbove { threshold } => Self::Threshold(threshold, Side::JustAbove),
        }
    }

    /// What is aimed at, and the number of the rule that it is about.
    fn aim(self, workflow: &Workflow) -> Option<(SearchGoal, usize)> {
        let outline = workflow.compiled().outline();
        match self {
            Self::State(_) | Self::Transition(_) => None,
            Self::Clause(clause, truth, decides) => {
                let aim = if decides {
                    SearchGoal::Decides(clause, truth)
                } else {
                    SearchGoal::Clause(clause, truth)
                };
                Some((aim, outline.clauses.get(clause)?.rule))
            }
            Self::Threshold(threshold, side) => {
                Some((SearchGoal::Lies(threshold, side), outline.thresholds.get(threshold)?.rule))
            }
        }
    }
}

/// A name made of the letters and digits of a title.
fn slug(title: &str) -> String {
    let mut slug = String::new();
    for letter in title.chars() {
        if letter.is_alphanumeric() {
            slug.extend(letter.to_lowercase());
        } else if !slug.ends_with('-') && !slug.is_empty() {
            slug.push('-');
        }
        if slug.chars().count() >= 80 {
            break;
        }
    }
    let slug = slug.trim_end_matches('-');
    match slug {
        "" => "scenario".to_owned(),
        // What begins so belongs to somebody else, and no reader of the file looks at it.
        _ if is_remark(slug) => format!("scenario-{slug}"),
        _ => slug.to_owned(),
    }
}

fn unique(name: String, names: &mut BTreeSet<String>) -> String {
    let mut found = name.clone();
    let mut number = 2;
    while !names.insert(found.clone()) {
        found = format!("{name}-{number}");
        number += 1;
    }
    found
}
