//! Workflows compared over the same cases: what would have happened under the other rules?
//!
//! A [`GivenCase`] is what came in from outside: a start, events, time. [`Comparer`] plays it under a base and under variants,
//! and what came of each is compared with the base, case by case: where it ends, the first decision that differs and what
//! decided it, states, days, terms. What a workflow does not know or does not expect is counted, and the case goes on.
//!
//! ```
//! use tresteg::Workflow;
//! use tresteg::compare::{Comparer, GivenCase};
//!
//! let rules = |id: &str, least: u32| Workflow::from_json(&format!(r#"{{ "id": "{id}",
//!     "facts": {{ "votes": {{ "type": "integer" }} }}, "events": {{ "count": {{ "sets": ["votes"] }} }}, "initial": "open",
//!     "states": {{ "open": {{ "on": {{ "count": {{ "target": "done", "guard": "votes >= {least}" }} }} }}, "done": {{ "type": "final" }} }} }}"#));
//! let cases: Result<Vec<_>, _> = [49, 50, 60].iter().map(|votes| GivenCase::from_json(&format!(
//!     r#"{{ "case": "{votes}", "events": [ {{ "event": "count", "facts": {{ "votes": {votes} }} }} ] }}"#
//! ))).collect();
//! let cases = cases?;
//! let workflows = [("a".to_owned(), rules("a", 50)?), ("b".to_owned(), rules("b", 60)?)];
//! let comparer = Comparer::of_cases(&workflows, &cases);
//! let found = comparer.whole([comparer.piece(0..cases.len())]);
//! let first = &found.variants[0].first_differences;
//! assert_eq!((first.len(), first[0].case.as_str(), first[0].variant.by[0].name.as_str()), (1, "50", "votes >= 60"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod course;
mod decide;
mod exact;
mod found;
mod given;
mod tally;
mod tuned;

use std::collections::BTreeSet;
use std::ops::Range;

use crate::case::event::{InputLine, Until};
use crate::log::cases::{LoggedCases, Reading};
use crate::log::{EventLog, LogMap, Order};
use crate::value::DateTime;
use crate::workflow::Workflow;
use course::{Course, Player};
use given::Step;

pub use decide::Decider;
pub use found::{
    Answered, Blocked, Comparison, Days, DifferenceGroup, Ends, FirstDifference, StateCount,
    TermCount, TermFates, Variant, WorkflowFigures,
};
pub use given::{GivenCase, InvalidCase};
pub use tally::Piece;
pub use tuned::{Untunable, tuned};

/// Cases and the workflows to compare over them, ready to be gone through in pieces, on as many threads as there are.
pub struct Comparer<'a> {
    workflows: &'a [(String, Workflow)],
    players: Vec<Player<'a>>,
    cases: Cases<'a>,
}

enum Cases<'a> {
    Given(&'a [GivenCase]),
    Log(Box<LoggedCases<'a>>),
}

impl<'a> Comparer<'a> {
    /// Cases that were given as they are. The first of the workflows is the base; each bears the name that it is told by.
    ///
    /// What had to hold for a transition is told of workflows that keep a journal
    /// ([`Limits::untaken_entries`](crate::Limits::untaken_entries) above 0), as they do by default.
    #[must_use]
    pub fn of_cases(workflows: &'a [(String, Workflow)], cases: &'a [GivenCase]) -> Self {
        let players = players(workflows, false);
        Self { workflows, players, cases: Cases::Given(cases) }
    }

    /// The cases of a log, in the words of a map: what its workflow takes of the log is what every one is given. Silent events
    /// are in no log, and are put in where an event needs them or the end of the case does: the shortest row of them.
    /// Whoever acts has all roles.
    #[must_use]
    pub fn of_log(
        workflows: &'a [(String, Workflow)],
        log: &'a EventLog,
        map: &'a LogMap,
        order: Order,
    ) -> Self {
        let all = workflows.iter().flat_map(|(_, workflow)| {
            workflow.compiled().definition.roles.keys().cloned().collect::<Vec<String>>()
        });
        let roles: BTreeSet<String> = all.collect();
        let cases = LoggedCases::new(log, map, order, roles.into_iter().collect());
        let players = players(workflows, true);
        Self { workflows, players, cases: Cases::Log(Box::new(cases)) }
    }

    /// How many cases there are.
    #[must_use]
    pub fn len(&self) -> usize {
        match &self.cases {
            Cases::Given(cases) => cases.len(),
            Cases::Log(cases) => cases.len(),
        }
    }

    /// Whether there is no case.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Plays the cases of these places under every workflow.
    #[must_use]
    pub fn piece(&self, places: Range<usize>) -> Piece {
        let mut piece = Piece::new(self.workflows.len());
        let mut reading = Reading::default();
        for place in places {
            match &self.cases {
                Cases::Given(cases) => {
                    if let Some(given) = cases.get(place) {
                        self.case(given, &mut piece);
                    }
                }
                Cases::Log(cases) => {
                    let Some(logged) = cases.case(place, &mut reading) else { continue };
                    if logged.is_left_out {
                        piece.left_out += 1;
                    } else if logged.is_unordered {
                        piece.unordered += 1;
                    } else {
                        let given = GivenCase::new(logged.name, Some(logged.start), logged.facts);
                        let events = logged.events.into_iter().map(InputLine::Event);
                        self.case(&events.fold(given, GivenCase::then), &mut piece);
                    }
                }
            }
        }
        piece
    }

    fn case(&self, given: &GivenCase, piece: &mut Piece) {
        let seen = seen(given);
        let courses: Vec<Course> =
            self.players.iter().map(|player| player.play(given, seen)).collect();
        piece.case(&given.name, courses);
    }

    /// Puts together what came of all pieces, in their order.
    #[must_use]
    pub fn whole(&self, pieces: impl IntoIterator<Item = Piece>) -> Comparison {
        let mut all = Piece::new(self.workflows.len());
        for piece in pieces {
            all.merge(piece);
        }
        let names: Vec<String> = self.workflows.iter().map(|(name, _)| name.clone()).collect();
        all.whole(&names)
    }
}

impl std::fmt::Debug for Comparer<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Comparer").field("cases", &self.len()).finish_non_exhaustive()
    }
}

fn players(workflows: &[(String, Workflow)], puts_silent_in: bool) -> Vec<Player<'_>> {
    workflows.iter().map(|(_, workflow)| Player::new(workflow, puts_silent_in)).collect()
}

/// Up to when a case was seen, by the times that it says itself.
fn seen(given: &GivenCase) -> Option<DateTime> {
    // What comes so long after something else has its time from the case.
    let is_relative = |step: &Step| {
        matches!(step, Step::Later(..) | Step::Received(Some(_), _) | Step::Advance(Until::For(_)))
    };
    if given.steps.iter().any(is_relative) {
        return None;
    }
    given.steps.iter().filter_map(Step::at).max()
}
