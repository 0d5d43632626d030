//! One order of all values, in which an integer and the number that it equals are the same.

use std::cmp::Ordering;

use super::{Length, Number, Value};

impl Value {
    /// Equality as rules mean it: 1 is 1.0, also inside lists and records.
    pub(crate) fn loose_eq(&self, other: &Self) -> bool {
        self.total_cmp(other).is_eq()
    }

    /// Some order of all values, consistent with [`Value::loose_eq`]: for finding equals, not for people.
    pub(crate) fn total_cmp(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Boolean(a), Self::Boolean(b)) => a.cmp(b),
            (Self::Integer(a), Self::Integer(b)) => a.cmp(b),
            (Self::Number(a), Self::Number(b)) => a.cmp(b),
            (Self::Integer(a), Self::Number(b)) => Number::from(*a).cmp(b),
            (Self::Number(a), Self::Integer(b)) => a.cmp(&Number::from(*b)),
            (Self::Text(a), Self::Text(b)) => a.cmp(b),
            (Self::Date(a), Self::Date(b)) => a.cmp(b),
            (Self::DateTime(a), Self::DateTime(b)) => a.cmp(b),
            (Self::Duration(a), Self::Duration(b)) => a.total_cmp(*b),
            (Self::List(a), Self::List(b)) => a.len().cmp(&b.len()).then_with(|| {
                first_difference(a.iter().zip(b.iter()).map(|(a, b)| a.total_cmp(b)))
            }),
            (Self::Record(a), Self::Record(b)) => {
                a.len().cmp(&b.len()).then_with(|| {
                    first_difference(a.iter().zip(b.iter()).map(|((a_key, a), (b_key, b))| {
                        a_key.cmp(b_key).then_with(|| a.total_cmp(b))
                    }))
                })
            }
            _ => self.rank().cmp(&other.rank()),
        }
    }

    /// Which of two dates, date-times or durations is the earlier or shorter; `None` of anything else, and where they have no
    /// order.
    pub(crate) fn in_time(&self, other: &Self) -> Option<Ordering> {
        match (self, other) {
            (Self::Date(a), Self::Date(b)) => Some(a.cmp(b)),
            (Self::DateTime(a), Self::DateTime(b)) => Some(a.cmp(b)),
            (Self::Duration(a), Self::Duration(b)) => a.compare(*b),
            _ => None,
        }
    }

    /// Whether nothing lies between a date or a length in days or months and a later one.
    pub(crate) fn is_next_to(&self, later: &Self) -> bool {
        let one = match (self, later) {
            (Self::Date(a), Self::Date(b)) => Some(b.days() - a.days()),
            (Self::Duration(a), Self::Duration(b)) => match (a.length(), b.length()) {
                (Length::Civil { months: 0, days: a }, Length::Civil { months: 0, days: b }) => {
                    Some(i64::from(b) - i64::from(a))
                }
                (Length::Civil { months: a, days: 0 }, Length::Civil { months: b, days: 0 }) => {
                    Some(i64::from(b) - i64::from(a))
                }
                _ => None,
            },
            _ => None,
        };
        one == Some(1)
    }

    fn rank(&self) -> u8 {
        match self {
            Self::Boolean(_) => 0,
            Self::Integer(_) | Self::Number(_) => 1,
            Self::Text(_) => 2,
            Self::Date(_) => 3,
            Self::DateTime(_) => 4,
            Self::Duration(_) => 5,
            Self::List(_) => 6,
            Self::Record(_) => 7,
        }
    }
}

fn first_difference(mut orders: impl Iterator<Item = Ordering>) -> Ordering {
    orders.find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
}
