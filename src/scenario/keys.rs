//! The objects of a scenario file and their keys.
//!
//! Unknown keys are found with it, and the JSON Schema is held to it.

use crate::definition::keys::{Holds, Key, Object, key, required};

/// What a scenario has, alone in its file or one of several.
const OWN: [Key; 7] = [
    key("start", Holds::Text),
    key("facts", Holds::Values),
    key("from", Holds::TargetsOr(&PLACE)),
    key("expect", Holds::One(&EXPECT)),
    key("expect_in", Holds::Map(&EXPECT)),
    key("steps", Holds::List(&STEP)),
    key("rows", Holds::Rows),
];

pub(crate) static FILE: Object = Object {
    name: "scenario file",
    base: Some(&BARE),
    keys: &[
        key("$schema", Holds::Text),
        key("format", Holds::Whole),
        required("workflow", Holds::Targets),
        key("actors", Holds::Map(&ACTOR)),
        key("scenarios", Holds::Map(&SCENARIO)),
    ],
    notes: true,
};

pub(crate) static SCENARIO: Object = Object {
    name: "scenario",
    base: Some(&BARE),
    keys: &[key("only", Holds::Targets)],
    notes: true,
};

static BARE: Object = Object { name: "scenario", base: None, keys: &OWN, notes: false };

/// A state to start from.
pub(crate) static PLACE: Object = Object {
    name: "place",
    base: None,
    keys: &[
        required("states", Holds::Targets),
        key("entered", Holds::TextMap),
        key("happened", Holds::Map(&HAPPENED)),
    ],
    notes: false,
};

pub(crate) static HAPPENED: Object = Object {
    name: "past event",
    base: None,
    keys: &[key("count", Holds::Whole), key("last", Holds::Text), key("who", Holds::Names)],
    notes: false,
};

pub(crate) static STEP: Object = Object {
    name: "step",
    base: None,
    keys: &[
        key("event", Holds::Text),
        key("to", Holds::Text),
        key("from", Holds::Word(&["parent"])),
        key("advance", Holds::Text),
        key("at", Holds::Text),
        key("actor", Holds::TextOr(&ACTOR)),
        key("id", Holds::Text),
        key("facts", Holds::Values),
        key("data", Holds::Values),
        key("note", Holds::TextOr(&NOTE)),
        key("only", Holds::Targets),
        key("expect", Holds::One(&EXPECT)),
        key("expect_in", Holds::Map(&EXPECT)),
        key("others", Holds::Map(&EXPECT)),
    ],
    notes: true,
};

pub(crate) static ACTOR: Object = Object {
    name: "actor",
    base: None,
    keys: &[key("id", Holds::Text), key("roles", Holds::Names), key("unit", Holds::Text)],
    notes: true,
};

pub(crate) static NOTE: Object = Object {
    name: "note",
    base: None,
    keys: &[required("text", Holds::Text), key("attachments", Holds::List(&ATTACHMENT))],
    notes: false,
};

pub(crate) static ATTACHMENT: Object = Object {
    name: "attachment",
    base: None,
    keys: &[required("uri", Holds::Text), required("hash", Holds::Text)],
    notes: false,
};

/// The kinds of answers, as an expectation names them.
pub(crate) const ANSWERS: &[&str] =
    &["moved", "blocked", "not_expected", "error", "advanced", "started"];

pub(crate) static EXPECT: Object = Object {
    name: "expectation",
    base: None,
    keys: &[
        key("answer", Holds::Word(ANSWERS)),
        key("states", Holds::Targets),
        key("in", Holds::Targets),
        key("not_in", Holds::Targets),
        key("facts", Holds::Values),
        key("factors", Holds::VerdictMap),
        key("emitted", Holds::TextsOr(&MESSAGE)),
        key("blocked_by", Holds::One(&BLOCKED_BY)),
        key("open", Holds::Targets),
        key("blocked", Holds::Targets),
        key("not_expected", Holds::Targets),
        key("left", Holds::Names),
        key("entered", Holds::Names),
        key("taken", Holds::Names),
        key("signed", Holds::Names),
        key("signatures_missing", Holds::Names),
        key("terms", Holds::TextMap),
        key("next_deadline", Holds::TextOrNull),
        key("ended", Holds::Boolean),
        key("tags", Holds::Names),
        key("problems", Holds::Targets),
    ],
    notes: false,
};

pub(crate) static BLOCKED_BY: Object = Object {
    name: "list of what blocks",
    base: None,
    keys: &[
        key("factors", Holds::Names),
        key("facts", Holds::Names),
        key("clauses", Holds::Names),
        key("unknown", Holds::Names),
        key("missing", Holds::Names),
        key("roles", Holds::Names),
        key("not_by", Holds::Names),
        key("signature", Holds::Names),
    ],
    notes: false,
};

pub(crate) static MESSAGE: Object = Object {
    name: "message",
    base: None,
    keys: &[required("name", Holds::Text), key("data", Holds::Values)],
    notes: false,
};
