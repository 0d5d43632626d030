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
mod checks;
#[allow(clippy::indexing_slicing, reason = "tables by their own numbers; see `table`")]
mod clauses;
mod decide;
mod finding;
mod formula;
mod linear;
mod lists;
mod nodes;
mod opening;
mod operate;
mod places;
mod rational;
mod rules;
mod script;
mod settle;
#[allow(clippy::indexing_slicing, reason = "tables by their own numbers; see `table`")]
mod simplex;
mod symbol;
#[cfg(test)]
mod tests;
mod theory;
mod unfold;
mod witness;
mod world;

use std::collections::VecDeque;

use crate::definition::model::{Definition, EventDecl};
use crate::rule::eval::{Evaluator, Stop};
use crate::rule::program::{Node, Program};
use crate::rule::{Context, Fault, Requirement, Rules, Truth};
use crate::table::TransitionId;
use decide::{Tried, search};
use formula::F;
use symbol::Verdicts;
use unfold::{Scope, Unfolder};

pub use checks::{analyze, checked};
pub(crate) use decide::Answer;
pub use finding::{Finding, FindingSeverity, FindingVerdict};
pub(crate) use opening::{Bounds, Opening, Region};
pub(crate) use witness::Situation;
pub(crate) use world::{Free, Input, Reading, World};

/// What one would have of a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Want {
    Holds,
    Fails,
    /// Neither: unknown, or it fails to be worked out.
    Undecided,
    /// Anything but true.
    NotHolds,
}

/// Something that has a truth.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Asked<'w> {
    /// What a transition asks for, its requirements with its guard.
    Transition(TransitionId),
    Requirement(Requirement),
    /// A part of a script that is decided with three values, which reads no variables of its own.
    Clause(&'w Program, &'w Node),
    /// Whether a part of those that a script joins with `&&` (`true`) or `||` could be left out: it holds where the script
    /// then comes to something else.
    Without(&'w Program, &'w [Node], usize, bool),
}

/// Situations that were found last, which may do for another question.
const KEPT: usize = 12;

pub(crate) struct Judge<'w> {
    unfolder: Unfolder<'w>,
    rules: &'w Rules,
    kept: VecDeque<Situation>,
}

impl<'w> Judge<'w> {
    /// For a workflow's rules. `fixed`: parameters have the values of the file; else all that their declarations allow.
    pub fn new(rules: &'w Rules, definition: &'w Definition, fixed: bool) -> Self {
        let mut unfolder = Unfolder::new(rules, definition, fixed);
        unfolder.prepare();
        Self { unfolder, rules, kept: VecDeque::new() }
    }

    /// Rules are asked about this event from here on, or about any. With its number among the declared ones.
    pub fn about(&mut self, event: Option<(u32, &'w EventDecl)>) {
        let number = |event: Option<(u32, &EventDecl)>| event.map(|(number, _)| number);
        if number(self.unfolder.scope.event) != number(event) {
            self.kept.clear();
        }
        self.unfolder.scope = Scope { event };
    }

    /// Whether no more than this may be spent on all questions together, in conditions that are looked at and nodes of scripts.
    pub fn spend(&mut self, most: u64) {
        self.unfolder.most = most;
    }

    fn is_spent(&self) -> bool {
        self.unfolder.work.saturating_add(self.unfolder.nodes as u64) >= self.unfolder.most
    }

    /// The event that rules are asked about.
    pub fn event(&self) -> Option<(u32, &'w EventDecl)> {
        self.unfolder.scope.event
    }

    fn verdicts(&mut self, asked: Asked<'w>) -> Verdicts {
        let rules = self.rules;
        match asked {
            Asked::Requirement(requirement) => self.unfolder.requirement(requirement),
            Asked::Clause(program, node) => self.unfolder.clause(program, node),
            Asked::Without(program, clauses, place, all) => {
                let mut parts: Vec<Verdicts> =
                    clauses.iter().map(|node| self.unfolder.clause(program, node)).collect();
                if !all {
                    parts = parts.into_iter().map(Verdicts::negated).collect();
                }
                let own = parts.remove(place.min(parts.len().saturating_sub(1)));
                let rest = self.unfolder.conjunction(&parts);
                let formula = &mut self.unfolder.formula;
                let other = formula.any(vec![own.fails, own.unknown, own.fault]);
                let first = formula.and(rest.holds, other);
                let second = formula.and(rest.unknown, own.fails);
                let third = formula.and(rest.fault, own.fails);
                let holds = formula.any(vec![first, second, third]);
                Verdicts { holds, fails: F::TRUE, unknown: F::TRUE, fault: F::TRUE }
            }
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
            Want::Undecided => self.unfolder.formula.or(found.unknown, found.fault),
            Want::NotHolds => {
                self.unfolder.formula.any(vec![found.fails, found.unknown, found.fault])
            }
        }
    }

    /// Whether two parts of scripts come to the same in all situations, where that is proven. The second may be of another
    /// version of the script that the first is of, while all else is the same, and must be unknown whenever the first is.
    pub fn alike(&mut self, one: (&'w Program, &'w Node), other: (&'w Program, &'w Node)) -> bool {
        let first = self.unfolder.clause(one.0, one.1);
        let second = self.unfolder.clause(other.0, other.1);
        if first.fault != F::FALSE || second.fault != F::FALSE {
            return false;
        }
        let formula = &mut self.unfolder.formula;
        let (a, b) =
            (formula.and(first.holds, second.fails), formula.and(first.fails, second.holds));
        let differ = formula.or(a, b);
        search(&mut self.unfolder, &[differ], &mut |_, _, _| Tried::Fails) == Answer::Impossible
    }

    /// Whether there is a situation in which all of these come to what one would have.
    pub fn possible(&mut self, wanted: &[(Asked<'w>, Want)]) -> (Answer, Option<Situation>) {
        let fits = |situation: &&Situation| {
            wanted.iter().all(|(asked, want)| plays(self.rules, situation, *asked, *want))
        };
        if let Some(found) = self.kept.iter().find(fits) {
            return (Answer::Possible, Some(found.clone()));
        }
        if self.is_spent() {
            return (Answer::Unknown(["bound:work"].into()), None);
        }
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
        if let Some(found) = &found {
            self.kept.push_front(found.clone());
            self.kept.truncate(KEPT);
        }
        (answer, found)
    }
}

/// Whether the engine answers so in a situation.
pub(crate) fn plays(rules: &Rules, situation: &Situation, asked: Asked, want: Want) -> bool {
    let context = Context {
        facts: &situation.facts,
        past: &situation.past,
        active: &situation.active,
        now: situation.now,
        event: situation.event.as_ref(),
        family: None,
        supposed: false,
        observer: None,
        meter: None,
    };
    let found = match asked {
        Asked::Transition(id) => rules.judged(id, &context).map_err(Box::new),
        Asked::Requirement(requirement) => {
            rules.holds_by_evaluator(requirement, &context).map_err(Box::new)
        }
        Asked::Clause(program, node) => clause(rules, context, program, node),
        Asked::Without(program, clauses, place, all) => {
            let truth = |node| match clause(rules, context, program, node) {
                Ok(truth) if all => Ok(truth),
                Ok(truth) => Ok(truth.negated()),
                Err(fault) => Err(fault),
            };
            let own = clauses.get(place).map(truth);
            let others = clauses.iter().enumerate().filter(|(other, _)| *other != place);
            let rest: Result<Vec<Truth>, _> = others.map(|(_, node)| truth(node)).collect();
            let rest = rest.map(|rest| {
                let found = |wanted| rest.contains(&wanted);
                if found(Truth::False) {
                    Truth::False
                } else if found(Truth::Unknown) {
                    Truth::Unknown
                } else {
                    Truth::True
                }
            });
            Ok(Truth::of(match (rest, own) {
                (Ok(Truth::True), Some(own)) => own != Ok(Truth::True),
                (Ok(Truth::Unknown), Some(own)) => own == Ok(Truth::False),
                _ => false,
            }))
        }
    };
    match want {
        Want::Holds => found == Ok(Truth::True),
        Want::Fails => found == Ok(Truth::False),
        Want::Undecided => !matches!(found, Ok(Truth::True | Truth::False)),
        Want::NotHolds => found != Ok(Truth::True),
    }
}

/// What a part of a script comes to.
fn clause(
    rules: &Rules,
    context: Context,
    program: &Program,
    node: &Node,
) -> Result<Truth, Box<Fault>> {
    let mut evaluator = Evaluator::new(rules, context);
    match evaluator.framed(program, Vec::new(), |evaluator| evaluator.clause(node)) {
        Ok(truth) => Ok(truth),
        Err(Stop::Fault(fault)) => Err(fault),
        Err(_) => Ok(Truth::Unknown),
    }
}
