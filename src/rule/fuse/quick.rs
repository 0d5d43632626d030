//! Rules that a few checks of cells decide: all are made at once, without a branch between them, and what they come to together
//! says where the answer stands in a table.
//!
//! A rule costs a few nanoseconds this way, whatever its facts are: a branch that is guessed wrong costs more than ten checks.
//! Where a cell is unknown or wide there is no answer, and the longer ways look which of them are needed.

use super::super::facts::{BLOCK, FEW, Place, Words};
use super::super::plan::{Expr, Flow, Test, Thing, Word};
use super::super::syntax::Binary;
use super::linear::{Bounded, Cells, Linear, Source, cell_of, difference, size};

/// A rule by value, to be kept where it is asked.
///
/// What runs is made for the number of its checks: a call that is known beforehand is quicker than a choice among many.
#[derive(Clone)]
pub(crate) struct Quick {
    few: fn(&Self, &[i64; FEW]) -> Option<bool>,
    many: fn(&Self, &[i64; BLOCK]) -> Option<bool>,
    /// Cells that must have a word.
    needs: i64,
    /// By the number that the checks come to: a bit for each that fails, the first one's highest.
    answers: [u64; 4],
    checks: [Check; MOST],
    /// The block in which all cells lie.
    block: u32,
    /// Bits of sums that must not fail, or there is no answer here.
    guards: u32,
    /// The largest word with which no sum overflows.
    most: u64,
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
}

impl std::fmt::Debug for Quick {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Quick").field("needs", &self.needs).field("block", &self.block).finish()
    }
}

/// Without answers: the longer ways are asked.
impl Default for Quick {
    fn default() -> Self {
        let idle = Check { at: 0, second: 0, mask: 0, low: 0, width: 0, factors: [0; 2] };
        Self {
            few: |_, _| None,
            many: |_, _| None,
            needs: 0,
            answers: [0; 4],
            checks: [idle; MOST],
            block: 0,
            guards: 0,
            most: 0,
        }
    }
}

/// A word of a block, without asking whether it is there: where a block is half, so are the places.
#[inline(always)]
fn at<const W: usize>(words: &[i64; W], place: u8) -> i64 {
    words.get(usize::from(place) & (W - 1)).copied().unwrap_or(0)
}

impl Quick {
    /// One without answers for a test that needs more.
    pub fn new(test: &Test) -> Self {
        Builder::default().build(test).unwrap_or_default()
    }

    /// Whether the rule holds; `None` where a cell is unknown or wide.
    #[inline(always)]
    pub fn decide(&self, words: &Words) -> Option<bool> {
        match words {
            Words::Few(words) => (self.few)(self, words),
            Words::Many(blocks) => (self.many)(self, blocks.get(self.block as usize)?),
        }
    }

    /// `N` words, each between two bounds.
    #[inline(always)]
    fn words<const N: usize, const W: usize>(&self, words: &[i64; W]) -> Option<bool> {
        self.ranges::<N, W, false>(words)
    }

    /// `N` words of which some bits count, each between two bounds.
    #[inline(always)]
    fn masked<const N: usize, const W: usize>(&self, words: &[i64; W]) -> Option<bool> {
        self.ranges::<N, W, true>(words)
    }

    #[inline(always)]
    fn ranges<const N: usize, const W: usize, const MASKED: bool>(
        &self,
        words: &[i64; W],
    ) -> Option<bool> {
        if self.needs & !at(words, 0) != 0 {
            return None;
        }
        let mut failed = 0;
        for check in self.checks.first_chunk::<N>()? {
            let word = at(words, check.at);
            let word = if MASKED { word & check.mask } else { word };
            failed = with(failed, word.wrapping_sub(check.low), check.width);
        }
        Some(self.answer::<N>(failed))
    }

    /// `N` sums of two words, each between two bounds.
    #[inline(always)]
    fn pairs<const N: usize, const W: usize>(&self, words: &[i64; W]) -> Option<bool> {
        if self.needs & !at(words, 0) != 0 {
            return None;
        }
        let (mut failed, mut sizes) = (0, 0);
        for check in self.checks.first_chunk::<N>()? {
            let (one, two) = (at(words, check.at), at(words, check.second));
            let [a, b] = check.factors;
            sizes |= size(one) | size(two);
            let sum = one.wrapping_mul(a).wrapping_add(two.wrapping_mul(b));
            failed = with(failed, (sum & check.mask).wrapping_sub(check.low), check.width);
        }
        if sizes > self.most || failed & self.guards != 0 {
            return None;
        }
        Some(self.answer::<N>(failed))
    }

    /// A word less another, between two bounds.
    #[inline(always)]
    fn difference<const N: usize, const W: usize>(&self, words: &[i64; W]) -> Option<bool> {
        if self.needs & !at(words, 0) != 0 {
            return None;
        }
        let [check, ..] = &self.checks;
        let (one, two) = (at(words, check.at), at(words, check.second));
        if size(one) | size(two) > self.most {
            return None;
        }
        let found = one.wrapping_sub(two).wrapping_sub(check.low);
        Some(self.answer::<N>(with(0, found, check.width)))
    }

    /// One sum of twice `N` words between the bounds of the first check.
    #[inline(always)]
    fn sum<const N: usize, const W: usize>(&self, words: &[i64; W]) -> Option<bool> {
        if self.needs & !at(words, 0) != 0 {
            return None;
        }
        let (mut sum, mut sizes) = (0_i64, 0);
        for check in self.checks.first_chunk::<N>()? {
            let (one, two) = (at(words, check.at), at(words, check.second));
            let [a, b] = check.factors;
            sizes |= size(one) | size(two);
            sum = sum.wrapping_add(one.wrapping_mul(a)).wrapping_add(two.wrapping_mul(b));
        }
        if sizes > self.most {
            return None;
        }
        let [first, ..] = &self.checks;
        Some(self.answer::<1>(with(0, sum.wrapping_sub(first.low), first.width)))
    }

    /// What `N` checks come to.
    #[inline(always)]
    fn answer<const N: usize>(&self, failed: u32) -> bool {
        let number = if N <= 6 { 0 } else { (failed >> 6) as usize & 3 };
        let answers = self.answers.get(number).copied().unwrap_or(0);
        answers.wrapping_shr(failed) & 1 == 1
    }

    /// With what runs it: so many checks of a shape, which go together in this way; some of them must not fail.
    fn running(
        self,
        shape: Shape,
        checks: usize,
        formula: &Formula,
        guards: usize,
    ) -> Option<Self> {
        macro_rules! with {
            ($shape:ident $count:literal) => {
                Self {
                    few: |quick, words| quick.$shape::<$count, FEW>(words),
                    many: |quick, words| quick.$shape::<$count, BLOCK>(words),
                    ..self.answering($count, formula, guards)
                }
            };
            (sum of $count:literal) => {
                Self {
                    few: |quick, words| quick.sum::<$count, FEW>(words),
                    many: |quick, words| quick.sum::<$count, BLOCK>(words),
                    ..self.answering(1, formula, guards)
                }
            };
        }
        Some(match (shape, checks) {
            (Shape::Words, 1) => with!(words 1),
            (Shape::Words, 2) => with!(words 2),
            (Shape::Words, 3) => with!(words 3),
            (Shape::Words, 4) => with!(words 4),
            (Shape::Words, 5) => with!(words 5),
            (Shape::Words, 6) => with!(words 6),
            (Shape::Words, 7 | 8) => with!(words 8),
            (Shape::Masked, 1) => with!(masked 1),
            (Shape::Masked, 2) => with!(masked 2),
            (Shape::Masked, 3) => with!(masked 3),
            (Shape::Masked, 4) => with!(masked 4),
            (Shape::Masked, 5) => with!(masked 5),
            (Shape::Masked, 6) => with!(masked 6),
            (Shape::Masked, 7 | 8) => with!(masked 8),
            (Shape::Difference, 1) => with!(difference 1),
            (Shape::Pairs, 1) => with!(pairs 1),
            (Shape::Pairs, 2) => with!(pairs 2),
            (Shape::Pairs, 3) => with!(pairs 3),
            (Shape::Pairs, 4) => with!(pairs 4),
            (Shape::Pairs, 5 | 6) => with!(pairs 6),
            (Shape::Sum, 1 | 2) => with!(sum of 2),
            (Shape::Sum, 3 | 4) => with!(sum of 4),
            _ => return None,
        })
    }

    /// With the answers of a formula, where so many checks are made.
    fn answering(mut self, checks: u32, formula: &Formula, guards: usize) -> Self {
        // The other way round: the first check's bit is the highest here, and the lowest in formulas.
        let turned = |bits: usize| {
            (0..checks)
                .filter(|place| bits >> place & 1 == 1)
                .map(|place| 1_usize << (checks - 1 - place))
                .sum::<usize>()
        };
        let all = (1_usize << checks) - 1;
        for failed in 0..=all {
            if formula.holds(all & !turned(failed))
                && let Some(word) = self.answers.get_mut(failed / 64)
            {
                *word |= 1 << (failed % 64);
            }
        }
        self.guards = u32::try_from(turned(guards)).unwrap_or(u32::MAX);
        self
    }
}

/// One check more: whether a word is at most so large.
#[inline(always)]
fn with(failed: u32, word: i64, most: u64) -> u32 {
    // Added, not shifted and joined: a comparison leaves what is added as it is.
    failed.wrapping_add(failed).wrapping_add(u32::from(word.cast_unsigned() > most))
}

#[derive(Clone, Copy, PartialEq)]
enum Shape {
    Words,
    Masked,
    Difference,
    Pairs,
    Sum,
}

/// How checks go together.
enum Formula {
    Constant(bool),
    /// By number of check.
    Check(usize),
    Not(Box<Formula>),
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
            Self::Not(inner) => !inner.holds(bits),
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

/// One check.
#[derive(PartialEq)]
enum Atom {
    Word(Check),
    Sum(Linear),
}

/// Checks of one rule.
const MOST: usize = 8;

/// Ranges that a mask is made of.
const RANGES: usize = 3;

#[derive(Default)]
struct Builder {
    atoms: Vec<Atom>,
    /// By number of check.
    guards: usize,
    /// The block of all cells.
    block: Option<usize>,
    needs: i64,
}

impl Builder {
    fn build(mut self, test: &Test) -> Option<Quick> {
        let formula = self.formula(test)?;
        let block = u32::try_from(self.block?).ok()?;
        let mut quick = Quick { needs: self.needs, block, most: self.most(), ..Quick::default() };
        if let [Atom::Sum(sum)] = self.atoms.as_slice()
            && sum.terms.len() > 2
        {
            if self.guards != 0 || sum.terms.len() > 2 * MOST {
                return None;
            }
            // What is not needed adds nothing, and reads a word that is read anyway.
            quick.checks = [Check { factors: [0; 2], ..paired(&sum.terms, sum)? }; MOST];
            for (check, terms) in quick.checks.iter_mut().zip(sum.terms.chunks(2)) {
                *check = paired(terms, sum)?;
            }
            let checks = sum.terms.len().div_ceil(2);
            return quick.running(Shape::Sum, checks, &formula, 0);
        }
        let is_masked = |atom: &Atom| matches!(atom, Atom::Word(check) if check.mask != -1);
        let mut shape = if self.atoms.iter().any(is_masked) { Shape::Masked } else { Shape::Words };
        let mut checks = Vec::new();
        for atom in &self.atoms {
            checks.push(match atom {
                Atom::Word(check) => *check,
                Atom::Sum(sum) if sum.terms.len() <= 2 => {
                    shape = Shape::Pairs;
                    paired(&sum.terms, sum)?
                }
                Atom::Sum(_) => return None,
            });
        }
        // What is not needed does what is done anyway.
        checks.resize(MOST.max(checks.len()), *checks.first()?);
        quick.checks = checks.try_into().ok()?;
        if let ([Atom::Sum(_)], [Check { factors: [1, -1], .. }, ..]) =
            (&*self.atoms, &quick.checks)
        {
            shape = Shape::Difference;
        }
        quick.running(shape, self.atoms.len(), &formula, self.guards)
    }

    /// The largest word with which no sum overflows.
    fn most(&self) -> u64 {
        let sums = self.atoms.iter().filter_map(|atom| match atom {
            Atom::Sum(sum) => Some(sum.most),
            Atom::Word(_) => None,
        });
        sums.min().unwrap_or(u64::MAX)
    }

    fn formula(&mut self, test: &Test) -> Option<Formula> {
        Some(match test {
            Test::Constant(truth) => Formula::Constant(*truth),
            Test::Cell(cell) => self.range(*cell, 1, 1)?,
            Test::Word(word) => match &**word {
                Word::Truth(test) => self.formula(test)?,
                word => Formula::Not(Box::new(self.range(cell_of(word)?, 0, 0)?)),
            },
            Test::Not(inner) => Formula::Not(Box::new(self.formula(inner)?)),
            Test::All { tests, .. } => Formula::All(self.formulas(tests)?),
            Test::Any { tests, .. } => Formula::Any(self.formulas(tests)?),
            Test::Count { tests, at_least } => Formula::Count(self.formulas(tests)?, *at_least),
            Test::Range { word, low, high, negated } => {
                let found = match cell_of(word) {
                    Some(cell) => self.range(cell, *low, *high)?,
                    None => self.sum(Cells::of(word, None)?, (*low).into(), (*high).into())?,
                };
                if *negated { Formula::Not(Box::new(found)) } else { found }
            }
            Test::Linear { sum, low, high, negated } => {
                let found = self.sum(Cells::of_sum(sum, None)?, *low, *high)?;
                if *negated { Formula::Not(Box::new(found)) } else { found }
            }
            Test::Compare { op, left, right } => self.compare(*op, left, right)?,
            Test::Mask { word, mask } => self.mask(cell_of(word)?, *mask)?,
            Test::Holds { cell, bits } => {
                let at = self.need(Place::of(*cell))?;
                self.check(at, *bits, *bits, 0)?
            }
            Test::Each { cell: Some(cell), every, .. } => {
                let decided = self.range(*cell, 1, i64::MAX)?;
                if *every { Formula::Not(Box::new(decided)) } else { decided }
            }
            Test::Known(inner) => {
                let cell = match &**inner {
                    Expr::Word(_, Word::Cell(cell)) | Expr::Test(Test::Cell(cell)) => *cell,
                    Expr::Thing(Thing::Fact(id)) => id.0,
                    _ => return None,
                };
                let place = Place::of(cell);
                self.within(place)?;
                // Behind the bits of what has a word lie those of what has a value.
                self.check(1, place.bit(), place.bit(), 0)?
            }
            Test::Flow(flow) => match &**flow {
                Flow::If(condition, then, otherwise) => Formula::If(Box::new([
                    self.formula(condition)?,
                    self.formula(then)?,
                    self.formula(otherwise)?,
                ])),
                Flow::Match(arms, Some(otherwise)) => {
                    let mut laid = Vec::new();
                    for (when, then) in arms {
                        laid.push((self.formula(when)?, self.formula(then)?));
                    }
                    let last = self.formula(otherwise)?;
                    laid.into_iter()
                        .rev()
                        .fold(last, |rest, (when, then)| Formula::If(Box::new([when, then, rest])))
                }
                _ => return None,
            },
            _ => return None,
        })
    }

    fn formulas(&mut self, tests: &[Test]) -> Option<Vec<Formula>> {
        tests.iter().map(|test| self.formula(test)).collect()
    }

    /// Where the word of a cell lies that must be there.
    fn need(&mut self, place: Place) -> Option<u8> {
        self.within(place)?;
        self.needs |= place.bit();
        Some(place.within())
    }

    /// All cells lie in one block.
    fn within(&mut self, place: Place) -> Option<()> {
        (*self.block.get_or_insert(place.block()) == place.block()).then_some(())
    }

    fn range(&mut self, cell: u32, low: i64, high: i64) -> Option<Formula> {
        let at = self.need(Place::of(cell))?;
        if low > high {
            return Some(Formula::Constant(false));
        }
        let width = high.wrapping_sub(low).cast_unsigned();
        self.check(at, -1, low, width)
    }

    fn check(&mut self, at: u8, mask: i64, low: i64, width: u64) -> Option<Formula> {
        let check = Check { at, second: at, mask, low, width, factors: [1, 0] };
        self.atom(Atom::Word(check)).map(Formula::Check)
    }

    fn atom(&mut self, atom: Atom) -> Option<usize> {
        let known = self.atoms.iter().position(|known| *known == atom);
        if known.is_none() {
            self.atoms.push(atom);
        }
        let number = known.unwrap_or(self.atoms.len() - 1);
        (number < MOST).then_some(number)
    }

    /// A mask as a few ranges.
    fn mask(&mut self, cell: u32, mut mask: u64) -> Option<Formula> {
        self.need(Place::of(cell))?;
        let mut parts = Vec::new();
        while mask != 0 {
            let low = mask.trailing_zeros();
            let length = (mask >> low).trailing_ones();
            if parts.len() >= RANGES {
                return None;
            }
            parts.push(self.range(cell, low.into(), (low + length - 1).into())?);
            mask &= u64::MAX.checked_shl(low + length).unwrap_or(0);
        }
        Some(match (parts.pop(), parts.is_empty()) {
            (None, _) => Formula::Constant(false),
            (Some(only), true) => only,
            (Some(last), false) => {
                parts.push(last);
                Formula::Any(parts)
            }
        })
    }

    fn sum(&mut self, mut cells: Cells, low: i128, high: i128) -> Option<Formula> {
        let spared = cells.spared().unsigned_abs();
        for (source, _) in &cells.terms {
            let Source::Cell(place) = source else { return None };
            self.need(*place)?;
        }
        for (guard, low, high) in &cells.guards {
            match guard.bounded((*low).into(), (*high).into())? {
                Bounded::Constant(true) => {}
                Bounded::Constant(false) => return None,
                Bounded::Linear(sum) => {
                    let number = self.atom(Atom::Sum(sum))?;
                    self.guards |= 1 << number;
                }
            }
        }
        Some(match cells.bounded(low, high)? {
            Bounded::Constant(truth) => Formula::Constant(truth),
            Bounded::Linear(mut sum) => {
                sum.most = sum.most.min(spared);
                Formula::Check(self.atom(Atom::Sum(sum))?)
            }
        })
    }

    fn compare(&mut self, op: Binary, left: &Word, right: &Word) -> Option<Formula> {
        if let (Word::Truth(one), Word::Truth(two)) = (left, right) {
            let (one, two) = (self.formula(one)?, self.formula(two)?);
            let equal = |truth| Formula::Constant(truth == (op != Binary::NotEqual));
            if !matches!(op, Binary::Equal | Binary::NotEqual) {
                return None;
            }
            // Of two booleans the second is asked once for either answer of the first.
            let (Formula::Check(a), Formula::Check(b)) = (&one, &two) else { return None };
            let (a, b) = (*a, *b);
            let then = Formula::If(Box::new([Formula::Check(b), equal(true), equal(false)]));
            let otherwise = Formula::If(Box::new([Formula::Check(b), equal(false), equal(true)]));
            return Some(Formula::If(Box::new([Formula::Check(a), then, otherwise])));
        }
        let (low, high, negated) = difference(op);
        let cells = Cells::difference(left, right, None)?;
        let found = self.sum(cells, low, high)?;
        Some(if negated { Formula::Not(Box::new(found)) } else { found })
    }
}

/// A part of a sum, of two words at most.
fn paired(terms: &[(Source, i64)], sum: &Linear) -> Option<Check> {
    let within = |source: &Source| match source {
        Source::Cell(place) => Some(place.within()),
        Source::Column(_) => None,
    };
    let (one, a) = terms.first()?;
    // What is not needed reads a word that is read anyway.
    let (two, b) = terms.get(1).copied().unwrap_or((*one, 0));
    let (at, second) = (within(one)?, within(&two)?);
    Some(Check { at, second, mask: -1, low: sum.low, width: sum.width, factors: [*a, b] })
}
