//! What transitions wait for, in words: titles for names, durations in words, guards as near to a sentence as they let
//! themselves be read.

use crate::definition::model::{Transition, Trigger, When};
pub(in crate::export) use crate::language::Speaker;
use crate::value::Value;

/// A transition in words. Texts are not cleaned yet.
#[derive(Debug, Clone, Default)]
pub(super) struct Phrase {
    pub kind: Cause,
    /// What it is called.
    pub head: String,
    /// When, of a term or one that goes by itself.
    pub when: Option<String>,
    pub who: Option<String>,
    /// What must hold.
    pub holds: Vec<String>,
    /// Everything, for whoever asks for more.
    pub full: String,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Cause {
    #[default]
    Event,
    Term,
    Always,
}

impl Speaker<'_> {
    pub(super) fn transition(&self, transition: &Transition) -> Phrase {
        let words = self.words;
        let own = self.text(&transition.notes.title).map(str::to_owned);
        let (kind, trigger) = match &transition.trigger {
            Trigger::Always => (Cause::Always, words.by_itself.to_owned()),
            Trigger::Term(index) => (Cause::Term, self.term(transition, *index)),
            Trigger::Events(patterns) => {
                let events = patterns.iter().map(|pattern| self.event(pattern));
                let is_done = patterns.iter().all(|pattern| pattern.starts_with("done."));
                let kind = if is_done { Cause::Always } else { Cause::Event };
                (kind, events.collect::<Vec<_>>().join(" / "))
            }
        };
        let (head, when) = match (own, kind) {
            (Some(own), Cause::Event) => (own, None),
            (Some(own), _) => (own, Some(trigger.clone())),
            (None, _) => (trigger.clone(), None),
        };
        let mut holds = Vec::new();
        if let Some(guard) = &transition.guard {
            holds.push(self.condition(guard));
        }
        if !transition.requires.is_empty() {
            holds.extend(transition.requires.iter().map(|name| self.named(name)));
        }
        if !transition.not_by.is_empty() {
            let names = transition.not_by.iter().map(|name| self.event(name));
            holds.push(format!("{}: {}", words.not_who, names.collect::<Vec<_>>().join(", ")));
        }
        let who = if transition.signed_by.is_empty() {
            self.who(transition)
        } else {
            let roles = transition.signed_by.iter().map(|role| self.role(role));
            let signed = format!("{} {}", words.signed, roles.collect::<Vec<_>>().join(" + "));
            Some(signed)
        };
        let mut full = head.clone();
        let parts = when.iter().chain(who.iter()).chain(&holds);
        for part in parts {
            full.push('\n');
            full.push_str(part);
        }
        if kind == Cause::Event && !full.contains(&trigger) {
            full = format!("{full}\n({trigger})");
        }
        if let Some(revoke) = &transition.revoke {
            full = format!("{full}\n{} {}", words.revoke, self.event(revoke));
        }
        for note in [&transition.notes.hint, &transition.notes.description] {
            if let Some(text) = self.text(note) {
                full = format!("{full}\n{text}");
            }
        }
        Phrase { kind, head, when, who, holds, full }
    }

    fn term(&self, transition: &Transition, index: u32) -> String {
        let source = self.definition.states.get(transition.source);
        let index = usize::try_from(index).unwrap_or(usize::MAX);
        let Some(term) = source.and_then(|state| state.terms.get(index)) else {
            return String::new();
        };
        match &term.when {
            When::After(length) => format!("{} {}", self.words.after, self.duration(*length)),
            When::AfterNamed => {
                let key = term.key.as_str();
                let parameters = self.definition.parameters.rows().iter();
                let value =
                    parameters.filter(|found| found.name.as_str() == key).find_map(|found| {
                        match &found.value {
                            Value::Duration(length) => Some(*length),
                            _ => None,
                        }
                    });
                match value {
                    Some(length) => format!("{} {}", self.words.after, self.duration(length)),
                    None => format!("{} {}", self.words.after, self.named(key)),
                }
            }
            When::At => format!("{} {}", self.words.at, self.named(&term.key)),
        }
    }

    /// Who may take it: the roles of the transition, else of its only event.
    fn who(&self, transition: &Transition) -> Option<String> {
        let by = self.definition.roles_of(transition)?;
        let titles: Vec<String> = by.iter().map(|role| self.role(role)).collect();
        (!titles.is_empty()).then(|| titles.join(" / "))
    }
}
