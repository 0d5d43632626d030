//! States and transitions: what was added, removed, moved and changed.

use std::collections::{HashMap, HashSet};

use super::matching::{self, Events, Lists, States};
use super::part::{self, Of, Piece};
use super::side::{Answer, Side};
use super::{Aspect, Change, Content, Name, Part, Route, Trigger};
use crate::definition::model::StateKind;
use crate::label::Label;
use crate::table::{StateId, TransitionId};
use crate::workflow::chart::ROOT;

/// What was found of the states.
pub(super) struct Compared<'s> {
    /// Of the file as the outermost state.
    pub outermost: Vec<Aspect>,
    pub changes: Vec<Change>,
    /// Transitions that both have.
    pub pairs: Vec<[&'s Answer; 2]>,
}

pub(super) fn compare<'s>(a: &'s Side, b: &'s Side, states: &'s States) -> Compared<'s> {
    let moved = matching::moved(a, b, states);
    let answer = |side: &Side, (state, index): (StateId, usize)| {
        side.states.at(state).transitions.get(index).map(|answer| answer.id)
    };
    let taken = [0, 1].map(|which| -> HashSet<TransitionId> {
        let side = if which == 0 { a } else { b };
        moved.iter().filter_map(|pair| answer(side, *pair.get(which)?)).collect()
    });
    let mut arriving: HashMap<StateId, Vec<[(StateId, usize); 2]>> = HashMap::new();
    for pair in moved {
        let [_, (state, _)] = pair;
        arriving.entry(state).or_default().push(pair);
    }
    let comparison = Comparison { a, b, states, events: Events::new(a, b), taken };
    let mut found = Compared { outermost: Vec::new(), changes: Vec::new(), pairs: Vec::new() };
    for (before, after) in states.pairs() {
        comparison.state(before, after, &mut found);
        let arriving = after.and_then(|after| arriving.get(&after));
        for [(left, from), (right, to)] in arriving.into_iter().flatten() {
            let before = a.states.at(*left).transitions.get(*from);
            let after = b.states.at(*right).transitions.get(*to);
            comparison.transition(before, after, &mut found);
        }
    }
    found
}

struct Comparison<'s, 'w> {
    a: &'s Side<'w>,
    b: &'s Side<'w>,
    states: &'s States,
    events: Events<'s>,
    /// Transitions of either side that are matched with one of another state.
    taken: [HashSet<TransitionId>; 2],
}

impl<'s, 'w> Comparison<'s, 'w> {
    fn state(&self, before: Option<StateId>, after: Option<StateId>, found: &mut Compared<'s>) {
        let piece = |side: &'s Side<'w>, id: StateId| Piece {
            side,
            part: Part::State,
            meaning: &side.states.at(id).meaning,
            of: Of::State(side.definition.states.at(id)),
        };
        let mut aspects =
            part::aspects(before.map(|id| piece(self.a, id)), after.map(|id| piece(self.b, id)));
        aspects.extend(self.parent(before, after));
        aspects.sort_by_key(|aspect| aspect.key != "name" && aspect.key != "parent");
        let none: &[Answer] = &[];
        let left = before.map_or(none, |id| &self.a.states.at(id).transitions);
        let right = after.map_or(none, |id| &self.b.states.at(id).transitions);
        let [of_left, of_right] = &self.taken;
        let lists = Lists { left, right, taken: [of_left, of_right] };
        let matched = lists.matched(&self.events);
        if let (Some(before), Some(after)) = (before, after) {
            aspects.extend(self.regions(before, after));
            aspects.extend(self.order(left, right, &matched));
        }
        if before == Some(ROOT) {
            found.outermost = aspects;
        } else if !aspects.is_empty() || before.is_none() || after.is_none() {
            let before = before.map(|id| self.a.place_of_state(id));
            let after = after.map(|id| self.b.place_of_state(id));
            found.changes.push(Change::of(Part::State, before, after, aspects));
        }
        for (before, after) in matching::merged(&matched, right.len()) {
            let before = before.and_then(|index| left.get(index));
            let after = after.and_then(|index| right.get(index));
            let elsewhere = before.is_some_and(|answer| of_left.contains(&answer.id))
                || after.is_some_and(|answer| of_right.contains(&answer.id));
            if !elsewhere {
                self.transition(before, after, found);
            }
        }
    }

    fn transition(
        &self,
        before: Option<&'s Answer>,
        after: Option<&'s Answer>,
        found: &mut Compared<'s>,
    ) {
        if let (Some(before), Some(after)) = (before, after) {
            found.pairs.push([before, after]);
        }
        let moved = match (before, after) {
            (Some(before), Some(after)) => self.source(before, after),
            _ => None,
        };
        if let (Some(before), Some(after), None) = (before, after, &moved)
            && before.text == after.text
        {
            return;
        }
        let piece = |side: &'s Side<'w>, answer: &'s Answer| Piece {
            side,
            part: Part::Transition,
            meaning: &answer.meaning,
            of: Of::Transition(side.definition.transitions.at(answer.id)),
        };
        let mut aspects = part::aspects(
            before.map(|answer| piece(self.a, answer)),
            after.map(|answer| piece(self.b, answer)),
        );
        for aspect in &mut aspects {
            if aspect.key == "trigger" {
                let trigger = |side: &Side, answer| Some(Content::Trigger(side.trigger(answer)));
                aspect.before = before.and_then(|answer| trigger(self.a, answer));
                aspect.after = after.and_then(|answer| trigger(self.b, answer));
            }
        }
        if let Some(moved) = moved {
            aspects.insert(0, moved);
        }
        let before = before.map(|answer| self.a.place_of_transition(answer));
        let after = after.map(|answer| self.b.place_of_transition(answer));
        found.changes.push(Change::of(Part::Transition, before, after, aspects));
    }

    /// Another state that a transition leaves.
    fn source(&self, before: &Answer, after: &Answer) -> Option<Aspect> {
        let left = self.a.definition.transitions.at(before.id).source;
        let right = self.b.definition.transitions.at(after.id).source;
        if self.states.forth(left) == Some(right) {
            return None;
        }
        let (before, after) = (state(self.a, Some(left)), state(self.b, Some(right)));
        Some(Aspect::new("source", before, after))
    }

    /// Another state around a state. What stands in the file itself has none.
    fn parent(&self, before: Option<StateId>, after: Option<StateId>) -> Option<Aspect> {
        let around = |side: &Side, id: Option<StateId>| side.definition.states.at(id?).parent;
        let (left, right) = (around(self.a, before), around(self.b, after));
        let both = before.is_some() && after.is_some();
        let stays = both && left.and_then(|id| self.states.forth(id)) == right;
        let (before, after) = (state(self.a, left), state(self.b, right));
        let said = before.is_some() || after.is_some();
        (!stays && said).then(|| Aspect::new("parent", before, after))
    }

    /// Another order of the parts of a parallel state that stayed in it.
    fn regions(&self, before: StateId, after: StateId) -> Option<Aspect> {
        let (left, right) =
            (self.a.definition.states.at(before), self.b.definition.states.at(after));
        if left.kind != StateKind::Parallel || right.kind != StateKind::Parallel {
            return None;
        }
        let places: HashMap<StateId, usize> =
            right.children.iter().enumerate().map(|(index, child)| (*child, index)).collect();
        let stayed = left.children.iter().filter_map(|child| {
            let other = self.states.forth(*child)?;
            Some((*child, other, *places.get(&other)?))
        });
        let stayed: Vec<_> = stayed.collect();
        let places: Vec<usize> = stayed.iter().map(|(_, _, place)| *place).collect();
        let name = |side: &Side, id| side.state(side.state_name(id));
        let before = stayed.iter().map(|(left, _, _)| name(self.a, *left)).collect();
        let mut after = stayed.clone();
        after.sort_by_key(|(_, _, place)| *place);
        let after = after.into_iter().map(|(_, right, _)| name(self.b, right)).collect();
        reordered("order", &places, before, after)
    }

    /// Another order in which the transitions of a list are tried. Those that wait for something else now have been told.
    fn order(&self, left: &[Answer], right: &[Answer], matched: &[Option<usize>]) -> Vec<Aspect> {
        let mut lists: Vec<(&str, Vec<(&Answer, &Answer)>)> = Vec::new();
        for (answer, place) in left.iter().zip(matched) {
            let Some(other) = place.and_then(|place| right.get(place)) else { continue };
            if answer.meaning.get("trigger") != other.meaning.get("trigger") {
                continue;
            }
            match lists.last_mut() {
                Some((list, pairs)) if *list == answer.list => pairs.push((answer, other)),
                _ => lists.push((&answer.list, vec![(answer, other)])),
            }
        }
        let orders = lists.into_iter().filter_map(|(list, pairs)| {
            let key = if list.is_empty() { "order".to_owned() } else { format!("order.{list}") };
            let places: Vec<usize> = pairs.iter().map(|(_, other)| other.position).collect();
            let before = pairs.iter().map(|(answer, _)| arrow(self.a, answer)).collect();
            let mut after: Vec<&Answer> = pairs.iter().map(|(_, other)| *other).collect();
            after.sort_by_key(|answer| answer.position);
            let after = after.into_iter().map(|answer| arrow(self.b, answer)).collect();
            reordered(&key, &places, before, after)
        });
        orders.collect()
    }
}

fn state(side: &Side, id: Option<StateId>) -> Option<Content> {
    let id = id.filter(|id| *id != ROOT)?;
    Some(Content::Names(vec![side.state(side.state_name(id))]))
}

/// What stands between the first and the last that moved.
fn reordered(key: &str, places: &[usize], before: Vec<Name>, after: Vec<Name>) -> Option<Aspect> {
    if places.is_sorted() {
        return None;
    }
    let mut sorted = places.to_vec();
    sorted.sort_unstable();
    let same = || places.iter().zip(&sorted);
    let head = same().take_while(|(a, b)| a == b).count();
    let tail = same().rev().take_while(|(a, b)| a == b).count();
    let count = places.len().saturating_sub(head + tail);
    let between =
        |names: Vec<Name>| Some(Content::Names(names.into_iter().skip(head).take(count).collect()));
    Some(Aspect::new(key, between(before), between(after)))
}

/// A transition by its name, and where to.
fn arrow(side: &Side, answer: &Answer) -> Name {
    let place = side.place_of_transition(answer);
    let Some(Route { targets, trigger, .. }) = place.route else { return Name::default() };
    let targets: Vec<&str> = targets.iter().map(|target| target.name.as_str()).collect();
    let title = match (place.title.is_empty(), trigger) {
        (true, Trigger::Events(events)) => match events.as_slice() {
            [event] => event.title.clone(),
            _ => Label::default(),
        },
        _ => place.title,
    };
    let name = match targets.is_empty() {
        true => place.name,
        false => format!("{} → {}", place.name, targets.join(", ")),
    };
    Name { name, title }
}
