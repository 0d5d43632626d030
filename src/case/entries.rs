//! What happened and has not been taken for the journal yet, and where the journal stands.

use std::collections::VecDeque;
use std::sync::Arc;

use crate::case::describe;
use crate::case::record::Record;
use crate::case::step_log::{PendingEntry, is_over};
use crate::error::{Error, ErrorKind, Problem};

/// Where the journal of a case stands.
///
/// Whoever keeps a head, or has it signed or published, can tell later whether a journal is still the one that led to it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Head {
    /// How many entries there are; the number of the last.
    pub sequence: u64,
    /// The hash of the last entry in hexadecimal; zeros before the first.
    pub hash: String,
}

impl Head {
    /// Before the first entry.
    pub(crate) fn before_all() -> Self {
        Self { sequence: 0, hash: "0".repeat(64) }
    }
}

/// As it is written after the number, `7:3f…`.
impl std::fmt::Display for Head {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.sequence, self.hash)
    }
}

impl std::str::FromStr for Head {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let read = || {
            let (sequence, hash) = text.split_once(':')?;
            let digits = !sequence.is_empty() && sequence.bytes().all(|byte| byte.is_ascii_digit());
            let sequence = if digits { sequence.parse().ok()? } else { return None };
            crate::digest::is_sha256(hash).then(|| Self { sequence, hash: hash.to_owned() })
        };
        read().ok_or_else(|| {
            let shown = crate::value::brief(text);
            let problem =
                Problem::new("journal-head", format!("`{shown}` is no head of a journal"));
            let hint = "write the number of the last entry, a colon and its hash";
            Error::new(ErrorKind::Journal, vec![problem.hint(hint)])
        })
    }
}

/// What waits to be taken for the journal.
///
/// An act holds the situations on both sides of it. The newest are kept so, as many as weigh little together, which serves
/// hosts that take entries often; older ones are put into words, which hold what changed and no more.
#[derive(Debug, Clone, Default)]
pub(crate) struct PendingEntries {
    entries: VecDeque<PendingEntry>,
    /// How many at the front are in words.
    described: usize,
    /// Bytes that are held, each until so many entries in all have been taken.
    held: VecDeque<(usize, u64)>,
    /// Entries that were taken before.
    taken: usize,
    bytes: u64,
}

impl PendingEntries {
    pub fn push(&mut self, entry: PendingEntry) {
        let weight = entry.weight();
        self.entries.push_back(entry);
        while is_over(self.entries.len() - self.described, weight) {
            if let Some(entry) = self.entries.get_mut(self.described) {
                let (_, bytes) = describe::put_away(entry);
                self.hold(self.described + 1, bytes);
            }
            self.described += 1;
        }
    }

    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Bytes that the entries hold, about.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// The entries since the last call hold so many bytes.
    pub fn grow(&mut self, bytes: u64) {
        if !self.entries.is_empty() {
            self.hold(self.entries.len(), bytes);
        }
    }

    /// So many bytes are held until so many entries are taken.
    fn hold(&mut self, entries: usize, bytes: u64) {
        if bytes > 0 {
            self.held.push_back((self.taken + entries, bytes));
            self.bytes = self.bytes.saturating_add(bytes);
        }
    }

    pub fn iter(&self) -> impl Iterator<Item = Arc<Record>> {
        self.entries.iter().map(describe::record)
    }

    /// Forgets so many, the oldest first.
    pub fn forget(&mut self, entries: usize) {
        let entries = entries.min(self.entries.len());
        self.entries.drain(..entries);
        self.described = self.described.saturating_sub(entries);
        self.taken += entries;
        while let Some((last, bytes)) = self.held.front().copied()
            && last <= self.taken
        {
            self.held.pop_front();
            self.bytes = self.bytes.saturating_sub(bytes);
        }
    }

    pub fn clear(&mut self) {
        *self = Self::default();
    }
}

impl FromIterator<Record> for PendingEntries {
    fn from_iter<I: IntoIterator<Item = Record>>(records: I) -> Self {
        let entries = records.into_iter().map(|record| PendingEntry::Told(Arc::new(record)));
        let entries: VecDeque<PendingEntry> = entries.collect();
        let described = entries.len();
        Self { entries, described, ..Self::default() }
    }
}

impl PartialEq for PendingEntries {
    fn eq(&self, other: &Self) -> bool {
        let same = |(one, two): (&PendingEntry, &PendingEntry)| match (one, two) {
            (PendingEntry::Act(one), PendingEntry::Act(two)) => Arc::ptr_eq(one, two),
            (PendingEntry::Told(one), PendingEntry::Told(two)) => Arc::ptr_eq(one, two),
            (PendingEntry::Packed(_, one), PendingEntry::Packed(_, two)) => one == two,
            _ => false,
        };
        self.len() == other.len()
            && (self.entries.iter().zip(&other.entries).all(same) || self.iter().eq(other.iter()))
    }
}
