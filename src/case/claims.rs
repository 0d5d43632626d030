//! How claims stand in a case: judged at the end of each step, kept with the situation.

use std::sync::Arc;

use serde::Serialize;

use crate::case::claim_log::{Broken, Cause, Standing, Waiting};
use crate::case::situation::Situation;
use crate::label::Label;
use crate::rule::claims::{Assertion, ClaimProgram, Condition, Step};
use crate::rule::{Context, Fault, Meter, Rules};
use crate::value::DateTime;
use crate::workflow::Compiled;

/// How a claim of a case stands: [`Case::claims`](crate::Case::claims).
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ClaimStatus {
    /// Its name in the file.
    pub name: String,
    /// The address of the child case whose claim it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub case: Option<String>,
    /// Whether it has held so far.
    pub verdict: ClaimVerdict,
    /// Of one that is broken, the step after which it did not hold (1 is the start; events and terms that were taken count),
    /// or since which something waits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub step: Option<u64>,
    /// Of one that is broken, when.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<DateTime>,
    /// Of one that waits, until when it may.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due: Option<DateTime>,
    /// Of one that is broken, why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cause: Option<Cause>,
    /// The title in the file.
    #[serde(skip_serializing_if = "Label::is_empty")]
    pub title: Label,
}

/// Whether a claim holds of a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ClaimVerdict {
    /// So far, and of an ended case for good.
    Kept,
    /// Something waits for what must follow, and its time is not up.
    Open,
    /// It did not hold.
    Broken,
    /// Values that it asks for are erased.
    Unknown,
}

/// Judges the claims of a case that has come to rest after a step. One that is enforced and would be broken is an error, which
/// [`barring`] knows again. Nothing is judged where what was erased is only supposed.
pub(crate) fn judge(
    workflow: &Compiled,
    before: Option<&Situation>,
    after: &mut Situation,
    is_doubtful: bool,
    meter: &Meter,
) -> Result<(), Fault> {
    let claims = &workflow.rules.claims;
    if claims.is_empty() {
        return Ok(());
    }
    let mut log = after.claims.as_deref().cloned().unwrap_or_default();
    log.steps = log.steps.saturating_add(1);
    log.claims.resize(claims.len(), Standing::Kept);
    if is_doubtful {
        log.doubtful = true;
        after.claims = Some(Arc::new(log));
        return Ok(());
    }
    let context = Context { meter: Some(meter), ..after.context(None) };
    let earlier = before.map(|before| Context {
        now: after.time,
        meter: Some(meter),
        ..before.context(None)
    });
    let step = Step { before: earlier, after: context };
    let judge = Judge { rules: &workflow.rules, number: log.steps, step };
    for (place, (claim, standing)) in claims.iter().zip(&mut log.claims).enumerate() {
        if matches!(standing, Standing::Broken(_)) {
            continue;
        }
        let next = match judge.next(claim, standing) {
            Err(fault) if fault.ends_call() => return Err(fault),
            Err(_) => judge.broken(Cause::Failed),
            Ok(next) => next,
        };
        if claim.enforced && matches!(next, Standing::Broken(_)) {
            return Err(enforced(workflow, place));
        }
        *standing = next;
    }
    after.claims = Some(Arc::new(log));
    Ok(())
}

/// The error of a step that an enforced claim, by its place, does not let through.
fn enforced(workflow: &Compiled, place: usize) -> Fault {
    let claim = workflow.definition.claims.get(place);
    let name = claim.map_or("", |claim| claim.name.as_str());
    Fault {
        code: ENFORCED,
        message: format!("the claim `{name}` would be broken"),
        span: claim.map(|claim| claim.name.span).unwrap_or_default(),
        hint: None,
    }
}

/// The place of the claim that did not let a step through, where that is the error.
pub(crate) fn barring(workflow: &Compiled, fault: &Fault) -> Option<usize> {
    let claims = &workflow.definition.claims;
    claims.iter().position(|claim| fault.code == ENFORCED && claim.name.span == fault.span)
}

/// The code of a step that an enforced claim does not let through.
pub(crate) const ENFORCED: &str = "claim";

/// A step, numbered from 1.
struct Judge<'a> {
    rules: &'a Rules,
    number: u64,
    step: Step<'a>,
}

impl Judge<'_> {
    fn broken(&self, cause: Cause) -> Standing {
        Standing::Broken(Broken { step: self.number, at: self.step.after.now, cause })
    }

    fn holds(&self, condition: &Condition) -> Result<bool, Fault> {
        self.rules.is_true_of(condition, self.step)
    }

    fn next(&self, claim: &ClaimProgram, standing: &Standing) -> Result<Standing, Fault> {
        let is_broken = match &claim.rule {
            Assertion::Always(always) => !self.holds(always)?,
            Assertion::Never { never, without } => {
                self.holds(never)?
                    && match without {
                        Some(without) => !self.holds(without)?,
                        None => true,
                    }
            }
            Assertion::DifferentPersons(events) => self.is_same_person(events),
            Assertion::Whenever { whenever, then, due } => {
                return self.follow(whenever, then, due.as_deref(), standing);
            }
        };
        Ok(if is_broken { self.broken(Cause::Step) } else { Standing::Kept })
    }

    /// Of a `whenever`: whether what waits has come, and whether something begins to wait.
    fn follow(
        &self,
        whenever: &Condition,
        then: &Condition,
        due: Option<&Condition>,
        standing: &Standing,
    ) -> Result<Standing, Fault> {
        let now = self.step.after.now;
        let mut waiting = match standing {
            Standing::Waiting(waiting) => Some(waiting.clone()),
            _ => None,
        };
        if let Some((step, due)) = waiting.as_ref().and_then(|waiting| waiting.due)
            && due < now
        {
            return Ok(Standing::Broken(Broken { step, at: due, cause: Cause::Due }));
        }
        // What comes answers all that wait.
        if waiting.is_some() && self.holds(then)? {
            waiting = None;
        }
        if self.holds(whenever)? {
            let rest = Step { before: Some(self.step.after), after: self.step.after };
            let is_there = self.rules.is_true_of(then, rest)?;
            let own = match due {
                None => None,
                Some(due) => match self.rules.due_of(due, self.step)? {
                    None => return Ok(self.broken(Cause::DueUnknown)),
                    Some(due) => Some((self.number, due)),
                },
            };
            if !is_there {
                let waiting = waiting.get_or_insert(Waiting { step: self.number, due: None });
                let first = waiting.due.into_iter().chain(own).min_by_key(|(_, due)| *due);
                waiting.due = first;
            }
        }
        Ok(waiting.map_or(Standing::Kept, Standing::Waiting))
    }

    /// Whether an event that was counted in this step was sent by nobody, or by a person who sent another of them.
    fn is_same_person(&self, events: &[Arc<str>]) -> bool {
        let past = self.step.after.past;
        let earlier = |event: &str| self.step.before.map_or(0, |before| before.past.count(event));
        let counted = events.iter().filter(|event| past.count(event) > earlier(event));
        counted.into_iter().any(|event| {
            let others = || events.iter().filter(move |other| *other != event);
            past.senders(event).any(|senders| {
                senders.is_anonymous()
                    || senders.newest().is_some_and(|person| {
                        others().any(|other| past.senders(other).any(|one| one.contains(person)))
                    })
            })
        })
    }
}

/// How the claims of a case stand, in the order of the file. `now` is how late it is in the whole that it may be part of, and
/// `case` its address there.
pub(crate) fn statuses(
    workflow: &Compiled,
    situation: &Situation,
    now: DateTime,
    case: Option<&str>,
) -> Vec<ClaimStatus> {
    // In a case that has ended no time passes.
    let now = if situation.ended { situation.time } else { situation.time.max(now) };
    let log = situation.claims.as_deref();
    let standing = |place: usize| log.and_then(|log| log.claims.get(place));
    let declared = workflow.definition.claims.iter().enumerate();
    let status = declared.map(|(place, claim)| {
        let mut status = ClaimStatus {
            name: claim.name.value.clone(),
            case: case.map(str::to_owned),
            verdict: ClaimVerdict::Kept,
            step: None,
            at: None,
            due: None,
            cause: None,
            title: claim.notes.title.clone(),
        };
        let mut break_at = |step: u64, at: DateTime, cause: Cause| {
            status.verdict = ClaimVerdict::Broken;
            (status.step, status.at, status.cause) = (Some(step), Some(at), Some(cause));
        };
        match standing(place) {
            None | Some(Standing::Kept) => {
                if log.is_some_and(|log| log.doubtful) {
                    status.verdict = ClaimVerdict::Unknown;
                }
            }
            Some(Standing::Broken(broken)) => break_at(broken.step, broken.at, broken.cause),
            Some(Standing::Waiting(Waiting { step, due })) => match due {
                Some((step, due)) if *due < now => break_at(*step, *due, Cause::Due),
                _ if situation.ended => break_at(*step, situation.time, Cause::End),
                due => {
                    status.verdict = ClaimVerdict::Open;
                    (status.step, status.due) = (Some(*step), due.map(|(_, due)| due));
                }
            },
        }
        status
    });
    status.collect()
}
