//! An entry in the making: the text of the chain without its digests, and the private parts that they are of.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::ops::Range;

use crate::digest;
use crate::journal::Entry;
use crate::journal::line::{Line, Private, begin_private, digest_of, hash};
use crate::value::{DateTime, Value, write_json_string};

/// Its memory is used again for the next entry.
#[derive(Debug, Default)]
pub(crate) struct Draft {
    /// The entry up to its digests, with the comma.
    before: String,
    /// The entry behind its digests; there is always something.
    behind: String,
    /// Paths and JSON of the private parts, one behind the other.
    texts: String,
    /// In the order of the paths once the draft is at its end.
    hidden: Vec<Hidden>,
}

/// A private part, by places in the texts.
#[derive(Debug)]
struct Hidden {
    path: Range<usize>,
    value: Range<usize>,
}

impl Draft {
    /// Begins the next entry with the first of its members; `case` is the address of a child case.
    pub fn begin(&mut self, at: DateTime, case: Option<&str>) {
        let Self { before, behind, texts, hidden } = self;
        for text in [&mut *before, behind, texts] {
            text.clear();
        }
        hidden.clear();
        before.push_str("{\"at\":");
        at.write_wire(before);
        before.push(',');
        if let Some(case) = case {
            before.push_str("\"case\":");
            write_json_string(case, before);
            before.push(',');
        }
    }

    /// Where the members behind the digests are written, each with a comma behind it.
    pub fn core(&mut self) -> &mut String {
        &mut self.behind
    }

    /// Puts something beside the chain.
    pub fn hide(&mut self, path: impl FnOnce(&mut String), value: impl FnOnce(&mut String)) {
        let start = self.texts.len();
        path(&mut self.texts);
        let end = self.texts.len();
        value(&mut self.texts);
        self.hidden.push(Hidden { path: start..end, value: end..self.texts.len() });
    }

    pub fn hide_all(&mut self, kind: &str, values: &BTreeMap<String, Value>) {
        for (name, value) in values {
            self.hide(|path| path.extend([kind, ".", name]), |out| value.write_wire(out));
        }
    }

    pub fn end(&mut self) {
        self.behind.pop();
        self.behind.push('}');
        let texts = self.texts.as_str();
        let path = |hidden: &Hidden| texts.get(hidden.path.clone()).unwrap_or_default();
        // Within one entry a name is read at one moment: the first value is the value.
        self.hidden.sort_by(|one, two| path(one).cmp(path(two)));
        self.hidden.dedup_by(|later, first| path(later) == path(first));
    }

    /// The entry without its digests.
    pub fn without_digests(&self) -> String {
        format!("{}{}", self.before, self.behind)
    }

    /// Paths and JSON of the private parts, in the order of their paths.
    pub fn private(&self) -> impl Iterator<Item = (&str, &str)> {
        let text = |place: &Range<usize>| self.texts.get(place.clone()).unwrap_or_default();
        self.hidden.iter().map(move |hidden| (text(&hidden.path), text(&hidden.value)))
    }

    /// Whether a line says this. What was erased from it counts as what it should have been.
    pub fn agrees(&self, line: &Line) -> bool {
        self.agrees_but(line, |_, _, _| false)
    }

    /// Whether a line says this but for the private parts that are excused, by their path and the value of either.
    pub fn agrees_but(
        &self,
        line: &Line,
        is_excused: impl Fn(&str, Option<&str>, Option<&str>) -> bool,
    ) -> bool {
        let (before, behind) = line.around_digests();
        let is_same = if behind.is_empty() {
            before.strip_prefix(&self.before) == Some(&self.behind)
        } else {
            before == self.before && behind == self.behind
        };
        is_same && first_other_but(line, self, is_excused).is_none()
    }

    /// The whole entry, hashed.
    pub fn finish(&self, sequence: u64, secret: &[u8; 32]) -> Entry {
        let number = sequence.to_string();
        let salts: Vec<digest::Hex> = self
            .private()
            .map(|(path, _)| {
                let pieces: [&[u8]; 5] =
                    [b"tresteg salt 1\n", secret, number.as_bytes(), b"\n", path.as_bytes()];
                digest::sha256(&pieces)
            })
            .collect();
        let salts = || salts.iter().map(|salt| salt.as_str().get(..32).unwrap_or_default());
        let length = self.before.len() + self.behind.len() + self.texts.len();
        let mut line = String::with_capacity(length + 160 + self.hidden.len() * 160);
        line.push_str("{\"entry\":");
        let start = line.len();
        line.push_str(&self.before);
        let mut separator = "\"digests\":{";
        for ((path, value), salt) in self.private().zip(salts()) {
            line.push_str(separator);
            write_json_string(path, &mut line);
            line.extend([":\"", digest_of(path, salt, value).as_str(), "\""]);
            separator = ",";
        }
        if !self.hidden.is_empty() {
            line.push_str("},");
        }
        line.push_str(&self.behind);
        let hash = hash(line.get(start..).unwrap_or_default());
        begin_private(hash.as_str(), &mut line);
        let mut separator = "";
        for ((path, value), salt) in self.private().zip(salts()) {
            line.push_str(separator);
            write_json_string(path, &mut line);
            line.extend([":{\"salt\":\"", salt, "\",\"value\":", value, "}"]);
            separator = ",";
        }
        line.push_str("}}");
        Entry { sequence, hash: hash.into(), line }
    }
}

/// A private part that an entry says otherwise than a draft: its path, and the JSON of each.
#[derive(Debug)]
pub(crate) struct Other<'a> {
    pub path: Cow<'a, str>,
    pub theirs: Option<&'a str>,
    pub ours: Option<&'a str>,
}

/// The first private part, by the order of paths, that is there on one side only or with another value. One that was
/// erased is taken for what it should have been.
pub(crate) fn first_other<'a>(line: &'a Line, draft: &'a Draft) -> Option<Other<'a>> {
    first_other_but(line, draft, |_, _, _| false)
}

/// Whether a part is of what came in.
fn is_input(path: &str) -> bool {
    ["actor", "note"].contains(&path) || path.starts_with("facts.") || path.starts_with("data.")
}

/// The first part that differs, but for those that are excused, by their path and the value of either.
pub(crate) fn first_other_but<'a>(
    line: &'a Line,
    draft: &'a Draft,
    is_excused: impl Fn(&str, Option<&str>, Option<&str>) -> bool,
) -> Option<Other<'a>> {
    let (mut theirs, mut ours) = (line.parts().peekable(), draft.private().peekable());
    loop {
        let order = match (theirs.peek(), ours.peek()) {
            (None, None) => return None,
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (Some(theirs), Some((path, _))) => (*theirs.path).cmp(path),
        };
        let theirs = if order.is_le() { theirs.next() } else { None };
        let ours = if order.is_ge() { ours.next() } else { None };
        match (theirs, ours) {
            (Some(Private { value: None, .. }), Some(_)) => {}
            // Of what came in only what is known is in a draft.
            (Some(Private { path, value: None }), None) if is_input(&path) => {}
            (Some(Private { path, value: theirs }), ours) => {
                let ours = ours.map(|(_, value)| value);
                if theirs != ours && !is_excused(&path, theirs, ours) {
                    return Some(Other { path, theirs, ours });
                }
            }
            (None, Some((path, ours))) if !is_excused(path, None, Some(ours)) => {
                return Some(Other { path: path.into(), theirs: None, ours: Some(ours) });
            }
            (None, Some(_)) => {}
            (None, None) => return None,
        }
    }
}
