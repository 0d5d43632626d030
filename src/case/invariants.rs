//! What every situation satisfies that some run of its workflow has led to, as far as that can be told from the situation
//! alone: the one place that says so. [`Case::restore`](crate::Case::restore) asks it of what it has read, and debug builds
//! ask it behind every step.

mod children;
mod claims;
mod waiting;

use std::fmt::Display;

use crate::case::situation::Situation;
use crate::case::terms;
use crate::definition::model::{StateKind, matches};
use crate::error::Problem;
use crate::rule::Meter;
use crate::table::StateId;
use crate::value::{DateTime, brief};
use crate::workflow::Compiled;
use crate::workflow::chart::{Chart, ROOT};
use crate::workflow::listeners::RESERVED;

pub(crate) use children::at_rest;

/// More often than this nothing has happened to anybody: whoever counts further has forged.
pub(super) const MOST: u64 = 1 << 53;

/// By how much dates may differ that another database of time zones gave.
const OFFSETS: i64 = 48 * 3_600_000_000;

/// What is impossible about a situation; nothing about one that a run has led to. `same_zones` is whether its dates were
/// worked out with the database of time zones that is used here. Cost: linear in the situation, times the depth of the
/// states in which anything happened; the date of each running term is worked out once.
pub(crate) fn check(workflow: &Compiled, situation: &Situation, same_zones: bool) -> Vec<Problem> {
    Check::new(workflow, situation, same_zones).all(true, true)
}

/// Stops a debug build at a step that has led to something impossible. What the step did not touch
/// was looked at before, and only cases that weigh little are looked at. Scenarios may put a case
/// where no run leads.
#[cfg(debug_assertions)]
pub(crate) fn assert_kept(workflow: &Compiled, before: Option<&Situation>, after: &Situation) {
    const LITTLE: usize = 600;
    /// Of so many children each step looks at all.
    const FEW: usize = 24;
    let is_same = |before: &Situation| std::sync::Arc::ptr_eq(&before.facts, &after.facts);
    if after.placed || after.weight() > LITTLE {
        return;
    }
    let check = Check::new(workflow, after, after.dated.0);
    let with_children = after.family.cases() <= FEW;
    let problems = check.all(!before.is_some_and(is_same), with_children);
    let described: Vec<String> = problems.iter().map(ToString::to_string).collect();
    debug_assert!(
        described.is_empty(),
        "a step led to what is impossible: {}",
        described.join("; ")
    );
}

struct Check<'a> {
    workflow: &'a Compiled,
    situation: &'a Situation,
    /// When each state was last entered, by number.
    entered: Vec<(StateId, DateTime)>,
    same_zones: bool,
    problems: Vec<Problem>,
}

impl<'a> Check<'a> {
    fn new(workflow: &'a Compiled, situation: &'a Situation, same_zones: bool) -> Self {
        let entered = situation.past.entered.iter().map(|(state, at)| (*state, *at)).collect();
        Self { workflow, situation, entered, same_zones, problems: Vec::new() }
    }

    /// All that is impossible; of facts and of children only where they are to be looked at.
    fn all(mut self, with_facts: bool, with_children: bool) -> Vec<Problem> {
        self.states();
        // Nothing else means anything in states that are none.
        if self.problems.is_empty() {
            if with_facts {
                self.facts();
            }
            self.entered();
            self.history();
            self.events();
            self.terms();
            self.waiting();
            self.claims();
            if with_children {
                self.children();
            }
        }
        self.problems
    }
}

impl<'a> Check<'a> {
    fn wrong(&mut self, code: &str, message: impl Into<String>) {
        self.problems.push(Problem::new(code, message));
    }

    fn chart(&self) -> &'a Chart {
        &self.workflow.chart
    }

    fn name(&self, state: StateId) -> &'a str {
        self.workflow.definition.states.at(state).name.as_str()
    }

    fn entered_at(&self, state: StateId) -> Option<DateTime> {
        let place = self.entered.binary_search_by_key(&state, |(state, _)| *state).ok()?;
        self.entered.get(place).map(|(_, at)| *at)
    }

    /// When the case began.
    fn start(&self) -> DateTime {
        self.entered_at(ROOT).unwrap_or(self.situation.time)
    }

    /// A time that lies before the case began or behind its last step.
    fn outside(&self, at: DateTime) -> Option<String> {
        if at > self.situation.time {
            Some(format!("{at}, and the last step was at {}", self.situation.time))
        } else if at < self.start() {
            Some(format!("{at}, and the case began at {}", self.start()))
        } else {
            None
        }
    }

    /// SCXML 3.11: the file, one child of each compound state, all of a parallel one.
    fn states(&mut self) {
        let active = &self.situation.active;
        if active.first() != Some(&ROOT) || !self.is_whole(active, ROOT) {
            let leaves =
                active.iter().filter(|id| self.chart().states.at(**id).children.is_empty());
            let names: Vec<&str> = leaves.map(|id| self.name(*id)).collect();
            let names = names.join("`, `");
            return self.wrong(
                "situation-states",
                format!("the states `{names}` cannot be active together"),
            );
        }
        let is_last = |state: &&StateId| {
            let row = self.chart().states.at(**state);
            row.kind == StateKind::Final && row.parent == Some(ROOT)
        };
        let last = active.iter().find(is_last).map(|state| self.name(*state));
        match (self.situation.ended, last) {
            (true, None) if !self.situation.stopped => {
                self.wrong("situation-ended", "the case has ended, and is in no final state");
            }
            (false, Some(state)) => {
                let message =
                    format!("the case has not ended, and is in the final state `{state}`");
                self.wrong("situation-ended", message);
            }
            _ => {}
        }
    }

    /// Whether these states in ascending order, all inside a state, are all that is active in it at one time.
    fn is_whole(&self, states: &[StateId], around: StateId) -> bool {
        let chart = self.chart();
        let has = |state: &StateId| *state == around || states.binary_search(state).is_ok();
        let is_kept = |state: StateId| {
            let row = chart.states.at(state);
            let inside = row.children.iter().filter(|child| has(child)).count();
            match row.kind {
                StateKind::History { .. } => false,
                StateKind::Parallel => inside == row.children.len(),
                _ => row.children.is_empty() || inside == 1,
            }
        };
        let is_inside = |state: &StateId| {
            *state == around
                || chart.inside(*state, around)
                    && chart.states.at(*state).parent.is_some_and(|parent| has(&parent))
        };
        is_kept(around) && states.iter().all(|state| is_inside(state) && is_kept(*state))
    }

    /// Each value as its declaration has it; what has a default is never unknown.
    fn facts(&mut self) {
        let definition = &self.workflow.definition;
        for ((_, fact), value) in definition.facts.iter().zip(self.situation.facts.iter()) {
            let name = fact.name.as_str();
            match value {
                Some(_) if fact.value.is_some() => {
                    let message = format!("fact `{name}` is derived and cannot be stored");
                    self.wrong("situation-facts", message);
                }
                Some(value)
                    if fact.shape.admit(value.clone(), &definition.zone).as_ref() != Ok(&value) =>
                {
                    let message = format!("fact `{name}` does not hold what it is declared as");
                    self.wrong("situation-facts", message);
                }
                None if fact.value.is_none() && fact.default.is_some() => {
                    let message = format!("fact `{name}` is unknown, and has a default");
                    self.wrong("situation-facts", message);
                }
                Some(_) | None => {}
            }
        }
    }

    /// When states were entered: those that are active, those around them, and nothing out of its order.
    fn entered(&mut self) {
        let chart = self.chart();
        let never: Vec<&str> = self
            .situation
            .active
            .iter()
            .filter(|state| self.entered_at(**state).is_none())
            .map(|state| self.name(*state))
            .collect();
        if !never.is_empty() {
            let message = format!("`{}` is active, and was never entered", never.join("`, `"));
            return self.wrong("situation-entered", message);
        }
        for (state, at) in self.entered.clone() {
            let (row, name) = (chart.states.at(state), self.name(state));
            if let Some(when) = self.outside(at) {
                self.wrong("situation-entered", format!("`{name}` was entered at {when}"));
                continue;
            }
            if chart.is_history(state) {
                let message = format!("`{name}` is a history state, and so is never entered");
                self.wrong("situation-entered", message);
                continue;
            }
            if let Some(parent) = row.parent {
                let outer = self.entered_at(parent);
                let is_kept = match outer {
                    None => false,
                    Some(outer) if self.situation.is_active(state) => at >= outer,
                    Some(_) => true,
                };
                if !is_kept {
                    let around = self.name(parent);
                    let message = format!(
                        "`{name}` was entered at {at}, and `{around}` around it was not before"
                    );
                    self.wrong("situation-entered", message);
                }
            }
            let children = || row.children.iter().map(|child| self.entered_at(*child));
            // What is inside is entered with a state, all of it or a part.
            let is_filled = match row.kind {
                StateKind::Parallel => children().all(|inner| inner == Some(at)),
                _ => row.children.is_empty() || children().flatten().any(|inner| inner >= at),
            };
            if !is_filled {
                let message =
                    format!("`{name}` was entered at {at}, and what is inside it was not");
                self.wrong("situation-entered", message);
            }
        }
        for state in &self.situation.active {
            self.is_newest(*state, "situation-entered", "is active");
        }
    }

    /// Of what is inside a compound state, nothing was entered later than the part that is active in it, or was at the end.
    fn is_newest(&mut self, state: StateId, code: &str, is: &str) {
        let chart = self.chart();
        let Some(around) = chart.states.at(state).parent else { return };
        let Some(at) = self.entered_at(state) else { return };
        if chart.states.at(around).kind == StateKind::Parallel {
            return;
        }
        let from = self.entered.partition_point(|(other, _)| *other <= around);
        let last = chart.states.at(around).last;
        let inside = self.entered.get(from..).unwrap_or_default().iter();
        let mut inside = inside.take_while(|(other, _)| *other <= last);
        let later = inside.find(|(other, entered)| {
            *entered > at && *other != state && !chart.inside(*other, state)
        });
        if let Some((other, _)) = later {
            let (name, other) = (self.name(state), self.name(*other));
            self.wrong(code, format!("`{name}` {is}, and `{other}` was entered later"));
        }
    }

    /// What history states remember: what was active in a state when it was last left.
    fn history(&mut self) {
        let chart = self.chart();
        for (history, recorded) in self.situation.history.iter() {
            let name = self.name(*history);
            if !chart.is_history(*history) {
                self.wrong("situation-history", format!("`{name}` is no history state"));
                continue;
            }
            let around = chart.states.at(*history).parent.unwrap_or(ROOT);
            if !self.is_record(*history, around, recorded) {
                let names: Vec<&str> = recorded.iter().map(|state| self.name(*state)).collect();
                let message = format!(
                    "the history state `{name}` remembers `{}`, which `{}` was never left in",
                    names.join("`, `"),
                    self.name(around)
                );
                self.wrong("situation-history", message);
                continue;
            }
            if recorded.iter().any(|state| self.entered_at(*state).is_none()) {
                let message =
                    format!("the history state `{name}` remembers a state that was never entered");
                self.wrong("situation-history", message);
            } else if !self.situation.is_active(around) {
                for state in recorded {
                    self.is_newest(*state, "situation-history", "is remembered");
                }
            }
        }
        // Whoever was left left a record in all of them.
        for (state, _) in self.entered.clone() {
            let histories = &chart.states.at(state).histories;
            let known = histories.iter().filter(|id| self.situation.history.contains_key(id));
            let known = known.count();
            if known < histories.len() && (known > 0 || !self.situation.is_active(state)) {
                let name = self.name(state);
                let message =
                    format!("`{name}` was left, and a history state in it remembers nothing");
                self.wrong("situation-history", message);
            }
        }
    }

    /// Whether a history state can remember this: of a shallow one children of the state around it, of a deep one leaves.
    fn is_record(&self, history: StateId, around: StateId, recorded: &[StateId]) -> bool {
        let chart = self.chart();
        let is_sorted = recorded.windows(2).all(|pair| matches!(pair, [one, two] if one < two));
        if !is_sorted || recorded.iter().any(|state| !chart.inside(*state, around)) {
            return false;
        }
        let row = chart.states.at(around);
        if chart.states.at(history).kind == (StateKind::History { deep: true }) {
            let mut all: Vec<StateId> = recorded.to_vec();
            for state in recorded {
                if !chart.states.at(*state).children.is_empty() {
                    return false;
                }
                all.extend(chart.ancestors(*state).take_while(|outer| *outer != around));
            }
            all.sort_unstable();
            all.dedup();
            return self.is_whole(&all, around);
        }
        let are_children = recorded.iter().all(|state| row.children.binary_search(state).is_ok());
        let wanted = if row.kind == StateKind::Parallel { row.children.len() } else { 1 };
        are_children && recorded.len() == wanted
    }

    /// What has happened: events that a rule of this file asks for, a possible number of times, at times that the case has seen.
    fn events(&mut self) {
        let latest = self.situation.past.events.latest();
        if let Some(when) = latest.and_then(|latest| self.outside(latest)) {
            self.wrong("situation-events", format!("an event happened last at {when}"));
        }
        for (event, found) in self.situation.past.events.iter() {
            let name = brief(event);
            if self.workflow.remembered.named(event).is_none() {
                let message = format!("event `{name}` is remembered, and no rule asks for it");
                self.wrong("situation-events", message);
                continue;
            }
            if let Some(when) = self.outside(found.last) {
                self.wrong("situation-events", format!("event `{name}` happened last at {when}"));
            }
            if found.count == 0 || found.count > MOST {
                let message = format!("event `{name}` cannot have happened {} times", found.count);
                self.wrong("situation-events", message);
            } else if found.who.len() as u64 > found.count {
                let message = format!("event `{name}` was sent by more actors than times");
                self.wrong("situation-events", message);
            }
        }
    }

    /// Why nothing of this name can have happened in any case.
    fn unheard(&self, event: &str) -> Option<&'static str> {
        let definition = &self.workflow.definition;
        if RESERVED.iter().any(|prefix| matches(prefix, event)) {
            Some("names like this are the case's own")
        } else if definition.events.is_some() && definition.governing_place(event).is_none() {
            Some("the workflow declares none of this name")
        } else if !self.chart().is_heard(event) {
            Some("nothing in the workflow listens to it")
        } else {
            None
        }
    }

    /// The terms of the active states, all of them, each with the date that follows from the rest.
    fn terms(&mut self) {
        let (workflow, situation) = (self.workflow, self.situation);
        if situation.ended {
            if !situation.terms.is_empty() {
                self.wrong("situation-terms", "the case has ended, and terms run");
            }
            return;
        }
        let meter = Meter::call(&workflow.limits);
        let mut ahead = situation.terms.iter().peekable();
        for state in &situation.active {
            let dues = workflow.dues.get(*state).into_iter().flatten();
            for (index, due) in (0_u32..).zip(dues) {
                let found = ahead.next_if(|term| (term.state, term.index) == (*state, index));
                let named = self.term(*state, index);
                let Some(term) = found else {
                    self.wrong("situation-terms", format!("{named} is missing"));
                    continue;
                };
                let worked_out = terms::worked_out(workflow, situation, *state, due, &meter);
                if worked_out.is_some_and(|date| !self.is_same(date, term.due)) {
                    let date = |date: Option<DateTime>| {
                        date.map_or_else(|| "no date".to_owned(), |date| date.to_string())
                    };
                    let message = format!(
                        "{named} has {}, and {} follows from the rest",
                        date(term.due),
                        date(worked_out.flatten())
                    );
                    self.wrong("situation-terms", message);
                }
                let taken = term.taken.sorted();
                if taken.last().is_some_and(|last| *last > situation.time) {
                    let message = format!("{named} was taken ahead of its time");
                    self.wrong("situation-terms", message);
                } else if self.same_zones
                    && terms::is_fixed(due)
                    && taken.iter().any(|date| term.due != Some(*date))
                {
                    let message = format!("{named} was taken at a date that it never had");
                    self.wrong("situation-terms", message);
                }
            }
        }
        if let Some(term) = ahead.next() {
            let named = self.term(term.state, term.index);
            let message = format!("{named} runs twice, or where it cannot");
            self.wrong("situation-terms", message);
        }
    }

    fn is_same(&self, ours: Option<DateTime>, theirs: Option<DateTime>) -> bool {
        match (ours, theirs) {
            _ if ours == theirs => true,
            (Some(ours), Some(theirs)) if !self.same_zones => {
                ours.microseconds().abs_diff(theirs.microseconds()) <= OFFSETS.unsigned_abs()
            }
            _ => false,
        }
    }

    fn term(&self, state: StateId, index: u32) -> String {
        let written = self.workflow.definition.states.at(state).terms.get(index as usize);
        match written {
            Some(term) => format!("the term `{}` of `{}`", term.key.as_str(), self.name(state)),
            None => format!("a term with the number {index} of `{}`", self.name(state)),
        }
    }

    fn list(names: impl IntoIterator<Item = impl Display>) -> String {
        let names: Vec<String> = names.into_iter().map(|name| format!("`{name}`")).collect();
        names.join(", ")
    }
}
