//! What happened, to be kept and to be proven: entries in a chain of hashes, checked and told from their text alone.
//!
//! ```text
//! Case ──take_entries──► Entry, Entry, …  ──(kept by the host)──►  verify: every hash, every decision anew
//! ```
//!
//! An entry is one line of JSON: `{"entry": {…}, "hash": "…", "private": {…}}`. The hash covers the text of `entry`, which
//! holds the hash of the entry before. What may be about persons (who acted, facts, payload, notes, values read) stands
//! in `private`, each with a salt of its own, and `entry` holds only digests of it: so it can be erased and the chain
//! still holds.
//!
//! *What a chain proves*: that the entries up to a head are those that led to that head, in that order, if whoever keeps
//! the head can be believed. *What it does not*: whoever holds the whole journal and no one else a head can write another
//! one that is as consistent; cutting off the end leaves a journal that is whole by itself. Hand heads to somebody else
//! ([`Case::head`]), or have them signed or dated. Verification proves besides that every decision follows from what was
//! entered, not that what was entered was true.
//!
//! *Child cases* have no journal of their own: their entries are in that of the outermost case, in the order in which things
//! happened, and bear the address of the case as `case`. When one starts (`start`) and is stopped (`stopped`) is an entry
//! behind that of the step which did it, and what a parent did because a child had moved is one of kind `children`.
//!
//! A host keeps each [`Entry`] that [`Case::take_entries`](crate::Case::take_entries) hands out. [`verify`] proves a journal
//! at once, a [`Verifier`] line by line, a [`Comparer`] on several threads; [`erase`] takes out what is about a person.
//!
//! ```
//! use tresteg::journal::verify;
//! use tresteg::{Case, Event, Workflow};
//!
//! let workflow = Workflow::from_json(r#"{ "id": "w", "initial": "a", "states": { "a": { "on": { "go": "b" } }, "b": {} } }"#)?;
//! let (mut case, _) = Case::start(&workflow, None, Default::default())?;
//! case.fire(&Event::new("go"));
//! let journal: String = case.take_entries(&[7; 32]).iter().map(|entry| format!("{}\n", entry.line)).collect();
//! assert!(verify(&workflow, &journal, Some(&case.head())).is_ok());
//! assert!(verify(&workflow, &journal.replace("go", "no"), None).is_err());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod adopt;
mod canonical;
mod compare;
mod compose;
mod dated;
mod differ;
pub(crate) mod discrepancy;
mod doubt;
mod draft;
mod erase;
mod floor;
pub(crate) mod input;
pub(crate) mod line;
mod provenance;
pub(crate) mod scan;
mod senders;
mod told;
mod unknown;
mod verify;
mod witness;

use crate::case::Case;
use crate::value::Zone;
use compose::Composer;

pub use crate::case::entries::Head;
pub use compare::{Comparer, ReplayedLine};
pub use discrepancy::{Discrepancy, DiscrepancyKind};
pub use erase::{Erasure, erase};
pub use line::CheckedLine;
pub use provenance::Provenance;
pub use unknown::{Unknown, UnknownPart};
pub use verify::{Verified, Verifier, verify};

/// One entry of a journal.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Entry {
    /// Its number, from 1.
    pub sequence: u64,
    /// Its hash, in hexadecimal.
    pub hash: String,
    /// Its text: one line of JSON without the line feed.
    pub line: String,
}

impl Case {
    /// Takes everything that was accepted, refused or has failed since the last call, as entries for the journal.
    ///
    /// `salt` hides what the private parts of the entries are behind their digests once they are erased. It must be 32
    /// bytes that nobody can guess, new ones for each call or a secret kept for the case; it is not stored itself. The same
    /// salt gives the same entries. A host that keeps them somewhere that may fail uses
    /// [`hand_entries`](Self::hand_entries).
    ///
    /// ```
    /// # use tresteg::journal::verify;
    /// # use tresteg::{Case, Event, Workflow};
    /// # let workflow = Workflow::from_json(r#"{ "id": "w", "initial": "a", "states": { "a": { "on": { "go": "b" } }, "b": {} } }"#)?;
    /// let (mut case, _) = Case::start(&workflow, None, Default::default())?;
    /// case.fire(&Event::new("go"));
    /// let entries = case.take_entries(&[7; 32]);
    /// assert_eq!(entries.len(), 2);
    /// let journal: String = entries.iter().map(|entry| format!("{}\n", entry.line)).collect();
    /// let verified = verify(&workflow, &journal, Some(&case.head()))?;
    /// assert_eq!(verified.recomputed, 2);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn take_entries(&mut self, salt: &[u8; 32]) -> Vec<Entry> {
        let mut entries = Vec::with_capacity(self.records.len());
        let kept: Result<(), std::convert::Infallible> = self.hand_entries(salt, |entry| {
            entries.push(entry);
            Ok(())
        });
        match kept {
            Ok(()) => entries,
        }
    }

    /// Hands over entries one by one, as [`take_entries`](Self::take_entries) would give them. One that could not be kept
    /// stays in the case with all behind it, and is handed over again by the next call.
    ///
    /// # Errors
    ///
    /// The first that `keep` gives.
    pub fn hand_entries<E>(
        &mut self,
        salt: &[u8; 32],
        mut keep: impl FnMut(Entry) -> Result<(), E>,
    ) -> Result<(), E> {
        let workflow = self.workflow().clone();
        let mut composer = Composer::new(&workflow);
        let mut kept = 0;
        let mut result = Ok(());
        for record in self.records.iter() {
            let entry = composer.entry(&record, &self.head, Zone::database_version(), salt);
            let next = Head { sequence: entry.sequence, hash: entry.hash.clone() };
            if let Err(error) = keep(entry) {
                result = Err(error);
                break;
            }
            kept += 1;
            self.head = next;
        }
        self.records.forget(kept);
        result
    }

    /// How many entries wait to be taken.
    #[must_use]
    pub fn untaken(&self) -> usize {
        self.records.len()
    }

    /// The last entry that was taken: what to hand to somebody else, who can later tell whether the journal is still
    /// the same, and what to compare before a store is written to.
    #[must_use]
    pub fn head(&self) -> Head {
        self.head.clone()
    }
}
