//! Who has signed behind an entry that was checked only in part.

use std::sync::Arc;

use serde_json::Value as Json;

use super::Adoption;
use crate::case::event::Actor;
use crate::case::signing::{self, RoleAssignment};
use crate::case::situation::{GivenSignature, Signatures};
use crate::journal::doubt::spelt;
use crate::person::Person;
use crate::table::{StateId, TransitionId};
use crate::value::DateTime;

impl Adoption<'_> {
    /// Who has signed. Whether that can be told.
    pub(super) fn signatures(&mut self, left: &[StateId]) -> Result<bool, String> {
        let compiled = self.compiled;
        let taken: Vec<String> = self.list("taken").map(spelt).collect();
        let notes: Vec<Json> = self.list("signatures").cloned().collect();
        for note in &notes {
            let way = note.get("transition").unwrap_or(&Json::Null);
            let mut ids = self.transitions(way).to_vec();
            ids.retain(|id| !compiled.definition.transitions.at(*id).signed_by.is_empty());
            let [id] = ids[..] else {
                let known = !ids.is_empty();
                let message = "says of a transition that was signed that is not there".to_owned();
                return if known { Ok(false) } else { Err(message) };
            };
            let list =
                |key: &str| note.get(key).and_then(Json::as_array).map_or(&[][..], Vec::as_slice);
            let (signed, dropped) = (list("signed").len(), list("dropped"));
            if taken.contains(&spelt(way)) {
                self.situation.signatures.change().remove(&id);
                continue;
            }
            match self.stand(id, signed, dropped) {
                Some(true) => {}
                Some(false) => return Ok(false),
                None => return Err("says that others have signed than who did".to_owned()),
            }
        }
        let states = &compiled.definition.transitions;
        if !self.situation.signatures.is_empty() {
            let waiting = self.situation.signatures.change();
            waiting.retain(|id, _| !left.contains(&states.at(*id).source));
        }
        Ok(true)
    }

    /// Who has signed a transition that was not taken, by how many stand and which do no more. `None` where that cannot
    /// be, `false` where it cannot be told.
    fn stand(&mut self, id: TransitionId, signed: usize, gone: &[Json]) -> Option<bool> {
        let dropped = gone.len();
        let transition = self.compiled.definition.transitions.at(id);
        let Some(accepted) = &self.accepted else {
            // Nobody from outside: all that can be is that none stands any more.
            let given = self.before.signatures.get(&id).map_or(0, |waiting| waiting.given.len());
            if signed > 0 || dropped != given {
                return None;
            }
            self.situation.signatures.change().remove(&id);
            return Some(true);
        };
        let actor: Option<&Actor> =
            self.doubtful.event.as_ref().and_then(|event| event.actor.as_ref());
        let name = accepted.current.actor.as_ref();
        let given = self.before.signatures.get(&id).map_or(&[][..], |waiting| &waiting.given);
        let new = (signed + dropped).checked_sub(given.len())?;
        let new = match (new, actor, name) {
            (0, ..) => None,
            (1, Some(actor), Some(name)) => Some(GivenSignature {
                actor: Arc::clone(name),
                person: Person::of(name),
                unit: actor.unit.as_deref().map(Arc::from),
                roles: RoleAssignment::of(transition).roles_of(&actor.roles),
                event: Arc::clone(&accepted.current.name),
                at: self.at,
            }),
            _ => return None,
        };
        let given: Vec<GivenSignature> = match dropped {
            0 => given.iter().cloned().chain(new).collect(),
            all if all == given.len() => new.into_iter().collect(),
            // Dropped with the new one, as when its state was left.
            all if all == given.len() + usize::from(new.is_some()) => Vec::new(),
            // One takes the own back: who is not known may be any of them.
            1 if new.is_none() => {
                let name = name?;
                let is_known = |id: &str| !self.erasures.persons.is_stand_in(id);
                // By when and as what it was given.
                let described = |key: &str| gone.first().and_then(|gone| gone.get(key)?.as_str());
                let at = described("at").and_then(DateTime::from_wire_text)?;
                let at = at.in_zone(&self.compiled.definition.zone);
                let all = signing::signatures(transition, given);
                let mut found = (0..given.len()).filter(|place| {
                    let one = all.get(*place).zip(given.get(*place));
                    one.is_some_and(|(told_of, one)| {
                        let may_be = !is_known(name) || !is_known(&one.actor);
                        one.at == at
                            && Some(told_of.role.as_str()) == described("role")
                            && (may_be || one.person == Person::of(name))
                    })
                });
                let place = found.next()?;
                if found.next().is_some() {
                    return Some(false);
                }
                let mut rest = given.to_vec();
                rest.remove(place);
                rest
            }
            _ => return None,
        };
        if given.len() >= transition.signed_by.len() {
            return None;
        }
        let signatures = self.situation.signatures.change();
        if given.is_empty() {
            signatures.remove(&id);
            return Some(true);
        }
        if !self.doubtful.erased.data.is_empty() {
            return Some(false);
        }
        let data = accepted.current.data.clone();
        let waiting = signatures
            .entry(id)
            .or_insert_with(|| Signatures { data: data.clone(), given: Vec::new() });
        // Who takes back says nothing of what was signed.
        if given.iter().any(|one| one.at == self.at && one.event == accepted.current.name) {
            waiting.data = data;
        }
        waiting.given = given;
        Some(true)
    }
}
