//! Comparisons and membership: against a constant they become bounds of a word, exactly, whatever decimals either has.

use std::sync::Arc;

use super::super::facts::{Aspect, Choices, Form};
use super::super::program::{Node, Op};
use super::super::syntax::Binary;
use super::arithmetic::{power, rescaled};
use super::lower::{Low, Lowerer, sum_of};
use super::{Expr, Kind, Round, Test, Thing, Word, same_kind};
use crate::definition::shape::Kind as Declared;
use crate::table::FactId;
use crate::value::Value;

/// Which words a comparison with a constant lets pass.
struct Interval {
    low: i128,
    high: i128,
    negated: bool,
}

impl Interval {
    /// Words with `decimals` against a constant with others.
    fn new(op: Binary, constant: i64, of: u8, decimals: u8) -> Self {
        let (floor, exact) = if decimals >= of {
            (i128::from(constant) * i128::from(power(decimals - of)), true)
        } else {
            let unit = i128::from(power(of - decimals));
            let constant = i128::from(constant);
            (constant.div_euclid(unit), constant.rem_euclid(unit) == 0)
        };
        let ceil = floor + i128::from(!exact);
        let (low, high, negated) = match op {
            Binary::Less => (i128::MIN, ceil - 1, false),
            Binary::LessOrEqual => (i128::MIN, floor, false),
            Binary::Greater => (floor + 1, i128::MAX, false),
            Binary::GreaterOrEqual => (ceil, i128::MAX, false),
            _ if !exact => (1, 0, op == Binary::NotEqual),
            _ => (floor, floor, op == Binary::NotEqual),
        };
        Self { low, high, negated }
    }

    fn test(self, word: Word) -> Test {
        let Self { low, high, negated } = self;
        match word {
            // A number is rounded into an interval just where it lies in a wider one itself.
            Word::Round { how, unit, word } if low <= high && fits_rounded(&word, unit) => Self {
                low: rounded_from(how, unit, low),
                high: rounded_to(how, unit, high),
                negated,
            }
            .test(*word),
            Word::Sum(sum) => Test::Linear { sum, low, high, negated },
            word => {
                let (least, most) = (i128::from(i64::MIN), i128::from(i64::MAX));
                let clamp = |bound: i128| i64::try_from(bound.clamp(least, most)).unwrap_or(0);
                if low > most || high < least || low > high {
                    return range(word, 1, 0, negated);
                }
                range(word, clamp(low), clamp(high), negated)
            }
        }
    }
}

/// Whether a number always has 64 bits when it has been rounded: a sum is worked out in more, and may be too large.
fn fits_rounded(word: &Word, unit: i64) -> bool {
    match word {
        Word::Round { unit: inner, word, .. } => {
            unit.checked_mul(*inner).is_none_or(|unit| fits_rounded(word, unit))
        }
        Word::Sum(sum) => {
            let factors = sum.terms.iter().map(|(factor, _)| i128::from(*factor).abs());
            // One more for the constant, and one so that what is rounded up fits, too.
            factors.sum::<i128>() + 2 <= i128::from(unit)
        }
        _ => true,
    }
}

/// The least word that is rounded to no less.
fn rounded_from(how: Round, unit: i64, low: i128) -> i128 {
    let unit = i128::from(unit);
    let exact = low.saturating_mul(unit);
    match how {
        _ if low == i128::MIN => low,
        Round::Floor => exact,
        Round::Ceil => exact.saturating_sub(unit - 1),
        // Half away from zero.
        Round::Half if low > 0 => exact.saturating_sub(unit / 2),
        Round::Half => exact.saturating_sub(unit / 2 - 1),
    }
}

/// The largest word that is rounded to no more.
fn rounded_to(how: Round, unit: i64, high: i128) -> i128 {
    let unit = i128::from(unit);
    let exact = high.saturating_mul(unit);
    match how {
        _ if high == i128::MAX => high,
        Round::Floor => exact.saturating_add(unit - 1),
        Round::Ceil => exact,
        Round::Half if high < 0 => exact.saturating_add(unit / 2),
        Round::Half => exact.saturating_add(unit / 2 - 1),
    }
}

/// Whether a number with decimals is a case of a range of integers, which ends below a number or, if that is inclusive, at the
/// one before.
pub(super) fn between(word: Word, decimals: u8, from: i64, below: i64, inclusive: bool) -> Test {
    let unit = i128::from(power(decimals));
    let low = i128::from(from) * unit;
    let below = i128::from(below);
    let high = if inclusive { (below - 1) * unit } else { below * unit - 1 };
    Interval { low, high, negated: false }.test(word)
}

pub(super) fn range(word: Word, low: i64, high: i64, negated: bool) -> Test {
    match word {
        Word::Constant(constant) => Test::Constant((low..=high).contains(&constant) != negated),
        word => Test::Range { word: Box::new(word), low, high, negated },
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
    pub fn compare(&mut self, op: Binary, a: Expr, b: Expr) -> Low<Test> {
        let equality = matches!(op, Binary::Equal | Binary::NotEqual);
        let negated = op == Binary::NotEqual;
        match (&a, &b) {
            (Expr::Test(test), Expr::Test(Test::Constant(truth)))
            | (Expr::Test(Test::Constant(truth)), Expr::Test(test))
                if equality =>
            {
                let same = *truth != negated;
                return Ok(if same { test.clone() } else { test.clone().negated() });
            }
            (Expr::Test(one), Expr::Test(two)) if equality => {
                let word = |test: &Test| Box::new(Word::Truth(Box::new(test.clone())));
                return Ok(Test::Compare { op, left: word(one), right: word(two) });
            }
            (Expr::Word(x, left), Expr::Word(y, right)) => {
                if let Some(test) = compared(op, (x, left), (y, right)) {
                    return Ok(test);
                }
            }
            (Expr::Word(Kind::Ordinal(choices), word), Expr::Thing(Thing::Constant(text)))
            | (Expr::Thing(Thing::Constant(text)), Expr::Word(Kind::Ordinal(choices), word))
                if equality =>
            {
                if let Value::Text(text) = text {
                    return Ok(match choices.ordinal(text) {
                        Some(place) => range(word.clone(), place, place, negated),
                        None => range(word.clone(), 1, 0, negated),
                    });
                }
            }
            (Expr::Thing(Thing::Fact(id)), Expr::Thing(Thing::Constant(Value::Text(text))))
            | (Expr::Thing(Thing::Constant(Value::Text(text))), Expr::Thing(Thing::Fact(id)))
                if equality && self.is_text(*id) =>
            {
                if let Some((cell, place)) = self.draft.layout.among(*id, text) {
                    return Ok(range(Word::Cell(cell), place, place, negated));
                }
            }
            _ => {}
        }
        let number = |expr| match expr {
            // Compared, an integer is the decimal that it equals.
            Expr::Word(Kind::Either(decimals), word) => Expr::Word(Kind::Fixed(decimals), word),
            other => other,
        };
        let left = Box::new(self.thing(number(a))?);
        let right = Box::new(self.thing(number(b))?);
        Ok(Test::Operate { op, left, right })
    }

    /// Whether a fact is a text that is no `enum`.
    fn is_text(&self, id: FactId) -> bool {
        self.rules.facts.get(id).is_some_and(|fact| fact.shape.kind == Declared::String)
    }

    pub fn contains(&mut self, item: &'r Node, list: &'r Node, negated: bool) -> Low<Expr> {
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
                return Ok(Expr::Test(range(word.clone(), from, below - 1, negated)));
            }
        }
        let list = self.expr(list)?;
        let list = self.thing(list)?;
        if let Some(values) = constants(&list)
            && let Some(test) = self.one_of(&item, &values, negated)
        {
            return Ok(Expr::Test(test));
        }
        if let (Thing::Fact(id), Expr::Thing(Thing::Constant(Value::Text(text)))) = (&list, &item)
            && let Some((cell, bit)) = self.bit(*id, text)
        {
            let test = Test::Holds { cell, bits: bit };
            return Ok(Expr::Test(if negated { test.negated() } else { test }));
        }
        let item = match item {
            Expr::Word(Kind::Either(decimals), word) => Expr::Word(Kind::Fixed(decimals), word),
            other => other,
        };
        let item = Box::new(self.thing(item)?);
        Ok(Expr::Test(Test::In { item, list: Box::new(list), negated }))
    }

    /// The cell of the mask of a list of an `enum`, and the bit of a value.
    fn bit(&mut self, id: FactId, text: &Arc<str>) -> Option<(u32, i64)> {
        let (cell, choices) = self.mask(id)?;
        Some((cell, 1 << choices.ordinal(text)?))
    }

    /// The cell of the mask of a list of an `enum`.
    pub fn mask(&mut self, id: FactId) -> Option<(u32, Choices)> {
        let Form::Ordinal(choices) = Form::of(self.items_of(id)?) else { return None };
        if choices.0.len() > 63 {
            return None;
        }
        let cell = self.draft.layout.aspect(id, Aspect::Mask(choices.clone()))?;
        Some((cell, choices))
    }

    /// Whether a word or text is one of some constants.
    fn one_of(&mut self, item: &Expr, values: &[Value], negated: bool) -> Option<Test> {
        let (word, places): (Word, Vec<i64>) = match item {
            Expr::Word(kind, word) if cheap(word) => {
                let sample = match kind {
                    Kind::Ordinal(choices) => choices.0.first()?.clone(),
                    kind => kind.value(0, &self.rules.zone)?,
                };
                if values.iter().any(|value| !same_kind(value, &sample)) {
                    return None;
                }
                let mut places = Vec::new();
                for value in values {
                    let place = match (kind, Expr::constant(value)) {
                        (Kind::Ordinal(choices), _) => choices.ordinal(value.as_str()?),
                        (kind, Expr::Word(other, Word::Constant(constant))) => {
                            match (kind.decimals(), other.decimals()) {
                                (Some(_), Some(_)) => {
                                    let (p, q) = (kind.decimals()?, other.decimals()?);
                                    let found = Interval::new(Binary::Equal, constant, q, p);
                                    if found.low > found.high {
                                        None
                                    } else {
                                        i64::try_from(found.low).ok()
                                    }
                                }
                                _ if *kind == other => Some(constant),
                                _ => return None,
                            }
                        }
                        _ => return None,
                    };
                    places.extend(place);
                }
                (word.clone(), places)
            }
            Expr::Thing(Thing::Fact(id)) if self.is_text(*id) => {
                let mut cell = None;
                let mut places = Vec::new();
                for value in values {
                    let Value::Text(text) = value else { return None };
                    let (found, place) = self.draft.layout.among(*id, text)?;
                    cell = Some(found);
                    places.push(place);
                }
                (Word::Cell(cell?), places)
            }
            _ => return None,
        };
        let test = if places.iter().all(|place| (0..64).contains(place)) {
            let mask = places.iter().fold(0_u64, |mask, place| mask | 1 << place);
            Test::Mask { word: Box::new(word), mask }
        } else {
            let tests = places.into_iter().map(|place| range(word.clone(), place, place, false));
            Test::Any { tests: tests.collect(), strict: true }
        };
        Some(if negated { test.negated() } else { test })
    }
}

/// Reading it twice costs little.
pub(super) fn cheap(word: &Word) -> bool {
    matches!(word, Word::Constant(_) | Word::Cell(_) | Word::Local(_) | Word::Column { .. })
}

/// The items of a list that is written out.
fn constants(list: &Thing) -> Option<Vec<Value>> {
    match list {
        Thing::Constant(Value::List(items)) => Some(items.to_vec()),
        Thing::List(items) => {
            let values = items.iter().map(|item| match item {
                Thing::Constant(value) => Some(value.clone()),
                Thing::Test(test) => match **test {
                    Test::Constant(truth) => Some(Value::Boolean(truth)),
                    _ => None,
                },
                _ => None,
            });
            values.collect()
        }
        _ => None,
    }
}

fn compared(op: Binary, (x, left): (&Kind, &Word), (y, right): (&Kind, &Word)) -> Option<Test> {
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
        (left, Word::Constant(constant)) => {
            Some(Interval::new(op, *constant, q, p).test(left.clone()))
        }
        (Word::Constant(constant), right) => {
            Some(Interval::new(flipped(op), *constant, p, q).test(right.clone()))
        }
        (left, right) => {
            let direct = !matches!(left, Word::Sum(_)) && !matches!(right, Word::Sum(_));
            if p == q && direct {
                let (left, right) = (Box::new(left.clone()), Box::new(right.clone()));
                return Some(Test::Compare { op, left, right });
            }
            let decimals = p.max(q);
            let one = sum_of(rescaled(left.clone(), p, decimals)?);
            let two = sum_of(rescaled(right.clone(), q, decimals)?).times(-1)?;
            Some(Interval::new(op, 0, 0, 0).test(Word::Sum(one.plus(two)?)))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rounded(how: Round, unit: i64, word: i64) -> i64 {
        let (floor, rest) = (word.div_euclid(unit), word.rem_euclid(unit));
        match how {
            Round::Floor => floor,
            Round::Ceil => floor + i64::from(rest > 0),
            Round::Half if word < 0 => floor + i64::from(2 * rest > unit),
            Round::Half => floor + i64::from(2 * rest >= unit),
        }
    }

    #[test]
    fn an_interval_of_a_rounded_number_is_one_of_the_number_itself() {
        for how in [Round::Floor, Round::Ceil, Round::Half] {
            for unit in [10, 100] {
                for (bound, word) in (-4..=4).flat_map(|b| (-550..=550).map(move |w| (b, w))) {
                    let found = i128::from(rounded(how, unit, word));
                    let word = i128::from(word);
                    assert_eq!(found >= bound, word >= rounded_from(how, unit, bound));
                    assert_eq!(found <= bound, word <= rounded_to(how, unit, bound));
                }
            }
        }
    }
}
