//! A case put away and taken out again: by names, not numbers, so that it can be read and checked.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::case::Case;
use crate::case::situation::{Aside, Sent, Situation, Term, Waiting};
use crate::definition::model::{StateKind, When};
use crate::error::{Error, ErrorKind, Problem};
use crate::rule::{Occurrence, Past};
use crate::table::{FactId, StateId};
use crate::value::{DateTime, Value, Wire};
use crate::workflow::chart::ROOT;
use crate::workflow::{Compiled, Workflow};

/// A case as data for serde, to be stored anywhere and restored on the same workflow.
///
/// ```
/// use tresteg::{Case, Event, Snapshot, Workflow};
/// let workflow = Workflow::from_json(r#"{ "id": "w", "initial": "a", "states": { "a": { "on": { "go": "b" } }, "b": {} } }"#)?;
/// let (mut case, _) = Case::start(&workflow, None, Default::default())?;
/// case.fire(&Event::new("go"));
/// let text = serde_json::to_string(&case.snapshot())?;
/// let restored = Case::restore(&workflow, serde_json::from_str(&text)?)?;
/// assert_eq!(restored, case);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Snapshot {
    /// The version of this form: 1.
    snapshot: u32,
    workflow: String,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    version: Option<String>,
    /// Microseconds since the Unix epoch, as all times here.
    time: i64,
    ended: bool,
    /// Leaf states.
    states: Vec<String>,
    facts: BTreeMap<String, Wire>,
    history: BTreeMap<String, Vec<String>>,
    events: BTreeMap<String, StoredOccurrence>,
    entered: BTreeMap<String, i64>,
    terms: Vec<StoredTerm>,
    sent: Vec<StoredSent>,
    aside: Vec<StoredAside>,
    /// Ids of answered events with their first answers, as JSON.
    answered: BTreeMap<String, String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredOccurrence {
    count: u64,
    last: i64,
    who: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredTerm {
    state: String,
    index: u32,
    key: String,
    due: Option<i64>,
    taken: Vec<i64>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredSent {
    event: String,
    due: i64,
    data: BTreeMap<String, Wire>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredAside {
    #[serde(skip_serializing_if = "Option::is_none", default)]
    term: Option<(String, u32)>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    sent: Option<StoredSent>,
    problem: String,
}
