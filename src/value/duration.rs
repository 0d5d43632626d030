//! Lengths of time, civil or exact.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

use serde::Serialize;

use super::{InvalidValue, Number, brief};

/// A length of time: civil (years, months, weeks, days) or exact (hours, minutes, seconds to the
/// microsecond), never both. `P1Y` equals `P12M`, `P1W` equals `P7D`, `PT60M` equals `PT1H`.
///
/// Written as ISO 8601 does: `P1Y6M10D`, `PT36H`. A negative one has the sign in front, `-P3D`; where months and
/// days differ in sign, each part has its own, `P1M-1D`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Duration(Length);

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Length {
    Civil { months: i32, days: i32 },
    Exact { microseconds: i64 },
}

/// What a length of time is counted in. Lengths of different flavours have no order: no number of days is a month, and a
/// civil day has no fixed number of hours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Flavour {
    /// Days and weeks.
    Days,
    /// Months and years.
    Months,
    /// Hours, minutes and seconds.
    Exact,
}

impl Flavour {
    /// For messages.
    pub fn units(self) -> &'static str {
        match self {
            Self::Days => "days or weeks",
            Self::Months => "months or years",
            Self::Exact => "hours, minutes or seconds",
        }
    }

    pub fn example(self) -> &'static str {
        match self {
            Self::Days => "P14D",
            Self::Months => "P6M",
            Self::Exact => "PT36H",
        }
    }
}

const SECOND: i64 = 1_000_000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;

impl Duration {
    /// ISO 8601: `P1Y6M`, `P2W`, `P90D`, `PT36H`, with a leading `-` for a negative one; civil and exact
    /// parts do not mix.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        Self::parse_explained(text).ok()
    }

    /// Reads like [`Duration::parse`]; else says what is wrong, as the end of a sentence that begins with the text.
    pub(crate) fn parse_explained(text: &str) -> Result<Self, String> {
        let (sign, rest) = match text.strip_prefix('-') {
            Some(rest) => (-1, rest),
            None => (1, text),
        };
        let Some(parts) = rest.strip_prefix('P') else {
            return Err(explain_beginning(text));
        };
        let (civil, exact) = match parts.split_once('T') {
            Some((civil, exact)) => (civil, Some(exact)),
            None => (parts, None),
        };
        match (civil, exact) {
            ("", None) => Err("has no length: write one such as `P3D`".to_owned()),
            (_, Some("")) => Err("has nothing behind the `T`".to_owned()),
            (civil, None) => parse_civil(civil, sign),
            ("", Some(exact)) => parse_exact(exact, sign),
            (_, Some(_)) => {
                Err("mixes calendar days and hours, which are not a fixed number of each other: \
                                 write one of them, such as `P2D` or `PT48H`"
                    .to_owned())
            }
        }
    }

    /// The duration that somebody means by a number and a unit in words, as `14 days` or `3 veckor`.
    pub(crate) fn meant(text: &str) -> Option<Self> {
        let text = text.trim();
        let digits = text.bytes().take_while(u8::is_ascii_digit).count();
        let (number, unit) = text.split_at_checked(digits)?;
        let number: i64 = number.parse().ok()?;
        match unit.trim().to_lowercase().as_str() {
            "d" | "day" | "days" | "dag" | "dagar" | "dygn" => Self::days(number),
            "w" | "week" | "weeks" | "vecka" | "veckor" => Self::weeks(number),
            "month" | "months" | "månad" | "månader" => Self::months(number),
            "y" | "year" | "years" | "år" => Self::years(number),
            "h" | "hour" | "hours" | "timme" | "timmar" => Self::hours(number),
            "min" | "minute" | "minutes" | "minut" | "minuter" => {
                number.checked_mul(MINUTE).map(Self::exact)
            }
            _ => None,
        }
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
        i32::try_from(n).ok().map(Self::from_days)
    }

    pub(crate) fn hours(n: i64) -> Option<Self> {
        Some(Self(Length::Exact { microseconds: n.checked_mul(HOUR)? }))
    }

    pub(crate) fn minutes(n: i64) -> Option<Self> {
        Some(Self(Length::Exact { microseconds: n.checked_mul(MINUTE)? }))
    }

    pub(crate) fn seconds(n: i64) -> Option<Self> {
        Some(Self(Length::Exact { microseconds: n.checked_mul(SECOND)? }))
    }

    pub(super) fn from_days(days: i32) -> Self {
        Self(Length::Civil { months: 0, days })
    }

    pub(crate) fn exact(microseconds: i64) -> Self {
        Self(Length::Exact { microseconds })
    }

    pub(crate) fn length(self) -> Length {
        self.0
    }

    pub(crate) fn is_exact(self) -> bool {
        matches!(self.0, Length::Exact { .. })
    }

    /// Whether it is counted in these units alone; no days are no months too.
    pub(crate) fn is_of(self, flavour: Flavour) -> bool {
        match (self.0, flavour) {
            (Length::Exact { .. }, Flavour::Exact) => true,
            (Length::Civil { months, .. }, Flavour::Days) => months == 0,
            (Length::Civil { days, .. }, Flavour::Months) => days == 0,
            _ => false,
        }
    }

    /// What it is counted in, for which nothing at all is days; `None` of months and days together, which have no order.
    pub(crate) fn flavour(self) -> Option<Flavour> {
        [Flavour::Days, Flavour::Months, Flavour::Exact].into_iter().find(|one| self.is_of(*one))
    }

    /// Whether any part of it goes back in time.
    pub(crate) fn is_negative(self) -> bool {
        match self.0 {
            Length::Civil { months, days } => months < 0 || days < 0,
            Length::Exact { microseconds } => microseconds < 0,
        }
    }

    /// Civil days; `None` with months or for an exact duration.
    pub(crate) fn as_days(self) -> Option<i64> {
        match self.0 {
            Length::Civil { months: 0, days } => Some(days.into()),
            _ => None,
        }
    }

    /// Hours as an exact decimal; `None` for a civil duration.
    pub(crate) fn as_hours(self) -> Option<Number> {
        self.counted_in(HOUR)
    }

    /// Minutes as an exact decimal; `None` for a civil duration.
    pub(crate) fn as_minutes(self) -> Option<Number> {
        self.counted_in(MINUTE)
    }

    /// Seconds with their fraction; `None` for a civil duration.
    pub(crate) fn as_exact_seconds(self) -> Option<Number> {
        self.counted_in(SECOND)
    }

    fn counted_in(self, unit: i64) -> Option<Number> {
        match self.0 {
            Length::Exact { microseconds } => {
                Number::from(microseconds).checked_div(Number::from(unit)).ok()
            }
            Length::Civil { .. } => None,
        }
    }

    /// Seconds, rounded up to whole ones away from zero; `None` for a civil duration.
    pub(crate) fn as_seconds(self) -> Option<i64> {
        match self.0 {
            Length::Exact { microseconds } => {
                let whole = microseconds / SECOND;
                Some(whole + (microseconds % SECOND).signum())
            }
            Length::Civil { .. } => None,
        }
    }

    /// Sum of two civil or two exact durations; `None` when they are of different kinds or it does not fit.
    pub(crate) fn checked_add(self, other: Self) -> Option<Self> {
        Some(Self(match (self.0, other.0) {
            (
                Length::Civil { months, days },
                Length::Civil { months: other_months, days: other_days },
            ) => Length::Civil {
                months: months.checked_add(other_months)?,
                days: days.checked_add(other_days)?,
            },
            (Length::Exact { microseconds }, Length::Exact { microseconds: other }) => {
                Length::Exact { microseconds: microseconds.checked_add(other)? }
            }
            _ => return None,
        }))
    }

    pub(crate) fn checked_neg(self) -> Option<Self> {
        self.checked_mul(-1)
    }

    pub(crate) fn checked_mul(self, times: i64) -> Option<Self> {
        Some(Self(match self.0 {
            Length::Civil { months, days } => Length::Civil {
                months: i32::try_from(i64::from(months).checked_mul(times)?).ok()?,
                days: i32::try_from(i64::from(days).checked_mul(times)?).ok()?,
            },
            Length::Exact { microseconds } => {
                Length::Exact { microseconds: microseconds.checked_mul(times)? }
            }
        }))
    }

    /// Order where there is one: between exact ones, and between civil ones where neither months against days
    /// have to be weighed (`P1M` and `P30D` have no order, `P1M` is less than `P1M1D`). `None` otherwise.
    pub(crate) fn compare(self, other: Self) -> Option<Ordering> {
        match (self.0, other.0) {
            (Length::Exact { microseconds }, Length::Exact { microseconds: other }) => {
                Some(microseconds.cmp(&other))
            }
            (
                Length::Civil { months, days },
                Length::Civil { months: other_months, days: other_days },
            ) => match (months.cmp(&other_months), days.cmp(&other_days)) {
                (order, Ordering::Equal) | (Ordering::Equal, order) => Some(order),
                (by_months, by_days) => (by_months == by_days).then_some(by_months),
            },
            _ => None,
        }
    }

    /// Some order of all durations, for finding equals.
    pub(super) fn total_cmp(self, other: Self) -> Ordering {
        let key = |duration: Self| match duration.0 {
            Length::Civil { months, days } => (0, i64::from(months), i64::from(days)),
            Length::Exact { microseconds } => (1, microseconds, 0),
        };
        key(self).cmp(&key(other))
    }
}

fn parse_civil(text: &str, outer: i64) -> Result<Duration, String> {
    let (mut months, mut days): (i64, i64) = (0, 0);
    let mut order = "YMWD";
    for part in Parts(text) {
        let Part { sign, whole, fraction, unit } = part?;
        order = later(order, unit, text, "YMWD", "HS")?;
        if !fraction.is_empty() {
            return Err(format!("has a fraction of `{unit}`: only seconds can have one"));
        }
        let (sum, worth) = match unit {
            'Y' => (&mut months, 12),
            'M' => (&mut months, 1),
            'W' => (&mut days, 7),
            _ => (&mut days, 1),
        };
        *sum = add(*sum, outer * sign, whole, worth).ok_or_else(too_long)?;
    }
    let part = |sum: i64| i32::try_from(sum).map_err(|_| too_long());
    Ok(Duration(Length::Civil { months: part(months)?, days: part(days)? }))
}

fn parse_exact(text: &str, outer: i64) -> Result<Duration, String> {
    let mut microseconds: i64 = 0;
    let mut order = "HMS";
    for part in Parts(text) {
        let Part { sign, whole, fraction, unit } = part?;
        order = later(order, unit, text, "HMS", "YWD")?;
        if !fraction.is_empty() && unit != 'S' {
            return Err(format!("has a fraction of `{unit}`: only seconds can have one"));
        }
        let worth = match unit {
            'H' => HOUR,
            'M' => MINUTE,
            _ => SECOND,
        };
        // What is finer than a microsecond is cut off, as of date-times.
        let micro: String = fraction.chars().chain(std::iter::repeat('0')).take(6).collect();
        microseconds = add(microseconds, outer * sign, whole, worth)
            .and_then(|sum| add(sum, outer * sign, &micro, 1))
            .ok_or_else(too_long)?;
    }
    Ok(Duration(Length::Exact { microseconds }))
}

/// A number with its unit, such as `-15.5S`.
struct Part<'a> {
    sign: i64,
    whole: &'a str,
    fraction: &'a str,
    unit: char,
}

struct Parts<'a>(&'a str);

impl<'a> Iterator for Parts<'a> {
    type Item = Result<Part<'a>, String>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.0.is_empty() {
            return None;
        }
        let (sign, rest) = match self.0.strip_prefix('-') {
            Some(rest) => (-1, rest),
            None => (1, self.0),
        };
        let (whole, rest) = digits(rest);
        let (fraction, rest) = match rest.strip_prefix('.').map(digits) {
            // A point without digits is left to stand where a unit should.
            Some(("", _)) | None => ("", rest),
            Some(read) => read,
        };
        let mut letters = rest.chars();
        let unit = letters.next();
        let text = std::mem::replace(&mut self.0, letters.as_str());
        Some(match unit {
            _ if whole.is_empty() => Err(format!("has no number at `{}`", brief(text))),
            None => Err(format!("lacks a unit behind `{}`", brief(text))),
            Some(',') => Err("has a decimal comma: write a point".to_owned()),
            Some('.') => Err("has no digits behind the point".to_owned()),
            Some(unit) => Ok(Part { sign, whole, fraction, unit }),
        })
    }
}

fn digits(text: &str) -> (&str, &str) {
    let end = text.bytes().take_while(u8::is_ascii_digit).count();
    text.split_at_checked(end).unwrap_or(("", text))
}

/// The units that may still come behind this one.
fn later<'a>(
    order: &'a str,
    unit: char,
    text: &str,
    units: &str,
    others: &str,
) -> Result<&'a str, String> {
    if let Some((_, later)) = order.split_once(unit) {
        return Ok(later);
    }
    Err(if units.contains(unit) {
        format!("has `{unit}` twice or in the wrong place: the order is `{units}`")
    } else if others.contains(unit) && others.contains('S') {
        format!("lacks a `T` in front of hours, minutes and seconds: write `PT{}`", brief(text))
    } else if others.contains(unit) {
        format!("has `{unit}` behind the `T`, where only hours, minutes and seconds stand")
    } else if units.contains(unit.to_ascii_uppercase())
        || others.contains(unit.to_ascii_uppercase())
    {
        format!("has the unit `{unit}` in lower case: write `{}`", unit.to_ascii_uppercase())
    } else {
        format!("has the unit `{}`, which there is not", brief(&unit.to_string()))
    })
}

fn explain_beginning(text: &str) -> String {
    if let Some(meant) = Duration::meant(text) {
        return format!("does not begin with `P`: write `{meant}`");
    }
    match text.trim_start_matches(['-', '+']).chars().next() {
        None => "is empty".to_owned(),
        Some('p') => "begins with a small `p`: durations are written in upper case".to_owned(),
        Some('P') => "may have no `+`, only a `-`".to_owned(),
        Some(_) => "does not begin with `P`: durations are written like `P1Y6M`, `P90D`, `PT36H`"
            .to_owned(),
    }
}

fn too_long() -> String {
    "is too long".to_owned()
}

fn add(sum: i64, sign: i64, digits: &str, worth: i64) -> Option<i64> {
    let number: i64 = digits.parse().ok()?;
    sum.checked_add(number.checked_mul(sign * worth)?)
}

impl FromStr for Duration {
    type Err = InvalidValue;
    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        Self::parse_explained(text).map_err(|problem| InvalidValue {
            message: format!("`{}` is not a duration: it {problem}", brief(text)),
        })
    }
}

/// The shortest usual form: years, months and days (no weeks), or hours, minutes and seconds.
impl fmt::Display for Duration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Length::Civil { months, days } => {
                // One sign in front if it says it all.
                let turned = months <= 0 && days <= 0 && (months, days) != (0, 0);
                let sign = if turned { -1 } else { 1 };
                let (months, days) = (i64::from(months) * sign, i64::from(days) * sign);
                f.write_str(if turned { "-P" } else { "P" })?;
                for (number, unit) in [(months / 12, 'Y'), (months % 12, 'M')] {
                    if number != 0 {
                        write!(f, "{number}{unit}")?;
                    }
                }
                if days != 0 || months == 0 {
                    write!(f, "{days}D")?;
                }
                Ok(())
            }
            Length::Exact { microseconds } => {
                f.write_str(if microseconds < 0 { "-PT" } else { "PT" })?;
                let rest = microseconds.unsigned_abs();
                let (hours, rest) = (rest / HOUR.unsigned_abs(), rest % HOUR.unsigned_abs());
                let (minutes, rest) = (rest / MINUTE.unsigned_abs(), rest % MINUTE.unsigned_abs());
                if hours != 0 {
                    write!(f, "{hours}H")?;
                }
                if minutes != 0 {
                    write!(f, "{minutes}M")?;
                }
                let (seconds, fraction) =
                    (rest / SECOND.unsigned_abs(), rest % SECOND.unsigned_abs());
                if fraction != 0 {
                    let digits = format!("{fraction:06}");
                    write!(f, "{seconds}.{}S", digits.trim_end_matches('0'))?;
                } else if seconds != 0 || microseconds == 0 {
                    write!(f, "{seconds}S")?;
                }
                Ok(())
            }
        }
    }
}

impl Serialize for Duration {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests;
