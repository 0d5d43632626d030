//! Numbers, dates, times and lengths of time as people write them.

use super::{Language, phrases};
use crate::value::{Date, DateTime, Duration, Length};

phrases! {
    /// Units of time, one and several, and months.
    Units {
        year: "year", "år";
        years: "years", "år";
        month: "month", "månad";
        months: "months", "månader";
        day: "day", "dag";
        days: "days", "dagar";
        hour: "hour", "timme";
        hours: "hours", "timmar";
        minute: "minute", "minut";
        minutes: "minutes", "minuter";
        second: "second", "sekund";
        seconds: "seconds", "sekunder";
        january: "January", "januari";
        february: "February", "februari";
        march: "March", "mars";
        april: "April", "april";
        may: "May", "maj";
        june: "June", "juni";
        july: "July", "juli";
        august: "August", "augusti";
        september: "September", "september";
        october: "October", "oktober";
        november: "November", "november";
        december: "December", "december";
        decimal: ".", ",";
        // Between a day and the time of day, and between hours and minutes.
        at: ", ", " kl. ";
        colon: ":", ".";
    }
}

/// A unit as it is written in a language: the Swedish krona has a sign of its own in Swedish.
pub(crate) fn unit(unit: &str, language: Language) -> &str {
    match (unit, language) {
        ("SEK", Language::Swedish) => "kr",
        _ => unit,
    }
}

/// A number with blanks between thousands from five digits on, and the decimal sign of the language.
pub(crate) fn number(text: &str, language: Language) -> String {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", text),
    };
    let (whole, fraction) = match digits.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (digits, None),
    };
    let mut said = sign.to_owned();
    for (index, digit) in whole.chars().enumerate() {
        let left = whole.len().saturating_sub(index);
        if index > 0 && left.is_multiple_of(3) && whole.len() > 4 {
            said.push(' ');
        }
        said.push(digit);
    }
    if let Some(fraction) = fraction {
        said.push_str(Units::of(language).decimal);
        said.push_str(fraction);
    }
    said
}

/// `28 augusti 2016`, `28 August 2016`.
pub(crate) fn date(date: Date, language: Language) -> String {
    let units = Units::of(language);
    let months = [
        units.january,
        units.february,
        units.march,
        units.april,
        units.may,
        units.june,
        units.july,
        units.august,
        units.september,
        units.october,
        units.november,
        units.december,
    ];
    let month = usize::try_from(date.month() - 1).ok().and_then(|month| months.get(month));
    match month {
        Some(month) => format!("{} {month} {}", date.day(), date.year()),
        None => date.to_string(),
    }
}

/// `28 augusti 2016 kl. 09.00`, `28 August 2016, 09:00`: as clocks show it where the time was taken; seconds only where there
/// are any.
pub(crate) fn date_time(time: DateTime, language: Language) -> String {
    let units = Units::of(language);
    let written = time.to_string();
    let clock = written.split_once('T').map_or("", |(_, clock)| clock);
    let clock = clock.get(..8).unwrap_or(clock);
    let clock = clock.strip_suffix(":00").unwrap_or(clock).replace(':', units.colon);
    format!("{}{}{clock}", date(time.date(), language), units.at)
}

/// A length of time as people say it: `P90D` is 90 days.
pub(crate) fn duration(length: Duration, language: Language) -> String {
    let units = Units::of(language);
    let years = [units.year, units.years];
    let months_of = [units.month, units.months];
    let days_of = [units.day, units.days];
    let hours_of = [units.hour, units.hours];
    let parts: Vec<(u64, [&str; 2])> = match length.length() {
        // Months and days of unlike signs are no phrase.
        Length::Civil { months, days } if i64::from(months) * i64::from(days) < 0 => {
            return length.to_string();
        }
        Length::Civil { months, days } => {
            let (months, days) = (u64::from(months.unsigned_abs()), u64::from(days.unsigned_abs()));
            vec![(months / 12, years), (months % 12, months_of), (days, days_of)]
        }
        // Parts of a second are of no clock on a wall.
        Length::Exact { microseconds } if microseconds % 1_000_000 != 0 => {
            return length.to_string();
        }
        Length::Exact { microseconds } => {
            let seconds = microseconds.unsigned_abs() / 1_000_000;
            vec![
                (seconds / 3600, hours_of),
                (seconds / 60 % 60, [units.minute, units.minutes]),
                (seconds % 60, [units.second, units.seconds]),
            ]
        }
    };
    let said = parts.into_iter().filter(|(amount, _)| *amount > 0);
    let said = said.map(|(amount, [one, several])| {
        let unit = if amount == 1 { one } else { several };
        format!("{} {unit}", number(&amount.to_string(), language))
    });
    let said: Vec<String> = said.collect();
    // In both languages.
    let sign = if length.is_negative() { "minus " } else { "" };
    match (said.is_empty(), length.length()) {
        (true, Length::Civil { .. }) => format!("0 {}", units.days),
        (true, Length::Exact { .. }) => format!("0 {}", units.hours),
        (false, _) => format!("{sign}{}", said.join(" ")),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::{date_time, duration, number};
    use crate::Language::{English, Swedish};
    use crate::value::{DateTime, Duration};

    #[test]
    fn amounts_are_written_as_people_write_them() {
        for (text, english, swedish) in [
            ("2025", "2025", "2025"),
            ("240000", "240 000", "240 000"),
            ("-1234567.5", "-1 234 567.5", "-1 234 567,5"),
            ("0.5", "0.5", "0,5"),
        ] {
            assert_eq!(
                (number(text, English), number(text, Swedish)),
                (english.into(), swedish.into())
            );
        }
        for (text, english, swedish) in [
            ("P200D", "200 days", "200 dagar"),
            ("P1Y6M", "1 year 6 months", "1 år 6 månader"),
            ("PT36H", "36 hours", "36 timmar"),
            ("-P1D", "minus 1 day", "minus 1 dag"),
            ("P0D", "0 days", "0 dagar"),
        ] {
            let length: Duration = text.parse().unwrap();
            let said = (duration(length, English), duration(length, Swedish));
            assert_eq!(said, (english.into(), swedish.into()));
        }
        for (text, english, swedish) in [
            ("2016-08-28T09:00:00+02:00", "28 August 2016, 09:00", "28 augusti 2016 kl. 09.00"),
            ("2026-01-01T23:59:30Z", "1 January 2026, 23:59:30", "1 januari 2026 kl. 23.59.30"),
        ] {
            let time: DateTime = text.parse().unwrap();
            let said = (date_time(time, English), date_time(time, Swedish));
            assert_eq!(said, (english.into(), swedish.into()));
        }
    }
}
