//! Dates and times as other systems and people write them: what to write instead.

use super::Zone;
use super::time::{DATES, Date, DateTime, TIMES};

/// Texts longer than this are no slip of the pen.
const LONGEST: usize = 64;

impl Date {
    /// What to write instead of a text that is no date; `None` where it does not look like one.
    pub(crate) fn slip(text: &str) -> Option<String> {
        if text.len() > LONGEST {
            return None;
        }
        if let Some(time) = DateTime::read(text) {
            return Some(format!("leave out the time of day: `{}`", time.date()));
        }
        let trimmed = text.trim();
        let digits = plain(trimmed).replace(['/', '.'], "-");
        let mut parts = digits.split('-');
        let (Some(year), Some(month), Some(day), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            let bare = trimmed.len() == 8 && trimmed.bytes().all(|byte| byte.is_ascii_digit());
            let (year, rest) = trimmed.split_at_checked(4).filter(|_| bare)?;
            let (month, day) = rest.split_at_checked(2)?;
            return Self::parse(&format!("{year}-{month}-{day}"))
                .map(|date| format!("write `{date}`"));
        };
        let number = |part: &str, most: usize| {
            let fits = (1..=most).contains(&part.len());
            part.parse::<u32>().ok().filter(|_| fits && !part.starts_with('+'))
        };
        let (number_of_year, month, day) = (number(year, 4)?, number(month, 2)?, number(day, 2)?);
        // `1/2/2026` may be January or February.
        if year.len() != 4 {
            return None;
        }
        if number_of_year == 0 {
            return Some(DATES.to_owned());
        }
        match Self::parse(&format!("{year}-{month:02}-{day:02}")) {
            Some(date) if date.to_string() != text => Some(format!("write `{date}`")),
            Some(_) => None,
            None => Some("there is no such day".to_owned()),
        }
    }
}

impl Date {
    /// A date as programs for tables write it: by itself, or with the first instant of its day.
    pub(crate) fn parse_in_table(text: &str) -> Option<Self> {
        let (day, time) = text.split_at_checked(10).unwrap_or((text, ""));
        let is_midnight = matches!(
            time.trim_start_matches([' ', 'T']),
            "" | "0:00" | "00:00" | "0:00:00" | "00:00:00" | "00:00:00.000"
        );
        Self::parse(day).filter(|_| is_midnight)
    }

    /// A day by the number that spreadsheets keep for it.
    pub(crate) fn numbered_in_table(text: &str) -> Option<Self> {
        /// The day that they number 0.
        const FIRST: i64 = -25_569;
        let number: i64 = text.parse().ok().filter(|_| text.len() == 5)?;
        Self::from_days(FIRST.checked_add(number)?)
    }
}

impl DateTime {
    /// A time as programs for tables write it: a space between day and time of day, on the clock of the zone.
    pub(crate) fn parse_in_table(text: &str, zone: &Zone) -> Option<Self> {
        let meant = mended(text.get(..LONGEST.min(text.len()))?)?;
        Self::parse(&meant, zone)
            .or_else(|| Self::parse_civil(&meant, zone).filter(|_| meant.len() > 10))
    }

    /// What to write instead of a text that is no date-time, where one without an offset is on the clock of a zone.
    pub(crate) fn slip_on_clock(text: &str, zone: &Zone) -> Option<String> {
        let meant = mended(text.get(..LONGEST.min(text.len()))?)?;
        match meant.len() {
            10 if Date::parse(&meant).is_some()
                && !Self::is_beyond(&format!("{meant}T00:00:00Z")) =>
            {
                Some(format!("add the time of day, such as `{meant}T09:00`"))
            }
            11.. if meant != text && Self::parse_civil(&meant, zone).is_some() => {
                Some(format!("write `{meant}`"))
            }
            _ => Self::slip(text),
        }
    }

    /// What to write instead of a text that is no date-time; `None` where it does not look like one. Linear, and of bounded
    /// length.
    pub(crate) fn slip(text: &str) -> Option<String> {
        if text.len() > LONGEST {
            return None;
        }
        let meant = mended(text)?;
        if Self::read(&meant).is_some() {
            return (meant != text).then(|| format!("write `{meant}`"));
        }
        if Self::is_beyond(&meant) || never(text) {
            return Some(TIMES.to_owned());
        }
        let zoned = format!("{meant}Z");
        if Self::read(&zoned).is_some() {
            return Some("add the offset from UTC, such as `+01:00`, or `Z` for UTC".to_owned());
        }
        if Self::is_beyond(&zoned) {
            return Some(TIMES.to_owned());
        }
        if let (Some(day), "") = (meant.get(..10), meant.get(10..)?) {
            return match Date::parse(day) {
                // Its last day has no time of day any more.
                Some(_) if Self::is_beyond(&format!("{day}T00:00:00Z")) => Some(TIMES.to_owned()),
                Some(_) => Some("add the time of day and the offset from UTC".to_owned()),
                None => Date::slip(day),
            };
        }
        // A leap second has no place in the time that is counted.
        if meant.get(16..19) == Some(":60") {
            let before = format!("{}:59{}", meant.get(..16)?, meant.get(19..)?);
            if Self::read(&before).is_some() {
                return Some(format!("leap seconds are not counted: write `{before}`"));
            }
        }
        let day = meant.get(..10).filter(|day| Date::parse(day).is_none());
        day.and_then(Date::slip)
    }
}

/// What other systems write for never and always, without an offset.
fn never(text: &str) -> bool {
    let (day, time) = text.split_at_checked(10).unwrap_or((text, ""));
    matches!(day, "0001-01-01" | "9999-12-30" | "9999-12-31") && !time.is_empty()
}

/// Signs and spaces as they are on a keyboard.
fn plain(text: &str) -> String {
    text.chars()
        .map(|letter| match letter {
            '\u{2212}' | '\u{2010}' | '\u{2011}' | '\u{2013}' => '-',
            letter if super::is_space(letter) => ' ',
            letter => letter,
        })
        .collect()
}

/// A date-time with `T` between day and time, seconds, a point before their fraction, and an offset of hours and minutes.
fn mended(text: &str) -> Option<String> {
    let plain = plain(text.trim());
    let (day, rest) = plain.split_at_checked(10)?;
    if rest.is_empty() {
        return Some(plain);
    }
    let time = rest.strip_prefix(['T', 't', ' ', '_'])?.trim_start();
    let (clock, offset) = match time.find(['Z', 'z', '+', '-']) {
        Some(at) => time.split_at_checked(at)?,
        None => (time, ""),
    };
    let mut clock = clock.trim_end().replace(',', ".");
    if clock.len() == 5 {
        clock.push_str(":00");
    }
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let offset = match (offset.get(..1).unwrap_or(""), offset.get(1..).unwrap_or("")) {
        ("z", "") => "Z".to_owned(),
        (sign @ ("+" | "-"), hours) if hours.len() == 2 && digits(hours) => {
            format!("{sign}{hours}:00")
        }
        (sign @ ("+" | "-"), both) if both.len() == 4 && digits(both) => {
            let (hours, minutes) = both.split_at_checked(2)?;
            format!("{sign}{hours}:{minutes}")
        }
        _ => offset.to_owned(),
    };
    Some(format!("{day}T{clock}{offset}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_meant_as_a_time_is_told_as_it_is_written() {
        for (text, hint) in [
            ("2026-01-31 09:00:00+01:00", "write `2026-01-31T09:00:00+01:00`"),
            ("2026-01-31T09:00:00+0100", "write `2026-01-31T09:00:00+01:00`"),
            ("2026-01-31T09:00:00+01", "write `2026-01-31T09:00:00+01:00`"),
            ("2026-01-31T09:00+01:00", "write `2026-01-31T09:00:00+01:00`"),
            ("2026-01-31T09:00:00,5Z", "write `2026-01-31T09:00:00.5Z`"),
            ("2026-01-31T09:00:00\u{2212}01:00", "write `2026-01-31T09:00:00-01:00`"),
            ("2026-01-31 09:00:00 +0100", "write `2026-01-31T09:00:00+01:00`"),
            ("2026-01-31T09:00:00", "add the offset from UTC, such as `+01:00`, or `Z` for UTC"),
            ("2026-01-31 09:00", "add the offset from UTC, such as `+01:00`, or `Z` for UTC"),
            ("2026-01-31", "add the time of day and the offset from UTC"),
            ("9999-12-30", "add the time of day and the offset from UTC"),
            ("9999-12-31", TIMES),
            ("0001-01-01", TIMES),
            ("9999-12-31T23:59:59Z", TIMES),
            ("9999-12-31T23:59:59.9999999Z", TIMES),
            ("9999-12-31T23:59:59", TIMES),
            ("0001-01-01T00:00:00", TIMES),
            ("2026-12-31T23:59:60Z", "leap seconds are not counted: write `2026-12-31T23:59:59Z`"),
            ("2026-02-30T09:00:00Z", "there is no such day"),
        ] {
            assert_eq!(DateTime::slip(text).as_deref(), Some(hint), "{text}");
            assert!(DateTime::read(text).is_none(), "{text}");
        }
        for text in ["", "x", "2026-01-31T25:00:00Z", "yesterday at noon", "åäö2026-01-31T"] {
            assert_eq!(DateTime::slip(text), None, "{text}");
        }
    }

    #[test]
    fn what_is_meant_as_a_date_is_told_as_it_is_written() {
        for (text, hint) in [
            ("2026-1-5", "write `2026-01-05`"),
            ("2026/01/05", "write `2026-01-05`"),
            ("2026\u{2011}01\u{2011}05", "write `2026-01-05`"),
            ("20260105", "write `2026-01-05`"),
            (" 2026-01-05", "write `2026-01-05`"),
            ("2026-02-30", "there is no such day"),
            ("0000-01-01", DATES),
            ("2026-01-05T09:00:00Z", "leave out the time of day: `2026-01-05`"),
        ] {
            assert_eq!(Date::slip(text).as_deref(), Some(hint), "{text}");
            assert!(Date::parse(text).is_none(), "{text}");
        }
        for text in ["", "x", "1/2/2026", "2026-01", "2026-01-05-01"] {
            assert_eq!(Date::slip(text), None, "{text}");
        }
    }
}
