//! How much of a workflow its scenarios have shown: what was never entered, never taken, never decisive.
//!
//! For whoever tests a workflow. A [`Coverage`] gathers while scenarios or cases run; [`Coverage::states`],
//! [`Coverage::transitions`] and [`Coverage::rules`] tell it part by part, [`Coverage::totals`] in numbers, and a [`Goal`] is
//! one thing that can be shown. [`Coverage`] has an example.
//!
//! What cases have shown of a workflow: states, transitions, and for every clause of its rules whether it was seen true,
//! false, unknown and decisive, and for every threshold whether values came just below it, to it and just above.
//!
//! ```text
//! Workflow ──outline──► numbers of rules, clauses, thresholds
//!                              │
//! Case ──step──► CoverageObserver ──► Coverage ──► totals, goals not reached, text, JSON
//! ```

pub(crate) mod counts;
mod describe;
pub(crate) mod goal;
pub(crate) mod observer;
pub(crate) mod parts;
#[cfg(feature = "draw")]
mod picture;

use std::collections::BTreeMap;

use serde::Serialize;

use crate::case::Case;
use crate::case::decision::Decision;
use crate::case::event::{Event, Until};
use crate::error::{Error, ErrorKind, Problem};
use crate::rule::Meter;
use crate::rule::outline::Origin;
use crate::table::{Id as _, TransitionId};
use crate::value::{DateTime, Value};
use crate::workflow::Workflow;
use counts::CoverageCounts;
use observer::CoverageObserver;

pub use goal::Goal;
pub use parts::{
    ClauseCoverage, RuleCoverage, RuleKind, StateCoverage, ThresholdCoverage, TransitionCoverage,
};

/// What cases of one workflow have shown of it, while they were driven through this.
///
/// Every evaluation by which the engine decides counts: events, `always`, terms, raised and sent events. What a host asks
/// by `explain` or `options` does not.
///
/// A clause is *decisive* where its rule has an outcome and would have the other one if this clause alone were otherwise
/// (masking MC/DC). A rule of a transition is its `requires` and `guard` together; a factor is a clause of the rules that
/// read it, and has clauses of its own. *Just* below or above is within one step: 1 of whole numbers; of others what they
/// are `multipleOf`, else the last decimal place of the threshold and at most a hundredth of the declared range; a day; a
/// second of date-times and exact durations; a day or a month of civil durations.
///
/// ```
/// use tresteg::coverage::{Coverage, Goal};
/// use tresteg::{Event, Workflow};
///
/// let workflow = Workflow::from_json(r#"{
///     "id": "door",
///     "facts": { "keys": { "type": "integer", "minimum": 0 } },
///     "events": { "open": { "required": ["keys"] } },
///     "initial": "shut",
///     "states": {
///         "shut": { "on": { "open": { "target": "ajar", "guard": "keys >= 2" } } },
///         "ajar": { "type": "final" }
///     }
/// }"#)?;
/// let mut coverage = Coverage::new(&workflow);
/// let (mut case, _) = coverage.start(None, Default::default())?;
/// coverage.fire(&mut case, &Event::new("open").fact("keys", 1));
/// assert_eq!(coverage.totals().states.to_string(), "1 of 2");
/// assert!(coverage.has(Goal::JustBelow { threshold: 0 }));
/// assert!(!coverage.has(Goal::At { threshold: 0 }));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Coverage {
    workflow: Workflow,
    seen: CoverageCounts,
    /// Of the workflows that it invokes, through others too, each once.
    children: Vec<(Workflow, CoverageCounts)>,
}

impl Coverage {
    /// Nothing yet. The first of a workflow numbers its clauses: linear in its scripts.
    #[must_use]
    pub fn new(workflow: &Workflow) -> Self {
        let nothing = |workflow: &Workflow| {
            let compiled = workflow.compiled();
            let (states, transitions) =
                (compiled.definition.states.len(), compiled.definition.transitions.len());
            CoverageCounts::nothing(compiled.outline(), states, transitions)
        };
        let invoked = workflow.bundle().into_iter().skip(1);
        let children = invoked.map(|child| (child.clone(), nothing(child))).collect();
        Self { workflow: workflow.clone(), seen: nothing(workflow), children }
    }

    /// What its cases have shown of the workflows of their child cases, over all of these; each workflow that is invoked once.
    pub fn children(&self) -> impl Iterator<Item = Self> {
        self.children.iter().map(|(workflow, seen)| {
            let mut of = Self::new(workflow);
            of.seen = seen.clone();
            of
        })
    }

    /// [`Case::start`], taking down what it shows.
    ///
    /// # Errors
    ///
    /// Those of [`Case::start`].
    pub fn start(
        &mut self,
        at: Option<DateTime>,
        facts: BTreeMap<String, Value>,
    ) -> Result<(Case, Decision), Error> {
        self.start_within(at, facts, &Meter::call(&self.workflow.compiled().limits))
    }

    /// Whether a transition has been judged, whatever came of it.
    pub(crate) fn is_judged(&self, id: TransitionId) -> bool {
        let seen = self.seen.transitions.get(id.index()).copied().unwrap_or_default();
        seen.judged.holds + seen.judged.fails + seen.judged.unknown > 0
    }

    /// The transitions that were taken, without a word about them.
    pub(crate) fn taken(&self) -> impl Iterator<Item = TransitionId> + '_ {
        let seen = self.seen.transitions.iter().enumerate();
        seen.filter(|(_, seen)| seen.taken > 0).map(|(index, _)| TransitionId::from_index(index))
    }

    pub(crate) fn start_within(
        &mut self,
        at: Option<DateTime>,
        facts: BTreeMap<String, Value>,
        meter: &Meter,
    ) -> Result<(Case, Decision), Error> {
        let workflow = self.workflow.clone();
        self.observing(|observer| Case::start_within(&workflow, at, facts, Some(observer), meter))
    }

    /// [`Case::fire`], taking down what it shows. A case of another workflow shows nothing.
    pub fn fire(&mut self, case: &mut Case, event: &Event) -> Decision {
        self.fire_within(case, event, &Meter::call(&case.workflow().compiled().limits))
    }

    pub(crate) fn fire_within(
        &mut self,
        case: &mut Case,
        event: &Event,
        meter: &Meter,
    ) -> Decision {
        if !case.workflow().same(&self.workflow) {
            return case.fire_within(event, None, meter);
        }
        self.observing(|observer| case.fire_within(event, Some(observer), meter))
    }

    /// [`Case::advance`], taking down what it shows. A case of another workflow shows nothing.
    pub fn advance(&mut self, case: &mut Case, until: impl Into<Until>) -> Decision {
        let meter = Meter::call(&case.workflow().compiled().limits);
        self.advance_within(case, until.into(), &meter)
    }

    pub(crate) fn advance_within(
        &mut self,
        case: &mut Case,
        until: Until,
        meter: &Meter,
    ) -> Decision {
        if !case.workflow().same(&self.workflow) {
            return case.advance_within(until, None, meter);
        }
        self.observing(|observer| case.advance_within(until, Some(observer), meter))
    }

    /// What an expectation about a factor shows of its rule, and of those that it reads. A case of another workflow shows
    /// nothing.
    pub(crate) fn looks_at(&mut self, case: &Case, factor: &str) {
        let workflow = case.workflow().clone();
        let compiled = workflow.compiled();
        if let Some(id) = compiled.rules.factor_named(factor) {
            let context = case.situation().context(None);
            self.observing(|seen| seen.looks(&compiled.rules, Origin::Factor(id), &context));
        }
    }

    /// [`Case::receive_within`], taking down what it shows.
    pub(crate) fn receive_within(
        &mut self,
        case: &mut Case,
        event: &Event,
        meter: &Meter,
    ) -> Decision {
        if !case.workflow().same(&self.workflow) {
            return case.receive_within(event, None, meter);
        }
        self.observing(|observer| case.receive_within(event, Some(observer), meter))
    }

    fn observing<T>(&mut self, run: impl FnOnce(&CoverageObserver) -> T) -> T {
        let Self { workflow, seen, children } = self;
        let mut counts = vec![std::mem::take(seen)];
        counts.extend(children.iter_mut().map(|(_, seen)| std::mem::take(seen)));
        let all = std::iter::once(&*workflow).chain(children.iter().map(|(of, _)| of));
        let watched = all.zip(counts).map(|(workflow, seen)| {
            let compiled = workflow.compiled();
            (&compiled.rules, compiled.outline(), seen)
        });
        let observer = CoverageObserver::new(watched);
        let done = run(&observer);
        let shown: Vec<CoverageCounts> = observer.into_seen().collect();
        let places = std::iter::once(seen).chain(children.iter_mut().map(|(_, seen)| seen));
        places.zip(shown).for_each(|(place, shown)| *place = shown);
        done
    }

    /// Takes in what others have shown of the same workflow, or of one with the same rules in the same order. The order
    /// of merging does not matter.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Coverage`] where the workflows have different rules; then nothing was changed.
    pub fn merge(&mut self, other: &Self) -> Result<(), Error> {
        let same = self.workflow.same(&other.workflow)
            || (self.seen.states.len() == other.seen.states.len()
                && self.seen.transitions.len() == other.seen.transitions.len()
                && self.workflow.compiled().outline().equals(other.workflow.compiled().outline()));
        if !same {
            let message = format!(
                "the coverage of `{}` does not add up with that of `{}`: their rules differ",
                other.workflow.id(),
                self.workflow.id()
            );
            let problem = Problem::new("coverage-workflow", message);
            return Err(Error::new(ErrorKind::Coverage, vec![problem]));
        }
        self.seen.merge(&other.seen);
        // Of files that were read twice each has its own: they go together by their order, where their rules are the same.
        for ((workflow, seen), (of, shown)) in self.children.iter_mut().zip(&other.children) {
            if workflow.same(of) || workflow.compiled().outline().equals(of.compiled().outline()) {
                seen.merge(shown);
            }
        }
        Ok(())
    }

    /// The workflow that it is of.
    #[must_use]
    pub fn workflow(&self) -> &Workflow {
        &self.workflow
    }

    /// How many of its goals were reached, of each kind.
    #[must_use]
    pub fn totals(&self) -> CoverageTotals {
        let mut totals = CoverageTotals::default();
        for goal in self.goals() {
            let share = match goal {
                Goal::State { .. } => &mut totals.states,
                Goal::Transition { .. } => &mut totals.transitions,
                Goal::Holds { .. } | Goal::Fails { .. } | Goal::Unknown { .. } => {
                    &mut totals.outcomes
                }
                Goal::DecidesByHolding { .. } | Goal::DecidesByFailing { .. } => {
                    &mut totals.decisions
                }
                Goal::JustBelow { .. } | Goal::At { .. } | Goal::JustAbove { .. } => {
                    &mut totals.thresholds
                }
            };
            let covered = usize::from(self.has(goal));
            share.total += 1;
            share.covered += covered;
            totals.all.total += 1;
            totals.all.covered += covered;
        }
        totals
    }
}

/// How many goals of each kind were reached.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct CoverageTotals {
    /// States entered.
    pub states: CoverageRatio,
    /// Transitions taken.
    pub transitions: CoverageRatio,
    /// Clauses seen true, false and, where what they read may be unknown, unknown.
    pub outcomes: CoverageRatio,
    /// Clauses that alone decided, by holding and by not holding.
    pub decisions: CoverageRatio,
    /// Thresholds with values just below, at and just above, where the declarations allow such values.
    pub thresholds: CoverageRatio,
    /// All of these together.
    pub all: CoverageRatio,
}

/// So many of so many.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct CoverageRatio {
    /// Those reached.
    pub covered: usize,
    /// All there are.
    pub total: usize,
}

impl CoverageRatio {
    /// Whole percent, rounded down, so that 100 is all; 100 of nothing.
    #[must_use]
    pub fn percent(&self) -> u32 {
        let percent = (self.covered.saturating_mul(100)).checked_div(self.total).unwrap_or(100);
        u32::try_from(percent).unwrap_or(100)
    }

    /// Both together.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self { covered: self.covered + other.covered, total: self.total + other.total }
    }
}

/// `7 of 10`.
impl std::fmt::Display for CoverageRatio {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} of {}", self.covered, self.total)
    }
}
