//! What coverage asks for, one thing at a time.

use serde::Serialize;

use super::Coverage;
use crate::coverage::counts::CoverageCounts;
use crate::definition::model::StateKind;
use crate::table::Id;
use crate::workflow::chart::ROOT;

/// One thing that cases can show of a workflow. Numbers are those of [`Coverage::states`], [`Coverage::transitions`],
/// [`Coverage::clauses`] and [`Coverage::thresholds`]; they stay the same as long as the file does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case", tag = "goal")]
#[non_exhaustive]
pub enum Goal {
    /// A state is entered.
    State {
        /// Its number.
        state: usize,
    },
    /// A transition is taken.
    Transition {
        /// Its number.
        transition: usize,
    },
    /// A clause is seen true; a score is seen known.
    Holds {
        /// Its number.
        clause: usize,
    },
    /// A clause is seen false.
    Fails {
        /// Its number.
        clause: usize,
    },
    /// A clause is seen undecided.
    Unknown {
        /// Its number.
        clause: usize,
    },
    /// A clause alone decides its rule by being true.
    DecidesByHolding {
        /// Its number.
        clause: usize,
    },
    /// A clause alone decides its rule by being false.
    DecidesByFailing {
        /// Its number.
        clause: usize,
    },
    /// A value lies one step or less below a threshold.
    JustBelow {
        /// Its number.
        threshold: usize,
    },
    /// A value is equal to a threshold.
    At {
        /// Its number.
        threshold: usize,
    },
    /// A value lies one step or less above a threshold.
    JustAbove {
        /// Its number.
        threshold: usize,
    },
}

impl Coverage {
    /// Everything that coverage asks for, reached or not: states, transitions, then clauses, then thresholds, each in the
    /// order of their numbers. Rules that no transition's answer can depend on are left out, and so are values that a
    /// declaration forbids.
    pub fn goals(&self) -> impl Iterator<Item = Goal> + '_ {
        let compiled = self.workflow.compiled();
        let (definition, outline) = (&compiled.definition, compiled.outline());
        let states = definition
            .states
            .iter()
            .filter(|(id, state)| *id != ROOT && !matches!(state.kind, StateKind::History { .. }));
        let states = states.map(|(id, _)| Goal::State { state: id.index() });
        let transitions = definition.transitions.ids();
        let transitions = transitions.map(|id| Goal::Transition { transition: id.index() });
        let asked = |rule: usize| outline.rules.get(rule).is_some_and(|rule| rule.is_asked);
        let clauses = outline.clauses.iter().enumerate();
        let clauses =
            clauses.filter(move |(_, found)| found.is_leaf && !found.is_fixed && asked(found.rule));
        let clauses = clauses.flat_map(|(clause, found)| {
            let unknown = found.may_be_unknown.then_some(Goal::Unknown { clause });
            let truths = [
                Goal::Fails { clause },
                Goal::DecidesByHolding { clause },
                Goal::DecidesByFailing { clause },
            ];
            let truths = truths.into_iter().filter(|_| !found.is_score);
            std::iter::once(Goal::Holds { clause }).chain(truths).chain(unknown)
        });
        let thresholds = outline.thresholds.iter().enumerate();
        let thresholds = thresholds.filter(move |(_, found)| asked(found.rule));
        let thresholds = thresholds.flat_map(|(threshold, found)| {
            let goals = [
                Goal::JustBelow { threshold },
                Goal::At { threshold },
                Goal::JustAbove { threshold },
            ];
            let pairs = goals.into_iter().zip(found.possible);
            pairs.filter(|(_, possible)| *possible).map(|(goal, _)| goal)
        });
        states.chain(transitions).chain(clauses).chain(thresholds)
    }

    /// Whether a goal was reached; not for a number that there is not.
    #[must_use]
    pub fn has(&self, goal: Goal) -> bool {
        self.times(goal) > 0
    }

    /// How often a goal was reached.
    #[must_use]
    pub fn times(&self, goal: Goal) -> u64 {
        Self::times_in(&self.seen, goal)
    }

    pub(crate) fn times_in(seen: &CoverageCounts, goal: Goal) -> u64 {
        let transition = |number: usize| seen.transitions.get(number).copied().unwrap_or_default();
        let clause = |number: usize| seen.clauses.get(number).copied().unwrap_or_default();
        let threshold = |number: usize| seen.thresholds.get(number).copied().unwrap_or_default();
        match goal {
            Goal::State { state } => seen.states.get(state).copied().unwrap_or(0),
            Goal::Transition { transition: number } => transition(number).taken,
            Goal::Holds { clause: number } => clause(number).was.holds,
            Goal::Fails { clause: number } => clause(number).was.fails,
            Goal::Unknown { clause: number } => clause(number).was.unknown,
            Goal::DecidesByHolding { clause: number } => clause(number).decided[0],
            Goal::DecidesByFailing { clause: number } => clause(number).decided[1],
            Goal::JustBelow { threshold: number } => threshold(number).just_below,
            Goal::At { threshold: number } => threshold(number).at,
            Goal::JustAbove { threshold: number } => threshold(number).just_above,
        }
    }

    /// The goals that were not reached, in the order of [`Coverage::goals`].
    pub fn missing(&self) -> impl Iterator<Item = Goal> + '_ {
        self.goals().filter(|goal| !self.has(*goal))
    }
}
