//! A node that decides by a few checks of cells: all are made at once, without a branch between them, and what they come to
//! together says where the answer stands in a table.
//!
//! A few nanoseconds, whatever the facts are: a branch that is guessed wrong costs more than ten checks. Where something is
//! unknown the table is asked twice, as if all of that failed and as if all of it held: both say the same or nothing. Beneath lies
//! the tree that the node was made of, for everything else: a value without a word, a sum that could overflow.

use super::Truth;
use super::facts::{BLOCK, FEW, Words};
use super::ir::{Cell, Linear, Operator, Path, Sum, Test, Unary, Word};
use super::syntax::Binary;

/// Checks of one node.
const MOST: usize = 8;

/// Ranges that are checked without a call.
const INLINE: usize = 4;

/// Ranges that a set is made of.
const RANGES: usize = 3;

/// Checks, by value: to be kept where a rule is asked.
///
/// What runs is made for the number of checks: a call that is known beforehand is quicker than a choice among many.
#[derive(Clone)]
pub(crate) struct Checks {
    few: fn(&Self, &[i64; FEW]) -> Option<bool>,
    many: fn(&Self, &[i64; BLOCK]) -> Option<bool>,
    slice: fn(&Self, &[i64]) -> Option<bool>,
    /// For which of up to 64 rows of a list it holds.
    rows: fn(&Self, &[i64], usize) -> Option<u64>,
    /// Cells that must have a word.
    needs: i64,
    /// By the number that the checks come to: a bit for each that fails, the first one's highest.
    answers: [u64; 4],
    checks: [Check; MOST],
    /// The block in which all cells lie.
    block: u32,
    count: u8,
    scope: u8,
    /// Whether more that holds never makes less of the whole hold, so that what is unknown can be tried both ways.
    monotone: bool,
    /// Whether it is no more than four ranges: then nothing is called.
    inline: bool,
}

/// Whether what is left of a word, or of a sum of two words times factors, under a mask lies between two bounds.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Check {
    /// In its block.
    at: u8,
    second: u8,
    mask: i64,
    low: i64,
    width: u64,
    factors: [i64; 2],
    /// The cells that it reads.
    needs: i64,
    /// The largest word with which no step of a sum overflows or leaves the calendar.
    most: u64,
}

impl std::fmt::Debug for Checks {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Checks").field("needs", &self.needs).field("block", &self.block).finish()
    }
}

/// Without answers.
impl Default for Checks {
    fn default() -> Self {
        let idle = Check {
            at: 0,
            second: 0,
            mask: 0,
            low: 0,
            width: 0,
            factors: [0; 2],
            needs: 0,
            most: 0,
        };
        Self {
            few: |_, _| None,
            many: |_, _| None,
            slice: |_, _| None,
            rows: |_, _, _| None,
            needs: 0,
            answers: [0; 4],
            checks: [idle; MOST],
            block: 0,
            count: 0,
            scope: 0,
            monotone: false,
            inline: false,
        }
    }
}

/// Words of a block.
trait Block {
    fn at(&self, place: u8) -> i64;
}

impl<const W: usize> Block for [i64; W] {
    /// Without asking whether it is there: where a block is half, so are the places.
    #[inline(always)]
    fn at(&self, place: u8) -> i64 {
        self.get(usize::from(place) & (W - 1)).copied().unwrap_or(0)
    }
}

impl Block for [i64] {
    #[inline(always)]
    fn at(&self, place: u8) -> i64 {
        self.get(usize::from(place)).copied().unwrap_or(0)
    }
}

/// How large a word is, about: never too small for what it is compared with.
#[inline(always)]
fn size(word: i64) -> u64 {
    (word ^ (word >> 63)).cast_unsigned()
}

/// One check more: whether a word is at most so large.
#[inline(always)]
fn with(failed: u32, word: i64, most: u64) -> u32 {
    // Added, not shifted and joined: a comparison leaves what is added as it is.
    failed.wrapping_add(failed).wrapping_add(u32::from(word.cast_unsigned() > most))
}

impl Checks {
    /// Whether it holds; `None` where a cell has no word.
    #[inline(always)]
    pub fn decide(&self, words: &Words) -> Option<bool> {
        match words {
            _ if self.count == 0 => None,
            Words::Few(words) if self.inline => self.inlined(words),
            Words::Few(words) => (self.few)(self, words),
            Words::Many(blocks) => {
                let words = blocks.get(self.block as usize)?;
                if self.inline { self.inlined(words) } else { (self.many)(self, words) }
            }
        }
    }

    /// Four ranges, however many there are: they are checked beside one another.
    #[inline(always)]
    fn inlined<B: Block + ?Sized>(&self, words: &B) -> Option<bool> {
        if self.needs & !words.at(0) != 0 {
            return None;
        }
        let mut failed = 0;
        for check in self.checks.first_chunk::<INLINE>()? {
            let word = words.at(check.at) & check.mask;
            failed = with(failed, word.wrapping_sub(check.low), check.width);
        }
        Some(self.looked_up::<INLINE>(failed >> 4_u32.wrapping_sub(self.count.into())))
    }

    /// For which rows of a list it holds, of up to 64; `None` where something has no word.
    #[inline(always)]
    pub fn decide_rows(&self, words: &[i64], width: usize) -> Option<u64> {
        (self.rows)(self, words, width)
    }

    /// The scope of its cells.
    #[inline(always)]
    pub fn scope(&self) -> u8 {
        self.scope
    }

    /// Whether it holds for cells in a row.
    #[inline(always)]
    pub fn decide_slice(&self, words: &[i64]) -> Option<bool> {
        match self.block {
            0 => (self.slice)(self, words),
            block => (self.slice)(self, words.get(block as usize * BLOCK..)?),
        }
    }

    /// Whether it holds, where something may be unknown; `None` where this is not sure.
    #[inline]
    pub fn decide_partly(&self, words: &[i64]) -> Option<Truth> {
        let words = words.get(self.block as usize * BLOCK..)?;
        match (self.slice)(self, words) {
            Some(truth) => Some(Truth::of(truth)),
            None => self.decide_unknown(words),
        }
    }

    #[inline(never)]
    fn decide_unknown(&self, words: &[i64]) -> Option<Truth> {
        let (exact, there) = (words.at(0), words.at(1));
        if !self.monotone || there & !exact & self.needs != 0 {
            return None;
        }
        let (mut failed, mut open, mut large) = (0, 0, false);
        for check in self.checks.get(..usize::from(self.count))? {
            let (one, two) = (words.at(check.at), words.at(check.second));
            let [a, b] = check.factors;
            large |= size(one) | size(two) > check.most;
            let sum = one.wrapping_mul(a).wrapping_add(two.wrapping_mul(b));
            failed = with(failed, (sum & check.mask).wrapping_sub(check.low), check.width);
            open = 2 * open + u32::from(check.needs & !exact != 0);
        }
        if large {
            return None;
        }
        match (self.answer(failed | open), self.answer(failed & !open)) {
            (true, _) => Some(Truth::True),
            (false, true) => Some(Truth::Unknown),
            (false, false) => Some(Truth::False),
        }
    }

    #[inline(always)]
    fn answer(&self, failed: u32) -> bool {
        let answers = self.answers.get((failed >> 6) as usize & 3).copied().unwrap_or(0);
        answers.wrapping_shr(failed) & 1 == 1
    }

    /// `N` words of which some bits count, each between two bounds.
    #[inline(always)]
    fn ranges<const N: usize, B: Block + ?Sized>(&self, words: &B) -> Option<bool> {
        if self.needs & !words.at(0) != 0 {
            return None;
        }
        let mut failed = 0;
        for check in self.checks.first_chunk::<N>()? {
            let word = words.at(check.at) & check.mask;
            failed = with(failed, word.wrapping_sub(check.low), check.width);
        }
        Some(self.looked_up::<N>(failed))
    }

    /// `N` sums of two words, each between two bounds.
    #[inline(always)]
    fn pairs<const N: usize, B: Block + ?Sized>(&self, words: &B) -> Option<bool> {
        if self.needs & !words.at(0) != 0 {
            return None;
        }
        let (mut failed, mut large) = (0, false);
        for check in self.checks.first_chunk::<N>()? {
            let (one, two) = (words.at(check.at), words.at(check.second));
            let [a, b] = check.factors;
            large |= size(one) | size(two) > check.most;
            let sum = one.wrapping_mul(a).wrapping_add(two.wrapping_mul(b));
            failed = with(failed, (sum & check.mask).wrapping_sub(check.low), check.width);
        }
        (!large).then(|| self.looked_up::<N>(failed))
    }

    /// One sum of twice `N` words between the bounds of the first check.
    #[inline(always)]
    fn sum<const N: usize, B: Block + ?Sized>(&self, words: &B) -> Option<bool> {
        if self.needs & !words.at(0) != 0 {
            return None;
        }
        let (mut sum, mut sizes) = (0_i64, 0);
        for check in self.checks.first_chunk::<N>()? {
            let (one, two) = (words.at(check.at), words.at(check.second));
            let [a, b] = check.factors;
            sizes |= size(one) | size(two);
            sum = sum.wrapping_add(one.wrapping_mul(a)).wrapping_add(two.wrapping_mul(b));
        }
        let [first, ..] = &self.checks;
        if sizes > first.most {
            return None;
        }
        Some(self.looked_up::<1>(with(0, sum.wrapping_sub(first.low), first.width)))
    }

    /// What `N` checks come to.
    #[inline(always)]
    fn looked_up<const N: usize>(&self, failed: u32) -> bool {
        let number = if N <= 6 { 0 } else { (failed >> 6) as usize & 3 };
        let answers = self.answers.get(number).copied().unwrap_or(0);
        answers.wrapping_shr(failed) & 1 == 1
    }

    /// With what runs it: so many checks of a shape, which go together in this way.
    fn running(self, shape: Shape, checks: usize, formula: &Formula) -> Option<Self> {
        macro_rules! with {
            ($shape:ident $count:literal) => {
                with!($shape $count of $count)
            };
            ($shape:ident $run:literal of $count:literal) => {
                Self {
                    few: |checks, words| checks.$shape::<$run, _>(words),
                    many: |checks, words| checks.$shape::<$run, _>(words),
                    slice: |checks, words| checks.$shape::<$run, _>(words),
                    rows: |checks, words, width| {
                        let rows = words.chunks_exact(width).enumerate();
                        rows.fold(Some(0), |all, (place, row)| {
                            let holds = checks.$shape::<$run, _>(row)?;
                            Some(all? | u64::from(holds) << (place & 63))
                        })
                    },
                    inline: shape == Shape::Ranges && $count <= INLINE,
                    ..self.answering($count, formula)
                }
            };
        }
        Some(match (shape, checks) {
            (Shape::Ranges, 1) => with!(ranges 1),
            (Shape::Ranges, 2) => with!(ranges 2),
            (Shape::Ranges, 3) => with!(ranges 3),
            (Shape::Ranges, 4) => with!(ranges 4),
            (Shape::Ranges, 5) => with!(ranges 5),
            (Shape::Ranges, 6) => with!(ranges 6),
            (Shape::Ranges, 7 | 8) => with!(ranges 8),
            (Shape::Pairs, 1) => with!(pairs 1),
            (Shape::Pairs, 2) => with!(pairs 2),
            (Shape::Pairs, 3) => with!(pairs 3),
            (Shape::Pairs, 4) => with!(pairs 4),
            (Shape::Pairs, 5 | 6) => with!(pairs 6),
            (Shape::Pairs, 7 | 8) => with!(pairs 8),
            (Shape::Sum, 1 | 2) => with!(sum 2 of 1),
            (Shape::Sum, 3 | 4) => with!(sum 4 of 1),
            (Shape::Sum, 5..=8) => with!(sum 8 of 1),
            _ => return None,
        })
    }

    /// With the answers of a formula, where so many checks are made.
    fn answering(mut self, checks: u8, formula: &Formula) -> Self {
        for failed in 0..1_usize << checks {
            // The other way round: the first check's bit is the highest here, and the lowest in formulas.
            let holding = (0..checks)
                .filter(|place| failed >> (checks - 1 - place) & 1 == 0)
                .map(|place| 1_usize << place)
                .sum::<usize>();
            if formula.holds(holding)
                && let Some(word) = self.answers.get_mut(failed / 64)
            {
                *word |= 1 << (failed % 64);
            }
        }
        self.count = checks;
        self
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Shape {
    Ranges,
    Pairs,
    Sum,
}

/// How checks go together.
enum Formula {
    Constant(bool),
    /// By number of check.
    Check(usize),
    All(Vec<Formula>),
    Any(Vec<Formula>),
    Count(Vec<Formula>, usize),
    If(Box<[Formula; 3]>),
}

impl Formula {
    /// What it comes to, where the checks come to these bits.
    fn holds(&self, bits: usize) -> bool {
        match self {
            Self::Constant(truth) => *truth,
            Self::Check(number) => bits >> number & 1 == 1,
            Self::All(parts) => parts.iter().all(|part| part.holds(bits)),
            Self::Any(parts) => parts.iter().any(|part| part.holds(bits)),
            Self::Count(parts, least) => {
                parts.iter().filter(|part| part.holds(bits)).count() >= *least
            }
            Self::If(parts) => {
                let [condition, then, otherwise] = &**parts;
                if condition.holds(bits) { then.holds(bits) } else { otherwise.holds(bits) }
            }
        }
    }
}

/// Half of what a word has room for: for words times factors, and for constants.
const ROOM: i64 = 1 << 61;

/// Words are at least this large before a sum is left to the tree.
const LEAST: i64 = 1 << 31;

/// Words of dates are this large at least, and sums that would leave the calendar are left to the tree: days for two thousand
/// years.
const SPARED: i64 = 500_000;

/// A word as a sum of cells.
#[derive(Clone)]
struct Cells {
    terms: Vec<(Cell, i64)>,
    constant: i64,
    /// The most that factors, and constants, come to in any step.
    heaviest: i64,
    largest: i64,
    /// The largest word with which it is as sure as the tree.
    most: i64,
}

impl Cells {
    fn of_terms(terms: Vec<(Cell, i64)>, constant: i64) -> Option<Self> {
        Self { terms, constant, heaviest: 0, largest: 0, most: i64::MAX }.noted()
    }

    fn of(word: &Word) -> Option<Self> {
        match word {
            Word::Cell(cell) => Self::of_terms(vec![(*cell, 1)], 0),
            Word::Constant(constant) => Self::of_terms(Vec::new(), *constant),
            Word::Binary { op, sides } => {
                let [left, right] = &**sides;
                match (op, left, right) {
                    (Operator::Add, ..) => Self::of(left)?.plus(Self::of(right)?),
                    (Operator::Subtract, ..) => Self::of(left)?.plus(Self::of(right)?.times(-1)?),
                    (Operator::Multiply, Word::Constant(factor), word)
                    | (Operator::Multiply, word, Word::Constant(factor)) => {
                        Self::of(word)?.times(*factor)
                    }
                    _ => None,
                }
            }
            Word::Sum(sum) => Self::of_sum(sum),
            Word::Unary { op: Unary::Within { low, high, unit: 1 }, word } => {
                let mut found = Self::of(word)?;
                let room = high.saturating_sub(found.constant);
                let room = room.min(found.constant.saturating_sub(*low));
                let weight = found.terms.iter().map(|(_, factor)| factor.abs()).sum::<i64>();
                // One less: the size of a word below zero is one less than its distance.
                found.most = found.most.min((room / weight.max(1)).saturating_sub(1));
                (found.most >= SPARED).then_some(found)
            }
            _ => None,
        }
    }

    fn of_sum(sum: &Sum) -> Option<Self> {
        let mut all = Self::of_terms(Vec::new(), sum.constant)?;
        for (factor, word) in &sum.terms {
            all = all.plus(Self::of(word)?.times(*factor)?)?;
        }
        Some(all)
    }

    fn times(mut self, factor: i64) -> Option<Self> {
        for (_, own) in &mut self.terms {
            *own = own.checked_mul(factor)?;
        }
        self.constant = self.constant.checked_mul(factor)?;
        self.noted()
    }

    fn plus(mut self, other: Self) -> Option<Self> {
        for (cell, factor) in other.terms {
            match self.terms.iter_mut().find(|(known, _)| *known == cell) {
                Some((_, own)) => *own = own.checked_add(factor)?,
                None => self.terms.push((cell, factor)),
            }
        }
        self.constant = self.constant.checked_add(other.constant)?;
        self.heaviest = self.heaviest.checked_add(other.heaviest)?;
        self.largest = self.largest.checked_add(other.largest)?;
        self.most = self.most.min(other.most);
        self.noted()
    }

    fn noted(mut self) -> Option<Self> {
        let mut all = 0_i64;
        for (_, factor) in &self.terms {
            all = all.checked_add(factor.checked_abs()?)?;
        }
        self.heaviest = self.heaviest.max(all);
        self.largest = self.largest.max(self.constant.checked_abs()?);
        Some(self)
    }
}

/// Makes checks of a test.
#[derive(Default)]
struct Builder {
    checks: Vec<Check>,
    /// A sum of more than two words, and which check that is.
    long: Option<Vec<(Cell, i64)>>,
    /// Where all cells lie: scope and block.
    home: Option<(u8, usize)>,
    needs: i64,
    pairs: bool,
    /// An unknown part may not wait for the rest, or may turn the answer round.
    awkward: bool,
}

impl Checks {
    /// `None` for a test that needs more than a few checks of cells in one block.
    pub fn of(test: &Test) -> Option<Self> {
        let mut builder = Builder::default();
        let formula = builder.formula(test, false)?;
        let (scope, block) = builder.home?;
        let first = *builder.checks.first()?;
        let mut checks = Self {
            needs: builder.needs,
            block: u32::try_from(block).ok()?,
            scope,
            monotone: !builder.awkward,
            ..Self::default()
        };
        let (shape, count) = match &builder.long {
            Some(terms) => {
                // What is not needed adds nothing, and reads a word that is read anyway.
                let idle = Check { factors: [0; 2], ..first };
                checks.checks = [idle; MOST];
                for (check, terms) in checks.checks.iter_mut().zip(terms.chunks(2)) {
                    *check = paired(terms, &first)?;
                }
                // All that is read is one check.
                checks.monotone = false;
                (Shape::Sum, terms.len().div_ceil(2))
            }
            None => {
                let count = builder.checks.len();
                // What is not needed does what is done anyway.
                builder.checks.resize(MOST, first);
                checks.checks = builder.checks.try_into().ok()?;
                (if builder.pairs { Shape::Pairs } else { Shape::Ranges }, count)
            }
        };
        checks.running(shape, count, &formula)
    }
}

/// A part of a sum, of two words at most.
fn paired(terms: &[(Cell, i64)], like: &Check) -> Option<Check> {
    let (one, a) = terms.first()?;
    // What is not needed reads a word that is read anyway.
    let (two, b) = terms.get(1).copied().unwrap_or((*one, 0));
    let (at, second) = (one.place.within(), two.place.within());
    let needs = one.place.bit() | two.place.bit();
    Some(Check { at, second, mask: -1, factors: [*a, b], needs, ..*like })
}

impl Builder {
    fn formula(&mut self, test: &Test, negated: bool) -> Option<Formula> {
        Some(match test {
            Test::Constant(truth) => Formula::Constant(*truth != negated),
            Test::Not(inner) => self.formula(inner, !negated)?,
            Test::All { tests, strict } | Test::Any { tests, strict } => {
                self.awkward |= *strict && tests.len() > 1;
                let parts = self.formulas(tests, negated)?;
                match matches!(test, Test::All { .. }) != negated {
                    true => Formula::All(parts),
                    false => Formula::Any(parts),
                }
            }
            Test::Count { tests, at_least } => {
                let parts = self.formulas(tests, negated)?;
                let least = match negated {
                    true => (tests.len() + 1).saturating_sub(*at_least),
                    false => *at_least,
                };
                Formula::Count(parts, least)
            }
            Test::Range { word, low, high, negated: outside } => {
                let negated = negated != *outside;
                match word {
                    Word::Cell(cell) => self.range(*cell, *low, *high, negated)?,
                    word => self.sum(Cells::of(word)?, (*low).into(), (*high).into(), negated)?,
                }
            }
            Test::Linear(linear) => {
                let Linear { sum, low, high, negated: outside } = &**linear;
                self.sum(Cells::of_sum(sum)?, *low, *high, negated != *outside)?
            }
            Test::Compare { op, sides } => self.compared(*op, sides, negated)?,
            Test::Mask { word: Word::Cell(cell), mask } => {
                let mut mask = *mask;
                let mut ranges = Vec::new();
                while mask != 0 {
                    let low = mask.trailing_zeros();
                    let length = (mask >> low).trailing_ones();
                    ranges.push((low.into(), (low + length - 1).into()));
                    mask &= u64::MAX.checked_shl(low + length).unwrap_or(0);
                }
                self.one_of(*cell, &ranges, negated)?
            }
            Test::OneOf { word: Word::Cell(cell), values } => {
                let ranges: Vec<(i64, i64)> = values.iter().map(|value| (*value, *value)).collect();
                self.one_of(*cell, &ranges, negated)?
            }
            Test::Holds { cell, bits } => {
                let needs = self.need(*cell)?;
                self.check(cell.place.within(), *bits, (*bits, *bits), needs, negated)?
            }
            Test::Known(path) => {
                let Path::Cell(cell) = &**path else { return None };
                self.within(*cell)?;
                // Behind the bits of what has a word lie those of what has a value.
                let bit = cell.place.bit();
                self.check(1, bit, (bit, bit), 0, negated)?
            }
            Test::If(parts) => {
                let [condition, then, otherwise] = &**parts;
                self.awkward = true;
                Formula::If(Box::new([
                    self.formula(condition, false)?,
                    self.formula(then, negated)?,
                    self.formula(otherwise, negated)?,
                ]))
            }
            _ => return None,
        })
    }

    fn formulas(&mut self, tests: &[Test], negated: bool) -> Option<Vec<Formula>> {
        tests.iter().map(|test| self.formula(test, negated)).collect()
    }

    /// All cells lie in one block.
    fn within(&mut self, cell: Cell) -> Option<()> {
        let home = (cell.scope, cell.place.block());
        (*self.home.get_or_insert(home) == home).then_some(())
    }

    fn need(&mut self, cell: Cell) -> Option<i64> {
        self.within(cell)?;
        self.needs |= cell.place.bit();
        Some(cell.place.bit())
    }

    fn range(&mut self, cell: Cell, low: i64, high: i64, negated: bool) -> Option<Formula> {
        let needs = self.need(cell)?;
        self.check(cell.place.within(), -1, (low, high), needs, negated)
    }

    /// A set as a few ranges.
    fn one_of(&mut self, cell: Cell, ranges: &[(i64, i64)], negated: bool) -> Option<Formula> {
        if ranges.is_empty() || ranges.len() > RANGES {
            return None;
        }
        let parts = ranges.iter().map(|(low, high)| self.range(cell, *low, *high, negated));
        let parts = parts.collect::<Option<_>>()?;
        Some(if negated { Formula::All(parts) } else { Formula::Any(parts) })
    }

    fn check(
        &mut self,
        at: u8,
        mask: i64,
        (low, high): (i64, i64),
        needs: i64,
        negated: bool,
    ) -> Option<Formula> {
        let most = u64::MAX;
        let check = Check { at, second: at, mask, low, width: 0, factors: [1, 0], needs, most };
        self.bounded(check, low, high, negated)
    }

    /// A check between bounds, or outside of them: that is between them, too, around the other way.
    fn bounded(&mut self, check: Check, low: i64, high: i64, negated: bool) -> Option<Formula> {
        let width = high.wrapping_sub(low).cast_unsigned();
        let (low, width) = match (low <= high, negated) {
            (true, false) => (low, width),
            (true, true) if width == u64::MAX => return self.never(check),
            (true, true) => (high.wrapping_add(1), u64::MAX - width - 1),
            (false, true) => (0, u64::MAX),
            (false, false) => return self.never(check),
        };
        self.push(Check { low, width, ..check })
    }

    /// What never holds, and is unknown where its cell is.
    fn never(&mut self, check: Check) -> Option<Formula> {
        self.push(Check { mask: 0, low: 1, width: 0, ..check })
    }

    fn push(&mut self, check: Check) -> Option<Formula> {
        let known = self.checks.iter().position(|known| *known == check);
        if known.is_none() {
            self.checks.push(check);
        }
        let number = known.unwrap_or(self.checks.len() - 1);
        (number < MOST && (self.long.is_none() || self.checks.len() == 1))
            .then_some(Formula::Check(number))
    }

    fn sum(&mut self, cells: Cells, low: i128, high: i128, negated: bool) -> Option<Formula> {
        let most = (ROOM / cells.heaviest.max(1)).min(cells.most);
        if cells.largest > ROOM || ROOM / cells.heaviest.max(1) < LEAST {
            return None;
        }
        for (cell, _) in &cells.terms {
            self.need(*cell)?;
        }
        let constant = i128::from(cells.constant);
        // A sum lies between twice the room on either side.
        let clamp = |bound: i128| {
            let room = i128::from(ROOM) * 2;
            i64::try_from(bound.saturating_sub(constant).clamp(-room, room)).ok()
        };
        let (below, above) = (clamp(low)?, clamp(high)?);
        if low > high {
            // Nothing lies there, but a step of the sum may be too large for an integer all the same.
            return None;
        }
        if cells.terms.is_empty() {
            return Some(Formula::Constant((below <= 0 && 0 <= above) != negated));
        }
        if cells.terms.len() > 2 {
            if !self.checks.is_empty() || negated || cells.terms.len() > 2 * MOST {
                return None;
            }
            self.long = Some(cells.terms.clone());
        } else {
            self.pairs = true;
        }
        let most = most.unsigned_abs();
        let like =
            Check { at: 0, second: 0, mask: -1, low: 0, width: 0, factors: [0; 2], needs: 0, most };
        self.bounded(paired(&cells.terms, &like)?, below, above, negated)
    }

    fn compared(&mut self, op: Binary, sides: &[Word; 2], negated: bool) -> Option<Formula> {
        let [left, right] = sides;
        let (low, high, outside) = match op {
            Binary::Less => (i128::MIN, -1, false),
            Binary::LessOrEqual => (i128::MIN, 0, false),
            Binary::Greater => (1, i128::MAX, false),
            Binary::GreaterOrEqual => (0, i128::MAX, false),
            Binary::NotEqual => (0, 0, true),
            _ => (0, 0, false),
        };
        let cells = match (left, right) {
            // Two booleans.
            (Word::Truth(one), Word::Truth(two)) => match (single(one), single(two)) {
                (Some(one), Some(two)) => Cells::of_terms(vec![(one, 1)], 0)?
                    .plus(Cells::of_terms(vec![(two, -1)], 0)?)?,
                _ => return None,
            },
            _ => Cells::of(left)?.plus(Cells::of(right)?.times(-1)?)?,
        };
        self.sum(cells, low, high, negated != outside)
    }
}

/// The cell of a boolean.
fn single(test: &Test) -> Option<Cell> {
    match test {
        Test::Range { word: Word::Cell(cell), low: 1, high: 1, negated: false } => Some(*cell),
        _ => None,
    }
}

/// How many checks a test is, about.
fn weight(test: &Test) -> usize {
    match test {
        Test::All { tests, .. } | Test::Any { tests, .. } | Test::Count { tests, .. } => {
            tests.iter().map(weight).sum()
        }
        Test::Not(inner) => weight(inner),
        Test::If(parts) => parts.iter().map(weight).sum(),
        Test::Range { word: Word::Cell(_), .. } | Test::Known(_) => 1,
        _ => 2,
    }
}

/// With checks wherever a few of them decide something. At the top, and for the items of a list, one is enough.
pub(super) fn grouped(test: Test, top: bool) -> Test {
    if (top || weight(&test) > 1)
        && let Some(checks) = Checks::of(&test)
    {
        return Test::Checks(Box::new((checks, test)));
    }
    match test {
        Test::All { tests, strict } => Test::All { tests: neighbours(tests, true, strict), strict },
        Test::Any { tests, strict } => {
            Test::Any { tests: neighbours(tests, false, strict), strict }
        }
        Test::Not(inner) => Test::Not(Box::new(grouped(*inner, false))),
        Test::Count { tests, at_least } => {
            let tests = tests.into_iter().map(|test| grouped(test, false)).collect();
            Test::Count { tests, at_least }
        }
        Test::If(parts) => Test::If(Box::new(parts.map(|part| grouped(part, false)))),
        Test::Each { mut each, every } => {
            each.group();
            Test::Each { each, every }
        }
        Test::Let(mut inner) => {
            inner.bind.group();
            inner.body = grouped(inner.body, false);
            Test::Let(inner)
        }
        Test::Range { mut word, low, high, negated } => {
            group_word(&mut word);
            Test::Range { word, low, high, negated }
        }
        Test::Compare { op, mut sides } => {
            sides.iter_mut().for_each(group_word);
            Test::Compare { op, sides }
        }
        Test::Linear(mut linear) => {
            linear.sum.terms.iter_mut().for_each(|(_, word)| group_word(word));
            Test::Linear(linear)
        }
        Test::Ratio(mut ratio) => {
            group_word(&mut ratio.ratio.over);
            group_word(&mut ratio.ratio.under);
            Test::Ratio(ratio)
        }
        other => other,
    }
}

/// Clauses that stand beside one another, in as few nodes as they fit: none is moved before another.
fn neighbours(tests: Vec<Test>, all: bool, strict: bool) -> Vec<Test> {
    let joined = |tests: Vec<Test>| match all {
        true => Test::All { tests, strict },
        false => Test::Any { tests, strict },
    };
    let mut left: std::collections::VecDeque<Test> = tests.into();
    let mut found = Vec::new();
    while let Some(first) = left.pop_front() {
        let mut run = vec![first];
        let mut fits = Checks::of(run.first().unwrap_or(&Test::Unsure)).is_some();
        while fits && let Some(next) = left.front() {
            let mut more = run.clone();
            more.push(next.clone());
            fits = Checks::of(&joined(more.clone())).is_some();
            if fits {
                run = more;
                left.pop_front();
            }
        }
        match (run.len(), run.pop()) {
            (1, Some(only)) => found.push(grouped(only, false)),
            (_, Some(last)) => {
                run.push(last);
                found.push(grouped(joined(run), false));
            }
            (_, None) => {}
        }
    }
    found
}

/// The tests inside a word.
pub(super) fn group_word(word: &mut Word) {
    let take = |test: &mut Test| {
        *test = grouped(std::mem::replace(test, Test::Unsure), false);
    };
    match word {
        Word::Truth(test) => take(test),
        Word::Sum(sum) => sum.terms.iter_mut().for_each(|(_, word)| group_word(word)),
        Word::Binary { sides, .. } => sides.iter_mut().for_each(group_word),
        Word::Unary { word, .. } => group_word(word),
        Word::If(parts) => {
            take(&mut parts.0);
            group_word(&mut parts.1);
            group_word(&mut parts.2);
        }
        Word::Or(options) => options.iter_mut().for_each(group_word),
        Word::First(each) | Word::Count(each) => each.group(),
        Word::Total(total) => {
            total.0.group();
            group_word(&mut total.1);
        }
        Word::Quotient(quotient) => {
            group_word(&mut quotient.ratio.over);
            group_word(&mut quotient.ratio.under);
        }
        Word::Let(inner) => {
            inner.bind.group();
            group_word(&mut inner.body);
        }
        _ => {}
    }
}
