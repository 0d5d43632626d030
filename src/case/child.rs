//! What follows from how a child stands: what is due in it, and what its parent sees.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::case::family::{Child, Status, Summary, Wake, earlier};
use crate::case::situation::{Situation, TimerRef};
use crate::case::terms;
use crate::rule::{self, Fault, Meter};
use crate::value::Value;
use crate::workflow::Compiled;
use crate::workflow::compiled::Invoked;

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
            match looked.filter(|looked| due <= looked.until) {
                None => wake.term = earlier(wake.term, Some(due)),
                Some(looked) if terms::reads_clock(compiled, term) => {
                    wake.clock = earlier(wake.clock, Some(looked.at));
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

impl Child<Situation> {
    pub fn new(
        invoked: &Invoked,
        key: Arc<str>,
        item: Option<Value>,
        situation: Arc<Situation>,
        meter: &Meter,
    ) -> Result<Self, Fault> {
        Self::restored(invoked, key, item, Status::Active, situation, meter)
    }

    /// A child out of a snapshot.
    pub fn restored(
        invoked: &Invoked,
        key: Arc<str>,
        item: Option<Value>,
        status: Status,
        situation: Arc<Situation>,
        meter: &Meter,
    ) -> Result<Self, Fault> {
        let (wake, record) = (Wake::default(), Value::Boolean(false));
        Self { key, item, status, situation, wake, record }.worked_out(invoked, meter)
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
