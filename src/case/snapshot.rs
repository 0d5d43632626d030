//! A case put away and taken out again: by names, not numbers, so that it can be read and checked.

mod children;
mod claims;
mod people;
mod reader;
mod signatures;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::case::Case;
use crate::case::codec;
use crate::case::entries::{Head, PendingEntries};
use crate::case::ids::AnsweredIds;
use crate::case::invariants;
use crate::case::problem::violation;
use crate::case::record::{Origin, Record};
use crate::case::situation::{
    DateSet, Dates, FailedTimer, Looked, Route, Sent, Situation, Term, TimerRef, Tried,
};
use crate::digest;
use crate::error::{Error, ErrorKind, Problem};
use crate::rule::{CaseHistory, Facts};
use crate::table::StateId;
use crate::value::{DateTime, Zone, brief, write_json_string};
use crate::workflow::chart::ROOT;
use crate::workflow::{Compiled, Workflow};
use children::StoredBrood;
use claims::StoredClaims;
use people::StoredOccurrence;
use reader::Reader;
use serde_json::Value as Wire;
use signatures::StoredSignatures;

/// The version of the form that is written.
const FORM: u32 = 2;

/// A case as data for serde, to be stored anywhere and restored on the same workflow.
///
/// It holds everything that the next step depends on, the head of the journal and the entries that nobody has taken yet.
/// Of a case with child cases it holds these too, each inside its parent.
/// A check sum over the whole finds damage, by accident or by a hand that knows nothing of it; it is no signature.
/// What the workflow means must be the same when the case is restored ([`Workflow::fingerprint`]); its labels, hints and
/// `version` may have changed. So may the database of time zones: what falls due from then on follows the new one.
///
/// ```
/// use tresteg::case::Snapshot;
/// use tresteg::{Case, Event, Workflow};
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
    /// The version of this form: 2. Version 1 is read too.
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
    /// When any event was accepted last.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    last_event: Option<i64>,
    entered: BTreeMap<String, i64>,
    terms: Vec<StoredTerm>,
    sent: Vec<StoredSent>,
    aside: Vec<StoredAside>,
    signatures: Vec<StoredSignatures>,
    /// How its claims stand.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    claims: Option<StoredClaims>,
    /// Its child cases, by `invoke`, and how many events were sent in all of them.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    children: Vec<StoredBrood>,
    #[serde(skip_serializing_if = "is_nothing", default)]
    sends: u64,
    /// Up to when its terms were tried in vain.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    looked: Option<i64>,
    /// Which events with an id of their own were answered, and how: digests, the oldest first.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    ids: Vec<String>,
    /// Of version 1: events with an id, with their whole answers.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    answered: Option<BTreeMap<String, Vec<Wire>>>,
    /// SHA-256 of all the rest in canonical form.
    check: String,
}

/// Where one case stands, of a whole or alone.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredSituation {
    time: i64,
    states: Vec<String>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty", default)]
    facts: BTreeMap<String, Wire>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty", default)]
    history: BTreeMap<String, Vec<String>>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty", default)]
    events: BTreeMap<String, StoredOccurrence>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    last_event: Option<i64>,
    entered: BTreeMap<String, i64>,
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    terms: Vec<StoredTerm>,
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    sent: Vec<StoredSent>,
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    aside: Vec<StoredAside>,
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    signatures: Vec<StoredSignatures>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    claims: Option<StoredClaims>,
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    children: Vec<StoredBrood>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    looked: Option<i64>,
}

/// How a case ended, if it has.
#[derive(Debug, Clone, Copy)]
struct End {
    ended: bool,
    stopped: bool,
}

fn is_nothing(number: &u64) -> bool {
    *number == 0
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
    /// It came from another case of the whole.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    received: bool,
    /// Of a whole: its number in the order of sending.
    #[serde(skip_serializing_if = "is_nothing", default)]
    order: u64,
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
        let Self { workflow: _, situation, ids, records, head } = self;
        let StoredSituation {
            time,
            states,
            facts,
            history,
            events,
            last_event,
            entered,
            terms,
            sent,
            aside,
            signatures,
            claims,
            children,
            looked,
        } = store(compiled, situation);
        let is_whole = self.workflow.is_whole();
        let mut snapshot = Snapshot {
            snapshot: FORM,
            workflow: definition.id.value.clone(),
            version: definition.version.clone(),
            fingerprint: compiled.fingerprint().to_owned(),
            zones: Zone::database_version().to_owned(),
            head: head.clone(),
            untaken: records.iter().map(|record| codec::to_words(&*record)).collect(),
            time,
            ended: situation.ended,
            states,
            facts,
            history,
            events,
            last_event,
            entered,
            terms,
            sent,
            aside,
            signatures,
            claims,
            children,
            sends: situation.sends,
            looked: looked.filter(|_| is_whole),
            ids: people::store_ids(ids),
            answered: None,
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
    /// workflow, or that no run of it can have led to, as far as that can be told: states, facts, history, what has
    /// happened and when, terms, sent events, what was put aside, signatures. A case is restored whole or not at all.
    /// Cost: linear in the snapshot.
    pub fn restore(workflow: &Workflow, snapshot: Snapshot) -> Result<Self, Error> {
        let compiled = workflow.compiled();
        let mut reader = Reader::new(compiled, &snapshot);
        if let Err(problem) = reader.belongs(&snapshot) {
            return Err(Error::new(ErrorKind::Snapshot, vec![problem]));
        }
        let head = snapshot.head.clone();
        let same_zones = reader.same_zones;
        let (situation, ids, records) = reader.read(snapshot);
        let mut problems = reader.problems;
        if problems.is_empty() {
            problems = invariants::check(compiled, &situation, same_zones);
        }
        if problems.is_empty() && workflow.is_whole() {
            problems = invariants::at_rest(workflow, &situation);
        }
        if !problems.is_empty() {
            return Err(Error::new(ErrorKind::Snapshot, problems));
        }
        let situation = Arc::new(situation);
        Ok(Self { workflow: workflow.clone(), situation, ids, records, head })
    }
}

impl Snapshot {
    /// The check sum that belongs to everything else in it.
    fn sum(&self) -> String {
        let Self {
            snapshot,
            workflow,
            version,
            fingerprint,
            zones,
            head,
            untaken,
            time,
            ended,
            states,
            facts,
            history,
            events,
            last_event,
            entered,
            terms,
            sent,
            aside,
            signatures,
            claims,
            children,
            sends,
            looked,
            ids,
            answered,
            check: _,
        } = self;
        // The canonical text, member by member: a copy of the whole as a tree would take many times the memory.
        let mut text = Canonical::default();
        if let Some(answered) = answered {
            text.member("answered", answered);
        }
        text.list("aside", aside);
        text.member("check", "");
        if !children.is_empty() {
            text.key("children");
            children::canonical(children, &mut text);
        }
        if let Some(claims) = claims {
            text.member("claims", claims);
        }
        text.member("ended", ended);
        text.map("entered", entered);
        text.map("events", events);
        text.map("facts", facts);
        text.member("fingerprint", fingerprint);
        text.member("head", head);
        text.map("history", history);
        if !ids.is_empty() {
            text.list("ids", ids);
        }
        if let Some(last) = last_event {
            text.member("last_event", last);
        }
        if let Some(looked) = looked {
            text.member("looked", looked);
        }
        if *sends > 0 {
            text.member("sends", sends);
        }
        text.list("sent", sent);
        text.list("signatures", signatures);
        text.member("snapshot", snapshot);
        text.list("states", states);
        text.list("terms", terms);
        text.member("time", time);
        text.list("untaken", untaken);
        if let Some(version) = version {
            text.member("version", version);
        }
        text.member("workflow", workflow);
        text.member("zones", zones);
        text.sum()
    }
}

/// The canonical text of an object whose members come in the order of their keys.
#[derive(Default)]
struct Canonical(String);

impl Canonical {
    fn member<T: Serialize + ?Sized>(&mut self, key: &str, value: &T) {
        self.key(key);
        self.value(value);
    }

    fn list<T: Serialize>(&mut self, key: &str, items: &[T]) {
        self.key(key);
        self.0.push('[');
        for (index, item) in items.iter().enumerate() {
            if index > 0 {
                self.0.push(',');
            }
            self.value(item);
        }
        self.0.push(']');
    }

    fn map<T: Serialize>(&mut self, key: &str, entries: &BTreeMap<String, T>) {
        self.key(key);
        self.0.push('{');
        for (key, value) in entries {
            self.member(key, value);
        }
        self.0.push('}');
    }

    fn key(&mut self, key: &str) {
        let opens = if self.0.is_empty() { "{" } else { "," };
        if !self.0.ends_with('{') {
            self.0.push_str(opens);
        }
        write_json_string(key, &mut self.0);
        self.0.push(':');
    }

    fn value<T: Serialize + ?Sized>(&mut self, value: &T) {
        // A snapshot is plain data with texts as keys, which always is JSON.
        let json = serde_json::to_value(value).unwrap_or_default();
        digest::write_canonical(&json, &mut self.0);
    }

    fn sum(mut self) -> String {
        self.0.push('}');
        digest::sha256(&[self.0.as_bytes()]).into()
    }
}

/// Where a case stands, with its children. Calls itself once for each level of these.
fn store(compiled: &Compiled, situation: &Situation) -> StoredSituation {
    let Situation {
        time,
        active,
        facts,
        history,
        past,
        terms,
        dated: _,
        family,
        looked: Looked(looked),
        sends: _,
        stopped: _,
        placed: _,
        sent,
        aside,
        signatures,
        claims,
        ended: _,
    } = situation;
    let definition = &compiled.definition;
    let name = |state: &StateId| definition.states.at(*state).name.value.clone();
    let known = definition.facts.iter().zip(facts.iter());
    StoredSituation {
        time: time.microseconds(),
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
            .map(|(event, found)| (event.to_string(), StoredOccurrence::new(found)))
            .collect(),
        last_event: past.events.latest().map(DateTime::microseconds),
        entered: past.entered.iter().map(|(state, at)| (name(state), at.microseconds())).collect(),
        terms: terms.iter().map(|term| store_term(compiled, term)).collect(),
        sent: sent.iter().map(store_sent).collect(),
        aside: aside.iter().map(|aside| store_aside(compiled, aside)).collect(),
        signatures: signatures
            .iter()
            .map(|(id, waiting)| signatures::store(compiled, *id, waiting))
            .collect(),
        claims: claims.as_deref().map(|log| claims::store(compiled, log)),
        children: children::store(compiled, family),
        looked: looked.map(|looked| looked.at.microseconds()),
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
        // What goes to children is taken before a call is at its end.
        received: sent.to != Route::Own,
        order: sent.order,
    }
}

fn store_aside(compiled: &Compiled, aside: &FailedTimer) -> StoredAside {
    let (term, sent) = match &aside.what {
        TimerRef::Term { state, index } => {
            (Some((compiled.definition.states.at(*state).name.value.clone(), *index)), None)
        }
        TimerRef::Sent(sent) => (None, Some(store_sent(sent))),
    };
    StoredAside { term, sent, problem: aside.problem.clone() }
}

/// More entries than this no journal has.
const MOST_ENTRIES: u64 = 1 << 53;

impl Reader<'_> {
    fn sent(&mut self, sent: StoredSent) -> Sent {
        let StoredSent { event, due, data, received, order } = sent;
        let to = if received { Route::Received } else { Route::Own };
        Sent { to, order, ..Sent::own(Arc::from(event), self.time(due), self.data(data)) }
    }

    /// Whether the snapshot is whole and of this workflow: if not, the rest says nothing.
    fn belongs(&self, stored: &Snapshot) -> Result<(), Problem> {
        let wrong = |message: String| Err(Problem::new("snapshot", message));
        let definition = &self.workflow.definition;
        if !(1..=FORM).contains(&stored.snapshot) {
            return wrong(format!(
                "form {} of snapshots is not known here, only 1 to {FORM}",
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
        let ids = stored.ids.len() + stored.answered.as_ref().map_or(0, BTreeMap::len);
        self.count("ids of events", ids, self.workflow.limits.remembered_ids);
        let Head { sequence, hash } = &stored.head;
        if !digest::is_sha256(hash) {
            self.wrong("the head of the journal is no hash");
        } else if (*sequence == 0) != (*hash == Head::before_all().hash) {
            self.wrong(
                "the head of the journal is at its beginning in its number or its hash alone",
            );
        } else if *sequence > MOST_ENTRIES {
            self.wrong(format!("a journal cannot have {sequence} entries"));
        }
    }

    fn count(&mut self, what: &str, count: usize, limit: usize) {
        if count > limit {
            self.wrong(format!("{count} {what} are more than the {limit} that a case may hold"));
        }
    }

    /// As [`Reader::bounds`], of one case.
    fn bounds_of(&mut self, stored: &StoredSituation) {
        let limits = &self.workflow.limits;
        let persons = people::persons(&stored.events);
        let signatures = stored.signatures.iter().map(|stored| stored.given.len()).sum();
        let counts = [
            ("sent events", stored.sent.len(), limits.queued_events),
            ("persons who sent events", persons, limits.remembered_persons),
            ("signatures", signatures, limits.waiting_signatures),
        ];
        for (what, count, limit) in counts {
            self.count(what, count, limit);
        }
    }

    fn read(&mut self, stored: Snapshot) -> (Situation, AnsweredIds, PendingEntries) {
        self.bounds(&stored);
        let ids = self.read_ids(&stored.ids, stored.answered);
        let untaken = stored.untaken.into_iter().filter_map(|words| {
            let record: Option<Record> = codec::from_words(words);
            if record.is_none() {
                self.wrong("an entry of the journal cannot be read");
            }
            record
        });
        let records: Vec<Record> = untaken.collect();
        let time = self.time(stored.time);
        self.read_order(&records, stored.head.sequence, time);
        let records = records.into_iter().collect();
        let own = StoredSituation {
            time: stored.time,
            states: stored.states,
            facts: stored.facts,
            history: stored.history,
            events: stored.events,
            last_event: stored.last_event,
            entered: stored.entered,
            terms: stored.terms,
            sent: stored.sent,
            aside: stored.aside,
            signatures: stored.signatures,
            claims: stored.claims,
            children: stored.children,
            looked: stored.looked,
        };
        let situation = self.situation(own, End { ended: stored.ended, stopped: false });
        (Situation { sends: stored.sends, ..situation }, ids, records)
    }

    /// Where a case stands, with its children. Calls itself once for each level of these.
    fn situation(&mut self, stored: StoredSituation, End { ended, stopped }: End) -> Situation {
        self.bounds_of(&stored);
        let mut facts = self.workflow.rules.facts_unknown();
        for (name, wire) in &stored.facts {
            self.read_fact(name, wire, &mut facts);
        }
        let active = self.read_states(&stored.states);
        let mut history = BTreeMap::new();
        for (name, recorded) in &stored.history {
            let state = self.state(name);
            let count = recorded.len();
            let mut recorded: Vec<StateId> = recorded.iter().map(|name| self.state(name)).collect();
            recorded.sort_unstable();
            recorded.dedup();
            if recorded.len() < count {
                self.wrong(format!("the history state `{name}` remembers a state twice"));
            }
            history.insert(state, recorded);
        }
        let events = self.read_events(stored.events, stored.last_event, self.is_old);
        let entered = stored.entered.into_iter();
        let entered = entered.map(|(name, at)| (self.state(&name), self.time(at))).collect();
        let past = CaseHistory { events, entered };
        let terms = stored.terms.into_iter().filter_map(|term| self.read_term(term));
        let mut terms: Vec<Term> = terms.collect();
        // A file of equal meaning may have its states in another order.
        terms.sort_by_key(|term| (term.state, term.index));
        let sent = stored.sent.into_iter().map(|sent| self.sent(sent));
        let sent: Vec<Sent> = sent.collect();
        let aside = stored.aside.into_iter().filter_map(|aside| self.read_aside(aside));
        let aside: Vec<FailedTimer> = aside.collect();
        let mut signatures = BTreeMap::new();
        for stored in stored.signatures {
            self.read_signatures(stored, &mut signatures);
        }
        Situation {
            time: self.time(stored.time),
            active: active.into_iter().collect(),
            facts: Arc::new(facts),
            history: history.into(),
            past,
            terms: terms.into(),
            dated: Dates(false),
            placed: false,
            sent: sent.into(),
            aside: aside.into(),
            signatures: signatures.into(),
            claims: stored.claims.map(|log| self.claims(log)),
            ended,
            family: self.children(stored.children),
            looked: Looked(stored.looked.map(|at| Tried::all(self.time(at)))),
            sends: 0,
            stopped,
        }
    }

    /// Entries that were not taken: one behind the other up to the last step, the start first and nowhere else.
    fn read_order(&mut self, records: &[Record], taken: u64, time: DateTime) {
        let is_start = |record: &Record| {
            matches!(record.origin, Origin::Start { .. }) && record.case.is_none()
        };
        let behind = if taken == 0 { records.get(1..) } else { Some(records) };
        if behind.unwrap_or_default().iter().any(is_start) {
            self.wrong("an entry of the journal begins the case a second time");
        }
        let is_late = records.last().is_some_and(|record| record.at > time);
        if is_late || records.windows(2).any(|pair| matches!(pair, [one, two] if one.at > two.at)) {
            self.wrong("the entries of the journal are not in the order of their times");
        }
    }

    fn read_fact(&mut self, name: &str, wire: &Wire, facts: &mut Facts) {
        let Some(id) = self.workflow.rules.fact_named(name) else {
            return self.wrong(format!("the workflow has no fact `{}`", brief(name)));
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
                    self.problems.push(violation("fact-value", name, fact.title(), found));
                }
            }
        }
    }

    /// Leaf states with their ancestors.
    fn read_states(&mut self, names: &[String]) -> Vec<StateId> {
        let chart = &self.workflow.chart;
        let mut active: BTreeSet<StateId> = BTreeSet::from([ROOT]);
        let mut leaves: BTreeSet<StateId> = BTreeSet::new();
        for name in names {
            let leaf = self.state(name);
            if !leaves.insert(leaf) || !chart.states.at(leaf).children.is_empty() {
                self.wrong(format!("`{}` is no leaf state, or is active twice", brief(name)));
            }
            active.insert(leaf);
            active.extend(chart.ancestors(leaf));
        }
        active.into_iter().collect()
    }

    fn read_term(&mut self, term: StoredTerm) -> Option<Term> {
        let StoredTerm { state: name, index, key, due, taken } = term;
        let state = self.state(&name);
        let written = self.workflow.definition.states.at(state).terms.get(index as usize);
        if written.is_none_or(|written| written.key.as_str() != key) {
            let (name, key) = (brief(&name), brief(&key));
            self.wrong(format!("`{name}` has no term `{key}` with the number {index}"));
            return None;
        }
        let due = due.map(|at| self.time(at));
        let (dates, taken): (_, DateSet) =
            (taken.len(), taken.into_iter().map(|at| self.time(at)).collect());
        if taken.len() < dates {
            let message = format!("the term `{}` was taken twice at one date", brief(&key));
            self.wrong_of("situation-terms", message);
        }
        Some(Term { state, index, due, taken })
    }

    fn read_aside(&mut self, aside: StoredAside) -> Option<FailedTimer> {
        let what = match (aside.term, aside.sent) {
            (Some((state, index)), None) => TimerRef::Term { state: self.state(&state), index },
            (None, Some(sent)) => TimerRef::Sent(self.sent(sent)),
            _ => {
                self.wrong("what was put aside is neither a term nor a sent event");
                return None;
            }
        };
        Some(FailedTimer { what, problem: aside.problem })
    }
}
