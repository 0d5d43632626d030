//! Coverage in words: the totals, and everything that was not reached with its place.

use std::collections::BTreeMap;

use super::{Coverage, CoverageTotals, Goal};
use crate::Language;
use crate::coverage::counts::{ClauseCounts, ThresholdCounts};
use crate::language::{Coverages, Goals};
use crate::rule::outline::Origin;
use crate::table::{Id, StateId, TransitionId};
use crate::value::visible;

impl Coverage {
    /// A report for people: one line of totals, then what was not reached, each with its place and text. Lines end with
    /// a line feed.
    #[must_use]
    pub fn describe(&self, language: Language) -> String {
        let words = Words::new(self, language);
        let mut said = format!("{}\n", visible(&words.totals()));
        for (_, line) in words.missing() {
            said.push_str("  ");
            said.push_str(&visible(&line));
            said.push('\n');
        }
        said
    }

    /// What a goal asks for, such as a title of the scenario that reaches it.
    #[must_use]
    pub fn title(&self, goal: Goal, language: Language) -> String {
        let words = Words::new(self, language);
        visible(&words.title(goal)).into_owned()
    }
}

struct Words<'c> {
    coverage: &'c Coverage,
    words: &'static Coverages,
    goals: &'static Goals,
}

/// What several goals are about: they are told in one line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Subject {
    State(usize),
    Transition(usize),
    Clause(usize),
    Threshold(usize),
}

impl<'c> Words<'c> {
    fn new(coverage: &'c Coverage, language: Language) -> Self {
        Self { coverage, words: Coverages::of(language), goals: Goals::of(language) }
    }

    fn totals(&self) -> String {
        let CoverageTotals { states, transitions, outcomes, decisions, thresholds, all } =
            self.coverage.totals();
        let of = self.words.of;
        let share = |share: super::CoverageRatio| format!("{} {of} {}", share.covered, share.total);
        let parts = [
            (states, self.words.states),
            (transitions, self.words.transitions),
            (outcomes, self.words.outcomes),
            (decisions, self.words.decisions),
            (thresholds, self.words.thresholds),
        ];
        let parts = parts.map(|(found, name)| format!("{name} {}", share(found)));
        let id = self.coverage.workflow.id();
        let covered = self.words.covered;
        format!("{id}: {} % {covered} ({})", all.percent(), parts.join(", "))
    }

    /// One line for each thing that has goals that were not reached.
    fn missing(&self) -> BTreeMap<Subject, String> {
        let mut goals: BTreeMap<Subject, Vec<Goal>> = BTreeMap::new();
        for goal in self.coverage.missing() {
            goals.entry(subject(goal)).or_default().push(goal);
        }
        let lines = goals.into_iter().map(|(subject, goals)| {
            let missing = if self.is_untouched(subject) {
                self.words.asked.to_owned()
            } else {
                let missing: Vec<&str> = goals.iter().map(|goal| self.predicate(*goal)).collect();
                missing.join(", ")
            };
            let never = self.words.never;
            let (place, subject_text) = (self.place(subject), self.subject(subject));
            (subject, format!("{place}: {subject_text}: {never} {missing}"))
        });
        lines.collect()
    }

    /// Whether a clause or threshold was never looked at.
    fn is_untouched(&self, subject: Subject) -> bool {
        let seen = &self.coverage.seen;
        match subject {
            Subject::State(_) | Subject::Transition(_) => false,
            Subject::Clause(number) => {
                seen.clauses.get(number).is_some_and(|seen| *seen == ClauseCounts::default())
            }
            Subject::Threshold(number) => {
                seen.thresholds.get(number).is_some_and(|seen| *seen == ThresholdCounts::default())
            }
        }
    }

    fn title(&self, goal: Goal) -> String {
        let asks = match goal {
            Goal::State { .. } => self.goals.title_state,
            Goal::Transition { .. } => self.goals.title_transition,
            Goal::Holds { clause } if self.is_score(clause) => self.goals.title_known,
            Goal::Holds { .. } => self.goals.title_holds,
            Goal::Fails { .. } => self.goals.title_fails,
            Goal::Unknown { .. } => self.goals.title_unknown,
            Goal::DecidesByHolding { .. } => self.goals.title_decides_by_holding,
            Goal::DecidesByFailing { .. } => self.goals.title_decides_by_failing,
            Goal::JustBelow { .. } => self.goals.title_just_below,
            Goal::At { .. } => self.goals.title_at,
            Goal::JustAbove { .. } => self.goals.title_just_above,
        };
        let outline = self.coverage.workflow.compiled().outline();
        let piece = match subject(goal) {
            Subject::Clause(number) => {
                outline.clauses.get(number).map(|found| (&found.text, found.rule))
            }
            Subject::Threshold(number) => {
                outline.thresholds.get(number).map(|found| (&found.text, found.rule))
            }
            Subject::State(_) | Subject::Transition(_) => None,
        };
        match piece {
            Some((text, rule)) => {
                let (text, within) = (one_line(text), self.words.within);
                format!("`{text}` {asks} ({within} {})", self.rule(rule))
            }
            None => format!("{} {asks}", self.subject(subject(goal))),
        }
    }

    fn predicate(&self, goal: Goal) -> &'static str {
        match goal {
            Goal::State { .. } => self.goals.state,
            Goal::Transition { .. } => self.goals.transition,
            Goal::Holds { clause } if self.is_score(clause) => self.goals.known,
            Goal::Holds { .. } => self.goals.holds,
            Goal::Fails { .. } => self.goals.fails,
            Goal::Unknown { .. } => self.goals.unknown,
            Goal::DecidesByHolding { .. } => self.goals.decides_by_holding,
            Goal::DecidesByFailing { .. } => self.goals.decides_by_failing,
            Goal::JustBelow { .. } => self.goals.just_below,
            Goal::At { .. } => self.goals.at,
            Goal::JustAbove { .. } => self.goals.just_above,
        }
    }

    fn is_score(&self, clause: usize) -> bool {
        let outline = self.coverage.workflow.compiled().outline();
        outline.clauses.get(clause).is_some_and(|clause| clause.is_score)
    }

    fn subject(&self, subject: Subject) -> String {
        let compiled = self.coverage.workflow.compiled();
        let outline = compiled.outline();
        match subject {
            Subject::State(number) => {
                let state = compiled.definition.states.get(StateId::from_index(number));
                let name = state.map_or("", |state| state.name.as_str());
                format!("{} `{name}`", self.words.state)
            }
            Subject::Transition(number) => {
                let way = self.coverage.way_text(TransitionId::from_index(number));
                format!("{} {way}", self.words.transition)
            }
            Subject::Clause(number) => match outline.clauses.get(number) {
                Some(clause) => self.inside(&clause.text, clause.rule),
                None => String::new(),
            },
            Subject::Threshold(number) => match outline.thresholds.get(number) {
                Some(threshold) => self.inside(&threshold.text, threshold.rule),
                None => String::new(),
            },
        }
    }

    /// A piece of a rule: its text on one line, and whose it is.
    fn inside(&self, text: &str, rule: usize) -> String {
        let text = one_line(text);
        format!("`{text}` {} {}", self.words.within, self.rule(rule))
    }

    fn rule(&self, number: usize) -> String {
        let compiled = self.coverage.workflow.compiled();
        let definition = &compiled.definition;
        let Some(rule) = compiled.outline().rules.get(number) else { return String::new() };
        match rule.origin {
            Origin::Transition(id) => {
                format!("{} {}", self.words.transition, self.coverage.way_text(id))
            }
            Origin::Factor(id) => {
                let name = definition.factors.at(id).name.as_str();
                format!("{} `{name}`", self.words.factor)
            }
            Origin::Fact(id) => {
                let name = definition.facts.at(id).name.as_str();
                format!("{} `{name}`", self.words.fact)
            }
            Origin::Function(id) => {
                let found = definition.functions.get(id as usize);
                let name = found.map_or("", |found| found.name.as_str());
                format!("{} `{name}`", self.words.function)
            }
        }
    }

    fn place(&self, subject: Subject) -> String {
        let compiled = self.coverage.workflow.compiled();
        let outline = compiled.outline();
        let span = match subject {
            Subject::State(number) => {
                let state = compiled.definition.states.get(StateId::from_index(number));
                state.map(|state| state.name.span)
            }
            Subject::Transition(number) => {
                let found = compiled.definition.transitions.get(TransitionId::from_index(number));
                found.map(|found| found.span)
            }
            Subject::Clause(number) => outline.clauses.get(number).map(|found| found.span),
            Subject::Threshold(number) => outline.thresholds.get(number).map(|found| found.span),
        };
        self.coverage.place(span.unwrap_or_default())
    }
}

/// A piece of a script on one line, the beginning of a long one.
fn one_line(text: &str) -> String {
    crate::value::brief(&text.split_whitespace().collect::<Vec<_>>().join(" "))
}

fn subject(goal: Goal) -> Subject {
    match goal {
        Goal::State { state } => Subject::State(state),
        Goal::Transition { transition } => Subject::Transition(transition),
        Goal::Holds { clause }
        | Goal::Fails { clause }
        | Goal::Unknown { clause }
        | Goal::DecidesByHolding { clause }
        | Goal::DecidesByFailing { clause } => Subject::Clause(clause),
        Goal::JustBelow { threshold } | Goal::At { threshold } | Goal::JustAbove { threshold } => {
            Subject::Threshold(threshold)
        }
    }
}
