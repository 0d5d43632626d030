//! A case that was played becomes a scenario: what happened is what is expected from now on.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::expect::{Blocker, Scene};
use crate::case::Case;
use crate::case::answer::Outcome;
use crate::case::decision::Decision;
use crate::case::event::{Actor, Event, InputLine, Until};
use crate::definition::parse::is_remark;
use crate::value::{DateTime, Value, write_json_string};

/// Writes scenario files from cases that are played.
///
/// ```
/// use tresteg::case::InputLine;
/// use tresteg::scenario::{Recorder, Suite};
/// use tresteg::{Case, Event, Limits, Workflow};
///
/// let text = r#"{
///     "id": "door", "initial": "shut",
///     "states": { "shut": { "on": { "open": "ajar" } }, "ajar": { "type": "final" } }
/// }"#;
/// let workflow = Workflow::from_json(text)?;
/// let (mut case, decision) = Case::start(&workflow, None, Default::default())?;
/// let mut recorder = Recorder::new("door.json");
/// recorder.start("it opens", None, &Default::default(), &case, &decision);
/// let event = Event::new("open");
/// let decision = case.fire(&event);
/// recorder.step(&InputLine::Event(event), None, &case, &decision);
/// let written = recorder.finish();
/// assert!(written.contains(r#"{ "event": "open", "expect": { "states": ["ajar"], "ended": true } }"#));
///
/// let mut files = |_: &str| Ok(text.to_owned());
/// let suite = Suite::load("door.scenario.json", &written, &mut files, &Limits::default())?;
/// assert!(suite.scenarios().iter().all(|scenario| scenario.run().is_none()));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Recorder {
    workflow: String,
    /// By the name that steps call them.
    actors: Vec<(String, Actor)>,
    scenarios: Vec<Recorded>,
}

#[derive(Debug)]
struct Recorded {
    name: String,
    /// Everything but the steps.
    head: Vec<(String, Json)>,
    steps: Vec<Json>,
    /// By the address of a case.
    before: BTreeMap<String, Standing>,
}

/// What is compared from step to step.
#[derive(Debug, Clone, Default)]
struct Standing {
    states: Vec<String>,
    next_deadline: Option<DateTime>,
    ended: bool,
}

impl Standing {
    /// Of a case and of all its children.
    fn all(case: &Case) -> BTreeMap<String, Self> {
        let mut all = BTreeMap::from([(String::new(), Self::of(case))]);
        for address in case.addresses() {
            if let Ok(child) = case.at(&address) {
                all.insert(address, Self::of(&child));
            }
        }
        all
    }

    fn of(case: &Case) -> Self {
        Self {
            states: case.states().into_iter().map(str::to_owned).collect(),
            next_deadline: case.next_deadline(),
            ended: case.is_ended(),
        }
    }
}

impl Recorder {
    /// Begins a file about a workflow, by its path relative to where the file will be.
    #[must_use]
    pub fn new(workflow: &str) -> Self {
        Self { workflow: workflow.to_owned(), actors: Vec::new(), scenarios: Vec::new() }
    }

    /// Begins a scenario with a case that has just begun.
    pub fn start(
        &mut self,
        name: &str,
        at: Option<DateTime>,
        facts: &BTreeMap<String, Value>,
        case: &Case,
        decision: &Decision,
    ) {
        let mut head = Vec::new();
        if let Some(at) = at {
            head.push(entry("start", Json::text(&clock(at, case))));
        }
        if !facts.is_empty() {
            head.push(entry("facts", Json::values(facts.iter())));
        }
        let expect = expectation(&Standing::default(), case, "", decision, None);
        head.push(entry("expect", Json::Object(expect)));
        let name = if is_remark(name) { format!("scenario-{name}") } else { name.to_owned() };
        let recorded = Recorded { name, head, steps: Vec::new(), before: Standing::all(case) };
        self.scenarios.push(recorded);
    }

    /// Adds what happened and how it was answered; `case` is as it is since.
    pub fn step(
        &mut self,
        input: &InputLine,
        title: Option<&str>,
        case: &Case,
        decision: &Decision,
    ) {
        let mut step = Vec::new();
        if let Some(title) = title {
            step.push(entry("title", Json::text(title)));
        }
        let event = match input {
            InputLine::Event(event) => {
                self.event(event, case, &mut step);
                Some(event)
            }
            InputLine::Advance(until) => {
                let until = match until {
                    Until::Time(time) => clock(*time, case),
                    Until::For(length) => length.to_string(),
                };
                step.push(entry("advance", Json::text(&until)));
                None
            }
            InputLine::Start { .. } => return,
        };
        let Some(recorded) = self.scenarios.last_mut() else { return };
        let here = decision.case.as_deref().unwrap_or_default();
        let nothing = Standing::default();
        let before = |address: &str| recorded.before.get(address).unwrap_or(&nothing);
        let child = case.at(here).ok();
        let own = child.as_ref().unwrap_or(case);
        let expect = expectation(before(here), own, here, decision, event);
        if !expect.is_empty() {
            step.push(entry("expect", Json::Object(expect)));
        }
        let after = Standing::all(case);
        let moved = after.iter().filter(|(address, now)| {
            address.as_str() != here && now.states != before(address).states
        });
        let others = moved.map(|(address, now)| {
            (address.clone(), Json::Object(vec![entry("states", Json::texts(&now.states))]))
        });
        let others: Vec<(String, Json)> = others.collect();
        if !others.is_empty() {
            step.push(entry("others", Json::Object(others)));
        }
        recorded.before = after;
        recorded.steps.push(Json::Object(step));
    }

    fn event(&mut self, event: &Event, case: &Case, step: &mut Vec<(String, Json)>) {
        step.push(entry("event", Json::text(&event.name)));
        if let Some(to) = event.to.as_deref().filter(|to| !to.is_empty()) {
            step.push(entry("to", Json::text(to)));
        }
        if let Some(at) = event.at {
            step.push(entry("at", Json::text(&clock(at, case))));
        }
        if let Some(actor) = &event.actor {
            let actor = match actor.id {
                Some(_) => Json::text(&self.actor(actor)),
                // One that is declared is called by its key, so who has no id is written where it acts.
                None => Json::Object(parts_of(actor)),
            };
            step.push(entry("actor", actor));
        }
        if let Some(id) = &event.id {
            step.push(entry("id", Json::text(id)));
        }
        for (key, values) in [("facts", &event.facts), ("data", &event.data)] {
            if !values.is_empty() {
                step.push(entry(key, Json::values(values.iter())));
            }
        }
        if let Some(note) = &event.note {
            let mut written = vec![entry("text", Json::text(&note.text))];
            let attachments = note.attachments.iter().map(|found| {
                let uri = entry("uri", Json::text(&found.uri));
                Json::Object(vec![uri, entry("hash", Json::text(&found.hash))])
            });
            let attachments: Vec<Json> = attachments.collect();
            if !attachments.is_empty() {
                written.push(entry("attachments", Json::List(attachments)));
            }
            step.push(entry("note", Json::Object(written)));
        }
    }

    /// The name under which the file declares an actor.
    fn actor(&mut self, actor: &Actor) -> String {
        if let Some((name, _)) = self.actors.iter().find(|(_, known)| known == actor) {
            return name.clone();
        }
        let plain = actor.id.as_deref().unwrap_or_default();
        let taken = |name: &str| self.actors.iter().any(|(known, _)| known == name);
        let mut names = std::iter::once(plain.to_owned())
            .chain((2..).map(|number: usize| format!("{plain} {number}")));
        // What begins like a remark would not be read.
        let plain = names.find(|name| !taken(name)).unwrap_or_default();
        let name = if is_remark(&plain) { format!("actor {plain}") } else { plain };
        self.actors.push((name.clone(), actor.clone()));
        name
    }

    /// The text of the file. One scenario is the file itself; several stand under `scenarios` by their names.
    #[must_use]
    pub fn finish(self) -> String {
        let mut file = vec![entry("workflow", Json::text(&self.workflow))];
        let actors = self.actors.into_iter().map(|(name, actor)| {
            let mut written = Vec::new();
            if let Some(id) = actor.id.as_ref().filter(|id| **id != name) {
                written.push(entry("id", Json::text(id)));
            }
            written.extend(parts_of(&actor));
            (name, Json::Object(written))
        });
        let actors: Vec<(String, Json)> = actors.collect();
        if !actors.is_empty() {
            file.push(entry("actors", Json::Object(actors)));
        }
        let single = self.scenarios.len() == 1;
        let written = self.scenarios.into_iter().map(|recorded| {
            let mut members = recorded.head;
            members.push(entry("steps", Json::List(recorded.steps)));
            (recorded.name, members)
        });
        if single {
            file.extend(written.flat_map(|(_, members)| members));
        } else {
            let scenarios = written.map(|(name, members)| (name, Json::Object(members)));
            file.push(entry("scenarios", Json::Object(scenarios.collect())));
        }
        let mut out = String::new();
        Json::Object(file).write(&mut out, 0, 0);
        out.push('\n');
        out
    }
}

/// A time as the clock of the workflow shows it; with its offset where that alone tells it from another.
fn clock(time: DateTime, case: &Case) -> String {
    let zone = &case.workflow().compiled().definition.zone;
    let exact = time.in_zone(zone).to_string();
    let civil = exact.get(..16).unwrap_or_default();
    if DateTime::parse_civil(civil, zone) == Some(time) { civil.to_owned() } else { exact }
}

/// Roles and unit, if any.
fn parts_of(actor: &Actor) -> Vec<(String, Json)> {
    let mut parts = Vec::new();
    if !actor.roles.is_empty() {
        parts.push(entry("roles", Json::texts(&actor.roles)));
    }
    if let Some(unit) = &actor.unit {
        parts.push(entry("unit", Json::text(unit)));
    }
    parts
}

/// What is worth expecting: that which goes without saying is left out.
fn expectation(
    before: &Standing,
    case: &Case,
    here: &str,
    decision: &Decision,
    event: Option<&Event>,
) -> Vec<(String, Json)> {
    let mut expect = Vec::new();
    let scene = Scene { case: Some(case), here, ..Scene::of_answer(Some(decision), &[]) };
    let problems: Vec<&str> = scene.failures().map(|found| found.code.as_str()).collect();
    let goes_without_saying = match decision.outcome {
        Outcome::Blocked | Outcome::NotExpected | Outcome::Error => false,
        // Whoever expects a problem expects an error, unless it is of a term or of what was sent.
        Outcome::Moved => problems.is_empty(),
        _ => true,
    };
    if !goes_without_saying {
        expect.push(entry("answer", Json::text(decision.outcome.name())));
    }
    if !problems.is_empty() {
        expect.push(entry("problems", Json::texts(&problems)));
    }
    if decision.outcome == Outcome::Blocked {
        let blockers = Blocker::ALL.into_iter().filter_map(|(key, blocker)| {
            let (names, _) = scene.blockers(blocker);
            (!names.is_empty()).then(|| entry(key, Json::texts(&names)))
        });
        let blockers: Vec<(String, Json)> = blockers.collect();
        if !blockers.is_empty() {
            expect.push(entry("blocked_by", Json::Object(blockers)));
        }
    }
    if scene.is_signing() {
        expect.push(entry("signed", Json::texts(&scene.signed())));
        expect.push(entry("signatures_missing", Json::texts(&scene.signatures_missing())));
    }
    let now = Standing::of(case);
    if now.states != before.states {
        expect.push(entry("states", Json::texts(&now.states)));
    }
    let mut facts: BTreeMap<&str, Option<&Value>> = BTreeMap::new();
    for change in decision.movements_in(here).flat_map(|effects| &effects.changed) {
        facts.insert(&change.fact, change.after.as_ref());
    }
    // That a fact is what the event said it is goes without saying; that it is another does not.
    if let Some(event) = event {
        facts.retain(|name, value| match (event.facts.get(*name), value) {
            (Some(sent), Some(value)) => sent.to_json() != value.to_json(),
            _ => true,
        });
    }
    if !facts.is_empty() {
        let facts = facts.into_iter().map(|(name, value)| {
            entry(name, value.map_or(Json::Raw("null".to_owned()), Json::value))
        });
        expect.push(entry("facts", Json::Object(facts.collect())));
    }
    let emitted = decision.movements_in(here).flat_map(|effects| &effects.emitted);
    let emitted = emitted.map(|message| {
        let name = Json::text(&message.name);
        if message.data.is_empty() {
            return name;
        }
        let data = Json::values(message.data.iter());
        Json::Object(vec![entry("name", name), entry("data", data)])
    });
    let emitted: Vec<Json> = emitted.collect();
    if !emitted.is_empty() {
        expect.push(entry("emitted", Json::List(emitted)));
    }
    if now.next_deadline != before.next_deadline && !now.ended {
        let due = now.next_deadline.map(|due| Json::text(&due.to_string()));
        expect.push(entry("next_deadline", due.unwrap_or(Json::Raw("null".to_owned()))));
    }
    if now.ended && !before.ended {
        expect.push(entry("ended", Json::Raw("true".to_owned())));
    }
    expect
}

fn entry(key: &str, value: Json) -> (String, Json) {
    (key.to_owned(), value)
}

/// JSON to be laid out for people.
#[derive(Debug)]
enum Json {
    Raw(String),
    List(Vec<Json>),
    Object(Vec<(String, Json)>),
}

/// Characters of a line.
const WIDE: usize = 140;

impl Json {
    fn text(text: &str) -> Self {
        let mut out = String::new();
        write_json_string(text, &mut out);
        Self::Raw(out)
    }

    fn texts(texts: &[impl AsRef<str>]) -> Self {
        Self::List(texts.iter().map(|text| Self::text(text.as_ref())).collect())
    }

    fn values<'v>(
        values: impl Iterator<Item = (&'v (impl AsRef<str> + 'v + ?Sized), &'v Value)>,
    ) -> Self {
        Self::Object(values.map(|(key, value)| entry(key.as_ref(), Self::value(value))).collect())
    }

    fn value(value: &Value) -> Self {
        match value {
            Value::List(items) => Self::List(items.iter().map(Self::value).collect()),
            Value::Record(entries) => {
                let entries = entries
                    .iter()
                    .map(|(key, value): (&Arc<str>, _)| entry(key, Self::value(value)));
                Self::Object(entries.collect())
            }
            scalar => Self::Raw(scalar.to_json()),
        }
    }

    /// Characters on one line.
    fn width(&self) -> usize {
        match self {
            Self::Raw(text) => text.chars().count(),
            Self::List(items) => 2 + items.iter().map(|item| item.width() + 2).sum::<usize>(),
            Self::Object(members) => {
                let members = members.iter();
                4 + members
                    .map(|(key, value)| key.chars().count() + 6 + value.width())
                    .sum::<usize>()
            }
        }
    }

    /// Appends it; `before` are the characters that stand on the line already.
    fn write(&self, out: &mut String, indent: usize, before: usize) {
        if before > 0 && indent + before + self.width() <= WIDE {
            return self.write_flat(out);
        }
        let margin = |out: &mut String, indent: usize| {
            out.push('\n');
            out.extend(std::iter::repeat_n(' ', indent));
        };
        match self {
            Self::Raw(text) => out.push_str(text),
            Self::List(items) if items.is_empty() => out.push_str("[]"),
            Self::Object(members) if members.is_empty() => out.push_str("{}"),
            Self::List(items) => {
                out.push('[');
                for (index, item) in items.iter().enumerate() {
                    out.push_str(if index > 0 { "," } else { "" });
                    margin(out, indent + 2);
                    item.write(out, indent + 2, 1);
                }
                margin(out, indent);
                out.push(']');
            }
            Self::Object(members) => {
                out.push('{');
                for (index, (key, value)) in members.iter().enumerate() {
                    out.push_str(if index > 0 { "," } else { "" });
                    margin(out, indent + 2);
                    write_json_string(key, out);
                    out.push_str(": ");
                    // What happens in a case is a story of many lines, however short.
                    let open = matches!(key.as_str(), "steps" | "scenarios") && indent <= 4;
                    let before = if open { 0 } else { key.chars().count() + 5 };
                    value.write(out, indent + 2, before);
                }
                margin(out, indent);
                out.push('}');
            }
        }
    }

    fn write_flat(&self, out: &mut String) {
        match self {
            Self::Raw(text) => out.push_str(text),
            Self::List(items) => {
                out.push('[');
                for (index, item) in items.iter().enumerate() {
                    out.push_str(if index > 0 { ", " } else { "" });
                    item.write_flat(out);
                }
                out.push(']');
            }
            Self::Object(members) if members.is_empty() => out.push_str("{}"),
            Self::Object(members) => {
                for (index, (key, value)) in members.iter().enumerate() {
                    out.push_str(if index > 0 { ", " } else { "{ " });
                    write_json_string(key, out);
                    out.push_str(": ");
                    value.write_flat(out);
                }
                out.push_str(" }");
            }
        }
    }
}
