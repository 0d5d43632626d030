//! Working days: Monday to Friday without holidays, by the Swedish Holidays Act or by dates that a file lists.

use super::Date;

/// Which days are off. Saturdays and Sundays always are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Calendar {
    pub holidays: Holidays,
    /// Whether Midsummer Eve, Christmas Eve and New Year's Eve are off too, as 2 § of the Act on the computation of statutory
    /// time (lag 1930:173, as amended by SFS 2022:931) has it for the end of a term. Easter Eve is a Saturday anyway.
    pub eves: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Holidays {
    /// Those of the Holidays Act (lag 1989:253 om allmänna helgdagar): National Day since 2005, Whit Monday until 2004
    /// (SFS 2004:1320). Years before the Act are counted as in it.
    Sweden,
    /// Ascending, each once, none on a Saturday or Sunday.
    Listed(Vec<Date>),
    /// Those of the Act, and days of one's own besides, kept as listed ones are.
    SwedenAnd(Vec<Date>),
}

/// To be raised whenever a day off becomes a working day, or the other way round.
pub(crate) const RULES: u32 = 1;

impl Holidays {
    pub fn listed(dates: Vec<Date>) -> Self {
        Self::Listed(kept(dates))
    }

    /// Those of the Act, and these.
    pub fn sweden_and(dates: Vec<Date>) -> Self {
        match kept(dates) {
            dates if dates.is_empty() => Self::Sweden,
            dates => Self::SwedenAnd(dates),
        }
    }
}

/// Ascending, each once, from Monday to Friday.
fn kept(mut dates: Vec<Date>) -> Vec<Date> {
    dates.retain(|date| date.weekday() < 6);
    dates.sort_unstable();
    dates.dedup();
    dates
}

/// Those of a year, of days that ascend.
fn of_year(dates: &[Date], year: i64) -> &[Date] {
    let first = dates.partition_point(|date| date.year() < year);
    let last = dates.partition_point(|date| date.year() <= year);
    dates.get(first..last).unwrap_or_default()
}

impl Calendar {
    /// The n-th working day after a day, for a negative n before it; the day itself for 0. `None` beyond the calendar.
    ///
    /// Jumps over weeks and goes back only for holidays: `spend` is told of one operation for each jump and each holiday
    /// looked at, some 15 a year.
    pub fn add<E>(
        &self,
        from: Date,
        n: i64,
        mut spend: impl FnMut(usize) -> Result<(), E>,
    ) -> Result<Option<Date>, E> {
        let back = n < 0;
        let (mut at, mut left) = (from, n.unsigned_abs());
        // A calendar of 9999 years has fewer weekdays; no multiplication below can overflow.
        if left > 9_999 * 262 {
            return Ok(None);
        }
        while left > 0 {
            let Some(next) = jump(at, left, back) else { return Ok(None) };
            // Holidays that were jumped over were no working days.
            let (first, last) = if back { (next, at) } else { (at, next) };
            left = 0;
            for year in first.year()..=last.year() {
                let off = self.weekdays_off(year);
                spend(off.len() + 1)?;
                let between = |day: &&Date| first <= **day && **day <= last && **day != at;
                left += off.iter().filter(between).count() as u64;
            }
            at = next;
        }
        Ok(Some(at))
    }

    /// The day itself if it is a working day, else the first one after it. `None` at the end of the calendar.
    pub fn next<E>(
        &self,
        day: Date,
        spend: impl FnMut(usize) -> Result<(), E>,
    ) -> Result<Option<Date>, E> {
        if self.is_off(day) { self.add(day, 1, spend) } else { Ok(Some(day)) }
    }

    /// How many working days come after a day, up to another one and with it; below 0 where the other lies before, which
    /// then counts itself. The most that [`Calendar::add`] can go without passing it. Spends as that does.
    pub fn between<E>(
        &self,
        from: Date,
        to: Date,
        mut spend: impl FnMut(usize) -> Result<(), E>,
    ) -> Result<i64, E> {
        let (first, last) =
            if to < from { (to.days() - 1, from.days() - 1) } else { (from.days(), to.days()) };
        let mut count = weekdays_up_to(last) - weekdays_up_to(first);
        for year in from.min(to).year()..=from.max(to).year() {
            let off = self.weekdays_off(year);
            spend(off.len() + 1)?;
            let is_between = |day: &&Date| first < day.days() && day.days() <= last;
            count -= i64::try_from(off.iter().filter(is_between).count()).unwrap_or(0);
        }
        Ok(if to < from { -count } else { count })
    }

    /// Whether it is no working day.
    pub fn is_off(&self, day: Date) -> bool {
        day.weekday() >= 6 || self.weekdays_off(day.year()).contains(&day)
    }

    /// Holidays and eves of a year from Monday to Friday, ascending, each once.
    pub fn weekdays_off(&self, year: i64) -> Vec<Date> {
        let mut days = match &self.holidays {
            Holidays::Sweden => swedish_holidays(year),
            Holidays::Listed(dates) => of_year(dates, year).to_vec(),
            Holidays::SwedenAnd(dates) => {
                let mut days = swedish_holidays(year);
                days.extend(of_year(dates, year));
                days
            }
        };
        if self.eves {
            let midsummer_eve = weekday_from(year, 6, 19, 5);
            days.extend(midsummer_eve);
            days.extend([Date::new(year, 12, 24), Date::new(year, 12, 31)].into_iter().flatten());
        }
        days.retain(|day| day.weekday() < 6);
        days.sort_unstable();
        // Ascension Day can be the First of May.
        days.dedup();
        days
    }
}

/// Mondays to Fridays up to a day, counted from a Monday long ago; days are counted from 1970-01-01, a Thursday.
fn weekdays_up_to(day: i64) -> i64 {
    let from_monday = day + 3;
    from_monday.div_euclid(7) * 5 + (from_monday.rem_euclid(7) + 1).min(5)
}

/// The holidays of 1 and 2 §§ of the Holidays Act but for the Sundays.
fn swedish_holidays(year: i64) -> Vec<Date> {
    const GOOD_FRIDAY: i64 = -2;
    const EASTER_MONDAY: i64 = 1;
    const ASCENSION_DAY: i64 = 39;
    const WHIT_MONDAY: i64 = 50;
    let fixed = [(1, 1), (1, 6), (5, 1), (12, 25), (12, 26)];
    let mut days: Vec<Date> =
        fixed.iter().filter_map(|(month, day)| Date::new(year, *month, *day)).collect();
    let (month, day) = easter(year);
    let mut moving = vec![GOOD_FRIDAY, EASTER_MONDAY, ASCENSION_DAY];
    if year >= 2005 {
        days.extend(Date::new(year, 6, 6));
    } else {
        moving.push(WHIT_MONDAY);
    }
    if let Some(sunday) = Date::new(year, month, day) {
        days.extend(moving.iter().filter_map(|days| sunday.shifted(*days)));
    }
    // Midsummer Day and All Saints' Day are Saturdays.
    days.extend(weekday_from(year, 6, 20, 6));
    days.extend(weekday_from(year, 10, 31, 6));
    days
}

/// Month and day of Easter Sunday in the Gregorian calendar.
///
/// The computus without exceptions that an anonymous correspondent gave in Nature, 20 April 1876, as in J. Meeus,
/// Astronomical Algorithms (1991), chapter 8.
fn easter(year: i64) -> (i64, i64) {
    let golden = year % 19;
    let (century, of_century) = (year / 100, year % 100);
    let (leap_centuries, century_rest) = (century / 4, century % 4);
    let lunar = (century - (century + 8) / 25 + 1) / 3;
    let epact = (19 * golden + century - leap_centuries - lunar + 15) % 30;
    let (leaps, rest) = (of_century / 4, of_century % 4);
    let to_sunday = (32 + 2 * century_rest + 2 * leaps - epact - rest) % 7;
    let late = (golden + 11 * epact + 22 * to_sunday) / 451;
    let from_march = epact + to_sunday - 7 * late + 114;
    (from_march / 31, from_march % 31 + 1)
}

/// The first such weekday (Monday 1 to Sunday 7) from a date on.
fn weekday_from(year: i64, month: i64, day: i64, weekday: i64) -> Option<Date> {
    let first = Date::new(year, month, day)?;
    first.shifted((weekday - first.weekday()).rem_euclid(7))
}

/// The n-th day from Monday to Friday after a day, or before it; for n of 1 and more.
fn jump(from: Date, n: u64, back: bool) -> Option<Date> {
    let n = i64::try_from(n).ok()?;
    // From a Saturday or Sunday, as from the weekday that was or comes next.
    let weekday = from.weekday();
    let (start, into_week) = match (back, weekday) {
        (false, 6..) => (from.shifted(5 - weekday)?, 4),
        (true, 6..) => (from.shifted(8 - weekday)?, 4),
        (false, _) => (from, weekday - 1),
        (true, _) => (from, 5 - weekday),
    };
    let days = n + (into_week + n) / 5 * 2;
    start.shifted(if back { -days } else { days })
}

#[cfg(test)]
mod tests;
