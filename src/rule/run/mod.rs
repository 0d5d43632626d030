//! Runs rules in typed form. What they mean is written once here, over [`Rows`] of any width: the row of one case, an item of a
//! list (`row`), or 1 024 rows of a table (`block`).
//!
//! Rows for which the answer is not sure are noted as they are met, and the evaluator answers for them; what else is said
//! of such a row counts for nothing. `live` are the rows that come to an expression, as the evaluator would.
//!
//! What takes a few nanoseconds is made of instructions, not of waiting: so a node only sends on to what it is, each kind of
//! node is a function with no more room than it needs, and what is read as it is (a cell, a variable, a constant) is read
//! where it stands.

pub(crate) mod bits;
mod block;
mod calculate;
mod code;
mod columns;
mod lists;
mod many;
mod row;
mod source;
mod text;
mod width;

use super::facts::within;
use super::ir::{
    At, Bind, Cell, Each, Fold, Let, Linear, Outside, Path, Sum, Test, Text, TextTest, Word,
};
use super::syntax::Binary;
use super::{Checks, Rules};
use crate::table::StateId;
use width::{Bits, Kleene, Lane, Live, Words};

pub(crate) use block::{Answers, Block};
pub(crate) use code::Code;
pub(crate) use columns::Columns;
pub(super) use many::COUNTED;
pub(crate) use source::{Alone, Source};

type Found<R> = Lane<<R as Rows>::Words, <R as Rows>::Bits>;

trait Rows: Sized {
    type Bits: Bits;
    type Live: Live<Bits = Self::Bits>;
    type Words: Words<Bits = Self::Bits>;

    fn rules(&self) -> &Rules;
    /// The evaluator must be asked for these rows.
    fn note(&mut self, rows: Self::Bits);
    fn doubted(&self) -> Self::Bits;
    fn register(&self, register: u8) -> Self::Words;
    fn set(&mut self, register: u8, words: Self::Words);

    fn cell(&mut self, cell: Cell, live: Self::Live) -> Found<Self>;
    /// Where a cell has a value.
    fn there(&mut self, cell: Cell) -> Self::Bits;
    fn cell_range(
        &mut self,
        cell: Cell,
        low: i64,
        high: i64,
        live: Self::Live,
    ) -> Kleene<Self::Bits>;
    fn sum(&mut self, sum: &Sum, live: Self::Live) -> Found<Self>;
    fn linear(&mut self, linear: &Linear, live: Self::Live) -> Kleene<Self::Bits>;
    fn checks(&mut self, checks: &(Checks, Test), live: Self::Live) -> Kleene<Self::Bits>;
    fn active(&self, state: StateId) -> Self::Bits;
    fn outside(&mut self, outside: &Outside, live: Self::Live) -> Found<Self>;
    fn text(&mut self, test: &TextTest, live: Self::Live) -> Kleene<Self::Bits>;
    fn length(&mut self, text: &Text, live: Self::Live) -> Found<Self>;
    fn text_known(&mut self, text: &Text, live: Self::Live) -> Self::Bits;
    fn at(&mut self, at: &At, live: Self::Live) -> Found<Self>;
    fn quantified(&mut self, each: &Each, every: bool, live: Self::Live) -> Kleene<Self::Bits>;
    fn first(&mut self, each: &Each, live: Self::Live) -> Found<Self>;
    fn counted(&mut self, each: &Each, live: Self::Live) -> Found<Self>;
    fn total(&mut self, each: &Each, word: &Word, live: Self::Live) -> Found<Self>;
    /// Where all that is set is known.
    fn fold(&mut self, fold: &Fold, live: Self::Live) -> Self::Bits;

    /// The evaluator must be asked for these rows, if there are any.
    #[inline(always)]
    fn doubt(&mut self, rows: Self::Bits) {
        if !rows.is_empty() {
            self.note(rows);
        }
    }

    fn test(&mut self, test: &Test, live: Self::Live) -> Kleene<Self::Bits> {
        match test {
            Test::Checks(checks) => self.checks(checks, live),
            Test::Range { word: Word::Cell(cell), low, high, negated } => {
                self.cell_ranged(*cell, (*low, *high), *negated, live)
            }
            Test::Range { word, low, high, negated } => {
                self.ranged(word, *low, *high, *negated, live)
            }
            Test::Linear(linear) => self.linear_holds(linear, live),
            Test::All { tests, strict } => self.all(tests, *strict, live),
            Test::Any { tests, strict } => self.any(tests, *strict, live),
            Test::Not(inner) => self.not(inner, live),
            Test::Compare { op, sides } => self.compared(*op, sides, live),
            Test::Mask { word, mask } => self.in_mask(word, *mask, live),
            Test::Ratio(ratio) => calculate::ratio(self, ratio, live),
            Test::Text(test) => self.text(test, live),
            Test::If(parts) => self.either(parts, live),
            Test::Or(options) => self.first_known(options, live),
            Test::Count { tests, at_least } => self.count_of(tests, *at_least, live),
            Test::Each { each, every } => self.quantified(each, *every, live),
            Test::Let(inner) => self.test_behind(inner, live),
            other => self.test_rare(other, live),
        }
    }

    #[inline(never)]
    fn test_rare(&mut self, test: &Test, live: Self::Live) -> Kleene<Self::Bits> {
        match test {
            Test::Constant(true) => Kleene::known(Self::Bits::ALL),
            Test::Constant(false) => Kleene::known(Self::Bits::NONE),
            Test::OneOf { word, values } => {
                self.holds(word, live, |word| values.binary_search(&word).is_ok())
            }
            Test::Holds { cell, bits } => {
                let (cell, bits) = (Word::Cell(*cell), *bits);
                self.holds(&cell, live, |word| word & bits == bits)
            }
            Test::Known(path) => Kleene::known(self.path_known(path, live)),
            Test::Active(state) => Kleene::known(self.active(*state)),
            // The others have been met before.
            _ => {
                self.doubt(live.bits());
                Kleene::UNKNOWN
            }
        }
    }

    #[inline(never)]
    fn not(&mut self, inner: &Test, live: Self::Live) -> Kleene<Self::Bits> {
        self.test(inner, live).negated()
    }

    #[inline(always)]
    fn holds(
        &mut self,
        word: &Word,
        live: Self::Live,
        holds: impl Fn(i64) -> bool,
    ) -> Kleene<Self::Bits> {
        let lane = self.word(word, live);
        let truth = Self::Words::holds([&lane.words], |[word]| holds(word));
        Kleene { truth: truth.and(lane.known), known: lane.known }
    }

    #[inline(never)]
    fn cell_ranged(
        &mut self,
        cell: Cell,
        (low, high): (i64, i64),
        negated: bool,
        live: Self::Live,
    ) -> Kleene<Self::Bits> {
        let found = self.cell_range(cell, low, high, live);
        if negated { found.negated() } else { found }
    }

    #[inline(never)]
    fn ranged(
        &mut self,
        word: &Word,
        low: i64,
        high: i64,
        negated: bool,
        live: Self::Live,
    ) -> Kleene<Self::Bits> {
        self.holds(word, live, |word| ((word >= low) & (word <= high)) != negated)
    }

    #[inline(never)]
    fn in_mask(&mut self, word: &Word, mask: u64, live: Self::Live) -> Kleene<Self::Bits> {
        self.holds(word, live, |word| within(mask, word))
    }

    #[inline(never)]
    fn linear_holds(&mut self, linear: &Linear, live: Self::Live) -> Kleene<Self::Bits> {
        let found = self.linear(linear, live);
        if linear.negated { found.negated() } else { found }
    }

    #[inline(never)]
    fn all(&mut self, tests: &[Test], strict: bool, live: Self::Live) -> Kleene<Self::Bits> {
        let (false_, rest) = self.joined(tests, true, strict, live);
        Kleene { truth: rest, known: rest.or(false_) }
    }

    #[inline(never)]
    fn any(&mut self, tests: &[Test], strict: bool, live: Self::Live) -> Kleene<Self::Bits> {
        let (truth, rest) = self.joined(tests, false, strict, live);
        Kleene { truth, known: rest.or(truth) }
    }

    /// In the order of the text: what decides ends it. Where it is decided, and where all tests say otherwise.
    #[inline(always)]
    fn joined(
        &mut self,
        tests: &[Test],
        all: bool,
        strict: bool,
        live: Self::Live,
    ) -> (Self::Bits, Self::Bits) {
        let (mut left, mut open, mut decided) = (live, Self::Bits::NONE, Self::Bits::NONE);
        for test in tests {
            let found = self.test(test, left);
            let deciding = if all { found.falsehood() } else { found.truth };
            decided = decided.or(deciding.and(left.bits()));
            let mut next = left.bits().minus(deciding);
            let unknown = left.bits().minus(found.known);
            if !unknown.is_empty() {
                open = open.or(unknown);
                next = next.minus(if strict { unknown } else { self.doubted() });
            }
            match left.only(next) {
                Some(next) => left = next,
                None => return (decided, Self::Bits::NONE),
            }
        }
        (decided, left.bits().minus(open))
    }

    #[inline(never)]
    fn compared(&mut self, op: Binary, sides: &[Word; 2], live: Self::Live) -> Kleene<Self::Bits> {
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

    /// As the evaluator counts: so many that hold decide, and so many that do not.
    #[inline(never)]
    fn count_of(
        &mut self,
        tests: &[Test],
        at_least: usize,
        live: Self::Live,
    ) -> Kleene<Self::Bits> {
        let too_many = (tests.len() + 1).saturating_sub(at_least);
        let (mut holding, mut failing) = (Self::Bits::NEVER, Self::Bits::NEVER);
        let (mut left, mut all) = (live, Kleene::<Self::Bits>::UNKNOWN);
        for test in tests {
            let found = self.test(test, left).within(left.bits());
            found.truth.tally(&mut holding);
            found.falsehood().tally(&mut failing);
            let reached = Self::Bits::reached(&holding, at_least).and(left.bits());
            let missed = Self::Bits::reached(&failing, too_many).and(left.bits());
            all.truth = all.truth.or(reached);
            all.known = all.known.or(reached).or(missed);
            match left.only(left.bits().minus(reached.or(missed))) {
                Some(next) => left = next,
                None => break,
            }
        }
        all
    }

    #[inline(never)]
    fn either(&mut self, parts: &[Test; 3], live: Self::Live) -> Kleene<Self::Bits> {
        let [condition, then, otherwise] = parts;
        let condition = self.test(condition, live);
        let mut all = Kleene::<Self::Bits>::UNKNOWN;
        if let Some(yes) = live.only(condition.truth) {
            all = self.test(then, yes).within(yes.bits());
        }
        if let Some(no) = live.only(condition.falsehood()) {
            let found = self.test(otherwise, no).within(no.bits());
            all.truth = all.truth.or(found.truth);
            all.known = all.known.or(found.known);
        }
        all
    }

    #[inline(never)]
    fn first_known(&mut self, options: &[Test], live: Self::Live) -> Kleene<Self::Bits> {
        let (mut left, mut all) = (live, Kleene::<Self::Bits>::UNKNOWN);
        for option in options {
            let found = self.test(option, left).within(left.bits());
            all.truth = all.truth.or(found.truth);
            all.known = all.known.or(found.known);
            match left.only(left.bits().minus(found.known).minus(self.doubted())) {
                Some(next) => left = next,
                None => break,
            }
        }
        all
    }

    fn path_known(&mut self, path: &Path, live: Self::Live) -> Self::Bits {
        match path {
            Path::Cell(cell) => self.there(*cell),
            Path::Test(test) => self.test(test, live).known,
            Path::Word(word) => self.word(word, live).known,
            Path::Text(text) => self.text_known(text, live),
        }
    }

    /// The rows that come behind something, with a variable set.
    #[inline(always)]
    fn bound(&mut self, bind: &Bind, live: Self::Live) -> Option<Self::Live> {
        let known = match bind {
            Bind::Word(register, word) => {
                let lane = self.word(word, live);
                self.set(*register, lane.words);
                lane.known
            }
            bind => self.bound_rare(bind, live),
        };
        live.only(known)
    }

    #[inline(never)]
    fn bound_rare(&mut self, bind: &Bind, live: Self::Live) -> Self::Bits {
        match bind {
            Bind::Word(..) => Self::Bits::NONE,
            Bind::Known(path) => self.path_known(path, live).minus(self.doubted()),
            Bind::Fold(fold) => self.fold(fold, live),
        }
    }

    #[inline(never)]
    fn test_behind(&mut self, inner: &Let<Test>, live: Self::Live) -> Kleene<Self::Bits> {
        match self.bound(&inner.bind, live) {
            Some(live) => self.test(&inner.body, live).within(live.bits()),
            None => Kleene::UNKNOWN,
        }
    }

    #[inline(always)]
    fn word(&mut self, word: &Word, live: Self::Live) -> Found<Self> {
        match word {
            Word::Cell(cell) => self.cell(*cell, live),
            Word::Constant(word) => {
                Lane { words: Self::Words::splat(*word), known: Self::Bits::ALL }
            }
            Word::Register(register) => {
                Lane { words: self.register(*register), known: Self::Bits::ALL }
            }
            other => self.worked_out(other, live),
        }
    }

    #[inline(never)]
    fn worked_out(&mut self, word: &Word, live: Self::Live) -> Found<Self> {
        match word {
            Word::Sum(sum) => self.sum(sum, live),
            Word::Binary { op, sides } => calculate::binary(self, *op, sides, live),
            Word::Unary { op, word } => calculate::unary(self, op, word, live),
            Word::Quotient(quotient) => calculate::quotient(self, quotient, live),
            Word::Ymd(parts) => calculate::day(self, parts, live),
            Word::If(parts) => self.word_either(parts, live),
            Word::Or(options) => self.word_first_known(options, live),
            Word::Truth(test) => self.truth(test, live),
            Word::Outside(outside) => self.outside(outside, live),
            Word::Length(text) => self.length(text, live),
            Word::At(at) => self.at(at, live),
            Word::First(each) => self.first(each, live),
            Word::Count(each) => self.counted(each, live),
            Word::Total(total) => self.total(&total.0, &total.1, live),
            Word::Let(inner) => self.word_behind(inner, live),
            // The others have been met before.
            _ => {
                self.doubt(live.bits());
                Lane::unknown()
            }
        }
    }

    #[inline(never)]
    fn truth(&mut self, test: &Test, live: Self::Live) -> Found<Self> {
        let found = self.test(test, live);
        Lane { words: Self::Words::of_bits(found.truth), known: found.known }
    }

    #[inline(never)]
    fn word_behind(&mut self, inner: &Let<Word>, live: Self::Live) -> Found<Self> {
        match self.bound(&inner.bind, live) {
            Some(live) => {
                let found = self.word(&inner.body, live);
                Lane { words: found.words, known: found.known.and(live.bits()) }
            }
            None => Lane::unknown(),
        }
    }

    /// Words made of others that are known; where there is none, the evaluator knows.
    #[inline(always)]
    fn made<const N: usize>(
        &mut self,
        from: [&Self::Words; N],
        known: Self::Bits,
        live: Self::Live,
        made: impl Fn([i64; N]) -> Option<i64>,
    ) -> Found<Self> {
        let (words, wrong) = Self::Words::make(from, made);
        self.doubt(wrong.and(known).and(live.bits()));
        Lane { words, known: known.minus(wrong) }
    }

    #[inline(never)]
    fn word_either(&mut self, parts: &(Test, Word, Word), live: Self::Live) -> Found<Self> {
        let (condition, then, otherwise) = parts;
        let condition = self.test(condition, live);
        let (yes, no) = (live.only(condition.truth), live.only(condition.falsehood()));
        match (yes, no) {
            (Some(yes), None) => {
                let found = self.word(then, yes);
                Lane { known: found.known.and(yes.bits()), words: found.words }
            }
            (None, Some(no)) => {
                let found = self.word(otherwise, no);
                Lane { known: found.known.and(no.bits()), words: found.words }
            }
            (Some(yes), Some(no)) => {
                let (a, b) = (self.word(then, yes), self.word(otherwise, no));
                let known = a.known.and(yes.bits()).or(b.known.and(no.bits()));
                Lane { words: a.words.or_else(yes.bits(), &b.words), known }
            }
            (None, None) => Lane::unknown(),
        }
    }

    #[inline(never)]
    fn word_first_known(&mut self, options: &[Word], live: Self::Live) -> Found<Self> {
        let (mut left, mut all) = (live, Found::<Self>::unknown());
        for option in options {
            let found = self.word(option, left);
            let earlier = all.known;
            all.words = all.words.or_else(earlier, &found.words);
            all.known = earlier.or(found.known.and(left.bits()));
            match left.only(left.bits().minus(found.known).minus(self.doubted())) {
                Some(next) => left = next,
                None => break,
            }
        }
        all
    }
}
