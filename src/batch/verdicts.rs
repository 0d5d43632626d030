//! Answers for every row, as bitmaps.

use crate::rule::bits::Bits;
use crate::rule::{Answers, Truth};

/// A bit for each row.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Bitmap {
    rows: usize,
    lanes: Vec<u64>,
}

impl Bitmap {
    pub(super) fn new(rows: usize, lanes: Vec<u64>) -> Self {
        Self { rows, lanes }
    }

    /// How many bits are set.
    #[must_use]
    pub fn count(&self) -> usize {
        self.lanes.iter().map(|lane| lane.count_ones() as usize).sum()
    }

    /// Whether the bit of a row is set; not beyond the last row.
    #[must_use]
    pub fn get(&self, row: usize) -> bool {
        self.lanes.get(row / 64).is_some_and(|lane| (lane >> (row % 64)) & 1 == 1)
    }

    /// How many rows there are.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// The rows whose bit is set, ascending.
    #[must_use]
    pub fn iter(&self) -> SetBits<'_> {
        SetBits { rest: &self.lanes, lane: 0, first: 0 }
    }

    /// The bits themselves: row 0 is the lowest bit of the first word; bits beyond the last row are 0.
    #[must_use]
    pub fn words(&self) -> &[u64] {
        &self.lanes
    }
}

impl<'b> IntoIterator for &'b Bitmap {
    type Item = usize;
    type IntoIter = SetBits<'b>;
    fn into_iter(self) -> SetBits<'b> {
        self.iter()
    }
}

/// The rows whose bit is set, ascending.
#[derive(Debug, Clone)]
pub struct SetBits<'b> {
    rest: &'b [u64],
    lane: u64,
    /// Behind the first row of this lane by 64.
    first: usize,
}

impl Iterator for SetBits<'_> {
    type Item = usize;
    fn next(&mut self) -> Option<usize> {
        while self.lane == 0 {
            let (lane, rest) = self.rest.split_first()?;
            (self.lane, self.rest) = (*lane, rest);
            self.first += 64;
        }
        let bit = self.lane.trailing_zeros() as usize;
        self.lane &= self.lane - 1;
        Some(self.first - 64 + bit)
    }
}

/// The answers of one rule for every row: true, false, unknown, or a script that fails.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Verdicts {
    rows: usize,
    truth: Vec<u64>,
    known: Vec<u64>,
    faults: Vec<u64>,
    /// Rows that were asked one by one.
    pub(super) asked: usize,
}

impl Verdicts {
    /// Of so many rows, none of which is answered yet.
    pub(super) fn new(rows: usize) -> Self {
        let room = || Vec::with_capacity(rows.div_ceil(64));
        Self { rows, truth: room(), known: room(), faults: room(), asked: 0 }
    }

    /// The next block of rows, cut off behind the last one; what is unsure fails.
    pub(super) fn extend(&mut self, three: &Answers, there: &Bits) {
        let left = self.rows.div_ceil(64).saturating_sub(self.truth.len());
        let Self { truth, known, faults, .. } = self;
        for (all, bits) in [(truth, &three.truth), (known, &three.known), (faults, &three.unsure)] {
            all.extend(bits.iter().zip(there).take(left).map(|(bits, there)| bits & there));
        }
    }

    /// Rows behind a whole number of blocks.
    pub(super) fn append(&mut self, mut more: Self) {
        self.rows += more.rows;
        self.asked += more.asked;
        self.truth.append(&mut more.truth);
        self.known.append(&mut more.known);
        self.faults.append(&mut more.faults);
    }

    /// How many rows there are.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// The answer of a row; `None` where the script fails and beyond the last row.
    #[must_use]
    pub fn get(&self, row: usize) -> Option<Truth> {
        let bit =
            |lanes: &[u64]| lanes.get(row / 64).is_some_and(|lane| (lane >> (row % 64)) & 1 == 1);
        if row >= self.rows || bit(&self.faults) {
            None
        } else if !bit(&self.known) {
            Some(Truth::Unknown)
        } else if bit(&self.truth) {
            Some(Truth::True)
        } else {
            Some(Truth::False)
        }
    }

    /// Where it holds.
    #[must_use]
    pub fn truth(&self) -> Bitmap {
        Bitmap::new(self.rows, self.truth.clone())
    }

    /// Where it does not hold.
    #[must_use]
    pub fn falsehood(&self) -> Bitmap {
        let lanes = self.known.iter().zip(&self.truth).map(|(known, truth)| known & !truth);
        Bitmap::new(self.rows, lanes.collect())
    }

    /// Where something that it depends on is unknown.
    #[must_use]
    pub fn unknown(&self) -> Bitmap {
        let decided = self.known.iter().zip(&self.faults).map(|(known, fault)| known | fault);
        let lanes = decided.enumerate().map(|(place, decided)| {
            let left = self.rows - (place * 64).min(self.rows);
            let there = if left >= 64 { u64::MAX } else { (1 << left) - 1 };
            there & !decided
        });
        Bitmap::new(self.rows, lanes.collect())
    }

    /// Where the script fails: [`Table::row_holds`](super::Table::row_holds) says how.
    #[must_use]
    pub fn faults(&self) -> Bitmap {
        Bitmap::new(self.rows, self.faults.clone())
    }

    /// How often a row was asked by itself because columns could not decide it, of all rules that were asked together.
    #[must_use]
    pub fn asked(&self) -> usize {
        self.asked
    }
}
