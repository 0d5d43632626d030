//! Arithmetic on words and on quotients of words.

use super::super::ir::{Kind, MOST_DECIMALS, Operator, Quotient, Ratio, Round, Sum, Unary, Word};
use super::super::program::Node;
use super::super::syntax::Binary;
use super::{Expr, Low, Lowerer};

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
        (more, Word::Sum(sum)) => sum.times(power(more)).map(|sum| Word::Sum(Box::new(sum))),
        (more, word) => Some(of_sum(Sum { terms: vec![(power(more), word)], constant: 0 })),
    }
}

pub(super) fn power(decimals: u8) -> i64 {
    10_i64.checked_pow(u32::from(decimals)).unwrap_or(i64::MAX)
}

/// A sum of nothing but a word.
pub(super) fn sum_of(word: Word) -> Sum {
    match word {
        Word::Sum(sum) => *sum,
        Word::Constant(constant) => Sum { terms: Vec::new(), constant },
        word => Sum { terms: vec![(1, word)], constant: 0 },
    }
}

fn of_sum(sum: Sum) -> Word {
    match sum.terms.as_slice() {
        [] => Word::Constant(sum.constant),
        _ => Word::Sum(Box::new(sum)),
    }
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

pub(super) fn binary(op: Operator, left: Word, right: Word) -> Word {
    if let (Word::Constant(a), Word::Constant(b)) = (&left, &right)
        && let Some(found) = op.of(*a, *b)
    {
        return Word::Constant(found);
    }
    match (op, &left, &right) {
        (Operator::Add, Word::Constant(0), _) => return right,
        (Operator::Add, _, Word::Constant(0)) => return left,
        _ => {}
    }
    Word::Binary { op, sides: Box::new([left, right]) }
}

pub(super) fn unary(op: Unary, word: Word) -> Word {
    Word::Unary { op, word: Box::new(word) }
}

impl<'r> Lowerer<'r, '_> {
    pub fn arithmetic(
        &mut self,
        node: &Node,
        op: Binary,
        a: Expr<'r>,
        b: Expr<'r>,
    ) -> Low<Expr<'r>> {
        let found = match (a, b) {
            (Expr::Word(x, a), Expr::Word(y, b)) => {
                if op == Binary::Divide {
                    divided((&x, a), (&y, b))
                } else {
                    on_words(op, (&x, a), (&y, b)).map(|(kind, word)| Expr::Word(kind, word))
                }
            }
            (Expr::Ratio(ratio), Expr::Word(kind, word)) => {
                on_ratio(op, ratio, &kind, word, false).map(Expr::Ratio)
            }
            (Expr::Word(kind, word), Expr::Ratio(ratio)) => {
                on_ratio(op, ratio, &kind, word, true).map(Expr::Ratio)
            }
            _ => None,
        };
        found.ok_or_else(|| self.no(node, "this calculation has no compiled form"))
    }

    pub fn minus(&mut self, node: &Node, inner: Expr<'r>) -> Low<Expr<'r>> {
        let zero = Word::Constant(0);
        let found = match inner {
            Expr::Word(kind @ Kind::Fixed(_), word) => {
                sum_of(word).times(-1).map(|sum| Expr::Word(kind, of_sum(sum)))
            }
            Expr::Word(kind @ (Kind::Whole | Kind::Either(_) | Kind::Exact), word) => {
                Some(Expr::Word(kind, binary(Operator::Subtract, zero, word)))
            }
            Expr::Word(kind @ (Kind::Days | Kind::Months), word) => {
                Some(Expr::Word(kind, narrow(binary(Operator::Subtract, zero, word))))
            }
            _ => None,
        };
        found.ok_or_else(|| self.no(node, "this calculation has no compiled form"))
    }
}

fn within(word: Word, low: i64, high: i64) -> Word {
    match word {
        Word::Constant(constant) if (low..=high).contains(&constant) => word,
        word => unary(Unary::Within { low, high, unit: 1 }, word),
    }
}

/// Days and months of a duration have 32 bits.
pub(super) fn narrow(word: Word) -> Word {
    within(word, i32::MIN.into(), i32::MAX.into())
}

/// 0001-01-01 and 9999-12-31.
fn a_day(word: Word) -> Word {
    within(word, -719_162, 2_932_896)
}

/// 0001-01-02T00:00:00Z and 9999-12-30T22:00:00Z.
fn an_instant(word: Word) -> Word {
    within(word, -62_135_510_400_000_000, 253_402_207_200_000_000)
}

fn on_words(op: Binary, (x, a): (&Kind, Word), (y, b): (&Kind, Word)) -> Option<(Kind, Word)> {
    use Kind::{Date, Days, Exact, Months, Time, Whole};
    let plain = match op {
        Binary::Add => Operator::Add,
        Binary::Subtract => Operator::Subtract,
        Binary::Multiply => Operator::Multiply,
        Binary::Remainder => Operator::Remainder,
        _ => return None,
    };
    let sum = matches!(op, Binary::Add | Binary::Subtract);
    let signed = |word| match op {
        Binary::Subtract => binary(Operator::Subtract, Word::Constant(0), word),
        _ => word,
    };
    match (x, y) {
        (Whole, Whole) => Some((Whole, binary(plain, a, b))),
        (Date, Days) if sum => Some((Date, a_day(binary(plain, a, b)))),
        (Days, Date) if op == Binary::Add => Some((Date, a_day(binary(plain, a, b)))),
        (Date, Months) if sum => Some((Date, binary(Operator::AddMonths, a, signed(b)))),
        (Months, Date) if op == Binary::Add => Some((Date, binary(Operator::AddMonths, b, a))),
        (Date, Date) if op == Binary::Subtract => Some((Days, binary(plain, a, b))),
        (Time, Time) if op == Binary::Subtract => Some((Exact, binary(plain, a, b))),
        (Time, Exact) if sum => Some((Time, an_instant(binary(plain, a, b)))),
        (Exact, Time) if op == Binary::Add => Some((Time, an_instant(binary(plain, a, b)))),
        (Time, Days) if sum => Some((Time, binary(Operator::TimeAddDays, a, signed(b)))),
        (Time, Months) if sum => Some((Time, binary(Operator::TimeAddMonths, a, signed(b)))),
        (Days, Time) if op == Binary::Add => Some((Time, binary(Operator::TimeAddDays, b, a))),
        (Months, Time) if op == Binary::Add => Some((Time, binary(Operator::TimeAddMonths, b, a))),
        (Exact, Exact) if sum => Some((Exact, binary(plain, a, b))),
        (Days, Days) if sum => Some((Days, narrow(binary(plain, a, b)))),
        (Months, Months) if sum => Some((Months, narrow(binary(plain, a, b)))),
        (Days | Months, Whole) | (Whole, Days | Months) if op == Binary::Multiply => {
            let kind = if *x == Whole { y } else { x };
            Some((kind.clone(), narrow(binary(plain, a, b))))
        }
        (Exact, Whole) | (Whole, Exact) if op == Binary::Multiply => {
            Some((Exact, binary(plain, a, b)))
        }
        _ => numbers(op, plain, (x, a), (y, b)),
    }
}

fn numbers(
    op: Binary,
    plain: Operator,
    (x, a): (&Kind, Word),
    (y, b): (&Kind, Word),
) -> Option<(Kind, Word)> {
    let (p, q) = (x.decimals()?, y.decimals()?);
    // A decimal on one side makes it a calculation with decimals.
    let fixed = matches!(x, Kind::Fixed(_)) || matches!(y, Kind::Fixed(_));
    let kind = |decimals| if fixed { Kind::Fixed(decimals) } else { Kind::Either(decimals) };
    match op {
        Binary::Add | Binary::Subtract | Binary::Remainder => {
            let decimals = p.max(q);
            let (a, b) = (rescaled(a, p, decimals)?, rescaled(b, q, decimals)?);
            if !fixed || op == Binary::Remainder {
                return Some((kind(decimals), binary(plain, a, b)));
            }
            let (one, two) = (sum_of(a), sum_of(b));
            let two = if op == Binary::Add { two } else { two.times(-1)? };
            Some((kind(decimals), of_sum(one.plus(two)?)))
        }
        Binary::Multiply => {
            let decimals = p.checked_add(q).filter(|all| *all <= MOST_DECIMALS)?;
            if fixed {
                let product = match (&a, &b) {
                    (Word::Constant(factor), other) | (other, Word::Constant(factor)) => {
                        sum_of(other.clone()).times(*factor).map(of_sum)
                    }
                    _ => None,
                };
                if let Some(product) = product {
                    return Some((kind(decimals), product));
                }
            }
            Some((kind(decimals), binary(plain, a, b)))
        }
        _ => None,
    }
}

/// By a constant with a reciprocal that ends: a product. Else a quotient, which is a decimal, of integers too.
fn divided<'r>((x, a): (&Kind, Word), (y, b): (&Kind, Word)) -> Option<Expr<'r>> {
    let (own, other) = (x.decimals()?, y.decimals()?);
    if let Word::Constant(divisor) = b
        && let Some((kind, word)) = by_reciprocal(own, a.clone(), divisor, other)
    {
        return Some(Expr::Word(kind, word));
    }
    // Both with as many decimals, or the numerator with more.
    let decimals = own.max(other);
    let ratio = Ratio {
        over: a,
        under: rescaled(b, other, decimals)?,
        decimals: 0,
        first: None,
        scaled: false,
    };
    Some(Expr::Ratio(Ratio { over: rescaled(ratio.over, own, decimals)?, ..ratio }))
}

fn by_reciprocal(own: u8, a: Word, divisor: i64, decimals: u8) -> Option<(Kind, Word)> {
    // 1 ÷ (divisor ÷ 10^decimals) = factor ÷ 10^more.
    let (more, factor) = (0..=6_u8).find_map(|more| {
        let whole = power(more.checked_add(decimals)?);
        (whole.checked_rem(divisor)? == 0).then_some((more, whole.checked_div(divisor)?))
    })?;
    let decimals = own.checked_add(more).filter(|all| *all <= MOST_DECIMALS)?;
    Some((Kind::Fixed(decimals), of_sum(sum_of(a).times(factor)?)))
}

/// The largest constant that a quotient is calculated with: digits on the way stay far below 28.
const LARGE: u64 = 1_000_000;

/// A quotient, with a word on its right or, turned, on its left.
pub(super) fn on_ratio(
    op: Binary,
    ratio: Ratio,
    kind: &Kind,
    word: Word,
    turned: bool,
) -> Option<Ratio> {
    let decimals = kind.decimals()?;
    let small = match &word {
        Word::Constant(constant) => constant.unsigned_abs() <= LARGE && decimals <= 4,
        _ => false,
    };
    let first = match ratio.first {
        None => Some(ratio.over.clone()),
        // Once more is enough.
        Some(_) => return None,
    };
    match op {
        Binary::Multiply => {
            let over = match (&ratio.over, &word) {
                (_, Word::Constant(factor)) => {
                    sum_of(ratio.over.clone()).times(*factor).map(of_sum)?
                }
                _ => binary(Operator::Multiply, ratio.over.clone(), word),
            };
            let decimals = ratio.decimals.checked_add(decimals)?;
            (decimals <= MOST_DECIMALS).then_some(Ratio {
                over,
                decimals,
                first,
                scaled: !small,
                ..ratio
            })
        }
        Binary::Add | Binary::Subtract
            if ratio.first.is_none() && ratio.decimals == 0 && !is_constant(&word) =>
        {
            beside(op, ratio, word, decimals, turned)
        }
        Binary::Add | Binary::Subtract if small && ratio.decimals == 0 => {
            let Word::Constant(constant) = word else { return None };
            // a/b + c = (a + c·b)/b, with decimals of c in both.
            let unit = power(decimals);
            let a = sum_of(ratio.over.clone()).times(unit)?;
            let b = sum_of(ratio.under.clone()).times(constant)?;
            let sum = match (op, turned) {
                (Binary::Add, _) => a.plus(b)?,
                (_, false) => a.plus(b.times(-1)?)?,
                (_, true) => b.plus(a.times(-1)?)?,
            };
            Some(Ratio { over: of_sum(sum), decimals, first, ..ratio })
        }
        _ => None,
    }
}

fn is_constant(word: &Word) -> bool {
    matches!(word, Word::Constant(_))
}

/// A quotient by a constant and a word: over one denominator, as small as it can be. How much the evaluator rounds depends on
/// how large the whole is.
fn beside(op: Binary, ratio: Ratio, word: Word, decimals: u8, turned: bool) -> Option<Ratio> {
    let Word::Constant(under @ 1..) = ratio.under else { return None };
    let (unit, whole) = (power(decimals), under.checked_mul(power(decimals))?);
    // a/b + c/u = (a·u + c·b)/(b·u).
    let (first, second) = (divisor(unit, whole), divisor(under, whole));
    let shared = divisor(first, second);
    let (one, two) = (unit.checked_div(shared)?, under.checked_div(shared)?);
    // So that what is rounded away of the quotient stays far below what is told apart.
    let limit = under.saturating_mul(10_000_000_000);
    let mut a = sum_of(within(ratio.over.clone(), -limit, limit));
    let mut b = sum_of(word);
    // Factors of the word share more with the denominator, mostly.
    let inner = b.terms.iter().map(|(factor, _)| *factor).fold(b.constant, divisor);
    let more = divisor(divisor(inner.checked_mul(two)?, one), whole.checked_div(shared)?);
    let more = more.max(1);
    a = a.times(one.checked_div(more)?)?;
    for (factor, _) in &mut b.terms {
        *factor = factor.checked_mul(two)?.checked_div(more)?;
    }
    b.constant = b.constant.checked_mul(two)?.checked_div(more)?;
    let b = b.times(1)?;
    let sum = match (op, turned) {
        (Binary::Add, _) => a.plus(b)?,
        (_, false) => a.plus(b.times(-1)?)?,
        (_, true) => b.plus(a.times(-1)?)?,
    };
    let under = Word::Constant(whole.checked_div(shared)?.checked_div(more)?);
    let first = Some(Word::Constant(1));
    Some(Ratio { over: of_sum(sum), under, decimals: 0, first, scaled: true })
}

/// The greatest number that divides both.
fn divisor(a: i64, b: i64) -> i64 {
    let (mut a, mut b) = (a.unsigned_abs(), b.unsigned_abs());
    while b != 0 {
        (a, b) = (b, a.checked_rem(b).unwrap_or(0));
    }
    i64::try_from(a).unwrap_or(1)
}

/// A quotient, rounded.
pub(super) fn quotient<'r>(ratio: Ratio, how: Round, digits: u8) -> Expr<'r> {
    let kind = if digits == 0 { Kind::Whole } else { Kind::Fixed(digits) };
    Expr::Word(kind, Word::Quotient(Box::new(Quotient { ratio, how, digits })))
}
