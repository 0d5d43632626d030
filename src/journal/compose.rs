//! What an entry says: names, verdicts and dates in the chain, everything that may be about persons beside it.
//!
//! Nothing here depends on labels, white space or the order of keys in the file: equal meaning gives equal entries. The
//! text is written at once in its one form, members in the order of their names; only the digests, which come second and
//! are known last, are put in between at the end ([`Draft`]).

use std::collections::{BTreeMap, BTreeSet};

use crate::case::address;
use crate::case::answer::{
    Condition, DropCause, Effects, Outcome, Reason, Signature, SignatureStatus, SigningRefusal,
    StepCause,
};
use crate::case::entries::Head;
use crate::case::event::Event;
use crate::case::record::{Origin, Record};
use crate::journal::Entry;
use crate::journal::canonical::{CanonicalNames, ReadName};
use crate::journal::draft::Draft;
use crate::journal::line::{Line, Member};
use crate::journal::scan;
use crate::rule::{Clause, FactorVerdict, Truth};
use crate::value::{DateTime, Value, write_json_string};
use crate::workflow::TransitionRef;
use crate::workflow::Workflow;

/// How deep verdicts of factors are written out, one inside the other; readers of JSON have their bounds.
const DEPTH: usize = 12;

/// Writes entries of one workflow, one after the other into the same memory.
pub(crate) struct Composer<'w> {
    workflow: &'w Workflow,
    /// Of the workflow whose case is written of, and which that is.
    spelling: CanonicalNames<'w>,
    here: Vec<u32>,
    /// Of the other workflows of the whole.
    others: BTreeMap<Vec<u32>, CanonicalNames<'w>>,
    pub draft: Draft,
}

/// What is taken from an entry that is there, instead of what would be written now.
#[derive(Clone, Copy)]
pub(crate) struct Theirs<'a> {
    pub line: &'a Line,
    /// Of the names of the workflow those that may be others.
    pub names: &'static [&'static str],
}

impl<'w> Composer<'w> {
    pub fn new(workflow: &'w Workflow) -> Self {
        Self {
            workflow,
            spelling: CanonicalNames::new(workflow),
            here: Vec::new(),
            others: BTreeMap::new(),
            draft: Draft::default(),
        }
    }

    /// Turns to the workflow of a case.
    fn turn_to(&mut self, case: Option<&str>) {
        let found = case.and_then(|case| address::workflow(self.workflow, case));
        let (workflow, way) = found.unwrap_or((self.workflow, Vec::new()));
        if way != self.here {
            let spelling = self.others.remove(&way);
            let spelling = spelling.unwrap_or_else(|| CanonicalNames::new(workflow));
            let before = std::mem::replace(&mut self.spelling, spelling);
            self.others.insert(std::mem::replace(&mut self.here, way), before);
        }
    }

    /// The entry that follows a head, with salts from a secret of the host.
    pub fn entry(&mut self, record: &Record, head: &Head, zones: &str, secret: &[u8; 32]) -> Entry {
        self.compose(record, head, zones, None);
        self.draft.finish(head.sequence.saturating_add(1), secret)
    }

    /// Writes into the draft what a record gives in the place of an entry that is there.
    pub fn expect(&mut self, record: &Record, head: &Head, theirs: Theirs) {
        let zones = theirs.line.said(Member::Zones).unwrap_or_default();
        self.compose(record, head, &zones, Some(theirs));
    }

    fn compose(&mut self, record: &Record, head: &Head, zones: &str, theirs: Option<Theirs>) {
        let Record { at, case, origin, outcome, effects, reasons, problems } = record;
        self.turn_to(case.as_deref());
        let begins = matches!(origin, Origin::Start { .. }) && case.is_none();
        self.draft.begin(*at, case.as_deref());
        self.due(&effects.proof.due);
        self.some("emitted", &effects.emitted, |this, one| this.text(&one.name));
        self.some("entered", &effects.entered, |this, name| this.text(name));
        if let Origin::Event { event: Event { name, .. } }
        | Origin::Step { cause: StepCause::Sent { event: name, .. } } = origin
        {
            self.member("event", |this| this.text(name));
        }
        self.some("held", &effects.proof.verdicts, Self::reason);
        if let Origin::Event { event: Event { id: Some(id), .. } } = origin {
            self.member("id", |this| this.text(id));
        }
        if begins {
            self.member("journal", |this| this.raw("1"));
        }
        let kind = match origin {
            Origin::Start { .. } => "start",
            Origin::Event { .. } => "event",
            Origin::Step { cause: StepCause::Term { .. } } => "term",
            Origin::Step { cause: StepCause::Sent { .. } } => "sent",
            Origin::Step { cause: StepCause::Children } => "children",
            Origin::Step { cause: StepCause::Invoked } => "start",
            Origin::Step { cause: StepCause::Stopped } => "stopped",
        };
        self.member("kind", |this| this.text(kind));
        self.some("left", &effects.left, |this, name| this.text(name));
        if let Origin::Step { cause: StepCause::Term { due, .. } | StepCause::Sent { due, .. } } =
            origin
        {
            self.member("of", |this| this.time(*due));
        }
        let outcome_text = match outcome {
            Outcome::Error => "failed",
            other => other.name(),
        };
        self.member("outcome", |this| this.text(outcome_text));
        self.member("previous", |this| this.text(&head.hash));
        self.some("problems", problems, |this, problem| this.text(&problem.code));
        self.some("reasons", reasons, Self::reason);
        if let Origin::Event { event: Event { actor: Some(actor), .. } } = origin {
            self.member("roles", |this| this.texts(&actor.roles));
        }
        let sequence = head.sequence.saturating_add(1);
        self.member("sequence", |this| this.raw(&sequence.to_string()));
        let mut signings = effects.signatures.iter().enumerate().peekable();
        if signings.peek().is_some() {
            self.member("signatures", |this| this.list(signings, Self::signing));
        }
        if let Origin::Step { cause: StepCause::Term { state, .. } } = origin {
            self.member("state", |this| this.text(state));
        }
        if matches!(outcome, Outcome::Started | Outcome::Moved) {
            self.member("states", |this| this.texts(&effects.proof.states));
        }
        self.some("taken", &effects.taken, Self::way);
        if let Origin::Step { cause: StepCause::Term { term, .. } } = origin {
            self.member("term", |this| this.text(term));
        }
        if begins {
            self.member("workflow", |this| this.names(theirs));
        }
        self.member("zones", |this| this.text(zones));
        self.origin(origin);
        self.moved(effects);
        // A message may quote any value.
        if !self.spelling.workflow().compiled().is_personal() && !problems.is_empty() {
            self.draft.hide(
                |path| path.push_str("problems"),
                |out| {
                    write_list(problems, out, |problem, out| {
                        write_json_string(&problem.message, out);
                    });
                },
            );
        }
        self.draft.end();
    }

    /// Terms with their dates, by name.
    fn due(&mut self, due: &[(String, DateTime)]) {
        let due: BTreeMap<&str, DateTime> =
            due.iter().map(|(term, at)| (term.as_str(), *at)).collect();
        if !due.is_empty() {
            self.member("due", |this| {
                for (index, (term, at)) in due.iter().enumerate() {
                    this.raw(if index == 0 { "{" } else { "," });
                    this.text(term);
                    this.raw(":");
                    this.time(*at);
                }
                this.raw("}");
            });
        }
    }

    /// The private parts of what came in.
    fn origin(&mut self, origin: &Origin) {
        match origin {
            Origin::Start { facts } => self.draft.hide_all("facts", facts),
            Origin::Event { event } => {
                if let Some(actor) = &event.actor {
                    self.draft.hide(
                        |path| path.push_str("actor"),
                        |out| write_person(actor.id.as_deref(), actor.unit.as_deref(), out),
                    );
                }
                self.draft.hide_all("facts", &event.facts);
                self.draft.hide_all("data", &event.data);
                if let Some(note) = &event.note {
                    self.draft.hide(
                        |path| path.push_str("note"),
                        |out| {
                            out.push_str("{\"attachments\":");
                            write_list(&note.attachments, out, |found, out| {
                                write_member("{\"hash\":", &found.hash, out);
                                write_member(",\"uri\":", &found.uri, out);
                                out.push('}');
                            });
                            write_member(",\"text\":", &note.text, out);
                            out.push('}');
                        },
                    );
                }
            }
            Origin::Step { .. } => {}
        }
    }

    /// The private parts of what a step did.
    fn moved(&mut self, effects: &Effects) {
        for change in &effects.changed {
            let write = |start: &str, value: &Option<Value>, out: &mut String| {
                out.push_str(start);
                match value {
                    Some(value) => value.write_wire(out),
                    None => out.push_str("null"),
                }
            };
            self.draft.hide(
                |path| path.extend(["changed.", &change.fact]),
                |out| {
                    write("{\"after\":", &change.after, out);
                    write(",\"before\":", &change.before, out);
                    out.push('}');
                },
            );
        }
        for (index, message) in effects.emitted.iter().enumerate() {
            if !message.data.is_empty() {
                self.draft.hide(
                    |path| path.extend(["emitted.", &index.to_string(), ".", &message.name]),
                    |out| {
                        for (place, (key, value)) in message.data.iter().enumerate() {
                            out.push(if place == 0 { '{' } else { ',' });
                            write_json_string(key, out);
                            out.push(':');
                            value.write_wire(out);
                        }
                        out.push('}');
                    },
                );
            }
        }
    }

    fn names(&mut self, theirs: Option<Theirs>) {
        let workflow = self.workflow;
        let found = theirs.and_then(|theirs| theirs.line.member(Member::Workflow));
        let ours = [
            ("fingerprint", Some(workflow.fingerprint())),
            ("id", Some(workflow.id())),
            ("version", workflow.version()),
        ];
        for (index, (key, ours)) in ours.into_iter().enumerate() {
            self.raw(if index == 0 { "{\"" } else { ",\"" });
            self.raw(key);
            self.raw("\":");
            let kept = theirs.filter(|theirs| theirs.names.contains(&key)).and(found);
            match kept.and_then(|names| scan::member(names, key)) {
                Some(theirs) => self.raw(theirs),
                None => self.text_or_null(ours),
            }
        }
        self.raw("}");
    }

    fn reason(&mut self, reason: &Reason) {
        self.raw("{\"grounds\":");
        self.list(&reason.grounds, Self::ground);
        self.raw(",\"transition\":");
        match &reason.transition {
            Some(way) => self.way(way),
            None => self.raw("null"),
        }
        self.raw(",\"unknown\":");
        self.texts(&reason.unknown);
        self.raw("}");
    }

    fn ground(&mut self, ground: &Condition) {
        match ground {
            Condition::Role { needed, .. } => {
                self.raw("{\"role\":");
                self.texts(needed.iter().collect::<BTreeSet<_>>());
            }
            Condition::Unit { role, .. } => {
                self.raw("{\"unit\":");
                self.text(role);
            }
            Condition::NotBy { events, anonymous, .. } => {
                self.raw("{");
                if !anonymous.is_empty() {
                    self.raw("\"anonymous\":");
                    self.texts(anonymous.iter().collect::<BTreeSet<_>>());
                    self.raw(",");
                }
                self.raw("\"not_by\":");
                self.texts(events.iter().collect::<BTreeSet<_>>());
            }
            Condition::Person { event } => {
                self.raw("{\"person\":");
                self.text(event);
            }
            Condition::Missing { fact, .. } => {
                self.raw("{\"missing\":");
                self.text(fact);
            }
            Condition::Factor { factor } => {
                self.raw("{\"factor\":");
                self.factor(factor, DEPTH);
            }
            Condition::Fact { fact, verdict, .. } => {
                self.raw("{\"fact\":");
                self.text(fact);
                self.verdict(",\"verdict\":", *verdict);
            }
            Condition::Guard { verdict, clauses } => {
                self.raw("{\"clauses\":");
                self.list(clauses, |this, clause| this.clause(clause, DEPTH));
                self.verdict(",\"verdict\":", *verdict);
            }
            Condition::Signature { refusal, actor: _, signed, missing } => {
                self.raw("{\"missing\":");
                self.list(missing, |this, roles| this.texts(roles));
                self.raw(match refusal {
                    SigningRefusal::Nobody => ",\"signature\":\"nobody\",\"signed\":",
                    SigningRefusal::Twice => ",\"signature\":\"twice\",\"signed\":",
                    SigningRefusal::Role => ",\"signature\":\"role\",\"signed\":",
                    SigningRefusal::NotSigned => ",\"signature\":\"not_signed\",\"signed\":",
                });
                self.list(signed, |this, one| this.text(&one.role));
            }
            Condition::Claim { claim, .. } => {
                self.raw("{\"claim\":");
                self.text(claim);
            }
            Condition::Behind { undecided } => {
                self.raw("{\"behind\":");
                self.way(undecided);
            }
            Condition::Cut { more } => {
                self.raw("{\"cut\":");
                self.raw(&more.to_string());
            }
        }
        self.raw("}");
    }

    fn factor(&mut self, factor: &FactorVerdict, levels: usize) {
        self.raw("{");
        let levels = levels.checked_sub(1);
        if let Some(levels) = levels
            && !factor.clauses.is_empty()
        {
            self.member("clauses", |this| {
                this.list(&factor.clauses, |this, clause| this.clause(clause, levels));
            });
        }
        self.member("name", |this| this.text(&factor.name));
        if let Some(levels) = levels
            && !factor.of.is_empty()
        {
            self.member("of", |this| {
                this.list(&factor.of, |this, part| this.factor(part, levels));
            });
        }
        if !factor.unknown.is_empty() {
            self.member("unknown", |this| this.texts(&factor.unknown));
        }
        self.verdict("\"verdict\":", factor.verdict);
        self.raw("}");
    }

    fn clause(&mut self, clause: &Clause, levels: usize) {
        // The values go beside the chain, each once, and not at all where they are personal. Of a name that is read
        // several times in an entry the first value is the value: before those of the factors.
        let reads: Vec<std::sync::Arc<ReadName>> =
            clause.values.iter().map(|read| self.spelling.read(read)).collect();
        for (read, name) in clause.values.iter().zip(&reads) {
            if let (Some(value), Some(path)) = (&read.value, &name.path) {
                self.draft.hide(|out| out.push_str(path), |out| value.write_wire(out));
            }
        }
        self.raw("{");
        if !clause.factors.is_empty() {
            self.member("factors", |this| {
                this.list(&clause.factors, |this, factor| this.factor(factor, levels));
            });
        }
        if !reads.is_empty() {
            self.member("reads", |this| this.texts(reads.iter().map(|name| &name.spelt)));
        }
        let text = self.spelling.clause(&clause.text);
        self.member("text", |this| this.text(&text));
        if !clause.unknown.is_empty() {
            self.member("unknown", |this| this.texts(&clause.unknown));
        }
        self.verdict("\"verdict\":", clause.verdict);
        self.raw("}");
    }

    /// What became of the signatures of a transition: roles and causes in the chain, who it was beside it, each person
    /// apart.
    fn signing(&mut self, (index, signing): (usize, &SignatureStatus)) {
        let SignatureStatus { transition, signed, missing, dropped } = signing;
        let signatures = signed.iter().enumerate().map(|(place, one)| ("signed", place, one));
        let gone = dropped.iter().enumerate();
        let gone = gone.map(|(place, one)| ("dropped", place, &one.signature));
        for (kind, place, Signature { actor, unit, .. }) in signatures.chain(gone) {
            self.draft.hide(
                |path| path.extend([kind, ".", &index.to_string(), ".", &place.to_string()]),
                |out| write_person(Some(actor), unit.as_deref(), out),
            );
        }
        self.raw("{\"dropped\":");
        self.list(dropped, |this, one| {
            this.raw("{\"at\":");
            this.time(one.signature.at);
            this.raw(",\"cause\":{");
            let kind = match &one.cause {
                DropCause::Revoked => "revoked",
                DropCause::Changed { facts } => {
                    this.member("facts", |this| this.texts(facts));
                    "changed"
                }
                DropCause::Payload => "payload",
                DropCause::Left => "left",
            };
            this.raw("\"kind\":");
            this.text(kind);
            this.raw("},\"role\":");
            this.text(&one.signature.role);
            this.raw("}");
        });
        self.raw(",\"missing\":");
        self.list(missing, |this, roles| this.texts(roles));
        self.raw(",\"signed\":");
        self.list(signed, |this, one| {
            this.raw("{\"at\":");
            this.time(one.at);
            this.raw(",\"role\":");
            this.text(&one.role);
            this.raw("}");
        });
        self.raw(",\"transition\":");
        self.way(transition);
        self.raw("}");
    }

    fn way(&mut self, way: &TransitionRef) {
        self.raw("{\"from\":");
        self.text(&way.from);
        self.raw(",\"id\":");
        self.text_or_null(way.id.as_deref());
        self.raw(",\"on\":");
        self.text(&way.on);
        self.raw(",\"to\":");
        self.texts(&way.to);
        self.raw("}");
    }

    fn verdict(&mut self, start: &str, verdict: Truth) {
        self.raw(start);
        self.raw(match verdict {
            Truth::True => "\"true\"",
            Truth::False => "\"false\"",
            Truth::Unknown => "\"unknown\"",
        });
    }

    fn member(&mut self, key: &str, value: impl FnOnce(&mut Self)) {
        self.draft.core().extend(["\"", key, "\":"]);
        value(self);
        self.raw(",");
    }

    /// A member that is a list, where there is anything in it.
    fn some<T>(&mut self, key: &str, items: &[T], item: impl FnMut(&mut Self, &T)) {
        if !items.is_empty() {
            self.member(key, |this| this.list(items, item));
        }
    }

    fn list<T>(&mut self, items: impl IntoIterator<Item = T>, mut item: impl FnMut(&mut Self, T)) {
        self.raw("[");
        for (index, one) in items.into_iter().enumerate() {
            if index > 0 {
                self.raw(",");
            }
            item(self, one);
        }
        self.raw("]");
    }

    fn texts(&mut self, items: impl IntoIterator<Item = impl AsRef<str>>) {
        self.list(items, |this, item| this.text(item.as_ref()));
    }

    fn text(&mut self, text: &str) {
        write_json_string(text, self.draft.core());
    }

    fn text_or_null(&mut self, text: Option<&str>) {
        write_or_null(text, self.draft.core());
    }

    fn time(&mut self, time: DateTime) {
        time.write_wire(self.draft.core());
    }

    fn raw(&mut self, json: &str) {
        self.draft.core().push_str(json);
    }
}

fn write_person(id: Option<&str>, unit: Option<&str>, out: &mut String) {
    out.push_str("{\"id\":");
    write_or_null(id, out);
    out.push_str(",\"unit\":");
    write_or_null(unit, out);
    out.push('}');
}

fn write_or_null(text: Option<&str>, out: &mut String) {
    match text {
        Some(text) => write_json_string(text, out),
        None => out.push_str("null"),
    }
}

fn write_member(start: &str, text: &str, out: &mut String) {
    out.push_str(start);
    write_json_string(text, out);
}

fn write_list<T>(items: &[T], out: &mut String, mut write: impl FnMut(&T, &mut String)) {
    out.push('[');
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        write(item, out);
    }
    out.push(']');
}
