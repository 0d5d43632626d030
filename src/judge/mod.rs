//! The judge of rules: whether there is a situation in which rules come to given outcomes.
//!
//! *Impossible* is a proof. *Possible* is a situation that the evaluator has been run on. Everything else is *unknown*, with
//! the names of what stood in the way.
//!
//! ```text
//! checked scripts ──unfold──► conditions over literals ──decide──► candidate ──witness──► a situation, run by the engine
//!                                                  └──► no candidate: impossible
//! ```
//!
//! Every condition covers at least the situations in which the evaluator comes to its outcome: what is not understood makes
//! it wider. So what cannot be fulfilled at all never happens.

mod calendar;
mod call;
#[allow(clippy::indexing_slicing, reason = "tables by their own numbers; see `table`")]
mod clauses;
mod decide;
mod formula;
mod linear;
mod lists;
mod operate;
mod places;
mod rational;
#[allow(clippy::indexing_slicing, reason = "tables by their own numbers; see `table`")]
mod simplex;
mod symbol;
#[cfg(test)]
mod tests;
mod theory;
mod unfold;
mod witness;

use crate::definition::model::{Definition, EventDecl};
use crate::rule::program::Program;
use crate::rule::{CaseHistory, Context, Requirement, Rules};
use crate::table::TransitionId;
use decide::{Tried, search};
use formula::F;
use symbol::Verdicts;
use unfold::{Scope, Unfolder};

pub(crate) use decide::Answer;
pub(crate) use witness::Situation;

/// What one would have of a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Want {
    Holds,
    Fails,
    Unknown,
    /// Anything but true.
    NotHolds,
    NotFails,
}

/// Something that has a truth.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Asked<'w> {
    /// What a transition asks for, its requirements with its guard.
    Transition(TransitionId),
    Requirement(Requirement),
    /// A script that is decided with three values.
    Program(&'w Program),
}

pub(crate) struct Judge<'w> {
    unfolder: Unfolder<'w>,
    rules: &'w Rules,
}

impl<'w> Judge<'w> {
    /// For a workflow's rules. `fixed`: parameters have the values of the file; else all that their declarations allow.
    pub fn new(rules: &'w Rules, definition: &'w Definition, fixed: bool) -> Self {
        let mut unfolder = Unfolder::new(rules, definition, fixed);
        unfolder.prepare();
        Self { unfolder, rules }
    }

    /// Rules are asked about this event from here on, or about any. With its number among the declared ones.
    pub fn about(&mut self, event: Option<(u32, &'w EventDecl)>) {
        self.unfolder.scope = Scope { event };
    }

    fn verdicts(&mut self, asked: Asked<'w>) -> Verdicts {
        let rules = self.rules;
        match asked {
            Asked::Requirement(requirement) => self.unfolder.requirement(requirement),
            Asked::Program(program) => self.unfolder.decided(program),
            Asked::Transition(id) => {
                let requirements = rules.requirements(id).iter();
                let mut parts: Vec<Verdicts> =
                    requirements.map(|part| self.unfolder.requirement(*part)).collect();
                parts.extend(rules.guard(id).map(|guard| self.unfolder.decided(guard)));
                self.unfolder.conjunction(&parts)
            }
        }
    }

    fn condition(&mut self, asked: Asked<'w>, want: Want) -> F {
        let found = self.verdicts(asked);
        match want {
            Want::Holds => found.holds,
            Want::Fails => found.fails,
            Want::Unknown => found.unknown,
            Want::NotHolds => {
                self.unfolder.formula.any(vec![found.fails, found.unknown, found.fault])
            }
            Want::NotFails => {
                self.unfolder.formula.any(vec![found.holds, found.unknown, found.fault])
            }
        }
    }

    /// Whether there is a situation in which all of these come to what one would have.
    pub fn possible(&mut self, wanted: &[(Asked<'w>, Want)]) -> (Answer, Option<Situation>) {
        let roots: Vec<F> =
            wanted.iter().map(|(asked, want)| self.condition(*asked, *want)).collect();
        let name = self.unfolder.scope.event.map(|(_, event)| event.name.value.as_str());
        let rules = self.rules;
        let mut found = None;
        let answer = search(&mut self.unfolder, &roots, &mut |unfolder, model, classes| {
            let lemmas = unfolder.lemmas(model);
            if !lemmas.is_empty() {
                return Tried::Lemmas(lemmas);
            }
            let Some(situation) = witness::situation(unfolder, model, classes, name) else {
                return Tried::Fails;
            };
            if !wanted.iter().all(|(asked, want)| plays(rules, &situation, *asked, *want)) {
                return Tried::Fails;
            }
            found = Some(situation);
            Tried::Plays
        });
        (answer, found)
    }
}

/// Whether the engine answers so in a situation.
pub(crate) fn plays(rules: &Rules, situation: &Situation, asked: Asked, want: Want) -> bool {
    use crate::rule::Truth;
    let past = CaseHistory::default();
    let context = Context {
        facts: &situation.facts,
        past: &past,
        active: &[],
        now: situation.now,
        event: situation.event.as_ref(),
        family: None,
        supposed: false,
        observer: None,
        meter: None,
    };
    let found = match asked {
        Asked::Transition(id) => rules.judged(id, &context),
        Asked::Requirement(requirement) => rules.holds_by_evaluator(requirement, &context),
        Asked::Program(program) => crate::rule::eval::Evaluator::new(rules, context).decide(program),
    };
    match want {
        Want::Holds => found == Ok(Truth::True),
        Want::Fails => found == Ok(Truth::False),
        Want::Unknown => found == Ok(Truth::Unknown),
        Want::NotHolds => found != Ok(Truth::True),
        Want::NotFails => found != Ok(Truth::False),
    }
}
