//! What a workflow declares, for whoever shows it, draws it or asks for its facts: names, labels and types as plain data.

use crate::Language;
use crate::definition::model::{Fact, Notes};
use crate::definition::shape::{Kind, Shape};
use crate::diagnostic::Report;
use crate::json;
use crate::label::Label;
use crate::language::problems as say;
use crate::limits::Limits;
use crate::said::Said;
use crate::value::{
    Date, DateTime, Decimals, InvalidValue, Number, Value, Zone, brief, composed, is_cut,
    number_hint, number_in_table, number_with_comma, write_json_string,
};
use crate::workflow::{Compiled, Workflow};

/// A fact or an entry of an event's payload, as something that a person can be asked for.
///
/// ```
/// use tresteg::workflow::FieldKind;
/// use tresteg::{Language, Workflow};
/// let workflow = Workflow::from_json(r#"{
///     "id": "w", "states": { "s": {} },
///     "facts": { "cost": { "type": "number", "minimum": 0, "unit": "SEK", "title": { "sv": "Kostnad" } } }
/// }"#)?;
/// let cost = workflow.fact("cost").ok_or("no such fact")?;
/// assert_eq!(cost.title(Language::Swedish), Some("Kostnad"));
/// assert!(matches!(cost.kind(), FieldKind::Number));
/// assert_eq!(cost.parse("1500.50")?.to_string(), "1500.5");
/// assert!(cost.parse("-1").is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Field<'w> {
    name: &'w str,
    shape: &'w Shape,
    /// Those of a fact; payload has only what its type says.
    notes: Option<&'w Notes>,
    derived: bool,
    zone: &'w Zone,
    limits: &'w Limits,
}

/// The type of a [`Field`], as far as asking goes.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum FieldKind<'w> {
    /// Anything at all.
    Any,
    /// Yes or no.
    Boolean,
    /// A whole number.
    Integer,
    /// A decimal number.
    Number,
    /// A text.
    Text,
    /// One of these.
    Enum(EnumValues<'w>),
    /// A day.
    Date,
    /// An instant.
    DateTime,
    /// A length of time.
    Duration,
    /// Several, each like this one.
    List(Field<'w>),
    /// A record.
    Record,
}

/// The values of an enum with their labels, in the order of the file.
#[derive(Debug, Clone, Copy)]
pub struct EnumValues<'w>(&'w indexmap::IndexMap<String, Label>);

impl<'w> EnumValues<'w> {
    /// Each value with its label, which is the value itself where the file gives none.
    pub fn iter(self, language: Language) -> impl Iterator<Item = (&'w str, &'w str)> {
        self.0
            .iter()
            .map(move |(value, label)| (value.as_str(), label.get(language.tag()).unwrap_or(value)))
    }
}

impl<'w> Field<'w> {
    pub(crate) fn of(fact: &'w Fact, workflow: &'w Compiled) -> Self {
        let (name, derived) = (fact.name.as_str(), fact.value.is_some());
        let (zone, limits) = (&workflow.definition.zone, &workflow.limits);
        Self { name, shape: &fact.shape, notes: Some(&fact.notes), derived, zone, limits }
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &'w str {
        self.name
    }

    /// Its label.
    #[must_use]
    pub fn title(&self, language: Language) -> Option<&'w str> {
        let own = self.notes.and_then(|notes| notes.title.get(language.tag()));
        own.or_else(|| self.shape.title.get(language.tag()))
    }

    /// What helps to fill it in: its hint, else its description.
    #[must_use]
    pub fn help(&self, language: Language) -> Option<&'w str> {
        let tag = language.tag();
        let own =
            self.notes.and_then(|notes| notes.hint.get(tag).or_else(|| notes.description.get(tag)));
        own.or_else(|| self.shape.description.get(tag))
    }

    /// The unit of its numbers.
    #[must_use]
    pub fn unit(&self) -> Option<&'w str> {
        self.shape.unit.as_deref()
    }

    /// Whether it is computed and cannot be reported.
    #[must_use]
    pub fn is_derived(&self) -> bool {
        self.derived
    }

    /// Whether it, or anything inside it, is declared personal.
    #[must_use]
    pub fn is_personal(&self) -> bool {
        self.shape.is_personal()
    }

    /// Its type.
    #[must_use]
    pub fn kind(&self) -> FieldKind<'w> {
        match &self.shape.kind {
            Kind::Any => FieldKind::Any,
            Kind::Boolean => FieldKind::Boolean,
            Kind::Integer => FieldKind::Integer,
            Kind::Number => FieldKind::Number,
            Kind::String => FieldKind::Text,
            Kind::Enum(values) => FieldKind::Enum(EnumValues(values)),
            Kind::Date => FieldKind::Date,
            Kind::DateTime => FieldKind::DateTime,
            Kind::Duration => FieldKind::Duration,
            Kind::Array(items) => FieldKind::List(Self { shape: items, notes: None, ..*self }),
            Kind::Object(_) => FieldKind::Record,
        }
    }

    /// Reads a value as a person types it: `yes` or `ja` for a boolean, a list with commas or as JSON, a record as
    /// JSON, else the bare text of the value.
    ///
    /// # Errors
    ///
    /// What is wrong with it, in English. [`parse_in`](Field::parse_in) says it in other languages.
    pub fn parse(&self, text: &str) -> Result<Value, String> {
        self.parse_in(text, Language::English)
    }

    /// Reads a value as [`parse`](Field::parse) does, for somebody who reads a language: in Swedish a comma begins decimals.
    ///
    /// # Errors
    ///
    /// What is wrong with it, in that language.
    ///
    /// ```
    /// # use tresteg::{Language, Workflow};
    /// # let workflow = Workflow::from_json(r#"{ "id": "w", "facts": { "urgent": { "type": "boolean" } },
    /// #     "states": { "a": { "always": { "guard": "urgent" } } } }"#)?;
    /// let urgent = workflow.fact("urgent").ok_or("no such fact")?;
    /// assert_eq!(
    ///     urgent.parse_in("kanske", Language::Swedish),
    ///     Err("ska vara ja eller nej, är `kanske`".to_owned()),
    /// );
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn parse_in(&self, text: &str, language: Language) -> Result<Value, String> {
        // A comma begins decimals, or parts the items of a list, as those expect it who read the language.
        let typed = match (&self.shape.kind, language) {
            (Kind::Integer | Kind::Number, Language::Swedish) => number_with_comma(text.trim()),
            _ => None,
        };
        let read = match typed {
            Some(Ok(number)) => self.read(&number),
            Some(Err(hint)) => {
                let must_be = Said::of(&say::NUMBER_SUCH_AS, [brief(text.trim()).into()]);
                Err(Said::of(&say::BESIDE, [must_be, hint]))
            }
            None => self.read(text),
        };
        let read = read.and_then(|value| self.admit(value));
        read.map_err(|wrong| wrong.tell(language))
    }

    /// Checks a value against the declaration and gives it in its declared type.
    ///
    /// # Errors
    ///
    /// Every way in which it does not fit.
    pub fn check(&self, value: Value) -> Result<Value, String> {
        self.admit(value).map_err(|wrong| wrong.to_string())
    }

    /// A value in its declared type, or every way in which it does not fit.
    pub(crate) fn admit(&self, value: Value) -> Result<Value, Said> {
        self.shape.admit(value, self.zone).map_err(|violations| {
            let said = violations.into_iter().map(|found| {
                let said = match found.path.is_empty() {
                    true => found.message,
                    false => Said::of(&say::INSIDE, [found.path.into(), found.message]),
                };
                match found.hint {
                    Some(hint) => Said::of(&say::BESIDE, [said, hint]),
                    None => said,
                }
            });
            let all = said.reduce(|all, next| Said::of(&say::BESIDE, [all, next]));
            all.unwrap_or_else(|| "".into())
        })
    }

    /// Its declaration as a JSON Schema (2020-12), with labels in a language.
    #[must_use]
    pub fn json_schema(&self, language: Language) -> String {
        self.shape.to_json_schema(language.tag())
    }

    /// How a list or a record may be written for [`parse_in`](Self::parse_in): `{ "name": "…", "sum": 1 }`; `None` for what is
    /// as plain as it looks.
    ///
    /// ```
    /// let workflow = tresteg::Workflow::from_json(r#"{ "id": "w", "states": { "s": {} },
    ///     "facts": { "bill": { "type": "object", "required": ["name"], "properties": {
    ///         "name": { "type": "string" }, "sum": { "type": "integer", "minimum": 10 } } } } }"#)?;
    /// let bill = workflow.fact("bill").unwrap();
    /// assert_eq!(bill.example().unwrap(), r#"{ "name": "…", "sum": 10 }"#);
    /// # Ok::<(), tresteg::diagnostic::Report>(())
    /// ```
    #[must_use]
    pub fn example(&self) -> Option<String> {
        match &self.shape.kind {
            Kind::Array(items) => match &items.kind {
                Kind::Object(_) | Kind::Array(_) => Some(example(self.shape, 0)),
                Kind::Any => None,
                _ => {
                    let item = example(items, 0);
                    let item = item.trim_matches('"');
                    Some(format!("{item}, {item}"))
                }
            },
            Kind::Object(_) => Some(example(self.shape, 0)),
            _ => None,
        }
    }

    /// What a text says, not yet held to the declaration.
    pub(crate) fn read(&self, text: &str) -> Result<Value, Said> {
        self.read_in_table(text, Decimals::Point)
    }

    /// What a text of a table says, whose numbers are written so; not yet held to the declaration.
    pub(crate) fn read_in_table(&self, text: &str, decimals: Decimals) -> Result<Value, Said> {
        let text = &*composed(text);
        let bare = text.trim();
        match &self.shape.kind {
            Kind::Boolean => {
                let among =
                    |words: &[&str]| words.iter().any(|word| bare.eq_ignore_ascii_case(word));
                if among(&["true", "yes", "y", "ja", "j", "sant"]) {
                    Ok(Value::Boolean(true))
                } else if among(&["false", "no", "n", "nej", "falskt"]) {
                    Ok(Value::Boolean(false))
                } else {
                    Err(Said::of(&say::YES_OR_NO, [brief(bare).into()]))
                }
            }
            Kind::Integer | Kind::Number => {
                let plain = |text: &str| {
                    let whole = text.parse::<i64>().map(Value::Integer).ok();
                    whole.or_else(|| text.parse::<Number>().map(Value::Number).ok())
                };
                let must_be = || {
                    let phrase = match self.shape.kind {
                        Kind::Integer => &say::WHOLE_SUCH_AS,
                        _ => &say::NUMBER_SUCH_AS,
                    };
                    Said::of(phrase, [brief(bare).into()])
                };
                let hinted = |hint: Said| Said::of(&say::BESIDE, [must_be(), hint]);
                let read = match number_in_table(bare, decimals) {
                    _ if is_cut(bare) => return Err(hinted(Said::of(&say::CUT_NUMBER, []))),
                    Some(Ok(number)) => plain(&number),
                    Some(Err(hint)) => return Err(hinted(hint)),
                    None => plain(bare),
                };
                let digits = bare.bytes().filter(u8::is_ascii_digit).count();
                read.ok_or_else(|| match number_hint(bare) {
                    _ if digits > 28 && bare.parse::<f64>().is_ok() => {
                        Said::of(&say::MOST_DIGITS, [])
                    }
                    Some(hint) => hinted(hint),
                    None => must_be(),
                })
            }
            Kind::String => Ok(Value::from(text)),
            Kind::Enum(values) => Ok(Value::from(enum_value(values, bare))),
            Kind::Date => match Date::parse_in_table(bare) {
                Some(date) => Ok(Value::Date(date)),
                None => match Date::numbered_in_table(bare) {
                    Some(date) => {
                        let parts = [bare.to_owned(), date.to_string()];
                        Err(Said::of(&say::DAY_NUMBER, parts.map(Said::from)))
                    }
                    None => Ok(Value::from(bare)),
                },
            },
            Kind::DateTime => Ok(match DateTime::parse_in_table(bare, self.zone) {
                Some(time) => Value::DateTime(time),
                None => Value::from(bare),
            }),
            Kind::Duration => Ok(Value::from(bare)),
            Kind::Array(_) if bare.starts_with('[') => read_json(bare, self.limits),
            Kind::Array(items)
                if decimals != Decimals::Point
                    && bare.contains(',')
                    && matches!(items.kind, Kind::Integer | Kind::Number) =>
            {
                Err(Said::of(&say::NUMBER_LIST, []))
            }
            Kind::Array(items) => {
                let item = Self { shape: items, notes: None, ..*self };
                let parts = bare.split(',').map(str::trim).filter(|part| !part.is_empty());
                parts.map(|part| item.read_in_table(part, decimals)).collect()
            }
            Kind::Object(_) => read_json(bare, self.limits),
            Kind::Any => read_json(bare, self.limits).or_else(|_| Ok(Value::from(text))),
        }
    }
}

/// A value of a declaration as JSON. Calls itself for what lies inside, down to some levels.
fn example(shape: &crate::definition::shape::Shape, depth: usize) -> String {
    const DEEPEST: usize = 3;
    let quoted = |text: &str| serde_json::Value::from(text).to_string();
    match &shape.kind {
        Kind::Boolean => "true".to_owned(),
        Kind::Integer | Kind::Number => {
            let least = shape.minimum.as_ref();
            least.map_or_else(|| "1".to_owned(), ToString::to_string)
        }
        Kind::Enum(values) => quoted(values.keys().next().map_or("…", String::as_str)),
        Kind::Date => quoted("2026-01-31"),
        Kind::DateTime => quoted("2026-01-31T09:00:00+01:00"),
        Kind::Duration => quoted("P14D"),
        Kind::String | Kind::Any => quoted("…"),
        Kind::Array(_) | Kind::Object(_) if depth >= DEEPEST => "…".to_owned(),
        Kind::Array(items) => format!("[{}]", example(items, depth + 1)),
        Kind::Object(object) => {
            let properties = object.properties.iter();
            let mut members: Vec<String> = properties
                .map(|(name, inner)| format!("{}: {}", quoted(name), example(inner, depth + 1)))
                .collect();
            if let (Some(other), true) = (&object.additional, members.is_empty()) {
                members.push(format!("{}: {}", quoted("…"), example(other, depth + 1)));
            }
            format!("{{ {} }}", members.join(", "))
        }
    }
}

/// A value of an enum by its name, or by a label that stands for one value only.
fn enum_value<'a>(values: &'a indexmap::IndexMap<String, Label>, text: &'a str) -> &'a str {
    if values.contains_key(text) {
        return text;
    }
    let written = text.to_lowercase();
    let mut labelled = values
        .iter()
        .filter(|(_, label)| label.0.iter().any(|(_, label)| label.to_lowercase() == written));
    match (labelled.next(), labelled.next()) {
        (Some((value, _)), None) => value,
        _ => text,
    }
}

fn read_json(text: &str, limits: &Limits) -> Result<Value, Said> {
    let mut report = Report::limited(limits.diagnostics);
    let file = report.sources.add("value", text);
    let node = json::read(text, file, &limits.of_events(), &mut report);
    match node.and_then(|node| node.to_value(&mut report)) {
        Some(value) if !report.has_errors() => Ok(value),
        _ => {
            let first = report.diagnostics().first();
            Err(first.map_or_else(
                || Said::of(&say::JSON, []),
                |found| Said::of(&say::NOT_JSON, [Said::Message(found.message.clone())]),
            ))
        }
    }
}

/// A state, an event or a role: its name and what is said about it.
#[derive(Debug, Clone, Copy)]
pub struct Declaration<'w> {
    name: &'w str,
    notes: &'w Notes,
}

impl<'w> Declaration<'w> {
    /// Its name.
    #[must_use]
    pub fn name(&self) -> &'w str {
        self.name
    }

    /// Its label; its name where the file gives none.
    #[must_use]
    pub fn title(&self, language: Language) -> &'w str {
        self.notes.title.get(language.tag()).unwrap_or(self.name)
    }

    /// What it is.
    #[must_use]
    pub fn description(&self, language: Language) -> Option<&'w str> {
        self.notes.description.get(language.tag())
    }

    /// What to do there.
    #[must_use]
    pub fn hint(&self, language: Language) -> Option<&'w str> {
        self.notes.hint.get(language.tag())
    }
}

/// How much a workflow has of everything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[non_exhaustive]
pub struct Counts {
    /// States, those inside others and histories included, the file itself not.
    pub states: usize,
    /// Transitions, those of terms included.
    pub transitions: usize,
    /// Facts, derived ones included.
    pub facts: usize,
    /// Factors.
    pub factors: usize,
    /// Declared events.
    pub events: usize,
    /// Terms: `after` and `at`.
    pub terms: usize,
}

impl Workflow {
    /// The file's own label and description.
    #[must_use]
    pub fn about(&self) -> Declaration<'_> {
        let definition = &self.compiled().definition;
        Declaration { name: definition.id.as_str(), notes: &definition.notes }
    }

    /// The facts, derived ones too, in the order of the file.
    pub fn facts(&self) -> impl Iterator<Item = Field<'_>> {
        let compiled = self.compiled();
        compiled.definition.facts.rows().iter().map(move |fact| Field::of(fact, compiled))
    }

    /// A fact by its name.
    #[must_use]
    pub fn fact(&self, name: &str) -> Option<Field<'_>> {
        let compiled = self.compiled();
        let id = compiled.rules.fact_named(name)?;
        Some(Field::of(compiled.definition.facts.get(id)?, compiled))
    }

    /// The roles, in the order of the file.
    pub fn roles(&self) -> impl Iterator<Item = Declaration<'_>> {
        let roles = self.compiled().definition.roles.values();
        roles.map(|role| Declaration { name: role.name.as_str(), notes: &role.notes })
    }

    /// A state by its name.
    #[must_use]
    pub fn state(&self, name: &str) -> Option<Declaration<'_>> {
        let compiled = self.compiled();
        let found = compiled.definition.states.get(compiled.state_named(name)?)?;
        Some(Declaration { name: found.name.as_str(), notes: &found.notes })
    }

    /// The declaration that governs an event's name; `None` where the file declares none for it.
    #[must_use]
    pub fn event(&self, name: &str) -> Option<Declaration<'_>> {
        let found = self.compiled().definition.governing(name)?;
        Some(Declaration { name: found.name.as_str(), notes: &found.notes })
    }

    /// A factor by name.
    #[must_use]
    pub fn factor(&self, name: &str) -> Option<Declaration<'_>> {
        let factors = &self.compiled().definition.factors;
        let found = factors.rows().iter().find(|factor| factor.name.as_str() == name)?;
        Some(Declaration { name: found.name.as_str(), notes: &found.notes })
    }

    /// Whether events of this name are absent from imported event logs, so that conformance may insert them.
    #[must_use]
    pub fn is_silent(&self, event: &str) -> bool {
        self.compiled().definition.governing(event).is_some_and(|found| found.silent)
    }

    /// The functions of the file's scripts, in its order.
    pub fn functions(&self) -> impl Iterator<Item = Declaration<'_>> {
        let functions = self.compiled().definition.functions.iter();
        functions.map(|found| Declaration { name: found.name.as_str(), notes: &found.notes })
    }

    /// The time zone that civil days are counted in, by its name in the IANA database.
    #[must_use]
    pub fn timezone(&self) -> &str {
        &self.compiled().definition.zone.name
    }

    /// Reads a time as people write it, `2026-01-31T09:00:00+01:00` with its offset, or `2026-01-31T09:00` and
    /// `2026-01-31` in the time zone of the workflow; a date is its first instant there. A time that the clocks skip
    /// moves forward, of a repeated one the first is meant.
    ///
    /// # Errors
    ///
    /// It is none of these.
    ///
    /// ```
    /// let workflow = tresteg::Workflow::from_json(r#"{ "id": "w", "timezone": "Europe/Stockholm", "states": { "s": {} } }"#)?;
    /// assert_eq!(workflow.time("2026-07-01")?.to_string(), "2026-07-01T00:00:00+02:00");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn time(&self, text: &str) -> Result<DateTime, InvalidValue> {
        DateTime::parse_written(text, &self.compiled().definition.zone).ok_or_else(|| {
            InvalidValue::new(
                text,
                "a time such as `2026-01-31T09:00:00+01:00`, `2026-01-31T09:00` or `2026-01-31`",
            )
            .hint(DateTime::slip_on_clock(text, &self.compiled().definition.zone))
        })
    }

    /// The version of the bundled time-zone database, such as `2026a`: the same dates on another version may be other instants.
    #[must_use]
    pub fn timezone_database() -> &'static str {
        Zone::database_version()
    }

    /// How much there is of everything.
    #[must_use]
    pub fn counts(&self) -> Counts {
        let definition = &self.compiled().definition;
        let terms = definition.states.rows().iter().map(|state| state.terms.len()).sum();
        Counts {
            // The file is the outermost state and does not count.
            states: definition.states.len().saturating_sub(1),
            transitions: definition.transitions.len(),
            facts: definition.facts.len(),
            factors: definition.factors.len(),
            events: definition.events.as_ref().map_or(0, indexmap::IndexMap::len),
            terms,
        }
    }

    /// The file that this one extends, by its path as it was resolved; `None` for one that stands by itself.
    #[must_use]
    pub fn base(&self) -> Option<&str> {
        self.compiled().report.sources().file(1).map(|(name, _)| name)
    }

    /// The payload that an event may carry besides facts, each with whether it must.
    pub fn event_data(&self, event: &str) -> impl Iterator<Item = (Field<'_>, bool)> {
        let Compiled { definition, limits, .. } = self.compiled();
        let zone = &definition.zone;
        let declared = self.compiled().definition.governing(event).into_iter();
        declared.flat_map(move |found| {
            found.data.iter().map(move |(name, shape)| {
                let required = found.data_required.iter().any(|key| key.as_str() == name);
                (Field { name, shape, notes: None, derived: false, zone, limits }, required)
            })
        })
    }

    /// The facts that can be reported, as a JSON Schema (2020-12) of an object, with labels in a language: for forms and
    /// for checking data outside.
    #[must_use]
    pub fn facts_schema(&self, language: Language) -> String {
        let mut text = String::from(
            "{\"$schema\":\"https://json-schema.org/draft/2020-12/schema\",\"title\":",
        );
        write_json_string(self.about().title(language), &mut text);
        text.push_str(",\"type\":\"object\",\"properties\":{");
        for (index, fact) in self.facts().filter(|fact| !fact.derived).enumerate() {
            if index > 0 {
                text.push(',');
            }
            write_json_string(fact.name, &mut text);
            text.push(':');
            fact.shape.write_json_schema(language.tag(), &mut text);
        }
        text.push_str("},\"additionalProperties\":false}");
        text
    }
}

#[cfg(test)]
mod tests;
