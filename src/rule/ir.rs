//! Rules in typed form: what is left of a script when names, parameters, factors, derived facts and functions have been
//! put in and everything reads a [`Cell`].
//!
//! A [`Test`] is true, false or unknown; a [`Word`] is a whole number in a unit that its [`Kind`] says. What has no such form,
//! or is met at run time and not sure (an overflow, a value without a word, a fault), is left to the evaluator: the form is
//! never wrong, only sometimes silent. `lower` makes it of programs, `run` runs it.

mod visit;

use std::sync::Arc;

use super::checks::Checks;
use super::facts::{Choices, Form, Part, Place};
use super::syntax::Binary;
use crate::table::{FactId, StateId};
use crate::value::{Date, DateTime, Duration, Number, Value, Zone};

pub(crate) use visit::Leaf;

/// A rule in typed form.
#[derive(Debug, Clone)]
pub(crate) enum Body {
    Test(Test),
    Word(Kind, Word),
}

/// What a word stands for.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Kind {
    /// 0 or 1.
    Boolean,
    Whole,
    /// A decimal times ten to this power.
    Fixed(u8),
    /// An integer, or a decimal, times ten to this power.
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

/// A cell of what a rule looks at: 0 are the facts, 1 and up the items of the lists around it, the outermost first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Cell {
    pub scope: u8,
    pub place: Place,
    pub number: u32,
}

/// Items inside items that a rule can look at.
pub(crate) const SCOPES: usize = 4;

/// Variables of a rule.
pub(crate) const REGISTERS: usize = 16;

/// True, false or unknown.
#[derive(Debug, Clone)]
pub(crate) enum Test {
    Constant(bool),
    /// The evaluator knows.
    Unsure,
    /// The word lies between two bounds, or outside of them.
    Range {
        word: Word,
        low: i64,
        high: i64,
        negated: bool,
    },
    /// The word is a bit of the mask.
    Mask {
        word: Word,
        mask: u64,
    },
    /// The word is one of these, which ascend.
    OneOf {
        word: Word,
        values: Arc<[i64]>,
    },
    /// All these bits are set in the cell.
    Holds {
        cell: Cell,
        bits: i64,
    },
    Linear(Box<Linear>),
    Compare {
        op: Binary,
        sides: Box<[Word; 2]>,
    },
    Ratio(Box<RatioTest>),
    Text(Box<TextTest>),
    Not(Box<Test>),
    /// `&&` and `||`. Strict: unknown ends it, as deep inside a script; else unknown waits for what decides.
    All {
        tests: Vec<Test>,
        strict: bool,
    },
    Any {
        tests: Vec<Test>,
        strict: bool,
    },
    /// At least so many of these.
    Count {
        tests: Vec<Test>,
        at_least: usize,
    },
    If(Box<[Test; 3]>),
    /// The first that is known.
    Or(Vec<Test>),
    Known(Box<Path>),
    Active(StateId),
    /// The test of an item holds for every item, or for some.
    Each {
        each: Box<Each>,
        every: bool,
    },
    Let(Box<Let<Test>>),
    /// The tree, and how the row of a case or an item is checked at once.
    Checks(Box<(Checks, Test)>),
}

/// A whole number.
#[derive(Debug, Clone)]
pub(crate) enum Word {
    Constant(i64),
    /// The evaluator knows.
    Unsure,
    Cell(Cell),
    /// A variable.
    Register(u8),
    Truth(Box<Test>),
    /// Worked out in 128 bits.
    Sum(Box<Sum>),
    Binary {
        op: Operator,
        sides: Box<[Word; 2]>,
    },
    Unary {
        op: Unary,
        word: Box<Word>,
    },
    /// A quotient, rounded to so many decimals.
    Quotient(Box<Quotient>),
    /// Year, month, day.
    Ymd(Box<[Word; 3]>),
    If(Box<(Test, Word, Word)>),
    /// The first that is known; unknown where there is none.
    Or(Vec<Word>),
    Outside(Outside),
    Length(Box<Text>),
    /// Of an item of a list, by its number.
    At(Box<At>),
    /// The number of the first item for which the test holds; unknown where there is none.
    First(Box<Each>),
    /// For how many items the test holds.
    Count(Box<Each>),
    /// The sum of a word over the items for which the test holds.
    Total(Box<(Each, Word)>),
    Let(Box<Let<Word>>),
}

/// Σ factor · word + constant. Factors are so small together that nothing is rounded.
#[derive(Debug, Clone)]
pub(crate) struct Sum {
    pub terms: Vec<(i64, Word)>,
    pub constant: i64,
}

/// A sum between two bounds, or outside of them.
#[derive(Debug, Clone)]
pub(crate) struct Linear {
    pub sum: Sum,
    pub low: i128,
    pub high: i128,
    pub negated: bool,
}

/// Checked: what overflows, divides by zero or leaves the calendar is not sure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operator {
    Add,
    Subtract,
    Multiply,
    /// Truncated.
    Divide,
    Remainder,
    Least,
    Greatest,
    /// To a date so many months.
    AddMonths,
    /// To a date so many working days.
    AddWorkdays,
    /// To a time, on the calendar of the zone, so many days or months.
    TimeAddDays,
    TimeAddMonths,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unary {
    /// So many units, rounded.
    Round(Round, i64),
    Absolute,
    /// Sure only between two bounds, and where it is a multiple of the unit.
    Within {
        low: i64,
        high: i64,
        unit: i64,
    },
    /// Divided by what divides it without a rest, else not sure.
    Exactly(i64),
    /// Of a date.
    Part(Part),
    /// Of a time, on the calendar of the zone.
    PartOfTime(Part),
    NextWorkday,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Round {
    /// Half away from zero.
    Half,
    Floor,
    Ceil,
}

/// One word divided by another. The evaluator rounds it to 28 digits: what is nearer than that is not sure.
#[derive(Debug, Clone)]
pub(crate) struct Ratio {
    pub over: Word,
    pub under: Word,
    /// Decimals that the quotient of the words has too many.
    pub decimals: u8,
    /// What was divided, where something has been done to the quotient since: what comes out even then may be rounded.
    pub first: Option<Word>,
    /// Whether it was multiplied by more than a constant.
    pub scaled: bool,
}

#[derive(Debug, Clone)]
pub(crate) struct RatioTest {
    pub ratio: Ratio,
    pub op: Binary,
    pub with: Word,
    /// Decimals of that.
    pub decimals: u8,
}

#[derive(Debug, Clone)]
pub(crate) struct Quotient {
    pub ratio: Ratio,
    pub how: Round,
    pub digits: u8,
}

#[derive(Debug, Clone)]
pub(crate) enum Text {
    Constant(Arc<str>),
    /// At the end of a path in a fact.
    Fact(FactId, Vec<Arc<str>>),
    /// Of an item.
    Item(Cell),
    /// In small or large letters, or without white space around.
    Lower(Box<Text>),
    Upper(Box<Text>),
    Trim(Box<Text>),
    EventName,
    /// What the event carries.
    EventData(Arc<str>),
    /// The value of an `enum`.
    Choice(Choices, Word),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TextOperator {
    Equal,
    StartsWith,
    EndsWith,
    Contains,
}

#[derive(Debug, Clone)]
pub(crate) struct TextTest {
    pub op: TextOperator,
    pub text: Text,
    pub part: Text,
}

/// What may be unknown.
#[derive(Debug, Clone)]
pub(crate) enum Path {
    Cell(Cell),
    Test(Test),
    Word(Word),
    Text(Text),
}

/// What does not come from facts.
#[derive(Debug, Clone)]
pub(crate) enum Outside {
    Now,
    Today,
    EventAt,
    EventDate,
    Last(Arc<str>),
    Count(Arc<str>),
    Since(StateId),
    /// What the event carries, if it is of this form.
    Data(Arc<str>, Form),
}

/// What a loop goes through.
#[derive(Debug, Clone)]
pub(crate) enum Over {
    List(ListRef),
    /// Whole numbers from and below; each is put into the variable.
    Numbers {
        from: Word,
        below: Word,
        register: u8,
    },
}

/// A list that has a table.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum ListRef {
    /// Of a fact: the cell of its length, and where its table is.
    Fact { length: Cell, slot: u32 },
    /// Inside an item.
    Item(Cell),
}

/// The turns of a loop.
#[derive(Debug, Clone)]
pub(crate) struct Turns {
    pub over: Over,
    /// The scope of the items.
    pub scope: u8,
    /// What a turn costs, in nodes.
    pub cost: u32,
}

/// A loop over a list, with a test of each item.
#[derive(Debug, Clone)]
pub(crate) struct Each {
    pub turns: Turns,
    /// Whether closures are asked of all items one behind another: what is unknown of one item may then come behind what
    /// fails of a later one, and only the evaluator knows.
    pub chained: bool,
    /// Whether the test is three-valued, of a list as it is: what is unknown of one item waits for what decides.
    pub open: bool,
    /// Items for which this does not hold are passed over; it is asked of all before anything else.
    pub filter: Option<Test>,
    pub test: Test,
}

/// One cell of an item.
#[derive(Debug, Clone)]
pub(crate) struct At {
    pub list: ListRef,
    pub index: Word,
    pub cell: Cell,
}

/// A value behind what is worked out before it: unknown and unsure if that is.
#[derive(Debug, Clone)]
pub(crate) struct Let<T> {
    pub bind: Bind,
    pub body: T,
}

#[derive(Debug, Clone)]
pub(crate) enum Bind {
    Word(u8, Word),
    /// Only that it is known.
    Known(Path),
    Fold(Fold),
}

/// A loop that sets variables.
#[derive(Debug, Clone)]
pub(crate) struct Fold {
    pub turns: Turns,
    /// Counts the turns from 0.
    pub counter: Option<u8>,
    /// Set before the first turn.
    pub before: Vec<(u8, Word)>,
    /// Done in each turn, one after another.
    pub steps: Vec<Bind>,
    /// The last turn is the one behind which this is not 0.
    pub until: Option<u8>,
}

impl Cell {
    pub fn of(scope: u8, number: u32) -> Self {
        Self { scope, place: Place::of(number), number }
    }
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

    /// What a cell of this form holds.
    pub fn of(form: &Form) -> Option<Self> {
        Some(match form {
            Form::Boolean => Self::Boolean,
            Form::Whole | Form::Length => Self::Whole,
            Form::Fixed(decimals) => Self::Fixed(*decimals),
            Form::Ordinal(choices) => Self::Ordinal(choices.clone()),
            Form::Date => Self::Date,
            Form::Time => Self::Time,
            Form::Days => Self::Days,
            Form::None => return None,
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

impl Test {
    pub fn negated(self) -> Self {
        match self {
            Self::Constant(truth) => Self::Constant(!truth),
            Self::Not(inner) => *inner,
            Self::Range { word, low, high, negated } => {
                Self::Range { word, low, high, negated: !negated }
            }
            Self::Linear(mut linear) => {
                linear.negated = !linear.negated;
                Self::Linear(linear)
            }
            other => Self::Not(Box::new(other)),
        }
    }
}

/// The last decimal that a word may have.
pub(super) const MOST_DECIMALS: u8 = 12;
