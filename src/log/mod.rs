//! Event logs: journals written as XES (IEEE 1849) and OCEL 2.0 in JSON, and logs of others read, mapped to a workflow,
//! replayed and aligned.
//!
//! *Reading* begins with [`read_xes`] and [`read_csv`]; [`stats()`] and [`variants`] say what there is. A [`LogMap`] says what that
//! is in the words of a workflow, [`check()`] whether it could have happened, [`align()`] what it would cost to make it so.
//!
//! # Writing
//!
//! A log is written case by case and line by line, so that many and long journals need little memory: it grows with the
//! names of cases, actors and attributes alone. Every line is checked as [`verify`](crate::journal::verify) checks it, but for the
//! decisions, which are not made anew. Texts are strangers': each form escapes them where it writes them.
//!
//! * *A case* is a trace, or an object whose type is the id of its workflow. Its `workflow.id`, `workflow.version` and
//!   `workflow.fingerprint` say which rules it ran on.
//! * *An event* of the log is an entry of the journal: the start (`case start`), an accepted event, a term (`STATE: TERM`) or a sent event
//!   that was taken. Not a transition: one event may take several, and those stand in its attribute `taken`. Further
//!   attributes are `entry` (its number), `kind`, `outcome`, `states` (where the case stood then) and `emitted`.
//! * *Child cases* are entries of their parent's journal, and bear their address in the attribute `case`. In XES they are in
//!   the trace of the outermost case, or with [`Traces::Case`] in one of their own, called by the name of the outermost and
//!   the address (`case-1/boards/angered`; with a number behind it where an address has begun anew:
//!   `case-1/boards/angered/2`), whose `parent` names the trace around it. In OCEL each is an object of its own, related to
//!   its parent. When one starts and is stopped is an event of its own (`case start`, `case stopped`), and so is what a
//!   parent did because a child had moved (`children`).
//! * *Refused and failed* entries are left out unless [`Contents::refused`]; then their `lifecycle:transition` is `ate_abort`,
//!   that of all others `complete`.
//! * *Persons*: nothing that stands beside the chain is written unless [`Contents`] asks for it, and what is declared
//!   `"personal": true` only with [`Contents::personal`]. What was erased is absent.
//! * *Facts* are attributes `fact.NAME` of the event that reported or changed them in XES, and of the case at the time of
//!   that event in OCEL; payload is `data.NAME` of the event, and what a refused event came with `reported.NAME`. Numbers keep
//!   their digits. Dates, durations, lists and records are texts, the last two as JSON.
//!
//! OCEL's schema has all values as texts, and no form of lines: it is one document, here with an event or object on each
//! line. The times of facts need the journals a second time ([`Writer::end`]).

mod align;
pub(crate) mod cases;
mod check;
mod children;
mod entry;
pub(crate) mod event_log;
pub(crate) mod map;
mod ocel;
pub(crate) mod read;
mod rows;
mod situations;
pub(crate) mod stats;
mod terms;
mod xes;

use std::collections::{BTreeMap, BTreeSet};

use crate::case::entries::Head;
use crate::error::{Error, ErrorKind, Problem};
use crate::journal::discrepancy::next;
use crate::journal::line::Member;
use crate::journal::{Discrepancy, DiscrepancyKind, Provenance};
use crate::person::Person;
use crate::value::brief;
use crate::workflow::Workflow;
use children::Children;
use entry::Happening;

pub use align::{AlignGuards, AlignedPiece, Aligner, Alignments, align};
pub use check::{
    Check, CheckOptions, Checker, ClaimCount, Failure, GuardCount, Misfit, Order, Piece, Unmapped,
    Unreadable, check,
};
pub use event_log::{AttributeKind, EventLog, LoggedEvent, Trace};
pub use map::{LogMap, map_schema};
pub use read::{
    Bounds, CsvColumns, LogForm, ReadError, form_of, read, read_csv, read_xes, unpacked,
};
pub use stats::{ActivityCount, Follow, StatKeys, Stats, Throughput, Variant, stats, variants};
pub use terms::Terms;

/// The forms of logs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Format {
    /// XES in XML, valid by the schema of IEEE 1849, with the extensions Concept, Lifecycle, Organizational and Time.
    Xes,
    /// OCEL 2.0 in JSON, valid by its schema.
    Ocel,
}

/// What of a journal goes into a log besides what was accepted; nothing by default.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[allow(clippy::exhaustive_structs)]
pub struct Contents {
    /// Events that were refused, and terms and sent events that failed or were refused.
    pub refused: bool,
    /// Events declared `silent`, which other systems would not have logged either.
    pub silent: bool,
    /// Facts and payload, unless they are declared personal.
    pub facts: bool,
    /// Free texts and attachments.
    pub notes: bool,
    /// Who acted, by a number in the place of the id.
    pub actors: bool,
    /// Of actors the id and unit, of facts the personal ones too, where those are asked for at all.
    pub personal: bool,
}

/// What a trace of XES is, of a case with child cases.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Traces {
    /// The outermost case with all inside it.
    #[default]
    Whole,
    /// Each case for itself. What is written of children is in memory until the end of their journal.
    Case,
}

/// Writes a log from journals.
///
/// ```
/// # use tresteg::log::{Contents, Format, Writer};
/// # use tresteg::{Case, Event, Workflow};
/// # let workflow = Workflow::from_json(r#"{ "id": "w", "initial": "a", "states": { "a": { "on": { "go": "b" } }, "b": {} } }"#)?;
/// # let (mut case, _) = Case::start(&workflow, None, Default::default())?;
/// # case.fire(&Event::new("go"));
/// # let entries = case.take_entries(&[7; 32]);
/// # let journal: String = entries.iter().map(|entry| format!("{}\n", entry.line)).collect();
/// let workflows = [workflow];
/// let mut log = Writer::new(Format::Xes, Contents::default(), &workflows);
/// let mut text = String::new();
/// loop {
///     log.begin(&mut text);
///     for (name, journal) in [("case-1", &journal)] {
///         let mut case = log.case(name)?;
///         for line in journal.split_inclusive('\n') {
///             case.line(line, &mut text)?;
///             // A large log goes out here, and `text` is emptied.
///         }
///         case.end(&mut text)?;
///     }
///     if !log.end(&mut text) {
///         break;
///     }
/// }
/// assert!(text.contains(r#"<string key="concept:name" value="go"/>"#));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Writer<'w> {
    format: Format,
    traces: Traces,
    parts: Contents,
    rules: Vec<Rules<'w>>,
    round: Round,
    /// Where each case led in the first round.
    cases: BTreeMap<String, Head>,
    /// Cases of this round.
    begun: BTreeSet<String>,
    /// Who acted, in the order in which they appeared.
    actors: BTreeMap<Person, (u64, String)>,
    ocel: ocel::Document,
}

/// A workflow with what of it is personal.
#[derive(Debug, Clone, Copy)]
struct Rules<'w> {
    workflow: &'w Workflow,
    personal: &'w BTreeSet<String>,
}

impl<'w> Rules<'w> {
    fn of(workflow: &'w Workflow) -> Self {
        Self { workflow, personal: workflow.compiled().personal() }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Round {
    Events,
    Objects,
}

/// One case of a log, while its journal is read.
#[derive(Debug)]
pub struct CaseWriter<'a, 'w> {
    log: &'a mut Writer<'w>,
    name: String,
    head: Head,
    /// Which of the workflows; known from the first line.
    rules: usize,
    children: Children<'w>,
}

impl<'w> Writer<'w> {
    /// A log of cases that ran on these workflows.
    #[must_use]
    pub fn new(format: Format, parts: Contents, workflows: &'w [Workflow]) -> Self {
        let rules = workflows.iter();
        Self {
            format,
            traces: Traces::default(),
            parts,
            rules: rules.map(Rules::of).collect(),
            round: Round::Events,
            cases: BTreeMap::new(),
            begun: BTreeSet::new(),
            actors: BTreeMap::new(),
            ocel: ocel::Document::default(),
        }
    }

    /// What a trace is of cases with child cases; of no meaning in OCEL.
    #[must_use]
    pub fn with_traces(self, traces: Traces) -> Self {
        Self { traces, ..self }
    }

    /// Writes what comes before the first case.
    pub fn begin(&mut self, out: &mut String) {
        match (self.format, self.round) {
            (Format::Xes, _) => xes::begin(out),
            (Format::Ocel, Round::Events) => self.ocel.begin_events(out),
            (Format::Ocel, Round::Objects) => self.ocel.begin_objects(out),
        }
    }

    /// Begins a case. Its lines follow, then [`CaseWriter::end`].
    ///
    /// # Errors
    ///
    /// A name that another case of this log has.
    pub fn case(&mut self, name: &str) -> Result<CaseWriter<'_, 'w>, Error> {
        if !self.begun.insert(name.to_owned()) {
            let message = format!("two cases of the log have the name `{}`", brief(name));
            let problem = Problem::new("log-case", message);
            let hint = "give every case a name of its own";
            return Err(Error::new(ErrorKind::Journal, vec![problem.hint(hint)]));
        }
        let rules = self.rules.len();
        let (name, head) = (name.to_owned(), Head::before_all());
        Ok(CaseWriter { log: self, name, head, rules, children: Children::default() })
    }

    /// Writes what comes after the last case. `true` when the log needs the same journals once more, from
    /// [`begin`](Self::begin) on: OCEL does.
    pub fn end(&mut self, out: &mut String) -> bool {
        self.begun.clear();
        match (self.format, self.round) {
            (Format::Xes, _) => {
                xes::end(out);
                false
            }
            (Format::Ocel, Round::Events) => {
                self.ocel.end_events(out);
                self.round = Round::Objects;
                true
            }
            (Format::Ocel, Round::Objects) => {
                self.ocel.end_objects(out);
                false
            }
        }
    }

    /// How an actor is called in the log.
    fn actor(&mut self, id: &str) -> String {
        let next = self.actors.len() as u64 + 1;
        let person = self.actors.entry(Person::of(id));
        let (number, first) = person.or_insert_with(|| (next, id.to_owned()));
        if self.parts.personal { first.clone() } else { number.to_string() }
    }
}

impl<'w> CaseWriter<'_, 'w> {
    /// Takes the next line of the journal, with its line feed, and appends what the log says of it.
    ///
    /// # Errors
    ///
    /// A line that is damaged or out of its place; at the first, a journal of none of the workflows. Then the log cannot be
    /// brought to its end.
    pub fn line(&mut self, text: &str, out: &mut String) -> Result<(), Discrepancy> {
        let line = next(text, &self.head)?;
        let first = self.head.sequence == 0;
        let log = &mut *self.log;
        if first {
            let provenance = Provenance::of_entry(&line)?;
            let found = log.rules.iter().position(|rules| provenance.is(rules.workflow));
            self.rules = found.ok_or_else(|| Discrepancy {
                line: 1,
                kind: DiscrepancyKind::Workflow,
                message: format!(
                    "was made under {provenance}, and none of the workflows is that one"
                ),
            })?;
            match (log.format, log.round) {
                (Format::Xes, _) => xes::begin_trace(&self.name, &provenance, out),
                (Format::Ocel, Round::Events) => {}
                (Format::Ocel, Round::Objects) => {
                    log.ocel.begin_case(&self.name, &provenance, out);
                }
            }
        }
        self.head = Head { sequence: self.head.sequence + 1, hash: line.hash().to_owned() };
        let Some(outermost) = log.rules.get(self.rules) else { return Ok(()) };
        let damaged = |message| Discrepancy {
            line: self.head.sequence,
            kind: DiscrepancyKind::Damaged,
            message,
        };
        let address = line.said(Member::Case);
        // A start may be of a case that has begun before.
        let begins = line.said(Member::Kind).as_deref() == Some("start");
        let child = match &address {
            Some(address) if begins => {
                Some(self.children.begin(&self.name, outermost.workflow, address))
            }
            Some(address) => {
                let found = self.children.find(address);
                // What was sent to a case that never was has happened nowhere.
                if found.is_none() && line.said(Member::Outcome).as_deref() == Some("not_expected")
                {
                    return Ok(());
                }
                Some(found)
            }
            None => None,
        };
        let child = child.map(|child| {
            let unknown = || "is of a child case that the workflow cannot have".to_owned();
            child.ok_or_else(unknown).map_err(damaged)
        });
        let child = child.transpose()?;
        let rules = child.as_ref().map_or(*outermost, |child| Rules::of(child.workflow));
        let happening = Happening::of(&line, &rules, log.parts).map_err(damaged)?;
        let Some(mut happening) = happening else { return Ok(()) };
        happening.actor = happening.actor.map(|id| log.actor(&id));
        match (log.format, log.round, child) {
            (Format::Xes, _, Some(child)) if log.traces == Traces::Case => {
                xes::event(&happening, &mut child.text);
            }
            (Format::Xes, ..) => xes::event(&happening, out),
            (Format::Ocel, Round::Events, child) => {
                let name = child.map_or(&self.name, |child| &child.name);
                log.ocel.event(name, &happening, out);
            }
            (Format::Ocel, Round::Objects, Some(child)) => {
                log.ocel.facts(child.workflow.id(), &happening, &mut child.text);
            }
            (Format::Ocel, Round::Objects, None) => {
                log.ocel.facts(rules.workflow.id(), &happening, out);
            }
        }
        Ok(())
    }

    /// The journal is at its end.
    ///
    /// # Errors
    ///
    /// There was no line at all, or the second time the journal is another than the first.
    pub fn end(self, out: &mut String) -> Result<(), Discrepancy> {
        let line = self.head.sequence;
        if line == 0 {
            let message = "is missing: the journal is empty".to_owned();
            return Err(Discrepancy { line: 1, kind: DiscrepancyKind::Order, message });
        }
        let Self { log, name, head, children, .. } = self;
        match (log.format, log.round) {
            (Format::Xes, _) => {
                xes::end_trace(out);
                for child in children.all.iter().filter(|_| log.traces == Traces::Case) {
                    xes::begin_trace(&child.name, &child.provenance(), out);
                    xes::parent(&child.parent, out);
                    out.push_str(&child.text);
                    xes::end_trace(out);
                }
            }
            (Format::Ocel, Round::Events) => {
                log.cases.insert(name, head);
            }
            (Format::Ocel, Round::Objects) => {
                if log.cases.get(&name) != Some(&head) {
                    let message =
                        "is not the last that it was when the journal was read before".to_owned();
                    return Err(Discrepancy { line, kind: DiscrepancyKind::Head, message });
                }
                log.ocel.end_case(None, out);
                for child in &children.all {
                    log.ocel.begin_case(&child.name, &child.provenance(), out);
                    out.push_str(&child.text);
                    log.ocel.end_case(Some(&child.parent), out);
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
