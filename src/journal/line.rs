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

    /// Reads a line without its line feed: shape, hash, digests and form. Else what is wrong with it.
    pub fn read(text: &str) -> Result<Self, String> {
        let raw: Raw =
            serde_json::from_str(text).map_err(|error| format!("is not an entry: {error}"))?;
        let core_text = raw.entry.get().to_owned();
        let core: Map<String, Json> = serde_json::from_str(&core_text)
            .map_err(|error| format!("is not an entry: {error}"))?;
        let mut line = Self { core, core_text, hash: raw.hash, private: raw.private };
        if hash(&line.core_text) != line.hash {
            return Err("does not have its hash: it was altered after it was written".to_owned());
        }
        for (path, part) in &line.private {
            if line.digest(path) != Some(digest(path, part).as_str()) {
                return Err(format!(
                    "holds another `{path}` than was digested: it was altered after it was written"
                ));
            }
        }
        let core = Json::Object(std::mem::take(&mut line.core));
        let same = digest::canonical(&core) == line.core_text;
        if let Json::Object(core) = core {
            line.core = core;
        }
        if !same || line.text() != text {
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
        text.push_str(",\"hash\":");
        crate::value::write_json_string(&self.hash, &mut text);
        text.push_str(",\"private\":{");
        for (index, (path, part)) in self.private.iter().enumerate() {
            if index > 0 {
                text.push(',');
            }
            crate::value::write_json_string(path, &mut text);
            text.push_str(":{\"salt\":");
            crate::value::write_json_string(&part.salt, &mut text);
            text.push_str(",\"value\":");
            digest::write_canonical(&part.value, &mut text);
            text.push('}');
        }
        text.push_str("}}");
        text
    }
}

/// The version of this form stands in what is hashed, so that no hash of one form is one of another.
fn hash(core_text: &str) -> String {
    digest::sha256(&[b"tresteg entry 1\n", core_text.as_bytes()])
}

pub(crate) fn digest(path: &str, part: &Private) -> String {
    let value = digest::canonical(&part.value);
    let pieces = ["tresteg private 1\n", &part.salt, "\n", path, "\n", &value];
    digest::sha256(&pieces.map(str::as_bytes))
}
