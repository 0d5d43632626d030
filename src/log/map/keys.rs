//! The objects of a map and their keys.

use crate::definition::keys::{Holds, Key, Object, key, required};

pub(crate) static FILE: Object = Object {
    name: "map",
    base: None,
    keys: &[
        key("$schema", Holds::Text),
        key("format", Holds::Whole),
        required("workflow", Holds::Text),
        key("log", Holds::One(&LOG)),
        key("unit", Holds::Text),
        key("start", Holds::One(&START)),
        key("facts", Holds::TextMap),
        key("events", Holds::Values),
        key("cases", Holds::Script),
        key("other", Holds::Word(OTHER)),
        key("ignore", Holds::One(&IGNORE)),
        key("costs", Holds::One(&COSTS)),
        key("claims", Holds::Values),
    ],
    notes: true,
};

/// What becomes of activities that are not mapped.
pub(crate) const OTHER: &[&str] = &["list", "ignore"];

pub(crate) static LOG: Object = Object {
    name: "description of a log",
    base: None,
    keys: &[
        key("case", Holds::Text),
        key("activity", Holds::Text),
        key("time", Holds::Text),
        key("actor", Holds::Text),
        key("unit", Holds::Text),
        key("lifecycle", Holds::Names),
        key("delimiter", Holds::Text),
    ],
    notes: false,
};

pub(crate) static START: Object = Object {
    name: "start",
    base: None,
    keys: &[key("at", Holds::Text), key("facts", Holds::TextMap)],
    notes: false,
};

pub(crate) static EVENT: Object = Object {
    name: "event",
    base: None,
    keys: &[
        required("event", Holds::Text),
        key("facts", Holds::TextMap),
        key("data", Holds::TextMap),
    ],
    notes: false,
};

pub(crate) static IGNORE: Object = Object {
    name: "list of what is ignored",
    base: None,
    keys: &[key("activities", Holds::Targets), key("attributes", Holds::Targets)],
    notes: false,
};

const COST_KEYS: [Key; 4] = [
    key("log", Holds::Whole),
    key("model", Holds::Whole),
    key("silent", Holds::Whole),
    key("guard", Holds::Whole),
];

pub(crate) static COSTS: Object =
    Object { name: "list of costs", base: None, keys: &COST_KEYS, notes: false };
