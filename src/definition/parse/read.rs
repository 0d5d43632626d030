//! Reading the keys of one object: their types, with every problem reported.

use super::Reader;
use super::languages;
use super::names;
use crate::definition::keys::Object;
use crate::definition::model::{Label, Noted, Notes, Origin, Script, Validity};
use crate::diagnostic::{Diagnostic, Span, Spanned, quoted};
use crate::json::{Member, Node, NodeKind, Text, too_long};
use crate::value::{Date, Number, visible, write_json_string};

/// An object of the file, open for reading.
#[derive(Clone, Copy)]
pub(crate) struct Fields<'n> {
    pub members: &'n [Member],
    pub span: Span,
}

impl<'n> Fields<'n> {
    pub fn get(&self, key: &str) -> Option<&'n Member> {
        self.members.iter().find(|member| *member.key == key)
    }

    /// The value behind a key.
    pub fn node(&self, key: &str) -> Option<&'n Node> {
        self.get(key).map(|member| &member.value)
    }
}

/// The object to write for a text that stands in its place: the type of a fact, or the title of anything else that has one.
fn written_out(object: &'static Object, text: &str) -> Option<String> {
    use crate::definition::keys::{DECLARATION, FACT};
    let is = |other: &'static Object| std::ptr::eq(object, other);
    let declares = is(&FACT) || is(&DECLARATION);
    match text {
        "boolean" | "integer" | "number" | "string" | "array" | "object" if declares => {
            Some(format!("write `{{ \"type\": \"{text}\" }}`"))
        }
        "bool" if declares => Some("write `{ \"type\": \"boolean\" }`".to_owned()),
        "int" | "long" if declares => Some("write `{ \"type\": \"integer\" }`".to_owned()),
        "float" | "double" | "decimal" if declares => {
            Some("write `{ \"type\": \"number\" }`".to_owned())
        }
        "datetime" | "timestamp" if declares => {
            Some("write `{ \"format\": \"date-time\" }`".to_owned())
        }
        "date" | "date-time" | "duration" if declares => {
            Some(format!("write `{{ \"format\": \"{text}\" }}`"))
        }
        _ if declares => Some("write such as `{ \"type\": \"string\" }`".to_owned()),
        _ if text.len() > 80 => None,
        _ if object.notes && object.keys.iter().all(|key| !key.required) => {
            let mut title = String::new();
            write_json_string(text, &mut title);
            Some(format!("write `{{ \"title\": {} }}`", visible(&title)))
        }
        _ => None,
    }
}

impl<'n> Reader<'_, 'n> {
    pub fn error(
        &mut self,
        code: &'static str,
        span: Span,
        message: impl Into<String>,
        hint: impl Into<String>,
    ) {
        self.report.push(Diagnostic::error(code, span, message).hint(hint));
    }

    /// The declaration to write for the name of one of the file's types, or of what is known elsewhere.
    fn type_meant(&self, object: &'static Object, text: &str) -> Option<String> {
        use crate::definition::keys::{DECLARATION, FACT};
        let declares = std::ptr::eq(object, &FACT) || std::ptr::eq(object, &DECLARATION);
        let known = self.is_type(text).then_some(text).filter(|_| declares)?;
        Some(format!("write `{{ \"type\": \"{known}\" }}`"))
    }

    /// "`what` must be …, is …".
    pub fn wrong(&mut self, what: &str, wanted: &str, node: &Node) {
        let message = format!("{} must be {wanted}, is {}", quoted(what), node.describe());
        self.report.push(Diagnostic::error("wrong-type", node.span, message));
    }

    /// Opens an object of a known kind and reports keys that it does not have.
    pub fn open(
        &mut self,
        what: &str,
        node: &'n Node,
        object: &'static Object,
    ) -> Option<Fields<'n>> {
        if let NodeKind::String(text) = &node.kind
            && let Some(hint) =
                self.type_meant(object, &text.value).or_else(|| written_out(object, &text.value))
        {
            let message = format!("{} must be an object, is a text", quoted(what));
            self.error("wrong-type", node.span, message, hint);
            return None;
        }
        let fields = self.entries(what, "an object", node)?;
        for member in fields.members {
            if object.has(&member.key) {
                continue;
            }
            let article =
                if object.name.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" };
            let message = format!("{article} {} has no key {}", object.name, quoted(&member.key));
            let found = Diagnostic::error("unknown-key", member.key.span, message).hint(
                if std::ptr::eq(object, &crate::definition::keys::ENTRY) {
                    "a beginning is always taken; put conditions under `always` of the state it leads to"
                } else {
                    "keys of your own begin with `x-`"
                },
            );
            if let Some(meant) = object.meant(&member.key) {
                self.report.push(found.hint(meant));
                continue;
            }
            let known = object.keys().map(|key| key.name);
            self.report.push_near(found, &member.key, known);
        }
        for key in object.keys().filter(|key| key.required) {
            if fields.get(key.name).is_none() {
                let message = format!("{} lacks `{}`", quoted(what), key.name);
                self.report.push(Diagnostic::error("missing-key", opening(fields.span), message));
            }
        }
        Some(fields)
    }

    /// The members of an object whose keys are names.
    pub fn entries(&mut self, what: &str, wanted: &str, node: &'n Node) -> Option<Fields<'n>> {
        let NodeKind::Object(members) = &node.kind else {
            self.wrong(what, wanted, node);
            return None;
        };
        Some(Fields { members, span: node.span })
    }

    /// The members of the object behind a key; none where it is absent.
    pub fn map(&mut self, fields: Fields<'n>, key: &str) -> &'n [Member] {
        let opened = fields.node(key).and_then(|node| self.entries(key, "an object", node));
        opened.map_or(&[], |entries| entries.members)
    }

    pub fn text(&mut self, fields: Fields<'n>, key: &str) -> Option<Spanned<String>> {
        let node = fields.node(key)?;
        let NodeKind::String(text) = &node.kind else {
            self.wrong(key, "a text", node);
            return None;
        };
        Some(Spanned::new(text.value.clone(), node.span))
    }

    /// One of the words that the table has for a key.
    pub fn word(
        &mut self,
        fields: Fields<'n>,
        object: &'static Object,
        key: &str,
    ) -> Option<&'static str> {
        let text = self.text(fields, key)?;
        let words = object.words(key);
        let known = words.iter().find(|word| **word == *text);
        if known.is_none() {
            let listed: Vec<_> = words.iter().map(|word| format!("`{word}`")).collect();
            let message = format!("`{key}` cannot be {}", quoted(&text));
            let found = Diagnostic::error("bad-word", text.span, message);
            let hint = format!("it is {}", listed.join(" or "));
            self.report.push_near(found.hint(hint), &text, words.iter().copied());
        }
        known.copied()
    }

    pub fn boolean(&mut self, fields: Fields<'n>, key: &str) -> Option<bool> {
        let node = fields.node(key)?;
        let NodeKind::Boolean(value) = node.kind else {
            self.wrong(key, "`true` or `false`", node);
            return None;
        };
        Some(value)
    }

    pub fn number(&mut self, fields: Fields<'n>, key: &str) -> Option<Spanned<Number>> {
        let node = fields.node(key)?;
        let NodeKind::Number(text) = &node.kind else {
            self.wrong(key, "a number", node);
            return None;
        };
        let number = Number::parse(text);
        if number.is_none() {
            let message =
                format!("the number {} has more than 28 digits or decimals", quoted(text));
            self.error(
                "number-range",
                node.span,
                message,
                "numbers are exact and have at most 28 significant digits and 28 decimals",
            );
        }
        Some(Spanned::new(number?, node.span))
    }

    /// An integer of 0 or more.
    pub fn whole(&mut self, fields: Fields<'n>, key: &str) -> Option<Spanned<u64>> {
        let number = self.number(fields, key)?;
        match number.to_i64().and_then(|value| u64::try_from(value).ok()) {
            Some(value) => Some(Spanned::new(value, number.span)),
            None => {
                let message = format!("`{key}` must be a whole number of 0 or more");
                self.report.push(Diagnostic::error("wrong-type", number.span, message));
                None
            }
        }
    }

    /// A list of texts. A text alone is refused, with the list to write instead.
    pub fn names(&mut self, fields: Fields<'n>, key: &str) -> Option<Vec<Spanned<String>>> {
        let node = fields.node(key)?;
        match &node.kind {
            NodeKind::Array(items) => Some(self.texts(key, items)),
            NodeKind::String(text) => {
                let message = format!("`{key}` must be a list of texts, is a text");
                let hint = format!("write `[\"{}\"]`", text.value);
                self.error("wrong-type", node.span, message, hint);
                Some(vec![Spanned::new(text.value.clone(), node.span)])
            }
            _ => {
                self.wrong(key, "a list of texts", node);
                None
            }
        }
    }

    /// One text, or a list of them with at least one.
    pub fn targets(&mut self, what: &str, node: &'n Node) -> Vec<Spanned<String>> {
        match &node.kind {
            NodeKind::String(_) => self.texts(what, std::slice::from_ref(node)),
            NodeKind::Array(items) if items.is_empty() => {
                let hint = match what {
                    "workflow" => "name the file of a workflow, such as `\"permit.json\"`",
                    _ => "leave the key out, or name a state",
                };
                self.error("empty", node.span, format!("{} is an empty list", quoted(what)), hint);
                Vec::new()
            }
            NodeKind::Array(items) => self.texts(what, items),
            _ => {
                let names = match what {
                    "workflow" => "the name of a file, or a list of names",
                    _ => "the name of a state, or a list of names",
                };
                self.wrong(what, names, node);
                Vec::new()
            }
        }
    }

    fn texts(&mut self, key: &str, items: &'n [Node]) -> Vec<Spanned<String>> {
        let mut texts = Vec::with_capacity(items.len());
        for item in items {
            match &item.kind {
                NodeKind::String(text) if text.value.len() > self.limits.name_bytes => {
                    if let Some(found) = too_long(&text.value, item.span, self.limits.name_bytes) {
                        self.report.push(found);
                    }
                }
                NodeKind::String(text) => texts.push(Spanned::new(text.value.clone(), item.span)),
                _ => {
                    let message = format!(
                        "{} must be a list of texts, one of them is {}",
                        quoted(key),
                        item.describe()
                    );
                    self.report.push(Diagnostic::error("wrong-type", item.span, message));
                }
            }
        }
        texts
    }

    /// A script: a text, or a list of its lines.
    pub fn script(&mut self, fields: Fields<'n>, key: &str) -> Option<Script> {
        let node = fields.node(key)?;
        let script = match &node.kind {
            NodeKind::String(text) => {
                Script::new(text.value.clone(), node.span, text.pieces.clone())
            }
            NodeKind::Array(items) => self.lines(key, items, node.span)?,
            _ => {
                self.wrong(key, "a script: a text, or a list of its lines", node);
                return None;
            }
        };
        if script.text.trim().is_empty() {
            let hint = "leave the key out, or write a script";
            self.error("empty", node.span, format!("`{key}` is an empty script"), hint);
            return None;
        }
        let most = self.limits.script_bytes;
        if script.text.len() > most {
            let message = format!(
                "the script has {} bytes, more than the {most} that are allowed",
                script.text.len()
            );
            self.error(
                "limit-script",
                node.span,
                message,
                "move parts of it to `functions` or derived facts",
            );
            return None;
        }
        Some(script)
    }

    fn lines(&mut self, key: &str, items: &'n [Node], span: Span) -> Option<Script> {
        let (mut script, mut places) = (String::new(), Vec::new());
        let mut whole = true;
        for (index, item) in items.iter().enumerate() {
            let NodeKind::String(Text { value, pieces }) = &item.kind else {
                let message =
                    format!("`{key}` must be a list of lines, one of them is {}", item.describe());
                self.report.push(Diagnostic::error("wrong-type", item.span, message));
                whole = false;
                continue;
            };
            if index > 0 {
                script.push('\n');
            }
            let before = u32::try_from(script.len()).unwrap_or(u32::MAX);
            places.extend(pieces.iter().map(|(text, file)| (text.saturating_add(before), *file)));
            script.push_str(value);
        }
        whole.then(|| Script::new(script, span, places))
    }

    /// `title`, `description`, `hint` and `source`.
    pub fn notes(&mut self, fields: Fields<'n>) -> Notes {
        let source = fields.node("source").and_then(|node| {
            let fields = self.open("source", node, &crate::definition::keys::SOURCE)?;
            Some(Origin {
                text: fields.node("text").map(|node| self.label("text", node)),
                url: self.text(fields, "url").map(|text| text.value),
                status: self
                    .word(fields, &crate::definition::keys::SOURCE, "status")
                    .map(str::to_owned),
            })
        });
        let valid = fields.node("valid").and_then(|node| self.validity(node));
        let mut label =
            |key| fields.node(key).map(|node| self.label(key, node)).unwrap_or_default();
        let (title, description, hint) = (label("title"), label("description"), label("hint"));
        Notes::new(Noted { title, description, hint, source, valid })
    }

    /// `valid`: from when until when what a rule rests on held.
    fn validity(&mut self, node: &'n Node) -> Option<Validity> {
        let fields = self.open("valid", node, &crate::definition::keys::VALID)?;
        let (from, until) = (self.day(fields, "from"), self.day(fields, "until"));
        if let (Some(from), Some(until)) = (from, until)
            && until < from
        {
            let message = format!("`until` is {until}, before `from`, which is {from}");
            self.error(
                "bad-date",
                node.span,
                message,
                "both days count: write the earlier one first",
            );
        }
        Some(Validity { from, until })
    }

    fn day(&mut self, fields: Fields<'n>, key: &str) -> Option<Date> {
        let text = self.text(fields, key)?;
        let day = Date::parse(&text.value);
        if day.is_none() {
            let message = format!("{} is not a date", quoted(&text.value));
            let hint = Date::slip(&text.value);
            let hint = hint.unwrap_or_else(|| "write such as `2025-12-01`".to_owned());
            self.error("bad-date", text.span, message, hint);
        }
        day
    }

    /// A text, or one per language.
    pub fn label(&mut self, what: &str, node: &'n Node) -> Label {
        match &node.kind {
            NodeKind::String(text) => Label(vec![(String::new(), text.value.clone())]),
            NodeKind::Object(members) => {
                let mut texts = Vec::with_capacity(members.len());
                let tags: Vec<&str> = members.iter().map(|member| member.key.as_str()).collect();
                for member in members {
                    let tag = member.key.as_str();
                    let is_tag = tag.starts_with(|c: char| c.is_ascii_alphabetic())
                        && tag.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
                    match &member.value.kind {
                        _ if tag == crate::definition::keys::COMMENT || tag.starts_with("x-") => {}
                        _ if !is_tag => {
                            let message = format!("{} is not the tag of a language", quoted(tag));
                            self.error(
                                "bad-name",
                                member.key.span,
                                message,
                                "write such as `sv` or `en`",
                            );
                        }
                        NodeKind::String(text) => {
                            self.language(&member.key, &tags);
                            texts.push((tag.to_owned(), text.value.clone()));
                        }
                        _ => self.wrong(tag, "a text", &member.value),
                    }
                }
                Label(texts)
            }
            _ => {
                self.wrong(what, "a text, or an object with a text per language", node);
                Label::default()
            }
        }
    }

    /// A tag that no language has, or another one than is meant.
    fn language(&mut self, tag: &Spanned<String>, all: &[&str]) {
        let Some((message, meant)) = languages::slip(tag, all) else { return };
        let hint = match meant {
            Some(meant) => format!("did you mean `{meant}`?"),
            None => "tags are those of BCP 47, such as `sv`, `en` or `fi`".to_owned(),
        };
        self.report.push(Diagnostic::warning("unknown-language", tag.span, message).hint(hint));
    }

    /// Checks the form of a name that scripts use.
    pub fn script_name(&mut self, name: &Spanned<String>, what: &str) -> bool {
        if !self.identifier(name, what) {
            return false;
        }
        let reserved = if names::SCRIPT_WORDS.contains(&name.as_str()) {
            "is a word of the script language"
        } else if names::STEP_WORDS.contains(&name.as_str()) {
            "means something else in scripts"
        } else {
            return true;
        };
        let message = format!("`{}` cannot be the name of a {what}: it {reserved}", name.value);
        self.error(
            "reserved-name",
            name.span,
            message,
            format!("choose another name, such as `{}_`", name.value),
        );
        false
    }

    /// Checks that a name is an identifier.
    pub fn identifier(&mut self, name: &Spanned<String>, what: &str) -> bool {
        let good = names::is_identifier(name);
        if !good {
            let message = format!("{} cannot be the name of a {what}", quoted(name));
            let hint = match names::as_identifier(name) {
                Some(better) => format!("write `{better}`: letters from a to z, digits and `_`"),
                None => names::NAME_HINT.to_owned(),
            };
            self.error("bad-name", name.span, message, hint);
        }
        good
    }
}

/// The bracket that opens an object or list: enough to point at something large.
pub(crate) fn opening(span: Span) -> Span {
    Span { end: span.end.min(span.start + 1), ..span }
}
