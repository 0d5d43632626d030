//! Terms: when they are due, and what is due next.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::case::situation::{Dates, FailedTimer, Situation, Term, TimerRef};
use crate::copy_on_write::CopyOnWrite;
use crate::definition::model::When;
use crate::inline_vec::InlineVec;
use crate::rule::doubt::Doubt;
use crate::rule::{Context, Fault, Meter, Reads};
use crate::table::StateId;
use crate::value::{DateTime, Value};
use crate::work::looked_at;
use crate::workflow::Compiled;
use crate::workflow::due::{self, Holder, Named};

/// Works out when the terms of the active states are due, those of which nothing has changed since `before` excepted: they
/// keep their dates, if they were worked out there. Terms of states that were left are gone by then.
pub(crate) fn refresh(
    workflow: &Compiled,
    before: Option<&Situation>,
    situation: &mut Situation,
    doubt: Option<&Doubt>,
    meter: &Meter,
) -> Result<(), Fault> {
    if workflow.dues.is_empty() {
        return Ok(());
    }
    // What looks the same may have been erased.
    let before = before.filter(|before| before.dated.0 && doubt.is_none());
    let mut terms: InlineVec<Dated, 4> = InlineVec::new();
    let mut is_same = true;
    let mut ahead = situation.terms.as_slice();
    for state in &situation.active {
        let dues = workflow.dues.get(*state).into_iter().flatten();
        for (index, due) in (0..).zip(dues) {
            // Both are in the order of state and place, and so are walked side by side.
            let mut known = None;
            while let Some((term, behind)) = ahead.split_first()
                && (term.state, term.index) <= (*state, index)
            {
                ahead = behind;
                if (term.state, term.index) == (*state, index) {
                    known = Some(term);
                } else {
                    is_same = false;
                }
            }
            let kept = known
                .filter(|_| before.is_some_and(|before| stands(workflow, due, before, situation)));
            let date = match kept {
                Some(term) => term.due,
                None if doubt.is_some_and(|doubt| is_doubtful(workflow, situation, doubt, due)) => {
                    let name = || called(workflow, *state, index);
                    doubt.and_then(|doubt| doubt.date(name, known.map(|term| term.due)))
                }
                None => date(workflow, situation, *state, due, meter)?,
            };
            is_same = is_same && known.is_some_and(|term| term.due == date);
            terms.push(Dated { state: *state, index, due: date });
        }
    }
    // What is not known now may be known behind the next step.
    situation.dated = Dates(doubt.is_none());
    if !is_same || !ahead.is_empty() {
        situation.terms = renewed(&terms, &situation.terms);
    }
    Ok(())
}

/// Whether the date of a term follows from what was erased.
pub(crate) fn is_doubtful(
    workflow: &Compiled,
    situation: &Situation,
    doubt: &Doubt,
    due: &due::Due,
) -> bool {
    let due::Due::By(Named { holder: Holder::Fact(id), .. }) = due else { return false };
    doubt.touches_fact(&workflow.rules, *id, &situation.facts)
}

/// A term as the journal calls it.
pub(crate) fn called(workflow: &Compiled, state: StateId, index: u32) -> String {
    let state = workflow.definition.states.at(state);
    let key = state.terms.get(index as usize).map_or("", |term| term.key.as_str());
    format!("{}: {key}", state.name.as_str())
}

#[derive(Debug, Clone, Copy, Default)]
struct Dated {
    state: StateId,
    index: u32,
    due: Option<DateTime>,
}

fn renewed(terms: &[Dated], known: &[Term]) -> CopyOnWrite<Vec<Term>> {
    let taken = |state: StateId, index: u32| {
        let place = known.binary_search_by_key(&(state, index), |term| (term.state, term.index));
        place.ok().and_then(|place| known.get(place)).map(|term| term.taken.clone())
    };
    let term = |Dated { state, index, due }: &Dated| Term {
        state: *state,
        index: *index,
        due: *due,
        taken: taken(*state, *index).unwrap_or_default(),
    };
    let terms: Vec<Term> = terms.iter().map(term).collect();
    if terms.is_empty() { CopyOnWrite::default() } else { terms.into() }
}

/// Whether the date of a term whose state was not left is what it was before: nothing has changed that it is worked out from.
fn stands(workflow: &Compiled, due: &due::Due, before: &Situation, now: &Situation) -> bool {
    let due::Due::By(named) = due else { return true };
    let Reads {
        facts,
        parameters: _,
        factors: _,
        functions: _,
        now: time,
        past,
        active,
        event,
        family,
    } = named.reads(&workflow.rules);
    !(*time || *event)
        && (!past || now.past.is_shared(&before.past))
        && (!active || now.active == before.active)
        && (!family || now.family.is_shared(&before.family))
        && (Arc::ptr_eq(&now.facts, &before.facts)
            || facts.iter().all(|id| now.facts.agrees(*id, &before.facts)))
}

/// When a term is due; `None` while that cannot be said.
fn date(
    workflow: &Compiled,
    situation: &Situation,
    state: StateId,
    due: &due::Due,
    meter: &Meter,
) -> Result<Option<DateTime>, Fault> {
    let zone = &workflow.definition.zone;
    let after = |length| situation.past.entered.get(&state)?.add(length, zone);
    Ok(match due {
        due::Due::Never => None,
        due::Due::After(length) => after(*length),
        due::Due::By(named) => match (named.at, held(workflow, situation, named.holder, meter)?) {
            (false, Some(Value::Duration(length))) => after(length),
            // A date is due when its day has ended.
            (true, Some(Value::Date(date))) => date.end(zone),
            (true, Some(Value::DateTime(at))) => Some(at),
            _ => None,
        },
    })
}

/// The date that a term of an active state must have in a situation as it stands; `None` where that cannot be told
/// afterwards, since it moves with the clock.
pub(crate) fn worked_out(
    workflow: &Compiled,
    situation: &Situation,
    state: StateId,
    due: &due::Due,
    meter: &Meter,
) -> Option<Option<DateTime>> {
    if let due::Due::By(named) = due {
        let reads = named.reads(&workflow.rules);
        if reads.now || reads.event {
            return None;
        }
    }
    // What fails now would have failed then, and the step with it.
    date(workflow, situation, state, due, meter).ok()
}

/// Whether the clock alone may open a term that was tried in vain.
pub(crate) fn reads_clock(workflow: &Compiled, term: &Term) -> bool {
    let written = workflow.definition.states.at(term.state).terms.get(term.index as usize);
    let mut transitions = written.into_iter().flat_map(|written| &written.transitions);
    transitions.any(|id| workflow.rules.depends(*id).is_some_and(|depends| depends.time))
}

/// Whether the date of any running term follows from what is seen of children.
pub(crate) fn follow_children(workflow: &Compiled, situation: &Situation) -> bool {
    situation.terms.iter().any(|term| {
        let due = workflow.dues.get(term.state).and_then(|dues| dues.get(term.index as usize));
        matches!(due, Some(due::Due::By(named)) if named.reads(&workflow.rules).family)
    })
}

/// Whether a term has one date from the entry of its state on.
pub(crate) fn is_fixed(due: &due::Due) -> bool {
    match due {
        due::Due::After(_) | due::Due::Never => true,
        due::Due::By(named) => matches!(named.holder, Holder::Parameter(_)),
    }
}

fn held(
    workflow: &Compiled,
    situation: &Situation,
    holder: Holder,
    meter: &Meter,
) -> Result<Option<Value>, Fault> {
    match holder {
        Holder::Parameter(id) => Ok(Some(workflow.rules.parameter(id).clone())),
        Holder::Fact(id) => {
            let context = Context { meter: Some(meter), ..situation.context(None) };
            workflow.rules.fact(id, &context)
        }
    }
}

/// What the parameter or fact of a name holds.
pub(crate) fn named(
    workflow: &Compiled,
    situation: &Situation,
    name: &str,
    meter: &Meter,
) -> Result<Option<Value>, Fault> {
    let rules = &workflow.rules;
    let parameter = rules.parameter_named(name).map(Holder::Parameter);
    let holder = parameter.or_else(|| rules.fact_named(name).map(Holder::Fact));
    holder.map_or(Ok(None), |holder| held(workflow, situation, holder, meter))
}

/// What is due next.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Due {
    /// By its place in [`Situation::terms`].
    Term { state: StateId, index: u32, due: DateTime },
    /// By its place in [`Situation::sent`].
    Sent { place: usize, due: DateTime },
}

/// Whether the date of anything has come by a time, be it open or not.
#[inline]
pub(crate) fn is_due(situation: &Situation, until: DateTime) -> bool {
    situation.terms.iter().any(|term| term.due.is_some_and(|due| due <= until))
        || situation.sent.iter().any(|sent| sent.due <= until)
}

/// What is due by a time, in the order in which it is tried while nothing changes.
pub(crate) struct Queue {
    /// The last one comes first.
    terms: Vec<(DateTime, StateId, u32)>,
    /// The earliest sent event, by its place.
    sent: Option<(DateTime, usize)>,
}

impl Queue {
    /// What it took to put the terms in order, in operations.
    pub fn cost(&self) -> usize {
        let terms = self.terms.len();
        terms * terms.max(1).ilog2() as usize / 2
    }

    /// The next term, whatever is sent.
    pub fn next_term(&mut self) -> Option<(DateTime, StateId, u32)> {
        self.terms.pop()
    }

    pub fn next(&mut self) -> Option<Due> {
        match (self.terms.last(), self.sent) {
            (Some((due, ..)), Some((sent, place))) if *due > sent => {
                Some(Due::Sent { place, due: sent })
            }
            (None, Some((due, place))) => Some(Due::Sent { place, due }),
            (_, _) => {
                let (due, state, index) = self.terms.pop()?;
                Some(Due::Term { state, index, due })
            }
        }
    }
}

/// What is due by a time and is not to be skipped. At one instant: terms before sent events (a term is taken
/// before the next event), inner states first, `after` before `at`, then by name; sent events as they were sent.
///
/// Cost: `n log n` in the terms, once for all that are tried in one situation.
pub(crate) fn queue(
    workflow: &Compiled,
    situation: &Situation,
    until: DateTime,
    tried: &BTreeSet<(StateId, u32)>,
) -> Queue {
    let aside = situation.aside.iter().filter_map(|aside| match aside.what {
        TimerRef::Term { state, index } => Some((state, index)),
        TimerRef::Sent(_) => None,
    });
    let aside: BTreeSet<(StateId, u32)> = aside.collect();
    let terms = situation.terms.iter().filter(|term| {
        term.due.is_some_and(|due| due <= until)
            && term.is_open()
            && !tried.contains(&(term.state, term.index))
            && !aside.contains(&(term.state, term.index))
    });
    let mut terms: Vec<_> = terms
        .filter_map(|term| Some((term.due?, term)))
        .map(|(due, term)| {
            looked_at(1);
            let state = workflow.definition.states.at(term.state);
            let written = state.terms.get(term.index as usize);
            let at = written.is_some_and(|term| term.when == When::At);
            let name = written.map_or("", |term| term.key.as_str());
            let depth = workflow.chart.states.at(term.state).depth;
            // Two terms of one name stand in states of one depth: then the first in the document.
            (due, std::cmp::Reverse(depth), at, name, term.state, term.index)
        })
        .collect();
    terms.sort_unstable_by(|one, two| two.cmp(one));
    let terms = terms.into_iter().map(|(due, .., state, index)| (due, state, index)).collect();
    let sent = situation.sent.iter().enumerate();
    let sent =
        sent.filter(|(_, sent)| sent.due <= until).min_by_key(|(place, sent)| (sent.due, *place));
    Queue { terms, sent: sent.map(|(place, sent)| (sent.due, place)) }
}

/// When something will be due that is not due yet.
pub(crate) fn next_deadline(situation: &Situation) -> Option<DateTime> {
    let terms = situation.terms.iter().filter(|term| term.is_open()).filter_map(|term| term.due);
    let sent = situation.sent.iter().map(|sent| sent.due);
    terms.chain(sent).filter(|due| *due > situation.time).min()
}

/// The case has changed: what was put aside waits again.
pub(crate) fn take_back(situation: &mut Situation) {
    for FailedTimer { what, .. } in situation.aside.iter() {
        if let TimerRef::Sent(sent) = what {
            situation.sent.change().push(sent.clone());
        }
    }
    situation.aside.clear();
}
