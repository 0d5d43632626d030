//! An overlay found in the workflow: what is to be said of each state and transition, and in which tone.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::overlay::{ChangeMark, HitCount, Overlay, TransitionKey, TransitionStatus};
use super::text_block::{Sign, Tone};
use super::words::Words;
use crate::definition::model::{Definition, Trigger, When, matches};
use crate::table::{StateId, TransitionId};

/// What an overlay says of one thing.
#[derive(Debug, Clone, Default)]
pub(super) struct Highlight {
    /// Badges with their tone and sign.
    pub badges: Vec<(String, Tone, Sign)>,
    pub tone: Tone,
    /// More, for whoever asks.
    pub tip: String,
}

impl Highlight {
    fn add(&mut self, text: String, tone: Tone, sign: Sign) {
        self.badges.push((text, tone, sign));
        self.raise(tone);
    }

    fn prospect(&mut self, prospect: TransitionStatus, why: &str, words: &Words) {
        match prospect {
            TransitionStatus::Open => self.add(words.open.to_owned(), Tone::Open, Sign::Yes),
            TransitionStatus::OpenIf => {
                self.add(words.open_if.to_owned(), Tone::OpenIf, Sign::Maybe)
            }
            TransitionStatus::Blocked => {
                self.add(words.blocked.to_owned(), Tone::Blocked, Sign::No)
            }
            TransitionStatus::NotExpected => self.raise(Tone::Faint),
        }
        self.tip(why);
    }

    /// The strongest tone is the one that the whole takes.
    fn raise(&mut self, tone: Tone) {
        self.tone = self.tone.max(tone);
    }

    fn tip(&mut self, text: &str) {
        if !text.is_empty() {
            if !self.tip.is_empty() {
                self.tip.push('\n');
            }
            self.tip.push_str(text);
        }
    }
}

pub(super) struct Highlights {
    states: BTreeMap<StateId, Highlight>,
    transitions: BTreeMap<TransitionId, Highlight>,
    /// What an unmentioned transition is.
    otherwise: Highlight,
    unseen_state: Highlight,
    pub path: bool,
    pub statuses: bool,
    pub seen: bool,
    pub changed: bool,
}

impl Highlights {
    pub fn new(definition: &Definition, overlay: &Overlay, words: &Words) -> Self {
        let names: HashMap<&str, StateId> =
            definition.states.iter().map(|(id, state)| (state.name.as_str(), id)).rev().collect();
        let mut marks = Self {
            states: BTreeMap::new(),
            transitions: BTreeMap::new(),
            otherwise: Highlight::default(),
            unseen_state: Highlight::default(),
            path: !overlay.path.is_empty(),
            statuses: !overlay.statuses.is_empty() || !overlay.events.is_empty(),
            seen: !overlay.state_hits.is_empty() || !overlay.transition_hits.is_empty(),
            changed: !overlay.changed_states.is_empty()
                || !overlay.changed_transitions.is_empty()
                || !overlay.removed.is_empty(),
        };
        let find = |key: &TransitionKey| found(definition, &names, key);
        if marks.statuses {
            marks.otherwise.tone = Tone::Faint;
        }
        for (key, prospect, why) in &overlay.statuses {
            let Some(id) = find(key) else { continue };
            let mark = marks.transitions.entry(id).or_default();
            mark.prospect(*prospect, why, words);
        }
        marks.events(definition, overlay, words, &names);
        marks.path(overlay, words, &names, &find);
        marks.seen(overlay, words, &names, &find);
        for (name, (changed, how)) in &overlay.changed_states {
            let Some(id) = names.get(name.as_str()) else { continue };
            let mark = marks.states.entry(*id).or_default();
            let (text, tone, sign) = of_change(*changed, words);
            mark.add(text.to_owned(), tone, sign);
            mark.tip(how);
        }
        for (key, changed, how) in &overlay.changed_transitions {
            let Some(id) = find(key) else { continue };
            let mark = marks.transitions.entry(id).or_default();
            let (text, tone, sign) = of_change(*changed, words);
            mark.add(text.to_owned(), tone, sign);
            mark.tip(how);
        }
        for name in &overlay.current {
            if let Some(id) = names.get(name.as_str()) {
                let mark = marks.states.entry(*id).or_default();
                mark.add(words.here.to_owned(), Tone::Here, Sign::Dot);
            }
        }
        marks
    }

    /// What the standing of whole events says of transitions that nothing is said of by themselves.
    fn events(
        &mut self,
        definition: &Definition,
        overlay: &Overlay,
        words: &Words,
        names: &HashMap<&str, StateId>,
    ) {
        if !self.statuses {
            return;
        }
        let leaves = overlay.current.iter().filter_map(|name| names.get(name.as_str()).copied());
        let up = |id: &StateId| definition.states.get(*id).and_then(|state| state.parent);
        let active: BTreeSet<StateId> =
            leaves.flat_map(|leaf| std::iter::successors(Some(leaf), up)).collect();
        for state in active.iter().filter_map(|id| definition.states.get(*id)) {
            for id in &state.transitions {
                let Some(transition) = definition.transitions.get(*id) else { continue };
                let Trigger::Events(patterns) = &transition.trigger else {
                    // What time or the case itself brings about is neither open nor closed to anybody.
                    self.transitions.entry(*id).or_default();
                    continue;
                };
                if self.transitions.contains_key(id) {
                    continue;
                }
                let hears = |name: &str| patterns.iter().any(|pattern| matches(pattern, name));
                let said = overlay.events.iter().find(|(name, ..)| hears(name));
                if let Some((_, prospect, why)) = said {
                    self.transitions.entry(*id).or_default().prospect(*prospect, why, words);
                }
            }
        }
    }

    pub fn state(&self, id: StateId) -> &Highlight {
        self.states.get(&id).unwrap_or(&self.unseen_state)
    }

    pub fn transition(&self, id: TransitionId) -> &Highlight {
        self.transitions.get(&id).unwrap_or(&self.otherwise)
    }

    /// States that must be seen, however little is drawn.
    pub fn states(&self) -> impl Iterator<Item = StateId> {
        self.states.keys().copied()
    }

    fn path(
        &mut self,
        overlay: &Overlay,
        words: &Words,
        names: &HashMap<&str, StateId>,
        find: &dyn Fn(&TransitionKey) -> Option<TransitionId>,
    ) {
        let mut states: BTreeMap<StateId, Vec<(usize, &str)>> = BTreeMap::new();
        let mut transitions: BTreeMap<TransitionId, Vec<(usize, &str)>> = BTreeMap::new();
        for (index, stride) in overlay.path.iter().enumerate() {
            let number = (index, stride.at.as_str());
            for id in stride.entered.iter().filter_map(|name| names.get(name.as_str())) {
                states.entry(*id).or_default().push(number);
            }
            for id in stride.taken.iter().filter_map(find) {
                transitions.entry(id).or_default().push(number);
            }
        }
        for (id, numbers) in states {
            told(self.states.entry(id).or_default(), &numbers, words);
        }
        for (id, numbers) in transitions {
            told(self.transitions.entry(id).or_default(), &numbers, words);
        }
        if self.path && self.otherwise.tone == Tone::Plain {
            self.otherwise.tone = Tone::Faint;
        }
    }

    fn seen(
        &mut self,
        overlay: &Overlay,
        words: &Words,
        names: &HashMap<&str, StateId>,
        find: &dyn Fn(&TransitionKey) -> Option<TransitionId>,
    ) {
        for (name, seen) in &overlay.state_hits {
            if let Some(id) = names.get(name.as_str()) {
                of_seen(self.states.entry(*id).or_default(), seen, words);
            }
        }
        for (key, seen) in &overlay.transition_hits {
            if let Some(id) = find(key) {
                of_seen(self.transitions.entry(id).or_default(), seen, words);
            }
        }
        if !overlay.state_hits.is_empty() {
            of_seen(&mut self.unseen_state, &HitCount::default(), words);
        }
        if !overlay.transition_hits.is_empty() {
            of_seen(&mut self.otherwise, &HitCount::default(), words);
        }
    }
}

/// The numbers of the steps in which something was taken or entered. Step 0 is the beginning.
fn told(mark: &mut Highlight, numbers: &[(usize, &str)], words: &Words) {
    const SHOWN: usize = 5;
    let list: Vec<String> =
        numbers.iter().take(SHOWN).map(|(number, _)| (number + 1).to_string()).collect();
    let more = if numbers.len() > SHOWN { " …" } else { "" };
    let step = if numbers.len() == 1 { words.step } else { words.steps };
    let mut text = format!("{step} {}{more}", list.join(", "));
    match numbers {
        [(_, at)] if !at.is_empty() => text = format!("{text} · {at}"),
        [_] => {}
        _ => text = format!("{text} ({}×)", numbers.len()),
    }
    mark.add(text, Tone::Path, Sign::Arrow);
    for (number, at) in numbers.iter().take(50) {
        mark.tip(&format!("{} {}: {at}", words.step, number + 1));
    }
}

fn of_seen(mark: &mut Highlight, seen: &HitCount, words: &Words) {
    match (seen.times, seen.missing.is_empty()) {
        (0, _) => mark.add(words.never.to_owned(), Tone::Blocked, Sign::No),
        (times, true) => mark.add(format!("{} {times}×", words.taken), Tone::Open, Sign::Yes),
        (times, false) => {
            mark.add(format!("{} {times}×", words.partly), Tone::OpenIf, Sign::Maybe);
        }
    }
    for line in &seen.missing {
        mark.tip(line);
    }
}

fn of_change(changed: ChangeMark, words: &Words) -> (&str, Tone, Sign) {
    match changed {
        ChangeMark::Added => (words.added, Tone::Open, Sign::Plus),
        ChangeMark::Removed => (words.removed, Tone::Blocked, Sign::Minus),
        ChangeMark::Altered => (words.altered, Tone::OpenIf, Sign::Tilde),
    }
}

/// The transition that a key means.
fn found(
    definition: &Definition,
    names: &HashMap<&str, StateId>,
    key: &TransitionKey,
) -> Option<TransitionId> {
    let source = *names.get(key.from.as_str())?;
    let state = definition.states.get(source)?;
    let mut ids = state.transitions.clone();
    ids.sort_unstable();
    let mut alike = ids.into_iter().filter(|id| {
        let Some(transition) = definition.transitions.get(*id) else { return false };
        let to = transition.targets.iter().map(|target| target.as_str());
        let hears = match &transition.trigger {
            Trigger::Always => key.on == "always",
            Trigger::Term(index) => {
                let index = usize::try_from(*index).unwrap_or(usize::MAX);
                state.terms.get(index).is_some_and(|term| {
                    let word = if term.when == When::At { "at " } else { "after " };
                    key.on.strip_prefix(word) == Some(term.key.as_str())
                })
            }
            Trigger::Events(patterns) => {
                patterns.iter().any(|pattern| matches(pattern, &key.on) || pattern.value == key.on)
            }
        };
        let id = transition.id.as_ref().map(|id| id.as_str());
        hears && id == key.id.as_deref() && to.eq(key.to.iter().map(String::as_str))
    });
    alike.nth(key.nth)
}
