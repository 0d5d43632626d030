//! From a program to a plan: bottom up, each node in the best form that its parts allow. What rules read is in `read`, what
//! they compare in `compare`, what they calculate in `arithmetic`.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::super::Rules;
use super::super::facts::{Form, Layout};
use super::super::program::{Builtin, EventPart, Node, Op, Program};
use super::super::syntax::Binary;
use super::join::Joined;
use super::tidy::tidied;
use super::{Expr, Flow, Kind, Lane, Statement, Sum, Test, Thing, Word};
use crate::definition::shape::Kind as Declared;
use crate::diagnostic::Span;
use crate::table::{FactId, FactorId, ParameterId};

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
    let mut mixed = false;
    for _ in 0..ATTEMPTS {
        let before = mixed;
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
            mixed: &mut mixed,
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
            // Variables that held either kind are found anew.
            Err(Stop::Again) if mixed != before => wanted.clear(),
            Err(Stop::Again) => {}
        }
    }
    Err(No { span: Span::default(), reason: "its variables change their type too often" })
}

/// Why lowering ended early.
pub(super) enum Stop {
    No(No),
    /// A variable needs another kind, or numbers must be kept as values, which is noted.
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
    pub depth: u32,
    /// Rules that this is inside of.
    pub inside: u32,
    /// By body: the variable of what it returns, with the kinds of that.
    pub returns: Vec<Option<(u32, Vec<Option<Kind>>)>>,
    pub lets: u32,
    /// By number of `let`.
    pub wanted: &'d mut BTreeMap<u32, Wanted>,
    /// Whether what may be an integer or a decimal is kept as a value: somewhere it matters which of them it is.
    pub mixed: &'d mut bool,
}

impl<'r> Lowerer<'r, '_> {
    pub fn no(&self, node: &Node, reason: &'static str) -> Stop {
        let span = self.program.map(|program| program.span(node.at)).unwrap_or_default();
        Stop::No(No { span, reason })
    }

    pub fn count(&mut self, node: &Node) -> Low<()> {
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
    pub fn decided(&mut self, program: &'r Program) -> Low<Test> {
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
                let all =
                    kinds.into_iter().try_fold(kind.clone(), |all, kind| self.alike(&all, &kind?));
                let thing = self.thing(Expr::Word(kind, word))?;
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

    pub fn thing(&mut self, expr: Expr) -> Low<Thing> {
        Ok(match expr {
            Expr::Thing(thing) => thing,
            Expr::Test(Test::Cell(cell)) => self.whole_fact(cell, Kind::Boolean, Word::Cell(cell)),
            Expr::Test(test) => Thing::Test(Box::new(test)),
            Expr::Word(Kind::Either(_), _) => {
                *self.mixed = true;
                return Err(Stop::Again);
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

    /// The cell of a fact stands for its value, which is there to be read: where that is of this kind, and not an integer that
    /// has become a decimal.
    fn whole_fact(&self, cell: u32, kind: Kind, word: Word) -> Thing {
        match self.rules.facts.get(FactId(cell)) {
            // The cell of a list holds its length.
            Some(fact)
                if !matches!(fact.shape.kind, Declared::Array(_))
                    && Kind::of(self.draft.layout.form(FactId(cell))).as_ref() == Some(&kind) =>
            {
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
                self.thing(expr)
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
            Op::Minus(inner) => self.negative(inner),
            Op::Binary { op, left, right, .. } => self.binary(*op, left, right),
            Op::In { item, list, negated } => self.contains(item, list, *negated),
            Op::Coalesce(options) => self.coalesce(node, options),
            Op::Property(base, name) => self.property_of(base, name),
            Op::Item(base, item) => self.item(base, item),
            Op::List(items) => self.list(items),
            Op::Record(entries) => self.record(entries),
            Op::Range { from, to, inclusive } => self.range(from, to, *inclusive),
            Op::Call(builtin, args) => self.builtin(builtin, args),
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

    fn negative(&mut self, inner: &'r Node) -> Low<Expr> {
        let found = self.expr(inner)?;
        self.minus(found)
    }

    fn binary(&mut self, op: Binary, left: &'r Node, right: &'r Node) -> Low<Expr> {
        let (a, b) = (self.expr(left)?, self.expr(right)?);
        if op.is_comparison() {
            self.compare(op, a, b).map(Expr::Test)
        } else {
            self.arithmetic(op, a, b)
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

    fn property_of(&mut self, base: &'r Node, name: &Arc<str>) -> Low<Expr> {
        let base = self.expr(base)?;
        self.property(base, name)
    }

    fn item(&mut self, base: &'r Node, item: &'r Node) -> Low<Expr> {
        let (base, item) = (self.expr(base)?, self.expr(item)?);
        let (base, item) = (self.thing(base)?, self.thing(item)?);
        Ok(Expr::Thing(Thing::At(Box::new(base), Box::new(item))))
    }

    fn list(&mut self, items: &'r [Node]) -> Low<Expr> {
        Ok(Expr::Thing(Thing::List(self.things(items)?)))
    }

    fn record(&mut self, entries: &'r [(Arc<str>, Node)]) -> Low<Expr> {
        let mut record = Vec::new();
        for (name, entry) in entries {
            let found = self.expr(entry)?;
            record.push((name.clone(), self.thing(found)?));
        }
        Ok(Expr::Thing(Thing::Record(record)))
    }

    fn range(&mut self, from: &'r Node, to: &'r Node, inclusive: bool) -> Low<Expr> {
        let (from, to) = self.ends(from, to, inclusive)?;
        Ok(Expr::Thing(Thing::Range { from: Box::new(from), to: Box::new(to) }))
    }

    fn builtin(&mut self, builtin: &Builtin, args: &'r [Node]) -> Low<Expr> {
        let args = self.exprs(args)?;
        self.call(builtin, args)
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
