#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use num_bigint::{BigInt, Sign};
use proptest::prelude::*;

use super::*;

fn n(text: &str) -> Number {
    Number::parse(text).unwrap_or_else(|| panic!("`{text}` is no number"))
}

#[test]
fn reads_what_fits() {
    for (text, shown) in [
        ("0", "0"),
        ("-0", "0"),
        ("-0.000", "0"),
        ("0e999999999999999999999", "0"),
        ("0.10", "0.1"),
        ("1e3", "1000"),
        ("1E+3", "1000"),
        ("1.5E-2", "0.015"),
        ("-12.50", "-12.5"),
        ("9999999999999999999999999999", "9999999999999999999999999999"),
        ("1000000000000000000000000000", "1000000000000000000000000000"),
        ("1e27", "1000000000000000000000000000"),
        ("0.0000000000000000000000000001", "0.0000000000000000000000000001"),
        ("1e-28", "0.0000000000000000000000000001"),
        ("0.1234567890123456789012345678", "0.1234567890123456789012345678"),
        ("1.000000000000000000000000000000000000000", "1"),
        ("100000e-5", "1"),
        ("0.00000000000000000000000000000000000001e37", "0.1"),
    ] {
        assert_eq!(n(text).to_string(), shown, "{text}");
    }
}

#[test]
fn refuses_what_does_not_fit_or_is_not_json() {
    for text in [
        "1e28",
        "1e400",
        "1e99999999999999999999999999",
        "1e-99999999999999999999999999",
        "1e-29",
        "10000000000000000000000000000",
        "12345678901234567890123456789",
        "1.2345678901234567890123456789",
        "0.00000000000000000000000000001",
        "9999999999999999999999999999.5",
        "",
        "-",
        "+1",
        "01",
        "00",
        "-01.5",
        ".5",
        "5.",
        "1.e3",
        "1e",
        "1e+",
        "1e1.5",
        "1.2.3",
        "1e2e3",
        " 1",
        "1 ",
        "0x1",
        "1_000",
        "NaN",
        "Infinity",
        "１",
        "1é",
    ] {
        assert_eq!(Number::parse(text), None, "{text}");
    }
}

#[test]
fn long_texts_cost_only_their_length() {
    let zeros = "0".repeat(1_000_000);
    assert_eq!(n(&format!("1{zeros}e-1000000")), n("1"));
    assert_eq!(n(&format!("0.{zeros}1e1000001")), n("1"));
    assert_eq!(Number::parse(&format!("1{zeros}")), None);
    assert_eq!(Number::parse(&format!("1{zeros}1e-1000001")), None);
    assert_eq!(Number::parse(&format!("1e{zeros}{}", "9".repeat(1_000_000))), None);
    assert_eq!(n(&format!("1e{zeros}1")), n("10"));
}

#[test]
fn results_are_rounded_once_half_to_even() {
    for (left, operator, right, result) in [
        ("1", '/', "3", "0.3333333333333333333333333333"),
        ("2", '/', "3", "0.6666666666666666666666666667"),
        ("100", '/', "3", "33.33333333333333333333333333"),
        ("1", '/', "8", "0.125"),
        ("0.1", '+', "0.2", "0.3"),
        ("9999999999999999999999999999", '+', "0.4", "9999999999999999999999999999"),
        // Ties go to the even neighbour.
        ("1000000000000000000000000000", '+', "0.5", "1000000000000000000000000000"),
        ("1000000000000000000000000001", '+', "0.5", "1000000000000000000000000002"),
        ("1000000000000000000000000000", '+', "0.50000000001", "1000000000000000000000000001"),
        ("1e-14", '*', "5e-15", "0"),
        ("3e-14", '*', "5e-15", "0.0000000000000000000000000002"),
        ("1e-28", '/', "2", "0"),
        ("3e-28", '/', "2", "0.0000000000000000000000000002"),
        ("1e-28", '*', "1e-28", "0"),
        ("1e27", '*', "9", "9000000000000000000000000000"),
        ("1e-28", '/', "1e-28", "1"),
        ("1e-1", '/', "1e-28", "1000000000000000000000000000"),
        // The exact product ends in 51; rounded to 29 digits first (96 bits hold them) it would end in a tie.
        ("2.97311012390559", '*', "1.830291443589189", "5.441658020632794897660180667"),
        ("7", '%', "3", "1"),
        ("-7", '%', "3", "-1"),
        ("7", '%', "-3", "1"),
        ("5.5", '%', "0.3", "0.1"),
    ] {
        let (left, right) = (n(left), n(right));
        let answer = match operator {
            '+' => left.checked_add(right),
            '*' => left.checked_mul(right),
            '/' => left.checked_div(right),
            _ => left.checked_rem(right),
        };
        assert_eq!(answer, Ok(n(result)), "{left} {operator} {right}");
    }
}

#[test]
fn too_large_and_division_by_zero_are_told_apart() {
    let largest = n("9999999999999999999999999999");
    assert_eq!(largest.checked_add(n("0.5")), Err(Arithmetic::Overflow));
    assert_eq!(largest.checked_add(n("1")), Err(Arithmetic::Overflow));
    assert_eq!(largest.neg().checked_sub(n("1")), Err(Arithmetic::Overflow));
    assert_eq!(largest.checked_mul(largest), Err(Arithmetic::Overflow));
    assert_eq!(n("1e14").checked_mul(n("1e14")), Err(Arithmetic::Overflow));
    assert_eq!(largest.checked_div(n("1e-28")), Err(Arithmetic::Overflow));
    assert_eq!(n("1").checked_div(n("1e-28")), Err(Arithmetic::Overflow));
    assert_eq!(n("1").checked_div(Number::ZERO), Err(Arithmetic::DivisionByZero));
    assert_eq!(n("1").checked_rem(Number::ZERO), Err(Arithmetic::DivisionByZero));
}

#[test]
fn rounds_half_away_from_zero() {
    for (text, digits, rounded) in [
        ("2.5", 0, "3"),
        ("-2.5", 0, "-3"),
        ("2.4999999999999999999999999", 0, "2"),
        ("1.005", 2, "1.01"),
        ("-1.005", 2, "-1.01"),
        ("1.004", 2, "1"),
        ("0.4", 0, "0"),
        ("-0.4", 0, "0"),
        ("999999999999999999999999999.5", 0, "1000000000000000000000000000"),
        ("0.9999999999999999999999999999", 27, "1"),
        ("1.5", 28, "1.5"),
        ("1.5", u32::MAX, "1.5"),
    ] {
        assert_eq!(n(text).round(digits), n(rounded), "{text} to {digits}");
    }
    for (text, floor, ceil) in [
        ("1.2", "1", "2"),
        ("-1.2", "-2", "-1"),
        ("-0.2", "-1", "0"),
        ("0.2", "0", "1"),
        ("3", "3", "3"),
    ] {
        assert_eq!((n(text).floor(), n(text).ceil()), (n(floor), n(ceil)), "{text}");
    }
}

#[test]
fn converts() {
    assert_eq!(n("3.0").to_i64(), Some(3));
    assert_eq!(n("3.5").to_i64(), None);
    assert_eq!(n("9223372036854775807").to_i64(), Some(i64::MAX));
    assert_eq!(n("-9223372036854775808").to_i64(), Some(i64::MIN));
    assert_eq!(n("9223372036854775808").to_i64(), None);
    assert_eq!(Number::from(i64::MIN).to_string(), "-9223372036854775808");
    assert_eq!(Number::try_from(0.1), Ok(n("0.1")));
    assert_eq!(Number::try_from(-0.0), Ok(Number::ZERO));
    assert_eq!(Number::try_from(1e-9), Ok(n("0.000000001")));
    for float in [f64::NAN, f64::INFINITY, f64::MAX, f64::MIN_POSITIVE] {
        assert!(Number::try_from(float).is_err(), "{float}");
    }
    assert!((n("0.1").to_f64() - 0.1).abs() < f64::EPSILON);
    let exact = "1234567890123456789.012345678";
    assert_eq!(serde_json::to_string(&n(exact)).unwrap(), exact);
    assert_eq!(
        "x".parse::<Number>().unwrap_err().to_string(),
        "`x` is not a number such as `12.5`, of at most 28 digits and 28 decimals"
    );
}

/// A number as the sign and the count of 10^-28: every number is a whole multiple of that.
fn units(number: Number) -> BigInt {
    let parts = number.parts();
    let sign = if parts.negative { Sign::Minus } else { Sign::Plus };
    BigInt::from_biguint(sign, parts.mantissa.into()) * BigInt::from(10).pow(28 - parts.scale)
}

/// What an exact fraction must be rounded to: computed in a second way, by trying each scale.
fn rounded(numerator: &BigInt, denominator: &BigInt) -> Result<Number, Arithmetic> {
    let negative = (numerator.sign() == Sign::Minus) != (denominator.sign() == Sign::Minus);
    let (numerator, denominator) = (numerator.magnitude(), denominator.magnitude());
    let ten = num_bigint::BigUint::from(10_u32);
    let limit = ten.pow(28);
    for scale in (0..=28).rev() {
        let scaled = numerator * ten.pow(scale);
        let (mut quotient, remainder) = (&scaled / denominator, &scaled % denominator);
        let doubled = remainder * 2_u32;
        if doubled > *denominator || (doubled == *denominator && quotient.bit(0)) {
            quotient += 1_u32;
        }
        if quotient < limit {
            return Ok(Number::build(negative, quotient.try_into().unwrap(), scale));
        }
    }
    Err(Arithmetic::Overflow)
}

/// Numbers of every size, with those near the edges and near ties more often than chance has them.
fn any_number() -> impl Strategy<Value = Number> {
    let mantissa = prop_oneof![
        3 => 0..LIMIT,
        2 => (1_u32..=28).prop_flat_map(|digits| 0..10_u128.pow(digits)),
        1 => (0_u32..28, 0_u128..10).prop_map(|(zeros, last)| 10_u128.pow(zeros).saturating_sub(last)),
        1 => (0_u32..28).prop_map(|zeros| 5 * 10_u128.pow(zeros.min(27))),
        1 => (0_u128..10).prop_map(|below| LIMIT - 1 - below),
    ];
    (any::<bool>(), mantissa, 0_u32..=28)
        .prop_map(|(negative, mantissa, scale)| Number::build(negative, mantissa, scale))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]

    #[test]
    fn calculates_as_whole_numbers_do(a in any_number(), b in any_number()) {
        let unit = BigInt::from(10).pow(28);
        let (left, right) = (units(a), units(b));
        prop_assert_eq!(a.checked_add(b), rounded(&(&left + &right), &unit));
        prop_assert_eq!(a.checked_sub(b), rounded(&(&left - &right), &unit));
        prop_assert_eq!(a.checked_mul(b), rounded(&(&left * &right), &(&unit * &unit)));
        prop_assert_eq!(a.cmp(&b), left.cmp(&right));
        prop_assert_eq!(a == b, left == right);
        if b.is_zero() {
            prop_assert_eq!(a.checked_div(b), Err(Arithmetic::DivisionByZero));
            prop_assert_eq!(a.checked_rem(b), Err(Arithmetic::DivisionByZero));
        } else {
            prop_assert_eq!(a.checked_div(b), rounded(&left, &right));
            // The remainder of whole numbers in Rust has the sign of the left too.
            prop_assert_eq!(a.checked_rem(b).map(units), Ok(&left % &right));
        }
    }

    #[test]
    fn divides_back(a in any_number(), b in any_number()) {
        // Products that fit exactly come apart again: this meets quotients without a remainder, which chance does not.
        if let Ok(product) = a.checked_mul(b)
            && !b.is_zero()
        {
            prop_assert_eq!(product.checked_div(b), rounded(&units(product), &units(b)));
        }
    }

    #[test]
    fn rounds_as_whole_numbers_do(a in any_number(), digits in 0_u32..=28) {
        let unit = BigInt::from(10).pow(28 - digits);
        let (whole, half) = (units(a.abs()), &unit / 2_u32);
        let expected = (whole + half) / &unit * &unit;
        prop_assert_eq!(units(a.round(digits).abs()), if digits == 28 { units(a.abs()) } else { expected });
        prop_assert!(a.floor() <= a && a <= a.ceil());
        prop_assert!(units(a.ceil()) - units(a.floor()) <= BigInt::from(10).pow(28));
        prop_assert!(a.floor().is_whole() && a.ceil().is_whole());
    }

    #[test]
    fn texts_come_back(a in any_number()) {
        prop_assert_eq!(Number::parse(&a.to_string()), Some(a));
        let parts = a.parts();
        prop_assert!(parts.scale == 0 || parts.mantissa % 10 != 0, "{} has trailing zeros", a);
        prop_assert!(parts.mantissa != 0 || !parts.negative);
        let sign = if parts.negative { "-" } else { "" };
        prop_assert_eq!(Number::parse(&format!("{sign}{}e-{}", parts.mantissa, parts.scale)), Some(a));
    }

    #[test]
    fn reading_never_fails_badly(text in "[-+0-9.eE ]{0,60}") {
        // What is read agrees with what the JSON reader takes for a number.
        let json = serde_json::from_str::<&serde_json::value::RawValue>(&text).is_ok_and(|raw| raw.get() == text);
        prop_assert!(Number::parse(&text).is_none() || json, "{}", text);
    }

    #[test]
    fn short_texts_are_read_as_any_are(text in "-?(0|[1-9]?[0-9]{0,20})(\\.[0-9.]{0,12})?[e ]?") {
        let short = Number::parse_short(&text);
        prop_assert!(short.is_none() || short == Number::parse_any(&text), "{text}");
        let plain = text.len() < 18 && !text.contains('e');
        prop_assert!(!plain || short == Number::parse_any(&text), "{text}");
    }
}
