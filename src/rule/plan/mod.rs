//! Rules in typed form: what is left of a script when names, parameters, factors, derived facts and functions have been
//! put in and everything with a word of its own reads a [`Cell`](super::facts::Cell).
//!
//! A plan has three kinds of expressions: a [`Test`] is true, false or unknown; a [`Word`] is a whole number in a unit that
//! its [`Kind`] says; a [`Thing`] is any value. Whatever a plan cannot say, or meets at run time that it is not sure of
//! (an overflow, a wide cell, a fault), is left to the evaluator: a plan is never wrong, only sometimes silent.
//!
//! Closures made from it are in `fuse`; columns can be made from the same form.

mod arithmetic;
mod call;
mod compare;
mod join;
mod list;
mod lower;
mod read;
mod statement;
mod tidy;

use std::sync::Arc;

use super::facts::{Choices, Form, Part};
use super::program::{Builtin, EventPart};
use super::syntax::Binary;
use super::types::kind_of;
use crate::table::{FactId, StateId};
use crate::value::{Date, DateTime, Duration, Length, Number, Value, Zone};

pub(super) use lower::{Draft, Lowered, No, What, lower};

/// A rule, typed.
#[derive(Debug, Clone)]
pub(crate) enum Expr {
    Test(Test),
    Word(Kind, Word),
    Thing(Thing),
    /// Never gives a value: these statements end in `return`, `break` or `continue`.
    Never(Vec<Statement>),
}

/// What a word stands for.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Kind {
    /// 0 or 1.
    Boolean,
    Whole,
    /// A decimal times ten to this power.
    Fixed(u8),
    /// The same, where the script may hold an integer or a decimal: they add up differently when they are large.
    Either(u8),
    /// The place among the values of an `enum`.
    Ordinal(Choices),
    /// Days since 1970-01-01.
    Date,
    /// Microseconds since 1970.
    Time,
    /// A civil duration of days alone.
    Days,
    /// A civil duration of months alone.
    Months,
    /// An exact duration in microseconds.
    Exact,
}

/// True, false or unknown.
#[derive(Debug, Clone)]
pub(crate) enum Test {
    Constant(bool),
    /// A cell that is true or false.
    Cell(u32),
    /// A word that is not zero.
    Word(Box<Word>),
    /// A value that must be true or false.
    Thing(Box<Thing>),
    Not(Box<Test>),
    /// `&&`. Strict: unknown ends it, as deep inside a script; else unknown waits for false.
    All {
        tests: Vec<Test>,
        strict: bool,
    },
    /// `||`.
    Any {
        tests: Vec<Test>,
        strict: bool,
    },
    /// At least so many of these.
    Count {
        tests: Vec<Test>,
        at_least: usize,
    },
    /// The word lies between two bounds, or outside of them.
    Range {
        word: Box<Word>,
        low: i64,
        high: i64,
        negated: bool,
    },
    /// The word is a bit of the mask.
    Mask {
        word: Box<Word>,
        mask: u64,
    },
    /// All these bits, or one of a number, are set in the cell of a list.
    Holds {
        cell: u32,
        bits: i64,
    },
    /// The sum lies between two bounds, or outside of them: no step of it can overflow.
    Linear {
        sum: Sum,
        low: i128,
        high: i128,
        negated: bool,
    },
    Compare {
        op: Binary,
        left: Box<Word>,
        right: Box<Word>,
    },
    /// By the table of operators.
    Operate {
        op: Binary,
        left: Box<Thing>,
        right: Box<Thing>,
    },
    /// Whether two values are equal; those of kinds that never are, are not.
    Alike(Box<Thing>, Box<Thing>),
    In {
        item: Box<Thing>,
        list: Box<Thing>,
        negated: bool,
    },
    Known(Box<Expr>),
    Active(StateId),
    /// `all` (every) or `some`.
    Each {
        turns: Box<Turns>,
        every: bool,
        body: Box<Test>,
        /// Holds how many turns decide: for which the body is false, of `all`, or true.
        cell: Option<u32>,
    },
    Flow(Box<Flow<Test>>),
}

/// A whole number.
#[derive(Debug, Clone)]
pub(crate) enum Word {
    Constant(i64),
    Cell(u32),
    /// A variable.
    Local(u32),
    /// Of the row, numbered by a variable, of a list's sheet.
    Column {
        fact: u32,
        column: u32,
        row: u32,
    },
    Truth(Box<Test>),
    /// Checked.
    Arithmetic {
        op: Arithmetic,
        left: Box<Word>,
        right: Box<Word>,
    },
    Sum(Sum),
    /// Rounds away so many decimals.
    Round {
        how: Round,
        unit: i64,
        word: Box<Word>,
    },
    Absolute(Box<Word>),
    /// Sure only within the bounds, and where it is a multiple of the unit.
    Within {
        word: Box<Word>,
        low: i64,
        high: i64,
        unit: i64,
    },
    /// Divided by what divides it without a rest, else not sure.
    Exactly {
        word: Box<Word>,
        unit: i64,
    },
    AddMonths {
        date: Box<Word>,
        months: Box<Word>,
    },
    Part {
        part: Part,
        date: Box<Word>,
    },
    Now,
    Today,
    EventAt,
    Last(Arc<str>),
    Count(Arc<str>),
    Since(StateId),
    /// The word of a value, if it is of this form.
    Of {
        form: Form,
        thing: Box<Thing>,
    },
    /// How many turns hold.
    Turns {
        turns: Box<Turns>,
        test: Box<Test>,
        /// Holds the same.
        cell: Option<u32>,
    },
    /// The sum over the turns, checked.
    Total {
        turns: Box<Turns>,
        word: Box<Word>,
    },
    Flow(Box<Flow<Word>>),
}

/// Any value.
#[derive(Debug, Clone)]
pub(crate) enum Thing {
    Constant(Value),
    Fact(FactId),
    Local(u32),
    /// An item of a fact's list, numbered by a variable.
    Item {
        fact: FactId,
        row: u32,
    },
    Word(Kind, Box<Word>),
    Test(Box<Test>),
    Data(Arc<str>),
    Event(EventPart),
    Who(Arc<str>),
    Property(Box<Thing>, Arc<str>),
    At(Box<Thing>, Box<Thing>),
    List(Vec<Thing>),
    Record(Vec<(Arc<str>, Thing)>),
    Range {
        from: Box<Word>,
        to: Box<Word>,
    },
    Operate {
        op: Binary,
        left: Box<Thing>,
        right: Box<Thing>,
    },
    Minus(Box<Thing>),
    Call(Builtin, Vec<Thing>),
    Filter {
        turns: Box<Turns>,
        item: Box<Thing>,
        test: Box<Test>,
    },
    Find {
        turns: Box<Turns>,
        item: Box<Thing>,
        test: Box<Test>,
    },
    Map {
        turns: Box<Turns>,
        item: Box<Thing>,
    },
    /// A number from 0 to 1, or not sure.
    Score(Box<Thing>),
    /// As the fact declares it, or not sure.
    Admit(FactId, Box<Thing>),
    Flow(Box<Flow<Thing>>),
}

/// What decides which expression is evaluated.
#[derive(Debug, Clone)]
pub(crate) enum Flow<T> {
    /// Not sure.
    Fault,
    If(Test, T, T),
    /// The first whose test holds.
    Match(Vec<(Test, T)>, Option<T>),
    Block(Vec<Statement>, T),
    /// The first that is known.
    Coalesce(Vec<T>),
    /// The body of a rule or function; what it returns is in this variable.
    Body(T, u32),
}

#[derive(Debug, Clone)]
pub(crate) enum Statement {
    Word(u32, Word),
    Thing(u32, Thing),
    /// A variable without a value.
    Clear(u32),
    If(Test, Vec<Statement>, Vec<Statement>),
    Match(Vec<(Test, Vec<Statement>)>, Vec<Statement>),
    For(Box<Turns>, Vec<Statement>),
    Return(u32, Thing),
    Break,
    Continue,
    /// Evaluated for what may be unknown in it.
    Run(Expr),
    Fault,
}

/// What a loop goes through.
#[derive(Debug, Clone)]
pub(crate) struct Turns {
    pub over: Over,
    /// The word variable that counts from 0.
    pub counter: u32,
    /// What a turn costs, in nodes.
    pub cost: u32,
}

#[derive(Debug, Clone)]
pub(crate) enum Over {
    /// The rows of a fact's list, numbered by the counter.
    Rows(FactId),
    /// Items of a list, each put into a variable.
    Items(Thing, u32),
    /// Whole numbers from and below; into a word variable.
    Numbers { from: Word, below: Word, item: u32 },
}

/// Σ factor · word + constant, worked out in 128 bits.
#[derive(Debug, Clone)]
pub(crate) struct Sum {
    pub terms: Vec<(i64, Word)>,
    pub constant: i64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Arithmetic {
    Add,
    Subtract,
    Multiply,
    /// Truncated.
    Divide,
    Remainder,
    Least,
    Greatest,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Round {
    /// Half away from zero.
    Half,
    Floor,
    Ceil,
}

impl Kind {
    /// The value that a word stands for.
    pub fn value(&self, word: i64, zone: &Zone) -> Option<Value> {
        Some(match self {
            Self::Boolean => Value::Boolean(word != 0),
            Self::Whole => Value::Integer(word),
            Self::Fixed(decimals) | Self::Either(decimals) => {
                Value::Number(Number::from_scaled(word, u32::from(*decimals)))
            }
            Self::Ordinal(choices) => choices.0.get(usize::try_from(word).ok()?)?.clone(),
            Self::Date => Value::Date(Date::from_days(word)?),
            Self::Time => Value::DateTime(DateTime::from_microseconds(word)?.in_zone(zone)),
            Self::Days => Value::Duration(Duration::days(word)?),
            Self::Months => Value::Duration(Duration::months(word)?),
            Self::Exact => Value::Duration(Duration::exact(word)),
        })
    }

    /// How a value of this kind becomes a word; none for durations.
    pub fn form(&self) -> Option<Form> {
        Some(match self {
            Self::Boolean => Form::Boolean,
            Self::Whole => Form::Whole,
            Self::Fixed(decimals) => Form::Fixed(*decimals),
            Self::Ordinal(choices) => Form::Ordinal(choices.clone()),
            Self::Date => Form::Date,
            Self::Time => Form::Time,
            Self::Either(_) | Self::Days | Self::Months | Self::Exact => return None,
        })
    }

    /// What a cell of this form holds.
    pub fn of(form: &Form) -> Option<Self> {
        Some(match form {
            Form::Boolean => Self::Boolean,
            Form::Whole => Self::Whole,
            Form::Fixed(decimals) => Self::Fixed(*decimals),
            Form::Ordinal(choices) => Self::Ordinal(choices.clone()),
            Form::Date => Self::Date,
            Form::Time => Self::Time,
            Form::None | Form::Length => return None,
        })
    }

    /// Decimals, of a number.
    pub fn decimals(&self) -> Option<u8> {
        match self {
            Self::Whole => Some(0),
            Self::Fixed(decimals) | Self::Either(decimals) => Some(*decimals),
            _ => None,
        }
    }
}

/// What kinds of lanes expressions flow in.
pub(crate) trait Lane: Sized {
    fn flow(flow: Flow<Self>) -> Self;
}

impl Lane for Test {
    fn flow(flow: Flow<Self>) -> Self {
        Self::Flow(Box::new(flow))
    }
}

impl Lane for Word {
    fn flow(flow: Flow<Self>) -> Self {
        Self::Flow(Box::new(flow))
    }
}

impl Lane for Thing {
    fn flow(flow: Flow<Self>) -> Self {
        Self::Flow(Box::new(flow))
    }
}

impl Expr {
    /// A constant as the script has it.
    pub fn constant(value: &Value) -> Self {
        let word = |kind, word| Self::Word(kind, Word::Constant(word));
        match value {
            Value::Boolean(truth) => Self::Test(Test::Constant(*truth)),
            Value::Integer(number) => word(Kind::Whole, *number),
            Value::Number(number) => {
                let decimals = number.decimals();
                match (u8::try_from(decimals), number.scaled(decimals)) {
                    (Ok(decimals), Some(found)) if decimals <= MOST_DECIMALS => {
                        word(Kind::Fixed(decimals), found)
                    }
                    _ => Self::Thing(Thing::Constant(value.clone())),
                }
            }
            Value::Date(date) => word(Kind::Date, date.days()),
            Value::DateTime(time) => word(Kind::Time, time.microseconds()),
            Value::Duration(duration) => match duration.length() {
                Length::Civil { months: 0, days } => word(Kind::Days, days.into()),
                Length::Civil { months, days: 0 } => word(Kind::Months, months.into()),
                Length::Exact { microseconds } => word(Kind::Exact, microseconds),
                Length::Civil { .. } => Self::Thing(Thing::Constant(value.clone())),
            },
            Value::Text(_) | Value::List(_) | Value::Record(_) => {
                Self::Thing(Thing::Constant(value.clone()))
            }
        }
    }
}

/// Decimals that a word keeps at most.
pub(super) const MOST_DECIMALS: u8 = 12;

impl Test {
    /// Whether others are joined in it.
    pub fn is_joined(&self) -> bool {
        matches!(
            self,
            Self::Not(_) | Self::All { .. } | Self::Any { .. } | Self::Count { .. } | Self::Flow(_)
        )
    }

    pub fn negated(self) -> Self {
        match self {
            Self::Constant(truth) => Self::Constant(!truth),
            Self::Not(inner) => *inner,
            Self::Range { word, low, high, negated } => {
                Self::Range { word, low, high, negated: !negated }
            }
            Self::Linear { sum, low, high, negated } => {
                Self::Linear { sum, low, high, negated: !negated }
            }
            other => Self::Not(Box::new(other)),
        }
    }
}

/// Whether two constants go together, so that comparing them is no fault.
pub(super) fn same_kind(left: &Value, right: &Value) -> bool {
    kind_of(left) == kind_of(right)
}
