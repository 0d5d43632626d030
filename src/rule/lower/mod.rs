//! From a program to its typed form: bottom up, each node in the best form that its parts allow.
//!
//! Variables are not kept but followed: what a variable holds stands where it is read, or in a register where it is worked out
//! first. Functions, factors and derived facts are put in where they are read. What rules read is in `read`, what they compare
//! in `compare`, what they calculate in `arithmetic`, functions of the language in `call`, loops in `list`, statements in
//! `statement`.

mod arithmetic;
mod call;
mod compare;
mod interval;
mod list;
mod looping;
mod read;
mod statement;
mod substitute;
mod values;

use std::sync::Arc;

use super::Rules;
use super::checks::grouped;
use super::facts::{Form, Layout};
use super::ir::{Bind, Body, Kind, Let, Outside, Path, REGISTERS, Ratio, Test, Text, Word};
use super::program::{EventPart, Node, Op, Program};
use crate::diagnostic::Span;
use crate::table::{FactId, FactorId};
use list::List;
use read::Place;
use values::{Joined, as_kind, chosen, constant, is_true};

/// Nodes of one rule, with all that is put into it.
const NODES: u32 = 4_000;

/// Nesting of what runs: the stack. Frames are some 25 kB without optimisation, and a thread may have 1 MiB.
const DEPTH: u32 = 44;

/// Nodes of other rules that are put into rules, in all of a file: what a file costs at load stays near its size.
const INLINED: u32 = 2_000_000;

/// Why a rule, or a part of one, is left to the evaluator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NotCompiled {
    pub span: Span,
    /// As the end of a sentence that begins with "not compiled:".
    pub reason: &'static str,
}

/// A rule in typed form, and what of it is left to the evaluator where it is come to.
#[derive(Debug, Clone)]
pub(crate) struct Lowered {
    pub body: Body,
    pub left: Option<NotCompiled>,
    /// What it takes at most, in operations of the evaluator, if every loop in it turned once.
    pub cost: u32,
    /// How many variables it has, and how deep its loops nest.
    pub frame: (u8, u8),
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
pub(crate) fn lower(rules: &Rules, draft: &mut Draft, what: What) -> Result<Lowered, NotCompiled> {
    let mut lowerer = Lowerer {
        rules,
        draft,
        program: None,
        locals: Vec::new(),
        kept: Vec::new(),
        registers: 0,
        frame: (0, 0),
        scope: 0,
        nodes: 0,
        extra: 0,
        depth: 0,
        inside: 0,
        left: None,
    };
    let found = match what {
        What::Guard(program) => lowerer.decided(program).map(Expr::Test),
        What::Fact(id) => lowerer.derived(id),
        What::Factor(id) => lowerer.factor(id),
    }?;
    let body = match found {
        Expr::Test(test) => Body::Test(grouped(test, true)),
        Expr::Word(Kind::Either(_), _) => {
            let reason = "it is not known whether it gives an integer or a decimal";
            return Err(NotCompiled { span: Span::default(), reason });
        }
        Expr::Word(kind, mut word) => {
            super::checks::group_word(&mut word);
            Body::Word(kind, word)
        }
        _ => {
            let reason = "it gives a text, a list or a record";
            return Err(NotCompiled { span: Span::default(), reason });
        }
    };
    let cost = lowerer.nodes.saturating_add(lowerer.extra);
    if u64::from(cost) > rules.limits.operations {
        let reason = "it may take more operations than one rule is allowed";
        return Err(NotCompiled { span: Span::default(), reason });
    }
    Ok(Lowered { body, left: lowerer.left, cost, frame: lowerer.frame })
}

type Low<T> = Result<T, NotCompiled>;

/// A value, as far as its type is known.
#[derive(Debug, Clone)]
enum Expr<'r> {
    Test(Test),
    Word(Kind, Word),
    Ratio(Ratio),
    Text(Said<'r>),
    List(List<'r>),
    /// A record.
    Place(Place<'r>),
    /// A list or record that is written out, or a duration that is no word.
    Constant,
    /// What an event carries, of a type that its use says.
    Data(Arc<str>),
}

impl Expr<'_> {
    /// How many decimals a number has, where that is fixed.
    fn decimals(&self) -> Option<u8> {
        match self {
            Self::Word(kind, _) => kind.decimals(),
            _ => None,
        }
    }
}

/// A text.
#[derive(Debug, Clone)]
enum Said<'r> {
    Text(Text),
    Place(Place<'r>),
    If(Box<(Test, Said<'r>, Said<'r>)>),
    Or(Vec<Said<'r>>),
    /// Behind what is worked out before it.
    Behind(Vec<Bind>, Box<Said<'r>>),
}

struct Lowerer<'r, 'd> {
    pub rules: &'r Rules,
    pub draft: &'d mut Draft,
    pub program: Option<&'r Program>,
    pub locals: Vec<(u32, Expr<'r>)>,
    /// Variables that live on behind the turn or the way that is being followed.
    pub kept: Vec<u32>,
    /// Registers in use, and scopes.
    pub registers: u8,
    /// The most of either.
    pub frame: (u8, u8),
    pub scope: u8,
    pub nodes: u32,
    /// What nodes cost more than one operation.
    pub extra: u32,
    pub depth: u32,
    /// Rules that this is inside of.
    pub inside: u32,
    /// The first part that is left to the evaluator.
    pub left: Option<NotCompiled>,
}

impl<'r> Lowerer<'r, '_> {
    pub fn no(&self, node: &Node, reason: &'static str) -> NotCompiled {
        let span = self.program.map(|program| program.span(node.at)).unwrap_or_default();
        NotCompiled { span, reason }
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

    /// What going once through something costs, in operations of the evaluator.
    pub fn cost_since(&self, before: (u32, u32)) -> u32 {
        (self.nodes - before.0).saturating_add(self.extra - before.1)
    }

    pub fn cost(&self) -> (u32, u32) {
        (self.nodes, self.extra)
    }

    /// Something of another program, with no variables in sight but these.
    pub fn within<T>(
        &mut self,
        program: &'r Program,
        locals: Vec<(u32, Expr<'r>)>,
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

    /// Something that may have no form: then all is as before, and what is in the way is noted.
    fn attempt<T>(&mut self, run: impl FnOnce(&mut Self) -> Low<T>) -> Option<T> {
        let (program, registers, scope) = (self.program, self.registers, self.scope);
        let (depth, inside, locals) = (self.depth, self.inside, self.locals.clone());
        match run(self) {
            Ok(found) => Some(found),
            Err(no) => {
                (self.program, self.registers, self.scope) = (program, registers, scope);
                (self.depth, self.inside, self.locals) = (depth, inside, locals);
                self.left.get_or_insert(no);
                None
            }
        }
    }

    /// A program that is true, false or unknown.
    pub fn decided(&mut self, program: &'r Program) -> Low<Test> {
        self.within(program, Vec::new(), |this| this.truth(&program.root))
    }

    /// The value of a rule, function or closure.
    pub fn body(&mut self, root: &'r Node) -> Low<Expr<'r>> {
        self.depth += 1;
        let found = self.sequence(vec![root], false);
        self.depth -= 1;
        found
    }

    /// Where unknown is an answer: the top of a rule, through `&&`, `||`, `!`.
    pub fn truth(&mut self, node: &'r Node) -> Low<Test> {
        self.count(node)?;
        self.depth += 1;
        let found = match &node.op {
            Op::And(clauses) => Ok(Test::All { tests: self.truths(clauses)?, strict: false }),
            Op::Or(clauses) => Ok(Test::Any { tests: self.truths(clauses)?, strict: false }),
            Op::Not(inner) => self.truth(inner).map(Test::negated),
            Op::Factor(_) => self.condition(node),
            _ => {
                let found = self.sequence(vec![node], true);
                found.and_then(|found| self.test(node, found))
            }
        };
        self.depth -= 1;
        found
    }

    /// Clauses behind the first that have no form are left to the evaluator, where they are come to.
    fn truths(&mut self, clauses: &'r [Node]) -> Low<Vec<Test>> {
        let mut all = Vec::new();
        for clause in clauses {
            all.push(if all.is_empty() {
                self.truth(clause)?
            } else {
                self.attempt(|this| this.truth(clause)).unwrap_or(Test::Unsure)
            });
        }
        Ok(all)
    }

    /// A condition: what is unknown leaves everything undecided.
    pub fn condition(&mut self, node: &'r Node) -> Low<Test> {
        let found = self.expr(node)?;
        self.test(node, found)
    }

    pub fn test(&self, node: &Node, expr: Expr<'r>) -> Low<Test> {
        match expr {
            Expr::Test(test) => Ok(test),
            Expr::Word(Kind::Boolean, word) => Ok(is_true(word)),
            Expr::Data(name) => Ok(is_true(Word::Outside(Outside::Data(name, Form::Boolean)))),
            _ => Err(self.no(node, "it is not known to be true or false")),
        }
    }

    /// A value: what is unknown leaves everything undecided.
    pub fn expr(&mut self, node: &'r Node) -> Low<Expr<'r>> {
        self.count(node)?;
        self.depth += 1;
        let found = self.expression(node);
        self.depth -= 1;
        found
    }

    pub fn exprs(&mut self, nodes: &'r [Node]) -> Low<Vec<Expr<'r>>> {
        // A plain loop: what recurses keeps its frames small.
        let mut all = Vec::with_capacity(nodes.len());
        for node in nodes {
            all.push(self.expr(node)?);
        }
        Ok(all)
    }

    /// Only sends on: this and what it calls recurse, and big frames would use up the stack.
    fn expression(&mut self, node: &'r Node) -> Low<Expr<'r>> {
        match &node.op {
            Op::Constant(value) => Ok(constant(value)),
            Op::Parameter(id) => match self.rules.parameters.get(*id) {
                Some(parameter) => Ok(constant(&parameter.value)),
                None => Err(self.no(node, "a parameter is missing")),
            },
            Op::Fact(id) => self.fact(node, *id),
            Op::Factor(id) => self.factor(*id),
            Op::Local(slot) => self.local(node, *slot),
            Op::Known(path) => self.known(path),
            Op::And(clauses) => self.conditions(clauses, true),
            Op::Or(clauses) => self.conditions(clauses, false),
            Op::Not(inner) => Ok(Expr::Test(self.condition(inner)?.negated())),
            Op::Minus(inner) => {
                let found = self.expr(inner)?;
                self.minus(node, found)
            }
            Op::Binary { op, left, right, .. } => {
                let (a, b) = (self.expr(left)?, self.expr(right)?);
                if op.is_comparison() {
                    self.compare(node, *op, a, b).map(Expr::Test)
                } else {
                    self.arithmetic(node, *op, a, b)
                }
            }
            Op::In { item, list, negated } => self.contains(node, item, list, *negated),
            Op::Coalesce(options) => {
                let options = self.exprs(options)?;
                self.first_known(node, options)
            }
            Op::Property(base, name) => {
                let base = self.expr(base)?;
                self.property(node, base, name)
            }
            Op::Item(base, item) => self.item(node, base, item),
            Op::List(items) => Ok(Expr::List(List::literal(self.exprs(items)?))),
            Op::Range { from, to, inclusive } => {
                let (from, below) = self.ends(from, to, *inclusive)?;
                Ok(Expr::List(List::numbers(from, below)))
            }
            Op::Call(builtin, args) => self.builtin(node, builtin, args),
            Op::Each { each, list, item, body } => self.each(node, *each, list, *item, body),
            Op::Function(number, args) => self.function(node, *number, args),
            Op::If { condition, then, otherwise } => match otherwise {
                Some(otherwise) => {
                    let condition = self.condition(condition)?;
                    let (then, otherwise) = (self.expr(then)?, self.expr(otherwise)?);
                    self.either(node, condition, then, otherwise)
                }
                None => Err(self.no(node, "a branch gives no value")),
            },
            Op::Switch { .. } | Op::Block(_) => self.sequence(vec![node], false),
            Op::Record(_) => Err(self.no(node, "it makes a record")),
            Op::Return(_) | Op::Break | Op::Continue => {
                Err(self.no(node, "it leaves where a value is needed"))
            }
            _ => self.outside(node),
        }
    }

    fn conditions(&mut self, clauses: &'r [Node], all: bool) -> Low<Expr<'r>> {
        let tests = clauses.iter().map(|clause| self.condition(clause)).collect::<Low<_>>()?;
        let strict = true;
        Ok(Expr::Test(if all { Test::All { tests, strict } } else { Test::Any { tests, strict } }))
    }

    fn known(&mut self, path: &'r Node) -> Low<Expr<'r>> {
        let found = self.expr(path)?;
        let path = self.path(path, found)?;
        Ok(Expr::Test(Test::Known(Box::new(path))))
    }

    /// What may be unknown of a value.
    pub fn path(&mut self, node: &Node, expr: Expr<'r>) -> Low<Path> {
        Ok(match expr {
            Expr::Test(Test::Range { word: Word::Cell(cell), .. })
            | Expr::Word(_, Word::Cell(cell)) => Path::Cell(cell),
            Expr::Test(test) => Path::Test(test),
            Expr::Word(_, word) => Path::Word(word),
            Expr::Text(Said::Place(place)) | Expr::Place(place) => {
                self.place_known(node, &place)?
            }
            Expr::Text(said) => Path::Text(self.text(node, said)?),
            Expr::List(list) => self.list_known(node, &list)?,
            Expr::Constant => Path::Test(Test::Constant(true)),
            Expr::Ratio(_) | Expr::Data(_) => {
                return Err(self.no(node, "whether such a value is known has no compiled form"));
            }
        })
    }

    /// The first that is known.
    fn first_known(&mut self, node: &Node, options: Vec<Expr<'r>>) -> Low<Expr<'r>> {
        match self.joined(node, options)? {
            Joined::Tests(all) => Ok(Expr::Test(interval::first_known(all))),
            Joined::Words(kind, all) => Ok(Expr::Word(kind, Word::Or(all))),
            Joined::Texts(all) => Ok(Expr::Text(Said::Or(all))),
        }
    }

    /// One of two.
    pub fn either(
        &mut self,
        node: &Node,
        condition: Test,
        then: Expr<'r>,
        otherwise: Expr<'r>,
    ) -> Low<Expr<'r>> {
        let missing = || self.no(node, "a branch is missing");
        Ok(match self.joined(node, vec![then, otherwise])? {
            Joined::Tests(all) => {
                let [a, b] = <[Test; 2]>::try_from(all).map_err(|_| missing())?;
                Expr::Test(Test::If(Box::new([condition, a, b])))
            }
            Joined::Words(kind, all) => {
                let [a, b] = <[Word; 2]>::try_from(all).map_err(|_| missing())?;
                Expr::Word(kind, Word::If(Box::new((condition, a, b))))
            }
            Joined::Texts(all) => {
                let [a, b] = <[Said; 2]>::try_from(all).map_err(|_| missing())?;
                Expr::Text(Said::If(Box::new((condition, a, b))))
            }
        })
    }

    /// Several values of which one is chosen, in one form.
    fn joined(&self, node: &Node, parts: Vec<Expr<'r>>) -> Low<Joined<'r>> {
        let texts = parts.iter().all(|part| matches!(part, Expr::Text(_)));
        if parts.iter().all(|part| matches!(part, Expr::Test(_) | Expr::Word(Kind::Boolean, _))) {
            let tests = parts.into_iter().map(|part| self.test(node, part));
            return tests.collect::<Low<_>>().map(Joined::Tests);
        }
        if texts {
            let texts = parts.into_iter().filter_map(|part| match part {
                Expr::Text(said) => Some(said),
                _ => None,
            });
            return Ok(Joined::Texts(texts.collect()));
        }
        let mut kinds = parts.iter().filter_map(|part| match part {
            Expr::Word(kind, _) => Some(kind.clone()),
            _ => None,
        });
        let kind = kinds
            .next()
            .and_then(|first| kinds.try_fold(first, |all, kind| arithmetic::join(&all, &kind)));
        let words = kind.and_then(|kind| {
            let words = parts.iter().map(|part| as_kind(part, &kind)).collect::<Option<_>>()?;
            Some(Joined::Words(kind, words))
        });
        words.ok_or_else(|| self.no(node, "what is chosen has no one type"))
    }

    /// What comes from outside of facts: the time, the event, the past, the state.
    fn outside(&mut self, node: &'r Node) -> Low<Expr<'r>> {
        let word = |kind, outside| Ok(Expr::Word(kind, Word::Outside(outside)));
        match &node.op {
            Op::Now => word(Kind::Time, Outside::Now),
            Op::Today => word(Kind::Date, Outside::Today),
            Op::Event(EventPart::At) => word(Kind::Time, Outside::EventAt),
            Op::Event(EventPart::Date) => word(Kind::Date, Outside::EventDate),
            Op::Event(EventPart::Name) => Ok(Expr::Text(Said::Text(Text::EventName))),
            Op::Event(EventPart::Actor) | Op::Who(_) => {
                Err(self.no(node, "it asks who sent an event"))
            }
            Op::Data(name) => Ok(Expr::Data(Arc::clone(name))),
            Op::Last(pattern) => word(Kind::Time, Outside::Last(pattern.clone())),
            Op::Count(pattern) => word(Kind::Whole, Outside::Count(pattern.clone())),
            Op::Since(state) => word(Kind::Time, Outside::Since(*state)),
            Op::Active(state) => Ok(Expr::Test(Test::Active(*state))),
            Op::Children(_) => Err(self.no(node, "it looks at child cases")),
            _ => Err(self.no(node, "a statement stands where a value is needed")),
        }
    }

    /// A new register. None is used twice in a rule: what is lowered first may be worked out last.
    pub fn register(&mut self, node: &Node) -> Low<u8> {
        let register = self.registers;
        self.registers += 1;
        self.frame.0 = self.frame.0.max(self.registers);
        if usize::from(self.registers) > REGISTERS {
            return Err(self.no(node, "too many of its variables live at once"));
        }
        Ok(register)
    }

    /// What stands for a value that is worked out before, and what must be done for that.
    pub fn bind(&mut self, node: &Node, expr: Expr<'r>) -> Low<(Vec<Bind>, Expr<'r>)> {
        Ok(match expr {
            Expr::Word(_, Word::Constant(_)) | Expr::Test(Test::Constant(_)) | Expr::Constant => {
                (Vec::new(), expr)
            }
            Expr::Word(kind, word) => {
                let register = self.register(node)?;
                (vec![Bind::Word(register, word)], Expr::Word(kind, Word::Register(register)))
            }
            Expr::Test(test) => {
                let register = self.register(node)?;
                let word = Word::Truth(Box::new(test));
                let test = is_true(Word::Register(register));
                (vec![Bind::Word(register, word)], Expr::Test(test))
            }
            Expr::Text(Said::Text(Text::Constant(_))) => (Vec::new(), expr),
            Expr::Place(Place { ref path, .. }) if path.is_empty() && self.is_item(&expr) => {
                (Vec::new(), expr)
            }
            Expr::Ratio(mut ratio) => {
                let mut binds = Vec::new();
                let Ratio { over, under, first, .. } = &mut ratio;
                for word in [over, under].into_iter().chain(first) {
                    if !matches!(word, Word::Constant(_)) {
                        let register = self.register(node)?;
                        binds.push(Bind::Word(register, word.clone()));
                        *word = Word::Register(register);
                    }
                }
                // Divided by 0, it fails here and not where it is read.
                let under = Box::new(ratio.under.clone());
                let op = super::ir::Unary::Within { low: 1, high: i64::MAX, unit: 1 };
                binds.push(Bind::Known(Path::Word(Word::Unary { op, word: under })));
                (binds, Expr::Ratio(ratio))
            }
            // What is left of a list is gone through where it is read; here it is gone through once.
            Expr::List(list) if !list.steps.is_empty() => {
                let each = self.looped(node, list.clone(), |_, _| Ok(Test::Constant(true)))?;
                let known = Path::Word(Word::Count(Box::new(each)));
                (vec![Bind::Known(known)], Expr::List(list))
            }
            expr => {
                let path = self.path(node, expr.clone())?;
                (vec![Bind::Known(path)], expr)
            }
        })
    }

    fn is_item(&self, expr: &Expr) -> bool {
        matches!(expr, Expr::Place(Place { root: read::Root::Item { .. }, .. }))
    }

    /// A value behind what is worked out before it, whose registers end here.
    pub fn wrap(&mut self, node: &Node, binds: Vec<Bind>, expr: Expr<'r>) -> Low<Expr<'r>> {
        let mut expr = match expr {
            expr if binds.is_empty() => return Ok(expr),
            Expr::Text(said) => return Ok(Expr::Text(Said::Behind(binds, Box::new(said)))),
            expr => expr,
        };
        for bind in binds.into_iter().rev() {
            if let Bind::Word(register, word) = &bind
                && let Some(found) = substitute::substituted(&expr, *register, word)
            {
                expr = found;
                continue;
            }
            expr = match expr {
                Expr::Test(body) => Expr::Test(Test::Let(Box::new(Let { bind, body }))),
                Expr::Word(kind, body) => Expr::Word(kind, Word::Let(Box::new(Let { bind, body }))),
                _ => return Err(self.no(node, "variables stand before a value without a word")),
            };
        }
        Ok(expr)
    }
}
