//! Which transitions are open, in every row: the selection of one case (SCXML, appendix D, with three-valued conditions) on
//! bitmaps. States are gone through from the inside out; a row whose walker finds an open or an undecided transition is
//! done with it.

use super::ask::{Asker, Rule};
use super::{Table, TransitionVerdicts, Verdicts};
use crate::definition::model::Trigger;
use crate::rule::bits::{ALL, Bits, NONE, and, any, minus, or};
use crate::rule::{Answers, BLOCK, Requirement, RuleId};
use crate::table::{Id, StateId, TransitionId};

/// A transition with the rules that must hold.
struct Conditions {
    source: StateId,
    rules: Vec<Rule>,
}

/// A state of whom some transition listens.
#[derive(Clone, Copy)]
struct Met {
    /// Rows in which a walker comes here.
    here: Bits,
    /// Rows in which something inside is undecided.
    blocked: Bits,
}

impl Table {
    /// Whether an event, without facts of its own, would find an open transition in each row: true where one is open,
    /// unknown where one is undecided and none is open, false elsewhere, and where the case has ended or nothing listens.
    ///
    /// Conditions alone are asked: requirements and guards. Who may send the event (`by`, `not_by`, `signed_by`), which facts
    /// it must carry and what actions would do is not.
    #[must_use]
    pub fn open(&self, event: &str) -> Verdicts {
        let compiled = self.workflow.compiled();
        let chart = &compiled.chart;
        // By state: what listens.
        let listening: Vec<Vec<Conditions>> = (chart.states.ids())
            .map(|state| {
                let on = chart.states.at(state).on.iter();
                on.filter(|id| chart.listens(**id, event)).map(|id| self.conditions(*id)).collect()
            })
            .collect();
        let mut found = self.blocks(1, Some(event), |asker, block, found| {
            for found in found {
                *found = self.selected(asker, block, &listening);
            }
        });
        found.pop().unwrap_or_default()
    }

    /// Every transition's conditions in every row in which its state is active, in the order of the file: what
    /// [`open`](Self::open) chooses from, without what an inner transition hides. Rules that read the event find none.
    #[must_use]
    pub fn transitions(&self) -> Vec<TransitionVerdicts> {
        let compiled = self.workflow.compiled();
        let ids: Vec<TransitionId> = compiled.definition.transitions.ids().collect();
        let all: Vec<Conditions> = ids.iter().map(|id| self.conditions(*id)).collect();
        let verdicts = self.blocks(all.len(), None, |asker, block, found| {
            let ended = self.ended_in(block);
            for (conditions, found) in all.iter().zip(found) {
                let active = minus(self.columns.active(conditions.source, block), &ended);
                *found = held(asker, conditions, block, &active);
                found.truth = and(found.truth, &active);
                // Elsewhere it does not hold.
                found.known = or(found.known, &minus(ALL, &active));
                found.unsure = and(found.unsure, &active);
            }
        });
        let name = |id: StateId| compiled.definition.states.at(id).name.value.clone();
        let about = ids.into_iter().zip(verdicts);
        about
            .map(|(id, verdicts)| {
                let transition = compiled.definition.transitions.at(id);
                let row = compiled.chart.transitions.at(id);
                let events = match &transition.trigger {
                    Trigger::Events(_) => {
                        row.patterns.iter().map(|name| name.to_string()).collect()
                    }
                    _ => Vec::new(),
                };
                TransitionVerdicts {
                    source: name(row.source),
                    events,
                    targets: row.targets.iter().map(|id| name(*id)).collect(),
                    number: id.index(),
                    verdicts,
                }
            })
            .collect()
    }

    fn conditions(&self, id: TransitionId) -> Conditions {
        let compiled = self.workflow.compiled();
        let requirements = compiled.rules.requirements(id).iter().map(|requirement| {
            Rule::new(match requirement {
                Requirement::Factor(id) => RuleId::Factor(*id),
                Requirement::Fact(id) => RuleId::Fact(*id),
            })
        });
        let guard = compiled.rules.guard(id).map(|_| Rule::new(RuleId::Guard(id)));
        Conditions {
            source: compiled.chart.transitions.at(id).source,
            rules: requirements.chain(guard).collect(),
        }
    }

    fn ended_in(&self, block: usize) -> Bits {
        let mut ended = NONE;
        let from = self.ended.partition_point(|row| *row < block * BLOCK);
        let rows = self.ended.iter().skip(from).take_while(|row| **row < (block + 1) * BLOCK);
        for row in rows {
            if let Some(lane) = ended.get_mut((row % BLOCK) / 64) {
                *lane |= 1 << (row % 64);
            }
        }
        ended
    }

    fn selected(&self, asker: &mut Asker, block: usize, listening: &[Vec<Conditions>]) -> Answers {
        let chart = &self.workflow.compiled().chart;
        let running = minus(self.columns.there(block), &self.ended_in(block));
        let mut met = vec![Met { here: NONE, blocked: NONE }; listening.len()];
        let (mut open, mut undecided, mut failed) = (NONE, NONE, NONE);
        // Inner states have greater numbers than outer ones: from the back, inner ones come first.
        for (index, conditions) in listening.iter().enumerate().rev() {
            let state = StateId::from_index(index);
            let active = and(self.columns.active(state, block), &running);
            if !any(&active) {
                continue;
            }
            let row = chart.states.at(state);
            let inside = row
                .children
                .iter()
                .fold(NONE, |inside, child| or(inside, &self.columns.active(*child, block)));
            let Some(Met { here, mut blocked }) = met.get(index).copied() else { continue };
            let mut left = or(and(here, &active), &minus(active, &inside));
            for condition in conditions {
                let wanted = minus(minus(left, &blocked), &failed);
                if !any(&wanted) {
                    continue;
                }
                let found = held(asker, condition, block, &wanted);
                failed = or(failed, &and(found.unsure, &wanted));
                let taken = and(found.truth, &wanted);
                open = or(open, &taken);
                let unknown = minus(minus(wanted, &found.known), &found.unsure);
                undecided = or(undecided, &unknown);
                blocked = or(blocked, &unknown);
                left = minus(left, &taken);
            }
            if let Some(outer) = row.parent.and_then(|parent| met.get_mut(parent.index())) {
                outer.here = or(outer.here, &left);
                outer.blocked = or(outer.blocked, &blocked);
            }
        }
        let truth = minus(open, &failed);
        let known = minus(or(truth, &minus(ALL, &undecided)), &failed);
        Answers { truth, known, unsure: failed }
    }
}

/// Whether all conditions of a transition hold, in wanted rows: what is false decides over what is unknown.
fn held(asker: &mut Asker, conditions: &Conditions, block: usize, wanted: &Bits) -> Answers {
    let mut left = *wanted;
    let (mut truth, mut shut, mut failed) = (*wanted, NONE, NONE);
    for rule in &conditions.rules {
        let found = asker.block(rule, block, &left);
        failed = or(failed, &and(found.unsure, &left));
        shut = or(shut, &and(minus(found.known, &found.truth), &left));
        truth = and(truth, &found.truth);
        left = minus(minus(left, &shut), &failed);
        if !any(&left) {
            break;
        }
    }
    let truth = minus(minus(truth, &shut), &failed);
    Answers { truth, known: or(truth, &shut), unsure: failed }
}
