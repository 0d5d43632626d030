//! An event found once by its name: what is asked one thing after another, worked out for every state that can be the innermost
//! active one.
//!
//! The steps of all states together are one graph: what is asked when a state's own transitions stay shut is what is asked of
//! the state around it, and equal rules that lead to the same are one step. So a handle is linear in the file at most.

use std::collections::HashMap;
use std::sync::Arc;

use crate::case::contract;
use crate::case::decision::Outcome;
use crate::case::event::Actor;
use crate::case::select::plays;
use crate::definition::model::{EventDecl, StateKind};
use crate::rule::{Code, Requirement};
use crate::table::{EventId, FactId, Id, StateId, Table, TransitionId};
use crate::workflow::chart::ROOT;
use crate::workflow::heard::{self, Candidate, asks};
use crate::workflow::{Compiled, Workflow};

/// An event of one workflow, found once by its name and asked about many times: see [`Case::decide`](super::Case::decide).
///
/// A copy shares what was found. Four bytes for each state of the file are kept, or eight where there are parallel states, and 32
/// for each different rule that is asked.
#[derive(Debug, Clone)]
pub struct EventHandle {
    pub(super) workflow: Workflow,
    pub(super) name: Arc<str>,
    pub(super) number: Option<EventId>,
    /// The place of the declaration that governs it.
    governs: Option<u32>,
    /// By state: what is asked first where it is the innermost active one.
    first: Arc<[Next]>,
    /// The same where it is the innermost active one of a region that was named; empty where none ever is.
    within: Arc<[Next]>,
    steps: Arc<[Step]>,
}

/// One thing that is asked of a transition that listens.
#[derive(Debug)]
#[repr(align(32))]
pub(super) struct Step {
    /// What must hold: a guard, or one of what is required. `None` where somebody must ask who has a role.
    pub guard: Option<Arc<Code>>,
    pub transition: TransitionId,
    /// What comes next: where it does not hold, and where it does.
    next: [Next; 2],
}

impl Step {
    /// What comes next, by whether this holds.
    #[inline(always)]
    pub fn behind(&self, holds: bool) -> Next {
        let [shut, open] = self.next;
        if holds { open } else { shut }
    }
}

/// The place of a step, an answer, or a region.
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

    /// From here on regions are meant, up to the answers.
    const REGIONS: u32 = 1 << 31;

    /// What is asked first of the innermost active state of a region: nothing listens beside it.
    fn in_region(region: StateId) -> Self {
        Self(region.0.saturating_add(Self::REGIONS).min(Self::AT_LENGTH.0))
    }

    pub fn region(self) -> Option<StateId> {
        let is_region = (Self::REGIONS..Self::AT_LENGTH.0).contains(&self.0);
        is_region.then(|| StateId(self.0 - Self::REGIONS))
    }

    /// Whether nothing more is asked.
    fn is_answer(self) -> bool {
        self.0 > Self::AT_LENGTH.0
    }

    fn to_step(place: usize) -> Self {
        let place = u32::try_from(place).ok().filter(|place| *place < Self::REGIONS);
        place.map_or(Self::AT_LENGTH, Self)
    }

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
        if name.len() > compiled.limits.name_bytes {
            return None;
        }
        let governs = heard::governing(&compiled.definition, name);
        let declared = governs.and_then(|place| heard::declared(&compiled.definition, place));
        if !contract::wrong_name(compiled, declared, name).is_empty() {
            return None;
        }
        let number = compiled.heard.number(name);
        let carried = governs.and_then(|place| compiled.heard.carried(place));
        let asks_person = compiled.remembered.asks_person(name);
        let is_free = carried.is_none_or(|carried| carried.free) && !asks_person;
        let open = match declared {
            _ if is_free => Next::MOVED,
            // It is asked about without what it must carry.
            Some(declared) if must_carry(declared) => Next::BLOCKED,
            _ => Next::ADMITTED,
        };
        let (known, facts) = (HashMap::new(), HashMap::new());
        let mut builder = Builder {
            compiled,
            name,
            number,
            open,
            steps: Vec::new(),
            heard: vec![0],
            known,
            facts,
        };
        let first = builder.first();
        let (first, within) = builder.part(first);
        Some(EventHandle {
            workflow: self.clone(),
            name: Arc::from(name),
            number,
            governs,
            first: first.rows().into(),
            within: within.rows().into(),
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

    /// The same inside a region.
    pub(super) fn first_within(&self, innermost: Option<&StateId>) -> Next {
        let next = innermost.and_then(|state| self.within.get(state.index()));
        next.copied().unwrap_or(Next::AT_LENGTH)
    }

    /// `None` for an answer.
    #[inline(always)]
    pub(super) fn step(&self, next: Next) -> Option<&Step> {
        self.steps.get(next.0 as usize)
    }

    /// Whether the event as a whole is refused: it must carry something, or is not for this actor, or for one without an id.
    pub(super) fn is_barred(&self, actor: Option<&Actor>) -> bool {
        let compiled = self.workflow.compiled();
        if actor.is_none_or(|actor| actor.id.is_none())
            && compiled.remembered.asks_person(&self.name)
        {
            return true;
        }
        let declared = self.governs.and_then(|place| heard::declared(&compiled.definition, place));
        declared.is_some_and(|declared| {
            let by = declared.by.as_ref();
            must_carry(declared)
                || by.is_some_and(|roles| !plays(actor, roles.iter().map(|role| role.as_str())))
        })
    }
}

/// Whether there are facts or payload that an event cannot come without.
fn must_carry(declared: &EventDecl) -> bool {
    !(declared.required.is_empty() && declared.data_required.is_empty())
}

struct Builder<'w> {
    compiled: &'w Compiled,
    name: &'w str,
    number: Option<EventId>,
    /// Where an open transition leads.
    open: Next,
    steps: Vec<Step>,
    /// How many of the states before one listen, by state.
    heard: Vec<u32>,
    /// Steps that ask a rule, by its address and by what comes next. Only asked, never walked: its order reaches no output.
    known: HashMap<(*const Code, [Next; 2]), Next>,
    /// What is required of boolean facts that are set.
    facts: HashMap<FactId, Arc<Code>>,
}

impl Builder<'_> {
    /// What is asked first of each state, as if no other were a leaf. A state's parent has a smaller number, and so is there
    /// before it.
    fn first(&mut self) -> Table<StateId, Next> {
        let mut first: Table<StateId, Next> = Table::new();
        for (state, row) in self.compiled.chart.states.iter() {
            let around = row.parent.map_or(Next::NOT_EXPECTED, |parent| *first.at(parent));
            let own = self.ask(state, around);
            // Where such a state is active, the case has ended.
            let is_end = row.kind == StateKind::Final && row.parent == Some(ROOT);
            first.push(if is_end { Next::NOT_EXPECTED } else { own });
        }
        first
    }

    /// The same with several leaves, and inside regions. Inside a parallel state the leaf that counts is that of the one region
    /// where anything listens; any will do where nothing listens. What is asked around the parallel state is asked for the other
    /// leaves too, whatever this one finds, and might fail: then all is asked at length.
    fn part(
        &self,
        mut first: Table<StateId, Next>,
    ) -> (Table<StateId, Next>, Table<StateId, Next>) {
        let states = &self.compiled.chart.states;
        let mut within = Table::new();
        let mut state = ROOT;
        while let Some(row) = states.get(state) {
            if row.kind != StateKind::Parallel || !self.is_heard_inside(state) {
                state.0 += 1;
                continue;
            }
            let mut heard = row
                .children
                .iter()
                .filter(|child| self.listens(**child) || self.is_heard_inside(**child));
            let next = match (heard.next(), heard.next()) {
                (Some(only), None) if first.at(state).is_answer() => {
                    if within.len() == 0 {
                        within = states.ids().map(|_| Next::AT_LENGTH).collect();
                    }
                    self.part_region(*only, &first, &mut within);
                    Next::in_region(*only)
                }
                _ => Next::AT_LENGTH,
            };
            while state <= row.last {
                *first.at_mut(state) = next;
                state.0 += 1;
            }
        }
        (first, within)
    }

    /// The same inside a region; where anything listens inside a parallel state there, that is asked at length.
    fn part_region(
        &self,
        region: StateId,
        first: &Table<StateId, Next>,
        within: &mut Table<StateId, Next>,
    ) {
        let states = &self.compiled.chart.states;
        let mut state = region;
        while state <= states.at(region).last {
            let row = states.at(state);
            if row.kind == StateKind::Parallel && self.is_heard_inside(state) {
                state = row.last;
            } else {
                *within.at_mut(state) = *first.at(state);
            }
            state.0 += 1;
        }
    }

    fn listens(&self, state: StateId) -> bool {
        self.heard.get(state.index() + 1) > self.heard.get(state.index())
    }

    fn is_heard_inside(&self, state: StateId) -> bool {
        let last = self.compiled.chart.states.at(state).last;
        self.heard.get(last.index() + 1) > self.heard.get(state.index() + 1)
    }

    /// What is asked first of a state, if `around` is what is asked first of the one around it.
    fn ask(&mut self, state: StateId, around: Next) -> Next {
        let Compiled { chart, heard, .. } = self.compiled;
        let row = chart.states.at(state);
        let candidates: Vec<Candidate> =
            match self.number.and_then(|number| heard.candidates(state, number)) {
                Some(known) => known.to_vec(),
                None => {
                    let listen = row.on.iter().filter(|id| chart.listens(**id, self.name));
                    listen.map(|id| heard.candidate(*id)).collect()
                }
            };
        let revokes = row.revocable.iter().any(|id| chart.revokes(*id, self.name));
        let before = self.heard.last().copied().unwrap_or(0);
        self.heard.push(before + u32::from(revokes || !candidates.is_empty()));
        if revokes {
            return Next::AT_LENGTH;
        }
        candidates.into_iter().rev().fold(around, |next, candidate| self.try_one(candidate, next))
    }

    /// What is asked first of a transition behind which comes `next`.
    fn try_one(&mut self, candidate: Candidate, next: Next) -> Next {
        let Candidate { id, asks } = candidate;
        let Compiled { rules, .. } = self.compiled;
        // From here on the event is expected.
        let shut = if next == Next::NOT_EXPECTED { Next::BLOCKED } else { next };
        if asks & (asks::NOT_BY | asks::SIGNED) != 0 {
            return Next::AT_LENGTH;
        }
        let guard = rules.guard(id).map(|program| program.code.clone());
        let required = rules.requirements(id).iter().map(|requirement| match requirement {
            Requirement::Fact(fact) => match self.facts.get(fact) {
                Some(known) => Some(Arc::clone(known)),
                None => {
                    let made = rules.required(*requirement)?;
                    self.facts.insert(*fact, Arc::clone(&made));
                    Some(made)
                }
            },
            Requirement::Factor(_) => rules.required(*requirement),
        });
        // In the order in which they are asked.
        let Some(asked) = required.chain(guard).collect::<Option<Vec<_>>>() else {
            return Next::AT_LENGTH;
        };
        let behind = asked
            .into_iter()
            .rev()
            .fold(self.open, |open, rule| self.step(Some(rule), id, [shut, open]));
        if asks & asks::ROLE == 0 { behind } else { self.step(None, id, [shut, behind]) }
    }

    fn step(
        &mut self,
        guard: Option<Arc<Code>>,
        transition: TransitionId,
        next: [Next; 2],
    ) -> Next {
        let key = guard.as_ref().map(|guard| (Arc::as_ptr(guard), next));
        if let Some(known) = key.and_then(|key| self.known.get(&key)) {
            return *known;
        }
        let made = Next::to_step(self.steps.len());
        self.steps.push(Step { guard, transition, next });
        self.known.extend(key.map(|key| (key, made)));
        made
    }
}
