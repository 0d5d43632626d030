//! Strict JSON with a place for every key and value.
//!
//! RFC 8259 exactly, bounded in depth and size, duplicate keys reported, numbers kept as text so that no digit is lost. Texts and
//! keys are in Unicode's composed form (NFC), whichever form they are written in: what looks the same is the same.

mod syntax;

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use jsonc_parser::ast;
use jsonc_parser::{CollectOptions, CommentCollectionStrategy, ParseOptions, parse_to_ast};

use crate::diagnostic::{Diagnostic, Report, Span, Spanned, quoted};
use crate::limits::Limits;
use crate::value::{Number, Value, begins_anew, composed, is_composed};

/// A value in a file.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Node {
    pub span: Span,
    pub kind: NodeKind,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum NodeKind {
    Null,
    Boolean(bool),
    /// As written.
    Number(String),
    String(Text),
    Array(Vec<Node>),
    /// In document order, each key once.
    Object(Vec<Member>),
}

/// A decoded and composed string with the way back to what is written; see `Script::pieces`.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Text {
    pub value: String,
    pub pieces: Vec<(u32, u32)>,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Member {
    pub key: Spanned<String>,
    pub value: Node,
}

/// Deeper nesting is refused whatever the limits say: reading recurses, and 500 levels fill a stack of 1 MiB.
const DEEPEST: usize = 256;

/// Reads a whole text. `None` where it is not JSON; duplicate keys are reported and the first is kept.
pub(crate) fn read(text: &str, file: u32, limits: &Limits, report: &mut Report) -> Option<Node> {
    let whole = Span { file, start: 0, end: 0 };
    // Places are 32 bits wide.
    let most = limits.definition_bytes.min(u32::MAX as usize - 1);
    if text.len() > most {
        let message =
            format!("the text has {} bytes, more than the {most} that are allowed", text.len());
        report.push(Diagnostic::error("limit-size", whole, message));
        return None;
    }
    let found = scan(text, file, limits);
    if let Err(problem) = found {
        // A syntax error in front of what the scan found is the better explanation.
        report.push(
            syntax::check(text, file)
                .err()
                .filter(|error| error.span < problem.span)
                .unwrap_or(problem),
        );
        return None;
    }
    if let Err(problem) = syntax::check(text, file) {
        report.push(problem);
        return None;
    }
    let strict = ParseOptions {
        allow_comments: false,
        allow_loose_object_property_names: false,
        allow_trailing_commas: false,
        allow_missing_commas: false,
        allow_single_quoted_strings: false,
        allow_hexadecimal_numbers: false,
        allow_unary_plus_numbers: false,
        allow_bare_decimal_point_numbers: false,
        allow_non_finite_numbers: false,
        allow_extended_string_escapes: false,
    };
    let collect = CollectOptions { comments: CommentCollectionStrategy::Off, tokens: false };
    match parse_to_ast(text, &collect, &strict) {
        Ok(parsed) => {
            let most = limits.name_bytes;
            Some(Reading { text, file, most, report }.node(&parsed.value?))
        }
        Err(error) => {
            let range = error.range();
            let span = Span { file, start: offset(range.start), end: offset(range.end) };
            report.push(Diagnostic::error("json-syntax", span, format!("{}", error.kind())));
            None
        }
    }
}

/// What must be known before any parser sees the text: that brackets do not nest too deep, that there are not too many
/// values, and that escapes of surrogates come in pairs, which the syntax check does not ask.
fn scan(text: &str, file: u32, limits: &Limits) -> Result<(), Diagnostic> {
    let depth_limit = limits.json_depth.min(DEEPEST);
    let bytes = text.as_bytes();
    let at = |index: usize| bytes.get(index).copied();
    let span = |start: usize, end: usize| Span { file, start: offset(start), end: offset(end) };
    let mut depth = 0_usize;
    // What is around all others, what stands first in a list or object, and what follows a comma.
    let mut values = 1_usize;
    let mut index = 0;
    while let Some(byte) = at(index) {
        if matches!(byte, b'[' | b'{' | b',') {
            values += 1;
            if values > limits.json_values {
                let message =
                    format!("more than the {} values that are allowed", limits.json_values);
                return Err(Diagnostic::error("limit-values", span(index, index + 1), message));
            }
        }
        match byte {
            b'[' | b'{' => {
                depth += 1;
                if depth > depth_limit {
                    let message =
                        format!("nested deeper than the {depth_limit} levels that are allowed");
                    return Err(Diagnostic::error("limit-depth", span(index, index + 1), message));
                }
            }
            b']' | b'}' => depth = depth.saturating_sub(1),
            b'"' => {
                index += 1;
                while let Some(inner) = at(index).filter(|inner| *inner != b'"') {
                    if inner != b'\\' {
                        index += 1;
                        continue;
                    }
                    let Some(unit) = escaped_unit(text, index) else {
                        index += 2;
                        continue;
                    };
                    let low =
                        escaped_unit(text, index + 6).filter(|low| (0xDC00..0xE000).contains(low));
                    if (0xD800..0xDC00).contains(&unit) && low.is_some() {
                        index += 12;
                    } else if (0xD800..0xE000).contains(&unit) {
                        let written = text.get(index..index + 6).unwrap_or("");
                        let message = format!(
                            "`{written}` is half of a surrogate pair, which is no character"
                        );
                        let found =
                            Diagnostic::error("json-escape", span(index, index + 6), message);
                        return Err(found.hint("write the character itself"));
                    } else {
                        index += 6;
                    }
                }
            }
            _ => {}
        }
        index += 1;
    }
    Ok(())
}

/// The code unit of a `\uXXXX` that stands at a byte.
fn escaped_unit(text: &str, at: usize) -> Option<u32> {
    let digits = text.get(at..at + 6)?.strip_prefix("\\u")?;
    u32::from_str_radix(digits, 16).ok()
}

/// What is wrong with a name that has too many bytes.
pub(crate) fn too_long(name: &str, span: Span, most: usize) -> Option<Diagnostic> {
    let message = || {
        format!("the name {} has {} bytes, at most {most} are allowed", quoted(name), name.len())
    };
    (name.len() > most).then(|| {
        Diagnostic::error("limit-name", span, message())
            .hint("long texts belong into `title` or `description`")
    })
}

fn offset(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

/// Turns the parser's tree into ours.
struct Reading<'a> {
    text: &'a str,
    file: u32,
    /// Bytes of a key.
    most: usize,
    report: &'a mut Report,
}

impl Reading<'_> {
    fn span(&self, range: jsonc_parser::common::Range) -> Span {
        Span { file: self.file, start: offset(range.start), end: offset(range.end) }
    }

    fn node(&mut self, value: &ast::Value<'_>) -> Node {
        match value {
            ast::Value::NullKeyword(null) => {
                Node { span: self.span(null.range), kind: NodeKind::Null }
            }
            ast::Value::BooleanLit(found) => {
                Node { span: self.span(found.range), kind: NodeKind::Boolean(found.value) }
            }
            ast::Value::NumberLit(found) => Node {
                span: self.span(found.range),
                kind: NodeKind::Number(found.value.to_owned()),
            },
            ast::Value::StringLit(found) => {
                let span = self.span(found.range);
                Node { span, kind: NodeKind::String(self.decode(span)) }
            }
            ast::Value::Array(found) => {
                let items = found.elements.iter().map(|item| self.node(item)).collect();
                Node { span: self.span(found.range), kind: NodeKind::Array(items) }
            }
            ast::Value::Object(found) => {
                let members = self.members(found);
                Node { span: self.span(found.range), kind: NodeKind::Object(members) }
            }
        }
    }

    fn members(&mut self, object: &ast::Object<'_>) -> Vec<Member> {
        let mut seen: HashMap<String, Span> = HashMap::with_capacity(object.properties.len());
        let mut members = Vec::with_capacity(object.properties.len());
        for property in &object.properties {
            let range = match &property.name {
                ast::ObjectPropName::String(name) => name.range,
                ast::ObjectPropName::Word(name) => name.range,
            };
            let span = self.span(range);
            let name = self.decode(span).value;
            if let Some(found) = too_long(&name, span, self.most) {
                self.report.push(found);
                continue;
            }
            if let Some(first) = seen.get(&name) {
                let message = format!("the key {} stands twice in this object", quoted(&name));
                let found = Diagnostic::error("duplicate-key", span, message)
                    .related(*first, "the first is here")
                    .hint("remove one of the two, or give it another name");
                self.report.push(found);
                continue;
            }
            seen.insert(name.clone(), span);
            let value = self.node(&property.value);
            members.push(Member { key: Spanned::new(name, span), value });
        }
        members
    }

    /// Decodes the string whose quotes are the ends of the span.
    fn decode(&self, span: Span) -> Text {
        let first = span.start as usize + 1;
        let raw = self.text.get(first..(span.end as usize).saturating_sub(1)).unwrap_or("");
        decode(raw, first)
    }
}

/// Decodes what stands between the quotes of a string that is known to be right; `first` is its place in the file.
fn decode(raw: &str, first: usize) -> Text {
    let mut value = String::with_capacity(raw.len());
    let mut pieces = vec![(0, offset(first))];
    let mut at = 0;
    while let Some(found) = raw.get(at..).and_then(|rest| rest.find('\\')) {
        let escape = at + found;
        value.push_str(raw.get(at..escape).unwrap_or(""));
        let (length, decoded) = unescape(raw, escape);
        let mut piece = |decoded: usize, file: usize| {
            let piece = (offset(decoded), offset(first + file));
            match pieces.last_mut() {
                Some(last) if last.0 == piece.0 => *last = piece,
                _ => pieces.push(piece),
            }
        };
        piece(value.len(), escape);
        value.push(decoded);
        at = escape + length;
        piece(value.len(), at);
    }
    value.push_str(raw.get(at..).unwrap_or(""));
    let text = Text { value, pieces };
    if is_composed(&text.value) { text } else { recomposed(&text) }
}

/// The text in its composed form. Each letter of what was written otherwise leads back to where that begins.
fn recomposed(text: &Text) -> Text {
    let mut whole = Text { value: String::with_capacity(text.value.len()), pieces: Vec::new() };
    let mut starts = text.value.char_indices().filter(|(_, letter)| begins_anew(*letter));
    let mut start = 0;
    loop {
        let next = starts.by_ref().map(|(at, _)| at).find(|at| *at > start);
        let end = next.unwrap_or(text.value.len());
        let written = text.value.get(start..end).unwrap_or("");
        let part = composed(written);
        for (at, _) in part.char_indices() {
            // What stays as it is leads back letter by letter.
            let from = if part == written { start + at } else { start };
            whole.lead(whole.value.len() + at, text.place(from));
        }
        whole.value.push_str(&part);
        match next {
            Some(next) => start = next,
            None => break,
        }
    }
    whole.lead(whole.value.len(), text.place(text.value.len()));
    whole
}

impl Text {
    /// Where in the file a byte of the decoded text stands.
    fn place(&self, at: usize) -> u32 {
        let at = offset(at);
        let behind = self.pieces.partition_point(|(from, _)| *from <= at);
        let piece = behind.checked_sub(1).and_then(|index| self.pieces.get(index));
        piece.map_or(at, |(from, file)| file + (at - from))
    }

    /// Notes where in the file the text goes on, where that does not follow from what was noted.
    fn lead(&mut self, at: usize, file: u32) {
        let at = offset(at);
        match self.pieces.last_mut() {
            Some((from, to)) if *to + (at - *from) == file => {}
            Some(last) if last.0 == at => last.1 = file,
            _ => self.pieces.push((at, file)),
        }
    }
}

/// Length of an escape sequence and the character that it stands for.
fn unescape(raw: &str, at: usize) -> (usize, char) {
    let simple = |c: char| (2, c);
    match raw.as_bytes().get(at + 1) {
        Some(b'n') => simple('\n'),
        Some(b't') => simple('\t'),
        Some(b'r') => simple('\r'),
        Some(b'b') => simple('\u{8}'),
        Some(b'f') => simple('\u{c}'),
        Some(b'u') => {
            let unit = escaped_unit(raw, at).unwrap_or(0xFFFD);
            match char::from_u32(unit) {
                Some(c) => (6, c),
                None => {
                    let low = escaped_unit(raw, at + 6).unwrap_or(0xDC00);
                    let joined = 0x10000 + ((unit & 0x3FF) << 10) + (low & 0x3FF);
                    (12, char::from_u32(joined).unwrap_or('\u{FFFD}'))
                }
            }
        }
        Some(other) => simple(char::from(*other)),
        None => (1, '\\'),
    }
}

impl Node {
    /// The value that this is, without a declared type: numbers without a fraction or exponent that fit are integers, `null` is
    /// `None` (inside lists and records too it is as if not there: an error in a list). Numbers that do not fit are reported.
    pub fn to_value(&self, report: &mut Report) -> Option<Value> {
        match &self.kind {
            NodeKind::Null => None,
            NodeKind::Boolean(value) => Some(Value::Boolean(*value)),
            NodeKind::Number(text) => self.number(text, report),
            NodeKind::String(text) => Some(Value::Text(Arc::from(text.value.as_str()))),
            NodeKind::Array(items) => {
                let mut values = Vec::with_capacity(items.len());
                for item in items {
                    if item.kind == NodeKind::Null {
                        let message = "`null` in a list";
                        let found = Diagnostic::error("null-in-list", item.span, message);
                        report.push(found.hint("leave the item out"));
                    }
                    values.extend(item.to_value(report));
                }
                Some(Value::List(Arc::new(values)))
            }
            NodeKind::Object(members) => {
                let mut record = BTreeMap::new();
                for member in members {
                    if let Some(value) = member.value.to_value(report) {
                        record.insert(Arc::from(member.key.as_str()), value);
                    }
                }
                Some(Value::Record(Arc::new(record)))
            }
        }
    }

    fn number(&self, text: &str, report: &mut Report) -> Option<Value> {
        let whole = !text.contains(['.', 'e', 'E']);
        if let Some(value) = whole.then(|| text.parse().ok()).flatten() {
            return Some(Value::Integer(value));
        }
        let number = Number::parse(text);
        if number.is_none() {
            let message =
                format!("the number {} has more than 28 digits or decimals", quoted(text));
            report.push(
                Diagnostic::error("number-range", self.span, message).hint(
                    "numbers are exact and have at most 28 significant digits and 28 decimals",
                ),
            );
        }
        number.map(Value::Number)
    }

    /// What this is called in messages.
    pub fn describe(&self) -> &'static str {
        match &self.kind {
            NodeKind::Null => "`null`",
            NodeKind::Boolean(_) => "a boolean",
            NodeKind::Number(_) => "a number",
            NodeKind::String(_) => "a text",
            NodeKind::Array(_) => "a list",
            NodeKind::Object(_) => "an object",
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use super::*;

    fn read_one(text: &str) -> (Option<Node>, Report) {
        let mut report = Report::default();
        let file = report.sources.add("a.json", text);
        let node = read(text, file, &Limits::default(), &mut report);
        (node, report)
    }

    fn codes(text: &str) -> Vec<&'static str> {
        read_one(text).1.diagnostics().iter().map(|found| found.code).collect()
    }

    #[test]
    fn strings_lead_back_through_their_escapes() {
        let text = r#"["a\n\u00e5b\ud83d\ude00c"]"#;
        let (node, _) = read_one(text);
        let NodeKind::Array(items) = node.unwrap().kind else { panic!() };
        let NodeKind::String(found) = &items[0].kind else { panic!() };
        assert_eq!(found.value, "a\nåb😀c");
        assert_eq!(found.pieces, [(0, 2), (1, 3), (2, 5), (4, 11), (5, 12), (9, 24)]);
        for c in ['a', 'b', 'c'] {
            let decoded = found.value.find(c).unwrap();
            let (from, file) =
                *found.pieces.iter().rfind(|(from, _)| *from as usize <= decoded).unwrap();
            let at = file as usize + decoded - from as usize;
            assert_eq!(text[at..].chars().next(), Some(c));
        }
    }

    #[test]
    fn strings_are_composed_and_lead_back_to_what_is_written() {
        let text = "[\"xA\u{30a}sa \\u0041\\u030ab\u{212b}c\"]";
        let (node, _) = read_one(text);
        let NodeKind::Array(items) = node.unwrap().kind else { panic!() };
        let NodeKind::String(found) = &items[0].kind else { panic!() };
        assert_eq!(found.value, "xÅsa ÅbÅc");
        for (c, written) in [('x', "xA"), ('s', "sa"), ('b', "b\u{212b}"), ('c', "c\"")] {
            let at = found.place(found.value.find(c).unwrap()) as usize;
            assert!(text[at..].starts_with(written), "{c}");
        }
        let first = found.place(found.value.find('Å').unwrap()) as usize;
        assert!(text[first..].starts_with("A\u{30a}"));
        let second = found.place(found.value.match_indices('Å').nth(1).unwrap().0) as usize;
        assert!(text[second..].starts_with("\\u0041\\u030a"));
        for (at, _) in found.value.char_indices() {
            assert!(text.is_char_boundary(found.place(at) as usize));
        }
        let (_, report) = read_one("{ \"\u{c5}\": 1, \"A\u{30a}\": 2 }");
        assert_eq!(report.diagnostics()[0].code, "duplicate-key");
    }

    #[test]
    fn agrees_with_serde_json_on_what_a_string_means() {
        for text in
            [r#""""#, r#""\"\\\/\b\f\n\r\t""#, r#""\u0041\u00E5\u4e2d\uD834\uDD1E""#, "\"å中𝄞\""]
        {
            let (node, _) = read_one(text);
            let NodeKind::String(found) = node.unwrap().kind else { panic!() };
            assert_eq!(found.value, serde_json::from_str::<String>(text).unwrap());
        }
    }

    #[test]
    fn the_first_of_two_equal_keys_is_kept() {
        let (node, report) = read_one(r#"{ "a": 1, "\u0061": 2 }"#);
        let NodeKind::Object(members) = node.unwrap().kind else { panic!() };
        assert_eq!(members.len(), 1);
        assert_eq!(members[0].value.kind, NodeKind::Number("1".to_owned()));
        assert_eq!(report.diagnostics()[0].code, "duplicate-key");
        assert_eq!(report.sources().text(report.diagnostics()[0].related[0].0), "\"a\"");
    }

    #[test]
    fn refuses_what_is_not_json() {
        for text in [
            "",
            " ",
            "{",
            "[1,]",
            "{\"a\":1,}",
            "{a:1}",
            "{'a':1}",
            "// x\n1",
            "[1 2]",
            "01",
            "1.",
            ".5",
            "+1",
            "NaN",
            "\"\t\"",
            "\"\u{0}\"",
            "[1]x",
            "\u{feff}1",
            "\u{a0}1",
            "\"\\x41\"",
            "\"\\u12\"",
            "\"abc",
            "tru",
            "{\"a\" 1}",
        ] {
            assert_eq!(codes(text), ["json-syntax"], "{text:?}");
        }
        for text in [r#""\ud800""#, r#""\udc00\ud800""#, r#""\ud800\ud800""#, r#""\ud800x""#] {
            assert_eq!(codes(text), ["json-escape"], "{text:?}");
        }
    }

    #[test]
    fn depth_is_bounded_before_any_parser() {
        for open in ["[", "{\"a\":"] {
            assert_eq!(codes(&open.repeat(65)), ["limit-depth"]);
            assert_eq!(codes(&open.repeat(1_000_000)), ["limit-depth"]);
        }
        let deep = format!("{}{}", "[".repeat(64), "]".repeat(64));
        assert!(codes(&deep).is_empty());
        assert!(codes(r#"["[[[[\"[[[["]"#).is_empty());
    }

    #[test]
    fn deepest_nesting_fits_a_small_stack() {
        let limits = Limits { json_depth: 1_000_000, ..Limits::default() };
        let run = move || {
            let deep = format!("{}{}", "[".repeat(DEEPEST), "]".repeat(DEEPEST));
            let mut report = Report::default();
            let file = report.sources.add("a.json", &deep);
            assert!(read(&deep, file, &limits, &mut report).is_some());
        };
        std::thread::Builder::new().stack_size(1024 * 1024).spawn(run).unwrap().join().unwrap();
    }
}
