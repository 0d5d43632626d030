//! Asking rules of a table: by columns, and where these are not sure, row by row.

use std::sync::Arc;

use super::{Scores, Table, Verdicts};
use crate::rule::{
    BLOCK, Context, Current, Facts, Fault, LANES, Past, Requirement, RuleId, Three, Truth, Vector,
};
use crate::table::{FactId, FactorId};
use crate::value::Number;

/// Blocks that one thread takes at least: below that starting it costs more.
const BLOCKS: usize = 64;

/// What asking rows needs, for one thread.
pub(super) struct Asker<'t> {
    table: &'t Table,
    facts: Facts,
    past: Past,
    event: Option<Arc<str>>,
    /// Rows that were asked one by one.
    pub asked: usize,
}

/// A rule with what it reads.
pub(super) struct Rule {
    id: RuleId,
    reads: Vec<FactId>,
}

impl Rule {
    pub fn new(table: &Table, id: RuleId) -> Self {
        let reads = table.workflow.compiled().rules.facts_of(id);
        Self { id, reads: reads.into_iter().collect() }
    }
}

impl<'t> Asker<'t> {
    pub fn new(table: &'t Table, event: Option<&str>) -> Self {
        Self {
            table,
            facts: table.workflow.compiled().rules.facts_unknown(),
            past: Past::default(),
            event: event.map(Arc::from),
            asked: 0,
        }
    }

    /// The answers of a block, where they are wanted; what stays unsure fails.
    pub fn block(&mut self, rule: &Rule, block: usize, wanted: &[u64; LANES]) -> Three {
        let compiled = self.table.workflow.compiled();
        let mut vector = Vector::new(&self.table.columns, block);
        let mut three = match (compiled.rules.plan(rule.id), rule.id) {
            (Some(plan), RuleId::Factor(id)) if compiled.rules.is_score(id) => {
                match vector.lane(plan) {
                    Some(lane) => {
                        Three { truth: lane.known, known: lane.known, unsure: lane.unsure }
                    }
                    None => Three::UNSURE,
                }
            }
            (Some(plan), _) => vector.decide(plan),
            (None, RuleId::Fact(id)) => vector.fact(&compiled.rules, id),
            (None, _) => Three::UNSURE,
        };
        let there = self.table.columns.there(block);
        for (lane, ((unsure, there), wanted)) in
            three.unsure.iter_mut().zip(there).zip(wanted).enumerate()
        {
            let mut left = *unsure & there & wanted;
            *unsure = 0;
            while left != 0 {
                let bit = left.trailing_zeros();
                left &= left - 1;
                let row = block * BLOCK + lane * 64 + bit as usize;
                let answer = self.row(rule, row);
                let bit = 1_u64 << bit;
                let known = three.known.get_mut(lane);
                match (answer, known, three.truth.get_mut(lane)) {
                    (Ok(Truth::True), Some(known), Some(truth)) => {
                        *known |= bit;
                        *truth |= bit;
                    }
                    (Ok(Truth::False), Some(known), _) => *known |= bit,
                    (Ok(_), ..) => {}
                    (Err(_), ..) => *unsure |= bit,
                }
            }
        }
        three
    }

    /// The answer of one row.
    fn row(&mut self, rule: &Rule, row: usize) -> Result<Truth, Fault> {
        self.asked += 1;
        let table = self.table;
        let rules = &table.workflow.compiled().rules;
        self.with(rule, row, |context| match rule.id {
            RuleId::Factor(id) if rules.is_score(id) => Ok(match rules.score(id, context)? {
                Some(_) => Truth::True,
                None => Truth::Unknown,
            }),
            RuleId::Factor(id) => rules.holds(Requirement::Factor(id), context),
            RuleId::Fact(id) => rules.holds(Requirement::Fact(id), context),
            RuleId::Guard(id) => match rules.guard(id) {
                Some(guard) => rules.decide(guard, context),
                None => Ok(Truth::True),
            },
        })
    }

    fn with<T>(&mut self, rule: &Rule, row: usize, run: impl FnOnce(&Context) -> T) -> T {
        let table = self.table;
        let rules = &table.workflow.compiled().rules;
        table.columns.load(rules, row, &rule.reads, &mut self.facts);
        let active = table.columns.active_in(row);
        let now = table.columns.time(rules, row);
        let event = self.event.as_ref().map(|name| Current {
            name: Arc::clone(name),
            actor: None,
            at: now,
            data: Default::default(),
        });
        run(&Context {
            facts: &self.facts,
            past: table.pasts.get(row).unwrap_or(&self.past),
            active: &active,
            now,
            event: event.as_ref(),
            supposed: false,
            watch: None,
        })
    }
}

impl Table {
    /// Asks rules of every row; each block is asked all of them while it is near.
    pub(super) fn ask_all(&self, ids: &[RuleId]) -> Vec<Verdicts> {
        let rules: Vec<Rule> = ids.iter().map(|id| Rule::new(self, *id)).collect();
        self.blocks(ids.len(), None, |asker, block, found| {
            for (rule, found) in rules.iter().zip(found) {
                *found = asker.block(rule, block, &[u64::MAX; LANES]);
            }
        })
    }

    /// Works through all blocks, on several threads: whatever the order, answers come together in the order of the rows.
    pub(super) fn blocks(
        &self,
        answers: usize,
        event: Option<&str>,
        run: impl Fn(&mut Asker, usize, &mut [Three]) + Sync,
    ) -> Vec<Verdicts> {
        let blocks = self.columns.blocks();
        let threads = self.threads.min(blocks / BLOCKS).max(1);
        let each = blocks.div_ceil(threads).max(1);
        let part = |from: usize| {
            let below = (from + each).min(blocks);
            let rows = (self.rows() - from * BLOCK).min((below - from) * BLOCK);
            let mut asker = Asker::new(self, event);
            let mut all = vec![Verdicts::new(rows); answers];
            let mut found = vec![Three::UNSURE; answers];
            for block in from..below {
                let there = self.columns.there(block);
                run(&mut asker, block, &mut found);
                for (all, found) in all.iter_mut().zip(&found) {
                    all.extend(found, &there);
                }
            }
            for all in &mut all {
                all.asked = asker.asked;
            }
            all
        };
        if threads == 1 {
            return part(0);
        }
        let parts: Vec<Vec<Verdicts>> = std::thread::scope(|scope| {
            let part = &part;
            let started: Vec<_> = (0..blocks)
                .step_by(each)
                .map(|from| (from, scope.spawn(move || part(from))))
                .collect();
            // A thread that could not be ended well is asked again here.
            started
                .into_iter()
                .map(|(from, thread)| thread.join().unwrap_or_else(|_| part(from)))
                .collect()
        });
        let mut all = vec![Verdicts::new(0); answers];
        for part in parts {
            for (all, part) in all.iter_mut().zip(part) {
                all.append(part);
            }
        }
        all
    }

    /// One row, with the fault where there is one.
    pub(super) fn ask_row(
        &self,
        id: RuleId,
        row: usize,
        event: Option<&str>,
    ) -> Result<Truth, Fault> {
        let rule = Rule::new(self, id);
        Asker::new(self, event).row(&rule, row)
    }

    pub(super) fn scored(&self, id: FactorId) -> Scores {
        let rules = &self.workflow.compiled().rules;
        let rule = Rule::new(self, RuleId::Factor(id));
        let mut asker = Asker::new(self, None);
        let mut verdicts = Verdicts::new(self.rows());
        let mut values: Vec<Option<Number>> = Vec::with_capacity(self.rows());
        for block in 0..self.columns.blocks() {
            let lane =
                rules.plan(rule.id).and_then(|plan| Vector::new(&self.columns, block).scores(plan));
            let there = self.columns.there(block);
            let mut three = Three { truth: [0; LANES], known: [0; LANES], unsure: [0; LANES] };
            for place in 0..BLOCK.min(self.rows() - block * BLOCK) {
                let (at, bit) = (place / 64, 1_u64 << (place % 64));
                let found = match &lane {
                    Some(lane) => lane.get(place),
                    None => Err(()),
                };
                let found = match found {
                    Ok(found) => Ok(found),
                    Err(()) => {
                        asker.asked += 1;
                        asker.with(&rule, block * BLOCK + place, |context| rules.score(id, context))
                    }
                };
                if let (Some(truth), Some(known), Some(unsure)) =
                    (three.truth.get_mut(at), three.known.get_mut(at), three.unsure.get_mut(at))
                {
                    match &found {
                        Ok(Some(_)) => {
                            *truth |= bit;
                            *known |= bit;
                        }
                        Ok(None) => {}
                        Err(_) => *unsure |= bit,
                    }
                }
                values.push(found.ok().flatten());
            }
            verdicts.extend(&three, &there);
        }
        verdicts.asked = asker.asked;
        Scores { values, verdicts }
    }
}
