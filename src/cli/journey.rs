//! A case driven by lines of JSON: what `run` prints and `explain` looks at the end of.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde::Serialize;
use tresteg::case::{InputLine, Problem, Until};
use tresteg::diagnostic::Report;
use tresteg::{Case, DateTime, Decision, Outcome, Value, Workflow};

use super::console::Console;
use super::files::{Line, Lines};
use super::words::say;
use super::{CaseArguments, Stop, disk};

/// One thing that is wrong with a line.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Wrong {
    code: String,
    pub(super) message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    place: Option<String>,
    /// In the language that is spoken, where the engine says it.
    #[serde(skip)]
    told: Option<String>,
}

impl From<&Problem> for Wrong {
    fn from(problem: &Problem) -> Self {
        let told = Some(problem.tell(super::words::language()));
        let Problem { code, message, hint, place, .. } = problem.clone();
        Self { code, message, hint, place, told }
    }
}

impl std::fmt::Display for Wrong {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if let Some(place) = &self.place {
            write!(f, "{place}: ")?;
        }
        if let Some(told) = &self.told {
            return write!(f, "{told} [{}]", self.code);
        }
        let told = |text| super::words::translated(text, super::words::language());
        write!(f, "{} [{}]", told(&self.message), self.code)?;
        if let Some(hint) = &self.hint {
            write!(f, "; {}", told(hint))?;
        }
        Ok(())
    }
}

/// A case on its way.
pub(super) struct Journey {
    pub case: Case,
    lines: Lines,
    /// A line that was read to see whether it is the start.
    waiting: Option<(usize, Line)>,
    /// Whether the first line was the start.
    pub is_started_by_line: bool,
    /// Roles that nobody declares, as far as they have been told.
    strange: BTreeSet<String>,
}

/// The answer to one line.
pub(super) struct Answer {
    /// The number of the line.
    pub number: usize,
    /// `None` where the line could not be read.
    pub input: Option<InputLine>,
    pub given: Result<Decision, Vec<Wrong>>,
}

impl Answer {
    /// Whether the line did what it was meant to.
    pub(super) fn is_yes(&self) -> bool {
        matches!(&self.given, Ok(decision) if matches!(decision.outcome, Outcome::Moved | Outcome::Advanced))
    }
}

/// Facts from a file; none without one.
pub(super) fn facts(
    workflow: &Workflow,
    path: Option<&Path>,
    console: &mut Console<'_>,
) -> Result<BTreeMap<String, Value>, Stop> {
    let Some(path) = path else { return Ok(BTreeMap::new()) };
    let limit = workflow.limits().event_bytes;
    let text = disk::read(path, limit).map_err(|error| Stop::file(path, disk::said(&error)))?;
    match workflow.facts_from_json(&text) {
        Ok(facts) => Ok(facts),
        Err(report) => {
            for wrong in places(&report, &path.to_string_lossy(), 1) {
                console.complain(&wrong.to_string())?;
            }
            Err(Stop::Wrong)
        }
    }
}

impl Journey {
    /// Starts a case as the first line says, or else at its time, or where there is no line when it is asked, or else now;
    /// facts of the line win over the others.
    pub(super) fn start(
        workflow: &Workflow,
        arguments: &CaseArguments,
        mut lines: Lines,
        asked: Option<DateTime>,
        console: &mut Console<'_>,
    ) -> Result<Result<(Self, Decision), Vec<Wrong>>, Stop> {
        let mut known = facts(workflow, arguments.facts.as_deref(), console)?;
        let mut waiting = lines.next()?;
        let mut time = if waiting.is_none() { asked } else { None };
        if let Some((number, Line::Text(text))) = &waiting {
            match workflow.input_from_json(text) {
                Ok(InputLine::Start { at, facts }) => {
                    time = at;
                    known.extend(facts);
                    waiting = None;
                }
                // What happens first begins the case.
                Ok(InputLine::Event(event)) => time = event.at,
                Ok(InputLine::Advance(Until::Time(until))) => {
                    time = super::now().map(|now| now.min(until))
                }
                // A case that began otherwise than it was told to would answer every line after wrongly.
                Err(report) if is_start(text) => {
                    return Ok(Err(places(&report, &lines.name, *number)));
                }
                _ => {}
            }
        }
        let is_started_by_line = waiting.is_none() && lines.is_begun();
        Ok(match Case::start(workflow, time.or_else(super::now), known) {
            Ok((case, decision)) => {
                let strange = BTreeSet::new();
                Ok((Self { case, lines, waiting, is_started_by_line, strange }, decision))
            }
            Err(error) => Err(error.problems().iter().map(Wrong::from).collect()),
        })
    }

    /// Goes on with a case that began earlier.
    pub(super) fn resume(case: Case, lines: Lines) -> Self {
        let strange = BTreeSet::new();
        Self { case, lines, waiting: None, is_started_by_line: false, strange }
    }

    /// Says which roles of an event no workflow knows: a slip of the pen would read as somebody who has not the right. They
    /// are no error, for a host may hand on all roles that it knows of a person.
    pub(super) fn doubts(
        &mut self,
        answer: &Answer,
        console: &mut Console<'_>,
    ) -> std::io::Result<()> {
        /// Roles that are told and remembered.
        const MOST: usize = 100;
        let Some(InputLine::Event(event)) = &answer.input else { return Ok(()) };
        let workflow = self.case.workflow();
        for role in event.actor.iter().flat_map(|actor| &actor.roles) {
            let known: Vec<&str> =
                super::children::roles(workflow).into_iter().map(|(name, _)| name).collect();
            // Where none are declared, none is asked for.
            if known.is_empty()
                || known.contains(&role.as_str())
                || self.strange.len() >= MOST
                || !self.strange.insert(role.clone())
            {
                continue;
            }
            let near = known
                .into_iter()
                .filter(|known| known.len().abs_diff(role.len()) <= 4)
                .filter(|known| strsim::damerau_levenshtein(known, role) <= 2)
                .min();
            let role: String = role.chars().take(100).collect();
            let hint = near.map(|near| say!(did_you_mean, near)).unwrap_or_default();
            let (name, number) = (&self.lines.name, answer.number);
            console.warn(&say!(strange_role, name, number, role, hint))?;
        }
        Ok(())
    }

    /// Answers the next line; `None` at the end.
    pub(super) fn next(&mut self) -> Result<Option<Answer>, Stop> {
        let next = match self.waiting.take() {
            Some(line) => Some(line),
            None => self.lines.next()?,
        };
        Ok(next.map(|(number, line)| self.answer(number, &line)))
    }

    fn answer(&mut self, number: usize, line: &Line) -> Answer {
        let wrong = |code: &str, message: String| Answer {
            number,
            input: None,
            given: Err(vec![Wrong {
                told: None,
                code: code.to_owned(),
                message,
                hint: None,
                place: Some(format!("{}:{number}:1", self.lines.name)),
            }]),
        };
        let text = match line {
            Line::Text(text) => text,
            Line::TooLong => {
                let limit = self.case.workflow().limits().event_bytes;
                return wrong("limit-event-bytes", say!(line_longer, limit));
            }
            Line::NotUtf8(message) => return wrong("not-utf8", message.clone()),
        };
        let input = match self.case.workflow().input_from_json(text) {
            Ok(input) => input,
            Err(report) => {
                return Answer {
                    number,
                    input: None,
                    given: Err(places(&report, &self.lines.name, number)),
                };
            }
        };
        let decision = match &input {
            InputLine::Event(event) => self.case.fire(event),
            InputLine::Advance(until) => self.case.advance(until.clone()),
            _ => {
                return wrong(
                    "start-not-first",
                    "only the first line can start the case".to_owned(),
                );
            }
        };
        Answer { number, input: Some(input), given: Ok(decision) }
    }
}

/// Whether a line that could not be read was meant to start the case.
fn is_start(text: &str) -> bool {
    let keys: Result<BTreeMap<String, serde::de::IgnoredAny>, _> = serde_json::from_str(text);
    keys.is_ok_and(|keys| keys.contains_key("start"))
}

/// What a line says about itself.
pub(super) fn comment(text: &str) -> Option<String> {
    let line: serde_json::Value = serde_json::from_str(text).ok()?;
    line.get("x-comment")?.as_str().map(str::to_owned)
}

/// The problems of one line, with places in the stream that it comes from.
pub(super) fn places(report: &Report, name: &str, number: usize) -> Vec<Wrong> {
    let found = report.diagnostics().iter().map(|found| {
        let place = found.span.and_then(|span| report.sources().place(span));
        let place = place.map(|at| {
            let line = usize::try_from(at.line).unwrap_or(usize::MAX).saturating_add(number - 1);
            format!("{name}:{line}:{}", at.column)
        });
        Wrong {
            told: None,
            code: found.code.to_owned(),
            message: found.message.clone(),
            hint: found.hint.clone(),
            place,
        }
    });
    found.collect()
}
