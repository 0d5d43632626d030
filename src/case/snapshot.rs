//! A case put away and taken out again: by names, not numbers, so that it can be read and checked.

mod signatures;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::case::decision::Decision;
use crate::case::problem::violation;
use crate::case::record::{Head, Record, Untaken};
use crate::case::signing;
use crate::case::situation::{Aside, Dates, Sent, Situation, Term, Waiting};
use crate::case::wired;
use crate::case::{Answered, Case};
use crate::definition::model::{StateKind, When};
use crate::digest;
use crate::error::{Error, ErrorKind, Problem};
use crate::rule::{Facts, Occurrence, Past};
use crate::table::StateId;
use crate::value::{DateTime, Value, Zone, brief};
use crate::workflow::chart::ROOT;
use crate::workflow::{Compiled, Workflow};
use serde_json::Value as Wire;
use signatures::StoredSignatures;

/// A case as data for serde, to be stored anywhere and restored on the same workflow.
///
/// It holds everything that the next step depends on, the head of the journal and the entries that nobody has taken yet.
/// A check sum over the whole finds damage, by accident or by a hand that knows nothing of it; it is no signature.
/// What the workflow means must be the same when the case is restored ([`Workflow::fingerprint`]); its labels, hints and
/// `version` may have changed. So may the database of time zones: what falls due from then on follows the new one.
///
/// ```
/// use tresteg::{Case, Event, Snapshot, Workflow};
/// let workflow = Workflow::from_json(r#"{ "id": "w", "initial": "a", "states": { "a": { "on": { "go": "b" } }, "b": {} } }"#)?;
/// let (mut case, _) = Case::start(&workflow, None, Default::default())?;
/// case.fire(&Event::new("go"));
/// let text = serde_json::to_string(&case.snapshot())?;
/// let restored = Case::restore(&workflow, serde_json::from_str(&text)?)?;
/// assert_eq!(restored, case);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Snapshot {
    /// The version of this form: 1.
    snapshot: u32,
    workflow: String,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    version: Option<String>,
    /// What the workflow meant.
    fingerprint: String,
    /// The version of the database of time zones.
    zones: String,
    head: Head,
    /// Entries that were not taken.
    untaken: Vec<Vec<Wire>>,
    /// Microseconds since the Unix epoch, as all times here.
    time: i64,
    ended: bool,
    /// Leaf states.
    states: Vec<String>,
    facts: BTreeMap<String, Wire>,
    history: BTreeMap<String, Vec<String>>,
    events: BTreeMap<String, StoredOccurrence>,
    entered: BTreeMap<String, i64>,
    terms: Vec<StoredTerm>,
    sent: Vec<StoredSent>,
    aside: Vec<StoredAside>,
    signatures: Vec<StoredSignatures>,
    /// The first answers to events with an id of their own.
    answered: BTreeMap<String, Vec<Wire>>,
    /// SHA-256 of all the rest in canonical form.
    check: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredOccurrence {
    count: u64,
    last: i64,
    who: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredTerm {
    state: String,
    index: u32,
    key: String,
    due: Option<i64>,
    taken: Vec<i64>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredSent {
    event: String,
    due: i64,
    data: BTreeMap<String, Wire>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredAside {
    #[serde(skip_serializing_if = "Option::is_none", default)]
    term: Option<(String, u32)>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    sent: Option<StoredSent>,
    problem: String,
}

impl Case {
    /// The case as data: everything that the next step depends on. Cost: linear in what it holds.
    #[must_use]
    pub fn snapshot(&self) -> Snapshot {
        let compiled = self.workflow.compiled();
        let definition = &compiled.definition;
        let Self { workflow: _, situation, answered, records, head } = self;
        let Situation {
            time,
            active,
            facts,
            history,
            past,
            terms,
            dated: _,
            sent,
            aside,
            signatures,
            ended,
        } = &**situation;
        let name = |state: &StateId| definition.states.at(*state).name.value.clone();
        let known = definition.facts.iter().zip(facts.iter());
        let mut snapshot = Snapshot {
            snapshot: 1,
            workflow: definition.id.value.clone(),
            version: definition.version.clone(),
            fingerprint: compiled.fingerprint().to_owned(),
            zones: Zone::database_version().to_owned(),
            head: head.clone(),
            untaken: records.iter().map(|record| wired::to_words(&*record)).collect(),
            time: time.microseconds(),
            ended: *ended,
            states: active
                .iter()
                .filter(|state| compiled.chart.states.at(**state).children.is_empty())
                .map(name)
                .collect(),
            facts: known
                .filter_map(|((_, fact), value)| {
                    Some((fact.name.value.clone(), value.as_ref()?.to_wire()))
                })
                .collect(),
            history: history
                .iter()
                .map(|(state, recorded)| (name(state), recorded.iter().map(name).collect()))
                .collect(),
            events: past
                .events
                .iter()
                .map(|(event, found)| (event.to_string(), store(found)))
                .collect(),
            entered: past
                .entered
                .iter()
                .map(|(state, at)| (name(state), at.microseconds()))
                .collect(),
            terms: terms.iter().map(|term| store_term(compiled, term)).collect(),
            sent: sent.iter().map(store_sent).collect(),
            aside: aside.iter().map(|aside| store_aside(compiled, aside)).collect(),
            signatures: signatures
                .iter()
                .map(|(id, waiting)| signatures::store(compiled, *id, waiting))
                .collect(),
            answered: answered
                .iter()
                .map(|(id, answer)| (id.clone(), wired::to_words(&**answer)))
                .collect(),
            check: String::new(),
        };
        snapshot.check = snapshot.sum();
        snapshot
    }

    /// Takes a case out again on the workflow that it was put away on.
    ///
    /// # Errors
    ///
    /// A snapshot that is damaged, of another workflow or of another meaning of it; else everything that does not fit the
    /// workflow. A case is restored whole or not at all.
    pub fn restore(workflow: &Workflow, snapshot: Snapshot) -> Result<Self, Error> {
        let mut reader = Reader { workflow: workflow.compiled(), problems: Vec::new() };
        if let Err(problem) = reader.belongs(&snapshot) {
            return Err(Error::new(ErrorKind::Snapshot, vec![problem]));
        }
        let head = snapshot.head.clone();
        let (situation, answered, records) = reader.read(snapshot);
        if !reader.problems.is_empty() {
            return Err(Error::new(ErrorKind::Snapshot, reader.problems));
        }
        let situation = Arc::new(situation);
        Ok(Self { workflow: workflow.clone(), situation, answered, records, head })
    }
}

impl Snapshot {
    /// The check sum that belongs to everything else in it.
    fn sum(&self) -> String {
        let bare = Self { check: String::new(), ..self.clone() };
        // A snapshot is plain data with texts as keys, which always is JSON.
        let json = serde_json::to_value(bare).unwrap_or_default();
        digest::sha256(&[digest::canonical(&json).as_bytes()]).into()
    }
}

fn store(found: &Occurrence) -> StoredOccurrence {
    StoredOccurrence {
        count: found.count,
        last: found.last.microseconds(),
        who: found.who.iter().map(ToString::to_string).collect(),
    }
}

fn store_term(compiled: &Compiled, term: &Term) -> StoredTerm {
    let state = compiled.definition.states.at(term.state);
    StoredTerm {
        state: state.name.value.clone(),
        index: term.index,
        key: state
            .terms
            .get(term.index as usize)
            .map(|term| term.key.value.clone())
            .unwrap_or_default(),
        due: term.due.map(DateTime::microseconds),
        taken: term.taken.sorted().into_iter().map(DateTime::microseconds).collect(),
    }
}

fn store_sent(sent: &Sent) -> StoredSent {
    StoredSent {
        event: sent.event.to_string(),
        due: sent.due.microseconds(),
        data: sent.data.iter().map(|(key, value)| (key.to_string(), value.to_wire())).collect(),
    }
}

fn store_aside(compiled: &Compiled, aside: &Aside) -> StoredAside {
    let (term, sent) = match &aside.what {
        Waiting::Term { state, index } => {
            (Some((compiled.definition.states.at(*state).name.value.clone(), *index)), None)
        }
        Waiting::Sent(sent) => (None, Some(store_sent(sent))),
    };
    StoredAside { term, sent, problem: aside.problem.clone() }
}

/// Reads a snapshot against a workflow and collects what does not fit.
struct Reader<'w> {
    workflow: &'w Compiled,
    problems: Vec<Problem>,
}

impl Reader<'_> {
    fn wrong(&mut self, message: impl Into<String>) {
        self.problems.push(Problem::new("snapshot", message));
    }

    fn time(&mut self, microseconds: i64) -> DateTime {
        let zone = &self.workflow.definition.zone;
        match DateTime::from_microseconds(microseconds) {
            Some(at) => at.in_zone(zone),
            None => {
                self.wrong(format!("time {microseconds} is outside the years 0001 to 9999"));
                DateTime::epoch(zone)
            }
        }
    }

    fn state(&mut self, name: &str) -> StateId {
        // The file itself goes by the workflow's id, which no state of the same name can take from it: it is looked up first.
        if name == self.workflow.definition.id.as_str() && self.workflow.state_named(name).is_none()
        {
            return ROOT;
        }
        match self.workflow.state_named(name) {
            Some(id) => id,
            None => {
                self.wrong(format!("the workflow has no state `{name}`"));
                ROOT
            }
        }
    }

    fn value(&mut self, what: &str, wire: &Wire) -> Option<Value> {
        match Value::from_wire(wire) {
            Ok(value) => Some(value),
            Err(problem) => {
                self.wrong(format!("{what}: {problem}"));
                None
            }
        }
    }

    fn data(&mut self, data: BTreeMap<String, Wire>) -> BTreeMap<Arc<str>, Value> {
        let entries = data.into_iter();
        entries
            .filter_map(|(key, wire)| {
                let value = self.value(&format!("payload `{key}`"), &wire)?;
                Some((Arc::from(key), value))
            })
            .collect()
    }

    fn sent(&mut self, sent: StoredSent) -> Sent {
        Sent { event: Arc::from(sent.event), due: self.time(sent.due), data: self.data(sent.data) }
    }

    /// Whether the snapshot is whole and of this workflow: if not, the rest says nothing.
    fn belongs(&self, stored: &Snapshot) -> Result<(), Problem> {
        let wrong = |message: String| Err(Problem::new("snapshot", message));
        let definition = &self.workflow.definition;
        if stored.snapshot != 1 {
            return wrong(format!(
                "form {} of snapshots is not known here, only 1",
                stored.snapshot
            ));
        }
        if stored.check != stored.sum() {
            return wrong("the snapshot is damaged: it does not have its check sum".to_owned());
        }
        let named = |id: &str, version: Option<&str>| match version {
            Some(version) => format!("`{}` {}", brief(id), brief(version)),
            None => format!("`{}`", brief(id)),
        };
        let theirs = named(&stored.workflow, stored.version.as_deref());
        let ours = named(&definition.id, definition.version.as_deref());
        if stored.workflow != definition.id.value {
            return wrong(format!("the case belongs to the workflow {theirs}, this is {ours}"));
        }
        if stored.fingerprint != self.workflow.fingerprint() {
            let message = format!(
                "the case belongs to the workflow {theirs} with another meaning than this, {ours}"
            );
            let hint = "restore it on the file that it was stored with; only labels, hints and white space may differ";
            return Err(Problem::new("snapshot", message).hint(hint));
        }
        Ok(())
    }

    /// What a running case could not hold either.
    fn bounds(&mut self, stored: &Snapshot) {
        let limits = &self.workflow.limits;
        let who = stored.events.values().map(|found| found.who.len()).max().unwrap_or(0);
        let signatures = stored.signatures.iter().map(|stored| stored.given.len()).sum();
        let counts = [
            ("sent events", stored.sent.len(), limits.queued_events),
            ("ids of events", stored.answered.len(), limits.remembered_ids),
            ("names of events", stored.events.len(), limits.remembered_names),
            ("actors of an event", who, limits.remembered_names),
            ("signatures", signatures, limits.remembered_names),
        ];
        for (what, count, limit) in counts {
            if count > limit {
                self.wrong(format!(
                    "{count} {what} are more than the {limit} that a case may hold"
                ));
            }
        }
        let mut terms: Vec<(&str, u32)> =
            stored.terms.iter().map(|term| (term.state.as_str(), term.index)).collect();
        terms.sort_unstable();
        if terms.windows(2).any(|pair| matches!(pair, [one, two] if one == two)) {
            self.wrong("a term is there twice");
        }
        if !digest::is_sha256(&stored.head.hash) {
            self.wrong("the head of the journal is no hash");
        }
    }

    fn read(&mut self, stored: Snapshot) -> (Situation, Answered, Untaken) {
        self.bounds(&stored);
        let mut facts = self.workflow.rules.facts_unknown();
        for (name, wire) in &stored.facts {
            self.read_fact(name, wire, &mut facts);
        }
        let active = self.read_states(&stored.states);
        let mut history = BTreeMap::new();
        for (name, recorded) in &stored.history {
            let state = self.state(name);
            if !self.workflow.chart.is_history(state) {
                self.wrong(format!("`{name}` is no history state"));
            }
            let mut recorded: Vec<StateId> = recorded.iter().map(|name| self.state(name)).collect();
            recorded.sort_unstable();
            let around = self.workflow.chart.states.at(state).parent.unwrap_or(ROOT);
            if recorded.iter().any(|id| !self.workflow.chart.inside(*id, around)) {
                self.wrong(format!("what the history state `{name}` remembers lies elsewhere"));
            }
            history.insert(state, recorded);
        }
        let events = stored.events.into_iter().map(|(event, found)| {
            let who = found.who.into_iter().map(Arc::from).collect();
            let last = self.time(found.last);
            (Arc::from(event), Occurrence { count: found.count, last, who })
        });
        let events = events.collect();
        let entered = stored.entered.into_iter();
        let entered = entered.map(|(name, at)| (self.state(&name), self.time(at))).collect();
        let past = Past { events, entered };
        let terms = stored.terms.into_iter().filter_map(|term| self.read_term(term, &active));
        let mut terms: Vec<Term> = terms.collect();
        // A file of equal meaning may have its states in another order.
        terms.sort_by_key(|term| (term.state, term.index));
        let sent = stored.sent.into_iter().map(|sent| self.sent(sent));
        let sent: Vec<Sent> = sent.collect();
        let aside = stored.aside.into_iter().filter_map(|aside| self.read_aside(aside));
        let aside: Vec<Aside> = aside.collect();
        let mut signatures = BTreeMap::new();
        for stored in stored.signatures {
            self.read_signatures(stored, &active, &mut signatures);
        }
        let answered = stored.answered.into_iter().filter_map(|(id, words)| {
            let answer: Option<Decision> = wired::from_words(words);
            if answer.is_none() {
                self.wrong(format!(
                    "the answer to the event with the id `{}` cannot be read",
                    brief(&id)
                ));
            }
            Some((id, Arc::new(answer?)))
        });
        let answered = answered.collect();
        let untaken = stored.untaken.into_iter().filter_map(|words| {
            let record: Option<Record> = wired::from_words(words);
            if record.is_none() {
                self.wrong("an entry of the journal cannot be read");
            }
            record
        });
        let records = untaken.collect();
        let time = self.time(stored.time);
        let ended = stored.ended;
        if ended != active.iter().any(|id| self.is_last(*id)) {
            self.wrong("whether the case has ended does not agree with its states");
        }
        let late = |waiting: &signing::Waiting| waiting.given.iter().any(|one| one.at > time);
        if !signatures.is_empty() && (ended || signatures.values().any(late)) {
            self.wrong("signatures stand at a time at which none can");
        }
        (
            Situation {
                time,
                active: active.into_iter().collect(),
                facts: Arc::new(facts),
                history: history.into(),
                past,
                terms: terms.into(),
                dated: Dates(false),
                sent: sent.into(),
                aside: aside.into(),
                signatures: signatures.into(),
                ended,
            },
            answered,
            records,
        )
    }

    fn is_last(&self, state: StateId) -> bool {
        let row = self.workflow.chart.states.at(state);
        row.kind == StateKind::Final && row.parent == Some(ROOT)
    }

    fn read_fact(&mut self, name: &str, wire: &Wire, facts: &mut Facts) {
        let Some(id) = self.workflow.rules.fact_named(name) else {
            return self.wrong(format!("the workflow has no fact `{name}`"));
        };
        let Some(value) = self.value(&format!("fact `{name}`"), wire) else { return };
        let fact = self.workflow.definition.facts.at(id);
        if fact.value.is_some() {
            return self.wrong(format!("fact `{name}` is derived and cannot be stored"));
        }
        match fact.shape.admit(value, &self.workflow.definition.zone) {
            Ok(value) => facts.set(id, Some(value)),
            Err(violations) => {
                for found in violations {
                    self.problems.push(violation("fact-value", name, found));
                }
            }
        }
    }

    /// Leaf states with their ancestors, if together they are a legal configuration (SCXML 3.11).
    fn read_states(&mut self, names: &[String]) -> Vec<StateId> {
        let chart = &self.workflow.chart;
        let mut active: BTreeSet<StateId> = BTreeSet::from([ROOT]);
        for name in names {
            let leaf = self.state(name);
            active.insert(leaf);
            active.extend(chart.ancestors(leaf));
        }
        if !chart.is_configuration(&active) {
            self.wrong(format!("the states `{}` cannot be active together", names.join("`, `")));
        }
        active.into_iter().collect()
    }

    fn read_term(&mut self, term: StoredTerm, active: &[StateId]) -> Option<Term> {
        let state = self.state(&term.state);
        let written = self.workflow.definition.states.at(state).terms.get(term.index as usize);
        let fits = written.is_some_and(|written| written.key.as_str() == term.key);
        if !fits || active.binary_search(&state).is_err() {
            self.wrong(format!("term `{}` of `{}` is not one that can run", term.key, term.state));
            return None;
        }
        if written.is_some_and(|written| matches!(written.when, When::After(_)))
            && term.due.is_none()
        {
            self.wrong(format!("term `{}` of `{}` has lost its date", term.key, term.state));
        }
        let due = term.due.map(|at| self.time(at));
        let taken = term.taken.into_iter().map(|at| self.time(at)).collect();
        Some(Term { state, index: term.index, due, taken })
    }

    fn read_aside(&mut self, aside: StoredAside) -> Option<Aside> {
        let what = match (aside.term, aside.sent) {
            (Some((state, index)), None) => Waiting::Term { state: self.state(&state), index },
            (None, Some(sent)) => Waiting::Sent(self.sent(sent)),
            _ => {
                self.wrong("what was put aside is neither a term nor a sent event");
                return None;
            }
        };
        Some(Aside { what, problem: aside.problem })
    }
}
