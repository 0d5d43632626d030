//! Arms of a `switch` that are never reached.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;

use super::super::program::{Arm, Node, Op};
use super::super::types::Type;
use super::Checker;
use super::persons::{is_person, key_of};
use crate::value::{Number, Value};

/// Numbers from one up to another, that excluded or not.
#[derive(Clone, Copy)]
struct Stretch {
    from: i64,
    to: i64,
    inclusive: bool,
}

impl Stretch {
    fn of(node: &Node) -> Option<Self> {
        let Op::Range { from, to, inclusive } = &node.op else { return None };
        match (&from.op, &to.op) {
            (Op::Constant(Value::Integer(from)), Op::Constant(Value::Integer(to))) => {
                Some(Self { from: *from, to: *to, inclusive: *inclusive })
            }
            _ => None,
        }
    }

    fn is_empty(self) -> bool {
        self.from > self.to || (self.from == self.to && !self.inclusive)
    }
}

/// What the arms in front take, whatever their conditions are.
///
/// Numbers lie on a line of places: a whole number `n` has the place `2n`, and what lies between `n` and `n + 1` has `2n + 1`.
#[derive(Default)]
struct Taken {
    /// Of subjects that are whole numbers, between which there is nothing.
    whole: bool,
    /// Numbers that are not whole.
    broken: BTreeSet<Number>,
    texts: HashSet<Arc<str>>,
    others: Vec<Value>,
    /// Places that are taken, from the first to the one behind the last; none touches the next.
    line: BTreeMap<i128, i128>,
}

impl Taken {
    fn has(&self, value: &Value) -> bool {
        match (value.as_number(), value) {
            (Some(number), _) => {
                self.broken.contains(&number)
                    || place(number).is_some_and(|place| self.covers(place, place + 1))
            }
            (None, Value::Text(text)) => self.texts.contains(&**text),
            (None, _) => self.others.contains(value),
        }
    }

    fn add(&mut self, value: &Value) {
        match (value.as_number(), value) {
            (Some(number), _) => match number.to_i64() {
                Some(whole) => {
                    let (from, to) = self.places(whole, whole, true);
                    self.cover(from, to);
                }
                None => {
                    self.broken.insert(number);
                }
            },
            (None, Value::Text(text)) => {
                self.texts.insert(Arc::from(&**text));
            }
            (None, _) if self.others.contains(value) => {}
            (None, _) => self.others.push(value.clone()),
        }
    }

    fn has_all(&self, stretch: Stretch) -> bool {
        let (from, to) = self.places(stretch.from, stretch.to, stretch.inclusive);
        self.covers(from, to)
    }

    fn add_all(&mut self, stretch: Stretch) {
        let (from, to) = self.places(stretch.from, stretch.to, stretch.inclusive);
        self.cover(from, to);
    }

    fn places(&self, from: i64, to: i64, inclusive: bool) -> (i128, i128) {
        let end = 2 * i128::from(to);
        let end = match (inclusive, self.whole) {
            (false, _) => end,
            (true, false) => end + 1,
            (true, true) => end + 2,
        };
        (2 * i128::from(from), end)
    }

    fn covers(&self, from: i128, to: i128) -> bool {
        crate::work::looked_at(1);
        self.line.range(..=from).next_back().is_some_and(|(_, end)| *end >= to)
    }

    /// Cost: logarithmic, but for the stretches that become one with this.
    fn cover(&mut self, mut from: i128, mut to: i128) {
        while let Some((start, end)) = self.line.range(..=to).next_back().map(|(s, e)| (*s, *e)) {
            crate::work::looked_at(1);
            if end < from {
                break;
            }
            (from, to) = (from.min(start), to.max(end));
            self.line.remove(&start);
        }
        self.line.insert(from, to);
    }
}

/// `None` beyond the numbers that a stretch can hold.
fn place(number: Number) -> Option<i128> {
    let whole = number.floor().to_i64()?;
    Some(2 * i128::from(whole) + i128::from(!number.is_whole()))
}

impl Checker<'_, '_> {
    /// Reports cases that one in front of them takes, and those that the subject never is.
    pub(super) fn arms(&mut self, subject: &Node, kind: &Type, arms: &[Arm]) {
        let whole = *kind == Type::Integer;
        let persons = is_person(subject, kind);
        let mut taken = Taken { whole, ..Taken::default() };
        for arm in arms {
            if arm.cases.is_empty() {
                // An enum may get further values by a variant; a boolean has two for ever.
                let both = [true, false].iter().all(|value| taken.has(&Value::Boolean(*value)));
                if *kind == Type::Boolean && both {
                    let message = "no value is left for this `_`";
                    let problem = self
                        .warning("unreachable-arm", arm.body.at, message)
                        .hint("remove it: `true` and `false` stand in front of it");
                    self.report.push(problem);
                }
            }
            for case in &arm.cases {
                self.excluded(subject, case);
                self.never_sent((subject, kind), case);
                let text = self.text(case.at);
                let said = match &case.op {
                    Op::Constant(value) if persons => Some(key_of(value)),
                    Op::Constant(value) => Some(value.clone()),
                    _ => None,
                };
                let (dead, why) = match (&said, Stretch::of(case)) {
                    (Some(value), _) => (taken.has(value), "is taken by one in front of it"),
                    (_, Some(stretch)) if stretch.is_empty() => (true, "holds no number"),
                    (_, Some(stretch)) => {
                        (taken.has_all(stretch), "is taken by those in front of it")
                    }
                    _ => (false, ""),
                };
                if dead {
                    let message = format!("the case `{text}` is never reached: it {why}");
                    let problem = self
                        .warning("unreachable-arm", case.at, message)
                        .hint("remove it, or correct one of the two");
                    self.report.push(problem);
                }
                if arm.condition.is_none() {
                    match (&said, Stretch::of(case)) {
                        (Some(value), _) => taken.add(value),
                        (_, Some(stretch)) if !stretch.is_empty() => taken.add_all(stretch),
                        _ => {}
                    }
                }
            }
        }
    }
}
