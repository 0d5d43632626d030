//! XES, element by element.

use std::borrow::Cow;
use std::io::{self, BufRead};

use quick_xml::events::{BytesStart, Event};
use quick_xml::{Error, Reader, XmlVersion};

use super::{Bounded, Bounds, ReadError};
use crate::log::event_log::{AttributeKind, EventLog};

/// Where an element stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Log,
    Trace,
    Event,
    /// An attribute of a trace or event, whose own attributes are called by the way to them.
    Attribute,
    /// The wrapper of a list's values.
    Values,
    /// Everything that is not of a trace: extensions, globals, classifiers, attributes of the log.
    Outside,
}

/// Reads a log in XES.
///
/// Attributes of traces and events keep their types and order; what is nested in another is called by the way to it,
/// `outer/inner`. What is said of the log as a whole is passed over. Cost: one pass; memory for the distinct texts and 8 bytes
/// for each attribute.
///
/// # Errors
///
/// What is wrong and at which byte: text that is no XML or no XES, an entity that is not one of the five of XML, a bound.
pub fn read_xes<R: BufRead>(input: R, bounds: &Bounds) -> Result<EventLog, ReadError> {
    let limited =
        Pieces { inner: Bounded::new(input, bounds.bytes), piece: 0, most: bounds.piece_bytes };
    let mut reader = Reader::from_reader(limited);
    let mut parser = Parser {
        log: EventLog::default(),
        bounds,
        places: Vec::new(),
        way: String::new(),
        lengths: Vec::new(),
        is_done: false,
    };
    let mut buffer = Vec::new();
    loop {
        let read = reader.read_event_into(&mut buffer);
        let step = match read {
            Ok(Event::Eof) => break,
            Ok(event) => parser.take(&event),
            Err(error) => Err(wording(&error)),
        };
        buffer.clear();
        reader.get_mut().piece = 0;
        if let Err(message) = step {
            let byte = reader.error_position().max(reader.buffer_position());
            return Err(parser.wrong(message, byte));
        }
    }
    let byte = reader.buffer_position();
    if !parser.is_done {
        let message = match parser.places.is_empty() {
            true => "the log is empty: there is no `<log>`",
            false => "the log breaks off: there is no `</log>`",
        };
        return Err(parser.wrong(message.to_owned(), byte));
    }
    Ok(parser.log)
}

fn wording(error: &Error) -> String {
    match error {
        Error::Io(inner) => inner.to_string(),
        other => other.to_string(),
    }
}

/// Counts what one piece of XML takes, which the parser keeps in memory.
struct Pieces<R> {
    inner: R,
    piece: usize,
    most: usize,
}

impl<R: BufRead> io::Read for Pieces<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        self.inner.read(buf)
    }
}

impl<R: BufRead> BufRead for Pieces<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.piece > self.most {
            let message = format!(
                "one piece of the log has more than {} bytes, the most that it may",
                self.most
            );
            return Err(io::Error::new(io::ErrorKind::InvalidData, message));
        }
        self.inner.fill_buf()
    }

    fn consume(&mut self, count: usize) {
        self.piece = self.piece.saturating_add(count);
        self.inner.consume(count);
    }
}

struct Parser<'b> {
    log: EventLog,
    bounds: &'b Bounds,
    places: Vec<Place>,
    /// The key of the attribute that is open, with those around it.
    way: String,
    lengths: Vec<usize>,
    is_done: bool,
}

impl Parser<'_> {
    fn wrong(mut self, message: String, byte: u64) -> ReadError {
        let events = self.log.events();
        if self.places.contains(&Place::Trace) {
            self.log.drop_trace();
        }
        ReadError { events, ..ReadError::new(message, byte, &self.log) }
    }

    fn take(&mut self, event: &Event) -> Result<(), String> {
        match event {
            Event::Empty(tag) => {
                if self.open(tag)? {
                    self.close();
                }
                Ok(())
            }
            Event::Start(tag) => self.open(tag).map(|_| ()),
            Event::End(_) => {
                self.close();
                Ok(())
            }
            Event::Text(text) => match text.trim().is_empty() {
                _ if !self.is_inside() => Ok(()),
                true => Ok(()),
                false => {
                    Err("there is text between the elements; values stand in `value`".to_owned())
                }
            },
            Event::GeneralRef(_) if self.is_inside() => {
                Err("there is an entity between the elements; none is expanded".to_owned())
            }
            Event::DocType(_) => Ok(()),
            _ => Ok(()),
        }
    }

    fn is_inside(&self) -> bool {
        matches!(
            self.places.last(),
            Some(Place::Trace | Place::Event | Place::Attribute | Place::Values)
        )
    }

    /// Opens an element. Always true: what is opened is closed.
    fn open(&mut self, tag: &BytesStart) -> Result<bool, String> {
        if self.places.len() >= self.bounds.depth {
            let most = self.bounds.depth;
            return Err(format!(
                "elements stand more than {most} deep in one another, the most that they may"
            ));
        }
        let local = tag.local_name();
        let name: &str = local.as_ref();
        let around = self.places.last().copied();
        let place = match (around, name) {
            (None, "log") if !self.is_done => Place::Log,
            (None, _) if self.is_done => return Err("something stands behind `</log>`".to_owned()),
            (None, other) => {
                return Err(format!(
                    "the document is a `<{}>`, not a `<log>`",
                    crate::value::brief(other)
                ));
            }
            (Some(Place::Log), "trace") => {
                self.bound()?;
                self.log.begin_trace();
                Place::Trace
            }
            (Some(Place::Trace), "event") => {
                self.bound()?;
                self.log.begin_event();
                Place::Event
            }
            (Some(Place::Log), "event") => {
                return Err("an event stands outside of every trace".to_owned());
            }
            (Some(Place::Attribute), "values") => Place::Values,
            (Some(place @ (Place::Trace | Place::Event | Place::Attribute | Place::Values)), _) => {
                self.attribute(place, name, tag)?;
                Place::Attribute
            }
            (Some(Place::Log | Place::Outside), _) => Place::Outside,
        };
        self.places.push(place);
        Ok(true)
    }

    fn close(&mut self) {
        match self.places.pop() {
            Some(Place::Attribute) => {
                let length = self.lengths.pop().unwrap_or_default();
                self.way.truncate(length);
            }
            Some(Place::Log) => self.is_done = true,
            _ => {}
        }
    }

    fn bound(&self) -> Result<(), String> {
        let most = self.bounds.events;
        if self.log.len() + self.log.events() < most {
            return Ok(());
        }
        Err(format!("there are more than {most} traces and events, the most that there may be"))
    }

    /// An attribute of the trace or event, or one inside such.
    fn attribute(&mut self, around: Place, name: &str, tag: &BytesStart) -> Result<(), String> {
        let kind = match name {
            "string" => AttributeKind::Text,
            "date" => AttributeKind::Time,
            "int" => AttributeKind::Integer,
            "float" => AttributeKind::Number,
            "boolean" => AttributeKind::Boolean,
            "id" => AttributeKind::Id,
            "list" | "container" => AttributeKind::Text,
            "event" | "trace" => return Err(format!("a `<{name}>` stands inside of another")),
            other => {
                let other = crate::value::brief(other);
                return Err(format!("`<{other}>` is no kind of attribute"));
            }
        };
        let (mut key, mut value) = (None, None);
        for attribute in tag.attributes().with_checks(false) {
            let attribute = attribute.map_err(|error| error.to_string())?;
            let slot = match attribute.key.as_ref() {
                "key" => &mut key,
                "value" => &mut value,
                _ => continue,
            };
            if slot.is_some() {
                return Err(format!("an attribute says its `{}` twice", attribute.key.as_ref()));
            }
            // Nearly all are plain.
            let plain = !attribute.value.bytes().any(|byte| byte == b'&' || byte < b' ');
            *slot = Some(match plain {
                true => attribute.value,
                false => attribute
                    .normalized_value(XmlVersion::Implicit1_0)
                    .map_err(|error| error.to_string())?,
            });
        }
        let Some(key) = key else { return Err(format!("a `<{name}>` has no `key`")) };
        if self.log.attributes() >= self.bounds.attributes {
            let most = self.bounds.attributes;
            return Err(format!(
                "there are more than {most} attributes, the most that there may be"
            ));
        }
        self.lengths.push(self.way.len());
        if around != Place::Trace && around != Place::Event {
            self.way.push('/');
        }
        self.way.push_str(&key);
        let value: Option<Cow<str>> = value;
        match (value, name) {
            (Some(value), _) => self.log.attribute(&self.way, kind, &value),
            // What they hold comes inside.
            (None, "list" | "container") => {}
            (None, _) => return Err(format!("a `<{name}>` has no `value`")),
        }
        Ok(())
    }
}
