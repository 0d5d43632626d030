//! Arms of a `switch` that are never reached.

use super::super::program::{Arm, Node, Op};
use super::super::types::Type;
use super::Checker;
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

    fn has(self, number: Number) -> bool {
        let to = Number::from(self.to);
        number >= Number::from(self.from) && (number < to || (self.inclusive && number == to))
    }

    /// Whether all of another lies in it.
    fn covers(self, other: Self) -> bool {
        self.from <= other.from
            && (self.to > other.to || (self.to == other.to && (self.inclusive || !other.inclusive)))
    }
}

/// What the arms in front take, whatever their conditions are.
#[derive(Default)]
struct Taken {
    values: Vec<Value>,
    stretches: Vec<Stretch>,
}

impl Taken {
    fn has(&self, value: &Value) -> bool {
        match value.as_number() {
            Some(number) => {
                self.stretches.iter().any(|stretch| stretch.has(number))
                    || self.values.iter().any(|known| known.as_number() == Some(number))
            }
            None => self.values.contains(value),
        }
    }

    /// Whether all of a stretch is taken, of whole numbers also by several together.
    fn covers(&self, wanted: Stretch, whole: bool) -> bool {
        if self.stretches.iter().any(|stretch| stretch.covers(wanted)) {
            return true;
        }
        if !whole {
            return false;
        }
        let end = |stretch: Stretch| stretch.to.saturating_add(i64::from(stretch.inclusive));
        let mut from = wanted.from;
        // Each turn passes a stretch or a value, so there are no more turns than these.
        for _ in 0..=self.stretches.len() + self.values.len() {
            if from >= end(wanted) {
                return true;
            }
            let here = Number::from(from);
            let next = self.stretches.iter().filter(|stretch| stretch.has(here));
            let value = self.values.iter().any(|known| known.as_number() == Some(here));
            match next.map(|stretch| end(*stretch)).max() {
                Some(next) => from = next,
                None if value => from = from.saturating_add(1),
                None => return false,
            }
        }
        from >= end(wanted)
    }
}

impl Checker<'_, '_> {
    /// Reports cases that one in front of them takes, and those that the subject never is.
    pub(super) fn arms(&mut self, subject: &Node, kind: &Type, arms: &[Arm]) {
        let mut taken = Taken::default();
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
                self.never_sent(subject, case);
                let text = self.text(case.at);
                let (dead, why) = match (&case.op, Stretch::of(case)) {
                    (Op::Constant(value), _) => {
                        (taken.has(value), "is taken by one in front of it")
                    }
                    (_, Some(stretch)) if stretch.is_empty() => (true, "holds no number"),
                    (_, Some(stretch)) => {
                        let whole = *kind == Type::Integer;
                        (taken.covers(stretch, whole), "is taken by those in front of it")
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
                    match (&case.op, Stretch::of(case)) {
                        (Op::Constant(value), _) => taken.values.push(value.clone()),
                        (_, Some(stretch)) if !stretch.is_empty() => taken.stretches.push(stretch),
                        _ => {}
                    }
                }
            }
        }
    }
}
