//! The one table of the functions that scripts have, and of the properties of their values.
//!
//! A function is one entry here: its name, what it takes and gives, a line of documentation with
//! examples. The checker reads the types, the reader of files the names that are taken, the
//! spelling of rules which calls are methods, the guide the rest. What an entry *means* stands in
//! `rule/builtins` ([`Builtin`]), `rule/evaluate` ([`Each`]), `rule/act` ([`Mutation`]) and, of
//! what is asked or done by name alone, in `rule/check/call`.
//!
//! To add a function: an entry in `functions`, a variant of [`Builtin`], its meaning in
//! `rule/builtins`. Where its types follow from one another, [`Call::Typed`] and an arm in
//! `rule/check/builtin`. The tests run every example.

mod functions;

use std::sync::Arc;

use crate::value::{Pattern, Value};

pub(crate) use functions::FUNCTIONS;

/// A function of the language.
#[derive(Debug)]
pub(crate) struct Function {
    pub name: &'static str,
    /// Where the guide tells it.
    pub group: Group,
    pub call: Call,
    /// The receiver of a method comes first.
    pub takes: &'static [(&'static str, Kind)],
    /// How many of the last arguments may be left out.
    pub optional: usize,
    pub gives: Kind,
    /// Whether it is written behind what it is asked of: `list.len()`.
    pub method: bool,
    /// What it means, for the guide.
    #[cfg_attr(not(test), allow(dead_code))]
    pub about: &'static str,
    /// Scripts and what they give; of actions, what they do. Run by the tests in the world of the
    /// guide.
    #[cfg_attr(not(test), allow(dead_code))]
    pub examples: &'static [(&'static str, &'static str)],
}

/// What a function is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Group {
    Time,
    Numbers,
    Lists,
    Texts,
    /// What happened, where the case stands, what is known.
    Case,
    /// What happens in a step, and what was before it.
    Claims,
    Actions,
}

/// How a call is read and checked.
#[derive(Debug)]
pub(crate) enum Call {
    /// Known values in, a value out: types are those of the table.
    Plain(Builtin),
    /// Types follow from one another: an arm of its own in `check/builtin`.
    Typed(Builtin),
    /// `covers`, which takes the values of an `enum` along.
    Covers,
    /// `matches`, whose pattern is written out.
    Matches,
    /// `workdays`, which counts from a date on its other side.
    Workdays,
    /// `contains`, which is `in` the other way round.
    Contains,
    /// Asks what happened, where the case stands, whether something is known; takes names written
    /// out.
    Asks,
    /// Does something, in actions alone; takes names written out.
    Acts,
    /// About child cases or the parent; takes names written out.
    Family,
    /// Asks about a step, in claims alone.
    Claims,
    /// A closure for the items of a list.
    Each(Each),
    /// Changes a list or record in its place, in actions alone.
    Changes(Mutation),
}

/// What an argument or a result is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Boolean,
    Integer,
    Number,
    Text,
    Date,
    DateTime,
    /// A duration in days.
    Days,
    /// A duration in months.
    Months,
    /// A duration in exact time.
    Hours,
    List,
    Record,
    /// What the list holds.
    Item,
    Any,
    /// The name of an event, written out; `*` and `a.*` for several where something is asked.
    Event,
    /// The name of a state, written out.
    State,
    /// The name of a fact, written out.
    Fact,
    /// A name of your own, written out.
    Name,
    /// `|x| …`
    Closure,
    /// A duration, a date or a date-time.
    When,
    /// No value: for actions.
    Nothing,
}

/// A property of values that are no records.
#[derive(Debug)]
pub(crate) struct Property {
    pub name: &'static str,
    /// Of values of these kinds.
    pub of: &'static [Kind],
    pub gives: Kind,
}

pub(crate) const PROPERTIES: &[Property] = &[
    property("year", &[Kind::Date, Kind::DateTime], Kind::Integer),
    property("month", &[Kind::Date, Kind::DateTime], Kind::Integer),
    property("day", &[Kind::Date, Kind::DateTime], Kind::Integer),
    property("weekday", &[Kind::Date, Kind::DateTime], Kind::Integer),
    property("date", &[Kind::DateTime], Kind::Date),
    property("days", &[Kind::Days], Kind::Integer),
    property("hours", &[Kind::Hours], Kind::Number),
    property("minutes", &[Kind::Hours], Kind::Number),
    property("seconds", &[Kind::Hours], Kind::Number),
    property("len", &[Kind::List, Kind::Text], Kind::Integer),
];

const fn property(name: &'static str, of: &'static [Kind], gives: Kind) -> Property {
    Property { name, of, gives }
}

/// The functions of known values, as the evaluator has them.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Builtin {
    Days,
    Weeks,
    Months,
    Years,
    Hours,
    Minutes,
    Seconds,
    YearsBetween,
    MonthsBetween,
    WorkdaysBetween,
    /// A date or date-time and how many working days after it.
    AddWorkdays,
    SubtractWorkdays,
    NextWorkday,
    Date,
    Len,
    IsEmpty,
    Sum,
    Sort,
    Reverse,
    /// With the values of the list's `enum`.
    Covers(Arc<[Value]>),
    Keys,
    Values,
    StartsWith,
    EndsWith,
    Lower,
    Upper,
    Trim,
    /// With what is looked for.
    Matches(Pattern),
    SubString,
    Split,
    /// Of two values, or of the items of a list.
    Min,
    Max,
    Abs,
    Floor,
    Ceil,
    Round,
    Div,
    /// An id in the form in which all ids of one person are equal, and so of a list each; anything
    /// else as it is. Nothing that can be written: the checker puts it around what is compared with
    /// `event.actor` or `who`. With a second argument only where that says that ids stand: see `rule/check/persons`.
    Person,
    /// The name of the entry of a record that belongs to a person, by any id of theirs; the id where there is none. Nothing
    /// that can be written: the checker puts it around an id in `record[id]`.
    Entry,
}

/// What a closure is asked for, item by item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Each {
    Filter,
    Find,
    Map,
    All,
    Some,
    MinBy,
    MaxBy,
    SortBy,
}

/// How a list or record changes in its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mutation {
    Push,
    Insert,
    Remove,
}

impl Function {
    /// The fewest and the most arguments, a receiver counted as one.
    pub fn arguments(&self) -> (usize, usize) {
        (self.takes.len().saturating_sub(self.optional), self.takes.len())
    }
}

/// The function of this name. Linear in the table, which is short.
pub(crate) fn function(name: &str) -> Option<&'static Function> {
    FUNCTIONS.iter().find(|function| function.name == name)
}

/// What lists can be asked for, and how they change in actions: for hints.
pub(crate) fn of_lists() -> [String; 2] {
    let asked = |one: &&Function| {
        one.group == Group::Lists && one.takes.first().is_some_and(|(_, of)| *of != Kind::Record)
    };
    let changed = |one: &&Function| matches!(one.call, Call::Changes(_));
    let names = |some: &dyn Fn(&&Function) -> bool| {
        FUNCTIONS.iter().filter(some).map(|one| one.name).collect::<Vec<_>>().join(" ")
    };
    [names(&asked), names(&changed)]
}

/// Whether values that are no records have a property of this name.
pub(crate) fn is_property(name: &str) -> bool {
    PROPERTIES.iter().any(|property| property.name == name)
}

/// The names of all functions.
pub(crate) fn functions() -> impl Iterator<Item = &'static str> {
    FUNCTIONS.iter().map(|function| function.name)
}
