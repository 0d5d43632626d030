//! Coverage in words: the totals, and everything that was not reached with its place.

use std::collections::BTreeMap;

use super::{Coverage, CoverageTotals, Goal};
use crate::case::Language;
use crate::coverage::counts::{ClauseCounts, ThresholdCounts};
use crate::rule::outline::Origin;
use crate::table::{Id, StateId, TransitionId};
use crate::value::visible;

impl Coverage {
    /// A report for people: one line of totals, then what was not reached, each with its place and text. Lines end with
    /// a line feed.
    #[must_use]
    pub fn describe(&self, language: Language) -> String {
        let words = Words { coverage: self, swedish: language == Language::Swedish };
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
        let words = Words { coverage: self, swedish: language == Language::Swedish };
        visible(&words.title(goal)).into_owned()
    }
}

struct Words<'c> {
    coverage: &'c Coverage,
    swedish: bool,
}

/// What several goals are about: they are told in one line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Subject {
    State(usize),
    Transition(usize),
    Clause(usize),
    Threshold(usize),
}

impl Words<'_> {
    fn say<'a>(&self, english: &'a str, swedish: &'a str) -> &'a str {
        if self.swedish { swedish } else { english }
    }

    fn totals(&self) -> String {
        let CoverageTotals { states, transitions, outcomes, decisions, thresholds, all } =
            self.coverage.totals();
        let of = self.say("of", "av");
        let share = |share: super::CoverageRatio| format!("{} {of} {}", share.covered, share.total);
        let parts = [
            (states, self.say("states", "tillstånd")),
            (transitions, self.say("transitions", "övergångar")),
            (outcomes, self.say("outcomes of clauses", "utfall av villkor")),
            (decisions, self.say("deciding clauses", "avgörande villkor")),
            (thresholds, self.say("thresholds", "gränser")),
        ];
        let parts = parts.map(|(found, name)| format!("{name} {}", share(found)));
        let id = self.coverage.workflow.id();
        let covered = self.say("covered", "täckt");
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
                self.say("asked", "prövat").to_owned()
            } else {
                let missing: Vec<&str> = goals.iter().map(|goal| self.predicate(*goal)).collect();
                missing.join(", ")
            };
            let never = self.say("never", "aldrig");
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
        let (english, swedish) = match goal {
            Goal::State { .. } => ("is entered", "nås"),
            Goal::Transition { .. } => ("is taken", "tas"),
            Goal::Holds { clause } if self.is_score(clause) => ("is known", "är känt"),
            Goal::Holds { .. } => ("holds", "gäller"),
            Goal::Fails { .. } => ("does not hold", "gäller inte"),
            Goal::Unknown { .. } => ("is undecided", "är oavgjort"),
            Goal::DecidesByHolding { .. } => {
                ("alone decides by holding", "avgör ensamt genom att gälla")
            }
            Goal::DecidesByFailing { .. } => {
                ("alone decides by not holding", "avgör ensamt genom att inte gälla")
            }
            Goal::JustBelow { .. } => ("just below the limit", "strax under gränsen"),
            Goal::At { .. } => ("at the limit", "på gränsen"),
            Goal::JustAbove { .. } => ("just above the limit", "strax över gränsen"),
        };
        let outline = self.coverage.workflow.compiled().outline();
        let asks = self.say(english, swedish);
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
                let (text, within) = (one_line(text), self.say("in", "i"));
                format!("`{text}` {asks} ({within} {})", self.rule(rule))
            }
            None => format!("{} {asks}", self.subject(subject(goal))),
        }
    }

    fn predicate(&self, goal: Goal) -> &'static str {
        let (english, swedish) = match goal {
            Goal::State { .. } => ("entered", "nått"),
            Goal::Transition { .. } => ("taken", "tagen"),
            Goal::Holds { clause } if self.is_score(clause) => ("known", "känt"),
            Goal::Holds { .. } => ("true", "sant"),
            Goal::Fails { .. } => ("false", "falskt"),
            Goal::Unknown { .. } => ("unknown", "okänt"),
            Goal::DecidesByHolding { .. } => ("decisive as true", "ensamt avgörande som sant"),
            Goal::DecidesByFailing { .. } => ("decisive as false", "ensamt avgörande som falskt"),
            Goal::JustBelow { .. } => ("just below", "strax under"),
            Goal::At { .. } => ("at the limit", "på gränsen"),
            Goal::JustAbove { .. } => ("just above", "strax över"),
        };
        if self.swedish { swedish } else { english }
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
                format!("{} `{name}`", self.say("state", "tillståndet"))
            }
            Subject::Transition(number) => {
                let way = self.coverage.way_text(TransitionId::from_index(number));
                format!("{} {way}", self.say("transition", "övergången"))
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
        format!("`{text}` {} {}", self.say("in", "i"), self.rule(rule))
    }

    fn rule(&self, number: usize) -> String {
        let compiled = self.coverage.workflow.compiled();
        let definition = &compiled.definition;
        let Some(rule) = compiled.outline().rules.get(number) else { return String::new() };
        match rule.origin {
            Origin::Transition(id) => {
                format!("{} {}", self.say("transition", "övergången"), self.coverage.way_text(id))
            }
            Origin::Factor(id) => {
                let name = definition.factors.at(id).name.as_str();
                format!("{} `{name}`", self.say("factor", "faktorn"))
            }
            Origin::Fact(id) => {
                let name = definition.facts.at(id).name.as_str();
                format!("{} `{name}`", self.say("fact", "uppgiften"))
            }
            Origin::Function(id) => {
                let found = definition.functions.get(id as usize);
                let name = found.map_or("", |found| found.name.as_str());
                format!("{} `{name}`", self.say("function", "funktionen"))
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
