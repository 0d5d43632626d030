//! Values: what a fact can hold. Unknown is not a value; where one may be missing there is an `Option`.

mod json;
mod number;
mod time;

use std::collections::BTreeMap;
use std::sync::Arc;

pub use number::Number;
pub use time::{Date, DateTime, Duration};
pub(crate) use time::Zone;

/// What a fact, a parameter or a payload can hold.
///
/// ```
/// use tresteg::Value;
/// assert_eq!(Value::from(3), Value::Integer(3));
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Value {
    /// True or false.
    Boolean(bool),
    /// A whole number.
    Integer(i64),
    /// An exact decimal.
    Number(Number),
    /// A text; a value of an `enum` too.
    Text(Arc<str>),
    /// A civil day.
    Date(Date),
    /// An instant, with the offset that it is written with.
    DateTime(DateTime),
    /// A length of time, civil or exact.
    Duration(Duration),
    /// A list.
    List(Arc<Vec<Value>>),
    /// A record; keys in the order of their code points.
    Record(Arc<BTreeMap<Arc<str>, Value>>),
}
