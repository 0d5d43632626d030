//! One entry decided anew where values were erased that it may depend on: it holds if some values could lead to it.

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::Value as Json;

use crate::case::answer::Outcome;
use crate::case::contract::{self, Erased};
use crate::case::decision::Decision;
use crate::case::describe;
use crate::case::event::Event;
use crate::case::ids::AnsweredIds;
use crate::case::replay::{Place, Replay};
use crate::case::situation::{Sent, Situation};
use crate::case::step_log::{StepLog, StepTrigger};
use crate::case::terms;
use crate::journal::adopt;
use crate::journal::input::Input;
use crate::journal::line::Line;
use crate::rule::Meter;
use crate::rule::doubt::{Asked, Doubt, Erasures, Marks, Stated};
use crate::table::{FactId, TransitionId};
use crate::value::{DateTime, Value, brief};
use crate::workflow::chart::ROOT;
use crate::workflow::{Compiled, Workflow};

/// How many ways of what could have been are tried of one entry.
const MOST: usize = 64;

/// An entry of which not everything is known that it may depend on.
pub(crate) struct Doubtful<'a> {
    pub workflow: &'a Workflow,
    pub line: &'a Line,
    /// The members of the entry.
    pub entry: Json,
    pub input: &'a Input,
    /// What came in that was not erased, and what could be found out.
    pub event: Option<Event>,
    pub erased: Erased,
    pub erasures: Erasures,
    /// Facts that are not known only because what the event brought was erased.
    came: BTreeSet<FactId>,
    /// Where in a whole a case begins that is gone through by itself.
    pub place: Option<Place>,
}

/// What came of an attempt.
pub(crate) struct Attempt {
    pub act: Arc<StepLog>,
    pub situation: Arc<Situation>,
    pub described: Decision,
    pub ids: AnsweredIds,
    pub place: Option<Place>,
}

/// An entry that holds: how the case stands behind it, and what is not known from there on.
pub(crate) struct Held {
    pub attempt: Attempt,
    pub situation: Situation,
    pub erasures: Erasures,
    /// Whether nothing of it depends on what was erased.
    pub is_sure: bool,
    /// Whether anything was supposed of what was erased or read it, and what rules asked for of it.
    pub is_supposed: bool,
    pub asked: Asked,
    /// Events that may have been sent to other cases of a whole, and how many were by now.
    pub tells: BTreeSet<Arc<str>>,
    pub sends: u64,
}

/// Why an attempt came to nothing.
enum Failed {
    /// As far as it was supposed so.
    So(String),
    /// Whatever was erased.
    Surely(String),
}

/// What came of an entry.
pub(crate) enum Found {
    Holds(Box<Held>),
    /// More could have been than was tried.
    Open,
}

impl<'a> Doubtful<'a> {
    /// Reads an entry; `before` is how the case stood, unless it begins.
    pub fn new(
        workflow: &'a Workflow,
        line: &'a Line,
        input: &'a Input,
        erasures: &Erasures,
        before: Option<&Situation>,
    ) -> Result<Self, String> {
        let compiled = workflow.compiled();
        let entry: Json = serde_json::from_str(line.core()).unwrap_or_default();
        let (mut facts, mut data) = (BTreeSet::new(), BTreeSet::new());
        for path in line.erased() {
            if let Some(name) = path.strip_prefix("facts.") {
                facts.insert(name.to_owned());
            } else if let Some(name) = path.strip_prefix("data.") {
                data.insert(name.to_owned());
            }
        }
        let mut this = Self {
            workflow,
            line,
            entry,
            input,
            event: None,
            erased: Erased::default(),
            erasures: erasures.clone(),
            came: BTreeSet::new(),
            place: None,
        };
        match input {
            Input::Start { .. } => {
                for name in &facts {
                    let id = compiled.rules.fact_named(name);
                    let id = id.filter(|id| compiled.definition.facts.at(*id).value.is_none());
                    let id = id.ok_or_else(|| {
                        format!("carries the fact `{}`, which cannot be set", brief(name))
                    })?;
                    this.erasures.facts.insert(id);
                }
            }
            Input::Event { event, nameless, .. } => {
                let problem = |problems: Vec<crate::error::Problem>| {
                    let described: Vec<String> = problems.iter().map(ToString::to_string).collect();
                    format!("is answered with an error: {}", described.join("; "))
                };
                this.erased = contract::check_erased(compiled, &event.name, &facts, &data)
                    .map_err(problem)?;
                let mut event = Event::clone(event);
                if let Some(before) = before {
                    this.find_out(&mut event, before);
                }
                if *nameless {
                    let id = event.actor.as_ref().and_then(|actor| actor.id.clone());
                    this.erasures.persons.0.extend(id);
                }
                this.came = this.erased.facts.difference(&erasures.facts).copied().collect();
                this.erasures.facts.extend(&this.erased.facts);
                this.event = Some(event);
            }
            Input::Step { .. } | Input::Inside { .. } => {}
        }
        Ok(this)
    }

    /// A fact that no action sets has behind the step what the event reported: what it was changed to, or what it was.
    fn find_out(&mut self, event: &mut Event, before: &Situation) {
        if self.text("outcome") != "moved" {
            return;
        }
        let compiled = self.workflow.compiled();
        let erased = std::mem::take(&mut self.erased.facts);
        for id in erased {
            let name = compiled.definition.facts.at(id).name.as_str();
            let value = match self.changed(name) {
                Some(after) => after.flatten(),
                None => before.facts.get(id),
            };
            match value.filter(|_| !compiled.rules.is_set(id)) {
                Some(value) => drop(event.facts.insert(name.to_owned(), value)),
                None => drop(self.erased.facts.insert(id)),
            }
        }
    }

    /// What a fact was changed to: `None` where it was not, `Some(None)` where that was erased.
    fn changed(&self, name: &str) -> Option<Option<Option<Value>>> {
        let path = format!("changed.{name}");
        self.line.digest(&path)?;
        let change = self.line.private(&path).map(|change| {
            let change: Json = serde_json::from_str(change).unwrap_or_default();
            change.get("after").and_then(|after| Value::from_wire(after).ok())
        });
        Some(change)
    }

    pub fn text(&self, key: &str) -> &str {
        self.entry.get(key).and_then(Json::as_str).unwrap_or_default()
    }

    pub fn time(&self, key: &str) -> Option<DateTime> {
        self.entry.get(key).and_then(Json::as_str).and_then(DateTime::from_wire_text)
    }

    /// What is supposed first.
    pub fn stated(&self) -> Stated {
        let list = |key: &str| self.entry.get(key).and_then(Json::as_array).into_iter().flatten();
        let undecided = list("reasons").filter(|reason| {
            reason.get("unknown").and_then(Json::as_array).is_some_and(|names| !names.is_empty())
        });
        let due = self.entry.get("due").and_then(Json::as_object).into_iter().flatten();
        let due = due
            .filter_map(|(term, at)| Some((term.clone(), DateTime::from_wire_text(at.as_str()?)?)));
        Stated {
            taken: list("taken").map(spelt).collect(),
            undecided: undecided.filter_map(|reason| reason.get("transition").map(spelt)).collect(),
            due: due.collect(),
            is_failed: self.text("outcome") == "failed",
        }
    }

    /// Tries what could have been until one comes to what the entry says. `differs` is how an attempt differs from it.
    pub fn judge(
        &self,
        before: Option<&Replay>,
        mut differs: impl FnMut(&Attempt, &Doubt) -> Option<String>,
    ) -> Result<Found, String> {
        if let Some(before) = before {
            self.came_from_something(before.situation())?;
        }
        let doubt = Doubt::new(&self.erasures, self.erased.data.clone(), self.stated());
        let most = self.workflow.compiled().limits.call_operations;
        // What comes in may be what was there and erased, refused or not.
        let rules = &self.workflow.compiled().rules;
        let mut brought = self.event.iter().flat_map(|event| event.facts.keys());
        let is_erased = |name: &String| {
            rules.fact_named(name).is_some_and(|id| self.erasures.facts.contains(&id))
        };
        let (mut first, mut may_drop) = (None, brought.any(is_erased));
        let mut is_signed = self.entry.get("signatures").is_some();
        for number in 1.. {
            doubt.begin(!self.erased.facts.is_empty());
            let found = self.attempt(before, &doubt);
            // What was erased may have been what it is set to, and then nothing that was signed for it drops.
            may_drop |= doubt.marks().is_set;
            let found = found.and_then(|attempt| {
                let settable = settable(self.workflow.compiled(), &attempt.act);
                may_drop |= self.erasures.facts.iter().any(|id| settable.contains(id));
                is_signed |= !attempt.situation.signatures.is_empty();
                differs(&attempt, &doubt).map_or(Ok(attempt), |message| Err(Failed::So(message)))
            });
            match found {
                Ok(attempt) => return self.settle(attempt, &doubt),
                // What fails before anything is supposed fails whatever was erased.
                Err(Failed::Surely(message)) => return Err(message),
                Err(Failed::So(message)) => drop(first.get_or_insert(message)),
            }
            // Together they cost what one call may.
            if !doubt.next() {
                break;
            }
            if number == MOST || doubt.spent() > most {
                doubt.give_up();
                break;
            }
        }
        if doubt.is_partial() || self.may_signatures_differ(before, may_drop, is_signed) {
            return Ok(Found::Open);
        }
        Err(first.unwrap_or_default())
    }

    /// What was erased and is not known was something, unless a script may have forgotten it.
    fn came_from_something(&self, before: &Situation) -> Result<(), String> {
        let rules = &self.workflow.compiled().rules;
        for part in self.line.parts() {
            let (Some(name), Some(change)) = (part.path.strip_prefix("changed."), part.value)
            else {
                continue;
            };
            let change: Json = serde_json::from_str(change).unwrap_or_default();
            let is_something = rules.fact_named(name).is_some_and(|id| {
                self.erasures.facts.contains(&id)
                    && !self.came.contains(&id)
                    && !self.erasures.unset.contains(&id)
                    && !before.facts.is_known(id)
            });
            if is_something && change.get("before").is_some_and(Json::is_null) {
                return Err(format!("says that `{}` was nothing, which it was not", brief(name)));
            }
        }
        Ok(())
    }

    /// Whether a signature still stands depends on who gave it and on what for; what could have been of that is not tried.
    /// `may_drop` is whether a fact was set that was erased before or then, `is_signed` whether somebody signs.
    fn may_signatures_differ(
        &self,
        before: Option<&Replay>,
        may_drop: bool,
        is_signed: bool,
    ) -> bool {
        let Some(before) = before else { return false };
        let mut given =
            before.situation().signatures.values().flat_map(|waiting| &waiting.given).peekable();
        let sender = self.event.as_ref().and_then(|event| event.actor.as_ref()?.id.as_deref());
        let is_stand_in = |id: &str| self.erasures.persons.is_stand_in(id);
        (given.peek().is_some() || is_signed)
            && (may_drop
                || !self.erased.data.is_empty()
                || !self.erasures.signed.is_empty()
                || sender.is_some_and(is_stand_in)
                || given.any(|one| is_stand_in(&one.actor)))
    }

    /// Decides the entry anew, under what is supposed.
    fn attempt(&self, before: Option<&Replay>, doubt: &Doubt) -> Result<Attempt, Failed> {
        let done = |again: Replay, act| Attempt {
            act,
            situation: Arc::clone(again.shared()),
            ids: again.ids().clone(),
            place: again.place().cloned(),
            described: again.described,
        };
        let doubtful = || doubt.supposes();
        let because =
            |message| if doubtful() { Failed::So(message) } else { Failed::Surely(message) };
        let failed =
            |problems: &[crate::error::Problem]| because(super::discrepancy::failed(problems));
        if let Input::Start { at, facts } = self.input {
            if before.is_some() {
                return Err(because("begins the case a second time".to_owned()));
            }
            let place = self.place.clone();
            let (again, act) = Replay::start_at(self.workflow, *at, facts, place, Some(doubt))
                .map_err(|found| failed(&found))?;
            return Ok(done(again, act));
        }
        let Some(before) = before else {
            return Err(because("does not begin the case".to_owned()));
        };
        let mut again = before.under(doubt);
        match (self.input, &self.event) {
            (Input::Event { at, .. }, Some(event)) => {
                if let Some(act) = again.before(*at).map_err(|found| failed(&[found]))? {
                    return Err(because(super::discrepancy::too_early(
                        &describe::described(&act).record,
                    )));
                }
                let act = again
                    .event(event, self.erased.clone())
                    .map_err(|decision| failed(&decision.problems))?;
                Ok(done(again, act))
            }
            (Input::Step { at, name }, _) => {
                self.suppose(&mut again, doubt, name);
                match again.step(*at, name).map_err(|found| failed(&[found]))? {
                    Some(act) => Ok(done(again, act)),
                    None => {
                        let message =
                            format!("says that `{}` was due, and nothing was", brief(name));
                        Err(because(message))
                    }
                }
            }
            _ => Err(because("begins the case a second time".to_owned())),
        }
    }

    /// A term whose date is not known, and an event that may have been sent, fall due when the entry says so.
    fn suppose(&self, again: &mut Replay, doubt: &Doubt, name: &str) {
        let compiled = self.workflow.compiled();
        let Some(of) = self.time("of") else { return };
        let of = of.in_zone(&compiled.definition.zone);
        if self.text("kind") == "sent" {
            if self.erasures.sent.contains(name) && doubt.choose(2) == 1 {
                doubt.raises();
                let sent = Sent::own(Arc::from(name), of, BTreeMap::new());
                // In front of those of the same instant: it is its turn.
                again.change().sent.change().insert(0, sent);
            }
            return;
        }
        let called = format!("{}: {name}", self.text("state"));
        let situation = again.change();
        let place = situation.terms.iter().position(|term| {
            terms::called(compiled, term.state, term.index) == called && term.due != Some(of)
        });
        let Some(term) = place.and_then(|place| situation.terms.get(place)).cloned() else {
            return;
        };
        let dues = compiled.dues.get(term.state);
        let due = dues.and_then(|dues| dues.get(term.index as usize));
        let is_doubtful =
            due.is_some_and(|due| terms::is_doubtful(compiled, situation, doubt, due));
        if is_doubtful
            && let Some(term) = place.and_then(|place| situation.terms.change().get_mut(place))
        {
            doubt.touches();
            term.due = Some(of);
        }
    }

    /// What is known behind an entry that holds: what it says a fact was changed to is that, and what it does not say was
    /// changed is as it was.
    fn settle(&self, attempt: Attempt, doubt: &Doubt) -> Result<Found, String> {
        let compiled = self.workflow.compiled();
        let mut situation = Situation::clone(&attempt.situation);
        let mut erasures = self.erasures.clone();
        erasures.facts = doubt.facts();
        let Marks { is_touched, is_read, is_raised, sends, tells, writes, .. } = doubt.marks();
        let moved = self.text("outcome") == "moved";
        let is_kept = moved || self.text("outcome") == "started";
        if !is_kept {
            // What was refused is not kept, nor is what scripts did that did not hold.
            erasures.facts = self.erasures.facts.difference(&self.came).copied().collect();
        }
        let mut found = false;
        let mut known: BTreeSet<FactId> = BTreeSet::new();
        for id in &erasures.facts {
            if situation.facts.is_known(*id) {
                known.insert(*id);
                continue;
            }
            let fact = compiled.definition.facts.at(*id);
            let value = match self.changed(fact.name.as_str()) {
                Some(None) => continue,
                // It was forgotten.
                Some(Some(None)) if !writes.contains(id) => {
                    let name = brief(fact.name.as_str());
                    return Err(format!("says that `{name}` was forgotten, by nothing"));
                }
                Some(Some(None)) => {
                    known.insert(*id);
                    continue;
                }
                Some(Some(Some(value))) => {
                    Some(fact.shape.admit(value, &compiled.definition.zone).map_err(|_| {
                        let name = fact.name.as_str();
                        format!("says that `{name}` was changed to what it is not declared as")
                    })?)
                }
                None if moved => attempt.act.before.facts.get(*id),
                None => None,
            };
            if let Some(value) = value {
                situation.set_fact(*id, Some(value));
                known.insert(*id);
                found = true;
            }
        }
        erasures.facts.retain(|id| !known.contains(id));
        if moved {
            // What came in is something.
            erasures.unset.retain(|id| !self.erased.facts.contains(id));
        }
        if is_kept {
            erasures.unset.extend(writes);
        }
        erasures.unset.retain(|id| erasures.facts.contains(id));
        if !moved {
            erasures.persons.0.retain(|id| {
                !matches!(&self.event, Some(event) if event.actor.as_ref().is_some_and(|actor| actor.id.as_ref() == Some(id)))
            });
        }
        erasures.sent.extend(sends);
        let sends = attempt.place.as_ref().map_or(0, |place| place.sends);
        erasures.past |= is_raised;
        if !self.erased.data.is_empty() {
            erasures.signed.extend(situation.signatures.keys());
        }
        erasures.signed.retain(|id| situation.signatures.contains_key(id));
        if found && !situation.ended {
            doubt.begin(false);
            let meter = Meter::call(&compiled.limits);
            let dated = terms::refresh(compiled, None, &mut situation, Some(doubt), &meter);
            dated
                .map_err(|fault| format!("leads to a term whose date fails: {}", fault.message))?;
        }
        let is_sure = !is_touched && self.erased.is_empty();
        // What is unknown to the rules here was known to them, and they may have told of it otherwise.
        let (is_supposed, asked) = (is_touched || is_read, doubt.asked());
        Ok(Found::Holds(Box::new(Held {
            attempt,
            situation,
            erasures,
            is_sure,
            is_supposed,
            asked,
            tells,
            sends,
        })))
    }
}

/// A transition in the words of an entry, as it is called where it is looked for.
pub(super) fn spelt(way: &Json) -> String {
    let text = |key: &str| way.get(key).and_then(Json::as_str).unwrap_or_default();
    let to = way.get("to").and_then(Json::as_array).into_iter().flatten();
    let to: Vec<&str> = to.map(|name| name.as_str().unwrap_or_default()).collect();
    format!("{}\n{}\n{}\n{}", text("from"), text("on"), text("id"), to.join("\n"))
}

/// What of an entry may differ from an attempt, since it was erased or follows from what was.
pub(crate) struct Excuses<'a> {
    workflow: &'a Compiled,
    doubt: &'a Doubt,
    marks: Marks,
    /// As the transitions were asked.
    asked: Situation,
    /// Whether any of those that are told of asks for what was erased: then not the same may have been read for it.
    is_told: bool,
    act: &'a StepLog,
    /// Transitions whose reasons may be others, as the entry calls them.
    doubtful: OnceCell<BTreeSet<String>>,
    /// Facts that the event carried, or a script set that ran.
    settable: BTreeSet<FactId>,
}

impl<'a> Excuses<'a> {
    pub fn new(workflow: &'a Compiled, doubt: &'a Doubt, act: &'a StepLog) -> Self {
        let asked = act.asked();
        let is_told = is_told(workflow, doubt, act, &asked);
        let settable = settable(workflow, act);
        let (marks, doubtful) = (doubt.marks(), OnceCell::new());
        Self { workflow, doubt, marks, asked, is_told, act, doubtful, settable }
    }

    /// Whether a fact may have been changed so: it was or is erased, something can have set it, and what is known of it from
    /// before is what it was.
    fn is_change(&self, name: &str, theirs: Option<&str>) -> bool {
        let Some(id) = self.workflow.rules.fact_named(name) else { return false };
        let is_erased = self.doubt.is_erased_before(id) || self.doubt.facts().contains(&id);
        if !self.settable.contains(&id) || !is_erased {
            return false;
        }
        let Some(theirs) = theirs else { return true };
        let change: Json = serde_json::from_str(theirs).unwrap_or_default();
        let from = change.get("before").and_then(|from| Value::from_wire(from).ok());
        let was = self.act.before.facts.get(id);
        let may_be = from.is_some() || self.doubt.is_unset_before(id);
        was == from || was.is_none() && self.doubt.is_erased_before(id) && may_be
    }

    /// Whether what is said of a member says the same but for what was erased.
    pub fn member(&self, key: &str, theirs: Option<&str>, ours: Option<&str>) -> bool {
        let read = |json: Option<&str>| -> Json {
            json.and_then(|json| serde_json::from_str(json).ok()).unwrap_or_default()
        };
        let (theirs, ours) = (read(theirs), read(ours));
        match key {
            "held" | "reasons" => self.reasons(list(&theirs), list(&ours)),
            "due" => {
                let (Some(theirs), Some(ours)) = (object(&theirs), object(&ours)) else {
                    return false;
                };
                let names: BTreeSet<&String> = theirs.keys().chain(ours.keys()).collect();
                names.into_iter().all(|name| {
                    theirs.get(name) == ours.get(name) || self.marks.dates.contains(name)
                })
            }
            // Those that surely were emitted, in their order, and between them what may have been.
            "emitted" => {
                let mut ours = list(&ours).iter().peekable();
                let may =
                    |name: &Json| name.as_str().is_some_and(|name| self.marks.emits.contains(name));
                list(&theirs).iter().all(|name| ours.next_if_eq(&name).is_some() || may(name))
                    && ours.next().is_none()
            }
            "problems" => self.marks.is_failed,
            _ => false,
        }
    }

    /// Reasons of the same transitions, each the same if nothing that it tells of was erased.
    fn reasons(&self, theirs: &[Json], ours: &[Json]) -> bool {
        theirs.len() == ours.len()
            && theirs.iter().zip(ours).all(|(theirs, ours)| {
                if theirs == ours {
                    return true;
                }
                let way = theirs.get("transition").unwrap_or(&Json::Null);
                let is_same = !way.is_null() && Some(way) == ours.get("transition");
                is_same && self.doubtful.get_or_init(|| self.doubtful_ways()).contains(&spelt(way))
            })
    }

    /// What was tried and asks for what was erased, as the entry calls it.
    fn doubtful_ways(&self) -> BTreeSet<String> {
        let (found, rules) = (&self.act.found, &self.workflow.rules);
        let tried = found.open.iter().chain(found.refused.iter().map(|(id, _)| id));
        let rest = found.rest.as_deref();
        let hidden = rest.into_iter().flat_map(|rest| &rest.hidden).map(|(id, _)| id);
        let is_doubtful = |id: &TransitionId| {
            let transition = self.workflow.definition.transitions.at(*id);
            let asks_who = !(transition.not_by.is_empty() && transition.signed_by.is_empty());
            asks_who && (self.doubt.persons.is_any() || self.doubt.is_past_doubtful())
                || self.doubt.touches_transition(rules, *id, &self.asked.facts)
        };
        let all: BTreeSet<TransitionId> =
            tried.chain(found.signed()).chain(hidden).copied().collect();
        let event = self.act.event().map(|event| &*event.name);
        let ids = all.into_iter().filter(is_doubtful);
        adopt::called(self.workflow, ids, event).into_keys().collect()
    }

    /// Whether a name may have had a value: what is known has its own.
    fn is_value(&self, name: &str, json: &str) -> bool {
        let rules = &self.workflow.rules;
        let known = match (rules.fact_named(name), rules.parameter_named(name)) {
            (Some(id), _) => self.asked.facts.get(id),
            (_, Some(id)) => Some(rules.parameter(id).clone()),
            (None, None) => None,
        };
        let value = Value::from_wire_text(json).ok();
        value.is_some() && (known.is_none() || known == value)
    }

    /// Whether a private part may say something else, or not be there on one side.
    pub fn part(&self, path: &str, theirs: Option<&str>, ours: Option<&str>) -> bool {
        let (kind, name) = path.split_once('.').unwrap_or((path, ""));
        let rules = &self.workflow.rules;
        match kind {
            "changed" => self.is_change(name, theirs),
            "read" => {
                if self.is_told && (theirs.is_none() || ours.is_none()) {
                    return theirs.is_none_or(|theirs| self.is_value(name, theirs));
                }
                let end = name.find(|letter: char| !(letter.is_alphanumeric() || letter == '_'));
                let word = name.get(..end.unwrap_or(name.len())).unwrap_or_default();
                match word {
                    "event" | "who" | "count" | "last" => {
                        self.marks.is_touched || self.doubt.persons.may_be(theirs, ours)
                    }
                    _ => self.doubt.touches_named(rules, word, &self.asked.facts),
                }
            }
            "emitted" => !self.marks.emits.is_empty(),
            "problems" => self.marks.is_failed,
            // Who it was is known here, or by a stand-in alone.
            "signed" | "dropped" => self
                .doubt
                .persons
                .0
                .iter()
                .any(|id| ours.is_some_and(|ours| ours.contains(id.as_str()))),
            _ => false,
        }
    }
}

/// Whether any of the transitions that are told of asks for what was erased, if only to say why it is refused.
fn is_told(workflow: &Compiled, doubt: &Doubt, act: &StepLog, asked: &Situation) -> bool {
    let found = &act.found;
    let refused = found.refused.iter().map(|(id, _)| id);
    let mut described = found.open.iter().chain(found.signed()).chain(refused);
    described.any(|id| doubt.touches_transition(&workflow.rules, *id, &asked.facts))
}

/// Notes whether what is told of an attempt, which is what the entry says, rests on what was erased.
pub(crate) fn note_reads(workflow: &Compiled, doubt: &Doubt, act: &StepLog) {
    if is_told(workflow, doubt, act, &act.asked()) {
        doubt.reads();
    }
}

/// Facts that can have changed in a step: the event carried them, or a script set them that ran.
fn settable(workflow: &Compiled, act: &StepLog) -> BTreeSet<FactId> {
    let mut settable = BTreeSet::new();
    if !matches!(act.outcome, Outcome::Moved | Outcome::Started) {
        return settable;
    }
    if let StepTrigger::Event(incoming) = &act.origin {
        settable.extend(incoming.accepted.facts.iter().map(|(id, _)| *id));
        settable.extend(&incoming.accepted.erased().facts);
    }
    let trace = &act.trace;
    let ended = if act.after.ended { &*act.after.active } else { &[] };
    let begins = matches!(act.origin, StepTrigger::Start(_));
    let entered = trace.entered.iter().copied().chain(begins.then_some(ROOT));
    let left = trace.left.iter().chain(ended).copied();
    for program in adopt::ran(workflow, left, entered, trace.taken.iter().copied()) {
        settable.extend(&program.writes);
    }
    settable
}

fn list(json: &Json) -> &[Json] {
    json.as_array().map_or(&[], Vec::as_slice)
}

/// An object; what is not there is an empty one.
fn object(json: &Json) -> Option<serde_json::Map<String, Json>> {
    match json {
        Json::Object(members) => Some(members.clone()),
        Json::Null => Some(serde_json::Map::new()),
        _ => None,
    }
}
