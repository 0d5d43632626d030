//! Reading what is expected of a step.

use std::sync::Arc;

use super::expect::{Blocker, Check, Due, Emission, Listing, Verdict, Wanted, spaced};
use super::keys::{self, EXPECT};
use super::read::Planner;
use crate::case::answer::Outcome;
use crate::definition::parse::{Fields, is_remark};
use crate::diagnostic::{Span, Spanned};
use crate::json::{Member, Node, NodeKind};
use crate::rule::Truth;
use crate::value::{Date, Number};

impl<'n> Planner<'_, 'n> {
    /// What is expected: the `expect` of each, and over it what `expect_in` says for this workflow, key by key.
    pub(super) fn expectation(
        &mut self,
        sources: &[Fields<'n>],
        default: Option<Outcome>,
        span: Span,
    ) -> Vec<Check> {
        let mut members: Vec<&'n Member> = Vec::new();
        let mut hidden: Vec<&'n Member> = Vec::new();
        let mut over = |found: &'n [Member]| {
            for member in found.iter().filter(|member| !is_remark(&member.key)) {
                let same = |known: &&Member| known.key.value == member.key.value;
                hidden.extend(members.extract_if(.., |known| same(known)));
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
        for member in hidden {
            self.form_of(member, default.is_some());
        }
        let mut checks = Vec::new();
        for member in &members {
            self.checks(member, default.is_some(), &mut checks);
        }
        self.implied(default, span, &mut checks);
        checks
    }

    /// What is expected of other cases of the whole.
    pub(super) fn others(&mut self, fields: Fields<'n>, acts: bool, checks: &mut Vec<Check>) {
        for member in self.named(fields, "others") {
            let Some(names) = self.names.at(&member.key, self.reader.report) else { continue };
            let opened = self.reader.open(&member.key, &member.value, &EXPECT);
            let Some(opened) = opened else { continue };
            let own = std::mem::replace(&mut self.names, names);
            self.elsewhere = Some(Arc::from(member.key.as_str()));
            for found in opened.members.iter().filter(|found| !is_remark(&found.key)) {
                self.checks(found, acts, checks);
            }
            self.elsewhere = None;
            self.names = own;
        }
    }

    /// What another workflow's expectation stands over is not held to this one's names, but to its form.
    fn form_of(&mut self, member: &'n Member, acts: bool) {
        let before = self.reader.report.diagnostics.len();
        self.checks(member, acts, &mut Vec::new());
        let found = self.reader.report.diagnostics.split_off(before);
        let form =
            ["wrong-type", "empty", "unknown-key", "missing-key", "bad-word", "bad-combination"];
        let kept = found.into_iter().filter(|found| form.contains(&found.code));
        self.reader.report.diagnostics.extend(kept);
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
            checks.insert(0, Check { span, wanted: Wanted::Answer(answer), case: None });
        }
        let error = has(checks, &|wanted| matches!(wanted, Wanted::Answer(Outcome::Error)));
        if !problems && !error {
            checks.push(Check { span, wanted: Wanted::NothingFails, case: None });
        }
    }

    /// One key of an expectation.
    fn checks(&mut self, member: &'n Member, acts: bool, checks: &mut Vec<Check>) {
        let key = member.key.as_str();
        let one = std::slice::from_ref(member);
        let fields = Fields { members: one, span: member.value.span };
        let span = member.value.span;
        let of_answer = [
            "answer",
            "emitted",
            "blocked_by",
            "left",
            "entered",
            "taken",
            "problems",
            "signed",
            "signatures_missing",
        ];
        if self.elsewhere.is_some() && ["answer", "blocked_by", "problems"].contains(&key) {
            let message = format!("`{key}` is of the case that the step is about");
            let hint = "move it under `expect`";
            return self.reader.error("bad-combination", member.key.span, message, hint);
        }
        if !acts && of_answer.contains(&key) {
            let message = format!("`{key}` says nothing in a step in which nothing happens");
            let hint = "move it to the step with the `event` or `advance` that it is about";
            return self.reader.error("bad-combination", member.key.span, message, hint);
        }
        let case = self.elsewhere.clone();
        let mut push =
            |span: Span, wanted: Wanted| checks.push(Check { span, wanted, case: case.clone() });
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
            "signed" => {
                let Some(names) = self.reader.names(fields, key) else { return };
                push(span, Wanted::Signed(values(names)));
            }
            "signatures_missing" => {
                let Some(names) = self.reader.names(fields, key) else { return };
                for name in &names {
                    for role in name.split(" or ") {
                        let role = Spanned::new(role.to_owned(), name.span);
                        self.names.role(&role, self.reader.report);
                    }
                }
                push(span, Wanted::SignaturesMissing(values(names)));
            }
            "terms" => {
                for found in self.named(fields, key) {
                    let called = self.names.term(&found.key, self.reader.report);
                    if let Some(due) = self.due(found) {
                        push(found.value.span, Wanted::Term(called, due));
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
