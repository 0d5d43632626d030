//! How transitions and terms of a workflow are called.

use serde::Serialize;

use crate::definition::model::{Term, Trigger, matches};
use crate::label::Label;
use crate::table::{StateId, TransitionId};
use crate::workflow::Compiled;

/// A transition, for people and programs.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct TransitionRef {
    /// The state it leaves from; the workflow's id for one of the file.
    pub from: String,
    /// The states it leads to; none for a targetless one.
    pub to: Vec<String>,
    /// What it listens to: an event's name or pattern, `always`, `after …`, `at …`.
    pub on: String,
    /// Its `id`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Its `title`.
    #[serde(skip_serializing_if = "Label::is_empty")]
    pub title: Label,
}

/// A transition with names; `event` is the one it answers, where the pattern alone says less.
pub(crate) fn transition_ref(
    workflow: &Compiled,
    id: TransitionId,
    event: Option<&str>,
) -> TransitionRef {
    let transition = workflow.definition.transitions.at(id);
    let source = workflow.definition.states.at(transition.source);
    let on = match &transition.trigger {
        Trigger::Always => "always".to_owned(),
        Trigger::Term(index) => {
            source.terms.get(*index as usize).map(Term::called).unwrap_or_default()
        }
        Trigger::Events(patterns) => {
            let listeners =
                event.filter(|event| patterns.iter().any(|pattern| matches(pattern, event)));
            match (listeners, patterns.first()) {
                (Some(event), _) => event.to_owned(),
                (None, Some(pattern)) => pattern.value.clone(),
                (None, None) => String::new(),
            }
        }
    };
    TransitionRef {
        from: source.name.value.clone(),
        to: transition.targets.iter().map(|target| target.value.clone()).collect(),
        on,
        id: transition.id.as_ref().map(|id| id.value.clone()),
        title: transition.notes.title.clone(),
    }
}

/// A transition in one text, as it is called where it is looked for.
pub(crate) fn spelt(transition_ref: &TransitionRef) -> String {
    let TransitionRef { from, to, on, id, .. } = transition_ref;
    let id = id.as_deref().unwrap_or_default();
    format!("{from}\n{on}\n{id}\n{}", to.join("\n"))
}

/// The key of a term, behind the name of its state.
pub(crate) fn term(workflow: &Compiled, state: StateId, index: u32) -> (String, String) {
    let state = workflow.definition.states.at(state);
    let term = state.terms.get(index as usize);
    let key = term.map(|term| term.key.value.clone()).unwrap_or_default();
    (state.name.value.clone(), key)
}

/// Whether a key is `STATE: KEY` of this state and this key.
pub(crate) fn is_term_of(key: &str, state: &str, written: &str) -> bool {
    key.strip_prefix(state)
        .and_then(|rest| rest.strip_prefix(':'))
        .is_some_and(|rest| rest.trim_start() == written)
}
