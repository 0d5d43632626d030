//! What a rule reads: facts and their properties, factors, variables, rows of lists.

use std::sync::Arc;

use super::super::facts::{Aspect, Column, Form, Part, bounds};
use super::super::program::{Node, Op};
use super::super::{FactorProgram, Requirement};
use super::join::chosen;
use super::lower::{Local, Low, Lowerer, of, word_or_test};
use super::{Expr, Flow, Kind, Lane, Test, Thing, Word};
use crate::definition::shape::{Kind as Declared, Shape};
use crate::table::{FactId, FactorId};

impl<'r> Lowerer<'r, '_> {
    pub fn local(&mut self, node: &Node, slot: u32) -> Low<Expr> {
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

    pub fn property(&mut self, base: Expr, name: &Arc<str>) -> Low<Expr> {
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
                let thing = self.thing(base)?;
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
        let base = self.thing(base)?;
        Ok(Expr::Thing(Thing::Property(Box::new(base), name.clone())))
    }

    /// The cell of a part of a fact's date.
    fn part(&mut self, word: &Word, part: Part) -> Option<u32> {
        let Word::Cell(cell) = word else { return None };
        let own = self.rules.facts.get(FactId(*cell))?;
        matches!(own.shape.kind, Declared::Date | Declared::DateTime)
            .then(|| self.draft.layout.aspect(FactId(*cell), Aspect::Part(part)))?
    }

    pub fn fact(&mut self, id: FactId) -> Low<Expr> {
        if self.rules.facts.get(id).is_some_and(|fact| fact.value.is_some()) {
            return self.derived(id);
        }
        Ok(match Kind::of(self.draft.layout.form(id)) {
            Some(kind) => word_or_test(kind, Word::Cell(id.0)),
            None => Expr::Thing(Thing::Fact(id)),
        })
    }

    /// A derived fact: its rule, and its declaration.
    pub fn derived(&mut self, id: FactId) -> Low<Expr> {
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
        let thing = self.thing(found)?;
        let admitted = Thing::Admit(id, Box::new(thing));
        Ok(match Kind::of(&Form::of(&fact.shape)).and_then(|kind| kind.form()) {
            Some(form) => of(form, admitted),
            None => Expr::Thing(admitted),
        })
    }

    /// A factor: a test, or the number of a score.
    pub fn factor(&mut self, id: FactorId) -> Low<Expr> {
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
                        let thing = self.thing(other)?;
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
