//! Journals as event logs for process mining: XES (IEEE 1849) and OCEL 2.0 in JSON.
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

mod entry;
mod ocel;
mod xes;

use std::collections::{BTreeMap, BTreeSet};

use crate::case::entries::Head;
use crate::error::{Error, ErrorKind, Problem};
use crate::journal::verify::next;
use crate::journal::{Discrepancy, DiscrepancyKind, Provenance};
use crate::person::Person;
use crate::value::brief;
use crate::workflow::Workflow;
use entry::Happening;

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
#[derive(Debug)]
struct Rules<'w> {
    workflow: &'w Workflow,
    personal: &'w BTreeSet<String>,
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
}

impl<'w> Writer<'w> {
    /// A log of cases that ran on these workflows.
    #[must_use]
    pub fn new(format: Format, parts: Contents, workflows: &'w [Workflow]) -> Self {
        let rules = workflows.iter();
        Self {
            format,
            parts,
            rules: rules
                .map(|workflow| Rules { workflow, personal: workflow.compiled().personal() })
                .collect(),
            round: Round::Events,
            cases: BTreeMap::new(),
            begun: BTreeSet::new(),
            actors: BTreeMap::new(),
            ocel: ocel::Document::default(),
        }
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
        Ok(CaseWriter { log: self, name: name.to_owned(), head: Head::before_all(), rules })
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

impl CaseWriter<'_, '_> {
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
        let Some(rules) = log.rules.get(self.rules) else { return Ok(()) };
        let happening = Happening::of(&line, rules, log.parts).map_err(|message| Discrepancy {
            line: self.head.sequence,
            kind: DiscrepancyKind::Damaged,
            message,
        })?;
        let Some(mut happening) = happening else { return Ok(()) };
        happening.actor = happening.actor.map(|id| log.actor(&id));
        match (log.format, log.round) {
            (Format::Xes, _) => xes::event(&happening, out),
            (Format::Ocel, Round::Events) => log.ocel.event(&self.name, &happening, out),
            (Format::Ocel, Round::Objects) => log.ocel.facts(&happening, out),
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
        let Self { log, name, head, .. } = self;
        match (log.format, log.round) {
            (Format::Xes, _) => xes::end_trace(out),
            (Format::Ocel, Round::Events) => {
                log.cases.insert(name, head);
            }
            (Format::Ocel, Round::Objects) => {
                if log.cases.get(&name) != Some(&head) {
                    let message =
                        "is not the last that it was when the journal was read before".to_owned();
                    return Err(Discrepancy { line, kind: DiscrepancyKind::Head, message });
                }
                log.ocel.end_case(out);
            }
        }
        Ok(())
    }
}
