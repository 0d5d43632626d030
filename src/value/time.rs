//! Civil days and instants, in a time zone that is data.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

use jiff::tz::{AmbiguousOffset, Offset};
use jiff::{Span, Timestamp, civil};
use serde::Serialize;

use super::InvalidValue;
use super::duration::{Duration, Length};
use super::zone::Zone;

/// A civil day, years 0001 to 9999, written `2026-01-31`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date(civil::Date);

/// An instant to the microsecond, with the offset that it is written with: `2026-01-31T09:00:00+01:00`.
/// Equality and order are those of the instant.
///
/// From 2 January 0001 to 30 December 9999, so that it can be written in every zone.
#[derive(Debug, Clone, Copy)]
pub struct DateTime {
    /// Microseconds since 1970-01-01T00:00:00Z, from `FIRST` to `LAST`.
    instant: i64,
    /// Seconds ahead of UTC.
    offset: i32,
}

/// 0001-01-02T00:00:00Z and 9999-12-30T22:00:00Z in microseconds.
const FIRST: i64 = -62_135_510_400_000_000;
const LAST: i64 = 253_402_207_200_000_000;

/// Which there are, for messages.
pub(crate) const DATES: &str = "dates go from 0001-01-01 to 9999-12-31";
pub(crate) const TIMES: &str = "date-times go from 2 January 0001 to 30 December 9999 22:00 UTC";

const SECOND: i64 = 1_000_000;
const DAY: i64 = 86_400 * SECOND;

impl Date {
    /// Reads `2026-01-31`.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let mut reader = Reader(text.as_bytes());
        let date = reader.date()?;
        reader.end()?;
        Some(date)
    }

    pub(crate) fn new(year: i64, month: i64, day: i64) -> Option<Self> {
        let year = i16::try_from(year).ok().filter(|year| (1..=9999).contains(year))?;
        civil::Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok().map(Self)
    }

    #[inline]
    pub(crate) fn year(self) -> i64 {
        self.0.year().into()
    }

    #[inline]
    pub(crate) fn month(self) -> i64 {
        self.0.month().into()
    }

    #[inline]
    pub(crate) fn day(self) -> i64 {
        self.0.day().into()
    }

    /// Days since 1970-01-01. (Hinnant, *chrono-compatible low-level date algorithms*, `days_from_civil`; years are never
    /// below 0.)
    #[inline]
    pub(crate) fn days(self) -> i64 {
        let part = |part: i64| u32::try_from(part).unwrap_or(0);
        days_from_civil(part(self.year()), part(self.month()), part(self.day()))
    }

    /// The day that is so many days after 1970-01-01; `None` outside the years that there are.
    pub(crate) fn from_days(days: i64) -> Option<Self> {
        let (year, month, day) = civil_from_days(days)?;
        Self::new(year, month, day)
    }

    /// A day so many months later, both as days since 1970-01-01: what [`Date::add`] does with
    /// dates.
    pub(crate) fn days_after_months(days: i64, months: i64) -> Option<i64> {
        let (year, month, day) = civil_from_days(days)?;
        let months = year.checked_mul(12)?.checked_add(month - 1)?.checked_add(months)?;
        let (year, month) = (months.div_euclid(12), months.rem_euclid(12) + 1);
        if !(1..=9999).contains(&year) {
            return None;
        }
        let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        let last = match month {
            2 => 28 + i64::from(leap),
            4 | 6 | 9 | 11 => 30,
            _ => 31,
        };
        let part = |part: i64| u32::try_from(part).unwrap_or(0);
        Some(days_from_civil(part(year), part(month), part(day.min(last))))
    }

    /// Year, month and day of so many days since 1970-01-01; `None` outside of the years that there are.
    #[inline]
    pub(crate) fn parts_of_days(days: i64) -> Option<(i64, i64, i64)> {
        civil_from_days(days)
    }

    /// Monday 1 to Sunday 7 (ISO 8601).
    pub(crate) fn weekday(self) -> i64 {
        self.0.weekday().to_monday_one_offset().into()
    }

    /// The first instant of the day behind this one: when the day has ended in the zone. `None` at the end of time.
    pub(crate) fn end(self, zone: &Zone) -> Option<DateTime> {
        let next = self.days().checked_add(1)?.checked_mul(DAY)?;
        if let Some(offset) = zone.offset_of_civil(next) {
            return Some(DateTime { instant: next - i64::from(offset) * SECOND, offset });
        }
        let midnight = self.0.tomorrow().ok()?.at(0, 0, 0, 0);
        let ambiguous = zone.whole.to_ambiguous_timestamp(midnight);
        let skipped = matches!(ambiguous.offset(), AmbiguousOffset::Gap { .. });
        let instant = ambiguous.compatible().ok()?;
        if skipped {
            // Clocks that skip midnight do not always begin at it: the day then begins where they jump to.
            let after = instant.checked_add(jiff::SignedDuration::from_nanos(1)).ok()?;
            return DateTime::at(zone.whole.preceding(after).next()?.timestamp(), zone);
        }
        DateTime::at(instant, zone)
    }

    /// Adds a civil duration: months first (the day capped at the month's last), then days. `None` out of range
    /// or for an exact one.
    pub(crate) fn add(self, duration: Duration) -> Option<Self> {
        let (months, days) = civil_spans(duration)?;
        let date = self.0.checked_add(months).ok()?.checked_add(days).ok()?;
        (date.year() >= 1).then_some(Self(date))
    }

    /// How many whole months lie between: the most that can be added to this day without passing the other. Below 0, and
    /// as from the other, where that lies before.
    pub(crate) fn months_to(self, other: Self) -> i64 {
        if other < self {
            return -other.months_to(self);
        }
        let months = (other.year() - self.year()) * 12 + other.month() - self.month();
        match Self::days_after_months(self.days(), months) {
            Some(days) if days <= other.days() => months,
            _ => months - 1,
        }
    }

    /// The day so many days later, or earlier. `None` out of range.
    pub(super) fn shifted(self, days: i64) -> Option<Self> {
        self.add(Duration::days(days)?)
    }

    /// Civil days from the other to this.
    pub(crate) fn since(self, other: Self) -> Duration {
        let hours = self.0.duration_since(other.0).as_hours();
        // Some 3.7 million at most.
        Duration::from_days(i32::try_from(hours / 24).unwrap_or(i32::MAX))
    }
}

impl DateTime {
    /// RFC 3339 with an offset, put into the zone. What is finer than a microsecond is cut off; a leap second is not taken.
    /// `None` otherwise.
    pub(crate) fn parse(text: &str, zone: &Zone) -> Option<Self> {
        Self::read(text).map(|read| read.in_zone(zone))
    }

    /// Reads a time of day on the calendar of a zone, `2026-01-31T09:00` with or without seconds, or a day, whose first
    /// instant is meant. A time that the clocks skip moves forward, of a repeated one the first is meant.
    pub(crate) fn parse_civil(text: &str, zone: &Zone) -> Option<Self> {
        let written = match text.len() {
            10 => format!("{text}T00:00:00"),
            16 => format!("{text}:00"),
            _ => text.to_owned(),
        };
        let mut reader = Reader(written.as_bytes());
        let local = Self::from_microseconds(reader.local()?)?;
        reader.end()?;
        Self::at(zone.whole.to_ambiguous_timestamp(local.civil()).compatible().ok()?, zone)
    }

    /// A time as people write it: with its offset, or else on the calendar of the zone.
    pub(crate) fn parse_written(text: &str, zone: &Zone) -> Option<Self> {
        Self::parse(text, zone).or_else(|| Self::parse_civil(text, zone))
    }

    /// 1970-01-01T00:00:00Z.
    pub(crate) fn epoch(zone: &Zone) -> Self {
        Self { instant: 0, offset: 0 }.in_zone(zone)
    }

    /// An instant of jiff's, written in a zone; `None` outside the years that there are.
    fn at(instant: Timestamp, zone: &Zone) -> Option<Self> {
        Self::from_microseconds(instant.as_microsecond()).map(|at| at.in_zone(zone))
    }

    /// This instant, written in a zone.
    pub(crate) fn in_zone(self, zone: &Zone) -> Self {
        Self { instant: self.instant, offset: zone.offset(self.instant) }
    }

    /// The civil day that it falls on, as it is written.
    pub(crate) fn date(self) -> Date {
        Date(self.civil().date())
    }

    /// A civil duration is added on the calendar of the zone (a time of day that the clocks skip moves forward by
    /// the length of the gap, of a repeated one the first is meant: RFC 5545), an exact one on the instant.
    pub(crate) fn add(self, duration: Duration, zone: &Zone) -> Option<Self> {
        match duration.length() {
            Length::Exact { microseconds } => {
                let sum = self.microseconds().checked_add(microseconds)?;
                Self::from_microseconds(sum).map(|sum| sum.in_zone(zone))
            }
            // The calendar would move the second of two equal times of day to the first.
            Length::Civil { months: 0, days: 0 } => Some(self.in_zone(zone)),
            Length::Civil { months, days } => self
                .add_plainly(i64::from(months), i64::from(days), zone)
                .or_else(|| self.add_on_calendar(duration, zone)),
        }
    }

    /// What comes so many months and days later, where that is a time of day which the zone surely
    /// has, once, in a year that it has at hand, as nearly always; else `None`.
    fn add_plainly(self, months: i64, days: i64, zone: &Zone) -> Option<Self> {
        let local = self.instant.checked_add(i64::from(zone.offset(self.instant)) * SECOND)?;
        let (mut day, time) = (local.div_euclid(DAY), local.rem_euclid(DAY));
        if months != 0 {
            day = Date::days_after_months(day, months)?;
        }
        let local = day.checked_add(days)?.checked_mul(DAY)?.checked_add(time)?;
        let offset = zone.offset_of_civil(local)?;
        Some(Self { instant: local - i64::from(offset) * SECOND, offset })
    }

    fn add_on_calendar(self, duration: Duration, zone: &Zone) -> Option<Self> {
        let (months, days) = civil_spans(duration)?;
        let civil = self.in_zone(zone).civil();
        let civil = civil.checked_add(months).ok()?.checked_add(days).ok()?;
        Self::at(zone.whole.to_ambiguous_timestamp(civil).compatible().ok()?, zone)
    }

    /// Exact time from the other to this.
    pub(crate) fn since(self, other: Self) -> Duration {
        Duration::exact(self.microseconds() - other.microseconds())
    }

    /// Microseconds since 1970-01-01T00:00:00Z.
    #[must_use]
    pub fn microseconds(self) -> i64 {
        self.instant
    }

    /// So many microseconds after 1970-01-01T00:00:00Z, written in UTC; `None` outside the years that there are.
    #[must_use]
    pub fn from_microseconds(microseconds: i64) -> Option<Self> {
        let is_in = (FIRST..=LAST).contains(&microseconds);
        is_in.then_some(Self { instant: microseconds, offset: 0 })
    }

    /// Whether a text says a time as it should, which lies outside of those that there are.
    pub(super) fn is_beyond(text: &str) -> bool {
        let mut reader = Reader(text.as_bytes());
        let beyond = |reader: &mut Reader<'_>| {
            let local = reader.local()?;
            let (sign, offset) = reader.offset()?;
            reader.end()?;
            Some(Self::from_local(local, sign * offset).is_none())
        };
        beyond(&mut reader).unwrap_or(false)
    }

    /// Reads RFC 3339 and keeps the offset as it is written.
    pub(super) fn read(text: &str) -> Option<Self> {
        let mut reader = Reader(text.as_bytes());
        let local = reader.local()?;
        let (sign, offset) = reader.offset()?;
        reader.end()?;
        Self::from_local(local, sign * offset)
    }

    /// Reads what [`DateTime::write_exactly`] writes.
    pub(super) fn read_exactly(text: &str) -> Option<Self> {
        let mut reader = Reader(text.as_bytes());
        let local = reader.local()?;
        let (sign, mut offset) = reader.offset()?;
        if reader.one_of(b":").is_some() {
            offset += reader.number(2).filter(|seconds| *seconds < 60)?;
        }
        reader.end()?;
        Self::from_local(local, sign * offset)
    }

    /// Microseconds as if the clock showed UTC, and the seconds that it is ahead.
    fn from_local(microseconds: i64, offset: i64) -> Option<Self> {
        let instant = Self::from_microseconds(microseconds - offset * SECOND)?.instant;
        Some(Self { instant, offset: i32::try_from(offset).ok()? })
    }

    /// Appends RFC 3339, except for an offset with seconds, of times before there were time zones: that has them too.
    /// Keeps all there is.
    pub(super) fn write_exactly(self, out: &mut String) {
        let local = self.civil();
        let offset = self.offset;
        let whole = |number: i8| u32::from(number.unsigned_abs());
        let year = u32::from(local.year().unsigned_abs());
        write_pair(out, "", year / 100);
        write_pair(out, "", year % 100);
        write_pair(out, "-", whole(local.month()));
        write_pair(out, "-", whole(local.day()));
        write_pair(out, "T", whole(local.hour()));
        write_pair(out, ":", whole(local.minute()));
        write_pair(out, ":", whole(local.second()));
        match local.subsec_nanosecond() / 1_000 {
            0 => {}
            microseconds => {
                let digits = format!("{microseconds:06}");
                out.push('.');
                out.push_str(digits.trim_end_matches('0'));
            }
        }
        if offset == 0 {
            return out.push('Z');
        }
        let ahead = offset.unsigned_abs();
        write_pair(out, if offset < 0 { "-" } else { "+" }, ahead / 3600);
        write_pair(out, ":", ahead / 60 % 60);
        if !ahead.is_multiple_of(60) {
            write_pair(out, ":", ahead % 60);
        }
    }

    pub(super) fn written_exactly(self) -> String {
        let mut text = String::with_capacity(32);
        self.write_exactly(&mut text);
        text
    }

    fn civil(self) -> civil::DateTime {
        // Every instant that there is, and every offset of a zone or of a text, is one of jiff's.
        let instant = Timestamp::from_microsecond(self.instant).unwrap_or(Timestamp::UNIX_EPOCH);
        Offset::from_seconds(self.offset).unwrap_or(Offset::UTC).to_datetime(instant)
    }
}

/// Days since 1970-01-01 of a day from 0001-01-01 on.
#[inline]
fn days_from_civil(year: u32, month: u32, day: u32) -> i64 {
    let year = year.wrapping_sub(u32::from(month <= 2));
    let (era, of_era) = (year / 400, year % 400);
    let shifted = if month > 2 { month.wrapping_sub(3) } else { month.wrapping_add(9) };
    let of_year = (shifted.wrapping_mul(153).wrapping_add(2) / 5).wrapping_add(day);
    let of_era = of_era.wrapping_mul(365).wrapping_add(of_era / 4).wrapping_sub(of_era / 100);
    let days = era.wrapping_mul(146_097).wrapping_add(of_era).wrapping_add(of_year);
    i64::from(days).wrapping_sub(719_469)
}

/// Year, month and day of the day that is so many days after 1970-01-01; `None` outside of 0001 to 9999. (Hinnant,
/// `civil_from_days`.)
fn civil_from_days(days: i64) -> Option<(i64, i64, i64)> {
    // Half as many bits are divided much faster. Days of all years are above 0, counted from 1 March 0000.
    let days = u32::try_from(days.checked_add(719_468)?).ok()?;
    let (era, of_era) = (days / 146_097, days % 146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = era.checked_mul(400)?.checked_add(year_of_era + u32::from(month <= 2))?;
    (1..=9999).contains(&year).then_some((year.into(), month.into(), day.into()))
}

/// Months and days of a civil duration, for the calendar: apart, because all of a span of jiff's has one sign.
/// `None` for an exact one or one beyond all years.
fn civil_spans(duration: Duration) -> Option<(Span, Span)> {
    match duration.length() {
        Length::Civil { months, days } => {
            Some((Span::new().try_months(months).ok()?, Span::new().try_days(days).ok()?))
        }
        Length::Exact { .. } => None,
    }
}

/// Appends two digits, behind what stands before them.
fn write_pair(out: &mut String, before: &str, number: u32) {
    out.push_str(before);
    out.extend(
        [number / 10 % 10, number % 10].iter().filter_map(|digit| char::from_digit(*digit, 10)),
    );
}

/// Reads fixed numbers of digits from the front of a text.
struct Reader<'a>(&'a [u8]);

impl Reader<'_> {
    fn date(&mut self) -> Option<Date> {
        let year = self.number(4)?;
        self.one_of(b"-")?;
        let month = self.number(2)?;
        self.one_of(b"-")?;
        Date::new(year, month, self.number(2)?)
    }

    /// Day and time of day, in microseconds since 1970 began on that clock.
    fn local(&mut self) -> Option<i64> {
        let date = self.date()?;
        self.one_of(b"Tt")?;
        let hour = self.number(2).filter(|hour| *hour < 24)?;
        self.one_of(b":")?;
        let minute = self.number(2).filter(|minute| *minute < 60)?;
        self.one_of(b":")?;
        // A leap second has no place in the time that is counted.
        let second = self.number(2).filter(|second| *second < 60)?;
        let microsecond = if self.one_of(b".").is_some() { self.fraction()? } else { 0 };
        let days = date.since(Date(civil::date(1970, 1, 1))).as_days()?;
        Some((((days * 24 + hour) * 60 + minute) * 60 + second) * 1_000_000 + microsecond)
    }

    fn number(&mut self, digits: usize) -> Option<i64> {
        let (number, rest) = self.0.split_at_checked(digits)?;
        self.0 = rest;
        number.iter().try_fold(0, |sum, byte| {
            byte.is_ascii_digit().then(|| sum * 10 + i64::from(byte - b'0'))
        })
    }

    fn one_of(&mut self, allowed: &[u8]) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        if !allowed.contains(first) {
            return None;
        }
        self.0 = rest;
        Some(*first)
    }

    /// Microseconds; what is finer is cut off: .NET, Go and Java write seven to nine digits.
    fn fraction(&mut self) -> Option<i64> {
        let length = self.0.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let (digits, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        if digits.is_empty() {
            return None;
        }
        let six = digits.iter().copied().chain(std::iter::repeat(b'0')).take(6);
        Some(six.fold(0, |sum, digit| sum * 10 + i64::from(digit - b'0')))
    }

    /// East (1) or west (-1) of Greenwich, and by how many seconds.
    fn offset(&mut self) -> Option<(i64, i64)> {
        let sign = match self.one_of(b"Zz+-")? {
            b'+' => 1,
            b'-' => -1,
            _ => return Some((1, 0)),
        };
        let hours = self.number(2).filter(|hours| *hours < 24)?;
        self.one_of(b":")?;
        let minutes = self.number(2).filter(|minutes| *minutes < 60)?;
        Some((sign, (hours * 60 + minutes) * 60))
    }

    fn end(&self) -> Option<()> {
        self.0.is_empty().then_some(())
    }
}

impl PartialEq for DateTime {
    fn eq(&self, other: &Self) -> bool {
        self.instant == other.instant
    }
}

impl Eq for DateTime {}

impl PartialOrd for DateTime {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for DateTime {
    fn cmp(&self, other: &Self) -> Ordering {
        self.instant.cmp(&other.instant)
    }
}

impl std::hash::Hash for DateTime {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.instant.hash(state);
    }
}

/// Reads a day such as `2026-01-31`.
impl FromStr for Date {
    type Err = InvalidValue;
    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        Self::parse(text).ok_or_else(|| {
            InvalidValue::new(text, "a date such as `2026-01-31`").hint(Self::slip(text))
        })
    }
}

/// Reads a time with its offset, such as `2026-01-31T09:00:00+01:00`; what is finer than a microsecond is cut off.
impl FromStr for DateTime {
    type Err = InvalidValue;
    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        Self::read(text).ok_or_else(|| {
            let wanted = "a date-time with an offset such as `2026-01-31T09:00:00+01:00`";
            InvalidValue::new(text, wanted).hint(Self::slip(text))
        })
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.0.year(), self.0.month(), self.0.day())
    }
}

/// RFC 3339 with the offset, `Z` where it is none; a fraction only where there is one.
impl fmt::Display for DateTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // RFC 3339 has no offsets of seconds: the text says the same instant in the nearest minute.
        let seconds = self.offset;
        let offset = (seconds + 30 * seconds.signum()) / 60 * 60;
        if offset == 0 {
            return write!(f, "{}Z", Local { time: *self, offset });
        }
        Written { time: *self, offset }.fmt(f)
    }
}

/// A time with an offset in hours and minutes.
struct Written {
    time: DateTime,
    offset: i32,
}

impl fmt::Display for Written {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.offset < 0 { '-' } else { '+' };
        let minutes = self.offset.abs() / 60;
        let local = Local { time: self.time, offset: self.offset };
        write!(f, "{local}{sign}{:02}:{:02}", minutes / 60, minutes % 60)
    }
}

/// Day and time of day at an offset in seconds.
struct Local {
    time: DateTime,
    offset: i32,
}

impl fmt::Display for Local {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let local = DateTime { offset: self.offset, ..self.time }.civil();
        let (hour, minute, second) = (local.hour(), local.minute(), local.second());
        write!(f, "{}T{hour:02}:{minute:02}:{second:02}", Date(local.date()))?;
        match local.subsec_nanosecond() / 1_000 {
            0 => Ok(()),
            microseconds => {
                let digits = format!("{microseconds:06}");
                write!(f, ".{}", digits.trim_end_matches('0'))
            }
        }
    }
}

impl Serialize for Date {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl Serialize for DateTime {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests;
