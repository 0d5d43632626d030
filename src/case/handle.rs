//! An event found once by its name: which guards are asked one after another, worked out for every state that can be the
//! innermost active one.
//!
//! The steps of all states together are one graph: what is asked when a state's own transitions stay shut is what is asked of
//! the state around it, and equal guards that lead to the same are one step. So a handle is linear in the file at most.

use std::collections::HashMap;
use std::sync::Arc;

use crate::case::contract;
use crate::case::decision::Outcome;
use crate::case::event::Actor;
use crate::case::select::plays;
use crate::definition::model::StateKind;
use crate::rule::Fused;
use crate::table::{EventId, Id, StateId, Table};
use crate::workflow::chart::ROOT;
use crate::workflow::heard::{self, Candidate, asks};
use crate::workflow::{Compiled, Workflow};

/// An event of one workflow, found once by its name and asked about many times: see [`Case::decide`](super::Case::decide).
///
/// A copy shares what was found. Four bytes for each state of the file are kept, and 32 for each different guard.
#[derive(Debug, Clone)]
pub struct EventHandle {
    pub(super) workflow: Workflow,
    pub(super) name: Arc<str>,
    pub(super) number: Option<EventId>,
    /// The place of the declaration that governs it.
    governs: Option<u32>,
    /// Whether anybody may send it, without facts and payload.
    pub(super) is_free: bool,
    /// By state: what is asked first where it is the innermost active one.
    first: Arc<[Next]>,
    steps: Arc<[Step]>,
}

/// A transition that listens, asked whether it is open.
#[derive(Debug)]
#[repr(align(32))]
pub(super) struct Step {
    /// Its guard, where it asks for nothing else and that is compiled.
    pub guard: Option<Arc<Fused>>,
    pub candidate: Candidate,
    /// What comes next: where it is shut, and where it is open.
    next: [Next; 2],
}

impl Step {
    /// What comes next, by whether the transition is open. Looked up: which it is cannot be guessed.
    #[inline(always)]
    pub fn behind(&self, is_open: bool) -> Next {
        let [shut, open] = self.next;
        if is_open { open } else { shut }
    }
}

/// The place of a step, or an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Next(u32);

impl Next {
    pub const MOVED: Self = Self(u32::MAX);
    pub const BLOCKED: Self = Self(u32::MAX - 1);
    pub const NOT_EXPECTED: Self = Self(u32::MAX - 2);
    /// Moved, unless the event as a whole is refused.
    pub const ADMITTED: Self = Self(u32::MAX - 3);
    /// The steps do not say.
    pub const AT_LENGTH: Self = Self(u32::MAX - 4);

    /// The answer, where it is one already. Looked up: which it is cannot be guessed.
    #[inline(always)]
    pub fn outcome(self) -> Option<Outcome> {
        const ANSWERS: [Outcome; 3] = [Outcome::Moved, Outcome::Blocked, Outcome::NotExpected];
        ANSWERS.get(!self.0 as usize).copied()
    }
}

impl Workflow {
    /// The event of this name, to be asked about; `None` for one that nobody from outside may send.
    ///
    /// Cost: linear in the states and transitions of the file.
    #[must_use]
    pub fn event_handle(&self, name: &str) -> Option<EventHandle> {
        let compiled = self.compiled();
        let governs = heard::governing(&compiled.definition, name);
        let declared = governs.and_then(|place| heard::declared(&compiled.definition, place));
        if !contract::wrong_name(compiled, declared, name).is_empty() {
            return None;
        }
        let number = compiled.heard.number(name);
        let carried = governs.and_then(|place| compiled.heard.carried(place));
        let is_free = carried.is_none_or(|carried| carried.free);
        let open = if is_free { Next::MOVED } else { Next::ADMITTED };
        let mut builder =
            Builder { compiled, name, number, open, steps: Vec::new(), known: HashMap::new() };
        let first = builder.first();
        Some(EventHandle {
            workflow: self.clone(),
            name: Arc::from(name),
            number,
            governs,
            is_free,
            first,
            steps: builder.steps.into(),
        })
    }
}

impl EventHandle {
    /// What is asked first where a state is the innermost active one.
    #[inline(always)]
    pub(super) fn first(&self, innermost: StateId) -> Next {
        self.first.get(innermost.index()).copied().unwrap_or(Next::AT_LENGTH)
    }

    /// `None` for an answer.
    #[inline(always)]
    pub(super) fn step(&self, next: Next) -> Option<&Step> {
        self.steps.get(next.0 as usize)
    }

    /// Whether the event as a whole is refused: it must carry something, or is not for this actor.
    pub(super) fn is_barred(&self, actor: Option<&Actor>) -> bool {
        let compiled = self.workflow.compiled();
        let declared = self.governs.and_then(|place| heard::declared(&compiled.definition, place));
        declared.is_some_and(|declared| {
            let by = declared.by.as_ref();
            !declared.required.is_empty()
                || !declared.data_required.is_empty()
                || by.is_some_and(|roles| !plays(actor, roles.iter().map(|role| role.as_str())))
        })
    }
}

struct Builder<'w> {
    compiled: &'w Compiled,
    name: &'w str,
    number: Option<EventId>,
    /// Where an open transition leads.
    open: Next,
    steps: Vec<Step>,
    /// Steps that ask nothing but a compiled guard, by its address and by what comes where it does not hold. Only asked, never
    /// walked: its order reaches no output.
    known: HashMap<(*const Fused, Next), Next>,
}

impl Builder<'_> {
    /// A state's parent has a smaller number, and so is there before it.
    fn first(&mut self) -> Arc<[Next]> {
        let mut first: Table<StateId, Next> = Table::new();
        // Inside a parallel state there are several leaves.
        let mut is_single: Table<StateId, bool> = Table::new();
        for (state, row) in self.compiled.chart.states.iter() {
            let alone = row.parent.is_none_or(|parent| *is_single.at(parent))
                && row.kind != StateKind::Parallel;
            is_single.push(alone);
            let around = row.parent.map_or(Next::NOT_EXPECTED, |parent| *first.at(parent));
            first.push(if alone { self.ask(state, around) } else { Next::AT_LENGTH });
        }
        // Where such a state is active, the case has ended.
        for (state, row) in self.compiled.chart.states.iter() {
            if row.kind == StateKind::Final && row.parent == Some(ROOT) && *is_single.at(state) {
                *first.at_mut(state) = Next::NOT_EXPECTED;
            }
        }
        first.rows().into()
    }

    /// What is asked first of a state, if `around` is what is asked first of the one around it.
    fn ask(&mut self, state: StateId, around: Next) -> Next {
        let Compiled { chart, heard, .. } = self.compiled;
        let row = chart.states.at(state);
        if row.revocable.iter().any(|id| chart.revokes(*id, self.name)) {
            return Next::AT_LENGTH;
        }
        let known = self.number.and_then(|number| heard.candidates(state, number));
        let candidates = match known {
            Some(known) => known.to_vec(),
            None => {
                let listen = row.on.iter().filter(|id| chart.listens(**id, self.name));
                listen.map(|id| heard.candidate(*id)).collect()
            }
        };
        candidates.into_iter().rev().fold(around, |next, candidate| self.step(candidate, next))
    }

    /// A transition that is asked before what comes `next`.
    fn step(&mut self, candidate: Candidate, next: Next) -> Next {
        if candidate.asks == 0 {
            return self.open;
        }
        // From here on the event is expected.
        let shut = if next == Next::NOT_EXPECTED { Next::BLOCKED } else { next };
        let program = self.compiled.rules.guard(candidate.id);
        let fused = program.and_then(|program| program.fused.as_ref());
        let guard = fused.filter(|_| candidate.asks == asks::GUARD);
        let key = guard.map(|guard| (Arc::as_ptr(guard), shut));
        if let Some(known) = key.and_then(|key| self.known.get(&key)) {
            return *known;
        }
        let place = u32::try_from(self.steps.len()).unwrap_or(u32::MAX);
        let made = Next(place.min(Next::AT_LENGTH.0));
        self.steps.push(Step { guard: guard.cloned(), candidate, next: [shut, self.open] });
        self.known.extend(key.map(|key| (key, made)));
        made
    }
}
