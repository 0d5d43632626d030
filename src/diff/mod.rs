//! How two workflows differ, in the words of the process: what was added, removed and changed of parameters, facts,
//! factors, events, states and transitions.
//!
//! Both are compared by the very tree that [`Workflow::fingerprint`] is the hash of: there is a difference of meaning
//! exactly when the fingerprints differ. Labels, hints, descriptions and sources are compared apart.

mod chart;
mod describe;
mod labels;
mod matching;
mod part;
#[cfg(feature = "draw")]
mod picture;
mod side;
#[cfg(test)]
mod tests;

use serde::Serialize;

use crate::label::Label;
use crate::value::Value;
use crate::workflow::Workflow;
pub use describe::{Item, Line, Section};
use side::Side;

/// How one workflow differs from another.
///
/// ```
/// use tresteg::{Workflow, diff};
/// let old = Workflow::from_json(r#"{ "id": "w", "parameters": { "votes": 50 }, "states": { "a": {} } }"#)?;
/// let new = Workflow::from_json(r#"{ "id": "w", "parameters": { "votes": 200 }, "states": { "a": {} } }"#)?;
/// let found = diff::compare(&old, &new);
/// assert!(!found.same_meaning());
/// assert_eq!(found.changes[0].part, diff::Part::Parameter);
/// assert_eq!(found.changes[0].aspects[0].key, "value");
/// # Ok::<(), tresteg::diagnostic::Report>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Diff {
    /// The workflow that is compared from.
    pub before: Compared,
    /// The workflow that is compared to.
    pub after: Compared,
    /// Differences of meaning, in the order of the files; none exactly when the fingerprints are equal.
    pub changes: Vec<Change>,
    /// Differences in what is said and not meant: titles, descriptions, hints, sources, `id` and `version`, of what both
    /// have.
    pub labels: Vec<Change>,
    /// How the workflows of child cases differ that both invoke under one `id`, through others too: each pair of files once,
    /// and only those that differ. What only one of them invokes is told among the changes.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub children: Vec<Self>,
}

/// One of two workflows that are compared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Compared {
    /// The `id` of the file.
    pub id: String,
    /// The `version` of the file.
    pub version: Option<String>,
    /// Its label.
    pub title: Label,
    /// What it means, as a hash.
    pub fingerprint: String,
}

/// What of a workflow differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Part {
    /// The file itself, which is the outermost state too.
    Workflow,
    /// A role.
    Role,
    /// A parameter.
    Parameter,
    /// A fact.
    Fact,
    /// A factor.
    Factor,
    /// A function of the scripts.
    Function,
    /// The declaration of an event.
    Event,
    /// Child cases: an `invoke`.
    Invoke,
    /// A state.
    State,
    /// A transition.
    Transition,
}

/// What became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ChangeKind {
    /// Only the second has it.
    Added,
    /// Only the first has it.
    Removed,
    /// Both have it, and it differs.
    Changed,
}

/// One difference: a part that only one has, or all that differs of a part that both have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Change {
    /// What differs.
    pub part: Part,
    /// What became of it.
    pub kind: ChangeKind,
    /// Where it stands in the first; `None` for what was added.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<Place>,
    /// Where it stands in the second; `None` for what was removed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<Place>,
    /// What of it differs; of something added or removed all that it says.
    pub aspects: Vec<Aspect>,
}

impl Change {
    fn of(part: Part, before: Option<Place>, after: Option<Place>, aspects: Vec<Aspect>) -> Self {
        let kind = match (&before, &after) {
            (None, _) => ChangeKind::Added,
            (_, None) => ChangeKind::Removed,
            _ => ChangeKind::Changed,
        };
        Self { part, kind, before, after, aspects }
    }

    /// Where it stands: in the second workflow if that has it, else in the first.
    #[must_use]
    pub fn place(&self) -> &Place {
        const NOWHERE: &Place = &Place::nowhere();
        self.after.as_ref().or(self.before.as_ref()).unwrap_or(NOWHERE)
    }

    /// One of its aspects.
    #[must_use]
    pub fn aspect(&self, key: &str) -> Option<&Aspect> {
        self.aspects.iter().find(|aspect| aspect.key == key)
    }

    /// Whether a state has another name than before.
    #[must_use]
    pub fn is_renamed(&self) -> bool {
        self.part == Part::State
            && self.kind == ChangeKind::Changed
            && self.aspect("name").is_some()
    }
}

/// A name with its label.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Name {
    /// The name.
    pub name: String,
    /// Its label, empty where the file gives none.
    #[serde(skip_serializing_if = "Label::is_empty")]
    pub title: Label,
}

/// Something in one of the workflows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Place {
    /// Its name; of the file its `id`, of a transition its `id` or else what it waits for.
    pub name: String,
    /// Its label, empty where the file gives none.
    #[serde(skip_serializing_if = "Label::is_empty")]
    pub title: Label,
    /// Of a transition where it leads from, what it waits for and where to.
    #[serde(skip_serializing_if = "Option::is_none", flatten)]
    pub route: Option<Route>,
}

impl Place {
    const fn nowhere() -> Self {
        Self { name: String::new(), title: Label(Vec::new()), route: None }
    }
}

/// The way of a transition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Route {
    /// The state that it leaves; `None` for the file itself, which no transition leaves.
    pub source: Option<Name>,
    /// Its place among all transitions of that state in the order in which they are tried, from 0.
    pub position: usize,
    /// What it waits for.
    pub trigger: Trigger,
    /// Where it leads; empty for one that stays.
    pub targets: Vec<Name>,
}

/// What a transition waits for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Trigger {
    /// One of these events.
    Events(Vec<Name>),
    /// Nothing: it is taken as soon as it may.
    Always,
    /// So long after entry: a duration as written, or the name of what holds one.
    After(Name),
    /// The date that a fact of this name holds.
    At(Name),
}

/// One thing that differs of a part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Aspect {
    /// What it is, mostly the key of the format: `guard`, `requires`, `target`, `value`, `minimum`, `items.type`; besides
    /// `parent` (of a state), `source` and `trigger` (of a transition), `name` (renamed) and `order` (of the transitions
    /// of a state, of the parts of a parallel one). Of labels with its language: `title.sv`.
    pub key: String,
    /// What the first says; `None` if nothing.
    pub before: Option<Content>,
    /// What the second says; `None` if nothing.
    pub after: Option<Content>,
    /// The unit that numbers of it are counted in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
}

impl Aspect {
    fn new(key: impl Into<String>, before: Option<Content>, after: Option<Content>) -> Self {
        Self { key: key.into(), before, after, unit: None }
    }
}

/// What a file says of something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
#[non_exhaustive]
pub enum Content {
    /// A value.
    Value(Value),
    /// A script, as written.
    Script(String),
    /// A word of the format, a text.
    Word(String),
    /// Names of roles, facts, states, values of an enum.
    Names(Vec<Name>),
    /// What a transition waits for.
    Trigger(Trigger),
}

impl Diff {
    /// Whether both mean the same, whatever they are called.
    #[must_use]
    pub fn same_meaning(&self) -> bool {
        self.changes.is_empty() && self.children.iter().all(Self::same_meaning)
    }

    /// What became of a state, by its name in the second workflow, or of one that was removed by its name in the first.
    #[must_use]
    pub fn state(&self, name: &str) -> Option<ChangeKind> {
        let of = |change: &&Change| change.part == Part::State && change.place().name == name;
        self.changes.iter().find(of).map(|change| change.kind)
    }

    /// What became of a transition of the second workflow, by its state (`None` for the file itself) and its place among
    /// the state's transitions in the order in which they are tried.
    #[must_use]
    pub fn transition(&self, source: Option<&str>, position: usize) -> Option<ChangeKind> {
        let here = |place: &Place| {
            place.route.as_ref().is_some_and(|route| {
                let from = route.source.as_ref().map(|state| state.name.as_str());
                from == source && route.position == position
            })
        };
        let found = self.changes.iter().find(|change| change.after.as_ref().is_some_and(here));
        found.map(|change| change.kind)
    }
}

/// Compares two workflows. Takes about as long as making both fingerprints: time and memory are linear in the files, but
/// for sorting.
#[must_use]
pub fn compare(before: &Workflow, after: &Workflow) -> Diff {
    let mut found = alone(before, after);
    let (mut waiting, mut seen) = (vec![(before, after)], Vec::new());
    while let Some((before, after)) = waiting.pop() {
        for new in after.invokes() {
            let Some(old) = before.invokes().find(|old| old.id() == new.id()) else { continue };
            let pair = (old.workflow(), new.workflow());
            let is_known = |known: &(u64, u64)| *known == (pair.0.serial(), pair.1.serial());
            if seen.iter().any(is_known) {
                continue;
            }
            seen.push((pair.0.serial(), pair.1.serial()));
            let diff = alone(pair.0, pair.1);
            if !(diff.changes.is_empty() && diff.labels.is_empty()) {
                found.children.push(diff);
            }
            waiting.push(pair);
        }
    }
    found
}

/// Two files, without those that they invoke.
fn alone(before: &Workflow, after: &Workflow) -> Diff {
    let mut sides = [Side::new(before), Side::new(after)];
    let states = matching::states(&mut sides);
    let [a, b] = &sides;
    let mut changes = Vec::new();
    // The file's own part waits for what is found of it as the outermost state.
    let chart = chart::compare(a, b, &states);
    changes.extend(part::whole(a, b, chart.outermost));
    changes.extend(part::declarations(a, b));
    changes.extend(chart.changes);
    let labels = labels::compare(a, b, &states, &chart.pairs);
    let children = Vec::new();
    Diff { before: compared(before), after: compared(after), changes, labels, children }
}

fn compared(workflow: &Workflow) -> Compared {
    Compared {
        id: workflow.id().to_owned(),
        version: workflow.version().map(str::to_owned),
        title: workflow.compiled().definition.notes.title.clone(),
        fingerprint: workflow.fingerprint().to_owned(),
    }
}
