//! Several values of which one is chosen, in one form.

use super::super::facts::Choices;
use super::super::program::Node;
use super::lower::{Low, Lowerer};
use super::{Expr, Flow, Kind, Lane, Test, Thing, Word};
use crate::value::Value;

impl Lowerer<'_, '_> {
    /// The kind of words that are of one of two kinds.
    pub fn alike(&self, a: &Kind, b: &Kind) -> Option<Kind> {
        let joined = super::arithmetic::join(a, b)?;
        (!*self.mixed || !matches!(joined, Kind::Either(_))).then_some(joined)
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
                (Expr::Word(found, _), Some(known)) => match self.alike(known, found) {
                    Some(joined) => kind = Some(joined),
                    None => words = false,
                },
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
        let things = parts.into_iter().map(|part| self.thing(part));
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
pub(super) fn chosen(expr: &Expr, choices: &Choices) -> Option<Word> {
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
