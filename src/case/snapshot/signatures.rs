//! Waiting signatures, stored by the names of states and the places of their transitions.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::Value as Wire;

use super::reader::Reader;
use crate::case::situation::{GivenSignature, Signatures};
use crate::person::Person;
use crate::table::TransitionId;
use crate::value::brief;
use crate::workflow::Compiled;

/// Signatures that wait at one transition.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StoredSignatures {
    state: String,
    /// Which of the state's transitions, in the order in which they are tried.
    index: u32,
    data: BTreeMap<String, Wire>,
    pub(super) given: Vec<StoredSignature>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StoredSignature {
    actor: String,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    unit: Option<String>,
    roles: Vec<String>,
    event: String,
    at: i64,
}

pub(super) fn store(
    compiled: &Compiled,
    id: TransitionId,
    waiting: &Signatures,
) -> StoredSignatures {
    let state = compiled.definition.states.at(compiled.definition.transitions.at(id).source);
    let index = state.transitions.iter().position(|own| *own == id).unwrap_or_default();
    let given = waiting.given.iter().map(|one| StoredSignature {
        actor: one.actor.to_string(),
        unit: one.unit.as_ref().map(ToString::to_string),
        roles: one.roles.iter().map(ToString::to_string).collect(),
        event: one.event.to_string(),
        at: one.at.microseconds(),
    });
    let data = waiting.data.iter().map(|(key, value)| (key.to_string(), value.to_wire()));
    StoredSignatures {
        state: state.name.value.clone(),
        index: u32::try_from(index).unwrap_or(u32::MAX),
        data: data.collect(),
        given: given.collect(),
    }
}

impl Reader<'_> {
    pub(super) fn read_signatures(
        &mut self,
        stored: StoredSignatures,
        signatures: &mut BTreeMap<TransitionId, Signatures>,
    ) {
        let workflow = self.workflow;
        let StoredSignatures { state: name, index, data, given } = stored;
        let state = self.state(&name);
        let ids = &workflow.definition.states.at(state).transitions;
        let id = ids.get(index as usize).copied();
        let Some(id) = id else {
            let name = brief(&name);
            return self.wrong(format!(
                "`{name}` has no transition with the number {index}, to be signed"
            ));
        };
        let given = given.into_iter().map(|one| GivenSignature {
            person: Person::of(&one.actor),
            actor: Arc::from(one.actor),
            unit: one.unit.map(Arc::from),
            roles: one.roles.into_iter().map(Arc::from).collect(),
            event: Arc::from(one.event),
            at: self.time(one.at),
        });
        let given = given.collect();
        let data = self.data(data);
        if signatures.insert(id, Signatures { data, given }).is_some() {
            self.wrong(format!("the signatures of a transition of `{name}` are there twice"));
        }
    }
}
