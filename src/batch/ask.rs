//! Asking rules of a table: by columns, and where these are not sure, row by row.

use std::ops::Range;
use std::sync::{Arc, OnceLock};

use super::{Scores, Table, Verdicts};
use crate::rule::bits::{ALL, Bits, NONE, and, any, ones};
use crate::rule::{
    Answers, BLOCK, Block, CaseHistory, Context, Current, Facts, Fault, Meter, Requirement, RuleId,
    Rules, Truth,
};
use crate::table::{FactId, FactorId};
use crate::value::Number;

/// Blocks that one thread takes at least: starting one costs about what these cost for a simple rule.
const BLOCKS: usize = 16;

/// What asking rows needs, for one thread.
pub(super) struct Asker<'t> {
    table: &'t Table,
    facts: Facts,
    past: CaseHistory,
    event: Option<Arc<str>>,
    /// Rows that were asked one by one.
    pub asked: usize,
    /// The block that is asked, and what each of its rows has used: all that is asked of a row is one call.
    spent: (usize, Vec<u64>),
}

/// A rule with what it reads.
pub(super) struct Rule {
    id: RuleId,
    /// Only where rows are asked one by one.
    reads: OnceLock<Vec<FactId>>,
}

impl Rule {
    pub fn new(id: RuleId) -> Self {
        Self { id, reads: OnceLock::new() }
    }

    fn reads(&self, rules: &Rules) -> &[FactId] {
        self.reads.get_or_init(|| rules.facts_of(self.id).into_iter().collect())
    }
}

impl<'t> Asker<'t> {
    pub fn new(table: &'t Table, event: Option<&str>) -> Self {
        Self {
            table,
            facts: table.workflow.compiled().rules.facts_unknown(),
            past: CaseHistory::default(),
            event: event.map(Arc::from),
            asked: 0,
            spent: (0, Vec::new()),
        }
    }

    /// The answers of a block, where they are wanted; what stays unsure fails.
    pub fn block(&mut self, rule: &Rule, block: usize, wanted: &Bits) -> Answers {
        let rules = &self.table.workflow.compiled().rules;
        self.begin(block);
        let mut asked = Block::new(rules, &self.table.columns, block, &mut self.spent.1);
        let mut three = match (rules.code(rule.id), rule.id) {
            (Some(code), _) => asked.decide(code),
            (None, RuleId::Fact(id)) => asked.fact(id),
            (None, _) => Answers::UNSURE,
        };
        if !any(&three.unsure) {
            return three;
        }
        let unsure = std::mem::replace(&mut three.unsure, NONE);
        let left = and(and(unsure, &self.table.columns.there(block)), wanted);
        for place in ones(&left) {
            let answer = self.row(rule, block * BLOCK + place);
            three.set(place, answer.map_err(|_| ()));
        }
        three
    }

    /// The scores of a block, behind those that there are, and where they are known.
    fn scores(
        &mut self,
        rule: &Rule,
        id: FactorId,
        block: usize,
        values: &mut Vec<Option<Number>>,
    ) -> Answers {
        let table = self.table;
        let rules = &table.workflow.compiled().rules;
        self.begin(block);
        let mut asked = Block::new(rules, &table.columns, block, &mut self.spent.1);
        let numbers = rules.code(rule.id).and_then(|code| asked.scores(code));
        let mut three = Answers::UNKNOWN;
        for place in 0..BLOCK.min(table.rows() - block * BLOCK) {
            let found = match numbers.as_ref().map_or(Err(()), |numbers| numbers.get(place)) {
                Ok(found) => Ok(found),
                Err(()) => {
                    self.asked += 1;
                    self.with(rule, block * BLOCK + place, |context| rules.score(id, context))
                }
            };
            match &found {
                Ok(Some(_)) => three.set(place, Ok(Truth::True)),
                Ok(None) => {}
                Err(_) => three.set(place, Err(())),
            }
            values.push(found.ok().flatten());
        }
        three
    }

    /// What rows have used counts for one block at a time.
    fn begin(&mut self, block: usize) {
        if self.spent.0 != block || self.spent.1.is_empty() {
            self.spent = (block, vec![0; BLOCK]);
        }
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
        table.columns.load(rules, row, rule.reads(rules), &mut self.facts);
        let active = table.columns.active_in(row);
        let now = table.columns.time(rules, row);
        let event = self.event.as_ref().map(|name| Current {
            name: Arc::clone(name),
            actor: None,
            at: now,
            data: Default::default(),
        });
        let (block, place) = (row / BLOCK, row % BLOCK);
        self.begin(block);
        let meter = Meter::call(&table.workflow.compiled().limits);
        let spent = self.spent.1.get_mut(place);
        if let Some(spent) = &spent {
            meter.spend(**spent);
        }
        let found = run(&Context {
            facts: &self.facts,
            past: table.pasts.get(row).unwrap_or(&self.past),
            active: &active,
            now,
            event: event.as_ref(),
            family: None,
            supposed: false,
            observer: None,
            meter: Some(&meter),
        });
        if let Some(spent) = spent {
            *spent = meter.used().0;
        }
        found
    }
}

impl Table {
    /// Asks rules of every row; each block is asked all of them while it is near.
    pub(super) fn ask_all(&self, ids: &[RuleId]) -> Vec<Verdicts> {
        let rules: Vec<Rule> = ids.iter().map(|id| Rule::new(*id)).collect();
        self.blocks(ids.len(), None, |asker, block, found| {
            for (rule, found) in rules.iter().zip(found) {
                *found = asker.block(rule, block, &ALL);
            }
        })
    }

    /// Works through all blocks; each gives that many answers.
    pub(super) fn blocks(
        &self,
        answers: usize,
        event: Option<&str>,
        run: impl Fn(&mut Asker, usize, &mut [Answers]) + Sync,
    ) -> Vec<Verdicts> {
        let parts = self.parts(event, |asker, blocks, rows| {
            let mut all: Vec<Verdicts> = (0..answers).map(|_| Verdicts::new(rows)).collect();
            let mut found = vec![Answers::UNSURE; answers];
            for block in blocks {
                let there = self.columns.there(block);
                run(asker, block, &mut found);
                for (all, found) in all.iter_mut().zip(&found) {
                    all.extend(found, &there);
                }
            }
            for all in &mut all {
                all.asked = asker.asked;
            }
            all
        });
        let joined = parts.into_iter().reduce(|mut all, part| {
            for (all, part) in all.iter_mut().zip(part) {
                all.append(part);
            }
            all
        });
        joined.unwrap_or_default()
    }

    /// Parts the blocks among threads. Parts come back in the order of the rows, each from its blocks and the number of their
    /// rows; there is at least one.
    fn parts<T: Send>(
        &self,
        event: Option<&str>,
        run: impl Fn(&mut Asker, Range<usize>, usize) -> T + Sync,
    ) -> Vec<T> {
        let blocks = self.columns.blocks();
        let threads = self.threads.min(blocks / BLOCKS).max(1);
        let each = blocks.div_ceil(threads).max(1);
        let part = |from: usize| {
            let below = (from + each).min(blocks);
            let rows = self.rows().min(below * BLOCK) - from * BLOCK;
            run(&mut Asker::new(self, event), from..below, rows)
        };
        if threads == 1 {
            return vec![part(0)];
        }
        std::thread::scope(|scope| {
            let part = &part;
            let others: Vec<_> = (each..blocks)
                .step_by(each)
                .map(|from| (from, scope.spawn(move || part(from))))
                .collect();
            let mut all = vec![part(0)];
            // A thread that could not be ended well is asked again here.
            all.extend(
                others
                    .into_iter()
                    .map(|(from, thread)| thread.join().unwrap_or_else(|_| part(from))),
            );
            all
        })
    }

    /// One row, with the fault where there is one.
    pub(super) fn ask_row(
        &self,
        id: RuleId,
        row: usize,
        event: Option<&str>,
    ) -> Result<Truth, Fault> {
        let rule = Rule::new(id);
        Asker::new(self, event).row(&rule, row)
    }

    /// The score of a factor, and where it is known, in every row.
    pub(super) fn scored(&self, id: FactorId) -> Scores {
        let rule = Rule::new(RuleId::Factor(id));
        let parts = self.parts(None, |asker, blocks, rows| {
            let (mut values, mut verdicts) = (Vec::with_capacity(rows), Verdicts::new(rows));
            for block in blocks {
                let three = asker.scores(&rule, id, block, &mut values);
                verdicts.extend(&three, &self.columns.there(block));
            }
            verdicts.asked = asker.asked;
            Scores { values, verdicts }
        });
        let joined = parts.into_iter().reduce(|mut all, mut part| {
            all.values.append(&mut part.values);
            all.verdicts.append(part.verdicts);
            all
        });
        joined.unwrap_or_else(|| Scores { values: Vec::new(), verdicts: Verdicts::default() })
    }
}
