//! The evaluator: bounded in operations, nesting and sizes, three-valued where rules are decided.
//!
//! At the top of a guard, factor or boolean `value`, `&&`, `||` and `!` are walked with three values
//! ([`Evaluator::truth`]); below it is left to right, and an unknown read leaves the whole undecided.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::operate::{self, Refusal};
use super::program::{Arm, Builtin, Each, EventPart, Node, Op, Program};
use super::syntax::{Binary, Extent};
use super::types::kind_of;
use super::{Context, Effect, FactorProgram, Fault, Past, Requirement, Rules, Truth};
use crate::definition::model::matches;
use crate::definition::shape::Kind;
use crate::diagnostic::Span;
use crate::table::{FactId, FactorId, Id, ParameterId};
use crate::value::{Number, Value};

/// Levels of lists and records inside one another that a script may make.
const NESTING: usize = 64;

/// Why evaluation of a node ended without a value.
#[derive(Debug)]
pub(super) enum Stop {
    Unknown,
    Fault(Box<Fault>),
    Return(Option<Value>),
    Break,
    Continue,
}

pub(super) type Eval<T> = Result<T, Stop>;

pub(super) struct Evaluator<'r, 'c> {
    pub rules: &'r Rules,
    pub context: Context<'c>,
    /// The program that is running, for places and texts.
    pub program: Option<&'r Program>,
    locals: Vec<Option<Value>>,
    base: usize,
    operations: u64,
    /// Names of what was unknown and left something undecided, while they are wanted.
    pub unknown: Option<Vec<String>>,
    facts: BTreeMap<FactId, Memo<Option<Value>>>,
    factors: BTreeMap<FactorId, Memo<Truth>>,
    /// What the running actions have assigned.
    pub assigned: BTreeMap<FactId, (Option<Value>, Extent)>,
    pub effects: Vec<Effect>,
    /// The statement in which something unknown was read.
    pub stopped: Option<Extent>,
}

/// An answer that was worked out before, with what was unknown for it.
#[derive(Clone)]
struct Memo<T> {
    answer: T,
    unknown: Vec<String>,
}

impl<'r, 'c> Evaluator<'r, 'c> {
    pub fn new(rules: &'r Rules, context: Context<'c>) -> Self {
        Self {
            rules,
            context,
            program: None,
            locals: Vec::new(),
            base: 0,
            operations: 0,
            unknown: None,
            facts: BTreeMap::new(),
            factors: BTreeMap::new(),
            assigned: BTreeMap::new(),
            effects: Vec::new(),
            stopped: None,
        }
    }

    /// Keeps the names of what is unknown.
    pub fn noting(mut self) -> Self {
        self.unknown = Some(Vec::new());
        self
    }

    /// Decides a program: three-valued at the top.
    pub fn decide(&mut self, program: &'r Program) -> Result<Truth, Fault> {
        self.framed(program, Vec::new(), |this| match this.truth(&program.root) {
            Err(Stop::Return(Some(value))) => this.as_truth(&program.root, &value),
            other => other,
        })
        .or_else(undecided)
    }

    /// The value of a program; `None` while it is unknown.
    pub fn value_of(
        &mut self,
        program: &'r Program,
        boolean: bool,
    ) -> Result<Option<Value>, Fault> {
        if boolean {
            return Ok(match self.decide(program)? {
                Truth::True => Some(Value::Boolean(true)),
                Truth::False => Some(Value::Boolean(false)),
                Truth::Unknown => None,
            });
        }
        match self.framed(program, Vec::new(), |this| this.eval(&program.root)) {
            Ok(value) => Ok(Some(value)),
            Err(Stop::Return(Some(value))) => Ok(Some(value)),
            Err(Stop::Unknown) => Ok(None),
            Err(Stop::Fault(fault)) => Err(*fault),
            Err(_) => Ok(None),
        }
    }

    /// Runs something with the variables of a program of its own.
    pub fn framed<T>(
        &mut self,
        program: &'r Program,
        args: Vec<Value>,
        run: impl FnOnce(&mut Self) -> Eval<T>,
    ) -> Eval<T> {
        let outer = (self.program, self.base);
        self.program = Some(program);
        self.base = self.locals.len();
        self.locals.extend(args.into_iter().map(Some));
        self.locals.resize(self.base + program.slots as usize, None);
        let result = run(self);
        self.locals.truncate(self.base);
        (self.program, self.base) = outer;
        result
    }

    pub fn fault(&self, at: Extent, code: &'static str, message: impl Into<String>) -> Stop {
        Stop::Fault(Box::new(Fault {
            code,
            message: message.into(),
            span: self.span(at),
            hint: None,
        }))
    }

    fn span(&self, at: Extent) -> Span {
        self.program.map(|program| program.span(at)).unwrap_or_default()
    }

    /// What was written there.
    pub fn text(&self, at: Extent) -> &'r str {
        self.program.map_or("", |program| program.text(at))
    }

    /// Names of what was unknown, each once, sorted.
    pub fn names(&self) -> Vec<String> {
        let names: std::collections::BTreeSet<&String> = self.unknown.iter().flatten().collect();
        names.into_iter().cloned().collect()
    }

    pub fn refused(&self, at: Extent, refusal: Refusal) -> Stop {
        self.fault(at, refusal.code, refusal.message)
    }

    /// Counts operations, so that nothing runs for ever.
    pub fn spend(&mut self, at: Extent, operations: usize) -> Eval<()> {
        self.operations = self.operations.saturating_add(operations as u64);
        let limit = self.rules.limits.operations;
        if self.operations > limit {
            return Err(self.fault(
                at,
                "limit-operations",
                format!("this takes more than {limit} operations"),
            ));
        }
        Ok(())
    }

    fn note(&mut self, name: impl FnOnce(&Self) -> String) -> Stop {
        if self.unknown.is_some() {
            let name = name(self);
            if let Some(noted) = &mut self.unknown {
                noted.push(name);
            }
        }
        Stop::Unknown
    }

    pub fn noted(&self) -> usize {
        self.unknown.as_ref().map_or(0, Vec::len)
    }

    /// What was unknown since then turned out not to matter.
    pub fn forgive(&mut self, noted: usize) {
        if let Some(names) = &mut self.unknown {
            names.truncate(noted);
        }
    }

    /// Three-valued, for the top of a rule.
    pub fn truth(&mut self, node: &'r Node) -> Eval<Truth> {
        self.spend(node.at, 1)?;
        match &node.op {
            Op::And(clauses) => self.walk(clauses, Truth::False),
            Op::Or(clauses) => self.walk(clauses, Truth::True),
            Op::Not(inner) => self.clause(inner).map(Truth::negated),
            Op::Factor(id) => self.factor(*id, node.at),
            Op::Block(statements) => {
                let last = self.up_to_last(node, statements)?;
                self.truth(last)
            }
            _ => self.plain(node),
        }
    }

    fn plain(&mut self, node: &'r Node) -> Eval<Truth> {
        let value = self.eval(node)?;
        self.as_truth(node, &value)
    }

    /// One clause: unknown is an answer.
    pub fn clause(&mut self, node: &'r Node) -> Eval<Truth> {
        match self.truth(node) {
            Err(Stop::Unknown) => Ok(Truth::Unknown),
            other => other,
        }
    }

    /// `&&` with false, `||` with true as the deciding value.
    fn walk(&mut self, clauses: &'r [Node], deciding: Truth) -> Eval<Truth> {
        let noted = self.noted();
        let mut open = false;
        for clause in clauses {
            let truth = self.clause(clause)?;
            if truth == deciding {
                self.forgive(noted);
                return Ok(deciding);
            }
            open |= truth == Truth::Unknown;
        }
        Ok(match (open, deciding) {
            (true, _) => Truth::Unknown,
            (false, Truth::False) => Truth::True,
            (false, _) => Truth::False,
        })
    }

    fn as_truth(&self, node: &Node, value: &Value) -> Eval<Truth> {
        match value {
            Value::Boolean(true) => Ok(Truth::True),
            Value::Boolean(false) => Ok(Truth::False),
            other => Err(self.fault(
                node.at,
                "not-boolean",
                format!("this must be true or false, it is {}", kind_of(other)),
            )),
        }
    }

    /// A factor's verdict.
    pub fn factor(&mut self, id: FactorId, at: Extent) -> Eval<Truth> {
        if let Some(memo) = self.factors.get(&id).cloned() {
            if let Some(names) = &mut self.unknown {
                names.extend(memo.unknown);
            }
            return Ok(memo.answer);
        }
        self.spend(at, 1)?;
        let noted = self.noted();
        let rules = self.rules;
        let answer = match rules.factors.get(id).map(|factor| &factor.program) {
            Some(FactorProgram::Guard(program)) => {
                self.decide(program).map_err(|fault| Stop::Fault(Box::new(fault)))?
            }
            Some(FactorProgram::Of { of, at_least, .. }) => {
                self.counted(of, *at_least, at, noted)?
            }
            Some(FactorProgram::Score(_) | FactorProgram::Broken) | None => {
                return Err(self.fault(at, "not-boolean", "a score is neither true nor false"));
            }
        };
        let unknown = self.noted_since(noted);
        self.factors.insert(id, Memo { answer, unknown });
        Ok(answer)
    }

    /// At least so many of these.
    fn counted(
        &mut self,
        of: &[Requirement],
        at_least: usize,
        at: Extent,
        noted: usize,
    ) -> Eval<Truth> {
        let (mut reached, mut left) = (0, of.len());
        let mut open = 0;
        for requirement in of {
            left -= 1;
            match self.requirement(*requirement, at)? {
                Truth::True => reached += 1,
                Truth::False => {}
                Truth::Unknown => open += 1,
            }
            if reached >= at_least {
                break;
            }
            if reached + open + left < at_least {
                self.forgive(noted);
                return Ok(Truth::False);
            }
        }
        if reached >= at_least {
            self.forgive(noted);
            return Ok(Truth::True);
        }
        Ok(if open > 0 { Truth::Unknown } else { Truth::False })
    }

    pub fn requirement(&mut self, requirement: Requirement, at: Extent) -> Eval<Truth> {
        match requirement {
            Requirement::Factor(id) => self.factor(id, at),
            Requirement::Fact(id) => match self.fact(id, at) {
                Ok(Value::Boolean(true)) => Ok(Truth::True),
                Ok(Value::Boolean(false)) => Ok(Truth::False),
                Ok(other) => Err(self.fault(
                    at,
                    "not-boolean",
                    format!("this must be true or false, it is {}", kind_of(&other)),
                )),
                Err(Stop::Unknown) => Ok(Truth::Unknown),
                Err(other) => Err(other),
            },
        }
    }

    /// The score of a factor: from 0 to 1, or unknown.
    pub fn score(&mut self, id: FactorId, at: Extent) -> Eval<Number> {
        let rules = self.rules;
        let Some(FactorProgram::Score(program)) =
            rules.factors.get(id).map(|factor| &factor.program)
        else {
            return Err(self.fault(at, "wrong-type", "this factor has no score"));
        };
        let value = self.value_of(program, false).map_err(|fault| Stop::Fault(Box::new(fault)))?;
        let Some(value) = value else { return Err(Stop::Unknown) };
        let number = operate::number(&value);
        match number {
            Some(number) if number >= Number::from(0) && number <= Number::from(1) => Ok(number),
            _ => Err(Stop::Fault(Box::new(Fault {
                code: "score-range",
                message: format!("a score must be from 0 to 1, this is {value}"),
                span: program.span(program.root.at),
                hint: None,
            }))),
        }
    }

    /// The value of a fact, as reported, assigned or computed.
    pub fn fact(&mut self, id: FactId, at: Extent) -> Eval<Value> {
        if let Some((value, _)) = self.assigned.get(&id) {
            return match value.clone() {
                Some(value) => Ok(value),
                None => Err(self.unknown_fact(id)),
            };
        }
        let rules = self.rules;
        if let Some(program) = rules.facts.get(id).and_then(|fact| fact.value.as_ref()) {
            return self.derived(id, program, at);
        }
        if self.context.assume_unknown.is_some_and(|unknown| unknown.contains(id.index())) {
            return Err(self.unknown_fact(id));
        }
        match self.context.facts.get(id.index()) {
            Some(Some(value)) => Ok(value.clone()),
            _ => Err(self.unknown_fact(id)),
        }
    }

    fn unknown_fact(&mut self, id: FactId) -> Stop {
        self.note(|this| {
            this.rules.facts.get(id).map_or_else(String::new, |fact| fact.name.to_string())
        })
    }

    fn derived(&mut self, id: FactId, program: &'r Program, at: Extent) -> Eval<Value> {
        if let Some(memo) = self.facts.get(&id) {
            let memo = memo.clone();
            if let Some(names) = &mut self.unknown {
                names.extend(memo.unknown);
            }
            return memo.answer.ok_or(Stop::Unknown);
        }
        self.spend(at, 1)?;
        let noted = self.noted();
        let boolean = self.rules.facts.get(id).is_some_and(|fact| fact.shape.kind == Kind::Boolean);
        let found = self.worked_out(program, boolean)?;
        self.keep(id, program, found, noted)
    }

    fn worked_out(&mut self, program: &'r Program, boolean: bool) -> Eval<Option<Value>> {
        self.value_of(program, boolean).map_err(|fault| Stop::Fault(Box::new(fault)))
    }

    /// Gives what was worked out its declared type, and remembers it.
    fn keep(
        &mut self,
        id: FactId,
        program: &Program,
        found: Option<Value>,
        noted: usize,
    ) -> Eval<Value> {
        let rules = self.rules;
        let Some(fact) = rules.facts.get(id) else { return Err(Stop::Unknown) };
        let answer = match found.map(|value| fact.shape.admit(value, &rules.zone)) {
            None => None,
            Some(Ok(value)) => Some(value),
            Some(Err(violations)) => {
                return Err(Stop::Fault(Box::new(Fault {
                    code: "fact-value",
                    message: super::act::violated(&fact.name, &violations),
                    span: program.span(program.root.at),
                    hint: None,
                })));
            }
        };
        let unknown = self.noted_since(noted);
        self.facts.insert(id, Memo { answer: answer.clone(), unknown });
        answer.ok_or(Stop::Unknown)
    }

    /// What was noted since then, each name once: rules that read one another twice would double them at every level.
    fn noted_since(&mut self, noted: usize) -> Vec<String> {
        let Some(names) = &mut self.unknown else { return Vec::new() };
        let mut since = names.split_off(noted.min(names.len()));
        since.sort();
        since.dedup();
        names.extend(since.iter().cloned());
        since
    }

    /// Facts have changed: what was worked out from them may be otherwise now.
    pub fn stale(&mut self) {
        self.facts.clear();
        self.factors.clear();
    }

    /// Only sends on: this and what it calls recurse, and big frames would use up the stack.
    pub fn eval(&mut self, node: &'r Node) -> Eval<Value> {
        self.spend(node.at, 1)?;
        match &node.op {
            Op::Constant(value) => Ok(value.clone()),
            Op::Local(slot) => self.local(*slot, node),
            Op::Fact(id) => self.fact(*id, node.at),
            Op::Parameter(id) => self.parameter(*id),
            Op::Factor(id) => self.factor_value(*id, node),
            Op::Binary { op, op_at, left, right } => self.binary(*op, *op_at, left, right),
            Op::And(clauses) => self.sequence(clauses, false),
            Op::Or(clauses) => self.sequence(clauses, true),
            Op::Not(inner) => self.not(inner),
            Op::Minus(inner) => self.minus(node, inner),
            Op::Coalesce(options) => self.coalesce(options),
            Op::Known(path) => self.known(path),
            Op::In { item, list, negated } => self.contains(node, item, list, *negated),
            Op::Property(base, name) => self.property(node, base, name),
            Op::Item(base, item) => self.item(node, base, item),
            Op::List(items) => self.items(node, items),
            Op::Record(entries) => self.record(node, entries),
            Op::Call(builtin, args) => self.call(node, builtin, args),
            Op::Each { each, list, item, body } => self.each(node, *each, list, *item, body),
            Op::Function(number, args) => self.function(*number, args, node),
            Op::If { condition, then, otherwise } => {
                self.branch(node, condition, then, otherwise.as_deref())
            }
            Op::Switch { subject, arms } => self.switch(node, subject, arms),
            Op::Block(statements) => self.last_of(node, statements),
            Op::Range { from, to, inclusive } => self.range(node, from, to, *inclusive),
            Op::Mutate { .. } => self.removed(node),
            _ => self.outside(node),
        }
    }

    fn parameter(&self, id: ParameterId) -> Eval<Value> {
        self.rules.parameters.get(id).map(|parameter| parameter.value.clone()).ok_or(Stop::Unknown)
    }

    fn not(&mut self, inner: &'r Node) -> Eval<Value> {
        self.condition(inner).map(|truth| Value::Boolean(!truth))
    }

    fn items(&mut self, node: &Node, items: &'r [Node]) -> Eval<Value> {
        let items = self.all(items)?;
        self.list(node.at, items)
    }

    fn call(&mut self, node: &Node, builtin: &Builtin, args: &'r [Node]) -> Eval<Value> {
        let args = self.all(args)?;
        self.builtin(node, builtin, args)
    }

    fn branch(
        &mut self,
        node: &Node,
        condition: &'r Node,
        then: &'r Node,
        otherwise: Option<&'r Node>,
    ) -> Eval<Value> {
        let chosen = if self.condition(condition)? { Some(then) } else { otherwise };
        match chosen {
            Some(chosen) => self.eval(chosen),
            None => Err(self.no_value(node)),
        }
    }

    fn switch(&mut self, node: &Node, subject: &'r Node, arms: &'r [Arm]) -> Eval<Value> {
        match self.choose(subject, arms)? {
            Some(body) => self.eval(body),
            None => Err(self.fault(node.at, "no-value", "none of the cases fits")),
        }
    }

    fn last_of(&mut self, node: &Node, statements: &'r [Node]) -> Eval<Value> {
        let last = self.up_to_last(node, statements)?;
        self.eval(last)
    }

    /// Runs all statements but the last, which gives the value.
    fn up_to_last(&mut self, node: &Node, statements: &'r [Node]) -> Eval<&'r Node> {
        let Some((last, before)) = statements.split_last() else { return Err(self.no_value(node)) };
        before.iter().try_for_each(|statement| self.execute(statement))?;
        Ok(last)
    }

    fn removed(&mut self, node: &'r Node) -> Eval<Value> {
        let Op::Mutate { mutation, place, args } = &node.op else {
            return Err(self.no_value(node));
        };
        match self.mutate(node, *mutation, place, args)? {
            Some(value) => Ok(value),
            None => Err(self.no_value(node)),
        }
    }

    fn no_value(&self, node: &Node) -> Stop {
        self.fault(node.at, "no-value", "this gives no value")
    }

    /// What comes from outside of facts: the time, the event, the past, the state.
    fn outside(&mut self, node: &'r Node) -> Eval<Value> {
        let (now, past) = (self.context.now, self.context.past);
        let text = |this: &Self| this.text(node.at).to_owned();
        let found = match &node.op {
            Op::Now => Some(Value::DateTime(now)),
            Op::Today => Some(Value::Date(now.date())),
            Op::Event(part) => self.context.event.and_then(|event| match part {
                EventPart::Name => Some(Value::Text(event.name.clone())),
                EventPart::Actor => event.actor.clone().map(Value::Text),
                EventPart::At => Some(Value::DateTime(event.at)),
                EventPart::Date => Some(Value::Date(event.at.date())),
            }),
            Op::Data(name) => match self.context.event.and_then(|event| event.data.get(name)) {
                Some(value) => Some(value.clone()),
                None => return Err(self.note(|_| format!("event.data.{name}"))),
            },
            Op::Last(pattern) => {
                self.spend(node.at, past.events.len() / 16)?;
                past.last(pattern).map(Value::DateTime)
            }
            Op::Count(pattern) => {
                self.spend(node.at, past.events.len() / 16)?;
                Some(Value::Integer(i64::try_from(past.count(pattern)).unwrap_or(i64::MAX)))
            }
            Op::Who(pattern) => {
                self.spend(node.at, past.events.len())?;
                Some(Value::List(Arc::new(
                    past.who(pattern).into_iter().map(Value::Text).collect(),
                )))
            }
            Op::Since(state) => past.entered.get(state).copied().map(Value::DateTime),
            Op::Active(state) => {
                Some(Value::Boolean(self.context.active.binary_search(state).is_ok()))
            }
            _ => {
                self.execute(node)?;
                return Err(self.fault(node.at, "no-value", "this gives no value"));
            }
        };
        match found {
            Some(value) => Ok(value),
            None => Err(self.note(text)),
        }
    }

    pub fn local(&mut self, slot: u32, node: &Node) -> Eval<Value> {
        match self.locals.get(self.base + slot as usize) {
            Some(Some(value)) => Ok(value.clone()),
            _ => Err(self.fault(
                node.at,
                "no-value",
                format!("`{}` has no value yet", self.text(node.at)),
            )),
        }
    }

    pub fn slot(&mut self, slot: u32) -> Option<&mut Option<Value>> {
        self.locals.get_mut(self.base + slot as usize)
    }

    pub fn set(&mut self, slot: u32, value: Option<Value>) {
        if let Some(place) = self.slot(slot) {
            *place = value;
        }
    }

    fn factor_value(&mut self, id: FactorId, node: &Node) -> Eval<Value> {
        let rules = self.rules;
        if let Some(FactorProgram::Score(_)) = rules.factors.get(id).map(|factor| &factor.program) {
            return self.score(id, node.at).map(Value::Number);
        }
        match self.factor(id, node.at)? {
            Truth::True => Ok(Value::Boolean(true)),
            Truth::False => Ok(Value::Boolean(false)),
            Truth::Unknown => Err(Stop::Unknown),
        }
    }

    /// A condition that decides what is done next: unknown leaves everything undecided.
    pub fn condition(&mut self, node: &'r Node) -> Eval<bool> {
        match self.eval(node)? {
            Value::Boolean(truth) => Ok(truth),
            other => Err(self.fault(
                node.at,
                "not-boolean",
                format!("this must be true or false, it is {}", kind_of(&other)),
            )),
        }
    }

    fn sequence(&mut self, clauses: &'r [Node], deciding: bool) -> Eval<Value> {
        for clause in clauses {
            if self.condition(clause)? == deciding {
                return Ok(Value::Boolean(deciding));
            }
        }
        Ok(Value::Boolean(!deciding))
    }

    fn binary(&mut self, op: Binary, at: Extent, left: &'r Node, right: &'r Node) -> Eval<Value> {
        let (a, b) = (self.eval(left)?, self.eval(right)?);
        self.operate(op, at, &a, &b)
    }

    pub fn operate(&mut self, op: Binary, at: Extent, left: &Value, right: &Value) -> Eval<Value> {
        match (left, right) {
            (Value::Text(a), Value::Text(b)) if op == Binary::Add => {
                self.text_fits(at, a.len().saturating_add(b.len()))?;
            }
            (Value::List(a), Value::List(b)) if op == Binary::Add => {
                self.list_fits(at, a.len().saturating_add(b.len()))?;
                self.spend(at, nodes(left, usize::MAX).saturating_add(nodes(right, usize::MAX)))?;
            }
            (Value::List(_) | Value::Record(_), _) => self.spend(at, nodes(left, usize::MAX))?,
            _ => {}
        }
        let zone = &self.rules.zone;
        operate::binary(op, left, right, zone).map_err(|refusal| self.refused(at, refusal))
    }

    fn minus(&mut self, node: &Node, inner: &'r Node) -> Eval<Value> {
        let negated = match self.eval(inner)? {
            Value::Integer(value) => value.checked_neg().map(Value::Integer),
            Value::Number(value) => Some(Value::Number(value.neg())),
            Value::Duration(value) => value.checked_neg().map(Value::Duration),
            other => {
                return Err(self.fault(
                    inner.at,
                    "wrong-type",
                    format!("`-` needs a number, this is {}", kind_of(&other)),
                ));
            }
        };
        negated.ok_or_else(|| self.refused(node.at, Refusal::overflow()))
    }

    fn coalesce(&mut self, options: &'r [Node]) -> Eval<Value> {
        let noted = self.noted();
        for option in options {
            match self.eval(option) {
                Err(Stop::Unknown) => {}
                Ok(value) => {
                    self.forgive(noted);
                    return Ok(value);
                }
                other => return other,
            }
        }
        Err(Stop::Unknown)
    }

    fn known(&mut self, path: &'r Node) -> Eval<Value> {
        let noted = self.noted();
        let known = match self.eval(path) {
            Ok(_) => true,
            Err(Stop::Unknown) => false,
            Err(other) => return Err(other),
        };
        self.forgive(noted);
        Ok(Value::Boolean(known))
    }

    fn contains(
        &mut self,
        node: &Node,
        item: &'r Node,
        list: &'r Node,
        negated: bool,
    ) -> Eval<Value> {
        let item = self.eval(item)?;
        let list = self.eval(list)?;
        let found = match (&list, &item) {
            (Value::List(items), item) => {
                let mut found = false;
                for other in items.iter() {
                    self.spend(
                        node.at,
                        1 + if is_nest(item) { nodes(item, usize::MAX) } else { 0 },
                    )?;
                    if operate::equal(item, other)
                        .map_err(|refusal| self.refused(node.at, refusal))?
                    {
                        found = true;
                        break;
                    }
                }
                found
            }
            (Value::Text(whole), Value::Text(part)) => {
                self.spend(node.at, whole.len() / 16)?;
                whole.contains(&**part)
            }
            (Value::Record(entries), Value::Text(name)) => entries.contains_key(name),
            (list, item) => {
                return Err(self.fault(
                    node.at,
                    "mixed-types",
                    format!("{} does not contain {}", kind_of(list), kind_of(item)),
                ));
            }
        };
        Ok(Value::Boolean(found != negated))
    }

    fn property(&mut self, node: &Node, base: &'r Node, name: &Arc<str>) -> Eval<Value> {
        let base = self.eval(base)?;
        let found = match (&base, &**name) {
            (Value::Record(entries), _) => match entries.get(name) {
                Some(value) => Some(value.clone()),
                None => return Err(self.note(|this| this.text(node.at).to_owned())),
            },
            (Value::Date(date), "year") => Some(Value::Integer(date.year())),
            (Value::Date(date), "month") => Some(Value::Integer(date.month())),
            (Value::Date(date), "day") => Some(Value::Integer(date.day())),
            (Value::Date(date), "weekday") => Some(Value::Integer(date.weekday())),
            (Value::DateTime(time), "year") => Some(Value::Integer(time.date().year())),
            (Value::DateTime(time), "month") => Some(Value::Integer(time.date().month())),
            (Value::DateTime(time), "day") => Some(Value::Integer(time.date().day())),
            (Value::DateTime(time), "weekday") => Some(Value::Integer(time.date().weekday())),
            (Value::DateTime(time), "date") => Some(Value::Date(time.date())),
            (Value::Duration(duration), "days") => duration.as_days().map(Value::Integer),
            (Value::Duration(duration), "hours") => duration.as_hours().map(Value::Number),
            (Value::List(items), "len") => i64::try_from(items.len()).ok().map(Value::Integer),
            (Value::Text(text), "len") => {
                i64::try_from(text.chars().count()).ok().map(Value::Integer)
            }
            _ => None,
        };
        found.ok_or_else(|| {
            self.fault(node.at, "wrong-type", format!("{} has no `{name}`", kind_of(&base)))
        })
    }

    fn item(&mut self, node: &Node, base: &'r Node, item: &'r Node) -> Eval<Value> {
        let base = self.eval(base)?;
        let item = self.eval(item)?;
        match (&base, &item) {
            (Value::List(items), Value::Integer(_) | Value::Number(_)) => {
                let index = self.index(node.at, &item, items.len())?;
                items.get(index).cloned().ok_or(Stop::Unknown)
            }
            (Value::Record(entries), Value::Text(name)) => match entries.get(name) {
                Some(value) => Ok(value.clone()),
                None => Err(self.note(|this| this.text(node.at).to_owned())),
            },
            _ => Err(self.fault(
                node.at,
                "wrong-type",
                format!("{} has no item {item}", kind_of(&base)),
            )),
        }
    }

    /// The number of an item that a list of this length has.
    pub fn index(&self, at: Extent, item: &Value, length: usize) -> Eval<usize> {
        let number = match item {
            Value::Integer(number) => Some(*number),
            Value::Number(number) => number.to_i64(),
            _ => None,
        };
        match number.and_then(|number| usize::try_from(number).ok()).filter(|index| *index < length)
        {
            Some(index) => Ok(index),
            None => Err(self.fault(
                at,
                "index",
                format!("there is no item {item} in a list of {length}, counted from 0"),
            )),
        }
    }

    pub fn all(&mut self, args: &'r [Node]) -> Eval<Vec<Value>> {
        args.iter().map(|arg| self.eval(arg)).collect()
    }

    /// A list that a script makes, within bounds.
    pub fn list(&mut self, at: Extent, items: Vec<Value>) -> Eval<Value> {
        self.list_fits(at, items.len())?;
        for item in items.iter().filter(|item| is_nest(item)) {
            self.nest_fits(at, item, 1)?;
        }
        Ok(Value::List(Arc::new(items)))
    }

    fn record(&mut self, node: &Node, entries: &'r [(Arc<str>, Node)]) -> Eval<Value> {
        let mut record = BTreeMap::new();
        for (name, value) in entries {
            let value = self.eval(value)?;
            if is_nest(&value) {
                self.nest_fits(node.at, &value, 1)?;
            }
            record.insert(name.clone(), value);
        }
        Ok(Value::Record(Arc::new(record)))
    }

    /// A list or record that is put into another: counted whole, so that doubling ends.
    pub fn nest_fits(&mut self, at: Extent, value: &Value, above: usize) -> Eval<()> {
        self.spend(at, nodes(value, usize::MAX))?;
        if value.nests_deeper_than(NESTING.saturating_sub(above)) {
            return Err(self.fault(
                at,
                "limit-nesting",
                format!("lists and records nest more than {NESTING} levels"),
            ));
        }
        Ok(())
    }

    pub fn list_fits(&self, at: Extent, length: usize) -> Eval<()> {
        let limit = self.rules.limits.list_items;
        if length > limit {
            return Err(self.fault(
                at,
                "limit-list-items",
                format!("a list of {length} items is too long, {limit} are allowed"),
            ));
        }
        Ok(())
    }

    pub fn text_fits(&mut self, at: Extent, length: usize) -> Eval<()> {
        let limit = self.rules.limits.text_bytes;
        if length > limit {
            return Err(self.fault(
                at,
                "limit-text-bytes",
                format!("a text of {length} bytes is too long, {limit} are allowed"),
            ));
        }
        self.spend(at, length / 64)
    }

    fn range(&mut self, node: &Node, from: &'r Node, to: &'r Node, inclusive: bool) -> Eval<Value> {
        let (from, to) = self.ends(from, to, inclusive)?;
        let length = usize::try_from(i128::from(to).saturating_sub(i128::from(from)).max(0))
            .unwrap_or(usize::MAX);
        self.list_fits(node.at, length)?;
        self.spend(node.at, length)?;
        Ok(Value::List(Arc::new((from..to).map(Value::Integer).collect())))
    }

    /// The first number, and the one behind the last.
    pub fn ends(&mut self, from: &'r Node, to: &'r Node, inclusive: bool) -> Eval<(i64, i64)> {
        let (a, b) = (self.eval(from)?, self.eval(to)?);
        match (&a, &b) {
            (Value::Integer(a), Value::Integer(b)) => {
                let end = if inclusive { b.checked_add(1) } else { Some(*b) };
                Ok((*a, end.ok_or_else(|| self.refused(to.at, Refusal::overflow()))?))
            }
            _ => Err(self.fault(from.at.to(to.at), "wrong-type", "a range needs whole numbers")),
        }
    }

    fn each(
        &mut self,
        node: &Node,
        each: Each,
        list: &'r Node,
        slot: u32,
        body: &'r Node,
    ) -> Eval<Value> {
        let list = match self.eval(list)? {
            Value::List(items) => items,
            other => {
                return Err(self.fault(
                    node.at,
                    "wrong-type",
                    format!("this needs a list, it is {}", kind_of(&other)),
                ));
            }
        };
        let mut kept = Vec::new();
        for item in list.iter() {
            self.set(slot, Some(item.clone()));
            let answer = match self.eval(body) {
                Err(Stop::Return(Some(value))) => value,
                other => other?,
            };
            if each == Each::Map {
                kept.push(answer);
                continue;
            }
            let Value::Boolean(truth) = answer else {
                return Err(self.fault(
                    body.at,
                    "not-boolean",
                    format!("this must be true or false, it is {}", kind_of(&answer)),
                ));
            };
            match each {
                Each::Filter if truth => kept.push(item.clone()),
                Each::Find if truth => return Ok(item.clone()),
                Each::Some if truth => return Ok(Value::Boolean(true)),
                Each::All if !truth => return Ok(Value::Boolean(false)),
                _ => {}
            }
        }
        match each {
            Each::Map => self.list(node.at, kept),
            Each::Filter => Ok(Value::List(Arc::new(kept))),
            Each::All => Ok(Value::Boolean(true)),
            Each::Some => Ok(Value::Boolean(false)),
            Each::Find => Err(self.note(|this| this.text(node.at).to_owned())),
        }
    }

    fn function(&mut self, number: u32, args: &'r [Node], node: &Node) -> Eval<Value> {
        let args = self.all(args)?;
        let rules = self.rules;
        let Some(Some(program)) = rules.functions.get(number as usize) else {
            return Err(self.fault(node.at, "wrong-type", "this function cannot be called"));
        };
        match self.framed(program, args, |this| this.eval(&program.root)) {
            Err(Stop::Return(Some(value))) => Ok(value),
            other => other,
        }
    }

    /// The body of the case that fits, in the order of the file.
    pub fn choose(&mut self, subject: &'r Node, arms: &'r [Arm]) -> Eval<Option<&'r Node>> {
        let subject = self.eval(subject)?;
        for arm in arms {
            let mut fits = arm.cases.is_empty();
            for case in &arm.cases {
                self.spend(case.at, 1)?;
                fits = match &case.op {
                    Op::Range { from, to, inclusive } => {
                        let (from, to) = self.ends(from, to, *inclusive)?;
                        operate::number(&subject).is_some_and(|number| {
                            let last = Number::from(if *inclusive { to - 1 } else { to });
                            number >= Number::from(from)
                                && if *inclusive { number <= last } else { number < last }
                        })
                    }
                    _ => {
                        let case = self.eval(case)?;
                        operate::equal(&subject, &case).unwrap_or(false)
                    }
                };
                if fits {
                    break;
                }
            }
            if fits {
                let holds = match &arm.condition {
                    Some(condition) => self.condition(condition)?,
                    None => true,
                };
                if holds {
                    return Ok(Some(&arm.body));
                }
            }
        }
        Ok(None)
    }
}

fn undecided(stop: Stop) -> Result<Truth, Fault> {
    match stop {
        Stop::Fault(fault) => Err(*fault),
        _ => Ok(Truth::Unknown),
    }
}

pub(super) fn is_nest(value: &Value) -> bool {
    matches!(value, Value::List(_) | Value::Record(_))
}

/// Values inside a value, itself included.
pub(super) fn nodes(value: &Value, most: usize) -> usize {
    let mut count = 0_usize;
    let mut waiting = vec![value];
    while let Some(value) = waiting.pop() {
        count += 1;
        if count >= most {
            break;
        }
        match value {
            Value::List(items) => waiting.extend(items.iter()),
            Value::Record(entries) => waiting.extend(entries.values()),
            _ => {}
        }
    }
    count
}

impl Past {
    /// The time of the last event that a pattern matches.
    pub fn last(&self, pattern: &str) -> Option<crate::value::DateTime> {
        self.matching(pattern).map(|(_, occurrence)| occurrence.last).max()
    }

    /// How many events a pattern has matched.
    pub fn count(&self, pattern: &str) -> u64 {
        self.matching(pattern).map(|(_, occurrence)| occurrence.count).fold(0, u64::saturating_add)
    }

    /// Ids of those who sent events that a pattern matches, each once: by event name, then by first time.
    pub fn who(&self, pattern: &str) -> Vec<Arc<str>> {
        let mut seen = std::collections::BTreeSet::new();
        let ids = self.matching(pattern).flat_map(|(_, occurrence)| occurrence.who.iter());
        ids.filter(|id| seen.insert((*id).clone())).cloned().collect()
    }

    /// Whether this actor has sent an event that the pattern matches.
    pub fn has_sent(&self, pattern: &str, id: &str) -> bool {
        self.matching(pattern).any(|(_, occurrence)| occurrence.who.iter().any(|who| &**who == id))
    }

    fn matching<'p>(
        &'p self,
        pattern: &'p str,
    ) -> impl Iterator<Item = (&'p Arc<str>, &'p super::Occurrence)> {
        // Names that begin with the pattern stand together, so only those are looked at.
        let from: &str = if pattern == "*" { "" } else { pattern };
        self.events
            .range::<str, _>((std::ops::Bound::Included(from), std::ops::Bound::Unbounded))
            .take_while(move |(name, _)| name.starts_with(from))
            .filter(move |(name, _)| matches(pattern, name))
    }
}
