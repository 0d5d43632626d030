//! From a program to a plan: bottom up, each node in the best form that its parts allow.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::super::facts::{Aspect, Choices, Column, Form, Layout, Part};
use super::super::program::{Builtin, EventPart, Node, Op, Program};
use super::super::syntax::Binary;
use super::super::{FactorProgram, Requirement, Rules};
use super::tidy::tidied;
use super::{Expr, Flow, Kind, Lane, Statement, Sum, Test, Thing, Word};
use crate::definition::shape::{Kind as Declared, Shape};
use crate::diagnostic::Span;
use crate::table::{FactId, FactorId, ParameterId};
use crate::value::{Number, Value};

/// Nodes of one rule, with all that is put into it.
const NODES: u32 = 4_000;

/// Nesting of closures: the stack.
const DEPTH: u32 = 64;

/// Nodes of other rules that are put into rules, in all of a file: what a file costs at load stays near its size.
const INLINED: u32 = 2_000_000;

/// Attempts to find kinds of variables that all of their values have.
const ATTEMPTS: usize = 24;

/// Why a rule is left to the evaluator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct No {
    pub span: Span,
    /// As the end of a sentence that begins with "not compiled:".
    pub reason: &'static str,
}

/// A rule in typed form.
#[derive(Debug, Clone)]
pub(crate) struct Lowered {
    pub expr: Expr,
    /// Variables that hold words, and those that hold values.
    pub words: u32,
    pub things: u32,
}

/// Which rule.
#[derive(Clone, Copy)]
pub(crate) enum What<'r> {
    Guard(&'r Program),
    Fact(FactId),
    Factor(FactorId),
}

/// What all rules of a file share while they are lowered.
pub(crate) struct Draft {
    pub layout: Layout,
    inlined: u32,
}

impl Draft {
    pub fn new(layout: Layout) -> Self {
        Self { layout, inlined: 0 }
    }
}

/// A rule in typed form, or why there is none.
pub(crate) fn lower(rules: &Rules, draft: &mut Draft, what: What) -> Result<Lowered, No> {
    let mut wanted = BTreeMap::new();
    for _ in 0..ATTEMPTS {
        let mut lowerer = Lowerer {
            rules,
            draft,
            program: None,
            locals: Vec::new(),
            words: 0,
            things: 0,
            nodes: 0,
            depth: 0,
            inside: 0,
            returns: Vec::new(),
            lets: 0,
            wanted: &mut wanted,
        };
        let found = match what {
            What::Guard(program) => lowerer.decided(program).map(Expr::Test),
            What::Fact(id) => lowerer.derived(id),
            What::Factor(id) => lowerer.factor(id),
        };
        let (words, things) = (lowerer.words, lowerer.things);
        match found {
            Ok(expr) => return Ok(Lowered { expr, words, things }),
            Err(Stop::No(no)) => return Err(no),
            Err(Stop::Again) => {}
        }
    }
    Err(No { span: Span::default(), reason: "its variables change their type too often" })
}

/// Why lowering ended early.
pub(super) enum Stop {
    No(No),
    /// A variable needs another kind, which is noted.
    Again,
}

pub(super) type Low<T> = Result<T, Stop>;

/// What is known of a local variable.
#[derive(Debug, Clone)]
pub(super) enum Local {
    Word {
        kind: Kind,
        register: u32,
        declared: u32,
    },
    Thing(u32),
    /// An item of a fact's list.
    Row {
        fact: FactId,
        row: u32,
    },
    /// An argument that costs nothing to read again.
    Same(Expr),
}

/// The kind that a variable needs.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Wanted {
    Kind(Kind),
    Thing,
}

pub(super) struct Lowerer<'r, 'd> {
    pub rules: &'r Rules,
    pub draft: &'d mut Draft,
    pub program: Option<&'r Program>,
    pub locals: Vec<(u32, Local)>,
    pub words: u32,
    pub things: u32,
    pub nodes: u32,
    depth: u32,
    /// Rules that this is inside of.
    inside: u32,
    /// By body: the variable of what it returns, with the kinds of that.
    pub returns: Vec<Option<(u32, Vec<Option<Kind>>)>>,
    pub lets: u32,
    /// By number of `let`.
    pub wanted: &'d mut BTreeMap<u32, Wanted>,
}

impl<'r> Lowerer<'r, '_> {
    pub fn no(&self, node: &Node, reason: &'static str) -> Stop {
        let span = self.program.map(|program| program.span(node.at)).unwrap_or_default();
        Stop::No(No { span, reason })
    }

    fn count(&mut self, node: &Node) -> Low<()> {
        self.nodes += 1;
        if self.inside > 1 {
            self.draft.inlined += 1;
        }
        if self.nodes > NODES {
            return Err(self.no(node, "with all that it reads it is too large"));
        }
        if self.draft.inlined > INLINED {
            return Err(self.no(node, "the rules of this file read one another too often"));
        }
        if self.depth > DEPTH {
            return Err(self.no(node, "with all that it reads it nests too deep"));
        }
        Ok(())
    }

    /// Something of another program, with no variables in sight but these.
    pub fn within<T>(
        &mut self,
        program: &'r Program,
        locals: Vec<(u32, Local)>,
        inside: impl FnOnce(&mut Self) -> Low<T>,
    ) -> Low<T> {
        let outer = (self.program, std::mem::replace(&mut self.locals, locals));
        self.program = Some(program);
        self.inside += 1;
        self.depth += 2;
        let found = inside(self);
        self.depth -= 2;
        self.inside -= 1;
        (self.program, self.locals) = outer;
        found
    }

    /// A program that is true, false or unknown.
    fn decided(&mut self, program: &'r Program) -> Low<Test> {
        self.within(program, Vec::new(), |this| {
            this.returns.push(None);
            let test = this.truth(&program.root);
            let returned = this.returns.pop().flatten();
            let test = test?;
            Ok(match returned {
                Some((register, _)) => Test::flow(Flow::Body(test, register)),
                None => test,
            })
        })
    }

    /// The body of a rule, function or closure, with what it returns.
    pub fn body(&mut self, root: &'r Node) -> Low<Expr> {
        self.returns.push(None);
        let expr = self.expr(root);
        let returned = self.returns.pop().flatten();
        let expr = expr?;
        let Some((register, kinds)) = returned else { return Ok(expr) };
        match expr {
            Expr::Test(test) => Ok(Expr::Test(Test::flow(Flow::Body(test, register)))),
            Expr::Word(kind, word) => {
                let all = kinds
                    .into_iter()
                    .try_fold(kind.clone(), |all, kind| super::arithmetic::join(&all, &kind?));
                let thing = self.thing(root, Expr::Word(kind, word))?;
                let thing = Thing::flow(Flow::Body(thing, register));
                match all.as_ref().and_then(Kind::form) {
                    Some(form) => Ok(of(form, thing)),
                    None => Ok(Expr::Thing(thing)),
                }
            }
            Expr::Thing(thing) => Ok(Expr::Thing(Thing::flow(Flow::Body(thing, register)))),
            Expr::Never(statements) => {
                let thing = Thing::flow(Flow::Block(statements, Thing::flow(Flow::Fault)));
                Ok(Expr::Thing(Thing::flow(Flow::Body(thing, register))))
            }
        }
    }

    /// Where unknown is an answer: the top of a rule, through `&&`, `||`, `!`.
    fn truth(&mut self, node: &'r Node) -> Low<Test> {
        self.count(node)?;
        self.depth += 1;
        let found = match &node.op {
            Op::And(clauses) => self.walked(clauses, true),
            Op::Or(clauses) => self.walked(clauses, false),
            Op::Not(inner) => self.truth(inner).map(Test::negated),
            Op::Block(statements) => self.truth_of_last(node, statements),
            _ => self.condition(node),
        };
        self.depth -= 1;
        found
    }

    fn walked(&mut self, clauses: &'r [Node], all: bool) -> Low<Test> {
        let (tests, strict) = (self.truths(clauses)?, false);
        Ok(if all { Test::All { tests, strict } } else { Test::Any { tests, strict } })
    }

    fn truth_of_last(&mut self, node: &Node, statements: &'r [Node]) -> Low<Test> {
        let known = self.locals.len();
        let Some((last, before)) = statements.split_last() else {
            return Ok(Test::flow(Flow::Fault));
        };
        let before = self.statements(before)?;
        let last = Expr::Test(self.truth(last)?);
        let found = self.behind(before, last, known);
        self.test(node, found)
    }

    fn truths(&mut self, clauses: &'r [Node]) -> Low<Vec<Test>> {
        clauses.iter().map(|clause| self.truth(clause)).collect()
    }

    /// A condition: what is unknown leaves everything undecided.
    pub fn condition(&mut self, node: &'r Node) -> Low<Test> {
        let found = self.expr(node)?;
        self.test(node, found)
    }

    pub fn conditions(&mut self, nodes: &'r [Node]) -> Low<Vec<Test>> {
        nodes.iter().map(|node| self.condition(node)).collect()
    }

    pub fn test(&mut self, _node: &Node, expr: Expr) -> Low<Test> {
        Ok(match expr {
            Expr::Test(test) => test,
            Expr::Word(Kind::Boolean, word) => Test::Word(Box::new(word)),
            Expr::Word(..) => Test::flow(Flow::Fault),
            Expr::Thing(thing) => Test::Thing(Box::new(thing)),
            Expr::Never(statements) => Test::flow(Flow::Block(statements, Test::flow(Flow::Fault))),
        })
    }

    pub fn thing(&mut self, node: &Node, expr: Expr) -> Low<Thing> {
        Ok(match expr {
            Expr::Thing(thing) => thing,
            Expr::Test(Test::Cell(cell)) => self.whole_fact(cell, Kind::Boolean, Word::Cell(cell)),
            Expr::Test(test) => Thing::Test(Box::new(test)),
            Expr::Word(Kind::Either(_), _) => {
                return Err(self.no(node, "whole numbers and decimals mix in a list or record"));
            }
            Expr::Word(kind, Word::Constant(word)) => match kind.value(word, &self.rules.zone) {
                Some(value) => Thing::Constant(value),
                None => Thing::flow(Flow::Fault),
            },
            Expr::Word(kind, Word::Cell(cell)) => self.whole_fact(cell, kind, Word::Cell(cell)),
            Expr::Word(kind, word) => Thing::Word(kind, Box::new(word)),
            Expr::Never(statements) => {
                Thing::flow(Flow::Block(statements, Thing::flow(Flow::Fault)))
            }
        })
    }

    /// The cell of a fact stands for its value, which is there to be read.
    fn whole_fact(&self, cell: u32, kind: Kind, word: Word) -> Thing {
        match self.rules.facts.get(FactId(cell)) {
            // The cell of a list holds its length.
            Some(fact) if !matches!(fact.shape.kind, Declared::Array(_)) => {
                Thing::Fact(FactId(cell))
            }
            _ => Thing::Word(kind, Box::new(word)),
        }
    }

    pub fn things(&mut self, nodes: &'r [Node]) -> Low<Vec<Thing>> {
        nodes
            .iter()
            .map(|node| {
                let expr = self.expr(node)?;
                self.thing(node, expr)
            })
            .collect()
    }

    /// A value: what is unknown leaves everything undecided.
    pub fn expr(&mut self, node: &'r Node) -> Low<Expr> {
        self.count(node)?;
        self.depth += 1;
        let found = self.expression(node);
        self.depth -= 1;
        found
    }

    /// Only sends on: this and what it calls recurse, and big frames would use up the stack.
    fn expression(&mut self, node: &'r Node) -> Low<Expr> {
        match &node.op {
            Op::Constant(value) => Ok(Expr::constant(value)),
            Op::Parameter(id) => self.parameter(node, *id),
            Op::Fact(id) => self.fact(*id),
            Op::Factor(id) => self.factor(*id),
            Op::Local(slot) => self.local(node, *slot),
            Op::Known(path) => self.known(path),
            Op::And(clauses) => self.sequence(clauses, true),
            Op::Or(clauses) => self.sequence(clauses, false),
            Op::Not(inner) => self.not(inner),
            Op::Minus(inner) => self.negative(node, inner),
            Op::Binary { op, left, right, .. } => self.binary(node, *op, left, right),
            Op::In { item, list, negated } => self.contains(node, item, list, *negated),
            Op::Coalesce(options) => self.coalesce(node, options),
            Op::Property(base, name) => self.property_of(node, base, name),
            Op::Item(base, item) => self.item(node, base, item),
            Op::List(items) => self.list(items),
            Op::Record(entries) => self.record(entries),
            Op::Range { from, to, inclusive } => self.range(from, to, *inclusive),
            Op::Call(builtin, args) => self.builtin(node, builtin, args),
            Op::Each { each, list, item, body } => self.each(*each, list, *item, body),
            Op::Function(number, args) => self.function(node, *number, args),
            Op::If { condition, then, otherwise } => {
                self.branch(node, condition, then, otherwise.as_deref())
            }
            Op::Switch { subject, arms } => self.switch(node, subject, arms),
            Op::Block(statements) => self.last_of(statements),
            Op::Return(_) | Op::Break | Op::Continue => self.leaving(node),
            _ => self.outside(node),
        }
    }

    fn parameter(&mut self, node: &Node, id: ParameterId) -> Low<Expr> {
        match self.rules.parameters.get(id) {
            Some(parameter) => Ok(Expr::constant(&parameter.value)),
            None => Err(self.no(node, "a parameter is missing")),
        }
    }

    fn known(&mut self, path: &'r Node) -> Low<Expr> {
        Ok(Expr::Test(Test::Known(Box::new(self.expr(path)?))))
    }

    fn sequence(&mut self, clauses: &'r [Node], all: bool) -> Low<Expr> {
        let (tests, strict) = (self.conditions(clauses)?, true);
        Ok(Expr::Test(if all { Test::All { tests, strict } } else { Test::Any { tests, strict } }))
    }

    fn not(&mut self, inner: &'r Node) -> Low<Expr> {
        Ok(Expr::Test(self.condition(inner)?.negated()))
    }

    fn negative(&mut self, node: &'r Node, inner: &'r Node) -> Low<Expr> {
        let found = self.expr(inner)?;
        self.minus(node, found)
    }

    fn binary(&mut self, node: &'r Node, op: Binary, left: &'r Node, right: &'r Node) -> Low<Expr> {
        let (a, b) = (self.expr(left)?, self.expr(right)?);
        if op.is_comparison() {
            self.compare(node, op, a, b).map(Expr::Test)
        } else {
            self.arithmetic(node, op, a, b)
        }
    }

    fn coalesce(&mut self, node: &'r Node, options: &'r [Node]) -> Low<Expr> {
        let options = self.exprs(options)?;
        Ok(match self.joined(node, options)? {
            Joined::Tests(all) => Expr::Test(Test::flow(Flow::Coalesce(all))),
            Joined::Words(kind, all) => Expr::Word(kind, Word::flow(Flow::Coalesce(all))),
            Joined::Things(all) => Expr::Thing(Thing::flow(Flow::Coalesce(all))),
        })
    }

    fn property_of(&mut self, node: &'r Node, base: &'r Node, name: &Arc<str>) -> Low<Expr> {
        let base = self.expr(base)?;
        self.property(node, base, name)
    }

    fn item(&mut self, node: &'r Node, base: &'r Node, item: &'r Node) -> Low<Expr> {
        let (base, item) = (self.expr(base)?, self.expr(item)?);
        let (base, item) = (self.thing(node, base)?, self.thing(node, item)?);
        Ok(Expr::Thing(Thing::At(Box::new(base), Box::new(item))))
    }

    fn list(&mut self, items: &'r [Node]) -> Low<Expr> {
        Ok(Expr::Thing(Thing::List(self.things(items)?)))
    }

    fn record(&mut self, entries: &'r [(Arc<str>, Node)]) -> Low<Expr> {
        let mut record = Vec::new();
        for (name, entry) in entries {
            let found = self.expr(entry)?;
            record.push((name.clone(), self.thing(entry, found)?));
        }
        Ok(Expr::Thing(Thing::Record(record)))
    }

    fn range(&mut self, from: &'r Node, to: &'r Node, inclusive: bool) -> Low<Expr> {
        let (from, to) = self.ends(from, to, inclusive)?;
        Ok(Expr::Thing(Thing::Range { from: Box::new(from), to: Box::new(to) }))
    }

    fn builtin(&mut self, node: &'r Node, builtin: &Builtin, args: &'r [Node]) -> Low<Expr> {
        let args = self.exprs(args)?;
        self.call(node, builtin, args)
    }

    fn last_of(&mut self, statements: &'r [Node]) -> Low<Expr> {
        let known = self.locals.len();
        let Some((last, before)) = statements.split_last() else {
            return Ok(Expr::Thing(Thing::flow(Flow::Fault)));
        };
        let before = self.statements(before)?;
        let last = self.expr(last)?;
        Ok(self.behind(before, last, known))
    }

    /// A value behind statements, whose variables end here.
    fn behind(&mut self, before: Vec<Statement>, last: Expr, known: usize) -> Expr {
        let own = self.locals.get(known..).unwrap_or_default();
        let own = |register: u32| {
            own.iter().any(
                |(_, local)| matches!(local, Local::Word { register: own, .. } if *own == register),
            )
        };
        let (before, last) = tidied(before, last, own);
        self.locals.truncate(known);
        block(before, last)
    }

    fn leaving(&mut self, node: &'r Node) -> Low<Expr> {
        self.statements(std::slice::from_ref(node)).map(Expr::Never)
    }

    /// What comes from outside of facts: the time, the event, the past, the state.
    fn outside(&mut self, node: &'r Node) -> Low<Expr> {
        Ok(match &node.op {
            Op::Now => Expr::Word(Kind::Time, Word::Now),
            Op::Today => Expr::Word(Kind::Date, Word::Today),
            Op::Event(EventPart::At) => Expr::Word(Kind::Time, Word::EventAt),
            Op::Event(EventPart::Date) => of(Form::Date, Thing::Event(EventPart::Date)),
            Op::Event(part) => Expr::Thing(Thing::Event(*part)),
            Op::Data(name) => Expr::Thing(Thing::Data(name.clone())),
            Op::Last(pattern) => Expr::Word(Kind::Time, Word::Last(pattern.clone())),
            Op::Count(pattern) => Expr::Word(Kind::Whole, Word::Count(pattern.clone())),
            Op::Who(pattern) => Expr::Thing(Thing::Who(pattern.clone())),
            Op::Since(state) => Expr::Word(Kind::Time, Word::Since(*state)),
            Op::Active(state) => Expr::Test(Test::Active(*state)),
            Op::Nothing => Expr::Thing(Thing::flow(Flow::Fault)),
            _ => return Err(self.no(node, "a statement stands where a value is needed")),
        })
    }

    pub fn exprs(&mut self, nodes: &'r [Node]) -> Low<Vec<Expr>> {
        nodes.iter().map(|node| self.expr(node)).collect()
    }

    fn local(&mut self, node: &Node, slot: u32) -> Low<Expr> {
        let found = self.locals.iter().rev().find(|(number, _)| *number == slot);
        Ok(match found.map(|(_, local)| local.clone()) {
            Some(Local::Word { kind: Kind::Boolean, register, .. }) => {
                Expr::Test(Test::Word(Box::new(Word::Local(register))))
            }
            Some(Local::Word { kind, register, .. }) => Expr::Word(kind, Word::Local(register)),
            Some(Local::Thing(register)) => Expr::Thing(Thing::Local(register)),
            Some(Local::Row { fact, row }) => self.row(fact, row),
            Some(Local::Same(expr)) => expr,
            None => return Err(self.no(node, "a variable has no value here")),
        })
    }

    /// An item of a fact's list.
    fn row(&mut self, fact: FactId, row: u32) -> Expr {
        let form = match self.items_of(fact) {
            Some(shape) => Form::of(shape),
            None => Form::None,
        };
        self.column(fact, row, Column { property: None, form })
            .unwrap_or(Expr::Thing(Thing::Item { fact, row }))
    }

    fn column(&mut self, fact: FactId, row: u32, column: Column) -> Option<Expr> {
        let kind = Kind::of(&column.form)?;
        let column = self.draft.layout.column(fact, column)?;
        Some(word_or_test(kind, Word::Column { fact: fact.0, column, row }))
    }

    /// What the items of a fact's list are declared as.
    pub fn items_of(&self, fact: FactId) -> Option<&'r Shape> {
        match &self.rules.facts.get(fact)?.shape.kind {
            Declared::Array(items) => Some(items),
            _ => None,
        }
    }

    fn property(&mut self, node: &Node, base: Expr, name: &Arc<str>) -> Low<Expr> {
        if let (Expr::Word(Kind::Date, word), Some(part)) = (&base, Part::named(name)) {
            let word = match self.part(word, part) {
                Some(cell) => Word::Cell(cell),
                None => Word::Part { part, date: Box::new(word.clone()) },
            };
            return Ok(Expr::Word(Kind::Whole, word));
        }
        match (&base, &**name) {
            (Expr::Word(Kind::Days, word), "days") => {
                return Ok(Expr::Word(Kind::Whole, word.clone()));
            }
            (Expr::Word(Kind::Time, Word::Now), "date") => {
                return Ok(Expr::Word(Kind::Date, Word::Today));
            }
            (Expr::Word(Kind::Time, word), _) => {
                let (kind, part) = match &**name {
                    "date" => (Kind::Date, Some(Part::Date)),
                    name => (Kind::Whole, Part::named(name)),
                };
                if let Some(cell) = part.and_then(|part| self.part(word, part)) {
                    return Ok(Expr::Word(kind, Word::Cell(cell)));
                }
                let form = if &**name == "date" { Form::Date } else { Form::Whole };
                let thing = self.thing(node, base)?;
                return Ok(of(form, Thing::Property(Box::new(thing), name.clone())));
            }
            (Expr::Thing(Thing::Fact(id)), _) => {
                if let Some(shape) = self.rules.facts.get(*id).map(|fact| &fact.shape)
                    && let Some(form) = entry(shape, name)
                    && let Some(kind) = Kind::of(&form)
                    && let Some(cell) =
                        self.draft.layout.aspect(*id, Aspect::Property { name: name.clone(), form })
                {
                    return Ok(word_or_test(kind, Word::Cell(cell)));
                }
            }
            (Expr::Thing(Thing::Item { fact, row }), _) => {
                if let Some(form) = self.items_of(*fact).and_then(|shape| entry(shape, name))
                    && let Some(found) =
                        self.column(*fact, *row, Column { property: Some(name.clone()), form })
                {
                    return Ok(found);
                }
            }
            _ => {}
        }
        let base = self.thing(node, base)?;
        Ok(Expr::Thing(Thing::Property(Box::new(base), name.clone())))
    }

    /// The cell of a part of a fact's date.
    fn part(&mut self, word: &Word, part: Part) -> Option<u32> {
        let Word::Cell(cell) = word else { return None };
        let own = self.rules.facts.get(FactId(*cell))?;
        matches!(own.shape.kind, Declared::Date | Declared::DateTime)
            .then(|| self.draft.layout.aspect(FactId(*cell), Aspect::Part(part)))?
    }

    fn fact(&mut self, id: FactId) -> Low<Expr> {
        if self.rules.facts.get(id).is_some_and(|fact| fact.value.is_some()) {
            return self.derived(id);
        }
        Ok(match Kind::of(self.draft.layout.form(id)) {
            Some(kind) => word_or_test(kind, Word::Cell(id.0)),
            None => Expr::Thing(Thing::Fact(id)),
        })
    }

    /// A derived fact: its rule, and its declaration.
    fn derived(&mut self, id: FactId) -> Low<Expr> {
        let rules = self.rules;
        let Some((fact, program)) =
            rules.facts.get(id).and_then(|fact| Some((fact, fact.value.as_ref()?)))
        else {
            return Ok(Expr::Thing(Thing::flow(Flow::Fault)));
        };
        if fact.shape.kind == Declared::Boolean {
            return self.decided(program).map(Expr::Test);
        }
        let found = self.within(program, Vec::new(), |this| this.body(&program.root))?;
        let word = match &fact.shape.kind {
            Declared::Integer => match &found {
                Expr::Word(Kind::Whole, word) => Some((Kind::Whole, word.clone())),
                Expr::Word(kind @ (Kind::Fixed(decimals) | Kind::Either(decimals)), word) => {
                    let _ = kind;
                    let unit = 10_i64.pow(u32::from(*decimals));
                    let word = Word::Exactly { word: Box::new(word.clone()), unit };
                    Some((Kind::Whole, word))
                }
                _ => None,
            },
            Declared::Number => match &found {
                Expr::Word(kind, word) => {
                    kind.decimals().map(|decimals| (Kind::Fixed(decimals), word.clone()))
                }
                _ => None,
            },
            Declared::Enum(_) => match Form::of(&fact.shape) {
                Form::Ordinal(choices) => {
                    chosen(&found, &choices).map(|word| (Kind::Ordinal(choices), word))
                }
                _ => None,
            },
            Declared::Date | Declared::DateTime | Declared::Duration => match &found {
                Expr::Word(kind, word) => Some((kind.clone(), word.clone())),
                _ => None,
            },
            _ => None,
        };
        let fits = |kind: &Kind| match (&fact.shape.kind, kind) {
            (Declared::Date, kind) => *kind == Kind::Date,
            (Declared::DateTime, kind) => *kind == Kind::Time,
            (Declared::Duration, kind) => {
                matches!(kind, Kind::Days | Kind::Months | Kind::Exact)
            }
            _ => true,
        };
        if let Some((kind, word)) = word
            && fits(&kind)
            && let Some(word) = bounded(&fact.shape, &kind, word)
        {
            return Ok(Expr::Word(kind, word));
        }
        let thing = self.thing(&program.root, found)?;
        let admitted = Thing::Admit(id, Box::new(thing));
        Ok(match Kind::of(&Form::of(&fact.shape)).and_then(|kind| kind.form()) {
            Some(form) => of(form, admitted),
            None => Expr::Thing(admitted),
        })
    }

    /// A factor: a test, or the number of a score.
    fn factor(&mut self, id: FactorId) -> Low<Expr> {
        let rules = self.rules;
        match rules.factors.get(id).map(|factor| &factor.program) {
            Some(FactorProgram::Guard(program)) => self.decided(program).map(Expr::Test),
            Some(FactorProgram::Of { of, at_least, .. }) => {
                self.inside += 1;
                self.depth += 2;
                let tests = of.iter().map(|part| self.requirement(*part)).collect::<Low<Vec<_>>>();
                self.depth -= 2;
                self.inside -= 1;
                Ok(Expr::Test(Test::Count { tests: tests?, at_least: *at_least }))
            }
            Some(FactorProgram::Score(program)) => {
                let found = self.within(program, Vec::new(), |this| this.body(&program.root))?;
                let (decimals, word) = match found {
                    Expr::Word(kind, word) if kind.decimals().is_some() => {
                        (kind.decimals().unwrap_or(0), word)
                    }
                    other => {
                        let thing = self.thing(&program.root, other)?;
                        return Ok(Expr::Thing(Thing::Score(Box::new(thing))));
                    }
                };
                let high = 10_i64.pow(u32::from(decimals));
                let word = Word::Within { word: Box::new(word), low: 0, high, unit: 1 };
                Ok(Expr::Word(Kind::Fixed(decimals), word))
            }
            Some(FactorProgram::Broken) | None => Ok(Expr::Test(Test::flow(Flow::Fault))),
        }
    }

    fn requirement(&mut self, requirement: Requirement) -> Low<Test> {
        let nowhere = Node::new(Default::default(), Op::Nothing);
        self.count(&nowhere)?;
        let found = match requirement {
            Requirement::Factor(id) => self.factor(id)?,
            Requirement::Fact(id) => self.fact(id)?,
        };
        self.test(&nowhere, found)
    }

    /// Several values of which one is chosen, in one form.
    pub fn joined(&mut self, node: &Node, parts: Vec<Expr>) -> Low<Joined> {
        if parts.iter().all(|part| matches!(part, Expr::Test(_) | Expr::Never(_))) {
            let tests = parts.into_iter().map(|part| self.test(node, part));
            return tests.collect::<Low<_>>().map(Joined::Tests);
        }
        let mut kind: Option<Kind> = None;
        let mut words = true;
        for part in &parts {
            match (part, &kind) {
                (Expr::Word(found, _), None) => kind = Some(found.clone()),
                (Expr::Word(found, _), Some(known)) => {
                    match super::arithmetic::join(known, found) {
                        Some(joined) => kind = Some(joined),
                        None => words = false,
                    }
                }
                (Expr::Never(_), _) => {}
                (Expr::Thing(Thing::Constant(Value::Text(_))), _) => {}
                _ => words = false,
            }
        }
        if let (Some(kind), true) = (kind, words) {
            let all: Option<Vec<Word>> = parts.iter().map(|part| as_kind(part, &kind)).collect();
            if let Some(all) = all {
                return Ok(Joined::Words(kind, all));
            }
        }
        let things = parts.into_iter().map(|part| self.thing(node, part));
        things.collect::<Low<_>>().map(Joined::Things)
    }
}

/// Values in one form.
pub(super) enum Joined {
    Tests(Vec<Test>),
    Words(Kind, Vec<Word>),
    Things(Vec<Thing>),
}

/// A value as a word of a kind, if it has one.
pub(super) fn as_kind(expr: &Expr, wanted: &Kind) -> Option<Word> {
    match (expr, wanted) {
        (Expr::Word(kind, word), wanted) if kind == wanted => Some(word.clone()),
        (Expr::Word(kind, word), wanted)
            if super::arithmetic::join(kind, wanted).as_ref() == Some(wanted) =>
        {
            super::arithmetic::rescaled(word.clone(), kind.decimals()?, wanted.decimals()?)
        }
        (Expr::Test(test), Kind::Boolean) => Some(Word::Truth(Box::new(test.clone()))),
        (Expr::Never(statements), _) => {
            Some(Word::flow(Flow::Block(statements.clone(), Word::flow(Flow::Fault))))
        }
        (expr, Kind::Ordinal(choices)) => chosen(expr, choices),
        _ => None,
    }
}

/// A text among choices, if all that it can be is written there.
fn chosen(expr: &Expr, choices: &Choices) -> Option<Word> {
    match expr {
        Expr::Word(Kind::Ordinal(known), word) if known == choices => Some(word.clone()),
        Expr::Thing(thing) => chosen_thing(thing, choices),
        Expr::Never(_) => as_kind(expr, &Kind::Whole),
        _ => None,
    }
}

fn chosen_thing(thing: &Thing, choices: &Choices) -> Option<Word> {
    match thing {
        Thing::Constant(Value::Text(text)) => choices.ordinal(text).map(Word::Constant),
        Thing::Word(Kind::Ordinal(known), word) if known == choices => Some((**word).clone()),
        Thing::Flow(flow) => Some(Word::flow(match &**flow {
            Flow::If(test, a, b) => {
                Flow::If(test.clone(), chosen_thing(a, choices)?, chosen_thing(b, choices)?)
            }
            Flow::Match(arms, otherwise) => {
                let arms = arms
                    .iter()
                    .map(|(test, thing)| Some((test.clone(), chosen_thing(thing, choices)?)));
                let otherwise = match otherwise {
                    Some(otherwise) => Some(chosen_thing(otherwise, choices)?),
                    None => None,
                };
                Flow::Match(arms.collect::<Option<_>>()?, otherwise)
            }
            Flow::Block(statements, last) => {
                Flow::Block(statements.clone(), chosen_thing(last, choices)?)
            }
            Flow::Coalesce(options) => Flow::Coalesce(
                options
                    .iter()
                    .map(|option| chosen_thing(option, choices))
                    .collect::<Option<_>>()?,
            ),
            Flow::Fault => Flow::Fault,
            Flow::Body(..) => return None,
        })),
        _ => None,
    }
}

/// A word with the bounds of its declaration; `None` where they cannot be said.
fn bounded(shape: &Shape, kind: &Kind, word: Word) -> Option<Word> {
    let Some(decimals) = kind.decimals() else { return Some(word) };
    let nothing = [
        &shape.minimum,
        &shape.maximum,
        &shape.exclusive_minimum,
        &shape.exclusive_maximum,
        &shape.multiple_of,
    ];
    if nothing.iter().all(|bound| bound.is_none()) {
        return Some(word);
    }
    // A bound between two words is taken narrower, never wider: beyond it the evaluator looks.
    let scaled = |number: Number| number.scaled(u32::from(decimals));
    let low = match (shape.minimum, shape.exclusive_minimum) {
        (None, None) => i64::MIN,
        (Some(bound), None) => scaled(bound)?,
        (None, Some(bound)) => scaled(bound)?.checked_add(1)?,
        (Some(one), Some(other)) => scaled(one)?.max(scaled(other)?.checked_add(1)?),
    };
    let high = match (shape.maximum, shape.exclusive_maximum) {
        (None, None) => i64::MAX,
        (Some(bound), None) => scaled(bound)?,
        (None, Some(bound)) => scaled(bound)?.checked_sub(1)?,
        (Some(one), Some(other)) => scaled(one)?.min(scaled(other)?.checked_sub(1)?),
    };
    let unit = match shape.multiple_of {
        None => 1,
        Some(unit) => scaled(unit).filter(|unit| *unit > 0)?,
    };
    Some(Word::Within { word: Box::new(word), low, high, unit })
}

/// The form of a record's property.
fn entry(shape: &Shape, name: &str) -> Option<Form> {
    match &shape.kind {
        Declared::Object(object) => {
            object.properties.get(name).or(object.additional.as_ref()).map(Form::of)
        }
        _ => None,
    }
}

pub(super) fn word_or_test(kind: Kind, word: Word) -> Expr {
    match (kind, word) {
        (Kind::Boolean, Word::Cell(cell)) => Expr::Test(Test::Cell(cell)),
        (Kind::Boolean, word) => Expr::Test(Test::Word(Box::new(word))),
        (kind, word) => Expr::Word(kind, word),
    }
}

/// The word of a value of a form.
pub(super) fn of(form: Form, thing: Thing) -> Expr {
    match Kind::of(&form) {
        Some(kind) => word_or_test(kind, Word::Of { form, thing: Box::new(thing) }),
        None => Expr::Thing(thing),
    }
}

/// Statements, then a value.
pub(super) fn block(before: Vec<Statement>, last: Expr) -> Expr {
    if before.is_empty() {
        return last;
    }
    match last {
        Expr::Test(test) => Expr::Test(Test::flow(Flow::Block(before, test))),
        Expr::Word(kind, word) => Expr::Word(kind, Word::flow(Flow::Block(before, word))),
        Expr::Thing(thing) => Expr::Thing(Thing::flow(Flow::Block(before, thing))),
        Expr::Never(more) => Expr::Never(before.into_iter().chain(more).collect()),
    }
}

/// A sum of nothing but a word.
pub(super) fn sum_of(word: Word) -> Sum {
    match word {
        Word::Sum(sum) => sum,
        Word::Constant(constant) => Sum { terms: Vec::new(), constant },
        word => Sum { terms: vec![(1, word)], constant: 0 },
    }
}
