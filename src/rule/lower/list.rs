//! Lists: what they hold, and what is asked of their items. A list is not made: closures on it are put into the loop that comes
//! to an answer.

use super::super::facts::{Column, Form, Items, ListPath, What};
use super::super::ir::{
    Bind, Cell, Each as Loop, Kind, Let, ListRef, Operator, Over, Path, SCOPES, Sum, Test, Text,
    Turns, Word,
};
use super::super::program::{Each, Node, Program};
use super::super::syntax::Binary;
use super::arithmetic::binary;
use super::read::{Place, Root};
use super::{Expr, Low, Lowerer, Said};
use crate::definition::shape::Kind as Declared;

/// A list, and what is to be done with it.
#[derive(Debug, Clone)]
pub(super) struct List<'r> {
    pub source: Source<'r>,
    pub steps: Vec<Step<'r>>,
}

#[derive(Debug, Clone)]
pub(super) enum Source<'r> {
    Place(Place<'r>),
    Literal(Vec<Expr<'r>>),
    /// Whole numbers from and below.
    Numbers(Word, Word),
}

/// A closure that passes items over, or makes something of them, with what it can see.
#[derive(Debug, Clone)]
pub(super) struct Step<'r> {
    filter: bool,
    slot: u32,
    body: &'r Node,
    program: Option<&'r Program>,
    locals: Vec<(u32, Expr<'r>)>,
}

/// Items of a list that is written out whose closures are put in one by one.
const UNROLLED: usize = 16;

impl<'r> List<'r> {
    pub fn of(place: Place<'r>) -> Self {
        Self { source: Source::Place(place), steps: Vec::new() }
    }

    pub fn literal(items: Vec<Expr<'r>>) -> Self {
        Self { source: Source::Literal(items), steps: Vec::new() }
    }

    pub fn numbers(from: Word, below: Word) -> Self {
        Self { source: Source::Numbers(from, below), steps: Vec::new() }
    }
}

impl<'r> Lowerer<'r, '_> {
    /// The first number, and the one behind the last.
    pub fn ends(&mut self, from: &'r Node, to: &'r Node, inclusive: bool) -> Low<(Word, Word)> {
        let (a, b) = (self.expr(from)?, self.expr(to)?);
        match (a, b) {
            (Expr::Word(Kind::Whole, from), Expr::Word(Kind::Whole, to)) => {
                let one = Word::Constant(1);
                Ok((from, if inclusive { binary(Operator::Add, to, one) } else { to }))
            }
            _ => Err(self.no(from, "the type of the ends of a range is not known")),
        }
    }

    /// How a list is found, and where its items have their cells.
    pub fn list_ref(&mut self, node: &Node, place: &Place) -> Low<(ListRef, ListPath)> {
        let full = |this: &Self| this.no(node, "it reads too many different things");
        match &place.root {
            Root::Fact(id) => {
                let length = self.cell(node, place, What::Form(Form::Length))?;
                let path = self.draft.layout.list(*id, &place.path).ok_or_else(|| full(self))?;
                let slot = self.draft.layout.list_slot(&path).ok_or_else(|| full(self))?;
                match length {
                    Word::Cell(length) => Ok((ListRef::Fact { length, slot }, path)),
                    _ => Err(full(self)),
                }
            }
            Root::Item { list, scope } => {
                let what = What::Items(Items::default());
                let column = Column { path: place.path.clone(), what };
                let number = self.draft.layout.column(list, column).ok_or_else(|| full(self))?;
                let mut path = list.clone();
                path.within.push(number as usize);
                Ok((ListRef::Item(Cell::of(*scope, number)), path))
            }
            Root::At { .. } => Err(self.no(node, "it reads a list of an item by its number")),
        }
    }

    /// A loop over a list whose closures have no more to say than what stands in it: what its variable is in the body.
    pub fn entered(&mut self, node: &Node, source: &Source<'r>) -> Low<(Over, Expr<'r>)> {
        match source {
            Source::Place(place) => {
                let (list, path) = self.list_ref(node, place)?;
                let Declared::Array(items) = &place.shape.kind else {
                    return Err(self.no(node, "this is no list"));
                };
                if usize::from(self.scope) + 1 >= SCOPES {
                    return Err(self.no(node, "its loops nest too deep"));
                }
                self.scope += 1;
                self.frame.1 = self.frame.1.max(self.scope);
                let root = Root::Item { list: path, scope: self.scope };
                let item = Place { root, path: Vec::new(), shape: items };
                Ok((Over::List(list), self.read(node, item)?))
            }
            Source::Numbers(from, below) => {
                self.scope += 1;
                self.frame.1 = self.frame.1.max(self.scope);
                let register = self.register(node)?;
                let over = Over::Numbers { from: from.clone(), below: below.clone(), register };
                Ok((over, Expr::Word(Kind::Whole, Word::Register(register))))
            }
            Source::Literal(_) => Err(self.no(node, "it goes through a list that is written out")),
        }
    }

    fn closure(&mut self, step: &Step<'r>, item: Expr<'r>) -> Low<Expr<'r>> {
        let mut locals = step.locals.clone();
        locals.push((step.slot, item));
        let outer = (self.program, std::mem::replace(&mut self.locals, locals));
        self.program = step.program;
        let found = self.body(step.body);
        (self.program, self.locals) = outer;
        found
    }

    /// A closure that says yes or no: three-valued, as the top of a rule.
    fn closure_test(&mut self, step: &Step<'r>, item: Expr<'r>) -> Low<Test> {
        let mut locals = step.locals.clone();
        locals.push((step.slot, item));
        let outer = (self.program, std::mem::replace(&mut self.locals, locals));
        self.program = step.program;
        let found = self.truth(step.body);
        (self.program, self.locals) = outer;
        found
    }

    /// What is left of an item behind the closures, and where it passes. What is made of items is made of all before anything
    /// else is asked of any: `last` says that more is asked.
    fn stepped(
        &mut self,
        node: &Node,
        steps: &[Step<'r>],
        mut item: Expr<'r>,
        last: bool,
    ) -> Low<(Option<Test>, Expr<'r>)> {
        let mut tests = Vec::new();
        let mut made = false;
        for step in steps {
            if std::mem::take(&mut made) {
                tests.push(self.made(node, &item)?);
            }
            if step.filter {
                tests.push(self.closure_test(step, item.clone())?);
            } else {
                (item, made) = (self.closure(step, item.clone())?, true);
            }
        }
        if made && last {
            tests.push(self.made(node, &item)?);
        }
        let filter = match tests.len() {
            0 => None,
            1 => tests.pop(),
            _ => Some(Test::All { tests, strict: true }),
        };
        Ok((filter, item))
    }

    /// True, once something is known.
    fn made(&mut self, node: &Node, item: &Expr<'r>) -> Low<Test> {
        let bind = Bind::Known(self.path(node, item.clone())?);
        Ok(Test::Let(Box::new(Let { bind, body: Test::Constant(true) })))
    }

    /// A loop over a list, with a test of what is left of its items.
    pub fn looped(
        &mut self,
        node: &Node,
        list: List<'r>,
        test: impl FnOnce(&mut Self, Expr<'r>) -> Low<Test>,
    ) -> Low<Loop> {
        let chained = list.steps.len() > 1;
        let (scope, before) = (self.scope, self.cost());
        let (over, item) = self.entered(node, &list.source)?;
        let (filter, item) = self.stepped(node, &list.steps, item, true)?;
        let test = test(self, item)?;
        let cost = self.cost_since(before).max(1);
        let turns = Turns { over, scope: self.scope, cost };
        let turns = Loop { turns, chained, open: false, filter, test };
        self.scope = scope;
        Ok(turns)
    }

    pub fn each(
        &mut self,
        node: &'r Node,
        each: Each,
        list: &'r Node,
        slot: u32,
        body: &'r Node,
    ) -> Low<Expr<'r>> {
        let Expr::List(mut list) = self.expr(list)? else {
            return Err(self.no(list, "this list has no compiled form"));
        };
        let step = Step {
            filter: each == Each::Filter,
            slot,
            body,
            program: self.program,
            locals: self.locals.clone(),
        };
        match each {
            Each::Filter | Each::Map => {
                // Registers that it sees must still be there.
                list.steps.push(step);
                Ok(Expr::List(list))
            }
            Each::Find => {
                let Source::Place(place) = &list.source else {
                    return Err(self.no(node, "an item of this list has no compiled form"));
                };
                if !list.steps.iter().all(|step| step.filter) {
                    return Err(self.no(node, "an item that is made has no compiled form"));
                }
                let place = place.clone();
                let (at, path) = self.list_ref(node, &place)?;
                let found = self.looped(node, list, |this, item| this.closure_test(&step, item))?;
                self.numbered(node, place, at, path, Word::First(Box::new(found)))
            }
            Each::All | Each::Some => {
                let every = each == Each::All;
                if let Source::Literal(items) = &list.source {
                    let items = items.clone();
                    return self.of_literal(
                        node,
                        items,
                        &list.steps,
                        |this, tests| {
                            let _ = this;
                            let strict = false;
                            Ok(Expr::Test(if every {
                                Test::All { tests, strict }
                            } else {
                                Test::Any { tests, strict }
                            }))
                        },
                        Some(&step),
                    );
                }
                let open = list.steps.is_empty();
                let each = self.looped(node, list, |this, item| this.closure_test(&step, item))?;
                Ok(Expr::Test(Test::Each { each: Box::new(Loop { open, ..each }), every }))
            }
            Each::MinBy | Each::MaxBy | Each::SortBy => {
                Err(self.no(node, "what is in order has no compiled form"))
            }
        }
    }

    /// Something of a list that is written out: its items are worked out first, then a closure is asked of each.
    fn of_literal(
        &mut self,
        node: &'r Node,
        items: Vec<Expr<'r>>,
        steps: &[Step<'r>],
        made: impl FnOnce(&mut Self, Vec<Test>) -> Low<Expr<'r>>,
        last: Option<&Step<'r>>,
    ) -> Low<Expr<'r>> {
        if items.len() > UNROLLED {
            return Err(self.no(node, "it goes through a long list that is written out"));
        }
        let (mut binds, mut tests) = (Vec::new(), Vec::new());
        let mut bound = Vec::new();
        for item in items {
            let (more, item) = self.bind(node, item)?;
            binds.extend(more);
            bound.push(item);
        }
        for item in bound {
            let (filter, item) = self.stepped(node, steps, item, true)?;
            let test = match (filter, last) {
                (None, Some(last)) => self.closure_test(last, item)?,
                (Some(_), None) => {
                    // Rows that are not known may not matter, and then the evaluator knows.
                    return Err(self.no(node, "a list that is written out is filtered"));
                }
                (None, None) => Test::Constant(true),
                (Some(_), Some(_)) => {
                    return Err(self.no(node, "it asks what is left of a list that is written out"));
                }
            };
            tests.push(test);
        }
        let found = made(self, tests)?;
        self.wrap(node, binds, found)
    }

    /// How many items there are.
    pub fn length(&mut self, node: &'r Node, list: List<'r>) -> Low<Expr<'r>> {
        let whole = |word| Ok(Expr::Word(Kind::Whole, word));
        let filtered = list.steps.iter().any(|step| step.filter);
        match &list.source {
            Source::Place(place) if list.steps.is_empty() => {
                let word = self.cell(node, place, What::Form(Form::Length))?;
                whole(word)
            }
            Source::Literal(items) => {
                let items = items.clone();
                self.of_literal(
                    node,
                    items,
                    &list.steps,
                    |_, tests| {
                        let terms = tests.into_iter().map(|test| (1, Word::Truth(Box::new(test))));
                        let sum = Sum { terms: terms.collect(), constant: 0 };
                        whole(Word::Sum(Box::new(sum)))
                    },
                    None,
                )
            }
            _ if filtered => {
                let mut each = self.looped(node, list, |_, _| Ok(Test::Constant(true)))?;
                if let Some(filter) = each.filter.take() {
                    each.test = filter;
                }
                whole(Word::Count(Box::new(each)))
            }
            _ => Err(self.no(node, "the length of what is made of a list has no compiled form")),
        }
    }

    /// The sum of a list of numbers.
    pub fn total(&mut self, node: &'r Node, list: List<'r>) -> Low<Expr<'r>> {
        if let Source::Literal(items) = &list.source {
            return self.total_of(node, items.clone(), &list.steps);
        }
        let chained = list.steps.len() > 1;
        let (scope, before) = (self.scope, self.cost());
        let (over, item) = self.entered(node, &list.source)?;
        let (filter, item) = self.stepped(node, &list.steps, item, false)?;
        let (kind, word) = match item {
            Expr::Word(kind @ (Kind::Whole | Kind::Either(_) | Kind::Days), word) => (kind, word),
            // Of nothing the sum is the integer 0.
            Expr::Word(Kind::Fixed(decimals), word) => (Kind::Either(decimals), word),
            _ => return Err(self.no(node, "what is added up has no compiled form")),
        };
        if kind == Kind::Days {
            return Err(self.no(node, "lengths of time are added up"));
        }
        let cost = self.cost_since(before).max(1) + 1;
        let test = filter.unwrap_or(Test::Constant(true));
        let turns = Turns { over, scope: self.scope, cost };
        let turns = Loop { turns, chained, open: false, filter: None, test };
        self.scope = scope;
        Ok(Expr::Word(kind, Word::Total(Box::new((turns, word)))))
    }

    /// The sum of a list that is written out.
    fn total_of(
        &mut self,
        node: &'r Node,
        items: Vec<Expr<'r>>,
        steps: &[Step<'r>],
    ) -> Low<Expr<'r>> {
        let (mut binds, mut bound) = (Vec::new(), Vec::new());
        if items.len() > UNROLLED {
            return Err(self.no(node, "it goes through a long list that is written out"));
        }
        for item in items {
            let (more, item) = self.bind(node, item)?;
            binds.extend(more);
            bound.push(item);
        }
        let mut all: Option<(Kind, Word)> = None;
        for item in bound {
            let (filter, item) = self.stepped(node, steps, item, false)?;
            let (Expr::Word(kind, word), None) = (item, filter) else {
                return Err(self.no(node, "what is added up has no compiled form"));
            };
            if kind.decimals().is_none() {
                return Err(self.no(node, "what is added up has no compiled form"));
            }
            all = Some(match all {
                None => (kind, word),
                Some((known, sum)) => {
                    let both = (Expr::Word(known, sum), Expr::Word(kind, word));
                    match self.arithmetic(node, Binary::Add, both.0, both.1)? {
                        Expr::Word(kind, word) => (kind, word),
                        _ => return Err(self.no(node, "what is added up has no compiled form")),
                    }
                }
            });
        }
        let (kind, word) = all.unwrap_or((Kind::Whole, Word::Constant(0)));
        self.wrap(node, binds, Expr::Word(kind, word))
    }

    pub fn item(&mut self, node: &'r Node, base: &'r Node, item: &'r Node) -> Low<Expr<'r>> {
        let base = self.expr(base)?;
        let index = self.expr(item)?;
        let (Expr::List(list), Expr::Word(Kind::Whole, index)) = (base, index) else {
            return Err(self.no(node, "this item has no compiled form"));
        };
        match (list.source, list.steps.is_empty(), index) {
            (Source::Place(place), true, index) => {
                let (at, path) = self.list_ref(node, &place)?;
                self.numbered(node, place, at, path, index)
            }
            (Source::Literal(items), true, Word::Constant(number)) => {
                let mut binds = Vec::new();
                let mut found = None;
                for (place, item) in (0_i64..).zip(items) {
                    let (more, item) = self.bind(node, item)?;
                    binds.extend(more);
                    if place == number {
                        found = Some(item);
                    }
                }
                let found = found.ok_or_else(|| self.no(node, "there is no such item"))?;
                self.wrap(node, binds, found)
            }
            _ => Err(self.no(node, "this item has no compiled form")),
        }
    }

    /// The item of a number.
    fn numbered(
        &mut self,
        node: &Node,
        place: Place<'r>,
        at: ListRef,
        list: ListPath,
        index: Word,
    ) -> Low<Expr<'r>> {
        let Declared::Array(items) = &place.shape.kind else {
            return Err(self.no(node, "this is no list"));
        };
        self.read(
            node,
            Place { root: Root::At { list, at, index }, path: Vec::new(), shape: items },
        )
    }

    /// What says whether a list is known.
    pub fn list_known(&mut self, node: &Node, list: &List<'r>) -> Low<Path> {
        match &list.source {
            Source::Place(place) if list.steps.is_empty() => self.place_known(node, place),
            Source::Literal(items) if list.steps.is_empty() && items.iter().all(is_constant) => {
                Ok(Path::Test(Test::Constant(true)))
            }
            _ => Err(self.no(node, "what is made of a list is kept")),
        }
    }
}

fn is_constant(expr: &Expr) -> bool {
    match expr {
        Expr::Word(_, Word::Constant(_)) | Expr::Test(Test::Constant(_)) | Expr::Constant => true,
        Expr::Text(Said::Text(Text::Constant(_))) => true,
        Expr::List(List { source: Source::Literal(items), steps }) => {
            steps.is_empty() && items.iter().all(is_constant)
        }
        _ => false,
    }
}
