//! Lists of which something is not known: rows that may be left in by a `filter` or not, and rows of which nobody knows what
//! a `map` makes. What is asked of such a list is answered where it comes to the same either way.
//!
//! It is gone into when a script has come to something unknown, so that nothing is paid for it elsewhere. Rows count as if
//! each could be anything by itself.

use std::cmp::Ordering;

use super::eval::{Eval, Evaluator, Stop};
use super::operate;
use super::program::{Builtin, Each, Node, Op};
use super::syntax::{Binary, Extent};
use super::{Senders, Truth};
use crate::value::Value;

/// An item of a list.
struct Row {
    /// `None` while it is unknown.
    value: Option<Value>,
    /// Whether it surely is in the list.
    certain: bool,
}

/// What a number, date or length may be: from one value to another, each among them where it is known.
struct Reach {
    low: Option<Value>,
    high: Option<Value>,
}

/// How things stood before something was asked that may come to an undecided row.
#[derive(Clone, Copy)]
pub(super) struct Before {
    /// Names of what is unknown.
    noted: usize,
    undecided: usize,
}

/// Whether this makes a list of another, so that what is unknown of one row need not matter.
fn is_made(list: &Node) -> bool {
    matches!(list.op, Op::Each { each: Each::Filter | Each::Map, .. })
}

fn is_comparison(op: Binary) -> bool {
    matches!(
        op,
        Binary::Equal
            | Binary::NotEqual
            | Binary::Less
            | Binary::LessOrEqual
            | Binary::Greater
            | Binary::GreaterOrEqual
    )
}

/// The list of which a number is asked, with what is asked.
fn asked(node: &Node) -> Option<(&Builtin, &Node)> {
    match &node.op {
        Op::Call(builtin @ (Builtin::Len | Builtin::Sum | Builtin::Min | Builtin::Max), args) => {
            match args.as_slice() {
                [list] if is_made(list) => Some((builtin, list)),
                _ => None,
            }
        }
        _ => None,
    }
}

impl<'r> Evaluator<'r, '_> {
    pub(super) fn before_rows(&self) -> Before {
        Before { noted: self.noted(), undecided: self.undecided_rows }
    }

    /// Whether a row was undecided since then.
    pub(super) fn is_undecided_row(&self, before: Before) -> bool {
        self.undecided_rows != before.undecided
    }

    pub(super) fn undecided_row(&mut self) -> Stop {
        self.undecided_rows += 1;
        Stop::Unknown
    }

    /// A closure's answer about an item: three-valued, as at the top of a rule.
    pub(super) fn closure_truth(&mut self, body: &'r Node) -> Eval<Truth> {
        match self.truth(body) {
            Err(Stop::Unknown) => Ok(Truth::Unknown),
            Err(Stop::Return(Some(value))) => self.as_truth(body, &value),
            other => other,
        }
    }

    /// `list.all(…)` and `list.some(…)`: decided by one row, whatever is unknown of others.
    pub(super) fn quantified(
        &mut self,
        every: bool,
        list: &'r Node,
        slot: u32,
        body: &'r Node,
    ) -> Eval<Value> {
        let before = self.before_rows();
        let noted = before.noted;
        let name = self.list_name(list);
        let senders = list.asked_senders();
        let (rows, is_made) = match self.eval(list) {
            Ok(Value::List(items)) => (Err(items), false),
            Ok(other) => return Err(self.no_list(list, &other)),
            Err(Stop::Unknown) if is_made(list) && self.is_undecided_row(before) => {
                (Ok(self.rows_quietly(list)?), true)
            }
            Err(other) => return Err(other),
        };
        // What is missing is told of the list, or else of the first row that is undecided.
        let mut told = if is_made { self.noted() } else { noted };
        let mut undecided = false;
        let count = rows.as_ref().map_or_else(|items| items.len(), Vec::len);
        for number in 0..count {
            let row = match &rows {
                Ok(rows) => rows.get(number).map(|row| (row.value.clone(), row.certain)),
                Err(items) => items.get(number).map(|item| (Some(item.clone()), true)),
            };
            let Some((Some(value), certain)) = row else {
                undecided = true;
                continue;
            };
            self.set_item(slot, value, name.as_ref(), number);
            let truth = match self.closure_truth(body) {
                // As behind an undecided clause: with what is not known yet, it might not have been asked.
                Err(Stop::Fault(fault)) if (undecided || is_made) && !fault.is_limit() => {
                    Truth::Unknown
                }
                found => found?,
            };
            let decides = truth == if every { Truth::False } else { Truth::True };
            if decides && certain {
                self.forgive(noted);
                return Ok(Value::Boolean(!every));
            }
            if truth == Truth::Unknown && !undecided && !is_made {
                told = self.noted();
            }
            undecided |= decides || truth == Truth::Unknown;
            self.forgive(told);
        }
        // What is so of all whose ids are known may not be so of somebody who sent it without one.
        if let Some(pattern) = senders
            && self.context.past.senders(pattern).any(Senders::is_anonymous)
        {
            return Err(self.note(|_| format!("who(`{pattern}`)")));
        }
        if undecided {
            return Err(Stop::Unknown);
        }
        self.forgive(noted);
        Ok(Value::Boolean(every))
    }

    /// What a list is made of that could not be made as a whole. Names of what is unknown stay those of before.
    fn rows_quietly(&mut self, list: &'r Node) -> Eval<Vec<Row>> {
        let noted = self.noted();
        let rows = self.rows(list);
        self.forgive(noted);
        match rows {
            // It was unknown before, and might not have been come to.
            Err(Stop::Fault(fault)) if !fault.is_limit() => Err(Stop::Unknown),
            rows => rows,
        }
    }

    fn rows(&mut self, list: &'r Node) -> Eval<Vec<Row>> {
        let Op::Each { each: each @ (Each::Filter | Each::Map), list: inner, item, body } =
            &list.op
        else {
            return match self.eval(list)? {
                Value::List(items) => Ok(items
                    .iter()
                    .map(|item| Row { value: Some(item.clone()), certain: true })
                    .collect()),
                other => Err(self.no_list(list, &other)),
            };
        };
        let mut rows = Vec::new();
        for row in self.rows(inner)? {
            self.spend(list.at, 1)?;
            let Some(value) = row.value else {
                rows.push(Row { certain: row.certain && *each == Each::Map, value: None });
                continue;
            };
            self.set_item(*item, value.clone(), None, 0);
            if *each == Each::Map {
                let value = match self.eval(body) {
                    Ok(value) | Err(Stop::Return(Some(value))) => Some(value),
                    Err(Stop::Unknown) => None,
                    Err(Stop::Fault(fault)) if !row.certain && !fault.is_limit() => None,
                    Err(other) => return Err(other),
                };
                rows.push(Row { value, certain: row.certain });
                continue;
            }
            match self.closure_truth(body) {
                Ok(Truth::True) => rows.push(Row { value: Some(value), certain: row.certain }),
                Ok(Truth::False) => {}
                Ok(Truth::Unknown) => rows.push(Row { value: Some(value), certain: false }),
                Err(Stop::Fault(fault)) if !row.certain && !fault.is_limit() => {
                    rows.push(Row { value: Some(value), certain: false });
                }
                Err(other) => return Err(other),
            }
        }
        Ok(rows)
    }

    /// A comparison of which a side came to something unknown: decided where it is the same for whatever rows may be there.
    pub(super) fn compared(
        &mut self,
        op: Binary,
        at: Extent,
        left: &'r Node,
        right: &'r Node,
        before: Before,
    ) -> Eval<Value> {
        let is_asked = |mut node: &Node| {
            while let Op::Binary { left, .. } = &node.op {
                node = left;
            }
            asked(node).is_some()
        };
        if !is_comparison(op) || !(is_asked(left) || is_asked(right)) {
            return Err(Stop::Unknown);
        }
        let told = self.noted();
        let reaches = self.reach(left).and_then(|left| Ok((left, self.reach(right)?)));
        let found = match reaches {
            Ok((Some(left), Some(right))) => self.told_apart(op, at, &left, &right),
            Ok(_) | Err(Stop::Unknown) => Ok(None),
            Err(Stop::Fault(fault)) if !fault.is_limit() => Ok(None),
            Err(other) => Err(other),
        };
        match found? {
            Some(truth) => {
                self.forgive(before.noted);
                Ok(Value::Boolean(truth))
            }
            None => {
                self.forgive(told);
                Err(Stop::Unknown)
            }
        }
    }

    /// Whether a comparison holds for all that two sides may be, or for none of it.
    fn told_apart(
        &self,
        op: Binary,
        at: Extent,
        left: &Reach,
        right: &Reach,
    ) -> Eval<Option<bool>> {
        let order = |a: &Option<Value>, b: &Option<Value>| match (a, b) {
            (Some(a), Some(b)) => self.ordered(at, a, b).map(Some),
            _ => Ok(None),
        };
        // The largest of the one with the least of the other, and the other way round.
        let (most, least) = (order(&left.high, &right.low)?, order(&left.low, &right.high)?);
        let below = most.is_some_and(Ordering::is_lt);
        let above = least.is_some_and(Ordering::is_gt);
        let at_most = most.is_some_and(Ordering::is_le);
        let at_least = least.is_some_and(Ordering::is_ge);
        let decided = |holds: bool, fails: bool| match (holds, fails) {
            (true, _) => Some(true),
            (_, true) => Some(false),
            _ => None,
        };
        Ok(match op {
            Binary::Less => decided(below, at_least),
            Binary::LessOrEqual => decided(at_most, above),
            Binary::Greater => decided(above, at_most),
            Binary::GreaterOrEqual => decided(at_least, below),
            Binary::Equal => decided(at_most && at_least, below || above),
            Binary::NotEqual => decided(below || above, at_most && at_least),
            _ => None,
        })
    }

    /// What one side of a comparison may be: something asked of a list with what is calculated from it, or any value that is
    /// known. `None` where nothing is known of it.
    fn reach(&mut self, node: &'r Node) -> Eval<Option<Reach>> {
        let mut waiting = Vec::new();
        let mut first = node;
        while let Op::Binary { op, op_at, left, right } = &first.op {
            waiting.push((*op, *op_at, right));
            first = left;
        }
        let Some((builtin, list)) = asked(first) else {
            let value = self.eval(node)?;
            return Ok(Some(Reach { low: Some(value.clone()), high: Some(value) }));
        };
        let rows = self.rows(list)?;
        let mut reach = match builtin {
            Builtin::Len => {
                let count = |count: usize| i64::try_from(count).ok().map(Value::Integer);
                let certain = rows.iter().filter(|row| row.certain).count();
                Reach { low: count(certain), high: count(rows.len()) }
            }
            Builtin::Sum => self.sums(first.at, &rows)?,
            _ => self.outer(first.at, *builtin == Builtin::Min, &rows)?,
        };
        while let Some((op, at, right)) = waiting.pop() {
            let by = self.eval(right)?;
            let turns = match (op, &by) {
                (Binary::Add | Binary::Subtract, _) => false,
                (Binary::Multiply | Binary::Divide, Value::Integer(_) | Value::Number(_)) => {
                    is_negative(&by)
                }
                _ => return Ok(None),
            };
            let mut calculated =
                |end: Option<Value>| end.map(|end| self.operate(op, at, &end, &by)).transpose();
            let (low, high) = (calculated(reach.low)?, calculated(reach.high)?);
            reach = if turns { Reach { low: high, high: low } } else { Reach { low, high } };
        }
        Ok(Some(reach))
    }

    /// The least and the largest sum.
    fn sums(&mut self, at: Extent, rows: &[Row]) -> Eval<Reach> {
        if rows.iter().any(|row| row.value.is_none()) {
            return Ok(Reach { low: None, high: None });
        }
        let mut end = |low: bool| -> Eval<Option<Value>> {
            let mut sum: Option<Value> = None;
            for row in rows {
                self.spend(at, 1)?;
                let Some(value) = &row.value else { continue };
                if !row.certain && is_negative(value) != low {
                    continue;
                }
                sum = Some(match sum {
                    None => value.clone(),
                    Some(sum) => self.operate(Binary::Add, at, &sum, value)?,
                });
            }
            Ok(Some(sum.unwrap_or(Value::Integer(0))))
        };
        let (low, high) = (end(true)?, end(false)?);
        let length = |end: &Option<Value>| matches!(end, Some(Value::Duration(_)));
        // Of lengths the sum of none is a number, which nothing can be compared with.
        Ok(match length(&low) == length(&high) {
            true => Reach { low, high },
            false => Reach { low: None, high: None },
        })
    }

    /// What the least item may be, or the greatest.
    fn outer(&mut self, at: Extent, least: bool, rows: &[Row]) -> Eval<Reach> {
        let wanted = if least { Ordering::Less } else { Ordering::Greater };
        let mut end = |certain: bool| -> Eval<Option<Value>> {
            let mut found: Option<Value> = None;
            for row in rows.iter().filter(|row| row.certain || !certain) {
                self.spend(at, 1)?;
                // One that is certain and unknown may be the one.
                let Some(value) = &row.value else {
                    if certain {
                        continue;
                    } else {
                        return Ok(None);
                    };
                };
                let is_it = match &found {
                    Some(found) => self.ordered(at, value, found)? == wanted,
                    None => true,
                };
                if is_it {
                    found = Some(value.clone());
                }
            }
            Ok(found)
        };
        let (sure, any) = (end(true)?, end(false)?);
        // If none is certain there may be none at all.
        if sure.is_none() {
            return Ok(Reach { low: None, high: None });
        }
        Ok(if least { Reach { low: any, high: sure } } else { Reach { low: sure, high: any } })
    }

    /// Whether nothing is in a list of which rows are unknown: what a row holds does not matter.
    pub(super) fn emptiness(
        &mut self,
        node: &'r Node,
        list: &'r Node,
        before: Before,
    ) -> Eval<Value> {
        if !is_made(list) || !self.is_undecided_row(before) {
            return Err(Stop::Unknown);
        }
        let rows = self.rows_quietly(list)?;
        self.spend(node.at, rows.len())?;
        if !rows.is_empty() && !rows.iter().any(|row| row.certain) {
            return Err(Stop::Unknown);
        }
        self.forgive(before.noted);
        Ok(Value::Boolean(rows.is_empty()))
    }

    /// Whether something is in a list, whether all values are, of which rows are unknown.
    pub(super) fn asked_of_rows(
        &mut self,
        node: &'r Node,
        list: &'r Node,
        before: Before,
        holds: impl Fn(&Self, &[Value]) -> Eval<bool>,
    ) -> Eval<Value> {
        if !is_made(list) || !self.is_undecided_row(before) {
            return Err(Stop::Unknown);
        }
        let rows = self.rows_quietly(list)?;
        self.spend(node.at, rows.len())?;
        let unknown = rows.iter().any(|row| row.value.is_none());
        let values = |certain: bool| -> Vec<Value> {
            let rows = rows.iter().filter(|row| row.certain || !certain);
            rows.filter_map(|row| row.value.clone()).collect()
        };
        let (least, most) = (holds(self, &values(true))?, holds(self, &values(false))?);
        // More items make it true, so that it is the same for all that may be there if it is for the fewest and the most.
        if least == most && (least || !unknown) {
            self.forgive(before.noted);
            return Ok(Value::Boolean(least));
        }
        Err(Stop::Unknown)
    }

    fn no_list(&self, list: &Node, found: &Value) -> Stop {
        let found = super::types::kind_of(found);
        self.fault(list.at, "wrong-type", format!("this needs a list, it is {found}"))
    }
}

fn is_negative(value: &Value) -> bool {
    match value {
        Value::Duration(length) => length.is_negative(),
        other => operate::number(other).is_some_and(|number| number < 0.into()),
    }
}
