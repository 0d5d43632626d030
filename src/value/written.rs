//! Numbers as spreadsheets and people write them: with a decimal comma, parted thousands, a percent sign, a unit. Values are
//! written in one way only, so these are refused; here is what to write instead.

use super::Number;
use crate::language::problems as say;
use crate::said::{Phrase, Said};

/// Texts longer than this are no slip of the pen.
const LONGEST: usize = 64;

/// What to write instead of a text that is no number but is meant as one; `None` where it does not look like one.
/// Linear, and of bounded length.
pub(crate) fn number_hint(text: &str) -> Option<Said> {
    if text.len() > LONGEST {
        return None;
    }
    let text = text.trim();
    let (bare, percent, unit) = match text.strip_suffix('%') {
        Some(bare) => (bare.trim_end(), true, false),
        None => {
            let bare = without_unit(text);
            (bare, false, bare.len() < text.len())
        }
    };
    let Reading { number, thousands, changed } = read(bare)?;
    Some(match thousands {
        _ if percent => {
            let share = Number::parse(&number)?.checked_div(Number::from(100)).ok()?;
            Said::of(&say::WRITE_SHARE, [number.into(), share.to_string().into()])
        }
        Some(whole) => Said::of(&say::WRITE_EITHER, [number.into(), whole.into()]),
        None if unit => Said::of(&say::WRITE_ALONE, [number.into()]),
        None => Said::of(&say::WRITE_SO, [Said::of(changed?, []), number.into()]),
    })
}

/// How numbers are written in a table of text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Decimals {
    /// With a decimal point, as in JSON. Spaces may part thousands.
    #[default]
    Point,
    /// With a decimal comma. Spaces and points may part thousands.
    Comma,
    /// As the writer's country has it, which nobody says: with a comma or a point. A number that could mean two things, as
    /// `1,234` does, is refused.
    Either,
}

/// A number of a table of text: in the spelling of JSON, or what to write instead. `None` where it does not look like one.
/// Linear, and of bounded length.
pub(crate) fn number_in_table(text: &str, decimals: Decimals) -> Option<Result<String, Said>> {
    if text.len() > LONGEST {
        return None;
    }
    let Reading { number, .. } = read(text)?;
    let marks = || text.chars().filter(|letter| matches!(letter, ',' | '.' | '\'' | '’'));
    let torn = || -> Option<(&str, char, &str)> {
        let at = text.rfind([',', '.'])?;
        let (whole, rest) = text.split_at_checked(at)?;
        let mut rest = rest.chars();
        Some((whole, rest.next()?, rest.as_str()))
    };
    let is_alone = marks().count() == 1;
    // What may part a thousand: three digits behind, one to three in front, which are no 0.
    let may_be_thousands = torn().is_some_and(|(whole, _, rest)| {
        let whole = whole.trim_start_matches(['-', '+', '\u{2212}', '\u{2013}']).trim_start();
        rest.len() == 3 && (1..=3).contains(&whole.len()) && !whole.starts_with('0')
    });
    let mark = torn().map(|(_, mark, _)| mark);
    let joined = || text.replace(['.', '\'', '’'], "");
    match decimals {
        Decimals::Point if marks().all(|mark| mark == '.') && (is_alone || mark.is_none()) => {
            Some(Ok(number))
        }
        Decimals::Point => Some(Err(number_hint(text)?)),
        Decimals::Comma if is_alone && mark == Some('.') => Some(match may_be_thousands {
            true => Ok(read(&joined())?.number),
            false => Err(Said::of(&say::DECIMAL_COMMA, [text.replace('.', ",").into()])),
        }),
        Decimals::Either if is_alone && may_be_thousands => {
            let whole = read(&joined().replace(',', ""))?.number;
            Some(Err(Said::of(&say::TWO_NUMBERS, [number.into(), whole.into()])))
        }
        Decimals::Comma | Decimals::Either => Some(Ok(number)),
    }
}

/// A number as somebody types it whose decimals begin with a comma, in the spelling of JSON; what to write instead where its
/// point could part thousands. `None` where it does not look like one. Linear, and of bounded length.
pub(crate) fn number_with_comma(text: &str) -> Option<Result<String, Said>> {
    if text.contains(',') {
        return number_in_table(text, Decimals::Comma);
    }
    match number_in_table(text, Decimals::Either)? {
        Ok(number) => Some(Ok(number)),
        Err(_) => {
            let parts = [text.replace('.', ","), text.replace('.', "")];
            Some(Err(Said::of(&say::WRITE_COMMA, parts.map(Said::from))))
        }
    }
}

/// Whether a program that shows numbers in few digits has written it, as `1,23457E+12`: the others are lost.
pub(crate) fn is_cut(text: &str) -> bool {
    text.split_once('E').is_some_and(|(front, power)| {
        power.starts_with(['+', '-']) && front.bytes().any(|byte| byte.is_ascii_digit())
    })
}

struct Reading {
    /// In the spelling that is read.
    number: String,
    /// What it also may mean: one comma can begin decimals or part thousands.
    thousands: Option<String>,
    /// What was otherwise; `None` where nothing was.
    changed: Option<&'static Phrase>,
}

/// A number with its digits in groups.
fn read(text: &str) -> Option<Reading> {
    let (sign, digits) = match text.strip_prefix(['-', '\u{2212}', '\u{2013}']) {
        Some(digits) => ("-", digits.trim_start()),
        None => ("", text.strip_prefix('+').unwrap_or(text)),
    };
    let parted = |letter: char| is_space(letter) || matches!(letter, ',' | '.' | '\'' | '’');
    let groups: Vec<&str> = digits.split(parted).collect();
    if !groups.iter().all(|group| !group.is_empty() && group.bytes().all(|c| c.is_ascii_digit())) {
        return None;
    }
    // Spaces of all kinds part thousands alike.
    let marks = digits.chars().filter(|letter| parted(*letter));
    let marks: Vec<char> = marks.map(|mark| if is_space(mark) { ' ' } else { mark }).collect();
    let (decimal, between) = match marks.split_last() {
        Some((last @ (',' | '.'), before)) if !before.contains(last) => (Some(*last), before),
        _ => (None, marks.as_slice()),
    };
    let (fraction, whole) = match groups.split_last() {
        Some((last, before)) if decimal.is_some() => (Some(*last), before),
        _ => (None, groups.as_slice()),
    };
    let (first, others) = whole.split_first()?;
    let in_thousands = others.is_empty()
        || first.len() <= 3
            && others.iter().all(|group| group.len() == 3)
            && between.windows(2).all(|pair| pair.first() == pair.last());
    if !in_thousands {
        return None;
    }
    let whole = whole.concat();
    let number = match fraction {
        Some(fraction) => format!("{sign}{whole}.{fraction}"),
        None => format!("{sign}{whole}"),
    };
    Number::parse(&number)?;
    let thousands = fraction.filter(|fraction| {
        decimal == Some(',') && between.is_empty() && fraction.len() == 3 && whole.len() <= 3
    });
    let thousands = thousands.map(|rest| format!("{sign}{whole}{rest}"));
    let thousands = thousands.filter(|whole| Number::parse(whole).is_some());
    let changed: Option<&'static Phrase> = match (decimal, between.is_empty()) {
        (Some(','), true) => Some(&say::DECIMAL_POINT),
        (Some(','), false) => Some(&say::DECIMAL_POINT_ONLY),
        (_, false) => Some(&say::NO_THOUSANDS),
        _ if number != text => Some(&say::PLAINLY),
        _ => None,
    };
    Some(Reading { number, thousands, changed })
}

/// Spaces that stand between thousands: no-break, narrow and thin ones too.
pub(crate) fn is_space(letter: char) -> bool {
    matches!(letter, ' ' | '\u{a0}' | '\u{202f}' | '\u{2009}')
}

/// A number without the word or the sign of its unit, before or behind it.
fn without_unit(text: &str) -> &str {
    let is_unit = |letter: char| letter.is_alphabetic() || "€$£:-/".contains(letter);
    let behind = text.trim_end_matches(is_unit).trim_end();
    let bare =
        behind.trim_start_matches(|letter: char| letter.is_alphabetic() || "€$£".contains(letter));
    // A name such as `x3` is no unit with a number.
    let is_name = bare.len() < behind.len()
        && text.starts_with(char::is_alphabetic)
        && !bare.starts_with(is_space);
    if is_name { behind } else { bare.trim_start() }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn what_is_meant_as_a_number_is_told_as_it_is_written() {
        for (text, hint) in [
            ("50000,5", "write a decimal point: `50000.5`"),
            ("-0,5", "write a decimal point: `-0.5`"),
            ("\u{2212}0,5", "write a decimal point: `-0.5`"),
            ("50 000", "write nothing between the thousands: `50000`"),
            ("50\u{a0}000", "write nothing between the thousands: `50000`"),
            ("1\u{202f}250\u{a0}000", "write nothing between the thousands: `1250000`"),
            ("1.250.000", "write nothing between the thousands: `1250000`"),
            (
                "50\u{a0}000,25",
                "write a decimal point, and nothing between the thousands: `50000.25`",
            ),
            ("50.000,25", "write a decimal point, and nothing between the thousands: `50000.25`"),
            ("50,000.25", "write nothing between the thousands: `50000.25`"),
            (
                "50,000",
                "write `50.000` if the comma begins the decimals, `50000` if it parts the thousands",
            ),
            ("0,125", "write a decimal point: `0.125`"),
            ("40%", "write the number alone: `40`, or `0.4` where it is a share of 1"),
            ("12,5 %", "write the number alone: `12.5`, or `0.125` where it is a share of 1"),
            ("300 kr", "write the number alone: `300`"),
            ("SEK 50 000", "write the number alone: `50000`"),
            ("50000:-", "write the number alone: `50000`"),
            ("+3", "write the number plainly: `3`"),
        ] {
            assert_eq!(
                number_hint(text).map(|said| said.to_string()).as_deref(),
                Some(hint),
                "{text}"
            );
        }
    }

    #[test]
    fn what_is_no_number_gets_no_hint() {
        let long = "1 ".repeat(100);
        for text in [
            "",
            "%",
            "kr",
            "x",
            "x3",
            "1 2",
            "1  000",
            "1 0000",
            "1,2,3",
            "1.2.3",
            "2026-09-01",
            "007",
            ",5",
            "5,",
            "- -5",
            "1.000 000",
            &long,
        ] {
            assert_eq!(number_hint(text), None, "{text}");
        }
        // Too many digits stay too many.
        assert_eq!(number_hint(&format!("{},5", "9".repeat(28))), None);
    }
}
