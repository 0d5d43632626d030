//! The child cases of a case, as a part of where it stands: a tree of situations. Copies share what none has changed.

mod trie;

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use crate::case::situation::{Situation, TimerRef};
use crate::case::terms;
use crate::rule::{self, Fault, Meter};
use crate::value::{DateTime, Value};
use crate::workflow::Compiled;
use crate::workflow::bundle::Invoked;
pub(crate) use trie::Trie;
use trie::{Item, Summary};

/// The children of a case, by number of the `invoke`. A case that can have none has nothing here.
#[derive(Debug, Clone, Default)]
pub(crate) struct Family(Option<Arc<Vec<Brood>>>);

/// The children of one `invoke`.
#[derive(Debug, Clone, Default)]
pub(crate) struct Brood {
    /// How often its state has been entered: what was meant for children of another time reaches none of these.
    pub round: u32,
    /// In order of start; `None` while none has started since the state was entered.
    pub children: Option<Trie<Child>>,
    /// Their numbers.
    pub keys: Arc<BTreeMap<Arc<str>, u32>>,
    /// What rules see of them, put together when one asks.
    shown: OnceLock<Arc<Vec<Value>>>,
}

/// A child case.
#[derive(Debug, Clone)]
pub(crate) struct Child {
    pub key: Arc<str>,
    /// The item that started it.
    pub item: Option<Value>,
    pub status: Status,
    pub situation: Arc<Situation>,
    /// What is due in it and its own children. It follows from the rest.
    pub wake: Wake,
    /// What its parent sees of it. It follows from the rest.
    pub record: Value,
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

fn earlier<T: Ord>(one: Option<T>, other: Option<T>) -> Option<T> {
    one.into_iter().chain(other).min()
}

impl Item for Child {
    type Summary = Wake;

    fn summary(&self) -> Wake {
        self.wake.clone()
    }
}

/// What follows from the rest is not looked at.
impl PartialEq for Child {
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key
            && self.item == other.item
            && self.status == other.status
            && (Arc::ptr_eq(&self.situation, &other.situation) || self.situation == other.situation)
    }
}

impl PartialEq for Brood {
    fn eq(&self, other: &Self) -> bool {
        self.round == other.round && self.children == other.children
    }
}

impl PartialEq for Family {
    fn eq(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (Some(one), Some(two)) => Arc::ptr_eq(one, two) || one == two,
            (one, two) => one.is_none() && two.is_none(),
        }
    }
}

impl Wake {
    /// What is due in a case itself.
    pub fn own(compiled: &Compiled, situation: &Situation) -> Self {
        let mut wake = Self { cases: 1, ..Self::default() };
        if situation.ended {
            return wake;
        }
        let looked = situation.looked.0;
        for term in situation.terms.iter().filter(|term| term.is_open()) {
            let Some(due) = term.due else { continue };
            let is_aside = situation.aside.iter().any(|aside| {
                matches!(aside.what, TimerRef::Term { state, index } if (state, index) == (term.state, term.index))
            });
            if is_aside {
                continue;
            }
            match looked.filter(|looked| due <= *looked) {
                None => wake.term = earlier(wake.term, Some(due)),
                Some(looked) if terms::reads_clock(compiled, term) => {
                    wake.clock = earlier(wake.clock, Some(looked));
                }
                Some(_) => {}
            }
        }
        wake.sent = situation.sent.iter().map(|sent| (sent.due, sent.order)).min();
        wake
    }

    /// What is due in a case and in its children.
    pub fn of(compiled: &Compiled, situation: &Situation) -> Self {
        let mut wake = Self::own(compiled, situation);
        for brood in situation.family.broods() {
            if let Some(children) = &brood.children {
                let inner = children.summary();
                // Those of its own count for it alone.
                wake.add(&Self { active: 0, ..inner });
            }
        }
        wake
    }
}

impl Child {
    pub fn new(
        invoked: &Invoked,
        key: Arc<str>,
        item: Option<Value>,
        situation: Arc<Situation>,
        meter: &Meter,
    ) -> Result<Self, Fault> {
        let (wake, record) = (Wake::default(), Value::Boolean(false));
        let child = Self { key, item, status: Status::Active, situation, wake, record };
        child.worked_out(invoked, meter)
    }

    /// The child where it stands now.
    pub fn moved(
        &self,
        invoked: &Invoked,
        situation: Arc<Situation>,
        meter: &Meter,
    ) -> Result<Self, Fault> {
        let child = Self { situation, ..self.clone() };
        child.worked_out(invoked, meter)
    }

    /// The child when it has been stopped.
    pub fn stopped(
        &self,
        invoked: &Invoked,
        situation: Arc<Situation>,
        meter: &Meter,
    ) -> Result<Self, Fault> {
        let child = Self { situation, status: Status::Stopped, ..self.clone() };
        child.worked_out(invoked, meter)
    }

    /// With all that follows from the rest.
    fn worked_out(mut self, invoked: &Invoked, meter: &Meter) -> Result<Self, Fault> {
        if self.situation.ended && self.status == Status::Active {
            self.status = Status::Done;
        }
        let compiled = invoked.workflow.compiled();
        self.wake = Wake::of(compiled, &self.situation);
        self.wake.active = usize::from(self.status == Status::Active);
        let record = self.seen(invoked, meter)?;
        // What is as it was stays the one that it was.
        if record != self.record {
            self.record = record;
        }
        Ok(self)
    }

    /// What the parent sees of it.
    fn seen(&self, invoked: &Invoked, meter: &Meter) -> Result<Value, Fault> {
        let compiled = invoked.workflow.compiled();
        let mut record: BTreeMap<Arc<str>, Value> = BTreeMap::new();
        let context = self.situation.context(None);
        let context = rule::Context { meter: Some(meter), ..context };
        for name in &invoked.returns {
            let shown = compiled.rules.shown(name, &context)?;
            record.extend(shown.map(|value| (Arc::clone(name), value)));
        }
        let leaves = self.situation.active.iter();
        let leaves = leaves.filter(|id| compiled.chart.states.at(**id).children.is_empty());
        let leaves = leaves.map(|id| Value::from(compiled.definition.states.at(*id).name.as_str()));
        record.insert("states".into(), leaves.collect());
        record.insert("status".into(), Value::from(self.status.name()));
        record.insert("key".into(), self.key_value());
        Ok(Value::Record(Arc::new(record)))
    }

    /// The key as it stands in the list.
    fn key_value(&self) -> Value {
        let key = match &self.item {
            Some(Value::Record(record)) => record.get("key"),
            other => other.as_ref(),
        };
        key.cloned().unwrap_or_else(|| Value::Text(Arc::clone(&self.key)))
    }
}

impl Brood {
    /// Puts a child behind all others.
    pub fn push(&mut self, child: Child) {
        let children = self.children.get_or_insert_default();
        let number = u32::try_from(children.len()).unwrap_or(u32::MAX);
        Arc::make_mut(&mut self.keys).insert(Arc::clone(&child.key), number);
        children.push(child);
        self.shown = OnceLock::new();
    }

    /// Puts a child in its place again.
    pub fn set(&mut self, number: usize, child: Child) {
        let Some(children) = &mut self.children else { return };
        let is_seen = children.get(number).is_some_and(|known| known.record == child.record);
        children.set(number, child);
        if !is_seen {
            self.shown = OnceLock::new();
        }
    }

    pub fn get(&self, number: u32) -> Option<&Child> {
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

impl Family {
    /// Before anything has started.
    pub fn beginning(compiled: &Compiled) -> Self {
        let broods = compiled.invoked.iter().map(|_| Brood::default());
        Self((!compiled.invoked.is_empty()).then(|| Arc::new(broods.collect())))
    }

    /// Whether there can be any children.
    pub fn is_any(&self) -> bool {
        self.0.is_some()
    }

    pub fn broods(&self) -> &[Brood] {
        self.0.as_ref().map_or(&[], |broods| broods.as_slice())
    }

    pub fn brood(&self, invoke: u32) -> Option<&Brood> {
        self.broods().get(invoke as usize)
    }

    /// To change it: a copy, which shares the children.
    pub fn change(&mut self, invoke: u32) -> Option<&mut Brood> {
        Arc::make_mut(self.0.as_mut()?).get_mut(invoke as usize)
    }

    pub fn child(&self, invoke: u32, number: u32) -> Option<&Child> {
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

impl rule::Family for Family {
    fn children(&self, invoke: u32) -> Option<Arc<Vec<Value>>> {
        self.brood(invoke)?.seen()
    }
}
