//! Steps that do not come to rest: the loop that they run in, by name.

use std::collections::VecDeque;
use std::sync::Arc;

use crate::case::step_log::StepTrigger;
use crate::table::StateId;
use crate::workflow::{Compiled, naming};

/// What caused a step that nothing from outside caused.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Cause {
    Term {
        state: StateId,
        index: u32,
    },
    Sent(Arc<str>),
    /// A child moved.
    Children,
}

/// So many of the last causes are looked at, to find a loop.
pub(crate) const CAUSES: usize = 64;

impl Cause {
    /// `None` for what came from outside.
    pub fn of(origin: &StepTrigger) -> Option<Self> {
        match origin {
            StepTrigger::Term { state, index, .. } => {
                Some(Self::Term { state: *state, index: *index })
            }
            StepTrigger::Sent { event, .. } => Some(Self::Sent(Arc::clone(&event.name))),
            StepTrigger::Look => Some(Self::Children),
            StepTrigger::Start(_) | StepTrigger::Event(_) | StepTrigger::Stop => None,
        }
    }

    fn name(&self, workflow: &Compiled) -> String {
        match self {
            Self::Term { state, index } => {
                let (state, key) = naming::term(workflow, *state, *index);
                format!("{state}: {key}")
            }
            Self::Sent(event) => event.to_string(),
            Self::Children => "always".to_owned(),
        }
    }
}

/// The loop that steps run in: the shortest run of causes that the last ones repeat.
pub(crate) fn name_of(workflow: &Compiled, causes: &VecDeque<Cause>) -> String {
    let last: Vec<&Cause> = causes.iter().rev().collect();
    let period = (1..=last.len() / 2)
        .find(|period| last.iter().zip(last.iter().skip(*period)).all(|(one, two)| one == two))
        .unwrap_or(last.len().min(8));
    let names = last.iter().take(period).rev().map(|cause| cause.name(workflow));
    let mut names: Vec<String> = names.collect();
    names.extend(names.first().cloned());
    names.join("` → `")
}
