//! Words and sets of the rows of a block.

use super::bits::{self, ALL, BLOCK, Bits, NONE};

/// A word for each row.
#[derive(Debug, Clone)]
pub(crate) struct Many(pub Box<[i64; BLOCK]>);

impl super::Bits for Bits {
    type Tally = [Self; PLANES];
    const NEVER: Self::Tally = [NONE; PLANES];
    const NONE: Self = NONE;
    const ALL: Self = ALL;
    #[inline(always)]
    fn and(self, other: Self) -> Self {
        bits::and(self, &other)
    }
    #[inline(always)]
    fn or(self, other: Self) -> Self {
        bits::or(self, &other)
    }
    #[inline(always)]
    fn minus(self, other: Self) -> Self {
        bits::minus(self, &other)
    }
    #[inline(always)]
    fn is_empty(self) -> bool {
        !bits::any(&self)
    }
    fn tally(self, into: &mut Self::Tally) {
        let mut holds = self;
        for plane in into {
            let carried = bits::and(*plane, &holds);
            *plane = bits::minus(bits::or(*plane, &holds), &carried);
            holds = carried;
        }
    }
    fn reached(tally: &Self::Tally, least: usize) -> Self {
        let (mut more, mut equal) = (NONE, ALL);
        for (place, plane) in tally.iter().enumerate().rev() {
            if least >> place & 1 == 1 {
                equal = bits::and(equal, plane);
            } else {
                more = bits::or(more, &bits::and(equal, plane));
                equal = bits::minus(equal, plane);
            }
        }
        bits::or(more, &equal)
    }
}

impl super::Live for Bits {
    type Bits = Self;
    #[inline(always)]
    fn bits(self) -> Self {
        self
    }
    #[inline(always)]
    fn only(self, bits: Self) -> Option<Self> {
        let left = bits::and(self, &bits);
        bits::any(&left).then_some(left)
    }
}

/// Bits of numbers that say how many of up to 127 tests hold.
const PLANES: usize = 7;

/// Tests that can be counted.
pub(in super::super) const COUNTED: usize = (1 << PLANES) - 1;

impl super::Words for Many {
    type Bits = Bits;

    fn splat(word: i64) -> Self {
        Self(Box::new([word; BLOCK]))
    }

    fn of_bits(bits: Bits) -> Self {
        let mut words = Box::new([0; BLOCK]);
        for (words, bits) in words.as_chunks_mut::<64>().0.iter_mut().zip(bits) {
            for (place, word) in words.iter_mut().enumerate() {
                *word = i64::from((bits >> place) & 1 == 1);
            }
        }
        Self(words)
    }

    fn holds<const N: usize>(from: [&Self; N], holds: impl Fn([i64; N]) -> bool) -> Bits {
        let mut found = NONE;
        let from = from.map(|words| words.0.as_chunks::<64>().0);
        for (place, lane) in found.iter_mut().enumerate() {
            let mut bytes = [0_u8; 64];
            let chunks = from.map(|chunks| chunks.get(place).unwrap_or(&[0; 64]));
            for (place, byte) in bytes.iter_mut().enumerate() {
                let words = chunks.map(|chunk| chunk.get(place).copied().unwrap_or(0));
                *byte = u8::from(holds(words));
            }
            *lane = bits::pack(&bytes);
        }
        found
    }

    fn make<const N: usize>(
        from: [&Self; N],
        made: impl Fn([i64; N]) -> Option<i64>,
    ) -> (Self, Bits) {
        let mut found = Box::new([0; BLOCK]);
        let mut wrongs = NONE;
        for (row, word) in found.iter_mut().enumerate() {
            match made(from.map(|words| words.0.get(row).copied().unwrap_or(0))) {
                Some(made) => *word = made,
                None => bits::set(&mut wrongs, row),
            }
        }
        (Self(found), wrongs)
    }

    fn or_else(mut self, bits: Bits, other: &Self) -> Self {
        let (words, others) = (self.0.as_chunks_mut::<64>().0, other.0.as_chunks::<64>().0);
        for ((words, others), bits) in words.iter_mut().zip(others).zip(bits) {
            for (place, (word, other)) in words.iter_mut().zip(others).enumerate() {
                if (bits >> place) & 1 == 0 {
                    *word = *other;
                }
            }
        }
        self
    }
}
