//! The one table of the format: every object, its keys, and what they hold.
//!
//! Unknown keys are found with it, files that must be refused are made from it, and the JSON Schema is held to it.

/// A kind of object in a workflow file.
#[derive(Debug)]
pub(crate) struct Object {
    /// What it is called in messages.
    pub name: &'static str,
    /// The object whose keys this one has too.
    pub base: Option<&'static Object>,
    pub keys: &'static [Key],
    /// Whether `title`, `description`, `hint`, `source` may stand in it.
    pub notes: bool,
}

#[derive(Debug)]
pub(crate) struct Key {
    pub name: &'static str,
    pub holds: Holds,
    pub required: bool,
}

/// What stands behind a key.
#[derive(Debug, Clone, Copy)]
// What scenarios alone hold is walked by the tests that hold the schema to this table.
#[cfg_attr(not(test), allow(dead_code))]
pub(crate) enum Holds {
    Text,
    /// A text, or one per language.
    Label,
    Boolean,
    /// An integer of 0 or more.
    Whole,
    /// An integer of 1 or more, or a name.
    WholeOrName,
    Number,
    /// A number, or a text where times are bounded.
    Bound,
    /// One of these texts.
    Word(&'static [&'static str]),
    /// A list of texts.
    Names,
    /// A text or a list of texts.
    Targets,
    /// A text, or a list of its lines.
    Script,
    /// Any JSON, checked against a declaration.
    Value,
    /// A list of texts, or an object: value → label.
    Enum,
    /// `"SE"`, or a list of dates.
    Holidays,
    One(&'static Object),
    /// An object of named objects.
    Map(&'static Object),
    /// An object of parameters: declarations or plain values.
    Parameters,
    /// A boolean or a declaration.
    BooleanOr(&'static Object),
    /// A target's name, several, or a transition with `target` and `actions`.
    Entry,
    /// A target's name, a transition, or a list of them.
    Transitions,
    /// An object of `Transitions`.
    TransitionMap,
    /// An object of `Transitions`, or a list of transitions with `event`.
    On,
    /// A list of objects.
    List(&'static Object),
    /// An `invoke`, or a list of them.
    Invokes,
    /// An object of scripts.
    Scripts,
    /// A list of objects of any keys, with at least one.
    Rows,
    /// An object of any JSON.
    Values,
    /// A text, or an object.
    TextOr(&'static Object),
    /// A text, a list of texts with at least one, or an object.
    TargetsOr(&'static Object),
    /// A list of texts and objects.
    TextsOr(&'static Object),
    /// A text, or `null`.
    TextOrNull,
    /// An object of texts and `null`s.
    TextMap,
    /// An object of booleans, numbers and `null`s.
    VerdictMap,
}

/// Where a key of an object does not stand in its own table.
pub(crate) const NOTES: &[Key] = &[
    key("title", Holds::Label),
    key("description", Holds::Label),
    key("hint", Holds::Label),
    key("source", Holds::One(&SOURCE)),
    key("valid", Holds::One(&VALID)),
];

/// Allowed in every object.
pub(crate) const COMMENT: &str = "$comment";

/// Whether a key is for the reader of the file only: allowed everywhere, and it says nothing.
pub(crate) fn is_remark(key: &str) -> bool {
    key == COMMENT || key.starts_with("x-")
}

/// Words of other formats and of everyday speech, with the key that the format has for each.
const WORDS: [(&str, &str); 46] = [
    ("min", "minimum"),
    ("max", "maximum"),
    ("onDone", "done"),
    ("onEntry", "entry"),
    ("onExit", "exit"),
    ("cond", "guard"),
    ("condition", "guard"),
    ("if", "guard"),
    ("when", "guard"),
    ("action", "actions"),
    ("do", "actions"),
    ("transitions", "on"),
    ("to", "target"),
    ("next", "target"),
    ("timeout", "after"),
    ("deadline", "at"),
    ("values", "enum"),
    ("choices", "enum"),
    ("role", "by"),
    ("roles", "by"),
    ("label", "title"),
    ("name", "title"),
    ("titel", "title"),
    ("namn", "title"),
    ("desc", "description"),
    ("summary", "description"),
    ("help", "hint"),
    ("context", "facts"),
    ("variables", "facts"),
    ("fields", "facts"),
    ("inputs", "facts"),
    ("guards", "factors"),
    ("conditions", "factors"),
    ("constants", "parameters"),
    ("params", "parameters"),
    ("definitions", "types"),
    ("$defs", "types"),
    ("start", "initial"),
    ("initialState", "initial"),
    ("steps", "states"),
    ("nodes", "states"),
    ("tasks", "states"),
    ("regex", "pattern"),
    ("regexp", "pattern"),
    ("onExpiry", "after"),
    ("expression", "guard"),
];

impl Object {
    /// Every key, those of the base too, without `$comment` and keys that begin with `x-`.
    pub fn keys(&'static self) -> impl Iterator<Item = &'static Key> {
        let base = self.base.map_or(&[][..], |base| base.keys);
        let notes = if self.notes { NOTES } else { &[] };
        self.keys.iter().chain(base).chain(notes)
    }

    /// The words that may stand behind a key; none where it holds something else.
    pub fn words(&'static self, name: &str) -> &'static [&'static str] {
        match self.keys().find(|key| key.name == name).map(|key| key.holds) {
            Some(Holds::Word(words)) => words,
            _ => &[],
        }
    }

    /// The key of this object that a word stands for: its own, or the one that the format has for a word of another.
    pub fn key_for(&'static self, word: &str) -> Option<&'static str> {
        let called = |name: &str| self.keys().find(|key| key.name == name).map(|key| key.name);
        called(word).or_else(|| {
            let known = WORDS.iter().find(|(other, _)| *other == word)?.1;
            called(known)
        })
    }

    /// What somebody probably meant by a key that this has not: the word that the format has for it, or where the key stands.
    pub fn meant(&'static self, name: &str) -> Option<String> {
        let objects: [&'static Self; 13] = [
            &WORKFLOW,
            &TRANSITION,
            &EVENT,
            &STATE,
            &FACT,
            &FACTOR,
            &PARAMETER,
            &FUNCTION,
            &SOURCE,
            &VALID,
            &CALENDAR,
            &INVOKE,
            &CLAIM,
        ];
        // Scenarios have objects of their own.
        let is_here = |object: &&Self| std::ptr::eq(*object, self);
        if !objects.iter().any(is_here) && !std::ptr::eq(self, &EVENT_TRANSITION) {
            return None;
        }
        let mut words = WORDS.iter().filter(|(word, _)| *word == name);
        if let Some((_, known)) = words.find(|(_, known)| self.has(known)) {
            return Some(format!("write `{known}`"));
        }
        let known = WORDS.iter().find(|(word, _)| *word == name).map_or(name, |(_, known)| known);
        let has = |object: &&&Self| object.keys.iter().any(|key| key.name == known);
        let home = objects.iter().find(has)?;
        let article = if home.name.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" };
        Some(format!("`{known}` is a key of {article} {}", home.name))
    }

    pub fn has(&'static self, name: &str) -> bool {
        name == COMMENT || name.starts_with("x-") || self.keys().any(|key| key.name == name)
    }
}

pub(crate) const fn key(name: &'static str, holds: Holds) -> Key {
    Key { name, holds, required: false }
}

pub(crate) const fn required(name: &'static str, holds: Holds) -> Key {
    Key { name, holds, required: true }
}

pub(crate) static WORKFLOW: Object = Object {
    name: "workflow",
    base: None,
    keys: &[
        key("$schema", Holds::Text),
        key("format", Holds::Whole),
        required("id", Holds::Text),
        key("version", Holds::Text),
        key("extends", Holds::Text),
        key("timezone", Holds::Text),
        key("calendar", Holds::One(&CALENDAR)),
        key("roles", Holds::Map(&ROLE)),
        key("parameters", Holds::Parameters),
        key("types", Holds::Map(&DECLARATION)),
        key("facts", Holds::Map(&FACT)),
        key("factors", Holds::Map(&FACTOR)),
        key("functions", Holds::Map(&FUNCTION)),
        key("events", Holds::Map(&EVENT)),
        key("emitted", Holds::Map(&EMITTED)),
        key("claims", Holds::Map(&CLAIM)),
        key("on", Holds::On),
        key("always", Holds::Transitions),
        key("after", Holds::TransitionMap),
        key("at", Holds::TransitionMap),
        key("entry", Holds::Script),
        key("exit", Holds::Script),
        key("invoke", Holds::Invokes),
        key("initial", Holds::Entry),
        required("states", Holds::Map(&STATE)),
    ],
    notes: true,
};

pub(crate) static STATE: Object = Object {
    name: "state",
    base: None,
    keys: &[
        key("type", Holds::Word(&["parallel", "final", "history"])),
        key("states", Holds::Map(&STATE)),
        key("initial", Holds::Entry),
        key("history", Holds::Word(&["shallow", "deep"])),
        key("default", Holds::Entry),
        key("on", Holds::On),
        key("done", Holds::Transitions),
        key("always", Holds::Transitions),
        key("after", Holds::TransitionMap),
        key("at", Holds::TransitionMap),
        key("entry", Holds::Script),
        key("exit", Holds::Script),
        key("invoke", Holds::Invokes),
        key("tags", Holds::Names),
    ],
    notes: true,
};

pub(crate) static TRANSITION: Object = Object {
    name: "transition",
    base: None,
    keys: &[
        key("target", Holds::Targets),
        key("guard", Holds::Script),
        key("requires", Holds::Names),
        key("by", Holds::Names),
        key("not_by", Holds::Names),
        key("signed_by", Holds::Names),
        key("revoke", Holds::Text),
        key("actions", Holds::Script),
        key("type", Holds::Word(&["internal"])),
        key("id", Holds::Text),
    ],
    notes: true,
};

/// A transition in the list form of `on`.
pub(crate) static EVENT_TRANSITION: Object = Object {
    name: "transition",
    base: Some(&TRANSITION),
    keys: &[required("event", Holds::Text)],
    notes: true,
};

/// The object form of `initial` and `default`.
pub(crate) static ENTRY: Object = Object {
    name: "way into a state",
    base: None,
    keys: &[required("target", Holds::Targets), key("actions", Holds::Script)],
    notes: false,
};

/// A message to the host, for people.
pub(crate) static EMITTED: Object = Object { name: "message", base: None, keys: &[], notes: true };

pub(crate) static ROLE: Object =
    Object { name: "role", base: None, keys: &[key("unit", Holds::Text)], notes: true };

pub(crate) static DECLARATION: Object = Object {
    name: "declaration",
    base: None,
    keys: &[
        key("type", Holds::Text),
        key("format", Holds::Word(&["date", "date-time", "duration"])),
        key("enum", Holds::Enum),
        key("items", Holds::One(&DECLARATION)),
        key("uniqueItems", Holds::Boolean),
        key("properties", Holds::Map(&DECLARATION)),
        key("required", Holds::Names),
        key("additionalProperties", Holds::BooleanOr(&DECLARATION)),
        key("minimum", Holds::Bound),
        key("maximum", Holds::Bound),
        key("exclusiveMinimum", Holds::Bound),
        key("exclusiveMaximum", Holds::Bound),
        key("multipleOf", Holds::Number),
        key("minLength", Holds::Whole),
        key("maxLength", Holds::Whole),
        key("pattern", Holds::Text),
        key("minItems", Holds::Whole),
        key("maxItems", Holds::Whole),
        key("unit", Holds::Text),
        key("personal", Holds::Boolean),
    ],
    notes: true,
};

pub(crate) static FACT: Object = Object {
    name: "fact",
    base: Some(&DECLARATION),
    keys: &[key("default", Holds::Value), key("value", Holds::Script)],
    notes: true,
};

/// The object form of a parameter.
pub(crate) static PARAMETER: Object = Object {
    name: "parameter",
    base: Some(&DECLARATION),
    keys: &[required("value", Holds::Value)],
    notes: true,
};

pub(crate) static FACTOR: Object = Object {
    name: "factor",
    base: None,
    keys: &[
        key("kind", Holds::Text),
        key("guard", Holds::Script),
        key("score", Holds::Script),
        key("of", Holds::Names),
        key("at_least", Holds::WholeOrName),
    ],
    notes: true,
};

pub(crate) static FUNCTION: Object = Object {
    name: "function",
    base: None,
    keys: &[key("params", Holds::Names), required("body", Holds::Script)],
    notes: true,
};

pub(crate) static EVENT: Object = Object {
    name: "event",
    base: None,
    keys: &[
        key("by", Holds::Names),
        key("sets", Holds::Names),
        key("required", Holds::Names),
        key("data", Holds::Map(&DECLARATION)),
        key("note", Holds::Boolean),
        key("silent", Holds::Boolean),
    ],
    notes: true,
};

/// What must hold of every case, whoever plays.
pub(crate) static CLAIM: Object = Object {
    name: "claim",
    base: None,
    keys: &[
        key("always", Holds::Script),
        key("never", Holds::Script),
        key("without", Holds::Script),
        key("whenever", Holds::Script),
        key("then", Holds::Script),
        key("due", Holds::Script),
        key("different_persons", Holds::Names),
        key("enforce", Holds::Boolean),
    ],
    notes: true,
};

/// Child cases of a state: one, or one for each item of a list.
pub(crate) static INVOKE: Object = Object {
    name: "invoke",
    base: None,
    keys: &[
        required("id", Holds::Text),
        required("workflow", Holds::Text),
        key("each", Holds::Text),
        key("facts", Holds::Scripts),
        key("returns", Holds::Names),
    ],
    notes: true,
};

pub(crate) static SOURCE: Object = Object {
    name: "source",
    base: None,
    keys: &[
        key("text", Holds::Label),
        key("url", Holds::Text),
        key("status", Holds::Word(&["found", "seed", "reconstructed", "unconfirmed"])),
    ],
    notes: false,
};

pub(crate) static VALID: Object = Object {
    name: "validity",
    base: None,
    keys: &[key("from", Holds::Text), key("until", Holds::Text)],
    notes: false,
};

pub(crate) static CALENDAR: Object = Object {
    name: "calendar",
    base: None,
    keys: &[required("holidays", Holds::Holidays), key("eves", Holds::Boolean)],
    notes: false,
};
