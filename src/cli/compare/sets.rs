//! `--set`: values of parameters, lists and sweeps.

use super::said;
use crate::cli::words::filled;

/// So many values of one parameter are read.
const MOST: usize = 1_000;

/// One value each, as JSON, by parameter.
pub(super) type Values = Vec<(String, String)>;

/// Every combination of the values asked for, the last parameter changing fastest; one that sets nothing where none is asked
/// for.
pub(super) fn all(sets: &[String]) -> Result<Vec<Values>, String> {
    let mut all: Vec<Values> = vec![Vec::new()];
    for set in sets {
        let bad = || filled(said().bad_set, std::slice::from_ref(set));
        let (name, written) = set.split_once('=').ok_or_else(bad)?;
        let name = name.trim();
        if name.is_empty() || written.trim().is_empty() {
            return Err(bad());
        }
        if all.iter().flatten().any(|(known, _)| known == name) {
            return Err(filled(said().set_twice, &[name.to_owned()]));
        }
        let mut values = Vec::new();
        for one in listed(written) {
            match sweep(one).ok_or_else(bad)? {
                Some(found) => values.extend(found),
                None => values.push(as_json(one)),
            }
        }
        if values.len().saturating_mul(all.len()) > MOST {
            return Err(filled(said().too_many, &[MOST.to_string()]));
        }
        let before = std::mem::take(&mut all);
        for begun in before {
            for value in &values {
                let mut more = begun.clone();
                more.push((name.to_owned(), value.clone()));
                all.push(more);
            }
        }
    }
    Ok(all)
}

/// The items of a list, at commas outside of quotes and brackets.
fn listed(text: &str) -> Vec<&str> {
    let (mut items, mut start, mut depth, mut is_quoted) = (Vec::new(), 0, 0_usize, false);
    for (at, letter) in text.char_indices() {
        match letter {
            '"' => is_quoted = !is_quoted,
            '[' | '{' if !is_quoted => depth += 1,
            ']' | '}' if !is_quoted => depth = depth.saturating_sub(1),
            ',' if !is_quoted && depth == 0 => {
                items.push(text.get(start..at).unwrap_or_default().trim());
                start = at + 1;
            }
            _ => {}
        }
    }
    items.push(text.get(start..).unwrap_or_default().trim());
    items
}

/// What is no JSON is a text.
fn as_json(text: &str) -> String {
    match serde_json::from_str::<serde::de::IgnoredAny>(text) {
        Ok(_) => text.to_owned(),
        Err(_) => serde_json::Value::from(text).to_string(),
    }
}

/// `a..b/step`; the inner `None` where it is no sweep, the outer where it is one that does not come to an end.
#[allow(clippy::option_option, reason = "a text that is no sweep is not one that is wrong")]
fn sweep(text: &str) -> Option<Option<Vec<String>>> {
    let Some((from, rest)) = text.split_once("..") else { return Some(None) };
    let (to, step) = rest.split_once('/').unwrap_or((rest, "1"));
    let all = [from, to, step].map(str::trim);
    // Texts such as `a..b` are values.
    if !all
        .iter()
        .all(|one| one.starts_with(|letter: char| letter == '-' || letter.is_ascii_digit()))
    {
        return Some(None);
    }
    let decimals =
        all.iter().map(|one| one.split_once('.').map_or(0, |(_, part)| part.len())).max()?;
    if decimals > 9 {
        return None;
    }
    let [from, to, step] = all.map(|one| scaled(one, decimals));
    let (from, to, step) = (from?, to?, step?);
    if step == 0 || (to - from).signum() * step.signum() < 0 || (to - from) / step >= MOST as i128 {
        return None;
    }
    let count = (to - from) / step;
    let values = (0..=count).map(|place| unscaled(from + place * step, decimals));
    Some(Some(values.collect()))
}

/// A decimal as a whole number of its last place.
fn scaled(text: &str, decimals: usize) -> Option<i128> {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let is_number = |digits: &str| digits.bytes().all(|byte| byte.is_ascii_digit());
    let bare = whole.strip_prefix('-').unwrap_or(whole);
    if bare.is_empty() || bare.len() > 18 || !is_number(bare) || !is_number(part) {
        return None;
    }
    format!("{whole}{part:0<decimals$}").parse().ok()
}

fn unscaled(value: i128, decimals: usize) -> String {
    if decimals == 0 {
        return value.to_string();
    }
    let sign = if value < 0 { "-" } else { "" };
    let digits = format!("{:0>width$}", value.unsigned_abs(), width = decimals + 1);
    let (whole, part) = digits.split_at(digits.len() - decimals);
    let part = part.trim_end_matches('0');
    match part.is_empty() {
        true => format!("{sign}{whole}"),
        false => format!("{sign}{whole}.{part}"),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn read(sets: &[&str]) -> Result<Vec<String>, String> {
        let sets: Vec<String> = sets.iter().map(|set| (*set).to_owned()).collect();
        let told = |values: Values| {
            let each = values.into_iter().map(|(name, value)| format!("{name}={value}"));
            each.collect::<Vec<_>>().join(" ")
        };
        all(&sets).map(|found| found.into_iter().map(told).collect())
    }

    #[test]
    fn values_lists_and_sweeps() {
        assert_eq!(read(&[]).unwrap(), [""]);
        assert_eq!(read(&["a=60"]).unwrap(), ["a=60"]);
        assert_eq!(read(&["a=1,2", "b=x"]).unwrap(), ["a=1 b=\"x\"", "a=2 b=\"x\""]);
        assert_eq!(read(&["a=40..60/10"]).unwrap(), ["a=40", "a=50", "a=60"]);
        assert_eq!(read(&["a=3..1/-1"]).unwrap(), ["a=3", "a=2", "a=1"]);
        assert_eq!(read(&["a=0.1..0.3/0.1, 7"]).unwrap(), ["a=0.1", "a=0.2", "a=0.3", "a=7"]);
        assert_eq!(read(&["a=-1..0/0.5"]).unwrap(), ["a=-1", "a=-0.5", "a=0"]);
        assert_eq!(read(&["a=P30D,true,\"x,y\",[1,2]"]).unwrap().len(), 4);
        for wrong in ["a", "=1", "a=", "a=1..5/0", "a=1..5/-1", "a=0..99999999", "a=1..x"] {
            assert!(read(&[wrong]).is_err() || wrong == "a=1..x", "{wrong}");
        }
        assert!(read(&["a=1", "a=2"]).is_err());
        assert!(read(&["a=1..100", "b=1..100"]).is_err());
    }
}
