//! What happened, as plain data: what a journal writes down once it is taken.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use crate::case::act::Act;
use crate::case::decision::{Cause, Movement, Outcome, Reason};
use crate::case::event::Event;
use crate::case::wired;
use crate::error::{Error, ErrorKind, Problem};
use crate::value::{DateTime, Value};

/// One step that was taken, refused or has failed.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Record {
    pub at: DateTime,
    pub origin: Origin,
    /// Of the start and of an event; of a step the like, where `Error` stands for a failed one.
    pub outcome: Outcome,
    pub movement: Movement,
    pub reasons: Vec<Reason>,
    pub problems: Vec<Problem>,
}

impl Record {
    fn nothing(at: DateTime) -> Self {
        Self {
            at,
            origin: Origin::Start { facts: BTreeMap::new() },
            outcome: Outcome::Error,
            movement: Movement::default(),
            reasons: Vec::new(),
            problems: Vec::new(),
        }
    }
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Origin {
    Start {
        facts: BTreeMap<String, Value>,
    },
    /// With its time and with facts and payload as they were admitted.
    Event {
        event: Event,
    },
    Step {
        cause: Cause,
    },
}

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
pub(crate) struct Untaken {
    entries: VecDeque<Entry>,
    /// How many at the front are in words.
    told: usize,
    /// Bytes that are held, each until so many entries in all have been taken.
    held: VecDeque<(usize, u64)>,
    /// Entries that were taken before.
    taken: usize,
    bytes: u64,
}

/// A step: as it was taken, with the situations on both sides of it, or in words, which hold what changed and no more.
#[derive(Debug, Clone)]
pub(crate) enum Entry {
    Act(Arc<Act>),
    Told(Arc<Record>),
    /// In words, put away as a snapshot would: less than half of what they take when they can be read.
    Packed(DateTime, Arc<str>),
}

impl Entry {
    pub fn record(&self) -> Arc<Record> {
        match self {
            Self::Act(act) => Arc::clone(act.record()),
            Self::Told(record) => Arc::clone(record),
            Self::Packed(at, words) => {
                let words = serde_json::from_str(words).ok();
                let record = words.and_then(wired::from_words);
                // What was written is read.
                Arc::new(record.unwrap_or_else(|| Record::nothing(*at)))
            }
        }
    }

    pub fn at(&self) -> DateTime {
        match self {
            Self::Act(act) => act.at,
            Self::Told(record) => record.at,
            Self::Packed(at, _) => *at,
        }
    }

    /// Puts it into words and these away; what that took, in operations and bytes.
    pub fn settle(&mut self) -> (u64, u64) {
        let Self::Act(act) = &*self else { return (0, 0) };
        let words = serde_json::to_string(&wired::to_words(&**act.record())).unwrap_or_default();
        let used = act.told().used;
        *self = Self::Packed(act.at, words.into());
        used
    }

    /// How many values it keeps alive, about.
    fn weight(&self) -> usize {
        match self {
            Self::Told(_) | Self::Packed(..) => 0,
            Self::Act(act) => act.after.weight(),
        }
    }
}

/// The most acts that wait as they are, of a journal and of one call.
const ACTS: usize = 64;
const OF_A_CALL: usize = 16;

/// How many values the situations may keep alive that such acts hold, together.
const WEIGHT: usize = 32_768;

/// Whether so many acts are more than may be held, when their situations weigh this much.
pub(crate) fn is_over(acts: usize, weight: usize) -> bool {
    acts > ACTS || acts > 1 && acts.saturating_mul(weight) > WEIGHT
}

/// Whether so many acts of one call are more than may be held, when their situations weigh this
/// much.
pub(crate) fn is_over_call(acts: usize, weight: usize) -> bool {
    acts > OF_A_CALL || is_over(acts, weight)
}

impl Untaken {
    pub fn push(&mut self, entry: Entry) {
        let weight = entry.weight();
        self.entries.push_back(entry);
        while is_over(self.entries.len() - self.told, weight) {
            if let Some(entry) = self.entries.get_mut(self.told) {
                let (_, bytes) = entry.settle();
                self.hold(self.told + 1, bytes);
            }
            self.told += 1;
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
        self.entries.iter().map(Entry::record)
    }

    /// Forgets so many, the oldest first.
    pub fn forget(&mut self, entries: usize) {
        let entries = entries.min(self.entries.len());
        self.entries.drain(..entries);
        self.told = self.told.saturating_sub(entries);
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

impl FromIterator<Record> for Untaken {
    fn from_iter<I: IntoIterator<Item = Record>>(records: I) -> Self {
        let entries = records.into_iter().map(|record| Entry::Told(Arc::new(record)));
        let entries: VecDeque<Entry> = entries.collect();
        let told = entries.len();
        Self { entries, told, ..Self::default() }
    }
}

impl PartialEq for Untaken {
    fn eq(&self, other: &Self) -> bool {
        let same = |(one, two): (&Entry, &Entry)| match (one, two) {
            (Entry::Act(one), Entry::Act(two)) => Arc::ptr_eq(one, two),
            (Entry::Told(one), Entry::Told(two)) => Arc::ptr_eq(one, two),
            (Entry::Packed(_, one), Entry::Packed(_, two)) => one == two,
            _ => false,
        };
        self.len() == other.len()
            && (self.entries.iter().zip(&other.entries).all(same) || self.iter().eq(other.iter()))
    }
}
