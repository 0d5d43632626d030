//! How wide a run is: one row, or a block of them.

/// A set of rows.
pub(crate) trait Bits: Copy {
    /// How often something holds, by row.
    type Tally: Copy;
    const NONE: Self;
    const ALL: Self;
    const NEVER: Self::Tally;
    fn and(self, other: Self) -> Self;
    fn or(self, other: Self) -> Self;
    fn minus(self, other: Self) -> Self;
    fn is_empty(self) -> bool;
    /// Once more, where these are set.
    fn tally(self, into: &mut Self::Tally);
    /// Where it is so often at least.
    fn reached(tally: &Self::Tally, least: usize) -> Self;
}

/// The rows that come to an expression: at least one.
pub(crate) trait Live: Copy {
    type Bits: Bits;
    fn bits(self) -> Self::Bits;
    /// Those that are set, if there are any.
    fn only(self, bits: Self::Bits) -> Option<Self>;
}

/// The only row. Without a value, so that nothing is asked of it.
#[derive(Clone, Copy)]
pub(crate) struct One;

impl Live for One {
    type Bits = bool;
    #[inline(always)]
    fn bits(self) -> bool {
        true
    }
    #[inline(always)]
    fn only(self, bits: bool) -> Option<Self> {
        bits.then_some(Self)
    }
}

impl Bits for bool {
    type Tally = usize;
    const NONE: Self = false;
    const ALL: Self = true;
    const NEVER: usize = 0;
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
    #[inline(always)]
    fn tally(self, into: &mut usize) {
        *into = into.wrapping_add(usize::from(self));
    }
    #[inline(always)]
    fn reached(tally: &usize, least: usize) -> bool {
        *tally >= least
    }
}

/// A word for each row.
pub(crate) trait Words: Clone {
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
    pub const UNKNOWN: Self = Self { truth: B::NONE, known: B::NONE };

    #[inline(always)]
    pub fn known(truth: B) -> Self {
        Self { truth, known: B::ALL }
    }

    #[inline(always)]
    pub fn negated(self) -> Self {
        Self { truth: self.known.minus(self.truth), known: self.known }
    }

    #[inline(always)]
    pub fn falsehood(self) -> B {
        self.known.minus(self.truth)
    }

    /// Only there.
    #[inline(always)]
    pub fn within(self, rows: B) -> Self {
        Self { truth: self.truth.and(rows), known: self.known.and(rows) }
    }
}

/// Words, and where they are known; anything elsewhere.
#[derive(Debug, Clone)]
pub(crate) struct Lane<W, B> {
    pub words: W,
    pub known: B,
}

impl<W: Words> Lane<W, W::Bits> {
    #[inline(always)]
    pub fn unknown() -> Self {
        Self { words: W::splat(0), known: W::Bits::NONE }
    }
}
