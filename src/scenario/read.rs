//! A scenario of the file, with the values of one row, becomes a plan for one workflow.

use std::collections::BTreeMap;
use std::sync::Arc;

use indexmap::IndexMap;

use super::check::Names;
use super::expect::{Check, Wanted};
use super::keys;
use super::plan::{Action, Plan, Step, When};
use crate::case::answer::Outcome;
use crate::case::event::{Actor, Attachment, Event, Note};
use crate::case::starting_point::{PastEvent, StartingPoint};
use crate::definition::parse::{Fields, Reader, is_remark};
use crate::diagnostic::{Diagnostic, Report, Spanned, quoted};
use crate::json::{Member, Node, NodeKind};
use crate::label::Label;
use crate::limits::Limits;
use crate::value::{DateTime, Duration, Value};
use crate::workflow::Workflow;

/// Reads scenarios against one of the workflows of the file.
pub(super) struct Planner<'r, 'n> {
    pub(super) reader: Reader<'r, 'n>,
    pub(super) names: Names<'r>,
    /// How this workflow is called in `only` and `expect_in`.
    pub(super) called: &'r str,
    /// All of the file's.
    all: &'r [String],
    actors: &'r IndexMap<String, Actor>,
    /// The case that an expectation is about, where that is not the one of the step.
    pub(super) elsewhere: Option<Arc<str>>,
}

const TIMES: &str = "write a day `2026-01-05`, a time `2026-01-05T09:00` on the workflow's clock, or one with an offset";
const LATER: &str = "write such as `2026-01-05T09:00`, or how long after the last step: `P3D`";

impl<'r, 'n> Planner<'r, 'n> {
    pub fn new(
        report: &'r mut Report,
        limits: &'r Limits,
        workflow: &'r Workflow,
        (called, all): (&'r str, &'r [String]),
        actors: &'r IndexMap<String, Actor>,
    ) -> Self {
        let within = (all.len() > 1).then_some(called);
        let names = Names::new(workflow, within);
        Self { reader: Reader::new(report, limits), names, called, all, actors, elsewhere: None }
    }

    /// The plan of a scenario; what the file itself says comes first. `None` where it does not concern this workflow.
    pub fn plan(&mut self, file: Option<Fields<'n>>, own: Fields<'n>) -> Option<Plan> {
        if !self.concerns(own) {
            return None;
        }
        // Who starts elsewhere does not go the way that leads there.
        let elsewhere = own.get("from").is_some();
        let from = own.node("from").or_else(|| file.and_then(|file| file.node("from")));
        let start = own.node("start").or_else(|| file.and_then(|file| file.node("start")));
        let time = start.and_then(|node| self.instant("start", node));
        let mut facts = BTreeMap::new();
        for fields in file.into_iter().chain([own]) {
            self.start_facts(fields, &mut facts);
        }
        let place = from.and_then(|node| self.place(node));
        if let Some(place) = &place {
            let span = from.map_or(own.span, |node| node.span);
            self.names.place(place, time, &facts, span, self.reader.report);
        }
        let opening: Vec<Fields<'n>> =
            file.filter(|_| !elsewhere).into_iter().chain([own]).collect();
        let expect = self.expectation(&opening, Some(Outcome::Started), own.span);
        let mut steps = Vec::new();
        let before = file.filter(|_| !elsewhere);
        for fields in before.into_iter().chain([own]) {
            self.steps(fields, &mut steps);
        }
        let fails =
            expect.iter().any(|check| matches!(check.wanted, Wanted::Answer(Outcome::Error)));
        if let Some(step) = steps.first().filter(|_| fails) {
            let message = "no step can follow a start that fails";
            self.reader.error("bad-combination", step.span, message, "leave the steps out");
        }
        Some(Plan { time, facts, place, expect, steps })
    }

    /// Whether `only` lets this workflow in.
    fn concerns(&mut self, fields: Fields<'n>) -> bool {
        let Some(node) = fields.node("only") else { return true };
        let only = self.reader.targets("only", node);
        for name in &only {
            self.workflow_name(name);
        }
        only.iter().any(|name| name.as_str() == self.called)
    }

    pub(super) fn workflow_name(&mut self, name: &Spanned<String>) {
        if !self.all.contains(name) {
            let message = format!("no workflow of this file is called {}", quoted(name));
            let found = Diagnostic::error("unknown-name", name.span, message)
                .hint(format!("they are called `{}`", self.all.join("`, `")));
            self.reader.report.push_near(found, name, self.all.iter().map(String::as_str));
        }
    }

    /// What is expected of a workflow that `only` keeps out would never be looked at.
    pub(super) fn concerned(&mut self, fields: Fields<'n>, name: &Spanned<String>) {
        let Some(node) = fields.node("only") else { return };
        let only = self.reader.targets("only", node);
        if !only.iter().any(|known| known.value == name.value) {
            let message = format!("`only` keeps {} out", quoted(name));
            let hint = "name it under `only` too, or leave this out";
            self.reader.error("bad-combination", name.span, message, hint);
        }
    }

    fn start_facts(&mut self, fields: Fields<'n>, facts: &mut BTreeMap<String, Value>) {
        for member in
            self.reader.map(fields, "facts").iter().filter(|member| !is_remark(&member.key))
        {
            self.names.start_fact(&member.key, self.reader.report);
            match member.value.to_value(self.reader.report) {
                Some(value) => {
                    self.names.fits(&member.key, &value, member.value.span, self.reader.report);
                    facts.insert(member.key.value.clone(), value);
                }
                None => {
                    facts.remove(member.key.as_str());
                }
            }
        }
    }

    /// An instant that is written out.
    pub(super) fn instant(&mut self, what: &str, node: &Node) -> Option<DateTime> {
        let NodeKind::String(text) = &node.kind else {
            self.reader.wrong(what, "a text", node);
            return None;
        };
        let found = self.time(&text.value);
        if found.is_none() {
            let message = format!("{} is not a time", quoted(&text.value));
            let hint = DateTime::slip_on_clock(&text.value, self.names.zone())
                .unwrap_or_else(|| TIMES.to_owned());
            self.reader.error("bad-date", node.span, message, hint);
        }
        found
    }

    fn time(&self, text: &str) -> Option<DateTime> {
        let zone = self.names.zone();
        DateTime::parse_written(text, zone)
    }

    /// An instant, or a length of time after the last step.
    fn later(&mut self, fields: Fields<'n>, key: &str) -> Option<When> {
        let text = self.reader.text(fields, key)?;
        if let Some(length) = Duration::parse(&text) {
            if length.is_negative() {
                let message = format!("{} goes back in time", quoted(&text));
                self.reader.error("bad-duration", text.span, message, LATER);
            }
            return Some(When::After(length));
        }
        let time = self.time(&text);
        if time.is_none() {
            let message = format!("{} is neither a time nor a length of time", quoted(&text));
            let hint = DateTime::slip_on_clock(&text.value, self.names.zone())
                .unwrap_or_else(|| LATER.to_owned());
            self.reader.error("bad-date", text.span, message, hint);
        }
        time.map(When::At)
    }

    fn place(&mut self, node: &'n Node) -> Option<StartingPoint> {
        let NodeKind::Object(_) = &node.kind else {
            let states = self.reader.targets("from", node);
            return Some(StartingPoint { states: self.states(states), ..StartingPoint::default() });
        };
        let fields = self.reader.open("from", node, &keys::PLACE)?;
        let states = fields.node("states").map(|node| self.reader.targets("states", node));
        let mut place = StartingPoint {
            states: self.states(states.unwrap_or_default()),
            ..StartingPoint::default()
        };
        for member in self.named(fields, "entered") {
            self.names.state(&member.key, self.reader.report);
            if let Some(time) = self.instant(&member.key, &member.value) {
                place.entered.insert(member.key.value.clone(), time);
            }
        }
        for member in self.named(fields, "happened") {
            self.names.event(&member.key, self.reader.report);
            let opened = self.reader.open(&member.key, &member.value, &keys::HAPPENED);
            let Some(fields) = opened else { continue };
            let count = self.reader.whole(fields, "count").map_or(1, |count| count.value);
            let last = fields.node("last").and_then(|node| self.instant("last", node));
            let who = self.reader.names(fields, "who").unwrap_or_default();
            let who = who.into_iter().map(|id| id.value).collect();
            place.happened.insert(member.key.value.clone(), PastEvent { count, last, who });
        }
        Some(place)
    }

    pub(super) fn states(&mut self, names: Vec<Spanned<String>>) -> Vec<String> {
        let known = names.into_iter().map(|name| {
            self.names.state(&name, self.reader.report);
            name.value
        });
        known.collect()
    }

    /// The members of an object of names, remarks left out.
    pub(super) fn named(&mut self, fields: Fields<'n>, key: &str) -> Vec<&'n Member> {
        let members = self.reader.map(fields, key).iter();
        members.filter(|member| !is_remark(&member.key)).collect()
    }

    fn steps(&mut self, fields: Fields<'n>, steps: &mut Vec<Step>) {
        let Some(node) = fields.node("steps") else { return };
        let NodeKind::Array(items) = &node.kind else {
            return self.reader.wrong("steps", "a list of steps", node);
        };
        for item in items {
            steps.extend(self.step(item));
        }
    }

    fn step(&mut self, node: &'n Node) -> Option<Step> {
        let fields = self.reader.open("step", node, &keys::STEP)?;
        let title = self.reader.notes(fields).title.clone();
        if !self.concerns(fields) {
            return None;
        }
        let to = self.reader.text(fields, "to").filter(|to| !to.is_empty());
        let whole = self.names;
        if let Some(to) = &to {
            self.names = whole.at(to, self.reader.report)?;
        }
        let step = self.step_of(node, fields, title, to.as_ref(), whole);
        self.names = whole;
        step
    }

    /// A step that concerns this workflow, in the case whose names are at hand.
    fn step_of(
        &mut self,
        node: &'n Node,
        fields: Fields<'n>,
        title: Label,
        to: Option<&Spanned<String>>,
        whole: Names<'r>,
    ) -> Option<Step> {
        let event = fields.get("event");
        let advance = fields.get("advance");
        if let (Some(to), Some(advance)) = (to, advance) {
            let message = format!("time passes everywhere, and not only in {}", quoted(to));
            let hint = "leave `to` out, and write what is expected there under `others`";
            self.reader.error("bad-combination", advance.key.span, message, hint);
        }
        if let (Some(_), Some(advance)) = (event, advance) {
            let message = "a step is an event or lets time pass, not both";
            self.reader.error("bad-combination", advance.key.span, message, "write two steps");
        }
        if event.is_none() {
            for key in ["at", "actor", "id", "facts", "data", "note", "from"] {
                if let Some(member) = fields.get(key) {
                    let message = format!("`{key}` says nothing in a step without `event`");
                    let hint = "add the `event`, or leave the key out";
                    self.reader.error("bad-combination", member.key.span, message, hint);
                }
            }
        }
        let default = match (event, advance) {
            (Some(_), _) => Some(Outcome::Moved),
            (None, Some(_)) => Some(Outcome::Advanced),
            (None, None) => None,
        };
        let span = event.or(advance).map_or(node.span, |member| member.value.span);
        let mut expect = self.expectation(&[fields], default, span);
        let own = std::mem::replace(&mut self.names, whole);
        self.others(fields, default.is_some(), &mut expect);
        self.names = own;
        if default.is_none() && expect.is_empty() {
            let message = "a step has an `event`, lets time `advance` or has something to `expect`";
            self.reader.error(
                "missing-key",
                crate::definition::parse::opening(node.span),
                message,
                "write such as `\"event\": \"apply\"` or `\"advance\": \"P14D\"`",
            );
            return None;
        }
        let act = match (event, advance) {
            (Some(_), _) => self.event(fields, to, &expect)?,
            (None, Some(_)) => Action::Advance(self.later(fields, "advance")?),
            (None, None) => Action::Look(to.map(|to| to.value.clone())),
        };
        Some(Step { span, title, act, expect })
    }

    fn event(
        &mut self,
        fields: Fields<'n>,
        to: Option<&Spanned<String>>,
        expect: &[Check],
    ) -> Option<Action> {
        let name = self.reader.text(fields, "event")?;
        // What is meant to break the contract is not held to it.
        let breaks =
            expect.iter().any(|check| matches!(check.wanted, Wanted::Answer(Outcome::Error)));
        let mut event = Event::new(name.value.clone());
        event.to = to.map(|to| to.value.clone());
        let received =
            fields.get("from").filter(|_| self.reader.word(fields, &keys::STEP, "from").is_some());
        for key in ["to", "actor", "id", "note"] {
            if let (Some(_), Some(member)) = (received, fields.get(key)) {
                let message = format!("`{key}` says nothing of what a parent sends");
                self.reader.error("bad-combination", member.key.span, message, "leave it out");
            }
        }
        let when = match fields.get("at") {
            Some(_) => self.later(fields, "at")?,
            None => When::Now,
        };
        event.actor = fields.node("actor").and_then(|node| self.actor(node));
        event.id = self.reader.text(fields, "id").map(|id| id.value);
        event.note = fields.node("note").and_then(|node| self.note(node));
        for (key, values) in [("facts", &mut event.facts), ("data", &mut event.data)] {
            for member in
                self.reader.map(fields, key).iter().filter(|member| !is_remark(&member.key))
            {
                let value = member.value.to_value(self.reader.report);
                if !breaks {
                    let report = &mut *self.reader.report;
                    match key {
                        "facts" => self.names.carried(&name, &member.key, report),
                        _ => self.names.data(&name, &member.key, report),
                    }
                    if let (Some(value), "facts") = (&value, key) {
                        self.names.fits(&member.key, value, member.value.span, report);
                    }
                }
                if let Some(value) = value {
                    values.insert(member.key.value.clone(), value);
                }
            }
        }
        if !breaks {
            self.names.event(&name, self.reader.report);
        }
        Some(match received {
            Some(_) => Action::Received(Box::new(event), when),
            None => Action::Event(Box::new(event), when),
        })
    }

    /// An actor by its name in `actors`, a role that acts for itself, or written out.
    fn actor(&mut self, node: &'n Node) -> Option<Actor> {
        let NodeKind::String(text) = &node.kind else {
            let (actor, roles) = read_actor(&mut self.reader, "actor", node, None)?;
            self.names.roles(&roles, self.reader.report);
            return Some(actor);
        };
        if let Some(actor) = self.actors.get(&text.value) {
            return Some(actor.clone());
        }
        let name = Spanned::new(text.value.clone(), node.span);
        self.names.actor(&name, self.actors.keys().map(String::as_str), self.reader.report);
        Some(Actor::new(text.value.clone()).role(text.value.clone()))
    }

    fn note(&mut self, node: &'n Node) -> Option<Note> {
        if let NodeKind::String(text) = &node.kind {
            return Some(Note { text: text.value.clone(), attachments: Vec::new() });
        }
        let fields = self.reader.open("note", node, &keys::NOTE)?;
        let text = self.reader.text(fields, "text")?.value;
        let mut attachments = Vec::new();
        match fields.node("attachments").map(|node| (node, &node.kind)) {
            None => {}
            Some((_, NodeKind::Array(items))) => {
                for item in items {
                    let fields = self.reader.open("attachment", item, &keys::ATTACHMENT);
                    let Some(fields) = fields else { continue };
                    let text = |reader: &mut Reader<'r, 'n>, key: &str| {
                        reader.text(fields, key).map(|text| text.value)
                    };
                    let uri = text(&mut self.reader, "uri");
                    if let (Some(uri), Some(hash)) = (uri, text(&mut self.reader, "hash")) {
                        attachments.push(Attachment { uri, hash });
                    }
                }
            }
            Some((node, _)) => self.reader.wrong("attachments", "a list", node),
        }
        Some(Note { text, attachments })
    }
}

/// An actor, and its roles with their places; `id` is what it is where none is given.
pub(super) fn read_actor<'n>(
    reader: &mut Reader<'_, 'n>,
    what: &str,
    node: &'n Node,
    id: Option<&str>,
) -> Option<(Actor, Vec<Spanned<String>>)> {
    let fields = reader.open(what, node, &keys::ACTOR)?;
    reader.notes(fields);
    let roles = reader.names(fields, "roles").unwrap_or_default();
    let own = reader.text(fields, "id").map(|id| id.value);
    let actor = Actor {
        id: own.or_else(|| id.map(str::to_owned)),
        unit: reader.text(fields, "unit").map(|unit| unit.value),
        roles: roles.iter().map(|role| role.value.clone()).collect(),
    };
    Some((actor, roles))
}
