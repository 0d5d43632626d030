//! Arithmetic on words. What has no word of its own (quotients, calendar arithmetic on instants) is left to the table of
//! operators.

use super::super::syntax::Binary;
use super::lower::{Low, Lowerer, sum_of};
use super::{Arithmetic, Expr, Kind, MOST_DECIMALS, Sum, Thing, Word};

/// Factors of a sum, together: times the largest word it has less than 28 digits, so that the evaluator rounds nothing.
const FACTORS: i64 = 400_000_000;

/// The kind of a value that is of one of two kinds.
pub(super) fn join(a: &Kind, b: &Kind) -> Option<Kind> {
    match (a, b) {
        (a, b) if a == b => Some(a.clone()),
        (Kind::Fixed(a), Kind::Fixed(b)) => Some(Kind::Fixed(*a.max(b))),
        (a, b) => Some(Kind::Either(a.decimals()?.max(b.decimals()?))),
    }
}

/// A number with more decimals.
pub(super) fn rescaled(word: Word, from: u8, to: u8) -> Option<Word> {
    let more = to.checked_sub(from)?;
    match (more, word) {
        (0, word) => Some(word),
        (more, Word::Constant(constant)) => constant.checked_mul(power(more)).map(Word::Constant),
        (more, word) => Some(Word::Sum(Sum { terms: vec![(power(more), word)], constant: 0 })),
    }
}

pub(super) fn power(decimals: u8) -> i64 {
    10_i64.checked_pow(u32::from(decimals)).unwrap_or(i64::MAX)
}

impl Sum {
    pub fn times(mut self, factor: i64) -> Option<Self> {
        for (own, _) in &mut self.terms {
            *own = own.checked_mul(factor)?;
        }
        self.constant = self.constant.checked_mul(factor)?;
        self.checked()
    }

    pub fn plus(mut self, other: Self) -> Option<Self> {
        self.terms.extend(other.terms);
        self.constant = self.constant.checked_add(other.constant)?;
        self.checked()
    }

    fn checked(self) -> Option<Self> {
        let mut all = 0_i64;
        for (factor, _) in &self.terms {
            all = all.checked_add(factor.checked_abs()?)?;
        }
        (all <= FACTORS).then_some(self)
    }
}

fn word(sum: Sum) -> Word {
    match sum.terms.as_slice() {
        [] => Word::Constant(sum.constant),
        _ => Word::Sum(sum),
    }
}

pub(super) fn calculated(op: Arithmetic, left: Word, right: Word) -> Word {
    if let (Word::Constant(a), Word::Constant(b)) = (&left, &right)
        && let Some(found) = op.of(*a, *b)
    {
        return Word::Constant(found);
    }
    Word::Arithmetic { op, left: Box::new(left), right: Box::new(right) }
}

impl Arithmetic {
    /// `None` where it overflows or divides by zero.
    #[inline(always)]
    pub fn of(self, a: i64, b: i64) -> Option<i64> {
        match self {
            Self::Add => a.checked_add(b),
            Self::Subtract => a.checked_sub(b),
            Self::Multiply => a.checked_mul(b),
            Self::Divide => a.checked_div(b),
            Self::Remainder if b == 0 => None,
            Self::Remainder => Some(a.checked_rem(b).unwrap_or(0)),
            Self::Least => Some(a.min(b)),
            Self::Greatest => Some(a.max(b)),
        }
    }
}

impl<'r> Lowerer<'r, '_> {
    pub fn arithmetic(&mut self, op: Binary, a: Expr, b: Expr) -> Low<Expr> {
        if let (Expr::Word(x, left), Expr::Word(y, right)) = (&a, &b)
            && let Some((kind, word)) = on_words(op, x, left, y, right)
        {
            return Ok(Expr::Word(kind, word));
        }
        let (left, right) = (self.thing(a)?, self.thing(b)?);
        Ok(Expr::Thing(Thing::Operate { op, left: Box::new(left), right: Box::new(right) }))
    }

    pub fn minus(&mut self, inner: Expr) -> Low<Expr> {
        if let Expr::Word(kind, word) = &inner {
            let zero = Word::Constant(0);
            let negated = match kind {
                Kind::Fixed(_) => sum_of(word.clone()).times(-1).map(self::word),
                Kind::Whole | Kind::Either(_) | Kind::Exact => {
                    Some(calculated(Arithmetic::Subtract, zero, word.clone()))
                }
                Kind::Days | Kind::Months => {
                    Some(narrow(calculated(Arithmetic::Subtract, zero, word.clone())))
                }
                _ => None,
            };
            if let Some(word) = negated {
                return Ok(Expr::Word(kind.clone(), word));
            }
        }
        let inner = self.thing(inner)?;
        Ok(Expr::Thing(Thing::Minus(Box::new(inner))))
    }
}

/// Days and months of a duration have 32 bits.
pub(super) fn narrow(word: Word) -> Word {
    let (low, high) = (i64::from(i32::MIN), i64::from(i32::MAX));
    match word {
        Word::Constant(constant) if (low..=high).contains(&constant) => word,
        word => Word::Within { word: Box::new(word), low, high, unit: 1 },
    }
}

/// 0001-01-01 and 9999-12-31.
pub(super) fn a_day(word: Word) -> Word {
    Word::Within { word: Box::new(word), low: -719_162, high: 2_932_896, unit: 1 }
}

/// 0001-01-02T00:00:00Z and 9999-12-30T22:00:00Z.
fn an_instant(word: Word) -> Word {
    let (low, high) = (-62_135_510_400_000_000, 253_402_207_200_000_000);
    Word::Within { word: Box::new(word), low, high, unit: 1 }
}

fn on_words(op: Binary, x: &Kind, left: &Word, y: &Kind, right: &Word) -> Option<(Kind, Word)> {
    use Kind::{Date, Days, Exact, Months, Time, Whole};
    let plain = match op {
        Binary::Add => Some(Arithmetic::Add),
        Binary::Subtract => Some(Arithmetic::Subtract),
        Binary::Multiply => Some(Arithmetic::Multiply),
        Binary::Remainder => Some(Arithmetic::Remainder),
        _ => None,
    };
    let (a, b) = (left.clone(), right.clone());
    if let (Binary::Divide, Word::Constant(divisor)) = (op, right) {
        return divided((x, a), *divisor, y.decimals()?);
    }
    let sum = matches!(op, Binary::Add | Binary::Subtract);
    match (x, y) {
        (Whole, Whole) => Some((Whole, calculated(plain?, a, b))),
        (Date, Days) if sum => Some((Date, a_day(calculated(plain?, a, b)))),
        (Days, Date) if op == Binary::Add => Some((Date, a_day(calculated(plain?, a, b)))),
        (Date, Months) if sum => {
            let zero = Word::Constant(0);
            let months =
                if op == Binary::Add { b } else { calculated(Arithmetic::Subtract, zero, b) };
            Some((Date, Word::AddMonths { date: Box::new(a), months: Box::new(months) }))
        }
        (Months, Date) if op == Binary::Add => {
            Some((Date, Word::AddMonths { date: Box::new(b), months: Box::new(a) }))
        }
        (Date, Date) if op == Binary::Subtract => Some((Days, calculated(plain?, a, b))),
        (Time, Time) if op == Binary::Subtract => Some((Exact, calculated(plain?, a, b))),
        (Time, Exact) if sum => Some((Time, an_instant(calculated(plain?, a, b)))),
        (Exact, Time) if op == Binary::Add => Some((Time, an_instant(calculated(plain?, a, b)))),
        (Exact, Exact) if sum => Some((Exact, calculated(plain?, a, b))),
        (Days, Days) if sum => Some((Days, narrow(calculated(plain?, a, b)))),
        (Months, Months) if sum => Some((Months, narrow(calculated(plain?, a, b)))),
        (Days | Months, Whole) | (Whole, Days | Months) if op == Binary::Multiply => {
            let kind = if *x == Whole { y } else { x };
            Some((kind.clone(), narrow(calculated(plain?, a, b))))
        }
        (Exact, Whole) | (Whole, Exact) if op == Binary::Multiply => {
            Some((Exact, calculated(plain?, a, b)))
        }
        _ => numbers(op, plain?, (x, a), (y, b)),
    }
}

/// By a constant with a reciprocal that ends: a product. The quotient is a decimal, of integers too.
fn divided((x, a): (&Kind, Word), divisor: i64, decimals: u8) -> Option<(Kind, Word)> {
    let own = x.decimals()?;
    // 1 ÷ (divisor ÷ 10^decimals) = factor ÷ 10^more.
    let (more, factor) = (0..=6_u8).find_map(|more| {
        let whole = power(more.checked_add(decimals)?);
        (whole.checked_rem(divisor)? == 0).then_some((more, whole.checked_div(divisor)?))
    })?;
    let decimals = own.checked_add(more).filter(|all| *all <= MOST_DECIMALS)?;
    Some((Kind::Fixed(decimals), word(sum_of(a).times(factor)?)))
}

fn numbers(
    op: Binary,
    plain: Arithmetic,
    (x, a): (&Kind, Word),
    (y, b): (&Kind, Word),
) -> Option<(Kind, Word)> {
    let (p, q) = (x.decimals()?, y.decimals()?);
    // A decimal on one side makes it a calculation with decimals.
    let fixed = matches!(x, Kind::Fixed(_)) || matches!(y, Kind::Fixed(_));
    let kind = |decimals| if fixed { Kind::Fixed(decimals) } else { Kind::Either(decimals) };
    match op {
        Binary::Add | Binary::Subtract => {
            let decimals = p.max(q);
            let (a, b) = (rescaled(a, p, decimals)?, rescaled(b, q, decimals)?);
            if !fixed {
                return Some((kind(decimals), calculated(plain, a, b)));
            }
            let (one, two) = (sum_of(a), sum_of(b));
            let two = if op == Binary::Add { two } else { two.times(-1)? };
            Some((kind(decimals), word(one.plus(two)?)))
        }
        Binary::Multiply => {
            let decimals = p.checked_add(q).filter(|all| *all <= MOST_DECIMALS)?;
            if fixed {
                let product = match (&a, &b) {
                    (Word::Constant(factor), other) | (other, Word::Constant(factor)) => {
                        sum_of(other.clone()).times(*factor).map(word)
                    }
                    _ => None,
                };
                if let Some(product) = product {
                    return Some((kind(decimals), product));
                }
            }
            Some((kind(decimals), calculated(plain, a, b)))
        }
        _ => None,
    }
}
