//! Comparisons and membership: against a constant they become bounds of a word, exactly, whatever decimals either has, and
//! bounds of what it is worked out from.

use std::sync::Arc;

use super::super::facts::{Choices, Form, What};
use super::super::ir::{
    Kind, Linear, Outside, Ratio, RatioTest, Test, Text, TextOperator, TextTest, Word,
};
use super::super::program::{Node, Op};
use super::super::syntax::Binary;
use super::arithmetic::{on_ratio, rescaled, sum_of};
use super::interval::{ALL, Interval, first_known, range};
use super::list::{List, Source};
use super::{Expr, Low, Lowerer, Said};
use crate::definition::shape::Kind as Declared;

/// Numerator and denominator of a quotient that is written out.
fn constants(ratio: &Ratio) -> Option<(i64, i64)> {
    match ratio {
        Ratio {
            over: Word::Constant(over),
            under: Word::Constant(under @ 1..),
            decimals: 0,
            first: None,
            ..
        } => Some((*over, *under)),
        _ => None,
    }
}

fn flipped(op: Binary) -> Binary {
    match op {
        Binary::Less => Binary::Greater,
        Binary::LessOrEqual => Binary::GreaterOrEqual,
        Binary::Greater => Binary::Less,
        Binary::GreaterOrEqual => Binary::LessOrEqual,
        other => other,
    }
}

impl<'r> Lowerer<'r, '_> {
    pub fn compare(&mut self, node: &Node, op: Binary, a: Expr<'r>, b: Expr<'r>) -> Low<Test> {
        let equality = matches!(op, Binary::Equal | Binary::NotEqual);
        let negated = op == Binary::NotEqual;
        let turn = |test: Test| if negated { test.negated() } else { test };
        match (a, b) {
            (Expr::Test(test), Expr::Test(Test::Constant(truth)))
            | (Expr::Test(Test::Constant(truth)), Expr::Test(test))
                if equality =>
            {
                Ok(if truth != negated { test } else { test.negated() })
            }
            (Expr::Test(one), Expr::Test(two)) if equality => {
                let sides = [one, two].map(|test| Word::Truth(Box::new(test)));
                Ok(Test::Compare { op, sides: Box::new(sides) })
            }
            (Expr::Word(x, left), Expr::Word(y, right)) => compared(op, (&x, left), (&y, right))
                .ok_or_else(|| self.no(node, "values of two kinds are compared")),
            (Expr::Ratio(ratio), Expr::Word(kind, word)) => {
                self.ratio(node, ratio, op, &kind, word)
            }
            (Expr::Word(kind, word), Expr::Ratio(ratio)) => {
                self.ratio(node, ratio, flipped(op), &kind, word)
            }
            (Expr::Ratio(one), Expr::Ratio(two)) => {
                let (ratio, op, constant) = match (constants(&one), constants(&two)) {
                    (_, Some(constant)) => (one, op, constant),
                    (Some(constant), None) => (two, flipped(op), constant),
                    (None, None) => return Err(self.no(node, "two quotients are compared")),
                };
                // Times the denominator of the one that is written out.
                let (over, under) = constant;
                on_ratio(Binary::Multiply, ratio, &Kind::Whole, Word::Constant(under), false)
                    .ok_or_else(|| self.no(node, "two quotients are compared"))
                    .and_then(|ratio| {
                        self.ratio(node, ratio, op, &Kind::Whole, Word::Constant(over))
                    })
            }
            (Expr::Data(name), other) => {
                let data = self.data(node, name, &other)?;
                self.compare(node, op, data, other)
            }
            (other, Expr::Data(name)) => {
                let data = self.data(node, name, &other)?;
                self.compare(node, op, other, data)
            }
            (Expr::Word(Kind::Ordinal(choices), word), Expr::Text(said))
            | (Expr::Text(said), Expr::Word(Kind::Ordinal(choices), word))
                if equality =>
            {
                self.ordinal(node, &choices, word, said).map(turn)
            }
            (Expr::Text(Said::Text(Text::Constant(text))), Expr::Text(said))
            | (Expr::Text(said), Expr::Text(Said::Text(Text::Constant(text))))
                if equality =>
            {
                self.is_text(node, said, &text).map(turn)
            }
            (Expr::Text(one), Expr::Text(two)) if equality => {
                let (text, part) = (self.text(node, one)?, self.text(node, two)?);
                let op = TextOperator::Equal;
                Ok(turn(Test::Text(Box::new(TextTest { op, text, part }))))
            }
            _ => Err(self.no(node, "what is compared has no compiled form")),
        }
    }

    /// What an event carries, as it must be to be compared with something; anything else the evaluator looks at.
    fn data(&self, node: &Node, name: Arc<str>, with: &Expr<'r>) -> Low<Expr<'r>> {
        let (kind, form) = match with {
            Expr::Text(_) | Expr::Word(Kind::Ordinal(_), _) => {
                return Ok(Expr::Text(Said::Text(Text::EventData(name))));
            }
            Expr::Test(_) => (Kind::Boolean, Form::Boolean),
            Expr::Word(Kind::Whole, _) => (Kind::Whole, Form::Whole),
            Expr::Word(Kind::Date, _) => (Kind::Date, Form::Date),
            _ => return Err(self.no(node, "it is not known what an event carries")),
        };
        Ok(super::read::word_or_test(kind, Word::Outside(Outside::Data(name, form))))
    }

    fn ratio(&self, node: &Node, ratio: Ratio, op: Binary, kind: &Kind, with: Word) -> Low<Test> {
        let decimals =
            kind.decimals().ok_or_else(|| self.no(node, "values of two kinds are compared"))?;
        Ok(Test::Ratio(Box::new(RatioTest { ratio, op, with, decimals })))
    }

    /// Whether a value of an `enum` is a text.
    fn ordinal(&mut self, node: &Node, choices: &Choices, word: Word, said: Said<'r>) -> Low<Test> {
        match said {
            Said::Text(Text::Constant(text)) => Ok(match choices.ordinal(&text) {
                Some(place) => {
                    let place = i128::from(place);
                    Interval { low: place, high: place, negated: false }.test(word)
                }
                None => range(word, 1, 0, false),
            }),
            // A word that may fail is met in any case.
            said @ Said::If(_) if !matches!(word, Word::Cell(_) | Word::Register(_)) => {
                let other = super::chosen(&said, choices)
                    .ok_or_else(|| self.no(node, "it chooses between texts"))?;
                Ok(Test::Compare { op: Binary::Equal, sides: Box::new([word, other]) })
            }
            Said::If(parts) => {
                let (condition, then, otherwise) = *parts;
                let then = self.ordinal(node, choices, word.clone(), then)?;
                let otherwise = self.ordinal(node, choices, word, otherwise)?;
                Ok(Test::If(Box::new([condition, then, otherwise])))
            }
            said => {
                let part = self.text(node, said)?;
                let text = Text::Choice(choices.clone(), word);
                let op = TextOperator::Equal;
                Ok(Test::Text(Box::new(TextTest { op, text, part })))
            }
        }
    }

    /// Whether a text is a constant.
    fn is_text(&mut self, node: &Node, said: Said<'r>, text: &Arc<str>) -> Low<Test> {
        Ok(match said {
            Said::Text(Text::Constant(own)) => Test::Constant(own == *text),
            Said::Place(place) => {
                let (word, number) = self.among(node, &place, text)?;
                range(word, number, number, false)
            }
            Said::If(parts) => {
                let (condition, then, otherwise) = *parts;
                let then = self.is_text(node, then, text)?;
                let otherwise = self.is_text(node, otherwise, text)?;
                Test::If(Box::new([condition, then, otherwise]))
            }
            Said::Behind(binds, said) => {
                let test = self.is_text(node, *said, text)?;
                match self.wrap(node, binds, Expr::Test(test))? {
                    Expr::Test(test) => test,
                    _ => Test::Unsure,
                }
            }
            Said::Or(options) => {
                let options = options.into_iter().map(|option| self.is_text(node, option, text));
                first_known(options.collect::<Low<_>>()?)
            }
            Said::Text(own) => {
                let part = Text::Constant(Arc::clone(text));
                let op = TextOperator::Equal;
                Test::Text(Box::new(TextTest { op, text: own, part }))
            }
        })
    }

    pub fn contains(
        &mut self,
        node: &'r Node,
        item: &'r Node,
        list: &'r Node,
        negated: bool,
    ) -> Low<Expr<'r>> {
        let item = self.expr(item)?;
        if let (Expr::Word(Kind::Whole, word), Op::Range { from, to, inclusive }) =
            (&item, &list.op)
            && let (Word::Constant(from), Word::Constant(below)) =
                self.ends(from, to, *inclusive)?
        {
            let length = i128::from(below) - i128::from(from);
            if usize::try_from(length)
                .is_ok_and(|length| length > 0 && length <= self.rules.limits.list_items)
            {
                // The evaluator makes the list.
                self.extra = self
                    .extra
                    .saturating_add(u32::try_from(length).unwrap_or(u32::MAX).saturating_mul(2));
                let (low, high) = (from.into(), i128::from(below) - 1);
                return Ok(Expr::Test(Interval { low, high, negated }.range(word.clone())));
            }
        }
        let list = self.expr(list)?;
        let found = self.is_in(node, item, list)?;
        Ok(match found {
            Expr::Test(test) if negated => Expr::Test(test.negated()),
            found => found,
        })
    }

    fn is_in(&mut self, node: &'r Node, item: Expr<'r>, list: Expr<'r>) -> Low<Expr<'r>> {
        let first = match &list {
            Expr::List(List { source: Source::Literal(items), .. }) => items.first(),
            _ => None,
        };
        let item = match (item, first) {
            (Expr::Data(name), Some(first)) => self.data(node, name, first)?,
            (item, _) => item,
        };
        match list {
            Expr::Text(whole) => {
                let Expr::Text(part) = item else {
                    return Err(self.no(node, "a text is searched for what is none"));
                };
                let (text, part) = (self.text(node, whole)?, self.text(node, part)?);
                let op = TextOperator::Contains;
                Ok(Expr::Test(Test::Text(Box::new(TextTest { op, text, part }))))
            }
            Expr::List(list) => self.is_among(node, item, list),
            _ => Err(self.no(node, "it is not known what it is searched for in")),
        }
    }

    fn is_among(&mut self, node: &'r Node, item: Expr<'r>, list: List<'r>) -> Low<Expr<'r>> {
        if let (Source::Literal(items), true) = (&list.source, list.steps.is_empty()) {
            self.extra = self.extra.saturating_add(u32::try_from(items.len()).unwrap_or(u32::MAX));
            if let Some(test) = self.one_of(&item, items) {
                return Ok(Expr::Test(test));
            }
            // Everything is worked out before anything is compared.
            let (mut binds, item) = self.bind(node, item)?;
            let mut others = Vec::new();
            for item in items.clone() {
                let (more, item) = self.bind(node, item)?;
                binds.extend(more);
                others.push(item);
            }
            let tests = others
                .into_iter()
                .map(|other| self.compare(node, Binary::Equal, item.clone(), other))
                .collect::<Low<_>>()?;
            return self.wrap(node, binds, Expr::Test(Test::Any { tests, strict: true }));
        }
        if let (Source::Place(place), true) = (&list.source, list.steps.is_empty())
            && let Expr::Text(Said::Text(Text::Constant(text))) = &item
            && let Declared::Array(items) = &place.shape.kind
            && let Form::Ordinal(choices) = Form::of(items)
            && choices.0.len() <= 63
            // In a loop, what the evaluator goes through counts.
            && (self.scope == 0 || place.shape.unique_items)
        {
            self.extra = self.extra.saturating_add(64);
            let bits = choices.ordinal(text).map(|place| 1_i64 << place);
            if let (Some(bits), Word::Cell(cell)) =
                (bits, self.cell(node, place, What::Mask(choices))?)
            {
                return Ok(Expr::Test(Test::Holds { cell, bits }));
            }
        }
        let (binds, item) = self.bind(node, item)?;
        let each =
            self.looped(node, list, |this, other| this.compare(node, Binary::Equal, other, item))?;
        let found = Expr::Test(Test::Each { each: Box::new(each), every: false });
        self.wrap(node, binds, found)
    }

    /// Whether a word or text is one of some constants.
    fn one_of(&mut self, item: &Expr<'r>, items: &[Expr<'r>]) -> Option<Test> {
        let texts = || {
            items.iter().map(|item| match item {
                Expr::Text(Said::Text(Text::Constant(text))) => Some(text),
                _ => None,
            })
        };
        let nowhere = Node::new(Default::default(), Op::Nothing);
        let (word, mut places): (Word, Vec<i64>) = match item {
            Expr::Word(Kind::Ordinal(choices), word) => {
                let texts: Vec<_> = texts().collect::<Option<_>>()?;
                (word.clone(), texts.into_iter().filter_map(|text| choices.ordinal(text)).collect())
            }
            Expr::Word(kind, word) => {
                let mut places = Vec::new();
                for item in items {
                    let Expr::Word(other, Word::Constant(constant)) = item else { return None };
                    match (kind.decimals(), other.decimals()) {
                        (Some(p), Some(q)) => {
                            let found = Interval::new(Binary::Equal, *constant, q, p);
                            if found.low <= found.high {
                                places.extend(i64::try_from(found.low).ok());
                            }
                        }
                        _ if kind == other => places.push(*constant),
                        _ => return None,
                    }
                }
                (word.clone(), places)
            }
            Expr::Text(Said::Place(place)) => {
                let texts: Vec<_> = texts().collect::<Option<_>>()?;
                let mut found = None;
                let mut places = Vec::new();
                for text in texts {
                    let (word, number) = self.among(&nowhere, place, text).ok()?;
                    found = Some(word);
                    places.push(number);
                }
                (found?, places)
            }
            _ => return None,
        };
        if places.is_empty() {
            return Some(range(word, 1, 0, false));
        }
        places.sort_unstable();
        places.dedup();
        Some(match places.as_slice() {
            [only] => {
                let only = i128::from(*only);
                Interval { low: only, high: only, negated: false }.range(word)
            }
            places if places.iter().all(|place| (0..64).contains(place)) => {
                let mask = places.iter().fold(0_u64, |mask, place| mask | 1 << place);
                Test::Mask { word, mask }
            }
            places => Test::OneOf { word, values: places.into() },
        })
    }
}

fn compared(op: Binary, (x, left): (&Kind, Word), (y, right): (&Kind, Word)) -> Option<Test> {
    let (p, q) = match (x.decimals(), y.decimals()) {
        (Some(p), Some(q)) => (p, q),
        _ if x == y && (op.is_order() || matches!(op, Binary::Equal | Binary::NotEqual)) => {
            if let (Kind::Ordinal(_), true) = (x, op.is_order()) {
                return None;
            }
            (0, 0)
        }
        _ => return None,
    };
    match (left, right) {
        (left, Word::Constant(constant)) => Some(Interval::new(op, constant, q, p).test(left)),
        (Word::Constant(constant), right) => {
            Some(Interval::new(flipped(op), constant, p, q).test(right))
        }
        (left, right) => {
            let direct = !matches!(left, Word::Sum(_)) && !matches!(right, Word::Sum(_));
            if p == q && direct {
                return Some(Test::Compare { op, sides: Box::new([left, right]) });
            }
            let decimals = p.max(q);
            let one = sum_of(rescaled(left, p, decimals)?);
            let two = sum_of(rescaled(right, q, decimals)?).times(-1)?;
            let (low, high) = ALL;
            let Interval { low, high, negated } = match op {
                Binary::Less => Interval { low, high: -1, negated: false },
                Binary::LessOrEqual => Interval { low, high: 0, negated: false },
                Binary::Greater => Interval { low: 1, high, negated: false },
                Binary::GreaterOrEqual => Interval { low: 0, high, negated: false },
                op => Interval { low: 0, high: 0, negated: op == Binary::NotEqual },
            };
            let sum = one.plus(two)?;
            Some(Test::Linear(Box::new(Linear { sum, low, high, negated })))
        }
    }
}
