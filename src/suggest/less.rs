//! Ways of which something is left out.

use super::trace::{Action, Trace};
use crate::case::event::Event;

/// How much happens and is said in a way.
pub(super) fn size(way: &Trace) -> usize {
    let acts = way.acts.iter().map(|act| match act {
        Action::Fire(event) => {
            let actor = event.actor.as_ref().map_or(0, |actor| 1 + actor.roles.len());
            1 + event.facts.len() + event.data.len() + actor
        }
        Action::Advance(_) => 1,
    });
    way.facts.len() + acts.sum::<usize>()
}

/// Takes one thing out of a way.
pub(super) type Less = Box<dyn Fn(&Trace) -> Trace>;

/// The ways that say one thing less.
pub(super) fn without_values(way: &Trace) -> Vec<Less> {
    let mut all: Vec<Less> = Vec::new();
    for fact in way.facts.keys() {
        let fact = fact.clone();
        all.push(Box::new(move |way| {
            let mut less = way.clone();
            less.facts.remove(&fact);
            less
        }));
    }
    let mut less_of = |place: usize, change: Box<dyn Fn(&mut Event)>| {
        all.push(Box::new(move |way: &Trace| {
            let mut less = way.clone();
            if let Some(Action::Fire(event)) = less.acts.get_mut(place) {
                change(event);
            }
            less
        }));
    };
    for (place, act) in way.acts.iter().enumerate() {
        let Action::Fire(event) = act else { continue };
        for fact in event.facts.keys() {
            let fact = fact.clone();
            less_of(place, Box::new(move |event| drop(event.facts.remove(&fact))));
        }
        for key in event.data.keys() {
            let key = key.clone();
            less_of(place, Box::new(move |event| drop(event.data.remove(&key))));
        }
        if event.actor.is_some() {
            less_of(place, Box::new(|event| event.actor = None));
            less_of(
                place,
                Box::new(|event| {
                    event.actor.iter_mut().for_each(|actor| actor.roles.clear());
                }),
            );
        }
    }
    all
}
