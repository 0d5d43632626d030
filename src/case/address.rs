//! Which case of a whole is meant: `boards/angered`, `districts/north/schools/3`.

use std::sync::Arc;

use crate::case::contract::said;
use crate::case::situation::Situation;
use crate::error::Problem;
use crate::language::problems as say;
use crate::said::Said;
use crate::value::brief;
use crate::workflow::Workflow;

/// The way from the outermost case to one of its children, by numbers and as it is written. It holds as long as the states
/// on the way are not left.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Address {
    parts: Vec<Part>,
    text: Option<Arc<str>>,
}

/// One step of the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Part {
    pub invoke: u32,
    /// Of the child, in the order of start.
    pub number: u32,
}

impl Address {
    pub const OUTERMOST: Self = Self { parts: Vec::new(), text: None };

    /// One of the children of a case.
    pub fn join(&self, invoke: u32, number: u32, id: &str, key: &str) -> Self {
        let mut parts = self.parts.clone();
        parts.push(Part { invoke, number });
        let text = match &self.text {
            Some(outer) => format!("{outer}/{id}/{key}"),
            None => format!("{id}/{key}"),
        };
        Self { parts, text: Some(text.into()) }
    }

    /// As it is written; `None` for the outermost case.
    pub fn text(&self) -> Option<&str> {
        self.text.as_deref()
    }

    pub fn parts(&self) -> &[Part] {
        &self.parts
    }

    /// Whether it is a child of another, or a child's child.
    pub fn is_inside(&self, outer: &Self) -> bool {
        self.parts.len() > outer.parts.len() && self.parts.starts_with(&outer.parts)
    }

    /// The parent of a child.
    pub fn parent(&self) -> Option<Self> {
        let (_, parts) = self.parts.split_last()?;
        let text = self.text.as_deref()?;
        let outer = text.rsplitn(3, '/').nth(2);
        Some(Self { parts: parts.to_vec(), text: outer.map(Arc::from) })
    }

    /// The case of this address, which there must be.
    pub fn find(workflow: &Workflow, outermost: &Situation, text: &str) -> Result<Self, Problem> {
        let mut here = Self::OUTERMOST;
        let (mut workflow, mut situation) = (workflow, outermost);
        let mut parts = text.split('/');
        while let Some(id) = parts.next() {
            let invoked = &workflow.compiled().invoked;
            let around = || match here.text() {
                Some(around) => said(&say::THE_CASE, [around.to_owned()]),
                None => said(&say::OUTERMOST, []),
            };
            let place = invoked.iter().position(|one| *one.id == *id);
            let Some((place, one)) = place.and_then(|place| Some((place, invoked.get(place)?)))
            else {
                let known = invoked.iter().map(|one| &*one.id);
                let message = Said::of(&say::NO_CHILDREN, [around(), brief(id).into()]);
                return Err(unknown(message).suggest(id, known));
            };
            let Some(key) = parts.next() else {
                let message = Said::of(&say::WHICH_CHILD, [brief(text).into(), brief(id).into()]);
                return Err(unknown(message));
            };
            let invoke = u32::try_from(place).unwrap_or(u32::MAX);
            let brood = situation.family.brood(invoke);
            let found = brood.and_then(|brood| {
                let number = *brood.keys.get(key)?;
                Some((number, brood.get(number)?))
            });
            let Some((number, child)) = found else {
                let parts = [around(), brief(id).into(), brief(key).into()];
                let message = Said::of(&say::NO_CHILD, parts);
                let keys = brood.into_iter().flat_map(|brood| brood.keys.keys());
                return Err(unknown(message).suggest(key, keys.map(|key| &**key)));
            };
            here = here.join(invoke, number, id, key);
            (workflow, situation) = (&one.workflow, &child.situation);
        }
        Ok(here)
    }
}

/// The workflow of a case by its address, there or not, and the numbers of the `invoke`s on the way to it.
pub(crate) fn workflow<'w>(
    outermost: &'w Workflow,
    address: &str,
) -> Option<(&'w Workflow, Vec<u32>)> {
    let (mut workflow, mut way) = (outermost, Vec::new());
    let mut parts = address.split('/');
    while let Some(id) = parts.next() {
        parts.next()?;
        let invoked = &workflow.compiled().invoked;
        let place = invoked.iter().position(|one| *one.id == *id)?;
        way.push(u32::try_from(place).ok()?);
        workflow = &invoked.get(place)?.workflow;
    }
    Some((workflow, way))
}

fn unknown(message: Said) -> Problem {
    Problem::said("unknown-address", message).hint(Said::of(&say::ADDRESS_HINT, []))
}

/// For a case that was found before, and is not there.
pub(crate) fn no_case() -> Problem {
    Problem::said("unknown-address", Said::of(&say::NO_CASE, []))
}
