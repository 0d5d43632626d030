//! What the case waits for: every term that runs and every event that was sent, with what comes of it.

use std::cmp::Reverse;

use serde::Serialize;

use crate::case::Case;
use crate::case::answer::Reason;
use crate::case::options::Listening;
use crate::case::requester::Requester;
use crate::case::select::{Selection, stance};
use crate::case::situation::{self, Route, Situation, TimerRef};
use crate::case::{describe, kin, problem, terms};
use crate::definition::model::{Notes, Origin, Validity, When};
use crate::label::Label;
use crate::rule::{Context, For, Meter, Truth};
use crate::table::TransitionId;
use crate::value::{Date, DateTime, Value};
use crate::workflow::TransitionRef;
use crate::workflow::{Compiled, Workflow, naming};

/// A term that runs, or an event that was sent and waits for its time.
///
/// ```
/// use tresteg::case::TermStatus;
/// use tresteg::{Case, Workflow};
/// let workflow = Workflow::from_json(r#"{
///     "id": "reply", "timezone": "Europe/Stockholm", "calendar": { "holidays": "SE", "eves": true },
///     "facts": {
///         "received_on": { "format": "date" },
///         "reply_by": { "format": "date", "value": "next_workday(received_on + weeks(3))" }
///     },
///     "initial": "open",
///     "states": {
///         "open": { "at": { "reply_by": { "target": "late" } } },
///         "late": { "type": "final" }
///     }
/// }"#)?;
/// let facts = [("received_on".to_owned(), "2026-05-29".parse::<tresteg::Date>()?.into())];
/// let (case, _) = Case::start(&workflow, Some("2026-05-29T09:00:00+02:00".parse()?), facts.into())?;
/// let term = &case.terms()[0];
/// // Three weeks end on Midsummer Eve; the next working day is the Monday after.
/// assert_eq!(term.last_day.map(|day| day.to_string()), Some("2026-06-22".to_owned()));
/// assert_eq!(term.due.to_string(), "2026-06-23T00:00:00+02:00");
/// assert_eq!(term.start.as_ref().map(ToString::to_string), Some("2026-05-29".to_owned()));
/// assert_eq!(term.standing, TermStatus::Running);
/// assert_eq!(term.then[0].way.to, ["late"]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Term {
    /// How it runs.
    pub kind: TermKind,
    /// The key in the file: a duration, or the name of what holds duration or date; of a sent event, its name.
    pub name: String,
    /// The state whose term it is, the workflow's id for the file itself; a sent event belongs to none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    /// What it is called: the title of the fact or parameter that it is named after, else of its first transition that has one;
    /// of a sent event, that of its declaration.
    #[serde(skip_serializing_if = "Label::is_empty")]
    pub title: Label,
    /// What it counts from: the time at which the state was entered for `after`; for `at` the date or date-time to which the
    /// rule of its fact adds, where it adds to one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start: Option<Value>,
    /// When it is due. A date is due when its day has ended.
    pub due: DateTime,
    /// The last day, for a term that ends with a day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_day: Option<Date>,
    /// Whether its time has come, and why it was not taken then.
    #[serde(flatten)]
    pub standing: TermStatus,
    /// Where it comes from: the `source` of its fact or parameter, else of its transitions, else of its state.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<Source>,
    /// What can come of it, the first that is open then. Empty for a sent event that nothing here listens to.
    pub then: Vec<TermAction>,
}

/// The kinds of terms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum TermKind {
    /// A length of time after a state was entered.
    After,
    /// A date or date-time that a fact holds.
    At,
    /// An event that the case sent to itself.
    Sent,
}

/// Whether the time of a term has come.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "snake_case", tag = "standing")]
#[non_exhaustive]
pub enum TermStatus {
    /// Not yet.
    Running,
    /// It has passed and none of its transitions was open. It is tried again after every step.
    Overdue {
        /// Why not, for each of them.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        reasons: Vec<Reason>,
    },
    /// It was tried, a script failed, and it is put aside until the case changes.
    Failed {
        /// How it failed.
        problem: String,
    },
}

/// What a term does when it is taken.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct TermAction {
    /// The transition.
    pub way: TransitionRef,
    /// Whether it depends on a guard or on factors.
    pub guarded: bool,
    /// Facts that its actions can change.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub sets: Vec<String>,
    /// Messages that its actions can emit for the host.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub emits: Vec<String>,
    /// Events that its actions can raise or send.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub sends: Vec<String>,
    /// Events that its actions can send to child cases or to the parent.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tells: Vec<Told>,
    /// Child cases that it stops, by their addresses, as they run now.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub stops: Vec<String>,
}

/// An event for another case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Told {
    /// The `id` of the `invoke` whose children it is for; `None` for the parent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// Its name.
    pub event: String,
}

/// Where a rule comes from, as the file says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Source {
    /// The law, decision or text.
    #[serde(skip_serializing_if = "Label::is_empty")]
    pub text: Label,
    /// Where it can be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// `found`, `seed`, `reconstructed` or `unconfirmed`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// The first day on which it held, where the file says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub valid_from: Option<Date>,
    /// The last day on which it held, where the file says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<Date>,
}

impl Case {
    /// Every term that runs and every sent event that waits, in the order in which they are due; overdue and failed ones too.
    /// A term whose date or duration is unknown does not run and is not listed.
    #[must_use]
    pub fn terms(&self) -> Vec<Term> {
        let (whole, situation) = (&self.workflow, &self.situation);
        let workflow = whole.compiled();
        let mut found: Vec<(u32, Term)> = Vec::new();
        let meter = self.meter();
        for term in situation.terms.iter().filter(|term| term.is_open()) {
            let depth = workflow.chart.states.at(term.state).depth;
            found.extend(running(whole, situation, term, &meter).map(|term| (depth, term)));
        }
        let listening = Listening::new(workflow, situation);
        // What lies here for a child, or from one, is answered within this call.
        for sent in situation.sent.iter().filter(|sent| sent.to == Route::Own) {
            found.push((0, waiting(whole, situation, &listening, sent, TermStatus::Running)));
        }
        for aside in situation.aside.iter() {
            if let TimerRef::Sent(event) = &aside.what {
                let failed = TermStatus::Failed { problem: aside.problem.clone() };
                found.push((0, waiting(whole, situation, &listening, event, failed)));
            }
        }
        // As they are taken; what is equal in all of this stays in the order of the file.
        found.sort_by(|(a_depth, a), (b_depth, b)| {
            let key = |depth: u32, term: &Term| {
                let rank = match term.kind {
                    TermKind::After => 0,
                    TermKind::At => 1,
                    TermKind::Sent => 2,
                };
                (term.due, rank == 2, Reverse(depth), rank)
            };
            // Sent events keep their order.
            let by_name = if a.kind == TermKind::Sent { "" } else { &a.name }
                .cmp(if b.kind == TermKind::Sent { "" } else { &b.name });
            key(*a_depth, a).cmp(&key(*b_depth, b)).then(by_name)
        });
        found.into_iter().map(|(_, term)| term).collect()
    }
}

fn running(
    whole: &Workflow,
    situation: &Situation,
    term: &situation::Term,
    meter: &Meter,
) -> Option<Term> {
    let workflow = whole.compiled();
    let (due, state) = (term.due?, workflow.definition.states.at(term.state));
    let written = state.terms.get(term.index as usize)?;
    let name = written.key.as_str();
    let context = Context { meter: Some(meter), ..situation.context(None) };
    let holder = holder(workflow, name).filter(|_| !matches!(written.when, When::After(_)));
    let (start, last_day) = match written.when {
        When::At => {
            let id = workflow.rules.fact_named(name);
            let start = id.and_then(|id| workflow.rules.counts_from(id, &context));
            let day = terms::named(workflow, situation, name, meter).ok().flatten();
            (start, day.as_ref().and_then(Value::as_date))
        }
        _ => (situation.past.entered.get(&term.state).map(|at| Value::DateTime(*at)), None),
    };
    let transitions =
        || written.transitions.iter().map(|id| workflow.definition.transitions.at(*id));
    let sources = holder
        .into_iter()
        .chain(transitions().map(|transition| &transition.notes))
        .chain([&state.notes]);
    let mut titles = holder
        .into_iter()
        .chain(transitions().map(|transition| &transition.notes))
        .map(|notes| &notes.title);
    Some(Term {
        kind: if written.when == When::At { TermKind::At } else { TermKind::After },
        name: name.to_owned(),
        state: Some(state.name.value.clone()),
        title: titles.find(|title| !title.is_empty()).cloned().unwrap_or_default(),
        start,
        due,
        last_day,
        standing: standing(workflow, &context, situation, term, due, &written.transitions),
        source: source(sources),
        then: written
            .transitions
            .iter()
            .map(|id| consequence(whole, situation, *id, None))
            .collect(),
    })
}

fn waiting(
    whole: &Workflow,
    situation: &Situation,
    listening: &Listening,
    sent: &situation::Sent,
    standing: TermStatus,
) -> Term {
    let workflow = whole.compiled();
    let declared = crate::case::contract::governing(workflow, &sent.event);
    // From the inside out, as they would be tried.
    let mut listening = listening.to(&sent.event);
    listening.retain(|id| workflow.chart.listens(*id, &sent.event));
    listening.sort_by_key(|id| Reverse(workflow.chart.transitions.at(*id).source));
    Term {
        kind: TermKind::Sent,
        name: sent.event.to_string(),
        state: None,
        title: declared.map(|declared| declared.notes.title.clone()).unwrap_or_default(),
        start: None,
        due: sent.due,
        last_day: None,
        standing,
        source: source(declared.map(|declared| &declared.notes)),
        then: listening
            .iter()
            .map(|id| consequence(whole, situation, *id, Some(&sent.event)))
            .collect(),
    }
}

/// What is declared of the fact or parameter that a term is named after.
fn holder<'w>(workflow: &'w Compiled, name: &str) -> Option<&'w Notes> {
    let (rules, definition) = (&workflow.rules, &workflow.definition);
    let parameter = rules.parameter_named(name).map(|id| &definition.parameters.at(id).notes);
    parameter.or_else(|| rules.fact_named(name).map(|id| &definition.facts.at(id).notes))
}

fn source<'n>(notes: impl IntoIterator<Item = &'n Notes>) -> Option<Source> {
    let found = notes.into_iter().find(|notes| notes.source.is_some() || notes.valid.is_some())?;
    let Origin { text, url, status } = found.source.clone().unwrap_or_default();
    let Validity { from, until } = found.valid.unwrap_or_default();
    let text = text.unwrap_or_default();
    Some(Source { text, url, status, valid_from: from, valid_until: until })
}

fn standing(
    workflow: &Compiled,
    context: &Context,
    situation: &Situation,
    term: &situation::Term,
    due: DateTime,
    transitions: &[TransitionId],
) -> TermStatus {
    let this = TimerRef::Term { state: term.state, index: term.index };
    if let Some(aside) = situation.aside.iter().find(|aside| aside.what == this) {
        return TermStatus::Failed { problem: aside.problem.clone() };
    }
    if due > situation.time {
        return TermStatus::Running;
    }
    let mut found = Selection::default();
    for id in transitions {
        if let Some((undecided, Truth::Unknown)) = found.refused.last().copied() {
            found.rest().hidden.push((*id, undecided));
            continue;
        }
        // What failed would have been put aside.
        let truth =
            stance(workflow, situation, context, *id, Requester::Inside).unwrap_or(Truth::Unknown);
        found.refused.push((*id, truth));
    }
    let reasons = describe::reasons(
        workflow,
        situation,
        context,
        &found,
        Requester::Inside,
        "",
        For::Answer(None),
    );
    if let Some(fault) = context.meter.and_then(Meter::fault) {
        return TermStatus::Failed { problem: problem::fault(workflow, &fault).to_string() };
    }
    TermStatus::Overdue { reasons }
}

fn consequence(
    whole: &Workflow,
    situation: &Situation,
    id: TransitionId,
    event: Option<&str>,
) -> TermAction {
    let workflow = whole.compiled();
    let tell = |(to, event): (Option<u32>, String)| Told {
        to: to
            .and_then(|invoke| workflow.invoked.get(invoke as usize))
            .map(|invoked| invoked.id.to_string()),
        event,
    };
    let rules = &workflow.rules;
    let actions = rules.actions(id);
    let sets = actions.map(|program| &program.writes).into_iter().flatten();
    let asked = actions.map(|program| program.asks()).unwrap_or_default();
    TermAction {
        way: naming::transition_ref(workflow, id, event),
        guarded: rules.guard(id).is_some() || !rules.requirements(id).is_empty(),
        sets: sets.map(|fact| workflow.definition.facts.at(*fact).name.value.clone()).collect(),
        emits: asked.emits,
        sends: asked.sends,
        tells: asked.tells.into_iter().map(tell).collect(),
        stops: kin::stopped_by(whole, situation, &[id]),
    }
}
