//! What decided an answer, by name: factors, clauses, roles.

use std::collections::BTreeMap;

use serde::Serialize;

use super::course::Moment;
use crate::case::answer::{Condition, Outcome, Reason, StepCause};
use crate::case::decision::Decision;
use crate::label::Label;
use crate::rule::{Clause, FactorVerdict, Truth};
use crate::value::Value;

/// What decided an answer.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Decider {
    /// `factor`, `fact`, `guard` (a clause), `role`, `unit`, `not_by`, `person`, `missing`, `signature`, `claim`; `transition` and
    /// `term` where something moved without a condition; `not_expected`, `unknown_event`; `error`.
    pub kind: &'static str,
    /// Its name; of a clause its text.
    pub name: String,
    /// Its title in the file.
    #[serde(skip_serializing_if = "Label::is_empty")]
    pub title: Label,
    /// What it read, by name; `None` is not known.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub values: BTreeMap<String, Option<Value>>,
}

impl Decider {
    fn new(kind: &'static str, name: impl Into<String>) -> Self {
        Self { kind, name: name.into(), title: Label::default(), values: BTreeMap::new() }
    }

    /// Kind and name in one text.
    pub(super) fn key(&self) -> String {
        format!("{} {}", self.kind, self.name)
    }
}

/// So many of one answer are told.
const MOST: usize = 20;

/// What decided an answer; of one that moved, what held.
pub(super) fn deciders(moment: &Moment) -> Vec<Decider> {
    let mut found = Vec::new();
    for problem in &moment.problems {
        found.push(Decider::new("error", problem.code.clone()));
    }
    if let Some(decision) = &moment.decision {
        answered(moment, decision, &mut found);
    }
    distinct(found)
}

/// Each once, and not too many.
fn distinct(found: Vec<Decider>) -> Vec<Decider> {
    let mut all: Vec<Decider> = Vec::new();
    for one in found {
        if all.len() < MOST && !all.iter().any(|known| known.key() == one.key()) {
            all.push(one);
        }
    }
    all
}

fn answered(moment: &Moment, decision: &Decision, found: &mut Vec<Decider>) {
    let outcome = moment.outcome;
    // What was due before the event decided first.
    for step in &decision.steps {
        if let StepCause::Term { state, term, .. } = &step.cause {
            found.push(Decider::new("term", format!("{state}: {term}")));
        }
        grounds(&step.effects.proof.verdicts, found);
    }
    for problem in &decision.problems {
        found.push(Decider::new("error", problem.code.clone()));
    }
    if outcome == Outcome::NotExpected {
        // Time passed in the place of an event that is not known.
        let is_known = decision.outcome == Outcome::NotExpected;
        let kind = if is_known { "not_expected" } else { "unknown_event" };
        found.push(Decider::new(kind, moment.event.as_deref().unwrap_or_default()));
    }
    if outcome == Outcome::Blocked {
        grounds(&decision.reasons, found);
    }
    grounds(&decision.effects.proof.verdicts, found);
    if found.is_empty() {
        for taken in decision.movements().flat_map(|effects| &effects.taken) {
            let to = taken.to.join(" + ");
            let name = taken.id.clone();
            let name = name.unwrap_or_else(|| format!("{}: {} → {to}", taken.from, taken.on));
            found.push(Decider { title: taken.title.clone(), ..Decider::new("transition", name) });
        }
    }
}

/// What refused an event, of one that is blocked.
pub(super) fn blockers(decision: &Decision) -> Vec<Decider> {
    let mut found = Vec::new();
    grounds(&decision.reasons, &mut found);
    distinct(found)
}

fn grounds(reasons: &[Reason], found: &mut Vec<Decider>) {
    for ground in reasons.iter().flat_map(|reason| &reason.grounds) {
        match ground {
            Condition::Factor { factor } => leaves(factor, found),
            Condition::Fact { fact, title, clauses, verdict } => {
                let values = read(clauses, *verdict);
                let title = title.clone();
                found.push(Decider { title, values, ..Decider::new("fact", fact.clone()) });
            }
            Condition::Guard { verdict, clauses } => {
                for clause in clauses.iter().filter(|clause| clause.verdict == *verdict) {
                    let values = read(std::slice::from_ref(clause), *verdict);
                    let text = match clause.negated {
                        true => format!("!({})", clause.text),
                        false => clause.text.clone(),
                    };
                    found.push(Decider { values, ..Decider::new("guard", text) });
                }
            }
            Condition::Role { needed, .. } => {
                found.push(Decider::new("role", needed.join(", ")));
            }
            Condition::Unit { role, title, .. } => {
                let title = title.clone();
                found.push(Decider { title, ..Decider::new("unit", role.clone()) });
            }
            Condition::NotBy { events, .. } => {
                found.push(Decider::new("not_by", events.join(", ")));
            }
            Condition::Person { event } => found.push(Decider::new("person", event.clone())),
            Condition::Missing { fact, title } => {
                let title = title.clone();
                found.push(Decider { title, ..Decider::new("missing", fact.clone()) });
            }
            Condition::Signature { .. } => found.push(Decider::new("signature", "")),
            Condition::Claim { claim, title } => {
                let title = title.clone();
                found.push(Decider { title, ..Decider::new("claim", claim.clone()) });
            }
            Condition::Behind { .. } | Condition::Cut { .. } => {}
        }
    }
}

/// Of a factor that does not hold the parts that do not, down to those that read facts.
fn leaves(factor: &FactorVerdict, found: &mut Vec<Decider>) {
    let mut waiting = vec![factor];
    while let Some(factor) = waiting.pop() {
        let parts = factor.of.iter().rev();
        let open = parts.filter(|part| part.verdict != Truth::True);
        let before = waiting.len();
        if factor.verdict != Truth::True {
            waiting.extend(open);
        }
        if waiting.len() == before && found.len() <= MOST {
            found.push(Decider {
                title: factor.title.clone(),
                values: read(&factor.clauses, factor.verdict),
                ..Decider::new("factor", factor.name.clone())
            });
        }
    }
}

fn read(clauses: &[Clause], verdict: Truth) -> BTreeMap<String, Option<Value>> {
    let clauses = clauses.iter().filter(|clause| clause.verdict == verdict);
    let values = clauses.flat_map(|clause| &clause.values);
    values.map(|value| (value.name.clone(), value.value.clone())).collect()
}
