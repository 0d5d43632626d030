//! Runs rules in typed form. What they mean is written once here, over [`Rows`] of any width: the row of one case, an item of a
//! list (`row`), or 1 024 rows of a table (`block`).
//!
//! Rows for which the answer is not sure are noted as they are met, and the evaluator answers for them; what else is said
//! of such a row counts for nothing. `live` are the rows that come to an expression, as the evaluator would.

pub(crate) mod bits;
mod block;
mod calculate;
mod columns;
mod row;
mod text;

use super::facts::within;
use super::ir::{
    At, Bind, Body, Cell, Each, Fold, Kind, Let, Linear, Operator, Outside, Path, Quotient,
    RatioTest, Sum, Test, Text, TextTest, Unary, Word,
};
use super::syntax::Binary;
use super::{Checks, Context, Rules, Truth};
use crate::table::StateId;
use crate::value::{Date, DateTime, Duration, Value};

pub(crate) use block::{Answers, Block};
pub(crate) use columns::Columns;
use row::{Frame, Row};

/// A set of rows.
pub(super) trait Bits: Copy {
    const NONE: Self;
    const ALL: Self;
    fn and(self, other: Self) -> Self;
    fn or(self, other: Self) -> Self;
    fn minus(self, other: Self) -> Self;
    fn is_empty(self) -> bool;
}

impl Bits for bool {
    const NONE: Self = false;
    const ALL: Self = true;
    #[inline(always)]
    fn and(self, other: Self) -> Self {
        self & other
    }
    #[inline(always)]
    fn or(self, other: Self) -> Self {
        self | other
    }
    #[inline(always)]
    fn minus(self, other: Self) -> Self {
        self & !other
    }
    #[inline(always)]
    fn is_empty(self) -> bool {
        !self
    }
}

/// A word for each row.
pub(super) trait Words: Clone {
    type Bits: Bits;
    fn splat(word: i64) -> Self;
    /// 1 where the bits are set, else 0.
    fn of_bits(bits: Self::Bits) -> Self;
    fn holds<const N: usize>(from: [&Self; N], holds: impl Fn([i64; N]) -> bool) -> Self::Bits;
    /// Words made of others, and where there is none.
    fn make<const N: usize>(
        from: [&Self; N],
        made: impl Fn([i64; N]) -> Option<i64>,
    ) -> (Self, Self::Bits);
    /// This one where the bits are set, else the other.
    fn or_else(self, bits: Self::Bits, other: &Self) -> Self;
}

impl Words for i64 {
    type Bits = bool;
    #[inline(always)]
    fn splat(word: i64) -> Self {
        word
    }
    #[inline(always)]
    fn of_bits(bits: bool) -> Self {
        Self::from(bits)
    }
    #[inline(always)]
    fn holds<const N: usize>(from: [&Self; N], holds: impl Fn([i64; N]) -> bool) -> bool {
        holds(from.map(|word| *word))
    }
    #[inline(always)]
    fn make<const N: usize>(
        from: [&Self; N],
        made: impl Fn([i64; N]) -> Option<i64>,
    ) -> (Self, bool) {
        match made(from.map(|word| *word)) {
            Some(word) => (word, false),
            None => (0, true),
        }
    }
    #[inline(always)]
    fn or_else(self, bits: bool, other: &Self) -> Self {
        if bits { self } else { *other }
    }
}

/// What a test gives: where it holds, and where that is known. It holds nowhere else.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Kleene<B> {
    pub truth: B,
    pub known: B,
}

impl<B: Bits> Kleene<B> {
    const UNKNOWN: Self = Self { truth: B::NONE, known: B::NONE };

    #[inline(always)]
    fn known(truth: B) -> Self {
        Self { truth, known: B::ALL }
    }

    #[inline(always)]
    fn negated(self) -> Self {
        Self { truth: self.known.minus(self.truth), known: self.known }
    }

    #[inline(always)]
    fn falsehood(self) -> B {
        self.known.minus(self.truth)
    }
}

/// Words, and where they are known; anything elsewhere.
#[derive(Debug, Clone)]
pub(crate) struct Lane<W, B> {
    pub words: W,
    pub known: B,
}

type Found<R> = Lane<<R as Rows>::Words, <R as Rows>::Bits>;

pub(super) trait Rows: Sized {
    type Bits: Bits;
    type Words: Words<Bits = Self::Bits>;

    fn rules(&self) -> &Rules;
    /// The evaluator must be asked for these rows.
    fn note(&mut self, rows: Self::Bits);
    fn doubted(&self) -> Self::Bits;
    fn register(&self, register: u8) -> Self::Words;
    fn set(&mut self, register: u8, words: Self::Words);

    fn cell(&mut self, cell: Cell, live: Self::Bits) -> Found<Self>;
    /// Where a cell has a value.
    fn there(&mut self, cell: Cell) -> Self::Bits;
    fn cell_range(
        &mut self,
        cell: Cell,
        low: i64,
        high: i64,
        live: Self::Bits,
    ) -> Kleene<Self::Bits>;
    fn sum(&mut self, sum: &Sum, live: Self::Bits) -> Found<Self>;
    fn linear(&mut self, linear: &Linear, live: Self::Bits) -> Kleene<Self::Bits>;
    fn checks(&mut self, checks: &(Checks, Test), live: Self::Bits) -> Kleene<Self::Bits>;
    fn active(&self, state: StateId) -> Self::Bits;
    fn outside(&mut self, outside: &Outside, live: Self::Bits) -> Found<Self>;
    fn text(&mut self, test: &TextTest, live: Self::Bits) -> Kleene<Self::Bits>;
    fn length(&mut self, text: &Text, live: Self::Bits) -> Found<Self>;
    fn text_known(&mut self, text: &Text, live: Self::Bits) -> Self::Bits;
    fn at(&mut self, at: &At, live: Self::Bits) -> Found<Self>;
    fn quantified(&mut self, each: &Each, every: bool, live: Self::Bits) -> Kleene<Self::Bits>;
    fn first(&mut self, each: &Each, live: Self::Bits) -> Found<Self>;
    fn counted(&mut self, each: &Each, live: Self::Bits) -> Found<Self>;
    fn total(&mut self, each: &Each, word: &Word, live: Self::Bits) -> Found<Self>;
    /// Where all that is set is known.
    fn fold(&mut self, fold: &Fold, live: Self::Bits) -> Self::Bits;

    /// The same, if there are any.
    #[inline(always)]
    fn doubt(&mut self, rows: Self::Bits) {
        if !rows.is_empty() {
            self.note(rows);
        }
    }

    #[inline]
    fn test(&mut self, test: &Test, live: Self::Bits) -> Kleene<Self::Bits> {
        match test {
            Test::Checks(checks) => self.checks(checks, live),
            Test::Range { word: Word::Cell(cell), low, high, negated } => {
                let found = self.cell_range(*cell, *low, *high, live);
                if *negated { found.negated() } else { found }
            }
            Test::Range { word, low, high, negated } => {
                let (low, high, negated) = (*low, *high, *negated);
                self.holds(word, live, |word| ((word >= low) & (word <= high)) != negated)
            }
            Test::Linear(linear) => {
                let found = self.linear(linear, live);
                if linear.negated { found.negated() } else { found }
            }
            Test::All { tests, strict } => self.joined(tests, true, *strict, live),
            Test::Any { tests, strict } => self.joined(tests, false, *strict, live),
            Test::Not(inner) => self.test(inner, live).negated(),
            Test::Compare { op, sides } => self.compared(*op, sides, live),
            Test::Each { each, every } => self.quantified(each, *every, live),
            Test::Let(inner) => self.test_behind(inner, live),
            other => self.test_rare(other, live),
        }
    }

    #[inline(never)]
    fn test_rare(&mut self, test: &Test, live: Self::Bits) -> Kleene<Self::Bits> {
        match test {
            Test::Constant(true) => Kleene::known(Self::Bits::ALL),
            Test::Constant(false) => Kleene::known(Self::Bits::NONE),
            Test::Mask { word, mask } => {
                let mask = *mask;
                self.holds(word, live, |word| within(mask, word))
            }
            Test::OneOf { word, values } => {
                self.holds(word, live, |word| values.binary_search(&word).is_ok())
            }
            Test::Holds { cell, bits } => {
                let (cell, bits) = (Word::Cell(*cell), *bits);
                self.holds(&cell, live, |word| word & bits == bits)
            }
            Test::Ratio(ratio) => self.ratio(ratio, live),
            Test::Text(test) => self.text(test, live),
            Test::Count { tests, at_least } => self.count_of(tests, *at_least, live),
            Test::If(parts) => self.either(parts, live),
            Test::Or(options) => self.first_known(options, live),
            Test::Known(path) => {
                let known = match &**path {
                    Path::Cell(cell) => self.there(*cell),
                    path => self.path_known(path, live),
                };
                Kleene::known(known)
            }
            Test::Active(state) => Kleene::known(self.active(*state)),
            // The others have been met before.
            _ => {
                self.doubt(live);
                Kleene::UNKNOWN
            }
        }
    }

    #[inline(always)]
    fn holds(
        &mut self,
        word: &Word,
        live: Self::Bits,
        holds: impl Fn(i64) -> bool,
    ) -> Kleene<Self::Bits> {
        let lane = self.word(word, live);
        let truth = Self::Words::holds([&lane.words], |[word]| holds(word));
        Kleene { truth: truth.and(lane.known), known: lane.known }
    }

    /// In the order of the text: what decides ends it.
    #[inline]
    fn joined(
        &mut self,
        tests: &[Test],
        all: bool,
        strict: bool,
        live: Self::Bits,
    ) -> Kleene<Self::Bits> {
        let (mut left, mut open, mut decided) = (live, Self::Bits::NONE, Self::Bits::NONE);
        for test in tests {
            let found = self.test(test, left);
            let deciding = if all { found.falsehood() } else { found.truth };
            left = left.minus(self.doubted());
            open = open.or(left.minus(found.known));
            decided = decided.or(left.and(deciding));
            left = left.minus(deciding);
            if strict {
                left = left.and(found.known);
            }
            if left.is_empty() {
                break;
            }
        }
        let rest = left.minus(open);
        Kleene { truth: if all { rest } else { decided }, known: rest.or(decided) }
    }

    fn compared(&mut self, op: Binary, sides: &[Word; 2], live: Self::Bits) -> Kleene<Self::Bits> {
        let [left, right] = sides;
        let (a, b) = (self.word(left, live), self.word(right, live));
        let words = [&a.words, &b.words];
        let truth = match op {
            Binary::Less => Self::Words::holds(words, |[a, b]| a < b),
            Binary::LessOrEqual => Self::Words::holds(words, |[a, b]| a <= b),
            Binary::Greater => Self::Words::holds(words, |[a, b]| a > b),
            Binary::GreaterOrEqual => Self::Words::holds(words, |[a, b]| a >= b),
            Binary::NotEqual => Self::Words::holds(words, |[a, b]| a != b),
            _ => Self::Words::holds(words, |[a, b]| a == b),
        };
        let known = a.known.and(b.known);
        Kleene { truth: truth.and(known), known }
    }

    #[inline(never)]
    fn ratio(&mut self, test: &RatioTest, live: Self::Bits) -> Kleene<Self::Bits> {
        let RatioTest { ratio, op, with, decimals } = test;
        let (over, under) = (self.word(&ratio.over, live), self.word(&ratio.under, live));
        let with = self.word(with, live);
        let first = match &ratio.first {
            Some(first) => self.word(first, live),
            None => over.clone(),
        };
        self.divided(&under, live);
        let known = over.known.and(under.known).and(with.known);
        let words = [&over.words, &under.words, &with.words, &first.words];
        let made = |words: [i64; 4]| ratio.compare(words, *op, *decimals);
        let (truth, wrong) = Self::Words::make(words, |words| made(words).map(i64::from));
        self.doubt(wrong.and(known).and(live));
        Kleene { truth: Self::Words::holds([&truth], |[word]| word != 0).and(known), known }
    }

    /// What is divided by zero fails before anything that is done with the quotient, and may be unknown.
    fn divided(&mut self, under: &Found<Self>, live: Self::Bits) {
        let zero = Self::Words::holds([&under.words], |[under]| under == 0);
        self.doubt(zero.and(under.known).and(live));
    }

    /// As the evaluator counts: so many that hold decide, and so many that do not.
    #[inline(never)]
    fn count_of(
        &mut self,
        tests: &[Test],
        at_least: usize,
        live: Self::Bits,
    ) -> Kleene<Self::Bits> {
        let too_many = (tests.len() + 1).saturating_sub(at_least);
        let (mut holding, mut failing) = ([Self::Bits::NONE; PLANES], [Self::Bits::NONE; PLANES]);
        let (mut left, mut truth, mut shut) = (live, Self::Bits::NONE, Self::Bits::NONE);
        for test in tests {
            let found = self.test(test, left);
            left = left.minus(self.doubted());
            tally(&mut holding, found.truth.and(left));
            tally(&mut failing, found.falsehood().and(left));
            let (reached, missed) = (reach(&holding, at_least), reach(&failing, too_many));
            truth = truth.or(reached.and(left));
            shut = shut.or(missed.and(left));
            left = left.minus(reached).minus(missed);
            if left.is_empty() {
                break;
            }
        }
        Kleene { truth, known: truth.or(shut) }
    }

    fn either(&mut self, parts: &[Test; 3], live: Self::Bits) -> Kleene<Self::Bits> {
        let [condition, then, otherwise] = parts;
        let condition = self.test(condition, live);
        let live = live.minus(self.doubted());
        let (yes, no) = (condition.truth.and(live), condition.falsehood().and(live));
        let mut all = Kleene::<Self::Bits>::UNKNOWN;
        for (part, live) in [(then, yes), (otherwise, no)] {
            if !live.is_empty() {
                let found = self.test(part, live);
                all.truth = all.truth.or(found.truth.and(live));
                all.known = all.known.or(found.known.and(live));
            }
        }
        all
    }

    fn first_known(&mut self, options: &[Test], live: Self::Bits) -> Kleene<Self::Bits> {
        let (mut left, mut all) = (live, Kleene::<Self::Bits>::UNKNOWN);
        for option in options {
            let found = self.test(option, left);
            all.truth = all.truth.or(found.truth.and(left));
            all.known = all.known.or(found.known.and(left));
            left = left.minus(found.known).minus(self.doubted());
            if left.is_empty() {
                break;
            }
        }
        all
    }

    fn path_known(&mut self, path: &Path, live: Self::Bits) -> Self::Bits {
        match path {
            Path::Cell(cell) => self.there(*cell),
            Path::Test(test) => self.test(test, live).known,
            Path::Word(word) => self.word(word, live).known,
            Path::Text(text) => self.text_known(text, live),
        }
    }

    /// The rows that come behind something, with a variable set.
    fn bound(&mut self, bind: &Bind, live: Self::Bits) -> Self::Bits {
        let known = match bind {
            Bind::Word(register, word) => {
                let lane = self.word(word, live);
                self.set(*register, lane.words);
                lane.known
            }
            Bind::Known(path) => self.path_known(path, live),
            Bind::Fold(fold) => self.fold(fold, live),
        };
        live.and(known).minus(self.doubted())
    }

    fn test_behind(&mut self, inner: &Let<Test>, live: Self::Bits) -> Kleene<Self::Bits> {
        let live = self.bound(&inner.bind, live);
        if live.is_empty() {
            return Kleene::UNKNOWN;
        }
        let found = self.test(&inner.body, live);
        Kleene { truth: found.truth.and(live), known: found.known.and(live) }
    }

    #[inline]
    fn word(&mut self, word: &Word, live: Self::Bits) -> Found<Self> {
        match word {
            Word::Cell(cell) => self.cell(*cell, live),
            Word::Constant(word) => {
                Lane { words: Self::Words::splat(*word), known: Self::Bits::ALL }
            }
            Word::Register(register) => {
                Lane { words: self.register(*register), known: Self::Bits::ALL }
            }
            Word::Sum(sum) => self.sum(sum, live),
            Word::Binary { op, sides } => self.binary(*op, sides, live),
            Word::If(parts) => self.word_either(parts, live),
            Word::Or(options) => self.word_first_known(options, live),
            Word::Count(each) => self.counted(each, live),
            Word::Total(total) => self.total(&total.0, &total.1, live),
            other => self.word_rare(other, live),
        }
    }

    #[inline(never)]
    fn word_rare(&mut self, word: &Word, live: Self::Bits) -> Found<Self> {
        match word {
            Word::Truth(test) => {
                let found = self.test(test, live);
                Lane { words: Self::Words::of_bits(found.truth), known: found.known }
            }
            Word::Unary { op, word } => self.unary(*op, word, live),
            Word::Quotient(quotient) => self.quotient(quotient, live),
            Word::Ymd(parts) => {
                let [year, month, day] = parts.each_ref().map(|part| self.word(part, live));
                let known = year.known.and(month.known).and(day.known);
                let words = [&year.words, &month.words, &day.words];
                let made = |[year, month, day]: [i64; 3]| Some(Date::new(year, month, day)?.days());
                self.made(words, known, live, made)
            }
            Word::Outside(outside) => self.outside(outside, live),
            Word::Length(text) => self.length(text, live),
            Word::At(at) => self.at(at, live),
            Word::First(each) => self.first(each, live),
            Word::Let(inner) => {
                let live = self.bound(&inner.bind, live);
                if live.is_empty() {
                    return Lane { words: Self::Words::splat(0), known: Self::Bits::NONE };
                }
                let found = self.word(&inner.body, live);
                Lane { words: found.words, known: found.known.and(live) }
            }
            // The others have been met before.
            _ => {
                self.doubt(live);
                Lane { words: Self::Words::splat(0), known: Self::Bits::NONE }
            }
        }
    }

    /// Words made of others that are known; where there is none, the evaluator knows.
    #[inline(always)]
    fn made<const N: usize>(
        &mut self,
        from: [&Self::Words; N],
        known: Self::Bits,
        live: Self::Bits,
        made: impl Fn([i64; N]) -> Option<i64>,
    ) -> Found<Self> {
        let (words, wrong) = Self::Words::make(from, made);
        self.doubt(wrong.and(known).and(live));
        Lane { words, known: known.minus(wrong) }
    }

    #[inline]
    fn binary(&mut self, op: Operator, sides: &[Word; 2], live: Self::Bits) -> Found<Self> {
        let [left, right] = sides;
        let (a, b) = (self.word(left, live), self.word(right, live));
        let (words, known) = ([&a.words, &b.words], a.known.and(b.known));
        match op {
            Operator::Add => self.made(words, known, live, |[a, b]| a.checked_add(b)),
            Operator::Subtract => self.made(words, known, live, |[a, b]| a.checked_sub(b)),
            Operator::Multiply => self.made(words, known, live, |[a, b]| a.checked_mul(b)),
            Operator::Least => self.made(words, known, live, |[a, b]| Some(a.min(b))),
            Operator::Greatest => self.made(words, known, live, |[a, b]| Some(a.max(b))),
            other => self.binary_rare(other, words, known, live),
        }
    }

    #[inline(never)]
    fn binary_rare(
        &mut self,
        op: Operator,
        words: [&Self::Words; 2],
        known: Self::Bits,
        live: Self::Bits,
    ) -> Found<Self> {
        match op {
            Operator::Divide => self.made(words, known, live, |[a, b]| op.of(a, b)),
            Operator::Remainder => self.made(words, known, live, |[a, b]| op.of(a, b)),
            Operator::AddMonths => {
                self.made(words, known, live, |[a, b]| Date::days_after_months(a, b))
            }
            Operator::AddWorkdays => {
                let (words, wrong) = {
                    let days = self.rules().workdays();
                    Self::Words::make(words, |[a, b]| days?.add(a, b))
                };
                self.doubt(wrong.and(known).and(live));
                Lane { words, known: known.minus(wrong) }
            }
            other => {
                let length = |count| match other {
                    Operator::TimeAddDays => Duration::days(count),
                    _ => Duration::months(count),
                };
                let (words, wrong) = {
                    let zone = &self.rules().zone;
                    let time = |time| Some(DateTime::from_microseconds(time)?.in_zone(zone));
                    Self::Words::make(words, |[a, b]| {
                        Some(time(a)?.add(length(b)?, zone)?.microseconds())
                    })
                };
                self.doubt(wrong.and(known).and(live));
                Lane { words, known: known.minus(wrong) }
            }
        }
    }

    #[inline(never)]
    fn unary(&mut self, op: Unary, word: &Word, live: Self::Bits) -> Found<Self> {
        let Lane { words, known } = self.word(word, live);
        let words = [&words];
        match op {
            Unary::Round(how, unit) => {
                self.made(words, known, live, |[word]| how.rounded(word.into(), unit.into()))
            }
            Unary::Absolute => self.made(words, known, live, |[word]| word.checked_abs()),
            Unary::Within { low, high, unit } => self.made(words, known, live, |[word]| {
                let fits = low <= word && word <= high;
                (fits && (unit == 1 || word.checked_rem(unit) == Some(0))).then_some(word)
            }),
            Unary::Exactly(unit) => self.made(words, known, live, |[word]| {
                (word.checked_rem(unit)? == 0).then(|| word.checked_div(unit)).flatten()
            }),
            Unary::Part(part) => self.made(words, known, live, |[word]| part.of(word)),
            Unary::PartOfTime(part) => {
                let (words, wrong) = {
                    let zone = &self.rules().zone;
                    Self::Words::make(words, |[word]| {
                        let time = DateTime::from_microseconds(word)?.in_zone(zone);
                        Some(part.of_date(time.date()))
                    })
                };
                self.doubt(wrong.and(known).and(live));
                Lane { words, known: known.minus(wrong) }
            }
            Unary::NextWorkday => {
                let (words, wrong) = {
                    let days = self.rules().workdays();
                    Self::Words::make(words, |[word]| days?.next(word))
                };
                self.doubt(wrong.and(known).and(live));
                Lane { words, known: known.minus(wrong) }
            }
        }
    }

    #[inline(never)]
    fn quotient(&mut self, quotient: &Quotient, live: Self::Bits) -> Found<Self> {
        let Quotient { ratio, how, digits } = quotient;
        let (over, under) = (self.word(&ratio.over, live), self.word(&ratio.under, live));
        self.divided(&under, live);
        let known = over.known.and(under.known);
        let first = match &ratio.first {
            Some(first) => self.word(first, live),
            None => over.clone(),
        };
        let made = |words: [i64; 3]| ratio.rounded(words, *how, *digits);
        self.made([&over.words, &under.words, &first.words], known, live, made)
    }

    fn word_either(&mut self, parts: &(Test, Word, Word), live: Self::Bits) -> Found<Self> {
        let (condition, then, otherwise) = parts;
        let condition = self.test(condition, live);
        let live = live.minus(self.doubted());
        let (yes, no) = (condition.truth.and(live), condition.falsehood().and(live));
        if no.is_empty() {
            let found = self.word(then, yes);
            return Lane { known: found.known.and(yes), words: found.words };
        }
        let b = self.word(otherwise, no);
        if yes.is_empty() {
            return Lane { known: b.known.and(no), words: b.words };
        }
        let a = self.word(then, yes);
        let known = a.known.and(yes).or(b.known.and(no));
        Lane { words: a.words.or_else(yes, &b.words), known }
    }

    fn word_first_known(&mut self, options: &[Word], live: Self::Bits) -> Found<Self> {
        let mut all = Lane { words: Self::Words::splat(0), known: Self::Bits::NONE };
        let mut left = live;
        for option in options {
            let found = self.word(option, left);
            let earlier = all.known;
            all.words = all.words.or_else(earlier, &found.words);
            all.known = earlier.or(found.known.and(left));
            left = left.minus(found.known).minus(self.doubted());
            if left.is_empty() {
                break;
            }
        }
        all
    }
}

/// Bits of numbers that say how many of up to 127 tests hold.
const PLANES: usize = 7;

/// Tests that can be counted.
pub(super) const COUNTED: usize = (1 << PLANES) - 1;

/// One more, where it holds.
fn tally<B: Bits>(planes: &mut [B; PLANES], mut holds: B) {
    for plane in planes {
        let carried = plane.and(holds);
        *plane = plane.or(holds).minus(carried);
        holds = carried;
    }
}

/// Where so many have been met.
fn reach<B: Bits>(planes: &[B; PLANES], least: usize) -> B {
    let (mut more, mut equal) = (B::NONE, B::ALL);
    for (place, plane) in planes.iter().enumerate().rev() {
        if least >> place & 1 == 1 {
            equal = equal.and(*plane);
        } else {
            more = more.or(equal.and(*plane));
            equal = equal.minus(*plane);
        }
    }
    more.or(equal)
}

/// Whether a rule holds that needs a frame. Apart, so that others have no room for one.
#[inline(never)]
fn framed(test: &Test, rules: &Rules, context: &Context, cost: u32) -> Option<Truth> {
    let mut frame = Frame::default();
    Row::over(rules, context, cost, Some(&mut frame)).decide(test)
}

/// A rule as it runs.
#[derive(Debug)]
pub(crate) struct Code {
    body: Body,
    checks: Checks,
    /// What it takes besides loops, in operations of the evaluator, at most.
    cost: u32,
    /// Whether it has variables or goes through lists.
    is_framed: bool,
}

impl Code {
    pub fn new(body: Body, cost: u32, is_framed: bool) -> Self {
        let checks = match &body {
            Body::Test(Test::Checks(checks)) => checks.0.clone(),
            _ => Checks::default(),
        };
        Self { body, checks, cost, is_framed }
    }

    /// The checks that the whole rule is, to be kept by those who ask often.
    pub fn checks(&self) -> &Checks {
        &self.checks
    }

    /// Whether the rule holds; `None` where this is not sure.
    pub fn decide(&self, rules: &Rules, context: &Context) -> Option<Truth> {
        match &self.body {
            Body::Test(test) if self.is_framed => framed(test, rules, context, self.cost),
            Body::Test(test) => Row::over(rules, context, self.cost, None).decide(test),
            Body::Word(..) => None,
        }
    }

    /// The value of the rule, `Some(None)` while it is unknown; `None` where this is not sure.
    pub fn value(&self, rules: &Rules, context: &Context) -> Option<Option<Value>> {
        match &self.body {
            Body::Test(_) => Some(match self.decide(rules, context)? {
                Truth::True => Some(Value::Boolean(true)),
                Truth::False => Some(Value::Boolean(false)),
                Truth::Unknown => None,
            }),
            Body::Word(kind, word) => {
                match Row::over(rules, context, self.cost, Some(&mut Frame::default()))
                    .value(word)?
                {
                    Some(word) => Some(Some(kind.value(word, &rules.zone)?)),
                    None => Some(None),
                }
            }
        }
    }

    pub(super) fn body(&self) -> &Body {
        &self.body
    }

    /// What loops may take: of what a rule may, what is left besides everything else.
    pub(super) fn room(&self, rules: &Rules) -> u64 {
        rules.limits.operations.saturating_sub(self.cost.into())
    }

    /// Whether it is a test.
    pub fn kind(&self) -> Option<&Kind> {
        match &self.body {
            Body::Test(_) => None,
            Body::Word(kind, _) => Some(kind),
        }
    }
}
