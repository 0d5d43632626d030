//! What rules read: their own scripts, and what these read through factors, derived facts and functions.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use super::program::Rule;
use super::program::{Op, Program, Reads};
use super::{FactorProgram, Requirement, RuleId, Rules};
use crate::table::{FactId, FactorId, TransitionId};

/// What reads and is read.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Part {
    Fact(FactId),
    Factor(FactorId),
    Function(u32),
}

impl Rules {
    /// The scripts that answer something: guards, values of derived facts, factors.
    pub(crate) fn answering(&self) -> impl Iterator<Item = &Program> {
        let values = self.facts.rows().iter().filter_map(|fact| fact.value.as_ref());
        let factors = self.factors.rows().iter().filter_map(|factor| match &factor.program {
            FactorProgram::Guard(program) | FactorProgram::Score(program) => Some(program),
            FactorProgram::Of { .. } | FactorProgram::Broken => None,
        });
        self.guards.values().chain(values).chain(factors)
    }

    /// The scripts of claims.
    pub(crate) fn claiming(&self) -> impl Iterator<Item = &Program> {
        let conditions = self.claims.iter().flat_map(|claim| claim.rule.conditions());
        conditions.flat_map(|condition| condition.programs())
    }

    /// The derived facts and factors that read children of one of these `invoke` themselves. Cost: linear in their rules.
    pub fn reading_children(&self, invokes: &BTreeSet<u32>) -> Reads {
        let mut found = Reads::default();
        if invokes.is_empty() {
            return found;
        }
        let reads = |program: &Program| {
            let mut waiting = vec![&program.root];
            while let Some(node) = waiting.pop() {
                if matches!(&node.op, Op::Children(invoke) if invokes.contains(invoke)) {
                    return true;
                }
                waiting.extend(node.children());
            }
            false
        };
        for (id, fact) in self.facts.iter() {
            if fact.value.as_ref().is_some_and(reads) {
                found.facts.insert(id);
            }
        }
        for (id, factor) in self.factors.iter() {
            if let FactorProgram::Guard(program) | FactorProgram::Score(program) = &factor.program
                && reads(program)
            {
                found.factors.insert(id);
            }
        }
        found
    }

    /// The derived facts, factors and functions that read one of these facts, directly or through others. Cost: linear in all
    /// rules, whatever stands between them.
    pub fn following(&self, facts: &BTreeSet<FactId>) -> Reads {
        let mut readers: HashMap<Part, Vec<Part>> = HashMap::new();
        let mut note = |reader: Part, reads: &Reads| {
            let facts = reads.facts.iter().map(|id| Part::Fact(*id));
            let factors = reads.factors.iter().map(|id| Part::Factor(*id));
            let functions = reads.functions.iter().map(|number| Part::Function(*number));
            for part in facts.chain(factors).chain(functions) {
                crate::work::looked_at(1);
                readers.entry(part).or_default().push(reader);
            }
        };
        for (id, fact) in self.facts.iter() {
            if let Some(program) = &fact.value {
                note(Part::Fact(id), &program.reads);
            }
        }
        for (id, factor) in self.factors.iter() {
            note(Part::Factor(id), &factor.program.reads());
        }
        for (number, function) in (0_u32..).zip(&self.functions) {
            if let Some(program) = function {
                note(Part::Function(number), &program.reads);
            }
        }
        let mut found = Reads::default();
        let mut waiting: Vec<Part> = facts.iter().map(|id| Part::Fact(*id)).collect();
        while let Some(part) = waiting.pop() {
            for reader in readers.remove(&part).into_iter().flatten() {
                let is_new = match reader {
                    Part::Fact(id) => found.facts.insert(id),
                    Part::Factor(id) => found.factors.insert(id),
                    Part::Function(number) => found.functions.insert(number),
                };
                if is_new {
                    waiting.push(reader);
                }
            }
        }
        found
    }

    /// What a program reads, through factors, derived facts and functions too.
    pub fn reads(&self, program: &Program) -> Reads {
        self.reads_through(program.reads.clone())
    }

    /// What the value of a fact follows from, itself among it. Cost: linear in the rules that are read for it.
    pub fn reads_of_fact(&self, id: FactId) -> Reads {
        self.reads_through(Reads { facts: [id].into(), ..Reads::default() })
    }

    /// The facts that a transition reads in its guard, its requirements and its actions, through others too.
    pub fn facts_read(&self, id: TransitionId) -> BTreeSet<FactId> {
        let mut own = self.asked_by(id);
        if let Some(actions) = self.actions(id) {
            own.extend(&actions.reads);
        }
        self.reads_through(own).facts
    }

    /// What a transition reads itself in its guard and its requirements.
    pub fn asked_by(&self, id: TransitionId) -> Reads {
        let mut own = self.guard(id).map(|program| program.reads.clone()).unwrap_or_default();
        for requirement in self.requirements(id) {
            match requirement {
                Requirement::Factor(id) => own.factors.insert(*id),
                Requirement::Fact(id) => own.facts.insert(*id),
            };
        }
        own
    }

    /// What is read, with what that reads in turn through derived facts, factors and functions.
    pub fn reads_through(&self, own: Reads) -> Reads {
        let mut all = own.clone();
        let mut waiting: Vec<Reads> = vec![own];
        while let Some(reads) = waiting.pop() {
            crate::work::looked_at(1);
            let derived = reads.facts.iter().filter_map(|id| self.facts.get(*id)?.value.as_ref());
            let derived = derived.map(|program| program.reads.clone());
            let factors = reads
                .factors
                .iter()
                .filter_map(|id| self.factors.get(*id))
                .map(|factor| factor.program.reads());
            let called = reads
                .functions
                .iter()
                .filter_map(|number| self.functions.get(*number as usize)?.as_ref());
            let called = called.map(|program| program.reads.clone());
            for more in derived.chain(factors).chain(called) {
                if all.extend(&more) {
                    waiting.push(more);
                }
            }
        }
        all
    }

    /// Whether what a transition asks for, or a factor or fact, reads `now` or `today`, through others too.
    pub fn reads_time(&self, id: RuleId) -> bool {
        let own = match id {
            RuleId::Guard(id) => self.asked_by(id),
            RuleId::Factor(id) => Reads { factors: [id].into(), ..Reads::default() },
            RuleId::Fact(id) => Reads { facts: [id].into(), ..Reads::default() },
        };
        own.now || self.asks_any(&own, self.timely())
    }

    /// The rules that read `now` or `today`, through others too: found once for all, in the order in which they are read.
    fn timely(&self) -> &BTreeSet<Rule> {
        self.timely.get_or_init(|| {
            let mut timely = BTreeSet::new();
            for rule in &self.order {
                crate::work::looked_at(1);
                let own = match rule {
                    Rule::Fact(id) => self
                        .facts
                        .get(*id)
                        .and_then(|fact| fact.value.as_ref().map(|program| program.reads.clone())),
                    Rule::Factor(id) => self.factors.get(*id).map(|factor| factor.program.reads()),
                    Rule::Function(number) => {
                        let function = self.functions.get(*number as usize);
                        function.and_then(Option::as_ref).map(|program| program.reads.clone())
                    }
                };
                if own.is_some_and(|own| own.now || self.asks_any(&own, &timely)) {
                    timely.insert(*rule);
                }
            }
            timely
        })
    }

    /// Whether any of what is read is one of these.
    fn asks_any(&self, reads: &Reads, rules: &BTreeSet<Rule>) -> bool {
        let facts = reads.facts.iter().map(|id| Rule::Fact(*id));
        let factors = reads.factors.iter().map(|id| Rule::Factor(*id));
        let functions = reads.functions.iter().map(|number| Rule::Function(*number));
        facts.chain(factors).chain(functions).any(|rule| rules.contains(&rule))
    }

    /// The facts that a rule reads, through others too, itself among them.
    pub fn facts_of(&self, id: RuleId) -> BTreeSet<FactId> {
        let mut own = Reads::default();
        match id {
            RuleId::Fact(id) => {
                own.facts.insert(id);
            }
            RuleId::Factor(id) => {
                own.factors.insert(id);
            }
            RuleId::Guard(id) => {
                if let Some(guard) = self.guards.get(id) {
                    own.extend(&guard.reads);
                }
            }
        }
        self.reads_through(own).facts
    }

    /// The patterns with which any script asks what has happened, each with whether it asks who did it.
    pub fn asked_of_past(&self) -> Vec<(Arc<str>, bool)> {
        let parts = [&self.entries, &self.exits, &self.initials];
        let doing = parts.into_iter().flat_map(|part| part.values()).chain(self.actions.values());
        let mut asked = Vec::new();
        let senders = self.claims.iter().flat_map(|claim| claim.rule.compared());
        asked.extend(senders.map(|event| (event.clone(), true)));
        let given = self.invoked.iter().flat_map(|invoke| &invoke.facts).map(|(_, given)| given);
        let all = self.answering().chain(self.claiming()).chain(doing).chain(given);
        for program in all.filter(|program| program.reads.past) {
            let mut waiting = vec![&program.root];
            while let Some(node) = waiting.pop() {
                match &node.op {
                    Op::Last(pattern) | Op::Count(pattern) => asked.push((pattern.clone(), false)),
                    Op::Who(pattern) => asked.push((pattern.clone(), true)),
                    _ => waiting.extend(node.children()),
                }
            }
        }
        asked
    }

    /// Whether what a transition asks for reads the event, through others too.
    pub(super) fn asks_event(&self, id: TransitionId) -> bool {
        self.reads_through(self.asked_by(id)).event
    }

    /// Whether anything that answers reads the event.
    pub fn reads_event(&self) -> bool {
        let functions = self.functions.iter().flatten();
        self.answering().chain(functions).any(|program| program.reads.event)
    }
}
