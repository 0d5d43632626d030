//! Events by number: which transitions of a state listen to one, and what it may carry. Dense tables for stepping.
//!
//! Every name that the file declares or listens to has a number; what patterns mean for it is worked out here, once. A
//! name that only a shorter pattern or `*` hears has none, and is looked for among the transitions as the chart has them.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::definition::model::{Definition, EventDecl, matches};
use crate::rule::Rules;
use crate::table::{EventId, FactId, Id, StateId, Table, TransitionId};
use crate::workflow::chart::Chart;

pub(crate) use crate::definition::model::RESERVED;

/// So many names are looked at for one that may have been meant.
const MOST_LOOKED_AT: usize = 10_000;

/// What an event's name leads to.
#[derive(Debug)]
pub(crate) struct ListenerIndex {
    /// In the order of the alphabet.
    names: Table<EventId, Name>,
    /// By declared event.
    carried: Vec<EventPayload>,
    rows: Table<StateId, Row>,
    answers: Vec<Answers>,
    candidates: Vec<Candidate>,
    asks: Table<TransitionId, u8>,
    /// By event, which of the listeners are its own; none where the patterns of a state are matched when they are needed.
    listened: Vec<(u32, u32)>,
    listeners: Vec<StateId>,
    /// Whether an event withdraws signatures anywhere.
    has_revocable: bool,
    /// Whether any script that decides reads the event, or a signature waits for one.
    pub asks_event: bool,
    /// Whether there are eventless transitions.
    pub has_always: bool,
}

#[derive(Debug)]
pub(crate) struct Name {
    pub name: Arc<str>,
    /// The place of the declaration that governs it.
    pub governs: Option<u32>,
    /// Whether somebody from outside may send it.
    pub outside: bool,
}

/// What a declared event may carry.
#[derive(Debug)]
pub(crate) struct EventPayload {
    /// By name, in the order of the alphabet; derived facts are not among them.
    facts: Vec<(Arc<str>, FactId)>,
    pub required: Vec<FactId>,
}

/// A transition that listens, with what it asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Candidate {
    pub id: TransitionId,
    /// Bits of [`asks`].
    pub asks: u8,
}

/// What must be looked at before a transition is open.
pub(crate) mod asks {
    pub(crate) const ROLE: u8 = 1;
    pub(crate) const NOT_BY: u8 = 2;
    pub(crate) const SIGNED: u8 = 4;
    pub(crate) const REQUIRES: u8 = 8;
    pub(crate) const GUARD: u8 = 16;
}

/// The answers of a state: some of all, in the order of events.
#[derive(Debug, Clone, Copy)]
enum Row {
    Known {
        from: u32,
        to: u32,
    },
    /// Too many: its patterns are matched when they are needed.
    Walked,
}

/// The transitions of one state that listen to one event: some of all, in the order in which they are tried.
#[derive(Debug, Clone, Copy)]
struct Answers {
    event: EventId,
    from: u32,
    to: u32,
}

impl ListenerIndex {
    /// Cost: linear in the file; answers beyond some multiple of its size are not written out.
    pub fn new(definition: &Definition, rules: &Rules, chart: &Chart) -> Self {
        let names = names(definition, chart);
        let carried = definition.events.iter().flat_map(|events| events.values());
        let carried = carried.map(|declared| carry(definition, rules, declared)).collect();
        let asks = definition.transitions.rows().iter().map(|transition| {
            let bits = [
                (transition.by.is_some(), asks::ROLE),
                (!transition.not_by.is_empty(), asks::NOT_BY),
                (!transition.signed_by.is_empty(), asks::SIGNED),
                (!transition.requires.is_empty(), asks::REQUIRES),
                (transition.guard.is_some(), asks::GUARD),
            ];
            bits.into_iter().filter(|(set, _)| *set).fold(0, |all, (_, bit)| all | bit)
        });
        let asks: Table<TransitionId, u8> = asks.collect();
        let signed = asks.rows().iter().any(|asks| asks & asks::SIGNED != 0);
        let asks_event = signed || rules.reads_event();
        let (rows, answers, candidates) = (Table::new(), Vec::new(), Vec::new());
        let has_always = chart.states.rows().iter().any(|row| !row.always.is_empty());
        let has_revocable = chart.states.rows().iter().any(|row| !row.revocable.is_empty());
        let (listened, listeners) = (Vec::new(), Vec::new());
        let mut listeners = Self {
            names,
            carried,
            rows,
            answers,
            candidates,
            asks,
            listened,
            listeners,
            has_revocable,
            asks_event,
            has_always,
        };
        listeners.answer(chart);
        listeners.list();
        listeners
    }

    pub fn number(&self, name: &str) -> Option<EventId> {
        let place = self.names.rows().binary_search_by(|row| (*row.name).cmp(name)).ok()?;
        Some(EventId::from_index(place))
    }

    /// Names that somebody from outside may send, in the order of the alphabet; of very many the first.
    pub fn outside(&self) -> impl Iterator<Item = &str> {
        let first = self.names.rows().iter().take(MOST_LOOKED_AT);
        first.filter(|row| row.outside).map(|row| &*row.name)
    }

    pub fn name(&self, id: EventId) -> &Name {
        self.names.at(id)
    }

    /// What the declared event of a place may carry.
    pub fn carried(&self, place: u32) -> Option<&EventPayload> {
        self.carried.get(place as usize)
    }

    /// The transitions of a state that listen to an event, in the order in which they are tried; `None` where the chart
    /// must be asked.
    #[inline]
    pub fn candidates(&self, state: StateId, event: EventId) -> Option<&[Candidate]> {
        let Row::Known { from, to } = *self.rows.get(state)? else { return None };
        let answers = self.answers.get(from as usize..to as usize)?;
        let found = if answers.len() <= 8 {
            answers.iter().find(|answers| answers.event == event)
        } else {
            let place = answers.binary_search_by_key(&event, |answers| answers.event);
            place.ok().and_then(|place| answers.get(place))
        };
        let Some(found) = found else { return Some(&[]) };
        self.candidates.get(found.from as usize..found.to as usize)
    }

    /// The states that listen to an event, in the order of the file; `None` where the chart must be asked, and where some
    /// event withdraws signatures.
    pub fn listeners(&self, event: EventId) -> Option<&[StateId]> {
        let (from, to) = *self.listened.get(event.index())?;
        if self.has_revocable {
            return None;
        }
        self.listeners.get(from as usize..to as usize)
    }

    /// Writes down by event which states answer it.
    fn list(&mut self) {
        let mut all: Vec<(EventId, StateId)> = Vec::with_capacity(self.answers.len());
        for (state, row) in self.rows.iter() {
            let Row::Known { from, to } = row else { return };
            let own = self.answers.get(*from as usize..*to as usize).unwrap_or_default();
            all.extend(own.iter().map(|answers| (answers.event, state)));
        }
        all.sort_unstable();
        let mut from = 0;
        for event in self.names.ids() {
            let own = all.get(from..).unwrap_or_default();
            let to = from + own.iter().take_while(|(one, _)| *one == event).count();
            self.listened.push((count(from), count(to)));
            from = to;
        }
        self.listeners = all.into_iter().map(|(_, state)| state).collect();
    }

    /// A transition as a candidate.
    #[inline]
    pub fn candidate(&self, id: TransitionId) -> Candidate {
        Candidate { id, asks: self.asks.get(id).copied().unwrap_or(u8::MAX) }
    }

    /// Writes down the answers of each state.
    fn answer(&mut self, chart: &Chart) {
        let mut left =
            65_536_usize.saturating_add(16 * (chart.states.len() + chart.transitions.len()));
        let mut found: Vec<(EventId, usize, TransitionId)> = Vec::new();
        for (_, row) in chart.states.iter() {
            found.clear();
            let mut fits = true;
            for (order, id) in row.on.iter().enumerate() {
                for pattern in &chart.transitions.at(*id).patterns {
                    let (exact, inner) = self.matched(pattern);
                    let count = exact.len() + inner.len();
                    fits = fits && count <= left;
                    if fits {
                        left -= count;
                        let all = exact.chain(inner).map(EventId::from_index);
                        found.extend(all.map(|event| (event, order, *id)));
                    }
                }
            }
            if !fits {
                self.rows.push(Row::Walked);
                continue;
            }
            found.sort_unstable();
            found.dedup();
            let from = count(self.answers.len());
            for (event, _, id) in &found {
                let place = count(self.candidates.len());
                match self.answers.get_mut(from as usize..).and_then(|own| own.last_mut()) {
                    Some(last) if last.event == *event => last.to += 1,
                    _ => {
                        let (from, to) = (place, place.saturating_add(1));
                        self.answers.push(Answers { event: *event, from, to });
                    }
                }
                self.candidates.push(self.candidate(*id));
            }
            self.rows.push(Row::Known { from, to: count(self.answers.len()) });
        }
    }

    /// The numbers of names that a pattern matches: its own, and those inside it.
    fn matched(&self, pattern: &str) -> (std::ops::Range<usize>, std::ops::Range<usize>) {
        let names = self.names.rows();
        if pattern == "*" {
            return (0..names.len(), 0..0);
        }
        let first = |text: &str| names.partition_point(|row| &*row.name < text);
        let own = first(pattern);
        let is_there = names.get(own).is_some_and(|row| &*row.name == pattern);
        // `/` comes behind `.`
        (
            own..own + usize::from(is_there),
            first(&format!("{pattern}."))..first(&format!("{pattern}/")),
        )
    }
}

impl EventPayload {
    /// A fact that it may carry.
    pub fn fact(&self, name: &str) -> Option<FactId> {
        let place = self.facts.binary_search_by(|(known, _)| (**known).cmp(name)).ok()?;
        self.facts.get(place).map(|(_, id)| *id)
    }
}

fn count(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

fn names(definition: &Definition, chart: &Chart) -> Table<EventId, Name> {
    let mut names: BTreeSet<&str> = BTreeSet::new();
    names.extend(definition.events.iter().flat_map(|events| events.keys()).map(String::as_str));
    let rows = chart.transitions.rows().iter();
    let listeners = rows.flat_map(|row| row.patterns.iter().chain(&row.revoke));
    names.extend(listeners.map(|pattern| &**pattern).filter(|pattern| *pattern != "*"));
    let rows = names.into_iter().map(|name| {
        let governs = definition.governing_place(name);
        let declared = governs.and_then(|place| definition.event_at(place));
        let internal =
            declared.is_some_and(|declared| declared.by.as_ref().is_some_and(Vec::is_empty));
        let reserved = RESERVED.iter().any(|prefix| matches(prefix, name));
        let known = declared.is_some() || definition.events.is_none();
        Name { name: Arc::from(name), governs, outside: known && !internal && !reserved }
    });
    rows.collect()
}

fn carry(definition: &Definition, rules: &Rules, declared: &EventDecl) -> EventPayload {
    let fact = |name: &str| {
        let id = rules.fact_named(name)?;
        definition.facts.at(id).value.is_none().then_some(id)
    };
    let facts = declared.sets.iter().chain(&declared.required);
    let facts = facts.filter_map(|name| Some((Arc::from(name.as_str()), fact(name)?)));
    let mut facts: Vec<(Arc<str>, FactId)> = facts.collect();
    facts.sort();
    facts.dedup();
    let required: Vec<FactId> =
        declared.required.iter().filter_map(|name| rules.fact_named(name)).collect();
    EventPayload { facts, required }
}

#[cfg(test)]
mod tests;
