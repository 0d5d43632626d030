//! What comes from outside: an event with its actor, time, facts and payload.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::Serialize;

use crate::diagnostic::{Diagnostic, Report};
use crate::json::{self, Member, Node, NodeKind};
use crate::limits::Limits;
use crate::value::{DateTime, Value, Zone, composed, is_composed};
use crate::workflow::Workflow;

/// Who sends an event.
///
/// ```
/// let eva = tresteg::Actor::new("eva").role("manager").unit("district");
/// assert_eq!(eva.roles, ["manager"]);
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Actor {
    /// Who it is, in the host's terms. Two ids are two persons only if they differ after full case folding and composition (NFC),
    /// ids of digits, spaces, `+` and `-` only by their digits. An id that is empty, has white space at an end or of another
    /// kind than single spaces, a dash for the `-` of a number, or a character that cannot be seen is an error.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The roles that the host vouches for; those that the workflow does not know count for nothing.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub roles: Vec<String>,
    /// The organisation or unit that the actor speaks for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
}

impl Actor {
    /// An actor with an id and no roles yet.
    #[must_use]
    pub fn new(id: impl Into<String>) -> Self {
        Self { id: Some(id.into()), ..Self::default() }
    }

    /// With one role more. Roles are vouched for by the host.
    #[must_use]
    pub fn role(mut self, role: impl Into<String>) -> Self {
        self.roles.push(role.into());
        self
    }

    /// Speaking for an organisation or unit.
    #[must_use]
    pub fn unit(mut self, unit: impl Into<String>) -> Self {
        self.unit = Some(unit.into());
        self
    }

    /// The actor with every text in Unicode's composed form, as it is read from JSON.
    pub(crate) fn composed(&self) -> Cow<'_, Self> {
        let Self { id, roles, unit } = self;
        let mut all = id.iter().chain(roles).chain(unit);
        if all.all(|text| is_composed(text)) {
            return Cow::Borrowed(self);
        }
        let anew = |text: &String| composed(text).into_owned();
        Cow::Owned(Self {
            id: id.as_ref().map(anew),
            roles: roles.iter().map(anew).collect(),
            unit: unit.as_ref().map(anew),
        })
    }
}

impl Note {
    fn texts(&self) -> impl Iterator<Item = &String> {
        let Self { text, attachments } = self;
        let attached = attachments.iter().flat_map(|Attachment { uri, hash }| [uri, hash]);
        std::iter::once(text).chain(attached)
    }
}

/// A free text for the journal, with attachments.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Note {
    /// The text.
    pub text: String,
    /// What belongs to it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<Attachment>,
}

/// Something outside the case that a note points to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Attachment {
    /// Where it is.
    pub uri: String,
    /// Its hash, as the host writes hashes.
    pub hash: String,
}

/// An event for [`Case::fire`](crate::Case::fire).
///
/// ```
/// use tresteg::{Actor, Event};
/// let event = Event::new("meet").by(Actor::new("lots-1").role("guide")).fact("dialogue_meetings", 2);
/// assert_eq!(event.name, "meet");
/// ```
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct Event {
    /// Its name, such as `start_test` or `invoice.paid`.
    pub name: String,
    /// To which child case, by its address, such as `boards/angered`; the outermost case when absent.
    pub to: Option<String>,
    /// Who sends it.
    pub actor: Option<Actor>,
    /// When it happened; the time of the case's last step when absent.
    pub at: Option<DateTime>,
    /// An id of its own: sent again, it is a repeat and nothing happens; another event with it is an error.
    pub id: Option<String>,
    /// Facts that it reports.
    pub facts: BTreeMap<String, Value>,
    /// Further payload.
    pub data: BTreeMap<String, Value>,
    /// A free text, where the workflow takes one.
    pub note: Option<Note>,
}

impl Event {
    /// An event with a name and nothing else.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), ..Self::default() }
    }

    /// A copy with every text in Unicode's composed form, as it is read from JSON: what looks the same is the same, and
    /// what is stored of it can be read. Of facts and payload their names; their values are composed when they are admitted.
    pub(crate) fn composed(&self) -> Cow<'_, Self> {
        let Self { name, to, actor, at, id, facts, data, note } = self;
        let actor = actor.as_ref().map(Actor::composed);
        let names = facts.keys().chain(data.keys());
        let noted = note.iter().flat_map(Note::texts);
        let mut all = std::iter::once(name).chain(to).chain(id).chain(names).chain(noted);
        if !matches!(actor, Some(Cow::Owned(_))) && all.all(|text| is_composed(text)) {
            return Cow::Borrowed(self);
        }
        let anew = |text: &String| composed(text).into_owned();
        let values = |values: &BTreeMap<String, Value>| -> BTreeMap<String, Value> {
            values.iter().map(|(name, value)| (anew(name), value.clone())).collect()
        };
        let attachment =
            |Attachment { uri, hash }: &Attachment| Attachment { uri: anew(uri), hash: anew(hash) };
        Cow::Owned(Self {
            name: anew(name),
            to: to.as_ref().map(anew),
            actor: actor.map(Cow::into_owned),
            at: *at,
            id: id.as_ref().map(anew),
            facts: values(facts),
            data: values(data),
            note: note.as_ref().map(|Note { text, attachments }| Note {
                text: anew(text),
                attachments: attachments.iter().map(attachment).collect(),
            }),
        })
    }

    /// Sent by somebody.
    #[must_use]
    pub fn by(mut self, actor: Actor) -> Self {
        self.actor = Some(actor);
        self
    }

    /// At a time; without one, at the time of the case. A time before the last step is an error
    /// when it is fired.
    #[must_use]
    pub fn at(mut self, at: DateTime) -> Self {
        self.at = Some(at);
        self
    }

    /// With an id of its own: sent twice, it happens once (see
    /// [`Limits::remembered_ids`](crate::Limits::remembered_ids)).
    #[must_use]
    pub fn id(mut self, id: impl Into<String>) -> Self {
        self.id = Some(id.into());
        self
    }

    /// Reporting a fact, whose name and value are checked when it is fired. Texts are put into
    /// Unicode's composed form; a text serves for a date, a date-time, a duration and a value of an
    /// enum.
    #[must_use]
    pub fn fact(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.facts.insert(name.into(), value.into());
        self
    }

    /// To a child case, by its address, such as `boards/angered`.
    #[must_use]
    pub fn to(mut self, address: impl Into<String>) -> Self {
        self.to = Some(composed(&address.into()).into_owned());
        self
    }

    /// With an entry of payload, which scripts read as `event.data.NAME`.
    #[must_use]
    pub fn data(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.data.insert(name.into(), value.into());
        self
    }

    /// With a free text for the journal, where the workflow takes one. It is put into Unicode's
    /// composed form.
    #[must_use]
    pub fn note(mut self, text: impl Into<String>) -> Self {
        let text = composed(&text.into()).into_owned();
        self.note = Some(Note { text, attachments: Vec::new() });
        self
    }

    /// Reads an event from JSON: `{"event": …, "at": …, "actor": {…}, "id": …, "facts": {…}, "data": {…}, "note": …}`,
    /// all but `event` optional; `$comment` and keys that begin with `x-` are left alone. Numbers keep every digit. The bounds are those of
    /// [`Limits::default`]; [`Workflow::event_from_json`](crate::Workflow::event_from_json) has those of a workflow.
    ///
    /// ```
    /// let event = tresteg::Event::from_json(r#"{"event": "pay", "facts": {"sum": 0.10}}"#)?;
    /// assert_eq!(event.facts["sum"].to_string(), "0.1");
    /// # Ok::<(), tresteg::diagnostic::Report>(())
    /// ```
    ///
    /// # Errors
    ///
    /// A report that points at every problem of the text.
    pub fn from_json(text: &str) -> Result<Self, Report> {
        Self::from_json_within(text, &Limits::default(), None)
    }

    fn from_json_within(text: &str, limits: &Limits, zone: Option<&Zone>) -> Result<Self, Report> {
        match InputLine::from_json_within(text, limits, zone)? {
            InputLine::Event(event) => Ok(event),
            InputLine::Advance(_) | InputLine::Start { .. } => {
                let mut report = Report::default();
                let file = report.sources.add("event", text);
                let span = crate::diagnostic::Span { file, start: 0, end: 1 };
                report.push(Diagnostic::error("event-shape", span, "missing key `event`"));
                Err(report)
            }
        }
    }
}

/// How far time advances.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Until {
    /// To an instant.
    Time(DateTime),
    /// By a length of time, from the case's last step.
    For(crate::value::Duration),
}

impl From<DateTime> for Until {
    fn from(time: DateTime) -> Self {
        Self::Time(time)
    }
}

impl From<crate::value::Duration> for Until {
    fn from(length: crate::value::Duration) -> Self {
        Self::For(length)
    }
}

/// One line of a stream of events, as the command line reads it.
#[allow(clippy::large_enum_variant, reason = "nearly all lines are events")]
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum InputLine {
    /// `{"start": …, "facts": {…}}`: when a case begins and what is known then.
    Start {
        /// When; the Unix epoch when absent.
        at: Option<DateTime>,
        /// What is known.
        facts: BTreeMap<String, Value>,
    },
    /// `{"event": …}`.
    Event(Event),
    /// `{"advance": …}`: time passes.
    Advance(Until),
}

impl InputLine {
    /// Reads one line, under the bounds of [`Limits::default`];
    /// [`Workflow::input_from_json`](crate::Workflow::input_from_json) has those of a workflow.
    ///
    /// # Errors
    ///
    /// A report that points at every problem of the text.
    pub fn from_json(text: &str) -> Result<Self, Report> {
        Self::from_json_within(text, &Limits::default(), None)
    }

    fn from_json_within(text: &str, limits: &Limits, zone: Option<&Zone>) -> Result<Self, Report> {
        let mut report = Report::limited(limits.diagnostics);
        let file = report.sources.add("event", text);
        let node = json::read(text, file, &limits.of_events(), &mut report);
        let input = node.and_then(|node| Reader { report: &mut report, zone }.input(&node));
        report.sort();
        match input {
            Some(input) if !report.has_errors() => Ok(input),
            _ => Err(report),
        }
    }
}

/// Reads facts from a JSON object, exactly: for [`Case::start`](crate::Case::start). The bounds are those of
/// [`Limits::default`]; [`Workflow::facts_from_json`](crate::Workflow::facts_from_json) has those of a workflow.
///
/// ```
/// let facts = tresteg::case::facts_from_json(r#"{"lead": "municipality", "budget_sek": 150000}"#)?;
/// assert_eq!(facts.len(), 2);
/// # Ok::<(), tresteg::diagnostic::Report>(())
/// ```
///
/// # Errors
///
/// A report that points at every problem of the text.
pub fn facts_from_json(text: &str) -> Result<BTreeMap<String, Value>, Report> {
    facts_from_json_within(text, &Limits::default())
}

pub(crate) fn facts_from_json_within(
    text: &str,
    limits: &Limits,
) -> Result<BTreeMap<String, Value>, Report> {
    let mut report = Report::limited(limits.diagnostics);
    let file = report.sources.add("facts", text);
    let node = json::read(text, file, &limits.of_events(), &mut report);
    let facts = node.map(|node| Reader { report: &mut report, zone: None }.values(&node, "facts"));
    match facts {
        Some(facts) if !report.has_errors() => Ok(facts),
        _ => Err(report),
    }
}

impl Workflow {
    /// Reads an event for a case on this workflow, as [`Event::from_json`] does, under the bounds of this workflow. Its time
    /// may also be a day or what the clocks show in the time zone of the workflow, as [`time`](Self::time) reads it.
    ///
    /// # Errors
    ///
    /// A report that points at every problem of the text.
    pub fn event_from_json(&self, text: &str) -> Result<Event, Report> {
        Event::from_json_within(text, self.limits(), Some(&self.compiled().definition.zone))
    }

    /// Reads a line of a stream of events, as [`InputLine::from_json`] does, under the bounds of this workflow. Times may also
    /// be a day, which is its first instant, or what the clocks show in the time zone of the workflow.
    ///
    /// ```
    /// use tresteg::case::{InputLine, Until};
    /// let workflow = tresteg::Workflow::from_json(r#"{ "id": "w", "timezone": "Europe/Stockholm", "states": { "s": {} } }"#)?;
    /// let line = workflow.input_from_json(r#"{ "advance": "2018-06-01" }"#)?;
    /// assert_eq!(line, InputLine::Advance(Until::Time(workflow.time("2018-06-01T00:00:00+02:00")?)));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// A report that points at every problem of the text.
    pub fn input_from_json(&self, text: &str) -> Result<InputLine, Report> {
        InputLine::from_json_within(text, self.limits(), Some(&self.compiled().definition.zone))
    }

    /// Reads facts for a case on this workflow, as [`facts_from_json`](crate::case::facts_from_json) does, under the bounds of
    /// this workflow.
    ///
    /// # Errors
    ///
    /// A report that points at every problem of the text.
    pub fn facts_from_json(&self, text: &str) -> Result<BTreeMap<String, Value>, Report> {
        facts_from_json_within(text, self.limits())
    }
}

struct Reader<'r> {
    report: &'r mut Report,
    /// Where the clocks are read; `None` where only times with an offset can be.
    zone: Option<&'r Zone>,
}

const EVENT_KEYS: [&str; 8] = ["event", "to", "at", "actor", "id", "facts", "data", "note"];

impl Reader<'_> {
    fn wrong(&mut self, node: &Node, what: &str, wanted: &str) {
        self.report.push(Diagnostic::error(
            "event-shape",
            node.span,
            format!("{what} must be {wanted}"),
        ));
    }

    fn input(&mut self, node: &Node) -> Option<InputLine> {
        let NodeKind::Object(members) = &node.kind else {
            self.wrong(node, "a line", "an object such as {\"event\": \"meet\"}");
            return None;
        };
        let has = |key: &str| members.iter().any(|member| member.key.as_str() == key);
        if has("start") {
            self.keys(members, &["start", "facts"]);
            return Some(InputLine::Start {
                at: self.member(members, "start").and_then(|node| self.time(node, "`start`")),
                facts: self
                    .member(members, "facts")
                    .map(|node| self.values(node, "`facts`"))
                    .unwrap_or_default(),
            });
        }
        if has("advance") {
            self.keys(members, &["advance"]);
            let node = self.member(members, "advance")?;
            return self.until(node).map(InputLine::Advance);
        }
        self.keys(members, &EVENT_KEYS);
        let Some(name) = self.member(members, "event") else {
            self.wrong(node, "a line", "an object with `event`, `advance` or `start`");
            return None;
        };
        let mut event = Event::new(self.text(name, "`event`")?);
        for Member { key, value } in members {
            match key.as_str() {
                "at" => event.at = self.time(value, "`at`"),
                "to" => event.to = self.text(value, "`to`"),
                "id" => event.id = self.text(value, "`id`"),
                "actor" => event.actor = self.actor(value),
                "facts" => event.facts = self.values(value, "`facts`"),
                "data" => event.data = self.values(value, "`data`"),
                "note" => event.note = self.note(value),
                _ => {}
            }
        }
        Some(InputLine::Event(event))
    }

    fn member<'n>(&self, members: &'n [Member], key: &str) -> Option<&'n Node> {
        members.iter().find(|member| member.key.as_str() == key).map(|member| &member.value)
    }

    fn keys(&mut self, members: &[Member], known: &[&str]) {
        for Member { key, .. } in members {
            if !known.contains(&key.as_str()) && !crate::definition::parse::is_remark(key.as_str())
            {
                self.report.push(
                    Diagnostic::error(
                        "unknown-key",
                        key.span,
                        format!("unknown key `{}`", key.as_str()),
                    )
                    .suggest(key, known.iter().copied()),
                );
            }
        }
    }

    fn text(&mut self, node: &Node, what: &str) -> Option<String> {
        if let NodeKind::String(text) = &node.kind {
            return Some(text.value.clone());
        }
        self.wrong(node, what, "a text");
        None
    }

    fn time(&mut self, node: &Node, what: &str) -> Option<DateTime> {
        let text = self.text(node, what)?;
        let time = self.written(&text);
        if time.is_none() {
            let wanted = match self.zone {
                Some(_) => {
                    "a time, such as 2026-01-05T09:00:00+01:00, 2026-01-05T09:00 or 2026-01-05"
                }
                None => "a date-time with an offset, such as 2026-01-05T09:00:00+01:00",
            };
            self.wrong_time(node, what, wanted, &text);
        }
        time
    }

    fn written(&self, text: &str) -> Option<DateTime> {
        match self.zone {
            Some(zone) => DateTime::parse_written(text, zone),
            None => DateTime::parse(text, &Zone::utc()),
        }
    }

    /// Reports what is no time, as [`Reader::wrong`] does, with what to write instead.
    fn wrong_time(&mut self, node: &Node, what: &str, wanted: &str, text: &str) {
        let message = format!("{what} must be {wanted}");
        let mut found = Diagnostic::error("event-shape", node.span, message);
        found.hint = match self.zone {
            Some(zone) => DateTime::slip_on_clock(text, zone),
            None => DateTime::slip(text),
        };
        self.report.push(found);
    }

    fn until(&mut self, node: &Node) -> Option<Until> {
        let text = self.text(node, "`advance`")?;
        if let Some(length) = crate::value::Duration::parse(&text) {
            return Some(Until::For(length));
        }
        let time = self.written(&text);
        if time.is_none() {
            let wanted = match self.zone {
                Some(_) => "a duration such as P14D, a day such as 2026-01-05 or a time",
                None => "a duration such as P14D or a date-time with an offset",
            };
            match crate::value::Duration::meant(&text) {
                Some(meant) => {
                    let message = format!("`advance` must be {wanted}");
                    let found = Diagnostic::error("event-shape", node.span, message);
                    self.report.push(found.hint(format!("write `{meant}`")));
                }
                None => self.wrong_time(node, "`advance`", wanted, &text),
            }
        }
        time.map(Until::Time)
    }

    fn values(&mut self, node: &Node, what: &str) -> BTreeMap<String, Value> {
        let NodeKind::Object(members) = &node.kind else {
            if node.kind != NodeKind::Null {
                self.wrong(node, what, "an object");
            }
            return BTreeMap::new();
        };
        let members = members.iter();
        members
            .filter_map(|Member { key, value }| {
                Some((key.value.clone(), value.to_value(self.report)?))
            })
            .collect()
    }

    fn actor(&mut self, node: &Node) -> Option<Actor> {
        let NodeKind::Object(members) = &node.kind else {
            let wanted = "an object with `id` and `roles`";
            if let NodeKind::String(_) = &node.kind {
                let message = format!("`actor` must be {wanted}");
                let found = Diagnostic::error("event-shape", node.span, message);
                self.report.push(found.hint("write `{ \"id\": …, \"roles\": [ … ] }`"));
            } else if node.kind != NodeKind::Null {
                self.wrong(node, "`actor`", wanted);
            }
            return None;
        };
        self.keys(members, &["id", "roles", "unit"]);
        let mut actor = Actor::default();
        for Member { key, value } in members {
            match key.as_str() {
                "id" => actor.id = self.text(value, "`id`"),
                "unit" => actor.unit = self.text(value, "`unit`"),
                "roles" => match &value.kind {
                    NodeKind::Array(items) => {
                        let roles = items.iter().filter_map(|item| self.text(item, "a role"));
                        actor.roles = roles.collect();
                    }
                    _ => self.wrong(value, "`roles`", "a list of texts"),
                },
                _ => {}
            }
        }
        Some(actor)
    }

    fn note(&mut self, node: &Node) -> Option<Note> {
        if let NodeKind::String(text) = &node.kind {
            return Some(Note { text: text.value.clone(), attachments: Vec::new() });
        }
        let NodeKind::Object(members) = &node.kind else {
            if node.kind != NodeKind::Null {
                self.wrong(node, "`note`", "a text, or an object with `text` and `attachments`");
            }
            return None;
        };
        self.keys(members, &["text", "attachments"]);
        let mut note = Note::default();
        for Member { key, value } in members {
            match (key.as_str(), &value.kind) {
                ("text", _) => note.text = self.text(value, "`text`").unwrap_or_default(),
                ("attachments", NodeKind::Array(items)) => {
                    note.attachments =
                        items.iter().filter_map(|item| self.attachment(item)).collect();
                }
                ("attachments", _) => self.wrong(value, "`attachments`", "a list"),
                _ => {}
            }
        }
        Some(note)
    }

    fn attachment(&mut self, node: &Node) -> Option<Attachment> {
        let NodeKind::Object(members) = &node.kind else {
            self.wrong(node, "an attachment", "an object with `uri` and `hash`");
            return None;
        };
        self.keys(members, &["uri", "hash"]);
        let mut text = |key: &str| {
            let node = members.iter().find(|member| member.key.as_str() == key);
            node.and_then(|member| self.text(&member.value, &format!("`{key}`")))
        };
        match (text("uri"), text("hash")) {
            (Some(uri), Some(hash)) => Some(Attachment { uri, hash }),
            _ => {
                self.wrong(node, "an attachment", "an object with `uri` and `hash`");
                None
            }
        }
    }
}
