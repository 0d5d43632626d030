//! Civil days, instants and lengths of time, in a time zone that is data.

use std::cmp::Ordering;
use std::fmt;

/// A civil day, years 0001 to 9999.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date(jiff::civil::Date);

/// An instant to the microsecond, with the offset that it is written with. Equality and order are those of the instant.
#[derive(Debug, Clone, Copy)]
pub struct DateTime {
    instant: jiff::Timestamp,
    offset: jiff::tz::Offset,
}

/// A length of time: civil (years, months, weeks, days) or exact (hours, minutes, seconds), never both.
/// `P1Y` equals `P12M`, `P1W` equals `P7D`, `PT60M` equals `PT1H`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Duration(Length);

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Length {
    Civil { months: i32, days: i32 },
    Exact { microseconds: i64 },
}

/// A time zone out of the bundled database.
#[derive(Debug, Clone)]
pub(crate) struct Zone {
    pub name: String,
    zone: jiff::tz::TimeZone,
}

impl Zone {
    /// `None` for a name that the bundled database does not have.
    pub fn named(name: &str) -> Option<Self> {
        let _ = name;
        None
    }
    pub fn utc() -> Self {
        Self { name: "UTC".to_owned(), zone: jiff::tz::TimeZone::UTC }
    }
    /// Names of all zones, for suggestions.
    pub fn names() -> Vec<String> {
        Vec::new()
    }
    /// Version of the bundled database, such as `2026a`.
    pub fn database_version() -> &'static str {
        ""
    }
}

impl Date {
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let _ = text;
        None
    }
    pub(crate) fn new(year: i64, month: i64, day: i64) -> Option<Self> {
        let _ = (year, month, day);
        None
    }
    pub(crate) fn year(self) -> i64 {
        self.0.year().into()
    }
    pub(crate) fn month(self) -> i64 {
        self.0.month().into()
    }
    pub(crate) fn day(self) -> i64 {
        self.0.day().into()
    }
    /// Monday 1 to Sunday 7 (ISO 8601).
    pub(crate) fn weekday(self) -> i64 {
        self.0.weekday().to_monday_one_offset().into()
    }
    /// The first instant of the day behind this one: when the day has ended in the zone.
    pub(crate) fn end(self, zone: &Zone) -> Option<DateTime> {
        let _ = zone;
        None
    }
    /// Adds a civil duration: months first (the day capped at the month's last), then days. `None` out of range or for an exact one.
    pub(crate) fn add(self, duration: Duration) -> Option<Self> {
        let _ = duration;
        None
    }
    /// Civil days from the other to this.
    pub(crate) fn since(self, other: Self) -> Duration {
        let _ = other;
        Duration::days(0).unwrap_or(Duration(Length::Exact { microseconds: 0 }))
    }
}

impl DateTime {
    /// RFC 3339 with an offset; at most microseconds; put into the zone. `None` otherwise.
    pub(crate) fn parse(text: &str, zone: &Zone) -> Option<Self> {
        let _ = (text, zone);
        None
    }
    /// 1970-01-01T00:00:00Z.
    pub(crate) fn epoch(zone: &Zone) -> Self {
        Self { instant: jiff::Timestamp::UNIX_EPOCH, offset: zone.zone.to_offset(jiff::Timestamp::UNIX_EPOCH) }
    }
    /// The same instant, written in a zone.
    pub(crate) fn in_zone(self, zone: &Zone) -> Self {
        let _ = zone;
        self
    }
    /// The civil day that it falls on, as it is written.
    pub(crate) fn date(self) -> Date {
        Date(self.offset.to_datetime(self.instant).date())
    }
    /// A civil duration is added on the calendar of the zone (a time of day that the clocks skip moves forward by
    /// the length of the gap, of a repeated one the first is meant: RFC 5545), an exact one on the instant.
    pub(crate) fn add(self, duration: Duration, zone: &Zone) -> Option<Self> {
        let _ = (duration, zone);
        None
    }
    /// Exact time from the other to this.
    pub(crate) fn since(self, other: Self) -> Duration {
        let _ = other;
        Duration(Length::Exact { microseconds: 0 })
    }
    /// Microseconds since the Unix epoch.
    pub(crate) fn microseconds(self) -> i64 {
        self.instant.as_microsecond()
    }
}

impl Duration {
    /// ISO 8601: `P1Y6M`, `P2W`, `P90D`, `PT36H`, with a leading `-` for a negative one; civil and exact parts do not mix.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let _ = text;
        None
    }
    pub(crate) fn years(n: i64) -> Option<Self> {
        Self::months(n.checked_mul(12)?)
    }
    pub(crate) fn months(n: i64) -> Option<Self> {
        Some(Self(Length::Civil { months: i32::try_from(n).ok()?, days: 0 }))
    }
    pub(crate) fn weeks(n: i64) -> Option<Self> {
        Self::days(n.checked_mul(7)?)
    }
    pub(crate) fn days(n: i64) -> Option<Self> {
        Some(Self(Length::Civil { months: 0, days: i32::try_from(n).ok()? }))
    }
    pub(crate) fn hours(n: i64) -> Option<Self> {
        Some(Self(Length::Exact { microseconds: n.checked_mul(3_600_000_000)? }))
    }
    pub(crate) fn is_exact(self) -> bool {
        matches!(self.0, Length::Exact { .. })
    }
    pub(crate) fn is_negative(self) -> bool {
        false
    }
    /// Civil days; `None` with months or for an exact duration.
    pub(crate) fn as_days(self) -> Option<i64> {
        None
    }
    /// Hours as an exact decimal; `None` for a civil duration.
    pub(crate) fn as_hours(self) -> Option<super::Number> {
        None
    }
    /// Sum of two civil or two exact durations; `None` when they are of different kinds or it does not fit.
    pub(crate) fn checked_add(self, other: Self) -> Option<Self> {
        let _ = other;
        None
    }
    pub(crate) fn checked_neg(self) -> Option<Self> {
        None
    }
    pub(crate) fn checked_mul(self, times: i64) -> Option<Self> {
        let _ = times;
        None
    }
    /// Order where there is one: exact ones; civil ones in days only or in months only. `None` otherwise.
    pub(crate) fn compare(self, other: Self) -> Option<Ordering> {
        let _ = other;
        None
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

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
impl fmt::Display for DateTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.instant.display_with_offset(self.offset).fmt(f)
    }
}
impl fmt::Display for Duration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let _ = f;
        Ok(())
    }
}
