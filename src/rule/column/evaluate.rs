//! Plans over blocks of rows, three-valued: what holds, what is known, and where the rows themselves must be asked.
//!
//! A part of a plan that has no columns (a text that is put together, a loop over a list) is unsure for every row: clauses
//! around it may still decide most of them.

use super::super::plan::{Expr, Flow, Lowered, Statement, Sum, Test, Word};
use super::super::syntax::Binary;
use super::super::{Form, Rules, Truth};
use super::bits::{
    self, ALL, Bits, LANES, NONE, and, any, block, gather, gather_two, minus, or, range_full,
    range_narrow, within,
};
use super::word::Lane;
use super::{BLOCK, Column, Columns, Words};
use crate::table::FactId;
use crate::value::Number;

/// Parts of a count that are added up in bits; more are left to the rows.
const PARTS: usize = 64;

/// What a test gives for a block of rows.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Three {
    /// Where it holds; only where it is known.
    pub truth: Bits,
    pub known: Bits,
    /// Where the row must be asked; nowhere where it is known.
    pub unsure: Bits,
}

impl Three {
    pub const UNSURE: Self = Self { truth: NONE, known: NONE, unsure: ALL };
    pub const UNKNOWN: Self = Self { truth: NONE, known: NONE, unsure: NONE };

    /// The answer of a row that was unknown; what fails stays unsure.
    pub fn set(&mut self, row: usize, answer: Result<Truth, ()>) {
        match answer {
            Ok(Truth::True) => {
                bits::set(&mut self.truth, row);
                bits::set(&mut self.known, row);
            }
            Ok(Truth::False) => bits::set(&mut self.known, row),
            Ok(Truth::Unknown) => {}
            Err(()) => bits::set(&mut self.unsure, row),
        }
    }

    fn all(truth: bool) -> Self {
        Self { truth: if truth { ALL } else { NONE }, known: ALL, unsure: NONE }
    }

    fn negated(self) -> Self {
        Self { truth: minus(self.known, &self.truth), ..self }
    }

    fn unknown(&self) -> Bits {
        minus(minus(ALL, &self.known), &self.unsure)
    }
}

/// Decimals for each row of a block.
pub(crate) struct Numbers {
    decimals: u32,
    lane: Lane,
}

impl Numbers {
    /// The number of a row; `Err` where the row must be asked.
    pub fn get(&self, row: usize) -> Result<Option<Number>, ()> {
        if bits::get(&self.lane.unsure, row) {
            return Err(());
        }
        let word = self.lane.words.get(row).filter(|_| bits::get(&self.lane.known, row));
        Ok(word.map(|word| Number::from_scaled(*word, self.decimals)))
    }
}

/// One block of rows, being asked.
pub(crate) struct Vector<'c> {
    pub(super) columns: &'c Columns,
    pub(super) block: usize,
    /// Variables that hold words.
    pub(super) locals: Vec<Option<Lane>>,
    /// Nothing that decides which expression is evaluated lies around: statements run for every row.
    pub(super) straight: bool,
}

impl<'c> Vector<'c> {
    pub fn new(columns: &'c Columns, block: usize) -> Self {
        Self { columns, block, locals: Vec::new(), straight: true }
    }

    /// Whether a rule holds.
    pub fn decide(&mut self, plan: &Lowered) -> Three {
        self.begin(plan);
        match &plan.expr {
            Expr::Test(test) => match self.dense(test) {
                Some(truth) => Three { truth, known: ALL, unsure: NONE },
                None => self.test(test),
            },
            _ => Three::UNSURE,
        }
    }

    /// The words of a rule that is a number, date, …
    pub fn lane(&mut self, plan: &Lowered) -> Option<Lane> {
        self.begin(plan);
        match &plan.expr {
            Expr::Word(_, word) => Some(self.word(word)),
            _ => None,
        }
    }

    /// A fact of its own that is true or false.
    pub fn fact(&mut self, rules: &Rules, id: FactId) -> Three {
        match rules.layout.form(id) {
            Form::Boolean => self.test(&Test::Cell(id.0)),
            _ => Three::UNSURE,
        }
    }

    /// The numbers of a score.
    pub fn scores(&mut self, plan: &Lowered) -> Option<Numbers> {
        let Expr::Word(kind, _) = &plan.expr else { return None };
        let decimals = u32::from(kind.decimals()?);
        Some(Numbers { decimals, lane: self.lane(plan)? })
    }

    fn begin(&mut self, plan: &Lowered) {
        self.locals.clear();
        self.locals.resize_with(plan.words.min(PARTS as u32) as usize, || None);
        self.straight = true;
    }

    /// Evaluates something that some rows may not come to.
    fn aside<T>(&mut self, run: impl FnOnce(&mut Self) -> T) -> T {
        let straight = std::mem::replace(&mut self.straight, false);
        let found = run(self);
        self.straight = straight;
        found
    }

    pub(super) fn test(&mut self, test: &Test) -> Three {
        match test {
            Test::Constant(truth) => Three::all(*truth),
            Test::Cell(cell) => self.cell(*cell, |column, block| match &column.words {
                Words::Bits(words) => self::block(words, block),
                words => ranged(words, block, 0, 0, true),
            }),
            Test::Word(word) => match &**word {
                Word::Truth(test) => self.test(test),
                Word::Cell(cell) => {
                    self.cell(*cell, |column, block| ranged(&column.words, block, 0, 0, true))
                }
                word => self.held(word, |word| word != 0),
            },
            Test::Not(inner) => self.test(inner).negated(),
            Test::All { tests, strict } => self.aside(|this| this.all(tests, *strict)),
            // Not all are not.
            Test::Any { tests, strict } => self.aside(|this| this.some(tests, *strict)),
            Test::Count { tests, at_least } => self.aside(|this| this.count(tests, *at_least)),
            Test::Range { word, low, high, negated } => match &**word {
                Word::Cell(cell) => self.cell(*cell, |column, block| {
                    ranged(&column.words, block, *low, *high, *negated)
                }),
                word => {
                    let (low, high, negated) = (*low, *high, *negated);
                    self.held(word, |word| ((word >= low) & (word <= high)) != negated)
                }
            },
            Test::Mask { word, mask } => {
                let mask = *mask;
                match &**word {
                    Word::Cell(cell) => self.cell(*cell, |column, block| {
                        held(&column.words, block, |word| within(mask, word))
                    }),
                    word => self.held(word, |word| within(mask, word)),
                }
            }
            Test::Holds { cell, bits } => {
                let bits = *bits;
                self.cell(*cell, |column, block| {
                    held(&column.words, block, |word| word & bits == bits)
                })
            }
            Test::Linear { sum, low, high, negated } => {
                let found = self.linear(sum, *low, *high);
                if *negated { found.negated() } else { found }
            }
            Test::Compare { op, left, right } => {
                let (left, right) = (self.word(left), self.word(right));
                let (a, b) = (&left.words[..], &right.words[..]);
                let truth = match op {
                    Binary::Less => gather_two(a, b, |a, b| a < b),
                    Binary::LessOrEqual => gather_two(a, b, |a, b| a <= b),
                    Binary::Greater => gather_two(a, b, |a, b| a > b),
                    Binary::GreaterOrEqual => gather_two(a, b, |a, b| a >= b),
                    Binary::NotEqual => gather_two(a, b, |a, b| a != b),
                    _ => gather_two(a, b, |a, b| a == b),
                };
                let known = and(left.known, &right.known);
                let unsure = or(left.unsure, &right.unsure);
                Three { truth: and(truth, &known), known, unsure }
            }
            Test::Known(inner) => self.aside(|this| this.known(inner)),
            Test::Active(state) => {
                Three { truth: self.columns.active(*state, self.block), known: ALL, unsure: NONE }
            }
            Test::Each { cell: Some(cell), every, .. } => {
                let every = *every;
                self.cell(*cell, |column, block| ranged(&column.words, block, 1, i64::MAX, every))
            }
            Test::Flow(flow) => self.flow(flow),
            Test::Thing(_)
            | Test::Operate { .. }
            | Test::Alike(..)
            | Test::In { .. }
            | Test::Each { .. } => Three::UNSURE,
        }
    }

    /// A test of nothing but a cell.
    fn cell(&self, cell: u32, holds: impl FnOnce(&Column, usize) -> Bits) -> Three {
        let Some(column) = self.columns.cells.get(cell as usize) else { return Three::UNSURE };
        let known = block(&column.present, self.block);
        let truth = and(holds(column, self.block), &known);
        Three { truth, known, unsure: block(&column.wide, self.block) }
    }

    /// A test of a word.
    fn held(&mut self, word: &Word, holds: impl Fn(i64) -> bool) -> Three {
        let lane = self.word(word);
        let truth = and(gather(&lane.words[..], holds), &lane.known);
        Three { truth, known: lane.known, unsure: lane.unsure }
    }

    /// In the order of the text: what is false decides over what comes behind it.
    fn all(&mut self, tests: &[Test], strict: bool) -> Three {
        let mut left = ALL;
        let (mut open, mut shut, mut unsure) = (NONE, NONE, NONE);
        for test in tests {
            let found = self.test(test);
            let unknown = and(found.unknown(), &left);
            open = or(open, &unknown);
            unsure = or(unsure, &and(found.unsure, &left));
            shut = or(shut, &and(minus(found.known, &found.truth), &left));
            left = minus(left, &found.unsure);
            left = minus(left, &minus(found.known, &found.truth));
            if strict {
                left = minus(left, &unknown);
            }
            if !any(&left) {
                break;
            }
        }
        let truth = minus(left, &open);
        Three { truth, known: or(truth, &shut), unsure }
    }

    fn some(&mut self, tests: &[Test], strict: bool) -> Three {
        let mut left = ALL;
        let (mut open, mut truth, mut unsure) = (NONE, NONE, NONE);
        for test in tests {
            let found = self.test(test);
            let unknown = and(found.unknown(), &left);
            open = or(open, &unknown);
            unsure = or(unsure, &and(found.unsure, &left));
            truth = or(truth, &and(found.truth, &left));
            left = minus(minus(left, &found.unsure), &found.truth);
            if strict {
                left = minus(left, &unknown);
            }
            if !any(&left) {
                break;
            }
        }
        Three { truth, known: or(truth, &minus(left, &open)), unsure }
    }

    fn count(&mut self, tests: &[Test], at_least: usize) -> Three {
        // So many that hold decide, and so many that do not.
        let Some(too_many) = (tests.len() + 1).checked_sub(at_least) else { return Three::UNSURE };
        if tests.len() > PARTS || at_least == 0 || too_many == 0 {
            return Three::UNSURE;
        }
        // By number: where one more than that have been met.
        let (mut holding, mut failing) = (vec![NONE; at_least], vec![NONE; too_many]);
        let (mut left, mut truth, mut shut, mut unsure) = (ALL, NONE, NONE, NONE);
        for test in tests {
            let found = self.test(test);
            unsure = or(unsure, &and(found.unsure, &left));
            left = minus(left, &found.unsure);
            tally(&mut holding, &found.truth);
            tally(&mut failing, &minus(found.known, &found.truth));
            let reached = holding.last().map_or(NONE, |reached| and(*reached, &left));
            let missed = failing.last().map_or(NONE, |missed| and(*missed, &left));
            truth = or(truth, &reached);
            shut = or(shut, &missed);
            left = minus(minus(left, &reached), &missed);
            if !any(&left) {
                break;
            }
        }
        Three { truth, known: or(truth, &shut), unsure }
    }

    fn known(&mut self, inner: &Expr) -> Three {
        let (known, unsure) = match inner {
            Expr::Test(Test::Cell(cell)) | Expr::Word(_, Word::Cell(cell)) => {
                return self.there(*cell);
            }
            Expr::Thing(super::super::plan::Thing::Fact(fact)) => return self.there(fact.0),
            Expr::Test(test) => {
                let found = self.test(test);
                (found.known, found.unsure)
            }
            Expr::Word(_, word) => {
                let found = self.word(word);
                (found.known, found.unsure)
            }
            Expr::Thing(_) | Expr::Never(_) => return Three::UNSURE,
        };
        Three { truth: known, known: minus(ALL, &unsure), unsure }
    }

    /// Whether a cell has a value, with a word or without.
    fn there(&self, cell: u32) -> Three {
        let Some(column) = self.columns.cells.get(cell as usize) else { return Three::UNSURE };
        let wide = block(&column.wide, self.block);
        let truth = or(block(&column.present, self.block), &wide);
        Three { truth, known: ALL, unsure: NONE }
    }

    fn flow(&mut self, flow: &Flow<Test>) -> Three {
        match flow {
            Flow::Fault | Flow::Body(..) => Three::UNSURE,
            Flow::If(condition, then, otherwise) => {
                let condition = self.test(condition);
                let (a, b) = self.aside(|this| (this.test(then), this.test(otherwise)));
                chosen(&condition, &a, &b)
            }
            Flow::Match(arms, otherwise) => self.aside(|this| {
                let last = otherwise.as_ref().map_or(Three::UNSURE, |last| this.test(last));
                arms.iter().rev().fold(last, |rest, (when, then)| {
                    let when = this.test(when);
                    let then = this.test(then);
                    chosen(&when, &then, &rest)
                })
            }),
            Flow::Coalesce(options) => self.aside(|this| {
                let mut all = Three { truth: NONE, known: NONE, unsure: NONE };
                for option in options {
                    let found = this.test(option);
                    let left = all.unknown();
                    all.truth = or(all.truth, &and(found.truth, &left));
                    all.known = or(all.known, &and(found.known, &left));
                    all.unsure = or(all.unsure, &and(found.unsure, &left));
                }
                all
            }),
            Flow::Block(before, last) => match self.statements(before) {
                Some((known, unsure)) => {
                    let last = self.test(last);
                    let unsure = or(unsure, &last.unsure);
                    let known = minus(and(last.known, &known), &unsure);
                    Three { truth: and(last.truth, &known), known, unsure }
                }
                None => Three::UNSURE,
            },
        }
    }

    /// Runs statements that every row comes to: where all they set is known, and where the row must be asked.
    pub(super) fn statements(&mut self, statements: &[Statement]) -> Option<(Bits, Bits)> {
        if !self.straight {
            return None;
        }
        let (mut known, mut unsure) = (ALL, NONE);
        for statement in statements {
            let Statement::Word(register, word) = statement else { return None };
            let lane = self.word(word);
            known = and(known, &lane.known);
            unsure = or(unsure, &lane.unsure);
            *self.locals.get_mut(*register as usize)? = Some(lane);
        }
        Some((minus(known, &unsure), unsure))
    }

    fn linear(&mut self, sum: &Sum, low: i128, high: i128) -> Three {
        if low > high {
            let lanes = self.sum(sum);
            return Three { truth: NONE, known: lanes.known, unsure: lanes.unsure };
        }
        if let Some(found) = self.linear_narrow(sum, low, high) {
            return found;
        }
        let lane = self.sum(sum);
        let clamp = |bound: i128| {
            i64::try_from(bound.clamp(i64::MIN.into(), i64::MAX.into())).unwrap_or_default()
        };
        // A sum that is known lies within 64 bits.
        let truth = if low > i64::MAX.into() || high < i64::MIN.into() {
            NONE
        } else {
            range_full(&lane.words[..], clamp(low), clamp(high))
        };
        Three { truth: and(truth, &lane.known), known: lane.known, unsure: lane.unsure }
    }

    /// In 32 bits, where the columns' bounds prove that no step overflows.
    fn linear_narrow(&self, sum: &Sum, low: i128, high: i128) -> Option<Three> {
        let terms = self.terms(sum)?;
        let (mut known, mut unsure) = (ALL, NONE);
        for (_, word) in &sum.terms {
            let Word::Cell(cell) = word else { return None };
            let column = self.columns.cells.get(*cell as usize)?;
            known = and(known, &block(&column.present, self.block));
            unsure = or(unsure, &block(&column.wide, self.block));
        }
        Some(Three { truth: and(terms.within(low, high), &known), known, unsure })
    }
}

/// One of two, as a condition says.
fn chosen(condition: &Three, a: &Three, b: &Three) -> Three {
    let otherwise = minus(condition.known, &condition.truth);
    let blend = |a: &Bits, b: &Bits| or(and(*a, &condition.truth), &and(*b, &otherwise));
    Three {
        truth: blend(&a.truth, &b.truth),
        known: blend(&a.known, &b.known),
        unsure: or(condition.unsure, &blend(&a.unsure, &b.unsure)),
    }
}

/// One more, where it holds.
pub(super) fn tally(met: &mut [Bits], holds: &Bits) {
    let mut carried = *holds;
    for place in met {
        let before = *place;
        *place = or(before, &carried);
        carried = and(carried, &before);
    }
}

/// Which words of a column lie between two bounds.
pub(super) fn ranged(words: &Words, number: usize, low: i64, high: i64, negated: bool) -> Bits {
    let found = match words {
        _ if low > high => NONE,
        Words::Bits(words) => {
            let bits = block(words, number);
            let within = |word| (low..=high).contains(&word);
            match (within(0), within(1)) {
                (true, true) => ALL,
                (true, false) => minus(ALL, &bits),
                (false, true) => bits,
                (false, false) => NONE,
            }
        }
        Words::Narrow(words) => {
            let (least, most) = (i64::from(i32::MIN), i64::from(i32::MAX));
            if low > most || high < least {
                NONE
            } else {
                let clamp =
                    |bound: i64| i32::try_from(bound.clamp(least, most)).unwrap_or_default();
                let (blocks, _) = words.as_chunks::<BLOCK>();
                let words = blocks.get(number).map_or(&[][..], |words| &words[..]);
                range_narrow(words, clamp(low), clamp(high))
            }
        }
        Words::Full(words) => {
            let (blocks, _) = words.as_chunks::<BLOCK>();
            let words = blocks.get(number).map_or(&[][..], |words| &words[..]);
            range_full(words, low, high)
        }
    };
    if negated { minus(ALL, &found) } else { found }
}

/// Which words of a column hold.
pub(super) fn held(words: &Words, number: usize, holds: impl Fn(i64) -> bool) -> Bits {
    match words {
        Words::Bits(words) => {
            let bits = block(words, number);
            let mut found = NONE;
            let (zero, one) = (holds(0), holds(1));
            for (found, bits) in found.iter_mut().zip(bits) {
                *found = (if zero { !bits } else { 0 }) | (if one { bits } else { 0 });
            }
            found
        }
        Words::Narrow(words) => {
            let (blocks, _) = words.as_chunks::<BLOCK>();
            blocks.get(number).map_or(NONE, |words| gather(words, |word| holds(i64::from(word))))
        }
        Words::Full(words) => {
            let (blocks, _) = words.as_chunks::<BLOCK>();
            blocks.get(number).map_or(NONE, |words| gather(words, holds))
        }
    }
}

const _: () = assert!(LANES * 64 == BLOCK);
