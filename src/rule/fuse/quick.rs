//! Rules that a few checks of cells decide: all are made at once, without a branch between them, and what they come to together
//! says where the answer stands in a table.
//!
//! A rule costs a few nanoseconds this way, whatever its facts are: a branch that is guessed wrong costs more than ten checks.
//! Where a cell is unknown or wide there is no answer, and the longer ways look which of them are needed.

use super::super::facts::{Place, Words};
use super::super::plan::{Expr, Flow, Test, Thing, Word};
use super::super::syntax::Binary;
use super::linear::{Bounded, Cells, Linear, cell_of, difference, size};

/// A rule by value, to be kept where it is asked.
#[derive(Debug, Clone)]
pub(crate) struct Quick {
    /// Runs the form that it is: a call that is known beforehand is quicker than a choice among many.
    run: fn(&Self, &Words) -> Option<bool>,
    form: Form,
    /// The block in which all cells lie.
    block: u32,
    /// Cells that must have a word.
    needs: i64,
}

#[derive(Debug, Clone)]
#[allow(
    clippy::large_enum_variant,
    reason = "it is kept by value, and copied when a handle is made"
)]
enum Form {
    /// Left to the longer ways.
    None,
    One(Checks<1, 1>),
    Two(Checks<2, 1>),
    Three(Checks<3, 1>),
    Four(Checks<4, 1>),
    Five(Checks<5, 1>),
    Six(Checks<6, 1>),
    Eight(Checks<8, 4>),
    Pair(Pairs<1>),
    TwoPairs(Pairs<2>),
    FourPairs(Pairs<4>),
    FourTerms(Terms<4>),
    EightTerms(Terms<8>),
}

/// Words between two bounds.
#[derive(Debug, Clone)]
struct Checks<const N: usize, const T: usize> {
    checks: [Check; N],
    /// By the bits that the checks come to.
    answers: [u64; T],
}

/// Whether what is left of a word under a mask lies between two bounds.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Check {
    at: u8,
    mask: i64,
    low: i64,
    width: u64,
}

/// Sums of two words times factors between two bounds.
#[derive(Debug, Clone)]
struct Pairs<const N: usize> {
    checks: [Pair; N],
    answers: u64,
    /// Bits that must be set, or there is no answer here.
    guards: u32,
    /// The largest word with which nothing overflows.
    most: u64,
}

#[derive(Debug, Clone, Copy)]
struct Pair {
    at: [u8; 2],
    factors: [i64; 2],
    mask: i64,
    low: i64,
    width: u64,
}

/// A longer sum between two bounds.
#[derive(Debug, Clone)]
struct Terms<const N: usize> {
    at: [u8; N],
    factors: [i64; N],
    low: i64,
    width: u64,
    most: u64,
    negated: bool,
}

impl Default for Quick {
    fn default() -> Self {
        Self { run: |_, _| None, form: Form::None, block: 0, needs: 0 }
    }
}

impl Quick {
    /// One without answers for a test that needs more.
    pub fn new(test: &Test) -> Self {
        Builder::default().build(test).unwrap_or_default()
    }

    /// Whether the rule holds; `None` where a cell is unknown or wide.
    #[inline(always)]
    pub fn decide(&self, words: &Words) -> Option<bool> {
        (self.run)(self, words)
    }
}

/// What is asked of a block of words.
trait Ask {
    fn ask<const W: usize>(&self, words: &[i64; W]) -> Option<bool>;
}

/// Asks it of the block in which its cells lie, where all of them have words.
#[inline(always)]
fn asked(quick: &Quick, words: &Words, form: &impl Ask) -> Option<bool> {
    match words {
        Words::Few(words) => {
            if quick.needs & !at(words, 0) != 0 {
                return None;
            }
            form.ask(words)
        }
        Words::Many(blocks) => {
            let words = blocks.get(quick.block as usize)?;
            if quick.needs & !at(words, 0) != 0 {
                return None;
            }
            form.ask(words)
        }
    }
}

/// A word of a block, without asking whether it is there: where a block is half, so are the places.
#[inline(always)]
fn at<const W: usize>(words: &[i64; W], place: u8) -> i64 {
    words.get(usize::from(place) & (W - 1)).copied().unwrap_or(0)
}

impl<const N: usize, const T: usize> Ask for Checks<N, T> {
    #[inline(always)]
    fn ask<const W: usize>(&self, words: &[i64; W]) -> Option<bool> {
        let mut bits = 0;
        for (place, check) in (0_u32..).zip(&self.checks) {
            let word = (at(words, check.at) & check.mask).wrapping_sub(check.low);
            bits |= u32::from(word.cast_unsigned() <= check.width).wrapping_shl(place);
        }
        let number = if T == 1 { 0 } else { (bits >> 6) as usize };
        let answers = self.answers.get(number).copied().unwrap_or(0);
        Some(answers.wrapping_shr(bits) & 1 == 1)
    }
}

impl<const N: usize> Ask for Pairs<N> {
    #[inline(always)]
    fn ask<const W: usize>(&self, words: &[i64; W]) -> Option<bool> {
        let (mut bits, mut sizes) = (0, 0);
        for (place, check) in (0_u32..).zip(&self.checks) {
            let [one, two] = check.at.map(|place| at(words, place));
            let [a, b] = check.factors;
            sizes |= size(one) | size(two);
            let sum = one.wrapping_mul(a).wrapping_add(two.wrapping_mul(b));
            let word = (sum & check.mask).wrapping_sub(check.low);
            bits |= u32::from(word.cast_unsigned() <= check.width).wrapping_shl(place);
        }
        if sizes > self.most || bits & self.guards != self.guards {
            return None;
        }
        Some(self.answers.wrapping_shr(bits) & 1 == 1)
    }
}

impl<const N: usize> Ask for Terms<N> {
    #[inline(always)]
    fn ask<const W: usize>(&self, words: &[i64; W]) -> Option<bool> {
        let (mut sum, mut sizes) = (0_i64, 0);
        for (place, factor) in self.at.iter().zip(&self.factors) {
            let word = at(words, *place);
            sizes |= size(word);
            sum = sum.wrapping_add(word.wrapping_mul(*factor));
        }
        if sizes > self.most {
            return None;
        }
        Some((sum.wrapping_sub(self.low).cast_unsigned() <= self.width) != self.negated)
    }
}

impl Form {
    fn runner(&self) -> fn(&Quick, &Words) -> Option<bool> {
        macro_rules! each {
            ($($form:ident)+) => {
                match self {
                    Self::None => |_, _| None,
                    $(Self::$form(_) => |quick, words| match &quick.form {
                        Self::$form(form) => asked(quick, words, form),
                        _ => None,
                    },)+
                }
            };
        }
        each!(One Two Three Four Five Six Eight Pair TwoPairs FourPairs FourTerms EightTerms)
    }
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

/// One check, and whether there is no answer where it fails.
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
    guards: u32,
    /// The block of all cells.
    block: Option<usize>,
    needs: i64,
}

impl Builder {
    fn build(mut self, test: &Test) -> Option<Quick> {
        let formula = self.formula(test)?;
        let form = self.form(&formula)?;
        let block = u32::try_from(self.block?).ok()?;
        Some(Quick { run: form.runner(), form, block, needs: self.needs })
    }

    fn form(&self, formula: &Formula) -> Option<Form> {
        if let [Atom::Sum(sum)] = self.atoms.as_slice()
            && sum.terms.len() > 2
        {
            let negated = !formula.holds(1);
            return match sum.terms.len() {
                _ if formula.holds(0) != negated || self.guards != 0 => None,
                ..=4 => terms(sum, negated).map(Form::FourTerms),
                _ => terms(sum, negated).map(Form::EightTerms),
            };
        }
        let words: Option<Vec<Check>> = self
            .atoms
            .iter()
            .map(|atom| match atom {
                Atom::Word(check) => Some(*check),
                Atom::Sum(_) => None,
            })
            .collect();
        if let Some(checks) = words {
            return Some(match checks.len() {
                0 => return None,
                1 => Form::One(filled(&checks, formula)?),
                2 => Form::Two(filled(&checks, formula)?),
                3 => Form::Three(filled(&checks, formula)?),
                4 => Form::Four(filled(&checks, formula)?),
                5 => Form::Five(filled(&checks, formula)?),
                6 => Form::Six(filled(&checks, formula)?),
                _ => Form::Eight(filled(&checks, formula)?),
            });
        }
        match self.atoms.len() {
            1 => self.pairs(formula).map(Form::Pair),
            2 => self.pairs(formula).map(Form::TwoPairs),
            _ => self.pairs(formula).map(Form::FourPairs),
        }
    }

    fn pairs<const N: usize>(&self, formula: &Formula) -> Option<Pairs<N>> {
        let mut most = u64::MAX;
        let mut checks = Vec::new();
        for atom in &self.atoms {
            checks.push(match atom {
                Atom::Word(Check { at, mask, low, width }) => {
                    Pair { at: [*at; 2], factors: [1, 0], mask: *mask, low: *low, width: *width }
                }
                Atom::Sum(sum) => {
                    most = most.min(sum.most);
                    let (one, two) = match sum.terms.as_slice() {
                        [one] => (*one, (one.0, 0)),
                        [one, two] => (*one, *two),
                        _ => return None,
                    };
                    let at = [one.0.within(), two.0.within()];
                    let factors = [one.1, two.1];
                    Pair { at, factors, mask: -1, low: sum.low, width: sum.width }
                }
            });
        }
        let [answers] = answers(N, checks.len(), formula);
        checks.resize(N.max(checks.len()), *checks.first()?);
        let checks = checks.try_into().ok()?;
        Some(Pairs { checks, answers, guards: self.guards, most })
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
                    None => self.sum(&Cells::of(word)?, (*low).into(), (*high).into())?,
                };
                if *negated { Formula::Not(Box::new(found)) } else { found }
            }
            Test::Linear { sum, low, high, negated } => {
                let found = self.sum(&Cells::of_sum(sum)?, *low, *high)?;
                if *negated { Formula::Not(Box::new(found)) } else { found }
            }
            Test::Compare { op, left, right } => self.compare(*op, left, right)?,
            Test::Mask { word, mask } => self.mask(cell_of(word)?, *mask)?,
            Test::Holds { cell, bits } => {
                let at = self.need(*cell)?;
                self.check(Check { at, mask: *bits, low: *bits, width: 0 })?
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
                self.check(Check { at: 1, mask: place.bit(), low: place.bit(), width: 0 })?
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
    fn need(&mut self, cell: u32) -> Option<u8> {
        let place = Place::of(cell);
        self.within(place)?;
        self.needs |= place.bit();
        Some(place.within())
    }

    /// All cells lie in one block.
    fn within(&mut self, place: Place) -> Option<()> {
        (*self.block.get_or_insert(place.block()) == place.block()).then_some(())
    }

    fn range(&mut self, cell: u32, low: i64, high: i64) -> Option<Formula> {
        let at = self.need(cell)?;
        if low > high {
            return Some(Formula::Constant(false));
        }
        let width = high.wrapping_sub(low).cast_unsigned();
        self.check(Check { at, mask: -1, low, width })
    }

    fn check(&mut self, check: Check) -> Option<Formula> {
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
        self.need(cell)?;
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

    fn sum(&mut self, cells: &Cells, low: i128, high: i128) -> Option<Formula> {
        for (cell, _) in &cells.terms {
            self.need(*cell)?;
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
            Bounded::Linear(sum) => Formula::Check(self.atom(Atom::Sum(sum))?),
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
        let cells = Cells::difference(left, right)?;
        let found = self.sum(&cells, low, high)?;
        Some(if negated { Formula::Not(Box::new(found)) } else { found })
    }
}

/// The answers to all that so many checks can come to, of which the first few count.
fn answers<const T: usize>(checks: usize, counting: usize, formula: &Formula) -> [u64; T] {
    let mut answers = [0; T];
    for bits in 0..1_usize << checks.min(MOST) {
        if formula.holds(bits & ((1 << counting) - 1))
            && let Some(word) = answers.get_mut(bits / 64)
        {
            *word |= 1 << (bits % 64);
        }
    }
    answers
}

fn filled<const N: usize, const T: usize>(
    checks: &[Check],
    formula: &Formula,
) -> Option<Checks<N, T>> {
    let answers = answers(N, checks.len(), formula);
    let mut checks = checks.to_vec();
    checks.resize(N.max(checks.len()), *checks.first()?);
    Some(Checks { checks: checks.try_into().ok()?, answers })
}

fn terms<const N: usize>(sum: &Linear, negated: bool) -> Option<Terms<N>> {
    let (mut at, mut factors) = ([0; N], [0; N]);
    if sum.terms.len() > N {
        return None;
    }
    for ((place, own), (at, factor)) in sum.terms.iter().zip(at.iter_mut().zip(&mut factors)) {
        (*at, *factor) = (place.within(), *own);
    }
    // What is not needed reads a word that is read anyway.
    let (first, _) = sum.terms.first()?;
    at.iter_mut().skip(sum.terms.len()).for_each(|at| *at = first.within());
    Some(Terms { at, factors, low: sum.low, width: sum.width, most: sum.most, negated })
}
