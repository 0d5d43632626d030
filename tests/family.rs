//! Child cases: how they start, in which order things happen, how they talk, how they end.

mod forged;
mod log;
mod oracle;
mod order;
mod record;
mod stories;

use std::collections::BTreeMap;

use tresteg::diagnostic::Report;
use tresteg::{Case, Decision, Event, Limits, Value, Workflow};

/// Files by name, the first of which is the outermost.
pub struct Files<'f>(pub &'f [(&'f str, &'f str)]);

impl Files<'_> {
    pub fn load(&self) -> Result<Workflow, Report> {
        self.load_within(&Limits::default())
    }

    pub fn load_within(&self, limits: &Limits) -> Result<Workflow, Report> {
        let (name, text) = self.0[0];
        let mut resolve = |path: &str| {
            let found = self.0.iter().find(|(name, _)| *name == path);
            found.map(|(_, text)| (*text).to_owned()).ok_or_else(|| "no such file".to_owned())
        };
        Workflow::load(name, text, &mut resolve, limits)
    }
}

pub fn texts(items: &[&str]) -> Value {
    items.iter().map(|item| Value::from(*item)).collect()
}

pub fn begin(workflow: &Workflow, facts: &[(&str, Value)]) -> (Case, Decision) {
    let facts: BTreeMap<String, Value> =
        facts.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
    Case::start(workflow, None, facts).unwrap_or_else(|error| panic!("{error:?}"))
}

pub fn event(name: &str) -> Event {
    Event::new(name)
}

/// The steps of an answer, each as `address: cause → entered states`.
pub fn told(decision: &Decision) -> Vec<String> {
    let steps = decision.steps.iter().map(|step| {
        let case = step.case.as_deref().unwrap_or("·");
        let cause = match &step.cause {
            tresteg::case::StepCause::Term { term, .. } => format!("term {term}"),
            tresteg::case::StepCause::Sent { event, .. } => event.clone(),
            tresteg::case::StepCause::Children => "looks".to_owned(),
            tresteg::case::StepCause::Invoked => "starts".to_owned(),
            tresteg::case::StepCause::Stopped => "stops".to_owned(),
            _ => "?".to_owned(),
        };
        let outcome = match step.outcome {
            tresteg::case::StepOutcome::Moved => String::new(),
            other => format!(" {other:?}"),
        };
        let entered = step.effects.entered.join("+");
        let emitted: Vec<_> =
            step.effects.emitted.iter().map(|one| format!("!{}", one.name)).collect();
        format!("{case} {cause}{outcome} {entered}{}", emitted.concat()).trim_end().to_owned()
    });
    steps.collect()
}

/// The states of a child.
pub fn states(case: &Case, address: &str) -> Vec<String> {
    let child = case.at(address).unwrap_or_else(|error| panic!("{address}: {error:?}"));
    child.states().into_iter().map(str::to_owned).collect()
}
