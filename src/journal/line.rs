//! One line of a journal: its text, read and written in the one form that it has.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value as Json};

use crate::digest;

/// A private part of an entry, beside the chain.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Private {
    /// 32 hexadecimal digits.
    pub salt: String,
    pub value: Json,
}

/// An entry as data.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Line {
    pub core: Map<String, Json>,
    pub core_text: String,
    pub hash: String,
    pub private: BTreeMap<String, Private>,
}

/// A line of a journal, checked by itself: its shape, its hash and the digests of its private parts.
///
/// That is the part of verification that needs no other line, and so can be done on another thread than the rest,
/// [`Verifier::take`](crate::Verifier::take), which also says what was found.
#[derive(Debug, Clone, PartialEq)]
pub struct JournalLine(pub(crate) Result<Line, String>);

impl JournalLine {
    /// Reads a line with its line feed. Cost: linear in its length; this is about half of what verification costs.
    #[must_use]
    pub fn read(text: &str) -> Self {
        Self(match text.strip_suffix('\n') {
            Some(text) => Line::read(text),
            None => Err("is cut off".to_owned()),
        })
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw<'a> {
    #[serde(borrow)]
    entry: &'a RawValue,
    hash: String,
    private: BTreeMap<String, Private>,
}

impl Line {
    pub fn new(core: Map<String, Json>, private: BTreeMap<String, Private>) -> Self {
        let core = Json::Object(core);
        let core_text = digest::canonical(&core);
        let hash = hash(&core_text);
        let Json::Object(core) = core else {
            return Self { core: Map::new(), core_text, hash, private };
        };
        Self { core, core_text, hash, private }
    }

    /// What an entry would be, to compare with one that is there: without its text and hash.
    pub fn unhashed(core: Map<String, Json>, private: BTreeMap<String, Private>) -> Self {
        Self { core, core_text: String::new(), hash: String::new(), private }
    }

    /// Reads a line without its line feed: shape, hash, digests and form. Else what is wrong with it.
    pub fn read(text: &str) -> Result<Self, String> {
        let raw: Raw =
            serde_json::from_str(text).map_err(|error| format!("is not an entry: {error}"))?;
        let core_text = raw.entry.get();
        let core: Json =
            serde_json::from_str(core_text).map_err(|error| format!("is not an entry: {error}"))?;
        if hash(core_text) != raw.hash {
            return Err("does not have its hash: it was altered after it was written".to_owned());
        }
        // The one form that the line can have is written once more; the digests are taken of its parts on the way.
        let mut written = String::with_capacity(text.len());
        written.push_str("{\"entry\":");
        digest::write_canonical(&core, &mut written);
        let Json::Object(core) = core else {
            return Err("is not an entry: it is no object".to_owned());
        };
        let line =
            Self { core, core_text: core_text.to_owned(), hash: raw.hash, private: raw.private };
        let altered = line.write_rest(&mut written, |path, salt, value| {
            line.digest(path) == Some(digest_of_text(path, salt, value).as_str())
        });
        if let Some(path) = altered {
            return Err(format!(
                "holds another `{path}` than was digested: it was altered after it was written"
            ));
        }
        if written != text {
            return Err(
                "is not written as entries are: it was altered after it was written".to_owned()
            );
        }
        Ok(line)
    }

    /// The digest of a private part that the chain holds.
    pub fn digest(&self, path: &str) -> Option<&str> {
        self.core.get("digests")?.get(path)?.as_str()
    }

    /// Private parts that are there no more.
    pub fn erased(&self) -> impl Iterator<Item = &str> {
        let digests = self.core.get("digests").and_then(Json::as_object);
        let paths = digests.into_iter().flat_map(|digests| digests.keys());
        paths.map(String::as_str).filter(|path| !self.private.contains_key(*path))
    }

    /// The line without its line feed.
    pub fn text(&self) -> String {
        let mut text = String::with_capacity(self.core_text.len() + 128);
        text.push_str("{\"entry\":");
        text.push_str(&self.core_text);
        self.write_rest(&mut text, |_, _, _| true);
        text
    }

    /// Writes what stands behind the entry itself. `holds` is asked about the path, salt and text of each private part; the
    /// first path of which it does not hold is the answer.
    fn write_rest(
        &self,
        out: &mut String,
        mut holds: impl FnMut(&str, &str, &str) -> bool,
    ) -> Option<&str> {
        let mut wrong = None;
        out.push_str(",\"hash\":");
        crate::value::write_json_string(&self.hash, out);
        out.push_str(",\"private\":{");
        for (index, (path, part)) in self.private.iter().enumerate() {
            if index > 0 {
                out.push(',');
            }
            crate::value::write_json_string(path, out);
            out.push_str(":{\"salt\":");
            crate::value::write_json_string(&part.salt, out);
            out.push_str(",\"value\":");
            let start = out.len();
            digest::write_canonical(&part.value, out);
            let value = out.get(start..).unwrap_or_default();
            if wrong.is_none() && !holds(path, &part.salt, value) {
                wrong = Some(path.as_str());
            }
            out.push('}');
        }
        out.push_str("}}");
        wrong
    }
}

/// The version of this form stands in what is hashed, so that no hash of one form is one of another.
fn hash(core_text: &str) -> String {
    digest::sha256(&[b"tresteg entry 1\n", core_text.as_bytes()])
}

pub(crate) fn digest(path: &str, part: &Private) -> String {
    digest_of_text(path, &part.salt, &digest::canonical(&part.value))
}

fn digest_of_text(path: &str, salt: &str, value: &str) -> String {
    let pieces = ["tresteg private 1\n", salt, "\n", path, "\n", value];
    digest::sha256(&pieces.map(str::as_bytes))
}
