//! Facts of a row from JSON text.
//!
//! Text that is as one expects is read in one pass, without a tree. Whatever is not (a name that is no fact, a value that does not
//! fit, a key twice, broken JSON) is read again with places, so that every problem is named.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::super::problem;
use super::{Row, contract};
use crate::definition::shape::Kind;
use crate::diagnostic::Report;
use crate::error::{Error, Problem};
use crate::json::{self, Member, Node, NodeKind};
use crate::rule::{Facts, Setter};
use crate::table::{FactId, Id};
use crate::value::{Date, DateTime, Number, Value, is_composed, short_number};
use crate::workflow::Compiled;

impl Row {
    /// Sets the facts that a JSON object names, all of them or none; `null` is as if not there. Numbers keep every digit. Cost: some
    /// 50 nanoseconds a fact; a list or record as much as it holds.
    ///
    /// ```
    /// # let workflow = tresteg::Workflow::from_json(r#"{ "id": "w", "states": { "s": {} },
    /// #   "facts": { "meetings": { "type": "integer" }, "share": { "type": "number" } } }"#)?;
    /// let mut row = workflow.row();
    /// row.set_json(r#"{ "meetings": 3, "share": 0.25 }"#)?;
    /// assert_eq!(row.set_json(r#"{ "meeting": 4, "share": "a" }"#).unwrap_err().problems().len(), 2);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Everything that is wrong with it, each with its place: no JSON, no object, a key twice, an unknown or derived fact, a value
    /// that does not fit. The row is then as before.
    pub fn set_json(&mut self, text: &str) -> Result<(), Error> {
        let Self { workflow, alone, .. } = self;
        let facts = &mut alone.facts;
        let compiled = workflow.compiled();
        let found = match read(compiled, text, &mut |_, _| None) {
            Some(found) => found,
            None => read_again(compiled, text)?,
        };
        for one in found {
            one.put(facts);
        }
        Ok(())
    }
}

/// A fact with a value that fits its declaration.
#[derive(Debug)]
pub(crate) struct Found<'c> {
    pub setter: &'c Setter,
    pub value: Value,
}

impl Found<'_> {
    pub fn put(self, facts: &mut Facts) {
        if !facts.set_directly(self.setter, &self.value) {
            facts.set(self.setter.id, Some(self.value));
        }
    }
}

/// Reads what is in order; `None` for anything else. A member that is no fact must be taken by `other`.
pub(crate) fn read<'c>(
    compiled: &'c Compiled,
    text: &str,
    other: &mut dyn FnMut(&str, Value) -> Option<()>,
) -> Option<Vec<Found<'c>>> {
    if text.len() > compiled.limits.event_bytes {
        return None;
    }
    let mut reader = Reader { text, at: 0 };
    let facts = &compiled.definition.facts;
    let mut found = Vec::with_capacity(24);
    let mut seen = vec![0_u64; facts.len() / 64 + 1];
    let mut next = FactId(0);
    // The object itself is one level.
    let deepest = compiled.limits.json_depth.min(DEEPEST).saturating_sub(1);
    reader.object(&mut |reader, key| {
        // Mostly facts come in the order of the file.
        let id = match facts.get(next) {
            Some(fact) if fact.name.value == key => next,
            _ => match compiled.rules.fact_named(key) {
                Some(id) => id,
                None => return other(key, reader.value(deepest)?),
            },
        };
        next = FactId(id.0.wrapping_add(1));
        let (word, bit) = (seen.get_mut(id.index() / 64)?, 1 << (id.index() % 64));
        let fact = facts.get(id)?;
        if *word & bit != 0 || fact.value.is_some() {
            return None;
        }
        *word |= bit;
        let setter = compiled.rules.setter(id);
        let value = match reader.peek()? {
            b'n' => return reader.token(b"null").then_some(()),
            b'"' => {
                let text = reader.text()?;
                let typed = match &fact.shape.kind {
                    Kind::Enum(_) => compiled.rules.choice(id, text),
                    Kind::Date if fact.shape.is_any_time() => Date::parse(text).map(Value::Date),
                    Kind::DateTime if fact.shape.is_any_time() => {
                        DateTime::parse(text, &compiled.definition.zone).map(Value::DateTime)
                    }
                    _ => None,
                };
                match typed {
                    Some(value) => {
                        found.push(Found { setter, value });
                        return Some(());
                    }
                    None => Value::from(text),
                }
            }
            _ => reader.value(deepest)?,
        };
        let value = match setter.direct.word(&value) {
            Some(_) => value,
            None => fact.shape.admit(value, &compiled.definition.zone).ok()?,
        };
        found.push(Found { setter, value });
        Some(())
    })?;
    reader.space();
    (reader.at == text.len()).then_some(found)
}

/// Nesting that is read in one pass.
const DEEPEST: usize = 32;

/// Reads strict JSON from the front of a text; `None` wherever it is not sure.
struct Reader<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Reader<'t> {
    #[inline]
    fn rest(&self) -> &'t [u8] {
        self.text.as_bytes().get(self.at..).unwrap_or_default()
    }

    #[inline]
    fn space(&mut self) {
        let blank = |byte: &u8| matches!(byte, b' ' | b'\n' | b'\t' | b'\r');
        while self.text.as_bytes().get(self.at).is_some_and(blank) {
            self.at += 1;
        }
    }

    /// What comes behind white space.
    #[inline]
    fn peek(&mut self) -> Option<u8> {
        self.space();
        self.text.as_bytes().get(self.at).copied()
    }

    #[inline]
    fn token(&mut self, wanted: &[u8]) -> bool {
        self.space();
        let found = self.rest().starts_with(wanted);
        if found {
            self.at += wanted.len();
        }
        found
    }

    /// A text without escapes.
    #[inline]
    fn text(&mut self) -> Option<&'t str> {
        if !self.token(b"\"") {
            return None;
        }
        let special = |byte: &u8| *byte < b' ' || *byte == b'"' || *byte == b'\\';
        let length = self.rest().iter().position(special)?;
        let text = self.text.get(self.at..self.at + length)?;
        self.at += length + 1;
        // Nothing but the quote ends it.
        (self.text.as_bytes().get(self.at - 1) == Some(&b'"')).then_some(text)
    }

    /// The members of an object, each by its key.
    #[inline]
    fn object(&mut self, each: &mut dyn FnMut(&mut Self, &'t str) -> Option<()>) -> Option<()> {
        if !self.token(b"{") {
            return None;
        }
        if self.token(b"}") {
            return Some(());
        }
        loop {
            let key = self.text()?;
            if !self.token(b":") {
                return None;
            }
            each(self, key)?;
            if !self.token(b",") {
                return self.token(b"}").then_some(());
            }
        }
    }

    fn value(&mut self, depth: usize) -> Option<Value> {
        match self.peek()? {
            b't' => self.token(b"true").then_some(Value::Boolean(true)),
            b'f' => self.token(b"false").then_some(Value::Boolean(false)),
            b'"' => self.text().map(Value::from),
            b'[' => self.list(depth.checked_sub(1)?),
            b'{' => {
                let depth = depth.checked_sub(1)?;
                let mut record: BTreeMap<Arc<str>, Value> = BTreeMap::new();
                let mut nothing: Vec<&str> = Vec::new();
                self.object(&mut |reader, key| {
                    if record.contains_key(key) || nothing.contains(&key) || !is_composed(key) {
                        return None;
                    }
                    if reader.token(b"null") {
                        // Few, or it is not read in one pass.
                        nothing.push(key);
                        return (nothing.len() < 16).then_some(());
                    }
                    record.insert(Arc::from(key), reader.value(depth)?);
                    Some(())
                })?;
                Some(Value::from(record))
            }
            _ => self.number(),
        }
    }

    fn list(&mut self, depth: usize) -> Option<Value> {
        let mut items = Vec::new();
        if !self.token(b"[") {
            return None;
        }
        if self.token(b"]") {
            return Some(Value::from(items));
        }
        loop {
            items.push(self.value(depth)?);
            if !self.token(b",") {
                return self.token(b"]").then(|| Value::from(items));
            }
        }
    }

    fn number(&mut self) -> Option<Value> {
        let part = |byte: &u8| matches!(byte, b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E');
        let length = self.rest().iter().take_while(|byte| part(byte)).count();
        let text = self.text.get(self.at..self.at + length)?;
        self.at += length;
        if let Some((word, decimals)) = short_number(text) {
            return Some(match decimals {
                None => Value::Integer(word),
                Some(decimals) => Value::Number(Number::from_scaled(word, decimals)),
            });
        }
        let digits = text.strip_prefix('-').unwrap_or(text).as_bytes();
        let plain = match digits {
            [b'0'] => true,
            [b'1'..=b'9', more @ ..] => more.iter().all(u8::is_ascii_digit),
            _ => false,
        };
        match plain.then(|| text.parse().ok()).flatten() {
            Some(whole) => Some(Value::Integer(whole)),
            None => Number::parse(text).map(Value::Number),
        }
    }
}

/// Facts read from JSON at length, with places and all problems: for a text in which the quick way
/// met something.
pub(super) fn read_again<'c>(compiled: &'c Compiled, text: &str) -> Result<Vec<Found<'c>>, Error> {
    let mut report = Report::default();
    let file = report.sources.add("facts", text);
    let limits = compiled.limits.of_events();
    let mut found = Vec::new();
    let mut problems = Vec::new();
    match json::read(text, file, &limits, &mut report) {
        Some(Node { kind: NodeKind::Object(members), .. }) => {
            for Member { key, value } in &members {
                let place = |report: &Report, span| {
                    let at = report.sources().place(span)?;
                    Some(format!("{}:{}:{}", at.file, at.line, at.column))
                };
                match fact(compiled, key.as_str()) {
                    Err(problem) => {
                        problems.push(Problem { place: place(&report, key.span), ..problem });
                    }
                    Ok(id) => {
                        let before = report.diagnostics().len();
                        let Some(read) = value.to_value(&mut report) else { continue };
                        if report.diagnostics().len() > before {
                            continue;
                        }
                        let at = place(&report, value.span);
                        match admitted(compiled, id, read) {
                            Ok(value) => {
                                found.push(Found { setter: compiled.rules.setter(id), value })
                            }
                            Err(more) => problems.extend(
                                more.into_iter().map(|one| Problem { place: at.clone(), ..one }),
                            ),
                        }
                    }
                }
            }
        }
        Some(_) => {
            let problem = Problem::new("facts-shape", "facts must be a JSON object");
            problems.push(problem.hint("such as {\"meetings\": 3}"));
        }
        None => {}
    }
    for diagnostic in report.diagnostics() {
        let at = diagnostic.span.and_then(|span| report.sources().place(span));
        problems.push(Problem {
            hint: diagnostic.hint.clone(),
            place: at.map(|at| format!("{}:{}:{}", at.file, at.line, at.column)),
            ..Problem::new(diagnostic.code, diagnostic.message.clone())
        });
    }
    if problems.is_empty() { Ok(found) } else { Err(contract(problems)) }
}

fn fact(compiled: &Compiled, name: &str) -> Result<FactId, Problem> {
    let facts = &compiled.definition.facts;
    match compiled.rules.fact_named(name) {
        Some(id) if facts.get(id).is_some_and(|fact| fact.value.is_some()) => {
            Err(super::derived(name))
        }
        Some(id) => Ok(id),
        None => {
            let known = facts.rows().iter().map(|fact| fact.name.as_str());
            let problem = Problem::new("unknown-fact", format!("unknown fact `{name}`"));
            Err(problem.suggest(name, known))
        }
    }
}

/// A value as its declaration says, or every way in which it does not fit.
pub(super) fn admitted(
    compiled: &Compiled,
    id: FactId,
    value: Value,
) -> Result<Value, Vec<Problem>> {
    let definition = &compiled.definition;
    let Some(declared) = definition.facts.get(id) else {
        return Err(vec![super::foreign()]);
    };
    let (name, title) = (&declared.name.value, declared.title());
    if declared.value.is_some() {
        return Err(vec![super::derived(name)]);
    }
    declared.shape.admit(value, &definition.zone).map_err(|violations| {
        let found = violations.into_iter();
        found.map(|found| problem::violation("fact-value", name, title, found)).collect()
    })
}
