//! Which state and which transition of the one is which of the other.

use std::collections::hash_map::DefaultHasher;
use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};
use std::hash::Hasher as _;

use serde_json::Value as Json;

use super::side::{self, Answer, Side};
use crate::digest;
use crate::table::{Id as _, StateId, TransitionId};
use crate::workflow::chart::{Node, ROOT};

/// Two of a kind, or one that only one side has; never neither.
pub(super) type Pair<T> = (Option<T>, Option<T>);

/// States of both sides.
pub(super) struct States {
    /// For each state of the first that of the second.
    forth: Vec<Option<StateId>>,
    /// For each state of the second that of the first.
    back: Vec<Option<StateId>>,
}

impl States {
    pub fn forth(&self, id: StateId) -> Option<StateId> {
        self.forth.get(id.index()).copied().flatten()
    }

    /// As a reader meets them.
    pub fn pairs(&self) -> Vec<Pair<StateId>> {
        let matched: Vec<Option<usize>> =
            self.forth.iter().map(|id| id.map(|id| id.index())).collect();
        let pairs = merged(&matched, self.back.len()).into_iter();
        pairs.map(|(a, b)| (a.map(StateId::from_index), b.map(StateId::from_index))).collect()
    }

    fn join(&mut self, a: StateId, b: StateId) {
        if let (Some(forth), Some(back)) =
            (self.forth.get_mut(a.index()), self.back.get_mut(b.index()))
        {
            *forth = Some(b);
            *back = Some(a);
        }
    }
}

/// States are the same by their names; what is left, if everything else about a state is the same, was renamed. The second
/// side calls renamed ones as the first does from then on.
pub(super) fn states(sides: &mut [Side; 2]) -> States {
    let [a, b] = &*sides;
    let mut states = States { forth: vec![None; a.states.len()], back: vec![None; b.states.len()] };
    states.join(ROOT, ROOT);
    for (name, id) in &a.state_ids {
        if let Some(other) = b.state_ids.get(name) {
            states.join(*id, *other);
        }
    }
    let lost = |found: &[Option<StateId>]| -> Vec<StateId> {
        let lost = found.iter().enumerate().filter(|(_, found)| found.is_none());
        lost.map(|(index, _)| StateId::from_index(index)).collect()
    };
    let (gone, new) = (lost(&states.forth), lost(&states.back));
    if gone.is_empty() || new.is_empty() {
        return states;
    }
    let mut renamed: Vec<(StateId, StateId)> = alike(&traces(a, &gone), &traces(b, &new));
    let taken: HashSet<StateId> = renamed.iter().map(|(a, _)| *a).collect();
    let others: HashSet<StateId> = renamed.iter().map(|(_, b)| *b).collect();
    let gone: Vec<StateId> = gone.into_iter().filter(|id| !taken.contains(id)).collect();
    let new: Vec<StateId> = new.into_iter().filter(|id| !others.contains(id)).collect();
    renamed.extend(alike(&titles(a, &gone), &titles(b, &new)));
    let mut names = HashMap::new();
    for (old, new) in renamed {
        names.insert(b.state_name(new).to_owned(), a.state_name(old).to_owned());
        states.join(old, new);
    }
    if !names.is_empty() {
        let [_, b] = sides;
        b.rename(&names);
    }
    states
}

/// Pairs of those with the same mark, where each side has as many of it: then nothing tells them apart.
fn alike(
    left: &[(StateId, Option<u64>)],
    right: &[(StateId, Option<u64>)],
) -> Vec<(StateId, StateId)> {
    let mut marks: BTreeMap<u64, [Vec<StateId>; 2]> = BTreeMap::new();
    for (id, mark) in left {
        if let Some(mark) = mark {
            let [of_left, _] = marks.entry(*mark).or_default();
            of_left.push(*id);
        }
    }
    for (id, mark) in right {
        if let Some(mark) = mark {
            let [_, of_right] = marks.entry(*mark).or_default();
            of_right.push(*id);
        }
    }
    let even = marks.into_values().filter(|[left, right]| left.len() == right.len());
    let mut pairs: Vec<_> = even.flat_map(|[left, right]| left.into_iter().zip(right)).collect();
    pairs.sort();
    pairs
}

/// A state's label marks it where it has one.
fn titles(side: &Side, ids: &[StateId]) -> Vec<(StateId, Option<u64>)> {
    let mark = |id: &StateId| {
        let state = side.definition.states.at(*id);
        let mut label: Vec<(&str, &str)> = state.notes.title.iter().collect();
        label.sort_unstable();
        let kind = side.states.at(*id).meaning.get("kind").map(Json::to_string);
        (!label.is_empty()).then(|| hash(&(label, kind)))
    };
    ids.iter().map(|id| (*id, mark(id))).collect()
}

/// Everything about states but their names, those of other such states included: what they do, where they stand, and what
/// leads to them.
fn traces(side: &Side, ids: &[StateId]) -> Vec<(StateId, Option<u64>)> {
    let definition = side.definition;
    let lost: HashSet<StateId> = ids.iter().copied().collect();
    let unnamed: HashMap<String, String> =
        ids.iter().map(|id| (side.state_name(*id).to_owned(), String::new())).collect();
    let name = |id: StateId| match lost.contains(&id) {
        true => "",
        false if id == ROOT => "/",
        false => side.state_name(id),
    };
    let answers: HashMap<TransitionId, (StateId, &Answer)> = side
        .states
        .iter()
        .flat_map(|(id, state)| state.transitions.iter().map(move |found| (found.id, (id, found))))
        .collect();
    let leading = |id: StateId| -> Vec<u64> {
        let marks = side.chart.leading_to(id).filter_map(|node| match node {
            Node::State(from) => Some(hash(&(name(from), "initial"))),
            Node::Transition(by) => {
                let (from, answer) = answers.get(&by)?;
                Some(hash(&(name(*from), stripped(answer, &unnamed))))
            }
        });
        let mut marks: Vec<u64> = marks.collect();
        marks.sort_unstable();
        marks
    };
    let trace = |id: &StateId| {
        let mut own = side.states.at(*id).meaning.clone();
        side::rename_state(&mut own, &unnamed);
        if let Some(members) = own.as_object_mut() {
            members.remove("name");
        }
        let answers = side.states.at(*id).transitions.iter();
        let answers: Vec<String> = answers.map(|answer| stripped(answer, &unnamed)).collect();
        let state = definition.states.at(*id);
        let mut inner: Vec<&str> = state.children.iter().map(|child| name(*child)).collect();
        inner.sort_unstable();
        let canonical = digest::canonical(&own);
        hash(&(state.parent.map(name), canonical, answers, inner, leading(*id)))
    };
    ids.iter().map(|id| (*id, Some(trace(id)))).collect()
}

fn stripped(answer: &Answer, unnamed: &HashMap<String, String>) -> String {
    let mut meaning = answer.meaning.clone();
    side::rename_transition(&mut meaning, unnamed);
    digest::canonical(&meaning)
}

/// A hash that is alike on every machine; two that are equal by chance are shown as one that was
/// renamed and differs.
fn hash(what: &impl std::hash::Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    what.hash(&mut hasher);
    hasher.finish()
}

/// Two lists in one: the second in its order, and what only the first has behind what it followed there. `matched` says for
/// each of the first where it stands among so many of the second.
pub(super) fn merged(matched: &[Option<usize>], count: usize) -> Vec<Pair<usize>> {
    let mut partner: Vec<Option<usize>> = vec![None; count];
    // Behind the second's place plus one; 0 is the beginning.
    let mut behind: Vec<Vec<usize>> = vec![Vec::new(); count + 1];
    let mut last = 0;
    for (index, place) in matched.iter().enumerate() {
        match place {
            Some(place) => {
                last = place + 1;
                if let Some(partner) = partner.get_mut(*place) {
                    *partner = Some(index);
                }
            }
            None => behind.get_mut(last).into_iter().for_each(|lost| lost.push(index)),
        }
    }
    let mut both = Vec::with_capacity(matched.len() + count);
    let mut behind = behind.into_iter();
    let alone = |lost: Vec<usize>| lost.into_iter().map(|index| (Some(index), None));
    both.extend(behind.next().into_iter().flat_map(alone));
    for ((index, partner), lost) in partner.into_iter().enumerate().zip(behind) {
        both.push((partner, Some(index)));
        both.extend(alone(lost));
    }
    both
}

/// The transitions of one state in both sides, by their places in its two lists.
pub(super) struct Lists<'s> {
    pub left: &'s [Answer],
    pub right: &'s [Answer],
    /// Those that belong to a transition of another state.
    pub taken: [&'s HashSet<crate::table::TransitionId>; 2],
}

impl Lists<'_> {
    /// For each of the first its place in the second: by `id`, then what is quite the same, then what waits for the same
    /// and leads to the same place, then what waits for the same, then what is the same but for what it waits for.
    pub fn matched(&self, sides: &Events) -> Vec<Option<usize>> {
        let [of_left, of_right] = self.taken;
        let mut found: Vec<Option<usize>> = vec![None; self.left.len()];
        let mut free: Vec<bool> =
            self.right.iter().map(|answer| !of_right.contains(&answer.id)).collect();
        type Key = fn(&Answer, &Events) -> Option<String>;
        let keys: [Key; 5] = [
            |answer, _| answer.meaning.get("id")?.as_str().map(str::to_owned),
            |answer, _| Some(answer.text.clone()),
            |answer, _| Some(format!("{} {}", of(answer, "trigger"), of(answer, "targets"))),
            |answer, _| Some(of(answer, "trigger")),
            |answer, events| events.may_be_renamed(answer).then(|| but_for_trigger(answer)),
        ];
        for key in keys {
            let mut waiting: HashMap<String, VecDeque<usize>> = HashMap::new();
            for (index, answer) in self.right.iter().enumerate() {
                if free.get(index) == Some(&true)
                    && let Some(key) = key(answer, sides)
                {
                    waiting.entry(key).or_default().push_back(index);
                }
            }
            if waiting.is_empty() {
                continue;
            }
            for (place, answer) in found.iter_mut().zip(self.left) {
                if place.is_some() || of_left.contains(&answer.id) {
                    continue;
                }
                let next = key(answer, sides).and_then(|key| waiting.get_mut(&key)?.pop_front());
                if let Some(index) = next {
                    *place = Some(index);
                    if let Some(free) = free.get_mut(index) {
                        *free = false;
                    }
                }
            }
        }
        found
    }
}

fn of(answer: &Answer, key: &str) -> String {
    answer.meaning.get(key).map(digest::canonical).unwrap_or_default()
}

fn but_for_trigger(answer: &Answer) -> String {
    let mut meaning = answer.meaning.clone();
    let kind = match meaning.as_object_mut().and_then(|members| members.remove("trigger")) {
        Some(Json::Array(_)) => "event",
        _ => "term",
    };
    format!("{kind} {}", digest::canonical(&meaning))
}

/// Events that only one of the sides knows of.
pub(super) struct Events<'s>(HashSet<&'s str>);

impl<'s> Events<'s> {
    pub fn new(a: &'s Side, b: &'s Side) -> Self {
        let (left, right) = (a.known_events(), b.known_events());
        let only = left.iter().filter(|name| !right.contains(*name));
        let only = only.chain(right.iter().filter(|name| !left.contains(*name)));
        Self(only.copied().collect())
    }

    /// Whether a transition may wait for the same as another under another name: a term, or an event that the other side
    /// does not know. Two events that both sides know are two events.
    fn may_be_renamed(&self, answer: &Answer) -> bool {
        match answer.meaning.get("trigger") {
            Some(Json::Array(patterns)) => patterns
                .iter()
                .any(|pattern| pattern.as_str().is_some_and(|name| self.0.contains(name))),
            Some(Json::String(trigger)) => trigger != "always",
            _ => false,
        }
    }
}

/// Transitions with an `id` that belong to another state in the other side, as pairs of places.
pub(super) fn moved(a: &Side, b: &Side, states: &States) -> Vec<[(StateId, usize); 2]> {
    let mut by_id: HashMap<&str, (StateId, usize)> = HashMap::new();
    for (state, found) in b.states.iter() {
        for (index, answer) in found.transitions.iter().enumerate() {
            if let Some(id) = answer.meaning.get("id").and_then(Json::as_str) {
                by_id.insert(id, (state, index));
            }
        }
    }
    let mut moved = Vec::new();
    for (state, found) in a.states.iter() {
        for (index, answer) in found.transitions.iter().enumerate() {
            let id = answer.meaning.get("id").and_then(Json::as_str);
            if let Some(other) = id.and_then(|id| by_id.get(id))
                && states.forth(state) != Some(other.0)
            {
                moved.push([(state, index), *other]);
            }
        }
    }
    moved
}
