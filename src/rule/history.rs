//! The past of a case, and what rules ask about it: names of events are matched as in `on`.
//!
//! Only what some rule of the file asks for is remembered ([`RememberedEvent`]), so that neither the number of events nor that of the
//! people who sent them weighs on a case whose rules ask for neither. Cases copy their past at each step and change one
//! entry of it: lists lie in one piece, which copies share until then.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::people::Senders;
use crate::definition::model::matches;
use crate::table::StateId;
use crate::value::DateTime;

/// What rules can ask about the past of a case.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct CaseHistory {
    pub events: EventLog,
    pub entered: Entered,
}

/// Accepted events (from outside, raised and sent; not terms, not `done.…`), by the longest pattern that rules ask with.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct EventLog {
    /// In the order of the alphabet; `None` before the first.
    all: Option<Arc<[Seen]>>,
    /// The last time of any.
    latest: Option<DateTime>,
    /// How many persons are remembered, over all names.
    persons: usize,
}

/// An event that happened.
type Seen = (Arc<str>, Occurrence);

/// When each state was last entered, by number.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Entered(Option<Arc<Vec<(StateId, DateTime)>>>);

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Occurrence {
    pub count: u64,
    pub last: DateTime,
    pub who: Senders,
}

/// How an event is remembered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RememberedEvent {
    /// The longest pattern of those that rules ask with and that match the event: all of them find it by this.
    pub name: Arc<str>,
    /// Whether it is asked who sent it.
    pub persons: bool,
}

/// As many persons are remembered as may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TooManyPersons;

impl CaseHistory {
    /// Whether this is a copy in which nothing has happened since, nor in the other. Cost: none, and so it may say that it is
    /// not where both are equal.
    pub fn is_shared(&self, other: &Self) -> bool {
        fn same<T: ?Sized>(one: Option<&Arc<T>>, two: Option<&Arc<T>>) -> bool {
            match (one, two) {
                (Some(one), Some(two)) => Arc::ptr_eq(one, two),
                (one, two) => one.is_none() && two.is_none(),
            }
        }
        self.events.latest == other.events.latest
            && same(self.events.all.as_ref(), other.events.all.as_ref())
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

    /// Ids of those who sent events that a pattern matches, each person once: by event name, then by first time.
    ///
    /// # Errors
    ///
    /// More than `most`: how many there are of one name at least.
    pub fn who(&self, pattern: &str, most: usize) -> Result<Vec<Arc<str>>, usize> {
        let (mut found, mut seen): (Vec<Arc<str>>, BTreeSet<u128>) = Default::default();
        for (_, occurrence) in self.matching(pattern) {
            let who = &occurrence.who;
            if who.len() > most {
                return Err(who.len());
            }
            found.extend(who.ids().into_iter().filter(|id| seen.insert(id.person)).map(|id| id.id));
            if found.len() > most {
                return Err(found.len());
            }
        }
        Ok(found)
    }

    /// Who sent the events that a pattern matches, by name.
    pub fn senders<'p>(&'p self, pattern: &'p str) -> impl Iterator<Item = &'p Senders> {
        self.matching(pattern).map(|(_, occurrence)| &occurrence.who)
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
            // What was sent to children is not of the case itself.
            .filter(move |(name, _)| {
                matches(pattern, name) && (pattern != "*" || !name.contains('/'))
            })
    }
}

impl EventLog {
    /// How many names there are.
    pub fn len(&self) -> usize {
        self.seen().len()
    }

    /// In the order of the alphabet.
    pub fn iter(&self) -> impl Iterator<Item = (&Arc<str>, &Occurrence)> {
        self.seen().iter().map(|(name, occurrence)| (name, occurrence))
    }

    /// Once more, now. At most so many persons are remembered, over all names.
    pub fn happen(
        &mut self,
        kept: Option<&RememberedEvent>,
        now: DateTime,
        actor: Option<&Arc<str>>,
        most: usize,
    ) -> Result<(), TooManyPersons> {
        self.latest = self.latest.max(Some(now));
        let Some(RememberedEvent { name, persons }) = kept else { return Ok(()) };
        let place = self.place(name);
        let known = place.ok().and_then(|place| self.seen().get(place));
        let (count, mut who) =
            known.map_or((0, Senders::default()), |(_, known)| (known.count, known.who.clone()));
        if *persons && who.note(actor) {
            if self.persons >= most {
                return Err(TooManyPersons);
            }
            self.persons += 1;
        }
        let occurrence = Occurrence { count: count.saturating_add(1), last: now, who };
        put(&mut self.all, place, (Arc::clone(name), occurrence));
        Ok(())
    }

    /// An event that somebody sent to a child case, by its name behind the `id` of the `invoke`: for `not_by` alone, for what
    /// else is asked of the past is asked of the case itself.
    ///
    /// # Errors
    ///
    /// One person more than may be remembered.
    pub fn happen_in_child(
        &mut self,
        kept: &RememberedEvent,
        now: DateTime,
        actor: Option<&Arc<str>>,
        most: usize,
    ) -> Result<(), TooManyPersons> {
        let latest = self.latest;
        self.happen(Some(kept), now, actor, most)?;
        self.latest = latest;
        Ok(())
    }

    /// Some persons are not known any more: what they sent came from nobody known. Cost: linear in all persons.
    pub fn forget_who(&mut self, is_unknown: impl Fn(&str) -> bool) {
        let Some(all) = &mut self.all else { return };
        for (_, occurrence) in Arc::make_mut(all) {
            if occurrence.who.ids().iter().any(|id| is_unknown(&id.id)) {
                occurrence.who.note(None);
            }
        }
    }

    /// The last time of any event, remembered by its name or not.
    pub fn latest(&self) -> Option<DateTime> {
        self.latest
    }

    /// This past, where some event happened last at a time, whichever that was.
    pub fn and_last(self, latest: Option<DateTime>) -> Self {
        Self { latest: self.latest.max(latest), ..self }
    }

    fn seen(&self) -> &[Seen] {
        self.all.as_deref().unwrap_or_default()
    }

    fn place(&self, name: &str) -> Result<usize, usize> {
        self.seen().binary_search_by(|(known, _)| (**known).cmp(name))
    }
}

/// A past that is known at once; of a name that comes twice the last counts.
impl FromIterator<Seen> for EventLog {
    fn from_iter<I: IntoIterator<Item = Seen>>(events: I) -> Self {
        let all: BTreeMap<Arc<str>, Occurrence> = events.into_iter().collect();
        let latest = all.values().map(|occurrence| occurrence.last).max();
        let persons = all.values().map(|occurrence| occurrence.who.len()).sum();
        Self { all: (!all.is_empty()).then(|| all.into_iter().collect()), latest, persons }
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
            let mut past = CaseHistory::default();
            for (now, number) in (0..).zip(&numbers) {
                let Some(at) = DateTime::from_microseconds(now) else { continue };
                let kept = RememberedEvent { name: Arc::from(format!("e{number}")), persons: true };
                let actor = (number % 3 > 0).then(|| Arc::from(format!("p{now}")));
                prop_assert_eq!(past.events.happen(Some(&kept), at, actor.as_ref(), 100), Ok(()));
                past.entered.insert(StateId(*number), at);
            }
            let seen: Vec<Seen> =
                past.events.iter().map(|(name, known)| (Arc::clone(name), known.clone())).collect();
            let entered: Vec<(StateId, DateTime)> =
                past.entered.iter().map(|(state, at)| (*state, *at)).collect();
            let again = CaseHistory {
                events: seen.into_iter().rev().collect(),
                entered: entered.into_iter().rev().collect(),
            };
            prop_assert_eq!(&again, &past);
            prop_assert_eq!(again.last("*"), past.last("*"));
        }
    }
}
