#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use std::convert::Infallible;

use proptest::prelude::*;

use super::*;

fn day(text: &str) -> Date {
    Date::parse(text).unwrap_or_else(|| panic!("`{text}` is no day"))
}

fn sweden(eves: bool) -> Calendar {
    Calendar { holidays: Holidays::Sweden, eves }
}

fn add(calendar: &Calendar, from: Date, n: i64) -> Option<Date> {
    calendar.add(from, n, |_| Ok::<(), Infallible>(())).unwrap()
}

/// Easter Sundays as almanacs have them, among them the earliest and latest there are (1818, 1943, 2038, 2285), those that the
/// exceptions of Gauss's rule are about (1954, 1981, 2049, 2076) and centuries.
#[test]
fn easter_is_when_almanacs_have_it() {
    for text in [
        "1583-04-10",
        "1700-04-11",
        "1818-03-22",
        "1900-04-15",
        "1943-04-25",
        "1954-04-18",
        "1961-04-02",
        "1981-04-19",
        "1990-04-15",
        "1991-03-31",
        "1992-04-19",
        "1993-04-11",
        "1994-04-03",
        "1995-04-16",
        "1996-04-07",
        "1997-03-30",
        "1998-04-12",
        "1999-04-04",
        "2000-04-23",
        "2001-04-15",
        "2002-03-31",
        "2003-04-20",
        "2004-04-11",
        "2005-03-27",
        "2006-04-16",
        "2007-04-08",
        "2008-03-23",
        "2009-04-12",
        "2010-04-04",
        "2011-04-24",
        "2012-04-08",
        "2013-03-31",
        "2014-04-20",
        "2015-04-05",
        "2016-03-27",
        "2017-04-16",
        "2018-04-01",
        "2019-04-21",
        "2020-04-12",
        "2021-04-04",
        "2022-04-17",
        "2023-04-09",
        "2024-03-31",
        "2025-04-20",
        "2026-04-05",
        "2027-03-28",
        "2028-04-16",
        "2029-04-01",
        "2030-04-21",
        "2038-04-25",
        "2049-04-18",
        "2076-04-19",
        "2100-03-28",
        "2285-03-22",
    ] {
        let wanted = day(text);
        assert_eq!(easter(wanted.year()), (wanted.month(), wanted.day()), "{text}");
    }
}

/// Another computus: Clavius's tables of golden number, solar and lunar correction and epact, as D. Knuth has them in
/// The Art of Computer Programming, volume 1, exercise 1.3.2–14.
fn easter_by_epacts(year: i64) -> Date {
    let golden = year % 19 + 1;
    let century = year / 100 + 1;
    let skipped_leap_years = 3 * century / 4 - 12;
    let lunar_correction = (8 * century + 5) / 25 - 5;
    let sunday = 5 * year / 4 - skipped_leap_years - 10;
    let mut epact = (11 * golden + 20 + lunar_correction - skipped_leap_years).rem_euclid(30);
    if epact == 24 || (epact == 25 && golden > 11) {
        epact += 1;
    }
    let mut full_moon = 44 - epact;
    if full_moon < 21 {
        full_moon += 30;
    }
    let easter = full_moon + 7 - (sunday + full_moon).rem_euclid(7);
    day(&format!("{year:04}-03-01")).shifted(easter - 1).unwrap()
}

/// The law word by word, asked of every single day.
fn is_holiday_by_the_words(day: Date, easter: Date) -> bool {
    let (month, of_month, weekday) = (day.month(), day.day(), day.weekday());
    let behind = day.since(easter).as_days().unwrap();
    // The first of May, National Day and the like fall on their dates.
    matches!((month, of_month), (1, 1) | (1, 6) | (5, 1) | (12, 25) | (12, 26))
        || (day.year() >= 2005 && (month, of_month) == (6, 6))
        // The Friday next before Easter, the day after it, the sixth Thursday after it.
        || (weekday == 5 && (-7..0).contains(&behind))
        || behind == 1
        || (weekday == 4 && (1..=42).contains(&behind) && (behind + 6) / 7 == 6)
        // The day after the seventh Sunday after it.
        || (day.year() < 2005 && weekday == 1 && behind == 7 * 7 + 1)
        || (weekday == 6 && month == 6 && (20..=26).contains(&of_month))
        || (weekday == 6 && ((month, of_month) == (10, 31) || (month == 11 && of_month <= 6)))
}

fn is_eve_by_the_words(day: Date) -> bool {
    let tomorrow = day.shifted(1);
    matches!((day.month(), day.day()), (12, 24) | (12, 31))
        || tomorrow.is_some_and(|next| {
            next.weekday() == 6 && next.month() == 6 && (20..=26).contains(&next.day())
        })
}

/// Every day from 1583 to 2200, which holds 1990–2100, and the edges of the calendar.
#[test]
fn days_off_are_those_of_the_law() {
    for year in (1583..=2200).chain([9998, 9999]) {
        let easter_day = easter_by_epacts(year);
        assert_eq!(easter(year), (easter_day.month(), easter_day.day()), "{year}");
        let (plain, with_eves) = (sweden(false), sweden(true));
        let (off, off_with_eves) = (plain.weekdays_off(year), with_eves.weekdays_off(year));
        assert!(off.is_sorted_by(|a, b| a < b) && off_with_eves.is_sorted_by(|a, b| a < b));
        let mut at = Date::new(year, 1, 1);
        while let Some(day) = at.filter(|day| day.year() == year) {
            let holiday = is_holiday_by_the_words(day, easter_day);
            if day.weekday() < 6 {
                assert_eq!(off.contains(&day), holiday, "{day}");
                let free = holiday || is_eve_by_the_words(day);
                assert_eq!(off_with_eves.contains(&day), free, "{day} with eves");
            }
            at = day.shifted(1);
        }
    }
}

/// Printed calendars.
#[test]
fn holidays_of_single_years() {
    let printed = |year| {
        let mut days = swedish_holidays(year);
        days.sort_unstable();
        days.iter().map(|day| day.to_string()[5..].to_owned()).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(printed(2026), "01-01 01-06 04-03 04-06 05-01 05-14 06-06 06-20 10-31 12-25 12-26");
    assert_eq!(printed(2024), "01-01 01-06 03-29 04-01 05-01 05-09 06-06 06-22 11-02 12-25 12-26");
    // The last Whit Monday and the first National Day.
    assert_eq!(printed(2004), "01-01 01-06 04-09 04-12 05-01 05-20 05-31 06-26 11-06 12-25 12-26");
    assert_eq!(printed(2005), "01-01 01-06 03-25 03-28 05-01 05-05 06-06 06-25 11-05 12-25 12-26");
    // Ascension Day on the First of May is one day off.
    assert_eq!(
        sweden(false)
            .weekdays_off(2008)
            .iter()
            .filter(|found| **found == day("2008-05-01"))
            .count(),
        1
    );
}

#[test]
fn counts_working_days() {
    let (plain, eves) = (sweden(false), sweden(true));
    for (calendar, from, n, to) in [
        // Friday to Monday; over Easter 2026; from a Saturday.
        (&plain, "2026-01-09", 1, "2026-01-12"),
        (&plain, "2026-04-02", 1, "2026-04-07"),
        (&plain, "2026-04-04", 1, "2026-04-07"),
        (&plain, "2026-04-04", -1, "2026-04-02"),
        (&plain, "2026-04-07", -1, "2026-04-02"),
        // Nothing is nothing, also on a day off.
        (&plain, "2026-04-04", 0, "2026-04-04"),
        // Over the turn of a year, with and without eves.
        (&plain, "2026-12-23", 1, "2026-12-24"),
        (&eves, "2026-12-23", 1, "2026-12-28"),
        (&eves, "2026-12-30", 1, "2027-01-04"),
        (&eves, "2027-01-04", -1, "2026-12-30"),
        (&eves, "2026-06-18", 1, "2026-06-22"),
        (&plain, "2026-06-18", 1, "2026-06-19"),
        // A leap day.
        (&plain, "2024-02-28", 1, "2024-02-29"),
        (&plain, "2024-02-29", 1, "2024-03-01"),
    ] {
        let found = add(calendar, day(from), n);
        assert_eq!(found, Some(day(to)), "{from} and {n}");
    }
    for (calendar, from, to) in [
        (&eves, "2026-12-24", "2026-12-28"),
        (&plain, "2026-12-24", "2026-12-24"),
        (&plain, "2004-05-31", "2004-06-01"),
        (&plain, "2005-05-16", "2005-05-16"),
        (&plain, "2005-06-06", "2005-06-07"),
        (&plain, "2003-06-06", "2003-06-06"),
    ] {
        let found = calendar.next(day(from), |_| Ok::<(), Infallible>(())).unwrap();
        assert_eq!(found, Some(day(to)), "{from}");
    }
}

#[test]
fn ends_where_the_calendar_ends() {
    let calendar = sweden(true);
    assert_eq!(add(&calendar, day("9999-12-30"), 1), None);
    assert_eq!(calendar.next(day("9999-12-31"), |_| Ok::<(), Infallible>(())), Ok(None));
    assert_eq!(add(&calendar, day("0001-01-02"), -1), None);
    for n in [i64::MAX, i64::MIN, 1_000_000_000, 9_999 * 262 + 1] {
        assert_eq!(add(&calendar, day("2026-01-01"), n), None, "{n}");
    }
    // Whoever pays for the work can stop it, at a cost that grows with the years.
    let mut spent = 0;
    let stopped = calendar.add(day("2026-01-01"), 1_000_000, |operations| {
        spent += operations;
        if spent > 1_000 { Err(spent) } else { Ok(()) }
    });
    assert!(matches!(stopped, Err(spent) if spent < 1_100), "{stopped:?}");
}

proptest! {
    /// As by going day by day.
    #[test]
    fn jumps_as_one_walks(
        from in -3_000_i64..3_000,
        n in -400_i64..400,
        eves: bool,
        listed in proptest::option::of(proptest::collection::vec(-2_000_i64..2_000, 0..200)),
    ) {
        let zero = day("2004-12-27");
        let holidays = match &listed {
            None => Holidays::Sweden,
            Some(days) => Holidays::listed(days.iter().map(|day| zero.shifted(*day).unwrap()).collect()),
        };
        let calendar = Calendar { holidays, eves };
        let from = zero.shifted(from).unwrap();
        let is_off = |day: Date| {
            day.weekday() >= 6
                || (eves && is_eve_by_the_words(day))
                || match &listed {
                    None => is_holiday_by_the_words(day, easter_by_epacts(day.year())),
                    Some(days) => days.iter().any(|listed| zero.shifted(*listed) == Some(day)),
                }
        };
        let (mut at, mut left) = (from, n);
        while left != 0 {
            at = at.shifted(n.signum()).unwrap();
            if !is_off(at) {
                left -= n.signum();
            }
        }
        prop_assert_eq!(add(&calendar, from, n), Some(at));
        prop_assert_eq!(calendar.is_off(from), is_off(from));
    }
}

/// Days of one's own beside the national ones; as many lie between as can be added.
#[test]
fn own_days_are_off_beside_the_national_ones_and_days_between_are_those_that_can_be_added() {
    let date = |text: &str| Date::parse(text).unwrap();
    let squeezed = date("2026-05-15");
    let own =
        Holidays::sweden_and(vec![squeezed, squeezed, date("2026-05-16"), date("2026-05-14")]);
    assert_eq!(Holidays::sweden_and(vec![date("2026-05-16")]), Holidays::Sweden);
    let none = |_| Ok::<(), ()>(());
    let own = Calendar { holidays: own, eves: true };
    let national = Calendar { holidays: Holidays::Sweden, eves: true };
    assert!(own.is_off(squeezed) && !national.is_off(squeezed));
    assert!(own.is_off(date("2026-12-25")) && own.is_off(date("2026-06-19")));
    assert_eq!(own.add(date("2026-05-13"), 1, none), Ok(Some(date("2026-05-18"))));
    assert_eq!(national.add(date("2026-05-13"), 1, none), Ok(Some(squeezed)));
    for calendar in [&own, &national] {
        for first in 0..40_i64 {
            for last in 0..40_i64 {
                let start = date("2026-04-25").days();
                let day = |number: i64| Date::from_days(start + number).unwrap();
                let (from, to) = (day(first), day(last));
                let between = calendar.between(from, to, none).unwrap();
                let reached = |count: i64| calendar.add(from, count, none).unwrap().unwrap();
                if first <= last {
                    assert!(reached(between) <= to && reached(between + 1) > to, "{from} {to}");
                } else {
                    assert!(reached(between) >= to && reached(between - 1) < to, "{from} {to}");
                }
            }
        }
    }
}
