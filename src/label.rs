//! Texts for people, in one language or several.

use serde::ser::{Serialize, SerializeMap, Serializer};

/// A text, or one per language (`sv`, `en`, …).
///
/// As JSON it is the plain text, or an object of language → text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Label(pub(crate) Vec<(String, String)>);

impl Label {
    /// The text in a language, else the plain text, else the first there is; `None` without any.
    #[must_use]
    pub fn get(&self, language: &str) -> Option<&str> {
        let of = |wanted: &str| self.0.iter().find(|(tag, _)| tag == wanted);
        of(language).or_else(|| of("")).or_else(|| self.0.first()).map(|(_, text)| text.as_str())
    }

    /// Whether there is no text at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Every language with its text, in the order of the file; the language of a plain text is empty.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(tag, text)| (tag.as_str(), text.as_str()))
    }
}

impl Serialize for Label {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if let [(tag, text)] = self.0.as_slice()
            && tag.is_empty()
        {
            return serializer.serialize_str(text);
        }
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (tag, text) in self.iter() {
            map.serialize_entry(tag, text)?;
        }
        map.end()
    }
}
