//! States, transitions, rules, clauses and thresholds with what was seen of each: for reports, pictures and programs.

use serde::Serialize;

use super::{Coverage, CoverageTotals};
use crate::coverage::counts::Truths;
use crate::definition::model::StateKind;
use crate::diagnostic::Span;
use crate::rule::outline::Origin;
use crate::table::{Id, TransitionId};
use crate::workflow::TransitionRef;
use crate::workflow::chart::ROOT;
use crate::workflow::naming;

/// A state and how often it was entered.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct StateCoverage {
    /// Its number, in the order of the file; the file itself is 0 and no state.
    pub number: usize,
    /// Its name.
    pub name: String,
    /// How often it was entered.
    pub entered: u64,
    /// `file:line:column`.
    pub place: String,
}

/// A transition and what became of it.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct TransitionCoverage {
    /// Its number, in the order of the file.
    pub number: usize,
    /// From where to where, and what it listens to.
    #[serde(flatten)]
    pub way: TransitionRef,
    /// How often it was taken in a step that held.
    pub taken: u64,
    /// How often what it asks of facts held, as far as anybody was let to ask.
    pub holds: u64,
    /// How often that did not hold.
    pub fails: u64,
    /// How often that was undecided.
    pub unknown: u64,
    /// The number of its rule, where it has one.
    pub rule: Option<usize>,
    /// `file:line:column`.
    pub place: String,
    /// Where it stands.
    #[serde(skip)]
    pub span: Span,
}

/// Whose rule it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum RuleKind {
    /// `requires` and `guard` of a transition.
    Transition,
    /// A factor.
    Factor,
    /// A derived fact.
    Fact,
    /// A function.
    Function,
}

/// A rule and what it came to.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct RuleCoverage {
    /// Its number.
    pub number: usize,
    /// Whose it is.
    pub kind: RuleKind,
    /// The name of the factor, fact or function; of a transition, from where to where on what.
    pub name: String,
    /// The number of the transition.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transition: Option<usize>,
    /// Whether the answer of any transition can depend on it.
    pub is_asked: bool,
    /// How often it was true; of what is no truth, known. A function counts where it is called.
    pub holds: u64,
    /// How often it was false.
    pub fails: u64,
    /// How often it was undecided.
    pub unknown: u64,
    /// The numbers of its clauses.
    #[serde(skip)]
    pub clauses: std::ops::Range<usize>,
    /// The numbers of its thresholds.
    #[serde(skip)]
    pub thresholds: std::ops::Range<usize>,
}

impl RuleCoverage {
    /// Whether it was evaluated for any decision.
    #[must_use]
    pub fn is_evaluated(&self) -> bool {
        self.holds > 0 || self.fails > 0 || self.unknown > 0
    }
}

/// A clause and what it was.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ClauseCoverage {
    /// Its number.
    pub number: usize,
    /// The number of its rule.
    pub rule: usize,
    /// The clause that it is a part of: `b` and `c` are parts of the second clause of `a && (b || c)`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub inside: Option<usize>,
    /// Whether it is decided as one. Only such clauses are goals.
    pub is_whole: bool,
    /// Whether it is a score, which is known or not.
    pub is_score: bool,
    /// As it is written in the file.
    pub text: String,
    /// How often it was true; of a score, known.
    pub holds: u64,
    /// How often it was false.
    pub fails: u64,
    /// How often it was undecided.
    pub unknown: u64,
    /// How often it alone decided by being true.
    pub decided_by_holding: u64,
    /// How often it alone decided by being false.
    pub decided_by_failing: u64,
    /// `file:line:column`.
    pub place: String,
    /// Where it stands.
    #[serde(skip)]
    pub span: Span,
}

/// A comparison by order and how near values came to its threshold: how often each.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ThresholdCoverage {
    /// Its number.
    pub number: usize,
    /// The number of its rule.
    pub rule: usize,
    /// The number of the clause that it stands in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clause: Option<usize>,
    /// As it is written in the file.
    pub text: String,
    /// More than a step below.
    pub below: u64,
    /// A step or less below.
    pub just_below: u64,
    /// Equal.
    pub at: u64,
    /// A step or less above.
    pub just_above: u64,
    /// More than a step above.
    pub above: u64,
    /// Whether declarations allow values just below, at and just above.
    pub possible: [bool; 3],
    /// `file:line:column`.
    pub place: String,
    /// Where it stands.
    #[serde(skip)]
    pub span: Span,
}

impl Coverage {
    /// The states, histories left out, in the order of the file.
    pub fn states(&self) -> impl Iterator<Item = StateCoverage> + '_ {
        let states = self.workflow.compiled().definition.states.iter();
        let states = states
            .filter(|(id, state)| *id != ROOT && !matches!(state.kind, StateKind::History { .. }));
        states.map(|(id, state)| StateCoverage {
            number: id.index(),
            name: state.name.value.clone(),
            entered: self.seen.states.get(id.index()).copied().unwrap_or(0),
            place: self.place(state.name.span),
        })
    }

    /// The transitions, in the order of the file.
    pub fn transitions(&self) -> impl Iterator<Item = TransitionCoverage> + '_ {
        let compiled = self.workflow.compiled();
        compiled.definition.transitions.iter().map(|(id, transition)| {
            let seen = self.seen.transitions.get(id.index()).copied().unwrap_or_default();
            let Truths { holds, fails, unknown } = seen.judged;
            TransitionCoverage {
                number: id.index(),
                way: naming::transition_ref(compiled, id, None),
                taken: seen.taken,
                holds,
                fails,
                unknown,
                rule: compiled.outline().rule(Origin::Transition(id)),
                place: self.place(transition.span),
                span: transition.span,
            }
        })
    }

    /// The rules: of transitions, factors, derived facts and functions.
    pub fn rules(&self) -> impl Iterator<Item = RuleCoverage> + '_ {
        let compiled = self.workflow.compiled();
        let definition = &compiled.definition;
        compiled.outline().rules.iter().enumerate().map(move |(number, rule)| {
            let (kind, name, transition) = match rule.origin {
                Origin::Transition(id) => {
                    (RuleKind::Transition, self.way_text(id), Some(id.index()))
                }
                Origin::Factor(id) => {
                    (RuleKind::Factor, definition.factors.at(id).name.value.clone(), None)
                }
                Origin::Fact(id) => {
                    (RuleKind::Fact, definition.facts.at(id).name.value.clone(), None)
                }
                Origin::Function(number) => {
                    let found = definition.functions.get(number as usize);
                    let name = found.map(|found| found.name.value.clone());
                    (RuleKind::Function, name.unwrap_or_default(), None)
                }
            };
            let seen = self.seen.rules.get(number).copied().unwrap_or_default();
            let Truths { holds, fails, unknown } = seen;
            let is_asked = rule.is_asked;
            let (clauses, thresholds) = (rule.clauses.clone(), rule.thresholds.clone());
            RuleCoverage {
                number,
                kind,
                name,
                transition,
                is_asked,
                holds,
                fails,
                unknown,
                clauses,
                thresholds,
            }
        })
    }

    /// The clauses of all rules, by their numbers.
    pub fn clauses(&self) -> impl Iterator<Item = ClauseCoverage> + '_ {
        let clauses = self.workflow.compiled().outline().clauses.iter().enumerate();
        clauses.map(|(number, clause)| {
            let seen = self.seen.clauses.get(number).copied().unwrap_or_default();
            let Truths { holds, fails, unknown } = seen.was;
            let [decided_by_holding, decided_by_failing] = seen.decided;
            ClauseCoverage {
                number,
                rule: clause.rule,
                inside: clause.inside,
                is_whole: clause.is_leaf,
                is_score: clause.is_score,
                text: clause.text.clone(),
                holds,
                fails,
                unknown,
                decided_by_holding,
                decided_by_failing,
                place: self.place(clause.span),
                span: clause.span,
            }
        })
    }

    /// The thresholds of all rules, by their numbers.
    pub fn thresholds(&self) -> impl Iterator<Item = ThresholdCoverage> + '_ {
        let thresholds = self.workflow.compiled().outline().thresholds.iter().enumerate();
        thresholds.map(|(number, threshold)| {
            let seen = self.seen.thresholds.get(number).copied().unwrap_or_default();
            ThresholdCoverage {
                number,
                rule: threshold.rule,
                clause: threshold.clause,
                text: threshold.text.clone(),
                below: seen.below,
                just_below: seen.just_below,
                at: seen.at,
                just_above: seen.just_above,
                above: seen.above,
                possible: threshold.possible,
                place: self.place(threshold.span),
                span: threshold.span,
            }
        })
    }

    pub(super) fn place(&self, span: Span) -> String {
        let place = self.workflow.warnings().sources().place(span);
        place.map_or_else(String::new, |place| {
            format!("{}:{}:{}", place.file, place.line, place.column)
        })
    }

    /// From where to where on what, by the names of the file.
    pub(super) fn way_text(&self, id: TransitionId) -> String {
        let TransitionRef { from, to, on, .. } =
            naming::transition_ref(self.workflow.compiled(), id, None);
        if to.is_empty() {
            format!("{from} ({on})")
        } else {
            format!("{from} → {} ({on})", to.join(", "))
        }
    }
}

/// As JSON: totals, then every part with its counts.
impl Serialize for Coverage {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Wire<'w> {
            workflow: &'w str,
            percent: u32,
            totals: CoverageTotals,
            missing: Vec<super::Goal>,
            states: Vec<StateCoverage>,
            transitions: Vec<TransitionCoverage>,
            rules: Vec<RuleCoverage>,
            clauses: Vec<ClauseCoverage>,
            thresholds: Vec<ThresholdCoverage>,
        }
        let totals = self.totals();
        Wire {
            workflow: self.workflow.id(),
            percent: totals.all.percent(),
            totals,
            missing: self.missing().collect(),
            states: self.states().collect(),
            transitions: self.transitions().collect(),
            rules: self.rules().collect(),
            clauses: self.clauses().collect(),
            thresholds: self.thresholds().collect(),
        }
        .serialize(serializer)
    }
}
