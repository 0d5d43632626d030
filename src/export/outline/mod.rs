//! A workflow laid out to be read: everything that its file says, in one language, as plain data.
//!
//! Names lead where they belong, titles stand beside them, rules as they are written and in words. How it is set on a page
//! is left to others.

mod read;

use serde::Serialize;

use crate::Language;
use crate::value::Date;
use crate::workflow::Workflow;

/// What a workflow says, in the order of its file.
///
/// ```
/// use tresteg::{Language, Workflow, export};
/// let workflow = Workflow::from_json(r#"{
///     "id": "door", "initial": "shut",
///     "facts": { "key": { "type": "boolean", "title": { "sv": "Nyckel" } } },
///     "events": { "open": { "sets": ["key"] } },
///     "states": { "shut": { "on": { "open": { "target": "ajar", "guard": "key" } } }, "ajar": { "type": "final" } }
/// }"#)?;
/// let outline = export::outline(&workflow, Language::Swedish);
/// let shut = &outline.states[1];
/// assert_eq!(shut.said.name, "shut");
/// assert_eq!(shut.transitions[0].targets[0].name, "ajar");
/// let guard = shut.transitions[0].guard.as_ref().ok_or("no guard")?;
/// assert_eq!((guard.script.as_str(), guard.words.as_deref()), ("key", Some("Nyckel")));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Costs time and memory linear in the file.
#[must_use]
pub fn outline(workflow: &Workflow, language: Language) -> Outline {
    read::Reader::new(workflow.compiled(), language).outline()
}

/// A workflow laid out: see [`outline`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Outline {
    /// The file's own label and what is said about it.
    #[serde(flatten)]
    pub said: Described,
    /// The `version` of the file.
    pub version: Option<String>,
    /// The time zone that days are counted in.
    pub timezone: String,
    /// Which days are off, in words; `None` where the file counts no working days.
    pub calendar: Option<String>,
    /// Who takes part.
    pub roles: Vec<Described>,
    /// The constants that are set for each place.
    pub parameters: Vec<OutlinedParameter>,
    /// What is known about a case.
    pub facts: Vec<OutlinedFact>,
    /// Named conditions.
    pub factors: Vec<OutlinedFactor>,
    /// Functions of the scripts.
    pub functions: Vec<OutlinedFunction>,
    /// Declared events.
    pub events: Vec<OutlinedEvent>,
    /// States, outer ones before what is inside them. The first is the file itself: what holds in every state.
    pub states: Vec<OutlinedState>,
}

/// Something with a name, and what its file says about it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Described {
    /// Its name in the file.
    pub name: String,
    /// Its label; its name where the file gives none.
    pub title: String,
    /// What it is.
    pub description: Option<String>,
    /// What to do.
    pub hint: Option<String>,
    /// Where it comes from.
    pub source: Option<OutlinedSource>,
}

/// Where a rule comes from.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct OutlinedSource {
    /// What it is called.
    pub text: Option<String>,
    /// Where it can be read. Any text: nobody has looked there, or whether it is an address at all.
    pub url: Option<String>,
    /// `found`, `seed`, `reconstructed` or `unconfirmed`.
    pub status: Option<String>,
    /// The first day on which it held, where the file says so.
    pub valid_from: Option<Date>,
    /// The last day on which it held, where the file says so.
    pub valid_until: Option<Date>,
}

/// A name that stands for something, with the title of what it stands for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Reference {
    /// What it is.
    pub kind: ReferenceKind,
    /// Its name in the file; of an event the name that its declaration has.
    pub name: String,
    /// Its label; its name where the file gives none.
    pub title: String,
}

/// What a [`Reference`] stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ReferenceKind {
    /// A role.
    Role,
    /// A parameter.
    Parameter,
    /// A fact.
    Fact,
    /// A factor.
    Factor,
    /// A declared event.
    Event,
    /// A state.
    State,
    /// Nothing that is declared: an event's pattern, a written duration.
    Plain,
}

/// A rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct OutlinedRule {
    /// As it is written.
    pub script: String,
    /// With titles for names and words for signs; `None` where it has steps and branches, which words do not make clearer.
    pub words: Option<String>,
}

/// A parameter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct OutlinedParameter {
    /// Its name and labels.
    #[serde(flatten)]
    pub said: Described,
    /// Its type with bounds and unit, in words.
    pub shape: String,
    /// Its value, for people.
    pub value: String,
}

/// A fact, or an entry of an event's payload.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct OutlinedFact {
    /// Its name and labels.
    #[serde(flatten)]
    pub said: Described,
    /// Its type with bounds and unit, in words.
    pub shape: String,
    /// The labels of the values that it may have, where those are listed.
    pub choices: Vec<String>,
    /// Whether it, or anything inside it, is declared personal.
    pub personal: bool,
    /// What silence means, for people.
    pub default: Option<String>,
    /// How it is computed.
    pub value: Option<OutlinedRule>,
}

/// A factor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct OutlinedFactor {
    /// Its name and labels.
    #[serde(flatten)]
    pub said: Described,
    /// Free text, `success` and `support` in the model.
    pub kind: Option<String>,
    /// The condition; `None` of a score or a count.
    pub guard: Option<OutlinedRule>,
    /// The number from 0 to 1.
    pub score: Option<OutlinedRule>,
    /// What is counted.
    pub of: Vec<Reference>,
    /// How many of these must hold; `None` for all.
    pub at_least: Option<String>,
}

/// A function of the scripts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct OutlinedFunction {
    /// Its name and labels.
    #[serde(flatten)]
    pub said: Described,
    /// Its parameters.
    pub params: Vec<String>,
    /// Its script, as written.
    pub body: String,
}

/// A declared event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct OutlinedEvent {
    /// Its name and labels.
    #[serde(flatten)]
    pub said: Described,
    /// Roles that may send it; `None` for anybody, empty for the case alone.
    pub by: Option<Vec<Reference>>,
    /// Facts that it must carry.
    pub required: Vec<Reference>,
    /// Facts that it may carry.
    pub sets: Vec<Reference>,
    /// Further payload, each with whether it must be sent.
    pub data: Vec<(OutlinedFact, bool)>,
    /// Whether it may carry a free text and attachments.
    pub note: bool,
}

/// A state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct OutlinedState {
    /// Its name and labels; of the file itself those of the workflow.
    #[serde(flatten)]
    pub said: Described,
    /// `atomic`, `compound`, `parallel`, `final`, `history` or `deep_history`.
    pub kind: &'static str,
    /// How deep inside others it is: 0 for the file itself.
    pub depth: usize,
    /// What it is inside of; `None` for the file and what stands directly in it.
    pub parent: Option<Reference>,
    /// Whether the state around it, or the case, begins here.
    pub is_initial: bool,
    /// Where a state with others inside begins; of a history where it leads the first time.
    pub initial: Vec<Reference>,
    /// The script on entry, as written.
    pub entry: Option<String>,
    /// The script on exit, as written.
    pub exit: Option<String>,
    /// The child cases that live while it is active, a line each.
    pub child_cases: Vec<String>,
    /// What is sent on entry, a line each.
    pub sends_on_entry: Vec<String>,
    /// What is sent on exit, a line each.
    pub sends_on_exit: Vec<String>,
    /// Its tags.
    pub tags: Vec<String>,
    /// What it answers, in the order in which it is tried.
    pub transitions: Vec<OutlinedTransition>,
    /// Its terms.
    pub terms: Vec<OutlinedTerm>,
}

/// A transition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct OutlinedTransition {
    /// Its label and what is said about it; its name is its `id`, empty where it has none.
    #[serde(flatten)]
    pub said: Described,
    /// `event`, `done`, `always`, `after` or `at`.
    pub trigger: &'static str,
    /// What it waits for: events, the length of time, the date.
    pub on: Vec<Reference>,
    /// Where it leads; empty for one that stays.
    pub targets: Vec<Reference>,
    /// Roles that may take it: its own, and where it says none those of its only event; `None` where neither says.
    pub by: Option<Vec<Reference>>,
    /// Events whose earlier senders may not take it.
    pub not_by: Vec<Reference>,
    /// Roles that must all sign.
    pub signed_by: Vec<Reference>,
    /// The event by which a signature is withdrawn.
    pub revoke: Option<Reference>,
    /// Factors and facts that must all hold.
    pub requires: Vec<Reference>,
    /// The condition.
    pub guard: Option<OutlinedRule>,
    /// Whether it is tried only when one before it, which listens to the same and may refuse, is not taken.
    pub otherwise: bool,
    /// What it does, as written.
    pub actions: Option<String>,
    /// What it sends, a line each.
    pub sends: Vec<String>,
    /// Whether the state that it begins in is not left.
    pub internal: bool,
}

/// A term: something that becomes due.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct OutlinedTerm {
    /// `after` or `at`.
    pub kind: &'static str,
    /// What holds the date or the length of time, or that length in words.
    pub key: Reference,
    /// How its date is computed, or how long it is, as far as the file says.
    pub value: Option<OutlinedRule>,
    /// Where the rule comes from: as its transitions say, else what holds it.
    pub source: Option<OutlinedSource>,
    /// What comes of it: the numbers of its transitions among those of its state.
    pub transitions: Vec<usize>,
}
