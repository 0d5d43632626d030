//! The evaluator: bounded in operations, nesting and sizes, three-valued where rules are decided.
//!
//! At the top of a guard, factor or boolean `value`, `&&`, `||` and `!` are walked with three values
//! ([`Evaluator::truth`]); below it is left to right, and an unknown read leaves the whole undecided.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::operate::{self, Refusal};
use super::program::{Node, Op, Program, Reads, Rule};
use super::syntax::Extent;
use super::types::kind_of;
use super::{Context, Effect, FactorProgram, Fault, Meter, Requirement, Rules, Truth};
use crate::definition::shape::Kind;
use crate::diagnostic::Span;
use crate::table::{FactId, FactorId};
use crate::value::{Number, Value};
use crate::work::looked_at;

/// What working out another rule costs a call besides its operations: an answer is kept, with what is unknown for it.
const RULE: usize = 6;

/// Why evaluation of a node ended without a value.
#[derive(Debug)]
pub(crate) enum Stop {
    Unknown,
    Fault(Box<Fault>),
    Return(Option<Value>),
    Break,
    Continue,
}

pub(crate) type Eval<T> = Result<T, Stop>;

pub(crate) struct Evaluator<'r, 'c> {
    pub rules: &'r Rules,
    pub context: Context<'c>,
    /// The program that is running, for places and texts.
    pub program: Option<&'r Program>,
    locals: Vec<Option<Value>>,
    base: usize,
    /// Operations that it was given, and those that are left.
    most: u64,
    left: u64,
    /// Operations of what was worked out ahead.
    ahead: u64,
    /// Rules that were worked out ahead and failed.
    pub(super) failed: BTreeMap<Rule, Box<Fault>>,
    /// Names of what was unknown and left something undecided, while they are wanted.
    pub unknown: Option<Vec<String>>,
    /// By place among the variables: of which list the variable of a loop or closure is an item, and which, while names of
    /// what is unknown are wanted.
    items: BTreeMap<usize, (Rc<str>, usize)>,
    facts: BTreeMap<FactId, Memo<Option<Value>>>,
    factors: BTreeMap<FactorId, Memo<Truth>>,
    scores: BTreeMap<FactorId, Memo<Option<Number>>>,
    /// What the running actions have assigned.
    pub assigned: BTreeMap<FactId, (Option<Value>, Extent)>,
    pub effects: Vec<Effect>,
    /// Of a claim: what its `was(…)` came to before the step, `None` where that was unknown.
    pub(super) before: Vec<Option<Value>>,
    /// How often a list could not be made because of one of its rows.
    pub(super) undecided_rows: usize,
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
        let most = granted(rules, &context);
        Self {
            rules,
            context,
            program: None,
            locals: Vec::new(),
            base: 0,
            most,
            left: most,
            ahead: 0,
            failed: BTreeMap::new(),
            unknown: context.hopes().then(Vec::new),
            items: BTreeMap::new(),
            facts: BTreeMap::new(),
            factors: BTreeMap::new(),
            scores: BTreeMap::new(),
            assigned: BTreeMap::new(),
            effects: Vec::new(),
            before: Vec::new(),
            undecided_rows: 0,
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
        if !self.items.is_empty() {
            self.items.split_off(&self.base);
        }
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
        looked_at(operations);
        match self.left.checked_sub(operations as u64) {
            Some(left) => {
                self.left = left;
                Ok(())
            }
            None => Err(self.exhausted(at)),
        }
    }

    #[cold]
    fn exhausted(&mut self, at: Extent) -> Stop {
        self.left = 0;
        let limit = self.rules.limits.operations;
        if let Some(meter) = self.context.meter.filter(|_| self.most < limit) {
            meter.exhaust();
            return self.ended(at);
        }
        self.fault(at, "limit-operations", format!("this takes more than {limit} operations"))
    }

    /// The call as a whole is at its end.
    fn ended(&self, at: Extent) -> Stop {
        let fault = self.context.meter.and_then(Meter::fault);
        let fault = fault.map(|fault| Fault { span: self.span(at), ..fault });
        fault.map_or(Stop::Unknown, |fault| Stop::Fault(Box::new(fault)))
    }

    /// Counts bytes of what is made, over the whole call.
    pub fn grow(&self, at: Extent, bytes: u64) -> Eval<()> {
        let Some(meter) = self.context.meter else { return Ok(()) };
        meter.grow(bytes);
        if meter.fault().is_some() { Err(self.ended(at)) } else { Ok(()) }
    }

    /// Counts items that are put into a list or record that is made.
    pub fn grow_by(&self, at: Extent, items: usize) -> Eval<()> {
        self.grow(at, (items as u64).saturating_mul(size_of::<Value>() as u64))
    }

    /// Counts operations anew, for whoever asks one rule after the other.
    pub fn rested(&mut self) {
        self.settle();
        self.most = granted(self.rules, &self.context);
        self.left = self.most;
        self.ahead = 0;
    }

    pub fn note(&mut self, name: impl FnOnce(&Self) -> String) -> Stop {
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

    /// Whether anything that was unknown since then may yet come.
    pub fn is_hoped_for(&self, noted: usize) -> bool {
        let Some(observer) = self.context.observer.filter(|_| self.context.hopes()) else {
            return false;
        };
        let mut names = self.unknown.iter().flatten().skip(noted);
        names.any(|name| observer.hopes(name))
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

    /// `&&` with false, `||` with true as the deciding value. What fails behind an undecided clause counts as undecided: with
    /// what is not known yet, it might not have been asked at all.
    fn walk(&mut self, clauses: &'r [Node], deciding: Truth) -> Eval<Truth> {
        let noted = self.noted();
        let mut open = false;
        for clause in clauses {
            let before = self.noted();
            let truth = match self.clause(clause) {
                Err(Stop::Fault(fault)) if open && !fault.is_limit() => {
                    self.forgive(before);
                    Truth::Unknown
                }
                found => found?,
            };
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

    pub(super) fn as_truth(&self, node: &Node, value: &Value) -> Eval<Truth> {
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
            self.costs(memo.unknown.len());
            if let Some(names) = &mut self.unknown {
                names.extend(memo.unknown);
            }
            return Ok(memo.answer);
        }
        self.spend(at, 1)?;
        self.costs(RULE);
        if self.rules.is_long(Rule::Factor(id)) {
            self.before(Rule::Factor(id))?;
        }
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

    /// What comes before a rule of a long chain.
    #[cold]
    fn before(&mut self, rule: Rule) -> Eval<()> {
        if let Some(fault) = self.failed(rule) {
            return Err(Stop::Fault(fault));
        }
        self.go_ahead(rule);
        Ok(())
    }

    /// Takes over what another has found out of some rules, in the same situation.
    pub(super) fn learn(&mut self, other: &Self, reads: &Reads) {
        for id in &reads.facts {
            self.facts.extend(other.facts.get(id).map(|memo| (*id, memo.clone())));
        }
        for id in &reads.factors {
            self.factors.extend(other.factors.get(id).map(|memo| (*id, memo.clone())));
            self.scores.extend(other.scores.get(id).map(|memo| (*id, memo.clone())));
        }
    }

    /// Whether a rule has been asked before, and what it came to is known.
    pub(super) fn is_worked_out(&self, rule: Rule) -> bool {
        let known = match rule {
            Rule::Fact(id) => self.facts.contains_key(&id),
            Rule::Factor(id) => self.factors.contains_key(&id) || self.scores.contains_key(&id),
            Rule::Function(_) => true,
        };
        known || self.failed.contains_key(&rule)
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
        if let Some(memo) = self.scores.get(&id).cloned() {
            if let Some(names) = &mut self.unknown {
                names.extend(memo.unknown);
            }
            return memo.answer.ok_or(Stop::Unknown);
        }
        if rules.is_long(Rule::Factor(id)) {
            self.before(Rule::Factor(id))?;
        }
        let noted = self.noted();
        let value = self.value_of(program, false).map_err(|fault| Stop::Fault(Box::new(fault)))?;
        let Some(value) = value else {
            let unknown = self.noted_since(noted);
            self.scores.insert(id, Memo { answer: None, unknown });
            return Err(Stop::Unknown);
        };
        let number = operate::number(&value);
        match number {
            Some(number) if number >= Number::from(0) && number <= Number::from(1) => {
                let unknown = self.noted_since(noted);
                self.scores.insert(id, Memo { answer: Some(number), unknown });
                Ok(number)
            }
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
        match self.context.facts.get(id) {
            Some(value) => Ok(value),
            None => Err(self.unknown_fact(id)),
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
            self.costs(memo.unknown.len());
            if let Some(names) = &mut self.unknown {
                names.extend(memo.unknown);
            }
            return memo.answer.ok_or(Stop::Unknown);
        }
        self.spend(at, 1)?;
        self.costs(RULE);
        if self.rules.is_long(Rule::Fact(id)) {
            self.before(Rule::Fact(id))?;
        }
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
                    message: operate::violated(&fact.name, &violations),
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
        self.costs(since.len());
        since
    }

    /// Answers are kept and names handed on from rule to rule: work of the call, but not of the script.
    fn costs(&self, operations: usize) {
        if let Some(meter) = self.context.meter {
            meter.spend(operations as u64);
        }
    }

    /// Facts have changed: what was worked out from them may be otherwise now.
    pub fn stale(&mut self) {
        self.facts.clear();
        self.factors.clear();
        self.scores.clear();
        self.failed.clear();
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
        if !self.items.is_empty() {
            self.items.remove(&(self.base + slot as usize));
        }
        if let Some(place) = self.slot(slot) {
            *place = value;
        }
    }

    /// What a list is called, whose items a variable is about to be; `None` where nobody wants to know.
    pub fn list_name(&self, list: &Node) -> Option<Rc<str>> {
        self.unknown.is_some().then(|| self.written(list).into())
    }

    /// Makes a variable the item of a list.
    pub fn set_item(&mut self, slot: u32, value: Value, list: Option<&Rc<str>>, number: usize) {
        let Some(list) = list else { return self.set(slot, Some(value)) };
        if let Some(place) = self.slot(slot) {
            *place = Some(value);
            self.items.insert(self.base + slot as usize, (Rc::clone(list), number));
        }
    }

    /// What was written there, with the item of a list in place of a variable that goes through it: `partners[2].share` for
    /// `p.share`.
    pub fn written(&self, node: &Node) -> String {
        let mut root = node;
        while let Op::Property(base, _) | Op::Item(base, _) = &root.op {
            root = base;
        }
        let text = self.text(node.at);
        if let Op::Local(slot) = root.op
            && let Some((list, number)) = self.items.get(&(self.base + slot as usize))
            && let Some(rest) = text.strip_prefix(self.text(root.at))
        {
            return format!("{list}[{number}]{rest}");
        }
        text.to_owned()
    }

    /// Begins an account of its own for what is worked out ahead, and gives what the script has left.
    pub(super) fn begin_ahead(&mut self) -> u64 {
        std::mem::replace(&mut self.left, self.most.saturating_sub(self.ahead))
    }

    pub(super) fn end_ahead(&mut self, left: u64) {
        self.ahead = self.most - std::mem::replace(&mut self.left, left);
    }

    /// What was used counts for the call as a whole.
    fn settle(&mut self) {
        if let Some(meter) = self.context.meter {
            meter.spend((self.most - self.left).saturating_add(self.ahead));
        }
    }
}

impl Drop for Evaluator<'_, '_> {
    fn drop(&mut self) {
        self.settle();
    }
}

/// Operations that an evaluation may take: those of one script, if the call has as many left.
fn granted(rules: &Rules, context: &Context) -> u64 {
    let most = rules.limits.operations;
    context.meter.map_or(most, |meter| most.min(meter.left()))
}

fn undecided(stop: Stop) -> Result<Truth, Fault> {
    match stop {
        Stop::Fault(fault) => Err(*fault),
        _ => Ok(Truth::Unknown),
    }
}
