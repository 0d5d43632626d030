//! A case gone through once more, step by step, from what was written down about it.

use std::collections::BTreeMap;

use crate::case::Case;
use crate::case::contract;
use crate::case::decision::{Decision, Outcome, Step};
use crate::case::event::Event;
use crate::case::record::{self, Head, Origin, Record};
use crate::case::situation::Situation;
use crate::case::step::{self, Run};
use crate::error::Problem;
use crate::value::{DateTime, Value};
use crate::workflow::Workflow;

/// A case between two steps.
pub(crate) struct Again<'w> {
    workflow: &'w Workflow,
    run: Run<'w>,
    /// The last step as the host was answered at the time, as far as it concerns this step.
    pub told: Decision,
}

impl<'w> Again<'w> {
    /// Begins, without anything that may be due at once.
    pub fn start(
        workflow: &'w Workflow,
        at: DateTime,
        facts: &BTreeMap<String, Value>,
    ) -> Result<(Self, Record), Vec<Problem>> {
        let compiled = workflow.compiled();
        let mut problems = Vec::new();
        let admitted = contract::admit_facts(compiled, facts, &mut problems);
        if !problems.is_empty() {
            return Err(problems);
        }
        let time = at.in_zone(&compiled.definition.zone);
        let known = admitted.iter().map(|(id, value)| {
            (compiled.definition.facts.at(*id).name.value.clone(), value.clone())
        });
        let origin = Origin::Start { facts: known.collect() };
        let situation = Situation::beginning(compiled, time, admitted);
        let mut told = Decision::new(Outcome::Started, None, time);
        let (situation, movement) =
            step::start(compiled, situation, None).map_err(|problem| vec![problem])?;
        told.movement = movement.clone();
        let record = Record {
            at: time,
            origin,
            outcome: Outcome::Started,
            movement,
            reasons: Vec::new(),
            problems: Vec::new(),
        };
        Ok((Self { workflow, run: Run::new(compiled, situation).proving(), told }, record))
    }

    /// The next step that is due up to a time. A term may also have been tried at that very time, when the host let time
    /// pass.
    pub fn due(&mut self, until: DateTime) -> Result<Option<Record>, Problem> {
        if let Some(step) = self.run.next_step(until)? {
            return Ok(Some(self.tell(step)));
        }
        if self.run.situation.time >= until {
            return Ok(None);
        }
        let time = std::mem::replace(&mut self.run.situation.time, until);
        let step = self.run.next_step(until)?;
        if step.is_none() {
            self.run.situation.time = time;
        }
        Ok(step.map(|step| self.tell(step)))
    }

    fn tell(&mut self, step: Step) -> Record {
        let record = record::of_step(&step);
        self.told = Decision::new(Outcome::Advanced, None, step.at);
        self.told.steps.push(step);
        record
    }

    /// The step that comes before an event of this time, if there is one.
    pub fn before(&mut self, at: DateTime) -> Result<Option<Record>, Problem> {
        Ok(self.run.next_step(at)?.map(|step| self.tell(step)))
    }

    /// Answers an event, without what comes before or after it; an answer that leaves no record as it is.
    pub fn event(&mut self, event: Event) -> Result<Record, Box<Decision>> {
        let mut decision = Decision::new(Outcome::Error, Some(&event.name), self.time());
        let accepted = match contract::check(self.workflow.compiled(), &self.run.situation, &event)
        {
            Ok(accepted) => accepted,
            Err(problems) => {
                decision.problems = problems;
                return Err(Box::new(decision));
            }
        };
        let at = accepted.current.at;
        decision.at = at;
        self.run.answer(&accepted, event.actor.as_ref(), &mut decision);
        if decision.outcome == Outcome::Error {
            return Err(Box::new(decision));
        }
        self.told = decision.clone();
        let Decision { outcome, movement, reasons, .. } = decision;
        let origin = Origin::Event { event: Event { at: Some(at), ..event } };
        Ok(Record { at, origin, outcome, movement, reasons, problems: Vec::new() })
    }

    pub fn time(&self) -> DateTime {
        self.run.situation.time
    }

    /// A case that stands where this does.
    pub fn case(&self, head: &Head) -> Case {
        Case {
            workflow: self.workflow.clone(),
            situation: self.run.situation.clone(),
            answered: BTreeMap::new(),
            records: Vec::new(),
            head: head.clone(),
        }
    }
}
