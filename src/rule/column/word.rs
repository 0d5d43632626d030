//! Words of a block of rows.

use super::super::plan::{Arithmetic, Flow, Round, Sum, Word};
use super::bits::{ALL, Bits, NONE, and, block, minus, or};
use super::evaluate::Vector;
use super::{BLOCK, Column, Words};
use crate::value::Date;

/// A word for each row of a block.
#[derive(Debug, Clone)]
pub(crate) struct Lane {
    /// Anything where it is not known.
    pub words: Box<[i64; BLOCK]>,
    pub known: Bits,
    /// Where the row must be asked; nowhere where it is known.
    pub unsure: Bits,
}

impl Lane {
    fn new(word: i64) -> Self {
        Self { words: Box::new([word; BLOCK]), known: ALL, unsure: NONE }
    }

    fn unsure() -> Self {
        Self { words: Box::new([0; BLOCK]), known: NONE, unsure: ALL }
    }

    fn of(column: &Column, number: usize) -> Self {
        let mut words = Box::new([0; BLOCK]);
        match &column.words {
            Words::Bits(bits) => {
                for (words, bits) in
                    words.as_chunks_mut::<64>().0.iter_mut().zip(block(bits, number))
                {
                    for (place, word) in words.iter_mut().enumerate() {
                        *word = i64::from((bits >> place) & 1 == 1);
                    }
                }
            }
            Words::Narrow(all) => {
                if let Some(block) = all.as_chunks::<BLOCK>().0.get(number) {
                    words.iter_mut().zip(block).for_each(|(to, from)| *to = i64::from(*from));
                }
            }
            Words::Full(all) => {
                if let Some(block) = all.as_chunks::<BLOCK>().0.get(number) {
                    *words = *block;
                }
            }
        }
        Self { words, known: block(&column.present, number), unsure: block(&column.wide, number) }
    }

    /// Makes something of each word; where there is nothing, the row must be asked.
    fn map(mut self, made: impl Fn(i64) -> Option<i64>) -> Self {
        let mut wrongs = NONE;
        let words = self.words.as_chunks_mut::<64>().0;
        for (words, wrong) in words.iter_mut().zip(&mut wrongs) {
            for (place, word) in words.iter_mut().enumerate() {
                match made(*word) {
                    Some(found) => *word = found,
                    None => *wrong |= 1 << place,
                }
            }
        }
        self.doubt(&wrongs);
        self
    }

    /// The same of two.
    fn with(mut self, other: &Self, made: impl Fn(i64, i64) -> Option<i64>) -> Self {
        self.unsure = or(self.unsure, &other.unsure);
        self.known = minus(and(self.known, &other.known), &self.unsure);
        let others = other.words.as_chunks::<64>().0;
        let words = self.words.as_chunks_mut::<64>().0;
        let mut wrongs = NONE;
        for ((words, others), wrong) in words.iter_mut().zip(others).zip(&mut wrongs) {
            for (place, (word, other)) in words.iter_mut().zip(others).enumerate() {
                match made(*word, *other) {
                    Some(found) => *word = found,
                    None => *wrong |= 1 << place,
                }
            }
        }
        self.doubt(&wrongs);
        self
    }

    /// These rows, where they are known, must be asked.
    fn doubt(&mut self, wrongs: &Bits) {
        self.unsure = or(self.unsure, &and(*wrongs, &self.known));
        self.known = minus(self.known, wrongs);
    }

    /// This one where the bits are set, else the other.
    fn or_else(mut self, bits: &Bits, other: &Self) -> Self {
        let words = self.words.as_chunks_mut::<64>().0;
        for ((words, others), bits) in
            words.iter_mut().zip(other.words.as_chunks::<64>().0).zip(bits)
        {
            for (place, (word, other)) in words.iter_mut().zip(others).enumerate() {
                if (bits >> place) & 1 == 0 {
                    *word = *other;
                }
            }
        }
        self
    }
}

impl Vector<'_> {
    pub(super) fn word(&mut self, word: &Word) -> Lane {
        match word {
            Word::Constant(word) => Lane::new(*word),
            Word::Cell(cell) | Word::Turns { cell: Some(cell), .. } => {
                match self.columns.cells.get(*cell as usize) {
                    Some(column) => Lane::of(column, self.block),
                    None => Lane::unsure(),
                }
            }
            Word::Local(register) => match self.locals.get(*register as usize) {
                Some(Some(lane)) => lane.clone(),
                _ => Lane::unsure(),
            },
            Word::Truth(test) => {
                let found = self.test(test);
                let mut lane = Lane { known: found.known, unsure: found.unsure, ..Lane::new(0) };
                for (words, bits) in lane.words.as_chunks_mut::<64>().0.iter_mut().zip(found.truth)
                {
                    for (place, word) in words.iter_mut().enumerate() {
                        *word = i64::from((bits >> place) & 1 == 1);
                    }
                }
                lane
            }
            Word::Arithmetic { op, left, right } => {
                let (left, right) = (self.word(left), self.word(right));
                macro_rules! each {
                    ($($op:ident)+) => {
                        match op {
                            $(Arithmetic::$op => left.with(&right, |a, b| Arithmetic::$op.of(a, b)),)+
                        }
                    };
                }
                each!(Add Subtract Multiply Divide Remainder Least Greatest)
            }
            Word::Sum(sum) => self.sum(sum),
            Word::Round { how, unit, word } => {
                let (how, unit) = (*how, *unit);
                self.word(word).map(|found| {
                    let floor = found.checked_div_euclid(unit)?;
                    let rest = found.checked_rem_euclid(unit)?;
                    let up = match how {
                        Round::Floor => false,
                        Round::Ceil => rest > 0,
                        // Half away from zero: below zero, half stays down.
                        Round::Half if found < 0 => rest > unit - rest,
                        Round::Half => rest >= unit - rest,
                    };
                    floor.checked_add(i64::from(up))
                })
            }
            Word::Absolute(word) => self.word(word).map(i64::checked_abs),
            Word::Within { word, low, high, unit } => {
                let (low, high, unit) = (*low, *high, *unit);
                self.word(word).map(|found| {
                    let fits = (low..=high).contains(&found)
                        && (unit == 1 || found.checked_rem(unit) == Some(0));
                    fits.then_some(found)
                })
            }
            Word::Exactly { word, unit } => {
                let unit = *unit;
                self.word(word).map(|found| match found.checked_rem(unit) {
                    Some(0) => found.checked_div(unit),
                    _ => None,
                })
            }
            Word::AddMonths { date, months } => {
                let (date, months) = (self.word(date), self.word(months));
                date.with(&months, Date::days_after_months)
            }
            Word::Part { part, date } => {
                let part = *part;
                self.word(date).map(|date| part.of(date))
            }
            Word::Now => Lane::of(&self.columns.now, self.block),
            Word::Today => Lane::of(&self.columns.today, self.block),
            Word::Flow(flow) => self.word_flow(flow),
            Word::Column { .. }
            | Word::EventAt
            | Word::Last(_)
            | Word::Count(_)
            | Word::Since(_)
            | Word::Of { .. }
            | Word::Turns { .. }
            | Word::Total { .. } => Lane::unsure(),
        }
    }

    fn word_flow(&mut self, flow: &Flow<Word>) -> Lane {
        match flow {
            Flow::Fault | Flow::Body(..) => Lane::unsure(),
            Flow::If(condition, then, otherwise) => {
                let condition = self.test(condition);
                let straight = std::mem::replace(&mut self.straight, false);
                let (a, b) = (self.word(then), self.word(otherwise));
                self.straight = straight;
                chosen(&condition, a, &b)
            }
            Flow::Match(arms, otherwise) => {
                let straight = std::mem::replace(&mut self.straight, false);
                let last = match otherwise {
                    Some(last) => self.word(last),
                    None => Lane::unsure(),
                };
                let found = arms.iter().rev().fold(last, |rest, (when, then)| {
                    let when = self.test(when);
                    let then = self.word(then);
                    chosen(&when, then, &rest)
                });
                self.straight = straight;
                found
            }
            Flow::Coalesce(options) => {
                let straight = std::mem::replace(&mut self.straight, false);
                let mut all = Lane { known: NONE, unsure: NONE, ..Lane::new(0) };
                for option in options {
                    let found = self.word(option);
                    let left = minus(minus(ALL, &all.known), &all.unsure);
                    let (known, unsure) = (and(found.known, &left), and(found.unsure, &left));
                    let earlier = all.known;
                    all = all.or_else(&earlier, &found);
                    all.known = or(earlier, &known);
                    all.unsure = or(all.unsure, &unsure);
                }
                self.straight = straight;
                all
            }
            Flow::Block(before, last) => match self.statements(before) {
                Some((known, unsure)) => {
                    let mut last = self.word(last);
                    last.unsure = or(last.unsure, &unsure);
                    last.known = minus(and(last.known, &known), &last.unsure);
                    last
                }
                None => Lane::unsure(),
            },
        }
    }

    /// In 64 bits, where the bounds of the words prove that no step overflows; else the rows must be asked.
    pub(super) fn sum(&mut self, sum: &Sum) -> Lane {
        let mut all = Lane::new(sum.constant);
        let mut most = i128::from(sum.constant).abs();
        for (factor, word) in &sum.terms {
            let lane = self.word(word);
            let (least, greatest) = lane.words.iter().fold((0, 0), |(least, most), word| {
                (word.min(&least).to_owned(), *word.max(&most))
            });
            let bound = i128::from(greatest).max(-i128::from(least));
            most = most.saturating_add(i128::from(*factor).abs().saturating_mul(bound));
            for (sum, word) in all.words.iter_mut().zip(lane.words.iter()) {
                *sum = sum.wrapping_add(word.wrapping_mul(*factor));
            }
            all.unsure = or(all.unsure, &lane.unsure);
            all.known = and(all.known, &lane.known);
        }
        if most > i64::MAX.into() {
            return Lane::unsure();
        }
        all.known = minus(all.known, &all.unsure);
        all
    }
}

/// One of two, as a condition says.
fn chosen(condition: &super::Three, a: Lane, b: &Lane) -> Lane {
    let otherwise = minus(condition.known, &condition.truth);
    let blend = |a: &Bits, b: &Bits| or(and(*a, &condition.truth), &and(*b, &otherwise));
    let (known, unsure) = (blend(&a.known, &b.known), blend(&a.unsure, &b.unsure));
    let lane = a.or_else(&condition.truth, b);
    Lane { known, unsure: or(condition.unsure, &unsure), words: lane.words }
}
