//! A scenario of the file, with the values of one row, becomes a plan for one workflow.

use std::collections::BTreeMap;

use indexmap::IndexMap;

use super::check::Names;
use super::expect::{Blocker, Check, Due, Emission, Listing, Verdict, Wanted, spaced};
use super::keys::{self, EXPECT};
use super::plan::{Act, Plan, Step, When};
use crate::case::decision::Outcome;
use crate::case::event::{Actor, Attachment, Event, Note};
use crate::case::place::{Happened, Place};
use crate::definition::parse::{Fields, Reader, is_remark};
use crate::diagnostic::{Diagnostic, Report, Span, Spanned, quoted};
use crate::json::{Member, Node, NodeKind};
use crate::limits::Limits;
use crate::rule::Truth;
use crate::value::{Date, DateTime, Duration, Number, Value};
use crate::workflow::Workflow;

/// Reads scenarios against one of the workflows of the file.
pub(super) struct Planner<'r, 'n> {
    reader: Reader<'r, 'n>,
    names: Names<'r>,
    /// How this workflow is called in `only` and `expect_in`.
    called: &'r str,
    /// All of the file's.
    all: &'r [String],
    actors: &'r IndexMap<String, Actor>,
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
        Self { reader: Reader::new(report, limits), names, called, all, actors }
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

    fn workflow_name(&mut self, name: &Spanned<String>) {
        if !self.all.contains(name) {
            let message = format!("no workflow of this file is called {}", quoted(name));
            let found = Diagnostic::error("unknown-name", name.span, message)
                .hint(format!("they are called `{}`", self.all.join("`, `")));
            self.reader.report.push_near(found, name, self.all.iter().map(String::as_str));
        }
    }

    /// What is expected of a workflow that `only` keeps out would never be looked at.
    fn concerned(&mut self, fields: Fields<'n>, name: &Spanned<String>) {
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
    fn instant(&mut self, what: &str, node: &Node) -> Option<DateTime> {
        let NodeKind::String(text) = &node.kind else {
            self.reader.wrong(what, "a text", node);
            return None;
        };
        let found = self.time(&text.value);
        if found.is_none() {
            let message = format!("{} is not a time", quoted(&text.value));
            self.reader.error("bad-date", node.span, message, TIMES);
        }
        found
    }

    fn time(&self, text: &str) -> Option<DateTime> {
        let zone = self.names.zone();
        DateTime::parse(text, zone).or_else(|| DateTime::parse_civil(text, zone))
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
            self.reader.error("bad-date", text.span, message, LATER);
        }
        time.map(When::At)
    }

    fn place(&mut self, node: &'n Node) -> Option<Place> {
        let NodeKind::Object(_) = &node.kind else {
            let states = self.reader.targets("from", node);
            return Some(Place { states: self.states(states), ..Place::default() });
        };
        let fields = self.reader.open("from", node, &keys::PLACE)?;
        let states = fields.node("states").map(|node| self.reader.targets("states", node));
        let mut place =
            Place { states: self.states(states.unwrap_or_default()), ..Place::default() };
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
            place.happened.insert(member.key.value.clone(), Happened { count, last, who });
        }
        Some(place)
    }

    fn states(&mut self, names: Vec<Spanned<String>>) -> Vec<String> {
        let known = names.into_iter().map(|name| {
            self.names.state(&name, self.reader.report);
            name.value
        });
        known.collect()
    }

    /// The members of an object of names, remarks left out.
    fn named(&mut self, fields: Fields<'n>, key: &str) -> Vec<&'n Member> {
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
        let title = self.reader.notes(fields).title;
        if !self.concerns(fields) {
            return None;
        }
        let event = fields.get("event");
        let advance = fields.get("advance");
        if let (Some(_), Some(advance)) = (event, advance) {
            let message = "a step is an event or lets time pass, not both";
            self.reader.error("bad-combination", advance.key.span, message, "write two steps");
        }
        if event.is_none() {
            for key in ["at", "actor", "id", "facts", "data", "note"] {
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
        let expect = self.expectation(&[fields], default, span);
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
            (Some(_), _) => self.event(fields, &expect)?,
            (None, Some(_)) => Act::Advance(self.later(fields, "advance")?),
            (None, None) => Act::Look,
        };
        Some(Step { span, title, act, expect })
    }

    fn event(&mut self, fields: Fields<'n>, expect: &[Check]) -> Option<Act> {
        let name = self.reader.text(fields, "event")?;
        // What is meant to break the contract is not held to it.
        let breaks =
            expect.iter().any(|check| matches!(check.wanted, Wanted::Answer(Outcome::Error)));
        let mut event = Event::new(name.value.clone());
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
        Some(Act::Event(Box::new(event), when))
    }

    /// An actor by its name in `actors`, a role that acts for itself, or written out.
    fn actor(&mut self, node: &'n Node) -> Option<Actor> {
        let NodeKind::String(text) = &node.kind else {
            let (_, actor) = read_actor(&mut self.reader, "actor", node, None)?;
            self.names.roles(&actor.1, self.reader.report);
            return Some(actor.0);
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

    /// What is expected: the `expect` of each, and over it what `expect_in` says for this workflow, key by key.
    fn expectation(
        &mut self,
        sources: &[Fields<'n>],
        default: Option<Outcome>,
        span: Span,
    ) -> Vec<Check> {
        let mut members: Vec<&'n Member> = Vec::new();
        let mut over = |found: &'n [Member]| {
            for member in found.iter().filter(|member| !is_remark(&member.key)) {
                members.retain(|known| known.key.value != member.key.value);
                members.push(member);
            }
        };
        for fields in sources {
            if let Some(node) = fields.node("expect")
                && let Some(opened) = self.reader.open("expect", node, &EXPECT)
            {
                over(opened.members);
            }
            for member in self.reader.map(*fields, "expect_in") {
                if is_remark(&member.key) {
                    continue;
                }
                self.workflow_name(&member.key);
                self.concerned(*fields, &member.key);
                let opened = self.reader.open(&member.key, &member.value, &EXPECT);
                if let Some(opened) = opened.filter(|_| member.key.as_str() == self.called) {
                    over(opened.members);
                }
            }
        }
        let mut checks = Vec::new();
        for member in &members {
            self.checks(member, default.is_some(), &mut checks);
        }
        self.implied(default, span, &mut checks);
        checks
    }

    /// What goes without saying: an event is accepted unless it is said what blocks it, and nothing fails.
    fn implied(&mut self, default: Option<Outcome>, span: Span, checks: &mut Vec<Check>) {
        let Some(default) = default else { return };
        let has = |checks: &[Check], is: &dyn Fn(&Wanted) -> bool| {
            checks.iter().any(|check| is(&check.wanted))
        };
        let problems = has(checks, &|wanted| matches!(wanted, Wanted::Problems(_)));
        if !has(checks, &|wanted| matches!(wanted, Wanted::Answer(_))) {
            let blocked = has(checks, &|wanted| matches!(wanted, Wanted::BlockedBy(..)));
            let answer = match default {
                Outcome::Moved if problems => Outcome::Error,
                Outcome::Moved if blocked => Outcome::Blocked,
                other => other,
            };
            checks.insert(0, Check { span, wanted: Wanted::Answer(answer) });
        }
        let error = has(checks, &|wanted| matches!(wanted, Wanted::Answer(Outcome::Error)));
        if !problems && !error {
            checks.push(Check { span, wanted: Wanted::NothingFails });
        }
    }

    /// One key of an expectation.
    fn checks(&mut self, member: &'n Member, acts: bool, checks: &mut Vec<Check>) {
        let key = member.key.as_str();
        let one = std::slice::from_ref(member);
        let fields = Fields { members: one, span: member.value.span };
        let span = member.value.span;
        let of_answer = ["answer", "emitted", "blocked_by", "left", "entered", "taken", "problems"];
        if !acts && of_answer.contains(&key) {
            let message = format!("`{key}` says nothing in a step in which nothing happens");
            let hint = "move it to the step with the `event` or `advance` that it is about";
            return self.reader.error("bad-combination", member.key.span, message, hint);
        }
        let mut push = |span: Span, wanted: Wanted| checks.push(Check { span, wanted });
        match key {
            "answer" => {
                let answer = match self.reader.word(fields, &EXPECT, key) {
                    Some("moved") => Outcome::Moved,
                    Some("blocked") => Outcome::Blocked,
                    Some("not_expected") => Outcome::NotExpected,
                    Some("error") => Outcome::Error,
                    Some("advanced") => Outcome::Advanced,
                    Some("started") => Outcome::Started,
                    _ => return,
                };
                push(span, Wanted::Answer(answer));
            }
            "states" => {
                let names = self.reader.targets(key, &member.value);
                for name in &names {
                    self.names.leaf(name, self.reader.report);
                }
                push(span, Wanted::States(values(names)));
            }
            "in" | "not_in" => {
                for name in self.reader.targets(key, &member.value) {
                    self.names.state(&name, self.reader.report);
                    push(
                        name.span,
                        match key {
                            "in" => Wanted::In(name.value),
                            _ => Wanted::NotIn(name.value),
                        },
                    );
                }
            }
            "facts" => {
                for found in self.named(fields, key) {
                    self.names.fact(&found.key, self.reader.report);
                    let value = found.value.to_value(self.reader.report);
                    if let Some(value) = &value {
                        let span = found.value.span;
                        self.names.could_be(&found.key, value, span, self.reader.report);
                    }
                    push(found.value.span, Wanted::Fact(found.key.value.clone(), value));
                }
            }
            "factors" => {
                for found in self.named(fields, key) {
                    self.names.factor(&found.key, self.reader.report);
                    if let Some(verdict) = self.verdict(found) {
                        push(found.value.span, Wanted::Factor(found.key.value.clone(), verdict));
                    }
                }
            }
            "emitted" => {
                if let Some(messages) = self.messages(&member.value) {
                    push(span, Wanted::Emitted(messages));
                }
            }
            "blocked_by" => {
                let Some(opened) = self.reader.open(key, &member.value, &keys::BLOCKED_BY) else {
                    return;
                };
                for (name, blocker) in Blocker::ALL {
                    if let Some(found) = self.reader.names(opened, name) {
                        let span = opened.node(name).map_or(span, |node| node.span);
                        for name in &found {
                            self.names.blocker(blocker, name, self.reader.report);
                        }
                        let mut found = values(found);
                        if blocker == Blocker::Clauses {
                            found.iter_mut().for_each(|clause| *clause = spaced(clause));
                        }
                        push(span, Wanted::BlockedBy(blocker, found));
                    }
                }
            }
            "open" | "blocked" | "not_expected" => {
                let listing = Listing::ALL.iter().find(|(known, _)| *known == key);
                let Some((_, listing)) = listing else { return };
                for name in self.reader.targets(key, &member.value) {
                    self.names.event(&name, self.reader.report);
                    push(name.span, Wanted::Listed(*listing, name.value));
                }
            }
            "left" | "entered" => {
                let Some(names) = self.reader.names(fields, key) else { return };
                let names = self.states(names);
                push(
                    span,
                    match key {
                        "left" => Wanted::Left(names),
                        _ => Wanted::Entered(names),
                    },
                );
            }
            "taken" => {
                let Some(names) = self.reader.names(fields, key) else { return };
                for name in &names {
                    self.names.transition(name, self.reader.report);
                }
                push(span, Wanted::Taken(values(names)));
            }
            "terms" => {
                for found in self.named(fields, key) {
                    self.names.term(&found.key, self.reader.report);
                    if let Some(due) = self.due(found) {
                        push(found.value.span, Wanted::Term(found.key.value.clone(), due));
                    }
                }
            }
            "next_deadline" => {
                if let Some(due) = self.due(member) {
                    push(span, Wanted::NextDeadline(due));
                }
            }
            "ended" => {
                if let Some(ended) = self.reader.boolean(fields, key) {
                    push(span, Wanted::Ended(ended));
                }
            }
            "tags" => {
                let Some(names) = self.reader.names(fields, key) else { return };
                for name in &names {
                    self.names.tag(name, self.reader.report);
                }
                push(span, Wanted::Tags(values(names)));
            }
            "problems" => {
                let names = self.reader.targets(key, &member.value);
                push(span, Wanted::Problems(values(names)));
            }
            // Reported when the object was opened.
            _ => {}
        }
    }

    fn verdict(&mut self, member: &Member) -> Option<Verdict> {
        match &member.value.kind {
            NodeKind::Null => Some(Verdict::Truth(Truth::Unknown)),
            NodeKind::Boolean(true) => Some(Verdict::Truth(Truth::True)),
            NodeKind::Boolean(false) => Some(Verdict::Truth(Truth::False)),
            NodeKind::Number(text) => Number::parse(text).map(Verdict::Score),
            _ => {
                let wanted = "`true`, `false`, `null` for undecided, or a score";
                self.reader.wrong(&member.key, wanted, &member.value);
                None
            }
        }
    }

    fn messages(&mut self, node: &'n Node) -> Option<Vec<Emission>> {
        let NodeKind::Array(items) = &node.kind else {
            self.reader.wrong("emitted", "a list of messages", node);
            return None;
        };
        let mut messages = Vec::with_capacity(items.len());
        for item in items {
            if let NodeKind::String(text) = &item.kind {
                messages.push(Emission { name: text.value.clone(), data: Vec::new() });
                continue;
            }
            let Some(fields) = self.reader.open("message", item, &keys::MESSAGE) else { continue };
            let Some(name) = self.reader.text(fields, "name") else { continue };
            let mut data = Vec::new();
            for member in self.named(fields, "data") {
                data.push((member.key.value.clone(), member.value.to_value(self.reader.report)));
            }
            messages.push(Emission { name: name.value, data });
        }
        Some(messages)
    }

    /// A time, a day, or none.
    fn due(&mut self, member: &Member) -> Option<Option<Due>> {
        let NodeKind::String(text) = &member.value.kind else {
            if member.value.kind == NodeKind::Null {
                return Some(None);
            }
            self.reader.wrong(&member.key, "a time, or `null` for none", &member.value);
            return None;
        };
        if let Some(day) = Date::parse(&text.value) {
            return Some(Some(Due::Day(day)));
        }
        self.instant(&member.key, &member.value).map(|time| Some(Due::Time(time)))
    }
}

fn values(names: Vec<Spanned<String>>) -> Vec<String> {
    names.into_iter().map(|name| name.value).collect()
}

/// An actor, with the places of its roles; `id` is what it is where none is given.
pub(super) fn read_actor<'n>(
    reader: &mut Reader<'_, 'n>,
    what: &str,
    node: &'n Node,
    id: Option<&str>,
) -> Option<(Span, (Actor, Vec<Spanned<String>>))> {
    let fields = reader.open(what, node, &keys::ACTOR)?;
    reader.notes(fields);
    let roles = reader.names(fields, "roles").unwrap_or_default();
    let mut actor = Actor::default();
    actor.id = reader.text(fields, "id").map(|id| id.value).or_else(|| id.map(str::to_owned));
    actor.unit = reader.text(fields, "unit").map(|unit| unit.value);
    actor.roles = roles.iter().map(|role| role.value.clone()).collect();
    Some((node.span, (actor, roles)))
}
