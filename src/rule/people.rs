//! Those who sent an event: each person once, in the order of their first, and found among many.

use std::fmt;
use std::sync::Arc;

use crate::digests::Digests;
use crate::person;

/// Who sent an event. A copy shares what was known, and adding to it is logarithmic, however many there are.
#[derive(Clone, Default)]
pub(crate) struct Senders(Option<Arc<Known>>);

#[derive(Clone, Default)]
struct Known {
    /// Whether somebody sent it of whom nothing is known, or the case itself did.
    anonymous: bool,
    persons: Digests<()>,
    last: Option<Arc<Link>>,
}

/// One of them, with those before.
struct Link {
    id: Id,
    before: Option<Arc<Link>>,
}

/// The id that a person sent an event with first.
#[derive(Debug, Clone)]
pub(crate) struct Id {
    pub id: Arc<str>,
    /// Whose it is, as [`person::digest_of`] says.
    pub person: u128,
}

impl Senders {
    /// How many persons there are.
    pub fn len(&self) -> usize {
        self.0.as_ref().map_or(0, |known| known.persons.len())
    }

    /// Whether it was sent once by nobody in particular.
    pub fn is_anonymous(&self) -> bool {
        self.0.as_ref().is_some_and(|known| known.anonymous)
    }

    /// Whether a person is one of them, by the digest. Cost: logarithmic.
    pub fn contains(&self, person: u128) -> bool {
        self.0.as_ref().is_some_and(|known| known.persons.get(person).is_some())
    }

    /// Takes down who sent it now. Whether that is a person who was not there.
    pub fn note(&mut self, actor: Option<&Arc<str>>) -> bool {
        let Some(actor) = actor else {
            if !self.is_anonymous() {
                Arc::make_mut(self.0.get_or_insert_default()).anonymous = true;
            }
            return false;
        };
        let person = person::digest_of(actor);
        if self.contains(person) {
            return false;
        }
        let known = Arc::make_mut(self.0.get_or_insert_default());
        known.persons.insert(person, ());
        let id = Id { id: Arc::clone(actor), person };
        known.last = Some(Arc::new(Link { id, before: known.last.take() }));
        true
    }

    /// The person who came last among them, as a digest.
    pub fn newest(&self) -> Option<u128> {
        self.last().map(|link| link.id.person)
    }

    /// In the order of their first. Cost: linear.
    pub fn ids(&self) -> Vec<Id> {
        let mut ids: Vec<Id> = self.backwards().map(|link| link.id.clone()).collect();
        ids.reverse();
        ids
    }

    fn last(&self) -> Option<&Arc<Link>> {
        self.0.as_ref()?.last.as_ref()
    }

    fn backwards(&self) -> impl Iterator<Item = &Link> {
        std::iter::successors(self.last(), |link| link.before.as_ref()).map(|link| &**link)
    }
}

/// Link by link: one that frees those before it would call itself for each.
impl Drop for Link {
    fn drop(&mut self) {
        let mut before = self.before.take();
        while let Some(link) = before {
            before = Arc::into_inner(link).and_then(|mut link| link.before.take());
        }
    }
}

impl FromIterator<Arc<str>> for Senders {
    fn from_iter<I: IntoIterator<Item = Arc<str>>>(ids: I) -> Self {
        let mut who = Self::default();
        for id in ids {
            who.note(Some(&id));
        }
        who
    }
}

impl PartialEq for Senders {
    fn eq(&self, other: &Self) -> bool {
        if self.len() != other.len() || self.is_anonymous() != other.is_anonymous() {
            return false;
        }
        // Where both go on from the same, the rest is.
        let (mut one, mut two) = (self.last(), other.last());
        while let (Some(a), Some(b)) = (one, two) {
            if Arc::ptr_eq(a, b) {
                return true;
            }
            if a.id.id != b.id.id {
                return false;
            }
            (one, two) = (a.before.as_ref(), b.before.as_ref());
        }
        one.is_none() && two.is_none()
    }
}

impl fmt::Debug for Senders {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ids: Vec<Arc<str>> = self.ids().into_iter().map(|id| id.id).collect();
        f.debug_struct("Who").field("anonymous", &self.is_anonymous()).field("ids", &ids).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(number: u32) -> Arc<str> {
        Arc::from(format!("person-{number}"))
    }

    #[test]
    fn each_person_once_in_the_order_of_their_first() {
        let mut who: Senders =
            ["eva", "Bo", "EVA", "bo", "kim"].into_iter().map(Arc::from).collect();
        let ids: Vec<Arc<str>> = who.ids().into_iter().map(|id| id.id).collect();
        assert_eq!(ids.iter().map(|id| &**id).collect::<Vec<_>>(), ["eva", "Bo", "kim"]);
        assert!(who.contains(person::digest_of("BO")) && !who.contains(person::digest_of("ulla")));
        let before = who.clone();
        assert!(!who.note(None) && who.is_anonymous() && who != before && !before.is_anonymous());
    }

    #[test]
    fn one_more_among_many_copies_little() {
        let mut who: Senders = (0..20_000).map(id).collect();
        let first = who.clone();
        let grown = allocation_counter::measure(|| {
            for number in 20_000..21_000 {
                let mut copy = who.clone();
                assert!(copy.note(Some(&id(number))));
                who = copy;
            }
        });
        assert!(grown.bytes_total / 1_000 < 4_000, "{grown:?}");
        assert_eq!((first.len(), who.len()), (20_000, 21_000));
        assert!(first != who && first == first.clone());
        drop((first, who));
    }
}
