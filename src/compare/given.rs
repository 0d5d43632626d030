//! A case as it was given: when it began, what was known, and what came in.

use std::collections::BTreeMap;

use serde_json::value::RawValue;

use crate::case::entries::Head;
use crate::case::event::{Event, InputLine, Until, facts_from_json};
use crate::case::starting_point::StartingPoint;
use crate::diagnostic::Report;
use crate::journal::discrepancy::next;
use crate::journal::input::Input;
use crate::journal::{Discrepancy, DiscrepancyKind};
use crate::value::{DateTime, Duration, Value, brief};

/// A case that is played under several workflows: what came in from outside, and nothing of what any made of it.
///
/// ```
/// use tresteg::compare::GivenCase;
///
/// let line = r#"{ "case": "17", "start": { "at": "2026-01-05T09:00:00+01:00", "facts": { "votes": 40 } },
///     "events": [ { "event": "close", "at": "2026-02-05T09:00:00+01:00" }, { "advance": "P30D" } ] }"#;
/// let case = GivenCase::from_json(line)?;
/// assert_eq!((case.name(), case.len()), ("17", 2));
/// # Ok::<(), tresteg::compare::InvalidCase>(())
/// ```
#[derive(Debug, Clone)]
pub struct GivenCase {
    pub(super) name: String,
    /// With the first event when absent.
    pub(super) at: Option<DateTime>,
    pub(super) facts: BTreeMap<String, Value>,
    /// Where it begins, if not where the file says.
    pub(super) place: Option<StartingPoint>,
    pub(super) steps: Vec<Step>,
}

#[derive(Debug, Clone)]
pub(super) enum Step {
    Event(Box<Event>),
    /// So long after the step before.
    Later(Duration, Box<Event>),
    /// What a parent would send.
    Received(Option<Duration>, Box<Event>),
    Advance(Until),
}

impl Step {
    /// The name of an event.
    pub fn event(&self) -> Option<&str> {
        match self {
            Self::Event(event) | Self::Later(_, event) | Self::Received(_, event) => {
                Some(&event.name)
            }
            Self::Advance(_) => None,
        }
    }

    /// The time that it says itself.
    pub fn at(&self) -> Option<DateTime> {
        match self {
            Self::Event(event) | Self::Later(_, event) | Self::Received(_, event) => event.at,
            Self::Advance(Until::Time(at)) => Some(*at),
            Self::Advance(Until::For(_)) => None,
        }
    }
}

/// Why a text is no case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidCase(String);

impl std::fmt::Display for InvalidCase {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for InvalidCase {}

const KEYS: [&str; 3] = ["case", "start", "events"];

impl GivenCase {
    /// A case that begins at a time, with the first event when `None`, and in which nothing has happened yet.
    #[must_use]
    pub fn new(
        name: impl Into<String>,
        at: Option<DateTime>,
        facts: BTreeMap<String, Value>,
    ) -> Self {
        Self { name: name.into(), at, facts, place: None, steps: Vec::new() }
    }

    /// The case with one thing more that happened; a second start is passed over.
    #[must_use]
    pub fn then(mut self, input: InputLine) -> Self {
        match input {
            InputLine::Event(event) => self.steps.push(Step::Event(Box::new(event))),
            InputLine::Advance(until) => self.steps.push(Step::Advance(until)),
            InputLine::Start { .. } => {}
        }
        self
    }

    /// How it is called.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How many things happened in it.
    #[must_use]
    pub fn len(&self) -> usize {
        self.steps.len()
    }

    /// Whether nothing happened in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }

    /// Reads a case: `{"case": "17", "start": {"at": …, "facts": {…}}, "events": […]}`. `start` and both keys in it are optional;
    /// each of `events` is a line as [`InputLine::from_json`] reads it. Facts and payload are read by the workflow that they
    /// come to.
    ///
    /// # Errors
    ///
    /// What is wrong, with the number of the event.
    pub fn from_json(text: &str) -> Result<Self, InvalidCase> {
        let wrong = |what: &str, error: &dyn std::fmt::Display| {
            InvalidCase(format!("{what} cannot be read: {error}"))
        };
        let keys: BTreeMap<String, &RawValue> =
            serde_json::from_str(text).map_err(|error| wrong("the case", &error))?;
        let strange = |key: &&String| !KEYS.contains(&key.as_str()) && !is_remark(key);
        if let Some(key) = keys.keys().find(strange) {
            let message =
                format!("unknown key `{}`; a case has `case`, `start`, `events`", brief(key));
            return Err(InvalidCase(message));
        }
        let name = match keys.get("case") {
            None => {
                return Err(InvalidCase("missing key `case`: how the case is called".to_owned()));
            }
            Some(name) => match serde_json::from_str(name.get()) {
                Ok(serde_json::Value::String(name)) => name,
                Ok(serde_json::Value::Number(_)) => name.get().to_owned(),
                _ => return Err(InvalidCase("`case` must be a text or a number".to_owned())),
            },
        };
        let mut case = Self::new(name, None, BTreeMap::new());
        if let Some(start) = keys.get("start") {
            case.read_start(start.get())?;
        }
        let events: Vec<&RawValue> = match keys.get("events") {
            None => return Err(InvalidCase("missing key `events`: a list of lines".to_owned())),
            Some(events) => {
                serde_json::from_str(events.get()).map_err(|error| wrong("`events`", &error))?
            }
        };
        for (number, event) in events.into_iter().enumerate() {
            let what = format!("event {}", number + 1);
            let input = InputLine::from_json(event.get());
            let input = input.map_err(|report| wrong(&what, &first_of(&report)))?;
            if matches!(input, InputLine::Start { .. }) {
                return Err(InvalidCase(format!("{what} starts the case: that stands in `start`")));
            }
            case = case.then(input);
        }
        Ok(case)
    }

    fn read_start(&mut self, text: &str) -> Result<(), InvalidCase> {
        let wrong = |error: String| InvalidCase(format!("`start` cannot be read: {error}"));
        let keys: BTreeMap<String, &RawValue> =
            serde_json::from_str(text).map_err(|error| wrong(error.to_string()))?;
        for (key, value) in keys {
            match key.as_str() {
                "at" => {
                    let line = format!("{{\"start\":{}}}", value.get());
                    match InputLine::from_json(&line).map_err(|report| wrong(first_of(&report)))? {
                        InputLine::Start { at, .. } => self.at = at,
                        _ => return Err(wrong("`at` must be a time".to_owned())),
                    }
                }
                "facts" => {
                    let facts = facts_from_json(value.get());
                    self.facts = facts.map_err(|report| wrong(first_of(&report)))?;
                }
                remark if is_remark(remark) => {}
                other => return Err(wrong(format!("unknown key `{}`", brief(other)))),
            }
        }
        Ok(())
    }

    /// What came into a case, by its journal: its start, every event whatever the answer, and how far time passed. That the
    /// lines are whole, unaltered and in their places is checked, not that the decisions are right. What was erased is not
    /// known. What happened by itself is left out: it happens anew, or does not.
    ///
    /// # Errors
    ///
    /// The first line that is damaged or out of its place, and a journal without a start.
    pub fn from_journal<'l>(
        name: impl Into<String>,
        lines: impl IntoIterator<Item = &'l str>,
    ) -> Result<Self, Discrepancy> {
        let mut case: Option<Self> = None;
        let mut head = Head::before_all();
        let mut name = Some(name.into());
        for text in lines {
            let line = next(text, &head)?;
            head = Head { sequence: head.sequence + 1, hash: line.hash().to_owned() };
            let damaged = |message: String| Discrepancy {
                line: head.sequence,
                kind: DiscrepancyKind::Damaged,
                message,
            };
            match (Input::of(&line).map_err(damaged)?, &mut case) {
                (Input::Start { at, facts }, case @ None) => {
                    let name = name.take().unwrap_or_default();
                    *case = Some(Self::new(name, Some(at), facts));
                }
                (Input::Event { event, .. }, Some(case)) => case.steps.push(Step::Event(event)),
                (Input::Step { at, .. }, Some(case)) => {
                    case.steps.push(Step::Advance(Until::Time(at)));
                }
                (Input::Inside { .. }, Some(_)) => {}
                (Input::Start { .. }, Some(_)) => {
                    return Err(damaged("begins the case a second time".to_owned()));
                }
                (_, None) => return Err(damaged("does not begin the case".to_owned())),
            }
        }
        case.ok_or_else(|| Discrepancy {
            line: 0,
            kind: DiscrepancyKind::Damaged,
            message: "there is no entry".to_owned(),
        })
    }

    /// What happens in a scenario, without what it expects.
    #[cfg(feature = "scenario")]
    #[must_use]
    pub fn from_scenario(scenario: &crate::scenario::Scenario) -> Self {
        use crate::scenario::plan::{Action, When};
        let plan = scenario.plan();
        let row = scenario.row().map(|(number, _)| format!(" {number}")).unwrap_or_default();
        let mut case =
            Self::new(format!("{}{row}", scenario.name()), plan.time, plan.facts.clone());
        case.place.clone_from(&plan.place);
        let timed = |event: &Event, when: When| match when {
            When::At(at) => Box::new(Event { at: Some(at), ..event.clone() }),
            _ => Box::new(event.clone()),
        };
        for step in &plan.steps {
            case.steps.push(match &step.act {
                Action::Event(event, When::After(length)) => Step::Later(*length, event.clone()),
                Action::Event(event, when) => Step::Event(timed(event, *when)),
                Action::Received(event, When::After(length)) => {
                    Step::Received(Some(*length), event.clone())
                }
                Action::Received(event, when) => Step::Received(None, timed(event, *when)),
                Action::Advance(When::At(at)) => Step::Advance(Until::Time(*at)),
                Action::Advance(When::After(length)) => Step::Advance(Until::For(*length)),
                Action::Advance(When::Now) | Action::Look(_) => continue,
            });
        }
        case
    }
}

fn is_remark(key: &str) -> bool {
    key == "$comment" || key.starts_with("x-")
}

/// The first problem of a report, on one line.
fn first_of(report: &Report) -> String {
    let found = report.diagnostics().first();
    found.map(|found| found.message.clone()).unwrap_or_default()
}
