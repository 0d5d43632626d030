//! What an entry says: names, verdicts and dates in the chain, everything that may be about persons beside it.
//!
//! Nothing here depends on labels, white space or the order of keys in the file: equal meaning gives equal entries.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value as Json, json};

use crate::case::decision::{Cause, Ground, Outcome, Reason, Signature, Signing, Way};
use crate::case::record::{Head, Origin, Record};
use crate::digest;
use crate::journal::line::{Line, Private, digest as digest_of};
use crate::rule::{Clause, FactorVerdict, Read, spelling};
use crate::table::FactId;
use crate::value::{DateTime, Value};
use crate::workflow::Workflow;

/// How deep verdicts of factors are written out, one inside the other; readers of JSON have their bounds.
const DEPTH: usize = 12;

/// Where salts and digests come from.
pub(crate) enum Salts<'a> {
    /// From a secret of the host.
    Derived(&'a [u8; 32]),
    /// From an entry that is there; what was erased from it keeps its digest.
    Of(&'a Line),
}

pub(crate) struct Composer<'w> {
    workflow: &'w Workflow,
    /// As [`personal`] gives them.
    personal: BTreeSet<String>,
    /// Clauses as they are spelt in entries, once each: there are no more than the workflow has.
    spelt: RefCell<BTreeMap<String, String>>,
}

/// An entry in the making.
#[derive(Default)]
struct Draft {
    core: Map<String, Json>,
    private: BTreeMap<String, Json>,
}

impl<'w> Composer<'w> {
    pub fn new(workflow: &'w Workflow) -> Self {
        Self { workflow, personal: personal(workflow), spelt: RefCell::default() }
    }

    pub fn compose(&self, record: &Record, head: &Head, zones: &str, salts: &Salts) -> Line {
        let Record { at, origin, outcome, movement, reasons, problems } = record;
        let sequence = head.sequence.saturating_add(1);
        let mut draft = Draft::default();
        draft.say("sequence", sequence);
        draft.say("previous", head.hash.as_str());
        draft.say("zones", zones);
        draft.say("at", time(*at));
        self.origin(origin, &mut draft);
        draft.say(
            "outcome",
            match (outcome, origin) {
                (Outcome::Error, _) => "failed",
                (Outcome::Started, _) => "started",
                (Outcome::Moved, _) => "moved",
                (Outcome::Advanced, _) => "advanced",
                (Outcome::Blocked, _) => "blocked",
                (Outcome::NotExpected, _) => "not_expected",
            },
        );
        if matches!(outcome, Outcome::Started | Outcome::Moved) {
            draft.say("states", json!(movement.proof.states));
        }
        draft.say_some("left", &movement.left);
        draft.say_some("taken", &movement.taken.iter().map(way).collect::<Vec<_>>());
        draft.say_some("entered", &movement.entered);
        let due: Map<String, Json> = movement
            .proof
            .due
            .iter()
            .map(|(term, at)| (term.clone(), Json::from(time(*at))))
            .collect();
        if !due.is_empty() {
            draft.say("due", Json::Object(due));
        }
        for change in &movement.changed {
            let wire = |value: &Option<Value>| value.as_ref().map(Value::to_wire);
            let value = json!({ "before": wire(&change.before), "after": wire(&change.after) });
            draft.hide(format!("changed.{}", change.fact), value);
        }
        draft.say_some(
            "emitted",
            &movement.emitted.iter().map(|message| message.name.as_str()).collect::<Vec<_>>(),
        );
        for (index, message) in
            movement.emitted.iter().enumerate().filter(|(_, message)| !message.data.is_empty())
        {
            let data = message.data.iter().map(|(key, value)| (key.to_string(), value.to_wire()));
            draft.hide(format!("emitted.{index}.{}", message.name), Json::Object(data.collect()));
        }
        let signatures = movement.signatures.iter().enumerate();
        let signatures: Vec<Json> =
            signatures.map(|(index, signing)| signatures_of(index, signing, &mut draft)).collect();
        draft.say_some("signatures", &signatures);
        let held = movement
            .proof
            .verdicts
            .iter()
            .map(|reason| self.reason(reason, &mut draft))
            .collect::<Vec<_>>();
        draft.say_some("held", &held);
        let reasons =
            reasons.iter().map(|reason| self.reason(reason, &mut draft)).collect::<Vec<_>>();
        draft.say_some("reasons", &reasons);
        draft.say_some(
            "problems",
            &problems.iter().map(|problem| problem.code.as_str()).collect::<Vec<_>>(),
        );
        // A message may quote any value.
        if self.personal.is_empty() && !problems.is_empty() {
            let messages = problems.iter().map(|problem| problem.message.as_str());
            draft.hide("problems".to_owned(), messages.collect());
        }
        draft.finish(sequence, salts)
    }

    fn origin(&self, origin: &Origin, draft: &mut Draft) {
        match origin {
            Origin::Start { facts } => {
                draft.say("kind", "start");
                draft.say("journal", 1);
                draft.say(
                    "workflow",
                    json!({
                        "id": self.workflow.id(),
                        "version": self.workflow.version(),
                        "fingerprint": self.workflow.fingerprint(),
                    }),
                );
                draft.hide_all("facts", facts);
            }
            Origin::Event { event } => {
                draft.say("kind", "event");
                draft.say("event", event.name.as_str());
                if let Some(id) = &event.id {
                    draft.say("id", id.as_str());
                }
                if let Some(actor) = &event.actor {
                    draft.say("roles", json!(actor.roles));
                    draft.hide("actor".to_owned(), json!({ "id": actor.id, "unit": actor.unit }));
                }
                draft.hide_all("facts", &event.facts);
                draft.hide_all("data", &event.data);
                if let Some(note) = &event.note {
                    let attachments = note.attachments.iter();
                    let attachments =
                        attachments.map(|found| json!({ "uri": found.uri, "hash": found.hash }));
                    let attachments: Vec<Json> = attachments.collect();
                    draft.hide(
                        "note".to_owned(),
                        json!({ "text": note.text, "attachments": attachments }),
                    );
                }
            }
            Origin::Step { cause: Cause::Term { state, term, due } } => {
                draft.say("kind", "term");
                draft.say("state", state.as_str());
                draft.say("term", term.as_str());
                draft.say("of", time(*due));
            }
            Origin::Step { cause: Cause::Sent { event, due } } => {
                draft.say("kind", "sent");
                draft.say("event", event.as_str());
                draft.say("of", time(*due));
            }
        }
    }

    fn reason(&self, reason: &Reason, draft: &mut Draft) -> Json {
        let grounds = reason.grounds.iter().map(|ground| self.ground(ground, draft));
        let grounds: Vec<Json> = grounds.collect();
        json!({ "transition": reason.transition.as_ref().map(way), "grounds": grounds, "unknown": reason.unknown })
    }

    fn ground(&self, ground: &Ground, draft: &mut Draft) -> Json {
        match ground {
            Ground::Role { needed, .. } => {
                let needed: BTreeSet<&String> = needed.iter().collect();
                json!({ "role": needed })
            }
            Ground::NotBy { events, .. } => {
                let events: BTreeSet<&String> = events.iter().collect();
                json!({ "not_by": events })
            }
            Ground::Missing { fact, .. } => json!({ "missing": fact }),
            Ground::Factor { factor } => json!({ "factor": self.factor(factor, DEPTH, draft) }),
            Ground::Fact { fact, verdict, .. } => json!({ "fact": fact, "verdict": verdict }),
            Ground::Guard { verdict, clauses } => {
                json!({ "verdict": verdict, "clauses": self.clauses(clauses, DEPTH, draft) })
            }
            Ground::Signature { refusal, actor: _, signed, missing } => {
                let signed: Vec<&str> = signed.iter().map(|one| one.role.as_str()).collect();
                json!({ "signature": refusal, "signed": signed, "missing": missing })
            }
            Ground::Behind { undecided } => json!({ "behind": way(undecided) }),
        }
    }

    fn factor(&self, factor: &FactorVerdict, levels: usize, draft: &mut Draft) -> Json {
        let mut told = Map::new();
        told.insert("name".to_owned(), json!(factor.name));
        told.insert("verdict".to_owned(), json!(factor.verdict));
        if !factor.unknown.is_empty() {
            told.insert("unknown".to_owned(), json!(factor.unknown));
        }
        if let Some(levels) = levels.checked_sub(1) {
            if !factor.clauses.is_empty() {
                told.insert("clauses".to_owned(), self.clauses(&factor.clauses, levels, draft));
            }
            if !factor.of.is_empty() {
                let of = factor.of.iter().map(|part| self.factor(part, levels, draft));
                told.insert("of".to_owned(), of.collect());
            }
        }
        Json::Object(told)
    }

    fn clauses(&self, clauses: &[Clause], levels: usize, draft: &mut Draft) -> Json {
        let told = clauses.iter().map(|clause| {
            let reads: Vec<String> =
                clause.values.iter().map(|read| self.read(read, draft)).collect();
            let mut told = Map::new();
            told.insert("text".to_owned(), Json::from(self.spelling(&clause.text)));
            told.insert("verdict".to_owned(), json!(clause.verdict));
            if !reads.is_empty() {
                told.insert("reads".to_owned(), json!(reads));
            }
            if !clause.unknown.is_empty() {
                told.insert("unknown".to_owned(), json!(clause.unknown));
            }
            let factors = clause.factors.iter().map(|factor| self.factor(factor, levels, draft));
            let factors: Vec<Json> = factors.collect();
            if !factors.is_empty() {
                told.insert("factors".to_owned(), Json::Array(factors));
            }
            Json::Object(told)
        });
        told.collect()
    }

    fn spelling(&self, text: &str) -> String {
        let mut known = self.spelt.borrow_mut();
        if let Some(spelt) = known.get(text) {
            return spelt.clone();
        }
        let spelt = spelling(text);
        known.insert(text.to_owned(), spelt.clone());
        spelt
    }

    /// The name of what was read; its value goes beside the chain, once, and not at all where it is personal.
    fn read(&self, read: &Read, draft: &mut Draft) -> String {
        let name = if read.kind == "fact" { read.name.clone() } else { self.spelling(&read.name) };
        let plain = name.replace(' ', "");
        if let Some(value) = &read.value
            && !is_withheld(&self.personal, &plain)
        {
            draft.hide(format!("read.{name}"), value.to_wire());
        }
        name
    }
}

impl Draft {
    fn say(&mut self, key: &str, value: impl Into<Json>) {
        self.core.insert(key.to_owned(), value.into());
    }

    fn say_some(&mut self, key: &str, values: &[impl serde::Serialize]) {
        if !values.is_empty() {
            self.core.insert(key.to_owned(), json!(values));
        }
    }

    fn hide(&mut self, path: String, value: Json) {
        // Within one entry a name is read at one moment: the first value is the value.
        self.private.entry(path).or_insert(value);
    }

    fn hide_all(&mut self, kind: &str, values: &BTreeMap<String, Value>) {
        for (name, value) in values {
            self.hide(format!("{kind}.{name}"), value.to_wire());
        }
    }

    fn finish(mut self, sequence: u64, salts: &Salts) -> Line {
        let mut digests = Map::new();
        let mut private = BTreeMap::new();
        for (path, value) in self.private {
            let salt = match salts {
                Salts::Derived(secret) => {
                    let number = sequence.to_string();
                    let pieces: [&[u8]; 5] =
                        [b"tresteg salt 1\n", *secret, number.as_bytes(), b"\n", path.as_bytes()];
                    digest::sha256(&pieces).chars().take(32).collect()
                }
                Salts::Of(line) => match (line.private.get(&path), line.digest(&path)) {
                    // Reading has found that the digest is that of the value.
                    (Some(part), Some(digest)) if part.value == value => {
                        digests.insert(path.clone(), Json::from(digest));
                        private.insert(path, Private { salt: part.salt.clone(), value });
                        continue;
                    }
                    (Some(part), _) => part.salt.clone(),
                    (None, Some(erased)) => {
                        digests.insert(path, Json::from(erased));
                        continue;
                    }
                    (None, None) => String::new(),
                },
            };
            let part = Private { salt, value };
            digests.insert(path.clone(), Json::from(digest_of(&path, &part)));
            private.insert(path, part);
        }
        if let Salts::Of(line) = salts {
            // What was erased and cannot be known any more: its digest stands for it.
            for path in line.erased() {
                if let Some(erased) = line.digest(path) {
                    digests.entry(path).or_insert_with(|| Json::from(erased));
                }
            }
        }
        if !digests.is_empty() {
            self.core.insert("digests".to_owned(), Json::Object(digests));
        }
        match salts {
            Salts::Derived(_) => Line::new(self.core, private),
            Salts::Of(_) => Line::unhashed(self.core, private),
        }
    }
}

/// Facts and entries of payload that are personal, or follow from such facts, by the name that verdicts call them.
pub(crate) fn personal(workflow: &Workflow) -> BTreeSet<String> {
    let compiled = workflow.compiled();
    let definition = &compiled.definition;
    let own: BTreeSet<FactId> = definition
        .facts
        .iter()
        .filter(|(_, fact)| fact.shape.is_personal())
        .map(|(id, _)| id)
        .collect();
    let wanted = |id: FactId| own.contains(&id);
    let mut personal = BTreeSet::new();
    for (id, fact) in definition.facts.iter() {
        if own.contains(&id) || compiled.rules.fact_reads(id, &wanted) {
            personal.insert(fact.name.value.clone());
        }
    }
    for (id, factor) in definition.factors.iter() {
        if compiled.rules.score_reads(id, &wanted) {
            personal.insert(factor.name.value.clone());
        }
    }
    for declared in definition.events.iter().flat_map(|events| events.values()) {
        let data = declared.data.iter().filter(|(_, shape)| shape.is_personal());
        personal.extend(data.map(|(key, _)| format!("event.data.{key}")));
    }
    personal
}

/// Personal itself, or a part of what is: `person.name`, `event.data.person.name`.
pub(crate) fn is_withheld(personal: &BTreeSet<String>, name: &str) -> bool {
    personal.iter().any(|personal| {
        let rest = name.strip_prefix(personal.as_str());
        rest.is_some_and(|rest| {
            !rest.starts_with(|next: char| next.is_alphanumeric() || next == '_')
        })
    })
}

/// What became of the signatures of a transition: roles and causes in the chain, who it was beside it, each person apart.
fn signatures_of(index: usize, signing: &Signing, draft: &mut Draft) -> Json {
    let Signing { transition, signed, missing, dropped } = signing;
    let mut hide = |kind: &str, place: usize, signature: &Signature| {
        let value = json!({ "id": signature.actor, "unit": signature.unit });
        draft.hide(format!("{kind}.{index}.{place}"), value);
    };
    for (place, signature) in signed.iter().enumerate() {
        hide("signed", place, signature);
    }
    for (place, one) in dropped.iter().enumerate() {
        hide("dropped", place, &one.signature);
    }
    let told = |signature: &Signature| json!({ "role": signature.role, "at": time(signature.at) });
    let signed: Vec<Json> = signed.iter().map(told).collect();
    let dropped = dropped.iter().map(|one| {
        json!({ "role": one.signature.role, "at": time(one.signature.at), "cause": one.cause })
    });
    let dropped: Vec<Json> = dropped.collect();
    json!({ "transition": way(transition), "signed": signed, "missing": missing, "dropped": dropped })
}

fn way(way: &Way) -> Json {
    json!({ "from": way.from, "to": way.to, "on": way.on, "id": way.id })
}

pub(crate) fn time(at: DateTime) -> String {
    match Value::DateTime(at).to_wire().get("$date-time") {
        Some(Json::String(text)) => text.clone(),
        _ => String::new(),
    }
}
