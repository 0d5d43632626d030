//! One line of a journal: read in the one form that it has, and known by places in its text.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::Value as Json;
use serde_json::value::RawValue;

use crate::digest::{self, Hex};
use crate::journal::scan::{self, Quoted, Scanner, Span};
use crate::value::brief;

/// A line of a journal, checked by itself: its shape, its hash and the digests of its private parts.
///
/// That is the part of verification that needs no other line, and so can be done on another thread than the rest,
/// [`Verifier::take`](crate::journal::Verifier::take), which also says what was found.
#[derive(Debug, Clone, PartialEq)]
pub struct CheckedLine(pub(crate) Result<Line, String>);

impl CheckedLine {
    /// Reads a line with its end: a line feed, a carriage return and a line feed, or nothing where the last line of a file
    /// has none, for the hash covers the entry alone. A line without an end that is not whole is said to be cut off. Cost:
    /// linear in its length, about one microsecond for each kilobyte, most of it for hashing; it keeps the text and the
    /// places of its parts.
    #[must_use]
    pub fn read(text: impl Into<String>) -> Self {
        let mut text = text.into();
        let has_end = text.ends_with('\n');
        if has_end {
            text.pop();
        }
        while text.ends_with('\r') {
            text.pop();
        }
        // What is wrong before its end was not cut off there.
        if !has_end && serde_json::from_str::<IgnoredAny>(&text).is_err_and(|found| found.is_eof())
        {
            return Self(Err("is cut off".to_owned()));
        }
        Self(Line::read(text))
    }

    /// A line that could not be read, and why: it is as damaged as one that was altered. For hosts with bounds of their
    /// own; the message says what the line "is" or "has".
    ///
    /// ```
    /// # use tresteg::journal::{CheckedLine, Verifier};
    /// # use tresteg::Workflow;
    /// # let workflow = Workflow::from_json(r#"{ "id": "w", "states": { "a": {} } }"#)?;
    /// let line = CheckedLine::unreadable("is longer than 64 MiB");
    /// let found = Verifier::new(&workflow).take(line).unwrap_err();
    /// assert_eq!(found.to_string(), "entry 1 is longer than 64 MiB");
    /// # Ok::<(), tresteg::diagnostic::Report>(())
    /// ```
    #[must_use]
    pub fn unreadable(message: impl Into<String>) -> Self {
        Self(Err(message.into()))
    }
}

/// Members of an entry that somebody asks for, in the order of their names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Member {
    At,
    Case,
    Emitted,
    Event,
    Id,
    Journal,
    Kind,
    Outcome,
    Previous,
    Roles,
    Sequence,
    State,
    States,
    Taken,
    Term,
    Workflow,
    Zones,
}

impl Member {
    const NAMES: [&str; 17] = [
        "at", "case", "emitted", "event", "id", "journal", "kind", "outcome", "previous", "roles",
        "sequence", "state", "states", "taken", "term", "workflow", "zones",
    ];
}

/// An entry that is whole: in the one form that entries have, with its hash, and with the digests of its private parts.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Line {
    /// Without the line feed.
    text: String,
    core: Span,
    hash: Span,
    /// Of the entry's members those that are asked for; empty where there is none.
    members: [Span; Member::NAMES.len()],
    /// The member `digests` with the comma behind it, empty where there is none.
    digests: Span,
    /// By the order of their paths.
    parts: Vec<Part>,
}

/// A private part, or what is left of it.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Part {
    path: Quoted,
    digest: Span,
    salt: Span,
    /// Empty where the part was erased.
    value: Span,
}

/// A private part of an entry.
#[derive(Debug, Clone)]
pub(crate) struct Private<'a> {
    pub path: Cow<'a, str>,
    /// Its JSON; `None` where it was erased.
    pub value: Option<&'a str>,
}

impl Line {
    /// Reads a line without its line feed; else says what is wrong with it.
    pub fn read(text: String) -> Result<Self, String> {
        let Some((line, stray)) = Self::scan(&text) else { return Err(flaw(&text)) };
        if hash(line.core.of(&text)).as_str() != line.hash.of(&text) {
            return Err(NOT_ITS_HASH.to_owned());
        }
        for Part { path, digest, salt, value } in &line.parts {
            if !value.is_empty() {
                let (path, salt) = (path.text(&text), scan::unescaped(salt.of(&text)));
                if digest_of(&path, &salt, value.of(&text)).as_str() != digest.of(&text) {
                    return Err(another(&path));
                }
            }
        }
        match stray {
            Some(path) => Err(another(&path.text(&text))),
            None => Ok(Self { text, ..line }),
        }
    }

    /// Finds the parts of a line in the one form, but for its text; and the first private part without a digest.
    fn scan(text: &str) -> Option<(Self, Option<Quoted>)> {
        let mut scanner = Scanner::new(text)?;
        let mut members = [Span::default(); Member::NAMES.len()];
        let mut digests = Span::default();
        let mut parts = Vec::with_capacity(8);
        scanner.literal("{\"entry\":")?;
        let core = scanner.at();
        let mut places = Member::NAMES.iter().zip(&mut members).peekable();
        scanner.object(|scanner, key| {
            let start = scanner.at();
            let name = key.inside.of(text);
            if name == "digests" {
                digests = read_digests(scanner, &mut parts)?;
                digests.start = key.inside.start - 1;
                return Some(());
            }
            scanner.value()?;
            // Both are in order, so that one walk along the names finds all.
            while places.next_if(|(known, _)| **known < name).is_some() {}
            if let Some((_, place)) = places.next_if(|(known, _)| **known == name) {
                *place = scanner.span_from(start);
            }
            Some(())
        })?;
        let core = scanner.span_from(core);
        scanner.literal(",\"hash\":")?;
        let hash = scanner.string()?.inside;
        scanner.literal(",\"private\":")?;
        let stray = read_private(&mut scanner, text, &mut parts)?;
        scanner.literal("}")?;
        // The others are found to be hashes where they are compared.
        let mut erased = parts.iter().filter(|part| part.value.is_empty());
        if !erased.all(|part| digest::is_sha256(part.digest.of(text))) {
            return None;
        }
        let line = Self { text: String::new(), core, hash, members, digests, parts };
        scanner.is_at_end().then_some((line, stray))
    }

    /// The entry itself: what is hashed.
    pub fn core(&self) -> &str {
        self.core.of(&self.text)
    }

    /// The entry itself before and behind its digests.
    pub fn around_digests(&self) -> (&str, &str) {
        if self.digests.is_empty() {
            return (self.core(), "");
        }
        let before = Span { end: self.digests.start, ..self.core };
        let behind = Span { start: self.digests.end, ..self.core };
        (before.of(&self.text), behind.of(&self.text))
    }

    pub fn hash(&self) -> &str {
        self.hash.of(&self.text)
    }

    /// The JSON of a member.
    pub fn member(&self, member: Member) -> Option<&str> {
        let span = self.members.get(member as usize)?;
        (!span.is_empty()).then(|| span.of(&self.text))
    }

    /// A member that is a text.
    pub fn said(&self, member: Member) -> Option<Cow<'_, str>> {
        scan::said(self.member(member)?)
    }

    /// A member that is a number.
    pub fn number(&self, member: Member) -> Option<u64> {
        self.member(member)?.parse().ok()
    }

    /// The private parts, erased ones too, in the order of their paths.
    pub fn parts(&self) -> impl Iterator<Item = Private<'_>> {
        self.parts.iter().map(|part| Private {
            path: part.path.text(&self.text),
            value: (!part.value.is_empty()).then(|| part.value.of(&self.text)),
        })
    }

    /// Paths of private parts that are there no more.
    pub fn erased(&self) -> impl Iterator<Item = Cow<'_, str>> {
        let erased = self.parts.iter().filter(|part| part.value.is_empty());
        erased.map(|part| part.path.text(&self.text))
    }

    fn part(&self, path: &str) -> Option<&Part> {
        let order = |part: &Part| (*part.path.text(&self.text)).cmp(path);
        let place = self.parts.binary_search_by(order).ok()?;
        self.parts.get(place)
    }

    /// The JSON of a private part that is there.
    pub fn private(&self, path: &str) -> Option<&str> {
        let part = self.part(path).filter(|part| !part.value.is_empty())?;
        Some(part.value.of(&self.text))
    }

    /// The digest of a private part that the chain holds.
    pub fn digest(&self, path: &str) -> Option<&str> {
        Some(self.part(path)?.digest.of(&self.text))
    }

    /// The line without those private parts of whose path and JSON this holds.
    pub fn without(&self, mut is_gone: impl FnMut(&str, &str) -> bool) -> String {
        let mut text = String::with_capacity(self.text.len());
        text.push_str("{\"entry\":");
        text.push_str(self.core());
        begin_private(self.hash(), &mut text);
        let kept = self.parts.iter().filter(|part| !part.value.is_empty());
        let mut is_first = true;
        for Part { path, salt, value, .. } in kept {
            let name = path.text(&self.text);
            let [path, salt, value] = [&path.inside, salt, value].map(|span| span.of(&self.text));
            if !is_gone(&name, value) {
                let comma = if is_first { "" } else { "," };
                is_first = false;
                let pieces =
                    [comma, "\"", path, "\":{\"salt\":\"", salt, "\",\"value\":", value, "}"];
                text.extend(pieces);
            }
        }
        text.push_str("}}");
        text
    }
}

/// Reads the digests of an entry, at least one; the place where they end, with the comma behind them.
fn read_digests(scanner: &mut Scanner, parts: &mut Vec<Part>) -> Option<Span> {
    scanner.object(|scanner, path| {
        let digest = scanner.string()?.inside;
        parts.push(Part { path, digest, salt: Span::default(), value: Span::default() });
        Some(())
    })?;
    let mut end = scanner.span_from(scanner.at());
    end.end += u32::from(scanner.is_at(b','));
    (!parts.is_empty()).then_some(end)
}

/// Reads the private parts, each to its digest. The first that has none is the answer.
fn read_private(scanner: &mut Scanner, text: &str, parts: &mut [Part]) -> Option<Option<Quoted>> {
    let mut stray = None;
    // Both are in order, and what was erased is passed over.
    let mut waiting = parts.iter_mut();
    scanner.inside(2).object(|scanner, path| {
        scanner.literal("{\"salt\":")?;
        let salt = scanner.string()?.inside;
        scanner.literal(",\"value\":")?;
        let start = scanner.at();
        scanner.value()?;
        let value = scanner.span_from(start);
        scanner.literal("}")?;
        match waiting.find(|part| part.path.inside.of(text) == path.inside.of(text)) {
            Some(part) => (part.salt, part.value) = (salt, value),
            None => stray = stray.or(Some(path)),
        }
        Some(())
    })?;
    Some(stray)
}

/// Writes what stands between an entry and its private parts.
pub(crate) fn begin_private(hash: &str, out: &mut String) {
    out.extend([",\"hash\":\"", hash, "\",\"private\":{"]);
}

/// The version of this form stands in what is hashed, so that no hash of one form is one of another.
pub(crate) fn hash(core: &str) -> Hex {
    digest::sha256(&[b"tresteg entry 1\n", core.as_bytes()])
}

/// The digest of a private part.
pub(crate) fn digest_of(path: &str, salt: &str, value: &str) -> Hex {
    let pieces = ["tresteg private 1\n", salt, "\n", path, "\n", value];
    digest::sha256(&pieces.map(str::as_bytes))
}

const NOT_ITS_HASH: &str = "does not have its hash: it was altered after it was written";
const NOT_ITS_FORM: &str = "is not written as entries are: it was altered after it was written";

fn another(path: &str) -> String {
    let path = brief(path);
    format!("holds another `{path}` than was digested: it was altered after it was written")
}

/// A line as any JSON of its shape.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, bound(deserialize = "V: Deserialize<'de>"))]
struct Raw<'a, V> {
    #[serde(borrow)]
    entry: &'a RawValue,
    hash: String,
    private: BTreeMap<String, RawPart<V>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename = "Private")]
struct RawPart<V> {
    salt: String,
    value: V,
}

/// What is wrong with a line that is not in the one form.
fn flaw(text: &str) -> String {
    /// Bytes of what is read as a tree, many times larger, to say more exactly what is wrong.
    const SMALL: usize = 1 << 20;
    let not_json = |error: serde_json::Error| format!("is not an entry: {error}");
    if text.len() > SMALL {
        return match serde_json::from_str::<Raw<IgnoredAny>>(text) {
            Err(error) => not_json(error),
            Ok(raw) if hash(raw.entry.get()).as_str() != raw.hash => NOT_ITS_HASH.to_owned(),
            Ok(_) => NOT_ITS_FORM.to_owned(),
        };
    }
    let Raw::<Json> { entry, hash: said, private } = match serde_json::from_str(text) {
        Ok(raw) => raw,
        Err(error) => return not_json(error),
    };
    let core: Json = match serde_json::from_str(entry.get()) {
        Ok(core) => core,
        Err(error) => return not_json(error),
    };
    if hash(entry.get()).as_str() != said {
        return NOT_ITS_HASH.to_owned();
    }
    if !core.is_object() {
        return "is not an entry: it is no object".to_owned();
    }
    let digests = core.get("digests");
    let altered = private.iter().find(|(path, RawPart { salt, value })| {
        let said = digests.and_then(|digests| digests.get(path.as_str())?.as_str());
        said != Some(digest_of(path, salt, &digest::canonical(value)).as_str())
    });
    altered.map_or_else(|| NOT_ITS_FORM.to_owned(), |(path, _)| another(path))
}

#[cfg(test)]
mod tests;
