//! How entries spell clauses and the names of what they read: each is split into words once.

use std::collections::HashMap;
use std::sync::Arc;

use crate::rule::{ReadKind, ValueRead};
use crate::workflow::{Workflow, is_withheld};

/// What of a workflow was spelt already. There is no more of it than the workflow has rules.
pub(crate) struct CanonicalNames<'w> {
    workflow: &'w Workflow,
    clauses: HashMap<String, Arc<str>>,
    facts: HashMap<String, Arc<ReadName>>,
    others: HashMap<String, Arc<ReadName>>,
}

/// The name of what was read.
#[derive(Debug)]
pub(crate) struct ReadName {
    pub spelt: Arc<str>,
    /// Of its value among the private parts; `None` where that is not kept: where it is personal, and for children, each of
    /// which has entries of its own that it follows from.
    pub path: Option<String>,
}

impl<'w> CanonicalNames<'w> {
    pub fn new(workflow: &'w Workflow) -> Self {
        let (clauses, facts, others) = Default::default();
        Self { workflow, clauses, facts, others }
    }

    pub fn workflow(&self) -> &'w Workflow {
        self.workflow
    }

    pub fn clause(&mut self, text: &str) -> Arc<str> {
        if let Some(spelt) = self.clauses.get(text) {
            return spelt.clone();
        }
        let spelt = self.workflow.compiled().spelling(text);
        self.clauses.insert(text.to_owned(), spelt.clone());
        spelt
    }

    pub fn read(&mut self, read: &ValueRead) -> Arc<ReadName> {
        let is_fact = read.kind == "fact";
        let known = if is_fact { &mut self.facts } else { &mut self.others };
        if let Some(name) = known.get(read.name.as_str()) {
            return name.clone();
        }
        let compiled = self.workflow.compiled();
        let spelt = if is_fact { read.name.as_str().into() } else { compiled.spelling(&read.name) };
        let is_kept = read.kind != ReadKind::Children.word()
            && !is_withheld(compiled.personal(), &spelt.replace(' ', ""));
        let path = is_kept.then(|| format!("read.{spelt}"));
        let name = Arc::new(ReadName { spelt, path });
        known.insert(read.name.clone(), name.clone());
        name
    }
}
