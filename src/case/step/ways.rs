//! All ways in which a step can go where verdicts are costs instead of gates, for whoever compares what happened with the
//! rules.
//!
//! The step is the same as ever: it is taken again and again, each time with other verdicts supposed, and what was supposed
//! against what was found is counted. So a way without any is the one that the case would go.

use std::cell::RefCell;
use std::sync::Arc;

use super::{Run, is_barred};
use crate::case::Case;
use crate::case::answer::Outcome;
use crate::case::claims::ClaimStatus;
use crate::case::contract::Accepted;
use crate::case::decision::Decision;
use crate::case::describe;
use crate::case::entries::{Head, PendingEntries};
use crate::case::event::Actor;
use crate::case::ids::AnsweredIds;
use crate::case::situation::Situation;
use crate::case::step_log::Incoming;
use crate::error::Problem;
use crate::rule::observer::Observer;
use crate::rule::{Meter, Truth};
use crate::table::TransitionId;
use crate::value::DateTime;
use crate::workflow::{Compiled, Workflow};

/// How verdicts count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Guards {
    /// What does not hold is shut.
    Gate,
    /// Every verdict may be taken otherwise, and that is counted.
    Cost,
}

/// How a step is taken.
#[derive(Debug, Clone, Copy)]
pub(crate) struct How {
    pub guards: Guards,
    /// Whether terms that are due are taken.
    pub is_strict: bool,
    /// Whether an event that lacks something is refused as a whole.
    pub bars: bool,
}

/// How many verdicts were taken otherwise than they were found: fewest violations first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Deviations {
    pub violations: u32,
    /// Verdicts that were not known.
    pub undecided: u32,
}

impl std::ops::Add for Deviations {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            violations: self.violations.saturating_add(other.violations),
            undecided: self.undecided.saturating_add(other.undecided),
        }
    }
}

/// A verdict as it was found, and as it was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Judged {
    pub id: TransitionId,
    pub found: Truth,
    pub taken: Truth,
}

/// One way that a step can go.
#[derive(Debug)]
pub(crate) struct Way {
    pub after: Arc<Situation>,
    pub judged: Vec<Judged>,
    /// Whether something is missing in the event without which it is refused.
    pub lacks: bool,
}

impl Way {
    pub fn cost(&self) -> Deviations {
        let mut cost = Deviations { violations: 0, undecided: u32::from(self.lacks) };
        for Judged { found, taken, .. } in &self.judged {
            match found {
                _ if found == taken => {}
                Truth::Unknown => cost.undecided += 1,
                _ => cost.violations += 1,
            }
        }
        cost
    }
}

/// What a step can come to.
#[derive(Debug)]
pub(crate) struct Ways {
    pub ways: Vec<Way>,
    /// What the case answers, where no verdict is taken otherwise.
    pub outcome: Outcome,
    /// Whether there are more ways than were looked for.
    pub is_cut: bool,
}

/// So many ways of one step are looked for.
const MOST: usize = 128;

/// Supposes verdicts by a script of choices, and takes down what was found.
struct Verdicts<'s> {
    workflow: &'s Compiled,
    /// Whether nobody is known to have sent it: then nobody can tell whether it was somebody else.
    is_nobody: bool,
    bars: bool,
    /// By place: 0 as found, 1 the other way, 2 the third.
    script: &'s [u8],
    judged: RefCell<Vec<Judged>>,
}

impl Verdicts<'_> {
    fn asks_who(&self, id: TransitionId) -> bool {
        !self.workflow.definition.transitions.at(id).not_by.is_empty()
    }
}

/// How many choices there are.
fn choices(found: Truth) -> u8 {
    if found == Truth::Unknown { 3 } else { 2 }
}

impl Observer for Verdicts<'_> {
    fn verdict(&self, id: TransitionId, found: Truth) -> Truth {
        let mut judged = self.judged.borrow_mut();
        let found = match found {
            Truth::False if self.is_nobody && self.asks_who(id) => Truth::Unknown,
            found => found,
        };
        let choice = self.script.get(judged.len()).copied().unwrap_or(0);
        let taken = match (choice, found) {
            (0, found) => found,
            (1, Truth::True) | (2, _) => Truth::False,
            (_, _) => Truth::True,
        };
        judged.push(Judged { id, found, taken });
        taken
    }

    fn bars(&self) -> bool {
        self.bars
    }
}

/// The next script: the last choice that has another is taken otherwise. `None` when there are no more.
fn next(mut script: Vec<u8>, judged: &[Judged]) -> Option<Vec<u8>> {
    script.resize(judged.len(), 0);
    while let Some(last) = script.pop() {
        let found = judged.get(script.len()).map_or(Truth::True, |judged| judged.found);
        if last + 1 < choices(found) {
            script.push(last + 1);
            return Some(script);
        }
    }
    None
}

/// Everything that an event can come to in a situation whose time is not behind it. What was sent and is due is taken before
/// and after it; terms only where they are strict.
pub(crate) fn ways(
    workflow: &Workflow,
    from: &Arc<Situation>,
    accepted: &Accepted,
    actor: Option<&Actor>,
    how: How,
) -> Ways {
    let How { guards, is_strict, bars } = how;
    let compiled = workflow.compiled();
    let lacks = is_barred(compiled, accepted, actor);
    let mut found = Ways { ways: Vec::new(), outcome: Outcome::NotExpected, is_cut: false };
    let mut script = Some(Vec::new());
    let mut count = 0;
    while let Some(choices) = script {
        if count == MOST {
            found.is_cut = true;
            break;
        }
        let is_nobody = accepted.current.actor.is_none();
        let judged = RefCell::new(Vec::new());
        let verdicts = Verdicts { workflow: compiled, is_nobody, bars, script: &choices, judged };
        let meter = Meter::call(&compiled.limits);
        let run = Run::new(workflow, Arc::clone(from), &meter, describe::put_away);
        let mut run = run.observed_by(Some(&verdicts));
        let outcome = run.try_event(accepted, actor, is_strict).unwrap_or(Outcome::Error);
        if count == 0 {
            found.outcome = outcome;
        }
        let after = run.situation;
        let judged = verdicts.judged.into_inner();
        count += 1;
        script = match guards {
            Guards::Gate => None,
            Guards::Cost => next(choices, &judged),
        };
        if outcome == Outcome::Moved {
            found.ways.push(Way { after, judged, lacks });
        }
    }
    found
}

impl Run<'_> {
    fn try_event(
        &mut self,
        accepted: &Accepted,
        actor: Option<&Actor>,
        is_strict: bool,
    ) -> Result<Outcome, Problem> {
        let at = accepted.current.at;
        self.pass(at, is_strict)?;
        let act = self.answer(Incoming::unwritten(accepted.clone()), actor)?;
        if act.outcome == Outcome::Moved {
            self.pass(at, is_strict)?;
        }
        Ok(act.outcome)
    }

    /// Takes what is due: what was sent, and terms where they are strict.
    fn pass(&mut self, until: DateTime, is_strict: bool) -> Result<(), Problem> {
        if is_strict {
            return self.settle(until);
        }
        while !self.situation.ended {
            let sent = self.situation.sent.iter().enumerate();
            let due = sent.filter(|(_, sent)| sent.due <= until);
            let Some((place, _)) = due.min_by_key(|(place, sent)| (sent.due, *place)) else {
                break;
            };
            let sent = Arc::make_mut(&mut self.situation).sent.change().remove(place);
            self.take_sent(sent)?;
        }
        Ok(())
    }
}

/// Where a case comes to by what is due up to a time: all of it where terms are strict, else what was sent.
pub(crate) fn passed(
    workflow: &Workflow,
    from: &Arc<Situation>,
    until: DateTime,
    is_strict: bool,
) -> Option<Arc<Situation>> {
    let meter = Meter::call(&workflow.compiled().limits);
    let mut run = Run::new(workflow, Arc::clone(from), &meter, describe::put_away);
    run.pass(until, is_strict).ok()?;
    Some(run.situation)
}

/// Where a case comes to by the next term that is due up to a time and open.
pub(crate) fn by_term(
    workflow: &Workflow,
    from: &Arc<Situation>,
    until: DateTime,
) -> Option<Arc<Situation>> {
    if !crate::case::terms::is_due(from, until) {
        return None;
    }
    let meter = Meter::call(&workflow.compiled().limits);
    let mut run = Run::new(workflow, Arc::clone(from), &meter, describe::put_away);
    run.take_due_term(until).ok().filter(|taken| *taken)?;
    run.pass(run.situation.time, false).ok()?;
    Some(run.situation)
}

/// Where a case stands that begins with these facts; what is due at once has been taken.
pub(crate) fn begun(
    workflow: &Workflow,
    time: DateTime,
    facts: Vec<(crate::table::FactId, crate::value::Value)>,
    is_strict: bool,
) -> Result<Arc<Situation>, Problem> {
    let meter = Meter::call(&workflow.compiled().limits);
    let act = super::start(workflow, time, facts, None, &meter)?;
    let mut run = Run::new(workflow, Arc::clone(&act.after), &meter, describe::put_away);
    run.pass(time, is_strict)?;
    Ok(run.situation)
}

fn standing(workflow: &Workflow, situation: &Arc<Situation>) -> Case {
    Case {
        workflow: workflow.clone(),
        situation: Arc::clone(situation),
        ids: AnsweredIds::default(),
        records: PendingEntries::default(),
        head: Head::before_all(),
    }
}

/// What a case that stands there answers to an event, with reasons.
pub(crate) fn explained(
    workflow: &Workflow,
    situation: &Arc<Situation>,
    accepted: &Accepted,
    actor: Option<&Actor>,
) -> Decision {
    let mut event = Incoming::unwritten(accepted.clone()).event(workflow);
    event.actor = actor.cloned();
    standing(workflow, situation).explain(&event)
}

/// The leaf states of a situation, and how its claims stand.
pub(crate) fn described(
    workflow: &Workflow,
    situation: &Arc<Situation>,
) -> (Vec<String>, Vec<ClaimStatus>) {
    let case = standing(workflow, situation);
    let states = case.states().into_iter().map(str::to_owned).collect();
    let claims = match workflow.compiled().rules.claims.is_empty() {
        true => Vec::new(),
        false => case.claims(),
    };
    (states, claims)
}
