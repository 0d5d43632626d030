//! Exact intervals and tests of paired differences. Only sums, products and quotients: the same figures on every machine.

/// The share of a two-sided interval that lies outside on either side.
const TAIL: f64 = 0.025;
/// What is smaller, beside the largest weight, counts for nothing.
const NOTHING: f64 = 1e-18;

/// How likely at most `most` of `n` is, where each has the chance `odds : 1`.
#[allow(clippy::cast_precision_loss, reason = "counts of cases")]
fn at_most(n: usize, most: usize, odds: f64) -> f64 {
    if most >= n {
        return 1.0;
    }
    // Weights beside that of the likeliest count.
    let chance = odds / (1.0 + odds);
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let middle = (((n + 1) as f64 * chance) as usize).min(n);
    let (mut below, mut all) = (0.0, 0.0);
    let mut add = |count: usize, weight: f64| {
        all += weight;
        if count <= most {
            below += weight;
        }
    };
    let mut weight = 1.0;
    for count in middle..=n {
        add(count, weight);
        weight *= (n - count) as f64 / (count + 1) as f64 * odds;
        if weight < NOTHING {
            break;
        }
    }
    weight = 1.0;
    for count in (0..middle).rev() {
        weight *= (count + 1) as f64 / (n - count) as f64 / odds;
        if weight < NOTHING {
            break;
        }
        add(count, weight);
    }
    below / all
}

/// The 95 % interval of a share of which `k` in `n` were seen, by Clopper and Pearson; `None` of nothing.
pub(super) fn share(k: usize, n: usize) -> Option<[f64; 2]> {
    if n == 0 || k > n {
        return None;
    }
    let chance = |is_beyond: &dyn Fn(f64) -> bool| {
        let (mut low, mut high) = (0.0_f64, 1.0_f64);
        for _ in 0..50 {
            let middle = (low + high) / 2.0;
            match is_beyond(middle / (1.0 - middle)) {
                true => high = middle,
                false => low = middle,
            }
        }
        rounded((low + high) / 2.0)
    };
    let low = match k.checked_sub(1) {
        None => 0.0,
        Some(fewer) => chance(&|odds| 1.0 - at_most(n, fewer, odds) > TAIL),
    };
    let high = if k == n { 1.0 } else { chance(&|odds| at_most(n, k, odds) < TAIL) };
    Some([low, high])
}

/// The two-sided sign test: how likely at least so uneven a split is where both sides have the same chance.
pub(super) fn sign_test(one: usize, other: usize) -> f64 {
    let n = one + other;
    if n == 0 {
        return 1.0;
    }
    rounded((2.0 * at_most(n, one.min(other), 1.0)).min(1.0))
}

/// The places, from 0, between which the median lies with at least 95 %, in a sorted list; `None` where it is too short.
pub(super) fn median_places(n: usize) -> Option<(usize, usize)> {
    if n < 6 {
        return None;
    }
    // The likeliest is the middle; from there to the last that leaves enough outside.
    let (mut low, mut high) = (0, n / 2);
    while high - low > 1 {
        let middle = usize::midpoint(low, high);
        match at_most(n, middle, 1.0) <= TAIL {
            true => low = middle,
            false => high = middle,
        }
    }
    Some((low, n - 1 - low))
}

/// Six decimals: more is not known.
pub(super) fn rounded(figure: f64) -> f64 {
    (figure * 1e6).round() / 1e6
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn intervals_are_those_of_the_tables() {
        // By R: binom.test(k, n)$conf.int.
        for (k, n, low, high) in [
            (0, 10, 0.0, 0.308_498),
            (5, 10, 0.187_086, 0.812_914),
            (10, 10, 0.691_503, 1.0),
            (1, 20, 0.001_265, 0.248_733),
        ] {
            let [found_low, found_high] = share(k, n).unwrap_or_default();
            assert!(
                (found_low - low).abs() < 2e-6 && (found_high - high).abs() < 2e-6,
                "{k}/{n}: {found_low} {found_high}"
            );
        }
        assert_eq!(share(0, 0), None);
        assert!(share(75_000, 150_000).is_some_and(|[low, high]| low > 0.497 && high < 0.503));
    }

    #[test]
    fn signs_and_medians() {
        assert_eq!(sign_test(0, 0), 1.0);
        assert_eq!(sign_test(5, 5), 1.0);
        assert_eq!(sign_test(0, 6), 0.031_25);
        assert_eq!(sign_test(10, 1), sign_test(1, 10));
        assert_eq!(median_places(5), None);
        // The ranks 1 and 6 of six, 2 and 9 of ten, 6 and 15 of twenty, 40 and 61 of a hundred.
        for (n, wanted) in [(6, (0, 5)), (10, (1, 8)), (20, (5, 14)), (100, (39, 60))] {
            assert_eq!(median_places(n), Some(wanted), "{n}");
        }
    }
}
