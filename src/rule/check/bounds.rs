//! Comparisons that always or never hold, by the bounds that are declared.

use super::super::program::{Builtin, EventPart, Node, Op};
use super::super::syntax::{Binary, Extent};
use super::Checker;
use crate::definition::shape::{Kind, Shape};
use crate::diagnostic::Diagnostic;
use crate::table::FactId;
use crate::value::{Number, Value};

/// Where a number can lie. An end is `(value, excluded)`.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Range {
    low: Option<(Number, bool)>,
    high: Option<(Number, bool)>,
    whole: bool,
    /// What it is a multiple of.
    step: Option<Number>,
    /// It is a parameter, which a variant may set otherwise.
    tunable: bool,
}

impl Range {
    fn exactly(value: Number) -> Self {
        Self { low: Some((value, false)), high: Some((value, false)), ..Self::default() }
    }

    pub(super) fn within_unit(&self) -> bool {
        let (zero, one) = (Number::from(0), Number::from(1));
        self.low.is_some_and(|(low, _)| low >= zero)
            && self.high.is_some_and(|(high, _)| high <= one)
    }

    /// Always `self < other`.
    fn below(&self, other: &Self) -> bool {
        match (self.high, other.low) {
            (Some((high, a)), Some((low, b))) => high < low || (high == low && (a || b)),
            _ => false,
        }
    }

    /// Always `self <= other`.
    fn not_above(&self, other: &Self) -> bool {
        matches!((self.high, other.low), (Some((high, _)), Some((low, _))) if high <= low)
    }

    /// Whether no number lies in both, as far as is declared.
    fn apart(&self, other: &Self) -> bool {
        self.below(other)
            || other.below(self)
            || part_of_whole(self, other)
            || part_of_whole(other, self)
    }

    fn single(&self) -> Option<Number> {
        match (self.low, self.high) {
            (Some((low, false)), Some((high, false))) if low == high => Some(low),
            _ => None,
        }
    }
}

impl Checker<'_, '_> {
    /// Reports a comparison that can never be true (an error: a slip must never mean "false") or never be false.
    pub(super) fn bounds(&mut self, at: Extent, op: Binary, left: &Node, right: &Node) {
        let (Some(a), Some(b)) = (self.range(left), self.range(right)) else { return };
        let apart = a.apart(&b);
        let same = a.single().is_some() && a.single() == b.single();
        let (always, never) = match op {
            Binary::Less => (a.below(&b), b.not_above(&a)),
            Binary::LessOrEqual => (a.not_above(&b), b.below(&a)),
            Binary::Greater => (b.below(&a), a.not_above(&b)),
            Binary::GreaterOrEqual => (b.not_above(&a), a.below(&b)),
            Binary::Equal => (same, apart),
            Binary::NotEqual => (apart, same),
            _ => return,
        };
        let text = self.text(at);
        if never && !a.tunable && !b.tunable {
            let problem = self
                .error("impossible", at, format!("`{text}` can never be true"))
                .hint(where_to_look(&[left, right]));
            self.claim(&[left, right], problem);
        } else if never {
            let problem = self
                .warning(
                    "impossible",
                    at,
                    format!("`{text}` can never be true with the parameters as they are"),
                )
                .hint("look at the bounds and the parameter");
            self.claim(&[left, right], problem);
        } else if always && !a.tunable && !b.tunable {
            let problem = self.always(at, [left, right], where_to_look(&[left, right]));
            self.claim(&[left, right], problem);
        }
    }

    /// A comparison that always holds, as far as facts that need not be known are.
    fn always(&self, at: Extent, sides: [&Node; 2], hint: &str) -> Diagnostic {
        let facts = &self.names.def.facts;
        let mut open = sides.into_iter().filter_map(fact_of);
        let open = open.find(|id| facts.at(*id).default.is_none());
        let text = self.text(at);
        let warning = |message: String| self.warning("always-true", at, message);
        match open.map(|id| facts.at(id).name.as_str()) {
            Some(name) => warning(format!("`{text}` is always true where `{name}` is known"))
                .hint(format!("{hint}; whether it is known ``known(`{name}`)`` asks")),
            None => warning(format!("`{text}` is always true")).hint(hint),
        }
    }

    /// Reports what follows from the declarations of facts. Actions may set a fact to what is not declared, as long as it is
    /// again when they end: of what they set, nothing follows inside them.
    fn claim(&mut self, sides: &[&Node], problem: Diagnostic) {
        let facts: Vec<FactId> = sides.iter().copied().filter_map(fact_of).collect();
        if self.in_actions() && !facts.is_empty() {
            self.claims.push((facts, problem));
        } else {
            self.report.push(problem);
        }
    }

    /// Reports what was claimed in actions about facts that they do not set.
    pub(super) fn tell_claims(&mut self) {
        for (facts, problem) in std::mem::take(&mut self.claims) {
            if facts.iter().all(|id| !self.writes.contains(id)) {
                self.report.push(problem);
            }
        }
    }

    /// Reports a text that is compared with a fact and is shorter or longer than that can be.
    pub(super) fn lengths(&mut self, at: Extent, op: Binary, left: &Node, right: &Node) {
        if !self.too_short_or_long(left, right) && !self.too_short_or_long(right, left) {
            return;
        }
        let text = self.text(at);
        let hint = "look at `minLength` and `maxLength`";
        let problem = match op {
            Binary::Equal => {
                self.error("impossible", at, format!("`{text}` can never be true")).hint(hint)
            }
            Binary::NotEqual => self.always(at, [left, right], hint),
            _ => return,
        };
        self.claim(&[left, right], problem);
    }

    fn too_short_or_long(&self, fact: &Node, text: &Node) -> bool {
        let (Op::Fact(id), Op::Constant(Value::Text(text))) = (&fact.op, &text.op) else {
            return false;
        };
        let shape = &self.names.def.facts.at(*id).shape;
        shape.kind == Kind::String && !shape.allows_length(text)
    }

    /// Reports a value among several that something is compared with, and that it can never be: in a list, in a case.
    pub(super) fn excluded(&mut self, subject: &Node, value: &Node) {
        let Op::Constant(_) = &value.op else { return };
        let numbers = match (self.range(subject), self.range(value)) {
            (Some(a), Some(b)) => a.apart(&b) && !a.tunable,
            _ => false,
        };
        self.never(numbers || self.too_short_or_long(subject, value), subject, value);
    }

    /// Reports a value that a list is asked for, and that none of its items can ever be.
    pub(super) fn excluded_item(&mut self, list: &Node, value: &Node) {
        let (Op::Fact(id), Op::Constant(found)) = (&list.op, &value.op) else { return };
        let Kind::Array(items) = &self.names.def.facts.at(*id).shape.kind else { return };
        let never = match (of_shape(items), of_value(found), found) {
            (Some(items), Some(number), _) => items.apart(&number),
            (_, _, Value::Text(text)) => items.kind == Kind::String && !items.allows_length(text),
            _ => false,
        };
        self.never(never, list, value);
    }

    fn never(&mut self, never: bool, subject: &Node, value: &Node) {
        if never {
            let (shown, text) = (self.text(subject.at), self.text(value.at));
            let message = format!("`{text}` is never a value of `{shown}`");
            let problem =
                self.error("impossible", value.at, message).hint(where_to_look(&[subject]));
            self.claim(&[subject], problem);
        }
    }

    /// Whether it is a date or date-time, whatever the case.
    fn is_day(&self, node: &Node) -> bool {
        match &node.op {
            Op::Fact(id) => {
                matches!(self.names.def.facts.at(*id).shape.kind, Kind::Date | Kind::DateTime)
            }
            Op::Today | Op::Now | Op::Event(EventPart::At | EventPart::Date) => true,
            _ => false,
        }
    }

    /// Where the number that a node gives can lie, as far as is declared.
    pub(super) fn range(&self, node: &Node) -> Option<Range> {
        let def = self.names.def;
        match &node.op {
            Op::Constant(value) => of_value(value),
            Op::Parameter(id) => {
                let range = of_value(&def.parameters.at(*id).value)?;
                Some(Range { tunable: true, ..range })
            }
            Op::Fact(id) => of_shape(&def.facts.at(*id).shape),
            Op::Factor(_) => Some(Range {
                low: Some((Number::from(0), false)),
                high: Some((Number::from(1), false)),
                ..Range::default()
            }),
            Op::Count(_) => {
                Some(Range { low: Some((Number::from(0), false)), whole: true, ..Range::default() })
            }
            Op::Property(base, name) if self.is_day(base) => of_calendar(name),
            Op::Call(Builtin::Len, args) => {
                let (least, most) = match args.first().map(|list| &list.op) {
                    Some(Op::Fact(id)) => length(&def.facts.at(*id).shape),
                    _ => (0, None),
                };
                let number = |count: u64| {
                    i64::try_from(count).ok().map(|count| (Number::from(count), false))
                };
                Some(Range {
                    low: number(least),
                    high: most.and_then(number),
                    whole: true,
                    ..Range::default()
                })
            }
            _ => None,
        }
    }
}

/// The fact of whose declaration something follows about a node: itself, its length, a part of it.
fn fact_of(node: &Node) -> Option<FactId> {
    match &node.op {
        Op::Fact(id) => Some(*id),
        Op::Call(Builtin::Len, args) => args.first().and_then(fact_of),
        Op::Property(base, _) => fact_of(base),
        _ => None,
    }
}

/// Whether one is a single number, and the other always whole or a multiple of something that this is not.
fn part_of_whole(a: &Range, b: &Range) -> bool {
    let off = |number: Number| {
        let between = |step: Number| number.checked_rem(step).is_ok_and(|over| !over.is_zero());
        (b.whole && !number.is_whole()) || b.step.is_some_and(between)
    };
    a.single().is_some_and(off)
}

fn of_value(value: &Value) -> Option<Range> {
    match value {
        Value::Integer(number) => Some(Range::exactly(Number::from(*number))),
        Value::Number(number) => Some(Range::exactly(*number)),
        _ => None,
    }
}

fn of_shape(shape: &Shape) -> Option<Range> {
    let whole = match shape.kind {
        Kind::Integer => true,
        Kind::Number => false,
        _ => return None,
    };
    let low = match (shape.minimum, shape.exclusive_minimum) {
        (Some(minimum), Some(exclusive)) if exclusive < minimum => Some((minimum, false)),
        (_, Some(exclusive)) => Some((exclusive, true)),
        (Some(minimum), None) => Some((minimum, false)),
        (None, None) => None,
    };
    let high = match (shape.maximum, shape.exclusive_maximum) {
        (Some(maximum), Some(exclusive)) if exclusive > maximum => Some((maximum, false)),
        (_, Some(exclusive)) => Some((exclusive, true)),
        (Some(maximum), None) => Some((maximum, false)),
        (None, None) => None,
    };
    // Of numbers that lie apart the ends are numbers, too.
    let grid = shape.grid().filter(|grid| !grid.is_empty());
    let low = grid.and_then(|grid| grid.first).map(|first| (first, false)).or(low);
    let high = grid.and_then(|grid| grid.last).map(|last| (last, false)).or(high);
    Some(Range { low, high, whole, step: grid.map(|grid| grid.step), tunable: false })
}

/// Where it is said what values there are.
fn where_to_look(sides: &[&Node]) -> &'static str {
    match sides.iter().any(|side| matches!(side.op, Op::Property(..))) {
        true => "months are 1 to 12, days 1 to 31, weekdays 1 (Monday) to 7 (Sunday)",
        false => "look at the bounds that are declared",
    }
}

/// What the parts of a date can be.
fn of_calendar(name: &str) -> Option<Range> {
    let most = match name {
        "month" => 12,
        "day" => 31,
        "weekday" => 7,
        _ => return None,
    };
    let end = |number: i64| Some((Number::from(number), false));
    Some(Range { low: end(1), high: end(most), whole: true, ..Range::default() })
}

fn length(shape: &Shape) -> (u64, Option<u64>) {
    match &shape.kind {
        Kind::Array(items) => {
            let distinct = match (&items.kind, shape.unique_items) {
                (Kind::Enum(values), true) => u64::try_from(values.len()).ok(),
                (Kind::Boolean, true) => Some(2),
                _ => None,
            };
            let most = match (shape.max_items, distinct) {
                (Some(a), Some(b)) => Some(a.min(b)),
                (a, b) => a.or(b),
            };
            (shape.min_items.unwrap_or(0), most)
        }
        _ => (shape.min_length.unwrap_or(0), shape.max_length),
    }
}
