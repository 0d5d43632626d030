//! Declarations of values: the subset of JSON Schema, with the names of `types` written out.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use indexmap::IndexMap;

use super::Reader;
use super::names;
use super::read::Fields;
use crate::definition::keys;
use crate::definition::keys::is_remark;
use crate::definition::shape::{Kind, Object, Shape};
use crate::diagnostic::{Diagnostic, Spanned, quoted};
use crate::json::{Member, Node, NodeKind};
use crate::label::Label;

/// The declarations under `types`, written out one by one as they are needed.
#[derive(Default)]
pub(super) struct Types<'n> {
    members: IndexMap<&'n str, &'n Member>,
    found: HashMap<&'n str, Found>,
    /// How many declarations the one that is being read stands inside of, through `types` too.
    depth: usize,
    /// Declarations that references to `types` have written out so far.
    written: usize,
    /// Bytes of the texts in these.
    texts: usize,
    /// Those that a declaration names.
    used: HashSet<&'n str>,
}

enum Found {
    /// It is being read: who meets it again has come in a circle.
    Open,
    Done {
        shape: Box<Shape>,
        size: usize,
        texts: usize,
        height: usize,
    },
    Wrong,
}

impl<'n> Types<'n> {
    pub fn new(members: &'n [Member]) -> Self {
        let members = members.iter().filter(|member| !is_remark(&member.key));
        Self {
            members: members.map(|member| (member.key.as_str(), member)).collect(),
            ..Self::default()
        }
    }
}

impl<'n> Reader<'_, 'n> {
    /// Reads all types, those that nobody uses too.
    pub fn check_types(&mut self) {
        let members: Vec<_> = self.types.members.values().copied().collect();
        for member in members {
            self.identifier(&member.key, "type");
            if names::JSON_TYPES.contains(&member.key.as_str()) {
                let message = format!("`{}` is a type of JSON Schema", member.key.value);
                self.error("reserved-name", member.key.span, message, "choose another name");
            }
            let reference = Spanned::new(member.key.value.clone(), member.key.span);
            self.named(&reference);
        }
    }

    /// Whether the file declares a type of this name.
    pub fn is_type(&self, name: &str) -> bool {
        self.types.members.contains_key(name)
    }

    /// Warns of types that no declaration names, once all are read.
    pub fn unused_types(&mut self) {
        // A name that is written wrong elsewhere would leave the right one unused.
        if self.report.has_errors() {
            return;
        }
        let members = self.types.members.values().copied();
        let unused: Vec<&Member> =
            members.filter(|member| !self.types.used.contains(member.key.as_str())).collect();
        for member in unused {
            let message = format!("no declaration is of the type {}", quoted(&member.key));
            let found = Diagnostic::warning("unused-type", member.key.span, message);
            self.report.push(found.hint("name it as the `type` of a declaration, or remove it"));
        }
    }

    /// The shape that a declaration says. `inferred` is what it is where it names no type, which is an error where it is none.
    pub fn declaration(&mut self, fields: Fields<'n>, inferred: Option<Kind>) -> Shape {
        if self.types.depth >= self.limits.json_depth {
            let message = format!(
                "declarations nest deeper than the {} levels that are allowed",
                self.limits.json_depth
            );
            self.report.push(Diagnostic::error(
                "limit-depth",
                super::opening(fields.span),
                message,
            ));
            return Shape::new(Kind::Any);
        }
        self.types.depth += 1;
        let mut shape = self.base(fields, inferred);
        self.bounds(fields, &mut shape);
        if let Some(pattern) = self.text_pattern(fields) {
            shape.pattern = Some(pattern);
        }
        shape.unique_items = self.boolean(fields, "uniqueItems").unwrap_or(shape.unique_items);
        self.check_bounds(fields, &shape);
        shape.personal = self.boolean(fields, "personal").unwrap_or(shape.personal);
        shape.unit = self.text(fields, "unit").map(|text| text.value).or(shape.unit);
        for (key, label) in [("title", &mut shape.title), ("description", &mut shape.description)] {
            // Problems of labels are reported where the notes are read.
            if let Some(found) = fields.node(key) {
                *label = quiet_label(found);
            }
        }
        self.misplaced(fields, &shape);
        self.types.depth -= 1;
        shape
    }

    fn base(&mut self, fields: Fields<'n>, inferred: Option<Kind>) -> Shape {
        let named = self.text(fields, "type");
        if let (Some(other), Some(_)) = (fields.get("format"), fields.get("enum")) {
            let message = "a declaration has `enum` or `format`, not both";
            self.error("bad-combination", other.key.span, message, "remove one of the two");
        }
        let implied = if let Some(node) = fields.node("enum") {
            Some(("enum", self.values(node)))
        } else if fields.get("format").is_some() {
            let format = self.word(fields, &keys::DECLARATION, "format");
            let kind = match format {
                Some("date") => Kind::Date,
                Some("date-time") => Kind::DateTime,
                Some("duration") => Kind::Duration,
                _ => Kind::String,
            };
            Some(("format", kind))
        } else {
            None
        };
        match (named, implied) {
            (None, Some((_, kind))) => Shape::new(kind),
            (Some(named), Some((key, kind))) => {
                if *named != "string" {
                    let message = format!("`{key}` is for texts, the type is {}", quoted(&named));
                    self.error(
                        "bad-combination",
                        named.span,
                        message,
                        format!("`{key}` alone says enough: remove `type`"),
                    );
                }
                Shape::new(kind)
            }
            (None, None) => self.untyped(fields, inferred),
            (Some(named), None) => match named.as_str() {
                "boolean" => Shape::new(Kind::Boolean),
                "integer" => Shape::new(Kind::Integer),
                "number" => Shape::new(Kind::Number),
                "string" => Shape::new(Kind::String),
                "array" => Shape::new(Kind::Array(Box::new(self.items(fields)))),
                "object" => Shape::new(Kind::Object(Box::new(self.object(fields)))),
                _ => self.referred(fields, &named),
            },
        }
    }

    /// A name of `types`, which already says what is inside.
    fn referred(&mut self, fields: Fields<'n>, named: &Spanned<String>) -> Shape {
        for key in ["items", "properties", "required", "additionalProperties"] {
            if let Some(member) = fields.get(key) {
                let message = format!("{} says already what is inside", quoted(named));
                self.error(
                    "bad-combination",
                    member.key.span,
                    message,
                    format!("change it there, or remove `{key}`"),
                );
            }
        }
        if let Some((key, _)) = self.types.members.get_key_value(named.as_str()) {
            self.types.used.insert(*key);
        }
        self.named(named)
    }

    fn untyped(&mut self, fields: Fields<'n>, inferred: Option<Kind>) -> Shape {
        // A `type` of the wrong JSON type has been reported.
        if fields.get("type").is_none() && inferred.is_none() && fields.get("value").is_none() {
            let telling = [
                ("items", "array"),
                ("properties", "object"),
                ("additionalProperties", "object"),
                ("minimum", "number"),
                ("maximum", "number"),
                ("exclusiveMinimum", "number"),
                ("exclusiveMaximum", "number"),
                ("multipleOf", "number"),
                ("minLength", "string"),
                ("maxLength", "string"),
                ("pattern", "string"),
                ("minItems", "array"),
                ("maxItems", "array"),
                ("uniqueItems", "array"),
            ];
            let told = telling.iter().find_map(|(key, kind)| Some((fields.get(key)?, kind)));
            if let Some((member, kind)) = told {
                let message = format!("`{}` says nothing without a `type`", member.key.value);
                let hint = match member.value.kind {
                    NodeKind::String(_) if member.key.value != "pattern" => {
                        "add `\"format\"`: `date`, `date-time` or `duration`".to_owned()
                    }
                    _ => format!("add `\"type\": \"{kind}\"`"),
                };
                self.error("missing-key", member.key.span, message, hint);
            }
        }
        Shape::new(inferred.unwrap_or(Kind::Any))
    }

    /// The shape of a declaration under `types`.
    fn named(&mut self, name: &Spanned<String>) -> Shape {
        let any = Shape::new(Kind::Any);
        let Some((key, member)) = self.types.members.get_key_value(name.as_str()) else {
            if !names::JSON_TYPES.contains(&name.as_str()) {
                let message = format!("no type is called {}", quoted(name));
                let found = Diagnostic::error("unknown-type", name.span, message);
                if let Some(hint) = usual_word(name) {
                    self.report.push(found.hint(hint));
                    return any;
                }
                let known = names::JSON_TYPES.iter().filter(|word| **word != "null");
                let candidates: Vec<_> = self.types.members.keys().chain(known).copied().collect();
                self.report.push_near(found.hint("declare it under `types`"), name, candidates);
            } else if name.as_str() == "null" {
                let message = "nothing is of the type `null`";
                self.error(
                    "unknown-type",
                    name.span,
                    message,
                    "a fact that nobody has set is unknown by itself",
                );
            }
            return any;
        };
        let (key, member) = (*key, *member);
        match self.types.found.get(key) {
            Some(Found::Open) => {
                let message = format!("the type {} contains itself", quoted(name));
                let found = Diagnostic::error("circular-type", name.span, message);
                self.report.push(found.related(member.key.span, "it is declared here"));
                return any;
            }
            Some(Found::Wrong) => return any,
            Some(Found::Done { .. }) => {}
            None => {
                self.types.found.insert(key, Found::Open);
                let opened = self.open(key, &member.value, &keys::DECLARATION);
                let found = match opened {
                    Some(fields) => {
                        let shape = self.declaration(fields, None);
                        self.notes(fields);
                        let (size, texts, height) = measure(&shape);
                        Found::Done { shape: Box::new(shape), size, texts, height }
                    }
                    None => Found::Wrong,
                };
                self.types.found.insert(key, found);
            }
        }
        let Some(Found::Done { shape, size, texts, height }) = self.types.found.get(key) else {
            return any;
        };
        self.types.written = self.types.written.saturating_add(*size);
        if self.types.written > self.limits.names {
            let message =
                "types that contain types write out to more declarations than are allowed";
            self.report.push(Diagnostic::error("limit-names", name.span, message));
            return any;
        }
        self.types.texts = self.types.texts.saturating_add(*texts);
        if self.types.texts > self.limits.definition_bytes {
            let message = format!(
                "types that are used many times write out to more than the {} bytes that are allowed",
                self.limits.definition_bytes
            );
            self.report.push(Diagnostic::error("limit-size", name.span, message));
            return any;
        }
        if self.types.depth + height > self.limits.json_depth {
            let message = format!(
                "declarations nest deeper than the {} levels that are allowed",
                self.limits.json_depth
            );
            self.report.push(Diagnostic::error("limit-depth", name.span, message));
            return any;
        }
        shape.as_ref().clone()
    }

    fn items(&mut self, fields: Fields<'n>) -> Shape {
        let opened =
            fields.node("items").and_then(|node| self.open("items", node, &keys::DECLARATION));
        opened.map_or(Shape::new(Kind::Any), |fields| self.nested(fields))
    }

    /// A declaration inside of another one.
    fn nested(&mut self, fields: Fields<'n>) -> Shape {
        self.notes(fields);
        self.declaration(fields, None)
    }

    fn object(&mut self, fields: Fields<'n>) -> Object {
        let mut properties = IndexMap::new();
        for member in self.map(fields, "properties").iter().filter(|member| !is_remark(&member.key))
        {
            self.script_name(&member.key, "property");
            if let Some(fields) = self.open(&member.key, &member.value, &keys::DECLARATION) {
                properties.insert(member.key.value.clone(), self.nested(fields));
            }
        }
        let additional = match fields.node("additionalProperties") {
            Some(Node { kind: NodeKind::Boolean(true), .. }) => Some(Shape::new(Kind::Any)),
            Some(Node { kind: NodeKind::Boolean(false), .. }) => None,
            Some(node @ Node { kind: NodeKind::Object(_), .. }) => {
                let opened = self.open("additionalProperties", node, &keys::DECLARATION);
                opened.map(|fields| self.nested(fields))
            }
            Some(node) => {
                self.wrong("additionalProperties", "`true`, `false` or a declaration", node);
                None
            }
            // A record that says what is in it holds nothing else; one that says nothing holds anything.
            None => fields.get("properties").is_none().then(|| Shape::new(Kind::Any)),
        };
        let required = self.names(fields, "required").unwrap_or_default();
        self.once("required", &required);
        for name in &required {
            if !properties.contains_key(&name.value) && additional.is_none() {
                let message = format!("no property is called {}", quoted(name));
                let found = Diagnostic::error("unknown-name", name.span, message);
                let known: Vec<_> = properties.keys().map(String::as_str).collect();
                self.report.push_near(found, name, known);
            }
        }
        let required = required.into_iter().map(|name| name.value).collect();
        Object { properties, required, additional }
    }

    /// The values of an `enum`: a list, or value → label.
    fn values(&mut self, node: &'n Node) -> Kind {
        let mut values = IndexMap::new();
        match &node.kind {
            NodeKind::Array(items) => {
                for item in items {
                    let NodeKind::String(text) = &item.kind else {
                        let message = format!(
                            "the values of `enum` are texts, one of them is {}",
                            item.describe()
                        );
                        self.report.push(Diagnostic::error("wrong-type", item.span, message));
                        continue;
                    };
                    if values.insert(text.value.clone(), Label::default()).is_some() {
                        let message = format!("{} stands twice in `enum`", quoted(&text.value));
                        self.error("duplicate-name", item.span, message, "remove one of the two");
                    }
                }
            }
            // Values are any text: a key that begins with `x-` is one too.
            NodeKind::Object(members) => {
                for member in members {
                    let label = self.label(&member.key, &member.value);
                    values.insert(member.key.value.clone(), label);
                }
            }
            _ => {
                self.wrong("enum", "a list of texts, or an object: value → label", node);
                return Kind::String;
            }
        }
        let wrong = matches!(&node.kind, NodeKind::Array(items) if !items.is_empty());
        if values.is_empty() && !wrong {
            self.error(
                "empty",
                node.span,
                "`enum` lists no values",
                "list the values that are allowed",
            );
        }
        Kind::Enum(Arc::new(values))
    }
}

/// What to write instead of a type that other formats have.
fn usual_word(name: &str) -> Option<&'static str> {
    Some(match name {
        "int" | "long" | "whole" => "write `integer`",
        "float" | "double" | "decimal" | "money" => "write `number`, which is exact",
        "bool" => "write `boolean`",
        "text" | "str" => "write `string`",
        "list" | "set" | "tuple" => "write `array`",
        "record" | "map" | "dict" | "struct" => "write `object`",
        "date" => "write `\"format\": \"date\"` instead of a type",
        "datetime" | "date-time" | "time" | "timestamp" => {
            "write `\"format\": \"date-time\"` instead of a type"
        }
        "duration" => "write `\"format\": \"duration\"` instead of a type",
        "enum" => "list the values: `\"enum\": [\"…\"]`, without a type",
        _ => return None,
    })
}

/// A label without a word about what is wrong with it.
fn quiet_label(node: &Node) -> Label {
    let text = |node: &Node| match &node.kind {
        NodeKind::String(text) => Some(text.value.clone()),
        _ => None,
    };
    match &node.kind {
        NodeKind::Object(members) => {
            let texts = members.iter().filter(|member| !is_remark(&member.key));
            Label(
                texts
                    .filter_map(|member| Some((member.key.value.clone(), text(&member.value)?)))
                    .collect(),
            )
        }
        _ => Label(text(node).map(|text| (String::new(), text)).into_iter().collect()),
    }
}

/// How many declarations a shape consists of, the bytes of the texts in them, and how deep they nest. Shapes are as deep as
/// declarations may be.
fn measure(shape: &Shape) -> (usize, usize, usize) {
    let label =
        |label: &Label| label.0.iter().map(|(tag, text)| tag.len() + text.len()).sum::<usize>();
    let unit = shape.unit.as_ref().map_or(0, String::len);
    let unit = unit + shape.pattern.as_ref().map_or(0, |pattern| pattern.as_str().len());
    let mut texts = unit + label(&shape.title) + label(&shape.description);
    let inner: Vec<&Shape> = match &shape.kind {
        Kind::Array(items) => vec![items],
        Kind::Object(object) => {
            texts +=
                object.properties.keys().chain(&object.required).map(String::len).sum::<usize>();
            object.properties.values().chain(&object.additional).collect()
        }
        Kind::Enum(values) => {
            // Each has its quotes and its comma wherever it is written.
            texts +=
                values.iter().map(|(value, title)| value.len() + 4 + label(title)).sum::<usize>();
            Vec::new()
        }
        _ => Vec::new(),
    };
    let (mut size, mut height) = (1, 0);
    for shape in inner {
        let (inner_size, inner_texts, inner_height) = measure(shape);
        size += inner_size;
        texts += inner_texts;
        height = height.max(inner_height);
    }
    (size, texts, height + 1)
}
