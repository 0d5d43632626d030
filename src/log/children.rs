//! Child cases of a case whose journal is read: each has a name of its own in the log.

use std::collections::BTreeMap;

use crate::case::address;
use crate::journal::Provenance;
use crate::workflow::Workflow;

/// The child cases that have begun, in the order of their start.
#[derive(Debug, Default)]
pub(super) struct Children<'w> {
    pub all: Vec<Child<'w>>,
    /// By address the last that began there, and how many did.
    at: BTreeMap<String, (usize, u64)>,
}

#[derive(Debug)]
pub(super) struct Child<'w> {
    /// What it is called in the log, and its parent.
    pub name: String,
    pub parent: String,
    pub workflow: &'w Workflow,
    /// What is written of it by now.
    pub text: String,
}

impl Child<'_> {
    pub fn provenance(&self) -> Provenance {
        Provenance::of_workflow(self.workflow)
    }
}

impl<'w> Children<'w> {
    /// One more begins; `None` where the workflow can have none of this address, or its parent has not begun.
    pub fn begin(
        &mut self,
        outermost: &str,
        workflow: &'w Workflow,
        address: &str,
    ) -> Option<&mut Child<'w>> {
        let (workflow, _) = address::workflow(workflow, address)?;
        let mut parts = address.rsplitn(3, '/');
        let (key, id) = (parts.next()?, parts.next()?);
        let parent = match parts.next() {
            None => outermost.to_owned(),
            Some(around) => self.find(around)?.name.clone(),
        };
        let (place, round) = self.at.entry(address.to_owned()).or_default();
        *round += 1;
        *place = self.all.len();
        // An address has parts in pairs: one more is no other case's.
        let name = match round {
            1 => format!("{parent}/{id}/{key}"),
            round => format!("{parent}/{id}/{key}/{round}"),
        };
        self.all.push(Child { name, parent, workflow, text: String::new() });
        self.all.last_mut()
    }

    /// The one that began last at an address.
    pub fn find(&mut self, address: &str) -> Option<&mut Child<'w>> {
        let (place, _) = self.at.get(address)?;
        self.all.get_mut(*place)
    }
}
