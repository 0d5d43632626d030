//! The names in a scenario against its workflow: a typo is a problem of the file, never an expectation that passes.

use std::collections::BTreeMap;

use super::expect::{Blocker, REFUSALS, between, is_between};
use crate::case::Case;
use crate::case::contract;
use crate::case::starting_point::StartingPoint;
use crate::definition::shape::{Kind, Shape};
use crate::diagnostic::{Diagnostic, Report, Span, Spanned, quoted};
use crate::error::ErrorKind;
use crate::value::{DateTime, Duration, Value, Zone};
use crate::workflow::naming::is_term_of;
use crate::workflow::{Compiled, Workflow};

/// The names of one workflow.
#[derive(Clone, Copy)]
pub(super) struct Names<'w> {
    workflow: &'w Workflow,
    /// How the workflow is called, where the file has several.
    within: Option<&'w str>,
}

impl<'w> Names<'w> {
    pub fn new(workflow: &'w Workflow, within: Option<&'w str>) -> Self {
        Self { workflow, within }
    }

    /// The names of a case of a whole, by its address: each group of children must be one of its workflow. Which of them there
    /// are shows when it runs.
    pub fn at(&self, address: &Spanned<String>, report: &mut Report) -> Option<Self> {
        let mut workflow = self.workflow;
        let parts: Vec<&str> = address.split('/').collect();
        if address.is_empty() {
            return Some(*self);
        }
        for pair in parts.chunks(2) {
            let [id, _] = pair else {
                let message = format!("{} does not say which of them", quoted(address));
                let found = self.problem("unknown-invoke", address.span, message);
                report.push(found.hint("an address is `ID/KEY`, such as `boards/north`"));
                return None;
            };
            match workflow.invokes().find(|invoke| invoke.id() == *id) {
                Some(invoke) => workflow = invoke.workflow(),
                None => {
                    let message =
                        format!("{} has no child cases {}", quoted(workflow.id()), quoted(id));
                    let found = self.problem("unknown-invoke", address.span, message);
                    let known: Vec<&str> = workflow.invokes().map(|one| one.id()).collect();
                    report.push_near(found, id, known);
                    return None;
                }
            }
        }
        Some(Self { workflow, within: self.within })
    }

    pub fn zone(&self) -> &'w Zone {
        &self.compiled().definition.zone
    }

    fn compiled(&self) -> &'w Compiled {
        self.workflow.compiled()
    }

    fn problem(&self, code: &'static str, span: Span, message: String) -> Diagnostic {
        match self.within {
            Some(within) => {
                Diagnostic::error(code, span, format!("{message} in {}", quoted(within)))
            }
            None => Diagnostic::error(code, span, message),
        }
    }

    fn unknown<'a>(
        &self,
        code: &'static str,
        what: &str,
        name: &Spanned<String>,
        known: impl IntoIterator<Item = &'a str>,
        report: &mut Report,
    ) {
        let found = self.problem(code, name.span, format!("unknown {what} {}", quoted(name)));
        report.push_near(found, name, known);
    }

    pub fn state(&self, name: &Spanned<String>, report: &mut Report) {
        if self.compiled().state_named(name).is_none() {
            let states = self.compiled().definition.states.rows().iter().skip(1);
            self.unknown(
                "unknown-state",
                "state",
                name,
                states.map(|state| state.name.as_str()),
                report,
            );
        }
    }

    /// A state without others inside.
    pub fn leaf(&self, name: &Spanned<String>, report: &mut Report) {
        let compiled = self.compiled();
        let Some(id) = compiled.state_named(name) else { return self.state(name, report) };
        if !compiled.chart.states.at(id).children.is_empty() {
            let message = format!("{} has states inside, and is no leaf", quoted(name));
            let found = self.problem("bad-states", name.span, message);
            report.push(found.hint("`states` lists the leaf states; write it under `in`"));
        }
    }

    pub fn event(&self, name: &Spanned<String>, report: &mut Report) {
        let compiled = self.compiled();
        let known = match compiled.definition.events {
            Some(_) => contract::governing(compiled, name).is_some(),
            None => compiled.chart.is_heard(name),
        };
        if !known {
            self.unknown("unknown-event", "event", name, contract::known_events(compiled), report);
        }
    }

    fn facts(&self) -> impl Iterator<Item = &'w str> {
        self.compiled().definition.facts.rows().iter().map(|fact| fact.name.as_str())
    }

    pub fn fact(&self, name: &Spanned<String>, report: &mut Report) {
        if self.compiled().rules.fact_named(name).is_none() {
            self.unknown("unknown-name", "fact", name, self.facts(), report);
        }
    }

    /// A fact that can be known from the outset.
    pub fn start_fact(&self, name: &Spanned<String>, report: &mut Report) {
        let compiled = self.compiled();
        let Some(id) = compiled.rules.fact_named(name) else { return self.fact(name, report) };
        if compiled.definition.facts.at(id).value.is_some() {
            let message = format!("the fact {} is derived and cannot be set", quoted(name));
            let found = self.problem("not-carried", name.span, message);
            report.push(found.hint("set the facts that it is computed from"));
        }
    }

    /// A fact that an event may carry.
    pub fn carried(&self, event: &str, name: &Spanned<String>, report: &mut Report) {
        let compiled = self.compiled();
        if compiled.rules.fact_named(name).is_none() {
            return self.fact(name, report);
        }
        let governs = contract::governing(compiled, event);
        let carried = governs.is_some_and(|found| {
            found.sets.iter().chain(&found.required).any(|fact| fact.value == name.value)
        });
        if !carried {
            let message =
                format!("the event {} may not carry the fact {}", quoted(event), quoted(name));
            let found = self.problem("not-carried", name.span, message)
                .hint("its `sets` and `required` say what it carries; `\"answer\": \"error\"` expects the mistake");
            let known =
                governs.into_iter().flat_map(|found| found.sets.iter().chain(&found.required));
            report.push_near(found, name, known.map(|fact| fact.as_str()));
        }
    }

    /// An entry of an event's payload.
    pub fn data(&self, event: &str, name: &Spanned<String>, report: &mut Report) {
        let compiled = self.compiled();
        let Some(governs) = contract::governing(compiled, event) else { return };
        if !governs.data.contains_key(name.as_str()) {
            let known = governs.data.keys().map(String::as_str);
            self.unknown("unknown-name", "payload", name, known, report);
        }
    }

    fn shape(&self, fact: &str) -> Option<&'w Shape> {
        let compiled = self.compiled();
        let id = compiled.rules.fact_named(fact)?;
        Some(&compiled.definition.facts.at(id).shape)
    }

    /// A value that a fact is given.
    pub fn fits(&self, fact: &str, value: &Value, span: Span, report: &mut Report) {
        let Some(shape) = self.shape(fact) else { return };
        for found in shape.admit(value.clone(), self.zone()).err().into_iter().flatten() {
            let message = format!("`{fact}{}` {}", found.path, found.message);
            let mut problem = self.problem("bad-value", span, message);
            problem.hint = found.hint.map(|hint| hint.to_string());
            report.push(problem);
        }
    }

    /// A value that a fact is expected to have. Of records only a part may be written, so these are not held to their type.
    pub fn could_be(&self, fact: &str, value: &Value, span: Span, report: &mut Report) {
        let mut shape = self.shape(fact);
        while let Some(Kind::Array(items)) = shape.map(|shape| &shape.kind) {
            shape = Some(items);
        }
        if shape.is_some_and(|shape| !matches!(shape.kind, Kind::Object(_))) {
            self.fits(fact, value, span, report);
        }
    }

    pub fn factor(&self, name: &Spanned<String>, report: &mut Report) {
        let compiled = self.compiled();
        if compiled.rules.factor_named(name).is_none() {
            let known =
                compiled.definition.factors.rows().iter().map(|factor| factor.name.as_str());
            self.unknown("unknown-name", "factor", name, known, report);
        }
    }

    pub fn role(&self, name: &Spanned<String>, report: &mut Report) {
        let roles = &self.compiled().definition.roles;
        if !roles.contains_key(name.as_str()) {
            self.unknown("unknown-role", "role", name, roles.keys().map(String::as_str), report);
        }
    }

    pub fn roles(&self, names: &[Spanned<String>], report: &mut Report) {
        names.iter().for_each(|name| self.role(name, report));
    }

    /// A role that acts for itself, in the place of one of the file's actors.
    pub fn actor<'a>(
        &self,
        name: &Spanned<String>,
        actors: impl Iterator<Item = &'a str>,
        report: &mut Report,
    ) where
        'w: 'a,
    {
        let roles = &self.compiled().definition.roles;
        if !roles.contains_key(name.as_str()) {
            let message = format!("{} is neither one of `actors` nor a role", quoted(name));
            let found = self
                .problem("unknown-role", name.span, message)
                .hint("declare it under `actors`, or write an object with `id` and `roles`");
            report.push_near(found, name, actors.chain(roles.keys().map(String::as_str)));
        }
    }

    pub fn blocker(&self, blocker: Blocker, name: &Spanned<String>, report: &mut Report) {
        match blocker {
            Blocker::Factors => {
                // A factor may count boolean facts, which are its parts.
                if self.compiled().rules.fact_named(name).is_none() {
                    self.factor(name, report);
                }
            }
            Blocker::Facts => self.fact(name, report),
            Blocker::Unknown | Blocker::Missing => {
                let end = name.find(['.', '[', '(']).unwrap_or(name.len());
                let head = name.get(..end).unwrap_or(name);
                let past = name.as_str().get(end..).is_some_and(|rest| rest.starts_with('('));
                if head != "event" && !past {
                    self.fact(&Spanned::new(head.to_owned(), name.span), report);
                }
            }
            Blocker::Roles => self.role(name, report),
            Blocker::NotBy if name.contains('/') => {}
            Blocker::NotBy => self.event(name, report),
            Blocker::Signature => {
                if !REFUSALS.contains(&name.as_str()) {
                    let message = format!("`signature` cannot be {}", quoted(name));
                    let found = self.problem("bad-word", name.span, message);
                    let hint = format!("it is `{}`", REFUSALS.join("`, `"));
                    report.push_near(found.hint(hint), name, REFUSALS);
                }
            }
            // The text of a rule: it blocks or it does not.
            Blocker::Clauses => {}
        }
    }

    /// A transition by its `id`, or as `from -> to`.
    pub fn transition(&self, name: &Spanned<String>, report: &mut Report) {
        let definition = &self.compiled().definition;
        let known = definition.transitions.rows().iter().any(|transition| {
            let from = definition.states.at(transition.source).name.as_str();
            let to: Vec<&str> = transition.targets.iter().map(|target| target.as_str()).collect();
            transition.id.as_ref().is_some_and(|id| id.value == name.value)
                || is_between(name, &between(from, &to))
        });
        if !known {
            let found = self
                .problem("unknown-name", name.span, format!("unknown transition {}", quoted(name)))
                .hint(
                    "name it by its `id`, or write `from -> to`; without a target `from -> from`",
                );
            let ids = definition.transitions.rows().iter().filter_map(|found| found.id.as_ref());
            report.push_near(found, name, ids.map(|id| id.as_str()));
        }
    }

    /// A term by its key, or as `STATE: KEY`; gives what the workflow calls it: a duration has one text.
    pub fn term(&self, name: &Spanned<String>, report: &mut Report) -> String {
        let (state, key) = name
            .rsplit_once(' ')
            .map_or(("", name.as_str()), |(_, key)| (name.strip_suffix(key).unwrap_or(""), key));
        let called = match Duration::parse(key) {
            Some(duration) => format!("{state}{duration}"),
            None => name.value.clone(),
        };
        let states = self.compiled().definition.states.rows();
        let terms =
            || states.iter().flat_map(|state| state.terms.iter().map(move |term| (state, term)));
        let known = terms().any(|(state, term)| {
            term.key.value == called || is_term_of(&called, state.name.as_str(), term.key.as_str())
        });
        if !known {
            let known = terms().map(|(_, term)| term.key.as_str());
            self.unknown("unknown-name", "term", name, known, report);
        }
        called
    }

    pub fn tag(&self, name: &Spanned<String>, report: &mut Report) {
        let states = self.compiled().definition.states.rows();
        let mut tags = states.iter().flat_map(|state| &state.tags);
        if !tags.any(|tag| *tag == name.value) {
            let known = states.iter().flat_map(|state| &state.tags).map(String::as_str);
            self.unknown("unknown-name", "tag", name, known, report);
        }
    }

    /// Whether a case can be placed there.
    pub fn place(
        &self,
        place: &StartingPoint,
        time: Option<DateTime>,
        facts: &BTreeMap<String, Value>,
        span: Span,
        report: &mut Report,
    ) {
        let Err(error) = Case::placed(self.workflow, time, facts, place) else { return };
        if error.kind() != ErrorKind::Contract {
            return;
        }
        for problem in error.problems().iter().filter(|problem| problem.code == "bad-states") {
            let mut found = self.problem("bad-states", span, problem.message.clone());
            found.hint.clone_from(&problem.hint);
            report.push(found);
        }
        let now = time.unwrap_or_else(|| DateTime::epoch(self.zone()));
        let last = place.happened.values().filter_map(|found| found.last);
        if place.entered.values().copied().chain(last).any(|at| at > now) {
            let message = "something lies behind the time at which the case starts".to_owned();
            let found = self.problem("bad-date", span, message);
            report
                .push(found.hint("`entered` and `last` are of the past; `start` says what is now"));
        }
    }
}
