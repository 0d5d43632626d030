//! Events with an id of their own that were answered: which they were and how, as digests.
//!
//! The newest are remembered, the oldest forgotten first. A case never ends for want of room, and what a remembered event
//! said stays in no other form than its digest.

use std::fmt::Write as _;

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::{IsNormalized, is_nfc_quick};

use crate::case::answer::Outcome;
use crate::case::contract::Accepted;
use crate::case::event::Event;
use crate::digest;
use crate::digests::Digests;
use crate::person::Person;
use crate::value::Value;
use crate::workflow::Compiled;

/// A copy costs nothing and a change is logarithmic, however many there are.
#[derive(Clone, Default)]
pub(crate) struct AnsweredIds {
    by_id: Digests<Entry>,
    /// By number of arrival, backwards bit by bit so that they are spread evenly: the digest of the id.
    by_age: Digests<u128>,
    /// How many have ever come in.
    arrived: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Entry {
    first: FirstAnswer,
    arrival: u64,
}

/// What is remembered of an event with an id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct FirstAnswer {
    /// The digest of what it said: [`content`].
    pub content: u128,
    /// How it was answered.
    pub outcome: Outcome,
}

impl AnsweredIds {
    /// What is remembered of an id.
    pub fn get(&self, id: &str) -> Option<FirstAnswer> {
        self.by_id.get(digest_of(id)).map(|entry| entry.first)
    }

    /// Takes down how an event with an id was answered that was not there. At most so many are remembered.
    pub fn insert(&mut self, id: &str, first: FirstAnswer, most: usize) {
        self.insert_digest(digest_of(id), first);
        while self.by_id.len() > most {
            let oldest = self.arrived.saturating_sub(self.by_id.len() as u64);
            let Some(id) = self.by_age.remove(age(oldest)) else { break };
            self.by_id.remove(id);
        }
    }

    /// Takes down how an event was answered by the digest of its id, without a bound. Whether it
    /// was not there.
    pub fn insert_digest(&mut self, id: u128, first: FirstAnswer) -> bool {
        if self.by_id.get(id).is_some() {
            return false;
        }
        self.by_id.insert(id, Entry { first, arrival: self.arrived });
        self.by_age.insert(age(self.arrived), id);
        self.arrived = self.arrived.saturating_add(1);
        true
    }

    /// The digests of the ids, the oldest first.
    pub fn iter(&self) -> impl Iterator<Item = (u128, FirstAnswer)> {
        let oldest = self.arrived.saturating_sub(self.by_id.len() as u64);
        let ids = (oldest..self.arrived).filter_map(|arrival| self.by_age.get(age(arrival)));
        ids.filter_map(|id| Some((*id, self.by_id.get(*id)?.first)))
    }
}

/// By what is remembered, not by what was forgotten.
impl PartialEq for AnsweredIds {
    fn eq(&self, other: &Self) -> bool {
        self.by_id.len() == other.by_id.len() && self.iter().eq(other.iter())
    }
}

impl std::fmt::Debug for AnsweredIds {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

fn age(arrival: u64) -> u128 {
    u128::from(arrival).reverse_bits()
}

/// The digest of an id, composed (NFC).
fn digest_of(id: &str) -> u128 {
    let mut said = String::new();
    push_text(id, &mut said);
    digest::short(&[b"id", said.as_bytes()])
}

/// The digest of what an event says: its name, the person who sent it, facts, payload and note. Values count as admitted,
/// so that neither their spelling nor the order of keys matters; its time, the actor's roles and unit do not.
pub(crate) fn content(workflow: &Compiled, accepted: &Accepted, event: &Event) -> u128 {
    let Accepted { current, facts, .. } = accepted;
    let mut said = String::new();
    push_text(&current.name, &mut said);
    if let Some(to) = event.to.as_ref().filter(|to| !to.is_empty()) {
        said.push('t');
        push_text(to, &mut said);
    }
    if let Some(actor) = &current.actor {
        said.push('a');
        push_text(Person::of(actor).key(), &mut said);
    }
    // By name: a file that means the same may number its facts otherwise.
    let name = |id| workflow.definition.facts.at(id).name.as_str();
    let mut facts: Vec<(&str, &Value)> =
        facts.iter().map(|(id, value)| (name(*id), value)).collect();
    facts.sort_unstable_by_key(|(name, _)| *name);
    for (name, value) in facts {
        said.push('f');
        push_text(name, &mut said);
        push(value, &mut said);
    }
    for (name, value) in &current.data {
        said.push('d');
        push_text(name, &mut said);
        push(value, &mut said);
    }
    if let Some(note) = &event.note {
        said.push('n');
        push_text(&note.text, &mut said);
        for found in &note.attachments {
            push_text(&found.uri, &mut said);
            push_text(&found.hash, &mut said);
        }
    }
    digest::short(&[b"event", said.as_bytes()])
}

/// A text with its length, so that no two lists of texts run together alike.
fn push_text(text: &str, out: &mut String) {
    if text.is_ascii() || is_nfc_quick(text.chars()) == IsNormalized::Yes {
        let _: std::fmt::Result = write!(out, "{}:{text}", text.len());
        return;
    }
    let text: String = text.nfc().collect();
    let _: std::fmt::Result = write!(out, "{}:{text}", text.len());
}

/// A value as it compares: 1 is 1.0, one instant is another way of writing it. Calls itself for each level; values that are
/// admitted nest to a bound.
fn push(value: &Value, out: &mut String) {
    let mut shown = |tag: char, text: &dyn std::fmt::Display| {
        let _: std::fmt::Result = write!(out, "{tag}{text};");
    };
    match value {
        Value::Boolean(value) => shown('b', value),
        Value::Integer(value) => shown('n', value),
        Value::Number(value) => shown('n', value),
        Value::Date(value) => shown('y', value),
        Value::DateTime(value) => shown('z', &value.microseconds()),
        Value::Duration(value) => shown('p', value),
        Value::Text(text) => {
            out.push('t');
            push_text(text, out);
        }
        Value::List(items) => {
            let _: std::fmt::Result = write!(out, "l{}:", items.len());
            items.iter().for_each(|item| push(item, out));
        }
        Value::Record(entries) => {
            let _: std::fmt::Result = write!(out, "r{}:", entries.len());
            for (key, value) in entries.iter() {
                push_text(key, out);
                push(value, out);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;

    use proptest::prelude::*;

    use super::*;

    fn first(content: u128) -> FirstAnswer {
        FirstAnswer { content, outcome: Outcome::Moved }
    }

    proptest! {
        /// As a queue that is searched from end to end.
        #[test]
        fn the_oldest_is_forgotten_first(ids in prop::collection::vec(0..30_u8, 0..200), most in 0..12_usize) {
            let (mut known, mut model) = (AnsweredIds::default(), VecDeque::new());
            let mut copy = None;
            for (number, id) in ids.iter().enumerate() {
                let said = known.get(&id.to_string());
                let described = model.iter().find(|(known, _)| known == id).map(|(_, content)| first(*content));
                prop_assert_eq!(said, described);
                if said.is_none() {
                    known.insert(&id.to_string(), first(number as u128), most);
                    model.push_back((*id, number as u128));
                    while model.len() > most {
                        model.pop_front();
                    }
                }
                let contents: Vec<u128> = known.iter().map(|(_, first)| first.content).collect();
                prop_assert_eq!(contents, model.iter().map(|(_, content)| *content).collect::<Vec<_>>());
                if number == 50 {
                    copy = Some((known.clone(), model.clone()));
                }
            }
            if let Some((copy, model)) = copy {
                prop_assert_eq!(copy.iter().count(), model.len());
            }
            let mut again = AnsweredIds::default();
            for (id, first) in known.iter() {
                prop_assert!(again.insert_digest(id, first));
            }
            prop_assert_eq!(again, known);
        }
    }

    #[test]
    fn texts_do_not_run_together_and_are_composed() {
        let said = |texts: &[&str]| {
            let mut out = String::new();
            texts.iter().for_each(|text| push_text(text, &mut out));
            out
        };
        assert_ne!(said(&["a", "b"]), said(&["ab"]));
        assert_ne!(said(&["1:a"]), said(&["a"]));
        assert_eq!(said(&["å"]), said(&["a\u{30A}"]));
        assert_eq!(digest_of("å"), digest_of("a\u{30A}"));
    }
}
