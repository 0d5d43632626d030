//! What a workflow file says, after reading: names, declarations and the tree of states as plain data.
//!
//! Names inside (targets, roles, factors) are still texts with their places; `validate` proves that they
//! lead somewhere, and the workflow compiles them to numbers.

use std::ops::Deref;
use std::sync::Arc;

use indexmap::IndexMap;

use crate::definition::allow::Allowed;
use crate::definition::shape::Shape;
use crate::diagnostic::{Span, Spanned};
pub(crate) use crate::label::Label;
use crate::table::{FactId, FactorId, ParameterId, StateId, Table, TransitionId};
use crate::value::{Calendar, Date, Duration, Value, Zone};
use crate::work::looked_at;

/// Where a rule comes from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Origin {
    pub text: Option<Label>,
    pub url: Option<String>,
    /// `found`, `seed`, `reconstructed` or `unconfirmed`.
    pub status: Option<String>,
}

/// From when until when the law or decision behind a rule held, both days with it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Validity {
    pub from: Option<Date>,
    pub until: Option<Date>,
}

/// What every declaration, state and transition may carry for people: most carry nothing, which takes a word.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Notes(Option<Box<Noted>>);

/// What is noted, where anything is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Noted {
    pub title: Label,
    pub description: Label,
    pub hint: Label,
    pub source: Option<Origin>,
    pub valid: Option<Validity>,
}

impl Notes {
    pub fn new(noted: Noted) -> Self {
        Self((noted != NOTHING).then(|| Box::new(noted)))
    }
}

static NOTHING: Noted = Noted {
    title: Label(Vec::new()),
    description: Label(Vec::new()),
    hint: Label(Vec::new()),
    source: None,
    valid: None,
};

impl Deref for Notes {
    type Target = Noted;

    fn deref(&self) -> &Noted {
        self.0.as_deref().unwrap_or(&NOTHING)
    }
}

/// A script as it is evaluated, with the way back to the file. Shared by the definition and what is compiled of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Script(Arc<Written>);

/// What a script is in the file.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Written {
    /// The text after JSON's escapes; the lines of an array joined by line feeds.
    pub text: String,
    /// The whole script in the file (the string with its quotes, or the array).
    pub span: Span,
    /// Pieces of `text` that stand unescaped in the file: (first byte in `text`, first byte in the file),
    /// ascending in both. A byte of `text` belongs to the last piece that begins at or before it.
    pub pieces: Vec<(u32, u32)>,
}

impl Deref for Script {
    type Target = Written;

    fn deref(&self) -> &Written {
        &self.0
    }
}

impl Script {
    pub fn new(text: String, span: Span, pieces: Vec<(u32, u32)>) -> Self {
        Self(Arc::new(Written { text, span, pieces }))
    }

    /// Where a range of bytes of the text stands in the file. At least one byte wide.
    pub fn span(&self, start: usize, end: usize) -> Span {
        let at = |offset: usize| {
            let offset = u32::try_from(offset).unwrap_or(u32::MAX);
            let after = self.pieces.partition_point(|(from, _)| *from <= offset);
            match after.checked_sub(1).and_then(|index| self.pieces.get(index)) {
                Some((from, file)) => (file + (offset - from)).min(self.span.end),
                None => self.span.start,
            }
        };
        let first = at(start);
        // The end is where the last byte stands, and one further, or where the escape that it is written as ends: an
        // escape may follow the text meant.
        let last = if end > start {
            let plain = at(end - 1) + 1;
            let next = u32::try_from(end).ok().and_then(|end| {
                let index = self.pieces.binary_search_by_key(&end, |(from, _)| *from).ok()?;
                self.pieces.get(index)
            });
            match next {
                // Two escapes of six bytes are the longest way to write a character.
                Some((_, file)) if (plain..plain + 12).contains(file) => *file,
                _ => plain,
            }
        } else {
            first + 1
        };
        Span { file: self.span.file, start: first, end: last.max(first + 1) }
    }
}

#[derive(Debug, Clone)]
pub(crate) struct Role {
    pub name: Spanned<String>,
    /// The fact that holds the unit whose people act in it.
    pub unit: Option<Spanned<String>>,
    pub notes: Notes,
}

/// What is said about a message to the host.
#[derive(Debug, Clone)]
pub(crate) struct Emitted {
    pub name: Spanned<String>,
    pub notes: Notes,
}

#[derive(Debug, Clone)]
pub(crate) struct Fact {
    pub name: Spanned<String>,
    pub shape: Shape,
    pub default: Option<Value>,
    /// The rule of a derived fact.
    pub value: Option<Script>,
    pub notes: Notes,
}

impl Fact {
    /// Its label: its own, or that of its type.
    pub fn title(&self) -> &Label {
        if self.notes.title.is_empty() { &self.shape.title } else { &self.notes.title }
    }
}

#[derive(Debug, Clone)]
pub(crate) struct Parameter {
    pub name: Spanned<String>,
    pub shape: Shape,
    pub value: Value,
    pub notes: Notes,
}

#[derive(Debug, Clone)]
pub(crate) struct Factor {
    pub name: Spanned<String>,
    /// Free text, `success` and `support` in the model.
    pub kind: Option<String>,
    pub rule: FactorRule,
    pub notes: Notes,
}

#[derive(Debug, Clone)]
pub(crate) enum FactorRule {
    /// A boolean.
    Guard(Script),
    /// A number from 0 to 1.
    Score(Script),
    /// So many of these factors and boolean facts; all when no number is given.
    Of { of: Vec<Spanned<String>>, at_least: Option<AtLeast> },
}

#[derive(Debug, Clone)]
pub(crate) enum AtLeast {
    Number(Spanned<i64>),
    Parameter(Spanned<String>),
}

/// What must hold of every case, whoever plays.
#[derive(Debug, Clone)]
pub(crate) struct Claim {
    pub name: Spanned<String>,
    pub rule: ClaimRule,
    /// Whether a step that would break it is not taken.
    pub enforce: bool,
    pub notes: Notes,
}

#[derive(Debug, Clone)]
pub(crate) enum ClaimRule {
    /// True after every step.
    Always(Script),
    /// True after none, or after none where `without` is not true.
    Never { never: Script, without: Option<Script> },
    /// After each step where it is true, `then` is true at a later one or at rest, no later than `due`.
    Whenever { whenever: Script, then: Script, due: Option<Script> },
    /// Nobody sent two of these events, and somebody sent each.
    DifferentPersons(Vec<Spanned<String>>),
}

#[derive(Debug, Clone)]
pub(crate) struct Function {
    pub name: Spanned<String>,
    pub params: Vec<Spanned<String>>,
    pub body: Script,
    pub notes: Notes,
}

#[derive(Debug, Clone)]
pub(crate) struct EventDecl {
    /// A dotted name; it governs every name that it is a prefix of, token by token.
    pub name: Spanned<String>,
    /// Roles that may send it: `None` where the file does not say, an empty list for "only the case itself".
    pub by: Option<Vec<Spanned<String>>>,
    /// Facts that it may carry.
    pub sets: Vec<Spanned<String>>,
    /// Facts that it must carry, each time.
    pub required: Vec<Spanned<String>>,
    /// Further payload: name → declaration. Scripts see `event.data.NAME`.
    pub data: IndexMap<String, Shape>,
    /// Entries of `data` that must be sent.
    pub data_required: Vec<Spanned<String>>,
    /// Whether it may carry a free text and attachments.
    pub note: bool,
    pub silent: bool,
    pub notes: Notes,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum StateKind {
    Atomic,
    Compound,
    Parallel,
    Final,
    History { deep: bool },
}

#[derive(Debug, Clone)]
pub(crate) struct State {
    /// The name; of the file itself, its id.
    pub name: Spanned<String>,
    pub kind: StateKind,
    pub parent: Option<StateId>,
    /// In document order.
    pub children: Vec<StateId>,
    /// Where a compound state begins; of a history state, its default.
    pub initial: Option<Entry>,
    pub entry: Option<Script>,
    pub exit: Option<Script>,
    /// In the order in which they are tried: those of `done` and `on` (longest name first in the object form,
    /// document order in the list form), then those of `always`, `after`, `at`.
    pub transitions: Vec<TransitionId>,
    pub terms: Vec<Term>,
    pub tags: Vec<String>,
    pub notes: Notes,
}

/// Child cases of a state.
#[derive(Debug, Clone)]
pub(crate) struct Invoke {
    pub id: Spanned<String>,
    /// The state while which they live; the file itself is one.
    pub state: StateId,
    /// The file of their workflow, as it is written.
    pub workflow: Spanned<String>,
    /// The fact whose items start one each; one child where there is none.
    pub each: Option<Spanned<String>>,
    /// Facts of a child when it starts, as expressions of the parent.
    pub facts: Vec<(Spanned<String>, Script)>,
    /// Facts and factors of a child that the parent sees.
    pub returns: Vec<Spanned<String>>,
    pub notes: Notes,
}

/// The way into a state: where to, and what to do on the way.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub targets: Vec<Spanned<String>>,
    pub actions: Option<Script>,
}

/// One key of `after` or `at` with its transitions, tried in order.
#[derive(Debug, Clone)]
pub(crate) struct Term {
    /// The key as written: a duration, or the name of what holds it.
    pub key: Spanned<String>,
    pub when: When,
    pub transitions: Vec<TransitionId>,
}

impl Term {
    /// What it is called among those of its state: `after P5D`, `at due`.
    pub fn called(&self) -> String {
        match self.when {
            When::At => format!("at {}", self.key.as_str()),
            When::After(_) | When::AfterNamed => format!("after {}", self.key.as_str()),
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum When {
    /// `after` a written duration.
    After(Duration),
    /// `after` the duration that a parameter or fact holds.
    AfterNamed,
    /// `at` the date or date-time that a fact holds.
    At,
}

#[derive(Debug, Clone)]
pub(crate) struct Transition {
    pub source: StateId,
    pub trigger: Trigger,
    /// Empty for a targetless transition.
    pub targets: Vec<Spanned<String>>,
    pub guard: Option<Script>,
    /// Factors and boolean facts that must all hold.
    pub requires: Vec<Spanned<String>>,
    /// Roles, any of them.
    pub by: Option<Vec<Spanned<String>>>,
    /// Events whose earlier senders may not take this.
    pub not_by: Vec<Spanned<String>>,
    /// Roles that must all sign; a role twice stands for two persons.
    pub signed_by: Vec<Spanned<String>>,
    /// Event by which a signatory withdraws.
    pub revoke: Option<Box<Spanned<String>>>,
    pub actions: Option<Script>,
    pub internal: bool,
    pub id: Option<Box<Spanned<String>>>,
    pub notes: Notes,
    /// The transition in the file: its object, or the name of its target.
    pub span: Span,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Trigger {
    /// Patterns without a trailing `.*`: a dotted prefix, or `*`. `done` is `done.state.SELF`.
    Events(Vec<Spanned<String>>),
    Always,
    /// A term of the source state, by its index in [`State::terms`].
    Term(u32),
}

/// A workflow file, read.
#[derive(Debug, Clone)]
pub(crate) struct Definition {
    pub id: Spanned<String>,
    pub version: Option<String>,
    pub notes: Notes,
    pub zone: Zone,
    /// Which days are off; without it, nothing counts in working days.
    pub calendar: Option<Calendar>,
    pub roles: IndexMap<String, Role>,
    pub parameters: Table<ParameterId, Parameter>,
    pub facts: Table<FactId, Fact>,
    pub factors: Table<FactorId, Factor>,
    pub functions: Vec<Function>,
    /// `None` where the file has no `events` at all: then an event is one that some `on` matches.
    pub events: Option<IndexMap<String, EventDecl>>,
    /// What is said about messages to the host, by name. Any may be emitted, whether anything is said or not.
    pub emitted: IndexMap<String, Emitted>,
    /// In the order of the file.
    pub claims: Vec<Claim>,
    /// Document order; 0 is the file itself.
    pub states: Table<StateId, State>,
    /// Document order.
    pub transitions: Table<TransitionId, Transition>,
    /// Child cases, in the order of the states and the file.
    pub invokes: Vec<Invoke>,
    /// Warnings that the file answers for.
    pub allowed: Allowed,
}

impl Definition {
    /// The declaration that governs an event: that of the longest declared name that it is or lies in.
    pub fn governing(&self, event: &str) -> Option<&EventDecl> {
        self.event_at(self.governing_place(event)?)
    }

    /// The place of that declaration among those of the file.
    pub fn governing_place(&self, event: &str) -> Option<u32> {
        let events = self.events.as_ref()?;
        let mut names = prefixes(event).inspect(|_| looked_at(1));
        u32::try_from(names.find_map(|name| events.get_index_of(name))?).ok()
    }

    /// The declaration of a place.
    pub fn event_at(&self, place: u32) -> Option<&EventDecl> {
        self.events.as_ref()?.get_index(place as usize).map(|(_, declared)| declared)
    }

    /// The label of a message to the host; an empty one where the file says nothing about it.
    pub fn emitted(&self, name: &str) -> &Label {
        self.emitted.get(name).map_or(&NOTHING.title, |found| &found.notes.title)
    }

    /// Who may take a transition: its own roles, else those of its only event; `None` where neither says.
    pub fn roles_of<'d>(&'d self, transition: &'d Transition) -> Option<&'d [Spanned<String>]> {
        let by = match (&transition.by, &transition.trigger) {
            (Some(by), _) => by,
            (None, Trigger::Events(patterns)) => match patterns.as_slice() {
                [only] => self.governing(only)?.by.as_ref()?,
                _ => return None,
            },
            _ => return None,
        };
        Some(by)
    }
}

/// Events of the engine itself are called by these words, and by names that begin with one of them and a point. Nobody
/// declares them, and nobody sends them.
pub(crate) const RESERVED: [&str; 3] = ["done", "error", "after"];

/// The word of the engine that the name of an event is, or begins with.
pub(crate) fn reserved(name: &str) -> Option<&'static str> {
    RESERVED.into_iter().find(|word| matches(word, name))
}

/// A name and what it lies in: `a.b.c`, `a.b`, `a`. What matches it is one of these, or `*`.
pub(crate) fn prefixes(name: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(name), |name| name.rfind('.').and_then(|at| name.get(..at)))
}

/// Whether a pattern (`a.b`, `*`) matches the name of an event, token by token as in SCXML §3.12.1.
pub(crate) fn matches(pattern: &str, event: &str) -> bool {
    pattern == "*"
        || event.strip_prefix(pattern).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}
