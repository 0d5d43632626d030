//! Long rules are worked out before those that read them, the first of a chain first.

use std::collections::BTreeSet;

use super::Fault;
use super::eval::{Eval, Evaluator, Stop};
use super::program::Rule;
use super::syntax::Extent;

impl Evaluator<'_, '_> {
    /// Works out what a long rule reads, the first ones first, unless that has been done.
    pub(super) fn go_ahead(&mut self, rule: Rule) {
        if !self.rules.standings.of(rule).reads_long {
            return;
        }
        let noted = self.noted();
        let left = self.begin_ahead();
        let mut known: BTreeSet<Rule> = BTreeSet::from([rule]);
        let mut waiting: Vec<(Rule, bool)> = self.below(rule, &mut known);
        while let Some((rule, is_ready)) = waiting.pop() {
            if is_ready {
                self.work_out(rule);
                self.forgive(noted);
                continue;
            }
            let more = self.below(rule, &mut known);
            if self.rules.is_long(rule) {
                waiting.push((rule, true));
            }
            waiting.extend(more);
        }
        self.end_ahead(left);
    }

    /// The rules that a rule reads which are long or read such, and have not been met.
    fn below(&self, rule: Rule, known: &mut BTreeSet<Rule>) -> Vec<(Rule, bool)> {
        let reads = self.rules.reads_of(rule);
        let facts = reads.facts.iter().map(|id| Rule::Fact(*id));
        let all = facts.chain(reads.factors.iter().map(|id| Rule::Factor(*id)));
        let wanted = all.filter(|rule| {
            let standing = self.rules.standings.of(*rule);
            (standing.long || standing.reads_long) && !self.is_worked_out(*rule)
        });
        wanted.filter(|rule| known.insert(*rule)).map(|rule| (rule, false)).collect()
    }

    fn work_out(&mut self, rule: Rule) {
        let at = Extent::default();
        let done: Eval<()> = match rule {
            Rule::Fact(id) => self.fact(id, at).map(drop),
            Rule::Factor(id) if self.rules.is_score(id) => self.score(id, at).map(drop),
            Rule::Factor(id) => self.factor(id, at).map(drop),
            Rule::Function(_) => Ok(()),
        };
        if let Err(Stop::Fault(fault)) = done {
            self.failed.insert(rule, fault);
        }
    }

    /// The error in which a rule ended when it was worked out ahead.
    pub(super) fn failed(&self, rule: Rule) -> Option<Box<Fault>> {
        if self.failed.is_empty() { None } else { self.failed.get(&rule).cloned() }
    }
}
