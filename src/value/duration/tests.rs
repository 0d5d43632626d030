#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use proptest::prelude::*;

use super::*;

fn length(text: &str) -> Duration {
    Duration::parse_explained(text).unwrap_or_else(|problem| panic!("`{text}` {problem}"))
}

#[test]
fn reads_and_writes_the_canonical_form() {
    for (text, shown) in [
        ("P1Y6M", "P1Y6M"),
        ("P18M", "P1Y6M"),
        ("P12M", "P1Y"),
        ("P2W", "P14D"),
        ("P1Y2M3W4D", "P1Y2M25D"),
        ("P90D", "P90D"),
        ("P0D", "P0D"),
        ("P0Y", "P0D"),
        ("-P0D", "P0D"),
        ("PT0S", "PT0S"),
        ("-PT0H", "PT0S"),
        ("PT36H", "PT36H"),
        ("PT60M", "PT1H"),
        ("PT90M", "PT1H30M"),
        ("PT1H30M15.5S", "PT1H30M15.5S"),
        ("PT0.000001S", "PT0.000001S"),
        ("PT3600.10S", "PT1H0.1S"),
        ("-P3D", "-P3D"),
        ("-P1Y1D", "-P1Y1D"),
        ("-PT0.5S", "-PT0.5S"),
        ("P1M-1D", "P1M-1D"),
        ("P-1M1D", "P-1M1D"),
        ("-P1M-1D", "P-1M1D"),
        ("P-1M-1D", "-P1M1D"),
        ("P001D", "P1D"),
    ] {
        assert_eq!(length(text).to_string(), shown, "{text}");
        assert_eq!(length(shown), length(text));
    }
}

#[test]
fn says_what_is_wrong() {
    for (text, problem) in [
        ("", "is empty"),
        ("P", "has no length: write one such as `P3D`"),
        ("-P", "has no length: write one such as `P3D`"),
        ("PT", "has nothing behind the `T`"),
        ("P1DT", "has nothing behind the `T`"),
        ("p3d", "begins with a small `p`: durations are written in upper case"),
        ("P3d", "has the unit `d` in lower case: write `D`"),
        ("PT3h", "has the unit `h` in lower case: write `H`"),
        ("+P3D", "may have no `+`, only a `-`"),
        ("3 days", "does not begin with `P`: write `P3D`"),
        ("2 veckor", "does not begin with `P`: write `P14D`"),
        ("36h", "does not begin with `P`: write `PT36H`"),
        ("1 år", "does not begin with `P`: write `P1Y`"),
        ("3 moons", "does not begin with `P`: durations are written like `P1Y6M`, `P90D`, `PT36H`"),
        ("P36H", "lacks a `T` in front of hours, minutes and seconds: write `PT36H`"),
        ("P5S", "lacks a `T` in front of hours, minutes and seconds: write `PT5S`"),
        ("PT3D", "has `D` behind the `T`, where only hours, minutes and seconds stand"),
        (
            "P2DT3H",
            "mixes calendar days and hours, which are not a fixed number of each other: write one of them, \
             such as `P2D` or `PT48H`",
        ),
        ("P3D1M", "has `M` twice or in the wrong place: the order is `YMWD`"),
        ("P1D1D", "has `D` twice or in the wrong place: the order is `YMWD`"),
        ("PT1M1H", "has `H` twice or in the wrong place: the order is `HMS`"),
        ("P1.5D", "has a fraction of `D`: only seconds can have one"),
        ("PT1.5H", "has a fraction of `H`: only seconds can have one"),
        ("PT1,5S", "has a decimal comma: write a point"),
        ("PT1.S", "has no digits behind the point"),
        ("PT.5S", "has no number at `.5S`"),
        ("P3", "lacks a unit behind `3`"),
        ("PD", "has no number at `D`"),
        ("P--3D", "has no number at `--3D`"),
        ("P3X", "has the unit `X`, which there is not"),
        ("P3é", "has the unit `é`, which there is not"),
        ("P99999999999D", "is too long"),
        ("P99999999999999999999D", "is too long"),
        ("P2147483648M", "is too long"),
        ("PT9999999999H", "is too long"),
    ] {
        assert_eq!(Duration::parse_explained(text), Err(problem.to_owned()), "{text}");
    }
    assert_eq!(
        "P2DT3H".parse::<Duration>().unwrap_err().to_string().split(':').next(),
        Some("`P2DT3H` is not a duration")
    );
}

#[test]
fn calculates_within_one_kind() {
    let sum = |a: &str, b: &str| length(a).checked_add(length(b)).map(|sum| sum.to_string());
    assert_eq!(sum("P1M", "P3D").as_deref(), Some("P1M3D"));
    assert_eq!(sum("P1M", "-P3D").as_deref(), Some("P1M-3D"));
    assert_eq!(sum("PT1H", "PT30M").as_deref(), Some("PT1H30M"));
    assert_eq!(sum("P1D", "PT1H"), None);
    assert_eq!(sum("P2147483647D", "P1D"), None);
    assert_eq!(length("P1M2D").checked_mul(3), Some(length("P3M6D")));
    assert_eq!(length("PT1H").checked_mul(i64::MAX), None);
    assert_eq!(length("P1D").checked_neg(), Some(length("-P1D")));
    assert_eq!(Duration::days(i64::from(i32::MIN)).unwrap().checked_neg(), None);
    assert_eq!(Duration::weeks(i64::MAX), None);
    assert_eq!(Duration::years(i64::MAX), None);
    assert_eq!(Duration::hours(i64::MAX), None);
    assert_eq!(length("P2W").as_days(), Some(14));
    assert_eq!(length("P1M").as_days(), None);
    assert_eq!(length("PT24H").as_days(), None);
    assert_eq!(length("PT1H30M").as_hours(), Number::parse("1.5"));
    assert_eq!(length("P1D").as_hours(), None);
    for (text, negative) in
        [("P1D", false), ("-P1D", true), ("P1M-1D", true), ("PT0S", false), ("-PT1S", true)]
    {
        assert_eq!(length(text).is_negative(), negative, "{text}");
    }
}

#[test]
fn orders_only_what_has_an_order() {
    use Ordering::{Equal, Greater, Less};
    for (a, b, order) in [
        ("P1Y", "P12M", Some(Equal)),
        ("P1W", "P7D", Some(Equal)),
        ("P1M", "P30D", None),
        ("P1M", "P1D", None),
        ("P1M", "P2M", Some(Less)),
        ("P8D", "P1W", Some(Greater)),
        ("P1M", "P1M1D", Some(Less)),
        ("P2M2D", "P1M1D", Some(Greater)),
        ("P2M1D", "P1M2D", None),
        ("PT36H", "PT35H59M", Some(Greater)),
        ("P1D", "PT24H", None),
        ("P0D", "PT0S", None),
    ] {
        assert_eq!(length(a).compare(length(b)), order, "{a} {b}");
    }
}

fn any_duration() -> impl Strategy<Value = Duration> {
    prop_oneof![
        (any::<i32>(), any::<i32>())
            .prop_map(|(months, days)| Duration(Length::Civil { months, days })),
        (-100_i32..100, -100_i32..100)
            .prop_map(|(months, days)| Duration(Length::Civil { months, days })),
        any::<i64>().prop_map(Duration::exact),
        (-10_000_000_i64..10_000_000).prop_map(Duration::exact),
        Just(Duration::exact(i64::MIN)),
        Just(Duration(Length::Civil { months: i32::MIN, days: i32::MIN })),
    ]
}

proptest! {
    #[test]
    fn texts_come_back(duration in any_duration()) {
        prop_assert_eq!(Duration::parse(&duration.to_string()), Some(duration), "{}", duration);
    }

    #[test]
    fn a_longer_duration_leads_to_a_later_day(a in any_duration(), b in any_duration(), days in 0_i64..100_000) {
        let start = super::super::Date::new(1900, 1, 1).unwrap().add(Duration::days(days).unwrap()).unwrap();
        if let (Some(order), Some(by_a), Some(by_b)) = (a.compare(b), start.add(a), start.add(b)) {
            prop_assert_eq!(by_a.cmp(&by_b), order, "{} {} {}", start, a, b);
        }
    }

    #[test]
    fn reading_never_fails_badly(text in "[-+]?[Pp]?[-0-9YMWDTHSymdé.,]{0,20}") {
        if let Ok(duration) = Duration::parse_explained(&text) {
            prop_assert_eq!(Duration::parse(&duration.to_string()), Some(duration));
        }
    }
}
