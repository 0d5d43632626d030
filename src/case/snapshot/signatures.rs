//! Waiting signatures, stored by the names of states and the places of their transitions.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::Value as Wire;

use super::Reader;
use crate::case::signing;
use crate::person::{self, Person};
use crate::table::{StateId, TransitionId};
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
    waiting: &signing::Waiting,
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
        active: &[StateId],
        signatures: &mut BTreeMap<TransitionId, signing::Waiting>,
    ) {
        let workflow = self.workflow;
        let StoredSignatures { state: name, index, data, given } = stored;
        let state = self.state(&name);
        let ids = &workflow.definition.states.at(state).transitions;
        let id = ids.get(index as usize).copied();
        let id = id.filter(|_| active.binary_search(&state).is_ok());
        let Some(id) =
            id.filter(|id| !workflow.definition.transitions.at(*id).signed_by.is_empty())
        else {
            let message = format!("signatures are there that no transition of `{name}` waits for");
            return self.wrong(message);
        };
        let transition = workflow.definition.transitions.at(id);
        // Whoever could not have signed in this order cannot have signed.
        let mut seats = signing::Seats::of(transition);
        let mut persons = BTreeSet::new();
        let count = given.len();
        let fits = (1..transition.signed_by.len()).contains(&count)
            && given.iter().all(|one| {
                let roles: Vec<Arc<str>> = seats.roles_of(&one.roles);
                person::wrong(&one.actor).is_none()
                    && persons.insert(Person::of(&one.actor))
                    && roles.iter().map(|role| &**role).eq(one.roles.iter().map(String::as_str))
                    && workflow.chart.listens(id, &one.event)
                    && seats.seat(&roles)
            });
        if !fits {
            let message = format!("the signatures at `{name}` cannot stand beside one another");
            return self.wrong(message);
        }
        let given = given.into_iter().map(|one| signing::Given {
            person: Person::of(&one.actor),
            actor: Arc::from(one.actor),
            unit: one.unit.map(Arc::from),
            roles: one.roles.into_iter().map(Arc::from).collect(),
            event: Arc::from(one.event),
            at: self.time(one.at),
        });
        let given = given.collect();
        let data = self.data(data);
        if signatures.insert(id, signing::Waiting { data, given }).is_some() {
            self.wrong(format!("the signatures of a transition of `{name}` are there twice"));
        }
    }
}
