//! Terms: when they are due, and what is due next.

use crate::case::situation::{Aside, Situation, Term, Waiting};
use crate::definition::model::When;
use crate::rule::Fault;
use crate::shared::Shared;
use crate::table::StateId;
use crate::value::{DateTime, Value};
use crate::workflow::Compiled;
use crate::workflow::due::{self, Holder};

/// Reads every term of the active states anew. Terms of states that were left are gone by then.
pub(crate) fn refresh(workflow: &Compiled, situation: &mut Situation) -> Result<(), Fault> {
    let zone = &workflow.definition.zone;
    let mut terms: Vec<Term> = Vec::new();
    for state in &situation.active {
        let dues = workflow.dues.get(*state).into_iter().flatten();
        for (index, due) in (0..).zip(dues) {
            let place = (*state, index);
            let place =
                situation.terms.binary_search_by_key(&place, |term| (term.state, term.index));
            let known = place.ok().and_then(|place| situation.terms.get(place));
            let after = |length| situation.past.entered.get(state)?.add(length, zone);
            let due = match due {
                due::Due::Never => None,
                due::Due::After(length) => after(*length),
                due::Due::By { at, holder } => match (at, held(workflow, situation, *holder)?) {
                    (false, Some(Value::Duration(length))) => after(length),
                    // A date is due when its day has ended.
                    (true, Some(Value::Date(date))) => date.end(zone),
                    (true, Some(Value::DateTime(at))) => Some(at),
                    _ => None,
                },
            };
            let taken = known.map(|term| term.taken.clone()).unwrap_or_default();
            terms.push(Term { state: *state, index, due, taken });
        }
    }
    if terms != *situation.terms {
        situation.terms = if terms.is_empty() { Shared::default() } else { terms.into() };
    }
    Ok(())
}

fn held(
    workflow: &Compiled,
    situation: &Situation,
    holder: Holder,
) -> Result<Option<Value>, Fault> {
    match holder {
        Holder::Parameter(id) => Ok(Some(workflow.rules.parameter(id).clone())),
        Holder::Fact(id) => workflow.rules.fact(id, &situation.context(None)),
    }
}

/// What the parameter or fact of a name holds.
pub(crate) fn named(
    workflow: &Compiled,
    situation: &Situation,
    name: &str,
) -> Result<Option<Value>, Fault> {
    let rules = &workflow.rules;
    let parameter = rules.parameter_named(name).map(Holder::Parameter);
    let holder = parameter.or_else(|| rules.fact_named(name).map(Holder::Fact));
    holder.map_or(Ok(None), |holder| held(workflow, situation, holder))
}

/// What is due next.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Due {
    /// By its place in [`Situation::terms`].
    Term { state: StateId, index: u32, due: DateTime },
    /// By its place in [`Situation::sent`].
    Sent { place: usize, due: DateTime },
}

/// The earliest that is due by a time and is not to be skipped. At one instant: terms before sent events (a term is taken
/// before the next event), inner states first, `after` before `at`, then by name; sent events as they were sent.
pub(crate) fn next_due(
    workflow: &Compiled,
    situation: &Situation,
    until: DateTime,
    tried: &[(StateId, u32)],
) -> Option<Due> {
    let aside = |state: StateId, index: u32| {
        situation.aside.iter().any(|aside| aside.what == Waiting::Term { state, index })
    };
    let terms = situation.terms.iter().filter(|term| {
        term.is_open()
            && !tried.contains(&(term.state, term.index))
            && !aside(term.state, term.index)
    });
    let term = terms
        .filter_map(|term| Some((term.due.filter(|due| *due <= until)?, term)))
        .map(|(due, term)| {
            let state = workflow.definition.states.at(term.state);
            let written = state.terms.get(term.index as usize);
            let at = written.is_some_and(|term| term.when == When::At);
            let name = written.map_or("", |term| term.key.as_str());
            let depth = workflow.chart.states.at(term.state).depth;
            // Two terms of one name stand in states of one depth: then the first in the document.
            ((due, std::cmp::Reverse(depth), at, name, term.state, term.index), (due, term))
        })
        .min_by_key(|(order, _)| *order)
        .map(|(_, found)| found);
    let sent = situation.sent.iter().enumerate();
    let sent =
        sent.filter(|(_, sent)| sent.due <= until).min_by_key(|(place, sent)| (sent.due, *place));
    match (term, sent) {
        (Some((due, term)), Some((_, sent))) if due <= sent.due => {
            Some(Due::Term { state: term.state, index: term.index, due })
        }
        (_, Some((place, sent))) => Some(Due::Sent { place, due: sent.due }),
        (Some((due, term)), None) => Some(Due::Term { state: term.state, index: term.index, due }),
        (None, None) => None,
    }
}

/// When something will be due that is not due yet.
pub(crate) fn next_deadline(situation: &Situation) -> Option<DateTime> {
    let terms = situation.terms.iter().filter(|term| term.is_open()).filter_map(|term| term.due);
    let sent = situation.sent.iter().map(|sent| sent.due);
    terms.chain(sent).filter(|due| *due > situation.time).min()
}

/// The case has changed: what was put aside waits again.
pub(crate) fn take_back(situation: &mut Situation) {
    for Aside { what, .. } in situation.aside.iter() {
        if let Waiting::Sent(sent) = what {
            situation.sent.change().push(sent.clone());
        }
    }
    situation.aside.clear();
}
