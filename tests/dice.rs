//! Random structures from a tape of numbers, so that proptest can shrink whatever a test builds from it: an empty
//! tape, or one of zeros, always yields the simplest choice.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestError, TestRng, TestRunner};

/// A tape of choices.
pub struct Dice<'a> {
    tape: std::slice::Iter<'a, u16>,
}

impl<'a> Dice<'a> {
    pub fn new(tape: &'a [u16]) -> Self {
        Self { tape: tape.iter() }
    }

    /// A number below a bound; 0 when the tape has run out.
    pub fn below(&mut self, bound: usize) -> usize {
        self.tape.next().map_or(0, |roll| usize::from(*roll) % bound.max(1))
    }

    /// Once in so many times; never when the tape has run out.
    pub fn once_in(&mut self, times: usize) -> bool {
        self.below(times) == times - 1
    }

    pub fn pick<'t, T>(&mut self, from: &'t [T]) -> &'t T {
        &from[self.below(from.len())]
    }

    /// A part of a list, in its order.
    pub fn some<T: Clone>(&mut self, from: &[T]) -> Vec<T> {
        from.iter().filter(|_| self.below(2) == 1).cloned().collect()
    }
}

/// The seeds `A..B` that a variable names, or these.
pub fn seeds(variable: &str, otherwise: std::ops::Range<u64>) -> std::ops::Range<u64> {
    let Ok(text) = std::env::var(variable) else { return otherwise };
    let (from, to) = text.split_once("..").unwrap();
    from.parse().unwrap()..to.parse().unwrap()
}

/// Runs a test on random tapes. The same tapes in every run, so that a red run can be repeated; `TRESTEG_SEED=n`
/// gives others and `PROPTEST_CASES=n` more of them.
pub fn check(cases: u32, tape: usize, test: impl Fn(&mut Dice) -> Result<(), TestCaseError>) {
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(cases);
    let mut seed = [7; 32];
    let chosen: u64 = std::env::var("TRESTEG_SEED").ok().and_then(|n| n.parse().ok()).unwrap_or(0);
    for (place, byte) in seed.iter_mut().zip(chosen.to_le_bytes()) {
        *place ^= byte;
    }
    let config = Config {
        cases,
        failure_persistence: None,
        max_shrink_iters: 20_000,
        max_shrink_time: 60_000,
        ..Config::default()
    };
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &seed);
    let mut runner = TestRunner::new_with_rng(config, rng);
    let result = runner.run(&vec(any::<u16>(), 0..=tape), |tape| test(&mut Dice::new(&tape)));
    match result {
        Ok(()) => {}
        Err(TestError::Fail(reason, tape)) => panic!("{reason}\nthe smallest tape: {tape:?}"),
        Err(TestError::Abort(reason)) => panic!("aborted: {reason}"),
    }
}
