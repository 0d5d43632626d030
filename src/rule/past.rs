//! The past of a case, and what rules ask about it: names of events are matched as in `on`.
//!
//! Cases copy their past at each step and change one entry of it: lists lie in one piece, which copies share until then.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Deref;
use std::sync::Arc;

use crate::definition::model::matches;
use crate::table::StateId;
use crate::value::DateTime;

/// What rules can ask about the past of a case.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Past {
    pub events: Happened,
    pub entered: Entered,
}

/// Accepted events (from outside, raised and sent; not terms, not `done.…`), by name.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Happened {
    /// In the order of the alphabet; `None` before the first.
    all: Option<Arc<[Seen]>>,
    /// The last time of any.
    latest: Option<DateTime>,
}

/// An event that happened.
type Seen = (Arc<str>, Occurrence);

/// When each state was last entered, by number.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Entered(Option<Arc<Vec<(StateId, DateTime)>>>);

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Occurrence {
    pub count: u64,
    pub last: DateTime,
    pub who: Who,
}

/// Ids of the actors who sent an event, each once, in the order of their first.
#[derive(Debug, Clone, Default)]
pub(crate) enum Who {
    #[default]
    Nobody,
    One(Arc<str>),
    Many(Arc<[Arc<str>]>),
}

/// Why an event cannot be remembered: as many as may be are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Full {
    Names,
    Actors,
}

impl Past {
    /// Whether this is a copy in which nothing has happened since, nor in the other. Cost: none, and so it may say that it is
    /// not where both are equal.
    pub fn is_shared(&self, other: &Self) -> bool {
        fn same<T: ?Sized>(one: Option<&Arc<T>>, two: Option<&Arc<T>>) -> bool {
            match (one, two) {
                (Some(one), Some(two)) => Arc::ptr_eq(one, two),
                (one, two) => one.is_none() && two.is_none(),
            }
        }
        same(self.events.all.as_ref(), other.events.all.as_ref())
            && same(self.entered.0.as_ref(), other.entered.0.as_ref())
    }

    /// The time of the last event that a pattern matches.
    pub fn last(&self, pattern: &str) -> Option<DateTime> {
        if pattern == "*" {
            return self.events.latest;
        }
        self.matching(pattern).map(|(_, occurrence)| occurrence.last).max()
    }

    /// How many events a pattern has matched.
    pub fn count(&self, pattern: &str) -> u64 {
        self.matching(pattern).map(|(_, occurrence)| occurrence.count).fold(0, u64::saturating_add)
    }

    /// Ids of those who sent events that a pattern matches, each once: by event name, then by first time.
    pub fn who(&self, pattern: &str) -> Vec<Arc<str>> {
        let mut seen = BTreeSet::new();
        let ids = self.matching(pattern).flat_map(|(_, occurrence)| occurrence.who.iter());
        ids.filter(|id| seen.insert((*id).clone())).cloned().collect()
    }

    /// Whether this actor has sent an event that the pattern matches.
    pub fn has_sent(&self, pattern: &str, id: &str) -> bool {
        self.matching(pattern).any(|(_, occurrence)| occurrence.who.iter().any(|who| &**who == id))
    }

    fn matching<'p>(&'p self, pattern: &'p str) -> impl Iterator<Item = (&'p str, &'p Occurrence)> {
        // Names that begin with the pattern stand together, so only those are looked at.
        let from: &str = if pattern == "*" { "" } else { pattern };
        let all = self.events.seen();
        let first = all.partition_point(|(name, _)| **name < *from);
        all.get(first..)
            .unwrap_or_default()
            .iter()
            .map(|(name, occurrence)| (&**name, occurrence))
            .take_while(move |(name, _)| name.starts_with(from))
            .filter(move |(name, _)| matches(pattern, name))
    }
}

impl Happened {
    /// How many names there are.
    pub fn len(&self) -> usize {
        self.seen().len()
    }

    /// In the order of the alphabet.
    pub fn iter(&self) -> impl Iterator<Item = (&Arc<str>, &Occurrence)> {
        self.seen().iter().map(|(name, occurrence)| (name, occurrence))
    }

    /// Once more, now. At most so many names are remembered, and of each so many actors.
    pub fn happen(
        &mut self,
        name: &Arc<str>,
        now: DateTime,
        actor: Option<&Arc<str>>,
        most: usize,
    ) -> Result<(), Full> {
        let place = self.place(name);
        let known = place.ok().and_then(|place| self.seen().get(place));
        let occurrence = match known {
            None if self.len() >= most => return Err(Full::Names),
            None => Occurrence { count: 1, last: now, who: actor.cloned().into_iter().collect() },
            Some((_, Occurrence { count, who, .. })) => {
                let who = match actor {
                    Some(actor) if !who.contains(actor) => {
                        if who.len() >= most {
                            return Err(Full::Actors);
                        }
                        who.with(actor)
                    }
                    _ => who.clone(),
                };
                Occurrence { count: count.saturating_add(1), last: now, who }
            }
        };
        put(&mut self.all, place, (Arc::clone(name), occurrence));
        self.latest = self.latest.max(Some(now));
        Ok(())
    }

    fn seen(&self) -> &[Seen] {
        self.all.as_deref().unwrap_or_default()
    }

    fn place(&self, name: &str) -> Result<usize, usize> {
        self.seen().binary_search_by(|(known, _)| (**known).cmp(name))
    }
}

/// A past that is known at once; of a name that comes twice the last counts.
impl FromIterator<Seen> for Happened {
    fn from_iter<I: IntoIterator<Item = Seen>>(events: I) -> Self {
        let all: BTreeMap<Arc<str>, Occurrence> = events.into_iter().collect();
        let latest = all.values().map(|occurrence| occurrence.last).max();
        Self { all: (!all.is_empty()).then(|| all.into_iter().collect()), latest }
    }
}

/// Puts an item where it is or belongs: in place where nobody shares the list, else into a copy.
fn put<T: Clone>(list: &mut Option<Arc<[T]>>, place: Result<usize, usize>, item: T) {
    match (place, list.as_mut()) {
        (Ok(place), Some(known)) => {
            if let Some(known) = Arc::make_mut(known).get_mut(place) {
                *known = item;
            }
        }
        (Ok(at) | Err(at), _) => {
            let known = list.as_deref().unwrap_or_default();
            let (before, after) = known.split_at(at.min(known.len()));
            let (before, after) = (before.iter().cloned(), after.iter().cloned());
            *list = Some(before.chain(std::iter::once(item)).chain(after).collect());
        }
    }
}

impl Who {
    fn with(&self, actor: &Arc<str>) -> Self {
        if self.is_empty() {
            return Self::One(Arc::clone(actor));
        }
        Self::Many(self.iter().chain(std::iter::once(actor)).cloned().collect())
    }
}

impl Deref for Who {
    type Target = [Arc<str>];

    fn deref(&self) -> &[Arc<str>] {
        match self {
            Self::Nobody => &[],
            Self::One(actor) => std::slice::from_ref(actor),
            Self::Many(actors) => actors,
        }
    }
}

impl PartialEq for Who {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl Eq for Who {}

impl FromIterator<Arc<str>> for Who {
    fn from_iter<I: IntoIterator<Item = Arc<str>>>(actors: I) -> Self {
        let mut actors = actors.into_iter();
        let Some(first) = actors.next() else { return Self::Nobody };
        let Some(second) = actors.next() else { return Self::One(first) };
        Self::Many([first, second].into_iter().chain(actors).collect())
    }
}

impl FromIterator<(StateId, DateTime)> for Entered {
    fn from_iter<I: IntoIterator<Item = (StateId, DateTime)>>(states: I) -> Self {
        let all: BTreeMap<StateId, DateTime> = states.into_iter().collect();
        Self((!all.is_empty()).then(|| Arc::new(all.into_iter().collect())))
    }
}

impl Entered {
    pub fn get(&self, state: &StateId) -> Option<&DateTime> {
        let place = self.place(*state).ok()?;
        self.all().get(place).map(|(_, at)| at)
    }

    pub fn insert(&mut self, state: StateId, at: DateTime) {
        let place = self.place(state);
        // States are mostly entered in the order of the file, each behind all others: nothing is moved then.
        let known = Arc::make_mut(self.0.get_or_insert_default());
        match place {
            Ok(place) => {
                if let Some(known) = known.get_mut(place) {
                    *known = (state, at);
                }
            }
            Err(place) => known.insert(place.min(known.len()), (state, at)),
        }
    }

    /// How many states there are.
    pub fn len(&self) -> usize {
        self.all().len()
    }

    /// In the order of the numbers.
    pub fn iter(&self) -> impl Iterator<Item = (&StateId, &DateTime)> {
        self.all().iter().map(|(state, at)| (state, at))
    }

    fn all(&self) -> &[(StateId, DateTime)] {
        self.0.as_deref().map_or(&[], Vec::as_slice)
    }

    fn place(&self, state: StateId) -> Result<usize, usize> {
        self.all().binary_search_by_key(&state, |(state, _)| *state)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_is_known_at_once_is_as_if_it_had_come(numbers in prop::collection::vec(0..9_u32, 0..30)) {
            let mut past = Past::default();
            for (now, number) in (0..).zip(&numbers) {
                let Some(at) = DateTime::from_microseconds(now) else { continue };
                let name = Arc::from(format!("e{number}"));
                prop_assert_eq!(past.events.happen(&name, at, None, 100), Ok(()));
                past.entered.insert(StateId(*number), at);
            }
            let seen: Vec<Seen> =
                past.events.iter().map(|(name, known)| (Arc::clone(name), known.clone())).collect();
            let entered: Vec<(StateId, DateTime)> =
                past.entered.iter().map(|(state, at)| (*state, *at)).collect();
            let again = Past {
                events: seen.into_iter().rev().collect(),
                entered: entered.into_iter().rev().collect(),
            };
            prop_assert_eq!(&again, &past);
            prop_assert_eq!(again.last("*"), past.last("*"));
        }
    }
}
