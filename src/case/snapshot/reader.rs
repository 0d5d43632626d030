//! What every part of a snapshot is read with.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value as Wire;

use super::Snapshot;
use crate::error::Problem;
use crate::table::StateId;
use crate::value::{DateTime, Value, Zone, brief};
use crate::workflow::Compiled;
use crate::workflow::chart::ROOT;

/// Reads a snapshot against a workflow and collects what does not fit.
pub(super) struct Reader<'w> {
    pub workflow: &'w Compiled,
    pub problems: Vec<Problem>,
    /// Whether its dates were worked out with the database of time zones that is used here.
    pub same_zones: bool,
    /// Whether it is of version 1.
    pub is_old: bool,
    /// How many child cases were read.
    pub cases: usize,
}

impl<'w> Reader<'w> {
    pub fn new(workflow: &'w Compiled, snapshot: &Snapshot) -> Self {
        Self {
            workflow,
            problems: Vec::new(),
            same_zones: snapshot.zones == Zone::database_version(),
            is_old: snapshot.snapshot == 1,
            cases: 0,
        }
    }
}

impl Reader<'_> {
    pub fn wrong(&mut self, message: impl Into<String>) {
        self.wrong_of("snapshot", message);
    }

    pub fn wrong_of(&mut self, code: &str, message: impl Into<String>) {
        self.problems.push(Problem::new(code, message));
    }

    pub fn time(&mut self, microseconds: i64) -> DateTime {
        let zone = &self.workflow.definition.zone;
        match DateTime::from_microseconds(microseconds) {
            Some(at) => at.in_zone(zone),
            None => {
                self.wrong(format!("time {microseconds} is outside the years 0001 to 9999"));
                DateTime::epoch(zone)
            }
        }
    }

    pub fn state(&mut self, name: &str) -> StateId {
        // The file itself goes by the workflow's id, which no state of the same name can take from it: it is looked up first.
        if name == self.workflow.definition.id.as_str() && self.workflow.state_named(name).is_none()
        {
            return ROOT;
        }
        match self.workflow.state_named(name) {
            Some(id) => id,
            None => {
                self.wrong(format!("the workflow has no state `{}`", brief(name)));
                ROOT
            }
        }
    }

    pub fn value(&mut self, what: &str, wire: &Wire) -> Option<Value> {
        match Value::from_wire(wire) {
            Ok(value) => Some(value),
            Err(problem) => {
                self.wrong(format!("{what}: {problem}"));
                None
            }
        }
    }

    pub fn data(&mut self, data: BTreeMap<String, Wire>) -> BTreeMap<Arc<str>, Value> {
        let entries = data.into_iter();
        entries
            .filter_map(|(key, wire)| {
                let value = self.value(&format!("payload `{key}`"), &wire)?;
                Some((Arc::from(key), value))
            })
            .collect()
    }
}
