//! Long chains of derived facts and factors: worked out from their beginning, so that no length of them uses up the stack.
//!
//! A rule is asked where it is read, which recurses; most chains are short, and short-circuits spare what is not needed.
//! A rule that would recurse deep is marked when the workflow is compiled ([`Rules::is_long`]). Before one of these is
//! asked, those that it reads are asked, the first ones first; what they came to is remembered, an error too, and tells
//! nobody anything until it is really read. So the answer is what it is without this, for what is never asked never
//! fails. The operations that this takes are counted for themselves, under the same bound.

use std::collections::BTreeSet;

use super::compile::Rule;
use super::eval::{Eval, Evaluator, Stop};
use super::program::{Program, Reads};
use super::syntax::Extent;
use super::{FactorProgram, Fault, Rules};
use crate::table::{FactId, FactorId, Table};

/// Levels of an expression, through what it reads, up to which rules are asked where they are read.
pub(super) const ASKED: u32 = 64;

/// How a rule stands in chains of rules.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct ChainPlace {
    /// How deep it recurses when it is asked, what is worked out ahead left out.
    pub height: u32,
    /// Whether it is worked out ahead of those that read it.
    pub long: bool,
    /// Whether anything that it reads is, directly or through others.
    pub reads_long: bool,
}

/// By rule.
#[derive(Debug, Default)]
pub(super) struct ChainPlaces {
    facts: Table<FactId, ChainPlace>,
    factors: Table<FactorId, ChainPlace>,
}

impl ChainPlaces {
    /// Works out how rules stand, given in the order in which they can be worked out. Cost: linear in what they read.
    pub fn new(rules: &Rules, order: &[Rule]) -> Self {
        let mut all = Self {
            facts: rules.facts.ids().map(|_| ChainPlace::default()).collect(),
            factors: rules.factors.ids().map(|_| ChainPlace::default()).collect(),
        };
        for rule in order {
            let (own, reads) = match rule {
                Rule::Fact(id) => match rules.facts.get(*id).and_then(|fact| fact.value.as_ref()) {
                    Some(program) => (program.depth, &program.reads),
                    None => continue,
                },
                Rule::Factor(id) => match rules.factors.get(*id).map(|factor| &factor.program) {
                    Some(FactorProgram::Guard(program) | FactorProgram::Score(program)) => {
                        (program.depth, &program.reads)
                    }
                    Some(FactorProgram::Of { .. }) => (1, &Reads::default()),
                    Some(FactorProgram::Broken) | None => continue,
                },
                Rule::Function(_) => continue,
            };
            let counted = match rule {
                Rule::Factor(id) => rules.factors.get(*id).map(|factor| factor.program.reads()),
                _ => None,
            };
            let found = all.standing(own, counted.as_ref().unwrap_or(reads));
            let place = match rule {
                Rule::Fact(id) => all.facts.get_mut(*id),
                Rule::Factor(id) => all.factors.get_mut(*id),
                Rule::Function(_) => None,
            };
            if let Some(place) = place {
                *place = found;
            }
        }
        all
    }

    fn standing(&self, own: u32, reads: &Reads) -> ChainPlace {
        let (mut below, mut reads_long) = (0, false);
        let read = reads.facts.iter().filter_map(|id| self.facts.get(*id));
        for read in read.chain(reads.factors.iter().filter_map(|id| self.factors.get(*id))) {
            reads_long |= read.long || read.reads_long;
            if !read.long && read.height > 0 {
                below = below.max(read.height.saturating_add(super::compile::CROSSING));
            }
        }
        let height = own.saturating_add(below);
        ChainPlace { height, long: height > ASKED, reads_long }
    }

    fn of(&self, rule: Rule) -> ChainPlace {
        let found = match rule {
            Rule::Fact(id) => self.facts.get(id),
            Rule::Factor(id) => self.factors.get(id),
            Rule::Function(_) => None,
        };
        found.copied().unwrap_or_default()
    }
}

impl Rules {
    /// Whether a rule is worked out ahead of those that read it.
    pub(super) fn is_long(&self, rule: Rule) -> bool {
        self.standings.of(rule).long
    }

    fn reads_of(&self, rule: Rule) -> Reads {
        match rule {
            Rule::Fact(id) => {
                let program: Option<&Program> =
                    self.facts.get(id).and_then(|fact| fact.value.as_ref());
                program.map(|program| program.reads.clone()).unwrap_or_default()
            }
            Rule::Factor(id) => {
                self.factors.get(id).map(|factor| factor.program.reads()).unwrap_or_default()
            }
            Rule::Function(_) => Reads::default(),
        }
    }
}

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
