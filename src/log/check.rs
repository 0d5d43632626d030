//! Whether what a log says could have happened under a workflow's rules: replay with guards.

use std::collections::BTreeMap;
use std::ops::Range;

use indexmap::IndexMap;
use serde::Serialize;

use super::event_log::EventLog;
use super::map::LogMap;
use super::rows::{Binding, Known, Rows};
use super::situations::{Path, Player, Replay};
use super::terms::Terms;
use crate::case::answer::Outcome;
use crate::case::claims::ClaimVerdict;
use crate::case::decision::Decision;
use crate::case::step::ways::{self, Guards};
use crate::error::Problem;
use crate::rule::Truth;
use crate::table::TransitionId;
use crate::value::DateTime;
use crate::workflow::naming;

/// In which order events count.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Order {
    /// By the log, whose times must not run backwards: a case in which they do is reported and does not fit.
    #[default]
    Time,
    /// By the log, whatever times say: where they run backwards, the clock stands still.
    Document,
}

/// How a log is checked.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[allow(clippy::exhaustive_structs)]
pub struct CheckOptions {
    /// What becomes of terms that are due.
    pub terms: Terms,
    /// What becomes of times that run backwards.
    pub order: Order,
}

/// What a guard was asked, and how often it would have stood in the way: of the cases that fit with the guards off, on the way
/// with the fewest violations.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[allow(clippy::exhaustive_structs)]
pub struct GuardCount {
    /// How often it was judged.
    pub asked: u64,
    /// How often the verdict was another than what happened.
    pub violated: u64,
    /// How often there was none, for something was not known.
    pub undecided: u64,
}

/// How often a claim stood how.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[allow(clippy::exhaustive_structs)]
pub struct ClaimCount {
    /// It held, as far as the case was followed.
    pub kept: u64,
    /// Something waits for what must follow.
    pub open: u64,
    /// It did not hold.
    pub broken: u64,
}

/// Why cases do not fit, with the guards on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Misfit {
    /// The event is not expected where the case stands.
    NotExpected,
    /// A guard or requirement refuses it.
    Guard,
    /// Something is not known that a guard asks for, or that the event must carry.
    Undecided,
    /// A script fails.
    Failed,
    /// Behind the last event the case does not come to an end.
    NotEnded,
    /// Times run backwards.
    Unordered,
    /// The case cannot begin.
    NotBegun,
}

/// Cases that fail at the same for the same reason.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct Failure {
    /// The activity, or behind the last event the one that the case stopped after.
    pub activity: String,
    /// Why.
    pub why: Misfit,
    /// How many cases.
    pub cases: usize,
    /// The first of them.
    pub case: String,
    /// Which of its events, from 1.
    pub event: usize,
    /// In which states it stood.
    pub states: Vec<String>,
    /// What it was answered there.
    #[serde(skip)]
    pub decision: Option<Decision>,
    /// What is wrong where it could not begin.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<Problem>,
}

/// A value that is not what a fact may hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Unreadable {
    /// The attribute.
    pub attribute: String,
    /// The fact or payload that it is for; nothing for the time.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub fact: String,
    /// How often.
    pub count: usize,
    /// The first such value.
    pub example: String,
}

/// What a check found. Figures are of the cases that the map looks at.
#[derive(Debug, Clone, Default, Serialize)]
#[non_exhaustive]
pub struct Check {
    /// Cases.
    pub cases: usize,
    /// Events of these cases.
    pub events: usize,
    /// Different activities.
    pub activities: usize,
    /// Different sequences of activities.
    pub variants: usize,
    /// Cases whose events can all be taken in order, with silent events where they are needed, up to the end of the case.
    pub fitting: usize,
    /// Cases whose events can all be taken in order with the guards switched off.
    pub fitting_unguarded: usize,
    /// Variants with a case that fits with the guards off.
    pub variants_unguarded: usize,
    /// Cases that fit with the guards off, but only by a verdict that is not known.
    pub undecided: usize,
    /// Of the cases that fit with the guards off: fewest violations → cases.
    pub violations: BTreeMap<u32, usize>,
    /// By guard, called by its transition's `id`, or by where that leads.
    pub guards: BTreeMap<String, GuardCount>,
    /// By claim.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub claims: BTreeMap<String, ClaimCount>,
    /// Cases whose times run backwards.
    pub unordered: usize,
    /// Cases of which not every possibility was looked at, for there were too many.
    pub cut: usize,
    /// Cases that the map leaves out.
    pub left_out: usize,
    /// Why cases do not fit, most cases first.
    pub failures: Vec<Failure>,
    /// Activities that are neither mapped nor ignored, and attributes, with how often each comes.
    pub unmapped: Unmapped,
    /// Values that could not be read.
    pub unreadable: Vec<Unreadable>,
}

/// What of a log is neither mapped nor ignored, with counts.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[allow(clippy::exhaustive_structs)]
pub struct Unmapped {
    /// Activities.
    pub activities: BTreeMap<String, usize>,
    /// Attributes.
    pub attributes: BTreeMap<String, usize>,
}

impl Check {
    /// Whether all of the log was mapped and read, so that the figures are of the whole.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.unmapped == Unmapped::default() && self.unreadable.is_empty()
    }
}

/// A log, ready to be checked in pieces, on as many threads as there are.
pub struct Checker<'a> {
    binding: Binding<'a>,
    options: CheckOptions,
    /// Up to when terms may have been taken.
    until: Option<DateTime>,
}

/// What came of some of the cases.
#[derive(Debug, Default)]
pub struct Piece {
    check: Check,
    guards: BTreeMap<TransitionId, GuardCount>,
    variants: BTreeMap<Vec<u32>, bool>,
    failures: IndexMap<(String, Misfit, Option<TransitionId>), Failure>,
    unreadable: BTreeMap<(String, String), (usize, String)>,
}

impl<'a> Checker<'a> {
    /// A log under a map.
    #[must_use]
    pub fn new(log: &'a EventLog, map: &'a LogMap, options: CheckOptions) -> Self {
        let binding = Binding::new(log, map);
        let until = binding.end(options.terms);
        Self { binding, options, until }
    }

    /// Replays the cases of these places.
    #[must_use]
    pub fn piece(&self, places: Range<usize>) -> Piece {
        let binding = &self.binding;
        let mut known = Known::default();
        let player = Player::new(binding, self.options.terms, self.until);
        let mut piece = Piece::default();
        for trace in places.filter_map(|place| binding.log.trace(place)) {
            self.case(&trace, &player, &mut known, &mut piece);
        }
        piece.unreadable = known.unreadable;
        piece
    }

    fn case(
        &self,
        trace: &super::event_log::Trace,
        player: &Player,
        known: &mut Known,
        piece: &mut Piece,
    ) {
        let binding = &self.binding;
        let lets_stand = self.options.order == Order::Document;
        let is_strict = player.terms == Terms::Strict;
        let rows = binding.rows(trace, lets_stand, is_strict, known);
        let start = match &rows.start {
            Ok(start) => start,
            Err(problem) => {
                let problem = problem.clone();
                piece.begin(&rows);
                piece.variant(self.variant(trace), false);
                let failure = piece
                    .failure(String::new(), Misfit::NotBegun, None, || binding.case_name(trace));
                failure.problem.get_or_insert(problem);
                return;
            }
        };
        if let Some(cases) = binding.map.cases {
            let compiled = binding.workflow().compiled();
            let holds = compiled.rules.fact(cases, &start.context(None));
            if !matches!(holds, Ok(Some(crate::value::Value::Boolean(true)))) {
                piece.check.left_out += 1;
                return;
            }
        }
        piece.begin(&rows);
        let variant = self.variant(trace);
        if let Some(place) = rows.unordered {
            piece.check.unordered += 1;
            let activity = self.activity(trace, place);
            let failure =
                piece.failure(activity, Misfit::Unordered, None, || binding.case_name(trace));
            if failure.cases == 1 {
                failure.event = place + 1;
            }
            // Whether it would fit otherwise is seen with the order of the document.
            piece.variant(variant, false);
            return;
        }
        let strict = player.replay(start, &rows.rows, known, Guards::Gate);
        let is_fitting = strict.end.is_some();
        let best = match is_fitting {
            true => strict,
            false => {
                self.fails(trace, player, &rows, &strict, known, piece);
                player.replay(start, &rows.rows, known, Guards::Cost)
            }
        };
        piece.check.fitting += usize::from(is_fitting);
        piece.check.cut += usize::from(best.is_cut);
        piece.variant(variant, best.end.is_some());
        self.claims(&best, piece);
        let Some(end) = best.end else { return };
        piece.check.fitting_unguarded += 1;
        piece.check.undecided += usize::from(end.cost.undecided > 0);
        *piece.check.violations.entry(end.cost.violations).or_default() += 1;
        for judged in Path::verdicts(&end.path) {
            let count = piece.guards.entry(judged.id).or_default();
            count.asked += 1;
            match judged.found {
                _ if judged.found == judged.taken => {}
                Truth::Unknown => count.undecided += 1,
                _ => count.violated += 1,
            }
        }
    }

    /// How the claims stand where a case was followed to.
    fn claims(&self, replay: &Replay, piece: &mut Piece) {
        if self.binding.workflow().compiled().rules.claims.is_empty() {
            return;
        }
        let failed = replay.failed.iter().flat_map(|(_, set)| set);
        let Some(node) = replay.end.iter().chain(failed.take(1)).next() else { return };
        let (_, claims) = ways::described(self.binding.workflow(), &node.situation);
        for claim in claims {
            let count = piece.check.claims.entry(claim.name).or_default();
            match claim.verdict {
                ClaimVerdict::Broken => count.broken += 1,
                ClaimVerdict::Open => count.open += 1,
                _ => count.kept += 1,
            }
        }
    }

    /// Notes where and why a case does not fit.
    fn fails(
        &self,
        trace: &super::event_log::Trace,
        player: &Player,
        rows: &Rows,
        replay: &Replay,
        known: &Known,
        piece: &mut Piece,
    ) {
        let Some((number, set)) = &replay.failed else { return };
        let binding = &self.binding;
        let name = || binding.case_name(trace);
        let Some(row) = rows.rows.get(*number) else {
            let last = rows.rows.last();
            let activity = last.map(|row| self.activity(trace, row.place)).unwrap_or_default();
            let failure = piece.failure(activity, Misfit::NotEnded, None, name);
            if failure.cases == 1 {
                failure.event = last.map_or(0, |row| row.place + 1);
                let mut states: Vec<String> = Vec::new();
                for node in set {
                    states.extend(ways::described(player.workflow, &node.situation).0);
                }
                states.dedup();
                failure.states = states;
            }
            return;
        };
        let Some((place, outcome)) = player.answered(set, row, known) else { return };
        let Some(node) = set.get(place) else { return };
        let actor = known.actor(row.actor);
        // What refuses it, by the first verdict that is asked.
        let forced = player.step(&node.situation, &row.accepted, actor, Guards::Cost);
        let way = forced.ways.iter().min_by_key(|way| way.cost());
        let judged =
            way.and_then(|way| way.judged.iter().find(|judged| judged.found != judged.taken));
        let why = match (outcome, judged) {
            (Outcome::Error, _) => Misfit::Failed,
            (Outcome::Blocked, Some(judged)) if judged.found == Truth::Unknown => Misfit::Undecided,
            (Outcome::Blocked, None) if way.is_some_and(|way| way.lacks) => Misfit::Undecided,
            (Outcome::Blocked, _) => Misfit::Guard,
            _ => Misfit::NotExpected,
        };
        let id = judged.map(|judged| judged.id);
        let failure = piece.failure(self.activity(trace, row.place), why, id, name);
        if failure.cases == 1 {
            failure.event = row.place + 1;
            failure.states = ways::described(player.workflow, &node.situation).0;
            let answer = ways::explained(player.workflow, &node.situation, &row.accepted, actor);
            failure.decision = Some(answer);
        }
    }

    fn activity(&self, trace: &super::event_log::Trace, place: usize) -> String {
        let event = trace.events().nth(place);
        let value = event.and_then(|event| self.binding.activity_of(&event));
        value.map(|value| self.binding.log.text(value).to_owned()).unwrap_or_default()
    }

    fn variant(&self, trace: &super::event_log::Trace) -> Vec<u32> {
        let events = trace.events().filter(|event| self.binding.counts(event));
        events.filter_map(|event| Some(self.binding.activity_of(&event)?.0)).collect()
    }

    /// Puts together what came of all pieces, in their order.
    #[must_use]
    pub fn whole(&self, pieces: impl IntoIterator<Item = Piece>) -> Check {
        let mut all = Piece::default();
        for piece in pieces {
            all.merge(piece);
        }
        let Piece { mut check, guards, variants, failures, unreadable } = all;
        let compiled = self.binding.workflow().compiled();
        check.variants = variants.len();
        check.variants_unguarded = variants.values().filter(|fits| **fits).count();
        let activities: std::collections::BTreeSet<u32> = variants.into_keys().flatten().collect();
        check.activities = activities.len();
        check.guards = guards.into_iter().map(|(id, count)| (called(compiled, id), count)).fold(
            BTreeMap::new(),
            |mut all, (name, count)| {
                let sum: &mut GuardCount = all.entry(name).or_default();
                sum.asked += count.asked;
                sum.violated += count.violated;
                sum.undecided += count.undecided;
                all
            },
        );
        check.failures = failures.into_values().collect();
        check.failures.sort_by_key(|failure| std::cmp::Reverse(failure.cases));
        let (activities, attributes) = self.binding.unmapped();
        check.unmapped = Unmapped { activities, attributes };
        check.unreadable = unreadable
            .into_iter()
            .map(|((attribute, fact), (count, example))| Unreadable {
                attribute,
                fact,
                count,
                example,
            })
            .collect();
        check
    }
}

/// How a transition is called where guards are counted: by its `id`, or by where it leads.
pub(super) fn called(workflow: &crate::workflow::Compiled, id: TransitionId) -> String {
    let found = naming::transition_ref(workflow, id, None);
    found.id.unwrap_or_else(|| {
        let to = if found.to.is_empty() {
            String::new()
        } else {
            format!(" → {}", found.to.join(" + "))
        };
        format!("{}: {}{to}", found.from, found.on)
    })
}

impl Piece {
    fn begin(&mut self, rows: &Rows) {
        self.check.cases += 1;
        self.check.events += rows.events;
    }

    fn variant(&mut self, variant: Vec<u32>, fits: bool) {
        *self.variants.entry(variant).or_default() |= fits;
    }

    fn failure(
        &mut self,
        activity: String,
        why: Misfit,
        id: Option<TransitionId>,
        case: impl FnOnce() -> String,
    ) -> &mut Failure {
        let key = (activity, why, id);
        let activity = key.0.clone();
        let failure = self.failures.entry(key).or_insert_with(|| Failure {
            activity,
            why,
            cases: 0,
            case: case(),
            event: 0,
            states: Vec::new(),
            decision: None,
            problem: None,
        });
        failure.cases += 1;
        failure
    }

    fn merge(&mut self, other: Self) {
        let (own, new) = (&mut self.check, other.check);
        own.cases += new.cases;
        own.events += new.events;
        own.fitting += new.fitting;
        own.fitting_unguarded += new.fitting_unguarded;
        own.undecided += new.undecided;
        own.unordered += new.unordered;
        own.cut += new.cut;
        own.left_out += new.left_out;
        for (violations, cases) in new.violations {
            *own.violations.entry(violations).or_default() += cases;
        }
        for (name, count) in new.claims {
            let sum = own.claims.entry(name).or_default();
            sum.kept += count.kept;
            sum.open += count.open;
            sum.broken += count.broken;
        }
        for (id, count) in other.guards {
            let sum = self.guards.entry(id).or_default();
            sum.asked += count.asked;
            sum.violated += count.violated;
            sum.undecided += count.undecided;
        }
        for (variant, fits) in other.variants {
            self.variant(variant, fits);
        }
        for (key, failure) in other.failures {
            match self.failures.get_mut(&key) {
                Some(known) => known.cases += failure.cases,
                None => {
                    self.failures.insert(key, failure);
                }
            }
        }
        for (key, (count, example)) in other.unreadable {
            self.unreadable.entry(key).or_insert((0, example)).0 += count;
        }
    }
}

/// Checks a log on this thread.
///
/// ```
/// use tresteg::Limits;
/// use tresteg::log::{Bounds, CheckOptions, LogMap, check, read_xes};
///
/// let door = r#"{ "id": "door", "facts": { "key": { "type": "boolean" } },
///     "events": { "open": { "sets": ["key"] } }, "initial": "shut",
///     "states": { "shut": { "on": { "open": { "target": "ajar", "guard": "key" } } }, "ajar": { "type": "final" } } }"#;
/// let text = r#"{ "workflow": "door.json", "facts": { "key": "key" }, "events": { "Open": "open" } }"#;
/// let map = LogMap::load("m.json", text, &mut |_: &str| Ok(door.to_owned()), &Limits::default())?;
/// let event = |key: &str| format!(
///     r#"<trace><event><string key="concept:name" value="Open"/><boolean key="key" value="{key}"/></event></trace>"#
/// );
/// let text = format!("<log>{}{}</log>", event("true"), event("false"));
/// let log = read_xes(text.as_bytes(), &Bounds::default())?;
/// let found = check(&log, &map, CheckOptions::default());
/// assert_eq!((found.cases, found.fitting, found.fitting_unguarded), (2, 1, 2));
/// assert_eq!(found.guards["shut: open → ajar"].violated, 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use]
pub fn check(log: &EventLog, map: &LogMap, options: CheckOptions) -> Check {
    let checker = Checker::new(log, map, options);
    let piece = checker.piece(0..log.len());
    checker.whole([piece])
}
