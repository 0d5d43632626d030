//! What a rule reads: facts, items of lists and what lies inside them, factors, variables.

use std::sync::Arc;

use super::super::facts::{Column, Form, ListPath, Part, What, bounds};
use super::super::ir::{At, Cell, Kind, ListRef, Operator, Path, Test, Text, Unary, Word};
use super::super::program::{Node, Op};
use super::super::{FactorProgram, Requirement};
use super::list::List;
use super::{Expr, Low, Lowerer, Said, as_kind, is_true};
use crate::definition::shape::{Kind as Declared, Shape};
use crate::table::{FactId, FactorId};

/// Something of a fact, or of an item of a list.
#[derive(Debug, Clone)]
pub(super) struct Place<'r> {
    pub root: Root,
    pub path: Vec<Arc<str>>,
    pub shape: &'r Shape,
}

#[derive(Debug, Clone)]
pub(super) enum Root {
    Fact(FactId),
    /// The item that a loop is at.
    Item {
        list: ListPath,
        scope: u8,
    },
    /// The item of a number.
    At {
        list: ListPath,
        at: ListRef,
        index: Word,
    },
}

impl<'r> Lowerer<'r, '_> {
    pub fn local(&self, node: &Node, slot: u32) -> Low<Expr<'r>> {
        let found = self.locals.iter().rev().find(|(number, _)| *number == slot);
        let found = found.map(|(_, local)| local.clone());
        found.ok_or_else(|| self.no(node, "a variable has no value here"))
    }

    pub fn fact(&mut self, node: &Node, id: FactId) -> Low<Expr<'r>> {
        let rules = self.rules;
        match rules.facts.get(id) {
            Some(fact) if fact.value.is_some() => self.derived(id),
            Some(fact) => {
                let place = Place { root: Root::Fact(id), path: Vec::new(), shape: &fact.shape };
                self.read(node, place)
            }
            None => Err(self.no(node, "a fact is missing")),
        }
    }

    /// What lies at a place, in the best form that its declaration allows.
    pub fn read(&mut self, node: &Node, place: Place<'r>) -> Low<Expr<'r>> {
        let form = Form::of(place.shape);
        match &place.shape.kind {
            Declared::Any => Err(self.no(node, "what it reads may be of any type")),
            Declared::Array(_) => Ok(Expr::List(List::of(place))),
            Declared::Object(_) => Ok(Expr::Place(place)),
            _ => match Kind::of(&form) {
                Some(kind) => {
                    let word = self.cell(node, &place, What::Form(form))?;
                    Ok(word_or_test(kind, word))
                }
                None => Ok(Expr::Text(Said::Place(place))),
            },
        }
    }

    /// The cell of something at a place.
    pub fn cell(&mut self, node: &Node, place: &Place, what: What) -> Low<Word> {
        let full = |this: &Self| this.no(node, "it reads too many different things");
        if let (Root::Fact(id), true, What::Form(form)) =
            (&place.root, place.path.is_empty(), &what)
            && self.draft.layout.form(*id) == form
        {
            return Ok(Word::Cell(Cell::of(0, id.0)));
        }
        let column = Column { path: place.path.clone(), what };
        Ok(match &place.root {
            Root::Fact(id) => {
                let cell = self.draft.layout.aspect(*id, column);
                Word::Cell(Cell::of(0, cell.ok_or_else(|| full(self))?))
            }
            Root::Item { list, scope } => {
                let cell = self.draft.layout.column(list, column);
                Word::Cell(Cell::of(*scope, cell.ok_or_else(|| full(self))?))
            }
            Root::At { list, at, index } => {
                let cell = self.draft.layout.column(list, column);
                let cell = Cell::of(0, cell.ok_or_else(|| full(self))?);
                Word::At(Box::new(At { list: *at, index: index.clone(), cell }))
            }
        })
    }

    /// The cell that says which text, of those that it is compared with, stands at a place; and which of them this is.
    pub fn among(&mut self, node: &Node, place: &Place, text: &Arc<str>) -> Low<(Word, i64)> {
        let layout = &mut self.draft.layout;
        let found = match &place.root {
            Root::Fact(id) => layout
                .among(*id, &place.path, text)
                .map(|(cell, number)| (Word::Cell(Cell::of(0, cell)), number)),
            Root::Item { list, scope } => layout
                .column_among(list, &place.path, text)
                .map(|(cell, number)| (Word::Cell(Cell::of(*scope, cell)), number)),
            Root::At { list, at, index } => {
                layout.column_among(list, &place.path, text).map(|(cell, number)| {
                    let at = At { list: *at, index: index.clone(), cell: Cell::of(0, cell) };
                    (Word::At(Box::new(at)), number)
                })
            }
        };
        found.ok_or_else(|| self.no(node, "it reads too many different things"))
    }

    /// Whether something stands at a place.
    pub fn place_known(&mut self, node: &Node, place: &Place<'r>) -> Low<Path> {
        if let (Root::Fact(id), true) = (&place.root, place.path.is_empty()) {
            return Ok(Path::Cell(Cell::of(0, id.0)));
        }
        if let (Root::Item { .. }, true) = (&place.root, place.path.is_empty()) {
            return Ok(Path::Test(Test::Constant(true)));
        }
        // A cell of any form says whether there is a value.
        match self.cell(node, place, What::Form(Form::Length))? {
            Word::Cell(cell) => Ok(Path::Cell(cell)),
            _ => Err(self.no(node, "it asks whether something of an item is known")),
        }
    }

    /// A text as it can be read.
    pub fn text(&mut self, node: &Node, said: Said<'r>) -> Low<Text> {
        match said {
            Said::Text(text) => Ok(text),
            Said::Place(place) => match &place.root {
                Root::Fact(id) => Ok(Text::Fact(*id, place.path)),
                Root::Item { .. } => match self.cell(node, &place, What::Text)? {
                    Word::Cell(cell) => Ok(Text::Item(cell)),
                    _ => Err(self.no(node, "it reads a text of an item")),
                },
                Root::At { .. } => Err(self.no(node, "it reads a text of an item by its number")),
            },
            Said::If(_) | Said::Or(_) | Said::Behind(..) => {
                Err(self.no(node, "it chooses between texts"))
            }
        }
    }

    pub fn property(&mut self, node: &'r Node, base: Expr<'r>, name: &Arc<str>) -> Low<Expr<'r>> {
        let whole = |word| Ok(Expr::Word(Kind::Whole, word));
        match (base, &**name) {
            (Expr::Place(mut place), _) => {
                let Declared::Object(object) = &place.shape.kind else {
                    return Err(self.no(node, "a property is missing"));
                };
                let shape = object.properties.get(&**name).or(object.additional.as_ref());
                place.shape = shape.ok_or_else(|| self.no(node, "a property is missing"))?;
                place.path.push(Arc::clone(name));
                self.read(node, place)
            }
            (Expr::Word(Kind::Date, word), name) => match Part::named(name) {
                Some(part) => match self.part(&word, part) {
                    Some(cell) => whole(Word::Cell(cell)),
                    None => whole(Word::Unary { op: Unary::Part(part), word: Box::new(word) }),
                },
                None => Err(self.no(node, "a property is missing")),
            },
            (Expr::Word(Kind::Time, word), name) => {
                let (kind, part) = match name {
                    "date" => (Kind::Date, Some(Part::Date)),
                    name => (Kind::Whole, Part::named(name)),
                };
                let part = part.ok_or_else(|| self.no(node, "a property is missing"))?;
                if let Some(cell) = self.part(&word, part) {
                    return Ok(Expr::Word(kind, Word::Cell(cell)));
                }
                if written_elsewhere(&word) {
                    return Err(self.no(node, "it reads the day of a time as it was written"));
                }
                let word = Box::new(word);
                Ok(Expr::Word(kind, Word::Unary { op: Unary::PartOfTime(part), word }))
            }
            (Expr::Word(Kind::Days, word), "days") => whole(word),
            (Expr::Text(said), "len") => {
                let text = self.text(node, said)?;
                whole(Word::Length(Box::new(text)))
            }
            (Expr::List(list), "len") => self.length(node, list),
            _ => Err(self.no(node, "this property has no compiled form")),
        }
    }

    /// The cell of a part of a date or time that is read as it is.
    fn part(&mut self, word: &Word, part: Part) -> Option<Cell> {
        let Word::Cell(cell) = word else { return None };
        if cell.scope != 0 {
            return None;
        }
        let id = FactId(cell.number);
        let own = self.rules.facts.get(id)?;
        if !matches!(own.shape.kind, Declared::Date | Declared::DateTime) {
            return None;
        }
        let column = Column { path: Vec::new(), what: What::Part(part) };
        Some(Cell::of(0, self.draft.layout.aspect(id, column)?))
    }

    /// A derived fact: its rule, and its declaration.
    pub fn derived(&mut self, id: FactId) -> Low<Expr<'r>> {
        let rules = self.rules;
        let Some((fact, program)) =
            rules.facts.get(id).and_then(|fact| Some((fact, fact.value.as_ref()?)))
        else {
            return Err(self.no(&Node::new(Default::default(), Op::Nothing), "a fact is missing"));
        };
        if fact.shape.kind == Declared::Boolean {
            return self.decided(program).map(Expr::Test);
        }
        let found = self.within(program, Vec::new(), |this| this.body(&program.root))?;
        let word = match (&fact.shape.kind, &found) {
            (Declared::Integer, Expr::Word(Kind::Whole, word)) => Some((Kind::Whole, word.clone())),
            (Declared::Integer, Expr::Word(kind, word)) => kind.decimals().map(|decimals| {
                let op = Unary::Exactly(super::arithmetic::power(decimals));
                (Kind::Whole, Word::Unary { op, word: Box::new(word.clone()) })
            }),
            (Declared::Number, Expr::Word(kind, word)) => {
                kind.decimals().map(|decimals| (Kind::Fixed(decimals), word.clone()))
            }
            (Declared::Enum(_), found) => match Form::of(&fact.shape) {
                Form::Ordinal(choices) => {
                    let kind = Kind::Ordinal(choices);
                    as_kind(found, &kind).map(|word| (kind, word))
                }
                _ => None,
            },
            (Declared::Date, Expr::Word(Kind::Date, word)) => Some((Kind::Date, word.clone())),
            (Declared::DateTime, Expr::Word(Kind::Time, word)) => Some((Kind::Time, word.clone())),
            (
                Declared::Duration,
                Expr::Word(kind @ (Kind::Days | Kind::Months | Kind::Exact), word),
            ) => Some((kind.clone(), word.clone())),
            // A text, without bounds.
            (Declared::String, Expr::Text(_))
                if fact.shape.min_length.or(fact.shape.max_length).is_none()
                    && fact.shape.pattern.is_none() =>
            {
                return Ok(found);
            }
            (Declared::Any, Expr::Word(..) | Expr::Test(_)) => return Ok(found),
            _ => None,
        };
        let word = word.and_then(|(kind, word)| {
            let word = bounded(&fact.shape, &kind, word)?;
            Some(Expr::Word(kind, word))
        });
        word.ok_or_else(|| {
            let node = &program.root;
            let span = program.span(node.at);
            super::NotCompiled {
                span,
                reason: "what it gives is held to its declaration by the evaluator",
            }
        })
    }

    /// A factor: a test, or the number of a score.
    pub fn factor(&mut self, id: FactorId) -> Low<Expr<'r>> {
        let rules = self.rules;
        let nowhere = Node::new(Default::default(), Op::Nothing);
        match rules.factors.get(id).map(|factor| &factor.program) {
            Some(FactorProgram::Guard(program)) => self.decided(program).map(Expr::Test),
            Some(FactorProgram::Of { of, at_least, .. }) => {
                if of.is_empty() || of.len() > super::super::run::COUNTED {
                    return Err(self.no(&nowhere, "it counts too many"));
                }
                self.inside += 1;
                self.depth += 2;
                let mut tests = Vec::new();
                for part in of {
                    let found = if tests.is_empty() {
                        Some(self.requirement(&nowhere, *part)?)
                    } else {
                        self.attempt(|this| this.requirement(&nowhere, *part))
                    };
                    tests.push(found.unwrap_or(Test::Unsure));
                }
                self.depth -= 2;
                self.inside -= 1;
                Ok(Expr::Test(Test::Count { tests, at_least: *at_least }))
            }
            Some(FactorProgram::Score(program)) => {
                let found = self.within(program, Vec::new(), |this| this.body(&program.root))?;
                match (found.decimals(), found) {
                    (Some(decimals), Expr::Word(_, word)) => {
                        let high = super::arithmetic::power(decimals);
                        let op = Unary::Within { low: 0, high, unit: 1 };
                        let word = Word::Unary { op, word: Box::new(word) };
                        Ok(Expr::Word(Kind::Fixed(decimals), word))
                    }
                    _ => {
                        Err(self
                            .no(&nowhere, "its score is no number with a fixed count of decimals"))
                    }
                }
            }
            Some(FactorProgram::Broken) | None => Err(self.no(&nowhere, "a factor has problems")),
        }
    }

    fn requirement(&mut self, nowhere: &Node, requirement: Requirement) -> Low<Test> {
        self.count(nowhere)?;
        let found = match requirement {
            Requirement::Factor(id) => self.factor(id)?,
            Requirement::Fact(id) => self.fact(nowhere, id)?,
        };
        self.test(nowhere, found)
    }
}

/// Whether a time may be written with another offset than that of the zone: of a fact or an item, which keep it.
fn written_elsewhere(word: &Word) -> bool {
    match word {
        Word::Cell(_) | Word::At(_) | Word::Register(_) => true,
        Word::If(parts) => written_elsewhere(&parts.1) || written_elsewhere(&parts.2),
        Word::Or(options) => options.iter().any(written_elsewhere),
        Word::Let(inner) => written_elsewhere(&inner.body),
        Word::Binary { op: Operator::Least | Operator::Greatest, .. } => true,
        _ => false,
    }
}

/// A word with the bounds of its declaration; `None` where they cannot be said.
fn bounded(shape: &Shape, kind: &Kind, word: Word) -> Option<Word> {
    // Dates and lengths of time are looked at by the evaluator where they have bounds.
    let Some(decimals) = kind.decimals() else { return shape.is_any_time().then_some(word) };
    let free = shape.minimum.or(shape.maximum).or(shape.exclusive_minimum);
    if free.or(shape.exclusive_maximum).or(shape.multiple_of).is_none() {
        return Some(word);
    }
    // A bound between two words cannot be said: the evaluator looks.
    let (low, high, unit) = bounds(shape, decimals)?;
    Some(Word::Unary { op: Unary::Within { low, high, unit }, word: Box::new(word) })
}

pub(super) fn word_or_test<'r>(kind: Kind, word: Word) -> Expr<'r> {
    match kind {
        Kind::Boolean => Expr::Test(is_true(word)),
        kind => Expr::Word(kind, word),
    }
}
