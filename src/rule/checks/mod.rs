//! A node that decides by a few checks of cells: all are made at once, without a branch between them, and what they come to
//! together says where the answer stands in a table.
//!
//! A few nanoseconds, whatever the facts are: a branch that is guessed wrong costs more than ten checks. Where something is
//! unknown the table is asked twice, as if all of that failed and as if all of it held: both say the same or nothing. Where more
//! that holds may turn the answer round, the formula is gone through instead. Beneath lies the tree that the node was made of,
//! for everything else: a value without a word, a sum that could overflow.
//!
//! `build` makes checks of a test, `group` says where in a rule they stand.

mod build;
mod cells;
mod choice;
mod formula;
mod group;

use std::sync::Arc;

use super::Truth;
use super::facts::{BLOCK, FEW};
use super::ir::Cell;

use formula::{Formula, Steps};

pub(super) use group::{group_word, grouped};

/// Checks of one node.
const MOST: usize = 8;

/// Unknown checks of which every outcome is tried.
const TRIED: u32 = 4;

/// Blocks beside one another in which cells may lie.
const SPAN: usize = 4;

/// Checks, by value: to be kept where a rule is asked.
///
/// What runs is made for the number of checks: a call that is known beforehand is quicker than a choice among many.
#[derive(Clone)]
pub(crate) struct Checks {
    run: fn(&Self, &[i64]) -> Option<Truth>,
    /// For which of up to 64 rows of a list it holds.
    rows: fn(&Self, &[i64; MOST], &[i64], usize) -> Option<u64>,
    /// Cells that must have a word, by block.
    needs: [i64; SPAN],
    /// By the number that the checks come to: a bit for each that fails, the first one's highest.
    answers: [u64; 4],
    checks: [Check; MOST],
    /// The lower bound of each.
    lows: [i64; MOST],
    /// The first block in which cells lie.
    start: u32,
    /// Checks that are made; some hold in any case.
    count: u8,
    /// How many of them, the first ones, are of sums of two words.
    pairs: u8,
    scope: u8,
    /// The largest word with which no step of a sum overflows or leaves the calendar.
    most: u64,
    /// What is read from outside of a loop and added to sums.
    captured: Option<Arc<[Captured]>>,
    /// Checks that fail where it is not sure, by the bits of what fails: of a denominator.
    guards: u32,
    /// Gone through where something is unknown, unless more that holds never makes less of the whole hold.
    formula: Option<Arc<Steps>>,
}

/// Whether what is left of a word, or of a sum of two words times factors, under a mask lies between two bounds.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Check {
    /// Counted from the first block.
    at: u8,
    second: u8,
    /// Whether they must be known.
    needed: [bool; 2],
    mask: i64,
    low: i64,
    width: u64,
    factors: [i64; 2],
    /// All bits, where the sum before belongs to this one.
    carry: i64,
    /// A part of a longer sum: nothing is asked of it.
    part: bool,
}

/// Cells from outside of a loop, by what they are multiplied, and the check to which they belong.
type Captured = (u8, Vec<(Cell, i64)>);

impl std::fmt::Debug for Checks {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Checks").field("needs", &self.needs).field("start", &self.start).finish()
    }
}

/// One that always holds.
const IDLE: Check = Check {
    at: 0,
    second: 0,
    needed: [false; 2],
    mask: 0,
    low: 0,
    width: 0,
    factors: [0; 2],
    carry: 0,
    part: false,
};

/// Without answers.
impl Default for Checks {
    fn default() -> Self {
        Self {
            run: |_, _| None,
            rows: |_, _, _, _| None,
            needs: [0; SPAN],
            answers: [0; 4],
            checks: [IDLE; MOST],
            lows: [0; MOST],
            start: 0,
            count: 0,
            pairs: 0,
            guards: 0,
            captured: None,
            scope: 0,
            most: u64::MAX,
            formula: None,
        }
    }
}

/// Words of a block, or of a few.
trait Block {
    fn at(&self, place: u8) -> i64;
    /// Whether one of these cells has no word.
    fn lacks(&self, needs: &[i64; SPAN]) -> bool;
    /// Whether one of them has a value without a word.
    fn is_wide(&self, needs: &[i64; SPAN]) -> bool;
}

impl<const W: usize> Block for [i64; W] {
    /// Without asking whether it is there: where a block is half, so are the places.
    #[inline(always)]
    fn at(&self, place: u8) -> i64 {
        self.get(usize::from(place) & (W - 1)).copied().unwrap_or(0)
    }
    #[inline(always)]
    fn lacks(&self, needs: &[i64; SPAN]) -> bool {
        let mut lacking = 0;
        for (needs, exact) in needs.iter().zip(self.iter().step_by(BLOCK)) {
            lacking |= needs & !exact;
        }
        lacking != 0
    }
    #[inline(always)]
    fn is_wide(&self, needs: &[i64; SPAN]) -> bool {
        let heads = self.iter().step_by(BLOCK).zip(self.iter().skip(1).step_by(BLOCK));
        let mut wide = 0;
        for (needs, (exact, there)) in needs.iter().zip(heads) {
            wide |= needs & !exact & there;
        }
        wide != 0
    }
}

/// An item of a list: one block, or less.
impl Block for [i64] {
    #[inline(always)]
    fn at(&self, place: u8) -> i64 {
        self.get(usize::from(place)).copied().unwrap_or(0)
    }
    #[inline(always)]
    fn lacks(&self, [needs, ..]: &[i64; SPAN]) -> bool {
        needs & !self.at(0) != 0
    }
    #[inline(always)]
    fn is_wide(&self, [needs, ..]: &[i64; SPAN]) -> bool {
        needs & !self.at(0) & self.at(1) != 0
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
    /// Whether it holds for the words of all cells, or of an item; `None` where this is not sure.
    #[inline(always)]
    pub fn decide(&self, words: &[i64]) -> Option<Truth> {
        (self.run)(self, words)
    }

    /// For which rows of a list it holds, of up to 64; `None` where something has no word. What it reads from outside of the
    /// loop is read once.
    #[inline(always)]
    pub fn decide_rows(
        &self,
        words: &[i64],
        width: usize,
        read: impl Fn(Cell) -> Option<i64>,
    ) -> Option<u64> {
        let Some(captured) = &self.captured else {
            return (self.rows)(self, &self.lows, words, width);
        };
        let (mut lows, mut sizes) = (self.lows, 0);
        for (number, cells) in captured.iter() {
            let low = lows.get_mut(usize::from(*number))?;
            for (cell, factor) in cells {
                let word = read(*cell)?;
                sizes |= size(word);
                *low = low.wrapping_sub(word.wrapping_mul(*factor));
            }
        }
        if sizes > self.most {
            return None;
        }
        (self.rows)(self, &lows, words, width)
    }

    /// Whether it reads something outside of a loop: then only all items together are checked.
    #[inline(always)]
    pub fn captures(&self) -> bool {
        self.captured.is_some()
    }

    /// The scope of its cells.
    #[inline(always)]
    pub fn scope(&self) -> u8 {
        self.scope
    }

    /// Whether the answer depends on how a few checks turn out.
    #[inline(always)]
    fn differs<const P: usize, const R: usize>(&self, failed: u32, open: u32) -> bool {
        let one = self.tabled::<P, R>(failed);
        let mut some = open;
        for _ in 0..1 << TRIED {
            if self.tabled::<P, R>(failed | some) != one {
                return true;
            }
            // The next fewer of them.
            some = some.wrapping_sub(1) & open;
            if some == open {
                break;
            }
        }
        false
    }

    /// `P` sums of two words and `R` words of which some bits count, each between two bounds.
    #[inline(always)]
    fn made<const P: usize, const R: usize, B: Block + ?Sized>(&self, words: &B) -> Option<Truth> {
        if words.lacks(&self.needs) {
            return self.partly::<P, R, B>(words);
        }
        let (failed, sizes) = self.failing::<P, R, B>(&self.lows, words)?;
        let sure = P == 0 || (sizes <= self.most) & (failed & self.guards == 0);
        sure.then(|| Truth::of(self.tabled::<P, R>(failed)))
    }

    #[inline(always)]
    fn failing<const P: usize, const R: usize, B: Block + ?Sized>(
        &self,
        lows: &[i64; MOST],
        words: &B,
    ) -> Option<(u32, u64)> {
        let (mut failed, mut sizes, mut sum) = (0, 0, 0);
        let checks = &self.checks;
        for (check, low) in checks.first_chunk::<P>()?.iter().zip(lows) {
            sum = check.sum(words, &mut sizes).wrapping_add(sum & check.carry);
            failed = with(failed, sum.wrapping_sub(*low), check.width);
        }
        for (check, low) in checks.get(P..)?.first_chunk::<R>()?.iter().zip(lows.get(P..)?) {
            let word = words.at(check.at) & check.mask;
            failed = with(failed, word.wrapping_sub(*low), check.width);
        }
        Some((failed, sizes))
    }

    /// Where something is unknown.
    #[inline(never)]
    fn partly<const P: usize, const R: usize, B: Block + ?Sized>(
        &self,
        words: &B,
    ) -> Option<Truth> {
        // A value without a word: the tree knows.
        if words.is_wide(&self.needs) {
            return None;
        }
        let (failed, sizes) = self.failing::<P, R, B>(&self.lows, words)?;
        let (mut open, mut gone) = (0_u32, false);
        for check in self.checks.first_chunk::<P>()? {
            gone = check.is_gone(words) | (gone & (check.carry != 0));
            open = open.wrapping_add(open).wrapping_add(u32::from(gone & !check.part));
        }
        for check in self.checks.get(P..)?.first_chunk::<R>()? {
            let [needed, _] = check.needed;
            open = open.wrapping_add(open).wrapping_add(u32::from(needed & lacks(words, check.at)));
        }
        if sizes > self.most || failed & !open & self.guards != 0 {
            return None;
        }
        if let Some(formula) = &self.formula {
            if formula.is_bounded() && self.differs::<P, R>(failed & !open, open) {
                return Some(Truth::Unknown);
            }
            return Some(formula.of(failed, open));
        }
        let (holds, may) = (failed | open, failed & !open);
        Some(match (self.tabled::<P, R>(holds), self.tabled::<P, R>(may)) {
            (true, _) => Truth::True,
            (false, true) => Truth::Unknown,
            (false, false) => Truth::False,
        })
    }

    /// For which rows of so many words it holds.
    #[inline(always)]
    fn made_in_rows<const P: usize, const R: usize, const W: usize>(
        &self,
        lows: &[i64; MOST],
        words: &[i64],
    ) -> Option<u64> {
        let [needs, ..] = self.needs;
        let (mut holding, mut lacking, mut all, mut failing) = (0, 0, 0, 0);
        for (place, row) in words.as_chunks::<W>().0.iter().enumerate() {
            let (failed, sizes) = self.failing::<P, R, _>(lows, row)?;
            all |= sizes;
            failing |= failed;
            lacking |= needs & !row.at(0);
            holding |= u64::from(self.tabled::<P, R>(failed)) << (place & 63);
        }
        let sure = P == 0 || (all <= self.most) & (failing & self.guards == 0);
        (lacking == 0 && sure).then_some(holding)
    }

    /// What checks come to.
    #[inline(always)]
    fn tabled<const P: usize, const R: usize>(&self, failed: u32) -> bool {
        let answers = match P + R {
            // 64 answers: one word.
            ..=6 => self.answers[0],
            _ => self.answers.get((failed >> 6) as usize & 3).copied().unwrap_or(0),
        };
        answers.wrapping_shr(failed) & 1 == 1
    }

    /// With what runs it: so many checks of sums of two words, and of words, over cells that lie so far apart.
    fn running(self, (pairs, ranges): (usize, usize), span: usize) -> Option<Self> {
        macro_rules! made {
            ($pairs:literal $ranges:literal) => {
                Self {
                    run: match (self.scope, span) {
                        (0, ..=FEW) if self.start == 0 => |checks, words| {
                            checks.made::<$pairs, $ranges, _>(words.first_chunk::<FEW>()?)
                        },
                        (0, ..=64) => |checks, words| {
                            checks.made::<$pairs, $ranges, _>(window::<64>(checks, words)?)
                        },
                        (0, ..=128) => |checks, words| {
                            checks.made::<$pairs, $ranges, _>(window::<128>(checks, words)?)
                        },
                        (0, ..=256) => |checks, words| {
                            checks.made::<$pairs, $ranges, _>(window::<256>(checks, words)?)
                        },
                        (0, _) => return None,
                        _ => |checks, words| checks.made::<$pairs, $ranges, _>(words),
                    },
                    rows: |all, lows, words, width| match width {
                        4 => all.made_in_rows::<$pairs, $ranges, 4>(lows, words),
                        8 => all.made_in_rows::<$pairs, $ranges, 8>(lows, words),
                        16 => all.made_in_rows::<$pairs, $ranges, 16>(lows, words),
                        64 => all.made_in_rows::<$pairs, $ranges, 64>(lows, words),
                        _ => None,
                    },
                    pairs: $pairs,
                    count: $pairs + $ranges,
                    ..self
                }
            };
        }
        Some(match (pairs, ranges) {
            (0, ..=1) => made!(0 1),
            (0, 2) => made!(0 2),
            (0, 3) => made!(0 3),
            (0, 4) => made!(0 4),
            (0, ..=6) => made!(0 6),
            (0, ..=8) => made!(0 8),
            (1, 0) => made!(1 0),
            (1, 1) => made!(1 1),
            (1, ..=3) => made!(1 3),
            (..=2, 0) => made!(2 0),
            (..=2, 1) => made!(2 1),
            (..=2, ..=2) => made!(2 2),
            (..=2, ..=6) => made!(2 6),
            (..=3, ..=1) => made!(3 1),
            (..=4, ..=4) => made!(4 4),
            (..=8, 0) => made!(8 0),
            _ => return None,
        })
    }

    /// With the answers of a formula; these checks, the first one's bit lowest, are not idle.
    fn answering(mut self, formula: &Formula, used: u32, monotone: bool) -> Option<Self> {
        let count = self.count;
        let used = used.reverse_bits() >> (32 - u32::from(count));
        let steps = Steps::new(formula, count)?;
        for failed in 0..1_u32 << count {
            if failed & !used == 0
                && steps.of(failed, 0) == Truth::True
                && let Some(word) = self.answers.get_mut(failed as usize / 64)
            {
                *word |= 1 << (failed % 64);
            }
        }
        self.formula = (!monotone).then(|| Arc::new(steps));
        Some(self)
    }
}

impl Check {
    /// The sum of its two words, and how large they are.
    #[inline(always)]
    fn sum<B: Block + ?Sized>(&self, words: &B, sizes: &mut u64) -> i64 {
        let (one, two) = (words.at(self.at), words.at(self.second));
        let [a, b] = self.factors;
        *sizes |= size(one) | size(two);
        one.wrapping_mul(a).wrapping_add(two.wrapping_mul(b))
    }

    /// Whether something that it needs is unknown.
    #[inline(always)]
    fn is_gone<B: Block + ?Sized>(&self, words: &B) -> bool {
        let [one, two] = self.needed;
        (one & lacks(words, self.at)) | (two & lacks(words, self.second))
    }
}

/// Whether a cell has no word.
#[inline(always)]
fn lacks<B: Block + ?Sized>(words: &B, at: u8) -> bool {
    !words.at(at & !63).wrapping_shr(at.into()) & 1 == 1
}

/// The words from the first block on that is looked at.
#[inline(always)]
fn window<'w, const W: usize>(checks: &Checks, words: &'w [i64]) -> Option<&'w [i64; W]> {
    words.get(checks.start as usize * BLOCK..)?.first_chunk()
}
