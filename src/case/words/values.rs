//! Values in words: those of an enum by their labels, lengths of time in days and hours, long lists by their beginning.

use super::{Describer, Language};
use crate::definition::shape::{Kind, Shape};
use crate::value::{Duration, Length, Value};

/// Items of a list that a clause shows.
const SHOWN: usize = 12;

/// Units of time: one, several.
struct Units {
    years: [&'static str; 2],
    months: [&'static str; 2],
    days: [&'static str; 2],
    hours: [&'static str; 2],
    minutes: [&'static str; 2],
    seconds: [&'static str; 2],
}

const ENGLISH: Units = Units {
    years: ["year", "years"],
    months: ["month", "months"],
    days: ["day", "days"],
    hours: ["hour", "hours"],
    minutes: ["minute", "minutes"],
    seconds: ["second", "seconds"],
};

const SWEDISH: Units = Units {
    years: ["år", "år"],
    months: ["månad", "månader"],
    days: ["dag", "dagar"],
    hours: ["timme", "timmar"],
    minutes: ["minut", "minuter"],
    seconds: ["sekund", "sekunder"],
};

impl Describer<'_> {
    pub(super) fn value(&self, value: Option<&Value>) -> String {
        match value {
            None => self.words.unknown.to_owned(),
            Some(Value::Boolean(true)) => self.words.yes.to_owned(),
            Some(Value::Boolean(false)) => self.words.no.to_owned(),
            Some(Value::Duration(length)) => self.length(*length),
            Some(value) => value.to_string(),
        }
    }

    /// The value that a clause read, under its name in the script; of a long list the first items and how many there are.
    /// Labels have the value behind them, since the clause itself speaks of it.
    pub(super) fn read(&self, name: &str, value: Option<&Value>) -> String {
        let kind = self.kind(name);
        let one = |kind: Option<&Kind>, value: &Value| match (self.label(kind, value), value) {
            (Some(label), Value::Text(text)) if label != &**text => format!("{label} ({text})"),
            _ => self.value(Some(value)),
        };
        match value {
            Some(Value::List(items)) => {
                let kind = match kind {
                    Some(Kind::Array(items)) => Some(&items.kind),
                    _ => None,
                };
                let mut shown: Vec<String> =
                    items.iter().take(SHOWN).map(|item| one(kind, item)).collect();
                if items.len() > SHOWN {
                    shown.push(format!("… ({} {})", items.len(), self.words.in_all));
                }
                format!("[{}]", shown.join(", "))
            }
            Some(value) => one(kind, value),
            None => self.value(None),
        }
    }

    /// A value of a fact, by its label where it is one of an enum, with its unit where there is one.
    pub(super) fn of_fact(&self, fact: &str, value: Option<&Value>) -> String {
        match value {
            Some(value) => self.of_shape(self.shape(fact), value),
            None => self.value(None),
        }
    }

    fn of_shape(&self, shape: Option<&Shape>, value: &Value) -> String {
        let kind = shape.map(|shape| &shape.kind);
        match (kind, value) {
            (_, Value::List(list)) if list.is_empty() => self.words.none.to_owned(),
            (Some(Kind::Array(items)), Value::List(list)) => {
                let items = list.iter().map(|item| self.of_shape(Some(items), item));
                items.collect::<Vec<_>>().join(", ")
            }
            _ => match (self.label(kind, value), shape.and_then(|shape| shape.unit.as_deref())) {
                (Some(label), _) => label.to_owned(),
                (None, Some(unit)) => format!("{} {unit}", self.value(Some(value))),
                (None, None) => self.value(Some(value)),
            },
        }
    }

    fn shape(&self, fact: &str) -> Option<&Shape> {
        let id = self.workflow.rules.fact_named(fact)?;
        Some(&self.workflow.definition.facts.at(id).shape)
    }

    fn kind(&self, fact: &str) -> Option<&Kind> {
        self.shape(fact).map(|shape| &shape.kind)
    }

    fn label<'k>(&self, kind: Option<&'k Kind>, value: &Value) -> Option<&'k str> {
        match (kind, value) {
            (Some(Kind::Enum(labels)), Value::Text(text)) => labels.get(&**text)?.get(self.tag),
            _ => None,
        }
    }

    /// A length of time as people say it, in the units of ISO 8601.
    fn length(&self, length: Duration) -> String {
        let units = if self.tag == Language::Swedish.tag() { &SWEDISH } else { &ENGLISH };
        let parts: Vec<(u64, &[&str; 2])> = match length.length() {
            // Months and days of unlike signs are no phrase.
            Length::Civil { months, days } if i64::from(months) * i64::from(days) < 0 => {
                return length.to_string();
            }
            Length::Civil { months, days } => {
                let (months, days) =
                    (u64::from(months.unsigned_abs()), u64::from(days.unsigned_abs()));
                vec![(months / 12, &units.years), (months % 12, &units.months), (days, &units.days)]
            }
            // Parts of a second are of no clock on a wall.
            Length::Exact { microseconds } if microseconds % 1_000_000 != 0 => {
                return length.to_string();
            }
            Length::Exact { microseconds } => {
                let seconds = microseconds.unsigned_abs() / 1_000_000;
                let (hours, minutes) = (seconds / 3600, seconds / 60 % 60);
                vec![
                    (hours, &units.hours),
                    (minutes, &units.minutes),
                    (seconds % 60, &units.seconds),
                ]
            }
        };
        let said = parts.into_iter().filter(|(number, _)| *number > 0);
        let said = said.map(|(number, [one, several])| {
            format!("{number} {}", if number == 1 { one } else { several })
        });
        let said: Vec<String> = said.collect();
        // In both languages.
        let sign = if length.is_negative() { "minus " } else { "" };
        match (said.is_empty(), length.length()) {
            (true, Length::Civil { .. }) => format!("0 {}", units.days[1]),
            (true, Length::Exact { .. }) => format!("0 {}", units.hours[1]),
            (false, _) => format!("{sign}{}", said.join(" ")),
        }
    }
}
