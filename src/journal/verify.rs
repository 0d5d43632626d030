//! A journal gone through from its first line: every hash, every decision and every state anew.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use serde_json::{Map, Value as Json};

use crate::case::Case;
use crate::case::act::Act;
use crate::case::again::Again;
use crate::case::decision::Decision;
use crate::case::event::{Actor, Attachment, Event, Note};
use crate::case::record::{Head, Origin, Record};
use crate::digest;
use crate::error::Problem;
use crate::journal::compose::{Composer, Salts};
use crate::journal::line::{JournalLine, Line};
use crate::journal::provenance::Provenance;
use crate::value::{DateTime, Value, Zone, brief};
use crate::workflow::Workflow;

/// What a verified journal is.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Verified {
    /// The last entry.
    pub head: Head,
    /// How many entries were decided anew, with the same result; less than there are where erased values were needed.
    pub recomputed: u64,
    /// What was erased: the number of the entry and the name of the part.
    pub erased: Vec<(u64, String)>,
}

/// The first thing in a journal that is not as it must be.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Difference {
    /// The line, which is the number of the entry; one more than there are where the end is missing.
    pub line: u64,
    /// What kind of difference.
    pub kind: DifferenceKind,
    /// What differs, and from what.
    pub message: String,
}

/// The kinds of differences.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum DifferenceKind {
    /// The line is cut off, damaged or altered.
    Damaged,
    /// An entry is missing, is there twice or has moved.
    Order,
    /// The journal is of another workflow, or of another meaning of it.
    Workflow,
    /// The entry is whole, and does not follow from those before.
    Decision,
    /// The entry does not follow, and was made with another database of time zones.
    Zones,
    /// The journal does not lead to the head.
    Head,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "entry {} {}", self.line, self.message)
    }
}

impl std::error::Error for Difference {}

/// Verifies a journal as one text.
///
/// # Errors
///
/// The first difference.
pub fn verify(
    workflow: &Workflow,
    journal: &str,
    head: Option<&Head>,
) -> Result<Verified, Difference> {
    let mut verifier = Verifier::new(workflow);
    for line in journal.split_inclusive('\n') {
        verifier.line(line)?;
    }
    verifier.finish(head)
}

/// Verifies a journal line by line, so that it need not be in memory as a whole.
pub struct Verifier<'w> {
    workflow: &'w Workflow,
    composer: Composer<'w>,
    /// Whether the journal must be of this very meaning.
    strict: bool,
    again: Option<Again<'w>>,
    head: Head,
    recomputed: u64,
    erased: Vec<(u64, String)>,
    /// Something that decisions may depend on was erased.
    inputs_erased: bool,
    ids: BTreeSet<String>,
    /// What came in by the last line, where that was an event.
    event: Option<Event>,
    /// What the rules decide in the place of a line that differs.
    instead: Option<Decision>,
}

impl<'w> Verifier<'w> {
    /// Verifies against the workflow that the journal was written under.
    #[must_use]
    pub fn new(workflow: &'w Workflow) -> Self {
        Self {
            workflow,
            composer: Composer::new(workflow),
            strict: true,
            again: None,
            head: Head::before_all(),
            recomputed: 0,
            erased: Vec::new(),
            inputs_erased: false,
            ids: BTreeSet::new(),
            event: None,
            instead: None,
        }
    }

    /// Asks what another version or variant would have decided on what came in: the first difference is where it would
    /// have gone another way.
    #[must_use]
    pub fn against(workflow: &'w Workflow) -> Self {
        Self { strict: false, ..Self::new(workflow) }
    }

    /// Takes the next line, with its line feed.
    ///
    /// # Errors
    ///
    /// What differs; then nothing behind it says anything.
    pub fn line(&mut self, text: &str) -> Result<(), Difference> {
        self.take(JournalLine::read(text))
    }

    /// Takes the next line, whose own hashes have been checked already, perhaps on another thread.
    ///
    /// # Errors
    ///
    /// As [`line`](Self::line).
    pub fn take(&mut self, line: JournalLine) -> Result<(), Difference> {
        let line = follow(line, &self.head)?;
        let number = self.head.sequence.saturating_add(1);
        let differs = |kind, message: String| Difference { line: number, kind, message };
        let says = |key: &str| line.core.get(key).and_then(Json::as_str);
        if number == 1 && self.strict {
            self.belongs(&line)?;
        }
        for path in line.erased() {
            self.inputs_erased |=
                path == "actor" || path.starts_with("facts.") || path.starts_with("data.");
            self.erased.push((number, path.to_owned()));
        }
        if number == 1 || self.again.is_some() {
            match self.recompute(&line) {
                Ok(()) => self.recomputed += 1,
                // What follows from erased values cannot be known: from here on the chain alone speaks.
                Err(_) if self.inputs_erased => self.again = None,
                Err(message) => {
                    let zones = says("zones").unwrap_or_default();
                    let ours = Zone::database_version();
                    if zones != ours {
                        let message = format!(
                            "{message}; it was made with the time zones of {zones}, these are {ours}"
                        );
                        return Err(differs(DifferenceKind::Zones, message));
                    }
                    return Err(differs(DifferenceKind::Decision, message));
                }
            }
        }
        self.head = Head { sequence: number, hash: line.hash };
        Ok(())
    }

    /// The journal is at its end.
    ///
    /// # Errors
    ///
    /// The end is missing, or is another than the head says.
    pub fn finish(mut self, head: Option<&Head>) -> Result<Verified, Difference> {
        let line = self.head.sequence.saturating_add(1);
        if self.head.sequence == 0 {
            let message = "is missing: the journal is empty".to_owned();
            return Err(Difference { line, kind: DifferenceKind::Order, message });
        }
        if let Some(head) = head
            && *head != self.head
        {
            let message = if head.sequence > self.head.sequence {
                format!("is missing: the head is of entry {}", head.sequence)
            } else if head.sequence < self.head.sequence {
                format!("goes beyond the head, which is of entry {}", head.sequence)
            } else {
                "is missing: the journal leads to another head, and so was written anew".to_owned()
            };
            return Err(Difference { line, kind: DifferenceKind::Head, message });
        }
        if let Some(again) = &mut self.again {
            let rest = again.before(again.time());
            if let Ok(Some(act)) = rest
                && !self.inputs_erased
            {
                let message = format!("is missing: {} was due", cause(act.record()));
                return Err(Difference { line, kind: DifferenceKind::Order, message });
            }
        }
        Ok(Verified { head: self.head, recomputed: self.recomputed, erased: self.erased })
    }

    /// The case as it stands behind the last line; `None` before the first, and where erased values would be needed.
    #[must_use]
    pub fn case(&self) -> Option<Case> {
        self.again.as_ref().map(|again| again.case(&self.head))
    }

    /// The answer of the last line, decided anew: what a person may read of it. A term or sent event is told as a step.
    /// `None` where [`case`](Self::case) is.
    #[must_use]
    pub fn decision(&self) -> Option<&Decision> {
        self.again.as_ref().map(|again| &again.told)
    }

    /// The event that the last line answers, as it came in; `None` where the line is of no event, and where
    /// [`case`](Self::case) is. An actor that was erased has no id.
    #[must_use]
    pub fn event(&self) -> Option<&Event> {
        self.event.as_ref()
    }

    /// What these rules decide in the place of the line that [`line`](Self::line) found to differ: another answer to its
    /// event, or a step that was due before it. `None` where nothing would have happened, or where it was no decision that
    /// differed.
    #[must_use]
    pub fn instead(&self) -> Option<&Decision> {
        self.instead.as_ref()
    }

    /// The number and hash of the last line that was taken.
    #[must_use]
    pub fn head(&self) -> &Head {
        &self.head
    }

    fn belongs(&self, line: &Line) -> Result<(), Difference> {
        let theirs = Provenance::of_entry(line)?;
        let message = if theirs.workflow != self.workflow.id() {
            format!(
                "belongs to the workflow `{}`, this is `{}`",
                brief(&theirs.workflow),
                self.workflow.id()
            )
        } else if !theirs.is(self.workflow) {
            format!(
                "was made under other rules than these: the file of {theirs} meant something else"
            )
        } else {
            return Ok(());
        };
        Err(Difference { line: 1, kind: DifferenceKind::Workflow, message })
    }

    /// Decides once more what a line says was decided.
    fn recompute(&mut self, line: &Line) -> Result<(), String> {
        self.event = None;
        let input = Input::of(line)?;
        let nameless = input.nameless;
        let act = self.decide(input)?;
        let record = act.record();
        let zones = line.core.get("zones").and_then(Json::as_str).unwrap_or_default();
        let mut expected = self.composer.compose(record, &self.head, zones, &Salts::Of(line));
        if let Origin::Event { event } = &record.origin {
            let event = event.clone();
            self.event = Some(if nameless { without_id(event) } else { event });
        }
        // The version is a name, and so may change without the meaning; another workflow is asked on purpose.
        if let Some(Json::Object(ours)) = expected.core.get_mut("workflow")
            && let Some(Json::Object(theirs)) = line.core.get("workflow")
        {
            let kept: &[&str] =
                if self.strict { &["version"] } else { &["version", "id", "fingerprint"] };
            for key in kept {
                if let Some(theirs) = theirs.get(*key) {
                    ours.insert((*key).to_owned(), theirs.clone());
                }
            }
        }
        if expected.core == line.core || (!self.strict && same_outcome(line, &expected)) {
            return Ok(());
        }
        self.instead = self.again.as_ref().map(|again| again.told.clone());
        Err(first_difference(line, &expected))
    }

    fn decide(&mut self, input: Input) -> Result<Arc<Act>, String> {
        let Input { at, kind, name, event, facts, nameless: _ } = input;
        if kind == "start" {
            if self.again.is_some() {
                return Err("begins the case a second time".to_owned());
            }
            let (again, act) =
                Again::start(self.workflow, at, &facts).map_err(|found| failed(&found))?;
            self.again = Some(again);
            return Ok(act);
        }
        let Some(again) = &mut self.again else { return Err("does not begin the case".to_owned()) };
        if kind == "event" {
            if let Some(act) = again.before(at).map_err(|found| failed(&[found]))? {
                self.instead = Some(again.told.clone());
                return Err(format!(
                    "comes too early: {} was due before it and has no entry",
                    cause(act.record())
                ));
            }
            if let Some(id) = &event.id
                && !self.ids.insert(id.clone())
            {
                return Err(format!("repeats the event with the id `{}`", brief(id)));
            }
            return again.event(&event).map_err(|decision| {
                let message = failed(&decision.problems);
                self.instead = Some(*decision);
                message
            });
        }
        match again.due(at).map_err(|found| failed(&[found]))? {
            Some(act) => Ok(act),
            None => Err(format!("says that `{}` was due, and nothing was", brief(&name))),
        }
    }
}

/// Reads the line that follows a head: whole, unaltered and in its place.
pub(crate) fn next(text: &str, head: &Head) -> Result<Line, Difference> {
    follow(JournalLine::read(text), head)
}

fn follow(line: JournalLine, head: &Head) -> Result<Line, Difference> {
    let number = head.sequence.saturating_add(1);
    let differs = |kind, message: String| Difference { line: number, kind, message };
    let line = line.0.map_err(|message| differs(DifferenceKind::Damaged, message))?;
    if line.core.get("sequence").and_then(Json::as_u64) != Some(number)
        || line.core.get("previous").and_then(Json::as_str) != Some(head.hash.as_str())
    {
        let message =
            "does not continue the one before: an entry is missing, is there twice or has moved";
        return Err(differs(DifferenceKind::Order, message.to_owned()));
    }
    Ok(line)
}

impl fmt::Debug for Verifier<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verifier")
            .field("head", &self.head)
            .field("recomputed", &self.recomputed)
            .finish_non_exhaustive()
    }
}

fn cause(record: &Record) -> String {
    use crate::case::decision::Cause;
    match &record.origin {
        Origin::Step { cause: Cause::Term { state, term, due } } => {
            format!("the term `{term}` of `{state}`, of {due},")
        }
        Origin::Step { cause: Cause::Sent { event, due } } => {
            format!("the sent event `{event}`, of {due},")
        }
        Origin::Event { event } => format!("the event `{}`", event.name),
        Origin::Start { .. } => "the start".to_owned(),
    }
}

fn failed(problems: &[Problem]) -> String {
    let problems: Vec<String> = problems.iter().map(ToString::to_string).collect();
    format!("is answered with an error: {}", problems.join("; "))
}

/// Whether two rule books come to the same: other words of a rule, or other values read, are no other decision.
fn same_outcome(line: &Line, expected: &Line) -> bool {
    const DECIDED: [&str; 8] =
        ["kind", "event", "state", "term", "of", "outcome", "states", "emitted"];
    let changes = |line: &Line| -> BTreeMap<String, Option<String>> {
        let digests = line.core.get("digests").and_then(Json::as_object).into_iter().flatten();
        let changes = digests.filter(|(path, _)| path.starts_with("changed."));
        let value = |path: &str| line.private.get(path).map(|part| digest::canonical(&part.value));
        changes.map(|(path, _)| (path.clone(), value(path))).collect()
    };
    DECIDED.iter().all(|key| line.core.get(*key) == expected.core.get(*key))
        && changes(line) == changes(expected)
}

/// The first part of an entry that was decided otherwise, the telling ones first.
fn first_difference(line: &Line, expected: &Line) -> String {
    let telling =
        ["kind", "event", "state", "term", "of", "at", "outcome", "states", "taken", "reasons"];
    let all = telling
        .into_iter()
        .chain(line.core.keys().map(String::as_str))
        .chain(expected.core.keys().map(String::as_str));
    let differs = |key: &&str| *key != "digests" && line.core.get(*key) != expected.core.get(*key);
    let show = |value: Option<&Json>| {
        value.map_or("nothing".to_owned(), |value| {
            let text: String = digest::canonical(value).chars().take(200).collect();
            format!("`{text}`")
        })
    };
    if let Some(key) = all.into_iter().find(differs) {
        let (theirs, ours) = (show(line.core.get(key)), show(expected.core.get(key)));
        return format!("says {theirs} as `{key}`, the rules give {ours}");
    }
    let private = line.private.keys().chain(expected.private.keys());
    let mut paths: Vec<&String> = private.collect();
    paths.sort();
    let value = |line: &Line, path: &str| show(line.private.get(path).map(|part| &part.value));
    match paths.into_iter().find(|path| line.digest(path) != expected.digest(path)) {
        Some(path) => {
            let (theirs, ours) = (value(line, path), value(expected, path));
            format!("says {theirs} as `{path}`, the rules give {ours}")
        }
        None => "is not what the rules give".to_owned(),
    }
}

/// What came in, by a line.
struct Input {
    at: DateTime,
    kind: String,
    /// Of the term or event.
    name: String,
    event: Event,
    facts: BTreeMap<String, Value>,
    /// Whether the actor's id is a stand-in for one that was erased.
    nameless: bool,
}

impl Input {
    fn of(line: &Line) -> Result<Self, String> {
        let text = |key: &str| line.core.get(key).and_then(Json::as_str).map(str::to_owned);
        let wrong = |what: &str| format!("cannot be read: its `{what}` is not one");
        let at = text("at").and_then(|text| {
            let tagged: Map<String, Json> =
                std::iter::once(("$date-time".to_owned(), Json::from(text))).collect();
            Value::from_wire(&Json::Object(tagged)).ok()?.as_date_time()
        });
        let at = at.ok_or_else(|| wrong("at"))?;
        let values = |kind: &str| {
            let parts = line
                .private
                .iter()
                .filter_map(|(path, part)| Some((path.strip_prefix(kind)?, part)));
            let read = parts.map(|(name, part)| {
                let value = Value::from_wire(&part.value)
                    .map_err(|problem| format!("cannot be read: `{name}`: {problem}"))?;
                Ok((name.to_owned(), value))
            });
            read.collect::<Result<BTreeMap<String, Value>, String>>()
        };
        let facts = values("facts.")?;
        let mut event = Event::new(text("event").unwrap_or_default());
        event.at = Some(at);
        event.id = text("id");
        event.facts = facts.clone();
        event.data = values("data.")?;
        let mut nameless = false;
        if let Some(Json::Array(roles)) = line.core.get("roles") {
            let member = |key: &str| {
                let actor = line.private.get("actor")?;
                actor.value.get(key)?.as_str().map(str::to_owned)
            };
            let roles = roles.iter().filter_map(|role| role.as_str().map(str::to_owned)).collect();
            // Somebody, where it is not known any more who: the same in no two entries.
            let id = match line.digest("actor") {
                Some(erased) if !line.private.contains_key("actor") => {
                    nameless = true;
                    Some(format!("erased {erased}"))
                }
                _ => member("id"),
            };
            event.actor = Some(Actor { id, roles, unit: member("unit") });
        }
        if let Some(note) = line.private.get("note") {
            event.note = Some(read_note(&note.value));
        }
        let name = text("term").or_else(|| text("event")).unwrap_or_default();
        let kind = text("kind").unwrap_or_default();
        Ok(Self { at, kind, name, event, facts, nameless })
    }
}

fn without_id(mut event: Event) -> Event {
    if let Some(actor) = &mut event.actor {
        actor.id = None;
    }
    event
}

fn read_note(note: &Json) -> Note {
    let text = |value: &Json, key: &str| {
        value.get(key).and_then(Json::as_str).unwrap_or_default().to_owned()
    };
    let attachments = note.get("attachments").and_then(Json::as_array).into_iter().flatten();
    let attachments =
        attachments.map(|found| Attachment { uri: text(found, "uri"), hash: text(found, "hash") });
    Note { text: text(note, "text"), attachments: attachments.collect() }
}
