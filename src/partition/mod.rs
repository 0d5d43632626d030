//! Equivalence classes of the values of facts: which values a rule tells apart, and one that stands for all of a class.
//!
//! ```text
//! rules ──compared──► what each fact is compared with ──classes──► a value of each class ──columns──► combinations
//!                                                     └─samples──► values worth trying, where none stand for all
//! ```

pub(crate) mod classes;
pub(crate) mod columns;
pub(crate) mod compared;
pub(crate) mod samples;
