//! Questions about the past of a case: names of events are matched as in `on`.

use std::collections::BTreeSet;
use std::ops::Bound;
use std::sync::Arc;

use super::{Occurrence, Past};
use crate::definition::model::matches;
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

    fn matching<'p>(
        &'p self,
        pattern: &'p str,
    ) -> impl Iterator<Item = (&'p Arc<str>, &'p Occurrence)> {
        // Names that begin with the pattern stand together, so only those are looked at.
        let from: &str = if pattern == "*" { "" } else { pattern };
        self.events
            .range::<str, _>((Bound::Included(from), Bound::Unbounded))
            .take_while(move |(name, _)| name.starts_with(from))
            .filter(move |(name, _)| matches(pattern, name))
    }
}
