//! An event log in memory: traces of events with attributes, all texts interned.

use std::fmt;

use indexmap::{IndexMap, IndexSet};

/// The types of XES.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum AttributeKind {
    /// `string`, and everything in CSV.
    Text,
    /// `date`.
    Time,
    /// `int`.
    Integer,
    /// `float`.
    Number,
    /// `boolean`.
    Boolean,
    /// `id`.
    Id,
}

impl AttributeKind {
    const ALL: [Self; 6] =
        [Self::Text, Self::Time, Self::Integer, Self::Number, Self::Boolean, Self::Id];
}

/// A value of a log, by number: equal values have equal numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct ValueId(pub u32);

/// A key of attributes, by number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct KeyId(pub u32);

#[derive(Debug, Clone, Copy)]
pub(crate) struct Attribute {
    pub key: KeyId,
    pub value: ValueId,
}

/// Where the parts of a trace begin.
#[derive(Debug, Clone, Copy)]
struct TraceRow {
    /// Behind its last attribute, its own come first.
    attributes_end: u32,
    attributes: u32,
    events: u32,
}

/// An event log: what [`read`](super::read) gives. Events stand in the order of the document, which is the only order that
/// there is: many share a time.
///
/// ```
/// # use tresteg::log::{Bounds, read_xes};
/// let text = r#"<log><trace><string key="concept:name" value="17"/><event>
///     <string key="concept:name" value="Pay"/></event></trace></log>"#;
/// let log = read_xes(text.as_bytes(), &Bounds::default())?;
/// let trace = log.traces().next().unwrap();
/// assert_eq!(trace.attribute("concept:name"), Some("17"));
/// assert_eq!(trace.events().next().unwrap().attribute("concept:name"), Some("Pay"));
/// # Ok::<(), tresteg::log::ReadError>(())
/// ```
#[derive(Default, Clone)]
pub struct EventLog {
    keys: IndexSet<Box<str>>,
    /// By kind.
    texts: [IndexSet<Box<str>>; 6],
    attributes: Vec<Attribute>,
    /// Of each event, where its attributes begin and end.
    events: Vec<(u32, u32)>,
    traces: Vec<TraceRow>,
}

/// A case of a log.
#[derive(Clone, Copy)]
pub struct Trace<'l> {
    log: &'l EventLog,
    place: usize,
}

/// Something that happened, of a log.
#[derive(Clone, Copy)]
pub struct LoggedEvent<'l> {
    log: &'l EventLog,
    place: usize,
}

const KIND_BITS: u32 = 3;

fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

impl EventLog {
    /// How many traces there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.traces.len()
    }

    /// Whether there is no trace.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.traces.is_empty()
    }

    /// How many events there are in all traces.
    #[must_use]
    pub fn events(&self) -> usize {
        self.events.len()
    }

    /// The traces, in the order of the document.
    pub fn traces(&self) -> impl ExactSizeIterator<Item = Trace<'_>> + Clone {
        (0..self.traces.len()).map(|place| Trace { log: self, place })
    }

    /// The trace of a place, from 0.
    #[must_use]
    pub fn trace(&self, place: usize) -> Option<Trace<'_>> {
        (place < self.traces.len()).then_some(Trace { log: self, place })
    }

    /// The keys of all attributes, in the order in which they first came.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.keys.iter().map(|key| &**key)
    }

    pub(crate) fn key(&self, key: &str) -> Option<KeyId> {
        self.keys.get_index_of(key).map(|place| KeyId(number(place)))
    }

    pub(crate) fn key_text(&self, key: KeyId) -> &str {
        self.keys.get_index(key.0 as usize).map_or("", |key| key)
    }

    pub(crate) fn text(&self, value: ValueId) -> &str {
        let texts = self.texts.get((value.0 & ((1 << KIND_BITS) - 1)) as usize);
        texts
            .and_then(|texts| texts.get_index((value.0 >> KIND_BITS) as usize))
            .map_or("", |text| text)
    }

    pub(crate) fn kind(value: ValueId) -> AttributeKind {
        let kind = AttributeKind::ALL.get((value.0 & ((1 << KIND_BITS) - 1)) as usize);
        kind.copied().unwrap_or(AttributeKind::Text)
    }

    fn slice(&self, from: u32, to: u32) -> &[Attribute] {
        self.attributes.get(from as usize..to as usize).unwrap_or_default()
    }

    /// Adds the traces of another log behind its own.
    pub fn append(&mut self, other: &Self) {
        for trace in other.traces() {
            self.begin_trace();
            for attribute in trace.raw() {
                self.copy(other, *attribute);
            }
            for event in trace.events() {
                self.begin_event();
                for attribute in event.raw() {
                    self.copy(other, *attribute);
                }
            }
        }
    }

    fn copy(&mut self, other: &Self, Attribute { key, value }: Attribute) {
        self.attribute(other.key_text(key), Self::kind(value), other.text(value));
    }

    pub(super) fn begin_trace(&mut self) {
        let attributes = number(self.attributes.len());
        let events = number(self.events.len());
        self.traces.push(TraceRow { attributes, attributes_end: attributes, events });
    }

    pub(super) fn begin_event(&mut self) {
        let here = number(self.attributes.len());
        self.events.push((here, here));
    }

    /// An attribute of the event that began last, or before any of the trace.
    pub(super) fn attribute(&mut self, key: &str, kind: AttributeKind, text: &str) {
        let key = self.intern_key(key);
        let value = self.intern(kind, text);
        self.put(key, value);
    }

    pub(super) fn put(&mut self, key: KeyId, value: ValueId) {
        self.attributes.push(Attribute { key, value });
        let end = number(self.attributes.len());
        match self.traces.last_mut() {
            Some(trace) if trace.events as usize == self.events.len() => trace.attributes_end = end,
            _ => {
                if let Some(event) = self.events.last_mut() {
                    event.1 = end;
                }
            }
        }
    }

    pub(super) fn intern_key(&mut self, key: &str) -> KeyId {
        let place = match self.keys.get_index_of(key) {
            Some(place) => place,
            None => self.keys.insert_full(key.into()).0,
        };
        KeyId(number(place))
    }

    pub(super) fn intern(&mut self, kind: AttributeKind, text: &str) -> ValueId {
        let kind = kind as usize;
        let Some(texts) = self.texts.get_mut(kind) else { return ValueId(0) };
        let place = match texts.get_index_of(text) {
            Some(place) => place,
            None => texts.insert_full(text.into()).0,
        };
        ValueId((number(place) << KIND_BITS) | number(kind))
    }

    /// The sizes that are bounded: attributes, and distinct texts.
    pub(super) fn attributes(&self) -> usize {
        self.attributes.len()
    }

    /// Takes back the trace that began last, which came to no end.
    pub(super) fn drop_trace(&mut self) {
        if let Some(trace) = self.traces.pop() {
            self.attributes.truncate(trace.attributes as usize);
            self.events.truncate(trace.events as usize);
        }
    }

    /// Counts by key how many attributes there are, of traces and events together.
    pub(crate) fn key_counts(&self) -> IndexMap<&str, usize> {
        let mut counts = vec![0_usize; self.keys.len()];
        for attribute in &self.attributes {
            if let Some(count) = counts.get_mut(attribute.key.0 as usize) {
                *count += 1;
            }
        }
        self.keys.iter().map(|key| &**key).zip(counts).collect()
    }
}

impl PartialEq for EventLog {
    /// Whether both say the same, however it came in.
    fn eq(&self, other: &Self) -> bool {
        let same = |one: &[Attribute], two: &[Attribute]| {
            one.len() == two.len()
                && one.iter().zip(two).all(|(one, two)| {
                    self.key_text(one.key) == other.key_text(two.key)
                        && Self::kind(one.value) == Self::kind(two.value)
                        && self.text(one.value) == other.text(two.value)
                })
        };
        self.len() == other.len()
            && self.events() == other.events()
            && self.traces().zip(other.traces()).all(|(one, two)| {
                let (events, others) = (one.events(), two.events());
                same(one.raw(), two.raw())
                    && events.len() == others.len()
                    && events.zip(others).all(|(one, two)| same(one.raw(), two.raw()))
            })
    }
}

impl fmt::Debug for EventLog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EventLog")
            .field("traces", &self.traces.len())
            .field("events", &self.events.len())
            .field("attributes", &self.attributes.len())
            .finish_non_exhaustive()
    }
}

impl<'l> Trace<'l> {
    fn row(&self) -> TraceRow {
        let none = TraceRow { attributes_end: 0, attributes: 0, events: 0 };
        self.log.traces.get(self.place).copied().unwrap_or(none)
    }

    /// Its place in the log, from 0.
    #[must_use]
    pub fn place(&self) -> usize {
        self.place
    }

    /// Its events, in the order of the document.
    pub fn events(&self) -> impl ExactSizeIterator<Item = LoggedEvent<'l>> + Clone + use<'l> {
        let log = self.log;
        let from = self.row().events as usize;
        let next = log.traces.get(self.place + 1);
        let to = next.map_or(log.events.len(), |next| next.events as usize);
        (from..to).map(move |place| LoggedEvent { log, place })
    }

    /// The text of one of its own attributes, the last of that key; what is nested stands behind a slash: `outer/inner`.
    #[must_use]
    pub fn attribute(&self, key: &str) -> Option<&'l str> {
        found(self.log, self.raw(), self.log.key(key)?)
    }

    /// Its own attributes with their kinds, in the order of the document.
    pub fn attributes(&self) -> impl Iterator<Item = (&'l str, AttributeKind, &'l str)> + use<'l> {
        all(self.log, self.raw())
    }

    pub(crate) fn raw(&self) -> &'l [Attribute] {
        let row = self.row();
        self.log.slice(row.attributes, row.attributes_end)
    }

    /// The value of one of its own attributes.
    pub(crate) fn value(&self, key: KeyId) -> Option<ValueId> {
        value(self.raw(), key)
    }
}

impl<'l> LoggedEvent<'l> {
    /// The text of one of its attributes, the last of that key.
    #[must_use]
    pub fn attribute(&self, key: &str) -> Option<&'l str> {
        found(self.log, self.raw(), self.log.key(key)?)
    }

    /// Its attributes with their kinds, in the order of the document.
    pub fn attributes(&self) -> impl Iterator<Item = (&'l str, AttributeKind, &'l str)> + use<'l> {
        all(self.log, self.raw())
    }

    pub(crate) fn raw(&self) -> &'l [Attribute] {
        let (from, to) = self.log.events.get(self.place).copied().unwrap_or((0, 0));
        self.log.slice(from, to)
    }

    pub(crate) fn value(&self, key: KeyId) -> Option<ValueId> {
        value(self.raw(), key)
    }
}

fn value(attributes: &[Attribute], key: KeyId) -> Option<ValueId> {
    attributes.iter().rev().find(|one| one.key == key).map(|one| one.value)
}

fn found<'l>(log: &'l EventLog, attributes: &[Attribute], key: KeyId) -> Option<&'l str> {
    value(attributes, key).map(|value| log.text(value))
}

fn all<'l>(
    log: &'l EventLog,
    attributes: &'l [Attribute],
) -> impl Iterator<Item = (&'l str, AttributeKind, &'l str)> + use<'l> {
    let said =
        |one: &Attribute| (log.key_text(one.key), EventLog::kind(one.value), log.text(one.value));
    attributes.iter().map(said)
}
