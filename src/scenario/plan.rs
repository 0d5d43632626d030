//! One scenario on one workflow: what happens step by step, and the one place where a case goes through it.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::expect::{Check, Scene, Wanted};
use crate::case::Case;
use crate::case::answer::Outcome;
use crate::case::decision::Decision;
use crate::case::event::{Event, Until};
use crate::case::starting_point::StartingPoint;
use crate::coverage::Coverage;
use crate::diagnostic::Span;
use crate::error::{Error, Problem};
use crate::label::Label;
use crate::limits::Limits;
use crate::rule::{Meter, OPERATIONS};
use crate::value::{DateTime, Duration, Value};
use crate::workflow::Workflow;

/// Operations that a step costs besides what its scripts do, about, where many scenarios are counted.
const STEP: u64 = 100;

#[derive(Debug, Clone)]
pub(crate) struct Plan {
    pub time: Option<DateTime>,
    pub facts: BTreeMap<String, Value>,
    /// Where the case begins, if not where the file says.
    pub place: Option<StartingPoint>,
    pub expect: Vec<Check>,
    pub steps: Vec<Step>,
}

#[derive(Debug, Clone)]
pub(crate) struct Step {
    /// What happens: the event's name, or how far time advances.
    pub span: Span,
    pub title: Label,
    pub act: Action,
    pub expect: Vec<Check>,
}

#[derive(Debug, Clone)]
pub(crate) enum Action {
    Event(Box<Event>, When),
    /// What a parent would send.
    Received(Box<Event>, When),
    Advance(When),
    /// Nothing happens; one looks at where the case stands, or a child of it, by its address.
    Look(Option<String>),
}

impl Action {
    /// The case that a step is about, by its address; empty for the outermost.
    pub fn here(&self) -> &str {
        match self {
            Self::Event(event, _) => event.to.as_deref().unwrap_or_default(),
            Self::Look(to) => to.as_deref().unwrap_or_default(),
            Self::Received(..) | Self::Advance(_) => "",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum When {
    /// At the time of the last step.
    Now,
    At(DateTime),
    /// After the last step.
    After(Duration),
}

/// Behind the start or a step.
pub(crate) struct Moment<'a> {
    /// The number of the step from 0; `None` for the start.
    pub step: Option<usize>,
    pub expect: &'a [Check],
    pub scene: Scene<'a>,
}

/// Where the budget of all steps ended.
pub(crate) struct Cut {
    /// The number of the step from 0.
    pub step: usize,
    pub problem: Problem,
}

/// So many steps together have the budget of one call.
const STEPS: usize = 100;
/// More than the budget of so many calls no scenario has.
const CALLS: u64 = 20;

/// Operations of all steps up to one of them.
fn room(limits: &Limits, step: usize) -> u64 {
    let calls = (step / STEPS) as u64 + 1;
    limits.call_operations.saturating_mul(calls.min(CALLS))
}

fn too_long(most: u64) -> Problem {
    let message =
        format!("the steps up to here take more than {most} operations, the most of so many steps");
    let hint = "make two scenarios of it: the second may begin by `from` where the first ends";
    Problem::new(OPERATIONS, message).hint(hint)
}

impl Plan {
    /// Runs a case through the steps and shows each moment to whoever looks. Stops where that is answered by `false`. A
    /// coverage takes down what the case shows.
    ///
    /// What it takes is `counted` besides, where many are run; it stops where there is no more room for it.
    ///
    /// A hundred steps together have the budget of one call, more the same again for each further hundred. A step that has no
    /// room in it is not shown: it is the answer.
    pub fn play(
        &self,
        workflow: &Workflow,
        mut coverage: Option<&mut Coverage>,
        counted: Option<&Meter>,
        look: &mut dyn FnMut(Moment<'_>) -> bool,
    ) -> Option<Cut> {
        let limits = workflow.limits();
        let meter = Meter::call(limits);
        let (mut case, decision) = match self.begin(workflow, coverage.as_deref_mut(), &meter) {
            Ok(begun) => begun,
            Err(error) => {
                let scene = Scene::of_answer(None, error.problems());
                look(Moment { step: None, expect: &self.expect, scene });
                return None;
            }
        };
        let whole = Some(&case);
        let scene = Scene { case: whole, whole, ..Scene::of_answer(Some(&decision), &[]) };
        asked_of(scene, &self.expect, coverage.as_deref_mut());
        if !look(Moment { step: None, expect: &self.expect, scene }) {
            return None;
        }
        let mut used = meter.used().0;
        let count = |operations: u64| {
            counted.is_none_or(|counted| {
                counted.spend(operations.saturating_add(STEP));
                counted.fault().is_none()
            })
        };
        if !count(used) {
            return None;
        }
        for (number, step) in self.steps.iter().enumerate() {
            let room = room(limits, number);
            let meter = Meter::going_on(limits, room.saturating_sub(used));
            let did = act(&mut case, &step.act, coverage.as_deref_mut(), &meter);
            let (decision, problems) = match did {
                Ok(decision) => (decision, None),
                Err(problem) => (None, Some(problem)),
            };
            // Nobody takes the entries of the journal.
            case.records.clear();
            let own = meter.used().0.saturating_sub(used);
            if !count(own) {
                return None;
            }
            if meter.fault().is_some_and(|fault| fault.ends_call())
                && own < limits.call_operations
                && meter.left() == 0
            {
                return Some(Cut { step: number, problem: too_long(room) });
            }
            // Whoever asks for the reasons has the rules asked once more.
            let asked = if step.expect.is_empty() { 1 } else { 2 };
            used = used.saturating_add(own.saturating_mul(asked));
            let problems = problems.as_slice();
            let here = step.act.here();
            let child = (!here.is_empty()).then(|| case.at(here).ok());
            let others = elsewhere(&case, &step.expect);
            let scene = Scene {
                case: child.as_ref().map_or(Some(&case), Option::as_ref),
                whole: Some(&case),
                here,
                others: &others,
                ..Scene::of_answer(decision.as_ref(), problems)
            };
            asked_of(scene, &step.expect, coverage.as_deref_mut());
            if !look(Moment { step: Some(number), expect: &step.expect, scene }) {
                return None;
            }
        }
        None
    }

    /// The case before the first step.
    fn begin(
        &self,
        workflow: &Workflow,
        coverage: Option<&mut Coverage>,
        meter: &Meter,
    ) -> Result<(Case, Decision), Error> {
        match &self.place {
            Some(place) => {
                let case = Case::placed(workflow, self.time, &self.facts, place)?;
                let decision = Decision::new(Outcome::Started, None, case.time());
                Ok((case, decision))
            }
            None => {
                let facts = self.facts.clone();
                let (mut case, decision) = match coverage {
                    Some(coverage) => coverage.start_within(self.time, facts, meter)?,
                    None => Case::start_within(workflow, self.time, facts, None, meter)?,
                };
                case.records.clear();
                Ok((case, decision))
            }
        }
    }
}

/// The cases of a whole of which something is expected besides the one that a step is about.
fn elsewhere(case: &Case, expect: &[Check]) -> Vec<(Arc<str>, Option<Case>)> {
    let mut found: Vec<(Arc<str>, Option<Case>)> = Vec::new();
    for address in expect.iter().filter_map(|check| check.case.as_ref()) {
        if !found.iter().any(|(known, _)| known == address) {
            found.push((Arc::clone(address), case.at(address).ok()));
        }
    }
    found
}

/// Factors of which a verdict is expected are looked at.
fn asked_of(scene: Scene<'_>, expect: &[Check], coverage: Option<&mut Coverage>) {
    let Some(coverage) = coverage else { return };
    for check in expect {
        if let Wanted::Factor(name, _) = &check.wanted
            && let Some(case) = scene.of(check).case
        {
            coverage.looks_at(case, name);
        }
    }
}

/// What a step does to a case; nothing in a step that only looks.
fn act(
    case: &mut Case,
    act: &Action,
    coverage: Option<&mut Coverage>,
    meter: &Meter,
) -> Result<Option<Decision>, Problem> {
    match act {
        Action::Event(event, when) => {
            let at = instant(case, *when)?;
            let timed = at.is_some().then(|| Event { at, ..Event::clone(event) });
            let event = timed.as_ref().unwrap_or(event);
            Ok(Some(match coverage {
                Some(coverage) => coverage.fire_within(case, event, meter),
                None => case.fire_within(event, None, meter),
            }))
        }
        Action::Received(event, when) => {
            let at = instant(case, *when)?;
            let event = Event { at: at.or(event.at), ..Event::clone(event) };
            Ok(Some(match coverage {
                Some(coverage) => coverage.receive_within(case, &event, meter),
                None => case.receive_within(&event, None, meter),
            }))
        }
        Action::Advance(when) => {
            let until = match *when {
                When::Now => case.time().into(),
                When::At(time) => Until::Time(time),
                When::After(length) => Until::For(length),
            };
            Ok(Some(match coverage {
                Some(coverage) => coverage.advance_within(case, until, meter),
                None => case.advance_within(until, None, meter),
            }))
        }
        Action::Look(_) => Ok(None),
    }
}

fn instant(case: &Case, when: When) -> Result<Option<DateTime>, Problem> {
    match when {
        When::Now => Ok(None),
        When::At(time) => Ok(Some(time)),
        When::After(length) => case.later(length).map(Some),
    }
}
