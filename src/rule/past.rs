//! Questions about the past of a case: names of events are matched as in `on`.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::{Entered, Happened, Occurrence, Past};
use crate::definition::model::matches;
use crate::table::StateId;
use crate::value::DateTime;

impl Past {
    /// The time of the last event that a pattern matches.
    pub fn last(&self, pattern: &str) -> Option<DateTime> {
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
        let all = self.events.0.as_slice();
        let first = all.partition_point(|known| *known.0 < *from);
        all.get(first..)
            .unwrap_or_default()
            .iter()
            .map(|known| (&*known.0, &known.1))
            .take_while(move |(name, _)| name.starts_with(from))
            .filter(move |(name, _)| matches(pattern, name))
    }
}

impl Happened {
    /// How many names there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// In the order of the alphabet.
    pub fn iter(&self) -> impl Iterator<Item = (&Arc<str>, &Occurrence)> {
        self.0.iter().map(|known| (&known.0, &known.1))
    }

    pub fn insert(&mut self, name: Arc<str>, occurrence: Occurrence) {
        let place = self.place(&name);
        let all = self.0.widen();
        match place {
            Ok(place) => {
                if let Some(known) = all.get_mut(place) {
                    *known = Arc::new((name, occurrence));
                }
            }
            Err(place) => all.insert(place, Arc::new((name, occurrence))),
        }
    }

    /// To change the occurrence of a name that is there.
    pub fn get_mut(&mut self, name: &str) -> Option<&mut Occurrence> {
        let place = self.place(name).ok()?;
        self.0.change().get_mut(place).map(|known| &mut Arc::make_mut(known).1)
    }

    fn place(&self, name: &str) -> Result<usize, usize> {
        self.0.binary_search_by(|known| (*known.0).cmp(name))
    }
}

impl Entered {
    pub fn get(&self, state: &StateId) -> Option<&DateTime> {
        let place = self.0.binary_search_by_key(state, |(state, _)| *state).ok()?;
        self.0.get(place).map(|(_, at)| at)
    }

    pub fn insert(&mut self, state: StateId, at: DateTime) {
        let place = self.0.binary_search_by_key(&state, |(state, _)| *state);
        let all = self.0.widen();
        match place {
            Ok(place) => {
                if let Some((_, known)) = all.get_mut(place) {
                    *known = at;
                }
            }
            Err(place) => all.insert(place, (state, at)),
        }
    }

    /// How many states there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// In the order of the numbers.
    pub fn iter(&self) -> impl Iterator<Item = (&StateId, &DateTime)> {
        self.0.iter().map(|(state, at)| (state, at))
    }
}
