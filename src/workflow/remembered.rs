//! What a case remembers of events: no more than some rule of the file asks for.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::definition::model::{Definition, prefixes};
use crate::rule::{RememberedEvent, Rules};

#[derive(Debug)]
pub(crate) struct Remembered {
    /// The patterns that anything asks with, in the order of the alphabet.
    kept: Vec<RememberedEvent>,
    /// The patterns of every `not_by`, each once.
    not_by: Vec<Arc<str>>,
    /// The length of the longest pattern in bytes.
    longest: usize,
}

impl Remembered {
    /// Cost: linear in the file.
    pub fn new(definition: &Definition, rules: &Rules) -> Self {
        let transitions = definition.transitions.rows().iter();
        let mut not_by: Vec<Arc<str>> = transitions
            .flat_map(|transition| &transition.not_by)
            .map(|name| Arc::from(name.as_str()))
            .collect();
        not_by.sort_unstable();
        not_by.dedup();
        let mut asked: BTreeMap<Arc<str>, bool> = BTreeMap::new();
        let persons = not_by.iter().map(|name| (Arc::clone(name), true));
        for (name, persons) in persons.chain(rules.asked_of_past()) {
            *asked.entry(name).or_default() |= persons;
        }
        // Who sent `a.b` is asked with `a` and with `*` too.
        let of_all = asked.get("*").copied().unwrap_or_default();
        let above = |name: &str| prefixes(name).any(|name| asked.get(name) == Some(&true));
        let kept = asked.iter().map(|(name, persons)| RememberedEvent {
            name: Arc::clone(name),
            persons: *persons || of_all || above(name),
        });
        let kept: Vec<RememberedEvent> = kept.collect();
        let longest = kept.iter().map(|kept| kept.name.len()).max().unwrap_or_default();
        Self { kept, not_by, longest }
    }

    /// How an event is remembered; `None` where no rule asks for it.
    pub fn kept(&self, event: &str) -> Option<&RememberedEvent> {
        if self.kept.is_empty() {
            return None;
        }
        let found = self.prefixes(event).find_map(|name| self.named(name));
        found.or_else(|| self.named("*"))
    }

    /// How an event of a child is remembered, by its name behind the `id` of the `invoke` (`boards/report`); `None` where no
    /// `not_by` asks for it.
    pub fn kept_of_child(&self, event: &str) -> Option<&RememberedEvent> {
        if self.kept.is_empty() {
            return None;
        }
        self.prefixes(event).filter(|name| name.contains('/')).find_map(|name| self.named(name))
    }

    /// Whether a name is one that events are remembered by.
    pub fn named(&self, name: &str) -> Option<&RememberedEvent> {
        let place = self.kept.binary_search_by(|kept| (*kept.name).cmp(name)).ok()?;
        self.kept.get(place)
    }

    /// Whether who sends an event must be known, or nobody could be somebody else later.
    pub fn asks_person(&self, event: &str) -> bool {
        let named = |name: &str| self.not_by.binary_search_by(|known| (**known).cmp(name)).is_ok();
        !self.not_by.is_empty() && (named("*") || self.prefixes(event).any(named))
    }

    /// The name itself and what stands before its points, the longest first; not what is longer than any pattern.
    fn prefixes<'n>(&self, event: &'n str) -> impl Iterator<Item = &'n str> {
        prefixes(event).skip_while(|name| name.len() > self.longest)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use crate::definition::model::matches;
    use crate::workflow::Workflow;

    proptest! {
        #[test]
        fn what_is_asked_finds_what_is_kept(
            patterns in prop::collection::btree_map("(\\*|[ab](\\.[ab]){0,2})", any::<bool>(), 1..5),
            event in "[ab](\\.[ab]){0,3}",
        ) {
            let guards = patterns.iter().enumerate().map(|(number, (pattern, persons))| {
                let guard = if *persons { format!("who(`{pattern}`).len() > 0") } else { format!("count(`{pattern}`) > 0") };
                format!("{{ \"guard\": \"{guard}\", \"target\": \"s{number}\" }}")
            });
            let guards: Vec<String> = guards.collect();
            let states: Vec<String> = (0..guards.len()).map(|number| format!(", \"s{number}\": {{}}")).collect();
            let text = format!(
                "{{ \"id\": \"w\", \"initial\": \"s\", \"states\": {{ \"s\": {{ \"on\": {{ \"*\": [{}] }} }}{} }} }}",
                guards.join(", "), states.concat()
            );
            let workflow = Workflow::from_json(&text).map_err(|report| TestCaseError::fail(report.to_string()))?;
            let kept = workflow.compiled().remembered.kept(&event);
            let listeners: Vec<(&String, &bool)> =
                patterns.iter().filter(|(pattern, _)| matches(pattern, &event)).collect();
            prop_assert_eq!(kept.is_some(), !listeners.is_empty());
            if let Some(kept) = kept {
                for pattern in patterns.keys() {
                    prop_assert_eq!(matches(pattern, &kept.name), matches(pattern, &event), "{} {}", pattern, event);
                }
                prop_assert_eq!(kept.persons, listeners.iter().any(|(_, persons)| **persons));
            }
        }
    }
}
