//! The evaluation core: scripts in, verdicts with their reasons out.
//!
//! ```text
//! Script ──parse (Rhai)──► Tree ──check──► Program (typed, over numbers) ──eval──► value | unknown | Fault
//!                                                      └─explain──► the clauses that decided
//! ```
//!
//! Only `parse`, `tokens`, `read` and `hints` name rhai. Nothing here knows cases: a [`Context`] is what a rule may read.

mod actions;
mod ahead;
mod builtins;
mod canonical;
mod chains;
#[allow(clippy::indexing_slicing, reason = "tables by their own numbers; see `table`")]
mod check;
mod checks;
pub(crate) mod claims;
#[allow(clippy::indexing_slicing, reason = "tables by their own numbers; see `table`")]
mod compile;
mod context;
mod counted;
mod depends;
pub(crate) mod domain;
pub(crate) mod doubt;
pub(crate) mod eval;
mod evaluate;
mod exclude;
mod explain;
mod facts;
pub(crate) mod family;
mod fits;
mod hints;
mod history;
mod invoked;
mod ir;
mod lower;
mod meter;
pub(crate) mod observer;
mod operate;
mod order;
#[cfg(feature = "scenario")]
pub(crate) mod outline;
mod parse;
pub(crate) mod people;
pub(crate) mod program;
mod quoted;
mod read;
mod reads;
mod rows;
mod run;
mod sent;
pub(crate) mod syntax;
#[cfg(test)]
pub(crate) mod tests;
mod tokens;
mod types;
mod uses;
#[cfg(feature = "lab")]
mod work;
mod workdays;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, OnceLock};

use crate::definition::model::{Definition, Label};
use crate::definition::shape::{Kind, Shape};
use crate::diagnostic::Report;
use crate::limits::Limits;
use crate::table::{FactId, FactorId, ParameterId, Sparse, StateId, Table, TransitionId};
use crate::value::{Calendar, Number, Value, Zone};
pub(crate) use check::family::{declared, knows, slips};
use check::names::Named;
use eval::{Evaluator, Stop};
use facts::{Form, Layout};
pub(crate) use family::{Family, Given, Recipient, ToParent};
use lower::NotCompiled;
use syntax::Extent;
use workdays::Workdays;

pub(crate) use actions::lacked;
pub(crate) use checks::Checks;
pub use context::Truth;
pub(crate) use context::{Context, Current, Effect, Fault, Scratch};
pub(crate) use depends::Dependencies;
pub(crate) use exclude::exclude;
pub use explain::{Clause, FactorVerdict, Item, Joined, ValueRead};
pub(crate) use explain::{For, ReadKind};
pub(crate) use facts::{Facts, Setter};
pub(crate) use history::{
    CaseHistory, EventLog as Events, Occurrence, RememberedEvent, TooManyPersons,
};
pub(crate) use meter::{Meter, OPERATIONS, ends_call, written_bytes};
pub(crate) use people::Senders;
pub(crate) use program::{Program, Reads};
pub(crate) use quoted::{Quoted, Rewritten};
pub(crate) use run::{Alone, Answers, Block, Code, Columns, Source, bits, bits::BLOCK};
pub(crate) use sent::{Asked, asked, own_names, sent_names, told_names};
pub(crate) use uses::Write;
#[cfg(feature = "lab")]
pub use work::Work;

/// All scripts of a workflow, compiled.
#[derive(Debug)]
pub(crate) struct Rules {
    limits: Limits,
    pub zone: Zone,
    calendar: Option<Calendar>,
    named: BTreeMap<Arc<str>, Named>,
    pub facts: Table<FactId, FactRule>,
    pub parameters: Table<ParameterId, ParameterValue>,
    pub factors: Table<FactorId, FactorInfo>,
    pub functions: Vec<Option<Program>>,
    pub guards: Sparse<TransitionId, Program>,
    pub actions: Sparse<TransitionId, Program>,
    requires: Sparse<TransitionId, Vec<Requirement>>,
    pub entries: Sparse<StateId, Program>,
    pub exits: Sparse<StateId, Program>,
    pub initials: Sparse<StateId, Program>,
    /// By number of the `invoke`, what a child is given.
    pub invoked: Vec<Given>,
    /// In the order of the file.
    pub claims: Vec<claims::ClaimProgram>,
    /// What is sent to whoever is the parent.
    pub told: Vec<ToParent>,
    /// Which cells compiled rules read.
    layout: Arc<Layout>,
    /// How each fact can be set without asking its declaration.
    setters: Table<FactId, Setter>,
    /// Rules that the evaluator runs.
    uncompiled: BTreeMap<RuleId, NotCompiled>,
    /// What of compiled rules is left to the evaluator where it is come to.
    left: BTreeMap<RuleId, NotCompiled>,
    /// Working days, counted when a compiled rule first asks for them.
    workdays: OnceLock<Option<Workdays>>,
    depends: depends::Known,
    /// How rules stand in chains of rules.
    standings: chains::ChainPlaces,
    /// Rules in the order in which they can be worked out, those read first.
    order: Vec<program::Rule>,
    /// Facts of which rules may see values that are not declared; worked out when it is asked.
    passing: OnceLock<BTreeSet<FactId>>,
    /// Rules that read the time, through others too.
    timely: OnceLock<BTreeSet<program::Rule>>,
}

#[derive(Debug)]
pub(crate) struct FactRule {
    name: Arc<str>,
    pub shape: Shape,
    pub default: Option<Value>,
    title: Label,
    /// The rule of a derived fact.
    pub value: Option<Program>,
    /// The rule as it runs, where it has been compiled.
    code: Option<Arc<Code>>,
}

#[derive(Debug)]
pub(crate) struct ParameterValue {
    name: Arc<str>,
    pub value: Value,
    title: Label,
}

#[derive(Debug)]
pub(crate) struct FactorInfo {
    name: Arc<str>,
    kind: Option<String>,
    title: Label,
    hint: Label,
    pub program: FactorProgram,
    /// The rule as it runs, where it has been compiled.
    code: Option<Arc<Code>>,
}

/// A rule that can be compiled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum RuleId {
    Fact(FactId),
    Factor(FactorId),
    Guard(TransitionId),
}

/// Whose script a rule is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Home {
    Guard(TransitionId),
    Factor(FactorId),
    /// A derived fact.
    Fact(FactId),
    /// By its number in the file.
    Function(u32),
}

#[derive(Debug)]
pub(crate) enum FactorProgram {
    Guard(Program),
    Score(Program),
    Of {
        of: Vec<Requirement>,
        at_least: usize,
    },
    /// Its script has problems, which were reported.
    Broken,
}

/// A factor or boolean fact that must hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Requirement {
    Factor(FactorId),
    Fact(FactId),
}

impl Rules {
    /// Compiles every script of a definition and reports everything that is wrong with them. When errors were
    /// reported, the result is of no use.
    /// `children` are the workflows of its child cases, by number of the `invoke`, as far as they could be read.
    pub fn compile(
        def: &Definition,
        children: &[Option<&Definition>],
        limits: &Limits,
        report: &mut Report,
    ) -> Self {
        let mut rules = compile::compile(def, children, limits, report);
        rules.guards.shrink();
        rules.actions.shrink();
        rules.requires.shrink();
        rules
    }

    #[inline]
    pub fn guard(&self, id: TransitionId) -> Option<&Program> {
        self.guards.get(id)
    }

    pub fn actions(&self, id: TransitionId) -> Option<&Program> {
        self.actions.get(id)
    }

    /// What a transition requires, in the order of the file.
    pub fn requirements(&self, id: TransitionId) -> &[Requirement] {
        self.requires.get(id).map_or(&[], Vec::as_slice)
    }

    pub fn entry(&self, id: StateId) -> Option<&Program> {
        self.entries.get(id)
    }

    pub fn exit(&self, id: StateId) -> Option<&Program> {
        self.exits.get(id)
    }

    /// Actions on the way into a state's first child.
    pub fn initial_actions(&self, id: StateId) -> Option<&Program> {
        self.initials.get(id)
    }

    pub fn fact_named(&self, name: &str) -> Option<FactId> {
        match self.named.get(name) {
            Some(Named::Fact(id)) => Some(*id),
            _ => None,
        }
    }

    pub fn parameter_named(&self, name: &str) -> Option<ParameterId> {
        match self.named.get(name) {
            Some(Named::Parameter(id)) => Some(*id),
            _ => None,
        }
    }

    pub fn factor_named(&self, name: &str) -> Option<FactorId> {
        match self.named.get(name) {
            Some(Named::Factor(id)) => Some(*id),
            _ => None,
        }
    }

    /// The factor or boolean fact of this name.
    pub fn requirement(&self, name: &str) -> Option<Requirement> {
        match self.named.get(name)? {
            Named::Factor(id) => Some(Requirement::Factor(*id)),
            Named::Fact(id) if self.facts.get(*id)?.shape.kind == Kind::Boolean => {
                Some(Requirement::Fact(*id))
            }
            Named::Fact(_) | Named::Parameter(_) => None,
        }
    }

    /// All rules that can be compiled: derived facts, factors, guards.
    pub fn rule_ids(&self) -> Vec<RuleId> {
        let derived = self.facts.iter().filter(|(_, fact)| fact.value.is_some());
        let facts = derived.map(|(id, _)| RuleId::Fact(id));
        let factors = self.factors.ids().map(RuleId::Factor);
        facts.chain(factors).chain(self.guards.ids().map(RuleId::Guard)).collect()
    }

    /// Derived facts and factors, those that others read first.
    pub fn in_order(&self) -> impl Iterator<Item = Requirement> {
        self.order.iter().filter_map(|rule| match rule {
            program::Rule::Fact(id) => Some(Requirement::Fact(*id)),
            program::Rule::Factor(id) => Some(Requirement::Factor(*id)),
            program::Rule::Function(_) => None,
        })
    }

    /// Whether a rule reads the event, through others too.
    pub fn requirement_reads_event(&self, requirement: Requirement) -> bool {
        let mut reads = Reads::default();
        match requirement {
            Requirement::Fact(id) => _ = reads.facts.insert(id),
            Requirement::Factor(id) => _ = reads.factors.insert(id),
        }
        self.reads_through(reads).event
    }

    /// The names of all messages that actions emit, sorted.
    pub fn emitted(&self) -> BTreeSet<String> {
        let transitions = self.actions.ids().filter_map(|id| self.actions.get(id));
        let states = [&self.entries, &self.exits, &self.initials];
        let states = states.into_iter().flat_map(|some| some.ids().filter_map(|id| some.get(id)));
        transitions.chain(states).flat_map(|program| program.asks().emits).collect()
    }

    /// Whose the scripts are that say what is so: all but actions.
    pub fn homes(&self) -> Vec<Home> {
        let guards = self.guards.ids().map(Home::Guard);
        let factors = self.factors.ids().map(Home::Factor);
        let facts = self.facts.ids().map(Home::Fact);
        let functions = (0_u32..).zip(&self.functions).map(|(number, _)| Home::Function(number));
        guards.chain(factors).chain(facts).chain(functions).collect()
    }

    /// The script of a rule, where it has one.
    pub fn program_of(&self, home: Home) -> Option<&Program> {
        match home {
            Home::Guard(id) => self.guard(id),
            Home::Factor(id) => match &self.factors.get(id)?.program {
                FactorProgram::Guard(program) | FactorProgram::Score(program) => Some(program),
                FactorProgram::Of { .. } | FactorProgram::Broken => None,
            },
            Home::Fact(id) => self.facts.get(id)?.value.as_ref(),
            Home::Function(number) => self.functions.get(number as usize)?.as_ref(),
        }
    }

    /// Why a rule is run by the evaluator; `None` for one that is compiled.
    pub fn uncompiled(&self, id: RuleId) -> Option<&NotCompiled> {
        self.uncompiled.get(&id)
    }

    /// Why a compiled rule is left to the evaluator when it comes to some part.
    pub fn left(&self, id: RuleId) -> Option<&NotCompiled> {
        self.left.get(&id)
    }

    /// The working days of the calendar, as far as they are counted.
    fn workdays(&self) -> Option<&Workdays> {
        let counted = self.workdays.get_or_init(|| Workdays::new(self.calendar.as_ref()?));
        counted.as_ref()
    }

    /// Whether a guard holds.
    pub fn decide(&self, program: &Program, context: &Context) -> Result<Truth, Fault> {
        if let Some(code) = &program.code
            && let Some(truth) = code.decide(self, context)
        {
            return Ok(truth);
        }
        Evaluator::new(self, *context).decide(program)
    }

    /// Whether a factor or boolean fact holds.
    pub fn holds(&self, requirement: Requirement, context: &Context) -> Result<Truth, Fault> {
        let code = self.required_code(requirement);
        if let Some(truth) = code.and_then(|code| code.decide(self, context)) {
            return Ok(truth);
        }
        match requirement {
            Requirement::Fact(id) if code.is_none() && self.is_given(id) => {
                match context.facts.get(id) {
                    Some(Value::Boolean(true)) => Ok(Truth::True),
                    Some(Value::Boolean(false)) => Ok(Truth::False),
                    None => Ok(Truth::Unknown),
                    Some(_) => self.holds_by_evaluator(requirement, context),
                }
            }
            _ => self.holds_by_evaluator(requirement, context),
        }
    }

    /// What a transition asks for comes to: its requirements, then its guard; what is false decides over what is unknown.
    pub fn judged(&self, id: TransitionId, context: &Context) -> Result<Truth, Fault> {
        let mut truth = Truth::True;
        for requirement in self.requirements(id) {
            match self.holds(*requirement, context)? {
                Truth::False => return Ok(Truth::False),
                Truth::Unknown => truth = Truth::Unknown,
                Truth::True => {}
            }
        }
        match self.guard(id).map(|guard| self.decide(guard, context)).transpose()? {
            Some(Truth::False) => Ok(Truth::False),
            Some(Truth::Unknown) => Ok(Truth::Unknown),
            Some(Truth::True) | None => Ok(truth),
        }
    }

    /// Whether a fact is set, not worked out.
    pub fn is_given(&self, id: FactId) -> bool {
        self.facts.get(id).is_some_and(|fact| fact.value.is_none())
    }

    /// The compiled form of a factor or derived fact.
    pub fn required_code(&self, requirement: Requirement) -> Option<&Arc<Code>> {
        match requirement {
            Requirement::Factor(id) => self.code(RuleId::Factor(id)),
            Requirement::Fact(id) => self.code(RuleId::Fact(id)),
        }
    }

    /// The compiled form of a rule.
    pub fn code(&self, id: RuleId) -> Option<&Arc<Code>> {
        match id {
            RuleId::Fact(id) => self.facts.get(id)?.code.as_ref(),
            RuleId::Factor(id) => self.factors.get(id)?.code.as_ref(),
            RuleId::Guard(id) => self.guards.get(id)?.code.as_ref(),
        }
    }

    /// The compiled form of what a transition requires: of a fact that is set its own cell, made here.
    pub fn required(&self, requirement: Requirement) -> Option<Arc<Code>> {
        if let Some(code) = self.required_code(requirement) {
            return Some(Arc::clone(code));
        }
        let Requirement::Fact(id) = requirement else { return None };
        if !self.is_given(id) || *self.layout.form(id) != Form::Boolean {
            return None;
        }
        let word = ir::Word::Cell(ir::Cell::of(0, id.0));
        let test = ir::Test::Range { word, low: 1, high: 1, negated: false };
        Some(Arc::new(Code::new(ir::Body::Test(checks::grouped(test, true)), 0, (0, 0))))
    }

    /// How a fact can be set without asking its declaration.
    pub fn setter(&self, id: FactId) -> &Setter {
        self.setters.at(id)
    }

    /// A text as the value of an `enum`, if it is one of those; `None` for an `enum` of so many that they have no words, too.
    pub fn choice(&self, id: FactId, text: &str) -> Option<Value> {
        let Form::Ordinal(choices) = self.layout.form(id) else { return None };
        choices.0.get(usize::try_from(choices.ordinal(text)?).ok()?).cloned()
    }

    /// Whether a requirement holds, without the compiled form.
    pub fn holds_by_evaluator(
        &self,
        requirement: Requirement,
        context: &Context,
    ) -> Result<Truth, Fault> {
        let mut evaluator = Evaluator::new(self, *context);
        settle(evaluator.requirement(requirement, Extent::default()))
            .map(|truth| truth.unwrap_or(Truth::Unknown))
    }

    /// Whether a factor is a score.
    pub fn is_score(&self, id: FactorId) -> bool {
        matches!(self.factors.get(id).map(|factor| &factor.program), Some(FactorProgram::Score(_)))
    }

    /// The score of a factor; `None` while it is unknown and for a factor that has none.
    pub fn score(&self, id: FactorId, context: &Context) -> Result<Option<Number>, Fault> {
        if !matches!(
            self.factors.get(id).map(|factor| &factor.program),
            Some(FactorProgram::Score(_))
        ) {
            return Ok(None);
        }
        settle(Evaluator::new(self, *context).score(id, Extent::default()))
    }

    /// The value of a fact, worked out for a derived one; `None` while it is unknown.
    pub fn fact(&self, id: FactId, context: &Context) -> Result<Option<Value>, Fault> {
        let rule = self.facts.get(id);
        if self.is_given(id) {
            return Ok(context.facts.get(id));
        }
        let code = rule.and_then(|fact| fact.code.as_ref());
        if let Some(value) = code.and_then(|code| code.value(self, context)) {
            return Ok(value);
        }
        settle(Evaluator::new(self, *context).fact(id, Extent::default()))
    }

    /// The facts of a case that begins: those with a default hold it.
    pub fn facts_at_first(&self) -> Facts {
        let mut facts = self.facts_unknown();
        for (id, fact) in self.facts.iter() {
            if let Some(default) = &fact.default {
                facts.set(id, Some(default.clone()));
            }
        }
        facts
    }

    /// The facts of a case of which nothing is known.
    pub fn facts_unknown(&self) -> Facts {
        Facts::unknown(&self.layout)
    }

    /// The value of a parameter.
    pub fn parameter(&self, id: ParameterId) -> &Value {
        // A number of the same workflow: see `table`.
        &self.parameters.at(id).value
    }

    /// Runs actions: all of their changes, or none with the fault.
    pub fn run(&self, program: &Program, scratch: &mut Scratch) -> Result<(), Fault> {
        let context = Context {
            facts: scratch.facts,
            past: scratch.past,
            active: scratch.active,
            now: scratch.now,
            event: scratch.event,
            family: scratch.family,
            supposed: false,
            observer: None,
            meter: Some(scratch.meter),
        };
        let mut evaluator = Evaluator::new(self, context).noting();
        evaluator.act(program)?;
        let assigned = std::mem::take(&mut evaluator.assigned);
        let effects = std::mem::take(&mut evaluator.effects);
        drop(evaluator);
        if let Some(forgotten) = &mut scratch.forgotten {
            let gone = assigned.iter().filter(|(_, (value, _))| value.is_none());
            forgotten.extend(gone.map(|(id, _)| *id));
        }
        if !assigned.is_empty() {
            actions::commit(Arc::make_mut(scratch.facts), assigned);
        }
        scratch.effects.extend(effects);
        Ok(())
    }

    /// Names of what leaves a program undecided: facts that nobody has set, through factors and derived facts too,
    /// sorted. Empty when it is decided.
    #[cfg(test)]
    pub fn unknowns(&self, program: &Program, context: &Context) -> Vec<String> {
        let mut evaluator = Evaluator::new(self, *context).noting();
        match evaluator.decide(program) {
            Ok(Truth::Unknown) => evaluator.names(),
            _ => Vec::new(),
        }
    }

    /// Names of what leaves a fact unknown: its own name, or those that a derived one waits for.
    pub fn unknown_of_fact(&self, id: FactId, context: &Context) -> Vec<String> {
        self.unknown_of(Requirement::Fact(id), context)
    }

    fn unknown_of(&self, requirement: Requirement, context: &Context) -> Vec<String> {
        let mut evaluator = Evaluator::new(self, *context).noting();
        let stopped = match requirement {
            Requirement::Fact(id) => {
                matches!(evaluator.fact(id, Extent::default()), Err(Stop::Unknown))
            }
            Requirement::Factor(id) => {
                matches!(evaluator.factor(id, Extent::default()), Ok(Truth::Unknown))
            }
        };
        if stopped { evaluator.names() } else { Vec::new() }
    }
}

/// A script, or a piece of one, as its tokens: equal for scripts that differ in white space and comments alone.
pub(crate) fn spelling(text: &str) -> String {
    canonical::spelling(text)
}

/// An unknown value is an answer.
fn settle<T>(found: Result<T, Stop>) -> Result<Option<T>, Fault> {
    match found {
        Ok(value) => Ok(Some(value)),
        Err(Stop::Fault(fault)) => Err(*fault),
        Err(_) => Ok(None),
    }
}
