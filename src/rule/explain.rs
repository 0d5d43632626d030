//! Why a rule is true, false or undecided: clause by clause, with the values that each read.

mod clause;
mod deciding;

use std::collections::BTreeSet;

use super::eval::{Eval, Evaluator, Stop};
use super::meter::written_bytes;
use super::program::{EventPart, Node, Op, Program, Reads};
use super::syntax::Extent;
use super::{Context, FactorProgram, Home, Requirement, Rules, Truth};
use crate::label::Label;
use crate::table::{FactId, FactorId, TransitionId};
use crate::value::Value;
pub(crate) use clause::ReadKind;
pub use clause::{Clause, FactorVerdict, Item, Joined, ValueRead};
pub(crate) use deciding::Settled;

/// Verdicts of factors inside one explanation: factors that share parts would repeat them without end.
const PARTS: usize = 500;

/// Verdicts inside one another in one explanation: those further down are told without their reasons. Each is four levels
/// of JSON at most, of which common readers take 128.
const NESTED: usize = 12;

impl Rules {
    /// The clauses of a rule: of `a && b` those that are not true (all where all are), of `a || b` every alternative.
    #[cfg(test)]
    pub fn explain(&self, program: &Program, context: &Context) -> Vec<Clause> {
        self.explainer(context, For::Record).clauses(program, Home::Function(u32::MAX))
    }

    /// The clauses of a transition's guard.
    pub fn explain_guard(&self, id: TransitionId, context: &Context, whom: For) -> Vec<Clause> {
        let guard = self.guard(id);
        let home = Home::Guard(id);
        guard.map_or_else(Vec::new, |guard| self.explainer(context, whom).clauses(guard, home))
    }

    /// The verdict of a factor with its reasons.
    pub fn explain_factor(&self, id: FactorId, context: &Context, whom: For) -> FactorVerdict {
        self.explainer(context, whom).factor(id)
    }

    /// The reasons of a derived boolean fact; none of one that is reported.
    pub fn explain_fact(&self, id: FactId, context: &Context, whom: For) -> Vec<Clause> {
        let program = self.facts.get(id).and_then(|fact| fact.value.as_ref());
        let home = Home::Fact(id);
        program.map_or_else(Vec::new, |found| self.explainer(context, whom).clauses(found, home))
    }

    /// The verdicts of all factors with their reasons, each rule asked once.
    pub fn explain_factors(&self, context: &Context, whom: For) -> Vec<FactorVerdict> {
        let mut explainer = self.explainer(context, whom);
        let ids = self.factors.ids();
        ids.map(|id| {
            explainer.parts = 0;
            explainer.factor(id)
        })
        .collect()
    }

    /// The verdict of a factor or boolean fact with its reasons.
    #[cfg(test)]
    pub fn explain_requirement(
        &self,
        requirement: Requirement,
        context: &Context,
    ) -> FactorVerdict {
        self.explainer(context, For::Record).requirement(requirement)
    }

    fn explainer<'r, 'c>(&'r self, context: &Context<'c>, whom: For<'r>) -> Explainer<'r, 'c> {
        let verdicts = Evaluator::new(self, *context).noting();
        let (deciding, settled) = match whom {
            For::Record => (false, None),
            For::Answer(settled) => (true, settled),
        };
        let context = *context;
        Explainer { rules: self, context, deciding, settled, parts: 0, nested: 0, verdicts }
    }
}

/// Whom an explanation is for.
#[derive(Clone, Copy)]
pub(crate) enum For<'s> {
    /// What is written down and proven later: every clause, as it has been from the beginning.
    Record,
    /// Whoever wants to know what decided; with which facts stay what they are, where that is known.
    Answer(Option<Settled<'s>>),
}

struct Explainer<'r, 'c> {
    rules: &'r Rules,
    context: Context<'c>,
    /// Whether only what decided is told.
    deciding: bool,
    settled: Option<Settled<'r>>,
    parts: usize,
    nested: usize,
    /// What rules came to, each asked once: explanations of rules that read one another would ask them again and again.
    verdicts: Evaluator<'r, 'c>,
}

/// What a verdict, a clause or a value weighs besides its texts, in bytes.
const VERDICT: usize = 256;
const CLAUSE: usize = 128;
const READ: usize = 64;

impl<'r, 'c> Explainer<'r, 'c> {
    /// Whether there is room for so many bytes more.
    fn has_room(&self, bytes: usize) -> bool {
        self.context.meter.is_none_or(|meter| meter.has_room(bytes as u64))
    }

    /// Where in its rule a clause stands, for whoever is told: what is written down does not say it.
    fn place(&self, at: Extent) -> Extent {
        if self.deciding { at } else { Extent::default() }
    }

    /// Whether one verdict more may be told.
    fn has_part(&self) -> bool {
        self.parts < PARTS && self.has_room(VERDICT)
    }

    /// As many names as there is room for, with how many are left out.
    fn names(&self, names: impl IntoIterator<Item = String>) -> (Vec<String>, usize) {
        let (mut told, mut cut) = (Vec::new(), 0);
        for name in names {
            if cut == 0 && self.has_room(name.len() + size_of::<String>()) {
                told.push(name);
            } else {
                cut += 1;
            }
        }
        (told, cut)
    }

    fn evaluator(&self) -> Evaluator<'r, 'c> {
        Evaluator::new(self.rules, self.context).noting()
    }

    /// Somebody who knows what those rules came to that a program reads.
    fn evaluator_for(&mut self, program: &'r Program) -> Evaluator<'r, 'c> {
        for id in &program.reads.factors {
            self.ask(Requirement::Factor(*id));
        }
        for id in &program.reads.facts {
            self.ask(Requirement::Fact(*id));
        }
        let mut evaluator = self.evaluator();
        evaluator.learn(&self.verdicts, &program.reads);
        evaluator
    }

    /// Asks a rule; what is unknown for it is kept with its verdict.
    fn ask(&mut self, requirement: Requirement) {
        self.verdicts.rested();
        let noted = self.verdicts.noted();
        match requirement {
            Requirement::Factor(id) if self.rules.is_score(id) => {
                let _ = self.verdicts.score(id, Extent::default());
            }
            Requirement::Factor(id) => {
                let _ = self.verdicts.factor(id, Extent::default());
            }
            Requirement::Fact(id) => {
                let _ = self.verdicts.fact(id, Extent::default());
            }
        }
        self.verdicts.forgive(noted);
    }

    fn clauses(&mut self, program: &'r Program, home: Home) -> Vec<Clause> {
        if self.deciding
            && let Some(found) = self.deciding(program, home)
        {
            return found;
        }
        let mut found = self.every_clause(program);
        for clause in found.iter_mut().filter(|_| self.deciding) {
            clause.home = Some(home);
        }
        found
    }

    /// Every clause of a rule that is not true, or all.
    fn every_clause(&mut self, program: &'r Program) -> Vec<Clause> {
        let mut evaluator = self.evaluator_for(program);
        let mut found = Vec::new();
        let done = evaluator.framed(program, Vec::new(), |evaluator| {
            let mut root = &program.root;
            while let Op::Block(statements) = &root.op {
                let Some((last, before)) = statements.split_last() else { break };
                for statement in before {
                    evaluator.execute(statement)?;
                }
                root = last;
            }
            let (clauses, keep_all) = match &root.op {
                Op::And(clauses) => (clauses.as_slice(), false),
                Op::Or(clauses) => (clauses.as_slice(), true),
                _ => (std::slice::from_ref(root), true),
            };
            let all: Vec<Clause> =
                clauses.iter().map(|clause| self.clause(evaluator, program, clause)).collect();
            let holds = all.iter().all(|clause| clause.verdict == Truth::True);
            found = all
                .into_iter()
                .filter(|clause| keep_all || holds || clause.verdict != Truth::True)
                .collect();
            Ok(())
        });
        if found.is_empty() && done.is_err() {
            // Something before the last expression decides, or leaves it undecided.
            let verdict = match done {
                Err(Stop::Return(Some(Value::Boolean(true)))) => Truth::True,
                Err(Stop::Return(Some(Value::Boolean(false)))) => Truth::False,
                _ => Truth::Unknown,
            };
            let unknown = if verdict == Truth::Unknown { evaluator.names() } else { Vec::new() };
            let (unknown, cut) = self.names(unknown);
            let at = program.root.at;
            let text = program.text(at).to_owned();
            let mut whole = Clause {
                unknown,
                cut,
                at: self.place(at),
                ..Clause::new(text, verdict, program.span(at))
            };
            let _: Eval<()> = evaluator.framed(program, Vec::new(), |evaluator| {
                self.reads(evaluator, program, &program.root, &mut whole);
                Ok(())
            });
            found.push(whole);
        }
        found
    }

    fn clause(
        &mut self,
        evaluator: &mut Evaluator<'r, 'c>,
        program: &'r Program,
        node: &'r Node,
    ) -> Clause {
        let mut clause = self.judged(evaluator, program, node);
        self.reads(evaluator, program, node, &mut clause);
        clause
    }

    /// A clause with its verdict, and without what it read.
    fn judged(
        &mut self,
        evaluator: &mut Evaluator<'r, 'c>,
        program: &'r Program,
        node: &'r Node,
    ) -> Clause {
        let noted = evaluator.noted();
        let (verdict, known) = match evaluator.truth(node) {
            Ok(truth) => (truth, true),
            // A number: the clause of a score.
            Err(Stop::Fault(fault)) if fault.code == "not-boolean" => (Truth::True, true),
            Err(_) => (Truth::Unknown, false),
        };
        let unknown: BTreeSet<String> = match &evaluator.unknown {
            Some(names) if verdict == Truth::Unknown || !known => {
                names.get(noted..).unwrap_or(&[]).iter().cloned().collect()
            }
            _ => BTreeSet::new(),
        };
        evaluator.forgive(noted);
        let (unknown, cut) = self.names(unknown);
        let text = program.text(node.at).to_owned();
        self.has_room(CLAUSE + text.len());
        Clause {
            unknown,
            cut,
            at: self.place(node.at),
            ..Clause::new(text, verdict, program.span(node.at))
        }
    }

    /// What stands in a clause, with its values, in the order of the text.
    fn reads(
        &mut self,
        evaluator: &mut Evaluator<'r, 'c>,
        program: &'r Program,
        node: &'r Node,
        clause: &mut Clause,
    ) {
        let mut waiting = vec![node];
        while let Some(node) = waiting.pop() {
            self.read(evaluator, program, node, clause);
            waiting.extend(node.children().into_iter().rev());
        }
    }

    fn read(
        &mut self,
        evaluator: &mut Evaluator<'r, 'c>,
        program: &'r Program,
        node: &'r Node,
        clause: &mut Clause,
    ) {
        let noted = evaluator.noted();
        let rules = self.rules;
        let text = |at: Extent| program.text(at).to_owned();
        let read = match &node.op {
            Op::Fact(id) => rules.facts.get(*id).map(|fact| ValueRead {
                name: fact.name.to_string(),
                kind: ReadKind::Fact.word(),
                value: evaluator.fact(*id, node.at).ok(),
                title: fact.title.clone(),
            }),
            Op::Parameter(id) => rules.parameters.get(*id).map(|parameter| ValueRead {
                name: parameter.name.to_string(),
                kind: ReadKind::Parameter.word(),
                value: Some(parameter.value.clone()),
                title: parameter.title.clone(),
            }),
            Op::Factor(id) => {
                let seen = clause.factors.iter().any(|seen| {
                    Some(&*seen.name) == rules.factors.get(*id).map(|factor| &*factor.name)
                });
                if !seen && self.has_part() {
                    clause.factors.push(self.factor(*id));
                } else if !seen {
                    clause.cut += 1;
                }
                None
            }
            Op::Now | Op::Today => Some(self.plain(evaluator, ReadKind::Time, text(node.at), node)),
            Op::Event(part) => {
                let name = match part {
                    EventPart::Name => "event.name",
                    EventPart::Actor => "event.actor",
                    EventPart::At => "event.at",
                    EventPart::Date => "event.date",
                };
                Some(self.plain(evaluator, ReadKind::Event, name.to_owned(), node))
            }
            Op::Data(name) => {
                Some(self.plain(evaluator, ReadKind::Event, format!("event.data.{name}"), node))
            }
            Op::Children(_) => Some(self.plain(evaluator, ReadKind::Children, text(node.at), node)),
            Op::Last(_) | Op::Count(_) | Op::Who(_) | Op::Since(_) | Op::Active(_) => {
                Some(self.plain(evaluator, ReadKind::Past, text(node.at), node))
            }
            _ => None,
        };
        evaluator.forgive(noted);
        if let Some(read) = read
            && !clause.values.iter().any(|seen| seen.name == read.name)
        {
            let bytes = read.value.as_ref().map_or(0, written_bytes);
            let bytes = usize::try_from(bytes).unwrap_or(usize::MAX);
            if self.has_room(bytes.saturating_add(READ + read.name.len())) {
                clause.values.push(read);
            } else {
                clause.cut += 1;
            }
        }
    }

    fn plain(
        &self,
        evaluator: &mut Evaluator<'r, 'c>,
        kind: ReadKind,
        name: String,
        node: &'r Node,
    ) -> ValueRead {
        let kind = kind.word();
        ValueRead { name, kind, value: evaluator.eval(node).ok(), title: Label::default() }
    }

    fn factor(&mut self, id: FactorId) -> FactorVerdict {
        self.parts += 1;
        self.nested += 1;
        let verdict = self.factor_inside(id);
        self.nested -= 1;
        verdict
    }

    fn factor_inside(&mut self, id: FactorId) -> FactorVerdict {
        let in_full = self.nested <= NESTED;
        let rules = self.rules;
        let Some(factor) = rules.factors.get(id) else {
            return FactorVerdict::empty(String::new());
        };
        let mut verdict = FactorVerdict {
            kind: factor.kind.clone(),
            title: factor.title.clone(),
            hint: factor.hint.clone(),
            ..FactorVerdict::empty(factor.name.to_string())
        };
        self.ask(Requirement::Factor(id));
        let mut evaluator = self.evaluator();
        evaluator.learn(&self.verdicts, &Reads { factors: [id].into(), ..Reads::default() });
        match &factor.program {
            FactorProgram::Guard(program) => {
                verdict.judge(evaluator.factor(id, Extent::default()));
                if in_full {
                    verdict.clauses = self.clauses(program, Home::Factor(id));
                }
            }
            FactorProgram::Score(program) => {
                let score = evaluator.score(id, Extent::default());
                verdict.score = score.as_ref().ok().copied();
                verdict.judge(score.map(|_| Truth::True));
                let (unknown, cut) = self.names(evaluator.names());
                let at = program.root.at;
                let text = program.text(at).to_owned();
                let clause = Clause::new(text, verdict.verdict, program.span(at));
                let mut clause = Clause { unknown, cut, at: self.place(at), ..clause };
                clause.home = self.deciding.then_some(Home::Factor(id));
                if in_full {
                    let mut reader = self.evaluator_for(program);
                    let _: Eval<()> = reader.framed(program, Vec::new(), |reader| {
                        self.reads(reader, program, &program.root, &mut clause);
                        Ok(())
                    });
                    verdict.clauses = vec![clause];
                }
            }
            FactorProgram::Of { of, at_least, .. } => {
                verdict.judge(evaluator.factor(id, Extent::default()));
                verdict.at_least = i64::try_from(*at_least).ok();
                for part in of {
                    if !in_full {
                        break;
                    }
                    if self.has_part() {
                        verdict.of.push(self.requirement(*part));
                    } else {
                        verdict.cut += 1;
                    }
                }
                let mut reached = 0;
                for part in of {
                    self.verdicts.rested();
                    let noted = self.verdicts.noted();
                    let found = self.verdicts.requirement(*part, Extent::default());
                    self.verdicts.forgive(noted);
                    reached += i64::from(matches!(found, Ok(Truth::True)));
                }
                verdict.reached = Some(reached);
            }
            FactorProgram::Broken => {}
        }
        if verdict.verdict == Truth::Unknown {
            let (unknown, cut) = self.names(evaluator.names());
            verdict.unknown = unknown;
            verdict.cut += cut;
        }
        verdict
    }

    fn requirement(&mut self, requirement: Requirement) -> FactorVerdict {
        match requirement {
            Requirement::Factor(id) => self.factor(id),
            Requirement::Fact(id) => self.fact(id),
        }
    }

    fn fact(&mut self, id: FactId) -> FactorVerdict {
        self.parts += 1;
        let Some(fact) = self.rules.facts.get(id) else {
            return FactorVerdict::empty(String::new());
        };
        let verdict =
            self.rules.holds(Requirement::Fact(id), &self.context).unwrap_or(Truth::Unknown);
        let unknown = if verdict == Truth::Unknown {
            self.rules.unknown_of_fact(id, &self.context)
        } else {
            Vec::new()
        };
        self.nested += 1;
        let program = fact.value.as_ref().filter(|_| self.nested <= NESTED);
        let home = Home::Fact(id);
        let clauses = program.map(|program| self.clauses(program, home)).unwrap_or_default();
        self.nested -= 1;
        let (unknown, cut) = self.names(unknown);
        FactorVerdict {
            kind: Some("fact".to_owned()),
            title: fact.title.clone(),
            verdict,
            clauses,
            unknown,
            cut,
            ..FactorVerdict::empty(fact.name.to_string())
        }
    }
}
