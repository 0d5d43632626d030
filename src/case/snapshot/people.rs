//! What is remembered of events and of those who sent them, stored by name; and which events were answered.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::Value as Wire;

use super::reader::Reader;
use crate::case::answer::Outcome;
use crate::case::ids::{AnsweredIds, FirstAnswer};
use crate::person;
use crate::rule::{Events, Occurrence, Senders};
use crate::value::brief;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StoredOccurrence {
    count: u64,
    last: i64,
    /// The ids of those who sent it, each person once, in the order of their first.
    pub(super) who: Vec<String>,
    /// It was sent by nobody known, too.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    anonymous: bool,
}

impl StoredOccurrence {
    pub(super) fn new(found: &Occurrence) -> Self {
        Self {
            count: found.count,
            last: found.last.microseconds(),
            who: found.who.ids().into_iter().map(|id| id.id.to_string()).collect(),
            anonymous: found.who.is_anonymous(),
        }
    }
}

const OUTCOMES: [Outcome; 3] = [Outcome::Moved, Outcome::Blocked, Outcome::NotExpected];

/// The oldest first, each as one text: the digest of the id, that of what the event said, and the outcome.
pub(super) fn store_ids(ids: &AnsweredIds) -> Vec<String> {
    let stored = ids.iter().filter_map(|(id, FirstAnswer { content, outcome })| {
        let name = OUTCOMES.contains(&outcome).then(|| outcome.name())?;
        Some(format!("{id:032x}{content:032x}{name}"))
    });
    stored.collect()
}

impl Reader<'_> {
    /// From version 1, which kept answers and not what was answered, only the outcomes are taken: whatever comes with such an
    /// id is not known to be the same.
    pub(super) fn read_ids(
        &mut self,
        stored: &[String],
        answered: Option<BTreeMap<String, Vec<Wire>>>,
    ) -> AnsweredIds {
        const NOTHING: u128 = 0;
        let mut ids = AnsweredIds::default();
        for text in stored {
            let read = read_id(text).filter(|(id, first)| ids.insert_digest(*id, *first));
            if read.is_none() {
                self.wrong(format!(
                    "`{}` is no event that was answered, or is there twice",
                    brief(text)
                ));
            }
        }
        for (id, words) in answered.into_iter().flatten() {
            let name = words.first().and_then(Wire::as_str);
            match OUTCOMES.iter().find(|known| Some(known.name()) == name) {
                Some(outcome) => {
                    ids.insert(
                        &id,
                        FirstAnswer { content: NOTHING, outcome: *outcome },
                        usize::MAX,
                    );
                }
                None => {
                    self.wrong(format!("the answer to the event `{}` cannot be read", brief(&id)))
                }
            }
        }
        ids
    }

    /// In version 1 all events stood by their own names, and persons by each of their ids.
    pub(super) fn read_events(
        &mut self,
        stored: BTreeMap<String, StoredOccurrence>,
        latest: Option<i64>,
        is_old: bool,
    ) -> Events {
        if is_old {
            return self.read_old_events(stored);
        }
        let workflow = self.workflow;
        let mut events: Vec<(Arc<str>, Occurrence)> = Vec::new();
        for (name, found) in stored {
            let StoredOccurrence { count, last, who, anonymous } = found;
            let kept = workflow.remembered.named(&name);
            let Some(kept) = kept.filter(|kept| kept.persons || (who.is_empty() && !anonymous))
            else {
                self.wrong_of(
                    "situation-events",
                    format!("no rule asks for what is remembered of the event `{}`", brief(&name)),
                );
                continue;
            };
            let described = who.len();
            let bad = who.iter().any(|id| person::wrong(id).is_some());
            let mut known: Senders = who.into_iter().map(Arc::from).collect();
            // Whoever it was, each time somebody sent it.
            let senders = described as u64 + u64::from(anonymous);
            if bad || known.len() < described || count < senders || (kept.persons && senders == 0) {
                self.wrong_of(
                    "situation-events",
                    format!("those who sent the event `{}` cannot be right", brief(&name)),
                );
            }
            if anonymous {
                known.note(None);
            }
            let last = self.time(last);
            events.push((Arc::clone(&kept.name), Occurrence { count, last, who: known }));
        }
        let latest = latest.map(|at| self.time(at));
        events.into_iter().collect::<Events>().and_last(latest)
    }
}

impl Reader<'_> {
    fn read_old_events(&mut self, stored: BTreeMap<String, StoredOccurrence>) -> Events {
        let workflow = self.workflow;
        let mut events: BTreeMap<Arc<str>, Occurrence> = BTreeMap::new();
        let mut latest = None;
        for (name, StoredOccurrence { count, last, who, anonymous: _ }) in stored {
            let last = self.time(last);
            latest = latest.max(Some(last));
            let Some(kept) = workflow.remembered.kept(&name) else { continue };
            let none = Occurrence { count: 0, last, who: Senders::default() };
            let known = events.entry(Arc::clone(&kept.name)).or_insert(none);
            known.count = known.count.saturating_add(count);
            known.last = known.last.max(last);
            if kept.persons {
                if who.is_empty() {
                    known.who.note(None);
                }
                for id in who.into_iter().map(Arc::from) {
                    known.who.note(Some(&id));
                }
            }
        }
        events.into_iter().collect::<Events>().and_last(latest)
    }
}

fn read_id(text: &str) -> Option<(u128, FirstAnswer)> {
    let (id, rest) = text.split_at_checked(32)?;
    let (content, outcome) = rest.split_at_checked(32)?;
    let outcome = OUTCOMES.iter().find(|known| known.name() == outcome)?;
    let number = |digits: &str| {
        let plain = digits.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        u128::from_str_radix(digits, 16).ok().filter(|_| plain)
    };
    Some((number(id)?, FirstAnswer { content: number(content)?, outcome: *outcome }))
}

/// Persons that are remembered, over all events.
pub(super) fn persons(stored: &BTreeMap<String, StoredOccurrence>) -> usize {
    stored.values().map(|found| found.who.len()).sum()
}
