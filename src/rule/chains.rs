//! Which chains of derived facts and factors are long: these are worked out from their beginning, so that no length of them
//! uses up the stack.
//!
//! A rule is asked where it is read, which recurses; most chains are short, and short-circuits spare what is not needed.
//! A rule that would recurse deep is marked when the workflow is compiled ([`Rules::is_long`]). Before one of these is
//! asked, those that it reads are asked, the first ones first; what they came to is remembered, an error too, and tells
//! nobody anything until it is really read. So the answer is what it is without this, for what is never asked never
//! fails. The operations that this takes are counted for themselves, under the same bound.

use super::program::{Program, Reads, Rule};
use super::{FactorProgram, Rules};
use crate::table::{FactId, FactorId, Table};

/// What the way from one rule into another costs of the stack, in levels of an expression.
pub(super) const CROSSING: u32 = 4;

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
                below = below.max(read.height.saturating_add(CROSSING));
            }
        }
        let height = own.saturating_add(below);
        ChainPlace { height, long: height > ASKED, reads_long }
    }

    pub(super) fn of(&self, rule: Rule) -> ChainPlace {
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

    pub(super) fn reads_of(&self, rule: Rule) -> Reads {
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
