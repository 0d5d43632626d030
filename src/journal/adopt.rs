//! How a case stands behind an entry of which more could have been than was tried: as the entry itself says, where nothing
//! that is known speaks against it. What it does not say and cannot be told is erased from there on, and everything else is
//! known: so the next entries are decided anew again.

mod signatures;

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value as Json;

use crate::case::contract::Accepted;
use crate::case::situation::{FailedTimer, Situation, TimerRef};
use crate::case::{contract, describe, terms};
use crate::definition::model::StateKind;
use crate::journal::doubt::{Doubtful, spelt};
use crate::journal::input::{Input, NOT_INSIDE};
use crate::rule::doubt::{ActionEffects, Doubt, Erasures};
use crate::rule::{Meter, Program};
use crate::table::{FactId, StateId, TransitionId};
use crate::value::{DateTime, Value, brief};
use crate::workflow::chart::ROOT;
use crate::workflow::{Compiled, naming};

/// How a case stands, and what is not known of that.
pub(crate) struct Adopted {
    pub situation: Situation,
    pub erasures: Erasures,
    /// The event that the entry answers.
    pub accepted: Option<Accepted>,
}

/// What an entry says of a fact.
enum Said {
    /// Nothing: it is as it was.
    Unchanged,
    /// That it was changed, and no more.
    Changed,
    /// What it was, and what it is.
    From(Option<Value>, Option<Value>),
}

/// Goes on from what an entry says, which leads from one configuration to another. `before` is how the case stood, with
/// what was not known of that; `after` what is active behind it. `None` where too little can be told of how the case stands
/// then.
///
/// # Errors
///
/// What cannot be, whatever was erased.
pub(crate) fn adopt(
    doubtful: &Doubtful<'_>,
    before: Option<&Situation>,
    erasures: &Erasures,
    after: &BTreeSet<StateId>,
) -> Result<Option<Adopted>, String> {
    let compiled = doubtful.workflow.compiled();
    let zone = &compiled.definition.zone;
    let failed = |problems: Vec<crate::error::Problem>| super::discrepancy::failed(&problems);
    let mut accepted = None;
    let before = match (doubtful.input, before) {
        (Input::Start { at, facts }, None) => {
            let mut problems = Vec::new();
            let facts = contract::admit_facts(compiled, facts, &mut problems);
            if !problems.is_empty() {
                return Err(failed(problems));
            }
            let mut begun = Situation::beginning(compiled, at.in_zone(zone), &facts);
            doubtful.erasures.facts.iter().for_each(|id| begun.set_fact(*id, None));
            begun
        }
        (Input::Event { .. }, Some(before)) => {
            let Some(event) = &doubtful.event else { return Ok(None) };
            accepted = Some(contract::check(compiled, before, event).map_err(failed)?);
            before.clone()
        }
        (Input::Step { .. }, Some(before)) => before.clone(),
        (Input::Start { .. }, Some(_)) => return Err("begins the case a second time".to_owned()),
        (Input::Inside { .. }, Some(_)) => return Err(NOT_INSIDE.to_owned()),
        (_, None) => return Err("does not begin the case".to_owned()),
    };
    let at = doubtful.input.at();
    let mut this = Adoption {
        doubtful,
        compiled,
        at: at.in_zone(zone),
        situation: Situation { time: at.in_zone(zone), ..before.clone() },
        unknown: match doubtful.input {
            Input::Start { .. } => doubtful.erasures.facts.clone(),
            _ => erasures.facts.clone(),
        },
        before,
        erasures: erasures.clone(),
        accepted,
        effects: ActionEffects::default(),
        writes: BTreeSet::new(),
        called: OnceCell::new(),
        is_set: false,
    };
    let is_known = this.all(after)?;
    let Adoption { situation, erasures, accepted, .. } = this;
    Ok(is_known.then_some(Adopted { situation, erasures, accepted }))
}

/// Transitions as an entry calls them that answers an event. Cost: `n log n` in these.
pub(crate) fn called(
    compiled: &Compiled,
    ids: impl IntoIterator<Item = TransitionId>,
    event: Option<&str>,
) -> BTreeMap<String, Vec<TransitionId>> {
    let mut called: BTreeMap<String, Vec<TransitionId>> = BTreeMap::new();
    for id in ids {
        called
            .entry(naming::spelt(&naming::transition_ref(compiled, id, event)))
            .or_default()
            .push(id);
    }
    called
}

/// The scripts that ran in a step: of what was left, entered and taken.
pub(crate) fn ran(
    compiled: &Compiled,
    left: impl IntoIterator<Item = StateId>,
    entered: impl IntoIterator<Item = StateId>,
    taken: impl IntoIterator<Item = TransitionId>,
) -> impl Iterator<Item = &Program> {
    let rules = &compiled.rules;
    let mut programs: Vec<Option<&Program>> = Vec::new();
    programs.extend(left.into_iter().map(|state| rules.exit(state)));
    for state in entered {
        let row = compiled.chart.states.at(state);
        programs.push(rules.entry(state));
        programs.push(rules.initial_actions(state));
        programs.extend(row.histories.iter().map(|history| rules.initial_actions(*history)));
    }
    programs.extend(taken.into_iter().map(|id| rules.actions(id)));
    programs.into_iter().flatten()
}

struct Adoption<'a> {
    doubtful: &'a Doubtful<'a>,
    compiled: &'a Compiled,
    at: DateTime,
    /// What came in by a start is in it.
    before: Situation,
    /// Facts that were erased then.
    unknown: BTreeSet<FactId>,
    situation: Situation,
    erasures: Erasures,
    accepted: Option<Accepted>,
    /// What the scripts that ran may have done, and the facts that they set.
    effects: ActionEffects,
    writes: BTreeSet<FactId>,
    /// Transitions by what the entry calls them.
    called: OnceCell<BTreeMap<String, Vec<TransitionId>>>,
    /// Whether a fact was set to something that is not known.
    is_set: bool,
}

impl Adoption<'_> {
    /// Whether enough is known.
    fn all(&mut self, after: &BTreeSet<StateId>) -> Result<bool, String> {
        let doubtful = self.doubtful;
        let outcome = doubtful.text("outcome");
        let is_fitting = match doubtful.input {
            Input::Start { .. } => outcome == "started",
            Input::Event { .. } => ["moved", "blocked", "not_expected"].contains(&outcome),
            Input::Step { .. } if doubtful.text("kind") == "sent" => {
                ["moved", "blocked", "not_expected", "failed"].contains(&outcome)
            }
            Input::Step { .. } => ["moved", "failed"].contains(&outcome),
            Input::Inside { .. } => false,
        };
        if !is_fitting {
            return Err(format!("says `{}` as `outcome`, which cannot be", brief(outcome)));
        }
        if let Input::Step { name, .. } = doubtful.input
            && !self.step(name, outcome)?
        {
            return Ok(false);
        }
        if !["moved", "started"].contains(&outcome) {
            return self.stays().map(|()| true);
        }
        self.erasures.facts.clone_from(&doubtful.erasures.facts);
        self.erasures.persons.clone_from(&doubtful.erasures.persons);
        let (left, entered) = (self.states("left"), self.states("entered"));
        if !self.history(&left) {
            return Ok(false);
        }
        let is_final = |id: &StateId| {
            let row = self.compiled.chart.states.at(*id);
            row.kind == StateKind::Final && row.parent == Some(ROOT)
        };
        let is_ended = after.iter().any(is_final);
        self.ran(&left, &entered, if is_ended { after } else { const { &BTreeSet::new() } });
        self.emitted()?;
        self.situation.active = after.iter().copied().collect();
        if outcome == "started" {
            self.situation.past.entered.insert(ROOT, self.at);
        }
        for state in &entered {
            self.situation.past.entered.insert(*state, self.at);
        }
        self.facts()?;
        if !self.happened() || !self.signatures(&left)? {
            return Ok(false);
        }
        self.sent();
        self.terms(&left, is_ended)?;
        Ok(true)
    }

    /// Nothing moved, and it says so.
    fn stays(&self) -> Result<(), String> {
        let entry = &self.doubtful.entry;
        let found =
            ["due", "emitted", "signatures"].into_iter().find(|key| entry.get(key).is_some());
        let changed = self.doubtful.line.parts().any(|part| part.path.starts_with("changed."));
        match found.or(changed.then_some("changed")) {
            Some(key) => {
                let outcome = brief(self.doubtful.text("outcome"));
                Err(format!("says `{outcome}` as `outcome`, and has `{key}`"))
            }
            None => Ok(()),
        }
    }

    /// The term or sent event that fell due. Whether enough is known of it.
    fn step(&mut self, name: &str, outcome: &str) -> Result<bool, String> {
        let (doubtful, compiled) = (self.doubtful, self.compiled);
        let of = doubtful.time("of").map(|of| of.in_zone(&compiled.definition.zone));
        let not_due = || format!("says that `{}` was due, and nothing was", brief(name));
        let of = of.filter(|of| *of <= self.at).ok_or_else(not_due)?;
        if doubtful.text("kind") == "sent" {
            let mut waiting = self.situation.sent.iter();
            let place = waiting.position(|sent| *sent.event == *name && sent.due == of);
            match place {
                Some(place) => drop(self.situation.sent.change().remove(place)),
                None if self.erasures.sent.contains(name) => {}
                None => return Err(not_due()),
            }
            return Ok(outcome != "failed");
        }
        let called = format!("{}: {name}", doubtful.text("state"));
        let place = self
            .situation
            .terms
            .iter()
            .position(|term| terms::called(compiled, term.state, term.index) == called);
        let term = place.and_then(|place| self.situation.terms.get(place)).cloned();
        let term = term.ok_or_else(not_due)?;
        let doubt = self.doubt();
        let due = compiled.dues.get(term.state).and_then(|dues| dues.get(term.index as usize));
        let is_doubtful =
            due.is_some_and(|due| terms::is_doubtful(compiled, &self.situation, &doubt, due));
        if !is_doubtful && (term.due != Some(of) || !term.is_open()) {
            return Err(not_due());
        }
        if outcome == "failed" {
            let described = doubtful.line.private("problems");
            let described: Vec<String> = described
                .and_then(|described| serde_json::from_str(described).ok())
                .unwrap_or_default();
            let what = TimerRef::Term { state: term.state, index: term.index };
            let problem = described.into_iter().next().unwrap_or_default();
            self.situation.aside.change().push(FailedTimer { what, problem });
        } else if let Some(term) =
            place.and_then(|place| self.situation.terms.change().get_mut(place))
        {
            term.taken.insert(of);
        }
        Ok(true)
    }

    /// The doubt that there is about the facts as they are now.
    fn doubt(&self) -> Doubt {
        let doubt = Doubt::new(&self.erasures, BTreeSet::new(), self.doubtful.stated());
        doubt.begin(self.is_set);
        doubt
    }

    fn list(&self, key: &str) -> impl Iterator<Item = &Json> {
        self.doubtful.entry.get(key).and_then(Json::as_array).into_iter().flatten()
    }

    fn states(&self, key: &str) -> Vec<StateId> {
        let named = self.list(key).filter_map(|name| name.as_str());
        named.filter_map(|name| self.compiled.state_named(name)).collect()
    }

    /// Takes down for the history states of what was left what was active then. Whether that can be told: not where a state
    /// was left twice, or something in it was entered before.
    fn history(&mut self, left: &[StateId]) -> bool {
        let chart = &self.compiled.chart;
        for around in left.iter().copied().collect::<BTreeSet<_>>() {
            let row = chart.states.at(around);
            if row.histories.is_empty() {
                continue;
            }
            let inside =
                || left.iter().filter(|state| **state == around || chart.inside(**state, around));
            let apart: BTreeSet<&StateId> = inside().collect();
            if apart.len() != inside().count()
                || !apart.iter().all(|state| self.before.is_active(**state))
            {
                return false;
            }
            for history in &row.histories {
                let deep = chart.states.at(*history).kind == StateKind::History { deep: true };
                let recorded = self.before.active.iter().copied().filter(|active| {
                    if deep {
                        chart.inside(*active, around)
                            && chart.states.at(*active).children.is_empty()
                    } else {
                        chart.states.at(*active).parent == Some(around)
                    }
                });
                let recorded: Vec<StateId> = recorded.collect();
                self.situation.history.change().insert(*history, recorded);
            }
        }
        true
    }

    /// Takes down what the scripts may have done that ran; `ended` are the states that were active when the case ended.
    fn ran(&mut self, left: &[StateId], entered: &[StateId], ended: &BTreeSet<StateId>) {
        // Each once, however often it was taken.
        let taken: BTreeSet<TransitionId> =
            self.list("taken").flat_map(|way| self.transitions(way)).copied().collect();
        let begins = matches!(self.doubtful.input, Input::Start { .. });
        let entered = entered.iter().copied().chain(begins.then_some(ROOT));
        let left = left.iter().chain(ended).copied();
        for program in ran(self.compiled, left, entered, taken) {
            self.writes.extend(&program.writes);
            self.effects.add(program);
        }
        self.erasures.past |= self.effects.raises;
    }

    /// The transitions that an entry calls so.
    fn transitions(&self, way: &Json) -> &[TransitionId] {
        let called = self.called.get_or_init(|| {
            let event = match (&self.accepted, self.doubtful.input) {
                (Some(accepted), _) => Some(&*accepted.current.name),
                (None, Input::Step { name, .. }) if self.doubtful.text("kind") == "sent" => {
                    Some(name.as_str())
                }
                (None, _) => None,
            };
            called(self.compiled, self.compiled.definition.transitions.ids(), event)
        });
        called.get(&spelt(way)).map_or(&[], Vec::as_slice)
    }

    /// Messages come from scripts that ran.
    fn emitted(&self) -> Result<(), String> {
        let mut names = self.list("emitted").map(|name| name.as_str().unwrap_or_default());
        match names.find(|name| !self.effects.emits.contains(*name)) {
            Some(name) => Err(format!("says that `{}` was emitted, by nothing", brief(name))),
            None => Ok(()),
        }
    }

    /// What an entry says of a fact, in the form in which facts are kept.
    fn said(&self, id: FactId) -> Result<Said, String> {
        let fact = self.compiled.definition.facts.at(id);
        let path = format!("changed.{}", fact.name.as_str());
        let line = self.doubtful.line;
        if line.digest(&path).is_none() {
            return Ok(Said::Unchanged);
        }
        let Some(change) = line.private(&path) else { return Ok(Said::Changed) };
        let wrong = || {
            let name = fact.name.as_str();
            format!("says that `{name}` was changed to or from what it is not declared as")
        };
        let change: Json = serde_json::from_str(change).map_err(|_| wrong())?;
        let read = |key: &str| match change.get(key) {
            None | Some(Json::Null) => Ok(None),
            Some(value) => {
                let value = Value::from_wire(value).map_err(|_| wrong())?;
                let value = fact.shape.admit(value, &self.compiled.definition.zone);
                value.map(Some).map_err(|_| wrong())
            }
        };
        Ok(Said::From(read("before")?, read("after")?))
    }

    /// What the facts are: what scripts set that ran is what the entry says, everything else is what came in or was before.
    fn facts(&mut self) -> Result<(), String> {
        let compiled = self.compiled;
        let definition = &compiled.definition;
        for part in self.doubtful.line.parts() {
            let Some(name) = part.path.strip_prefix("changed.") else { continue };
            let id = compiled.rules.fact_named(name);
            if id.is_none_or(|id| definition.facts.at(id).value.is_some()) {
                return Err(format!("says that `{}` was changed, which is no fact", brief(name)));
            }
        }
        let carried: BTreeMap<FactId, Value> =
            self.accepted.iter().flat_map(|accepted| accepted.facts.iter().cloned()).collect();
        for id in definition.facts.ids() {
            let fact = definition.facts.at(id);
            if fact.value.is_some() {
                continue;
            }
            let name = fact.name.as_str();
            let was = self.before.facts.get(id);
            let is_erased = was.is_none() && self.unknown.contains(&id);
            let may_be_any = self.writes.contains(&id) || self.doubtful.erased.facts.contains(&id);
            // What it must be, where nothing but the event can have set it.
            let must = match carried.get(&id) {
                _ if may_be_any => None,
                Some(carried) => Some(Some(carried.clone())),
                None if is_erased => None,
                None => Some(was.clone()),
            };
            let is_settable = may_be_any || carried.contains_key(&id);
            let (is, is_known) = match self.said(id)? {
                // As it was, even where that is not known.
                Said::Unchanged => {
                    (was.clone().or(must.clone().flatten()), !is_erased || must.is_some())
                }
                _ if !is_settable => {
                    return Err(format!("says that `{name}` was changed, by nothing"));
                }
                Said::Changed => (must.clone().flatten(), must.is_some()),
                Said::From(from, to) if (is_erased || from == was) && from != to => (to, true),
                Said::From(..) => {
                    return Err(format!("says that `{name}` was another than it was"));
                }
            };
            if is_known && must.is_some_and(|must| must != is) {
                return Err(format!("says that `{name}` was changed to another than came in"));
            }
            self.situation.set_fact(id, is);
            if is_known {
                self.erasures.facts.remove(&id);
                self.erasures.unset.remove(&id);
            } else {
                self.is_set |= self.erasures.facts.insert(id) || may_be_any;
                if self.writes.contains(&id) {
                    self.erasures.unset.insert(id);
                } else if self.doubtful.erased.facts.contains(&id) {
                    self.erasures.unset.remove(&id);
                }
            }
        }
        Ok(())
    }

    /// The event was accepted. Whether there is room for who sent it.
    fn happened(&mut self) -> bool {
        let event = match (&self.accepted, self.doubtful.input) {
            (Some(accepted), _) => (&*accepted.current.name, accepted.current.actor.as_ref()),
            (None, Input::Step { name, .. }) if self.doubtful.text("kind") == "sent" => {
                (name.as_str(), None)
            }
            (None, _) => return true,
        };
        let kept = self.compiled.remembered.kept(event.0);
        let most = self.compiled.limits.remembered_persons;
        self.situation.past.events.happen(kept, self.at, event.1, most).is_ok()
    }

    /// What may have been sent or taken back, and what was put aside, which waits again.
    fn sent(&mut self) {
        let ActionEffects { sends, cancels, .. } = &self.effects;
        if !cancels.is_empty() {
            self.situation.sent.change().retain(|sent| !cancels.contains(&sent.event));
        }
        self.erasures.sent.extend(sends.iter().chain(cancels).cloned());
        terms::take_back(&mut self.situation);
    }

    /// The terms of what is active then, those whose dates are known with these.
    fn terms(&mut self, left: &[StateId], is_ended: bool) -> Result<(), String> {
        let compiled = self.compiled;
        self.situation.terms.change().retain(|term| !left.contains(&term.state));
        self.situation.ended = is_ended;
        let doubt = self.doubt();
        if is_ended {
            self.situation.terms.clear();
            self.situation.sent.clear();
            self.situation.aside.clear();
            self.situation.signatures.clear();
            self.erasures.sent.clear();
        } else {
            let meter = Meter::call(&compiled.limits);
            terms::refresh(compiled, None, &mut self.situation, Some(&doubt), &meter)
                .map_err(|fault| format!("leads to a term whose date fails: {}", fault.message))?;
        }
        let ours = describe::moved_terms(compiled, &self.before, &self.situation);
        let ours: BTreeMap<String, DateTime> = ours.into_iter().collect();
        let theirs = self.doubtful.stated().due;
        let dates = doubt.marks().dates;
        let mut names = ours.keys().chain(theirs.keys());
        let other =
            names.find(|name| ours.get(*name) != theirs.get(*name) && !dates.contains(*name));
        match other {
            Some(name) => Err(format!("says another date of the term `{}`", brief(name))),
            None => Ok(()),
        }
    }
}
