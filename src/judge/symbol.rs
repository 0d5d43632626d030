//! What an expression comes to, for all situations at once: values with the conditions under which it has them.

use std::sync::Arc;

use super::formula::{F, Formula};
use super::linear::Lin;
use super::rational::Ratio;
use crate::value::{Length, Value};

/// A value that may hang on variables.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Symbol {
    Boolean(bool),
    /// With how many decimals it has at most, where that is known.
    Number {
        lin: Lin,
        places: Option<u32>,
        whole: bool,
    },
    /// Days since 1970-01-01.
    Date(Lin),
    /// Microseconds since 1970-01-01T00:00:00Z.
    Time(Lin),
    Length(Unit, Lin),
    Text(Text),
    List(List),
    /// A record that is declared, by the number of its place.
    Record(usize),
    /// Anything, for this reason.
    Vague(&'static str),
}

/// What a length is counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unit {
    Days,
    Months,
    Microseconds,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Text {
    Word(u32),
    Variable(u32),
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum List {
    /// The items of a declared list that all of these predicates let through.
    Items { list: usize, filters: Vec<usize> },
    /// One that is written out.
    Written(Arc<Vec<Outcomes>>),
}

/// The ends that an expression can come to. Each condition holds at least wherever the evaluator comes to that end, and may
/// hold elsewhere too.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Outcomes {
    pub cases: Vec<(F, Symbol)>,
    pub unknown: F,
    pub fault: F,
}

/// The ends that a clause can come to, likewise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Verdicts {
    pub holds: F,
    pub fails: F,
    pub unknown: F,
    pub fault: F,
}

impl Verdicts {
    pub const NEVER: Self =
        Self { holds: F::FALSE, fails: F::FALSE, unknown: F::FALSE, fault: F::FALSE };

    pub fn negated(self) -> Self {
        Self { holds: self.fails, fails: self.holds, ..self }
    }
}

impl Outcomes {
    pub const NEVER: Self = Self { cases: Vec::new(), unknown: F::FALSE, fault: F::FALSE };

    pub fn just(symbol: Symbol) -> Self {
        Self { cases: vec![(F::TRUE, symbol)], unknown: F::FALSE, fault: F::FALSE }
    }

    /// Nothing is known of what it comes to.
    pub fn vague(why: &'static str) -> Self {
        Self { cases: vec![(F::TRUE, Symbol::Vague(why))], unknown: F::TRUE, fault: F::TRUE }
    }

    pub fn unknown() -> Self {
        Self { cases: Vec::new(), unknown: F::TRUE, fault: F::FALSE }
    }

    pub fn of(verdicts: Verdicts) -> Self {
        let cases =
            vec![(verdicts.holds, Symbol::Boolean(true)), (verdicts.fails, Symbol::Boolean(false))];
        let cases = cases.into_iter().filter(|(when, _)| *when != F::FALSE).collect();
        Self { cases, unknown: verdicts.unknown, fault: verdicts.fault }
    }

    /// When it has a value.
    pub fn known(&self, formula: &mut Formula) -> F {
        formula.any(self.cases.iter().map(|(when, _)| *when).collect())
    }

    /// Under a condition.
    pub fn when(mut self, formula: &mut Formula, condition: F) -> Self {
        if condition == F::TRUE {
            return self;
        }
        for (when, _) in &mut self.cases {
            *when = formula.and(*when, condition);
        }
        self.unknown = formula.and(self.unknown, condition);
        self.fault = formula.and(self.fault, condition);
        self.cases.retain(|(when, _)| *when != F::FALSE);
        self
    }

    /// This or other ends.
    pub fn or(&mut self, formula: &mut Formula, other: Self) {
        for (when, symbol) in other.cases {
            self.case(formula, when, symbol);
        }
        self.unknown = formula.or(self.unknown, other.unknown);
        self.fault = formula.or(self.fault, other.fault);
    }

    /// One more value that it may have.
    pub fn case(&mut self, formula: &mut Formula, when: F, symbol: Symbol) {
        if when == F::FALSE {
            return;
        }
        match self.cases.iter_mut().find(|(_, known)| *known == symbol) {
            Some((known, _)) => *known = formula.or(*known, when),
            None => self.cases.push((when, symbol)),
        }
    }
}

/// A value that is known beforehand. `None` for a record, and for what does not fit.
pub(super) fn constant(formula: &mut Formula, value: &Value) -> Option<Symbol> {
    let whole = |number: i64| Lin::constant(Ratio::whole(number.into()));
    Some(match value {
        Value::Boolean(truth) => Symbol::Boolean(*truth),
        Value::Integer(number) => {
            Symbol::Number { lin: whole(*number), places: Some(0), whole: true }
        }
        Value::Number(number) => Symbol::Number {
            lin: Lin::constant(Ratio::of(*number).ok()?),
            places: Some(number.decimals()),
            whole: false,
        },
        Value::Text(text) => Symbol::Text(Text::Word(formula.word(text))),
        Value::Date(date) => Symbol::Date(whole(date.days())),
        Value::DateTime(time) => Symbol::Time(whole(time.microseconds())),
        Value::Duration(length) => match length.length() {
            Length::Civil { months: 0, days } => Symbol::Length(Unit::Days, whole(days.into())),
            Length::Civil { months, days: 0 } => Symbol::Length(Unit::Months, whole(months.into())),
            Length::Civil { .. } => return None,
            Length::Exact { microseconds } => {
                Symbol::Length(Unit::Microseconds, whole(microseconds))
            }
        },
        Value::List(items) => {
            let mut written = Vec::with_capacity(items.len());
            for item in items.iter() {
                written.push(match constant(formula, item) {
                    Some(symbol) => Outcomes::just(symbol),
                    None => Outcomes {
                        cases: vec![(F::TRUE, Symbol::Vague("list"))],
                        unknown: F::FALSE,
                        fault: F::FALSE,
                    },
                });
            }
            Symbol::List(List::Written(Arc::new(written)))
        }
        Value::Record(_) => return None,
    })
}
