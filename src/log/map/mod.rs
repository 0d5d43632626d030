//! A map: what a log says in the words of a workflow. A JSON file of its own, read as workflows are, with the place of every
//! problem.

mod first;
pub(crate) mod keys;
mod read;

use crate::diagnostic::Report;
use crate::limits::Limits;
use crate::log::read::CsvColumns;
use crate::table::FactId;
use crate::workflow::Workflow;

/// The JSON Schema (2020-12) of maps, for editors that complete and check as one types.
///
/// ```
/// assert!(tresteg::log::map_schema().contains("https://json-schema.org/draft/2020-12/schema"));
/// ```
#[must_use]
pub fn map_schema() -> &'static str {
    include_str!("map.schema.json")
}

/// How a log is to be read for a workflow: which attributes are cases, times and facts, and which activities are which events.
///
/// ```
/// use tresteg::Limits;
/// use tresteg::log::LogMap;
///
/// let door = r#"{ "id": "door", "facts": { "key": { "type": "boolean" } },
///     "events": { "open": { "sets": ["key"] } }, "initial": "shut",
///     "states": { "shut": { "on": { "open": { "target": "ajar", "guard": "key" } } }, "ajar": { "type": "final" } } }"#;
/// let text = r#"{ "workflow": "door.json", "facts": { "key": "has key" }, "events": { "Open*": "open" } }"#;
/// let mut files = |_: &str| Ok(door.to_owned());
/// let map = LogMap::load("door.map.json", text, &mut files, &Limits::default())?;
/// assert_eq!(map.workflow().id(), "door");
/// # Ok::<(), tresteg::diagnostic::Report>(())
/// ```
#[derive(Debug, Clone)]
pub struct LogMap {
    pub(crate) workflow: Workflow,
    pub(crate) path: String,
    pub(crate) keys: Keys,
    pub(crate) facts: Vec<(FactId, String)>,
    pub(crate) events: Vec<MappedEvent>,
    pub(crate) start_at: Option<String>,
    pub(crate) start_facts: Vec<(FactId, String)>,
    /// The derived fact that says which cases are looked at.
    pub(crate) cases: Option<FactId>,
    /// Whether activities that are not mapped are passed over without a word.
    pub(crate) ignores_others: bool,
    pub(crate) ignored: Ignored,
    pub(crate) costs: Costs,
    pub(crate) report: Report,
}

/// Which attributes say what.
#[derive(Debug, Clone)]
pub(crate) struct Keys {
    pub case: String,
    pub activity: String,
    pub time: String,
    pub actor: Option<String>,
    pub unit: Option<String>,
    /// Which transitions of the life cycle count; all where there are none.
    pub lifecycle: Vec<String>,
    pub delimiter: Option<u8>,
}

impl Default for Keys {
    fn default() -> Self {
        Self {
            case: "concept:name".to_owned(),
            activity: "concept:name".to_owned(),
            time: "time:timestamp".to_owned(),
            actor: None,
            unit: None,
            lifecycle: Vec::new(),
            delimiter: None,
        }
    }
}

/// Activities that are one event.
#[derive(Debug, Clone)]
pub(crate) struct MappedEvent {
    /// The activity, or how it begins.
    pub pattern: Pattern,
    pub event: String,
    /// By fact the attribute; `None` for those of the map that the event may carry.
    pub facts: Option<Vec<(FactId, String)>>,
    pub data: Vec<(String, String)>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Pattern {
    Whole(String),
    Prefix(String),
}

impl Pattern {
    pub fn of(text: &str) -> Self {
        match text.strip_suffix('*') {
            Some(prefix) => Self::Prefix(prefix.to_owned()),
            None => Self::Whole(text.to_owned()),
        }
    }

    /// How well it fits: what is written out before prefixes, long ones before short ones.
    pub fn fits(&self, activity: &str) -> Option<usize> {
        match self {
            Self::Whole(text) => (text == activity).then_some(usize::MAX),
            Self::Prefix(prefix) => activity.starts_with(prefix.as_str()).then_some(prefix.len()),
        }
    }
}

#[derive(Debug, Clone, Default)]
pub(crate) struct Ignored {
    pub activities: Vec<Pattern>,
    pub attributes: Vec<Pattern>,
}

impl Ignored {
    fn has(patterns: &[Pattern], text: &str) -> bool {
        patterns.iter().any(|pattern| pattern.fits(text).is_some())
    }

    pub fn activity(&self, activity: &str) -> bool {
        Self::has(&self.activities, activity)
    }

    pub fn attribute(&self, key: &str) -> bool {
        // What is nested is ignored with what it is in.
        Self::has(&self.attributes, key)
            || key.match_indices('/').any(|(at, _)| {
                key.get(..at).is_some_and(|outer| Self::has(&self.attributes, outer))
            })
    }
}

/// What the moves of an alignment cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Costs {
    pub log: u64,
    pub model: u64,
    pub silent: u64,
    pub guard: u64,
}

impl Default for Costs {
    fn default() -> Self {
        Self { log: 1, model: 1, silent: 0, guard: 1 }
    }
}

impl LogMap {
    /// Reads a map under a name for its diagnostics. `resolve` is asked for the text of the workflow, and of what that extends,
    /// by its path relative to the same place that `name` is relative to.
    ///
    /// # Errors
    ///
    /// The report of every problem, when at least one of them is an error: of the map, or of the workflow.
    pub fn load(
        name: &str,
        text: &str,
        resolve: &mut dyn FnMut(&str) -> Result<String, String>,
        limits: &Limits,
    ) -> Result<Self, Report> {
        read::load(name, text, resolve, limits)
    }

    /// The map with another workflow in the place of its own: each name is looked for anew there. What the other does not know
    /// is left out, and listed: events and facts by their names.
    #[must_use]
    pub fn on(&self, workflow: &Workflow) -> (Self, Vec<String>) {
        let (own, other) = (self.workflow.compiled(), workflow.compiled());
        let mut missing = Vec::new();
        let mut fact = |id: FactId| {
            let name = own.definition.facts.at(id).name.as_str();
            let found = other.rules.fact_named(name);
            let found = found.filter(|id| other.definition.facts.at(*id).value.is_none());
            if found.is_none() && !missing.iter().any(|known| known == name) {
                missing.push(name.to_owned());
            }
            found
        };
        let mut facts = |list: &[(FactId, String)]| -> Vec<(FactId, String)> {
            list.iter().filter_map(|(id, key)| Some((fact(*id)?, key.clone()))).collect()
        };
        let (own_facts, start_facts) = (facts(&self.facts), facts(&self.start_facts));
        let mut events: Vec<MappedEvent> = self
            .events
            .iter()
            .map(|one| MappedEvent { facts: one.facts.as_deref().map(&mut facts), ..one.clone() })
            .collect();
        events.retain(|mapped| {
            let is_known = read::takes(other, &mapped.event);
            if !is_known && !missing.contains(&mapped.event) {
                missing.push(mapped.event.clone());
            }
            is_known
        });
        let map = Self {
            workflow: workflow.clone(),
            facts: own_facts,
            start_facts,
            events,
            cases: None,
            ..self.clone()
        };
        (map, missing)
    }

    /// A first map for a workflow, made of what a log and the workflow call alike: activities and events, attributes and
    /// facts, as JSON text. What found nothing stands under `x-unmapped`.
    #[must_use]
    pub fn first(log: &super::EventLog, workflow: &Workflow, path: &str) -> String {
        first::first(log, workflow, path)
    }

    /// The workflow that it is for, with the map's claims among its own.
    #[must_use]
    pub fn workflow(&self) -> &Workflow {
        &self.workflow
    }

    /// The path of the workflow's file, relative to the same place as the map's name.
    #[must_use]
    pub fn workflow_path(&self) -> &str {
        &self.path
    }

    /// How CSV is to be read.
    #[must_use]
    pub fn columns(&self) -> CsvColumns {
        let case = match self.keys.case.as_str() {
            "concept:name" => CsvColumns::default().case,
            other => other.to_owned(),
        };
        CsvColumns { case, delimiter: self.keys.delimiter }
    }

    /// Warnings that came up while reading; errors never get this far.
    #[must_use]
    pub fn warnings(&self) -> &Report {
        &self.report
    }
}

#[cfg(test)]
mod tests;
