//! Working days counted ahead: two looks instead of a walk over weeks and holidays.

use crate::value::{Calendar, Date};

/// Years that are counted: where a rule leaves them, the evaluator walks.
const YEARS: std::ops::Range<i64> = 1980..2080;

/// The working days of a calendar in those years.
#[derive(Debug)]
pub(super) struct Workdays {
    /// Days since 1970-01-01 of the first that is counted.
    first: i64,
    /// By day: how many working days there are up to it.
    counts: Vec<u16>,
    /// By number: the days that are working days.
    days: Vec<u16>,
}

impl Workdays {
    pub fn new(calendar: &Calendar) -> Option<Self> {
        let first = Date::new(YEARS.start, 1, 1)?.days();
        let last = Date::new(YEARS.end, 1, 1)?.days();
        let mut off: Vec<i64> =
            YEARS.flat_map(|year| calendar.weekdays_off(year)).map(Date::days).collect();
        off.sort_unstable();
        let (mut counts, mut days) = (Vec::new(), Vec::new());
        for day in first..last {
            // 1970-01-01 was a Thursday.
            let weekday = (day + 3).rem_euclid(7);
            if weekday < 5 && off.binary_search(&day).is_err() {
                days.push(u16::try_from(day - first).ok()?);
            }
            counts.push(u16::try_from(days.len()).ok()?);
        }
        Some(Self { first, counts, days })
    }

    /// How many working days there are up to a day, and before it.
    #[inline]
    fn counted(&self, day: i64) -> Option<(i64, i64)> {
        let index = usize::try_from(day.checked_sub(self.first)?).ok()?;
        let before = self.counts.get(index.checked_sub(1)?)?;
        Some(((*self.counts.get(index)?).into(), (*before).into()))
    }

    #[inline]
    fn numbered(&self, number: i64) -> Option<i64> {
        let day = self.days.get(usize::try_from(number).ok()?)?;
        Some(i64::from(*day) + self.first)
    }

    /// The n-th working day after a day, for a negative n before it; the day itself for 0. `None` outside of what is counted.
    #[inline]
    pub fn add(&self, day: i64, n: i64) -> Option<i64> {
        match n {
            0 => Some(day),
            1.. => self.numbered((self.counted(day)?.0 - 1).checked_add(n)?),
            _ => self.numbered(self.counted(day)?.1.checked_add(n)?),
        }
    }

    /// The day itself if it is a working day, else the first one after it.
    #[inline]
    pub fn next(&self, day: i64) -> Option<i64> {
        self.numbered(self.counted(day)?.1)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]
mod tests {
    use super::*;
    use crate::value::Holidays;

    #[test]
    fn it_counts_as_the_calendar_walks() {
        for eves in [false, true] {
            let calendar = Calendar { holidays: Holidays::Sweden, eves };
            let counted = Workdays::new(&calendar).unwrap();
            let walked = |day: Date, n: i64| calendar.add(day, n, |_| Ok::<(), ()>(())).unwrap();
            for days in (3_700..40_000).step_by(7).chain(20_000..20_800) {
                let day = Date::from_days(days).unwrap();
                for n in [-260, -11, -1, 0, 1, 2, 10, 300] {
                    if let Some(found) = counted.add(days, n) {
                        assert_eq!(Some(found), walked(day, n).map(Date::days), "{day} {n}");
                    } else {
                        assert!(!(4_500..39_000).contains(&days), "{day}");
                    }
                }
                if let Some(found) = counted.next(days) {
                    let next = calendar.next(day, |_| Ok::<(), ()>(())).unwrap();
                    assert_eq!(Some(found), next.map(Date::days), "{day}");
                }
            }
        }
    }
}
