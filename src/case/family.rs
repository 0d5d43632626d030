//! The child cases of a case, as a part of where it stands: a tree of situations, of whatever they consist. Copies share
//! what none has changed. What a child is, `child` says.

mod trie;

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use crate::rule;
use crate::value::{DateTime, Value};
use trie::Item;
pub(crate) use trie::{Summary, Trie};

/// The children of a case, by number of the `invoke`. A case that can have none has nothing here.
#[derive(Debug)]
pub(crate) struct Family<S>(Option<Arc<Vec<Brood<S>>>>);

/// The children of one `invoke`.
#[derive(Debug)]
pub(crate) struct Brood<S> {
    /// How often its state has been entered: what was meant for children of another time reaches none of these.
    pub round: u32,
    /// In order of start; `None` while none has started since the state was entered.
    pub children: Option<Trie<Child<S>>>,
    /// Their numbers.
    pub keys: Arc<BTreeMap<Arc<str>, u32>>,
    /// What rules see of them, put together when one asks.
    shown: OnceLock<Arc<Vec<Value>>>,
}

/// A child case.
#[derive(Debug)]
pub(crate) struct Child<S> {
    pub key: Arc<str>,
    /// The item that started it.
    pub item: Option<Value>,
    pub status: Status,
    pub situation: Arc<S>,
    /// What is due in it and its own children. It follows from the rest.
    pub wake: Wake,
    /// What its parent sees of it. It follows from the rest.
    pub record: Value,
}

impl<S> Default for Family<S> {
    fn default() -> Self {
        Self(None)
    }
}

impl<S> Clone for Family<S> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<S> Default for Brood<S> {
    fn default() -> Self {
        Self { round: 0, children: None, keys: Arc::default(), shown: OnceLock::new() }
    }
}

impl<S> Clone for Brood<S> {
    fn clone(&self) -> Self {
        let Self { round, children, keys, shown } = self;
        let (children, keys) = (children.clone(), Arc::clone(keys));
        Self { round: *round, children, keys, shown: shown.clone() }
    }
}

impl<S> Clone for Child<S> {
    fn clone(&self) -> Self {
        let Self { key, item, status, situation, wake, record } = self;
        Self {
            key: Arc::clone(key),
            item: item.clone(),
            status: *status,
            situation: Arc::clone(situation),
            wake: wake.clone(),
            record: record.clone(),
        }
    }
}

/// How a child stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Status {
    Active,
    /// It has ended by itself.
    Done,
    /// The state that invokes it was left.
    Stopped,
}

impl Status {
    pub fn name(self) -> &'static str {
        let [active, done, stopped] = rule::family::STATUS;
        match self {
            Self::Active => active,
            Self::Done => done,
            Self::Stopped => stopped,
        }
    }
}

/// What is due in some cases.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Wake {
    /// How many cases these are.
    pub cases: usize,
    /// How many of the children themselves run.
    pub active: usize,
    /// The earliest date of a term that has not been tried at that date or later.
    pub term: Option<DateTime>,
    /// The earliest time at which a term was tried in vain that the clock alone may open.
    pub clock: Option<DateTime>,
    /// The earliest sent event, with its number in the order of sending.
    pub sent: Option<(DateTime, u64)>,
}

impl Summary for Wake {
    fn add(&mut self, other: &Self) {
        let Self { cases, active, term, clock, sent } = other;
        self.cases += cases;
        self.active += active;
        self.term = earlier(self.term, *term);
        self.clock = earlier(self.clock, *clock);
        self.sent = earlier(self.sent, *sent);
    }
}

pub(super) fn earlier<T: Ord>(one: Option<T>, other: Option<T>) -> Option<T> {
    one.into_iter().chain(other).min()
}

impl<S> Item for Child<S> {
    type Summary = Wake;

    fn summary(&self) -> Wake {
        self.wake.clone()
    }
}

/// What follows from the rest is not looked at.
impl<S: PartialEq> PartialEq for Child<S> {
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key
            && self.item == other.item
            && self.status == other.status
            && (Arc::ptr_eq(&self.situation, &other.situation) || self.situation == other.situation)
    }
}

impl<S: PartialEq> PartialEq for Brood<S> {
    fn eq(&self, other: &Self) -> bool {
        self.round == other.round && self.children == other.children
    }
}

impl<S: PartialEq> PartialEq for Family<S> {
    fn eq(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (Some(one), Some(two)) => Arc::ptr_eq(one, two) || one == two,
            (one, two) => one.is_none() && two.is_none(),
        }
    }
}

impl<S> Brood<S> {
    /// Of a round, before any child.
    pub fn of(round: u32, has_begun: bool) -> Self {
        Self { round, children: has_begun.then(Trie::default), ..Self::default() }
    }

    /// Puts a child behind all others.
    pub fn push(&mut self, child: Child<S>) {
        let children = self.children.get_or_insert_default();
        let number = u32::try_from(children.len()).unwrap_or(u32::MAX);
        Arc::make_mut(&mut self.keys).insert(Arc::clone(&child.key), number);
        children.push(child);
        self.shown = OnceLock::new();
    }

    /// Puts a child in its place again.
    pub fn set(&mut self, number: usize, child: Child<S>) {
        let Some(children) = &mut self.children else { return };
        let is_seen = children.get(number).is_some_and(|known| known.record == child.record);
        children.set(number, child);
        if !is_seen {
            self.shown = OnceLock::new();
        }
    }

    pub fn get(&self, number: u32) -> Option<&Child<S>> {
        self.children.as_ref()?.get(number as usize)
    }

    fn seen(&self) -> Option<Arc<Vec<Value>>> {
        let children = self.children.as_ref()?;
        let shown = self.shown.get_or_init(|| {
            crate::work::looked_at(children.len());
            Arc::new(children.iter().map(|child| child.record.clone()).collect())
        });
        Some(Arc::clone(shown))
    }
}

impl<S> Family<S> {
    /// Before anything has started, of so many groups.
    pub fn beginning(invokes: usize) -> Self {
        let broods = (0..invokes).map(|_| Brood::default());
        Self((invokes > 0).then(|| Arc::new(broods.collect())))
    }

    /// Whether there can be any children.
    pub fn is_any(&self) -> bool {
        self.0.is_some()
    }

    pub fn broods(&self) -> &[Brood<S>] {
        self.0.as_ref().map_or(&[], |broods| broods.as_slice())
    }

    pub fn brood(&self, invoke: u32) -> Option<&Brood<S>> {
        self.broods().get(invoke as usize)
    }

    /// To change it: a copy, which shares the children.
    pub fn change(&mut self, invoke: u32) -> Option<&mut Brood<S>> {
        Arc::make_mut(self.0.as_mut()?).get_mut(invoke as usize)
    }

    pub fn child(&self, invoke: u32, number: u32) -> Option<&Child<S>> {
        self.brood(invoke)?.get(number)
    }

    /// The state of an `invoke` is entered: those of another time are none of these.
    pub fn begin(&mut self, invoke: u32) {
        if let Some(brood) = self.change(invoke) {
            *brood = Brood { round: brood.round.saturating_add(1), ..Brood::default() };
        }
    }

    /// How many cases there are, in all generations.
    pub fn cases(&self) -> usize {
        let children = self.broods().iter().filter_map(|brood| brood.children.as_ref());
        children.map(|children| children.summary().cases).sum()
    }

    /// Whether nothing has changed since then, in memory.
    pub fn is_shared(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (Some(one), Some(two)) => Arc::ptr_eq(one, two),
            (one, two) => one.is_none() && two.is_none(),
        }
    }
}

impl<S: Send + Sync> rule::Family for Family<S> {
    fn children(&self, invoke: u32) -> Option<Arc<Vec<Value>>> {
        self.brood(invoke)?.seen()
    }
}
