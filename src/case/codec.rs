//! Records in a stored form that loses nothing: one flat list of JSON scalars and values.
//!
//! Flat, because verdicts nest deeper than readers of JSON allow; by position, because both ends are this file.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value as Json;

use crate::case::answer::{
    Condition, DropCause, DroppedSignature, Effects, FactChange, Message, Outcome, Proof, Reason,
    Signature, SignatureStatus, SigningRefusal, StepCause,
};
use crate::case::event::{Actor, Attachment, Event, Note};
use crate::case::record::{Origin, Record};
use crate::diagnostic::Span;
use crate::error::Problem;
use crate::label::Label;
use crate::rule::{Clause, FactorVerdict, ReadKind, Truth, ValueRead};
use crate::value::{DateTime, Number, Value};
use crate::workflow::TransitionRef;

/// How deep verdicts may nest in what is read; deeper than any that the engine makes.
const DEPTH: usize = 600;

/// What can be written as words and read again.
pub(crate) trait Codec: Sized {
    fn write(&self, words: &mut Vec<Json>);
    /// `None` where the words say something else.
    fn read(words: &mut Words) -> Option<Self>;
}

pub(crate) fn to_words(value: &impl Codec) -> Vec<Json> {
    let mut words = Vec::new();
    value.write(&mut words);
    words
}

/// `None` unless the words are exactly one value.
pub(crate) fn from_words<T: Codec>(words: Vec<Json>) -> Option<T> {
    let mut words = Words { left: words.into_iter(), depth: 0 };
    let value = T::read(&mut words)?;
    words.left.next().is_none().then_some(value)
}

pub(crate) struct Words {
    left: std::vec::IntoIter<Json>,
    depth: usize,
}

macro_rules! scalar {
    ($($type:ty, $value:ident => $write:expr, $json:ident => $read:expr;)+) => {$(
        impl Codec for $type {
            fn write(&self, words: &mut Vec<Json>) {
                let $value = self;
                words.push($write);
            }
            fn read(words: &mut Words) -> Option<Self> {
                let $json = words.left.next()?;
                $read
            }
        }
    )+};
}

scalar! {
    bool, value => Json::Bool(*value), json => json.as_bool();
    i64, value => Json::from(*value), json => json.as_i64();
    u32, value => Json::from(*value), json => json.as_u64().and_then(|number| number.try_into().ok());
    usize, value => Json::from(*value), json => json.as_u64().and_then(|number| number.try_into().ok());
    String, value => Json::String(value.clone()), json => match json { Json::String(text) => Some(text), _ => None };
    Arc<str>, value => Json::String(value.to_string()), json => json.as_str().map(Arc::from);
    Value, value => value.to_wire(), json => Value::from_wire(&json).ok();
    Number, value => Value::Number(*value).to_wire(), json => Value::from_wire(&json).ok().and_then(|value| match value {
        Value::Number(number) => Some(number),
        _ => None,
    });
    DateTime, value => Value::DateTime(*value).to_wire(), json => Value::from_wire(&json).ok()?.as_date_time();
}

impl<T: Codec> Codec for Option<T> {
    fn write(&self, words: &mut Vec<Json>) {
        words.push(Json::Bool(self.is_some()));
        if let Some(value) = self {
            value.write(words);
        }
    }
    fn read(words: &mut Words) -> Option<Self> {
        match bool::read(words)? {
            true => T::read(words).map(Some),
            false => Some(None),
        }
    }
}

impl<T: Codec> Codec for Vec<T> {
    fn write(&self, words: &mut Vec<Json>) {
        self.len().write(words);
        self.iter().for_each(|value| value.write(words));
    }
    fn read(words: &mut Words) -> Option<Self> {
        let length = usize::read(words)?;
        // Every value takes a word at least: a length that cannot be true reserves nothing.
        if length > words.left.len() || words.depth >= DEPTH {
            return None;
        }
        words.depth += 1;
        let values: Option<Self> = (0..length).map(|_| T::read(words)).collect();
        words.depth -= 1;
        values.map(|mut values| {
            values.shrink_to_fit();
            values
        })
    }
}

impl<A: Codec, B: Codec> Codec for (A, B) {
    fn write(&self, words: &mut Vec<Json>) {
        self.0.write(words);
        self.1.write(words);
    }
    fn read(words: &mut Words) -> Option<Self> {
        Some((A::read(words)?, B::read(words)?))
    }
}

impl<K: Codec + Ord, T: Codec> Codec for BTreeMap<K, T> {
    fn write(&self, words: &mut Vec<Json>) {
        self.len().write(words);
        for (key, value) in self {
            key.write(words);
            value.write(words);
        }
    }
    fn read(words: &mut Words) -> Option<Self> {
        let length = usize::read(words)?;
        (0..length).map(|_| Some((K::read(words)?, T::read(words)?))).collect()
    }
}

impl Codec for Label {
    fn write(&self, words: &mut Vec<Json>) {
        self.0.write(words);
    }
    fn read(words: &mut Words) -> Option<Self> {
        Codec::read(words).map(Self)
    }
}

/// Exhaustive: a new field or variant does not compile until it is stored.
macro_rules! structs {
    ($($name:ident { $($field:ident),+ $(,)? })+) => {$(
        impl Codec for $name {
            fn write(&self, words: &mut Vec<Json>) {
                let Self { $($field),+ } = self;
                $($field.write(words);)+
            }
            fn read(words: &mut Words) -> Option<Self> {
                $(let $field = Codec::read(words)?;)+
                Some(Self { $($field),+ })
            }
        }
    )+};
}

macro_rules! enums {
    ($($name:ident {
        $($variant:ident $({ $($field:ident),+ $(; $told:ident)? })? = $tag:literal),+ $(,)?
    })+) => {$(
        impl Codec for $name {
            fn write(&self, words: &mut Vec<Json>) {
                match self {
                    $(Self::$variant $({ $($field),+ $(, $told: _)? })? => {
                        words.push(Json::from($tag));
                        $($($field.write(words);)+)?
                    })+
                }
            }
            fn read(words: &mut Words) -> Option<Self> {
                match String::read(words)?.as_str() {
                    $($tag => {
                        $($(let $field = Codec::read(words)?;)+)?
                        Some(Self::$variant $({ $($field),+ $(, $told: Default::default())? })?)
                    })+
                    _ => None,
                }
            }
        }
    )+};
}

structs! {
    SignatureStatus { transition, signed, missing, dropped }
    Signature { actor, unit, role, event, at }
    DroppedSignature { signature, cause }
    Proof { verdicts, states, due }
    TransitionRef { from, to, on, id, title }
    FactChange { fact, before, after }
    Message { name, data }
    Reason { transition, grounds, unknown, hint }
    Span { file, start, end }
    Actor { id, roles, unit }
    Note { text, attachments }
    Attachment { uri, hash }
}

/// What was sent to a parent stands at its record.
impl Codec for Effects {
    fn write(&self, words: &mut Vec<Json>) {
        let Self { left, taken, entered, changed, emitted, signatures, proof, to_parent: _ } = self;
        left.write(words);
        taken.write(words);
        entered.write(words);
        changed.write(words);
        emitted.write(words);
        signatures.write(words);
        proof.write(words);
    }
    fn read(words: &mut Words) -> Option<Self> {
        Some(Self {
            left: Codec::read(words)?,
            taken: Codec::read(words)?,
            entered: Codec::read(words)?,
            changed: Codec::read(words)?,
            emitted: Codec::read(words)?,
            signatures: Codec::read(words)?,
            proof: Codec::read(words)?,
            to_parent: Vec::new(),
        })
    }
}

/// To which case it went stands at its record.
impl Codec for Event {
    fn write(&self, words: &mut Vec<Json>) {
        let Self { name, to: _, actor, at, id, facts, data, note } = self;
        name.write(words);
        actor.write(words);
        at.write(words);
        id.write(words);
        facts.write(words);
        data.write(words);
        note.write(words);
    }
    fn read(words: &mut Words) -> Option<Self> {
        Some(Self {
            name: Codec::read(words)?,
            to: None,
            actor: Codec::read(words)?,
            at: Codec::read(words)?,
            id: Codec::read(words)?,
            facts: Codec::read(words)?,
            data: Codec::read(words)?,
            note: Codec::read(words)?,
        })
    }
}

/// The last words are the address of a child and what it sent to its parent; of a case alone there are none.
impl Codec for Record {
    fn write(&self, words: &mut Vec<Json>) {
        let Self { at, case, origin, outcome, effects, reasons, problems } = self;
        at.write(words);
        origin.write(words);
        outcome.write(words);
        effects.write(words);
        reasons.write(words);
        problems.write(words);
        if case.is_some() || !effects.to_parent.is_empty() {
            case.write(words);
            effects.to_parent.write(words);
        }
    }
    fn read(words: &mut Words) -> Option<Self> {
        let mut record = Self {
            at: Codec::read(words)?,
            case: None,
            origin: Codec::read(words)?,
            outcome: Codec::read(words)?,
            effects: Codec::read(words)?,
            reasons: Codec::read(words)?,
            problems: Codec::read(words)?,
        };
        if words.left.len() > 0 {
            record.case = Codec::read(words)?;
            record.effects.to_parent = Codec::read(words)?;
        }
        Some(record)
    }
}

impl Codec for Problem {
    fn write(&self, words: &mut Vec<Json>) {
        let Self { code, message, hint, place, told: _ } = self;
        code.write(words);
        message.write(words);
        hint.write(words);
        place.write(words);
    }
    fn read(words: &mut Words) -> Option<Self> {
        let (code, message) = (String::read(words)?, String::read(words)?);
        let (hint, place) = (Codec::read(words)?, Codec::read(words)?);
        Some(Self { hint, place, ..Self::new(&code, message) })
    }
}

enums! {
    Outcome {
        Started = "started", Moved = "moved", Advanced = "advanced", Blocked = "blocked",
        NotExpected = "not_expected", Error = "error",
    }
    Truth { True = "true", False = "false", Unknown = "unknown" }
    StepCause {
        Term { state, term, due } = "term", Sent { event, due } = "sent", Children = "children",
        Invoked = "invoked", Stopped = "stopped",
    }
    Condition {
        Role { needed, titles, has } = "role",
        Unit { role, title, fact, has } = "unit",
        NotBy { events, actor, anonymous } = "not_by",
        Person { event } = "person",
        Missing { fact, title } = "missing",
        Factor { factor } = "factor",
        Fact { fact, title, verdict; clauses } = "fact",
        Guard { verdict, clauses } = "guard",
        Signature { refusal, actor, signed, missing } = "signature",
        Claim { claim, title } = "claim",
        Behind { undecided } = "behind",
        Cut { more } = "cut",
    }
    DropCause {
        Revoked = "revoked", Changed { facts } = "changed", Payload = "payload", Left = "left",
    }
    SigningRefusal { Nobody = "nobody", Twice = "twice", Role = "role", NotSigned = "not_signed" }
    Origin { Start { facts } = "start", Event { event } = "event", Step { cause } = "step" }
}

fn is_something<T: Default + PartialEq>(value: &T) -> bool {
    *value != T::default()
}

/// What verdicts and clauses have but seldom stands before the rest, a number first: version 1 did not know it. What only
/// answers have is stored nowhere: an answer is told anew.
macro_rules! seldom {
    ($($name:ident { $($rare:ident),+ ; $($field:ident),+ $(,)? } but { $($told:ident),* })+) => {$(
        impl Codec for $name {
            fn write(&self, words: &mut Vec<Json>) {
                let Self { $($rare,)+ $($field,)+ $($told: _),* } = self;
                if $(is_something($rare))||+ {
                    $($rare.write(words);)+
                }
                $($field.write(words);)+
            }
            fn read(words: &mut Words) -> Option<Self> {
                let is_there = words.left.as_slice().first().is_some_and(Json::is_u64);
                $(let $rare = if is_there { Codec::read(words)? } else { Default::default() };)+
                $(let $field = Codec::read(words)?;)+
                Some(Self { $($rare,)+ $($field,)+ $($told: Default::default()),* })
            }
        }
    )+};
}

seldom! {
    Clause { cut; text, verdict, values, unknown, factors, span }
        but { negated, joined, parts, settled, rows, failing, items, home, at, sides }
    FactorVerdict { cut, failed; name, kind, verdict, score, at_least, reached, clauses, of, title, hint, unknown } but {}
}

impl Codec for ValueRead {
    fn write(&self, words: &mut Vec<Json>) {
        let Self { name, kind, value, title } = self;
        name.write(words);
        words.push(Json::from(*kind));
        value.write(words);
        title.write(words);
    }
    fn read(words: &mut Words) -> Option<Self> {
        let name = Codec::read(words)?;
        let kind = String::read(words)?;
        let kind = ReadKind::ALL.iter().map(|known| known.word()).find(|known| *known == kind)?;
        Some(Self { name, kind, value: Codec::read(words)?, title: Codec::read(words)? })
    }
}

#[cfg(test)]
mod tests;
