#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use proptest::prelude::*;

use super::*;

fn stockholm() -> Zone {
    Zone::named("Europe/Stockholm").unwrap()
}

fn day(text: &str) -> Date {
    Date::parse(text).unwrap_or_else(|| panic!("`{text}` is no day"))
}

fn length(text: &str) -> Duration {
    Duration::parse(text).unwrap_or_else(|| panic!("`{text}` is no duration"))
}

fn time(text: &str) -> DateTime {
    DateTime::read(text).unwrap_or_else(|| panic!("`{text}` is no time"))
}

#[test]
fn reads_days() {
    for text in ["0001-01-01", "2024-02-29", "2000-02-29", "9999-12-31"] {
        assert_eq!(day(text).to_string(), text);
    }
    for text in [
        "0000-12-31",
        "2023-02-29",
        "1900-02-29",
        "2026-13-01",
        "2026-00-01",
        "2026-01-00",
        "2026-04-31",
        "2026-1-1",
        "20260101",
        "2026-01-01 ",
        " 2026-01-01",
        "2026-01-01T00:00:00Z",
        "10000-01-01",
        "-2026-01-01",
        "2026-W01-1",
        "2026-001",
        "",
        "２026-01-01",
    ] {
        assert_eq!(Date::parse(text), None, "{text}");
    }
    assert_eq!(Date::new(2026, 2, 30), None);
    assert_eq!(Date::new(i64::MAX, i64::MIN, 400), None);
    assert_eq!(day("2026-01-05").weekday(), 1);
    assert_eq!(day("2026-01-04").weekday(), 7);
}

#[test]
fn adds_months_first_and_caps_the_day() {
    for (from, duration, to) in [
        ("2026-01-31", "P1M", "2026-02-28"),
        ("2024-01-31", "P1M", "2024-02-29"),
        ("2024-02-29", "P1Y", "2025-02-28"),
        ("2024-02-29", "P4Y", "2028-02-29"),
        ("2026-01-31", "P1M1D", "2026-03-01"),
        ("2026-01-31", "P2M", "2026-03-31"),
        ("2026-03-31", "-P1M", "2026-02-28"),
        ("2026-12-31", "P1D", "2027-01-01"),
        ("2026-01-05", "P90D", "2026-04-05"),
        ("2026-01-05", "P2W", "2026-01-19"),
        ("2026-03-01", "-P1D", "2026-02-28"),
        ("2026-01-31", "P1M-1D", "2026-02-27"),
        ("2026-01-31", "P0D", "2026-01-31"),
    ] {
        assert_eq!(day(from).add(length(duration)), Some(day(to)), "{from} {duration}");
    }
    assert_eq!(day("2026-01-31").add(length("PT24H")), None);
    assert_eq!(day("9999-12-31").add(length("P1D")), None);
    assert_eq!(day("0001-01-01").add(length("-P1D")), None);
    assert_eq!(day("2026-01-31").add(Duration::months(i64::from(i32::MAX)).unwrap()), None);
    assert_eq!(day("2026-01-31").add(Duration::days(i64::from(i32::MIN)).unwrap()), None);
    assert_eq!(day("2026-03-01").since(day("2026-02-28")).to_string(), "P1D");
    assert_eq!(day("2026-02-28").since(day("2026-03-01")).to_string(), "-P1D");
    assert_eq!(day("9999-12-31").since(day("0001-01-01")).as_days(), Some(3_652_058));
}

#[test]
fn a_day_ends_where_the_next_begins_in_the_zone() {
    for (zone, date, end) in [
        ("UTC", "2026-01-05", "2026-01-06T00:00:00Z"),
        ("Europe/Stockholm", "2026-01-05", "2026-01-06T00:00:00+01:00"),
        ("Europe/Stockholm", "2026-03-28", "2026-03-29T00:00:00+01:00"),
        ("Europe/Stockholm", "2026-03-29", "2026-03-30T00:00:00+02:00"),
        ("Europe/Stockholm", "2026-10-25", "2026-10-26T00:00:00+01:00"),
        ("Europe/Stockholm", "2026-12-31", "2027-01-01T00:00:00+01:00"),
        ("Europe/Stockholm", "2024-02-28", "2024-02-29T00:00:00+01:00"),
        // Midnight does not exist: clocks went from 00:00 to 01:00.
        ("America/Sao_Paulo", "2018-11-03", "2018-11-04T01:00:00-02:00"),
        // Nor here: from 23:30 to 00:30.
        ("America/Toronto", "1919-03-30", "1919-03-31T00:30:00-04:00"),
        // Midnight happens twice: the first.
        ("America/Havana", "2026-10-31", "2026-11-01T00:00:00-04:00"),
        // The 30th was left out.
        ("Pacific/Apia", "2011-12-29", "2011-12-31T00:00:00+14:00"),
    ] {
        let zone = Zone::named(zone).unwrap();
        assert_eq!(day(date).end(&zone).unwrap().to_string(), end, "{date} in {}", zone.name);
    }
    assert_eq!(day("9999-12-31").end(&stockholm()), None);
    assert_eq!(day("9999-12-30").end(&Zone::utc()), None);
}

#[test]
fn reads_instants() {
    for (text, shown) in [
        ("2026-01-05T09:00:00+01:00", "2026-01-05T09:00:00+01:00"),
        ("2026-01-05T08:00:00Z", "2026-01-05T08:00:00Z"),
        ("2026-01-05T08:00:00-00:00", "2026-01-05T08:00:00Z"),
        ("2026-01-05t08:00:00z", "2026-01-05T08:00:00Z"),
        ("2026-01-05T08:00:00.5Z", "2026-01-05T08:00:00.5Z"),
        ("2026-01-05T08:00:00.000001Z", "2026-01-05T08:00:00.000001Z"),
        ("2026-01-05T08:00:00.120000000Z", "2026-01-05T08:00:00.12Z"),
        // .NET, Go, Java: what is finer than a microsecond is cut off, never rounded.
        ("2026-01-05T08:00:00.1234567Z", "2026-01-05T08:00:00.123456Z"),
        ("2026-01-05T08:00:00.9999999999999999999999Z", "2026-01-05T08:00:00.999999Z"),
        ("1969-12-31T23:59:59.9999999Z", "1969-12-31T23:59:59.999999Z"),
        ("2026-01-05t08:00:00z", "2026-01-05T08:00:00Z"),
        ("1969-12-31T23:59:59.999999Z", "1969-12-31T23:59:59.999999Z"),
        ("0001-01-02T00:00:00Z", "0001-01-02T00:00:00Z"),
        ("2026-01-05T08:00:00+23:59", "2026-01-05T08:00:00+23:59"),
        ("2026-01-05T08:00:00-03:30", "2026-01-05T08:00:00-03:30"),
    ] {
        assert_eq!(time(text).to_string(), shown);
    }
    for text in [
        "2026-01-05T09:00:00",
        "2026-01-05",
        "2026-01-05 09:00:00Z",
        "2026-01-05T09:00Z",
        "2026-01-05T24:00:00Z",
        "2026-01-05T09:60:00Z",
        "2026-12-31T23:59:60Z",
        "2026-01-05T09:00:00.Z",
        "2026-01-05T09:00:00+1:00",
        "2026-01-05T09:00:00+0100",
        "2026-01-05T09:00:00+24:00",
        "2026-01-05T09:00:00+01:00:00",
        "2026-01-05T09:00:00+01:00[Europe/Stockholm]",
        "2026-01-05T09:00:00Z ",
        "2026-02-30T09:00:00Z",
        "0001-01-01T00:00:00Z",
        "9999-12-31T00:00:00Z",
        "",
    ] {
        assert_eq!(DateTime::read(text), None, "{text}");
    }
    assert_eq!(time("2026-01-05T09:00:00+01:00"), time("2026-01-05T08:00:00Z"));
    assert_eq!(
        DateTime::parse("2026-07-05T08:00:00Z", &stockholm()).unwrap().to_string(),
        "2026-07-05T10:00:00+02:00"
    );
    assert_eq!(DateTime::epoch(&stockholm()).to_string(), "1970-01-01T01:00:00+01:00");
    assert_eq!(DateTime::epoch(&stockholm()).microseconds(), 0);
}

#[test]
fn the_ends_of_time() {
    for edge in [FIRST, LAST] {
        let edge = DateTime::from_microseconds(edge).unwrap();
        for zone in ["Pacific/Kiritimati", "Pacific/Niue", "America/Juneau", "Asia/Manila"] {
            let there = edge.in_zone(&Zone::named(zone).unwrap());
            assert!((1..=9999).contains(&there.date().year()), "{there}");
            assert_eq!(time(&there.to_string()), edge);
        }
    }
    assert_eq!(time("0001-01-02T00:00:00Z").microseconds(), FIRST);
    assert_eq!(time("9999-12-30T22:00:00Z").microseconds(), LAST);
    assert!(DateTime::from_microseconds(FIRST - 1).is_none());
    assert!(DateTime::from_microseconds(LAST + 1).is_none());
    assert!(DateTime::from_microseconds(i64::MIN).is_none());
    assert_eq!(time("9999-12-30T21:00:00Z").add(length("PT2H"), &Zone::utc()), None);
    assert_eq!(time("9999-12-30T21:00:00Z").add(length("P1D"), &Zone::utc()), None);
    assert_eq!(time("9999-12-30T21:00:00Z").add(length("P9999Y"), &stockholm()), None);
    assert_eq!(time("2026-01-01T00:00:00Z").add(Duration::exact(i64::MAX), &Zone::utc()), None);
    assert_eq!(time("2026-01-01T00:00:00Z").add(Duration::exact(i64::MIN), &Zone::utc()), None);
}

#[test]
fn adds_on_the_calendar_or_on_the_clock() {
    for (from, duration, to) in [
        // 90 civil days and 2160 hours are an hour apart across the spring change.
        ("2026-01-05T09:00:00+01:00", "P90D", "2026-04-05T09:00:00+02:00"),
        ("2026-01-05T09:00:00+01:00", "PT2160H", "2026-04-05T10:00:00+02:00"),
        // 02:30 is skipped on 29 March: forward by the gap.
        ("2026-03-28T02:30:00+01:00", "P1D", "2026-03-29T03:30:00+02:00"),
        ("2026-03-28T02:30:00+01:00", "PT24H", "2026-03-29T03:30:00+02:00"),
        ("2026-03-28T02:30:00+01:00", "P2D", "2026-03-30T02:30:00+02:00"),
        ("2026-03-30T02:30:00+02:00", "-P1D", "2026-03-29T03:30:00+02:00"),
        // 02:30 comes twice on 25 October: the first.
        ("2026-10-24T02:30:00+02:00", "P1D", "2026-10-25T02:30:00+02:00"),
        ("2026-10-24T02:30:00+02:00", "PT25H", "2026-10-25T02:30:00+01:00"),
        ("2026-10-26T02:30:00+01:00", "-P1D", "2026-10-25T02:30:00+02:00"),
        // Nothing added moves nothing.
        ("2026-10-25T02:30:00+01:00", "P0D", "2026-10-25T02:30:00+01:00"),
        ("2026-10-25T02:30:00+01:00", "PT0S", "2026-10-25T02:30:00+01:00"),
        ("2026-01-31T12:00:00+01:00", "P1M", "2026-02-28T12:00:00+01:00"),
        ("2024-02-29T12:00:00+01:00", "P1Y", "2025-02-28T12:00:00+01:00"),
        ("2026-12-31T23:30:00+01:00", "PT1H", "2027-01-01T00:30:00+01:00"),
        // The calendar is that of the zone, not of the offset written.
        ("2026-03-28T23:30:00Z", "P1D", "2026-03-30T00:30:00+02:00"),
        ("2026-01-05T09:00:00.000001+01:00", "P1D", "2026-01-06T09:00:00.000001+01:00"),
    ] {
        let sum = time(from).add(length(duration), &stockholm()).unwrap();
        assert_eq!(sum.to_string(), to, "{from} + {duration}");
    }
    assert_eq!(
        time("2026-04-05T09:00:00+02:00").since(time("2026-01-05T09:00:00+01:00")).to_string(),
        "PT2159H"
    );
}

#[test]
fn parts_are_those_of_the_zone() {
    let late = DateTime::parse("2026-12-31T23:30:59Z", &stockholm()).unwrap();
    assert_eq!(late.date(), day("2027-01-01"));
}

#[test]
fn offsets_with_seconds_lose_nothing() {
    // The database has Berlin's clocks for Stockholm before 1893, 53 min 28 s ahead; RFC 3339 has no seconds there.
    let old = DateTime::parse("1850-01-01T00:00:00Z", &stockholm()).unwrap();
    assert_eq!(old.to_string(), "1850-01-01T00:53:00+00:53");
    assert_eq!(time(&old.to_string()), old);
    let exact = old.written_exactly();
    assert_eq!(exact, "1850-01-01T00:53:28+00:53:28");
    assert_eq!(DateTime::read_exactly(&exact).unwrap().written_exactly(), exact);
    let west =
        DateTime::parse("1960-01-01T00:00:00Z", &Zone::named("Africa/Monrovia").unwrap()).unwrap();
    assert_eq!(west.to_string(), "1959-12-31T23:15:00-00:45");
    assert_eq!(time(&west.to_string()), west);
    let exact = west.written_exactly();
    assert_eq!(exact, "1959-12-31T23:15:30-00:44:30");
    assert_eq!(DateTime::read_exactly(&exact).unwrap().written_exactly(), exact);
}

#[test]
fn zones_are_those_of_the_bundled_database() {
    assert_eq!(Zone::named("Europe/Stockholm").unwrap().name, "Europe/Stockholm");
    for name in ["Europe/Stokholm", "europe/stockholm", "", "CET+1", "../etc/passwd", "Etc/Unknown"]
    {
        assert!(Zone::named(name).is_none(), "{name}");
    }
    assert!(Zone::named(&"x".repeat(1_000_000)).is_none());
    let names = Zone::names();
    assert!(names.is_sorted());
    for name in ["UTC", "Europe/Stockholm", "Asia/Calcutta"] {
        assert!(names.iter().any(|known| known == name), "{name}");
    }
    for name in &names {
        assert!(Zone::named(name).is_some(), "{name}");
    }
    assert!(Zone::database_version().starts_with("20"), "{}", Zone::database_version());
}

proptest! {
    #[test]
    fn texts_come_back(microseconds in FIRST..=LAST, zone in proptest::sample::select(Zone::names())) {
        let zone = Zone::named(&zone).unwrap();
        let time = DateTime::from_microseconds(microseconds).unwrap().in_zone(&zone);
        prop_assert_eq!(DateTime::parse(&time.to_string(), &zone), Some(time));
        let exact = time.written_exactly();
        prop_assert_eq!(DateTime::read_exactly(&exact).unwrap().written_exactly(), exact);
        prop_assert_eq!(Date::parse(&time.date().to_string()), Some(time.date()));
    }

    #[test]
    fn the_end_is_the_first_instant_of_a_later_day(
        days in -40_000_i64..40_000,
        zone in proptest::sample::select(Zone::names()),
    ) {
        let zone = Zone::named(&zone).unwrap();
        let date = day("1970-01-01").add(Duration::days(days).unwrap()).unwrap();
        let end = date.end(&zone).unwrap();
        let before = end.add(Duration::exact(-1), &zone).unwrap();
        prop_assert!(end.date() > date, "{} ends at {}", date, end);
        prop_assert!(before.date() <= date, "{} ends at {}", date, end);
    }

    #[test]
    fn reading_never_fails_badly(text in "[-+0-9TZ:.é]{0,40}") {
        if let Some(time) = DateTime::read(&text) {
            prop_assert_eq!(DateTime::read(&time.to_string()), Some(time));
        }
        let _: Option<Date> = Date::parse(&text);
    }
}

#[test]
fn days_are_numbered_without_a_gap() {
    let (first, last) = (day("0001-01-01").days(), day("9999-12-31").days());
    assert_eq!((first, last), (-719_162, 2_932_896));
    assert_eq!((Date::from_days(first - 1), Date::from_days(last + 1)), (None, None));
    let mut date = day("0001-01-01");
    // Three eras of 400 years.
    for days in first..first + 3 * 146_097 {
        assert_eq!(date.days(), days);
        assert_eq!(Date::from_days(days), Some(date));
        date = Date(date.0.tomorrow().unwrap());
    }
}

proptest! {
    #[test]
    fn months_are_added_to_days_as_to_dates(
        days in -719_162_i64..=2_932_896,
        months in prop_oneof![-30_i64..30, -130_000_i64..130_000, Just(i64::MIN), Just(i64::MAX)],
    ) {
        let date = Date::from_days(days).unwrap();
        let wanted = Duration::months(months).and_then(|months| date.add(months));
        prop_assert_eq!(Date::days_after_months(days, months), wanted.map(Date::days));
    }
}
