//! Bits of a block of rows, and tight loops over slices of words that the compiler makes vector instructions of.

/// Rows that are worked on together: their words stay in the first cache.
pub(crate) const BLOCK: usize = 1_024;
pub(crate) const LANES: usize = BLOCK / 64;
/// A bit for each row of a block.
pub(crate) type Bits = [u64; LANES];

pub(crate) const ALL: Bits = [u64::MAX; LANES];
pub(crate) const NONE: Bits = [0; LANES];

pub(crate) fn set(bits: &mut [u64], row: usize) {
    if let Some(lane) = bits.get_mut(row / 64) {
        *lane |= 1 << (row % 64);
    }
}

pub(crate) fn get(bits: &[u64], row: usize) -> bool {
    bits.get(row / 64).is_some_and(|lane| lane >> (row % 64) & 1 == 1)
}

/// The bits of a block of a longer bitmap.
#[inline]
pub(crate) fn block(bits: &[u64], block: usize) -> Bits {
    let (blocks, _) = bits.as_chunks::<LANES>();
    blocks.get(block).copied().unwrap_or(NONE)
}

/// The first so many.
pub(crate) fn first(count: usize) -> Bits {
    if count >= BLOCK {
        return ALL;
    }
    let mut bits = NONE;
    for (place, lane) in bits.iter_mut().enumerate() {
        *lane = match count.saturating_sub(place * 64) {
            0 => 0,
            left if left >= 64 => u64::MAX,
            left => (1 << left) - 1,
        };
    }
    bits
}

#[inline]
pub(crate) fn and(mut a: Bits, b: &Bits) -> Bits {
    a.iter_mut().zip(b).for_each(|(a, b)| *a &= b);
    a
}

#[inline]
pub(crate) fn or(mut a: Bits, b: &Bits) -> Bits {
    a.iter_mut().zip(b).for_each(|(a, b)| *a |= b);
    a
}

#[inline]
pub(crate) fn minus(mut a: Bits, b: &Bits) -> Bits {
    a.iter_mut().zip(b).for_each(|(a, b)| *a &= !b);
    a
}

#[inline]
pub(crate) fn any(bits: &Bits) -> bool {
    bits.iter().any(|lane| *lane != 0)
}

/// The rows whose bits are set, ascending.
pub(crate) fn ones(bits: &Bits) -> impl Iterator<Item = usize> {
    bits.iter().enumerate().flat_map(|(place, lane)| {
        // Each step takes the lowest bit away.
        let first = Some(*lane).filter(|lane| *lane != 0);
        let rest = |lane: &u64| Some(lane & (lane - 1)).filter(|lane| *lane != 0);
        std::iter::successors(first, rest)
            .map(move |lane| place * 64 + lane.trailing_zeros() as usize)
    })
}

/// 64 bytes of 0 or 1 as bits: eight at a time come together in the top byte of a product.
#[inline(always)]
pub(super) fn pack(bytes: &[u8; 64]) -> u64 {
    let (eights, _) = bytes.as_chunks::<8>();
    let mut packed = 0;
    for (place, eight) in eights.iter().enumerate() {
        let byte = u64::from_le_bytes(*eight).wrapping_mul(0x0102_0408_1020_4080) >> 56;
        packed |= byte << (8 * place);
    }
    packed
}

/// Which words hold.
#[inline(always)]
pub(super) fn gather<T: Copy>(words: &[T], holds: impl Fn(T) -> bool) -> Bits {
    let mut found = NONE;
    let (chunks, _) = words.as_chunks::<64>();
    for (lane, chunk) in found.iter_mut().zip(chunks) {
        let mut bytes = [0_u8; 64];
        for (byte, word) in bytes.iter_mut().zip(chunk) {
            *byte = u8::from(holds(*word));
        }
        *lane = pack(&bytes);
    }
    found
}

/// A loop for each way in which a word may lie to two bounds: most have but one.
macro_rules! ranges {
    ($name:ident, $word:ty) => {
        #[inline]
        pub(super) fn $name(words: &[$word], low: $word, high: $word) -> Bits {
            if low == <$word>::MIN {
                gather(words, |word| word <= high)
            } else if high == <$word>::MAX {
                gather(words, |word| word >= low)
            } else if low == high {
                gather(words, |word| word == low)
            } else {
                gather(words, |word| (word >= low) & (word <= high))
            }
        }
    };
}
ranges!(range_narrow, i32);
ranges!(range_full, i64);

/// Whole numbers up to here are exact as floats of 32 bits, and so is the next one: a bound beyond may be rounded.
const EXACT: i128 = (1 << 24) - 1;

/// Which sums of words times factors lie between two bounds. No step is farther from zero than `most`, which fits.
pub(super) fn linear(
    terms: &[(i32, &[i32])],
    constant: i32,
    most: i128,
    low: i32,
    high: i32,
) -> Bits {
    let exact = most <= EXACT;
    match terms {
        [a] => summed([*a], constant, exact, low, high),
        [a, b] => summed([*a, *b], constant, exact, low, high),
        [a, b, c] => summed([*a, *b, *c], constant, exact, low, high),
        [a, b, c, d] => summed([*a, *b, *c, *d], constant, exact, low, high),
        terms => {
            let mut sums = [constant; BLOCK];
            for (factor, words) in terms {
                for (sum, word) in sums.iter_mut().zip(*words) {
                    *sum = sum.wrapping_add(word.wrapping_mul(*factor));
                }
            }
            range_narrow(&sums, low, high)
        }
    }
}

/// With the number of terms known, sums stay in registers. Older processors multiply floats faster than whole numbers.
#[inline(always)]
fn summed<const N: usize>(
    terms: [(i32, &[i32]); N],
    constant: i32,
    exact: bool,
    low: i32,
    high: i32,
) -> Bits {
    if !exact {
        let add = |sum: i32, factor: i32, word: i32| sum.wrapping_add(word.wrapping_mul(factor));
        return added(terms, constant, add, |sum| (sum >= low) & (sum <= high));
    }
    let terms = terms.map(|(factor, words)| (factor as f32, words));
    let add = |sum: f32, factor: f32, word: i32| sum + factor * word as f32;
    let (low, high) = (low as f32, high as f32);
    if high >= EXACT as f32 {
        added(terms, constant as f32, add, |sum| sum >= low)
    } else {
        added(terms, constant as f32, add, |sum| (sum >= low) & (sum <= high))
    }
}

#[inline(always)]
fn added<S: Copy, const N: usize>(
    terms: [(S, &[i32]); N],
    constant: S,
    add: impl Fn(S, S, i32) -> S,
    holds: impl Fn(S) -> bool,
) -> Bits {
    let mut found = NONE;
    let chunks = terms.map(|(_, words)| words.as_chunks::<64>().0);
    for (place, lane) in found.iter_mut().enumerate() {
        let mut sums = [constant; 64];
        for ((factor, _), chunks) in terms.iter().zip(chunks) {
            let Some(chunk) = chunks.get(place) else { continue };
            for (sum, word) in sums.iter_mut().zip(chunk) {
                *sum = add(*sum, *factor, *word);
            }
        }
        let mut bytes = [0_u8; 64];
        for (byte, sum) in bytes.iter_mut().zip(&sums) {
            *byte = u8::from(holds(*sum));
        }
        *lane = pack(&bytes);
    }
    found
}
