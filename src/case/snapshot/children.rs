//! Child cases, stored inside their parent; what follows from them is worked out anew.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::Value as Wire;

use super::reader::Reader;
use super::{Canonical, End, StoredSituation};
use crate::case::family::{Brood, Child, Family, Status};
use crate::case::invariants;
use crate::case::problem;
use crate::case::situation::Situation;
use crate::error::Problem;
use crate::rule::Meter;
use crate::value::brief;
use crate::workflow::Compiled;
use crate::workflow::compiled::Invoked;

/// The children of one `invoke`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StoredBrood {
    invoke: String,
    /// How often its state was entered.
    round: u32,
    /// In order of start; nothing while none can have started.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    cases: Option<Vec<StoredChild>>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredChild {
    key: String,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    item: Option<Wire>,
    status: StoredStatus,
    case: StoredSituation,
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum StoredStatus {
    Active,
    Done,
    Stopped,
}

pub(super) fn store(compiled: &Compiled, family: &Family<Situation>) -> Vec<StoredBrood> {
    let broods = compiled.invoked.iter().zip(family.broods());
    // What was never entered says nothing.
    let broods = broods.filter(|(_, brood)| brood.round > 0);
    broods
        .map(|(invoked, brood)| {
            let child = |child: &Child<Situation>| StoredChild {
                key: child.key.to_string(),
                item: child.item.as_ref().map(crate::value::Value::to_wire),
                status: match child.status {
                    Status::Active => StoredStatus::Active,
                    Status::Done => StoredStatus::Done,
                    Status::Stopped => StoredStatus::Stopped,
                },
                case: super::store(invoked.workflow.compiled(), &child.situation),
            };
            let cases = brood.children.as_ref();
            StoredBrood {
                invoke: invoked.id.to_string(),
                round: brood.round,
                cases: cases.map(|cases| cases.iter().map(child).collect()),
            }
        })
        .collect()
}

/// The canonical text of children, case by case: the tree of them all would take many times the memory.
pub(super) fn canonical(broods: &[StoredBrood], text: &mut Canonical) {
    for (index, StoredBrood { invoke, round, cases }) in broods.iter().enumerate() {
        text.0.push_str(if index == 0 { "[{" } else { ",{" });
        if let Some(cases) = cases {
            text.list("cases", cases);
        }
        text.member("invoke", invoke);
        text.member("round", round);
        text.0.push('}');
    }
    text.0.push_str(if broods.is_empty() { "[]" } else { "]" });
}

impl<'w> Reader<'w> {
    /// The children of a case, each held to what situations satisfy. Calls itself once for each level of these.
    pub(super) fn children(&mut self, stored: Vec<StoredBrood>) -> Family<Situation> {
        let mut family = Family::beginning(self.workflow.invoked.len());
        let mut by_name: BTreeMap<String, StoredBrood> = BTreeMap::new();
        for brood in stored {
            let name = brood.invoke.clone();
            let is_known = self.workflow.invoked.iter().any(|invoked| *invoked.id == *name);
            if !is_known {
                self.wrong(format!("the workflow invokes nothing as `{}`", brief(&name)));
            } else if by_name.insert(name.clone(), brood).is_some() {
                self.wrong(format!("the child cases of `{}` are there twice", brief(&name)));
            }
        }
        let workflow = self.workflow;
        for (invoke, invoked) in (0_u32..).zip(&workflow.invoked) {
            let Some(stored) = by_name.remove(&*invoked.id) else { continue };
            let mut brood = Brood::of(stored.round, stored.cases.is_some());
            if let Some(cases) = stored.cases {
                self.cases_of(invoked, cases, &mut brood);
            }
            if let Some(place) = family.change(invoke) {
                *place = brood;
            }
        }
        family
    }

    fn cases_of(
        &mut self,
        invoked: &'w Invoked,
        cases: Vec<StoredChild>,
        brood: &mut Brood<Situation>,
    ) {
        for StoredChild { key, item, status, case } in cases {
            self.cases += 1;
            let most = self.workflow.limits.children;
            if self.cases > most {
                // Once is enough, and nothing behind it is worked out.
                if self.cases == most + 1 {
                    self.wrong(format!("more child cases than the {most} that there may be"));
                }
                return;
            }
            let named = format!("{}/{key}", invoked.id);
            let item = match item {
                Some(item) => {
                    match self.value(&format!("the item of `{}`", brief(&named)), &item) {
                        Some(item) => Some(item),
                        None => continue,
                    }
                }
                None => None,
            };
            let end = End {
                ended: status != StoredStatus::Active,
                stopped: status == StoredStatus::Stopped,
            };
            let compiled = invoked.workflow.compiled();
            let mut inside = Reader {
                workflow: compiled,
                problems: Vec::new(),
                same_zones: self.same_zones,
                is_old: self.is_old,
                cases: self.cases,
            };
            let situation = inside.situation(case, end);
            self.cases = inside.cases;
            let mut problems = inside.problems;
            if problems.is_empty() {
                problems = invariants::check(compiled, &situation, self.same_zones);
            }
            let status = match status {
                StoredStatus::Active => Status::Active,
                StoredStatus::Done => Status::Done,
                StoredStatus::Stopped => Status::Stopped,
            };
            if problems.is_empty() {
                // It was worked out before, in a call of its own.
                let meter = Meter::call(&compiled.limits);
                let situation = Arc::new(situation);
                match Child::restored(invoked, Arc::from(key), item, status, situation, &meter) {
                    Ok(child) => brood.push(child),
                    Err(fault) => problems.push(problem::fault(compiled, &fault)),
                }
            }
            let inside = |problem: Problem| {
                let message = format!("`{}`: {}", brief(&named), problem.message);
                Problem { hint: problem.hint, ..Problem::new(&problem.code, message) }
            };
            self.problems.extend(problems.into_iter().map(inside));
        }
    }
}
