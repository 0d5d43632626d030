//! What the case could take now: each event open, open if given facts, or blocked and why.

use std::collections::BTreeSet;

use fixedbitset::FixedBitSet;
use serde::Serialize;

use crate::case::Case;
use crate::case::contract;
use crate::case::decision::{Outcome, Reason, Signing};
use crate::case::event::{Actor, Event};
use crate::case::select::{Asker, Wanted, select};
use crate::case::{signing, tell};
use crate::definition::model::{EventDecl, Label};
use crate::rule::{Context, Current};
use crate::table::{FactId, Id};
use crate::workflow::Compiled;

/// An event that some active state listens to.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Choice {
    /// Its name.
    pub event: String,
    /// Its label.
    #[serde(skip_serializing_if = "Label::is_empty")]
    pub title: Label,
    /// Roles that may send it; empty where nobody in particular is asked for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub by: Vec<String>,
    /// Facts that it must carry.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub required: Vec<String>,
    /// Facts that it may carry besides.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub sets: Vec<String>,
    /// Transitions that this would sign, with who has signed and who is missing.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub signatures: Vec<Signing>,
    /// Whether it can be sent now.
    #[serde(flatten)]
    pub standing: Standing,
}

/// Whether an event can be sent now.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "snake_case", tag = "standing")]
#[non_exhaustive]
pub enum Standing {
    /// As it is: the case would move.
    Open,
    /// If it carries these, with values that its guards accept.
    OpenIf {
        /// Facts, and entries of the payload as `event.data.NAME`.
        given: Vec<String>,
        /// What stands in the way as long as they are not given.
        reasons: Vec<Reason>,
    },
    /// Whatever it carries; who has signed may sign anew only by changing what was signed.
    Blocked {
        /// Why not.
        reasons: Vec<Reason>,
    },
    /// A script would fail.
    Fails {
        /// How.
        problems: Vec<crate::error::Problem>,
    },
}

impl Case {
    /// Every event that some active state listens to, in document order, and whether this actor could send it now, at the
    /// time of the last step. `None` asks for anybody with whatever role is needed.
    ///
    /// An event is listed as *open* exactly when [`fire`](Self::fire) would answer *moved* without facts.
    #[must_use]
    pub fn options(&self, actor: Option<&Actor>) -> Vec<Choice> {
        let compiled = self.workflow.compiled();
        let names = tell::expected(compiled, &self.situation);
        names.into_iter().map(|name| self.choice(compiled, name, actor)).collect()
    }

    fn choice(&self, compiled: &Compiled, name: String, actor: Option<&Actor>) -> Choice {
        let governs = contract::governing(compiled, &name);
        let texts = |names: &[crate::diagnostic::Spanned<String>]| -> Vec<String> {
            names.iter().map(|name| name.value.clone()).collect()
        };
        let standing = self.standing(compiled, governs, &name, actor);
        Choice {
            title: governs.map(|found| found.notes.title.clone()).unwrap_or_default(),
            by: governs.and_then(|found| found.by.as_deref()).map(texts).unwrap_or_default(),
            required: governs.map(|found| texts(&found.required)).unwrap_or_default(),
            sets: governs.map(|found| texts(&found.sets)).unwrap_or_default(),
            signatures: self.would_sign(compiled, &name),
            event: name,
            standing,
        }
    }

    fn standing(
        &self,
        compiled: &Compiled,
        governs: Option<&EventDecl>,
        name: &str,
        actor: Option<&Actor>,
    ) -> Standing {
        let mut event = Event::new(name);
        event.actor = match actor {
            Some(actor) => Some(actor.clone()),
            None => Some(self.anybody(compiled)),
        };
        let decision = self.explain(&event);
        match decision.outcome {
            Outcome::Moved => Standing::Open,
            Outcome::Error => Standing::Fails { problems: decision.into_answer().problems },
            _ => {
                let reasons = decision.into_answer().reasons;
                match self.open_if(compiled, governs, name, event.actor.as_ref()) {
                    Some(given) if !given.is_empty() => Standing::OpenIf { given, reasons },
                    _ => Standing::Blocked { reasons },
                }
            }
        }
    }

    /// The transitions of active states that an event signs.
    fn would_sign(&self, compiled: &Compiled, event: &str) -> Vec<Signing> {
        let rows = self.situation.active.iter().map(|state| compiled.chart.states.at(*state));
        let signed = rows.flat_map(|row| &row.on).filter(|id| {
            !compiled.definition.transitions.at(**id).signed_by.is_empty()
                && compiled.chart.listens(**id, event)
        });
        signed.map(|id| signing::status(compiled, &self.situation, *id, Some(event))).collect()
    }

    /// Somebody with every role, who has not done anything in this case.
    fn anybody(&self, compiled: &Compiled) -> Actor {
        let mut id = "anybody".to_owned();
        while self.situation.past.has_sent("*", &id) {
            id.push('*');
        }
        let roles = compiled.definition.roles.keys();
        roles.fold(Actor::new(id), |actor, role| actor.role(role.clone()))
    }

    /// The facts and payload with which the event might be open: what it must carry, and what leaves a transition
    /// undecided when everything that it may carry counts as unknown. `None` where no such thing opens it.
    fn open_if(
        &self,
        compiled: &Compiled,
        governs: Option<&EventDecl>,
        name: &str,
        actor: Option<&Actor>,
    ) -> Option<Vec<String>> {
        let declared = governs?;
        if let Some(by) = &declared.by
            && !crate::case::select::plays(actor, by.iter().map(|role| role.as_str()))
        {
            return None;
        }
        let carried = || declared.required.iter().chain(&declared.sets);
        let mut may: BTreeSet<String> = carried().map(|fact| fact.value.clone()).collect();
        may.extend(declared.data.keys().map(|key| format!("event.data.{key}")));
        let mut given: Vec<String> = Vec::new();
        given.extend(declared.required.iter().map(|fact| fact.value.clone()));
        given.extend(
            declared.data_required.iter().map(|key| format!("event.data.{}", key.as_str())),
        );
        // First with what is unknown now; only if that does not help, known facts may be reported anew.
        let mut anew = FixedBitSet::with_capacity(compiled.definition.facts.len());
        for id in carried().filter_map(|fact| compiled.rules.fact_named(fact)) {
            anew.insert(FactId::index(id));
        }
        let id = actor.and_then(|actor| actor.id.as_deref()).map(std::sync::Arc::from);
        let at = self.situation.time;
        let event = Current { name: name.into(), actor: id, at, data: Default::default() };
        let plain = self.situation.context(Some(&event));
        let asker = Asker::Outside(actor);
        let reported_anew = self.situation.facts.without(&anew);
        for facts in [plain.facts, &reported_anew] {
            let context = Context { facts, supposed: true, ..plain };
            let wanted = Wanted::Event(name);
            let Ok(found) = select(compiled, &self.situation, &context, wanted, asker) else {
                continue;
            };
            if found.is_open() {
                return Some(given);
            }
            // One undecided transition that waits for nothing but what the event may carry is enough.
            let reasons = tell::reasons(compiled, &self.situation, &context, &found, asker, name);
            let waiting = reasons.into_iter().find(|reason| {
                !reason.unknown.is_empty()
                    && reason.unknown.iter().all(|unknown| is_among(&may, unknown))
            });
            if let Some(waiting) = waiting {
                let more = waiting.unknown.into_iter();
                let more: Vec<String> = more.filter(|unknown| !given.contains(unknown)).collect();
                given.extend(more);
                return Some(given);
            }
        }
        None
    }
}

/// Whether a path such as `partners[0].name` begins with one of the names.
fn is_among(names: &BTreeSet<String>, path: &str) -> bool {
    names.contains(path)
        || names.iter().any(|name| {
            path.strip_prefix(name.as_str())
                .is_some_and(|rest| rest.starts_with('.') || rest.starts_with('['))
        })
}
