//! How a case stands behind the last line of its journal, and what of that is not known any more.

use super::Verifier;
use super::apart::Apart;
use crate::case::Case;
use crate::case::replay::Replay;
use crate::journal::unknown::{self, Unknown, UnknownPart};
use crate::rule::doubt::Persons;
use crate::workflow::Workflow;

impl Verifier<'_> {
    /// The case as it stands behind the last line; `None` before the first, and where erased values would be needed, which
    /// [`unknown`](Self::unknown) names. An event that an erased person sent counts there as one from nobody known: whom its
    /// `not_by` should keep out cannot be told, so it lets nobody pass. Where an erased person has signed, and others are
    /// waited for, there is no case; nor is there behind a step that was checked only in part. Where a journal of a whole with
    /// child cases ends in the midst of what happened at one time, the rest is done in the case, and the entries of that wait
    /// to be taken.
    #[must_use]
    pub fn case(&self) -> Option<Case> {
        let again = self.again.as_ref().filter(|_| self.unknown().is_empty())?;
        let Some(apart) = &self.apart else {
            return Some(again.case(&self.head, &self.erasures.persons));
        };
        let persons = apart.erasures().map(|(case, erasures)| (case, &erasures.persons));
        let again = again.together(apart.last(), apart.inside(), persons)?;
        Some(again.case(&self.head, &Persons::default()))
    }

    /// What would have to be known to go on with the case and is not, for it was erased: in the order of addresses, each
    /// once. Nothing where there is a [`case`](Self::case), and before the first line.
    #[must_use]
    pub fn unknown(&self) -> Vec<Unknown> {
        let mut found = Vec::new();
        match &self.apart {
            _ if self.head.sequence == 0 => {}
            Some(apart) => self.unknown_apart(apart, &mut found),
            None => self.unknown_alone(&mut found),
        }
        if let Some(step) = self.partly.first().filter(|_| self.is_adopted && found.is_empty()) {
            found.push(unknown::unknown("", UnknownPart::Step(*step)));
        }
        found.sort();
        found.dedup();
        found
    }

    fn unknown_alone(&self, found: &mut Vec<Unknown>) {
        let Some(again) = &self.again else {
            return found.push(unknown::unknown("", UnknownPart::States));
        };
        unknown::of(self.workflow, "", &self.erasures, found);
        signed(again, "", &self.erasures.persons, found);
    }

    fn unknown_apart(&self, apart: &Apart, found: &mut Vec<Unknown>) {
        for case in apart.floors() {
            found.push(unknown::unknown(case, UnknownPart::States));
        }
        // Who may have been sent something answers behind the step that may have sent it.
        if let Some(event) = apart.telling() {
            found.push(unknown::unknown(apart.last(), UnknownPart::Sent(event.to_owned())));
        }
        for (case, erasures) in apart.erasures() {
            let Some(workflow) = workflow(self.workflow, case) else { continue };
            unknown::of(workflow, case, erasures, found);
            if let Some(part) = self.again.as_ref().and_then(|again| again.apart(case)) {
                signed(&part, case, &erasures.persons, found);
            }
        }
    }
}

fn workflow<'w>(outermost: &'w Workflow, case: &str) -> Option<&'w Workflow> {
    crate::case::address::workflow(outermost, case).map(|(workflow, _)| workflow)
}

/// Others are waited for, and who has signed already is not known.
fn signed(again: &Replay<'_>, case: &str, persons: &Persons, found: &mut Vec<Unknown>) {
    let mut waiting = again.situation().signatures.values().flat_map(|waiting| &waiting.given);
    if waiting.any(|one| persons.is_stand_in(&one.actor)) {
        found.push(unknown::unknown(case, UnknownPart::Signature));
    }
}
