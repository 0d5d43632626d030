//! A calendar by hand, for the closures: days since 1970-01-01, and Swedish working days from a table of them.
//!
//! Dates by Howard Hinnant's `chrono`-compatible algorithms. The table is what somebody would make who asks often: how many
//! working days there were up to each day, and the days themselves, so that counting is two loads.

use std::sync::LazyLock;

/// Year, month and day.
pub fn civil(days: i32) -> (i32, i32, i32) {
    let z = days + 719_468;
    let era = z.div_euclid(146_097);
    let of_era = z.rem_euclid(146_097);
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let shifted = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    (year + era * 400 + i32::from(month <= 2), month, day)
}

pub fn days(year: i32, month: i32, day: i32) -> i32 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * (if month > 2 { month - 3 } else { month + 9 }) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

pub fn year(days: i32) -> i32 {
    civil(days).0
}

/// Monday 1 to Sunday 7.
pub fn weekday(days: i32) -> i32 {
    (days + 3).rem_euclid(7) + 1
}

pub fn last_of_month(year: i32, month: i32) -> i32 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// So many months later; the last of the month where it has no such day.
pub fn add_months(from: i32, months: i32) -> i32 {
    let (year, month, day) = civil(from);
    let all = year * 12 + month - 1 + months;
    let (year, month) = (all.div_euclid(12), all.rem_euclid(12) + 1);
    days(year, month, day.min(last_of_month(year, month)))
}

/// Years of the table of working days.
pub const YEARS: std::ops::RangeInclusive<i32> = 2018..=2034;

pub struct Workdays {
    /// The first day that it knows.
    pub first: i32,
    /// How many working days there are up to each day, the day itself among them.
    pub until: Vec<i32>,
    pub days: Vec<i32>,
}

pub static WORKDAYS: LazyLock<Workdays> = LazyLock::new(Workdays::swedish);

impl Workdays {
    fn swedish() -> Self {
        let (first, last) = (days(*YEARS.start(), 1, 1), days(*YEARS.end(), 12, 31));
        let (mut until, mut all) = (Vec::new(), Vec::new());
        for day in first..=last {
            if !is_off(day) {
                all.push(day);
            }
            until.push(i32::try_from(all.len()).unwrap());
        }
        Self { first, until, days: all }
    }

    /// How many there are up to a day.
    fn until(&self, day: i32) -> i32 {
        self.until[(day - self.first) as usize]
    }

    /// The n-th working day after a day, for a negative n before it.
    pub fn add(&self, from: i32, n: i32) -> i32 {
        match n {
            0 => from,
            1.. => self.days[(self.until(from) + n - 1) as usize],
            _ => self.days[(self.until(from - 1) + n) as usize],
        }
    }

    /// The day itself, or the first working day after it.
    pub fn next(&self, day: i32) -> i32 {
        self.days[self.until(day - 1) as usize]
    }
}

/// Saturdays, Sundays, holidays by lag (1989:253), and the three eves.
fn is_off(day: i32) -> bool {
    let (year, month, of_month) = civil(day);
    let easter = easter(year);
    let fixed = [(1, 1), (1, 6), (5, 1), (6, 6), (12, 24), (12, 25), (12, 26), (12, 31)];
    weekday(day) >= 6
        || fixed.contains(&(month, of_month))
        || [-2, 1, 39].contains(&(day - easter))
        || month == 6 && (19..=25).contains(&of_month) && weekday(day) == 5
}

/// Gauss's rule in the form of Meeus, Jones and Butcher.
fn easter(year: i32) -> i32 {
    let a = year % 19;
    let (b, c) = (year / 100, year % 100);
    let g = (8 * b + 13) / 25;
    let h = (19 * a + b - b / 4 - g + 15) % 30;
    let l = (32 + 2 * (b % 4) + 2 * (c / 4) - h - c % 4) % 7;
    let m = (a + 11 * h + 19 * l) / 433;
    let month = (h + l - 7 * m + 90) / 25;
    days(year, month, (h + l - 7 * m + 33 * month + 19) % 32)
}
