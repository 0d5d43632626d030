//! Dates of terms that follow from what was erased: which values lead to them.

use std::collections::BTreeSet;

use crate::case::replay::Replay;
use crate::case::situation::Situation;
use crate::case::terms;
use crate::definition::shape::{Kind, Shape};
use crate::rule::Meter;
use crate::rule::doubt::{Doubt, Erasures, Stated};
use crate::table::{FactId, StateId};
use crate::value::{Date, DateTime, Duration, Value};
use crate::workflow::Compiled;
use crate::workflow::due::Due;

/// How often a value is moved nearer to the date that it should lead to.
const ROUNDS: usize = 10;
const DAY: i64 = 86_400_000_000;

/// Terms whose dates follow from values that are tried.
pub(super) struct Dated<'a> {
    compiled: &'a Compiled,
    /// Those that run before the entry, by their place, where nothing else that they follow from is missing.
    running: Vec<(usize, &'a Due)>,
    /// Dates that the case and the entry tell of.
    told: Vec<(StateId, &'a Due, DateTime)>,
    /// From where a state counts that is entered by the entry.
    at: DateTime,
}

impl<'a> Dated<'a> {
    /// `tried` are the facts of which values are tried, `erasures` all that is not known, and `told` the dates that the entry
    /// tells of. Cost: linear in the terms that run.
    pub fn new(
        compiled: &'a Compiled,
        before: Option<&Situation>,
        tried: &BTreeSet<FactId>,
        erasures: &Erasures,
        told: impl IntoIterator<Item = (String, DateTime)>,
        at: DateTime,
    ) -> Self {
        let rest = Erasures {
            facts: erasures.facts.difference(tried).copied().collect(),
            ..erasures.clone()
        };
        let rest = Doubt::new(&rest, BTreeSet::new(), Stated::default());
        rest.begin(false);
        let terms = before.into_iter().flat_map(|before| before.terms.iter().enumerate());
        let follows = |due: &Due| match due {
            Due::By(named) => {
                let reads = &named.reads(&compiled.rules).facts;
                reads.iter().any(|id| tried.contains(id))
            }
            Due::After(_) | Due::Never => false,
        };
        let mut running = Vec::new();
        let mut all = Vec::new();
        for (place, term) in terms {
            let dues = compiled.dues.get(term.state);
            let Some(due) = dues.and_then(|dues| dues.get(term.index as usize)) else { continue };
            let is_left = |before| terms::is_doubtful(compiled, before, &rest, due);
            if follows(due) && !before.is_some_and(is_left) {
                running.push((place, due));
                all.extend(term.due.map(|at| (term.state, due, at)));
            }
        }
        for (called, at) in told {
            let Some((state, key)) = called.split_once(": ") else { continue };
            let Some(state) = compiled.state_named(state) else { continue };
            let written = &compiled.definition.states.at(state).terms;
            let dues = compiled.dues.get(state).into_iter().flatten();
            let found = written.iter().zip(dues).find(|(term, _)| *term.key == *key);
            all.extend(found.filter(|(_, due)| follows(due)).map(|(_, due)| (state, due, at)));
        }
        Self { compiled, running, told: all, at }
    }

    /// Lets the terms that run be due as the values say that the case now has; whether that is what is known of them.
    pub fn are_met(&self, again: &mut Replay<'_>, nothing: &Doubt) -> bool {
        if self.running.is_empty() {
            return true;
        }
        let meter = Meter::call(&self.compiled.limits);
        let mut moved = Vec::new();
        let situation = again.situation();
        let are_met = self.running.iter().all(|(place, due)| {
            let Some(term) = situation.terms.get(*place) else { return true };
            match terms::worked_out(self.compiled, situation, term.state, due, &meter) {
                Some(date) if term.due.is_none() => {
                    moved.push((*place, date));
                    true
                }
                Some(date) => term.due == date,
                None => true,
            }
        });
        moved.retain(|(_, date)| date.is_some());
        if are_met && !moved.is_empty() {
            let terms = again.change().terms.change();
            for (place, date) in moved {
                terms.get_mut(place).into_iter().for_each(|term| term.due = date);
            }
        }
        nothing.spend(meter.used().0);
        are_met
    }

    /// Values of a fact that lead to the dates that are told of, as far as the one moves with the other.
    pub fn values(&self, base: &Situation, id: FactId, shape: &Shape) -> Vec<Value> {
        /// Of more dates than these it is not asked.
        const MOST: usize = 8;
        let rules = &self.compiled.rules;
        let told = self.told.iter().filter(|(_, due, _)| match due {
            Due::By(named) => named.reads(rules).facts.contains(&id),
            Due::After(_) | Due::Never => false,
        });
        let found = told.take(MOST).filter_map(|(state, due, at)| {
            let place = Place { dated: self, base, id, shape, state: *state, due };
            place.solved(at.microseconds())
        });
        found.collect()
    }
}

/// One fact, and one date that follows from it.
struct Place<'a> {
    dated: &'a Dated<'a>,
    base: &'a Situation,
    id: FactId,
    shape: &'a Shape,
    state: StateId,
    due: &'a Due,
}

impl Place<'_> {
    /// The date that a value leads to.
    fn date(&self, value: &Value) -> Option<i64> {
        let compiled = self.dated.compiled;
        let mut situation = self.base.clone();
        situation.set_fact(self.id, Some(value.clone()));
        if !self.base.is_active(self.state) {
            situation.past.entered.insert(self.state, self.dated.at);
        }
        let meter = Meter::call(&compiled.limits);
        let date = terms::worked_out(compiled, &situation, self.state, self.due, &meter)?;
        date.map(DateTime::microseconds)
    }

    /// The value that leads to a date: moved by what the date lacks, as one step moves it.
    fn solved(&self, target: i64) -> Option<Value> {
        let zone = &self.dated.compiled.definition.zone;
        let day = || Some(DateTime::from_microseconds(target)?.in_zone(zone).date().days());
        let entered = self.base.past.entered.get(&self.state);
        let from = entered.filter(|_| self.base.is_active(self.state)).unwrap_or(&self.dated.at);
        let length = target.checked_sub(from.microseconds())?;
        match &self.shape.kind {
            Kind::Date => {
                self.near(target, day()?, DAY, |days| Date::from_days(days).map(Value::Date))
            }
            Kind::DateTime => self.near(target, target, 1, |at| {
                Some(Value::DateTime(DateTime::from_microseconds(at)?.in_zone(zone)))
            }),
            Kind::Integer | Kind::Number => {
                let whole = |number| Some(Value::Integer(number));
                let least = self.shape.minimum.and_then(crate::value::Number::to_i64);
                let start = least.unwrap_or(0);
                let step = |number: i64| self.date(&self.admitted(whole(number)?)?);
                let moved = step(start.checked_add(1)?)?.checked_sub(step(start)?)?;
                if moved == 0 { None } else { self.near(target, start, moved, whole) }
            }
            Kind::Duration => {
                let days = length.checked_div(DAY)?;
                let civil = |days| Duration::days(days).map(Value::Duration);
                let exact = |length| Some(Value::Duration(Duration::exact(length)));
                let found = self.near(target, days, DAY, civil);
                found.or_else(|| self.near(target, length, 1, exact))
            }
            _ => None,
        }
    }

    fn admitted(&self, value: Value) -> Option<Value> {
        self.shape.admit(value, &self.dated.compiled.definition.zone).ok()
    }

    fn near(
        &self,
        target: i64,
        start: i64,
        step: i64,
        value: impl Fn(i64) -> Option<Value>,
    ) -> Option<Value> {
        let mut here = start;
        for _ in 0..ROUNDS {
            let found = self.admitted(value(here)?)?;
            let lacks = target.checked_sub(self.date(&found)?)?;
            if lacks == 0 {
                return Some(found);
            }
            // At least one step: what is left of one is the hour that a day has more or less.
            let steps = lacks.checked_div(step)?;
            let one = lacks.signum().checked_mul(step.signum())?;
            here = here.checked_add(if steps == 0 { one } else { steps })?;
        }
        None
    }
}
